"""Ages and sexes of who left, who came back and who stayed: from runs that keep everybody's history."""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.figures import BLUE, INK, ORANGE, canvas, styled, svg
from analysis.figures_migration import YEAR, people
from analysis.sentences import number, who_moves
from analysis.talk import CommandError, console, progress, table
from experiments.effects import LEVEL, interval
from sim.codes import Event, Sex, Status

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.model import Remesa

# ---- ages and sexes


AGES = (15, 25, 35, 45, 55, 65)  # years at which classes begin
KINDS = {"stayed": "Stayed", "left": "Left", "returned": "Came back"}
SEXES = {Sex.WOMAN: "women", Sex.MAN: "men"}


def class_words(k: int) -> str:
    """An age class in words."""
    return f"{AGES[k]} and over" if k + 1 == len(AGES) else f"{AGES[k]} to {AGES[k + 1] - 1}"


def kept(model: Remesa, months: int) -> Remesa:
    """Run a model for some months so that nobody is dropped from its tables, and no history either."""
    model.compaction = 0
    for _ in range(months):
        model.step()
    return model


def counts(model: Remesa) -> dict[str, np.ndarray]:
    """People by sex and age class [sex, class]: who left and who came back since the burn-in, and who never left.

    Of those who moved, the age is that of the first such move; of those who stayed, that of today. Of a model run by
    `kept`, so that the dead are still known.
    """
    persons = model.population.persons
    lives = model.recorder.histories()
    after = lives["month"] > 0
    found: dict[str, np.ndarray] = {}
    moved: list[np.ndarray] = []
    for kind, event in (("left", Event.DEPARTED), ("returned", Event.RETURNED)):
        these = after & (lives["event"] == event)
        ids, first = np.unique(lives["person"][these], return_index=True)
        rows = persons.rows_of(ids)
        found[kind] = by_class(persons, rows, lives["month"][these][first])
        moved.append(rows)
    today = model.world.month - 1 - model.world.burn_in
    here = np.flatnonzero(persons.status < int(Status.AWAY))
    stayed = np.setdiff1d(here, np.concatenate(moved))
    found["stayed"] = by_class(persons, stayed, np.full(len(stayed), today))
    return found


def by_class(persons: Any, rows: np.ndarray, months: np.ndarray) -> np.ndarray:
    """How many adults of each sex and age class: [sex, class]."""
    table = np.zeros((len(SEXES), len(AGES)), np.int64)
    age = (months - persons.birth_month[rows]) // YEAR
    adult = age >= AGES[0]
    np.add.at(table, (persons.sex[rows[adult]], np.searchsorted(AGES, age[adult], side="right") - 1), 1)
    return table


def profiles(models: Iterable[Remesa], level: float = LEVEL) -> pd.DataFrame:
    """Ages and sexes of who stayed, left and came back, each in % of all of its kind.

    Parameters
    ----------
    models : the same place with several seeds, each run by `kept`

    Returns
    -------
    DataFrame
        ``kind, title, sex, age, unit, mean, low, high, persons``; low and high are ends of the Student-t interval of
        the mean over seeds, persons the mean number. Seeds in which there is nobody of a kind do not count for it.
    """
    seeds = [counts(model) for model in models]
    rows = []
    for kind, title in KINDS.items():
        tables = [one[kind] for one in seeds if one[kind].sum()]
        if not tables:
            continue
        shares = np.array([100.0 * one / one.sum() for one in tables])
        for sex, who in SEXES.items():
            for k in range(len(AGES)):
                ends = interval(shares[:, sex, k], level)
                number = float(np.mean([one[sex, k] for one in tables]))
                rows.append((kind, title, who, class_words(k), "%", *ends, number))
    return pd.DataFrame(rows, columns=["kind", "title", "sex", "age", "unit", "mean", "low", "high", "persons"])


WHISKER = "90 % interval"


@styled
def paint_profiles(frame: pd.DataFrame, narrow: bool, since: str) -> Figure:
    """Women to the left, men to the right, from the youngest up; bars are means and whiskers intervals over seeds."""
    kinds = [kind for kind in KINDS if (frame["kind"] == kind).any()]
    figure, grid = canvas(len(kinds) if narrow else 1, 1 if narrow else len(kinds), 2.6 * len(kinds) if narrow else 3.4,
                          narrow, sharex=True, sharey=True)  # fmt: skip
    classes = [class_words(k) for k in range(len(AGES))]
    widest = float(np.nanmax(frame[["mean", "high"]].to_numpy()))
    for axes, kind in zip(grid.ravel(), kinds, strict=True):
        rows = frame[frame["kind"] == kind]
        for sex, side, colour in (("women", -1.0, ORANGE), ("men", 1.0, BLUE)):
            some = rows[rows["sex"] == sex].set_index("age").loc[classes]
            axes.barh(range(len(classes)), side * some["mean"], 0.7, color=colour, label=sex)
            for k, (low, high) in enumerate(zip(some["low"], some["high"], strict=True)):
                if np.isfinite(low):
                    axes.plot([side * max(low, 0.0), side * high], [k, k], color=INK, linewidth=0.9,
                              label=WHISKER)  # fmt: skip
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_yticks(range(len(classes)), classes)
        axes.set_title(f"{KINDS[kind]}: {people(rows['persons'].sum())} persons")
        axes.grid(axis="y", visible=False)
        axes.set_xlim(-1.08 * widest, 1.08 * widest)
        step = next(one for one in (5, 10, 20, 50) if widest / one <= 3 or one == 50)
        ticks = [k * step for k in range(-int(widest // step), int(widest // step) + 1)]
        axes.set_xticks(ticks, [str(abs(one)) for one in ticks])
    grid.ravel()[-1].set_xlabel("% of all of them") if narrow else [
        axes.set_xlabel("% of all of them") for axes in grid.ravel()
    ]
    for axes in grid[:, 0]:
        axes.set_ylabel("age, years")
    named = {
        label: handle for axes in grid.ravel() for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    names = [name for name in ("women", "men", WHISKER) if name in named]
    figure.legend(
        [named[name] for name in names], names, loc="outside upper left", ncols=2 if narrow else 3, frameon=False
    )
    return figure


# ---- the command


def takes_profiles(parser: argparse.ArgumentParser) -> None:
    """Where, with how many seeds, and where the figure goes."""
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="the world, as for run; seeds=5")
    parser.add_argument("--out", default="results/profiles/profiles.svg", metavar="FILE", help="figure: .svg or .png")


def do_profiles(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa profiles`: run a world with some seeds and draw who left, who came back and who stayed."""
    from experiments.worlds import started
    from scenarios.configuration import compose
    from sim.recorder import HISTORIES

    world = compose(options.overrides, "profiles")
    given = any(one.startswith("seeds=") for one in options.overrides)
    seeds = list(world.all_seeds) if given else [world.seed + k for k in range(5)]
    size = int(world.inputs.population)
    if size > HISTORIES:
        raise CommandError(f"population={size} is more than the {HISTORIES} up to which everybody's history is kept")
    models = []
    with progress(options, "profiles") as (bar, _):
        for k, seed in enumerate(seeds):
            models.append(kept(started(world, seed), world.months))
            bar(k + 1, len(seeds))
    frame = profiles(models)
    path = pathlib.Path(options.out)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure, said = paint_profiles(frame), who_moves(frame)
    if path.suffix == ".png":
        figure.savefig(path, dpi=150, facecolor="white")
    else:
        path.write_text(svg(figure, "profiles", "Who left, who came back, who stayed", said), "utf-8")
    frame.to_csv(path.with_suffix(".csv"), index=False)
    rows = [[one.title, one.sex, one.age, number(one.mean, 3), between(one.low, one.high), number(one.persons, 3)]
            for one in frame.itertuples()]  # fmt: skip
    heads = ("who", "sex", "age", "% of them", "90 % interval", "persons")
    console(options).print(table(f"Ages and sexes, {len(seeds)} seeds", heads, rows))
    console(options).print(f"{said}\nFigure: {path}; numbers: {path.with_suffix('.csv')}")
    return {"command": "profiles", "seeds": seeds, "months": world.months, "said": said,
            "rows": frame.to_dict("records"), "figure": str(path)}  # fmt: skip


def between(low: float, high: float) -> str:
    """An interval, where there is one."""
    return f"{number(low, 3)} .. {number(high, 3)}" if np.isfinite(low) else "-"
