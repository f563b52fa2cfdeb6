"""One log line a request, under an id that the error page shows as well."""

import time

import structlog
from flask import Flask, Response, g, request

from portal.ids import new_id

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Give each request an id and log how it went; statics and health checks are left out."""
    app.before_request(_start)
    app.after_request(_log)


def _start() -> None:
    g.started = time.perf_counter()
    g.log_id = new_id().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.log_id, entry=request.endpoint)


def _log(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    if not endpoint.endswith("static") and not endpoint.startswith("health."):
        viewer = g.get("viewer")
        log.info(
            "request",
            method=request.method,
            status=response.status_code,
            ms=round((time.perf_counter() - g.started) * 1000, 1),
            organization=str(viewer.organization_id) if viewer else None,
        )
    return response
