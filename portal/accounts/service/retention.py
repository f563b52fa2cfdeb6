"""Forgetting in time: answers lose their names, what else names people goes, each in its months."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, select

from portal import clock, db, erase_rules, personal
from portal.accounts.models import Organization
from portal.accounts.privacy_models import StaffLook
from portal.accounts.service import counted
from portal.audit import AuditEntry
from portal.messages.models import ContactLog, Message, MessageState
from portal.schema import Erase, Moment

CHUNK = 500
"""Rows in one transaction: others write in between."""

DAYS_OF_MONTH = 30.4375

WHEN = ("changed_at", "answered_at", "opened_at", "said_at", "asked_at", "at", "created_at")
"""What tells the age of an answer: the first of these that its table has."""


def before(months: int) -> datetime:
    """The moment so many months ago."""
    return clock.now() - timedelta(days=round(months * DAYS_OF_MONTH))


def list_organizations() -> Sequence[UUID]:
    """Every organization there is."""
    return list(db.session().scalars(select(Organization.id)))


def answers() -> list[tuple[Table, str]]:
    """The tables whose rows may stay without a name, and the column of their age."""
    found = []
    for table in personal.tables():
        may_stay = table.info["erase"] == Erase.ANONYMIZE and "member_id" in table.c
        if may_stay and table.c.member_id.nullable and "id" in table.c:
            age = next(n for n in WHEN if n in table.c and isinstance(table.c[n].type, Moment))
            found.append((table, age))
    return found


def forget_names(organization_id: UUID, table: Table, age: str, until: datetime) -> bool:
    """Take the names out of some answers from before a moment; True while there may be more.

    As with an erasure: without a name they stay only among enough of them.
    """
    old = (
        select(table.c.id)
        .where(
            table.c.organization_id == organization_id,
            table.c.member_id.is_not(None),
            table.c[age] < until,
        )
        .limit(CHUNK)
    )
    ids = list(db.session().scalars(old))
    if ids:
        mine: ColumnElement[bool] = (table.c.organization_id == organization_id) & (
            table.c.id.in_(ids)
        )
        spoken_of = counted.guides_in(table, mine)
        erase_rules.erase_from(table, table.c.member_id, mine, organization_id)
        counted.count_anew(organization_id, spoken_of)
    return len(ids) == CHUNK


def forget_messages(organization_id: UUID, until: datetime) -> bool:
    """Delete some messages from before a moment, not what waits; True while there may be more."""
    old = (
        select(Message.id)
        .where(
            Message.organization_id == organization_id,
            Message.created_at < until,
            Message.state != MessageState.QUEUED,
        )
        .limit(CHUNK)
    )
    ids = list(db.session().scalars(old))
    gone = Message.organization_id == organization_id, Message.id.in_(ids)
    db.session().execute(delete(Message).where(*gone))
    return len(ids) == CHUNK


def forget_looks(organization_id: UUID, until: datetime) -> bool:
    """Delete some looks of staff at names from before a moment; True while there may be more."""
    here = StaffLook.organization_id == organization_id
    old = select(StaffLook.look_id).where(here, StaffLook.at < until).distinct().limit(CHUNK)
    ids = list(db.session().scalars(old))
    db.session().execute(delete(StaffLook).where(here, StaffLook.look_id.in_(ids)))
    return len(ids) == CHUNK


def forget_deeds(organization_id: UUID, until: datetime) -> bool:
    """Delete some lines of the audit log from before a moment; True while there may be more."""
    here = AuditEntry.organization_id == organization_id
    old = select(AuditEntry.id).where(here, AuditEntry.at < until).limit(CHUNK)
    ids = list(db.session().scalars(old))
    db.session().execute(delete(AuditEntry).where(here, AuditEntry.id.in_(ids)))
    return len(ids) == CHUNK


def forget_contacts(days: int) -> None:
    """Delete from the log of contacts what counts for no limit any more."""
    db.session().execute(
        delete(ContactLog).where(ContactLog.at < clock.now() - timedelta(days=days))
    )
