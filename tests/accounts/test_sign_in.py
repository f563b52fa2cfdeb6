"""Signing in by password and by mailed link, choosing an organization, signing out."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from portal import clock
from portal.accounts.service import sign_in
from portal.accounts.service.sign_in import SEEN_EVERY
from portal.db import Database
from portal.errors import NotFound
from portal.web.limits import client_address
from tests.accounts.conftest import PASSWORD, Records
from tests.conftest import SignIn
from tests.factories import World

pytestmark = pytest.mark.database


def by_password(browser: FlaskClient, email: str, password: str = PASSWORD, **more: str):
    return browser.post("/sign-in", data={"email": email, "password": password, **more})


def who(browser: FlaskClient) -> str:
    return browser.get("/me").text


def test_a_password_signs_in(client: FlaskClient, records: Records, world: World) -> None:
    records.set_password(world.end_user)
    answer = by_password(client, world.end_user.email)
    assert answer.location == "/"
    assert "Alma Reader" in who(client)


def test_the_spelling_of_the_address_does_not_matter(
    client: FlaskClient, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    by_password(client, f" {world.end_user.email.upper()} ")
    assert "Alma Reader" in who(client)


def test_a_wrong_password_and_an_unknown_address_read_the_same(
    client: FlaskClient, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    wrong = by_password(client, world.end_user.email, "not this one")
    unknown = by_password(client, "nobody@aurora.example", "not this one")
    words = "The address or the password is not right."
    assert words in wrong.text
    assert words in unknown.text
    assert "not this one" not in wrong.text
    assert client.get("/me").location.startswith("/sign-in")


def test_who_has_no_password_cannot_sign_in_with_an_empty_one(
    client: FlaskClient, records: Records, world: World
) -> None:
    assert "Enter your password." in by_password(client, world.end_user.email, "").text


def test_the_tenth_wrong_password_is_the_last_for_a_while(
    client: FlaskClient, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    for _ in range(10):
        by_password(client, world.end_user.email, "not this one")
    answer = by_password(client, world.end_user.email)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_signing_in_leads_to_where_one_wanted_to_go(
    client: FlaskClient, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    asked = client.get("/me")
    assert asked.location == "/sign-in?next=/me"
    assert 'value="/me"' in client.get(asked.location).text
    assert by_password(client, world.end_user.email, next="/me").location == "/me"


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(
    client: FlaskClient, records: Records, world: World, elsewhere: str
) -> None:
    records.set_password(world.end_user)
    assert by_password(client, world.end_user.email, next=elsewhere).location == "/"


def test_who_is_signed_in_needs_no_sign_in_page(signed_in: SignIn, world: World) -> None:
    assert signed_in(world.end_user).get("/sign-in").location == "/"


def test_signing_in_again_ends_the_session_before(
    signed_in: SignIn, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    browser = signed_in(world.end_user)
    (before,) = records.sessions(world.end_user.viewer.person_id)
    by_password(browser, world.end_user.email)
    (after,) = records.sessions(world.end_user.viewer.person_id)
    assert before.token_hash != after.token_hash


@pytest.mark.usefixtures("with_mail")
def test_a_mailed_link_signs_in_once(client: FlaskClient, records: Records, world: World) -> None:
    sent = client.post("/sign-in/link", data={"email": world.end_user.email})
    assert sent.location == "/sign-in/link/sent"
    link = records.mailed_link(world.admin.organization_id)
    assert client.post(link).location == "/"
    assert "Alma Reader" in who(client)
    assert client.post(link).status_code == 409


@pytest.mark.usefixtures("with_mail")
def test_opening_a_mailed_link_changes_nothing(
    client: FlaskClient, records: Records, world: World
) -> None:
    link = records.sign_in_link(world.end_user)
    for _ in range(3):
        assert f"Sign in as {world.end_user.email}" in client.get(link).text
        client.head(link)
    assert client.get("/me").location.startswith("/sign-in")
    assert client.post(link).location == "/"


@pytest.mark.usefixtures("with_mail")
def test_asking_for_a_link_tells_nobody_who_is_known(
    client: FlaskClient, records: Records, world: World
) -> None:
    known = client.post("/sign-in/link", data={"email": world.end_user.email})
    unknown = client.post("/sign-in/link", data={"email": "nobody@aurora.example"})
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert len(records.messages(world.admin.organization_id)) == 1


@pytest.mark.usefixtures("with_mail")
@pytest.mark.parametrize("path", ["/sign-in/link", "/sign-in/reset"])
def test_asking_for_a_link_does_the_same_for_an_unknown_address(
    client: FlaskClient, database: Database, world: World, path: str
) -> None:
    """Rendering and keeping a mail took ten times as long, which tells whoever has a clock."""
    client.get(path)
    done: list[list[str]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: done[-1].append(a[2]))
    for email in (world.end_user.email, "nobody@aurora.example"):
        done.append([])
        client.post(path, data={"email": email})
    known, unknown = done
    assert known == unknown
    assert any("INSERT INTO work" in statement for statement in known)


@pytest.mark.usefixtures("with_mail")
def test_links_are_asked_for_three_times_at_most(client: FlaskClient, world: World) -> None:
    for _ in range(3):
        client.post("/sign-in/link", data={"email": world.end_user.email})
    answer = client.post("/sign-in/link", data={"email": world.end_user.email})
    assert answer.status_code == 429


def test_without_a_mail_server_no_link_is_made(
    client: FlaskClient, records: Records, world: World
) -> None:
    answer = client.post("/sign-in/link", data={"email": world.end_user.email})
    assert "cannot send mail" in answer.text
    assert records.messages(world.admin.organization_id) == []


def test_an_old_link_says_where_to_get_another(
    client: FlaskClient, records: Records, world: World
) -> None:
    link = records.sign_in_link(world.end_user, timedelta(seconds=-1))
    answer = client.get(link)
    assert answer.status_code == 409
    assert "Ask for a new one on the sign-in page." in answer.text


def test_a_link_takes_another_person_out_of_the_browser(
    signed_in: SignIn, records: Records, world: World
) -> None:
    browser = signed_in(world.usm)
    assert browser.post(records.sign_in_link(world.stranger)).location == "/"
    assert "Zyxomma Reader" in who(browser)
    assert records.sessions(world.usm.viewer.person_id) == []


def test_whoever_runs_the_portal_hands_out_a_link(
    client: FlaskClient, database: Database, world: World
) -> None:
    with database.writing(None) as session:
        token = sign_in.issue_link(world.end_user.email, timedelta(minutes=30))
        session.commit()
    assert client.post(f"/links/{token}").location == "/"
    assert "Alma Reader" in who(client)


def test_no_link_is_handed_out_for_an_unknown_address(database: Database, world: World) -> None:
    with database.writing(None), pytest.raises(NotFound):
        sign_in.issue_link("nobody@aurora.example", timedelta(minutes=30))


class TestSeveralOrganizations:
    """Someone who is a member of two customers."""

    @pytest.fixture(autouse=True)
    def _two(self, records: Records, world: World) -> None:
        records.set_password(world.end_user)
        records.also_member(world.end_user, world.stranger)

    def test_they_choose_where_to_go(self, client: FlaskClient, world: World) -> None:
        answer = by_password(client, world.end_user.email)
        assert answer.location == "/sign-in/organization"
        page = client.get(answer.location).text
        assert "Aurora" in page
        assert "Zyxomma" in page
        chosen = {"organization": str(world.stranger.organization_id)}
        assert client.post(answer.location, data=chosen).location == "/"
        assert "Under this name Zyxomma knows you" in who(client)

    def test_they_are_nowhere_before_they_choose(self, client: FlaskClient, world: World) -> None:
        by_password(client, world.end_user.email)
        assert client.get("/me").location.startswith("/sign-in")

    def test_they_go_to_where_they_wanted(self, client: FlaskClient, world: World) -> None:
        answer = by_password(client, world.end_user.email, next="/me")
        chosen = {"organization": str(world.end_user.organization_id), "next": "/me"}
        assert client.post(answer.location, data=chosen).location == "/me"

    def test_they_cannot_choose_another(self, client: FlaskClient, world: World) -> None:
        by_password(client, world.end_user.email)
        vendor = {"organization": str(world.admin.organization_id)}
        assert client.post("/sign-in/organization", data=vendor).status_code == 422
        assert client.get("/me").location.startswith("/sign-in")

    def test_they_go_from_one_to_the_other(self, signed_in: SignIn, world: World) -> None:
        browser = signed_in(world.end_user)
        assert "Go to another organization" in who(browser)
        other = {"organization": str(world.stranger.organization_id)}
        browser.post("/sign-in/organization", data=other)
        assert "Under this name Zyxomma knows you" in who(browser)

    def test_a_choice_is_made_once(self, client: FlaskClient, app, world: World) -> None:
        by_password(client, world.end_user.email)
        with client.session_transaction() as cookie:
            copied = cookie["choice"]
        chosen = {"organization": str(world.end_user.organization_id)}
        client.post("/sign-in/organization", data=chosen)
        thief = app.test_client()
        with thief.session_transaction() as cookie:
            cookie["choice"] = copied
        assert thief.get("/sign-in/organization").location.startswith("/sign-in")


def test_nobody_chooses_without_having_signed_in(client: FlaskClient, world: World) -> None:
    assert client.get("/sign-in/organization").location.startswith("/sign-in")


def test_a_password_does_not_join_an_organization(
    client: FlaskClient, records: Records, world: World
) -> None:
    """Whoever chose that password need not be the one who was invited there."""
    records.set_password(world.end_user)
    records.also_member(world.end_user, world.stranger, is_accepted=False)
    assert by_password(client, world.end_user.email).location == "/"
    assert "Under this name Aurora knows you" in who(client)
    theirs = {"organization": str(world.stranger.organization_id)}
    client.post("/sign-in/organization", data=theirs)
    assert "Under this name Aurora knows you" in who(client)


def test_a_mailed_link_joins_where_one_was_invited(
    client: FlaskClient, records: Records, world: World
) -> None:
    records.also_member(world.end_user, world.stranger, is_accepted=False)
    client.post(records.sign_in_link(world.end_user))
    theirs = {"organization": str(world.stranger.organization_id)}
    client.post("/sign-in/organization", data=theirs)
    joined = records.member(world.stranger.organization_id, world.end_user.email)
    assert joined.accepted_at is not None


def test_signing_out_closes_this_session_alone(
    signed_in: SignIn, records: Records, world: World
) -> None:
    here, there = signed_in(world.end_user), signed_in(world.end_user)
    assert here.post("/sign-out").location == "/sign-in"
    assert here.get("/me").location.startswith("/sign-in")
    assert "Alma Reader" in who(there)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(
    signed_in: SignIn, app, world: World
) -> None:
    browser = signed_in(world.end_user)
    with browser.session_transaction() as cookie:
        copied = dict(cookie)
    browser.post("/sign-out")
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(copied)
    assert thief.get("/me").location.startswith("/sign-in")


def test_signing_out_everywhere_closes_every_session(
    signed_in: SignIn, records: Records, world: World
) -> None:
    here, there = signed_in(world.end_user), signed_in(world.end_user)
    here.post("/sign-out/everywhere")
    assert records.sessions(world.end_user.viewer.person_id) == []
    assert there.get("/me").location.startswith("/sign-in")


def test_who_left_is_signed_out(
    signed_in: SignIn, records: Records, database: Database, world: World
) -> None:
    browser = signed_in(world.end_user)
    with database.writing(world.end_user.organization_id) as session:
        member = session.merge(records.member(world.end_user.organization_id, world.end_user.email))
        member.left_at = clock.now()
        session.commit()
    assert browser.get("/me").location.startswith("/sign-in")


def test_a_session_ends_by_itself(
    signed_in: SignIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(world.end_user)
    later = clock.now() + timedelta(days=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert browser.get("/me").location.startswith("/sign-in")


def test_a_visit_is_noted_every_ten_minutes(
    signed_in: SignIn, records: Records, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(world.end_user)
    (before,) = records.sessions(world.end_user.viewer.person_id)
    browser.get("/me")
    (soon,) = records.sessions(world.end_user.viewer.person_id)
    assert soon.last_seen_at == before.last_seen_at
    later = clock.now() + SEEN_EVERY
    monkeypatch.setattr(clock, "now", lambda: later)
    browser.get("/me")
    (after,) = records.sessions(world.end_user.viewer.person_id)
    assert after.last_seen_at == later


def test_the_viewer_is_loaded_with_one_statement(
    database: Database, world: World, records: Records
) -> None:
    viewer = world.end_user.viewer
    with database.writing(None) as session:
        token = sign_in.open_session(
            viewer.person_id, viewer.organization_id, viewer.member_id, "test"
        )
        session.commit()
    with database.reading(None):
        found = sign_in.load_signed_in(token)
        assert found is not None
        assert found.viewer == viewer
        assert found.is_seen_recently
        assert sign_in.load_signed_in("another token") is None


def test_signing_out_everywhere_ends_links_that_wait_too(
    client: FlaskClient, signed_in: SignIn, records: Records, world: World
) -> None:
    waiting = records.sign_in_link(world.end_user)
    others = records.sign_in_link(world.stranger)
    signed_in(world.end_user).post("/sign-out/everywhere")
    assert client.post(waiting).status_code == 409
    assert client.post(others).location == "/"


def test_a_new_password_ends_the_choice_that_the_old_one_opened(
    client: FlaskClient, signed_in: SignIn, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    records.also_member(world.end_user, world.stranger)
    assert by_password(client, world.end_user.email).location == "/sign-in/organization"
    form = {"current": PASSWORD, "password": "another long password"}
    assert signed_in(world.end_user).post("/me/password", data=form).location == "/me"
    theirs = {"organization": str(world.stranger.organization_id)}
    client.post("/sign-in/organization", data=theirs)
    assert client.get("/me").location.startswith("/sign-in")


def test_who_tries_too_often_locks_nobody_else_out(
    app: Flask, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    attacker = app.test_client()
    for number in range(100):
        # Addresses of one network, as its owner has billions of them.
        here = {"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"}
        form = {"email": f"nobody{number}@aurora.example", "password": "not this one"}
        assert attacker.post("/sign-in", data=form, environ_base=here).status_code == 422
    here = {"REMOTE_ADDR": "2001:db8:1:2:ffff::1"}
    for _ in range(11):
        form = {"email": world.end_user.email, "password": "not this one"}
        assert attacker.post("/sign-in", data=form, environ_base=here).status_code == 429
    assert by_password(app.test_client(), world.end_user.email).location == "/"


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
        ("unknown", "unknown"),
    ],
)
def test_attempts_are_counted_by_network(app: Flask, address: str, shared: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert client_address() == shared


def test_what_no_database_takes_is_refused_at_its_field(
    client: FlaskClient, signed_in: SignIn, world: World
) -> None:
    words = "holds a character that cannot be kept"
    assert words in by_password(client, "al\0ma@aurora.example").text
    assert words in signed_in(world.end_user).post("/me", data={"display_name": "Al\0ma"}).text


def test_no_address_that_breaks_a_header_is_led_to(
    client: FlaskClient, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    answer = by_password(client, world.end_user.email, next="/me\r\nSet-Cookie: a=b")
    assert answer.location == "/"
