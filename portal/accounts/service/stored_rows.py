"""The rows stored about a person, table by table, as they can be read."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Column, Date, Row, String, Table, select

from portal import i18n, personal
from portal.access import Viewer
from portal.accounts.service import stored
from portal.accounts.service.labels import LABELS
from portal.accounts.service.stored_words import CODES, FIELDS, TECHNICAL
from portal.errors import NotFound
from portal.i18n import gettext as _
from portal.languages import bound, text_in
from portal.paging import Page, paginate
from portal.schema import Base, Id, Moment

PAGE_SIZE = 20
TITLES = ("title", "name", "slug")
"""What content is called: the first of these that its table has."""
AN_ID = re.compile(r":?\b[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b")
"""In what was written down for machines, such as whom a deed was about: it says nothing here."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of one table's rows about the viewer; each row as pairs of words."""

    label: Any
    note: Any
    rows: Sequence[Sequence[tuple[Any, str]]]
    next: str | None


def read_rows(viewer: Viewer, name: str, after: str | None) -> Rows:
    """The viewer's rows of a table, the newest first. Raises NotFound for no such table."""
    table = next((one for one in personal.tables() if one.name == name), None)
    if table is None:
        raise NotFound
    label, note = LABELS[name]
    shown = list(columns(table))
    page = _page(viewer, table, shown, after)
    rows = [
        [
            (FIELDS[column.name], say(value, is_code(column)))
            for column, value in zip(shown, row, strict=False)
            if value not in (None, "", [], {}, frozenset())
        ]
        for row in page.rows
    ]
    return Rows(label, note, rows, page.next)


def columns(table: Table) -> Iterator[Column[Any]]:
    """The columns that say something: not what only machines read, nor ids that have no name."""
    for column in table.c:
        is_named = not isinstance(column.type, Id) or _named_in(column) is not None
        is_said = stored.is_shown(column) and column.name not in TECHNICAL
        if is_said and is_named:
            yield column


def is_code(column: Column[Any]) -> bool:
    """Whether a column holds a code that has words of its own."""
    is_word = isinstance(column.type, String)
    return is_word and (column.name == "experience" or personal.is_code(column))


def say(value: Any, is_code: bool = False) -> str:
    """A value in words, with dates as the reader writes them."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if is_code or isinstance(value, StrEnum):
        return str(CODES[value])
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(say, value)))
    if isinstance(value, list):
        return ", ".join(map(say, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {say(one)}" for key, one in value.items())
    return _say_plain(value)


def _say_plain(value: Any) -> str:
    if isinstance(value, datetime):
        return i18n.format_datetime(value)
    if isinstance(value, date):
        return i18n.format_date(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, int | float):
        return i18n.format_number(value)
    return AN_ID.sub("", str(value))


def _page(
    viewer: Viewer, table: Table, shown: list[Column[Any]], after: str | None
) -> Page[Row[*tuple[Any, ...]]]:
    who = stored.whom(viewer)
    told = [_told(column, viewer).label(f"shown_{n}") for n, column in enumerate(shown)]
    order = _order(table)
    ordered = [column.label(f"order_{n}") for n, column in enumerate(order)]
    query = select(*told, *ordered).select_from(table).where(personal.about(table, who))
    getters: list[Callable[[Any], Any]] = [
        partial(_get, place=len(told) + n) for n in range(len(order))
    ]
    pairs = list(zip(order, getters, strict=True))
    return paginate(query, pairs, after, PAGE_SIZE, newest_first=True)


def _get(row: Any, place: int) -> Any:
    return row[place]


def _order(table: Table) -> list[Column[Any]]:
    """By age where each row has one, then by key."""
    ages = [c for c in table.c if isinstance(c.type, Moment | Date) and not c.nullable]
    keys = [c for c in table.primary_key if c.name != "organization_id" and c not in ages[:1]]
    return [*ages[:1], *keys]


def _told(column: Column[Any], viewer: Viewer) -> Any:
    """The column, or what the content that it leads to is called."""
    named = _named_in(column)
    if named is None:
        return column
    title: Any = next(named.c[name] for name in TITLES if name in named.c)
    if "titles" in named.c:
        title = text_in(named.c.titles, title, bound(viewer.locale))
    found = select(title).where(named.c.id == column)
    if personal.is_customers(named):
        found = found.where(named.c.organization_id == viewer.organization_id)
    return found.scalar_subquery()


def _named_in(column: Column[Any]) -> Table | None:
    """The table of content or of teams that a column leads to."""
    if not isinstance(column.type, Id) or (column.primary_key and column.name == "id"):
        return None
    if column.name == "team_id":
        return Base.metadata.tables["team"]
    for key in column.foreign_keys:
        there = key.column.table
        is_telling = any(name in there.c for name in TITLES) and "id" in there.c
        if is_telling and there not in personal.tables() and column.name != "organization_id":
            return there
    return None
