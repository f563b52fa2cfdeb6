"""Response headers. The content policy starts from 'none'; each source has its reason."""

from flask import Flask, Response, g, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",  # our style sheet and Bootstrap's, served by the portal
        "script-src 'self'",  # our behaviours; none is inline
        "img-src 'self' data:",  # pictures of guides; Bootstrap's marks are data: URLs in its CSS
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


def install(app: Flask, is_https: bool) -> None:
    """Add the headers to every answer; pages are private and never stored."""
    headers = HEADERS | (
        {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if is_https else {}
    )

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.extend(headers)
        if request.endpoint and request.endpoint.endswith("static"):
            if "v" in request.args:
                # The address changes with the content, so the copy never grows old.
                response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Request-Id"] = g.get("log_id", "")
        return response
