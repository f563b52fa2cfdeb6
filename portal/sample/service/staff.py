"""The vendor's people in the sample, and how to sign in as one person of each role."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from portal import clock, db
from portal.access import Role, Viewer
from portal.accounts.models import LinkPurpose, Person
from portal.accounts.service import email_addresses, links, members, sign_in, viewers
from portal.sample.crowd import people_of
from portal.sample.place import Staff
from portal.sample.small import KRANICH
from portal.sample.stories import ADMIN, AUTHOR, CSM, LEADING, VENDOR_DOMAIN
from portal.sample.story import SamplePerson

LINK_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SignInLink:
    """How to sign in as a sample person, once."""

    role: Role
    name: str
    organization: str
    url: str


def ensure_staff(vendor_id: UUID, begun: datetime) -> Staff:
    """The vendor's sample people, made where they are missing; the session is the vendor's."""
    made = (_ensure(vendor_id, person, begun) for person in (ADMIN, AUTHOR, CSM))
    return Staff(*made)


def _ensure(vendor_id: UUID, person: SamplePerson, begun: datetime) -> Viewer:
    email = _staff_email(person)
    with clock.standing_at(begun - timedelta(days=person.joined or 0)):
        key = email_addresses.email_key(email)
        member = members.ensure_member(vendor_id, email, key, person.name, person.roles, True)
        viewer = viewers.get_viewer(vendor_id, member.id)
        members.accept(viewer)
    return viewer


def issue_links(portal_url: str) -> list[SignInLink]:
    """A fresh link for one person of each role, and for a larger organization's success manager.

    In the running transaction. Who is not there, as while the sample is being loaded, has none.
    """
    people, leader = people_of(KRANICH), people_of(LEADING)[0]
    wanted = (
        (Role.END_USER, people[4].name, people[4].email),
        (Role.USM, people[0].name, people[0].email),
        (Role.AUTHOR, AUTHOR.name, _staff_email(AUTHOR)),
        (Role.CSM, CSM.name, _staff_email(CSM)),
        (Role.ADMIN, ADMIN.name, _staff_email(ADMIN)),
        # Rates and curves begin at 60 people, so one who leads more than that.
        (Role.USM, leader.name, leader.email),
    )
    issued = [_link(portal_url, *one) for one in wanted]
    return [link for link in issued if link]


def _link(portal_url: str, role: Role, name: str, email: str) -> SignInLink | None:
    wanted = select(Person.id).where(Person.email_key == email_addresses.email_key(email))
    person_id = db.session().execute(wanted).scalar_one_or_none()
    joined = sign_in.list_memberships(person_id) if person_id else []
    if not (person_id and joined):
        return None
    home = joined[0]
    token = links.issue(
        LinkPurpose.SIGN_IN, person_id, home.organization_id, home.member_id, LINK_LIFETIME
    )
    return SignInLink(role, name, home.organization_name, f"{portal_url}/links/{token}")


def _staff_email(person: SamplePerson) -> str:
    return f"{person.name.lower().replace(' ', '.')}@{VENDOR_DOMAIN}"
