"""How somebody uses a page: with a mouse, with a finger, by keys alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import steps
from tests.journeys.running import PASSWORD

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


def phone(width: int) -> dict[str, Any]:
    """A window as a phone's."""
    return {"has_touch": True, "is_mobile": True, "viewport": {"width": width, "height": 800}}


class Hand:
    """How somebody uses a page: presses, types and chooses what has a name."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def use(self, target: Locator) -> None:
        """Follow a link or press a button."""
        target.click()

    def write(self, label: str, words: str) -> None:
        """Fill a field."""
        self.write_into(self.page.get_by_label(label, exact=True), words)

    def write_into(self, field: Locator, words: str) -> None:
        """Fill a field that is found already."""
        field.fill(words)

    def select(self, field: Locator, label: str) -> None:
        """Choose from a list that opens."""
        field.select_option(label)

    def tick(self, label: str) -> None:
        """Tick a box."""
        # The words lie over the box, as a person meets them.
        self.use(self.page.get_by_text(label))

    def choose(self, label: str) -> None:
        """Choose one of several, by the start of its words."""
        self.use(self.page.locator(".choice label", has_text=re.compile(f"^{re.escape(label)}")))

    def press(self, name: str) -> None:
        """Press a button, by its words."""
        self.use(self.page.get_by_role("button", name=name, exact=True).first)

    def tick_all(self) -> None:
        """Tick the checklist; each tick is saved before the next."""
        for line in self.page.locator(".checklist label").all():
            with self.page.expect_response("**/ticks"):
                self.tick(line.inner_text().strip())

    def choose_goal(self, goal: str) -> None:
        """From a home without a goal to the first step."""
        steps.sees(self.page, "What do you want to reach?")
        card = self.page.get_by_role("article", name=goal)
        self.use(card.get_by_role("button", name="Choose this goal"))
        steps.sees(self.page, goal)

    def bring_file(self, words: str) -> None:
        """Choose a file of people in the browser's own window, and let it be checked."""
        with self.page.expect_file_chooser() as opened:
            self.open_files(self.page.get_by_label("File", exact=True))
        data = {"name": "people.csv", "mimeType": "text/csv", "buffer": words.encode()}
        opened.value.set_files(data)  # type: ignore[arg-type]
        self.press("Check the file")
        expect(self.page.get_by_role("heading", name="Line by line")).to_be_visible()

    def open_files(self, field: Locator) -> None:
        """Open the browser's window of files."""
        self.use(field)

    def press_and_go(self, name: str) -> None:
        """Press a button that leads to a page."""
        with self.page.expect_navigation():
            self.press(name)

    def follow(self, name: str) -> None:
        """Follow a link, by its words."""
        self.use(self.page.get_by_role("link", name=name, exact=True).first)


class Finger(Hand):
    """On a phone."""

    def use(self, target: Locator) -> None:
        target.tap()


class Keys(Hand):
    """Without a mouse: Tab leads there, with a focus that can be seen."""

    def use(self, target: Locator) -> None:
        tab_to(self.page, target)
        self.page.keyboard.press("Enter")

    def tick(self, label: str) -> None:
        tab_to(self.page, self.page.get_by_label(label))
        self.page.keyboard.press("Space")

    def choose(self, label: str) -> None:
        """Tab stops at the chosen one, or else at the first; the arrows lead on."""
        wanted = self.page.get_by_role("radio", name=re.compile(f"^{re.escape(label)}"))
        name = wanted.get_attribute("name")
        group = self.page.locator(f"input[type=radio][name={name}]")
        chosen = self.page.locator(f"input[type=radio][name={name}]:checked")
        tab_to(self.page, chosen if chosen.count() else group.first)
        for _step in range(group.count()):
            if wanted.evaluate("(radio) => radio === document.activeElement"):
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Space")
        expect(wanted).to_be_checked()

    def write_into(self, field: Locator, words: str) -> None:
        tab_to(self.page, field)
        self.page.keyboard.type(words)

    def select(self, field: Locator, label: str) -> None:
        tab_to(self.page, field)
        # Its first letters choose in it, as in every list of the browser's.
        self.page.keyboard.type(label)
        expect(field.locator("option:checked")).to_have_text(label)


Make = Callable[[Page], Hand]

WAYS: dict[str, tuple[Make, dict[str, Any]]] = {
    "desktop": (Hand, {}),
    "phone": (Finger, phone(390)),
    "keyboard": (Keys, {}),
}

NO_SCRIPT = "phone without JavaScript"
EVERY_WAY: dict[str, tuple[Make, dict[str, Any]]] = WAYS | {
    NO_SCRIPT: (Finger, phone(320) | {"java_script_enabled": False})
}


def become_first_admin(hand: Hand, link: str) -> None:
    """Set up an empty portal."""
    hand.page.goto(link)
    hand.write("Your company", "Tallybrook")
    hand.write("Your name", "Ada Admin")
    hand.write("Your e-mail address", "ada@tallybrook.example")
    hand.write("Password", PASSWORD)
    hand.select(hand.page.get_by_label("Time zone"), "Europe/Berlin")
    hand.press("Become admin")
    steps.sees(hand.page, "Organizations")


def join(hand: Hand, link: str, organization: str) -> None:
    """Take up an invitation with a password."""
    hand.page.goto(link)
    hand.write("Password (optional)", PASSWORD)
    hand.press(f"Join {organization}")
    expect(hand.page).not_to_have_url(re.compile("/links/"))


def sign_in(hand: Hand, email: str) -> None:
    """With address and password."""
    hand.page.goto("/sign-in")
    hand.write("E-mail address", email)
    hand.write("Password", PASSWORD)
    hand.press("Sign in")
    expect(hand.page).not_to_have_url(re.compile("/sign-in"))


def say_how_easy(hand: Hand) -> None:
    """Answer the question that one guide in three is drawn for, if it is asked."""
    if hand.page.url.endswith("/ease"):
        hand.choose("5")
        hand.press_and_go("Send and go on")
