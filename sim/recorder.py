"""The recorder reads: life events as they happen, tallies each month, indicators of them when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.codes import Event, Status
from sim.mechanism import kernel
from sim.streams import ONCE, Luck, uniforms
from sim.table import Array
from sim.tallies import FIFTHS, GROUPS, Observation, Seen, Tally, fifths_of, look, together

if TYPE_CHECKING:
    from sim.model import World

BESIDE = ("cause", "offer", "without")
"""What decided beside the value of a life event: the size of what its reason names, what was on offer or asked
for, and the value the same person would have had without that reason. Zero where nothing was recorded."""
TOLD: dict[str, Any] = {"month": np.int32, "person": np.int64, "household": np.int64, "event": np.int8,
                        "reason": np.int32, "value": np.float32, **dict.fromkeys(BESIDE, np.float32)}  # fmt: skip
HISTORIES = 20_000  # towns up to this size keep everybody's history, larger ones a keyed sample

AHEAD = 24  # months whose indicators are computed in one go


class Happening(NamedTuple):
    """One life event, as the mechanism that decided it told the recorder.

    Attributes
    ----------
    month : 1 is the first after the burn-in, 0 its last
    person, household : identities; the household is the one the person then belonged to
    event : what happened
    reason, value, cause, offer, without : what they mean for each event stands in `codes.Event`
    """

    month: int
    person: int
    household: int
    event: Event
    reason: int
    value: float
    cause: float = 0.0
    offer: float = 0.0
    without: float = 0.0


@kernel
def sampled(ids: Array, rows: Array, luck: Luck, share: float) -> Array:
    """Which entries of ``rows`` are about people of a keyed sample."""
    kept = np.empty(len(rows), np.int64)
    count = 0
    for k in range(len(rows)):
        if uniforms(luck, ids[rows[k]])[0] < share:
            kept[count] = k
            count += 1
    return kept[:count]


class Recorder:
    """Observes one run: indicators every month, life events, counts of what happened."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._months: list[Array] = []
        self._ahead: list[Seen] = []  # months whose indicators nobody has asked for yet
        self._numbers: list[int] = []
        self._events: list[tuple[Any, ...]] = []  # how many at once, and for each of `TOLD` one or as many values
        self._gone: dict[int, tuple[int, int]] = {}
        self.heads = 0
        self.flows: list[dict[tuple[str, str], int]] = []
        self.open()
        places = world.population.localities.count
        self.groups: tuple[str, ...] = GROUPS
        if places > 1:
            self.groups += tuple(f"locality={k}" for k in range(places))

    def open(self) -> None:
        """Begin a month: nothing has happened yet."""
        self.happened = np.zeros(len(Event), np.int64)
        self.heads = int((self._world.population.persons.status != Status.ABSENT).sum())

    @property
    def counts(self) -> dict[str, int]:
        """How often each head-changing event happened this month."""
        named = {"births": Event.BORN, "deaths": Event.DIED, "newcomers": Event.ARRIVED,
                 "departures": Event.DEPARTED, "returns": Event.RETURNED}  # fmt: skip
        return {name: int(self.happened[event]) for name, event in named.items()}

    def events(self, month: int, event: int, persons: Array, reasons: Any, values: Any, **beside: Any) -> None:
        """Append events of one kind; a keyed sample of people in large towns, counts always of all."""
        if not len(persons):
            return
        rows = np.ascontiguousarray(persons, np.int64)
        self.happened[event] += len(rows)
        ids = self._world.population.persons.id
        count = self._world.start.persons
        if count > HISTORIES:
            kept = sampled(ids, rows, self._world.streams.luck("recorder", "histories", ONCE), HISTORIES / count)
            rows = rows[kept]
            reasons, values = (one[kept] if isinstance(one, np.ndarray) else one for one in (reasons, values))
            beside = {name: one[kept] if isinstance(one, np.ndarray) else one for name, one in beside.items()}
        if len(rows):
            month -= self._world.burn_in
            population = self._world.population
            homes = population.households.id[population.persons.household[rows]]
            what = (reasons, values, *(beside.get(name, 0.0) for name in BESIDE))
            told = [one.copy() if isinstance(one, np.ndarray) else one for one in what]
            self._events.append((len(rows), month, ids[rows], homes, event, *told))
            if event == Event.DIED:  # their rows go at the next compaction
                for row in rows.tolist():
                    self._gone[int(ids[row])] = self._about(row)

    def histories(self) -> dict[str, Array]:
        """Life events so far: month, person, the household the person then belonged to, event, reason, value, and
        what stands beside it.
        """
        if not self._events:
            return {name: np.zeros(0) for name in TOLD}
        counts, *parts = zip(*self._events, strict=True)
        told = [np.concatenate([np.full(count, one, kind) for count, one in zip(counts, part, strict=True)])
                for part, kind in zip(parts, TOLD.values(), strict=True)]  # fmt: skip
        self._events = [(sum(counts), *told)]
        return {name: one.copy() for name, one in zip(TOLD, told, strict=True)}

    def life(self, *, person: int | None = None, household: int | None = None) -> list[Happening]:
        """What happened so far to a person, or to the people of a household while they belonged to it, in order."""
        if (person is None) == (household is None):
            raise ValueError("a life is of a person or of a household: give the identity of one of them")
        told = self.histories()
        of = told["person"] == person if household is None else told["household"] == household
        rows = np.flatnonzero(of)
        columns = zip(*(told[name][rows].tolist() for name in Happening._fields), strict=True)
        return [Happening(month + 1, who, home, Event(event), *rest) for month, who, home, event, *rest in columns]

    def of_whom(self, person: int) -> tuple[int, int] | None:
        """Sex and month of birth of somebody of the place, also of the dead; None of whom there never was."""
        persons = self._world.population.persons
        row = int(persons.rows_of(person))
        return self._about(row) if row >= 0 else self._gone.get(person)

    def _about(self, row: int) -> tuple[int, int]:
        persons = self._world.population.persons
        return int(persons.sex[row]), int(persons.birth_month[row])

    def observe(self) -> None:
        """Tally the tables; the indicators follow when somebody asks, or some months together."""
        self._ahead.append(look(self._world, self.groups, self.happened))
        self._numbers.append(self._world.month - self._world.burn_in + 1)
        ledger = self._world.ledger
        cents = ledger.book.sum(axis=1).tolist()
        self.flows.append({(flow.name, for_): n for (flow, for_), n in zip(ledger.flows, cents, strict=True)})
        if len(self._ahead) == AHEAD:
            self._compute()

    def _compute(self) -> list[Array]:
        """Every indicator of every group, a table for each month; those tallied since the last call first."""
        from sim.indicators import INDICATORS

        if self._ahead:
            tally = Tally(self.groups, together(self._ahead))
            self._months += list(np.array([one.compute(tally) for one in INDICATORS.values()]).transpose(2, 0, 1))
            self._ahead = []
        return self._months

    def tally(self) -> Tally:
        """Counts and sums of the tables as they are."""
        return Tally(self.groups, look(self._world, self.groups, self.happened))

    def rows(self) -> dict[str, Array]:
        """Tidy rows: month (1 is the first after the burn-in), indicator, group, value."""
        from sim.indicators import INDICATORS

        names = np.array(list(INDICATORS))
        months = np.array(self._numbers, np.int16)
        values = np.array(self._compute()).reshape(len(months), len(names), len(self.groups))
        covered = np.array([[one.covers(group) for group in self.groups] for one in INDICATORS.values()])
        where = np.nonzero(np.broadcast_to(covered, values.shape))
        return {
            "month": months[where[0]], "indicator": names[where[1]],
            "group": np.array(self.groups)[where[2]], "value": values[where],
        }  # fmt: skip

    def since(self, count: int) -> Array:
        """Every indicator of every group, [month, indicator, group], of the months after the first ``count``."""
        return np.array(self._compute()[count:])

    def series(self, indicator: str, group: str = "all") -> Array:
        """One indicator of one group over the months observed."""
        from sim.indicators import INDICATORS

        place = list(INDICATORS).index(indicator)
        return np.array([table[place, self.groups.index(group)] for table in self._compute()])


__all__ = ["FIFTHS", "GROUPS", "Observation", "Recorder", "Tally", "fifths_of"]
