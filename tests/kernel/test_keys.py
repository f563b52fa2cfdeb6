"""A new key takes over, and nobody notices: what was signed before stays good for its time."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import clock, keys
from portal.app import create_app
from portal.cli import portal
from portal.config import Settings
from portal.db import Database
from tests.factories import World
from tests.guards.scene import open_browser

MONTH = timedelta(days=30)
START = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "instance" / "secret_key"
    keys.read(made)
    return made


def test_a_new_key_signs_and_the_old_one_is_accepted(file: Path) -> None:
    (old,) = keys.read(file)
    keys.rotate(file, MONTH)
    new, *accepted = keys.read(file)
    assert new != old
    assert accepted == [old]


def test_an_old_key_is_accepted_as_long_as_what_it_signed_lives(file: Path) -> None:
    with clock.standing_at(START):
        keys.rotate(file, MONTH)
    with clock.standing_at(START + MONTH - timedelta(seconds=1)):
        assert len(keys.read(file)) == 2
    with clock.standing_at(START + MONTH):
        assert len(keys.read(file)) == 1


def test_what_has_run_out_leaves_the_file(file: Path) -> None:
    with clock.standing_at(START):
        keys.rotate(file, MONTH)
        first = keys.read(file)[1]
    with clock.standing_at(START + timedelta(days=10)):
        keys.rotate(file, MONTH)
        assert len(keys.read(file)) == 3
    with clock.standing_at(START + timedelta(days=31)):
        keys.rotate(file, MONTH)
    assert first not in file.read_text()
    assert len(keys.load(file)) == 3


def test_the_file_stays_its_owners_alone_and_no_other_is_left(file: Path) -> None:
    keys.rotate(file, MONTH)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in file.parent.iterdir()] == ["secret_key"]


def test_a_prepared_key_is_accepted_first_and_signs_after_the_next_rotation(file: Path) -> None:
    (old,) = keys.read(file)
    keys.rotate(file, MONTH, prepare=True)
    signing, prepared = keys.read(file)
    assert signing == old
    # Prepared once more, nothing changes.
    keys.rotate(file, MONTH, prepare=True)
    assert keys.read(file) == (signing, prepared)
    keys.rotate(file, MONTH)
    assert keys.read(file) == (prepared, old)


def test_a_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("one\ntwo\n\n")
    assert keys.read(tmp_path / "secret_key") == ("one", "two")


@pytest.fixture
def restarted(tmp_path: Path, database: Database) -> Callable[[], Flask]:
    """The app of a process that has just started from the same folder."""

    def start() -> Flask:
        app = create_app(Settings(instance_dir=tmp_path / "instance"), database)
        app.testing = True
        return app

    return start


def rotate(app: Flask) -> None:
    keys.rotate(app.config["PORTAL"].secret_key_file, MONTH)


def moved(browser: FlaskClient, app: Flask) -> FlaskClient:
    """The same browser, with its cookies, in front of another process."""
    cookie = browser.get_cookie("waymark")
    assert cookie
    new = app.test_client()
    new.set_cookie("waymark", cookie.value)
    return new


def test_people_stay_signed_in(
    restarted: Callable[[], Flask], database: Database, world: World
) -> None:
    app = restarted()
    browser = open_browser(app, database, world.end_user)
    rotate(app)
    assert moved(browser, restarted()).get("/me").status_code == 200


def test_without_the_old_key_they_would_not(
    restarted: Callable[[], Flask], database: Database, world: World
) -> None:
    app = restarted()
    browser = open_browser(app, database, world.end_user)
    app.config["PORTAL"].secret_key_file.unlink()
    assert moved(browser, restarted()).get("/me").status_code in (302, 303)


def test_a_form_that_was_open_is_good(
    restarted: Callable[[], Flask], database: Database, world: World
) -> None:
    app = restarted()
    browser = open_browser(app, database, world.end_user)
    page = browser.get("/me").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    rotate(app)
    later = moved(browser, restarted())
    form = {"display_name": "Renamed", "zone": "UTC"}
    assert later.post("/me", data=form | {"csrf_token": token[1]}).status_code in (302, 303)
    forged = later.post("/me", data=form | {"csrf_token": token[1][::-1]})
    assert forged.status_code == 400


def test_the_command_says_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYMARK_INSTANCE_DIR", str(tmp_path))
    portal(["keys", "rotate"], standalone_mode=False)
    assert "has 2 keys. Restart the web processes now" in capsys.readouterr().out
    portal(["keys", "rotate", "--prepare"], standalone_mode=False)
    assert "run `portal keys rotate`" in capsys.readouterr().out
