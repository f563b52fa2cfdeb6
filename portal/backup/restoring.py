"""A backup becomes the portal's data again; what was there before is set aside, not deleted."""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, insert, make_url, select

from portal import audit, clock, migrations, occupied
from portal.backup import archive, consistency, snapshots
from portal.backup.archive import DATABASES, KEYS, Archive, BackupError, Manifest
from portal.config import Settings
from portal.ids import new_id
from portal.media import sync_folder
from portal.schema import Base

SESSIONS, ORGANIZATIONS = "web_session", "organization"
"""Tables of features, which stand above."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where that which it replaced is kept."""

    manifest: Manifest
    seconds: float
    before: Path | None
    """Folder with the files of before."""
    before_schema: str | None
    """PostgreSQL's schema with the tables of before."""


def restore(
    settings: Settings, source: Path, *, force: bool = False, keep_sessions: bool = False
) -> Restored:
    """Restore a backup into the settings' database and instance folder; the portal is stopped.

    Everything is checked before anything is replaced. `force` allows to replace what is there.
    Without `keep_sessions` everybody signs in again: somebody may have been signed out for a reason
    since the backup. Raises BackupError, and changes nothing then.
    """
    begun = time.monotonic()
    with occupied.alone(settings), archive.opened(source) as found:
        _refuse_misfits(settings, found.manifest)
        if not force and _is_taken(settings):
            raise BackupError(
                "There is data in this portal already. With --force it is set aside and replaced."
            )
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=settings.instance_dir) as name:
            staging = Path(name)
            found.extract(staging)
            (staging / "media").mkdir(exist_ok=True)
            with _loaded(settings, found.manifest, staging) as (url, before_schema):
                _bring_up(url, found.manifest, staging, keep_sessions)
            before = _swap(settings, found, staging)
    return Restored(found.manifest, time.monotonic() - begun, before, before_schema)


def _refuse_misfits(settings: Settings, manifest: Manifest) -> None:
    kind = make_url(settings.database).get_backend_name()
    if manifest.database != kind:
        raise BackupError(
            f"This backup is of a {manifest.database} database, and this portal is set to {kind}."
            " Set WAYMARK_DATABASE_URL to one of the same kind."
        )
    if not migrations.knows(manifest.revision):
        raise BackupError(
            f"Version {manifest.version} of the portal made this backup, with a schema that this"
            " version does not know. Install that version or a newer one."
        )


def _is_taken(settings: Settings) -> bool:
    if snapshots.has_tables(settings.database):
        return True
    return settings.media_dir.exists() and any(f.is_file() for f in settings.media_dir.rglob("*"))


@contextmanager
def _loaded(
    settings: Settings, manifest: Manifest, staging: Path
) -> Iterator[tuple[str, str | None]]:
    """The restored database under its URL: on SQLite beside the present one, on PostgreSQL in its
    place, until the block fails."""
    file = staging / DATABASES[manifest.database]
    if manifest.database == "sqlite":
        yield f"sqlite:///{file}", None
    else:
        with snapshots.loaded(settings.database, file) as before:
            yield settings.database, before


def _bring_up(url: str, manifest: Manifest, staging: Path, keep_sessions: bool) -> None:
    """Migrate a restored database to this version, look whether all fits together, and note it."""
    try:
        migrations.migrate(url)
    except Exception as error:
        raise BackupError(f"The backup's database cannot be used: {error}") from error
    with snapshots.unguarded(url) as engine, engine.begin() as connection:
        if not keep_sessions:
            connection.execute(delete(Base.metadata.tables[SESSIONS]))
        faults = consistency.faults(connection, staging / "media")
        _note(connection, manifest)
    if faults:
        raise BackupError("This backup does not fit together:\n  " + "\n  ".join(faults[:20]))
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _note(connection: Connection, manifest: Manifest) -> None:
    """Write into the audit log that this is a state of before; who did it cannot be known here."""
    organization = Base.metadata.tables[ORGANIZATIONS].c
    vendor = connection.scalar(select(organization.id).where(organization.is_vendor))
    if vendor is None:
        return
    row = dict(organization_id=vendor, id=new_id(), at=clock.now(), action=audit.RESTORED)
    after = {"backup": f"{manifest.made_at:%Y-%m-%d %H:%M} UTC"}
    connection.execute(insert(audit.AuditEntry).values(**row, subject="portal", after=after))


def _swap(settings: Settings, found: Archive, staging: Path) -> Path | None:
    """Set the files of before aside and put the restored ones in their place."""
    pairs = [(settings.media_dir, staging / "media")]
    if found.manifest.has_keys:
        pairs.append((settings.secret_key_file, staging / KEYS))
    if found.manifest.database == "sqlite":
        place = Path(make_url(settings.database).database or "")
        pairs.append((place, staging / DATABASES["sqlite"]))
    aside = settings.instance_dir / clock.now().strftime("before-restore-%Y%m%d-%H%M%S")
    old = [place for place, _new in pairs]
    old += [place.with_name(place.name + end) for place in old for end in ("-wal", "-shm")]
    there = [place for place in old if place.exists()]
    for place in there:
        aside.mkdir(mode=0o700, exist_ok=True)
        shutil.move(place, aside / place.name)
    for place, new in pairs:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(new, place)
        sync_folder(place.parent)
    return aside if there else None
