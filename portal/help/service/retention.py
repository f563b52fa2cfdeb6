"""Forgetting in time: questions and their answers go after a number of months."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select

from portal import db
from portal.help.models import HelpMessage, HelpRequest

CHUNK = 500
"""Questions in one transaction: others write in between."""


def forget_questions(organization_id: UUID, until: datetime) -> bool:
    """Delete some questions in which nobody spoke since a moment; True while there may be more."""
    younger = exists().where(
        HelpMessage.organization_id == organization_id,
        HelpMessage.help_request_id == HelpRequest.id,
        HelpMessage.sent_at >= until,
    )
    old = (
        select(HelpRequest.id)
        .where(
            HelpRequest.organization_id == organization_id, HelpRequest.asked_at < until, ~younger
        )
        .limit(CHUNK)
    )
    ids = list(db.session().scalars(old))
    for table, key in (
        (HelpMessage, HelpMessage.help_request_id),
        (HelpRequest, HelpRequest.id),
    ):
        gone = table.organization_id == organization_id, key.in_(ids)
        db.session().execute(delete(table).where(*gone))
    return len(ids) == CHUNK
