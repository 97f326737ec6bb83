"""Runs that no model makes: a few numbers out of configuration and seed, in milliseconds; some are at fault."""

from __future__ import annotations

import errno
import os
import pathlib
import signal
import sys
import time
from types import SimpleNamespace
from typing import Any

import numpy as np

from experiments import store
from experiments.run import Plan
from experiments.store import Finished
from scenarios.configuration import check, compose

INDICATORS = ("participation", "poverty")
UNLUCKY, DEADLY = 13, 4  # seeds


def slow_or_full(handle: int) -> None:
    """Flush to a disk as it can be: slow (so that a kill falls into a write), or full from so many bytes on."""
    time.sleep(float(os.environ.get("REMESA_TEST_WRITE", "0")))
    most, _, folder = os.environ.get("REMESA_TEST_DISK", "").partition(":")
    if most and sum(path.stat().st_size for path in pathlib.Path(folder).rglob("part-*")) > int(most):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    FLUSH(handle)


FLUSH = os.fsync
if {"REMESA_TEST_WRITE", "REMESA_TEST_DISK"} & set(os.environ):  # in every process that imports this
    store.os = SimpleNamespace(**{**vars(os), "fsync": slow_or_full})  # type: ignore[attr-defined,assignment]


def quick_run(tree: dict[str, Any], seed: int) -> Finished:
    """Two indicators over the months; what they are depends on the configuration and the seed alone."""
    found = check(tree)
    run_id = found.run_id(seed)
    luck = np.random.default_rng([seed, int(1e6 * found.parameters.participation.theta)])
    months = np.arange(1, found.months + 1, dtype=np.int16)
    rows = {
        "month": np.tile(months, 2),
        "indicator": np.repeat(INDICATORS, len(months)),
        "group": np.full(2 * len(months), "all"),
        "value": luck.normal(size=2 * len(months)),
    }
    time.sleep(float(os.environ.get("REMESA_TEST_PAUSE", "0")))
    return Finished(run_id, rows, {"seed": seed, "seconds": 0.01, "peak_memory": 50.0, "poverty": 1.0})


def unlucky_run(tree: dict[str, Any], seed: int) -> Finished:
    """As `quick_run`, but one seed fails."""
    if seed == UNLUCKY:
        raise RuntimeError("unlucky\nseed")
    return quick_run(tree, seed)


def deadly_run(tree: dict[str, Any], seed: int) -> Finished:
    """As `quick_run`, but one seed kills its process."""
    if seed == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    return quick_run(tree, seed)


def counted_run(tree: dict[str, Any], seed: int) -> Finished:
    """As `quick_run`, and leaves a file for every call."""
    with open(os.path.join(os.environ["REMESA_TEST_CALLS"], f"{time.time_ns()}-{os.getpid()}"), "x"):
        pass
    return quick_run(tree, seed)


def modules_run(tree: dict[str, Any], seed: int) -> Finished:
    """As `quick_run` after loading the model; leaves a file with the modules of the process."""
    import sim.model  # noqa: F401

    with open(os.path.join(os.environ["REMESA_TEST_CALLS"], f"modules-{os.getpid()}"), "w") as file:
        file.write("\n".join(sys.modules))
    return quick_run(tree, seed)


def quick_plan(seeds: int = 5, points: int = 4, months: int = 3) -> Plan:
    """A plan over one parameter."""
    base = compose(["territory=teaching_toy_village", f"months={months}", f"seeds={seeds}", "population=100"])
    return Plan("quick", {"base": base}, [{"parameters.participation.theta": k / points} for k in range(points)])


def main() -> None:
    """Run such a plan from a process of its own: FOLDER SEEDS POINTS WORKERS."""
    from experiments.run import run_plan

    folder, seeds, points, workers = sys.argv[1], *map(int, sys.argv[2:5])
    outcome = run_plan(quick_plan(seeds, points), folder, workers=workers, run=quick_run)
    print(outcome.planned, outcome.already, outcome.done, len(outcome.failed))


if __name__ == "__main__":
    main()
