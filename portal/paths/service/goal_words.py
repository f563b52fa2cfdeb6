"""Whether a goal is reached, in the member's own word, and how long it felt until then."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.errors import NotFound
from portal.guides.models import Goal
from portal.guides.service.titles import title_in
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.inserts import upsert
from portal.paging import AnySelect
from portal.paths.follow_up_models import FeltSpeed, FollowUp, GoalSaid, GoalSaidAt, GoalWord
from portal.paths.models import Path
from portal.paths.progress_models import Enrollment
from portal.paths.service.context import AnyRow
from portal.paths.service.follow_up_plans import OF_ENROLLMENT


@dataclass(frozen=True, slots=True)
class GoalQuestion:
    """The question at a path's end."""

    goal_title: str
    path_slug: str
    path_title: str
    said: GoalSaid | None
    felt_speed: FeltSpeed | None


def find_said(viewer: Viewer, path_slug: str) -> GoalSaid | None:
    """What the viewer said at a path's end of its goal; None where they have not said it."""
    row = db.session().execute(_finished(viewer, path_slug)).one_or_none()
    return None if row is None or row.said is None else GoalSaid(row.said)


def get_goal_question(viewer: Viewer, path_slug: str) -> GoalQuestion:
    """The question whether the goal of a finished path is reached. Raises NotFound."""
    row = _at_path_end(viewer, path_slug)
    return GoalQuestion(row.goal_title, row.slug, row.title, row.said, row.felt_speed)


def say_goal_at_path_end(
    viewer: Viewer, path_slug: str, said: GoalSaid, felt_speed: FeltSpeed | None
) -> None:
    """Say at a path's end whether its goal is reached; said again, it is changed.

    How quick it felt is kept only where the goal is reached. Raises NotFound.
    """
    row = _at_path_end(viewer, path_slug)
    _keep(viewer, row, GoalSaidAt.PATH_END, said, felt_speed)


def say_goal_in_follow_up(viewer: Viewer, follow_up_id: UUID, said: GoalSaid) -> None:
    """Say weeks later whether the goal is reached; said again, it is changed. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    query = (
        select(FollowUp.enrollment_id, Path.goal_id)
        .join(Enrollment, OF_ENROLLMENT)
        .join(Path, Path.id == Enrollment.path_id)
        .where(
            FollowUp.organization_id == viewer.organization_id,
            FollowUp.member_id == viewer.member_id,
            FollowUp.id == follow_up_id,
            FollowUp.answered_at.is_not(None),
        )
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound(_("This question is not there any more."))
    _keep(viewer, row, GoalSaidAt.FOLLOW_UP, said, None)


def _keep(
    viewer: Viewer, row: AnyRow, asked_at: GoalSaidAt, said: GoalSaid, speed: FeltSpeed | None
) -> None:
    word = dict(
        organization_id=viewer.organization_id,
        id=new_id(),
        member_id=viewer.member_id,
        enrollment_id=row.enrollment_id,
        asked_at=asked_at,
        goal_id=row.goal_id,
        said=said,
        felt_speed=speed if said == GoalSaid.YES else None,
        said_at=clock.now(),
    )
    key = ("organization_id", "enrollment_id", "asked_at")
    upsert(GoalWord, word, on=key, change=("said", "felt_speed", "said_at"))


def _at_path_end(viewer: Viewer, path_slug: str) -> AnyRow:
    require(viewer, Action.FOLLOW_PATHS)
    row = db.session().execute(_finished(viewer, path_slug)).one_or_none()
    if row is None:
        raise NotFound(_("This is asked once you are at the path's end."))
    return row


def _finished(viewer: Viewer, path_slug: str) -> AnySelect:
    return (
        select(
            Enrollment.id.label("enrollment_id"),
            Path.goal_id,
            Path.slug,
            title_in(Path, viewer.locale).label("title"),
            title_in(Goal, viewer.locale).label("goal_title"),
            GoalWord.said,
            GoalWord.felt_speed,
        )
        .select_from(Enrollment)
        .join(Path, Path.id == Enrollment.path_id)
        .join(Goal, Goal.id == Path.goal_id)
        .outerjoin(
            GoalWord,
            and_(
                GoalWord.organization_id == Enrollment.organization_id,
                GoalWord.enrollment_id == Enrollment.id,
                GoalWord.asked_at == GoalSaidAt.PATH_END,
            ),
        )
        .where(
            Enrollment.organization_id == viewer.organization_id,
            Enrollment.member_id == viewer.member_id,
            Enrollment.finished_at.is_not(None),
            Path.slug == path_slug,
        )
    )
