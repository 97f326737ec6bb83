"""The command `remesa benchmark`: speed and memory, each figure beside its goal.

What is compared is run in turns, month by month, so that a busy machine slows both sides. Times of
months are processor time of one thread; what a person waits for at the start is given as processor time
too, with the time by the clock beside it. Every call adds a line to a history on disk.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import json
import math
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NoReturn

import numpy as np

from experiments.run import peak_memory
from scenarios.configuration import ConfigurationError, compose
from sim.mechanism import code_hash

Say = Callable[[str], Any]
HISTORY = "results/benchmark/history.jsonl"
PLACE = "diourbel"


@dataclasses.dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    twin: int  # persons of the core loop
    agree: int  # persons of each of the 24 pairs
    whole: tuple[int, ...]  # persons of the whole month
    memory: tuple[int, ...]
    largest: int
    mesa: int
    months: int
    sweep: int  # runs by workers; a fifth of them in one process
    stored: int = 1_000_000  # months of runs
    runs: tuple[int, int] = (20, 200)  # of one worker


FULL = Sizes(100_000, 2_000, (10_000, 100_000, 1_000_000), (200_000, 1_000_000), 1_000_000, 1_000_000, 12, 1000)
QUICK = Sizes(10_000, 2_000, (10_000, 100_000), (200_000, 600_000), 200_000, 100_000, 6, 40)


@dataclasses.dataclass(frozen=True)
class Figure:
    """One measured figure beside its goal; ``most`` says whether the goal is an upper or a lower bound."""

    name: str
    value: float
    unit: str
    goal: float | None
    most: bool = True
    detail: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; none where there is no goal."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.most else self.value >= self.goal

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {**dataclasses.asdict(self), "met": self.met}


# ---- in this process: months in turns


def model(population: int, seed: int = 1, months: int = 2400, **settings: Any) -> Any:
    """The whole model of the place that is measured."""
    from sim.model import Remesa, Setup

    inputs = compose([f"territory={PLACE}"]).inputs
    return Remesa(Setup(inputs, population=population, months=months, seed=seed, **settings))


def processor(work: Callable[[], Any]) -> float:
    """Processor seconds of one call."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def in_turns(works: Sequence[Callable[[], Any]], times: int, first: int = 1) -> list[list[float]]:
    """Processor seconds of each work, called in turns; the first rounds only warm up."""
    found: list[list[float]] = [[] for _ in works]
    for turn in range(first + times):
        for k, work in enumerate(works):
            seconds = processor(work)
            if turn >= first:
                found[k].append(seconds)
    return found


def core_loop(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """The core loop against one object per person, from the same start."""
    from experiments.core import core_model
    from experiments.twin import Twin
    from sim.mechanism import uncompiled

    inputs = compose([f"territory={PLACE}"]).inputs
    columns = core_model(inputs, sizes.twin, 1)
    written, helped = Twin(columns, 1), Twin(columns, 2)

    def plain() -> None:
        with uncompiled():
            written.step()

    fast, slow, with_compiled = in_turns([columns.step, plain, helped.step], max(3, sizes.months // 3), 2)
    ratios = [b / a for a, b in zip(fast, slow, strict=True)]
    person = 1e9 / sizes.twin
    yield Figure("core loop: times faster than one object per person", statistics.median(ratios), "times", 150, False,
                 f"{sizes.twin:,} persons: {statistics.median(fast) * person:,.0f} ns a person-month on columns, "
                 f"{statistics.median(slow) * person:,.0f} as Python objects; "
                 f"single months {min(ratios):.0f}-{max(ratios):.0f}")  # fmt: skip
    yield Figure("  the same where the objects call compiled rules",
                 statistics.median(b / a for a, b in zip(fast, with_compiled, strict=True)), "times", None)  # fmt: skip


def agree(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """The twin agrees with the columns: paired seeds, t-tests and equivalence tests."""
    from experiments.twin import agreement

    found = agreement(compose([f"territory={PLACE}"]).inputs, range(1, 25), sizes.agree, 12)
    for one in found:
        say(f"    {one.outcome:<14} columns {one.columns:10,.3f}   twin less columns {one.difference:8,.3f} "
            f"(s.e. {one.error:.3f}, t {one.t:.2f}, would matter: {one.margin:,.3f})")  # fmt: skip
    yield Figure("outcomes in which the twin disagrees, of 4", sum(not one.holds for one in found), "1", 0,
                 detail="24 paired seeds, 12 months: |t| within "
                        f"{found[0].critical:.1f} (1 % over all four) and equivalent at 5 %")  # fmt: skip


def timed_month(world: Any, schedule: Any, spent: dict[str, list[float]]) -> None:
    """One month as `sim.model.World.run` does it, with the processor time of each line."""
    from sim.mechanism import Month

    def called(work: Callable[[Any], Any], world: Any, mechanism: Any) -> None:
        work(Month(world, mechanism))

    def lap(name: str, work: Callable[[], Any]) -> None:
        spent.setdefault(name, []).append(processor(work))

    lap("opening the books", world.ledger.open)
    lap("counting heads", world.recorder.open)
    for mechanism in schedule.lines():
        work = mechanism if mechanism.on else mechanism.rest
        lap(type(mechanism).name(), partial(called, work, world, mechanism))
    lap("closing the books", lambda: world.ledger.close(world.month))
    lap("heads and jobs", world.check_heads_and_jobs)
    lap("recorder", world.recorder.observe)
    world.month += 1


def whole_month(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """A person-month of the whole model at several sizes, line by line, and how it grows."""
    models = [model(size) for size in sizes.whole]
    lines: list[dict[str, list[float]]] = [{} for _ in models]
    for _ in range(2):
        for one in models:
            one.step()
    total: list[list[float]] = [[] for _ in models]
    for _ in range(sizes.months):
        for k, one in enumerate(models):
            total[k].append(processor(partial(timed_month, one.world, one.schedule, lines[k])))
    persons = [one.world.population.persons.count for one in models]
    each = [statistics.median(total[k]) * 1e9 / persons[k] for k in range(len(models))]
    for size, nanoseconds in zip(sizes.whole, each, strict=True):
        yield Figure(f"one person-month of the whole model, {size:,} persons", nanoseconds, "ns",
                     250 if size >= 100_000 else None)  # fmt: skip
    if len(models) > 1:
        x = [math.log(size) for size in persons]
        y = [math.log(statistics.median(seconds)) for seconds in total]
        yield Figure("growth of cost with population", statistics.linear_regression(x, y).slope, "exponent", 1.10,
                     detail=f"{sizes.whole[0]:,} to {sizes.whole[-1]:,} persons")  # fmt: skip
    say(f"  ns a person-month by line   {'  '.join(f'{size:>10,}' for size in sizes.whole)}")
    nanosecond = [{name: statistics.median(spent) * 1e9 / persons[k] for name, spent in lines[k].items()}
                  for k in range(len(models))]  # fmt: skip
    for name in sorted(lines[-1], key=lambda name: -nanosecond[-1][name]):
        say(f"    {name:<24}  {'  '.join(f'{one[name]:>10.1f}' for one in nanosecond)}")
        yield Figure(f"line {name}", nanosecond[-1][name], "ns", None, detail=f"{sizes.whole[-1]:,} persons")
    for size, work in zip(sizes.whole, nanosecond, strict=True):
        if size == 100_000:
            both = work["participation"] + work["matching"]
            yield Figure("reservation wages and matching in the month, 100,000 persons",
                         100.0 * both / sum(work.values()), "%", 100.0 / 3.0)  # fmt: skip


def village(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """A teaching village: 40 households, 120 months."""
    from sim.model import Remesa, Setup

    inputs = compose([f"territory={PLACE}"]).inputs
    persons = round(40 * inputs.household_size)
    spent, built = [], []
    for seed in (1, 2, 3):
        begin = time.process_time()
        one = Remesa(Setup(inputs, population=persons, months=120, seed=seed, burn_in=0))
        built.append(time.process_time() - begin)
        begin = time.process_time()
        one.run()
        spent.append(time.process_time() - begin)
    yield Figure("teaching village, 40 households, 120 months", min(spent[1:]), "s", 0.5,
                 detail=f"{persons} persons; start-up besides: {min(built[1:]):.2f} s")  # fmt: skip


def mesa_interface(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """What a Mesa user's handles and data collector add to a month."""
    import mesa
    import numpy as np

    from sim.agents import LocalAuthority, Migrant, Person

    one = model(sizes.mesa)
    collector = mesa.DataCollector(
        model_reporters={
            "away": lambda m: len(m.agents_by_type[Migrant]),
            "mean skill": lambda m: m.agents_by_type[Person].agg("skill", np.mean),
            "participation": lambda m: m.recorder.series("participation")[-1],
        },
        agenttype_reporters={LocalAuthority: {"revenue": "revenue"}},
    )
    month, collected = in_turns([one.step, lambda: collector.collect(one)], sizes.months)
    share = [100.0 * b / a for a, b in zip(month, collected, strict=True)]
    yield Figure("handles and data collector, on top of a month", statistics.median(share), "%", 10,
                 detail=f"{sizes.mesa:,} persons")  # fmt: skip


class Watched:
    """Largest resident memory of this process and all it began, together, looked at some times a second."""

    def __init__(self) -> None:
        self.most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        import psutil  # type: ignore[import-untyped]

        me = psutil.Process()
        while not self._over.wait(0.2):
            now = 0.0
            for one in (me, *me.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    if not any("resource_tracker" in word for word in one.cmdline()):
                        now += float(one.memory_info().rss)
            self.most = max(self.most, now)

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()


def off(foreseen: float, found: float) -> float:
    """By what factor something was foreseen wrongly, whichever way."""
    return max(foreseen / found, found / foreseen)


def sweep(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """Many runs of a town by workers against the same in one process; what was foreseen against what it took."""
    from experiments.run import Plan
    from experiments.store import Store
    from experiments.sweep import Estimate, carry_out

    cores = min(2, os.cpu_count() or 1)
    rates, each, inside = [], [], []
    foreseen: Estimate | None = None
    took = disk = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for workers in (1, cores):
            runs = sizes.sweep if workers > 1 else max(12, sizes.sweep // 5)
            settings = [f"territory={PLACE}", "population=5000", "months=12", f"seeds={runs}"]
            plan = Plan("sweep", {"baseline": compose(settings)}, outcomes=("participation", "poverty"))
            where = f"{folder}/{workers}"
            begun = 0.0

            def shown(found: Estimate | None) -> bool:
                nonlocal foreseen, begun
                foreseen, begun = found, time.perf_counter()
                return True

            begin = time.perf_counter()
            with Watched() as watched:
                carry_out(plan, where, shown=shown, workers=workers)
            end = time.perf_counter()
            clock, took = end - begin, end - begun
            spent = sum(Store(where).summary()["seconds"].to_pylist())
            disk = sum(path.stat().st_size for path in pathlib.Path(where).rglob("part-*"))
            rates.append(runs / clock)
            each.append(spent / runs)
            inside.append(spent / (workers * clock))
    detail = f"{cores} workers, {sizes.sweep} runs of 5,000 persons over 12 months with all start-up; by the clock"
    yield Figure("efficiency of workers over many runs", rates[1] / (cores * rates[0]), "1",
                 0.9 if sizes is FULL else None, False, detail)  # fmt: skip
    yield Figure("  share of the workers' time inside runs", inside[1], "1", None,
                 detail=f"one process: {inside[0]:.2f}; a run takes {each[1] / each[0]:.2f} times as long "
                        "beside another as alone")  # fmt: skip
    if foreseen is not None:
        yield Figure("  time of a sweep, off by a factor", off(foreseen.seconds, took), "times", 1.5,
                     detail=f"foreseen {foreseen.seconds:.0f} s, took {took:.0f} s, after the pilot runs")  # fmt: skip
        yield Figure("  disk of a sweep, off by a factor", off(foreseen.disk, disk), "times", 1.5,
                     detail=f"foreseen {foreseen.disk / 1e3:.0f} kB, took {disk / 1e3:.0f} kB")  # fmt: skip
        yield Figure("  memory of a sweep, off by a factor", off(foreseen.memory, watched.most), "times", 1.5,
                     detail=f"foreseen {foreseen.memory / 1e6:.0f} MB, took {watched.most / 1e6:.0f} MB "
                            "in all processes")  # fmt: skip


def worker(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """Whether a worker needs more memory the more it has run: short runs one after the other in one process."""
    early, late = sizes.runs
    found = child("worker", early, late)
    said = f"{found['early']:.0f} MB after run {early}, {found['late']:.0f} MB after run {late}"
    name = f"growth of a worker's memory from run {early} to run {late}"
    yield Figure(name, found["late"] - found["early"], "MB", 20.0, detail=said)


def store(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """What storing adds to a run, in batches: every indicator of twelve months, or five outcomes."""
    from experiments.run import kept, run_one
    from experiments.store import Finished, Planned, Store

    settings = compose([f"territory={PLACE}", "population=500", "months=12"])
    one = run_one(settings.tree, 1)
    few = kept(one, ("participation", "poverty", "prevalence", "gini", "real_income@recipient=no"), settings.months)
    luck = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        for name, run, goal in (("all indicators", one, 1.0), ("five outcomes", few, 1.0)):
            batches = [
                [
                    Finished(f"{k}-{j}", {**run.rows, "value": luck.normal(size=len(run.rows["value"]))}, run.summary)
                    for j in range(50)
                ]
                for k in range(4)
            ]
            there = Store(f"{folder}/{name}")
            there.begin({"scenarios": {}}, [Planned(run.run_id, "a", 1) for batch in batches for run in batch])
            spent = statistics.median(processor(partial(there.write, batch)) for batch in batches)
            yield Figure(f"storing a run in batches of 50, {name}", 1000.0 * spent / 50, "ms", goal,
                         detail=f"{len(run.rows['value']):,} numbers a run")  # fmt: skip


def query(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """Quantiles by month over many stored months, by DuckDB."""
    try:
        import duckdb
    except ImportError:
        say("    needs duckdb: install remesa[analysis]")
        return
    from experiments.store import Finished, Planned, Store

    months, outcomes = 120, ("participation", "poverty", "prevalence")
    runs = sizes.stored // months
    luck = np.random.default_rng(1)
    rows = {
        "month": np.tile(np.arange(1, months + 1, dtype=np.int16), len(outcomes)),
        "indicator": np.repeat(outcomes, months),
        "group": np.full(months * len(outcomes), "all"),
    }
    ids = [f"{k:024x}" for k in range(runs)]
    with tempfile.TemporaryDirectory() as folder:
        there = Store(folder)
        there.begin({"scenarios": {}}, [Planned(run_id, "a", k) for k, run_id in enumerate(ids)])
        for begin in range(0, runs, 500):
            there.write(
                [
                    Finished(run_id, {**rows, "value": luck.normal(size=len(rows["month"]))}, {"seed": 1})
                    for run_id in ids[begin : begin + 500]
                ]
            )
        there.compact()
        asked = (
            "select indicator, month, quantile_cont(value, [0.05, 0.5, 0.95]) as quantiles "
            f"from '{folder}/runs/*.parquet' where \"group\" = 'all' group by all"
        )
        taken = []
        for _ in range(3):
            begin_clock = time.perf_counter()
            found = duckdb.execute(asked).fetchall()
            taken.append(time.perf_counter() - begin_clock)
    assert len(found) == months * len(outcomes)
    yield Figure(f"quantiles by month over {runs * months:,} stored months of runs", min(taken), "s", 1.0,
                 detail=f"{runs:,} runs, {len(outcomes)} outcomes: DuckDB, by the clock")  # fmt: skip


# ---- in processes of their own


def child(work: str, *arguments: object, **environment: str) -> dict[str, Any]:
    """Measure something in a fresh process."""
    command = [sys.executable, "-c", "import sys; from experiments.benchmark import measured; measured(*sys.argv[1:])"]
    begin = time.perf_counter()
    path = os.pathsep.join([str(pathlib.Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [*command, work, *map(str, arguments)], env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True, text=True,
    )  # fmt: skip
    wall = time.perf_counter() - begin
    if done.returncode:
        raise RuntimeError(f"measuring {work} failed: {done.stderr.strip().splitlines()[-1:]}")
    return {**json.loads(done.stdout.splitlines()[-1]), "wall": wall}


def measured(work: str, *arguments: str) -> None:
    """What a child process measures; prints one JSON line."""
    found: dict[str, Any] = {}
    if work == "month":  # from the command to the end of the first month
        one = model(int(arguments[0]))
        one.step()
    elif work == "build":
        model(600).step()  # compiled code is loaded
        begin, clock = time.process_time(), time.perf_counter()
        one = model(int(arguments[0]))
        found |= {"build": time.process_time() - begin, "build_wall": time.perf_counter() - clock}
        begin = time.process_time()
        one.step()
        found["month"] = time.process_time() - begin
        found["tables"] = sum(table.memory() for table in one.world.population.tables())
    elif work == "worker":
        found |= many_runs(*map(int, arguments))
    elif work == "bits":
        one = model(int(arguments[0]), months=6, burn_in=0).run()
        import hashlib

        found["bits"] = hashlib.blake2b(one.recorder.rows()["value"].tobytes()).hexdigest()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({**found, "processor": usage.ru_utime + usage.ru_stime, "peak": peak_memory()}))


def many_runs(early: int, late: int) -> dict[str, float]:
    """Resident memory (MB) of a process after some runs and after many, as a worker carries them out."""
    import psutil

    from experiments.run import Job, Plan, run_batch
    from experiments.store import Store

    found = {}
    settings = compose([f"territory={PLACE}", "population=500", "months=3", f"seeds={late}"])
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan("worker", {"baseline": settings}, outcomes=("participation", "poverty"))
        there = Store(folder)
        runs = plan.runs()
        there.begin({"scenarios": {}, "outcomes": list(plan.outcomes or ())}, runs)
        job = Job(folder, str(there.holds()), code_hash(), {"baseline": settings.tree}, plan.outcomes)
        for name, some in (("early", runs[:early]), ("late", runs[early:])):
            for k in range(0, len(some), 10):
                run_batch(job, some[k : k + 10])
            found[name] = psutil.Process().memory_info().rss / 1e6
        assert len(there.found()) > 0.9 * late
    return found


def memory(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """Bytes a person: slope of peak resident memory over population; build and first month of the largest."""
    found = [child("build", size) for size in sizes.memory]
    slope = statistics.linear_regression(sizes.memory, [one["peak"] for one in found]).slope
    tables = found[-1]["tables"] / sizes.memory[-1]
    yield Figure("memory a person: slope of peak resident memory", slope, "bytes", 200,
                 detail=f"{sizes.memory[0]:,} to {sizes.memory[-1]:,} persons; tables alone {tables:.0f}")  # fmt: skip


def largest(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """Build of a large town and its first month."""
    found = child("build", sizes.largest)
    yield Figure(f"build of {sizes.largest:,} persons", found["build"], "s", 2.0 if sizes is FULL else None,
                 detail=f"{found['build_wall']:.1f} s by the clock, burn-in not counted; "
                        f"first month {found['month']:.2f} s")  # fmt: skip


def start(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """From the command to the end of the first month, compiled code on disk."""
    child("month", 5000)
    found = min((child("month", 5000) for _ in range(3)), key=lambda one: float(one["processor"]))
    yield Figure("warm start: command to end of first month", found["processor"], "s", 3.0,
                 detail=f"{found['wall']:.1f} s by the clock, 5,000 persons")  # fmt: skip


def cold(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """The same on a machine that never compiled the model."""
    with tempfile.TemporaryDirectory() as folder:
        found = child("month", 5000, REMESA_CACHE=folder)
    yield Figure("cold start: the same, compiling", found["processor"], "s", 40.0,
                 detail=f"{found['wall']:.0f} s by the clock")  # fmt: skip


def bits(sizes: Sizes, say: Say) -> Iterator[Figure]:
    """Two processes give the same bits."""
    different = {child("bits", 1000)["bits"] for _ in range(2)}
    yield Figure("different results of the same run in two processes", len(different) - 1.0, "1", 0)


MEASURES: dict[str, Callable[[Sizes, Say], Iterator[Figure]]] = {
    "core": core_loop,
    "agree": agree,
    "month": whole_month,
    "memory": memory,
    "build": largest,
    "village": village,
    "mesa": mesa_interface,
    "start": start,
    "cold": cold,
    "sweep": sweep,
    "worker": worker,
    "store": store,
    "query": query,
    "bits": bits,
}
NOT_MEASURED = ("evidence and claims within 20 minutes (quick) and 2 hours (full): those commands say their own time",)


# ---- the command


def machine() -> dict[str, Any]:
    """Where it ran."""
    from importlib.metadata import version

    name = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), name)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan
    packages = {package: version(package) for package in ("numpy", "numba", "mesa")}
    return {"processor": name, "cores": os.cpu_count(), "load": load, "python": platform.python_version(), **packages}


def last_of(path: pathlib.Path, found: dict[str, Any]) -> dict[str, float]:
    """Figures of the last call with the same sizes on the same machine."""
    if not path.exists():
        return {}
    last: dict[str, float] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["sizes"] == found["sizes"] and one["machine"]["processor"] == found["machine"]["processor"]:
            last |= {figure["name"]: figure["value"] for figure in one["figures"]}
    return last


def row(figure: Figure, before: float | None) -> str:
    """One line for people."""
    goal = "" if figure.goal is None else f"{'at most' if figure.most else 'at least'} {figure.goal:g}"
    verdict = {True: "met", False: "MISSED", None: ""}[figure.met]
    was = "" if before is None else f"  (last time {before:,.4g})"
    detail = f"\n      {figure.detail}" if figure.detail else ""
    value = f"{figure.value:,.4g} {'' if figure.unit == '1' else figure.unit}"
    return f"  {figure.name:<56}{value:>16}   {goal:<14}{verdict}{was}{detail}"


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise ConfigurationError(f"{message}; allowed: --quick, --only {','.join(MEASURES)}, --out FILE")


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    """What is to be measured."""
    parser = Parser(prog="remesa benchmark", add_help=False, allow_abbrev=False)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(MEASURES))
    parser.add_argument("--out", default=HISTORY)
    options = parser.parse_args(list(arguments))
    unknown = [name for name in options.only if name not in MEASURES]
    if unknown:
        parser.error(f"--only has no {unknown[0]!r}")
    return options


def main(arguments: Sequence[str], say: Say) -> dict[str, Any]:
    """Measure, say, store; returns the document for machines."""
    options = options_of(arguments)
    sizes = QUICK if options.quick else FULL
    path = pathlib.Path(options.out)
    path.parent.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "code": code_hash(),
        "sizes": "quick" if options.quick else "full",
        "machine": machine(),
    }
    before = last_of(path, found)
    say(f"{found['machine']['processor']}, load {found['machine']['load']:.1f}; processor time of one thread")
    figures: list[Figure] = []
    if {"core", "agree", "month", "village", "mesa"} & set(options.only):
        model(600).step()  # compiles, or loads what is compiled, before anything is timed
    for name in options.only:
        say(f"{name}: {(MEASURES[name].__doc__ or '').splitlines()[0]}")
        for figure in MEASURES[name](sizes, say):
            figures.append(figure)
            if not figure.name.startswith("line "):
                say(row(figure, before.get(figure.name)))
    missed = [figure.name for figure in figures if figure.met is False]
    for one in NOT_MEASURED:
        say(f"not measured here: {one}")
    goals = sum(figure.goal is not None for figure in figures)
    say(f"{goals - len(missed)} of {goals} goals met" + (f"; missed: {'; '.join(missed)}" if missed else ""))
    found["figures"] = [figure.as_dict() for figure in figures]
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(found) + "\n")
    say(f"History: {path}")
    return {"command": "benchmark", **found, "missed": missed, "not_measured": list(NOT_MEASURED)}
