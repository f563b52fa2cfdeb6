"""Are we getting there? Counts of people on their ways, and what may be said of their answers.

What is counted of steps a success manager may read by name in the list of people as well. What
comes from answers passes `small_groups`, always. Few statements, however many people there are.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from portal import clock, db, small_groups
from portal.access import Action, Viewer, require
from portal.accounts.models import Member
from portal.accounts.service import reach, teams
from portal.accounts.team_models import TeamMembership
from portal.adoption.service.overview_answers import get_told
from portal.adoption.service.overview_figures import (
    Funnel,
    OriginFigures,
    Overview,
    PathFigures,
    StepFigures,
    add_up,
)
from portal.guides.models import Goal, Rhythm
from portal.guides.service.titles import title_in
from portal.paging import AnySelect
from portal.paths.fit_models import FittedStep
from portal.paths.models import Path, Step
from portal.paths.progress_models import Enrollment, Origin
from portal.paths.service.fitted import IS_IN, PLACE, on_step
from portal.paths.service.progress import between_stuck_and_stopped
from portal.small_groups import Share

RATES_FROM = 60
"""Members from whom on rates say something; below there are counts."""


def get_overview(viewer: Viewer) -> Overview:
    """The figures of everybody whom the viewer reaches. Raises NotAllowed."""
    require(viewer, Action.SEE_PEOPLE)
    now = clock.now()
    by_team = _by_team(viewer, now)
    funnel = sum(by_team.values(), Funnel())
    tree = teams.list_tree(viewer)
    known = {branch.node.id for branch in tree}
    teamless = sum((f for team_id, f in by_team.items() if team_id not in known), Funnel())
    told = get_told(viewer, now)
    people = sum(whole for _part, whole in told.answers.values())
    worked = small_groups.share(sum(part for part, _whole in told.answers.values()), people)
    return Overview(
        at=now,
        funnel=funnel,
        has_rates=funnel.invited >= RATES_FROM,
        at_goal=small_groups.share(*told.at_goal),
        worked=worked,
        answered_until=told.until,
        answered=people if people >= small_groups.SMALLEST else None,
        paths=_paths(viewer, now),
        teams=add_up(tree, by_team),
        teamless=teamless,
        # What hides a part must hide it from who knows the whole as well.
        origins=_origins(viewer, small_groups.shares(told.answers) if worked else {}),
    )


def _reached(viewer: Viewer) -> Sequence[ColumnElement[bool]]:
    return (
        Member.organization_id == viewer.organization_id,
        Member.left_at.is_(None),
        reach.within(viewer),
    )


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 if it is so of any row of the group, else 0: neither database adds truth values up."""
    return func.max(case((condition, 1), else_=0))


def _by_team(viewer: Viewer, now: datetime) -> dict[UUID | None, Funnel]:
    """A funnel for each team's own people, today."""
    ways = _ways(viewer, now)
    joined = Member.accepted_at.is_not(None)
    counted = (
        select(
            TeamMembership.team_id,
            func.count(),
            func.count().filter(joined),
            func.count().filter(joined, ways.c.started == 1),
            func.count().filter(joined, ways.c.finished == 1),
            func.count().filter(joined, ways.c.halted == 1),
        )
        .select_from(Member)
        .outerjoin(
            TeamMembership,
            and_(
                TeamMembership.organization_id == Member.organization_id,
                TeamMembership.member_id == Member.id,
                TeamMembership.ends_on.is_(None),
            ),
        )
        .outerjoin(ways, ways.c.member_id == Member.id)
        .where(*_reached(viewer))
        .group_by(TeamMembership.team_id)
    )
    return {row[0]: Funnel(*row[1:]) for row in db.session().execute(counted)}


def _ways(viewer: Viewer, now: datetime) -> Any:
    return (
        select(
            Enrollment.member_id,
            _flag(Enrollment.started_at.is_not(None)).label("started"),
            _flag(Enrollment.finished_at.is_not(None)).label("finished"),
            _flag(_is_halted(now)).label("halted"),
        )
        .where(Enrollment.organization_id == viewer.organization_id)
        .group_by(Enrollment.member_id)
        .subquery("ways")
    )


def _is_halted(now: datetime) -> ColumnElement[bool]:
    return and_(Enrollment.is_current, Enrollment.finished_at.is_(None), Enrollment.stuck_at <= now)


def _has_stopped(now: datetime) -> ColumnElement[bool]:
    """Halted for so long that the goal's rhythm calls it stopped."""
    return or_(
        *(
            and_(
                Goal.rhythm == rhythm,
                Enrollment.stuck_at <= now - between_stuck_and_stopped(rhythm),
            )
            for rhythm in Rhythm
        )
    )


def _paths(viewer: Viewer, now: datetime) -> list[PathFigures]:
    """Paths that anybody is on or was, by title."""
    state = case(
        (Enrollment.finished_at.is_not(None), "finished"),
        (Enrollment.is_current.is_(False), "beside"),
        (and_(_is_halted(now), _has_stopped(now)), "stopped"),
        (_is_halted(now), "stuck"),
        else_="going",
    ).label("state")
    title = title_in(Path, viewer.locale)
    counted = (
        select(Path.id, title, Enrollment.next_step_id, state, func.count())
        .select_from(Enrollment)
        .join(Member, _of_member())
        .join(Path, Path.id == Enrollment.path_id)
        .join(Goal, Goal.id == Path.goal_id)
        .where(
            *_reached(viewer),
            Enrollment.organization_id == viewer.organization_id,
            Member.accepted_at.is_not(None),
        )
        .group_by(Path.id, title, Enrollment.next_step_id, state)
    )
    paths: dict[UUID, PathFigures] = {}
    at_step: dict[tuple[UUID, str], int] = {}
    for path_id, of_path, step_id, name, count in db.session().execute(counted):
        path = paths.setdefault(path_id, PathFigures(of_path))
        setattr(path, name, getattr(path, name) + count)
        at_step[step_id, name] = count
    for step in db.session().execute(_steps(viewer.organization_id, list(paths), viewer.locale)):
        here = {name: at_step.get((step.id, name), 0) for name in ("going", "stuck", "stopped")}
        paths[step.path_id].steps.append(StepFigures(step.title, step.is_optional, **here))
    return sorted(paths.values(), key=lambda path: path.title)


def _steps(organization_id: UUID, path_ids: Sequence[UUID], locale: str = "en") -> AnySelect:
    """The paths' steps as the organization has them."""
    return (
        select(
            Step.id,
            Step.path_id,
            title_in(Step, locale).label("title"),
            Step.is_optional,
        )
        .outerjoin(FittedStep, on_step(organization_id))
        .where(Step.path_id.in_(path_ids), Step.withdrawn_at.is_(None), IS_IN)
        .order_by(Step.path_id, PLACE)
    )


def _origins(viewer: Viewer, shares: Mapping[Origin, Share]) -> list[OriginFigures]:
    counted = (
        select(
            Enrollment.origin,
            func.count(),
            func.count(Enrollment.started_at),
            func.count(Enrollment.finished_at),
        )
        .select_from(Enrollment)
        .join(Member, _of_member())
        .where(
            *_reached(viewer),
            Enrollment.organization_id == viewer.organization_id,
            Member.accepted_at.is_not(None),
        )
        .group_by(Enrollment.origin)
    )
    found = {Origin(row[0]): row[1:] for row in db.session().execute(counted)}
    return [
        OriginFigures(origin, *found[origin], worked=shares.get(origin))
        for origin in Origin
        if origin in found
    ]


def _of_member() -> ColumnElement[bool]:
    return and_(
        Member.organization_id == Enrollment.organization_id, Member.id == Enrollment.member_id
    )
