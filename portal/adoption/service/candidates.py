"""What could need a success manager today: one SELECT for each kind, all of one shape.

Each finds what it is about (`subject_id`), who (`member_id`, `name`), what else there is to say,
since when (`at`), and how many of its kind there are (`total`). What was put off is left out.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
)

from portal.access import Action, Role, Viewer
from portal.accounts.models import Member
from portal.accounts.service.members import has_role
from portal.adoption.service.today_shape import (
    Kind,
    People,
    columns_of,
    member_of,
    not_put_off,
    people_of,
)
from portal.guides.models import Guide, Revision
from portal.guides.service.titles import title_in
from portal.help.models import HelpRequest
from portal.help.models import State as HelpState
from portal.messages.models import Message, MessageState
from portal.paging import AnySelect
from portal.paths.models import Path, Step
from portal.paths.outcome_models import Outcome, Told
from portal.paths.progress_models import Enrollment
from portal.schema import Id

TOLD_WITHIN = timedelta(days=30)
PATIENCE_WITH_INVITED = timedelta(days=5)
PATIENCE_WITHOUT_GOAL = timedelta(days=2)
NEEDS_A_SECOND = 10
"""People from whom on one success manager alone is too few: nobody answers in their holidays."""


def candidates(viewer: Viewer, now: datetime, today: date) -> dict[Kind, AnySelect]:
    """A SELECT for each kind that the viewer may see, the longest waiting first."""
    # Made once: a statement may hold the tree of teams once only.
    people = people_of(viewer)
    found = {
        Kind.TOLD: _told(viewer, now, people),
        Kind.FAILED: _failed(viewer, people),
        Kind.OVERDUE: _overdue(viewer, today, people),
        Kind.STUCK: _stuck(viewer, now, people),
        Kind.INVITED: _invited(viewer, now, people),
        Kind.NO_GOAL: _no_goal(viewer, now, people),
    }
    if viewer.may(Action.ANSWER_HELP):
        found[Kind.HELP] = _help(viewer, people)
    if viewer.limited_to is None:
        found[Kind.ALONE] = _alone(viewer)
    return found


def _help(viewer: Viewer, people: People) -> AnySelect:
    request = HelpRequest
    columns = columns_of(
        Kind.HELP,
        subject_id=request.id,
        member_id=Member.id,
        name=Member.display_name,
        what=func.substr(request.words, 1, 200),
        where=title_in(Step, viewer.locale),
        at=request.waiting_since,
        due=request.goes_up_at,
    )
    return (
        select(*columns)
        .select_from(request)
        .join(Member, member_of(request))
        .outerjoin(Step, Step.id == request.step_id)
        .where(
            *people,
            request.organization_id == viewer.organization_id,
            request.state == HelpState.OPEN,
            not_put_off(viewer, Kind.HELP, request.id),
        )
        .order_by(request.waiting_since, request.id)
    )


def _told(viewer: Viewer, now: datetime, people: People) -> AnySelect:
    columns = columns_of(
        Kind.TOLD,
        subject_id=Told.outcome_id,
        member_id=Member.id,
        name=Member.display_name,
        what=Revision.title,
        where=Guide.slug,
        more=Outcome.comment,
        word=Outcome.latest_answer,
        at=Told.told_at,
    )
    return (
        select(*columns)
        .select_from(Told)
        .join(Member, member_of(Told))
        .join(
            Outcome,
            and_(Outcome.organization_id == Told.organization_id, Outcome.id == Told.outcome_id),
        )
        .join(Revision, Revision.id == Outcome.revision_id)
        .join(Guide, Guide.id == Outcome.guide_id)
        .where(
            *people,
            Told.organization_id == viewer.organization_id,
            Told.told_at > now - TOLD_WITHIN,
            not_put_off(viewer, Kind.TOLD, Told.outcome_id),
        )
        .order_by(Told.told_at, Told.outcome_id)
    )


def _failed(viewer: Viewer, people: People) -> AnySelect:
    """The mail came back, or could not be handed over at all."""
    return (
        select(*columns_of(Kind.FAILED, **_invitee()))
        .select_from(Member)
        .outerjoin(Message, _LATEST_INVITATION)
        .where(
            *people,
            Member.accepted_at.is_(None),
            _came_back(),
            not_put_off(viewer, Kind.FAILED, Member.id),
        )
        .order_by(Member.invited_at, Member.id)
    )


def _invited(viewer: Viewer, now: datetime, people: People) -> AnySelect:
    latest = func.coalesce(Message.created_at, Member.invited_at)
    return (
        select(*columns_of(Kind.INVITED, **_invitee()))
        .select_from(Member)
        .outerjoin(Message, _LATEST_INVITATION)
        .where(
            *people,
            Member.accepted_at.is_(None),
            Member.invited_at.is_not(None),
            latest < now - PATIENCE_WITH_INVITED,
            ~_came_back(),
            not_put_off(viewer, Kind.INVITED, Member.id),
        )
        .order_by(Member.invited_at, Member.id)
    )


_LATEST_INVITATION = and_(
    Message.organization_id == Member.organization_id, Message.id == Member.invitation_message_id
)


def _invitee() -> dict[str, Any]:
    return {
        "subject_id": Member.id,
        "member_id": Member.id,
        "name": Member.display_name,
        "number": Member.invitations,
        "at": Member.invited_at,
    }


def _came_back() -> ColumnElement[bool]:
    failed = func.coalesce(Message.state, "") == MessageState.FAILED
    return or_(Member.bounced_at.is_not(None), failed)


def _overdue(viewer: Viewer, today: date, people: People) -> AnySelect:
    return (
        _enrolled(viewer, Kind.OVERDUE, due_on=Enrollment.due_on)
        .where(*people, Enrollment.due_on < today)
        .order_by(Enrollment.due_on, Enrollment.id)
    )


def _stuck(viewer: Viewer, now: datetime, people: People) -> AnySelect:
    return (
        _enrolled(viewer, Kind.STUCK)
        .where(
            *people,
            Enrollment.is_current,
            Enrollment.stuck_at <= now,
            Member.accepted_at.is_not(None),
        )
        .order_by(Enrollment.stuck_at, Enrollment.id)
    )


def _enrolled(viewer: Viewer, kind: Kind, **more: Any) -> AnySelect:
    """People who are on a path and not at its end."""
    columns = columns_of(
        kind,
        subject_id=Enrollment.id,
        member_id=Member.id,
        name=Member.display_name,
        what=title_in(Path, viewer.locale),
        where=title_in(Step, viewer.locale),
        at=Enrollment.last_step_at,
        **more,
    )
    return (
        select(*columns)
        .select_from(Enrollment)
        .join(Member, member_of(Enrollment))
        .join(Path, and_(Path.id == Enrollment.path_id, Path.withdrawn_at.is_(None)))
        .outerjoin(Step, Step.id == Enrollment.next_step_id)
        .where(
            Enrollment.organization_id == viewer.organization_id,
            Enrollment.finished_at.is_(None),
            not_put_off(viewer, kind, Enrollment.id),
        )
    )


def _no_goal(viewer: Viewer, now: datetime, people: People) -> AnySelect:
    on_a_path = exists().where(
        Enrollment.organization_id == viewer.organization_id, Enrollment.member_id == Member.id
    )
    counted = func.count()
    columns = columns_of(
        Kind.NO_GOAL,
        subject_id=literal(viewer.organization_id, Id),
        number=counted,
        at=func.min(Member.accepted_at),
        total=literal(1, Integer),
    )
    return (
        select(*columns)
        .select_from(Member)
        .where(
            *people,
            Member.accepted_at < now - PATIENCE_WITHOUT_GOAL,
            ~on_a_path.correlate(Member),
            not_put_off(viewer, Kind.NO_GOAL, viewer.organization_id),
        )
        .having(counted > 0)
    )


def _alone(viewer: Viewer) -> AnySelect:
    leads = func.count().filter(has_role(Role.USM))
    columns = columns_of(
        Kind.ALONE,
        subject_id=literal(viewer.organization_id, Id),
        number=func.count(),
        total=literal(1, Integer),
    )
    return (
        select(*columns)
        .select_from(Member)
        .where(
            Member.organization_id == viewer.organization_id,
            Member.left_at.is_(None),
            not_put_off(viewer, Kind.ALONE, viewer.organization_id),
        )
        .having(leads == 1, func.count() >= NEEDS_A_SECOND)
    )
