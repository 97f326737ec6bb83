"""Statistics of labour markets: wage curve, Beveridge curve, matching elasticities, tail of firm sizes.

Pure functions of arrays, each as it is defined in the study it is compared with.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.streams import Streams, draw, normal

Array = np.ndarray[Any, np.dtype[Any]]

SMOOTHING = 1600.0  # of the Hodrick-Prescott filter, quarterly data
PERSISTENCE = 0.95  # of log demand, a month
SMALLEST = 5  # employees of the firms in the tail


def shocks(seed: int, months: int, places: int, size: float, common: bool) -> Array:
    """Log demand by month and place: AR(1) with persistence .95 a month and the given standard deviation.

    The same for a seed in every world; ``common`` gives all places the same path.
    """
    ids = np.arange(1, places + 1) if not common else np.ones(places, np.int64)
    path, now = np.zeros((months, places)), np.zeros(places)
    for month in range(months):
        luck = Streams(seed).luck("experiment", "demand", month)
        drawn = np.array([normal(float(u)) for u in draw(luck, ids)])
        now = PERSISTENCE * now + size * np.sqrt(1.0 - PERSISTENCE**2) * drawn
        path[month] = now
    return path


def detrended(series: Array, smoothing: float = SMOOTHING) -> Array:
    """A series less its trend (Hodrick and Prescott 1997, Journal of Money, Credit and Banking 29(1), 1-16)."""
    count = len(series)
    bend = np.diff(np.eye(count), 2, axis=0)
    return np.asarray(series - np.linalg.solve(np.eye(count) + smoothing * bend.T @ bend, series))


def by_period(monthly: Array, months: int) -> Array:
    """Means over quarters or years, along the first axis; months that fill none are left out."""
    whole = len(monthly) // months * months
    return np.asarray(monthly[:whole].reshape(-1, months, *monthly.shape[1:]).mean(axis=1))


def swing(rate: Array) -> float:
    """Standard deviation of log unemployment, quarterly and detrended; the mean over places."""
    quarterly = np.log(np.maximum(by_period(rate, 3), 1e-6)).reshape(len(rate) // 3, -1)
    return float(np.mean([detrended(place).std() for place in quarterly.T]))


def within(table: Array) -> Array:
    """A table of years by places less the means of its rows and columns: year and place effects."""
    return np.asarray(table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean())


def wage_curve(unemployment: Array, log_pay: Array, later: int = 0) -> float:
    """Coefficient of log pay on log unemployment, yearly, with effects of places and years.

    Parameters
    ----------
    unemployment, log_pay : shape (months, places)
    later : years by which pay is read after unemployment

    References
    ----------
    Blanchflower and Oswald (1994), The Wage Curve: -.1; Nijkamp and Poot (2005), Journal of Economic Surveys
    19(3), 421-450: -.07 once publication bias is taken off.
    """
    years = len(unemployment) // 12
    cause = within(np.log(np.maximum(by_period(unemployment, 12), 1e-6))[: years - later])
    effect = within(by_period(log_pay, 12)[later:])
    return float((cause * effect).sum() / (cause * cause).sum())


def wage_curve_of_demand(unemployment: Array, log_pay: Array, demand: Array) -> float:
    """The wage curve with log demand as instrument: only unemployment that demand moves counts."""
    cause = within(np.log(np.maximum(by_period(unemployment, 12), 1e-6)))
    effect, instrument = within(by_period(log_pay, 12)), within(by_period(demand, 12))
    moved = float((cause * instrument).sum())
    return float((effect * instrument).sum()) / moved if moved else 0.0


def beveridge(unemployment: Array, vacancies: Array) -> float:
    """Correlation of log unemployment and log vacancy rate, quarterly and detrended (Shimer 2005)."""
    one, other = (detrended(np.log(np.maximum(by_period(rate, 3), 1e-6))) for rate in (unemployment, vacancies))
    return float(np.corrcoef(one, other)[0, 1])


def matching(matches: Array, seekers: Array, vacancies: Array) -> tuple[float, float]:
    """Elasticities of matches to unemployment and to vacancies, by least squares on monthly logs.

    Matches are those of the month, unemployment and vacancies the stocks from which they come. A trend and
    its square stand beside them: over decades people and firms change in number and kind.

    References
    ----------
    Petrongolo and Pissarides (2001), Journal of Economic Literature 39(2), 390-431.
    """
    logs = [np.log(np.maximum(one, 0.5)) for one in (matches, seekers, vacancies)]
    time = np.linspace(0.0, 1.0, len(logs[0]))
    known = np.column_stack([np.ones_like(time), logs[1], logs[2], time, time**2])
    found = np.linalg.lstsq(known, logs[0], rcond=None)[0]
    return float(found[1]), float(found[2])


def rank_slope(sizes: Array, smallest: int = SMALLEST) -> float:
    """Slope of log (rank - 1/2) on log size, less its sign: the exponent of the tail.

    References
    ----------
    Gabaix and Ibragimov (2011), Journal of Business & Economic Statistics 29(1), 24-39.
    Axtell (2001), Science 293, 1818-1820: 1.06 for firms of the United States.
    """
    tail = np.sort(sizes[sizes >= smallest])[::-1].astype(np.float64)
    if len(tail) < 3 or tail[0] == tail[-1]:
        return 0.0
    ranks = np.log(np.arange(1, len(tail) + 1) - 0.5)
    return float(-np.polyfit(np.log(tail), ranks, 1)[0])


def adjusted_pay(places: Array, skilled: Array, log_rate: Array, count: int, weights: Array) -> Array:
    """Mean log pay per efficiency unit by place, with the same weights of the two levels everywhere and always.

    A level nobody has in a place takes the mean of all places.
    """
    cell = 2 * places + skilled
    heads = np.bincount(cell, minlength=2 * count).reshape(count, 2)
    sums = np.bincount(cell, log_rate, minlength=2 * count).reshape(count, 2)
    usual = sums.sum(axis=0) / np.maximum(heads.sum(axis=0), 1)
    means = np.where(heads > 0, sums / np.maximum(heads, 1), usual)
    return np.asarray(means @ weights)
