"""Paths that a success manager asks people to follow, beside or before what they choose.

Nobody's own goal is changed by it: the path becomes the current one of those who have none.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    String,
    bindparam,
    case,
    delete,
    exists,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from portal import db, jobs
from portal.access import Action, Viewer, require
from portal.guides.service.reading import language_binds
from portal.guides.service.titles import title_in
from portal.paging import AnySelect
from portal.paths.models import Path
from portal.paths.progress_models import Enrollment, ObstacleNote, Origin, StepPass
from portal.paths.service.enrollments import list_steps, rhythm_of
from portal.paths.service.fitted import STEPS_TOTAL
from portal.paths.service.progress import Progress, Standing, work_out
from portal.schema import Id, Moment

MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Required:
    """A path that the viewer is asked to follow, beside their own."""

    path_slug: str
    path_title: str
    steps_passed: int
    steps_total: int
    due_on: date | None
    is_overdue: bool


ROWS = (
    select(Path.slug, title_in(Path), Enrollment.steps_passed, STEPS_TOTAL, Enrollment.due_on)
    .select_from(Enrollment)
    .join(Path, Path.id == Enrollment.path_id)
    .where(
        Enrollment.organization_id == bindparam("organization_id", type_=Id),
        Enrollment.member_id == bindparam("member_id", type_=Id),
        Enrollment.is_current.is_(False),
        Enrollment.finished_at.is_(None),
        or_(Enrollment.origin == Origin.REQUIRED, Enrollment.due_on.is_not(None)),
        Path.withdrawn_at.is_(None),
    )
    .order_by(Enrollment.due_on.is_(None), Enrollment.due_on, title_in(Path))
    .limit(MOST_SHOWN)
)
"""Binds organization_id, member_id, language and base."""


def list_required(viewer: Viewer) -> Sequence[Required]:
    """What the viewer is asked to follow besides their current path, the nearest date first."""
    require(viewer, Action.FOLLOW_PATHS)
    today = viewer.today()
    who = {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
    return [
        Required(*row, is_overdue=row.due_on is not None and row.due_on < today)
        for row in db.connection().execute(ROWS, who | language_binds(viewer.locale))
    ]


def put_on_path(
    organization_id: UUID, path_id: UUID, newcomers: AnySelect, due_on: date | None, at: datetime
) -> int:
    """Enroll members; returns how many were not on the path yet.

    `newcomers` selects enrollment_id, member_id and is_current. What they have
    answered on the path's guides already is counted by a job.
    """
    found = newcomers.subquery()
    stored: dict[str, ColumnElement[Any]] = {
        name: literal(value, Enrollment.__table__.c[name].type)
        for name, value in asdict(_progress_of_newcomer(organization_id, path_id, at)).items()
    }
    stored |= {
        "organization_id": literal(organization_id, Id),
        "id": found.c.enrollment_id,
        "member_id": found.c.member_id,
        "path_id": literal(path_id, Id),
        "origin": literal(Origin.REQUIRED, String),
        "is_current": found.c.is_current,
        "due_on": literal(due_on, Date),
        "enrolled_at": literal(at, Moment),
        "current_since": literal(at, Moment),
        # Nobody comes to a halt on a path that they have not taken up.
        "stuck_at": case((found.c.is_current, stored["stuck_at"])),
    }
    rows = select(*(value.label(name) for name, value in stored.items())).where(
        # Always so: without a WHERE, SQLite takes the ON CONFLICT for the ON of a join.
        found.c.member_id.is_not(None)
    )
    insert = postgresql.insert if db.is_postgresql() else sqlite.insert
    # Whom somebody else put on it a moment ago is left as they are.
    added = insert(Enrollment).from_select(list(stored), rows).on_conflict_do_nothing()
    if number := _changed(added):
        jobs.enqueue("paths.recount", organization_id, str(path_id))
    return number


def set_due(organization_id: UUID, enrollment_ids: AnySelect, due_on: date | None) -> int:
    """Give enrollments that are not finished a date, or none; returns how many."""
    return _changed(
        update(Enrollment)
        .where(
            Enrollment.organization_id == organization_id,
            Enrollment.id.in_(enrollment_ids),
            Enrollment.finished_at.is_(None),
        )
        .values(due_on=due_on)
    )


def take_back(organization_id: UUID, enrollment_ids: AnySelect, made_at: datetime) -> int:
    """Delete enrollments with which nothing was done since they were made; returns how many.

    Who passed a step, chose the path as their own or said what stands in their way stays on it.
    """
    passed_since = exists().where(
        StepPass.organization_id == organization_id,
        StepPass.enrollment_id == Enrollment.id,
        StepPass.passed_at >= made_at,
    )
    untouched = (
        Enrollment.organization_id == organization_id,
        Enrollment.id.in_(enrollment_ids),
        Enrollment.origin == Origin.REQUIRED,
        Enrollment.enrolled_at == made_at,
        Enrollment.current_since == made_at,
        Enrollment.finished_at.is_(None),
        ~exists().where(
            ObstacleNote.organization_id == organization_id,
            ObstacleNote.enrollment_id == Enrollment.id,
        ),
        or_(Enrollment.started_at.is_(None), Enrollment.started_at < made_at),
        ~passed_since,
    )
    db.connection().execute(
        delete(StepPass).where(
            StepPass.organization_id == organization_id,
            StepPass.enrollment_id.in_(select(Enrollment.id).where(*untouched)),
        )
    )
    # Said of the table itself: through one more list of ids, PostgreSQL compares each with each
    # where it has no statistics yet of what was written a moment ago.
    return _changed(delete(Enrollment).where(*untouched))


def _progress_of_newcomer(organization_id: UUID, path_id: UUID, at: datetime) -> Progress:
    standing = Standing(at, at, is_current=True, obstacle=None, started_at=None, finished_at=None)
    return work_out(list_steps(organization_id, path_id), {}, standing, rhythm_of(path_id))


def _changed(statement: Any) -> int:
    """Run it past the session; how many rows it wrote."""
    # psycopg forgets the count of an INSERT when its cursor closes.
    options = {"preserve_rowcount": True, "synchronize_session": False}
    return db.connection().execute(statement.execution_options(**options)).rowcount
