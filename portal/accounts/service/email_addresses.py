"""Addresses: what is one, and when two are the same mailbox."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from portal.errors import Invalid
from portal.folding import email_key
from portal.i18n import gettext as _

__all__ = ["email_key", "parse"]

SIMPLE = re.compile(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*", re.ASCII)
"""A name before the @ about which there is nothing to think."""
LONGEST_LOCAL, LONGEST = 64, 254
"""Characters of the name, and of all (RFC 5321)."""


def parse(address: str) -> str:
    """The address as it is kept and written to. Raises Invalid at `email`."""
    address = address.strip()
    try:
        local, at, domain = address.rpartition("@")
        if at and len(local) <= LONGEST_LOCAL and SIMPLE.fullmatch(local):
            # Files of people name few domains.
            normalized = f"{local}@{_normalized(domain)}"
            if len(normalized) <= LONGEST:
                return normalized
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        message = _("This is not an e-mail address: it should look like name@company.com.")
        raise Invalid("email", message) from None


@lru_cache(maxsize=4096)
def _normalized(domain: str) -> str:
    found = validate_email(f"a@{domain}", check_deliverability=False).domain
    return str(found)
