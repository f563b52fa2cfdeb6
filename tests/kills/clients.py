"""People who answer and invite while processes die, and note what was acknowledged to them."""

import html
import http.client
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlencode

PATIENCE_SECONDS = 60
TIMEOUT_SECONDS = 20
INVITED_BY_ONE = 90
"""The portal takes 100 an hour of each person."""


@dataclass
class Ledger:
    """What all clients were told."""

    answers: list[str] = field(default_factory=list)
    """request_id of each answer that the portal acknowledged."""
    invitations: list[str] = field(default_factory=list)
    """Address of each invitation that the portal acknowledged."""
    posts: list[tuple[float, float]] = field(default_factory=list)
    """Begin and end of each acknowledged post, of the attempt that was answered."""
    failures: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        """How many writes the clients count on."""
        return len(self.answers) + len(self.invitations)


class Browser:
    """One person's browser: keeps its cookie, and tries again while the portal is away."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._cookie = cookie
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> str:
        """The page's text."""
        return self._ask("GET", path, None)[1]

    def post(self, path: str, fields: dict[str, str]) -> tuple[float, float]:
        """Post until it is acknowledged; begin and end of the attempt that was."""
        return self._ask("POST", path, urlencode(fields))[0]

    def _ask(self, method: str, path: str, body: str | None) -> tuple[tuple[float, float], str]:
        end = time.monotonic() + PATIENCE_SECONDS
        said = "no answer"
        while time.monotonic() < end:
            begun = time.monotonic()
            try:
                status, text = self._once(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                said = repr(error)
                self.close()
                time.sleep(0.05)
                continue
            if status < 400:
                return (begun, time.monotonic()), text
            said = f"{status}: {text[-300:]}"
            if status != 503:
                break
            time.sleep(0.1)
        raise RuntimeError(f"{method} {path}: {said}")

    def _once(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=TIMEOUT_SECONDS
            )
        headers = {"Cookie": self._cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and value.startswith("waymark="):
                self._cookie = value.partition(";")[0]
        return response.status, text

    def close(self) -> None:
        """Hang up; the next request calls again."""
        if self._connection:
            self._connection.close()
        self._connection = None


def answer_guides(
    port: int, cookies: Iterator[str], guides: list[str], ledger: Ledger, done: threading.Event
) -> None:
    """Member after member reads each guide and says that it worked, until `done`."""
    while not done.is_set():
        cookie = next(cookies, None)
        if cookie is None:
            return
        with closing(Browser(port, cookie)) as browser:
            for guide in guides:
                fields = _hidden(browser.get(f"/guides/{guide}"), f"/guides/{guide}/answer")
                took = browser.post(f"/guides/{guide}/answer", {**fields, "answer": "yes"})
                ledger.answers.append(fields["request_id"])
                ledger.posts.append(took)


def invite_people(
    port: int, cookies: list[str], name: str, ledger: Ledger, done: threading.Event
) -> None:
    """One USM after another invites as many people as may be invited in an hour, until `done`."""
    for turn, cookie in enumerate(cookies):
        with closing(Browser(port, cookie)) as browser:
            for number in range(INVITED_BY_ONE):
                if done.is_set():
                    return
                fields = _hidden(browser.get("/people/invite"), "/people/invite")
                called = f"{name}-{turn}-{number}"
                person = {"display_name": called, "email": f"{called}@kranich.example"}
                took = browser.post("/people/invite", {**fields, **person, "roles": "end_user"})
                ledger.posts.append(took)
                ledger.invitations.append(person["email"])


def _hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that posts to `action` (or to the page itself)."""
    forms = re.findall(r"<form[^>]*>.*?</form>", page, re.DOTALL)
    wanted = [form for form in forms if f'action="{action}"' in form]
    wanted = wanted or [form for form in forms if 'name="email"' in form]
    fields = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", wanted[0]):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        fields[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return fields
