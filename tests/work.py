"""Work in states that take long to come about."""

from sqlalchemy import update

from portal import clock, jobs
from portal.db import Database
from portal.jobs import Work


def give_up(database: Database, kind: str) -> None:
    """As if all work of a kind had been tried in vain as often as it may be."""
    values = dict(attempts=jobs.MOST_ATTEMPTS, claim=None, claimed_until=None)
    values |= dict(due_at=clock.now(), last_error="OSError: no space left on device")
    with database.writing(None) as session:
        session.execute(update(Work).where(Work.kind == kind).values(values))
        session.commit()
