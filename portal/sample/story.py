"""What a sample organization is told by: the shape of the data in `stories.py`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.access import Role
from portal.accounts.models import Experience
from portal.paths.outcome_models import Answer, Reason

READER = frozenset({Role.END_USER})
LEAD = frozenset({Role.USM, Role.END_USER})
LEAD_AND_OWNER = frozenset({Role.USM, Role.OWNER, Role.END_USER})
OWNER = frozenset({Role.OWNER})


@dataclass(frozen=True, slots=True)
class Said:
    """What someone answered after a guide."""

    days_ago: int
    guide: str
    answer: Answer
    reason: Reason | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for help, and what the success manager answered on the next working day."""

    days_ago: int
    words: str
    guide: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody by name; `chose` is how many days ago they chose the goal (None: not yet).

    Who is `told` by it does what stands here and nothing else; the others live by lot.
    """

    name: str
    roles: frozenset[Role]
    team: str | None = None
    job: str | None = None
    joined: int | None = None
    chose: int | None = None
    said: tuple[Said, ...] = ()
    asked: tuple[Asked, ...] = ()
    looks: tuple[int, ...] = ()
    """How many days ago a success manager looked at what waits, where they are told."""
    left: int | None = None
    """How many days ago they left."""
    silent_since: int | None = None
    """How many days ago they were last here, for who lives by lot."""


@dataclass(frozen=True, slots=True)
class Squad:
    """A team, with its share of an organization's people and their job."""

    name: str
    share: float
    job: str
    under: str | None = None


@dataclass(frozen=True, slots=True)
class Wave:
    """A file of people: brought in so many days ago, with a share of everybody."""

    days_ago: int
    share: float


@dataclass(frozen=True, slots=True)
class Required:
    """That the success manager puts everybody on a path."""

    days_ago: int
    path: str
    due_in: int
    """Days from then on."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Days on which the organization is not written to, and works less."""

    name: str
    starts: int
    ends: int
    """Days ago, both included; negative ones are to come."""
    is_holiday: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """How people of an organization take it: shares between 0 and 1."""

    joins: float = 0.6
    """Of those invited, who ever sign in."""
    begins: float = 0.8
    """Of those, who choose a goal."""
    returns: float = 0.7
    """After each visit, who comes again."""
    answers: float = 0.75
    """Of guides read to the end, after how many an answer is pressed."""
    asks: float = 0.07
    """Of everybody, who asks for help once."""
    luck: float = 0.0
    """Added to the share of yes that a guide has anyway."""
    helps: float = 0.8
    """Of working days, on how many the success manager looks in."""


@dataclass(frozen=True, slots=True)
class Training:
    """How far the first success manager comes on their own path."""

    starts: int = 3
    """Days after the organization came."""
    share: float = 1.0
    """Of the path, from 0 (never begun) to 1."""

    @property
    def visits(self) -> int:
        """How often they work on it: twice a week, for eight weeks where they go to the end."""
        return math.ceil(self.share * WHOLE_PATH)

    def share_at(self, number: int) -> float:
        """Of the path, how much is done by the end of a visit, counted from 1."""
        return min(number / WHOLE_PATH, self.share)


WHOLE_PATH = 16
"""Visits for all of it."""
UNTRAINED = Training(share=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """A customer, and what happens there."""

    name: str
    domain: str
    zone: str
    created: int
    """Days ago."""
    told: str
    """What whoever looks at it should see, in a sentence."""
    size: int = 0
    """People in all; those by name are among them."""
    people: tuple[SamplePerson, ...] = ()
    """By name; the first is its success manager."""
    is_told: bool = False
    """Everybody is here by name and does what is told; nobody lives by lot."""
    locale: str = "en"
    names: str = "mixed"
    """Of which `names.py` has first and last ones."""
    experience: Experience = Experience.MEDIUM_TOUCH
    seats: int | None = None
    squads: tuple[Squad, ...] = (Squad("Finance", 1.0, "accountant"),)
    goals: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By job, how many choose which goal; without it, those in `GOALS`."""
    waves: tuple[Wave, ...] = ()
    ways: Ways = Ways()
    required: Required | None = None
    quiet: tuple[Quiet, ...] = ()
    in_part: bool = False
    """Goals are reached in part here: it is what people say at the path's end."""
    not_allowed: str | None = None
    """The guide at which most come to a halt, since they lack access."""
    rewritten: str | None = None
    """The guide whose "no" led to a rewrite; whoever said it is told."""
    training: Training = UNTRAINED
    """Of its success manager."""
    limited: str | None = None
    """The team that the second success manager is limited to."""
