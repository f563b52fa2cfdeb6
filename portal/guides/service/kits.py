"""Kits as those read them who use them: documents in order, filled in, taken away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, select

from portal import audit, clock, db
from portal.access import Action, Viewer, require
from portal.errors import Conflict, Invalid, NotFound
from portal.guides.kit_content import KitField, pieces
from portal.guides.kit_models import Audience, FilledBy, Kit, KitDocument, KitEntry
from portal.guides.service.reading import translated
from portal.i18n import gettext as _

MOST_CHARACTERS = 4_000
ORGANIZATION = "organization"

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class KitCard:
    """A kit in the list."""

    slug: str
    title: str
    purpose: str
    documents: int
    filled: int


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """A document in its kit."""

    slug: str
    title: str
    purpose: str
    minutes: int
    filled_by: FilledBy
    has_fields: bool
    filled_at: datetime | None


@dataclass(frozen=True, slots=True)
class KitPage:
    """A kit with its documents in order."""

    slug: str
    title: str
    purpose: str
    html: str
    documents: tuple[DocumentCard, ...]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document to read and fill in."""

    id: UUID
    kit_slug: str
    kit_title: str
    slug: str
    language: str
    title: str
    purpose: str
    minutes: int
    filled_by: FilledBy
    pieces: list[tuple[str, str]]
    """HTML, and the key of the field that stands behind it."""
    fields: tuple[KitField, ...]
    answers: Mapping[str, str]
    number: int
    """How often it was saved; 0 before the first time."""
    changed_at: datetime | None
    previous_slug: str | None
    next_slug: str | None


def list_kits(viewer: Viewer) -> list[KitCard]:
    """The kits for the viewer, by title, each with how much of it is filled in."""
    require(viewer, Action.FOLLOW_PATHS)
    query = (
        select(
            *(Kit.slug, Kit.title, Kit.purpose, Kit.translations),
            func.count(KitDocument.id).label("documents"),
            func.count(KitEntry.id).label("filled"),
        )
        .join(KitDocument, KitDocument.kit_id == Kit.id)
        .outerjoin(KitEntry, _entry_of(viewer))
        .where(*_offered(viewer))
        .group_by(Kit.id)
        .order_by(Kit.title)
    )
    return [
        KitCard(row.slug, title, purpose, row.documents, row.filled)
        for row in db.session().execute(query)
        for title, purpose in [_words(row, viewer, "title", "purpose")]
    ]


def get_kit(viewer: Viewer, slug: str) -> KitPage:
    """A kit with its documents. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    kit = (
        db.session()
        .execute(
            select(Kit.slug, Kit.title, Kit.purpose, Kit.html, Kit.translations).where(
                Kit.slug == slug, *for_whom(viewer)
            )
        )
        .one_or_none()
    )
    if kit is None:
        raise _no_such_kit()
    documents = tuple(_card(row, viewer) for row in _documents(viewer, slug))
    title, purpose, html = _words(kit, viewer, "title", "purpose", "html")
    return KitPage(kit.slug, title, purpose, html, documents)


def _card(row: AnyRow, viewer: Viewer) -> DocumentCard:
    title, purpose = _words(row, viewer, "title", "purpose")
    return DocumentCard(
        *(row.slug, title, purpose, row.minutes, FilledBy(row.filled_by), bool(row.fields)),
        row.changed_at,
    )


def get_document(viewer: Viewer, kit: str, slug: str) -> DocumentPage:
    """A document with what is filled in. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    rows = _documents(viewer, kit)
    place = next((number for number, row in enumerate(rows) if row.slug == slug), None)
    if place is None:
        raise _no_such_kit()
    row = rows[place]
    title, purpose, html, fields, language = _words(
        row, viewer, "title", "purpose", "html", "fields", "language"
    )
    return DocumentPage(
        *(row.id, kit, _kit_title(row, viewer), slug, language, title, purpose, row.minutes),
        filled_by=FilledBy(row.filled_by),
        pieces=pieces(html),
        fields=tuple(KitField(**field) for field in fields),
        answers=row.answers or {},
        number=row.number or 0,
        changed_at=row.changed_at,
        previous_slug=rows[place - 1].slug if place else None,
        next_slug=rows[place + 1].slug if place + 1 < len(rows) else None,
    )


def fill_in(viewer: Viewer, page: DocumentPage, answers: Mapping[str, str], number: int) -> None:
    """Keep what was filled in. Raises Invalid at a field, Conflict where another was faster."""
    require(viewer, Action.FOLLOW_PATHS)
    known = {field.key for field in page.fields}
    kept = {key: value.strip() for key, value in answers.items() if key in known and value.strip()}
    for key, value in kept.items():
        if len(value) > MOST_CHARACTERS:
            raise Invalid(
                f"field_{key}", _("Use at most %(most)s characters.", most=MOST_CHARACTERS)
            )
    owner, member_id = _owner(viewer, page.filled_by)
    entry = (
        db.session()
        .scalars(
            select(KitEntry)
            .where(
                KitEntry.organization_id == viewer.organization_id,
                KitEntry.document_id == page.id,
                KitEntry.owner == owner,
            )
            .with_for_update()
        )
        .one_or_none()
    )
    if (entry.number if entry else 0) != number:
        raise Conflict(
            _("Somebody saved this document since you opened it. Open it anew, and add yours.")
        )
    if entry is None:
        entry = KitEntry(
            organization_id=viewer.organization_id,
            document_id=page.id,
            owner=owner,
            member_id=member_id,
            number=0,
        )
        db.session().add(entry)
    before = sorted(entry.answers or {})
    entry.answers, entry.number, entry.changed_at = kept, entry.number + 1, clock.now()
    db.session().flush()
    if page.filled_by == FilledBy.ORGANIZATION:
        # Which fields, not their words: those may speak of people.
        was, now = {"fields": before}, {"fields": sorted(kept)}
        audit.record(viewer, "kit.filled_in", f"kit_document:{page.id}", before=was, after=now)


def _documents(viewer: Viewer, kit: str) -> list[AnyRow]:
    """The documents of a kit in order, with what the viewer may fill in."""
    query = (
        select(
            *(KitDocument.id, KitDocument.slug, KitDocument.filled_by, KitDocument.minutes),
            *(KitDocument.language, KitDocument.title, KitDocument.purpose, KitDocument.html),
            *(KitDocument.fields, KitDocument.translations),
            *(Kit.title.label("kit_title"), Kit.translations.label("kit_translations")),
            *(KitEntry.answers, KitEntry.number, KitEntry.changed_at),
        )
        .join(Kit, Kit.id == KitDocument.kit_id)
        .outerjoin(KitEntry, _entry_of(viewer))
        .where(Kit.slug == kit, *_offered(viewer))
        .order_by(KitDocument.position)
    )
    return list(db.session().execute(query).all())


def _entry_of(viewer: Viewer) -> ColumnElement[bool]:
    mine = (ORGANIZATION, str(viewer.member_id))
    return and_(
        KitEntry.organization_id == viewer.organization_id,
        KitEntry.document_id == KitDocument.id,
        KitEntry.owner.in_(mine),
    )


def _offered(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (*for_whom(viewer), KitDocument.withdrawn_at.is_(None))


def for_whom(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """In SQL: which kits are there for the viewer."""
    leads = viewer.may(Action.SEE_PEOPLE)
    audiences = [Audience.CHAMPIONS, *([Audience.USM] if leads else [])]
    return Kit.withdrawn_at.is_(None), Kit.audience.in_(audiences)


def _owner(viewer: Viewer, filled_by: FilledBy) -> tuple[str, UUID | None]:
    if filled_by == FilledBy.MEMBER:
        return str(viewer.member_id), viewer.member_id
    if not viewer.may(Action.SEE_PEOPLE):
        raise Invalid("", _("Your success manager fills this in for all of you."))
    return ORGANIZATION, None


def may_fill_in(viewer: Viewer, filled_by: FilledBy) -> bool:
    """Whether the viewer fills in such a document: their own, or as a lead the organization's."""
    return filled_by == FilledBy.MEMBER or viewer.may(Action.SEE_PEOPLE)


def _words(row: AnyRow, viewer: Viewer, *names: str) -> list[Any]:
    """Columns in the viewer's language, or as they are."""
    found = translated(row.translations, viewer.locale)
    return [found.get(name, row._mapping[name]) for name in names]


def _kit_title(row: AnyRow, viewer: Viewer) -> str:
    found = translated(row.kit_translations, viewer.locale)
    title: str = found.get("title", row.kit_title)
    return title


def _no_such_kit() -> NotFound:
    return NotFound(_("There is no such kit. The list of kits has them all."))
