"""Whom an answer to a mail reaches: the colleague who caused it, or else the portal's mailbox."""

from sqlalchemy import String, and_, or_, select, type_coerce

from portal import db
from portal.messages.above import table
from portal.messages.models import Message, MessageClass

ANSWERABLE = ("usm", "owner")
"""Roles of those who write to their people and are to be answered."""


def find_colleague(message: Message) -> str | None:
    """The address of the USM or owner whose press caused a message to somebody of theirs.

    None where the portal's mailbox is to be answered: what staff or nobody caused, or an end user;
    what is about security; what goes to somebody outside of the organization, who has no need to
    know the address; and an address of which nobody has shown that it is theirs, at which mail
    comes back, or that no header can hold. It is spelt as their page spells it for colleagues:
    another spelling could tell of elsewhere.
    """
    if message.caused_by is None or message.person_id is None:
        return None
    if message.message_class == MessageClass.SECURITY or message.caused_by == message.person_id:
        return None
    organization, person = table("organization").c, table("person").c
    sender, reader = (table("member").alias(name) for name in ("sender", "reader"))
    roles = type_coerce(sender.c.roles, String)
    here = message.organization_id
    found = (
        select(person.email, person.email_key)
        .select_from(table("person"))
        .join(sender, sender.c.person_id == person.id)
        .join(reader, and_(reader.c.organization_id == here, reader.c.left_at.is_(None)))
        .join(table("organization"), organization.id == sender.c.organization_id)
        .where(
            sender.c.organization_id == here,
            sender.c.person_id == message.caused_by,
            sender.c.left_at.is_(None),
            sender.c.accepted_at.is_not(None),
            sender.c.bounced_at.is_(None),
            or_(*(roles.contains(f",{role},") for role in ANSWERABLE)),
            reader.c.person_id == message.person_id,
            organization.is_vendor.is_(False),
            person.proved_at.is_not(None),
        )
    )
    row = db.session().execute(found).one_or_none()
    if row is None or not row.email.rpartition("@")[0].isascii() or not row.email_key.isascii():
        return None
    address: str = row.email_key
    return address
