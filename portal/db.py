"""The database, and the session of the running entry.

An entry (request, job, command) opens one session for one organization and commits once, last.
Services find it through `session()`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from portal.engine import make_engine
from portal.guard import Scope

log = structlog.get_logger()

SLOW_MILLISECONDS = 50
"""A write transaction that takes longer keeps others waiting on SQLite: it is logged."""


class Database:
    """The engine with its guard, and the sessions opened on it."""

    def __init__(self, url: str, pool_size: int = 8) -> None:
        self.engine = make_engine(url, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite: a write transaction takes its lock at BEGIN; a deferred one fails at once when
        # two of them read first and write later. PostgreSQL refuses writes of a reader itself.
        self._writer = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        self._reader = self.engine.execution_options(begin="BEGIN", postgresql_readonly=True)

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


def is_postgresql() -> bool:
    """Whether the running entry's database is PostgreSQL: where both need their own words."""
    return connection().dialect.name == "postgresql"


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
