"""Search theory reproduced exactly by the rules the month uses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.codes import Status
from sim.search import (
    EVEN,
    NEVER,
    Terms,
    best_state,
    decide_status,
    expected_surplus,
    full_time_equivalent,
    hours_value,
    not_working_value,
    participation_chance,
    premiums,
    reservation_wage,
    search_return,
    search_value,
    time_premium,
    utility_gain_per_time,
    would_enter,
)

HERS = Terms(
    home=19.0, work_cost=4.0, search_cost=2.0, scale=1.0, own_return=0.0, own_search=0.5,
    curvature=1.0, unit=100.0,
)  # fmt: skip
OFFERS = np.repeat([40.0, 50.0, 60.0, 70.0], 4)  # four pays, equally likely, as 16 points
TIME = 360.0
HOURS, DEARER = premiums(TIME, 0.5, 1.0), premiums(TIME, 0.75, 1.0)


def beta_binomial() -> tuple[np.ndarray, np.ndarray]:
    """Wages 10..60 with Beta-binomial(50, 200, 100) chances."""
    n, a, b = 50, 200.0, 100.0

    def log_beta(x: float, y: float) -> float:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    chances = [math.comb(n, k) * math.exp(log_beta(k + a, n - k + b) - log_beta(a, b)) for k in range(n + 1)]
    return np.linspace(10.0, 60.0, n + 1), np.array(chances)


def uniform(points: int = 8192) -> tuple[np.ndarray, np.ndarray]:
    """U(0, 1) through the midpoints of equally likely pieces."""
    return (np.arange(points) + 0.5) / points, np.full(points, 1.0 / points)


def permanent(discount: float) -> float:
    """K of the textbook: an offer every period, jobs that never end."""
    return search_return(1.0, 0.0, discount)


@pytest.mark.parametrize(
    ("compensation", "discount", "expected", "accepted"),
    [
        (25.0, 0.99, 47.316500, 0.121729),
        (20.0, 0.99, 46.956313, 0.190891),
        (30.0, 0.99, 47.699606, 0.121729),
        (25.0, 0.98, 46.124307, 0.190891),
    ],
)
def test_discrete_mccall_reservation_wages_are_the_textbooks(compensation, discount, expected, accepted):
    wages, chances = beta_binomial()
    found = reservation_wage(wages, chances, compensation, permanent(discount), 0.0)
    assert found == pytest.approx(expected, abs=5e-7)
    assert chances[wages >= found].sum() == pytest.approx(accepted, abs=5e-7)


def test_reservation_wage_solves_the_bellman_equation_of_a_permanent_job():
    """R = (1-b) (c + b E v), with v(w) = max(w/(1-b), c + b E v)."""
    wages, chances = beta_binomial()
    beta, compensation = 0.99, 25.0
    found = reservation_wage(wages, chances, compensation, permanent(beta), 0.0)
    waiting = found / (1.0 - beta)
    value = np.maximum(wages / (1.0 - beta), waiting)
    assert compensation + beta * (chances * value).sum() == pytest.approx(waiting, rel=1e-12)


@pytest.mark.parametrize(
    ("compensation", "discount", "expected"),
    [(0.5, 0.99, 10.0 / 11.0), (0.2, 0.95, 0.75770683), (0.0, 0.95, 0.72394747)],
)
def test_uniform_offers_give_the_closed_form(compensation, discount, expected):
    points, chances = uniform()
    assert reservation_wage(points, chances, compensation, permanent(discount), 0.0) == pytest.approx(
        expected, abs=1e-7
    )


def test_separations_and_rare_offers_give_the_benchmark():
    points, chances = uniform()
    gain = search_return(0.5, 0.02, 0.995)
    found = reservation_wage(points, chances, 0.3, gain, 0.0)
    assert found == pytest.approx(0.78065207, abs=1e-7)
    hazard = 0.5 * (1.0 - found)
    assert hazard == pytest.approx(0.10967396, abs=1e-7)
    assert 0.02 / (0.02 + hazard) == pytest.approx(0.15423296, abs=1e-7)
    slope = (
        reservation_wage(points, chances, 0.301, gain, 0.0) - reservation_wage(points, chances, 0.299, gain, 0.0)
    ) / 0.002
    assert slope == pytest.approx(0.185786, abs=2e-4)


def test_spells_last_as_long_as_the_acceptance_chance_says():
    """20,000 spells with an offer a period from U(0, 1), c=.5, beta=.99: 11 offers, mean wage 21/22."""
    points, chances = uniform()
    reserve = reservation_wage(points, chances, 0.5, permanent(0.99), 0.0)
    rng = np.random.default_rng(1)
    waiting, accepted = np.zeros(20_000), np.full(20_000, np.nan)
    while np.isnan(accepted).any():
        still = np.flatnonzero(np.isnan(accepted))
        offers = rng.random(len(still))
        waiting[still] += 1
        taken = offers >= reserve
        accepted[still[taken]] = offers[taken]
    assert waiting.mean() == pytest.approx(11.0, rel=0.02)
    assert accepted.mean() == pytest.approx(0.9545, rel=0.02)


def test_hand_worked_flow_values_of_not_working():
    assert hours_value(81.0, HOURS.full, HERS) == pytest.approx(45.4214, abs=5e-5)
    assert hours_value(52.0, HOURS.full, HERS) == pytest.approx(33.4092, abs=5e-5)
    assert hours_value(81.0, HOURS.own, HERS) == pytest.approx(38.1641, abs=5e-5)
    assert hours_value(81.0, DEARER.full, HERS) == pytest.approx(72.1793, abs=5e-5)
    assert hours_value(52.0, DEARER.full, HERS) == pytest.approx(52.4073, abs=5e-5)


def test_hand_worked_search():
    """Offers 40, 50, 60, 70 equally likely, beta .995, lambda .25, s .02, k_s 2; accepts one in four."""
    gain = search_return(0.25, 0.02, 0.995)
    assert gain == pytest.approx(9.98996, abs=5e-6)
    status, search, _, flow, _ = decide_status(81.0, HOURS, HERS, OFFERS, 0.0, gain)
    assert status == Status.UNEMPLOYED
    assert search == pytest.approx(16.9793, abs=5e-5)
    assert flow + search == pytest.approx(62.4007, abs=5e-5)
    assert (flow + search <= OFFERS).mean() == 0.25
    _, search, _, flow, _ = decide_status(52.0, HOURS, HERS, OFFERS, 0.0, gain)
    assert flow + search == pytest.approx(59.3968, abs=5e-5)


@pytest.mark.parametrize(
    ("pay", "value", "status"), [(58.0, 22.0249, Status.OWN_ACCOUNT), (44.0, 15.7992, Status.UNEMPLOYED)]
)
def test_hand_worked_own_account(pay, value, status):
    gain = search_return(0.25, 0.02, 0.995)
    found, _, own, _, _ = decide_status(81.0, HOURS, HERS._replace(own_return=pay), OFFERS, 0.0, gain)
    assert own == pytest.approx(value, abs=5e-5)
    assert found == status


def test_hand_worked_discouraged_by_remittances():
    """With psi .75 she is out at 81 and would search at 52, without the 29 that remittances add."""
    gain = search_return(0.25, 0.02, 0.995)
    assert decide_status(81.0, DEARER, HERS, OFFERS, 0.0, gain)[0] == Status.INACTIVE
    status, search, _, flow, _ = decide_status(52.0, DEARER, HERS, OFFERS, 0.0, gain)
    assert status == Status.UNEMPLOYED
    assert flow + search == pytest.approx(64.3981, abs=5e-5)
    assert not would_enter(81.0, DEARER, HERS, OFFERS, 0.0, gain)
    assert would_enter(52.0, DEARER, HERS, OFFERS, 0.0, gain)


@pytest.mark.parametrize(("share", "points"), [(0.45, -4.0), (0.85, -2.1)])
def test_hand_worked_size_of_the_response(share, points):
    """The income change of the example, b_max 69.199, sigma 1.6."""
    without = utility_gain_per_time(52.0, 19.0, 69.199, 4.0, TIME, 180.0)
    with_remittances = utility_gain_per_time(81.0, 19.0, 69.199, 4.0, TIME, 180.0)
    change = share * (1.0 - share) / 1.6 * math.log(with_remittances / without)
    assert 100.0 * change == pytest.approx(points, abs=0.05)
    mean = math.log(without) - 1.6 * math.log(share / (1.0 - share))
    assert participation_chance(without, mean, 1.6) == pytest.approx(share)
    exact = participation_chance(with_remittances, mean, 1.6) - share
    assert 100.0 * exact == pytest.approx(points, abs=0.15)


def test_best_pay_in_the_size_example_is_where_search_just_pays():
    gain = search_return(0.25, 0.02, 0.995)
    assert search_value(OFFERS, EVEN, 1.0, 0.0, 69.1992, NEVER, gain, 2.0) == pytest.approx(0.0, abs=1e-3)


def test_curvature_one_is_the_limit_of_its_neighbours():
    cost = time_premium(TIME, 180.0, 0.5, 0.0)
    log = not_working_value(81.0, 19.0, HOURS.full, 4.0, 1.0, 100.0)
    assert not_working_value(81.0, 19.0, cost, 4.0, 1.0 + 1e-6, 100.0) == pytest.approx(log, rel=1e-4)
    assert not_working_value(81.0, 19.0, cost, 4.0, 1.0 - 1e-6, 100.0) == pytest.approx(log, rel=1e-4)
    assert not_working_value(81.0, 19.0, cost, 4.0, 0.0, 100.0) == pytest.approx(100.0 * cost + 4.0)


def test_hours_that_leave_less_than_sixty_cannot_be_worked():
    assert hours_value(81.0, premiums(239.0, 0.5, 1.0).full, HERS) == NEVER
    assert hours_value(81.0, premiums(240.0, 0.5, 1.0).full, HERS) < NEVER
    status, search, own, full, part = decide_status(10.0, premiums(100.0, 0.5, 1.0), HERS, OFFERS, 0.5, 10.0)
    assert status == Status.INACTIVE
    assert search == -HERS.search_cost
    assert (full, part) == (NEVER, NEVER)
    assert full_time_equivalent(search, full, part) == 0.0
    assert own == -NEVER


def test_part_time_offers_only_are_asked_at_twice_the_pay():
    assert full_time_equivalent(5.0, NEVER, 20.0) == 50.0


def test_ties_go_to_search():
    assert best_state(0.0, -1.0) == Status.UNEMPLOYED
    assert best_state(3.0, 3.0) == Status.UNEMPLOYED
    assert best_state(-1.0, 0.0) == Status.OWN_ACCOUNT


pays = st.lists(st.floats(1.0, 500.0), min_size=16, max_size=16).map(lambda x: np.sort(np.array(x)))
flows, gains = st.floats(0.0, 400.0), st.floats(0.0, 100.0)
costs, shares = st.floats(0.0, 30.0), st.floats(0.0, 1.0)


@settings(max_examples=150, deadline=None)
@given(pays, flows, flows, gains, costs, shares)
def test_the_value_of_search_solves_its_equation(points, full, part, gain, cost, share):
    r = search_value(points, EVEN, 1.0, share, full, part, gain, cost)
    surplus = (1.0 - share) * expected_surplus(points, EVEN, 1.0, full, r)
    surplus += share * expected_surplus(points, EVEN, 0.5, part, r)
    assert r == pytest.approx(gain * surplus - cost, abs=1e-8 * (1.0 + gain) * 500.0)


@settings(max_examples=150, deadline=None)
@given(pays, flows, gains, costs, shares, st.floats(1.0, 50.0))
def test_search_is_worth_more_with_pay_and_offers_and_less_with_the_value_of_time(
    points, flow, gain, cost, share, more
):
    r = search_value(points, EVEN, 1.0, share, flow, flow / 2.0, gain, cost)
    slack = 1e-9 * (1.0 + abs(r))
    assert search_value(points + more, EVEN, 1.0, share, flow, flow / 2.0, gain, cost) >= r - slack
    assert search_value(points, EVEN, 1.0, share, flow, flow / 2.0, gain + more, cost) >= r - slack
    assert search_value(points, EVEN, 1.0, share, flow + more, flow / 2.0, gain, cost) <= r + slack
    assert search_value(points, EVEN, 1.0, share, flow, flow / 2.0, gain, cost + more) < r


@settings(max_examples=150, deadline=None)
@given(pays, flows, gains)
def test_without_a_cost_of_search_nobody_accepts_less_than_time_is_worth(points, flow, gain):
    assert reservation_wage(points, EVEN, flow, gain, 0.0) >= flow


@settings(max_examples=150, deadline=None)
@given(
    pays, st.floats(0.0, 300.0), st.floats(61.0, 480.0), st.floats(0.05, 3.0), gains, costs, shares,
    st.floats(0.0, 300.0), st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0]),
)  # fmt: skip
def test_the_quick_test_of_entry_agrees_with_the_decision(
    points, income, time, taste, gain, cost, share, pay, curvature
):
    terms, hours = Terms(20.0, 4.0, cost, 1.0, pay, 0.5, curvature, 80.0), premiums(time, taste, curvature)
    status, search, own, _, _ = decide_status(income, hours, terms, points, share, gain)
    if min(abs(search), abs(own)) > 1e-9:
        assert would_enter(income, hours, terms, points, share, gain) == (status != Status.INACTIVE)


@settings(max_examples=150, deadline=None)
@given(
    pays, st.floats(0.0, 1e9), st.floats(61.0, 480.0), st.floats(1.0, 500.0), gains, costs, shares,
    st.floats(0.0, 1e6), st.sampled_from([0.5, 1.0, 1.5]),
)  # fmt: skip
def test_time_as_dear_as_can_be_ends_in_a_decision(points, income, time, taste, gain, cost, share, pay, curvature):
    """Costs of time beyond every pay are one number, `NEVER`, and the pass over the offers ends whatever they are."""
    terms, hours = Terms(20.0, 4.0, cost, 1.0, pay, 0.5, curvature, 80.0), premiums(time, taste, curvature)
    status, search, own, full, part = decide_status(income, hours, terms, points, share, gain)
    assert max(full, part) <= NEVER and math.isfinite(search) and math.isfinite(own)
    if full == part == NEVER and hours.own == NEVER:
        assert status == Status.INACTIVE or cost == 0.0


@pytest.mark.parametrize(("full", "part"), [(NEVER, 7e18), (7e18, NEVER), (NEVER, NEVER)])
def test_offers_that_are_used_up_end_the_pass(full, part):
    for share in (0.0, 1e-10, 0.5, 1.0):
        assert -3.0 * NEVER <= search_value(OFFERS, EVEN, 1.0, share, full, part, 1.0, 3.0 * NEVER) < 0.0


@settings(max_examples=100, deadline=None)
@given(st.floats(0.0, 300.0), st.floats(0.1, 100.0), st.floats(0.0, 2.0))
def test_income_makes_time_dearer(income, more, curvature):
    terms, premium = HERS._replace(curvature=curvature), time_premium(TIME, 180.0, 0.5, curvature)
    less, rich = hours_value(income, premium, terms), hours_value(income + more, premium, terms)
    assert rich >= less - 1e-9 if curvature == 0.0 or less >= NEVER else rich > less - 1e-9
