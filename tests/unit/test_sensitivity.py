"""Indices of functions whose indices are known; an input without effect has none; what is not finite is refused."""

import numpy as np
import pytest

from experiments.sensitivity import SensitivityError, emulate, indices, response, sample

pytest.importorskip("SALib", reason="needs remesa[analysis]")
NAMES = ["x1", "x2", "x3", "idle"]


def ishigami(points: np.ndarray) -> np.ndarray:
    """Ishigami and Homma (1990), a = 7, b = 0.1; a fourth input has no effect."""
    x = np.pi * (2.0 * points - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_of_the_ishigami_function():
    """Analytical: first order .314, .442, 0; total .558, .442, .244."""
    points = sample("sobol", 4, 1024)
    found = indices("sobol", NAMES, points, ishigami(points))
    for one, first, total in zip(found, (0.3139, 0.4424, 0.0, 0.0), (0.5576, 0.4424, 0.2437, 0.0), strict=True):
        assert one.first == pytest.approx(first, abs=0.03) and one.total == pytest.approx(total, abs=0.03)
        assert one.first_low <= first <= one.first_high or abs(one.first - first) < 0.01
        assert one.total_low <= total <= one.total_high or abs(one.total - total) < 0.01
    assert [one.matters for one in found] == [True, True, True, False]


def test_intervals_of_indices_cover_what_is_known():
    """The G function of Sobol': V_i = 1 / (3 (1 + a_i)^2); shares of 40 samples with 90 % intervals."""
    a = np.array([0.0, 1.0, 4.5, 9.0])
    part = 1.0 / (3.0 * (1.0 + a) ** 2)
    first = part / (np.prod(1.0 + part) - 1.0)
    inside = 0
    for seed in range(40):
        points = sample("sobol", 4, 256, seed)
        values = np.prod((np.abs(4.0 * points - 2.0) + a) / (1.0 + a), axis=1)
        found = indices("sobol", NAMES, points, values, seed=seed)
        inside += sum(one.first_low <= truth <= one.first_high for one, truth in zip(found, first, strict=True))
    assert 0.85 <= inside / 160 <= 1.0


def test_morris_effects_of_a_line_are_its_slopes_and_only_curvature_spreads_them():
    points = sample("morris", 4, 20)
    values = 3.0 * points[:, 0] - 2.0 * points[:, 1] + 5.0 * points[:, 2] ** 2
    found = indices("morris", NAMES, points, values)
    assert [one.total for one in found[:2]] == pytest.approx([3.0, 2.0])
    assert found[2].total == pytest.approx(5.0, rel=0.3) and found[3].total == 0.0
    assert found[0].first == pytest.approx(0.0, abs=1e-9) and found[2].first > 0.5
    assert [one.matters for one in found] == [True, True, True, False]


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_an_outcome_that_is_not_finite_is_refused_by_name(method):
    points = sample(method, 2, 8)
    values = points.sum(axis=1)
    values[5] = np.nan
    with pytest.raises(SensitivityError, match=r"the outcome is nan at point 5 \(theta .*, gamma "):
        indices(method, ["theta", "gamma"], points, values)


def test_an_outcome_that_never_changes_depends_on_nothing():
    points = sample("sobol", 2, 8)
    assert all(one.total == one.first == 0.0 for one in indices("sobol", ["a", "b"], points, np.ones(len(points))))


def test_samples_that_are_not_balanced_are_refused():
    with pytest.raises(SensitivityError, match="powers of two"):
        sample("sobol", 2, 100)


def test_a_response_curve_follows_what_it_is_made_from():
    luck = np.random.default_rng(1)
    x = luck.uniform(size=400)
    curve = response("x", x, x**2 + luck.normal(scale=0.05, size=400))
    assert len(curve.at) == 8 and curve.mean == tuple(sorted(curve.mean))
    hit = [low <= at**2 <= high for at, low, high in zip(curve.at, curve.low, curve.high, strict=True)]
    assert sum(hit) >= 5
    two = response("switch", np.repeat([0.0, 1.0], 20), np.r_[luck.normal(size=20), luck.normal(3.0, size=20)])
    assert two.at == (0.0, 1.0) and two.mean[1] - two.mean[0] == pytest.approx(3.0, abs=1.0)


def test_an_emulator_foresees_a_smooth_outcome_and_says_how_well():
    luck = np.random.default_rng(2)
    points = luck.uniform(size=(160, 3))
    truth = np.sin(3.0 * points[:, 0]) + points[:, 1] ** 2
    made = emulate(points, truth + luck.normal(scale=0.1, size=160))
    assert made.explained > 0.85 and 0.8 <= made.coverage <= 0.98
    new = luck.uniform(size=(300, 3))
    seen = np.sin(3.0 * new[:, 0]) + new[:, 1] ** 2 + luck.normal(scale=0.1, size=300)
    assert 0.83 <= (np.abs(made.at(new) - seen) <= made.half).mean() <= 0.97


def test_an_emulator_of_pure_luck_explains_nothing_and_still_covers():
    luck = np.random.default_rng(3)
    made = emulate(luck.uniform(size=(100, 2)), luck.normal(size=100))
    assert made.explained < 0.1 and 0.8 <= made.coverage <= 0.98


def test_few_points_make_no_emulator():
    with pytest.raises(SensitivityError, match="at least 20"):
        emulate(np.random.default_rng(1).uniform(size=(10, 2)), np.ones(10))
