"""What authors write about a step: a guide, a task, a check, a session, or a milestone."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from portal.guides.front_matter import Slug, Title, Words
from portal.i18n import gettext as _
from portal.paths.models import Obstacle, StepKind


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


class QuestionWords(_Part):
    """A question of a check in another language; which option is right says the path's file."""

    ask: Words
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=6)]


class QuestionLine(QuestionWords):
    """A question of a check; exactly one of its options is right."""

    @model_validator(mode="after")
    def _has_one_right_option(self) -> "QuestionLine":
        if sum(option.right for option in self.options) != 1:
            raise ValueError(_("a question needs exactly one option that is right"))
        return self


class StepWords(_Part):
    """A step in another language; what is no text may be left out, or stand there as well."""

    guide: Slug | None = None
    task: Title | None = None
    check: Title | None = None
    session: Title | None = None
    milestone: Title | None = None
    optional: bool = False
    helps_with: Obstacle | None = None
    text: Annotated[str, StringConstraints(max_length=4000)] = ""
    """Markdown: what to do, or what the session is about."""
    questions: Annotated[tuple[QuestionWords, ...], Field(max_length=12)] = ()
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

    @model_validator(mode="after")
    def _is_one_of_them(self) -> "StepWords":
        if sum(getattr(self, kind) is not None for kind in StepKind) != 1:
            raise ValueError(_("a step is one of: guide, task, check, session, milestone"))
        return self


class StepLine(StepWords):
    """One step as it is written in the path's own file."""

    questions: Annotated[tuple[QuestionLine, ...], Field(max_length=12)] = ()

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
    def _fits_the_path(self) -> "StepLine":
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
