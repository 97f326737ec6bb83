"""Experiments as files: factors over anything a run takes, combined as asked, checked before anything runs."""

import math

import numpy as np
import pytest

from experiments import design
from experiments.design import experiment
from experiments.run import placed
from scenarios.configuration import ConfigurationError, check, compose

BASE = ["territory=teaching_toy_village", "months=2", "seeds=2", "population=100"]
THETA = "parameters.participation.theta"
DOSE = "policies.transfer_cards.budget"


def made(**values):
    return experiment("mine", {"title": "Mine", "base": BASE, **values})


@pytest.mark.parametrize("name", design.names())
def test_shipped_experiments_can_be_planned(name):
    found = design.read(name)
    assert found.summary and found.factors and found.outcomes
    assert 100 <= len(found.plan().runs()) <= 1000


def test_a_grid_combines_every_level_and_a_factor_sets_what_an_override_sets():
    found = made(factors={THETA: [0.2, 0.9], "territory.pay_basic": {"low": 50, "high": 70, "steps": 3}})
    assert len(found.points) == 6 and found.points[-1] == {THETA: 0.9, "territory.pay_basic": 70.0}
    (scenario,) = found.scenarios.values()
    by_factor = check(placed(scenario.tree, found.points[-1]))
    by_override = compose([*BASE, f"{THETA}=0.9", "territory.pay_basic=70"])
    assert by_factor.run_ids([1, 2]) == by_override.run_ids([1, 2])
    plan = found.plan()
    assert by_override.run_id(2) in {planned.run_id for planned in plan.runs() if planned.point == 5}
    assert [planned.seed for planned in plan.runs()] == [1] * 6 + [2] * 6


def test_a_dose_and_a_lever_of_a_policy_are_factors_and_other_scenarios_run_without_them():
    lever = "policies.transfer_cards.levers.providers.fee_cut.add"
    found = experiment(
        "mine",
        {
            "base": ["months=2", "seeds=2", "population=1000"],
            "scenarios": {"without": [], "with": ["policies=[transfer_cards]"]},
            "factors": {DOSE: [0, 50_000], lever: {}},
            "design": "latin_hypercube",
            "samples": 4,
        },
    )
    assert (found.factors[1].low, found.factors[1].high) == (0.0, 0.5)
    runs = found.plan().runs()
    without = {planned.run_id for planned in runs if planned.scenario == "without"}
    treated = {planned.run_id for planned in runs if planned.scenario == "with"}
    assert len(without) == 2 and len(treated) == 8
    one = next(planned for planned in runs if planned.factors.get(DOSE) == 50_000)
    (event,) = check(placed(found.scenarios["with"].tree, one.factors)).events
    assert event.budget.value == 50_000
    overrides = ["months=2", "seeds=2", "population=1000", "policies=[transfer_cards]"]
    same = compose([*overrides, *(f"{key}={value}" for key, value in one.factors.items())])
    assert same.run_id(one.seed) == one.run_id


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_designs_by_chance_fill_ranges_evenly_and_come_again(kind):
    factors = {THETA: {"low": 0.0, "high": 1.0}, "population": {"low": 100, "high": 10_000, "scale": "log"},
               "parameters.participation.income": [0, 1]}  # fmt: skip
    one, two = (made(design=kind, samples=64, factors=factors) for _ in range(2))
    assert one.points == two.points
    theta = np.array([point[THETA] for point in one.points])
    assert [int(((theta >= k / 8) & (theta < (k + 1) / 8)).sum()) for k in range(8)] == [8] * 8
    people = [point["population"] for point in one.points]
    assert all(isinstance(count, int) for count in people) and abs(np.median(people) - 1000) < 150
    assert sum(point["parameters.participation.income"] for point in one.points) == 32
    other = experiment("mine", {"base": BASE, "design": kind, "samples": 64, "factors": factors}, ["design_seed=2"])
    assert other.points != one.points


def test_a_range_left_open_is_the_declared_one():
    found = made(design="latin_hypercube", samples=8, factors={THETA: {}, "population": [100, 200]})
    factor = found.factors[0]
    assert (factor.low, factor.high, factor.unit) == (0.0, 1.0, "1")
    assert found.about()["factors"][THETA]["high"] == 1.0


def test_a_list_gives_its_points_and_overrides_reach_the_base_case():
    found = experiment("mine", {"base": BASE, "points": [{THETA: 0.1}, {THETA: 0.2, "months": 3}]}, ["seeds=4"])
    assert found.design == "list" and len(found.plan().runs()) == 8
    assert next(iter(found.scenarios.values())).months == 2


def test_outcomes_are_part_of_the_plan():
    found = made(factors={THETA: [0.1]}, outcomes=["poverty", "real_income@recipient=no"])
    assert found.plan().outcomes == ("poverty", "real_income@recipient=no")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"factors": {"parameters.participation.thetta": [1]}}, "theta"),
        ({"factors": {THETA: [2.0]}}, r"lies outside \[0, 1\]"),
        ({"factors": {THETA: [math.nan]}}, "finite"),
        ({"factors": {THETA: {"low": 1, "high": 0}}}, "low < high"),
        ({"factors": {THETA: {"low": 0, "high": 1, "scale": "log"}}}, "above 0"),
        ({"factors": {THETA: {"low": 0, "high": 1}}}, "steps"),
        ({"factors": {THETA: {"lowest": 0}}}, "low and high"),
        ({"factors": {"policies": [[], ["transfer_cards"]]}}, "scenario"),
        ({"factors": {"out": ["a", "b"]}}, "scenario"),
        ({"design": "random", "factors": {THETA: [1]}}, "allowed: grid"),
        ({"design": "sobol", "samples": 100, "factors": {THETA: {}}}, "64 or 128"),
        ({"design": "latin_hypercube", "factors": {THETA: {}}}, "samples"),
        ({"points": [], "factors": {}}, "points"),
        ({"factors": {THETA: [0.1]}, "outcomes": ["povrty"]}, "list indicators"),
        ({"factors": {THETA: [0.1]}, "outcomes": ["poverty@sex=women"]}, "groups"),
        ({"factor": {}}, "allowed: base"),
        ({"base": "months=2"}, "list"),
        ({"design": "latin_hypercube", "samples": 900_000_000, "factors": {THETA: {}}}, "1,000,000"),
    ],
)
def test_mistakes_are_said_in_one_line(values, said):
    with pytest.raises(ConfigurationError, match=said) as error:
        made(**values)
    assert "\n" not in str(error.value)


def test_a_factor_is_not_overridden_as_well():
    with pytest.raises(ConfigurationError, match="varies in mine"):
        experiment("mine", {"base": BASE, "factors": {THETA: [0.1, 0.2]}}, [f"{THETA}=0.5"])
