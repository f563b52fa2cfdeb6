"""When backups were made: for those who run the portal, and for the first admin's list."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.ids import new_id
from portal.schema import Base, Id, Moment, shared_table


class BackupRun(Base):
    """A backup that was written in full. It is noted afterwards, so no backup knows of itself."""

    __tablename__ = "backup_run"
    __table_args__ = shared_table()

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    made_at: Mapped[datetime] = mapped_column(Moment)
    """The moment whose state it holds."""
    seconds: Mapped[float]
    """How long it took."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""
    file: Mapped[str] = mapped_column(String(300))
    """The file's name, without its folder."""
