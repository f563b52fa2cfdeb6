"""Which rows speak of a person, read from the schema: a new table is covered without new code.

A row is *about* a person where `person_id` or `member_id` names them, or where it hangs on such a
row by a foreign key. Other columns that lead to a person or member (`caused_by`, `invited_by`)
say who did it. What erasing does to a row about somebody is the table's `Erase` mark; who did it
is blanked everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import get_args, get_type_hints
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    and_,
    false,
    func,
    null,
    or_,
    select,
    true,
    update,
)

from portal import db
from portal.schema import Base, Erase, Id

SMALLEST_GROUP = 5
"""Rows without a name stay only among at least as many of the same organization and subject."""

GROUPS = ("revision_id", "guide_id", "step_id", "path_id", "goal_id")
"""What an unnamed row is counted by: the first of these that its table has."""

WORDS_KEPT = frozenset({"arm", "language", "experience"})
"""Words that figures need and that tell nobody apart."""

NAMES = ("display_name", "name_key", "email", "recipient")
"""Columns that hold the name or address of whom `person_id` names."""

TRAITS = frozenset({"influence", "importance"})
"""Numbers about the person, not their answer."""


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


def _own_column(key: ForeignKeyConstraint) -> tuple[Column[object], Column[object]]:
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
    here, there = _own_column(key)
    return here.in_(select(there).where(about(key.referred_table, whom)))


def person_columns(table: Table) -> list[Column[object]]:
    """The columns that name a person, as whom a row is about or as who did it."""
    named = [column for column, of_member in doers(table) if not of_member]
    return [*named, table.c.person_id] if "person_id" in table.c else named


def erase_rows(whom: Whom, everywhere: bool) -> None:
    """Carry out the tables' rules for one member in their organization.

    `everywhere`: the person is nobody else's member, so what is shared goes as well.
    """
    for table in Base.metadata.sorted_tables:
        _blank_doers(table, whom, everywhere)
    for table in tables():
        for column, rows in _named_rows(table, whom, everywhere):
            erase_from(table, column, rows, whom.organization_id)


def delete_rows(whom: Whom) -> None:
    """Delete what is about one member in their organization, and the member, whatever the tables'
    rules. Who did what stays written, in the audit and elsewhere: it names the person."""
    for table in tables():
        if table.name not in ("person", "audit_entry"):
            for _column, rows in _named_rows(table, whom, everywhere=False):
                _delete(table, rows, whom.organization_id)


def _named_rows(
    table: Table, whom: Whom, everywhere: bool
) -> Iterator[tuple[Column[object], ColumnElement[bool]]]:
    """The columns of a table that name somebody, each with the rows where it does."""
    if table.name == "person":
        if everywhere:
            yield table.c.id, table.c.id == whom.person_id
        return
    has_organization = "organization_id" in table.c
    here = table.c.organization_id == whom.organization_id if has_organization else true()
    if table.name == "member":
        yield table.c.id, and_(here, table.c.id == whom.member_id)
        return
    if "member_id" in table.c:
        yield table.c.member_id, and_(here, table.c.member_id == whom.member_id)
    if "person_id" in table.c and (everywhere or has_organization):
        mine = table.c.person_id == whom.person_id
        is_anywhere = everywhere and not is_customers(table)
        yield table.c.person_id, mine if is_anywhere else and_(here, mine)


def erase_person(person_id: UUID, organization_id: UUID) -> None:
    """Take a person out of an organization of which they are no member: staff at work there."""
    whom = Whom(organization_id, person_id, person_id)
    for table in Base.metadata.sorted_tables:
        if is_customers(table):
            _blank_doers(table, whom, everywhere=True)
    for table in tables():
        if is_customers(table) and table.name != "member":
            for column, rows in _named_rows(table, whom, everywhere=True):
                erase_from(table, column, rows, organization_id)


def erase_from(
    table: Table, column: Column[object], rows: ColumnElement[bool], organization_id: UUID
) -> None:
    """Do to rows that a column names somebody by what the table's mark says.

    A row whose column can't be blank is deleted.
    """
    rule = table.info["erase"]
    if rule == Erase.KEEP:
        return
    if rule == Erase.DELETE or not column.nullable:
        _delete(table, rows, organization_id)
    elif column.name == "member_id":
        _keep_as_count(table, rows, organization_id)
    else:
        told = {table.c[n]: _nothing(table.c[n]) for n in NAMES if n in table.c}
        _execute(update(table).where(rows).values({column: null(), **told}))


def _keep_as_count(table: Table, rows: ColumnElement[bool], organization_id: UUID) -> None:
    """Blank the rows whose group is large enough, and delete the others."""
    group = next((table.c[name] for name in GROUPS if name in table.c), None)
    kept = rows
    if group is not None:
        # Several answers of one person are one; of those without a name each counts as somebody's.
        someone = func.coalesce(table.c.member_id, table.c.id)
        counted = (
            select(group)
            .where(
                table.c.organization_id == organization_id,
                group.in_(select(group).where(rows).scalar_subquery()),
            )
            .group_by(group)
            .having(func.count(someone.distinct()) >= SMALLEST_GROUP)
        )
        large = list(db.session().scalars(counted))
        kept = and_(rows, group.in_(large))
        _delete(table, and_(rows, or_(group.is_(None), group.not_in(large))), organization_id)
    _blank(table, kept, organization_id)


def _blank(table: Table, rows: ColumnElement[bool], organization_id: UUID) -> None:
    """Take names, words and traits out of rows, and out of those that hang on them."""
    for child, mine, _by in _hanging(table, rows, organization_id):
        _blank(child, mine, organization_id)
    values = {column: _nothing(column) for column in table.c if is_telling(column)}
    if values:
        _execute(update(table).where(rows).values(values))


def _nothing(column: Column[object]) -> object:
    return null() if column.nullable else ""


def is_telling(column: Column[object]) -> bool:
    """Whether a column may tell one person from another, or holds their own words."""
    if column.primary_key or column.name in WORDS_KEPT:
        return False
    if not column.nullable:
        return isinstance(column.type, Text)
    if isinstance(column.type, Id):
        # What leads to content tells nobody apart.
        leads_to = {key.column.table for key in column.foreign_keys}
        return all(is_customers(t) or t.info["erase"] is not None for t in leads_to)
    if isinstance(column.type, SmallInteger):
        return column.name in TRAITS
    if isinstance(column.type, JSON):
        return True
    return isinstance(column.type, String) and not is_code(column)


@lru_cache
def is_code(column: Column[object]) -> bool:
    """Whether a column holds one of the words of an enum, which is no text of anybody's."""
    (model,) = (m.class_ for m in Base.registry.mappers if m.local_table is column.table)
    (mapped,) = get_args(get_type_hints(model)[column.name])
    kinds = get_args(mapped) or (mapped,)
    return any(isinstance(kind, type) and issubclass(kind, StrEnum) for kind in kinds)


def _delete(table: Table, rows: ColumnElement[bool], organization_id: UUID) -> None:
    """Delete rows, and first what hangs on them; what can stand without them stays."""
    for child, mine, by in _hanging(table, rows, organization_id):
        if by.nullable:
            _execute(update(child).where(mine).values({by: null()}))
        else:
            _delete(child, mine, organization_id)
    _execute(table.delete().where(rows))


def _hanging(
    table: Table, rows: ColumnElement[bool], organization_id: UUID
) -> Iterator[tuple[Table, ColumnElement[bool], Column[object]]]:
    """The tables whose rows hang on these rows, which rows of theirs, and by which column."""
    for child in Base.metadata.sorted_tables:
        for key in child.foreign_key_constraints:
            if key.referred_table is table and child is not table:
                here, there = _own_column(key)
                hanging = here.in_(select(there).where(rows))
                yield child, and_(_in(child, organization_id), hanging), here


def _blank_doers(table: Table, whom: Whom, everywhere: bool) -> None:
    for column, names_member in doers(table):
        if not is_customers(table) and not everywhere:
            continue
        named = column == (whom.member_id if names_member else whom.person_id)
        here = _in(table, whom.organization_id)
        if column.nullable:
            _execute(update(table).where(here, named).values({column: null()}))
        else:
            _delete(table, and_(here, named), whom.organization_id)


def _in(table: Table, organization_id: UUID) -> ColumnElement[bool]:
    return table.c.organization_id == organization_id if is_customers(table) else true()


def _execute(statement: object) -> None:
    db.connection().execute(statement)  # type: ignore[call-overload]
