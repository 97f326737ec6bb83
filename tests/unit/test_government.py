"""The authority: rules by hand, and the books of one month on small tables."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stand_in import Stand, places, put_money

from sim.codes import Sector, Status
from sim.ledger import BooksError
from sim.mechanism import Month
from sim.mechanisms.government import Government, budget, local_part, pensioner, smoothed, staff_pay, tax_on
from sim.population import Firms, Households, Persons, Population
from sim.territory import NO_BENEFIT

PLACE = SimpleNamespace(pension=30.0, pension_coverage=1.0, benefit=NO_BENEFIT)


def test_hand_worked_budget():
    """100 a month smoothed: 90 with a debt of 240 at 1/24, 110 with reserves of 240, never below zero."""
    assert budget(100.0, -240.0, 1 / 24) == pytest.approx(90.0)
    assert budget(100.0, 240.0, 1 / 24) == pytest.approx(110.0)
    assert budget(100.0, -24_000.0, 1 / 24) == 0.0
    assert smoothed(100.0, 160.0, 1 / 12) == pytest.approx(105.0)


def test_staff_come_first_and_procurement_is_limited_by_what_sellers_can_serve():
    assert staff_pay(50.0, 0.5, 100.0) == 75.0
    assert staff_pay(50.0, 0.5, 60.0) == 60.0
    assert local_part(40.0, 0.5, 0.25, 1.1, 1000.0) == pytest.approx(30.0)
    assert local_part(40.0, 0.5, 0.9, 1.1, 10.0) == pytest.approx(11.0)


@given(st.floats(0.0, 1e6), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.5, 2.0), st.floats(0.0, 1e6))
def test_local_purchases_never_exceed_money_or_capacity(left, share, extra, price, capacity):
    bought = local_part(left, share, extra, price, capacity)
    assert 0.0 <= bought <= min(left, price * capacity)


def test_tax_and_net_pay_make_up_the_gross():
    """Net 85 of gross 100 at 15 %."""
    assert tax_on(85.0, 0.15) == pytest.approx(15.0)


def test_pensions_need_age_and_cover():
    assert pensioner(59.9, 0.1, 0.5, 60.0) == 0
    assert pensioner(60.0, 0.1, 0.5, 60.0) == 1
    assert pensioner(80.0, 0.6, 0.5, 60.0) == 0


def town():
    """A worker with 85 net of 100, and a household of somebody old; an authority with 120 a month."""
    population = Population()
    places(population, tax_rate=0.15, capacity=1_000.0)
    population.add(
        Households,
        2,
        id=[1, 2],
        locality=0,
        members=1,
        outside_income=[0.0, -50.0],
        property_income=[7.0, 0.0],
    )
    put_money(population, "Households", "liquid_assets", [10_000, 0])
    population.add(Firms, 1, id=[1], locality=0, sector=int(Sector.PUBLIC))
    population.add(
        Persons, 2, id=[1, 2], household=[0, 1], status=[int(Status.EMPLOYED), int(Status.INACTIVE)],
        employer=[0, -1], formal=[1, 0], earnings=[85.0, 0.0], birth_month=[-360, -840],
    )  # fmt: skip
    for name, value in (
        ("grant", 90.0),
        ("staff_budget", 60.0),
        ("smoothed_revenue", 120.0),
        ("revenue", 120.0),
    ):
        population["Authorities"].values(name)[:] = value
    return population


def end_of_line(population, line):
    """Run the line and put what it bought locally back out of the till, which Spending would empty."""
    stand = Stand(population, place=PLACE)
    stand.ledger.open()
    line(Month(stand, line))
    return stand


def test_hand_worked_month():
    """15 tax and 90 grant in; 120 to spend: 60 for staff, 30 locally, 30 outside; a pension of 30, of which
    all goes to the rest of the country, which asked for 50."""
    population = town()
    stand = end_of_line(population, Government())
    authority, households = population["Authorities"], population.households
    assert authority.values("cash").tolist() == [1_500 + 9_000 - 12_000]
    assert authority.values("revenue")[0] == pytest.approx(105.0)
    assert population.firms.cash.tolist() == [6_000] and population.firms.sales[0] == pytest.approx(60.0)
    assert population.localities.till.tolist() == [3_000]
    assert authority.values("purchases")[0] == pytest.approx(30.0)
    assert households.liquid_assets.tolist() == [8_500, 0]
    np.testing.assert_allclose(households.other_income, [7.0, 0.0])
    assert population.persons.pensioner.tolist() == [0, 1]
    assert stand.ledger.paid("other outside payments") == 3_000
    with pytest.raises(BooksError, match="till"):
        stand.ledger.close(0)


def test_instruments_are_paid_before_purchases_and_public_jobs_before_both():
    population = town()
    population["Authorities"].values("instruments")[:] = 20.0
    put_money(population, "Authorities", "cash", [-2_000])  # they were paid at the beginning of the month
    population.localities.public_jobs[:] = 0.5
    end_of_line(population, Government())
    assert population.firms.sales[0] == pytest.approx(90.0)
    assert population["Authorities"].values("purchases")[0] == pytest.approx(5.0)


def test_tax_is_never_more_than_the_household_holds():
    population = town()
    put_money(population, "Households", "liquid_assets", [1_000, 0])
    end_of_line(population, Government())
    assert population.households.liquid_assets[0] == 0
