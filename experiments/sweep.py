"""A sweep from its first look to its last run: what it will cost, how far it is, and the same once more."""

from __future__ import annotations

import dataclasses
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from experiments.manifest import other_code, other_versions
from experiments.run import BATCH, MANY, PER_PROCESS, Announce, Outcome, Plan, Progress, memory, peak_memory, run_plan
from experiments.store import COMPACT, Finished, Planned, Store, StoreError, encoded
from scenarios.configuration import check

PILOTS = 16  # at most; more tell little more


@dataclasses.dataclass(frozen=True)
class Estimate:
    """What the rest of a plan will take, from runs of it that are done."""

    runs: int
    pilots: int
    workers: int
    seconds_a_run: float
    ratio: float  # of what runs take to what was guessed
    seconds: float
    disk: float
    disk_free: float
    memory: float
    memory_free: float | None

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return dataclasses.asdict(self)


def pilots(missing: Sequence[Planned], seconds: dict[str, float], workers: int) -> list[Planned]:
    """Some runs of the plan that stand for all: by chance, so that no factor is missed, and the longest.

    Few runs need no pilots: none are chosen where they would be half of all.
    """
    count = min(PILOTS, max(2 * workers, len(missing) // 30))
    count = workers * -(-count // workers)
    if 2 * (count + 1) > len(missing):
        return []
    longest = max(missing, key=lambda planned: seconds[planned.run_id])
    rest = [planned for planned in missing if planned is not longest]
    return [longest, *random.Random(missing[0].run_id).sample(rest, count - 1)]


def estimate(store: Store, plan: Plan, chosen: Sequence[Planned], took: float, workers: int) -> Estimate:
    """Hours, disk and memory of what is still missing, from pilot runs and how long they took together."""
    seconds = plan.seconds()
    missing = store.missing()
    lines = {line["run_id"]: line for line in store.summary().to_pylist()}
    done = [planned for planned in chosen if planned.run_id in lines]
    if not done:
        raise StoreError(f"all {len(chosen)} pilot runs failed; reasons are in {store.folder}/failures")
    spent = sum(float(lines[planned.run_id]["seconds"]) for planned in done)
    ratio = spent / sum(seconds[planned.run_id] for planned in done)
    work = sum(seconds[planned.run_id] for planned in missing) * ratio
    # what the runs themselves do not see: handing out, storing, other work of this machine
    around = max(0.0, took * workers / len(chosen) - spent / len(done)) / 4.0  # stored alone, not in batches
    ids = [planned.run_id for planned in done]
    summary = store.summary()
    per_run = per_part = 0.0
    lines_of = summary.filter(pc.is_in(summary["run_id"], pa.array(ids)))
    for kind, table in (("runs", store.rows(runs=ids)), ("summary", lines_of)):
        few = table.filter(pc.equal(table["run_id"].cast(pa.string()), ids[0]))
        each = (len(encoded(table)) - len(encoded(few))) / max(1, len(ids) - 1)
        per_run += each
        per_part += max(0.0, min(path.stat().st_size for path in store.parts(kind)) - each)
    parts = len(store.parts("runs")) + max(float(workers), work / BATCH)
    if parts > MANY:  # written as few in the end
        parts = 1.0 + len(missing) * len(store.rows(runs=ids[:1])) / COMPACT
    peak = max(float(lines[run_id].get("peak_memory") or 0.0) for run_id in ids) * 1e6
    return Estimate(
        runs=len(missing),
        pilots=len(done),
        workers=workers,
        seconds_a_run=spent / len(done),
        ratio=ratio,
        seconds=(work + around * len(missing)) / workers,
        disk=per_run * len(missing) + per_part * parts,
        disk_free=float(shutil.disk_usage(store.folder).free),
        memory=workers * (peak or PER_PROCESS) + (peak_memory() if workers > 1 else 0.0),
        memory_free=memory(),
    )


def carry_out(
    plan: Plan,
    folder: str,
    *,
    shown: Callable[[Estimate | None], bool],
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    announce: Announce | None = None,
    about: dict[str, Any] | None = None,
    run: Callable[[dict[str, Any], int], Finished] | None = None,
) -> Outcome:
    """Run a plan after showing what it will take; ``shown`` gets the estimate and says whether to go on.

    Few runs have no estimate: then it gets None.

    Raises
    ------
    StoreError
        Also when the results will not fit on the disk.
    """
    seconds = plan.seconds()
    chosen: list[Planned] = []
    begun = 0.0

    def first(missing: Sequence[Planned], hands: int) -> Sequence[Planned]:
        nonlocal begun
        chosen.extend(pilots(missing, seconds, hands))
        begun = time.perf_counter()
        return chosen

    def then(hands: int) -> float:
        if not chosen:
            return float(shown(None))
        found = estimate(Store(folder), plan, chosen, time.perf_counter() - begun, hands)
        go_on = shown(found)
        if go_on and found.disk > found.disk_free:
            raise StoreError(
                f"out = {folder}: the results need about {found.disk / 1e9:.1f} GB and {found.disk_free / 1e9:.1f} GB "
                "are free; keep fewer outcomes or give another out="
            )
        return found.ratio if go_on else 0.0

    return run_plan(
        plan, folder, workers=workers, scheduler=scheduler, progress=progress, announce=announce, about=about,
        first=first, then=then, run=run,
    )  # fmt: skip


# ---- how far it is


@dataclasses.dataclass(frozen=True)
class Status:
    """How far a sweep is."""

    folder: str
    name: str
    planned: int
    stored: int
    failed: int
    running: tuple[str, ...]
    killed: int
    last: float | None  # s since the last part was stored
    left: float | None  # s until all is done, while it runs
    quarantined: tuple[dict[str, str], ...]
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return dataclasses.asdict(self)


def status(folder: str | os.PathLike[str]) -> Status:
    """Look at a running, broken or finished sweep; nothing of it is touched but what does not verify."""
    store = Store(folder)
    sweep = store.sweep
    ids = {planned.run_id for planned in store.plan()}
    held = ids & store.found()
    failures = [one for one in store.failures() if one["run_id"] in ids - held]
    signs = store.signs()
    alive = [one for one in signs if one["alive"] or not one["here"]]
    times = sorted(path.stat().st_mtime for path in (store.folder / "summary").glob("part-*.parquet"))
    last = time.time() - times[-1] if times else None
    left = None
    if alive and held and times:
        begun = min(float(one["begun"]) for one in alive)
        now = sum(len(store.members(p)) for p in store.parts("summary") if p.stat().st_mtime >= begun)
        if now:
            left = (len(ids) - len(held)) * (time.time() - begun) / now
    return Status(
        folder=str(store.folder),
        name=str(sweep.get("name", "")),
        planned=len(ids),
        stored=len(held),
        failed=len(failures),
        running=tuple(f"process {one['process']} on {one['host']}" for one in alive),
        killed=len(signs) - len(alive),
        last=last,
        left=left,
        quarantined=tuple(store.quarantined()),
        reasons=tuple(dict.fromkeys(str(one["reason"]) for one in failures)),
    )


# ---- the same once more


@dataclasses.dataclass(frozen=True)
class Reproduction:
    """What running stored results once more gave."""

    runs: int
    numbers: int
    differing: tuple[str, ...]
    other_versions: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every number is the same bit for bit."""
        return not self.differing


class OtherCode(StoreError):
    """The model is not the one that made the results."""


def reproduce(
    folder: str | os.PathLike[str],
    *,
    runs: int | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    announce: Announce | None = None,
    run: Callable[[dict[str, Any], int], Finished] | None = None,
) -> Reproduction:
    """Run stored results again from what is stored with them, and compare them bit for bit.

    Parameters
    ----------
    runs : int, optional
        So many runs, drawn by chance; by default all that are stored.

    Raises
    ------
    OtherCode
        When the model's sources are others now: names the files.
    """
    store = Store(folder)
    sweep = store.sweep
    other = other_code(sweep)
    if other:
        shown = ", ".join(other[:5]) + (f" and {len(other) - 5} more" if len(other) > 5 else "")
        raise OtherCode(
            f"{store.folder} was made by another model: {shown}; take the version that made it: {sweep.get('citation')}"
        )
    found = store.found()
    stored = sorted({p.run_id: p for p in store.plan() if p.run_id in found}.values(), key=lambda p: p.run_id)
    if not stored:
        raise StoreError(f"{store.folder} holds no finished run to compare with")
    if runs is not None and runs < len(stored):
        stored = random.Random(0).sample(stored, runs)
    outcomes = sweep.get("outcomes")
    trees = {name: dict(tree) for name, tree in sweep["scenarios"].items()}
    with tempfile.TemporaryDirectory(prefix="remesa-") as there:
        plan = _Again(sweep["name"], {name: check(tree) for name, tree in trees.items()}, ({},),
                      tuple(outcomes) if outcomes is not None else None, tuple(stored))  # fmt: skip
        outcome = run_plan(
            plan, there, workers=workers, scheduler=scheduler, progress=progress, announce=announce, run=run,
        )  # fmt: skip
        again = Store(there)
        differing = [f"a run failed now: {reason}" for reason in outcome.failed[:1]]
        wanted = [planned.run_id for planned in stored]
        before, now = (_columns(one.rows(runs=wanted)) for one in (store, again))
    if not differing:
        differing = differences(before, now)
    return Reproduction(len(stored), len(before["value"]), tuple(differing), tuple(other_versions(sweep)))


@dataclasses.dataclass(frozen=True)
class _Again(Plan):
    """A plan of runs that are stored already."""

    stored: tuple[Planned, ...] = ()

    def runs(self) -> list[Planned]:
        return list(self.stored)

    def seconds(self) -> dict[str, float]:
        from experiments.run import work

        seconds = {name: work(one) for name, one in self.scenarios.items()}
        return {planned.run_id: seconds[planned.scenario] for planned in self.stored}


def _columns(table: pa.Table) -> dict[str, Any]:
    """Rows in the order of run, indicator, group and month."""
    columns = {name: np.asarray(table[name].to_pylist()) for name in ("run_id", "indicator", "group")}
    columns |= {name: table[name].to_numpy() for name in ("month", "value")}
    order = np.lexsort((columns["month"], columns["group"], columns["indicator"], columns["run_id"]))
    return {name: column[order] for name, column in columns.items()}


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What differs between two sets of rows, the first of each kind; empty where they are the same bit for bit."""
    if len(before["value"]) != len(now["value"]):
        return [f"{len(before['value'])} numbers then, {len(now['value'])} now"]
    for name in ("run_id", "indicator", "group", "month"):
        if not np.array_equal(before[name], now[name]):
            return [f"not the same rows: {name} differs"]
    bad = np.flatnonzero(before["value"].view(np.int64) != now["value"].view(np.int64))
    if not len(bad):
        return []
    k = int(bad[0])
    return [
        f"{len(bad)} of {len(before['value'])} numbers differ; the first: {before['indicator'][k]} of "
        f"{before['group'][k]} in month {before['month'][k]} of run {before['run_id'][k]}: {before['value'][k]!r} "
        f"then, {now['value'][k]!r} now"
    ]
