"""The author's library: which guides there are, what waits for somebody, what lint says."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, func, select

from portal import db
from portal.access import Action, Viewer, require
from portal.errors import NotFound
from portal.folding import fold
from portal.guides.content import Problem
from portal.guides.models import CurrentRevision, Goal, Guide, GuideKind, Revision
from portal.guides.service.titles import title_in
from portal.i18n import gettext as _
from portal.paging import AnySelect

PAGE = 60
MOST_WORDS = 8
"""Looked for at once; further ones are left out."""


class Show(StrEnum):
    """Which guides are listed."""

    OFFERED = "offered"
    DUE = "due"
    WARNED = "warned"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class LibraryFilter:
    """What an author looks for; by default every guide on offer."""

    show: Show = Show.OFFERED
    kind: GuideKind | None = None
    words: str = ""
    """Each of them has to be in the title, the address or the maintainer's name."""


@dataclass(frozen=True, slots=True)
class GuideRow:
    """A guide as a row of the library."""

    slug: str
    title: str
    kind: GuideKind
    goal: str
    maintainer: str
    review_on: date
    is_due: bool
    language: str
    number: int
    published_at: datetime
    warnings: int


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """How many guides are on offer, and what waits for somebody."""

    offered: int
    due: int
    warned: int
    withdrawn: int


def count_guides(viewer: Viewer) -> LibraryCounts:
    """Count the guides of the whole library, whatever is filtered."""
    require(viewer, Action.SEE_LIBRARY)
    counts = [func.count(case((_shown(show, viewer), 1))) for show in Show]
    found = dict(zip(Show, db.session().execute(select(*counts)).one(), strict=True))
    return LibraryCounts(**{show.value: number for show, number in found.items()})


def guides_query(viewer: Viewer, wanted: LibraryFilter) -> AnySelect:
    """The guides that are looked for, as rows of `guide_row`; whoever lists them orders them."""
    return (
        select(
            *(Guide.slug, Guide.title, Guide.kind),
            *(title_in(Goal, viewer.locale).label("goal"), Guide.maintainer),
            *(Guide.review_on, Guide.language, Revision.number, Revision.published_at),
            *(Guide.warnings, Guide.title_key, Guide.id),
        )
        .join(Goal, Goal.id == Guide.goal_id)
        .join(CurrentRevision, _in_its_language())
        .join(Revision, Revision.id == CurrentRevision.revision_id)
        .where(*_conditions(wanted, viewer))
    )


def _in_its_language() -> ColumnElement[bool]:
    return and_(CurrentRevision.guide_id == Guide.id, CurrentRevision.language == Guide.language)


def _conditions(wanted: LibraryFilter, viewer: Viewer) -> list[ColumnElement[bool]]:
    conditions = [_shown(wanted.show, viewer)]
    if wanted.kind:
        conditions.append(Guide.kind == wanted.kind)
    words = fold(wanted.words).split()[:MOST_WORDS]
    return conditions + [Guide.words_key.contains(word, autoescape=True) for word in words]


def _shown(show: Show, viewer: Viewer) -> ColumnElement[bool]:
    offered = Guide.withdrawn_at.is_(None)
    return {
        Show.OFFERED: offered,
        Show.DUE: and_(offered, Guide.review_on < viewer.today()),
        Show.WARNED: and_(offered, Guide.warnings > 0),
        Show.WITHDRAWN: Guide.withdrawn_at.is_not(None),
    }[show]


def guide_row(row: Row[Any], today: date) -> GuideRow:
    """A row of `guides_query`, on the reader's day."""
    return GuideRow(
        *(row.slug, row.title, GuideKind(row.kind), row.goal, row.maintainer, row.review_on),
        *(row.review_on < today, row.language, row.number, row.published_at, row.warnings),
    )


@dataclass(frozen=True, slots=True)
class LibraryGuide:
    """A guide as its author sees it."""

    id: UUID
    slug: str
    title: str
    kind: GuideKind
    goal: str
    maintainer: str
    checked_on: date
    review_on: date
    is_due: bool
    withdrawn_at: datetime | None
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    """By language; a language without any is left out."""


def get_guide(viewer: Viewer, slug: str) -> LibraryGuide:
    """A guide with what lint says of it today, withdrawn ones too. Raises NotFound."""
    require(viewer, Action.SEE_LIBRARY)
    query = (
        select(
            *(Guide, title_in(Goal, viewer.locale).label("goal")),
            *(CurrentRevision.language, CurrentRevision.problems),
        )
        .join(Goal, Goal.id == Guide.goal_id)
        .join(CurrentRevision, CurrentRevision.guide_id == Guide.id)
        .where(Guide.slug == slug)
        .order_by(CurrentRevision.language)
    )
    rows = db.session().execute(query).all()
    if not rows:
        raise _no_such_guide()
    guide: Guide = rows[0].Guide
    return LibraryGuide(
        *(guide.id, guide.slug, guide.title, GuideKind(guide.kind), rows[0].goal),
        *(guide.maintainer, guide.checked_on, guide.review_on),
        is_due=guide.review_on < viewer.today(),
        withdrawn_at=guide.withdrawn_at,
        problems={
            row.language: [Problem(**p) for p in row.problems] for row in rows if row.problems
        },
    )


def _no_such_guide() -> NotFound:
    return NotFound(_("There is no such guide in the library. Look for it in the list."))
