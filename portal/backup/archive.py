"""The file of a backup: a ZIP archive whose manifest says what is in it, byte for byte.

An archive comes from wherever it was kept, so reading one trusts nothing: only names that a backup
has, each once; as many bytes as the manifest says and no more; checksums of all of them.
"""

import hashlib
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal.errors import PortalError

CHUNK = 1024 * 1024
LARGEST_MANIFEST = 64 * 1024 * 1024
"""Bytes; a million files need as much."""
MANIFEST = "manifest.json"
KEYS = "secret_key"
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
"""Name of the database's file in the archive, by the kind of database."""

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NAMES = re.compile(rf"database\.(?:sqlite|dump)|{KEYS}|media/{_UUID}/{_UUID}\.(?:png|jpg|webp)")
"""What a backup may hold besides its manifest; no name leads out of a folder."""


class BackupError(PortalError):
    """A backup cannot be made or restored; the message says why, and what to do."""


class Entry(BaseModel):
    """A file of the archive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=rf"^(?:{NAMES.pattern})$")
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What a backup holds, and what made it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["waymark-backup-1"] = "waymark-backup-1"
    made_at: datetime
    version: str
    """Of the portal that made it."""
    database: Literal["sqlite", "postgresql"]
    revision: str
    """Of the schema."""
    rows: dict[str, int]
    """How many rows each table had."""
    files: tuple[Entry, ...]

    @property
    def has_keys(self) -> bool:
        """Whether the signing keys are in it."""
        return any(entry.name == KEYS for entry in self.files)

    @property
    def media(self) -> int:
        """How many uploaded files are in it."""
        return sum(entry.name.startswith("media/") for entry in self.files)

    @property
    def size(self) -> int:
        """Bytes of all its files, unpacked."""
        return sum(entry.size for entry in self.files)


class Writer:
    """Puts files into a new archive and notes their sizes and checksums."""

    def __init__(self, file: BinaryIO) -> None:
        # Pictures and dumps are compressed already; the fastest level does for the rest.
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.entries: list[Entry] = []

    def add(self, name: str, source: Path, *, is_compressed: bool = False) -> None:
        """Copy a file into the archive."""
        member = zipfile.ZipInfo(name)
        member.compress_type = zipfile.ZIP_STORED if is_compressed else zipfile.ZIP_DEFLATED
        member.external_attr = 0o600 << 16
        with source.open("rb") as read, self._zip.open(member, "w", force_zip64=True) as written:
            size, digest = 0, hashlib.sha256()
            while chunk := read.read(CHUNK):
                written.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.entries.append(Entry(name=name, size=size, sha256=digest.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, last of all."""
        self._zip.writestr(MANIFEST, manifest.model_dump_json(indent=1))

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()


class Archive:
    """An archive that is read; its names and sizes are what the manifest says."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._zip = opened
        self.manifest = _read_manifest(opened)
        _compare_names(opened, self.manifest)

    def extract(self, folder: Path) -> None:
        """Unpack everything into a folder. Raises BackupError at the first byte that differs."""
        if self.manifest.size > shutil.disk_usage(folder).free:
            raise BackupError(
                f"Unpacked, this backup has {_megabytes(self.manifest.size)}; so much is not free"
                f" where {folder} is."
            )
        for entry in self.manifest.files:
            target = folder / entry.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.touch(mode=0o600)
            with target.open("r+b") as written:
                for chunk in self._chunks(entry):
                    written.write(chunk)

    def check(self) -> None:
        """Read everything once. Raises BackupError at the first byte that differs."""
        for entry in self.manifest.files:
            for _chunk in self._chunks(entry):
                pass

    def _chunks(self, entry: Entry) -> Iterator[bytes]:
        size, digest = 0, hashlib.sha256()
        try:
            with self._zip.open(entry.name) as read:
                # One byte more than promised is too many: a bomb is not unpacked to its end.
                while size <= entry.size and (chunk := read.read(min(CHUNK, entry.size + 1))):
                    size += len(chunk)
                    digest.update(chunk)
                    yield chunk
        except Exception as error:  # whatever bent bytes bring about in the libraries
            raise _damaged(entry.name) from error
        if (size, digest.hexdigest()) != (entry.size, entry.sha256):
            raise _damaged(entry.name)


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """Open a backup for reading. Raises BackupError for anything else."""
    try:
        found = zipfile.ZipFile(file)
    except FileNotFoundError:
        raise BackupError(f"There is no file {file}.") from None
    except Exception as error:
        if isinstance(error, OSError):
            raise BackupError(f"{file} cannot be read: {error.strerror}.") from None
        raise BackupError(f"{file} is no backup, or its end is missing.") from None
    with found:
        yield Archive(found)


def _read_manifest(opened: zipfile.ZipFile) -> Manifest:
    try:
        member = opened.getinfo(MANIFEST)
        if member.file_size > LARGEST_MANIFEST:
            raise BackupError("This is no backup of the portal: its manifest is too large.")
        with opened.open(member) as read:
            text = read.read(LARGEST_MANIFEST)
        return Manifest.model_validate_json(text)
    except KeyError:
        raise BackupError("This is no backup of the portal: it has no manifest.") from None
    except ValidationError as error:
        at = ".".join(map(str, error.errors()[0]["loc"]))
        raise BackupError(
            f"This backup's manifest cannot be read ({at or 'it is no JSON'}). It is damaged, or a"
            " newer version made it."
        ) from None
    except BackupError:
        raise
    except Exception as error:
        raise _damaged(MANIFEST) from error


def _compare_names(opened: zipfile.ZipFile, manifest: Manifest) -> None:
    """Each file of the manifest is there once, in its size, and there is no other."""
    promised = {entry.name: entry.size for entry in manifest.files}
    there = [member for member in opened.infolist() if member.filename != MANIFEST]
    sizes = {member.filename: member.file_size for member in there}
    names = [member.filename for member in opened.infolist()]
    if len(names) != len(set(names)) or len(promised) != len(manifest.files):
        raise BackupError("This backup holds a file twice: it was tampered with.")
    if sizes != promised:
        other = sorted(set(sizes.items()) ^ set(promised.items()))[0][0]
        raise BackupError(f"This backup is damaged: {other!r} is not what its manifest says.")
    if DATABASES[manifest.database] not in promised:
        raise BackupError("This backup holds no database.")


def _damaged(name: str) -> BackupError:
    return BackupError(f"This backup is damaged: {name} is not what was written. Use another one.")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
