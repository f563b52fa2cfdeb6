"""What members say later: whether the goal is reached, and whether a guide came into use."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import member_key, organization_key
from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table


class GoalSaid(StrEnum):
    """Whether the goal is reached, in the member's own word."""

    YES = "yes"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    DROPPED = "dropped"


class FeltSpeed(StrEnum):
    """How long it felt until the goal was reached."""

    QUICKER = "quicker"
    AS_EXPECTED = "as_expected"
    SLOWER = "slower"


class GoalSaidAt(StrEnum):
    """Where the member was asked whether the goal is reached."""

    PATH_END = "path_end"
    FOLLOW_UP = "follow_up"


class GoalWord(Base):
    """What a member said of their goal (evidence of rung E1); one word for each occasion."""

    __tablename__ = "goal_word"
    __table_args__ = customer_table(
        ForeignKeyConstraint(
            ["organization_id", "enrollment_id"],
            ["enrollment.organization_id", "enrollment.id"],
            name="fk_goal_word_enrollment",
        ),
        member_key("goal_word"),
        UniqueConstraint("organization_id", "enrollment_id", "asked_at"),
        Index("ix_goal_word_member", "organization_id", "member_id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    member_id: Mapped[UUID | None] = mapped_column(Id)
    """None once the person was erased and the row stays as a count."""
    enrollment_id: Mapped[UUID | None] = mapped_column(Id)
    """None as well then: it would lead to the person."""
    asked_at: Mapped[GoalSaidAt] = mapped_column(String(20))
    goal_id: Mapped[UUID] = mapped_column(Id, ForeignKey("goal.id"))
    said: Mapped[GoalSaid] = mapped_column(String(20))
    felt_speed: Mapped[FeltSpeed | None] = mapped_column(String(20))
    said_at: Mapped[datetime] = mapped_column(Moment)


class InUse(StrEnum):
    """Weeks later: could you put it to work? The last two are no answers."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    NO_OCCASION = "no_occasion"
    """Asked again after the next occasion."""
    NOT_NEEDED = "not_needed"
    """Ends it."""


class FollowUp(Base):
    """One question, weeks after a milestone, about one guide drawn among those completed for it."""

    __tablename__ = "follow_up"
    __table_args__ = customer_table(
        ForeignKeyConstraint(
            ["organization_id", "enrollment_id"],
            ["enrollment.organization_id", "enrollment.id"],
            name="fk_follow_up_enrollment",
        ),
        member_key("follow_up"),
        UniqueConstraint("organization_id", "enrollment_id", "step_id"),
        Index("ix_follow_up_due", "organization_id", "member_id", "due_on"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    member_id: Mapped[UUID | None] = mapped_column(Id)
    """None once the person was erased and the row stays as a count."""
    enrollment_id: Mapped[UUID | None] = mapped_column(Id)
    """None as well then: it would lead to the person."""
    step_id: Mapped[UUID] = mapped_column(Id, ForeignKey("step.id"))
    """The milestone that it follows."""
    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"))
    """The drawn one, as it was read."""
    drawn_among: Mapped[int] = mapped_column(SmallInteger)
    """Guides that could have been drawn."""
    drawn_at: Mapped[datetime] = mapped_column(Moment)
    due_on: Mapped[date] = mapped_column(Date)
    """A day in the organization's zone; moved when there was no occasion yet."""
    postponed: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often there was no occasion yet."""
    answer: Mapped[InUse | None] = mapped_column(String(20))
    """The latest press; only yes, partly and no count as answers."""
    comment: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    """Answered, or not needed any more; nothing is asked again."""
