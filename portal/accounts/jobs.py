"""Forgetting what has served its time; bringing people in from a file."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from portal import clock, db, jobs
from portal.accounts.service import links, sign_in
from portal.accounts.service.imports import applying, staging
from portal.config import load_settings
from portal.db import Database
from portal.jobs import Effect, job, scheduled
from portal.messages.service import MailSettings
from portal.web.models import FormRequest, RateLimit

KEEP_LINKS = timedelta(days=7)
KEEP_FORMS = timedelta(days=7)
KEEP_LIMITS = timedelta(days=1)
KEEP_WORK = timedelta(days=7)


@scheduled("accounts.sweep", every=timedelta(hours=1))
def sweep(database: Database, _vendor_id: UUID, _key: str) -> Effect:
    """Delete sessions, links, rate limits, results of forms and done work that grew old."""
    before = clock.now() - KEEP_FORMS
    for organization_id in _organizations_with_forms(database, before):
        with database.writing(organization_id) as session:
            session.execute(
                delete(FormRequest).where(
                    FormRequest.organization_id == organization_id, FormRequest.created_at < before
                )
            )
            session.commit()
    for forget in (sign_in.forget_expired, _forget_links, _forget_limits, _forget_work):
        with database.writing(None) as session:
            forget()
            session.commit()
    return lambda: None


def _organizations_with_forms(database: Database, before: datetime) -> list[UUID]:
    with database.across_organizations("forget the results of old forms") as session:
        found = select(FormRequest.organization_id).where(FormRequest.created_at < before)
        return list(session.scalars(found.distinct()))


def _forget_links() -> None:
    links.forget_expired(KEEP_LINKS)


def _forget_limits() -> None:
    db.session().execute(delete(RateLimit).where(RateLimit.changed_at < clock.now() - KEEP_LIMITS))


def _forget_work() -> None:
    jobs.forget_done(clock.now() - KEEP_WORK)


@job("accounts.import", lease_seconds=900)
def import_people(database: Database, organization_id: UUID, key: str) -> Effect:
    """Do what a checked file asks for, chunk by chunk; a repeat goes on where the last ended."""
    import_id, settings = UUID(key), load_settings()
    mail, lifetime = MailSettings.of(settings), timedelta(days=settings.invitation_days)
    is_more = True
    while is_more:
        with database.writing(organization_id) as session:
            is_more = applying.apply_next(organization_id, import_id, mail, lifetime)
            session.commit()
    return lambda: applying.finish(organization_id, import_id)


@job("accounts.forget_import")
def forget_import(_database: Database, organization_id: UUID, key: str) -> Effect:
    """Delete a file of people that was kept long enough."""
    return lambda: staging.forget(organization_id, UUID(key))
