"""What needs the success manager today."""

from flask import Response, current_app, url_for

from portal.access import Action
from portal.accounts.service.invitations import MOST_INVITATIONS
from portal.adoption.forms import PutOffForm
from portal.adoption.service import nudging
from portal.adoption.service import today as service
from portal.adoption.service.today import Until
from portal.adoption.views.blueprint import bp
from portal.i18n import gettext as _
from portal.messages.service import MailSettings
from portal.paths.words import ANSWERS
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import Form, posted
from portal.web.templating import render


@bp.get("/today")
@requires(Action.SEE_PEOPLE)
def today() -> str:
    """At most seven things, each with its reason and one action."""
    found = service.get_today(viewer())
    entry.stand_in_reads((item.member_id for item in found.items), _("Standing in: today"))
    return render(
        "adoption/today",
        today=found,
        items=[(item, Form(formdata=None), Form(formdata=None)) for item in found.items],
        bring_back_form=Form(formdata=None),
        answers=ANSWERS,
        most_invitations=MOST_INVITATIONS,
        may_lead=viewer().may(Action.LEAD_PEOPLE),
        can_ask=nudging.can_ask(viewer(), MailSettings.of(current_app.config["PORTAL"])),
    )


@bp.post("/today/put-off")
@requires(Action.SEE_PEOPLE)
def put_off() -> Response:
    """Take an item off the list: done, or not now."""
    form = posted(PutOffForm())
    entry.claim()
    service.put_off(viewer(), form.chosen_kind, form.subject_id, form.chosen_until)
    messages = {
        Until.DONE: _("Done."),
        Until.TOMORROW: _("It comes back tomorrow."),
        Until.NEXT_WEEK: _("It comes back on Monday."),
    }
    return entry.done(url_for(".today"), messages[form.chosen_until])


@bp.post("/today/bring-back")
@requires(Action.SEE_PEOPLE)
def bring_back() -> Response:
    """Show again what was put off."""
    entry.claim()
    service.bring_back(viewer())
    return entry.done(url_for(".today"))
