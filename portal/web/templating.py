"""What templates find besides the values that a view hands them."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from portal import i18n
from portal.web.slots import slots

MOST_KEPT = 4096


def install(app: Flask) -> None:
    """Set up Jinja: strict, translated, with the formats of the reader's locale."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension("jinja2.ext.i18n")
    _install_gettext(env)
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
        locale=lambda: str(i18n.current().locale),
    )
    app.context_processor(_frame)


def render(template: str, **values: Any) -> str:
    """Render `feature/view` with the view's values."""
    return render_template(f"{template}.html", **values)


def _install_gettext(env: Environment) -> None:
    """Give templates our gettext as plain functions.

    Jinja's own wrappers look up the function in the context at each call; a page has dozens.
    """
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)


def _gettext(message: str, **values: Any) -> Markup:
    text = Markup(i18n.current().translations.gettext(message))  # noqa: S704 - ours, not a reader's
    return text % values if values else text


def _ngettext(singular: str, plural: str, num: int, **values: Any) -> Markup:
    text = i18n.current().translations.ngettext(singular, plural, num)
    return Markup(text) % {"num": num, **values}  # noqa: S704 - ours, not a reader's


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
