"""The way of remittances as a waterfall: what is sent, what is lost on the way, what arrives, what it is used for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.figures import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    Drawing,
    across,
    canvas,
    cause,
    lines,
    scale,
    sent_and_received,
    styled,
    whisker,
)
from analysis.sentences import decimals, rounded, unit_words
from experiments.effects import LEVEL, interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.load import Results

STEPS = {
    "sent": "Sent",
    "fees": "Fees and margins",
    "lost": "Lost",
    "travel": "Way to the desk",
    "received": "Received",
    "daily": "Daily needs",
    "personal": "Deciders' own",
    "health": "Health",
    "school": "School",
    "housing": "House",
    "business": "Enterprise",
    "saved": "Saved",
}
USES = {
    "daily": "daily needs",
    "personal": "the deciders' own use",
    "health": "health",
    "school": "school",
    "housing": "the house",
    "business": "a new firm",
    "saved": "savings",
}
"""Uses in the middle of a sentence."""
TOTALS, COSTS = ("sent", "received"), ("fees", "lost", "travel")
USED = tuple(step for step in STEPS if step not in (*TOTALS, *COSTS, "saved"))


def waterfall(results: Results, policy: str, baseline: str, level: float = LEVEL) -> pd.DataFrame:
    """Each step from what is sent to what it is used for: means of the last months.

    Returns
    -------
    DataFrame
        ``part, title, unit, scenario, mean, low, high, start, end``: sent less costs is received, and received
        is the sum of all uses and what is saved, in every seed. A bar hangs from start to end, both means.
    """
    unit, rows = results.unit("remittances_sent"), []
    seeds: dict[str, dict[str, np.ndarray]] = {}
    for scenario, name in (("without", baseline), ("with", policy)):
        steps = sent_and_received(results, name)
        used = {use: results.outcome(name, f"use_{use}") for use in USED}
        saved = steps["received"] - np.sum(list(used.values()), axis=0)
        seeds[scenario] = {**steps, **used, "saved": saved}
    for scenario, values in seeds.items():
        left = 0.0
        for step, title in STEPS.items():
            mean, low, high = interval(values[step], level)
            start, end = (0.0, mean) if step in TOTALS else (left, left - mean)
            left = end
            rows.append((step, title, unit, scenario, mean, low, high, start, end))
    for step, title in STEPS.items():
        ends = interval(seeds["with"][step] - seeds["without"][step], level)
        rows.append((step, title, unit, "difference", *ends, 0.0, ends[0]))
    columns = ["part", "title", "unit", "scenario", "mean", "low", "high", "start", "end"]
    return pd.DataFrame(rows, columns=columns)


@styled
def paint_waterfall(frame: pd.DataFrame, narrow: bool, since: str) -> Figure:
    """One waterfall for each world, from the top down; shares of what is sent stand beside the bars."""
    figure, grid = canvas(2 if narrow else 1, 1 if narrow else 2, 7.6 if narrow else 4.2, narrow)
    worlds = frame[frame["scenario"] != "difference"]
    divisor, word = scale(worlds["mean"].max())
    steps = worlds[~worlds["part"].isin(TOTALS)]
    least = min(0.0, worlds[["start", "end"]].min().min(), (steps["start"] - steps["high"]).min())  # NaN: one seed
    most = worlds["mean"].max()
    ends = 1.05 * least / divisor, (max(most, worlds["high"].max()) + 0.5 * most) / divisor
    for axes, scenario in zip(grid.ravel(), ("without", "with"), strict=True):
        rows = frame[frame["scenario"] == scenario].reset_index(drop=True)
        sent = max(float(rows["mean"][0]), 1e-12)
        for k, row in rows.iterrows():
            step = row["part"]
            colour = GREY if step in TOTALS else RED if step in COSTS else ORANGE if step == "saved" else BLUE
            colour = GREEN if step == "business" else colour
            start, end = row["start"] / divisor, row["end"] / divisor
            axes.barh(k, end - start, 0.62, left=start, color=colour)
            if k and step not in TOTALS:
                axes.plot([start, start], [k - 1, k], color=GREY, linewidth=0.6)
            far = -np.inf
            if row["low"] < row["high"]:  # the bar's free end: a total grows to the right, a step to the left
                free = (
                    (row["low"], row["high"])
                    if step in TOTALS
                    else (row["start"] - row["high"], row["start"] - row["low"])
                )
                far = whisker(axes, k, free[0] / divisor, free[1] / divisor)
            share, size = 100.0 * row["mean"] / sent, row["mean"] / divisor
            places = min(4, max(2, decimals(size, 1))) if size else 0
            said = f"{rounded(size, places)} ({rounded(share, 1 if 0 < abs(share) < 10 else 0)} %)"
            beside = {"xytext": (4, 0), "textcoords": "offset points", "va": "center", "fontsize": 8}
            axes.annotate(said, (max(start, end, far, 0.0), k), **beside)
        axes.set_yticks(range(len(rows)), list(rows["title"]))
        axes.invert_yaxis()
        axes.set_title(lines(f"{scenario.capitalize()} {cause(frame)}", narrow, 34))
        axes.set_xlabel(f"{word}{unit_words(str(rows['unit'].iloc[0]))}")
        axes.set_xlim(*ends)
        across(axes)
    return figure


WATERFALL = Drawing(
    "From sent to used",
    waterfall,
    paint_waterfall,
    "Means over seeds of {span}; thin lines are 90 % intervals of each bar, in brackets percent of what is sent. Grey "
    "are sums, red is what does not arrive, blue what families spend, green goes into a firm and yellow is saved. Uses "
    "are what families spend beyond what the same families would with nothing received or counted on, in the same "
    "month and by the same rule; what is saved is the rest, and below zero where earlier receipts are spent. "
    "Enterprise is own money in a new firm that the family would not have had.",
)
