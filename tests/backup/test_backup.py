"""A backup becomes the same portal again; what does not fit changes nothing."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select, text

from portal import audit, clock, media, migrations, occupied
from portal.accounts.models import Member, Organization
from portal.accounts.service import sign_in
from portal.audit import AuditEntry
from portal.backup import archive, consistency, making, restoring, snapshots
from portal.backup.archive import BackupError
from portal.backup.models import BackupRun
from portal.config import ROOT, Settings
from portal.db import Database
from portal.occupied import Occupied
from portal.schema import Base
from tests.conftest import ON_POSTGRESQL


@pytest.fixture
def backup(here: Settings, people, picture, tmp_path: Path) -> Path:
    return making.make(here, tmp_path / "backup.zip").file


def rows(settings: Settings) -> dict[str, list[str]]:
    """Every row of every table but the runs of backups, and that one was restored, as text."""
    with snapshots.unguarded(settings.database) as engine, engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        return {
            table.name: sorted(
                str(tuple(row))
                for row in connection.execute(select(table))
                if audit.RESTORED not in row
            )
            for table in tables
            if table.name != "backup_run"
        }


def faults(settings: Settings) -> list[str]:
    with snapshots.unguarded(settings.database) as engine, engine.connect() as connection:
        return consistency.faults(connection, settings.media_dir)


def test_it_becomes_the_same_portal_again(here, there, backup, picture):
    done = restoring.restore(there, backup)
    assert rows(there) == rows(here)
    assert (there.media_dir / picture.key).read_bytes() == (
        here.media_dir / picture.key
    ).read_bytes()
    assert faults(there) == []
    assert (done.before, done.before_schema) == (None, None)


def test_the_audit_log_says_that_it_was_restored_and_from_when(
    here, there, people, backup, tmp_path
):
    made_at = restoring.restore(there, backup).manifest.made_at
    database = Database(there.database, pool_size=1)
    with database.across_organizations("a test reads the log") as session:
        deeds = session.scalars(select(AuditEntry).where(AuditEntry.action == audit.RESTORED)).all()
    database.dispose()
    assert [(deed.organization_id, deed.person_id) for deed in deeds] == [
        (people.admin.organization_id, None)
    ]
    assert deeds[0].after == {"backup": f"{made_at:%Y-%m-%d %H:%M} UTC"}


def test_it_is_private_and_of_one_piece(backup):
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in backup.parent.glob(".waymark*")] == []


def test_it_is_noted_for_those_who_run_the_portal(at_here, backup):
    with at_here.reading(None) as session:
        run = session.scalars(select(BackupRun)).one()
    assert (run.file, run.size) == ("backup.zip", backup.stat().st_size)


def test_it_gets_a_name_with_its_date_in_a_folder(here, tmp_path):
    with clock.standing_at(clock.now().replace(year=2026, month=3, day=4, hour=5)):
        made = making.make(here, tmp_path)
    assert made.file.name.startswith("waymark-20260304T05")


def test_of_a_folders_backups_the_newest_are_kept(here, tmp_path):
    files = []
    for day in range(4):
        with clock.standing_at(clock.now() + timedelta(days=day)):
            files.append(making.make(here, tmp_path).file)
    (tmp_path / "waymark-notes.zip").touch()
    making.forget_old(tmp_path, 2)
    assert sorted(tmp_path.glob("*.zip")) == [*files[2:], tmp_path / "waymark-notes.zip"]


def test_it_never_writes_over_a_file(here, tmp_path):
    (tmp_path / "mine.zip").write_text("mine")
    with pytest.raises(BackupError, match="is there already"):
        making.make(here, tmp_path / "mine.zip")
    assert (tmp_path / "mine.zip").read_text() == "mine"


def test_it_needs_a_folder_that_is_there(here, tmp_path):
    with pytest.raises(BackupError, match="There is no folder"):
        making.make(here, tmp_path / "nowhere" / "backup.zip")


def test_it_says_that_there_is_nothing_to_keep_yet(there, tmp_path):
    with pytest.raises(BackupError, match=r"no database yet|is empty"):
        making.make(there, tmp_path / "backup.zip")
    assert not (tmp_path / "backup.zip").exists()


def test_it_says_which_file_is_lost(here, people, picture, tmp_path):
    (here.media_dir / picture.key).unlink()
    with pytest.raises(BackupError, match=picture.key):
        making.make(here, tmp_path / "backup.zip")
    assert [file for file in tmp_path.iterdir() if file.suffix == ".zip"] == []


def test_a_picture_that_is_removed_meanwhile_is_still_there(
    here, there, people, picture, at_here, tmp_path, monkeypatch
):
    """Removed after the database was copied, swept away before the file is."""
    taken = snapshots.take

    def take_and_remove(url: str, folder: Path) -> snapshots.Snapshot:
        snapshot = taken(url, folder)
        os.utime(here.media_dir / picture.key, (1, 1))
        with at_here.writing(picture.organization_id) as session:
            media.remove(picture.organization_id, picture.id)
            session.commit()
        files = here.media_dir / str(picture.organization_id)
        before = clock.now() - media.KEEP_ORPHANS
        media.sweep_folder(at_here, picture.organization_id, files, before)
        return snapshot

    monkeypatch.setattr(snapshots, "take", take_and_remove)
    restoring.restore(there, making.make(here, tmp_path / "backup.zip").file)
    assert faults(there) == []


def test_the_signing_keys_come_only_when_asked_for(here, there, backup, tmp_path):
    with archive.opened(backup) as found:
        assert not found.manifest.has_keys
    with_keys = making.make(here, tmp_path / "keys.zip", with_keys=True).file
    restoring.restore(there, with_keys)
    assert there.secret_keys == here.secret_keys
    assert there.secret_key_file.stat().st_mode & 0o777 == 0o600


def test_keys_that_are_there_stay_where_the_backup_has_none(there, backup):
    before = there.secret_keys
    restoring.restore(there, backup)
    assert there.secret_key_file.read_text().split() == list(before)


def sign_in_somebody(database: Database, people) -> None:
    viewer = people.usm.viewer
    with database.writing(None) as session:
        sign_in.open_session(viewer.person_id, viewer.organization_id, viewer.member_id, "test")
        session.commit()


@pytest.mark.parametrize("keep", [True, False])
def test_people_sign_in_again_unless_told_otherwise(
    here, there, people, at_here, tmp_path, keep: bool
):
    sign_in_somebody(at_here, people)
    file = making.make(here, tmp_path / "backup.zip").file
    restoring.restore(there, file, keep_sessions=keep)
    assert len(rows(there)["web_session"]) == keep


def test_it_replaces_nothing_unasked(here, backup, people):
    before = rows(here)
    with pytest.raises(BackupError, match="--force"):
        restoring.restore(here, backup)
    assert rows(here) == before


def test_uploaded_files_alone_are_something_too(there, backup):
    there.media_dir.mkdir(parents=True)
    (there.media_dir / "left.png").touch()
    with pytest.raises(BackupError, match="--force"):
        restoring.restore(there, backup)


def test_what_it_replaces_is_set_aside(here, at_here, people, backup, picture):
    with at_here.writing(None) as session:
        session.get_one(Organization, people.usm.organization_id).name = "Renamed since"
        session.commit()
    at_here.dispose()
    done = restoring.restore(here, backup, force=True)
    assert "Renamed since" not in str(rows(here))
    assert faults(here) == []
    assert done.before
    assert (done.before / "media" / picture.key).is_file()
    if ON_POSTGRESQL:
        names = f'SELECT name FROM "{done.before_schema}".organization'
        with snapshots.unguarded(here.database) as engine, engine.connect() as connection:
            assert "Renamed since" in connection.scalars(text(names)).all()
    else:
        old = Settings(database_url=f"sqlite:///{done.before / 'waymark.db'}")
        assert "Renamed since" in str(rows(old))


def test_a_backup_can_be_made_and_restored_again_afterwards(here, at_here, backup, tmp_path):
    at_here.dispose()
    restoring.restore(here, backup, force=True)
    again = making.make(here, tmp_path / "again.zip").file
    before = rows(here)
    with clock.standing_at(clock.now() + timedelta(seconds=5)):
        restoring.restore(here, again, force=True)
    assert rows(here) == before


def test_it_waits_for_nobody_who_runs_the_portal(here, backup):
    with occupied.shared(here), pytest.raises(Occupied, match="stop it first"):
        restoring.restore(here, backup, force=True)
    with (
        occupied.alone(here),
        pytest.raises(Occupied, match="being restored"),
        occupied.shared(here),
    ):
        pass


def tampered(backup: Path, change) -> Path:
    """A backup whose database somebody changed, with a manifest that fits."""
    folder = backup.parent / "tampered"
    with archive.opened(backup) as found:
        folder.mkdir()
        found.extract(folder)
        manifest = found.manifest
    change(folder)
    made = backup.with_name("tampered.zip")
    with made.open("w+b") as file, archive.Writer(file) as writer:
        for entry in manifest.files:
            writer.add(entry.name, folder / entry.name)
        writer.finish(manifest.model_copy(update={"files": tuple(writer.entries)}))
    shutil.rmtree(folder)
    return made


def assert_untouched(settings: Settings, before: dict[str, list[str]]) -> None:
    assert rows(settings) == before
    assert faults(settings) == []
    assert [found.name for found in settings.instance_dir.glob("*restor*")] == []
    assert [found.name for found in settings.instance_dir.glob(".restor*")] == []


def test_a_picture_that_is_another_changes_nothing(here, backup, picture):
    def exchange(folder: Path) -> None:
        (folder / "media" / picture.key).write_bytes(b"another")

    before = rows(here)
    with pytest.raises(BackupError, match="is not what was uploaded"):
        restoring.restore(here, tampered(backup, exchange), force=True)
    assert_untouched(here, before)


def test_a_file_that_is_no_database_changes_nothing(here, backup):
    def exchange(folder: Path) -> None:
        for file in folder.glob("database.*"):
            file.write_bytes(b"PGDMP or SQLite, who knows" * 100)

    before = rows(here)
    with pytest.raises(BackupError, match=r"pg_restore failed|cannot be used"):
        restoring.restore(here, tampered(backup, exchange), force=True)
    assert_untouched(here, before)


@pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL's dump is no database that one could change")
def test_rows_that_lead_nowhere_change_nothing(here, backup, people):
    def lose(folder: Path) -> None:
        url = f"sqlite:///{folder / 'database.sqlite'}"
        with snapshots.unguarded(url) as engine, engine.begin() as connection:
            gone = Member.__table__.delete().where(Member.id == people.usm.member_id)
            connection.execute(gone)
            connection.execute(
                text("UPDATE team_membership SET organization_id = :other"),
                {"other": people.stranger.organization_id.bytes},
            )

    before = rows(here)
    with pytest.raises(BackupError, match="lead nowhere"):
        restoring.restore(here, tampered(backup, lose), force=True)
    assert_untouched(here, before)


def rewritten(backup: Path, **changes: object) -> Path:
    """A backup whose manifest says something else."""
    made = backup.with_name("rewritten.zip")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == archive.MANIFEST:
                content = json.dumps(json.loads(content) | changes).encode()
            new.writestr(name, content)
    return made


def test_a_backup_of_a_newer_version_is_refused(here, backup):
    newer = rewritten(backup, revision="0123456789ab", version="9.0")
    before = rows(here)
    with pytest.raises(BackupError, match=r"Version 9\.0 of the portal"):
        restoring.restore(here, newer, force=True)
    assert_untouched(here, before)


def test_a_backup_of_the_other_kind_of_database_is_refused(here, backup):
    kinds = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
    kind = "sqlite" if ON_POSTGRESQL else "postgresql"
    made = backup.with_name("other.zip")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode("latin-1")
            if name == archive.MANIFEST:
                content = content.replace(
                    f'"{"sqlite" if kind != "sqlite" else "postgresql"}"', f'"{kind}"'
                )
                for one in kinds.values():
                    content = content.replace(one, kinds[kind])
            new.writestr(kinds[kind] if name in kinds.values() else name, content.encode("latin-1"))
    with pytest.raises(BackupError, match="WAYMARK_DATABASE_URL"):
        restoring.restore(here, made, force=True)


def test_an_older_schema_is_brought_up(here, there, backup):
    """Of the state before the last migration; the rows go with it."""
    config = migrations.config(here.database)
    command.downgrade(config, "-1")
    older = making.make(here, backup.with_name("older.zip"))
    assert older.manifest.revision != migrations.head()
    restoring.restore(there, older.file)
    assert faults(there) == []


def test_the_commands_say_what_they_did(here, there, people, picture, tmp_path):
    def run(settings: Settings, *arguments: str) -> str:
        environment = os.environ | {
            "WAYMARK_INSTANCE_DIR": str(settings.instance_dir),
            "WAYMARK_DATABASE_URL": settings.database_url,
        }
        command = [sys.executable, "-m", "portal.cli", *arguments]
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        return ended.stdout + ended.stderr

    file = str(tmp_path / "backup.zip")
    assert "1 files, without the signing keys" in run(here, "backup", file)
    assert "is there already" in run(here, "backup", file)
    assert "fit together." in run(there, "restore", file)
    assert "--force" in run(there, "restore", file)
    assert "is set aside" not in run(there, "restore", file, "--force")
    assert "There is no file" in run(there, "restore", str(tmp_path / "none.zip"))
