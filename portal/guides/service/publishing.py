"""Publish goals and guides: what was read stays as it was, what changed becomes a new revision.

Everything that a revision keeps of its file makes one when it changes: the text, and of the front
matter all that is read in it or asked because of it. The rest (goal, maintainer, dates) is about
the guide and is only updated. `plan` reads and decides; `write` writes, a few statements however
many guides there are. A plan of files that are stored already is false, and nothing is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, delete, func, insert, select, update

from portal import db
from portal.guides.models import CurrentRevision, Goal, Guide, GuidePdf, Revision
from portal.guides.service.prepared import ReadyGuide, ReadyGuides, ReadyRevision
from portal.guides.service.stored import RowChanges, compare
from portal.ids import new_id

AnyRow = Row[*tuple[Any, ...]]
Place = tuple[UUID, str]
"""A guide and a language."""


@dataclass(frozen=True, slots=True)
class RevisionChanges:
    """New revisions, and which one is read in each language of each guide."""

    added: list[dict[str, Any]]
    pointed: list[dict[str, Any]]
    """Rows of `current_revision` that are new or differ."""
    dropped: list[Place]
    """Languages that a guide on offer no longer has."""
    rendered: list[dict[str, Any]]
    """Revisions whose text is the same, but is rendered in another way today."""

    def __bool__(self) -> bool:
        return bool(self.added or self.pointed or self.dropped)


@dataclass(frozen=True, slots=True)
class GuidesPlan:
    """How goals and guides have to change."""

    goals: RowChanges[str]
    guides: RowChanges[str]
    revisions: RevisionChanges
    titles: Mapping[str, str]
    """Of the guides on offer, by slug."""
    titles_in: Mapping[str, Mapping[str, str]]
    """The same in the languages that they are not listed in."""

    def __bool__(self) -> bool:
        return bool(self.goals or self.guides or self.revisions)

    @property
    def revised(self) -> int:
        """How many new revisions there are of guides that were stored before."""
        new = {self.guides.ids[slug] for slug in self.guides.added}
        return sum(row["guide_id"] not in new for row in self.revisions.added)


def plan(ready: ReadyGuides) -> GuidesPlan:
    """Compare what the files say with what is stored."""
    goals = compare(_stored(Goal), ready.goals)
    guides = compare(
        _stored(Guide),
        {
            slug: {**guide.values, "goal_id": goals.ids[guide.goal]}
            for slug, guide in ready.guides.items()
        },
    )
    titles = {slug: guide.values["title"] for slug, guide in ready.guides.items()}
    titles_in = {
        slug: {one.language: one.values["title"] for one in guide.revisions[1:]}
        for slug, guide in ready.guides.items()
    }
    revisions = _plan_revisions(ready.guides, guides.ids)
    return GuidesPlan(goals, guides, revisions, titles, titles_in)


def write(changes: GuidesPlan, now: datetime) -> None:
    """Write a plan into the running transaction, parents first."""
    session = db.session()
    changes.goals.write(Goal, now)
    changes.guides.write(Guide, now)
    revisions = changes.revisions
    if revisions.added:
        session.execute(insert(Revision), [row | {"published_at": now} for row in revisions.added])
    if revisions.rendered:
        session.execute(update(Revision), revisions.rendered)
        drawn = [row["id"] for row in revisions.rendered]
        session.execute(delete(GuidePdf).where(GuidePdf.revision_id.in_(drawn)))
    gone = [*revisions.dropped, *((row["guide_id"], row["language"]) for row in revisions.pointed)]
    if gone:
        places = [{"of_guide": guide_id, "in_language": language} for guide_id, language in gone]
        session.connection().execute(_FORGET, places)
    if revisions.pointed:
        session.execute(insert(CurrentRevision), revisions.pointed)


_FORGET = delete(CurrentRevision).where(
    CurrentRevision.guide_id == bindparam("of_guide"),
    CurrentRevision.language == bindparam("in_language"),
)


def _stored(model: type[Goal] | type[Guide]) -> dict[str, AnyRow]:
    rows = db.session().execute(select(*model.__table__.columns)).all()
    return {row.slug: row for row in rows}


def _plan_revisions(
    guides: Mapping[str, ReadyGuide], guide_ids: Mapping[str, UUID]
) -> RevisionChanges:
    latest, current = _latest_revisions(), _current_revisions()
    added, pointed, wanted, rendered = [], [], set(), []
    for slug, guide in guides.items():
        for ready in guide.revisions:
            place = guide_ids[slug], ready.language
            revision_id, new = _revision(place[0], ready, latest.get(place))
            added += [new] if new else []
            wanted.add(place)
            if not new and place in current and current[place].render_key != ready.render_key:
                rendered.append({"id": revision_id, **_rendering(ready)})
            pointer = {
                "guide_id": place[0],
                "language": ready.language,
                "revision_id": revision_id,
                "title": ready.values["title"],
                "problems": ready.values["problems"],
                "render_key": ready.render_key,
            }
            if place not in current or pointer != current[place]._mapping:
                pointed.append(pointer)
    offered = {guide_ids[slug] for slug in guides}
    dropped = [place for place in current if place[0] in offered and place not in wanted]
    return RevisionChanges(added, pointed, dropped, rendered)


def _rendering(ready: ReadyRevision) -> dict[str, Any]:
    return {name: ready.values[name] for name in ("html", "text", "headings")}


def _revision(
    guide_id: UUID, ready: ReadyRevision, previous: AnyRow | None
) -> tuple[UUID, dict[str, Any] | None]:
    """The revision to be read in a language: the latest, or a new one with its row."""
    if previous is not None and previous.source_hash == ready.source_hash:
        return previous.id, None
    row: dict[str, Any] = {
        "id": new_id(),
        "guide_id": guide_id,
        "number": previous.number + 1 if previous else 1,
        "measured_with": _continued(ready, previous),
        **ready.values,
    }
    return row["id"], row


def _continued(ready: ReadyRevision, previous: AnyRow | None) -> UUID | None:
    """The first revision of the chain that a small correction belongs to.

    None across kinds, whatever the file says: their readers answer different questions.
    """
    if not ready.is_correction or previous is None or previous.kind != ready.values["kind"]:
        return None
    first: UUID = previous.measured_with or previous.id
    return first


def _latest_revisions() -> dict[Place, AnyRow]:
    newest = (
        select(Revision.guide_id, Revision.language, func.max(Revision.number).label("number"))
        .group_by(Revision.guide_id, Revision.language)
        .subquery()
    )
    query = select(
        *(Revision.id, Revision.guide_id, Revision.language, Revision.number),
        *(Revision.measured_with, Revision.kind, Revision.source_hash),
    ).join(
        newest,
        and_(
            Revision.guide_id == newest.c.guide_id,
            Revision.language == newest.c.language,
            Revision.number == newest.c.number,
        ),
    )
    return {(row.guide_id, row.language): row for row in db.session().execute(query)}


def _current_revisions() -> dict[Place, AnyRow]:
    rows = db.session().execute(select(*CurrentRevision.__table__.columns))
    return {(row.guide_id, row.language): row for row in rows}
