"""Everything stored about a person, made from the schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, LargeBinary, Table, and_, func, literal, or_, select, union_all

from portal import db, personal
from portal.access import Viewer
from portal.personal import Whom
from portal.schema import Base, Moment

HIDDEN = frozenset({"before", "after", "body_html", "claim"})
"""Columns that show nothing of one's own: what others' rows were like, the same text once more."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A table with rows about somebody, or with deeds of theirs on rows about others."""

    table: str
    rows: int
    is_deed: bool
    """They only did it: to rows that are about others, and not shown."""


def whom(viewer: Viewer) -> Whom:
    """The viewer as those whom rows may be about."""
    return Whom(viewer.organization_id, viewer.member_id, viewer.person_id)


def count_stored(viewer: Viewer) -> list[Stored]:
    """How many rows each table has about the viewer here, and over what is shared."""
    counted = [
        select(literal(table.name), literal(is_deed), func.count()).select_from(table).where(rows)
        for table, rows, is_deed in _sources(whom(viewer))
    ]
    found = db.session().execute(union_all(*counted))
    kept = [Stored(name, rows, bool(is_deed)) for name, is_deed, rows in found if rows]
    return sorted(kept, key=lambda one: (one.is_deed, one.table))


def _sources(who: Whom) -> Iterator[tuple[Table, Any, bool]]:
    for table in Base.metadata.sorted_tables:
        about = personal.about(table, who) if table in personal.tables() else None
        if about is not None:
            yield table, about, False
        if personal.is_customers(table) and personal.doers(table):
            did = [
                column == (who.member_id if of_member else who.person_id)
                for column, of_member in personal.doers(table)
            ]
            here = table.c.organization_id == who.organization_id
            others = and_(here, or_(*did))
            yield table, others if about is None else and_(others, ~about), True


def table_names(who: Whom) -> list[str]:
    """The tables that are asked, those with deeds once more at the end."""
    return [f"{table.name}{'-done' if is_deed else ''}" for table, _rows, is_deed in _sources(who)]


def read_stored(who: Whom) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each table's rows about somebody, in plain values; of deeds only what and when."""
    for table, rows, is_deed in _sources(who):
        columns = [column for column in table.c if is_shown(column, is_deed)]
        found = db.session().execute(select(*columns).where(rows))
        plain = [{key: _plain(value) for key, value in row._mapping.items()} for row in found]
        yield f"{table.name}{'-done' if is_deed else ''}", plain


def is_shown(column: Column[Any], is_deed: bool = False) -> bool:
    """Whether a column may be shown to whom its row is about; of a deed, only when it was done."""
    # What is kept as bytes is drawn from words that are there as well.
    is_file = isinstance(column.type, LargeBinary)
    if is_file or column.name in HIDDEN or column.name.endswith("_hash"):
        return False
    return not is_deed or column.name == "id" or isinstance(column.type, Moment | Date)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    return value
