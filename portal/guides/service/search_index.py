"""The index of the shared content: what every document says, folded and stemmed.

It is compared with what is published and only what differs is written, so it may be brought up to
date at any time and by anybody. Reading words takes long: `changes` does it, outside of the
transaction in which `write` only writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, column, delete, func, insert, select, table

from portal import db, stemming
from portal.guides.files import DEFAULT_LANGUAGE
from portal.guides.kit_content import pieces
from portal.guides.kit_models import Kit, KitDocument
from portal.guides.models import CurrentRevision, Goal, Guide, Revision
from portal.guides.search_models import SQLITE_WORDS, HitKind, SearchEntry
from portal.guides.service.prepared import digest
from portal.markdown.html import read

VERSION = 1
"""Counted up when documents have to be indexed anew, though none changed."""
MOST_POSITIONS = 16_383
"""PostgreSQL counts no further; words after it are found as well, they only weigh as one."""
INDEX = table(SQLITE_WORDS, column("rowid"), column("title"), column("summary"), column("body"))

Place = tuple[str, UUID, str]
"""Kind, target and language."""


@dataclass(frozen=True, slots=True)
class Document:
    """What search knows of a document in one language."""

    kind: HitKind
    target_id: UUID
    slug: str
    language: str
    is_fallback: bool
    title: str
    goal: str
    summary: str
    text: str
    guide_kind: str | None = None

    @property
    def place(self) -> Place:
        """Which entry is meant."""
        return (self.kind, self.target_id, self.language)


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """How the index has to change; false if it has not."""

    rows: list[dict[str, Any]]
    """New entries, with their words as lists by column."""
    gone: list[int]
    """Numbers of entries whose document is no more, or says something else now."""

    def __bool__(self) -> bool:
        return bool(self.rows or self.gone)


def changes(
    documents: Iterable[Document], anew: bool = False, known: IndexChanges | None = None
) -> IndexChanges:
    """Compare documents with the index; `anew` takes none of it for granted.

    What is `known` from a look before need not be read again.
    """
    ready = {row["made_of"]: row for row in known.rows} if known else {}
    stored = {
        (row.kind, row.target_id, row.language): row
        for row in db.session().execute(
            select(
                *(SearchEntry.number, SearchEntry.kind, SearchEntry.target_id),
                *(SearchEntry.language, SearchEntry.made_of),
            )
        )
    }
    wanted = {document.place: (document, _mark(document)) for document in documents}
    same = {
        place
        for place, row in stored.items()
        if not anew and place in wanted and wanted[place][1] == row.made_of
    }
    return IndexChanges(
        [
            ready.get(mark) or _row(document, mark)
            for place, (document, mark) in wanted.items()
            if place not in same
        ],
        [row.number for place, row in stored.items() if place not in same],
    )


def write(found: IndexChanges) -> None:
    """Write changes into the running transaction."""
    connection = db.session().connection()
    on_sqlite = connection.dialect.name == "sqlite"
    if gone := [{"gone": number} for number in found.gone]:
        connection.execute(delete(SearchEntry).where(SearchEntry.number == bindparam("gone")), gone)
        if on_sqlite:
            connection.execute(delete(INDEX).where(INDEX.c.rowid == bindparam("gone")), gone)
    if not found.rows:
        return
    start = (connection.scalar(select(func.max(SearchEntry.number))) or 0) + 1
    rows = [row | {"number": number} for number, row in enumerate(found.rows, start)]
    entries = [{**_columns(row), "words": None if on_sqlite else vector(row)} for row in rows]
    connection.execute(insert(SearchEntry), entries)
    if on_sqlite:
        # A row that is left of an entry that was deleted by hand is no reason to fail.
        kept = insert(INDEX).prefix_with("OR REPLACE")
        connection.execute(kept, [_full_text(row) for row in rows])


def vector(row: Mapping[str, Any]) -> str:
    """The words of an entry as PostgreSQL writes a tsvector: title A, summary B, body D."""
    places: dict[str, list[str]] = {}
    position = 0
    for name, weight in (("title", "A"), ("summary", "B"), ("body", "")):
        for word in row["words_of"][name]:
            position = min(position + 1, MOST_POSITIONS)
            places.setdefault(word, []).append(f"{position}{weight}")
    return " ".join(f"'{word}':{','.join(where[:255])}" for word, where in places.items())


def list_documents() -> list[Document]:
    """Goals, guides and kits on offer, in each of their languages."""
    return [*_guides(), *_goals(), *_kits()]


def _guides() -> Iterable[Document]:
    query = (
        select(
            *(Guide.id, Guide.slug, Guide.kind, Guide.language.label("own")),
            *(Revision.language, Revision.title, Revision.purpose, Revision.headings),
            *(Revision.text, Goal.title.label("goal"), Goal.translations),
        )
        .join(CurrentRevision, CurrentRevision.guide_id == Guide.id)
        .join(Revision, Revision.id == CurrentRevision.revision_id)
        .join(Goal, Goal.id == Guide.goal_id)
        .where(Guide.withdrawn_at.is_(None))
    )
    for row in db.session().execute(query):
        headings = " ".join(heading["title"] for heading in row.headings)
        goal = row.translations.get(row.language, {}).get("title", row.goal)
        yield Document(
            *(HitKind.GUIDE, row.id, row.slug, row.language, row.language == row.own),
            *(row.title, goal, f"{row.purpose} {headings}", f"{row.purpose} {row.text}", row.kind),
        )


def _goals() -> Iterable[Document]:
    query = select(
        *(Goal.id, Goal.slug, Goal.title, Goal.html, Goal.translations),
        *(Goal.title.label("goal"), Goal.titles.label("goals")),
    ).where(Goal.withdrawn_at.is_(None))
    for row in db.session().execute(query):
        yield from in_languages(HitKind.GOAL, row, DEFAULT_LANGUAGE)


def _kits() -> Iterable[Document]:
    """Kits with all that their documents say, in each language that a kit is written in."""
    kits = select(*(Kit.id, Kit.slug, Kit.title, Kit.purpose, Kit.html, Kit.translations)).where(
        Kit.withdrawn_at.is_(None)
    )
    inside = (
        select(
            *(KitDocument.kit_id, KitDocument.language, KitDocument.title),
            *(KitDocument.purpose, KitDocument.html, KitDocument.translations),
        )
        .where(KitDocument.withdrawn_at.is_(None))
        .order_by(KitDocument.position)
    )
    documents: dict[UUID, list[Any]] = defaultdict(list)
    for row in db.session().execute(inside):
        documents[row.kit_id].append(row)
    for row in db.session().execute(kits):
        for language in (DEFAULT_LANGUAGE, *row.translations):
            said = [_said(one, language) for one in (row, *documents[row.id])]
            titles = " ".join(one["title"] for one in said[1:])
            text = " ".join(f"{one['purpose']} {_text(one['html'])}" for one in said)
            yield Document(
                *(HitKind.KIT, row.id, row.slug, language, language == DEFAULT_LANGUAGE),
                *(said[0]["title"], "", f"{said[0]['purpose']} {titles}", text),
            )


def _said(row: Any, language: str) -> dict[str, str]:
    """A kit's or document's words in a language, where they are missing in its own."""
    own = {"title": row.title, "purpose": row.purpose, "html": row.html}
    return {**own, **row.translations.get(language, {})}


def _text(html: str) -> str:
    """Its words, without the places to be filled in."""
    return read(" ".join(piece for piece, _field in pieces(html)))[0]


def in_languages(kind: HitKind, row: Any, language: str) -> Iterable[Document]:
    """A goal's or path's document in each language that it is written in, its own among them.

    A row has the goal's title as `goal`, and as `goals` by language.
    """
    own = {"title": row.title, "html": row.html}
    for name, said in {language: own, **row.translations}.items():
        text = read(said.get("html", row.html))[0]
        goal = row.goals.get(name, row.goal)
        title = said.get("title", row.title)
        yield Document(*(kind, row.id, row.slug, name, name == language), title, goal, "", text)


def _mark(document: Document) -> str:
    said = [getattr(document, name) for name in Document.__slots__]
    return digest({"said": [str(value) for value in said], "version": VERSION})


def _row(document: Document, mark: str) -> dict[str, Any]:
    named = {name: getattr(document, name) for name in Document.__slots__ if name != "summary"}
    words_of = {
        name: stemming.index_words(text, document.language)
        for name, text in (
            ("title", document.title),
            ("summary", document.summary),
            ("body", document.text),
        )
    }
    return named | {"made_of": mark, "words_of": words_of}


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "words_of"}


def _full_text(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"rowid": row["number"]} | {k: " ".join(v) for k, v in row["words_of"].items()}
