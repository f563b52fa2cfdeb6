"""The signed cookie, read at the price of a dictionary look-up once its signature was checked."""

from functools import cached_property, lru_cache
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal import clock
from portal.web.statics import is_static

MOST_KEPT = 4096


class SignedCookies(SecureCookieSessionInterface):
    """Flask's own cookies. What the very same bytes held a moment ago, they hold now."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lifetime = app.permanent_session_lifetime.total_seconds()
        # An attribute of this object, so that another app with other keys shares nothing of it.
        self._read = lru_cache(maxsize=MOST_KEPT)(self._check)

    @cached_property
    def _signer(self) -> URLSafeTimedSerializer | None:
        return super().get_signing_serializer(self._app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self._signer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        cookie = request.cookies.get(self.get_cookie_name(app))
        values, signed_at = self._read(cookie) if cookie else ({}, 0.0)
        if clock.now().timestamp() - signed_at > self._lifetime:
            return self.session_class()
        # Lists are copied: a message that is added to one must show on no other request.
        return self.session_class(
            {name: [*value] if isinstance(value, list) else value for name, value in values.items()}
        )

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        # A file is everybody's. Flask-Login asks for the session there too.
        if is_static():
            return
        # On most pages nothing changed, and no cookie is sent again.
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            response.vary.add("Cookie")

    def _check(self, cookie: str) -> tuple[dict[str, Any], float]:
        """What a cookie holds and when it was signed; nothing for a forged one."""
        assert self._signer is not None  # noqa: S101 - the settings always have a key
        try:
            values, signed_at = self._signer.loads(cookie, return_timestamp=True)
        except BadSignature:
            return {}, 0.0
        return values, signed_at.timestamp()
