"""Markdown as its author sees it: lines with numbers, links, headings and sentences.

The renderer knows no line numbers. This reads the source, block code set aside, well enough to
point at what an author should mend; it decides nothing about what readers see.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

_FENCE = re.compile(r"(?:>[ ]?)*[ ]*(`{3,}|~{3,})(.*)")
_LINK = re.compile(r"(!?)\[([^\[\]]*)\]\(\s*<?([^()<>\s]*)")
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)[^\[\]]+\]:\s*<?([^\s<>]+)", re.MULTILINE)
_RAW_TARGET = re.compile(r"""<(a|img)\s[^<>]*?\b(?:href|src)\s*=\s*["']?([^"'\s<>]+)""", re.I)
_CODE = re.compile(r"(?<!`)(`+)(?!`)[^`\n]+\1(?!`)")
_HEADING = re.compile(r"(#{1,6})(?!#)(.*)")
_UNDERLINE = re.compile(r"(=+|-+)\s*")
_ITEM = re.compile(r"([-*+]|\d{1,9}[.)])\s+(.*)")
_NUMBERED = re.compile(r"(\d{1,9})[.)]\s")
_CONTAINER = re.compile(r"(?:>\s?|:\s+)")
_BOX = re.compile(r"""(?:!!! +([\w-]+)|={3}[+!]*)(?: +"([^"]*)")?""")
_NOTE = re.compile(r"\[\^[^\[\]]+\]:\s*")
_MARKUP = re.compile(
    r"\[\^[^\[\]\n]+\]|!?\[([^\[\]]*)\](?:\([^()\n]*\)|\[[^\[\]\n]*\])?|<[^<>\n]+>|\{#[\w-]+\}"
    r"|[*_~]+"
)
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
    """A heading with its level as written, or the title of a box (level 0)."""

    line: int
    level: int
    text: str


BlockKind = Literal["paragraph", "item", "row", "note"]


@dataclass(frozen=True)
class Block:
    """Lines that belong together, without the marks before them: a paragraph, an item of a list,
    a row of a table, a footnote."""

    kind: BlockKind
    lines: tuple[Line, ...]
    """With the marks inside of them: `**bold**`, `[link](address)`."""

    @cached_property
    def raw(self) -> str:
        """The text with its marks, a line for each line."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def text(self) -> str:
        """The text alone, a line for each line."""
        return without_markup(self.raw)

    @cached_property
    def words(self) -> int:
        """How many words it has."""
        return count_words(self.text)

    def line_at(self, position: int, text: str) -> int:
        """The number of the line on which a place of `raw` or `text` stands."""
        return self.lines[text.count("\n", 0, position)].number


@dataclass(frozen=True, slots=True)
class Procedure:
    """An ordered list."""

    line: int
    steps: int


def without_markup(text: str) -> str:
    """A text without marks; of links and pictures the words stay."""
    return _MARKUP.sub(lambda match: match[1] or "", text)


def count_words(text: str) -> int:
    """Words and numbers; signs alone do not count."""
    return len(_WORD.findall(text))


@dataclass(frozen=True)
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
                yield Title(line.number, len(match[1]), _name(match[2]))
            elif _UNDERLINE.fullmatch(line.text) and before and not _starts_block(before):
                yield Title(line.number, 1 if line.text.startswith("=") else 2, _name(before))
            before = line.text.strip()

    def boxes(self) -> Iterator[tuple[str, Title]]:
        """Boxes by their kind (`wrong`), and tabs, each with its title."""
        for line in self.lines:
            if match := _BOX.fullmatch(line.text.strip()):
                yield match[1] or "tab", Title(line.number, 0, _name(match[2] or ""))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Paragraphs, items, rows and footnotes in their order; no headings, no code."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        kind: BlockKind = "paragraph"
        lines: list[Line] = []
        for line in self.lines:
            text, begins = _content(line.text)
            if lines and (begins or not text):
                yield Block(kind, tuple(lines))
                lines = []
            if text:
                kind = kind if lines else (begins or "paragraph")
                lines.append(Line(line.number, text))
        if lines:
            yield Block(kind, tuple(lines))

    def procedures(self) -> Iterator[Procedure]:
        """Ordered lists; what stands between two items and is not part of one ends none as long
        as the numbers go on."""
        open_lists: dict[int, _List] = {}
        is_apart = was_empty = False
        for line in self.lines:
            text = line.text.lstrip(" ")
            indent = len(line.text) - len(text)
            if not text:
                was_empty = True
                continue
            item = _NUMBERED.match(text)
            ended = _HEADING.match(line.text) is not None
            for inner in [i for i in open_lists if ended or (item and i > indent)]:
                yield open_lists.pop(inner).found
            if item:
                known = open_lists.get(indent)
                if known and (not is_apart or int(item[1]) == known.last + 1):
                    known.add(int(item[1]))
                else:
                    if known:
                        yield known.found
                    open_lists[indent] = _List(line.number, int(item[1]))
                is_apart = False
            elif was_empty and indent <= min(open_lists, default=0):
                is_apart = True
            was_empty = False
        yield from (known.found for known in open_lists.values())

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


def _name(text: str) -> str:
    """What a heading says."""
    return without_markup(text).strip().rstrip("#").strip()


@dataclass(slots=True)
class _List:
    """An ordered list while it is read."""

    line: int
    last: int
    steps: int = 1

    def add(self, number: int) -> None:
        self.last, self.steps = number, self.steps + 1

    @property
    def found(self) -> Procedure:
        return Procedure(self.line, self.steps)


def _content(text: str) -> tuple[str, BlockKind | None]:
    """A line without the marks before its words, and the kind of block that it begins, if any.

    Without words it ends the block before it.
    """
    text = text.strip()
    begins: BlockKind | None = None
    while match := _CONTAINER.match(text):
        text = text[match.end() :]
        begins = begins if match[0].startswith(">") else "paragraph"
    # Most lines begin with a letter and are nothing but words.
    if not text or text[0].isalpha():
        return text, begins
    ends = (_HEADING.match, _UNDERLINE.fullmatch, _BOX.fullmatch, _DEFINITION.match)
    if any(matches(text) for matches in ends):
        return "", None
    if text.startswith("|"):
        return text, "row"
    if match := _NOTE.match(text):
        return text[match.end() :], "note"
    if match := _ITEM.match(text):
        return match[2], "item"
    return text, begins
