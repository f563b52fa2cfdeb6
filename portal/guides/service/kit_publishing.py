"""Publish kits: a document keeps its identity, and with it what was filled in."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from portal import db
from portal.guides.kit_content import KitDocumentLanguages, KitLanguages
from portal.guides.kit_models import Kit, KitDocument
from portal.guides.service.stored import RowChanges, compare

AnyRow = Row[*tuple[Any, ...]]
DocumentName = tuple[str, str]
"""A kit's slug and a document's."""


@dataclass(frozen=True, slots=True)
class KitsPlan:
    """How kits and their documents have to change."""

    kits: RowChanges[str]
    documents: RowChanges[DocumentName]

    def __bool__(self) -> bool:
        return bool(self.kits or self.documents)


def plan(kits: Sequence[KitLanguages]) -> KitsPlan:
    """Compare what the files say with what is stored."""
    stored = {row.slug: row for row in db.session().execute(select(*Kit.__table__.columns))}
    of_kits = compare(stored, {kit.sources[0].slug: _kit_values(kit) for kit in kits})
    documents = {
        (kit.sources[0].slug, document.sources[0].slug): {
            "kit_id": of_kits.ids[kit.sources[0].slug],
            "position": position,
            **_document_values(document),
        }
        for kit in kits
        for position, document in enumerate(kit.documents, start=1)
    }
    return KitsPlan(of_kits, compare(_stored_documents(), documents))


def write(changes: KitsPlan, now: datetime) -> None:
    """Write a plan into the running transaction."""
    changes.kits.write(Kit, now)
    changes.documents.write(KitDocument, now)


def _stored_documents() -> dict[DocumentName, AnyRow]:
    query = select(Kit.slug.label("kit"), *KitDocument.__table__.columns).join(
        Kit, Kit.id == KitDocument.kit_id
    )
    return {(row.kit, row.slug): row for row in db.session().execute(query)}


def _kit_values(kit: KitLanguages) -> dict[str, Any]:
    first, *others = kit.sources
    return {
        "slug": first.slug,
        "audience": first.audience,
        "title": first.title,
        "purpose": first.purpose,
        "html": first.rendered.html,
        "maintainer": first.maintainer,
        "translations": {
            other.language: {
                "title": other.title,
                "purpose": other.purpose,
                "html": other.rendered.html,
            }
            for other in others
        },
    }


def _document_values(document: KitDocumentLanguages) -> dict[str, Any]:
    written = [
        {
            "language": source.language,
            "title": source.title,
            "purpose": source.purpose,
            "html": html,
            "fields": [asdict(field) for field in fields],
        }
        for source, html, fields in zip(
            document.sources, document.html, document.fields, strict=True
        )
    ]
    first = document.sources[0]
    return {
        "slug": first.slug,
        "filled_by": first.filled_by,
        "minutes": first.minutes,
        **written[0],
        "translations": {words["language"]: words for words in written[1:]},
    }
