"""What every answer says above its body, as text: a change here is seen by whoever reviews it."""

import gzip
import re

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.web.headers import never_changes

pytestmark = pytest.mark.database

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " media-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)

EVERYWHERE = f"""\
Content-Security-Policy: {POLICY}
Cross-Origin-Opener-Policy: same-origin
Cross-Origin-Resource-Policy: same-origin
Permissions-Policy: camera=(), geolocation=(), microphone=()
Referrer-Policy: same-origin
Vary: Cookie
X-Content-Type-Options: nosniff
X-Frame-Options: DENY
X-Request-Id: …
"""


def _with(headers: str, *more: str) -> str:
    return "".join(sorted([*headers.splitlines(keepends=True), *(f"{line}\n" for line in more)]))


PAGE = _with(
    EVERYWHERE, "Cache-Control: private, no-store", "Content-Type: text/html; charset=utf-8"
)


def said(answer: TestResponse) -> str:
    """The headers in alphabetical order; what differs each time is cut off."""
    lines = [f"{name}: {_steady(name, value)}\n" for name, value in answer.headers.items()]
    return "".join(sorted(line for line in lines if not line.startswith("Content-Length:")))


def _steady(name: str, value: str) -> str:
    if name in ("X-Request-Id", "ETag", "Last-Modified", "Date", "Expires"):
        return "…"
    if name == "Set-Cookie":
        return re.sub(r"=[^;]+", "=…", value, count=1)
    if name == "Allow":
        return ", ".join(sorted(value.split(", ")))
    return value


def test_a_page_says(client: FlaskClient) -> None:
    answer = client.get("/sign-in")
    assert answer.status_code == 200
    assert said(answer) == PAGE


def test_a_redirect_says(client: FlaskClient) -> None:
    answer = client.get("/me")
    assert answer.status_code in (302, 303)
    assert said(answer) == _with(PAGE, "Location: /sign-in?next=/me")


def test_a_page_that_is_not_there_says(client: FlaskClient) -> None:
    answer = client.get("/nothing/here")
    assert answer.status_code == 404
    assert said(answer) == PAGE


def test_a_fault_says(client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "accounts.sign_in", _fail)
    answer = client.get("/sign-in")
    assert answer.status_code == 500
    assert said(answer) == PAGE


def _fail() -> None:
    abort(500)


_fail.access = "public"  # type: ignore[attr-defined]


def test_a_method_that_is_not_allowed_says(client: FlaskClient) -> None:
    answer = client.put("/sign-in")
    assert answer.status_code == 405
    assert said(answer) == _with(PAGE, "Allow: GET, HEAD, OPTIONS, POST")


FOR_EVER = "public, max-age=31536000, immutable"


def test_a_static_file_says(client: FlaskClient) -> None:
    answer = client.get("/static/css/portal.css", buffered=True)
    assert answer.status_code == 200
    assert said(answer) == STATIC.replace("…cache", "no-cache")


def test_a_static_file_under_the_address_of_other_content_says_the_same(
    client: FlaskClient,
) -> None:
    answer = client.get("/static/css/portal.css?v=0123456789", buffered=True)
    assert said(answer) == STATIC.replace("…cache", "no-cache")


@pytest.mark.parametrize(
    "name", ["/static/css/portal.css", "/bootstrap/static/css/bootstrap.min.css"]
)
def test_a_static_file_under_its_own_address_may_be_kept(client: FlaskClient, name: str) -> None:
    page = client.get("/sign-in").text
    address = re.search(rf"{re.escape(name)}\?v=\w+", page)
    assert address
    answer = client.get(address[0], buffered=True)
    expected = STATIC.replace("…cache", FOR_EVER).replace("portal.css", name.rpartition("/")[2])
    assert said(answer) == expected


def test_the_icon_of_tabs_without_a_page_says(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico", buffered=True)
    assert answer.status_code == 200
    changes = {
        "…cache": "public, max-age=86400",
        "portal.css": "mark.ico",
        "text/css; charset=utf-8": "image/vnd.microsoft.icon",
        "ETag: …\n": "ETag: …\nExpires: …\n",
        "Vary: Accept-Encoding\n": "",
    }
    expected = STATIC
    for usual, here in changes.items():
        expected = expected.replace(usual, here)
    assert said(answer) == expected


def test_a_static_file_is_packed_for_whoever_can_unpack_it(client: FlaskClient) -> None:
    plain = client.get("/static/css/portal.css", buffered=True).data
    packed = client.get("/static/css/portal.css", headers={"Accept-Encoding": "br, gzip"})
    assert said(packed) == _with(
        STATIC.replace("…cache", "no-cache").replace("Accept-Ranges: bytes\n", ""),
        "Content-Encoding: gzip",
    )
    assert gzip.decompress(packed.data) == plain
    assert len(packed.data) < len(plain) / 3
    assert packed.headers["Content-Length"] == str(len(packed.data))


def test_a_picture_of_an_organization_says(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "accounts.sign_in", _picture)
    kept = PAGE.replace("private, no-store", "private, max-age=31536000, immutable")
    assert said(client.get("/sign-in")) == kept
    monkeypatch.setattr(_picture, "status", 404)
    assert said(client.get("/sign-in")) == PAGE


@never_changes
def _picture() -> tuple[str, int]:
    return "a picture", _picture.status  # type: ignore[attr-defined]


_picture.access, _picture.status = "public", 200  # type: ignore[attr-defined]


STATIC = _with(
    EVERYWHERE.replace("Vary: Cookie", "Vary: Accept-Encoding"),
    "Accept-Ranges: bytes",
    "Cache-Control: …cache",
    "Content-Disposition: inline; filename=portal.css",
    "Content-Type: text/css; charset=utf-8",
    "Date: …",
    "ETag: …",
    "Last-Modified: …",
)
