"""What a walk through a portal with another customer may leave behind, and what it may not."""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from sqlalchemy import Engine

from portal.db import Database
from tests.guards import twins
from tests.guards.scene import Scene, make_scene
from tests.guards.twins import MARKER
from tests.guards.walk import Seen, Walk, clear, steady

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

WITH_CONSENT = "customers.people"
"""Where staff reads names that an owner lets them read, as ours does; each look is written down."""

REACHED = frozenset({("Alma Reader", "help.risen"), ("Alma Reader", "customers.customer")})
"""Whose question has come up to the vendor, and where its staff reads it."""

BY_TOKEN = frozenset({"accounts.link", "accounts.use_link"})
"""A link's page greets whom the link was made for."""


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


@dataclass(frozen=True)
class Before:
    """A portal before the walk: a scene, and what the two customers had then."""

    scene: Scene
    our_people: set[UUID]
    their_people: set[UUID]
    theirs: dict[str, list[str]]
    names: list[str]
    consented: list[str]
    hidden: list[str]

    @property
    def shown(self) -> tuple[list[str], list[str], list[str], str]:
        """The last fields of a `Result`."""
        other = str(self.scene.other.organization_id)
        return self.names, self.consented, self.hidden, other


def prepare(app: Flask, database: Database, engine: Engine, with_others: bool) -> Before:
    """Make a scene in an empty database, with the other customer as a mirror or without them."""
    clear(engine)
    scene = make_scene(app, database)
    ours, theirs = scene.own.organization_id, scene.other.organization_id
    with engine.begin() as connection:
        if with_others:
            twins.plant(connection, scene)
        else:
            twins.remove(connection, theirs)
        their_people = twins.people_of(connection, theirs)
        names, consented = twins.names_of(connection, theirs)
        _leads, hidden = twins.names_of(connection, ours)
        return Before(
            scene=scene,
            our_people=twins.people_of(connection, ours) - {scene.double.viewer.person_id},
            their_people=their_people,
            theirs=twins.rows_of(connection, theirs, their_people),
            names=names,
            consented=consented,
            hidden=hidden,
        )


def result_of(before: Before, walked: Walk, mails: list[str], engine: Engine) -> Result:
    """What is there once everything was visited and the work is done."""
    ours, theirs = before.scene.own.organization_id, before.scene.other.organization_id
    with engine.connect() as connection:
        return Result(
            seen=walked.seen,
            faults=walked.faults,
            mails=mails,
            ours=twins.rows_of(connection, ours, before.our_people),
            theirs_before=before.theirs,
            theirs_after=twins.rows_of(connection, theirs, before.their_people),
            names=before.names,
            consented=before.consented,
            hidden=before.hidden,
            other_id=str(theirs),
        )


def shown_to_staff(result: Result) -> list[tuple[str, str]]:
    """Names of our people, leads apart, and where staff read them who may not."""
    return [
        (name, seen.asked)
        for seen in result.seen
        for name in result.hidden
        if name in seen.text and seen.endpoint not in BY_TOKEN
        if (name, seen.endpoint) not in REACHED and seen.endpoint != WITH_CONSENT
    ]


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
