"""The whole way by keyboard, with a focus that can always be seen."""

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.access import Role
from tests.journeys import steps
from tests.journeys.conftest import OpenPage
from tests.journeys.running import PASSWORD, RunningPortal

pytestmark = pytest.mark.browser

FOCUS = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) { return null; }
  // A hidden radio button lends its focus to the words beside it.
  const shown = focused.matches(".theme-choice input") ? focused.nextElementSibling : focused;
  const box = shown.getBoundingClientRect();
  const style = getComputedStyle(shown);
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {
    name: focused.outerHTML.slice(0, 120),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    // The words beside a box are laid over it, so that a finger finds it.
    clear: !!at && (shown.contains(at) || at.contains(shown) || at.htmlFor === shown.id),
  };
}"""
MOST = 80
"""Stops on any of our pages; more would be a trap."""


def tab(page: Page) -> str | None:
    """One stop on; returns what has the focus, None outside of the page."""
    page.keyboard.press("Tab")
    focus = page.evaluate(FOCUS)
    if focus is None:
        return None
    assert focus["ring"], f"no ring: {focus['name']}"
    assert focus["clear"], f"covered: {focus['name']}"
    return str(focus["name"])


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until something has the focus."""
    expect(target).to_be_visible()
    for _stop in range(MOST):
        tab(page)
        if target.evaluate("(element) => element === document.activeElement"):
            return
    pytest.fail(f"Tab does not lead to {target}")


def enter(page: Page, role: str, name: str, key: str = "Enter") -> None:
    """Go to a control and use it."""
    tab_to(page, page.get_by_role(role, name=name, exact=True).first)  # type: ignore[arg-type]
    page.keyboard.press(key)


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
