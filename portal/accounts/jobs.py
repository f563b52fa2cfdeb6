"""Forgetting what has served its time; bringing people in from a file."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, select

from portal import clock, db, i18n, jobs
from portal.accounts.models import LinkPurpose
from portal.accounts.service import (
    bouncing,
    erasing,
    erasure,
    exports,
    links,
    retention,
    sign_in,
    stored,
)
from portal.accounts.service.imports import applying, staging
from portal.config import load_settings
from portal.db import Database
from portal.jobs import Effect, job, scheduled
from portal.media import write_file
from portal.messages import bounces
from portal.messages.service import MailSettings
from portal.web.models import FormRequest, RateLimit

KEEP_LINKS = timedelta(days=7)
KEEP_FORMS = timedelta(days=7)
KEEP_LIMITS = timedelta(days=1)
KEEP_WORK = timedelta(days=7)
KEEP_DRAFTS = timedelta(hours=1)
"""Of an export: longer than it takes to write the file and then its row."""


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


@job(staging.WORK, lease_seconds=900)
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


@job(sign_in.MAIL_LINK)
def mail_link(_database: Database, _vendor_id: UUID, key: str) -> Effect:
    """Mail the link that somebody asked for; for an address that nobody has, nothing."""
    purpose, _, person = key.partition(":")
    settings = load_settings()
    mail, lifetime = MailSettings.of(settings), timedelta(minutes=settings.link_minutes)
    return lambda: sign_in.mail_link(LinkPurpose(purpose), UUID(person), mail, lifetime)


@job(bounces.CHANGED)
def note_bounce(_database: Database, organization_id: UUID, key: str) -> Effect:
    """Let a member's row say whether their organization's mail comes back."""
    return lambda: bouncing.note(organization_id, UUID(key))


@job("accounts.forget_import")
def forget_import(_database: Database, organization_id: UUID, key: str) -> Effect:
    """Delete a file of people that was kept long enough."""
    return lambda: staging.forget(organization_id, UUID(key))


@job(erasure.KIND, lease_seconds=600)
def erase(database: Database, organization_id: UUID, key: str) -> Effect:
    """Erase somebody: first where they only left traces, then where they are a member."""
    with database.reading(organization_id):
        erased = erasing.find_erased(organization_id, UUID(key))
        others = erasing.list_other_organizations(erased) if erased else []
    if erased is None:
        return lambda: None
    for other in others:
        with database.writing(other) as session:
            erasing.erase_elsewhere(erased, other)
            session.commit()
    for export_id in erased.exports:
        _exported(organization_id, export_id).unlink(missing_ok=True)
    return lambda: erasing.erase(organization_id, UUID(key))


@job(exports.KIND, lease_seconds=600)
def export(database: Database, organization_id: UUID, key: str) -> Effect:
    """Write everything stored about somebody into a file, telling how far it is."""
    export_id = UUID(key)
    with database.reading(organization_id):
        found = exports.find_waiting(organization_id, export_id)
        if found is None:
            return lambda: None
        who, locale = found
        with i18n.using(locale, "UTC"):
            content = exports.write_zip(
                stored.read_stored(who),
                lambda done: _note_progress(database, organization_id, export_id, done),
            )
    write_file(_exported(organization_id, export_id), content)
    days = load_settings().export_days
    return lambda: exports.finish(organization_id, export_id, len(content), days)


def _exported(organization_id: UUID, export_id: UUID) -> Path:
    return exports.file_of(load_settings().exports_dir, organization_id, export_id)


def _note_progress(database: Database, organization_id: UUID, export_id: UUID, done: int) -> None:
    with database.writing(organization_id) as session:
        exports.note_progress(organization_id, export_id, done)
        session.commit()


@scheduled("accounts.retain", every=timedelta(days=1), lease_seconds=3600)
def retain(database: Database, _vendor_id: UUID, _key: str) -> Effect:
    """Take names out of old answers; delete old messages, looks and deeds; chunk by chunk."""
    settings = load_settings()
    answers_until = retention.before(settings.keep_answers_months)
    going: list[tuple[Callable[..., bool], int]] = [
        (retention.forget_messages, settings.keep_messages_months),
        (retention.forget_looks, settings.keep_looks_months),
        (retention.forget_deeds, settings.keep_audit_months),
    ]
    with database.reading(None):
        organization_ids = retention.list_organizations()
    for organization_id in organization_ids:
        for forget_old, months in going:
            until = retention.before(months)
            jobs.in_chunks(database, organization_id, partial(forget_old, until=until))
        for table, age in retention.answers():
            forget = partial(retention.forget_names, table=table, age=age, until=answers_until)
            jobs.in_chunks(database, organization_id, forget)
    return lambda: retention.forget_contacts(settings.contact_days + 1)


@scheduled("accounts.sweep_exports", every=timedelta(hours=6))
def sweep_exports(database: Database, _vendor_id: UUID, _key: str) -> Effect:
    """Delete exports whose days are over, and files that no row knows any more."""
    now = clock.now()
    for folder in sorted(load_settings().exports_dir.glob("*-*-*-*-*")):
        organization_id = UUID(folder.name)
        with database.writing(organization_id) as session:
            exports.forget_expired(organization_id, now)
            kept = exports.list_files(organization_id)
            session.commit()
        for file in folder.iterdir():
            if file.name not in kept and _written_before(file, now - KEEP_DRAFTS):
                file.unlink(missing_ok=True)
    return lambda: None


def _written_before(file: Path, moment: datetime) -> bool:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC) < moment
