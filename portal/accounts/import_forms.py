"""Shapes of what people enter about files of people."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from portal.i18n import lazy_gettext as _
from portal.web.forms import Form

EVERYBODY = "everybody"
MEANINGS = [
    ("these", _("These people: add or change them, and leave everybody else alone")),
    (EVERYBODY, _("Everybody: who is not in it leaves")),
]


class ImportForm(Form):
    """A file, and what it means."""

    file = FileField(_("File"), validators=[FileRequired(_("Choose a file."))])
    meaning = RadioField(
        _("What the file is"),
        choices=lambda: MEANINGS,
        validators=[InputRequired(_("Say what the file is."))],
    )


class StartForm(Form):
    """Doing what was checked."""

    sends_mail = BooleanField(_("Mail an invitation to everybody who is added"))
