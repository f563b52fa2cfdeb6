"""Requests for help, and the messages in which they are answered."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import member_key, organization_key
from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table

Word = String(20)


class State(StrEnum):
    """Whose turn it is."""

    OPEN = "open"
    """Somebody waits for an answer."""
    ANSWERED = "answered"
    CLOSED = "closed"


class Level(StrEnum):
    """Where a request is answered; at the vendor its USMs may answer it as well."""

    USM = "usm"
    VENDOR = "vendor"


class Why(StrEnum):
    """Why a request went up to the vendor."""

    UNANSWERED = "unanswered"
    NO_USM = "no_usm"
    BY_HAND = "by_hand"


class Helped(StrEnum):
    """What the asker says at the end."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Side(StrEnum):
    """Who speaks."""

    ASKER = "asker"
    USM = "usm"
    VENDOR = "vendor"


class HelpRequest(Base):
    """A question, with the guide, step and revision in front of which it was asked."""

    __tablename__ = "help_request"
    __table_args__ = customer_table(
        member_key("help_request"),
        Index("ix_help_request_state", "organization_id", "state", "id"),
        Index("ix_help_request_member", "organization_id", "member_id"),
        erase=Erase.DELETE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    """In the order in which they were asked."""
    member_id: Mapped[UUID] = mapped_column(Id)
    guide_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("guide.id"))
    revision_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("revision.id"))
    step_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("step.id"))
    words: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[State] = mapped_column(Word)
    level: Mapped[Level] = mapped_column(Word)
    waiting_since: Mapped[datetime] = mapped_column(Moment)
    """When the asker spoke last without having been answered; stays once they are."""
    goes_up_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it goes up unanswered; None once it went, or waits for nobody."""
    went_up_at: Mapped[datetime | None] = mapped_column(Moment)
    went_up_why: Mapped[Why | None] = mapped_column(Word)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    helped: Mapped[Helped | None] = mapped_column(Word)


class HelpMessage(Base):
    """One word after the question: an answer, or more from the asker."""

    __tablename__ = "help_message"
    __table_args__ = customer_table(
        ForeignKeyConstraint(
            ["organization_id", "help_request_id"],
            ["help_request.organization_id", "help_request.id"],
            name="fk_help_message_help_request",
        ),
        Index("ix_help_message_help_request", "organization_id", "help_request_id", "id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    help_request_id: Mapped[UUID] = mapped_column(Id)
    person_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    display_name: Mapped[str] = mapped_column(String(120))
    """As it was then; the vendor's staff have no member row here."""
    side: Mapped[Side] = mapped_column(Word)
    words: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(Moment)
