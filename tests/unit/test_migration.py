"""Migration: R3's worked numbers, its properties, and small tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stand_in import Stand, places, put_money

from sim.codes import Event, Occupation, Route, Sex, Status
from sim.mechanisms.migration import (
    Migration,
    altruism_at_departure,
    annuity,
    believed_chance,
    can_pay,
    certainty_equivalent,
    doubt,
    gain_in_years,
    knowledge,
    logistic,
    own_account_worth,
    prevalence_group,
    price_of_trip,
    prospects_here,
    recruiter_price,
    share_in_work,
    slow_average,
    trip_loan,
    utility_of_place,
)
from sim.population import Destinations, Firms, Households, Lenders, Migrants, Persons, Population, Recruiters

INCOME = st.floats(0.0, 1e4)
SHARE = st.floats(0.0, 1.0)


def worked(tie: float, cost: float) -> tuple[float, float]:
    """X and U of the worked example."""
    here = certainty_equivalent(100.0, 0.0, 0.9, 25.0, 1.0)
    there = certainty_equivalent(350.0, 0.0, 0.8, 25.0, 1.0)
    gain = gain_in_years(there, here, annuity(0.995, 36.0), cost, 100.0)
    return gain, utility_of_place(gain, 1.0, tie, 0.4, 0.2, 2.0, 0.0, 7.0)


def test_hand_worked_certainty_equivalents_and_annuity():
    assert certainty_equivalent(100.0, 0.0, 0.9, 25.0, 1.0) == pytest.approx(81.4175, abs=5e-5)
    assert certainty_equivalent(350.0, 0.0, 0.8, 25.0, 1.0) == pytest.approx(193.179, abs=5e-4)
    assert annuity(0.995, 36.0) == pytest.approx(32.85626, abs=5e-6)


def test_hand_worked_chance_to_leave_without_a_tie():
    """X 2.31006, U -4.28994, P .013520, times q 1/12 = .0011267 a month."""
    gain, value = worked(0.0, 900.0)
    assert gain == pytest.approx(2.31006, abs=5e-6)
    assert value == pytest.approx(-4.28994, abs=5e-6)
    assert logistic(value) == pytest.approx(0.013520, abs=5e-7)
    assert logistic(value) / 12.0 == pytest.approx(0.0011267, abs=5e-8)


def test_hand_worked_chance_to_leave_with_a_household_tie():
    """A tie of .4 and a third off the 900: X 2.56006, P .025582."""
    cost = price_of_trip(900.0, 1.0, 1.0 / 3.0, 0.0)
    assert cost == pytest.approx(600.0)
    gain, value = worked(1.0, cost)
    assert gain == pytest.approx(2.56006, abs=5e-6)
    assert logistic(value) == pytest.approx(0.025582, abs=5e-7)


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


@given(SHARE, SHARE, st.integers(0, 3), SHARE)
def test_knowledge_grows_with_every_source(tie, prevalence, trips, told):
    kappa = knowledge(tie, prevalence, trips, told, 0.7, 0.7)
    assert 0.0 <= kappa <= 1.0
    assert knowledge(1.0, prevalence, trips, told, 0.7, 0.7) >= kappa
    assert knowledge(tie, prevalence, trips + 1, told, 0.7, 0.7) >= kappa
    assert knowledge(tie, prevalence, trips, 1.0, 0.7, 0.7) == 1.0


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
        gain = gain_in_years(there, here, annuity(1.0, 1.0), 0.0, 100.0)
        assert logistic(utility_of_place(gain, 1e6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)) == pytest.approx(chance)


# ------------------------------------------------------------------------------------------------ tables


def village(count: int = 400, seed: int = 1, destination=(), place=(), home=(), person=(), fee: float = 0.0) -> Stand:
    """Pairs of adults at home, one destination that pays five times as much."""
    population = Population()
    places(population, median_income=100.0, **dict(place))
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
    world.population.add(Firms, 1, id=[1], locality=0, jobs=800, labour=800.0)
    world.run(ALWAYS)
    away = gone(world)
    firms = world.population.firms
    assert len(away)
    assert firms.jobs[0] == 800 - len(away)
    assert firms.labour[0] == pytest.approx(800.0 - len(away))  # two efficiency units, half time
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
