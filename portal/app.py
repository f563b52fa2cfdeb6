"""The web application: wiring only, in named steps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import logs, tables
from portal.access import Action
from portal.accounts import views as accounts
from portal.accounts.service import organizations, sign_in, staff_looks, stand_ins
from portal.adoption import views as adoption
from portal.config import ROOT, Settings, load_settings
from portal.customers import views as customers
from portal.db import Database
from portal.effectiveness import views as effectiveness
from portal.guides import views as guides
from portal.help import views as help_requests
from portal.i18n import lazy_gettext as _
from portal.operations import views as operations
from portal.paths import views as paths
from portal.web import (
    auth,
    branding,
    entry,
    errors,
    forms,
    headers,
    health,
    media,
    requests,
    slots,
    statics,
    templating,
)
from portal.web.cookies import SignedCookies
from portal.web.csrf import Csrf
from portal.web.slots import Place, Slots
from portal.web.translation import TranslatingEnvironment

__all__ = ["create_app", "tables"]

LARGEST_REQUEST = 2 * 1024 * 1024
"""Bytes; no page of the portal takes more."""


class Portal(Flask):
    """Flask, with templates of each language, and without what asks "is it async?" all the time."""

    jinja_environment = TranslatingEnvironment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func  # Nothing here is async; Flask looks anew at each of a dozen a request.


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """Wire the portal together. Everything that it needs from outside is in `settings`."""
    settings = settings or load_settings()
    app = Portal("portal", root_path=str(ROOT), static_folder="static", template_folder="templates")
    _configure(app, settings)
    logs.configure(settings)
    _install_frame(app, settings, database or Database(settings.database, settings.web_threads + 1))
    slots.install(app, _slots())
    basics = health, media, branding, accounts, guides, paths
    for feature in (*basics, help_requests, effectiveness, adoption, customers, operations):
        app.register_blueprint(feature.bp)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        SESSION_COOKIE_NAME="waymark",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,
        PORTAL=settings,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.session_interface = SignedCookies(app)
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops
        )


def _install_frame(app: Flask, settings: Settings, database: Database) -> None:
    requests.install(app)
    auth.install(app)
    entry.install(app, database)
    # Its address is the secret: a mail program's own button has no token to send (RFC 8058).
    Csrf(app).exempt(accounts.contact.stop)
    Bootstrap5(app)
    headers.install(app, is_https=settings.public_url.startswith("https://"))
    templating.install(app)
    statics.install(app)
    errors.install(app)
    forms.install(app)


def _slots() -> Slots:
    return Slots(
        load_signed_in=sign_in.load_signed_in,
        touch_session=sign_in.touch,
        act_in=organizations.act_in,
        stand_in=stand_ins.find_acting,
        look=staff_looks.look,
        home=[
            operations.ON_HOME,
            adoption.ON_HOME,
            help_requests.ON_HOME,
            effectiveness.ON_HOME,
        ],
        guide=[effectiveness.ON_GUIDE],
        above={
            "accounts.organizations": operations.first_steps_of_admin,
            "adoption.people": operations.first_steps_of_usm,
            "adoption.today": operations.first_steps_of_usm,
            "effectiveness.library": operations.first_steps_of_author,
        },
        navigation=[
            Place(_("Today"), "adoption.today", Action.SEE_PEOPLE),
            Place(_("Home"), "paths.home", Action.FOLLOW_PATHS),
            Place(_("Overview"), "adoption.overview", Action.SEE_PEOPLE),
            Place(_("People"), "adoption.people", Action.SEE_PEOPLE),
            Place(_("Help"), "help.requests", Action.READ_HELP),
            Place(_("Standing in"), "accounts.consent", Action.CONSENT),
            Place(_("Organizations"), "accounts.organizations", Action.MANAGE_ORGANIZATIONS),
            Place(_("Staff"), "accounts.staff", Action.MANAGE_STAFF),
            Place(_("Customers"), "customers.customers", Action.SEE_CUSTOMERS),
            Place(_("Kits"), "guides.kits", Action.SEE_PEOPLE),
            Place(_("Library"), "effectiveness.library", Action.SEE_LIBRARY),
            Place(_("Operations"), "operations.status", Action.OPERATE),
            Place(_("Audit log"), "operations.audit_log", Action.SEE_AUDIT),
        ],
    )
