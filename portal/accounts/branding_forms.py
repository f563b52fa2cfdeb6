"""Shapes of what people enter about how their organization shows itself."""

from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import Optional

from portal.accounts.forms import SHORT_NAME
from portal.i18n import lazy_gettext as _
from portal.web.forms import Form


class LookForm(Form):
    """A name and an accent."""

    name = StringField(_("Name shown"), validators=[Optional(), SHORT_NAME])
    accent = StringField(_("Accent colour"), validators=[Optional()])


class LogoForm(Form):
    """A picture."""

    logo = FileField(_("Picture"), validators=[FileRequired(_("Choose a picture."))])
