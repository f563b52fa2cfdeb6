"""Who comes when: every deed of a story in the order of time, the same for the same beginning.

Pure. What somebody does on a visit is decided when it happens, by what they then see.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from portal.sample.crowd import Someone, files_of
from portal.sample.days import DAY, Days
from portal.sample.dice import Dice
from portal.sample.story import UNTRAINED, Story

MOST_VISITS = 7
UNTIL_JOINED = {0: 0.2, 1: 0.2, 2: 0.12, 4: 0.12, 7: 0.12, 11: 0.1, 16: 0.08, 24: 0.06}
"""Days after the invitation."""
UNTIL_NEXT = {1: 0.14, 2: 0.16, 3: 0.15, 5: 0.15, 7: 0.2, 10: 0.1, 15: 0.1}
COMES_LATER = 0.5
"""Of those who come at all: once more, weeks after they were done."""
LEAD_OF_ALL = 0
"""The number of the first success manager."""
FROM_VENDOR = frozenset({1, 3, 5})
"""Days of the week on which the csm looks at a customer."""
OF_AUTHOR = 2
"""The day on which the author looks at comments."""
NEVER = 0
"""Days ago: until the end."""


class What(IntEnum):
    """Kinds of deeds, in the order in which they happen at one moment."""

    SET_UP = 1
    """The vendor enters how the organization works."""
    INVITE = 2
    """The vendor brings one person in."""
    VISIT = 3
    FOUND_TEAMS = 4
    IMPORT = 5
    LIMIT = 6
    REQUIRE = 7
    LOOK = 8
    """A success manager looks at what waits."""
    LEAVE = 9
    LOOK_FROM_VENDOR = 10
    CHOOSE = 11
    SAY = 12
    TELL_OF_REWRITE = 13
    ASK = 14
    REPLY = 15
    """The success manager answers what was asked."""
    LOOK_OF_AUTHOR = 16
    """The vendor's author says what becomes of comments."""
    END = 17
    """What is due by now happens."""


@dataclass(frozen=True, slots=True, order=True)
class Deed:
    """Something that happens: when, what, whose, and which of theirs."""

    at: datetime
    what: What
    who: int = 0
    number: int = 0


FULL = 12
"""What one transaction bears: a little, since nobody else writes meanwhile."""
WEIGHTS = {What.IMPORT: FULL, What.REQUIRE: FULL, What.VISIT: 4, What.SAY: 4}
"""Of deeds; all others are light."""


def chunks(deeds: Sequence[Deed]) -> list[list[Deed]]:
    """Deeds in order, those of one transaction together."""
    found: list[list[Deed]] = []
    weight = FULL
    for deed in deeds:
        more = WEIGHTS.get(deed.what, 1)
        if weight + more > FULL:
            found.append([])
            weight = 0
        found[-1].append(deed)
        weight += more
    return found


def deeds_of(story: Story, people: Sequence[Someone], begun: datetime) -> list[Deed]:
    """Everything that happens until `begun`, in the order of time."""
    days = Days(story, begun)
    deeds = list(_told(story, people, days) if story.is_told else _by_lot(story, people, days))
    deeds.append(Deed(days.came + timedelta(minutes=20), What.SET_UP))
    return [*sorted(deed for deed in deeds if deed.at < begun), Deed(begun, What.END)]


def _told(story: Story, people: Sequence[Someone], days: Days) -> Iterator[Deed]:
    for one in people:
        person = one.named
        assert person is not None  # noqa: S101 - who is told has a name
        yield Deed(_on(days, one.invited, 0), What.INVITE, one.number)
        if person.joined is not None:
            yield Deed(_on(days, person.joined, 1), What.VISIT, one.number)
        if person.chose is not None:
            yield Deed(_on(days, person.chose, 2), What.CHOOSE, one.number)
        for number, said in enumerate(person.said):
            yield Deed(_on(days, said.days_ago, 3), What.SAY, one.number, number)
        for number, asked in enumerate(person.asked):
            yield Deed(_on(days, asked.days_ago, 8), What.ASK, one.number, number)
            if asked.answer:
                day = days.open_on_or_after(days.day(asked.days_ago - 1))
                yield Deed(days.moment(day, 9 * 60 + 25), What.REPLY, one.number, number)
        for days_ago in person.looks:
            yield Deed(_on(days, days_ago, 5), What.LOOK, one.number)


def _on(days: Days, days_ago: int, place: int) -> datetime:
    """A working hour of the last working day until then."""
    return days.moment(days.open_on_or_before(days.day(days_ago)), 9 * 60 + 40 * place)


def _by_lot(story: Story, people: Sequence[Someone], days: Days) -> Iterator[Deed]:
    lead = people[0]
    for one in people:
        yield from _coming(story, one, days)
    for number, file in enumerate(files_of(story, people)):
        at = days.moment(days.open_on_or_after(days.day(file.days_ago)), 10 * 60 + number % 60)
        yield Deed(at, What.IMPORT, lead.number, number)
    founding = days.open_on_or_after(days.day(story.created - 2))
    yield Deed(days.moment(founding, 9 * 60), What.FOUND_TEAMS, lead.number)
    if story.limited:
        later = days.open_on_or_after(days.day(story.waves[0].days_ago - 9))
        yield Deed(days.moment(later, 16 * 60), What.LIMIT, people[1].number)
    if story.required:
        asked = days.open_on_or_after(days.day(story.required.days_ago))
        yield Deed(days.moment(asked, 9 * 60 + 30), What.REQUIRE, lead.number)
    if story.rewritten:
        told = days.open_on_or_after(days.day(44))
        yield Deed(days.moment(told, 11 * 60), What.TELL_OF_REWRITE)
    yield from _looking(story, people, days)


def _coming(story: Story, one: Someone, days: Days) -> Iterator[Deed]:
    """Their invitation and visits, until they stay away."""
    dice = Dice("coming", story.domain, one.number)
    day = days.open_on_or_after(days.day(one.invited))
    end = _end(one, days)
    if not one.comes_by_file:
        yield Deed(days.moment(day, 9 * 60 - 10), What.INVITE, one.number)
        at = days.moment(days.open_on_or_after(day + DAY), 9 * 60)
        yield Deed(at, What.VISIT, one.number)
    elif dice.chance(story.ways.joins):
        joins = day + timedelta(days=dice.weighed(UNTIL_JOINED))
        at = days.visit(joins, one.job, dice, waits=False)
        # Files come in at ten.
        at = max(at, days.moment(day, 12 * 60 + dice.between(0, 200)))
        yield Deed(at, What.VISIT, one.number)
    else:
        return
    if one.leads:
        yield from _training(story, one, at, days)
        return
    number, returns = 0, story.ways.returns
    comes_later = dice.chance(COMES_LATER)
    while at < end and number < MOST_VISITS:
        is_back = dice.chance(returns)
        if not is_back and not comes_later:
            return
        gap = dice.weighed(UNTIL_NEXT) if is_back else dice.between(23, 34)
        comes_later = comes_later and is_back
        at = days.visit(at.date() + timedelta(days=gap), one.job, dice)
        number += 1
        if at < end:
            yield Deed(at, What.VISIT, one.number, number)


def _training(story: Story, one: Someone, joined: datetime, days: Days) -> Iterator[Deed]:
    """Visits of a success manager for their own sake: to their path, then to what it asks later."""
    training = story.training if one.number == LEAD_OF_ALL else UNTRAINED
    dice, at, end = Dice("training", story.domain), joined, _end(one, days)
    day = days.day(story.created - training.starts)
    for number in range(1, training.visits + 1):
        at = days.visit(max(day, at.date() + DAY), one.job, dice)
        if at < end:
            yield Deed(at, What.VISIT, one.number, number)
        day = at.date() + timedelta(days=3 + number % 2)
    while training.share == 1 and at < end:
        # Whoever came to the end is asked weeks later what became of it.
        at = days.visit(at.date() + timedelta(days=dice.between(8, 13)), one.job, dice)
        number += 1
        if at < end:
            yield Deed(at, What.VISIT, one.number, number)


def _end(one: Someone, days: Days) -> datetime:
    person = one.named
    gone = max(person.left or NEVER, person.silent_since or NEVER) if person else NEVER
    return days.moment(days.day(gone), 8 * 60) if gone else days.begun


def _looking(story: Story, people: Sequence[Someone], days: Days) -> Iterator[Deed]:
    """On working days success managers and the vendor look at what waits."""
    owner = next((one for one in people if not one.comes_by_file and not one.leads), None)
    for one in people:
        if not one.leads:
            continue
        end = _end(one, days)
        for day in _working(days, story.created - 3):
            dice = Dice("looking", story.domain, one.number, day.isoformat())
            at = days.moment(day, dice.between(8 * 60, 16 * 60))
            if at < end and dice.chance(story.ways.helps):
                yield Deed(at, What.LOOK, one.number)
        if one.named and one.named.left and owner:
            yield Deed(days.moment(days.day(one.named.left), 12 * 60), What.LEAVE, one.number)
    for day in _working(days, story.created - 1):
        if day.isoweekday() in FROM_VENDOR:
            yield Deed(days.moment(day, 16 * 60 + 30), What.LOOK_FROM_VENDOR)
        if day.isoweekday() == OF_AUTHOR:
            yield Deed(days.moment(day, 14 * 60 + 20), What.LOOK_OF_AUTHOR)


def _working(days: Days, since: int) -> Iterator[date]:
    day = days.day(since)
    while day <= days.today:
        if days.is_open(day):
            yield day
        day += DAY
