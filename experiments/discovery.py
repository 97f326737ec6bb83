"""Where in the space of its inputs something holds or fails: a box found by PRIM (ema-workbench, an extra)."""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.store import StoreError

Array = np.ndarray[Any, np.dtype[np.float64]]
CLAIM = re.compile(r"\s*([a-z_]+(?:@[\w=]+)?)\s*(<=|>=|<|>)\s*(-?[\d.]+(?:[eE][-+]?\d+)?)\s*")
DENSE = 0.8  # share of the points of a box in which it should hold
FEWEST = 20  # points


class DiscoveryError(StoreError):
    """What cannot be searched for, and why."""


@dataclasses.dataclass(frozen=True)
class Box:
    """A box of inputs in which something mostly holds.

    Attributes
    ----------
    limits : table
        Lowest and highest value of each input that the box restricts.
    density : share
        Of the points in the box, those in which it holds.
    coverage : share
        Of the points in which it holds, those in the box.
    mass : share
        Of all points, those in the box.
    chance : table
        For each restricted input, how likely so dense a box is by chance with one limit fewer (quasi-p).
    """

    limits: dict[str, tuple[float, float]]
    density: float
    coverage: float
    mass: float
    chance: dict[str, float]
    holds: int
    points: int


def read_claim(text: str) -> tuple[str, str, float]:
    """Outcome, comparison and number of a claim such as ``poverty@recipient=no < 40``."""
    found = CLAIM.fullmatch(text)
    if not found:
        raise DiscoveryError(f"claim={text!r} is not understood; write it as outcome<number, for example prevalence>5")
    try:
        return found[1], found[2], float(found[3])
    except ValueError as error:
        raise DiscoveryError(f"claim={text!r}: {found[3]} is not a number") from error


def holds(values: Array, sign: str, bound: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """At which points a claim holds."""
    compared = {"<": np.less, ">": np.greater, "<=": np.less_equal, ">=": np.greater_equal}
    return np.asarray(compared[sign](values, bound))


def box(names: Sequence[str], points: Array, where: Any, smallest: float = 0.05) -> Box:
    """The box in which something holds most often without leaving out too much.

    Of the boxes on PRIM's way from all points to the densest, the one that covers most among those dense enough
    (0.8); where none is, the one with the largest product of density and coverage.

    Parameters
    ----------
    points : array [point, input]
    where : array of truth values [point]
        Where it holds.

    Raises
    ------
    DiscoveryError
        When it holds everywhere, nowhere, or there are too few points.

    References
    ----------
    Friedman and Fisher (1999), Statistics and Computing 9(2), 123-143; Bryant and Lempert (2010), Technological
    Forecasting and Social Change 77(1), 34-49.
    """
    where = np.asarray(where, bool)
    if len(points) < FEWEST or where.all() or not where.any():
        raise DiscoveryError(
            f"it holds at {int(where.sum())} of {len(points)} points: a box needs at least {FEWEST}, and some of each"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from ema_workbench.analysis import prim
    except ImportError as error:
        raise DiscoveryError("scenario discovery needs ema-workbench; install remesa[calibration]") from error
    import logging

    import pandas as pd

    logging.getLogger("EMA").setLevel(logging.ERROR)
    frame = pd.DataFrame({f"x{k}": points[:, k] for k in range(points.shape[1])})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = prim.Prim(frame, where.astype(float), mass_min=smallest).find_box()
        way = found.peeling_trajectory
        score = way["coverage"].where(way["density"] >= DENSE)
        if score.isna().all():
            score = way["coverage"] * way["density"]
        k = int(score.to_numpy().argmax() if not score.isna().any() else np.nanargmax(score.to_numpy()))
        limits = found.box_lims[k]
        chance = {}
        for j, name in enumerate(names):
            low, high = (float(value) for value in limits[f"x{j}"])
            if low > points[:, j].min() or high < points[:, j].max():
                chance[name] = _by_chance(points, where, limits, j)
    return Box(
        limits={name: tuple(float(v) for v in limits[f"x{names.index(name)}"]) for name in chance},  # type: ignore[misc]
        density=float(way["density"][k]),
        coverage=float(way["coverage"][k]),
        mass=float(way["mass"][k]),
        chance=chance,
        holds=int(where.sum()),
        points=len(where),
    )


def _by_chance(points: Array, where: Any, limits: Any, without: int) -> float:
    """Chance of so many hits in the box if the limits of one input did nothing."""
    from scipy.stats import binom

    def inside(skip: int | None) -> Any:
        kept = np.ones(len(points), bool)
        for j in range(points.shape[1]):
            if j != skip:
                low, high = (float(value) for value in limits[f"x{j}"])
                kept &= (points[:, j] >= low) & (points[:, j] <= high)
        return kept

    with_it, without_it = inside(None), inside(without)
    share = where[without_it].mean()
    return float(binom.sf(where[with_it].sum() - 1, with_it.sum(), share))
