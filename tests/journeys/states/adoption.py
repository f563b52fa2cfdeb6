"""What a success manager reads and does: today, the overview, people, notes, fitted paths."""

import re

from playwright.sync_api import Page, expect

from tests.journeys import many, steps
from tests.journeys.states.kinds import KINDS, LOOK_AGAIN, PATH, State, press


def pin_and_take_off(page: Page) -> None:
    """One note that stands, and one that was taken off."""
    page.goto("/notes/guides/book-a-reversing-accrual")
    page.locator("#text").fill("Ask Ulla.")
    steps.press(page, "Pin the note")
    page.goto("/notes/guides/book-a-reversing-accrual")
    steps.press(page, "Take the note off")


def open_step_note(page: Page) -> None:
    """From a path to the note of its first step."""
    page.get_by_role("link", name="Pin a note to step 1").click()


def fit_path(page: Page) -> None:
    """Leave one step out and move another, unless an earlier visit saw to that."""
    button = page.get_by_role("button", name=re.compile("Leave out.*Small session"))
    if button.count():
        button.click()
        page.get_by_role("button", name=re.compile("Move up.*Past session")).click()
    expect(page.get_by_role("button", name="Put back")).to_be_visible()


def leave_out_a_required_step(page: Page) -> None:
    """As from a page that is out of date: the step has become required since."""
    step = page.get_by_role("listitem").filter(has_text="Required").first.get_attribute("id")
    button = page.get_by_role("button", name="Leave out").first
    words = (step or "").replace("step-", "leave_out:")
    button.evaluate("(button, words) => { button.value = words; }", words)
    button.click()


def enroll_all(page: Page) -> None:
    """Ask everybody to follow the first path."""
    page.get_by_role("link", name="Choose all").click()
    page.locator("#onto").select_option(index=1)
    page.get_by_role("button", name="Ask").click()


STATES = (
    State("adoption.people", "filled", "sample usm", "/people", "Lena Brandt"),
    State("adoption.people", "nobody fits", "usm", "/people?words=zzz", "Nobody fits"),
    State("adoption.people", "several pages", "large", "/people", "Next 60"),
    State("adoption.people", "long names", "long", "/people", "Donaudampf"),
    State("adoption.today", "things to do", "sample usm", "/today", "has come to a halt"),
    State("adoption.today", "nothing", "quiet", "/today", "Nothing needs you today"),
    State("adoption.today", "long names", "long", "/today", "Today"),
    State("adoption.overview", "few people", "sample usm", "/overview", "How far people have come"),
    State("adoption.overview", "many people", "large", "/overview", "%"),
    State("adoption.overview", "long names", "long", "/overview", "Where people are"),
    State("adoption.notes", "none", "quiet", "/notes", "No notes yet"),
    State("adoption.notes", "filled", "usm", "/notes", "Put back", pin_and_take_off),
    State(
        "adoption.fit_path", "nothing optional", "quiet", f"{PATH}/fit", "All steps of this path"
    ),
    State("adoption.fit_path", "filled", "quiet", f"{KINDS}/fit", "Leave out"),
    State(
        "adoption.fit_path",
        "left out and moved",
        "quiet",
        f"{KINDS}/fit",
        "Undo the last change",
        fit_path,
    ),
    State(
        "adoption.fit_path",
        "mistakes",
        "quiet",
        f"{KINDS}/fit",
        LOOK_AGAIN,
        leave_out_a_required_step,
        422,
    ),
    State("adoption.fit_path", "not allowed", "walker", f"{KINDS}/fit", "not open", status=403),
    State("adoption.guide_note", "empty", "usm", "/notes/guides/explain-a-variance", "The note"),
    State(
        "adoption.guide_note",
        "mistakes",
        "usm",
        "/notes/guides/explain-a-variance",
        LOOK_AGAIN,
        press("Pin the note"),
        422,
    ),
    State("adoption.step_note", "empty", "usm", PATH, "The note", open_step_note),
    State("adoption.people", "past a date", "usm", "/people?state=overdue", "Nobody fits"),
    State("adoption.people", "undo", "large", "/people", "Undo", enroll_all),
    State("adoption.enroll", "everybody", "large", "/people/enroll?everybody=1", "more"),
    State("adoption.enroll", "long names", "long", "/people/enroll?everybody=1", "Donaudampf"),
    State(
        "adoption.enroll",
        "mistakes",
        "large",
        "/people/enroll?everybody=1",
        LOOK_AGAIN,
        lambda page: page.get_by_role("button", name="Ask").click(),
        422,
    ),
    State(
        "adoption.people",
        "mail comes back",
        "long",
        "/people",
        "their address refuses mail",
        arrange=many.let_mail_come_back,
    ),
)
