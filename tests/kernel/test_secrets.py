"""What must not be read by others: in logs, in the work table, on a shared machine."""

from pathlib import Path
from traceback import format_exception

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from portal import clock
from portal.accounts.models import Person
from portal.accounts.service import links
from portal.config import Settings
from portal.db import Database
from portal.ids import new_id
from portal.migrations import migrate
from tests.factories import World


@pytest.mark.database
def test_an_error_of_the_database_does_not_repeat_what_was_bound(database: Database) -> None:
    with database.reading(None) as session, pytest.raises(DBAPIError) as failed:
        session.execute(text("SELECT * FROM nothing WHERE link = :link"), {"link": "secret-token"})
    assert "nothing" in str(failed.value)
    assert "secret-token" not in str(failed.value)


@pytest.mark.database
def test_an_error_of_the_database_does_not_repeat_the_row(database: Database, world: World) -> None:
    """PostgreSQL tells in which row a rule is broken, value by value."""
    same = {"id": new_id(), "email": world.usm.email, "email_key": world.usm.email}
    with database.writing(None) as session, pytest.raises(DBAPIError) as failed:
        session.execute(insert(Person).values(**same, created_at=clock.now()))
    told = "".join(format_exception(failed.value)) + repr(failed.value.orig)
    assert "email_key" in told
    assert world.usm.email not in told


@pytest.mark.database
def test_a_fault_on_the_page_of_a_link_logs_no_link(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_token: str) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(links, "get_link", broken)
    with capture_logs() as logged:
        assert client.get("/links/secret-token").status_code == 500
    (entry,) = (line for line in logged if line["event"] == "request.failed")
    assert entry["endpoint"] == "accounts.link"
    assert "secret-token" not in str(entry)


def test_the_instance_folder_is_its_owners_alone(tmp_path: Path) -> None:
    settings = Settings(instance_dir=tmp_path / "by_key")
    assert settings.secret_keys
    assert settings.instance_dir.stat().st_mode & 0o777 == 0o700
    assert settings.secret_key_file.stat().st_mode & 0o777 == 0o600
    migrate(f"sqlite:///{tmp_path / 'by_database' / 'waymark.db'}")
    assert (tmp_path / "by_database").stat().st_mode & 0o777 == 0o700


def test_what_one_request_adds_to_its_session_shows_on_no_other(wired_app: Flask) -> None:
    sessions = wired_app.session_interface
    signer = SecureCookieSessionInterface().get_signing_serializer(wired_app)
    assert signer
    environ = {"HTTP_COOKIE": f"waymark={signer.dumps({'_flashes': [('message', 'Bye.')]})}"}
    for _ in range(2):
        with wired_app.test_request_context(environ_base=environ) as context:
            opened = sessions.open_session(wired_app, context.request)
            assert opened is not None
            assert opened["_flashes"] == [("message", "Bye.")]
            opened["_flashes"].append(("message", "Only here."))
