"""Who is written to about a request: the asker's USMs, the vendor's staff, the asker."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select

from portal import db
from portal.access import Role
from portal.accounts.models import Member, Organization, Person
from portal.accounts.service.members import has_role
from portal.accounts.staffing_models import Assignment
from portal.accounts.team_models import Team, TeamLimit, TeamMembership
from portal.messages.service import Addressee

MOST = 50
"""USMs who are written to about one request, and named above its button."""


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody to whom a request is brought."""

    member_id: UUID
    name: str
    addressee: Addressee


_COLUMNS = (
    Member.id,
    Member.display_name,
    Person.email,
    Person.id,
    func.coalesce(Person.locale, Organization.locale),
    func.coalesce(Person.zone, Organization.zone),
)


def list_usms(organization_id: UUID, asker_id: UUID) -> list[Helper]:
    """The USMs who may answer a member, by name: those who reach their team. Nobody is their own.

    The reverse of `reach.within`; a test compares both.
    """
    found = (
        select(*_COLUMNS)
        .where(
            Member.organization_id == organization_id,
            Member.id != asker_id,
            Member.accepted_at.is_not(None),
            Member.left_at.is_(None),
            has_role(Role.USM),
            ~_is_limited_elsewhere(organization_id, asker_id),
            Person.id == Member.person_id,
            Organization.id == Member.organization_id,
        )
        .order_by(Member.name_key, Member.id)
        .limit(MOST)
    )
    return [_helper(row) for row in db.session().execute(found)]


def _is_limited_elsewhere(organization_id: UUID, asker_id: UUID) -> ColumnElement[bool]:
    """In SQL: whether a USM sees only a team that the asker's team is not under today."""
    today = Team.organization_id == organization_id, Team.ends_on.is_(None)
    own = (
        select(Team.id, Team.parent_id)
        .join(
            TeamMembership,
            and_(
                TeamMembership.organization_id == Team.organization_id,
                TeamMembership.team_id == Team.id,
            ),
        )
        .where(*today, TeamMembership.member_id == asker_id, TeamMembership.ends_on.is_(None))
        .cte("above", recursive=True)
    )
    parents = select(Team.id, Team.parent_id).join(own, Team.id == own.c.parent_id).where(*today)
    above = own.union(parents)
    return exists().where(
        TeamLimit.organization_id == organization_id,
        TeamLimit.member_id == Member.id,
        TeamLimit.ends_on.is_(None),
        TeamLimit.team_id.not_in(select(above.c.id)),
    )


def find_asker(organization_id: UUID, member_id: UUID) -> Helper | None:
    """The one who asked; None for who has left."""
    found = select(*_COLUMNS).where(
        Member.organization_id == organization_id,
        Member.id == member_id,
        Member.left_at.is_(None),
        Person.id == Member.person_id,
        Organization.id == Member.organization_id,
    )
    row = db.session().execute(found).one_or_none()
    return _helper(row) if row else None


def list_staff(organization_id: UUID) -> list[Helper]:
    """The csms who answer for a customer; where there are none, the vendor's admins."""
    csms = _staff(
        has_role(Role.CSM)
        & Member.person_id.in_(
            select(Assignment.person_id).where(
                Assignment.organization_id == organization_id, Assignment.ends_at.is_(None)
            )
        )
    )
    return csms or _staff(has_role(Role.ADMIN))


def _staff(who: ColumnElement[bool]) -> list[Helper]:
    found = (
        select(*_COLUMNS)
        .where(
            Organization.is_vendor,
            Member.organization_id == Organization.id,
            Member.accepted_at.is_not(None),
            Member.left_at.is_(None),
            Person.id == Member.person_id,
            who,
        )
        .order_by(Member.name_key, Member.id)
        .limit(MOST)
        .execution_options(across="the vendor's staff, to whom a request goes up")
    )
    return [_helper(row) for row in db.session().execute(found)]


def _helper(row: Sequence[object]) -> Helper:
    member_id, name, email, person_id, locale, zone = row
    return Helper(member_id, name, Addressee(email, person_id, locale, zone))  # type: ignore[arg-type]
