"""Whether somebody may be written to, and when: rules without a database.

The strictest of three holds: what the person wants, their organization's quiet periods, and the
portal's limits. Security messages always go out: without them nobody can sign in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal.messages.models import MessageClass


@dataclass(frozen=True, slots=True)
class Limits:
    """How often one person is written to at most, in a rolling number of days."""

    questions: int = 2
    success: int = 4
    days: int = 30


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person wants; the defaults are those of who has chosen nothing."""

    service: bool = True
    success: bool = True
    news: bool = False
    is_left_alone: bool = False
    quiet_from: time | None = None
    quiet_until: time | None = None
    """Quiet hours by the person's clock; from after until passes midnight."""
    most_success: int | None = None
    most_questions: int | None = None
    """None: the portal's limit; a larger number than that changes nothing."""

    def wants(self, message_class: MessageClass) -> bool:
        """Whether they take messages of this class at all."""
        if message_class == MessageClass.SECURITY:
            return True
        return not self.is_left_alone and bool(getattr(self, message_class))


@dataclass(frozen=True, slots=True)
class QuietDays:
    """Days on which an organization's people are not written to: first and last, in its zone."""

    zone: str = "UTC"
    periods: Sequence[tuple[date, date]] = ()


NO_QUIET_DAYS = QuietDays()


@dataclass(frozen=True, slots=True)
class Contact:
    """A message to somebody, past or to come."""

    at: datetime
    message_class: MessageClass
    is_question: bool = False


class Why(StrEnum):
    """What holds a message back or lets it wait."""

    NOT_WANTED = "not_wanted"
    LIMIT = "limit"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Verdict:
    """When a message may go out: now, later, or not at all (None); `why` unless it is now."""

    at: datetime | None
    why: Why | None = None


def decide(
    contact: Contact,
    zone: str,
    wishes: Preferences,
    quiet_days: QuietDays,
    limits: Limits,
    past: Sequence[Contact],
) -> Verdict:
    """Whether and when `contact`, wished for at `contact.at`, may go out.

    `zone` is the person's, `past` what they were written over all organizations. What somebody
    asked for or was invited to (`service`) waits for their quiet hours only, and counts as no
    success message; a question of any class counts as a question.
    """
    if contact.message_class == MessageClass.SECURITY:
        return Verdict(contact.at)
    if not wishes.wants(contact.message_class):
        return Verdict(None, Why.NOT_WANTED)
    is_asked_for = contact.message_class == MessageClass.SERVICE
    at = _after_quiet(contact.at, zone, wishes, NO_QUIET_DAYS if is_asked_for else quiet_days)
    if _is_too_much(contact, at, wishes, limits, past):
        return Verdict(None, Why.LIMIT)
    return Verdict(at, None if at == contact.at else Why.QUIET)


def _is_too_much(
    contact: Contact, at: datetime, wishes: Preferences, limits: Limits, past: Sequence[Contact]
) -> bool:
    since = at - timedelta(days=limits.days)
    recent = [one for one in past if one.at > since]
    if contact.is_question:
        asked = sum(one.is_question for one in recent)
        if asked >= _stricter(limits.questions, wishes.most_questions):
            return True
    if contact.message_class != MessageClass.SUCCESS:
        return False
    written = sum(one.message_class == MessageClass.SUCCESS for one in recent)
    return written >= _stricter(limits.success, wishes.most_success)


def _stricter(limit: int, own: int | None) -> int:
    return limit if own is None else min(limit, own)


def _after_quiet(at: datetime, zone: str, wishes: Preferences, quiet_days: QuietDays) -> datetime:
    """The first moment from `at` on that is neither in quiet hours nor on a quiet day."""
    while True:
        moved = _after_days(_after_hours(at, zone, wishes), quiet_days)
        if moved == at:
            return at
        at = moved


def _after_hours(at: datetime, zone: str, wishes: Preferences) -> datetime:
    start, end = wishes.quiet_from, wishes.quiet_until
    if start is None or end is None or start == end:
        return at
    here = at.astimezone(ZoneInfo(zone))
    clock_time = here.time()
    passes_midnight = start > end
    if passes_midnight:
        is_quiet = clock_time >= start or clock_time < end
    else:
        is_quiet = start <= clock_time < end
    if not is_quiet:
        return at
    day = here.date() + timedelta(days=passes_midnight and clock_time >= start)
    return _first_after(at, day, end, zone)


def _after_days(at: datetime, quiet_days: QuietDays) -> datetime:
    day = at.astimezone(ZoneInfo(quiet_days.zone)).date()
    ends = [last for first, last in quiet_days.periods if first <= day <= last]
    if not ends:
        return at
    return _first_after(at, max(ends) + timedelta(days=1), time(0), quiet_days.zone)


def _first_after(at: datetime, day: date, wall: time, zone: str) -> datetime:
    """When the clock shows `wall` on that day, for the first time after `at`.

    In the night when clocks go back it does so twice; in the night when they go forward perhaps
    never, and the moment just after the gap is meant.
    """
    first = datetime.combine(day, wall, ZoneInfo(zone))
    found = first.astimezone(at.tzinfo)
    return found if found > at else first.replace(fold=1).astimezone(at.tzinfo)
