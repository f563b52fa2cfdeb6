"""What is stored against what the files say: the rows that have to be written, and no others.

Shared by everything that is published from files and known by a short name (goals, guides, paths,
steps). A name whose file is gone is withdrawn, not deleted: people's records point at it. It keeps
its identity when it comes back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Row, insert, update

from portal import db
from portal.ids import new_id
from portal.schema import Base

Name = TypeVar("Name")


@dataclass(frozen=True, slots=True)
class RowChanges(Generic[Name]):
    """How a table has to change, by name."""

    ids: Mapping[Name, UUID]
    """Of all that are offered afterwards, and of those withdrawn."""
    added: Sequence[Name]
    changed: Mapping[Name, set[str]]
    """With the columns that differ."""
    returned: Sequence[Name]
    withdrawn: Sequence[Name]
    values: Mapping[Name, Mapping[str, Any]]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.returned or self.withdrawn)

    @property
    def names(self) -> set[Name]:
        """Of all rows that have to be written."""
        return {*self.added, *self.changed, *self.returned, *self.withdrawn}

    def write(self, model: type[Base], now: datetime) -> None:
        """Write the changes into the running transaction, in at most three statements."""
        rows = {
            name: {"id": self.ids[name], "withdrawn_at": None, **values}
            for name, values in self.values.items()
        }
        session = db.session()
        if self.added:
            session.execute(insert(model), [rows[name] for name in self.added])
        if updated := [rows[name] for name in (*self.changed, *self.returned)]:
            session.execute(update(model), updated)
        if self.withdrawn:
            gone = [{"id": self.ids[name], "withdrawn_at": now} for name in self.withdrawn]
            session.execute(update(model), gone)


def compare(
    stored: Mapping[Name, Row[*tuple[Any, ...]]], wanted: Mapping[Name, Mapping[str, Any]]
) -> RowChanges[Name]:
    """Find what differs. A stored row has `id`, `withdrawn_at` and every wanted column."""
    ids = {name: row.id for name, row in stored.items()}
    ids |= {name: new_id() for name in wanted if name not in ids}
    there = {name: row._mapping for name, row in stored.items() if name in wanted}
    offered = {name: known for name, known in there.items() if known["withdrawn_at"] is None}
    differing = {name: _differing(known, wanted[name]) for name, known in offered.items()}
    return RowChanges(
        ids=ids,
        added=[name for name in wanted if name not in stored],
        changed={name: columns for name, columns in differing.items() if columns},
        returned=[name for name in there if name not in offered],
        withdrawn=[
            name for name, row in stored.items() if name not in wanted and not row.withdrawn_at
        ],
        values=wanted,
    )


def _differing(stored: Mapping[Any, Any], wanted: Mapping[str, Any]) -> set[str]:
    return {column for column, value in wanted.items() if stored[column] != value}
