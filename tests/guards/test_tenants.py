"""Nothing of one customer reaches another: not a word, not a number, not a change.

Each person of ours, and each of the vendor's staff, visits every address with both customers' ids,
in a portal where the other customer has a marked twin of every row, and again in one where that
customer does not exist. No marked text may come back, nothing of theirs may change, and our people
must not be able to tell the two portals apart.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine, create_engine

from portal import clock
from portal.accounts.service import passwords
from portal.config import Settings
from portal.db import Database
from portal.messages.service import MailSettings
from tests.guards import twins
from tests.guards.scene import make_scene
from tests.guards.twins import MARKER
from tests.guards.walk import Clock, Seen, clear, steady, text_of, walk, work_off
from tests.messages.conftest import MailServer

PEOPLE = ["double", "usm", "end_user", "owner", None, "author", "csm"]

ABOUT_CUSTOMERS = {
    "accounts.organizations": "the admin's list of customers",
    "accounts.organization": "an admin looks at a customer",
    "accounts.invite_into": "an admin invites a customer's people",
    "accounts.invited_into": "what became of that",
    "accounts.new_organization": "an admin adds a customer",
}
"""Pages that are about customers; there an admin may read a customer's name and its leads'."""

CHOICES = {
    "accounts.choose_organization": "whoever is a member of both chooses by name",
    "accounts.sign_in": "leads there",
    "accounts.me": "says whether there is a choice",
}


@dataclass(frozen=True)
class Result:
    """What a walk and the work after it left behind."""

    seen: list[Seen]
    faults: list[str]
    mails: list[str]
    ours: dict[str, list[str]]
    theirs_before: dict[str, list[str]]
    theirs_after: dict[str, list[str]]
    readable: list[str]


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

    def walk_as(who: str | None, with_others: bool) -> Result:
        time = Clock()
        monkeypatch.setattr(clock, "now", time.now)
        clear(engine)
        scene = make_scene(app, database)
        ours, theirs = scene.own.organization_id, scene.other.organization_id
        with engine.begin() as connection:
            if with_others:
                twins.plant(connection, scene)
            else:
                twins.remove(connection, theirs)
            our_people = twins.people_of(connection, ours) - {scene.double.viewer.person_id}
            their_people = twins.people_of(connection, theirs)
            before = twins.rows_of(connection, theirs, their_people)
            readable = twins.names_for_staff(connection, theirs)
        mail_server.received.clear()
        time.set_out()
        walked = walk(scene, who)
        walked.faults += work_off(scene)
        with engine.connect() as connection:
            return Result(
                seen=walked.seen,
                faults=walked.faults,
                mails=[text_of(mail) for mail in mail_server.received],
                ours=twins.rows_of(connection, ours, our_people),
                theirs_before=before,
                theirs_after=twins.rows_of(connection, theirs, their_people),
                readable=readable,
            )

    return walk_as


def test_an_admin_reads_of_a_customer_only_its_leads_and_numbers(go: Go) -> None:
    result = go("admin", True)
    assert result.faults == []
    assert leaks(result, ABOUT_CUSTOMERS) == []
    for table, rows in result.theirs_before.items():
        assert set(rows) <= set(result.theirs_after[table]), f"{table}: a row was changed"


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_learns_or_changes_anything_of_another_customer(go: Go, who: str | None) -> None:
    result = go(who, True)
    assert result.faults == []
    assert leaks(result, CHOICES if who == "double" else {}) == []
    assert result.theirs_after == result.theirs_before
    alone = go(who, False)
    assert differences(result, alone, CHOICES if who == "double" else {}) == []


def leaks(result: Result, told: Mapping[str, str]) -> list[str]:
    """Where a marked text came back; the addresses in `told` may say what staff may read."""
    pages = [
        (seen.asked, _without(seen.text, result.readable if seen.endpoint in told else []))
        for seen in result.seen
    ]
    names = result.readable if ABOUT_CUSTOMERS is told else []
    mails = [("mail", _without(mail, names)) for mail in result.mails]
    rows = [(table, row) for table, found in result.ours.items() for row in found]
    return [
        f"{where}: {_around(text)}"
        for where, text in (*pages, *mails, *rows)
        if MARKER.lower() in text.lower()
    ]


def _without(text: str, names: list[str]) -> str:
    for name in names:
        text = text.replace(name, "")
    return text


def _around(text: str) -> str:
    at = text.lower().index(MARKER.lower())
    return text[max(0, at - 80) : at + 80]


def differences(result: Result, alone: Result, told: Mapping[str, str]) -> list[str]:
    """Where our people could tell that there is another customer."""
    pairs = zip(result.seen, alone.seen, strict=True)
    found = [
        f"{one.asked}: {_first_difference(steady(one.text), steady(two.text))}"
        for one, two in pairs
        if one.endpoint not in told and _answer(one) != _answer(two)
    ]
    left = [
        (f"mail {n}", *both) for n, both in enumerate(zip(result.mails, alone.mails, strict=False))
    ]
    left += [
        (table, _steady(rows), _steady(alone.ours[table])) for table, rows in result.ours.items()
    ]
    found += [f"{what}: {_first_difference(one, two)}" for what, one, two in left if one != two]
    return found + [f"{what} mails" for what in {len(result.mails)} ^ {len(alone.mails)}]


def _answer(seen: Seen) -> tuple[int, str]:
    return seen.status, steady(seen.text)


def _steady(rows: list[str]) -> str:
    return "\n".join(sorted(map(steady, rows)))


def _first_difference(one: str, two: str) -> str:
    same = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)
    start = max(0, same - 60)
    return f"…{one[start : same + 60]}… against …{two[start : same + 60]}…"
