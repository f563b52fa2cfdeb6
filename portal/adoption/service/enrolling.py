"""Putting many people on a path at once, with a date if need be.

Each person's own goal stays theirs: see docs/decisions/0010-required-paths.md.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, insert, literal, select

from portal import audit, clock, db
from portal.access import Action, Viewer, require
from portal.accounts.models import Member
from portal.accounts.service import reach
from portal.adoption.models import BulkEnrolled, BulkEnrollment
from portal.adoption.service import enrolled
from portal.adoption.service.people import PeopleFilter, members_found
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.inserts import id_for_each_row
from portal.paging import AnySelect
from portal.paths.models import Path
from portal.paths.progress_models import Enrollment
from portal.paths.service import required
from portal.schema import Id

LATEST_DUE = timedelta(days=2 * 365)
MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who is meant: some people, or everybody whom a filter of the list finds."""

    member_ids: frozenset[UUID] = field(default_factory=frozenset)
    narrowed: PeopleFilter | None = None


@dataclass(frozen=True, slots=True)
class Meant:
    """The people who are meant, as far as the viewer reaches them."""

    count: int
    names: list[str]
    """The first few, by name."""
    member_ids: list[UUID]
    """Theirs."""


def describe(viewer: Viewer, chosen: Chosen) -> Meant:
    """How many people are meant, and who first. Raises Invalid for nobody."""
    members = _members(viewer, chosen)
    count = db.session().execute(select(func.count()).select_from(members.subquery())).scalar_one()
    if not count:
        raise Invalid("", _("Nobody is selected. Go back and tick whom you mean."))
    first = (
        select(Member.display_name, Member.id)
        .where(Member.organization_id == viewer.organization_id, Member.id.in_(members))
        .order_by(Member.name_key, Member.id)
        .limit(MOST_NAMES)
    )
    found = db.session().execute(first).all()
    return Meant(count, [row[0] for row in found], [row[1] for row in found])


def enroll(viewer: Viewer, chosen: Chosen, path_id: UUID, due_on: date | None) -> enrolled.Done:
    """Put people on a path, until a day if one is given; all of it is one audited deed.

    Whoever is on the path keeps what they did. It becomes the current path only of those who have
    joined and have none. Raises Invalid at `onto` or `due_on`, or for nobody.
    """
    require(viewer, Action.LEAD_PEOPLE)
    path = _offered(path_id)
    _check_due(due_on, viewer.today())
    members = _members(viewer, chosen)
    # Who chooses a goal at this moment is waited for, and waits: neither path is lost.
    people = len(db.session().scalars(_locked(viewer, members)).all())
    if not people:
        raise Invalid("", _("Nobody is selected. Go back and tick whom you mean."))
    bulk = _begin(viewer, path.id, due_on, people)
    db.connection().execute(_note_each(viewer, bulk, members))
    required.put_on_path(
        viewer.organization_id, path.id, _newcomers(viewer, bulk.id), due_on, bulk.made_at
    )
    if due_on:
        known = enrolled.enrollments_of(viewer, bulk.id, is_new=False)
        required.set_due(viewer.organization_id, known, due_on)
    done = enrolled.get_done(viewer, bulk.id)
    after: dict[str, Any] = {"path": path.slug, "people": people, "new": people - done.known}
    after["due_on"] = due_on and due_on.isoformat()
    audit.record(viewer, "people.enrolled", f"bulk_enrollment:{bulk.id}", after=after)
    db.session().flush()
    return done


def _members(viewer: Viewer, chosen: Chosen) -> AnySelect:
    """The ids of who is meant, as a subquery; whom the viewer does not reach is not meant."""
    if chosen.narrowed is not None:
        return members_found(viewer, chosen.narrowed)
    require(viewer, Action.SEE_PEOPLE)
    return select(Member.id).where(
        Member.organization_id == viewer.organization_id,
        Member.id.in_(chosen.member_ids),
        Member.left_at.is_(None),
        reach.within(viewer),
    )


def _locked(viewer: Viewer, members: AnySelect) -> AnySelect:
    return (
        select(Member.id)
        .where(Member.organization_id == viewer.organization_id, Member.id.in_(members))
        .order_by(Member.id)
        .with_for_update(key_share=True)
    )


def _offered(path_id: UUID) -> Any:
    found = select(Path.id, Path.slug, Path.title).where(
        Path.id == path_id, Path.withdrawn_at.is_(None), Path.steps_total > 0
    )
    path = db.session().execute(found).one_or_none()
    if path is None:
        raise Invalid("onto", _("Choose one of the paths shown."))
    return path


def _check_due(due_on: date | None, today: date) -> None:
    if due_on and due_on < today:
        raise Invalid("due_on", _("Choose today or a later day."))
    if due_on and due_on > today + LATEST_DUE:
        raise Invalid("due_on", _("Choose a day within the next two years."))


def _begin(viewer: Viewer, path_id: UUID, due_on: date | None, people: int) -> BulkEnrollment:
    bulk = BulkEnrollment(
        organization_id=viewer.organization_id,
        id=new_id(),
        path_id=path_id,
        due_on=due_on,
        person_id=viewer.person_id,
        made_at=clock.now(),
        people=people,
    )
    db.session().add(bulk)
    db.session().flush()
    return bulk


def _note_each(viewer: Viewer, bulk: BulkEnrollment, members: AnySelect) -> Any:
    """One statement, however many they are: how each stands before, and who is new."""
    has_current = (
        exists()
        .where(
            Enrollment.organization_id == viewer.organization_id,
            Enrollment.member_id == Member.id,
            Enrollment.is_current,
        )
        .correlate(Member)
    )
    known = Enrollment.__table__.alias("known")
    made = id_for_each_row(bulk.id, Member.id.expression)
    rows: dict[str, ColumnElement[Any]] = {
        "organization_id": Member.organization_id.expression,
        "bulk_enrollment_id": literal(bulk.id, Id),
        "member_id": Member.id.expression,
        "enrollment_id": func.coalesce(known.c.id, made),
        "is_new": known.c.id.is_(None),
        "is_current": and_(known.c.id.is_(None), Member.accepted_at.is_not(None), ~has_current),
        "due_before": known.c.due_on,
    }
    found = (
        select(*(value.label(name) for name, value in rows.items()))
        .select_from(Member)
        .outerjoin(
            known,
            and_(
                known.c.organization_id == Member.organization_id,
                known.c.member_id == Member.id,
                known.c.path_id == bulk.path_id,
            ),
        )
        .where(Member.organization_id == viewer.organization_id, Member.id.in_(members))
    )
    return insert(BulkEnrolled).from_select(list(rows), found)


def _newcomers(viewer: Viewer, bulk_id: UUID) -> AnySelect:
    row = BulkEnrolled
    return select(row.enrollment_id, row.member_id, row.is_current).where(
        row.organization_id == viewer.organization_id,
        row.bulk_enrollment_id == bulk_id,
        row.is_new,
    )
