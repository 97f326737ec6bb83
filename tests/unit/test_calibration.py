"""Known parameters are found again, with intervals that hold them; what data do not tell is said."""

import dataclasses
import itertools

import numpy as np
import pytest
from unit.quick_runs import quick_plan, quick_run

from experiments.calibration import CalibrationError, OwnLuck, Target, Tried, distance, infer, learn, search, tried_in
from experiments.cluster import cluster
from experiments.design import Factor, experiment
from experiments.run import Plan

pytest.importorskip("optuna", reason="needs remesa[analysis]")
FACTORS = [Factor(name, "1", (), 0.0, 10.0) for name in ("a", "b", "c")]
SPREAD = {"level": 0.15, "slope": 0.1, "bend": 0.1}


def truth(x: np.ndarray) -> dict[str, float]:
    """Three statistics of three parameters in [0, 10]."""
    a, b, c = x
    return {"level": 0.5 * a + 0.2 * b, "slope": b - 0.02 * b**2 + 0.1 * a, "bend": c - 0.3 * a}


def measured(x: np.ndarray, luck: np.random.Generator) -> dict[str, float]:
    return {name: value + luck.normal(scale=SPREAD[name]) for name, value in truth(x).items()}


class Machine:
    """Runs points, and counts them."""

    def __init__(self, seed: int) -> None:
        self.luck, self.runs = np.random.default_rng(seed), 0

    def __call__(self, points):
        self.runs += len(points)
        found = []
        for point in points:
            x = np.array([f.at(u) for f, u in zip(FACTORS, point, strict=True)])
            seeds = [measured(x, self.luck) for _ in range(2)]
            means = {name: float(np.mean([one[name] for one in seeds])) for name in SPREAD}
            found.append(Tried(tuple(point), means, dict.fromkeys(SPREAD, 0.1)))
        return found


def data_of(x, luck) -> list[Target]:
    return [Target(name, value, SPREAD[name], "simulated") for name, value in measured(np.array(x), luck).items()]


def test_the_search_nears_the_targets_and_goes_on_where_it_stopped(tmp_path):
    targets = data_of([3.0, 6.0, 4.0], np.random.default_rng(1))
    machine = Machine(1)
    journal = tmp_path / "journal.log"
    first = search(FACTORS, targets, machine, trials=24, batch=8, journal=journal)
    assert len(first) == machine.runs == 24
    again = search(FACTORS, targets, machine, trials=40, batch=8, journal=journal)
    assert len(again) == machine.runs == 40 and again[:24] == first
    far = [distance(targets, one.means) for one in again]
    assert np.median(far[32:]) < 0.5 * np.median(far[:12])


def test_intervals_hold_known_parameters_nine_times_in_ten():
    luck = np.random.default_rng(2)
    tried = search(FACTORS, data_of([5, 5, 5], luck), Machine(2), trials=64)
    learnt = learn(list(SPREAD), tried)
    inside, repetitions = np.zeros(3), 40
    for _ in range(repetitions):
        x = luck.uniform(1.0, 9.0, 3)
        found = infer(FACTORS, data_of(x, luck), tried, learnt=learnt)
        inside += [one.low <= value <= one.high for one, value in zip(found.parameters, x, strict=True)]
        assert all(one.told for one in found.parameters)
    assert (inside >= 0.75 * repetitions).all() and 0.82 <= inside.sum() / (3 * repetitions) <= 0.98


def test_what_the_data_do_not_tell_apart_is_said():
    luck = np.random.default_rng(3)
    tried = search(FACTORS, data_of([5, 5, 5], luck), Machine(3), trials=48)
    only_bend = [one for one in data_of([4.0, 5.0, 5.0], luck) if one.statistic == "bend"]
    found = infer(FACTORS, only_bend, tried)
    said = " ".join(found.not_told())
    assert "b: the data hardly narrow it down" in said
    assert "a and c are not told apart: both higher or both lower fit alike" in said
    assert infer(FACTORS, data_of([4.0, 5.0, 5.0], luck), tried).not_told() == []


def test_a_target_needs_a_source_and_finite_figures():
    with pytest.raises(CalibrationError, match="no source"):
        Target("poverty", 1.0, 0.1, " ")
    for value, tolerance in ((float("nan"), 1.0), (1.0, 0.0), (1.0, float("inf"))):
        with pytest.raises(CalibrationError, match="poverty"):
            Target("poverty", value, tolerance, "somewhere")


def test_a_point_without_result_is_far_and_is_left_out_of_the_surfaces():
    targets = [Target("level", 1.0, 0.1, "x")]
    assert distance(targets, {"level": float("nan")}) == distance(targets, {}) == 1e6
    tried = search(FACTORS, targets, Machine(4), trials=32)
    broken = [*tried, Tried((0.1, 0.2, 0.3), {"level": float("nan")}, {})]
    assert infer(FACTORS, targets, broken).parameters == infer(FACTORS, targets, tried).parameters


def test_each_point_has_luck_of_its_own_and_the_same_point_the_same(tmp_path):
    base = quick_plan(seeds=3).scenarios["base"]
    theta = "parameters.participation.theta"
    plan = OwnLuck("own", {"base": base}, [{theta: 0.1}, {theta: 0.2}], ("poverty",))
    seeds = [{planned.seed for planned in plan.runs() if planned.point == k} for k in range(2)]
    assert len(seeds[0]) == len(seeds[1]) == 3 and not seeds[0] & seeds[1]
    again = OwnLuck("own", {"base": base}, [{theta: 0.2}], ("poverty",))
    assert {planned.run_id for planned in again.runs()} <= {planned.run_id for planned in plan.runs()}
    found = tried_in(plan, [(0.1,), (0.2,)], tmp_path, workers=1, run=quick_run)
    assert [one.shares for one in found] == [(0.1,), (0.2,)] and found[0].means != found[1].means


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_three_parameters_of_the_model_are_found_again_from_its_own_data(tmp_path):
    """Twenty towns with parameters drawn by chance play the data; one search serves all of them."""
    mine = experiment(
        "recovery",
        {
            "base": ["territory=diourbel", "population=1000", "months=12", "seeds=1"],
            "factors": {
                "parameters.vital.taste_median": {"low": 0.2, "high": 1.2},
                "parameters.migration.altruism": {},
                "parameters.separations.ended": {},
            },
            "targets": [],
            "outcomes": ["participation", "remittances_received", "separation_rate", "vacancy_rate", "wage_mean"],
        },
    )
    statistics = mine.outcomes
    assert statistics is not None
    with cluster(2) as client:
        how = {"scheduler": client.scheduler.address}
        centre = mine.plan([{}])
        (base,) = centre.scenarios.values()
        many = dataclasses.replace(base, seeds=12)
        (spread,) = tried_in(Plan("spread", {"base": many}, [{}], statistics), [(0.5,) * 3], tmp_path / "spread", **how)
        tolerance = {name: 0.25 * spread.errors[name] * 12**0.5 for name in statistics}  # luck is in the surfaces

        def run(points, under="tried"):
            plan = OwnLuck("recovery", {"base": base}, mine.shares(points), statistics)
            return tried_in(plan, points, tmp_path / under / f"{next(numbers)}", **how)

        numbers = itertools.count()
        middle = [Target(name, spread.means[name], tolerance[name], "simulated") for name in statistics]
        tried = search(mine.factors, middle, run, trials=96, batch=32)
        truths = np.random.default_rng(5).uniform(0.1, 0.9, (20, 3))
        data = run([tuple(t) for t in truths], "data")
    learnt = learn(statistics, tried)
    inside = np.zeros(3)
    for truth_, one in zip(truths, data, strict=True):
        targets = [Target(name, one.means[name], tolerance[name], "simulated") for name in statistics]
        found = infer(mine.factors, targets, tried, learnt=learnt)
        values = [factor.at(share) for factor, share in zip(mine.factors, truth_, strict=True)]
        inside += [e.low <= value <= e.high for e, value in zip(found.parameters, values, strict=True)]
        assert sum(e.told for e in found.parameters) >= 2
    print("held", inside)
    assert ((inside >= 16) & (inside <= 20)).all(), inside
