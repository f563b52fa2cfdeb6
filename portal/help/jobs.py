"""Requests that go up when their time has come, and go when their months are over."""

from datetime import timedelta
from functools import partial
from uuid import UUID

from portal.accounts.service import retention as old
from portal.config import load_settings
from portal.db import Database
from portal.help.service import retention, rising
from portal.jobs import Effect, in_chunks, job, scheduled
from portal.messages.service import MailSettings


@job("help.go_up")
def go_up(_database: Database, organization_id: UUID, key: str) -> Effect:
    """Let a request go up to the vendor, if nobody has answered it by now."""
    mail = MailSettings.of(load_settings())
    return lambda: rising.go_up_if_due(organization_id, key, mail)


@scheduled("help.retain", every=timedelta(days=1), lease_seconds=3600)
def retain(database: Database, _vendor_id: UUID, _key: str) -> Effect:
    """Delete old questions and their answers, chunk by chunk."""
    until = old.before(load_settings().keep_help_months)
    with database.reading(None):
        organization_ids = old.list_organizations()
    for organization_id in organization_ids:
        in_chunks(database, organization_id, partial(retention.forget_questions, until=until))
    return lambda: None


@job("help.count_anew")
def count_anew(_database: Database, organization_id: UUID, _key: str) -> Effect:
    """Count anew when requests go up, after the organization's calendar has changed."""
    return lambda: rising.count_anew(organization_id)
