"""The page on which people say how often they may be written to, and what mails lead to."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Member
from portal.config import Settings
from portal.db import Database
from portal.messages import contact, unsubscribing
from portal.messages.models import MessageClass, Refusal
from portal.messages.policy import Preferences
from tests.conftest import SignIn
from tests.factories import Persona, World

pytestmark = pytest.mark.database


def wishes(database: Database, persona: Persona) -> Preferences:
    with database.reading(None):
        hashed = contact.address_hash(persona.email)
        return contact.find_preferences(persona.viewer.person_id, hashed)


def link(settings: Settings, persona: Persona, of_class: MessageClass) -> str:
    who = persona.viewer.person_id, persona.email
    return unsubscribing.make_url("", settings.secret_keys, *who, of_class)


def refusals(database: Database) -> int:
    with database.reading(None) as session:
        return session.scalars(select(func.count()).select_from(Refusal)).one()


def test_a_person_chooses_classes_hours_and_limits(
    world: World, signed_in: SignIn, database: Database
) -> None:
    browser = signed_in(world.end_user)
    form = dict(news="y", most_success="1", most_questions="0")
    answer = browser.post("/me/contact", data=form | dict(quiet_from="22:00", quiet_until="07:00"))
    assert answer.status_code == 302
    mine = wishes(database, world.end_user)
    assert (mine.service, mine.success, mine.news) == (False, False, True)
    assert (mine.most_success, mine.most_questions) == (1, 0)
    page = browser.get("/me/contact").text
    assert 'value="22:00"' in page
    assert '<option selected value="1">1</option>' in page


def test_leave_me_alone_is_one_press_and_final_until_lifted(
    world: World, signed_in: SignIn, database: Database
) -> None:
    browser = signed_in(world.end_user)
    browser.post("/me/contact/leave-alone")
    browser.post("/me/contact", data={"success": "y", "service": "y", "news": "y"})
    assert wishes(database, world.end_user).is_left_alone
    assert "You are left alone" in browser.get("/me/contact").text
    browser.post("/me/contact/lift")
    mine = wishes(database, world.end_user)
    assert (mine.is_left_alone, mine.news) == (False, True)


def test_looking_at_a_mails_link_changes_nothing(
    world: World, app: Flask, settings: Settings, database: Database
) -> None:
    address = link(settings, world.end_user, MessageClass.SUCCESS)
    page = app.test_client().get(address)
    assert "Nothing has changed yet" in page.text
    assert wishes(database, world.end_user) == Preferences()


def test_a_mail_programs_button_stops_the_class_without_a_redirect(
    world: World, app: Flask, settings: Settings, database: Database
) -> None:
    address = link(settings, world.end_user, MessageClass.SUCCESS)
    answer = app.test_client().post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 204
    mine = wishes(database, world.end_user)
    assert (mine.success, mine.service, mine.is_left_alone) == (False, True, False)


def test_the_mail_programs_button_needs_no_csrf_token(
    world: World, app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    address = link(settings, world.end_user, MessageClass.SUCCESS)
    button = {"List-Unsubscribe": "One-Click"}
    assert app.test_client().post(address, data=button).status_code == 204
    assert app.test_client().post("/sign-in", data=button).status_code == 400


def test_a_member_who_wants_nothing_more_is_left_alone(
    world: World, app: Flask, settings: Settings, database: Database
) -> None:
    address = link(settings, world.end_user, MessageClass.NEWS)
    page = app.test_client().post(address, data={"what": "all"}, follow_redirects=True)
    assert "Messages stopped" in page.text
    assert wishes(database, world.end_user).is_left_alone
    assert refusals(database) == 0


def test_of_somebody_who_never_joined_only_a_hash_is_kept(
    world: World, app: Flask, settings: Settings, database: Database, signed_in: SignIn
) -> None:
    with database.writing(world.end_user.organization_id) as session:
        key = {"organization_id": world.end_user.organization_id, "id": world.end_user.member_id}
        session.get_one(Member, key).accepted_at = None
        session.commit()
    address = link(settings, world.end_user, MessageClass.SERVICE)
    for _press in range(2):
        assert app.test_client().post(address, data={"what": "all"}).status_code == 302
    with database.reading(None) as session:
        (kept,) = session.scalars(select(Refusal))
    assert re.fullmatch("[0-9a-f]{64}", kept.address_hash)
    assert kept.address_hash == contact.address_hash(f" {world.end_user.email.upper()} ")
    assert wishes(database, world.end_user).is_left_alone
    signed_in(world.end_user).post("/me/contact/lift")
    assert not wishes(database, world.end_user).is_left_alone
    assert refusals(database) == 0


@pytest.mark.parametrize("who", ["strange_usm", None])
def test_nobody_signs_in_by_such_a_link(
    world: World, app: Flask, settings: Settings, who: str | None
) -> None:
    browser = app.test_client()
    browser.post(link(settings, world.end_user, MessageClass.NEWS), data={"what": "all"})
    assert browser.get("/me").status_code == 302


BAD_CHOICES = (
    ("only a beginning", {"quiet_from": "22:00"}, "Enter also when the quiet ends"),
    ("only an end", {"quiet_until": "07:00"}, "Enter also when the quiet begins"),
    ("no hours between", {"quiet_from": "07:00", "quiet_until": "07:00"}, "ends when it begins"),
    ("no time of day", {"quiet_from": "late", "quiet_until": "07:00"}, "Not a valid time value"),
    ("an hour too late", {"quiet_from": "25:00", "quiet_until": "07:00"}, "Not a valid time value"),
    ("more than the portal sends", {"most_success": "9"}, "Not a valid choice"),
    ("less than nothing", {"most_questions": "-1"}, "Not a valid choice"),
    ("no number", {"most_questions": "few"}, "Not a valid choice"),
    ("a character that cannot be kept", {"most_success": "\0"}, "Not a valid choice"),
)


@pytest.mark.parametrize(("name", "form", "words"), BAD_CHOICES, ids=[c[0] for c in BAD_CHOICES])
def test_a_choice_that_cannot_be_is_explained_and_nothing_kept(
    world: World, signed_in: SignIn, database: Database, name: str, form: dict, words: str
) -> None:
    answer = signed_in(world.end_user).post("/me/contact", data={"news": "y"} | form)
    assert answer.status_code == 422
    assert words in answer.text
    assert wishes(database, world.end_user) == Preferences()


BAD_TOKENS = ("", "x", "none", "IjEi.forged", "W10.AAAA", "a" * 3000, "%00", "WyJhIl0", "ü")


@pytest.mark.parametrize("token", BAD_TOKENS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_the_portal_did_not_make_changes_nothing(
    world: World, app: Flask, database: Database, token: str, method: str
) -> None:
    answer = app.test_client().open(f"/unwanted/{token}", method=method, data={"what": "all"})
    assert answer.status_code == 404
    assert refusals(database) == 0


def test_a_link_signed_with_another_key_is_none(
    world: World, app: Flask, database: Database
) -> None:
    who = world.end_user.viewer.person_id, world.end_user.email
    forged = unsubscribing.make_url("", ("another key",), *who, MessageClass.NEWS)
    assert app.test_client().post(forged, data={"what": "all"}).status_code == 404
    assert wishes(database, world.end_user) == Preferences()
