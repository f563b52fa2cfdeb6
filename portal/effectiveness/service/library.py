"""The author's library with what works: figures beside every guide, and whose they are."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, case, exists, func, literal, select

from portal import db, paging
from portal.access import Action, Viewer, require
from portal.accounts.models import Organization
from portal.effectiveness.models import GuideFigure, RevisionFigure
from portal.effectiveness.service.figures import Counts, Success, success_of
from portal.guides.models import Guide, GuideKind, Revision
from portal.guides.service.library import PAGE, GuideRow, LibraryFilter, guide_row, guides_query
from portal.paging import Page

FEW_GUIDES = 20
"""Below it the library opens on comments and counts: ranks of few guides say nothing."""


class Sort(StrEnum):
    """What comes first."""

    COMMENTS = "comments"
    SUCCESS = "success"
    OPENED = "opened"
    REVIEW = "review"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Figure:
    """What is told of a guide or a revision."""

    counts: Counts
    success: Success


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """A guide of the library with its figures; None where nobody opened it yet."""

    guide: GuideRow
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of the library."""

    page: Page[LibraryRow]
    is_sample: bool
    """Whether the figures are those of sample organizations, as there are no others."""


@dataclass(frozen=True, slots=True)
class RevisionFigures:
    """A chain of revisions with its figures."""

    language: str
    first: int
    """Number of its first revision."""
    kind: GuideKind
    figure: Figure


def default_sort(offered: int) -> Sort:
    """What the library opens on."""
    return Sort.COMMENTS if offered < FEW_GUIDES else Sort.SUCCESS


def list_shelf(
    viewer: Viewer, wanted: LibraryFilter, sort: Sort, after: str | None = None, limit: int = PAGE
) -> Shelf:
    """One page of the library. Raises Invalid for an `after` that is no cursor of this sort."""
    require(viewer, Action.SEE_LIBRARY)
    is_sample = shows_sample()
    figures = and_(GuideFigure.guide_id == Guide.id, GuideFigure.is_sample.is_(is_sample))
    query: Select[Any] = guides_query(viewer, wanted).outerjoin(GuideFigure, figures)
    order = _order(sort)
    query = query.add_columns(*_figure_columns(GuideFigure), order[0].label("place"))
    by = ((order[0], lambda row: row.place), *_BY_TITLE)
    page = paging.paginate(query, by, after, limit)
    today = viewer.today()
    rows = [LibraryRow(guide_row(row, today), _figure(row)) for row in page.rows]
    return Shelf(Page(rows, page.next), is_sample)


_BY_TITLE = (
    (Guide.title_key, lambda row: row.title_key),
    (Guide.id, lambda row: row.id),
)


def _order(sort: Sort) -> tuple[Any]:
    match sort:
        case Sort.COMMENTS:
            return (-func.coalesce(GuideFigure.comments_open, 0),)
        case Sort.OPENED:
            return (-func.coalesce(GuideFigure.opened + GuideFigure.opened_lately, 0),)
        case Sort.SUCCESS:
            # A challenge asks another question: its figure stands in no row with others.
            alike = case((Guide.kind != GuideKind.CHALLENGE, GuideFigure.success))
            return (func.coalesce(alike, 2.0),)
        case Sort.REVIEW:
            return (Guide.review_on,)
    return (literal(0),)


def find_figure(viewer: Viewer, guide_id: UUID, is_sample: bool) -> Figure | None:
    """A guide's figures as it is read today, over its languages."""
    require(viewer, Action.SEE_LIBRARY)
    query = select(*_figure_columns(GuideFigure)).where(
        GuideFigure.guide_id == guide_id, GuideFigure.is_sample.is_(is_sample)
    )
    row = db.session().execute(query).one_or_none()
    return _figure(row) if row else None


def list_revision_figures(viewer: Viewer, guide_id: UUID, is_sample: bool) -> list[RevisionFigures]:
    """Figures of a guide's chains of revisions, the newest of each language first."""
    require(viewer, Action.SEE_LIBRARY)
    query = (
        select(
            *(Revision.language, Revision.number, Revision.kind),
            *_figure_columns(RevisionFigure),
        )
        .join(Revision, Revision.id == RevisionFigure.revision_id)
        .where(
            RevisionFigure.guide_id == guide_id,
            RevisionFigure.is_sample.is_(is_sample),
        )
        .order_by(Revision.language, Revision.number.desc())
        .limit(PAGE)
    )
    return [
        RevisionFigures(row.language, row.number, GuideKind(row.kind), figure)
        for row in db.session().execute(query)
        if (figure := _figure(row))
    ]


def shows_sample() -> bool:
    """Whether figures are those of the sample: only while it is there, and no real customer is."""
    real = select(Organization.id).where(
        Organization.is_vendor.is_(False), Organization.is_sample.is_(False)
    )
    sample = select(Organization.id).where(Organization.is_sample)
    has_real, has_sample = db.session().execute(select(exists(real), exists(sample))).one()
    return bool(has_sample and not has_real)


def _figure_columns(model: type[GuideFigure] | type[RevisionFigure]) -> list[Any]:
    return [getattr(model, name).label(f"of_{name}") for name in Counts.__slots__]


def _figure(row: Row[Any]) -> Figure | None:
    if row.of_opened is None:
        return None
    counts = Counts(**{name: getattr(row, f"of_{name}") for name in Counts.__slots__})
    return Figure(counts, success_of(counts))
