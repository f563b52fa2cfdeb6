"""How long the twelve sample organizations take to come, and to go."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.results import Result
from portal import publishing
from portal.accounts.service import organizations
from portal.config import ROOT, Settings
from portal.db import Database
from portal.messages.service import MailSettings
from portal.migrations import migrate
from portal.sample.service import dropping, loading


def run() -> Iterator[Result]:
    """Seconds by the clock and of the processor to load all of them, and to take them away."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(instance_dir=Path(folder), log_level="error")
        migrate(settings.database)
        database = Database(settings.database, pool_size=2)
        with database.writing(None) as session:
            organizations.ensure_vendor()
            session.commit()
        publishing.publish(database, ROOT / "content")
        begun, worked = time.perf_counter(), _processor()
        report = loading.load(database, MailSettings.of(settings))
        loaded, busy = time.perf_counter(), _processor()
        dropping.drop(database, ())
        dropped = time.perf_counter()
        database.dispose()
    what = f"load {report.organizations} organizations with {report.people:,} people"
    yield Result(what, "s", [loaded - begun])
    yield Result(f"{what}: processor", "s", [busy - worked])
    yield Result("drop them", "s", [dropped - loaded])


def _processor() -> float:
    used = os.times()
    return used.user + used.system
