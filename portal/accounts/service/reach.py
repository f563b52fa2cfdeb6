"""Whom a USM reaches: everybody, or who is today in one team and those under it.

`Viewer.limited_to` comes with the sign-in query. Every list of people and every look at one person
asks here; for who is not limited nothing is added to the statement.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import InstrumentedAttribute

from portal import audit, db
from portal.access import Action, Role, Viewer, require
from portal.accounts.models import Member
from portal.accounts.service.members import find_member, has_role
from portal.accounts.team_models import Team, TeamLimit, TeamMembership
from portal.errors import Invalid, NotAllowed, NotFound
from portal.i18n import gettext as _
from portal.inserts import upsert

Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def team_ids(viewer: Viewer) -> Select[UUID]:
    """Today's teams that the viewer reaches: as a subquery."""
    today = Team.organization_id == viewer.organization_id, Team.ends_on.is_(None)
    if viewer.limited_to is None:
        return select(Team.id).where(*today)
    top = select(Team.id).where(*today, Team.id == viewer.limited_to).cte("reach", recursive=True)
    below = select(Team.id).join(top, Team.parent_id == top.c.id).where(*today)
    reached = top.union(below)
    return select(reached.c.id)


def within(viewer: Viewer, member_id: Column = Member.id.expression) -> ColumnElement[bool]:
    """In SQL: whether the viewer reaches the member whose id this column holds.

    The statement names the organization of the column's table itself.
    """
    if viewer.limited_to is None:
        return true()
    members = select(TeamMembership.member_id).where(
        TeamMembership.organization_id == viewer.organization_id,
        TeamMembership.ends_on.is_(None),
        TeamMembership.team_id.in_(team_ids(viewer)),
    )
    return member_id.in_(members)


def get_member_in_reach(viewer: Viewer, member_id: UUID) -> Member:
    """A member whom the viewer reaches. Raises NotFound for anybody else."""
    found = select(Member).where(
        Member.organization_id == viewer.organization_id, Member.id == member_id, within(viewer)
    )
    member = db.session().scalars(found).one_or_none()
    if member is None:
        raise NotFound
    return member


def reaches(viewer: Viewer, member_id: UUID) -> bool:
    """Whether the viewer reaches a member of their organization."""
    if viewer.limited_to is None:
        return True
    found = select(Member.id).where(
        Member.organization_id == viewer.organization_id, Member.id == member_id, within(viewer)
    )
    return db.session().execute(found).first() is not None


def list_limited(viewer: Viewer, team_id: UUID) -> Sequence[Member]:
    """The USMs who see only this team and those under it, by name."""
    limited = select(TeamLimit.member_id).where(
        TeamLimit.organization_id == viewer.organization_id,
        TeamLimit.team_id == team_id,
        TeamLimit.ends_on.is_(None),
    )
    return _usms(viewer, Member.id.in_(limited))


def list_unlimited(viewer: Viewer) -> Sequence[Member]:
    """The USMs who see everybody and could be limited: owners and the viewer cannot be.

    Raises NotAllowed for a viewer who is limited.
    """
    _require_everybody(viewer)
    limited = select(TeamLimit.member_id).where(
        TeamLimit.organization_id == viewer.organization_id, TeamLimit.ends_on.is_(None)
    )
    free = Member.id.not_in(limited), Member.id != viewer.member_id, ~has_role(Role.OWNER)
    return _usms(viewer, *free)


def _usms(viewer: Viewer, *which: ColumnElement[bool]) -> Sequence[Member]:
    found = select(Member).where(
        Member.organization_id == viewer.organization_id,
        Member.left_at.is_(None),
        has_role(Role.USM),
        *which,
    )
    return db.session().scalars(found.order_by(Member.name_key, Member.id).limit(200)).all()


def limit_to_team(viewer: Viewer, member_id: UUID, team_id: UUID) -> Member:
    """From now on a USM sees only this team and those under it.

    Raises NotAllowed for a viewer who is limited; Invalid at `member` for who cannot be.
    """
    _require_everybody(viewer)
    member, team = find_member(viewer.organization_id, member_id), _find_team(viewer, team_id)
    if team is None:
        raise NotFound
    if member is None or member.left_at is not None or Role.USM not in member.roles:
        raise Invalid("member", _("Choose one of the success managers shown."))
    if Role.OWNER in member.roles:
        raise Invalid("member", _("An owner always sees everybody."))
    if member.id == viewer.member_id:
        raise Invalid("member", _("Somebody else has to limit what you see."))
    before = _limit(viewer, member_id)
    if before is None or before.team_id != team_id:
        _end_limit(viewer, before)
        _begin_limit(viewer, member_id, team_id)
        _record(viewer, member_id, before.team_id if before else None, team_id)
    return member


def lift_limit(viewer: Viewer, member_id: UUID) -> Member:
    """Let a USM see everybody again; who was not limited stays as they are.

    Raises NotAllowed for a viewer who is limited, NotFound.
    """
    _require_everybody(viewer)
    member = get_member_in_reach(viewer, member_id)
    before = _limit(viewer, member_id)
    if before is not None:
        _end_limit(viewer, before)
        _record(viewer, member_id, before.team_id, None)
    return member


def _require_everybody(viewer: Viewer) -> None:
    require(viewer, Action.MANAGE_TEAMS)
    if viewer.limited_to is not None:
        raise NotAllowed


def _find_team(viewer: Viewer, team_id: UUID) -> Team | None:
    found = select(Team).where(
        Team.organization_id == viewer.organization_id, Team.id == team_id, Team.ends_on.is_(None)
    )
    return db.session().scalars(found).one_or_none()


def _limit(viewer: Viewer, member_id: UUID) -> TeamLimit | None:
    found = select(TeamLimit).where(
        TeamLimit.organization_id == viewer.organization_id,
        TeamLimit.member_id == member_id,
        TeamLimit.ends_on.is_(None),
    )
    return db.session().scalars(found).one_or_none()


def _begin_limit(viewer: Viewer, member_id: UUID, team_id: UUID) -> None:
    row = dict(
        organization_id=viewer.organization_id,
        member_id=member_id,
        starts_on=viewer.today(),
        ends_on=None,
        team_id=team_id,
    )
    key = ("organization_id", "member_id", "starts_on")
    upsert(TeamLimit, row, on=key, change=("ends_on", "team_id"))


def _end_limit(viewer: Viewer, limit: TeamLimit | None) -> None:
    if limit is not None:
        limit.ends_on = viewer.today()
        db.session().flush()
        # Another may begin on the same day, past the session.
        db.session().expunge(limit)


def _record(viewer: Viewer, member_id: UUID, before: UUID | None, after: UUID | None) -> None:
    teams = [{"team": str(team_id) if team_id else None} for team_id in (before, after)]
    audit.record(viewer, "member.limited", f"member:{member_id}", *teams)
    db.session().flush()
