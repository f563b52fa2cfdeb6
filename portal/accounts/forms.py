"""Shapes of what people enter about themselves and those whom they invite."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wtforms import (
    DateField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.access import Role
from portal.accounts import zones
from portal.i18n import gettext
from portal.i18n import lazy_gettext as _
from portal.web.forms import Form

ROLES = {
    Role.END_USER: _("End user: follows a path to a goal"),
    Role.USM: _("User success manager (USM): sees how far everyone is, invites and helps"),
    Role.OWNER: _("Owner: agrees to terms and decides about privacy"),
    Role.AUTHOR: _("Author: writes and mends guides"),
    Role.CSM: _("Customer success manager: looks after organizations"),
    Role.ADMIN: _("Admin: sets up organizations and staff"),
}
SHORT_NAME = Length(max=120, message=_("Shorten this to 120 characters."))
SHORT_ADDRESS = Length(max=320, message=_("This address is too long."))


class CheckboxesField(SelectMultipleField):
    """Several of several, as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def email_field(label: Any) -> StringField:
    """A field for an address that must be there."""
    needed = DataRequired(_("Enter an e-mail address."))
    return StringField(label, validators=[needed, SHORT_ADDRESS])


def zone_choices() -> list[tuple[str, str]]:
    """Time zones, by the names that people know."""
    return [(name, name.replace("_", " ")) for name in zones.names()]


def _zone() -> SelectField:
    return SelectField(
        _("Time zone"),
        choices=zone_choices,
        validators=[InputRequired(_("Choose a time zone."))],
    )


class PasswordForm(Form):
    """Signing in with a password."""

    next = HiddenField(validators=[Optional()])
    email = email_field(_("E-mail address"))
    password = PasswordField(_("Password"), validators=[InputRequired(_("Enter your password."))])


class LinkForm(Form):
    """Asking for a sign-in link."""

    email = email_field(_("E-mail address"))


class MembershipForm(Form):
    """Choosing the organization to sign in to."""

    next = HiddenField(validators=[Optional()])
    organization = RadioField(
        _("Organization"), validators=[InputRequired(_("Choose an organization."))]
    )


class JoinForm(Form):
    """Taking up an invitation."""

    password = PasswordField(_("Password"), validators=[Optional()])


class FirstAdminForm(Form):
    """Setting up an empty portal."""

    vendor_name = StringField(
        _("Your company"), validators=[DataRequired(_("Enter your company's name.")), SHORT_NAME]
    )
    display_name = StringField(
        _("Your name"), validators=[DataRequired(_("Enter your name.")), SHORT_NAME]
    )
    email = email_field(_("Your e-mail address"))
    password = PasswordField(_("Password"), validators=[InputRequired(_("Choose a password."))])
    zone = _zone()


class ProfileForm(Form):
    """What one may change about oneself."""

    display_name = StringField(
        _("Name"), validators=[DataRequired(_("Enter your name.")), SHORT_NAME]
    )
    locale = SelectField(_("Language"), validators=[Optional()])
    zone = SelectField(_("Time zone"), validators=[Optional()])

    def offer(
        self, locales: Iterable[tuple[str, str]], organization_locale: str, organization_zone: str
    ) -> None:
        """Let the person choose; the first choice of each is the organization's."""
        language = gettext("As in my organization (%(theirs)s)", theirs=organization_locale)
        self.locale.choices = [("", language), *locales]
        here = gettext("As in my organization (%(theirs)s)", theirs=organization_zone)
        self.zone.choices = [
            ("", here),
            *((name, name.replace("_", " ")) for name in zones.names()),
        ]


class NewPasswordForm(Form):
    """Setting or changing the password."""

    current = PasswordField(_("Current password"), validators=[Optional()])
    password = PasswordField(_("New password"), validators=[InputRequired(_("Choose a password."))])


class InviteForm(Form):
    """Inviting somebody."""

    display_name = StringField(_("Name"), validators=[DataRequired(_("Enter a name.")), SHORT_NAME])
    email = email_field(_("E-mail address"))
    roles = CheckboxesField(
        _("What they will do here"),
        coerce=Role,
        validators=[InputRequired(_("Choose at least one."))],
    )
    team_name = StringField(_("Team"), validators=[Optional(), SHORT_NAME])

    def offer_roles(self, roles: Iterable[Role]) -> None:
        """Let the inviter choose among the roles that they may give."""
        offered = set(roles)
        self.roles.choices = [(role, label) for role, label in ROLES.items() if role in offered]


class RolesForm(Form):
    """What somebody may do."""

    roles = CheckboxesField(
        _("What they do here"),
        coerce=Role,
        validators=[InputRequired(_("Choose at least one."))],
    )

    def offer_roles(self, roles: Iterable[Role]) -> None:
        """Let the admin choose among these."""
        self.roles.choices = [(role, label) for role, label in ROLES.items() if role in roles]


class OrganizationForm(Form):
    """A new customer."""

    name = StringField(_("Name"), validators=[DataRequired(_("Enter a name.")), SHORT_NAME])
    zone = _zone()


class CsmForm(Form):
    """A button at the name of a customer success manager, or a choice among several."""

    person_id = HiddenField(validators=[InputRequired(_("Choose a customer success manager."))])

    def validate_person_id(self, field: HiddenField) -> None:
        """Refuse what is no id."""
        try:
            UUID(str(field.data))
        except ValueError:
            raise ValidationError(
                gettext("Choose one of the customer success managers shown.")
            ) from None

    @property
    def chosen(self) -> UUID:
        """Whom it names, once it is valid."""
        return UUID(str(self.person_id.data))


class ConsentForm(CsmForm):
    """Until when a csm may act for the USM."""

    last_day = DateField(
        _("Until the end of"),
        validators=[InputRequired(_("Enter a day, such as 2026-12-31."))],
    )
