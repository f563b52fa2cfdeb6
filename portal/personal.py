"""Which rows speak of a person, read from the schema: a new table is covered without new code.

A row is *about* a person where `person_id` or `member_id` names them, or where it hangs on such a
row by a foreign key. Other columns that lead to a person or member (`caused_by`, `invited_by`)
say who did it. What erasing does to such rows stands in `portal.erase_rules`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import get_args, get_type_hints
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Table,
    and_,
    false,
    or_,
    select,
    true,
)

from portal.schema import Base


@dataclass(frozen=True, slots=True)
class Whom:
    """A member of one organization, and the person behind them."""

    organization_id: UUID
    member_id: UUID
    person_id: UUID


def is_customers(table: Table) -> bool:
    """Whether each row of a table belongs to one organization."""
    return bool(table.info["distribute"] == "organization_id")


@lru_cache
def tables() -> tuple[Table, ...]:
    """The tables that hold rows about people, those that others hang on last."""
    return tuple(
        table for table in reversed(Base.metadata.sorted_tables) if _is_about_people(table)
    )


@lru_cache
def _is_about_people(table: Table) -> bool:
    if table.name in ("person", "member") or {"person_id", "member_id"} & set(table.c.keys()):
        return True
    return any(_is_about_people(key.referred_table) for key in _upwards(table))


def _upwards(table: Table) -> Iterator[ForeignKeyConstraint]:
    """Keys by which a row hangs on another; not those that say who did it."""
    for key in table.foreign_key_constraints:
        if key.referred_table.name not in ("person", "member") and key.referred_table is not table:
            yield key


def own_column(key: ForeignKeyConstraint) -> tuple[Column[object], Column[object]]:
    """The column by which a row points to another, and the one that it points to."""
    element = [e for e in key.elements if e.parent.name != "organization_id"][-1]
    return element.parent, element.column


def doers(table: Table) -> list[tuple[Column[object], bool]]:
    """The columns that say who did it, and whether each names a member (else a person)."""
    found = {
        key.parent: key.column.table.name == "member"
        for key in table.foreign_keys
        if key.column.table.name in ("person", "member") and key.column.name == "id"
    }
    named = ((c, of_member) for c, of_member in found.items())
    return [(c, m) for c, m in named if c.name not in ("person_id", "member_id")]


def about(table: Table, whom: Whom, everywhere: bool = False) -> ColumnElement[bool]:
    """The rows of a table that are about somebody, as their organization knows them.

    Rows of shared tables are theirs where they name this organization or none; `everywhere` takes
    those of every organization.
    """
    if table.name == "person":
        return table.c.id == whom.person_id
    named: list[ColumnElement[bool]] = []
    if table.name == "member":
        named.append(table.c.id == whom.member_id)
    elif "member_id" in table.c:
        named.append(table.c.member_id == whom.member_id)
    if "person_id" in table.c and table.name != "member":
        named.append(and_(table.c.person_id == whom.person_id, _here(table, whom, everywhere)))
    if not named:
        named = [_hangs_on(key, whom) for key in _upwards(table)]
    mine = or_(false(), *named)
    return (
        and_(table.c.organization_id == whom.organization_id, mine) if is_customers(table) else mine
    )


def _here(table: Table, whom: Whom, everywhere: bool) -> ColumnElement[bool]:
    if everywhere or is_customers(table) or "organization_id" not in table.c:
        return true()
    here = table.c.organization_id == whom.organization_id
    return (
        or_(here, table.c.organization_id.is_(None)) if table.c.organization_id.nullable else here
    )


def _hangs_on(key: ForeignKeyConstraint, whom: Whom) -> ColumnElement[bool]:
    if not _is_about_people(key.referred_table):
        return false()
    here, there = own_column(key)
    return here.in_(select(there).where(about(key.referred_table, whom)))


def person_columns(table: Table) -> list[Column[object]]:
    """The columns that name a person, as whom a row is about or as who did it."""
    named = [column for column, of_member in doers(table) if not of_member]
    return [*named, table.c.person_id] if "person_id" in table.c else named


@lru_cache
def is_code(column: Column[object]) -> bool:
    """Whether a column holds one of the words of an enum, which is no text of anybody's."""
    (model,) = (m.class_ for m in Base.registry.mappers if m.local_table is column.table)
    (mapped,) = get_args(get_type_hints(model)[column.name])
    kinds = get_args(mapped) or (mapped,)
    return any(isinstance(kind, type) and issubclass(kind, StrEnum) for kind in kinds)
