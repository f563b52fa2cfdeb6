"""Content for the paths' tests, written straight into the tables of the open session."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from portal import clock, db
from portal.guides.models import CurrentRevision, Goal, Guide, Revision, Rhythm
from portal.ids import new_id
from portal.paths.models import Path, Step, StepKind
from tests.factories import make_revision


def add_goal(slug: str, rhythm: Rhythm = Rhythm.WEEK) -> UUID:
    goal = Goal(
        id=new_id(),
        slug=slug,
        title=slug,
        html="",
        rhythm=rhythm,
        evidence="their own answer",
        source_hash="",
    )
    db.session().add(goal)
    db.session().flush()
    return goal.id


def add_path(
    goal_id: UUID, slug: str, jobs: Sequence[str] = (), guide_ids: Sequence[UUID] = ()
) -> UUID:
    path = Path(
        id=new_id(),
        slug=slug,
        goal_id=goal_id,
        title=slug,
        html="",
        jobs=list(jobs),
        steps_total=max(1, len(guide_ids)),
        source_hash="",
    )
    db.session().add(path)
    db.session().flush()
    for guide_id in guide_ids:
        add_step(path.id, guide_id)
    return path.id


def add_step(path_id: UUID, guide_id: UUID | None, position: int | None = None, **values) -> UUID:
    last = db.session().scalar(select(func.max(Step.position)).where(Step.path_id == path_id)) or 0
    step = Step(
        id=new_id(),
        path_id=path_id,
        key=f"{guide_id}",
        position=last + 1 if position is None else position,
        kind=StepKind.GUIDE if guide_id else StepKind.MILESTONE,
        guide_id=guide_id,
        title="A step",
        **values,
    )
    db.session().add(step)
    db.session().flush()
    return step.id


def withdraw_step(step_id: UUID) -> None:
    db.session().get_one(Step, step_id).withdrawn_at = clock.now()
    db.session().flush()


def publish_again(guide_id: UUID) -> UUID:
    """A second revision of the guide becomes the one that is read."""
    guide = db.session().get_one(Guide, guide_id)
    numbers = select(func.max(Revision.number)).where(Revision.guide_id == guide_id)
    number = (db.session().scalar(numbers) or 0) + 1
    revision = make_revision(db.session(), guide, number, clock.now())
    current = db.session().get_one(CurrentRevision, (guide_id, "en"))
    current.revision_id, current.title = revision.id, revision.title
    db.session().flush()
    return revision.id
