"""When an organization works, as those who wait for it need to know."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portal import clock, db, jobs
from portal.accounts.models import Organization, QuietPeriod
from portal.working_time import Calendar


def get_calendar(organization_id: UUID) -> Calendar:
    """The working days and hours of an organization, with the holidays that are not yet over."""
    organization = db.session().get_one(Organization, organization_id)
    today = clock.today(organization.zone)
    found = select(QuietPeriod.starts_on, QuietPeriod.ends_on).where(
        QuietPeriod.organization_id == organization_id,
        QuietPeriod.is_holiday,
        QuietPeriod.ends_on >= today - timedelta(days=1),
    )
    holidays = {
        starts_on + timedelta(days=number)
        for starts_on, ends_on in db.session().execute(found)
        for number in range((ends_on - starts_on).days + 1)
    }
    return Calendar(
        zone=organization.zone,
        days=frozenset(organization.working_days),
        starts=organization.working_from,
        ends=organization.working_until,
        holidays=frozenset(holidays),
    )


def changed(organization_id: UUID) -> None:
    """Note that working days, hours, holidays or the zone changed, in the running transaction.

    Whoever waits by working time counts anew: the work is picked up by the feature above.
    """
    jobs.enqueue("help.count_anew", organization_id, "calendar")
