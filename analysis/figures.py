"""Figures: for each one function that takes tidy numbers from stored results, and one painter of them.

A painter draws what the numbers hold and computes nothing. It returns a matplotlib figure, wide for paper and
screens or narrow for phones; `svg` turns it into text with a title and a description.
"""

from __future__ import annotations

import dataclasses
import functools
import io
import math
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.sentences import Verdict, decimals, number, quantity, rounded, shown, unit_words, verdict
from experiments.effects import LEVEL, WINDOW, interval, paired

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.load import Results

# Okabe and Ito (2008), Color Universal Design: told apart by all common kinds of colour vision
BLUE, ORANGE, GREEN, RED, PURPLE = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7"
INK, GREY, PALE = "#222222", "#6B6B6B", "#E4E4E4"
COLOURS = {Verdict.UP: BLUE, Verdict.DOWN: RED}

STYLE: Any = {
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "lines.linewidth": 1.7,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",  # text stays text: to be read aloud, searched and copied
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "axes.unicode_minus": True,
}
WIDE, NARROW = 7.6, 3.9  # inches
SMALL = 20  # people; nothing is shown of smaller groups, in which single persons could be told

SEX = {"women": "Women", "men": "Men"}
GROUPS = {
    "all": "Everybody",
    "sex=women": "Women",
    "sex=men": "Men",
    "youth=yes": "Young people",
    "recipient=yes": "Recipient households",
    "recipient=no": "Other households",
    "migrants=yes": "Homes with a member away",
    "migrants=no": "Homes with nobody away",
    "returnee=yes": "Returnees",
    "returnee=no": "Others than returnees",
    "quintile=1": "Poorest fifth",
    "quintile=2": "Second fifth",
    "quintile=3": "Middle fifth",
    "quintile=4": "Fourth fifth",
    "quintile=5": "Richest fifth",
}
"""Groups of the recorder in words."""


def group_words(group: str) -> str:
    """A group in words; localities are counted from 1."""
    if group.startswith("locality="):
        return f"Locality {int(group.removeprefix('locality=')) + 1}"
    return GROUPS.get(group, group)


def measured(results: Results, indicator: str, group: str = "all") -> bool:
    """Whether the stored results hold an indicator of a group that has enough people to be shown."""
    scenario = results.scenarios[0]
    try:
        there = results.panel(scenario, indicator, group).size > 0
    except KeyError:
        return False
    return there and (group == "all" or people(results, scenario, group) >= SMALL)


def people(results: Results, scenario: str, group: str) -> float:
    """Mean size of a group in the last months; infinite where it is not stored."""
    try:
        return float(results.outcome(scenario, "population", group).mean())
    except KeyError:
        return math.inf


# ---- numbers


def over_time(
    results: Results, policy: str, baseline: str, pairs: Sequence[tuple[str, str]], level: float = LEVEL
) -> pd.DataFrame:
    """Indicators month by month without and with the package, and the difference of the pairs.

    Returns
    -------
    DataFrame
        ``indicator, title, group, unit, scenario, month, mean, low, high``. The scenario is ``without``,
        ``with`` or ``difference``. Low and high are for the two worlds the range of the middle ``level`` of
        the seeds, and for the difference the Student-t interval of its mean; NaN with one seed.
    """
    frames = []
    for name, group in pairs:
        without, treated = (results.panel(one, name, group) for one in (baseline, policy))
        about = results.indicators[name]
        same = {"indicator": name, "title": about["title"], "group": group, "unit": results.unit(name)}
        for scenario, values in (("without", without), ("with", treated)):
            low, high = spread(values, level)
            frames.append({**same, "scenario": scenario, "mean": values.mean(axis=0), "low": low, "high": high})
        ends = np.array([interval(column, level) for column in (treated - without).T])
        frames.append({**same, "scenario": "difference", "mean": ends[:, 0], "low": ends[:, 1], "high": ends[:, 2]})
    months = results.months
    columns = ["indicator", "title", "group", "unit", "scenario", "month", "mean", "low", "high"]
    return pd.concat([pd.DataFrame({**one, "month": months}) for one in frames], ignore_index=True)[columns]


def spread(values: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the middle share of seeds, month by month; NaN with one seed."""
    if len(values) < 2:
        return np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def with_currency(unit: str, currency: str) -> str:
    """A unit of money in the currency of the place."""
    return "/".join(currency if part == "money" else part for part in unit.split("/"))


def participation(results: Results, policy: str, baseline: str, level: float = LEVEL) -> pd.DataFrame:
    """Participation of women and of men over time."""
    pairs = [("participation_women", "all"), ("participation_men", "all")]
    return over_time(results, policy, baseline, pairs, level)


def migrants(results: Results, policy: str, baseline: str, level: float = LEVEL) -> pd.DataFrame:
    """People of the place who are away, in all and as a share of adults, over time."""
    pairs = [("migrants", "all"), ("prevalence", "all")]
    return over_time(results, policy, baseline, pairs, level)


def prices(results: Results, policy: str, baseline: str, level: float = LEVEL) -> pd.DataFrame:
    """Local prices of services and of all consumption over time."""
    return over_time(results, policy, baseline, [("price_ratio", "all"), ("price_index", "all")], level)


def poverty(results: Results, policy: str, baseline: str, level: float = LEVEL) -> pd.DataFrame:
    """Poverty and inequality over time."""
    return over_time(results, policy, baseline, [("poverty", "all"), ("gini", "all")], level)


PARTS = {
    "sent": "Sent",
    "received": "Received, net",
    "fees": "Fees and margins",
    "travel": "Receivers' travel",
    "lost": "Lost on the way",
}


def sent_and_received(results: Results, scenario: str) -> dict[str, np.ndarray]:
    """What is sent, and what of it is received, paid for and lost; means of the last months, by seed."""
    sent, fees, lost, received = (
        results.outcome(scenario, f"remittances_{part}") for part in ("sent", "fees", "lost", "received")
    )
    travel = sent - fees - lost - received
    travel[np.abs(travel) <= 1e-9 * np.abs(sent)] = 0.0  # rounding of the sum
    return {"sent": sent, "received": received, "fees": fees, "travel": travel, "lost": lost}


def remittances(results: Results, policy: str, baseline: str, level: float = LEVEL) -> pd.DataFrame:
    """What is sent, what is received, and what becomes of the rest: means of the last months.

    Returns
    -------
    DataFrame
        ``part, title, unit, scenario, mean, low, high``: sent is the sum of all other parts, in every seed.
        Low and high are ends of the Student-t interval of the mean.
    """
    unit, rows = results.unit("remittances_sent"), []
    seeds: dict[str, dict[str, np.ndarray]] = {}
    for scenario, name in (("without", baseline), ("with", policy)):
        seeds[scenario] = sent_and_received(results, name)
    for part, title in PARTS.items():
        values = {scenario: seeds[scenario][part] for scenario in seeds}
        values["difference"] = values["with"] - values["without"]
        for scenario, each in values.items():
            mean, low, high = interval(each, level)
            rows.append((part, title, unit, scenario, mean, low, high))
    return pd.DataFrame(rows, columns=["part", "title", "unit", "scenario", "mean", "low", "high"])


GAINERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("real_income", ("all", "recipient=yes", "recipient=no", "migrants=yes", "migrants=no")),
    ("consumption", ("all", "recipient=yes", "recipient=no", "migrants=yes", "migrants=no")),
    ("earnings_mean", ("sex=women", "sex=men", "youth=yes")),
)


def who_gains(results: Results, policy: str, baseline: str, level: float = LEVEL) -> pd.DataFrame:
    """Effect on income, consumption and earnings by group, in money and in % of the baseline.

    Returns
    -------
    DataFrame
        ``indicator, title, group, who, unit, baseline, mean, low, high, relative, relative_low,
        relative_high, verdict, said``; groups of nobody or of few are left out.
    """
    rows = []
    for name, groups in GAINERS:
        for group in groups:
            if not measured(results, name, group):
                continue
            effect = results.effect(policy, baseline, name, group, level=level)
            if effect.baseline == 0 and effect.policy == 0:
                continue
            about, unit = results.indicators[name], results.unit(name)
            ends = [effect.mean, effect.low, effect.high]
            shares = [100 * one / abs(effect.baseline) if effect.baseline else math.nan for one in ends]
            rows.append(
                (name, about["title"], group, group_words(group), unit, effect.baseline, *ends, *shares,
                 verdict(effect).value, quantity(shown(effect, unit).mean, unit))
            )  # fmt: skip
    columns = ["indicator", "title", "group", "who", "unit", "baseline", "mean", "low", "high",
               "relative", "relative_low", "relative_high", "verdict", "said"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


HOMES = (("all", "all adults"), ("migrants=yes", "with a member away"), ("migrants=no", "no member away"))


def paid_and_withheld(results: Results, paid: str, withheld: str, level: float = LEVEL) -> pd.DataFrame:
    """Participation where remittances are paid against where they are withheld, by sex and household.

    The same people leave for work elsewhere in both worlds, as far as they still choose to; what differs is
    whether money comes home. The direct effect is the share of adults who would enter the labour force
    without remittances, everything else as it is, with a minus.

    Returns
    -------
    DataFrame
        ``kind, sex, group, who, paid, withheld, mean, low, high, verdict``, all in percentage points of the
        adults of the group; kind is ``whole`` or ``direct``.
    """
    rows = []
    for group, home in HOMES:
        for sex, title in SEX.items():
            if not measured(results, f"participation_{sex}", group):
                continue
            effect = results.effect(paid, withheld, f"participation_{sex}", group, level=level)
            if effect.baseline == 0 and effect.policy == 0:
                continue
            levels, ends = (effect.policy, effect.baseline), (effect.mean, effect.low, effect.high)
            rows.append(("whole", sex, group, f"{title}, {home}", *levels, *ends, verdict(effect).value))
    for sex, title in SEX.items():
        if not measured(results, "discouraged_by_remittances", f"sex={sex}"):
            continue
        shares = results.outcome(paid, "discouraged_by_remittances", f"sex={sex}")
        effect = paired("discouraged_by_remittances", np.zeros_like(shares), -shares, unit="%", level=level)
        ends = (effect.mean, effect.low, effect.high)
        rows.append(("direct", sex, "all", f"{title}, all adults", math.nan, math.nan, *ends, verdict(effect).value))
    columns = ["kind", "sex", "group", "who", "paid", "withheld", "mean", "low", "high", "verdict"]
    return pd.DataFrame(rows, columns=columns)


# ---- painters


Painter = Callable[..., "Figure"]


def styled(paint: Painter) -> Painter:
    """A painter in the one style of all figures, which is undone afterwards."""

    @functools.wraps(paint)
    def painted(frame: pd.DataFrame, narrow: bool = False, since: str = "") -> Figure:
        import matplotlib

        with matplotlib.rc_context(STYLE):
            return paint(frame, narrow, since)

    return painted


def canvas(rows: int, columns: int, height: float, narrow: bool, **options: Any) -> tuple[Figure, Any]:
    """An empty figure, without pyplot and so without a state that would outlive it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(NARROW if narrow else WIDE, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


@styled
def paint_over_time(frame: pd.DataFrame, narrow: bool, since: str) -> Figure:
    """Levels of both worlds above, the difference of the pairs below, for each indicator of the frame."""
    panels = list(frame.groupby(["indicator", "group"], sort=False))
    count = len(panels)
    if narrow:
        figure, grid = canvas(2 * count, 1, 3.9 * count + 0.4, narrow, height_ratios=[1.6, 1] * count)
        places = [(grid[2 * k, 0], grid[2 * k + 1, 0]) for k in range(count)]
    else:
        figure, grid = canvas(2, count, 4.6, narrow, height_ratios=[1.6, 1])
        places = [(grid[0, k], grid[1, k]) for k in range(count)]
    for (_, rows), (levels, difference) in zip(panels, places, strict=True):
        title, unit = rows["title"].iloc[0], str(rows["unit"].iloc[0])
        paint_levels(levels, rows, cause(frame), lines(f"{title}{suffix(unit_words(unit))}", True, 36))
        paint_difference(difference, rows, f"Difference{suffix(unit_words(unit, change=True))}")
        years(levels, rows, "")
        years(difference, rows, f"years since {since or 'the start'}")
    legend(figure, places[0][0])
    return figure


def suffix(words: str) -> str:
    """A unit after a title."""
    return f", {words}" if words else ""


def cause(frame: pd.DataFrame) -> str:
    """What the two worlds differ by, in two words."""
    return str(frame.attrs.get("cause", "the package"))


def paint_levels(axes: Axes, rows: pd.DataFrame, what: str, title: str) -> None:
    """Both worlds, each with the range in which most seeds lie."""
    axes.set_title(title)
    for scenario, colour, line, label in (
        ("without", GREY, (0, (4, 2)), f"without {what}"),
        ("with", BLUE, "solid", f"with {what}"),
    ):
        some = rows[rows["scenario"] == scenario]
        if some["low"].notna().all():
            axes.fill_between(some["month"], some["low"], some["high"], color=colour, alpha=0.12, linewidth=0)
            for edge in ("low", "high"):
                axes.plot(some["month"], some[edge], color=colour, linestyle=line, linewidth=0.5, alpha=0.7)
        axes.plot(some["month"], some["mean"], color=colour, linestyle=line, label=label)
    window(axes, rows)
    numbers_on(axes)


def paint_difference(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    """The mean difference of the pairs and its interval."""
    some = rows[rows["scenario"] == "difference"]
    axes.set_title(title, fontweight="normal", fontsize=9.5)
    if some["low"].notna().all():
        axes.fill_between(some["month"], some["low"], some["high"], color=BLUE, alpha=0.25, linewidth=0)
    axes.plot(some["month"], some["mean"], color=BLUE)
    axes.axhline(0, color=INK, linewidth=0.8)
    if not some["mean"].any():
        axes.set_ylim(-1, 1)
        axes.text(0.5, 0.72, "no difference", transform=axes.transAxes, ha="center", color=GREY)
    window(axes, rows)
    numbers_on(axes)


def window(axes: Axes, rows: pd.DataFrame) -> None:
    """The months over which the numbers in the text are means."""
    last = int(rows["month"].max())
    if last > WINDOW:
        axes.axvspan(last - WINDOW + 0.5, last + 0.5, color=PALE, alpha=0.6, linewidth=0, zorder=0)


def years(axes: Axes, rows: pd.DataFrame, label: str) -> None:
    """Months as years."""
    last = int(rows["month"].max())
    step = next(one for one in (12, 24, 60, 120, 240, 600) if last / one <= 6 or one == 600)
    if last < 24:
        axes.set_xticks(range(0, last + 1, 6), [f"{month / 12:g}" for month in range(0, last + 1, 6)])
    else:
        axes.set_xticks(range(0, last + 1, step), [str(month // 12) for month in range(0, last + 1, step)])
    axes.set_xlim(0, last + 0.5)
    axes.set_xlabel(label)
    if not label:
        axes.tick_params(axis="x", labelbottom=False)


def numbers_on(axes: Axes, axis: str = "y") -> None:
    """Few ticks, with separators of thousands and no offset."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    one = axes.yaxis if axis == "y" else axes.xaxis
    one.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    one.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))


def tick(value: float) -> str:
    """A number on an axis."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "\u2212")


def scale(largest: float) -> tuple[float, str]:
    """Divisor and word that make amounts short."""
    for divisor, word in ((1e9, "billion "), (1e6, "million "), (1e3, "thousand ")):
        if largest >= 10 * divisor or largest >= divisor * 1.5:
            return divisor, word
    return 1.0, ""


@styled
def paint_remittances(frame: pd.DataFrame, narrow: bool, since: str) -> Figure:
    """Sent and received beside each other, and on its own scale what does not arrive."""
    panels = (
        ("What is sent and what arrives", ("sent", "received")),
        ("What does not arrive (on another scale)", ("fees", "travel", "lost")),
    )
    figure, grid = canvas(2, 1, 4.9 if narrow else 3.9, narrow, height_ratios=[2, 3])
    for axes, (title, parts) in zip(grid[:, 0], panels, strict=True):
        rows = frame[frame["part"].isin(parts) & (frame["scenario"] != "difference")]
        divisor, word = scale(rows["mean"].max())
        places = max(0, decimals(rows["mean"].max() / divisor, 4))
        for j, (scenario, colour) in enumerate((("without", "#9A9A9A"), ("with", BLUE))):
            here = rows[rows["scenario"] == scenario].set_index("part").loc[list(parts)]
            heights = [k + 0.4 * j for k in range(len(parts))]
            axes.barh(heights, here["mean"] / divisor, 0.36, color=colour, label=f"{scenario} {cause(frame)}")
            for height, (_, row) in zip(heights, here.iterrows(), strict=True):
                far = whisker(axes, height, row["low"] / divisor, row["high"] / divisor)
                beside = {"xytext": (4, 0), "textcoords": "offset points", "va": "center", "fontsize": 8.5}
                value = row["mean"] / divisor
                axes.annotate(rounded(value, places), (max(value, far, 0), height), **beside)
        axes.set_yticks([k + 0.2 for k in range(len(parts))], [lines(PARTS[part], narrow, 15) for part in parts])
        axes.invert_yaxis()
        axes.set_title(lines(title, narrow, 30))
        axes.set_xlabel(f"{word}{unit_words(str(rows['unit'].iloc[0]))}")
        axes.margins(x=0.2 if narrow else 0.1)
        axes.set_xlim(left=min(0.0, rows["mean"].min() / divisor))
        across(axes)
    legend(figure, grid[0, 0])
    return figure


def whisker(axes: Axes, height: float, low: float, high: float) -> float:
    """A thin line from end to end of an interval, where there is one; gives where it ends."""
    if not low < high:
        return -math.inf
    axes.plot([low, high], [height, height], color=INK, linewidth=1.0, solid_capstyle="butt")
    return high


def legend(figure: Figure, axes: Axes) -> None:
    """Explains lines and colours above all panels, where it covers nothing."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=2, frameon=False, columnspacing=1.2,
                  handlelength=2.2, borderaxespad=0.1)  # fmt: skip


@styled
def paint_who_gains(frame: pd.DataFrame, narrow: bool, since: str) -> Figure:
    """The effect on each group as a dot with its interval, in % of what the group had without the package."""
    blocks = [
        (str(title), rows.assign(mean=rows["relative"], low=rows["relative_low"], high=rows["relative_high"]))
        for title, rows in frame.groupby("title", sort=False)
    ]
    label = "effect, % of the level without" if narrow else f"effect, % of the level without {cause(frame)}"
    return paint_dots(blocks, narrow, label)


@styled
def paint_paid_and_withheld(frame: pd.DataFrame, narrow: bool, since: str) -> Figure:
    """Participation with remittances less participation without, by sex and household."""
    titles = {
        "whole": "Whole effect",
        "direct": "Direct effect alone, asked one by one",
    }
    said = [
        "" if math.isnan(paid) else f"{number(paid, 3)} % paid, {number(withheld, 3)} % withheld"
        for paid, withheld in zip(frame["paid"], frame["withheld"], strict=True)
    ]
    blocks = [(titles[str(kind)], rows) for kind, rows in frame.assign(said=said).groupby("kind", sort=False)]
    return paint_dots(blocks, narrow, "percentage points" if narrow else "paid less withheld, percentage points")


def paint_dots(blocks: Sequence[tuple[str, pd.DataFrame]], narrow: bool, label: str) -> Figure:
    """Blocks of rows on one scale: a dot for the mean, a bar for the interval, hollow where nothing shows."""
    sizes = [len(rows) + 0.4 for _, rows in blocks] or [1]
    each = 0.4 if narrow else 0.3
    figure, grid = canvas(len(sizes), 1, each * sum(sizes) + 0.45 * len(sizes) + 0.5, narrow,
                          height_ratios=sizes, sharex=True)  # fmt: skip
    for axes, (title, rows) in zip(grid[:, 0], blocks, strict=False):
        axes.set_title(lines(title, narrow, 26), loc="left")
        axes.axvline(0, color=INK, linewidth=0.8)
        for k, row in enumerate(rows.itertuples()):
            colour = COLOURS.get(Verdict(row.verdict), GREY)
            if math.isfinite(row.low) and row.low < row.high:
                axes.plot([row.low, row.high], [k, k], color=colour, linewidth=2.2, solid_capstyle="round")
            axes.plot(row.mean, k, "o", color=colour, markersize=6.5, markeredgewidth=1.5,
                      markerfacecolor=colour if Verdict(row.verdict) in COLOURS else "white")  # fmt: skip
            if not narrow:
                axes.annotate(row.said.replace("-", "\u2212"), (1.01, k), xycoords=("axes fraction", "data"),
                              va="center", fontsize=8.5)  # fmt: skip
        axes.set_yticks(range(len(rows)), [lines(name, narrow, 18) for name in rows["who"]])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.spines["left"].set_visible(False)
        across(axes)
    ends = [one for _, rows in blocks for name in ("mean", "low", "high") for one in rows[name] if math.isfinite(one)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    reach = (high - low) or 1.0
    grid[-1, 0].set_xlim(low - 0.12 * reach, high + 0.12 * reach)
    grid[-1, 0].set_xlabel(label)
    return figure


def across(axes: Axes) -> None:
    """Values run from left to right."""
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
    numbers_on(axes, "x")


def lines(text: str, narrow: bool, width: int) -> str:
    """A text on several lines where there is little room."""
    return "\n".join(textwrap.wrap(text, width if narrow else 60))


# ---- all figures, and how they become text


Numbers = Callable[..., pd.DataFrame]


@dataclasses.dataclass(frozen=True)
class Drawing:
    """One figure: its title, the numbers, the painter, and how to read it."""

    title: str
    numbers: Numbers
    paint: Painter
    reading: str  # how to read it; {span} stands for the months of its numbers


BANDS = (
    "Above, lines are means over seeds and bands the range of the middle 90 % of seeds: how far luck alone "
    "moves one world. Below, the line is the mean difference between the two worlds of a pair and the band "
    "its 90 % interval. Pairs share their luck, so a difference can be sure although the bands above "
    "overlap. Numbers in the text are means of {span}, on grey where that is not all."
)
DOTS = (
    "Dots are mean differences over pairs of seeds in {span}, bars their 90 % intervals. Blue is a rise and "
    "red a fall that the seeds show; grey and hollow, the model cannot tell."
)
REMITTANCES = Drawing(
    "From sent to received",
    remittances,
    paint_remittances,
    "Means over seeds of {span}; thin lines are their 90 % intervals. What is sent, less fees and margins, less what "
    "is lost, and less what receivers spend on the way to a desk, is what families have in the end.",
)
PRICES = "The price level is 1 in the base month; services are priced against goods from elsewhere. " + BANDS
FIGURES: dict[str, Drawing] = {
    "remittances": REMITTANCES,
    "participation": Drawing("Participation of women and men", participation, paint_over_time, BANDS),
    "migrants": Drawing("Migrants", migrants, paint_over_time, BANDS),
    "prices": Drawing("Local prices", prices, paint_over_time, PRICES),
    "poverty": Drawing("Poverty and inequality", poverty, paint_over_time, BANDS),
}
"""Figures of a comparison, in the order of the report."""
WINNERS = Drawing(
    "Who gains",
    who_gains,
    paint_who_gains,
    DOTS + " Who receives is counted anew every month, so a package can also change who belongs to a group.",
)
SECOND = Drawing(
    "Participation where remittances are paid, less participation where they are withheld",
    paid_and_withheld,
    paint_paid_and_withheld,
    DOTS + " Left of zero, remittances keep people out of the labour force. The whole effect includes what "
    "the money does to local demand, prices, saving, schooling and departures; the direct effect asks each "
    "person who is out whether they would enter without it.",
)


def svg(figure: Figure, name: str, title: str, description: str) -> str:
    """A figure as inline SVG that says what it shows; the same numbers give the same text.

    Parameters
    ----------
    name : text
        Makes the ids of this figure different from those of others on the page.
    """
    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": name, "svg.id": None}):
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", metadata=nothing)
    text = buffer.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), text)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{name}-", text)
    opening, rest = text.split(">", 1)
    box = re.search(r'viewBox="[^"]+"', opening)
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return (
        f'<svg {spaces} {box[0] if box else ""} role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>{rest.strip()}'
    )


def in_words(frame: pd.DataFrame) -> str:
    """The numbers of a figure at its end, for those who cannot see it."""
    return " ".join(described(frame))


def described(frame: pd.DataFrame) -> Iterator[str]:
    """One short sentence for each row or line of a figure."""
    if "month" in frame:
        last = frame[frame["month"] == frame["month"].max()]
        for _, one in last.iterrows():
            label = {"without": f"without {cause(frame)}", "with": "with it"}.get(one["scenario"], "difference")
            unit = unit_words(one["unit"], change=one["scenario"] == "difference")
            yield f"{one['title']}, last month, {label}: {number(one['mean'], 3)} {unit}".strip() + "."
    elif "path" in frame:
        last = frame.loc[frame["until"] == frame["until"].max(), "value"]
        lowest, middle, highest = (number(one, 3) for one in (last.min(), last.median(), last.max()))
        yield f"Last month: {lowest} to {highest} % away, median {middle} %."
    elif "part" in frame:
        for _, one in frame[frame["scenario"] != "difference"].iterrows():
            yield (
                f"{one['title']}, {one['scenario']} {cause(frame)}: {number(one['mean'], 3)} {unit_words(one['unit'])}."
            )
    else:
        for _, one in frame.iterrows():
            unit = unit_words(one["unit"]) if "unit" in frame else "percentage points"
            what = f"{one['title']}, " if "title" in frame else ""
            ends = (
                f" (interval {number(one['low'], 3)} to {number(one['high'], 3)})" if math.isfinite(one["low"]) else ""
            )
            yield f"{what}{one['who']}: {number(one['mean'], 3)} {unit}{ends}."
