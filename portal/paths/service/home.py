"""Home of someone who follows paths: the one next step, or what there is instead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, lambda_stmt, select
from sqlalchemy.sql.lambdas import StatementLambdaElement

from portal import db
from portal.access import Action, Viewer, require
from portal.accounts.models import Member
from portal.guides.models import Goal, Guide, Revision
from portal.guides.service.reading import BEST_REVISION, language_binds
from portal.guides.service.titles import title_in
from portal.paging import AnySelect
from portal.paths.models import Path, Step, StepKind
from portal.paths.progress_models import Enrollment
from portal.paths.service import releases
from portal.paths.service.context import AnyRow
from portal.paths.service.fitted import STEPS_TOTAL
from portal.paths.service.journey import PathPage, PathStep, get_path
from portal.schema import Id


class HomeState(StrEnum):
    """What home has to say."""

    NO_GOAL = "no_goal"
    STEP = "step"
    MILESTONE = "milestone"
    FINISHED = "finished"
    GONE = "gone"
    """The path is not offered any more."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do now; a milestone has a title and nothing else."""

    id: UUID
    kind: StepKind
    title: str
    guide_slug: str | None
    purpose: str | None
    minutes: int | None
    is_optional: bool
    helps: bool
    """Whether it comes first because it helps with what the reader said is in the way."""
    number: int
    """Its place on the path, from 1, whatever was done before it or after it."""
    is_last: bool


@dataclass(frozen=True, slots=True)
class Home:
    """Home of someone who follows paths."""

    state: HomeState
    goal_title: str = ""
    path_slug: str = ""
    path_title: str = ""
    steps_passed: int = 0
    steps_total: int = 0
    finished_at: datetime | None = None
    next: NextStep | None = None
    new_releases: int = 0
    """Changes in the product that touch the viewer's job and that they have not opened."""
    is_there: tuple[bool, ...] = ()
    """For each select that was asked about: whether it has a row."""

    @property
    def is_last(self) -> bool:
        """Whether nothing is left but the next step, as far as is known of optional ones."""
        return self.next is not None and self.next.is_last


_organization = bindparam("organization_id", type_=Id)
_member = bindparam("member_id", type_=Id)

_HOME = (
    select(
        title_in(Goal).label("goal_title"),
        Path.slug.label("path_slug"),
        title_in(Path).label("path_title"),
        STEPS_TOTAL,
        Path.withdrawn_at,
        Enrollment.steps_passed,
        Enrollment.finished_at,
        Step.id.label("step_id"),
        Step.kind,
        title_in(Step).label("step_title"),
        Step.is_optional,
        Step.helps_with,
        Enrollment.obstacle,
        func.coalesce(Enrollment.next_number, Step.position).label("number"),
        Step.details,
        Step.withdrawn_at.label("step_withdrawn_at"),
        Guide.slug.label("guide_slug"),
        Guide.withdrawn_at.label("guide_withdrawn_at"),
        Revision.title,
        Revision.purpose,
        Revision.minutes,
        releases.COUNT_NEW.label("new_releases"),
    )
    .select_from(Member)
    .outerjoin(
        Enrollment,
        and_(
            Enrollment.organization_id == _organization,
            Enrollment.member_id == _member,
            Enrollment.is_current,
        ),
    )
    .outerjoin(Path, Path.id == Enrollment.path_id)
    .outerjoin(Goal, Goal.id == Path.goal_id)
    .outerjoin(Step, Step.id == Enrollment.next_step_id)
    .outerjoin(Guide, Guide.id == Step.guide_id)
    .outerjoin(Revision, Revision.id == BEST_REVISION)
    .where(Member.organization_id == _organization, Member.id == _member)
)


@lru_cache
def _home_and(others: tuple[AnySelect, ...]) -> StatementLambdaElement:
    """Home's select with a column for each other one: whether that has a row.

    Home is read so often, and so seldom has more to say than the next step, that one statement
    finds out about everything. The others see nothing of home's own tables.
    """
    made = _HOME.add_columns(
        *(other.correlate(None).exists().label(f"is_there_{n}") for n, other in enumerate(others))
    )
    # SQLAlchemy finds it in its cache by this very object instead of by a hash of all its parts,
    # which takes as long as SQLite needs to run it.
    return lambda_stmt(lambda: made, track_on=[object()])


def get_home(
    viewer: Viewer, others: Sequence[AnySelect] = (), binds: dict[str, Any] | None = None
) -> Home:
    """The viewer's one next step, or what there is instead; and which `others` have a row.

    The others bind organization_id, member_id, person_id, language, base, and `binds`.
    """
    require(viewer, Action.FOLLOW_PATHS)
    who: dict[str, Any] = {"organization_id": viewer.organization_id}
    who |= {"member_id": viewer.member_id, "person_id": viewer.person_id}
    who |= language_binds(viewer.locale) | {"new_since": releases.new_since()} | (binds or {})
    row = db.connection().execute(_home_and(tuple(others)), who).one()
    is_there = tuple(map(bool, row[len(row) - len(others) :]))
    return replace(_home_of_row(viewer, row), is_there=is_there, new_releases=row.new_releases)


def _home_of_row(viewer: Viewer, row: AnyRow) -> Home:
    if row.path_slug is None:
        return Home(HomeState.NO_GOAL)
    state = _state(row)
    if state is None:
        # The path was changed a moment ago and progress is not counted yet.
        return _home_of(get_path(viewer, row.path_slug))
    return Home(
        state=state,
        goal_title=row.goal_title,
        path_slug=row.path_slug,
        path_title=row.path_title,
        steps_passed=row.steps_passed,
        steps_total=row.steps_total,
        finished_at=row.finished_at,
        next=_next_step(row) if state in (HomeState.STEP, HomeState.MILESTONE) else None,
    )


def _state(row: AnyRow) -> HomeState | None:
    if row.finished_at:
        return HomeState.FINISHED
    if row.withdrawn_at:
        return HomeState.GONE
    if row.kind is None or row.step_withdrawn_at or row.guide_withdrawn_at:
        return None
    return HomeState.MILESTONE if row.kind == StepKind.MILESTONE else HomeState.STEP


def _home_of(page: PathPage) -> Home:
    upcoming = page.next
    if upcoming is None:
        state = HomeState.FINISHED if page.steps and not page.may_finish else HomeState.GONE
    else:
        is_milestone = upcoming.kind is StepKind.MILESTONE
        state = HomeState.MILESTONE if is_milestone else HomeState.STEP
    return Home(
        state=state,
        goal_title=page.goal_title,
        path_slug=page.slug,
        path_title=page.title,
        steps_passed=page.steps_passed,
        steps_total=len(page.steps),
        finished_at=page.finished_at,
        next=_as_next(page, upcoming) if upcoming else None,
    )


def _next_step(row: AnyRow) -> NextStep:
    return NextStep(
        id=row.step_id,
        kind=StepKind(row.kind),
        title=row.title or row.step_title,
        guide_slug=row.guide_slug,
        purpose=row.purpose,
        minutes=row.minutes or row.details.get("minutes"),
        is_optional=row.is_optional,
        helps=row.obstacle is not None and row.obstacle == row.helps_with,
        number=row.number,
        is_last=row.number >= row.steps_total,
    )


def _as_next(page: PathPage, step: PathStep) -> NextStep:
    number = page.steps.index(step) + 1
    return NextStep(
        id=step.id,
        kind=step.kind,
        title=step.title,
        guide_slug=step.guide_slug,
        purpose=None,
        minutes=step.minutes,
        is_optional=step.is_optional,
        helps=page.obstacle is not None and page.obstacle == step.helps_with,
        number=number,
        is_last=number == len(page.steps),
    )
