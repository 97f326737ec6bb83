"""Unpaid care: rules by hand, and who gives it in small households."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.codes import Status
from sim.mechanisms.care import Care, care_need, most_care, willingness
from sim.population import Households, Persons, Population
from tests.unit.stand_in import Stand, places


def home(ages, sexes, status=Status.INACTIVE, members=None, **values):
    """One household; ages in years."""
    population = Population()
    places(population)
    status = np.broadcast_to(status, len(ages))
    away = int((status == Status.AWAY).sum())
    members = len(ages) - away if members is None else members
    population.add(Households, 1, id=[1], locality=0, members=members, away=away)
    population.add(
        Persons, len(ages), id=np.arange(len(ages)) + 1, household=0, birth_month=-12 * np.array(ages),
        sex=sexes, status=status, **values,
    )  # fmt: skip
    return population


def hours(population, **parameters):
    """Care given by each member, without a fixed part for the home."""
    Stand(population).run(Care(**{"home": 0.0, **parameters}))
    return list(population.persons.care_hours)


def test_hand_worked_need_and_weights():
    """A small child 60 hours; at the mean earnings a man's weight is 1/2, a woman's three times that."""
    assert [care_need(12 * age, 60.0, 25.0, 30.0) for age in (5, 6, 12, 13, 69, 70)] == [60, 25, 25, 0, 0, 30]
    assert willingness(1, 400, 100.0, 100.0, 3.0, 0.3) == pytest.approx(0.5)
    assert willingness(0, 400, 100.0, 100.0, 3.0, 0.3) == pytest.approx(1.5)
    assert willingness(1, 400, 0.0, 0.0, 3.0, 0.3) == pytest.approx(1.0)
    assert willingness(1, 140, 0.0, 0.0, 3.0, 0.3) == pytest.approx(0.3)


def test_hand_worked_time():
    """480 hours less 60 of rest; 180 of work leave 240."""
    assert most_care(180.0, False, 60.0) == 420.0
    assert most_care(180.0, True, 60.0) == 240.0


@given(st.floats(0, 500), st.floats(0, 500), st.floats(1, 500))
def test_who_earns_more_gives_less(one, other, mean):
    first, second = (willingness(1, 400, earned, mean, 3.0, 0.3) for earned in (one, other))
    assert (first - second) * (one - other) <= 0.0


def test_hand_worked_couple_with_a_small_child():
    """Housework of three at 20 and the child's 60 make 120: she 90, he 30, the child none."""
    assert hours(home([30, 32, 3], [0, 1, 1])) == pytest.approx([90.0, 30.0, 0.0])


def test_whose_time_earns_more_gives_less():
    """She earns twice the mean (weight 3/3), he nothing (weight 1): half each."""
    shared = hours(home([30, 32, 3], [0, 1, 1], smoothed_earnings=[100.0, 0.0, 0.0]))
    assert shared == pytest.approx([60.0, 60.0, 0.0], rel=1e-5)


def test_without_a_norm_equal_earners_share_equally():
    assert hours(home([30, 32, 3], [0, 1, 1]), norm=1.0) == pytest.approx([60.0, 60.0, 0.0])


def test_nobody_gives_more_than_time_allows_and_the_other_takes_the_rest():
    """Six small children: 520 hours. She, at work, gives 240 at most, he what is left."""
    population = home(
        [30, 32] + [2] * 6, [0, 1] + [0] * 6, [Status.EMPLOYED] + [Status.INACTIVE] + [Status.CHILD] * 6,
        hours=[180.0] + [0.0] * 7,
    )  # fmt: skip
    shared = hours(population)
    assert shared[:2] == pytest.approx([240.0, 280.0])


def test_what_nobody_can_give_stays_unmet():
    """A mother alone with ten small children gives all her 420 hours."""
    assert hours(home([30] + [2] * 10, [0] * 11))[0] == pytest.approx(420.0)


def test_relief_goes_to_the_person_named():
    relieved = hours(home([30, 32, 3], [0, 1, 1], care_relief=[50.0, 0.0, 0.0]))
    assert relieved == pytest.approx([40.0, 30.0, 0.0])


def test_those_here_take_over_from_the_absent_unless_the_channel_is_off():
    """He is away: she does it all. With reassignment off she gives her 90 of 120, as before."""
    status = [Status.INACTIVE, Status.AWAY, Status.CHILD]
    assert hours(home([30, 32, 3], [0, 1, 1], status))[0] == pytest.approx(100.0)  # housework of two, the child
    assert hours(home([30, 32, 3], [0, 1, 1], status), reassignment=0)[0] == pytest.approx(90.0)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 1), st.floats(0, 300)), min_size=1, max_size=12))
def test_care_given_is_the_need_as_far_as_time_allows(members):
    ages, sexes, earned = zip(*members, strict=True)
    population = home(list(ages), list(sexes), smoothed_earnings=np.array(earned))
    given_hours = np.array(hours(population))
    need = 20.0 * len(ages) + sum(care_need(12 * age, 60.0, 25.0, 30.0) for age in ages)
    able = sum(1 for age in ages if age >= 10)
    assert (given_hours <= 420.0).all()
    if need <= 420.0:
        assert given_hours.sum() == pytest.approx(need if able else 0.0, rel=1e-4)
    assert given_hours.sum() <= need + 1e-2
