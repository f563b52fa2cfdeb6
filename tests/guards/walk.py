"""A walk through every address as one person, and everything that came back."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal import jobs, sweeping, worker
from portal.accounts.service import organizations
from portal.jobs import Work
from portal.tables import metadata
from tests.guards.forms import forms
from tests.guards.scene import GIVEN_UP, Scene, Side

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
TICK = timedelta(milliseconds=10)

SIGNING = frozenset(
    "accounts.choose_organization accounts.password accounts.sign_in accounts.sign_out"
    " accounts.sign_out_everywhere accounts.use_link".split()
)
"""Forms after which a browser may be signed in as somebody else, or out."""

assert worker.HANDLERS, "imported for the jobs that it registers"


class Clock:
    """Goes on a little at each look, so that two walks at different hours say the same."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        self.time += TICK
        return self.time

    def pass_days(self, days: int) -> None:
        """Much later, when all that waited is due."""
        self.time += timedelta(days=days)

    def set_out(self) -> None:
        """The walk begins: at the same time, however long it took to make everything ready."""
        self.time = START + timedelta(hours=1)


@dataclass(frozen=True)
class Seen:
    """One answer: what was asked for, and all that came back."""

    endpoint: str
    asked: str
    status: int
    text: str
    """Headers, cookies and body."""


@dataclass
class Walk:
    """All answers of one walk, and what broke on the way."""

    seen: list[Seen] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def note(self, scene: Scene, endpoint: str, asked: str, answer: TestResponse) -> None:
        if answer.status_code >= 500 and endpoint != "health.readyz":
            self.faults.append(f"{asked}: {answer.status}")
        headers = "\n".join(
            f"{name}: {_cookie(scene.app, value) if name == 'Set-Cookie' else value}"
            for name, value in answer.headers
            if name not in ("X-Request-Id", "Content-Length", "Date")
        )
        self.seen.append(
            Seen(
                endpoint,
                asked,
                answer.status_code,
                f"{headers}\n\n{answer.get_data().decode(errors='replace')}",
            )
        )


def _cookie(app: Flask, header: str) -> str:
    """A cookie in clear: it is signed, not hidden."""
    name, _, value = header.partition(";")[0].partition("=")
    if name != app.config["SESSION_COOKIE_NAME"] or not value:
        return header
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{name}={serializer.loads(value)}"


def walk(scene: Scene, who: str | None) -> Walk:
    """Visit every address with both customers' ids: read, post, read again."""
    made = Walk()
    _read(scene, who, made, (scene.own, scene.other), with_queries=True)
    _post(scene, who, made)
    _read(scene, who, made, (scene.own,), with_queries=False)
    _go_astray(scene, who, made)
    return made


def _go_astray(scene: Scene, who: str | None, made: Walk) -> None:
    """Addresses that there are not, and a form that is too large: pages that say what is wrong."""
    browser, theirs = scene.browser(who), scene.other.organization_id
    for address in ("/nothing", f"/organizations/{theirs}/nothing", "/people/no-id"):
        made.note(scene, "", f"GET {address}", browser.get(address))
    made.note(scene, "", "POST /", browser.post("/"))
    too_much = browser.post("/goals/any/choose", data={"words": "x" * 2_000_000})
    made.note(scene, "", "POST too much", too_much)


def _read(
    scene: Scene, who: str | None, made: Walk, sides: Sequence[Side], with_queries: bool
) -> None:
    browser = scene.browser(who)
    for rule in scene.rules("GET"):
        found = (scene.addresses(rule, side, with_queries) for side in sides)
        for address in _tried(scene, who, rule, _once(found)):
            made.note(scene, rule.endpoint, f"GET {address}", browser.get(address))


def _post(scene: Scene, who: str | None, made: Walk) -> None:
    browser = scene.browser(who)
    for rule in scene.rules("POST"):
        sides = (scene.own, scene.other)
        found = _once(scene.addresses(rule, side, with_queries=False) for side in sides)
        filled = _once(forms(scene, rule.endpoint, side) for side in sides)
        # And once more under ids that a form of ours and one of theirs was posted with.
        filled += [filled[0] | {"request_id": str(side.request_id)} for side in sides]
        for address in _tried(scene, who, rule, found):
            for form in _tried(scene, who, rule, filled):
                answer = browser.post(address, data=form)
                made.note(scene, rule.endpoint, f"POST {address} {form}", answer)
                _read_messages(browser)
                if rule.endpoint in SIGNING:
                    browser = scene.browser(who)


def _read_messages(browser: FlaskClient) -> None:
    """Take the waiting message off: it belongs to this answer, and not to the next one."""
    with browser.session_transaction() as cookie:
        cookie.pop("_flashes", None)


Found = TypeVar("Found")


def _once(lists: Iterable[list[Found]]) -> list[Found]:
    """All that is in the lists, in order, without repeats."""
    found: list[Found] = []
    for listed in lists:
        found += [one for one in listed if one not in found]
    return found


def _tried(scene: Scene, who: str | None, rule: Rule, choices: list[Found]) -> list[Found]:
    """All of them, or one where the door is shut anyway."""
    access = scene.app.view_functions[rule.endpoint].access
    is_open = access == "public" or (who and scene.persona(who).viewer.may(access))
    return choices if is_open else choices[:1]


LATER = 31
"""Days after which all of our customer's work is due: erasures, files to forget, questions."""


def work_off(scene: Scene, time: Clock, who: str | None) -> list[str]:
    """Do what is due, as the worker does, and what will be; returns what failed.

    What an admin asked for at another customer's is rightly done there one day: that is left out.
    """
    with scene.database.writing(None) as session:
        vendor_id = organizations.ensure_vendor().id
        jobs.schedule(vendor_id)
        jobs.enqueue("paths.recount", scene.own.organization_id, str(scene.library.path_id))
        session.commit()
    failed = _sweep(scene)
    if who == "admin":
        return failed
    # But nothing of what tidies up after every customer: it would forget old rows of theirs too.
    with scene.database.writing(None) as session:
        rests = update(Work).where(Work.organization_id == vendor_id, Work.done_at.is_(None))
        session.execute(rests.values(due_at=time.now() + timedelta(days=2 * LATER)))
        session.commit()
    time.pass_days(LATER)
    return failed or _sweep(scene)


def _sweep(scene: Scene) -> list[str]:
    while sweeping.sweep(scene.database, limit=1):
        pass
    failed = select(Work.last_error).where(Work.kind.in_(jobs.JOBS), Work.last_error.is_not(None))
    with scene.database.reading(None) as session:
        # What the scene gave up long ago stays so, unless an admin lets it be tried again.
        return [str(error) for error in session.scalars(failed) if error != GIVEN_UP]


def clear(engine: Engine) -> None:
    """Empty every table."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


UNSTEADY = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"UUID\('ID'\)"), "ID"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "ID"),
    (re.compile(r"(?<=/links/)[\w-]{43}"), "TOKEN"),
    (re.compile(r"(?<='_user_id': ')[\w-]{43}"), "TOKEN"),
    (re.compile(r"\b[0-9a-f]{40}\b"), "TOKEN"),
    (re.compile(r"[\w-]{40,}\.[\w-]{6}\.[\w-]{27}"), "TOKEN"),
    (re.compile(r"'size': \d+"), "'size': OF RANDOM IDS, PACKED"),
    (re.compile(r"(?<=/unwanted/)[\w.-]+"), "TOKEN"),
    (re.compile(r"<[\d.]+@"), "<MESSAGE@"),
    (re.compile(r"\$argon2id\$[^']+"), "PASSWORD"),
    (re.compile(r"datetime\.datetime\([^)]*\)"), "MOMENT"),
    (re.compile(r"after(=|%3D)[\w-]{40,}"), "after=CURSOR"),
)


def steady(words: str) -> str:
    """A text without what is drawn at random each time."""
    for pattern, instead in UNSTEADY:
        words = pattern.sub(instead, words)
    return words


def text_of(mail: Message) -> str:
    """All of a mail, decoded, but for its hour and the drawn boundary between its parts."""
    headers = [pair for pair in mail.items() if pair[0] not in ("Content-Type", "Date")]
    parts = [part.get_payload(decode=True) or b"" for part in mail.walk()]
    return steady(f"{headers}\n" + "\n".join(part.decode() for part in parts))
