"""A request and its answers: who may read it, and what each of them may do with it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, and_, select

from portal import audit, clock, db
from portal.access import Action, Viewer
from portal.accounts.models import Member
from portal.accounts.service import assignments, reach
from portal.accounts.service.calendars import get_calendar
from portal.errors import Conflict, NotFound
from portal.guides.models import Guide, Revision
from portal.guides.service.reading import language_binds
from portal.guides.service.titles import title_in
from portal.help import emails
from portal.help.models import Helped, HelpMessage, HelpRequest, Level, Side, State, Why
from portal.help.service import people, rising
from portal.help.service.asking import tell_usms
from portal.help.service.words import clean_words
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.messages.service import MailSettings
from portal.paths.models import Path, Step

MOST_MESSAGES = 200
"""That a thread shows; whoever needs more should speak to each other."""


@dataclass(frozen=True, slots=True)
class Word:
    """One message of a thread, the question first."""

    name: str
    side: Side
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """A request as its page shows it, to one who may read it."""

    id: UUID
    part: Side
    """As what the viewer reads it."""
    asker: str
    guide_title: str | None
    guide_slug: str | None
    revision_number: int | None
    step_title: str | None
    path_title: str | None
    state: State
    level: Level
    asked_at: datetime
    goes_up_at: datetime | None
    went_up_at: datetime | None
    went_up_why: Why | None
    closed_at: datetime | None
    helped: Helped | None
    words: list[Word]

    @property
    def is_closed(self) -> bool:
        """Whether the asker has closed it."""
        return self.state == State.CLOSED


_THREAD = (
    select(
        HelpRequest,
        Member.display_name,
        Revision.title.label("guide_title"),
        Revision.number,
        Guide.slug,
        title_in(Step).label("step_title"),
        title_in(Path).label("path_title"),
    )
    .join(
        Member,
        and_(
            Member.organization_id == HelpRequest.organization_id,
            Member.id == HelpRequest.member_id,
        ),
    )
    .outerjoin(Revision, Revision.id == HelpRequest.revision_id)
    .outerjoin(Guide, and_(Guide.id == HelpRequest.guide_id, Guide.withdrawn_at.is_(None)))
    .outerjoin(Step, Step.id == HelpRequest.step_id)
    .outerjoin(Path, Path.id == Step.path_id)
)


def get_thread(viewer: Viewer, request_id: UUID) -> Thread:
    """A request with its answers, for its asker, their USMs, and staff it has reached.

    Raises NotFound.
    """
    found = _THREAD.where(
        HelpRequest.organization_id == viewer.organization_id, HelpRequest.id == request_id
    )
    row = db.session().execute(found, language_binds(viewer.locale)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such request, or it is somebody else's."))
    request = row.HelpRequest
    part = _part(viewer, request)
    first = Word(row.display_name, Side.ASKER, request.words, request.asked_at)
    return _thread(row, part, [first, *_words(viewer, request_id)])


def _thread(row: Row[*tuple[object, ...]], part: Side, words: list[Word]) -> Thread:
    request: HelpRequest = row.HelpRequest
    return Thread(
        id=request.id,
        part=part,
        asker=row.display_name,
        guide_title=row.guide_title,
        guide_slug=row.slug,
        revision_number=row.number,
        step_title=row.step_title,
        path_title=row.path_title,
        state=request.state,
        level=request.level,
        asked_at=request.asked_at,
        goes_up_at=request.goes_up_at,
        went_up_at=request.went_up_at,
        went_up_why=request.went_up_why,
        closed_at=request.closed_at,
        helped=request.helped,
        words=words,
    )


def _words(viewer: Viewer, request_id: UUID) -> list[Word]:
    found = (
        select(HelpMessage.display_name, HelpMessage.side, HelpMessage.words, HelpMessage.sent_at)
        .where(
            HelpMessage.organization_id == viewer.organization_id,
            HelpMessage.help_request_id == request_id,
        )
        .order_by(HelpMessage.id)
        .limit(MOST_MESSAGES)
    )
    return [Word(*row) for row in db.session().execute(found)]


def _part(viewer: Viewer, request: HelpRequest) -> Side:
    """As what the viewer may read a request. Raises NotFound for who may not."""
    if viewer.is_vendor and viewer.stands_in_until is None:
        if request.level == Level.VENDOR and _answers_for(viewer):
            return Side.VENDOR
    elif request.member_id == viewer.member_id:
        return Side.ASKER
    elif viewer.may(Action.ANSWER_HELP) and reach.reaches(viewer, request.member_id):
        return Side.USM
    raise NotFound(_("There is no such request, or it is somebody else's."))


def _answers_for(viewer: Viewer) -> bool:
    """Whether requests of the customer at hand come to this member of staff."""
    csms = assignments.list_csms(viewer.organization_id)
    if any(csm.person_id == viewer.person_id for csm in csms):
        return True
    return not csms and viewer.may(Action.MANAGE_ORGANIZATIONS)


def say(viewer: Viewer, request_id: UUID, words: str, mail: MailSettings) -> State:
    """Add a word: an answer, or more from the asker, who opens a closed request again by it.

    Returns the state after it: an answer to what was closed meanwhile leaves it closed. Raises
    Invalid at `words`, NotFound.
    """
    words = clean_words(words)
    request, part = _get(viewer, request_id)
    _add(viewer, request, part, words)
    if part == Side.ASKER:
        _wait_again(viewer, request, words, mail)
    else:
        _settle(viewer, request, words, mail)
    audit.record(viewer, f"help.said_by_{part}", f"help_request:{request.id}")
    db.session().flush()
    return request.state


def _get(viewer: Viewer, request_id: UUID) -> tuple[HelpRequest, Side]:
    request = rising.find_request(viewer.organization_id, request_id)
    if request is None:
        raise NotFound(_("There is no such request, or it is somebody else's."))
    return request, _part(viewer, request)


def _add(viewer: Viewer, request: HelpRequest, part: Side, words: str) -> None:
    side = Side.VENDOR if viewer.is_vendor else part
    db.session().add(
        HelpMessage(
            organization_id=request.organization_id,
            id=new_id(),
            help_request_id=request.id,
            person_id=viewer.person_id,
            display_name=viewer.display_name,
            side=side,
            words=words,
            sent_at=clock.now(),
        )
    )


def _wait_again(viewer: Viewer, request: HelpRequest, words: str, mail: MailSettings) -> None:
    """The asker spoke: whoever answered has to be brought back, with the time counted anew."""
    if request.state == State.OPEN:
        return
    request.state, request.waiting_since = State.OPEN, clock.now()
    request.closed_at = request.helped = None
    if request.level == Level.VENDOR:
        rising.tell_staff(request, words, mail)
        return
    usms = people.list_usms(viewer.organization_id, viewer.member_id)
    if usms:
        rising.wait_for_usms(request, get_calendar(viewer.organization_id))
        tell_usms(viewer, request, words, usms, mail)
    else:
        rising.go_up(request, Why.NO_USM, mail)


def _settle(viewer: Viewer, request: HelpRequest, words: str, mail: MailSettings) -> None:
    """Somebody answered: nothing goes up any more, and the asker hears of it."""
    request.goes_up_at = None
    if request.state == State.OPEN:
        request.state = State.ANSWERED
    asker = people.find_asker(request.organization_id, request.member_id)
    if asker is not None:
        emails.answer(
            asker.addressee,
            request.organization_id,
            asker.name,
            viewer.display_name,
            words,
            f"{mail.portal_url}/help/{request.id}",
            viewer.person_id,
            mail,
        )


def close(viewer: Viewer, request_id: UUID, helped: Helped) -> None:
    """The asker is done, and says whether it helped; a repeat changes at most that.

    Raises NotFound for everybody else.
    """
    request, part = _get(viewer, request_id)
    if part != Side.ASKER:
        raise NotFound(_("Only who asked closes a request."))
    if request.state != State.CLOSED:
        request.state, request.closed_at, request.goes_up_at = State.CLOSED, clock.now(), None
    request.helped = helped
    after = {"helped": str(helped)}
    audit.record(viewer, "help.closed", f"help_request:{request.id}", after=after)
    db.session().flush()


def hand_on(viewer: Viewer, request_id: UUID, mail: MailSettings) -> None:
    """A USM brings a request to the vendor by hand; a repeat changes nothing.

    Raises NotFound for who is no USM of the asker's, Conflict once it was closed.
    """
    request, part = _get(viewer, request_id)
    if part != Side.USM:
        raise NotFound(_("Only a user success manager hands a request on."))
    if request.state == State.CLOSED:
        raise Conflict(_("This request was closed meanwhile. Nothing needs to be handed on."))
    if request.level == Level.VENDOR:
        return
    if request.state == State.ANSWERED:
        request.state, request.waiting_since = State.OPEN, clock.now()
    rising.go_up(request, Why.BY_HAND, mail)
    audit.record(viewer, "help.handed_on", f"help_request:{request.id}")
