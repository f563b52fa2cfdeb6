"""Which csm answers for which customer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal import audit, clock, db
from portal.access import Action, Role, Viewer, require
from portal.accounts.models import Member, Organization
from portal.accounts.service.members import has_role
from portal.accounts.staffing_models import Assignment
from portal.errors import Invalid
from portal.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Csm:
    """A customer success manager of the vendor's."""

    person_id: UUID
    name: str
    since: datetime | None
    """Since when they answer for the customer at hand; None for who does not."""


def is_assigned(person_id: UUID, organization_id: UUID) -> bool:
    """Whether someone answers for a customer now."""
    found = select(Assignment.id).where(
        Assignment.organization_id == organization_id,
        Assignment.person_id == person_id,
        Assignment.ends_at.is_(None),
    )
    return db.session().execute(found).first() is not None


def list_csms(organization_id: UUID, with_all: bool = False) -> list[Csm]:
    """Who answers for a customer, by name; `with_all` also every other csm whom one may assign.

    Whoever left the vendor, or is a csm no longer, answers for nobody.
    """
    running = (Assignment.organization_id == organization_id) & (Assignment.ends_at.is_(None))
    found = (
        select(Member.person_id, Member.display_name, Assignment.starts_at)
        .join(Organization, Organization.id == Member.organization_id)
        .outerjoin(Assignment, (Assignment.person_id == Member.person_id) & running)
        .where(Organization.is_vendor, Member.left_at.is_(None), has_role(Role.CSM))
        .order_by(Member.name_key, Member.id)
        .limit(500)
        .execution_options(across="the vendor's csms, for whom they answer")
    )
    if not with_all:
        found = found.where(Assignment.id.is_not(None))
    return [Csm(*row) for row in db.session().execute(found)]


def names_of_csms(organization_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Who answers for each of these customers, by name; the session is open across them."""
    found = (
        select(Assignment.organization_id, Member.display_name)
        .join(Member, Member.person_id == Assignment.person_id)
        .join(Organization, Organization.id == Member.organization_id)
        .where(
            Assignment.organization_id.in_(organization_ids),
            Assignment.ends_at.is_(None),
            *(Organization.is_vendor, Member.left_at.is_(None), has_role(Role.CSM)),
        )
        .order_by(Member.name_key, Member.id)
    )
    names: dict[UUID, list[str]] = defaultdict(list)
    for organization_id, name in db.session().execute(found):
        names[organization_id].append(name)
    return names


def has_csm(organization_id: UUID) -> bool:
    """Whether somebody of the vendor's answers for a customer today."""
    return bool(list_csms(organization_id))


def assign(viewer: Viewer, person_id: UUID) -> None:
    """Let a csm answer for the organization that the viewer acts in; a repeat changes nothing.

    Raises Invalid at `person_id` for who is no csm of the vendor's.
    """
    require(viewer, Action.MANAGE_ORGANIZATIONS)
    csm = _get_csm(viewer, person_id)
    if csm.since is not None:
        return
    db.session().add(
        Assignment(
            organization_id=viewer.organization_id,
            person_id=person_id,
            caused_by=viewer.person_id,
            starts_at=clock.now(),
        )
    )
    audit.record(viewer, "csm.assigned", f"person:{person_id}", after={"csm": csm.name})
    db.session().flush()


def release(viewer: Viewer, person_id: UUID) -> None:
    """End that a csm answers for the organization at hand; a repeat changes nothing."""
    require(viewer, Action.MANAGE_ORGANIZATIONS)
    found = select(Assignment).where(
        Assignment.organization_id == viewer.organization_id,
        Assignment.person_id == person_id,
        Assignment.ends_at.is_(None),
    )
    running = db.session().scalars(found).one_or_none()
    if running is not None:
        running.ends_at = clock.now()
        audit.record(viewer, "csm.released", f"person:{person_id}")
        db.session().flush()


def _get_csm(viewer: Viewer, person_id: UUID) -> Csm:
    # Of two admins at once the second waits here, then finds the first one's row.
    found = select(Organization.id).where(Organization.id == viewer.organization_id)
    db.session().execute(found.with_for_update())
    for csm in list_csms(viewer.organization_id, with_all=True):
        if csm.person_id == person_id:
            return csm
    raise Invalid("person_id", _("Choose one of the customer success managers shown."))
