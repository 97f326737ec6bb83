"""Migration: R3's worked numbers, its properties, and small tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stand_in import Stand, places, put_money

from sim.codes import Event, Occupation, Return, Route, Sex, Status
from sim.mechanisms.migration import Migration
from sim.moving import (
    HOME,
    NOBODY,
    NOT_ASKED,
    acquainted,
    altruism_at_departure,
    annuity,
    believed_chance,
    can_pay,
    certainty_equivalent,
    doubt,
    family_terms,
    gain_in_years,
    help_there,
    kind_of_return,
    knowledge,
    logistic,
    own_account_worth,
    prevalence_group,
    price_of_trip,
    prospects_here,
    readiness,
    recruiter_price,
    share_in_work,
    share_of_attachment,
    slow_average,
    terms_here,
    trip_loan,
    utility_of_place,
    wait_left,
    worth_of_income,
    worth_of_place,
)
from sim.population import Destinations, Firms, Households, Lenders, Migrants, Persons, Population, Recruiters

INCOME = st.floats(0.0, 1e4)
SHARE = st.floats(0.0, 1.0)


def worked(tie: float, cost: float, curvature: float) -> tuple[float, float]:
    """X and U of the worked example, incomes compared by their sum (curvature 0) or by their utility (1)."""
    here = certainty_equivalent(100.0, 0.0, 0.9, 25.0, 1.0)
    there = certainty_equivalent(350.0, 0.0, 0.8, 25.0, 1.0)
    gain = gain_in_years(there, here, annuity(0.995, 36.0), cost, 100.0, 25.0, curvature)
    return gain, utility_of_place(gain, 1.0, tie, 0.4, 0.2, 2.0, 0.0, 7.0)


def test_hand_worked_certainty_equivalents_and_annuity():
    assert certainty_equivalent(100.0, 0.0, 0.9, 25.0, 1.0) == pytest.approx(81.4175, abs=5e-5)
    assert certainty_equivalent(350.0, 0.0, 0.8, 25.0, 1.0) == pytest.approx(193.179, abs=5e-4)
    assert annuity(0.995, 36.0) == pytest.approx(32.85626, abs=5e-6)


def test_hand_worked_chance_to_leave_without_a_tie():
    """By the sum of incomes X 2.31006, U -4.28994, P .013520, times q 1/12 = .0011267 a month."""
    gain, value = worked(0.0, 900.0, 0.0)
    assert gain == pytest.approx(2.31006, abs=5e-6)
    assert value == pytest.approx(-4.28994, abs=5e-6)
    assert logistic(value) == pytest.approx(0.013520, abs=5e-7)
    assert logistic(value) / 12.0 == pytest.approx(0.0011267, abs=5e-8)


def test_hand_worked_chance_to_leave_with_a_household_tie():
    """A tie of .4 and a third off the 900: X 2.56006, P .025582 by the sum of incomes."""
    cost = price_of_trip(900.0, 1.0, 1.0 / 3.0, 0.0)
    assert cost == pytest.approx(600.0)
    gain, value = worked(1.0, cost, 0.0)
    assert gain == pytest.approx(2.56006, abs=5e-6)
    assert logistic(value) == pytest.approx(0.025582, abs=5e-7)


def test_hand_worked_worth_of_income():
    """125 ln(218.179 / 106.4175) = 89.743 instead of 111.762: X 1.70719, U -4.89281, P .007444; ten times pay."""
    better = worth_of_income(193.179, 100.0, 25.0, 1.0) - worth_of_income(81.4175, 100.0, 25.0, 1.0)
    assert better == pytest.approx(89.743, abs=2e-3)
    gain, value = worked(0.0, 900.0, 1.0)
    assert gain == pytest.approx(1.70719, abs=5e-5)
    assert value == pytest.approx(-4.89281, abs=5e-5)
    assert logistic(value) == pytest.approx(0.007444, abs=5e-6)
    assert worth_of_income(1000.0, 100.0, 25.0, 1.0) == pytest.approx(125.0 * math.log(8.2))  # 263, not 900
    assert worth_of_income(1000.0, 100.0, 25.0, 0.0) == pytest.approx(900.0)


@given(income=INCOME, usual=st.floats(1.0, 1e4), curvature=st.floats(0.0, 3.0))
def test_worth_of_income_is_none_at_the_usual_and_at_most_the_difference(income, usual, curvature):
    found = worth_of_income(income, usual, 0.25 * usual, curvature)
    assert worth_of_income(usual, usual, 0.25 * usual, curvature) == pytest.approx(0.0, abs=1e-9)
    assert found <= income - usual + 1e-6 * max(income, usual)
    assert worth_of_income(income + 1.0, usual, 0.25 * usual, curvature) >= found


def test_distance_decides_how_much_of_the_attachment_is_given_up():
    """Within the country .45; across a border with the same language .45 + .55 / 3; far away all of it."""
    assert share_of_attachment(0, 1.0, 0.45) == 0.45
    assert share_of_attachment(1, 1.0 / 3.0, 0.45) == pytest.approx(0.633333, abs=1e-6)
    assert share_of_attachment(1, 1.0, 0.45) == 1.0


def test_hand_worked_liquidity():
    """Savings 500, loan 200, others earn 60, need 40: 900 cannot be paid; 600 can, 100 + 180 >= 120."""
    assert not can_pay(500.0, 200.0, 900.0, 60.0, 40.0)
    assert can_pay(500.0, 200.0, 600.0, 60.0, 40.0)
    assert not can_pay(500.0, 200.0, 600.0, 0.0, 40.0)  # the household would not eat if the trip failed


def fixed_points(norm: float) -> list[float]:
    """Prevalences at which as many are away as want to be, with only the norm and symmetric flows."""
    grid = np.linspace(0.0, 1.0, 4_001) + 1e-9
    gap = np.array([logistic(utility_of_place(0.0, 0.0, 0.0, 0.0, p, norm, 0.0, norm / 2.0)) - p for p in grid])
    return [float(grid[k]) for k in np.flatnonzero(gap[:-1] * gap[1:] <= 0)]


@pytest.mark.parametrize(("norm", "solutions"), [(0.0, 1), (2.0, 1), (3.9, 1), (4.5, 3), (6.0, 3)])
def test_a_culture_of_migration_tips_only_above_a_norm_of_four(norm, solutions):
    assert len(fixed_points(norm)) == solutions


def test_hand_worked_outer_solution():
    """At nu 4.5 the outer solution is .7756."""
    assert fixed_points(4.5)[-1] == pytest.approx(0.7756, abs=1e-4)


def test_slow_prevalence_is_linear_and_reaches_what_it_follows():
    """A twenty-fourth of the way a month."""
    assert slow_average(0.1, 0.34, 24.0) == pytest.approx(0.11)
    value = 0.0
    for _ in range(24 * 12):
        value = slow_average(value, 0.3, 24.0)
    assert value == pytest.approx(0.3, abs=1e-4)


@given(INCOME, INCOME, SHARE, st.floats(0.0, 2.0))
def test_certainty_equivalent_lies_between_and_falls_with_curvature(one, other, chance, curvature):
    worth = certainty_equivalent(one, other, chance, 25.0, curvature)
    assert min(one, other) - 1e-5 <= worth <= max(one, other) + 1e-5
    mean = chance * one + (1.0 - chance) * other
    assert worth <= mean + 1e-6 * (1.0 + mean)
    assert certainty_equivalent(one, other, chance, 25.0, 0.0) == pytest.approx(mean, abs=1e-6)


def test_certainty_equivalent_is_continuous_at_log_utility():
    worth = [certainty_equivalent(350.0, 0.0, 0.8, 25.0, c) for c in (0.9999, 1.0, 1.0001)]
    assert worth[0] == pytest.approx(worth[1], rel=1e-3)
    assert worth[2] == pytest.approx(worth[1], rel=1e-3)


@given(st.integers(1, 120), st.floats(0.98, 0.9999))
def test_annuity_is_the_sum_it_stands_for(months, beta):
    assert annuity(beta, float(months)) == pytest.approx(sum(beta**t for t in range(1, months + 1)), rel=1e-9)


@given(SHARE, st.floats(0.0, 0.5), st.floats(0.001, 0.5), st.integers(1, 60))
def test_share_in_work_is_the_mean_of_the_chain(start, find, lose, months):
    working, total = start, 0.0
    for _ in range(months):
        total += working
        working = working * (1.0 - lose) + (1.0 - working) * find
    assert share_in_work(start, find, lose, float(months)) == pytest.approx(total / months, abs=1e-9)


@given(SHARE, st.integers(0, 3), SHARE)
def test_knowledge_grows_with_every_source(helped, trips, told):
    kappa = knowledge(helped, trips, told, 0.7, 0.7)
    assert 0.0 <= kappa <= 1.0
    assert knowledge(1.0, trips, told, 0.7, 0.7) >= kappa
    assert knowledge(helped, trips + 1, told, 0.7, 0.7) >= kappa
    assert knowledge(helped, trips, 1.0, 0.7, 0.7) == 1.0


def test_hand_worked_acquaintances_and_help():
    """Ten acquaintances, a twentieth of all there: .40126 to know one; worth half of a household member."""
    known = acquainted(0.05, 10.0)
    assert known == pytest.approx(0.401263, abs=1e-6)
    assert help_there(0.0, known, 0.5) == pytest.approx(0.200632, abs=1e-6)
    assert help_there(1.0, known, 0.5) == 1.0  # the family's help is not added to
    assert price_of_trip(900.0, help_there(0.0, known, 0.5), 1.0 / 3.0, 0.0) == pytest.approx(839.81, abs=5e-3)


def test_spouses_weigh_living_apart():
    assert family_terms(HOME, 0, 0.5) == -0.5
    assert family_terms(1, 1, 0.5) == 0.5
    assert family_terms(1, 0, 0.5) == 0.0  # apart here and there
    assert family_terms(NOBODY, 0, 0.5) == 0.0


def test_hand_worked_terms_and_waiting():
    """Services .5 x .8, covered .25, rights at half of the start -.5: .15 years."""
    assert terms_here(0.5, 0.8, 0.25, 1.0, 1.0, 0.5) == pytest.approx(0.15)
    assert terms_here(0.5, 0.8, 0.25, 0.0, 1.0, 1.0) == pytest.approx(0.4)
    assert wait_left(NOT_ASKED, 10, 24.0) == 24.0
    assert wait_left(34, 10, 24.0) == 24.0
    assert wait_left(34, 30, 24.0) == 4.0
    assert wait_left(34, 50, 24.0) == 0.0


def test_hand_worked_readiness():
    """Half the savings, half the time in fitting work, contacts half alive: a half; nothing without one of them."""
    assert readiness(500.0, 1000.0, 0.5, 0.5) == pytest.approx(0.5)
    assert readiness(3000.0, 1000.0, 0.8, 1.0) == pytest.approx(0.8 ** (1 / 3))
    assert readiness(0.0, 1000.0, 1.0, 1.0) == readiness(1000.0, 1000.0, 0.0, 1.0) == 0.0
    assert kind_of_return(1, 1, 1e6, 100.0) == Return.FORCED
    assert kind_of_return(0, 0, 50.0, 100.0) == Return.FAILED
    assert kind_of_return(0, 0, 150.0, 100.0) == kind_of_return(0, 1, 0.0, 100.0) == Return.CHOSEN


def test_beliefs_are_the_truth_with_full_knowledge_and_too_low_without():
    """Pessimism .3: pay 100 is believed 74.0818, odds of 4 to 1 become 2.96327 to 1."""
    assert 100.0 * doubt(0.0, 0.3) == pytest.approx(74.0818, abs=5e-5)
    assert believed_chance(0.8, doubt(0.0, 0.3)) == pytest.approx(2.96327 / 3.96327, abs=5e-6)
    assert doubt(1.0, 0.3) == 1.0
    assert believed_chance(0.8, 1.0) == pytest.approx(0.8)
    assert believed_chance(0.0, 0.5) == 0.0


def test_hand_worked_prospects_at_home():
    """Earned 80, offer 100, own work 40, time 60, found .2, lost .02: as one's status has it."""
    long_run = 0.2 / 0.22
    seen = {s: prospects_here(s, 80.0, 100.0, 40.0, 60.0, 0.2, 0.02, 1e6) for s in range(1, 7)}
    assert seen[Status.OWN_ACCOUNT] == (80.0, 80.0, 1.0)
    assert seen[Status.EMPLOYED] == (80.0, 40.0, pytest.approx(long_run, abs=1e-5))
    assert seen[Status.UNEMPLOYED] == seen[Status.AWAY] == (100.0, 40.0, pytest.approx(long_run, abs=1e-5))
    assert seen[Status.INACTIVE] == (100.0, 60.0, pytest.approx(long_run, abs=1e-5))
    assert own_account_worth(0.0, 0.0, 50.0, 30.0, 2.0) == 60.0
    assert own_account_worth(1.0, 0.0, 70.0, 30.0, 2.0) == pytest.approx(70.0)  # first hand on a whole holding


def test_prices_loans_and_altruism():
    assert price_of_trip(900.0, 0.0, 1.0 / 3.0, 0.5) == 450.0
    assert recruiter_price(1000.0, 400.0, 0.0) == 1000.0
    assert recruiter_price(1000.0, 400.0, 1.0) == 400.0
    assert recruiter_price(300.0, 400.0, 0.0) == 400.0
    assert recruiter_price(1000.0, 400.0, 0.8) == pytest.approx(520.0)
    assert worth_of_place(1000.0, 400.0, 0.8, 1) == 1000.0  # scarce: worth the full fee to whoever gets it
    assert worth_of_place(1000.0, 400.0, 0.8, 0) == pytest.approx(520.0)
    assert trip_loan(60.0, 3.0, 100.0, 1e6) == pytest.approx(80.0)
    assert trip_loan(60.0, 3.0, 0.0, 50.0) == 50.0
    assert trip_loan(60.0, 3.0, 500.0, 1e6) == 0.0
    assert altruism_at_departure(0.6, 2, 0.1) == pytest.approx(0.6)
    assert altruism_at_departure(0.6, 4, 0.1) > 0.6 > altruism_at_departure(0.6, 0, 0.1)


def test_groups_of_prevalence():
    months = 35 * 12
    groups = [prevalence_group(s, a) for s in (Sex.WOMAN, Sex.MAN) for a in (months - 1, months)]
    assert groups == [0, 1, 2, 3]


def test_leaving_limit_of_a_place_that_is_simply_better():
    """Without curvature, costs, attachment, ties and norm the better place wins at a large weight."""
    for there, here, chance in ((101.0, 100.0, 1.0), (99.0, 100.0, 0.0)):
        gain = gain_in_years(there, here, annuity(1.0, 1.0), 0.0, 100.0, 25.0, 0.0)
        assert logistic(utility_of_place(gain, 1e6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)) == pytest.approx(chance)


# ------------------------------------------------------------------------------------------------ tables


def village(count: int = 400, seed: int = 1, destination=(), place=(), home=(), person=(), fee: float = 0.0) -> Stand:
    """Pairs of adults at home, one destination that pays five times as much."""
    population = Population()
    places(population, **({"median_income": 100.0, "adults": 2 * count} | dict(place)))
    markets = population.markets
    markets.offers[:] = 100.0
    markets.arrival[:], markets.separation[:] = 0.2, 0.02
    there = {
        "abroad": 1, "current_pay": [[500.0, 900.0]], "current_living_cost": 150.0, "current_finding": 0.2,
        "current_separation": 0.02, "regular_share": 1.0, "fare": 300.0, "irregular_fee": 500.0,
    } | dict(destination)  # fmt: skip
    population.add(Destinations, 1, id=[1], **there)
    population.add(Recruiters, 1, id=[1], fee=fee)
    rows = np.arange(count)
    values = {"members": 2, "adults": 2, "others_earnings": 100.0, "need": 20.0} | dict(home)
    population.add(Households, count, id=rows + 1, locality=0, **values)
    population.add(
        Persons, 2 * count, id=np.arange(2 * count) + 1, household=np.repeat(rows, 2), birth_month=-300,
        **({"status": Status.UNEMPLOYED, "attachment": 2.0, "sex": Sex.MAN} | dict(person)),
    )  # fmt: skip
    put_money(population, "Households", "liquid_assets", 200_000)
    put_money(population, "Lenders", "cash", 10_000_000)
    return Stand(population, seed)


def gone(world: Stand) -> np.ndarray:
    return np.flatnonzero(world.population.persons.status == Status.AWAY)


ALWAYS = Migration(consider=1.0)


def test_departures_make_stays_pay_the_way_and_close_the_books():
    world = village()
    world.run(ALWAYS)
    persons, migrants, households = (
        world.population.persons,
        world.population.migrants,
        world.population.households,
    )
    away = gone(world)
    assert 20 < len(away) < 700
    assert migrants.count == len(away)
    assert (migrants.person[persons.spell[away]] == away).all()
    assert (persons.trips[away] == 1).all()
    assert world.ledger.paid("trip") == 30_000 * len(away)
    assert world.ledger.paid("purses") == 15_000 * len(away) == migrants.savings.sum()
    left = np.bincount(persons.household[away], minlength=households.count)
    np.testing.assert_array_equal(households.members, 2 - left)
    np.testing.assert_array_equal(households.away, left)
    assert (migrants.start_month == 1).all()  # from the first of next month
    assert len(np.concatenate([p for _, e, p in world.seen if e == Event.DEPARTED])) == len(away)


def test_nobody_considers_nobody_goes():
    world = village(count=50)
    world.run(Migration(on=0))
    assert not len(gone(world))


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({"destination": {"current_pay": [[900.0, 900.0]]}}, True),
        ({"destination": {"current_finding": 0.02}}, False),
        ({"destination": {"fare": 900.0}}, False),
        ({"destination": {"amenity": 1.0}}, True),
        ({"destination": {"closed": 1.0}}, False),
        ({"destination": {"abroad": 0}}, True),  # nearer home
        ({"place": {"prevalence": [[0.5, 0.5, 0.5, 0.5]]}}, True),
        ({"place": {"school_quality": 1.0, "health_quality": 1.0}}, False),
        ({"person": {"attachment": 5.0}}, False),
        ({"person": {"care_hours": 180.0}}, False),
        ({"person": {"job_information": 1.0}}, True),
        ({"person": {"travel_grant": 1.0}}, True),
        ({"person": {"status": Status.OWN_ACCOUNT, "smoothed_earnings": 200.0}}, False),
        ({"home": {"other_income": 300.0}}, False),
    ],
)
def test_who_leaves_answers_to(change, more):
    before, after = village(), village(**change)
    for world in (before, after):
        world.run(ALWAYS)
    assert (len(gone(after)) > len(gone(before))) is more


def test_a_higher_price_level_at_home_makes_pay_there_worth_less_and_pay_here_too():
    """At twice the prices and twice the pay at home, pay there is worth half."""
    same, dear = village(), village(place={"price_index": 2.0}, home={"others_earnings": 200.0})
    dear.population.markets.offers[:] = 200.0
    dear.population.localities.median_pay[:] = 200.0
    for world in (same, dear):
        world.run(ALWAYS)
    assert len(gone(dear)) < len(gone(same))


def test_who_cannot_pay_stays_and_is_recorded():
    world = village(home={"need": 80.0})
    put_money(world.population, "Households", "liquid_assets", 5_000)
    world.run(Migration(consider=1.0, loan_months=0.0))
    assert not len(gone(world))
    wanted = [p for _, event, p in world.seen if event == Event.WANTED_TO_LEAVE]
    assert len(wanted) == 1 and len(wanted[0]) > 20


def test_a_loan_can_pay_and_is_owed():
    world = village(home={"others_earnings": 200.0})
    put_money(world.population, "Households", "liquid_assets", 5_000)
    world.run(ALWAYS)
    away = gone(world)
    assert len(away)
    owed = world.population.households.debt
    assert owed.sum() == world.ledger.paid("trip loans") == world.population["Lenders"].values("loans").sum() > 0


def test_lenders_without_money_lend_nothing():
    world = village(home={"others_earnings": 200.0})
    put_money(world.population, "Households", "liquid_assets", 5_000)
    put_money(world.population, "Lenders", "cash", 0)
    world.run(ALWAYS)
    assert not len(gone(world))


def test_money_that_came_as_remittances_pays_trips_unless_switched_off():
    left = []
    for on in (1, 0):
        world = village(home={"received_assets": 200_000})
        put_money(world.population, "Lenders", "cash", 0)
        world.run(Migration(consider=1.0, remittances_pay_trips=on))
        left.append(len(gone(world)))
    assert left[0] > 0 == left[1]


def test_without_the_quota_the_way_is_irregular_or_a_recruiters():
    irregular = village(destination={"regular_share": 0.0})
    irregular.run(ALWAYS)
    stays = irregular.population.migrants
    assert (stays.route == Route.IRREGULAR).all() and (stays.regular == 0).all()
    placed = village(destination={"regular_share": 0.0, "detection": 0.05}, fee=600.0)
    placed.run(Migration(consider=1.0, advance=0.7))
    stays = placed.population.migrants
    assert (stays.route == Route.RECRUITER).all() and (stays.regular == 1).all() and (stays.employed == 1).all()
    assert (stays.debt == 42_000).all()  # seven tenths are advanced, the rest is paid
    assert placed.ledger.paid("trip") == 18_000 * stays.count
    supervised = village(destination={"regular_share": 0.0, "detection": 0.05}, fee=600.0)
    supervised.population["Recruiters"].values("supervision")[:] = 1.0
    supervised.run(Migration(consider=1.0, advance=0.7))
    assert (supervised.population.migrants.debt == 21_000).all()


def placed(supervision: float, fee: float = 600.0, savings: int = 200_000, **settings) -> Stand:
    """A month with recruiters as the only regular way, inspected to some degree; families have their savings alone."""
    world = village(destination={"regular_share": 0.0, "detection": 0.05}, fee=fee)
    world.population["Recruiters"].values("supervision")[:] = supervision
    put_money(world.population, "Households", "liquid_assets", savings)
    world.run(Migration(consider=1.0, advance=0.7, loan_months=0.0, **settings))
    return world


def test_employers_order_no_more_workers_because_a_recruiter_asks_for_less():
    full, capped = placed(0.0), placed(1.0)
    np.testing.assert_array_equal(gone(full), gone(capped))
    assert full.population.migrants.debt.sum() == 2 * capped.population.migrants.debt.sum() > 0
    assert full.ledger.paid("trip") == 2 * capped.ledger.paid("trip")
    open_to_all = placed(1.0, job_orders=0)
    assert set(gone(capped)) < set(gone(open_to_all))


def test_whom_the_cash_part_of_the_full_fee_keeps_at_home_gets_no_place_by_a_lower_one():
    """Three tenths of 600 are 180, of the fare of 300 they are 90: savings of 150 pay the second alone."""
    for supervision, job_orders, anybody in ((0.0, 1, False), (1.0, 1, False), (1.0, 0, True)):
        assert bool(len(gone(placed(supervision, savings=15_000, job_orders=job_orders)))) == anybody


@pytest.mark.parametrize("fee", [0.0, 600.0])
def test_without_inspection_scarce_places_change_nothing(fee):
    scarce, free = placed(0.0, fee), placed(0.0, fee, job_orders=0)
    for name in ("route", "debt", "savings", "person"):
        np.testing.assert_array_equal(scarce.population.migrants.values(name), free.population.migrants.values(name))


def test_somebody_stays_with_the_children():
    world = village(home={"children": 3})
    world.run(ALWAYS)
    left = np.bincount(world.population.persons.household[gone(world)], minlength=400)
    assert left.max() == 1


def test_leaving_a_job_frees_it():
    world = village(
        person={
            "status": Status.EMPLOYED,
            "employer": 0,
            "smoothed_earnings": 50.0,
            "skill": 2.0,
            "hours": 90.0,
        }
    )
    world.population.add(Firms, 1, id=[1], locality=0, jobs=[800, 0], labour=[800.0, 0.0])
    world.run(ALWAYS)
    away = gone(world)
    firms = world.population.firms
    assert len(away)
    assert firms.jobs[0, 0] == 800 - len(away)
    assert firms.labour[0, 0] == pytest.approx(800.0 - len(away))  # two efficiency units, half time
    assert (world.population.persons.employer[away] == -1).all()
    assert (world.population.persons.smoothed_earnings[away] == 50.0).all()  # what the household misses


def away_town(count: int = 300, destination=(), migrant=(), person=()) -> Stand:
    """One member of each household is away, with savings of 1,000 and a debt of 100."""
    world = village(count, destination=destination, person=person)
    population = world.population
    rows = np.arange(count)
    them = 2 * rows
    population.persons.status[them] = Status.AWAY
    population.persons.values("spell")[them] = rows
    population.households.members[:], population.households.adults[:] = 1, 1
    population.households.away[:] = 1
    population.add(
        Migrants, count, id=rows + 1, person=them, household=rows, locality=0, destination=0,
        **({"employed": 1, "debt": 10_000, "target_savings": 5_000.0, "altruism": 0.6} | dict(migrant)),
    )  # fmt: skip
    put_money(population, "Migrants", "savings", 100_000)
    return Stand(population)


def test_the_detected_are_sent_home_with_what_they_have():
    world = away_town(migrant={"detected": 1})
    world.population.persons.attachment[1::2] = 100.0  # nobody else leaves
    world.run(Migration(consider=1 / 36))
    persons, migrants = world.population.persons, world.population.migrants
    assert not len(gone(world))
    assert (migrants.ended == 1).all()
    assert (persons.returnee[::2] == 1).all() and (persons.spell[::2] == -1).all()
    assert (persons.status[::2] == Status.INACTIVE).all() and (persons.shaken[::2] == 1).all()
    assert world.ledger.paid("trip debt") == 300 * 10_000
    assert world.ledger.paid("purses home") == 300 * 90_000
    assert (migrants.savings == 0).all() and (migrants.debt == 0).all()


def returned(**settings) -> int:
    world = away_town(**settings)
    world.population.persons.attachment[1::2] = 100.0
    world.run(ALWAYS)
    return int((world.population.migrants.ended == 1).sum())


def test_who_returns_answers_to_savings_work_pay_and_attachment():
    usual = returned()
    assert 0 < usual < 300
    assert returned(migrant={"target_savings": 500.0}) > usual
    assert returned(migrant={"employed": 0}, destination={"current_finding": 0.01}) > usual
    assert returned(destination={"current_pay": [[250.0, 250.0]]}) > usual
    assert returned(person={"attachment": 8.0}) > usual


def test_people_move_on_to_a_better_place_and_take_their_savings():
    world = away_town()
    world.population.add(
        Destinations, 1, id=[2], abroad=1, current_pay=[[3000.0, 3000.0]], current_living_cost=150.0,
        current_finding=0.5, current_separation=0.01, regular_share=1.0, fare=200.0,
    )  # fmt: skip
    world.population.add(Recruiters, 1, id=[2])
    world.population.persons.attachment[1::2] = 100.0
    world = Stand(world.population)
    world.run(ALWAYS)
    migrants, persons = world.population.migrants, world.population.persons
    on = np.flatnonzero(migrants.destination == 1)
    assert len(on) > 100
    movers = migrants.person[on]
    assert (persons.spell[movers] == on).all() and (persons.status[movers] == Status.AWAY).all()
    assert (migrants.savings[on] == 80_000).all() and (migrants.debt[on] == 10_000).all()
    old = np.isin(np.arange(300), movers // 2)
    assert (migrants.ended[:300][old] == 1).all() and (migrants.savings[:300][old] == 0).all()


@pytest.mark.parametrize("channel", ["ties", "norm"])
def test_ties_and_norm_raise_departures_and_can_be_switched_off(channel):
    left = []
    for on in (1, 0):
        world = away_town()
        world.population.localities.prevalence[:] = 0.4
        world.population.persons.attachment[:] = 5.0
        world.run(Migration(consider=1.0, **{channel: on}))
        left.append(int((world.population.persons.trips[1::2] == 1).sum()))
    assert left[0] > left[1]


def test_prevalence_follows_the_share_away_of_ones_like():
    world = away_town()
    world.population.persons.values("sex")[1::2] = Sex.WOMAN
    world.run(Migration(consider=1 / 36, norm_memory=2.0))
    prevalence = world.population.localities.prevalence[0]
    assert prevalence[0] < 0.05 and prevalence[2] > 0.4  # men below 35 are away
    assert prevalence[1] == prevalence[3] == 0.0


def newly_placed(community: float) -> tuple[int, float]:
    """Leavers from households with nobody away, and how many of them have work at once; half the place is away."""
    world = village(600)
    population, them = world.population, 2 * np.arange(300)
    population.persons.status[them] = Status.AWAY
    population.persons.values("spell")[them] = np.arange(300)
    population.localities.values("adults")[:] = 900
    population.persons.attachment[:600] = 100.0
    population.add(Migrants, 300, id=np.arange(300) + 1, person=them, household=np.arange(300), destination=0,
                   locality=0, employed=1)  # fmt: skip
    put_money(population, "Migrants", "savings", 100_000)
    world.run(Migration(consider=1.0, community=community, norm=0, tie_job=1.0))
    new = np.flatnonzero((population.migrants.start_month == 1) & (population.migrants.household >= 300))
    return len(new), float(population.migrants.employed[new].mean())


def test_the_community_helps_where_the_household_has_nobody():
    few, idle = newly_placed(0.0)
    many, placed = newly_placed(1.0)
    assert many > few > 10
    assert idle == 0.0
    assert placed == pytest.approx(acquainted(0.25, 10.0), abs=0.06)


def couples(apart: float, together: bool = True, away: bool = False, **switches) -> int:
    """How many of the second of each couple leave; the first is at home or away."""
    world = away_town() if away else village(300)
    persons = world.population.persons
    if together:
        mates = np.arange(600) ^ 1
        persons.values("spouse")[:] = mates
    persons.attachment[:] = 2.0
    world.run(Migration(consider=1.0, apart=apart, ties=0, norm=0, **switches))
    return int(persons.trips[1::2].sum())


def test_spouses_follow_and_stay_for_each_other_and_the_channel_can_be_switched_off():
    assert couples(1.0) < couples(0.0) == couples(1.0, family=0) == couples(1.0, together=False)
    assert couples(1.0, away=True) > couples(0.0, away=True) == couples(1.0, away=True, family=0)


def test_who_is_covered_or_whose_rights_are_respected_stays():
    usual = len(gone(after_a_month()))
    assert len(gone(after_a_month(person={"insured": 1}))) < usual
    assert len(gone(after_a_month(place={"rights": 0.5}))) > usual
    free = {"protection": 0.0, "rights": 0.0}
    unmoved = after_a_month(free, person={"insured": 1}, place={"rights": 0.5})
    assert len(gone(unmoved)) == len(gone(after_a_month(free)))


def after_a_month(parameters=(), **settings) -> Stand:
    world = village(**settings)
    world.run(Migration(consider=1.0, **dict(parameters)))
    return world


def test_pushed_are_those_who_would_stay_with_the_home_terms_of_month_0():
    """Terms of the start are noted in the first month; then pay falls, and those whom that drives out are pushed."""
    world = village(person={"attachment": 4.0})
    world.run(Migration(consider=1 / 36))
    markets, migrants = world.population.markets, world.population.migrants
    start = markets.start_worth[0]
    assert start > 0.0 and markets.start_terms[:] == pytest.approx(np.full(2, 0.4))
    assert not migrants.pushed.any()  # everybody's home is the median
    assert migrants.push == pytest.approx(np.zeros(migrants.count), abs=1e-5)
    before = world.population.migrants.count
    markets.offers[:] = 20.0
    world.run(ALWAYS)
    assert markets.start_worth[0] == start
    new = np.arange(migrants.count) >= before
    assert 0 < migrants.pushed[new].sum() < new.sum()
    assert (migrants.push[new] > 0.0).all()
    pushed = np.concatenate([p for _, event, p in world.seen if event == Event.PUSHED])
    assert set(pushed.tolist()) == set(migrants.person[migrants.pushed == 1].tolist())
    steady = village(person={"attachment": 4.0})
    steady.run(Migration(consider=1 / 36))
    steady.run(ALWAYS)
    would = set(gone(steady).tolist())
    stayed = [p for p in migrants.person[new & (migrants.pushed == 1)].tolist() if p not in would]
    assert len(stayed) == migrants.pushed[new].sum()  # the same people in the world whose pay did not fall


def test_push_pull_and_network_add_up_to_the_wish_to_leave():
    world = away_town(person={"attachment": 3.0, "care_hours": 90.0})
    world.run(ALWAYS)
    migrants, rules = world.population.migrants, ALWAYS
    new = np.flatnonzero(migrants.start_month == 1)
    assert len(new)
    recorded = world.values_of(Event.DEPARTED)
    whole = migrants.push[new] + migrants.pull[new] + migrants.network[new]
    usual = 0.5 * world.population.localities.prevalence[0].max() * 0.0
    expected = recorded + 0.0 - 0.4 + rules.tie_weight + usual  # gain, no amenity, services of .8, a tie; no norm yet
    np.testing.assert_allclose(whole, expected, atol=1e-4)


def test_who_may_come_regularly_waits_and_then_goes_or_takes_the_other_way():
    slow = {"waiting": 24.0, "irregular_fee": 0.0, "current_pay": [[900.0, 900.0]]}
    world = village(destination=slow)
    world.run(ALWAYS)
    persons = world.population.persons
    asked = persons.admitted_month > NOT_ASKED
    assert not len(gone(world)) and asked.sum() > 20
    assert (persons.admitted_month[asked] == 24).all()
    world.run(ALWAYS, 23)
    assert not len(gone(world))
    world.run(ALWAYS, 12)
    went = gone(world)
    assert len(went) and (world.population.migrants.route == Route.REGULAR).all()
    assert (persons.admitted_month[went] == NOT_ASKED).all()
    impatient = village(destination=slow | {"waiting": 240.0, "irregular_fee": 300.0, "current_finding": 0.9})
    impatient.run(ALWAYS)
    assert (impatient.population.migrants.route == Route.IRREGULAR).all() and len(gone(impatient))


def test_the_detected_pay_their_fine_first():
    world = away_town(migrant={"detected": 1}, destination={"fine": 950.0})
    world.population.persons.attachment[1::2] = 100.0
    world.run(Migration(consider=1 / 36))
    assert world.ledger.paid("fines") == 300 * 95_000
    assert world.ledger.paid("trip debt") == 300 * 5_000  # of the 100 owed there is 50 left
    assert world.ledger.paid("purses home") == 0
    assert (world.population.persons.return_kind[::2] == Return.FORCED).all()
    assert (world.population.persons.preparedness[::2] == 0.0).all()
    assert (world.population.persons.return_month[::2] == 1).all()


def test_returns_without_work_and_savings_have_failed():
    world = away_town(migrant={"employed": 0, "cost": 5_000.0}, destination={"current_finding": 0.01})
    world.population.persons.attachment[1::2] = 100.0
    world.run(ALWAYS)
    persons = world.population.persons
    back = np.flatnonzero(persons.returnee)
    assert len(back) and (persons.return_kind[back] == Return.FAILED).all()
    assert (persons.preparedness[back] > 0.0).all() and (persons.preparedness[back] < 1.0).all()


def two_places(**switches) -> Stand:
    """All are detected; work is found once in a hundred months at home and every third month in the other place."""
    world = village(200)
    population = world.population
    population["Localities"].add(1, id=[2], base_pay=100.0, median_pay=100.0, adults=400)
    population["Authorities"].add(1, id=[2], locality=1)
    population["Lenders"].add(1, id=[2], locality=1)
    population["Markets"].add(2, id=[3, 4], locality=1, occupation=[0, 1])
    markets = population.markets
    markets.offers[:], markets.separation[:] = 100.0, 0.02
    markets.arrival[:] = [0.01, 0.01, 0.33, 0.33]
    them = 2 * np.arange(200)
    persons = population.persons
    persons.status[them], persons.values("spell")[them] = Status.AWAY, np.arange(200)
    persons.attachment[them], persons.attachment[them + 1] = 2.0, 100.0
    persons.values("spouse")[them[:50]] = them[:50] + 1
    homes = population.households
    homes.members[:], homes.adults[:], homes.away[:], homes.others_earnings[:] = 1, 1, 1, 0.0
    population.add(
        Migrants, 200, id=np.arange(200) + 1, person=them, household=np.arange(200), locality=0, destination=0,
        detected=1, target_savings=100.0,
    )  # fmt: skip
    put_money(population, "Migrants", "savings", 50_000)
    world = Stand(population)
    world.run(Migration(consider=1 / 36, **switches))
    return world


def test_singles_come_back_to_where_work_is_and_found_a_household_there():
    world = two_places()
    persons, homes = world.population.persons, world.population.households
    back = persons.household[::2]
    elsewhere = homes.locality[back] == 1
    assert not elsewhere[:50].any()  # to their spouses
    assert 20 < elsewhere.sum() < 150
    assert homes.count == 200 + elsewhere.sum()
    new = back[elsewhere]
    assert (homes.members[new] == 1).all() and (homes.liquid_assets[new] == 50_000).all()
    assert (homes.away[:200] == 0).all()
    assert (homes.members[:200] == np.where(elsewhere, 1, 2)).all()
    assert not (two_places(place_choice=0).population.households.locality == 1).any()


def test_contacts_here_revive():
    world = village(10, person={"contacts": 0.4, "attachment": 100.0})
    world.run(Migration(consider=1 / 36, contacts_revive=2.0))
    assert world.population.persons.contacts == pytest.approx(np.full(20, 0.7))


def test_order_of_rows_changes_nobodys_decision():
    one, other = village(), village()
    luck = np.random.default_rng(3)
    other.population.move(Persons, luck.permutation(800))
    other.population.move(Households, luck.permutation(400))
    for world in (one, other):
        world.run(ALWAYS, 3)
    left = [set(w.population.persons.id[gone(w)].tolist()) for w in (one, other)]
    assert left[0] == left[1] and left[0]


def test_one_more_household_disturbs_nobody():
    one, other = village(), village(count=401)
    for world in (one, other):
        world.run(ALWAYS)
    left = [set(w.population.persons.id[gone(w)].tolist()) for w in (one, other)]
    assert left[0] == {who for who in left[1] if who <= 800}


def test_destinations_are_chosen_by_value_within_the_nest():
    """Two equal places halve the leavers between them; the better of two gets most."""

    def split(second: float) -> np.ndarray:
        world = village()
        world.population.add(
            Destinations, 1, id=[2], abroad=1, current_pay=[[second, second]], current_living_cost=150.0,
            current_finding=0.2, current_separation=0.02, regular_share=1.0, fare=300.0,
        )  # fmt: skip
        world.population.add(Recruiters, 1, id=[2])
        world = Stand(world.population)
        world.run(ALWAYS)
        return np.bincount(world.population.migrants.destination, minlength=2)

    equal, better = split(500.0), split(700.0)
    assert abs(equal[0] - equal[1]) < 3 * math.sqrt(equal.sum())
    assert better[1] > 2 * better[0]


def test_skilled_people_weigh_recognition():
    left = []
    for chance in (0.0, 1.0):
        world = village(person={"occupation": Occupation.SKILLED}, destination={"recognition_at_arrival": chance})
        world.run(ALWAYS)
        left.append(len(gone(world)))
        if left[-1]:
            assert (world.population.migrants.recognised == chance).all()
    assert left[1] > left[0]


def test_an_empty_place_is_no_error():
    population = Population()
    places(population)
    world = Stand(population)
    world.run(ALWAYS)
    assert population.migrants.count == 0
    assert population["Lenders"].count == 1 and Lenders.cash.name == "cash"
