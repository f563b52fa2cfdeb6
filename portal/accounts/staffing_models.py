"""Who of the vendor's staff answers for which customer, and who may stand in for its USM."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import organization_key
from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table, partial_index, shared_table


class Assignment(Base):
    """From when to when a csm answers for a customer; several may at once.

    The vendor's own business, so a shared table: it holds nothing of the customer's.
    """

    __tablename__ = "csm_assignment"
    __table_args__ = shared_table(
        partial_index(
            "ix_csm_assignment_running",
            "organization_id",
            "person_id",
            where="ends_at IS NULL",
            unique=True,
        ),
        Index("ix_csm_assignment_person", "person_id"),
        erase=Erase.DELETE,
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organization.id"))
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    caused_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime | None] = mapped_column(Moment)


class StandIn(Base):
    """That a csm may act for a customer's USM until a day: an owner's consent, or a csm's wish."""

    __tablename__ = "stand_in"
    __table_args__ = customer_table(
        partial_index(
            "ix_stand_in_running",
            "organization_id",
            "person_id",
            where="ended_at IS NULL",
            unique=True,
        ),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    """The csm."""
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the csm asked for it; None where the owner came first."""
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    """None while nobody has consented."""
    caused_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    """The owner who consented."""
    last_day: Mapped[date | None] = mapped_column(Date)
    """In the organization's zone; with its end the consent ends by itself."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was taken back, or gave way to another."""


class LastSeen(Base):
    """When a member last used the portal, kept longer than the session that shows it."""

    __tablename__ = "last_seen"
    __table_args__ = shared_table(erase=Erase.DELETE, sqlite_with_rowid=False)

    organization_id: Mapped[UUID] = organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    """No foreign key: a shared table cannot refer to a customer's."""
    at: Mapped[datetime] = mapped_column(Moment)
