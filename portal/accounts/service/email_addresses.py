"""Addresses: what is one, and when two are the same mailbox."""

from email_validator import EmailNotValidError, validate_email

from portal.errors import Invalid
from portal.folding import email_key
from portal.i18n import gettext as _

__all__ = ["email_key", "parse"]


def parse(address: str) -> str:
    """The address as it is kept and written to. Raises Invalid at `email`."""
    try:
        return validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        message = _("This is not an e-mail address: it should look like name@company.com.")
        raise Invalid("email", message) from None
