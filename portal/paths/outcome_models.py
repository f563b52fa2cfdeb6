"""What members say of a guide: openings, answers and their history, who was told, own plans."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
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
from portal.paths.progress_models import Origin
from portal.schema import Base, Erase, Id, Moment, customer_table


class Answer(StrEnum):
    """The answers after a guide. Each passes the step; yes and partly count as completed.

    A challenge asks "Will you try it?": yes, not sure or no.
    """

    YES = "yes"
    PARTLY = "partly"
    NOT_SURE = "not_sure"
    NO = "no"
    ALREADY = "already"
    NOT_FOR_ME = "not_for_me"


class Reason(StrEnum):
    """Why it worked only partly or not at all; each has someone who answers for it."""

    MISSING = "missing"
    UNCLEAR = "unclear"
    DOES_NOT_FIT = "does_not_fit"
    NOT_ALLOWED = "not_allowed"
    NO_TIME = "no_time"
    ANOTHER_WAY = "another_way"
    OTHERS = "others"
    PRODUCT_PROBLEM = "product_problem"
    OTHER = "other"


class Given(StrEnum):
    """When an answer was given: on the guide, or asked again on a later visit."""

    ON_GUIDE = "on_guide"
    LATER = "later"


class Question(StrEnum):
    """What was asked; shown, dismissed and answered are counted for each."""

    OUTCOME = "outcome"
    """On the guide, right after reading."""
    LATER = "later"
    """Once on the next visit, of who left without an answer."""
    EASE = "ease"
    """How easy it was; of one guide in three."""


class Context:
    """Who read, as they were then: figures by group never move when a person does."""

    guide_id: Mapped[UUID] = mapped_column(Id, ForeignKey("guide.id"))
    enrollment_id: Mapped[UUID | None] = mapped_column(Id)
    path_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("path.id"))
    step_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("step.id"))
    origin: Mapped[Origin | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(20))
    job: Mapped[str | None] = mapped_column(String(60))
    influence: Mapped[int | None] = mapped_column(SmallInteger)
    importance: Mapped[int | None] = mapped_column(SmallInteger)
    experience: Mapped[str] = mapped_column(String(20))
    team_id: Mapped[UUID | None] = mapped_column(Id)
    arm: Mapped[str | None] = mapped_column(String(20))
    """Arm of a controlled roll-out; None outside of one."""


class Opening(Context, Base):
    """That a member truly opened a revision: 10 s visible, or the first tick or answer."""

    __tablename__ = "opening"
    __table_args__ = customer_table(
        member_key("opening"),
        UniqueConstraint("organization_id", "member_id", "revision_id"),
        Index("ix_opening_revision", "organization_id", "revision_id"),
        Index("ix_opening_guide", "guide_id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    member_id: Mapped[UUID | None] = mapped_column(Id)
    """None once the person was erased and the row stays as a count."""
    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)


class Outcome(Context, Base):
    """What a member says of a revision: the answer that counts. One for a member and revision."""

    __tablename__ = "outcome"
    __table_args__ = customer_table(
        member_key("outcome"),
        UniqueConstraint("organization_id", "member_id", "revision_id"),
        Index("ix_outcome_revision", "organization_id", "revision_id"),
        Index("ix_outcome_guide", "guide_id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    member_id: Mapped[UUID | None] = mapped_column(Id)
    """None once the person was erased and the row stays as a count."""
    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"))
    answer: Mapped[Answer] = mapped_column(String(20))
    latest_answer: Mapped[Answer] = mapped_column(String(20))
    """What the member says today; differs from `answer` if they changed it after 14 days."""
    given: Mapped[Given] = mapped_column(String(20))
    reason: Mapped[Reason | None] = mapped_column(String(30))
    comment: Mapped[str | None] = mapped_column(Text)
    failed_at: Mapped[str | None] = mapped_column(String(200))
    """Where in the guide it failed, in the words of its heading."""
    answered_at: Mapped[datetime] = mapped_column(Moment)
    """The first answer; the last one within 14 days of it counts."""
    changed_at: Mapped[datetime] = mapped_column(Moment)


class OutcomeChange(Base):
    """Every answer as it was given, in order: the history behind an outcome."""

    __tablename__ = "outcome_change"
    __table_args__ = customer_table(
        ForeignKeyConstraint(
            ["organization_id", "outcome_id"],
            ["outcome.organization_id", "outcome.id"],
            name="fk_outcome_change_outcome",
        ),
        Index("ix_outcome_change_outcome", "organization_id", "outcome_id", "changed_at"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    outcome_id: Mapped[UUID] = mapped_column(Id)
    answer: Mapped[Answer] = mapped_column(String(20))
    reason: Mapped[Reason | None] = mapped_column(String(30))
    comment: Mapped[str | None] = mapped_column(Text)
    failed_at: Mapped[str | None] = mapped_column(String(200))
    counts: Mapped[bool]
    """Whether it became the outcome's answer: within 14 days of the first."""
    changed_at: Mapped[datetime] = mapped_column(Moment)


class Told(Base):
    """That a member told their success manager an answer, with their name; else nobody sees it."""

    __tablename__ = "told"
    __table_args__ = customer_table(
        member_key("told"),
        ForeignKeyConstraint(
            ["organization_id", "outcome_id"],
            ["outcome.organization_id", "outcome.id"],
            name="fk_told_outcome",
        ),
        Index("ix_told_member", "organization_id", "member_id"),
        Index("ix_told_when", "organization_id", "told_at"),
        erase=Erase.DELETE,
        sqlite_with_rowid=False,
    )

    organization_id: Mapped[UUID] = organization_key()
    outcome_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Id)
    told_at: Mapped[datetime] = mapped_column(Moment)


class IfThen(Base):
    """A member's own plan after a guide: "When …, I will …"."""

    __tablename__ = "if_then"
    __table_args__ = customer_table(
        member_key("if_then"), erase=Erase.DELETE, sqlite_with_rowid=False
    )

    organization_id: Mapped[UUID] = organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    guide_id: Mapped[UUID] = mapped_column(Id, ForeignKey("guide.id"), primary_key=True)
    line: Mapped[str] = mapped_column(String(300))
    written_at: Mapped[datetime] = mapped_column(Moment)


class Ease(Base):
    """The draw whether a member is asked how easy a guide was, and what they said."""

    __tablename__ = "ease"
    __table_args__ = customer_table(
        member_key("ease"),
        CheckConstraint("ease BETWEEN 1 AND 7", name="ease"),
        UniqueConstraint("organization_id", "member_id", "revision_id"),
        Index("ix_ease_revision", "organization_id", "revision_id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    member_id: Mapped[UUID | None] = mapped_column(Id)
    """None once the person was erased and the row stays as a count."""
    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"))
    is_drawn: Mapped[bool]
    """One guide in three is; who is not drawn is not asked."""
    drawn_at: Mapped[datetime] = mapped_column(Moment)
    ease: Mapped[int | None] = mapped_column(SmallInteger)
    """From 1, very hard, to 7, very easy."""
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class Asked(Base):
    """That a question was put to a member about a revision, and what became of it."""

    __tablename__ = "asked"
    __table_args__ = customer_table(
        member_key("asked"), erase=Erase.DELETE, sqlite_with_rowid=False
    )

    organization_id: Mapped[UUID] = organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    question: Mapped[Question] = mapped_column(String(20), primary_key=True)
    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"), primary_key=True)
    shown_at: Mapped[datetime] = mapped_column(Moment)
    dismissed_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
