"""Publish paths: steps keep their identity while they move, and leave without being forgotten."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from portal import db, jobs
from portal.accounts.models import Organization
from portal.guides.models import Goal
from portal.guides.search_models import HitKind
from portal.guides.service.prepared import digest
from portal.guides.service.publishing import GuidesPlan
from portal.guides.service.search_index import Document, in_languages
from portal.guides.service.stored import RowChanges, compare
from portal.paths.content import PathSource
from portal.paths.models import Path, Step

NOT_COUNTED = {"title", "titles", "details", "translations"}
"""Columns of a step that say nothing of how far someone is."""

StepName = tuple[str, str]
"""A path's slug and a step's key."""

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class PathsPlan:
    """How paths and their steps have to change."""

    paths: RowChanges[str]
    steps: RowChanges[StepName]
    recount: Sequence[UUID]
    """Paths on which stored progress no longer says how far someone is."""

    def __bool__(self) -> bool:
        return bool(self.paths or self.steps or self.recount)


def plan(sources: Sequence[PathSource], guides: GuidesPlan) -> PathsPlan:
    """Compare the files with what is stored, on top of a plan for the guides.

    Takes only files that lint lets pass. A step whose guide is not offered leaves its path.
    """
    stored = {row.slug: row for row in db.session().execute(select(*Path.__table__.columns))}
    steps = {source.slug: _steps(source, guides) for source in sources}
    wanted = {s.slug: _path_values(s, guides, len(steps[s.slug])) for s in sources}
    paths = compare(stored, wanted)
    step_changes = compare(
        _stored_steps(steps),
        {
            (slug, step["key"]): step | {"path_id": paths.ids[slug]}
            for slug, found in steps.items()
            for step in found
        },
    )
    other_rhythm = {goal for goal, columns in guides.goals.changed.items() if "rhythm" in columns}
    rhythms = {source.slug for source in sources if source.goal in other_rhythm}
    return PathsPlan(paths, step_changes, _recount(paths, step_changes, rhythms))


def write(changes: PathsPlan, now: datetime) -> None:
    """Write a plan into the running transaction, with the work that follows from it."""
    changes.paths.write(Path, now)
    changes.steps.write(Step, now)
    if changes.recount:
        customers = select(Organization.id).where(Organization.is_vendor.is_(False))
        for organization_id in db.session().scalars(customers).all():
            for path_id in changes.recount:
                jobs.enqueue("paths.recount", organization_id, str(path_id))


def list_documents() -> list[Document]:
    """Paths on offer, for the search index."""
    query = (
        select(
            *(Path.id, Path.slug, Path.language, Path.title, Path.html, Path.translations),
            *(Goal.title.label("goal"), Goal.titles.label("goals")),
        )
        .join(Goal, Goal.id == Path.goal_id)
        .where(Path.withdrawn_at.is_(None))
    )
    rows = db.session().execute(query).all()
    return [d for row in rows for d in in_languages(HitKind.PATH, row, row.language)]


def _path_values(source: PathSource, guides: GuidesPlan, steps_total: int) -> dict[str, Any]:
    values = {
        "slug": source.slug,
        "language": source.language,
        "title": source.title,
        "html": source.rendered.html,
        "jobs": list(source.jobs),
        "audience": source.audience,
        "steps_total": steps_total,
    }
    values |= {"translations": {name: dict(said) for name, said in source.translations.items()}}
    return values | {
        "titles": {name: said["title"] for name, said in source.translations.items()},
        "goal_id": guides.goals.ids[source.goal],
        "source_hash": digest(values | {"goal": source.goal}),
    }


def _steps(source: PathSource, guides: GuidesPlan) -> list[dict[str, Any]]:
    written = zip(
        *(source.steps, source.step_details, source.step_titles, source.step_translations),
        strict=True,
    )
    offered = [one for one in written if one[0].guide is None or one[0].guide in guides.titles]
    return [
        {
            "key": step.key,
            "position": position,
            "kind": step.kind,
            "guide_id": guides.guides.ids[step.guide] if step.guide else None,
            "title": guides.titles[step.guide] if step.guide else step.name,
            "is_optional": step.optional,
            "helps_with": step.helps_with,
            "titles": dict(guides.titles_in[step.guide]) if step.guide else titles,
            "details": details,
            "translations": translations,
        }
        for position, (step, details, titles, translations) in enumerate(offered, start=1)
    ]


def _stored_steps(of_paths: Collection[str]) -> dict[StepName, AnyRow]:
    """Steps of the paths on offer; those of a withdrawn path stay as they are, it may return."""
    query = select(Path.slug.label("path"), *Step.__table__.columns).join(
        Path, Path.id == Step.path_id
    )
    rows = db.session().execute(query)
    return {(row.path, row.key): row for row in rows if row.path in of_paths}


def _recount(
    paths: RowChanges[str], steps: RowChanges[StepName], rhythms: Collection[str]
) -> list[UUID]:
    """Paths with other steps than before, and those whose goal, and with it the rhythm, changed.

    A new title or text of a step moves nobody. A new path has nobody on it.
    """
    touched = {slug for slug, _key in (*steps.added, *steps.returned, *steps.withdrawn)}
    touched |= {slug for (slug, _key), columns in steps.changed.items() if columns - NOT_COUNTED}
    touched |= {slug for slug, columns in paths.changed.items() if "goal_id" in columns}
    touched |= {*rhythms, *paths.returned}
    return [paths.ids[slug] for slug in sorted(touched - {*paths.added})]
