"""What a field economist estimates from one trial, with standard errors that allow for groups.

Every estimate is a coefficient of a linear regression or of one with an instrument; the intervals are
Student's t with as many degrees of freedom as there are groups, less one.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from experiments.effects import LEVEL, quantile

Array = np.ndarray[Any, np.dtype[Any]]


@dataclasses.dataclass(frozen=True)
class Estimate:
    """One estimate with its cluster-robust interval.

    Attributes
    ----------
    value, error, low, high : unit of the outcome
        Estimate, standard error and ends of the interval; NaN where the data cannot tell.
    units, clusters : how many the estimate rests on
    """

    name: str
    value: float
    error: float
    low: float
    high: float
    units: int
    clusters: int

    def covers(self, truth: float) -> bool:
        """Whether the interval contains a value."""
        return self.low <= truth <= self.high


def unknown(name: str, units: int = 0) -> Estimate:
    """What cannot be estimated, as when nobody or everybody is treated."""
    return Estimate(name, math.nan, math.nan, math.nan, math.nan, units, 0)


def regression(
    name: str, outcome: ArrayLike, regressors: ArrayLike, groups: ArrayLike, which: int = 1,
    instruments: ArrayLike | None = None, level: float = LEVEL, combine: ArrayLike | None = None,
) -> Estimate:  # fmt: skip
    """One coefficient of least squares, or of two-stage least squares with as many instruments as regressors.

    With ``A = (Z'X)^-1`` the estimate is ``A Z'y`` and its variance ``c A (sum_g Z_g'e_g e_g'Z_g) A'``, with the
    small-sample factor ``c = G/(G-1) (n-1)/(n-k)`` for G groups, n units and k regressors.

    Parameters
    ----------
    outcome : array of n
    regressors : array of n or (n, k); a constant is put before them
    groups : array of n
        Units of one group may hang together: the units of assignment.
    which : the coefficient, 0 is the constant
    instruments : as regressors; the regressors themselves where none are given
    combine : weights of all coefficients, in the place of ``which``

    References
    ----------
    Cameron and Miller (2015), Journal of Human Resources 50(2), 317-372; Angrist and Pischke (2009), Mostly
    Harmless Econometrics, sections 4.1 and 8.2.
    """
    y = np.asarray(outcome, np.float64)
    ones = np.ones((len(y), 1))
    x = np.hstack([ones, np.asarray(regressors, np.float64).reshape(len(y), -1)])
    z = x if instruments is None else np.hstack([ones, np.asarray(instruments, np.float64).reshape(len(y), -1)])
    members = np.unique(np.asarray(groups), return_inverse=True)[1].reshape(-1)
    count = int(members.max(initial=-1)) + 1
    units, width = x.shape
    if units <= width or count < 2 or np.linalg.matrix_rank(z.T @ x) < width:
        return unknown(name, units)
    bread = np.linalg.inv(z.T @ x)
    found = bread @ (z.T @ y)
    scores = np.zeros((count, width))
    np.add.at(scores, members, z * (y - x @ found)[:, None])
    factor = count / (count - 1.0) * (units - 1.0) / (units - width)
    variance = factor * bread @ (scores.T @ scores) @ bread.T
    weights = np.eye(width)[which] if combine is None else np.asarray(combine, np.float64)
    value, error = float(weights @ found), math.sqrt(max(0.0, float(weights @ variance @ weights)))
    half = quantile(count - 1, level) * error
    return Estimate(name, value, error, value - half, value + half, units, count)


def difference_in_means(outcome: ArrayLike, treated: ArrayLike, groups: ArrayLike, level: float = LEVEL) -> Estimate:
    """Mean of the treated less mean of the others."""
    return regression("difference in means", outcome, treated, groups, level=level)


def difference_in_differences(
    before: ArrayLike, after: ArrayLike, treated: ArrayLike, groups: ArrayLike, level: float = LEVEL
) -> Estimate:
    """Change of the treated less change of the others: what lasting differences between them leave out."""
    change = np.asarray(after, np.float64) - np.asarray(before, np.float64)
    return dataclasses.replace(regression("", change, treated, groups, level=level), name="difference in differences")


def intention_to_treat(
    before: ArrayLike, after: ArrayLike, assigned: ArrayLike, groups: ArrayLike, level: float = LEVEL
) -> Estimate:
    """Effect of being assigned, whether or not it was taken up, given the outcome before.

    References
    ----------
    McKenzie (2012), Journal of Development Economics 99(2), 210-221: the outcome before as a regressor.
    """
    start = np.asarray(before, np.float64)
    columns = [np.asarray(assigned, np.float64)] + ([start] if np.ptp(start) > 0 else [])
    return regression("intention to treat", after, np.column_stack(columns), groups, level=level)


def local_average_effect(
    outcome: ArrayLike, taken: ArrayLike, assigned: ArrayLike, groups: ArrayLike, level: float = LEVEL
) -> Estimate:
    """Effect on those who take it up because they are assigned: assignment is the instrument for taking up.

    References
    ----------
    Imbens and Angrist (1994), Econometrica 62(2), 467-475.
    """
    return regression("local average effect", outcome, taken, groups, instruments=assigned, level=level)


def naive_comparison(outcome: ArrayLike, taken: ArrayLike, groups: ArrayLike, level: float = LEVEL) -> Estimate:
    """Those who have it less those who do not, however that came about."""
    return dataclasses.replace(regression("", outcome, taken, groups, level=level), name="naive comparison")


def direct_and_spillover(
    outcome: ArrayLike, assigned: ArrayLike, saturation: ArrayLike, groups: ArrayLike, level: float = LEVEL
) -> tuple[Estimate, Estimate]:
    """Two effects of a trial in which places draw the share of their people that is treated.

    Parameters
    ----------
    assigned : 1 if the unit itself is
    saturation : share drawn by its place, 0 for a place of controls

    Returns
    -------
    direct : treated less untreated people of places where some are treated
    spillover : these untreated people less those of places where nobody is

    References
    ----------
    Baird, Bohren, McIntosh and Özler (2018), Review of Economics and Statistics 100(5), 844-860.
    """
    own = np.asarray(assigned, np.float64)
    neighbour = (1.0 - own) * (np.asarray(saturation, np.float64) > 0)
    columns = np.column_stack([own, neighbour])
    direct = regression("direct effect", outcome, columns, groups, level=level, combine=(0.0, 1.0, -1.0))
    spillover = regression("spillover", outcome, columns, groups, which=2, level=level)
    return direct, spillover
