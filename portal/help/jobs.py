"""Requests that go up when their time has come."""

from uuid import UUID

from portal.config import load_settings
from portal.db import Database
from portal.help.service import rising
from portal.jobs import Effect, job
from portal.messages.service import MailSettings


@job("help.go_up")
def go_up(_database: Database, organization_id: UUID, key: str) -> Effect:
    """Let a request go up to the vendor, if nobody has answered it by now."""
    mail = MailSettings.of(load_settings())
    return lambda: rising.go_up_if_due(organization_id, key, mail)


@job("help.count_anew")
def count_anew(_database: Database, organization_id: UUID, _key: str) -> Effect:
    """Count anew when requests go up, after the organization's calendar has changed."""
    return lambda: rising.count_anew(organization_id)
