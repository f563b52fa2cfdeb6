"""Who has left an organization is no longer written to in its name."""

from sqlalchemy import exists, select

from portal import db
from portal.messages.models import Message, MessageClass
from portal.schema import Base


def has_left(message: Message) -> bool:
    """Whether a message waited until its reader was no longer there.

    Security goes out: it is of the person, wherever they are a member.
    """
    if message.person_id is None or message.message_class == MessageClass.SECURITY:
        return False
    member = Base.metadata.tables["member"].c
    gone = exists().where(
        member.organization_id == message.organization_id,
        member.person_id == message.person_id,
        member.left_at.is_not(None),
    )
    return bool(db.session().scalar(select(gone)))
