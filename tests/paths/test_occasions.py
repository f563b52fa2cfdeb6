"""When people are asked whether they could put something to work."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.guides.models import Rhythm
from portal.paths.service.occasions import (
    EARLIEST,
    LATEST,
    Calendar,
    follow_up_day,
    next_occasion,
    next_open_day,
)

WEEKDAYS = (1, 2, 3, 4, 5)
OFFICE = Calendar(WEEKDAYS)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def quiet(*periods: tuple[str, str]) -> Calendar:
    return Calendar(WEEKDAYS, [(day(start), day(end)) for start, end in periods])


@pytest.mark.parametrize(
    ("milestone", "rhythm", "calendar", "expected"),
    [
        pytest.param("03-02", Rhythm.WEEK, OFFICE, "03-16", id="a Monday, two weeks later"),
        pytest.param("03-02", Rhythm.DAY, OFFICE, "03-16", id="daily work just as early"),
        pytest.param("03-07", Rhythm.WEEK, OFFICE, "03-23", id="not on a Saturday"),
        pytest.param("03-07", Rhythm.WEEK, Calendar(()), "03-21", id="no working days are known"),
        pytest.param("03-06", Rhythm.WEEK, Calendar((7, 1, 2, 3, 4)), "03-22", id="Sunday to work"),
        pytest.param("03-15", Rhythm.WEEK, OFFICE, "03-30", id="over the change to summer time"),
        pytest.param("03-02", Rhythm.MONTH, OFFICE, "03-23", id="no close: after three weeks"),
        pytest.param("03-20", Rhythm.MONTH, OFFICE, "04-10", id="after the close"),
        pytest.param("02-16", Rhythm.MONTH, OFFICE, "03-09", id="the close at three weeks"),
        pytest.param("03-10", Rhythm.MONTH, OFFICE, "04-06", id="a close at the end of the weeks"),
        pytest.param(
            "03-20", Rhythm.MONTH, quiet(("04-10", "04-10")), "04-09", id="the close, not a holiday"
        ),
        pytest.param(
            "03-02", Rhythm.WEEK, quiet(("03-10", "03-20")), "03-23", id="after a quiet period"
        ),
        pytest.param(
            "03-02", Rhythm.WEEK, quiet(("03-16", "03-16")), "03-17", id="both ends are quiet"
        ),
        pytest.param(
            "03-02", Rhythm.MONTH, quiet(("03-10", "04-10")), "04-13", id="both weeks are quiet"
        ),
    ],
)
def test_a_follow_up_falls_on(
    milestone: str, rhythm: Rhythm, calendar: Calendar, expected: str
) -> None:
    assert follow_up_day(day(milestone), rhythm, calendar) == day(expected)


@given(
    milestone=st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    rhythm=st.sampled_from(Rhythm),
    working=st.sets(st.integers(1, 7), min_size=1),
    gap=st.integers(0, 40),
    length=st.integers(0, 30),
)
def test_it_comes_in_two_to_four_weeks_or_on_the_first_open_day_after(
    milestone: date, rhythm: Rhythm, working: set[int], gap: int, length: int
) -> None:
    begins = milestone + timedelta(days=gap)
    calendar = Calendar(sorted(working), [(begins, begins + timedelta(days=length))])
    found = follow_up_day(milestone, rhythm, calendar)
    window = [milestone + timedelta(days=number) for number in range(EARLIEST, LATEST + 1)]
    assert calendar.is_open(found)
    if any(map(calendar.is_open, window)):
        assert found in window
    else:
        later = [window[-1] + timedelta(days=number) for number in range(1, 60)]
        assert found == next(filter(calendar.is_open, later))


@pytest.mark.parametrize(
    ("today", "rhythm", "calendar", "expected"),
    [
        ("03-02", Rhythm.DAY, OFFICE, "03-16"),
        ("03-02", Rhythm.WEEK, OFFICE, "03-16"),
        ("03-02", Rhythm.MONTH, OFFICE, "04-01"),
        ("03-07", Rhythm.WEEK, OFFICE, "03-23"),
        ("03-02", Rhythm.WEEK, quiet(("03-14", "03-29")), "03-30"),
    ],
)
def test_without_an_occasion_it_comes_again_a_period_later(
    today: str, rhythm: Rhythm, calendar: Calendar, expected: str
) -> None:
    assert next_occasion(day(today), rhythm, calendar) == day(expected)


def test_a_year_of_closed_days_does_not_silence_a_question() -> None:
    closed = quiet(("01-01", "12-31"))
    year_later = Calendar(WEEKDAYS, [(day("01-01"), date(2028, 12, 31))])
    assert next_open_day(day("03-02"), closed) == date(2027, 1, 1)
    assert next_open_day(day("03-02"), year_later) == day("03-02")
