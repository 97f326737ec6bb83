"""Where runs are carried out: this process, local processes, or a cluster that somebody else started.

What is run in local processes listens on this machine only. Work is handed out some batches at a time, so
that a plan of any length needs little memory, and a batch whose process was killed is handed out again;
one that kills its process time and again is taken apart, so that only the run at fault is lost.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from experiments.store import Planned, StoreError

SERIAL = "serial"
SLURM = "slurm"
DEATHS = 2  # times more than once that a batch may lose its process before it is taken apart
LOOK = 3.0  # s between two looks at the workers
PATIENCE = 30.0  # s that a dead local process has to come back by itself
WAIT = 300  # s for the first worker of a cluster
Batch = Sequence[Planned]
Stored = Callable[[Batch, dict[str, str]], None]


class ClusterError(StoreError):
    """A cluster that does not answer or fit: which, why, what to do."""


def execute(client: Any, task: Callable[[Batch], Any], batches: Iterator[Batch], stored: Stored) -> None:
    """Hand batches to the workers of a client and report each with the reasons of runs that failed.

    Parameters
    ----------
    task : function
        Takes a batch, gives function and arguments that a worker calls; that call returns reasons by run id.

    Raises
    ------
    StoreError
        What a worker found wrong with the folder or with itself: nothing else would fare better.
    """
    import distributed

    library: Any = distributed
    running: dict[Any, Batch] = {}
    again: list[Batch] = []
    keeper = Keeper(client)
    while True:
        while len(running) < 2 * workers_of(client):
            batch = again.pop() if again else next(batches, None)
            if batch is None:
                break
            function, *arguments = task(batch)
            running[client.submit(function, *arguments, pure=False)] = batch
        if not running:
            return
        try:
            ended = library.wait(list(running), timeout=LOOK, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            ended = ()
        except library.CancelledError as error:
            raise ClusterError(
                "the cluster has gone; what was finished is stored, ask again to go on from there"
            ) from error
        for future in list(ended):
            batch = running.pop(future)
            fault = future.exception()
            if isinstance(fault, StoreError):
                raise fault
            if fault is None:
                stored(batch, future.result())
            elif len(batch) > 1:
                again += [[planned] for planned in batch]
            else:
                reason = " ".join(f"{type(fault).__name__}: {fault}".split())
                if isinstance(fault, library.KilledWorker):
                    reason = f"its process was killed {DEATHS + 1} times, also when it ran alone"
                stored(batch, {batch[0].run_id: reason})
            future.release()
        keeper.look()


class Keeper:
    """Sees to it that workers who died, and whom nobody replaced, are replaced."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.looked = time.monotonic()
        self.seen = time.monotonic()
        self.dead: dict[Any, float] = {}

    def look(self) -> None:
        """Replace local processes that stay dead, and ask a cluster that lacks workers for them.

        Raises
        ------
        ClusterError
            When a cluster of somebody else has had no worker for long.
        """
        now = time.monotonic()
        if now - self.looked < LOOK:
            return
        self.looked = now
        there = len(self.client.nthreads())
        if there:
            self.seen = now
        ours = self.client.cluster
        if ours is None:
            if now - self.seen > WAIT:
                raise ClusterError(
                    f"the cluster has had no worker for {WAIT} s; what was finished is stored, ask again to go on"
                )
            return
        dead = {name for name, one in list(ours.workers.items()) if hasattr(one, "is_alive") and not one.is_alive()}
        self.dead = {name: self.dead.get(name, now) for name in dead}
        for name, since in self.dead.items():
            if now - since > PATIENCE:
                nanny = ours.workers.pop(name, None)
                if nanny is not None:
                    ours.loop.add_callback(nanny.close)
        if there < len(ours.worker_spec):
            ours.scale(len(ours.worker_spec))


def workers_of(client: Any) -> int:
    """Workers that are there now; a cluster may grow and shrink."""
    return max(1, len(client.nthreads()))


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[Any]:
    """Local processes that listen on this machine only and end with it, without a dashboard."""
    import distributed

    library: Any = distributed  # it declares no types
    with contextlib.ExitStack() as stack:
        with interrupts_held():
            stack.enter_context(quiet())
            local = stack.enter_context(_processes(library, workers))
            client = stack.enter_context(library.Client(local))
        yield client


def _processes(library: Any, workers: int, attempts: int = 3) -> Any:
    """Local processes; begun anew where one was killed before it was there."""
    while True:
        attempts -= 1
        try:
            return library.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",  # none would listen everywhere
                silence_logs=50,
            )
        except RuntimeError as error:
            if attempts <= 0:
                raise ClusterError(f"no local processes can be started ({error}); give --workers 1") from error


@contextlib.contextmanager
def connected(scheduler: str, workers: int | None) -> Iterator[Any]:
    """A cluster that somebody started (its address or scheduler file), or one that Slurm starts now."""
    import distributed

    library: Any = distributed
    with contextlib.ExitStack() as stack:
        with interrupts_held():
            stack.enter_context(quiet())
            if scheduler == SLURM:
                client = stack.enter_context(library.Client(stack.enter_context(slurm(workers or 1))))
            else:
                where = {"scheduler_file": scheduler} if scheduler.endswith(".json") else {"address": scheduler}
                try:
                    client = stack.enter_context(library.Client(**where, timeout=20))
                except (OSError, ValueError) as error:
                    raise ClusterError(
                        f"scheduler={scheduler} does not answer ({error or type(error).__name__}); give "
                        "tcp://HOST:PORT as `dask scheduler` says it, its scheduler file, or slurm"
                    ) from error
        try:
            client.wait_for_workers(1, timeout=WAIT)
        except TimeoutError as error:
            raise ClusterError(f"scheduler={scheduler} has had no worker for {WAIT} s; start some") from error
        yield client


@contextlib.contextmanager
def slurm(workers: int) -> Iterator[Any]:
    """Workers that Slurm starts as jobs, as dask-jobqueue's own settings (`jobqueue.slurm`) describe them."""
    try:
        import dask_jobqueue
    except ImportError as error:
        raise ClusterError("scheduler=slurm needs dask-jobqueue; install remesa[cluster]") from error
    try:
        made = dask_jobqueue.SLURMCluster()
    except (ValueError, TypeError) as error:
        raise ClusterError(
            f"scheduler=slurm: {' '.join(str(error).split())}; put jobqueue.slurm into ~/.config/dask/jobqueue.yaml, "
            "an example is experiments/jobqueue.yaml"
        ) from error
    with made:
        made.scale(n=workers)
        yield made


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The library's settings: silent, and no measures of its own against full memory, which was foreseen."""
    import logging

    import dask

    for name in ("distributed", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    settings: dict[str, Any] = {
        f"distributed.worker.memory.{name}": False for name in ("target", "spill", "pause", "terminate")
    }
    settings["distributed.logging"] = {"distributed": "critical"}
    settings["distributed.scheduler.allowed-failures"] = DEATHS
    with dask.config.set(settings):
        yield


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


def processors() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
