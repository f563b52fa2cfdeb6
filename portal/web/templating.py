"""What templates find besides the values that a view hands them."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from portal import i18n
from portal.web.slots import slots
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
        date=i18n.format_date,
        datetime=i18n.format_datetime,
        number=i18n.format_number,
        relative=i18n.format_relative,
    )
    env.globals.update(
        static_url=static_url,
        scripts=scripts,
        url_for=kept_url_for,
        kept=kept,
        locale=lambda: str(i18n.current().locale),
    )
    app.context_processor(_frame)


def render(template: str, **values: Any) -> str:
    """Render `feature/view` with the view's values, in the language in force."""
    current_app.update_template_context(values)
    environment = translated(current_app.jinja_env, str(i18n.current().locale))
    return environment.get_template(f"{template}.html").render(values)


def kept(macro: str, *arguments: Any) -> Markup:
    """What a macro of layout/macros.html makes of hashable `arguments`; rendered once."""
    environment = translated(current_app.jinja_env, str(i18n.current().locale))
    return _kept(environment, macro, *arguments)


# By type too: safe Markup and the same characters from elsewhere are equal, but not rendered alike.
@lru_cache(maxsize=MOST_KEPT, typed=True)
def _kept(environment: TranslatingEnvironment, macro: str, *arguments: Any) -> Markup:
    made: Markup = getattr(environment.get_template("layout/macros.html").module, macro)(*arguments)
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


def _frame() -> dict[str, Any]:
    """The viewer and their navigation; both absent for a stranger."""
    viewer = g.get("viewer")
    if viewer is None:
        return {"viewer": None, "navigation": [], "csrf_token": csrf_token}
    here = request.endpoint
    return {
        "csrf_token": csrf_token,
        "viewer": viewer,
        "navigation": [
            {
                "label": place.label,
                "url": kept_url_for(place.endpoint),
                "active": place.endpoint == here,
            }
            for place in slots().places_for(viewer)
        ],
    }


def scripts(*names: str) -> Markup:
    """The tags of our behaviours; deferred, so that none holds up the page."""
    return _scripts(request.script_root, names)


@lru_cache
def _scripts(_root: str, names: tuple[str, ...]) -> Markup:
    tags = (
        f'<script src="{escape(static_url(f"js/{name}.js"))}" defer></script>' for name in names
    )
    return Markup("\n".join(tags))  # noqa: S704 - the addresses are escaped


def static_url(filename: str, endpoint: str = "static") -> str:
    """Address of a static file; it changes with the file's content."""
    return _static_url(request.script_root, endpoint, filename)


@lru_cache
def _static_url(root: str, endpoint: str, filename: str) -> str:
    """Kept, as every page asks for ten. `root` tells apart what a proxy's prefix changes."""
    blueprint = endpoint.rpartition(".")[0]
    folder = (current_app.blueprints[blueprint] if blueprint else current_app).static_folder
    content = Path(folder or "", filename).read_bytes()
    return url_for(endpoint, filename=filename, v=hashlib.sha256(content).hexdigest()[:10])
