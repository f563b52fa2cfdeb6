"""The outbox: every word that leaves the portal, and what became of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Erase, Id, Moment, customer_table, new_id


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
