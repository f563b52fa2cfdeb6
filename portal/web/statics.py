"""Style sheets and behaviours: under an address that changes with their content, and packed small.

An answer may be kept for ever only where its address names the content that is sent. While a new
version starts, an older process could otherwise send old content under the new address.
"""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, send_from_directory, url_for
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

PACKED = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
WORTH_PACKING = 1_000
"""Bytes; what is smaller fits into one packet anyway."""
DAY = 24 * 60 * 60


def install(app: Flask) -> None:
    """Pack static files on their way out, and have an icon where browsers look for one."""
    app.after_request(_pack)
    app.add_url_rule("/favicon.ico", "icon_static", _icon, defaults={"filename": "img/mark.ico"})


def _icon(filename: str) -> Response:
    """The portal's icon for what names none, as a PDF or a picture in a tab of its own."""
    kind = "image/vnd.microsoft.icon"  # Not every system's list knows the ending.
    folder = current_app.static_folder or ""
    return send_from_directory(folder, filename, mimetype=kind, max_age=DAY)


def is_static() -> bool:
    """Whether the request is for a static file."""
    return (request.endpoint or "").endswith("static")


def is_named_by_content() -> bool:
    """Whether the address of a static file says what its content is now."""
    named = request.args.get("v")
    return named is not None and named == _digest(request.endpoint, request.view_args)


def static_url(filename: str, endpoint: str = "static") -> str:
    """Address of a static file; it changes with the file's content."""
    return _static_url(request.script_root, endpoint, filename)


@lru_cache
def _static_url(_root: str, endpoint: str, filename: str) -> str:
    """Kept, as every page asks for ten. `_root` tells apart what a proxy's prefix changes."""
    digest = _digest(endpoint, {"filename": filename})
    return url_for(endpoint, filename=filename, v=digest)


def _digest(endpoint: str | None, arguments: dict[str, str] | None) -> str:
    path = _path(endpoint or "", (arguments or {})["filename"])
    stat = path.stat()
    return _content(path, stat.st_mtime_ns, stat.st_size)[0]


def _path(endpoint: str, filename: str) -> Path:
    blueprint = endpoint.rpartition(".")[0]
    folder = (current_app.blueprints[blueprint] if blueprint else current_app).static_folder
    found = safe_join(folder or "", filename)
    if found is None or not Path(found).is_file():
        raise NotFound
    return Path(found)


@lru_cache
def _content(path: Path, _changed: int, _size: int) -> tuple[str, bytes]:
    """Digest and packed content of a file, worked out anew when it changes."""
    content = path.read_bytes()
    return hashlib.sha256(content).hexdigest()[:10], gzip.compress(content, 9, mtime=0)


def _pack(response: Response) -> Response:
    if not is_static() or response.status_code != 200 or response.mimetype not in PACKED:
        return response
    response.vary.add("Accept-Encoding")
    path = _path(request.endpoint or "", (request.view_args or {})["filename"])
    stat = path.stat()
    if stat.st_size < WORTH_PACKING or not request.accept_encodings.quality("gzip"):
        return response
    opened = response.response
    response.direct_passthrough = False
    response.set_data(_content(path, stat.st_mtime_ns, stat.st_size)[1])
    if close := getattr(opened, "close", None):
        close()
    response.headers["Content-Encoding"] = "gzip"
    del response.headers["Accept-Ranges"]
    response.set_etag(f"{response.get_etag()[0]}-gzip")
    return response
