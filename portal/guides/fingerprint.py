"""One word for everything that a publication is made of: files, code and day."""

import hashlib
import os
from datetime import date
from pathlib import Path

from portal.config import ROOT
from portal.guides.writing.conventions import FILE as CONVENTIONS
from portal.markdown import VERSION

TEXTS = ("goals", "paths", "guides", "kits", "drafts", "snippets")
CODE = ("guides", "markdown", "paths", "translations")
MOST_BYTES = 400_000
"""Read of a text; larger ones are refused anyway."""


def fingerprint(content_dir: Path, today: date) -> str:
    """Differs when a publication might. Texts count by what they hold, media by size and time.

    Its end stands for the rules for writing alone: `same_rules` compares that.
    """
    rules = hashlib.sha256(_of_text(content_dir / CONVENTIONS, content_dir))
    for name in CODE:
        _add_stats(rules, ROOT / "portal" / name)
    found = hashlib.sha256(f"{VERSION} {today}".encode() + rules.digest())
    for name in TEXTS:
        for path in _files(content_dir / name):
            found.update(_of_text(path, content_dir))
    _add_stats(found, content_dir / "media")
    return f"{found.hexdigest()[:40]}.{rules.hexdigest()[:20]}"


def same_rules(mark: str | None, other: str | None) -> bool:
    """Whether two fingerprints were taken under the same rules for writing."""
    return bool(mark and other) and _rules(mark) == _rules(other)


def _rules(mark: str | None) -> str:
    return (mark or "").rpartition(".")[2]


def _of_text(path: Path, content_dir: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            held = hashlib.sha256(stream.read(MOST_BYTES)).digest()
    except OSError as error:
        held = str(error.errno).encode()
    return _named(path, content_dir) + held


def _add_stats(found: "hashlib._Hash", folder: Path) -> None:
    for path in _files(folder):
        stat = path.lstat()
        found.update(_named(path, folder) + f"{stat.st_size} {stat.st_mtime_ns}".encode())


def _named(path: Path, folder: Path) -> bytes:
    return os.fsencode(path.relative_to(folder)) + b"\0"


def _files(folder: Path) -> list[Path]:
    """Everything below a folder, in a steady order; folders only where they pretend to be files."""
    found = [
        Path(place) / name
        for place, folders, files in os.walk(folder)
        for name in (*files, *(name for name in folders if "." in name))
    ]
    return sorted(path for path in found if path.suffix != ".pyc")
