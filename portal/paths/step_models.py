"""What members do on a step: ticks of a checklist, tries of a check, places in a session."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    SmallInteger,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import member_key, organization_key
from portal.schema import Base, Erase, Id, Moment, customer_table, shared_table


class Tick(Base):
    """A ticked line of a revision's checklist."""

    __tablename__ = "tick"
    __table_args__ = customer_table(member_key("tick"), erase=Erase.DELETE, sqlite_with_rowid=False)

    organization_id: Mapped[UUID] = organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"), primary_key=True)
    item: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    """Position in the checklist, from 0."""
    ticked_at: Mapped[datetime] = mapped_column(Moment)


class CheckTry(Base):
    """How often a member answered a check's questions, and with what result the last time."""

    __tablename__ = "check_try"
    __table_args__ = customer_table(
        member_key("check_try"), erase=Erase.DELETE, sqlite_with_rowid=False
    )

    organization_id: Mapped[UUID] = organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    step_id: Mapped[UUID] = mapped_column(Id, ForeignKey("step.id"), primary_key=True)
    tries: Mapped[int] = mapped_column(SmallInteger)
    chosen: Mapped[list[int]] = mapped_column(JSON)
    """The option chosen for each question the last time, from 0."""
    tried_at: Mapped[datetime] = mapped_column(Moment)


class SessionPlaces(Base):
    """How many places of a session are taken, over all organizations; it says nothing of whom."""

    __tablename__ = "session_places"
    __table_args__ = shared_table(
        CheckConstraint("taken >= 0", name="taken"), sqlite_with_rowid=False
    )

    step_id: Mapped[UUID] = mapped_column(Id, ForeignKey("step.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    taken: Mapped[int] = mapped_column(SmallInteger)


class SessionPlace(Base):
    """A member's place in a session on one date, and whether they were there."""

    __tablename__ = "session_place"
    __table_args__ = customer_table(
        member_key("session_place"), erase=Erase.DELETE, sqlite_with_rowid=False
    )

    organization_id: Mapped[UUID] = organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    step_id: Mapped[UUID] = mapped_column(Id, ForeignKey("step.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(Moment)
    given_up_at: Mapped[datetime | None] = mapped_column(Moment)
    attended: Mapped[bool | None]
    """The member's own word, after the date."""
