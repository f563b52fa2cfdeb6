"""Kits: ordered documents to read, fill in and take away, and what people filled in."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import member_key, organization_key
from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table, shared_table


class Audience(StrEnum):
    """Whom a kit is for."""

    USM = "usm"
    CHAMPIONS = "champions"
    """Anybody may become one, so everybody may read it."""


class FilledBy(StrEnum):
    """Whose a filled-in document is."""

    MEMBER = "member"
    ORGANIZATION = "organization"


class Kit(Base):
    """A bundle of documents for one purpose."""

    __tablename__ = "kit"
    __table_args__ = shared_table()

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    audience: Mapped[Audience] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    maintainer: Mapped[str] = mapped_column(String(120))
    translations: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict)
    """By language: title, purpose and html."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class KitDocument(Base):
    """A document of a kit, in all its languages."""

    __tablename__ = "kit_document"
    __table_args__ = shared_table(UniqueConstraint("kit_id", "slug"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    kit_id: Mapped[UUID] = mapped_column(Id, ForeignKey("kit.id"))
    slug: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(SmallInteger)
    filled_by: Mapped[FilledBy] = mapped_column(String(20))
    minutes: Mapped[int] = mapped_column(SmallInteger)
    language: Mapped[str] = mapped_column(String(20))
    """Of what stands in the columns below."""
    title: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    """With a mark where a field stands."""
    fields: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    """`{"key": "hours", "label": "Hours a month", "kind": "number"}` in order."""
    translations: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict)
    """By language: title, purpose, html and fields."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class KitEntry(Base):
    """What was filled into a document, by a member for themselves or for their organization."""

    __tablename__ = "kit_entry"
    __table_args__ = customer_table(
        UniqueConstraint("organization_id", "document_id", "owner"),
        member_key("kit_entry"),
        erase=Erase.DELETE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    document_id: Mapped[UUID] = mapped_column(Id, ForeignKey("kit_document.id"))
    owner: Mapped[str] = mapped_column(String(36))
    """The member's id, or "organization": unlike the next column it is never empty."""
    member_id: Mapped[UUID | None] = mapped_column(Id)
    """None where it belongs to the organization; such a row speaks of nobody."""
    answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """By the field's key."""
    number: Mapped[int]
    """Counts the times it was saved."""
    changed_at: Mapped[datetime] = mapped_column(Moment)


class KitPdf(Base):
    """A document with what was filled in, as a PDF for the member who asked for it."""

    __tablename__ = "kit_pdf"
    __table_args__ = customer_table(
        member_key("kit_pdf"),
        erase=Erase.DELETE,
    )

    organization_id: Mapped[UUID] = organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    document_id: Mapped[UUID] = mapped_column(Id, ForeignKey("kit_document.id"), primary_key=True)
    sheet: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What is to be printed, as it was when it was asked for."""
    asked_at: Mapped[datetime] = mapped_column(Moment)
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None until the worker has drawn it."""
