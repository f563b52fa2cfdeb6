"""Every table says whose its rows are, and what erasing a person does to them."""

import ast
from collections.abc import Iterator
from enum import StrEnum
from typing import get_args, get_type_hints

import pytest
from sqlalchemy import Column, ForeignKeyConstraint, Table, UniqueConstraint

from portal import personal
from portal.access import Role
from portal.accounts.models import Experience
from portal.accounts.service import stored_rows
from portal.accounts.service.labels import LABELS
from portal.accounts.service.stored_words import CODES, FIELDS
from portal.config import ROOT
from portal.schema import Base, Erase, Id
from portal.tables import metadata

TABLES = list(metadata.tables.values())
CUSTOMER = [table for table in TABLES if table.info.get("distribute") == "organization_id"]
SHARED = [table for table in TABLES if table.info.get("distribute") == "reference"]

PERSONAL_COLUMNS = frozenset(
    "person_id member_id caused_by invited_by email email_key recipient display_name name_key"
    " password_hash user_agent user_id author_id actor_id sender address phone".split()
)
PERSONAL_TABLES = frozenset({"person", "member"})


def of(tables: list[Table]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("table", tables, ids=lambda table: table.name)


def test_each_table_in_the_code_is_known_to_the_metadata() -> None:
    named = {name for path in (ROOT / "portal").rglob("*.py") for name in _table_names(path)}
    assert named == set(metadata.tables)


def _table_names(path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Assign(
                targets=[ast.Name(id="__tablename__")], value=ast.Constant(value=str(name))
            ):
                yield name


@of(TABLES)
def test_a_table_is_a_customers_or_shared_by_mark(table: Table) -> None:
    assert table.info.get("distribute") in ("organization_id", "reference")


@of(TABLES)
def test_a_table_with_a_persons_column_has_an_erase_rule(table: Table) -> None:
    if speaks_of_people(table, frozenset()):
        assert isinstance(table.info["erase"], Erase), f"{table.name} says nothing of erasure"


def speaks_of_people(table: Table, seen: frozenset[str]) -> bool:
    """Whether a column names a person, or leads to a row that does."""
    if PERSONAL_COLUMNS.intersection(table.columns.keys()):
        return True
    ahead = {key.column.table for key in table.foreign_keys}
    if PERSONAL_TABLES.intersection(found.name for found in ahead):
        return True
    seen |= {table.name}
    return any(speaks_of_people(found, seen) for found in ahead if found.name not in seen)


@of(TABLES)
def test_a_column_that_leads_to_a_person_is_a_known_one(table: Table) -> None:
    """So that a new name for such a column is added above, where tables without keys need it."""
    leading = {
        key.parent.name for key in table.foreign_keys if key.column.table.name in PERSONAL_TABLES
    }
    assert leading - {"organization_id"} <= PERSONAL_COLUMNS


def test_each_table_about_people_is_told_to_them_in_words() -> None:
    """A line in portal/accounts/service/labels.py: a heading and a sentence."""
    with_deeds = {table for table in CUSTOMER if personal.doers(table)}
    told = {table.name for table in {*personal.tables(), *with_deeds}}
    assert told == set(LABELS)


def test_each_column_about_people_is_told_to_them_in_words() -> None:
    """A line in portal/accounts/service/stored_words.py; one for each code of an enum as well."""
    shown = [column for table in personal.tables() for column in stored_rows.columns(table)]
    assert {column.name for column in shown} == set(FIELDS)
    codes = {code for column in shown if stored_rows.is_code(column) for code in _codes(column)}
    assert codes | {role.value for role in Role} == set(CODES)


def _codes(column: Column[object]) -> set[str]:
    if column.name == "experience":
        return {experience.value for experience in Experience}
    (model,) = (m.class_ for m in Base.registry.mappers if m.local_table is column.table)
    (mapped,) = get_args(get_type_hints(model)[column.name])
    kinds = get_args(mapped) or (mapped,)
    return {code.value for kind in kinds if issubclass(kind, StrEnum) for code in kind}


@of(TABLES)
def test_who_did_something_can_be_blanked(table: Table) -> None:
    """What they did to others stays when they are erased, without them."""
    actors = {key.parent for key in table.foreign_keys if key.column.table.name == "person"}
    assert [c.name for c in actors if c.name != "person_id" and not c.nullable] == []


@of(CUSTOMER)
def test_a_customers_table_has_the_organization_first_in_its_primary_key(table: Table) -> None:
    column = table.columns["organization_id"]
    assert next(iter(table.primary_key.columns)) is column
    assert isinstance(column.type, Id)
    assert not column.nullable
    assert "organization.id" in {key.target_fullname for key in column.foreign_keys}


@of(CUSTOMER)
def test_what_is_unique_is_unique_within_an_organization(table: Table) -> None:
    unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    unique += [index for index in table.indexes if index.unique]
    firsts = {str(found.name): next(iter(found.columns)).name for found in unique}
    assert set(firsts.values()) <= {"organization_id"}, firsts


@of(CUSTOMER)
def test_a_key_between_customers_tables_stays_in_the_organization(table: Table) -> None:
    for key in table.foreign_key_constraints:
        if key.referred_table in CUSTOMER:
            here, there = _pairs(key)[0]
            assert (here.name, there.name) == ("organization_id", "organization_id"), key.name
            assert len(key.columns) > 1, key.name
        else:
            assert len(key.columns) == 1, f"{key.name}: a shared table's key has one column"


def _pairs(key: ForeignKeyConstraint) -> list[tuple[Column, Column]]:
    return [(element.parent, element.column) for element in key.elements]


@of(SHARED)
def test_a_shared_table_never_refers_to_a_customers(table: Table) -> None:
    customers = [
        key.name for key in table.foreign_key_constraints if key.referred_table in CUSTOMER
    ]
    assert customers == []


@of(TABLES)
def test_a_foreign_key_never_writes(table: Table) -> None:
    """ON DELETE SET NULL would blank the organization with the id; no action is left to chance."""
    assert [key.name for key in table.foreign_key_constraints if key.ondelete or key.onupdate] == []


@of(TABLES)
def test_each_constraint_has_a_name_that_both_databases_keep(table: Table) -> None:
    names = [c.name for c in table.constraints] + [index.name for index in table.indexes]
    assert all(name and len(name) <= 63 for name in names), names


def test_every_mapped_class_has_its_own_table() -> None:
    tables = [mapper.local_table.name for mapper in Base.registry.mappers]
    assert sorted(tables) == sorted(metadata.tables)
