"""What authors write about paths: the keys of the front matter, and reading it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from portal.guides.content import GOAL, JOBS, TITLE, each_once
from portal.guides.files import Problem, nearest, slugs
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
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _later
from portal.paths.models import Audience

AUDIENCE = Rule(
    _later("`everybody`, or `usm` for the path that makes a success manager of somebody"),
    "everybody",
)

__all__ = ["PathFile", "PathSource", "StepLine", "read_paths"]


class StepLine(BaseModel):
    """One step as it is written: a guide, which may be optional, or a milestone."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    guide: Slug | None = None
    optional: bool = False
    milestone: Title | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "StepLine":
        if (self.guide is None) == (self.milestone is None):
            raise ValueError(_("a step is either a guide or a milestone"))
        if self.milestone is not None and self.optional:
            raise ValueError(_("a milestone can't be optional"))
        return self


class PathFile(FrontMatter):
    """The front matter of `content/paths/NAME.md`."""

    title: Annotated[Title, TITLE]
    goal: Annotated[Slug, GOAL]
    jobs: Annotated[tuple[Name, ...], Field(max_length=20), JOBS] = ()
    audience: Annotated[Audience, AUDIENCE] = Audience.EVERYBODY
    steps: Annotated[
        tuple[StepLine, ...],
        Field(min_length=2, max_length=60),
        Rule(
            _later("a list of guides that ends with a milestone"),
            "[{guide: first-guide}, {guide: another, optional: true}, {milestone: First close}]",
        ),
    ]

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
    """A path's file, read."""


def read_paths(content_dir: Path, renderer: Renderer | None = None) -> Reading[PathSource]:
    """Read `content_dir/paths`, and check that its goals and guides are there."""
    found = read(content_dir, "paths", PathFile, PathSource, renderer)
    goals, guides = slugs(content_dir, "goals"), slugs(content_dir, "guides")
    problems: list[Problem] = []
    sound: list[PathSource] = []
    for path in found.sources:
        wrong = [*_unknown_goal(path, goals), *_wrong_steps(path, guides)]
        problems += wrong
        sound += [] if wrong else [path]
    return Reading(tuple(sound), (*found.problems, *problems), found.slugs, found.renderer)


def _unknown_goal(path: PathSource, goals: frozenset[str]) -> Iterator[Problem]:
    if path.goal not in goals:
        what = _("There is no goal “%(name)s”.", name=path.goal)
        yield Problem(path.file, path.line("goal"), what, nearest(path.goal, goals))


def _wrong_steps(path: PathSource, guides: frozenset[str]) -> Iterator[Problem]:
    seen: set[tuple[bool, str]] = set()
    for number, step in enumerate(path.steps):
        name = step.guide or step.milestone or ""
        line = path.line("steps", number)
        if step.guide and step.guide not in guides:
            what = _("There is no guide “%(name)s”.", name=name)
            yield Problem(path.file, line, what, nearest(name, guides))
        key = step.guide is None, name.casefold()
        if key in seen:
            what = _("“%(name)s” is on this path twice.", name=name)
            yield Problem(path.file, line, what, _("Take one of the steps out."))
        seen.add(key)
