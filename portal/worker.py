"""The worker: sweeps the work table until it is told to stop."""

import signal
import threading

import structlog

from portal import jobs, logs, media, sweeping
from portal.accounts import jobs as accounts_jobs
from portal.accounts.service import organizations
from portal.config import Settings
from portal.db import Database
from portal.effectiveness import jobs as effectiveness_jobs
from portal.guides import jobs as guides_jobs
from portal.help import jobs as help_jobs
from portal.messages import jobs as messages_jobs
from portal.paths import jobs as paths_jobs

log = structlog.get_logger()

PAUSE_SECONDS = 0.5
"""Between two looks at an empty table."""

HANDLERS = (
    media,
    accounts_jobs,
    guides_jobs,
    help_jobs,
    messages_jobs,
    paths_jobs,
    effectiveness_jobs,
)
"""Imported for what they register."""


def run(settings: Settings) -> None:
    """Do what is due until SIGTERM or SIGINT; the row in hand is finished first."""
    logs.configure(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database = Database(settings.database, pool_size=1)
    _prepare(database)
    log.info("worker.started", kinds=sorted(jobs.JOBS))
    while not stop.is_set():
        if not _sweep(database):
            stop.wait(PAUSE_SECONDS)
    database.dispose()


def _prepare(database: Database) -> None:
    with database.writing(None) as session:
        jobs.schedule(organizations.ensure_vendor().id)
        session.commit()


def _sweep(database: Database) -> int:
    """One sweep; a database that is away for a moment does not end the worker."""
    try:
        return sweeping.sweep(database, limit=1)
    except Exception:
        log.exception("worker.sweep_failed")
        return 0
