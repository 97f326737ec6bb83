"""Paired statistics: what a policy changed, seed by seed, how sure that is, and what it cost."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import ArrayLike

LEVEL = 0.90
WINDOW = 60  # months at the end of a run over which an outcome is averaged: single months say little of flows


@dataclasses.dataclass(frozen=True)
class Effect:
    """The effect of one scenario on one outcome, over paired random seeds.

    The same seed gives the same people the same luck in both worlds, so each difference is the effect in
    one possible world, and the interval covers the mean over worlds.

    Attributes
    ----------
    baseline, policy : unit of the outcome
        Means over seeds of the outcome in both worlds.
    mean : unit of the outcome
        Mean of the differences, policy less baseline.
    low, high : unit of the outcome
        Student-t interval of that mean; NaN with one seed.
    share : in [0, 1]
        Share of seeds whose difference has the sign of the mean; with a mean of zero, of seeds without one.
    smallest : unit of the outcome, >= 0
        Smallest effect these seeds could have shown: half the width of the interval.
    cost : money/month or None
        Mean difference of what was spent on instruments.
    """

    outcome: str
    group: str
    unit: str
    baseline: float
    policy: float
    mean: float
    low: float
    high: float
    level: float
    share: float
    seeds: int
    smallest: float
    differences: tuple[float, ...]
    cost: float | None = None

    @property
    def shows(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0

    @property
    def none(self) -> bool:
        """Whether nothing at all differs, in any seed."""
        return not any(self.differences)

    @property
    def cost_per_unit(self) -> float | None:
        """Money per unit of the outcome gained or avoided, where there is an effect and a cost."""
        if self.cost is None or self.cost <= 0 or not self.shows:
            return None
        return self.cost / abs(self.mean)

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON; what does not exist is None."""
        found = dataclasses.asdict(self) | {"shows": self.shows, "cost_per_unit": self.cost_per_unit}
        found["differences"] = list(self.differences)
        return {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in found.items()}


def paired(
    outcome: str,
    baseline: ArrayLike,
    policy: ArrayLike,
    *,
    unit: str = "1",
    group: str = "all",
    level: float = LEVEL,
    cost: float | None = None,
) -> Effect:
    """Effect from the outcome of each seed in both worlds, in the same order of seeds.

    With differences ``d``, their mean ``m`` and standard deviation ``s`` over ``n`` seeds the interval is
    ``m -+ t(n - 1) * s / sqrt(n)``.

    Parameters
    ----------
    baseline, policy : arrays of the same length, unit of the outcome
    level : share in (0, 1)
        Coverage of the interval.

    References
    ----------
    Law (2015), Simulation Modeling and Analysis, 5th ed., section 10.2.1: paired t, common luck.
    """
    without, treated = np.asarray(baseline, np.float64), np.asarray(policy, np.float64)
    if without.shape != treated.shape or without.ndim != 1 or not len(without):
        raise ValueError(
            f"{outcome}: {without.shape} baseline and {treated.shape} policy values are not pairs of seeds"
        )
    if not (np.isfinite(without).all() and np.isfinite(treated).all()):
        raise ValueError(f"{outcome}: a seed has no finite value; look at the failures of the store")
    differences = treated - without
    count, mean = len(differences), float(differences.mean())
    if count > 1:
        # equal differences have no spread, whatever rounding makes of it
        spread = 0.0 if np.ptp(differences) == 0 else float(differences.std(ddof=1))
        smallest = quantile(count - 1, level) * spread / math.sqrt(count)
    else:
        smallest = math.nan
    return Effect(
        outcome=outcome,
        group=group,
        unit=unit,
        baseline=float(without.mean()),
        policy=float(treated.mean()),
        mean=mean,
        low=mean - smallest,
        high=mean + smallest,
        level=level,
        share=float((np.sign(differences) == np.sign(mean)).mean()),
        seeds=count,
        smallest=smallest,
        differences=tuple(float(d) for d in differences),
        cost=cost,
    )


def interval(values: ArrayLike, level: float = LEVEL) -> tuple[float, float, float]:
    """Mean of values over seeds, and the ends of its Student-t interval (NaN with one seed)."""
    found = np.asarray(values, np.float64)
    one = paired("mean", np.zeros_like(found), found, level=level)
    return one.mean, one.low, one.high


def quantile(freedom: int, level: float) -> float:
    """Student's t with so many degrees of freedom that leaves out (1 - level) / 2 on either side."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2.0))


def over_window(series: ArrayLike, months: int = WINDOW) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Mean of the last months of each seed: from an array [seed, month] (all months if there are fewer)."""
    found = np.asarray(series, np.float64)
    return found[:, -min(months, found.shape[1]) :].mean(axis=1)
