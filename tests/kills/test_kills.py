"""What was acknowledged is there, once, whatever is killed and whenever."""

import os
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select, update

from benchmarks.seed import Seeded, seed
from benchmarks.servers import free_port
from portal import clock
from portal.accounts.models import Member, Organization, Person
from portal.db import Database
from portal.guides.models import CurrentRevision, Guide
from portal.help.models import HelpRequest
from portal.jobs import Work
from portal.messages.models import Message, MessageState
from portal.paths.models import Outcome, OutcomeChange
from portal.web.models import FormRequest
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
    count = _count(database, ledger, mailbox, statistics.quantiles(waits, n=100)[98])
    database.dispose()
    return count


def _load(portal: Portal, seeded: Seeded, guides: list[str]) -> Ledger:
    """Nine clients while something is killed again and again."""
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
                Work.kind.in_(("messages.send", "accounts.import")), Work.done_at.is_(None)
            )
            if session.scalar(open_work) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the worker did not finish what was due")


def _count(database: Database, ledger: Ledger, mailbox: Mailbox, p99: float) -> Count:
    with database.reading(None) as session:
        customer = select(Organization.id).where(Organization.is_vendor.is_(False))
        organization_id = session.execute(customer).scalar_one()
    with database.reading(organization_id) as session:
        found = _answers_found(session, organization_id, ledger)
        found += _invitations_found(session, organization_id, ledger, mailbox)
        found += _questions_found(session, organization_id, ledger)
        found += _imported_found(session, organization_id, ledger)
        doubled = _doubled(session, organization_id)
    return Count(ledger.acknowledged, found, doubled, round(p99, 3))


def _answers_found(session, organization_id: UUID, ledger: Ledger) -> int:
    kept = select(FormRequest.request_id).where(
        FormRequest.organization_id == organization_id, FormRequest.location != ""
    )
    forms = set(session.scalars(kept))
    answers = sum(UUID(request_id) in forms for request_id in ledger.answers)
    outcomes = select(func.count()).where(Outcome.organization_id == organization_id)
    return min(answers, session.scalar(outcomes))


def _invitations_found(session, organization_id: UUID, ledger: Ledger, mailbox: Mailbox) -> int:
    """Invited people whose mail is marked as sent and truly arrived."""
    sent = (
        select(Person.email_key, Message.message_id)
        .join(Member, Member.person_id == Person.id)
        .join(Message, Message.id == Member.invitation_message_id)
        .where(
            Member.organization_id == organization_id,
            Message.organization_id == organization_id,
            Message.state == MessageState.SENT,
        )
    )
    arrived = {email for email, header in session.execute(sent) if mailbox.delivered[header]}
    return sum(address in arrived for address in ledger.invitations)


def _questions_found(session, organization_id: UUID, ledger: Ledger) -> int:
    """Questions that are kept once each."""
    kept = select(HelpRequest.words).where(HelpRequest.organization_id == organization_id)
    times = Counter(session.scalars(kept))
    return sum(times[words] == 1 for words in ledger.questions)


def _imported_found(session, organization_id: UUID, ledger: Ledger) -> int:
    """People of the files that were started, each a member."""
    members = select(Person.email_key).join(Member, Member.person_id == Person.id)
    there = set(session.scalars(members.where(Member.organization_id == organization_id)))
    return sum(address in there for address in ledger.imported)


def _doubled(session, organization_id: UUID) -> int:
    """Answers kept twice in the history, questions asked twice, people invited by two messages."""
    twice = (
        select(OutcomeChange.outcome_id)
        .where(OutcomeChange.organization_id == organization_id)
        .group_by(OutcomeChange.outcome_id)
        .having(func.count() > 1)
    )
    mailed_twice = (
        select(Message.recipient)
        .where(Message.organization_id == organization_id, Message.name == "invitation")
        .group_by(Message.recipient)
        .having(func.count() > 1)
    )
    asked_twice = (
        select(HelpRequest.words)
        .where(HelpRequest.organization_id == organization_id)
        .group_by(HelpRequest.words)
        .having(func.count() > 1)
    )
    twice_asked = len(session.execute(asked_twice).all())
    return (
        twice_asked + len(session.execute(twice).all()) + len(session.execute(mailed_twice).all())
    )
