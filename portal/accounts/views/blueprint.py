"""What the views of accounts share."""

from datetime import timedelta

from flask import Blueprint, current_app
from wtforms import Field

from portal.config import Settings
from portal.messages.service import MailSettings
from portal.web import entry, limits

bp = Blueprint("accounts", __name__)

QUARTER = 15 * 60
HOUR = 60 * 60


def settings() -> Settings:
    """The app's settings."""
    found: Settings = current_app.config["PORTAL"]
    return found


def mail() -> MailSettings:
    """How mail leaves the portal."""
    return MailSettings.of(settings())


def session_lifetime() -> timedelta:
    """How long a browser stays signed in."""
    return timedelta(days=settings().session_days)


def limit(what: str, who: str, capacity: int, per_seconds: int) -> None:
    """Count an attempt. Raises TooMany after `capacity` of them within `per_seconds`."""
    limits.take(entry.database(), f"{what}:{who}", capacity, per_seconds)


def said(field: Field) -> str:
    """What was entered in a field of text; empty if nothing was."""
    return field.data or ""
