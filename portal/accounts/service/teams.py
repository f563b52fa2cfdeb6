"""Teams: a tree inside an organization, with the days on which someone belonged to which."""

from uuid import UUID

from sqlalchemy import select

from portal import clock, db
from portal.access import Viewer
from portal.accounts.models import Organization, Team, TeamMembership
from portal.accounts.service.members import clean_name


def list_teams(viewer: Viewer) -> list[Team]:
    """Today's teams of the viewer's organization, by name."""
    found = select(Team).where(
        Team.organization_id == viewer.organization_id, Team.ends_on.is_(None)
    )
    return list(db.session().scalars(found.order_by(Team.name)))


def ensure_team(viewer: Viewer, name: str) -> Team:
    """The team of this name, founded today if there is none. Raises Invalid at `team_name`."""
    row = dict(
        organization_id=viewer.organization_id,
        id=db.new_id(),
        name=clean_name(name, "team_name"),
        starts_on=clock.today(_zone(viewer)),
    )
    db.upsert(Team, row, on=("organization_id", "name"))
    found = select(Team).where(
        Team.organization_id == viewer.organization_id, Team.name == row["name"]
    )
    return db.session().scalars(found).one()


def put_in_team(viewer: Viewer, member_id: UUID, team: Team) -> None:
    """From today on the member belongs to this team, and to no other."""
    today = clock.today(_zone(viewer))
    current = _current(viewer, member_id)
    if current and current.team_id == team.id:
        return
    if current and current.starts_on == today:
        current.team_id = team.id
    else:
        if current:
            current.ends_on = today
        db.session().add(
            TeamMembership(
                organization_id=viewer.organization_id,
                member_id=member_id,
                starts_on=today,
                team_id=team.id,
            )
        )
    db.session().flush()


def _current(viewer: Viewer, member_id: UUID) -> TeamMembership | None:
    found = select(TeamMembership).where(
        TeamMembership.organization_id == viewer.organization_id,
        TeamMembership.member_id == member_id,
        TeamMembership.ends_on.is_(None),
    )
    return db.session().scalars(found).one_or_none()


def _zone(viewer: Viewer) -> str:
    """Days are the organization's, wherever the viewer sits."""
    return db.session().get_one(Organization, viewer.organization_id).zone
