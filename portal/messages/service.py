"""The outbox: messages are written in the transaction that causes them, and sent by the worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid, parseaddr
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import select

from portal import clock, db, i18n, jobs
from portal.access import Viewer
from portal.config import ROOT, Settings
from portal.i18n import gettext as _
from portal.messages.models import Message, MessageClass, MessageState

TEMPLATES = ROOT / "templates"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail leaves the portal; without a host none does."""

    host: str
    port: int
    user: str
    password: str
    security: str
    """`none`, `starttls` or `tls`."""
    sender: str
    reply_to: str
    portal_url: str
    """Address of the portal, for links; without a slash at its end."""

    @classmethod
    def of(cls, settings: Settings) -> "MailSettings":
        """What the settings say about mail."""
        return cls(
            host=settings.smtp_host,
            port=settings.smtp_port,
            user=settings.smtp_user,
            password=settings.smtp_password,
            security=settings.smtp_security,
            sender=settings.mail_from,
            reply_to=settings.reply_to or settings.mail_from,
            portal_url=settings.public_url,
        )

    @property
    def is_enabled(self) -> bool:
        """Whether mail can be sent at all."""
        return bool(self.host)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is written to, and how they read."""

    address: str
    person_id: UUID
    locale: str
    zone: str


def send(
    mail: MailSettings,
    organization_id: UUID,
    name: str,
    message_class: MessageClass,
    to: Addressee,
    values: Mapping[str, Any],
    *,
    caused_by: UUID | None = None,
    is_secret: bool = False,
) -> Message:
    """Write a message into the running transaction; the worker sends it after the commit.

    `name` is the folder of its texts under templates/emails/, `values` fill them. A secret message
    holds a working link, so its texts are kept no longer than sending needs them.
    """
    subject, text, html = render(name, to, {"portal_url": mail.portal_url, **values})
    is_kept = mail.is_enabled or not is_secret
    message = Message(
        organization_id=organization_id,
        id=db.new_id(),
        name=name,
        message_class=message_class,
        recipient=to.address,
        person_id=to.person_id,
        caused_by=caused_by,
        subject=subject,
        body_text=text if is_kept else "",
        body_html=html if is_kept else "",
        is_secret=is_secret,
        message_id=make_msgid(domain=parseaddr(mail.sender)[1].rpartition("@")[2] or "localhost"),
        state=MessageState.QUEUED if mail.is_enabled else MessageState.NO_SERVER,
        created_at=clock.now(),
    )
    db.session().add(message)
    db.session().flush()
    if mail.is_enabled:
        jobs.enqueue("messages.send", organization_id, message.id.hex)
    return message


def render(name: str, to: Addressee, values: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of a message in its reader's language and time zone."""
    texts = _environment()
    with i18n.using(to.locale, to.zone):
        filled = [
            texts.get_template(f"emails/{name}/{part}").render(values)
            for part in ("subject.txt", "body.txt", "body.html")
        ]
    # A line break in a subject would begin another header.
    return " ".join(filled[0].split()), filled[1].strip() + "\n", filled[2]


@lru_cache
def _environment() -> Environment:
    texts = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, _ngettext, newstyle=True
    )
    texts.filters.update(date=i18n.format_date, datetime=i18n.format_datetime)
    texts.globals["locale"] = lambda: str(i18n.current().locale)
    return texts


def _ngettext(singular: str, plural: str, number: int) -> str:
    # Jinja fills in the values itself.
    translated: str = i18n.current().translations.ngettext(singular, plural, number)
    return translated


def find_message(viewer: Viewer, message_id: UUID) -> Message | None:
    """A message of the viewer's organization; None once it was deleted."""
    return list_messages(viewer, [message_id]).get(message_id)


def list_messages(viewer: Viewer, message_ids: Sequence[UUID]) -> dict[UUID, Message]:
    """Messages of the viewer's organization, by their ids."""
    found = select(Message).where(
        Message.organization_id == viewer.organization_id, Message.id.in_(message_ids)
    )
    return {message.id: message for message in db.session().scalars(found)}


def describe(message: Message) -> str:
    """What became of a message, in a sentence for whoever caused it."""
    if message.state == MessageState.SENT and message.sent_at:
        return _("Sent %(time)s", time=_moment(message.sent_at))
    if message.state == MessageState.FAILED:
        return _("Could not be delivered: %(reason)s", reason=message.last_error)
    if message.state == MessageState.NO_SERVER:
        return _("Not sent: no mail server is set; hand over the link yourself")
    if message.last_error:
        return _("Waiting to be sent again: %(reason)s", reason=message.last_error)
    return _("Waiting to be sent")


def _moment(sent_at: datetime) -> str:
    """Today the time is enough."""
    zone = i18n.current().zone
    if sent_at.astimezone(ZoneInfo(zone)).date() == clock.today(zone):
        return i18n.format_time(sent_at)
    return i18n.format_datetime(sent_at)
