"""Pages of a list by keyset: the cost of a page does not grow with its number."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Row, Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from portal.db import session
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.schema import LARGEST_INTEGER, Id, Moment

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """A page of a list, and the cursor of the next (None at the end)."""

    rows: Sequence[Item]
    next: str | None


AnySelect = Select[*tuple[Any, ...]]
"""A query of rows with any columns."""
OrderColumn = ColumnElement[Any] | InstrumentedAttribute[Any]
Order = tuple[OrderColumn, Callable[[Row[*tuple[Any, ...]]], Any]]
"""An ordering column, and how to read its value from a row."""


def paginate(
    query: AnySelect,
    order: Sequence[Order],
    after: str | None,
    limit: int,
    newest_first: bool = False,
) -> Page[Row[*tuple[Any, ...]]]:
    """Read one page of `query` by keyset: its cost does not grow with the page's number.

    `order` pairs each ordering column (ascending, never NULL) with its getter from a row; the last
    one is unique. With `newest_first` all of them descend. `after` is a cursor from an earlier
    page. Raises Invalid for a cursor that this function did not make.
    """
    columns = [column for column, _ in order]
    if after:
        query = query.where(_is_after(columns, decode_cursor(after, columns), newest_first))
    ordered = [column.desc() for column in columns] if newest_first else columns
    rows = session().execute(query.order_by(*ordered).limit(limit + 1)).all()
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], encode_cursor([getter(rows[limit - 1]) for _, getter in order]))


def _is_after(
    columns: Sequence[OrderColumn], values: list[Any], descends: bool
) -> ColumnElement[bool]:
    # Spelled out instead of a row comparison, which PostgreSQL plans well and SQLite does not.
    head, value = columns[0], values[0]
    beyond: ColumnElement[bool] = head < value if descends else head > value
    if len(columns) == 1:
        return beyond
    return or_(beyond, and_(head == value, _is_after(columns[1:], values[1:], descends)))


def encode_cursor(values: Sequence[Any]) -> str:
    """Write the last row's ordering values as a URL-safe word."""
    plain = [v.hex if isinstance(v, UUID) else str(v) if isinstance(v, date) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, columns: Sequence[OrderColumn]) -> list[Any]:
    """Read a cursor back into values of the columns' types. Raises Invalid if it is none."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(columns):
            raise ValueError
        return [_typed(column, value) for column, value in zip(columns, values, strict=True)]
    except (ValueError, RecursionError):
        words = _("This page marker is not valid. Start from the first page.")
        raise Invalid("after", words) from None


def _typed(column: OrderColumn, value: Any) -> Any:
    if isinstance(column.type, Id):
        return UUID(hex=str(value))
    if isinstance(column.type, Moment):
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError
        return moment
    if column.type.python_type is date:
        return date.fromisoformat(str(value))
    if not isinstance(value, column.type.python_type) or "\0" in str(value):
        raise ValueError
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError
    str(value).encode()  # Half a sign is a ValueError too.
    return value
