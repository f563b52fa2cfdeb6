"""Pictures and videos of a text: where they are, how large, and their HTML."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape

_Attributes = dict[str, str | int | None]
_IMG = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture at its address; its size keeps the page from jumping while it loads."""

    address: str
    width: int | None = None
    height: int | None = None
    dark: "Picture | None" = None
    """What is shown instead of it where the page is dark."""


@dataclass(frozen=True, slots=True)
class Captions:
    """What is said in a video, to read."""

    address: str
    language: str
    label: str
    """The language in its own words."""


@dataclass(frozen=True, slots=True)
class Video:
    """A video at its address."""

    address: str
    captions: tuple[Captions, ...] = ()


Find = Callable[[str], Picture | Video | None]


def show(html: str, find: Find) -> str:
    """Put what `find` knows in place of each picture of sanitized HTML; else its words remain."""

    def shown(match: re.Match[str]) -> str:
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(match[1])}
        words = attributes.get("alt", "")
        found = find(attributes.get("src", ""))
        if isinstance(found, Picture):
            return _picture(found, words, attributes.get("title"))
        return _video(found, words) if found else escape(words)

    return _IMG.sub(shown, html)


def _picture(picture: Picture, words: str, title: str | None) -> str:
    if picture.dark is None:
        return _img(picture, words, title, None)
    light = _img(picture, words, title, "only-light")
    return f'<span class="pictures">{light}{_img(picture.dark, words, title, "only-dark")}</span>'


def _img(picture: Picture, words: str, title: str | None, kind: str | None) -> str:
    attributes: _Attributes = {
        "class": kind,
        "src": picture.address,
        "alt": words,
        "title": title,
        "width": picture.width,
        "height": picture.height,
        "loading": "lazy",
        "decoding": "async",
    }
    return f"<img{_written(attributes)}>"


def _video(video: Video, words: str) -> str:
    tracks = "".join(
        "<track"
        + _written(dict(kind="captions", src=c.address, srclang=c.language, label=c.label))
        + ("" if number else " default")
        + ">"
        for number, c in enumerate(video.captions)
    )
    attributes: _Attributes = {"src": video.address, "aria-label": words, "preload": "metadata"}
    return f"<video controls{_written(attributes)}>{tracks}</video>"


def _written(attributes: _Attributes) -> str:
    return "".join(
        f' {name}="{escape(str(value))}"' for name, value in attributes.items() if value is not None
    )
