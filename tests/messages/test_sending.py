"""What becomes of a message between the outbox and the mail server."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import clock, i18n, jobs, sweeping
from portal.db import Database
from portal.jobs import MOST_ATTEMPTS, Work
from portal.messages import jobs as messages_jobs
from portal.messages.models import MessageState
from portal.messages.service import describe, list_messages
from tests.messages.conftest import MailServer, Outbox

pytestmark = pytest.mark.database

assert messages_jobs, "imported for what it registers"


def make_due(database: Database) -> None:
    """As if the time until the next attempt had passed."""
    with database.writing(None) as session:
        session.execute(update(Work).values(due_at=clock.now() - timedelta(seconds=1)))
        session.commit()


def work_of(database: Database) -> Work:
    with database.reading(None) as session:
        return session.scalars(select(Work).where(Work.kind == "messages.send")).one()


def test_a_message_arrives_with_both_texts_and_its_headers(
    database: Database, outbox: Outbox, mail_server: MailServer
) -> None:
    message = outbox.write()
    assert sweeping.sweep(database) == 1
    (mail,) = mail_server.received
    text, html = (part.get_payload(decode=True).decode() for part in mail.get_payload())
    assert "http://portal.example/links/secret-token" in text
    assert "http://portal.example/links/secret-token" in html
    assert mail["Subject"] == "Ursula invites you to Aurora"
    assert mail["To"] == outbox.world.end_user.email
    assert mail["From"] == "Tallybrook <portal@tallybrook.example>"
    assert mail["Reply-To"] == "help@tallybrook.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == message.message_id
    assert mail["Message-ID"].endswith("@tallybrook.example>")
    assert mail["Date"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Aurora", "Aurora via Tallybrook"),
        ("", "Tallybrook"),
        ("Bäcker, Müller & “Söhne”", "Bäcker, Müller & “Söhne” via Tallybrook"),
        ("Aurora\r\nBcc: spy@evil.example", "Aurora Bcc: spy@evil.example via Tallybrook"),
        ('Boss" <boss@evil.example>', 'Boss" <boss@evil.example> via Tallybrook'),
    ],
)
def test_it_comes_in_the_customers_name_from_the_portals_address(
    database: Database, outbox: Outbox, mail_server: MailServer, name: str, shown: str
) -> None:
    outbox.write(organization_name=name)
    sweeping.sweep(database)
    (mail,) = mail_server.received
    assert mail["Bcc"] is None
    parsed = message_from_bytes(bytes(mail), policy=policy.default)
    (address,) = parsed["From"].addresses
    assert (address.display_name, address.addr_spec) == (shown, "portal@tallybrook.example")


def test_a_sent_message_says_when(database: Database, outbox: Outbox) -> None:
    message = outbox.write()
    sweeping.sweep(database)
    sent = outbox.read(message)
    assert sent.state == MessageState.SENT
    assert sent.sent_at is not None
    assert describe(sent) == f"Sent {i18n.format_time(sent.sent_at)}"


def test_a_secret_message_keeps_no_working_link_once_it_is_sent(
    database: Database, outbox: Outbox
) -> None:
    message = outbox.write(is_secret=True)
    assert "secret-token" in outbox.read(message).body_text
    sweeping.sweep(database)
    sent = outbox.read(message)
    assert (sent.body_text, sent.body_html) == ("", "")


def test_another_message_keeps_its_texts(database: Database, outbox: Outbox) -> None:
    message = outbox.write(is_secret=False)
    sweeping.sweep(database)
    assert "secret-token" in outbox.read(message).body_text


def test_a_message_waits_until_the_worker_comes(outbox: Outbox, mail_server: MailServer) -> None:
    message = outbox.write()
    assert mail_server.received == []
    assert describe(outbox.read(message)) == "Waiting to be sent"


def test_what_is_not_committed_is_not_sent(
    database: Database, outbox: Outbox, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Session, "commit", lambda self: None)
        outbox.write()
    assert sweeping.sweep(database) == 0
    assert mail_server.received == []


def test_a_refused_address_fails_at_once_in_the_servers_words(
    database: Database, outbox: Outbox, mail_server: MailServer
) -> None:
    mail_server.at_recipient = "550 5.1.1 no such user here"
    message = outbox.write()
    sweeping.sweep(database)
    failed = outbox.read(message)
    assert failed.state == MessageState.FAILED
    assert describe(failed) == (
        "Could not be delivered: The mail server refused the address: 550 5.1.1 no such user here"
    )
    assert work_of(database).done_at is not None


def test_a_refused_text_fails_at_once(
    database: Database, outbox: Outbox, mail_server: MailServer
) -> None:
    mail_server.at_data = "554 this looks like spam"
    message = outbox.write()
    sweeping.sweep(database)
    assert outbox.read(message).state == MessageState.FAILED


def test_a_busy_server_is_tried_again(
    database: Database, outbox: Outbox, mail_server: MailServer
) -> None:
    mail_server.at_recipient = "451 try later"
    message = outbox.write()
    sweeping.sweep(database)
    waiting = outbox.read(message)
    assert waiting.state == MessageState.QUEUED
    assert describe(waiting).startswith("Waiting to be sent again: ")
    assert "451 try later" in describe(waiting)
    assert work_of(database).done_at is None
    mail_server.at_recipient = None
    make_due(database)
    sweeping.sweep(database)
    assert outbox.read(message).state == MessageState.SENT


def test_a_repeat_after_a_lost_answer_carries_the_same_message_id(
    database: Database, outbox: Outbox, mail_server: MailServer
) -> None:
    mail_server.hangs_up = True
    outbox.write()
    sweeping.sweep(database)
    mail_server.hangs_up = False
    make_due(database)
    sweeping.sweep(database)
    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"]


def test_a_message_that_was_sent_is_not_sent_again(
    database: Database, outbox: Outbox, mail_server: MailServer
) -> None:
    message = outbox.write()
    sweeping.sweep(database)
    with database.writing(message.organization_id) as session:
        jobs.enqueue("messages.send", message.organization_id, message.id.hex)
        session.commit()
    sweeping.sweep(database)
    assert len(mail_server.received) == 1


def test_a_server_that_never_answers_fails_the_message_in_the_end(
    database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYMARK_SMTP_PORT", "1")
    message = outbox.write()
    for _ in range(MOST_ATTEMPTS):
        make_due(database)
        sweeping.sweep(database)
    failed = outbox.read(message)
    assert failed.state == MessageState.FAILED
    assert "could not be reached" in describe(failed)
    assert work_of(database).done_at is not None


def test_without_a_server_nothing_is_queued_and_no_link_is_kept(
    database: Database, outbox: Outbox
) -> None:
    message = outbox.write(mail=outbox.without_server())
    kept = outbox.read(message)
    assert kept.state == MessageState.NO_SERVER
    assert (kept.body_text, kept.body_html) == ("", "")
    assert sweeping.sweep(database) == 0
    assert describe(kept) == "Not sent: no mail server is set; hand over the link yourself"


def test_a_server_that_was_taken_away_leaves_the_message_unsent(
    database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = outbox.write()
    monkeypatch.setenv("WAYMARK_SMTP_HOST", "")
    sweeping.sweep(database)
    assert outbox.read(message).state == MessageState.NO_SERVER


def test_a_stranger_sees_no_message(database: Database, outbox: Outbox) -> None:
    message = outbox.write()
    stranger = outbox.world.strange_usm.viewer
    with database.reading(stranger.organization_id):
        assert list_messages(stranger, [message.id]) == {}


def test_an_address_in_letters_of_any_script_is_settled(
    database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = outbox.write(address="jörg@bücher.example")
    sweeping.sweep(database)
    assert outbox.read(message).state == MessageState.SENT


def test_a_fault_of_ours_fails_the_message_in_the_end(
    database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no header can hold this")

    monkeypatch.setattr("portal.messages.delivery.compose", broken)
    message = outbox.write()
    sweeping.sweep(database)
    failed = outbox.read(message)
    assert failed.state == MessageState.FAILED
    assert failed.body_text == failed.body_html == ""
