"""The command `remesa trial`: what a field trial would find in the model, beside what is true there."""

from __future__ import annotations

import argparse
import dataclasses
import math
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.talk import CommandError, console, leave, number, progress, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BY = {"person": "persons", "household": "households", "locality": "localities"}


def shares(text: str) -> list[float]:
    """Shares between 0 and 1, separated by commas."""
    found = [float(one) for one in text.split(",")]
    if not all(0.0 <= one <= 1.0 for one in found):
        raise ValueError
    return found


def takes_trial(parser: argparse.ArgumentParser) -> None:
    """What is assigned to whom, and what is measured."""
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="the world, as for run, with the event")
    parser.add_argument("--event", default="", metavar="NAME", help="policy or shock under trial; the only one")
    parser.add_argument("--by", choices=BY, help="unit of assignment; without it all who are eligible are reached")
    many = parser.add_mutually_exclusive_group()
    many.add_argument("--share", type=shares, metavar="A,B", help="share assigned (0.5); several are tried in turn")
    many.add_argument("--saturation", type=shares, metavar="A,B", help="shares of which each locality draws one")
    parser.add_argument("--outcome", default="households.consumption", metavar="NAME", help="what is measured")
    parser.add_argument("--taken", default="", metavar="GROUP", help="who has taken it up; those who were reached")
    parser.add_argument("--after", type=int, default=24, metavar="MONTHS", help="months from its start to the end (24)")
    parser.add_argument("--mean", type=int, default=12, metavar="MONTHS", help="months that are averaged (12)")
    parser.add_argument("--level", type=float, default=0.90, metavar="SHARE", help="coverage of intervals (0.9)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes; by default as many as pay")
    parser.add_argument("--out", default="results/trials/trial.svg", metavar="FILE", help="figure: .svg or .png")


def do_trial(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa trial`."""
    from experiments.trials import balance, outcome_named, trial
    from experiments.worlds import Bench
    from scenarios.configuration import compose
    from sim.instruments import Assign

    if options.by is None and (options.share or options.saturation):
        raise CommandError("--share and --saturation need --by person, household or locality")
    if options.saturation and options.by == "locality":
        raise CommandError("--saturation draws persons or households within localities; give --by person or household")
    designs: list[Assign | None] = [None]
    if options.saturation:
        designs = [Assign(BY[options.by], saturation=tuple(options.saturation))]
    elif options.by:
        designs = [Assign(BY[options.by], one) for one in options.share or [0.5]]
    made = []
    for design in designs:
        with progress(options, "trial") as (bar, _):
            bench = Bench("results/trials", workers=options.workers, progress=bar)
            verdicts, found = trial(
                options.overrides, options.outcome, assign=design, event=options.event, months=options.after,
                window=options.mean, taken=options.taken, level=options.level, bench=bench,
            )  # fmt: skip
        made.append((described(design, options.by), verdicts, found))
    currency = compose(options.overrides, "trial").inputs.currency
    unit = outcome_named(options.outcome).unit.replace("money", currency)
    for title, verdicts, found in made:
        print_verdicts(options, title, unit, verdicts, found)
        print_account(options, balance(found, options.level))
    path = pathlib.Path(options.out)
    written([(title, verdicts) for title, verdicts, _ in made], options.outcome, unit, options.level, path)
    console(options).print(f"Figure: {path}")
    document = [
        {
            "design": title, "arms": [one["arms"] for one in found], "account": balance(found, options.level),
            "estimators": [dataclasses.asdict(one) | {"misses": one.misses} for one in verdicts],
        }
        for title, verdicts, found in made
    ]  # fmt: skip
    numbers = path.with_suffix(".json")
    found = {"command": "trial", "outcome": options.outcome, "unit": unit, "designs": document}
    configuration = compose(options.overrides, "trial")
    found |= {"seeds": list(configuration.all_seeds), "figure": str(path), "numbers": str(numbers)}
    leave(numbers, found, options, configuration.tree)
    console(options).print(f"Numbers: {numbers}")
    return found


def described(design: Any, by: str | None) -> str:
    """A design in words."""
    if design is None:
        return "everybody eligible is reached"
    if design.saturation:
        return (
            f"each locality draws a share of its {design.unit} from {', '.join(f'{s:.0%}' for s in design.saturation)}"
        )
    return f"{design.share:.0%} of {design.unit} at random"


def print_verdicts(options: argparse.Namespace, title: str, unit: str, verdicts: Any, found: Any) -> None:
    """What each estimator says and what is true, over seeds."""
    rows = []
    for one in verdicts:
        if not one.seeds:
            rows.append([one.name, "-", "-", "-", "-", "-", "cannot tell"])
            continue
        between = f"{number(one.low)} .. {number(one.high)}" if one.seeds > 1 else "-"
        said = "one seed" if one.seeds < 2 else "misses" if one.misses else "agrees"
        values = [number(value) for value in (one.estimate, one.error, one.truth)]
        rows.append([one.name, *values, between, f"{one.covered:.0%}", said])
    arms, seeds = found[0]["arms"], len(found)
    mean = [one["arms"]["mean"] for one in found if one["arms"]["mean"] is not None]
    heading = (
        f"{title}: {options.outcome} ({unit}), mean without it {number(sum(mean) / max(len(mean), 1))}; {seeds} seeds; "
        f"of {arms['units']} units {arms['eligible']} eligible, {arms['assigned']} assigned, {arms['taken']} took it up"
    )
    heads = ("estimator", "estimate", "std. error", "true", f"error, {options.level:.0%} int.", "covers", "over seeds")
    console(options).print(table(heading, heads, rows, (1, 2, 3, 4, 5), whole_names=True))


PARTS = {
    "chance": "A  arms would differ without the event: luck of the draw",
    "chance_change": "B  changes of the arms would differ without it",
    "reached": "C  those not assigned are reached by it, too",
}


def print_account(options: argparse.Namespace, parts: dict[str, tuple[float, float, float]]) -> None:
    """What only the twin tells: why comparisons of arms differ from the truth."""
    if "chance" not in parts:
        return
    rows = []
    for key, title in PARTS.items():
        mean, low, high = parts[key]
        between = f"{number(low, 3)} .. {number(high, 3)}" if math.isfinite(low) else "-"
        rows.append([title, number(mean, 3), between])
    heads = ("difference in means = true + A - C; in differences = true + B - C", "mean", f"{options.level:.0%} int.")
    console(options).print(table("Why arms differ from the truth, as the twin tells", heads, rows, (1, 2), True))


def written(designs: Sequence[tuple[str, Any]], outcome: str, unit: str, level: float, path: pathlib.Path) -> None:
    """Draw the estimates into a file."""
    from analysis.figures import svg

    figure = beside_the_truth(designs, outcome, unit, level)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        figure.savefig(path, dpi=150, facecolor="white")
        return
    numbers = "; ".join(
        f"{title}: " + ", ".join(f"{one.name} {number(one.estimate, 3)} (true {number(one.truth, 3)})" for one in rows)
        for title, rows in ((title, [one for one in verdicts if one.seeds]) for title, verdicts in designs)
    )
    path.write_text(svg(figure, "trial", f"Estimates of {outcome} beside the true effect", numbers), "utf-8")


def ends(one: Any, level: float) -> tuple[float, float]:
    """Interval of the mean estimate around the truth: over seeds that of its error; of one seed its own."""
    from experiments.effects import quantile

    if one.seeds > 1:
        return one.truth + one.low, one.truth + one.high
    half = quantile(1000, level) * one.error
    return one.estimate - half, one.estimate + half


def beside_the_truth(designs: Sequence[tuple[str, Any]], outcome: str, unit: str, level: float) -> Figure:
    """For each design a panel: each estimate with its interval, and what is true of those whom it speaks of.

    Diamonds are the truth, which the twin gives; an estimate is red where its interval leaves the truth out.
    """
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from analysis.figures import BLUE, GREY, INK, RED, STYLE, WIDE, numbers_on

    shown = [(title, [one for one in verdicts if one.seeds]) for title, verdicts in designs]
    heights = [max(1, len(rows)) for _, rows in shown]
    with matplotlib.rc_context({**STYLE, "axes.grid.axis": "x"}):
        figure = Figure(figsize=(WIDE, 1.0 + sum(0.34 * height + 0.55 for height in heights)), layout="constrained")
        panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        for axes, (title, rows) in zip(panels, shown, strict=True):
            for k, one in enumerate(rows):
                low, high = ends(one, level)
                colour = RED if one.seeds > 1 and one.misses else BLUE
                axes.plot([low, high], [k, k], color=colour, linewidth=1.6, solid_capstyle="butt")
                axes.plot(one.estimate, k, "o", color=colour, markersize=5.5)
                axes.plot(one.truth, k, "D", markerfacecolor="none", markeredgecolor=INK, markersize=8)
            axes.axvline(0.0, color=GREY, linewidth=0.8)
            axes.set_yticks(range(len(rows)), [one.name for one in rows])
            axes.set_ylim(len(rows) - 0.4, -0.6)
            axes.tick_params(axis="y", length=0)
            axes.set_title(title)
        numbers_on(panels[-1], "x")
        panels[-1].set_xlabel(f"effect on {outcome}, {unit}")
        handles = [
            Line2D([], [], marker="D", color="none", markeredgecolor=INK, markerfacecolor="none", markersize=8),
            Line2D([], [], marker="o", color=BLUE, markersize=5.5),
            Line2D([], [], marker="o", color=RED, markersize=5.5),
        ]
        words = ("true effect (twin)", f"estimate, {level:.0%} interval", "estimate that misses the truth")
        figure.legend(handles, words, loc="outside lower center", ncols=3, frameon=False)
    return figure
