"""How a request goes up to the vendor: unanswered, for want of a USM, or by hand."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal import clock, db, jobs
from portal.accounts.models import Organization
from portal.accounts.service.calendars import get_calendar
from portal.guides.models import Revision
from portal.help import emails
from portal.help.models import HelpRequest, Level, State, Why
from portal.help.service import people
from portal.messages.service import MailSettings
from portal.working_time import Calendar, add_working_time

HOURS = 8
"""Working hours of the organization for which its USMs have a request to themselves."""
JOB = "help.go_up"


def when_it_goes_up(since: datetime, calendar: Calendar) -> datetime:
    """The moment at which what was asked at `since` goes up unanswered."""
    return add_working_time(since, HOURS, calendar)


def wait_for_usms(request: HelpRequest, calendar: Calendar) -> None:
    """Let a request wait for its USMs from `waiting_since` on, and note when it goes up."""
    request.goes_up_at = when_it_goes_up(request.waiting_since, calendar)
    # A moment of its own in the key: a later count leaves the earlier row behind, to find nothing.
    key = f"{request.id.hex}:{int(request.goes_up_at.timestamp())}"
    jobs.enqueue(JOB, request.organization_id, key, request.goes_up_at)


def find_request(organization_id: UUID, request_id: UUID) -> HelpRequest | None:
    """A request to be changed: of two at once the second waits, and finds what the first did."""
    found = select(HelpRequest).where(
        HelpRequest.organization_id == organization_id, HelpRequest.id == request_id
    )
    return db.session().scalars(found.with_for_update()).one_or_none()


def go_up_if_due(organization_id: UUID, key: str, mail: MailSettings) -> None:
    """Let a request go up whose time has come; what was answered, closed or moved stays."""
    request = find_request(organization_id, UUID(key.partition(":")[0]))
    if request is None or request.state != State.OPEN or request.goes_up_at is None:
        return
    if request.goes_up_at <= clock.now():
        go_up(request, Why.UNANSWERED, mail)


def list_due(organization_id: UUID) -> Sequence[tuple[UUID, datetime]]:
    """Requests whose time has come by now, and when it came, in that order."""
    found = select(HelpRequest.id, HelpRequest.goes_up_at).where(
        HelpRequest.organization_id == organization_id,
        HelpRequest.state == State.OPEN,
        HelpRequest.goes_up_at <= clock.now(),
    )
    in_order = found.order_by(HelpRequest.goes_up_at, HelpRequest.id)
    return [(row[0], at) for row in db.session().execute(in_order) if (at := row[1])]


def go_up(request: HelpRequest, why: Why, mail: MailSettings) -> None:
    """Bring a request to the vendor's csms, or to the admins where nobody is assigned."""
    request.level, request.went_up_why = Level.VENDOR, why
    request.went_up_at, request.goes_up_at = clock.now(), None
    db.session().flush()
    tell_staff(request, request.words, mail)


def tell_staff(request: HelpRequest, words: str, mail: MailSettings) -> None:
    """Write to the vendor's staff that a request waits for them."""
    asker = people.find_asker(request.organization_id, request.member_id)
    if asker is None:
        return
    organization = db.session().get_one(Organization, request.organization_id)
    url = f"{mail.portal_url}/customers/{request.organization_id}/help/{request.id}"
    for helper in people.list_staff(request.organization_id):
        emails.went_up(
            helper.addressee,
            request.organization_id,
            helper.name,
            asker.name,
            organization.name,
            request.went_up_why or Why.UNANSWERED,
            guide_title(request),
            words,
            url,
            asker.addressee.person_id,
            mail,
        )


def guide_title(request: HelpRequest) -> str | None:
    """The title of the guide in front of which it was asked."""
    if request.revision_id is None:
        return None
    return db.session().scalar(select(Revision.title).where(Revision.id == request.revision_id))


def count_anew(organization_id: UUID) -> None:
    """Count for every waiting request when it goes up, after the calendar has changed."""
    calendar = get_calendar(organization_id)
    waiting = select(HelpRequest).where(
        HelpRequest.organization_id == organization_id,
        HelpRequest.state == State.OPEN,
        HelpRequest.level == Level.USM,
    )
    for request in db.session().scalars(waiting.order_by(HelpRequest.id).with_for_update()):
        wait_for_usms(request, calendar)
    db.session().flush()
