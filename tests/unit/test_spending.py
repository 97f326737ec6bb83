"""Spending and prices: rules by hand, exact shares, and the books of one month on small tables."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stand_in import Stand, places, put_money

from sim.codes import Sector, Status, Work
from sim.mechanisms.spending import Spending, consumer_prices, largest_remainder, price_change, ration
from sim.population import Firms, Households, Persons, Population
from sim.uses import housing_outlay, planned_consumption

PLACE = SimpleNamespace(non_tradable_share=0.5, need=10.0)
RULES = Spending()


def change(price=1.0, cost=1.0 / 1.15, use=0.9, **values):
    """The price rule at its default parameters."""
    rules = Spending(**values)
    return price_change(
        price, cost, use, rules.markup, rules.cost_speed, rules.use_speed, rules.idle_use, rules.most_change
    )


def test_hand_worked_consumption():
    """Usual 100, this month 80, 60 held against a target of 40: 100 - .6 * 20 + .05 * 20 = 89."""
    assert planned_consumption(100.0, 80.0, 60.0, 40.0, 20.0, 0.6, 0.05) == pytest.approx(89.0)
    assert planned_consumption(10.0, 0.0, 0.0, 40.0, 20.0, 0.6, 0.05) == 20.0


def test_hand_worked_price_change():
    """In balance nothing moves; use .95 raises by .005; cost 10 % up adds .05 ln 1.1."""
    assert change() == pytest.approx(0.0, abs=1e-12)
    assert change(use=0.95) == pytest.approx(0.005)
    assert change(cost=1.1 / 1.15) == pytest.approx(0.05 * math.log(1.1))
    assert consumer_prices(1.21, 1.0, 0.5) == pytest.approx(1.1)


@given(st.floats(0.1, 10.0), st.floats(0.0, 10.0), st.floats(0.0, 2.0))
def test_prices_move_at_most_three_percent_and_never_rise_with_slack(price, cost, use):
    moved = change(price, cost, use)
    assert abs(moved) <= 0.03
    if use < 0.85:
        assert moved <= 0.0


@given(st.floats(0.5, 2.0), st.floats(0.5, 2.0), st.floats(0.86, 1.5))
def test_prices_answer_to_cost_and_use(price, cost, use):
    assert change(price, cost * 1.05, use) >= change(price, cost, use)
    assert change(price, cost, use * 1.05) >= change(price, cost, use)


@given(st.integers(-100, 10_000), st.integers(0, 10_000))
def test_rationing_serves_at_most_the_capacity(capacity, wanted):
    share = ration(capacity, wanted)
    assert 0.0 <= share <= 1.0
    assert math.floor(wanted * share) <= max(capacity, 0) or wanted <= capacity


def test_building_waits_for_spare_cash():
    assert housing_outlay(1_000.0, 400.0, 0.02, 100.0) == pytest.approx(12.0)
    assert housing_outlay(1_000.0, 400.0, 0.02, 5.0) == 5.0
    assert housing_outlay(1_000.0, 1_400.0, 0.02, 100.0) == housing_outlay(1_000.0, 0.0, 0.02, -5.0) == 0.0


sellers = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10**9)), min_size=1, max_size=40)


@given(sellers, st.lists(st.integers(0, 10**12), min_size=3, max_size=3), st.randoms(use_true_random=False))
def test_shares_are_exact_to_the_cent_and_do_not_depend_on_order(those, totals, luck):
    place, weight = (np.array(column, np.int64) for column in zip(*those, strict=True))
    ids, totals = np.arange(len(those), dtype=np.int64) * 7 + 3, np.array(totals, np.int64)
    amounts, left = largest_remainder(totals, place, weight, ids)
    order = list(range(len(those)))
    luck.shuffle(order)
    again, _ = largest_remainder(totals, place[order], weight[order], ids[order])
    assert (amounts[order] == again).all() and (amounts >= 0).all() and (amounts[weight == 0] == 0).all()
    for k in range(3):
        mine = place == k
        total = weight[mine].sum()
        assert amounts[mine].sum() + left[k] == totals[k]
        assert left[k] == (totals[k] if total == 0 else 0)
        if total:
            assert (np.abs(amounts[mine] - totals[k] * (weight[mine] / total)) < 1.001).all()


def town(cash=(20_000, 5_000), capacity=1_000.0):
    """A household that works and one that trades, and one shop."""
    population = Population()
    places(
        population,
        trade_productivity=40.0,
        market_dues=0.1,
        capacity=capacity,
        poverty_line=30.0,
        trade_return=32.4,
    )
    population.add(
        Households, 2, id=[1, 2], locality=0, members=1, need=10.0, labour_income=[100.0, 0.0],
        smoothed_income=[100.0, 30.0], earned_income=[100.0, 30.0],
    )  # fmt: skip
    put_money(population, "Households", "liquid_assets", list(cash))
    population.add(Firms, 1, id=[1], locality=0, sector=int(Sector.NON_TRADABLE), output=120.0, wage_bill=70.0)
    population.add(
        Persons, 2, id=[1, 2], household=[0, 1], status=[int(Status.EMPLOYED), int(Status.OWN_ACCOUNT)],
        employer=[0, -1], work=[0, int(Work.TRADE)], hours=160.0,
    )  # fmt: skip
    return population


def test_hand_worked_month():
    """Wishes: 100 + .05 * (100 - 20), and 30 - .6 * 30 + .05 * (50 - 20); half goes to sellers. Nothing is built.

    The shop offers 120 of 160 and gets three quarters of what dues leave; health is out (its cost is nil).
    """
    population = town(capacity=160.0)
    stand = Stand(population, place=PLACE)
    stand.run(Spending(mpc=0.6, health_women=0.0, health_men=0.0, housing_speed=0.0))
    households, localities = population.households, population.localities
    np.testing.assert_allclose(households.spending, [104.0, 13.5])
    np.testing.assert_allclose(households.consumption, [104.0, 13.5])
    assert households.poor.tolist() == [0, 1]
    till = 5_200 + 675
    dues = math.floor(0.1 * till)
    assert population["Authorities"].values("cash").tolist() == [dues]
    assert population.firms.cash[0] + stand.ledger.paid("till to traders") == till - dues
    assert abs(population.firms.cash[0] - 0.75 * (till - dues)) <= 1
    assert population.persons.earnings[1] == pytest.approx((till - dues) / 400.0, abs=0.01)
    assert localities.use[0] == pytest.approx(58.75 / 160.0, rel=1e-5)
    assert localities.price[0] < 1.0 and localities.till[0] == 0
    assert localities.trade_return[0] == pytest.approx((till - dues) / 100.0 / 160.0 * 40.0, rel=1e-5)


def test_what_cannot_be_served_stays_in_the_purse():
    scarce, plenty = town(capacity=20.0), town()
    for population in (scarce, plenty):
        Stand(population, place=PLACE).run(Spending())
    assert scarce.households.spending.sum() < plenty.households.spending.sum()
    assert scarce.firms.cash[0] + 0 <= 2_000


def test_remittances_are_spent_only_while_the_switch_is_on():
    results = {}
    for on in (0, 1):
        for receipt in (0.0, 80.0):
            population = town(cash=(20_000 + int(100 * receipt), 5_000))
            population.households.receipt[0] = receipt
            population.households.received_assets[0] = int(100 * receipt)
            Stand(population, place=PLACE).run(Spending(mpc=0.6, remittances_spent=on))
            results[on, receipt] = float(population.households.spending[0])
            if not on:
                assert population.households.received_assets[0] == int(100 * receipt)
    assert results[0, 80.0] == results[0, 0.0]
    assert results[1, 80.0] == pytest.approx(results[1, 0.0] + 0.6 * 80.0, abs=0.02)


def test_what_senders_want_in_the_house_is_built_and_not_lived_on():
    """80 came, a quarter for the house: .6 of 60 is consumed beyond the usual and 20 are built, half by the shop."""
    found = {}
    for share in (0.0, 0.25):
        for receipt in (0.0, 80.0):
            population = town(cash=(20_000 + int(100 * receipt), 5_000))
            population.households.house_share[0] = share
            population.households.housing[0] = 200.0
            population.households.receipt[0] = receipt
            Stand(population, place=PLACE).run(Spending(mpc=0.6, housing_speed=0.0))
            homes = population.households
            found[share, receipt] = float(homes.spending[0]), float(homes.housing_spending[0])
    assert found[0.25, 0.0] == found[0.0, 0.0]
    assert found[0.0, 80.0][0] - found[0.0, 0.0][0] == pytest.approx(48.0, abs=0.02)
    assert found[0.25, 80.0][0] - found[0.25, 0.0][0] == pytest.approx(36.0, abs=0.02)
    assert found[0.25, 80.0][1] == pytest.approx(20.0, abs=0.02)
    assert found[0.0, 80.0][1] == 0.0


@given(st.integers(0, 10**6), st.floats(0.0, 500.0), st.floats(0.0, 500.0), st.floats(0.0, 50.0))
def test_nobody_spends_more_than_they_hold(cash, income, usual, need):
    population = town(cash=(cash, 0))
    households = population.households
    households.labour_income[0], households.smoothed_income[0], households.need[0] = income, usual, need
    stand = Stand(population, place=PLACE)
    stand.run(Spending())  # the ledger refuses what nobody holds
    assert households.liquid_assets.min() >= 0
    assert households.spending[0] <= cash / 100.0 + 1e-3 * (1 + cash / 100.0)


def test_the_line_at_rest_still_hands_the_authoritys_purchases_to_sellers():
    from sim.mechanism import Month

    population = town()
    put_money(population, "Localities", "till", [1_000])
    stand = Stand(population, place=PLACE)
    line = Spending(on=0)
    line.rest(Month(stand, line))
    stand.ledger.close(0)
    assert population.firms.cash[0] == 675


def test_what_remittances_change_is_noted_use_by_use():
    population = town(cash=(28_000, 5_000))
    households = population.households
    households.receipt[0], households.received_assets[0], households.persistent_receipt[0] = 80.0, 8_000, 40.0
    households.smoothed_income[0] = 140.0
    Stand(population, place=PLACE).run(Spending())
    use, other = households.remittance_use
    assert (use[:3] > 0.0).all() and use[5] == 0.0  # daily, personal, health; business is noted elsewhere
    assert use.sum() < 80.0 and not other.any()
    plain = town()
    Stand(plain, place=PLACE).run(Spending())
    gained = households.spending[0] - plain.households.spending[0]
    assert use[:4].sum() == pytest.approx(gained, abs=0.03)


def test_women_who_decide_take_less_for_themselves_and_care_more():
    spent = []
    for power in (0.0, 1.0):
        population = town()
        population.households.women_power[:] = power
        Stand(population, place=PLACE).run(Spending())
        spent.append(
            (float(population.households.personal_spending[0]), float(population.households.health_spending[0]))
        )
    assert spent[1][0] < spent[0][0] and spent[1][1] > spent[0][1]
