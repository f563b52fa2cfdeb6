"""The members whom a file may name."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select, true

from portal import db
from portal.access import Viewer
from portal.accounts.models import Member, Person
from portal.accounts.service import reach, teams
from portal.accounts.service.imports.judging import Known, Rules
from portal.accounts.service.invitations import roles_to_give
from portal.accounts.team_models import Team, TeamMembership


def rules_of(viewer: Viewer, roles: Any = None) -> Rules:
    """What the viewer may do by a file."""
    own, other = None, frozenset[str]()
    if viewer.limited_to is not None:
        own = frozenset(team.name for team in teams.list_teams(viewer))
        everywhere = {branch.node.name for branch in teams.whole_tree(viewer)}
        other = frozenset(everywhere - own)
    return Rules(viewer.member_id, roles or roles_to_give(viewer), own, other)


def list_known(viewer: Viewer) -> list[Known]:
    """Every member of the organization, also who has left, in one statement."""
    return _read(viewer, true())


def list_named(viewer: Viewer, keys: Collection[str], external_ids: Collection[str]) -> list[Known]:
    """The members whom these addresses and external IDs name."""
    named = or_(Person.email_key.in_(keys), Member.external_id.in_(external_ids))
    return _read(viewer, named)


def _read(viewer: Viewer, which: ColumnElement[bool]) -> list[Known]:
    is_reached = literal(True) if viewer.limited_to is None else reach.within(viewer)
    current = and_(
        TeamMembership.organization_id == Member.organization_id,
        TeamMembership.member_id == Member.id,
        TeamMembership.ends_on.is_(None),
    )
    found = (
        select(
            Member.id,
            Person.email_key,
            Member.display_name,
            Member.external_id,
            Member.roles,
            Member.job,
            Team.name,
            Member.left_at.is_not(None),
            is_reached,
        )
        .join(Person, Person.id == Member.person_id)
        .outerjoin(TeamMembership, current)
        .outerjoin(
            Team,
            and_(
                Team.organization_id == TeamMembership.organization_id,
                Team.id == TeamMembership.team_id,
            ),
        )
        .where(Member.organization_id == viewer.organization_id, which)
        .order_by(Member.name_key, Member.id)
    )
    return [Known(*row) for row in db.session().execute(found)]


def by_key(known: Iterable[Known]) -> dict[str, Known]:
    """Members by their address."""
    return {member.email_key: member for member in known}


def by_external_id(known: Iterable[Known]) -> dict[str, Known]:
    """Members by their external ID."""
    return {member.external_id: member for member in known if member.external_id}
