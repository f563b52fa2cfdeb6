"""How far members are on their paths: enrollments, passed steps, what stood in the way."""

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
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import member_key, organization_key
from portal.ids import new_id
from portal.paths.models import Obstacle
from portal.schema import Base, Erase, Id, Moment, customer_table, partial_index


class Origin(StrEnum):
    """How someone came onto a path; outcomes are shown by it."""

    CHOSEN = "chosen"
    INVITED = "invited"
    REQUIRED = "required"
    RULE = "rule"


class Enrollment(Base):
    """A member on a path, with stored progress, so that lists neither count nor guess."""

    __tablename__ = "enrollment"
    __table_args__ = customer_table(
        member_key("enrollment"),
        UniqueConstraint("organization_id", "member_id", "path_id"),
        partial_index(
            "ix_enrollment_current", "organization_id", "member_id", where="is_current", unique=True
        ),
        Index("ix_enrollment_path", "organization_id", "path_id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    member_id: Mapped[UUID] = mapped_column(Id)
    path_id: Mapped[UUID] = mapped_column(Id, ForeignKey("path.id"))
    origin: Mapped[Origin] = mapped_column(String(20))
    is_current: Mapped[bool]
    """The one path that home leads along; earlier ones keep what was done."""
    obstacle: Mapped[Obstacle | None] = mapped_column(String(20))
    """What stands in the way today, in the member's latest word."""
    due_on: Mapped[date | None] = mapped_column(Date)
    """Until when the USM asks for it; a day in the organization's zone."""
    steps_passed: Mapped[int] = mapped_column(SmallInteger, default=0)
    steps_total: Mapped[int | None] = mapped_column(SmallInteger)
    """Steps that the path has in the organization; None until they are counted: as many as the
    vendor's path has."""
    next_step_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("step.id"))
    """None once the path is finished."""
    next_number: Mapped[int | None] = mapped_column(SmallInteger)
    """The place of the next step among them, from 1; None where the vendor's order holds."""
    enrolled_at: Mapped[datetime] = mapped_column(Moment)
    current_since: Mapped[datetime] = mapped_column(Moment)
    """When it was last chosen: whoever comes back to a path is not stuck at once."""
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a step of the path was first opened."""
    last_step_at: Mapped[datetime] = mapped_column(Moment)
    """When a step was last passed; at first, when the path was chosen."""
    stuck_at: Mapped[datetime | None] = mapped_column(Moment)
    """From this moment without a step the member is stuck; None once finished, or while another
    path is the current one."""
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class StepPass(Base):
    """That a member has passed a step; by which answer stands in the outcome."""

    __tablename__ = "step_pass"
    __table_args__ = customer_table(
        ForeignKeyConstraint(
            ["organization_id", "enrollment_id"],
            ["enrollment.organization_id", "enrollment.id"],
            name="fk_step_pass_enrollment",
        ),
        erase=Erase.ANONYMIZE,
        sqlite_with_rowid=False,
    )

    organization_id: Mapped[UUID] = organization_key()
    enrollment_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    step_id: Mapped[UUID] = mapped_column(Id, ForeignKey("step.id"), primary_key=True)
    passed_at: Mapped[datetime] = mapped_column(Moment)


class ObstacleNote(Base):
    """What stood in a member's way on a path, at a time: the history behind the enrollment."""

    __tablename__ = "obstacle_note"
    __table_args__ = customer_table(
        ForeignKeyConstraint(
            ["organization_id", "enrollment_id"],
            ["enrollment.organization_id", "enrollment.id"],
            name="fk_obstacle_note_enrollment",
        ),
        erase=Erase.ANONYMIZE,
        sqlite_with_rowid=False,
    )

    organization_id: Mapped[UUID] = organization_key()
    enrollment_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    noted_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    obstacle: Mapped[Obstacle | None] = mapped_column(String(20))
    """None: nothing stands in the way any more."""
