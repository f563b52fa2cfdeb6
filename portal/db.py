"""The database: base classes, ids, the guarded engine and the session of the running entry.

An entry (request, job, command) opens one session for one organization and commits once, last.
Services find it through `session()`.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Engine,
    Insert,
    LargeBinary,
    MetaData,
    Text,
    cast,
    create_engine,
    event,
    func,
    literal,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, ExceptionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

from portal.guard import Guard, Scope
from portal.ids import new_id as new_id

log = structlog.get_logger()

BUSY_SECONDS = 15
SLOW_MILLISECONDS = 50
"""A write transaction that takes longer keeps others waiting on SQLite: it is logged."""
TURN_MILLISECONDS = 5
"""How long SQLite waits by itself before a writer looks again whether it is its turn."""
LARGEST_INTEGER = 2**31 - 1
"""Of a plain integer column on PostgreSQL."""


def id_for_each_row(of: UUID, each: ColumnElement[UUID]) -> ColumnElement[UUID]:
    """In SQL: an id for each row of an INSERT from a SELECT, made of half of `of` and half of the
    id that tells the rows apart: a repeat of the statement makes the same ones."""
    if is_postgresql():
        half = str(of)[:18]
        return type_coerce(cast(half + func.substr(cast(each, Text), 19), postgresql.UUID), Id)
    half_of_each = func.substr(type_coerce(each, LargeBinary), 9)
    return type_coerce(cast(literal(of.bytes[:8]).op("||")(half_of_each), LargeBinary), Id)


class Id(TypeDecorator[UUID]):
    """UUID: native on PostgreSQL, 16 bytes on SQLite (its CHAR(32) is three times the size)."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        return value if value is None or dialect.name == "postgresql" else UUID(bytes=value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        # A statement binds dozens of ids, each through three calls if the decorator wraps them.
        return super().bind_processor(dialect) if dialect.name == "postgresql" else _as_bytes

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        if dialect.name == "postgresql":
            return super().result_processor(dialect, coltype)
        return _as_uuid


def _as_bytes(value: UUID | None) -> bytes | None:
    return None if value is None else value.bytes


def _as_uuid(value: bytes | None) -> UUID | None:
    return None if value is None else UUID(bytes=value)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        in_utc = value.astimezone(UTC)
        return in_utc if dialect.name == "postgresql" else in_utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Erase(StrEnum):
    """What erasing a person does to a table's rows that speak of them: see `portal.personal`.

    ANONYMIZE blanks the column that names them, and their words; where it can't be blank, the row
    is deleted, and so is one without enough others of its kind.
    """

    DELETE = "delete"
    ANONYMIZE = "anonymize"
    KEEP = "keep"


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def customer_table(
    *items: SchemaItem, erase: Erase | None = None, **options: Any
) -> tuple[Any, ...]:
    """`__table_args__` of a table whose every row belongs to one organization.

    `erase` says what erasing a person does here; needed where a column names a person.
    """
    info = {"distribute": "organization_id", "erase": erase}
    return (*items, {"info": info, **options})


def shared_table(*items: SchemaItem, erase: Erase | None = None, **options: Any) -> tuple[Any, ...]:
    """`__table_args__` of a table that belongs to no single organization."""
    return (*items, {"info": {"distribute": "reference", "erase": erase}, **options})


class Database:
    """The engine with its guard, and the sessions opened on it."""

    def __init__(self, url: str, pool_size: int = 8) -> None:
        self.engine = _engine(url, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite: a write transaction takes its lock at BEGIN; a deferred one fails at once when
        # two of them read first and write later. PostgreSQL refuses writes of a reader itself.
        self._writer = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        self._reader = self.engine.execution_options(begin="BEGIN", postgresql_readonly=True)
        _attach_guard(self.engine)

    @contextmanager
    def open(self, scope: Scope) -> Iterator[Entry]:
        """Open the ambient entry; leaving it without a commit undoes everything."""
        entry = Entry(self._writer if scope.writable else self._reader, scope)
        token = _current.set(entry)
        try:
            yield entry
        finally:
            _current.reset(token)
            entry.close()

    @contextmanager
    def reading(self, organization_id: UUID | None) -> Iterator[Session]:
        """Open the ambient session for reading; a write through it is refused."""
        with self.open(Scope(organization_id, writable=False)) as entry:
            yield entry.session

    @contextmanager
    def writing(self, organization_id: UUID | None) -> Iterator[Session]:
        """Open the ambient session for writing; leaving it without a commit undoes everything."""
        with self.open(Scope(organization_id, writable=True)) as entry:
            yield entry.session

    @contextmanager
    def across_organizations(self, reason: str) -> Iterator[Session]:
        """Open a read-only ambient session over all organizations, for staff and for the portal."""
        with self.open(Scope(None, writable=False, across=reason)) as entry:
            yield entry.session

    def dispose(self) -> None:
        """Forget all connections; called before and after a fork."""
        self.engine.dispose()


class Entry:
    """What a request, job or command reads and writes through; nothing is opened before its use."""

    def __init__(self, engine: Engine, scope: Scope) -> None:
        self.scope = scope
        self._engine = engine
        self._reader: Connection | None = None
        self._session: Session | None = None

    @property
    def connection(self) -> Connection:
        """The connection in its transaction; a reading entry needs nothing else for hot pages."""
        if self.scope.writable:
            return self.session.connection()
        if self._reader is None:
            self._reader = self._engine.connect().execution_options(scope=self.scope)
            self._reader.begin()
        return self._reader

    @property
    def session(self) -> Session:
        """The session; a reading one stands on the entry's connection."""
        if self._session is None:
            bind = self._engine if self.scope.writable else self.connection
            self._session = Session(bind, expire_on_commit=False, info={"scope": self.scope})
        return self._session

    def close(self) -> None:
        """Undo what was not committed, and give the connection back."""
        if self._session is not None:
            self._session.close()
        if self._reader is not None:
            self._reader.close()


_current: ContextVar[Entry] = ContextVar("entry")


def session() -> Session:
    """The session of the running entry. Raises LookupError outside of one."""
    return _current.get().session


def connection() -> Connection:
    """The connection of the running entry, for statements that need no entities."""
    return _current.get().connection


def scope() -> Scope:
    """For which organization, and whether for writing, the running entry's session was opened."""
    return _current.get().scope


def _engine(url: str, pool_size: int) -> Engine:
    # Errors are logged: without the values, among which are links, addresses and answers.
    options: dict[str, Any] = dict(pool_size=pool_size, max_overflow=4, hide_parameters=True)
    # As people write them: what is looked for in such a text would not be found escaped.
    options["json_serializer"] = partial(json.dumps, ensure_ascii=False)
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_pre_ping=True, **options)
        event.listen(engine, "handle_error", _hide_row)
        return engine
    driver = {"timeout": BUSY_SECONDS, "isolation_level": None}
    engine = create_engine(url, connect_args=driver, **options)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _hide_row(context: ExceptionContext) -> None:
    """Leave out of an error the row that breaks a rule, which PostgreSQL tells value by value."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            told = (
                arg.partition("\nDETAIL:")[0] if isinstance(arg, str) else arg for arg in error.args
            )
            error.args = tuple(told)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # Straight to the driver: it happens once a request, and there is nothing in it to guard.
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    if connection.get_execution_options().get("begin") == "BEGIN":
        driver.execute("BEGIN")
    else:
        _take_write_lock(driver)


def _take_write_lock(driver: sqlite3.Connection) -> None:
    """Open a write transaction, or raise "database is locked" after BUSY_SECONDS.

    SQLite's own waiting looks ever more rarely, down to ten times a second: among several writers
    whoever waits longest has the least chance, and some wait for seconds. Here all look as often.
    """
    end = time.monotonic() + BUSY_SECONDS
    driver.execute(f"PRAGMA busy_timeout = {TURN_MILLISECONDS}")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise OperationalError("BEGIN IMMEDIATE", None, error) from error
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def _attach_guard(engine: Engine) -> None:
    tables = [
        table.name
        for table in Base.metadata.tables.values()
        if table.info["distribute"] == "organization_id"
    ]
    on_sqlite = engine.dialect.name == "sqlite"
    guard = Guard(
        tables,
        encode=(lambda value: value.bytes) if on_sqlite else (lambda value: value),
        paramstyle="qmark" if on_sqlite else "pyformat",
    )

    @event.listens_for(engine, "before_cursor_execute")
    def check(
        connection: Connection,
        _cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> None:
        options = context.execution_options if context else connection.get_execution_options()
        guard.check(statement, parameters, executemany, options.get("scope"), options.get("across"))


@event.listens_for(Session, "after_begin")
def _carry_scope(session: Session, _transaction: Any, connection: Connection) -> None:
    scope: Scope | None = session.info.get("scope")
    connection.execution_options(scope=scope)
    if scope and scope.writable:
        # The lock is taken by now.
        session.info.setdefault("began", time.perf_counter())


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _note_slow_write(session: Session) -> None:
    """Log a write transaction that took long; what was in hand is in the log's context."""
    if session.in_nested_transaction() or "began" not in session.info:
        return
    milliseconds = (time.perf_counter() - session.info.pop("began")) * 1000
    if milliseconds > session.info.get("may_take", SLOW_MILLISECONDS):
        log.warning("database.slow_write", ms=round(milliseconds, 1))


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


def is_postgresql() -> bool:
    """Whether the running entry's database is PostgreSQL: where both need their own words."""
    return connection().dialect.name == "postgresql"
