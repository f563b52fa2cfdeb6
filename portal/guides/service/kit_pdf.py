"""A kit's document to take away, with what is filled in: asked for here, drawn by the worker."""

from dataclasses import asdict
from datetime import timedelta
from html import escape
from uuid import UUID

from sqlalchemy import delete, select, update

from portal import clock, db, jobs
from portal.access import Viewer
from portal.guides.kit_models import KitPdf
from portal.guides.service.kits import DocumentPage, get_document
from portal.guides.service.pdf import TakeAway
from portal.guides.service.sheets import Sheet
from portal.inserts import upsert

WORK = "guides.kit_pdf"
KEEP_PDF = timedelta(days=7)


def ask_for_pdf(viewer: Viewer, kit: str, slug: str) -> None:
    """Have the document drawn with what is filled in now. Raises NotFound."""
    page = get_document(viewer, kit, slug)
    row = dict(
        organization_id=viewer.organization_id,
        member_id=viewer.member_id,
        document_id=page.id,
        sheet=asdict(_sheet(viewer, page)),
        asked_at=clock.now(),
        pdf=None,
    )
    key = ("organization_id", "member_id", "document_id")
    upsert(KitPdf, row, on=key, change=("sheet", "asked_at", "pdf"))
    jobs.enqueue(WORK, viewer.organization_id, _key(viewer, page))


def get_pdf(viewer: Viewer, kit: str, slug: str) -> TakeAway:
    """The document as a PDF, if it is drawn. Raises NotFound."""
    page = get_document(viewer, kit, slug)
    found = (
        db.session()
        .execute(
            select(KitPdf.pdf).where(
                KitPdf.organization_id == viewer.organization_id,
                KitPdf.member_id == viewer.member_id,
                KitPdf.document_id == page.id,
            )
        )
        .one_or_none()
    )
    pdf = found.pdf if found else None
    waits = found is not None and pdf is None
    has_failed = waits and bool(
        jobs.stopped_among(WORK, viewer.organization_id, [_key(viewer, page)])
    )
    is_asked = waits and not has_failed
    return TakeAway(page.title, f"{kit}-{slug}.pdf", pdf, is_asked, has_failed)


def _key(viewer: Viewer, page: DocumentPage) -> str:
    return f"{viewer.member_id}:{page.id}"


def _sheet(viewer: Viewer, page: DocumentPage) -> Sheet:
    foot = f"{page.kit_title} · {viewer.organization_name}"
    return Sheet(page.title, page.purpose, page.language, _filled(page), foot)


def _filled(page: DocumentPage) -> str:
    fields = {field.key: field for field in page.fields}
    parts = []
    for html, key in page.pieces:
        parts.append(html)
        if field := fields.get(key):
            answer = page.answers.get(key, "")
            line = f'<span class="filled">{escape(answer)}</span>'
            parts.append(f'<span class="field-label">{escape(field.label)}:</span> ')
            parts.append(line if answer else '<span class="empty-line">&nbsp;</span>')
    return "".join(parts)


def keep_pdf(organization_id: UUID, member_id: UUID, document_id: UUID, pdf: bytes) -> None:
    """Keep what was drawn; the member's old ones go."""
    mine = (KitPdf.organization_id == organization_id, KitPdf.member_id == member_id)
    session = db.session()
    session.execute(delete(KitPdf).where(*mine, KitPdf.asked_at < clock.now() - KEEP_PDF))
    session.execute(update(KitPdf).where(*mine, KitPdf.document_id == document_id).values(pdf=pdf))
