"""Everything stored about oneself: looked at, taken along, erased; on a desk, a phone, by keys."""

import io
import json
import zipfile

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from portal.access import Role
from portal.accounts.models import Person
from portal.accounts.service.erasure import KIND
from portal.clock import now
from portal.jobs import Work
from tests.factories import Persona
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage
from tests.journeys.hands import WAYS, Hand, phone, sign_in
from tests.journeys.running import PASSWORD, RunningPortal

pytestmark = pytest.mark.browser


def take_along(hand: Hand) -> zipfile.ZipFile:
    """Ask for the file, wait until the worker has made it, and fetch it."""
    page = hand.page
    hand.press_and_go("Make a file of everything")
    fetch = page.get_by_role("link", name="Download", exact=True)
    expect(fetch.or_(page.get_by_text("Being made")).first).to_be_visible()
    for _look in range(60):
        if fetch.count():
            break
        page.wait_for_timeout(500)
        page.goto("/me/data")
    with page.expect_download() as download:
        hand.use(fetch.first)
    return zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))


def make_due(portal: RunningPortal) -> None:
    """As if the days in which it can be undone had passed."""
    with portal.database.writing(None) as session:
        session.execute(update(Work).where(Work.kind == KIND).values(due_at=now()))
        session.commit()


def is_there(portal: RunningPortal, persona: Persona) -> bool:
    with portal.database.reading(None) as session:
        found = select(Person.id).where(Person.email == persona.email)
        return session.scalars(found).first() is not None


def wait_until_gone(portal: RunningPortal, page: Page, persona: Persona) -> None:
    for _look in range(60):
        if not is_there(portal, persona):
            return
        page.wait_for_timeout(500)
    raise AssertionError("the worker did not erase")


@pytest.mark.parametrize("way", WAYS)
def test_it_takes_everything_along_and_is_erased(
    portal: RunningPortal, browse: OpenPage, way: str
) -> None:
    make, window = WAYS[way]
    persona = portal.add_member("Erna Goes", Role.END_USER)
    hand = make(browse(portal, **window))
    page = hand.page
    sign_in(hand, persona.email)
    hand.choose_goal(steps.GOAL)
    page.goto("/me")
    hand.follow("Everything stored about you")
    steps.sees(page, "Everything stored about you")
    with take_along(hand) as archive:
        see_inside(archive, persona)
    ask_to_be_erased(hand, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("This is not your current password.")
    give_password(hand, PASSWORD)
    expect(page.get_by_role("heading", name="You will be erased")).to_be_visible()
    hand.press_and_go("Undo: I stay")
    expect(page.get_by_text("You stay. Nothing will be erased.")).to_be_visible()
    assert is_there(portal, persona)
    ask_to_be_erased(hand, PASSWORD)
    expect(page.get_by_role("heading", name="You will be erased")).to_be_visible()
    make_due(portal)
    wait_until_gone(portal, page, persona)
    page.goto("/me/data")
    steps.sees(page, "Sign in")


def see_inside(archive: zipfile.ZipFile, persona: Persona) -> None:
    """The lists are in words that people read and in forms that programs read."""
    names = set(archive.namelist())
    assert {"README.txt", "person.json", "person.csv", "enrollment.json"} <= names
    assert persona.email in archive.read("person.json").decode()
    assert persona.email in archive.read("person.csv").decode()
    assert len(json.loads(archive.read("enrollment.json"))) == 1
    assert "Paths you are on" in archive.read("README.txt").decode()


def ask_to_be_erased(hand: Hand, password: str) -> None:
    """From the page of everything stored to the button that asks for the password."""
    hand.follow("Ask to be erased")
    give_password(hand, password)


def give_password(hand: Hand, password: str) -> None:
    hand.write("Password", password)
    hand.press_and_go("Erase me")


def test_it_is_left_alone_by_one_press_from_a_phone_without_javascript(
    portal: RunningPortal, browse: OpenPage
) -> None:
    persona = portal.add_member("Lea Alone", Role.END_USER)
    page = browse(portal, java_script_enabled=False, **phone(390))
    steps.sign_in(page, persona.email)
    page.goto("/me/contact")
    assert page.evaluate(checks.WIDER_THAN_THE_SCREEN, 390) == []
    steps.press(page, "Leave me alone")
    expect(page.get_by_role("heading", name="You are left alone")).to_be_visible()
    steps.press(page, "Write to me again")
    expect(page.get_by_role("button", name="Leave me alone")).to_be_visible()
