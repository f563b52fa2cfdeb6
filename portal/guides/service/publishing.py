"""Publish goals and guides: what was read stays as it was, what changed becomes a new revision.

Everything that a revision keeps of its file makes one when it changes: the text, and of the front
matter kind, title, purpose, minutes, jobs, evidence and checklist. The rest (goal, maintainer,
dates) is about the guide, not read in it, and is only updated. `plan` reads and decides; `write`
writes, a few statements however many guides there are. A plan of files that are stored already is
false, and nothing is written.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, delete, func, insert, select

from portal import db
from portal.folding import fold
from portal.guides.content import GoalSource, GuideSource, Problem
from portal.guides.files import DEFAULT_LANGUAGE
from portal.guides.models import CurrentRevision, Goal, Guide, Revision
from portal.guides.service.stored import RowChanges, compare
from portal.i18n import gettext as _

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

    def __bool__(self) -> bool:
        return bool(self.added or self.pointed or self.dropped)


@dataclass(frozen=True, slots=True)
class GuidesPlan:
    """How goals and guides have to change."""

    goals: RowChanges[str]
    guides: RowChanges[str]
    revisions: RevisionChanges
    titles: Mapping[str, str] = field(default_factory=dict)
    """Of the guides on offer, by slug."""

    def __bool__(self) -> bool:
        return bool(self.goals or self.guides or self.revisions)

    @property
    def revised(self) -> int:
        """How many new revisions there are of guides that were stored before."""
        new = {self.guides.ids[slug] for slug in self.guides.added}
        return sum(row["guide_id"] not in new for row in self.revisions.added)


def plan(goals: Sequence[GoalSource], guides: Sequence[GuideSource]) -> GuidesPlan:
    """Compare the files with what is stored. Takes only files that lint lets pass."""
    goal_changes = compare(_stored(Goal), {goal.slug: _goal_values(goal) for goal in goals})
    sources = _by_language(guides)
    wanted = {slug: _guide_values(found, goal_changes.ids) for slug, found in sources.items()}
    guide_changes = compare(_stored(Guide), wanted)
    titles = {slug: values["title"] for slug, values in wanted.items()}
    return GuidesPlan(
        goal_changes, guide_changes, _plan_revisions(sources, guide_changes.ids), titles
    )


def reminders(guides: Iterable[GuideSource]) -> list[Problem]:
    """What an author is told about corrections: the mark has to go before the next change."""
    what = _("This is published as a small correction, which continues the figures so far.")
    mend = _("Take “correction” out afterwards, or the next change continues them as well.")
    corrections = [guide for guide in guides if guide.correction]
    return [Problem(g.file, g.line("correction"), what, mend, "warning") for g in corrections]


def write(changes: GuidesPlan, now: datetime) -> None:
    """Write a plan into the running transaction, parents first."""
    session = db.session()
    changes.goals.write(Goal, now)
    changes.guides.write(Guide, now)
    revisions = changes.revisions
    if revisions.added:
        session.execute(insert(Revision), [row | {"published_at": now} for row in revisions.added])
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


def _by_language(guides: Sequence[GuideSource]) -> dict[str, dict[str, GuideSource]]:
    """Each guide's files by language, the one that it is listed in first."""
    found: dict[str, dict[str, GuideSource]] = {}
    for guide in sorted(guides, key=lambda g: (g.slug, g.language != DEFAULT_LANGUAGE, g.language)):
        found.setdefault(guide.slug, {})[guide.language] = guide
    return found


def _goal_values(goal: GoalSource) -> dict[str, Any]:
    values = {
        "slug": goal.slug,
        "title": goal.title,
        "html": goal.rendered.html,
        "rhythm": goal.rhythm,
        "evidence": goal.evidence,
        "first_value": goal.first_value,
        "feature_sets": list(goal.feature_sets),
    }
    return values | {"source_hash": digest(values)}


def _guide_values(
    languages: Mapping[str, GuideSource], goal_ids: Mapping[str, UUID]
) -> dict[str, Any]:
    guide = next(iter(languages.values()))
    return {
        "slug": guide.slug,
        "kind": guide.kind,
        "goal_id": goal_ids[guide.goal],
        "maintainer": guide.maintainer,
        "checked_on": guide.checked,
        "review_on": guide.review,
        "language": guide.language,
        "title": guide.title,
        "title_key": fold(guide.title),
        "words_key": fold(f"{guide.title} {guide.slug} {guide.maintainer}"),
        "warnings": sum(len(_problems(source)) for source in languages.values()),
    }


def _plan_revisions(
    sources: Mapping[str, Mapping[str, GuideSource]], guide_ids: Mapping[str, UUID]
) -> RevisionChanges:
    latest, current = _latest_revisions(), _current_revisions()
    added, pointed, wanted = [], [], set()
    for slug, languages in sources.items():
        for language, source in languages.items():
            place = guide_ids[slug], language
            revision_id, new = _revision(place, source, latest.get(place))
            added += [new] if new else []
            wanted.add(place)
            pointer = {
                "guide_id": place[0],
                "language": language,
                "revision_id": revision_id,
                "title": source.title,
                "problems": _problems(source),
            }
            if place not in current or pointer != current[place]._mapping:
                pointed.append(pointer)
    offered = {guide_ids[slug] for slug in sources}
    dropped = [place for place in current if place[0] in offered and place not in wanted]
    return RevisionChanges(added, pointed, dropped)


def _revision(
    place: Place, source: GuideSource, previous: AnyRow | None
) -> tuple[UUID, dict[str, Any] | None]:
    """The revision to be read in a language: the latest, or a new one with its row."""
    values = _revision_values(source)
    source_hash = digest(values | {"body": source.body})
    if previous is not None and previous.source_hash == source_hash:
        return previous.id, None
    row: dict[str, Any] = {
        "id": db.new_id(),
        "guide_id": place[0],
        "language": place[1],
        "number": previous.number + 1 if previous else 1,
        "measured_with": _continued(source, previous),
        "headings": [asdict(heading) for heading in source.rendered.headings],
        "source": source.source,
        "source_hash": source_hash,
        "html": source.rendered.html,
        "text": source.rendered.text,
        "problems": _problems(source),
    }
    return row["id"], row | values


def _revision_values(source: GuideSource) -> dict[str, Any]:
    """What a revision keeps of its front matter."""
    return {
        "kind": source.kind,
        "title": source.title,
        "purpose": source.purpose,
        "minutes": source.minutes,
        "jobs": list(source.jobs),
        "evidence": source.evidence,
        "checklist": list(source.checklist),
    }


def _continued(source: GuideSource, previous: AnyRow | None) -> UUID | None:
    """The first revision of the chain that a small correction belongs to.

    None across kinds, whatever the file says: their readers answer different questions.
    """
    if not source.correction or previous is None or previous.kind != source.kind:
        return None
    first: UUID = previous.measured_with or previous.id
    return first


def _problems(source: GuideSource) -> list[dict[str, Any]]:
    return [asdict(problem) for problem in source.problems]


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


def digest(values: Mapping[str, Any]) -> str:
    """One word that differs when any of the values does."""
    plain = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()
