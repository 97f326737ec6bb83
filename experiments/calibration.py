"""Finding parameters whose runs look like data: targets, a search that resumes, intervals, what cannot be told apart.

Targets are data: a statistic, its value, how sure that is, where it comes from. optuna searches for parameters
that meet them; every run it asks for is kept in a journal, so that a search goes on where it stopped. From all
points tried, one smooth surface per statistic foretells what other parameters would give. Parameters are then as
likely as the targets are under what the surfaces foretell, given the tolerance of each target, the luck of runs
and what the surfaces miss: from that come intervals, and which parameters the data do not tell apart.
"""

from __future__ import annotations

import dataclasses
import math
import pathlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from experiments.design import Factor
from experiments.effects import LEVEL
from experiments.run import Plan, run_plan
from experiments.sensitivity import Emulator, SensitivityError, emulate
from experiments.store import Store, StoreError
from scenarios.configuration import hash_of

Array = np.ndarray[Any, np.dtype[np.float64]]
Statistics = Mapping[str, float]
FAR = 1e6  # the distance of a point that has no result
DRAWS = 4096  # of the parameters that are weighed
HARDLY = 0.75  # width of an interval over that of the range, beyond which the data say little
TOGETHER = 0.8  # correlation beyond which two parameters are not told apart


class CalibrationError(StoreError):
    """What cannot be calibrated, and why."""


@dataclasses.dataclass(frozen=True)
class Target:
    """A published or measured figure that runs should meet.

    Attributes
    ----------
    statistic : text
        ``indicator`` or ``indicator@group``: its mean over the last months of a run.
    value : unit of the indicator
    tolerance : unit of the indicator, > 0
        Standard error of the figure: how far it may be from what it stands for.
    source : text
    """

    statistic: str
    value: float
    tolerance: float
    source: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and math.isfinite(self.tolerance) and self.tolerance > 0):
            raise CalibrationError(f"target {self.statistic}: value and tolerance must be finite, tolerance above 0")
        if not self.source.strip():
            raise CalibrationError(f"target {self.statistic} has no source; say where the figure comes from")


@dataclasses.dataclass(frozen=True)
class Tried:
    """One point that was run: shares of the ranges, mean and standard error of each statistic over seeds."""

    shares: tuple[float, ...]
    means: dict[str, float]
    errors: dict[str, float]


@dataclasses.dataclass(frozen=True)
class Estimated:
    """One parameter: its most likely value and interval."""

    path: str
    value: float
    low: float
    high: float
    prior: tuple[float, float]

    @property
    def told(self) -> bool:
        """Whether the data narrow it down at all."""
        return (self.high - self.low) < HARDLY * (self.prior[1] - self.prior[0])


@dataclasses.dataclass(frozen=True)
class Calibration:
    """What a calibration found.

    Attributes
    ----------
    correlation : array [parameter, parameter]
        Of the parameters given the data.
    fit : table
        What each statistic is at the most likely parameters, by its target.
    coverage : table
        Share of points left out that the surface of each statistic held within its interval.
    effective : number
        How many draws carry the weight: few say that the data lie at the edge of what was tried.
    """

    parameters: tuple[Estimated, ...]
    correlation: Array
    fit: dict[str, float]
    coverage: dict[str, float]
    explained: dict[str, float]
    effective: float
    tried: int
    level: float

    def not_told(self) -> list[str]:
        """In words what the data do not tell."""
        said = [f"{one.path}: the data hardly narrow it down" for one in self.parameters if not one.told]
        names = [one.path for one in self.parameters]
        for i in range(len(names)):
            for j in range(i):
                r = float(self.correlation[i, j])
                if abs(r) > TOGETHER:
                    how = "both higher or both lower" if r > 0 else "one higher and the other lower"
                    said.append(f"{names[j]} and {names[i]} are not told apart: {how} fit alike (correlation {r:.2f})")
        return said


def targets_of(name: str, given: Sequence[Any]) -> list[Target]:
    """Targets from the values of a file."""
    keys = {field.name for field in dataclasses.fields(Target)}
    found = []
    for k, one in enumerate(given):
        if not isinstance(one, dict) or set(one) != keys:
            raise CalibrationError(f"{name}.targets, number {k + 1}: each has {', '.join(sorted(keys))}, nothing else")
        try:
            figures = {key: float(one[key]) for key in ("value", "tolerance")}
        except (TypeError, ValueError) as error:
            raise CalibrationError(f"{name}.targets.{one['statistic']}: {error}") from error
        found.append(Target(str(one["statistic"]), **figures, source=str(one["source"] or "")))
    if not found:
        raise CalibrationError(f"{name} has no targets: a list of tables with {', '.join(sorted(keys))}")
    return found


@dataclasses.dataclass(frozen=True)
class OwnLuck(Plan):
    """A plan in which each point has seeds of its own.

    With the same seeds everywhere the luck of those seeds would be part of every point alike: a surface through the
    points would follow it and look surer than it is.
    """

    def seeds_at(self, point: int) -> range:
        """Seeds that follow from the values of the point."""
        first = 1 + int(hash_of(self.points[point])[:7], 16)
        return range(first, first + len(self.seeds))


def tried_in(plan: Plan, shares: Sequence[tuple[float, ...]], folder: str | pathlib.Path, **how: Any) -> list[Tried]:
    """Run the points of a plan with all their seeds; mean and standard error of each of its outcomes."""
    outcome = run_plan(plan, folder, **how)
    store = Store(outcome.folder)
    lines = {line["run_id"]: line for line in store.summary().to_pylist()}
    found = []
    for k, point in enumerate(shares):
        ids = [planned.run_id for planned in plan.runs() if planned.point == k]
        means, errors = {}, {}
        for statistic in plan.outcomes or ():
            values = np.array([lines[run_id][statistic] if run_id in lines else math.nan for run_id in ids])
            means[statistic] = float(values.mean())
            errors[statistic] = float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.nan
        found.append(Tried(tuple(point), means, errors))
    return found


def distance(targets: Sequence[Target], found: Statistics) -> float:
    """Mean squared distance from the targets in units of their tolerance; far where something is not finite."""
    parts = [((found.get(one.statistic, math.nan) - one.value) / one.tolerance) ** 2 for one in targets]
    total = float(np.mean(parts))
    return total if math.isfinite(total) else FAR


def search(
    factors: Sequence[Factor],
    targets: Sequence[Target],
    run: Callable[[Sequence[tuple[float, ...]]], list[Tried]],
    *,
    trials: int,
    batch: int = 16,
    journal: str | pathlib.Path | None = None,
    known: Sequence[Tried] = (),
    seed: int = 1,
) -> list[Tried]:
    """Points tried on the way to the targets: half spread evenly, half where the targets draw the search.

    Parameters
    ----------
    run : function
        Runs points (shares in [0, 1] of each range) and gives what each gave.
    journal : path, optional
        File in which every point is kept; a search with the same file goes on where it stopped.
    known : list
        Points that were run before and count as tried.

    References
    ----------
    Akiba et al. (2019), Optuna, KDD: the search; Watanabe (2023), arXiv:2304.11127: tree-structured Parzen estimator.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = None
    if journal is not None:
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend

        pathlib.Path(journal).parent.mkdir(parents=True, exist_ok=True)
        storage = JournalStorage(JournalFileBackend(str(journal)))
    study = optuna.create_study(storage=storage, study_name="calibration", load_if_exists=True, direction="minimize")
    names = [factor.path for factor in factors]
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    even = optuna.samplers.QMCSampler(qmc_type="sobol", scramble=True, seed=seed, warn_asynchronous_seeding=False)
    drawn = optuna.samplers.TPESampler(seed=seed, multivariate=True, n_startup_trials=0, constant_liar=True)
    ranges: dict[str, optuna.distributions.BaseDistribution] = {
        name: optuna.distributions.FloatDistribution(0.0, 1.0) for name in names
    }

    def kept(one: Tried) -> dict[str, Any]:
        return {
            "means": {key: _plain(value) for key, value in one.means.items()},
            "errors": {key: _plain(value) for key, value in one.errors.items()},
        }

    done = [t for t in study.trials if t.state.is_finished()]
    if known and not done:
        for one in known:
            study.add_trial(
                optuna.trial.create_trial(
                    params=dict(zip(names, one.shares, strict=True)), distributions=ranges,
                    value=distance(targets, one.means), user_attrs=kept(one),
                )
            )  # fmt: skip
    while (count := sum(t.state == optuna.trial.TrialState.COMPLETE for t in study.trials)) < trials:
        study.sampler = even if 2 * count < trials else drawn
        asked = [study.ask(ranges) for _ in range(min(batch, trials - count))]
        points = [tuple(float(t.params[name]) for name in names) for t in asked]
        for trial, one in zip(asked, run(points), strict=True):
            for key, value in kept(one).items():
                trial.set_user_attr(key, value)
            study.tell(trial, distance(targets, one.means))
    return [
        Tried(tuple(float(t.params[name]) for name in names), *(_numbers(t.user_attrs[k]) for k in ("means", "errors")))
        for t in study.trials
        if t.state == optuna.trial.TrialState.COMPLETE
    ]


def _numbers(values: dict[str, float | None]) -> dict[str, float]:
    return {key: math.nan if value is None else value for key, value in values.items()}


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None


def learn(
    statistics: Sequence[str], tried: Sequence[Tried], level: float = LEVEL, seed: int = 1
) -> dict[str, Emulator]:
    """One smooth surface for each statistic from points that were tried; points without a result are left out."""
    shares = np.array([one.shares for one in tried])
    found = {}
    for statistic in statistics:
        values = np.array([one.means.get(statistic, math.nan) for one in tried])
        good = np.isfinite(values)
        try:
            found[statistic] = emulate(shares[good], values[good], level, seed=seed)
        except SensitivityError as error:
            raise CalibrationError(f"{statistic}: {error}") from error
    return found


def infer(
    factors: Sequence[Factor],
    targets: Sequence[Target],
    tried: Sequence[Tried],
    level: float = LEVEL,
    seed: int = 1,
    learnt: dict[str, Emulator] | None = None,
) -> Calibration:
    """How likely parameters are given the targets, from points that were tried.

    With the surface ``m_k`` of statistic k and its target ``t_k``, parameters have the log-likelihood
    ``-1/2 sum_k (m_k - t_k)^2 / v_k``, where ``v_k`` adds the squared tolerance and the mean squared error of the
    surface on points left out, which holds the luck of runs where each point has luck of its own (`OwnLuck`). Within
    the ranges all values are equally likely before.

    Parameters
    ----------
    learnt : table, optional
        Surfaces from `learn`, where they are there already.

    References
    ----------
    Kennedy and O'Hagan (2001), Journal of the Royal Statistical Society B 63(3), 425-464.
    """
    learnt = learnt or learn([target.statistic for target in targets], tried, level, seed)
    surfaces = [
        (target, learnt[target.statistic], target.tolerance**2 + learnt[target.statistic].error ** 2)
        for target in targets
    ]
    draws, weights = _weighed(surfaces, len(factors), seed)
    mean = weights @ draws
    spread = (draws - mean).T @ (weights[:, None] * (draws - mean))
    scale = np.sqrt(np.maximum(np.diag(spread), 1e-300))
    estimated = []
    for k, factor in enumerate(factors):
        order = np.argsort(draws[:, k])
        total = np.cumsum(weights[order])
        low, middle, high = (
            float(np.interp(share, total, draws[order, k])) for share in ((1 - level) / 2, 0.5, (1 + level) / 2)
        )
        ends = (float(factor.at(0.0)), float(factor.at(1.0)))
        estimated.append(
            Estimated(factor.path, float(factor.at(middle)), float(factor.at(low)), float(factor.at(high)), ends)
        )
    middle_point = np.array([[float(np.interp(0.5, np.cumsum(weights[o]), draws[o, k]))
                              for k, o in enumerate(np.argsort(draws, axis=0).T)]])  # fmt: skip
    return Calibration(
        parameters=tuple(estimated),
        correlation=spread / np.outer(scale, scale),
        fit={target.statistic: float(made.at(middle_point)[0]) for target, made, _ in surfaces},
        coverage={target.statistic: made.coverage for target, made, _ in surfaces},
        explained={target.statistic: made.explained for target, made, _ in surfaces},
        effective=float(1.0 / (weights**2).sum()),
        tried=len(tried),
        level=level,
    )


def _weighed(surfaces: Sequence[tuple[Target, Any, float]], inputs: int, seed: int) -> tuple[Array, Array]:
    """Draws of the parameters and their weights: even points, then thrice more around where the weight lies."""
    from scipy.stats import qmc

    def likelihood(draws: Array) -> Array:
        return np.asarray(-0.5 * sum((made.at(draws) - target.value) ** 2 / v for target, made, v in surfaces))

    rng = np.random.default_rng(seed)
    draws = qmc.Sobol(inputs, rng=rng).random(DRAWS)
    log = likelihood(draws)
    density = np.zeros(DRAWS)  # log of how densely draws were made
    for _ in range(3):
        weights = np.exp(log - density - (log - density).max())
        weights /= weights.sum()
        centre = weights @ draws
        spread = (draws - centre).T @ (weights[:, None] * (draws - centre)) * 2.0 + 1e-6 * np.eye(inputs)
        root = np.linalg.cholesky(spread)
        t = 5.0  # degrees of freedom: heavy tails, so that no corner is left out
        found = np.empty((0, inputs))
        while len(found) < DRAWS:
            step = rng.standard_normal((DRAWS, inputs)) @ root.T / np.sqrt(rng.chisquare(t, (DRAWS, 1)) / t)
            inside = centre + step
            found = np.concatenate([found, inside[((inside >= 0.0) & (inside <= 1.0)).all(axis=1)]])
        draws = found[:DRAWS]
        solved = np.linalg.solve(root, (draws - centre).T)
        density = -0.5 * (t + inputs) * np.log1p((solved**2).sum(axis=0) / t)
        log = likelihood(draws)
    weights = np.exp(log - density - (log - density).max())
    return draws, weights / weights.sum()
