"""What there is to do first, worked out from what is there; it goes away by itself when done."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, and_, bindparam, exists, not_, or_, select, union_all
from sqlalchemy.orm import aliased

from portal import clock, db
from portal.access import Action, Role, Viewer
from portal.accounts.models import Member, Organization
from portal.accounts.service.members import has_role
from portal.accounts.staffing_models import Assignment
from portal.backup.models import BackupRun
from portal.guides.files import slugs
from portal.guides.models import CurrentRevision, Goal, Guide
from portal.inserts import upsert
from portal.operations.models import FirstStepsDismissal
from portal.paths.models import Audience
from portal.paths.models import Path as LearningPath
from portal.paths.progress_models import Enrollment
from portal.schema import Id


class Kind(StrEnum):
    """Whose first steps."""

    ADMIN = "admin"
    AUTHOR = "author"
    USM = "usm"


class Step(StrEnum):
    """Something to do first; `words` says it, with the place where it is done."""

    NAME_VENDOR = "name_vendor"
    PUBLISH = "publish"
    INVITE_AUTHOR = "invite_author"
    FIRST_CUSTOMER = "first_customer"
    INVITE_USM = "invite_usm"
    ASSIGN_CSM = "assign_csm"
    SET_MAIL = "set_mail"
    BACK_UP = "back_up"
    WRITE_GOAL = "write_goal"
    WRITE_GUIDE = "write_guide"
    WRITE_PATH = "write_path"
    PUBLISH_FILES = "publish_files"
    INVITE_PEOPLE = "invite_people"
    CHOOSE_PATH = "choose_path"
    FIRST_PROGRESS = "first_progress"


OPTIONAL = frozenset({Step.ASSIGN_CSM, Step.SET_MAIL})
"""They may be done later: without them the list is complete all the same."""


_FOR_USMS = select(LearningPath.goal_id).where(LearningPath.audience == Audience.USM)
"""Goals of success managers. They ship with the portal, so they are no step of a vendor's own."""


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """A short list of what to do first, and which of it is done."""

    kind: Kind
    done: dict[Step, bool]
    customer_id: UUID | None = None
    """For an admin: the first customer, into which a USM is to be invited."""

    @property
    def now(self) -> Step | None:
        """The next one to do."""
        return next((step for step, done in self.done.items() if not done), None)


def find_for_admin(viewer: Viewer, has_mail: bool) -> FirstSteps | None:
    """An admin's, in a session over all organizations; None where they are done or dismissed."""
    if not viewer.may(Action.MANAGE_ORGANIZATIONS):
        return None
    real = Organization.is_vendor.is_(False), Organization.is_sample.is_(False)
    customers = select(Organization.id).where(*real)
    no_sample = Member.is_sample.is_(False), Member.left_at.is_(None)
    author = exists().where(
        Member.organization_id == viewer.organization_id, has_role(Role.AUTHOR), *no_sample
    )
    usm = exists().where(Member.organization_id.in_(customers), has_role(Role.USM), *no_sample)
    row = _ask(
        viewer,
        Kind.ADMIN,
        _is_published(),
        author,
        exists(customers),
        usm,
        exists().where(Assignment.organization_id.in_(customers)),
        exists(select(BackupRun.id)),
        customers.order_by(Organization.id).limit(1).scalar_subquery(),
    )
    if row is None:
        return None
    published, has_author, has_customer, has_usm, has_csm, has_backup, customer_id = row
    done = {
        Step.NAME_VENDOR: True,
        Step.PUBLISH: published,
        Step.INVITE_AUTHOR: has_author,
        Step.FIRST_CUSTOMER: has_customer,
        Step.INVITE_USM: has_usm,
        Step.BACK_UP: has_backup,
        Step.ASSIGN_CSM: has_csm,
        Step.SET_MAIL: has_mail,
    }
    return _unless_done(FirstSteps(Kind.ADMIN, done, customer_id))


def find_for_author(viewer: Viewer, content_dir: Path) -> FirstSteps | None:
    """An author's; None where they are done or dismissed."""
    if not viewer.may(Action.SEE_LIBRARY):
        return None
    goal = exists().where(Goal.withdrawn_at.is_(None), Goal.id.not_in(_FOR_USMS))
    path = exists().where(
        LearningPath.withdrawn_at.is_(None), LearningPath.audience != Audience.USM
    )
    row = _ask(viewer, Kind.AUTHOR, goal, _is_published(), path)
    if row is None:
        return None
    has_goal, has_guide, has_path = row
    if all(row):
        return None
    shipped = _list_shipped()
    done = {
        Step.WRITE_GOAL: has_goal or bool(slugs(content_dir, "goals") - shipped),
        Step.WRITE_GUIDE: has_guide or bool(slugs(content_dir, "guides") - shipped),
        Step.WRITE_PATH: has_path or bool(slugs(content_dir, "paths") - shipped),
        Step.PUBLISH_FILES: has_goal and has_guide and has_path,
    }
    return _unless_done(FirstSteps(Kind.AUTHOR, done))


_organization = bindparam("organization_id", type_=Id)
_member = bindparam("member_id", type_=Id)
_other = aliased(Member)
_USM_STEPS = {
    Step.INVITE_PEOPLE: exists().where(
        _other.organization_id == _organization,
        _other.id != _member,
        _other.left_at.is_(None),
        or_(
            _other.invited_by == bindparam("person_id", type_=Id),
            _other.accepted_at.is_not(None),
        ),
    ),
    Step.CHOOSE_PATH: exists().where(
        Enrollment.organization_id == _organization, Enrollment.member_id == _member
    ),
    Step.FIRST_PROGRESS: exists().where(
        Enrollment.organization_id == _organization,
        Enrollment.member_id != _member,
        Enrollment.steps_passed > 0,
    ),
}
_USM_DISMISSED = exists().where(
    FirstStepsDismissal.organization_id == _organization,
    FirstStepsDismissal.member_id == _member,
    FirstStepsDismissal.kind == Kind.USM,
)
USM_STEPS = select(*_USM_STEPS.values()).where(~_USM_DISMISSED, not_(and_(*_USM_STEPS.values())))
"""Has a row while something is left to do; binds organization_id, member_id and person_id."""


def find_for_usm(viewer: Viewer) -> FirstSteps | None:
    """A success manager's; None where they are done or dismissed, and for who stands in."""
    if not viewer.may(Action.INVITE_PEOPLE) or viewer.stands_in_until:
        return None
    who = {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
    who["person_id"] = viewer.person_id
    row = db.connection().execute(USM_STEPS, who).one_or_none()
    return FirstSteps(Kind.USM, dict(zip(_USM_STEPS, row, strict=True))) if row else None


def dismiss(viewer: Viewer, kind: Kind) -> None:
    """Show these steps no more; a repeat changes nothing."""
    row = dict(organization_id=viewer.organization_id, member_id=viewer.member_id, kind=kind)
    upsert(
        FirstStepsDismissal,
        row | {"dismissed_at": clock.now()},
        on=("organization_id", "member_id", "kind"),
    )


def _ask(
    viewer: Viewer, kind: Kind, *questions: ColumnElement[Any] | Exists
) -> Sequence[Any] | None:
    """All questions in one statement; None where the list was dismissed."""
    dismissed = exists().where(
        FirstStepsDismissal.organization_id == viewer.organization_id,
        FirstStepsDismissal.member_id == viewer.member_id,
        FirstStepsDismissal.kind == kind,
    )
    is_dismissed, *answers = db.connection().execute(select(dismissed, *questions)).one()
    return None if is_dismissed else answers


def _is_published() -> Exists:
    own = select(Guide.id).where(Guide.goal_id.not_in(_FOR_USMS))
    return exists().where(CurrentRevision.guide_id.in_(own))


def _list_shipped() -> set[str]:
    """Names of the published files that serve success managers."""
    names = union_all(
        select(Goal.slug).where(Goal.id.in_(_FOR_USMS)),
        select(Guide.slug).where(Guide.goal_id.in_(_FOR_USMS)),
        select(LearningPath.slug).where(LearningPath.audience == Audience.USM),
    )
    return set(db.connection().execute(names).scalars())


def _unless_done(steps: FirstSteps) -> FirstSteps | None:
    left = [step for step, done in steps.done.items() if not done and step not in OPTIONAL]
    return steps if left else None
