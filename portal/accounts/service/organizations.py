"""Organizations: the vendor's own, and its customers'."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, cast, func, select

from portal import audit, clock, db, paging
from portal.access import Action, Role, Viewer, require
from portal.accounts.models import Experience, Member, Organization
from portal.accounts.service import assignments
from portal.accounts.service.members import clean_name, has_role
from portal.errors import Invalid, NotFound
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.paging import OrderColumn, Page

PAGE = 60


def find_vendor() -> Organization | None:
    """The vendor's organization; None in a database that was never served."""
    return db.session().scalars(select(Organization).where(Organization.is_vendor)).one_or_none()


def get_vendor() -> Organization:
    """The vendor's organization. Raises NotFound before `ensure_vendor` was called once."""
    vendor = find_vendor()
    if vendor is None:
        raise NotFound(_("This portal is not set up yet. Run `portal migrate`."))
    return vendor


def ensure_vendor() -> Organization:
    """The vendor's organization, made if there is none; the first admin gives it its name."""
    vendor = find_vendor()
    if vendor is None:
        vendor = _new_organization("Waymark", "UTC", "en")
        vendor.is_vendor = True
        db.session().add(vendor)
        db.session().flush()
    return vendor


def create_organization(
    viewer: Viewer, name: str, zone: str, locale: str = "en", is_sample: bool = False
) -> Organization:
    """A new customer. Raises Invalid at `name`."""
    require(viewer, Action.MANAGE_ORGANIZATIONS)
    name = clean_name(name, "name")
    same = select(Organization.id).where(
        func.lower(Organization.name) == name.lower(), Organization.is_sample == is_sample
    )
    if db.session().execute(same).first():
        raise Invalid("name", _("There is already an organization with this name."))
    organization = _new_organization(name, zone, locale)
    organization.is_sample = is_sample
    db.session().add(organization)
    db.session().flush()
    audit.record(
        viewer, "organization.created", f"organization:{organization.id}", after={"name": name}
    )
    return organization


def _new_organization(name: str, zone: str, locale: str) -> Organization:
    now = clock.now()
    return Organization(
        id=new_id(), name=name, zone=zone, locale=locale, stage_since=now, created_at=now
    )


def get_customer(viewer: Viewer, organization_id: UUID) -> Organization:
    """A customer's organization, for staff. Raises NotFound.

    An admin finds every customer, a csm those that they answer for.
    """
    if not viewer.may(Action.MANAGE_ORGANIZATIONS):
        require(viewer, Action.SEE_CUSTOMERS)
        if not assignments.is_assigned(viewer.person_id, organization_id):
            raise NotFound
    organization = db.session().get(Organization, organization_id)
    if organization is None or organization.is_vendor:
        raise NotFound
    return organization


def act_in(viewer: Viewer, organization_id: UUID) -> Viewer:
    """A member of staff at work in a customer's organization. Raises NotFound."""
    if not viewer.is_vendor:
        raise NotFound
    customer = get_customer(viewer, organization_id)
    where = customer.id, customer.name, customer.zone, customer.is_sample, customer.branding
    return viewer.acting_in(*where)


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """A customer in the list: how many were invited and joined, and whether someone leads."""

    id: UUID
    name: str
    is_sample: bool
    experience: Experience
    csms: Sequence[str]
    """Names of those who answer for it."""
    invited: int
    accepted: int
    has_usm: bool


def list_organizations(viewer: Viewer, is_sample: bool, after: str | None) -> Page[OrganizationRow]:
    """One page of the real customers or of the samples, never mixed, by name.

    The session must be open across organizations. Staff, and who has left, is not counted.
    """
    require(viewer, Action.MANAGE_ORGANIZATIONS)
    folded = func.lower(Organization.name)
    columns = Organization.id, Organization.name, Organization.is_sample, Organization.experience
    query = select(*columns, folded.label("folded")).where(
        Organization.is_vendor.is_(False), Organization.is_sample == is_sample
    )
    order: list[tuple[OrderColumn, Callable[[Any], Any]]] = [
        (folded, lambda row: row.folded),
        (Organization.id, lambda row: row.id),
    ]
    page = paging.paginate(query, order, after, PAGE)
    ids = [row.id for row in page.rows]
    counts, csms = _count_members(ids), assignments.names_of_csms(ids)
    rows = [
        OrganizationRow(
            *(row.id, row.name, row.is_sample, row.experience),
            csms.get(row.id, ()),
            *counts.get(row.id, (0, 0, False)),
        )
        for row in page.rows
    ]
    return Page(rows, page.next)


def _count_members(organization_ids: Sequence[UUID]) -> Mapping[UUID, tuple[int, int, bool]]:
    """Invited, accepted, whether there is a USM: for each organization that has members."""
    counted = (
        select(
            Member.organization_id,
            func.count(),
            func.count(Member.accepted_at),
            func.sum(cast(has_role(Role.USM), Integer)),
        )
        .where(Member.organization_id.in_(organization_ids), Member.left_at.is_(None))
        .group_by(Member.organization_id)
    )
    rows = db.session().execute(counted)
    return {key: (invited, accepted, usms > 0) for key, invited, accepted, usms in rows}


def count_organizations(viewer: Viewer) -> tuple[int, int]:
    """How many real customers there are, and how many samples."""
    require(viewer, Action.MANAGE_ORGANIZATIONS)
    counted = (
        select(Organization.is_sample, func.count())
        .where(Organization.is_vendor.is_(False))
        .group_by(Organization.is_sample)
    )
    counts = {row[0]: row[1] for row in db.session().execute(counted)}
    return counts.get(False, 0), counts.get(True, 0)
