"""Markdown as its author sees it: lines with numbers, links, headings and sentences.

The renderer knows no line numbers. This reads the source, block code set aside, well enough to
point at what an author should mend; it decides nothing about what readers see.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"(?:>[ ]?)*[ ]*(`{3,}|~{3,})(.*)")
_LINK = re.compile(r"(!?)\[([^\[\]]*)\]\(\s*<?([^()<>\s]*)")
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\[\]]+\]:\s*<?([^\s<>]+)", re.MULTILINE)
_RAW_TARGET = re.compile(r"""<(a|img)\s[^<>]*?\b(?:href|src)\s*=\s*["']?([^"'\s<>]+)""", re.I)
_CODE = re.compile(r"(?<!`)(`+)(?!`)[^`\n]+\1(?!`)")
_HEADING = re.compile(r"(#{1,6})(?!#)(.*)")
_UNDERLINE = re.compile(r"(=+|-+)\s*")
_ITEM = re.compile(r"([-*+]|\d{1,9}[.)])\s+(.*)")
_CONTAINER = re.compile(r"(?:>\s?|!!!\s.*|:\s+)")
_MARKUP = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])?|<[^<>]+>|\{#[\w-]+\}|[*_~]+")
_SENTENCE_END = re.compile(r"[.!?…][\"”'’)\]]*\s+")
_WORD = re.compile(r"[^\W_](?:[\w'’.,/-]*\w)?")


@dataclass(frozen=True, slots=True)
class Line:
    """A line outside block code, with its number in the file."""

    number: int
    text: str

    @property
    def without_code(self) -> str:
        """The text with blanks for `code`, so that all stands where it stood."""
        return _CODE.sub(lambda match: " " * len(match[0]), self.text)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link or picture points."""

    line: int
    address: str
    is_picture: bool = False
    words: str | None = None
    """Link text or alt text; None where raw HTML holds it."""


@dataclass(frozen=True, slots=True)
class Title:
    """A heading with its level as written."""

    line: int
    level: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without markup."""

    line: int
    text: str

    @property
    def words(self) -> int:
        """How many words it has; `18 of 21` has three, `Close > Variances` two."""
        return count_words(self.text)


def count_words(text: str) -> int:
    """Words and numbers; signs alone do not count."""
    return len(_WORD.findall(text))


@dataclass(frozen=True, slots=True)
class Prose:
    """A body without its block code; the lines keep their places."""

    lines: tuple[Line, ...]
    open_fence: int | None
    """The line of a block of code that does not end."""

    def targets(self) -> Iterator[Target]:
        """Links and pictures, wherever they point."""
        text = "\n".join(line.without_code for line in self.lines)
        line_at = self._line_finder(text)
        for match in _LINK.finditer(text):
            yield Target(line_at(match.start()), match[3], match[1] == "!", match[2].strip())
        for match in _DEFINITION.finditer(text):
            yield Target(line_at(match.start(1)), match[1])
        for match in _RAW_TARGET.finditer(text):
            yield Target(line_at(match.start()), match[2], match[1].lower() == "img")

    def _line_finder(self, text: str) -> Callable[[int], int]:
        first = self.lines[0].number if self.lines else 1
        ends = [match.start() for match in re.finditer("\n", text)]
        return lambda position: first + bisect_left(ends, position)

    def titles(self) -> Iterator[Title]:
        """Headings of both kinds."""
        before = ""
        for line in self.lines:
            if match := _HEADING.match(line.text):
                yield Title(line.number, len(match[1]))
            elif _UNDERLINE.fullmatch(line.text) and before and not _starts_block(before):
                yield Title(line.number, 1 if line.text.startswith("=") else 2)
            before = line.text.strip()

    def sentences(self) -> Iterator[Sentence]:
        """Sentences of paragraphs, items and quotes; not of headings and tables."""
        paragraph: list[Line] = []
        for line in self.lines:
            words, begins = _words(line.text)
            if begins or not words:
                yield from _split(paragraph)
                paragraph = []
            if words:
                paragraph.append(Line(line.number, words))
        yield from _split(paragraph)

    def badly_indented(self) -> Iterator[int]:
        """Lines that are meant to belong to a list item, but do not reach far enough in."""
        item: int | None = None
        was_empty = False
        for line in self.lines:
            text = line.text.lstrip(" ")
            indent = len(line.text) - len(text)
            is_item = _ITEM.match(text) is not None
            if not text:
                was_empty = True
                continue
            if item is not None and item < indent < item + 4 and (is_item or was_empty):
                yield line.number
            elif is_item:
                item = indent
            elif was_empty and indent == 0:
                item = None
            was_empty = False


def read_prose(body: str, first_line: int) -> Prose:
    """Take a body apart that begins on `first_line` of its file. Code becomes empty lines."""
    lines: list[Line] = []
    fence, opened = "", 0
    for number, text in enumerate(body.split("\n"), start=first_line):
        match = _FENCE.match(text.lstrip(" "))
        if fence:
            if match and match[1].startswith(fence) and not match[2].strip():
                fence = ""
            text = ""
        elif match and not ("`" in match[1] and "`" in match[2]):
            fence, opened, text = match[1], number, ""
        lines.append(Line(number, text))
    return Prose(tuple(lines), opened if fence else None)


def _starts_block(text: str) -> bool:
    return text.startswith(("#", ">", "|", "!!!")) or _ITEM.match(text) is not None


def _words(text: str) -> tuple[str, bool]:
    """A line's words without markup, and whether a new paragraph begins with them."""
    text = text.strip()
    if not text or text.startswith("|") or _HEADING.match(text) or _UNDERLINE.fullmatch(text):
        return "", True
    begins = False
    while match := _CONTAINER.match(text):
        text, begins = text[match.end() :], begins or not match[0].startswith(">")
    if match := _ITEM.match(text):
        text, begins = match[2], True
    return _MARKUP.sub(lambda match: match[1] or "", text).strip(), begins


def _split(paragraph: list[Line]) -> Iterator[Sentence]:
    start, words = 0, ""
    for line in paragraph:
        text, position = line.text + " ", 0
        for end in [match.end() for match in _SENTENCE_END.finditer(text)]:
            yield Sentence(start or line.number, (words + text[position:end]).strip())
            start, words, position = 0, "", end
        if rest := text[position:].strip():
            start, words = start or line.number, f"{words}{rest} "
    if words:
        yield Sentence(start, words.strip())
