"""Pictures for docs/screenshots, from the sample portal: `python -m tests.journeys.screenshots`."""

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

from portal.config import ROOT
from portal.sample.crowd import people_of
from portal.sample.stories import LEADING
from tests.journeys import steps
from tests.journeys.conftest import FLAGS, program
from tests.journeys.running import RunningPortal
from tests.journeys.windows import open_window

FOLDER = ROOT / "docs" / "screenshots"

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
DARK = {"color_scheme": "dark"}

READER = "sofia.marino@kranich.example"
AUTHOR = "jonas.reuter@tallybrook.example"
CSM = "nadia.ferro@tallybrook.example"
LEADER = people_of(LEADING)[0].email
GUIDE = "/guides/book-a-reversing-accrual"
KIT = "/kits/champion-kit/ninety-day-plan"

PICTURES = (
    ("home-desktop", READER, "/", DESKTOP),
    ("home-phone", READER, "/", PHONE | DARK),
    ("path-desktop", READER, "/paths/close-with-proof", DESKTOP),
    ("guide-desktop", READER, GUIDE, DESKTOP),
    ("question-phone-dark", READER, f"{GUIDE}#ask", PHONE | DARK),
    ("kit-desktop", LEADER, KIT, DESKTOP),
    ("today-desktop", LEADER, "/today", DESKTOP),
    ("overview-desktop", LEADER, "/overview", DESKTOP),
    ("people-desktop", LEADER, "/people", DESKTOP),
    ("people-phone", LEADER, "/people", PHONE),
    ("library-desktop", AUTHOR, "/library", DESKTOP),
    ("customers-desktop", CSM, "/customers", DESKTOP | DARK),
)


def main() -> None:
    """Start a portal, take every picture, stop it."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        portal = RunningPortal(Path(folder))
        portal.run("sample", "load")
        browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        for picture in PICTURES:
            take(browser, portal, *picture)
        browser.close()
        portal.stop()


def take(
    browser: Browser, portal: RunningPortal, name: str, who: str, address: str, how: dict[str, Any]
) -> None:
    """One picture of what somebody sees first."""
    window = open_window(browser, portal, **how)
    page = window.page
    steps.use_sign_in_link(page, portal.sign_in_link(who))
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.screenshot(path=FOLDER / f"{name}.png", caret="hide", animations="disabled")
    window.close()


if __name__ == "__main__":
    main()
