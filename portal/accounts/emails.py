"""The messages of accounts: one function each, one folder of texts each."""

from dataclasses import replace
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
        {"url": url, "minutes": int(lifetime.total_seconds() // 60), "vendor": vendor.shown_name},
        is_secret=True,
    )


def reset_link(
    person: Recipient, vendor: Organization, url: str, lifetime: timedelta, mail: MailSettings
) -> Message:
    """A link to choose a new password with, asked for where one signs in."""
    return send(
        mail,
        vendor.id,
        "reset_link",
        MessageClass.SECURITY,
        addressee(person, vendor),
        {"url": url, "minutes": int(lifetime.total_seconds() // 60), "vendor": vendor.shown_name},
        is_secret=True,
    )


def new_address(
    person: Recipient,
    organization: Organization,
    address: str,
    url: str,
    lifetime: timedelta,
    mail: MailSettings,
) -> Message:
    """A link, at a new address, to sign in with that one from now on."""
    return send(
        mail,
        organization.id,
        "new_address",
        MessageClass.SECURITY,
        replace(addressee(person, organization), address=address),
        {
            "url": url,
            "minutes": int(lifetime.total_seconds() // 60),
            "vendor": organization.shown_name,
        },
        is_secret=True,
    )


def address_notice(
    person: Recipient, organization: Organization, url: str, mail: MailSettings
) -> Message:
    """At the address that holds: somebody asked for another."""
    return send(
        mail,
        organization.id,
        "address_notice",
        MessageClass.SECURITY,
        addressee(person, organization),
        {"url": url, "vendor": organization.shown_name},
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
            "organization": organization.shown_name,
            "is_staff": organization.is_vendor,
        },
        caused_by=inviter.person_id,
        is_secret=True,
    )


def stand_in_wish(
    person: Recipient,
    organization: Organization,
    display_name: str,
    csm: Viewer,
    vendor: str,
    mail: MailSettings,
) -> Message:
    """To an owner: a csm asks whether they may act for the USM."""
    return send(
        mail,
        organization.id,
        "stand_in_wish",
        MessageClass.SERVICE,
        addressee(person, organization),
        {
            "url": f"{mail.portal_url}/organization/stand-in",
            "name": display_name,
            "csm": csm.display_name,
            "vendor": vendor,
            "organization": organization.shown_name,
        },
        caused_by=csm.person_id,
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
        organization_name="" if organization.is_vendor else organization.shown_name,
    )
