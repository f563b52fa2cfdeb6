"""The outbox: messages are written in the transaction that causes them, and sent by the worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
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
from portal.ids import new_id
from portal.messages import contact, samples, unsubscribing
from portal.messages.models import Message, MessageClass, MessageState
from portal.messages.policy import NO_QUIET_DAYS, Limits, QuietDays

TEMPLATES = ROOT / "templates"
STAYS_HERE = frozenset({MessageState.NO_SERVER, MessageState.SAMPLE})
"""Whatever such a message says must be handed over by hand."""


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
    limits: Limits
    """How often one person is written to at most."""
    keys: tuple[str, ...] = field(repr=False)
    """The portal's signing keys, newest first."""

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
            limits=Limits(
                settings.contact_questions,
                settings.contact_success_messages,
                settings.contact_days,
            ),
            keys=settings.secret_keys,
        )

    @property
    def is_enabled(self) -> bool:
        """Whether mail can be sent at all."""
        return bool(self.host)

    def unwanted_url(
        self, person_id: UUID, address: str, message_class: MessageClass
    ) -> str | None:
        """Where a reader says that they want no such messages; None for security, always sent."""
        if message_class == MessageClass.SECURITY:
            return None
        where = self.portal_url, self.keys
        return unsubscribing.make_url(*where, person_id, address, message_class)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is written to, how they read, and when their organization wants them left in peace."""

    address: str
    person_id: UUID
    locale: str
    zone: str
    quiet_days: QuietDays = NO_QUIET_DAYS
    organization_name: str = ""
    """The customer in whose name they are written to, as its people read it; empty: nobody's."""


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
    is_question: bool = False,
) -> Message:
    """Write a message into the running transaction; the worker sends it after the commit.

    `name` is the folder of its texts under templates/emails/, `values` fill them. A secret message
    holds a working link, so its texts are kept no longer than sending needs them. The contact
    policy may let it wait, or hold it back for good: then only that is kept.
    """
    unwanted_url = mail.unwanted_url(to.person_id, to.address, message_class)
    known = {"portal_url": mail.portal_url, "unwanted_url": unwanted_url}
    subject, text, html = render(name, to, {**known, **values})
    state, due_at = _admit(mail, organization_id, to, message_class, is_question)
    is_kept = state == MessageState.QUEUED or (state in STAYS_HERE and not is_secret)
    id_ = new_id()
    message = Message(
        organization_id=organization_id,
        id=id_,
        name=name,
        message_class=message_class,
        recipient=to.address,
        person_id=to.person_id,
        caused_by=caused_by,
        sender_name=_sender_name(mail, to),
        subject=subject,
        body_text=text if is_kept else "",
        body_html=html if is_kept else "",
        is_secret=is_secret,
        message_id=f"<{id_}@{parseaddr(mail.sender)[1].rpartition('@')[2] or 'localhost'}>",
        state=state,
        created_at=clock.now(),
    )
    db.session().add(message)
    if due_at:
        contact.log(message.id, to.person_id, message_class, is_question, due_at)
    db.session().flush()
    if due_at:
        jobs.enqueue("messages.send", organization_id, message.id.hex, due_at)
    return message


def _sender_name(mail: MailSettings, to: Addressee) -> str:
    """What a mail program shows in the place of the portal's address."""
    portal = parseaddr(mail.sender)[0]
    if not (portal and to.organization_name):
        return to.organization_name or portal
    with i18n.using(to.locale, to.zone):
        words = dict(organization=to.organization_name, portal=portal)
        return _("%(organization)s via %(portal)s", **words)


def reaches(mail: MailSettings, organization_id: UUID, person_id: UUID) -> bool:
    """Whether mail in the name of an organization goes out to a person at all."""
    return mail.is_enabled and not samples.is_of_sample(organization_id, person_id)


def _admit(
    mail: MailSettings,
    organization_id: UUID,
    to: Addressee,
    message_class: MessageClass,
    is_question: bool,
) -> tuple[MessageState, datetime | None]:
    """The state in which a message begins, and when it goes out (None: not at all)."""
    if samples.is_of_sample(organization_id, to.person_id):
        return MessageState.SAMPLE, None
    if not mail.is_enabled:
        return MessageState.NO_SERVER, None
    whom = contact.Whom(to.person_id, to.address, to.zone, to.quiet_days)
    verdict = contact.judge(whom, message_class, is_question, mail.limits)
    return (MessageState.QUEUED if verdict.at else MessageState.HELD_BACK), verdict.at


def render(name: str, to: Addressee, values: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of a message in its reader's language and time zone."""
    texts = environment()
    values = {"unwanted_url": None, **values}
    with i18n.using(to.locale, to.zone):
        filled = [
            texts.get_template(f"emails/{name}/{part}").render(values)
            for part in ("subject.txt", "body.txt", "body.html")
        ]
        unwanted_url = values["unwanted_url"]
        ending = f"\n-- \n{_('Not wanted? %(url)s', url=unwanted_url)}\n" if unwanted_url else ""
    # A line break in a subject would begin another header.
    return " ".join(filled[0].split()), f"{filled[1].strip()}\n{ending}", filled[2]


@lru_cache
def environment() -> Environment:
    """Templates outside of a request, in the language in force: of mails and of sheets."""
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
    if message.state == MessageState.SAMPLE:
        return _("Not sent: this is a sample organization, and nobody in it is real")
    if message.state == MessageState.HELD_BACK:
        return _("Held back by their contact preferences")
    if message.last_error:
        return _("Waiting to be sent again: %(reason)s", reason=message.last_error)
    return _("Waiting to be sent")


def _moment(sent_at: datetime) -> str:
    """Today the time is enough."""
    zone = i18n.current().zone
    if sent_at.astimezone(ZoneInfo(zone)).date() == clock.today(zone):
        return i18n.format_time(sent_at)
    return i18n.format_datetime(sent_at)
