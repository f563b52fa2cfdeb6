"""Files of organizations: whose they are, that they last, and that none is left behind."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, media, pictures
from portal.errors import NotFound
from portal.media import Media, MediaFolder
from tests.factories import Persona, World, make_upload


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MediaFolder:
    """The media folder of the running app."""
    settings = app.config["PORTAL"].model_copy(update={"instance_dir": tmp_path})
    monkeypatch.setitem(app.config, "PORTAL", settings)
    return MediaFolder(settings.media_dir)


@pytest.fixture
def upload(database, folder):
    """Keep a picture for somebody's organization."""

    def keep(persona: Persona) -> Media:
        saved = folder.save(persona.organization_id, pictures.read(make_upload(), "logo"))
        with database.writing(persona.organization_id) as session:
            row = media.add(saved)
            session.commit()
        return row

    return keep


def remove(database, row: Media) -> None:
    with database.writing(row.organization_id) as session:
        media.remove(row.organization_id, row.id)
        session.commit()


def address(row: Media) -> str:
    return f"/media/{row.organization_id}/{row.id}"


def test_it_shows_a_picture_to_the_organizations_own_people(world: World, signed_in, upload):
    row = upload(world.usm)
    answer = signed_in(world.end_user).get(address(row))
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    assert len(answer.data) == row.size
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_it_sends_nothing_again_that_the_browser_has(world: World, signed_in, upload):
    row = upload(world.usm)
    browser = signed_in(world.end_user)
    known = {"If-None-Match": browser.get(address(row)).headers["ETag"]}
    again = browser.get(address(row), headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_to_another_organization_there_is_none(world: World, signed_in, upload):
    row = upload(world.usm)
    stranger = signed_in(world.stranger)
    assert stranger.get(address(row)).status_code == 404
    # Neither under the address of their own organization.
    assert stranger.get(f"/media/{world.stranger.organization_id}/{row.id}").status_code == 404
    answer = stranger.get(address(row))
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_whoever_is_not_signed_in_is_led_to_sign_in(world: World, client, upload):
    assert client.get(address(upload(world.usm))).location.startswith("/sign-in")


def test_an_admin_of_the_vendor_sees_it(world: World, signed_in, upload):
    assert signed_in(world.admin).get(address(upload(world.usm))).status_code == 200


def test_a_lost_file_is_not_there_rather_than_a_fault(world: World, signed_in, upload, folder):
    row = upload(world.usm)
    folder.file(row).unlink()
    assert signed_in(world.end_user).get(address(row)).status_code == 404


def test_only_its_owner_may_read_a_file_on_the_disk(world: World, upload, folder):
    file = folder.file(upload(world.usm))
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def no_space(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        media.write_file(tmp_path / "new" / "file.png", b"content")
    assert list((tmp_path / "new").iterdir()) == []


def test_the_sweep_deletes_old_files_without_a_row_and_no_others(
    world: World, database, upload, folder
):
    ours, theirs = upload(world.usm), upload(world.stranger)
    removed, just_removed = upload(world.usm), upload(world.usm)
    with clock.standing_at(clock.now() - timedelta(days=2)):
        remove(database, removed)
    remove(database, just_removed)
    fresh = folder.save(world.usm.organization_id, pictures.read(make_upload(), "logo"))
    half_written = folder.file(ours).with_name(".half.png.0123")
    half_written.write_bytes(b"half")
    long_ago = (clock.now() - timedelta(days=3)).timestamp()
    for row in (ours, theirs, removed, just_removed):
        os.utime(folder.file(row), (long_ago, long_ago))
    os.utime(half_written, (long_ago, long_ago))
    for organization_id, files in folder.organizations():
        before = clock.now() - media.KEEP_ORPHANS
        media.sweep_folder(database, organization_id, files, before)
    left = {str(file.relative_to(folder.path)) for file in folder.path.rglob("*.*")}
    assert left == {ours.key, theirs.key, fresh.key, just_removed.key}
    with database.reading(world.usm.organization_id) as session:
        rows = select(Media.id).where(Media.organization_id == world.usm.organization_id)
        assert set(session.scalars(rows)) == {ours.id, just_removed.id}


def test_what_was_removed_is_shown_no_more(world: World, signed_in, database, upload):
    row = upload(world.usm)
    remove(database, row)
    assert signed_in(world.end_user).get(address(row)).status_code == 404


def test_the_sweep_comes_round(database, world: World, folder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WAYMARK_INSTANCE_DIR", str(folder.path.parent))
    orphan = folder.save(world.usm.organization_id, pictures.read(make_upload(), "logo"))
    file = folder.path / orphan.key
    os.utime(file, (1, 1))
    media.sweep(database, world.admin.organization_id, "")()
    assert not file.exists()


def test_a_row_of_another_organization_is_not_found(world: World, database, upload):
    row = upload(world.usm)
    with (
        database.reading(world.stranger.organization_id),
        pytest.raises(NotFound),
    ):
        media.get(world.stranger.organization_id, row.id)
