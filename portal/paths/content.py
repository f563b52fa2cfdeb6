"""What authors write about paths: the keys of the front matter, and reading it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator

from portal.errors import Invalid
from portal.guides.content import GOAL, JOBS, TITLE, a_language, each_once
from portal.guides.files import DEFAULT_LANGUAGE, Document, Problem, nearest, slugs
from portal.guides.front_matter import (
    FrontMatter,
    Name,
    Reading,
    Rule,
    Slug,
    Title,
    Written,
    read,
)
from portal.guides.rendering import Renderer
from portal.guides.snippets import BadSnippet
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _later
from portal.paths.models import Audience, StepKind
from portal.paths.step_content import StepLine
from portal.paths.translated_content import (
    PathWords,
    PathWordsSource,
    check_against,
    step_words,
)

AUDIENCE = Rule(
    _later("`everybody`, or `usm` for the path that makes a success manager of somebody"),
    "everybody",
)

__all__ = ["PathFile", "PathSource", "StepLine", "read_paths"]


class PathFile(FrontMatter):
    """The front matter of `content/paths/NAME.md`."""

    language: Annotated[str, Rule(_later("a language, or leave it out for English"), "en")] = (
        DEFAULT_LANGUAGE
    )
    title: Annotated[Title, TITLE]
    goal: Annotated[Slug, GOAL]
    jobs: Annotated[tuple[Name, ...], Field(max_length=20), JOBS] = ()
    audience: Annotated[Audience, AUDIENCE] = Audience.EVERYBODY
    steps: Annotated[
        tuple[StepLine, ...],
        Field(min_length=2, max_length=60),
        Rule(
            _later("a list of guides, tasks, checks and sessions that ends with a milestone"),
            "[{guide: first-guide}, {guide: another, optional: true}, {milestone: A first week}]",
        ),
    ]

    @field_validator("language")
    @classmethod
    def _is_a_language(cls, value: str) -> str:
        return a_language(value)

    @field_validator("jobs")
    @classmethod
    def _names_each_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return each_once(values)

    @field_validator("steps")
    @classmethod
    def _ends_with_a_milestone(cls, steps: tuple[StepLine, ...]) -> tuple[StepLine, ...]:
        if steps[-1].milestone is None:
            raise ValueError(_("the last step is no milestone"))
        if not any(step.guide for step in steps):
            raise ValueError(_("there is no guide on it"))
        return steps


class PathSource(PathFile, Written):
    """A path's file, read, with what is written of it in other languages."""

    step_details: tuple[dict[str, Any], ...] = ()
    """What is stored of each step."""
    translations: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    """By language: title and HTML."""
    step_titles: tuple[dict[str, str], ...] = ()
    """Of each step by language; none of guides, which have their own."""
    step_translations: tuple[dict[str, dict[str, Any]], ...] = ()
    """Of each step by language: what of its details is written in it."""


def read_paths(content_dir: Path, renderer: Renderer | None = None) -> Reading[PathSource]:
    """Read `content_dir/paths`, and check that its goals and guides are there."""
    found = read(content_dir, "paths", PathFile, PathSource, renderer, _is_own)
    translated = read(
        content_dir, "paths", PathWords, PathWordsSource, found.renderer, lambda d: not _is_own(d)
    )
    goals, guides = slugs(content_dir, "goals"), slugs(content_dir, "guides")
    # What could not be taken apart stands in both.
    problems = list(dict.fromkeys((*found.problems, *translated.problems)))
    problems += _orphans(content_dir, translated)
    sound: list[PathSource] = []
    for path in found.sources:
        words = [source for source in translated.sources if source.slug == path.slug]
        wrong = [*_unknown_goal(path, goals), *_wrong_steps(path, guides)]
        wrong += (problem for source in words for problem in check_against(path, source))
        if not wrong:
            path, wrong = _with_steps(path, words, found.renderer)
        problems += wrong
        sound += [] if wrong else [path]
    if not problems:
        problems += _goals_without_a_path(content_dir, goals - {path.goal for path in sound})
    return Reading(tuple(sound), tuple(problems), found.slugs, found.renderer)


def _is_own(document: Document) -> bool:
    return document.language is None


def _orphans(content_dir: Path, translated: Reading[PathWordsSource]) -> Iterator[Problem]:
    for source in translated.sources:
        if not (content_dir / "paths" / f"{source.slug}.md").exists():
            what = _("There is no %(name)s.md, which says what the steps are.", name=source.slug)
            mend = _("Write it, or take the language out of this file's name.")
            yield Problem(source.file, 1, what, mend)


def _goals_without_a_path(content_dir: Path, names: Iterable[str]) -> Iterator[Problem]:
    for name in sorted(names):
        what = _("No path leads to this goal: nobody can choose it.")
        mend = _("Write a path with “goal: %(name)s”, or take the goal out.", name=name)
        file = f"{content_dir.resolve().name}/goals/{name}.md"
        yield Problem(file, 1, what, mend, "warning")


def _with_steps(
    path: PathSource, words: Sequence[PathWordsSource], renderer: Renderer
) -> tuple[PathSource, list[Problem]]:
    """The path with each step's texts rendered in all its languages, and what can't be."""
    problems: list[Problem] = []
    details: list[dict[str, Any]] = []
    titles: list[dict[str, str]] = []
    translations: list[dict[str, dict[str, Any]]] = []
    for number, step in enumerate(path.steps):
        with _noting(problems, path, number):
            text = renderer.render(step.text, path.language).rendered.html if step.text else ""
            details.append(step.details(text))
        said_in: dict[str, dict[str, Any]] = {}
        for source in words:
            with _noting(problems, source, number):
                language = source.language
                said_in[language] = step_words(step, source.steps[number], renderer, language)
        said = {source.language: source.steps[number].name for source in words}
        titles.append({} if step.guide else said)
        translations.append({language: found for language, found in said_in.items() if found})
    found = {
        "step_details": tuple(details),
        "step_titles": tuple(titles),
        "step_translations": tuple(translations),
        "translations": {
            source.language: {"title": source.title, "html": source.rendered.html}
            for source in words
        },
    }
    return path.model_copy(update=found), problems


@contextmanager
def _noting(problems: list[Problem], source: Written, step: int) -> Iterator[None]:
    """Note what forbids to render a step's text."""
    line = source.line("steps", step)
    try:
        yield
    except Invalid as error:
        problems.append(Problem(source.file, line, error.message, ""))
    except BadSnippet as bad:
        problems.append(Problem(source.file, line, bad.what, bad.mend))


def _unknown_goal(path: PathSource, goals: frozenset[str]) -> Iterator[Problem]:
    if path.goal not in goals:
        what = _("There is no goal “%(name)s”.", name=path.goal)
        yield Problem(path.file, path.line("goal"), what, nearest(path.goal, goals))


def _wrong_steps(path: PathSource, guides: frozenset[str]) -> Iterator[Problem]:
    seen: set[tuple[StepKind, str]] = set()
    for number, step in enumerate(path.steps):
        name = step.name
        line = path.line("steps", number)
        if step.guide and step.guide not in guides:
            what = _("There is no guide “%(name)s”.", name=name)
            yield Problem(path.file, line, what, nearest(name, guides))
        key = step.kind, name.casefold()
        if key in seen:
            what = _("“%(name)s” is on this path twice.", name=name)
            yield Problem(path.file, line, what, _("Take one of the steps out."))
        seen.add(key)
