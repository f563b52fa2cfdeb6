"""Along a path of every kind of step to its goal, and what is asked later: in a browser."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from portal import clock
from portal.access import Role
from portal.paths.follow_up_models import FollowUp
from portal.paths.models import Step
from portal.paths.outcome_models import Opening
from tests.all_kinds import AllKinds, make_all_kinds, session_details
from tests.factories import Persona
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage
from tests.journeys.hands import WAYS, Hand, say_how_easy
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

PHONE = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 800}}
WINDOWS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "phone": PHONE,
    "without JavaScript": {"java_script_enabled": False},
}


@pytest.fixture(scope="module")
def kinds_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """A portal of its own: the path of every kind would be one goal too many for other tests."""
    running = RunningPortal(tmp_path_factory.mktemp("kinds"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def kinds(kinds_portal: RunningPortal) -> AllKinds:
    return make_all_kinds(kinds_portal.database)


def move_session(portal: RunningPortal, kinds: AllKinds, days: int) -> None:
    """The session is that many days from now; before now where they are negative."""
    with portal.database.writing(None) as session:
        details = session_details(clock.now() + timedelta(days=days), capacity=None)
        session.get_one(Step, kinds.steps["session"]).details = details
        session.commit()


def back_date(portal: RunningPortal, persona: Persona, column: Any, value: Any) -> None:
    """What somebody did lies further back."""
    table = column.class_
    with portal.database.writing(persona.organization_id) as session:
        whose = (
            table.organization_id == persona.organization_id,
            table.member_id == persona.member_id,
        )
        session.execute(update(table).where(*whose).values({column: value}))
        session.commit()


def press_and_go(page: Page, name: str) -> None:
    """Press a button that leads to a page."""
    with page.expect_navigation():
        steps.press(page, name)


def choose(page: Page, words: str) -> None:
    """Choose an answer by its words: the label covers the control."""
    page.locator(".choice label", has_text=re.compile(f"^{re.escape(words)}$")).click()


def fits(page: Page, window: str) -> None:
    if window == "phone":
        assert page.evaluate(checks.WIDER_THAN_THE_SCREEN, 390) == []


@pytest.mark.parametrize("window", WINDOWS)
def test_it_leads_along_every_kind_of_step_to_the_goal_and_asks_weeks_later(
    kinds_portal: RunningPortal, kinds: AllKinds, browse: OpenPage, window: str
) -> None:
    persona = kinds_portal.add_member("Kay Walker", Role.END_USER)
    page = browse(kinds_portal, **WINDOWS[window])
    steps.sign_in(page, persona.email)
    goal = page.get_by_role("article", name="Lead a review that ends on time")
    goal.get_by_role("button", name="Choose this goal").click()

    steps.sees(page, "Before you start")
    choose(page, "I'm not allowed to, or lack access")
    fits(page, window)
    press_and_go(page, "Show me my first step")
    steps.follow(page, "Answer the questions")
    expect(page.locator("main fieldset")).to_have_count(2)
    for number, answers in enumerate((("Before", "After"), ("Before", "Before"))):
        for question, words in zip(page.locator("main fieldset").all(), answers, strict=True):
            question.get_by_text(words, exact=True).click()
        press_and_go(page, "Check again" if number else "Check my answers")
        expect(page.get_by_text("Right." if number else "Not quite.").first).to_be_visible()
        fits(page, window)

    steps.follow(page, "Go on with the next step")
    steps.follow(page, "See what to do")
    press_and_go(page, "I have done it")
    steps.follow(page, "Read this guide")
    page.get_by_label("Your own line, for you alone").fill("When I invite, I will add the rules.")
    press_and_go(page, "Keep the line")
    steps.answer(page, "It worked")
    fits(page, window)
    press_and_go(page, "I have done it")

    move_session(kinds_portal, kinds, 30)
    steps.follow(page, "See when it is")
    press_and_go(page, "Take a place")
    expect(page.get_by_text("You have a place")).to_be_visible()
    fits(page, window)
    move_session(kinds_portal, kinds, -1)
    page.reload()
    press_and_go(page, "I was there")
    press_and_go(page, "I have done it: finish the path")

    steps.sees(page, "Lead a review that ends on time")
    choose(page, "Yes")
    choose(page, "Quicker than I expected")
    press_and_go(page, "Keep my answer")
    expect(page.get_by_text("You said that you have reached it.")).to_be_visible()
    expect(page.get_by_role("link", name="Do guide-7 (v1)").first).to_be_visible()
    fits(page, window)

    yesterday = clock.today("UTC") - timedelta(days=1)
    back_date(kinds_portal, persona, FollowUp.due_on, yesterday)
    page.goto("/")
    steps.follow(page, "Answer the question")
    expect(page.get_by_text("When I invite, I will add the rules.")).to_be_visible()
    choose(page, "There was no occasion yet")
    press_and_go(page, "Send my answer")
    expect(page.get_by_text("All right. You are asked again on")).to_be_visible()
    expect(page.get_by_role("link", name="Answer the question")).to_have_count(0)

    back_date(kinds_portal, persona, FollowUp.due_on, yesterday)
    page.goto("/")
    steps.follow(page, "Answer the question")
    choose(page, "Yes, it is in use")
    fits(page, window)
    press_and_go(page, "Send my answer")
    press_and_go(page, "Yes")
    expect(page.get_by_text("Thank you. Your answer is noted.")).to_be_visible()
    expect(page.get_by_role("link", name="Answer the question")).to_have_count(0)


def leave_silently(hand: Hand, portal: RunningPortal) -> Persona:
    """Read the first guide, tick everything, and go without a word; that is hours ago."""
    persona = portal.add_member("Sil Leaver", Role.END_USER)
    page = hand.page
    steps.sign_in(page, persona.email)
    hand.choose_goal(steps.GOAL)
    hand.follow("Read this guide")
    steps.sees(page, steps.FIRST_GUIDE)
    hand.tick_all()
    page.goto("/")
    expect(question_in(page)).to_have_count(0)
    back_date(portal, persona, Opening.opened_at, clock.now() - timedelta(hours=5))
    page.goto("/")
    expect(question_in(page)).to_be_visible()
    return persona


def question_in(page: Page) -> Locator:
    return page.get_by_role("heading", name=f"“{steps.FIRST_GUIDE}”: did it work for you?")


@pytest.mark.parametrize("way", WAYS)
def test_it_asks_who_left_without_a_word_once_on_the_next_visit(
    kinds_portal: RunningPortal, browse: OpenPage, way: str
) -> None:
    make, window = WAYS[way]
    hand = make(browse(kinds_portal, **window))
    leave_silently(hand, kinds_portal)
    fits(hand.page, way)
    hand.press_and_go("It worked")
    say_how_easy(hand)
    hand.page.goto("/")
    expect(question_in(hand.page)).to_have_count(0)
    expect(hand.page.get_by_text("1 of 4 done")).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_it_does_not_ask_twice_whoever_puts_it_off(
    kinds_portal: RunningPortal, browse: OpenPage, way: str
) -> None:
    make, window = WAYS[way]
    hand = make(browse(kinds_portal, **window))
    leave_silently(hand, kinds_portal)
    hand.press_and_go("Not now")
    page = hand.page
    page.goto("/")
    expect(page.get_by_role("heading", level=2, name=steps.FIRST_GUIDE)).to_be_visible()
    expect(page.get_by_text("We ask this once.")).to_have_count(0)
