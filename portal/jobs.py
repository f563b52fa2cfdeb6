"""Work that is to be done: one table, written in the transaction that causes it.

A job is two halves. What is slow or leaves the portal happens first, outside of any transaction;
it returns the effect, which runs in the transaction that also marks the work as done. Who takes
what is due in hand is `portal.sweeping`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock, db
from portal.db import Database
from portal.ids import new_id
from portal.inserts import upsert
from portal.schema import Base, Erase, Id, Moment, partial_index, shared_table

MOST_ATTEMPTS = 8

Effect = Callable[[], None]
Handler = Callable[[Database, UUID, str], Effect]


class Work(Base):
    """Something to be done at a time, for an organization (the vendor's where there is none)."""

    __tablename__ = "work"
    __table_args__ = shared_table(
        UniqueConstraint("kind", "organization_id", "key"),
        partial_index("ix_work_due", "due_at", where="done_at IS NULL"),
        erase=Erase.KEEP,
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(60))
    organization_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organization.id"))
    key: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime] = mapped_column(Moment)
    claim: Mapped[UUID | None] = mapped_column(Id)
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Job:
    """How a kind of work is done; `every` is set for work that comes round."""

    handler: Handler
    lease: timedelta
    every: timedelta | None = None


JOBS: dict[str, Job] = {}


def job(kind: str, lease_seconds: int = 60) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of work; the lease must outlast all its timeouts."""

    def register(handler: Handler) -> Handler:
        JOBS[kind] = Job(handler, timedelta(seconds=lease_seconds))
        return handler

    return register


def scheduled(
    kind: str, every: timedelta, lease_seconds: int = 300
) -> Callable[[Handler], Handler]:
    """Register work that comes round; its row stands in the vendor's organization."""

    def register(handler: Handler) -> Handler:
        JOBS[kind] = Job(handler, timedelta(seconds=lease_seconds), every)
        return handler

    return register


def enqueue(kind: str, organization_id: UUID, key: str, due_at: datetime | None = None) -> None:
    """Write work into the running transaction.

    Work of the same kind and key that is waiting, running or done is started anew: whoever is
    at it now loses the claim and with it the effect.
    """
    row = dict(id=new_id(), kind=kind, organization_id=organization_id, key=key, attempts=0)
    row |= dict(due_at=due_at or clock.now(), claim=None, claimed_until=None)
    row |= dict(last_error=None, done_at=None)
    changed = ("due_at", "claim", "claimed_until", "attempts", "last_error", "done_at")
    upsert(Work, row, on=("kind", "organization_id", "key"), change=changed)


def enqueue_once(kind: str, organization_id: UUID, key: str) -> None:
    """Write work into the running transaction, unless the same is waiting or running already."""
    if not is_waiting(kind, organization_id, key):
        enqueue(kind, organization_id, key)


def is_waiting(kind: str, organization_id: UUID, key: str) -> bool:
    """Whether such work is waiting or running, and has not failed for good."""
    query = select(Work.id).where(
        Work.kind == kind,
        Work.organization_id == organization_id,
        Work.key == key,
        Work.done_at.is_(None),
        or_(Work.attempts < MOST_ATTEMPTS, Work.claimed_until >= clock.now()),
    )
    return db.session().scalar(query) is not None


def stopped_among(kind: str, organization_id: UUID, keys: Iterable[str]) -> set[str]:
    """Which of this work was given up, for pages on which somebody waits for it."""
    these = Work.kind == kind, Work.organization_id == organization_id, Work.key.in_(list(keys))
    return set(db.session().scalars(select(Work.key).where(*these, *is_stopped())))


def schedule(vendor_id: UUID) -> None:
    """Make sure that each kind that comes round has its row; leaves existing ones alone."""
    for kind, known in JOBS.items():
        if known.every:
            row = dict(id=new_id(), kind=kind, organization_id=vendor_id, key="", attempts=0)
            upsert(Work, row | {"due_at": clock.now()}, on=("kind", "organization_id", "key"))


def coming_round() -> list[str]:
    """The kinds that are never given up: their next time comes, whatever became of the last."""
    return [kind for kind, known in JOBS.items() if known.every]


def waiting_since() -> datetime | None:
    """When the oldest work that is due became so; None where nothing waits for a worker."""
    now = clock.now()
    oldest = select(func.min(Work.due_at)).where(
        Work.done_at.is_(None),
        Work.due_at <= now,
        or_(Work.attempts < MOST_ATTEMPTS, Work.kind.in_(coming_round())),
        # What somebody has in hand is not waiting.
        or_(Work.claimed_until.is_(None), Work.claimed_until < now),
    )
    return db.session().execute(oldest).scalar_one()


def is_stopped() -> tuple[ColumnElement[bool], ...]:
    """In SQL: whether work was given up after the last attempt, for whoever runs the portal."""
    return (
        Work.done_at.is_(None),
        Work.attempts >= MOST_ATTEMPTS,
        Work.kind.not_in(coming_round()),
        # The last attempt may still be running.
        or_(Work.claimed_until.is_(None), Work.claimed_until < clock.now()),
    )


def withdraw(kind: str, organization_id: UUID, keys: Sequence[str]) -> None:
    """Delete work of a kind that is not to be done any more."""
    row = Work.kind == kind, Work.organization_id == organization_id, Work.key.in_(keys)
    db.connection().execute(delete(Work).where(*row))


def withdraw_past(kinds: Sequence[str], organization_id: UUID, until: datetime) -> None:
    """Delete an organization's work of these kinds that was due by a moment and is not done.

    For whoever tells a past and did at its time what the work asks for.
    """
    due = Work.organization_id == organization_id, Work.kind.in_(kinds), Work.due_at <= until
    db.connection().execute(delete(Work).where(*due, Work.done_at.is_(None)))


def forget_words(organization_id: UUID, words: Sequence[str], name: str) -> None:
    """Delete an organization's work whose key holds one of these words, and errors that do.

    A name is looked for in errors alone: keys are ids, in which a short one stands by chance.
    """
    here = Work.organization_id == organization_id
    for word in words:
        held = Work.key.contains(word, autoescape=True)
        db.connection().execute(delete(Work).where(here, held))
    for word in (*words, name):
        told = Work.last_error.contains(word, autoescape=True)
        db.connection().execute(update(Work).where(here, told).values(last_error=None))


def in_chunks(database: Database, organization_id: UUID, step: Callable[[UUID], bool]) -> None:
    """Repeat a step, each time in a transaction of its own, until it says that nothing is left."""
    is_more = True
    while is_more:
        with database.writing(organization_id) as session:
            is_more = step(organization_id)
            session.commit()


def forget_done(before: datetime) -> None:
    """Delete work that was done before a moment."""
    done = Work.__table__.delete().where(Work.__table__.c.done_at < before)  # type: ignore[attr-defined]
    db.session().execute(done)
