"""What keeps a text from being slow: limits of size, depth and work.

The library is quick for honest texts, but some short ones, made for it, would keep it busy for
minutes. Everything that it does in a loop is counted here, so that the outcome depends on the text
and never on how busy the machine is.
"""

import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.inlinepatterns import BacktickInlineProcessor, HtmlInlineProcessor

from portal.errors import Invalid
from portal.i18n import gettext as _

MAX_BYTES = 200_000
MAX_DEPTH = 12
"""Lists and quotes inside each other."""
MAX_WORK = 1_500_000
"""Characters looked at, and a price for each step. An honest text of 100 KB needs half of it; one
that was made to be slow has used it up within a second."""
MAX_SPAN = 2_000
"""Characters of a link's text, of its address, of code in a line."""
MAX_FENCES = 1_000
"""Lines that begin or end a block of code."""
MAX_TAGS = 1_000
"""Raw HTML tags in one text."""

_FENCE = re.compile(r"^[> \t]*(?:```|~~~)", re.MULTILINE)
_RAW_TAG = r"(</?[a-zA-Z][a-zA-Z0-9]{0,20}(?:\s[^<>]{0,2000})?/?>)"


def check_size(text: str) -> None:
    """Raises `Invalid` for a text that is larger than any guide should be."""
    if len(text) > MAX_BYTES or len(text.encode()) > MAX_BYTES:
        raise Invalid("body", _("The text is larger than 200 KB. Split it."))
    if len(_FENCE.findall(text)) > MAX_FENCES:
        raise Invalid("body", _("The text holds too many blocks of code. Split it."))


def limit(md: Markdown) -> "Limits":
    """Make a converter count its work. It then raises `Invalid` in the middle of a bad text."""
    work = _Work()
    md.parser.blockprocessors.register(_Watch(md.parser, work), "watch", 1_000)
    tags = _RawTag(_RAW_TAG, md)
    md.inlinePatterns.register(tags, "html", 90)
    for pattern in md.inlinePatterns:
        work.watch(pattern)
    return Limits(work, tags)


class Limits:
    """What a converter has left for the text in hand."""

    def __init__(self, work: "_Work", tags: "_RawTag") -> None:
        self._work, self._tags = work, tags

    def reset(self) -> None:
        """Begin another text."""
        self._work.left, self._tags.left = MAX_WORK, MAX_TAGS


class _Work:
    """What one text has cost so far; some short texts would keep the library busy for minutes."""

    def __init__(self) -> None:
        self.left = MAX_WORK

    def spend(self, characters: int) -> None:
        """Count characters looked at. Raises `Invalid` when an honest text would be long done."""
        self.left -= characters
        if self.left < 0:
            raise Invalid("body", _("The text is too tangled to be shown. Use less markup."))

    def watch(self, pattern: Any) -> None:
        """Count what an inline pattern does, and keep its search for a closing mark near."""
        handle = pattern.handleMatch

        def counted(match: re.Match[str], data: str) -> Any:
            self.spend(50 + len(data) // 20)
            return handle(match, data)

        pattern.handleMatch = counted
        for name in ("getText", "getLink"):
            if search := getattr(pattern, name, None):
                setattr(pattern, name, self._near(search))
        if isinstance(pattern, BacktickInlineProcessor):
            self._watch_code(pattern)

    def _watch_code(self, pattern: Any) -> None:
        search = pattern.find_code_spans

        def near(start: int, text: str) -> Any:
            self.spend(min(MAX_SPAN, len(text) - start) // 4)
            return search(start, text[: start + MAX_SPAN])

        pattern.find_code_spans = near

    def _near(self, search: Callable[[str, int], Any]) -> Callable[[str, int], Any]:
        """Let a search for a closing mark see `MAX_SPAN` characters, and count them."""

        def near(data: str, start: int) -> Any:
            found = search(data[: start + MAX_SPAN], start)
            end, was_found = found[-2:]
            self.spend(end - start if was_found else min(MAX_SPAN, len(data) - start))
            return found

        return near


def too_deep() -> Invalid:
    """The error of a text whose lists and quotes nest beyond reading."""
    return Invalid(
        "body",
        _(
            "Lists and quotes stand more than %(depth)s deep inside each other. Flatten them.",
            depth=MAX_DEPTH,
        ),
    )


class _Watch(BlockProcessor):
    """Stands before the block processors, takes nothing, and counts what they are given."""

    def __init__(self, parser: BlockParser, work: _Work) -> None:
        super().__init__(parser)
        self.work = work

    def test(self, parent: Element, block: str) -> bool:
        if len(self.parser.state) > MAX_DEPTH:
            raise too_deep()
        self.work.spend(200 + len(block) + 100 * block.count("\n"))
        return False

    def run(self, parent: Element, blocks: list[str]) -> bool:
        return False


class _RawTag(HtmlInlineProcessor):
    """Lets raw tags through to the sanitizer, but not thousands of them inside each other."""

    left = MAX_TAGS

    def handleMatch(self, m: re.Match[str], data: str) -> Any:  # type: ignore[override]  # noqa: N802
        self.left -= 1
        if self.left < 0:
            raise Invalid("body", _("The text holds too much raw HTML. Write it as Markdown."))
        return super().handleMatch(m, data)
