"""Shapes of what people enter about how their organization works."""

from collections.abc import Iterable

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Optional

from portal import i18n
from portal.accounts.forms import SHORT_NAME, CheckboxesField, zone_choices
from portal.accounts.models import Experience
from portal.i18n import gettext
from portal.i18n import lazy_gettext as _
from portal.web.forms import Form

A_DAY = _("Enter a day, such as 2026-12-31.")
A_TIME = _("Enter a time, such as 09:00.")
EXPERIENCES = {
    Experience.HIGH_TOUCH: _("High touch: success needs us at their side"),
    Experience.MEDIUM_TOUCH: _("Medium touch: success needs us from time to time"),
    Experience.LOW_TOUCH: _("Low touch: they succeed with what the portal gives"),
}


def _experiences() -> list[tuple[str, str]]:
    return [(value.value, str(label)) for value, label in EXPERIENCES.items()]


def _days() -> list[tuple[int, str]]:
    return [(day, i18n.format_weekday(day)) for day in range(1, 8)]


class WaysForm(Form):
    """How an organization works."""

    zone = SelectField(
        _("Time zone"),
        choices=zone_choices,
        validators=[InputRequired(_("Choose a time zone."))],
    )
    locale = SelectField(_("Language"), validators=[InputRequired(_("Choose a language."))])
    experience = SelectField(_("Attention that success needs"), choices=_experiences)
    working_days = CheckboxesField(
        _("Working days"),
        coerce=int,
        choices=_days,
        validators=[InputRequired(_("Choose at least one day."))],
    )
    working_from = TimeField(_("Work begins at"), validators=[InputRequired(A_TIME)])
    working_until = TimeField(_("Work ends at"), validators=[InputRequired(A_TIME)])

    def offer_locales(self, locales: Iterable[tuple[str, str]]) -> None:
        """Let the viewer choose a language."""
        self.locale.choices = list(locales)


class SeatsForm(Form):
    """A number of seats from a day on."""

    number = IntegerField(_("Seats"), validators=[InputRequired(_("Enter a number from 0 on."))])
    seats_from = DateField(_("From"), validators=[InputRequired(A_DAY)])


class DayForm(Form):
    """A button at a day."""

    day = HiddenField(validators=[InputRequired(A_DAY)])


class QuietForm(Form):
    """Days on which nobody is written to."""

    name = StringField(_("Name"), validators=[DataRequired(_("Enter a name.")), SHORT_NAME])
    starts_on = DateField(_("First day"), validators=[InputRequired(A_DAY)])
    ends_on = DateField(_("Last day"), validators=[Optional()])
    is_holiday = BooleanField(_("Nobody works on these days: a holiday"))


def language_names(locales: Iterable[str]) -> list[tuple[str, str]]:
    """Languages by their own names."""
    return [(name, i18n.own_name(name)) for name in locales]


def quiet_label(is_holiday: bool) -> str:
    """What a period is."""
    return gettext("Holiday") if is_holiday else gettext("Quiet period")
