"""Words made comparable, in Python, so that both databases order and find the same."""

import unicodedata
from functools import lru_cache

import idna

LONGEST = 400
"""Characters kept: enough to order and to search by, and an index entry on both databases."""


def fold(words: str) -> str:
    """Without case, marks and doubled spaces: `Über  Café` becomes `uber cafe`."""
    bare = strip_marks(words)
    return " ".join("".join(s if s.isprintable() else " " for s in bare).split())[:LONGEST]


def email_key(address: str) -> str:
    """One text for all spellings of a mailbox; never raises, also for what is no address."""
    folded = unicodedata.normalize("NFKC", address).strip().casefold()
    name, at, domain = folded.rpartition("@")
    return f"{name}{at}{_in_ascii(domain)}"


@lru_cache(maxsize=4096)
def _in_ascii(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain


def strip_marks(words: str) -> str:
    """Without case and marks; `ß` becomes `ss`."""
    if words.isascii():
        return words.lower()
    plain = unicodedata.normalize("NFKD", words.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
