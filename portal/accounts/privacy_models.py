"""What privacy keeps: erasures and exports asked for, looks at names, an owner's consent."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import member_key, organization_key
from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table, partial_index


class Erasure(Base):
    """That a member is to be erased from a day on; until then it can be undone.

    Once it is carried out the row is gone: nothing names whom it was about.
    """

    __tablename__ = "erasure"
    __table_args__ = customer_table(
        member_key("erasure"),
        Index("ix_erasure_member", "organization_id", "member_id", unique=True),
        erase=Erase.DELETE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    """Key of the work, which outlasts the member."""
    member_id: Mapped[UUID] = mapped_column(Id)
    caused_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    """Who asked for it: the person themselves, or who may erase people."""
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)


class ExportState(StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    READY = "ready"


class Export(Base):
    """A file with everything stored about a member, made in the background, kept for days."""

    __tablename__ = "export"
    __table_args__ = customer_table(
        member_key("export"),
        Index("ix_export_member", "organization_id", "member_id"),
        erase=Erase.DELETE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    member_id: Mapped[UUID] = mapped_column(Id)
    state: Mapped[ExportState] = mapped_column(String(20))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    """Tables written, of how many."""
    size: Mapped[int | None]
    """Bytes of the file."""
    asked_at: Mapped[datetime] = mapped_column(Moment)
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)


class NameAccess(Base):
    """An owner's consent that the vendor's staff may read people's names; off without a row."""

    __tablename__ = "name_access"
    __table_args__ = customer_table(
        partial_index(
            "ix_name_access_running", "organization_id", where="ended_at IS NULL", unique=True
        ),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    caused_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    """The owner who consented."""
    given_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class StaffLook(Base):
    """That somebody of the vendor's staff read a member's name, and why; for the owner."""

    __tablename__ = "staff_look"
    __table_args__ = customer_table(
        member_key("staff_look"),
        Index("ix_staff_look_member", "organization_id", "member_id"),
        erase=Erase.ANONYMIZE,
        sqlite_with_rowid=False,
    )

    organization_id: Mapped[UUID] = organization_key()
    look_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    """Shared by the names that stood on one page."""
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    """Who looked; None once they were erased."""
    why: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
