"""Who reads which revision, as they are at this moment: copied into every answer and opening."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, select

from portal import clock, db
from portal.access import Viewer
from portal.accounts.models import Member, Organization
from portal.accounts.team_models import TeamMembership
from portal.errors import NotFound
from portal.guides.models import Guide, GuideKind, Revision
from portal.guides.service.reading import get_guide_page
from portal.i18n import gettext as _
from portal.paths.fit_models import FittedStep
from portal.paths.models import Step
from portal.paths.progress_models import Enrollment, Origin
from portal.paths.service.fitted import on_step
from portal.schema import Id

AnyRow = Row[*tuple[Any, ...]]
"""A row of one of the selects that are built once, whatever its columns."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A member with a revision in front of them; `record()` is what records keep of it."""

    organization_id: UUID
    member_id: UUID
    revision_id: UUID
    guide_id: UUID
    slug: str
    kind: GuideKind
    checklist: list[str]
    language: str
    enrollment_id: UUID | None
    path_id: UUID | None
    step_id: UUID | None
    origin: Origin | None
    job: str | None
    influence: int | None
    importance: int | None
    experience: str
    team_id: UUID | None

    def record(self) -> dict[str, Any]:
        """The columns that an opening and an outcome share."""
        return {name: getattr(self, name) for name in _RECORDED} | {"arm": None}


_RECORDED = tuple(name for name in Reader.__slots__ if name not in ("slug", "kind", "checklist"))

_organization = bindparam("organization_id", type_=Id)
_member = bindparam("member_id", type_=Id)

# One row for each team that the member was in lately.
_READER = (
    select(
        Revision.id.label("revision_id"),
        Guide.id.label("guide_id"),
        Guide.slug,
        Revision.kind,
        Revision.checklist,
        Revision.language,
        Enrollment.id.label("enrollment_id"),
        Enrollment.path_id,
        Step.id.label("step_id"),
        Enrollment.origin,
        Member.job,
        Member.influence,
        Member.importance,
        Organization.experience,
        Organization.zone,
        TeamMembership.team_id,
        TeamMembership.starts_on,
        TeamMembership.ends_on,
        FittedStep.is_left_out,
    )
    .select_from(Revision)
    .join(Guide, Guide.id == Revision.guide_id)
    .join(Member, and_(Member.organization_id == _organization, Member.id == _member))
    .join(Organization, Organization.id == Member.organization_id)
    .outerjoin(
        Enrollment,
        and_(
            Enrollment.organization_id == _organization,
            Enrollment.member_id == Member.id,
            Enrollment.is_current,
        ),
    )
    .outerjoin(
        Step,
        and_(
            Step.path_id == Enrollment.path_id,
            Step.guide_id == Guide.id,
            Step.withdrawn_at.is_(None),
        ),
    )
    .outerjoin(FittedStep, on_step(_organization))
    .outerjoin(
        TeamMembership,
        and_(
            TeamMembership.organization_id == _organization,
            TeamMembership.member_id == Member.id,
        ),
    )
    .where(Revision.id == bindparam("revision_id"))
)


def get_reader(viewer: Viewer, revision_id: UUID) -> Reader:
    """The viewer with this revision in front of them. Raises NotFound if there is none."""
    binds = {
        "organization_id": viewer.organization_id,
        "member_id": viewer.member_id,
        "revision_id": revision_id,
    }
    rows = db.session().execute(_READER, binds).all()
    if not rows:
        raise NotFound(_("This guide is not there any more. Your start page knows the next step."))
    first = rows[0]
    on_path = first.step_id is not None and not first.is_left_out
    return Reader(
        organization_id=viewer.organization_id,
        member_id=viewer.member_id,
        revision_id=first.revision_id,
        guide_id=first.guide_id,
        slug=first.slug,
        kind=GuideKind(first.kind),
        checklist=first.checklist,
        language=first.language,
        enrollment_id=first.enrollment_id if on_path else None,
        path_id=first.path_id if on_path else None,
        step_id=first.step_id if on_path else None,
        origin=first.origin and Origin(first.origin) if on_path else None,
        job=first.job,
        influence=first.influence,
        importance=first.importance,
        experience=first.experience,
        team_id=team_on(rows, clock.today(first.zone)),
    )


def get_reader_of(viewer: Viewer, slug: str, revision_id: UUID | None) -> Reader:
    """As `get_reader`; the revision has to be one of the guide's, without one it is today's.

    Someone may have had the page open while a new revision was published: the answer belongs to
    the one that they read. Raises NotFound.
    """
    if revision_id is None:
        revision_id = get_guide_page(slug, viewer.locale).revision_id
    reader = get_reader(viewer, revision_id)
    if reader.slug != slug:
        raise NotFound(_("This guide is not there any more. Your start page knows the next step."))
    return reader


def team_on(memberships: Iterable[AnyRow], day: date) -> UUID | None:
    """The team of a day, of the rows' `team_id`, `starts_on` and `ends_on` (inclusive)."""
    found = [
        row
        for row in memberships
        if row.team_id and row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)
    ]
    return max(found, key=lambda row: row.starts_on).team_id if found else None
