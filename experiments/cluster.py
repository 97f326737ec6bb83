"""Where runs are carried out: this process, local processes, or a cluster that somebody else started.

What is run in local processes listens on this machine only. Work is handed out some batches at a time, so
that a plan of any length needs little memory, and a batch whose process was killed is handed out again;
one that kills its process time and again is taken apart, so that only the run at fault is lost.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from experiments.store import Planned, StoreError

SERIAL = "serial"
SLURM = "slurm"
DEATHS = 2  # times more than once that a batch may lose its process before it is taken apart
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
    running: dict[str, Batch] = {}
    again: list[Batch] = []

    def submit(batch: Batch) -> Any:
        function, *arguments = task(batch)
        future = client.submit(function, *arguments, pure=False)
        running[future.key] = batch
        return future

    def following() -> Batch | None:
        return again.pop() if again else next(batches, None)

    pending = library.as_completed()
    while len(running) < 2 * workers_of(client) and (batch := following()) is not None:
        pending.add(submit(batch))
    for future in pending:
        batch = running.pop(future.key)
        error = future.exception()
        if isinstance(error, StoreError):
            raise error
        if future.cancelled():
            raise ClusterError("the cluster has gone; what was finished is stored, ask again to go on from there")
        if error is None:
            stored(batch, future.result())
        elif len(batch) > 1:
            again += [[planned] for planned in batch]
        else:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            if isinstance(error, library.KilledWorker):
                reason = f"its process was killed {DEATHS + 1} times, also when it ran alone"
            stored(batch, {batch[0].run_id: reason})
        future.release()
        while len(running) < 2 * workers_of(client) and (batch_ := following()) is not None:
            pending.add(submit(batch_))


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
            local = stack.enter_context(
                library.LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",  # none would listen everywhere
                    silence_logs=50,
                )
            )
            client = stack.enter_context(library.Client(local))
        yield client


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
