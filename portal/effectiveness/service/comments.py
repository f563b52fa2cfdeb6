"""What readers said did not work: for authors without any name, and their answer back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, and_, case, func, or_, select

from portal import clock, db, paging
from portal.access import Action, Viewer, require
from portal.accounts.models import Organization
from portal.accounts.service import counted
from portal.effectiveness.models import CommentReply, CommentState
from portal.effectiveness.service import telling
from portal.errors import Invalid, NotFound
from portal.guides.models import Guide, Revision
from portal.guides.service.library import LibraryGuide
from portal.i18n import gettext as _
from portal.inserts import upsert
from portal.messages.service import MailSettings
from portal.paging import Order, Page
from portal.paths.outcome_models import Answer, Outcome, Reason
from portal.paths.service.outcomes import WITH_REASON

PAGE = 30
LONGEST_REPLY = 2000
OPEN = (CommentState.NEW, CommentState.SEEN, CommentState.PLANNED)
VENDORS = frozenset({Reason.PRODUCT_PROBLEM, Reason.NOT_ALLOWED})
"""Reasons that no writing mends: for the csm and the customer's USM."""


@dataclass(frozen=True, slots=True)
class CommentFilter:
    """Which comments are listed; the plain one lists what nobody has looked after."""

    state: CommentState | None = None
    """None lists those that are open."""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """What a reader said, without who or where they are."""

    id: UUID
    answer: Answer
    reason: Reason | None
    words: str | None
    failed_at: str | None
    language: str
    revision: int
    said_at: datetime
    state: CommentState
    reply: str | None
    can_be_told: bool
    """False once the person was erased."""

    @property
    def is_vendors(self) -> bool:
        """Whether its reason is one that no writing mends."""
        return self.reason in VENDORS


def list_comments(
    viewer: Viewer,
    guide: LibraryGuide,
    is_sample: bool,
    wanted: CommentFilter,
    after: str | None = None,
) -> Page[Comment]:
    """A guide's comments: those without an answer first, and of both the newest first.

    Raises Invalid for an `after` that is no cursor.
    """
    require(viewer, Action.SEE_LIBRARY)
    query = (
        select(
            *(Outcome.organization_id, Outcome.id, Outcome.answer, Outcome.reason),
            *(
                Outcome.comment,
                Outcome.failed_at,
                Revision.language,
                Revision.number,
                Outcome.changed_at,
                Outcome.member_id,
            ),
            *(CommentReply.state, CommentReply.reply, _WAITS.label("waits")),
        )
        .join(Revision, Revision.id == Outcome.revision_id)
        .join(Organization, Organization.id == Outcome.organization_id)
        .outerjoin(CommentReply, _of_outcome())
        .where(*_is_comment(guide.id, is_sample), *_conditions(wanted))
    )
    page = paging.paginate(query, _LATEST_WAITING_FIRST, after, PAGE, newest_first=True)
    return Page([_comment(row) for row in page.rows], page.next)


_WAITS = case((CommentReply.reply.is_(None), 1), else_=0)
_LATEST_WAITING_FIRST: list[Order] = [
    (_WAITS, lambda row: row.waits),
    (Outcome.changed_at, lambda row: row.changed_at),
    (Outcome.id, lambda row: row.id),
]


def count_reasons(viewer: Viewer, guide: LibraryGuide, is_sample: bool) -> Mapping[Reason, int]:
    """How often each reason was given for a guide, the most frequent first."""
    require(viewer, Action.SEE_LIBRARY)
    number = func.count()
    query = (
        select(Outcome.reason, number)
        .join(Organization, Organization.id == Outcome.organization_id)
        .where(*_is_comment(guide.id, is_sample), Outcome.reason.is_not(None))
        .group_by(Outcome.reason)
        .order_by(number.desc(), Outcome.reason)
    )
    return {Reason(reason): found for reason, found in db.session().execute(query) if reason}


def find_place(slug: str, comment_id: UUID) -> tuple[UUID, UUID]:
    """Whose a comment is, and its row; authors never see either. Raises NotFound.

    Read across organizations.
    """
    query = (
        select(Outcome.organization_id, Outcome.id)
        .join(Guide, Guide.id == Outcome.guide_id)
        .where(Guide.slug == slug, Outcome.answer.in_(WITH_REASON))
    )
    for organization_id, outcome_id in db.session().execute(query):
        if name_of(organization_id, outcome_id) == comment_id:
            return organization_id, outcome_id
    raise _no_such_comment()


def name_of(organization_id: UUID, outcome_id: UUID) -> UUID:
    """What a comment is called in addresses: two of one customer have nothing in common."""
    return uuid5(organization_id, outcome_id.hex)


def answer_comment(
    viewer: Viewer,
    organization_id: UUID,
    outcome_id: UUID,
    state: CommentState,
    reply: str,
    mail: MailSettings | None = None,
) -> None:
    """Say what becomes of a comment; the session is that of its organization.

    Whoever commented is told when there is an answer, or when the guide was mended because of it:
    on their pages, and with `mail` once by mail for each of the two; an answer put in other words,
    or taken back and given again, sends none. Said again, nothing changes and nobody is told twice.
    Raises NotFound, Invalid at `reply`.
    """
    require(viewer, Action.SEE_LIBRARY)
    said = reply.strip() or None
    if said and len(said) > LONGEST_REPLY:
        raise Invalid("reply", _("Please keep it under 2,000 characters."))
    # Of two authors who answer at once, the second waits here.
    outcome = db.session().get(Outcome, (organization_id, outcome_id), with_for_update=True)
    if outcome is None or outcome.answer not in WITH_REASON:
        raise _no_such_comment()
    known = db.session().get(CommentReply, (organization_id, outcome_id))
    if known and (known.state, known.reply) == (state, said):
        return
    is_mended = state is CommentState.DONE and (not known or known.state != CommentState.DONE)
    tells = is_mended or (said is not None and (not known or known.reply != said))
    mailed = _mailed_now(known, said, is_mended) if mail else {}
    _put(viewer, outcome, state, said, tells, mailed)
    if mail and mailed:
        telling.mail_answer(outcome, said, state is CommentState.DONE, mail)
    counted.count_anew(organization_id, {outcome.guide_id})


def _mailed_now(
    known: CommentReply | None, reply: str | None, is_mended: bool
) -> dict[str, datetime]:
    """Which of the two is worth a mail, since none was written about it before; as columns."""
    now, wanted = clock.now(), {}
    if reply is not None and not (known and (known.reply or known.answer_mailed_at)):
        wanted["answer_mailed_at"] = now
    if is_mended and not (known and known.mending_mailed_at):
        wanted["mending_mailed_at"] = now
    return wanted


def _put(
    viewer: Viewer,
    outcome: Outcome,
    state: CommentState,
    reply: str | None,
    tells: bool,
    mailed: Mapping[str, datetime],
) -> None:
    now = clock.now()
    row = dict(
        organization_id=outcome.organization_id,
        outcome_id=outcome.id,
        member_id=outcome.member_id,
        state=state,
        reply=reply,
        person_id=viewer.person_id,
        changed_at=now,
    )
    changed = ["state", "reply", "person_id", "changed_at", *mailed]
    if tells:
        row |= {"told_at": now, "read_at": None}
        changed += ["told_at", "read_at"]
    upsert(CommentReply, row | dict(mailed), on=("organization_id", "outcome_id"), change=changed)


def _of_outcome() -> Any:
    return and_(
        CommentReply.organization_id == Outcome.organization_id,
        CommentReply.outcome_id == Outcome.id,
    )


def _is_comment(guide_id: UUID, is_sample: bool) -> tuple[Any, ...]:
    return (
        Outcome.guide_id == guide_id,
        Outcome.answer.in_(WITH_REASON),
        or_(Outcome.reason.is_not(None), Outcome.comment.is_not(None)),
        Organization.is_vendor.is_(False),
        Organization.is_sample.is_(is_sample),
    )


def _conditions(wanted: CommentFilter) -> list[Any]:
    state = func.coalesce(CommentReply.state, CommentState.NEW)
    conditions = [state == wanted.state if wanted.state else state.in_(OPEN)]
    return conditions + ([Outcome.reason == wanted.reason] if wanted.reason else [])


def _comment(row: Row[Any]) -> Comment:
    return Comment(
        id=name_of(row.organization_id, row.id),
        answer=Answer(row.answer),
        reason=row.reason and Reason(row.reason),
        words=row.comment,
        failed_at=row.failed_at,
        language=row.language,
        revision=row.number,
        said_at=row.changed_at,
        state=CommentState(row.state or CommentState.NEW),
        reply=row.reply,
        can_be_told=row.member_id is not None,
    )


def _no_such_comment() -> NotFound:
    return NotFound(_("There is no such comment any more. The guide's page lists what there is."))
