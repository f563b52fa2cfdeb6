"""A language for tests: every translated text stands in brackets, so that others stand out.

What the world's people wrote is Greek there: whatever is left in Latin letters outside of brackets
is a text of the portal's that bypasses gettext.
"""

import re
import string
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from babel import Locale, dates, numbers, support
from sqlalchemy import Connection, select, update

from portal import i18n
from portal.branding import Branding
from portal.tables import metadata

OPEN, CLOSE = "⟦⟧"
GREEK = str.maketrans(string.ascii_letters, "αβψδεφγηιξκλμνοπθρστυβωχυζΑΒΨΔΕΦΓΗΙΞΚΛΜΝΟΠΘΡΣΤΥΒΩΧΥΖ")
WRITTEN = {
    "comment_reply": ("reply",),
    "search_miss": ("words",),
    "pinned_note": ("text",),
    "customer_text": ["title", "text"],
    "search_entry": ["title", "goal", "text"],
    "organization": ("name", "branding"),
    "import_row": ("email", "display_name"),
    "member": ("display_name", "name_key", "job"),
    "people_import": ("file_name",),
    "quiet_period": ("name",),
    "team": ("name",),
    "goal": ("title", "html", "evidence"),
    "guide": ("title", "maintainer"),
    "revision": ("title", "purpose", "evidence", "checklist", "headings", "html", "source"),
    "current_revision": ("title",),
    "path": ("title", "html"),
    "step": ("title",),
    "help_message": ("display_name", "words"),
    "help_request": ("words",),
    "if_then": ("line",),
    "follow_up": ("comment",),
    "kit": ("title", "purpose", "html"),
    "kit_document": ("title", "purpose", "fields"),
    "outcome": ("comment",),
    "outcome_change": ("comment",),
    "web_session": ("user_agent",),
}
"""Columns that hold what people write."""


class Bracketed(support.NullTranslations):
    """Every message as itself, in brackets."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)

    ugettext, ungettext = gettext, ngettext


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the language in force for everybody; dates and numbers count as translated.

    It goes by a name that no other test uses: what is compiled for it serves nobody else.
    """
    load = (Locale.parse("en_NZ"), Bracketed())
    monkeypatch.setattr(i18n, "load", lambda _locale: load)
    monkeypatch.setattr(i18n, "dates", _bracketing(dates))
    monkeypatch.setattr(i18n, "numbers", _bracketing(numbers))
    monkeypatch.setattr(i18n, "_format_day", _bracket(i18n._format_day))
    monkeypatch.setattr(i18n, "_format_span", _bracket(i18n._format_span))


def _bracketing(module: Any) -> SimpleNamespace:
    """A module of Babel whose formats are in brackets."""
    names = [name for name in dir(module) if not name.startswith("__")]
    found = {name: getattr(module, name) for name in names}
    return SimpleNamespace(
        **{n: _bracket(f) if n.startswith("format_") else f for n, f in found.items()}
    )


def _bracket(format_it: Callable[..., str]) -> Callable[..., str]:
    return lambda *given, **named: f"{OPEN}{format_it(*given, **named)}{CLOSE}"


def write_in_greek(connection: Connection) -> None:
    """Let everything that people wrote be in Greek letters; tags of HTML stay."""
    for name, columns in WRITTEN.items():
        table = metadata.tables[name]
        keys = list(table.primary_key.columns)
        for row in connection.execute(select(table)).mappings().all():
            texts = {column: in_greek(row[column]) for column in columns}
            same = [key == row[key.name] for key in keys]
            connection.execute(update(table).where(*same).values(texts))


def in_greek(text: Any) -> Any:
    """A text, or the texts in a value, in Greek letters; tags and keys stay."""
    if isinstance(text, Branding):
        return replace(text, name=in_greek(text.name))
    if isinstance(text, list):
        return [in_greek(item) for item in text]
    if isinstance(text, dict):
        said = {name: in_greek(text[name]) for name in ("title", "label") if name in text}
        return text | said
    if not isinstance(text, str):
        return text
    parts = re.split(r"(<[^>]*>|&\w+;)", text)
    return "".join(p if p.startswith(("<", "&")) else p.translate(GREEK) for p in parts)


class Visible(HTMLParser):
    """Collects what a reader sees or hears of a page, as far as it is not in brackets."""

    ATTRIBUTES = frozenset(
        "title aria-label aria-description placeholder alt label"
        " data-confirm data-copied data-copy-code data-failed data-label".split()
    )
    SILENT = frozenset({"style", "script"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.depth = 0
        self.tags: list[str] = []
        self.bare: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        for name, value in attrs:
            if value and self._is_read(tag, name, given):
                self.bare += bare_words(value)

    def _is_read(self, tag: str, name: str, given: dict[str, str | None]) -> bool:
        if name == "content":
            return tag == "meta" and given.get("name") == "description"
        if name == "value":
            return tag == "input" and given.get("type") in ("submit", "button")
        return name in self.ATTRIBUTES

    def handle_endtag(self, tag: str) -> None:
        while tag in self.tags and self.tags.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.SILENT.intersection(self.tags):
            return
        outside, self.depth = outside_brackets(data, self.depth)
        self.bare += words(outside)


def outside_brackets(text: str, depth: int = 0) -> tuple[str, int]:
    """What stands outside of all brackets, and how many are open at the end."""
    outside = []
    for sign in text:
        depth += (sign == OPEN) - (sign == CLOSE)
        outside.append(sign if depth == 0 and sign != CLOSE else " ")
    return "".join(outside), depth


def bare_words(text: str) -> list[str]:
    return words(outside_brackets(text)[0])


NOBODYS = re.compile(r"https?://\S+|\S+@\S+|\b\w*\d\w*\b")
"""Addresses, and words with a digit: they are the same in every language."""
WORD = re.compile(r"[A-Za-z]{2,}")


def words(text: str) -> list[str]:
    """The words in Latin letters."""
    return WORD.findall(NOBODYS.sub(" ", text))


def bare_texts(page: str) -> list[str]:
    """What a page says outside of brackets."""
    reader = Visible()
    reader.feed(page)
    return reader.bare


def lines(text: str) -> Iterator[str]:
    """Bare words of a plain text, as a mail's."""
    depth = 0
    for line in text.splitlines():
        outside, depth = outside_brackets(line, depth)
        yield from words(outside)
