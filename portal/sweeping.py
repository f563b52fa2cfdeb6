"""Doing the work that is due: claimed by a lease, finished together with its effect.

A process killed anywhere leaves the row to be taken up again when its lease ends: nothing is lost,
and no effect happens twice.
"""

import random
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import case, or_, select, update

from portal import clock, jobs
from portal.db import Database
from portal.ids import new_id
from portal.jobs import Effect, Work

log = structlog.get_logger()

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
MOST_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of work in this process's hands until its lease ends."""

    id: UUID
    kind: str
    organization_id: UUID
    key: str
    attempts: int
    claim: UUID


def sweep(database: Database, limit: int = 10) -> int:
    """Do what is due, at most `limit` rows; returns how many were taken in hand."""
    taken = _claim(database, limit)
    for work in taken:
        with structlog.contextvars.bound_contextvars(entry=work.kind, work_id=str(work.id)):
            _do(database, work)
    return len(taken)


def _do(database: Database, work: Claimed) -> None:
    try:
        effect = jobs.JOBS[work.kind].handler(database, work.organization_id, work.key)
        _finish(database, work, effect)
    except Exception as error:
        log.exception("job.failed", kind=work.kind, key=work.key, attempts=work.attempts)
        _put_back(database, work, error)


def _claim(database: Database, limit: int) -> list[Claimed]:
    now = clock.now()
    free = (
        Work.done_at.is_(None),
        Work.due_at <= now,
        or_(Work.attempts < jobs.MOST_ATTEMPTS, Work.kind.in_(jobs.coming_round())),
        or_(Work.claimed_until.is_(None), Work.claimed_until < now),
        Work.kind.in_(jobs.JOBS),
    )
    # Times the batch, so that the last row's lease outlasts those before it.
    until = {kind: now + known.lease * limit for kind, known in jobs.JOBS.items()}
    due = select(Work.id).where(*free).order_by(Work.due_at).limit(limit)
    claim = (
        update(Work)
        # `free` once more: PostgreSQL checks it again on a row that another process just took.
        .where(Work.id.in_(due.with_for_update(skip_locked=True).scalar_subquery()), *free)
        .values(
            claim=(token := new_id()),
            claimed_until=case(until, value=Work.kind),
            attempts=Work.attempts + 1,
        )
        .returning(Work.id, Work.kind, Work.organization_id, Work.key, Work.attempts)
        .execution_options(synchronize_session=False)
    )
    with database.writing(None) as session:
        rows = session.execute(claim).all()
        session.commit()
    return [Claimed(*row, claim=token) for row in rows]


def _finish(database: Database, work: Claimed, effect: Effect) -> None:
    now = clock.now()
    every = jobs.JOBS[work.kind].every
    done = {"done_at": now} if every is None else {"due_at": now + every, "attempts": 0}
    with database.writing(work.organization_id) as session:
        effect()
        mine = update(Work).where(
            Work.id == work.id, Work.claim == work.claim, Work.done_at.is_(None)
        )
        released = dict(claim=None, claimed_until=None, last_error=None)
        if session.connection().execute(mine.values(**done, **released)).rowcount == 1:
            session.commit()
        else:
            log.warning("job.claim_lost", kind=work.kind, key=work.key)


def _put_back(database: Database, work: Claimed, error: Exception) -> None:
    doublings = min(work.attempts, MOST_DOUBLINGS) - 1
    wait = min(FIRST_RETRY * 2**doublings, LONGEST_RETRY) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries
    with database.writing(None) as session:
        session.execute(
            update(Work)
            .where(Work.id == work.id, Work.claim == work.claim)
            .values(
                claim=None,
                claimed_until=None,
                due_at=clock.now() + wait,
                last_error=f"{type(error).__name__}: {error}"[:500],
            )
        )
        session.commit()
