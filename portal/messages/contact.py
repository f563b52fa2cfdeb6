"""What people want to be sent, and what they were sent: over all organizations."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from portal import clock, db
from portal.folding import email_key
from portal.inserts import upsert
from portal.messages.models import (
    ContactLog,
    ContactPreferences,
    Message,
    MessageClass,
    Refusal,
)
from portal.messages.policy import Contact, Limits, Preferences, QuietDays, Verdict, decide


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is written to, as far as the policy needs to know them."""

    person_id: UUID
    address: str
    zone: str
    quiet_days: QuietDays


def address_hash(address: str) -> str:
    """All that is kept of who refused: an address in its folded form, hashed."""
    return hashlib.sha256(f"refusal:{email_key(address)}".encode()).hexdigest()


def find_preferences(person_id: UUID, hashed: str) -> Preferences:
    """What a person wants; who refused before they joined is left alone until they lift it."""
    is_refused = db.session().get(Refusal, hashed) is not None
    row = db.session().get(ContactPreferences, person_id)
    if row is None:
        return Preferences(is_left_alone=is_refused)
    return Preferences(
        service=row.service,
        success=row.success,
        news=row.news,
        is_left_alone=is_refused or row.left_alone_at is not None,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        most_success=row.most_success,
        most_questions=row.most_questions,
    )


def judge(whom: Whom, message_class: MessageClass, is_question: bool, limits: Limits) -> Verdict:
    """What the policy says of a message that is wished for now."""
    contact = Contact(clock.now(), message_class, is_question)
    if message_class == MessageClass.SECURITY:
        return Verdict(contact.at)
    is_counted = is_question or message_class == MessageClass.SUCCESS
    if is_counted:
        _queue_up(whom.person_id)
    wishes = find_preferences(whom.person_id, address_hash(whom.address))
    past = _list_past(whom.person_id, limits) if is_counted else []
    return decide(contact, whom.zone, wishes, whom.quiet_days, limits, past)


def _queue_up(person_id: UUID) -> None:
    """Let two who write to a person at once count one after the other, from wherever they do."""
    ensure_row(person_id)
    mine = select(ContactPreferences.person_id).where(ContactPreferences.person_id == person_id)
    db.session().execute(mine.with_for_update())


def ensure_row(person_id: UUID) -> None:
    """Make sure that a person has a row of preferences; an existing one is left as it is."""
    chosen = Preferences()
    row: dict[str, Any] = dict(person_id=person_id, changed_at=clock.now())
    row |= dict(service=chosen.service, success=chosen.success, news=chosen.news)
    upsert(ContactPreferences, row, on=["person_id"])


def _list_past(person_id: UUID, limits: Limits) -> Sequence[Contact]:
    # What still waits lies ahead and counts too.
    since = clock.now() - timedelta(days=limits.days)
    found = select(ContactLog.at, ContactLog.message_class, ContactLog.is_question).where(
        ContactLog.person_id == person_id, ContactLog.at > since
    )
    return [Contact(*row) for row in db.session().execute(found)]


def log(
    message_id: UUID, person_id: UUID, message_class: MessageClass, is_question: bool, at: datetime
) -> None:
    """Count a message that goes out; security messages count nowhere."""
    if message_class != MessageClass.SECURITY:
        db.session().add(
            ContactLog(
                id=message_id,
                person_id=person_id,
                message_class=message_class,
                is_question=is_question,
                at=at,
            )
        )


def unlog(message_id: UUID) -> None:
    """Take a message off the count that never went out."""
    db.session().execute(delete(ContactLog).where(ContactLog.id == message_id))


def unlog_all(organization_id: UUID) -> None:
    """Take the messages of an organization off the count that goes with all of them."""
    theirs = select(Message.id).where(Message.organization_id == organization_id)
    db.session().execute(delete(ContactLog).where(ContactLog.id.in_(theirs)))


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose on their page; limits of None are the portal's."""

    service: bool
    success: bool
    news: bool
    quiet_from: time | None
    quiet_until: time | None
    most_success: int | None
    most_questions: int | None


def choose(person_id: UUID, choice: Choice) -> None:
    """Keep what a person chose; being left alone stays as it is."""
    row = _row(person_id)
    row.service, row.success, row.news = choice.service, choice.success, choice.news
    row.quiet_from, row.quiet_until = choice.quiet_from, choice.quiet_until
    row.most_success, row.most_questions = choice.most_success, choice.most_questions
    row.changed_at = clock.now()
    db.session().flush()


def leave_alone(person_id: UUID) -> None:
    """Send a person nothing but security messages until they lift it; a repeat changes nothing."""
    row = _row(person_id)
    row.left_alone_at = row.left_alone_at or clock.now()
    db.session().flush()


def lift(person_id: UUID, hashed: str) -> None:
    """Let a person be written to again, as they chose before; also who refused as a stranger."""
    _row(person_id).left_alone_at = None
    db.session().execute(delete(Refusal).where(Refusal.address_hash == hashed))
    db.session().flush()


def switch_off(person_id: UUID, message_class: MessageClass) -> None:
    """Send a person no more messages of this class; security can't be switched off."""
    if message_class != MessageClass.SECURITY:
        setattr(_row(person_id), message_class, False)
        db.session().flush()


def refuse(hashed: str) -> None:
    """Keep that whoever has this address wants no word; it outlasts all else known of them."""
    upsert(Refusal, dict(address_hash=hashed, at=clock.now()), on=["address_hash"])


def _row(person_id: UUID) -> ContactPreferences:
    ensure_row(person_id)
    return db.session().get_one(ContactPreferences, person_id, with_for_update=True)
