"""Shapes of what readers post."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import (  # type: ignore[attr-defined]  # The stubs are older than SelectChoice.
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.errors import Invalid
from portal.i18n import gettext
from portal.i18n import lazy_gettext as _
from portal.paths.models import Answer, Reason
from portal.paths.service.outcomes import LONGEST_COMMENT
from portal.paths.words import ANSWERS, REASONS
from portal.web.forms import Form

TOO_LONG = _("Please keep it under 2,000 characters.")


def options(words: Mapping[str, Any]) -> Any:
    """Values and their words as choices of a field."""
    return [SelectChoice(value, label) for value, label in words.items()]


class IdField(Field):
    """A hidden id, as UUID."""

    widget = HiddenInput()
    data: UUID | None

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        try:
            self.data = UUID(valuelist[0]) if valuelist else None
        except ValueError:
            self.data = None
            raise ValueError(gettext("The page was incomplete. Load it again.")) from None


class RevisionForm(Form):
    """Names the revision that was read: a newer one may have been published meanwhile."""

    revision = IdField(validators=[InputRequired()])

    @property
    def revision_id(self) -> UUID:
        """The revision that was read. Raises Invalid if the page did not say."""
        if self.revision.data is None:
            raise Invalid("revision", gettext("The page was incomplete. Load it again."))
        return self.revision.data


class TicksForm(RevisionForm):
    """The ticked lines of a checklist, by their place."""

    ticks = SelectMultipleField(coerce=int, validate_choice=False)


class AnswerForm(RevisionForm):
    """One of the five buttons."""

    answer = RadioField(choices=options(ANSWERS), coerce=Answer, validators=[InputRequired()])


class BeaconForm(RevisionForm):
    """What the page saw happen."""

    kind = RadioField(choices=options({"opened": "", "shown": ""}), validators=[InputRequired()])


class ReasonForm(Form):
    """Why it worked only partly or not at all."""

    reason = RadioField(
        _("What comes closest?"),
        choices=options(REASONS),
        coerce=Reason,
        validators=[InputRequired(_("Choose one of the reasons."))],
    )
    failed_at = SelectField(_("Where in the guide did it fail?"), validators=[Optional()])
    comment = TextAreaField(
        _("In your own words"),
        validators=[
            Length(max=LONGEST_COMMENT, message=_("Please keep it under 2,000 characters."))
        ],
    )

    def offer_headings(self, headings: Sequence[str]) -> None:
        """Let the reader choose where it failed."""
        words = {"": gettext("Nowhere in particular")} | {text: text for text in headings}
        self.failed_at.choices = options(words)
