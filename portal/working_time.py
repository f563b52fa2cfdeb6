"""Working time: when so many working hours have passed, in an organization's own calendar.

Hours are hours that pass on a clock that nobody sets: on the day on which summer time begins, a
night shift from 22 to 6 is seven hours long, and nine on the day on which it ends.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
LONGEST = 730
"""Days that are looked at; an organization with no working time for so long has none."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When an organization works: on which days, from when to when on its own clocks."""

    zone: str
    """IANA name."""
    days: frozenset[int]
    """ISO weekdays, Monday is 1; a shift belongs to the day on which it begins."""
    starts: time
    ends: time
    """Not after `starts`: on the next day. 0 o'clock is the end of the day."""
    holidays: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether somebody works on a day."""
        return day.isoweekday() in self.days and day not in self.holidays

    def shift(self, day: date) -> tuple[datetime, datetime]:
        """From when to when is worked on a day, in UTC; it takes no look at whether it is."""
        last = day if self.ends > self.starts else day + DAY
        return self._moment(day, self.starts), self._moment(last, self.ends)

    def _moment(self, day: date, on_clock: time) -> datetime:
        # An hour that the clocks leave out is read as the one after it, one that comes twice as
        # the first (PEP 495, fold=0).
        return datetime.combine(day, on_clock, ZoneInfo(self.zone)).astimezone(UTC)


def add_working_time(start: datetime, hours: float, calendar: Calendar) -> datetime:
    """The moment at which `hours` of working time have passed since `start`, in UTC.

    Where the calendar holds no working time at all, the hours of the clock are counted: what
    waits must not wait for ever. Raises ValueError for negative hours.
    """
    if hours < 0:
        raise ValueError("working time is not taken back")
    left = timedelta(hours=hours)
    day = start.astimezone(ZoneInfo(calendar.zone)).date() - DAY
    for _ in range(LONGEST):
        if calendar.is_working_day(day):
            begins, ends = calendar.shift(day)
            begins = max(begins, start.astimezone(UTC))
            if ends > begins:
                if ends - begins >= left:
                    return begins + left
                left -= ends - begins
        day += DAY
    return start.astimezone(UTC) + timedelta(hours=hours)
