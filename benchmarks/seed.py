"""A portal with an organization of a given size, and cookies of its members."""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal import clock, migrations, publishing
from portal.access import Role
from portal.accounts.models import Member, Organization, Person, WebSession
from portal.accounts.team_models import Team, TeamMembership
from portal.app import create_app
from portal.config import ROOT, Settings
from portal.db import Database
from portal.ids import new_id
from portal.paths.models import Path as LearningPath
from portal.paths.models import Step, StepKind
from portal.paths.progress_models import Enrollment, Origin, StepPass

PATH = "close-with-proof"
"""Of the paths that ship, the one that everybody follows."""
TEAM_SIZE = 40


@dataclass(frozen=True)
class Seeded:
    """How to reach a seeded portal."""

    environment: Mapping[str, str]
    requests: Mapping[str, tuple[str, Sequence[str]]]
    """Page → its address and the cookies to ask for it with."""


def seed(folder: Path, size: int, database_url: str = "", signed_in: int = 1_000) -> Seeded:
    """Make a portal whose one organization has `size` members on a path, some of them signed in.

    Its secret key lies in `folder`, and so does its database where no URL is given.
    """
    settings = Settings(
        instance_dir=folder,
        content_dir=ROOT / "content",
        database_url=database_url,
        log_level="warning",
    )
    migrations.migrate(settings.database)
    database = Database(settings.database)
    app = create_app(settings, database)
    publishing.publish(database, settings.content_dir)
    organization_id = _organization(database)
    with database.writing(organization_id) as session:
        members = _members(session, organization_id, size)
        guide, path = _enroll(session, organization_id, members)
        tokens = _sessions(session, organization_id, members[:signed_in])
        session.commit()
    database.dispose()
    cookies = [_cookie(app, token) for token in tokens]
    environment = {"WAYMARK_INSTANCE_DIR": str(folder), "WAYMARK_LOG_LEVEL": "warning"}
    return Seeded(
        environment | ({"WAYMARK_DATABASE_URL": database_url} if database_url else {}),
        {
            "home": ("/", cookies),
            "guide": (f"/guides/{guide}", cookies),
            "path": (f"/paths/{path}", cookies),
            "people": ("/people", cookies),
            "today": ("/today", cookies),
            "overview": ("/overview", cookies),
        },
    )


def _organization(database: Database) -> UUID:
    now = clock.now()
    with database.writing(None) as session:
        made = Organization(id=new_id(), name="Kranich", stage_since=now, created_at=now)
        session.add(made)
        session.commit()
        return made.id


def _members(session: Session, organization_id: UUID, size: int) -> list[tuple[UUID, UUID]]:
    """(person, member) of each; everyone is a reader and a USM, so that all may see all pages."""
    now = clock.now()
    ids = [(new_id(), new_id()) for _ in range(size)]
    session.execute(
        insert(Person),
        [
            dict(id=person, email=f"p{n}@kranich.example", email_key=f"p{n}@kranich.example")
            | dict(created_at=now)
            for n, (person, _) in enumerate(ids)
        ],
    )
    session.execute(
        insert(Member),
        [
            dict(organization_id=organization_id, id=member, person_id=person, job="accountant")
            | dict(display_name=f"Member {n:05}", name_key=f"member {n:05}")
            | dict(roles=frozenset({Role.END_USER, Role.USM}), invited_at=now, accepted_at=now)
            for n, (person, member) in enumerate(ids)
        ],
    )
    _teams(session, organization_id, [member for _, member in ids])
    return ids


def _teams(session: Session, organization_id: UUID, members: list[UUID]) -> None:
    since = date(2026, 1, 1)
    team_ids = [new_id() for _ in range(0, len(members), TEAM_SIZE)]
    session.execute(
        insert(Team),
        [
            dict(organization_id=organization_id, id=team, name=f"Team {n}", starts_on=since)
            for n, team in enumerate(team_ids)
        ],
    )
    session.execute(
        insert(TeamMembership),
        [
            dict(organization_id=organization_id, member_id=member, starts_on=since)
            | dict(team_id=team_ids[n // TEAM_SIZE])
            for n, member in enumerate(members)
        ],
    )


def _enroll(
    session: Session, organization_id: UUID, members: list[tuple[UUID, UUID]]
) -> tuple[str, str]:
    """Put everybody on the path, a third of them at each of its guides; returns guide and path."""
    path = session.execute(select(LearningPath).where(LearningPath.slug == PATH)).scalar_one()
    of_path = select(Step).where(Step.path_id == path.id, Step.kind == StepKind.GUIDE)
    steps = list(session.scalars(of_path.order_by(Step.position)))
    now = clock.now()
    enrolled, passed = [], []
    for (_, member), done in zip(members, itertools.cycle(range(len(steps))), strict=False):
        enrollment = _enrollment(organization_id, member, path.id, done, steps[done].id, now)
        enrolled.append(enrollment)
        passed += [
            dict(organization_id=organization_id, enrollment_id=enrollment["id"])
            | dict(step_id=step.id, passed_at=now)
            for step in steps[:done]
        ]
    session.execute(insert(Enrollment), enrolled)
    if passed:
        session.execute(insert(StepPass), passed)
    return steps[0].key.removeprefix("guide:"), path.slug


def _enrollment(
    organization_id: UUID, member: UUID, path_id: UUID, done: int, next_step: UUID, now: datetime
) -> dict[str, object]:
    return dict(
        organization_id=organization_id,
        id=new_id(),
        member_id=member,
        path_id=path_id,
        origin=Origin.CHOSEN,
        is_current=True,
        steps_passed=done,
        next_number=done + 1,
        next_step_id=next_step,
        enrolled_at=now,
        current_since=now,
        started_at=now,
        last_step_at=now,
        stuck_at=now + timedelta(days=45),
    )


def _sessions(
    session: Session, organization_id: UUID, members: list[tuple[UUID, UUID]]
) -> list[str]:
    now = clock.now()
    tokens = [f"bench-{n}" for n in range(len(members))]
    session.execute(
        insert(WebSession),
        [
            dict(token_hash=hashlib.sha256(token.encode()).hexdigest(), person_id=person)
            | dict(organization_id=organization_id, member_id=member, user_agent="bench")
            | dict(created_at=now, last_seen_at=now, expires_at=now + timedelta(days=1))
            for token, (person, member) in zip(tokens, members, strict=True)
        ],
    )
    return tokens


def _cookie(app: Flask, token: str) -> str:
    """The cookie of someone who signed in and has seen a page, which put the CSRF token into it."""
    held = {"_user_id": token, "_fresh": True, "_permanent": True, "csrf_token": "0" * 40}
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"waymark={serializer.dumps(held)}"
