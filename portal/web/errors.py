"""Errors become pages in words for people, with the right status and a way on."""

import structlog
from flask import Flask, Response, g, make_response, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from portal.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError, TooMany
from portal.i18n import gettext as _
from portal.web.templating import render

log = structlog.get_logger()

STATUS: dict[type[PortalError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
}


def install(app: Flask) -> None:
    """Register a page for each kind of error."""
    app.register_error_handler(PortalError, _of_portal)
    app.register_error_handler(CSRFError, _of_csrf)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(OperationalError, _of_database)
    app.register_error_handler(Exception, _of_fault)


def page(status: int, message: str = "") -> Response:
    """The error page; `message` says what to do beyond the words of the status."""
    title, lead = _words(status)
    body = render(
        "errors/error",
        status=status,
        title=title,
        message=message or lead,
        request_id=g.get("log_id", ""),
    )
    return make_response(body, status)


def _words(status: int) -> tuple[str, str]:
    """Title and lead of a status. Looked up at each call: the language is the reader's."""
    known = {
        400: (_("That did not arrive as it should"), _("Go back, load the page again and retry.")),
        403: (_("This is not open to you"), _("Ask whoever runs the portal if you need it.")),
        404: (_("There is nothing here"), _("It may have moved, or the address is mistyped.")),
        405: (_("That is not how this page works"), _("Go back and use the page's own buttons.")),
        409: (_("Something changed meanwhile"), _("Load the page again to see how it stands now.")),
        413: (_("That is too large"), _("Send a smaller file or a shorter text.")),
        422: (_("Something needs mending"), _("Go back and check what you entered.")),
        429: (_("Too many attempts"), _("Wait a little, then try again.")),
        503: (_("Very busy just now"), _("Nothing was lost. Try again in a few seconds.")),
    }
    fault = (_("Something broke on our side"), _("It was logged. Try again in a few minutes."))
    return known.get(status, fault)


def _of_portal(error: PortalError) -> Response:
    answer = page(STATUS[type(error)], error.message)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _of_csrf(_error: CSRFError) -> Response:
    way_on = _("This page was open for too long. Load it again, then repeat the last step.")
    return page(400, way_on)


def _of_http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    answer = page(error.code)
    if error.code == 405:
        answer.headers.extend(dict(error.get_headers()))
        answer.headers["Content-Type"] = "text/html; charset=utf-8"
    return answer


def _of_database(error: OperationalError) -> Response:
    if "locked" not in str(error.orig) and "busy" not in str(error.orig):
        return _of_fault(error)
    log.warning("database.busy", endpoint=request.endpoint)
    answer = page(503)
    answer.headers["Retry-After"] = "5"
    return answer


def _of_fault(error: Exception) -> Response:
    # Not the path: it may hold a link that still works.
    log.exception("request.failed", endpoint=request.endpoint)
    return page(500)
