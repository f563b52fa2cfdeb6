"""Two small sample organizations, made through the services that people's own deeds go through.

Each is filled in one transaction, so that a loader that is stopped is simply run again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from portal import clock, db
from portal.access import Role, Viewer
from portal.accounts.models import LinkPurpose, Member, Organization, Person
from portal.accounts.service import (
    email_addresses,
    invitations,
    links,
    members,
    organizations,
    sign_in,
    viewers,
)
from portal.accounts.service.invitations import Invitee
from portal.db import Database
from portal.paths.service import goals, outcomes
from portal.sample.people import (
    ADMIN,
    AUTHOR,
    GOAL,
    ORGANIZATIONS,
    VENDOR_DOMAIN,
    Said,
    SampleOrganization,
    SamplePerson,
)

LINK_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SignInLink:
    """How to sign in as a sample person, once."""

    role: Role
    name: str
    organization: str
    url: str


def is_loaded(database: Database) -> bool:
    """Whether every sample organization is there with its people."""
    with database.across_organizations("is the sample loaded"):
        filled = (
            select(Organization.name)
            .join(Member, Member.organization_id == Organization.id)
            .where(Organization.is_sample, Member.is_sample)
        )
        names = set(db.session().scalars(filled.distinct()))
    return names >= {made.name for made in ORGANIZATIONS}


def load(database: Database) -> None:
    """Add what is missing of the sample; changes nothing once it is there."""
    if is_loaded(database):
        return
    begun = clock.now()
    with database.writing(None) as session:
        vendor = organizations.get_vendor()
        session.commit()
    with database.writing(vendor.id) as session:
        admin = _staff(vendor.id, ADMIN, begun)
        _staff(vendor.id, AUTHOR, begun)
        customers = [(made, _customer(admin, made, begun)) for made in ORGANIZATIONS]
        session.commit()
    for made, customer in customers:
        with database.writing(customer.id) as session:
            if not _has_members(customer.id):
                acting = admin.acting_in(customer.id, customer.name, customer.zone, True)
                _fill(acting, made, begun)
            session.commit()


def issue_links(portal_url: str) -> list[SignInLink]:
    """A fresh link for one person of each role, in the running transaction."""
    wanted = (
        (Role.END_USER, ORGANIZATIONS[0], ORGANIZATIONS[0].people[4]),
        (Role.USM, ORGANIZATIONS[0], ORGANIZATIONS[0].people[0]),
        (Role.AUTHOR, None, AUTHOR),
        (Role.ADMIN, None, ADMIN),
    )
    return [_link(portal_url, role, made, person) for role, made, person in wanted]


def _link(
    portal_url: str, role: Role, made: SampleOrganization | None, person: SamplePerson
) -> SignInLink:
    email = _email(person, made.domain if made else VENDOR_DOMAIN)
    wanted = select(Person.id).where(Person.email_key == email_addresses.email_key(email))
    person_id = db.session().execute(wanted).scalar_one()
    (home,) = sign_in.list_memberships(person_id)
    token = links.issue(
        LinkPurpose.SIGN_IN, person_id, home.organization_id, home.member_id, LINK_LIFETIME
    )
    return SignInLink(role, person.name, home.organization_name, f"{portal_url}/links/{token}")


def _staff(vendor_id: UUID, person: SamplePerson, begun: datetime) -> Viewer:
    email = _email(person, VENDOR_DOMAIN)
    with _days_before(begun, person.joined or 0):
        key = email_addresses.email_key(email)
        member = members.ensure_member(vendor_id, email, key, person.name, person.roles, True)
        viewer = viewers.get_viewer(vendor_id, member.id)
        members.accept(viewer)
    return viewer


def _customer(admin: Viewer, made: SampleOrganization, begun: datetime) -> Organization:
    known = select(Organization).where(Organization.is_sample, Organization.name == made.name)
    found = db.session().scalars(known).one_or_none()
    if found:
        return found
    with _days_before(begun, made.created):
        return organizations.create_organization(admin, made.name, made.zone, is_sample=True)


def _has_members(organization_id: UUID) -> bool:
    found = select(Member.id).where(Member.organization_id == organization_id).limit(1)
    return db.session().execute(found).first() is not None


def _fill(acting: Viewer, made: SampleOrganization, begun: datetime) -> None:
    for person in made.people:
        with _days_before(begun, (person.joined or 2) + 1):
            member = invitations.add_member(acting, _invitee(person, made), is_sample=True)
        if person.joined is not None:
            _live(viewers.get_viewer(member.organization_id, member.id), person, begun)


def _live(viewer: Viewer, person: SamplePerson, begun: datetime) -> None:
    """Do what the person did, each deed at its time."""
    with _days_before(begun, person.joined or 0):
        members.accept(viewer)
    if person.chose is not None:
        with _days_before(begun, person.chose):
            goals.choose_goal(viewer, GOAL)
    for said in person.said:
        with _days_before(begun, said.days_ago):
            _say(viewer, said)


def _say(viewer: Viewer, said: Said) -> None:
    outcomes.answer(viewer, said.guide, said.answer)
    if said.reason:
        outcomes.give_reason(viewer, said.guide, said.reason, said.comment)


def _invitee(person: SamplePerson, made: SampleOrganization) -> Invitee:
    return Invitee(
        email=_email(person, made.domain),
        display_name=person.name,
        roles=person.roles,
        job=person.job,
        team_name=person.team,
    )


def _email(person: SamplePerson, domain: str) -> str:
    return f"{person.name.lower().replace(' ', '.')}@{domain}"


@contextmanager
def _days_before(moment: datetime, days: int) -> Iterator[None]:
    with clock.standing_at(moment - timedelta(days=days)):
        yield
