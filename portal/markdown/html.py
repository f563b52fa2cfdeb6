"""The allow-list that rendered HTML passes, and what is read off the result.

The only importer of nh3.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

import nh3

from portal.markdown.code import CLASSES as OF_CODE

ID_PREFIX = "part-"
"""Stands before every id of a text, so that none can be one of the page's own."""

CALLOUTS = frozenset({"note", "tip", "warning", "example", "wrong", "right"})
"""`!!! wrong` and so on: the classes of boxes that the style sheet knows."""

ASCII_SPACE = " \t\n\r\f"
"""What browsers and the sanitizer skip around an address. Less of it would hide a scheme from the
sanitizer that is there once it is gone."""

_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_TAGS = frozenset(
    "a abbr blockquote br cite code dd del details dfn div dl dt em h2 h3 h4 h5 h6 hr i img ins "
    "kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td th thead tr "
    "ul var b u".split()
)
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>')
_ID = re.compile(r'\sid="([^"]*)"')
_INLINE = frozenset(
    "a abbr b cite code del dfn em i img ins kbd mark q s samp small span strong sub sup u "
    "var".split()
)
_GONE_WITH_CONTENT = frozenset(
    "script style iframe object embed template noscript svg math textarea select button form "
    "title head noembed noframes xmp video audio canvas".split()
)
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title", "class"},
    "abbr": {"title"},
    "code": set(),
    "details": {"open"},
    "div": {"class"},
    "img": {"src", "alt", "title"},
    "li": {"class", "id"},
    "ol": {"start"},
    "p": {"class"},
    "span": {"class"},
    "sup": {"id"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
} | {heading: {"id"} for heading in _HEADINGS}
_ALIGN = {"left", "right", "center"}
_CLASSES = (
    CALLOUTS
    | OF_CODE
    | {"admonition", "admonition-title", "footnote", "footnote-ref", "footnote-backref"}
    | {"tabs", "tab", "tab-title", "task", "task-mark"}
)
_FRAMED_TABLE = '<div class="table-scroll"><table>'
_TABLE = re.compile(r"<(/?)table>")


@dataclass(frozen=True)
class Heading:
    """A heading of a text: `level` 2 to 6, `id` as it stands in the HTML."""

    level: int
    id: str
    title: str


def sanitize(
    raw: str, address: Callable[[str], str | None] | None, keep_sources: bool = False
) -> str:
    """Keep what is on the list; `address` may change the target of each link and picture.

    With `keep_sources` pictures are left alone, for whoever shows them.
    """
    seen: set[str] = set()

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "class":
            return " ".join(name for name in value.split() if name in _CLASSES) or None
        if attribute == "id":
            value = value if value.startswith(ID_PREFIX) else ID_PREFIX + value
            if value in seen:
                return None
            seen.add(value)
            return value
        if attribute == "src" and keep_sources:
            return value.strip(ASCII_SPACE)
        if attribute in ("href", "src"):
            return _target(attribute, value.strip(ASCII_SPACE), address)
        return value or None if attribute == "title" else value

    html = nh3.clean(
        raw,
        tags=_TAGS,
        clean_content_tags=_GONE_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        tag_attribute_values={"td": {"align": _ALIGN}, "th": {"align": _ALIGN}},
        attribute_filter=keep,
        link_rel="noopener noreferrer",
        url_schemes={"http", "https", "mailto", "tel"},
    )
    html = html.replace("<p></p>", "").strip()
    # A wide table scrolls in a frame of its own instead of moving the page.
    return _TABLE.sub(lambda m: "</table></div>" if m[1] else _FRAMED_TABLE, html)


def _target(attribute: str, value: str, address: Callable[[str], str | None] | None) -> str | None:
    """Where a link or picture leads; within the text it must say the prefixed id."""
    if attribute == "href" and value.startswith("#"):
        return value if value.startswith("#" + ID_PREFIX) else f"#{ID_PREFIX}{value[1:]}"
    return address(value) if address else value


def read(html: str) -> tuple[str, tuple[Heading, ...]]:
    """Plain text, a line for each block, and the headings of sanitized HTML.

    The sanitizer wrote it, so each tag is closed and each value quoted: no parser has to guess,
    and to look at each tag once is several times faster.
    """
    pieces: list[str] = []
    headings: list[Heading] = []
    position = in_code = 0
    heading: tuple[int, str, int] | None = None
    for tag in _TAG.finditer(html):
        pieces.append(_words(html[position : tag.start()], in_code))
        position = tag.end()
        name, is_end = tag[2], tag[1] == "/"
        if name in _INLINE:
            continue
        if is_end and heading and name in _HEADINGS:
            level, id_, start = heading
            if (title := " ".join("".join(pieces[start:]).split())) and id_:
                headings.append(Heading(level, id_, title))
            heading = None
        pieces.append("\n")
        if name == "pre":
            in_code += -1 if is_end else 1
        if not is_end and name in _HEADINGS:
            own = _ID.search(tag[3])
            heading = int(name[1]), unescape(own[1]) if own else "", len(pieces)
    pieces.append(_words(html[position:], in_code))
    lines = (" ".join(line.split()) for line in "".join(pieces).splitlines())
    return "\n".join(line for line in lines if line), tuple(headings)


def _words(text: str, in_code: int) -> str:
    words = unescape(text) if "&" in text else text
    return words if in_code else words.replace("\n", " ")
