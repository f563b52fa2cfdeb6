"""Choosing what to reach: the goals on offer, and the enrollment that follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select, update

from portal import clock, db
from portal.access import Action, Role, Viewer, require
from portal.accounts.models import Member
from portal.errors import NotFound
from portal.guides.models import Goal
from portal.guides.service.reading import language_binds, translated
from portal.guides.service.titles import title_in
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.paths.fit_models import FittedPath
from portal.paths.models import Audience, Path
from portal.paths.progress_models import Enrollment, Origin
from portal.paths.service.context import AnyRow
from portal.paths.service.enrollments import recount
from portal.schema import Id

MINE, EVERYONES, OTHERS = range(3)
MOST_NEXT = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A goal with the path that suits the viewer best, and how far they are on it."""

    slug: str
    title: str
    html: str
    path_slug: str
    steps_total: int
    steps_passed: int
    is_for_others: bool
    """Its paths are meant for other jobs than the viewer's."""
    is_current: bool
    finished_at: datetime | None


_OFFERS = (
    select(
        Goal.slug,
        title_in(Goal).label("title"),
        Goal.html,
        Goal.translations,
        Path.id.label("path_id"),
        Path.slug.label("path_slug"),
        Path.jobs,
        Path.audience,
        func.coalesce(Enrollment.steps_total, FittedPath.steps_total, Path.steps_total).label(
            "steps_total"
        ),
        Member.job,
        Enrollment.id.label("enrollment_id"),
        Enrollment.is_current,
        Enrollment.steps_passed,
        Enrollment.finished_at,
    )
    .select_from(Goal)
    .join(Path, Path.goal_id == Goal.id)
    .join(
        Member,
        and_(
            Member.organization_id == bindparam("organization_id", type_=Id),
            Member.id == bindparam("member_id", type_=Id),
        ),
    )
    .outerjoin(
        Enrollment,
        and_(
            Enrollment.organization_id == Member.organization_id,
            Enrollment.member_id == Member.id,
            Enrollment.path_id == Path.id,
        ),
    )
    .outerjoin(
        FittedPath,
        and_(
            FittedPath.organization_id == Member.organization_id,
            FittedPath.path_id == Path.id,
        ),
    )
    .where(Goal.withdrawn_at.is_(None), Path.withdrawn_at.is_(None), Path.steps_total > 0)
    .order_by(title_in(Goal), Path.slug)
)


def list_goals(viewer: Viewer) -> list[Offer]:
    """The goals on offer: a success manager's own, those for the viewer's job, everybody's."""
    require(viewer, Action.FOLLOW_PATHS)
    best = [_best(rows) for rows in _by_goal(_offers(viewer)).values()]
    best.sort(key=lambda row: (row.audience != Audience.USM, suits(row)))
    return [_offer(row, viewer.locale) for row in best]


def list_slugs() -> set[str]:
    """The goals that anybody could choose: on offer, with a path that has steps."""
    rows = db.session().execute(
        select(Goal.slug)
        .join(Path, Path.goal_id == Goal.id)
        .where(Goal.withdrawn_at.is_(None), Path.withdrawn_at.is_(None), Path.steps_total > 0)
    )
    return {row[0] for row in rows}


def list_next(viewer: Viewer) -> list[Offer]:
    """Up to three goals to go on with: open ones for the viewer's job first, then everybody's."""
    is_open = [o for o in list_goals(viewer) if not (o.is_current or o.finished_at)]
    return [offer for offer in is_open if not offer.is_for_others][:MOST_NEXT]


def choose_goal(viewer: Viewer, slug: str, origin: Origin = Origin.CHOSEN) -> None:
    """Put the viewer on the goal's path for their job. Raises NotFound.

    What was done on an earlier path is kept, and so is the answer to a guide that both share.
    """
    require(viewer, Action.FOLLOW_PATHS)
    rows = _by_goal(_offers(viewer)).get(slug)
    if not rows:
        raise NotFound(_("This goal is not offered any more. Choose another one."))
    _follow(viewer, _best(rows).path_id, origin)


def choose_path(viewer: Viewer, path_slug: str, origin: Origin = Origin.CHOSEN) -> None:
    """Put the viewer on this very path. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    for row in _offers(viewer):
        if row.path_slug == path_slug:
            return _follow(viewer, row.path_id, origin)
    raise NotFound(_("This path is not offered any more. Choose another goal."))


def suits(row: AnyRow) -> int:
    """How well a path suits the viewer's job: made for it, for everyone, or for others."""
    if not row.jobs:
        return EVERYONES
    return MINE if row.job in row.jobs else OTHERS


def _offers(viewer: Viewer) -> list[AnyRow]:
    who = {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
    rows = db.session().execute(_OFFERS, who | language_binds(viewer.locale))
    return [row for row in rows if row.audience != Audience.USM or Role.USM in viewer.roles]


def _by_goal(rows: Iterable[AnyRow]) -> dict[str, list[AnyRow]]:
    goals: dict[str, list[AnyRow]] = {}
    for row in rows:
        goals.setdefault(row.slug, []).append(row)
    return goals


def _best(rows: list[AnyRow]) -> AnyRow:
    # Who is on a path to this goal already stays on it, also after a change of job.
    return min(rows, key=lambda row: (not row.is_current, suits(row)))


def _offer(row: AnyRow, locale: str) -> Offer:
    return Offer(
        slug=row.slug,
        title=row.title,
        html=translated(row.translations, locale).get("html", row.html),
        path_slug=row.path_slug,
        steps_total=row.steps_total,
        steps_passed=row.steps_passed or 0,
        is_for_others=suits(row) == OTHERS,
        is_current=bool(row.is_current),
        finished_at=row.finished_at,
    )


def _follow(viewer: Viewer, path_id: UUID, origin: Origin) -> None:
    enrollments = _lock_enrollments(viewer)
    known = next((row for row in enrollments if row.path_id == path_id), None)
    if known and known.is_current:
        return
    now = clock.now()
    _leave_current(viewer)
    enrollment_id = known.id if known else _enroll(viewer, path_id, origin, now)
    _make_current(viewer, enrollment_id, now)
    recount(viewer.organization_id, [enrollment_id])


def _lock_enrollments(viewer: Viewer) -> list[AnyRow]:
    member = select(Member.id).where(
        Member.organization_id == viewer.organization_id, Member.id == viewer.member_id
    )
    # The member's row stands for enrollments that do not exist yet: two tabs choose in turn.
    db.session().execute(member.with_for_update(key_share=True))
    query = select(Enrollment.id, Enrollment.path_id, Enrollment.is_current).where(
        Enrollment.organization_id == viewer.organization_id,
        Enrollment.member_id == viewer.member_id,
    )
    return list(db.session().execute(query))


def _enroll(viewer: Viewer, path_id: UUID, origin: Origin, now: datetime) -> UUID:
    enrollment = Enrollment(
        organization_id=viewer.organization_id,
        id=new_id(),
        member_id=viewer.member_id,
        path_id=path_id,
        origin=origin,
        is_current=False,
        enrolled_at=now,
        current_since=now,
        last_step_at=now,
    )
    db.session().add(enrollment)
    db.session().flush()
    return enrollment.id


def _leave_current(viewer: Viewer) -> None:
    db.connection().execute(
        update(Enrollment)
        .where(
            Enrollment.organization_id == viewer.organization_id,
            Enrollment.member_id == viewer.member_id,
            Enrollment.is_current,
        )
        .values(is_current=False, stuck_at=None)
    )


def _make_current(viewer: Viewer, enrollment_id: UUID, now: datetime) -> None:
    db.connection().execute(
        update(Enrollment)
        .where(Enrollment.organization_id == viewer.organization_id, Enrollment.id == enrollment_id)
        .values(is_current=True, current_since=now)
    )
