"""Shapes of what readers post."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import (  # type: ignore[attr-defined]  # The stubs are older than SelectChoice.
    BooleanField,
    DateField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.errors import Invalid
from portal.i18n import gettext
from portal.i18n import lazy_gettext as _
from portal.paths.follow_up_models import FeltSpeed, GoalSaid, InUse
from portal.paths.models import Obstacle
from portal.paths.outcome_models import Answer, Reason
from portal.paths.service.outcomes import LONGEST_COMMENT
from portal.paths.service.plans import LONGEST_LINE
from portal.paths.words import ANSWERS, FELT_SPEED, GOAL_SAID, IN_USE, OBSTACLES, REASONS
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


class DismissForm(RevisionForm):
    """A question put off."""

    later = BooleanField()


class AnswerForm(RevisionForm):
    """One of the five buttons."""

    answer = RadioField(choices=options(ANSWERS), coerce=Answer, validators=[InputRequired()])
    tell = BooleanField()
    later = BooleanField()
    """Asked again on a later visit."""


class BeaconForm(RevisionForm):
    """What the page saw happen."""

    kind = RadioField(
        choices=options({"opened": "", "shown": "", "shown_later": ""}),
        validators=[InputRequired()],
    )


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

    tell = BooleanField(_("Tell my success manager, with my name"))

    def offer_headings(self, headings: Sequence[str]) -> None:
        """Let the reader choose where it failed."""
        words = {"": gettext("Nowhere in particular")} | {text: text for text in headings}
        self.failed_at.choices = options(words)


class ObstacleForm(Form):
    """What stands in the way today."""

    obstacle = RadioField(
        _("What stands in the way today?"),
        choices=options(OBSTACLES),
        coerce=Obstacle,
        validators=[InputRequired(_("Choose one, or skip the question."))],
    )


class IfThenForm(Form):
    """A reader's own plan."""

    line = StringField(
        _("When …, I will …"),
        validators=[Length(max=LONGEST_LINE, message=_("Shorten the line to 300 characters."))],
    )


class EaseForm(Form):
    """How easy a guide was, from 1 to 7."""

    ease = RadioField(
        _("How easy was it?"),
        choices=options({str(number): str(number) for number in range(1, 8)}),
        coerce=int,
        validators=[InputRequired(_("Choose one of the numbers from 1 to 7."))],
    )


class GoalForm(Form):
    """Whether the goal is reached, and how quick it felt."""

    said = RadioField(
        _("Have you reached it?"),
        choices=options(GOAL_SAID),
        coerce=GoalSaid,
        validators=[InputRequired(_("Choose one of the answers."))],
    )
    felt_speed = RadioField(
        _("If you have: how long did it feel?"),
        choices=options(FELT_SPEED),
        coerce=FeltSpeed,
        validators=[Optional()],
    )


class GoalSaidForm(Form):
    """Weeks later: whether the goal is reached."""

    said = RadioField(
        choices=options(GOAL_SAID),
        coerce=GoalSaid,
        validators=[InputRequired(_("Choose one of the answers."))],
    )


class FollowUpForm(Form):
    """Weeks later: could you put it to work?"""

    answer = RadioField(
        _("Could you put it to work?"),
        choices=options(IN_USE),
        coerce=InUse,
        validators=[InputRequired(_("Choose one of the answers."))],
    )
    again_on = DateField(
        _("No occasion yet? Then ask me again on"),
        validators=[Optional()],
    )
    comment = TextAreaField(
        _("In your own words"),
        validators=[Length(max=LONGEST_COMMENT, message=TOO_LONG)],
    )


class AttendedForm(Form):
    """Whether someone was at a session."""

    attended = RadioField(
        choices=options({"yes": "", "no": ""}),
        validators=[InputRequired()],
    )
