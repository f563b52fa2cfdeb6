"""The whole way by keyboard, with a focus that can always be seen."""

import pytest
from playwright.sync_api import Page, expect

from portal.access import Role
from tests.journeys import steps
from tests.journeys.conftest import OpenPage
from tests.journeys.hands import MOST, Keys, enter, say_how_easy, tab, tab_to
from tests.journeys.running import PASSWORD, RunningPortal

pytestmark = pytest.mark.browser


@pytest.fixture
def reader(portal: RunningPortal, browse: OpenPage) -> Page:
    """Somebody who signs in by keyboard."""
    persona = portal.add_member("Kim Reader", Role.END_USER)
    page = browse(portal)
    page.goto("/sign-in")
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(persona.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    steps.sees(page, "What do you want to reach?")
    return page


def test_it_leads_from_sign_in_to_the_answer(reader: Page) -> None:
    enter(reader, "button", "Choose this goal")
    steps.sees(reader, steps.GOAL)
    enter(reader, "link", "Read this guide")
    steps.sees(reader, steps.FIRST_GUIDE)
    box = reader.get_by_role("checkbox").nth(1)
    tab_to(reader, box)
    with reader.expect_response("**/ticks"):
        reader.keyboard.press("Space")
    expect(box).to_be_checked()
    with reader.expect_navigation():
        enter(reader, "button", "It worked", "Space")
    steps.say_how_easy(reader)
    expect(reader.get_by_text("Thank you. Your answer is noted.")).to_be_visible()
    expect(reader.get_by_text("1 of 4 done")).to_be_visible()


def test_it_leads_to_the_goal_and_beyond(reader: Page) -> None:
    keys = Keys(reader)
    keys.choose_goal(steps.GOAL)
    for done in (1, 2, 3):
        keys.follow("Read this guide")
        expect(reader.get_by_role("button", name="It worked")).to_be_visible()
        keys.tick_all()
        keys.press_and_go("It worked")
        say_how_easy(keys)
        expect(reader.get_by_text(f"{done} of 4 done")).to_be_visible()
    keys.press_and_go("I have done it: finish the path")
    steps.sees(reader, steps.GOAL)
    keys.choose("Yes")
    keys.choose("Quicker than I expected")
    keys.press_and_go("Keep my answer")
    expect(reader.get_by_text("You said that you have reached it.")).to_be_visible()


def test_it_skips_to_the_content(reader: Page) -> None:
    reader.goto("/guides/reconcile-with-proof")
    tab_to(reader, reader.get_by_role("link", name="Skip to content"))
    expect(reader.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    reader.keyboard.press("Enter")
    expect(reader.locator("main")).to_be_focused()
    tab(reader)
    assert reader.locator("main :focus").count() == 1


def test_it_opens_and_closes_the_menu(reader: Page) -> None:
    summary = reader.locator("summary", has_text="Account menu")
    tab_to(reader, summary)
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("link", name="My account")).to_be_visible()
    tab_to(reader, reader.get_by_role("radio", name="System"))
    reader.keyboard.press("ArrowRight")
    reader.keyboard.press("ArrowRight")
    expect(reader.locator("html")).to_have_attribute("data-bs-theme", "dark")
    reader.keyboard.press("Escape")
    expect(reader.get_by_role("link", name="My account")).to_be_hidden()
    expect(summary).to_be_focused()
    reader.keyboard.press("Enter")
    enter(reader, "button", "Sign out")
    steps.sees(reader, "Sign in")


def test_it_traps_nobody(reader: Page) -> None:
    for address in ("/", "/guides/reconcile-with-proof", "/me", "/goals"):
        reader.goto(address)
        stops = stops_of(reader)
        assert 5 < len(stops) < MOST
        assert "skip-link" in stops[0]


def stops_of(page: Page) -> list[str]:
    """Where Tab leads from the page's start until it leaves the page or begins again."""
    stops: list[str] = []
    while len(stops) < MOST:
        name = tab(page)
        if name is None or name in stops[:1]:
            break
        stops.append(name)
    return stops
