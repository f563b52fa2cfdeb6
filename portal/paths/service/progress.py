"""How far someone is on a path: rules without a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal.guides.models import Rhythm

SHORTEST_PATIENCE = timedelta(days=7)
SHORTEST_UNTIL_STOPPED = timedelta(days=28)
PERIOD = {
    Rhythm.DAY: timedelta(days=1),
    Rhythm.WEEK: timedelta(days=7),
    Rhythm.MONTH: timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class StepFact:
    """What progress needs to know of a step that the path has today."""

    id: UUID
    is_optional: bool
    helps_with: str | None = None
    """The obstacle for which it comes first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an enrollment before its progress is worked out."""

    enrolled_at: datetime
    current_since: datetime
    is_current: bool
    obstacle: str | None
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """What is stored of someone's progress; the names are the columns of `Enrollment`."""

    steps_passed: int
    steps_total: int
    next_step_id: UUID | None
    next_number: int | None
    """The place of the next step, from 1; None once finished."""
    started_at: datetime | None
    last_step_at: datetime
    stuck_at: datetime | None
    finished_at: datetime | None


def patience(rhythm: Rhythm) -> timedelta:
    """How long someone may be without a step before they are stuck."""
    return max(SHORTEST_PATIENCE, PERIOD[rhythm] * 1.5)


def between_stuck_and_stopped(rhythm: Rhythm) -> timedelta:
    """How long after they are stuck someone has stopped: 28 days without a step, or 3 periods."""
    return max(SHORTEST_UNTIL_STOPPED, PERIOD[rhythm] * 3) - patience(rhythm)


def work_out(
    steps: Sequence[StepFact],
    passes: Mapping[UUID, datetime],
    standing: Standing,
    rhythm: Rhythm,
    waits_until: datetime | None = None,
) -> Progress:
    """Progress from the steps of today, in order, and the moments at which steps were passed.

    Passes of steps that the path no longer has don't count as steps, but as a sign of life. Who
    has finished stays finished, whatever is added to the path later. Who waits for the date of a
    session (`waits_until`) is not stuck before it has come.
    """
    next_step = next_of(steps, passes, standing.obstacle)
    last_step_at = max([standing.enrolled_at, *passes.values()])
    finished_at = standing.finished_at
    if finished_at is None and steps and next_step is None:
        finished_at = last_step_at
    if finished_at:
        next_step = None
    is_going = standing.is_current and finished_at is None
    alive_at = max(filter(None, [last_step_at, standing.current_since, waits_until]))
    return Progress(
        steps_passed=sum(step.id in passes for step in steps),
        steps_total=len(steps),
        next_step_id=next_step.id if next_step else None,
        next_number=list(steps).index(next_step) + 1 if next_step else None,
        started_at=min([*filter(None, [standing.started_at]), *passes.values()], default=None),
        last_step_at=last_step_at,
        stuck_at=alive_at + patience(rhythm) if is_going else None,
        finished_at=finished_at,
    )


def next_of(
    steps: Sequence[StepFact], passes: Mapping[UUID, datetime], obstacle: str | None = None
) -> StepFact | None:
    """The first step not passed; an optional one only until something after it is passed.

    What helps with the obstacle comes before everything else, and passing it skips nothing.
    """
    first = [step for step in steps if obstacle and step.helps_with == obstacle]
    for step in first:
        if step.id not in passes:
            return step
    regular = [place for place, step in enumerate(steps) if step.id in passes and step not in first]
    furthest = max(regular, default=-1)
    for place, step in enumerate(steps):
        if step.id not in passes and not (step.is_optional and place < furthest):
            return step
    return None


def may_finish(steps: Sequence[StepFact], passes: Mapping[UUID, datetime]) -> bool:
    """Whether the last step, the milestone, is all that is left of what the path requires."""
    return bool(steps) and all(step.is_optional or step.id in passes for step in steps[:-1])
