"""Tests of places, of the gain from migration and of single places: the arithmetic, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from experiments import claims_places, evidence_emigration, evidence_places
from experiments.verdicts import CLAIMS, TESTS, discover, told_of
from scenarios.configuration import compose
from scenarios.library import load_territory
from sim.packs import read_pack
from sim.synthetic import margins


def test_all_are_registered():
    assert {"T19", "T22", "T34"} <= set(discover("evidence")) and {"T19", "T22", "T34"} <= set(TESTS)
    assert {"CLM-14", "CLM-19", "CLM-32"} <= set(discover("claims")) and {"CLM-19", "CLM-32"} <= set(CLAIMS)
    assert CLAIMS["CLM-19"].provisional and CLAIMS["CLM-32"].provisional


@pytest.mark.parametrize("name", sorted(evidence_places.PLACES))
def test_every_place_of_the_page_has_figures_with_a_source(name):
    tests = read_pack(load_territory(name)).tests
    judged = [test for test in tests if test.allowed is not None]
    assert len(judged) >= 4
    assert all(test.source and test.verified in ("yes", "derived", "no") for test in tests)
    for test in tests:
        assert test.source in evidence_places.said(test)


def test_a_cell_is_hit_by_the_mean_over_seeds():
    women = next(t for t in read_pack(load_territory("mexico_michoacan_like")).tests if "women" in t.name)
    values, hit = evidence_places.judged_cell(women, [{"participation_women": v} for v in (30.0, 45.0)])
    assert values == [30.0, 45.0] and hit is True  # 37.5 lies within 33.31 .. 43.31
    assert evidence_places.judged_cell(women, [{"participation_women": 50.0}])[1] is False


def test_a_ratio_without_a_divisor_does_not_stop_the_page():
    broad = next(t for t in read_pack(load_territory("diourbel")).tests if t.over)
    values, _ = evidence_places.judged_cell(broad, [{"unemployment_broad": 9.0, "unemployment": 0.0}])
    assert values[0] > 1e9


def test_gain_by_lottery_divides_by_those_who_moved():
    """Ten winners: 8 moved, earn 400, 2 stay at 100: mean 340. Losers earn 100: (340 - 100) / .8 is 300, or 3 times."""
    one = {
        "winners": 10, "losers": 10, "moved": 8, "won": 3400.0, "lost": 1000.0,
        "design": [[8.0, 8.0], [8.0, 12.0]], "cross": [3200.0, 3200.0 + 4 * 80.0],
    }  # fmt: skip
    gains, biases = evidence_emigration.jackknifed([one])
    assert gains == pytest.approx([3.0])
    assert biases == pytest.approx([(400.0 - 80.0) / 300.0 - 1.0])  # against people who earn 80


def test_equal_seeds_have_no_spread():
    one = {
        "winners": 10, "losers": 10, "moved": 8, "won": 3400.0, "lost": 1000.0,
        "design": [[8.0, 8.0], [8.0, 12.0]], "cross": [3200.0, 3520.0],
    }  # fmt: skip
    gains, _ = evidence_emigration.jackknifed([one, one, one])
    assert gains == pytest.approx([3.0] * 3)


def test_a_lottery_nobody_enters_has_no_gain():
    none = {"winners": 0, "losers": 0, "moved": 0, "won": 0.0, "lost": 0.0, "design": [[0.0]], "cross": [0.0]}
    assert evidence_emigration.jackknifed([none, none]) == ([0.0, 0.0], [0.0, 0.0])


def test_share_among_nobody_is_none():
    assert claims_places.share(np.array([True, False]), np.array([False, False])) == 0.0
    assert claims_places.share(np.array([True, False]), np.array([True, True])) == 0.5


def test_limits_may_stand_among_claims():
    from experiments.verdicts import Part

    told = told_of(Part("a", [1.0, 2.0], 0.0, 3.0), {})
    assert told["verdict"] == "pass" and told["null"] is None and told["null_of"] is None


@pytest.mark.parametrize("place", ["mexico", "laos", "poland", "tonga", "philippines"])
def test_every_new_place_has_at_least_three_cases(place):
    from scenarios.library import cases

    mine = [name for name in cases() if name.startswith(place)]
    assert len(mine) >= 3
    for name in mine:
        made = compose([f"case={name}"])
        assert made.inputs.name.startswith(place) and made.events


def test_emigrants_of_a_place_are_as_many_as_its_inputs_say():
    for name in ("tonga_2005", "mexico_michoacan_like"):
        inputs = read_pack(load_territory(name)).inputs
        here, away = margins(inputs)
        adults = here[:, 3:].sum()
        stock = sum(one.emigrants for one in inputs.destinations)
        assert away.sum() / (adults + away.sum()) == pytest.approx(stock, rel=1e-6)
