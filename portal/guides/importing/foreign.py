"""A foreign file as a clean tree of HTML, whatever it was written in.

Not trusted: limited in size and depth, and what runs or loads is taken out.
"""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning
from bs4.exceptions import ParserRejectedMarkup
from charset_normalizer import from_bytes
from markdown_it import MarkdownIt

from portal.guides import reasons
from portal.guides.files import MAX_FILE_BYTES
from portal.i18n import gettext as _

MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
HTML = frozenset({".html", ".htm", ".xhtml"})
MAX_HTML_BYTES = 2_000_000
MAX_DEPTH = 80
"""Elements inside each other."""
MAX_TITLE = 180

_GONE = (
    "script style template noscript iframe object embed applet svg math canvas audio video head nav"
).split()
_ENDS = {
    "li": ({"li"}, {"ul", "ol", "menu"}),
    **dict.fromkeys(("dt", "dd"), ({"dt", "dd"}, {"dl"})),
    **dict.fromkeys(("td", "th"), ({"td", "th"}, {"tr", "table"})),
    "tr": ({"tr"}, {"table"}),
    **dict.fromkeys(("tbody", "tfoot"), ({"thead", "tbody"}, {"table"})),
}
"""Which elements end without a tag where one begins, and behind which none is looked for."""
_FRONT = re.compile(r"\A(?:---|\+\+\+)[ \t]*\n(.*?\n)(?:---|\+\+\+)[ \t]*(?:\n|\Z)", re.S)
_BOX = re.compile(
    r'^!!! +([\w-]+)[^\n"]*(?:"([^"\n]*)")?[ \t]*\n((?:(?: {4}|\t)[^\n]*\n?|[ \t]*\n)*)', re.M
)
_FENCED_BOX = re.compile(
    r"^:::+[ ]*([\w-]+)[ ]*\[?([^\]\n]*)\]?[ \t]*\n(.*?)^:::+[ \t]*$", re.M | re.S
)
_ALERT = re.compile(r"\s*\[!(\w{1,20})\][ \t]*")
_KINDS = {
    "note": "note",
    "info": "note",
    "important": "warning",
    "tip": "tip",
    "hint": "tip",
    "success": "right",
    "warning": "warning",
    "caution": "warning",
    "danger": "warning",
    "error": "wrong",
    "failure": "wrong",
    "example": "example",
}


class Refused(Exception):
    """A file that is not taken, with the reason in words."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file of somebody else's."""

    title: str
    """What it calls itself; empty if nothing."""
    body: Tag
    """Its text without that title."""
    dropped: tuple[str, ...]
    """Names of the elements that were taken out."""


def read_foreign(path: Path) -> Foreign:
    """Read a Markdown or HTML file. Raises `Refused`."""
    text = _text(path)
    if path.suffix.lower() in HTML:
        front: dict[str, Any] = {}
        html = text
    else:
        front, markdown = _front_matter(text)
        html = _parser().render(_boxes(markdown))
    soup = _soup(html)
    _check_depth(soup)
    page_title = soup.title.get_text() if soup.title else ""
    body = _main(soup)
    dropped = _clean(body)
    _mark_alerts(body)
    title = _take_title(body) or _plain(front.get("title")) or _plain(page_title)
    _lower_headings(body)
    return Foreign(title[:MAX_TITLE], body, dropped)


def _text(path: Path) -> str:
    most = MAX_HTML_BYTES if path.suffix.lower() in HTML else MAX_FILE_BYTES
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise Refused(_("it can't be read: %(reason)s", reason=reasons.of_system(error))) from None
    if len(data) > most:
        raise Refused(_("it is larger than %(kb)s KB; split it", kb=most // 1000))
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(_("it is no text"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        if best is None:
            raise Refused(
                _("nobody can tell how its letters are written; save it as UTF-8")
            ) from None
        text = str(best)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    match = _FRONT.match(text)
    if not match or len(match[1]) > 20_000:
        return {}, text
    title = re.search(r"""^title\s*[:=]\s*["']?(.+?)["']?\s*$""", match[1], re.M)
    if not title and not re.search(r"^[\w-]+\s*[:=]", match[1], re.M):
        return {}, text  # Two rules with words between them.
    return ({"title": title[1]} if title else {}), text[match.end() :]


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "maxNesting": 60}).enable(
        ["table", "strikethrough"]
    )


def _boxes(markdown: str) -> str:
    """Boxes of other tools as quotes that begin with their kind, which all dialects know."""

    def quoted(kind: str, title: str | None, text: str) -> str:
        lines = [f"[!{kind.upper()}] {title or ''}".rstrip(), "", *text.rstrip().split("\n")]
        return "\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"

    def indented(match: re.Match[str]) -> str:
        text = re.sub(r"^(?: {4}|\t)", "", match[3], flags=re.M)
        return quoted(match[1], match[2], text) if text.strip() else match[0]

    if "!!!" in markdown:
        markdown = _BOX.sub(indented, markdown)
    if ":::" in markdown:
        markdown = _FENCED_BOX.sub(lambda match: quoted(match[1], match[2], match[3]), markdown)
    return markdown


class _Soup(BeautifulSoup):
    """Items and cells whose end tag was left out stand beside each other, as a browser shows them.

    `html.parser` alone puts each into the one before.
    https://html.spec.whatwg.org/multipage/syntax.html#optional-tags
    """

    def handle_starttag(self, name: str, *args: Any, **more: Any) -> Tag | None:
        """Begin an element, and end the one that it can't stand in."""
        if name in _ENDS and (inner := self.currentTag):
            ended, walls = _ENDS[name]
            for depth, open_tag in enumerate((inner, *inner.parents)):
                if open_tag.name in walls or depth > MAX_DEPTH:
                    break
                if open_tag.name in ended:
                    self.handle_endtag(open_tag.name)
                    break
        return super().handle_starttag(name, *args, **more)


def _soup(html: str) -> BeautifulSoup:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
            return _Soup(html, "html.parser")
    except (ParserRejectedMarkup, RecursionError, AssertionError, ValueError):
        raise Refused(_("its HTML can't be read")) from None


def _check_depth(soup: BeautifulSoup) -> None:
    level = [soup.contents]
    for _depth in range(MAX_DEPTH):
        level = [e.contents for inner in level for e in inner if isinstance(e, Tag) and e.contents]
        if not level:
            return
    raise Refused(_("its parts stand too deep inside each other"))


def _main(soup: BeautifulSoup) -> Tag:
    for name in ("main", "article", "body"):
        if (found := soup.find_all(name, limit=2)) and len(found) == 1:
            return found[0]
    return soup


def _clean(body: Tag) -> tuple[str, ...]:
    dropped = []
    for element in body.find_all(_GONE):
        if not element.decomposed:
            dropped.append(element.name)
            element.decompose()
    return tuple(dict.fromkeys(dropped))


def _mark_alerts(body: Tag) -> None:
    """`> [!NOTE]` is a box."""
    for quote in body.find_all("blockquote"):
        first = quote.find("p")
        text = first.find(string=True) if isinstance(first, Tag) else None
        match = _ALERT.match(text) if text else None
        if not match or text is None or not isinstance(first, Tag):
            continue
        kind = match[1].lower()
        title, _break, rest = text[match.end() :].partition("\n")
        quote["data-box"] = _KINDS.get(kind, "note")
        quote["data-title"] = title.strip() or kind.capitalize()
        text.replace_with(rest)
        if not first.get_text().strip() and not first.find("img"):
            first.decompose()


def _take_title(body: Tag) -> str:
    """The words of the first heading, if it is the only one of the highest level."""
    first = body.find(["h1", "h2", "h3", "h4", "h5", "h6"])
    if not isinstance(first, Tag) or first.name != "h1" or len(body.find_all("h1")) > 1:
        return ""
    title = _plain(first.get_text())
    if not title or len(title) > MAX_TITLE or first.find("img"):
        return ""
    first.decompose()
    return title


def _plain(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _lower_headings(body: Tag) -> None:
    """The title is the page's h1: everything else begins at h2."""
    headings = body.find_all(re.compile("^h[1-6]$"))
    shift = 2 - min((int(heading.name[1]) for heading in headings), default=2)
    for heading in headings:
        heading.name = f"h{min(int(heading.name[1]) + shift, 6)}"
