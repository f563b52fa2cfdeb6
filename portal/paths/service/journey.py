"""The way along a path: its steps, what is done of them, and its end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.errors import Conflict, NotFound
from portal.guides.models import Goal, Guide, Revision
from portal.guides.service.reading import BEST_REVISION, language_binds, translated
from portal.guides.service.titles import language_of, title_in
from portal.i18n import gettext as _
from portal.paths.fit_models import FittedStep
from portal.paths.models import Obstacle, Path, Step, StepKind
from portal.paths.progress_models import Enrollment, StepPass
from portal.paths.service.context import AnyRow
from portal.paths.service.enrollments import pass_step
from portal.paths.service.fitted import IS_IN, PLACE, on_step
from portal.paths.service.follow_up_plans import plan_follow_up
from portal.paths.service.progress import StepFact, may_finish, next_of
from portal.schema import Id


@dataclass(frozen=True, slots=True)
class PathStep:
    """A step as the path's page lists it."""

    id: UUID
    kind: StepKind
    title: str
    guide_slug: str | None
    minutes: int | None
    starts_at: datetime | None
    """Of a session."""
    is_optional: bool
    helps_with: Obstacle | None
    state: str
    """`done`, `now` or `later`."""
    passed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PathPage:
    """A path with the viewer's progress; without an enrollment nothing is done."""

    slug: str
    language: str
    """The one that it is shown in: the viewer's, or else its own."""
    title: str
    html: str
    goal_title: str
    is_offered: bool
    is_current: bool
    is_known: bool
    """The viewer is or was on it."""
    finished_at: datetime | None
    steps: list[PathStep]
    obstacle: Obstacle | None
    """What stands in the viewer's way, in their own word."""
    may_finish: bool
    """The next step is a milestone, or nothing required is left but the last one."""

    @property
    def milestone_is_last(self) -> bool:
        """Whether the milestone to finish now is the path's end."""
        return (
            self.next is None
            or self.next.kind != StepKind.MILESTONE
            or (self.next is self.steps[-1])
        )

    @property
    def asks_obstacle(self) -> bool:
        """Whether some step helps with an obstacle, so that saying one changes the order."""
        return any(step.helps_with for step in self.steps)

    @property
    def steps_passed(self) -> int:
        """Steps of today's path that are passed."""
        return sum(step.passed_at is not None for step in self.steps)

    @property
    def next(self) -> PathStep | None:
        """The step to take now; None once finished, or off the path."""
        return next((step for step in self.steps if step.state == "now"), None)


@dataclass(frozen=True, slots=True)
class Passed:
    """A guide that the viewer has passed on a path: what they can do now."""

    slug: str
    title: str
    purpose: str


_organization = bindparam("organization_id", type_=Id)
_member = bindparam("member_id", type_=Id)

_PATH = (
    select(
        Path.id,
        Path.slug,
        title_in(Path).label("title"),
        Path.html,
        Path.language,
        Path.translations,
        Path.withdrawn_at,
        title_in(Goal).label("goal_title"),
        Enrollment.id.label("enrollment_id"),
        Enrollment.is_current,
        Enrollment.obstacle,
        Enrollment.finished_at,
    )
    .select_from(Path)
    .join(Goal, Goal.id == Path.goal_id)
    .outerjoin(
        Enrollment,
        and_(
            Enrollment.organization_id == _organization,
            Enrollment.member_id == _member,
            Enrollment.path_id == Path.id,
        ),
    )
    .where(Path.slug == bindparam("slug"))
)

_STEPS = (
    select(
        Step.id,
        Step.kind,
        Step.is_optional,
        Step.helps_with,
        Step.details,
        Guide.slug.label("guide_slug"),
        func.coalesce(Revision.title, title_in(Step)).label("title"),
        Revision.purpose,
        Revision.minutes,
        StepPass.passed_at,
    )
    .select_from(Step)
    .outerjoin(Guide, Guide.id == Step.guide_id)
    .outerjoin(Revision, Revision.id == BEST_REVISION)
    .outerjoin(FittedStep, on_step(_organization))
    .outerjoin(
        StepPass,
        and_(
            StepPass.organization_id == _organization,
            StepPass.enrollment_id == bindparam("enrollment_id", type_=Id),
            StepPass.step_id == Step.id,
        ),
    )
    .where(Step.path_id == bindparam("path_id", type_=Id), Step.withdrawn_at.is_(None), IS_IN)
    .order_by(PLACE)
)


def get_path(viewer: Viewer, slug: str) -> PathPage:
    """A path that is offered, or that the viewer was on once. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    path, rows = _path_and_steps(viewer, slug)
    upcoming = _next(path, rows) if path.is_current else None
    return PathPage(
        slug=path.slug,
        language=language_of(path.translations, viewer.locale, path.language),
        title=path.title,
        html=translated(path.translations, viewer.locale).get("html", path.html),
        goal_title=path.goal_title,
        is_offered=path.withdrawn_at is None,
        is_current=bool(path.is_current),
        is_known=path.enrollment_id is not None,
        finished_at=path.finished_at,
        steps=[_path_step(row, row is upcoming) for row in rows],
        obstacle=path.obstacle and Obstacle(path.obstacle),
        may_finish=bool(path.is_current) and _milestone_to_pass(path, rows) is not None,
    )


def list_passed(viewer: Viewer, slug: str) -> list[Passed]:
    """The guides that the viewer has passed on a path, in its order. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    _path, rows = _path_and_steps(viewer, slug)
    return [
        Passed(row.guide_slug, row.title, row.purpose)
        for row in rows
        if row.passed_at and row.guide_slug and row.purpose
    ]


def finish(viewer: Viewer, slug: str) -> bool:
    """Pass the milestone that is next, and plan its follow-up; whether the path is finished now.

    A repeat changes nothing. Raises NotFound for a path that the viewer is not on, Conflict while
    required steps are left before it.
    """
    require(viewer, Action.FOLLOW_PATHS)
    path, rows = _path_and_steps(viewer, slug)
    if not path.is_current:
        raise NotFound(_("You are not on this path now. Choose its goal to go on with it."))
    if path.finished_at:
        return True
    milestone = _milestone_to_pass(path, rows)
    if milestone is None:
        raise Conflict(_("There are steps left on this path. Your start page knows the next one."))
    now = clock.now()
    pass_step(viewer.organization_id, path.enrollment_id, milestone.id, now)
    plan_follow_up(viewer, path.enrollment_id, milestone.id, now)
    return milestone is rows[-1]


def _path_and_steps(viewer: Viewer, slug: str) -> tuple[AnyRow, list[AnyRow]]:
    in_language = language_binds(viewer.locale)
    binds = _who(viewer) | in_language | {"slug": slug}
    path = db.session().execute(_PATH, binds).one_or_none()
    if path is None or (path.withdrawn_at and path.enrollment_id is None):
        raise NotFound(_("This path is not offered any more. Choose another goal."))
    binds = {"organization_id": viewer.organization_id, "path_id": path.id} | in_language
    binds |= {"enrollment_id": path.enrollment_id}
    return path, list(db.session().execute(_STEPS, binds))


def _next(path: AnyRow, rows: list[AnyRow]) -> AnyRow | None:
    if path.finished_at:
        return None
    facts, passes = _facts(rows)
    upcoming = next_of(facts, passes, path.obstacle)
    return next((row for row in rows if upcoming and row.id == upcoming.id), None)


def _milestone_to_pass(path: AnyRow, rows: list[AnyRow]) -> AnyRow | None:
    """The milestone that comes next, or the last one as soon as only optional steps are left."""
    if path.finished_at or not rows:
        return None
    upcoming = _next(path, rows)
    if upcoming is not None and upcoming.kind == StepKind.MILESTONE:
        return upcoming
    is_end = rows[-1].kind == StepKind.MILESTONE and may_finish(*_facts(rows))
    return rows[-1] if is_end else None


def _facts(rows: list[AnyRow]) -> tuple[list[StepFact], dict[UUID, datetime]]:
    facts = [StepFact(row.id, row.is_optional, row.helps_with) for row in rows]
    return facts, {row.id: row.passed_at for row in rows if row.passed_at}


def _path_step(row: AnyRow, is_next: bool) -> PathStep:
    state = "done" if row.passed_at else "now" if is_next else "later"
    starts_at = row.details.get("starts_at")
    return PathStep(
        id=row.id,
        kind=StepKind(row.kind),
        title=row.title,
        guide_slug=row.guide_slug,
        minutes=row.minutes or row.details.get("minutes"),
        starts_at=datetime.fromisoformat(starts_at) if starts_at else None,
        is_optional=row.is_optional,
        helps_with=row.helps_with and Obstacle(row.helps_with),
        state=state,
        passed_at=row.passed_at,
    )


def _who(viewer: Viewer) -> dict[str, Any]:
    return {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
