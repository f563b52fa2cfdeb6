"""What the views of accounts share."""

from datetime import timedelta

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from wtforms import Field

from portal.config import Settings
from portal.i18n import gettext as _
from portal.messages import service as messages
from portal.messages.service import MailSettings
from portal.web import entry, limits
from portal.web.auth import viewer
from portal.web.forms import Form

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


def sends_mail() -> bool:
    """Whether mail goes out in the name of the organization at hand: of a sample none does."""
    return mail().is_enabled and not viewer().is_sample


def is_reached_by_mail() -> bool:
    """Whether mail goes out to the viewer: who is of the sample alone gets none from anybody."""
    return messages.reaches(mail(), viewer().organization_id, viewer().person_id)


def session_lifetime() -> timedelta:
    """How long a browser stays signed in."""
    return timedelta(days=settings().session_days)


def limit(what: str, who: str, capacity: int, per_seconds: int) -> None:
    """Count an attempt. Raises TooMany after `capacity` of them within `per_seconds`."""
    limits.take(entry.database(), f"{what}:{who}", capacity, per_seconds)


def said(field: Field) -> str:
    """What was entered in a field of text; empty if nothing was."""
    return field.data or ""


def prove_by_link() -> str:
    """What somebody reads who has no password, and came by no mailed link lately."""
    return _("Show first that it is you, by signing in by a mailed link: for an hour this is open.")


def shown(page: str, *forms: Form) -> ResponseReturnValue:
    """A page with its forms: 422 where one of them has something to mend."""
    return page, 422 if any(form.errors for form in forms) else 200
