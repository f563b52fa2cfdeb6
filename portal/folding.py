"""Words made comparable, in Python, so that both databases order and find the same."""

import unicodedata

LONGEST = 400
"""Characters kept: enough to order and to search by, and an index entry on both databases."""


def fold(words: str) -> str:
    """Without case, marks and doubled spaces: `Über  Café` becomes `uber cafe`."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join("".join(s if s.isprintable() else " " for s in bare).split())[:LONGEST]
