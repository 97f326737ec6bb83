"""Running a plan: each scenario with each seed, in one process or several, every result stored at once."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from experiments.effects import WINDOW
from experiments.store import Finished, Planned, Store, StoreError
from scenarios.configuration import Configuration, check
from sim.mechanism import code_hash

PER_PERSON_MONTH = 1e-6  # s; a guess that only decides on batches and on whether processes pay
PER_RUN = 0.3  # s
BATCH = 4.0  # s of work that are stored together
SERIAL = 8.0  # s of work below which starting processes costs more than it saves
PER_PERSON = 600  # bytes, with the tables' spare room and the recorder
PER_PROCESS = 300e6  # bytes


class RunError(RuntimeError):
    """A run has no result that can be trusted."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """Scenarios by name, each run with the same seeds, so that they pair."""

    name: str
    scenarios: dict[str, Configuration]
    factors: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if len({one.all_seeds for one in self.scenarios.values()}) != 1:
            raise ValueError("the scenarios of a plan must have the same seeds, or they do not pair")

    @property
    def seeds(self) -> range:
        """The seeds of every scenario."""
        return next(iter(self.scenarios.values())).all_seeds

    def runs(self) -> list[Planned]:
        """Every run, seed by seed, so that an interrupted plan holds whole pairs."""
        ids = {name: configuration.run_ids(self.seeds) for name, configuration in self.scenarios.items()}
        return [
            Planned(ids[name][k], name, seed, self.factors.get(name, {}))
            for k, seed in enumerate(self.seeds)
            for name in self.scenarios
        ]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a plan."""

    folder: str
    planned: int
    already: int
    done: int
    failed: tuple[str, ...]


Progress = Callable[[int, int], None]  # runs that are stored or failed, of all
Announce = Callable[[str], None]


def run_one(tree: dict[str, Any], seed: int) -> Finished:
    """Run one configuration with one seed.

    Parameters
    ----------
    tree : plain dictionary
        A resolved configuration, as in `sweep.json`.

    Raises
    ------
    RunError
        When an indicator is not finite: such a number would silently spoil every mean it enters.
    """
    from sim.indicators import INDICATORS
    from sim.model import Remesa

    configuration = check(tree)
    begun = time.perf_counter()
    model = Remesa(configuration.setup(seed)).run()
    rows = model.recorder.rows()
    after = rows["month"] >= 1
    rows = {name: rows[name][after] for name in ("month", "indicator", "group", "value")}
    bad = np.flatnonzero(~np.isfinite(rows["value"]))
    if len(bad):
        k = int(bad[0])
        raise RunError(
            f"{rows['indicator'][k]} of {rows['group'][k]} is {rows['value'][k]} in month {rows['month'][k]}"
        )
    late = (rows["month"] > configuration.months - WINDOW) & (rows["group"] == "all")
    names, values = rows["indicator"][late], rows["value"][late]
    means = {name: float(values[names == name].mean()) for name in INDICATORS if (names == name).any()}
    facts = {
        "seed": seed,
        "seconds": round(time.perf_counter() - begun, 3),
        "peak_memory": round(peak_memory() / 1e6, 1),
    }
    return Finished(configuration.run_id(seed), rows, {**facts, **means})


def run_batch(folder: str, code: str, trees: dict[str, dict[str, Any]], batch: Sequence[Planned]) -> dict[str, str]:
    """Run what of a batch is not stored yet and store it as one part; reasons of those that failed, by id."""
    if code != code_hash():
        raise StoreError("a worker holds other sources of the model than the plan; give all of them the same")
    store = Store(folder)
    finished: list[Finished] = []
    failed: dict[str, str] = {}
    try:
        for planned in batch:
            try:
                finished.append(run_one(trees[planned.scenario], planned.seed))
            except Exception as error:
                failed[planned.run_id] = f"{type(error).__name__}: {' '.join(str(error).split())}"
                store.fail(planned, failed[planned.run_id], traceback.format_exc(), trees[planned.scenario])
    finally:  # what is done is kept, also when the user stops here
        store.write(finished)
    return failed


def run_plan(
    plan: Plan,
    folder: str | os.PathLike[str],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    announce: Announce | None = None,
    about: dict[str, Any] | None = None,
) -> Outcome:
    """Run what a plan names and its folder does not hold.

    Parameters
    ----------
    workers : int, optional
        1 runs in this process; more use local processes. By default as many as there are processors, or
        one where the work is short. Results are the same whatever their number.
    about : dictionary, optional
        More to be written into `sweep.json`.

    Raises
    ------
    StoreError
        When the folder cannot be used, or the runs do not fit into memory.
    KeyboardInterrupt
        After what was finished has been stored.
    """
    store = Store(folder)
    runs = plan.runs()
    trees = {name: configuration.tree for name, configuration in plan.scenarios.items()}
    store.begin({"name": plan.name, "scenarios": trees, "seeds": list(plan.seeds), **(about or {})}, runs)
    missing = store.missing()
    total = len({planned.run_id for planned in runs})
    already = total - len(missing)
    if progress:
        progress(already, total)
    failed: dict[str, str] = {}
    if missing:
        seconds = {name: work(configuration) for name, configuration in plan.scenarios.items()}
        wanted = workers or (1 if sum(seconds[p.scenario] for p in missing) < SERIAL else processors())
        wanted = min(wanted, len(missing))
        refuse_what_does_not_fit(plan, wanted)
        batches = list(in_batches(missing, seconds, wanted))
        code = code_hash()
        done = already

        def stored(batch: Sequence[Planned], reasons: dict[str, str]) -> None:
            nonlocal done
            failed.update(reasons)
            done += len(batch)
            if progress:
                progress(done, total)

        if wanted == 1:
            for batch in batches:
                stored(batch, run_batch(str(store.folder), code, trees, batch))
        else:
            warm_up(next(iter(plan.scenarios.values())), announce)
            run_in_processes(store, code, trees, batches, wanted, stored)
    return Outcome(str(store.folder), total, already, total - already - len(failed), tuple(failed.values()))


def run_in_processes(
    store: Store,
    code: str,
    trees: dict[str, dict[str, Any]],
    batches: Sequence[Sequence[Planned]],
    workers: int,
    stored: Callable[[Sequence[Planned], dict[str, str]], None],
) -> None:
    """Hand batches to local processes, some at a time; a killed process costs its batch once more."""
    import distributed

    as_completed: Any = distributed.as_completed

    with cluster(workers) as client:
        waiting = iter(batches)
        folder = str(store.folder.resolve())

        def submit(batch: Sequence[Planned]) -> Any:
            used = {planned.scenario: trees[planned.scenario] for planned in batch}
            future = client.submit(run_batch, folder, code, used, list(batch), pure=False)
            running[future.key] = batch
            return future

        running: dict[str, Sequence[Planned]] = {}
        first = [submit(batch) for _, batch in zip(range(2 * workers), waiting, strict=False)]
        pending = as_completed(first)
        del first
        for future in pending:
            batch = running.pop(future.key)
            error = future.exception()
            if isinstance(error, StoreError):
                raise error
            if error is not None:
                reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
                for planned in batch:
                    store.fail(planned, reason, reason, trees[planned.scenario])
                stored(batch, {planned.run_id: reason for planned in batch})
            else:
                stored(batch, future.result())
            future.release()
            following = next(waiting, None)
            if following is not None:
                pending.add(submit(following))


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[Any]:
    """Local processes that listen on this machine only and end with it, without a dashboard."""
    import logging

    import dask
    import distributed

    library: Any = distributed  # it declares no types

    quiet = logging.CRITICAL
    for name in ("distributed", "tornado"):
        logging.getLogger(name).setLevel(quiet)
    # what does not fit into memory was refused before
    settings: dict[str, Any] = {
        f"distributed.worker.memory.{name}": False for name in ("target", "spill", "pause", "terminate")
    }
    settings["distributed.logging"] = {"distributed": "critical"}
    with contextlib.ExitStack() as stack:
        with interrupts_held():
            stack.enter_context(dask.config.set(settings))
            local = stack.enter_context(
                library.LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address=None,
                    silence_logs=quiet,
                )
            )
            client = stack.enter_context(library.Client(local))
        yield client


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold back Ctrl-C; processes and threads begun meanwhile never see it: the main process ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def warm_up(configuration: Configuration, announce: Announce | None = None) -> None:
    """Compile the model once before several processes need it, unless that has been done on this machine."""
    from sim.compiled import home
    from sim.mechanism import code_hash

    done = pathlib.Path(home()) / f"complete-{code_hash()}"
    if not done.exists():
        from sim.model import Remesa

        setup = configuration.setup(configuration.seed)
        people = min(configuration.population, 5000)
        try:
            Remesa(dataclasses.replace(setup, people=None, population=people, months=1, burn_in=1), announce).run()
        except Exception:
            return  # the runs will say what is wrong, each in its own record
        with contextlib.suppress(OSError):
            done.parent.mkdir(parents=True, exist_ok=True)
            done.touch()


def in_batches(missing: Sequence[Planned], seconds: dict[str, float], workers: int) -> Iterator[list[Planned]]:
    """Runs that are stored together: some seconds of work, and no more than leaves each process its share."""
    most = max(1, -(-len(missing) // workers))
    batch: list[Planned] = []
    work_so_far = 0.0
    for planned in missing:
        batch.append(planned)
        work_so_far += seconds[planned.scenario]
        if work_so_far >= BATCH or len(batch) >= most:
            yield batch
            batch, work_so_far = [], 0.0
    if batch:
        yield batch


def work(configuration: Configuration) -> float:
    """About how many seconds a run takes."""
    return configuration.population * (configuration.months + 24) * PER_PERSON_MONTH + PER_RUN


def processors() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def refuse_what_does_not_fit(plan: Plan, workers: int) -> None:
    """Refuse before the first run what would be killed in the middle."""
    largest = max(configuration.population for configuration in plan.scenarios.values())
    needed = workers * (largest * PER_PERSON + PER_PROCESS)
    free = memory()
    if free is not None and needed > free:
        raise StoreError(
            f"population = {largest} with {workers} processes needs about {needed / 1e9:.1f} GB and "
            f"{free / 1e9:.1f} GB are free; give a smaller population or --workers 1"
        )


def memory() -> float | None:
    """Bytes that are free on this machine and within its limits; None where it does not say."""
    found = []
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = pathlib.Path("/proc/meminfo").read_text().splitlines()
        found.append(float(next(line for line in lines if line.startswith("MemAvailable")).split()[1]) * 1024)
    with contextlib.suppress(OSError, ValueError):
        limit = float(pathlib.Path("/sys/fs/cgroup/memory.max").read_text())
        found.append(limit - float(pathlib.Path("/sys/fs/cgroup/memory.current").read_text()))
    return min(found) if found else None


def peak_memory() -> float:
    """Largest resident memory of this process so far, bytes.

    Where the system keeps it by program, that of this program: what a parent needed before does not count.
    """
    with contextlib.suppress(OSError, StopIteration):
        lines = pathlib.Path("/proc/self/status").read_text().splitlines()
        return float(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024
    try:
        import resource
        import sys
    except ImportError:  # Windows
        return 0.0
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * (1 if sys.platform == "darwin" else 1024)
