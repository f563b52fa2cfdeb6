"""The messages of help: one function each, one folder of texts each."""

from datetime import datetime
from uuid import UUID

from portal.messages.models import MessageClass
from portal.messages.service import Addressee, MailSettings, send


def request(
    to: Addressee,
    organization_id: UUID,
    name: str,
    asker: str,
    guide: str | None,
    words: str,
    goes_up_at: datetime | None,
    url: str,
    caused_by: UUID,
    mail: MailSettings,
) -> None:
    """To a USM: somebody of theirs asks for help, or goes on asking."""
    values = dict(name=name, asker=asker, guide=guide, words=words, goes_up_at=goes_up_at, url=url)
    kind = MessageClass.SERVICE
    send(mail, organization_id, "help_request", kind, to, values, caused_by=caused_by)


def answer(
    to: Addressee,
    organization_id: UUID,
    name: str,
    helper: str,
    words: str,
    url: str,
    caused_by: UUID,
    mail: MailSettings,
) -> None:
    """To who asked: here is an answer."""
    values = dict(name=name, helper=helper, words=words, url=url)
    kind = MessageClass.SERVICE
    send(mail, organization_id, "help_answer", kind, to, values, caused_by=caused_by)


def went_up(
    to: Addressee,
    organization_id: UUID,
    name: str,
    asker: str,
    organization: str,
    why: str,
    guide: str | None,
    words: str,
    url: str,
    caused_by: UUID,
    mail: MailSettings,
) -> None:
    """To the vendor's csm or admin: a request waits for them."""
    values = dict(
        name=name,
        asker=asker,
        organization=organization,
        why=why,
        guide=guide,
        words=words,
        url=url,
    )
    kind = MessageClass.SERVICE
    send(mail, organization_id, "help_went_up", kind, to, values, caused_by=caused_by)
