"""Calibration by a sample of parameters: approximate Bayesian computation, sequential Monte Carlo (pyabc, an extra).

Parameters are drawn evenly within their ranges, the model is run with luck of its own for each, and a draw is
kept with the probability that its statistics, measured with the error that each target states, would have given
the targets. Generations begin with errors far larger than stated (a high temperature) and end at the stated
ones, so that what is kept in the end is a sample of the parameters given the data. No surface is fitted in
between: it takes more runs than `experiments.calibration` and assumes less.

Each draw has luck of its own by its number, and draws count in the order of their numbers: the same sample
comes out with any number of workers. Generations are kept in a database, runs by their identity, so that the
same call goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import math
import os
import pathlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from experiments import run as runs
from experiments.calibration import Calibration, CalibrationError, Estimated, Target
from experiments.cluster import workers_of
from experiments.design import Factor
from experiments.effects import LEVEL
from experiments.run import kept, placed
from scenarios.configuration import check, hash_of
from sim.mechanism import code_hash

Run = Callable[[dict[str, Any], int], Any]
Model = Callable[[Mapping[str, float]], dict[str, float]]
Progress = Callable[[int, int, int], None]  # generation, draws kept, of how many
NOWHERE = 1e6  # tolerances from a target that a draw without a result is
RAREST = 0.002  # share of draws kept below which a generation is given up
LARGEST = 2**31 - 1


@dataclasses.dataclass(frozen=True)
class Town:
    """The model as what is calibrated: shares of ranges in, statistics out; what was run is kept by its identity.

    Attributes
    ----------
    tree : resolved configuration
    seeds : runs of each draw, of which the mean counts
    far : value of each statistic where a run has no result
    """

    tree: dict[str, Any]
    factors: tuple[Factor, ...]
    far: dict[str, float]
    seeds: int
    folder: str
    run: Run | None = None

    def __call__(self, shares: Mapping[str, float]) -> dict[str, float]:
        """Statistics of one draw, with the luck of now."""
        tree = placed(self.tree, {one.path: one.at(float(shares[one.path])) for one in self.factors})
        seed = int(np.random.randint(1, LARGEST - self.seeds))  # noqa: NPY002  pyabc's luck, set for each draw
        try:
            found = [self.measured(tree, seed + k) for k in range(self.seeds)]
        except Exception:  # as in a sweep: one bad run is a failure, and ends nothing
            return dict(self.far)
        return {name: float(np.mean([one[name] for one in found])) for name in self.far}

    def measured(self, tree: dict[str, Any], seed: int) -> dict[str, float]:
        """Statistics of one run; read where it is kept already."""
        run_id = check(tree).run_id(seed)
        path = pathlib.Path(self.folder) / f"{run_id}.json"
        with contextlib.suppress(OSError, ValueError):
            held = json.loads(path.read_text("utf-8"))
            return {name: float(held[name]) for name in self.far}
        one = kept((self.run or runs.run_one)(tree, seed), tuple(self.far), int(tree["months"]))
        found = {name: float(one.summary[name]) for name in self.far}
        waiting = path.with_name(f".{run_id}.{uuid.uuid4().hex}")
        waiting.write_text(json.dumps(found, allow_nan=False), "utf-8")
        os.replace(waiting, path)
        return found


@contextlib.contextmanager
def luck(*keys: int) -> Iterator[None]:
    """The library's luck as one draw has it; before and after it is as it was."""
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(np.random.SeedSequence(keys).generate_state(4))  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002


def drawn(made: bytes, keys: tuple[int, ...]) -> Any:
    """One draw in whichever process: parameters, statistics, and whether it is kept."""
    with luck(*keys):
        return opened(made)()


@functools.lru_cache(maxsize=2)
def opened(made: bytes) -> Any:
    """What draws, unpacked once in each process."""
    import cloudpickle  # type: ignore[import-untyped]

    return cloudpickle.loads(made)


def sampler(client: Any, seed: int, progress: Progress | None) -> Any:
    """What draws until enough are kept, in this process or by the workers of a client."""
    import cloudpickle
    import distributed
    import pyabc

    class InOrder(pyabc.sampler.Sampler):  # type: ignore[misc]
        """Draws have luck by their number and count in the order of their numbers, whoever is done first."""

        def sample_until_n_accepted(
            self, n: int, simulate_one: Any, t: int, *, max_eval: float = math.inf, all_accepted: bool = False,
            ana_vars: Any = None,
        ) -> Any:  # fmt: skip
            sample = self._create_empty_sample()
            count = 0
            for one in self.in_order(cloudpickle.dumps(simulate_one), (seed, t + 1, int(all_accepted))):
                sample.append(one)
                count += 1
                if (
                    progress and one.accepted and not all_accepted
                ):  # draws before the first generation are no part of it
                    progress(max(t, 0), sample.n_accepted, n)
                if sample.n_accepted >= n or count >= max_eval:
                    break
            self.nr_evaluations_ = count
            sample.ok = sample.n_accepted >= n
            return sample

        def in_order(self, made: bytes, keys: tuple[int, ...]) -> Iterator[Any]:
            """Draws one after the other; workers do some ahead."""
            if client is None:
                number = 0
                while True:
                    yield drawn(made, (*keys, number))
                    number += 1
            library: Any = distributed
            shared = client.scatter(made, broadcast=True, hash=False)
            running: dict[int, Any] = {}
            first = last = 0
            try:
                while True:
                    while len(running) < 3 * workers_of(client):
                        running[last] = client.submit(drawn, shared, (*keys, last), pure=False)
                        last += 1
                    try:
                        found = running[first].result()
                    except library.KilledWorker as error:
                        raise CalibrationError(f"a draw killed its process time and again: {error}") from error
                    running.pop(first).release()
                    yield found
                    first += 1
            finally:
                client.cancel(list(running.values()))

    return InOrder()


@dataclasses.dataclass(frozen=True)
class Sampled:
    """What a calibration by a sample found.

    Attributes
    ----------
    temperature : by how much the squared errors of the last generation exceed those that the targets state;
        1: they are the stated ones
    generations, draws : how many were made
    """

    calibration: Calibration
    temperature: float
    generations: int
    draws: int
    points: Any
    weights: Any


def sample(
    factors: Sequence[Factor],
    targets: Sequence[Target],
    model: Model,
    *,
    folder: str | pathlib.Path,
    particles: int = 100,
    generations: int = 6,
    client: Any = None,
    seed: int = 1,
    level: float = LEVEL,
    progress: Progress | None = None,
) -> Sampled:
    """A sample of the parameters given the targets.

    Parameters
    ----------
    model : function
        Takes the share of each range by path, gives statistics by name; `Town` is the model of this project.
    particles : how many draws each generation keeps
    folder : where the generations are kept; the same call goes on from the last
    progress : function, optional
        Told generation, draws kept, and of how many.

    References
    ----------
    Wilkinson (2013), Statistical Applications in Genetics and Molecular Biology 12(2), 129-141: errors of measurement
    make the approximation exact; Schälte and Hasenauer (2020), Bioinformatics 36, i551-i559: temperatures; Schälte et
    al. (2022), Journal of Open Source Software 7(74), 4304: pyabc.
    """
    try:
        import pyabc
    except ImportError as error:
        raise CalibrationError("method=abc needs pyabc; install remesa[calibration]") from error
    import logging

    logging.getLogger("ABC").setLevel(logging.ERROR)
    names = [factor.path for factor in factors]
    here = pathlib.Path(folder)
    here.mkdir(parents=True, exist_ok=True)
    abc = pyabc.ABCSMC(
        named(model, names),
        pyabc.Distribution(**{f"p{k}": pyabc.RV("uniform", 0.0, 1.0) for k in range(len(names))}),
        pyabc.IndependentNormalKernel(
            var=[one.tolerance**2 for one in targets], keys=[one.statistic for one in targets]
        ),
        particles,
        eps=pyabc.Temperature(),
        acceptor=pyabc.StochasticAcceptor(),
        sampler=sampler(client, seed, progress),
    )
    asked = {
        "ranges": [factor.about() | {"path": factor.path} for factor in factors],
        "targets": [[one.statistic, one.value, one.tolerance] for one in targets],
        "particles": particles, "seed": seed, "code": code_hash(),
    }  # fmt: skip
    stored = here / f"generations-{hash_of(asked)[:12]}.db"
    observed = {one.statistic: one.value for one in targets}
    history = (
        abc.load(f"sqlite:///{stored}", 1, observed) if whole(stored) else abc.new(f"sqlite:///{stored}", observed)
    )
    left = generations - int(history.n_populations)
    temperature = last_temperature(history)
    if left > 0 and temperature > 1.0:
        abc.run(max_nr_populations=left, min_acceptance_rate=RAREST)
    if not history.n_populations:
        raise CalibrationError(
            f"of {round(particles / RAREST):,} draws fewer than {particles} come near the targets: wider ranges, or "
            "targets that the model can meet"
        )
    frame, weights = history.get_distribution(m=0)
    points = frame[[f"p{k}" for k in range(len(names))]].to_numpy()
    weights = np.asarray(weights, float) / float(np.sum(weights))
    fit_weights, fitted = history.get_weighted_sum_stats()
    share = np.asarray(fit_weights, float) / float(np.sum(fit_weights))
    fit = {
        one.statistic: float(sum(w * float(s[one.statistic]) for w, s in zip(share, fitted, strict=True)))
        for one in targets
    }
    draws = int(history.total_nr_simulations)
    if any(abs(fit[one.statistic] - one.value) > 0.5 * NOWHERE * one.tolerance for one in targets):
        raise CalibrationError(
            f"of {draws:,} draws hardly one has a result near the targets; see one of them: remesa run"
        )
    return Sampled(
        summarised(factors, points, weights, fit, draws, level),
        last_temperature(history), int(history.n_populations), draws, points, weights,
    )  # fmt: skip


def named(model: Model, names: Sequence[str]) -> Callable[[Mapping[str, float]], dict[str, float]]:
    """The model for a library that wants simple names of parameters."""

    def called(given: Mapping[str, float]) -> dict[str, float]:
        return model({name: float(given[f"p{k}"]) for k, name in enumerate(names)})

    return called


def whole(path: pathlib.Path) -> bool:
    """Whether a database holds at least one generation; what was broken off before that is begun anew."""
    if not path.exists():
        return False
    import pyabc

    with contextlib.suppress(Exception):
        history = pyabc.History(f"sqlite:///{path}")
        history.id = 1
        if history.n_populations > 0:
            return True
    path.unlink(missing_ok=True)
    return False


def last_temperature(history: Any) -> float:
    """Temperature of the last generation; infinite where there is none."""
    if not history.n_populations:
        return math.inf
    table = history.get_all_populations()
    return float(table[table["t"] == history.max_t]["epsilon"].iloc[0])


def summarised(
    factors: Sequence[Factor], points: Any, weights: Any, fit: dict[str, float], draws: int, level: float
) -> Calibration:
    """Median, interval and correlation of weighted points (shares of the ranges)."""
    mean = weights @ points
    spread = (points - mean).T @ (weights[:, None] * (points - mean))
    scale = np.sqrt(np.maximum(np.diag(spread), 1e-300))
    estimated = []
    for k, factor in enumerate(factors):
        order = np.argsort(points[:, k])
        total = np.cumsum(weights[order]) - 0.5 * weights[order]
        low, middle, high = (
            float(factor.at(float(np.interp(share, total, points[order, k]))))
            for share in ((1 - level) / 2, 0.5, (1 + level) / 2)
        )
        ends = (float(factor.at(0.0)), float(factor.at(1.0)))
        estimated.append(Estimated(factor.path, middle, low, high, ends))
    return Calibration(
        parameters=tuple(estimated), correlation=spread / np.outer(scale, scale), fit=fit, coverage={}, explained={},
        effective=float(1.0 / (weights**2).sum()), tried=draws, level=level,
    )  # fmt: skip
