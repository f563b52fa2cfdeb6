"""A browser, portals to browse, and windows in which people browse them."""

import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.servers import free_port
from portal.config import ROOT
from tests.journeys.mailbox import Mailbox
from tests.journeys.running import RunningPortal
from tests.journeys.windows import TIMEOUT, Window, open_window

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()


def program() -> str:
    """The system's Chromium, which script/test has found."""
    return os.environ.get("WAYMARK_TEST_CHROMIUM") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's browser, once for all tests."""
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """A portal with the sample organizations and no mail server, for all tests."""
    running = RunningPortal(tmp_path_factory.mktemp("sample"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """What the mail server took."""
    handler = Mailbox()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


@pytest.fixture(scope="session")
def content_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which authors may write."""
    return shutil.copytree(ROOT / "content", tmp_path_factory.mktemp("authors") / "content")


MAILED = "Aalto Werk"


@pytest.fixture(scope="session")
def mailing_portal(
    mailbox: Mailbox, content_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningPortal]:
    """A portal with a mail server and a content folder of its own, and a customer that gets mail.

    Nothing goes out for the sample organizations, which it has as well.
    """
    running = RunningPortal(
        tmp_path_factory.mktemp("mailing"),
        content_dir=str(content_folder),
        smtp_host="127.0.0.1",
        smtp_port=str(mailbox.port),
        smtp_security="none",
    )
    running.add_organization(MAILED)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def shelf() -> dict[str, list[Window]]:
    """Clean windows by the address of their portal: opening a new one takes a second."""
    return defaultdict(list)


OpenPage = Callable[..., Page]


@pytest.fixture
def browse(chromium: Browser, shelf: dict[str, list[Window]]) -> Iterator[OpenPage]:
    """Open a browser of somebody's own; at the end none may have shown a fault."""
    opened: list[tuple[Window, bool]] = []

    def open_page(portal: RunningPortal, **options: object) -> Page:
        unused = None if options or not shelf[portal.url] else shelf[portal.url].pop()
        window = unused or open_window(chromium, portal, **options)
        opened.append((window, bool(options)))
        return window.page

    yield open_page
    faults = [fault for window, _is_special in opened for fault in window.watch.faults]
    for window, is_special in opened:
        if is_special:
            window.close()
        else:
            window.clean()
            shelf[window.watch.origin].append(window)
    assert faults == []


def link_in(printed: str) -> str:
    """The link that a command or a mail shows."""
    found = re.search(r"http://\S+/links/[\w-]+", printed)
    assert found, printed
    return found[0]
