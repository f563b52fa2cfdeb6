"""The navigation keeps to one row at every width, by keys and without a script too."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from portal.access import Role
from portal.accounts.models import Person
from tests.factories import Persona
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage
from tests.journeys.hands import Keys, tab_to
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 480, 640, 768, 900, 1024, 1025, 1100, 1180, 1280, 1440, 1600)
ROW = ".site-nav-row > li > a"
MENU = ".site-nav-more"


def speak(portal: RunningPortal, persona: Persona, locale: str) -> None:
    with portal.database.writing(None) as session:
        whose = Person.id == persona.viewer.person_id
        session.execute(update(Person).where(whose).values(locale=locale))
        session.commit()


def shown(page: Page, selector: str) -> list[str]:
    return [link.inner_text() for link in page.locator(selector).all() if link.is_visible()]


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("role", [Role.USM, Role.ADMIN])
def test_it_keeps_to_one_row_and_loses_no_place(
    portal: RunningPortal, browse: OpenPage, role: Role, locale: str
) -> None:
    where = "Waymark" if role is Role.ADMIN else "Kranich Logistik"
    persona = portal.add_member("Nora Wide", role, where)
    speak(portal, persona, locale)
    page = browse(portal)
    steps.sign_in(page, persona.email)
    every = page.locator(ROW).all_text_contents()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("document.querySelector('.site-nav-more').open = true")
        assert shown(page, ROW) + shown(page, f"{MENU} a") == every
        assert page.locator(".site-nav").bounding_box()["height"] < 48  # type: ignore[index]
        assert page.evaluate(checks.WIDER_THAN_THE_SCREEN, width) == []
        assert page.locator(MENU).is_visible() == bool(shown(page, f"{MENU} a"))
    page.set_viewport_size({"width": 1280, "height": 800})


def test_what_moved_is_reached_by_keys_and_marked(portal: RunningPortal, browse: OpenPage) -> None:
    page = browse(portal, viewport={"width": 390, "height": 800})
    steps.sign_in(page, portal.add_member("Nora Narrow", Role.USM).email)
    keys = Keys(page)
    more = page.locator(f"{MENU} > summary")
    tab_to(page, more)
    page.keyboard.press("Enter")
    keys.follow("Kits")
    steps.sees(page, "Kits")
    expect(page.locator(".site-nav-here")).to_be_visible()
    tab_to(page, more)
    page.keyboard.press("Enter")
    expect(page.locator(f"{MENU} [aria-current=page]")).to_have_text("Kits")
    assert checks.barriers(page) == []
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(page.locator(f"{MENU} a").last).to_be_hidden()


def test_it_opens_without_a_script(portal: RunningPortal, browse: OpenPage) -> None:
    page = browse(portal, viewport={"width": 320, "height": 800}, java_script_enabled=False)
    steps.sign_in(page, portal.add_member("Nora Plain", Role.USM).email)
    page.locator(f"{MENU} > summary").click()
    assert page.evaluate(checks.WIDER_THAN_THE_SCREEN, 320) == []
    page.locator(MENU).get_by_role("link", name="People").click()
    steps.sees(page, "People")
