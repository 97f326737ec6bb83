"""A box planted in a function is found, and only the inputs that make it are named."""

import numpy as np
import pytest

from experiments.discovery import DiscoveryError, box, holds, read_claim

NAMES = ["norms", "ties", "idle"]


def planted(noise: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """It holds where norms are above 0.6 and ties below 0.4, but for some points by chance."""
    luck = np.random.default_rng(1)
    points = luck.uniform(size=(600, 3))
    inside = (points[:, 0] > 0.6) & (points[:, 1] < 0.4)
    return points, inside ^ (luck.uniform(size=600) < noise)


@pytest.mark.slow  # with the heavy extras
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_planted_box_is_found(noise):
    pytest.importorskip("ema_workbench", reason="needs remesa[calibration]")
    points, where = planted(noise)
    found = box(NAMES, points, where)
    assert set(found.limits) >= {"norms", "ties"}
    assert found.limits["norms"][0] == pytest.approx(0.6, abs=0.06) and found.limits["norms"][1] > 0.94
    assert found.limits["ties"][1] == pytest.approx(0.4, abs=0.06) and found.limits["ties"][0] < 0.06
    low, high = found.limits.get("idle", (0.0, 1.0))
    assert high - low > 0.85
    assert found.density >= 0.8 and found.coverage >= (0.9 if noise == 0.0 else 0.7)
    assert found.chance["norms"] < 0.01 and found.chance["ties"] < 0.01
    assert (found.holds, found.points) == (int(where.sum()), 600)


def test_what_holds_everywhere_nowhere_or_at_few_points_has_no_box():
    points = np.random.default_rng(1).uniform(size=(30, 2))
    for where in (np.ones(30, bool), np.zeros(30, bool)):
        with pytest.raises(DiscoveryError, match="of 30 points"):
            box(NAMES[:2], points, where)
    with pytest.raises(DiscoveryError, match="at least 20"):
        box(NAMES[:2], points[:5], np.arange(5) > 2)


def test_claims_are_read():
    assert read_claim("prevalence > 5") == ("prevalence", ">", 5.0)
    assert read_claim("real_income@recipient=no<=-1e3") == ("real_income@recipient=no", "<=", -1000.0)
    assert holds(np.array([1.0, 2.0, 3.0]), ">=", 2.0).tolist() == [False, True, True]
    for wrong in ("prevalence", "5 < prevalence", "__import__('os') > 1", "a > b", "a > 1.2.3"):
        with pytest.raises(DiscoveryError):
            read_claim(wrong)
