"""On a phone, and without JavaScript, everything can be done."""

import pytest
from playwright.sync_api import Page, expect

from portal.access import Role
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage
from tests.journeys.hands import phone
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", checks.PHONES)
def test_it_leads_to_the_answer_without_javascript(
    portal: RunningPortal, browse: OpenPage, width: int
) -> None:
    persona = portal.add_member("Jo Reader", Role.END_USER)
    page = browse(portal, java_script_enabled=False, **phone(width))
    steps.sign_in(page, persona.email)
    steps.choose_goal(page)
    steps.open_next_guide(page, steps.FIRST_GUIDE)
    assert page.evaluate(checks.WIDER_THAN_THE_SCREEN, width) == []
    save_ticks(page)
    steps.answer(page, "It didn't work")
    page.get_by_text("I don't have the time").tap()
    steps.send_reason(page)
    expect(page.get_by_text("1 of 4 done")).to_be_visible()
    page.locator("summary", has_text="Account menu").tap()
    page.get_by_role("button", name="Sign out").tap()
    steps.sees(page, "Sign in")


def save_ticks(page: Page) -> None:
    """Tick two lines and save them with the button, which scripts would hide."""
    for place in (0, 2):
        page.get_by_role("checkbox").nth(place).check()
    steps.press(page, "Save the ticks")
    expect(page.get_by_role("checkbox").nth(2)).to_be_checked()
    expect(page.get_by_role("checkbox").nth(1)).not_to_be_checked()


TICK_AT_ONCE = """document.addEventListener("readystatechange", () => {
  if (document.readyState === "interactive") document.getElementsByName("ticks")[1]?.click();
});"""
"""Before scripts that wait for the whole page: what a finger does on a slow line."""


def test_it_saves_what_was_ticked_before_the_scripts_came(
    portal: RunningPortal, browse: OpenPage
) -> None:
    page = browse(portal, **phone(390))
    steps.sign_in(page, portal.add_member("Jo Reader", Role.END_USER).email)
    with page.context.new_page() as quick:
        quick.add_init_script(TICK_AT_ONCE)
        with quick.expect_response("**/ticks"):
            quick.goto("/guides/reconcile-with-proof")
    page.goto("/guides/reconcile-with-proof")
    expect(page.get_by_role("checkbox").nth(1)).to_be_checked()


def test_it_keeps_the_contents_of_a_guide_folded_on_a_phone(
    portal: RunningPortal, browse: OpenPage
) -> None:
    page = browse(portal, **phone(390))
    steps.sign_in(page, portal.add_member("Jo Reader", Role.END_USER).email)
    page.goto("/guides/reconcile-with-proof")
    entry = page.get_by_role("navigation", name="On this page").get_by_role("link").first
    expect(entry).to_be_hidden()
    page.locator("summary", has_text="On this page").tap()
    entry.tap()
    expect(entry).to_be_hidden()
    expect(page.get_by_role("heading", name="What you need")).to_be_in_viewport()
