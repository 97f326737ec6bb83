"""A world just large enough to run one mechanism on hand-made tables."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.ledger import Ledger
from sim.mechanism import Mechanism, Month
from sim.population import (
    Authorities,
    Destinations,
    Firms,
    Households,
    Lenders,
    Localities,
    Migrants,
    Population,
)
from sim.schedule import Schedule
from sim.streams import Streams

MAY_OWE = frozenset({Firms.cash, Authorities.cash, Localities.outside, Destinations.outside})
PLACE = SimpleNamespace(
    fertility=np.zeros(20), mortality=np.zeros((2, 20)), school_enrolment=0.8, skilled_schooling=10.0,
    household_size=4.0,
    school_quality=0.8, health_quality=0.8, poverty_headcount=0.5, need=10.0, commuting=0.0,
)  # fmt: skip


def places(population: Population, count: int = 1, **values: Any) -> None:
    """Localities with authority, lender and two labour markets each."""
    from sim.population import Markets

    rows = np.arange(count)
    values = {"base_pay": 100.0, "median_pay": 100.0, "school_quality": 0.8, "health_quality": 0.8, **values}
    population.add(Localities, count, id=rows + 1, **values)
    population.add(Authorities, count, id=rows + 1, locality=rows)
    population.add(Lenders, count, id=rows + 1, locality=rows)
    both = np.arange(2 * count)
    population.add(Markets, 2 * count, id=both + 1, locality=both // 2, occupation=both % 2)


def put_money(population: Population, table: str, name: str, cents: Any) -> None:
    """Opening money, before the first month of the books."""
    population[table].values(name)[:] = cents


class Stand:
    """A population with what a mechanism needs of a world."""

    def __init__(self, population: Population, seed: int = 1, place: Any = PLACE) -> None:
        self.population, self.streams, self.territory = population, Streams(seed), place
        self.month = self.burn_in = 0
        self.events, self.moved, self.served, self.schedule = (), set(), {}, Schedule()
        self.ledger = Ledger(population, MAY_OWE, frozenset({Localities.till}))
        self.seen: list[tuple[int, int, np.ndarray]] = []
        self.values: list[tuple[int, np.ndarray]] = []
        self.recorder = SimpleNamespace(events=self._event)

    def _event(self, month: int, event: int, persons: Any, reasons: Any, values: Any, **_: Any) -> None:
        self.seen.append((month, event, np.array(persons)))
        self.values.append((event, np.array(values)))

    def values_of(self, event: int) -> np.ndarray:
        """What was recorded with all events of one kind."""
        return np.concatenate([values for one, values in self.values if one == event])

    def run(self, mechanism: Mechanism, months: int = 1) -> None:
        """Some months of one mechanism, the books closed after each."""
        for _ in range(months):
            self.ledger.open()
            mechanism(Month(self, mechanism))  # type: ignore[arg-type]
            self.ledger.close(self.month)
            self.month += 1


__all__ = ["PLACE", "Households", "Migrants", "Stand", "places", "put_money"]
