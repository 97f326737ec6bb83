"""The net measure of a community: what life is worth in money, less a declared cost of separation."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.codes import Status
from sim.search import TIME

if TYPE_CHECKING:
    from sim.model import World

AWAY = int(Status.AWAY)
COSTS = (0.0, 0.25, 0.5, 1.0)  # of a month's median pay at the start, for each month and each person left behind


@dataclasses.dataclass(frozen=True)
class Measure:
    """One month of a community.

    Attributes
    ----------
    worth : money/month
        Income without work that would be as good as consumption and time are, mean over resident adults.
    separated : people per resident adult
        Residents whose spouse is away, and children below 15 with a parent away.
    base_pay : money/month, median pay of the start
    """

    worth: float
    separated: float
    base_pay: float

    def net(self, cost: float) -> float:
        """Worth less the cost of separation, in money a month; ``cost`` in median pay a month for each person."""
        return self.worth - cost * self.base_pay * self.separated


def worth_of(consumption: Any, leisure: Any, taste: Any, home_production: float, time: float = TIME) -> Any:
    """Consumption at which no work at all would be as good, with ``u = ln(c + c0) + psi ln(time)`` (R1).

    Parameters
    ----------
    consumption : money/month, real, of one person
    leisure, time : hour/month
        What is left after work and care, and what would be left without either.
    taste : psi, >= 0
    home_production : c0, money/month

    Returns
    -------
    money/month, at most the consumption: hours of work and care take from it what they take from time.
    """
    share = np.clip(np.asarray(leisure) / time, 1e-6, 1.0)
    return (consumption + home_production) * share**taste - home_production


def measure(world: World) -> Measure:
    """The measure of one world at the end of its last month, all places together."""
    persons, homes = world.population.persons, world.population.households
    age = (world.month - 1 - world.burn_in - persons.birth_month) // 12
    here = persons.status < AWAY
    adult = here & (age >= 15)
    base = float(world.start.base_pay)
    equivalents = np.maximum(0.3 + 0.7 * homes.adults + 0.5 * homes.children, 1.0)
    each = (homes.consumption / equivalents)[persons.household[adult]].astype(np.float64)
    busy = persons.care_hours[adult] + persons.hours[adult] * (persons.status[adult] > int(Status.UNEMPLOYED))
    c0 = world.schedule.participation.home_production * base
    worth = worth_of(each, TIME - busy, persons.taste[adult].astype(np.float64), c0)
    gone = np.append(persons.status == AWAY, False)  # the last stands for nobody
    alone = adult & gone[persons.spouse]
    child = here & (age < 15) & (persons.mother >= 0)
    father = np.where(persons.mother >= 0, persons.spouse[persons.mother], -1)
    left = child & (gone[persons.mother] | gone[father])
    adults = max(int(adult.sum()), 1)
    return Measure(float(np.sum(worth)) / adults, float(alone.sum() + left.sum()) / adults, base)
