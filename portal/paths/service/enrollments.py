"""Stored progress: written anew from the passed steps whenever one is added or content changes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, insert, select, update

from portal import db
from portal.access import Viewer
from portal.guides.models import Goal, Rhythm
from portal.inserts import upsert
from portal.paths.fit_models import FittedStep
from portal.paths.models import Obstacle, Path, Step, StepKind
from portal.paths.outcome_models import Opening, Outcome
from portal.paths.progress_models import Enrollment, ObstacleNote, StepPass
from portal.paths.service.context import AnyRow
from portal.paths.service.fitted import IS_IN, PLACE, on_step
from portal.paths.service.fitting import refit
from portal.paths.service.progress import Progress, Standing, StepFact, work_out
from portal.paths.step_models import SessionPlace
from portal.schema import Id

CHUNK = 200
"""Enrollments counted in one transaction, so that nobody's write waits long."""
FEW = 60
"""Enrollments that are counted while somebody waits for their page."""

_KEY = ("organization_id", "enrollment_id", "step_id")
_PROGRESS = tuple(Progress.__dataclass_fields__)
_STANDING = tuple(Standing.__dataclass_fields__)

_store = (
    update(Enrollment.__table__)  # type: ignore[arg-type]
    .where(
        Enrollment.organization_id == bindparam("of_organization", type_=Id),
        Enrollment.id == bindparam("of_enrollment", type_=Id),
    )
    .values({name: bindparam(name) for name in _PROGRESS})
)


def pass_step(organization_id: UUID, enrollment_id: UUID, step_id: UUID, at: datetime) -> bool:
    """Note that a step is passed, and how far that leads; False if it was passed before."""
    # Two tabs may pass two steps at once: the second one counts after the first has committed.
    locked = _lock(organization_id, [enrollment_id])
    row = dict(organization_id=organization_id, enrollment_id=enrollment_id, step_id=step_id)
    if not upsert(StepPass, row | {"passed_at": at}, on=_KEY):
        return False
    _refresh(organization_id, locked)
    return True


def note_obstacle(
    organization_id: UUID, enrollment_id: UUID, obstacle: Obstacle | None, at: datetime
) -> None:
    """Note what stands in the way, or that nothing does any more; the same again changes nothing.

    The next step follows from it.
    """
    locked = _lock(organization_id, [enrollment_id])
    if not locked or locked[0].obstacle == obstacle:
        return
    row = dict(organization_id=organization_id, enrollment_id=enrollment_id, noted_at=at)
    upsert(ObstacleNote, row | {"obstacle": obstacle}, on=tuple(row), change=("obstacle",))
    db.connection().execute(
        update(Enrollment)
        .where(Enrollment.organization_id == organization_id, Enrollment.id == enrollment_id)
        .values(obstacle=obstacle)
    )
    _refresh(organization_id, _lock(organization_id, [enrollment_id]))


def refresh(organization_id: UUID, enrollment_id: UUID) -> None:
    """Work the stored progress out anew: something other than a passed step has changed it."""
    _refresh(organization_id, _lock(organization_id, [enrollment_id]))


def recount(organization_id: UUID, enrollment_ids: Sequence[UUID]) -> None:
    """Bring enrollments of one path in line with its steps of today and with what was done.

    A guide that the member answered elsewhere, or before it became a step, counts as passed.
    """
    locked = _lock(organization_id, enrollment_ids)
    _carry_over_answers(organization_id, enrollment_ids)
    _refresh(organization_id, locked, _first_openings(organization_id, enrollment_ids))


def recount_chunk(organization_id: UUID, path_id: UUID, after: UUID | None) -> UUID | None:
    """Recount the path's next few enrollments; returns where to go on, None at the end.

    First, what the organization made of the path is fitted to its steps of today.
    """
    if after is None:
        refit(organization_id, path_id)
    query = select(Enrollment.id).where(
        Enrollment.organization_id == organization_id, Enrollment.path_id == path_id
    )
    if after:
        query = query.where(Enrollment.id > after)
    ids = db.session().scalars(query.order_by(Enrollment.id).limit(CHUNK)).all()
    if ids:
        recount(organization_id, ids)
    return ids[-1] if len(ids) == CHUNK else None


def recount_few(viewer: Viewer, slug: str) -> bool:
    """Recount a path at once where few are on it, so that home leads nobody to a lost step.

    Where there are more, the worker counts them within moments, as a write must not take so long;
    then it returns False.
    """
    on_path = (
        select(Enrollment.id)
        .join(Path, Path.id == Enrollment.path_id)
        .where(Enrollment.organization_id == viewer.organization_id, Path.slug == slug)
        .limit(FEW + 1)
    )
    ids = db.session().scalars(on_path).all()
    if len(ids) > FEW:
        return False
    if ids:
        recount(viewer.organization_id, ids)
    return True


def list_steps(organization_id: UUID, path_id: UUID) -> list[StepFact]:
    """The steps that a path has today in an organization, in order."""
    query = (
        select(Step.id, Step.is_optional, Step.helps_with)
        .outerjoin(FittedStep, on_step(organization_id))
        .where(Step.path_id == path_id, Step.withdrawn_at.is_(None), IS_IN)
        .order_by(PLACE)
    )
    return [StepFact(*row) for row in db.session().execute(query)]


def _lock(organization_id: UUID, enrollment_ids: Sequence[UUID]) -> Sequence[AnyRow]:
    known = (getattr(Enrollment, name) for name in dict.fromkeys(_STANDING + _PROGRESS))
    return (
        db.session()
        .execute(
            select(Enrollment.id, Enrollment.path_id, *known)
            .where(Enrollment.organization_id == organization_id, Enrollment.id.in_(enrollment_ids))
            .order_by(Enrollment.id)
            .with_for_update(key_share=True)
        )
        .all()
    )


def _refresh(
    organization_id: UUID,
    enrollments: Sequence[AnyRow],
    openings: dict[UUID, datetime] | None = None,
) -> None:
    if not enrollments:
        return
    path_id: UUID = enrollments[0].path_id
    steps, rhythm = list_steps(organization_id, path_id), rhythm_of(path_id)
    passes = _passes(organization_id, [row.id for row in enrollments])
    waiting = _waiting(organization_id, [row.id for row in enrollments])
    changed = []
    for row in enrollments:
        known = {name: getattr(row, name) for name in _STANDING}
        if not known["started_at"] and openings:
            known["started_at"] = openings.get(row.id)
        standing = Standing(**known)
        done, date = passes.get(row.id, {}), waiting.get(row.id)
        stored = asdict(work_out(steps, done, standing, rhythm, date))
        if any(getattr(row, name) != stored[name] for name in _PROGRESS):
            changed.append(stored | {"of_organization": organization_id, "of_enrollment": row.id})
    if changed:
        db.connection().execute(_store, changed)


def rhythm_of(path_id: UUID) -> Rhythm:
    """How often the goal of a path is worked on."""
    query = select(Goal.rhythm).join(Path, Path.goal_id == Goal.id).where(Path.id == path_id)
    return Rhythm(db.session().scalars(query).one())


def _passes(organization_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[UUID, datetime]]:
    query = select(StepPass.enrollment_id, StepPass.step_id, StepPass.passed_at).where(
        StepPass.organization_id == organization_id, StepPass.enrollment_id.in_(ids)
    )
    found: dict[UUID, dict[UUID, datetime]] = {}
    for enrollment_id, step_id, passed_at in db.session().execute(query):
        found.setdefault(enrollment_id, {})[step_id] = passed_at
    return found


def _waiting(organization_id: UUID, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """The latest date of a session in which the enrollment's member has a place."""
    query = (
        select(Enrollment.id, func.max(SessionPlace.starts_at))
        .join(Step, and_(Step.path_id == Enrollment.path_id, Step.kind == StepKind.SESSION))
        .join(
            SessionPlace,
            and_(
                SessionPlace.organization_id == Enrollment.organization_id,
                SessionPlace.member_id == Enrollment.member_id,
                SessionPlace.step_id == Step.id,
                SessionPlace.given_up_at.is_(None),
            ),
        )
        .where(Enrollment.organization_id == organization_id, Enrollment.id.in_(ids))
        .group_by(Enrollment.id)
    )
    return {row[0]: row[1] for row in db.session().execute(query)}


def _carry_over_answers(organization_id: UUID, ids: Sequence[UUID]) -> None:
    answered = (
        select(Enrollment.id, Step.id, func.min(Outcome.answered_at))
        .join(Step, and_(Step.path_id == Enrollment.path_id, Step.withdrawn_at.is_(None)))
        .join(
            Outcome,
            and_(
                Outcome.organization_id == Enrollment.organization_id,
                Outcome.member_id == Enrollment.member_id,
                Outcome.guide_id == Step.guide_id,
            ),
        )
        .outerjoin(
            StepPass,
            and_(
                StepPass.organization_id == Enrollment.organization_id,
                StepPass.enrollment_id == Enrollment.id,
                StepPass.step_id == Step.id,
            ),
        )
        .where(
            Enrollment.organization_id == organization_id,
            Enrollment.id.in_(ids),
            StepPass.step_id.is_(None),
        )
        .group_by(Enrollment.id, Step.id)
    )
    rows = [
        dict(zip((*_KEY, "passed_at"), (organization_id, *row), strict=True))
        for row in db.session().execute(answered)
    ]
    if rows:
        db.session().execute(insert(StepPass), rows)


def _first_openings(organization_id: UUID, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    query = (
        select(Enrollment.id, func.min(Opening.opened_at))
        .join(Step, and_(Step.path_id == Enrollment.path_id, Step.withdrawn_at.is_(None)))
        .join(
            Opening,
            and_(
                Opening.organization_id == Enrollment.organization_id,
                Opening.member_id == Enrollment.member_id,
                Opening.guide_id == Step.guide_id,
            ),
        )
        .where(
            Enrollment.organization_id == organization_id,
            Enrollment.id.in_(ids),
            Enrollment.started_at.is_(None),
        )
        .group_by(Enrollment.id)
    )
    return {row[0]: row[1] for row in db.session().execute(query)}
