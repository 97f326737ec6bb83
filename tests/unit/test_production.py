"""Production and payroll: rules by hand, and the books of one month on small tables."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stand_in import Stand, places

from sim.codes import Sector, Status, Work
from sim.mechanisms.production import Production, eaten_at_home, harvest_left, net_pay, payroll_share
from sim.population import Firms, Households, Persons, Population
from sim.technology import farm_product, farm_return, marginal_product, output, trade_capacity

PLACE = SimpleNamespace(
    non_tradable_share=0.45, loan_rate=0.0125, need=10.0, pension=0.0, pension_coverage=0.0, commuting=0.0
)


def test_hand_worked_output():
    """A 2, K 16, L 81 at equal shares: 2 * 4 * 9 = 72; one more unit of labour adds half of 72 / 81."""
    assert output(2.0, 16.0, 81.0, 0.5) == pytest.approx(72.0)
    assert marginal_product(2.0, 16.0, 81.0, 0.5) == pytest.approx(0.5 * 72.0 / 81.0)
    assert output(2.0, 0.0, 81.0, 0.5) == output(2.0, 16.0, 0.0, 0.5) == 0.0


def test_hand_worked_farm():
    """Four hands on one unit, land share .5, product 10 each alone: 20; the fifth adds 10 * (5^.5 - 2)."""
    assert farm_product(1.0, 4.0, 10.0, 0.5) == pytest.approx(20.0)
    assert farm_return(1.0, 4.0, 10.0, 0.5) == pytest.approx(10.0 * (5.0**0.5 - 2.0))
    assert farm_product(0.0, 4.0, 10.0, 0.5) == 0.0


@given(st.integers(0, 20), st.floats(0.1, 5.0), st.floats(0.1, 0.9))
def test_one_more_hand_adds_less_the_more_there_are(hands, land, share):
    assert farm_return(land, hands + 1.0, 50.0, share) < farm_return(land, float(hands), 50.0, share)


def test_hand_worked_payroll():
    """Payroll 100, 40 in cash, two months of overdraft: all is paid; owing 150, half; owing 200, nothing."""
    assert payroll_share(4_000, 10_000, 2.0) == 1.0
    assert payroll_share(-15_000, 10_000, 2.0) == pytest.approx(0.5)
    assert payroll_share(-20_000, 10_000, 2.0) == payroll_share(-30_000, 10_000, 2.0) == 0.0


def test_only_formal_pay_is_taxed_and_food_comes_first():
    assert net_pay(100.0, 0.15, 1) == pytest.approx(85.0)
    assert net_pay(100.0, 0.15, 0) == 100.0
    assert eaten_at_home(50.0, 40.0, 0.5) == 20.0
    assert eaten_at_home(5.0, 40.0, 0.5) == 5.0
    assert trade_capacity(80.0, 1.5, 80.0) == pytest.approx(60.0)


def town(cash=100_000, capital=100.0):
    """A tradable firm of two (one formal), a shop of one, a farmer and a trader in three households."""
    population = Population()
    places(population, tax_rate=0.2, trade_productivity=50.0, farm_productivity=30.0)
    population.add(Households, 3, id=[1, 2, 3], locality=0, need=20.0, land=[0.0, 1.0, 0.0], members=2)
    population.add(
        Firms, 2, id=[1, 2], locality=0, sector=[int(Sector.TRADABLE), int(Sector.NON_TRADABLE)],
        capital=capital, productivity=1.0, cash=cash,
    )  # fmt: skip
    population.add(
        Persons, 5, id=[1, 2, 3, 4, 5], household=[0, 0, 1, 2, 2], skill=[1.0, 2.0, 1.0, 1.0, 1.2],
        status=[int(Status.EMPLOYED)] * 3 + [int(Status.OWN_ACCOUNT)] * 2,
        employer=[0, 0, 1, -1, -1],
        work=[0, 0, 0, int(Work.FARM), int(Work.TRADE)], hours=[180, 90, 180, 160, 160],
        wage=[60, 50, 40, 0, 0],
        formal=[1, 0, 0, 0, 0],
    )  # fmt: skip
    population.households.land[2] = 1.0
    return population


def test_hand_worked_month():
    """Labour 1 + 2/2 = 2 units; pay 60 of which 48 net, 50, 40; one hand on one unit harvests 30, eats 12."""
    population = town()
    stand = Stand(population, place=PLACE)
    stand.run(Production())
    persons, firms, households = population.persons, population.firms, population.households
    assert firms.jobs[:, 0].tolist() == [2, 1]
    np.testing.assert_allclose(firms.labour[:, 0], [2.0, 1.0], rtol=1e-6)
    np.testing.assert_allclose(persons.earnings, [48.0, 50.0, 40.0, 30.0, 0.0], rtol=1e-6)
    assert persons.insured.tolist() == [1, 0, 0, 0, 0]
    np.testing.assert_allclose(households.home_food, [0.0, 0.0, 12.0], rtol=1e-6)
    assert households.liquid_assets.tolist() == [11_000, 4_000, 1_800]
    made = 100.0**0.35 * 2.0**0.65
    np.testing.assert_allclose(firms.sales[0], made, atol=0.01)
    np.testing.assert_allclose(population.localities.capacity, 100.0**0.35 + 60.0, atol=0.01)
    assert households.own_workers.tolist() == [0, 0, 1]


def test_a_firm_that_cannot_pay_pays_everybody_the_same_share():
    """Overdraft of 165 of a possible 220 leaves half a payroll of 110, in a firm without sales."""
    population = town(cash=-16_500, capital=0.0)
    stand = Stand(population, place=PLACE)
    stand.run(Production())
    assert population.households.liquid_assets[0] == 5_500
    np.testing.assert_allclose(population.persons.earnings[:2], [24.0, 25.0], rtol=1e-6)
    assert population.firms.cash[0] == -22_000
    assert population.firms.wage_bill[0] == pytest.approx(55.0)


def test_a_better_harvest_is_sold_and_a_closed_firm_pays_nothing():
    plenty, normal = town(), town()
    plenty.localities.harvest[:] = 1.5
    normal.firms.open[0] = 0
    for population in (plenty, normal):
        Stand(population, place=PLACE).run(Production())
    assert plenty.households.liquid_assets[2] == 4_500 - 1_200
    assert normal.firms.sales[0] == 0.0 and normal.persons.earnings[0] == 0.0


def test_works_save_their_share_of_a_bad_harvest_and_nothing_of_a_good_one():
    """A harvest of .6 with half of the loss saved is .8."""
    assert harvest_left(0.6, 0.5) == pytest.approx(0.8)
    assert harvest_left(0.6, 0.0) == pytest.approx(0.6) and harvest_left(0.6, 1.0) == 1.0
    assert harvest_left(1.2, 0.9) == 1.2
