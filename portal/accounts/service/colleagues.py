"""One person of an organization, as its success managers see and change them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from portal import audit, db
from portal.access import Action, Role, Viewer, require
from portal.accounts.models import Member, Person
from portal.accounts.service import leaving, reach, teams
from portal.accounts.service.invitations import roles_to_give
from portal.accounts.service.members import clean_name, has_role, name_key
from portal.accounts.team_models import Team, TeamLimit, TeamMembership
from portal.errors import Invalid, NotFound
from portal.i18n import gettext as _
from portal.messages.models import Bounce

MOST_OWNERS = 2
LEADING = (Role.USM, Role.OWNER)
LONGEST_JOB = 60


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member, with what the organization knows of them."""

    id: UUID
    name: str
    email: str
    """In the spelling that is the same for all of one mailbox: another could tell of elsewhere."""
    roles: frozenset[Role]
    job: str | None
    external_id: str | None
    team_id: UUID | None
    team: str | None
    team_since: datetime | None
    invited_at: datetime | None
    invitations: int
    accepted_at: datetime | None
    left_at: datetime | None
    invitation_message_id: UUID | None
    limited_to: str | None
    """Name of the team that they see alone, for a USM who is limited."""
    bounced_at: datetime | None
    """Since when this organization's mail to their address comes back."""
    bounce_answer: str | None
    """What the mail server said, the latest time."""


_IN_TEAM = and_(
    TeamMembership.organization_id == Member.organization_id,
    TeamMembership.member_id == Member.id,
    TeamMembership.ends_on.is_(None),
)
_SEES_ALONE = (
    select(Team.name)
    .where(
        TeamLimit.organization_id == Member.organization_id,
        TeamLimit.member_id == Member.id,
        TeamLimit.ends_on.is_(None),
        Team.organization_id == TeamLimit.organization_id,
        Team.id == TeamLimit.team_id,
    )
    .correlate(Member)
    .scalar_subquery()
)
"""The team that a limited USM sees alone."""


def get_colleague(viewer: Viewer, member_id: UUID) -> Colleague:
    """A member whom the viewer reaches, also one who has left. Raises NotFound."""
    require(viewer, Action.SEE_PEOPLE)
    current = Team.__table__.alias("current_team")
    found = (
        select(
            Member.id,
            Member.display_name,
            Person.email_key,
            Member.roles,
            Member.job,
            Member.external_id,
            TeamMembership.team_id,
            current.c.name,
            TeamMembership.starts_on,
            Member.invited_at,
            Member.invitations,
            Member.accepted_at,
            Member.left_at,
            Member.invitation_message_id,
            _SEES_ALONE,
            Bounce.since,
            Bounce.answer,
        )
        .join(Person, Person.id == Member.person_id)
        .outerjoin(
            Bounce,
            and_(
                Bounce.organization_id == Member.organization_id,
                Bounce.person_id == Member.person_id,
                Bounce.address_key == Person.email_key,
            ),
        )
        .outerjoin(TeamMembership, _IN_TEAM)
        .outerjoin(
            current,
            and_(
                current.c.organization_id == TeamMembership.organization_id,
                current.c.id == TeamMembership.team_id,
            ),
        )
        .where(
            Member.organization_id == viewer.organization_id,
            Member.id == member_id,
            reach.within(viewer),
        )
    )
    row = db.session().execute(found).one_or_none()
    if row is None:
        raise NotFound
    return Colleague(*row)


def roles_to_change(viewer: Viewer) -> frozenset[Role]:
    """The roles that the viewer may give to their people and take from them."""
    more = {Role.OWNER} if Role.OWNER in viewer.roles else set()
    return roles_to_give(viewer) | more


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a member is to be from now on."""

    display_name: str
    job: str | None
    roles: frozenset[Role] | None
    """Out of those that the viewer may change; None leaves all as they are."""
    team_id: UUID | None


def change_colleague(viewer: Viewer, member_id: UUID, wanted: Wanted) -> Member:
    """Change a member's name, job, roles and team.

    Raises Invalid at `display_name`, `roles` or `team`; NotFound.
    """
    require(viewer, Action.INVITE_PEOPLE)
    member = reach.get_member_in_reach(viewer, member_id)
    before = _facts(viewer, member)
    member.display_name = clean_name(wanted.display_name)
    member.name_key = name_key(member.display_name)
    member.job = wanted.job
    if wanted.roles is not None:
        _set_roles(viewer, member, wanted.roles)
    _set_team(viewer, member, wanted.team_id)
    db.session().flush()
    after = _facts(viewer, member)
    if after != before:
        audit.record(viewer, "member.changed", f"member:{member.id}", before, after)
        db.session().flush()
    return member


def _facts(viewer: Viewer, member: Member) -> dict[str, object]:
    current = teams.current_membership(viewer, member.id)
    return {
        "display_name": member.display_name,
        "job": member.job,
        "roles": sorted(member.roles),
        "team": str(current.team_id) if current else None,
    }


def _set_roles(viewer: Viewer, member: Member, wanted: frozenset[Role]) -> None:
    may_change = roles_to_change(viewer)
    after = (wanted & may_change) | (member.roles - may_change)
    if after == member.roles:
        return
    if member.id == viewer.member_id:
        raise Invalid("roles", _("Your own roles are changed by somebody else."))
    if not after:
        raise Invalid("roles", _("Choose at least one."))
    _check_not_last(viewer, member, member.roles - after, "roles")
    if Role.OWNER in after - member.roles and _count(viewer, Role.OWNER) >= MOST_OWNERS:
        words = _("There are %(count)s owners already. Take the role from one of them first.")
        raise Invalid("roles", words % {"count": MOST_OWNERS})
    member.roles = after
    db.session().flush()
    if Role.USM not in after or Role.OWNER in after:
        # The first has nothing to see, the other always sees everybody.
        leaving.end_limits(viewer, [member.id])


def _check_not_last(viewer: Viewer, member: Member, lost: frozenset[Role], field: str) -> None:
    """Raise Invalid where nobody would be left who leads: two at once take turns."""
    if Role.USM in lost and _count(viewer, Role.USM) < 2:
        words = _("This is the only success manager. Make somebody else one first.")
        raise Invalid(field, words)
    if Role.OWNER in lost and _count(viewer, Role.OWNER) < 2:
        raise Invalid(field, _("This is the only owner. Make somebody else one first."))


def _count(viewer: Viewer, role: Role) -> int:
    """How many members have a role and have joined."""
    counted = select(func.count()).where(
        Member.organization_id == viewer.organization_id,
        Member.left_at.is_(None),
        Member.accepted_at.is_not(None),
        has_role(role),
    )
    return db.session().execute(counted).scalar_one()


def _set_team(viewer: Viewer, member: Member, team_id: UUID | None) -> None:
    current = teams.current_membership(viewer, member.id)
    if team_id == (current.team_id if current else None):
        return
    if team_id is None and viewer.limited_to is not None:
        raise Invalid("team", _("Choose one of your teams."))
    try:
        team = teams.get_team(viewer, team_id) if team_id else None
    except NotFound:
        raise Invalid("team", _("Choose one of the teams shown.")) from None
    teams.put_in_team(viewer, member.id, team)


def let_leave(viewer: Viewer, member_id: UUID) -> Member:
    """A member has left: signed out at once, their history kept; a repeat changes nothing.

    Raises Invalid at `member` for who cannot be let go, NotFound.
    """
    require(viewer, Action.INVITE_PEOPLE)
    member = reach.get_member_in_reach(viewer, member_id)
    if member.left_at is not None:
        return member
    if member.id == viewer.member_id:
        raise Invalid("member", _("Somebody else has to note that you left."))
    if member.roles - roles_to_change(viewer):
        raise Invalid("member", _("Only an owner can note that this person left."))
    if member.accepted_at is not None:
        _check_not_last(viewer, member, member.roles, "member")
    leaving.mark_left(viewer, [member.id])
    audit.record(viewer, "member.left", f"member:{member.id}")
    db.session().flush()
    db.session().refresh(member)
    return member


def take_back(viewer: Viewer, member_id: UUID) -> Member:
    """Who has left is a member again, in no team; a repeat changes nothing. Raises NotFound.

    They sign in as before; who had never joined is invited again.
    """
    require(viewer, Action.INVITE_PEOPLE)
    member = reach.get_member_in_reach(viewer, member_id)
    if member.left_at is not None:
        member.left_at = None
        audit.record(viewer, "member.returned", f"member:{member.id}")
        db.session().flush()
    return member
