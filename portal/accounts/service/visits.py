"""When members were last here: known from their browsers' sessions, and kept beyond those."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true, union_all
from sqlalchemy.dialects import postgresql, sqlite

from portal import db
from portal.accounts.models import WebSession
from portal.accounts.staffing_models import LastSeen


def keep(sessions: ColumnElement[bool] | None = None) -> None:
    """Write down when the holders of these sessions (None: of all) were last seen.

    Called before sessions are deleted, and every hour; an earlier visit never replaces a later one.
    """
    seen = (
        select(WebSession.organization_id, WebSession.member_id, func.max(WebSession.last_seen_at))
        .where(true() if sessions is None else sessions)
        .group_by(WebSession.organization_id, WebSession.member_id)
    )
    _keep_latest(_insert().from_select(["organization_id", "member_id", "at"], seen))


def last_seen(organization_ids: Select[tuple[UUID]] | list[UUID]) -> Select[tuple[UUID, datetime]]:
    """When each member of these organizations was last here, as `member_id` and `at`."""
    kept = select(LastSeen.organization_id, LastSeen.member_id, LastSeen.at)
    live = select(WebSession.organization_id, WebSession.member_id, WebSession.last_seen_at)
    both = union_all(
        kept.where(LastSeen.organization_id.in_(organization_ids)),
        live.where(WebSession.organization_id.in_(organization_ids)),
    ).subquery()
    return select(both.c.member_id, func.max(both.c.at).label("at")).group_by(both.c.member_id)


def note(organization_id: UUID, member_id: UUID, at: datetime) -> None:
    """Write down that a member was here at a moment; an earlier one never replaces a later one."""
    _keep_latest(_insert().values(organization_id=organization_id, member_id=member_id, at=at))


def _insert() -> postgresql.Insert | sqlite.Insert:
    if db.is_postgresql():
        return postgresql.insert(LastSeen)
    return sqlite.insert(LastSeen)


def _keep_latest(into: postgresql.Insert | sqlite.Insert) -> None:
    later = into.excluded["at"]
    db.connection().execute(
        into.on_conflict_do_update(
            index_elements=["organization_id", "member_id"],
            set_={"at": later},
            where=LastSeen.at < later,
        )
    )
