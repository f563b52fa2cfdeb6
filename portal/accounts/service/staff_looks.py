"""Looks of the vendor's staff at names: an owner allows them, and reads each of them here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update

from portal import audit, clock, db
from portal.access import Action, Role, Viewer, require
from portal.accounts.models import Member, Organization
from portal.accounts.privacy_models import NameAccess, StaffLook
from portal.accounts.service.members import has_role
from portal.ids import new_id
from portal.inserts import insert_many

PAGE = 30

CHUNK = 5_000
"""Names of one look that are written at once: a file may hold thousands."""

SHOWN = 5
"""Names of one look that are spelled out."""


def may_see_names(organization_id: UUID) -> bool:
    """Whether an owner of this organization lets the vendor's staff read any name."""
    running = select(NameAccess.id).where(
        NameAccess.organization_id == organization_id, NameAccess.ended_at.is_(None)
    )
    return db.session().execute(running).first() is not None


def look(viewer: Viewer, member_ids: Collection[UUID], why: str) -> None:
    """Write down that staff reads these members' names: call it by `entry.at_once`.

    `viewer` acts in the customer's organization (`Viewer.acting_in`). `why` is a few words for the
    owner, such as the page's name. Names of USMs and owners are told to staff anyway, so looks at
    them are not noted.
    """
    of_look = dict(
        organization_id=viewer.organization_id,
        look_id=new_id(),
        person_id=viewer.person_id,
        why=why,
        at=clock.now(),
    )
    named = list(member_ids)
    for start in range(0, len(named), CHUNK):
        wanted = select(Member.id).where(
            Member.organization_id == viewer.organization_id,
            Member.id.in_(named[start : start + CHUNK]),
            ~has_role(Role.USM),
            ~has_role(Role.OWNER),
        )
        seen = db.session().scalars(wanted)
        insert_many(StaffLook, [of_look | {"member_id": member_id} for member_id in seen])


@dataclass(frozen=True, slots=True)
class Look:
    """One page on which somebody of the vendor's staff read names."""

    look_id: UUID
    at: datetime
    who: str | None
    """None once they are no longer here."""
    why: str
    names: tuple[str, ...]
    """The first of those that stood there, in order."""
    more: int
    """How many others stood there."""


def list_looks(viewer: Viewer, before: UUID | None = None) -> list[Look]:
    """The latest looks at names of the viewer's organization, `PAGE` of them; then older ones."""
    require(viewer, Action.CONSENT)
    found = _find_looks(viewer, before)
    names = _names_seen(viewer, [row.look_id for row in found])
    staff = _staff_names({row.person_id for row in found if row.person_id})
    return [
        Look(
            row.look_id,
            row.at,
            staff.get(row.person_id),
            row.why,
            tuple(names.get(row.look_id, ())),
            row.names - len(names.get(row.look_id, ())),
        )
        for row in found
    ]


def _find_looks(viewer: Viewer, before: UUID | None) -> Sequence[Row[*tuple[Any, ...]]]:
    found = (
        select(
            StaffLook.look_id,
            func.min(StaffLook.at).label("at"),
            StaffLook.person_id,
            func.min(StaffLook.why).label("why"),
            func.count().label("names"),
        )
        .where(StaffLook.organization_id == viewer.organization_id)
        .group_by(StaffLook.look_id, StaffLook.person_id)
        .order_by(StaffLook.look_id.desc())
        .limit(PAGE)
    )
    if before:
        found = found.where(StaffLook.look_id < before)
    return db.session().execute(found).all()


def _names_seen(viewer: Viewer, look_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The first `SHOWN` names of each look, by name."""
    place = func.row_number().over(partition_by=StaffLook.look_id, order_by=Member.name_key)
    seen = (
        select(StaffLook.look_id, Member.display_name, place.label("place"))
        .join(
            Member,
            (Member.organization_id == StaffLook.organization_id)
            & (Member.id == StaffLook.member_id),
        )
        .where(
            StaffLook.organization_id == viewer.organization_id,
            Member.organization_id == viewer.organization_id,
            StaffLook.look_id.in_(look_ids),
        )
        .subquery()
    )
    first = select(seen.c.look_id, seen.c.display_name).where(seen.c.place <= SHOWN)
    names: dict[UUID, list[str]] = {}
    for look_id, name in db.session().execute(first.order_by(seen.c.place)):
        names.setdefault(look_id, []).append(name)
    return names


def _staff_names(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """How the vendor calls its staff: a customer may know who looked."""
    known = (
        select(Member.person_id, Member.display_name)
        .join(Organization, Organization.id == Member.organization_id)
        .where(Organization.is_vendor, Member.person_id.in_(person_ids))
        .execution_options(across="names of staff, told to the owner whose people they looked at")
    )
    return {row.person_id: row.display_name for row in db.session().execute(known)}


def find_access(viewer: Viewer) -> NameAccess | None:
    """The running consent of the viewer's organization."""
    running = select(NameAccess).where(
        NameAccess.organization_id == viewer.organization_id, NameAccess.ended_at.is_(None)
    )
    return db.session().scalars(running).one_or_none()


def allow_names(viewer: Viewer) -> None:
    """An owner lets the vendor's staff read names; a repeat changes nothing."""
    require(viewer, Action.CONSENT)
    if find_access(viewer) is None:
        db.session().add(
            NameAccess(
                organization_id=viewer.organization_id,
                caused_by=viewer.person_id,
                given_at=clock.now(),
            )
        )
        audit.record(viewer, "name_access.given", "organization")
        db.session().flush()


def forbid_names(viewer: Viewer) -> None:
    """An owner takes that back, at once; a repeat changes nothing."""
    require(viewer, Action.CONSENT)
    running = update(NameAccess).where(
        NameAccess.organization_id == viewer.organization_id, NameAccess.ended_at.is_(None)
    )
    if db.connection().execute(running.values(ended_at=clock.now())).rowcount:
        audit.record(viewer, "name_access.taken_back", "organization")
        db.session().flush()
