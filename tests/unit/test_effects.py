"""Paired statistics against numbers one can check by hand."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.effects import interval, over_window, paired, quantile

finite = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


def test_students_t_of_the_printed_tables():
    assert quantile(2, 0.90) == pytest.approx(2.9200, abs=1e-4)
    assert quantile(19, 0.90) == pytest.approx(1.7291, abs=1e-4)
    assert quantile(3, 0.95) == pytest.approx(3.1824, abs=1e-4)


def test_hand_worked_effect_of_three_seeds():
    """Differences 1, 2, 3: mean 2, s = 1, half-width 2.92 / sqrt(3) = 1.6859."""
    effect = paired("participation", [10.0, 20.0, 30.0], [11.0, 22.0, 33.0], cost=8.0)
    assert (effect.mean, effect.baseline, effect.policy, effect.share) == (2.0, 20.0, 22.0, 1.0)
    assert effect.smallest == pytest.approx(1.68585, abs=1e-5)
    assert (effect.low, effect.high) == pytest.approx((0.31415, 3.68585), abs=1e-5)
    assert effect.shows
    assert effect.cost_per_unit == 4.0


def test_an_effect_that_does_not_show_has_no_cost_per_unit_and_says_what_could_have_shown():
    """Differences -1, 0, 4: mean 1, s = sqrt(7), half-width 2.92 * 1.52753 = 4.46035."""
    effect = paired("poverty", [0.0, 0.0, 0.0], [-1.0, 0.0, 4.0], cost=8.0)
    assert not effect.shows
    assert effect.smallest == pytest.approx(4.46035, abs=1e-4)
    assert effect.share == pytest.approx(1 / 3)
    assert effect.cost_per_unit is None


def test_equal_worlds_differ_by_exactly_nothing():
    effect = paired("x", [0.1, 0.2, 0.3], [0.1, 0.2, 0.3])
    assert effect.none and not effect.shows
    assert (effect.mean, effect.low, effect.high, effect.smallest, effect.share) == (0, 0, 0, 0, 1)


def test_the_same_difference_in_every_seed_is_certain():
    effect = paired("x", [1.0, 2.0], [1.5, 2.5])
    assert (effect.low, effect.high, effect.shows) == (0.5, 0.5, True)


def test_one_seed_gives_no_interval_and_plain_json_says_none():
    effect = paired("x", [1.0], [2.0])
    assert not effect.shows
    found = json.loads(json.dumps(effect.as_dict(), allow_nan=False))
    assert found["low"] is None and found["mean"] == 1.0


def test_seeds_that_are_not_pairs_and_values_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="not pairs"):
        paired("x", [1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="finite"):
        paired("x", [1.0, np.nan], [1.0, 2.0])


@given(finite)
def test_swapping_the_worlds_turns_the_sign_and_nothing_else(values):
    zeros = [0.0] * len(values)
    there, back = paired("x", zeros, values), paired("x", values, zeros)
    assert there.mean == -back.mean and there.low == -back.high and there.smallest == back.smallest


@given(finite)
def test_the_interval_contains_its_mean_and_equals_that_of_the_values(values):
    effect = paired("x", [0.0] * len(values), values)
    assert effect.low <= effect.mean <= effect.high
    assert interval(values) == (effect.mean, effect.low, effect.high)


def test_an_outcome_is_the_mean_of_the_last_months():
    series = np.array([[9.0, 1.0, 3.0], [9.0, 5.0, 7.0]])
    assert over_window(series, 2).tolist() == [2.0, 6.0]
    assert over_window(series, 12).tolist() == pytest.approx([13 / 3, 7.0])
