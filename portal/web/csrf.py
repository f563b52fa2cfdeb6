"""CSRF protection that knows the older keys too: a form that was open during a rotation is good."""

from flask import current_app
from flask_wtf import CSRFProtect
from itsdangerous import BadSignature, URLSafeTimedSerializer

SALT = "wtf-csrf-token"
"""Flask-WTF's own."""


class Csrf(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's protection, whose tokens an older signing key may have signed."""

    def _get_csrf_token(self) -> str | None:
        token: str | None = super()._get_csrf_token()
        if not token:
            return None
        for key in current_app.config["SECRET_KEY_FALLBACKS"]:
            try:
                value = URLSafeTimedSerializer(key, salt=SALT).loads(token)
            except BadSignature:
                continue
            current: str = current_app.config["SECRET_KEY"]
            return str(URLSafeTimedSerializer(current, salt=SALT).dumps(value))
        return token
