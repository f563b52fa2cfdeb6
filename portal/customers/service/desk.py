"""The csm's list: the organizations they answer for, those that need them first.

Counts of invited, started and arrived people are told as they are: they speak of progress, which
staff may know, and of nobody's answers. No name but a USM's or owner's leaves this module.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from portal import clock, db
from portal.access import Action, Role, Viewer, require
from portal.accounts.models import Experience, Member, Organization
from portal.accounts.service.members import has_role
from portal.accounts.staffing_models import Assignment, StandIn
from portal.customers.service.attention import Lead, Need, Waiting, needs_of, overdue_since
from portal.customers.service.leads import list_leads
from portal.folding import fold
from portal.help.models import HelpRequest, Level, State
from portal.paging import Page
from portal.paths.models import Audience, Path
from portal.paths.progress_models import Enrollment

_vendor = aliased(Organization)
"""The viewer may act in a customer's organization."""

PAGE = 60
MOST = 2_000
"""Organizations that one member of staff answers for; more are cut off by name."""


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What the list is narrowed to."""

    words: str = ""
    need: Need | None = None
    experience: Experience | None = None
    is_sample: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it shows everything of its kind."""
        return (self.words, self.need, self.experience) == ("", None, None)


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """An organization in the list."""

    id: UUID
    name: str
    is_sample: bool
    experience: Experience
    needs: Sequence[Need]
    """The most urgent first."""
    since: datetime | None
    """Since when it waits for what is most urgent."""
    usms: int
    """Who joined and stayed."""
    trained: int
    invited_usms: int
    """Named, but not joined yet."""
    seen_at: datetime | None
    """When one of its USMs was here last."""
    waiting: Waiting
    stands_in_until: date | None
    invited: int = 0
    started: int = 0
    arrived: int = 0

    @property
    def need(self) -> Need:
        """What is most urgent."""
        return self.needs[0]

    @property
    def next_date(self) -> datetime | None:
        """When the next question goes up to the csm."""
        return self.waiting.next_rise


@dataclass(frozen=True, slots=True)
class Desk:
    """The csm's page."""

    page: Page[CustomerRow]
    is_sample: bool
    real: int
    samples: int
    needs: Mapping[Need, int]
    """How many organizations have which need, before the filter by need."""
    has_usm_path: bool


def get_desk(viewer: Viewer, narrowed: DeskFilter, after: str | None) -> Desk:
    """One page of the organizations that the viewer answers for, the most urgent first.

    The session must be open across organizations. An admin answers for those without a csm too.
    Real customers and samples are never mixed; while there are only samples, those are shown.
    """
    require(viewer, Action.SEE_CUSTOMERS)
    everything = _organizations(viewer)
    samples = sum(row.is_sample for row in everything)
    is_sample = bool(samples) and (narrowed.is_sample or samples == len(everything))
    chosen = [row for row in everything if row.is_sample == is_sample and _fits(row, narrowed)]
    rows = _rows(viewer, chosen)
    needs: dict[Need, int] = defaultdict(int)
    for row in rows:
        for need in row.needs:
            needs[need] += 1
    listed = [row for row in rows if narrowed.need is None or narrowed.need in row.needs]
    page = _page(sorted(listed, key=_order), after)
    return Desk(
        page=Page(_with_counts(page.rows), page.next),
        is_sample=is_sample,
        real=len(everything) - samples,
        samples=samples,
        needs=needs,
        has_usm_path=any(row.has_usm_path for row in everything),
    )


def _organizations(viewer: Viewer) -> Sequence[Any]:
    usm_path = exists().where(Path.audience == Audience.USM, Path.withdrawn_at.is_(None))
    columns = Organization.id, Organization.name, Organization.is_sample, Organization.experience
    found = (
        select(*columns, usm_path.label("has_usm_path"))
        .where(Organization.is_vendor.is_(False), answers_for(viewer))
        .order_by(Organization.name, Organization.id)
        .limit(MOST)
    )
    return db.session().execute(found).all()


def answers_for(viewer: Viewer) -> ColumnElement[bool]:
    """In SQL, of Organization: whether the viewer answers for it, an admin where no csm does."""
    mine = exists().where(
        Assignment.organization_id == Organization.id,
        Assignment.person_id == viewer.person_id,
        Assignment.ends_at.is_(None),
    )
    # An assignment from when they were a csm is worth nothing.
    mine_today = mine if Role.CSM in viewer.roles else false()
    if not viewer.may(Action.MANAGE_ORGANIZATIONS):
        return mine_today
    anybodys = exists().where(
        Assignment.organization_id == Organization.id,
        Assignment.ends_at.is_(None),
        Member.organization_id == _vendor.id,
        _vendor.is_vendor,
        Member.person_id == Assignment.person_id,
        Member.left_at.is_(None),
        has_role(Role.CSM),
    )
    return or_(mine_today, ~anybodys)


def _fits(row: Any, narrowed: DeskFilter) -> bool:
    return (not narrowed.words or fold(narrowed.words) in fold(row.name)) and (
        narrowed.experience in (None, row.experience)
    )


def _rows(viewer: Viewer, organizations: Sequence[Any]) -> list[CustomerRow]:
    ids = [row.id for row in organizations]
    leads, waiting = list_leads(ids), _waiting(ids)
    standing, now = _standing(viewer, ids), clock.now()
    return [
        _row(row, leads[row.id], waiting.get(row.id, Waiting()), standing.get(row.id), now)
        for row in organizations
    ]


def _row(
    row: Any, leads: list[Lead], waiting: Waiting, until: date | None, now: datetime
) -> CustomerRow:
    needs = needs_of(leads, waiting, now)
    usms = [lead for lead in leads if lead.is_active_usm]
    seen = [lead.seen_at for lead in usms if lead.seen_at]
    return CustomerRow(
        id=row.id,
        name=row.name,
        is_sample=row.is_sample,
        experience=row.experience,
        needs=needs,
        since=overdue_since(needs[0], leads, waiting),
        usms=len(usms),
        trained=sum(lead.trained_at is not None for lead in usms),
        invited_usms=sum(
            lead.is_usm and lead.accepted_at is None and lead.left_at is None for lead in leads
        ),
        seen_at=max(seen, default=None),
        waiting=waiting,
        stands_in_until=until,
    )


def _waiting(organization_ids: Sequence[UUID]) -> dict[UUID, Waiting]:
    at_vendor = HelpRequest.level == Level.VENDOR
    found = (
        select(
            HelpRequest.organization_id,
            func.count(case((at_vendor, 1))),
            func.min(case((at_vendor, HelpRequest.waiting_since))),
            func.count(case((~at_vendor, 1))),
            func.min(HelpRequest.goes_up_at),
        )
        .where(HelpRequest.organization_id.in_(organization_ids), HelpRequest.state == State.OPEN)
        .group_by(HelpRequest.organization_id)
    )
    return {row[0]: Waiting(*row[1:]) for row in db.session().execute(found)}


def _standing(viewer: Viewer, organization_ids: Sequence[UUID]) -> dict[UUID, date]:
    """Until when the viewer may stand in where."""
    found = (
        select(StandIn.organization_id, StandIn.last_day, Organization.zone)
        .join(Organization, Organization.id == StandIn.organization_id)
        .where(
            StandIn.organization_id.in_(organization_ids),
            StandIn.person_id == viewer.person_id,
            StandIn.given_at.is_not(None),
            StandIn.ended_at.is_(None),
        )
    )
    return {
        row.organization_id: row.last_day
        for row in db.session().execute(found)
        if row.last_day and row.last_day >= clock.today(row.zone)
    }


Order = tuple[int, str, str, str]


def _order(row: CustomerRow) -> Order:
    """Most urgent first, then the longest waiting, then by name."""
    return int(row.need), row.since.isoformat() if row.since else "~", fold(row.name), row.id.hex


def _page(rows: list[CustomerRow], after: str | None) -> Page[CustomerRow]:
    """One page after the organization whose id `after` is; from the start where it is gone.

    The order is worked out anew each time, so the marker is a row and no place in the list.
    """
    ids = [row.id.hex for row in rows]
    start = ids.index(after) + 1 if after in ids else 0
    page = rows[start : start + PAGE]
    more = len(rows) > start + PAGE
    return Page(page, page[-1].id.hex if more else None)


def _with_counts(rows: Sequence[CustomerRow]) -> list[CustomerRow]:
    counts = count_progress([row.id for row in rows])
    return [
        replace(row, invited=invited, started=started, arrived=arrived)
        for row in rows
        for invited, started, arrived in [counts.get(row.id, (0, 0, 0))]
    ]


def count_progress(organization_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int, int]]:
    """How many people were invited, have opened a step of a path, and have finished one.

    Who left is not counted. Nobody is counted twice.
    """
    counted: Select[UUID, int, int, int] = (
        select(
            Member.organization_id,
            func.count(Member.id.distinct()),
            func.count(case((Enrollment.started_at.is_not(None), Member.id)).distinct()),
            func.count(case((Enrollment.finished_at.is_not(None), Member.id)).distinct()),
        )
        .outerjoin(
            Enrollment,
            and_(
                Enrollment.organization_id == Member.organization_id,
                Enrollment.member_id == Member.id,
            ),
        )
        .where(Member.organization_id.in_(organization_ids), Member.left_at.is_(None))
        .group_by(Member.organization_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in db.session().execute(counted)}
