"""How far the loading of the sample has come."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema import Base, Id, Moment, shared_table


class SampleLoad(Base):
    """Of one organization; the vendor's row says when the sample was begun.

    Written in the transaction of what was done, so that a loader that is killed goes on behind the
    last whole chunk.
    """

    __tablename__ = "sample_load"
    __table_args__ = shared_table(sqlite_with_rowid=False)

    organization_id: Mapped[UUID] = mapped_column(
        Id, ForeignKey("organization.id"), primary_key=True
    )
    begun_at: Mapped[datetime] = mapped_column(Moment)
    """The moment until which the history is told; what comes later is real."""
    chunks_done: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
