"""What is wrong with guides, where, and how to mend it. Errors forbid publishing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from portal.guides.content import GoalSource, GuideSource
from portal.guides.files import Problem, Severity, nearest, slugs
from portal.guides.front_matter import Reading
from portal.guides.lint_text import Shelf, check_text, warning
from portal.guides.prose import read_prose
from portal.guides.writing.conventions import read_conventions
from portal.guides.writing.rules import Known, check_writing
from portal.i18n import gettext as _


def lint(
    guides: Reading[GuideSource],
    goals: Reading[GoalSource],
    today: date,
    known: Known | None = None,
) -> list[Problem]:
    """Problems of what was read, and those that reading found, by file and line.

    A draft is looked at like the others, but nothing in it forbids publishing the rest. What the
    rules for writing said of files that are still the same may be `known` (`check_writing`).
    """
    problems = [*goals.problems, *guides.problems, *_doubled(guides.sources)]
    shelf = _shelf(guides)
    texts = [(guide, read_prose(guide.body, guide.body_line)) for guide in guides.sources]
    for guide, prose in texts:
        found = [*_front_matter(guide, goals.slugs, shelf, today)]
        found += check_text(guide, prose, shelf)
        problems += [replace(p, severity="warning") for p in found] if guide.draft else found
    problems += _circles(guides.sources)
    problems += check_writing(texts, read_conventions(guides.renderer.content_dir), known)
    return sorted(problems, key=lambda problem: (problem.file, problem.line))


def _shelf(guides: Reading[GuideSource]) -> Shelf:
    anchors: dict[str, frozenset[str]] = {}
    for guide in guides.sources:
        ids = frozenset(heading.id for heading in guide.rendered.headings)
        anchors[guide.slug] = anchors.get(guide.slug, frozenset()) | ids
    offered = {guide.slug for guide in guides.sources if not guide.draft}
    drafts = frozenset(guide.slug for guide in guides.sources if guide.draft) - offered
    paths = slugs(guides.renderer.content_dir, "paths")
    return Shelf(anchors, guides.slugs, drafts, paths, guides.renderer)


def with_drafts(guides: Reading[GuideSource], drafts: Reading[GuideSource]) -> Reading[GuideSource]:
    """Guides and drafts together, as lint looks at them."""
    return Reading(
        guides.sources + drafts.sources,
        guides.problems + drafts.problems,
        guides.slugs | drafts.slugs,
        guides.renderer,
    )


def with_problems(guides: Iterable[GuideSource], problems: Iterable[Problem]) -> list[GuideSource]:
    """The guides, each with what was found in its file."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.file, []).append(problem)
    return [
        guide.model_copy(update={"problems": tuple(found.get(guide.file, ()))}) for guide in guides
    ]


def _doubled(guides: Iterable[GuideSource]) -> Iterator[Problem]:
    guides = tuple(guides)
    files = Counter((guide.slug, guide.language) for guide in guides)
    offered = Counter((guide.slug, guide.language) for guide in guides if not guide.draft)
    for guide in guides:
        if files[guide.slug, guide.language] > 1:
            what = _(
                "There are two files of the guide “%(name)s” in the language “%(language)s”.",
                name=guide.slug,
                language=guide.language,
            )
            line, mend = guide.line("language"), _("Keep one of them.")
            severity: Severity = "warning" if guide.draft else "error"
            if guide.draft or offered[guide.slug, guide.language] > 1:
                yield Problem(guide.file, line, what, mend, severity)


def _front_matter(
    guide: GuideSource, goals: frozenset[str], shelf: Shelf, today: date
) -> Iterator[Problem]:
    yield from _wrong_requirements(guide, shelf)
    if guide.goal not in goals:
        what = _("There is no goal “%(name)s”.", name=guide.goal)
        yield Problem(guide.file, guide.line("goal"), what, nearest(guide.goal, goals))
    if guide.review < today:
        what = _("The day for the next check has passed.")
        mend = _("Check the guide, then set “checked” and “review” anew.")
        yield warning(guide, guide.line("review"), what, mend)
    if guide.purpose.count(" and ") > 1:
        what = _("The purpose holds more than one thing.")
        yield warning(guide, guide.line("purpose"), what, _("Split the guide: one task each."))


def _wrong_requirements(guide: GuideSource, shelf: Shelf) -> Iterator[Problem]:
    for number, name in enumerate(guide.requires):
        line = guide.line("requires", number)
        what = _("There is no guide “%(name)s”.", name=name)
        if name not in shelf.guides:
            yield Problem(guide.file, line, what, nearest(name, shelf.guides))
        elif name in shelf.drafts and not guide.draft:
            mend = _("That guide is a draft: publish it too, or take it out.")
            yield Problem(guide.file, line, what, mend)


def _circles(guides: Iterable[GuideSource]) -> Iterator[Problem]:
    """Guides that would have to be done before themselves; each circle is named once."""
    guides = tuple(guides)
    wanted = {guide.slug: guide.requires for guide in guides}
    named: set[frozenset[str]] = set()
    for guide in guides:
        circle = _circle(guide.slug, wanted)
        if circle and frozenset(circle) not in named:
            named.add(frozenset(circle))
            steps = " → ".join((*circle, circle[0]))
            what = _("These guides each require the next one: %(steps)s", steps=steps)
            mend = _("Take one of them out of “requires”.")
            yield Problem(guide.file, guide.line("requires"), what, mend)


def _circle(start: str, wanted: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The way from a guide over what it requires back to it, or nothing."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop()
        for name in wanted.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()
