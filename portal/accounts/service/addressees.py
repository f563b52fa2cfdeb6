"""Whom messages go to: a person in an organization, as the contact policy needs to know them."""

from uuid import UUID

from sqlalchemy import select

from portal import clock, db
from portal.access import Viewer
from portal.accounts import emails
from portal.accounts.models import Organization, QuietPeriod
from portal.accounts.service.members import find_member, get_member, get_person
from portal.messages.policy import QuietDays
from portal.messages.service import Addressee


def get_addressee(viewer: Viewer, member_id: UUID) -> Addressee:
    """A member of the viewer's organization as who is written to. Raises NotFound."""
    person = get_person(get_member(viewer, member_id).person_id)
    organization = db.session().get_one(Organization, viewer.organization_id)
    return emails.addressee(person, organization, _quiet_days(organization))


def find_reader(organization_id: UUID, member_id: UUID) -> tuple[str, Addressee] | None:
    """A member's name and how they are written to; None for who has left, or never joined."""
    member = find_member(organization_id, member_id)
    if member is None or member.left_at or not member.accepted_at:
        return None
    organization = db.session().get_one(Organization, organization_id)
    person = get_person(member.person_id)
    return member.display_name, emails.addressee(person, organization, _quiet_days(organization))


def _quiet_days(organization: Organization) -> QuietDays:
    # From yesterday on, since a message waits at the earliest from now.
    found = select(QuietPeriod.starts_on, QuietPeriod.ends_on).where(
        QuietPeriod.organization_id == organization.id,
        QuietPeriod.ends_on >= clock.today(organization.zone),
    )
    periods = tuple((row.starts_on, row.ends_on) for row in db.session().execute(found))
    return QuietDays(organization.zone, periods)
