"""Shares and how sure one may be of them: pure arithmetic, the only place that knows the formulas.

Nothing here needs a library, so the processes that serve pages load none for it.
"""

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
"""Of the normal distribution, for intervals that hold 95 % of the time."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its 95 % interval; all three between 0 and 1."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """People of whom an answer is known."""

    answered: int
    """Whatever they said."""
    needed: int
    """Of them, those who needed the guide: yes, partly or no."""
    yes: int

    def __post_init__(self) -> None:
        if not 0 <= self.yes <= self.needed <= self.answered:
            raise ValueError(f"no group: {self.yes} of {self.needed} of {self.answered}")


def wilson(yes: float, of: float) -> Estimate:
    """A share with its Wilson interval (Wilson 1927; Brown, Cai, DasGupta 2001, eq. 4).

    Takes fractions too: an effective number of answers. Raises ValueError without any answer.
    """
    if of <= 0 or not 0 <= yes <= of:
        raise ValueError(f"no share: {yes} of {of}")
    share = yes / of
    middle = share + Z**2 / (2 * of)
    half = Z * sqrt(share * (1 - share) / of + Z**2 / (4 * of**2))
    below = 1 + Z**2 / of
    return Estimate(share, max(0.0, (middle - half) / below), min(1.0, (middle + half) / below))


def two_phase(on_guide: Group, silent: int, later: Group) -> Estimate:
    """The share of yes among all who needed the guide, those who left silently included.

    Hansen, Hurwitz (1946): who left without a word is represented by those of them who answered
    when asked again, so each of these stands for `silent / later.answered` people. A ratio of two
    such totals, since how many of the silent needed the guide is only known from the same answers.
    Its variance is linearised (Cochran 1977, 6.3 and 13.2); the interval is Wilson's for as many
    answers as a plain sample with that variance would have (Dean, Pagano 2015), which stays between
    0 and 1 where a normal one would not. `silent` counts who did not answer on the guide, later
    answers included. Raises ValueError where nobody answered later, or nobody needed the guide.
    """
    if not 0 < later.answered <= silent:
        raise ValueError(f"{later.answered} answered later of {silent}")
    stand_for = silent / later.answered
    needed = on_guide.needed + stand_for * later.needed
    if needed == 0:
        raise ValueError("nobody needed it")
    share = (on_guide.yes + stand_for * later.yes) / needed
    variance = (
        on_guide.answered * _spread(on_guide, share)
        + silent**2 * _spread(later, share) / later.answered
    ) / needed**2
    plain = share * (1 - share)
    # Answers that are all alike leave no spread to divide; then only their number is known.
    most = on_guide.needed + later.needed
    answers = min(plain / variance, most) if plain > 0 and variance > 0 else float(most)
    interval = wilson(share * answers, answers)
    return Estimate(share, interval.low, interval.high)


def _spread(group: Group, share: float) -> float:
    """Variance of (yes - share * needed) over a group's people, 0 for who needed nothing.

    As if one more had said yes and one more no: five equal answers are no certainty.
    """
    people, needed, yes = group.answered + 2, group.needed + 2, group.yes + 1
    squares = yes * (1 - share) ** 2 + (needed - yes) * share**2
    mean = (yes - share * needed) / people
    return squares / people - mean**2


def bounds(yes: int, needed: int, unknown: int) -> tuple[float, float]:
    """The share of yes if all whose answer is unknown had said no, and if all had said yes.

    Manski (1989): what is true whatever the silent think. Raises ValueError without anybody.
    """
    everybody = needed + unknown
    if everybody <= 0 or not 0 <= yes <= needed or unknown < 0:
        raise ValueError(f"no bounds: {yes} of {needed}, {unknown} unknown")
    return yes / everybody, (yes + unknown) / everybody
