"""Uses of money: the ranking by marginal value by hand, its properties, and what remittances change in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.uses import decided, family_uses, set_aside_for_house, uses_of_cash

MONEY = st.floats(0.0, 1e5)
WEIGHT = st.floats(0.0, 3.0)


def test_hand_worked_uses():
    """100 beyond a need of 80 for four: worth 180 / 4.5 = 40 each; health .3 gets 12, the deciders' .2 get 8."""
    assert family_uses(100.0, 80.0, 4.0, 0.3, 0.2) == pytest.approx((80.0, 12.0, 8.0))
    assert family_uses(10.0, 80.0, 4.0, 0.3, 0.2) == pytest.approx((0.0, 6.0, 4.0))  # what need met is worth less
    assert family_uses(50.0, 80.0, 4.0, 0.0, 0.0) == (50.0, 0.0, 0.0)
    assert family_uses(0.0, 80.0, 4.0, 0.3, 0.2) == (0.0, 0.0, 0.0)
    assert decided(0.1, 0.4, 0.25) == pytest.approx(0.325)


@given(MONEY, MONEY, st.floats(0.5, 20.0), WEIGHT, WEIGHT)
def test_uses_add_up_and_marginal_values_are_equal_where_money_goes(budget, need, people, health, own):
    daily, treated, personal = family_uses(budget, need, people, health, own)
    assert min(daily, treated, personal) >= 0.0
    assert daily + treated + personal == pytest.approx(budget, abs=1e-6 * (1.0 + budget))
    if daily > 1e-6 * (1.0 + budget) and health > 1e-3 and treated > 0.0:
        assert (need + daily) / people == pytest.approx(treated / health, rel=1e-4)


@given(MONEY, MONEY, st.floats(0.5, 20.0), st.floats(0.01, 2.0), st.floats(0.01, 2.0))
def test_better_services_draw_health_and_a_selfish_decider_takes_more(budget, need, people, health, own):
    _, treated, personal = family_uses(budget, need, people, health, own)
    assert family_uses(budget, need, people, 1.5 * health, own)[1] >= treated - 1e-9
    assert family_uses(budget, need, people, health, 1.5 * own)[2] >= personal - 1e-9


def month(cash=500.0, usual=200.0, income=200.0, target=100.0, school=10.0, short=0.0):
    return uses_of_cash(
        usual, income, cash, 0.0, 80.0, target, school, 4.0, 0.3, 0.2, 2400.0, 1000.0, short, 0.6, 0.05, 0.02
    )


def test_hand_worked_ranking():
    """Yp = Y = 200, 28 of it for the house, 300 held against a buffer of 100: 182 is consumed.

    Need 80, school 10, 92 divided: worth (92 + 80) / 4.5 = 38.2 each. 28 is built.
    """
    daily, own, health, school, building = month()
    assert (daily, own, health) == pytest.approx((80.0 + 92.0 - 19.111111, 7.644444, 11.466667))
    assert (school, building) == pytest.approx((10.0, 28.0))


def test_a_household_that_holds_its_buffer_keeps_its_house_in_repair_out_of_usual_income():
    """Yp = Y = 200, 100 held as aimed at: 172 is consumed and 28 built, so that 100 are left."""
    uses = month(cash=300.0)
    assert sum(uses) == pytest.approx(200.0)
    assert uses[4] == pytest.approx(28.0)
    assert sum(month(cash=300.0, short=10.0)[:4]) == pytest.approx(182.0)  # the house gives way first
    assert sum(month(cash=300.0, short=50.0)[:4]) == pytest.approx(200.0)


def test_hand_worked_money_for_the_house():
    """A quarter of 80 is meant for it: 20; 5 short, 15; nothing once the household lacks 20, or the house 0."""
    assert set_aside_for_house(80.0, 0.25, 0.0, 1_000.0) == 20.0
    assert set_aside_for_house(80.0, 0.25, 5.0, 1_000.0) == 15.0
    assert set_aside_for_house(80.0, 0.25, 20.0, 1_000.0) == set_aside_for_house(80.0, 0.25, 0.0, 0.0) == 0.0
    assert set_aside_for_house(80.0, 0.25, 0.0, 7.0) == 7.0


def test_what_is_short_is_cut_from_the_end_of_the_ranking():
    daily, own, health, school, building = month(cash=85.0)
    assert (daily, school, own + health, building) == pytest.approx((80.0, 5.0, 0.0, 0.0))
    assert month(cash=50.0)[0] == 50.0
    assert month(cash=200.0, target=100.0)[4] == 0.0  # the buffer comes before the house


@given(MONEY, MONEY, MONEY, MONEY, MONEY)
def test_nothing_beyond_the_cash_is_spent(cash, usual, income, target, school):
    assert sum(month(cash, usual, income, target, school)) <= cash + 1e-6 * (1.0 + cash)
