"""Erasing somebody: what becomes of the rows that speak of them.

What becomes of a row about somebody is its table's `Erase` mark; who did it is blanked everywhere.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    SmallInteger,
    String,
    Table,
    Text,
    and_,
    func,
    null,
    or_,
    select,
    true,
    update,
)

from portal import db, personal
from portal.personal import Whom
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


def erase_rows(whom: Whom, everywhere: bool) -> None:
    """Carry out the tables' rules for one member in their organization.

    `everywhere`: the person is nobody else's member, so what is shared goes as well.
    """
    for table in Base.metadata.sorted_tables:
        _blank_doers(table, whom, everywhere)
    for table in personal.tables():
        for column, rows in _named_rows(table, whom, everywhere):
            erase_from(table, column, rows, whom.organization_id)


def delete_rows(whom: Whom) -> None:
    """Delete what is about one member in their organization, and the member, whatever the tables'
    rules. Who did what stays written, in the audit and elsewhere: it names the person."""
    for table in personal.tables():
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
        is_anywhere = everywhere and not personal.is_customers(table)
        yield table.c.person_id, mine if is_anywhere else and_(here, mine)


def erase_person(person_id: UUID, organization_id: UUID) -> None:
    """Take a person out of an organization of which they are no member: staff at work there."""
    whom = Whom(organization_id, person_id, person_id)
    for table in Base.metadata.sorted_tables:
        if personal.is_customers(table):
            _blank_doers(table, whom, everywhere=True)
    for table in personal.tables():
        if personal.is_customers(table) and table.name != "member":
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
        return all(personal.is_customers(t) or t.info["erase"] is not None for t in leads_to)
    if isinstance(column.type, SmallInteger):
        return column.name in TRAITS
    if isinstance(column.type, JSON):
        return True
    return isinstance(column.type, String) and not personal.is_code(column)


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
                here, there = personal.own_column(key)
                hanging = here.in_(select(there).where(rows))
                yield child, and_(_in(child, organization_id), hanging), here


def _blank_doers(table: Table, whom: Whom, everywhere: bool) -> None:
    for column, names_member in personal.doers(table):
        if not personal.is_customers(table) and not everywhere:
            continue
        named = column == (whom.member_id if names_member else whom.person_id)
        here = _in(table, whom.organization_id)
        if column.nullable:
            _execute(update(table).where(here, named).values({column: null()}))
        else:
            _delete(table, and_(here, named), whom.organization_id)


def _in(table: Table, organization_id: UUID) -> ColumnElement[bool]:
    return table.c.organization_id == organization_id if personal.is_customers(table) else true()


def _execute(statement: object) -> None:
    db.connection().execute(statement)  # type: ignore[call-overload]
