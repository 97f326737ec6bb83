"""Skills: rules by hand, pupils who stay or leave, and what people learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.codes import Event, Occupation, Status
from sim.mechanisms.skills import (
    Skills,
    annuity,
    can_pay,
    experienced,
    learned,
    pay_gain,
    recognised_share,
    school_progress,
    school_skill,
    stay_chance,
    work_forgone,
)
from sim.population import Destinations, Households, Migrants, Persons, Population
from tests.unit.stand_in import Stand, places, put_money


def school(ages, schooling=3.0, earnings=1000.0, cents=0, receipt=0.0, **values):
    """One pupil per household, all with a birthday this month."""
    population = Population()
    places(population, price_index=1.0)
    population.markets.mean_wage[:] = [100.0, 150.0]
    population.add(Destinations, 1, id=[1], recognition_at_arrival=0.5, skill_return=0.3)
    population.destinations.current_pay[:] = [[600.0, 1000.0]]
    count = len(ages)
    rows = np.arange(count)
    population.add(
        Households,
        count,
        id=rows + 1,
        locality=0,
        others_earnings=earnings,
        need=50.0,
        persistent_receipt=receipt,
    )
    put_money(population, "Households", "liquid_assets", cents)
    ages = np.array(ages)
    population.add(
        Persons, count, id=rows + 1, household=rows, birth_month=-12 * ages, in_school=1, schooling=schooling,
        skill=math.exp(0.08 * schooling), status=np.where(ages < 15, Status.CHILD, Status.STUDENT), **values,
    )  # fmt: skip
    return population


def test_hand_worked_skill():
    """Ten years at ln 2 / 10 double skill; half a school with 40 % repetition gives 0.8 of a year."""
    assert school_skill(10.0, math.log(2.0) / 10.0) == pytest.approx(2.0)
    assert school_progress(1.0, 0.4) == 1.0
    assert school_progress(0.5, 0.4) == pytest.approx(0.8)
    assert learned(1.0, 1.5, 0.1) == pytest.approx(1.05)
    assert learned(2.0, 1.5, 0.1) == 2.0


def test_hand_worked_investment():
    """One a month for 480 months at 1 % is worth about 99; a doubling year is worth the pay itself."""
    assert annuity(0.99, 0, 480) == pytest.approx(99.2, abs=0.1)
    assert annuity(0.5, 1, 1) == pytest.approx(0.5)
    assert pay_gain(100.0, 100.0, 0.0, 10.0, math.log(2.0)) == pytest.approx(100.0)
    assert pay_gain(100.0, 150.0, 0.0, 10.0, 0.0) == pytest.approx(5.0)
    assert pay_gain(100.0, 150.0, 12.0, 10.0, 0.0) == 0.0
    assert recognised_share(0.5, 0.0) == 0.5
    assert work_forgone(14 * 12, 80.0) == pytest.approx(40.0)
    assert work_forgone(8 * 12, 80.0) == 0.0
    assert stay_chance(0.0, 3.0, 0.0) == 0.5


def test_hand_worked_fees():
    """A surplus of 4, receipts of 3 and savings of 36 pay 10 a month, and no more."""
    assert can_pay(4.0, 3.0, 36.0, 10.0) and not can_pay(4.0, 3.0, 36.0, 10.1)
    assert can_pay(-50.0, 0.0, 0.0, 0.0)


@given(st.floats(0, 16), st.integers(0, 400))
def test_learning_month_by_month_adds_up_to_experience(schooling, months):
    skill = school_skill(schooling, 0.08)
    most = 1.5 * skill
    for _ in range(months):
        skill = learned(skill, most, 0.006)
    assert skill == pytest.approx(experienced(schooling, months, 0.08, 1.5, 0.006))


def test_a_year_at_school_ends_on_the_birthday():
    population = school([10] * 5)
    population.localities.school_quality[:] = 1.0
    Stand(population).run(Skills(value_in_itself=5.0, sensitivity=0.0))
    assert list(population.persons.schooling) == pytest.approx([4.0] * 5)
    assert list(population.persons.skill) == pytest.approx([math.exp(0.32)] * 5)
    Stand(population).run(Skills())  # the month of the stand-in is again the birthday
    assert (population.persons.schooling > 4.5).all()


def test_ten_years_qualify_for_skilled_work():
    population = school([17, 17], schooling=9.5)
    population.localities.school_quality[:] = 1.0
    population.persons.schooling[1] = 8.5
    Stand(population).run(Skills())
    assert list(population.persons.occupation) == [Occupation.SKILLED, Occupation.BASIC]


def test_who_leaves_looks_for_something_else():
    population = school([16] * 3 + [12])
    world = Stand(population)
    world.run(Skills(value_in_itself=-5.0, sensitivity=0.0))
    assert (population.persons.in_school == 0).sum() >= 3
    left = population.persons.in_school == 0
    older = left & (population.persons.birth_month <= -180)
    assert (population.persons.status[older] == Status.INACTIVE).all()
    assert (population.persons.shaken[older] == 1).all()
    assert population.persons.status[3] == Status.CHILD
    assert Event.LEFT_SCHOOL in [event for _, event, who in world.seen if len(who)]


def pupils(**values):
    parameters = values.pop("parameters", {})
    locality = values.pop("locality", {})
    population = school([14] * 400, **values)
    for name, value in locality.items():
        population.localities.values(name)[:] = value
    world = Stand(population)
    world.run(Skills(**parameters))
    return int(population.persons.in_school.sum())


def test_nobody_stays_whom_the_household_cannot_pay():
    assert pupils(earnings=50.0) == 0
    assert pupils(earnings=60.0) > 300


def test_receipts_and_savings_keep_pupils_at_school_unless_the_channel_is_off():
    for values in ({"receipt": 20.0}, {"cents": 100_000}):
        assert pupils(earnings=40.0, **values) > 300
        assert pupils(earnings=40.0, parameters={"remittances_pay_school": 0}, **values) == 0


def test_support_lowers_the_fee_to_what_can_be_paid():
    population = school([14] * 50, earnings=51.0)
    population.households.school_support[:] = 0.9
    Stand(population).run(Skills())
    assert population.households.school_fee[0] == pytest.approx(0.3)
    assert population.persons.in_school.sum() > 30


def test_prospects_away_keep_pupils_at_school_and_work_here_draws_them():
    here = {"prevalence": 0.0}
    assert pupils(locality={"prevalence": 0.3}) > pupils(locality=here)
    assert pupils(locality={"unemployment": 0.0, "school_quality": 1.0}) > pupils(locality={"school_quality": 0.1})


def workers(status, **values):
    population = school([30] * 2)
    population.persons.in_school[:] = 0
    population.persons.status[:] = status
    for name, value in values.items():
        population.persons.values(name)[:] = value
    return population


def test_work_teaches_and_idleness_does_not():
    population = workers([Status.EMPLOYED, Status.UNEMPLOYED])
    before = population.persons.skill.copy()
    Stand(population).run(Skills())
    assert population.persons.skill[0] == pytest.approx(before[0] * 1.003, rel=1e-4)  # 0.6 % of half of it
    assert population.persons.skill[1] == before[1]


def test_work_away_teaches_a_little_more():
    population = workers([Status.EMPLOYED, Status.AWAY], spell=[-1, 0])
    population.add(Migrants, 1, id=[1], person=1, household=1, locality=0, destination=0, employed=1)
    Stand(population).run(Skills())
    assert population.persons.skill[1] > population.persons.skill[0]


def test_a_course_teaches_and_is_recorded():
    population = workers(Status.UNEMPLOYED, training_place=[1.0, 0.0])
    world = Stand(population)
    world.run(Skills())
    skill = population.persons.skill
    assert skill[0] == pytest.approx(skill[1] * 1.025, rel=1e-4)  # 5 % of the half that can be learnt
    trained = [who for _, event, who in world.seen if event == Event.TRAINED]
    assert [list(who) for who in trained] == [[0]]
