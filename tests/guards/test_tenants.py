"""Nothing of one customer reaches another: not a word, not a number, not a change.

Each person of ours, and each of the vendor's staff, visits every address with both customers' ids,
in a portal where the other customer has a marked twin of every row, and again in one where that
customer does not exist. No marked text may come back, nothing of theirs may change, and our people
must not be able to tell the two portals apart.
"""

from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine, create_engine

from portal import clock
from portal.accounts.service import passwords
from portal.config import Settings
from portal.db import Database
from portal.messages.service import MailSettings
from tests.guards.tenants import (
    Result,
    changes,
    differences,
    leaks,
    prepare,
    result_of,
    shown_to_staff,
)
from tests.guards.walk import Clock, text_of, walk, work_off
from tests.messages.conftest import MailServer

PEOPLE = ["double", "usm", "end_user", "owner", None, "author", "csm"]

Go = Callable[[str | None, bool], Result]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Sees every row: it has no guard."""
    opened = create_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def go(
    app: Flask,
    database: Database,
    engine: Engine,
    mail: MailSettings,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Go:
    """Walk as somebody through a portal with the other customer, or without."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(passwords, "NOBODYS", quick.hash("nobody's"))
    settings: Settings = app.config["PORTAL"]
    sending = {"smtp_host": mail.host, "smtp_port": mail.port, "smtp_security": mail.security}
    monkeypatch.setitem(app.config, "PORTAL", settings.model_copy(update=sending))
    # Jobs read their settings from the environment.
    monkeypatch.setenv("WAYMARK_INSTANCE_DIR", str(settings.instance_dir))

    def walk_as(who: str | None, with_others: bool) -> Result:
        time = Clock()
        monkeypatch.setattr(clock, "now", time.now)
        before = prepare(app, database, engine, with_others)
        mail_server.received.clear()
        time.set_out()
        walked = walk(before.scene, who)
        walked.faults += work_off(before.scene, time, who)
        mails = [text_of(mail) for mail in mail_server.received]
        return result_of(before, walked, mails, engine)

    return walk_as


@pytest.mark.parametrize("who", ["admin", *PEOPLE])
def test_nobody_learns_or_changes_anything_of_another_customer(go: Go, who: str | None) -> None:
    result = go(who, True)
    assert result.faults == []
    assert leaks(result, who) == []
    assert changes(result, who) == []
    assert differences(result, go(who, False), who) == []


@pytest.mark.parametrize("who", ["author", "csm", "admin"])
def test_staff_reads_no_name_of_a_customers_people_but_its_leads(go: Go, who: str) -> None:
    result = go(who, True)
    assert shown_to_staff(result) == []
