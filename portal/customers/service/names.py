"""The names of a customer's people, where an owner lets the vendor's staff read them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from portal import paging
from portal.access import Action, Viewer, require
from portal.accounts.models import Member
from portal.accounts.service import staff_looks
from portal.guides.service.titles import title_in
from portal.paging import AnySelect, OrderColumn, Page
from portal.paths.models import Path
from portal.paths.progress_models import Enrollment
from portal.paths.service.fitted import STEPS_TOTAL

PAGE = 60


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A member of a customer's, with where they are and with no answer of theirs."""

    member_id: UUID
    name: str
    accepted_at: datetime | None
    path: str | None
    steps_passed: int | None
    steps_total: int | None
    finished_at: datetime | None


@lru_cache
def _people(locale: str) -> AnySelect:
    return (
        select(
            Member.id,
            Member.display_name,
            Member.accepted_at,
            title_in(Path, locale).label("title"),
            Enrollment.steps_passed,
            STEPS_TOTAL,
            Enrollment.finished_at,
            Member.name_key,
        )
        .outerjoin(
            Enrollment,
            and_(
                Enrollment.organization_id == Member.organization_id,
                Enrollment.member_id == Member.id,
                Enrollment.is_current,
            ),
        )
        .outerjoin(Path, Path.id == Enrollment.path_id)
        .where(Member.left_at.is_(None))
    )


_ORDER: list[tuple[OrderColumn, Callable[[Any], Any]]] = [
    (Member.name_key.expression, lambda row: row.name_key),
    (Member.id.expression, lambda row: row.id),
]


def list_names(viewer: Viewer, after: str | None) -> Page[NamedPerson] | None:
    """One page of the people of the customer at hand, by name; None where no owner allows it.

    Whoever shows it writes the look down for the owner: `staff_looks.look`.
    """
    require(viewer, Action.SEE_CUSTOMERS)
    if not staff_looks.may_see_names(viewer.organization_id):
        return None
    people = _people(viewer.locale).where(Member.organization_id == viewer.organization_id)
    page = paging.paginate(people, _ORDER, after, PAGE)
    return Page([NamedPerson(*row[:7]) for row in page.rows], page.next)
