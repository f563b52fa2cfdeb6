"""A guide to take away: drawn by the worker when somebody first asks, once for each revision."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal import clock, db, jobs
from portal.access import Action, Viewer, require
from portal.accounts.service import organizations
from portal.guides.models import GuidePdf
from portal.guides.service.reading import get_guide_page
from portal.inserts import upsert

WORK = "guides.pdf"


@dataclass(frozen=True, slots=True)
class TakeAway:
    """A guide as a file, or on its way to one."""

    title: str
    file_name: str
    pdf: bytes | None
    """None until the worker has drawn it."""
    is_asked: bool = True
    """Whether it is being drawn."""
    has_failed: bool = False
    """Whether drawing it was given up."""


def ask_for_pdf(viewer: Viewer, slug: str) -> None:
    """Have the guide drawn, unless it is or is being drawn already. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    revision_id = get_guide_page(slug, viewer.locale).revision_id
    if not _is_drawn(revision_id):
        jobs.enqueue_once(WORK, organizations.get_vendor().id, str(revision_id))


def get_pdf(viewer: Viewer, slug: str) -> TakeAway:
    """The guide in the reader's language as a PDF, if it is drawn. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    guide = get_guide_page(slug, viewer.locale)
    pdf = db.session().scalar(select(GuidePdf.pdf).where(GuidePdf.revision_id == guide.revision_id))
    name = f"{slug}.{guide.language}.pdf"
    if pdf is not None:
        return TakeAway(guide.title, name, pdf, is_asked=False)
    work = WORK, organizations.get_vendor().id
    key = str(guide.revision_id)
    has_failed = bool(jobs.stopped_among(*work, [key]))
    return TakeAway(guide.title, name, None, jobs.is_waiting(*work, key), has_failed)


def _is_drawn(revision_id: UUID) -> bool:
    query = select(GuidePdf.revision_id).where(GuidePdf.revision_id == revision_id)
    return db.session().scalar(query) is not None


def keep(revision_id: UUID, pdf: bytes) -> None:
    """Keep what was drawn; what is kept already stays."""
    row = {"revision_id": revision_id, "made_at": clock.now(), "pdf": pdf}
    upsert(GuidePdf, row, on=("revision_id",))
