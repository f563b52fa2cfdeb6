"""Who did what, before and after. Services write it in the transaction of the deed."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    String,
    Text,
    cast,
    delete,
    false,
    null,
    or_,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock, db
from portal.access import Viewer
from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table

RESTORED = "portal.restored"
"""Done by a command, of whom only the machine knows who ran it; all others are somebody's."""


class AuditEntry(Base):
    """One deed of one person in one organization."""

    __tablename__ = "audit_entry"
    __table_args__ = customer_table(
        Index("ix_audit_entry_at", "organization_id", "at"),
        Index("ix_audit_entry_id", "id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = mapped_column(
        Id, ForeignKey("organization.id"), primary_key=True
    )
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(Moment)
    person_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(80))
    """What it was done to, as `table:id`."""
    is_stand_in: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a csm did it in a USM's stead."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


def record(
    viewer: Viewer,
    action: str,
    subject: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write a deed into the running transaction, in the organization where it was done."""
    db.session().add(
        AuditEntry(
            organization_id=viewer.organization_id,
            at=clock.now(),
            person_id=viewer.person_id,
            action=action,
            subject=subject,
            is_stand_in=viewer.stands_in_until is not None,
            before=before,
            after=after,
        )
    )


def record_unnamed(
    organization_id: UUID, action: str, subject: str, by: UUID | None = None
) -> None:
    """Write down that something was done, without to whom; `by` whom, unless they did it to
    themselves."""
    db.session().add(
        AuditEntry(
            organization_id=organization_id,
            at=clock.now(),
            person_id=by,
            action=action,
            subject=subject,
        )
    )


def remove(organization_id: UUID, subjects: Sequence[str]) -> None:
    """Delete the deeds that were done to these subjects, which are gone themselves."""
    of = AuditEntry.organization_id == organization_id, AuditEntry.subject.in_(subjects)
    db.connection().execute(delete(AuditEntry).where(*of))


def forget(organization_id: UUID, words: Sequence[str], name: str) -> None:
    """Let deeds name somebody no longer: neither as what was done to, nor before or after it.

    Words are ids and an address. A name counts only where it is all that a field says: a role, or
    what a field is called, may read the same.
    """
    here = AuditEntry.organization_id == organization_id
    nothing = dict(before=null(), after=null())
    for written in (*map(_as_stored, words), f": {_as_stored(name)}"):
        inside = (
            cast(column, Text).contains(written, autoescape=True)
            for column in (AuditEntry.before, AuditEntry.after)
        )
        db.connection().execute(update(AuditEntry).where(here, or_(*inside)).values(**nothing))
    for word in words:
        for kind in ("member", "person"):
            named = AuditEntry.subject == f"{kind}:{word}"
            blank = update(AuditEntry).where(here, named).values(subject=kind, **nothing)
            db.connection().execute(blank)


def _as_stored(word: str) -> str:
    """As the engine writes a text into JSON: with its own letters."""
    return json.dumps(word, ensure_ascii=False)
