"""Shapes of what a success manager enters about one of their people."""

from collections.abc import Iterable

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from portal.access import Role
from portal.accounts.forms import ROLES, SHORT_NAME, CheckboxesField
from portal.accounts.service.colleagues import LONGEST_JOB
from portal.i18n import gettext
from portal.i18n import lazy_gettext as _
from portal.web.forms import Form


class PersonForm(Form):
    """What somebody is in an organization."""

    display_name = StringField(_("Name"), validators=[DataRequired(_("Enter a name.")), SHORT_NAME])
    job = StringField(
        _("Job"),
        validators=[
            Optional(),
            Length(max=LONGEST_JOB, message=_("Shorten this to 60 characters.")),
        ],
    )
    team = SelectField(_("Team"), validators=[Optional()])
    roles = CheckboxesField(_("What they do here"), coerce=Role)

    def offer(
        self, teams: Iterable[tuple[str, str]], roles: Iterable[Role], may_be_alone: bool
    ) -> None:
        """Let the viewer choose among their teams, and among the roles that they may change."""
        alone = [("", gettext("No team"))] if may_be_alone else []
        self.team.choices = [*alone, *teams]
        self.offered = frozenset(roles)
        self.roles.choices = [(r, label) for r, label in ROLES.items() if r in self.offered]
