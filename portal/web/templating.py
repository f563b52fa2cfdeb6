"""What templates find besides the values that a view hands them."""

from functools import lru_cache, partial
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from portal import i18n
from portal.style_sheets import style_sheet
from portal.web.navigation import places
from portal.web.slots import slots
from portal.web.statics import static_url
from portal.web.translation import TranslatingEnvironment, gettext, ngettext, translated

MOST_KEPT = 4096


def install(app: Flask) -> None:
    """Set up Jinja: strict, translated, with the formats of the reader's locale."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension("jinja2.ext.i18n")
    env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.filters.update(
        language_name=i18n.language_name,
        date=i18n.format_date,
        datetime=i18n.format_datetime,
        number=i18n.format_number,
        percent=i18n.format_percent,
        relative=i18n.format_relative,
    )
    env.globals.update(
        static_url=static_url,
        style_sheet=style_sheet,
        scripts=scripts,
        url_for=kept_url_for,
        places=places,
        locale=lambda: str(i18n.current().locale),
        csrf_token=csrf_token,
    )


def render(template: str, **values: Any) -> str:
    """Render `feature/view` with the view's values, in the language in force.

    Flask's own `request`, `session` and `g` stay outside: a page shows what its view hands it.
    `kept("feature", "macro", …)` is what a macro makes of hashable arguments, rendered once.
    """
    environment = translated(current_app.jinja_env, str(i18n.current().locale))
    frame = {
        "viewer": g.get("viewer"),
        "stand_in": g.get("stand_in"),
        "endpoint": request.endpoint,
        "above": _above,
        "kept": partial(_kept, environment, request.script_root),
    }
    return environment.get_template(f"{template}.html").render(frame | values)


def _above() -> Markup:
    """What an upper feature says first on this page; a page asks for it where it belongs."""
    say = slots().above.get(request.endpoint or "")
    return Markup(say(g.viewer)) if say else Markup()  # noqa: S704 - rendered by a template


# By type too: safe Markup and the same characters from elsewhere are equal, but not rendered alike.
# By root, as macros ask for addresses, and a proxy's prefix is part of those.
@lru_cache(maxsize=MOST_KEPT, typed=True)
def _kept(
    environment: TranslatingEnvironment, _root: str, feature: str, macro: str, *arguments: Any
) -> Markup:
    module = environment.get_template(f"{feature}/macros.html").module
    made: Markup = getattr(module, macro)(*arguments)
    return made


def csrf_token() -> str:
    """The signed token of this browser's session; signed once, as it never expires by itself."""
    raw: str | None = session.get("csrf_token")
    return _signed(raw) if raw else generate_csrf()


@lru_cache(maxsize=MOST_KEPT)
def _signed(_raw: str) -> str:
    token: str = generate_csrf()
    return token


def kept_url_for(endpoint: str, **values: Any) -> str:
    """Flask's `url_for`; addresses that the frame of every page asks for are worked out once."""
    if endpoint.startswith(".") or "_external" in values:
        return url_for(endpoint, **values)
    return _url_for(request.script_root, endpoint, tuple(values.items()))


@lru_cache(maxsize=MOST_KEPT)
def _url_for(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


def scripts(*names: str) -> Markup:
    """The tags of our behaviours; deferred, so that none holds up the page."""
    return _scripts(request.script_root, names)


@lru_cache
def _scripts(_root: str, names: tuple[str, ...]) -> Markup:
    tags = (
        f'<script src="{escape(static_url(f"js/{name}.js"))}" defer></script>' for name in names
    )
    return Markup("\n".join(tags))  # noqa: S704 - the addresses are escaped
