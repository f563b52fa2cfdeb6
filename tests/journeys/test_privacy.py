"""Everything stored about oneself: looked at, taken along, erased; on a desk, a phone, by keys."""

import io
import zipfile
from typing import Any

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
from tests.journeys.running import PASSWORD, RunningPortal

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {
    "has_touch": True,
    "is_mobile": True,
    "viewport": {"width": 390, "height": 800},
}


def take_along(page: Page) -> zipfile.ZipFile:
    """Ask for the file, wait until the worker has made it, and fetch it."""
    steps.press(page, "Make a file of everything")
    fetch = page.get_by_role("link", name="Download")
    expect(fetch.or_(page.get_by_text("Being made")).first).to_be_visible()
    for _look in range(60):
        if fetch.count():
            break
        page.wait_for_timeout(500)
        page.goto("/me/data")
    with page.expect_download() as download:
        fetch.first.click()
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


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_it_takes_everything_along_and_is_erased(
    portal: RunningPortal, browse: OpenPage, options: dict[str, Any]
) -> None:
    persona = portal.add_member("Erna Goes", Role.END_USER)
    page = browse(portal, **options)
    steps.sign_in(page, persona.email)
    steps.choose_goal(page)
    page.goto("/me")
    page.get_by_role("link", name="Everything stored about you").click()
    steps.sees(page, "Everything stored about you")
    with take_along(page) as archive:
        assert persona.email in archive.read("person.json").decode()
        assert "Paths you are on" in archive.read("README.txt").decode()
    page.get_by_role("link", name="Ask to be erased").click()
    page.get_by_label("Password").fill("wrong")
    steps.press(page, "Erase me")
    expect(page.get_by_role("alert")).to_contain_text("This is not your current password.")
    page.get_by_label("Password").fill(PASSWORD)
    steps.press(page, "Erase me")
    expect(page.get_by_role("heading", name="You will be erased")).to_be_visible()
    steps.press(page, "Undo: I stay")
    expect(page.get_by_text("You stay. Nothing will be erased.")).to_be_visible()
    assert is_there(portal, persona)
    page.get_by_role("link", name="Ask to be erased").click()
    page.get_by_label("Password").fill(PASSWORD)
    steps.press(page, "Erase me")
    expect(page.get_by_role("heading", name="You will be erased")).to_be_visible()
    make_due(portal)
    wait_until_gone(portal, page, persona)
    page.goto("/me/data")
    steps.sees(page, "Sign in")


def test_it_is_done_by_keys_alone(portal: RunningPortal, browse: OpenPage) -> None:
    persona = portal.add_member("Kay Keys", Role.END_USER)
    page = browse(portal)
    steps.sign_in(page, persona.email)
    page.goto("/me/erase")
    tab_to(page, "input[type=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You will be erased")).to_be_visible()
    tab_to(page, "form[action$='/me/erase/undo'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You stay. Nothing will be erased.")).to_be_visible()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_it_is_left_alone_by_one_press_from_a_phone_without_javascript(
    portal: RunningPortal, browse: OpenPage
) -> None:
    persona = portal.add_member("Lea Alone", Role.END_USER)
    page = browse(portal, java_script_enabled=False, **PHONE)
    steps.sign_in(page, persona.email)
    page.goto("/me/contact")
    assert page.evaluate(checks.WIDER_THAN_THE_SCREEN, 390) == []
    steps.press(page, "Leave me alone")
    expect(page.get_by_role("heading", name="You are left alone")).to_be_visible()
    steps.press(page, "Write to me again")
    expect(page.get_by_role("button", name="Leave me alone")).to_be_visible()
