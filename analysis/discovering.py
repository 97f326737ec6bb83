"""The command `remesa discover`: for which inputs of a sweep a claim holds."""

from __future__ import annotations

import argparse
from typing import Any

from analysis.sweeping import asked
from analysis.talk import CommandError, console, near, number, table


def do_discover(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa discover`."""
    import numpy as np

    from analysis.load import load
    from experiments.discovery import box, holds, read_claim

    claim, scenario, against = (asked(options, key) for key in ("claim", "scenario", "against"))
    if not claim or options.overrides:
        strange = f"{options.overrides[0]!r} is not known; " if options.overrides else ""
        raise CommandError(f"{strange}give claim='outcome>number' and, if you like, scenario=NAME and against=NAME")
    outcome, sign, bound = read_claim(claim)
    results = load(options.folder)
    if outcome not in results.outcomes:
        raise CommandError(
            f"{options.folder} holds no {outcome!r};{near(outcome, results.outcomes)} see: remesa status"
        )
    for one in (scenario, against):
        if one is not None and one not in results.scenarios:
            raise CommandError(f"{one!r} is no scenario of {options.folder}: {', '.join(results.scenarios)}")
    frame = results.table()
    means = frame.pivot_table(index="point", columns="scenario", values=outcome, aggfunc="mean")
    first = scenario or results.scenarios[0]
    values = means[first] - (means[against] if against else 0.0)
    values = values.dropna()
    points = [results.points[k] for k in values.index]
    names = [
        key
        for key in points[0]
        if all(isinstance(point.get(key), (int, float)) for point in points) and len({p[key] for p in points}) > 1
    ]
    array = np.array([[float(point[key]) for key in names] for point in points])
    found = box(names, array, holds(values.to_numpy(), sign, bound))
    out = console(options)
    what = f"{claim} in {first}" + (f" less {against}" if against else "")
    out.print(f"{what}: holds at {found.holds:,} of {found.points:,} points")
    rows = [[key, number(low), number(high), number(found.chance[key], 2)] for key, (low, high) in found.limits.items()]
    out.print(table("", ("input", "from", "to", "by chance"), rows, (1, 2, 3), True))
    out.print(
        f"In this box it holds at {found.density:.0%} of the points, and {found.coverage:.0%} of the points at which "
        "it holds lie in it."
    )
    document = {"command": "discover", "folder": options.folder, "claim": claim, "scenario": first, "against": against}
    return document | {key: value for key, value in vars(found).items()}
