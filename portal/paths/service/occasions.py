"""When to ask whether something could be put to work: rules without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.guides.models import Rhythm

EARLIEST, LATEST = 14, 28
"""Days after the milestone."""
AFTER_CLOSE = range(4, 13)
"""Days of a month on which its close is fresh: monthly work is best asked about then."""
MONTHLY = 21
LONGEST_WAIT = 366
"""Days that someone may put a question off for."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """On which days an organization's people may be asked something."""

    working_days: Sequence[int]
    """ISO weekdays, Monday is 1."""
    quiet: Sequence[tuple[date, date]] = ()
    """Quiet periods and holidays, both ends included."""

    def is_open(self, day: date) -> bool:
        """Whether people work on that day and are not to be left alone."""
        is_quiet = any(start <= day <= end for start, end in self.quiet)
        return not is_quiet and (not self.working_days or day.isoweekday() in self.working_days)


def follow_up_day(milestone: date, rhythm: Rhythm, calendar: Calendar) -> date:
    """The day of a follow-up: 14 to 28 days after its milestone, on the goal's rhythm.

    Daily and weekly work is asked about as early as that; monthly work after the next close, if
    one fits, else after three weeks. Where every day of the two weeks is closed, it is the first
    open one after them.
    """
    window = [milestone + timedelta(days=number) for number in range(EARLIEST, LATEST + 1)]
    open_days = [day for day in window if calendar.is_open(day)]
    if not open_days:
        return next_open_day(window[-1] + timedelta(days=1), calendar)
    if rhythm is not Rhythm.MONTH:
        return open_days[0]
    wanted = milestone + timedelta(days=MONTHLY)
    return min(open_days, key=lambda day: (day.day not in AFTER_CLOSE, abs(day - wanted), day))


def next_occasion(today: date, rhythm: Rhythm, calendar: Calendar) -> date:
    """When to ask again after "no occasion yet", unless the person names a day: one period later.

    At least two weeks, so that nobody is asked every few days.
    """
    days = 30 if rhythm is Rhythm.MONTH else EARLIEST
    return next_open_day(today + timedelta(days=days), calendar)


def next_open_day(day: date, calendar: Calendar) -> date:
    """That day, or the next on which people may be asked; a year of closed days is overruled."""
    for number in range(LONGEST_WAIT):
        later = day + timedelta(days=number)
        if calendar.is_open(later):
            return later
    return day
