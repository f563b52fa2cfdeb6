"""Follow-ups: weeks after a milestone, one question about one guide. Could you put it to work?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, update

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.errors import Conflict, Invalid, NotFound
from portal.guides.models import Goal, Guide, Revision
from portal.guides.service.titles import title_in
from portal.i18n import gettext as _
from portal.paging import AnySelect
from portal.paths.follow_up_models import FollowUp, GoalWord, InUse
from portal.paths.models import Path
from portal.paths.outcome_models import IfThen
from portal.paths.progress_models import Enrollment
from portal.paths.service.context import AnyRow
from portal.paths.service.follow_up_plans import OF_ENROLLMENT, get_calendar, get_rhythm
from portal.paths.service.occasions import LONGEST_WAIT, next_occasion

LONGEST_COMMENT = 2000


@dataclass(frozen=True, slots=True)
class FollowUpPage:
    """The question, with the member's own plan beside it."""

    id: UUID
    guide_slug: str
    guide_title: str
    purpose: str
    question: str | None
    """The guide's own one."""
    if_then: str | None
    path_slug: str
    path_title: str
    goal_title: str
    milestone_at: datetime
    due_on: date
    is_due: bool
    answer: InUse | None
    comment: str | None
    is_closed: bool
    goal_said: str | None


def get_follow_up(viewer: Viewer, follow_up_id: UUID) -> FollowUpPage:
    """The viewer's own follow-up. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    row = db.session().execute(_page(viewer, follow_up_id)).one_or_none()
    if row is None:
        raise NotFound(_("This question is not there any more."))
    return FollowUpPage(
        id=row.id,
        guide_slug=row.slug,
        guide_title=row.title,
        purpose=row.purpose,
        question=row.follow_up_question,
        if_then=row.line,
        path_slug=row.path_slug,
        path_title=row.path_title,
        goal_title=row.goal_title,
        milestone_at=row.drawn_at,
        due_on=row.due_on,
        is_due=row.closed_at is None and row.due_on <= viewer.today(),
        answer=row.answer and InUse(row.answer),
        comment=row.comment,
        is_closed=row.closed_at is not None,
        goal_said=row.said,
    )


def answer_follow_up(
    viewer: Viewer,
    follow_up_id: UUID,
    answer: InUse,
    comment: str | None = None,
    again_on: date | None = None,
) -> date | None:
    """Answer, put off or end a follow-up; where it is put off, the day on which it is asked again.

    "No occasion yet" asks again on the day that the person chooses (`again_on`), else one period of
    the goal's rhythm later. Said again, the latest press counts. Raises NotFound; Conflict before
    it is due; Invalid at `comment` or `again_on`.
    """
    page = get_follow_up(viewer, follow_up_id)
    if not page.is_due and not page.is_closed:
        raise Conflict(_("This is asked later: there was no occasion yet."))
    comment = (comment or "").strip() or None
    if comment and len(comment) > LONGEST_COMMENT:
        raise Invalid("comment", _("Please keep it under 2,000 characters."))
    now = clock.now()
    values: dict[str, Any] = {"answer": answer, "comment": comment, "answered_at": now}
    if answer == InUse.NO_OCCASION:
        values |= {"due_on": _again_on(viewer, follow_up_id, again_on), "closed_at": None}
        values["postponed"] = FollowUp.postponed + 1
    else:
        values["closed_at"] = now
    db.connection().execute(
        update(FollowUp)
        .where(
            FollowUp.organization_id == viewer.organization_id,
            FollowUp.id == follow_up_id,
            FollowUp.member_id == viewer.member_id,
        )
        .values(values)
    )
    return values.get("due_on")


def _again_on(viewer: Viewer, follow_up_id: UUID, wanted: date | None) -> date:
    today = viewer.today()
    if wanted is not None:
        if not today < wanted <= today + timedelta(days=LONGEST_WAIT):
            raise Invalid("again_on", _("Choose a day after today, within a year."))
        return wanted
    enrollment_id = (
        db.session()
        .scalars(
            select(FollowUp.enrollment_id).where(
                FollowUp.organization_id == viewer.organization_id, FollowUp.id == follow_up_id
            )
        )
        .one()
    )
    return next_occasion(today, get_rhythm(viewer, enrollment_id), get_calendar(viewer)[1])


def _page(viewer: Viewer, follow_up_id: UUID) -> AnySelect:
    return (
        select(
            FollowUp.id,
            FollowUp.drawn_at,
            FollowUp.due_on,
            FollowUp.answer,
            FollowUp.comment,
            FollowUp.closed_at,
            Guide.slug,
            Revision.title,
            Revision.purpose,
            Revision.follow_up_question,
            IfThen.line,
            Path.slug.label("path_slug"),
            title_in(Path, viewer.locale).label("path_title"),
            title_in(Goal, viewer.locale).label("goal_title"),
            GoalWord.said,
        )
        .join(Revision, Revision.id == FollowUp.revision_id)
        .join(Guide, Guide.id == Revision.guide_id)
        .join(Enrollment, OF_ENROLLMENT)
        .join(Path, Path.id == Enrollment.path_id)
        .join(Goal, Goal.id == Path.goal_id)
        .outerjoin(
            IfThen,
            and_(
                IfThen.organization_id == FollowUp.organization_id,
                IfThen.member_id == FollowUp.member_id,
                IfThen.guide_id == Guide.id,
            ),
        )
        .outerjoin(
            GoalWord,
            and_(
                GoalWord.organization_id == FollowUp.organization_id,
                GoalWord.enrollment_id == FollowUp.enrollment_id,
                GoalWord.asked_at == "follow_up",
            ),
        )
        .where(
            FollowUp.organization_id == viewer.organization_id,
            FollowUp.member_id == viewer.member_id,
            FollowUp.id == follow_up_id,
        )
    )


def find_planned(viewer: Viewer, path_slug: str) -> AnyRow | None:
    """The next follow-up planned for a path: its day and the drawn guide's title."""
    query = (
        select(FollowUp.id, FollowUp.due_on, Revision.title)
        .join(Revision, Revision.id == FollowUp.revision_id)
        .join(Enrollment, OF_ENROLLMENT)
        .join(Path, Path.id == Enrollment.path_id)
        .where(
            FollowUp.organization_id == viewer.organization_id,
            FollowUp.member_id == viewer.member_id,
            FollowUp.closed_at.is_(None),
            Path.slug == path_slug,
        )
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(1)
    )
    return db.session().execute(query).one_or_none()
