"""Finance: rules by hand, signs, and the books of one month on small tables."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stand_in import Stand, places, put_money

from sim.codes import Owner, Sector
from sim.mechanisms.finance import (
    Finance,
    account_pays,
    credit_line,
    dividend,
    expected_shortfall,
    instalment,
    insurance_gain,
    payout,
    squared_shortfall,
)
from sim.population import Firms, Households, Population

PLACE = SimpleNamespace(loan_rate=0.02)


def test_hand_worked_dividend():
    """Payroll 100, cash 260, profit 40, idle cash paid over a year: 40 + 60 / 12 = 45; the reserve stays."""
    assert dividend(260.0, 100.0, 40.0, 2.0, 1 / 12) == pytest.approx(45.0)
    assert dividend(210.0, 100.0, 40.0, 2.0, 1 / 12) == 10.0
    assert dividend(190.0, 100.0, 40.0, 2.0, 1 / 12) == 0.0
    assert dividend(260.0, 100.0, -40.0, 2.0, 1 / 12) == pytest.approx(5.0)


def test_hand_worked_credit():
    """Two months of 100 and 40 % of land worth 500: 400; half after a default; 30 % more with a guarantee."""
    assert credit_line(100.0, 500.0, 0.0, 0, 0.0, 2.0, 0.4) == 400.0
    assert credit_line(100.0, 500.0, 0.0, 1, 150.0, 2.0, 0.4) == 50.0
    assert credit_line(100.0, 500.0, 0.3, 0, 0.0, 2.0, 0.4) == pytest.approx(520.0)
    assert credit_line(100.0, 500.0, 0.0, 0, 900.0, 2.0, 0.4) == 0.0
    assert instalment(240.0, 24.0, 100.0) == 10.0
    assert instalment(240.0, 24.0, -5.0) == 0.0


@given(st.floats(1.0, 1e4), st.floats(0.01, 3.0), st.floats(0.3, 1.0))
def test_shortfalls_are_those_of_a_normal_income(mean, variation, trigger):
    """Against sums over the quantiles of the same normal distribution."""
    from sim.streams import normal

    sd = variation * mean
    incomes = mean + sd * np.array([normal((k + 0.5) / 4000) for k in range(4000)])
    short = np.maximum(0.0, trigger * mean - incomes)
    assert expected_shortfall(mean, sd, trigger) == pytest.approx(short.mean(), abs=1e-3 * sd)
    assert squared_shortfall(mean, sd, trigger) == pytest.approx((short**2).mean(), abs=5e-3 * sd * sd)


def test_hand_worked_insurance():
    """Trigger at the mean: half the mass is short, E = sd / sqrt(2 pi), E of the square = var / 2."""
    assert expected_shortfall(100.0, 20.0, 1.0) == pytest.approx(20.0 / (2.0 * np.pi) ** 0.5)
    assert squared_shortfall(100.0, 20.0, 1.0) == pytest.approx(200.0)
    assert insurance_gain(100.0, 200.0, 1.0, 2.0) == pytest.approx(2.0)
    assert payout(40.0, 100.0, 0.7, 0.5) == pytest.approx(15.0)
    assert payout(80.0, 100.0, 0.7, 0.5) == 0.0


def test_an_account_pays_when_much_goes_through_it_and_a_desk_is_near():
    """2 % of 400 is 8; it costs 4 next to the desk, 8 at 25 km."""
    assert account_pays(400.0, 0.02, 100.0, 20.0, 0.04, 25.0)
    assert not account_pays(400.0, 0.02, 100.0, 25.0, 0.04, 25.0)


def town(**households):
    """A local firm with a loan, an absentee one, a public one; a saver, a debtor, somebody short."""
    population = Population()
    places(population)
    values = {
        "need": [10.0, 10.0, 50.0], "labour_income": [90.0, 40.0, 30.0], "debt": [0, 24_000, 0], "members": 1,
        "earned_income": [90.0, 40.0, 30.0], "earned_variance": 1.0, **households,
    }  # fmt: skip
    population.add(Households, 3, id=[1, 2, 3], locality=0, **values)
    put_money(population, "Households", "liquid_assets", [50_000, 3_000, 2_000])
    population.add(
        Firms, 3, id=[1, 2, 3], locality=0, owner=[0, -1, -1], cash=[30_000, 30_000, 30_000], wage_bill=100.0,
        owner_kind=[int(Owner.LOCAL), int(Owner.ABSENTEE), int(Owner.AUTHORITY)], sales=[160.0, 130.0, 120.0],
        sector=[int(Sector.NON_TRADABLE), int(Sector.TRADABLE), int(Sector.PUBLIC)], capital=1_000.0,
        debt=[12_000, 0, 0],
    )  # fmt: skip
    lenders = population["Lenders"]
    lenders.values("cash")[:], lenders.values("loans")[:] = 10_000, 36_000
    return population


def debts(population):
    return int(population.households.debt.sum() + population.firms.debt.sum())


def test_hand_worked_month():
    """The local firm: interest 2.40, instalment 5, wear 8, profit 160 - 100 - 2.40 - 8 = 49.60; it holds
    92.60 above its reserve and pays out 49.60 + a twelfth of it. The debtor: 4.80 interest, 10 instalment.
    Short of 30, the third can borrow two months' income of 30."""
    population = town()
    stand = Stand(population, place=PLACE)
    stand.run(Finance())
    firms, households = population.firms, population.households
    np.testing.assert_allclose(firms.profit, [49.6, 22.0, 20.0], rtol=1e-5)
    np.testing.assert_allclose(firms.capital, [992.0, 992.0, 1_000.0], rtol=1e-5)
    assert firms.debt.tolist() == [11_500, 0, 0]
    local = 4_960 + 9_260 // 12
    assert abs(stand.ledger.paid("dividends") - local) <= 1
    assert abs(stand.ledger.paid("absentee profits") - (2_200 + 10_000 // 12)) <= 1
    assert population["Authorities"].values("cash")[0] == stand.ledger.paid("public surplus") > 0
    assert households.property_income[0] == pytest.approx(stand.ledger.paid("dividends") / 100.0)
    assert households.debt.tolist() == [0, 23_000, 3_000]
    assert households.liquid_assets[1] == 3_000 - 480 - 1_000
    assert households.liquid_assets[2] == 5_000
    assert population["Lenders"].values("loans")[0] == debts(population)
    assert population["Lenders"].values("cash")[0] == 10_000 + 500 + 1_000 - 3_000


def test_a_hopeless_debt_is_written_off_and_remembered():
    population = town(labour_income=[90.0, 0.0, 30.0], earned_income=[90.0, 1.0, 30.0], need=[10.0, 40.0, 50.0])
    Stand(population, place=PLACE).run(Finance())
    lenders = population["Lenders"]
    assert population.households.defaults.tolist() == [0, 1, 0] and population.households.debt[1] < 1_000
    assert lenders.values("written_off")[0] >= 24_000
    assert lenders.values("loans")[0] == debts(population)


def test_a_lender_without_money_lends_what_there_is():
    population = town(need=[10.0, 60.0, 50.0], debt=0)
    population.firms.debt[:] = 0
    put_money(population, "Lenders", "cash", [1_001])
    population["Lenders"].values("loans")[:] = 0
    stand = Stand(population, place=PLACE)
    stand.run(Finance())
    assert 999 <= stand.ledger.paid("loans") <= 1_001
    assert population.households.debt[1] == pytest.approx(population.households.debt[2], abs=1)


def test_a_guarantee_a_fund_and_support_of_premiums_open_doors():
    base, helped = town(account=1, earned_variance=[1.0, 1.0, 500.0], need=[10.0, 10.0, 5.0]), None
    helped = town(account=1, earned_variance=[1.0, 1.0, 500.0], need=[10.0, 10.0, 5.0])
    helped.households.loan_guarantee[:] = 0.5
    helped.households.premium_support[:] = 0.9
    helped["Lenders"].values("fund")[:] = 70.0
    stands = [Stand(population, place=PLACE) for population in (base, helped)]
    for stand in stands:
        stand.run(Finance())
    assert (helped.households.credit > base.households.credit).any()
    assert helped.households.insured.sum() > base.households.insured.sum()
    assert stands[1].ledger.paid("fund") == 7_000


def test_remittances_open_accounts_only_while_the_switch_is_on():
    for on in (0, 1):
        population = town(persistent_receipt=[400.0, 0.0, 0.0], account=0)
        Stand(population, place=PLACE).run(Finance(remittances_banked=on))
        assert population.households.account[0] == on


def test_the_insured_are_paid_when_income_falls():
    population = town(insured=1, labour_income=[20.0, 40.0, 30.0], debt=0, account=1)
    population.firms.debt[:] = 0
    population["Lenders"].values("loans")[:] = 0
    stand = Stand(population, place=PLACE)
    stand.run(Finance())
    assert stand.ledger.paid("payouts") == 3010
