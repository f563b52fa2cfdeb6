"""What is searched: shared content in one index, each customer's own texts in another."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from portal.accounts.keys import member_key, organization_key
from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table, shared_table


class HitKind(StrEnum):
    """What a search finds."""

    GUIDE = "guide"
    PATH = "path"
    GOAL = "goal"
    KIT = "kit"
    NOTE = "note"
    """A text of the reader's own organization."""


class Words(TypeDecorator[str]):
    """Words with their weights: a tsvector on PostgreSQL. SQLite has them in a table of its own."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = TSVECTOR() if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if dialect.name == "postgresql" else None


class SearchEntry(Base):
    """A document of the shared content in one language, as search shows it."""

    __tablename__ = "search_entry"
    __table_args__ = shared_table(
        UniqueConstraint("kind", "target_id", "language"),
        Index("ix_search_entry_words", "words", postgresql_using="gin"),
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """The row of its words in SQLite's index."""
    kind: Mapped[HitKind] = mapped_column(String(20))
    target_id: Mapped[UUID] = mapped_column(Id)
    slug: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(20))
    is_fallback: Mapped[bool]
    """Whether it is what is read where there is none in the reader's language."""
    guide_kind: Mapped[str | None] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    goal: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    made_of: Mapped[str] = mapped_column(String(64))
    """Of all that it says; while it stays, nothing has to be indexed."""
    words: Mapped[str | None] = mapped_column(Words)


SQLITE_WORDS = "search_words"
"""SQLite's full-text table: its `rowid` is the entry's number. The words come folded, with blanks
between them, so its tokenizer has nothing to decide."""


@event.listens_for(SearchEntry.__table__, "after_create")
def _create_words(_table: Table, connection: Connection, **_how: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            f"CREATE VIRTUAL TABLE {SQLITE_WORDS}"
            " USING fts5(title, summary, body, tokenize='ascii', prefix='2 3')"
        )


class CustomerText(Base):
    """A text that a customer's people wrote for their colleagues, to be found by them alone."""

    __tablename__ = "customer_text"
    __table_args__ = customer_table(
        UniqueConstraint("organization_id", "kind", "target_id"), erase=Erase.KEEP
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    """What sort of text, in the words of the feature that wrote it."""
    target_id: Mapped[UUID] = mapped_column(Id)
    """The row there that it was copied from."""
    guide_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("guide.id"))
    """The guide that it stands on, which a hit leads to."""
    path_slug: Mapped[str | None] = mapped_column(String(80))
    """Where a hit leads to without a guide."""
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    """Folded and stemmed, a blank before and after each."""


class SearchMiss(Base):
    """Words that somebody looked for and nothing had; what authors see of it names nobody."""

    __tablename__ = "search_miss"
    __table_args__ = customer_table(
        member_key("search_miss"),
        erase=Erase.DELETE,
        sqlite_with_rowid=False,
    )

    organization_id: Mapped[UUID] = organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    words: Mapped[str] = mapped_column(String(100), primary_key=True)
    """Folded, so that the same search is counted together."""
    times: Mapped[int] = mapped_column(Integer, default=1)
    last_at: Mapped[datetime] = mapped_column(Moment)
