"""The one rule for figures about few people: what may be shown, merged, or must stay unsaid.

Every figure about people passes through here before it leaves a service. A cell of 1 to 4 people
could point at somebody; so could the few who are left when a shown cell is taken away from a shown
group (complementary suppression: Hundepool et al., Statistical Disclosure Control, 2012, ch. 5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

SMALLEST = 5
"""People that a shown group or cell has at least."""
PLAIN = 10
"""People from whom on "all" and "none" are said as such."""

K = TypeVar("K")


class Extreme(StrEnum):
    """A share that would say something about each single person of a small group."""

    NEARLY_ALL = "nearly_all"
    HARDLY_ANY = "hardly_any"


@dataclass(frozen=True, slots=True)
class Share:
    """A share that may be shown: `part` of `whole`, or only in which direction it is extreme."""

    whole: int
    part: int | None
    """None where the share is extreme."""
    extreme: Extreme | None = None

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None where the share is extreme."""
        return None if self.part is None else self.part / self.whole


@dataclass(frozen=True, slots=True)
class Cells(Generic[K]):
    """A group divided into cells, as far as it may be shown."""

    shown: Mapping[K, int]
    """Empty cells too: they speak of nobody."""
    other: int
    """People of the cells that were merged; 0 where none was."""
    merged: frozenset[K]


def may_show(part: int, whole: int) -> bool:
    """Whether a part of a shown group of people may be counted: neither it nor the rest has 1–4.

    A group inside a larger shown one is such a part, and so is a count inside a group: ask for each
    level. Raises ValueError for a part larger than its whole, or a negative one.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} is no part of {whole}")
    return whole >= SMALLEST and not _is_small(part) and not _is_small(whole - part)


def share(part: int, whole: int) -> Share | None:
    """The share of a group that may be shown anyway; None for what may not be said.

    All or none of a group under ten is said as "nearly all" and "hardly any". Raises ValueError as
    `may_show`.
    """
    if not may_show(part, whole):
        return None
    if whole < PLAIN and part in (0, whole):
        return Share(whole, None, Extreme.NEARLY_ALL if part else Extreme.HARDLY_ANY)
    return Share(whole, part)


def cells(counts: Mapping[K, int]) -> Cells[K] | None:
    """A group divided into cells that nobody is in twice; None for a group of fewer than five.

    Small cells are merged, from the smallest on, until the merged one is large enough and holds at
    least two: a single hidden cell could be found by subtraction. The order of the keys is kept.
    """
    if sum(counts.values()) < SMALLEST:
        return None
    by_size = sorted((key for key in counts if counts[key]), key=lambda key: counts[key])
    merged: list[K] = []
    other = 0
    for key in by_size:
        if not _is_small(counts[key]) and not _needs_more(merged, other):
            break
        merged.append(key)
        other += counts[key]
    hidden = frozenset(merged)
    shown = {key: count for key, count in counts.items() if key not in hidden}
    return Cells(shown, other, hidden)


def shares(groups: Mapping[K, tuple[int, int]]) -> dict[K, Share]:
    """The shares that may be shown of groups that make up a whole whose own share is shown.

    `groups` holds (part, whole) of each; nobody is in two. What is hidden must not follow from the
    rest by subtraction: so at least two groups are hidden or none, and all hidden ones together
    could be shown.
    """
    filled = {key: pair for key, pair in groups.items() if pair[1]}
    shown = {key: found for key, pair in filled.items() if (found := share(*pair)) is not None}
    hidden = [key for key in filled if key not in shown]
    for key in sorted(shown, key=lambda key: filled[key][1]):
        part = sum(filled[one][0] for one in hidden)
        whole = sum(filled[one][1] for one in hidden)
        if not hidden or (len(hidden) > 1 and may_show(part, whole)):
            break
        hidden.append(key)
    return {key: found for key, found in shown.items() if key not in hidden}


def _needs_more(merged: list[K], other: int) -> bool:
    return bool(merged) and (len(merged) == 1 or _is_small(other))


def _is_small(number: int) -> bool:
    return 0 < number < SMALLEST
