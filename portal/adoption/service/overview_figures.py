"""What the overview tells: the figures that its page, its file and its list of paths print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from portal.accounts.service.team_tree import Branch
from portal.paths.progress_models import Origin
from portal.small_groups import Share


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far a group of people has come. Each figure counts people, once."""

    invited: int = 0
    """Asked to join and not left, whether they joined or not."""
    joined: int = 0
    started: int = 0
    """Opened a step of a path."""
    finished: int = 0
    """Finished a path."""
    halted: int = 0
    """Stuck or stopped on the path that they follow now."""

    def __add__(self, other: "Funnel") -> "Funnel":
        names = self.__dataclass_fields__
        return Funnel(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """A team with all that are under it."""

    branch: Branch
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class StepFigures:
    """How many people have this step before them."""

    title: str
    is_optional: bool
    going: int
    stuck: int
    stopped: int

    @property
    def people(self) -> int:
        """Everybody who has it before them."""
        return self.going + self.stuck + self.stopped


@dataclass(slots=True)
class PathFigures:
    """Where the people of a path are: each of them is counted in one of the five numbers."""

    title: str
    steps: list[StepFigures] = field(default_factory=list)
    going: int = 0
    stuck: int = 0
    stopped: int = 0
    beside: int = 0
    """Follow another path now: they went on to one, or have not taken this one up."""
    finished: int = 0

    @property
    def people(self) -> int:
        """Everybody who is on it or was."""
        return self.going + self.stuck + self.stopped + self.beside + self.finished


@dataclass(frozen=True, slots=True)
class OriginFigures:
    """How people came onto their paths, and what became of it. Counts enrollments."""

    origin: Origin
    enrolled: int
    started: int
    finished: int
    worked: Share | None
    """Of those who answered: whose latest answer is "It worked". None where few could be told."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole page, and the file with the same figures."""

    at: datetime
    funnel: Funnel
    has_rates: bool
    at_goal: Share | None
    """Of those who finished: who say that their goal is reached; None where it may not be told."""
    worked: Share | None
    """Of all who answered: whose latest answer is "It worked"; None where it may not be told."""
    answered_until: date | None
    """The last day whose answers are counted; None where none are."""
    answered: int | None
    """People who answered; None for fewer than five."""
    paths: Sequence[PathFigures]
    teams: Sequence[TeamFigures]
    teamless: Funnel
    origins: Sequence[OriginFigures]


def add_up(tree: Sequence[Branch], own: Mapping[UUID | None, Funnel]) -> list[TeamFigures]:
    """Each team with all that are under it; the tree is in order, each team under its parent."""
    figures: list[TeamFigures] = []
    for place, branch in enumerate(tree):
        total = own.get(branch.node.id, Funnel())
        for below in tree[place + 1 :]:
            if below.level <= branch.level:
                break
            total += own.get(below.node.id, Funnel())
        figures.append(TeamFigures(branch, total))
    return figures
