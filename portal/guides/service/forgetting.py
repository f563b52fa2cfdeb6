"""Taking away versions of guides that nobody's record needs: for whoever told a past."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Column, delete, select, union

from portal import db, personal
from portal.guides.models import CurrentRevision, Guide, Revision
from portal.schema import Base

POINTING_AT_TEXT = frozenset({CurrentRevision.__tablename__, Revision.__tablename__})
"""Shared tables whose rows need a version to be there; what else names one is made from it."""


@dataclass(frozen=True, slots=True)
class Version:
    """A revision, as people speak of it."""

    id: UUID
    slug: str
    language: str
    number: int


def list_earlier(sources: Mapping[tuple[str, str], str]) -> Sequence[Version]:
    """The versions, read no more, that were made of these files: by slug and language."""
    found = (
        select(Revision.id, Guide.slug, Revision.language, Revision.number, Revision.source)
        .join(Guide, Guide.id == Revision.guide_id)
        .where(Guide.slug.in_({slug for slug, _language in sources}))
        .where(Revision.id.not_in(select(CurrentRevision.revision_id)))
        .order_by(Guide.slug, Revision.language, Revision.number)
    )
    rows = db.session().execute(found)
    return [
        Version(*row[:4]) for row in rows if sources.get((row.slug, row.language)) == row.source
    ]


def forget(revision_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Delete versions with what was made from them; which of them are gone.

    One stays that a row of any customer points at, or that another version continues.
    """
    # Whoever begins to read one of them waits for us, and we for whoever has begun.
    mine = select(Revision.id).where(Revision.id.in_(list(revision_ids))).with_for_update()
    locked = set(db.session().scalars(mine))
    going = locked - _named(locked)
    for column in _pointing():
        if not personal.is_customers(column.table) and column.table.name not in POINTING_AT_TEXT:
            db.connection().execute(delete(column.table).where(column.in_(going)))
    db.connection().execute(delete(Revision).where(Revision.id.in_(going)))
    return frozenset(going)


def _named(revision_ids: set[UUID]) -> set[UUID]:
    """Which of them somebody read, or another row cannot be without."""
    naming = [
        select(column).where(column.in_(revision_ids))
        for column in _pointing()
        if personal.is_customers(column.table) or column.table.name in POINTING_AT_TEXT
    ]
    across = {"across": "which versions of guides somebody's record points at"}
    return set(db.session().scalars(union(*naming).execution_options(**across)))


def _pointing() -> list[Column[UUID]]:
    """The columns that name a revision, as the schema has them."""
    return [
        key.parent
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == Revision.__tablename__
    ]
