"""Small hand-made labour markets for the tests of participation, separations, vacancies and matching."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.codes import Status
from sim.mechanism import Mechanism, Month, compile_all, uncompiled
from sim.mechanisms.government import Government
from sim.mechanisms.matching import Matching
from sim.mechanisms.participation import Participation
from sim.mechanisms.production import Production
from sim.mechanisms.separations import Separations
from sim.mechanisms.vacancies import Vacancies
from sim.population import Firms, Households, Localities, Markets, Persons, Population
from sim.streams import Streams
from sim.territory import NO_BENEFIT

OFFERS = np.repeat([40.0, 50.0, 60.0, 70.0], 4)


class Town:
    """A population with what the lines of the labour market need of a world."""

    def __init__(self, population: Population, seed: int = 1, commuting: float = 0.0) -> None:
        self.population, self.streams = population, Streams(seed)
        self.territory = SimpleNamespace(
            pension=0.0, wage_floor=0.0, formal_share=1.0, localities=population.localities.count,
            commuting=commuting, benefit=NO_BENEFIT,
        )  # fmt: skip
        self.schedule = SimpleNamespace(
            participation=Participation(),
            separations=Separations(),
            vacancies=Vacancies(),
            matching=Matching(),
            production=Production(),
            government=Government(),
        )
        self.month = self.burn_in = 0
        self.events: tuple[Any, ...] = ()
        self.moved: set[Any] = set()
        self.history: list[tuple[int, np.ndarray, Any]] = []
        self.recorder = SimpleNamespace(events=self._record)
        self.paid: dict[str, np.ndarray] = {}
        self.ledger = SimpleNamespace(pay=self._pay)

    def _record(self, month: int, event: int, persons: Any, reasons: Any, values: Any, **beside: Any) -> None:
        if len(persons):
            self.history.append((event, np.array(persons), np.array(reasons)))
            self.figures = {name: np.array(one) for name, one in beside.items()} | {"value": np.array(values)}

    def _pay(self, flow: Any, payers: Any, payees: Any, cents: Any, purpose: str) -> None:
        self.paid[flow.name] = np.array(cents)
        np.subtract.at(self.population[flow.payer.table].values(flow.payer.name), payers, cents)
        np.add.at(self.population[flow.payee.table].values(flow.payee.name), payees, cents)

    def run(self, mechanism: Mechanism, plain: bool = False) -> Town:
        """One month of one line; ``plain`` runs the same source as plain Python."""
        compile_all()
        if plain:
            with uncompiled():
                mechanism(Month(self, mechanism))  # type: ignore[arg-type]
        else:
            mechanism(Month(self, mechanism))  # type: ignore[arg-type]
        self.month += 1
        return self

    @property
    def persons(self) -> Persons:
        return self.population.persons

    @property
    def households(self) -> Households:
        return self.population.households

    @property
    def firms(self) -> Firms:
        return self.population.firms

    @property
    def localities(self) -> Localities:
        return self.population.localities

    @property
    def markets(self) -> Markets:
        return self.population.markets


def town(
    people: int = 1, employers: int = 0, places: int = 1, seed: int = 1, commuting: float = 0.0, **values: Any
) -> Town:
    """One person a household, as in the worked example of R1; ``persons={...}`` and the like override."""
    population = Population()
    rows, both, each = np.arange(places), np.arange(2 * places), np.arange(people)
    place = {"median_pay": 80.0, "median_income": 76.0, "tradable_price": 1.0, **values.get("localities", {})}
    population.add(Localities, places, id=rows + 1, **place)
    market = {"offers": OFFERS, "arrival": 0.25, "start_arrival": 0.25, "separation": 0.02, "mean_wage": 55.0}
    market.update(values.get("markets", {}))
    population.add(Markets, 2 * places, id=both + 1, locality=both // 2, occupation=both % 2, **market)
    home = {"locality": each % places, **values.get("households", {})}
    population.add(Households, people, id=each + 1, **home)
    firm = {
        "locality": np.arange(employers) % places,
        "productivity": 1.0,
        "capital": 100.0,
        **values.get("firms", {}),
    }
    level = np.broadcast_to(firm.get("occupation", 0), employers)
    firm.setdefault("skilled_weight", level)
    for name in firm.keys() & {one.name for one in Firms.columns.values() if one.width}:
        given = np.asarray(firm[name])
        if given.ndim < 2:  # of the one level that the firm has
            firm[name] = np.where(level[:, None] == np.arange(2), np.broadcast_to(given, employers)[:, None], 0)
    population.add(Firms, employers, id=np.arange(employers) + 1, **firm)
    person = {
        "status": int(Status.INACTIVE),
        "taste": 0.5,
        "care_hours": 120.0,
        "birth_month": -360,
        "household": each,
    }
    person.update(values.get("persons", {}))
    if "employer" in person and employers:
        person.setdefault("level", level[np.maximum(person["employer"], 0)])
    population.add(Persons, people, id=1000 + each, **person)
    return Town(population, seed, commuting)


def shuffled(made: Town, seed: int = 5) -> Town:
    """The same town with persons and firms in another order of rows."""
    rng = np.random.default_rng(seed)
    made.population.move(Persons, rng.permutation(made.persons.count))
    made.population.move(Firms, rng.permutation(made.firms.count))
    return made


def by_id(table: Any, name: str) -> np.ndarray:
    """One column in the order of ids."""
    return table.values(name)[np.argsort(table.values("id"))].copy()
