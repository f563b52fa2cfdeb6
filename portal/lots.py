"""Drawing lots: who is asked, and about what. Each draw is stored by the caller before its use.

The lot comes from a hash of the ids it is about, whose own random bits nobody chose: it can be
drawn again and gives the same, so a repeated request draws nothing new.
"""

import hashlib
from uuid import UUID


def draw(among: int, *about: UUID | str) -> int:
    """A number from 0 to `among` − 1, each as likely as the others. Raises ValueError for none."""
    if among < 1:
        raise ValueError("there is nothing to draw from")
    text = "/".join(str(part) for part in about).encode()
    return int.from_bytes(hashlib.sha256(text).digest()) % among
