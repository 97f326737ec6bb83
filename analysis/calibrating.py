"""The command `remesa calibrate`: parameters whose runs look like data, in a file that a run takes."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import json
import pathlib
from collections.abc import Sequence
from typing import Any

from analysis.sweeping import asked, which
from analysis.talk import FAILED, CommandError, console, number, plain, progress, table

TRIALS, BATCH = 128, 16


def do_calibrate(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa calibrate`."""
    from experiments import design
    from experiments.calibration import distance, infer, search, targets_of, tried_in
    from experiments.cluster import SERIAL, cluster, processors
    from experiments.parameter_file import write_whole

    name, scheduler = which(asked(options, "experiments")), asked(options, "scheduler")
    trials = asked(options, "trials") or str(TRIALS)
    if not trials.isdigit() or int(trials) < 20:
        raise CommandError(f"trials={trials}: a whole number from 20")
    experiment = design.read(name, options.overrides)
    targets = targets_of(experiment.name, experiment.targets)
    if not experiment.factors or any(factor.levels for factor in experiment.factors):
        raise CommandError(f"{name}: what is calibrated needs a range each, under factors")
    base = dataclasses.replace(
        experiment,
        scenarios=dict([next(iter(experiment.scenarios.items()))]),
        outcomes=design.outcomes_of(name, [one.statistic for one in targets], experiment.scenarios),
    )
    folder = pathlib.Path(next(iter(base.scenarios.values())).out)
    out = console(options)
    round_ = 0
    with contextlib.ExitStack() as stack:
        bar, say = stack.enter_context(progress(options, experiment.name))
        if scheduler is None and (options.workers or processors()) > 1:
            client = stack.enter_context(cluster(options.workers or processors()))
            scheduler = client.scheduler.address

        def run(points: Sequence[tuple[float, ...]]) -> list[Any]:
            nonlocal round_
            round_ += 1
            plan = base.plan(base.shares(points))
            first = plan.runs()[0].run_id[:12]
            return tried_in(plan, points, folder / "rounds" / f"{len(points)}-{first}", scheduler=scheduler or SERIAL,
                            announce=say)  # fmt: skip

        def counted(points: Sequence[tuple[float, ...]]) -> list[Any]:
            found = run(points)
            bar(round_ * BATCH, int(trials))
            return found

        tried = search(base.factors, targets, counted, trials=int(trials), batch=BATCH, journal=folder / "journal.log")
        good = [one for one in tried if distance(targets, one.means) < 1e6]
        if len(good) < len(tried) // 2:
            raise CommandError(f"{len(tried) - len(good)} of {len(tried)} points have no result", FAILED)
        found = infer(base.factors, targets, good)
        ranges = zip(base.factors, found.parameters, strict=True)
        centre = tuple(_share(factor, one.value) for factor, one in ranges)
        (checked,) = run([centre])
    rows = [
        [one.path, number(one.value), f"{number(one.low)} .. {number(one.high)}",
         f"{number(one.prior[0])} .. {number(one.prior[1])}", "yes" if one.told else "hardly"]
        for one in found.parameters
    ]  # fmt: skip
    heads = ("parameter", "value", f"{found.level:.0%} interval", "range", "told by the data")
    out.print(table(f"{experiment.title}: {len(tried)} points tried", heads, rows, (1, 2, 3)))
    rows = [
        [one.statistic, f"{number(one.value)} ± {number(one.tolerance)}", number(checked.means[one.statistic]),
         f"{found.explained[one.statistic]:.0%}", one.source]
        for one in targets
    ]  # fmt: skip
    out.print(table("", ("target", "figure", "runs at these values", "foreseen", "source"), rows, (1, 2, 3)))
    for line in found.not_told():
        out.print(line)
    if found.effective < 100:
        out.print("Few of the points that were tried come near the targets: ask for more trials, or wider ranges.")
    document = {
        "command": "calibrate",
        "folder": str(folder),
        "tried": len(tried),
        "parameters": {one.path: {"value": one.value, "low": one.low, "high": one.high} for one in found.parameters},
        "targets": {
            one.statistic: {"figure": one.value, "tolerance": one.tolerance, "runs": checked.means[one.statistic]}
            for one in targets
        },
        "not_told": found.not_told(),
        "correlation": found.correlation.tolist(),
        "effective": found.effective,
    }
    files = {"parameters": folder / "parameters.yaml", "numbers": folder / "calibration.json"}
    write_whole(files["parameters"], parameter_text(experiment, targets, found, checked))
    write_whole(files["numbers"], json.dumps(plain(document), allow_nan=False, indent=1))
    out.print(f"Use them: remesa run parameters={files['parameters']}")
    return document | {"files": {key: str(path) for key, path in files.items()}}


def _share(factor: Any, value: float) -> float:
    """Where a value lies in the range of a factor, in [0, 1]."""
    import math

    low, high = (math.log(end) if factor.scale == "log" else end for end in (factor.low, factor.high))
    at = math.log(value) if factor.scale == "log" else value
    return min(1.0, max(0.0, (at - low) / (high - low)))


def parameter_text(experiment: Any, targets: Sequence[Any], found: Any, checked: Any) -> str:
    """The file of parameters: where they come from, what was estimated, what a run takes."""
    from importlib.metadata import version

    import yaml

    from sim.mechanism import code_hash

    tree = next(iter(experiment.scenarios.values())).tree
    values: dict[str, dict[str, float]] = {}
    besides = {}
    for one in found.parameters:
        steps = one.path.split(".")
        if steps[0] == "parameters":
            values.setdefault(steps[1], {})[steps[2]] = one.value
        else:
            besides[one.path] = one.value
    made = {
        "title": f"Parameters calibrated by {experiment.name}",
        "summary": "Found by simulation so that runs meet the targets below. Use: remesa run parameters=THIS_FILE",
        "provenance": {
            "experiment": experiment.name,
            "base case": {key: tree[key] for key in ("case", "pack", "months", "population", "seed", "seeds")},
            "targets": [vars(one) | {"runs at these values": checked.means[one.statistic]} for one in targets],
            "points tried": found.tried,
            "not told by the data": found.not_told(),
            **({"set besides, not in this file": besides} if besides else {}),
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "remesa": version("remesa"),
            "model": code_hash(),
        },
        "estimates": {
            one.path: {"value": one.value, "90 % interval": [one.low, one.high], "range": list(one.prior)}
            for one in found.parameters
        },
        "parameters": values,
    }
    return yaml.safe_dump(plain(made), sort_keys=False, allow_unicode=True, width=120)
