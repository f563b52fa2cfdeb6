"""From a file of people with mistakes in it to somebody's first progress."""

import pytest
from playwright.sync_api import Page, expect

from portal.access import Role
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage
from tests.journeys.hands import EVERY_WAY, NO_SCRIPT, Hand, join, say_how_easy, sign_in
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

HEAD = "E-mail address,Name,Team,Job"
WRONG = "no address,Wanda Wrong,Finance,"


@pytest.mark.parametrize("way", EVERY_WAY)
def test_a_file_with_mistakes_leads_to_first_progress(
    portal: RunningPortal, browse: OpenPage, way: str
) -> None:
    make, window = EVERY_WAY[way]
    customer = f"Filetown {way}"
    portal.add_organization(customer)
    lead = portal.add_member("Uma Lead", Role.USM, customer)
    usm, reader = make(browse(portal, **window)), make(browse(portal, **window))
    sign_in(usm, lead.email)
    usm.page.goto("/people/import")
    press_without_a_file(usm)
    address = f"rolf.{way.replace(' ', '-').lower()}@x.example"
    usm.bring_file("\n".join([HEAD, f"{address},Rolf Reader,Finance,clerk", WRONG]))
    wrong = usm.page.get_by_role("row").filter(has_text="Wanda Wrong")
    expect(wrong).to_contain_text("is not an e-mail address")
    if "viewport" in window:
        width = window["viewport"]["width"]
        assert usm.page.evaluate(checks.WIDER_THAN_THE_SCREEN, width) == []
    usm.press_and_go("Yes, do it")
    see_it_done(usm.page, with_script=way != NO_SCRIPT)
    usm.follow("Rolf Reader")
    steps.sees(usm.page, "Rolf Reader")
    usm.press("Invite now")
    join(reader, steps.shown_link(usm.page, "Rolf Reader"), customer)
    reader.choose_goal(steps.GOAL)
    reader.follow("Read this guide")
    steps.sees(reader.page, steps.FIRST_GUIDE)
    reader.press_and_go("It worked")
    say_how_easy(reader)
    expect(reader.page.get_by_text("1 of 4 done")).to_be_visible()
    usm.page.goto("/people")
    expect(steps.row_of(usm.page, "Rolf Reader")).to_contain_text("1/4")
    expect(steps.row_of(usm.page, "Rolf Reader")).to_contain_text("Finance")


def press_without_a_file(usm: Hand) -> None:
    """The error stands at the field, and what was chosen stays."""
    usm.choose("Everybody: who is not in it leaves")
    usm.press("Check the file")
    expect(usm.page.locator("#file-error")).to_contain_text("Choose a file.")
    expect(usm.page.get_by_label("Everybody: who is not in it leaves")).to_be_checked()
    usm.choose("These people: add")


def see_it_done(page: Page, with_script: bool) -> None:
    """The page follows the work by itself; without a script by a link."""
    done = page.get_by_text("Everything is done.")
    for _look in range(0 if with_script else 40):
        if done.is_visible():
            break
        page.reload()
        page.wait_for_timeout(250)
    expect(done).to_be_visible(timeout=30_000)
