"""What came of putting many people on a path at once; and taking that back."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from portal import audit, clock, db
from portal.access import Action, Viewer, require
from portal.adoption.models import BulkEnrolled, BulkEnrollment
from portal.errors import Conflict, NotFound
from portal.guides.service.titles import title_in
from portal.i18n import gettext as _
from portal.paging import AnySelect
from portal.paths.models import Path
from portal.paths.progress_models import Enrollment
from portal.paths.service import required

UNDO_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it."""

    id: UUID
    people: int
    path_title: str
    due_on: date | None
    beside: int
    """People who go on with a goal of their own and find the path beside it."""
    known: int
    """People who were on the path before."""


def get_done(viewer: Viewer, bulk_id: UUID) -> Done:
    """What came of one of the viewer's bulk enrollments, which is there."""
    return Done(*db.session().execute(_done(viewer).where(BulkEnrollment.id == bulk_id)).one())


def find_latest(viewer: Viewer) -> Done | None:
    """What the viewer did last, while it can be undone."""
    found = (
        _done(viewer)
        .where(
            BulkEnrollment.made_at > clock.now() - UNDO_WITHIN,
            BulkEnrollment.undone_at.is_(None),
        )
        .order_by(BulkEnrollment.made_at.desc())
        .limit(1)
    )
    row = db.session().execute(found).one_or_none()
    return Done(*row) if row else None


def undo(viewer: Viewer, bulk_id: UUID) -> int:
    """Take people off the path again, and give dates back; returns how many stay on it.

    Those stay who have begun. A second time changes nothing. Raises NotFound, and Conflict after a
    day.
    """
    require(viewer, Action.LEAD_PEOPLE)
    bulk = _get_own(viewer, bulk_id)
    new = enrollments_of(viewer, bulk.id, is_new=True)
    if bulk.undone_at is None:
        if clock.now() - bulk.made_at > UNDO_WITHIN:
            raise Conflict(_("This was more than a day ago and cannot be undone any more."))
        bulk.undone_at = clock.now()
        taken = required.take_back(viewer.organization_id, new, bulk.made_at)
        _give_dates_back(viewer, bulk)
        done = {"taken_back": taken}
        audit.record(viewer, "people.enrolled.undone", f"bulk_enrollment:{bulk.id}", after=done)
        db.session().flush()
    staying = select(func.count()).where(
        Enrollment.organization_id == viewer.organization_id, Enrollment.id.in_(new)
    )
    return db.session().execute(staying).scalar_one()


def enrollments_of(viewer: Viewer, bulk_id: UUID, *, is_new: bool) -> AnySelect:
    """The ids of the enrollments that a bulk one made, or of those that were there before."""
    return select(BulkEnrolled.enrollment_id).where(
        BulkEnrolled.organization_id == viewer.organization_id,
        BulkEnrolled.bulk_enrollment_id == bulk_id,
        BulkEnrolled.is_new.is_(is_new),
    )


def _done(viewer: Viewer) -> AnySelect:
    """What came of the viewer's bulk enrollments; a row makes a `Done`."""
    enrolled = select(func.count()).where(
        BulkEnrolled.organization_id == viewer.organization_id,
        BulkEnrolled.bulk_enrollment_id == BulkEnrollment.id,
    )
    return (
        select(
            BulkEnrollment.id,
            BulkEnrollment.people,
            title_in(Path, viewer.locale),
            BulkEnrollment.due_on,
            enrolled.where(BulkEnrolled.is_new, ~BulkEnrolled.is_current).scalar_subquery(),
            enrolled.where(~BulkEnrolled.is_new).scalar_subquery(),
        )
        .join(Path, Path.id == BulkEnrollment.path_id)
        .where(
            BulkEnrollment.organization_id == viewer.organization_id,
            BulkEnrollment.person_id == viewer.person_id,
        )
    )


def _get_own(viewer: Viewer, bulk_id: UUID) -> BulkEnrollment:
    found = select(BulkEnrollment).where(
        BulkEnrollment.organization_id == viewer.organization_id,
        BulkEnrollment.id == bulk_id,
        BulkEnrollment.person_id == viewer.person_id,
    )
    bulk = db.session().scalars(found.with_for_update()).one_or_none()
    if bulk is None:
        raise NotFound
    return bulk


def _give_dates_back(viewer: Viewer, bulk: BulkEnrollment) -> None:
    """The date from before, where nobody has set another one since."""
    if bulk.due_on is None:
        return
    before = (
        select(BulkEnrolled.due_before, func.count())
        .where(
            BulkEnrolled.organization_id == viewer.organization_id,
            BulkEnrolled.bulk_enrollment_id == bulk.id,
        )
        .group_by(BulkEnrolled.due_before)
    )
    for due_before, _count in db.session().execute(before).all():
        had = BulkEnrolled.due_before
        meant = select(BulkEnrolled.enrollment_id).where(
            BulkEnrolled.organization_id == viewer.organization_id,
            BulkEnrolled.bulk_enrollment_id == bulk.id,
            had.is_(None) if due_before is None else had == due_before,
        )
        still = select(Enrollment.id).where(
            Enrollment.organization_id == viewer.organization_id,
            Enrollment.id.in_(meant),
            Enrollment.due_on == bulk.due_on,
        )
        required.set_due(viewer.organization_id, still, due_before)
