"""The vendor's own people: who they are, what they may do, and that they leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from portal import audit, db
from portal.access import STAFF_ROLES, Action, Role, Viewer, require
from portal.accounts.models import Member, Organization, Person
from portal.accounts.service import leaving, visits
from portal.accounts.service.members import get_member, has_role
from portal.accounts.staffing_models import Assignment
from portal.errors import Conflict, Invalid, NotFound
from portal.i18n import gettext as _

MOST = 500
"""People that the page shows; a vendor has fewer."""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody of the vendor's."""

    member_id: UUID
    name: str
    email: str
    roles: frozenset[Role]
    accepted_at: datetime | None
    left_at: datetime | None
    seen_at: datetime | None
    customers: int
    """Whom they answer for as a csm today."""


def list_staff(viewer: Viewer) -> Sequence[StaffRow]:
    """The vendor's people by name, who left last."""
    require(viewer, Action.MANAGE_STAFF)
    seen = visits.last_seen([viewer.organization_id]).subquery()
    running = (
        select(Assignment.person_id, func.count().label("number"))
        .where(Assignment.ends_at.is_(None))
        .group_by(Assignment.person_id)
        .subquery()
    )
    found = (
        select(
            Member.id,
            Member.display_name,
            Person.email,
            Member.roles,
            Member.accepted_at,
            Member.left_at,
            seen.c.at,
            func.coalesce(running.c.number, 0),
        )
        .join(Person, Person.id == Member.person_id)
        .outerjoin(seen, seen.c.member_id == Member.id)
        .outerjoin(running, and_(running.c.person_id == Member.person_id, has_role(Role.CSM)))
        .where(Member.organization_id == viewer.organization_id)
        .order_by(Member.left_at.is_not(None), Member.name_key, Member.id)
        .limit(MOST)
    )
    return [StaffRow(*row) for row in db.session().execute(found)]


def get_colleague(viewer: Viewer, member_id: UUID) -> Member:
    """Somebody of the vendor's. Raises NotFound."""
    require(viewer, Action.MANAGE_STAFF)
    return get_member(viewer, member_id)


def set_roles(viewer: Viewer, member_id: UUID, roles: frozenset[Role]) -> Member:
    """Let somebody do other things from now on.

    Raises Invalid at `roles` for none, or none of ours; Conflict where no admin would be left.
    """
    require(viewer, Action.MANAGE_STAFF)
    if not roles or roles - STAFF_ROLES:
        raise Invalid("roles", _("Choose one of the roles shown."))
    member = _lock(viewer, member_id)
    if member.left_at is not None:
        raise Conflict(_("This person has left. Let them come back first."))
    if Role.ADMIN not in roles:
        _check_another_admin(viewer, member_id)
    if member.roles != roles:
        before, after = ({"roles": sorted(of)} for of in (member.roles, roles))
        member.roles = roles
        audit.record(viewer, "staff.roles", f"member:{member.id}", before, after)
        db.session().flush()
    return member


def deactivate(viewer: Viewer, member_id: UUID) -> Member:
    """Somebody leaves the vendor: they are signed out at once, and answer for nobody.

    What they did stays. A repeat changes nothing. Raises Conflict for oneself, and for the last
    admin.
    """
    require(viewer, Action.MANAGE_STAFF)
    member = _lock(viewer, member_id)
    if member.id == viewer.member_id:
        raise Conflict(_("Another admin has to do that: you cannot take yourself out."))
    if member.left_at is None:
        _check_another_admin(viewer, member_id)
        leaving.mark_left(viewer, [member_id])
        audit.record(viewer, "staff.left", f"member:{member.id}")
        db.session().flush()
    return member


def bring_back(viewer: Viewer, member_id: UUID) -> Member:
    """Somebody is of the vendor's again, with the roles that they had; a repeat changes nothing.

    A csm answers again for the organizations that were not given to others meanwhile.
    """
    require(viewer, Action.MANAGE_STAFF)
    member = _lock(viewer, member_id)
    if member.left_at is not None:
        member.left_at = None
        audit.record(viewer, "staff.came_back", f"member:{member.id}")
        db.session().flush()
    return member


def _lock(viewer: Viewer, member_id: UUID) -> Member:
    # Of two admins who take each other out the second waits here.
    vendor = select(Organization.id).where(Organization.id == viewer.organization_id)
    db.session().execute(vendor.with_for_update())
    found = select(Member).where(
        Member.organization_id == viewer.organization_id, Member.id == member_id
    )
    member = db.session().scalars(found).one_or_none()
    if member is None:
        raise NotFound
    return member


def _check_another_admin(viewer: Viewer, member_id: UUID) -> None:
    others = select(Member.id).where(
        Member.organization_id == viewer.organization_id,
        Member.id != member_id,
        Member.accepted_at.is_not(None),
        Member.left_at.is_(None),
        has_role(Role.ADMIN),
    )
    if db.session().execute(others.limit(1)).first() is None:
        raise Conflict(_("No admin would be left. Make somebody else an admin first."))
