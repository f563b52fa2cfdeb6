"""Inserting without entities: many rows at once, and rows that may be there already."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Insert, LargeBinary, Text, cast, func, literal, type_coerce
from sqlalchemy.dialects import postgresql, sqlite

from portal.db import connection, is_postgresql
from portal.schema import Base, Id


def upsert(
    model: type[Base], row: Mapping[str, Any], on: Sequence[str], change: Sequence[str] = ()
) -> bool:
    """Insert a row; where one with the same `on` columns exists, set `change` from the new values.

    Without `change` the existing row is left as it is. Returns whether a row was written.
    """
    statement = _upserting(model, tuple(on), tuple(change), is_postgresql())
    # On the connection, not the session: no entity is loaded or synchronised.
    return connection().execute(statement, dict(row)).rowcount > 0


@lru_cache(maxsize=512)
def _upserting(
    model: type[Base], on: tuple[str, ...], change: tuple[str, ...], in_postgresql: bool
) -> Insert:
    """Built once, as it takes longer than to run it; its columns are those of the row."""
    insert = postgresql.insert if in_postgresql else sqlite.insert
    statement = insert(model)
    if change:
        new_values = {name: statement.excluded[name] for name in change}
        statement = statement.on_conflict_do_update(index_elements=list(on), set_=new_values)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(on))
    # psycopg forgets the count of an INSERT when its cursor closes.
    return statement.execution_options(preserve_rowcount=True)


def insert_many(
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    on: Sequence[str] = (),
    change: Sequence[str] = (),
) -> None:
    """Insert rows with the same columns, in one batch, without making entities of them.

    Where one with the same `on` columns exists, it is left as it is but for `change`.
    """
    if not rows:
        return
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    statement = insert(model)
    if change:
        new_values = {name: statement.excluded[name] for name in change}
        statement = statement.on_conflict_do_update(index_elements=list(on), set_=new_values)
    elif on:
        statement = statement.on_conflict_do_nothing(index_elements=list(on))
    connection().execute(statement, [dict(row) for row in rows])


def id_for_each_row(of: UUID, each: ColumnElement[UUID]) -> ColumnElement[UUID]:
    """In SQL: an id for each row of an INSERT from a SELECT, made of half of `of` and half of the
    id that tells the rows apart: a repeat of the statement makes the same ones."""
    if is_postgresql():
        half = str(of)[:18]
        return type_coerce(cast(half + func.substr(cast(each, Text), 19), postgresql.UUID), Id)
    half_of_each = func.substr(type_coerce(each, LargeBinary), 9)
    return type_coerce(cast(literal(of.bytes[:8]).op("||")(half_of_each), LargeBinary), Id)
