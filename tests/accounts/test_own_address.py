"""A forgotten password is replaced by mail, and one's own address changed by a link sent there."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from portal.accounts.models import LinkPurpose
from portal.accounts.service import links
from portal.db import Database
from tests.accounts.conftest import PASSWORD, Records
from tests.conftest import SignIn
from tests.factories import World

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("with_mail")]

NEW = "another long password"
NEW_ADDRESS = "Alma.New@aurora.example"


def sign_in(client: FlaskClient, email: str, password: str) -> bool:
    form = {"email": email, "password": password}
    return client.post("/sign-in", data=form).status_code == 302


def ask(client: FlaskClient, email: str) -> tuple[int, str]:
    answer = client.post("/sign-in/reset", data={"email": email})
    return answer.status_code, answer.location


def test_a_forgotten_password_is_replaced(
    client: FlaskClient, signed_in: SignIn, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    elsewhere = signed_in(world.end_user)
    ask(client, world.end_user.email)
    link = records.mailed_link(world.admin.organization_id)
    assert "Choose a new password" in client.get(link).text
    answer = client.post(link, data={"password": "short"})
    assert (answer.status_code, "at least 10 characters" in answer.text) == (422, True)
    assert client.post(link, data={"password": NEW}).location == "/"
    assert client.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 302
    client.post("/sign-out")
    assert not sign_in(client, world.end_user.email, PASSWORD)
    assert sign_in(client, world.end_user.email, NEW)
    assert client.post(link, data={"password": PASSWORD}).status_code == 409


def test_the_answer_is_the_same_for_an_unknown_address(
    client: FlaskClient, records: Records, world: World
) -> None:
    known, unknown = (ask(client, e) for e in (world.end_user.email, "nobody@aurora.example"))
    assert known == unknown
    assert len(records.messages(world.admin.organization_id)) == 1


def test_one_address_is_not_asked_for_without_end(client: FlaskClient, world: World) -> None:
    asked = [ask(client, world.end_user.email)[0] for _time in range(4)]
    assert asked == [302, 302, 302, 429]


def test_looking_at_a_link_changes_nothing(
    client: FlaskClient, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    ask(client, world.end_user.email)
    for _scanner in range(3):
        client.get(records.mailed_link(world.admin.organization_id))
    assert sign_in(client, world.end_user.email, PASSWORD)


def test_a_password_that_was_set_ends_earlier_links(
    client: FlaskClient, records: Records, world: World
) -> None:
    ask(client, world.end_user.email)
    first = records.mailed_link(world.admin.organization_id)
    ask(client, world.end_user.email)
    client.post(records.mailed_link(world.admin.organization_id), data={"password": NEW})
    assert client.post(first, data={"password": PASSWORD}).status_code == 409


def change(browser: FlaskClient, email: str, **more: str) -> int:
    return browser.post("/me/address", data={"email": email} | more).status_code


def mailed(records: Records, world: World) -> dict[str, str]:
    return {m.recipient: m.body_text for m in records.messages(world.end_user.organization_id)}


def test_an_address_changes_once_its_link_is_used(
    signed_in: SignIn, client: FlaskClient, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    browser = signed_in(world.end_user)
    assert change(browser, NEW_ADDRESS, current="wrong") == 422
    assert change(browser, NEW_ADDRESS, current=PASSWORD) == 302
    mails = mailed(records, world)
    assert set(mails) == {NEW_ADDRESS, world.end_user.email}
    assert "/links/" not in mails[world.end_user.email]
    assert "sign out everywhere" in mails[world.end_user.email]
    assert sign_in(client, world.end_user.email, PASSWORD)
    client.post("/sign-out")
    link = mails[NEW_ADDRESS].split("http://portal.example")[1].split()[0]
    assert NEW_ADDRESS in client.get(link).text
    assert client.post(link).location == "/"
    assert browser.get("/me").status_code == 302
    client.post("/sign-out")
    assert not sign_in(client, world.end_user.email, PASSWORD)
    assert sign_in(client, NEW_ADDRESS.lower(), PASSWORD)
    assert client.post(link).status_code == 409


def test_only_who_reads_its_mail_learns_that_an_address_is_somebody_elses(
    signed_in: SignIn, client: FlaskClient, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    browser = signed_in(world.end_user)
    proof = {"current": PASSWORD}
    known = browser.post("/me/address", data={"email": world.stranger.email} | proof)
    link = mailed(records, world)[world.stranger.email].split("http://portal.example")[1].split()[0]
    assert client.post(link).status_code == 409
    assert records.person(world.end_user.viewer.person_id).email == world.end_user.email
    unknown = browser.post("/me/address", data={"email": NEW_ADDRESS} | proof)
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)


def test_an_address_that_was_taken_meanwhile_is_refused(
    client: FlaskClient, database: Database, records: Records, world: World
) -> None:
    with database.writing(None) as session:
        token = links.issue(
            LinkPurpose.NEW_ADDRESS,
            world.end_user.viewer.person_id,
            None,
            None,
            timedelta(hours=1),
            email=world.stranger.email,
        )
        session.commit()
    assert client.post(f"/links/{token}").status_code == 409
    assert records.person(world.end_user.viewer.person_id).email == world.end_user.email


@pytest.mark.parametrize("email", ["", "nobody", "x" * 321])
def test_what_is_no_address_is_said(signed_in: SignIn, email: str, world: World) -> None:
    assert change(signed_in(world.end_user), email) == 422


def test_ones_own_address_is_no_change(signed_in: SignIn, world: World) -> None:
    assert change(signed_in(world.end_user), world.end_user.email.upper()) == 422


def test_a_later_wish_ends_the_earlier_one(
    signed_in: SignIn, client: FlaskClient, records: Records, world: World
) -> None:
    records.set_password(world.end_user)
    browser = signed_in(world.end_user)
    for address in ("first@aurora.example", NEW_ADDRESS):
        assert change(browser, address, current=PASSWORD) == 302
    first = mailed(records, world)["first@aurora.example"]
    link = first.split("http://portal.example")[1].split()[0]
    assert client.post(link).status_code == 409


def asked_link(browser: FlaskClient, records: Records, world: World) -> str:
    """The link to a new address that somebody asked for who knows the password."""
    records.set_password(world.end_user)
    assert change(browser, NEW_ADDRESS, current=PASSWORD) == 302
    return mailed(records, world)[NEW_ADDRESS].split("http://portal.example")[1].split()[0]


def sign_out_everywhere(browser: FlaskClient, _records: Records, _world: World) -> None:
    browser.post("/sign-out/everywhere")


def set_password(browser: FlaskClient, _records: Records, _world: World) -> None:
    assert (
        browser.post("/me/password", data={"current": PASSWORD, "password": NEW}).status_code == 302
    )


def reset(browser: FlaskClient, records: Records, world: World) -> None:
    ask(browser, world.end_user.email)
    link = records.mailed_link(world.admin.organization_id)
    assert browser.post(link, data={"password": NEW}).status_code == 302


@pytest.mark.parametrize("rescue", [sign_out_everywhere, set_password, reset])
def test_who_takes_their_account_back_ends_a_change_that_waits(
    signed_in: SignIn, client: FlaskClient, records: Records, world: World, rescue
) -> None:
    link = asked_link(signed_in(world.end_user), records, world)
    rescue(signed_in(world.end_user), records, world)
    assert client.post(link).status_code == 409
    assert records.person(world.end_user.viewer.person_id).email == world.end_user.email


def test_an_open_browser_alone_is_no_proof(
    signed_in: SignIn, client: FlaskClient, records: Records, world: World
) -> None:
    """Who has no password yet shows by a mailed link that the account is theirs."""
    browser = signed_in(world.end_user)
    assert "signing in by a mailed link" in browser.get("/me/password").text
    for address, form in (
        ("/me/password", {"password": NEW}),
        ("/me/address", {"email": NEW_ADDRESS}),
    ):
        answer = browser.post(address, data=form)
        assert (answer.status_code, "signing in by a mailed link" in answer.text) == (422, True)
    assert mailed(records, world) == {}
    assert not sign_in(client, world.end_user.email, NEW)
    client.post(records.sign_in_link(world.end_user))
    assert change(client, NEW_ADDRESS) == 302
    assert client.post("/me/password", data={"password": NEW}).status_code == 302
