"""A mail server on this machine, and the mail that it took."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import Queue

from aiosmtpd.smtp import SMTP, Envelope, Session

UNKNOWN = "nobody@aalto-werk.example"


class Mailbox:
    """Takes mail for everybody but one."""

    port: int = 0

    def __init__(self) -> None:
        self.received: Queue[EmailMessage] = Queue()
        self.recipients: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == UNKNOWN:
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        self.recipients.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.received.put(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def next_to(self, address: str) -> EmailMessage:
        """The next message to somebody, as soon as it is here."""
        while (message := self.received.get(timeout=60))["To"] != address:
            pass
        return message


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
