"""Answers that members told their success manager themselves; all others stay without a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, select

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.accounts.models import Member
from portal.accounts.service.reach import within
from portal.guides.models import Revision
from portal.inserts import upsert
from portal.paths.outcome_models import Answer, Outcome, Reason, Told

MOST = 200


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """An answer with its name, because the member ticked it."""

    outcome_id: UUID
    member_id: UUID
    name: str
    guide_title: str
    answer: Answer
    reason: Reason | None
    comment: str | None
    told_at: datetime


def set_told(viewer: Viewer, outcome_id: UUID, tells: bool) -> None:
    """Tell an answer of the viewer's own to their success manager, or take that back."""
    if tells:
        row = dict(
            organization_id=viewer.organization_id,
            outcome_id=outcome_id,
            member_id=viewer.member_id,
            told_at=clock.now(),
        )
        upsert(Told, row, on=("organization_id", "outcome_id"))
        return
    db.connection().execute(
        delete(Told).where(
            Told.organization_id == viewer.organization_id,
            Told.outcome_id == outcome_id,
            Told.member_id == viewer.member_id,
        )
    )


def list_told(viewer: Viewer, since: datetime) -> Sequence[ToldAnswer]:
    """What people in the viewer's reach told them, their success manager, since a moment.

    The newest first, at most 200. Raises NotAllowed.
    """
    require(viewer, Action.SEE_PEOPLE)
    query = (
        select(
            Outcome.id,
            Member.id,
            Member.display_name,
            Revision.title,
            Outcome.latest_answer,
            Outcome.reason,
            Outcome.comment,
            Told.told_at,
        )
        .select_from(Told)
        .join(
            Outcome,
            and_(Outcome.organization_id == Told.organization_id, Outcome.id == Told.outcome_id),
        )
        .join(
            Member,
            and_(Member.organization_id == Told.organization_id, Member.id == Told.member_id),
        )
        .join(Revision, Revision.id == Outcome.revision_id)
        .where(
            Told.organization_id == viewer.organization_id,
            Told.told_at >= since,
            Member.left_at.is_(None),
            within(viewer),
        )
        .order_by(Told.told_at.desc(), Told.outcome_id)
        .limit(MOST)
    )
    return [ToldAnswer(*row) for row in db.session().execute(query)]
