"""The links by which a mail's reader says that they want no more: signed, so nothing is stored.

They work for as long as the portal's keys do, without sign-in: whoever reads the mail may use them.
"""

from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

from portal.errors import NotFound
from portal.i18n import gettext as _
from portal.messages.contact import address_hash
from portal.messages.models import MessageClass

SALT = "unsubscribing"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail went to, and of which class it was."""

    person_id: UUID
    address_hash: str
    message_class: MessageClass


def make_url(
    portal_url: str,
    keys: tuple[str, ...],
    person_id: UUID,
    address: str,
    message_class: MessageClass,
) -> str:
    """Where the reader of a mail says that they want no more of its class."""
    token = _signer(keys).dumps([person_id.hex, address_hash(address), message_class])
    return f"{portal_url}/unwanted/{token}"


def read_token(keys: tuple[str, ...], token: str) -> Reader:
    """Whom a link's mail went to. Raises NotFound for a word that this portal did not make."""
    try:
        person_id, hashed, message_class = _signer(keys).loads(token)
        return Reader(UUID(person_id), hashed, MessageClass(message_class))
    except (BadData, ValueError, TypeError, AttributeError):
        words = _("This link is not complete. Copy the whole of it from the message.")
        raise NotFound(words) from None


def _signer(keys: tuple[str, ...]) -> URLSafeSerializer:
    # It signs with the last of its keys; ours stand newest first.
    return URLSafeSerializer(list(reversed(keys)), salt=SALT)
