"""What was acknowledged is there, once, whatever is killed and whenever."""

import os
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select, update

from benchmarks.seed import Seeded, seed
from benchmarks.servers import free_port
from portal import clock
from portal.db import Database
from portal.guides.models import CurrentRevision, Guide
from portal.jobs import Work
from tests.kills import verdict
from tests.kills.clients import Ledger
from tests.kills.crowd import make_crowd
from tests.kills.portal import Portal, under_fire

LONG = os.environ.get("WAYMARK_TEST_LONG") == "1"
KILLS, MEMBERS, PAUSE = (50, 10_000, 4.0) if LONG else (5, 120, 0.5)
ENOUGH = 5_000 if LONG else 150
USMS = 30 if LONG else 1
"""Who invite, one after the other, for each inviting client."""


class Mailbox:
    """An SMTP server's handler that counts what was delivered, by Message-ID."""

    port = 0

    def __init__(self) -> None:
        self.delivered: Counter[str] = Counter()

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd
        text = envelope.content.decode(errors="replace")
        headers = [line for line in text.splitlines() if line.lower().startswith("message-id:")]
        self.delivered[headers[0].split(":", 1)[1].strip()] += 1
        return "250 OK"


@dataclass(frozen=True)
class Count:
    """The verdict: acknowledged writes, those found again, and effects that stand twice."""

    acknowledged: int
    found: int
    doubled: int
    p99: float
    """Seconds that a write took while the portal was up."""


@pytest.fixture
def mailbox():
    handler = Mailbox()
    server = Controller(handler, hostname="127.0.0.1", port=free_port())
    server.start()
    handler.port = server.port
    yield handler
    server.stop()


def test_it_keeps_every_acknowledged_write_once(empty_database_url, tmp_path, mailbox, capsys):
    count = _run(empty_database_url, tmp_path, mailbox, early=False)
    with capsys.disabled():
        print(f"\n{KILLS} kills on {empty_database_url.split(':')[0]}: {count}")
    assert count.acknowledged >= ENOUGH
    assert count.found == count.acknowledged
    assert count.doubled == 0
    if LONG:
        # Only in full: a busy machine makes any time in a short run a matter of chance.
        assert count.p99 < 1.0


def test_it_would_find_a_portal_that_answers_before_it_saves(empty_database_url, tmp_path, mailbox):
    count = _run(empty_database_url, tmp_path, mailbox, early=True)
    assert count.found < count.acknowledged


def _run(url: str, folder: Path, mailbox: Mailbox, *, early: bool) -> Count:
    seeded = seed(folder / "instance", MEMBERS, url, signed_in=MEMBERS)
    database = Database(url)
    try:
        return _run_on(database, seeded, folder, mailbox, early=early)
    finally:
        database.dispose()


def _run_on(
    database: Database, seeded: Seeded, folder: Path, mailbox: Mailbox, *, early: bool
) -> Count:
    guides = _guides(database)
    mail = {
        "WAYMARK_SMTP_HOST": "127.0.0.1",
        "WAYMARK_SMTP_PORT": str(mailbox.port),
        "WAYMARK_SMTP_SECURITY": "none",
        "WAYMARK_LOG_LEVEL": "error",
    }
    log = folder / "portal.log"
    portal = Portal({**seeded.environment, **mail}, log, early)
    try:
        ledger = _load(portal, seeded, guides)
        if not early:
            _wait_for_worker(database)
    finally:
        portal.stop()
    assert not ledger.failures, f"{ledger.failures[:3]}\n{log.read_text()[-4000:]}"
    waits = [ended - begun for begun, ended in ledger.posts if portal.was_up(begun, ended)]
    p99 = round(statistics.quantiles(waits, n=100)[98], 3)
    found, doubled = verdict.count(
        database, ledger, mailbox.delivered, folder / "instance" / "exports"
    )
    return Count(ledger.acknowledged, found, doubled, p99)


def _load(portal: Portal, seeded: Seeded, guides: list[str]) -> Ledger:
    """Ten clients while something is killed again and again."""
    ledger, done = Ledger(), threading.Event()
    crowd = make_crowd(portal.port, seeded, guides, ledger, done, USMS)
    # A short run may end with the kills before it has written enough, so it works its list off.
    last_kill = done if LONG else threading.Event()
    with under_fire(portal, KILLS, PAUSE, last_kill):
        for client in crowd:
            client.start()
        for client in crowd:
            client.join()
        assert last_kill.is_set() or not LONG, "the work ran out before the last kill"
    return ledger


def _guides(database: Database) -> list[str]:
    with database.reading(None) as session:
        read = select(Guide.slug).join(CurrentRevision, CurrentRevision.guide_id == Guide.id)
        return list(session.scalars(read.where(CurrentRevision.language == "en").distinct()))


def _wait_for_worker(database: Database, seconds: float = 120) -> None:
    """Until nothing is left to send; a killed worker's lease is taken as over, to save minutes."""
    with database.writing(None) as session:
        session.execute(
            update(Work).where(Work.done_at.is_(None)).values(claimed_until=clock.now())
        )
        session.commit()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with database.reading(None) as session:
            open_work = select(func.count()).where(
                Work.kind.in_(("messages.send", "accounts.import", "accounts.export")),
                Work.done_at.is_(None),
            )
            if session.scalar(open_work) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the worker did not finish what was due")
