"""How long ten thousand people take to come in from a CSV file."""

import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.results import Result
from portal import clock, i18n
from portal.access import Role, Viewer
from portal.accounts.models import Member, Organization
from portal.accounts.service import organizations, viewers
from portal.accounts.service.imports import applying, files, staging
from portal.accounts.service.members import ensure_member
from portal.config import Settings
from portal.db import Database
from portal.messages.service import MailSettings
from portal.migrations import migrate

PEOPLE = 10_000
RUNS = 3
WEEK = timedelta(days=7)


def run() -> Iterator[Result]:
    """Seconds to read and check the file, to do what it says, and to bring it again unchanged."""
    times = [_measure() for _ in range(RUNS)]
    checked, done, again = zip(*times, strict=True)
    yield Result(f"check a CSV of {PEOPLE:,} people", "s", checked)
    yield Result(f"bring {PEOPLE:,} people in", "s", done)
    both = [one + other for one, other in zip(checked, done, strict=True)]
    yield Result(f"check and bring {PEOPLE:,} people in", "s", both)
    yield Result("check the same file again, unchanged", "s", again)


def _measure() -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance_dir=Path(folder), log_level="error")
        database = _prepared(settings)
        viewer = _usm(database)
        i18n.use("en", "UTC")
        begun = time.perf_counter()
        checked = _check(database, viewer)
        staged = time.perf_counter()
        _apply(database, viewer, checked, MailSettings.of(settings))
        done = time.perf_counter()
        again = _check(database, viewer)
        if again.row["counts"] != {"same": PEOPLE}:
            raise RuntimeError(f"not everybody came in: {again.row['counts']}")
        result = staged - begun, done - staged, time.perf_counter() - done
        database.dispose()
        return result


def _prepared(settings: Settings) -> Database:
    migrate(settings.database)
    return Database(settings.database, pool_size=2)


def _usm(database: Database) -> Viewer:
    now = clock.now()
    organization = Organization(name="Large", stage_since=now, created_at=now)
    with database.writing(None) as session:
        organizations.ensure_vendor()
        session.add(organization)
        session.commit()
    with database.writing(organization.id) as session:
        address, roles = "usm@large.example", frozenset({Role.USM})
        member: Member = ensure_member(organization.id, address, address, "Ursula Lead", roles)
        session.flush()
        viewer = viewers.get_viewer(organization.id, member.id)
        session.commit()
    return viewer


def _content() -> bytes:
    lines = (
        f"person.{n}@large.example,Person {n},Team {n % 50},end user,E-{n},accountant"
        for n in range(PEOPLE)
    )
    return "\n".join(["E-mail address,Name,Team,Roles,External ID,Job", *lines]).encode()


def _check(database: Database, viewer: Viewer) -> staging.Checked:
    sheet = files.read(_content())
    with database.reading(viewer.organization_id):
        checked = staging.check(viewer, sheet, "people.csv", is_everybody=False)
    with database.writing(viewer.organization_id) as session:
        staging.begin(checked)
        session.commit()
    for start in range(0, len(checked.lines), staging.CHUNK):
        with database.writing(viewer.organization_id) as session:
            staging.put(checked.lines[start : start + staging.CHUNK])
            session.commit()
    with database.writing(viewer.organization_id) as session:
        staging.make_ready(viewer, checked.id)
        session.commit()
    return checked


def _apply(
    database: Database, viewer: Viewer, checked: staging.Checked, mail: MailSettings
) -> None:
    with database.writing(viewer.organization_id) as session:
        staging.start(viewer, checked.id, sends_mail=False)
        session.commit()
    is_more = True
    while is_more:
        with database.writing(viewer.organization_id) as session:
            is_more = applying.apply_next(viewer.organization_id, checked.id, mail, WEEK)
            session.commit()
    with database.writing(viewer.organization_id) as session:
        applying.finish(viewer.organization_id, checked.id)
        session.commit()
