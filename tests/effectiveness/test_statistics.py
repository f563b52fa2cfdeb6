"""The formulas: published examples, a second implementation, and simulation."""

import random
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.statistics import Group, bounds, two_phase, wilson

NEWCOMBE_1998 = {
    (81, 263): (0.2553, 0.3662),
    (15, 148): (0.0624, 0.1605),
    (0, 20): (0.0000, 0.1611),
    (1, 29): (0.0061, 0.1718),
}
"""Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3: Wilson's score."""


@pytest.mark.parametrize(("counts", "interval"), NEWCOMBE_1998.items())
def test_wilsons_interval_is_the_published_one(
    counts: tuple[int, int], interval: tuple[float, float]
) -> None:
    found = wilson(*counts)
    assert (round(found.low, 4), round(found.high, 4)) == interval
    assert found.value == counts[0] / counts[1]


@pytest.mark.parametrize(("yes", "of"), [(0, 0), (2, 1), (-1, 3)])
def test_no_share_of_nothing(yes: int, of: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(yes, of)


groups = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)).map(
    lambda parts: Group(sum(parts), parts[0] + parts[1], parts[0])
)


def by_hand(on_guide: Group, silent: int, later: Group) -> Fraction:
    """Every later answer written down as often as it stands for somebody."""
    weight = Fraction(silent, later.answered)
    people = [(1, 1, Fraction(1))] * on_guide.yes
    people += [(0, 1, Fraction(1))] * (on_guide.needed - on_guide.yes)
    people += [(1, 1, weight)] * later.yes + [(0, 1, weight)] * (later.needed - later.yes)
    needed = sum(weight * needed for _yes, needed, weight in people)
    return Fraction(sum(weight * yes for yes, _needed, weight in people)) / needed


@settings(max_examples=300, deadline=None)
@given(groups, groups, st.integers(0, 200))
def test_two_groups_are_what_counting_them_by_hand_gives(
    on_guide: Group, later: Group, never: int
) -> None:
    if not later.answered or not on_guide.needed + later.needed:
        return
    found = two_phase(on_guide, later.answered + never, later)
    assert found.value == pytest.approx(float(by_hand(on_guide, later.answered + never, later)))
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1


def test_two_groups_of_a_worked_example() -> None:
    """60 answered on the guide, 54 needed it, 48 yes. 40 left silently; 10 of them answered later,
    8 needed it, 2 yes: each stands for 4. (48 + 8) / (54 + 32) = 56 / 86."""
    found = two_phase(Group(60, 54, 48), 40, Group(10, 8, 2))
    assert found.value == pytest.approx(56 / 86)
    assert found.low < wilson(50, 62).low
    assert found.value < 50 / 62


def test_when_everybody_answers_later_it_is_the_plain_share() -> None:
    assert two_phase(Group(20, 20, 15), 10, Group(10, 10, 5)).value == pytest.approx(20 / 30)


def test_five_equal_answers_are_no_certainty() -> None:
    found = two_phase(Group(10, 10, 10), 100, Group(5, 5, 5))
    assert found.value == 1
    assert found.low < 0.8


@pytest.mark.parametrize("silent", [0, 4])
def test_the_silent_are_at_least_those_who_answered_later(silent: int) -> None:
    with pytest.raises(ValueError, match="answered later"):
        two_phase(Group(10, 10, 5), silent, Group(5, 5, 1))


def test_two_groups_are_right_on_average_and_their_interval_holds() -> None:
    """People who leave silently say yes less often; whoever answers is drawn at random of them."""
    draw = random.Random(7)
    values, held = [], 0
    runs, readers, speaks, answers = 1_000, 150, 0.5, 0.4
    yes_of = {True: 0.85, False: 0.45}
    truth = speaks * yes_of[True] + (1 - speaks) * yes_of[False]
    for _run in range(runs):
        spoke = [draw.random() < speaks for _ in range(readers)]
        worked = [draw.random() < yes_of[one] for one in spoke]
        loud = [w for w, s in zip(worked, spoke, strict=True) if s]
        quiet = [w for w, s in zip(worked, spoke, strict=True) if not s]
        asked = [w for w in quiet if draw.random() < answers] or quiet[:1]
        found = two_phase(
            Group(len(loud), len(loud), sum(loud)),
            len(quiet),
            Group(len(asked), len(asked), sum(asked)),
        )
        values.append(found.value)
        held += found.low <= truth <= found.high
    assert sum(values) / runs == pytest.approx(truth, abs=0.005)
    assert 0.93 <= held / runs <= 0.99


def test_the_bounds_are_what_the_silent_could_have_said() -> None:
    assert bounds(30, 40, 60) == (0.3, 0.9)
    assert bounds(30, 40, 0) == (0.75, 0.75)
    with pytest.raises(ValueError, match="no bounds"):
        bounds(0, 0, 0)


def test_no_library_is_loaded_for_it() -> None:
    asked = "import sys, portal.statistics; print('scipy' in sys.modules, 'numpy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False False"
