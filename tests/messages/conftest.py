"""A mail server on this machine that tests can make difficult."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message as Received

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal import clock
from portal.db import Database
from portal.messages.models import Message, MessageClass
from portal.messages.service import Addressee, MailSettings, send
from tests.factories import Persona, World
from tests.mail import MAIL


@dataclass
class MailServer:
    """Keeps what it takes; answers what it is told to."""

    received: list[Received] = field(default_factory=list)
    at_recipient: str | None = None
    """Answer to RCPT instead of taking the address."""
    at_data: str | None = None
    """Answer to the message's end; the message is kept all the same."""
    hangs_up: bool = False
    """End the conversation instead of answering to the message's end."""
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_recipient:
            return self.at_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.received.append(message_from_bytes(envelope.content))
        if self.hangs_up:
            server.transport.close()
        return self.at_data or "250 OK"


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    handler = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def mail(mail_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> MailSettings:
    """The settings that lead to the mail server, also for jobs."""
    settings = replace(MAIL, port=mail_server.port)
    monkeypatch.setenv("WAYMARK_SMTP_HOST", settings.host)
    monkeypatch.setenv("WAYMARK_SMTP_PORT", str(settings.port))
    monkeypatch.setenv("WAYMARK_SMTP_SECURITY", settings.security)
    monkeypatch.setenv("WAYMARK_MAIL_FROM", settings.sender)
    monkeypatch.setenv("WAYMARK_REPLY_TO", settings.reply_to)
    return settings


@dataclass
class Outbox:
    """Writes messages and reads what became of them."""

    database: Database
    world: World
    mail: MailSettings

    def write(
        self,
        *,
        is_secret: bool = True,
        mail: MailSettings | None = None,
        address: str | None = None,
        by: Persona | None = None,
        to: Persona | None = None,
        organization_name: str = "",
    ) -> Message:
        """An invitation from the USM (or `by`) to the end user (or `to`), committed."""
        usm, reader = (by or self.world.usm).viewer, to or self.world.end_user
        addressee = Addressee(
            *(address or reader.email, reader.viewer.person_id, "en", "Europe/Berlin"),
            organization_name=organization_name,
        )
        values = {
            "url": "http://portal.example/links/secret-token",
            "works_until": clock.now(),
            "name": "Alma",
            "inviter": "Ursula",
            "is_staff": False,
            "organization": "Aurora",
        }
        with self.database.writing(usm.organization_id) as session:
            message = send(
                mail or self.mail,
                usm.organization_id,
                "invitation",
                MessageClass.SERVICE,
                addressee,
                values,
                caused_by=usm.person_id,
                is_secret=is_secret,
            )
            session.commit()
        return message

    def read(self, message: Message) -> Message:
        with self.database.reading(message.organization_id) as session:
            key = {"organization_id": message.organization_id, "id": message.id}
            return session.get_one(Message, key)

    def without_server(self) -> MailSettings:
        return replace(self.mail, host="")


@pytest.fixture
def outbox(database: Database, world: World, mail: MailSettings) -> Outbox:
    return Outbox(database, world, mail)
