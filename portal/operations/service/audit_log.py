"""Who did what, before and after: an organization's own for its owners, all of them for admins.

An owner reads everything of theirs. The vendor's staff reads the names of a customer's success
managers and owners, of nobody else, and no value that could be a person's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from portal import db
from portal.access import Action, Role, Viewer, require
from portal.accounts.models import Member, Organization
from portal.accounts.service.members import has_role
from portal.audit import RESTORED, AuditEntry
from portal.paging import Page, decode_cursor, encode_cursor

PAGE_SIZE = 60
LEADS = frozenset({Role.USM, Role.OWNER})
FOR_STAFF = frozenset(
    "attempts csm ends_on error experience external_id is_limited locale name parent quiet_periods"
    " roles seats starts_on team until working_days working_from working_until zone".split()
)
"""What staff may read of a customer's deeds: nothing that says something of a person."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the log is narrowed to; everything empty means all of it."""

    action: str = ""
    since: date | None = None
    until: date | None = None
    organization_id: UUID | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it shows everything."""
        return self == AuditFilter()


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after; None where there was, or is, none."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the log."""

    at: datetime
    organization: str
    who: str | None
    """None for somebody whose name the viewer may not read, or who was erased."""
    is_staff: bool
    """Done by the vendor's staff in a customer's organization."""
    is_command: bool
    """Done on the portal's machine, where nobody is signed in."""
    action: str
    whom: str | None
    """The member whom it was done to, where the viewer may read their name."""
    changes: Sequence[Change]


def list_deeds(viewer: Viewer, narrowed: AuditFilter, after: str | None) -> Page[Deed]:
    """What was done in the viewer's own organization, latest first."""
    require(viewer, Action.SEE_AUDIT)
    return _list(viewer, narrowed, after, own=viewer.organization_id)


def list_deeds_everywhere(viewer: Viewer, narrowed: AuditFilter, after: str | None) -> Page[Deed]:
    """What was done in all organizations; the session must be open across them."""
    require(viewer, Action.OPERATE)
    return _list(viewer, narrowed, after, own=None)


def _list(viewer: Viewer, narrowed: AuditFilter, after: str | None, own: UUID | None) -> Page[Deed]:
    query = _query(viewer, own).where(*_conditions(viewer, narrowed, own))
    if after:
        (last,) = decode_cursor(after, [AuditEntry.id])
        query = query.where(AuditEntry.id < last)
    rows = db.connection().execute(query.limit(PAGE_SIZE + 1)).all()
    cursor = encode_cursor([rows[PAGE_SIZE - 1].id]) if len(rows) > PAGE_SIZE else None
    rows = rows[:PAGE_SIZE]
    names = _names(viewer, rows, own)
    return Page([_deed(row, names, own) for row in rows], cursor)


def _query(viewer: Viewer, own: UUID | None) -> Select[Any]:
    """Entries with who did it: as a member there, or else of the vendor's staff."""
    doer = aliased(Member)
    is_doer = and_(
        doer.organization_id == AuditEntry.organization_id,
        doer.person_id == AuditEntry.person_id,
    )
    if own:
        is_doer = and_(is_doer, doer.organization_id == own)
    columns = (
        AuditEntry.id,
        AuditEntry.organization_id,
        AuditEntry.at,
        AuditEntry.person_id,
        AuditEntry.action,
        AuditEntry.subject,
        AuditEntry.before,
        AuditEntry.after,
        doer.display_name.label("name"),
        doer.roles.label("roles"),
        Organization.name.label("organization"),
        Organization.is_vendor.label("is_vendor"),
    )
    return (
        select(*columns)
        .join(Organization, Organization.id == AuditEntry.organization_id)
        .outerjoin(doer, is_doer)
        .order_by(AuditEntry.id.desc())
    )


def _conditions(viewer: Viewer, narrowed: AuditFilter, own: UUID | None) -> Iterable[Any]:
    zone = ZoneInfo(viewer.zone)
    if own:
        yield AuditEntry.organization_id == own
    elif narrowed.organization_id:
        yield AuditEntry.organization_id == narrowed.organization_id
    if narrowed.action:
        yield AuditEntry.action == narrowed.action
    if narrowed.since:
        yield AuditEntry.at >= datetime.combine(narrowed.since, time(), zone)
    if narrowed.until and narrowed.until < date.max:
        yield AuditEntry.at < datetime.combine(narrowed.until + timedelta(days=1), time(), zone)


def _names(viewer: Viewer, rows: Sequence[Any], own: UUID | None) -> Mapping[tuple[str, UUID], str]:
    """Names of members whom something was done to, and of staff, as far as they may be read."""
    members = {id_ for row in rows if (id_ := _named(row.subject, "member"))}
    staff = {row.person_id for row in rows if row.person_id and row.name is None}
    if own and not viewer.is_vendor:
        query = select(Member.id, Member.person_id, Member.display_name).where(
            Member.organization_id == own, Member.id.in_(members)
        )
    else:
        vendor = Member.organization_id == viewer.organization_id
        told = or_(has_role(Role.USM), has_role(Role.OWNER), vendor)
        query = select(Member.id, Member.person_id, Member.display_name).where(
            or_(and_(Member.id.in_(members), told), and_(vendor, Member.person_id.in_(staff)))
        )
        if own:
            query = query.where(vendor)
    found: dict[tuple[str, UUID], str] = {}
    for member_id, person_id, name in db.connection().execute(query):
        found["member", member_id] = found["person", person_id] = name
    return found


def _named(subject: str, table: str) -> UUID | None:
    kind, _, id_ = subject.partition(":")
    try:
        return UUID(id_) if kind == table else None
    except ValueError:
        return None


def _deed(row: Any, names: Mapping[tuple[str, UUID], str], own: UUID | None) -> Deed:
    by_staff = not row.is_vendor and row.name is None and row.person_id is not None
    may_read = own is not None or row.is_vendor
    who = row.name if may_read or (row.roles and row.roles & LEADS) else None
    if by_staff:
        who = names.get(("person", row.person_id))
    member_id = _named(row.subject, "member")
    return Deed(
        at=row.at,
        organization=row.organization,
        who=who,
        is_staff=by_staff,
        is_command=row.action == RESTORED,
        action=row.action,
        whom=names.get(("member", member_id)) if member_id else None,
        changes=_changes(row.before or {}, row.after or {}, may_read),
    )


def _changes(before: Any, after: Any, may_read: bool) -> list[Change]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    names = [*before, *(name for name in after if name not in before)]
    return [
        Change(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name) and (may_read or name in FOR_STAFF)
    ]
