"""The people of a story: who they are, in the order in which they were brought in. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.access import Role
from portal.folding import strip_marks
from portal.sample.dice import Dice
from portal.sample.names import NAMES
from portal.sample.story import READER, SamplePerson, Squad, Story

MOST_IN_FILE = 200
Goals = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Someone:
    """One member of a sample organization."""

    number: int
    name: str
    email: str
    roles: frozenset[Role]
    team: str | None
    job: str | None
    invited: int
    """Days ago."""
    named: SamplePerson | None
    """What stands in the story, for who has a name there."""
    asks_at: int | None = None
    """At which of their visits they ask for help."""

    @property
    def leads(self) -> bool:
        """Whether they are a success manager."""
        return Role.USM in self.roles

    @property
    def comes_by_file(self) -> bool:
        """Who leads or owns is invited by the vendor; everybody else comes in a file."""
        return self.roles == READER


@dataclass(frozen=True, slots=True)
class File:
    """Some people in one file, brought in so many days ago."""

    days_ago: int
    people: tuple[Someone, ...]


def people_of(story: Story) -> list[Someone]:
    """Everybody, those by name first."""
    names = _Names(story.domain)
    people = [_named(story, number, person, names) for number, person in enumerate(story.people)]
    if story.is_told:
        return people
    others = story.size - len(people)
    invited = list(_invited(story, others))
    return people + [
        _by_lot(story, len(people) + place, invited[place], names) for place in range(others)
    ]


def files_of(story: Story, people: Sequence[Someone]) -> list[File]:
    """The files in which people came, each no larger than one transaction bears."""
    files = []
    for days_ago in sorted({one.invited for one in people if one.comes_by_file}, reverse=True):
        together = [one for one in people if one.comes_by_file and one.invited == days_ago]
        for start in range(0, len(together), MOST_IN_FILE):
            files.append(File(days_ago, tuple(together[start : start + MOST_IN_FILE])))
    return files if not story.is_told else []


def _invited(story: Story, number: int) -> Iterator[int]:
    last = 0
    for wave in story.waves:
        size = round(number * wave.share)
        yield from [wave.days_ago] * min(size, number - last)
        last += size
    yield from [story.waves[-1].days_ago] * max(0, number - last)


def _named(story: Story, number: int, person: SamplePerson, names: "_Names") -> Someone:
    invited = story.created
    if story.is_told:
        invited = (person.joined or 2) + 1
    elif person.roles == READER:
        invited = story.waves[0].days_ago
    email = names.address(person.name)
    where = person.team, person.job
    return Someone(number, person.name, email, person.roles, *where, invited, person)


def _by_lot(story: Story, number: int, invited: int, names: "_Names") -> Someone:
    dice = Dice("someone", story.domain, number)
    first, last = NAMES[story.names]
    name = f"{dice.pick(first)} {dice.pick(last)}"
    squad = dice.weighed({squad: squad.share for squad in story.squads})
    asks_at = dice.between(1, 2) if dice.chance(story.ways.asks) else None
    email = names.address(name)
    return Someone(
        number, name, email, READER, squad.name, squad.job, invited, None, asks_at=asks_at
    )


def goals_of(
    story: Story, someone: Someone, goals: dict[str, dict[str, float]]
) -> dict[str, float]:
    """What someone may choose, by how likely."""
    job = someone.job or ""
    return dict(story.goals.get(job) or goals.get(job) or next(iter(goals.values())))


def squads_in_order(story: Story) -> Iterator[Squad]:
    """Teams, each after the one that it stands under."""
    yield from (squad for squad in story.squads if squad.under is None)
    yield from (squad for squad in story.squads if squad.under is not None)


class _Names:
    """Addresses made of names; the second of a name gets a number."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        self._taken: dict[str, int] = {}

    def address(self, name: str) -> str:
        plain = strip_marks(name).replace("ø", "o").replace("ı", "i").replace("'", "")
        local = ".".join(plain.split())
        again = self._taken[local] = self._taken.get(local, 0) + 1
        return f"{local}{again if again > 1 else ''}@{self._domain}"
