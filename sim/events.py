"""The engine that delivers instruments and shocks: who is served, who pays, and which levers move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.arrivals import USED, bring
from sim.groups import GROUPS
from sim.instruments import COUNTED, LEVERS, PER_HEAD, Dated, Instrument, Move, Shock, located
from sim.ledger import Flow, cents
from sim.mechanism import Mechanism, Month
from sim.parameters import switch
from sim.population import Authorities, Destinations, Households, Localities, Persons
from sim.table import TABLES, Array, Column

if TYPE_CHECKING:
    from sim.streams import Luck

UNITS = {"persons": Persons, "households": Households, "localities": Localities, "destinations": Destinations}


def queue(places: Array, draws: Array, ids: Array) -> Array:
    """Order in which rows are served: by their draw within a locality, localities in proportion to heads.

    Row r (from 0) of E in its locality has its turn at (2r + 1) / E, the method of Sainte-Laguë: shares
    follow the heads, and one more place never takes one away. Equal turns go to the lower draw.
    """
    inside = np.lexsort((ids, draws, places))
    heads = np.bincount(places)
    rank = np.arange(len(places)) - np.repeat(np.cumsum(heads) - heads, heads)
    turn = (2 * rank + 1) / heads[places[inside]]
    return inside[np.lexsort((ids[inside], draws[inside], turn))]


def places_bought(costs: Array, budget: int | None, limit: float, divisible: bool) -> tuple[Array, Array]:
    """Who of a queue is served, and what is paid for each, in cents.

    Parameters
    ----------
    costs : cent, >= 0, one per row in the order of the queue
    budget : cent; None where there is none
    limit : rows, the largest number of places
    divisible : whether all rows are served in part instead of the first ones whole

    Returns
    -------
    Share of a place for each row, which never rises along the queue and rises with budget and limit, and
    the cents paid for each row, together never above the budget.
    """
    total, rows = int(costs.sum()), len(costs)
    served, paid = np.zeros(rows), np.zeros(rows, np.int64)
    if not rows:
        return served, paid
    if divisible:
        enough = budget is None or total <= budget
        served[:] = min(1.0, limit / rows, 1.0 if enough else (budget or 0) / total)
        paid[:] = np.floor(served * costs)
    else:
        first = rows if budget is None else int(np.searchsorted(np.cumsum(costs), budget, side="right"))
        first = min(first, math.floor(limit + 1e-9))
        served[:first] = 1.0
        paid[:first] = costs[:first]
    return served, paid


def split(total: int, heads: Array) -> Array:
    """A sum of cents over localities by heads, exact to the cent."""
    weights = [int(head) for head in heads] if heads.any() else [1] * len(heads)
    passed, reached, parts = 0, 0, []
    for weight in weights:
        passed += weight
        upto = total * passed // sum(weights)
        parts.append(upto - reached)
        reached = upto
    return np.array(parts, np.int64)


@dataclass
class Events(Mechanism):
    """Shocks and policies set this month's levers.

    Levers moved last month return to neutral. Then each instrument and shock, in the order of names,
    finds its eligible rows; they queue in an order drawn once per row, places are bought from the budget,
    the levers of those served move, and the authority or the donor pays. Localities, lenders and ways to
    send money do not queue: all get the same part of what it would cost in full. Levers of other tables
    than the eligible rows' move by the share of the eligible who are served. Where several move one
    lever, `set` comes first (the last name wins), then all `multiply`, then all `add`; the sum stays
    within the lever's bounds. A shock may also bring people. Nothing acts during the burn-in.
    """

    reads: ClassVar = tuple(
        dict.fromkeys(
            [
                *(column for group in GROUPS.values() for column in group.columns),
                *(TABLES[lever.table].columns["id"] for lever in LEVERS),
                *(
                    TABLES[lever.table].columns["locality"]
                    for lever in LEVERS
                    if "locality" in TABLES[lever.table].columns
                ),
                Persons.household,
                *USED,
            ]
        )
    )
    writes: ClassVar = (*LEVERS, Authorities.instruments)
    pays: ClassVar = (
        Flow("donor money", Localities.outside, Authorities.cash, "what a donor gives for its instruments"),
        Flow("instruments", Authorities.cash, Localities.outside, "what instruments cost"),
        Flow("brought along", Localities.outside, Households.liquid_assets, "money of people whom a shock brings"),
    )

    adds: ClassVar = (Households, Persons)

    on: int = switch("all instruments and shocks")

    def __call__(self, month: Month) -> None:
        """Return last month's levers to neutral, then deliver what is due this month."""
        if month.moved:
            for lever in month.moved:
                month.values(lever)[:] = lever.initial
            month.moved.clear()
            month.values(Authorities.instruments)[:] = 0
        month.served.clear()
        if not self.on:
            return
        now = month.age_base + 1  # the first month after the burn-in is month 1
        due = sorted((event for event in month.events if event.intensity(now) > 0), key=lambda event: event.name)
        for event in due:  # before all else: what follows is for those who come too
            if isinstance(event, Shock) and event.people is not None:
                table = TABLES[GROUPS[event.eligible].table]
                came = bring(month, event.people, event.name, table, entitled_to(month, event), event.intensity(now))
                homes = month.values(Persons.household)[came]
                money = np.full(len(came), round(100 * event.people.money))
                month.pay("brought along", month.values(Households.locality)[homes], homes, money, event.name)
        moved = Moved(month)
        for event in due:
            deliver(month, event, event.intensity(now), moved)
        moved.write()


class Moved:
    """What is done to each lever this month, before it is written."""

    def __init__(self, month: Month) -> None:
        self.month = month
        self.parts: dict[Column, tuple[Array, Array, Array]] = {}

    def move(self, move: Move, rows: Array, shares: Array | float) -> None:
        """Note one move for some rows, at a share of its size."""
        if move.lever not in self.parts:
            length = len(self.month.values(move.lever))
            self.parts[move.lever] = (
                np.full(length, move.lever.initial, float),
                np.ones(length),
                np.zeros(length),
            )
        base, factor, added = self.parts[move.lever]
        if move.how == "set":
            base[rows] = move.lever.initial + shares * (move.amount - move.lever.initial)
        elif move.how == "multiply":
            factor[rows] *= 1.0 + shares * (move.amount - 1.0)
        else:
            added[rows] += shares * move.amount

    def write(self) -> None:
        """Put the levers where they belong, within their bounds."""
        for lever, (base, factor, added) in self.parts.items():
            self.month.values(lever)[:] = np.clip(base * factor + added, *(lever.bounds or (-np.inf, np.inf)))
            self.month.moved.add(lever)


def entitled_to(month: Month, event: Dated) -> Array:
    """Rows of the eligible group that assignment leaves in."""
    group = GROUPS[event.eligible]
    return np.flatnonzero(members(month, event.eligible) & assigned(month, event, group.table))


def deliver(month: Month, event: Dated, intensity: float, moved: Moved) -> None:
    """One month of one instrument or shock: who is eligible, who is served, who pays, what moves."""
    group = GROUPS[event.eligible]
    rows = entitled_to(month, event)
    ids = month.values(TABLES[group.table].columns["id"])
    luck, entitled = month.luck_once(event.name), len(rows)
    if isinstance(event, Instrument):
        if event.take_up.value < 1:
            rows = rows[month.draw(ids, luck, 1)[rows] < event.take_up.value]
        rows, served = buy(month, event, intensity, rows, ids, luck)
    else:
        served = np.full(len(rows), intensity)
    reach = served.sum() / max(entitled, 1)
    rows, served = rows[served > 0], served[served > 0]
    month.served[event.name] = ids[rows]
    for move in event.moves:
        if move.lever.table == group.table:
            moved.move(move, rows, served)
        elif reach > 0:
            others = assigned(month, event, move.lever.table)
            moved.move(move, np.flatnonzero(others & members(month, move.of) if move.of else others), reach)


def buy(month: Month, event: Instrument, intensity: float, rows: Array, ids: Array, luck: Luck) -> tuple[Array, Array]:
    """Buy places for eligible rows in the order of the queue and book the cost; rows and shares served."""
    table = GROUPS[event.eligible].table
    where = places_of(month, table)
    heads = inhabitants(month)
    money = event.money(month.start_population)
    budget = None if money is None else math.floor(money * intensity * 100.0)
    limit = float(len(rows)) if event.coverage is None else event.coverage.value * intensity * len(rows)
    if table in COUNTED and where is not None:
        rows = rows[queue(where[rows], month.draw(ids[rows], luck), ids[rows])]
    costs = np.full(len(rows), event.unit_cost.value)
    if event.unit_cost.unit.endswith(PER_HEAD):
        costs *= (heads.sum() if where is None else heads[where[rows]]) / 1000.0
    served, paid = places_bought(cents(costs), budget, limit, table not in COUNTED)
    bill = np.zeros(len(heads), np.int64)
    if where is None:
        bill += split(int(paid.sum()), heads)
    else:
        np.add.at(bill, where[rows], paid)
    every = np.arange(len(heads))
    if event.funder == "donor":
        month.pay("donor money", every, every, bill, event.name)
    else:
        month.values(Authorities.instruments)[:] += bill / 100.0
    month.pay("instruments", every, every, bill, event.name)
    return rows, served


def members(month: Month, group: str) -> Array:
    """Truth value per row of the group's table."""
    found = GROUPS[group]
    return np.array(found.members(month.age_base, *(month.values(column) for column in found.columns)), bool)


def places_of(month: Month, table: str) -> Array | None:
    """Locality of each row of a table; None where rows have none."""
    if table == "Localities":
        return np.arange(month.count(Localities))
    if table == "Persons":
        household = month.values(Persons.household)
        return np.where(household >= 0, month.values(Households.locality)[household], 0)
    return month.values(TABLES[table].columns["locality"]) if located(table) else None


def inhabitants(month: Month) -> Array:
    """People here by locality."""
    members_here = month.values(Households.members)
    where = month.values(Households.locality)
    return np.bincount(where, members_here, month.count(Localities)).astype(np.int64)


def assigned(month: Month, event: Dated, table: str) -> Array:
    """Rows of a table that assignment leaves in; all without it."""
    if event.assign is None:
        return np.ones(month.count(TABLES[table]), bool)
    unit, chosen = event.assign.unit, drawn_units(month, event)
    if unit == "localities":
        places = places_of(month, table)
        return np.ones(month.count(TABLES[table]), bool) if places is None else chosen[places]
    return chosen[month.values(Persons.household)] if (unit, table) == ("households", "Persons") else chosen


def drawn_units(month: Month, event: Dated) -> Array:
    """Which units an event's assignment draws or names, a truth value for each row of their table.

    The draw of a unit is the same in every month and in every world, whatever the share.
    """
    assign = event.assign
    assert assign is not None
    own = UNITS[assign.unit]
    ids = month.values(own.columns["id"])
    if assign.ids is not None:
        return np.isin(ids, np.array(assign.ids, np.int64))
    drawn = month.draw(ids, month.luck_once(f"{assign.lot or event.name}, assignment"))
    if assign.saturation:
        return drawn < saturations(month, event)[places_of(month, own.__name__)]
    if assign.unit == "persons" or assign.unit == "households":
        return drawn < assign.share
    chosen = np.zeros(len(ids), bool)  # few of them: exactly the share, rounded to the nearest
    chosen[np.lexsort((ids, drawn))[: math.floor(assign.share * len(ids) + 0.5)]] = True
    return chosen


def saturations(month: Month, event: Dated) -> Array:
    """Share of its persons or households that each locality has drawn; each share goes to as many localities."""
    assign = event.assign
    assert assign is not None
    ids = month.values(Localities.id)
    if not assign.saturation:
        return np.full(len(ids), assign.share)
    drawn = month.draw(ids, month.luck_once(f"{assign.lot or event.name}, saturation"))
    rank = np.empty(len(ids), np.int64)
    rank[np.lexsort((ids, drawn))] = np.arange(len(ids))
    return np.array(assign.saturation)[rank * len(assign.saturation) // len(ids)]
