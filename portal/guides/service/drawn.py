"""Drawing what people take away: slow, and done by the worker alone.

Apart from the services that pages use, as the library that draws is large.
"""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from portal import db, i18n
from portal.drawing import html_to_pdf
from portal.guides.kit_models import KitPdf
from portal.guides.models import Revision
from portal.guides.service.sheets import Sheet, document
from portal.i18n import gettext as _


def draw_guide(revision_id: UUID, content_dir: Path, portal_url: str) -> bytes:
    """Draw a revision; slow. Reads in the running entry."""
    row = (
        db.session()
        .execute(
            select(
                *(Revision.title, Revision.purpose, Revision.language, Revision.html),
                *(Revision.minutes, Revision.checklist, Revision.number, Revision.if_then),
            ).where(Revision.id == revision_id)
        )
        .one()
    )
    with i18n.using(row.language, "UTC"):
        foot = _("%(title)s · revision %(number)s", title=row.title, number=row.number)
    sheet = Sheet(
        title=row.title,
        purpose=row.purpose,
        language=row.language,
        html=row.html,
        foot=foot,
        minutes=row.minutes,
        checklist=tuple(row.checklist),
        if_then=row.if_then,
    )
    return html_to_pdf(document(sheet, content_dir, portal_url))


def draw_kit(
    organization_id: UUID, member_id: UUID, document_id: UUID, content_dir: Path, portal_url: str
) -> bytes | None:
    """Draw what a member asked for; slow. None where nobody asks any more."""
    sheet = db.session().scalar(
        select(KitPdf.sheet).where(
            KitPdf.organization_id == organization_id,
            KitPdf.member_id == member_id,
            KitPdf.document_id == document_id,
        )
    )
    return html_to_pdf(document(Sheet(**sheet), content_dir, portal_url)) if sheet else None
