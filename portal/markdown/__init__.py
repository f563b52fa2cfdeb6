"""Markdown to safe HTML; the only importer of Markdown, pymdown-extensions and nh3.

What authors write is not trusted: it is limited before it is rendered (`limits`), and the HTML
passes an allow-list afterwards (`html`). Headings start at h2: the page's h1 is the title.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from markdown import Markdown

from portal.markdown import extensions, limits
from portal.markdown.code import CodeBlocks, accept
from portal.markdown.html import ID_PREFIX, Heading, read, sanitize
from portal.markdown.media import Captions, Find, Picture, Video, show

__all__ = [
    "ID_PREFIX",
    "VERSION",
    "Captions",
    "Heading",
    "Picture",
    "Rendered",
    "Video",
    "render",
]

VERSION = 1
"""Counts up when the same text becomes other HTML: kept HTML is then made anew."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text made ready: safe HTML, its plain text (a line per block), its headings in order."""

    html: str
    text: str
    headings: tuple[Heading, ...]


def render(
    text: str,
    address: Callable[[str], str | None] | None = None,
    media: Find | None = None,
) -> Rendered:
    """Render Markdown, without trusting it.

    `address` may change the target of each link and picture; None takes it away. `media` knows
    pictures and videos; what it does not know leaves its words. Raises `Invalid` (field `body`)
    when the text is larger than 200 KB, or nested or tangled beyond any use.
    """
    text = text.encode("utf-8", "replace").decode()
    limits.check_size(text)
    try:
        raw = _convert(text)
    except RecursionError:
        raise limits.too_deep() from None
    html = sanitize(raw, address, keep_sources=media is not None)
    if media:
        html = show(html, media)
    return Rendered(html, *read(html))


def _convert(text: str) -> str:
    """Convert with this thread's converter: they keep state, and are slow to make.

    One that broke off in the middle of a text is not used again.
    """
    converter = _mine.__dict__.pop("converter", None) or _Converter()
    raw = converter.convert(text)
    _mine.converter = converter
    return raw


_mine = threading.local()


class _Converter:
    """A Markdown converter with the portal's extensions and limits."""

    def __init__(self) -> None:
        self._code = CodeBlocks()
        self._md = _markdown(self._code)
        self._limits = limits.limit(self._md)

    def convert(self, text: str) -> str:
        """Raw HTML. Raises `Invalid` and `RecursionError`."""
        self._md.reset()
        self._code.left = CodeBlocks.left
        self._limits.reset()
        return self._md.convert(text)


def _markdown(code: CodeBlocks) -> Markdown:
    fence = {"name": "*", "class": "", "format": code.format, "validator": accept}
    md = Markdown(
        extensions=[
            "tables",
            "sane_lists",
            "def_list",
            "admonition",
            "footnotes",
            "pymdownx.superfences",
            "pymdownx.highlight",
            "pymdownx.tabbed",
        ],
        extension_configs={
            "pymdownx.highlight": {"use_pygments": False},
            "pymdownx.superfences": {"custom_fences": [fence]},
            "tables": {"use_align_attribute": True},
            "footnotes": {"BACKLINK_TEXT": "↩\ufe0e", "BACKLINK_TITLE": ""},
        },
    )
    # Raw HTML is told apart by the sanitizer, which is an HTML5 parser; the block preprocessor
    # needs quadratic time for some texts.
    md.preprocessors.deregister("html_block")
    md.preprocessors.register(extensions.Comments(md), "comments", 22)
    md.treeprocessors.register(extensions.Tabs(md), "tabs", -5)
    md.treeprocessors.register(extensions.Tasks(md), "tasks", -6)
    md.treeprocessors.register(extensions.BoxTitles(md), "box-titles", -7)
    md.treeprocessors.register(extensions.Headings(md), "headings", -10)
    return md
