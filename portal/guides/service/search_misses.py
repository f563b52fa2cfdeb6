"""What readers looked for and nobody found: kept for authors, who see the words and no names."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.folding import fold
from portal.guides.search_models import SearchMiss
from portal.guides.service.search import MOST_CHARACTERS
from portal.inserts import upsert

LONGEST_MISS = 100
KEEP_MISSES = timedelta(days=180)


def record_miss(viewer: Viewer, words: str) -> None:
    """Keep what nobody could find; the same words of the same member are one row."""
    require(viewer, Action.FOLLOW_PATHS)
    key = fold(words[:MOST_CHARACTERS])[:LONGEST_MISS].strip()
    if not key:
        return
    row = dict(organization_id=viewer.organization_id, member_id=viewer.member_id, words=key)
    on = tuple(row)
    times = select(SearchMiss.times).filter_by(**row)
    again = (db.session().scalar(times) or 0) + 1
    row |= {"times": again, "last_at": clock.now()}
    upsert(SearchMiss, row, on=on, change=("times", "last_at"))


def forget_misses(organization_id: UUID, before: datetime) -> None:
    """Delete what nobody looked for since a moment."""
    db.connection().execute(
        SearchMiss.__table__.delete().where(  # type: ignore[attr-defined]
            SearchMiss.organization_id == organization_id, SearchMiss.last_at < before
        )
    )
