"""One word for everything that a publication is made of: files, code and day."""

import hashlib
import os
from datetime import date
from pathlib import Path

from portal.config import ROOT
from portal.guides.writing.conventions import FILE as CONVENTIONS
from portal.markdown import VERSION

TEXTS = ("goals", "paths", "guides", "kits", "drafts", "snippets", CONVENTIONS)
CODE = ("guides", "markdown", "paths", "translations")
MOST_BYTES = 400_000
"""Read of a text; larger ones are refused anyway."""


def fingerprint(content_dir: Path, today: date) -> str:
    """Differs when a publication might. Texts count by what they hold, media by size and time."""
    found = hashlib.sha256(f"{VERSION} {today}".encode())
    for name in TEXTS:
        for path in _texts(content_dir, name):
            found.update(_named(path, content_dir))
            try:
                with path.open("rb") as stream:
                    found.update(hashlib.sha256(stream.read(MOST_BYTES)).digest())
            except OSError as error:
                found.update(str(error.errno).encode())
    for folder in (content_dir / "media", *(ROOT / "portal" / name for name in CODE)):
        for path in _files(folder):
            stat = path.lstat()
            found.update(_named(path, folder) + f"{stat.st_size} {stat.st_mtime_ns}".encode())
    return found.hexdigest()


def _texts(content_dir: Path, name: str) -> list[Path]:
    found = content_dir / name
    return [found] if found.is_file() else _files(found)


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
