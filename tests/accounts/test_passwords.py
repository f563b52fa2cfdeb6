"""Passwords and their hashes."""

import pytest
from argon2 import PasswordHasher

from portal.accounts.service import passwords
from portal.errors import Invalid

NOBODYS = passwords.NOBODYS
"""As it is before tests exchange it for a quick one."""


def test_a_password_is_recognised_and_another_is_not() -> None:
    kept = passwords.hash_password("a long enough password")
    assert passwords.verify(kept, "a long enough password")
    assert not passwords.verify(kept, "a long enough passwort")


def test_without_a_hash_no_password_is_right() -> None:
    assert not passwords.verify(None, "nobody knows this")


def test_a_broken_hash_fits_no_password() -> None:
    assert not passwords.verify("no hash", "a long enough password")


@pytest.mark.parametrize("password", ["", "nine char", "x" * 201])
def test_a_password_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.hash_password(password)
    assert refused.value.field == "password"


def test_nobodys_hash_takes_as_long_as_anybodys() -> None:
    assert not PasswordHasher().check_needs_rehash(NOBODYS)
