"""Asking for help: in front of a guide, or from anywhere."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal import audit, clock, db
from portal.access import Action, Viewer, require
from portal.accounts.service.calendars import get_calendar
from portal.guides.service.reading import get_guide_page
from portal.help import emails
from portal.help.models import HelpRequest, Level, State, Why
from portal.help.service import people, rising
from portal.help.service.words import clean_words
from portal.ids import new_id
from portal.messages.service import MailSettings
from portal.paths.service.context import Reader, get_reader_of


@dataclass(frozen=True, slots=True)
class Prospect:
    """What one is told before asking: who will see it, and until when they have it alone."""

    guide_title: str | None
    revision_id: UUID | None
    usms: list[str]
    staff: list[str]
    """Who gets it at once; only where there is no USM."""
    goes_up_at: datetime | None


def get_prospect(viewer: Viewer, slug: str | None) -> Prospect:
    """Who will see a question of the viewer's. Raises NotFound for a guide that is not offered."""
    require(viewer, Action.ASK_HELP)
    guide = get_guide_page(slug, viewer.locale) if slug else None
    usms = people.list_usms(viewer.organization_id, viewer.member_id)
    return Prospect(
        guide_title=guide.title if guide else None,
        revision_id=guide.revision_id if guide else None,
        usms=[helper.name for helper in usms],
        staff=[] if usms else [one.name for one in people.list_staff(viewer.organization_id)],
        goes_up_at=_goes_up_at(viewer) if usms else None,
    )


def _goes_up_at(viewer: Viewer) -> datetime:
    return rising.when_it_goes_up(clock.now(), get_calendar(viewer.organization_id))


def ask(
    viewer: Viewer, words: str, slug: str | None, revision_id: UUID | None, mail: MailSettings
) -> HelpRequest:
    """Ask for help. Raises Invalid at `words`, NotFound for a guide that is none.

    Without a USM the request goes to the vendor at once.
    """
    require(viewer, Action.ASK_HELP)
    words = clean_words(words)
    reader = get_reader_of(viewer, slug, revision_id) if slug else None
    request = _request(viewer, words, reader)
    db.session().add(request)
    db.session().flush()
    audit.record(viewer, "help.asked", f"help_request:{request.id}")
    usms = people.list_usms(viewer.organization_id, viewer.member_id)
    if usms:
        rising.wait_for_usms(request, get_calendar(viewer.organization_id))
        tell_usms(viewer, request, words, usms, mail)
    else:
        rising.go_up(request, Why.NO_USM, mail)
    db.session().flush()
    return request


def _request(viewer: Viewer, words: str, reader: Reader | None) -> HelpRequest:
    now = clock.now()
    return HelpRequest(
        organization_id=viewer.organization_id,
        id=new_id(),
        member_id=viewer.member_id,
        guide_id=reader.guide_id if reader else None,
        revision_id=reader.revision_id if reader else None,
        step_id=reader.step_id if reader else None,
        words=words,
        asked_at=now,
        waiting_since=now,
        state=State.OPEN,
        level=Level.USM,
    )


def tell_usms(
    viewer: Viewer,
    request: HelpRequest,
    words: str,
    usms: list[people.Helper],
    mail: MailSettings,
) -> None:
    """Write to the asker's USMs that a request waits for them."""
    for helper in usms:
        emails.request(
            helper.addressee,
            request.organization_id,
            helper.name,
            viewer.display_name,
            rising.guide_title(request),
            words,
            request.goes_up_at,
            f"{mail.portal_url}/help/{request.id}",
            viewer.person_id,
            mail,
        )
