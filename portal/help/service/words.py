"""What may stand in a question or an answer."""

from portal.errors import Invalid
from portal.i18n import gettext as _

LONGEST = 4_000


def clean_words(words: str) -> str:
    """Words without blanks around them. Raises Invalid at `words` for none or too many."""
    cleaned = words.replace("\r\n", "\n").strip()
    if not cleaned:
        raise Invalid("words", _("Write a sentence or two first."))
    if len(cleaned) > LONGEST:
        raise Invalid("words", _("Shorten this to %(count)s characters.", count=LONGEST))
    return cleaned
