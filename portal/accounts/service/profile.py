"""What a person may look at and change about themselves."""

from dataclasses import dataclass
from datetime import datetime

from portal import audit, clock, db
from portal.access import Viewer
from portal.accounts.models import Organization
from portal.accounts.service import sign_in
from portal.accounts.service.members import clean_name, get_member, get_person, name_key
from portal.accounts.service.sign_in import TRUST_IN_LINK


@dataclass(frozen=True, slots=True)
class Profile:
    """One's own account; locale and zone are None where the organization's hold."""

    display_name: str
    email: str
    locale: str | None
    zone: str | None
    organization_locale: str
    organization_zone: str
    has_password: bool
    bounced_at: datetime | None
    """Since when this organization's mail to the address comes back."""


def get_profile(viewer: Viewer) -> Profile:
    """The viewer's own account."""
    person = get_person(viewer.person_id)
    organization = db.session().get_one(Organization, viewer.organization_id)
    return Profile(
        display_name=viewer.display_name,
        email=person.email,
        locale=person.locale,
        zone=person.zone,
        organization_locale=organization.locale,
        organization_zone=organization.zone,
        has_password=person.password_hash is not None,
        bounced_at=get_member(viewer, viewer.member_id).bounced_at,
    )


def update_profile(viewer: Viewer, display_name: str, locale: str | None, zone: str | None) -> None:
    """Change one's own name here, and language and time zone everywhere (None: the organization's).

    Raises Invalid at `display_name`.
    """
    member = get_member(viewer, viewer.member_id)
    before = member.display_name
    member.display_name = clean_name(display_name)
    member.name_key = name_key(member.display_name)
    if member.display_name != before:
        names = {"display_name": before}, {"display_name": member.display_name}
        audit.record(viewer, "member.renamed", f"member:{member.id}", *names)
    person = get_person(viewer.person_id)
    person.locale, person.zone = locale, zone
    db.session().flush()


def password_hash_to_check(viewer: Viewer, token: str) -> str | None:
    """The hash of the password that must be given before a new one is set; None if none must.

    None must where there is none yet (see `is_unproved`), nor shortly after signing in by a mailed
    link: that is how a forgotten password is replaced.
    """
    person = get_person(viewer.person_id)
    return None if came_by_link(viewer, token) else person.password_hash


def is_unproved(viewer: Viewer, token: str) -> bool:
    """Whether nothing but an open browser says who this is: no password, no mailed link lately.

    Where mail goes out, that is too little for what decides who signs in from now on.
    """
    has_password = get_person(viewer.person_id).password_hash is not None
    return not has_password and not came_by_link(viewer, token)


def came_by_link(viewer: Viewer, token: str) -> bool:
    """Whether this session was opened by a mailed link a short time ago."""
    session = sign_in.find_session(viewer, token)
    if session is None or not session.by_link:
        return False
    return clock.now() - session.created_at < TRUST_IN_LINK


def set_password(viewer: Viewer, password_hash: str) -> None:
    """Set the viewer's password and sign them out of every browser."""
    person = get_person(viewer.person_id)
    person.password_hash = password_hash
    audit.record(viewer, "person.password_set", f"person:{person.id}")
    sign_in.close_all(person.id)
    db.session().flush()
