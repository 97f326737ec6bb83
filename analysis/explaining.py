"""The command `remesa explain`: an effect split over mechanisms, as a table and as a waterfall."""

from __future__ import annotations

import argparse
import math
import pathlib
from typing import TYPE_CHECKING, Any

from analysis.sentences import unit_words
from analysis.talk import CommandError, console, leave, number, progress, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.explain import Explanation, Part


def takes_explain(parser: argparse.ArgumentParser) -> None:
    """What is explained, and by which mechanisms."""
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="the case, as for compare; seeds=5")
    parser.add_argument(
        "--outcome", default="real_income", metavar="A@GROUP", help="indicator, as in poverty@sex=women"
    )
    parser.add_argument("--mechanisms", metavar="A,B+C", help="off switches as line.switch; joined by + they are one")
    parser.add_argument(
        "--pairs", type=int, default=0, metavar="N", help="pairs of orders that are drawn; 0: all, or 8"
    )
    parser.add_argument(
        "--window", type=int, default=12, metavar="MONTHS", help="the outcome is a mean of the last (12)"
    )
    parser.add_argument("--level", type=float, default=0.90, metavar="SHARE", help="coverage of intervals (0.9)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes; by default as many as pay")
    parser.add_argument("--out", default="results/explain/waterfall.svg", metavar="FILE", help="figure: .svg or .png")


def do_explain(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa explain`."""
    from analysis.comparing import CHOSEN, without
    from experiments.explain import CHANNELS, explain
    from experiments.worlds import Bench
    from scenarios.configuration import compose
    from sim.indicators import INDICATORS

    case = compose(options.overrides, "explain")
    kinds = [kind for kind in CHOSEN if case.tree[kind]]
    if not kinds:
        raise CommandError("nothing to explain: name policies=[...], shocks=[...] or a case=...; see: remesa list")
    indicator, _, group = options.outcome.partition("@")
    names = tuple(options.mechanisms.split(",")) if options.mechanisms else CHANNELS
    given = any(one.startswith("seeds=") for one in options.overrides)
    seeds = list(case.all_seeds) if given else [case.seed + k for k in range(5)]
    with progress(options, "explain") as (bar, _):
        bench = Bench("results/explain/measured", workers=options.workers, progress=bar)
        found = explain(
            options.overrides, without(options.overrides, kinds[0]), indicator, group or "all", names=names,
            pairs=options.pairs, seeds=seeds, window=options.window, level=options.level, bench=bench,
        )  # fmt: skip
    unit = unit_words(found.unit.replace("money", case.inputs.currency), change=True)
    title = INDICATORS[indicator].title + (f" ({group})" if group else "")
    rows = [
        [one.name, number(one.mean, 3), between(one), number(one.sampling, 2) if one.sampling else "-"]
        for one in (found.rest, *ordered(found), found.whole)
    ]
    heads = ("part", f"adds, {unit}", f"{options.level:.0%} interval", "drawn orders, +-")
    console(options).print(table(f"{title}, split by mechanism", heads, rows, (1, 2, 3), whole_names=True))
    console(options).print(found.said)
    written(found, unit, title, pathlib.Path(options.out), options.level)
    numbers = str(pathlib.Path(options.out).with_suffix(".json"))
    document = {
        "command": "explain", "outcome": found.outcome, "group": found.group, "unit": unit, "seeds": seeds,
        "rest": plain(found.rest), "parts": [plain(one) for one in found.parts], "whole": plain(found.whole),
        "said": found.said, "orders": found.orders, "combinations": found.combinations, "figure": options.out,
        "numbers": numbers,
    }  # fmt: skip
    leave(numbers, document, options, case.tree)
    console(options).print(f"Figure: {options.out}; numbers: {numbers}")
    return document


def plain(one: Part) -> dict[str, Any]:
    """A part for JSON; its exact values by seed as numbers."""
    return {
        "name": one.name, "mean": one.mean, "low": one.low, "high": one.high, "sampling": one.sampling,
        "by_seed": [float(value) for value in one.parts],
    }  # fmt: skip


def between(one: Part) -> str:
    """The interval of a part."""
    return f"{number(one.low, 3)} .. {number(one.high, 3)}" if math.isfinite(one.low) else "-"


def ordered(found: Explanation) -> list[Part]:
    """The parts, the largest first."""
    return sorted(found.parts, key=lambda one: (-abs(one.mean), one.name))


def written(found: Explanation, unit: str, title: str, path: pathlib.Path, level: float) -> None:
    """Draw the waterfall into a file."""
    from analysis.figures import svg

    figure = waterfall(found, unit, title, level)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        figure.savefig(path, dpi=150, facecolor="white")
    else:
        numbers = "; ".join(f"{one.name} {number(one.mean, 3)}" for one in (found.rest, *ordered(found), found.whole))
        path.write_text(svg(figure, "waterfall", f"{title} by mechanism", f"{numbers}. {found.said}"), "utf-8")


def waterfall(found: Explanation, unit: str, title: str, level: float) -> Figure:
    """Bars from what is left with all mechanisms off to the whole effect, each beginning where the last ends.

    Whiskers are intervals over seeds of each step alone. Blue raises, red lowers, grey are the two totals; a hollow
    bar is a step whose interval includes zero.
    """
    import matplotlib
    from matplotlib.figure import Figure

    from analysis.figures import BLUE, GREY, INK, RED, STYLE, WIDE

    total_of = "#C4C4C4"

    steps = [found.rest, *ordered(found), found.whole]
    with matplotlib.rc_context({**STYLE, "axes.grid.axis": "x"}):
        figure = Figure(figsize=(WIDE, 1.3 + 0.36 * len(steps)), layout="constrained")
        axes = figure.subplots()
        reached = 0.0
        for k, one in enumerate(steps):
            total = one is found.rest or one is found.whole
            start = 0.0 if total else reached
            end = start + one.mean
            sure = not math.isfinite(one.low) or one.low > 0 or one.high < 0
            colour = total_of if total else BLUE if one.mean > 0 else RED
            axes.barh(k, one.mean, left=start, height=0.62, color=colour if sure else "white", edgecolor=colour)
            if math.isfinite(one.low) and one.high > one.low:
                axes.plot([start + one.low, start + one.high], [k, k], color=INK, linewidth=1.1, zorder=4)
            if k + 1 < len(steps):
                axes.plot([end, end], [k - 0.31, k + 1.31], color=GREY, linewidth=0.7, linestyle=":")
            reached = end
        axes.axvline(0.0, color=INK, linewidth=0.8)
        axes.set_yticks(range(len(steps)), [f"{one.name}   {one.mean:+.3g}".replace("-", "\u2212") for one in steps])
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.set_xlabel(f"change, {unit}" if unit else "change")
        axes.set_title(f"{title}, by mechanism")
        reading = (
            f"Lines are {100 * level:g} % intervals over seeds. Blue to the right, red to the left, grey are totals; "
            "hollow where zero lies within the interval."
        )
        figure.supxlabel(f"{found.said}\n{reading}", fontsize=7.5, color=GREY, x=0.01, ha="left")
    return figure
