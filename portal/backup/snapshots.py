"""A database as it stands at one moment, while people go on writing; and back again."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from psycopg.conninfo import make_conninfo
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    func,
    inspect,
    make_url,
    pool,
    select,
    table,
    text,
)

from portal import clock
from portal.backup.archive import BackupError
from portal.media import Media

SCHEMA = "public"
BUSY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A database's file, and what it holds."""

    file: Path
    revision: str
    rows: dict[str, int]
    media: list[str]
    """Keys of the uploaded files that its rows name."""


def take(url: str, folder: Path) -> Snapshot:
    """Write the database of this moment into `folder`. Raises BackupError."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _take_sqlite(address, folder)
    return _take_postgresql(address, folder)


def _take_sqlite(address: URL, folder: Path) -> Snapshot:
    source, copy = Path(address.database or ""), folder / "database"
    if not source.exists():
        raise BackupError(f"There is no database yet: {source} is not there.")
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as database:
        # In one read transaction, which no writer waits for. What was erased is in no copied page.
        database.execute("VACUUM INTO ?", (str(copy),))
    with unguarded(f"sqlite:///{copy}") as engine, engine.connect() as connection:
        return _describe(connection, copy)


def _take_postgresql(address: URL, folder: Path) -> Snapshot:
    copy = folder / "database"
    with unguarded(address) as engine, engine.connect() as connection:
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
        # The dump and what is counted here see the same moment.
        moment = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        options = ["--format=custom", f"--snapshot={moment}", f"--schema={SCHEMA}"]
        _run("pg_dump", address, folder, *options, "--no-owner", "--no-acl", f"--file={copy}")
        return _describe(connection, copy)


def _describe(connection: Connection, file: Path) -> Snapshot:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        raise BackupError("The database is empty: there is nothing to keep.")
    # What is there, not what this version knows: it may be about to migrate an older schema.
    rows = {name: _count(connection, name) for name in sorted(_tables(connection, None))}
    kept = select(Media.key).where(Media.removed_at.is_(None))
    media = list(connection.scalars(kept)) if Media.__tablename__ in rows else []
    return Snapshot(file, revision, rows, media)


def _count(connection: Connection, name: str) -> int:
    counted = select(func.count()).select_from(table(name))
    return connection.execute(counted).scalar_one()


@contextmanager
def unguarded(url: str | URL) -> Iterator[Engine]:
    """An engine that sees every row of every organization, for copies of the whole."""
    engine = create_engine(url, poolclass=pool.NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


def has_tables(url: str) -> bool:
    """Whether something is in the database already."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return False
    with unguarded(address) as engine:
        return bool(inspect(engine).get_table_names())


@contextmanager
def loaded(url: str, dump: Path) -> Iterator[str | None]:
    """Load a dump into a PostgreSQL database; when the block fails, all is as it was before.

    Yields the schema in which the tables of before are kept, None where there were none.
    """
    address = make_url(url)
    with unguarded(address) as engine:
        before = _set_aside(engine)
        try:
            options = ["--exit-on-error", "--single-transaction", f"--schema={SCHEMA}"]
            _run("pg_restore", address, dump.parent, *options, "--no-owner", "--no-acl", str(dump))
            yield before
        except BaseException:
            _bring_back(engine, before)
            raise


def _set_aside(engine: Engine) -> str | None:
    with engine.begin() as connection:
        tables = _tables(connection)
        if not tables:
            return None
        aside = clock.now().strftime("before_restore_%Y%m%d_%H%M%S")
        connection.execute(text(f"CREATE SCHEMA {aside}"))
        _move(connection, tables, SCHEMA, aside)
        return aside


def _bring_back(engine: Engine, aside: str | None) -> None:
    with engine.begin() as connection:
        for name in _tables(connection):
            connection.execute(text(f'DROP TABLE "{SCHEMA}"."{name}" CASCADE'))
        if aside:
            _move(connection, _tables(connection, aside), aside, SCHEMA)
            connection.execute(text(f"DROP SCHEMA {aside}"))


def _tables(connection: Connection, schema: str | None = SCHEMA) -> list[str]:
    return inspect(connection).get_table_names(schema)


def _move(connection: Connection, tables: list[str], here: str, there: str) -> None:
    for name in tables:
        connection.execute(text(f'ALTER TABLE "{here}"."{name}" SET SCHEMA "{there}"'))


def _run(program: str, address: URL, folder: Path, *arguments: str) -> None:
    """Run one of PostgreSQL's programs. Its password goes by a file: arguments are seen by all."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(
            f"{program} is not installed. It comes with PostgreSQL's client programs: on Debian and"
            " Ubuntu apt-get install postgresql-client, of the server's version or a newer one."
        )
    given: dict[str, Any] = address.translate_connect_args(username="user", database="dbname")
    secret = str(given.pop("password", ""))
    password = folder / "password"
    password.touch(mode=0o600)
    password.write_text("*:*:*:*:" + secret.replace("\\", "\\\\").replace(":", "\\:") + "\n")
    # Without a password of its own, a .pgpass file or the server's trust may let it in.
    given |= address.query | ({"passfile": str(password)} if secret else {})
    target = make_conninfo(**given)
    ended = subprocess.run(
        [found, f"--dbname={target}", *arguments], capture_output=True, text=True, check=False
    )
    password.unlink()
    if ended.returncode != 0:
        raise BackupError(f"{program} failed: {ended.stderr.strip() or ended.returncode}")
