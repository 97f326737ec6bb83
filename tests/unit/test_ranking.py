"""Orders and medians: the same whatever the order of rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ranking import ascending, medians


@given(st.lists(st.integers(0, 6), max_size=60), st.randoms(use_true_random=False))
def test_ascending_is_the_order_of_two_keys(values, luck):
    """By value, ties by identity: what sorting by two keys gives."""
    ids = np.array(luck.sample(range(10_000), len(values)), np.int64)
    numbers = np.array(values, float) / 7.0
    assert ascending(numbers, ids).tolist() == np.lexsort((ids, numbers)).tolist()


def test_hand_worked_medians():
    """Three in the first group, two in the third: the middle one and the upper one; nobody in the second."""
    groups, values = np.array([0, 2, 0, 2, 0]), np.array([5.0, 1.0, 9.0, 4.0, 7.0])
    assert medians(groups, values, 3).tolist() == [7.0, -1.0, 4.0]


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_medians_do_not_depend_on_the_order_of_rows(turn):
    groups, values = np.array([0, 1, 0, 1, 0, 1]), np.array([3.0, 3.0, 1.0, 2.0, 2.0, 8.0])
    turned = medians(np.roll(groups, turn), np.roll(values, turn), 2)
    assert turned.tolist() == medians(groups, values, 2).tolist() == [2.0, 3.0]
