"""The database: base classes, ids, the guarded engine and the session of the running entry.

An entry (request, job, command) opens one session for one organization and commits once, last.
Services find it through `session()`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    Row,
    Select,
    and_,
    create_engine,
    event,
    or_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator, TypeEngine
from uuid_utils.compat import uuid7

from portal.errors import Invalid
from portal.guard import Guard, Scope
from portal.i18n import gettext as _

BUSY_SECONDS = 15
LARGEST_INTEGER = 2**63 - 1


def new_id() -> UUID:
    """A UUIDv7: later ids sort after earlier ones, so indexes grow at their end."""
    return uuid7()


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
    """What erasing a person does to a table's rows that speak of them."""

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

    def new_session(self, scope: Scope) -> Session:
        """A session that is not yet the ambient one; web glue and tests hold it themselves."""
        bind = self._writer if scope.writable else self._reader
        return Session(bind, expire_on_commit=False, info={"scope": scope})

    @contextmanager
    def reading(self, organization_id: UUID | None) -> Iterator[Session]:
        """Open the ambient session for reading; a write through it is refused."""
        with self._ambient(Scope(organization_id, writable=False)) as opened:
            yield opened

    @contextmanager
    def writing(self, organization_id: UUID | None) -> Iterator[Session]:
        """Open the ambient session for writing; leaving it without a commit undoes everything."""
        with self._ambient(Scope(organization_id, writable=True)) as opened:
            yield opened

    @contextmanager
    def across_organizations(self, reason: str) -> Iterator[Session]:
        """Open a read-only ambient session over all organizations, for staff and for the portal."""
        with self._ambient(Scope(None, writable=False, across=reason)) as opened:
            yield opened

    @contextmanager
    def _ambient(self, scope: Scope) -> Iterator[Session]:
        with self.new_session(scope) as opened, ambient(opened):
            yield opened

    def dispose(self) -> None:
        """Forget all connections; called before and after a fork."""
        self.engine.dispose()


_current: ContextVar[Session] = ContextVar("session")


@contextmanager
def ambient(opened: Session) -> Iterator[Session]:
    """Make `opened` what `session()` returns inside the block."""
    token = _current.set(opened)
    try:
        yield opened
    finally:
        _current.reset(token)


def session() -> Session:
    """The session of the running entry. Raises LookupError outside of one."""
    return _current.get()


def scope() -> Scope:
    """For which organization, and whether for writing, the running entry's session was opened."""
    found: Scope = session().info["scope"]
    return found


Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """A page of a list, and the cursor of the next (None at the end)."""

    rows: Sequence[Item]
    next: str | None


AnySelect = Select[*tuple[Any, ...]]
"""A query of rows with any columns."""
OrderColumn = ColumnElement[Any] | InstrumentedAttribute[Any]


def paginate(
    query: AnySelect,
    order: Sequence[tuple[OrderColumn, Callable[[Row[*tuple[Any, ...]]], Any]]],
    after: str | None,
    limit: int,
) -> Page[Row[*tuple[Any, ...]]]:
    """Read one page of `query` by keyset: its cost does not grow with the page's number.

    `order` pairs each ordering column (ascending, never NULL) with its getter from a row; the last
    one is unique. `after` is a cursor from an earlier page. Raises Invalid for a cursor that this
    function did not make.
    """
    columns = [column for column, _ in order]
    if after:
        query = query.where(_is_after(columns, decode_cursor(after, columns)))
    rows = session().execute(query.order_by(*columns).limit(limit + 1)).all()
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], encode_cursor([getter(rows[limit - 1]) for _, getter in order]))


def _is_after(columns: Sequence[OrderColumn], values: list[Any]) -> ColumnElement[bool]:
    # Spelled out instead of a row comparison, which PostgreSQL plans well and SQLite does not.
    head, value = columns[0], values[0]
    if len(columns) == 1:
        last: ColumnElement[bool] = head > value
        return last
    return or_(head > value, and_(head == value, _is_after(columns[1:], values[1:])))


def encode_cursor(values: Sequence[Any]) -> str:
    """Write the last row's ordering values as a URL-safe word."""
    plain = [v.hex if isinstance(v, UUID) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, columns: Sequence[OrderColumn]) -> list[Any]:
    """Read a cursor back into values of the columns' types. Raises Invalid if it is none."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(columns):
            raise ValueError
        return [_typed(column, value) for column, value in zip(columns, values, strict=True)]
    except ValueError:
        words = _("This page marker is not valid. Start from the first page.")
        raise Invalid("after", words) from None


def _typed(column: OrderColumn, value: Any) -> Any:
    if isinstance(column.type, Id):
        return UUID(hex=str(value))
    if not isinstance(value, column.type.python_type) or "\0" in str(value):
        raise ValueError
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError
    return value


def _engine(url: str, pool_size: int) -> Engine:
    # Errors are logged: without the values, among which are links, addresses and answers.
    options: dict[str, Any] = dict(pool_size=pool_size, max_overflow=4, hide_parameters=True)
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, **options)
    driver = {"timeout": BUSY_SECONDS, "isolation_level": None}
    engine = create_engine(url, connect_args=driver, **options)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # Straight to the driver: it happens once a request, and there is nothing in it to guard.
    driver: Any = connection.connection.driver_connection
    driver.execute(connection.get_execution_options().get("begin", "BEGIN IMMEDIATE"))


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
    connection.execution_options(scope=session.info.get("scope"))


def upsert(
    model: type[Base], row: Mapping[str, Any], on: Sequence[str], change: Sequence[str] = ()
) -> bool:
    """Insert a row; where one with the same `on` columns exists, set `change` from the new values.

    Without `change` the existing row is left as it is. Returns whether a row was written.
    """
    insert = postgresql.insert if _is_postgresql() else sqlite.insert
    statement = insert(model).values(**row)
    if change:
        new_values = {name: statement.excluded[name] for name in change}
        statement = statement.on_conflict_do_update(index_elements=list(on), set_=new_values)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(on))
    # psycopg forgets the count of an INSERT when its cursor closes.
    statement = statement.execution_options(preserve_rowcount=True)
    # On the connection, not the session: no entity is loaded or synchronised.
    return session().connection().execute(statement).rowcount > 0


def _is_postgresql() -> bool:
    return session().get_bind().dialect.name == "postgresql"
