"""Fixtures of accounts: quick hashing, passwords, links, a portal that sends mail."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from portal import jobs, sweeping, worker
from portal.accounts.models import LinkPurpose, Member, Organization, Person, WebSession
from portal.accounts.service import links, passwords, sign_in
from portal.accounts.service.members import ensure_member
from portal.db import Database
from portal.messages.models import Message
from tests.factories import Persona, World
from tests.mail import MAIL

assert worker.HANDLERS, "imported for the jobs that it registers"

PASSWORD = "a long enough password"

NO_MAIL = replace(MAIL, host="")


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real hashing takes a tenth of a second, many times over."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(passwords, "NOBODYS", quick.hash("nobody knows this"))


@pytest.fixture
def with_mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal that has a mail server; messages stay in the outbox."""
    settings = app.config["PORTAL"].model_copy(update={"smtp_host": "127.0.0.1"})
    monkeypatch.setitem(app.config, "PORTAL", settings)
    # Jobs read their settings from the environment.
    monkeypatch.setenv("WAYMARK_SMTP_HOST", settings.smtp_host)
    monkeypatch.setenv("WAYMARK_BASE_URL", settings.base_url)


class Records:
    """Reads and changes rows behind the portal's back."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def set_password(self, persona: Persona, password: str = PASSWORD) -> None:
        with self.database.writing(None) as session:
            person = session.get_one(Person, persona.viewer.person_id)
            person.password_hash = passwords.hash_password(password)
            person.proved_at = person.created_at
            session.commit()

    def person(self, person_id: UUID) -> Person:
        with self.database.reading(None) as session:
            return session.get_one(Person, person_id)

    def member(self, organization_id: UUID, email: str) -> Member:
        with self.database.reading(organization_id) as session:
            wanted = select(Member).where(
                Member.organization_id == organization_id,
                Member.person_id == Person.id,
                Person.email == email,
            )
            return session.scalars(wanted).one()

    def sessions(self, person_id: UUID) -> list[WebSession]:
        with self.database.reading(None) as session:
            wanted = select(WebSession).where(WebSession.person_id == person_id)
            return list(session.scalars(wanted))

    def messages(self, organization_id: UUID) -> list[Message]:
        """All of them, with the links that were asked for and that the worker mails."""
        mail_links(self.database)
        with self.database.reading(organization_id) as session:
            wanted = select(Message).where(Message.organization_id == organization_id)
            return list(session.scalars(wanted.order_by(Message.created_at)))

    def mailed_link(self, organization_id: UUID) -> str:
        """The path of the link in the latest message."""
        text = self.messages(organization_id)[-1].body_text
        found = re.search(r"http://portal\.example(/links/\S+)", text)
        assert found
        return found[1]

    def sign_in_link(
        self,
        persona: Persona,
        lifetime: timedelta = timedelta(minutes=30),
        is_mailed: bool = True,
    ) -> str:
        with self.database.writing(None) as session:
            person_id = persona.viewer.person_id
            token = links.issue(
                LinkPurpose.SIGN_IN, person_id, None, None, lifetime, is_mailed=is_mailed
            )
            session.commit()
        return f"/links/{token}"

    def also_member(self, persona: Persona, other: Persona, *, is_accepted: bool = True) -> UUID:
        """Make a persona a member of another's organization too."""
        organization_id = other.organization_id
        with self.database.writing(organization_id) as session:
            member = ensure_member(
                organization_id,
                persona.email,
                persona.email,
                persona.viewer.display_name,
                frozenset({*persona.viewer.roles}),
            )
            organization = session.get_one(Organization, organization_id)
            member.accepted_at = organization.created_at if is_accepted else None
            member.invited_at = organization.created_at
            session.commit()
        return organization_id


def mail_links(database: Database) -> None:
    """Mail the links that were asked for, as the worker does, and nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "JOBS", {sign_in.MAIL_LINK: jobs.JOBS[sign_in.MAIL_LINK]})
        sweeping.sweep(database)


@pytest.fixture
def records(database: Database, world: World) -> Records:
    return Records(database)
