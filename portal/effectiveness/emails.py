"""The messages of effectiveness: one function each, one folder of texts each."""

from uuid import UUID

from portal.messages.models import MessageClass
from portal.messages.service import Addressee, MailSettings, send


def comment_answer(
    to: Addressee,
    organization_id: UUID,
    name: str,
    vendor: str,
    guide: str,
    words: str | None,
    reply: str | None,
    is_mended: bool,
    url: str,
    mail: MailSettings,
) -> None:
    """To who commented on a guide: its author answered. No author is named, as on the page."""
    values = dict(
        name=name,
        vendor=vendor,
        guide=guide,
        words=words,
        reply=reply,
        is_mended=is_mended,
        url=url,
    )
    send(mail, organization_id, "comment_answer", MessageClass.SERVICE, to, values)
