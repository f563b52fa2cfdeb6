"""Releases: what changed in the product, for those whose job it touches."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, and_, bindparam, cast, exists, func, literal, or_, select

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.accounts.models import Member
from portal.guides.models import Guide, GuideKind, Revision
from portal.guides.service.reading import BEST_REVISION, language_binds
from portal.paths.outcome_models import Opening
from portal.schema import Id, Moment

NEW = timedelta(days=30)
"""How long a release that someone has not opened is called new to them."""
MOST = 60
"""Releases that the list shows, the newest first."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release as the list shows it."""

    slug: str
    title: str
    purpose: str
    minutes: int
    published_at: datetime
    is_new: bool


_organization = bindparam("organization_id", type_=Id)
_member = bindparam("member_id", type_=Id)

RELEASES = (
    select(
        Guide.slug,
        Revision.title,
        Revision.purpose,
        Revision.minutes,
        Revision.published_at,
        cast(Revision.jobs, String).label("jobs"),
        Member.job,
        Opening.id.label("opening_id"),
    )
    .select_from(Guide)
    .join(Revision, Revision.id == BEST_REVISION)
    .join(Member, and_(Member.organization_id == _organization, Member.id == _member))
    .outerjoin(
        Opening,
        and_(
            Opening.organization_id == _organization,
            Opening.member_id == _member,
            Opening.revision_id == Revision.id,
        ),
    )
    .where(Guide.kind == GuideKind.RELEASE, Guide.withdrawn_at.is_(None))
    .order_by(Revision.published_at.desc(), Guide.slug)
    .limit(MOST)
)
"""Binds the member, and what `language_binds` makes."""


_jobs = cast(Revision.jobs, String)
_named = func.replace(_jobs, literal('"') + Member.job + literal('"'), literal("")) != _jobs
COUNT_NEW = (
    select(func.count())
    .select_from(Guide)
    .join(Revision, Revision.id == BEST_REVISION)
    .where(
        Guide.kind == GuideKind.RELEASE,
        Guide.withdrawn_at.is_(None),
        Revision.published_at >= bindparam("new_since", type_=Moment),
        # As `touches` has it, in words of both databases; a test compares the two.
        or_(_jobs == "[]", _named),
        ~exists().where(
            Opening.organization_id == _organization,
            Opening.member_id == _member,
            Opening.revision_id == Revision.id,
        ),
    )
    .correlate(Member)
    .scalar_subquery()
)
"""Of the `Member` of the statement around it: the new releases that touch their job."""


def new_since() -> datetime:
    """What was published before is not new any more; as `COUNT_NEW` binds it."""
    return clock.now() - NEW


def list_releases(viewer: Viewer) -> Sequence[Release]:
    """The releases that touch the viewer's job, or everybody's, the newest first."""
    require(viewer, Action.FOLLOW_PATHS)
    who = {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
    rows = db.session().execute(RELEASES, who | language_binds(viewer.locale))
    since = new_since()
    return [
        Release(
            slug=row.slug,
            title=row.title,
            purpose=row.purpose,
            minutes=row.minutes,
            published_at=row.published_at,
            is_new=row.opening_id is None and row.published_at >= since,
        )
        for row in rows
        if touches(row.jobs, row.job)
    ]


def touches(jobs: str, job: str | None) -> bool:
    """Whether what is for `jobs` (a JSON list; an empty one is for everybody) is for this job."""
    named = json.loads(jobs)
    return not named or job in named
