"""The success manager's list for today: at most seven things, each done in two minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, delete, func, select, union_all

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.accounts.models import Member
from portal.accounts.service import reach
from portal.adoption.models import TodayPutOff
from portal.adoption.service.candidates import candidates
from portal.adoption.service.today_shape import KINDS, SHAPE, Kind
from portal.inserts import upsert
from portal.paths.progress_models import Enrollment

MOST = 7
MOST_OF_A_KIND = 3
"""Until every kind had its turn: fifty who are stuck must not hide a question."""


class Until(StrEnum):
    """For how long an item is off the list."""

    DONE = "done"
    TOMORROW = "tomorrow"
    NEXT_WEEK = "next_week"


DONE_FOR = timedelta(days=14)
"""What is done comes back after that, if there is still reason to: a talk may not have helped."""
DONE_FOR_GOOD = frozenset({Kind.TOLD})


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do, with its reason."""

    kind: Kind
    subject_id: UUID
    member_id: UUID | None
    name: str | None
    what: str | None
    where: str | None
    more: str | None
    word: str | None
    number: int | None
    at: datetime | None
    due: datetime | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Today:
    """The list, and how much more there is of each kind."""

    items: Sequence[Item]
    more: dict[Kind, int]
    """How many more of a kind wait behind those shown; kinds without any are left out."""
    put_off: int
    """Items that the viewer has put off, and that have not come back."""
    next_on: date | None
    """Where the list is empty: the next day on which something is due or comes back."""


def get_today(viewer: Viewer) -> Today:
    """What needs the viewer today. Raises NotAllowed."""
    require(viewer, Action.SEE_PEOPLE)
    today = viewer.today()
    found = candidates(viewer, clock.now(), today)
    parts = [select(query.limit(MOST).subquery()) for query in found.values()]
    rows = db.session().execute(union_all(*parts)).all()
    found_items = [_item(row) for row in rows]
    once = without_repeats(found_items)
    items = choose(once)
    totals = {KINDS[row.kind]: row.total for row in rows}
    shown = [item.kind for item in found_items if item in items or item not in once]
    more = {kind: totals[kind] - shown.count(kind) for kind in Kind if kind in totals}
    return Today(
        items=items,
        more={kind: number for kind, number in more.items() if number},
        put_off=_count_put_off(viewer, today),
        next_on=None if items else _next_day(viewer, today),
    )


def without_repeats(found: Sequence[Item]) -> list[Item]:
    """Nobody stands there twice: who is past a date has often come to a halt as well."""
    overdue = {item.subject_id for item in found if item.kind is Kind.OVERDUE}
    return [item for item in found if item.kind is not Kind.STUCK or item.subject_id not in overdue]


def choose(found: Sequence[Item]) -> list[Item]:
    """At most seven of what was found: by kind, and of one kind first no more than three.

    `found` holds each kind with the longest waiting first, in which order they stay.
    """
    by_kind = [[item for item in found if item.kind == kind] for kind in Kind]
    first = [item for items in by_kind for item in items[:MOST_OF_A_KIND]]
    rest = [item for items in by_kind for item in items[MOST_OF_A_KIND:]]
    chosen = (first + rest)[:MOST]
    return [item for items in by_kind for item in items if item in chosen]


def put_off(viewer: Viewer, kind: Kind, subject_id: UUID, until: Until) -> None:
    """Take an item off the viewer's list; a repeat changes nothing. Raises NotAllowed."""
    require(viewer, Action.SEE_PEOPLE)
    _put_off(viewer, kind, subject_id, _back_on(kind, until, viewer.today()))


def let_rest(viewer: Viewer, kind: Kind, subject_id: UUID, how_long: timedelta) -> None:
    """Take an item off the viewer's list, as something was done about it."""
    _put_off(viewer, kind, subject_id, viewer.today() + how_long)


def bring_back(viewer: Viewer) -> None:
    """Put everything on the list again that the viewer put off for some days."""
    require(viewer, Action.SEE_PEOPLE)
    db.connection().execute(
        delete(TodayPutOff).where(*_own(viewer), TodayPutOff.until.is_not(None))
    )


def _put_off(viewer: Viewer, kind: Kind, subject_id: UUID, until: date | None) -> None:
    row = dict(
        organization_id=viewer.organization_id,
        person_id=viewer.person_id,
        kind=kind,
        subject_id=subject_id,
        until=until,
    )
    key = ("organization_id", "person_id", "kind", "subject_id")
    upsert(TodayPutOff, row, on=key, change=("until",))


def _back_on(kind: Kind, until: Until, today: date) -> date | None:
    if until is Until.TOMORROW:
        return today + timedelta(days=1)
    if until is Until.NEXT_WEEK:
        return today + timedelta(days=8 - today.isoweekday())
    return None if kind in DONE_FOR_GOOD else today + DONE_FOR


def _item(row: Row[Any]) -> Item:
    known = row._mapping
    values = {name: known[name] for name in SHAPE if name not in ("kind", "total")}
    return Item(kind=KINDS[row.kind], **values)


def _own(viewer: Viewer) -> Sequence[Any]:
    return (
        TodayPutOff.organization_id == viewer.organization_id,
        TodayPutOff.person_id == viewer.person_id,
    )


def _count_put_off(viewer: Viewer, today: date) -> int:
    # A nudge lets both reasons to ask one person rest: that is one thing.
    kind = case((TodayPutOff.kind == Kind.OVERDUE, Kind.STUCK), else_=TodayPutOff.kind)
    things = (
        select(kind, TodayPutOff.subject_id)
        .where(*_own(viewer), TodayPutOff.until > today)
        .distinct()
    )
    return db.session().scalar(select(func.count()).select_from(things.subquery())) or 0


def _next_day(viewer: Viewer, today: date) -> date | None:
    back = select(func.min(TodayPutOff.until)).where(*_own(viewer), TodayPutOff.until > today)
    due = (
        select(func.min(Enrollment.due_on))
        .join(
            Member,
            (Member.organization_id == Enrollment.organization_id)
            & (Member.id == Enrollment.member_id),
        )
        .where(
            Enrollment.organization_id == viewer.organization_id,
            Member.organization_id == viewer.organization_id,
            Enrollment.due_on >= today,
            Enrollment.finished_at.is_(None),
            Member.left_at.is_(None),
            reach.within(viewer),
        )
    )
    day_after = timedelta(days=1)
    came_back, is_due = (
        db.session().execute(select(back.scalar_subquery(), due.scalar_subquery())).one()
    )
    days = [came_back, is_due and is_due + day_after]
    return min((day for day in days if day), default=None)
