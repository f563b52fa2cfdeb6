"""A database that others hold answers with words and a time to come back."""

import sqlite3
from contextlib import closing

import pytest

from portal import engine
from tests.conftest import ON_POSTGRESQL

pytestmark = pytest.mark.skipif(
    ON_POSTGRESQL, reason="PostgreSQL has no lock on the whole database"
)


@pytest.fixture
def held(database, monkeypatch):
    """Somebody else writes, and does not end."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    with closing(sqlite3.connect(database.engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_it_says_that_it_is_busy_and_when_to_come_back(signed_in, world, library, request):
    browser = signed_in(world.end_user)
    request.getfixturevalue("held")
    answer = browser.post(f"/goals/{library.goal_slug}/choose")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Nothing was lost" in answer.get_data(as_text=True)


def test_it_serves_pages_meanwhile(signed_in, world, library, request):
    browser = signed_in(world.end_user)
    request.getfixturevalue("held")
    assert browser.get("/").status_code == 200


def test_it_writes_again_once_the_other_has_ended(signed_in, world, library, request):
    browser = signed_in(world.end_user)
    request.getfixturevalue("held").rollback()
    assert browser.post(f"/goals/{library.goal_slug}/choose").status_code == 302
