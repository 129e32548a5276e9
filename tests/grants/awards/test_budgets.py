"""A cut award over the lines of the plan: whole units, no yen lost, no line above its plan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.grants.awards.rules.budgets import proportional

LINES = {1: 36_000, 2: 60_000, 3: 84_000, 4: 20_000}


@pytest.mark.parametrize(
    ("planned", "total", "unit", "cut"),
    [
        (LINES, 200_000, 1_000, LINES),
        # Shares 25,740 + 42,900 + 60,060 + 14,300: the thousands left go to those that lost most.
        (LINES, 143_000, 1_000, {1: 26_000, 2: 43_000, 3: 60_000, 4: 14_000}),
        # Income of an odd amount stands behind one line only, the one with the most room.
        (LINES, 143_500, 1_000, {1: 26_000, 2: 43_000, 3: 60_500, 4: 14_000}),
        # A line that is smaller than a unit is taken whole or not at all.
        ({1: 480, 2: 99_520}, 90_000, 1_000, {1: 0, 2: 90_000}),
        (LINES, 0, 1_000, {1: 0, 2: 0, 3: 0, 4: 0}),
        # Without a unit to speak of: to the yen, as the proportion says.
        ({1: 10, 2: 10, 3: 10}, 20, 1, {1: 7, 2: 7, 3: 6}),
    ],
)
def test_lines_are_cut_in_whole_units(
    planned: dict[int, int], total: int, unit: int, cut: dict[int, int]
) -> None:
    assert proportional(planned, total, unit) == cut


@given(
    st.lists(st.integers(1, 300_000), min_size=1, max_size=9),
    st.integers(0, 1_000),
    st.sampled_from([1, 10, 100, 1_000, 10_000]),
)
def test_no_yen_is_lost_and_at_most_one_line_is_odd(amounts: list[int], part: int, unit: int) -> None:
    planned = dict(enumerate(amounts))
    total = sum(amounts) * part // 1_000
    cut = proportional(planned, total, unit)
    assert sum(cut.values()) == total
    assert all(0 <= cut[line] <= planned[line] for line in planned)
    odd = [line for line in planned if cut[line] % unit and cut[line] != planned[line]]
    assert len(odd) <= 1
