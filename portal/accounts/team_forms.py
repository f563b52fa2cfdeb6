"""Shapes of what people enter about teams."""

from collections.abc import Iterable

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Optional

from portal.accounts.forms import SHORT_NAME
from portal.i18n import gettext
from portal.i18n import lazy_gettext as _
from portal.web.forms import Form


class TeamForm(Form):
    """A team and its place in the tree."""

    name = StringField(_("Name"), validators=[DataRequired(_("Enter a name.")), SHORT_NAME])
    parent = SelectField(_("Under"), validators=[Optional()])

    def offer_places(self, places: Iterable[tuple[str, str]], may_stand_alone: bool) -> None:
        """Let the viewer choose among the teams under which it may stand."""
        alone = [("", gettext("No other team: at the top"))] if may_stand_alone else []
        self.parent.choices = [*alone, *places]


class LimitForm(Form):
    """Which USM sees one team only."""

    member = SelectField(
        _("Success manager"), validators=[InputRequired(_("Choose a success manager."))]
    )
