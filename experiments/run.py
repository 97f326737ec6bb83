"""Running a plan: each scenario with each seed, in one process or several, every result stored at once."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import gc
import os
import pathlib
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from experiments.cluster import SERIAL, cluster, connected, execute, processors, workers_of
from experiments.effects import WINDOW
from experiments.store import Finished, Planned, Store, StoreError
from scenarios.configuration import Configuration, check
from sim.mechanism import code_hash

PER_PERSON_MONTH = 1e-6  # s; a guess that only decides on batches and on whether processes pay
PER_RUN = 0.3  # s
BATCH = 4.0  # s of work that are stored together
MANY = 4  # parts that are written as few when a plan is done
SHORT = 8.0  # s of work below which starting processes costs more than it saves
PER_PERSON = 600  # bytes, with the tables' spare room and the recorder
PER_PROCESS = 300e6  # bytes


class RunError(RuntimeError):
    """A run has no result that can be trusted."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """Scenarios by name, each run at every point with the same seeds, so that they pair.

    Attributes
    ----------
    points : list of tables
        Values of factors, by the path of what they set; a scenario is run with those that it knows.
    outcomes : list of text, optional
        ``indicator@group`` of what is kept of each month; everything, if none is given.
    """

    name: str
    scenarios: dict[str, Configuration]
    points: Sequence[dict[str, Any]] = ({},)
    outcomes: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if len({one.all_seeds for one in self.scenarios.values()}) != 1:
            raise ValueError("the scenarios of a plan must have the same seeds, or they do not pair")

    @property
    def seeds(self) -> range:
        """The seeds of every scenario."""
        return next(iter(self.scenarios.values())).all_seeds

    def seeds_at(self, point: int) -> range:
        """The seeds at one point: the same at all, so that points pair."""
        return self.seeds

    @functools.cached_property
    def _runs(self) -> tuple[list[Planned], dict[str, float]]:
        runs: list[Planned] = []
        seconds: dict[str, float] = {}
        code = code_hash()
        for point, given in enumerate(self.points):
            for name, scenario in self.scenarios.items():
                factors = {key: value for key, value in given.items() if knows(scenario.tree, key)}
                configuration = check(placed(scenario.tree, factors)) if factors else scenario
                seeds = self.seeds_at(point)
                ids = configuration.run_ids(seeds, code)
                seconds |= dict.fromkeys(ids, work(configuration))
                runs += [Planned(ids[k], name, seed, factors, point) for k, seed in enumerate(seeds)]
        return sorted(runs, key=lambda planned: planned.seed), seconds

    def runs(self) -> list[Planned]:
        """Every run, seed by seed, so that an interrupted plan holds whole pairs."""
        return self._runs[0]

    def seconds(self) -> dict[str, float]:
        """About how long each run takes, by its id; only their proportions count."""
        return self._runs[1]

    def largest(self) -> Configuration:
        """The configuration with the most persons."""
        sizes = [
            (int(given.get("population", one.population)), k, name)
            for k, given in enumerate(self.points)
            for name, one in self.scenarios.items()
        ]
        _, point, name = max(sizes)
        tree = self.scenarios[name].tree
        return check(placed(tree, {key: v for key, v in self.points[point].items() if knows(tree, key)}))


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a plan."""

    folder: str
    planned: int
    already: int
    done: int
    failed: tuple[str, ...]


def knows(tree: dict[str, Any], key: str) -> bool:
    """Whether a configuration has what a path names."""
    node: Any = tree
    for step in key.split("."):
        if node is None:
            return True  # a figure that its file leaves open
        if not isinstance(node, dict) or step not in node:
            return False
        node = node[step]
    return True


def placed(tree: dict[str, Any], factors: dict[str, Any]) -> dict[str, Any]:
    """A configuration with some figures replaced, each named by its path; the given one stays as it is."""
    for key, value in factors.items():
        steps = key.split(".")
        tree = _set(tree, steps, value, {"source": "set by the user"} if steps[0] == "territory" else {})
    return tree


def _set(node: Any, steps: Sequence[str], value: Any, said: dict[str, str]) -> Any:
    if not steps:
        if isinstance(node, dict) and "value" in node and not isinstance(value, dict):
            return {**node, "value": value, **said}
        return value
    below = node or {}
    return {**below, steps[0]: _set(below.get(steps[0]), steps[1:], value, said)}


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


def kept(finished: Finished, outcomes: Sequence[str], months: int) -> Finished:
    """Of a run only some indicators and groups, each by month and as its mean over the last months."""
    rows = finished.rows
    parts, means = [], {}
    for outcome in outcomes:
        indicator, _, group = outcome.partition("@")
        here = np.flatnonzero((rows["indicator"] == indicator) & (rows["group"] == (group or "all")))
        if not len(here):
            raise RunError(f"{outcome} is not measured in this run")
        parts.append(here)
        means[outcome] = float(rows["value"][here][rows["month"][here] > months - WINDOW].mean())
    chosen = np.concatenate(parts)
    facts = {key: value for key, value in finished.summary.items() if key in ("seed", "seconds", "peak_memory")}
    return Finished(finished.run_id, {name: column[chosen] for name, column in rows.items()}, {**facts, **means})


@dataclasses.dataclass(frozen=True)
class Job:
    """What every worker must know of a plan."""

    folder: str
    plan: str
    code: str
    trees: dict[str, dict[str, Any]]
    outcomes: tuple[str, ...] | None = None
    run: Callable[[dict[str, Any], int], Finished] | None = None  # none: the model

    def for_batch(self, batch: Sequence[Planned]) -> Job:
        """The same with what a batch needs of it."""
        used = {planned.scenario: self.trees[planned.scenario] for planned in batch}
        return dataclasses.replace(self, trees=used)


@functools.lru_cache(maxsize=2)
def opened(folder: str) -> Store:
    """The store of this process: it verifies and reads each part once."""
    return Store(folder)


def run_batch(job: Job, batch: Sequence[Planned]) -> dict[str, str]:
    """Run what of a batch is not stored yet and store it as one part; reasons of those that failed, by id."""
    if job.code != code_hash():
        raise StoreError("a worker holds other sources of the model than the plan; give all of them the same")
    store = opened(job.folder)
    if store.holds() != job.plan:
        raise StoreError(f"out = {job.folder}: a worker does not find this plan there; give a folder that all share")
    found = store.found()
    finished: list[Finished] = []
    failed: dict[str, str] = {}
    try:
        for planned in batch:
            if planned.run_id in found:
                continue
            tree = placed(job.trees[planned.scenario], planned.factors)
            try:
                one = (job.run or run_one)(tree, planned.seed)
                if one.run_id != planned.run_id:
                    raise RunError(f"it is not what was planned but {one.run_id}")
                finished.append(kept(one, job.outcomes, int(tree["months"])) if job.outcomes is not None else one)
            except Exception as error:
                failed[planned.run_id] = f"{type(error).__name__}: {' '.join(str(error).split())}"
                store.fail(planned, failed[planned.run_id], traceback.format_exc(), tree)
    finally:  # what is done is kept, also when the user stops here
        store.write(finished)
    finished.clear()
    gc.collect()  # a model refers to itself: without this, memory would grow with what a worker has run
    return failed


def run_plan(
    plan: Plan,
    folder: str | os.PathLike[str],
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    announce: Announce | None = None,
    about: dict[str, Any] | None = None,
    first: Callable[[Sequence[Planned], int], Sequence[Planned]] | None = None,
    then: Callable[[int], float] | None = None,
    run: Callable[[dict[str, Any], int], Finished] | None = None,
) -> Outcome:
    """Run what a plan names and its folder does not hold.

    Parameters
    ----------
    workers : int, optional
        1 runs in this process; more use local processes. By default as many as there are processors, or
        one where the work is short. Results are the same whatever their number.
    scheduler : text, optional
        ``serial``: in this process; an address, a scheduler file or ``slurm``: on a cluster.
    about : dictionary, optional
        More to be written into `sweep.json`.
    first, then : functions, optional
        ``first(missing, workers)`` chooses runs that come before all others; after them ``then(workers)``
        says how much longer than guessed runs take, and 0 to leave the rest.
    run : function, optional
        What is run instead of the model; must be importable where the workers are.

    Raises
    ------
    StoreError
        When the folder cannot be used, the cluster does not answer, or the runs do not fit into memory.
    KeyboardInterrupt
        After what was finished has been stored.
    """
    store = Store(folder)
    runs = plan.runs()
    trees = {name: configuration.tree for name, configuration in plan.scenarios.items()}
    document = {"name": plan.name, "scenarios": trees, "seeds": list(plan.seeds)}
    if plan.outcomes is not None:
        document["outcomes"] = list(plan.outcomes)
    store.begin({**document, **(about or {})}, runs)
    missing = store.missing()
    total = len({planned.run_id for planned in runs})
    already = total - len(missing)
    if progress:
        progress(already, total)
    if not missing:
        return Outcome(str(store.folder), total, already, 0, ())
    seconds = plan.seconds()
    if scheduler == SERIAL:
        wanted = 1
    elif scheduler:
        wanted = workers or 0
    else:
        wanted = workers or (1 if sum(seconds[p.run_id] for p in missing) < SHORT else processors())
        wanted = min(wanted, len(missing))
    if not scheduler or scheduler == SERIAL:
        refuse_what_does_not_fit(plan, wanted)
    job = Job(str(store.folder.resolve()), str(store.holds()), code_hash(), trees, plan.outcomes, run)
    opened.cache_clear()
    by_id = {planned.run_id: planned for planned in missing}
    failed: dict[str, str] = {}
    done = already

    def stored(batch: Sequence[Planned], reasons: dict[str, str]) -> None:
        nonlocal done
        for run_id, reason in reasons.items():
            if not (store.folder / "failures" / f"{run_id}.json").exists():  # what the worker could not say
                one = by_id[run_id]
                store.fail(one, reason, reason, placed(trees[one.scenario], one.factors))
        failed.update(reasons)
        done += len(batch)
        if progress:
            progress(done, total)

    with contextlib.ExitStack() as stack:
        others = stack.enter_context(store.at_work())
        if others:
            missing.reverse()  # two who run the same plan meet in the middle
        if wanted == 1 and scheduler in (None, SERIAL):
            hands = 1

            def carry_out(batches: Iterator[list[Planned]]) -> None:
                for batch in batches:
                    stored(batch, run_batch(job, batch))
        else:
            if run is None:
                warm_up(plan.largest(), announce)
            client = stack.enter_context(connected(scheduler, workers) if scheduler else cluster(wanted))
            hands = workers_of(client)
            if run is None:
                with contextlib.suppress(Exception):  # a worker that died meanwhile is replaced
                    client.run(ready, next(iter(trees.values())))

            def carry_out(batches: Iterator[list[Planned]]) -> None:
                execute(client, lambda batch: (run_batch, job.for_batch(batch), list(batch)), batches, stored)

        if first is not None and then is not None:
            chosen = list(first(missing, hands))
            carry_out(iter([[planned] for planned in chosen]))
            early = {planned.run_id for planned in chosen}
            missing = [planned for planned in missing if planned.run_id not in early]
            ratio = then(hands)
            missing = missing if ratio else []
            seconds = {run_id: ratio * guessed for run_id, guessed in seconds.items()}
        carry_out(in_batches(missing, seconds, hands))
        if not others and len(store.parts("runs")) > MANY:
            store.compact()
    return Outcome(str(store.folder), total, already, done - already - len(failed), tuple(failed.values()))


def ready(tree: dict[str, Any]) -> None:
    """Load the model and its compiled code, which every process does once."""
    from sim.model import Remesa

    setup = check(tree).setup(1)
    with contextlib.suppress(Exception):  # the runs will say what is wrong, each in its own record
        Remesa(dataclasses.replace(setup, people=None, population=500, months=1, burn_in=1)).run()
    gc.collect()
    gc.freeze()  # what is loaded stays: looking for what a batch has left need not look through it


def compiled_mark() -> pathlib.Path:
    """The file that stands where the model, as it is now, has been compiled on this machine."""
    from sim.compiled import home
    from sim.mechanism import code_hash

    return pathlib.Path(home()) / f"complete-{code_hash()}"


def warm_up(configuration: Configuration, announce: Announce | None = None) -> None:
    """Compile the model once before several processes need it, unless that has been done on this machine."""
    done = compiled_mark()
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
    """Runs that are stored together: some seconds of work, and no more than leaves each process its share.

    Parameters
    ----------
    seconds : table
        Work of each run by its id.
    """
    most = max(1, -(-len(missing) // workers))
    batch: list[Planned] = []
    work_so_far = 0.0
    for planned in missing:
        batch.append(planned)
        work_so_far += seconds[planned.run_id]
        if work_so_far >= BATCH or len(batch) >= most:
            yield batch
            batch, work_so_far = [], 0.0
    if batch:
        yield batch


def work(configuration: Configuration) -> float:
    """About how many seconds a run takes."""
    return configuration.population * (configuration.months + 24) * PER_PERSON_MONTH + PER_RUN


def refuse_what_does_not_fit(plan: Plan, workers: int) -> None:
    """Refuse before the first run what would be killed in the middle."""
    largest = plan.largest().population
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
