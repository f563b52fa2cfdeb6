"""Why an organization needs its csm: rules without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.customers.service.attention import (
    Lead,
    Need,
    Waiting,
    needs_of,
    overdue_since,
)
from portal.ids import new_id

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def lead(**values: object) -> Lead:
    usual = dict(
        member_id=new_id(),
        name="Ursula Lead",
        is_usm=True,
        is_owner=False,
        accepted_at=NOW - 100 * DAY,
        left_at=None,
        bounced_at=None,
        seen_at=NOW - DAY,
        trained_at=None,
    )
    return Lead(**(usual | values))  # type: ignore[arg-type]


OWNER = {"is_usm": False, "is_owner": True}


@pytest.mark.parametrize(
    ("leads", "waiting", "need"),
    [
        ([lead()], Waiting(), Need.NOTHING),
        ([lead()], Waiting(with_usms=3), Need.NOTHING),
        ([lead()], Waiting(risen=1), Need.HELP),
        ([], Waiting(), Need.NO_USM),
        ([lead(**OWNER)], Waiting(), Need.NO_USM),
        ([lead(accepted_at=None, seen_at=None)], Waiting(), Need.NO_USM),
        ([lead(left_at=NOW)], Waiting(), Need.NO_USM),
        ([lead(), lead(left_at=NOW)], Waiting(), Need.LEFT),
        ([lead(), lead(left_at=NOW - 41 * DAY, **OWNER)], Waiting(), Need.LEFT),
        ([lead(), lead(left_at=NOW - 42 * DAY)], Waiting(), Need.NOTHING),
        ([lead(bounced_at=NOW)], Waiting(), Need.BOUNCED),
        ([lead(seen_at=NOW - 42 * DAY)], Waiting(), Need.SILENT),
        ([lead(seen_at=NOW - 42 * DAY + timedelta(seconds=1))], Waiting(), Need.NOTHING),
        ([lead(seen_at=None)], Waiting(), Need.SILENT),
        ([lead(seen_at=None, accepted_at=NOW - DAY)], Waiting(), Need.NOTHING),
        ([lead(), lead(seen_at=NOW - 50 * DAY, **OWNER)], Waiting(), Need.SILENT),
        ([], Waiting(risen=1), Need.HELP),
    ],
)
def test_the_most_urgent_need_counts(leads: list[Lead], waiting: Waiting, need: Need) -> None:
    assert needs_of(leads, waiting, NOW)[0] == need


def test_no_need_hides_another() -> None:
    leads = [lead(seen_at=NOW - 50 * DAY), lead(left_at=NOW, **OWNER)]
    assert needs_of(leads, Waiting(risen=1), NOW) == [Need.HELP, Need.LEFT, Need.SILENT]


def test_since_when_it_is_overdue() -> None:
    leads = [lead(left_at=NOW - 5 * DAY), lead(left_at=NOW - 2 * DAY), lead()]
    assert overdue_since(Need.LEFT, leads, Waiting()) == NOW - 2 * DAY
    assert overdue_since(Need.HELP, leads, Waiting(1, NOW - DAY)) == NOW - DAY
    silent = [lead(seen_at=NOW - 60 * DAY), lead()]
    assert overdue_since(Need.SILENT, silent, Waiting()) == NOW - 60 * DAY
    assert overdue_since(Need.NO_USM, [], Waiting()) is None
