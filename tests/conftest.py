"""Fixtures of all tests: a fresh database each, a real client, people to sign in as.

The schema is built once for each process. On SQLite a test gets its own copy of the file, on
PostgreSQL its tables are emptied; either way entries open, commit and roll back as in production.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from portal import i18n, lots, tables
from portal.accounts.service import sign_in
from portal.app import create_app
from portal.config import Settings
from portal.db import Database
from portal.guard import Scope
from tests.factories import Library, Persona, World, make_library, make_world

ON_POSTGRESQL = os.environ.get("WAYMARK_TEST_DATABASE") == "postgresql"
POSTGRES_URL = os.environ.get("WAYMARK_TEST_POSTGRES_URL", "")
"""The tests' server, if script/test started one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches the database: script/test runs it on PostgreSQL too."""
    for item in items:
        if {"database_url", "empty_database_url"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")


@pytest.fixture(scope="session", autouse=True)
def _own_instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Jobs read the environment: they clear up in a folder of the tests', not in a developer's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAYMARK_INSTANCE_DIR", str(tmp_path_factory.mktemp("jobs")))
        yield


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a database with the schema and no rows."""
    if ON_POSTGRESQL:
        with new_postgresql() as url:
            _create_all(url)
            yield url
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('schema') / 'schema.db'}"
        _create_all(url)
        yield url


@contextmanager
def new_postgresql() -> Iterator[str]:
    """URL of a new database on the tests' server, dropped at the end."""
    name = f"test_{uuid4().hex}"
    admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def empty_database_url(tmp_path: Path) -> Iterator[str]:
    """A database without a schema: for tests that migrate it themselves."""
    if ON_POSTGRESQL:
        with new_postgresql() as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path / 'instance' / 'waymark.db'}"


def _create_all(url: str) -> None:
    engine = create_engine(url)
    tables.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture
def database_url(schema: str, tmp_path: Path) -> Iterator[str]:
    """A database for one test."""
    if ON_POSTGRESQL:
        yield schema
        _empty(schema)
    else:
        copy = tmp_path / "waymark.db"
        shutil.copy(schema.removeprefix("sqlite:///"), copy)
        yield f"sqlite:///{copy}"


def _empty(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for table in tables.metadata.tables:
            connection.execute(text(f'DELETE FROM "{table}"'))
    engine.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, pool_size=2)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        instance_dir=tmp_path_factory.mktemp("instance"),
        base_url="http://portal.example",
        log_level="error",
    )


@pytest.fixture(scope="session")
def wired_app(settings: Settings) -> Flask:
    """The app, wired once; each test gives it a database of its own."""
    app = create_app(settings, Database(f"sqlite:///{settings.instance_dir / 'unused.db'}"))
    app.testing = True
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def app(wired_app: Flask, database: Database) -> Flask:
    wired_app.extensions["database"] = database
    return wired_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of someone who is not signed in."""
    return app.test_client()


@pytest.fixture
def world(database: Database) -> World:
    """Two customers, the vendor, and one person of each role."""
    return make_world(database)


@pytest.fixture
def library(database: Database) -> Library:
    """A goal with a path of two guides and a milestone."""
    return make_library(database)


SignIn = Callable[[Persona], FlaskClient]


@pytest.fixture
def signed_in(app: Flask, database: Database) -> SignIn:
    """Make a browser in which a persona is signed in."""

    def open_browser(persona: Persona) -> FlaskClient:
        viewer = persona.viewer
        with database.writing(None) as session:
            token = sign_in.open_session(
                viewer.person_id, viewer.organization_id, viewer.member_id, "test"
            )
            session.commit()
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return browser

    return open_browser


@pytest.fixture
def acting(database: Database) -> Iterator[Callable[[Persona], None]]:
    """Open the ambient write session in a persona's organization for the rest of the test."""
    with ExitStack() as stack:

        def act(persona: Persona) -> None:
            scope = Scope(persona.organization_id, writable=True)
            stack.enter_context(database.open(scope))

        yield act


@pytest.fixture(autouse=True)
def _last_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens must not hang on a draw: it is always the last of the lots."""
    monkeypatch.setattr(lots, "draw", lambda among, *_about: among - 1)


@pytest.fixture(autouse=True)
def _english() -> None:
    i18n.use("en", "UTC")
