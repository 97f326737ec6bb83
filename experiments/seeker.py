"""Job search on its own: one seeker or twenty thousand, with the very rules that the month uses.

``Search(offers).reservation_wage`` calls `sim.search.reservation_wage`, the function by which everybody in
the model decides; `simulate` lets seekers accept what is at least as good.

>>> Search(discrete([1.0, 2.0], [0.5, 0.5]), compensation=0.0, discount=0.5).reservation_wage
0.75
"""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from sim import search as rules
from sim.mechanism import compile_all
from sim.streams import Streams, draw
from sim.table import Array

CELLS = 4096  # of equal chance, into which a continuous distribution is cut
SURE = 1e-9  # by how much chances may miss one


class SearchError(ValueError):
    """A problem of search that has no answer: where, what was found, what is allowed."""


class Continuous(Protocol):
    """What is asked of a distribution such as `scipy.stats.uniform(0, 1)`."""

    def ppf(self, chance: Any) -> Any:
        """The wage below which offers lie with that chance."""

    def sf(self, wage: Any) -> Any:
        """Chance of an offer above a wage."""


@dataclasses.dataclass(frozen=True, eq=False)
class Offers:
    """Wage offers: points with chances, and how to draw one.

    Attributes
    ----------
    points, chances : arrays; wages ascend and chances sum to one
        Of a continuous distribution the nodes of a quadrature, exact for pay that is a smooth function
        of its rank.
    """

    points: Array
    chances: Array
    continuous: Continuous | None = None

    def at(self, uniforms: Array) -> Array:
        """Offers for numbers that are uniform between zero and one."""
        if self.continuous is not None:
            return np.asarray(self.continuous.ppf(uniforms), np.float64)
        steps = np.cumsum(self.chances)
        return self.points[np.minimum(np.searchsorted(steps, uniforms, side="right"), len(steps) - 1)]

    def chance_above(self, wage: float) -> float:
        """Chance that an offer is at least the wage."""
        if self.continuous is not None:
            return float(self.continuous.sf(wage))
        return float(self.chances[self.points >= wage].sum())

    @property
    def range(self) -> float:
        """Distance between the best and the worst offer."""
        return float(self.points[-1] - self.points[0])


def discrete(wages: ArrayLike, chances: ArrayLike) -> Offers:
    """Offers of some wages, in any order, with chances that sum to one.

    Raises
    ------
    SearchError
        For chances that are below zero or do not sum to one, no mass, no wages, or wages without a number.
    """
    points, mass = np.asarray(wages, np.float64), np.asarray(chances, np.float64)
    if points.ndim != 1 or points.shape != mass.shape:
        raise SearchError(f"offers: {points.shape} wages and {mass.shape} chances; give two lists of the same length")
    if not len(points):
        raise SearchError("offers: there are none; give at least one wage with its chance")
    if not np.isfinite(points).all():
        raise SearchError(f"offers: a wage is {points[~np.isfinite(points)][0]}; wages are finite numbers")
    if not np.isfinite(mass).all() or (mass < 0.0).any():
        bad = mass[~(np.isfinite(mass) & (mass >= 0.0))][0]
        raise SearchError(f"offers: a chance is {bad}; chances are numbers from 0 to 1")
    total = float(mass.sum())
    if total == 0.0:
        raise SearchError("offers: all chances are 0, so nothing is ever offered; give some wage a chance")
    if abs(total - 1.0) > SURE:
        raise SearchError(f"offers: chances sum to {total:.10g}; they must sum to 1 (divide them by their sum)")
    order = np.argsort(points, kind="stable")
    return Offers(points[order], mass[order] / total)


def continuous(distribution: Continuous) -> Offers:
    """Offers from a continuous distribution, for example ``scipy.stats.lognorm(0.5)``.

    Cut into cells of equal chance, four Gauss points in each: what search needs, the mean of what offers
    exceed a wage by, is then off by no more than some millionths of a cell's width.

    Raises
    ------
    SearchError
        Where the distribution has no finite wages or no finite mean.
    """
    for name in ("ppf", "sf"):
        if not callable(getattr(distribution, name, None)):
            raise SearchError(
                f"offers: {type(distribution).__name__} has no {name}; give a frozen distribution of scipy.stats"
            )
    nodes, weights = np.polynomial.legendre.leggauss(4)
    ranks = (np.arange(CELLS)[:, None] + 0.5 * (nodes + 1.0)) / CELLS
    points = np.asarray(distribution.ppf(ranks.ravel()), np.float64)
    chances = np.tile(0.5 * weights / CELLS, CELLS)
    if not np.isfinite(points).all():
        raise SearchError("offers: the distribution has no mass or no finite wages; check its arguments")
    mean = getattr(distribution, "mean", None)
    if callable(mean) and not math.isfinite(float(mean())):
        raise SearchError("offers: the distribution has no finite mean, so that searching for ever is worth most")
    return Offers(points, chances, distribution)


@dataclasses.dataclass(frozen=True)
class Search:
    """The problem of one seeker, in any unit of pay and period.

    Attributes
    ----------
    compensation : pay, c: flow value of not working
    discount : per period, in (0, 1)
    arrival : chance of an offer per period while without a job, in [0, 1]
    separation : chance per period that a job ends, in [0, 1]
    cost : pay, cost of searching per period

    References
    ----------
    McCall (1970), Quarterly Journal of Economics 84(1), 113-126.
    """

    offers: Offers
    compensation: float
    discount: float
    arrival: float = 1.0
    separation: float = 0.0
    cost: float = 0.0

    def __post_init__(self) -> None:
        for name in ("compensation", "cost"):
            if not math.isfinite(getattr(self, name)):
                raise SearchError(f"{name} = {getattr(self, name)}; allowed: a finite number")
        if not 0.0 < self.discount < 1.0:
            raise SearchError(f"discount = {self.discount}; allowed: between 0 and 1, both left out")
        for name in ("arrival", "separation"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise SearchError(f"{name} = {getattr(self, name)}; allowed: a chance in [0, 1]")

    @functools.cached_property
    def reservation_wage(self) -> float:
        """Lowest wage that is accepted: ``w* = c - cost + K E[(w - w*)+]``, by the rule of the month."""
        gain = rules.search_return(self.arrival, self.separation, self.discount)
        return float(
            rules.reservation_wage(self.offers.points, self.offers.chances, self.compensation, gain, self.cost)
        )

    @property
    def acceptance(self) -> float:
        """Chance that an offer is accepted."""
        return self.offers.chance_above(self.reservation_wage)

    @property
    def hazard(self) -> float:
        """Chance per period that somebody without a job takes one."""
        return self.arrival * self.acceptance

    @property
    def unemployment(self) -> float:
        """Share without a job in the long run: ``s / (s + hazard)``."""
        leaving = self.separation + self.hazard
        return self.separation / leaving if leaving > 0.0 else 1.0


@dataclasses.dataclass(frozen=True, eq=False)
class History:
    """What became of some seekers.

    Attributes
    ----------
    unemployment : share without a job in each period
    offers_seen : of each first spell that ended, offers up to the one accepted
    accepted : wage with which each first spell ended
    wage : of everybody in the last period; 0 without a job
    """

    unemployment: Array
    offers_seen: Array
    accepted: Array
    wage: Array


def simulate(search: Search, people: int = 20_000, periods: int = 500, seed: int = 1, employed: float = 0.0) -> History:
    """Seekers who meet offers by luck and take what is worth it; a job that is taken begins next period.

    Parameters
    ----------
    people : >= 1; one seeker or many, the luck of each depends on nobody else
    periods : >= 1
    seed : random seed
    employed : share in [0, 1] that begins with a job, at a wage drawn from those accepted
    """
    if people < 1 or periods < 1:
        raise SearchError(f"people = {people}, periods = {periods}; allowed: at least one")
    if not 0.0 <= employed <= 1.0:
        raise SearchError(f"employed = {employed}; allowed: a share in [0, 1]")
    compile_all()  # luck is drawn by a compiled loop
    streams, ids = Streams(seed), np.arange(people, dtype=np.int64)
    lowest = search.reservation_wage

    def uniform(purpose: str, period: int) -> Array:
        return np.asarray(draw(streams.luck("seeker", purpose, period), ids))

    wage = np.zeros(people)
    chosen = uniform("start", 0) < employed
    if chosen.any():
        taken = 1.0 - search.acceptance * (1.0 - uniform("first wage", 0)[chosen])
        wage[chosen] = np.maximum(search.offers.at(np.minimum(taken, np.nextafter(1.0, 0.0))), lowest)
    seen, accepted = np.zeros(people, np.int64), np.zeros(people)
    first = ~chosen
    unemployment = np.zeros(periods)
    working = chosen.copy()
    for period in range(periods):
        unemployment[period] = 1.0 - working.mean()
        meets = ~working & (uniform("arrival", period) < search.arrival)
        offer = search.offers.at(uniform("offer", period))
        takes = meets & (offer >= lowest)
        loses = working & (uniform("separation", period) < search.separation)
        seen[meets & first] += 1
        accepted[takes & first] = offer[takes & first]
        first &= ~takes
        wage[loses] = 0.0
        wage[takes] = offer[takes]
        working = (working & ~loses) | takes
    ended = ~chosen & ~first
    return History(unemployment, seen[ended], accepted[ended], wage)
