"""The USM's view of their people: who is where on which path, without anyone's answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, exists, select
from sqlalchemy.orm import aliased

from portal import clock, db, paging
from portal.access import Action, Role, Viewer, require
from portal.accounts.models import Member, Person
from portal.accounts.service import reach, teams
from portal.accounts.team_models import Team, TeamMembership
from portal.folding import fold
from portal.guides.service.titles import title_in
from portal.messages.models import Message, MessageState
from portal.paging import AnySelect, Page
from portal.paths.models import Path, Step
from portal.paths.progress_models import Enrollment
from portal.paths.service.fitted import STEPS_TOTAL

PAGE_SIZE = 60


class State(StrEnum):
    """How far someone is, as the list filters it."""

    INVITED = "invited"
    NO_GOAL = "no_goal"
    ON_PATH = "on_path"
    STUCK = "stuck"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What the list is narrowed to; everything empty means everybody."""

    words: str = ""
    team_id: UUID | None = None
    path_id: UUID | None = None
    state: State | None = None
    is_overdue: bool = False
    """A date that was set for them has passed, on whichever path."""

    @property
    def is_empty(self) -> bool:
        """Whether it shows everybody."""
        return self == PeopleFilter()


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One member in the list: the same figures on the page and in the CSV."""

    member_id: UUID
    name: str
    name_key: str
    team: str | None
    state: State
    path: str | None
    step: str | None
    steps_passed: int
    steps_total: int
    stuck_since: datetime | None
    """When the last step was passed, if the member is stuck."""
    due_on: date | None
    """Until when the current path is asked for, while it is not finished."""
    is_overdue: bool
    invited_at: datetime | None
    invitation: MessageState | None
    """What became of the mail with the invitation; only while it is not accepted."""
    bounced_at: datetime | None
    """Since when mail to their address comes back."""
    email: str
    """In the spelling that is the same for all of one mailbox: another could tell of elsewhere."""
    external_id: str | None
    job: str | None
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that the list can be narrowed to."""

    id: UUID
    name: str


_TEAM_OF_TODAY = and_(
    TeamMembership.organization_id == Member.organization_id,
    TeamMembership.member_id == Member.id,
    TeamMembership.ends_on.is_(None),
)
_CURRENT = and_(
    Enrollment.organization_id == Member.organization_id,
    Enrollment.member_id == Member.id,
    Enrollment.is_current,
)


@lru_cache
def _everybody(locale: str) -> AnySelect:
    # Built once for a language: the page is read often, and building a statement costs more than
    # running it.
    return (
        select(
            Member.id,
            Member.display_name,
            Member.name_key,
            Member.invited_at,
            Member.accepted_at,
            Member.bounced_at,
            Team.name.label("team"),
            title_in(Path, locale).label("path"),
            STEPS_TOTAL,
            title_in(Step, locale).label("step"),
            Enrollment.steps_passed,
            Enrollment.last_step_at,
            Enrollment.stuck_at,
            Enrollment.finished_at,
            Enrollment.due_on,
            Message.state.label("invitation"),
            Person.email_key,
            Member.external_id,
            Member.job,
            Member.roles,
        )
        .join(Person, Person.id == Member.person_id)
        .outerjoin(TeamMembership, _TEAM_OF_TODAY)
        .outerjoin(
            Team,
            and_(
                Team.organization_id == TeamMembership.organization_id,
                Team.id == TeamMembership.team_id,
            ),
        )
        .outerjoin(Enrollment, _CURRENT)
        .outerjoin(Path, Path.id == Enrollment.path_id)
        .outerjoin(Step, Step.id == Enrollment.next_step_id)
        .outerjoin(
            Message,
            and_(
                Message.organization_id == Member.organization_id,
                Message.id == Member.invitation_message_id,
            ),
        )
        .where(Member.left_at.is_(None))
    )


ORDER = (
    (Member.name_key.expression, lambda row: row.name_key),
    (Member.id.expression, lambda row: row.id),
)


def list_people(viewer: Viewer, narrowed: PeopleFilter, after: str | None) -> Page[PersonRow]:
    """One page of the viewer's organization, by name. Raises NotAllowed, or Invalid for `after`."""
    now = clock.now()
    page = paging.paginate(_people(viewer, narrowed, now), ORDER, after, PAGE_SIZE)
    return Page(_rows(viewer, page.rows, now), page.next)


def export_people(viewer: Viewer, narrowed: PeopleFilter) -> list[PersonRow]:
    """Everybody whom the list shows over all its pages, in one statement. Raises NotAllowed."""
    now = clock.now()
    query = _people(viewer, narrowed, now).order_by(*(column for column, _ in ORDER))
    return _rows(viewer, db.session().execute(query).all(), now)


def members_found(viewer: Viewer, narrowed: PeopleFilter) -> AnySelect:
    """The ids of everybody whom the list shows, as a subquery. Raises NotAllowed.

    Only the joins that the filter asks about: PostgreSQL, where it has no statistics yet, may
    compare each with each at every further one.
    """
    require(viewer, Action.SEE_PEOPLE)
    found: AnySelect = select(Member.id).where(
        Member.left_at.is_(None),
        Member.organization_id == viewer.organization_id,
        reach.within(viewer),
    )
    if narrowed.team_id:
        found = found.join(TeamMembership, _TEAM_OF_TODAY)
    if narrowed.path_id or narrowed.state:
        found = found.outerjoin(Enrollment, _CURRENT)
    return _narrow(found, viewer, narrowed, clock.now())


def list_teams(viewer: Viewer) -> list[Choice]:
    """Today's teams that the viewer reaches, by name."""
    return [Choice(*row) for row in teams.list_names(viewer)]


def list_paths(viewer: Viewer) -> list[Choice]:
    """The paths that readers can follow today, by title."""
    title = title_in(Path, viewer.locale)
    found = select(Path.id, title).where(Path.withdrawn_at.is_(None)).order_by(title)
    return [Choice(*row) for row in db.session().execute(found)]


def _people(viewer: Viewer, narrowed: PeopleFilter, now: datetime) -> AnySelect:
    require(viewer, Action.SEE_PEOPLE)
    reached = _everybody(viewer.locale).where(
        Member.organization_id == viewer.organization_id, reach.within(viewer)
    )
    return _narrow(reached, viewer, narrowed, now)


def _narrow(query: AnySelect, viewer: Viewer, narrowed: PeopleFilter, now: datetime) -> AnySelect:
    if narrowed.words:
        query = query.where(Member.name_key.contains(fold(narrowed.words), autoescape=True))
    if narrowed.team_id:
        query = query.where(TeamMembership.team_id == narrowed.team_id)
    if narrowed.path_id:
        query = query.where(Enrollment.path_id == narrowed.path_id)
    if narrowed.state:
        query = query.where(_in_state(narrowed.state, now))
    if narrowed.is_overdue:
        query = query.where(_is_overdue(viewer))
    return query


def _is_overdue(viewer: Viewer) -> Any:
    late = aliased(Enrollment)
    return (
        exists()
        .where(
            late.organization_id == viewer.organization_id,
            late.member_id == Member.id,
            late.due_on < viewer.today(),
            late.finished_at.is_(None),
        )
        .correlate(Member)
    )


def _in_state(state: State, now: datetime) -> Any:
    """The same cases as `_state`, as a condition; a test compares both."""
    accepted = Member.accepted_at.is_not(None)
    running = and_(accepted, Enrollment.id.is_not(None), Enrollment.finished_at.is_(None))
    return {
        State.INVITED: Member.accepted_at.is_(None),
        State.NO_GOAL: and_(accepted, Enrollment.id.is_(None)),
        State.ON_PATH: and_(running, Enrollment.stuck_at > now),
        State.STUCK: and_(running, Enrollment.stuck_at <= now),
        State.FINISHED: and_(accepted, Enrollment.finished_at.is_not(None)),
    }[state]


def _state(row: Row[Any], now: datetime) -> State:
    if row.accepted_at is None:
        return State.INVITED
    if row.path is None:
        return State.NO_GOAL
    if row.finished_at is not None:
        return State.FINISHED
    return State.STUCK if row.stuck_at <= now else State.ON_PATH


def _rows(viewer: Viewer, rows: Sequence[Row[Any]], now: datetime) -> list[PersonRow]:
    today = viewer.today()
    return [_person(row, _state(row, now), today) for row in rows]


def _person(row: Row[Any], state: State, today: date) -> PersonRow:
    due_on = None if row.finished_at else row.due_on
    return PersonRow(
        member_id=row.id,
        name=row.display_name,
        name_key=row.name_key,
        team=row.team,
        state=state,
        path=row.path,
        step=row.step,
        steps_passed=row.steps_passed or 0,
        steps_total=row.steps_total or 0,
        stuck_since=row.last_step_at if state is State.STUCK else None,
        due_on=due_on,
        is_overdue=due_on is not None and due_on < today,
        invited_at=row.invited_at,
        invitation=row.invitation if state is State.INVITED else None,
        bounced_at=row.bounced_at,
        email=row.email_key,
        external_id=row.external_id,
        job=row.job,
        roles=row.roles,
    )
