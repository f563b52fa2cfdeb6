"""The only place that asks for the time, so that tests and samples can stand still in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _standing.get() or datetime.now(UTC)


def today(zone: str) -> date:
    """The calendar day of this moment in `zone` (an IANA name)."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let it be `moment` inside the block: for a sample's history, and for tests."""
    token = _standing.set(moment)
    try:
        yield
    finally:
        _standing.reset(token)
