"""Files outside of the database: a row says whose a file is, the media folder holds it.

The file is written first and lasts before its row is committed, so a row always has its file. A
file whose row never came is swept away later, and so is one that was removed a day ago. Nothing is
ever written over.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock, db
from portal.config import load_settings
from portal.db import Database
from portal.errors import NotFound
from portal.ids import new_id
from portal.jobs import Effect, scheduled
from portal.pictures import SUFFIXES, Picture
from portal.schema import Base, Id, Moment, customer_table

KEEP_ORPHANS = timedelta(days=1)
"""Longer than any transaction that is about to add a file's row, and than any backup takes."""


class Media(Base):
    """A file of an organization, as its people see it; never changed, only removed."""

    __tablename__ = "media"
    __table_args__ = customer_table(CheckConstraint("size > 0", name="size"))

    organization_id: Mapped[UUID] = mapped_column(
        Id, ForeignKey("organization.id"), primary_key=True
    )
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(80))
    """Path below the media folder."""
    content_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    """Bytes."""
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    """Pixels, like the width: pages leave the room before the picture is there."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    """Its file stays for another day: a backup that has the row may still want to copy it."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that lasts already, and waits for its row."""

    organization_id: UUID
    id: UUID
    key: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class MediaFolder:
    """The folder that holds the files, one folder in it for each organization."""

    path: Path

    def save(self, organization_id: UUID, picture: Picture) -> Saved:
        """Write the file, so that it survives a power cut; call it before the transaction."""
        id_ = new_id()
        key = f"{organization_id}/{id_}{SUFFIXES[picture.content_type]}"
        write_file(self.path / key, picture.content)
        return Saved(organization_id, id_, key, picture)

    def file(self, media: Media) -> Path:
        """Where the file is. Raises NotFound where the folder has lost it."""
        found = self.path / media.key
        if not found.is_file():
            raise NotFound
        return found

    def organizations(self) -> Iterator[tuple[UUID, Path]]:
        """The organizations that have files, or once had, and where those are."""
        for folder in sorted(self.path.glob("*-*-*-*-*")):
            yield UUID(folder.name), folder


def write_file(path: Path, content: bytes) -> None:
    """Write a new file that is there in full or not at all, whatever dies meanwhile."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{new_id().hex}")
    try:
        private = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(private, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let a new name in a folder survive a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def add(saved: Saved) -> Media:
    """Write the row of a saved file into the running transaction of its organization."""
    picture = saved.picture
    media = Media(
        organization_id=saved.organization_id,
        id=saved.id,
        key=saved.key,
        content_type=picture.content_type,
        size=len(picture.content),
        sha256=picture.sha256,
        width=picture.width,
        height=picture.height,
        created_at=clock.now(),
    )
    db.session().add(media)
    db.session().flush()
    return media


def get(organization_id: UUID, media_id: UUID) -> Media:
    """A file's row. Raises NotFound, also where another organization has it."""
    found = db.session().get(Media, {"organization_id": organization_id, "id": media_id})
    if found is None or found.removed_at:
        raise NotFound
    return found


def remove(organization_id: UUID, media_id: UUID) -> None:
    """Take a file away; row and file go with a later sweep. That there is none is no error."""
    db.session().execute(
        update(Media)
        .where(Media.organization_id == organization_id, Media.id == media_id)
        .where(Media.removed_at.is_(None))
        .values(removed_at=clock.now())
    )


def find_removed(organization_id: UUID, media_id: UUID) -> Media | None:
    """A file that was removed and is not swept away yet."""
    found = db.session().get(Media, {"organization_id": organization_id, "id": media_id})
    return found if found and found.removed_at else None


@scheduled("media.sweep", every=timedelta(hours=6))
def sweep(database: Database, _vendor_id: UUID, _key: str) -> Effect:
    """Delete files without a row that are older than any transaction, and what was removed."""
    folder = MediaFolder(load_settings().media_dir)
    before = clock.now() - KEEP_ORPHANS
    for organization_id, files in folder.organizations():
        sweep_folder(database, organization_id, files, before)
    return lambda: None


def sweep_folder(database: Database, organization_id: UUID, files: Path, before: datetime) -> None:
    """Delete an organization's files that were written, and rows removed, before a moment."""
    old = [file for file in files.iterdir() if _written_at(file) < before]
    if not old:
        return
    with database.writing(organization_id) as session:
        ours = Media.organization_id == organization_id
        session.execute(delete(Media).where(ours, Media.removed_at < before))
        kept = set(session.scalars(select(Media.key).where(ours)))
        session.commit()
    for file in old:
        if f"{organization_id}/{file.name}" not in kept:
            file.unlink(missing_ok=True)


def _written_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
