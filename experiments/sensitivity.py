"""What an outcome depends on: screening, shares of variance, response curves, an emulator.

Samples and indices are SALib's. A number that is not finite is refused by name, since one of them would
silently turn every index into nothing.
"""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.effects import LEVEL, interval
from experiments.store import StoreError

Array = np.ndarray[Any, np.dtype[np.float64]]
METHODS = ("morris", "sobol")
LEVELS = 4  # of Morris' grid
SMOOTHING = (1e-6, 1e-3, 1e-2, 0.1, 1.0, 10.0, 1e3)


class SensitivityError(StoreError):
    """Indices that cannot be computed: of what, why."""


@dataclasses.dataclass(frozen=True)
class Index:
    """How much one input matters.

    Attributes
    ----------
    first, total : for Sobol shares of the variance of the outcome, for Morris unit of the outcome
        Alone and with all interactions; for Morris ``first`` is the spread of effects (sigma: curvature and
        interactions) and ``total`` the mean absolute effect over the range (mu*).
    first_low .. total_high
        Bootstrap interval of each; Morris has none for sigma.
    """

    input: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float

    @property
    def matters(self) -> bool:
        """Whether the interval of the total index leaves out zero."""
        return self.total_low > 0.0


def sample(method: str, inputs: int, size: int, seed: int = 1) -> Array:
    """Points [point, input] in the unit cube: ``size`` trajectories (Morris) or base points (Sobol, 2**k)."""
    problem = _problem([f"x{k}" for k in range(inputs)])
    if method == "morris":
        from SALib.sample import morris

        return np.asarray(morris.sample(problem, size, num_levels=LEVELS, seed=seed))
    if method == "sobol":
        from SALib.sample import sobol

        if size < 2 or size & (size - 1):
            raise SensitivityError(f"samples = {size}: Sobol points are balanced in powers of two, for example 64")
        return np.asarray(sobol.sample(problem, size, calc_second_order=False, seed=seed))
    raise SensitivityError(f"method = {method!r}; allowed: {', '.join(METHODS)}")


def indices(
    method: str, names: Sequence[str], points: Array, values: Array, level: float = LEVEL, seed: int = 1
) -> list[Index]:
    """Indices of each input from the outcome at every point of `sample`.

    Raises
    ------
    SensitivityError
        When a value is not finite: names the point.

    References
    ----------
    Morris (1991), Technometrics 33(2), 161-174; Campolongo et al. (2007), Environmental Modelling & Software
    22(10), 1509-1518: mu*. Saltelli et al. (2010), Computer Physics Communications 181(2), 259-270: first order;
    Jansen (1999): total.
    """
    refuse_not_finite("the outcome", points, values, names)
    if np.ptp(values) == 0.0:
        return [Index(name, *6 * (0.0,)) for name in names]
    problem = _problem(names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if method == "morris":
            from SALib.analyze import morris

            found = morris.analyze(problem, points, values, conf_level=level, num_levels=LEVELS, seed=seed)
            rows = zip(found["sigma"], np.full(len(names), math.nan), found["mu_star"], found["mu_star_conf"],
                       strict=True)  # fmt: skip
        else:
            from SALib.analyze import sobol

            found = sobol.analyze(
                problem, values, calc_second_order=False, conf_level=level, num_resamples=500, seed=seed
            )
            rows = zip(found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], strict=True)
    return [
        Index(name, float(a), float(a - b), float(a + b), float(c), float(c - d), float(c + d))
        for name, (a, b, c, d) in zip(names, rows, strict=True)
    ]


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def refuse_not_finite(outcome: str, points: Array, values: Array, names: Sequence[str]) -> None:
    """Refuse an outcome that is not a number somewhere, and say where."""
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        k = int(bad[0])
        where = ", ".join(f"{name} {value:.3g}" for name, value in zip(names, points[k], strict=True))
        raise SensitivityError(
            f"{outcome} is {values[k]} at point {k} ({where}) and {len(bad) - 1} more; nothing is computed"
        )


@dataclasses.dataclass(frozen=True)
class Curve:
    """The mean outcome along one input, all others varying as they do: ends of bins, mean, interval."""

    input: str
    at: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def response(name: str, x: Array, y: Array, bins: int = 8, level: float = LEVEL) -> Curve:
    """A response curve: means of the outcome in equally filled bins of an input."""
    levels = np.unique(x)
    if len(levels) <= bins:
        groups = [x == value for value in levels]
    else:
        ends = np.quantile(x, np.linspace(0.0, 1.0, bins + 1))
        place = np.clip(np.searchsorted(ends, x, side="right") - 1, 0, bins - 1)
        groups = [place == k for k in range(bins)]
    groups = [group for group in groups if group.sum() > 1]
    found = [interval(y[group], level) for group in groups]
    mean, low, high = (tuple(float(one[k]) for one in found) for k in range(3))
    return Curve(name, tuple(float(x[group].mean()) for group in groups), mean, low, high)


@dataclasses.dataclass(frozen=True)
class Emulator:
    """A smooth surface through outcomes at points of the unit cube, with the spread of what it missed.

    Attributes
    ----------
    half : unit of the outcome
        Half the width of its interval for a new point.
    coverage : share in [0, 1]
        Of points left out that fell into the interval made without them.
    explained : at most 1
        Share of the variance of points left out that it foresaw.
    error : unit of the outcome
        Root of the mean squared error on points left out.
    """

    surface: Any
    smoothing: float
    half: float
    level: float
    coverage: float
    explained: float
    error: float

    def at(self, points: Array) -> Array:
        """Its values at points [point, input] of the unit cube."""
        return np.asarray(self.surface(np.atleast_2d(points)), np.float64)


def emulate(points: Array, values: Array, level: float = LEVEL, folds: int = 5, seed: int = 1) -> Emulator:
    """Fit an emulator; its interval is split conformal, and its coverage is measured on points left out.

    A thin-plate spline whose smoothing has the smallest error in cross-validation. The interval is the quantile of
    the errors of cross-validation; for the coverage each fold in turn is left out of all of that.

    References
    ----------
    Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World: conformal intervals.
    """
    refuse_not_finite("the outcome", points, values, [f"input {k}" for k in range(points.shape[1])])
    points, place = np.unique(points, axis=0, return_inverse=True)
    count = np.bincount(place.ravel())
    values = np.bincount(place.ravel(), values) / count
    if len(values) < 4 * folds:
        raise SensitivityError(f"an emulator needs at least {4 * folds} different points, there are {len(values)}")
    smoothing, half, _ = _fitted(points, values, level, folds, seed)
    fold = np.random.default_rng(seed).permutation(len(values)) % folds
    inside, missed = 0, np.zeros(len(values))
    for k in range(folds):
        here = fold == k
        best, width, _ = _fitted(points[~here], values[~here], level, folds, seed)
        missed[here] = values[here] - _surface(points[~here], values[~here], best)(points[here])
        inside += int((np.abs(missed[here]) <= width).sum())
    spread = float(values.var())
    return Emulator(
        surface=_surface(points, values, smoothing),
        smoothing=smoothing,
        half=half,
        level=level,
        coverage=inside / len(values),
        explained=1.0 - float((missed**2).mean()) / spread if spread else 0.0,
        error=math.sqrt(float((missed**2).mean())),
    )


def _surface(points: Array, values: Array, smoothing: float) -> Any:
    from scipy.interpolate import RBFInterpolator

    try:
        return RBFInterpolator(points, values, smoothing=smoothing, kernel="thin_plate_spline", degree=1)
    except (np.linalg.LinAlgError, ValueError) as error:
        raise SensitivityError(f"no surface goes through these points: {error}") from error


def _fitted(points: Array, values: Array, level: float, folds: int, seed: int) -> tuple[float, float, float]:
    """The best smoothing, half the width of the interval, and the error in cross-validation."""
    fold = np.random.default_rng(seed + 1).permutation(len(values)) % folds
    best = (math.inf, SMOOTHING[0], 0.0)
    for smoothing in SMOOTHING:
        errors = np.zeros(len(values))
        for k in range(folds):
            here = fold == k
            errors[here] = values[here] - _surface(points[~here], values[~here], smoothing)(points[here])
        error = float((errors**2).mean())
        if error < best[0]:
            rank = min(1.0, math.ceil((len(errors) + 1) * level) / len(errors))
            best = (error, smoothing, float(np.quantile(np.abs(errors), rank)))
    return best[1], best[2], best[0]
