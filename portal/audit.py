"""Who did what, before and after. Services write it in the transaction of the deed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock, db
from portal.access import Viewer
from portal.db import Base, Erase, Id, Moment, customer_table, new_id


class AuditEntry(Base):
    """One deed of one person in one organization."""

    __tablename__ = "audit_entry"
    __table_args__ = customer_table(
        Index("ix_audit_entry_at", "organization_id", "at"), erase=Erase.ANONYMIZE
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
