"""A guide as its readers see it. The select is built once: this is the portal's busiest page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Row, bindparam, case, select

from portal import db
from portal.errors import NotFound
from portal.guides.models import CurrentRevision, Guide, GuideKind, Revision
from portal.i18n import gettext as _
from portal.languages import wanted


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that the contents lead to."""

    level: int
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """What a reader gets of a guide: its current revision in the best language there is."""

    guide_id: UUID
    slug: str
    goal_id: UUID
    revision_id: UUID
    kind: GuideKind
    language: str
    title: str
    purpose: str
    minutes: int
    checklist: tuple[str, ...]
    headings: tuple[Heading, ...]
    """In order."""
    html: str


_LANGUAGE: BindParameter[str] = bindparam("language")
_BASE: BindParameter[str] = bindparam("base")

# The reader's own language first ("pt-BR"), then its base ("pt"), then the guide's own.
BEST_REVISION = (
    select(CurrentRevision.revision_id)
    .where(
        CurrentRevision.guide_id == Guide.id,
        CurrentRevision.language.in_((_LANGUAGE, _BASE, Guide.language)),
    )
    .order_by(
        case(
            (CurrentRevision.language == _LANGUAGE, 0),
            (CurrentRevision.language == _BASE, 1),
            else_=2,
        )
    )
    .limit(1)
    .correlate(Guide)
    .scalar_subquery()
)

GUIDE = (
    select(
        Guide.id.label("guide_id"),
        Guide.slug,
        Guide.goal_id,
        Revision.id.label("revision_id"),
    )
    .join_from(Guide, Revision, Revision.id == BEST_REVISION)
    .where(Guide.slug == bindparam("slug"), Guide.withdrawn_at.is_(None))
)
"""Binds `slug`, and what `language_binds` makes; its columns begin a `GuidePage`."""

_TEXT = select(
    Revision.kind,
    Revision.language,
    Revision.title,
    Revision.purpose,
    Revision.minutes,
    Revision.checklist,
    Revision.headings,
    Revision.html,
).where(Revision.id == bindparam("revision_id"))


def language_binds(locale: str) -> dict[str, str]:
    """A reader's locale (`pt_BR` or `pt-BR`) as `BEST_REVISION` binds it."""
    language, base = wanted(locale)
    return {"language": language, "base": base}


def translated(
    translations: Mapping[str, Mapping[str, Any]] | None, locale: str
) -> Mapping[str, Any]:
    """What is written in a reader's language, by column; nothing where it is not there."""
    found = translations or {}
    return next((found[name] for name in wanted(locale) if found.get(name)), {})


def get_guide_page(slug: str, locale: str) -> GuidePage:
    """The guide in the reader's language, or in its own. Raises NotFound."""
    if "\0" in slug:
        return guide_page(None)  # PostgreSQL would not even look for it.
    return guide_page(
        db.connection().execute(GUIDE, {"slug": slug, **language_binds(locale)}).one_or_none()
    )


def guide_page(row: Row[*tuple[Any, ...]] | None) -> GuidePage:
    """A row of `GUIDE`, or of a select that adds columns to it. Raises NotFound, if there is none.

    The words lead on, as readers come here by old links as well.
    """
    if row is None:
        words = _("This guide is not offered any more, or never was.")
        raise NotFound(f"{words} {_('Your start page knows the next step.')}")
    return GuidePage(*row[:4], *_text_of(row.revision_id))


@lru_cache(maxsize=256)
def _text_of(revision_id: UUID) -> Sequence[Any]:
    """What was published under this id. Kept in memory, as a revision never changes."""
    row = db.connection().execute(_TEXT, {"revision_id": revision_id}).one()
    checklist, headings = tuple(row.checklist), tuple(Heading(**h) for h in row.headings)
    return (*row[:5], checklist, headings, row.html)
