"""What an author says to a comment, and what the address of a list asks for."""

from collections.abc import Mapping

from wtforms import (  # type: ignore[attr-defined]  # The stubs are older than SelectChoice.
    SelectChoice,
    SelectField,
    TextAreaField,
)

from portal.effectiveness.models import CommentState
from portal.effectiveness.service.comments import CommentFilter
from portal.effectiveness.words import STATES
from portal.i18n import lazy_gettext as _
from portal.paths.outcome_models import Reason
from portal.web.forms import Form


class CommentForm(Form):
    """What becomes of a comment, and an answer to whoever wrote it."""

    state = SelectField(
        _("What becomes of it"),
        choices=[SelectChoice(*pair) for pair in STATES.items()],
        coerce=CommentState,
    )
    reply = TextAreaField(_("Answer"))


def read_comment_filter(arguments: Mapping[str, str]) -> CommentFilter:
    """The filter that an address asks for; a word that it misspells means "all"."""
    state, reason = arguments.get("state", ""), arguments.get("reason", "")
    return CommentFilter(
        state=CommentState(state) if state in set(CommentState) else None,
        reason=Reason(reason) if reason in set(Reason) else None,
    )
