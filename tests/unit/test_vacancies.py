"""How much labour firms want and what they pay for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.labour_market import by_id, shuffled, town

from sim.codes import Sector, Status
from sim.example import example_inputs
from sim.mechanisms.vacancies import (
    Vacancies,
    affordable,
    due_for_review,
    labour_for_sales,
    next_wage,
    pay_policy,
    profitable_labour,
    rest_of_wages,
    reviewed_pay,
    subsidy,
    wanted_jobs,
)
from sim.model import Remesa, Setup
from sim.schedule import Schedule
from sim.technology import marginal_product, output

LINE = Vacancies()
SIZE = 100


def firm(sector: Sector, labour: float = 100.0, wage: float = 50.0, **values):
    """A firm that wants exactly the labour it has: its product covers the wage and the hiring wedge."""
    capital = 1000.0
    sold = 0.9 if sector is Sector.NON_TRADABLE else 1.0
    product = 1.09 * wage / sold / (0.65 * (capital / labour) ** 0.35)
    made = output(product, capital, labour, 0.35)
    if sector is Sector.PUBLIC:
        made, sold = labour * wage, 1.0
    return {
        "sector": int(sector), "capital": capital, "productivity": product, "labour": labour,
        "jobs": int(labour),
        "posted_wage": wage, "applicants_wage": (1.0 - 0.2 * 1.09) / 0.8 * wage, "output": made,
        "sales": sold * made,
        "expected_sales": sold * made, "cash": 10_000_000, "full_time": 1, **values,
    }  # fmt: skip


def one(sector: Sector, people: int = 1, localities: dict | None = None, markets: dict | None = None, **values):
    return town(
        people,
        1,
        firms=firm(sector, **values),
        localities=localities or {},
        markets={"mean_wage": 50.0 / 1.09, **(markets or {})},
    )


def test_hand_worked_profitable_labour():
    """(1 - .5) * 2 * 4 * (100 / L)^.5 = 1.25 * 1.6: the root of 100/L is .5, L is 400."""
    assert profitable_labour(4.0, 100.0, 2.0, 1.6, 0.25, 0.5) == pytest.approx(400.0)


def test_labour_for_sales_is_the_inverse_of_capacity():
    labour = labour_for_sales(90.0, 2.0, 50.0, 0.9, 0.35)
    assert output(2.0, 50.0, labour, 0.35) == pytest.approx(100.0)


def test_hand_worked_wage():
    """.8 * 40 + .2 * 60 = 44; from 50 two fifths of the way is 47.6; floor and product bind."""
    assert next_wage(50.0, 40.0, 60.0, 0.0, 1.0, 0.2, 0.4) == pytest.approx(47.6)
    assert next_wage(50.0, 40.0, 60.0, 55.0, 1.0, 0.2, 0.4) == 55.0
    assert next_wage(50.0, 90.0, 45.0, 0.0, 1.0, 0.2, 0.4) == 45.0
    assert next_wage(50.0, 40.0, 45.0, 48.0, 1.0, 0.2, 0.4) == 48.0


def test_hand_worked_wage_of_a_firm_that_pays_better_than_others():
    """.8 * 1.1 * 40 + .2 * 60 = 47.2; from 50 two fifths of the way is 48.88. At rest it pays 1.1 times the usual."""
    assert next_wage(50.0, 40.0, 60.0, 0.0, 1.1, 0.2, 0.4) == pytest.approx(48.88)
    rest = rest_of_wages(39.1, 0.2, 0.09)
    assert rest == pytest.approx(40.0)  # .8 * 39.1 / (1 - .218)
    assert next_wage(1.1 * rest, 39.1, 1.09 * 1.1 * rest, 0.0, 1.1, 0.2, 0.4) == pytest.approx(44.0)


def test_pay_policies_of_new_firms_are_lognormal():
    assert pay_policy(0.5, 0.3) == pytest.approx(1.0)
    assert pay_policy(0.8413447, 0.3) == pytest.approx(np.exp(0.3), rel=1e-5)
    assert pay_policy(0.1, 0.0) == 1.0


def test_a_firm_that_pays_better_is_at_rest_with_fewer_people_and_its_policy_can_be_switched_off():
    """It pays 60 where others pay 50 to the same applicants, and wants the hundred it has; off, it comes down."""
    better = firm(Sector.TRADABLE, wage=60.0, applicants_wage=firm(Sector.TRADABLE)["applicants_wage"], premium=1.2)
    made = town(1, 1, firms=better).run(LINE)
    assert made.firms.posted_wage[0, 0] == pytest.approx(60.0)
    assert made.firms.desired_labour[0, 0] == pytest.approx(100.0)
    off = town(1, 1, firms=better).run(Vacancies(policies=0)).firms.posted_wage[0, 0]
    assert off == pytest.approx(town(1, 1, firms={**better, "premium": 1.0}).run(LINE).firms.posted_wage[0, 0])
    assert off < 58.0


def spread_of_pay(model) -> float:
    """Standard deviation of log posted pay for basic work between private firms, weighted by their people."""
    firms = model.population.firms
    those = (firms.open == 1) & (firms.sector < Sector.PUBLIC) & (firms.jobs[:, 0] > 0)
    pay, people = np.log(firms.posted_wage[those, 0]), firms.jobs[those, 0]
    return float(np.sqrt(np.average((pay - np.average(pay, weights=people)) ** 2, weights=people)))


def test_firms_go_on_to_differ_in_pay_where_they_have_policies():
    found = {}
    for policies in (0, 1):
        parameters = replace(Schedule(), vacancies=Vacancies(policies=policies))
        model = Remesa(Setup(example_inputs(), population=3000, seed=3, months=36, parameters=parameters))
        before = spread_of_pay(model)
        for _ in range(36):
            model.step()
        found[policies] = spread_of_pay(model) / before
    assert found[1] > 1.1 * found[0]


def test_whole_jobs_add_up_to_the_labour_wanted():
    thresholds = (np.arange(1000) + 0.5) / 1000
    assert np.mean([wanted_jobs(3.3, 1.5, t) for t in thresholds]) == pytest.approx(2.2)


def test_vacancies_are_bounded_by_cash():
    assert affordable(5, 100.0, 30.0) == 3
    assert affordable(5, -10.0, 30.0) == 0
    assert affordable(5, -10.0, 0.0) == 5


def test_pay_is_never_cut_in_the_money_of_the_day():
    """Frozen for a year, 50 is worth 48.5 in money of the year before where pay grows by 3 %."""
    assert reviewed_pay(50.0, 40.0, 0.0) == 50.0
    assert reviewed_pay(50.0, 40.0, 0.03) == pytest.approx(48.5)
    assert reviewed_pay(50.0, 49.0, 0.03) == 49.0
    assert reviewed_pay(50.0, 60.0, 0.03) == 60.0


def test_everybody_is_reviewed_once_a_year():
    for uniform in (0.0, 0.3, 0.999):
        assert sum(due_for_review(month, uniform, 1.0 / 12.0) for month in range(24)) == 2
    assert all(due_for_review(month, 0.5, 1.0) for month in range(3))


def test_a_wage_subsidy_is_paid_back_to_the_cent():
    """.3 of 1,234.56 is 370.368."""
    assert subsidy(0.3, 1234.56) == 37037
    line = Vacancies(vacancy_cost=0.0)
    plain, helped = (one(Sector.TRADABLE, wage_bill=5000.0, wage_subsidy=share) for share in (0.0, 0.3))
    before = int(helped.firms.cash[0])
    plain.run(line), helped.run(line)
    assert helped.paid["wage subsidies"].tolist() == [150_000]
    assert int(helped.firms.cash[0]) == before + 150_000
    assert int(helped.localities.outside[0]) == -150_000
    assert plain.paid["wage subsidies"].tolist() == [0] and int(plain.firms.cash[0]) == before


def test_a_closed_firm_is_paid_no_subsidy():
    made = one(Sector.TRADABLE, wage_bill=5000.0, wage_subsidy=0.3, open=0).run(LINE)
    assert made.paid["wage subsidies"].tolist() == [0]


def test_a_place_without_firms_wants_nobody_and_nothing_fails():
    made = town(5, 2, firms={**firm(Sector.TRADABLE), "open": 0}).run(LINE)
    assert made.firms.vacancies.sum() == 0 and (made.firms.desired_jobs == 0).all()
    assert town(5, 0).run(LINE).firms.count == 0


@pytest.mark.parametrize("sector", [Sector.TRADABLE, Sector.NON_TRADABLE, Sector.PUBLIC])
def test_a_firm_at_rest_wants_what_it_has(sector):
    made = one(sector).run(LINE)
    assert made.firms.desired_jobs[0, 0] in (99, 100, 101)
    assert made.firms.desired_labour[0, 0] == pytest.approx(100.0, rel=0.06)


def test_applicants_who_ask_for_this_leave_a_tradable_firm_at_rest():
    made = one(Sector.TRADABLE).run(LINE)
    assert made.firms.marginal_product[0, 0] == pytest.approx(54.5)
    assert made.firms.posted_wage[0, 0] == pytest.approx(50.0)
    assert made.firms.desired_labour[0, 0] == pytest.approx(100.0)


def test_an_outside_boom_opens_vacancies_for_the_whole_gap():
    made = one(Sector.TRADABLE, sales=1.1 * firm(Sector.TRADABLE)["sales"]).run(LINE)
    gap = made.firms.desired_jobs[0, 0] - 100
    assert gap > 15
    assert made.firms.vacancies[0, 0] == gap
    assert made.paid["vacancy costs"][0] == round(gap * 0.1 * float(made.firms.posted_wage[0, 0]) * 100.0)


def test_local_sales_need_hands_but_never_more_than_pays():
    start = firm(Sector.NON_TRADABLE)
    more = one(Sector.NON_TRADABLE, sales=1.2 * start["sales"]).run(LINE)
    assert more.firms.expected_sales[0] == pytest.approx(start["sales"] * (1.0 + 0.2 / 3.0))
    assert more.firms.desired_labour[0, 0] == pytest.approx(100.0 * (1.0 + 0.2 / 3.0) ** (1.0 / 0.65))
    flood = one(Sector.NON_TRADABLE, sales=20.0 * start["sales"]).run(LINE)
    cost = float(flood.firms.posted_wage[0, 0])
    bound = profitable_labour(start["productivity"], 1000.0, 1.0, cost, 0.09, 0.35)
    assert flood.firms.desired_labour[0, 0] == pytest.approx(bound)


def test_customers_turned_away_count_as_sales_to_expect():
    full = one(Sector.NON_TRADABLE, localities={"use": 1.2}).run(LINE)
    assert full.firms.expected_sales[0] == pytest.approx(firm(Sector.NON_TRADABLE)["sales"] * (1.0 + 0.2 / 3.0))


def test_the_public_employer_wants_what_its_budget_pays():
    made = one(Sector.PUBLIC, sales=1.3 * 5000.0).run(LINE)
    assert made.firms.desired_labour[0, 0] == pytest.approx(5500.0 / made.firms.posted_wage[0, 0])


def test_a_wage_subsidy_raises_the_labour_wanted_with_elasticity_one_over_alpha():
    without, with_it = one(Sector.TRADABLE).run(LINE), one(Sector.TRADABLE, wage_subsidy=0.1).run(LINE)
    ratio = with_it.firms.desired_labour[0, 0] / without.firms.desired_labour[0, 0]
    assert ratio == pytest.approx(0.9 ** (-1.0 / 0.35), rel=1e-4)


def test_the_wage_floor_binds_formal_firms_only():
    floor = {"wage_floor": 70.0}
    formal, informal = (
        one(Sector.TRADABLE, localities=floor, formal=1),
        one(Sector.TRADABLE, localities=floor),
    )
    assert formal.run(LINE).firms.posted_wage[0, 0] == pytest.approx(70.0)
    assert informal.run(LINE).firms.posted_wage[0, 0] == pytest.approx(50.0)
    assert formal.firms.desired_labour[0, 0] < 60.0


def test_a_firm_without_cash_opens_nothing():
    made = one(Sector.TRADABLE, sales=2.0 * firm(Sector.TRADABLE)["sales"], cash=0).run(LINE)
    assert made.firms.vacancies[0, 0] == 0
    assert made.firms.desired_jobs[0, 0] > 150


def test_a_closed_firm_wants_nobody():
    made = one(Sector.TRADABLE, open=0, vacancies=3).run(LINE)
    assert (made.firms.desired_jobs[0, 0], made.firms.vacancies[0, 0]) == (0, 0)


def test_one_incumbent_in_twelve_is_reviewed_and_nobody_loses_more_than_a_freeze_costs():
    workers = {
        "status": int(Status.EMPLOYED),
        "employer": 0,
        "hours": 180.0,
        "wage": np.tile([40.0, 60.0], 3000),
    }
    made = town(6000, 1, firms=firm(Sector.TRADABLE), persons=workers).run(LINE)
    pay = made.persons.wage
    frozen = pay[1::2] < 60.0
    assert frozen.mean() == pytest.approx(1.0 / 12.0, abs=0.015)
    assert pay[1::2][frozen] == pytest.approx(0.97 * 60.0)
    raised = pay[::2] > 40.0
    assert raised.mean() == pytest.approx(1.0 / 12.0, abs=0.015)
    assert pay[::2][raised] == pytest.approx(50.0)


def test_formal_pay_below_the_floor_is_raised_at_once():
    workers = {
        "status": int(Status.EMPLOYED),
        "employer": 0,
        "hours": np.array([180.0, 90.0]),
        "wage": 20.0,
        "formal": 1,
    }
    made = town(2, 1, firms=firm(Sector.TRADABLE), persons=workers, localities={"wage_floor": 50.0}).run(LINE)
    assert made.persons.wage.tolist() == [50.0, 25.0]


def many():
    rng = np.random.default_rng(4)
    count = 40
    labour = rng.integers(0, 30, count)
    firms = {
        **firm(Sector.TRADABLE), "sector": rng.integers(0, 3, count), "labour": labour, "jobs": labour,
        "sales": rng.uniform(0.0, 5000.0, count), "output": rng.uniform(0.0, 5000.0, count),
        "cash": rng.integers(-50_000, 500_000, count), "open": rng.integers(0, 2, count),
        "full_time": rng.integers(0, 2, count),
    }  # fmt: skip
    persons = {
        "status": 4,
        "employer": rng.integers(0, count, 200),
        "hours": 180.0,
        "wage": rng.uniform(20.0, 90.0, 200),
    }
    return town(200, count, places=2, firms=firms, persons=persons)


def test_rows_in_another_order_change_nothing():
    straight, other = many().run(LINE), shuffled(many()).run(LINE)
    for name in ("posted_wage", "desired_jobs", "vacancies", "expected_sales", "cash"):
        np.testing.assert_array_equal(by_id(straight.firms, name), by_id(other.firms, name), err_msg=name)
    np.testing.assert_array_equal(by_id(straight.persons, "wage"), by_id(other.persons, "wage"))


def test_compiled_loops_equal_plain_python():
    fast, plain = many().run(LINE), many().run(LINE, plain=True)
    for name in ("posted_wage", "desired_labour", "expected_sales"):
        np.testing.assert_allclose(fast.firms.values(name), plain.firms.values(name), rtol=2e-7, err_msg=name)
    for name in ("desired_jobs", "vacancies"):
        np.testing.assert_array_equal(fast.firms.values(name), plain.firms.values(name), err_msg=name)
    assert np.isfinite(fast.firms.desired_labour).all() and np.isfinite(fast.firms.posted_wage).all()


@settings(max_examples=100, deadline=None)
@given(st.floats(0.1, 10.0), st.floats(1.0, 1e5), st.floats(0.2, 5.0), st.floats(1.0, 500.0), st.floats(0.0, 0.3))
def test_at_the_profitable_labour_the_product_covers_wage_and_wedge(productivity, capital, price, wage, wedge):
    labour = profitable_labour(productivity, capital, price, wage, wedge, 0.35)
    if labour > 0.2:
        assert price * marginal_product(productivity, capital, labour, 0.35) == pytest.approx((1.0 + wedge) * wage)
