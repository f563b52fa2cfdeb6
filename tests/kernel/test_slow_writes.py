"""A write that keeps others waiting is found in the log, and so is work that nobody does."""

import time
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from structlog.contextvars import get_contextvars

from portal import clock, db, jobs, sweeping
from portal.db import Database
from portal.jobs import Job
from tests.factories import World

pytestmark = pytest.mark.database


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What is logged of slow writes, with what is in hand."""
    lines: list[dict] = []

    def note(event: str, **more: object) -> None:
        assert event == "database.slow_write"
        lines.append(get_contextvars() | more)

    monkeypatch.setattr(db.log, "warning", note)
    return lines


def test_a_slow_write_is_logged_and_a_quick_one_is_not(database: Database, logged) -> None:
    for pause in (0, 0.06):
        with database.writing(None) as session:
            session.execute(text("SELECT 1"))
            time.sleep(pause)
            session.commit()
    (line,) = logged
    assert 60 <= line["ms"] < 1_000


def test_a_slow_write_that_is_undone_counts_too(database: Database, logged) -> None:
    with database.writing(None) as session:
        session.execute(text("SELECT 1"))
        time.sleep(0.06)
        session.rollback()
    assert len(logged) == 1


def test_reading_may_take_its_time(database: Database, logged) -> None:
    with database.reading(None) as session:
        session.execute(text("SELECT 1"))
        time.sleep(0.06)
    assert logged == []


def test_it_says_which_page_it_was(
    world: World, signed_in, logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(world.end_user)
    monkeypatch.setattr(db, "SLOW_MILLISECONDS", -1)
    logged.clear()  # On a busy machine signing in may have been slow as well.
    browser.post("/me", data={"display_name": "Renamed", "zone": "UTC"})
    assert {line["entry"] for line in logged} == {"accounts.me"}


def test_it_says_which_job_it_was(
    world: World, database: Database, logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs.JOBS, "tests.slow", Job(lambda *_: lambda: None, timedelta(minutes=1)))
    with database.writing(None) as session:
        jobs.enqueue("tests.slow", world.usm.organization_id, "")
        session.commit()
    monkeypatch.setattr(db, "SLOW_MILLISECONDS", -1)
    sweeping.sweep(database, limit=1)
    assert "tests.slow" in {line.get("entry") for line in logged}


def test_the_age_of_what_waits_is_told(database: Database, world: World) -> None:
    organization_id = world.usm.organization_id
    with database.reading(None):
        assert jobs.waiting_since() is None
    due = clock.now() - timedelta(minutes=7)
    with database.writing(None) as session:
        jobs.enqueue("tests.late", organization_id, "", due_at=due)
        jobs.enqueue("tests.later", organization_id, "", due_at=clock.now() + timedelta(hours=1))
        session.commit()
    with database.reading(None):
        assert jobs.waiting_since() == due


def test_readyz_tells_it_to_whoever_watches(
    client: FlaskClient, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.web.health.is_current", lambda _connection: True)
    assert client.get("/readyz").text == "ready\nqueue 0 s\n"
    with database.writing(None) as session:
        late = clock.now() - timedelta(minutes=7)
        jobs.enqueue("tests.late", world.usm.organization_id, "", due_at=late)
        session.commit()
    assert client.get("/readyz").text.startswith("ready\nqueue 42")
