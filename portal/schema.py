"""What tables are made of: their base class, column types, and the marks that say whose rows."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, MetaData, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

LARGEST_INTEGER = 2**31 - 1
"""Of a plain integer column on PostgreSQL."""


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
    """What erasing a person does to a table's rows that speak of them: see `portal.erase_rules`.

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


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows for which `where` holds, SQL that both databases read."""
    return Index(
        name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where)
    )
