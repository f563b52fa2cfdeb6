"""New ids: UUIDv7, which Python 3.11 lacks; and the same ones again for a sample's history."""

import hashlib
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from uuid_utils.compat import uuid7

from portal import clock

_given: ContextVar[Iterator[UUID] | None] = ContextVar("given", default=None)


def new_id() -> UUID:
    """A UUIDv7: later ids sort after earlier ones, so indexes grow at their end."""
    given = _given.get()
    return next(given) if given else uuid7()


@contextmanager
def following(seed: str) -> Iterator[None]:
    """Let new ids follow from `seed` and the clock inside the block: a repeat makes the same.

    Whoever takes a seed twice for different things gives two of them one id.
    """
    token = _given.set(_seeded(seed))
    try:
        yield
    finally:
        _given.reset(token)


def _seeded(seed: str) -> Iterator[UUID]:
    """By RFC 9562: the clock's milliseconds, a count that keeps the order, 62 bits of a hash."""
    for number in itertools.count():
        hashed = hashlib.sha256(f"{seed}/{number}".encode()).digest()
        milliseconds = int(clock.now().timestamp() * 1000)
        made = milliseconds << 80 | 0x7 << 76 | (number & 0xFFF) << 64
        yield UUID(int=made | 0x2 << 62 | int.from_bytes(hashed[:8]) >> 2)
