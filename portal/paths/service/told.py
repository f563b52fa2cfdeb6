"""Answers that members told their success manager themselves; all others stay without a name."""

from uuid import UUID

from sqlalchemy import delete

from portal import clock, db
from portal.access import Viewer
from portal.inserts import upsert
from portal.paths.outcome_models import Told


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
