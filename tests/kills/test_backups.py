"""A backup that is taken while people write becomes a portal in which nothing is missing or loose.

Everything that was acknowledged before the backup began is in it; what is in it fits together.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from benchmarks.seed import Seeded, seed
from portal import media, pictures
from portal.accounts.models import Member, Organization, Person
from portal.backup import archive, consistency, snapshots
from portal.config import ROOT, Settings
from portal.db import Database
from portal.guides.models import CurrentRevision, Guide
from portal.media import MediaFolder
from portal.web.models import FormRequest
from tests.conftest import ON_POSTGRESQL, new_postgresql
from tests.factories import make_upload
from tests.kills.clients import Ledger
from tests.kills.crowd import make_crowd
from tests.kills.portal import Portal

LONG = os.environ.get("WAYMARK_TEST_LONG") == "1"
MEMBERS, PICTURES = (10_000, 500) if LONG else (400, 20)
WRITES_BEFORE = 60
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Drill:
    """How long it took, and what was acknowledged before."""

    answers: list[str]
    invitations: list[str]
    written_meanwhile: int
    size: int
    backup_seconds: float
    restore_seconds: float


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Settings]:
    """Where the backup is restored: an installation with nothing in it."""
    if ON_POSTGRESQL:
        with new_postgresql() as url:
            yield Settings(instance_dir=tmp_path / "restored", database_url=url)
    else:
        yield Settings(instance_dir=tmp_path / "restored")


def test_it_restores_what_was_acknowledged_and_nothing_loose(
    empty_database_url: str, target: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seeded = seed(tmp_path / "instance", MEMBERS, empty_database_url, signed_in=MEMBERS)
    _upload(Settings(instance_dir=tmp_path / "instance", database_url=empty_database_url))
    drill = _back_up_under_load(seeded, empty_database_url, target, tmp_path)
    with snapshots.unguarded(target.database) as engine, engine.connect() as connection:
        assert consistency.faults(connection, target.media_dir) == []
    database = Database(target.database)
    assert len(list(target.media_dir.rglob("*.png"))) == PICTURES
    assert set(drill.answers) <= _forms(database)
    assert set(drill.invitations) <= _invited(database)
    database.dispose()
    assert len(drill.answers) > 20
    assert drill.written_meanwhile > 0
    said = {name: value for name, value in vars(drill).items() if not isinstance(value, list)} | {
        "database": empty_database_url.partition(":")[0],
        "members": MEMBERS,
    }
    with capsys.disabled():
        print(f"\n{json.dumps(said)}")


def _upload(settings: Settings) -> None:
    """Pictures of some size, so that copying them takes a while."""
    database = Database(settings.database)
    organization_id = _customer(database)
    folder = MediaFolder(settings.media_dir)
    picture = pictures.read(make_upload(size=(600, 400)), "logo")
    with database.writing(organization_id) as session:
        for _ in range(PICTURES):
            media.add(folder.save(organization_id, picture))
        session.commit()
    database.dispose()


def _back_up_under_load(seeded: Seeded, url: str, target: Settings, folder: Path) -> Drill:
    database = Database(url)
    guides = _guides(database)
    database.dispose()
    log = folder / "portal.log"
    portal = Portal({**seeded.environment, "WAYMARK_LOG_LEVEL": "error"}, log, early=False)
    ledger, done = Ledger(), threading.Event()
    try:
        with _crowd(portal, seeded, guides, ledger, done):
            _wait_for_writes(ledger)
            answers, invitations = list(ledger.answers), list(ledger.invitations)
            before = ledger.acknowledged
            backup_seconds = _run(seeded.environment, "backup", str(folder / "backup.zip"))
            meanwhile = ledger.acknowledged - before
    finally:
        portal.stop()
    assert not ledger.failures, f"{ledger.failures[:3]}\n{log.read_text()[-4000:]}"
    there = {
        "WAYMARK_INSTANCE_DIR": str(target.instance_dir),
        "WAYMARK_DATABASE_URL": target.database_url,
    }
    restore_seconds = _run(there, "restore", str(folder / "backup.zip"))
    size = (folder / "backup.zip").stat().st_size
    with archive.opened(folder / "backup.zip") as found:
        assert found.manifest.media == PICTURES
    return Drill(answers, invitations, meanwhile, size, backup_seconds, restore_seconds)


def _wait_for_writes(ledger: Ledger) -> None:
    """Until people are at work; on a busy machine that takes a while."""
    end = time.monotonic() + PATIENCE_SECONDS
    while ledger.acknowledged < WRITES_BEFORE or not ledger.invitations:
        assert time.monotonic() < end, f"only {ledger.acknowledged} writes"
        time.sleep(0.05)


@contextmanager
def _crowd(
    portal: Portal, seeded: Seeded, guides: list[str], ledger: Ledger, done: threading.Event
) -> Iterator[None]:
    crowd = make_crowd(portal.port, seeded, guides, ledger, done, usms=2)
    for client in crowd:
        client.start()
    try:
        yield
    finally:
        done.set()
        for client in crowd:
            client.join()


def _run(environment, *arguments: str) -> float:
    """Run one of the portal's commands; the seconds that it took, its start included."""
    begun = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-m", "portal.cli", *arguments],
        cwd=ROOT,
        env=os.environ | dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return round(time.monotonic() - begun, 2)


def _customer(database: Database) -> UUID:
    with database.reading(None) as session:
        customer = select(Organization.id).where(Organization.is_vendor.is_(False))
        return session.execute(customer).scalar_one()


def _guides(database: Database) -> list[str]:
    with database.reading(None) as session:
        read = select(Guide.slug).join(CurrentRevision, CurrentRevision.guide_id == Guide.id)
        return list(session.scalars(read.where(CurrentRevision.language == "en").distinct()))


def _forms(database: Database) -> set[str]:
    """The request_id of each answer that is kept."""
    organization_id = _customer(database)
    with database.reading(organization_id) as session:
        kept = select(FormRequest.request_id).where(
            FormRequest.organization_id == organization_id, FormRequest.location != ""
        )
        return {str(request_id) for request_id in session.scalars(kept)}


def _invited(database: Database) -> set[str]:
    organization_id = _customer(database)
    with database.reading(organization_id) as session:
        found = select(Person.email_key).join(Member, Member.person_id == Person.id)
        return set(session.scalars(found.where(Member.organization_id == organization_id)))
