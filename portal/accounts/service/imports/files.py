"""Reading a file of people: encodings, delimiters, headers. Pure: no database, no rules."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from charset_normalizer import from_bytes

from portal.errors import Invalid
from portal.folding import fold
from portal.i18n import gettext as _
from portal.spreadsheets import unmarked

MOST_PEOPLE = 10_000
LONGEST_LINE = 20_000
"""Characters of one line in the file."""
TO_GUESS_FROM = 100_000
"""Bytes from which an encoding is guessed."""
DELIMITERS = (",", ";", "\t", "|")
LEGACY = "cp1252 cp1250 cp1251 cp1253 cp1254 cp1257 shift_jis euc_jp gb18030 big5 euc_kr".split()
"""Encodings in which spreadsheets still write."""
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class Column(StrEnum):
    """What a column of the file means."""

    EMAIL = "email"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EXTERNAL_ID = "external_id"
    ROLES = "roles"
    JOB = "job"
    TEAM = "team"


WORDS: dict[Column, tuple[str, ...]] = {
    Column.EMAIL: ("email", "e-mail", "e-mail address", "email address", "mail", "address"),
    Column.NAME: ("name", "display name", "full name"),
    Column.FIRST_NAME: ("first name", "given name", "forename"),
    Column.LAST_NAME: ("last name", "surname", "family name"),
    Column.EXTERNAL_ID: ("external id", "employee id", "employee number", "personnel number", "id"),
    Column.ROLES: ("role", "roles"),
    Column.JOB: ("job", "job title", "what they do"),
    Column.TEAM: ("team", "department"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the file: what stands in the columns that mean something."""

    line: int
    cells: dict[Column, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that could be read."""

    encoding: str
    delimiter: str
    columns: frozenset[Column]
    ignored: list[str]
    records: list[Record] = field(default_factory=list)


def read(content: bytes) -> Sheet:
    """Read a file. Raises Invalid at `file`, with the line that has to be mended."""
    text, encoding = decode(content)
    lines = list(io.StringIO(text, newline=""))
    _refuse_long_lines(lines)
    delimiter = _delimiter(lines)
    rows = _rows(lines, delimiter)
    header = next(rows, None)
    if header is None:
        raise Invalid("file", _("This file is empty."))
    columns, ignored = _columns(header[1])
    sheet = Sheet(encoding, delimiter, frozenset(columns.values()), ignored)
    for line, cells in rows:
        if len(sheet.records) == MOST_PEOPLE:
            message = _(
                "Line %(line)s: a file holds at most %(most)s people. Make several of it.",
                line=line,
                most=f"{MOST_PEOPLE:,}",
            )
            raise Invalid("file", message)
        named = {
            columns[place]: unmarked(cell.strip())
            for place, cell in enumerate(cells)
            if place in columns
        }
        sheet.records.append(Record(line, named))
    if not sheet.records:
        raise Invalid("file", _("This file names its columns, and nobody below them."))
    return sheet


def decode(content: bytes) -> tuple[str, str]:
    """The file's text, and the encoding that it seems to be written in. Raises Invalid."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _decode(content, encoding)
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    guessed = from_bytes(content[:TO_GUESS_FROM], cp_isolation=LEGACY).best()
    return _decode(content, guessed.encoding if guessed else "cp1252")


def _decode(content: bytes, encoding: str) -> tuple[str, str]:
    try:
        return content.decode(encoding), encoding.removesuffix("-sig")
    except (UnicodeDecodeError, LookupError):
        message = _("This file cannot be read as text. Save it as “CSV UTF-8” and choose it again.")
        raise Invalid("file", message) from None


def _refuse_long_lines(lines: Iterable[str]) -> None:
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            message = _(
                "Line %(line)s is longer than %(most)s characters. Is this a list of people?",
                line=number,
                most=f"{LONGEST_LINE:,}",
            )
            raise Invalid("file", message)


def _delimiter(lines: Iterable[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _rows(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold something, with their numbers. Raises Invalid for wrong quotes."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message = _(
                "Line %(line)s: a quotation mark is opened and not closed, or stands inside of a"
                " quoted cell. Double it there, or take it out.",
                line=line,
            )
            raise Invalid("file", message) from None
        if any(cell.strip() for cell in cells):
            yield line, cells


def _columns(header: list[str]) -> tuple[dict[int, Column], list[str]]:
    """What the columns mean, by their places; and those that mean nothing."""
    known = _known_words()
    found: dict[int, Column] = {}
    ignored = []
    for place, name in enumerate(header):
        column = known.get(fold(name))
        if column is None:
            ignored.append(name.strip()[:80])
        elif column in found.values():
            message = _("Line 1: two columns mean “%(name)s”. Take one out.", name=name.strip())
            raise Invalid("file", message)
        else:
            found[place] = column
    if Column.EMAIL not in found.values():
        message = _(
            "Line 1 must name the columns, and one of them must be called “E-mail address”."
        )
        raise Invalid("file", message)
    return found, [name for name in ignored if name]


def _known_words() -> dict[str, Column]:
    """Names of columns: in English, and as our own file has them in the reader's language."""
    ours = {
        Column.EMAIL: _("E-mail address"),
        Column.NAME: _("Name"),
        Column.EXTERNAL_ID: _("External ID"),
        Column.ROLES: _("Roles"),
        Column.JOB: _("Job"),
        Column.TEAM: _("Team"),
    }
    known = {fold(word): column for column, words in WORDS.items() for word in words}
    return known | {fold(word): column for column, word in ours.items()}
