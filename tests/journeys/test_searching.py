"""Search finds and misses: at a desk, on a phone, by keyboard alone."""

from itertools import count

import pytest
from playwright.sync_api import expect

from portal.access import Role
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage
from tests.journeys.hands import WAYS, Hand
from tests.journeys.many import forget_misses_in
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

NUMBERS = count(1)


def look_for(hand: Hand, words: str) -> None:
    """On the page of search, in its own field."""
    hand.page.goto("/search")
    hand.write("What are you looking for?", words)
    form = hand.page.get_by_role("main").get_by_role("search")
    with hand.page.expect_navigation():
        hand.use(form.get_by_role("button", name="Search"))


@pytest.mark.parametrize("way", WAYS)
def test_it_finds_another_form_of_the_word_and_leads_to_the_guide(
    portal: RunningPortal, browse: OpenPage, way: str
) -> None:
    make, window = WAYS[way]
    reader = make(browse(portal, **window))
    steps.sign_in(reader.page, portal.add_member("Sam Seeker", Role.END_USER).email)
    look_for(reader, "reconciling proofs")
    expect(reader.page.locator("mark").first).to_be_visible()
    assert checks.barriers(reader.page) == []
    reader.follow(steps.FIRST_GUIDE)
    steps.sees(reader.page, steps.FIRST_GUIDE)
    look_for(reader, "closing")
    found = reader.page.get_by_role("listitem").filter(has_text=steps.GOAL)
    expect(found.first).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_what_two_organizations_miss_is_told_to_the_author_without_saying_whose(
    portal: RunningPortal, browse: OpenPage, way: str
) -> None:
    make, window = WAYS[way]
    forget_misses_in(portal)
    number = next(NUMBERS)
    words = f"quokka {'abcdefgh'[number]}ledger"
    author = make(browse(portal, **window))
    vera = portal.add_member("Vera Author", Role.AUTHOR, "Waymark")
    steps.use_sign_in_link(author.page, portal.sign_in_link(vera.email))
    customers = [f"Searchers {number} {side}" for side in ("East", "West")]
    for customer in customers:
        author.page.goto("/library/searches")
        expect(author.page.get_by_text(words)).to_have_count(0)
        portal.add_organization(customer)
        miss(make(browse(portal, **window)), portal, customer, words)
    author.page.goto("/library")
    author.follow("Searches without result")
    row = author.page.get_by_role("row").filter(has_text=words)
    expect(row).to_contain_text("2")
    shown = author.page.content()
    assert not [told for told in (*customers, "Sam Seeker") if told in shown]
    assert checks.barriers(author.page) == []
    if way == "phone":
        assert author.page.evaluate(checks.WIDER_THAN_THE_SCREEN, 390) == []


def miss(reader: Hand, portal: RunningPortal, customer: str, words: str) -> None:
    """Somebody of a customer looks in vain, and is told what to do."""
    who = portal.add_member("Sam Seeker", Role.END_USER, customer)
    steps.use_sign_in_link(reader.page, portal.sign_in_link(who.email))
    look_for(reader, words)
    expect(reader.page.get_by_role("heading", name="Nothing has these words yet")).to_be_visible()
    reader.follow("See all goals")
    steps.sees(reader.page, "What do you want to reach?")
