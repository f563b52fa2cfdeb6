"""Owners and the vendor's staff set how an organization works."""

from datetime import date, time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.accounts.models import Experience, Organization, QuietPeriod, Seats
from portal.accounts.service import assignments
from portal.audit import AuditEntry
from portal.db import Database
from tests.conftest import SignIn
from tests.factories import World

pytestmark = pytest.mark.database

WAYS = {
    "zone": "Europe/Rome",
    "locale": "en",
    "experience": "high_touch",
    "working_days": ["2", "1"],
    "working_from": "22:00",
    "working_until": "06:00",
}


@pytest.fixture
def here(world: World) -> str:
    return f"/organizations/{world.owner.organization_id}"


@pytest.fixture
def browser(signed_in: SignIn, world: World) -> FlaskClient:
    return signed_in(world.owner)


def rows(database: Database, world: World, model: type) -> list:
    with database.reading(world.owner.organization_id) as session:
        mine = select(model).where(model.organization_id == world.owner.organization_id)
        return list(session.scalars(mine))


def test_an_owner_sets_zone_language_attention_and_working_time(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    assert browser.post(f"{here}/settings", data=WAYS).status_code == 302
    with database.reading(None) as session:
        found = session.get_one(Organization, world.owner.organization_id)
    assert (found.zone, found.experience) == ("Europe/Rome", Experience.HIGH_TOUCH)
    assert found.working_days == [1, 2]
    assert (found.working_from, found.working_until) == (time(22), time(6))
    (entry,) = rows(database, world, AuditEntry)
    assert (entry.before["zone"], entry.after["zone"]) == ("Europe/Berlin", "Europe/Rome")
    browser.post(f"{here}/settings", data=WAYS)
    assert len(rows(database, world, AuditEntry)) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"zone": "Mars/Olympus"}, "Not a valid choice"),
        ({"locale": "xx"}, "Not a valid choice"),
        ({"experience": "none"}, "Not a valid choice"),
        ({"working_days": []}, "Choose at least one day."),
        ({"working_days": ["8"]}, "not a valid choice"),
        ({"working_from": "dawn"}, "Not a valid time value"),
        ({"working_until": ""}, "Enter a time, such as 09:00."),
        ({"working_until": "22:00"}, "Choose another time than the beginning."),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    browser: FlaskClient, database: Database, world: World, here: str, change: dict, message: str
) -> None:
    answer = browser.post(f"{here}/settings", data=WAYS | change)
    assert answer.status_code == 422
    assert message in answer.text
    with database.reading(None) as session:
        assert session.get_one(Organization, world.owner.organization_id).zone == "Europe/Berlin"


def test_seats_are_dated_replaced_and_taken_back(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    for number, day in (("10", "2026-01-01"), ("20", "2026-06-01"), ("30", "2026-06-01")):
        browser.post(f"{here}/seats", data={"number": number, "seats_from": day})
    assert {(s.starts_on, s.number) for s in rows(database, world, Seats)} == {
        (date(2026, 1, 1), 10),
        (date(2026, 6, 1), 30),
    }
    for _twice in range(2):
        browser.post(f"{here}/seats/remove", data={"day": "2026-06-01"})
    assert [s.number for s in rows(database, world, Seats)] == [10]


@pytest.mark.parametrize(
    "form",
    [
        {"number": "-1", "seats_from": "2026-01-01"},
        {"number": "many", "seats_from": "2026-01-01"},
        {"number": "99999999999", "seats_from": "2026-01-01"},
        {"number": "1", "seats_from": "2026-02-30"},
        {"number": "1"},
    ],
)
def test_wrong_seats_are_refused(
    browser: FlaskClient, database: Database, world: World, here: str, form: dict
) -> None:
    assert browser.post(f"{here}/seats", data=form).status_code == 422
    assert rows(database, world, Seats) == []


def test_quiet_days_are_added_changed_and_removed(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    form = {"name": "Close", "starts_on": "2099-01-02", "ends_on": ""}
    browser.post(f"{here}/quiet", data=form)
    (period,) = rows(database, world, QuietPeriod)
    assert (period.starts_on, period.ends_on, period.is_holiday) == (
        date(2099, 1, 2),
        date(2099, 1, 2),
        False,
    )
    page = browser.get(f"{here}/settings?change={period.id}").text
    assert 'value="Close"' in page
    changed = form | {"ends_on": "2099-01-05", "is_holiday": "y"}
    browser.post(f"{here}/quiet?change={period.id}", data=changed)
    (period,) = rows(database, world, QuietPeriod)
    assert (period.ends_on, period.is_holiday) == (date(2099, 1, 5), True)
    assert browser.post(f"{here}/quiet/{period.id}/remove").status_code == 302
    assert rows(database, world, QuietPeriod) == []
    assert browser.post(f"{here}/quiet/{period.id}/remove").status_code == 404


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"name": "", "starts_on": "2099-01-02"}, "Enter a name."),
        ({"name": "X", "starts_on": "soon"}, "Not a valid date value"),
        ({"name": "X", "starts_on": "2099-01-02", "ends_on": "2099-01-01"}, "before the first"),
        ({"name": "X", "starts_on": "2099-01-02", "ends_on": "2101-01-01"}, "at most a year"),
    ],
)
def test_wrong_quiet_days_are_refused(
    browser: FlaskClient, database: Database, world: World, here: str, form: dict, message: str
) -> None:
    answer = browser.post(f"{here}/quiet", data=form)
    assert (answer.status_code, message in answer.text) == (422, True)
    assert rows(database, world, QuietPeriod) == []


def test_only_owners_admins_and_the_csm_who_answers_for_it_may(
    signed_in: SignIn, database: Database, world: World, here: str
) -> None:
    for who, status in (
        ("admin", 200),
        ("owner", 200),
        ("csm", 404),
        ("usm", 403),
        ("end_user", 403),
        ("author", 403),
        ("strange_usm", 403),
    ):
        browser = signed_in(world.everybody[who])
        assert browser.get(f"{here}/settings").status_code == status, who
    theirs = f"/organizations/{world.stranger.organization_id}"
    assert signed_in(world.owner).get(f"{theirs}/settings").status_code == 404
    assert signed_in(world.owner).post(f"{theirs}/settings", data=WAYS).status_code == 404
    admin = world.admin.viewer.acting_in(world.owner.organization_id, "Aurora", "UTC", False)
    with database.writing(world.owner.organization_id) as session:
        assignments.assign(admin, world.csm.viewer.person_id)
        session.commit()
    assert signed_in(world.csm).get(f"{here}/settings").status_code == 200
    assert signed_in(world.csm).post(f"{here}/settings", data=WAYS).status_code == 302
