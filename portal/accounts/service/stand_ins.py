"""A csm acting for a customer's USM: with an owner's consent, until a day, and never unmarked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select

from portal import audit, clock, db
from portal.access import Action, Role, Viewer, require
from portal.accounts import emails
from portal.accounts.models import Member, Organization, Person
from portal.accounts.service import assignments, organizations
from portal.accounts.service.members import has_role
from portal.accounts.staffing_models import Assignment, StandIn
from portal.errors import Conflict, Invalid
from portal.i18n import gettext as _
from portal.messages.service import MailSettings

LONGEST = timedelta(days=90)
"""From the day of the consent; an owner may give it anew."""
MOST_OWNERS = 5
"""Who are written to; an organization has one or two."""


def find_acting(viewer: Viewer, organization_id: UUID) -> Viewer | None:
    """A csm as who stands in for a customer's USM; None without consent, or once it has ended.

    It ends with its last day, when the owner takes it back, and when the csm answers for the
    customer no longer.
    """
    if not viewer.is_vendor or Role.CSM not in viewer.roles:
        return None
    found = (
        select(
            Organization.name,
            Organization.zone,
            Organization.is_sample,
            StandIn.last_day,
            Organization.branding,
        )
        .join(StandIn, StandIn.organization_id == Organization.id)
        .join(
            Assignment,
            (Assignment.organization_id == Organization.id)
            & (Assignment.person_id == StandIn.person_id),
        )
        .where(
            Organization.id == organization_id,
            StandIn.person_id == viewer.person_id,
            StandIn.given_at.is_not(None),
            StandIn.ended_at.is_(None),
            Assignment.ends_at.is_(None),
        )
        .execution_options(across="whether a csm may stand in")
    )
    row = db.session().execute(found).one_or_none()
    if row is None or row.last_day is None or clock.today(row.zone) > row.last_day:
        return None
    where = organization_id, row.name, row.zone, row.is_sample
    return viewer.standing_in(*where, row.last_day, row.branding)


def note_begin(acting: Viewer) -> None:
    """Write down that a csm begins to act for the USM."""
    audit.record(acting, "stand_in.begun", f"person:{acting.person_id}")


@dataclass(frozen=True, slots=True)
class Consent:
    """A csm of one's organization, and whether they may stand in."""

    person_id: UUID
    name: str
    asked_at: datetime | None
    last_day: date | None
    """The last day of a running consent; None where there is none."""


def list_consents(viewer: Viewer) -> list[Consent]:
    """The csms who answer for the viewer's organization, and what an owner allows each of them."""
    today = viewer.today()
    running = {row.person_id: row for row in _running(viewer)}
    return [_consent(csm, running.get(csm.person_id), today) for csm in _csms(viewer)]


def _consent(csm: assignments.Csm, row: StandIn | None, today: date) -> Consent:
    if row is None or (row.last_day is not None and row.last_day < today):
        return Consent(csm.person_id, csm.name, None, None)
    return Consent(csm.person_id, csm.name, row.asked_at, row.last_day)


def has_owner(viewer: Viewer) -> bool:
    """Whether there is somebody who could consent."""
    found = select(Member.id).where(*_owners_of(viewer))
    return db.session().execute(found.limit(1)).first() is not None


def _owners_of(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (
        Member.organization_id == viewer.organization_id,
        Member.left_at.is_(None),
        Member.accepted_at.is_not(None),
        has_role(Role.OWNER),
    )


def ask(viewer: Viewer, mail: MailSettings) -> None:
    """A csm asks the owners of the organization at hand, by mail; again changes nothing.

    Raises Conflict where nobody could consent.
    """
    require(viewer, Action.SEE_CUSTOMERS)
    if not assignments.is_assigned(viewer.person_id, viewer.organization_id):
        raise Conflict(_("Only who answers for this organization may stand in."))
    if not has_owner(viewer):
        raise Conflict(_("This organization has no owner who could consent."))
    row = _lock(viewer, viewer.person_id)
    if row is None:
        _add(viewer, viewer.person_id, asked_at=clock.now())
        audit.record(viewer, "stand_in.asked", f"person:{viewer.person_id}")
        _write_to_owners(viewer, mail)


def _write_to_owners(viewer: Viewer, mail: MailSettings) -> None:
    organization = db.session().get_one(Organization, viewer.organization_id)
    owners = (
        select(Member.display_name, Person)
        .join(Person, Person.id == Member.person_id)
        .where(*_owners_of(viewer))
        .order_by(Member.name_key, Member.id)
        .limit(MOST_OWNERS)
    )
    vendor = organizations.get_vendor().shown_name
    for name, person in db.session().execute(owners).all():
        emails.stand_in_wish(person, organization, name, viewer, vendor, mail)


def give(viewer: Viewer, person_id: UUID, last_day: date) -> None:
    """An owner lets a csm act for the USM until the end of a day; again with another day moves it.

    Raises Invalid at `person_id` or `last_day`.
    """
    require(viewer, Action.CONSENT)
    if person_id not in {csm.person_id for csm in _csms(viewer)}:
        raise Invalid("person_id", _("Choose one of the customer success managers shown."))
    today = viewer.today()
    if last_day < today:
        raise Invalid("last_day", _("This day has passed. Enter today or a later day."))
    if last_day > today + LONGEST:
        latest = today + LONGEST
        raise Invalid("last_day", _("Enter a day up to %(day)s.", day=latest.isoformat()))
    row = _lock(viewer, person_id) or _add(viewer, person_id)
    before = {"last_day": str(row.last_day)} if row.last_day else None
    row.given_at, row.caused_by, row.last_day = clock.now(), viewer.person_id, last_day
    after = {"last_day": str(last_day)}
    audit.record(viewer, "stand_in.given", f"person:{person_id}", before, after)
    db.session().flush()


def take_back(viewer: Viewer, person_id: UUID) -> None:
    """An owner ends a consent, or declines a wish, at once; a repeat changes nothing."""
    require(viewer, Action.CONSENT)
    row = _lock(viewer, person_id)
    if row is not None:
        row.ended_at = clock.now()
        audit.record(viewer, "stand_in.taken_back", f"person:{person_id}")
        db.session().flush()


def _csms(viewer: Viewer) -> list[assignments.Csm]:
    return assignments.list_csms(viewer.organization_id)


def _running(viewer: Viewer) -> list[StandIn]:
    found = select(StandIn).where(
        StandIn.organization_id == viewer.organization_id, StandIn.ended_at.is_(None)
    )
    return list(db.session().scalars(found))


def _lock(viewer: Viewer, person_id: UUID) -> StandIn | None:
    """The running row of a csm, for writing; one whose last day has passed is ended first."""
    # Of two at once the second waits here, then finds the first one's row.
    zone = db.session().scalars(
        select(Organization.zone).where(Organization.id == viewer.organization_id).with_for_update()
    )
    today = clock.today(zone.one())
    row = next((row for row in _running(viewer) if row.person_id == person_id), None)
    if row is None or row.last_day is None or row.last_day >= today:
        return row
    row.ended_at = clock.now()
    db.session().flush()
    return None


def _add(viewer: Viewer, person_id: UUID, asked_at: datetime | None = None) -> StandIn:
    row = StandIn(organization_id=viewer.organization_id, person_id=person_id, asked_at=asked_at)
    db.session().add(row)
    db.session().flush()
    return row
