"""What people enter when they ask and answer."""

from uuid import UUID

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from portal.errors import Invalid
from portal.help.models import Helped, State
from portal.help.service.words import LONGEST
from portal.i18n import gettext
from portal.i18n import lazy_gettext as _
from portal.web.forms import Form


class WordsForm(Form):
    """An answer, or more about a question."""

    words = TextAreaField(
        _("Your words"),
        validators=[
            DataRequired(_("Write a sentence or two first.")),
            Length(max=LONGEST, message=_("Shorten this to 4000 characters.")),
        ],
    )


class AskForm(WordsForm):
    """A question, with the guide in front of which it is asked."""

    guide = HiddenField(validators=[Optional()])
    revision = HiddenField(validators=[Optional()])

    @property
    def revision_id(self) -> UUID | None:
        """The revision that the asker had open; None where it says none."""
        try:
            return UUID(self.revision.data or "")
        except ValueError:
            return None


class CloseForm(Form):
    """Whether it helped: three buttons."""

    helped = StringField(validators=[DataRequired()])

    @property
    def chosen(self) -> Helped:
        """What was pressed. Raises Invalid for no word of ours."""
        try:
            return Helped(self.helped.data or "")
        except ValueError:
            words = gettext("Press one of the three buttons.")
            raise Invalid("helped", words) from None


def read_state(value: str) -> State:
    """The filter of the list, as it stands in the URL. Raises Invalid for one that is none."""
    try:
        return State(value or State.OPEN)
    except ValueError:
        words = gettext("The address asks for something this list does not know. Clear its filter.")
        raise Invalid("state", words) from None
