"""A backup of everything that the portal keeps, made while people work."""

import os
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal import __version__, clock, migrations
from portal.backup import archive, snapshots
from portal.backup.archive import BackupError, Manifest, Writer
from portal.backup.models import BackupRun
from portal.config import Settings
from portal.db import Database
from portal.media import sync_folder

NAME = "waymark-%Y%m%dT%H%M%SZ.zip"
PATTERN = "waymark-????????T??????Z.zip"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is there in full."""

    file: Path
    manifest: Manifest
    size: int
    """Bytes."""
    seconds: float


def make(settings: Settings, target: Path, *, with_keys: bool = False) -> Made:
    """Write a backup to a new file, or under a name with the date into a folder.

    The database is of one moment; each uploaded file that it names is there. Raises BackupError.
    """
    begun, made_at = time.monotonic(), clock.now()
    file = _file(target, made_at)
    with tempfile.TemporaryDirectory(prefix=".waymark-backup-", dir=file.parent) as name:
        draft = Path(name) / file.name
        manifest = _write(settings, Path(name), draft, made_at, with_keys)
        with archive.opened(draft) as written:
            written.check()
        draft.rename(file)
    sync_folder(file.parent)
    made = Made(file, manifest, file.stat().st_size, time.monotonic() - begun)
    _note(settings, made)
    return made


def forget_old(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups that were made into a folder; returns which."""
    old = sorted(folder.glob(PATTERN))[:-keep]
    for file in old:
        file.unlink()
    return old


def _file(target: Path, made_at: datetime) -> Path:
    if target.is_dir():
        target /= made_at.strftime(NAME)
    if not target.parent.is_dir():
        raise BackupError(f"There is no folder {target.parent}.")
    if target.exists():
        raise BackupError(f"{target} is there already. Name another file, or a folder.")
    return target


def _write(
    settings: Settings, folder: Path, draft: Path, made_at: datetime, with_keys: bool
) -> Manifest:
    """Write the archive, so that it survives a power cut."""
    snapshot = snapshots.take(settings.database, folder)
    kind = "sqlite" if settings.database.startswith("sqlite") else "postgresql"
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        with Writer(file) as writer:
            writer.add(archive.DATABASES[kind], snapshot.file, is_compressed=kind == "postgresql")
            snapshot.file.unlink()
            for key in snapshot.media:
                _add_media(writer, settings.media_dir, key)
            if with_keys:
                writer.add(archive.KEYS, settings.secret_key_file)
            manifest = Manifest(
                made_at=made_at,
                version=__version__,
                database=kind,
                revision=snapshot.revision,
                rows=snapshot.rows,
                files=tuple(writer.entries),
            )
            writer.finish(manifest)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _add_media(writer: Writer, media_dir: Path, key: str) -> None:
    # After the database: a file that was removed since stays for another day (`portal.media`).
    try:
        writer.add(f"media/{key}", media_dir / key, is_compressed=True)
    except FileNotFoundError:
        raise BackupError(
            f"The file media/{key} is missing in {media_dir.parent}, though the database names it."
            " Bring it back from an older backup, or remove its picture in the portal."
        ) from None


def _note(settings: Settings, made: Made) -> None:
    database = Database(settings.database, pool_size=1)
    try:
        with database.writing(None) as session:
            if not migrations.is_current(session.connection()):
                return  # It is about to be migrated, and may have no table to note this in.
            run = BackupRun(made_at=made.manifest.made_at, seconds=made.seconds)
            run.size, run.file = made.size, made.file.name[-300:]
            session.add(run)
            session.commit()
    finally:
        database.dispose()
