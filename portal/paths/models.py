"""Paths and their steps: content that every organization reads."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKey,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.ids import new_id
from portal.schema import Base, Id, Moment, shared_table


class StepKind(StrEnum):
    """What a step asks for."""

    GUIDE = "guide"
    TASK = "task"
    """Something to do in the product; done by the member's own word."""
    CHECK = "check"
    """Questions with feedback; passed once every answer is right."""
    SESSION = "session"
    """A training with a date."""
    MILESTONE = "milestone"


class Obstacle(StrEnum):
    """What stands in the way today; it picks the first step."""

    DONT_KNOW_HOW = "dont_know_how"
    NOT_ALLOWED = "not_allowed"
    NO_TIME = "no_time"
    ANOTHER_WAY = "another_way"
    OTHER = "other"


class Audience(StrEnum):
    """For whom a path is."""

    EVERYBODY = "everybody"
    USM = "usm"
    """It makes a success manager of somebody: offered to USMs alone."""


class Path(Base):
    """An ordered list of steps towards a goal, for an audience."""

    __tablename__ = "path"
    __table_args__ = shared_table()

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    goal_id: Mapped[UUID] = mapped_column(Id, ForeignKey("goal.id"))
    language: Mapped[str] = mapped_column(String(20), default="en", server_default="en")
    """The language it is read in where there is none for the reader."""
    title: Mapped[str] = mapped_column(String(200))
    html: Mapped[str] = mapped_column(Text)
    translations: Mapped[dict[str, dict[str, str]]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )
    """By language: the columns that are written in it."""
    titles: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """By language: copied from `translations`, as most pages need nothing else of it."""
    jobs: Mapped[list[str]] = mapped_column(JSON, default=list)
    audience: Mapped[Audience] = mapped_column(
        String(20), default=Audience.EVERYBODY, server_default="everybody"
    )
    steps_total: Mapped[int]
    source_hash: Mapped[str] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class Step(Base):
    """One step of a path; keeps its identity while it moves within the path."""

    __tablename__ = "step"
    __table_args__ = shared_table(UniqueConstraint("path_id", "key"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    path_id: Mapped[UUID] = mapped_column(Id, ForeignKey("path.id"))
    key: Mapped[str] = mapped_column(String(200))
    """`guide:SLUG` or `milestone:TITLE`."""
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[StepKind] = mapped_column(String(20))
    guide_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("guide.id"))
    title: Mapped[str] = mapped_column(String(200))
    """The guide's title in the language it is listed in, or the milestone's in the path's."""
    titles: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """By language: the guide's, or the step's own."""
    is_optional: Mapped[bool] = mapped_column(default=False)
    helps_with: Mapped[Obstacle | None] = mapped_column(String(20))
    """The obstacle for which this step comes first."""
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """What a task, check or session consists of: see `portal.paths.content.StepLine`."""
    translations: Mapped[dict[str, dict[str, Any]]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )
    """By language: what of the details is written in it. Which answer is right says the path's own
    file alone."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
