"""Working hours pass by an organization's own clocks, over weekends, holidays and clock changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.working_time import Calendar, add_working_time

FIRST = datetime(2026, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
LAST = datetime(2028, 1, 1)  # noqa: DTZ001
BERLIN = Calendar("Europe/Berlin", frozenset({1, 2, 3, 4, 5}), time(9), time(17))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "up"),
    [
        # 2026-11-25 is a Wednesday.
        ("2026-11-25T09:00+01:00", "2026-11-25T17:00+01:00"),
        ("2026-11-25T10:30+01:00", "2026-11-26T10:30+01:00"),
        ("2026-11-25T07:00+01:00", "2026-11-25T17:00+01:00"),
        ("2026-11-25T17:00+01:00", "2026-11-26T17:00+01:00"),
        ("2026-11-25T23:59+01:00", "2026-11-26T17:00+01:00"),
        ("2026-11-27T16:00+01:00", "2026-11-30T16:00+01:00"),
        ("2026-11-28T12:00+01:00", "2026-11-30T17:00+01:00"),
    ],
)
def test_eight_hours_are_counted_in_working_time_only(asked: str, up: str) -> None:
    assert add_working_time(moment(asked), 8, BERLIN) == moment(up)


def test_a_holiday_is_no_working_day() -> None:
    christmas = frozenset({date(2026, 12, 25), date(2026, 12, 24)})
    calendar = Calendar("Europe/Berlin", BERLIN.days, time(9), time(17), christmas)
    asked = moment("2026-12-23T16:00+01:00")
    assert add_working_time(asked, 8, calendar) == moment("2026-12-28T16:00+01:00")


def test_the_zone_is_the_organizations_and_not_the_askers() -> None:
    tokyo = Calendar("Asia/Tokyo", BERLIN.days, time(9), time(17))
    # Sunday evening in London is Monday morning in Tokyo.
    assert add_working_time(moment("2026-11-29T23:00+00:00"), 1, tokyo) == moment(
        "2026-11-30T01:00+00:00"
    )


def test_nothing_is_gained_or_lost_when_the_clocks_change_overnight() -> None:
    # On Sunday, 2026-10-25, and on Sunday, 2027-03-28.
    autumn = add_working_time(moment("2026-10-23T16:00+02:00"), 8, BERLIN)
    assert autumn == moment("2026-10-26T16:00+01:00")
    spring = add_working_time(moment("2027-03-26T16:00+01:00"), 8, BERLIN)
    assert spring == moment("2027-03-29T16:00+02:00")


@pytest.mark.parametrize(
    ("begins", "up"),
    [
        # The night to 2027-03-28 is an hour short: from 22 to 6 pass seven hours.
        ("2027-03-27T22:00+01:00", "2027-03-28T23:00+02:00"),
        # The night to 2026-10-25 is an hour long: of nine hours eight are over at 5.
        ("2026-10-24T22:00+02:00", "2026-10-25T05:00+01:00"),
        # Any other night.
        ("2026-11-24T22:00+01:00", "2026-11-25T06:00+01:00"),
    ],
)
def test_a_night_shift_has_as_many_hours_as_pass(begins: str, up: str) -> None:
    nights = Calendar("Europe/Berlin", frozenset(range(1, 8)), time(22), time(6))
    assert add_working_time(moment(begins), 8, nights) == moment(up)


def test_a_shift_that_begins_in_an_hour_left_out_begins_when_the_clocks_say() -> None:
    early = Calendar("Europe/Berlin", frozenset({7}), time(2, 30), time(8))
    # 02:30 does not exist on 2027-03-28: read as 03:30.
    found = add_working_time(moment("2027-03-28T00:00+01:00"), 1, early)
    assert found == moment("2027-03-28T04:30+02:00")


def test_midnight_is_the_end_of_the_day() -> None:
    late = Calendar("UTC", frozenset({3}), time(16), time(0))
    assert add_working_time(moment("2026-11-25T15:00+00:00"), 8, late) == moment(
        "2026-11-26T00:00+00:00"
    )


def test_a_night_shift_under_way_counts_from_now() -> None:
    nights = Calendar("UTC", frozenset({2}), time(22), time(6))
    # Tuesday's shift lasts into Wednesday.
    assert add_working_time(moment("2026-11-25T04:00+00:00"), 1, nights) == moment(
        "2026-11-25T05:00+00:00"
    )


def test_who_never_works_is_not_waited_for_for_ever() -> None:
    never = Calendar("Europe/Berlin", frozenset(), time(9), time(17))
    assert add_working_time(moment("2026-11-25T09:00+01:00"), 8, never) == moment(
        "2026-11-25T17:00+01:00"
    )


def test_hours_are_not_taken_back() -> None:
    with pytest.raises(ValueError, match="not taken back"):
        add_working_time(moment("2026-11-25T09:00+01:00"), -1, BERLIN)


@given(
    start=st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.just(UTC)),
    first=st.floats(min_value=0, max_value=40),
    second=st.floats(min_value=0, max_value=40),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_waiting_in_two_parts_is_waiting_once(
    start: datetime, first: float, second: float, zone: str
) -> None:
    calendar = Calendar(zone, BERLIN.days, time(8), time(16, 30))
    at_once = add_working_time(start, first + second, calendar)
    in_parts = add_working_time(add_working_time(start, first, calendar), second, calendar)
    # Zero hours after the end of a shift may as well be its end or the next one's begin.
    assert in_parts >= start
    assert abs(at_once - in_parts) < timedelta(milliseconds=1) or first + second == 0
