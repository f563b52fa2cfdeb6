"""The filter of the people list, as it stands in the URL, and what is entered about people."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectField, StringField, TextAreaField, validators
from wtforms.validators import InputRequired, Optional

from portal.adoption.service.enrolling import Chosen
from portal.adoption.service.people import PeopleFilter, State
from portal.adoption.service.today import Until
from portal.adoption.service.today_shape import Kind
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext
from portal.web.forms import Form

OVERDUE = "overdue"
"""In the place of a state: a date has passed, whatever else they are."""
MOST_TICKED = 500
"""People named one by one; more are meant by a filter."""


def read_filter(arguments: Mapping[str, str]) -> PeopleFilter:
    """The filter that a URL asks for. Raises Invalid for a team, path or state that is none."""
    state = arguments.get("state", "")
    return PeopleFilter(
        words=arguments.get("words", "").strip()[:80],
        team_id=_id(arguments, "team"),
        path_id=_id(arguments, "path"),
        state=None if state == OVERDUE else _state(state),
        is_overdue=state == OVERDUE,
    )


def read_chosen(arguments: "MultiDict[str, str]") -> Chosen:
    """Who was ticked on the list, or its filter if everybody whom it shows is meant.

    Raises Invalid for what is no list of people.
    """
    if arguments.get("everybody"):
        return Chosen(narrowed=read_filter(arguments))
    ticked = arguments.getlist("who")
    if len(ticked) > MOST_TICKED:
        raise Invalid("", _("Too many people at once. Narrow the list, then choose all it shows."))
    try:
        return Chosen(member_ids=frozenset(UUID(one) for one in ticked))
    except ValueError:
        raise Invalid("", _("The selection is not complete. Go back and tick again.")) from None


class EnrollForm(Form):
    """Which path, and until when."""

    # Not `path`, which stands in the filter.
    onto = SelectField(
        lazy_gettext("Path"), validators=[InputRequired(lazy_gettext("Choose a path."))]
    )
    due_on = DateField(lazy_gettext("Until"), validators=[Optional()])


class NoteForm(Form):
    """A note pinned to a guide or a step."""

    text = TextAreaField(
        lazy_gettext("The note"),
        validators=[InputRequired(lazy_gettext("Write what your people should know here."))],
    )


class FitChange(StrEnum):
    """What a button of the page does on which a path is fitted."""

    LEAVE_OUT = "leave_out"
    PUT_BACK = "put_back"
    UP = "up"
    DOWN = "down"
    UNDO = "undo"
    VENDOR = "vendor"
    """Everything as the vendor made it."""


OF_THE_PATH = (FitChange.UNDO, FitChange.VENDOR)
"""What is done to the whole path; everything else names a step."""


class FitForm(Form):
    """One change of a path; its buttons post nothing else: `up:STEP`, `undo`."""

    change = StringField(
        validators=[InputRequired(lazy_gettext("Press the button of what you want to change."))]
    )

    def validate_change(self, field: StringField) -> None:
        """Whether it is what one of the buttons posts."""
        deed, _colon, step = str(field.data).partition(":")
        try:
            if FitChange(deed) not in OF_THE_PATH:
                UUID(step)
        except ValueError:
            words = _("Press the button of what you want to change.")
            raise validators.ValidationError(words) from None

    @property
    def deed(self) -> FitChange:
        """What to do."""
        return FitChange(str(self.change.data).partition(":")[0])

    @property
    def step_id(self) -> UUID | None:
        """To which step; None for the whole path."""
        if self.deed in OF_THE_PATH:
            return None
        return UUID(str(self.change.data).partition(":")[2])


class PutOffForm(Form):
    """Taking an item off the list for today; its buttons post nothing else."""

    kind = StringField(validators=[validators.AnyOf(list(Kind))])
    subject = StringField(validators=[InputRequired(), validators.UUID()])
    until = StringField(validators=[validators.AnyOf(list(Until))])

    @property
    def chosen_kind(self) -> Kind:
        """What kind of item it is."""
        return Kind(str(self.kind.data))

    @property
    def subject_id(self) -> UUID:
        """What it is about."""
        return UUID(str(self.subject.data))

    @property
    def chosen_until(self) -> Until:
        """Until when it is off the list."""
        return Until(str(self.until.data))


def _id(arguments: Mapping[str, str], name: str) -> UUID | None:
    value = arguments.get(name, "")
    try:
        return UUID(value) if value else None
    except ValueError:
        raise _unknown(name) from None


def _state(value: str) -> State | None:
    try:
        return State(value) if value else None
    except ValueError:
        raise _unknown("state") from None


def _unknown(name: str) -> Invalid:
    words = _("The address asks for something this list does not know. Clear its filter.")
    return Invalid(name, words)
