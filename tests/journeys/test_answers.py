"""What a reader answers, changes and sees again; and what of it their USM gets to see."""

import pytest
from playwright.sync_api import Page, expect

from portal.access import Role
from tests.factories import Persona
from tests.journeys import steps
from tests.journeys.conftest import OpenPage
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

REASON = "Part of it is unclear to me"
COMMENT = "Sentence three speaks of a quagga ledger."

PAGES_OF_A_USM = (
    "/people",
    "/people?state=on_path",
    "/people.csv",
    "/people/invite",
    "/",
    "/goals",
    "/paths/close-with-proof",
    "/guides/book-a-reversing-accrual",
    "/guides/book-a-reversing-accrual/reason",
    "/me",
)


@pytest.fixture
def persona(portal: RunningPortal) -> Persona:
    return portal.add_member("Rita Reader", Role.END_USER)


@pytest.fixture
def reader(portal: RunningPortal, browse: OpenPage, persona: Persona) -> Page:
    """Somebody who has said that the first guide worked, back at home."""
    page = browse(portal)
    steps.sign_in(page, persona.email)
    steps.choose_goal(page)
    steps.open_next_guide(page, steps.FIRST_GUIDE)
    steps.answer(page, "It worked")
    expect(page.get_by_text("Thank you. Your answer is noted.")).to_be_visible()
    return page


def say_why_it_failed(page: Page) -> None:
    """Answer the second guide with "It didn't work", a reason and words."""
    steps.open_next_guide(page, steps.SECOND_GUIDE)
    steps.answer(page, "It didn't work")
    steps.sees(page, "What stood in the way?")
    page.get_by_text(REASON).click()
    page.get_by_label("Where in the guide did it fail?").select_option("Steps")
    page.get_by_label("In your own words").fill(COMMENT)
    steps.send_reason(page)


def test_it_keeps_what_stood_in_the_way(reader: Page) -> None:
    say_why_it_failed(reader)
    reader.goto("/guides/book-a-reversing-accrual")
    expect(reader.get_by_role("heading", name="You said: It didn't work")).to_be_visible()
    steps.follow(reader, "Say what stood in the way, or change what you said")
    expect(reader.get_by_label(REASON)).to_be_checked()
    expect(reader.get_by_label("In your own words")).to_have_value(COMMENT)
    expect(reader.get_by_label("Where in the guide did it fail?")).to_have_value("Steps")


def test_it_takes_another_answer_later(reader: Page) -> None:
    reader.goto("/guides/reconcile-with-proof")
    expect(reader.get_by_role("heading", name="You said: It worked")).to_be_visible()
    steps.answer(reader, "Partly")
    expect(reader.get_by_text("Your answer “Partly” is noted.")).to_be_visible()
    steps.follow(reader, "Skip this")
    steps.sees(reader, steps.GOAL)
    reader.goto("/guides/reconcile-with-proof")
    expect(reader.get_by_role("heading", name="You said: Partly")).to_be_visible()
    expect(reader.get_by_text("your answer")).to_have_count(1)


def test_it_asks_for_a_reason_where_none_is_chosen(reader: Page) -> None:
    steps.open_next_guide(reader, steps.SECOND_GUIDE)
    steps.answer(reader, "It didn't work")
    reader.get_by_label("In your own words").fill(COMMENT)
    steps.press(reader, "Send and go on")
    summary = reader.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(reader.get_by_label("In your own words")).to_have_value(COMMENT)
    summary.get_by_role("link", name="Choose one of the reasons.").click()
    expect(reader.get_by_role("radio").first).to_be_focused()


def test_it_puts_the_question_off(reader: Page) -> None:
    steps.open_next_guide(reader, steps.SECOND_GUIDE)
    steps.press(reader, "Not now")
    expect(reader.get_by_text("The question waits at the end of the guide.")).to_be_visible()
    expect(reader.get_by_role("heading", level=2, name=steps.SECOND_GUIDE)).to_be_visible()


def test_it_shows_the_usm_the_step_and_nothing_of_the_answer(
    portal: RunningPortal, browse: OpenPage, persona: Persona, reader: Page
) -> None:
    say_why_it_failed(reader)
    usm = browse(portal)
    steps.sign_in(usm, portal.add_member("Ulla Lead", Role.USM).email)
    usm.goto("/people?words=Rita")
    row = steps.row_of(usm, persona.viewer.display_name)
    expect(row).to_contain_text("2/4")
    expect(row).to_contain_text("Explain a variance")
    for said in ("work", "Partly", "unclear", "quagga"):
        expect(row).not_to_contain_text(said)
    for address in PAGES_OF_A_USM:
        body = usm.request.get(address).text()
        assert "quagga" not in body
        assert "You said" not in body
        assert "unclear" not in body
