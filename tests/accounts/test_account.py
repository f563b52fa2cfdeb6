"""One's own account."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from portal import clock
from portal.accounts.devices import device
from tests.accounts.conftest import PASSWORD, Records
from tests.conftest import SignIn
from tests.factories import World

pytestmark = pytest.mark.database

NEW = "another long password"


def test_the_page_says_who_one_is_and_where(signed_in: SignIn, world: World) -> None:
    page = signed_in(world.end_user).get("/me").text
    assert world.end_user.email in page
    assert 'value="Alma Reader"' in page
    assert "Aurora" in page
    assert "This browser" in page
    assert "As in my organization (English)" in page


def test_one_changes_ones_name_and_zone(signed_in: SignIn, records: Records, world: World) -> None:
    browser = signed_in(world.end_user)
    form = {"display_name": " Alma  Writer ", "zone": "Asia/Tokyo"}
    assert browser.post("/me", data=form).location == "/me"
    member = records.member(world.end_user.organization_id, world.end_user.email)
    assert (member.display_name, member.name_key) == ("Alma Writer", "alma writer")
    assert records.person(member.person_id).zone == "Asia/Tokyo"
    assert "Your changes are saved." in browser.get("/me").text


@pytest.mark.parametrize(
    ("locale", "said"),
    [("de", "Ihre Änderungen sind gespeichert."), ("", "Your changes are saved.")],
)
def test_the_notice_speaks_the_language_that_was_chosen(
    signed_in: SignIn, world: World, locale: str, said: str
) -> None:
    browser = signed_in(world.end_user)
    browser.post("/me", data={"display_name": "Alma", "locale": "" if locale else "de"})
    browser.get("/me")
    browser.post("/me", data={"display_name": "Alma", "locale": locale})
    assert said in browser.get("/me").text


def test_another_organization_keeps_the_name_it_knows(
    signed_in: SignIn, records: Records, world: World
) -> None:
    records.also_member(world.end_user, world.stranger)
    signed_in(world.end_user).post("/me", data={"display_name": "Alma Writer"})
    elsewhere = records.member(world.stranger.organization_id, world.end_user.email)
    assert elsewhere.display_name == "Alma Reader"


def test_a_zone_that_is_none_is_refused(signed_in: SignIn, world: World) -> None:
    form = {"display_name": "Alma", "zone": "Europe/Atlantis"}
    assert "Not a valid choice" in signed_in(world.end_user).post("/me", data=form).text


def test_who_has_no_password_sets_one(
    signed_in: SignIn, client: FlaskClient, records: Records, world: World
) -> None:
    browser = signed_in(world.end_user)
    assert 'name="current"' not in browser.get("/me/password").text
    assert browser.post("/me/password", data={"password": NEW}).location == "/me"
    client.post("/sign-in", data={"email": world.end_user.email, "password": NEW})
    assert "Alma Reader" in client.get("/me").text


def test_who_has_one_needs_it_to_change_it(
    signed_in: SignIn, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    before = records.person(world.end_user.viewer.person_id).password_hash
    browser = signed_in(world.end_user)
    for current in ("", "not this one"):
        answer = browser.post("/me/password", data={"current": current, "password": NEW})
        assert "This is not your current password." in answer.text
    assert records.person(world.end_user.viewer.person_id).password_hash == before
    answer = browser.post("/me/password", data={"current": PASSWORD, "password": NEW})
    assert answer.location == "/me"


def test_a_new_password_signs_every_other_browser_out(signed_in: SignIn, world: World) -> None:
    here, there = signed_in(world.end_user), signed_in(world.end_user)
    here.post("/me/password", data={"password": NEW})
    assert "Alma Reader" in here.get("/me").text
    assert there.get("/me").location.startswith("/sign-in")


def test_a_forgotten_password_is_replaced_after_a_mailed_link(
    client: FlaskClient, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    client.post(records.sign_in_link(world.end_user))
    assert client.post("/me/password", data={"password": NEW}).location == "/me"


def test_an_hour_after_a_mailed_link_the_password_is_asked_for(
    client: FlaskClient, records: Records, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.set_password(world.end_user)
    client.post(records.sign_in_link(world.end_user))
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = client.post("/me/password", data={"password": NEW})
    assert "This is not your current password." in answer.text


def test_a_link_that_was_not_mailed_replaces_no_password(
    client: FlaskClient, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    client.post(records.sign_in_link(world.end_user, is_mailed=False))
    answer = client.post("/me/password", data={"password": NEW})
    assert "This is not your current password." in answer.text


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox, Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140.0 Safari/537 Edg/140",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari",
            "Safari, iPhone",
        ),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_named_as_people_know_it(user_agent: str, words: str) -> None:
    assert device(user_agent) == words
