"""A sample of the parameters given the data: as theory has it, the same by any number of workers, resumed."""
# ruff: noqa: NPY002  the library's luck is that of numpy.random

import json

import numpy as np
import pytest
from unit.quick_runs import quick_run

from experiments.calibration import CalibrationError, Target
from experiments.cluster import cluster
from experiments.design import Factor
from experiments.posterior import Town, luck, sample
from scenarios.configuration import compose

LINE = [Factor("level", "1", (), 0.0, 10.0), Factor("gap", "1", (), 0.0, 10.0)]
TARGETS = [Target("own", 4.0, 0.4, "invented"), Target("less", -2.0, 0.4, "invented")]
SPREAD = 0.3  # of the luck of a run


def line(shares) -> dict[str, float]:
    """Two statistics of two parameters, with luck: what follows for the parameters is known exactly."""
    level, gap = 10.0 * shares["level"], 10.0 * shares["gap"]
    one, other = np.random.normal(scale=SPREAD, size=2)
    return {"own": level + one, "less": level - gap + other}


def heavy() -> None:
    pytest.importorskip("pyabc", reason="needs remesa[calibration]")


@pytest.mark.slow  # with the heavy extras
def test_the_sample_is_the_posterior_that_theory_gives(tmp_path):
    """Errors of target and run add up: sd (0.4^2 + 0.3^2)^0.5 = 0.5 of the level, 0.71 of the gap, correlation 0.71."""
    heavy()
    found = sample(LINE, TARGETS, line, folder=tmp_path, particles=300, generations=5)
    level, gap = found.calibration.parameters
    assert found.temperature == 1.0 and found.generations <= 5 and found.calibration.effective > 100
    mean = found.weights @ found.points * 10.0
    scale = np.sqrt(found.weights @ (found.points * 10.0 - mean) ** 2)
    assert mean == pytest.approx([4.0, 6.0], abs=0.2)
    assert scale == pytest.approx([0.5, 0.5 * 2**0.5], rel=0.25)
    assert (level.low, level.high) == pytest.approx((4.0 - 0.82, 4.0 + 0.82), abs=0.3)
    assert (gap.low, gap.high) == pytest.approx((6.0 - 1.16, 6.0 + 1.16), abs=0.45)
    assert found.calibration.correlation[0, 1] == pytest.approx(0.5**0.5, abs=0.15)
    assert level.told and found.calibration.fit["own"] == pytest.approx(4.0, abs=0.3)


@pytest.mark.slow
def test_intervals_hold_what_made_the_data(tmp_path):
    heavy()
    chance = np.random.default_rng(3)
    inside, repetitions = 0, 12
    for k in range(repetitions):
        truth = chance.uniform(0.2, 0.8, 2)
        with luck(77, k):
            made = line(dict(zip(("level", "gap"), truth, strict=True)))
        targets = [Target(name, made[name] + chance.normal(scale=0.4), 0.4, "simulated") for name in ("own", "less")]
        found = sample(LINE, targets, line, folder=tmp_path / str(k), particles=50, generations=3, seed=k)
        inside += sum(
            one.low <= 10.0 * value <= one.high for one, value in zip(found.calibration.parameters, truth, strict=True)
        )
    assert 0.78 <= inside / (2 * repetitions) <= 0.99


@pytest.mark.slow
def test_workers_give_the_same_sample_and_a_broken_one_goes_on(tmp_path):
    heavy()
    how = {"particles": 30, "generations": 3}
    alone = sample(LINE, TARGETS, line, folder=tmp_path / "alone", **how)
    with cluster(2) as client:
        shared = sample(LINE, TARGETS, line, folder=tmp_path / "shared", client=client, **how)
    assert np.array_equal(alone.points, shared.points) and np.array_equal(alone.weights, shared.weights)

    class Stop(BaseException):
        pass

    def stops(generation, count, of):
        if generation == 1 and count == of // 2:
            raise Stop

    with pytest.raises(Stop):
        sample(LINE, TARGETS, line, folder=tmp_path / "broken", progress=stops, **how)
    again = sample(LINE, TARGETS, line, folder=tmp_path / "broken", **how)
    assert 2 <= again.generations <= 3 and again.temperature == 1.0
    called = []
    done = sample(LINE, TARGETS, lambda shares: called.append(1) or line(shares), folder=tmp_path / "broken", **how)
    assert not called and np.array_equal(done.points, again.points)


@pytest.mark.slow
def test_draws_without_a_result_are_no_sample(tmp_path):
    heavy()
    nowhere = {one.statistic: one.value + 1e6 * one.tolerance for one in TARGETS}
    with pytest.raises(CalibrationError, match="hardly one has a result"):
        sample(LINE, TARGETS, lambda shares: nowhere, folder=tmp_path, particles=10, generations=2)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_parameters_of_the_model_are_found_again_from_a_run_of_its_own(tmp_path):
    heavy()
    tree = compose(["territory=diourbel", "population=300", "months=3"]).tree
    factors = (
        Factor("parameters.separations.ended", "1/month", (), 0.005, 0.1),
        Factor("parameters.vital.taste_median", "1", (), 0.2, 1.2),
    )
    statistics = ("separation_rate", "participation")
    far = dict.fromkeys(statistics, 1e9)
    town = Town(tree, factors, far, 1, str(tmp_path / "draws"))
    (tmp_path / "draws").mkdir()
    truth = {factors[0].path: 0.4, factors[1].path: 0.5}
    many = []
    for k in range(8):
        with luck(9, k):
            many.append(town(truth))
    targets = [
        Target(
            name, float(np.mean([one[name] for one in many])), float(np.std([one[name] for one in many]) + 1e-9), "own"
        )
        for name in statistics
    ]
    with cluster(2) as client:
        found = sample(factors, targets, town, folder=tmp_path, particles=30, generations=3, client=client)
    for one, factor in zip(found.calibration.parameters, factors, strict=True):
        assert one.low <= factor.at(truth[factor.path]) <= one.high and one.told, one
    assert len(list((tmp_path / "draws").glob("*.json"))) >= 2 * 30


def test_a_run_is_kept_by_its_identity_and_a_bad_one_is_far(tmp_path):
    tree = compose(["territory=teaching_toy_village", "months=3", "population=100"]).tree
    factor = Factor("parameters.participation.theta", "1", (), 0.0, 1.0)
    calls = []

    def counted(tree, seed):
        calls.append(seed)
        return quick_run(tree, seed)

    town = Town(tree, (factor,), {"poverty": 1e6}, 2, str(tmp_path), counted)
    found = []
    for _ in range(2):
        with luck(1, 2, 3):
            found.append(town({factor.path: 0.25}))
    assert found[0] == found[1] and len(calls) == 2 and len(set(calls)) == 2
    kept = [json.loads(path.read_text())["poverty"] for path in tmp_path.glob("*.json")]
    assert found[0]["poverty"] == pytest.approx(np.mean(kept))
    with luck(1, 2, 4):
        assert town({factor.path: 0.25}) != found[0]

    def broken(tree, seed):
        raise RuntimeError

    assert Town(tree, (factor,), {"poverty": 1e6}, 1, str(tmp_path), broken)({factor.path: 0.9}) == {"poverty": 1e6}


def test_luck_of_a_draw_is_its_own_and_leaves_other_luck_alone():
    np.random.seed(5)
    before = np.random.random(2)
    np.random.seed(5)
    first = np.random.random()
    with luck(1, 2):
        one = np.random.random()
    with luck(1, 2):
        again = np.random.random()
    assert one == again and [first, np.random.random()] == before.tolist()


def test_without_the_extra_it_is_said(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyabc", None)
    with pytest.raises(CalibrationError, match=r"install remesa\[calibration\]"):
        sample(LINE, TARGETS, line, folder=tmp_path)
