"""Members who leave their organization, and come back; their history stays."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, update

from portal import clock, db
from portal.access import Viewer
from portal.accounts.models import Link, LinkPurpose, Member, WebSession
from portal.accounts.service import visits
from portal.accounts.service.teams import PAST_SESSION
from portal.accounts.team_models import TeamLimit, TeamMembership


def mark_left(viewer: Viewer, member_ids: Collection[UUID]) -> None:
    """Members have left: they are signed out at once, and no invitation lets them in.

    Who may do that was checked before. Who has left already keeps the day.
    """
    now, organization_id = clock.now(), viewer.organization_id
    leaving = update(Member).where(
        Member.organization_id == organization_id,
        Member.id.in_(member_ids),
        Member.left_at.is_(None),
    )
    links = update(Link).where(
        Link.organization_id == organization_id,
        Link.member_id.in_(member_ids),
        Link.purpose == LinkPurpose.INVITATION,
        Link.used_at.is_(None),
    )
    for statement in (leaving.values(left_at=now), links.values(used_at=now)):
        db.session().execute(statement, execution_options=PAST_SESSION)
    sessions = (WebSession.organization_id == organization_id) & WebSession.member_id.in_(
        member_ids
    )
    visits.keep(sessions)
    db.session().execute(delete(WebSession).where(sessions), execution_options=PAST_SESSION)
    ending = update(TeamMembership).where(
        TeamMembership.organization_id == organization_id,
        TeamMembership.member_id.in_(member_ids),
        TeamMembership.ends_on.is_(None),
    )
    db.session().execute(ending.values(ends_on=viewer.today()), execution_options=PAST_SESSION)
    end_limits(viewer, member_ids)


def end_limits(viewer: Viewer, member_ids: Collection[UUID]) -> None:
    """Let members be limited to no team from today on."""
    ending = update(TeamLimit).where(
        TeamLimit.organization_id == viewer.organization_id,
        TeamLimit.member_id.in_(member_ids),
        TeamLimit.ends_on.is_(None),
    )
    db.session().execute(ending.values(ends_on=viewer.today()), execution_options=PAST_SESSION)
