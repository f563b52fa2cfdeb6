"""Refuses SQL that names a customer's table without saying whose rows are meant.

Services compare `organization_id` themselves; this is the net under them. `Guard.check` runs before
every statement. It reads each SQL text once (`reader`) and keeps a verdict; after that it
only compares the values bound to `organization_id` with the organization of the session.

For a customer's table:

- Every occurrence (FROM, JOIN, UPDATE, DELETE, in subqueries too) needs a comparison with a bound
  value: `t.organization_id = :bound` or `IN (:bound)`, a row `(t.organization_id, t.id) IN (…)`, or
  equality with a table that has one. It counts for what its clause filters: WHERE for the tables
  of its own SELECT, the ON of a LEFT JOIN for the joined one; beside or below OR, NOT, CASE or a
  function for none. Without `t.` it means the only customer table of its SELECT. USING, NATURAL and
  values written into the text don't count.
- INSERT binds `organization_id` in every row, or selects it from such a table; an upsert has it in
  its conflict target. Nothing changes it afterwards.
- What the reader can't follow (COPY, TRUNCATE, DDL, a second statement) is refused.

What it can't see: whether the other columns of a join match; rows behind views, triggers and
functions of the database; what goes over the driver's own connection. It follows no column out of a
subquery or CTE: bind the tables on both sides (`subqueryload` can't). It says nothing of shared
tables. The tests with two organizations stand for these.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.guard.reader import Facts, read
from portal.guard.sql import Paramstyle

KEPT_TEXTS = 4096
KEPT_CHARACTERS = 8_000_000


class TenancyError(RuntimeError):
    """A statement that reaches, or could reach, another organization's rows."""


@dataclass(slots=True)
class Scope:
    """For which organization a session was opened; `across` is the reason to read all of them."""

    organization_id: UUID | None
    writable: bool
    across: str | None = None

    def enter(self, organization_id: UUID) -> None:
        """Name the organization. Raises RuntimeError when there already is one."""
        if self.organization_id is not None:
            raise RuntimeError("a session is opened for one organization and never changes it")
        self.organization_id = organization_id


class Guard:
    """Checks the statements of one engine; threads may share it.

    `encode` turns an organization's id into what the driver is given for it.
    """

    def __init__(
        self,
        customer_tables: Iterable[str],
        encode: Callable[[UUID], object],
        paramstyle: Paramstyle,
    ) -> None:
        self._tables = frozenset(name.lower() for name in customer_tables)
        self._encode = encode
        self._paramstyle = paramstyle
        self._known: dict[str, Facts] = {}
        self._characters = 0

    def check(
        self,
        statement: str,
        parameters: Any,
        executemany: bool,
        scope: Scope | None,
        across: str | None,
    ) -> None:
        """Raise TenancyError unless the statement keeps to the organization of `scope`.

        `across` is the reason why this one statement may read the rows of all organizations.
        """
        facts = self._known.get(statement) or self._learn(statement)
        why = _refusal(facts, scope, across)
        if why is None and facts.binds and scope and scope.organization_id and not across:
            # Many rows in one VALUES are announced as executemany too, but are one flat set.
            many = executemany and isinstance(parameters, list)
            why = self._stranger(
                facts, parameters if many else (parameters,), scope.organization_id
            )
        if why:
            raise TenancyError(f"{why}. Refused: {statement[:500]}")

    def _stranger(self, facts: Facts, sets: Iterable[Any], organization_id: UUID) -> str | None:
        expected = self._encode(organization_id)
        for bound in sets:
            for key in facts.binds:
                value = bound[key]
                if value != expected and not _spells(value, expected):
                    return f"Bind {key!r} is not the session's organization"
        return None

    def _learn(self, statement: str) -> Facts:
        facts = read(statement, self._paramstyle, self._tables)
        if len(self._known) >= KEPT_TEXTS or self._characters >= KEPT_CHARACTERS:
            self._known.clear()
            self._characters = 0
        self._known[statement] = facts
        self._characters += len(statement)
        return facts


def _refusal(facts: Facts, scope: Scope | None, across: str | None) -> str | None:
    """Why the text may not run in this scope, whatever is bound; None where it may."""
    if facts.writes and scope is not None and not scope.writable:
        return "This session is opened for reading only"
    if facts.names is None:
        return None
    if scope is None or (scope.organization_id is None and not (across or scope.across)):
        return f"{facts.names} is a customer's table: use a session of their organization"
    if across or scope.organization_id is None:
        return facts.changes and f"{facts.changes} is never written across organizations"
    return "; ".join(facts.faults) or None


def _spells(value: object, expected: object) -> bool:
    """Whether a text is the expected UUID, which PostgreSQL takes as well."""
    if not isinstance(value, str) or not isinstance(expected, UUID):
        return False
    return value.replace("-", "").lower() == expected.hex
