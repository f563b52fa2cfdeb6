"""A guide in front of its reader: with their ticks, their answer and its place on the path."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, select

from portal import db
from portal.access import Action, Viewer, require
from portal.accounts.models import Member
from portal.guides.models import Guide
from portal.guides.service.reading import GuidePage, get_guide_page
from portal.paths.models import Enrollment, Outcome, Path, Step, Tick
from portal.paths.service.context import AnyRow


@dataclass(frozen=True, slots=True)
class Said:
    """The reader's latest word on a guide."""

    answer: str
    at: datetime
    of_this_revision: bool
    """False where it was said of an earlier one, or of another language's."""


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


_organization = bindparam("organization_id", type_=db.Id)
_member = bindparam("member_id", type_=db.Id)

# One row for each pair of a tick and an outcome; few have more than one outcome.
_MINE = (
    select(Tick.item, Outcome.revision_id, Outcome.latest_answer, Outcome.changed_at)
    .select_from(Member)
    .outerjoin(
        Outcome,
        and_(
            Outcome.organization_id == _organization,
            Outcome.member_id == Member.id,
            Outcome.guide_id == bindparam("guide_id", type_=db.Id),
        ),
    )
    .outerjoin(
        Tick,
        and_(
            Tick.organization_id == _organization,
            Tick.member_id == Member.id,
            Tick.revision_id == bindparam("revision_id", type_=db.Id),
        ),
    )
    .where(Member.organization_id == _organization, Member.id == _member)
)

_STEPS = (
    select(
        Guide.slug,
        Path.slug.label("path_slug"),
        Path.title.label("path_title"),
        Path.steps_total,
        Enrollment.steps_passed,
    )
    .select_from(Enrollment)
    .join(Path, Path.id == Enrollment.path_id)
    .join(Step, and_(Step.path_id == Path.id, Step.withdrawn_at.is_(None)))
    .outerjoin(Guide, Guide.id == Step.guide_id)
    .where(
        Enrollment.organization_id == _organization,
        Enrollment.member_id == _member,
        Enrollment.is_current,
        Path.withdrawn_at.is_(None),
    )
    .order_by(Step.position)
)


def get_reading(viewer: Viewer, slug: str) -> Reading:
    """The guide as the viewer reads it. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    guide = get_guide_page(slug, viewer.locale)
    who = {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
    what = {"guide_id": guide.guide_id, "revision_id": guide.revision_id}
    mine = db.connection().execute(_MINE, who | what).all()
    steps = db.connection().execute(_STEPS, who).all()
    return Reading(
        guide=guide,
        ticks=frozenset(row.item for row in mine if row.item is not None),
        said=_latest(mine, guide),
        place=place_of(slug, steps),
    )


def _latest(rows: Sequence[AnyRow], guide: GuidePage) -> Said | None:
    latest = max((row for row in rows if row.changed_at), key=_when, default=None)
    if latest is None:
        return None
    return Said(latest.latest_answer, latest.changed_at, latest.revision_id == guide.revision_id)


def _when(row: AnyRow) -> tuple[datetime, bytes]:
    return row.changed_at, row.revision_id.bytes


def place_of(slug: str, steps: Sequence[AnyRow]) -> Place | None:
    """The place of a guide among a path's steps in order; a milestone's slug is None."""
    slugs = [row.slug for row in steps]
    if slug not in slugs:
        return None
    at, path = slugs.index(slug), steps[0]
    return Place(
        path_slug=path.path_slug,
        path_title=path.path_title,
        steps_passed=path.steps_passed,
        steps_total=path.steps_total,
        number=at + 1,
        previous_slug=slugs[at - 1] if at else None,
        next_slug=slugs[at + 1] if at + 1 < len(slugs) else None,
    )
