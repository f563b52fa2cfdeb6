"""The only place that asks for the time, so that a test can stand still in it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """The calendar day of this moment in `zone` (an IANA name)."""
    return now().astimezone(ZoneInfo(zone)).date()
