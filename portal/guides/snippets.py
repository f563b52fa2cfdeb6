"""Pieces of text that several guides share: `--8<-- "name.md"` on a line of its own.

They stand in `content/snippets`. Nothing outside of it is read; a piece may hold others, but not
without end, neither in depth nor in size.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from portal.i18n import gettext as _
from portal.markdown.limits import MAX_BYTES

FOLDER = "snippets"
MAX_DEPTH = 5
LINE = re.compile(r"""([ \t]*)--8<--[ \t]+["']([^"'\n]{1,200})["'][ \t]*""")
NAME = re.compile(r"(?:[\w-][\w.-]*/){0,5}[\w-][\w.-]*\.md")


class BadSnippet(Exception):
    """A piece that can't be put in, with why and how to mend it; `line` counts from 0."""

    def __init__(self, line: int, what: str, mend: str) -> None:
        super().__init__(what)
        self.line, self.what, self.mend = line, what, mend


@dataclass(slots=True)
class Expanded:
    """A text with its pieces put in."""

    text: str
    uses: dict[str, str] = field(default_factory=dict)
    """The pieces, each with its hash."""


class SnippetFolder:
    """The pieces of one content folder; each is read once."""

    def __init__(self, content_dir: Path) -> None:
        self._folder = content_dir / FOLDER
        self._root = self._folder.resolve()
        self._texts: dict[str, str | None] = {}

    def expand(self, text: str) -> Expanded:
        """Put the pieces in. Raises `BadSnippet` with the line of the text that names it."""
        if "--8<--" not in text:
            return Expanded(text)
        expanded = Expanded("")
        room = [MAX_BYTES]
        lines: list[str] = []
        for number, line in enumerate(text.split("\n")):
            lines += self._lines(line, (), number, expanded, room)
        expanded.text = "\n".join(lines)
        return expanded

    def used(self, text: str) -> Iterator[tuple[int, str, str]]:
        """Line (from 0), name and text of each piece that a text names itself."""
        for number, line in enumerate(text.split("\n")):
            if (match := LINE.fullmatch(line)) and (piece := self._text(match[2])) is not None:
                yield number, match[2], piece

    def _lines(
        self, line: str, inside: tuple[str, ...], number: int, into: Expanded, room: list[int]
    ) -> list[str]:
        match = LINE.fullmatch(line)
        if not match:
            room[0] -= len(line) + 1
            if room[0] < 0 and inside:
                raise BadSnippet(
                    number, _("With its pieces the text is larger than 200 KB."), _("Split it.")
                )
            return [line]
        indent, name = match.groups()
        piece = self._piece(name, inside, number)
        into.uses[f"{FOLDER}/{name}"] = hashlib.sha256(piece.encode()).hexdigest()[:12]
        found: list[str] = []
        for inner in piece.rstrip("\n").split("\n"):
            found += self._lines(
                indent + inner if inner else "", (*inside, name), number, into, room
            )
        return found

    def _piece(self, name: str, inside: tuple[str, ...], number: int) -> str:
        if name in inside:
            what = _("The piece “%(name)s” holds itself.", name=name)
            raise BadSnippet(number, what, _("Take one of the lines --8<-- out."))
        if len(inside) >= MAX_DEPTH:
            what = _("Pieces stand more than %(most)s deep inside each other.", most=MAX_DEPTH)
            raise BadSnippet(number, what, _("Put the text in directly."))
        text = self._text(name)
        if text is None:
            what = _("There is no piece “%(name)s” that can be read.", name=name[:80])
            mend = _("Put a UTF-8 file of this name into content/snippets.")
            raise BadSnippet(number, what, mend)
        return text

    def _text(self, name: str) -> str | None:
        if name not in self._texts:
            self._texts[name] = self._read(name)
        return self._texts[name]

    def _read(self, name: str) -> str | None:
        path = self._folder / name
        if not NAME.fullmatch(name) or not path.is_file():
            return None
        if not path.resolve().is_relative_to(self._root) or path.stat().st_size > MAX_BYTES:
            return None
        try:
            return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError):
            return None
