"""The doctor names what is missing and how to mend it, and is content with what is right."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from portal import clock, doctor, jobs, migrations
from portal.config import Settings
from portal.db import Database
from portal.doctor import Check
from portal.ids import new_id
from portal.jobs import Work
from tests.factories import make_organization

DRAW = doctor._DRAW


@pytest.fixture(autouse=True)
def _draw_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only one test needs a real drawing, which takes a second."""
    monkeypatch.setattr(doctor, "_DRAW", "pass")


def findings(settings: Settings) -> dict[str, Check]:
    return {check.name: check for check in doctor.checks(settings)}


@pytest.fixture
def healthy(tmp_path: Path) -> Settings:
    settings = Settings(instance_dir=tmp_path / "instance", database_url="")
    assert settings.secret_keys
    migrations.migrate(settings.database)
    return settings


def test_it_finds_nothing_to_mend_but_the_mail_server_nobody_set(
    healthy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_DRAW", DRAW)
    assert [name for name, check in findings(healthy).items() if not check.ok] == ["Mail"]


def put(settings: Settings, **of_work: Any) -> None:
    """Work of some organization, as far as these checks ask."""
    database = Database(settings.database, pool_size=1)
    with database.writing(None) as session:
        organization = make_organization(session, "Aurora")
        row = dict(id=new_id(), key="", due_at=clock.now(), organization_id=organization.id)
        session.execute(insert(Work).values(row | of_work))
        session.commit()
    database.dispose()


def test_it_tells_how_long_the_oldest_due_work_waits(healthy: Settings) -> None:
    assert findings(healthy)["Queue"].detail == "nothing waits for a worker"
    put(healthy, kind="tests.late", due_at=clock.now() - timedelta(seconds=90))
    found = findings(healthy)["Queue"]
    assert found.ok
    assert re.search(r"waiting for 9\d s", found.detail)
    later = clock.now() + timedelta(minutes=4)
    with clock.standing_at(later):
        assert not findings(healthy)["Queue"].ok


def test_it_names_work_that_was_given_up_or_never_succeeds(healthy: Settings) -> None:
    assert findings(healthy)["Stopped work"].ok
    put(healthy, kind="tests.stopped", attempts=jobs.MOST_ATTEMPTS, last_error="OSError: full")
    found = findings(healthy)["Stopped work"]
    assert not found.ok
    assert found.detail == "tests.stopped (1): OSError: full"
    assert "Operations" in found.mend


def test_it_names_what_a_new_folder_lacks(tmp_path: Path) -> None:
    settings = Settings(
        instance_dir=tmp_path / "instance", database_url="", content_dir=tmp_path / "content"
    )
    found = findings(settings)
    assert not found["Database"].ok
    assert "not there yet" in found["Database"].detail
    assert not found["Content"].ok
    assert "Queue" not in found
    assert found["Instance folder"].ok
    assert not (tmp_path / "instance").exists()


def test_it_names_an_older_schema(tmp_path: Path) -> None:
    settings = Settings(instance_dir=tmp_path, database_url="")
    (tmp_path / "waymark.db").touch()
    found = findings(settings)["Database"]
    assert not found.ok
    assert "another version" in found.detail
    assert "portal migrate" in found.mend


def test_it_names_a_database_that_does_not_answer_but_not_its_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://portal:hush@127.0.0.1:1/portal"
    found = findings(Settings(instance_dir=tmp_path, database_url=url))["Database"]
    assert not found.ok
    assert "does not answer" in found.detail
    assert "hush" not in found.detail


def test_it_names_a_mail_server_that_is_not_there(healthy: Settings) -> None:
    settings = healthy.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": 1})
    found = findings(settings)["Mail"]
    assert not found.ok
    assert "refused" in found.detail


def test_it_names_a_key_that_others_may_read(healthy: Settings) -> None:
    healthy.secret_key_file.chmod(0o644)
    found = findings(healthy)["Secret key"]
    assert not found.ok
    assert f"chmod 600 {healthy.secret_key_file}" in found.mend


def test_it_survives_a_pdf_library_that_fails(
    healthy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_DRAW", "raise OSError('cannot load library libpango-1.0-0')")
    found = findings(healthy)["PDF"]
    assert not found.ok
    assert "libpango" in found.detail
