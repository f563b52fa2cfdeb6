"""What stands in someone's way today; it picks their first step."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.errors import NotFound
from portal.guides.service.titles import title_in
from portal.i18n import gettext as _
from portal.paths.fit_models import FittedStep
from portal.paths.models import Obstacle, Path, Step
from portal.paths.progress_models import Enrollment
from portal.paths.service.enrollments import note_obstacle
from portal.paths.service.fitted import IS_IN, on_step


@dataclass(frozen=True, slots=True)
class ObstaclePage:
    """The question what stands in the way on a path."""

    enrollment_id: UUID
    path_slug: str
    path_title: str
    obstacle: Obstacle | None
    asks_first: bool
    """The path is at its beginning, has a step for some obstacle, and none was named yet."""


def get_obstacle_page(viewer: Viewer, path_slug: str) -> ObstaclePage:
    """The question for the viewer's current path. Raises NotFound for any other one."""
    found = _find(viewer, path_slug)
    if found is None:
        raise NotFound(_("You are not on this path now. Choose its goal to go on with it."))
    return found


def find_first_question(viewer: Viewer) -> str | None:
    """The path on which the viewer is asked before their first step, by its slug; None for none."""
    found = _find(viewer, None)
    return found.path_slug if found and found.asks_first else None


def say_obstacle(viewer: Viewer, path_slug: str, obstacle: Obstacle | None) -> None:
    """Say what stands in the way on the current path, or None: nothing. Raises NotFound."""
    page = get_obstacle_page(viewer, path_slug)
    note_obstacle(viewer.organization_id, page.enrollment_id, obstacle, clock.now())


def _find(viewer: Viewer, path_slug: str | None) -> ObstaclePage | None:
    require(viewer, Action.FOLLOW_PATHS)
    helps = (
        select(Step.id)
        .outerjoin(FittedStep, on_step(viewer.organization_id))
        .where(
            Step.path_id == Path.id,
            Step.withdrawn_at.is_(None),
            Step.helps_with.is_not(None),
            IS_IN,
        )
        .exists()
    )
    query = (
        select(
            Enrollment.id,
            Path.slug,
            title_in(Path, viewer.locale).label("title"),
            Enrollment.obstacle,
            Enrollment.steps_passed,
            helps.label("helps"),
        )
        .join(Path, and_(Path.id == Enrollment.path_id, Path.withdrawn_at.is_(None)))
        .where(
            Enrollment.organization_id == viewer.organization_id,
            Enrollment.member_id == viewer.member_id,
            Enrollment.is_current,
        )
    )
    if path_slug is not None:
        query = query.where(Path.slug == path_slug)
    row = db.session().execute(query).one_or_none()
    if row is None:
        return None
    asks_first = row.helps and row.obstacle is None and row.steps_passed == 0
    obstacle = row.obstacle and Obstacle(row.obstacle)
    return ObstaclePage(row.id, row.slug, row.title, obstacle, bool(asks_first))
