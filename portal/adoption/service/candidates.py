"""What could need a success manager today: one SELECT for each kind, all of one shape.

Each finds what it is about (`subject_id`), who (`member_id`, `name`), what else there is to say,
since when (`at`), and how many of its kind there are (`total`). What was put off is left out.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    SmallInteger,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from portal import db
from portal.access import Action, Role, Viewer
from portal.accounts.models import Member
from portal.accounts.service import reach
from portal.accounts.service.members import has_role
from portal.adoption.models import TodayPutOff
from portal.guides.models import Guide, Revision
from portal.help.models import HelpRequest
from portal.help.models import State as HelpState
from portal.messages.models import Message, MessageState
from portal.paging import AnySelect
from portal.paths.models import Enrollment, Outcome, Path, Step, Told

TOLD_WITHIN = timedelta(days=30)
PATIENCE_WITH_INVITED = timedelta(days=5)
PATIENCE_WITHOUT_GOAL = timedelta(days=2)
NEEDS_A_SECOND = 10
"""People from whom on one success manager alone is too few: nobody answers in their holidays."""

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
People = Sequence[ColumnElement[bool]]


class Kind(StrEnum):
    """Why something is on the list, in the order of the list: see docs/decisions/0011-today.md."""

    HELP = "help"
    """Somebody asked and waits."""
    TOLD = "told"
    """Somebody told an answer with their name."""
    FAILED = "failed"
    """An invitation did not arrive."""
    OVERDUE = "overdue"
    """A date has passed."""
    STUCK = "stuck"
    INVITED = "invited"
    """Invited a while ago and not joined."""
    NO_GOAL = "no_goal"
    """People joined and are on no path: one item for all of them."""
    ALONE = "alone"
    """There is one success manager only."""


KINDS = tuple(Kind)

SHAPE: dict[str, Any] = {
    "kind": SmallInteger(),
    "subject_id": db.Id(),
    "member_id": db.Id(),
    "name": String(),
    "what": String(),
    "where": String(),
    "more": String(),
    "word": String(),
    "number": Integer(),
    "at": db.Moment(),
    "due": db.Moment(),
    "due_on": Date(),
    "total": Integer(),
}


def candidates(viewer: Viewer, now: datetime, today: date) -> dict[Kind, AnySelect]:
    """A SELECT for each kind that the viewer may see, the longest waiting first."""
    # Made once: a statement may hold the tree of teams once only.
    people = _people(viewer)
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


def not_put_off(viewer: Viewer, kind: Kind, subject_id: Column | UUID) -> ColumnElement[bool]:
    """In SQL: the viewer has not put this off, or its day has come."""
    today = viewer.today()
    return ~exists().where(
        TodayPutOff.organization_id == viewer.organization_id,
        TodayPutOff.person_id == viewer.person_id,
        TodayPutOff.kind == kind,
        TodayPutOff.subject_id == subject_id,
        or_(TodayPutOff.until.is_(None), TodayPutOff.until > today),
    )


def _columns(kind: Kind, **given: Any) -> Sequence[ColumnElement[Any]]:
    """The columns of SHAPE: what is not given is NULL."""
    given = {
        "kind": literal(KINDS.index(kind), SmallInteger),
        "total": func.count().over(),
        **given,
    }
    return [given.get(name, cast(null(), type_)).label(name) for name, type_ in SHAPE.items()]


def _people(viewer: Viewer) -> People:
    """Members whom the viewer reaches, without themselves."""
    return (
        Member.organization_id == viewer.organization_id,
        Member.left_at.is_(None),
        Member.id != viewer.member_id,
        reach.within(viewer),
    )


def _help(viewer: Viewer, people: People) -> AnySelect:
    request = HelpRequest
    columns = _columns(
        Kind.HELP,
        subject_id=request.id,
        member_id=Member.id,
        name=Member.display_name,
        what=func.substr(request.words, 1, 200),
        where=Step.title,
        at=request.waiting_since,
        due=request.goes_up_at,
    )
    return (
        select(*columns)
        .select_from(request)
        .join(Member, _of(request))
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
    columns = _columns(
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
        .join(Member, _of(Told))
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
        select(*_columns(Kind.FAILED, **_invitee()))
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
        select(*_columns(Kind.INVITED, **_invitee()))
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
    columns = _columns(
        Kind.OVERDUE,
        subject_id=Enrollment.id,
        member_id=Member.id,
        name=Member.display_name,
        what=Path.title,
        where=Step.title,
        at=Enrollment.last_step_at,
        due_on=Enrollment.due_on,
    )
    return (
        _enrolled(columns)
        .where(
            *people,
            Enrollment.organization_id == viewer.organization_id,
            Enrollment.due_on < today,
            Enrollment.finished_at.is_(None),
            not_put_off(viewer, Kind.OVERDUE, Enrollment.id),
        )
        .order_by(Enrollment.due_on, Enrollment.id)
    )


def _stuck(viewer: Viewer, now: datetime, people: People) -> AnySelect:
    columns = _columns(
        Kind.STUCK,
        subject_id=Enrollment.id,
        member_id=Member.id,
        name=Member.display_name,
        what=Path.title,
        where=Step.title,
        at=Enrollment.last_step_at,
    )
    return (
        _enrolled(columns)
        .where(
            *people,
            Enrollment.organization_id == viewer.organization_id,
            Enrollment.is_current,
            Enrollment.stuck_at <= now,
            Enrollment.finished_at.is_(None),
            Member.accepted_at.is_not(None),
            not_put_off(viewer, Kind.STUCK, Enrollment.id),
        )
        .order_by(Enrollment.stuck_at, Enrollment.id)
    )


def _enrolled(columns: Sequence[ColumnElement[Any]]) -> AnySelect:
    return (
        select(*columns)
        .select_from(Enrollment)
        .join(Member, _of(Enrollment))
        .join(Path, and_(Path.id == Enrollment.path_id, Path.withdrawn_at.is_(None)))
        .outerjoin(Step, Step.id == Enrollment.next_step_id)
    )


def _no_goal(viewer: Viewer, now: datetime, people: People) -> AnySelect:
    on_a_path = exists().where(
        Enrollment.organization_id == viewer.organization_id, Enrollment.member_id == Member.id
    )
    counted = func.count()
    columns = _columns(
        Kind.NO_GOAL,
        subject_id=literal(viewer.organization_id, db.Id),
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
    columns = _columns(
        Kind.ALONE,
        subject_id=literal(viewer.organization_id, db.Id),
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


def _of(table: Any) -> ColumnElement[bool]:
    """The member whom a row of another table is about."""
    return and_(Member.organization_id == table.organization_id, Member.id == table.member_id)
