"""Search for readers: the shared content in the language they read, and their organization's texts.

Both databases are given the same words and find the same documents; they differ in how they rank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import aliased

from portal import db, stemming
from portal.access import Action, Viewer, require
from portal.guides.kit_models import Kit
from portal.guides.models import Guide
from portal.guides.search_models import (
    SQLITE_WORDS,
    CustomerText,
    HitKind,
    SearchEntry,
)
from portal.guides.service import kits
from portal.guides.service.reading import language_binds
from portal.guides.service.search_snippets import Piece, snippet
from portal.ids import new_id
from portal.inserts import upsert
from portal.stemming import Term

MOST_HITS = 30
MOST_CHARACTERS = 200
"""Looked at of what somebody types."""

AnyRow = Row[*tuple[Any, ...]]
_INDEX = table(SQLITE_WORDS, column("rowid"))
_WEIGHTS = "8.0, 3.0, 1.0"
"""Of title, summary and body; PostgreSQL weighs A, B and D alike."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found."""

    kind: HitKind
    slug: str
    """Of what it leads to."""
    title: str
    goal: str
    language: str
    guide_kind: str | None
    snippet: tuple[Piece, ...]
    leads_to: HitKind
    """Itself; a note leads to the guide or path that it stands on."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    hits: list[Hit]
    notes: list[Hit]
    """Texts of the viewer's organization."""
    has_all_words: bool
    """False where nothing has all the words, and these have some of them."""
    searched: bool
    """False where there was no word to look for."""

    @property
    def is_miss(self) -> bool:
        """Whether nothing has what was looked for."""
        return self.searched and not (self.has_all_words and (self.hits or self.notes))


def search(viewer: Viewer, words: str, limit: int = MOST_HITS) -> Found:
    """Look for all the words; where nothing has them all, for any of them."""
    require(viewer, Action.FOLLOW_PATHS)
    languages = _languages(viewer.locale)
    looked_for = stemming.terms(words[:MOST_CHARACTERS], languages)
    if not looked_for:
        return Found([], [], has_all_words=True, searched=False)
    notes = _notes(viewer, looked_for)
    hits = _hits(viewer, looked_for, limit, every=True)
    has_all = bool(hits or notes)
    if not has_all and len(looked_for) > 1:
        hits = _hits(viewer, looked_for, limit, every=False)
    return Found(hits, notes, has_all_words=has_all, searched=True)


def put_text(
    organization_id: UUID,
    kind: str,
    target_id: UUID,
    title: str,
    text: str,
    guide_id: UUID | None = None,
    path_slug: str | None = None,
    language: str = "en",
) -> None:
    """Let a customer's text be found by their people; the same `kind` and `target_id` replace it.

    It is read on the guide that it names, or on the path. Called in the transaction that writes
    the text itself.
    """
    words = " ".join(stemming.index_words(f"{title} {text}", language))
    row = dict(
        organization_id=organization_id,
        id=new_id(),
        kind=kind,
        target_id=target_id,
        guide_id=guide_id,
        path_slug=path_slug,
        title=title[:200],
        text=text,
        words=f" {words} ",
    )
    on = ("organization_id", "kind", "target_id")
    upsert(CustomerText, row, on, change=("guide_id", "path_slug", "title", "text", "words"))


def remove_text(organization_id: UUID, kind: str, target_id: UUID) -> None:
    """Let a customer's text be found no longer."""
    db.connection().execute(
        CustomerText.__table__.delete().where(  # type: ignore[attr-defined]
            CustomerText.organization_id == organization_id,
            CustomerText.kind == kind,
            CustomerText.target_id == target_id,
        )
    )


def _languages(locale: str) -> tuple[str, ...]:
    """Those that texts may be in for a reader: their own, and what most guides fall back to."""
    binds = language_binds(locale)
    return tuple(dict.fromkeys([binds["base"], "en"]))


def _hits(viewer: Viewer, terms: Sequence[Term], limit: int, every: bool) -> list[Hit]:
    connection = db.connection()
    on_sqlite = connection.dialect.name == "sqlite"
    query = _on_sqlite(terms, every) if on_sqlite else _on_postgresql(terms, every)
    query = query.where(_is_what_they_read(viewer.locale), _may_be_read_by(viewer)).limit(limit)
    return [_hit(row, terms) for row in connection.execute(query)]


_COLUMNS = (
    SearchEntry.kind,
    SearchEntry.slug,
    SearchEntry.title,
    SearchEntry.goal,
    SearchEntry.language,
    SearchEntry.guide_kind,
    SearchEntry.text,
)
_BY_TITLE = (SearchEntry.title, SearchEntry.number)


# Ranks count a word that is found as itself and as a stem twice, so what has all the words in its
# title is put first by itself.


def _on_sqlite(terms: Sequence[Term], every: bool) -> Select[*tuple[Any, ...]]:
    said = (" AND " if every else " OR ").join(_match(term) for term in terms)
    rank: ColumnElement[float] = literal_column(f"bm25({SQLITE_WORDS}, {_WEIGHTS})")
    in_title = select(_INDEX.c.rowid).where(_matches(f"{{title}} : ({said})"))
    return (
        select(*_COLUMNS)
        .join_from(_INDEX, SearchEntry, SearchEntry.number == _INDEX.c.rowid)
        .where(_matches(said))
        .order_by(_INDEX.c.rowid.in_(in_title).desc(), rank, *_BY_TITLE)
    )


def _matches(said: str) -> ColumnElement[bool]:
    matches: ColumnElement[bool] = literal_column(SQLITE_WORDS).op("MATCH", is_comparison=True)(
        said
    )
    return matches


def _match(term: Term) -> str:
    """A term for FTS5. It holds letters and digits only, so quotes are all it needs."""
    said = [f'"{word}"' for word in term.exact] + ([f'"{term.prefix}" *'] if term.prefix else [])
    return f"({' OR '.join(said)})"


def _on_postgresql(terms: Sequence[Term], every: bool) -> Select[*tuple[Any, ...]]:
    between = " & " if every else " | "
    wanted = cast(between.join(_lexemes(term) for term in terms), TSQUERY)
    in_title = cast(between.join(_lexemes(term, "A") for term in terms), TSQUERY)
    weights: ColumnElement[Any] = literal_column("'{0.125, 0.125, 0.375, 1.0}'::real[]")
    rank = func.ts_rank(weights, SearchEntry.words, wanted, 1)
    return (
        select(*_COLUMNS)
        .where(SearchEntry.words.op("@@")(wanted))
        .order_by(SearchEntry.words.op("@@")(in_title).desc(), rank.desc(), *_BY_TITLE)
    )


def _lexemes(term: Term, weight: str = "") -> str:
    said = [f"'{word}':{weight}" if weight else f"'{word}'" for word in term.exact]
    said += [f"'{term.prefix}':*{weight}"] if term.prefix else []
    return f"({' | '.join(said)})"


def _is_what_they_read(locale: str) -> ColumnElement[bool]:
    """The entry in the reader's language, then in its base, then in the document's own."""
    binds = language_binds(locale)

    def distance(entry: Any) -> ColumnElement[int]:
        return case(
            (entry.language == binds["language"], 0),
            (entry.language == binds["base"], 1),
            (entry.is_fallback, 2),
            else_=3,
        )

    nearer = aliased(SearchEntry)
    better = select(nearer.number).where(
        nearer.kind == SearchEntry.kind,
        nearer.target_id == SearchEntry.target_id,
        distance(nearer) < distance(SearchEntry),
    )
    return and_(distance(SearchEntry) < 3, ~better.exists())


def _may_be_read_by(viewer: Viewer) -> ColumnElement[bool]:
    """Everybody reads everything but kits, which are for whom they are made."""
    theirs = select(Kit.id).where(Kit.id == SearchEntry.target_id, *kits.for_whom(viewer))
    return or_(SearchEntry.kind != HitKind.KIT, theirs.exists())


def _hit(row: AnyRow, terms: Sequence[Term]) -> Hit:
    kind = HitKind(row.kind)
    return Hit(
        *(kind, row.slug, row.title, row.goal, row.language, row.guide_kind),
        snippet=snippet(row.text, terms, row.language),
        leads_to=kind,
    )


def _notes(viewer: Viewer, terms: Sequence[Term]) -> list[Hit]:
    """The organization's own texts: few, so they are looked through, and ranked by nothing that
    other customers' texts would move."""
    query = (
        select(CustomerText.title, CustomerText.text, CustomerText.path_slug, Guide.slug)
        .outerjoin(Guide, and_(Guide.id == CustomerText.guide_id, Guide.withdrawn_at.is_(None)))
        .where(
            CustomerText.organization_id == viewer.organization_id,
            func.coalesce(Guide.slug, CustomerText.path_slug).is_not(None),
            *(_has(term) for term in terms),
        )
        .order_by(CustomerText.title, CustomerText.id)
        .limit(MOST_HITS)
    )
    language = _languages(viewer.locale)[0]
    return [
        Hit(
            *(HitKind.NOTE, row.slug or row.path_slug, row.title, "", language, None),
            snippet=snippet(row.text, terms, language),
            leads_to=HitKind.GUIDE if row.slug else HitKind.PATH,
        )
        for row in db.connection().execute(query)
    ]


def _has(term: Term) -> ColumnElement[bool]:
    wanted = [f" {word} " for word in term.exact] + ([f" {term.prefix}"] if term.prefix else [])
    return or_(*(CustomerText.words.contains(words, autoescape=True) for words in wanted))
