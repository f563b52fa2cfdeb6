"""Nothing of one customer reaches another: not a word, not a number, not a change.

Each person of ours, and each of the vendor's staff, visits every address with both customers' ids,
in a portal where the other customer has a marked twin of every row, and again in one where that
customer does not exist. No marked text may come back, nothing of theirs may change, and our people
must not be able to tell the two portals apart.
"""

from collections.abc import Callable, Iterator
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

CHOICES = frozenset(
    {"accounts.choose_organization", "accounts.sign_in", "accounts.me", "accounts.erase_me"}
)
"""Where who is a member of both customers chooses between them by name, or reads that they may."""

COUNTS = frozenset({"accounts.organizations", "accounts.staff"})
"""Where an admin reads of every customer: its name, or for how many somebody answers."""

AUTHORS = frozenset({"effectiveness.library", "effectiveness.answers", "effectiveness.answer"})
"""Where authors read what people of all customers said, and figures over them."""
WORDS_OF_READERS = ("0 outcome comment", "0 comment_reply reply")
"""Which words these are; whose, they never learn."""


EVERYWHERE = frozenset({"operations.audit_everywhere", "operations.status"})
"""Where an admin looks at all organizations."""


@dataclass(frozen=True)
class Result:
    """What a walk and the work after it left behind."""

    seen: list[Seen]
    faults: list[str]
    mails: list[str]
    ours: dict[str, list[str]]
    theirs_before: dict[str, list[str]]
    theirs_after: dict[str, list[str]]
    names: list[str]
    """What staff may read of the other customer: its name, and its USMs' and owners'."""
    consented: list[str]
    """Everybody else's of theirs: an owner of theirs lets staff read them, as one of ours does."""
    hidden: list[str]
    """Our people's names, which staff may not read."""
    other_id: str

    def told(self, who: str | None, seen: Seen) -> list[str]:
        """What somebody may read of the other customer at one address."""
        if who == "double" and seen.endpoint in CHOICES:
            return [twins.NAME]
        if who in ("author", "admin") and seen.endpoint in AUTHORS:
            return [f"{MARKER} {words}" for words in WORDS_OF_READERS]
        if who == "admin" and seen.endpoint in COUNTS:
            return [twins.NAME]
        if who == "admin" and seen.endpoint == WITH_CONSENT:
            return [*self.consented, *self.names]
        if who == "admin" and seen.endpoint in EVERYWHERE:
            return self.names
        return self.names if who == "admin" and self.other_id in seen.asked else []


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
            names, consented = twins.names_of(connection, theirs)
            _leads, hidden = twins.names_of(connection, ours)
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
                names=names,
                consented=consented,
                hidden=hidden,
                other_id=str(theirs),
            )

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
    shown = [
        (name, seen.asked)
        for seen in result.seen
        for name in result.hidden
        if name in seen.text and seen.endpoint not in BY_TOKEN
        if (name, seen.endpoint) not in REACHED and seen.endpoint != WITH_CONSENT
    ]
    assert shown == []


WITH_CONSENT = "customers.people"
"""Where staff reads names that an owner lets them read, as ours does; each look is written down."""

REACHED = frozenset({("Alma Reader", "help.risen"), ("Alma Reader", "customers.customer")})
"""Whose question has come up to the vendor, and where its staff reads it."""

BY_TOKEN = frozenset({"accounts.link", "accounts.use_link"})
"""A link's page greets whom the link was made for."""


def leaks(result: Result, who: str | None) -> list[str]:
    """Where a marked text came back that somebody may not read there."""
    pages = [(seen.asked, _without(seen.text, result.told(who, seen))) for seen in result.seen]
    invited = [] if who != "admin" else result.names
    mails = [("mail", _without(mail, invited)) for mail in result.mails]
    rows = [(table, row) for table, found in result.ours.items() for row in found]
    return [
        f"{where}: {_around(text)}"
        for where, text in (*pages, *mails, *rows)
        if MARKER.lower() in text.lower()
    ]


SET_UP = frozenset({"organization", "quiet_period", "seats"})
"""What an admin sets up for every customer."""


def changes(result: Result, who: str | None) -> list[str]:
    """What became of the other customer's rows; an admin may add some, by inviting."""
    return [
        f"{table}: {row}"
        for table, after in result.theirs_after.items()
        if not (who == "admin" and table in SET_UP)
        for row in _changed(result.theirs_before[table], after, may_add=who == "admin")
    ]


def _changed(before: list[str], after: list[str], may_add: bool) -> set[str]:
    return set(before) - set(after) if may_add else set(before) ^ set(after)


def _without(text: str, names: list[str]) -> str:
    for name in names:
        text = text.replace(name, "")
    return text


def _around(text: str) -> str:
    at = text.lower().index(MARKER.lower())
    return text[max(0, at - 80) : at + 80]


def differences(result: Result, alone: Result, who: str | None) -> list[str]:
    """Where somebody could tell that there is another customer, without having been told."""
    pairs = zip(result.seen, alone.seen, strict=True)
    found = [
        f"{one.asked}: {_first_difference(steady(one.text), steady(two.text))}"
        for one, two in pairs
        if not result.told(who, one) and _answer(one) != _answer(two)
    ]
    for table, rows in result.ours.items():
        if _steady(rows) != _steady(alone.ours[table]):
            found.append(f"{table}: {_first_difference(_steady(rows), _steady(alone.ours[table]))}")
    return found if who == "admin" or result.mails == alone.mails else [*found, "the mails"]


def _answer(seen: Seen) -> tuple[int, str]:
    return seen.status, steady(seen.text)


def _steady(rows: list[str]) -> str:
    return "\n".join(sorted(map(steady, rows)))


def _first_difference(one: str, two: str) -> str:
    same = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)
    start = max(0, same - 60)
    return f"…{one[start : same + 60]}… against …{two[start : same + 60]}…"
