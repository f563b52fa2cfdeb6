"""What the web layer keeps: rate limits and the results of forms that may be posted twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema import Base, Erase, Id, Moment, customer_table, shared_table


class RateLimit(Base):
    """A token bucket, shared by all processes."""

    __tablename__ = "rate_limit"
    __table_args__ = shared_table(
        Index("ix_rate_limit_changed", "changed_at"), erase=Erase.DELETE, sqlite_with_rowid=False
    )

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    tokens: Mapped[float] = mapped_column(Float)
    changed_at: Mapped[datetime] = mapped_column(Moment)


class FormRequest(Base):
    """Where a posted form led to: posted again, it leads there again and does nothing else."""

    __tablename__ = "form_request"
    __table_args__ = customer_table(
        Index("ix_form_request_created", "organization_id", "created_at"),
        erase=Erase.DELETE,
        sqlite_with_rowid=False,
    )

    organization_id: Mapped[UUID] = mapped_column(
        Id, ForeignKey("organization.id"), primary_key=True
    )
    request_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    location: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
