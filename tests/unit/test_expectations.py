"""Expectations: rules by hand, and who is counted where."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.codes import Status
from sim.mechanisms.expectations import (
    Expectations,
    adapted,
    adapted_variance,
    bin_of,
    equivalents,
    median_of,
    middle_of,
)
from sim.population import Households, Persons, Population
from tests.unit.stand_in import Stand, places


def homes(receipt, **values):
    population = Population()
    places(population)
    count = len(receipt)
    population.add(Households, count, id=np.arange(count) + 1, locality=0, receipt=receipt, **values)
    return population


def test_hand_worked_learning():
    """Believed 30, seen 54, a twelfth of the way: 32; the surprise of 24 leaves variance 44."""
    assert adapted(30.0, 54.0, 1.0 / 12.0) == pytest.approx(32.0)
    assert adapted_variance(0.0, 24.0, 1.0 / 12.0) == pytest.approx(11.0 / 12.0 * 48.0)


def test_hand_worked_equivalents():
    """A couple with two children: 1 + 0.7 + 1."""
    assert equivalents(2, 2) == pytest.approx(2.7)


@given(st.floats(1.0 / 60.0, 60.0))
def test_a_class_is_within_little_more_than_a_percent_of_what_is_in_it(ratio):
    assert middle_of(bin_of(ratio)) == pytest.approx(ratio, rel=0.012)


@given(st.lists(st.floats(0.1, 10.0), min_size=1, max_size=50))
def test_the_median_by_classes_is_the_lower_median(values):
    counts = np.zeros((1, 384), np.int64)
    for value in values:
        counts[0, bin_of(value)] += 1
    exact = sorted(values)[(len(values) - 1) // 2]
    assert median_of(counts, 0) == pytest.approx(exact, rel=0.012)


def test_no_amounts_no_median():
    assert median_of(np.zeros((1, 384), np.int64), 0) == -1.0


def test_quarterly_sending_is_no_risk_once_it_is_known():
    """300 every third month is 100 a month in every three months: nothing to be surprised by."""
    population = homes([300.0], receipts=[[0.0, 0.0, 300.0]], persistent_receipt=100.0)
    world = Stand(population)
    for month in range(24):
        population.households.receipt[:] = 300.0 if month % 3 == 0 else 0.0
        world.run(Expectations())
    assert population.households.persistent_receipt[0] == pytest.approx(100.0)
    assert population.households.receipt_variance[0] == pytest.approx(0.0, abs=1e-6)


def test_a_lasting_change_is_learnt_in_about_a_year():
    """After a stop, (11/12)^12 = 35 % is still counted on a year after the last three months are empty."""
    population = homes([0.0], persistent_receipt=100.0)
    Stand(population).run(Expectations(), months=12)
    assert population.households.persistent_receipt[0] == pytest.approx(100.0 * (11 / 12) ** 12, rel=1e-4)
    assert population.households.receipt_variance[0] > 0.0


def test_members_are_counted_where_they_are():
    population = homes([0.0, 0.0])
    population.add(
        Persons, 6, id=np.arange(6) + 1, household=[0, 0, 0, 0, 1, 1],
        birth_month=[-12 * age for age in (40, 14, 15, 30, 50, 60)],
        status=[
            Status.EMPLOYED, Status.CHILD, Status.STUDENT, Status.AWAY, Status.OWN_ACCOUNT, Status.ABSENT,
        ],
        earnings=[120.0, 0.0, 0.0, 0.0, 60.0, 0.0], smoothed_earnings=[90.0, 0.0, 0.0, 70.0, 60.0, 50.0],
    )  # fmt: skip
    Stand(population).run(Expectations())
    households, localities = population.households, population.localities
    assert list(households.members) == [3, 1] and list(households.adults) == [2, 1]
    assert list(households.children) == [1, 0] and list(households.away) == [1, 0]
    assert list(households.need) == pytest.approx([22.0, 10.0])  # 10 for each of 2.2 and 1 equivalents
    assert list(households.others_earnings) == pytest.approx([100.0, 60.0])  # 90 and a third of the 30 more
    assert list(households.absent_earnings) == pytest.approx([70.0, 0.0])
    assert localities.adults[0] == 3
    assert localities.median_pay[0] == pytest.approx(60.0, rel=0.012)  # lower median of 120 and 60


def test_heads_are_counted_even_where_nobody_learns():
    population = homes([50.0])
    population.add(Persons, 1, id=[1], household=0, birth_month=-400, status=Status.INACTIVE)
    before = population.households.persistent_receipt.copy()
    mechanism = Expectations(on=0)
    from sim.mechanism import Month

    world = Stand(population)
    mechanism.rest(Month(world, mechanism))
    assert population.households.members[0] == 1
    assert population.households.persistent_receipt == before
