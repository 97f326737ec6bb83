"""Worked examples of the model that no line's own tests carry to the last digit; the others stand there."""

import math

import numpy as np
import pytest
from unit.labour_market import town

from sim.codes import Status
from sim.mechanisms.matching import Matching
from sim.mechanisms.participation import believed_arrival
from sim.moving import logistic, utility_of_place
from sim.search import Terms, decide_status, hours_value, premiums, search_return, utility_gain_per_time


def hires(seekers: int, vacancies: int, seed: int) -> int:
    """Identical seekers, one application each, one vacancy to a firm."""
    firm = {"full_time": 1, "posted_wage": 50.0, "applicants_wage": 35.0, "marginal_product": 90.0, "vacancies": 1}
    seeker = {"status": int(Status.UNEMPLOYED), "not_working": 30.0, "not_working_part": 12.0, "reservation_flow": 5.0}
    made = town(seekers, vacancies, seed=seed, firms=firm, persons=seeker)
    return int(made.run(Matching(reach=10.0, applications=1)).markets.hires[0])


@pytest.mark.parametrize(("ratio", "elasticity"), [(1.0, 0.58), (4.0, 0.07)])
def test_urn_and_balls_emerge_within_a_hundredth(ratio, elasticity):
    """M = V*(1 - exp(-U/V)): its elasticity in U is .58 at U/V = 1 and .07 at 4.

    Close, not exact: seekers reach vacancies that lie together, so applications bunch a little more.
    """
    vacancies, step, seeds = 4_000, 1.1, range(8)
    fewer = np.mean([hires(round(ratio * vacancies / step), vacancies, seed) for seed in seeds])
    more = np.mean([hires(round(ratio * vacancies * step), vacancies, seed) for seed in seeds])
    middle = np.mean([hires(round(ratio * vacancies), vacancies, seed) for seed in seeds])
    assert middle / vacancies == pytest.approx(1.0 - math.exp(-ratio), abs=0.012)
    assert math.log(more / fewer) / math.log(step**2) == pytest.approx(elasticity, abs=0.02)
    assert ratio * math.exp(-ratio) / (1.0 - math.exp(-ratio)) == pytest.approx(elasticity, abs=0.005)


def excess(prevalence: float, norm: float) -> float:
    """How many more want to be away than are, with only the norm and symmetric flows."""
    return logistic(utility_of_place(0.0, 0.0, 0.0, 0.0, prevalence, norm, 0.0, norm / 2.0)) - prevalence


def test_a_norm_of_exactly_four_has_one_solution_and_a_little_more_has_three():
    """P = Logistic(nu*(P - 1/2)): what is left of it falls all the way at 4, and turns twice above."""
    grid = np.linspace(0.0, 1.0, 2_001)
    left = np.array([excess(p, 4.0) for p in grid])
    assert (np.diff(left) <= 1e-12).all() and left[0] > 0.0 > left[-1] and excess(0.5, 4.0) == 0.0
    for norm, solutions in ((3.95, 1), (4.05, 3), (4.5, 3)):
        left = np.array([excess(p + 1e-5, norm) for p in grid])
        assert np.count_nonzero(left[:-1] * left[1:] < 0) == solutions


def test_outer_solution_at_four_and_a_half_to_the_last_digit():
    """.7756: what is left changes its sign between .77555 and .77565."""
    assert excess(0.77555, 4.5) > 0.0 > excess(0.77565, 4.5)


OFFERS = np.repeat(np.array([40.0, 50.0, 60.0, 70.0]), 4)
HERS = Terms(19.0, 4.0, 2.0, 1.0, -1.0, 0.5, 1.0, 1.0)


def test_a_year_without_an_offer_lowers_the_reservation_wage_by_about_four_per_cent():
    """n0 of 24: after 12 months lambda .25 is seen as 1/6, K is 6.66, and w* 62.4007 falls to 60.0316."""
    hours = premiums(360.0, 0.5, 1.0)
    asked = []
    for months in (0.0, 12.0):
        gain = search_return(believed_arrival(0.25, months, 24.0), 0.02, 0.995)
        _, search, _, flow, _ = decide_status(81.0, hours, HERS, OFFERS, 0.0, gain)
        asked.append(flow + search)
    assert asked[0] == pytest.approx(62.4007, abs=5e-5)
    # w = 43.4214 + 6.65997 * (70 - w) / 4
    assert asked[1] == pytest.approx((43.42136 + 6.659973 * 17.5) / (1.0 + 6.659973 / 4.0), abs=5e-5)
    assert asked[1] / asked[0] - 1.0 == pytest.approx(-0.04, abs=0.005)


def test_value_of_time_of_the_example_solves_its_equation():
    """u(Y + b - k_w) + psi*v(T - h) = u(Y) + psi*v(T) at b = 45.4214, with u = ln(c + 19)."""
    value = hours_value(81.0, premiums(360.0, 0.5, 1.0).full, HERS)
    assert value == pytest.approx(100.0 * (math.sqrt(2.0) - 1.0) + 4.0)
    working = math.log(81.0 + value - 4.0 + 19.0) + 0.5 * math.log(180.0)
    assert working == pytest.approx(math.log(100.0) + 0.5 * math.log(360.0))


def test_size_example_to_the_last_digit():
    """-4.0 points at .45 and -2.1 at .85 of p(1-p)/sigma times the change of ln A."""
    with_remittances, without = (utility_gain_per_time(y, 19.0, 69.199, 4.0, 360.0, 180.0) for y in (81.0, 52.0))
    change = math.log(with_remittances / without) / 1.6
    assert round(100.0 * 0.45 * 0.55 * change, 1) == -4.0
    assert round(100.0 * 0.85 * 0.15 * change, 1) == -2.1
