"""Messages held back or late, because their readers or the portal want it so."""

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from email.message import Message as Received

import pytest
from sqlalchemy import func, select

from portal import clock, sweeping
from portal.accounts.service import leaving
from portal.db import Database
from portal.messages import contact
from portal.messages import jobs as messages_jobs
from portal.messages.contact import Choice
from portal.messages.models import ContactLog, Message, MessageClass, MessageState
from portal.messages.service import Addressee, describe, send
from tests.messages.conftest import MailServer, Outbox

pytestmark = pytest.mark.database

assert messages_jobs, "imported for what it registers"

NIGHT = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
EVERYTHING = Choice(True, True, True, None, None, None, None)


def write(outbox: Outbox, of_class: MessageClass = MessageClass.SUCCESS, **more: bool) -> Message:
    """A message to the reader, committed."""
    reader = outbox.world.end_user
    to = Addressee(reader.email, reader.viewer.person_id, "en", "Europe/Berlin")
    values = {"url": "http://x.example", "minutes": 3, "vendor": "Tallybrook"}
    with outbox.database.writing(reader.organization_id) as session:
        made = send(
            outbox.mail, reader.organization_id, "sign_in_link", of_class, to, values, **more
        )
        session.commit()
    return made


def choose(outbox: Outbox, choice: Choice) -> None:
    with outbox.database.writing(None) as session:
        contact.choose(outbox.world.end_user.viewer.person_id, choice)
        session.commit()


def leave_alone(outbox: Outbox) -> None:
    with outbox.database.writing(None) as session:
        contact.leave_alone(outbox.world.end_user.viewer.person_id)
        session.commit()


def texts(mail: Received) -> list[str]:
    """Both bodies, decoded."""
    return [part.get_payload(decode=True).decode() for part in mail.get_payload()]


def counted(database: Database) -> int:
    with database.reading(None) as session:
        return session.scalars(select(func.count()).select_from(ContactLog)).one()


def test_a_message_that_is_not_wanted_stays_here_and_its_sender_reads_why(
    outbox: Outbox, database: Database, mail_server: MailServer
) -> None:
    leave_alone(outbox)
    message = write(outbox)
    sweeping.sweep(database)
    held = outbox.read(message)
    assert held.state == MessageState.HELD_BACK
    assert describe(held) == "Held back by their contact preferences"
    assert (held.body_text, held.body_html) == ("", "")
    assert mail_server.received == []
    assert counted(database) == 0


def test_security_goes_out_all_the_same(
    outbox: Outbox, database: Database, mail_server: MailServer
) -> None:
    leave_alone(outbox)
    write(outbox, MessageClass.SECURITY)
    sweeping.sweep(database)
    assert len(mail_server.received) == 1
    assert counted(database) == 0


def test_the_fifth_success_message_of_thirty_days_is_held_back(outbox: Outbox) -> None:
    states = [write(outbox).state for _number in range(5)]
    assert states == [MessageState.QUEUED] * 4 + [MessageState.HELD_BACK]
    with clock.standing_at(clock.now() + timedelta(days=31)):
        assert write(outbox).state == MessageState.QUEUED


def test_the_third_question_is_held_back_and_a_nudge_is_not(outbox: Outbox) -> None:
    states = [write(outbox, is_question=True).state for _number in range(3)]
    assert states == [MessageState.QUEUED] * 2 + [MessageState.HELD_BACK]
    assert write(outbox).state == MessageState.QUEUED


def test_other_organizations_count_too_and_the_log_tells_none_of_them(outbox: Outbox) -> None:
    elsewhere = outbox.world.stranger.organization_id
    reader = outbox.world.end_user
    to = Addressee(reader.email, reader.viewer.person_id, "en", "UTC")
    values = {"url": "http://x.example", "minutes": 3, "vendor": "Zyxomma"}
    for _number in range(4):
        with outbox.database.writing(elsewhere) as session:
            send(outbox.mail, elsewhere, "sign_in_link", MessageClass.SUCCESS, to, values)
            session.commit()
    assert write(outbox).state == MessageState.HELD_BACK
    assert set(ContactLog.__table__.columns.keys()) == {
        "id",
        "person_id",
        "message_class",
        "is_question",
        "at",
    }


def test_what_the_server_refuses_is_not_counted(
    outbox: Outbox, database: Database, mail_server: MailServer
) -> None:
    mail_server.at_recipient = "550 no such user"
    write(outbox)
    assert counted(database) == 1
    sweeping.sweep(database)
    assert counted(database) == 0


def test_without_a_mail_server_nothing_is_counted(outbox: Outbox, database: Database) -> None:
    no_server = replace(outbox, mail=outbox.without_server())
    assert write(no_server).state == MessageState.NO_SERVER
    assert counted(database) == 0


def test_quiet_hours_let_it_wait_until_the_morning(
    outbox: Outbox, database: Database, mail_server: MailServer
) -> None:
    choose(outbox, replace(EVERYTHING, quiet_from=time(22), quiet_until=time(7)))
    with clock.standing_at(NIGHT):
        message = write(outbox)
        assert sweeping.sweep(database) == 0
    assert outbox.read(message).state == MessageState.QUEUED
    with clock.standing_at(NIGHT + timedelta(hours=7, minutes=29)):
        assert sweeping.sweep(database) == 0
    with clock.standing_at(NIGHT + timedelta(hours=7, minutes=31)):
        assert sweeping.sweep(database) == 1
    assert len(mail_server.received) == 1


def test_who_asks_to_be_left_alone_meanwhile_is(
    outbox: Outbox, database: Database, mail_server: MailServer
) -> None:
    message = write(outbox)
    leave_alone(outbox)
    sweeping.sweep(database)
    assert outbox.read(message).state == MessageState.HELD_BACK
    assert mail_server.received == []
    assert counted(database) == 0


@pytest.mark.parametrize(
    ("of_class", "state"),
    [
        (MessageClass.SERVICE, MessageState.HELD_BACK),
        (MessageClass.SUCCESS, MessageState.HELD_BACK),
        (MessageClass.SECURITY, MessageState.SENT),
    ],
)
def test_who_leaves_meanwhile_is_written_to_for_their_security_alone(
    outbox: Outbox, database: Database, of_class: MessageClass, state: MessageState
) -> None:
    message = write(outbox, of_class)
    reader, usm = outbox.world.end_user.viewer, outbox.world.usm.viewer
    with database.writing(reader.organization_id) as session:
        leaving.mark_left(usm, [reader.member_id])
        session.commit()
    sweeping.sweep(database)
    assert outbox.read(message).state == state


@pytest.mark.parametrize("of_class", [MessageClass.SUCCESS, MessageClass.NEWS])
def test_a_mail_program_gets_a_button_of_its_own(
    outbox: Outbox, database: Database, mail_server: MailServer, of_class: MessageClass
) -> None:
    choose(outbox, EVERYTHING)
    write(outbox, of_class)
    sweeping.sweep(database)
    (mail,) = mail_server.received
    assert re.fullmatch(r"<http://[\w.:]+/unwanted/[\w.-]+>", mail["List-Unsubscribe"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all("/unwanted/" in text for text in texts(mail))


@pytest.mark.parametrize("of_class", [MessageClass.SECURITY, MessageClass.SERVICE])
def test_what_was_asked_for_has_no_such_button(
    outbox: Outbox, database: Database, mail_server: MailServer, of_class: MessageClass
) -> None:
    write(outbox, of_class)
    sweeping.sweep(database)
    (mail,) = mail_server.received
    assert mail["List-Unsubscribe"] is None
    is_wished_for = of_class == MessageClass.SECURITY
    assert all(("/unwanted/" in text) != is_wished_for for text in texts(mail))
