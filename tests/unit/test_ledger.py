"""The ledger: payments move money, create none, and the month closes or names what is wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ledger import BooksError, Flow, Ledger, cents
from sim.population import Authorities, Firms, Households, Localities, Population, Providers
from sim.population import Persons as People

WAGES = Flow("wages", Firms.cash, Households.liquid_assets, "pay at home")
SPENDING = Flow("non-tradables", Households.liquid_assets, Localities.till, "spending here")
TILL = Flow("till to firms", Localities.till, Firms.cash, "sales passed on")


def books() -> tuple[Population, Ledger]:
    """Two places, three households, one firm."""
    population = Population()
    population.add(Localities, 2, id=np.array([1, 2]))
    population.add(Households, 3, id=np.array([10, 11, 12]), locality=[0, 0, 1])
    population.add(Firms, 1, id=np.array([20]), locality=[1])
    return population, Ledger(population, frozenset({Firms.cash}), frozenset({Localities.till}))


def test_a_payment_leaves_the_payer_and_reaches_the_payee():
    population, ledger = books()
    ledger.pay(WAGES, [0, 0], [1, 2], np.array([300, 50]))
    assert population.firms.cash.tolist() == [-350]
    assert population.households.liquid_assets.tolist() == [0, 300, 50]
    assert ledger.paid("wages") == 350
    ledger.close(1)


def test_one_row_stands_for_all():
    population, ledger = books()
    ledger.pay(WAGES, 0, [0, 1, 2], np.array([1, 2, 3]))
    assert population.firms.cash.tolist() == [-6]


def test_flows_are_kept_by_place_of_the_payer_and_by_purpose():
    _, ledger = books()
    ledger.pay(WAGES, 0, [0, 1], np.array([10, 20]))
    ledger.pay(SPENDING, [0, 1], [0, 1], np.array([5, 7]), purpose="bread")
    assert ledger.month[WAGES, ""].tolist() == [0, 30, 0], "the firm is in the second place"
    assert ledger.month[SPENDING, "bread"].tolist() == [12, 0, 0]
    assert ledger.paid("non-tradables", "bread") == 12
    assert ledger.paid("non-tradables", "wine") == 0


def test_who_may_not_owe_cannot_pay_what_it_has_not():
    population, ledger = books()
    population.households.liquid_assets[0] = 9
    ledger.open()
    with pytest.raises(BooksError, match=r"flow non-tradables: households.liquid_assets row 0 holds 9 .* pay 10"):
        ledger.pay(SPENDING, [0], [0], np.array([10]))


def test_a_negative_payment_is_refused():
    _, ledger = books()
    with pytest.raises(BooksError, match="flow wages"):
        ledger.pay(WAGES, [0], [0], np.array([-1]))


@pytest.mark.parametrize(
    ("payer", "payee", "side"), [(1, 0, "payer"), (0, 3, "payee"), (-1, 0, "payer"), (0, -1, "payee")]
)
def test_a_payment_without_payer_or_payee_is_refused(payer, payee, side):
    _, ledger = books()
    with pytest.raises(BooksError, match=f"flow wages: {side} row outside"):
        ledger.pay(WAGES, [payer], [payee], np.array([1]))


def test_money_written_past_the_ledger_is_found_at_the_close():
    population, ledger = books()
    ledger.pay(WAGES, 0, [0], np.array([100]))
    population.households.liquid_assets[2] += 1
    with pytest.raises(BooksError, match=r"month 4: households.liquid_assets holds 101 cents but .* give 100"):
        ledger.close(4)


def test_opposite_errors_in_two_accounts_do_not_cancel():
    population, ledger = books()
    population.households.liquid_assets[0] += 5
    population.firms.cash[0] -= 5
    with pytest.raises(BooksError):
        ledger.close(1)


def test_a_till_that_keeps_money_is_found():
    _, ledger = books()
    ledger.pay(WAGES, 0, [0], np.array([100]))
    ledger.pay(SPENDING, [0], [0], np.array([60]))
    with pytest.raises(BooksError, match=r"till localities.till row 0 keeps 60 cents"):
        ledger.close(2)
    ledger.pay(TILL, [0], [0], np.array([60]))
    ledger.close(2)


def test_a_flow_runs_between_money_columns_only():
    with pytest.raises(TypeError, match=r"flow gifts: persons.wage is no money column"):
        Flow("gifts", People.wage, Households.liquid_assets, "not allowed")


def test_each_month_begins_with_empty_books():
    _, ledger = books()
    ledger.pay(WAGES, 0, [0], np.array([100]))
    ledger.close(1)
    ledger.open()
    assert ledger.month == {}
    ledger.close(2)


def test_an_empty_payment_is_no_payment():
    _, ledger = books()
    ledger.pay(WAGES, [], [], np.zeros(0, np.int64))
    assert ledger.month == {}


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10**9)), max_size=40))
def test_no_payment_creates_or_destroys_money(payments):
    population, ledger = books()
    rows, amounts = [r for r, _ in payments], [a for _, a in payments]
    ledger.pay(WAGES, 0, np.array(rows, np.int64), np.array(amounts, np.int64))
    held = np.array([sum(a for r, a in payments if r == h) for h in range(3)])
    assert population.households.liquid_assets.tolist() == held.tolist()
    assert population.firms.cash.tolist() == [-held.sum()]
    ledger.close(1)


def test_every_money_column_is_an_account():
    _, ledger = books()
    assert {Authorities.cash, Providers.cash, Households.liquid_assets} <= set(ledger.accounts)


def test_cents_round_half_to_even():
    assert cents(np.array([1.0, 0.125, 0.375, 2.004, -0.3])).tolist() == [100, 12, 38, 200, -30]
