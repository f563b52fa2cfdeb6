"""Telling who commented by mail that an author answered: once, and as the contact policy allows."""

from sqlalchemy import select

from portal import db
from portal.accounts.service import addressees, organizations
from portal.effectiveness import emails
from portal.guides.models import Guide, Revision
from portal.messages.service import MailSettings
from portal.paths.outcome_models import Outcome


def mail_answer(outcome: Outcome, reply: str | None, is_mended: bool, mail: MailSettings) -> None:
    """Write to who commented, in the session of their organization.

    Nobody is written to who was erased, or has left.
    """
    if outcome.member_id is None:
        return
    reader = addressees.find_reader(outcome.organization_id, outcome.member_id)
    if reader is None:
        return
    name, to = reader
    found = (
        select(Guide.slug, Guide.withdrawn_at, Revision.title)
        .select_from(Guide)
        .join(Revision, Revision.guide_id == Guide.id)
        .where(Guide.id == outcome.guide_id, Revision.id == outcome.revision_id)
    )
    guide = db.session().execute(found).one()
    page = "" if guide.withdrawn_at else f"guides/{guide.slug}"
    emails.comment_answer(
        *(to, outcome.organization_id, name, organizations.get_vendor().shown_name, guide.title),
        words=outcome.comment,
        reply=reply,
        is_mended=is_mended,
        url=f"{mail.portal_url}/{page}",
        mail=mail,
    )
