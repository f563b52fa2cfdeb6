"""When people of an organization work: the rhythm of weeks and closes that visits follow. Pure."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.sample.dice import Dice
from portal.sample.story import Story

DAY = timedelta(days=1)
FRIDAY = 5
BEFORE_CLOSE, AFTER_CLOSE = 2, 5
"""Working days at the end of a month and at its beginning: the close."""
CLOSING = frozenset({"accountant", "controller", None})
"""Jobs that have no time for anything else then."""
STAYS_AWAY = 0.75
MORE_LIKELY = tuple(
    [9 * 60 + 20 * n for n in range(9)] + [13 * 60 + 20 * n for n in range(12)] + [8 * 60, 17 * 60]
)
"""Minutes of the day at which somebody sits down."""


class Days:
    """Days and moments of a story, told back from the day of loading."""

    def __init__(self, story: Story, begun: datetime) -> None:
        self._zone = ZoneInfo(story.zone)
        self._story = story
        self.begun = begun
        self.today = begun.astimezone(self._zone).date()

    @property
    def came(self) -> datetime:
        """When the vendor set the organization up: at work, on the day or the last one before."""
        return self.moment(self.open_on_or_before(self.day(self._story.created)), 7 * 60 + 40)

    def day(self, days_ago: int) -> date:
        """That many days before the day of loading."""
        return self.today - timedelta(days=days_ago)

    def moment(self, day: date, minutes: int) -> datetime:
        """So many minutes after midnight on a day there, in UTC."""
        there = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return (there + timedelta(minutes=minutes)).astimezone(UTC)

    def is_open(self, day: date) -> bool:
        """Whether somebody works on a day."""
        return day.isoweekday() <= FRIDAY and not any(
            quiet.is_holiday and self.day(quiet.starts) <= day <= self.day(quiet.ends)
            for quiet in self._story.quiet
        )

    def open_on_or_before(self, day: date) -> date:
        """That day, or the last one before it on which people work."""
        while not self.is_open(day):
            day -= DAY
        return day

    def open_on_or_after(self, day: date) -> date:
        """That day, or the next one on which people work."""
        while not self.is_open(day):
            day += DAY
        return day

    def visit(self, day: date, job: str | None, dice: Dice, *, waits: bool = True) -> datetime:
        """When somebody sits down who means to do so on that day; most wait (`waits`) while it is
        quiet or the books are closed."""
        if not self.is_open(day):
            # Who is called on Monday by everybody comes later in the week.
            day = self.open_on_or_after(day) + DAY * dice.between(0, 3)
        if day.isoweekday() == FRIDAY and dice.chance(0.3):
            day = self.open_on_or_after(day) + DAY * dice.between(3, 5)
        day = self.open_on_or_after(day)
        if waits and self._is_busy(day, job) and dice.chance(STAYS_AWAY):
            while self._is_busy(day, job):
                day = self.open_on_or_after(day + DAY)
        return self.moment(day, dice.pick(MORE_LIKELY) + dice.between(0, 19))

    def _is_busy(self, day: date, job: str | None) -> bool:
        if any(self.day(q.starts) <= day <= self.day(q.ends) for q in self._story.quiet):
            return True
        if job not in CLOSING:
            return False
        first = day.replace(day=1)
        if self._working_days(first, day) <= AFTER_CLOSE:
            return True
        next_month = (first + timedelta(days=32)).replace(day=1)
        return self._working_days(day, next_month - DAY) <= BEFORE_CLOSE

    def _working_days(self, first: date, last: date) -> int:
        count, day = 0, first
        while day <= last:
            count += self.is_open(day)
            day += DAY
        return count
