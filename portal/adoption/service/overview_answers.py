"""What may be said of answers, and up to when: whole weeks, and only those in which many spoke.

A success manager sees who passes which step, and when. A figure that moved with each answer would
tell whose it was: what was shown a moment earlier is a shown group too, and of those who are not in
it there is one. So figures of answers are as they were at the end of the latest week in which at
least five people spoke. Who has left stays in them: else letting somebody leave, and taking them
back, would tell what they had said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from portal import db
from portal.access import Viewer
from portal.accounts.models import Member
from portal.accounts.service import reach
from portal.paging import AnySelect
from portal.paths.follow_up_models import GoalSaid, GoalWord
from portal.paths.outcome_models import Answer, Outcome, OutcomeChange
from portal.paths.progress_models import Enrollment, Origin
from portal.small_groups import SMALLEST, may_show

TELLING = (Answer.YES, Answer.PARTLY, Answer.NO)
"""Answers of those who needed the guide."""
WEEKS = 13
"""How far back a week is looked for; with fewer people in each nothing is said."""
ANSWERS, GOALS = "answers", "goals"

Counted = tuple[int, int]
"""Of how many people it is so, and how many there are."""


@dataclass(frozen=True, slots=True)
class Told:
    """What people said, as it stood at the end of a week."""

    answers: dict[Origin, Counted]
    """By origin: whose latest telling answer is yes, of those who gave one. A person is counted
    once, with the origin that their latest answer was given under."""
    until: date | None
    """The last day of that week; None where there was none."""
    at_goal: Counted
    """Who says that the goal of a path is reached, of those who had finished one."""


def get_told(viewer: Viewer, now: datetime) -> Told:
    """What the people whom the viewer reaches said, up to when it may be told.

    Of a team nothing that tells, beside what is shown of everybody, about one to four others.
    """
    until = _ends(viewer, now)
    answers, at_goal = _count(_Whom(viewer), until)
    if viewer.limited_to is not None:
        everybody, all_at_goal = _count(_Whom(replace(viewer, limited_to=None)), until)
        if not may_show(_people(answers), _people(everybody)):
            answers = {}
        if not may_show(at_goal[1], all_at_goal[1]):
            at_goal = 0, 0
    end = until.get(ANSWERS)
    return Told(answers, end and end.date() - timedelta(days=1), at_goal)


def _people(answers: dict[Origin, Counted]) -> int:
    return sum(whole for _part, whole in answers.values())


def _count(whom: "_Whom", until: dict[str, datetime]) -> tuple[dict[Origin, Counted], Counted]:
    counts = {ANSWERS: _answers, GOALS: _goals}
    parts = [count(whom, until[name]) for name, count in counts.items() if name in until]
    answers: dict[Origin, Counted] = {}
    at_goal = (0, 0)
    for name, origin, part, whole in db.session().execute(union_all(*parts)) if parts else ():
        if name == GOALS:
            at_goal = part, whole
            continue
        # What is read off every path, somebody chose to read.
        of = Origin(origin or Origin.CHOSEN)
        known = answers.get(of, (0, 0))
        answers[of] = known[0] + part, known[1] + whole
    return answers, at_goal


def _ends(viewer: Viewer, now: datetime) -> dict[str, datetime]:
    """The end of the latest week in which enough people spoke, of answers and of goals."""
    mondays, who = _mondays(viewer, now), _Whom(viewer)
    answers = _speakers(ANSWERS, _person(Outcome), Outcome.changed_at, mondays)
    goals = _speakers(GOALS, _person(GoalWord), GoalWord.said_at, mondays)
    spoke = union_all(
        answers.where(*who.spoke(Outcome)),
        goals.where(*who.spoke(GoalWord)),
    )
    found: dict[str, datetime] = {}
    for name, week, people in db.session().execute(spoke):
        if people >= SMALLEST:
            found[name] = max(mondays[week], found.get(name, mondays[week]))
    return found


def _mondays(viewer: Viewer, now: datetime) -> list[datetime]:
    """When the organization's latest weeks ended, the latest first, and one more."""
    zone = ZoneInfo(viewer.organization_zone)
    today = now.astimezone(zone).date()
    latest = today - timedelta(days=today.weekday())
    days = (latest - timedelta(weeks=back) for back in range(WEEKS + 1))
    return [datetime.combine(day, time(), zone) for day in days]


def _speakers(
    name: str, person: ColumnElement[Any], at: Any, mondays: Sequence[datetime]
) -> AnySelect:
    """How many people spoke in which of the weeks, by its number from the latest on."""
    starts = enumerate(mondays[1:])
    week = case(*((at >= start, number) for number, start in starts)).label("week")
    return (
        select(literal(name), week, func.count(person.distinct()))
        .where(at < mondays[0], at >= mondays[-1])
        .group_by(week)
    )


def _answers(whom: "_Whom", until: datetime) -> AnySelect:
    """By origin: how many people's latest telling answer was yes, and how many had given one."""
    who = (_person(Outcome).label("person"), Outcome.origin)
    settled = select(*who, Outcome.latest_answer.label("answer"), Outcome.changed_at.label("at"))
    latest = func.row_number().over(
        partition_by=OutcomeChange.outcome_id,
        order_by=(OutcomeChange.changed_at.desc(), OutcomeChange.id.desc()),
    )
    # What was said anew since then: as it was before.
    before = (
        select(*who, OutcomeChange.answer, OutcomeChange.changed_at.label("at"), latest.label("n"))
        .join(
            OutcomeChange,
            and_(
                OutcomeChange.organization_id == Outcome.organization_id,
                OutcomeChange.outcome_id == Outcome.id,
            ),
        )
        .where(*whom.spoke(Outcome), Outcome.changed_at >= until)
        .where(
            OutcomeChange.organization_id == whom.organization_id,
            OutcomeChange.changed_at < until,
        )
        .subquery()
    )
    said = union_all(
        settled.where(*whom.spoke(Outcome), Outcome.changed_at < until),
        select(*(before.c[name] for name in ("person", "origin", "answer", "at"))).where(
            before.c.n == 1
        ),
    ).subquery()
    newest = func.row_number().over(
        partition_by=said.c.person, order_by=(said.c.at.desc(), said.c.origin)
    )
    ranked = (
        select(said.c.origin, said.c.answer, newest.label("place"))
        .where(said.c.answer.in_(TELLING))
        .subquery()
    )
    yes = func.count().filter(ranked.c.answer == Answer.YES)
    counted = select(literal(ANSWERS), ranked.c.origin, yes, func.count())
    return counted.where(ranked.c.place == 1).group_by(ranked.c.origin)


def _goals(whom: "_Whom", until: datetime) -> AnySelect:
    """How many said that the goal of a path they had finished is reached, and how many finished."""
    said = (
        select(GoalWord.enrollment_id)
        .where(*whom.spoke(GoalWord), GoalWord.said_at < until)
        .where(GoalWord.said == GoalSaid.YES)
    )
    reached = case((Enrollment.id.in_(said), Enrollment.member_id))
    return select(
        literal(GOALS),
        cast(null(), String),
        func.count(reached.distinct()),
        func.count(Enrollment.member_id.distinct()),
    ).where(*whom.spoke(Enrollment), Enrollment.finished_at < until)


def _person(model: Any) -> ColumnElement[Any]:
    """Who spoke; who was erased since is somebody of their own."""
    found: ColumnElement[Any] = func.coalesce(model.member_id, model.id)
    return found


class _Whom:
    """Whom the viewer reaches; made once for a statement, which may hold the tree of teams once."""

    def __init__(self, viewer: Viewer) -> None:
        self.organization_id = viewer.organization_id
        reached = Member.organization_id == viewer.organization_id, reach.within(viewer)
        self._members = select(Member.id).where(*reached) if viewer.limited_to else None

    def spoke(self, model: Any) -> tuple[ColumnElement[bool], ...]:
        """In SQL: whether a row is of somebody who is meant; also of who has left."""
        ours = model.organization_id == self.organization_id
        if self._members is None:
            return (ours,)
        return ours, model.member_id.in_(self._members)
