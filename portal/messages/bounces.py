"""Addresses that refuse mail, each organization's own: what it met with its own messages."""

from uuid import UUID

from sqlalchemy import delete

from portal import clock, db, jobs
from portal.folding import email_key
from portal.inserts import upsert
from portal.messages.models import Bounce, Message

CHANGED = "accounts.note_bounce"
"""Work for who knows the members: what is known of a person's address changed; key is theirs."""


def note(message: Message) -> None:
    """The server refused this message's address for good; the first day of that is kept."""
    if message.person_id is None:
        return
    row = {
        "organization_id": message.organization_id,
        "person_id": message.person_id,
        "address_key": email_key(message.recipient),
        "since": clock.now(),
        "answer": (message.last_error or "")[:300],
    }
    upsert(Bounce, row, on=("organization_id", "person_id", "address_key"), change=["answer"])
    jobs.enqueue(CHANGED, message.organization_id, message.person_id.hex)


def clear(message: Message) -> None:
    """The server took a message to this address: what was known against it ends."""
    if message.person_id is None:
        return
    gone = delete(Bounce).where(
        Bounce.organization_id == message.organization_id,
        Bounce.person_id == message.person_id,
        Bounce.address_key == email_key(message.recipient),
    )
    if db.connection().execute(gone).rowcount:
        jobs.enqueue(CHANGED, message.organization_id, message.person_id.hex)


def find(organization_id: UUID, person_id: UUID, address_key: str) -> Bounce | None:
    """What this organization's mail to a person met at this address; None where it arrives."""
    key = organization_id, person_id, address_key
    return db.session().get(Bounce, key)


def forget(organization_id: UUID, person_id: UUID, *, except_for: str | None = None) -> None:
    """Delete what is known of a person's addresses, but for one that they still have."""
    theirs = delete(Bounce).where(
        Bounce.organization_id == organization_id, Bounce.person_id == person_id
    )
    if except_for is not None:
        theirs = theirs.where(Bounce.address_key != except_for)
    db.connection().execute(theirs)
