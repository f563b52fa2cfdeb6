"""What authors answered to a reader's comments, for that reader alone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, select, update

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.effectiveness.models import CommentReply, CommentState
from portal.errors import NotFound
from portal.guides.models import CurrentRevision, Guide, Revision
from portal.i18n import gettext as _
from portal.paging import AnySelect
from portal.paths.outcome_models import Outcome
from portal.schema import Id

MOST = 30
MOST_ON_GUIDE = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader is told of a comment of theirs."""

    id: UUID
    slug: str
    title: str
    state: CommentState
    reply: str | None
    words: str | None
    """What they had said."""
    has_changed: bool
    """Whether the guide has a newer revision than the one that they read."""
    at: datetime


_organization = bindparam("organization_id", type_=Id)

_TOLD = (
    select(
        *(Outcome.id, Guide.slug, Revision.title, CommentReply.state, CommentReply.reply),
        *(Outcome.comment, CommentReply.told_at, Outcome.revision_id),
        CurrentRevision.revision_id.label("current_id"),
    )
    .select_from(CommentReply)
    .join(
        Outcome,
        and_(Outcome.organization_id == _organization, Outcome.id == CommentReply.outcome_id),
    )
    .join(Guide, Guide.id == Outcome.guide_id)
    .join(Revision, Revision.id == Outcome.revision_id)
    .outerjoin(
        CurrentRevision,
        and_(CurrentRevision.guide_id == Guide.id, CurrentRevision.language == Outcome.language),
    )
    .where(
        CommentReply.organization_id == _organization,
        CommentReply.member_id == bindparam("member_id", type_=Id),
        CommentReply.told_at.is_not(None),
    )
    .order_by(CommentReply.told_at.desc())
)
TOLD = _TOLD.where(CommentReply.read_at.is_(None)).limit(MOST)
"""Binds organization_id and member_id."""
TOLD_ON = _TOLD.where(Guide.slug == bindparam("slug")).limit(MOST_ON_GUIDE)
"""Binds organization_id, member_id and slug."""


def list_told(viewer: Viewer) -> list[Told]:
    """What authors answered to the viewer and they have not put away, the newest first."""
    return _list(viewer, TOLD)


def list_told_on(viewer: Viewer, slug: str) -> list[Told]:
    """What authors answered to the viewer on one guide, also what they put away elsewhere."""
    return _list(viewer, TOLD_ON, slug=slug)


def _list(viewer: Viewer, query: AnySelect, **binds: str) -> list[Told]:
    require(viewer, Action.FOLLOW_PATHS)
    who = {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
    return [
        Told(
            *(row.id, row.slug, row.title, CommentState(row.state), row.reply, row.comment),
            has_changed=row.current_id not in (None, row.revision_id),
            at=row.told_at,
        )
        for row in db.connection().execute(query, who | binds)
    ]


def put_away(viewer: Viewer, comment_id: UUID) -> None:
    """The viewer has read what they were told; a repeat changes nothing. Raises NotFound."""
    require(viewer, Action.FOLLOW_PATHS)
    mine = (
        CommentReply.organization_id == viewer.organization_id,
        CommentReply.outcome_id == comment_id,
        CommentReply.member_id == viewer.member_id,
    )
    if db.session().execute(select(CommentReply.outcome_id).where(*mine)).first() is None:
        raise NotFound(_("There is no such answer for you."))
    unread = (*mine, CommentReply.read_at.is_(None))
    db.connection().execute(update(CommentReply).where(*unread).values(read_at=clock.now()))
