"""Where migration becomes a culture: communities over a grid of two parameters, and the point at which they tip.

``python -m experiments.tipping`` runs the grid and says what it found, ``python -m analysis.tipping`` draws the map.
Nothing is imposed: a community tips if its own norm and ties carry it, and the share at which that happens is read off
its path.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from experiments.claims_migration import shares_away
from experiments.evidence_migration import logit
from experiments.worlds import Array, Bench, advance, started
from scenarios.configuration import Configuration

FIRST, SECOND = "parameters.migration.norm_weight", "parameters.migration.tie_weight"
NORMS, TIES = (0.0, 2.0, 4.0, 5.0, 6.0), (0.0, 0.5, 1.0, 1.5)
STARTS = (0.02, 0.15)  # of adults abroad: where nobody has left yet, and where many have
TIPPED = 0.25  # of people aged 15 to 64 away in the end
EARLY = 10  # year in which the share is compared with the end
DRAWS = 500
PLACE = ("territory=mexico_michoacan_like",)
ABROAD = "territory.destinations.united_states.emigrants"


@dataclasses.dataclass(frozen=True)
class Cell:
    """What became of the communities at one pair of values.

    Attributes
    ----------
    early, late : share of people from 15 to 64 away, by seed and community, after ten years and in the end
    """

    first: float
    second: float
    start: float
    early: tuple[float, ...]
    late: tuple[float, ...]

    @property
    def tipped(self) -> float:
        """Share of communities that tipped."""
        return float(np.mean(np.array(self.late) > TIPPED))


def paths(worlds: dict[str, Configuration], seed: int) -> dict[str, Any]:
    """Share away of each community after ten years and in the end."""
    model = started(worlds["place"], seed)
    seen: dict[str, Array] = {}

    def look(world: Any, month: int) -> None:
        if month in (12 * EARLY, model.setup.months):
            seen["early" if month == 12 * EARLY else "late"] = shares_away(world)

    advance(model, model.setup.months, watch=look)
    return {name: values.tolist() for name, values in seen.items()}


def grid(
    measure: Callable[..., list[dict[str, Any]]], seeds: Sequence[int], communities: int = 10, years: int = 30,
    first: Sequence[float] = NORMS, second: Sequence[float] = TIES, starts: Sequence[float] = STARTS,
    names: tuple[str, str] = (FIRST, SECOND), place: Sequence[str] = PLACE, abroad: str = ABROAD,
    more: Sequence[str] = (),
) -> list[Cell]:  # fmt: skip
    """Communities of a thousand at every pair of values and start.

    Parameters
    ----------
    measure : `experiments.worlds.Bench.measure`
    first, second : values of the two parameters named by ``names``, as paths of overrides
    starts : shares of adults abroad at the start
    more : overrides that hold everywhere, such as ``parameters.migration.ties=0``
    """
    cells = []
    for start in starts:
        for one in first:
            for other in second:
                place_of = [
                    *place, f"population={1000 * communities}", f"territory.localities={communities}",
                    f"months={12 * years}", f"{abroad}={start}", f"{names[0]}={one}", f"{names[1]}={other}", *more,
                ]  # fmt: skip
                found = measure(paths, {"place": place_of}, seeds)
                early, late = (tuple(np.concatenate([f[k] for f in found]).tolist()) for k in ("early", "late"))
                cells.append(Cell(one, other, start, early, late))
    return cells


def tipping_point(
    early: Sequence[float], late: Sequence[float], seed: int = 1
) -> tuple[float, float, float] | None:  # fmt: skip
    """Share away after ten years from which half of the communities end up tipped, with a 90 % interval.

    A logit of the end on the share then; the interval from drawing communities again. None where all
    communities go one way, so that there is no such point among them.
    """
    share, tipped = np.array(early), (np.array(late) > TIPPED).astype(np.float64)

    def point(rows: Array) -> float:
        if tipped[rows].std() == 0.0 or share[rows].std() == 0.0:
            return np.nan
        constant, slope = logit(tipped[rows], np.column_stack([np.ones(len(rows)), 100.0 * share[rows]]), 60)
        return -constant / slope / 100.0 if slope > 1e-6 else np.nan

    found = point(np.arange(len(share)))
    if not np.isfinite(found):
        return None
    luck = np.random.default_rng(seed)
    again = [point(luck.integers(0, len(share), len(share))) for _ in range(DRAWS)]
    low, high = np.nanpercentile(again, (5, 95))
    return float(found), float(low), float(high)


def summary(cells: Sequence[Cell]) -> dict[str, Any]:
    """The map, and the tipping point over all cells in which some communities tip and others do not."""
    mixed = [one for one in cells if 0.0 < one.tipped < 1.0]
    early = [value for one in mixed for value in one.early]
    late = [value for one in mixed for value in one.late]
    found = tipping_point(early, late) if mixed else None
    return {
        "tipped_above": TIPPED,
        "tipping_point": None if found is None else {"share": found[0], "low": found[1], "high": found[2]},
        "communities": sum(len(one.late) for one in cells),
        "cells": [
            {"first": c.first, "second": c.second, "start": c.start, "tipped": c.tipped,
             "away": float(np.mean(c.late)), "highest": float(np.max(c.late)), "lowest": float(np.min(c.late))}
            for c in cells
        ],
    }  # fmt: skip


def main() -> None:
    """Run the grid, print the summary as JSON and write it."""
    asked = argparse.ArgumentParser(description=main.__doc__)
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--communities", type=int, default=10)
    asked.add_argument("--years", type=int, default=30)
    asked.add_argument("--out", type=pathlib.Path, default=pathlib.Path("results/tipping"))
    asked.add_argument("override", nargs="*", help="key=value that holds everywhere")
    options = asked.parse_args()
    with Bench() as bench:
        cells = grid(
            bench.measure, range(1, options.seeds + 1), options.communities, options.years, more=options.override
        )
    found = summary(cells)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "tipping.json").write_text(json.dumps(found, indent=1), "utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
