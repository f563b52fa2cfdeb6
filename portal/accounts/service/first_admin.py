"""The first admin of an empty portal, made by a link that the command line prints."""

from datetime import timedelta

from sqlalchemy import select

from portal import audit, clock, db
from portal.access import Role, Viewer
from portal.accounts.models import LinkPurpose, Member, Organization
from portal.accounts.service import links, sign_in, viewers
from portal.accounts.service.email_addresses import email_key, parse
from portal.accounts.service.members import (
    clean_name,
    ensure_member,
    get_person,
    has_role,
    name_key,
)
from portal.db import Database
from portal.errors import Conflict
from portal.i18n import gettext as _

LIFETIME = timedelta(hours=24)


def exists(database: Database) -> bool:
    """Whether the portal has an admin who is no sample."""
    with database.reading(None):
        return _exists()


def _exists() -> bool:
    found = (
        select(Member.id)
        .where(
            Member.organization_id == Organization.id,
            Organization.is_vendor,
            Member.is_sample.is_(False),
            Member.left_at.is_(None),
            has_role(Role.ADMIN),
        )
        .limit(1)
        .execution_options(across="first admin")
    )
    return db.session().execute(found).first() is not None


def _refuse_if_exists() -> None:
    if _exists():
        raise Conflict(_("This portal has an admin already. They can invite others."))


def issue_link() -> str:
    """A token with which the first admin is made. Raises Conflict where there is one."""
    _refuse_if_exists()
    return links.issue(LinkPurpose.FIRST_ADMIN, None, None, None, LIFETIME)


def create(
    vendor_name: str, display_name: str, email: str, password_hash: str, zone: str
) -> Viewer:
    """Make the first admin and name the vendor; the session must be in the vendor's organization.

    Raises Conflict where there is an admin, Invalid at the field that must be mended.
    """
    found = select(Organization).where(Organization.is_vendor).with_for_update()
    vendor = db.session().scalars(found).one()
    _refuse_if_exists()
    vendor.name, vendor.zone = clean_name(vendor_name, "vendor_name"), zone
    address, name = parse(email), clean_name(display_name)
    member = ensure_member(vendor.id, address, email_key(address), name, frozenset({Role.ADMIN}))
    # Where the address stood for a sample person before, it is a real one's from now on.
    member.roles, member.is_sample = member.roles | {Role.ADMIN}, False
    member.display_name, member.name_key = name, name_key(name)
    member.accepted_at, member.left_at = clock.now(), None
    # Whoever runs the portal vouches for them, as for one who has shown to read their mail.
    sign_in.prove(member.person_id)
    get_person(member.person_id).password_hash = password_hash
    db.session().flush()
    viewer = viewers.get_viewer(vendor.id, member.id)
    audit.record(viewer, "first_admin.created", f"member:{member.id}")
    return viewer
