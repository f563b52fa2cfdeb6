"""Goals, guides and their published revisions. Content is shared by all organizations."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.ids import new_id
from portal.schema import Base, Id, Moment, shared_table


class Rhythm(StrEnum):
    """How often the work behind a goal comes round."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class GuideKind(StrEnum):
    """What a guide is for; where readers answer another question, figures are never mixed."""

    GUIDE = "guide"
    CRAFT = "craft"
    CHALLENGE = "challenge"
    RELEASE = "release"
    TEMPLATE = "template"
    STORY = "story"


class Goal(Base):
    """A desired outcome in the reader's words."""

    __tablename__ = "goal"
    __table_args__ = shared_table()

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    html: Mapped[str] = mapped_column(Text)
    rhythm: Mapped[Rhythm] = mapped_column(String(20))
    evidence: Mapped[str] = mapped_column(Text)
    first_value: Mapped[str | None] = mapped_column(String(120))
    feature_sets: Mapped[list[str]] = mapped_column(JSON, default=list)
    translations: Mapped[dict[str, dict[str, str]]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )
    """By language: the columns that are written in it."""
    titles: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """By language: copied from `translations`, as most pages need nothing else of it."""
    source_hash: Mapped[str] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class Guide(Base):
    """One document with one purpose; what readers see is its latest revision in their language."""

    __tablename__ = "guide"
    __table_args__ = shared_table(Index("ix_guide_title", "title_key", "id"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[GuideKind] = mapped_column(String(20))
    goal_id: Mapped[UUID] = mapped_column(Id, ForeignKey("goal.id"))
    maintainer: Mapped[str] = mapped_column(String(120))
    checked_on: Mapped[date] = mapped_column(Date)
    review_on: Mapped[date] = mapped_column(Date)
    language: Mapped[str] = mapped_column(String(20))
    """The language it is read in where there is none for the reader, and listed in."""
    title: Mapped[str] = mapped_column(String(200))
    """In that language."""
    title_key: Mapped[str] = mapped_column(String(400))
    """Folded title: the order of lists, the same on both databases."""
    words_key: Mapped[str] = mapped_column(String(400))
    """Folded title, address and maintainer: what an author's words are looked for in."""
    warnings: Mapped[int] = mapped_column(default=0)
    """What lint has to say today, counted over its languages."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class Revision(Base):
    """A published version of a guide in one language; never changed afterwards."""

    __tablename__ = "revision"
    __table_args__ = shared_table(UniqueConstraint("guide_id", "language", "number"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    guide_id: Mapped[UUID] = mapped_column(Id, ForeignKey("guide.id"))
    language: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    """Counts from 1 in each language."""
    measured_with: Mapped[UUID | None] = mapped_column(Id, ForeignKey("revision.id"))
    """The revision whose figures a small correction continues; the first of the chain."""
    kind: Mapped[GuideKind] = mapped_column(String(20))
    """Readers of another kind answer another question, so its figures stand apart."""
    title: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int] = mapped_column(SmallInteger)
    jobs: Mapped[list[str]] = mapped_column(JSON, default=list)
    evidence: Mapped[str] = mapped_column(Text)
    if_then: Mapped[str | None] = mapped_column(Text)
    """How the reader's own line begins: "When the bank file is in, I will …"."""
    follow_up_question: Mapped[str | None] = mapped_column(Text)
    """What is asked of this guide weeks later, besides whether it is in use."""
    features: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Features that it is about; of a release, those that change."""
    checklist: Mapped[list[str]] = mapped_column(JSON, default=list)
    headings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """`{"level": 2, "id": "…", "title": "…"}` in order."""
    source: Mapped[str] = mapped_column(Text)
    source_hash: Mapped[str] = mapped_column(String(64))
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What lint said when it was published: `{"severity", "line", "what", "mend"}`."""
    published_at: Mapped[datetime] = mapped_column(Moment)


class CurrentRevision(Base):
    """Which revision of a guide is read in a language."""

    __tablename__ = "current_revision"
    __table_args__ = shared_table(
        Index("ix_current_revision_revision", "revision_id"), sqlite_with_rowid=False
    )

    guide_id: Mapped[UUID] = mapped_column(Id, ForeignKey("guide.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(20), primary_key=True)
    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"))
    title: Mapped[str] = mapped_column(String(200))
    """Copied from the revision: lists need it and nothing else of it."""
    render_key: Mapped[str | None] = mapped_column(String(64))
    """Of all that the HTML was made of; while it stays, nothing has to be rendered."""
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What lint says of its file today, which changes without the file: a date passes, a rule
    is added."""


class PublishedContent(Base):
    """What the last publication was made of; one row. The same again needs no publication."""

    __tablename__ = "published_content"
    __table_args__ = shared_table()

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Of all files, the renderer, and the day, as lint knows dates."""


class GuidePdf(Base):
    """A revision as a PDF; drawn once, when somebody first asks for it."""

    __tablename__ = "guide_pdf"
    __table_args__ = shared_table()

    revision_id: Mapped[UUID] = mapped_column(Id, ForeignKey("revision.id"), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
