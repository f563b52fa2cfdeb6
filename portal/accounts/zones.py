"""Time zones that people choose from."""

from functools import lru_cache
from zoneinfo import available_timezones

NOT_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@lru_cache
def names() -> tuple[str, ...]:
    """IANA names in the form Continent/City, and UTC."""
    places = (name for name in available_timezones() if "/" in name)
    return ("UTC", *sorted(name for name in places if not name.startswith(NOT_PLACES)))
