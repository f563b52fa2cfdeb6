"""Changing the address that one signs in with, and replacing a forgotten password, by mail."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portal import audit, db
from portal.access import Viewer
from portal.accounts import emails
from portal.accounts.models import Link, LinkPurpose, Organization, Person
from portal.accounts.service import bouncing, links, sign_in
from portal.accounts.service.email_addresses import email_key, parse
from portal.accounts.service.members import get_person
from portal.errors import Conflict, Invalid
from portal.i18n import gettext as _
from portal.messages.service import MailSettings


def reset(link: Link, password_hash: str) -> UUID:
    """Set the password of whom a used link is for; every browser and earlier link ends."""
    person = get_person(links.person_of(link))
    # Whoever is here reads the mail; that comes first, as it may end an earlier password.
    sign_in.prove(person.id)
    person.password_hash = password_hash
    sign_in.close_all(person.id)
    db.session().flush()
    return person.id


def ask_for_change(viewer: Viewer, email: str, mail: MailSettings, lifetime: timedelta) -> None:
    """Mail a link to a new address, and a notice to the one that holds.

    An address that somebody else signs in with gets the same mail: only who reads it may learn
    that it cannot be used. Raises Invalid at `email` for what is no address, or the viewer's own.
    """
    address = parse(email)
    person = get_person(viewer.person_id)
    if email_key(address) == person.email_key:
        raise Invalid("email", _("This is your address already."))
    organization = db.session().get_one(Organization, viewer.organization_id)
    links.withdraw(viewer.person_id, LinkPurpose.NEW_ADDRESS)
    token = links.issue(
        LinkPurpose.NEW_ADDRESS,
        person.id,
        viewer.organization_id,
        None,
        lifetime,
        is_mailed=True,
        email=address,
    )
    url = f"{mail.portal_url}/links/{token}"
    emails.new_address(person, organization, address, url, lifetime, mail)
    emails.address_notice(person, organization, f"{mail.portal_url}/me", mail)
    audit.record(viewer, "person.address_asked", f"person:{person.id}")
    db.session().flush()


def change(link: Link) -> Person:
    """Let the address of a used link be the one that its person signs in with.

    Every browser of theirs is signed out. Raises Conflict where somebody else took it meanwhile.
    """
    person = get_person(links.person_of(link))
    if not link.email or _find_other(person.id, link.email) is not None:
        raise Conflict(_("This address cannot be used any more. Ask for the change again."))
    person.email, person.email_key = link.email, email_key(link.email)
    sign_in.close_all(person.id)
    db.session().flush()
    bouncing.note_new_address(person.id)
    return person


def _find_other(person_id: UUID, address: str) -> UUID | None:
    found = select(Person.id).where(Person.email_key == email_key(address), Person.id != person_id)
    return db.session().execute(found).scalar_one_or_none()
