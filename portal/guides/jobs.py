"""Work on guides that is due."""

from uuid import UUID

from portal.config import load_settings
from portal.db import Database
from portal.guides.service import drawn, kit_pdf, pdf
from portal.jobs import Effect, job


@job(pdf.WORK, lease_seconds=300)
def draw_guide(database: Database, _organization_id: UUID, key: str) -> Effect:
    """Draw the revision `key` as a PDF."""
    settings, revision_id = load_settings(), UUID(key)
    with database.reading(None):
        made = drawn.draw_guide(revision_id, settings.content_dir, settings.public_url)
    return lambda: pdf.keep(revision_id, made)


@job(kit_pdf.WORK, lease_seconds=300)
def draw_kit(database: Database, organization_id: UUID, key: str) -> Effect:
    """Draw a document of a kit for the member in `key`, which names both."""
    settings = load_settings()
    member_id, document_id = (UUID(part) for part in key.split(":"))
    with database.reading(organization_id):
        made = drawn.draw_kit(
            organization_id, member_id, document_id, settings.content_dir, settings.public_url
        )
    if made is None:
        return lambda: None
    return lambda: kit_pdf.keep_pdf(organization_id, member_id, document_id, made)
