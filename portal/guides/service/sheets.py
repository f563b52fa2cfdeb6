"""Guides on paper: a complete HTML document with its pictures in it, ready to be drawn as a PDF."""

import base64
import mimetypes
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from portal import i18n
from portal.errors import NotFound
from portal.guides.media import locate
from portal.messages.service import environment

MAX_PICTURES_BYTES = 20_000_000
"""Of all pictures of a sheet; further ones are left out."""

_PICTURE = re.compile(r'(<img[^>]*? src=")/guides/media/[0-9a-f]+/([^"]+)(")')
_VIDEO = re.compile(r'<video[^>]*? aria-label="([^"]*)"[^>]*>.*?</video>', re.S)
_LINK = re.compile(r'(<a[^>]*? href=")(/[^"]*)(")')


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed."""

    title: str
    purpose: str
    language: str
    html: str
    foot: str
    """What stands below each page."""
    minutes: int | None = None
    checklist: tuple[str, ...] = ()
    if_then: str | None = None
    """An example of the reader's own line; they write theirs under it."""


def document(sheet: Sheet, content_dir: Path, portal_url: str) -> str:
    """The whole document in the sheet's language."""
    html = _with_pictures(sheet.html, content_dir)
    html = _VIDEO.sub(lambda match: f'<p class="video">▶ {match[1]}</p>', html)
    html = _LINK.sub(lambda match: f"{match[1]}{portal_url}{match[2]}{match[3]}", html)
    with i18n.using(sheet.language, "UTC"):
        return environment().get_template("pdf/sheet.html").render(sheet=sheet, html=html)


def _with_pictures(html: str, content_dir: Path) -> str:
    room = [MAX_PICTURES_BYTES]

    def inlined(match: re.Match[str]) -> str:
        return f"{match[1]}{_data(unquote(unescape(match[2])), content_dir, room)}{match[3]}"

    return _PICTURE.sub(inlined, html)


def _data(name: str, content_dir: Path, room: list[int]) -> str:
    """A picture as an address that holds it; an empty one where it is gone or there is no room."""
    try:
        path, _digest = locate(content_dir, name)
        data = path.read_bytes() if path.stat().st_size <= room[0] else b""
    except (NotFound, OSError):
        return "data:,"
    room[0] -= len(data)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
