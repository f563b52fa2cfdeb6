"""Rows for tests: a world of three organizations and a small library, straight into the tables."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy.orm import Session

from portal import clock
from portal.access import Role, Viewer
from portal.accounts.models import Member, Organization, Person
from portal.accounts.team_models import Team, TeamMembership
from portal.db import Database
from portal.guides.kit_content import CLOSE, OPEN
from portal.guides.kit_models import Audience, FilledBy, Kit, KitDocument
from portal.guides.models import CurrentRevision, Goal, Guide, GuideKind, Revision, Rhythm
from portal.ids import new_id
from portal.paths.models import Path, Step, StepKind


@dataclass(frozen=True)
class Persona:
    """Someone in the tests' world."""

    viewer: Viewer
    email: str

    @property
    def organization_id(self) -> UUID:
        return self.viewer.organization_id

    @property
    def member_id(self) -> UUID:
        return self.viewer.member_id


@dataclass(frozen=True)
class World:
    """Two customers and the vendor, with one person of each role."""

    end_user: Persona
    team_mate: Persona
    usm: Persona
    owner: Persona
    stranger: Persona
    """An end user of the other customer."""
    strange_usm: Persona
    author: Persona
    csm: Persona
    admin: Persona

    @property
    def everybody(self) -> dict[str, Persona]:
        return dict(vars(self))


@dataclass(frozen=True)
class Library:
    """A goal with one path of two guides and a milestone."""

    goal_slug: str
    path_slug: str
    path_id: UUID
    guide_slugs: tuple[str, ...]
    guide_ids: tuple[UUID, ...]
    revision_ids: tuple[UUID, ...]
    step_ids: tuple[UUID, ...]
    kit_slug: str
    document_slugs: tuple[str, ...]


def make_organization(session: Session, name: str, **values: object) -> Organization:
    now = clock.now()
    organization = Organization(
        id=new_id(),
        name=name,
        stage_since=now,
        created_at=now,
        **({"zone": "Europe/Berlin"} | values),
    )
    session.add(organization)
    session.flush()
    return organization


def make_member(
    session: Session,
    organization: Organization,
    name: str,
    roles: set[Role],
    team: Team | None = None,
    email: str | None = None,
    **values: object,
) -> Persona:
    now = clock.now()
    email = email or f"{name.lower().replace(' ', '.')}@{organization.name.lower()}.example"
    person = Person(id=new_id(), email=email, email_key=email, created_at=now)
    session.add(person)
    session.flush()
    member = Member(
        organization_id=organization.id,
        id=new_id(),
        person_id=person.id,
        display_name=name,
        name_key=name.casefold(),
        roles=frozenset(roles),
        **({"invited_at": now, "accepted_at": now} | values),
    )
    session.add(member)
    session.flush()
    if team:
        session.add(
            TeamMembership(
                organization_id=organization.id,
                member_id=member.id,
                team_id=team.id,
                starts_on=date(2026, 1, 1),
            )
        )
        session.flush()
    return Persona(_viewer(organization, member), email)


def _viewer(organization: Organization, member: Member) -> Viewer:
    return Viewer(
        organization_id=organization.id,
        organization_name=organization.name,
        is_vendor=bool(organization.is_vendor),
        is_sample=bool(organization.is_sample),
        member_id=member.id,
        person_id=member.person_id,
        display_name=member.display_name,
        roles=member.roles,
        locale=organization.locale,
        zone=organization.zone,
        organization_zone=organization.zone,
        branding=organization.branding,
    )


def make_team(session: Session, organization: Organization, name: str) -> Team:
    team = Team(organization_id=organization.id, id=new_id(), name=name, starts_on=date(2026, 1, 1))
    session.add(team)
    session.flush()
    return team


def make_world(database: Database) -> World:
    """Vendor and two customers. Every row of the second one holds the marker `Zyxomma`."""
    people: dict[str, Persona] = {}
    with database.writing(None) as session:
        vendor = make_organization(session, "Tallybrook", is_vendor=True)
        ours = make_organization(session, "Aurora")
        theirs = make_organization(session, "Zyxomma")
        session.commit()
    with database.writing(vendor.id) as session:
        for key, name, role in (
            ("author", "Vera Author", Role.AUTHOR),
            ("csm", "Carl Success", Role.CSM),
            ("admin", "Ada Admin", Role.ADMIN),
        ):
            people[key] = make_member(session, vendor, name, {role})
        session.commit()
    with database.writing(ours.id) as session:
        finance = make_team(session, ours, "Finance")
        people["end_user"] = make_member(
            session, ours, "Alma Reader", {Role.END_USER}, finance, job="accountant"
        )
        people["team_mate"] = make_member(
            session, ours, "Amir Mate", {Role.END_USER}, finance, job="accountant"
        )
        people["usm"] = make_member(session, ours, "Ursula Lead", {Role.USM, Role.END_USER})
        people["owner"] = make_member(session, ours, "Oskar Owner", {Role.OWNER})
        session.commit()
    with database.writing(theirs.id) as session:
        team = make_team(session, theirs, "Zyxomma team")
        people["stranger"] = make_member(
            session, theirs, "Zyxomma Reader", {Role.END_USER}, team, job="accountant"
        )
        people["strange_usm"] = make_member(session, theirs, "Zyxomma Lead", {Role.USM})
        session.commit()
    return World(**people)


def make_library(database: Database, path_slug: str = "close-with-proof") -> Library:
    """One goal, one path, two guides, a milestone; published straight into the tables."""
    now = clock.now()
    with database.writing(None) as session:
        goal = Goal(
            id=new_id(),
            slug="close-faster",
            title="Close the month in five days",
            html="<p>The books close on day five.</p>",
            rhythm=Rhythm.MONTH,
            evidence="their own answer",
            source_hash="0" * 64,
        )
        session.add(goal)
        session.flush()
        guides = [make_guide(session, goal, number, now) for number in (1, 2)]
        path = Path(
            id=new_id(),
            slug=path_slug,
            goal_id=goal.id,
            title="Close with proof",
            html="<p>Two guides.</p>",
            jobs=["accountant"],
            steps_total=3,
            source_hash="0" * 64,
        )
        session.add(path)
        session.flush()
        steps = [
            Step(
                id=new_id(),
                path_id=path.id,
                key=f"guide:{guide.slug}",
                position=position,
                kind=StepKind.GUIDE,
                guide_id=guide.id,
                title=revision.title,
            )
            for position, (guide, revision) in enumerate(guides, start=1)
        ]
        steps.append(
            Step(
                id=new_id(),
                path_id=path.id,
                key="milestone:First close with proof",
                position=3,
                kind=StepKind.MILESTONE,
                title="First close with proof",
            )
        )
        session.add_all(steps)
        kit, documents = make_kit(session)
        session.commit()
        return Library(
            goal_slug=goal.slug,
            path_slug=path.slug,
            path_id=path.id,
            guide_slugs=tuple(guide.slug for guide, _ in guides),
            guide_ids=tuple(guide.id for guide, _ in guides),
            revision_ids=tuple(revision.id for _, revision in guides),
            step_ids=tuple(step.id for step in steps),
            kit_slug=kit.slug,
            document_slugs=tuple(document.slug for document in documents),
        )


def make_kit(session: Session) -> tuple[Kit, list[KitDocument]]:
    """A kit with a document of the organization and one of each member."""
    kit = Kit(
        id=new_id(),
        slug="starter-kit",
        audience=Audience.CHAMPIONS,
        title="Starter kit",
        purpose="After this you can ask a colleague.",
        html="<p>Two documents.</p>",
        maintainer="Vera Author",
    )
    session.add(kit)
    session.flush()
    documents = [
        KitDocument(
            id=new_id(),
            kit_id=kit.id,
            slug=slug,
            position=position,
            filled_by=filled_by,
            minutes=5,
            language="en",
            title=slug.capitalize(),
            purpose="After this it is settled.",
            html=f"<p>{OPEN}hours{CLOSE}</p>",
            fields=[{"key": "hours", "label": "Hours a month", "kind": "number"}],
        )
        for position, (slug, filled_by) in enumerate(
            (("agreement", FilledBy.ORGANIZATION), ("story", FilledBy.MEMBER)), start=1
        )
    ]
    session.add_all(documents)
    session.flush()
    return kit, documents


def make_guide(session: Session, goal: Goal, number: int, now) -> tuple[Guide, Revision]:
    guide = Guide(
        id=new_id(),
        slug=f"guide-{number}",
        kind=GuideKind.GUIDE,
        goal_id=goal.id,
        maintainer="Vera Author",
        checked_on=date(2026, 10, 1),
        review_on=date(2027, 10, 1),
        language="en",
        title=f"Do guide-{number} (v1)",
        title_key=f"do guide-{number} (v1)",
        words_key=f"do guide-{number} (v1) vera author",
    )
    session.add(guide)
    session.flush()
    revision = make_revision(session, guide, 1, now)
    session.add(
        CurrentRevision(
            guide_id=guide.id, language="en", revision_id=revision.id, title=revision.title
        )
    )
    session.flush()
    return guide, revision


def make_revision(session: Session, guide: Guide, number: int, now) -> Revision:
    revision = Revision(
        id=new_id(),
        guide_id=guide.id,
        language="en",
        number=number,
        kind=guide.kind,
        title=f"Do {guide.slug} (v{number})",
        purpose="After this you can do it.",
        minutes=5,
        jobs=["accountant"],
        evidence="their own answer",
        checklist=["First line", "Second line"],
        headings=[{"level": 2, "id": "h-steps", "title": "Steps"}],
        source="## Steps\n\nDo it.",
        source_hash=str(number).rjust(64, "0"),
        html='<h2 id="h-steps">Steps</h2><p>Do it.</p>',
        text="Steps Do it.",
        problems=[],
        published_at=now,
    )
    session.add(revision)
    session.flush()
    return revision


def make_upload(kind: str = "PNG", size: tuple[int, int] = (8, 6), **options: Any) -> bytes:
    """A picture's file, as somebody may upload it."""
    written = BytesIO()
    Image.new("RGB", size, "teal").save(written, kind, **options)
    return written.getvalue()
