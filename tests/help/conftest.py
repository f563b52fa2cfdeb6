"""A reader who asks, and those who answer, each in a browser of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import clock, sweeping, worker
from portal.db import Database
from portal.help import jobs as help_jobs
from portal.help.models import HelpMessage, HelpRequest
from portal.messages.models import Message
from tests.conftest import SignIn
from tests.factories import Library, World

assert worker.HANDLERS, "imported for the jobs that it registers"

WEDNESDAY = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
"""10:30 in Berlin, in the middle of a working day."""
WORDS = "The button is grey, whatever I choose."


@dataclass
class Time:
    """The tests' clock."""

    now: datetime = WEDNESDAY


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


@pytest.fixture
def with_mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal that has a mail server; messages stay in the outbox."""
    settings = app.config["PORTAL"].model_copy(update={"smtp_host": "127.0.0.1"})
    monkeypatch.setitem(app.config, "PORTAL", settings)
    monkeypatch.setattr(help_jobs, "load_settings", lambda: settings)


class Desk:
    """Everybody's browsers, and what stands in the tables behind them."""

    def __init__(
        self, database: Database, world: World, library: Library, signed_in: SignIn
    ) -> None:
        self.database = database
        self.world = world
        self.library = library
        self.signed_in = signed_in
        self.organization_id = world.usm.organization_id
        self.asker = signed_in(world.end_user)
        self.usm = signed_in(world.usm)
        self.csm = signed_in(world.csm)
        self.admin = signed_in(world.admin)

    def assign(self) -> None:
        """Let the csm answer for our customer."""
        form = {"person_id": str(self.world.csm.viewer.person_id)}
        self.admin.post(f"/organizations/{self.organization_id}/csms", data=form)

    def ask(self, browser: FlaskClient | None = None, **form: str) -> str:
        """Ask in front of the first guide; returns the address of the question."""
        asked = {"words": WORDS, "guide": self.library.guide_slugs[0]} | form
        answer = (browser or self.asker).post("/help/ask", data=asked)
        assert answer.status_code == 302, answer.text
        return answer.location

    def as_staff(self, address: str) -> str:
        return f"/customers/{self.organization_id}{address}"

    def request(self, address: str) -> HelpRequest:
        key = {"organization_id": self.organization_id, "id": UUID(address[-36:])}
        with self.database.reading(self.organization_id) as session:
            return session.get_one(HelpRequest, key)

    def words(self) -> list[str]:
        with self.database.reading(self.organization_id) as session:
            found = select(HelpMessage.words).where(
                HelpMessage.organization_id == self.organization_id
            )
            return list(session.scalars(found.order_by(HelpMessage.id)))

    def mails(self) -> list[tuple[str, str]]:
        """Each message so far: its name and to whom."""
        with self.database.reading(self.organization_id) as session:
            found = select(Message.name, Message.recipient).where(
                Message.organization_id == self.organization_id
            )
            return [(name, to) for name, to in session.execute(found.order_by(Message.id))]

    def work(self) -> None:
        """Do what is due, as the worker does."""
        while sweeping.sweep(self.database, limit=1):
            pass


@pytest.fixture
def desk(database: Database, world: World, library: Library, signed_in: SignIn, time: Time) -> Desk:
    return Desk(database, world, library, signed_in)


Page = Callable[[str], str]
