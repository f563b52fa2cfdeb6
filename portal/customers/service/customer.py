"""One customer's page: who leads there, what waits, and whether the csm may stand in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, case, exists, func, select

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.accounts.models import Experience, Member, Organization
from portal.accounts.privacy_models import NameAccess
from portal.accounts.service import visits
from portal.accounts.staffing_models import StandIn
from portal.customers.service.attention import Lead, Need, Waiting, needs_of
from portal.customers.service.desk import answers_for
from portal.customers.service.leads import list_leads
from portal.errors import NotFound
from portal.help.service.lists import RequestRow, list_risen
from portal.paths.models import Audience, Path
from portal.paths.progress_models import Enrollment

LATELY = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a customer's people are; plain counts, since they speak of nobody's answers."""

    invited: int
    joined: int
    started: int
    arrived: int
    here_lately: int
    """Who was here within 28 days: among them is who could take over."""


@dataclass(frozen=True, slots=True)
class Customer:
    """What the csm's page of one customer shows."""

    id: UUID
    name: str
    zone: str
    is_sample: bool
    experience: Experience
    is_mine: bool
    """Whether its questions come to the viewer, who may then stand in too."""
    has_usm_path: bool
    may_see_names: bool
    """Whether an owner lets the vendor's staff read any name."""
    leads: Sequence[Lead]
    need: Need
    """Of its leads; the questions stand below."""
    progress: Progress
    risen: Sequence[RequestRow]
    asked_at: datetime | None
    stands_in_until: date | None

    @property
    def has_owner(self) -> bool:
        """Whether somebody could consent to a stand-in."""
        return any(
            lead.is_owner and lead.accepted_at and lead.left_at is None for lead in self.leads
        )

    @property
    def present(self) -> list[Lead]:
        """The leads of today."""
        return [lead for lead in self.leads if lead.left_at is None]

    @property
    def gone(self) -> list[Lead]:
        """The leads who left within 42 days."""
        return [lead for lead in self.leads if lead.needs(clock.now()) == Need.LEFT]

    @property
    def successors(self) -> list[Lead]:
        """Leads whom nothing is wrong with: they could take over at once."""
        now = clock.now()
        return [
            lead
            for lead in self.present
            if lead.accepted_at is not None and lead.needs(now) == Need.NOTHING
        ]

    def is_silent(self, lead: Lead) -> bool:
        """Whether a lead was not here for 42 days."""
        return lead.needs(clock.now()) == Need.SILENT


def get_customer(viewer: Viewer) -> Customer:
    """The customer that the viewer acts in. Raises NotFound."""
    require(viewer, Action.SEE_CUSTOMERS)
    usm_path = exists().where(Path.audience == Audience.USM, Path.withdrawn_at.is_(None))
    names = exists().where(
        NameAccess.organization_id == viewer.organization_id, NameAccess.ended_at.is_(None)
    )
    found = (
        select(
            Organization.id,
            Organization.name,
            Organization.zone,
            Organization.is_sample,
            Organization.experience,
            answers_for(viewer).label("is_mine"),
            usm_path.label("has_usm_path"),
            names.label("may_see_names"),
            StandIn.asked_at,
            StandIn.given_at,
            StandIn.last_day,
        )
        .outerjoin(
            StandIn,
            and_(
                StandIn.organization_id == Organization.id,
                StandIn.person_id == viewer.person_id,
                StandIn.ended_at.is_(None),
            ),
        )
        .where(Organization.id == viewer.organization_id)
        .execution_options(across="the vendor's csms and a consent, of the customer at hand")
    )
    row = db.session().execute(found).one_or_none()
    if row is None:
        raise NotFound
    leads = list_leads([viewer.organization_id])[viewer.organization_id]
    risen = list_risen(viewer) if row.is_mine else []
    today = clock.today(row.zone)
    runs = row.last_day is not None and row.last_day >= today
    return Customer(
        id=row.id,
        name=row.name,
        zone=row.zone,
        is_sample=row.is_sample,
        experience=row.experience,
        is_mine=row.is_mine,
        has_usm_path=row.has_usm_path,
        may_see_names=row.may_see_names,
        leads=leads,
        need=needs_of(leads, Waiting(), clock.now())[0],
        progress=_progress(viewer.organization_id),
        risen=risen,
        asked_at=row.asked_at if row.last_day is None else None,
        stands_in_until=row.last_day if row.given_at and runs else None,
    )


def _progress(organization_id: UUID) -> Progress:
    seen = visits.last_seen([organization_id]).subquery()
    lately = and_(Member.accepted_at.is_not(None), seen.c.at > clock.now() - LATELY)
    counted = (
        select(
            func.count(Member.id.distinct()),
            func.count(case((Member.accepted_at.is_not(None), Member.id)).distinct()),
            func.count(case((Enrollment.started_at.is_not(None), Member.id)).distinct()),
            func.count(case((Enrollment.finished_at.is_not(None), Member.id)).distinct()),
            func.count(case((lately, Member.id)).distinct()),
        )
        .outerjoin(
            Enrollment,
            and_(Enrollment.organization_id == organization_id, Enrollment.member_id == Member.id),
        )
        .outerjoin(seen, seen.c.member_id == Member.id)
        .where(Member.organization_id == organization_id, Member.left_at.is_(None))
    )
    return Progress(*db.session().execute(counted).one())
