"""Goals and guides made ready to be stored, before any transaction: pure, and done once."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from portal.folding import fold
from portal.guides.content import GoalSource, GuideSource, Problem
from portal.guides.files import DEFAULT_LANGUAGE
from portal.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class ReadyRevision:
    """A guide's file in one language."""

    language: str
    source_hash: str
    """Of all that makes a new revision when it changes."""
    values: Mapping[str, Any]
    """Columns of a new revision, without what depends on the one before."""
    is_correction: bool
    render_key: str


@dataclass(frozen=True, slots=True)
class ReadyGuide:
    """A guide in all its languages; the first one is the one that it is listed in."""

    goal: str
    values: Mapping[str, Any]
    """Columns of the guide, without its goal's id."""
    revisions: tuple[ReadyRevision, ...]


@dataclass(frozen=True, slots=True)
class ReadyGuides:
    """What is to be stored, by slug."""

    goals: Mapping[str, Mapping[str, Any]]
    guides: Mapping[str, ReadyGuide]


def prepare(goals: Iterable[GoalSource], guides: Iterable[GuideSource]) -> ReadyGuides:
    """Make ready what lint lets pass."""
    return ReadyGuides(
        {slug: _goal_values(sources) for slug, sources in _by_slug(goals).items()},
        {slug: _guide(sources) for slug, sources in _by_slug(guides).items()},
    )


InLanguage = TypeVar("InLanguage", GoalSource, GuideSource)


def _by_slug(sources: Iterable[InLanguage]) -> dict[str, list[InLanguage]]:
    """The languages of each name, the default one first."""
    found: dict[str, list[InLanguage]] = {}
    for source in sorted(
        sources, key=lambda s: (s.slug, s.language != DEFAULT_LANGUAGE, s.language)
    ):
        found.setdefault(source.slug, []).append(source)
    return found


def reminders(guides: Iterable[GuideSource]) -> list[Problem]:
    """What an author is told about corrections: the mark has to go before the next change."""
    what = _("This is published as a small correction, which continues the figures so far.")
    mend = _("Take “correction” out afterwards, or the next change continues them as well.")
    corrections = [guide for guide in guides if guide.correction]
    return [Problem(g.file, g.line("correction"), what, mend, "warning") for g in corrections]


def digest(values: Mapping[str, Any]) -> str:
    """One word that differs when any of the values does."""
    plain = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _goal_values(sources: list[GoalSource]) -> dict[str, Any]:
    goal, *others = sources
    translations = {
        other.language: {
            "title": other.title,
            "html": other.rendered.html,
            "evidence": other.evidence,
        }
        for other in others
    }
    values = {
        "slug": goal.slug,
        "title": goal.title,
        "html": goal.rendered.html,
        "rhythm": goal.rhythm,
        "evidence": goal.evidence,
        "first_value": goal.first_value,
        "feature_sets": list(goal.feature_sets),
    }
    said = values | ({"translations": translations} if translations else {})
    titles = {language: words["title"] for language, words in translations.items()}
    return values | {
        "translations": translations,
        "titles": titles,
        "source_hash": digest(said),
    }


def _guide(sources: list[GuideSource]) -> ReadyGuide:
    guide = sources[0]
    values = {
        "slug": guide.slug,
        "kind": guide.kind,
        "maintainer": guide.maintainer,
        "checked_on": guide.checked,
        "review_on": guide.review,
        "language": guide.language,
        "title": guide.title,
        "title_key": fold(guide.title),
        "words_key": fold(f"{guide.title} {guide.slug} {guide.maintainer}"),
        "warnings": sum(len(source.problems) for source in sources),
    }
    return ReadyGuide(guide.goal, values, tuple(_revision(source) for source in sources))


def _revision(source: GuideSource) -> ReadyRevision:
    read = {
        "kind": source.kind,
        "title": source.title,
        "purpose": source.purpose,
        "minutes": source.minutes,
        "jobs": list(source.jobs),
        "evidence": source.evidence,
        "checklist": list(source.checklist),
    }
    added = {
        "if_then": source.if_then,
        "follow_up_question": source.follow_up,
        "features": list(source.features),
    }
    # What is not said counts as it did before the keys were known: no revision without a change.
    said = {key: value for key, value in (added | {"uses": dict(source.uses)}).items() if value}
    source_hash = digest(read | said | {"body": source.body})
    values = (
        read
        | added
        | {
            "language": source.language,
            "headings": [asdict(heading) for heading in source.rendered.headings],
            "source": source.source,
            "source_hash": source_hash,
            "html": source.rendered.html,
            "text": source.rendered.text,
            "problems": [asdict(problem) for problem in source.problems],
        }
    )
    return ReadyRevision(source.language, source_hash, values, source.correction, source.render_key)
