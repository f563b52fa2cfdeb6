"""Searches that found nothing, as authors see them: words, how often, and never whose."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from portal import db
from portal.access import Action, Viewer, require
from portal.accounts.models import Member, Organization
from portal.effectiveness.service.library import shows_sample
from portal.guides.search_models import SearchMiss
from portal.small_groups import SMALLEST

MOST = 100
FEWEST = 2
"""Organizations, and people in them."""


@dataclass(frozen=True, slots=True)
class Miss:
    """Words that nothing had."""

    words: str
    times: int
    last_at: datetime


def list_misses(viewer: Viewer) -> list[Miss]:
    """What people looked for in vain, the most frequent first. Read across organizations.

    What one person types may hold a name, or point at their customer. So words are shown once
    people of two organizations typed them, or five people of one. Who is a member of two is one
    person.
    """
    require(viewer, Action.SEE_LIBRARY)
    times, people = func.sum(SearchMiss.times), func.count(Member.person_id.distinct())
    organizations = func.count(SearchMiss.organization_id.distinct())
    query: Any = (
        select(SearchMiss.words, times, func.max(SearchMiss.last_at).label("last_at"))
        .join(Organization, Organization.id == SearchMiss.organization_id)
        .join(
            Member,
            and_(
                Member.organization_id == SearchMiss.organization_id,
                Member.id == SearchMiss.member_id,
            ),
        )
        .where(Organization.is_vendor.is_(False), Organization.is_sample.is_(shows_sample()))
        .group_by(SearchMiss.words)
        .having(or_(and_(organizations >= FEWEST, people >= FEWEST), people >= SMALLEST))
        .order_by(times.desc(), SearchMiss.words)
        .limit(MOST)
    )
    return [
        Miss(words, int(times), last_at) for words, times, last_at in db.session().execute(query)
    ]
