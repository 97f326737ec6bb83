"""The Mesa model: builds the world and runs the month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim.agents import Handles
from sim.codes import Status
from sim.initial import BURN_IN, populate
from sim.ledger import Ledger
from sim.mechanism import Month, compile_all, kernel, undeclared
from sim.population import (
    Authorities,
    Destinations,
    Firms,
    Households,
    Localities,
    Migrants,
    Persons,
    Population,
)
from sim.ranking import ascending
from sim.recorder import Recorder
from sim.schedule import Schedule
from sim.streams import Streams
from sim.table import Array, Column
from sim.territory import Inputs, territory

if TYPE_CHECKING:
    from sim.instruments import Instrument, Shock
    from sim.survey import People

MAY_OWE = frozenset({Firms.cash, Authorities.cash, Localities.outside, Destinations.outside})
TILLS = frozenset({Localities.till})
EMPLOYED, AWAY, ABSENT = int(Status.EMPLOYED), int(Status.AWAY), int(Status.ABSENT)
COMPACTION = 36  # months between compactions


@dataclass(frozen=True)
class Setup:
    """Everything that decides a run: two equal set-ups give the same bits."""

    inputs: Inputs
    parameters: Schedule = field(default_factory=Schedule)
    events: tuple[Instrument | Shock, ...] = ()
    months: int = 120
    seed: int = 1
    population: int = 5000
    people: People | None = None
    burn_in: int = BURN_IN


@kernel
def count_heads(
    status: Array, employer: Array, level: Array, spell: Array, person: Array, ended: Array, held: Array
) -> tuple[int, int, int, int]:
    """Job holders by firm and level, into ``held``; people, those with a doubtful job, those away, those lost there."""
    heads = astray = away = lost = 0
    for i in range(len(status)):
        if status[i] != ABSENT:
            heads += 1
        firm = employer[i]
        if (status[i] == EMPLOYED) != (firm >= 0) or firm >= len(held):
            astray += 1
        elif firm >= 0:
            held[firm, level[i]] += 1
        if status[i] == AWAY:
            away += 1
            stay = spell[i]
            if not 0 <= stay < len(person) or person[stay] != i or ended[stay] != 0:
                lost += 1
    return heads, astray, away, lost


class World:
    """The state of one run: tables, territory, luck, books and records. Decides nothing."""

    def __init__(self, setup: Setup) -> None:
        self.burn_in = setup.burn_in
        self.schedule = setup.parameters
        self.month = 0
        self.events = setup.events
        self.moved: set[Column] = set()
        self.served: dict[str, Array] = {}
        self.streams = Streams(setup.seed)
        self.territory = territory(setup.inputs)
        self.population = Population()
        self.recorder: Recorder = None  # type: ignore[assignment]
        self.start = populate(self, setup)
        self.ledger = Ledger(self.population, MAY_OWE, TILLS)
        self.recorder = Recorder(self)

    def run(self, schedule: Schedule) -> None:
        """One month: every line of the schedule in its order, then the books close and the recorder reads."""
        self.ledger.open()
        self.recorder.open()
        for mechanism in schedule.lines():
            work = mechanism if mechanism.on else mechanism.rest
            try:
                work(Month(self, mechanism))
            except Exception as error:
                raise undeclared(mechanism, error) or error from error
        self.ledger.close(self.month)
        self.check_heads_and_jobs()
        self.recorder.observe()
        self.month += 1

    def check_heads_and_jobs(self) -> None:
        """People and jobs balance: everybody is somewhere once, every job has one holder.

        Raises
        ------
        BooksError
            Naming what does not balance, with the numbers.
        """
        from sim.ledger import BooksError

        persons, firms, migrants = self.population.persons, self.population.firms, self.population.migrants
        held = np.zeros((firms.count, 2), np.int64)
        heads, astray, away, lost = count_heads(
            persons.status, persons.employer, persons.level, persons.spell, migrants.person, migrants.ended, held
        )
        if astray:
            raise BooksError(f"month {self.month}: {astray} persons employed without employer or the reverse")
        if (held != firms.jobs).any():
            firm = int(np.flatnonzero((held != firms.jobs).any(axis=1))[0])
            raise BooksError(f"month {self.month}: firm {firm} has {firms.jobs[firm]} jobs and {held[firm]} holders")
        if lost:
            raise BooksError(f"month {self.month}: somebody away has no current stay")
        stays = int((migrants.ended == 0).sum())
        if stays != away:
            raise BooksError(f"month {self.month}: {stays} current stays, {away} people away")
        counts = self.recorder.counts
        expected = self.recorder.heads + counts["births"] + counts["newcomers"] - counts["deaths"]
        if heads != expected:
            raise BooksError(f"month {self.month}: {heads} people, but births, deaths and arrivals give {expected}")

    def compact(self) -> None:
        """Drop rows of people, stays, households and firms that are gone, and sort people by home again."""
        population = self.population
        migrants, firms, households, persons = (
            population.migrants, population.firms, population.households, population.persons,
        )  # fmt: skip
        population.move(Migrants, np.flatnonzero(migrants.ended == 0))
        keep = (firms.open == 1) | (firms.jobs.sum(axis=1) > 0) | (firms.cash != 0)
        population.move(Firms, np.flatnonzero(keep))
        lived_in = np.bincount(persons.household[persons.status != Status.ABSENT], minlength=households.count) > 0
        keep = lived_in | (households.liquid_assets != 0)
        order = ascending(households.locality, households.id)
        population.move(Households, order[keep[order]])
        order = ascending(persons.household, persons.id)  # households stand by locality now
        population.move(Persons, order[persons.status[order] != Status.ABSENT])


class Remesa(Handles, mesa.Model):  # type: ignore[misc]
    """A local labour market with migration and remittances, month by month.

    Parameters
    ----------
    setup : Setup
        Inputs of the place, parameters, events, months, seed, population.
    announce : callable, optional
        Told in a sentence when the first start on a machine compiles the model.
    """

    def __init__(self, setup: Setup, announce: Callable[[str], None] | None = None) -> None:
        compile_all(announce)
        super().__init__(rng=setup.seed)
        self.setup = setup
        self.schedule = setup.parameters
        self.world = World(setup)
        self.compaction = COMPACTION

    def step(self) -> None:
        """One month."""
        self.world.run(self.schedule)
        if self.compaction and self.world.month % self.compaction == 0:
            self.world.compact()
        if self.world.month >= self.setup.burn_in + self.setup.months:
            self.running = False

    def burn_in(self) -> None:
        """The months before month 1, in which everything is on and no policy or shock acts."""
        while self.world.month < self.setup.burn_in:
            self.step()

    def run(self, progress: Callable[[int], None] | None = None) -> Remesa:
        """All months that are left; ``progress`` is told the number of each."""
        while self.world.month < self.setup.burn_in + self.setup.months:
            self.step()
            if progress:
                progress(self.world.month)
        return self

    @property
    def population(self) -> Population:
        """The tables."""
        return self.world.population

    @property
    def ledger(self) -> Ledger:
        """The books of the month."""
        return self.world.ledger

    @property
    def recorder(self) -> Recorder:
        """What was observed so far."""
        return self.world.recorder


def toy(**changes: Any) -> Remesa:
    """A small world of invented inputs, for tests and first steps: ``toy(population=400, months=12)``."""
    from sim.example import example_inputs

    return Remesa(Setup(**{"inputs": example_inputs(), "population": 600, "months": 24, **changes}))


__all__ = ["Authorities", "Remesa", "Setup", "World", "toy"]
