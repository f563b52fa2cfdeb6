"""A guide's revisions as its author looks at them: each as it was read, and what changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from portal import db, paging
from portal.access import Action, Viewer, require
from portal.errors import NotFound
from portal.guides.models import CurrentRevision, Guide, Revision
from portal.guides.service.changes import Comparison, compare
from portal.guides.service.library import PAGE, LibraryGuide
from portal.i18n import gettext as _
from portal.paging import Page


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision in the list of a guide's."""

    language: str
    number: int
    title: str
    published_at: datetime
    is_current: bool
    continues: int | None
    """Number of the revision whose figures this small correction continues."""


def list_revisions(
    viewer: Viewer, guide: LibraryGuide, after: str | None = None, limit: int = PAGE
) -> Page[RevisionRow]:
    """A guide's revisions, the newest of each language first. Raises Invalid for a bad cursor."""
    require(viewer, Action.SEE_LIBRARY)
    root = aliased(Revision)
    query = (
        select(
            *(Revision.language, Revision.number, Revision.title, Revision.published_at),
            CurrentRevision.revision_id.is_not(None).label("is_current"),
            root.number.label("continues"),
        )
        .outerjoin(CurrentRevision, CurrentRevision.revision_id == Revision.id)
        .outerjoin(root, root.id == Revision.measured_with)
        .where(Revision.guide_id == guide.id)
    )
    newest_first = -Revision.number
    order = (
        (Revision.language, lambda row: row.language),
        (newest_first, lambda row: -row.number),
    )
    page = paging.paginate(query, order, after, limit)
    return Page([RevisionRow(**row._mapping) for row in page.rows], page.next)


@dataclass(frozen=True, slots=True)
class LibraryRevision:
    """A revision as its readers saw it, with what an author wants to know about it."""

    slug: str
    language: str
    number: int
    title: str
    purpose: str
    minutes: int
    checklist: list[str]
    html: str
    published_at: datetime
    is_current: bool


def get_revision(viewer: Viewer, slug: str, language: str, number: int) -> LibraryRevision:
    """One revision of a guide. Raises NotFound."""
    require(viewer, Action.SEE_LIBRARY)
    query = (
        select(
            *(Guide.slug, Revision.language, Revision.number, Revision.title, Revision.purpose),
            *(Revision.minutes, Revision.checklist, Revision.html, Revision.published_at),
            CurrentRevision.revision_id.is_not(None).label("is_current"),
        )
        .join(Guide, Guide.id == Revision.guide_id)
        .outerjoin(CurrentRevision, CurrentRevision.revision_id == Revision.id)
        .where(*_is_revision(slug, language), Revision.number == number)
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise _no_such_revision()
    return LibraryRevision(**row._mapping)


def _is_revision(slug: str, language: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Guide.slug == slug, Revision.language == language


def _no_such_revision() -> NotFound:
    return NotFound(_("There is no such revision. The guide's page in the library lists them all."))


@dataclass(frozen=True, slots=True)
class RevisionChanges:
    """What changed from the revision before to this one, in the files as they were written."""

    slug: str
    language: str
    number: int
    title: str
    published_at: datetime
    comparison: Comparison


def get_changes(viewer: Viewer, slug: str, language: str, number: int) -> RevisionChanges:
    """Compare a revision with the one before it. Raises NotFound for the first, too."""
    require(viewer, Action.SEE_LIBRARY)
    query: Select[int, str, datetime, str] = (
        select(Revision.number, Revision.title, Revision.published_at, Revision.source)
        .join(Guide, Guide.id == Revision.guide_id)
        .where(*_is_revision(slug, language), Revision.number.in_((number - 1, number)))
        .order_by(Revision.number)
    )
    rows = db.session().execute(query).all()
    if len(rows) != 2:
        raise _no_such_revision()
    before, after = rows
    comparison = compare(before.source, after.source)
    return RevisionChanges(slug, language, number, after.title, after.published_at, comparison)
