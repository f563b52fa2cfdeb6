"""Which revision of a guide was read at a moment: for whoever tells a past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from portal import db
from portal.guides.models import CurrentRevision, Guide, GuideKind, Revision
from portal.guides.service.reading import language_binds


@dataclass(frozen=True, slots=True)
class OnceRead:
    """A revision as something that could be read from a moment on."""

    id: UUID
    slug: str
    language: str
    is_fallback: bool
    """In the language that is read where there is none for the reader."""
    kind: GuideKind
    minutes: int
    checklist: int
    """Its lines."""
    headings: tuple[str, ...]
    published_at: datetime
    is_latest: bool


class Shelf:
    """Every revision of the guides on offer."""

    def __init__(self, revisions: Sequence[OnceRead]) -> None:
        self.by_id = {revision.id: revision for revision in revisions}
        self._by_slug: dict[str, list[OnceRead]] = {}
        for revision in revisions:
            self._by_slug.setdefault(revision.slug, []).append(revision)

    def read_at(self, slug: str, locale: str, moment: datetime) -> OnceRead:
        """What somebody read then: of their language, or the one that stands in for it.

        Before anything was published it is the first revision. Raises KeyError.
        """
        known, wanted = self._by_slug[slug], set(language_binds(locale).values())
        mine = [revision for revision in known if revision.language in wanted]
        mine = mine or [revision for revision in known if revision.is_fallback]
        before = [revision for revision in mine if revision.published_at <= moment]
        return before[-1] if before else mine[0]


def list_shelf() -> Shelf:
    """Every revision of the guides on offer, in order."""
    query = (
        select(
            *(Revision.id, Guide.slug, Revision.language, Guide.language == Revision.language),
            *(Revision.kind, Revision.minutes, Revision.checklist, Revision.headings),
            *(Revision.published_at, CurrentRevision.revision_id == Revision.id),
        )
        .join(Guide, Guide.id == Revision.guide_id)
        .join(
            CurrentRevision,
            and_(
                CurrentRevision.guide_id == Guide.id,
                CurrentRevision.language == Revision.language,
            ),
        )
        .where(Guide.withdrawn_at.is_(None))
        .order_by(Guide.slug, Revision.language, Revision.number)
    )
    return Shelf([_of_row(*row) for row in db.session().execute(query)])


def _of_row(
    id_: UUID,
    slug: str,
    language: str,
    is_fallback: bool,
    kind: str,
    minutes: int,
    checklist: list[str],
    headings: list[dict[str, str]],
    published_at: datetime,
    is_latest: bool,
) -> OnceRead:
    titles = tuple(heading["title"] for heading in headings)
    what = GuideKind(kind), minutes, len(checklist), titles
    return OnceRead(id_, slug, language, bool(is_fallback), *what, published_at, bool(is_latest))
