"""Enterprise: rules by hand, gates, and firms that open, invest and close on small tables."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stand_in import Stand, places, put_money

from sim.codes import Event, Owner, Sector, Status
from sim.mechanisms.enterprise import (
    Enterprise,
    affordable_capital,
    believed_income,
    break_even_productivity,
    cost_minimising_capital,
    investment,
    market_reach,
    must_close,
    next_productivity,
    pressure,
    rules_passed,
    starts_formal,
    worth_being_formal,
)
from sim.mechanisms.finance import Finance
from sim.population import Firms, Households, Persons, Population
from sim.technology import output

PLACE = SimpleNamespace(non_tradable_share=0.5, loan_rate=0.012, formal_share=0.5, pay_spread=0.0)
TRADABLE, NON_TRADABLE = int(Sector.TRADABLE), int(Sector.NON_TRADABLE)


def test_hand_worked_productivity_and_pressure():
    assert next_productivity(2.0, -0.002, 0.05, 0.0) == pytest.approx(2.0 * math.exp(-0.002))
    assert pressure(NON_TRADABLE, 0.9, 0.0, 100.0, 0.02, 0.35) == pytest.approx(1.0)
    assert pressure(TRADABLE, 0.0, 80.0, 1_400.0, 0.02, 0.35) == pytest.approx(1.0)


def test_hand_worked_investment():
    """Capital 1,000 wears by 8; at pressure 1.1 and speed 4 11.20; with supply fixed 8; never above cash."""
    assert investment(1_000.0, 0.008, 1.0, 4.0, 1.0, 500.0) == pytest.approx(8.0)
    assert investment(1_000.0, 0.008, 1.1, 4.0, 1.0, 500.0) == pytest.approx(11.2)
    assert investment(1_000.0, 0.008, 1.1, 4.0, 0.0, 500.0) == pytest.approx(8.0)
    assert investment(1_000.0, 0.008, 0.5, 4.0, 1.0, 500.0) == 0.0
    assert investment(1_000.0, 0.008, 1.1, 4.0, 1.0, 3.0) == 3.0
    assert investment(1_000.0, 0.008, 1.1, 4.0, 1.0, -3.0) == 0.0


@given(st.floats(10.0, 1e3), st.floats(0.005, 0.05), st.floats(0.5, 2.0), st.floats(0.5, 5.0))
def test_at_break_even_a_firm_of_any_size_earns_its_costs(wage, user_cost, price, labour):
    """Sales equal wages and capital cost, so a founder earns the pay of his own work and nothing more."""
    productivity = break_even_productivity(wage, user_cost, price, 0.35)
    capital = cost_minimising_capital(labour, wage, user_cost, 0.35)
    income = believed_income(productivity, capital, labour, 1.0, wage, price, user_cost, 1.0, 0.35)
    assert income == pytest.approx(wage, rel=1e-6, abs=1e-6 * wage * labour)
    better = believed_income(1.1 * productivity, capital, labour, 1.0, wage, price, user_cost, 1.0, 0.35)
    assert better > income


def test_gates_of_capital_rules_and_reach():
    """Own 100, costs 40: 60 and as much credit at most, and a loan on 40 % of the equipment."""
    assert affordable_capital(100.0, 40.0, 0.0, 0.4) == pytest.approx(100.0)
    assert affordable_capital(100.0, 40.0, 500.0, 0.4) == pytest.approx(200.0)
    assert affordable_capital(30.0, 40.0, 500.0, 0.4) == 0.0
    assert not rules_passed(0.3, 0.4, 0.0, 0.0)
    assert rules_passed(0.3, 0.4, 0.0, 1.0) and rules_passed(0.3, 0.4, 10.0, 0.0)
    assert market_reach(0.8, 0.0, 0.0) == pytest.approx(0.8)
    assert market_reach(0.8, 0.0, 1.0) == 1.0 and market_reach(0.8, 12.0, 0.0) > 0.8
    assert worth_being_formal(100.0, 50.0, 0.08, 0.15, 0.0) == 1
    assert worth_being_formal(100.0, 60.0, 0.08, 0.15, 0.0) == 0


def test_papers_are_worth_their_cost_to_large_firms_alone():
    """Pay 100, sales pay over .65: two people gain 24.6 for 10 and papers of 20; over 36 months they want two
    months' pay of one of them to register. Four gain 49.2 for 40.
    """
    sales = 100.0 / 0.65
    assert worth_being_formal(2.0 * sales, 200.0, 0.08, 0.05, 20.0) == 0
    assert 36.0 * (20.0 + 10.0 - 0.08 * 2.0 * sales) == pytest.approx(193.8, abs=0.1)
    assert worth_being_formal(4.0 * sales, 400.0, 0.08, 0.05, 20.0) == 1
    assert starts_formal(0.3, 0.4, 0) == 1 and starts_formal(0.4, 0.4, 0) == 0 and starts_formal(0.9, 0.4, 1) == 1


def test_a_firm_closes_without_cash_and_credit_or_when_patience_ends():
    assert must_close(-120.0, 100.0, 0.0, 0, 6) and not must_close(-120.0, 100.0, 30.0, 0, 6)
    assert must_close(500.0, 100.0, 0.0, 6, 6) and not must_close(500.0, 100.0, 0.0, 5, 6)


class Starting(Stand):
    """A world whose other lines have their default parameters."""

    schedule = SimpleNamespace(finance=Finance())


def town(savings=1_000_000, searching=Status.UNEMPLOYED, **localities):
    """One firm of each sector, and forty people without a job in as many households."""
    population = Population()
    places(population, trade_return=30.0, tax_rate=0.1, **localities)
    population["Markets"].values("mean_wage")[:] = 100.0
    population["Lenders"].values("cash")[:] = 10**8
    count = 40
    population.add(Households, count, id=list(range(1, count + 1)), locality=0, members=1, need=10.0)
    put_money(population, "Households", "liquid_assets", savings)
    worth = output(1.0, 1_000.0, 2.0, 0.35)
    population.add(
        Firms, 2, id=[1, 2], locality=0, owner=[0, -1], owner_kind=[int(Owner.LOCAL), int(Owner.ABSENTEE)],
        sector=[TRADABLE, NON_TRADABLE], capital=[5_000.0, 5_000.0], cash=[50_000, 50_000], wage_bill=200.0,
        sales=worth, profit=10.0, productivity=8.0, labour=2.0,
    )  # fmt: skip
    population.add(
        Persons, count, id=list(range(1, count + 1)), household=list(range(count)), birth_month=-360,
        status=int(searching), not_working=20.0, reservation_flow=10.0, schooling=6.0,
    )  # fmt: skip
    return population


def births(population, **rules):
    stand = Starting(population, place=PLACE)
    stand.run(Enterprise(thinking=0.2, **rules))
    return population["Firms"].count - 2


def test_starts_are_booked_and_the_founder_works_in_the_new_firm():
    population = town()
    born = births(population)
    firms, persons = population.firms, population.persons
    assert born > 0
    founders = firms.founder[2:]
    assert (persons.employer[founders] == range(2, 2 + born)).all()
    assert (persons.status[founders] == Status.EMPLOYED).all() and (firms.jobs[2:, 0] == 1).all()
    assert (firms.capital[2:] > 0).all() and (firms.cash[2:] >= 0).all()
    assert population["Lenders"].values("loans")[0] == firms.debt.sum()
    assert len(set(firms.id.tolist())) == firms.count


def test_each_gate_lets_fewer_through_when_it_binds():
    free = births(town(savings=200_000))
    assert births(town(savings=0)) == 0
    assert births(town(savings=200_000), failure=1.0, premises=6.0, reach=0.3) < free
    assert births(town(savings=200_000, supply_free=0.0)) == 0
    assert births(town(savings=2_000_000)) >= free


def test_a_gate_that_does_not_bind_changes_nothing():
    """Everybody has more than the cheapest equipment costs: money is no gate any more."""
    assert births(town(savings=10**9)) == births(town(savings=2 * 10**9))


def test_nobody_starts_who_would_earn_less_than_otherwise():
    population = town()
    population.persons.reservation_flow[:] = 1e5
    assert births(population) == 0


def test_alternatives_are_nominal_as_what_firms_earn_is():
    """Nothing is needed here, so that dearer living alone neither keeps from a start nor makes an owner give up:
    10 of profit and 40 of own pay are more than the 30 that work elsewhere must bring.
    """
    lost = []
    for index in (1.0, 30.0):
        population = town(price_index=index)
        population.households.need[:] = 0.0
        population.firms.founder[0] = 0
        population.persons.employer[0], population.persons.earnings[0] = 0, 40.0
        population.persons.status[0] = Status.EMPLOYED
        lost.append((births(population), int(population.firms.losing_months[0])))
    assert lost[0] == lost[1] and lost[0][0] > 0 and lost[0][1] == 0


def test_remittances_start_firms_only_while_the_switch_is_on():
    population = town()
    population.households.received_assets[:] = 1_000_000
    assert births(population, remittances_start_firms=0) == 0
    assert births(town()) > 0


def formal_starts(formal_share, **rules):
    population = town()
    stand = Starting(population, place=SimpleNamespace(**{**vars(PLACE), "formal_share": formal_share}))
    stand.run(Enterprise(thinking=0.2, **rules))
    return population.firms.formal[2:].tolist()


def test_small_starts_have_papers_where_rules_are_kept_and_as_before_with_the_switch_off():
    none, half, every = (formal_starts(share) for share in (0.0, 0.5, 1.0))
    assert sum(none) == 0 < sum(half) < sum(every) == len(every) == len(none)
    before = formal_starts(0.0, papers=0)
    assert sum(before) > 0 and before == formal_starts(0.5, papers=0, papers_cost=1.0)


def test_a_closing_firm_pays_its_lender_first_and_its_owner_last():
    """Scrap 1,500 and cash 500 against a debt of 400: 1,600 to the owner; an overdraft is given up."""
    population = town(savings=0)
    firms = population.firms
    firms.losing_months[:] = 9
    firms.profit[:] = -1.0
    firms.debt[0] = 40_000
    firms.cash[1] = -500_000
    population["Lenders"].values("loans")[:] = 40_000
    stand = Starting(population, place=PLACE)
    stand.run(Enterprise(thinking=0.0))
    assert firms.open.tolist() == [0, 0] and firms.cash.tolist() == [0, 0] and firms.debt.tolist() == [0, 0]
    assert population.households.liquid_assets[0] == 150_000 + 50_000 - 40_000
    assert stand.ledger.paid("overdrafts given up") == 350_000
    assert population["Lenders"].values("loans")[0] == 0
    assert [event for _, event, _ in stand.seen] == [int(Event.FIRM_CLOSED)]


def test_coaching_raises_productivity_and_scarce_capacity_is_extended():
    coached, plain = town(savings=0, use=1.0), town(savings=0, use=0.8)
    coached.firms.coaching[:] = 1.0
    for population in (coached, plain):
        Starting(population, place=PLACE).run(Enterprise(thinking=0.0))
    assert (coached.firms.productivity > plain.firms.productivity).all()
    assert coached.firms.capital[1] > plain.firms.capital[1]
