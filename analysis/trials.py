"""The command `remesa trial`: what a field trial would find in the model, beside what is true there."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from analysis.talk import CommandError, console, number, progress, table

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


def do_trial(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa trial`."""
    from experiments.trials import outcome_named, trial
    from experiments.worlds import Bench
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
    unit = outcome_named(options.outcome).unit
    for title, verdicts, found in made:
        print_verdicts(options, title, unit, verdicts, found)
    document = [
        {
            "design": title, "arms": [one["arms"] for one in found],
            "estimators": [dataclasses.asdict(one) | {"misses": one.misses} for one in verdicts],
        }
        for title, verdicts, found in made
    ]  # fmt: skip
    return {"command": "trial", "outcome": options.outcome, "unit": unit, "designs": document}


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
