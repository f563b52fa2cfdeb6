"""The conversation with the mail server. Knows nothing of the database."""

import re
import smtplib
import ssl
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import idna

from portal import clock
from portal.i18n import gettext as _
from portal.messages.models import Message, MessageClass
from portal.messages.service import MailSettings

TIMEOUT_SECONDS = 10
"""Of each step of the conversation; there are about a dozen."""

PERMANENT = 500

OF_ADDRESS = frozenset({521, 550, 551, 553, 556})
"""Answers to a recipient that are about the address or its domain (RFC 5321, RFC 7504)."""

REASON = re.compile(r"\s*5\.(\d{1,3})\.(\d{1,3})\b")
"""The reason in numbers before the words (RFC 3463)."""

OF_ADDRESS_BY_REASON = ("1", "2")
"""The address itself, or its mailbox; the others are about the network, the text or a policy."""

FULL = "2"
"""Of reasons with the mailbox: it has no room, which passes."""


WITHOUT_FOLDING = policy.default.clone(max_line_length=990)
"""A folded address is one that mail programs can't read; RFC 5322 allows 998 characters a line."""


class Refused(Exception):
    """The server will never take this message; trying again is no use."""


class AddressRefused(Refused):
    """No mail to this address will be taken, whatever it says."""


class NotNow(Exception):
    """The message could not be handed over this time."""


def deliver(message: Message, mail: MailSettings) -> None:
    """Hand a message to the mail server. Raises Refused or NotNow, in words for people."""
    try:
        _converse(compose(message, mail), mail)
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        words = _words(_("The mail server refused the address"), code, answer)
        if code < PERMANENT:
            raise NotNow(words) from error
        raise (AddressRefused if is_of_address(code, answer) else Refused)(words) from error
    except smtplib.SMTPDataError as error:
        what = _("The mail server refused the message")
        raise _refusal(error.smtp_code, error.smtp_error, what) from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotNow(_("The mail server did not accept the portal's password")) from error
    except smtplib.SMTPResponseException as error:
        said = _words(_("The mail server answered"), error.smtp_code, error.smtp_error)
        raise NotNow(said) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotNow(_("The mail server cannot do what is needed: %(why)s", why=error)) from error
    except smtplib.SMTPServerDisconnected as error:
        raise NotNow(_("The mail server ended the conversation early")) from error
    except ValueError as error:
        raise Refused(_("This message can't be put into a mail: %(why)s", why=error)) from error
    except OSError as error:
        raise NotNow(_("The mail server could not be reached: %(why)s", why=error)) from error


def compose(message: Message, mail: MailSettings) -> EmailMessage:
    """The mail as it goes out. A repeat has the same Message-ID, so it can be recognised."""
    made = EmailMessage(policy=WITHOUT_FOLDING)
    made["From"] = _sender(message.sender_name, mail)
    made["To"] = in_ascii(message.recipient)
    made["Reply-To"] = mail.reply_to
    made["Subject"] = message.subject
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = message.message_id
    # Tells holiday notices and the like not to answer.
    made["Auto-Submitted"] = "auto-generated"
    if message.person_id and message.message_class in (MessageClass.SUCCESS, MessageClass.NEWS):
        to = message.person_id, message.recipient
        # RFC 8058: the mail program's own button, which posts to the address.
        made["List-Unsubscribe"] = f"<{mail.unwanted_url(*to, message.message_class)}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(message.body_text)
    made.add_alternative(message.body_html, subtype="html")
    return made


def _sender(name: str, mail: MailSettings) -> Address:
    """The portal's own address under a name; whatever in it would begin another header goes."""
    portal, address = parseaddr(mail.sender)
    shown = "".join(sign if sign.isprintable() else " " for sign in name or portal)
    return Address(" ".join(shown.split()), addr_spec=address)


def in_ascii(address: str) -> str:
    """An address with its domain as mail servers write it: `bücher.de` as `xn--bcher-kva.de`."""
    name, _at, domain = address.rpartition("@")
    return f"{name}@{domain if domain.isascii() else idna.encode(domain, uts46=True).decode()}"


def _converse(made: EmailMessage, mail: MailSettings) -> None:
    with _connect(mail) as server:
        if mail.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if mail.user:
            server.login(mail.user, mail.password)
        server.send_message(made)


def _connect(mail: MailSettings) -> smtplib.SMTP:
    if mail.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_SECONDS)


def is_of_address(code: int, answer: bytes | str) -> bool:
    """Whether a refusal for good is about the address, and not about who sends or what.

    A server says so by the numbers that its answer begins with; "550 5.7.1 relaying denied" is
    about us.
    """
    said = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    reason = REASON.match(said)
    if reason is None:
        return code in OF_ADDRESS
    subject, detail = reason.groups()
    return subject in OF_ADDRESS_BY_REASON and (subject, detail) != ("2", FULL)


def _refusal(code: int, answer: bytes | str, what: str) -> Refused | NotNow:
    words = _words(what, code, answer)
    return Refused(words) if code >= PERMANENT else NotNow(words)


def _words(what: str, code: int, answer: bytes | str) -> str:
    said = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{what}: {code} {' '.join(said.split())}"[:300]
