"""What an organization's success managers pin to guides and steps for their own people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import organization_key
from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table


class PinnedNote(Base):
    """A note on a guide or a step: on the thing itself, so that it survives its revisions."""

    __tablename__ = "pinned_note"
    __table_args__ = customer_table(
        UniqueConstraint("organization_id", "guide_id"),
        UniqueConstraint("organization_id", "step_id"),
        CheckConstraint("(guide_id IS NULL) <> (step_id IS NULL)", name="one_place"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    guide_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("guide.id"))
    step_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("step.id"))
    text: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    """Who wrote it last; None once they were erased."""
    written_at: Mapped[datetime] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    """Not shown any more; it can be put back."""
