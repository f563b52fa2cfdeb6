"""A guide in front of its reader: with their ticks, their answer and its place on the path."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    lambda_stmt,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.lambdas import StatementLambdaElement

from portal import db
from portal.access import Action, Viewer, require
from portal.guides.models import Guide, Revision
from portal.guides.service.reading import GUIDE, GuidePage, guide_page, language_binds
from portal.guides.service.titles import title_in
from portal.paging import AnySelect
from portal.paths.fit_models import FittedStep
from portal.paths.models import Path, Step
from portal.paths.outcome_models import IfThen, Outcome, Told
from portal.paths.pin_models import PinnedNote
from portal.paths.progress_models import Enrollment
from portal.paths.service.context import AnyRow
from portal.paths.service.fitted import PLACE, STEPS_TOTAL, is_in, on_step, place_of
from portal.paths.step_models import Tick
from portal.schema import Id


@dataclass(frozen=True, slots=True)
class Said:
    """The reader's latest word on a guide."""

    answer: str
    at: datetime
    of_this_revision: bool
    """False where it was said of an earlier one, or of another language's."""
    is_told: bool
    """The reader told their success manager this answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a guide stands on the reader's current path."""

    path_slug: str
    path_title: str
    steps_passed: int
    steps_total: int
    number: int
    """Counts from 1."""
    previous_slug: str | None
    next_slug: str | None
    """None before the milestone and at the end."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the guide page shows."""

    guide: GuidePage
    ticks: frozenset[int]
    said: Said | None
    place: Place | None
    """None for a guide that is not on the current path."""
    if_then: str | None
    """The reader's own line."""
    if_then_begins: str | None
    """How the author suggests that it begins."""
    has_pins: bool
    """Whether a note is pinned to it, or to its step on the current path: seldom, so that the
    notes themselves are not asked for here."""
    is_there: tuple[bool, ...] = ()
    """For each select that was asked about: whether it has a row."""


_organization = bindparam("organization_id", type_=Id)
_member = bindparam("member_id", type_=Id)
_other = aliased(Step)
_of_other = aliased(FittedStep)
_OTHERS_PLACE = place_of(_other, _of_other)


def _steps_of_path(what: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Select[Any]:
    """The other steps that the organization has of the path that the guide's step is on."""
    return (
        select(what)
        .outerjoin_from(_other, Guide, Guide.id == _other.guide_id)
        .outerjoin(_of_other, on_step(_organization, _other, _of_other))
        .where(_other.path_id == Step.path_id, _other.withdrawn_at.is_(None), is_in(_of_other))
        .correlate(Step, FittedStep)
    )


_BEFORE = _steps_of_path(func.count()).where(_OTHERS_PLACE < PLACE)
_PREVIOUS = (
    _steps_of_path(Guide.slug).where(_OTHERS_PLACE < PLACE).order_by(_OTHERS_PLACE.desc()).limit(1)
)
_NEXT = _steps_of_path(Guide.slug).where(_OTHERS_PLACE > PLACE).order_by(_OTHERS_PLACE).limit(1)

_HAS_PINS = exists().where(
    PinnedNote.organization_id == _organization,
    PinnedNote.removed_at.is_(None),
    or_(PinnedNote.guide_id == Guide.id, PinnedNote.step_id == Step.id),
)

# A row for each pair of a tick and an outcome: few have more than one outcome.
_READING = (
    GUIDE.add_columns(
        Tick.item,
        Outcome.revision_id.label("answered_id"),
        Outcome.latest_answer,
        Outcome.changed_at,
        Told.told_at,
        IfThen.line.label("if_then"),
        Revision.if_then.label("if_then_begins"),
        Path.slug.label("path_slug"),
        title_in(Path).label("path_title"),
        Enrollment.steps_passed,
        STEPS_TOTAL,
        Step.id.label("step_id"),
        FittedStep.is_left_out,
        _BEFORE.scalar_subquery().label("steps_before"),
        _PREVIOUS.scalar_subquery().label("previous_slug"),
        _NEXT.scalar_subquery().label("next_slug"),
        _HAS_PINS.label("has_pins"),
    )
    .outerjoin_from(
        Guide,
        Outcome,
        and_(
            Outcome.organization_id == _organization,
            Outcome.member_id == _member,
            Outcome.guide_id == Guide.id,
        ),
    )
    .outerjoin_from(
        Outcome,
        Told,
        and_(Told.organization_id == _organization, Told.outcome_id == Outcome.id),
    )
    .outerjoin_from(
        Guide,
        IfThen,
        and_(
            IfThen.organization_id == _organization,
            IfThen.member_id == _member,
            IfThen.guide_id == Guide.id,
        ),
    )
    .outerjoin_from(
        Guide,
        Tick,
        and_(
            Tick.organization_id == _organization,
            Tick.member_id == _member,
            Tick.revision_id == Revision.id,
        ),
    )
    .outerjoin_from(
        Guide,
        Enrollment,
        and_(
            Enrollment.organization_id == _organization,
            Enrollment.member_id == _member,
            Enrollment.is_current,
        ),
    )
    .outerjoin_from(Guide, Path, and_(Path.id == Enrollment.path_id, Path.withdrawn_at.is_(None)))
    .outerjoin_from(
        Guide,
        Step,
        and_(Step.path_id == Path.id, Step.guide_id == Guide.id, Step.withdrawn_at.is_(None)),
    )
    .outerjoin_from(Step, FittedStep, on_step(_organization))
)


@lru_cache
def _reading_and(others: tuple[AnySelect, ...]) -> StatementLambdaElement:
    """The select of a reading with a column for each other one: whether that has a row."""
    made = _READING.add_columns(
        *(other.correlate(None).exists().label(f"is_there_{n}") for n, other in enumerate(others))
    )
    # Found in SQLAlchemy's cache by this very object: to hash a select of this size at each
    # reading takes as long as SQLite needs to run it.
    return lambda_stmt(lambda: made, track_on=[object()])


def get_reading(viewer: Viewer, slug: str, others: Sequence[AnySelect] = ()) -> Reading:
    """The guide as the viewer reads it, and which `others` have a row. Raises NotFound.

    The others bind organization_id, member_id and slug.
    """
    require(viewer, Action.FOLLOW_PATHS)
    who = {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
    what = {"slug": slug, **language_binds(viewer.locale)}
    rows = db.connection().execute(_reading_and(tuple(others)), who | what).all()
    guide = guide_page(rows[0] if rows else None)
    return Reading(
        guide=guide,
        ticks=frozenset(row.item for row in rows if row.item is not None),
        said=_latest(rows, guide),
        place=_place(rows[0]),
        if_then=rows[0].if_then,
        if_then_begins=rows[0].if_then_begins,
        has_pins=rows[0].has_pins,
        is_there=tuple(map(bool, rows[0][len(rows[0]) - len(others) :])),
    )


def _latest(rows: Sequence[AnyRow], guide: GuidePage) -> Said | None:
    latest = max((row for row in rows if row.changed_at), key=_when, default=None)
    if latest is None:
        return None
    return Said(
        latest.latest_answer,
        latest.changed_at,
        of_this_revision=latest.answered_id == guide.revision_id,
        is_told=latest.told_at is not None,
    )


def _when(row: AnyRow) -> tuple[datetime, bytes]:
    return row.changed_at, row.answered_id.bytes


def _place(row: AnyRow) -> Place | None:
    if row.step_id is None or row.is_left_out:
        return None
    return Place(
        path_slug=row.path_slug,
        path_title=row.path_title,
        steps_passed=row.steps_passed,
        steps_total=row.steps_total,
        number=row.steps_before + 1,
        previous_slug=row.previous_slug,
        next_slug=row.next_slug,
    )
