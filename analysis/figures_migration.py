"""Who left, who came, who came back, as flows; and the share of adults away, as paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.figures import (
    BANDS,
    BLUE,
    GREY,
    ORANGE,
    PALE,
    Drawing,
    canvas,
    cause,
    lines,
    measured,
    over_time,
    paint_over_time,
    styled,
)
from analysis.sentences import rounded, signed
from experiments.effects import LEVEL, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.load import Results

YEAR = 12

# ---- flows


FLOWS = {"departures": "Left", "returns": "Came back", "newcomers": "Arrived", "could_not_pay": "Could not pay"}
STOCKS = {"migrants": "Away", "population": "Here"}


def moves(results: Results, policy: str, baseline: str, level: float = LEVEL) -> pd.DataFrame:
    """Who leaves, comes back and arrives in a year, and how many are here and away: means of the last months.

    Returns
    -------
    DataFrame
        ``part, title, unit, scenario, mean, low, high``; flows in persons a year, stocks in persons. The scenario is
        ``without``, ``with`` or ``difference``; low and high are ends of the Student-t interval of the mean.
    """
    rows = []
    for part, title in {**FLOWS, **STOCKS}.items():
        times, unit = (YEAR, "persons/year") if part in FLOWS else (1, "persons")
        seeds = {name: times * results.outcome(one, part) for name, one in (("without", baseline), ("with", policy))}
        seeds["difference"] = seeds["with"] - seeds["without"]
        rows += [(part, title, unit, scenario, *interval(each, level)) for scenario, each in seeds.items()]
    return pd.DataFrame(rows, columns=["part", "title", "unit", "scenario", "mean", "low", "high"])


BOXES = {"migrants": (0.2, 7.9, 9.9), "population": (0.2, 0.1, 9.9)}  # left, bottom, width
ARROWS = {"departures": 1.0, "returns": 5.2, "could_not_pay": 8.6}  # place of the upright ones
HIGH, WIDEST = 1.7, 1.4  # of a box; of the widest arrow


@styled
def paint_moves(frame: pd.DataFrame, narrow: bool, since: str) -> Figure:
    """Here and away as boxes, and who goes between them as arrows, as wide as people are many."""
    figure, grid = canvas(2 if narrow else 1, 1 if narrow else 2, 9.0 if narrow else 4.4, narrow)
    flows = frame[frame["part"].isin(FLOWS) & (frame["scenario"] != "difference")]
    most = max(float(flows["mean"].max()), 1e-9)
    change = frame[frame["scenario"] == "difference"].set_index("part")
    for axes, scenario in zip(grid.ravel(), ("without", "with"), strict=True):
        rows = frame[frame["scenario"] == scenario].set_index("part")

        def said(part: str, rows: pd.DataFrame = rows, scenario: str = scenario) -> str:
            text = f"{rows['title'][part]}\n{people(rows['mean'][part])} a year"
            return text if scenario == "without" else f"{text}\n{changed(change.loc[part])}"

        axes.set_title(lines(f"{scenario.capitalize()} {cause(frame)}", narrow, 34))
        for part, (left, bottom, wide) in BOXES.items():
            stock = float(rows["mean"][part])  # a decimal where a small change would not show without
            text = f"{rows['title'][part]}: {rounded(stock, 0 if stock >= 100 else 1)}"
            box(
                axes, left, bottom, wide, text if scenario == "without" else f"{text}\n{changed(change.loc[part], ' ')}"
            )
        box(axes, 11.4, 0.1, 3.6, "Places with\nlower wages")
        for part, x in ARROWS.items():
            up, whole = part != "returns", part != "could_not_pay"
            ends = (1.9, 7.8) if whole else (1.9, 3.3)
            width = WIDEST * float(rows["mean"][part]) / most
            arrow(axes, (x, ends[0]) if up else (x, ends[1]), (x, ends[1]) if up else (x, ends[0]), width, whole)
            if whole:
                axes.text(x + 0.8, 6.7 if part == "returns" else 5.6, said(part), va="center", fontsize=8.5)
            else:
                axes.text(x, 3.4, said(part), va="bottom", ha="center", fontsize=8.5)
        arrow(axes, (11.35, 0.95), (10.2, 0.95), WIDEST * float(rows["mean"]["newcomers"]) / most, True)
        axes.text(11.4, 2.1, said("newcomers"), va="bottom", fontsize=8.5)
        axes.set_xlim(0, 15.2)
        axes.set_ylim(0, 9.8)
        axes.set_axis_off()
    return figure


def changed(row: pd.Series[Any], apart: str = "\n") -> str:
    """A mean difference to the other world, and its interval where there is one."""
    if row["low"] == row["mean"] == row["high"] == 0:
        return "unchanged"
    places = 0 if abs(row["mean"]) >= 10 else 1
    low, high = (signed(row[end], places) for end in ("low", "high"))
    ends = f"{apart}({low} to{apart}{high})" if row["low"] < row["high"] else ""
    return f"{signed(row['mean'], places)}{ends}".replace("-", "\u2212")


def people(count: float) -> str:
    """A mean number of people, with a decimal where they are few."""
    return rounded(count, 0 if abs(count) >= 10 else 1)


def box(axes: Axes, left: float, bottom: float, wide: float, text: str) -> None:
    """A place where people are."""
    from matplotlib.patches import FancyBboxPatch

    shape = FancyBboxPatch((left, bottom), wide, HIGH, boxstyle="round,pad=0,rounding_size=0.2", facecolor=PALE,
                           edgecolor=GREY, linewidth=0.8)  # fmt: skip
    axes.add_patch(shape)
    axes.text(left + wide / 2, bottom + HIGH / 2, text, ha="center", va="center", fontsize=8.5)


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], width: float, arrives: bool) -> None:
    """A flow, as wide as it is large; hollow where nobody arrives."""
    from matplotlib.patches import FancyArrow

    if width <= 0.0:
        return
    wide = max(width, 0.04)
    axes.add_patch(FancyArrow(
        *start, end[0] - start[0], end[1] - start[1], width=wide, head_width=wide + 0.35, head_length=0.5,
        length_includes_head=True, facecolor=BLUE if arrives else "white", edgecolor=BLUE if arrives else ORANGE,
        linewidth=1.0, linestyle="solid" if arrives else (0, (3, 2)),
    ))  # fmt: skip


MOVES = Drawing(
    "Who left, who came, who came back",
    moves,
    paint_moves,
    "Persons a year in the mean over seeds of {span}, arrows as wide as people are many; boxes hold how many are here "
    "and away. Signed numbers are the mean difference to the world without, brackets its 90 % interval. The hollow "
    "arrow are those who chose to leave and could not pay the way. Who leaves twice counts twice.",
)

# ---- prevalence


def prevalence(results: Results, policy: str, baseline: str, level: float = LEVEL) -> pd.DataFrame:
    """Share of adult women and of adult men who are away, over time."""
    return over_time(results, policy, baseline, [("prevalence_women", "all"), ("prevalence_men", "all")], level)


def paths(results: Results, scenario: str) -> pd.DataFrame:
    """Share of adults away in each locality over time; a path is one locality with one seed."""
    places = sorted(group for group in results.groups if group.startswith("locality=")) or ["all"]
    rows = []
    for place in places:
        panel = results.panel(scenario, "prevalence", place)
        for seed, series in zip(results.seeds, panel, strict=True):
            rows.append(pd.DataFrame({
                "path": f"{place}, seed {seed}", "place": place, "seed": seed, "until": results.months, "unit": "%",
                "value": series,
            }))  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def communities(results: Results, policy: str, baseline: str, level: float = LEVEL) -> pd.DataFrame:
    """The paths of the world with the package at the end of each year, and at the first and last month."""
    frame = paths(results, policy)
    months = frame["until"]
    kept = (months % YEAR == 0) | (months == months.min()) | (months == months.max())
    return frame[kept].reset_index(drop=True)


@styled
def paint_paths(frame: pd.DataFrame, narrow: bool, since: str) -> Figure:
    """One thin line for each community and seed, and their median."""
    figure, grid = canvas(1, 1, 3.6, narrow)
    axes = grid[0, 0]
    for k, (_, rows) in enumerate(frame.groupby("path", sort=False)):
        axes.plot(rows["until"] / YEAR, rows["value"], color=GREY, linewidth=0.6, alpha=0.6,
                  label="a community in one world" if k == 0 else None)  # fmt: skip
    middle = frame.groupby("until")["value"].median()
    axes.plot(middle.index / YEAR, middle, color=BLUE, linewidth=2.2, label="median")
    axes.set_title("Adults away, % of those here and away")
    axes.set_xlabel(f"years since {since or 'the start'}")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, loc="best")
    return figure


PREVALENCE = Drawing("Women and men away", prevalence, paint_over_time, BANDS)
COMMUNITIES = Drawing(
    "Communities in which many leave, and others",
    communities,
    paint_paths,
    "One line for each locality and seed in the world with the package, from year to year: lines that begin "
    "together and part are what a culture of migration would look like. The thick line is their median.",
)

FIGURES = {"moves": MOVES, "prevalence": PREVALENCE}
"""Figures on migration that every stored comparison can fill."""


def of_migration(results: Results) -> dict[str, Drawing]:
    """Those of them that these results can fill; the paths of communities where there are several."""
    if not (measured(results, "departures") and measured(results, "prevalence_women")):
        return {}
    return FIGURES | ({"communities": COMMUNITIES} if "locality=1" in results.groups else {})
