"""Asking somebody how they get on."""

from uuid import UUID

from flask import Response, current_app, request, url_for

from portal.access import Action
from portal.adoption.service import nudging
from portal.adoption.views.blueprint import bp
from portal.i18n import gettext as _
from portal.messages import service as messages
from portal.messages.models import MessageState
from portal.messages.service import MailSettings
from portal.web import entry
from portal.web.auth import requires, viewer


@bp.post("/people/<uuid:member_id>/nudge")
@requires(Action.LEAD_PEOPLE)
def nudge(member_id: UUID) -> Response:
    """Ask by mail, within what the person allows."""
    entry.claim()
    mail = MailSettings.of(current_app.config["PORTAL"])
    message = nudging.nudge(viewer(), member_id, mail)
    words = {
        MessageState.HELD_BACK: _("Held back by their contact preferences. Speak to them instead."),
        MessageState.SAMPLE: messages.describe(message),
    }
    back = entry.safe_next(request.form.get("next")) or url_for(".today")
    return entry.done(back, words.get(MessageState(message.state), _("Your mail is on its way.")))
