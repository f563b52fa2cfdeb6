"""The guarded engine, with what SQLite and PostgreSQL each need to behave alike."""

import json
import sqlite3
import time
from functools import partial
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import OperationalError

from portal.guard import Guard
from portal.schema import Base

BUSY_SECONDS = 15
TURN_MILLISECONDS = 5
"""How long SQLite waits by itself before a writer looks again whether it is its turn."""


def make_engine(url: str, pool_size: int) -> Engine:
    """Make an engine that refuses SQL which does not say whose rows it means."""
    engine = _unguarded(url, pool_size)
    _attach_guard(engine)
    return engine


def _unguarded(url: str, pool_size: int) -> Engine:
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
