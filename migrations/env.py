"""Runs migrations: one process at a time, everything or nothing."""

from alembic import context
from alembic.operations import ops
from sqlalchemy import create_engine, event, pool, text

from portal.config import load_settings
from portal.migrations import is_compared
from portal.tables import metadata

LOCK = 0x7761796D61726B
"""Key of PostgreSQL's advisory lock: any number that nothing else in the database uses."""
PATIENCE_SECONDS = 600
"""How long a second process waits for the one that migrates."""


def run(url: str) -> None:
    """Upgrade or downgrade the database at `url`."""
    on_sqlite = url.startswith("sqlite")
    if on_sqlite:
        arguments = {"timeout": PATIENCE_SECONDS, "isolation_level": None}
    else:
        arguments = {}
    engine = create_engine(url, poolclass=pool.NullPool, connect_args=arguments)
    if on_sqlite:
        event.listen(engine, "connect", _set_up_sqlite)
        # The lock is taken before the version is read: whoever waited finds nothing left to do.
        event.listen(
            engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE")
        )
    with engine.connect() as connection, connection.begin():
        if not on_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.configure(
            connection,
            target_metadata=metadata,
            render_as_batch=True,
            process_revision_directives=_keep_distribution,
            include_name=is_compared,
        )
        context.run_migrations()
    engine.dispose()


def _set_up_sqlite(connection, _record) -> None:
    # Foreign keys stay off: a batch rebuilds tables that others point to.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _keep_distribution(_context, _revision, directives) -> None:
    """Write into a new migration how a table is distributed, and none of its other marks."""
    for operation in directives[0].upgrade_ops.ops:
        if isinstance(operation, ops.CreateTableOp):
            operation.info = {"distribute": operation.info["distribute"]}


run(context.config.attributes.get("url") or load_settings().database)
