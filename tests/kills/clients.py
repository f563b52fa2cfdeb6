"""People who answer and invite while processes die, and note what was acknowledged to them."""

import html
import http.client
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlencode

PATIENCE_SECONDS = 60
TIMEOUT_SECONDS = 20
FORM = "application/x-www-form-urlencoded"
BOUNDARY = "waymark-kill-test"
MOST_QUESTIONS = 8
"""Everybody is a USM here, and each question is mailed to many of them."""
FILES_BY_ONE = 20
PEOPLE_IN_A_FILE = 10
INVITED_BY_ONE = 90
"""The portal takes 100 an hour of each person."""
MOST_EXPORTS = 20
ENROLLED_BY_ONE = 12
PEOPLE_ENROLLED = 10


@dataclass
class Ledger:
    """What all clients were told."""

    answers: list[str] = field(default_factory=list)
    """request_id of each answer that the portal acknowledged."""
    invitations: list[str] = field(default_factory=list)
    """Address of each invitation that the portal acknowledged."""
    questions: list[str] = field(default_factory=list)
    """Words of each question that the portal acknowledged."""
    imported: list[str] = field(default_factory=list)
    """Address of each person in a file whose start the portal acknowledged."""
    exports: list[str] = field(default_factory=list)
    """request_id of each export that the portal acknowledged; each is of another person."""
    enrolled: list[str] = field(default_factory=list)
    """request_id of each bulk enrollment that the portal acknowledged."""
    posts: list[tuple[float, float]] = field(default_factory=list)
    """Begin and end of each acknowledged post, of the attempt that was answered."""
    failures: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        """How many writes the clients count on."""
        told = (self.answers, self.invitations, self.questions, self.imported)
        return sum(map(len, (*told, self.exports, self.enrolled)))


class Browser:
    """One person's browser: keeps its cookie, and tries again while the portal is away."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._cookie = cookie
        self._connection: http.client.HTTPConnection | None = None
        self.location = ""
        """Where the last answer led to."""

    def get(self, path: str) -> str:
        """The page's text."""
        return self._ask("GET", path, None)[1]

    def post(self, path: str, fields: Mapping[str, str | list[str]]) -> tuple[float, float]:
        """Post until it is acknowledged; begin and end of the attempt that was."""
        return self._ask("POST", path, urlencode(fields, doseq=True))[0]

    def upload(self, path: str, fields: dict[str, str], file: str) -> tuple[float, float]:
        """Post a form with a file, as `post` does."""
        parts = [_part(f'name="{name}"', value) for name, value in fields.items()]
        parts.append(_part('name="file"; filename="people.csv"', file))
        body = "".join(parts) + f"--{BOUNDARY}--\r\n"
        return self._ask("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}")[0]

    def _ask(
        self, method: str, path: str, body: str | None, kind: str = FORM
    ) -> tuple[tuple[float, float], str]:
        end = time.monotonic() + PATIENCE_SECONDS
        said = "no answer"
        while time.monotonic() < end:
            begun = time.monotonic()
            try:
                status, text = self._once(method, path, body, kind)
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

    def _once(self, method: str, path: str, body: str | None, kind: str) -> tuple[int, str]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=TIMEOUT_SECONDS
            )
        headers = {"Cookie": self._cookie}
        if body is not None:
            headers["Content-Type"] = kind
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        self.location = response.getheader("Location") or ""
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and value.startswith("waymark="):
                self._cookie = value.partition(";")[0]
        return response.status, text

    def close(self) -> None:
        """Hang up; the next request calls again."""
        if self._connection:
            self._connection.close()
        self._connection = None


def _part(name: str, value: str) -> str:
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n"


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
            if len(ledger.exports) < MOST_EXPORTS:
                _ask_for_export(browser, ledger)
            if len(ledger.questions) >= MOST_QUESTIONS:
                continue
            fields = _hidden(browser.get("/help/ask"), "/help/ask")
            words = f"Question {fields['request_id']}"
            ledger.posts.append(browser.post("/help/ask", {**fields, "words": words}))
            ledger.questions.append(words)


def _ask_for_export(browser: Browser, ledger: Ledger) -> None:
    fields = _hidden(browser.get("/me/data"), "/me/data/export")
    ledger.posts.append(browser.post("/me/data/export", fields))
    ledger.exports.append(fields["request_id"])


def enroll_people(port: int, cookie: str, ledger: Ledger, done: threading.Event) -> None:
    """A USM puts the people of the list's first page on one path after another, until `done`."""
    with closing(Browser(port, cookie)) as browser:
        who = re.findall(r'name="who"\s+value="(\w+)"', browser.get("/people"))[:PEOPLE_ENROLLED]
        for number in range(ENROLLED_BY_ONE):
            if done.is_set():
                return
            page = browser.get("/people/enroll?" + urlencode({"who": who}, doseq=True))
            paths = re.findall(r'<option value="([0-9a-f-]{36})"', page)
            fields = {
                **_hidden(page, "/people/enroll"),
                "who": who,
                "onto": paths[number % len(paths)],
            }
            ledger.posts.append(browser.post("/people/enroll", fields))
            ledger.enrolled.append(str(fields["request_id"]))


def import_people(
    port: int, cookies: list[str], name: str, ledger: Ledger, done: threading.Event
) -> None:
    """One USM after another brings people in from files, until `done`."""
    for turn, cookie in enumerate(cookies):
        with closing(Browser(port, cookie)) as browser:
            for number in range(FILES_BY_ONE):
                if done.is_set():
                    return
                people = [
                    f"{name}-{turn}-{number}-{person}@kranich.example"
                    for person in range(PEOPLE_IN_A_FILE)
                ]
                lines = "".join(f"{email},Person\n" for email in people)
                fields = _hidden(browser.get("/people/import"), "/people/import", 'name="file"')
                fields["meaning"] = "these"
                browser.upload("/people/import", fields, f"email,name\n{lines}")
                page = browser.location
                checked = browser.get(page)
                if f'action="{page}/start"' not in checked:
                    continue  # Only a portal that loses what it acknowledged has no such page.
                fields = _hidden(checked, f"{page}/start")
                ledger.posts.append(browser.post(f"{page}/start", fields))
                ledger.imported += people


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


def _hidden(page: str, action: str, mark: str = 'name="email"') -> dict[str, str]:
    """The hidden fields of the form that posts to `action`, or else of the one with `mark`."""
    forms = re.findall(r"<form[^>]*>.*?</form>", page, re.DOTALL)
    wanted = [form for form in forms if f'action="{action}"' in form]
    wanted = wanted or [form for form in forms if mark in form]
    fields = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", wanted[0]):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        fields[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return fields
