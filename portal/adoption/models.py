"""What a success manager did for many at once, so that it can be undone, and what they put off."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import member_key, organization_key
from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table


class BulkEnrollment(Base):
    """Some people were put on a path at once, or given a date for it."""

    __tablename__ = "bulk_enrollment"
    __table_args__ = customer_table(
        Index("ix_bulk_enrollment_made", "organization_id", "person_id", "made_at"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    path_id: Mapped[UUID] = mapped_column(Id, ForeignKey("path.id"))
    due_on: Mapped[date | None] = mapped_column(Date)
    """Until when, as a day of the organization; None leaves dates as they are."""
    person_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    """Who did it; None once they were erased."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    people: Mapped[int]
    """How many were meant."""
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class BulkEnrolled(Base):
    """One of those people, and how they stood before: what an undo needs to know."""

    __tablename__ = "bulk_enrolled"
    __table_args__ = customer_table(
        ForeignKeyConstraint(
            ["organization_id", "bulk_enrollment_id"],
            ["bulk_enrollment.organization_id", "bulk_enrollment.id"],
            name="fk_bulk_enrolled_bulk_enrollment",
        ),
        member_key("bulk_enrolled"),
        erase=Erase.DELETE,
        sqlite_with_rowid=False,
    )

    organization_id: Mapped[UUID] = organization_key()
    bulk_enrollment_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    enrollment_id: Mapped[UUID] = mapped_column(Id)
    """No foreign key: it is written before the enrollment, which an undo may delete."""
    is_new: Mapped[bool]
    """They were not on the path before."""
    is_current: Mapped[bool]
    """It became the path that their start page leads along: they had none."""
    due_before: Mapped[date | None] = mapped_column(Date)


class TodayPutOff(Base):
    """That somebody has done an item of their list for today, or does not want it now."""

    __tablename__ = "today_put_off"
    __table_args__ = customer_table(erase=Erase.DELETE, sqlite_with_rowid=False)

    organization_id: Mapped[UUID] = organization_key()
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    """What it is about: a member, an enrollment, a question, an answer, the organization."""
    until: Mapped[date | None] = mapped_column(Date)
    """The day on which it comes back if there is still reason to; None for never."""
