"""The command `remesa calibrate`: parameters whose runs look like data, in a file that a run takes."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.sweeping import asked, which
from analysis.talk import FAILED, CommandError, console, leave, number, plain, progress, table

BATCH = 16
FAR_OFF = 3.0  # tolerances beyond which a target is not met
SEARCH, ABC = "search", "abc"
METHODS = {SEARCH: {"trials": (128, 20)}, ABC: {"particles": (100, 10), "generations": (6, 1)}}
METHOD_NAMES = {
    SEARCH: "search (optuna), then weighed by Gaussian surfaces",
    ABC: "approximate Bayesian computation, sequential Monte Carlo (pyabc)",
}


def do_calibrate(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa calibrate`."""
    from experiments import design
    from experiments.calibration import OwnLuck, targets_of, tried_in
    from experiments.cluster import SERIAL, cluster, connected, processors
    from experiments.parameter_file import write_whole

    name, scheduler = which(asked(options, "experiments")), asked(options, "scheduler")
    method = asked(options, "method") or SEARCH
    if method not in METHODS:
        raise CommandError(f"method={method}: {' or '.join(METHODS)}")
    sizes = {key: _size(key, asked(options, key), *allowed) for key, allowed in METHODS[method].items()}
    experiment = design.read(name, options.overrides, design="none")
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
    with contextlib.ExitStack() as stack:
        bar, say = stack.enter_context(progress(options, experiment.name))
        client = None
        if scheduler not in (None, SERIAL):
            client = stack.enter_context(connected(scheduler, options.workers))
        elif scheduler is None and (options.workers or processors()) > 1:
            client = stack.enter_context(cluster(options.workers or processors()))
        where = client.scheduler.address if client is not None else SERIAL

        def run(points: Sequence[tuple[float, ...]]) -> list[Any]:
            plan = OwnLuck(base.name, base.scenarios, base.shares(points), base.outcomes)
            first = plan.runs()[0].run_id[:12]
            return tried_in(plan, points, folder / "rounds" / f"{len(points)}-{first}", scheduler=where, announce=say)

        found, besides = (_by_search if method == SEARCH else _by_sample)(
            base, targets, folder, run, client, bar, say, **sizes
        )
        ranges = zip(base.factors, found.parameters, strict=True)
        centre = tuple(_share(factor, one.value) for factor, one in ranges)
        (checked,) = run([centre])
    rows = [
        [one.path, number(one.value), f"{number(one.low)} .. {number(one.high)}",
         f"{number(one.prior[0])} .. {number(one.prior[1])}", "yes" if one.told else "hardly"]
        for one in found.parameters
    ]  # fmt: skip
    heads = ("parameter", "value", f"{found.level:.0%} interval", "range", "told by the data")
    out.print(table(f"{experiment.title}: {found.tried:,} points tried", heads, rows, (1, 2, 3)))
    rows = [
        [one.statistic, f"{number(one.value)} ± {number(one.tolerance)}", number(checked.means[one.statistic]),
         f"{found.explained[one.statistic]:.0%}" if found.explained else number(found.fit[one.statistic]), one.source]
        for one in targets
    ]  # fmt: skip
    last = "foreseen" if found.explained else "mean of the sample"
    out.print(table("", ("target", "figure", "runs at these values", last, "source"), rows, (1, 2, 3)))
    for line in [*not_met(targets, checked.means), *found.not_told(), *besides.pop("said")]:
        out.print(line)
    document = {
        "command": "calibrate",
        "method": method,
        "folder": str(folder),
        "tried": found.tried,
        "parameters": {one.path: {"value": one.value, "low": one.low, "high": one.high} for one in found.parameters},
        "targets": {
            one.statistic: {"figure": one.value, "tolerance": one.tolerance, "runs": checked.means[one.statistic]}
            for one in targets
        },
        "not_told": found.not_told(),
        "not_met": not_met(targets, checked.means),
        "correlation": found.correlation.tolist(),
        "effective": found.effective,
        **besides,
    }
    files = {"parameters": folder / "parameters.yaml", "numbers": folder / "calibration.json"}
    write_whole(files["parameters"], parameter_text(experiment, targets, found, checked, METHOD_NAMES[method]))
    (scenario,) = base.scenarios.values()
    leave(files["numbers"], {**document, "experiment": name}, options, scenario.tree)
    out.print(f"Use them: remesa run parameters={files['parameters']}")
    return document | {"files": {key: str(path) for key, path in files.items()}}


def not_met(targets: Sequence[Any], found: Mapping[str, float]) -> list[str]:
    """In words the targets from which runs at the most likely values stay further than luck would explain."""
    return [
        f"{one.statistic}: runs at these values give {number(found[one.statistic])}, {apart:.1f} tolerances from the "
        f"target {number(one.value)}: no parameters within these ranges meet all targets"
        for one in targets
        if (apart := abs(found[one.statistic] - one.value) / one.tolerance) > FAR_OFF
    ]


def _size(key: str, given: str | None, usual: int, least: int) -> int:
    """A whole number of one of the command's own keys."""
    text = given or str(usual)
    if not text.isdigit() or int(text) < least:
        raise CommandError(f"{key}={text}: a whole number from {least}")
    return int(text)


def _by_search(
    base: Any, targets: Sequence[Any], folder: pathlib.Path, run: Any, client: Any, bar: Any, say: Any, *, trials: int
) -> tuple[Any, dict[str, Any]]:
    """Search with optuna, then weigh parameters by surfaces through what was tried."""
    from experiments.calibration import FAR, distance, infer, search

    done = 0

    def counted(points: Sequence[tuple[float, ...]]) -> list[Any]:
        nonlocal done
        found = run(points)
        done += len(points)
        bar(done, trials)
        return found

    tried = search(base.factors, targets, counted, trials=trials, batch=BATCH, journal=folder / "journal.log")
    good = [one for one in tried if distance(targets, one.means) < FAR]
    if len(good) < len(tried) // 2:
        raise CommandError(f"{len(tried) - len(good)} of {len(tried)} points have no result", FAILED)
    found = infer(base.factors, targets, good)
    few = "Few of the points that were tried come near the targets: ask for more trials, or wider ranges."
    return found, {"said": [few] if found.effective < 100 else []}


def _by_sample(
    base: Any, targets: Sequence[Any], folder: pathlib.Path, run: Any, client: Any, bar: Any, say: Any, *,
    particles: int, generations: int,
) -> tuple[Any, dict[str, Any]]:  # fmt: skip
    """A sample of the parameters with pyabc."""
    from experiments.posterior import NOWHERE, Town, sample
    from experiments.run import warm_up

    (scenario,) = base.scenarios.values()
    kept = folder / "draws"
    kept.mkdir(parents=True, exist_ok=True)
    town = Town(
        scenario.tree, base.factors, {one.statistic: one.value + NOWHERE * one.tolerance for one in targets},
        len(scenario.all_seeds), str(kept.resolve()),
    )  # fmt: skip
    if client is not None:
        warm_up(scenario, say)
    made = sample(base.factors, targets, town, folder=folder, particles=particles, generations=generations,
                  client=client, seed=scenario.seed,
                  progress=lambda generation, count, of: bar(generation * of + count, generations * of))  # fmt: skip
    said = [] if made.temperature <= 1.0 else [
        f"The last generation allowed errors {made.temperature ** 0.5:.2g} times those that the targets state: "
        "intervals are wider than the data make them; the same line with more generations goes on."
    ]  # fmt: skip
    besides = {"generations": made.generations, "temperature": made.temperature, "said": said}
    return made.calibration, besides


def _share(factor: Any, value: float) -> float:
    """Where a value lies in the range of a factor, in [0, 1]."""
    import math

    low, high = (math.log(end) if factor.scale == "log" else end for end in (factor.low, factor.high))
    at = math.log(value) if factor.scale == "log" else value
    return min(1.0, max(0.0, (at - low) / (high - low)))


def parameter_text(experiment: Any, targets: Sequence[Any], found: Any, checked: Any, method: str) -> str:
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
            "method": method,
            "base case": {key: tree[key] for key in ("case", "pack", "months", "population", "seed", "seeds")},
            "targets": [vars(one) | {"runs at these values": checked.means[one.statistic]} for one in targets],
            "points tried": found.tried,
            "not told by the data": found.not_told(),
            "not met": not_met(targets, checked.means),
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
