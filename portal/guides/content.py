"""What authors write about goals and guides: the keys of the front matter, and reading it."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from portal.guides.files import DEFAULT_LANGUAGE, LANGUAGE, Problem
from portal.guides.front_matter import (
    Day,
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
from portal.guides.models import GuideKind, Rhythm
from portal.guides.rendering import Renderer, address
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _later

__all__ = [
    "GoalFile",
    "GoalSource",
    "GuideFile",
    "GuideSource",
    "Problem",
    "Reading",
    "address",
    "read_drafts",
    "read_goals",
    "read_guides",
]

PURPOSE = re.compile(r"After this,? (you (can|have|will) \w+|(?!you\b)\w+ \w+)")
"""How the purpose of an English guide begins: with what a reader can do, as one could film it."""

TITLE = Rule(
    _later("a title of up to 180 characters, in the reader's words"), "Answered on the same day"
)
JOBS = Rule(_later("a list of the jobs that it is for; leave it out for everybody"), "[team lead]")
MINUTES = Rule(_later("a whole number from 1 to 60, honestly timed"), "6")
MAINTAINER = Rule(_later("who answers for it"), "Name of a colleague")
GOAL = Rule(_later("the name of a goal's file, without .md"), "name-of-a-goal")


class GoalFile(FrontMatter):
    """The front matter of `content/goals/NAME.md`, and of `NAME.de.md` in another language."""

    language: str = DEFAULT_LANGUAGE
    title: Annotated[Title, TITLE]
    rhythm: Annotated[
        Rhythm, Rule(_later("how often the work comes round: day, week or month"), "week")
    ]
    evidence: Annotated[
        Words,
        Rule(
            _later("what shows that the goal is reached"),
            "Nine of ten are answered on the same day",
        ),
    ]
    first_value: Annotated[
        Name | None, Rule(_later("the name of the first event that counts"), "Answer Sent")
    ] = None
    feature_sets: Annotated[
        tuple[Name, ...],
        Field(max_length=20),
        Rule(_later("a list of feature sets that the work needs"), "[answers]"),
    ] = ()


class GuideFile(FrontMatter):
    """The front matter of `content/guides/NAME.md`."""

    # First, so that the rule for the purpose knows it.
    language: Annotated[
        str, Rule(_later("a language, or leave it out: the file's name says it"), "en")
    ] = DEFAULT_LANGUAGE
    title: Annotated[Title, TITLE]
    purpose: Annotated[
        Words,
        Rule(
            _later("“After this you can …”, with a verb that one could film"),
            "After this you can answer a complaint on the same day.",
        ),
    ]
    kind: Annotated[
        GuideKind,
        Rule(_later("one of: guide, craft, challenge, release, template, story"), "guide"),
    ]
    goal: Annotated[Slug, GOAL]
    minutes: Annotated[int, Field(ge=1, le=60), MINUTES]
    jobs: Annotated[tuple[Name, ...], Field(max_length=20), JOBS] = ()
    maintainer: Annotated[Name, MAINTAINER]
    checked: Annotated[Day, Rule(_later("the day of the last check"), "2026-11-02")]
    review: Annotated[
        Day, Rule(_later("the day of the next check, after the last one"), "2027-05-03")
    ]
    evidence: Annotated[
        Words,
        Rule(_later("an event, a value measure, or “their own answer”"), "their own answer"),
    ]
    if_then: Annotated[
        Words | None,
        Rule(
            _later("an example of the line that readers write for themselves"),
            '"When the day begins, I will open the list before my mail."',
        ),
    ] = None
    follow_up: Annotated[
        Words | None,
        Rule(
            _later("the one thing to ask weeks later"),
            "How often did you do it since, and what was missing?",
        ),
    ] = None
    features: Annotated[
        tuple[Name, ...],
        Field(max_length=20),
        Field(validate_default=True),
        Rule(_later("a list of the features that it is about"), "[answers]"),
    ] = ()
    requires: Annotated[
        tuple[Slug, ...],
        Field(max_length=20),
        Rule(_later("a list of guides to have done before"), "[name-of-a-guide]"),
    ] = ()
    checklist: Annotated[
        tuple[Title, ...],
        Field(min_length=1, max_length=9),
        Rule(_later("a list of one to nine lines to tick, each once"), '["The answer is sent"]'),
    ]
    draft: Annotated[
        bool, Rule(_later("true while it is not to be published yet, else false"), "false")
    ] = False
    correction: Annotated[
        bool,
        Rule(_later("true where a small correction continues the figures, else false"), "false"),
    ] = False

    @field_validator("language")
    @classmethod
    def _is_a_language(cls, value: str) -> str:
        return a_language(value)

    @field_validator("purpose")
    @classmethod
    def _begins_with_what_one_can_do(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("language", "").startswith("en") and not PURPOSE.match(value):
            raise ValueError(_("it does not say what a reader can do afterwards"))
        return value

    @field_validator("review")
    @classmethod
    def _comes_after_the_check(cls, value: date, info: ValidationInfo) -> date:
        if "checked" in info.data and value <= info.data["checked"]:
            raise ValueError(_("it is not after the last check"))
        return value

    @field_validator("features")
    @classmethod
    def _are_named_in_a_release(
        cls, values: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        if info.data.get("kind") == GuideKind.RELEASE and not values:
            raise ValueError(_("a release names the features that it changes"))
        return values

    @field_validator("checklist", "jobs", "features", "requires")
    @classmethod
    def _names_each_once(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return each_once(values)


class GoalSource(GoalFile, Written):
    """A goal's file, read."""


class GuideSource(GuideFile, Written):
    """A guide's file in one language, read."""


def a_language(value: str) -> str:
    """The value, if it is a language as a file's name has it; else a `ValueError`."""
    if not LANGUAGE.fullmatch(value):
        raise ValueError
    return value


def each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    """The values, if no two are the same to a reader; else a `ValueError`."""
    if len({value.casefold() for value in values}) < len(values):
        raise ValueError(_("the same stands there twice"))
    return values


def read_goals(content_dir: Path, renderer: Renderer | None = None) -> Reading[GoalSource]:
    """Read `content_dir/goals`."""
    return read(content_dir, "goals", GoalFile, GoalSource, renderer)


def read_guides(content_dir: Path, renderer: Renderer | None = None) -> Reading[GuideSource]:
    """Read `content_dir/guides`; one file for each guide and language."""
    return read(content_dir, "guides", GuideFile, GuideSource, renderer)


def read_drafts(content_dir: Path, renderer: Renderer | None = None) -> Reading[GuideSource]:
    """Read `content_dir/drafts`: guides that are not published yet, such as imported ones."""
    found = read(content_dir, "drafts", GuideFile, GuideSource, renderer)
    drafts = (guide.model_copy(update={"draft": True}) for guide in found.sources)
    problems = (replace(problem, severity="warning") for problem in found.problems)
    return Reading(tuple(drafts), tuple(problems), found.slugs, found.renderer)
