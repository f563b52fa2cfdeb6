"""Every page, in every state: without barriers in light and dark, on a phone, without faults."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage
from tests.journeys.running import RunningPortal
from tests.journeys.scene import OURS, Scene, make_scene
from tests.journeys.states import NO_PAGES, STATES, State
from tests.journeys.windows import Watch, Window, open_window

pytestmark = pytest.mark.browser

BY_PERSON = sorted(STATES, key=lambda state: state.who)
"""So that most people sign in only once."""


@pytest.fixture(scope="module")
def scene(portal: RunningPortal) -> Scene:
    return make_scene(portal)


class Windows:
    """A window for each of the people, in which they stay signed in."""

    def __init__(self, chromium: Browser, scene: Scene) -> None:
        self._chromium = chromium
        self._scene = scene
        self._open: dict[str, Window] = {}

    def of(self, who: str) -> Window:
        if who not in self._open:
            self._open[who] = open_window(self._chromium, self._scene.portal)
            if who != "nobody":
                self._sign_in(self._open[who].page, who)
        return self._open[who]

    def _sign_in(self, page: Page, who: str) -> None:
        portal, emails = self._scene.portal, self._scene.emails
        if who == "by password":
            steps.sign_in(page, emails["walker"])
        elif who == "double":
            steps.sign_in_to(page, emails["double"], OURS)
        else:
            steps.use_sign_in_link(page, portal.sign_in_link(emails[who]))

    def close(self) -> None:
        for window in self._open.values():
            window.close()


@pytest.fixture(scope="module")
def windows(chromium: Browser, scene: Scene) -> Iterator[Windows]:
    opened = Windows(chromium, scene)
    yield opened
    opened.close()


@dataclass
class Opened:
    """A page in its state, and what was noticed on the way there."""

    state: State
    page: Page
    watch: Watch


@pytest.fixture(scope="module", params=BY_PERSON, ids=lambda state: state.id)
def opened(request: pytest.FixtureRequest, scene: Scene, windows: Windows) -> Opened:
    """The page, opened once for all that is asked of it."""
    state: State = request.param
    window = windows.of(state.who)
    window.watch.faults.clear()
    if state.arrange:
        state.arrange(scene)
    window.page.goto(scene.address(state.address))
    if state.prepare:
        state.prepare(window.page)
    expect(window.page.locator("body")).to_contain_text(state.shows)
    return Opened(state, window.page, window.watch)


def test_it_has_no_barriers_in_light_and_dark(opened: Opened) -> None:
    assert checks.barriers(opened.page) == []


def test_it_fits_phones(opened: Opened) -> None:
    assert [
        fault for width in checks.PHONES for fault in checks.on_a_phone(opened.page, width)
    ] == []


def test_it_shows_no_fault_and_asks_no_stranger(opened: Opened) -> None:
    assert opened.watch.status == opened.state.status
    assert opened.watch.faults == []


def test_no_page_is_left_out(wired_app: Flask) -> None:
    pages = {rule.endpoint for rule in wired_app.url_map.iter_rules() if "GET" in rule.methods}
    assert pages == {state.endpoint for state in STATES if state.endpoint} | set(NO_PAGES)


def test_it_leaves_no_gap_where_there_is_no_message(
    portal: RunningPortal, browse: OpenPage
) -> None:
    page = browse(portal)
    page.goto("/sign-in")
    expect(page.locator(".flashes:empty")).to_have_count(1)
