"""Firms with jobs of both levels: rules one can check by hand, and what one level does to the other."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.labour_market import by_id, shuffled, town

from sim.codes import Sector, Status
from sim.example import example_inputs
from sim.first_firms import skilled_in_team
from sim.mechanisms.matching import Matching
from sim.mechanisms.production import Production
from sim.mechanisms.separations import Separations
from sim.mechanisms.vacancies import Vacancies, full_team, of_other_level, profitable_labour
from sim.model import Remesa, Setup
from sim.schedule import Schedule
from sim.technology import (
    added_by_level,
    composite,
    first_of_level,
    marginal_product,
    of_level,
    output,
    product_of_level,
    share_of,
    unit_cost,
    weight_of_skilled,
)

LINE = Vacancies()
WEIGHTS, ELASTICITIES = st.floats(0.05, 0.95), st.floats(1.1, 3.0)
AMOUNTS = st.floats(0.5, 200.0)


def test_hand_worked_composite():
    """Elasticity 2, rho 1/2, weights 3/4 and 1/4: (3/4 * 4 + 1/4 * 8)^2 = 25 of 16 basic and 64 skilled units."""
    assert composite(16.0, 64.0, 0.25, 2.0) == pytest.approx(25.0)


def test_hand_worked_unit_cost_and_demand():
    """Wages 1 and 2, elasticity 2, weights 1/2: 1 / (1/4 + 1/8) = 8/3; of a unit (4/3)^2 basic and (2/3)^2 skilled."""
    cost = unit_cost(1.0, 2.0, 0.5, 2.0)
    assert cost == pytest.approx(8.0 / 3.0)
    basic, skilled = of_level(1.0, 0.5, cost, 1.0, 2.0), of_level(1.0, 0.5, cost, 2.0, 2.0)
    assert (basic, skilled) == (pytest.approx(16.0 / 9.0), pytest.approx(4.0 / 9.0))
    assert basic + 2.0 * skilled == pytest.approx(cost)
    assert composite(basic, skilled, 0.5, 2.0) == pytest.approx(1.0)


def test_hand_worked_labour_added():
    """16 basic and 64 skilled units make 25: one more basic unit adds 3/4 * (25/16)^(1/2) = 15/16."""
    assert added_by_level(0.75, 25.0, 16.0, 2.0) == pytest.approx(15.0 / 16.0)


@pytest.mark.parametrize("amount", [0.0, 0.3, 7.0])
def test_a_firm_of_one_level_is_exactly_what_it_is_without_the_other(amount):
    assert composite(amount, 5.0, 0.0, 1.4) == unit_cost(amount, 5.0, 0.0, 1.4) == amount
    assert composite(5.0, amount, 1.0, 1.4) == unit_cost(5.0, amount, 1.0, 1.4) == amount
    assert of_level(amount, 1.0, 3.0, 3.0, 1.4) == amount and of_level(amount, 0.0, 3.0, 0.0, 1.4) == 0.0
    assert added_by_level(1.0, amount, 2.0, 1.4) == 1.0
    assert [share_of(level, 0.25) for level in (0, 1)] == [0.75, 0.25]
    assert product_of_level(2.0, 16.0, amount, 0.0, 1.0, 9.0, 1.0, 0.5, 1.4) == marginal_product(
        2.0, 16.0, max(amount, 1.0), 0.5
    )
    assert weight_of_skilled(2.0, 0.0, 3.0, 0.0, 1.4) == 0.0 and weight_of_skilled(0.0, 2.0, 0.0, 3.0, 1.4) == 1.0


@given(basic=AMOUNTS, skilled=AMOUNTS, low=AMOUNTS, high=AMOUNTS, elasticity=ELASTICITIES)
def test_the_weight_backed_out_makes_the_mix_the_cheapest(basic, skilled, low, high, elasticity):
    weight = weight_of_skilled(basic, skilled, low, high, elasticity)
    cost, labour = unit_cost(low, high, weight, elasticity), composite(basic, skilled, weight, elasticity)
    assert of_level(labour, 1.0 - weight, cost, low, elasticity) == pytest.approx(basic, rel=1e-6)
    assert of_level(labour, weight, cost, high, elasticity) == pytest.approx(skilled, rel=1e-6)
    assert cost * labour == pytest.approx(low * basic + high * skilled, rel=1e-6)


@given(basic=AMOUNTS, skilled=AMOUNTS, weight=WEIGHTS, elasticity=ELASTICITIES)
def test_what_each_level_adds_is_the_derivative_and_rises_with_the_other(basic, skilled, weight, elasticity):
    labour = composite(basic, skilled, weight, elasticity)
    step = 1e-5 * basic
    slope = (composite(basic + step, skilled, weight, elasticity) - labour) / step
    added = added_by_level(1.0 - weight, labour, basic, elasticity)
    assert added == pytest.approx(slope, rel=1e-3)
    more = composite(basic, 2.0 * skilled, weight, elasticity)
    assert added_by_level(1.0 - weight, more, basic, elasticity) > added
    of_skilled = added_by_level(weight, labour, skilled, elasticity)
    assert added * basic + of_skilled * skilled == pytest.approx(labour), "Euler: what all add is all there is"


def test_a_team_of_both_levels_has_at_least_one_of_each():
    assert full_team(0, 0.3, True) == 1 and full_team(4, 0.3, True) == 4
    assert full_team(0, 0.3, False) == 0, "nothing to do, nobody to hire"
    assert full_team(0, 0.0, True) == full_team(0, 1.0, True) == 0


def test_small_firms_of_the_start_keep_to_one_level_and_others_have_some_of_each():
    assert [skilled_in_team(4, due, 5) for due in (0.4, 1.9, 2.1)] == [0, 0, 4]
    assert [skilled_in_team(10, due, 5) for due in (-0.6, 2.4, 2.6, 12.0)] == [1, 2, 3, 9]


def test_hand_worked_first_of_a_level():
    """Weights 1/2, elasticity 2, alpha 1/2: 16 units alone make 4 labour; with 4 of the other (2 + 1)^2 = 9.

    With productivity 2 and capital 25 that is 10 * (3 - 2) = 10 more output, 2.5 a unit.
    """
    assert first_of_level(2.0, 25.0, 4.0, 16.0, 0.5, 0.5, 2.0) == pytest.approx(2.5)


def test_the_first_is_worth_more_than_the_last():
    labour = composite(3.0, 2.0, 0.4, 1.4)
    last = marginal_product(1.0, 50.0, labour, 0.35) * added_by_level(0.4, labour, 2.0, 1.4)
    assert first_of_level(1.0, 50.0, 2.0, 3.0, 0.4, 0.35, 1.4) > 1.2 * last


def test_a_firm_that_has_grown_gives_open_positions_to_the_other_level_and_lays_nobody_off_for_it():
    assert of_other_level(4, 3, 0.5, 0.9, 5) == 0, "too small"
    assert [of_other_level(10, gap, 0.3, 0.5, 5) for gap in (0, 2, 9)] == [0, 2, 3]
    assert of_other_level(10, 10, 1.0, 0.5, 5) == 9, "some work of its own is left"
    assert of_other_level(6, 6, 0.1, 0.1, 5) == 0 and of_other_level(6, 6, 0.1, 0.5, 5) == 1


# ---------------------------------------------------------------------------------- firms in a month


def firm(basic: int = 60, skilled: int = 40, elasticity: float = 1.4, sector=Sector.TRADABLE, **values):
    """A firm at rest with that many basic and skilled people of one unit each, at wages 50 and 80."""
    wage = np.array([50.0, 80.0])
    weight = weight_of_skilled(basic, skilled, 50.0, 80.0, elasticity)
    labour = composite(basic, skilled, weight, elasticity)
    bill = 50.0 * basic + 80.0 * skilled
    capital = 1000.0
    productivity = 1.09 * bill / labour / (0.65 * (capital / labour) ** 0.35)
    made = output(productivity, capital, labour, 0.35)
    if sector is Sector.PUBLIC:
        made = bill
    return {
        "sector": int(sector), "capital": capital, "productivity": productivity, "skilled_weight": weight,
        "labour": np.array([[basic, skilled]]), "jobs": np.array([[basic, skilled]]), "posted_wage": wage[None, :],
        "applicants_wage": (1.0 - 0.2 * 1.09) / 0.8 * wage[None, :], "output": made, "sales": made,
        "expected_sales": made, "cash": 10_000_000, "full_time": 1, "occupation": 1, **values,
    }  # fmt: skip


def planned(**values):
    return town(1, 1, firms=firm(**values), markets={"mean_wage": np.array([50.0, 80.0])}).run(LINE).firms


@pytest.mark.parametrize("sector", [Sector.TRADABLE, Sector.PUBLIC])
def test_a_firm_at_rest_wants_those_it_has_at_the_wages_it_pays(sector):
    rests = planned(sector=sector)
    np.testing.assert_allclose(rests.desired_labour[0], [60.0, 40.0], rtol=1e-5)
    np.testing.assert_allclose(rests.marginal_product[0], [54.5, 87.2], rtol=1e-5)
    np.testing.assert_allclose(rests.posted_wage[0], [50.0, 80.0], rtol=1e-5)


def test_losing_skilled_people_lowers_what_basic_work_adds_and_raises_what_skilled_work_adds():
    lost = planned(labour=np.array([[60.0, 20.0]]), jobs=np.array([[60, 20]]))
    assert lost.marginal_product[0, 0] < 54.0 and lost.marginal_product[0, 1] > 100.0
    assert lost.posted_wage[0, 0] < 50.0 and lost.posted_wage[0, 1] > 80.0
    assert lost.vacancies[0, 1] >= 17 and lost.vacancies[0, 0] <= 4, "it looks for whom it lost"


def test_dearer_skilled_work_is_replaced_in_part_and_costs_basic_jobs_where_output_is_free_to_fall():
    """Gross complements: the scale falls by more (elasticity 1 / .35) than the mix moves (1.4)."""
    dear = planned(posted_wage=np.array([[50.0, 85.0]]), applicants_wage=np.array([[48.875, 90.0]]))
    ratio = dear.desired_labour[0, 1] / dear.desired_labour[0, 0]
    wages = dear.posted_wage[0, 1] / dear.posted_wage[0, 0]
    assert ratio / (40.0 / 60.0) == pytest.approx((wages / (80.0 / 50.0)) ** -1.4, rel=1e-4)
    assert dear.desired_labour[0, 0] < 60.0 and dear.desired_labour[0, 1] < 40.0


def test_both_levels_share_the_money_for_vacancies():
    poor = planned(labour=np.array([[30.0, 20.0]]), jobs=np.array([[30, 20]]), cash=round(100 * 5.0 * 20))
    opened = poor.vacancies[0]
    assert 0 < opened.sum() < 30
    assert (0.1 * opened * poor.posted_wage[0]).sum() <= 100.0


def test_layoffs_fall_on_the_level_of_which_there_are_too_many():
    people = 100
    level = np.repeat([0, 1], 50)
    made = town(
        people, 1, firms={**firm(50, 50), "desired_jobs": np.array([[50, 10]])},
        persons={"status": int(Status.EMPLOYED), "employer": 0, "level": level, "hours": 180.0, "wage": 60.0,
                 "skill": 1.0},
    ).run(Separations(ended=0.005))  # fmt: skip
    gone = level[made.persons.status != Status.EMPLOYED]
    assert 10 <= gone.sum() <= 14 and (gone == 0).sum() <= 3
    assert made.firms.jobs[0].tolist() == [50 - (gone == 0).sum(), 50 - gone.sum()]


def test_seekers_fill_the_jobs_of_the_level_they_seek():
    people = 60
    seeks = np.tile([0, 1], 30)
    made = town(
        people, 1,
        firms={**firm(0, 1), "skilled_weight": 0.5, "jobs": 0, "labour": 0.0, "vacancies": np.array([[7, 4]])},
        persons={"status": int(Status.UNEMPLOYED), "seeks": seeks, "occupation": 1, "not_working": 20.0,
                 "reservation_flow": 5.0, "skill": 1.0},
    ).run(Matching(reach=10.0))  # fmt: skip
    hired = made.persons.status == Status.EMPLOYED
    assert made.firms.jobs[0].tolist() == [7, 4] and made.firms.vacancies[0].tolist() == [0, 0]
    np.testing.assert_array_equal(made.persons.level[hired], seeks[hired])
    np.testing.assert_allclose(made.persons.wage[hired], np.where(seeks[hired] == 1, 80.0, 50.0))
    assert made.markets.hires.tolist() == [7, 4]


def growing(**production):
    """A basic firm of eight that sells for twelve, beside skilled ones with as many people."""
    both = firm(8, 8)
    alone = {name: np.array([value, value]) for name, value in both.items() if np.ndim(value) == 0}
    made = town(
        1, 2,
        firms={**alone, "skilled_weight": [0.0, 1.0], "occupation": np.array([0, 1]), "posted_wage": [50.0, 80.0],
               "applicants_wage": [48.9, 78.2], "jobs": [8, 8], "labour": [8.0, 8.0],
               "productivity": 1.09 * np.array([50.0, 80.0]) / 0.65 * (12.0 / 1000.0) ** 0.35},
        markets={"mean_wage": np.array([50.0, 80.0])},
    )  # fmt: skip
    made.schedule.production = Production(**production)
    return made


def test_a_firm_of_one_level_that_has_grown_looks_for_the_other_and_finds_its_place():
    made = growing().run(LINE)
    firms = made.firms
    assert firms.vacancies[0, 0] >= 0 and firms.vacancies[0, 1] >= 2 and firms.vacancies[0].sum() in (3, 4, 5)
    assert (firms.desired_jobs[0] == firms.jobs[0] + firms.vacancies[0]).all()
    assert firms.posted_wage[0, 1] == 80.0
    firms.jobs[0, 1], firms.labour[0, 1] = 2, 2.0  # two were found
    before, own = float(firms.productivity[0]), float(firms.posted_wage[0, 0])
    made.run(LINE)
    weight = float(firms.skilled_weight[0])
    assert 0.0 < weight < 1.0
    now = output(float(firms.productivity[0]), 1000.0, composite(8.0, 2.0, weight, 1.4), 0.35)
    assert now == pytest.approx(output(before, 1000.0, 8.0 + 2.0 * 80.0 / own, 0.35), rel=1e-5)
    assert firms.desired_jobs[0, 1] >= 1


@pytest.mark.parametrize("production", [{"complements": 0}, {"smallest_mixed": 100}])
def test_small_firms_and_those_without_the_mechanism_look_for_nobody_else(production):
    firms = growing(**production).run(LINE).firms
    assert firms.vacancies[0, 1] == firms.vacancies[1, 0] == 0 and firms.vacancies[0, 0] > 0


def test_a_team_that_lacks_a_level_pays_for_it_what_the_first_is_worth():
    lacks = planned(basic=6, skilled=1, labour=np.array([[6.0, 0.0]]), jobs=np.array([[6, 0]]))
    assert lacks.marginal_product[0, 1] > 87.2 and lacks.vacancies[0, 1] == 1
    assert lacks.marginal_product[0, 0] < 54.5


def test_compiled_and_plain_agree_and_the_order_of_firms_does_not_matter():
    rng = np.random.default_rng(4)
    staff = rng.integers(1, 40, (9, 2))
    firms = {
        "sector": np.arange(9) % 3, "capital": rng.uniform(500, 2000, 9), "productivity": rng.uniform(5, 20, 9),
        "skilled_weight": rng.choice([0.0, 0.2, 0.5, 1.0], 9), "labour": 1.3 * staff, "jobs": staff,
        "posted_wage": rng.uniform(40, 90, (9, 2)), "applicants_wage": rng.uniform(30, 60, (9, 2)),
        "sales": 5000.0, "output": 5000.0, "expected_sales": 5000.0, "cash": 10_000_000, "full_time": 1,
    }  # fmt: skip
    fast, slow, other = (town(1, 9, firms=dict(firms)) for _ in range(3))
    fast.run(LINE)
    slow.run(LINE, plain=True)
    shuffled(other).run(LINE)
    for name in ("posted_wage", "desired_labour", "desired_jobs", "vacancies", "marginal_product"):
        np.testing.assert_allclose(fast.firms.values(name), slow.firms.values(name), rtol=1e-6, err_msg=name)
        np.testing.assert_array_equal(by_id(fast.firms, name), by_id(other.firms, name), err_msg=name)


# ------------------------------------------------------------------------------------------ the start


def world(**changes):
    parameters = replace(Schedule(), production=Production(**changes))
    return Remesa(Setup(example_inputs(), population=2000, seed=3, months=1, parameters=parameters)).world


def test_firms_of_the_start_want_just_those_they_have():
    made = world()
    firms = made.population.firms
    both = (firms.skilled_weight > 0.0) & (firms.skilled_weight < 1.0)
    jobs = firms.jobs.sum(axis=1)
    assert both.sum() > 5
    assert (firms.jobs[both] > 0).all()
    assert (jobs[both & (firms.sector != Sector.PUBLIC)] >= 5).mean() > 0.9
    for f in np.flatnonzero(both & (firms.sector == Sector.TRADABLE)):
        labour = composite(*(float(x) for x in firms.labour[f]), float(firms.skilled_weight[f]), 1.4)
        made_of_it = output(float(firms.productivity[f]), float(firms.capital[f]), labour, 0.35)
        assert made_of_it == pytest.approx(float(firms.output[f]), rel=1e-4)
        cost = unit_cost(*(float(x) for x in firms.posted_wage[f]), float(firms.skilled_weight[f]), 1.4)
        labour = profitable_labour(float(firms.productivity[f]), float(firms.capital[f]), 1.0, cost, 0.09, 0.35)
        for level in range(2):
            share = abs(1 - level - float(firms.skilled_weight[f]))
            wanted = of_level(labour, share, cost, float(firms.posted_wage[f, level]), 1.4)
            assert wanted == pytest.approx(float(firms.labour[f, level]), rel=1e-4)


def test_switched_off_every_firm_keeps_to_one_level():
    firms = world(complements=0).population.firms
    assert set(np.unique(firms.skilled_weight)) <= {0.0, 1.0}
    assert ((firms.jobs > 0).sum(axis=1) <= 1).all()
    assert firms.jobs.sum() == world().population.firms.jobs.sum(), "the same people are employed"
