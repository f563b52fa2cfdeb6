"""Files that authors write: YAML front matter, then Markdown. Read without trusting them.

Nothing is raised at the first mistake: an author wants to see all of them, each with its line.
Shared by goals, guides and paths.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from frontmatter.default_handlers import YAMLHandler

from portal.guides import reasons
from portal.i18n import gettext as _

MAX_FILE_BYTES = 256_000
MAX_FRONT_CHARACTERS = 20_000
MAX_FRONT_DEPTH = 8

DEFAULT_LANGUAGE = "en"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 80

Place = tuple[str | int, ...]
"""Where a value stands in the front matter: `("steps", 1, "guide")`."""


Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend in a file, in words for its author. An error forbids publishing."""

    file: str
    line: int
    what: str
    mend: str
    severity: Severity = "error"
    rule: str = ""
    """The rule for writing that says so, by which a vendor may leave it out; empty for others."""

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}: {self.severity}: {self.what} {self.mend}".rstrip()
        return f"{said} [{self.rule}]" if self.rule else said


@dataclass(frozen=True, slots=True)
class Document:
    """A file taken apart. Values of the front matter are text, lists and mappings, as written."""

    file: str
    """As people call it: `content/guides/close.md`."""
    path: Path
    slug: str
    language: str | None
    """Named by the file (`close.de.md`)."""
    source: str
    """The whole text with normalized line ends and characters."""
    front: Mapping[str, Any]
    lines: Mapping[Place, int]
    body: str
    body_line: int


def line_of(lines: Mapping[Place, int], place: Place) -> int:
    """The line of a value, or of the nearest thing around it; 1 where there is nothing."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


class _Broken(Exception):
    """A file that cannot be taken apart."""

    def __init__(self, line: int, what: str, mend: str) -> None:
        super().__init__(what)
        self.line, self.what, self.mend = line, what, mend


def documents(content_dir: Path, kind: str) -> Iterator[Document | Problem]:
    """Every Markdown file of `content_dir/kind`, by name, or what is wrong with it."""
    folder = content_dir / kind
    label = f"{content_dir.resolve().name}/{kind}"
    paths = folder.glob("*.md") if folder.is_dir() else ()
    for path in sorted(paths, key=lambda path: path.name):
        if path.name.startswith("."):
            continue
        file = f"{label}/{path.name}"
        try:
            yield _document(path, file)
        except _Broken as error:
            yield Problem(file, error.line, error.what, error.mend)


def read_values(path: Path, file: str) -> Document | Problem:
    """A file of YAML alone, taken apart as the front matter of others is."""
    try:
        source = _text(path)
        values, lines = _Reading(1, is_alone=True).read(source)
    except _Broken as error:
        return Problem(file, error.line, error.what, error.mend)
    return Document(file, path, path.stem, None, source, values, lines, "", 1)


def slugs(content_dir: Path, kind: str) -> frozenset[str]:
    """The names of all files of a kind, whatever is in them."""
    return frozenset(split_name(path.name)[0] for path in (content_dir / kind).glob("*.md")) - {""}


def nearest(name: str, names: Iterable[str]) -> str:
    """What an author may have meant by a name that is not there."""
    near = difflib.get_close_matches(name, sorted(names), n=1)
    if near:
        return _("Did you mean “%(name)s”?", name=near[0])
    return _("Write its file, or name another.")


def split_name(name: str) -> tuple[str, str | None]:
    """`close.de.md` → (`close`, `de`); an empty slug where the name does not fit."""
    slug, *rest = name.removesuffix(".md").split(".")
    fits = SLUG.fullmatch(slug) and len(slug) <= MAX_SLUG and len(rest) <= 1
    if not fits or any(not LANGUAGE.fullmatch(language) for language in rest):
        return "", None
    return slug, rest[0] if rest else None


def _document(path: Path, file: str) -> Document:
    slug, language = split_name(path.name)
    if not slug:
        raise _Broken(
            1,
            _("The name of this file can't be part of an address."),
            _("Use lower-case letters, digits and single hyphens: close-the-month.md"),
        )
    source = _text(path)
    front, body = _split(source)
    front_line = source.count("\n", 0, source.index(front)) + 1
    values, lines = _Reading(front_line).read(front)
    body_start = len(source) - len(body)
    return Document(
        file,
        path,
        slug,
        language,
        source,
        values,
        lines,
        body,
        source.count("\n", 0, body_start) + 1,
    )


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        what = _("This file can't be read: %(reason)s.", reason=reasons.of_system(error))
        mend = _("Check that it is a file and that the portal may read it.")
        raise _Broken(1, what, mend) from None
    if len(data) > MAX_FILE_BYTES:
        raise _Broken(1, _("This file is larger than 250 KB."), _("Split it: one task, one guide."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Broken(line, _("This is not UTF-8."), _("Save the file as UTF-8.")) from None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.rstrip() + "\n"


def _split(source: str) -> tuple[str, str]:
    """Front matter and body; together they are the end of the source."""
    handler = YAMLHandler()
    try:
        if not handler.detect(source):
            raise ValueError
        front, body = handler.split(source)
    except ValueError:
        raise _Broken(
            1,
            _("The front matter is missing."),
            _("Begin the file with a line ---, then “title: …” and so on, then a line ---."),
        ) from None
    if not front.strip():
        raise _Broken(1, _("The front matter is empty."), _("See content/README.md."))
    if len(front) > MAX_FRONT_CHARACTERS:
        raise _Broken(1, _("The front matter is too long."), _("Move the text below it."))
    return front, body.lstrip("\n")


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Reads events only: nothing is constructed, so no tag means anything."""


@dataclass
class _Reading:
    """Turns YAML into text, lists and mappings, and remembers where each value stood.

    Every value stays as it was written: `no` is a language here, never false. What a small text
    can blow up with is refused: aliases and depth.
    """

    first_line: int
    is_alone: bool = False
    """Whether the file is YAML and nothing else."""
    lines: dict[Place, int] = field(default_factory=dict)
    _events: Iterator[Any] = field(default_factory=lambda: iter(()))

    def read(self, front: str) -> tuple[dict[str, Any], dict[Place, int]]:
        try:
            self._events = yaml.parse(front, Loader=_Loader)
            values = self._document()
        except yaml.MarkedYAMLError as error:
            mark: Any = error.problem_mark or error.context_mark
            raise self._unreadable(
                mark.line if mark else 0, reasons.of_yaml(error.problem)
            ) from None
        except (yaml.YAMLError, UnicodeError) as error:
            why = reasons.of_yaml(getattr(error, "reason", None))
            raise self._unreadable(0, why) from None
        if not isinstance(values, dict):
            raise self._unreadable(0, _("it is not a list of “key: value” lines"))
        return values, self.lines

    def _document(self) -> Any:
        next(self._events)  # The stream begins.
        start = next(self._events)
        if not isinstance(start, yaml.DocumentStartEvent):
            return None
        values = self._value(next(self._events), ())
        next(self._events)  # The document ends.
        rest = next(self._events)
        if not isinstance(rest, yaml.StreamEndEvent):
            raise self._unreadable(rest.start_mark.line, _("a second document begins"))
        return values

    def _value(self, event: Any, place: Place) -> Any:
        line = event.start_mark.line
        if isinstance(event, yaml.AliasEvent):
            why = _("aliases (*) are not allowed; write the value out")
            raise self._unreadable(line, why)
        if len(place) >= MAX_FRONT_DEPTH:
            raise self._unreadable(line, _("it is nested too deep"))
        if place:
            self.lines.setdefault(place, self.first_line + line)
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._value(item, (*place, i)) for i, item in enumerate(self._until_end())]
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place)
        return event.value

    def _until_end(self) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
                return
            yield event

    def _mapping(self, place: Place) -> dict[str, Any]:
        values = {}
        for key in self._until_end():
            line = key.start_mark.line
            if not isinstance(key, yaml.ScalarEvent):
                raise self._unreadable(line, _("a key must be a word"))
            if (*place, key.value) in self.lines:
                raise self._unreadable(line, _("“%(key)s” stands there twice", key=key.value))
            self.lines[*place, key.value] = self.first_line + line
            value = self._value(next(self._events), (*place, key.value))
            if value != "":
                values[key.value] = value
        return values

    def _unreadable(self, line: int, why: str) -> _Broken:
        what = _("The front matter can't be read: %(why)s.", why=why)
        return _Broken(
            self.first_line + line,
            _("This file can't be read: %(reason)s.", reason=why) if self.is_alone else what,
            _("Check colons, quotes and spaces; put a text that holds “: ” or “#” in quotes."),
        )
