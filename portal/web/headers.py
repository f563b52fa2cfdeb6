"""Response headers. The content policy starts from 'none'; each source has its reason."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, Response, g

from portal.web.auth import view_in_hand
from portal.web.statics import is_named_by_content, is_static

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

View = TypeVar("View", bound=Callable[..., Any])
YEAR = 365 * 24 * 60 * 60
KEPT = (200, 206, 304)

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",  # our style sheet and Bootstrap's, served by the portal
        "script-src 'self'",  # our behaviours; none is inline
        "img-src 'self' data:",  # pictures of guides; Bootstrap's marks are data: URLs in its CSS
        "media-src 'self'",  # videos of guides
        "font-src 'self'",
        "connect-src 'self'",  # ticks and beacons
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def never_changes(view: View) -> View:
    """Mark a view whose answer stays the same for ever: the browser that has it asks no more."""
    view.never_changes = True  # type: ignore[attr-defined]
    return view


class SameHeaders:
    """Adds headers to every answer as it leaves, which costs less than Flask's own way."""

    def __init__(self, app: "WSGIApplication", headers: list[tuple[str, str]]) -> None:
        self._app = app
        self._headers = headers

    def __call__(self, request: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        def start_with(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
            return start(status, headers + self._headers, error)

        return self._app(request, start_with)


def install(app: Flask, is_https: bool) -> None:
    """Add the headers to every answer; pages are private and never stored."""
    headers = list(HEADERS.items())
    if is_https:
        headers.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    app.wsgi_app = SameHeaders(app.wsgi_app, headers)  # type: ignore[method-assign, assignment]
    app.after_request(_add_cache_rule)


def _add_cache_rule(response: Response) -> Response:
    if (rule := _cache_rule(response.status_code)) is not None:
        response.headers["Cache-Control"] = rule
    response.headers["X-Request-Id"] = g.get("log_id", "")
    return response


def _cache_rule(status: int) -> str | None:
    """How long an answer may be kept, and by whom; None leaves what it says itself."""
    if is_static():
        is_kept = status in KEPT and is_named_by_content()
        return f"public, max-age={YEAR}, immutable" if is_kept else None
    if status in KEPT and hasattr(view_in_hand(), "never_changes"):
        return f"private, max-age={YEAR}, immutable"
    return "private, no-store"
