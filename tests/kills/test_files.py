"""Files outside of the database: after any kill no row lacks its file, and strays are collected."""

import os
import random
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from benchmarks.seed import seed
from portal import clock, media
from portal.accounts import jobs
from portal.accounts.models import Organization
from portal.config import ROOT
from portal.db import Database
from portal.media import Media, MediaFolder

KILLS = 40 if os.environ.get("WAYMARK_TEST_LONG") == "1" else 6


@pytest.fixture
def database(empty_database_url, tmp_path):
    """A portal with one organization."""
    seed(tmp_path / "instance", 20, empty_database_url)
    database = Database(empty_database_url)
    yield database
    database.dispose()


@pytest.fixture
def organization_id(database) -> UUID:
    with database.reading(None) as session:
        found = select(Organization.id).where(Organization.is_vendor.is_(False))
        return session.scalars(found).one()


def test_it_loses_no_picture_and_keeps_no_stray_file(
    database, empty_database_url, organization_id, tmp_path
):
    folder = MediaFolder(tmp_path / "media")
    chance, said = random.Random(7), set()
    for _ in range(KILLS):
        said |= _upload_until_killed(empty_database_url, folder, organization_id, chance)
    _leave_strays(folder.path / str(organization_id))
    rows = _rows(database, organization_id)
    assert said <= {row.id for row in rows}
    assert len(said) > KILLS
    for row in rows:
        assert folder.file(row).stat().st_size == row.size
    later = clock.now() + timedelta(days=2)
    media.sweep_folder(database, organization_id, folder.path / str(organization_id), later)
    left = {f"{organization_id}/{file.name}" for file in _files(folder.path)}
    staying = {row.key for row in _rows(database, organization_id)}
    assert left == staying
    assert {row.key for row in rows if row.removed_at is None} == staying


def test_it_collects_exports_that_no_row_knows(database, organization_id, tmp_path, monkeypatch):
    monkeypatch.setenv("WAYMARK_INSTANCE_DIR", str(tmp_path))
    folder = tmp_path / "exports" / str(organization_id)
    folder.mkdir(parents=True)
    _leave_strays(folder)
    old, _ = _files(folder)
    _age(old)
    jobs.sweep_exports(database, organization_id, "")
    assert old not in _files(folder)
    assert len(_files(folder)) == 1, "a file that may still get its row stays"


def _upload_until_killed(
    url: str, folder: MediaFolder, organization_id: UUID, chance: random.Random
) -> set[UUID]:
    """Ids of the pictures that an uploading process said it had kept before it was killed."""
    command = [sys.executable, "-m", "tests.kills.uploading", url, str(folder.path)]
    with subprocess.Popen(
        [*command, str(organization_id)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as uploading:
        assert uploading.stdout
        first = uploading.stdout.readline()
        assert first, "it ended before it kept a picture"
        threading.Timer(chance.uniform(0.05, 0.4), uploading.kill).start()
        rest = uploading.stdout.read()
    # A line that was cut off said nothing.
    return {UUID(line) for line in (first + rest).splitlines() if len(line) == 36}


def _rows(database: Database, organization_id: UUID) -> list[Media]:
    with database.reading(organization_id) as session:
        return list(session.scalars(select(Media).where(Media.organization_id == organization_id)))


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _leave_strays(folder: Path) -> None:
    """A draft and a whole file as a kill leaves them: before its name, and before its row."""
    (folder / ".stray.png.draft").write_bytes(b"half")
    (folder / "stray.png").write_bytes(b"whole, without a row")


def _age(file: Path) -> None:
    before = time.time() - 2 * 3600
    os.utime(file, (before, before))
