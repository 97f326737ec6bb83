"""Statistics of the labour market on numbers with a known answer."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.market_statistics import (
    adjusted_pay,
    beveridge,
    by_period,
    detrended,
    matching,
    rank_slope,
    shocks,
    swing,
    wage_curve,
    wage_curve_of_demand,
)

RNG = np.random.default_rng(1)


def test_periods_are_means_of_whole_ones():
    assert by_period(np.arange(7.0), 3).tolist() == [1.0, 4.0]
    assert by_period(np.ones((24, 2)), 12).shape == (2, 2)


def test_a_line_has_no_cycle():
    assert np.abs(detrended(np.arange(40.0))).max() < 1e-8


def test_a_cycle_of_two_years_stays():
    cycle = np.sin(2 * np.pi * np.arange(160) / 8)
    assert np.corrcoef(detrended(0.05 * np.arange(160) + cycle), cycle)[0, 1] > 0.99


def test_shocks_have_their_size_persistence_and_stay_the_same_for_a_seed():
    path = shocks(3, 4000, 4, 0.1, common=False)
    assert path.std() == pytest.approx(0.1, rel=0.15)
    assert np.corrcoef(path[1:, 0], path[:-1, 0])[0, 1] == pytest.approx(0.95, abs=0.02)
    assert abs(np.corrcoef(path.T)[0, 1]) < 0.3
    np.testing.assert_array_equal(shocks(3, 50, 4, 0.1, common=False), path[:50])
    together = shocks(3, 50, 4, 0.1, common=True)
    assert (together == together[:, :1]).all()
    assert not shocks(3, 50, 4, 0.0, common=False).any()


def test_the_wage_curve_finds_its_coefficient_behind_place_and_year_effects():
    years = RNG.normal(0.0, 0.3, (10, 20))
    unemployment = np.repeat(np.exp(years - 3.0), 12, axis=0)
    pay = -0.07 * np.log(unemployment) + RNG.normal(0, 1, 20) + np.repeat(RNG.normal(0, 1, 10), 12)[:, None]
    assert wage_curve(unemployment, pay) == pytest.approx(-0.07)
    late = np.concatenate([RNG.normal(0, 1, (12, 20)), pay[:-12]])
    assert wage_curve(unemployment, late, later=1) == pytest.approx(-0.07)
    assert abs(wage_curve(unemployment, late)) < 0.06, "what follows a year later is not seen at once"


def test_demand_as_instrument_sees_through_pay_that_causes_unemployment():
    """log u = -d + 2 e, pay = .1 d + e: demand alone gives -.1, least squares are pulled up by e."""
    demand, push = RNG.normal(0, 1, (40, 30)), RNG.normal(0, 0.3, (40, 30))
    unemployment = np.repeat(np.exp(-3.0 - demand + 2.0 * push), 12, axis=0)
    pay = np.repeat(0.1 * demand + push, 12, axis=0)
    assert wage_curve_of_demand(unemployment, pay, np.repeat(demand, 12, axis=0)) == pytest.approx(-0.1, abs=0.03)
    assert wage_curve(unemployment, pay) > 0.0


def test_mirrored_cycles_correlate_to_minus_one_and_swing_is_their_size():
    cycle = 0.2 * np.sin(2 * np.pi * np.arange(480) / 60)
    assert beveridge(np.exp(cycle - 3), np.exp(-cycle - 4)) == pytest.approx(-1.0)
    assert swing(np.exp(cycle - 3)[:, None]) == pytest.approx(0.2 / np.sqrt(2), rel=0.1)


def test_matching_elasticities_are_found():
    seekers, vacancies = np.exp(RNG.normal(5, 0.3, 600)), np.exp(RNG.normal(4, 0.3, 600))
    matches = 0.4 * seekers**0.6 * vacancies**0.4
    assert matching(matches, seekers, vacancies) == pytest.approx((0.6, 0.4))
    growing = matches * np.exp(np.linspace(0.0, 1.0, 600))
    assert matching(growing, seekers, vacancies) == pytest.approx((0.6, 0.4))


def test_a_pareto_tail_gives_its_exponent():
    sizes = 5.0 * (1.0 - (np.arange(5000) + 0.5) / 5000) ** (-1.0 / 1.1)
    assert rank_slope(sizes) == pytest.approx(1.1, abs=0.03)
    assert rank_slope(np.array([1, 2, 3])) == 0.0
    assert rank_slope(np.full(50, 17)) == 0.0


def test_pay_is_adjusted_to_the_same_levels_everywhere():
    """Place 0 has three basic and one skilled worker, place 1 nobody skilled: it takes the mean of the others."""
    pay = adjusted_pay(
        np.array([0, 0, 0, 0, 1]), np.array([0, 0, 0, 1, 0]), np.array([1.0, 1.0, 1.0, 3.0, 2.0]), 2, np.full(2, 0.5)
    )
    assert pay.tolist() == [2.0, 2.5]
