"""Painters for the page: tidy numbers in, a Plotly figure as plain data out; nothing is computed here."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.figures import BLUE, GREY, INK, cause
from analysis.sentences import number, unit_words
from experiments.effects import WINDOW

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif'
PAPER = "rgba(0,0,0,0)"
CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False}
COLOURS = {
    "good": BLUE,
    "bad": "#B34700",
    "change": "#3F4A55",
    "none": "#C9CED4",
    "unsure": "#C9CED4",
}
Figure = dict[str, Any]


def layout(**more: Any) -> dict[str, Any]:
    """What all pictures have in common."""
    return {
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
        "showlegend": False,
        "hovermode": "x unified",
        "separators": ".,",
        "hoverlabel": {"font": {"family": FONT, "size": 13}},
        **more,
    }


def over_time(frame: pd.DataFrame, until: int, since: str) -> Figure:
    """Both worlds over the months, each with the range in which most seeds lie.

    Parameters
    ----------
    until : month at which the axis ends, so that it does not move while the months pass
    """
    traces: list[dict[str, Any]] = []
    unit = unit_words(str(frame["unit"].iloc[0]))
    for scenario, colour, dash, fill, label in (
        ("without", GREY, "dash", "rgba(107,107,107,0.16)", f"without {cause(frame)}"),
        ("with", BLUE, "solid", "rgba(0,114,178,0.18)", f"with {cause(frame)}"),
    ):
        some = frame[frame["scenario"] == scenario]
        years = (some["month"] / 12).round(4).tolist()
        if some["low"].notna().all():
            band = {"x": years, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "type": "scatter"}
            traces.append({**band, "y": some["high"].tolist()})
            traces.append({**band, "y": some["low"].tolist(), "fill": "tonexty", "fillcolor": fill})
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": years,
                "y": some["mean"].tolist(),
                "name": label,
                "line": {"color": colour, "dash": dash, "width": 2.2},
                "hovertemplate": f"%{{y:,.4g}} {unit}",
            }
        )
    last = int(frame["month"].max())
    shapes = []
    if last > WINDOW and last >= until:
        shapes = [
            {
                "type": "rect",
                "xref": "x",
                "yref": "paper",
                "x0": (last - WINDOW) / 12,
                "x1": last / 12,
                "y0": 0,
                "y1": 1,
                "fillcolor": "#EEF0F2",
                "line": {"width": 0},
                "layer": "below",
            }
        ]
    step = next(one for one in (1, 2, 5, 10, 20) if until / 12 / one <= 6 or one == 20)
    axis = {"showgrid": False, "zeroline": False, "linecolor": GREY, "ticks": "outside", "automargin": True}
    return {
        "data": traces,
        "layout": layout(
            height=230,
            shapes=shapes,
            xaxis={
                **axis,
                "range": [0, until / 12],
                "tick0": 0,
                "dtick": step,
                "title": {"text": f"years since {since}" if since else "years", "standoff": 6},
                "fixedrange": True,
                "hoverformat": ".1f",
            },
            yaxis={
                **axis,
                "showgrid": True,
                "gridcolor": "#E4E4E4",
                "nticks": 5,
                "tickformat": ",~g",
                "fixedrange": True,
                "ticks": "",
                "linecolor": PAPER,
            },
        ),
    }


def sankey(frame: pd.DataFrame, unit: str, columns: bool, height: int = 430) -> Figure:
    """Bands from sources on the left to targets on the right, as wide as what flows.

    Parameters
    ----------
    columns : whether the same name on both sides stands for two things: before and after
    """
    lefts = list(dict.fromkeys(frame["source"]))
    rights = list(dict.fromkeys(frame["target"]))
    names = lefts + (rights if columns else [one for one in rights if one not in lefts])
    place = {one: k for k, one in enumerate(names[: len(lefts)])}
    ends = (
        {one: len(lefts) + k for k, one in enumerate(rights)} if columns else {one: names.index(one) for one in rights}
    )
    palette = ["#0072B2", "#56B4E9", "#009E73", "#E69F00", "#CC79A7", "#D55E00", "#6B6B6B", "#8C6D31"]
    hues = {one: palette[k % len(palette)] for k, one in enumerate(dict.fromkeys(names))}
    colours = [hues[one] for one in names]
    sums = [
        float(frame.loc[frame["source" if k < len(lefts) else "target"] == one, "value"].sum())
        for k, one in enumerate(names)
    ]
    return {
        "data": [
            {
                "type": "sankey",
                "arrangement": "fixed" if columns else "snap",
                "valueformat": ",.4~g",
                "valuesuffix": f" {unit}",
                "node": {
                    "label": [f"{one} {number(total, 3)}" for one, total in zip(names, sums, strict=True)],
                    "pad": 14,
                    "thickness": 14,
                    "color": colours,
                    "line": {"width": 0},
                    "hovertemplate": "%{label}<extra></extra>",
                },
                "link": {
                    "source": [place[one] for one in frame["source"]],
                    "target": [ends[one] for one in frame["target"]],
                    "value": frame["value"].round(6).tolist(),
                    "color": [_pale(colours[place[one]]) for one in frame["source"]],
                    "hovertemplate": "%{source.label} to %{target.label}: %{value}<extra></extra>",
                },
                "textfont": {"family": FONT, "size": 12, "color": INK},
            }
        ],
        "layout": layout(height=height, hovermode="closest", margin={"l": 6, "r": 6, "t": 10, "b": 10}),
    }


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.3)"


ROOM = 6.0  # km above the first and below the last line of localities


def road(frame: pd.DataFrame, title: str, unit: str) -> Figure:
    """Localities along their road, as large as their population, coloured by what changes there.

    Parameters
    ----------
    frame : DataFrame
        ``who, x, y, people, mood, said``; x and y in km.
    """
    largest = max(float(frame["people"].max()), 1.0)
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "x": frame["x"].tolist(),
                "y": frame["y"].tolist(),
                "line": {"color": "#D5DAE0", "width": 3},
                "hoverinfo": "skip",
            },
            {
                "type": "scatter",
                "mode": "markers+text" if len(frame) <= 12 else "markers",
                "x": frame["x"].tolist(),
                "y": frame["y"].tolist(),
                "text": [str(one).removeprefix("Locality ") for one in frame["who"]],
                "textposition": "middle center",
                "textfont": {
                    "color": ["#FFFFFF" if one in ("good", "bad", "change") else "#1B2127" for one in frame["mood"]],
                    "size": 13,
                },
                "marker": {
                    "opacity": 1,
                    "size": [18 + 20 * (one / largest) ** 0.5 for one in frame["people"]],
                    "color": [COLOURS[one] for one in frame["mood"]],
                    "line": {"color": "white", "width": 1.5},
                },
                "customdata": frame[["who", "said"]].to_numpy().tolist(),
                "hovertemplate": f"%{{customdata[0]}}<br>{title}: %{{customdata[1]}} {unit}<extra></extra>",
            },
        ],
        "layout": layout(
            height=200 if frame["y"].nunique() < 3 else 340,
            hovermode="closest",
            xaxis={"visible": False, "fixedrange": True},
            yaxis={"visible": False, "fixedrange": True, "range": [frame["y"].max() + ROOM, frame["y"].min() - ROOM]},
            margin={"l": 24, "r": 24, "t": 12, "b": 12},
        ),
    }


__all__ = ["COLOURS", "CONFIG", "layout", "over_time", "road", "sankey"]
