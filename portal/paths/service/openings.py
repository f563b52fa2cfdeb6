"""Openings, and which questions were shown, put off and answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.ids import new_id
from portal.inserts import upsert
from portal.paths.outcome_models import Asked, Opening, Question
from portal.paths.progress_models import Enrollment
from portal.paths.service.context import Reader, get_reader, get_reader_of

_ASKED_KEY = ("organization_id", "member_id", "question", "revision_id")


def record_opening(viewer: Viewer, revision_id: UUID) -> None:
    """The viewer truly opened a revision (10 s visible); a repeat changes nothing."""
    require(viewer, Action.FOLLOW_PATHS)
    if not _is_opened(viewer, revision_id):
        mark_opened(get_reader(viewer, revision_id), clock.now())


def mark_opened(reader: Reader, now: datetime) -> None:
    """Count the revision as opened, and the path as started, unless they are already."""
    row = reader.record() | {"id": new_id(), "opened_at": now}
    new = upsert(Opening, row, on=("organization_id", "member_id", "revision_id"))
    if new and reader.enrollment_id:
        db.connection().execute(
            update(Enrollment)
            .where(
                Enrollment.organization_id == reader.organization_id,
                Enrollment.id == reader.enrollment_id,
                Enrollment.started_at.is_(None),
            )
            .values(started_at=now)
        )


def record_shown(viewer: Viewer, revision_id: UUID, question: Question = Question.OUTCOME) -> None:
    """A question about a revision came into view; a repeat changes nothing."""
    require(viewer, Action.FOLLOW_PATHS)
    reader = get_reader(viewer, revision_id)
    upsert(Asked, _asked(reader, clock.now(), question), on=_ASKED_KEY)


def dismiss(
    viewer: Viewer, slug: str, revision_id: UUID, question: Question = Question.OUTCOME
) -> None:
    """The viewer put a question off; what is answered stays so. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    reader, now = get_reader_of(viewer, slug, revision_id), clock.now()
    upsert(Asked, _asked(reader, now, question), on=_ASKED_KEY)
    db.connection().execute(
        update(Asked)
        .where(
            Asked.organization_id == viewer.organization_id,
            Asked.member_id == viewer.member_id,
            Asked.question == question,
            Asked.revision_id == reader.revision_id,
            Asked.answered_at.is_(None),
        )
        .values(dismissed_at=now)
    )


def mark_answered(reader: Reader, now: datetime, question: Question = Question.OUTCOME) -> None:
    """The question was answered, and therefore shown."""
    row = _asked(reader, now, question) | {"answered_at": now}
    upsert(Asked, row, on=_ASKED_KEY, change=("answered_at",))


def _asked(reader: Reader, now: datetime, question: Question) -> dict[str, Any]:
    return dict(
        organization_id=reader.organization_id,
        member_id=reader.member_id,
        question=question,
        revision_id=reader.revision_id,
        shown_at=now,
    )


def _is_opened(viewer: Viewer, revision_id: UUID) -> bool:
    query = select(Opening.id).where(
        Opening.organization_id == viewer.organization_id,
        Opening.member_id == viewer.member_id,
        Opening.revision_id == revision_id,
    )
    return db.session().execute(query).first() is not None
