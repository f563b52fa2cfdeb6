"""Sessions: trainings with a date and a number of places, taken by members of all organizations.

How many places are taken stands in a shared row that says nothing of whom; who has one stands in
their own organization.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from portal import clock, db
from portal.access import Viewer
from portal.errors import Conflict
from portal.i18n import gettext as _
from portal.inserts import upsert
from portal.paths.models import StepKind
from portal.paths.service.context import AnyRow
from portal.paths.service.enrollments import refresh
from portal.paths.service.steps import get_row, pass_row
from portal.paths.step_models import SessionPlace, SessionPlaces

_KEY = ("organization_id", "member_id", "step_id", "starts_at")


def take_place(viewer: Viewer, step_id: UUID) -> None:
    """Take a place in a session to come; a repeat changes nothing.

    Raises NotFound; Conflict where it is full, over, or off the viewer's path.
    """
    row, starts_at = _upcoming(viewer, step_id)
    if not row.is_current:
        raise Conflict(_("You are not on this path now. Choose it first, then take a place."))
    now = clock.now()
    place = _place(viewer, row, starts_at)
    if not upsert(SessionPlace, place | {"taken_at": now}, on=_KEY) and not _take_again(place):
        return
    if not _count(row, starts_at, 1):
        raise Conflict(_("Every place is taken. Look again later: places come free."))
    refresh(viewer.organization_id, row.enrollment_id)


def give_up_place(viewer: Viewer, step_id: UUID) -> None:
    """Give a place back; a repeat changes nothing. Raises NotFound; Conflict once it is over."""
    row, starts_at = _upcoming(viewer, step_id)
    given_up = (
        update(SessionPlace)
        .where(*_same(_place(viewer, row, starts_at)), SessionPlace.given_up_at.is_(None))
        .values(given_up_at=clock.now())
    )
    if db.connection().execute(given_up).rowcount:
        _count(row, starts_at, -1)
        if row.enrollment_id:
            refresh(viewer.organization_id, row.enrollment_id)


def say_attended(viewer: Viewer, step_id: UUID, attended: bool) -> None:
    """After the date: whether the viewer was there, by their own word. Either passes the step.

    Raises NotFound; Conflict before the date, or off the path.
    """
    row = get_row(viewer, step_id, StepKind.SESSION)
    starts_at, now = datetime.fromisoformat(row.details["starts_at"]), clock.now()
    if starts_at > now:
        raise Conflict(_("The session has not begun yet."))
    place = _place(viewer, row, starts_at) | {"taken_at": now, "attended": attended}
    upsert(SessionPlace, place, on=_KEY, change=("attended",))
    pass_row(viewer, row)


def forget_places(organization_id: UUID) -> None:
    """Delete the places of an organization that goes, and count them as free."""
    here = SessionPlace.organization_id == organization_id
    taken = (
        select(SessionPlace.step_id, SessionPlace.starts_at, func.count())
        .where(here, SessionPlace.given_up_at.is_(None))
        .group_by(SessionPlace.step_id, SessionPlace.starts_at)
    )
    for step_id, starts_at, number in db.session().execute(taken).all():
        of = SessionPlaces.step_id == step_id, SessionPlaces.starts_at == starts_at
        fewer = update(SessionPlaces).where(*of, SessionPlaces.taken >= number)
        db.connection().execute(fewer.values(taken=SessionPlaces.taken - number))
    db.connection().execute(delete(SessionPlace).where(here))


def _upcoming(viewer: Viewer, step_id: UUID) -> tuple[AnyRow, datetime]:
    row = get_row(viewer, step_id, StepKind.SESSION)
    starts_at = datetime.fromisoformat(row.details["starts_at"])
    if starts_at <= clock.now():
        raise Conflict(_("This session is over."))
    return row, starts_at


def _place(viewer: Viewer, row: AnyRow, starts_at: datetime) -> dict[str, object]:
    return dict(
        organization_id=viewer.organization_id,
        member_id=viewer.member_id,
        step_id=row.id,
        starts_at=starts_at,
    )


def _same(place: dict[str, object]) -> list[ColumnElement[bool]]:
    return [getattr(SessionPlace, name) == place[name] for name in _KEY]


def _take_again(place: dict[str, object]) -> bool:
    """Whether a place that was given up is taken anew."""
    again = (
        update(SessionPlace)
        .where(*_same(place), SessionPlace.given_up_at.is_not(None))
        .values(given_up_at=None)
    )
    return db.connection().execute(again).rowcount > 0


def _count(row: AnyRow, starts_at: datetime, change: int) -> bool:
    """Count a place taken or given back; False where none is left."""
    key = {"step_id": row.id, "starts_at": starts_at}
    upsert(SessionPlaces, key | {"taken": 0}, on=tuple(key))
    counted = (
        update(SessionPlaces)
        .where(
            SessionPlaces.step_id == row.id,
            SessionPlaces.starts_at == starts_at,
            SessionPlaces.taken + change >= 0,
        )
        .values(taken=SessionPlaces.taken + change)
    )
    capacity = row.details.get("capacity")
    if capacity is not None and change > 0:
        counted = counted.where(SessionPlaces.taken < capacity)
    return db.connection().execute(counted).rowcount > 0
