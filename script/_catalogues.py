"""The texts of the portal and their translations: extract, merge, check."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "portal" / "translations"
KEYWORDS = {
    "_": None,
    "_later": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
METHODS = [("portal/**.py", "python"), ("templates/**", "jinja2")]
UNUSED = "POT-Creation-Date|PO-Revision-Date|Report-Msgid-Bugs-To|Last-Translator|Language-Team"
"""Lines of a catalogue's head that would say nothing, or change with every run."""
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")


def main() -> int:
    """As script/translate says."""
    wanted = sys.argv[1:]
    if wanted == ["--check"]:
        problems = [problem for file in catalogues() for problem in check(file)]
        print("\n".join(problems) or "Every text is translated.")
        return 1 if problems else 0
    for file in [*catalogues(), *(FOLDER / f"{name}.po" for name in wanted)]:
        update(file)
        print(f"{file.relative_to(ROOT)}: {len(check(file))} to do")
    return 0


def catalogues() -> list[Path]:
    """The catalogue of each language."""
    return sorted(FOLDER.glob("*.po"))


def extract() -> Catalog:
    """Every text of code and templates, in the order of their files."""
    found = Catalog(project="Waymark", charset="utf-8")
    options = {"templates/**": {"extensions": "jinja2.ext.i18n", "silent": "false"}}
    for file, line, message, comments, context in extract_from_dir(
        ROOT, METHODS, options, KEYWORDS, comment_tags=["Translators:"], strip_comment_tags=True
    ):
        if file.startswith(("portal/", "templates/")) and message:
            found.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return found


def update(file: Path) -> None:
    """Write a catalogue anew, with what was translated already."""
    wanted = extract()
    known = read(file) if file.exists() else Catalog(locale=file.stem)
    made = Catalog(
        locale=file.stem,
        project="Waymark",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Translations of Waymark.",
    )
    for message in wanted:
        if message.id:
            before = known.get(_key(message), message.context)
            string = before.string if before else None
            made.add(message.id, string, message.locations, auto_comments=message.auto_comments)
    file.parent.mkdir(exist_ok=True)
    with file.open("wb") as written:
        write_po(written, made, width=100, include_lineno=False, omit_header=False)
    text = re.sub(rf'"({UNUSED}): .*\n', "", file.read_text())
    file.write_text(text)


def read(file: Path) -> Catalog:
    """A catalogue."""
    with file.open("rb") as written:
        return read_po(written, locale=file.stem)


def check(file: Path) -> list[str]:
    """What is missing or wrong in a catalogue, a line each."""
    known, wanted = read(file), extract()
    problems = []
    for message in wanted:
        if message.id:
            translated = known.get(_key(message), message.context)
            problems += [f"{file.name}: {what}" for what in _faults(message, translated)]
    keys = {_key(message) for message in wanted if message.id}
    problems += [
        f"{file.name}: no text any more: {message.id!r}"
        for message in known
        if message.id and _key(message) not in keys
    ]
    return problems


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _faults(message: Message, translated: Message | None) -> list[str]:
    if translated is None or not _strings(translated) or not all(_strings(translated)):
        return [f"not translated: {message.id!r}"]
    if translated.fuzzy:
        return [f"marked as fuzzy: {message.id!r}"]
    wanted = _placeholders(_ids(message)[-1])
    return [
        f"other placeholders: {message.id!r}"
        for string in _strings(translated)
        if _placeholders(string) - wanted or (wanted - _placeholders(string)) - {"num"}
    ]


def _ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _placeholders(text: str) -> set[str]:
    return {found.group(1) or found.group() for found in PLACEHOLDER.finditer(text)}


if __name__ == "__main__":
    sys.exit(main())
