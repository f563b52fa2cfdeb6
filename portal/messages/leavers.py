"""Who has left an organization is no longer written to in its name."""

from sqlalchemy import select

from portal import db
from portal.messages.above import table
from portal.messages.models import Message, MessageClass


def has_left(message: Message) -> bool:
    """Whether a message waited until its reader was no longer there.

    Security goes out: it is of the person, wherever they are a member.
    """
    if message.person_id is None or message.message_class == MessageClass.SECURITY:
        return False
    member, here = table("member"), message.organization_id
    gone = select(member.c.left_at).where(
        member.c.organization_id == here,
        member.c.person_id == message.person_id,
        member.c.left_at.is_not(None),
    )
    return db.session().scalar(gone) is not None
