"""The commands `remesa sweep`, `status` and `reproduce`: plans of many runs, how far they are, the same again."""

from __future__ import annotations

import argparse
import time
from typing import Any

from analysis.arguments import positive
from analysis.talk import FAILED, INTERRUPTED, CommandError, console, number, progress, table

SWEEP = """\
experiments=NAME | my.yaml          what varies; shipped ones: remesa sweep --list
key=value                           for its base case, as in `remesa run`: months=12 population=500 seeds=3 out=FOLDER
samples=N design_seed=N             of a design by chance
scheduler=serial                    all in this process
scheduler=tcp://HOST:8786           a cluster that runs already, or its scheduler file; the folder must be shared
scheduler=slurm --workers 100       jobs of Slurm, as jobqueue.slurm in ~/.config/dask says; for an example see
                                    experiments/jobqueue.yaml
Pilot runs tell what all of it will take; --plan stops after them. Ctrl-C stops with everything finished in place,
and the same line again goes on from there."""


def takes_sweep(parser: argparse.ArgumentParser) -> None:
    """Which experiment, and where it is carried out."""
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="experiments=NAME, and what differs from it")
    parser.add_argument("--workers", type=positive, metavar="N", help="processes; by default one a processor")
    parser.add_argument("--plan", action="store_true", help="show what it will take, and stop after the pilot runs")
    parser.add_argument("--list", action="store_true", help="the experiments that are shipped")


SENSITIVITY = """\
experiments=NAME | my.yaml    its base case, scenarios, factors (their ranges) and outcomes; its design is not used
method=morris                 screening: mean absolute effect over the range; few runs, many inputs (the default)
method=sobol                  shares of variance, alone and with interactions; many runs
samples=N                     trajectories of morris (10), base points of sobol (64): N x (inputs + 1 or + 2) points
key=value scheduler=...       as in `remesa sweep`
Every point is run with the same seeds. Figures and numbers go into the folder of results."""


def takes_sensitivity(parser: argparse.ArgumentParser) -> None:
    """Which experiment and method."""
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="experiments=NAME method=morris samples=N")
    parser.add_argument("--workers", type=positive, metavar="N", help="processes; by default one a processor")


CALIBRATE = """\
experiments=my.yaml   its base case, ranges (factors) and targets: a list of
                      {statistic: indicator@group, value: V, tolerance: standard error, source: "where from"}
method=search         optuna seeks the targets, surfaces through what was tried give intervals (the default)
trials=128            points that are tried
method=abc            a sample of the parameters by sequential Monte Carlo (remesa[calibration]): many more runs
particles=100 generations=6   size of the sample, and steps from wide errors to those that the targets state
key=value scheduler=...       as in `remesa sweep`; the same line again goes on where it stopped"""


def takes_calibration(parser: argparse.ArgumentParser) -> None:
    """Which experiment, and how long is searched."""
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="experiments=my.yaml method=abc")
    parser.add_argument("--workers", type=positive, metavar="N", help="processes; by default one a processor")


def takes_claim(parser: argparse.ArgumentParser) -> None:
    """Which results, and what should hold."""
    parser.add_argument("folder", help="a folder of a sweep")
    parser.add_argument(
        "overrides", nargs="*", metavar="key=value", help="claim='outcome>number' scenario=NAME against=NAME"
    )


def takes_status(parser: argparse.ArgumentParser) -> None:
    """Which results."""
    parser.add_argument("folder", help="a folder of results, finished or not")


def takes_result(parser: argparse.ArgumentParser) -> None:
    """Which results, and how many of their runs."""
    parser.add_argument("folder", help="a folder of results")
    parser.add_argument("--runs", type=positive, metavar="N", help="so many of its runs by chance; by default all")
    parser.add_argument("--workers", type=positive, metavar="N", help="processes; by default as many as pay")


def asked(options: argparse.Namespace, key: str) -> str | None:
    """The value of one of the command's own keys, taken out of the overrides."""
    found = [one for one in options.overrides if one.partition("=")[0] == key]
    options.overrides = [one for one in options.overrides if one not in found]
    return found[-1].partition("=")[2].strip("'\"") if found else None


def which(name: str | None) -> str:
    """The experiment that was asked for."""
    from experiments import design

    if not name:
        shipped = ", ".join(design.names())
        raise CommandError(f"which? give experiments=NAME, one of {shipped}, or a path ending in .yaml")
    return name


def carried(
    options: argparse.Namespace, experiment: Any, plan: Any, scheduler: str | None, about: dict[str, Any]
) -> tuple[Any, list[Any], float]:
    """Show what a plan will take and run it; its outcome, the estimate if there was one, and how long it took."""
    from analysis.running import free_folder
    from experiments.sweep import Estimate, carry_out

    out = console(options)
    given = any(one.startswith("out=") for one in options.overrides)
    folder = free_folder(next(iter(plan.scenarios.values())).out, plan, given)
    runs = len({planned.run_id for planned in plan.runs()})
    out.print(f"{experiment.title}: {len(plan.points):,} points, {_counted(plan)}: {runs:,} runs")
    expected: list[Estimate] = []
    begun = time.perf_counter()

    def shown(found: Estimate | None) -> bool:
        nonlocal begun
        if found is not None:
            expected.append(found)
            console(options, stderr=True).print("\n".join(words(found))) if not options.json else None
        begun = time.perf_counter()
        return not getattr(options, "plan", False)

    try:
        with progress(options, experiment.name) as (bar, say):
            outcome = carry_out(plan, folder, shown=shown, workers=options.workers, scheduler=scheduler,
                                progress=bar, announce=say, about=about)  # fmt: skip
    except KeyboardInterrupt:
        from experiments.store import Store

        kept = runs - len(Store(folder).missing())
        raise CommandError(
            f"stopped; {kept:,} of {runs:,} runs are stored in {folder} and the same command goes on from there",
            INTERRUPTED,
        ) from None
    if outcome.failed and outcome.done + outcome.already == 0:
        raise CommandError(f"all runs failed: {outcome.failed[0]}; tracebacks are in {outcome.folder}/failures", FAILED)
    return outcome, expected, time.perf_counter() - begun


def do_sweep(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa sweep`."""
    from analysis.load import load
    from experiments import design

    out = console(options)
    if options.list:
        found = {name: design.read(name) for name in design.names()}
        rows = [[name, one.title, f"{len(one.plan().runs()):,}", one.summary] for name, one in found.items()]
        out.print(table("", ("experiment", "title", "runs", "summary"), rows, (2,), True))
        return {"command": "sweep", "list": {name: one.title for name, one in found.items()}}
    name = asked(options, "experiments")
    scheduler = asked(options, "scheduler")
    name = which(name)
    experiment = design.read(name, options.overrides)
    plan = experiment.plan()
    about = {**experiment.about(), "asked": [f"experiments={name}", *options.overrides]}
    outcome, expected, took = carried(options, experiment, plan, scheduler, about)
    document = {
        "command": "sweep",
        "name": experiment.name,
        "points": len(plan.points),
        "runs": outcome.planned,
        "stored_before": outcome.already,
        "failed": len(outcome.failed),
        "folder": outcome.folder,
        "estimate": expected[0].as_dict() if expected else None,
        "seconds": took,
    }
    if options.plan:
        left = outcome.planned - outcome.already - outcome.done
        out.print(f"{outcome.done} pilot runs are in {outcome.folder}; without --plan the other {left:,} are run")
        return document
    out.print(overview(load(outcome.folder)))
    out.print(f"Results: {outcome.folder} ({outcome.done:,} runs now, {outcome.already:,} stored before)")
    if expected and outcome.done:
        out.print(f"Took {clock(took)} after the pilot runs, planned {clock(expected[0].seconds)}")
    if outcome.failed:
        document |= {"exit_code": FAILED, "failures": list(outcome.failed)}
        console(options, stderr=True).print(
            f"{len(outcome.failed):,} of {outcome.planned:,} runs failed, the others are stored; "
            f"the first: {outcome.failed[0]}; again: the same command"
        )
    return document


def _counted(plan: Any) -> str:
    scenarios, seeds = len(plan.scenarios), len(plan.seeds)
    return f"{scenarios} scenario{'s' * (scenarios > 1)}, {seeds} seed{'s' * (seeds > 1)}"


def words(found: Any) -> list[str]:
    """An estimate in words."""
    free = "" if found.memory_free is None else f" of {size(found.memory_free)} free"
    return [
        f"Plan: {found.runs:,} more runs of {found.seconds_a_run:.2g} s each by {found.workers} "
        f"worker{'s' * (found.workers > 1)}, from {found.pilots} pilot runs (right within half as much again)",
        f"  time {clock(found.seconds)}, disk {size(found.disk)} of {size(found.disk_free)} free, "
        f"memory {size(found.memory)}{free}",
    ]


def clock(seconds: float) -> str:
    """A time for people."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def size(count: float) -> str:
    """Bytes for people."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6)):
        if count >= scale:
            return f"{count / scale:.2g} {unit}" if count < 100 * scale else f"{count / scale:,.0f} {unit}"
    return f"{count / 1e3:.0f} kB"


def overview(results: Any) -> Any:
    """A table of the outcomes of a sweep: mean and range over its points."""
    frame = results.table()
    rows = []
    for outcome in results.outcomes[:20]:
        of = frame.groupby(["scenario", "point"])[outcome].mean()
        for scenario, values in of.groupby("scenario"):
            indicator, _, group = outcome.partition("@")
            title = results.indicators[indicator]["title"] + (f" ({group})" if group else "")
            between = f"{number(values.min())} .. {number(values.max())}"
            rows.append([title, str(scenario), number(values.mean()), between, results.unit(indicator)])
    heads = ("outcome", "scenario", "mean", "least .. most of a point", "unit")
    return table(f"Means over {len(results.seeds)} seeds and the last months", heads, rows, (2, 3))


def do_status(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa status`."""
    from experiments.sweep import status

    found = status(options.folder)
    out = console(options)
    done = found.stored == found.planned
    state = "finished" if done else "running: " + ", ".join(found.running) if found.running else "stopped"
    out.print(f"{found.name}: {found.stored:,} of {found.planned:,} runs stored, {found.failed:,} failed; {state}")
    if found.last is not None:
        left = "" if found.left is None or done else f"; about {clock(found.left)} left"
        out.print(f"  last stored {clock(found.last)} ago{left}")
    if found.killed:
        out.print(f"  {found.killed} who ran it ended without saying so (killed, or the machine went down)")
    for reason in found.reasons[:5]:
        out.print(f"  failed: {reason}")
    for one in found.quarantined[:5]:
        out.print(f"  put aside: {one['file']}: {one['reason']}")
    if not done and not found.running:
        out.print("  the command that began it goes on from here")
    return {"command": "status", "done": done, **found.as_dict()}


def do_reproduce(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa reproduce`."""
    from experiments.sweep import reproduce

    out = console(options)
    with progress(options, "again") as (bar, say):
        found = reproduce(options.folder, runs=options.runs, workers=options.workers, progress=bar, announce=say)
    document = {
        "command": "reproduce",
        "folder": options.folder,
        "runs": found.runs,
        "numbers": found.numbers,
        "same": found.same,
        "differing": list(found.differing),
        "other_versions": list(found.other_versions),
    }
    if found.same:
        out.print(f"{options.folder}: {found.runs:,} runs, {found.numbers:,} numbers, the same bit for bit")
    for line in found.differing:
        out.print(f"{options.folder}: {line}")
    if found.other_versions:
        out.print(f"  other versions: {', '.join(found.other_versions)}")
    return document if found.same else document | {"exit_code": FAILED}
