"""The map of tipping: share of communities in which migration becomes a culture, over two parameters.

``python -m analysis.tipping results/tipping/tipping.json`` draws what `experiments.tipping` found.
"""

from __future__ import annotations

import argparse
import json
import pathlib
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.figures import GREY, INK, STYLE, canvas, svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = ("weight of the norm, nu", "weight of a tie, t_h")


def paint_map(found: dict[str, Any], names: tuple[str, str] = NAMES, narrow: bool = False) -> Figure:
    """One panel for each start: how many of the communities have tipped at each pair of values."""
    import matplotlib

    cells = found["cells"]
    starts = sorted({one["start"] for one in cells})
    first, second = (sorted({one[axis] for one in cells}) for axis in ("first", "second"))
    with matplotlib.rc_context(STYLE):
        rows, columns = (len(starts), 1) if narrow else (1, len(starts))
        figure, axes = canvas(rows, columns, 3.0 * rows, narrow)
        for panel, start in zip(axes.ravel(), starts, strict=True):
            values = np.full((len(second), len(first)), np.nan)
            away = np.zeros_like(values)
            for one in (c for c in cells if c["start"] == start):
                where = second.index(one["second"]), first.index(one["first"])
                values[where], away[where] = one["tipped"], one["away"]
            panel.imshow(values, origin="lower", cmap="Blues", vmin=0.0, vmax=1.4, aspect="auto")
            for (row, column), value in np.ndenumerate(values):
                panel.text(column, row, f"{100 * value:.0f} %\n({100 * away[row, column]:.0f})", ha="center",
                           va="center", fontsize=8, color=INK)  # fmt: skip
            panel.set_xticks(range(len(first)), [f"{value:g}" for value in first])
            panel.set_yticks(range(len(second)), [f"{value:g}" for value in second])
            panel.set_xlabel(names[0])
            panel.set_ylabel(names[1])
            panel.grid(False)
            panel.set_title(f"{100 * start:g} % abroad at the start")
        figure.supxlabel(said(found), fontsize=8.5, color=GREY)
    return figure


def said(found: dict[str, Any]) -> str:
    """The tipping point with its uncertainty, in a sentence."""
    above = f"tipped: more than {100 * found['tipped_above']:.0f} % away in the end (in brackets: mean away)"
    point = found["tipping_point"]
    if point is None:
        return f"{above}; nowhere do some communities tip and others not"
    return (
        f"{above};\nhalf tip from {100 * point['share']:.0f} % away after ten years "
        f"(90 % interval {100 * point['low']:.0f} to {100 * point['high']:.0f})"
    )


def main() -> None:
    """Draw the map of a result beside it."""
    asked = argparse.ArgumentParser(description=main.__doc__)
    asked.add_argument("result", type=pathlib.Path)
    options = asked.parse_args()
    found = json.loads(options.result.read_text("utf-8"))
    text = svg(paint_map(found), "tipping", "Where migration becomes a culture", said(found).replace("\n", " "))
    options.result.with_suffix(".svg").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
