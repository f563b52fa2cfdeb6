"""Founding, renaming, moving and ending teams."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from portal import audit, db
from portal.access import Action, Viewer, require
from portal.accounts.models import Organization
from portal.accounts.service import team_tree
from portal.accounts.service.members import clean_name
from portal.accounts.service.team_tree import DEEPEST
from portal.accounts.service.teams import find_by_name, get_team, list_tree, whole_tree
from portal.accounts.team_models import Team, TeamLimit, TeamMembership
from portal.errors import Invalid, NotAllowed, NotFound
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.ids import new_id
from portal.inserts import upsert


def create_team(viewer: Viewer, name: str, parent_id: UUID | None) -> Team:
    """A new team from today on. Raises Invalid at `name` or `parent`."""
    require(viewer, Action.MANAGE_TEAMS)
    _wait_for_turn(viewer)
    name = _free_name(viewer, name, None)
    _check_place(viewer, None, parent_id)
    team = Team(
        organization_id=viewer.organization_id,
        id=new_id(),
        parent_id=parent_id,
        name=name,
        starts_on=viewer.today(),
    )
    db.session().add(team)
    _record(viewer, "team.created", team, None, _facts(team))
    return team


def change_team(viewer: Viewer, team_id: UUID, name: str, parent_id: UUID | None) -> Team:
    """Rename a team, or move it with all that is under it.

    Raises Invalid at `name` or `parent`, NotFound; NotAllowed for the team a viewer is limited to.
    """
    require(viewer, Action.MANAGE_TEAMS)
    _wait_for_turn(viewer)
    team = _get_own(viewer, team_id)
    before = _facts(team)
    name = _free_name(viewer, name, team.id)
    if parent_id != team.parent_id:
        _check_place(viewer, team.id, parent_id)
    team.name, team.parent_id = name, parent_id
    if _facts(team) != before:
        _record(viewer, "team.changed", team, before, _facts(team))
    return team


def end_team(viewer: Viewer, team_id: UUID) -> Team:
    """End a team today: its members are in no team then, the teams under it move up.

    Raises Invalid at `team` while USMs are limited to it; NotFound, NotAllowed.
    """
    require(viewer, Action.MANAGE_TEAMS)
    _wait_for_turn(viewer)
    team = _get_own(viewer, team_id)
    if limited := _count_limits(viewer, team_id):
        message = ngettext(
            "%(num)s success manager sees only this team. Let them see another one first.",
            "%(num)s success managers see only this team. Let them see another one first.",
            limited,
        )
        raise Invalid("team", message)
    day = viewer.today()
    team.ends_on = day
    db.session().flush()
    _update_memberships(viewer, team_id, None, day)
    below = update(Team).where(
        Team.organization_id == viewer.organization_id,
        Team.parent_id == team_id,
        Team.ends_on.is_(None),
    )
    db.session().execute(below.values(parent_id=team.parent_id))
    _record(viewer, "team.ended", team, {"ends_on": None}, {"ends_on": str(day)})
    return team


def reopen_team(viewer: Viewer, team_id: UUID) -> Team:
    """Take the end of a team back, with the members who were in it on its last day.

    Who is in another team by now stays there. Raises NotFound; NotAllowed for limited viewers.
    """
    require(viewer, Action.MANAGE_TEAMS)
    if viewer.limited_to is not None:
        raise NotAllowed
    _wait_for_turn(viewer)
    team = db.session().get(Team, {"organization_id": viewer.organization_id, "id": team_id})
    if team is None:
        raise NotFound
    if team.ends_on is not None:
        _reopen(viewer, team)
    return team


def _reopen(viewer: Viewer, team: Team) -> None:
    last_day, places = team.ends_on, team_tree.parents(whole_tree(viewer), None)
    if team.parent_id not in {branch.node.id for branch in places}:
        team.parent_id = None
    team.ends_on = None
    db.session().flush()
    _update_memberships(viewer, team.id, last_day, None)
    _record(viewer, "team.reopened", team, {"ends_on": str(last_day)}, {"ends_on": None})


def _update_memberships(
    viewer: Viewer, team_id: UUID, ended_on: date | None, ends_on: date | None
) -> None:
    """Move the end of a team's memberships; nobody comes to be in two teams."""
    other = aliased(TeamMembership)
    elsewhere = select(other.member_id).where(
        other.organization_id == viewer.organization_id, other.ends_on.is_(None)
    )
    chosen = update(TeamMembership).where(
        TeamMembership.organization_id == viewer.organization_id,
        TeamMembership.team_id == team_id,
    )
    if ended_on is None:
        chosen = chosen.where(TeamMembership.ends_on.is_(None))
    else:
        chosen = chosen.where(
            TeamMembership.ends_on == ended_on, TeamMembership.member_id.not_in(elsewhere)
        )
    options = {"synchronize_session": False}
    db.session().execute(chosen.values(ends_on=ends_on), execution_options=options)


def ensure_team(viewer: Viewer, name: str) -> Team:
    """The team of this name, founded today if there is none; an ended one begins again.

    Who is limited to a team founds under it. Raises Invalid at `team_name`.
    """
    name = clean_name(name, "team_name")
    row = dict(
        organization_id=viewer.organization_id,
        id=new_id(),
        name=name,
        parent_id=viewer.limited_to,
        starts_on=viewer.today(),
    )
    if viewer.limited_to and find_by_name(viewer, name) is None:
        _check_place(viewer, None, viewer.limited_to, "team_name")
    upsert(Team, row, on=("organization_id", "name"))
    team = find_by_name(viewer, name)
    assert team is not None  # noqa: S101 - the row was written a line above
    if viewer.limited_to and team.id not in {branch.node.id for branch in list_tree(viewer)}:
        message = _("This team is not one of yours. Choose one of those offered, or a new name.")
        raise Invalid("team_name", message)
    if team.ends_on is not None:
        _reopen(viewer, team)
    return team


def _wait_for_turn(viewer: Viewer) -> None:
    """Two who change one tree at once could make a circle of it, each with half."""
    mine = select(Organization.id).where(Organization.id == viewer.organization_id)
    db.session().execute(mine.with_for_update(key_share=True))


def _get_own(viewer: Viewer, team_id: UUID) -> Team:
    team = get_team(viewer, team_id)
    if team.id == viewer.limited_to:
        raise NotAllowed
    return team


def _free_name(viewer: Viewer, name: str, own_id: UUID | None) -> str:
    name = clean_name(name, "name")
    same = find_by_name(viewer, name)
    if same is None or same.id == own_id:
        return name
    if same.ends_on is not None:
        message = _("A team with this name has ended. Take it back, or choose another name.")
        raise Invalid("name", message)
    raise Invalid("name", _("There is already a team with this name."))


def _check_place(
    viewer: Viewer, moved: UUID | None, parent_id: UUID | None, field: str = "parent"
) -> None:
    if parent_id is None and viewer.limited_to is None:
        return
    if parent_id not in {branch.node.id for branch in list_tree(viewer)}:
        raise Invalid(field, _("Choose one of the teams shown."))
    places = team_tree.parents(whole_tree(viewer), moved)
    if parent_id not in {branch.node.id for branch in places}:
        words = _("That would make %(count)s levels or a circle. Choose a team higher up.")
        raise Invalid(field, words % {"count": DEEPEST + 1})


def _count_limits(viewer: Viewer, team_id: UUID) -> int:
    counted = select(func.count()).where(
        TeamLimit.organization_id == viewer.organization_id,
        TeamLimit.team_id == team_id,
        TeamLimit.ends_on.is_(None),
    )
    return db.session().execute(counted).scalar_one()


def _facts(team: Team) -> dict[str, str | None]:
    return {"name": team.name, "parent": str(team.parent_id) if team.parent_id else None}


def _record(
    viewer: Viewer,
    action: str,
    team: Team,
    before: dict[str, str | None] | None,
    after: dict[str, str | None],
) -> None:
    audit.record(viewer, action, f"team:{team.id}", before, after)
    db.session().flush()
