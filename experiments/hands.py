"""The experimenter's hands: doses, things held fixed, and the same people looked at in several worlds.

None of this is a rule of the model. A dose is paid through the books and a held column is given back, so
that every month closes as it must.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.worlds import Array, Touch, rows_by_id
from sim.codes import Status
from sim.ledger import Flow
from sim.population import Destinations, Firms, Households

if TYPE_CHECKING:
    from sim.model import World

LABOUR_FORCE = (int(Status.UNEMPLOYED), int(Status.EMPLOYED), int(Status.OWN_ACCOUNT))
STUDENT, ABSENT, AWAY = int(Status.STUDENT), int(Status.ABSENT), int(Status.AWAY)
FIRST_AGE, PRIME_END = 18, 65  # years; the adults of T06 are 18 to 64
GRANT = Flow("experimental grant", Destinations.outside, Households.liquid_assets, "a dose, paid like a remittance")

WITHHELD = "parameters.remittances.on=0"
USES = tuple(
    f"parameters.{line}.{switch}=0"
    for line, switches in {
        "participation": ("income", "volatility"),
        "expectations": ("remittances_usual",),
        "vital": ("remittances_repay_estates",),
        "government": ("remittances_pay_outside",),
        "spending": ("remittances_spent",),
        "finance": ("remittances_banked",),
        "enterprise": ("remittances_start_firms",),
        "skills": ("remittances_pay_school",),
        "migration": ("remittances_pay_trips",),
        "remittances": ("control", "collective"),
        "newcomers": ("remittances_sent_on",),
    }.items()
    for switch in switches
)
"""All that remittances can be used for, switched off: nothing is left by which they could reach participation."""


# ------------------------------------------------------------------------------------------- looking


def levels_of(firms: Firms) -> Array:
    """Which levels of jobs each firm has, a column each for basic and skilled ones."""
    levels: Array = np.stack([firms.skilled_weight < 1.0, firms.skilled_weight > 0.0], axis=1)
    return levels


class Panel:
    """The same people, looked at in every month from some month on.

    Parameters
    ----------
    world : World
        Where they are chosen.
    rows : rows of `Persons` there
    columns : columns of `Persons` that are noted beside the status
    """

    def __init__(self, world: World, rows: Array, first: int = 1, columns: tuple[str, ...] = ()) -> None:
        self.ids = world.population.persons.id[rows].copy()
        self.sex = world.population.persons.sex[rows].copy()
        self._first, self._columns = first, columns
        self._seen: list[dict[str, Array]] = []

    def again(self) -> Panel:
        """An empty panel of the same people, for another world."""
        other = object.__new__(Panel)
        other.__dict__ |= {**self.__dict__, "_seen": []}
        return other

    def look(self, world: World, month: int) -> None:
        """Note where everybody is; to be called after each month."""
        if month < self._first:
            return
        persons = world.population.persons
        rows = rows_by_id(persons.id, self.ids)
        there = rows >= 0
        found = {"status": np.where(there, persons.status[rows], ABSENT)}
        for name in self._columns:
            found[name] = np.where(there, persons.values(name)[rows].astype(np.float64), np.nan)
        self._seen.append(found)

    def values(self, name: str = "status") -> Array:
        """One column: an array [month, person]."""
        return np.array([one[name] for one in self._seen])

    @property
    def here(self) -> Array:
        """Who is present and no child: an array [month, person]."""
        status = self.values()
        return (status >= STUDENT) & (status < AWAY)

    @property
    def active(self) -> Array:
        """Who is in the labour force."""
        return np.isin(self.values(), LABOUR_FORCE)


def share_gap(one: Array, other: Array, among: Array) -> float:
    """Difference of two shares among the same people and months, in percentage points."""
    return 100.0 * float(one[among].mean() - other[among].mean()) if among.any() else 0.0


def participation_gap(treated: Panel, untreated: Panel, who: Array | None = None) -> float:
    """Participation of the same people in two worlds, in the months in which they are present in both (points)."""
    both = treated.here & untreated.here
    if who is not None:
        both = both & who
    return share_gap(treated.active, untreated.active, both)


def adults_of(world: World, homes: Array, youngest: int = 15, oldest: int = 200) -> Array:
    """Rows of the people present who belong to some households (a truth value each) and are of an age in years."""
    persons = world.population.persons
    age = (world.month - 1 - world.burn_in - persons.birth_month) // 12
    return np.flatnonzero(homes[persons.household] & (persons.status < AWAY) & (age >= youngest) & (age < oldest))


def recipients(world: World) -> Array:
    """Which households count on remittances worth noting (as the indicators define it)."""
    homes = world.population.households
    return np.asarray((homes.persistent_receipt > 0.005 * world.start.base_pay) & (homes.members > 0))


# ------------------------------------------------------------------------------------------- doses


def matched(factor: float) -> Touch:
    """After remittances: each receipt is paid so many times once more, from abroad.

    Those away do and keep what they would; only what arrives differs.
    """

    def touch(world: World) -> None:
        homes = world.population.households
        add(world, np.rint(homes.receipt * (100.0 * factor)).astype(np.int64))

    return touch


def grants(ids: Array, amounts: Callable[[int], Array]) -> Touch:
    """After remittances: households get an amount as if it were sent; ``amounts`` of each month, 1 is the first."""

    def touch(world: World) -> None:
        homes = world.population.households
        rows = rows_by_id(homes.id, ids)
        there = rows >= 0
        cents = np.zeros(homes.count, np.int64)
        cents[rows[there]] = np.rint(100.0 * amounts(world.month - world.burn_in + 1)).astype(np.int64)[there]
        add(world, cents)

    return touch


def add(world: World, cents: Array) -> None:
    """Pay households from abroad and let them see it as remittances."""
    homes = world.population.households
    world.ledger.pay(GRANT, np.zeros(len(cents), np.int64), np.arange(len(cents)), cents)
    homes.receipt[:] += (cents / 100.0).astype(np.float32)
    homes.received_assets[:] += cents


# ------------------------------------------------------------------------------------------- held fixed

OF_PERSONS = ("care_hours", "pensioner", "receives", "smoothed_earnings")
OF_HOMES = (
    "others_earnings", "absent_earnings", "other_income", "liquid_assets", "receipts", "persistent_receipt",
    "receipt_variance",
)  # fmt: skip
OF_PLACES = ("median_income", "median_pay")
MONEY_POWER = {"care_hours": 0, "pensioner": 0, "receives": 0, "receipt_variance": 2}  # else 1: money


@dataclasses.dataclass
class HeldValue:
    """Lends one world, for the line of participation alone, what decides the value of not working in another.

    Income without own work, care, home production and the cost of working are those of the same person in
    the untreated twin in the same month, at the same real worth; offers, own-account returns and
    everything else stay the world's own. People without a twin keep theirs.
    """

    _noted: dict[str, dict[str, Array]] = dataclasses.field(default_factory=dict)
    _own: list[tuple[Array, Array]] = dataclasses.field(default_factory=list)

    def note(self, world: World) -> None:
        """Before participation in the untreated twin: remember."""
        persons, homes, places = (getattr(world.population, name) for name in ("persons", "households", "localities"))
        self._noted = {
            "persons": {name: persons.values(name).copy() for name in ("id", *OF_PERSONS)},
            "homes": {name: homes.values(name).copy() for name in ("id", *OF_HOMES)},
            "places": {name: places.values(name).copy() for name in ("id", "price_index", *OF_PLACES)},
        }

    def lend(self, world: World) -> None:
        """Before participation in the treated world: put the twin's values in the place of its own."""
        persons, homes, places = (getattr(world.population, name) for name in ("persons", "households", "localities"))
        ratio = places.price_index / self._noted["places"]["price_index"]
        of_home = ratio[homes.locality]
        for table, name, columns, scale in (
            (persons, "persons", OF_PERSONS, of_home[persons.household]),
            (homes, "homes", OF_HOMES, of_home),
            (places, "places", OF_PLACES, ratio),
        ):
            theirs = self._noted[name]
            rows = rows_by_id(theirs["id"], table.id)
            there = rows >= 0
            for column in columns:
                mine = table.values(column)
                self._own.append((mine, mine.copy()))
                power = MONEY_POWER.get(column, 1)
                worth = scale[there] ** power
                lent = theirs[column][rows[there]].astype(np.float64)
                lent = lent * (worth[:, None] if lent.ndim > 1 else worth)
                mine[there] = np.rint(lent) if mine.dtype.kind == "i" else lent

    def give_back(self, world: World) -> None:
        """After participation: everything as it was."""
        for mine, before in self._own:
            mine[:] = before
        self._own.clear()


__all__ = ["Any", "HeldValue", "Panel", "adults_of", "grants", "matched", "participation_gap", "recipients"]
