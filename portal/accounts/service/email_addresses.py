"""Addresses: what is one, and when two are the same mailbox."""

import unicodedata

import idna
from email_validator import EmailNotValidError, validate_email

from portal.errors import Invalid
from portal.i18n import gettext as _


def parse(address: str) -> str:
    """The address as it is kept and written to. Raises Invalid at `email`."""
    try:
        return validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        message = _("This is not an e-mail address: it should look like name@company.com.")
        raise Invalid("email", message) from None


def email_key(address: str) -> str:
    """One text for all spellings of a mailbox; never raises, also for what is no address."""
    folded = unicodedata.normalize("NFKC", address).strip().casefold()
    name, at, domain = folded.rpartition("@")
    return f"{name}{at}{_in_ascii(domain)}"


def _in_ascii(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain
