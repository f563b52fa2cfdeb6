"""When a follow-up is asked, and about which guide: drawn once a milestone is passed."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select

from portal import db, lots
from portal.access import Viewer
from portal.accounts.models import Organization, QuietPeriod
from portal.guides.models import Goal, Rhythm
from portal.ids import new_id
from portal.inserts import upsert
from portal.paging import AnySelect
from portal.paths.fit_models import FittedStep
from portal.paths.follow_up_models import FollowUp
from portal.paths.models import Path, Step, StepKind
from portal.paths.outcome_models import Answer, Outcome
from portal.paths.progress_models import Enrollment, StepPass
from portal.paths.service.fitted import PLACE, on_step
from portal.paths.service.occasions import Calendar, follow_up_day

COMPLETED = (Answer.YES, Answer.PARTLY, Answer.NOT_SURE)

OF_ENROLLMENT = and_(
    Enrollment.organization_id == FollowUp.organization_id, Enrollment.id == FollowUp.enrollment_id
)
"""The enrollment whose milestone a follow-up follows."""


def plan_follow_up(viewer: Viewer, enrollment_id: UUID, step_id: UUID, at: datetime) -> None:
    """Plan the follow-up of a milestone that was passed, if a guide was completed for it.

    The guide is drawn at random among those completed since the milestone before, and the draw is
    kept. A repeat changes nothing.
    """
    completed = db.session().execute(_completed(viewer, enrollment_id, step_id)).all()
    if not completed:
        return
    zone, calendar = get_calendar(viewer)
    rhythm = get_rhythm(viewer, enrollment_id)
    day = follow_up_day(at.astimezone(zone).date(), rhythm, calendar)
    drawn = completed[lots.draw(len(completed), "follow-up", enrollment_id, step_id)]
    row = dict(
        organization_id=viewer.organization_id,
        id=new_id(),
        member_id=viewer.member_id,
        enrollment_id=enrollment_id,
        step_id=step_id,
        revision_id=drawn.revision_id,
        drawn_among=len(completed),
        drawn_at=at,
        due_on=day,
        postponed=0,
    )
    upsert(FollowUp, row, on=("organization_id", "enrollment_id", "step_id"))


def get_calendar(viewer: Viewer) -> tuple[ZoneInfo, Calendar]:
    """The zone of the viewer's organization, its working days and quiet periods."""
    organization = db.session().get_one(Organization, viewer.organization_id)
    quiet = select(QuietPeriod.starts_on, QuietPeriod.ends_on).where(
        QuietPeriod.organization_id == viewer.organization_id
    )
    periods = [(row[0], row[1]) for row in db.session().execute(quiet)]
    return ZoneInfo(organization.zone), Calendar(organization.working_days, periods)


def get_rhythm(viewer: Viewer, enrollment_id: UUID | None) -> Rhythm:
    """How often there is an occasion for the goal of an enrollment's path."""
    found = (
        select(Goal.rhythm)
        .join(Path, Path.goal_id == Goal.id)
        .join(Enrollment, Enrollment.path_id == Path.id)
        .where(Enrollment.organization_id == viewer.organization_id, Enrollment.id == enrollment_id)
    )
    return Rhythm(db.session().scalars(found).one())


def _completed(viewer: Viewer, enrollment_id: UUID, step_id: UUID) -> AnySelect:
    """The revisions answered with yes or partly between the milestone before and this one."""
    here, place = on_step(viewer.organization_id), PLACE
    this = (
        select(place)
        .select_from(Step)
        .outerjoin(FittedStep, here)
        .where(Step.id == step_id)
        .scalar_subquery()
    )
    path_id = select(Step.path_id).where(Step.id == step_id).scalar_subquery()
    before = (
        select(place)
        .select_from(Step)
        .outerjoin(FittedStep, here)
        .where(
            Step.path_id == path_id,
            Step.kind == StepKind.MILESTONE,
            place < this,
            Step.withdrawn_at.is_(None),
        )
        .order_by(place.desc())
        .limit(1)
        .scalar_subquery()
    )
    latest = (
        select(Outcome.revision_id)
        .where(
            Outcome.organization_id == viewer.organization_id,
            Outcome.member_id == viewer.member_id,
            Outcome.guide_id == Step.guide_id,
            Outcome.latest_answer.in_(COMPLETED),
        )
        .order_by(Outcome.changed_at.desc(), Outcome.id.desc())
        .limit(1)
        .correlate(Step)
        .scalar_subquery()
    )
    return (
        select(latest.label("revision_id"))
        .select_from(Step)
        .join(
            StepPass,
            and_(
                StepPass.organization_id == viewer.organization_id,
                StepPass.enrollment_id == enrollment_id,
                StepPass.step_id == Step.id,
            ),
        )
        .outerjoin(FittedStep, here)
        .where(
            Step.path_id == path_id,
            Step.kind == StepKind.GUIDE,
            place < this,
            place > func.coalesce(before, 0),
            latest.is_not(None),
        )
        .order_by(place)
    )
