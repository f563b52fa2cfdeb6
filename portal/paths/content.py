"""What authors write about paths: the keys of the front matter, and reading it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from portal.errors import Invalid
from portal.guides.content import GOAL, JOBS, TITLE, each_once
from portal.guides.files import DEFAULT_LANGUAGE, Problem, nearest, slugs
from portal.guides.front_matter import (
    FrontMatter,
    Name,
    Reading,
    Rule,
    Slug,
    Title,
    Words,
    Written,
    read,
)
from portal.guides.rendering import Renderer
from portal.guides.snippets import BadSnippet
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _later
from portal.paths.models import Audience, Obstacle, StepKind

AUDIENCE = Rule(
    _later("`everybody`, or `usm` for the path that makes a success manager of somebody"),
    "everybody",
)

__all__ = ["PathFile", "PathSource", "StepLine", "read_paths"]


def _written_moment(value: Any) -> datetime:
    # Pydantic would take a bare number for seconds since 1970, and an offset beside the zone.
    try:
        # Its zone is a key of its own.
        return datetime.strptime(str(value), "%Y-%m-%d %H:%M")  # noqa: DTZ007
    except ValueError:
        raise ValueError(_("write a moment as 2027-03-02 15:00")) from None


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(_("write a time zone as Europe/Berlin")) from None
    return value


DATED = frozenset({"starts", "zone", "capacity", "place"})
"""Keys of what has a date."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Option(_Part):
    """An answer to choose, and what is said to whoever chose it."""

    text: Title
    right: bool = False
    feedback: Words


class QuestionLine(_Part):
    """A question of a check; exactly one of its options is right."""

    ask: Words
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=6)]

    @model_validator(mode="after")
    def _has_one_right_option(self) -> "QuestionLine":
        if sum(option.right for option in self.options) != 1:
            raise ValueError(_("a question needs exactly one option that is right"))
        return self


class StepLine(_Part):
    """One step as it is written: a guide, a task, a check, a session, or a milestone."""

    guide: Slug | None = None
    task: Title | None = None
    check: Title | None = None
    session: Title | None = None
    milestone: Title | None = None
    optional: bool = False
    helps_with: Obstacle | None = None
    text: Annotated[str, StringConstraints(max_length=4000)] = ""
    """Markdown: what to do, or what the session is about."""
    questions: Annotated[tuple[QuestionLine, ...], Field(max_length=12)] = ()
    starts: Annotated[datetime, BeforeValidator(_written_moment)] | None = None
    """In `zone`."""
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    minutes: Annotated[int, Field(ge=1, le=480)] | None = None
    """Of a session how long it takes, of a task or check about how long; a guide has its own."""
    capacity: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Places over all organizations; without it there are enough."""
    place: Words | None = None
    """A room, or an address that begins with https://."""

    @property
    def kind(self) -> StepKind:
        """What the step asks for."""
        return next(kind for kind in StepKind if getattr(self, kind) is not None)

    @property
    def name(self) -> str:
        """The guide's file, or the title."""
        return str(getattr(self, self.kind))

    @property
    def key(self) -> str:
        """What the step keeps its identity by while it moves."""
        return f"{self.kind}:{self.name}"

    def details(self, html: str) -> dict[str, Any]:
        """What is stored of a task, check or session, its text as HTML."""
        found: dict[str, Any] = {"html": html} if html else {}
        if self.kind == StepKind.CHECK:
            found["questions"] = [question.model_dump() for question in self.questions]
        if self.minutes:
            found["minutes"] = self.minutes
        if self.kind == StepKind.SESSION and self.starts:
            begin = self.starts.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
            found |= {"starts_at": begin.isoformat()}
            found |= {"capacity": self.capacity, "place": self.place}
        plain: dict[str, Any] = json.loads(json.dumps(found))
        return plain

    @model_validator(mode="after")
    def _is_one_of_them(self) -> "StepLine":
        if sum(getattr(self, kind) is not None for kind in StepKind) != 1:
            raise ValueError(_("a step is one of: guide, task, check, session, milestone"))
        if self.milestone is not None and self.optional:
            raise ValueError(_("a milestone can't be optional"))
        if self.milestone is not None and self.helps_with:
            raise ValueError(_("a milestone helps with nothing; let a step before it do so"))
        return self

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "StepLine":
        if self.kind == StepKind.TASK and not self.text:
            raise ValueError(_("a task says in “text” what to do"))
        if (self.kind == StepKind.CHECK) != bool(self.questions):
            raise ValueError(_("a check has “questions”, and nothing else has"))
        if self.kind == StepKind.SESSION and not (self.starts and self.minutes and self.place):
            raise ValueError(_("a session has “starts”, “minutes” and “place”"))
        if self.kind != StepKind.SESSION and self.model_fields_set & DATED:
            raise ValueError(_("only a session has “starts”, “zone”, “capacity” and “place”"))
        if self.kind in (StepKind.GUIDE, StepKind.MILESTONE) and (self.text or self.minutes):
            raise ValueError(_("guides and milestones have no “text” and no “minutes” here"))
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
            _later("a list of guides, tasks, checks and sessions that ends with a milestone"),
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

    step_details: tuple[dict[str, Any], ...] = ()
    """What is stored of each step."""


def read_paths(content_dir: Path, renderer: Renderer | None = None) -> Reading[PathSource]:
    """Read `content_dir/paths`, and check that its goals and guides are there."""
    found = read(content_dir, "paths", PathFile, PathSource, renderer)
    goals, guides = slugs(content_dir, "goals"), slugs(content_dir, "guides")
    problems: list[Problem] = []
    sound: list[PathSource] = []
    for path in found.sources:
        details, unreadable = _read_steps(path, found.renderer)
        wrong = [*_unknown_goal(path, goals), *_wrong_steps(path, guides), *unreadable]
        problems += wrong
        sound += [] if wrong else [path.model_copy(update={"step_details": details})]
    return Reading(tuple(sound), (*found.problems, *problems), found.slugs, found.renderer)


def _read_steps(
    path: PathSource, renderer: Renderer
) -> tuple[tuple[dict[str, Any], ...], list[Problem]]:
    """Each step's details with its text rendered, and what can't be."""
    details: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for number, step in enumerate(path.steps):
        line = path.line("steps", number)
        try:
            text = renderer.render(step.text, DEFAULT_LANGUAGE).rendered.html if step.text else ""
            details.append(step.details(text))
        except Invalid as error:
            problems.append(Problem(path.file, line, error.message, ""))
        except BadSnippet as bad:
            problems.append(Problem(path.file, line, bad.what, bad.mend))
    return tuple(details), problems


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
