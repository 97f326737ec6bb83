"""Statistics of the tests and claims on migration, worked by hand or on data with a known answer."""

import json

import numpy as np
import pytest

from analysis.tipping import paint_map, said
from experiments.community import Measure, measure, worth_of
from experiments.evidence_migration import (
    better_pay,
    gini,
    hazards_apart,
    left_out_in_turn,
    logit,
    odds_of_a_tie,
    pooled,
    rises_with_prevalence,
    takes_off,
)
from experiments.tipping import Cell, summary, tipping_point


def test_hand_worked_gini():
    """One has all of two: .5. 1, 2, 3 for one head each: 2/9. Heads count: 0 for one, 1 for three: .25."""
    one = np.ones(2)
    assert gini(np.array([0.0, 4.0]), one) == pytest.approx(0.5)
    assert gini(np.array([3.0, 1.0, 2.0]), np.ones(3)) == pytest.approx(2 / 9)
    assert gini(np.array([0.0, 1.0]), np.array([1.0, 3.0])) == pytest.approx(0.25)
    assert gini(np.zeros(3), np.ones(3)) == 0.0


def test_the_logit_finds_the_odds_it_was_made_with():
    """A tie triples the odds; age, sex, schooling and wealth matter or not."""
    luck = np.random.default_rng(4)
    count = 40_000
    tie, man = luck.random(count) < 0.3, luck.random(count) < 0.5
    age, school, wealth = luck.uniform(15, 60, count), luck.uniform(0, 12, count), luck.normal(5, 1, count)
    chance = 1 / (1 + np.exp(-(-2.0 + np.log(3.0) * tie + 0.4 * man - 0.02 * age)))
    went = luck.random(count) < chance
    rows = np.column_stack([went, 0 * age, tie, age, man, school, wealth, 0 * age, 0 * age]).astype(float)
    assert odds_of_a_tie(rows) == pytest.approx(3.0, rel=0.1)
    constant = logit(went[tie].astype(float), np.ones((int(tie.sum()), 1)))[0]
    assert constant == pytest.approx(np.log(went[tie].mean() / (1 - went[tie].mean())))


def test_what_takes_off():
    years = np.arange(40)
    assert takes_off(1 / (1 + np.exp(-(years - 20) / 3)))
    assert not takes_off(np.exp(years / 15))  # convex to the end
    assert not takes_off(np.sqrt(years))  # concave from the start


def test_the_slope_of_who_goes_on_prevalence():
    """Of trips at prevalence .1 two of ten are women's, at .5 six of ten: slope 1."""
    rows = np.zeros((20, 9))
    rows[:, 0], rows[:10, 8], rows[10:, 8] = 1.0, 0.1, 0.5
    rows[:, 4] = 1.0
    rows[:2, 4] = rows[10:16, 4] = 0.0
    assert rises_with_prevalence(rows, 4, 0.0) == pytest.approx(1.0)


def test_hazards_are_those_of_all_seeds_together():
    """1 of 4 years and 5 of 12 are 6 of 16; none of 0 years counts for nothing."""
    found = [{"family": (1, 4.0)}, {"family": (5, 12.0)}, {"family": (0, 0.0)}]
    assert pooled(found, "family") == pytest.approx(6 / 16)
    assert pooled([{"family": (0, 0.0)}], "family") == 0.0


def test_hazards_by_motive_are_compared_within_places():
    """Gaps .1 and -.2 by weights 10 * 10 / 20 = 5 and 40 * 2.5 / 42.5 = 2.353: (.5 - .4706) / 7.353 = .004."""
    one = [{"work": (3, 10.0), "family": (2, 10.0)}]
    other = [{"work": (8, 40.0), "family": (1, 2.5)}]
    assert hazards_apart([one]) == pytest.approx(0.1)
    assert hazards_apart([one, other]) == pytest.approx(0.004, abs=1e-6)
    assert hazards_apart([[{"work": (3, 10.0), "family": (0, 0.0)}]]) == 0.0


def test_pseudo_values_of_a_mean_are_the_values():
    """3 x mean less 2 x the mean of the others gives each back."""
    values = [1.0, 2.0, 6.0]
    assert left_out_in_turn(lambda some: float(np.mean([values[k] for k in some])), 3) == pytest.approx(values)
    assert left_out_in_turn(lambda some: 7.0, 1) == [7.0]


def test_hand_worked_worth_of_time_and_money():
    """Consumption 100, c0 25, half the time at work, taste .5: 125 x .7071 - 25 = 63.3883."""
    assert worth_of(100.0, 240.0, 0.5, 25.0, 480.0) == pytest.approx(63.3883, abs=5e-5)
    assert worth_of(100.0, 480.0, 0.5, 25.0, 480.0) == pytest.approx(100.0)
    assert worth_of(100.0, 240.0, 0.0, 25.0, 480.0) == pytest.approx(100.0)


def test_the_net_measure_falls_with_the_cost_of_separation_and_not_without():
    one = Measure(worth=80.0, separated=0.2, base_pay=100.0)
    assert [one.net(cost) for cost in (0.0, 0.5, 1.0)] == [80.0, 70.0, 60.0]


def test_who_is_left_behind_is_counted(small_world):
    world = small_world(population=600)
    usual = measure(world)
    persons = world.population.persons
    persons.spouse[:], persons.mother[:] = -1, -1
    assert measure(world).separated == 0.0 < usual.separated
    here = np.flatnonzero((persons.status < 6) & (persons.status > 1))
    gone = np.flatnonzero(persons.status == 6)
    persons.spouse[here[0]], persons.spouse[gone[0]] = gone[0], here[0]
    adults = (persons.status < 6) & ((world.month - 1 - world.burn_in - persons.birth_month) >= 180)
    assert measure(world).separated == pytest.approx(1 / adults.sum())
    assert measure(world).worth == usual.worth


def test_better_pay_counts_for_migration_alone_and_is_given_back(small_world):
    world = small_world(population=600)
    before = world.population.persons.smoothed_earnings.copy()
    raise_it, take_back = better_pay(1.25)
    raise_it(world)
    assert world.population.persons.smoothed_earnings == pytest.approx(1.25 * before)
    take_back(world)
    assert world.population.persons.smoothed_earnings == pytest.approx(before, rel=1e-6)


def mixed(count: int = 200, point: float = 0.12) -> Cell:
    """Communities that tip by chance around one share."""
    luck = np.random.default_rng(2)
    early = luck.uniform(0.0, 0.3, count)
    late = np.where(luck.random(count) < 1 / (1 + np.exp(-60 * (early - point))), 0.5, 0.05)
    return Cell(4.0, 1.0, 0.02, tuple(early.tolist()), tuple(late.tolist()))


def test_the_tipping_point_is_found_with_its_uncertainty():
    cell = mixed()
    found = tipping_point(cell.early, cell.late)
    assert found is not None
    share, low, high = found
    assert low < 0.12 < high and share == pytest.approx(0.12, abs=0.02)
    assert 0.0 < high - low < 0.06
    assert tipping_point(cell.early, [0.5] * 200) is None  # all go one way


def test_the_map_holds_what_was_found_and_is_drawn():
    cells = [mixed(), Cell(0.0, 1.0, 0.02, (0.01, 0.02), (0.02, 0.03)), Cell(0.0, 0.0, 0.02, (0.0,), (0.0,)),
             Cell(4.0, 0.0, 0.02, (0.1,), (0.4,))]  # fmt: skip
    found = json.loads(json.dumps(summary(cells)))
    assert [one["tipped"] for one in found["cells"]][1:] == [0.0, 0.0, 1.0]
    assert found["communities"] == 204
    assert "half tip from" in said(found)
    for narrow in (False, True):
        assert paint_map(found, narrow=narrow).axes
    assert "nowhere" in said(summary(cells[1:3]))
