"""The outbox: every word that leaves the portal, and what became of it."""

from datetime import datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, Time
from sqlalchemy.orm import Mapped, mapped_column

from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table, shared_table


class MessageClass(StrEnum):
    """Why someone is written to; the contact policy differs by class."""

    SECURITY = "security"
    SERVICE = "service"
    SUCCESS = "success"
    NEWS = "news"


class MessageState(StrEnum):
    """What became of a message, as the one who caused it sees it."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    NO_SERVER = "no_server"
    """No mail server is set; the link is handed over by hand."""
    SAMPLE = "sample"
    """It is of a sample organization: nobody there is real, and nothing goes out, ever."""
    HELD_BACK = "held_back"
    """The contact policy does not let it go out; whoever caused it learns no more than that."""


class Message(Base):
    """One mail to one address, written in the transaction that causes it."""

    __tablename__ = "message"
    __table_args__ = customer_table(
        Index("ix_message_created", "organization_id", "created_at"),
        erase=Erase.DELETE,
    )

    organization_id: Mapped[UUID] = mapped_column(
        Id, ForeignKey("organization.id"), primary_key=True
    )
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(60))
    """Folder of its texts under templates/emails/."""
    message_class: Mapped[MessageClass] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(String(320))
    person_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    caused_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    sender_name: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """In whose name it comes; empty: the portal's."""
    subject: Mapped[str] = mapped_column(String(300))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    is_secret: Mapped[bool] = mapped_column(default=False)
    """It holds a working link: both bodies are emptied once nobody needs them to send it."""
    message_id: Mapped[str] = mapped_column(String(200))
    """The Message-ID header, made before the first attempt, so a repeat is recognised."""
    state: Mapped[MessageState] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)


class Bounce(Base):
    """That a mail server refuses an address for good, as far as one organization's mail met it.

    The next mail of that organization that is accepted there deletes the row.
    """

    __tablename__ = "bounce"
    __table_args__ = customer_table(erase=Erase.DELETE, sqlite_with_rowid=False)

    organization_id: Mapped[UUID] = mapped_column(
        Id, ForeignKey("organization.id"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"), primary_key=True)
    address_key: Mapped[str] = mapped_column(String(320), primary_key=True)
    """The address in its folded form: a person may have taken another since."""
    since: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(String(300))
    """What the server said, the latest time."""


class ContactPreferences(Base):
    """How often, when and why a person wants to be written to, whatever the organization.

    A person without a row has chosen nothing yet.
    """

    __tablename__ = "contact_preferences"
    __table_args__ = shared_table(erase=Erase.DELETE, sqlite_with_rowid=False)

    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"), primary_key=True)
    service: Mapped[bool] = mapped_column(default=True)
    success: Mapped[bool] = mapped_column(default=True)
    news: Mapped[bool] = mapped_column(default=False)
    left_alone_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when nothing but security messages goes out; only the person lifts it."""
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    """Quiet hours by the clock of the person's zone; from after until passes midnight."""
    most_success: Mapped[int | None] = mapped_column(SmallInteger)
    most_questions: Mapped[int | None] = mapped_column(SmallInteger)
    """Their own limits in the policy's number of days; None: the portal's."""
    changed_at: Mapped[datetime] = mapped_column(Moment)


class ContactLog(Base):
    """That a person was written to; over all organizations, and telling none of them."""

    __tablename__ = "contact_log"
    __table_args__ = shared_table(
        Index("ix_contact_log_person", "person_id", "at"), erase=Erase.DELETE
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    """The message's; a message that never went out is taken off again."""
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    message_class: Mapped[MessageClass] = mapped_column(String(20))
    is_question: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Moment)


class Refusal(Base):
    """That somebody does not want to be written to, who may never have joined: a hash alone."""

    __tablename__ = "refusal"
    __table_args__ = shared_table(sqlite_with_rowid=False)

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
