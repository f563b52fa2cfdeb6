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
from portal.guides.service.reading import BEST_REVISION, language_binds
from portal.i18n import gettext as _
from portal.paths.models import Enrollment, Path, Step, StepKind, StepPass
from portal.paths.service.context import AnyRow
from portal.paths.service.enrollments import pass_step
from portal.paths.service.progress import StepFact, may_finish, next_of


@dataclass(frozen=True, slots=True)
class PathStep:
    """A step as the path's page lists it."""

    title: str
    guide_slug: str | None
    minutes: int | None
    is_optional: bool
    state: str
    """`done`, `now` or `later`."""
    passed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PathPage:
    """A path with the viewer's progress; without an enrollment nothing is done."""

    slug: str
    title: str
    html: str
    goal_title: str
    is_offered: bool
    is_current: bool
    is_known: bool
    """The viewer is or was on it."""
    finished_at: datetime | None
    steps: list[PathStep]
    may_finish: bool
    """Nothing required is left but the milestone."""

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


_organization = bindparam("organization_id", type_=db.Id)
_member = bindparam("member_id", type_=db.Id)

_PATH = (
    select(
        Path.id,
        Path.slug,
        Path.title,
        Path.html,
        Path.withdrawn_at,
        Goal.title.label("goal_title"),
        Enrollment.id.label("enrollment_id"),
        Enrollment.is_current,
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
        Guide.slug.label("guide_slug"),
        func.coalesce(Revision.title, Step.title).label("title"),
        Revision.purpose,
        Revision.minutes,
        StepPass.passed_at,
    )
    .select_from(Step)
    .outerjoin(Guide, Guide.id == Step.guide_id)
    .outerjoin(Revision, Revision.id == BEST_REVISION)
    .outerjoin(
        StepPass,
        and_(
            StepPass.organization_id == _organization,
            StepPass.enrollment_id == bindparam("enrollment_id", type_=db.Id),
            StepPass.step_id == Step.id,
        ),
    )
    .where(Step.path_id == bindparam("path_id", type_=db.Id), Step.withdrawn_at.is_(None))
    .order_by(Step.position)
)


def get_path(viewer: Viewer, slug: str) -> PathPage:
    """A path that is offered, or that the viewer was on once. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    path, rows = _path_and_steps(viewer, slug)
    facts = [StepFact(row.id, row.is_optional) for row in rows]
    passes = {row.id: row.passed_at for row in rows if row.passed_at}
    upcoming = None if path.finished_at or not path.is_current else next_of(facts, passes)
    return PathPage(
        slug=path.slug,
        title=path.title,
        html=path.html,
        goal_title=path.goal_title,
        is_offered=path.withdrawn_at is None,
        is_current=bool(path.is_current),
        is_known=path.enrollment_id is not None,
        finished_at=path.finished_at,
        steps=[_path_step(row, bool(upcoming and upcoming.id == row.id)) for row in rows],
        may_finish=bool(path.is_current) and _may_finish(path, rows, facts, passes),
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


def finish(viewer: Viewer, slug: str) -> None:
    """Pass the milestone at the path's end; a repeat changes nothing.

    Raises NotFound for a path that the viewer is not on, Conflict while required steps are left.
    """
    require(viewer, Action.FOLLOW_PATHS)
    path, rows = _path_and_steps(viewer, slug)
    if not path.is_current:
        raise NotFound(_("You are not on this path now. Choose its goal to go on with it."))
    if path.finished_at:
        return
    facts = [StepFact(row.id, row.is_optional) for row in rows]
    passes = {row.id: row.passed_at for row in rows if row.passed_at}
    if not _may_finish(path, rows, facts, passes):
        raise Conflict(_("There are steps left on this path. Your start page knows the next one."))
    pass_step(viewer.organization_id, path.enrollment_id, rows[-1].id, clock.now())


def _path_and_steps(viewer: Viewer, slug: str) -> tuple[AnyRow, list[AnyRow]]:
    who = _who(viewer)
    path = db.session().execute(_PATH, who | {"slug": slug}).one_or_none()
    if path is None or (path.withdrawn_at and path.enrollment_id is None):
        raise NotFound(_("This path is not offered any more. Choose another goal."))
    of = {"path_id": path.id, "enrollment_id": path.enrollment_id} | language_binds(viewer.locale)
    binds = {"organization_id": viewer.organization_id} | of
    return path, list(db.session().execute(_STEPS, binds))


def _may_finish(
    path: AnyRow, rows: list[AnyRow], facts: list[StepFact], passes: dict[UUID, datetime]
) -> bool:
    ends_in_milestone = bool(rows) and rows[-1].kind == StepKind.MILESTONE
    return ends_in_milestone and not path.finished_at and may_finish(facts, passes)


def _path_step(row: AnyRow, is_next: bool) -> PathStep:
    state = "done" if row.passed_at else "now" if is_next else "later"
    return PathStep(
        title=row.title,
        guide_slug=row.guide_slug,
        minutes=row.minutes,
        is_optional=row.is_optional,
        state=state,
        passed_at=row.passed_at,
    )


def _who(viewer: Viewer) -> dict[str, Any]:
    return {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
