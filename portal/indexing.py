"""Bring the search index up to date with everything that is published."""

from sqlalchemy import func, select

from portal.db import Database
from portal.guides.service import search_index
from portal.guides.service.search_index import IndexChanges
from portal.paths.service import publishing as paths

LOCK = 0x736561726368
"""Key of PostgreSQL's advisory lock: any number that nothing else in the database uses."""


def refresh(database: Database, anew: bool = False) -> int:
    """Index what changed, or everything; returns how many documents were read anew.

    Their words are found before the transaction that writes them, where only what somebody
    published in between is read again.
    """
    with database.reading(None):
        found = _changes(anew, None)
    if not found:
        return 0
    with database.writing(None) as session:
        if not database.is_sqlite:
            session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        search_index.write(_changes(anew, found))
        session.commit()
    return len(found.rows)


def _changes(anew: bool, known: IndexChanges | None) -> IndexChanges:
    documents = [*search_index.list_documents(), *paths.list_documents()]
    return search_index.changes(documents, anew, known)
