"""A guide's figures by product.md's definitions, from what was counted. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from portal.statistics import Estimate, Group, bounds, two_phase, wilson

FEWEST_ANSWERS = 10
"""Below it no rate is told."""
FEWEST_LATER = 5
"""Later answers from which on those who left silently are estimated as well."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted; the columns of a stored figure."""

    opened: int = 0
    opened_lately: int = 0
    yes: int = 0
    partly: int = 0
    no: int = 0
    already: int = 0
    not_for_me: int = 0
    on_guide: int = 0
    on_guide_needed: int = 0
    on_guide_yes: int = 0
    later: int = 0
    later_needed: int = 0
    later_yes: int = 0
    comments: int = 0
    comments_open: int = 0

    @property
    def needed(self) -> int:
        """Answers of those who needed the guide."""
        return self.yes + self.partly + self.no


class Basis(StrEnum):
    """What a success figure rests on."""

    TOO_FEW = "too_few"
    ANSWERS = "answers"
    """Success among answers."""
    TWO_GROUPS = "two_groups"
    """Over those who answered on the guide and those who left silently."""


@dataclass(frozen=True, slots=True)
class Success:
    """The headline figure of a guide, and what stands beside it."""

    basis: Basis
    answers: int
    """Yes, partly and no: what the figure is made of."""
    estimate: Estimate | None
    """None where there are too few answers to tell."""
    response: float | None
    """Share of those who opened it and answered; None where nobody counts yet."""
    at_least: float | None
    bounds: tuple[float, float] | None
    """If all who never answered had said no, or yes."""


def success_of(counts: Counts) -> Success:
    """Work out a guide's success.

    Answers count at once. What rests on openings (response rate, "at least", bounds, the two
    groups) is about those who opened it 14 days ago or earlier: younger ones may yet answer.
    """
    answers = counts.needed
    if answers < FEWEST_ANSWERS:
        return Success(Basis.TOO_FEW, answers, None, None, None, None)
    on_guide = Group(counts.on_guide, counts.on_guide_needed, counts.on_guide_yes)
    later = Group(counts.later, counts.later_needed, counts.later_yes)
    known = on_guide.needed + later.needed
    if later.answered >= FEWEST_LATER and known >= FEWEST_ANSWERS:
        basis, estimate = (
            Basis.TWO_GROUPS,
            two_phase(on_guide, counts.opened - on_guide.answered, later),
        )
    else:
        basis, estimate = Basis.ANSWERS, wilson(counts.yes, answers)
    answered, yes = on_guide.answered + later.answered, on_guide.yes + later.yes
    unknown = counts.opened - answered
    return Success(
        basis,
        answers,
        estimate,
        response=answered / counts.opened if counts.opened else None,
        at_least=yes / counts.opened if counts.opened else None,
        bounds=bounds(yes, known, unknown) if known + unknown else None,
    )
