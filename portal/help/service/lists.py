"""Requests as lists: what waits for a USM, what one asked oneself, what reached the vendor."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, select

from portal import db, paging
from portal.access import Action, Viewer, require
from portal.accounts.models import Member
from portal.accounts.service import reach
from portal.guides.models import Revision
from portal.guides.service.titles import title_in
from portal.help.models import HelpRequest, Level, State
from portal.paging import AnySelect, Page
from portal.paths.models import Path, Step
from portal.schema import Id

PAGE = 60
MOST_OWN = 60
"""Requests of one's own that the page shows, the latest first."""


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in a list."""

    id: UUID
    asker: str
    words: str
    guide_title: str | None
    step_title: str | None
    path_title: str | None
    state: State
    level: Level
    asked_at: datetime
    waiting_since: datetime
    goes_up_at: datetime | None
    went_up_at: datetime | None


@lru_cache
def _rows(locale: str) -> AnySelect:
    return (
        select(
            HelpRequest.id,
            Member.display_name,
            HelpRequest.words,
            Revision.title,
            title_in(Step, locale),
            title_in(Path, locale),
            HelpRequest.state,
            HelpRequest.level,
            HelpRequest.asked_at,
            HelpRequest.waiting_since,
            HelpRequest.goes_up_at,
            HelpRequest.went_up_at,
        )
        .join(
            Member,
            and_(
                Member.organization_id == HelpRequest.organization_id,
                Member.id == HelpRequest.member_id,
            ),
        )
        .outerjoin(Revision, Revision.id == HelpRequest.revision_id)
        .outerjoin(Step, Step.id == HelpRequest.step_id)
        .outerjoin(Path, Path.id == Step.path_id)
    )


def list_requests(viewer: Viewer, state: State, after: str | None) -> Page[RequestRow]:
    """One page of the requests that the viewer may answer.

    Open ones with the oldest first, all others with the latest first. Their own are not among
    them. Raises NotAllowed, Invalid for `after`.
    """
    require(viewer, Action.ANSWER_HELP)
    theirs = _rows(viewer.locale).where(
        HelpRequest.organization_id == viewer.organization_id,
        HelpRequest.state == state,
        HelpRequest.member_id != viewer.member_id,
        reach.within(viewer, HelpRequest.member_id.expression),
    )
    page = paging.paginate(
        theirs,
        [(HelpRequest.id.expression, lambda row: row.id)],
        after,
        PAGE,
        newest_first=state != State.OPEN,
    )
    return Page([RequestRow(*row) for row in page.rows], page.next)


def list_own(viewer: Viewer) -> list[RequestRow]:
    """What the viewer asked, the latest first."""
    mine = _rows(viewer.locale).where(
        HelpRequest.organization_id == viewer.organization_id,
        HelpRequest.member_id == viewer.member_id,
    )
    found = mine.order_by(HelpRequest.id.desc()).limit(MOST_OWN)
    return [RequestRow(*row) for row in db.session().execute(found)]


def list_risen(viewer: Viewer) -> list[RequestRow]:
    """What has reached the vendor and waits, of the customer at hand, the oldest first.

    Whether the viewer answers for that customer is checked by who calls.
    """
    require(viewer, Action.SEE_CUSTOMERS)
    risen = _rows(viewer.locale).where(
        HelpRequest.organization_id == viewer.organization_id,
        HelpRequest.level == Level.VENDOR,
        HelpRequest.state != State.CLOSED,
    )
    found = risen.order_by(HelpRequest.state.desc(), HelpRequest.id).limit(PAGE)
    return [RequestRow(*row) for row in db.session().execute(found)]


@dataclass(frozen=True, slots=True)
class OwnOpen:
    """What home says of a request that its asker has not closed."""

    id: UUID
    words: str
    is_answered: bool
    goes_up_at: datetime | None
    went_up_at: datetime | None


OWN_OPEN = (
    select(
        HelpRequest.id,
        HelpRequest.words,
        HelpRequest.state,
        HelpRequest.goes_up_at,
        HelpRequest.went_up_at,
    )
    .where(
        HelpRequest.organization_id == bindparam("organization_id", type_=Id),
        HelpRequest.member_id == bindparam("member_id", type_=Id),
        HelpRequest.state != State.CLOSED,
    )
    .order_by(HelpRequest.id.desc())
    .limit(3)
)
"""Binds organization_id and member_id."""


def list_own_open(viewer: Viewer) -> list[OwnOpen]:
    """The viewer's latest requests that are not closed; home is read often, so few and plain."""
    who = {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
    return [_own_open(row) for row in db.connection().execute(OWN_OPEN, who)]


def _own_open(row: Row[*tuple[Any, ...]]) -> OwnOpen:
    answered = row.state == State.ANSWERED
    return OwnOpen(row.id, row.words, answered, row.goes_up_at, row.went_up_at)
