"""How a member's row becomes the viewer that every service is given."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from portal import db
from portal.access import Viewer
from portal.accounts.models import Member, Organization, Person
from portal.accounts.team_models import TeamLimit
from portal.errors import NotFound

COLUMNS = (
    Organization.id,
    Organization.name,
    Organization.is_vendor,
    Organization.is_sample,
    Member.id,
    Member.person_id,
    Member.display_name,
    Member.roles,
    func.coalesce(Person.locale, Organization.locale),
    func.coalesce(Person.zone, Organization.zone),
    Organization.zone,
    # Not a join: looked up for the one row that is found.
    select(TeamLimit.team_id)
    .where(
        TeamLimit.organization_id == Member.organization_id,
        TeamLimit.member_id == Member.id,
        TeamLimit.ends_on.is_(None),
    )
    .scalar_subquery(),
    Organization.branding,
)
"""In the order of Viewer's fields."""


def of_row(row: Row[Any] | tuple[Any, ...]) -> Viewer:
    """The viewer of a row that begins with COLUMNS."""
    viewer = Viewer(*row[: len(COLUMNS)])
    name = viewer.branding.name
    return replace(viewer, organization_name=name) if name else viewer


def get_viewer(organization_id: UUID, member_id: UUID) -> Viewer:
    """A member as viewer, for sign-in, jobs and commands. Raises NotFound for who has left."""
    found = select(*COLUMNS).where(
        Member.organization_id == organization_id,
        Member.id == member_id,
        Member.left_at.is_(None),
        Organization.id == Member.organization_id,
        Person.id == Member.person_id,
    )
    row = db.session().execute(found).one_or_none()
    if row is None:
        raise NotFound
    return of_row(row)
