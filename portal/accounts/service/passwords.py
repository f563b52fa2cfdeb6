"""Hashing of passwords: slow on purpose, so never inside a write transaction."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.errors import Invalid
from portal.i18n import gettext as _

SHORTEST = 10
LONGEST = 200

_hasher = PasswordHasher()

NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$Tr02i80lIt8AZ850stnvgw$"
    "YZbbrN+p6CRpuhsXeCHcoT14N8cE38ytX05p4dBmyio"
)
"""Hash of a password that nobody knows: an unknown address takes as long as a known one."""


def hash_password(password: str) -> str:
    """The hash to keep. Raises Invalid at `password` for one too short or too long."""
    if len(password) < SHORTEST:
        message = _("Choose a password of at least %(count)s characters.", count=SHORTEST)
        raise Invalid("password", message)
    if len(password) > LONGEST:
        message = _("Choose a password of at most %(count)s characters.", count=LONGEST)
        raise Invalid("password", message)
    return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; without a hash it never is, and takes as long to say so."""
    try:
        _hasher.verify(password_hash or NOBODYS, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def check_current(password_hash: str | None, password: str) -> None:
    """Check that somebody signed in knows their password; who has none needs to know none.

    Raises Invalid at `current`.
    """
    if password_hash is not None and not verify(password_hash, password):
        raise Invalid("current", _("This is not your current password."))
