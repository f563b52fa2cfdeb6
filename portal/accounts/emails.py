"""The messages of accounts: one function each, one folder of texts each."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from portal.access import Viewer
from portal.accounts.models import Organization
from portal.messages.models import Message, MessageClass
from portal.messages.policy import NO_QUIET_DAYS, QuietDays
from portal.messages.service import Addressee, MailSettings, send


class Recipient(Protocol):
    """What a message needs to know of a person."""

    @property
    def id(self) -> UUID: ...
    @property
    def email(self) -> str: ...
    @property
    def locale(self) -> str | None: ...
    @property
    def zone(self) -> str | None: ...


def sign_in_link(
    person: Recipient, vendor: Organization, url: str, lifetime: timedelta, mail: MailSettings
) -> Message:
    """A link to sign in with, asked for on the sign-in page."""
    return send(
        mail,
        vendor.id,
        "sign_in_link",
        MessageClass.SECURITY,
        addressee(person, vendor),
        {"url": url, "minutes": int(lifetime.total_seconds() // 60), "vendor": vendor.name},
        is_secret=True,
    )


def invitation(
    person: Recipient,
    organization: Organization,
    display_name: str,
    inviter: Viewer,
    url: str,
    works_until: datetime,
    mail: MailSettings,
) -> Message:
    """An invitation to join an organization."""
    return send(
        mail,
        organization.id,
        "invitation",
        MessageClass.SERVICE,
        addressee(person, organization),
        {
            "url": url,
            "works_until": works_until,
            "name": display_name,
            "inviter": inviter.display_name,
            "organization": organization.name,
        },
        caused_by=inviter.person_id,
        is_secret=True,
    )


def addressee(
    person: Recipient, organization: Organization, quiet_days: QuietDays = NO_QUIET_DAYS
) -> Addressee:
    """Who is written to: by their own language and clock, else by the organization's.

    What is sent here is asked for or meant for security, so it waits for no quiet days.
    """
    return Addressee(
        address=person.email,
        person_id=person.id,
        locale=person.locale or organization.locale,
        zone=person.zone or organization.zone,
        quiet_days=quiet_days,
    )
