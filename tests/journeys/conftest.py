"""A browser, portals to browse, and windows whose faults are noticed whatever a test looks at."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from benchmarks.servers import free_port
from portal.config import ROOT
from tests.journeys.mailbox import Mailbox
from tests.journeys.running import RunningPortal

TIMEOUT = 15_000
"""Milliseconds; a busy machine is slow, not broken."""

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


@pytest.fixture(scope="session")
def mailing_portal(
    mailbox: Mailbox, content_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningPortal]:
    """A portal with the sample organizations, a mail server and a content folder of its own."""
    running = RunningPortal(
        tmp_path_factory.mktemp("mailing"),
        content_dir=str(content_folder),
        smtp_host="127.0.0.1",
        smtp_port=str(mailbox.port),
        smtp_security="none",
    )
    yield running
    running.stop()


@dataclass
class Watch:
    """Notes what a page does wrong on its own: errors, missing files, talk to strangers."""

    origin: str
    faults: list[str] = field(default_factory=list)
    status: int = 0
    """Of the page shown."""

    def follow(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self._see_request)
        page.on("response", self._see_response)

    def _hear(self, message: ConsoleMessage) -> None:
        # A file that is missing is noticed by its answer; a page may be an error page on purpose.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _see_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme != "data" and f"{address.scheme}://{address.netloc}" != self.origin:
            self.faults.append(f"asked a stranger: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status
        elif response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")


OpenWindow = Callable[..., Page]


def open_context(chromium: Browser, portal: RunningPortal, **options: object) -> BrowserContext:
    """A browser of its own: no cookies, and nothing moves for long."""
    context = chromium.new_context(base_url=portal.url, **({"reduced_motion": "reduce"} | options))
    context.set_default_timeout(TIMEOUT)
    return context


@pytest.fixture
def browse(chromium: Browser) -> Iterator[OpenWindow]:
    """Open a browser of somebody's own; at the end none may have shown a fault."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_window(portal: RunningPortal, **options: object) -> Page:
        context, watch = open_context(chromium, portal, **options), Watch(portal.url)
        opened.append((context, watch))
        page = context.new_page()
        watch.follow(page)
        return page

    yield open_window
    for context, _watch in opened:
        context.close()
    assert [fault for _context, watch in opened for fault in watch.faults] == []


def link_in(printed: str) -> str:
    """The link that a command or a mail shows."""
    found = re.search(r"http://\S+/links/[\w-]+", printed)
    assert found, printed
    return found[0]
