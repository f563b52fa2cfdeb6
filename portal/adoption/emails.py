"""The messages of adoption: one function each, one folder of texts each."""

from datetime import date

from portal.access import Viewer
from portal.messages.models import Message, MessageClass
from portal.messages.service import Addressee, MailSettings, send

NUDGE = "nudge"
"""How its messages are called in the outbox."""


def nudge(
    to: Addressee,
    sender: Viewer,
    name: str,
    path: str,
    step: str | None,
    due_on: date | None,
    mail: MailSettings,
) -> Message:
    """A success manager asks how somebody gets on."""
    values = {
        "name": name,
        "sender": sender.display_name,
        "path": path,
        "step": step,
        "due_on": due_on,
        "url": f"{mail.portal_url}/",
    }
    return send(
        mail,
        sender.organization_id,
        "nudge",
        MessageClass.SUCCESS,
        to,
        values,
        caused_by=sender.person_id,
    )
