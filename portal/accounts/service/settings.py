"""How an organization works: its clock and language, working time, seats, and when it is quiet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal import audit, db
from portal.access import Action, Viewer, require
from portal.accounts import zones
from portal.accounts.models import Experience, Organization, QuietPeriod, Seats
from portal.accounts.service import calendars
from portal.accounts.service.members import clean_name
from portal.errors import Invalid, NotFound
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.inserts import upsert
from portal.schema import LARGEST_INTEGER

LONGEST_PERIOD = timedelta(days=366)
SHOWN_FOR = timedelta(days=366)
"""How long past periods stay in the list."""
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Ways:
    """How an organization works."""

    zone: str
    """IANA name."""
    locale: str
    experience: Experience
    working_days: tuple[int, ...]
    """ISO weekdays, Monday is 1."""
    working_from: time
    working_until: time
    """Not after `working_from`: on the next day."""


def get_organization(viewer: Viewer) -> Organization:
    """The organization that the viewer sets up. Raises NotAllowed."""
    require(viewer, Action.SET_UP_ORGANIZATION)
    return db.session().get_one(Organization, viewer.organization_id)


def set_ways(viewer: Viewer, ways: Ways) -> None:
    """Change how the organization works. Raises Invalid at the field that must be mended."""
    organization = get_organization(viewer)
    if ways.zone not in zones.names():
        raise Invalid("zone", _("Choose a time zone."))
    if not ways.working_days:
        raise Invalid("working_days", _("Choose at least one day."))
    if ways.working_from == ways.working_until:
        raise Invalid("working_until", _("Choose another time than the beginning."))
    before = _facts(organization)
    organization.zone, organization.locale = ways.zone, ways.locale
    organization.experience = ways.experience
    organization.working_days = sorted(ways.working_days)
    organization.working_from = ways.working_from
    organization.working_until = ways.working_until
    after = _facts(organization)
    if after != before:
        _record(viewer, "organization.changed", before, after)


def _facts(organization: Organization) -> dict[str, Any]:
    return {
        "zone": organization.zone,
        "locale": organization.locale,
        "experience": str(organization.experience),
        "working_days": organization.working_days,
        "working_from": f"{organization.working_from:%H:%M}",
        "working_until": f"{organization.working_until:%H:%M}",
    }


def list_seats(viewer: Viewer) -> Sequence[Seats]:
    """How many seats the organization has had from which day on, the latest first."""
    found = select(Seats).where(Seats.organization_id == viewer.organization_id)
    return db.session().scalars(found.order_by(Seats.starts_on.desc()).limit(MOST_SHOWN)).all()


def set_seats(viewer: Viewer, starts_on: date, number: int) -> None:
    """From a day on there are so many seats; a second number for one day replaces the first.

    Raises Invalid at `number`.
    """
    require(viewer, Action.SET_UP_ORGANIZATION)
    if not 0 <= number <= LARGEST_INTEGER:
        raise Invalid("number", _("Enter a number from 0 on."))
    before = _find_seats(viewer, starts_on)
    row = dict(organization_id=viewer.organization_id, starts_on=starts_on, number=number)
    was = before.number if before else None
    if before:
        db.session().expunge(before)
    upsert(Seats, row, on=("organization_id", "starts_on"), change=("number",))
    day = starts_on.isoformat()
    _record(viewer, "seats.set", {day: was} if before else None, {day: number})


def remove_seats(viewer: Viewer, starts_on: date) -> None:
    """Take a dated number of seats back; the one before it holds on. A repeat changes nothing."""
    require(viewer, Action.SET_UP_ORGANIZATION)
    before = _find_seats(viewer, starts_on)
    if before:
        db.session().delete(before)
        _record(viewer, "seats.removed", {starts_on.isoformat(): before.number}, None)


def _find_seats(viewer: Viewer, starts_on: date) -> Seats | None:
    key = {"organization_id": viewer.organization_id, "starts_on": starts_on}
    return db.session().get(Seats, key)


def list_quiet_periods(viewer: Viewer) -> Sequence[QuietPeriod]:
    """Holidays and quiet periods from a year ago on, in the order of their days."""
    since = viewer.today() - SHOWN_FOR
    found = select(QuietPeriod).where(
        QuietPeriod.organization_id == viewer.organization_id, QuietPeriod.ends_on >= since
    )
    ordered = found.order_by(QuietPeriod.starts_on, QuietPeriod.id).limit(MOST_SHOWN)
    return db.session().scalars(ordered).all()


def get_quiet_period(viewer: Viewer, period_id: UUID) -> QuietPeriod:
    """A holiday or quiet period. Raises NotFound."""
    require(viewer, Action.SET_UP_ORGANIZATION)
    key = {"organization_id": viewer.organization_id, "id": period_id}
    found = db.session().get(QuietPeriod, key)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Quiet:
    """Days on which nobody is written to; the last one included."""

    name: str
    starts_on: date
    ends_on: date
    is_holiday: bool
    """Nobody works either, so no working hour passes."""


def save_quiet_period(viewer: Viewer, period_id: UUID | None, quiet: Quiet) -> None:
    """Add a quiet period (None), or change one.

    Raises Invalid at `name` or `ends_on`, NotFound.
    """
    require(viewer, Action.SET_UP_ORGANIZATION)
    name = clean_name(quiet.name, "name")
    if quiet.ends_on < quiet.starts_on:
        raise Invalid("ends_on", _("The last day lies before the first."))
    if quiet.ends_on - quiet.starts_on > LONGEST_PERIOD:
        raise Invalid("ends_on", _("A quiet period is at most a year long."))
    before = None
    if period_id is None:
        period = QuietPeriod(organization_id=viewer.organization_id, id=new_id())
    else:
        period = get_quiet_period(viewer, period_id)
        before = _period_facts(period)
    period.name, period.is_holiday = name, quiet.is_holiday
    period.starts_on, period.ends_on = quiet.starts_on, quiet.ends_on
    db.session().add(period)
    _record(viewer, "quiet_period.saved", before, _period_facts(period))


def remove_quiet_period(viewer: Viewer, period_id: UUID) -> QuietPeriod:
    """Take a quiet period away. Raises NotFound."""
    period = get_quiet_period(viewer, period_id)
    db.session().delete(period)
    _record(viewer, "quiet_period.removed", _period_facts(period), None)
    return period


def _period_facts(period: QuietPeriod) -> dict[str, Any]:
    return {
        "name": period.name,
        "starts_on": period.starts_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
        "is_holiday": period.is_holiday,
    }


def _record(
    viewer: Viewer, action: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    audit.record(viewer, action, f"organization:{viewer.organization_id}", before, after)
    if not action.startswith("seats."):
        calendars.changed(viewer.organization_id)
    db.session().flush()
