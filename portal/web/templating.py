"""What templates find besides the values that a view hands them."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, render_template, request, url_for
from jinja2 import StrictUndefined

from portal import i18n
from portal.web.slots import slots


def install(app: Flask) -> None:
    """Set up Jinja: strict, translated, with the formats of the reader's locale."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(i18n.gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        date=i18n.format_date,
        datetime=i18n.format_datetime,
        number=i18n.format_number,
        relative=i18n.format_relative,
    )
    env.globals.update(static_url=static_url, locale=lambda: str(i18n.current().locale))
    app.context_processor(_frame)


def render(template: str, **values: Any) -> str:
    """Render `feature/view` with the view's values."""
    return render_template(f"{template}.html", **values)


def _ngettext(singular: str, plural: str, number: int) -> str:
    translated: str = i18n.current().translations.ngettext(singular, plural, number)
    return translated


def _frame() -> dict[str, Any]:
    """The viewer and their navigation; both absent for a stranger."""
    viewer = g.get("viewer")
    if viewer is None:
        return {"viewer": None, "navigation": []}
    here = request.endpoint
    return {
        "viewer": viewer,
        "navigation": [
            {"label": place.label, "url": url_for(place.endpoint), "active": place.endpoint == here}
            for place in slots().places_for(viewer)
        ],
    }


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
