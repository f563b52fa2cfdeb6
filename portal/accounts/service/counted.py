"""What is counted of guides, told by whoever takes people's rows away or adds to them.

Who counts stands far above; all they share is the kind of the work.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select

from portal import db, jobs, personal
from portal.personal import Whom

COUNT_GUIDE = "effectiveness.count"
"""The work of counting a guide anew, by its id. Done by the feature of that name."""

COUNTED = ("opening", "outcome")
"""The tables from which guides are counted."""


def count_anew(organization_id: UUID, guide_ids: set[UUID]) -> None:
    """Let guides be counted anew, after what somebody of this organization said changed."""
    for guide_id in sorted(guide_ids):
        jobs.enqueue(COUNT_GUIDE, organization_id, str(guide_id))


def guides_of(whom: Whom) -> set[UUID]:
    """The guides that somebody opened or said something of."""
    return {
        guide_id
        for table in _counted()
        for guide_id in guides_in(table, personal.about(table, whom))
    }


def guides_in(table: Table, rows: ColumnElement[bool]) -> set[UUID]:
    """The guides that these rows of a table count for."""
    if table.name not in COUNTED:
        return set()
    return set(db.session().scalars(select(table.c.guide_id).where(rows).distinct()))


def _counted() -> Iterator[Table]:
    return (table for table in personal.tables() if table.name in COUNTED)
