"""A comment is answered and its reader sees it: at a desk, on a phone, by keyboard alone."""

from itertools import count

import pytest
from playwright.sync_api import expect

from portal.access import Role
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage
from tests.journeys.hands import WAYS
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

NUMBERS = count(1)
REASON = "Part of it is unclear to me"


@pytest.mark.parametrize("way", WAYS)
def test_the_author_answers_without_a_name_and_the_reader_sees_it_on_their_start_page(
    portal: RunningPortal, browse: OpenPage, way: str
) -> None:
    make, window = WAYS[way]
    number = next(NUMBERS)
    customer, words = f"Readers {number}", f"Sentence {number} speaks of a quagga ledger."
    reply = f"Sentence {number} now names the account."
    portal.add_organization(customer)
    rita = portal.add_member("Rita Reader", Role.END_USER, customer)
    vera = portal.add_member("Vera Author", Role.AUTHOR, "Waymark")
    reader, author = make(browse(portal, **window)), make(browse(portal, **window))
    steps.use_sign_in_link(reader.page, portal.sign_in_link(rita.email))
    steps.use_sign_in_link(author.page, portal.sign_in_link(vera.email))

    reader.page.goto("/guides/explain-a-variance")
    reader.press_and_go("It didn't work")
    steps.sees(reader.page, "What stood in the way?")
    expect(reader.page.get_by_text("please write no names into them")).to_be_visible()
    reader.choose(REASON)
    reader.write("In your own words (optional)", words)
    reader.press_and_go("Send and go on")
    steps.say_how_easy(reader.page)

    author.page.goto("/library/explain-a-variance/answers")
    comment = author.page.get_by_role("article").filter(has_text=words)
    expect(comment).to_contain_text(REASON)
    shown = author.page.content()
    assert not [told for told in ("Rita", rita.email, customer) if told in shown]
    author.use(comment.locator("summary"))
    state = comment.get_by_label("What becomes of it")
    author.select(state, "Done")
    author.write_into(comment.get_by_label("Answer"), reply)
    with author.page.expect_navigation():
        author.use(comment.get_by_role("button", name="Save"))
    expect(author.page.get_by_text("Noted. Whoever wrote it sees your answer.")).to_be_visible()

    reader.page.goto("/")
    told = reader.page.get_by_role("region", name="The author answered")
    expect(told).to_contain_text(reply)
    expect(told).to_contain_text("Mended because of what you said")
    expect(told).not_to_contain_text("Vera")
    assert checks.barriers(reader.page) == []
    if way == "phone":
        assert reader.page.evaluate(checks.WIDER_THAN_THE_SCREEN, 390) == []
    with reader.page.expect_navigation():
        reader.use(told.get_by_role("button", name="Put the answer on"))
    expect(reader.page.get_by_text(reply)).to_have_count(0)

    reader.page.goto("/guides/explain-a-variance")
    expect(reader.page.get_by_role("region", name="The author answered")).to_contain_text(reply)
    assert checks.barriers(reader.page) == []
