"""Runs for visitors: processes that simulate month by month, shared fairly, that can pause, step and stop.

A job is one comparison that one visitor asked for: some seeds in two worlds. Its runs advance side by side, so
that everything shown while they run is about the same months. A run is the same as that of the command line,
bit for bit: the model is stepped, and nothing else is done to it.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import gc
import multiprocessing
import secrets
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.run import compiled_mark, processors
from scenarios.configuration import Configuration

Array = np.ndarray
SLICE = 0.15  # s, that a process works before it looks whose turn it is
JOBS, KEPT = 30, 1e9  # jobs and bytes of results that are kept; the oldest finished job is forgotten first
WAITING = 12  # unfinished jobs at most; who comes after is asked to wait
ABANDONED = 40.0  # s without anybody looking after which a job is stopped
REMEMBERED = 250e6  # bytes of finished runs that are kept, so that the same baseline is not run again
BURNT = 12  # worlds after the burn-in that a process keeps
STATES = ("Child or pupil", "Not in the labour force", "Looking for work", "At work", "Away", "Died or left for good")
NEW = "Born or arrived"


class Busy(RuntimeError):
    """More is running than this machine can do at once."""


@dataclasses.dataclass
class Run:
    """One scenario with one seed, as far as it has come."""

    run_id: str
    scenario: str
    seed: int
    tree: dict[str, Any]
    worker: int | None = None
    month: int = -1  # months after the burn-in that are done; -1 before it has begun
    busy: bool = False
    tries: int = 0
    values: list[Array] = dataclasses.field(default_factory=list)
    groups: tuple[str, ...] = ()
    flows: dict[str, float] = dataclasses.field(default_factory=dict)  # money a month by flow, mean so far
    people: Array | None = None  # from the state at the start to the state now: people

    def key(self, job: str) -> str:
        """Name of its world: two worlds of one job may be the same run and still are two."""
        return f"{job}.{self.scenario}.{self.seed}"

    def table(self) -> Array:
        """Indicators [month, indicator, group]; one array from now on."""
        if len(self.values) > 1:
            self.values = [np.concatenate(self.values)]
        return self.values[0]


@dataclasses.dataclass
class Job:
    """One comparison that was asked for."""

    name: str
    scenarios: dict[str, Configuration]
    runs: list[Run]
    months: int
    state: str = "running"  # running, paused, done, stopped, failed
    limit: int = 0  # months up to which it may go just now
    trouble: str = ""
    working: float = 0.0  # s that it has been running
    since: float | None = None
    seen: float = 0.0
    served: int = 0
    version: int = 0  # counts what has changed
    remembered: int = 0  # runs that had been done before
    begun: tuple[float, float] | None = None  # clock and share done when all its worlds stood
    query: str = ""  # what the visitor chose, as a link

    @property
    def month(self) -> int:
        """Months that every run has done."""
        return max(0, min(run.month for run in self.runs))

    @property
    def bytes(self) -> int:
        """Size of what its runs have left so far."""
        return sum(part.nbytes for run in self.runs for part in list(run.values))

    @property
    def share(self) -> float:
        """Share of all months that are done."""
        return sum(max(run.month, 0) for run in self.runs) / (len(self.runs) * self.months)

    def left(self) -> float | None:
        """Seconds left at the pace so far; None before there is one."""
        if self.begun is None:
            return None
        spent, fresh = self.clock() - self.begun[0], self.share - self.begun[1]
        return spent * (1.0 - self.share) / fresh if fresh > 0.02 else None

    def clock(self) -> float:
        """Seconds that it has been running."""
        return self.working + (time.monotonic() - self.since if self.since is not None else 0.0)


class Engine:
    """The processes, and whose turn it is.

    Parameters
    ----------
    workers : processes that simulate; one a processor by default
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or processors()
        self.jobs: dict[str, Job] = {}
        self.ready = False
        self.said = "Getting ready"
        self._finished: collections.OrderedDict[str, Run] = collections.OrderedDict()
        self._changed = threading.Condition()
        self._turn = 0
        self._closed = False
        self._compiled = threading.Event()
        self.processes = [Process() for _ in range(self.workers)]
        for k in range(self.workers):
            threading.Thread(target=self._serve, args=(k,), daemon=True).start()

    def close(self) -> None:
        """End the processes."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    # ---- what visitors do

    def ask(self, scenarios: dict[str, Configuration], instead_of: str | None = None, query: str = "") -> str:
        """Begin a comparison; the visitor's job before it is stopped. Returns the name of the job.

        Raises
        ------
        Busy
            When too many comparisons of others are under way.
        """
        first = next(iter(scenarios.values()))
        with self._changed:
            if instead_of:
                self._stop(instead_of)
            if sum(job.state in ("running", "paused") for job in self.jobs.values()) >= WAITING:
                raise Busy("Many people are using this page just now; try again in a minute.")
            ids = {name: one.run_ids(one.all_seeds) for name, one in scenarios.items()}
            runs = [
                Run(ids[name][k], name, seed, one.tree)
                for k, seed in enumerate(first.all_seeds)
                for name, one in scenarios.items()
            ]
            known = 0
            for k, run in enumerate(runs):
                done = self._finished.get(run.run_id)
                if done is not None:
                    self._finished.move_to_end(run.run_id)
                    runs[k] = dataclasses.replace(done, scenario=run.scenario, busy=False)
                    known += 1
            now = time.monotonic()
            job = Job(secrets.token_urlsafe(16), scenarios, runs, first.months, limit=first.months, seen=now, since=now)
            job.remembered, job.query = known, query
            self.jobs[job.name] = job
            while len(self.jobs) > JOBS or sum(one.bytes for one in self.jobs.values()) > KEPT:
                old = min(self.jobs.values(), key=lambda one: (one.state in ("running", "paused"), one.seen))
                if old is job:
                    break
                del self.jobs[old.name]
            self._settle(job)
            self._changed.notify_all()
        return job.name

    def find(self, name: str | None) -> Job | None:
        """A job by its name, which is now known to be looked at."""
        with self._changed:
            job = self.jobs.get(name or "")
            if job:
                job.seen = time.monotonic()
            return job

    def go_on(self, name: str | None, until: int | None = None) -> None:
        """Run on, to the end or until a month."""
        with self._changed:
            job = self.jobs.get(name or "")
            if job and job.state in ("paused", "running"):
                job.limit = job.months if until is None else min(until, job.months)
                self._clock(job, "running")
                self._settle(job)
                self._changed.notify_all()

    def pause(self, name: str | None) -> None:
        """Hold a job; its worlds wait as they are."""
        with self._changed:
            job = self.jobs.get(name or "")
            if job and job.state == "running":
                self._clock(job, "paused")

    def stop(self, name: str | None) -> None:
        """Give a job up; what was shown stays."""
        with self._changed:
            self._stop(name)
            self._changed.notify_all()

    def _stop(self, name: str | None) -> None:
        job = self.jobs.get(name or "")
        if job and job.state in ("running", "paused"):
            self._clock(job, "stopped")

    # ---- keeping time

    def _clock(self, job: Job, state: str) -> None:
        """Change the state of a job and stop or start its clock."""
        if job.state == "running" and job.since is not None:
            job.working += time.monotonic() - job.since
        job.since = time.monotonic() if state == "running" else None
        job.state = state
        job.version += 1

    def _settle(self, job: Job) -> None:
        """Finished, or as far as it may go for now."""
        if job.state == "running" and all(run.month >= min(job.limit, job.months) for run in job.runs):
            self._clock(job, "done" if job.limit >= job.months else "paused")

    def _next(self, worker: int) -> tuple[Job, Run] | None:
        """Whose turn it is: the job that was served longest ago, its run that has come least far."""
        now = time.monotonic()
        for job in self.jobs.values():
            if job.state in ("running", "paused") and now - job.seen > ABANDONED:
                self._clock(job, "stopped")
        for job in sorted((one for one in self.jobs.values() if one.state == "running"), key=lambda one: one.served):
            here = {run.seed for run in job.runs if run.worker == worker}
            free = [
                run
                for run in job.runs
                if not run.busy and run.worker in (None, worker) and run.month < min(job.limit, job.months)
            ]
            taken = {run.seed for run in job.runs if run.worker is not None}
            if free:
                # of the runs not begun first the other world of a seed begun here, then a new seed
                best = min(free, key=lambda r: (r.month, r.worker is None, r.seed not in here, r.seed in taken, r.seed))
                self._turn += 1
                job.served = self._turn
                return job, best
        return None

    def _keep(self, run: Run) -> None:
        """Remember a finished run as long as there is room."""
        run.table()
        self._finished[run.run_id] = run
        while sum(one.table().nbytes for one in self._finished.values()) > REMEMBERED:
            self._finished.popitem(last=False)

    # ---- one thread a process

    def _serve(self, k: int) -> None:
        """Hand work to one process and take in what it has done."""
        process = self.processes[k]
        if k and not compiled_mark().exists():  # the first compiles what the others then find
            self._compiled.wait()
        while not self._closed:
            try:
                process.begin(self._say)
                break
            except (EOFError, OSError):
                time.sleep(1.0)
        self._compiled.set()
        self.ready, self.said = True, ""
        paces: dict[str, float] = {}
        while True:
            with self._changed:
                found = None
                while not self._closed and (found := self._next(k)) is None:
                    process.forget({run.key(job.name) for job in self.jobs.values()
                                    if job.state in ("running", "paused")
                                    for run in job.runs if run.worker == k})  # fmt: skip
                    self._changed.wait(0.5)
                if self._closed or found is None:
                    process.end()
                    return
                job, run = found
                run.busy = True
                run.worker = k
                key = run.key(job.name)
                months = max(1, min(24, int(SLICE / paces.get(job.name, 0.01)), job.limit - max(run.month, 0)))
            try:
                begun = time.perf_counter()
                if run.month < 0:
                    process.ask("open", key, run.tree, run.seed)
                    answer = None
                else:
                    answer = process.ask("advance", key, months)
                    paces[job.name] = (time.perf_counter() - begun) / months
                trouble = ""
            except ModelError as error:
                answer, trouble = None, str(error)
            except (EOFError, OSError):
                answer, trouble = None, "lost"
                with contextlib.suppress(EOFError, OSError):
                    process.begin(self._say)
            with self._changed:
                run.busy = False
                if trouble == "lost":
                    self._lost(k)
                elif trouble:
                    job.trouble = trouble
                    self._clock(job, "failed")
                elif answer is None:
                    run.month = 0
                else:
                    run.month += len(answer["values"])
                    run.values.append(answer["values"])
                    run.groups = answer["groups"]
                    run.flows, run.people = answer["flows"], answer["people"]
                    if run.month >= job.months:
                        self._keep(run)
                        process.close.add(key)
                if job.begun is None and min(one.month for one in job.runs) >= 0:
                    job.begun = (job.clock(), job.share)
                job.version += 1
                self._settle(job)
                self._changed.notify_all()

    def _lost(self, k: int) -> None:
        """A process has ended: its runs begin again elsewhere, once."""
        for job in self.jobs.values():
            for one in job.runs:
                if one.worker == k and one.month < job.months:
                    one.worker, one.month, one.busy, one.tries = None, -1, False, one.tries + 1
                    one.values, one.flows, one.people = [], {}, None
                    if one.tries > 1 and job.state in ("running", "paused"):
                        job.trouble = "A simulating process ended twice. Choose fewer people and try again."
                        self._clock(job, "failed")

    def _say(self, text: str) -> None:
        self.said = text


class ModelError(RuntimeError):
    """The model refused to go on: one line."""


class Process:
    """One process, and the pipe to it."""

    def __init__(self) -> None:
        self.close: set[str] = set()
        self._pipe: Any = None
        self._process: Any = None

    def begin(self, say: Callable[[str], None]) -> None:
        """Start it, and wait until it is warm."""
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=simulate, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        while (said := self._pipe.recv()) != "ready":
            say(str(said))

    def ask(self, what: str, *about: Any) -> Any:
        """One question, one answer."""
        self._pipe.send((what, about, sorted(self.close)))
        self.close.clear()
        kind, answer = self._pipe.recv()
        if kind == "failed":
            raise ModelError(answer)
        return answer

    def forget(self, needed: set[str]) -> None:
        """Let it drop worlds that nobody waits for."""
        with contextlib.suppress(EOFError, OSError, ModelError):
            self.ask("only", needed)

    def end(self) -> None:
        """Stop it."""
        with contextlib.suppress(OSError, AttributeError):
            self._pipe.close()
            self._process.join(1.0)
            if self._process.is_alive():
                self._process.kill()


# ---- in the process


def simulate(pipe: Any) -> None:
    """Answer questions until the pipe closes: open a world, advance it, drop it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        worlds = Worlds(pipe.send)
        gc.freeze()  # what is loaded by now stays; nothing of it is looked through again
        pipe.send("ready")
        while True:
            what, about, closed = pipe.recv()
            for key in closed:
                worlds.held.pop(key, None)
            try:
                pipe.send(("done", getattr(worlds, what)(*about)))
            except Exception as error:
                pipe.send(("failed", f"{type(error).__name__}: {' '.join(str(error).split())}"))
    except (EOFError, OSError, KeyboardInterrupt):
        return


class Worlds:
    """The worlds one process holds."""

    def __init__(self, say: Callable[[str], None]) -> None:
        from experiments.run import warm_up
        from scenarios.configuration import compose
        from sim.model import Remesa

        warm = compose(["territory=teaching_toy_village"])
        warm_up(warm, say)
        Remesa(dataclasses.replace(warm.setup(1), months=2, burn_in=0)).run()
        self.held: dict[str, Followed] = {}
        self.burnt: collections.OrderedDict[str, bytes] = collections.OrderedDict()

    def only(self, needed: set[str]) -> None:
        """Drop all but some."""
        self.held = {key: one for key, one in self.held.items() if key in needed}

    def open(self, key: str, tree: dict[str, Any], seed: int) -> None:
        """Build a world and run its burn-in, or take one that differs only in what has not happened yet."""
        import pickle

        from scenarios.configuration import check, hash_of
        from sim.model import Remesa

        configuration = check(tree)
        identity = {name: one for name, one in configuration.identity().items() if name not in ("policies", "shocks")}
        same = hash_of({**identity, "months": 0, "seed": seed})
        setup = configuration.setup(seed)
        if same not in self.burnt:
            model = Remesa(dataclasses.replace(setup, events=()))
            model.burn_in()
            self.burnt[same] = pickle.dumps(model, pickle.HIGHEST_PROTOCOL)
            while len(self.burnt) > BURNT:
                self.burnt.popitem(last=False)
        self.burnt.move_to_end(same)
        model = pickle.loads(self.burnt[same])
        model.setup, model.world.events = setup, setup.events
        self.held[key] = Followed(model)

    def advance(self, key: str, months: int) -> dict[str, Any]:
        """Some months further: what was observed in them, money and people so far."""
        return self.held[key].advance(months)


class Followed:
    """A world, and where everybody was at its start."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.before = len(model.recorder.since(0))
        self.money: collections.Counter[str] = collections.Counter()
        self.months = 0
        self.ids, self.states = self.whereabouts()

    def whereabouts(self) -> tuple[Array, Array]:
        """Ids of everybody, sorted, and the state each is in, as in `STATES`."""
        from sim.codes import Status

        persons = self.model.population.persons
        place = np.full(len(Status), 5)
        for k, some in enumerate(
            ((Status.CHILD, Status.STUDENT), (Status.INACTIVE,), (Status.UNEMPLOYED,),
             (Status.EMPLOYED, Status.OWN_ACCOUNT), (Status.AWAY,))
        ):  # fmt: skip
            place[[int(one) for one in some]] = k
        ids = np.array(persons.id, copy=True)
        order = np.argsort(ids)
        return ids[order], place[np.asarray(persons.status)][order]

    def advance(self, months: int) -> dict[str, Any]:
        """Some months further."""
        recorder = self.model.recorder
        done = self.before + self.months
        for _ in range(months):
            self.model.step()
        self.months += months
        values = recorder.since(done)
        if not np.isfinite(values).all():
            raise FloatingPointError("an indicator has no finite value")
        for flows in recorder.flows[done:]:
            for (name, _), cents in flows.items():
                self.money[name] += cents
        return {
            "values": values,
            "groups": tuple(recorder.groups),
            "flows": {name: cents / 100.0 / self.months for name, cents in self.money.items()},
            "people": self.people(),
        }

    def people(self) -> Array:
        """People by state at the start (the last row: not here yet) and state now."""
        ids, states = self.whereabouts()
        count = len(STATES)
        found = np.zeros((count + 1, count), np.int64)
        at = np.searchsorted(ids, self.ids)
        at[at == len(ids)] = 0
        there = ids[at] == self.ids
        now = np.where(there, states[at], count - 1)
        np.add.at(found, (self.states, now), 1)
        found[count - 1] = 0  # who had died before the start is nobody's story
        new = ~np.isin(ids, self.ids)
        np.add.at(found, (np.full(new.sum(), count), states[new]), 1)
        return found
