"""Readers of one guide, straight into the tables, and a clock that stands still."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert

from portal import clock
from portal.access import Role
from portal.accounts.models import Organization
from portal.db import Database
from portal.ids import new_id
from portal.paths.outcome_models import Opening, Outcome
from tests.factories import Library, Persona, World, make_member, make_organization
from tests.paths.conftest import Time, time

__all__ = ["Time", "time"]


class Readers:
    """Adds people who opened the first guide, and what they said."""

    def __init__(self, database: Database, library: Library, organization_id: UUID) -> None:
        self.database, self.library = database, library
        self.organization_id = organization_id
        self.number = 0

    def add(
        self,
        *,
        days_ago: float = 30,
        answer: str | None = None,
        given: str = "on_guide",
        revision_id: UUID | None = None,
        job: str | None = "accountant",
        organization_id: UUID | None = None,
        member: Persona | None = None,
        comment: str | None = None,
        reason: str | None = None,
        erased: bool = False,
        language: str = "en",
    ) -> UUID:
        """One reader; returns the id of their outcome."""
        home = organization_id or self.organization_id
        opened_at = clock.now() - timedelta(days=days_ago)
        context = dict(
            organization_id=home,
            guide_id=self.library.guide_ids[0],
            revision_id=revision_id or self.library.revision_ids[0],
            language=language,
            experience="medium_touch",
            job=job,
        )
        outcome_id = new_id()
        with self.database.writing(home) as session:
            if member is None and not erased:
                self.number += 1
                organization = session.get_one(Organization, home)
                email = f"r{self.number}@{home.hex}.example"
                member = make_member(
                    session, organization, f"Reader {self.number}", {Role.END_USER}, email=email
                )
            context["member_id"] = None if erased or member is None else member.member_id
            opening = context | {"id": new_id(), "opened_at": opened_at}
            session.execute(insert(Opening).values(opening))
            if answer:
                said = context | {"id": outcome_id, "answer": answer, "latest_answer": answer}
                said |= {"given": given, "comment": comment, "reason": reason}
                session.execute(insert(Outcome).values(said | self._moments(opened_at)))
            session.commit()
        return outcome_id

    def _moments(self, at: datetime) -> dict[str, datetime]:
        return {"answered_at": at, "changed_at": at}

    def many(self, number: int, **how: object) -> None:
        for _ in range(number):
            self.add(**how)  # type: ignore[arg-type]


@pytest.fixture
def readers(database: Database, library: Library, world: World, time: Time) -> Readers:
    return Readers(database, library, world.end_user.organization_id)


@pytest.fixture
def new_organization(database: Database) -> Callable[..., UUID]:
    def make(name: str, **values: object) -> UUID:
        with database.writing(None) as session:
            organization = make_organization(session, name, **values)
            session.commit()
            return organization.id

    return make
