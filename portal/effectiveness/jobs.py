"""Counting what readers said, and forgetting what nobody found."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portal import clock
from portal.accounts.models import Organization
from portal.accounts.service.counted import COUNT_GUIDE
from portal.db import Database
from portal.effectiveness.service import counting
from portal.guides.service import search_misses
from portal.jobs import Effect, job, scheduled


@job(COUNT_GUIDE, lease_seconds=120)
def count_guide(database: Database, _organization_id: UUID, key: str) -> Effect:
    """Count a guide anew, after somebody said something of it."""
    figures = counting.count_guide(database, UUID(key))
    return lambda: counting.write(figures)


@scheduled("effectiveness.recount", every=timedelta(hours=6), lease_seconds=1800)
def recount(database: Database, _vendor_id: UUID, _key: str) -> Effect:
    """Count every guide anew: openings grow old, people leave, and nothing drifts."""
    recount_all(database)
    return lambda: None


def recount_all(database: Database) -> int:
    """Count every guide that was opened, each in a transaction of its own; returns how many."""
    guides = counting.list_counted(database)
    for guide_id in guides:
        figures = counting.count_guide(database, guide_id)
        with database.writing(None) as session:
            counting.write(figures)
            session.commit()
    return len(guides)


@scheduled("effectiveness.forget_misses", every=timedelta(days=1))
def forget_misses(database: Database, _vendor_id: UUID, _key: str) -> Effect:
    """Forget searches without result that nobody repeated for long."""
    before = clock.now() - search_misses.KEEP_MISSES
    with database.reading(None) as session:
        organizations = session.scalars(select(Organization.id)).all()
    for organization_id in organizations:
        with database.writing(organization_id) as session:
            search_misses.forget_misses(organization_id, before)
            session.commit()
    return lambda: None
