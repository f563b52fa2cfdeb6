"""Erasing a person: asked for, waited for, and then carried out by the tables' own rules."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from portal import audit, clock, db, jobs
from portal.access import Action, Role, Viewer, require
from portal.accounts.models import Member, Organization, Person
from portal.accounts.privacy_models import Erasure
from portal.accounts.service.email_addresses import email_key
from portal.accounts.service.members import get_member, has_role
from portal.accounts.service.reach import get_member_in_reach
from portal.errors import Conflict, Invalid
from portal.i18n import gettext as _
from portal.ids import new_id

KIND = "accounts.erase"


def find_erasure(viewer: Viewer, member_id: UUID) -> Erasure | None:
    """The erasure of a member that is asked for and not carried out yet."""
    wanted = select(Erasure).where(
        Erasure.organization_id == viewer.organization_id, Erasure.member_id == member_id
    )
    return db.session().scalars(wanted).one_or_none()


class Stage(StrEnum):
    """How far an erasure that was asked for has come."""

    COMING = "coming"
    """Its day is not there yet."""
    RUNNING = "running"
    """Its day was there; it is carried out, if need be at another attempt."""
    STOPPED = "stopped"
    """It failed as often as work is tried, and waits for whoever runs the portal."""


def stage_of(asked: Erasure) -> Stage:
    """How far an erasure has come, so that nobody is shown a day that has gone by."""
    if asked.due_at > clock.now():
        return Stage.COMING
    key = asked.id.hex
    is_stopped = key in jobs.stopped_among(KIND, asked.organization_id, [key])
    return Stage.STOPPED if is_stopped else Stage.RUNNING


def ask_for_own(viewer: Viewer, days: int) -> Erasure:
    """The viewer asks to be erased from their organization in a number of days.

    Raises Conflict where nobody else could do what only they may. A repeat changes nothing.
    """
    return _ask(viewer, get_member(viewer, viewer.member_id), days)


def get_leaver(viewer: Viewer, member_id: UUID) -> Member:
    """Somebody who has left and whom the viewer reaches. Raises NotFound and Conflict."""
    require(viewer, Action.ERASE_PEOPLE)
    member = get_member_in_reach(viewer, member_id)
    if member.left_at is None:
        raise Conflict(_("Only who has left can be erased by others."))
    return member


def ask_for_leaver(viewer: Viewer, member_id: UUID, days: int) -> Erasure:
    """A USM or owner asks to erase somebody who has left. Raises NotFound and Conflict."""
    return _ask(viewer, get_leaver(viewer, member_id), days)


def ask_by_address(viewer: Viewer, email: str, days: int) -> Erasure:
    """An admin asks to erase whoever has this address from the organization at hand.

    Raises Invalid at `email`, and Conflict.
    """
    require(viewer, Action.MANAGE_ORGANIZATIONS)
    named = (
        select(Member)
        .join(Person, Person.id == Member.person_id)
        .where(
            Member.organization_id == viewer.organization_id, Person.email_key == email_key(email)
        )
    )
    member = db.session().scalars(named).one_or_none()
    if member is None:
        raise Invalid("email", _("Nobody with this address is a member of this organization."))
    return _ask(viewer, member, days)


def undo(viewer: Viewer, member_id: UUID) -> None:
    """Let a member stay after all: they themselves, or who may erase them. A repeat is no error.

    Raises Conflict for others where it is the member's own wish.
    """
    if member_id != viewer.member_id:
        require(viewer, Action.ERASE_PEOPLE)
        get_member_in_reach(viewer, member_id)
    asked = find_erasure(viewer, member_id)
    if asked is not None:
        if not may_undo(viewer, asked):
            raise Conflict(_("They asked for this themselves. Nobody else can undo it."))
        db.session().delete(asked)
        audit.record(viewer, "member.erasure_undone", f"member:{member_id}")
        db.session().flush()


def may_undo(viewer: Viewer, asked: Erasure) -> bool:
    """Whether the viewer could undo it: their own, or what a colleague asked for.

    What somebody asked for themselves, or had the vendor carry out, is theirs alone to undo.
    """
    if asked.member_id == viewer.member_id or asked.caused_by is None:
        return True
    colleague = select(Member.id).where(
        Member.organization_id == viewer.organization_id,
        Member.person_id == asked.caused_by,
        Member.id != asked.member_id,
    )
    return db.session().execute(colleague).first() is not None


def _ask(viewer: Viewer, member: Member, days: int) -> Erasure:
    # Of two who are the last ones and ask at once, the second waits here.
    lock = select(Organization.id).where(Organization.id == viewer.organization_id)
    db.session().execute(lock.with_for_update())
    asked = find_erasure(viewer, member.id)
    if asked is not None:
        return asked
    _check_others_remain(member)
    now = clock.now()
    asked = Erasure(
        organization_id=viewer.organization_id,
        id=new_id(),
        member_id=member.id,
        caused_by=viewer.person_id,
        asked_at=now,
        due_at=now + timedelta(days=days),
    )
    db.session().add(asked)
    audit.record(viewer, "member.erasure_asked", f"member:{member.id}")
    db.session().flush()
    jobs.enqueue(KIND, viewer.organization_id, asked.id.hex, asked.due_at)
    return asked


def _check_others_remain(member: Member) -> None:
    """Refuse to leave a portal without an admin, or an organization of people without an owner."""
    if member.left_at is not None:
        return
    if Role.ADMIN in member.roles and not _count_others(member, Role.ADMIN):
        raise Conflict(_("You are the only admin. Invite another admin first."))
    is_last_owner = Role.OWNER in member.roles and not _count_others(member, Role.OWNER)
    if is_last_owner and _count_others(member):
        raise Conflict(_("You are the only owner. Let somebody else become an owner first."))


def _count_others(member: Member, role: Role | None = None) -> int:
    """How many others stay: active, with this role, and not about to be erased themselves."""
    going = select(Erasure.member_id).where(Erasure.organization_id == member.organization_id)
    counted = select(func.count()).where(
        Member.organization_id == member.organization_id,
        Member.id != member.id,
        Member.left_at.is_(None),
        Member.accepted_at.is_not(None),
        Member.id.not_in(going),
    )
    if role is not None:
        counted = counted.where(has_role(role))
    return db.session().scalars(counted).one()
