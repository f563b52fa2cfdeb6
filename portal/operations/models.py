"""What somebody has put away."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import member_key, organization_key
from portal.schema import Base, Erase, Id, Moment, customer_table


class FirstStepsDismissal(Base):
    """A member wants to see no first steps any more."""

    __tablename__ = "first_steps_dismissal"
    __table_args__ = customer_table(
        member_key("first_steps_dismissal"),
        erase=Erase.DELETE,
        sqlite_with_rowid=False,
    )

    organization_id: Mapped[UUID] = organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    """Whose steps: one of `service.first_steps.Kind`."""
    dismissed_at: Mapped[datetime] = mapped_column(Moment)
