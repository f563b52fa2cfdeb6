"""Markdown to safe HTML; the only importer of Markdown, pymdown-extensions and nh3.

What authors write is not trusted: it is limited before it is rendered (`limits`), and the HTML
passes an allow-list afterwards (`html`). Headings start at h2: the page's h1 is the title.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from portal.markdown import limits
from portal.markdown.html import ID_PREFIX, Heading, read, sanitize

__all__ = ["ID_PREFIX", "Heading", "Rendered", "render"]


@dataclass(frozen=True)
class Rendered:
    """A text made ready: safe HTML, its plain text (a line per block), its headings in order."""

    html: str
    text: str
    headings: tuple[Heading, ...]


def render(text: str, address: Callable[[str], str | None] | None = None) -> Rendered:
    """Render Markdown, without trusting it.

    `address` may change the target of each link and picture; None takes it away. Raises `Invalid`
    (field `body`) when the text is larger than 200 KB, or nested or tangled beyond any use.
    """
    text = text.encode("utf-8", "replace").decode()
    limits.check_size(text)
    try:
        raw = _markdown().convert(text)
    except RecursionError:
        raise limits.too_deep() from None
    html = sanitize(raw, address)
    return Rendered(html, *read(html))


def _markdown() -> Markdown:
    """A fresh converter: they keep state and are not safe to share between threads."""
    md = Markdown(
        extensions=[
            "tables",
            "sane_lists",
            "def_list",
            "admonition",
            "pymdownx.superfences",
            "pymdownx.highlight",
        ],
        extension_configs={
            "pymdownx.highlight": {"use_pygments": False},
            "tables": {"use_align_attribute": True},
        },
    )
    # Raw HTML is told apart by the sanitizer, which is an HTML5 parser; the block preprocessor
    # needs quadratic time for some texts.
    md.preprocessors.deregister("html_block")
    md.preprocessors.register(_Comments(md), "comments", 22)
    md.treeprocessors.register(_Headings(md), "headings", -10)
    limits.limit(md)
    return md


class _Comments(Preprocessor):
    """Takes `<!-- … -->` out, after code has been put aside; in a line of `code` it stays."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        kept: list[str] = []
        position = 0
        while (start := text.find("<!--", position)) >= 0:
            end = text.find("-->", start + 4)
            if end < 0:
                break
            before = text[text.rfind("\n", 0, start) + 1 : start]
            if "`" in before or before.startswith("    "):
                end = start + 1
                kept.append(text[position:end])
            else:
                kept.append(text[position:start])
                end += 3
            position = end
        kept.append(text[position:])
        return "".join(kept).split("\n")


class _Headings(Treeprocessor):
    """Starts headings at h2 whatever the author began with, and gives each its own id.

    `## Title {#short}` chooses the id; else it is made from the words.
    """

    _OWN_ID = re.compile(r"[ ]*\{#([\w-]{1,60})\}[ ]*$")

    def run(self, root: Element) -> None:
        headings = [element for element in root.iter() if re.fullmatch("h[1-6]", element.tag)]
        shift = 2 - min((int(element.tag[1]) for element in headings), default=2)
        taken: set[str] = set()
        for element in headings:
            element.tag = f"h{min(int(element.tag[1]) + shift, 6)}"
            element.set("id", self._free_id(element, taken))

    def _free_id(self, element: Element, taken: set[str]) -> str:
        last = element[-1] if len(element) else None
        tail = (last.tail if last is not None else element.text) or ""
        if own := self._OWN_ID.search(tail[-80:]):
            rest = tail[: len(tail) - len(own.group())]
            if last is not None:
                last.tail = rest
            else:
                element.text = rest
        wanted = own.group(1) if own else _anchor("".join(element.itertext()))
        free, number = wanted, 1
        while free in taken:
            number += 1
            free = f"{wanted}-{number}"
        taken.add(free)
        return free


def _anchor(title: str) -> str:
    """`What you need` → `what-you-need`; letters of every script stay."""
    words = re.sub(r"\x02[^\x03]*\x03", "", title).casefold()
    return re.sub(r"[^\w]+", "-", words).strip("-")[:60] or "section"
