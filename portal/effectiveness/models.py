"""What works: figures counted from raw rows, and what authors do about comments."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import member_key, organization_key
from portal.schema import Base, Erase, Id, Moment, customer_table, shared_table


class Counted:
    """Readers of a guide, as counted from what they did. Staff and strangers to its audience are
    left out; each person counts once, with the last answer that counts."""

    opened: Mapped[int]
    """Openings that are 14 days old at least: only these say who left silently."""
    opened_lately: Mapped[int]
    yes: Mapped[int]
    """Answers at once, however young."""
    partly: Mapped[int]
    no: Mapped[int]
    already: Mapped[int]
    not_for_me: Mapped[int]
    on_guide: Mapped[int]
    """Of those who opened it 14 days ago: answered on the guide; needed it; said yes."""
    on_guide_needed: Mapped[int]
    on_guide_yes: Mapped[int]
    later: Mapped[int]
    """Of the same: left silently and answered when they were asked again."""
    later_needed: Mapped[int]
    later_yes: Mapped[int]
    comments: Mapped[int]
    """Answers with a reason or words, and of them those that nobody has looked after."""
    comments_open: Mapped[int]
    success: Mapped[float | None]
    """To sort by: the figure that is shown; None where there is none yet."""
    counted_at: Mapped[datetime] = mapped_column(Moment)
    """When its raw rows were read."""


class GuideFigure(Counted, Base):
    """A guide as it is read today, over its languages."""

    __tablename__ = "guide_figure"
    __table_args__ = shared_table(sqlite_with_rowid=False)

    guide_id: Mapped[UUID] = mapped_column(Id, ForeignKey("guide.id"), primary_key=True)
    is_sample: Mapped[bool] = mapped_column(primary_key=True)
    """Whether these are readers of sample organizations; never mixed with real ones."""


class RevisionFigure(Counted, Base):
    """A revision with the small corrections that continue its figures."""

    __tablename__ = "revision_figure"
    __table_args__ = shared_table(
        Index("ix_revision_figure_guide", "guide_id"), sqlite_with_rowid=False
    )

    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"), primary_key=True)
    """The first of the chain."""
    is_sample: Mapped[bool] = mapped_column(primary_key=True)
    guide_id: Mapped[UUID] = mapped_column(Id, ForeignKey("guide.id"))


class CommentState(StrEnum):
    """What became of a comment; a comment without a row is new."""

    NEW = "new"
    SEEN = "seen"
    PLANNED = "planned"
    DONE = "done"
    WONT = "wont"


class CommentReply(Base):
    """An author's word on a comment: what becomes of it, and an answer to whoever wrote it."""

    __tablename__ = "comment_reply"
    __table_args__ = customer_table(
        ForeignKeyConstraint(
            ["organization_id", "outcome_id"],
            ["outcome.organization_id", "outcome.id"],
            name="fk_comment_reply_outcome",
        ),
        member_key("comment_reply"),
        Index("ix_comment_reply_member", "organization_id", "member_id"),
        erase=Erase.ANONYMIZE,
        sqlite_with_rowid=False,
    )

    organization_id: Mapped[UUID] = organization_key()
    outcome_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    member_id: Mapped[UUID | None] = mapped_column(Id)
    """Whoever commented, and is told; None once they were erased."""
    state: Mapped[CommentState] = mapped_column(String(20))
    reply: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    """The author who looked after it last."""
    changed_at: Mapped[datetime] = mapped_column(Moment)
    told_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when there is something to tell them; None for what only authors need to know."""
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    """When they put it away."""
    answer_mailed_at: Mapped[datetime | None] = mapped_column(Moment)
    mending_mailed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When they were written to because there was an answer, or because the guide was mended: once
    for each, whatever the author takes back and says again."""
