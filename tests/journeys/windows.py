"""Browser windows whose faults are noticed, whatever a test looks at."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tests.journeys.running import RunningPortal

TIMEOUT = 15_000
"""Milliseconds; a busy machine is slow, not broken."""


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


@dataclass
class Window:
    """Somebody's browser, and what is noticed in it."""

    page: Page
    watch: Watch

    def clean(self) -> None:
        """Forget who used it."""
        if self.page.url.startswith(self.watch.origin):
            self.page.evaluate("localStorage.clear()")
        self.page.context.clear_cookies()
        self.page.goto("about:blank")
        self.watch.faults.clear()

    def close(self) -> None:
        self.page.context.close()


def open_window(chromium: Browser, portal: RunningPortal, **options: object) -> Window:
    """A browser of its own: no cookies, and nothing moves for long."""
    context = chromium.new_context(base_url=portal.url, **({"reduced_motion": "reduce"} | options))
    context.set_default_timeout(TIMEOUT)
    window = Window(context.new_page(), Watch(portal.url))
    window.watch.follow(window.page)
    return window
