"""Members who leave their organization, and come back; their history stays."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, update

from portal import clock, db
from portal.access import Viewer
from portal.accounts.models import (
    Link,
    LinkPurpose,
    Member,
    TeamLimit,
    TeamMembership,
    WebSession,
)
from portal.accounts.service.teams import PAST_SESSION, today


def mark_left(viewer: Viewer, member_ids: Collection[UUID]) -> None:
    """Members have left: they are signed out at once, and no invitation lets them in.

    Who may do that was checked before. Who has left already keeps the day.
    """
    now, day = clock.now(), today(viewer)
    organization_id = viewer.organization_id
    leaving = update(Member).where(
        Member.organization_id == organization_id,
        Member.id.in_(member_ids),
        Member.left_at.is_(None),
    )
    sessions = delete(WebSession).where(
        WebSession.organization_id == organization_id, WebSession.member_id.in_(member_ids)
    )
    links = update(Link).where(
        Link.organization_id == organization_id,
        Link.member_id.in_(member_ids),
        Link.purpose == LinkPurpose.INVITATION,
        Link.used_at.is_(None),
    )
    for statement in (leaving.values(left_at=now), sessions, links.values(used_at=now)):
        db.session().execute(statement, execution_options=PAST_SESSION)
    for dated in (TeamMembership, TeamLimit):
        ending = update(dated).where(
            dated.organization_id == organization_id,
            dated.member_id.in_(member_ids),
            dated.ends_on.is_(None),
        )
        db.session().execute(ending.values(ends_on=day), execution_options=PAST_SESSION)
