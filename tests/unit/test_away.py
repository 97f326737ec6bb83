"""Life at the destination: rules by hand, and small tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stand_in import Stand, places, put_money

from sim.codes import Occupation, Status
from sim.mechanisms.away import (
    Away,
    debt_service,
    finding_chance,
    losing_chance,
    own_comfort,
    pay_there,
    recognition_chance,
    takes_basic_work,
)
from sim.population import Destinations, Households, Migrants, Persons, Population

SHARE = st.floats(0.0, 1.0)
MONEY = st.floats(0.0, 1e5)


def test_chances_on_the_labour_market_there():
    """Finding .2 in a half-speed cycle and half the jobs open: .05; losing .02 in that cycle: .04."""
    assert finding_chance(0.2, 0.5, 0.5) == pytest.approx(0.05)
    assert losing_chance(0.02, 0.5) == pytest.approx(0.04)
    assert finding_chance(0.9, 3.0, 1.0) == losing_chance(0.9, 0.1) == 1.0


def test_recognition_needs_papers_and_help_adds_to_it():
    """Own chance .1, help .5: 1 - .9 * .5 = .55; without the right to stay none."""
    assert recognition_chance(0.1, 0.5, 1) == pytest.approx(0.55)
    assert recognition_chance(0.1, 0.0, 1) == pytest.approx(0.1)
    assert recognition_chance(0.1, 1.0, 0) == 0.0


def test_pay_there_returns_skill_in_part():
    """Twice the usual skill at elasticity 1/2: 100 * 1.41421; a tenth less without papers."""
    assert pay_there(100.0, 2.0, 0.5, 1, 0.1) == pytest.approx(141.421, abs=5e-4)
    assert pay_there(100.0, 1.0, 0.5, 0, 0.1) == pytest.approx(90.0)


def test_savings_decide_whether_a_recognised_person_takes_basic_work():
    assert takes_basic_work(99.0, 50.0, 2.0)
    assert not takes_basic_work(100.0, 50.0, 2.0)


@given(st.floats(-1e4, 1e5), SHARE, MONEY)
def test_debt_service_never_exceeds_debt_or_what_is_left(left, share, debt):
    paid = debt_service(left, share, debt)
    assert 0.0 <= paid <= min(debt, max(left, 0.0)) + 1e-9


@given(st.floats(-1e4, 1e5), MONEY, MONEY, SHARE)
def test_comfort_is_paid_out_of_what_is_left_and_all_of_it_once_the_target_is_there(left, savings, target, share):
    spent = own_comfort(left, savings, target, share)
    assert 0.0 <= spent <= max(left, 0.0)
    if savings >= target:
        assert spent == max(left, 0.0)


def abroad(count: int = 1, seed: int = 1, destination=(), migrant=(), person=()) -> Stand:
    """People away at one destination where everybody finds work at once and nobody loses it."""
    population = Population()
    places(population)
    there = {"wage": [[100.0, 300.0]], "living_cost": 60.0, "finding": 1.0, "separation": 0.0} | dict(destination)
    population.add(Destinations, 1, id=[1], **there)
    rows = np.arange(count)
    population.add(Households, count, id=rows + 1, locality=0)
    population.add(Persons, count, id=rows + 1, household=rows, status=Status.AWAY, spell=rows, **dict(person))
    population.add(
        Migrants, count, id=rows + 1, person=rows, household=rows, locality=0, destination=0, **dict(migrant)
    )
    return Stand(population, seed)


def test_a_month_of_pay_living_and_debt_by_hand():
    """100 earned, 60 lived on; a quarter of the 40 left repays; of the other 30, half is spent on comfort."""
    world = abroad(migrant={"debt": 10_000, "target_savings": 1_000.0})
    world.run(Away(service=0.25, comfort=0.5))
    migrants = world.population.migrants
    assert migrants.employed[0] == 1
    assert migrants.debt[0] == 10_000 - 1_000
    assert migrants.savings[0] == 10_000 - 6_000 - 1_000 - 1_500
    assert migrants.means[0] == pytest.approx(30.0 / 3.0)
    assert world.population.persons.months_away[0] == 1


def test_without_work_one_lives_on_savings_and_never_below_them():
    world = abroad(destination={"finding": 0.0})
    put_money(world.population, "Migrants", "savings", 8_000)
    world.run(Away(), 2)
    assert world.population.migrants.savings[0] == 0
    assert world.population.migrants.wage[0] == 0.0


def test_what_is_promised_to_the_household_is_not_spent_there():
    kept = []
    for plan in (0.0, 20.0):
        world = abroad(migrant={"plan": plan, "known_cost": 0.05, "target_savings": 1e6})
        world.run(Away(comfort=1.0))
        kept.append(int(world.population.migrants.savings[0]))
    assert kept == [0, 2_100]


def test_skilled_people_without_recognition_are_over_qualified():
    skilled = {"occupation": Occupation.SKILLED}
    unknown = abroad(person=skilled)
    known = abroad(person=skilled, migrant={"recognised": 1})
    helped = abroad(person=skilled | {"recognition_help": 1.0})
    for world in (unknown, known, helped):
        world.run(Away())
    assert unknown.population.migrants.occupation[0] == Occupation.BASIC
    assert unknown.population.migrants.wage[0] == pytest.approx(100.0)
    assert known.population.migrants.occupation[0] == Occupation.SKILLED
    assert known.population.migrants.wage[0] == pytest.approx(300.0)
    assert helped.population.migrants.recognised[0] == 1
    assert helped.population.migrants.occupation[0] == Occupation.SKILLED


def test_the_recognised_wait_for_skilled_work_only_as_long_as_savings_last():
    """At finding .3, those with a year's living in hand are idle longer, and less often over-qualified."""
    results = []
    for savings in (0, 72_000):
        world = abroad(
            400,
            destination={"finding": 0.3},
            migrant={"recognised": 1},
            person={"occupation": Occupation.SKILLED},
        )
        put_money(world.population, "Migrants", "savings", savings)
        world.run(Away(on_the_job=0.0))
        migrants = world.population.migrants
        results.append((1 - migrants.employed.mean(), (migrants.occupation[migrants.employed == 1] == 0).mean()))
    assert results[0][0] < results[1][0]
    assert results[0][1] > results[1][1] == 0.0


def test_the_irregular_find_less_earn_less_and_can_be_detected():
    there = {"finding": 0.4, "detection": 0.2}
    papers, none = abroad(500, destination=there), abroad(500, destination=there, migrant={"regular": 0})
    for world in (papers, none):
        world.run(Away())
    assert papers.population.migrants.detected.sum() == 0 < none.population.migrants.detected.sum()
    assert none.population.migrants.employed.mean() < papers.population.migrants.employed.mean()
    assert none.population.migrants.wage.max() == pytest.approx(90.0)


@pytest.mark.parametrize(("lever", "value", "column"), [("exchange", 2.0, "savings"), ("cycle", 3.0, "employed")])
def test_levers_of_the_destination(lever, value, column):
    there, saver = {"finding": 0.2, "separation": 0.1}, {"target_savings": 1e6}
    plain = abroad(300, destination=there, migrant=saver)
    moved = abroad(300, destination=there | {lever: value}, migrant=saver)
    for world in (plain, moved):
        world.run(Away(), 6)
    assert moved.population.migrants.values(column).mean() > plain.population.migrants.values(column).mean()


def test_the_terms_of_a_destination_are_published_for_those_who_think_of_going():
    world = abroad(destination={"exchange": 1.5, "cycle": 0.5, "finding": 0.2, "separation": 0.02})
    world.run(Away(skill_return=0.4))
    there = world.population.destinations
    assert there.current_pay[0].tolist() == pytest.approx([150.0, 450.0])
    assert there.current_living_cost[0] == pytest.approx(90.0)
    assert there.current_finding[0] == pytest.approx(0.1)
    assert there.current_separation[0] == pytest.approx(0.04)
    assert there.skill_return[0] == pytest.approx(0.4)


def test_ended_stays_are_left_alone():
    world = abroad(migrant={"ended": 1})
    put_money(world.population, "Migrants", "savings", 5_000)
    world.run(Away())
    assert world.population.migrants.savings[0] == 5_000
    assert world.population.persons.months_away[0] == 0
