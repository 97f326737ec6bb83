"""Vital events: rules by hand, and what happens to people, money and households on small tables."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.codes import Event, Status
from sim.mechanisms.vital import (
    Vital,
    age_group,
    attachment_draw,
    can_stand_alone,
    death_chance,
    heads_share,
    marriage_chance,
    median_taste,
    school_entry_chance,
    taste_draw,
)
from sim.population import Destinations, Firms, Households, Migrants, Persons, Population
from tests.unit.stand_in import PLACE, Stand, places, put_money

NEVER = np.zeros(20)


def place(**values):
    return SimpleNamespace(**{**vars(PLACE), "poverty_headcount": 0.0, **values})


def people(population, ages, **values):
    count = len(ages)
    return population.add(Persons, count, id=np.arange(count) + 100, birth_month=-12 * np.array(ages), **values)


def town(homes=1, cents=0):
    population = Population()
    places(population)
    population.add(Destinations, 1, id=[1])
    population.add(Households, homes, id=np.arange(homes) + 10, locality=0)
    put_money(population, "Households", "liquid_assets", cents)
    return population


def certain(ages):
    """Death is certain in the age groups of the given ages, and does not happen in others."""
    mortality = np.zeros((2, 20))
    mortality[:, [age // 5 for age in ages]] = 1.0
    return mortality


def test_hand_worked_taste_and_attachment():
    """The median draw is the median; a logistic of log taste has its quartile at ln 3."""
    assert taste_draw(0.5, 0.4, 1.6) == pytest.approx(0.4)
    assert taste_draw(0.75, 1.0, 2.0) == pytest.approx(9.0)
    assert attachment_draw(0.5, 7.0, 2.0) == pytest.approx(7.0)


def test_women_and_men_differ_in_the_median_alone():
    """e^.7 = 2.01375 times the median of men; no difference at 0."""
    assert median_taste(1, 0.06, 0.7) == 0.06
    assert median_taste(0, 0.06, 0.7) == pytest.approx(0.120825, abs=1e-6)
    assert median_taste(0, 0.06, 0.0) == 0.06


def test_hand_worked_school_entry():
    """Half the quality of the start, half the places."""
    assert school_entry_chance(0.8, 0.8, 0.8) == pytest.approx(0.8)
    assert school_entry_chance(0.8, 0.4, 0.8) == pytest.approx(0.4)
    assert school_entry_chance(0.8, 1.0, 0.5) == 1.0


def test_hand_worked_death_chance():
    """Half are poor with three times the risk: poor 1.5 and others 0.5 of the life table."""
    assert death_chance(0.01, 0.8, 0.8, 1, 0.5, 0.7, 3.0) == pytest.approx(0.015)
    assert death_chance(0.01, 0.8, 0.8, 0, 0.5, 0.7, 3.0) == pytest.approx(0.005)
    worse = death_chance(0.01, 0.3, 0.8, 0, 0.0, 1.0, 1.5)
    assert worse == pytest.approx(0.01 * math.exp(0.5))


@given(st.floats(0, 0.2), st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.95), st.floats(1, 3))
def test_the_life_table_holds_at_the_start(base, quality, effect, poverty, ratio):
    """Over poor and others together the mean is the life table, whatever the gap between them."""
    poor, other = (death_chance(base, quality, quality, p, poverty, effect, ratio) for p in (1, 0))
    assert poverty * poor + (1 - poverty) * other == pytest.approx(base, abs=1e-12)


def test_hand_worked_marriage_chance():
    """One man for three women: half the hazard; nobody to marry, no marriage."""
    assert marriage_chance(0.012, 100, 100) == pytest.approx(0.012)
    assert marriage_chance(0.012, 1, 3) == pytest.approx(0.006)
    assert marriage_chance(0.012, 0, 5) == 0.0


def test_small_rules():
    assert [age_group(months) for months in (0, 59, 60, 1200, 5000)] == [0, 0, 1, 19, 19]
    assert can_stand_alone(20.0, 10.0) and not can_stand_alone(19.9, 10.0)
    assert heads_share(1000, 3, 7) == 428


def test_children_become_students_or_look_around_at_fifteen():
    population = town()
    rows = people(population, [15, 15, 14], household=0, in_school=[1, 0, 0])
    world = Stand(population)
    world.run(Vital())
    assert list(population.persons.status[rows]) == [Status.STUDENT, Status.INACTIVE, Status.CHILD]


def test_worse_schools_take_fewer_children():
    def starters(quality):
        population = town()
        population.localities.school_quality[:] = quality
        people(population, [7] * 400 + [30], household=0)
        Stand(population).run(Vital())
        return population.persons.in_school.sum()

    assert starters(0.2) < starters(0.5) < starters(0.8)


def test_a_death_clears_spouse_and_job_and_the_others_go_on():
    population = town(cents=500)
    population.add(Firms, 1, id=[1], locality=0, jobs=[2, 0], labour=[3.5, 0.0], full_time=1, founder=0)
    rows = people(
        population, [85, 40, 10], household=0, sex=[0, 1, 0], spouse=[1, 0, -1], employer=[0, 0, -1],
        status=[Status.EMPLOYED, Status.EMPLOYED, Status.CHILD], skill=[1.5, 2.0, 1.0], mother=[-1, -1, 0],
    )  # fmt: skip
    world = Stand(population, place=place(mortality=certain([85])))
    world.run(Vital())
    persons, firms = population.persons, population.firms
    assert list(persons.status[rows]) == [Status.ABSENT, Status.EMPLOYED, Status.CHILD]
    assert list(persons.spouse[rows]) == [-1, -1, -1] and persons.mother[rows[2]] == -1
    assert persons.employer[rows[0]] == -1
    assert firms.founder[0] == -1
    assert firms.jobs[0, 0] == 1 and firms.labour[0, 0] == pytest.approx(2.0)
    assert population.households.liquid_assets[0] == 500
    assert [event for _, event, who in world.seen if len(who)] == [Event.DIED]


def test_who_dies_away_leaves_savings_to_the_household():
    population = town(cents=100)
    rows = people(population, [85, 40], household=0, status=[Status.AWAY, Status.INACTIVE], spell=[0, -1])
    population.add(Migrants, 1, id=[1], person=0, household=0, locality=0, destination=0, debt=700)
    put_money(population, "Migrants", "savings", 250)
    Stand(population, place=place(mortality=certain([85]))).run(Vital())
    assert population.persons.spell[rows[0]] == -1
    assert population.migrants.ended[0] == 1 and population.migrants.debt[0] == 0
    assert population.households.liquid_assets[0] == 350
    assert population.households.received_assets[0] == 250


def test_newborn_joins_the_mother_and_has_her_own_luck():
    population = town(homes=2)
    rows = people(population, [25, 25, 25], household=[0, 1, 1], sex=[0, 0, 1], status=Status.INACTIVE)
    fertility = NEVER.copy()
    fertility[5] = 1.0
    Stand(population, place=place(fertility=fertility)).run(Vital())
    persons = population.persons
    assert len(persons) == 5
    assert sorted(persons.mother[3:]) == sorted(rows[:2])
    assert (persons.household[3:] == persons.household[persons.mother[3:]]).all()
    assert (persons.status[3:] == Status.CHILD).all() and (persons.birth_month[3:] == 0).all()
    assert persons.taste[3] != persons.taste[4]


def test_women_away_and_men_do_not_give_birth():
    population = town()
    people(population, [25, 25], household=0, sex=[0, 1], status=[Status.AWAY, Status.INACTIVE])
    fertility = np.ones(20)
    Stand(population, place=place(fertility=fertility)).run(Vital())
    assert len(population.persons) == 2


def test_fewer_births_while_husbands_are_away():
    def births(status):
        population = town()
        count = 300
        pair = np.arange(count)
        people(
            population, [28] * 2 * count, household=0, sex=[0] * count + [1] * count,
            spouse=np.concatenate([pair + count, pair]), status=[Status.INACTIVE] * count + [status] * count,
        )  # fmt: skip
        fertility = NEVER.copy()
        fertility[5] = 0.5
        Stand(population, place=place(fertility=fertility)).run(Vital())
        return len(population.persons) - 2 * count

    assert births(Status.AWAY) < births(Status.INACTIVE)


def test_a_bride_moves_with_her_small_children_and_empties_her_house_into_the_other():
    population = town(homes=2, cents=[900, 100])
    population.households.land[:] = [1.0, 2.0]
    rows = people(
        population, [30, 5, 35], household=[0, 0, 1], sex=[0, 1, 1], mother=[-1, 0, -1],
        status=[Status.INACTIVE, Status.CHILD, Status.INACTIVE],
    )  # fmt: skip
    world = Stand(population)
    for _ in range(200):
        world.run(Vital(marriage_hazard=0.05, bride_moves=1.0))
    assert population.persons.spouse[rows[0]] == rows[2]
    assert list(population.persons.household[rows]) == [1, 1, 1]
    assert list(population.households.liquid_assets) == [0, 1000]
    assert list(population.households.land) == [0.0, 3.0]


def test_men_without_women_stay_single_and_kin_do_not_marry():
    population = town()
    people(population, [25, 25, 26], household=0, sex=[0, 1, 1], status=Status.INACTIVE)
    Stand(population).run(Vital(marriage_hazard=0.05), months=100)
    assert (population.persons.spouse == -1).all()


def test_orphans_are_taken_in_with_what_they_have():
    population = town(homes=3, cents=[700, 10, 20])
    rows = people(
        population, [85, 6, 40, 40], household=[0, 0, 1, 2],
        status=[Status.INACTIVE, Status.CHILD, Status.INACTIVE, Status.INACTIVE],
    )  # fmt: skip
    Stand(population, place=place(mortality=certain([85]))).run(Vital())
    new_home = population.persons.household[rows[1]]
    assert new_home in (1, 2)
    assert population.households.liquid_assets[0] == 0
    assert population.households.liquid_assets.sum() == 730


def test_an_estate_pays_its_debts_first_and_the_rest_leaves():
    population = town(cents=1000)
    population.households.debt[:] = 400
    population["Lenders"].values("loans")[:] = 400
    people(population, [85], household=0, status=Status.INACTIVE)
    Stand(population, place=place(mortality=certain([85]))).run(Vital())
    assert population.households.liquid_assets[0] == 0 and population.households.debt[0] == 0
    assert population["Lenders"].values("cash")[0] == 400 and population["Lenders"].values("loans")[0] == 0
    assert population.localities.outside[0] == 600


def test_a_household_waits_for_those_away():
    population = town(cents=1000)
    people(population, [85, 30], household=0, status=[Status.INACTIVE, Status.AWAY], spell=[-1, 0])
    population.add(Migrants, 1, id=[1], person=1, household=0, locality=0, destination=0)
    Stand(population, place=place(mortality=certain([85]))).run(Vital())
    assert population.households.liquid_assets[0] == 1000


def crowded(earnings):
    """A grandmother with two grown couples, one with a child, and a cousin: seven heads, 700 cents."""
    population = town(cents=700)
    population.households.land[:] = 7.0
    population.households.members[:], population.households.adults[:], population.households.children[:] = (
        7,
        6,
        1,
    )
    people(
        population, [70, 40, 38, 30, 28, 4, 20], household=0, sex=[0, 1, 0, 1, 0, 0, 1],
        spouse=[-1, 2, 1, 4, 3, -1, -1], mother=[-1, 0, -1, 0, -1, 4, 0],
        status=[2, 2, 2, 2, 2, 0, 2], smoothed_earnings=[0, 0, 0, earnings, 0, 0, 0],
    )  # fmt: skip
    return population


def test_a_couple_that_can_live_on_its_own_leaves_a_crowded_house_with_its_share():
    population = crowded(earnings=25.0)
    world = Stand(population)
    world.run(Vital(consider=1.0, marriage_hazard=0.001))
    persons, households = population.persons, population.households
    assert list(persons.household) == [0, 0, 0, 1, 1, 1, 0]
    assert list(households.liquid_assets) == [400, 300]
    assert list(households.land) == pytest.approx([4.0, 3.0])
    assert list(households.members) == [4, 3] and list(households.children) == [0, 1]
    assert (Event.HOUSEHOLD_FORMED in [event for _, event, _ in world.seen]) and households.locality[1] == 0


def test_a_couple_without_means_or_room_enough_stays():
    for population, sizes in ((crowded(earnings=5.0), 4.0), (crowded(earnings=25.0), 9.0)):
        Stand(population, place=place(household_size=sizes)).run(Vital(consider=1.0, marriage_hazard=0.001))
        assert population.households.count == 1


def test_the_eldest_takes_over_from_a_receiver_who_died():
    population = town()
    rows = people(
        population, [85, 50, 45, 30], household=0, sex=[1, 1, 0, 1], receives=[1, 0, 0, 0],
        spell=[-1, -1, -1, 0],
        status=[Status.INACTIVE, Status.INACTIVE, Status.INACTIVE, Status.AWAY],
    )  # fmt: skip
    population.add(Migrants, 1, id=[1], person=3, household=0, locality=0, destination=0)
    Stand(population, place=place(mortality=certain([85]))).run(Vital())
    assert list(population.persons.receives[rows]) == [0, 1, 0, 0]
    assert population.households.woman_decides[0] == 0


def village(order=None):
    """A hundred and fifty people with births, deaths and marriages; rows in any order."""
    draw = np.random.default_rng(5)
    count, homes = 150, 30
    ages = draw.integers(0, 80, count)
    columns = {
        "id": np.arange(count) + 1, "birth_month": -12 * ages, "sex": draw.integers(0, 2, count),
        "household": draw.integers(0, homes, count), "smoothed_earnings": draw.uniform(0, 40, count),
        "status": np.where(ages < 15, Status.CHILD, Status.INACTIVE),
    }  # fmt: skip
    population = Population()
    places(population, 2)
    population.add(Destinations, 1, id=[1])
    population.add(Households, homes, id=np.arange(homes) + 1, locality=np.arange(homes) % 2)
    put_money(population, "Households", "liquid_assets", draw.integers(0, 9999, homes))
    order = np.arange(count) if order is None else order
    population.add(Persons, count, **{name: values[order] for name, values in columns.items()})
    fertility = NEVER.copy()
    fertility[3:9] = 0.02
    return Stand(population, place=place(fertility=fertility, mortality=np.full((2, 20), 0.003), household_size=3.0))


def life(world):
    """What became of everybody, by id."""
    persons, households = world.population.persons, world.population.households
    spouse = np.where(persons.spouse >= 0, persons.id[persons.spouse], 0)
    rows = zip(persons.id, persons.status, households.id[persons.household], spouse, persons.taste, strict=True)
    return sorted(rows), sorted(zip(households.id, households.liquid_assets, households.land, strict=True))


def test_nobody_and_no_cent_is_lost_and_the_order_of_rows_plays_no_part():
    straight, shuffled = village(), village(np.random.default_rng(1).permutation(150))
    purses = straight.population.households.liquid_assets.sum()
    for world in (straight, shuffled):
        world.run(Vital(), months=60)
    assert life(straight) == life(shuffled)
    persons, households = straight.population.persons, straight.population.households
    happened = {event: sum(len(who) for _, e, who in straight.seen if e == event) for event in Event}
    assert happened[Event.BORN] > 0 and happened[Event.DIED] > 0
    alive = persons.status != Status.ABSENT
    assert alive.sum() == 150 + happened[Event.BORN] - happened[Event.DIED]
    married = np.flatnonzero(persons.spouse >= 0)
    assert len(married) and (persons.spouse[persons.spouse[married]] == married).all()
    assert (persons.sex[married] != persons.sex[persons.spouse[married]]).all()
    assert households.liquid_assets.sum() + straight.population.localities.outside.sum() == purses


def test_switched_off_nothing_happens():
    world = village()
    before = life(world)
    world.run(Vital(on=0), months=12)
    assert life(world) == before
