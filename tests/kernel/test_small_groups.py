"""What may be said about few people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.small_groups import SMALLEST, Extreme, Share, cells, may_show, share


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 4, False),
        (4, 4, False),
        (5, 5, True),
        (0, 5, True),
        (1, 5, False),
        (4, 9, False),
        (5, 9, False),
        (5, 10, True),
        (96, 100, False),
        (95, 100, True),
        (100, 100, True),
    ],
)
def test_a_part_is_shown_when_neither_it_nor_the_rest_is_small(
    part: int, whole: int, shown: bool
) -> None:
    assert may_show(part, whole) is shown


@pytest.mark.parametrize(("part", "whole"), [(-1, 5), (6, 5)])
def test_a_part_that_is_none_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="is no part of"):
        may_show(part, whole)


def test_all_or_none_of_a_small_group_is_not_said_as_such() -> None:
    assert share(9, 9) == Share(9, None, Extreme.NEARLY_ALL)
    assert share(0, 9) == Share(9, None, Extreme.HARDLY_ANY)
    assert share(10, 10) == Share(10, 10)
    assert share(0, 10) == Share(10, 0)


def test_a_share_that_may_not_be_said_is_none() -> None:
    assert share(3, 9) is None


def test_a_plain_share_has_a_value() -> None:
    found = share(6, 12)
    assert found is not None
    assert found.value == 0.5


def test_small_cells_are_merged() -> None:
    found = cells({"a": 20, "b": 3, "c": 4, "d": 0})
    assert found is not None
    assert dict(found.shown) == {"a": 20, "d": 0}
    assert found.other == 7


def test_a_single_small_cell_takes_the_next_smallest_with_it() -> None:
    found = cells({"a": 20, "b": 3, "c": 8})
    assert found is not None
    assert dict(found.shown) == {"a": 20}
    assert (found.other, found.merged) == (11, {"b", "c"})


def test_a_merged_cell_that_is_still_small_takes_more() -> None:
    found = cells({"a": 20, "b": 1, "c": 1, "d": 9})
    assert found is not None
    assert dict(found.shown) == {"a": 20}
    assert found.other == 11


def test_a_group_of_fewer_than_five_is_not_divided() -> None:
    assert cells({"a": 3, "b": 1}) is None


@given(st.dictionaries(st.integers(), st.integers(0, 30)))
def test_no_shown_cell_is_small_and_nobody_is_lost(counts: dict[int, int]) -> None:
    found = cells(counts)
    if found is None:
        assert sum(counts.values()) < SMALLEST
        return
    assert not any(0 < count < SMALLEST for count in found.shown.values())
    assert not 0 < found.other < SMALLEST
    assert len(found.merged) != 1 or not found.shown or not any(found.shown.values())
    assert sum(found.shown.values()) + found.other == sum(counts.values())
