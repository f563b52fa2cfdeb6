"""From a file of people with mistakes in it to somebody's first progress."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portal.access import Role
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

HEAD = "E-mail address,Name,Team,Job"
WRONG = "no address,Wanda Wrong,Finance,"


def phone(width: int) -> dict[str, Any]:
    return {"has_touch": True, "is_mobile": True, "viewport": {"width": width, "height": 800}}


@pytest.mark.parametrize(
    ("width", "with_script"),
    [(None, True), (390, True), (320, False)],
    ids=["desktop", "phone", "phone without JavaScript"],
)
def test_a_file_with_mistakes_leads_to_first_progress(
    portal: RunningPortal, browse: OpenPage, width: int | None, with_script: bool
) -> None:
    customer = f"Filetown {width or 'desktop'}"
    portal.add_organization(customer)
    lead = portal.add_member("Uma Lead", Role.USM, customer)
    options = phone(width) | {"java_script_enabled": with_script} if width else {}
    usm, reader = browse(portal, **options), browse(portal)
    fits = [width] if width else []
    steps.sign_in(usm, lead.email)
    usm.goto("/people/import")
    press_without_a_file(usm)
    name = f"rolf.{width or 0}"
    steps.bring_file(usm, "\n".join([HEAD, f"{name}@x.example,Rolf Reader,Finance,clerk", WRONG]))
    expect(usm.get_by_role("row").filter(has_text="Wanda Wrong")).to_contain_text(
        "is not an e-mail address"
    )
    assert [f for w in fits for f in usm.evaluate(checks.WIDER_THAN_THE_SCREEN, w)] == []
    steps.press(usm, "Yes, do it")
    see_it_done(usm, with_script)
    steps.follow(usm, "Rolf Reader")
    steps.press(usm, "Invite now")
    steps.join(reader, steps.shown_link(usm, "Rolf Reader"), customer)
    steps.choose_goal(reader)
    steps.open_next_guide(reader, steps.FIRST_GUIDE)
    steps.answer(reader, "It worked")
    expect(reader.get_by_role("button", name="It didn't work")).to_be_hidden()
    usm.goto("/people")
    expect(steps.row_of(usm, "Rolf Reader")).to_contain_text("1/4")
    expect(steps.row_of(usm, "Rolf Reader")).to_contain_text("Finance")


def press_without_a_file(page: Page) -> None:
    """The error stands at the field, and what was chosen stays."""
    page.get_by_text("Everybody: who is not in it leaves").click()
    steps.press(page, "Check the file")
    expect(page.locator("#file-error")).to_contain_text("Choose a file.")
    expect(page.get_by_label("Everybody: who is not in it leaves")).to_be_checked()
    page.get_by_text("These people: add").click()


def see_it_done(page: Page, with_script: bool) -> None:
    """The page follows the work by itself; without a script by a link."""
    done = page.get_by_text("Everything is done.")
    for _look in range(0 if with_script else 40):
        if done.is_visible():
            break
        page.reload()
        page.wait_for_timeout(250)
    expect(done).to_be_visible(timeout=30_000)
