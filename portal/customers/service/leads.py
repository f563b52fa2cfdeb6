"""Who leads in the organizations: their USMs and owners, when they were here, who is trained."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, func, or_, select
from sqlalchemy import type_coerce as typed

from portal import db
from portal.access import Role
from portal.accounts.models import Member
from portal.accounts.service import visits
from portal.accounts.service.members import has_role
from portal.customers.service.attention import Lead
from portal.paths.models import Audience, Path
from portal.paths.progress_models import Enrollment


def list_leads(organization_ids: Sequence[UUID]) -> dict[UUID, list[Lead]]:
    """The USMs and owners of these organizations, who left among them, by name."""
    seen = visits.last_seen(list(organization_ids)).subquery()
    trained = (
        select(
            Enrollment.organization_id,
            Enrollment.member_id,
            func.max(Enrollment.finished_at).label("at"),
        )
        .join(Path, Path.id == Enrollment.path_id)
        .where(Enrollment.organization_id.in_(organization_ids), Path.audience == Audience.USM)
        .group_by(Enrollment.organization_id, Enrollment.member_id)
        .subquery()
    )
    found = (
        select(
            Member.organization_id,
            Member.id,
            Member.display_name,
            has_role(Role.USM),
            has_role(Role.OWNER),
            Member.accepted_at,
            Member.left_at,
            Member.bounced_at,
            seen.c.at,
            trained.c.at,
        )
        .outerjoin(seen, seen.c.member_id == Member.id)
        .outerjoin(
            trained,
            and_(
                trained.c.organization_id == Member.organization_id,
                trained.c.member_id == Member.id,
            ),
        )
        .where(Member.organization_id.in_(organization_ids), _is_lead())
        .order_by(Member.name_key, Member.id)
    )
    leads: dict[UUID, list[Lead]] = defaultdict(list)
    for row in db.session().execute(found):
        leads[row.organization_id].append(Lead(*row[1:]))
    return leads


def _is_lead() -> ColumnElement[bool]:
    roles = typed(Member.roles, String)
    return or_(roles.contains(f",{Role.USM},"), roles.contains(f",{Role.OWNER},"))
