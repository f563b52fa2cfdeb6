"""What waits for a member besides the next step: one later question, or a follow-up.

Read on every start page, so it is one statement, built once.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    String,
    and_,
    bindparam,
    cast,
    exists,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from portal import clock, db
from portal.access import Viewer
from portal.guides.models import CurrentRevision, Guide, GuideKind, Revision
from portal.guides.service.reading import language_binds
from portal.paths.follow_up_models import FollowUp
from portal.paths.outcome_models import Asked, Opening, Outcome, Question
from portal.schema import Id, Moment

VISIT = timedelta(hours=1)
"""Whoever is back later than that is on another visit."""
ASKED_WITHIN = timedelta(days=14)
"""Nobody remembers a page that they left longer ago."""


@dataclass(frozen=True, slots=True)
class LaterQuestion:
    """A guide that was left without an answer."""

    slug: str
    title: str
    revision_id: UUID
    kind: GuideKind


@dataclass(frozen=True, slots=True)
class DueFollowUp:
    """A follow-up whose day has come."""

    id: UUID
    title: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits; at most one question is asked at a time, and the follow-up comes first."""

    later: LaterQuestion | None = None
    follow_up: DueFollowUp | None = None


_organization = bindparam("organization_id", type_=Id)
_member = bindparam("member_id", type_=Id)

_ANSWERED = exists().where(
    Outcome.organization_id == _organization,
    Outcome.member_id == _member,
    Outcome.guide_id == Guide.id,
)
_ASKED_BEFORE = exists().where(
    Asked.organization_id == _organization,
    Asked.member_id == _member,
    Asked.question == Question.LATER,
    Asked.revision_id == Opening.revision_id,
    or_(
        Asked.shown_at < bindparam("this_visit", type_=Moment),
        Asked.dismissed_at.is_not(None),
    ),
)
_LATER = (
    select(
        literal_column("'later'").label("what"),
        Opening.revision_id.label("id"),
        Guide.slug.label("slug"),
        Revision.title.label("title"),
        Revision.kind.label("kind"),
    )
    .select_from(Opening)
    .join(Revision, Revision.id == Opening.revision_id)
    .join(Guide, Guide.id == Revision.guide_id)
    .join(
        CurrentRevision,
        and_(
            CurrentRevision.guide_id == Guide.id,
            CurrentRevision.language == Revision.language,
            CurrentRevision.revision_id == Revision.id,
        ),
    )
    .where(
        Opening.organization_id == _organization,
        Opening.member_id == _member,
        Opening.opened_at < bindparam("this_visit", type_=Moment),
        Opening.opened_at >= bindparam("asked_since", type_=Moment),
        Guide.withdrawn_at.is_(None),
        ~_ANSWERED,
        ~_ASKED_BEFORE,
    )
    .order_by(Opening.opened_at.desc(), Opening.id.desc())
    .limit(1)
    .subquery()
)
_FOLLOW_UP = (
    select(
        literal_column("'follow_up'").label("what"),
        FollowUp.id.label("id"),
        cast(null(), String).label("slug"),
        Revision.title.label("title"),
        Revision.kind.label("kind"),
    )
    .select_from(FollowUp)
    .join(Revision, Revision.id == FollowUp.revision_id)
    .where(
        FollowUp.organization_id == _organization,
        FollowUp.member_id == _member,
        FollowUp.closed_at.is_(None),
        FollowUp.due_on <= bindparam("today"),
    )
    .order_by(FollowUp.due_on, FollowUp.id)
    .limit(1)
    .subquery()
)
_WAITING = union_all(*(select(part) for part in (_LATER, _FOLLOW_UP)))

ROWS = select(_WAITING.subquery().c.what)
"""Has a row where something may wait; binds what `moments` makes, member and language."""


def moments(viewer: Viewer) -> dict[str, Any]:
    """The moments that decide whether something waits now, as the selects bind them."""
    now = clock.now()
    return {
        "this_visit": now - VISIT,
        "asked_since": now - ASKED_WITHIN,
        "today": viewer.today(),
    }


def find_waiting(viewer: Viewer) -> Waiting:
    """What waits for the viewer besides their next step."""
    binds = {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
    binds |= moments(viewer) | language_binds(viewer.locale)
    rows = db.connection().execute(_WAITING, binds).all()
    by_kind = {row.what: row for row in rows}
    later, follow_up = by_kind.get("later"), by_kind.get("follow_up")
    return Waiting(
        later=LaterQuestion(later.slug, later.title, later.id, GuideKind(later.kind))
        if later and not follow_up
        else None,
        follow_up=DueFollowUp(follow_up.id, follow_up.title) if follow_up else None,
    )
