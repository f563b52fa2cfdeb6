"""Shapes of what people enter to change how they sign in."""

from wtforms import PasswordField
from wtforms.validators import InputRequired, Optional

from portal.accounts.forms import email_field
from portal.i18n import lazy_gettext as _
from portal.web.forms import Form


class ResetForm(Form):
    """A new password in place of a forgotten one."""

    password = PasswordField(_("New password"), validators=[InputRequired(_("Choose a password."))])


class AddressForm(Form):
    """Another address to sign in with."""

    email = email_field(_("New e-mail address"))
    current = PasswordField(_("Current password"), validators=[Optional()])
