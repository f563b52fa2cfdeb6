"""No page asks the database more than a few times, however much there is to show.

Counted is everything but BEGIN, COMMIT and PRAGMA: sign-in and session included, in an app and on
an engine that have done nothing before, for somebody who was last seen a while ago.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event, update

from portal import clock
from portal.accounts.models import WebSession
from portal.app import create_app
from portal.config import Settings
from portal.db import Database
from tests.guards.growth import grow
from tests.guards.scene import Scene, make_scene, open_browser

MOST = 8
SIZES = (10, 1_000)
Kept = type(lru_cache(lambda: None))
UNCOUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


def test_no_page_takes_more_than_eight_statements_on_few_rows_and_on_many(
    app: Flask,
    database: Database,
    database_url: str,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app.jinja_env, "bytecode_cache", FileSystemBytecodeCache(str(tmp_path)))
    scene = make_scene(app, database)
    counts = {}
    for size in SIZES:
        grow(scene, size)
        counts[size] = {
            address: len(statements(scene, settings, database_url, who, address))
            for who, address in pages(scene)
        }
    few, many = counts.values()
    assert {a: (n, many[a]) for a, n in few.items() if many[a] != n} == {}
    assert {a: n for a, n in many.items() if n > MOST} == {}


def pages(scene: Scene) -> Iterator[tuple[str | None, str]]:
    """Every address that a GET has, and who opens it."""
    for rule in scene.rules("GET"):
        for address in scene.addresses(rule, scene.own):
            yield scene.fitting(rule), address


def statements(
    scene: Scene, settings: Settings, url: str, who: str | None, address: str
) -> list[str]:
    """What a page asks in an app that has just started."""
    fresh = Database(url, pool_size=2)
    app = create_app(settings, fresh)
    app.testing = True
    # Compiling templates takes long and asks nothing.
    app.jinja_env.bytecode_cache = scene.app.jinja_env.bytecode_cache
    browser = open_browser(app, scene.database, who and scene.persona(who))
    with scene.database.writing(None) as session:
        session.execute(update(WebSession).values(last_seen_at=clock.now() - timedelta(hours=1)))
        session.commit()
    # A new process has read no guide yet.
    forget()
    with counting(fresh) as asked:
        answer = browser.get(address)
    fresh.dispose()
    assert answer.status_code < 500 or address == "/readyz", f"{address}: {answer.status}"
    return asked


def forget() -> None:
    """Empty what functions of the portal keep in memory, as a new process has it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("portal."):
            for function in vars(module).values():
                if isinstance(function, Kept):
                    function.cache_clear()


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest) -> None:
        if not statement.startswith(UNCOUNTED):
            asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)
