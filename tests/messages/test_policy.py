"""Whether somebody may be written to, and when: a table of cases."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.messages.models import MessageClass
from portal.messages.policy import (
    Contact,
    Limits,
    Preferences,
    QuietDays,
    Verdict,
    Why,
    decide,
)

NEWS, SUCCESS = MessageClass.NEWS, MessageClass.SUCCESS
SECURITY, SERVICE = MessageClass.SECURITY, MessageClass.SERVICE
NIGHT = dict(quiet_from=time(22), quiet_until=time(7))
CHRISTMAS = ((date(2026, 12, 24), date(2026, 12, 26)),)
HELD = Verdict(None, Why.NOT_WANTED)
TOO_MUCH = Verdict(None, Why.LIMIT)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One wish to write, and what becomes of it."""

    name: str
    expected: Verdict | str
    """A verdict, "now", or the moment to which it waits."""
    message_class: MessageClass = SUCCESS
    at: str = "2026-11-25T12:00"
    wishes: dict = field(default_factory=dict)
    zone: str = "Europe/Berlin"
    periods: tuple = ()
    quiet_zone: str = "Europe/Berlin"
    question: bool = False
    past: tuple = ()
    """Days before now: written a success message then; negative for a question."""


CASES = (
    Case("somebody who chose nothing gets success messages", "now"),
    Case("and what they were invited to", "now", SERVICE),
    Case("but news only once they ask for it", HELD, NEWS),
    Case("news that was asked for", "now", NEWS, wishes=dict(news=True)),
    Case("success switched off", HELD, wishes=dict(success=False)),
    Case("service switched off", HELD, SERVICE, wishes=dict(service=False)),
    Case("left alone: no success", HELD, wishes=dict(is_left_alone=True)),
    Case("left alone: no service", HELD, SERVICE, wishes=dict(is_left_alone=True)),
    Case("left alone: no news", HELD, NEWS, wishes=dict(is_left_alone=True, news=True)),
    Case("left alone, but security", "now", SECURITY, wishes=dict(is_left_alone=True)),
    Case("security in the night", "now", SECURITY, "2026-11-25T23:00", NIGHT),
    Case("security at Christmas", "now", SECURITY, "2026-12-24T12:00", periods=CHRISTMAS),
    Case(
        "in the evening: until the morning", "2026-11-26T06:00", at="2026-11-25T22:30", wishes=NIGHT
    ),
    Case(
        "after midnight: the same morning", "2026-11-25T06:00", at="2026-11-25T02:00", wishes=NIGHT
    ),
    Case("the first quiet minute", "2026-11-26T06:00", at="2026-11-25T21:00", wishes=NIGHT),
    Case("the minute before", "now", at="2026-11-25T20:59", wishes=NIGHT),
    Case("the last quiet minute", "2026-11-25T06:00", at="2026-11-25T05:59", wishes=NIGHT),
    Case("the first minute after", "now", at="2026-11-25T06:00", wishes=NIGHT),
    Case(
        "quiet by day",
        "2026-11-25T14:00",
        at="2026-11-25T12:00",
        wishes=dict(quiet_from=time(12), quiet_until=time(15)),
    ),
    Case(
        "hours are the person's",
        "now",
        at="2026-11-25T23:00",
        wishes=NIGHT,
        zone="America/New_York",
    ),
    Case(
        "so a morning there is night here",
        "2026-11-25T22:00",
        at="2026-11-25T13:00",
        wishes=NIGHT,
        zone="Asia/Tokyo",
    ),
    Case(
        "half-hour zones",
        "2026-11-25T01:30",
        at="2026-11-25T00:00",
        wishes=NIGHT,
        zone="Asia/Kolkata",
    ),
    Case(
        "service waits for the night to end", "2026-11-26T06:00", SERVICE, "2026-11-25T22:30", NIGHT
    ),
    Case(
        "the night when clocks go forward is shorter",
        "2026-03-29T05:00",
        at="2026-03-28T22:30",
        wishes=NIGHT,
    ),
    Case(
        "the night when clocks go back is longer",
        "2026-10-25T06:00",
        at="2026-10-24T22:30",
        wishes=NIGHT,
    ),
    Case(
        "an end that the clock skips",
        "2026-03-29T01:30",
        at="2026-03-28T22:30",
        wishes=dict(quiet_from=time(22), quiet_until=time(2, 30)),
    ),
    Case(
        "an end that the clock shows twice: the first time",
        "2026-10-25T00:30",
        at="2026-10-24T22:30",
        wishes=dict(quiet_from=time(22), quiet_until=time(2, 30)),
    ),
    Case(
        "and the second time, for who is written to in between",
        "2026-10-25T01:30",
        at="2026-10-25T01:10",
        wishes=dict(quiet_from=time(22), quiet_until=time(2, 30)),
    ),
    Case(
        "equal hours are none",
        "now",
        at="2026-11-25T22:30",
        wishes=dict(quiet_from=time(7), quiet_until=time(7)),
    ),
    Case(
        "half of the hours is none", "now", at="2026-11-25T22:30", wishes=dict(quiet_from=time(22))
    ),
    Case("a quiet period", "2026-12-26T23:00", at="2026-12-24T12:00", periods=CHRISTMAS),
    Case("its last minute", "2026-12-26T23:00", at="2026-12-26T22:59", periods=CHRISTMAS),
    Case(
        "its first minute, in the organization's zone",
        "2026-12-26T23:00",
        at="2026-12-23T23:00",
        periods=CHRISTMAS,
    ),
    Case("the minute before it", "now", at="2026-12-23T22:59", periods=CHRISTMAS),
    Case(
        "the same in another zone",
        "now",
        at="2026-12-23T23:00",
        periods=CHRISTMAS,
        quiet_zone="America/New_York",
    ),
    Case(
        "a period that begins where another ends",
        "2027-01-02T23:00",
        at="2026-12-24T12:00",
        periods=(*CHRISTMAS, (date(2026, 12, 27), date(2027, 1, 2))),
    ),
    Case(
        "periods that overlap",
        "2027-01-02T23:00",
        at="2026-12-25T12:00",
        periods=(*CHRISTMAS, (date(2026, 12, 20), date(2027, 1, 2))),
    ),
    Case(
        "quiet days, and then the night",
        "2026-12-27T06:00",
        at="2026-12-24T12:00",
        periods=CHRISTMAS,
        wishes=NIGHT,
    ),
    Case(
        "the night, and then quiet days, and the night again",
        "2026-12-27T06:00",
        at="2026-12-23T22:30",
        periods=CHRISTMAS,
        wishes=NIGHT,
    ),
    Case(
        "who is invited is told on quiet days too",
        "now",
        SERVICE,
        "2026-12-24T12:00",
        periods=CHRISTMAS,
    ),
    Case("three messages are not too many", "now", past=(1, 2, 3)),
    Case("four are", TOO_MUCH, past=(1, 2, 3, 4)),
    Case("unless one of them is thirty days old", "now", past=(1, 2, 3, 30)),
    Case("or not quite", TOO_MUCH, past=(1, 2, 3, 29.99)),
    Case("service does not count", "now", SERVICE, past=(1, 2, 3, 4)),
    Case("their own lower limit", TOO_MUCH, past=(1,), wishes=dict(most_success=1)),
    Case("their own limit of none", TOO_MUCH, wishes=dict(most_success=0)),
    Case(
        "a higher one than the portal's", TOO_MUCH, past=(1, 2, 3, 4), wishes=dict(most_success=9)
    ),
    Case("a second question", "now", question=True, past=(-1,)),
    Case("a third", TOO_MUCH, question=True, past=(-1, -2)),
    Case("a third of another class", TOO_MUCH, SERVICE, question=True, past=(-1, -2)),
    Case("a nudge after two questions", "now", past=(-1, -2)),
    Case("a question after four nudges", TOO_MUCH, question=True, past=(1, 2, 3, 4)),
    Case("their own limit of questions", TOO_MUCH, question=True, wishes=dict(most_questions=0)),
    Case("security after too many", "now", SECURITY, past=(1, 2, 3, 4, -1, -2)),
    Case(
        "what is counted is counted when it goes out",
        "2026-12-26T23:00",
        at="2026-12-24T12:00",
        periods=CHRISTMAS,
        past=(1, 2, 3, 28),
    ),
    Case("what already waits counts as well", TOO_MUCH, past=(-0.5, 1, 2, 3), question=False),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_decides(case: Case) -> None:
    at = utc(case.at)
    contact = Contact(at, case.message_class, case.question)
    past = [Contact(at - timedelta(days=abs(days)), SUCCESS, days < 0) for days in case.past]
    days = QuietDays(case.quiet_zone, case.periods)
    verdict = decide(contact, case.zone, Preferences(**case.wishes), days, Limits(), past)
    match case.expected:
        case "now":
            assert verdict == Verdict(at)
        case str(moment):
            assert verdict == Verdict(utc(moment), Why.QUIET)
        case expected:
            assert verdict == expected


@given(
    at=st.integers(0, 730 * 24 * 60).map(
        lambda minutes: utc("2026-01-01T00:00") + timedelta(minutes=minutes)
    ),
    start=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    end=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
    ),
)
def test_a_message_that_waited_waits_no_longer(at, start, end, zone) -> None:
    """And never longer than a day and the hour that a clock may be put back."""
    wishes = Preferences(quiet_from=start, quiet_until=end)

    def verdict(moment: datetime) -> datetime:
        found = decide(Contact(moment, SERVICE), zone, wishes, QuietDays(), Limits(), []).at
        assert found is not None
        return found

    later = verdict(at)
    assert at <= later <= at + timedelta(hours=25)
    assert verdict(later) == later
