"""The migrations lead to the models' schema, there and back, on the database under test."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, pool, text

from portal.db import Database
from portal.migrations import FOLDER, config, is_compared, is_current, migrate
from portal.tables import metadata
from tests.conftest import ON_POSTGRESQL, POSTGRES_URL

pytestmark = pytest.mark.database


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if not ON_POSTGRESQL:
        yield f"sqlite:///{tmp_path / 'migrated.db'}"
        return
    name = f"migrated_{uuid4().hex}"
    admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT", poolclass=pool.NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = create_engine(url, poolclass=pool.NullPool)
    yield opened
    opened.dispose()


def test_migrations_lead_to_the_schema_of_the_models(url: str, engine: Engine) -> None:
    migrate(url)
    with engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_compared}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert is_current(connection)


def test_the_migrated_schema_is_the_one_that_tests_run_on(
    url: str, engine: Engine, database: Database
) -> None:
    """What Alembic does not compare: checks, conditions of indexes, tables without a rowid."""
    migrate(url)
    assert described(engine) == described(database.engine)


def described(engine: Engine) -> dict[str, list[str]]:
    """Each table as sorted lines of text."""
    found = inspect(engine)
    tables = sorted(set(found.get_table_names()) - {"alembic_version"})
    return {table: sorted(_lines(found, table)) + _sql(engine, table) for table in tables}


def _lines(found, table: str) -> Iterator[str]:
    for column in found.get_columns(table):
        yield f"{column['name']} {column['type']!r} nullable={column['nullable']}"
    for check in found.get_check_constraints(table):
        yield f"{check['name']} {check['sqltext']}"
    for index in found.get_indexes(table):
        where = sorted((str(k), str(v)) for k, v in index.get("dialect_options", {}).items())
        yield f"{index['name']} {index['column_names']} {bool(index['unique'])} {where}"
    for key in found.get_foreign_keys(table):
        columns = f"{key['constrained_columns']} {key['referred_table']} {key['referred_columns']}"
        yield f"{key['name']} {columns}"
    for unique in found.get_unique_constraints(table):
        yield f"{unique['name']} {unique['column_names']}"
    primary = found.get_pk_constraint(table)
    yield f"{primary['name']} {primary['constrained_columns']}"


def _sql(engine: Engine, table: str) -> list[str]:
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as connection:
        asked = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
        created = connection.execute(asked, {"name": table}).scalar_one()
    return re.findall(r"\)\s*(WITHOUT ROWID|STRICT)\s*$", created)


def test_migrations_go_down_and_up_again(url: str, engine: Engine) -> None:
    migrate(url)
    first = described(engine)
    command.downgrade(config(url), "base")
    assert described(engine) == {}
    migrate(url)
    assert described(engine) == first


def scripts() -> list[Path]:
    return sorted((FOLDER / "versions").glob("*.py"))


def test_migrations_are_one_line_of_descent() -> None:
    assert len(ScriptDirectory(str(FOLDER)).get_heads()) == 1


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.stem)
def test_a_migration_has_a_dated_name_and_imports_no_model(script: Path) -> None:
    assert re.fullmatch(r"\d{4}_\d\d_\d\d_(\d{4}_)?\w+\.py", script.name)
    imported = [
        node.module or ""
        for node in ast.walk(ast.parse(script.read_text()))
        if isinstance(node, ast.ImportFrom)
    ]
    assert [
        name for name in imported if name.startswith("portal") and name != "portal.schema"
    ] == []
