"""Teams: a tree inside an organization, with the days on which someone belonged to which."""

from collections.abc import Mapping, Sequence
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import Row, Select, func, select, update

from portal import db
from portal.access import Viewer
from portal.accounts.service import reach, team_tree
from portal.accounts.service.team_tree import Branch, Node
from portal.accounts.team_models import Team, TeamMembership
from portal.errors import NotFound
from portal.inserts import insert_many

Ts = TypeVarTuple("Ts")

PAST_SESSION = {"synchronize_session": False}


def list_teams(viewer: Viewer) -> list[Team]:
    """Today's teams that the viewer reaches, by name."""
    return list(db.session().scalars(_reached(viewer, select(Team))))


def list_names(viewer: Viewer) -> Sequence[Row[UUID, str]]:
    """Id and name of the same teams, for lists to choose from: there may be hundreds."""
    return db.connection().execute(_reached(viewer, select(Team.id, Team.name))).all()


def _reached(viewer: Viewer, wanted: Select[*Ts]) -> Select[*Ts]:
    return wanted.where(
        Team.organization_id == viewer.organization_id, Team.id.in_(reach.team_ids(viewer))
    ).order_by(func.lower(Team.name), Team.id)


def list_tree(viewer: Viewer) -> list[Branch]:
    """Today's teams that the viewer reaches, each under its parent, sisters by name."""
    found = [Node(team.id, team.parent_id, team.name) for team in list_teams(viewer)]
    return team_tree.in_order(found)


def count_members(viewer: Viewer) -> dict[UUID, int]:
    """How many people are today in each team itself, without those under it."""
    counted = (
        select(TeamMembership.team_id, func.count())
        .where(
            TeamMembership.organization_id == viewer.organization_id,
            TeamMembership.ends_on.is_(None),
        )
        .group_by(TeamMembership.team_id)
    )
    return {row[0]: row[1] for row in db.session().execute(counted)}


def list_ended(viewer: Viewer) -> list[Team]:
    """The teams that ended, the latest first; none for who is limited to a team."""
    if viewer.limited_to is not None:
        return []
    ended = select(Team).where(
        Team.organization_id == viewer.organization_id, Team.ends_on.is_not(None)
    )
    return list(db.session().scalars(ended.order_by(Team.ends_on.desc(), Team.name).limit(100)))


def get_team(viewer: Viewer, team_id: UUID) -> Team:
    """A team of today that the viewer reaches. Raises NotFound."""
    found = select(Team).where(
        Team.organization_id == viewer.organization_id,
        Team.id == team_id,
        Team.id.in_(reach.team_ids(viewer)),
    )
    team = db.session().scalars(found).one_or_none()
    if team is None:
        raise NotFound
    return team


def put_in_team(viewer: Viewer, member_id: UUID, team: Team | None) -> None:
    """From today on the member belongs to this team (None: to none), and to no other."""
    current = current_membership(viewer, member_id)
    if (current.team_id if current else None) != (team.id if team else None):
        if current:
            # Its row is written below, past the session.
            db.session().expunge(current)
        put_in_teams(viewer, {member_id: team.id if team else None})


def put_in_teams(viewer: Viewer, teams: Mapping[UUID, UUID | None]) -> None:
    """From today on each of the members belongs to their team (None: to none).

    For members whose team changes: who is in it already would begin anew.
    """
    day = viewer.today()
    ending = update(TeamMembership).where(
        TeamMembership.organization_id == viewer.organization_id,
        TeamMembership.member_id.in_(teams),
        TeamMembership.ends_on.is_(None),
    )
    db.session().execute(ending.values(ends_on=day), execution_options=PAST_SESSION)
    rows = [
        dict(
            organization_id=viewer.organization_id,
            member_id=member_id,
            starts_on=day,
            ends_on=None,
            team_id=team_id,
        )
        for member_id, team_id in teams.items()
        if team_id is not None
    ]
    # Who changes twice on one day keeps one row of that day.
    key = ("organization_id", "member_id", "starts_on")
    insert_many(TeamMembership, rows, on=key, change=("ends_on", "team_id"))


def current_membership(viewer: Viewer, member_id: UUID) -> TeamMembership | None:
    """Which team a member is in today."""
    found = select(TeamMembership).where(
        TeamMembership.organization_id == viewer.organization_id,
        TeamMembership.member_id == member_id,
        TeamMembership.ends_on.is_(None),
    )
    return db.session().scalars(found).one_or_none()


def list_places(viewer: Viewer, moved: UUID | None = None) -> list[Branch]:
    """The teams under which a team (None: a new one) may stand."""
    places = team_tree.parents(whole_tree(viewer), moved)
    if viewer.limited_to is None:
        return places
    reached = {branch.node.id for branch in list_tree(viewer)}
    return [branch for branch in places if branch.node.id in reached]


def whole_tree(viewer: Viewer) -> list[Branch]:
    """Today's teams of the whole organization, also where the viewer does not reach."""
    found = select(Team).where(
        Team.organization_id == viewer.organization_id, Team.ends_on.is_(None)
    )
    teams = db.session().scalars(found.order_by(Team.name))
    return team_tree.in_order(Node(team.id, team.parent_id, team.name) for team in teams)


def find_by_name(viewer: Viewer, name: str) -> Team | None:
    """The team of this name, ended or not: a name is used once in an organization."""
    found = select(Team).where(Team.organization_id == viewer.organization_id, Team.name == name)
    return db.session().scalars(found).one_or_none()
