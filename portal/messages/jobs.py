"""Sending what stands in the outbox."""

from dataclasses import replace
from uuid import UUID

from portal import clock, db
from portal.config import load_settings
from portal.db import Database
from portal.jobs import MOST_ATTEMPTS, Effect, job
from portal.messages import bounces, contact, leavers, replies, samples
from portal.messages.delivery import AddressRefused, NotNow, Refused, deliver, in_ascii
from portal.messages.models import Message, MessageState
from portal.messages.service import MailSettings


@job("messages.send", lease_seconds=180)
def send(database: Database, organization_id: UUID, key: str) -> Effect:
    """Send one message. Raises NotNow where another attempt may help."""
    with database.reading(organization_id):
        message = _get(organization_id, key)
        is_wanted = message is None or _is_wanted(message)
        colleague = replies.find_colleague(message) if message else None
        is_sample = message is not None and samples.is_of_sample(organization_id, message.person_id)
    mail = MailSettings.of(load_settings())
    if message is None or message.state != MessageState.QUEUED:
        return lambda: None
    if is_sample:
        # Written by a version that still sent it.
        return lambda: _settle(organization_id, key, MessageState.SAMPLE)
    if not is_wanted:
        return lambda: _settle(organization_id, key, MessageState.HELD_BACK)
    if not mail.is_enabled:
        return lambda: _settle(organization_id, key, MessageState.NO_SERVER)
    if colleague:
        mail = replace(mail, reply_to=in_ascii(colleague))
    try:
        deliver(message, mail)
    except AddressRefused as refused:
        words = str(refused)
        return lambda: _settle(organization_id, key, MessageState.FAILED, words, is_bounce=True)
    except Refused as refused:
        words = str(refused)
        return lambda: _settle(organization_id, key, MessageState.FAILED, words)
    except NotNow as reason:
        words = str(reason)
        if message.attempts + 1 >= MOST_ATTEMPTS:
            return lambda: _settle(organization_id, key, MessageState.FAILED, words)
        _note(database, organization_id, key, words)
        raise
    return lambda: _settle(organization_id, key, MessageState.SENT)


def _get(organization_id: UUID, key: str) -> Message | None:
    identity = {"organization_id": organization_id, "id": UUID(key)}
    return db.session().get(Message, identity)


def _is_wanted(message: Message) -> bool:
    """Whether they still want it: while it waited they may have left, or asked for peace."""
    if message.person_id is None:
        return True
    if leavers.has_left(message):
        return False
    hashed = contact.address_hash(message.recipient)
    wishes = contact.find_preferences(message.person_id, hashed)
    return wishes.wants(message.message_class)


def _settle(
    organization_id: UUID,
    key: str,
    state: MessageState,
    error: str | None = None,
    *,
    is_bounce: bool = False,
) -> None:
    """Write down what became of a message for good."""
    message = _get(organization_id, key)
    if message is None:
        return
    message.state = state
    message.attempts += 1
    message.last_error = error
    message.sent_at = clock.now() if state == MessageState.SENT else None
    if message.is_secret or state == MessageState.HELD_BACK:
        message.body_text = message.body_html = ""
    if state != MessageState.SENT:
        contact.unlog(message.id)
    if is_bounce:
        bounces.note(message)
    elif state == MessageState.SENT:
        bounces.clear(message)
    db.session().flush()


def _note(database: Database, organization_id: UUID, key: str, words: str) -> None:
    """Let whoever caused the message see why it is late, before it is tried again."""
    with database.writing(organization_id) as session:
        message = _get(organization_id, key)
        if message is not None:
            message.attempts += 1
            message.last_error = words
        session.commit()
