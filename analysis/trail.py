"""The causal trail of a package: each step as a part of a sum that must come out, and the answer under stress."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import sentences
from analysis.figures import (
    COLOURS,
    GREY,
    INK,
    Drawing,
    across,
    canvas,
    lines,
    measured,
    styled,
)
from analysis.sentences import Verdict, quantity, shown, unit_words, verdict
from experiments.effects import LEVEL, WINDOW, Effect, paired

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.load import Results


@dataclasses.dataclass(frozen=True)
class Trail:
    """A sum: an outcome is a constant plus its parts, each with a sign, in every month and seed."""

    outcome: str
    title: str
    parts: tuple[tuple[str, str, int], ...]  # indicator, what it does, sign in the sum
    rest: str  # what is left of the sum beside the named parts


TRAILS: tuple[Trail, ...] = (
    Trail(
        "remittances_received",
        "What families receive",
        (
            ("remittances_sent", "The sum sent", 1),
            ("remittances_fees", "The cost of fees", -1),
            ("remittances_lost", "Loss on the way", -1),
        ),
        "Travel of receivers",
    ),
    Trail(
        "participation",
        "Participation in the labour force",
        (
            ("discouraged_by_remittances", "Discouragement by remittances", -1),
            ("out_to_care", "Unpaid care", -1),
            ("out_to_study", "Study", -1),
            ("out_for_lack_of_offers", "Lack of offers", -1),
            ("out_with_pension", "Retirement", -1),
            ("out_by_taste", "Taste", -1),
        ),
        "Other reasons",
    ),
)


def steps(results: Results, policy: str, baseline: str, level: float = LEVEL) -> dict[str, list[tuple[str, Effect]]]:
    """The contribution of each part of each trail, seed by seed, then the whole change; means of the last months."""
    found = {}
    for trail in TRAILS:
        names = [trail.outcome, *(name for name, _, _ in trail.parts)]
        if not all(measured(results, name) for name in names):
            continue
        unit = results.unit(trail.outcome)
        of = {name: [results.outcome(one, name) for one in (baseline, policy)] for name in names}
        rows = [
            (said, paired(name, sign * of[name][0], sign * of[name][1], unit=unit, level=level))
            for name, said, sign in trail.parts
        ]
        whole = paired(trail.outcome, *of[trail.outcome], unit=unit, level=level)
        without, treated = (
            of[trail.outcome][k] - sum(sign * of[name][k] for name, _, sign in trail.parts) for k in (0, 1)
        )
        scale = np.abs(of[trail.outcome][0]).max()
        treated = np.where(np.abs(treated - without) <= 1e-9 * scale, without, treated)  # rounding of the sum
        rows.append((trail.rest, paired("rest", without, treated, unit=unit, level=level)))
        found[trail.title] = [*rows, ("Together", whole)]
    return found


def waterfall(results: Results, policy: str, baseline: str, level: float = LEVEL) -> pd.DataFrame:
    """Each step of each trail: where it begins and ends, and how sure it is.

    Returns
    -------
    DataFrame
        ``title, who, unit, start, mean, low, high, verdict, said``: a step adds ``mean`` to ``start``; the last of
        a trail, ``Together``, starts at zero and is the sum of the others.
    """
    rows = []
    for title, parts in steps(results, policy, baseline, level).items():
        reached = 0.0
        for who, effect in parts:
            start = 0.0 if who == "Together" else reached
            said = quantity(shown(effect, effect.unit).mean, effect.unit, change=True)
            ends = (effect.mean, effect.low, effect.high)
            rows.append((title, who, effect.unit, start, *ends, verdict(effect).value, said))
            reached += effect.mean
    columns = ["title", "who", "unit", "start", "mean", "low", "high", "verdict", "said"]
    return pd.DataFrame(rows, columns=columns)


@styled
def paint_waterfall(frame: pd.DataFrame, narrow: bool, since: str) -> Figure:
    """Each step as a bar from where the one before ended; hollow and grey where the model cannot tell."""
    blocks = [
        (title, rows.tail(1) if (rows["verdict"] == Verdict.NONE).all() else rows)
        for title, rows in frame.groupby("title", sort=False)
    ]
    sizes = [len(rows) + 0.4 for _, rows in blocks]
    each = 0.42 if narrow else 0.3
    figure, grid = canvas(len(sizes), 1, each * sum(sizes) + 0.75 * len(sizes), narrow, height_ratios=sizes)
    for axes, (title, rows) in zip(grid[:, 0], blocks, strict=True):
        unit = unit_words(str(rows["unit"].iloc[0]), change=True)
        axes.set_title(lines(f"{title}: difference, {unit}", narrow, 30), loc="left")
        axes.axvline(0, color=INK, linewidth=0.8)
        if len(rows) == 1:
            axes.text(
                0.5,
                0.5,
                "no difference",
                transform=axes.transAxes,
                ha="center",
                va="center",
                color=GREY,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
                zorder=5,
            )
        for k, row in enumerate(rows.itertuples()):
            colour, sure = COLOURS.get(Verdict(row.verdict), GREY), Verdict(row.verdict) in COLOURS
            face = colour if sure else "white"
            axes.barh(k, row.mean, 0.62 if row.who == "Together" else 0.5, left=row.start, color=face, edgecolor=colour,
                      linewidth=1.2)  # fmt: skip
            if k:
                axes.plot([row.start, row.start], [k - 1, k], color=GREY, linewidth=0.7, linestyle=(0, (2, 2)))
            if np.isfinite(row.low) and row.low < row.high:
                axes.plot([row.start + row.low, row.start + row.high], [k, k], color=INK, linewidth=1.0)
            if not narrow:
                axes.annotate(row.said.replace("-", "\u2212"), (1.01, k), xycoords=("axes fraction", "data"),
                              va="center", fontsize=8.5)  # fmt: skip
        axes.set_yticks(range(len(rows)), [lines(name, narrow, 20) for name in rows["who"]])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.margins(x=0.08)
        axes.spines["left"].set_visible(False)
        across(axes)
    return figure


WATERFALL = Drawing(
    "The causal trail, step by step",
    waterfall,
    paint_waterfall,
    "Each bar begins where the one before ends; together they are the whole change, in every pair of worlds. Thin "
    "lines are 90 % intervals of each step, means of {span}. Blue adds and red takes away; hollow and grey, the model "
    "cannot tell.",
)


# ---- under stress


STRESSES = {"supply_fixed": "if supply cannot expand", "destination_slump": "if work elsewhere becomes scarce"}
"""Shocks under which a comparison is made again, and how that is said."""


@dataclasses.dataclass(frozen=True)
class Stressed:
    """The same comparison in other circumstances."""

    said: str
    baseline: str
    policy: str


def stressed(results: Results) -> list[Stressed]:
    """The circumstances that were run beside."""
    found = []
    for name, pair in dict(results.sweep.get("stress", {})).items():
        if len(pair) == 2 and set(pair) <= set(results.scenarios):
            found.append(Stressed(STRESSES.get(name, name), str(pair[0]), str(pair[1])))
    return found


def under_stress(
    results: Results, policy: str, baseline: str, names: tuple[str, ...], level: float = LEVEL, months: int = WINDOW
) -> list[dict[str, Any]]:
    """The effect on some outcomes as it is and in other circumstances, with what becomes of the first of them."""
    rows: list[dict[str, Any]] = []
    first: Effect | None = None
    for one in [Stressed("as it is", baseline, policy), *stressed(results)]:
        effects = {
            name: results.effect(one.policy, one.baseline, name, months=months, level=level)
            for name in names
            if measured(results, name)
        }
        lead = effects[names[0]]
        rows.append({"said": one.said, "effects": effects,
                     "becomes": sentences.becomes(first, lead) if first is not None else ""})  # fmt: skip
        first = first or lead
    return rows


__all__ = ["STRESSES", "TRAILS", "WATERFALL", "steps", "stressed", "under_stress", "waterfall"]
