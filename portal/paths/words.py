"""Answers and reasons in words for people."""

from typing import Any

from portal.i18n import lazy_gettext as _
from portal.paths.models import Answer, Reason

ANSWERS: dict[str, Any] = {
    Answer.YES: _("It worked"),
    Answer.PARTLY: _("Partly"),
    Answer.NO: _("It didn't work"),
    Answer.ALREADY: _("I could do this already"),
    Answer.NOT_FOR_ME: _("Not for me"),
}

REASONS: dict[str, Any] = {
    Reason.MISSING: _("Something I needed is missing from the guide"),
    Reason.UNCLEAR: _("Part of it is unclear to me"),
    Reason.DOES_NOT_FIT: _("It does not fit the way we have set things up"),
    Reason.NOT_ALLOWED: _("I don't have the access or the rights"),
    Reason.NO_TIME: _("I don't have the time"),
    Reason.ANOTHER_WAY: _("I do it another way"),
    Reason.OTHERS: _("Others would have to join in, and they don't"),
    Reason.PRODUCT_PROBLEM: _("The product did not do what it should"),
    Reason.OTHER: _("Something else"),
}
