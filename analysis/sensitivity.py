"""The command `remesa sensitivity`: which inputs of an experiment matter, how, and how well that can be foreseen."""

from __future__ import annotations

import argparse
import json
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.sweeping import asked, carried, which
from analysis.talk import FAILED, CommandError, console, number, plain, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.load import Results
    from experiments.sensitivity import Curve, Emulator, Index

SIZES = {"morris": 10, "sobol": 64}


def do_sensitivity(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa sensitivity`."""
    from analysis.load import load
    from experiments import design
    from experiments.sensitivity import METHODS, emulate, indices, response, sample

    name, scheduler = asked(options, "experiments"), asked(options, "scheduler")
    method, size = asked(options, "method") or "morris", asked(options, "samples")
    name = which(name)
    if method not in METHODS:
        raise CommandError(f"method={method} is not known; allowed: {', '.join(METHODS)}")
    if size is not None and not (size.isdigit() and int(size) > 1):
        raise CommandError(f"samples={size} is not a whole number above 1")
    if not any(one.startswith("out=") for one in options.overrides):
        from scenarios.library import short_name

        options.overrides = [*options.overrides, f"out=results/{short_name(name)}-{method}"]
    experiment = design.read(name, options.overrides, design="none")
    if not experiment.factors:
        raise CommandError(f"{name} has points instead of factors: sensitivity needs ranges")
    try:
        shares = sample(method, len(experiment.factors), int(size or SIZES[method]))
    except ImportError as error:
        raise CommandError("sensitivity needs SALib; install remesa[analysis]", FAILED) from error
    plan = experiment.plan(experiment.shares(shares))
    about = {
        **experiment.about(),
        "design": method,
        "asked": [f"experiments={name}", f"method={method}", *options.overrides],
    }
    outcome, _, _ = carried(options, experiment, plan, scheduler, about)
    if outcome.failed:
        raise CommandError(
            f"{len(outcome.failed)} runs failed, so that points lack and no index can be computed; the first: "
            f"{outcome.failed[0]}", FAILED,
        )  # fmt: skip
    results = load(outcome.folder)
    names = [factor.path for factor in experiment.factors]
    frame = results.table()
    found: dict[str, Any] = {}
    out = console(options)
    drawn: dict[str, tuple[list[Index], list[Curve]]] = {}
    for scenario in results.scenarios:
        for what in results.outcomes:
            values = by_point(frame, scenario, what, len(shares))
            every = indices(method, names, shares, values)
            curves = [response(one, _at(results, one), values) for one in names]
            emulator = emulator_of(emulate, shares, values)
            title = title_of(results, what) + (f", {scenario}" if len(results.scenarios) > 1 else "")
            unit = results.unit(what.partition("@")[0])
            drawn[f"{title}, {unit}"] = (every, curves)
            out.print(index_table(title, method, every, unit))
            if emulator:
                out.print(f"  emulator: foresees {emulator.explained:.0%} of the variance of points left out; its "
                          f"{emulator.level:.0%} intervals held {emulator.coverage:.0%} of them")  # fmt: skip
            found[f"{scenario}.{what}"] = {
                "indices": [vars(one) | {"matters": one.matters} for one in every],
                "curves": [vars(one) for one in curves],
                "emulator": {key: getattr(emulator, key) for key in ("explained", "coverage", "level", "half")}
                if emulator
                else None,
            }
    folder = pathlib.Path(outcome.folder)
    names_of = {"indices": "sensitivity.svg", "curves": "curves.svg", "numbers": "sensitivity.json"}
    files = {key: folder / file for key, file in names_of.items()}
    document = {
        "command": "sensitivity",
        "method": method,
        "points": len(shares),
        "runs": outcome.planned,
        "folder": outcome.folder,
        "outcomes": found,
        "files": {key: str(path) for key, path in files.items()},
    }
    from experiments.parameter_file import write_whole

    write_whole(files["indices"], drawing(paint_indices(drawn, method), "sensitivity", "Which inputs matter"))
    units = {factor.path: factor.unit for factor in experiment.factors}
    write_whole(files["curves"], drawing(paint_curves(drawn, units), "curves", "Outcomes along each input"))
    write_whole(files["numbers"], json.dumps(plain(document), allow_nan=False, indent=1))
    for key, path in files.items():
        out.print(f"{key.capitalize()}: {path}")
    return document


def by_point(frame: Any, scenario: str, outcome: str, points: int) -> Any:
    """The mean of an outcome over seeds at every point, NaN where it lacks."""
    means = frame[frame["scenario"] == scenario].groupby("point")[outcome].mean()
    return means.reindex(range(points)).to_numpy()


def _at(results: Results, name: str) -> Any:
    """The values of one factor at every point, levels that are no numbers by their order."""
    values = [point[name] for point in results.points]
    if all(isinstance(value, (int, float)) for value in values):
        return np.array(values, float)
    order = {repr(value): k for k, value in enumerate(dict.fromkeys(map(repr, values)))}
    return np.array([order.get(repr(value), 0) for value in values], float)


def emulator_of(emulate: Any, shares: Any, values: Any) -> Emulator | None:
    """An emulator, where there are points enough and the outcome moves at all."""
    from experiments.sensitivity import SensitivityError

    if np.ptp(values) == 0.0:
        return None
    try:
        return emulate(shares, values)  # type: ignore[no-any-return]
    except SensitivityError:
        return None


def title_of(results: Results, outcome: str) -> str:
    """An outcome in words."""
    from analysis.figures import group_words

    indicator, _, group = outcome.partition("@")
    return str(results.indicators[indicator]["title"]) + (f" ({group_words(group)})" if group else "")


def index_table(title: str, method: str, every: Sequence[Index], unit: str) -> Any:
    """Indices with their intervals, the largest first."""
    rows = []
    for one in sorted(every, key=lambda one: -one.total):
        between = f"{number(one.total_low, 3)} .. {number(one.total_high, 3)}"
        first = f"{number(one.first_low, 3)} .. {number(one.first_high, 3)}" if method == "sobol" else ""
        said = "matters" if one.matters else "not told from none"
        rows.append([short(one.input), number(one.total, 3), between, number(one.first, 3), first, said])
    heads = {
        "morris": ("input", f"mean absolute effect, {unit}", "90 % interval", "spread of effects", "", "shows"),
        "sobol": ("input", "share with interactions", "90 % interval", "alone", "90 % interval", "shows"),
    }
    return table(title, heads[method], rows, (1, 2, 3, 4), True)


# ---- figures


def drawing(figure: Figure, name: str, title: str) -> str:
    """A figure as text that says what it is."""
    from analysis.figures import svg

    return svg(figure, name, title, f"{title}; the numbers stand in sensitivity.json")


def short(path: str) -> str:
    """An input by its last words."""
    return ".".join(path.split(".")[1:]) if path.startswith("parameters.") else path


def paint_indices(drawn: dict[str, tuple[list[Index], list[Curve]]], method: str) -> Figure:
    """Bars of total and dots of first indices with intervals, one panel an outcome."""
    import matplotlib
    from matplotlib.figure import Figure

    from analysis.figures import BLUE, INK, ORANGE, PALE, STYLE

    with matplotlib.rc_context({**STYLE, "axes.grid.axis": "x"}):
        count = len(drawn)
        inputs = len(next(iter(drawn.values()))[0])
        figure = Figure(figsize=(7.6, 0.6 + count * (0.75 + 0.3 * inputs)), layout="constrained")
        panels = figure.subplots(count, 1, squeeze=False)[:, 0]
        for axes, (title, (every, _)) in zip(panels, drawn.items(), strict=True):
            ordered = sorted(every, key=lambda one: one.total)
            at = np.arange(len(ordered))
            total = np.array([one.total for one in ordered])
            below = np.maximum(0.0, [one.total - one.total_low for one in ordered])
            above = np.maximum(0.0, [one.total_high - one.total for one in ordered])
            colours = [BLUE if one.matters else PALE for one in ordered]
            axes.barh(at, total, color=colours, height=0.62)
            axes.errorbar(total, at, xerr=[below, above], fmt="none", ecolor=INK, elinewidth=1, capsize=2)
            if method == "sobol":
                axes.plot([one.first for one in ordered], at, "o", color=ORANGE, markeredgecolor=INK, markersize=5)
            axes.set_yticks(at, [short(one.input) for one in ordered])
            axes.set_title(title)
            axes.set_xlim(left=min(0.0, float((total - below).min())))
        panels[-1].set_xlabel(
            "Share of the variance over all points: bar with interactions, dot alone; grey: not told from none"
            if method == "sobol"
            else "Mean absolute effect over the range of the input; grey: not told from none"
        )
        return figure


def paint_curves(drawn: dict[str, tuple[list[Index], list[Curve]]], units: dict[str, str]) -> Figure:
    """Mean outcomes along each input with intervals, one row an outcome, one column an input."""
    import matplotlib
    from matplotlib.figure import Figure

    from analysis.figures import BLUE, STYLE

    with matplotlib.rc_context({**STYLE, "axes.titlesize": 8.5}):
        curves = [one[1] for one in drawn.values()]
        figure = Figure(figsize=(max(4.0, 1.9 * len(curves[0])), 0.4 + 1.9 * len(curves)), layout="constrained")
        panels = figure.subplots(len(curves), len(curves[0]), squeeze=False, sharey="row")
        for row, title, every in zip(panels, drawn, curves, strict=True):
            for axes, curve in zip(row, every, strict=True):
                axes.fill_between(curve.at, curve.low, curve.high, color=BLUE, alpha=0.2, linewidth=0)
                axes.plot(curve.at, curve.mean, color=BLUE, marker="o", markersize=3)
                unit = units.get(curve.input, "1")
                axes.set_xlabel(short(curve.input) + ("" if unit == "1" else f", {unit}"), fontsize=8)
                axes.tick_params(labelsize=7.5)
            row[0].set_title(title)
        return figure
