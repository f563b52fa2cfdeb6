"""Paths and their steps (content), and what a member does on them (customer rows)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Erase, Id, Moment, customer_table, new_id, shared_table


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


class Origin(StrEnum):
    """How someone came onto a path; outcomes are shown by it."""

    CHOSEN = "chosen"
    INVITED = "invited"
    REQUIRED = "required"
    RULE = "rule"


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


def _organization_key() -> Mapped[UUID]:
    return mapped_column(Id, ForeignKey("organization.id"), primary_key=True)


def _member_key(table: str) -> ForeignKeyConstraint:
    """The member of the same organization: a row cannot point into another one."""
    return ForeignKeyConstraint(
        ["organization_id", "member_id"],
        ["member.organization_id", "member.id"],
        name=f"fk_{table}_member",
    )


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
    title: Mapped[str] = mapped_column(String(200))
    html: Mapped[str] = mapped_column(Text)
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
    """The guide's title in the default language, or the milestone's."""
    is_optional: Mapped[bool] = mapped_column(default=False)
    helps_with: Mapped[Obstacle | None] = mapped_column(String(20))
    """The obstacle for which this step comes first."""
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """What a task, check or session consists of: see `portal.paths.content.StepLine`."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class Enrollment(Base):
    """A member on a path, with stored progress, so that lists neither count nor guess."""

    __tablename__ = "enrollment"
    __table_args__ = customer_table(
        _member_key("enrollment"),
        UniqueConstraint("organization_id", "member_id", "path_id"),
        Index(
            "ix_enrollment_current",
            "organization_id",
            "member_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        Index("ix_enrollment_path", "organization_id", "path_id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = _organization_key()
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

    organization_id: Mapped[UUID] = _organization_key()
    enrollment_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    step_id: Mapped[UUID] = mapped_column(Id, ForeignKey("step.id"), primary_key=True)
    passed_at: Mapped[datetime] = mapped_column(Moment)


class Tick(Base):
    """A ticked line of a revision's checklist."""

    __tablename__ = "tick"
    __table_args__ = customer_table(
        _member_key("tick"), erase=Erase.DELETE, sqlite_with_rowid=False
    )

    organization_id: Mapped[UUID] = _organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"), primary_key=True)
    item: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    """Position in the checklist, from 0."""
    ticked_at: Mapped[datetime] = mapped_column(Moment)


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
        _member_key("opening"),
        UniqueConstraint("organization_id", "member_id", "revision_id"),
        Index("ix_opening_revision", "organization_id", "revision_id"),
        Index("ix_opening_guide", "guide_id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = _organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    member_id: Mapped[UUID | None] = mapped_column(Id)
    """None once the person was erased and the row stays as a count."""
    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)


class Outcome(Context, Base):
    """What a member says of a revision: the answer that counts. One for a member and revision."""

    __tablename__ = "outcome"
    __table_args__ = customer_table(
        _member_key("outcome"),
        UniqueConstraint("organization_id", "member_id", "revision_id"),
        Index("ix_outcome_revision", "organization_id", "revision_id"),
        Index("ix_outcome_guide", "guide_id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = _organization_key()
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

    organization_id: Mapped[UUID] = _organization_key()
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
        _member_key("told"),
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

    organization_id: Mapped[UUID] = _organization_key()
    outcome_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    member_id: Mapped[UUID] = mapped_column(Id)
    told_at: Mapped[datetime] = mapped_column(Moment)


class IfThen(Base):
    """A member's own plan after a guide: "When …, I will …"."""

    __tablename__ = "if_then"
    __table_args__ = customer_table(
        _member_key("if_then"), erase=Erase.DELETE, sqlite_with_rowid=False
    )

    organization_id: Mapped[UUID] = _organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    guide_id: Mapped[UUID] = mapped_column(Id, ForeignKey("guide.id"), primary_key=True)
    line: Mapped[str] = mapped_column(String(300))
    written_at: Mapped[datetime] = mapped_column(Moment)


class Ease(Base):
    """The draw whether a member is asked how easy a guide was, and what they said."""

    __tablename__ = "ease"
    __table_args__ = customer_table(
        _member_key("ease"),
        CheckConstraint("ease BETWEEN 1 AND 7", name="ease"),
        UniqueConstraint("organization_id", "member_id", "revision_id"),
        Index("ix_ease_revision", "organization_id", "revision_id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = _organization_key()
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

    organization_id: Mapped[UUID] = _organization_key()
    enrollment_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    noted_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    obstacle: Mapped[Obstacle | None] = mapped_column(String(20))
    """None: nothing stands in the way any more."""


class CheckTry(Base):
    """How often a member answered a check's questions, and with what result the last time."""

    __tablename__ = "check_try"
    __table_args__ = customer_table(
        _member_key("check_try"), erase=Erase.DELETE, sqlite_with_rowid=False
    )

    organization_id: Mapped[UUID] = _organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    step_id: Mapped[UUID] = mapped_column(Id, ForeignKey("step.id"), primary_key=True)
    tries: Mapped[int] = mapped_column(SmallInteger)
    chosen: Mapped[list[int]] = mapped_column(JSON)
    """The option chosen for each question the last time, from 0."""
    tried_at: Mapped[datetime] = mapped_column(Moment)


class SessionPlaces(Base):
    """How many places of a session are taken, over all organizations; it says nothing of whom."""

    __tablename__ = "session_places"
    __table_args__ = shared_table(
        CheckConstraint("taken >= 0", name="taken"), sqlite_with_rowid=False
    )

    step_id: Mapped[UUID] = mapped_column(Id, ForeignKey("step.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    taken: Mapped[int] = mapped_column(SmallInteger)


class SessionPlace(Base):
    """A member's place in a session on one date, and whether they were there."""

    __tablename__ = "session_place"
    __table_args__ = customer_table(
        _member_key("session_place"), erase=Erase.DELETE, sqlite_with_rowid=False
    )

    organization_id: Mapped[UUID] = _organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    step_id: Mapped[UUID] = mapped_column(Id, ForeignKey("step.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(Moment)
    given_up_at: Mapped[datetime | None] = mapped_column(Moment)
    attended: Mapped[bool | None]
    """The member's own word, after the date."""


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
        _member_key("goal_word"),
        UniqueConstraint("organization_id", "enrollment_id", "asked_at"),
        Index("ix_goal_word_member", "organization_id", "member_id"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = _organization_key()
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
        _member_key("follow_up"),
        UniqueConstraint("organization_id", "enrollment_id", "step_id"),
        Index("ix_follow_up_due", "organization_id", "member_id", "due_on"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = _organization_key()
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


class Asked(Base):
    """That a question was put to a member about a revision, and what became of it."""

    __tablename__ = "asked"
    __table_args__ = customer_table(
        _member_key("asked"), erase=Erase.DELETE, sqlite_with_rowid=False
    )

    organization_id: Mapped[UUID] = _organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    question: Mapped[Question] = mapped_column(String(20), primary_key=True)
    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"), primary_key=True)
    shown_at: Mapped[datetime] = mapped_column(Moment)
    dismissed_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
