"""Instruments and shocks: their schema, the groups they are for, and the one engine that delivers them.

A lever is a column with a neutral value that exactly one mechanism obeys. An instrument or a shock is
data: for whom, when, how much, at whose cost, and which levers it moves. Adding one needs no code.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sim.codes import Channel, Occupation, Owner, Status
from sim.ledger import Flow, cents
from sim.mechanism import Mechanism, Month
from sim.parameters import Declaration, ParameterError, check, switch
from sim.population import (
    Authorities,
    Destinations,
    Firms,
    Households,
    Lenders,
    Localities,
    Persons,
    Providers,
    Recruiters,
)
from sim.table import TABLES, Array, Column, Kind

if TYPE_CHECKING:
    from sim.streams import Luck


class EventError(ParameterError):
    """An instrument or shock that cannot be: where, what was found, what is allowed, what to do."""


# ------------------------------------------------------------------------------------------- groups


@dataclass(frozen=True)
class Group:
    """Rows that something can be for: a function of declared columns, the first of them of its own table."""

    meaning: str
    columns: tuple[Column, ...]
    members: Callable[..., Array]  # (month on the scale of birth_month, *values) -> a truth value per row

    @property
    def table(self) -> str:
        """The table whose rows belong or do not."""
        return self.columns[0].table


AWAY, UNEMPLOYED, OWN_ACCOUNT = int(Status.AWAY), int(Status.UNEMPLOYED), int(Status.OWN_ACCOUNT)
IDLE = (int(Status.INACTIVE), UNEMPLOYED)
WORKERS = (int(Status.EMPLOYED), OWN_ACCOUNT)
PUBLIC = int(Owner.AUTHORITY)


def aged(now: int, status: Array, born: Array, low: int, high: int) -> Array:
    """Here and between two ages in years; working age begins at 15, youth are 15 to 24 (ILO)."""
    age = (now - born) // 12
    return np.asarray((status < AWAY) & (age >= low) & (age < high))


# fmt: off
GROUPS: dict[str, Group] = {
    "all_persons": Group("everybody here", (Persons.status,), lambda now, status: status < AWAY),
    "children": Group("children here below 15", (Persons.status, Persons.birth_month),
        lambda now, status, born: aged(now, status, born, 0, 15)),
    "adults": Group("people here aged 15 and older", (Persons.status, Persons.birth_month),
        lambda now, status, born: aged(now, status, born, 15, 200)),
    "working_age": Group("people here aged 15 to 64", (Persons.status, Persons.birth_month),
        lambda now, status, born: aged(now, status, born, 15, 65)),
    "women": Group("women here aged 15 and older", (Persons.status, Persons.birth_month, Persons.sex),
        lambda now, status, born, sex: aged(now, status, born, 15, 200) & (sex == 0)),
    "men": Group("men here aged 15 and older", (Persons.status, Persons.birth_month, Persons.sex),
        lambda now, status, born, sex: aged(now, status, born, 15, 200) & (sex == 1)),
    "youth": Group("people here aged 15 to 24", (Persons.status, Persons.birth_month),
        lambda now, status, born: aged(now, status, born, 15, 25)),
    "youth_out_of_school": Group("people here aged 15 to 24 and not at school",
        (Persons.status, Persons.birth_month, Persons.in_school),
        lambda now, status, born, school: aged(now, status, born, 15, 25) & (school == 0)),
    "unemployed": Group("people here without work who search", (Persons.status,),
        lambda now, status: status == UNEMPLOYED),
    "out_of_work": Group("people here aged 15 to 64, neither in work nor at school",
        (Persons.status, Persons.birth_month),
        lambda now, status, born: np.isin(status, IDLE) & aged(now, status, born, 15, 65)),
    "workers": Group("people here who work", (Persons.status,), lambda now, status: np.isin(status, WORKERS)),
    "own_account": Group("people here on own account", (Persons.status,),
        lambda now, status: status == OWN_ACCOUNT),
    "carers": Group("people here who give unpaid care", (Persons.status, Persons.care_hours),
        lambda now, status, hours: (status < AWAY) & (hours > 0)),
    "returnees": Group("people here who came back from a stay away", (Persons.status, Persons.returnee),
        lambda now, status, returnee: (status < AWAY) & (returnee == 1)),
    "newcomers": Group("people here who came from lower-wage places", (Persons.status, Persons.newcomer),
        lambda now, status, newcomer: (status < AWAY) & (newcomer == 1)),
    "people_away": Group("people away", (Persons.status,), lambda now, status: status == AWAY),
    "skilled_away": Group("people away with a skilled qualification", (Persons.status, Persons.occupation),
        lambda now, status, level: (status == AWAY) & (level == int(Occupation.SKILLED))),
    "all_households": Group("households with somebody here", (Households.members,),
        lambda now, members: members > 0),
    "migrant_households": Group("households with somebody here and somebody away",
        (Households.members, Households.away),
        lambda now, members, away: (members > 0) & (away > 0)),
    "rural_migrant_households": Group("households in a village with somebody away",
        (Households.members, Households.away, Households.zone),
        lambda now, members, away, zone: (members > 0) & (away > 0) & (zone == 1)),
    "recipients": Group("households that received remittances in the last three months",
        (Households.members, Households.receipts),
        lambda now, members, receipts: (members > 0) & (receipts > 0).any(axis=1)),
    "rural_households": Group("households in a village", (Households.members, Households.zone),
        lambda now, members, zone: (members > 0) & (zone == 1)),
    "farm_households": Group("households with farm land", (Households.members, Households.land),
        lambda now, members, land: (members > 0) & (land > 0)),
    "poor_households": Group("households below the poverty line last month",
        (Households.members, Households.poor),
        lambda now, members, poor: (members > 0) & (poor == 1)),
    "households_with_children": Group("households with children below 15",
        (Households.members, Households.children),
        lambda now, members, children: (members > 0) & (children > 0)),
    "firms_private": Group("private firms in business", (Firms.open, Firms.owner_kind),
        lambda now, open_, owner: (open_ == 1) & (owner != PUBLIC)),
    "firms_small": Group("private firms in business with fewer than ten employees",
        (Firms.open, Firms.owner_kind, Firms.jobs),
        lambda now, open_, owner, jobs: (open_ == 1) & (owner != PUBLIC) & (jobs < 10)),
    "firms_young": Group("private firms in business for less than two years",
        (Firms.open, Firms.owner_kind, Firms.start_month),
        lambda now, open_, owner, start: (open_ == 1) & (owner != PUBLIC) & (now - start < 24)),
    "lenders": Group("local lenders", (Lenders.id,), lambda now, ids: ids >= 0),
    "providers": Group("all ways to send money", (Providers.id,), lambda now, ids: ids >= 0),
    "providers_formal": Group("banks, operators and digital channels", (Providers.channel,),
        lambda now, channel: channel != int(Channel.INFORMAL)),
    "providers_digital": Group("the digital channel", (Providers.channel,),
        lambda now, channel: channel == int(Channel.DIGITAL)),
    "recruiters": Group("recruiters", (Recruiters.id,), lambda now, ids: ids >= 0),
    "localities": Group("localities", (Localities.id,), lambda now, ids: ids >= 0),
    "destinations": Group("all destinations", (Destinations.id,), lambda now, ids: ids >= 0),
    "destinations_abroad": Group("destinations abroad", (Destinations.abroad,),
        lambda now, abroad: abroad == 1),
    "destinations_home": Group("destinations in the same country", (Destinations.abroad,),
        lambda now, abroad: abroad == 0),
}
# fmt: on

LEVERS: tuple[Column, ...] = tuple(
    declared for table in TABLES.values() for declared in table.columns.values() if declared.kind is Kind.LEVER
)
COUNTED = ("Persons", "Households", "Firms")  # served whole or not at all; all others alike and in part


def _located(table: str) -> bool:
    """Whether each row of a table belongs to a locality."""
    return table in ("Localities", "Persons") or "locality" in TABLES[table].columns


# ------------------------------------------------------------------------------------------- schema

NEVER = 10**9
PER_HEAD = "1000 persons"  # of the territory for a budget, of its own place for the cost of a row
MONEY = 1e12  # largest amount of money a figure may name
ASSIGN_UNITS = {"persons": ("Persons",), "households": ("Households", "Persons"), "localities": ()}


@dataclass(frozen=True)
class Figure:
    """A number with unit, source and the bounds within which it may be varied."""

    value: float
    unit: str
    source: str
    bounds: tuple[float, float]


@dataclass(frozen=True)
class Move:
    """What happens to one lever: ``add`` to it, ``multiply`` it, or ``set`` it."""

    lever: Column
    how: str
    amount: float
    source: str
    bounds: tuple[float, float]
    of: str = ""  # a group of another table than the eligible ones; "" is all its rows


@dataclass(frozen=True)
class Assign:
    """Assignment at random: the share of persons, households or localities that can be served at all."""

    unit: str
    share: float


@dataclass(frozen=True)
class Dated:
    """What instruments and shocks have in common: for whom, when, and which levers they move."""

    name: str
    title: str
    summary: str
    evidence: str
    inventory: tuple[str, ...]
    claims: tuple[str, ...]
    shows: tuple[str, ...]
    eligible: str
    start: int
    ramp: int
    end: int
    assign: Assign | None
    moves: tuple[Move, ...]

    def intensity(self, month: int) -> float:
        """Share of full size in a month after the burn-in: from `start` to `end`, rising over `ramp`."""
        if not self.start <= month <= self.end:
            return 0.0
        return min(1.0, (month - self.start + 1) / max(self.ramp, 1))


@dataclass(frozen=True)
class Shock(Dated):
    """Something nobody chooses and nobody pays for."""

    def dosed(self, share: float) -> Shock:
        """The same shock at a share of its size; 0 is neutral."""
        moves = []
        for move in self.moves:
            neutral = 1.0 if move.how == "multiply" else 0.0 if move.how == "add" else move.lever.initial
            moves.append(dataclasses.replace(move, amount=neutral + share * (move.amount - neutral)))
        return dataclasses.replace(self, moves=tuple(moves))


@dataclass(frozen=True)
class Instrument(Dated):
    """A policy: places bought for eligible rows from a budget, or for a share of them."""

    funder: str
    currency: str
    budget: Figure | None
    coverage: Figure | None
    unit_cost: Figure
    take_up: Figure

    def dosed(self, share: float) -> Instrument:
        """The same instrument with a share of its budget and coverage; 0 is neutral."""
        scaled: dict[str, Figure] = {}
        if self.budget is not None:
            scaled["budget"] = dataclasses.replace(self.budget, value=share * self.budget.value)
        if self.coverage is not None:
            scaled["coverage"] = dataclasses.replace(self.coverage, value=min(1.0, share * self.coverage.value))
        return dataclasses.replace(self, **scaled)  # type: ignore[arg-type]

    def money(self, start_population: int) -> float | None:
        """Budget of a month for the whole territory at full size; None where only coverage limits it."""
        if self.budget is None:
            return None
        heads = start_population / 1000.0 if self.budget.unit.endswith(PER_HEAD) else 1.0
        return self.budget.value * heads


COMMON = (
    "title",
    "inventory",
    "summary",
    "evidence",
    "eligible",
    "start",
    "ramp",
    "end",
    "assign",
    "levers",
    "claims",
    "shows",
)
PAID = ("funder", "currency", "budget", "coverage", "unit_cost", "take_up")


def read_instrument(name: str, values: Any, where: str = "") -> Instrument:
    """Check a tree of values against the schema of an instrument.

    Raises
    ------
    ParameterError
        One line that says where, what was found, what is allowed and what to do.
    """
    where = where or f"policies.{name}"
    common = _common(name, values, where, (*COMMON, *PAID))
    funder = _text(values, "funder", where)
    if funder not in ("authority", "donor"):
        raise EventError(f"{where}.funder = {funder!r} is not known; allowed: authority, donor")
    budget = coverage = None
    if values.get("budget") is not None:
        units = ("money/month", f"money/month/{PER_HEAD}")
        budget = _figure(values["budget"], f"{where}.budget", units, (0.0, MONEY))
    if values.get("coverage") is not None:
        coverage = _figure(values["coverage"], f"{where}.coverage", ("1",), (0.0, 1.0))
    if budget is None and coverage is None:
        raise EventError(
            f"{where} has neither budget nor coverage; give at least one of them, as value, unit and source"
        )
    unit_cost = _figure(values.get("unit_cost"), f"{where}.unit_cost", (), (0.0, MONEY))
    if not re.fullmatch(r"money/month/\w[\w -]*", unit_cost.unit):
        raise EventError(
            f"{where}.unit_cost.unit = {unit_cost.unit!r}; allowed: money/month/place (or what a place is)"
        )
    table = GROUPS[common["eligible"]].table
    if unit_cost.unit.endswith(PER_HEAD) and table in COUNTED:
        raise EventError(
            f"{where}.unit_cost.unit = {unit_cost.unit!r} is for localities, lenders and the like; "
            f"{common['eligible']} are {table.lower()}: give the cost of one of them"
        )
    if budget is not None and coverage is None and unit_cost.value <= 0:
        raise EventError(
            f"{where}.unit_cost.value = 0 serves everybody for nothing; give a cost above 0, or a coverage"
        )
    whole = {"value": 1.0, "unit": "1", "source": "everybody eligible takes it up"}
    take_up = _figure(values.get("take_up", whole), f"{where}.take_up", ("1",), (0.0, 1.0))
    currency = _text(values, "currency", where) if "currency" in values else ""
    return Instrument(
        **common,
        funder=funder,
        currency=currency,
        budget=budget,
        coverage=coverage,
        unit_cost=unit_cost,
        take_up=take_up,
    )


def read_shock(name: str, values: Any, where: str = "") -> Shock:
    """Check a tree of values against the schema of a shock; errors as for an instrument."""
    return Shock(**_common(name, values, where or f"shocks.{name}", COMMON))


def _common(name: str, values: Any, where: str, allowed: tuple[str, ...]) -> dict[str, Any]:
    """The fields that instruments and shocks share, checked."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
        raise EventError(f"{where}: the name {name!r} is not allowed; use small letters, digits and _ (at most 64)")
    if not isinstance(values, dict):
        raise EventError(f"{where} = {values!r} is not a table of keys; allowed keys: {', '.join(allowed)}")
    _known(values, where, allowed)
    eligible = _text(values, "eligible", where)
    if eligible not in GROUPS:
        raise EventError(f"{where}.eligible = {eligible!r} is not a known group; {_allowed(eligible, GROUPS)}")
    start = _whole(values, "start", where, 1, 1, 12000)
    end = NEVER if values.get("end") is None else _whole(values, "end", where, NEVER, 1, 12000)
    if end < start:
        raise EventError(f"{where}.end = {end} comes before start = {start}; months count from the end of the burn-in")
    moves = tuple(_moves(values.get("levers"), f"{where}.levers", GROUPS[eligible].table))
    return {
        "name": name,
        **{key: _text(values, key, where) for key in ("title", "summary", "evidence")},
        **{key: _list(values, key, where) for key in ("inventory", "claims", "shows")},
        "eligible": eligible,
        "start": start,
        "ramp": _whole(values, "ramp", where, 0, 0, 12000),
        "end": end,
        "assign": _assign(
            values.get("assign"), f"{where}.assign", {GROUPS[eligible].table, *(m.lever.table for m in moves)}
        ),
        "moves": moves,
    }


def _moves(levers: Any, where: str, table: str) -> Iterable[Move]:
    """The moves of a tree table -> lever -> {add, multiply or set; unit; source; bounds}."""
    if not isinstance(levers, dict) or not levers:
        raise EventError(f"{where} = {levers!r} names no lever; give table, lever and add, multiply or set")
    known = {str(lever): lever for lever in LEVERS}
    for kind, inside in levers.items():
        if not isinstance(inside, dict) or not inside:
            raise EventError(f"{where}.{kind} = {inside!r} names no lever; give lever and add, multiply or set")
        for name, raw in inside.items():
            place, lever = f"{where}.{kind}.{name}", known.get(f"{kind}.{name}")
            if lever is None:
                raise EventError(f"{place} is not a known lever; {_allowed(f'{kind}.{name}', known)}")
            yield _move(raw, place, lever, table)


def _move(raw: Any, where: str, lever: Column, table: str) -> Move:
    """One move, with its amount and its bounds inside those of the lever."""
    if not isinstance(raw, dict):
        raise EventError(f"{where} = {raw!r} is not a table; give add, multiply or set, with unit, source and bounds")
    _known(raw, where, ("add", "multiply", "set", "unit", "source", "bounds", "of"))
    hows = [how for how in ("add", "multiply", "set") if how in raw]
    if len(hows) != 1:
        raise EventError(f"{where} has {' and '.join(hows) or 'no amount'}; give exactly one of add, multiply, set")
    how, neutral, limits = hows[0], lever.initial, lever.bounds or (-math.inf, math.inf)
    if how == "multiply" and neutral == 0:
        raise EventError(f"{where}.multiply cannot move a lever whose neutral value is 0; use add or set")
    unit = "1" if how == "multiply" else lever.unit
    if raw.get("unit", unit) not in (unit, lever.unit):
        raise EventError(f"{where}.unit = {raw['unit']!r}; the lever is in {unit!r}: convert the amount")
    if how == "add":
        limits = (limits[0] - neutral, limits[1] - neutral)
    elif how == "multiply":
        limits = (limits[0] / neutral, limits[1] / neutral)
    source = _text(raw, "source", where)
    bounds = _bounds(raw, where, limits)
    if bounds[0] < limits[0] or bounds[1] > limits[1]:
        raise EventError(
            f"{where}.bounds = [{bounds[0]:g}, {bounds[1]:g}] leave [{limits[0]:g}, {limits[1]:g}]; "
            f"that is what the lever allows: {lever.meaning}"
        )
    amount = check(f"{where}.{how}", raw[how], Declaration(unit, bounds, source), 1.0)
    of = str(raw.get("of", ""))
    if of and (of not in GROUPS or GROUPS[of].table != lever.table or lever.table == table):
        fitting = {name: g for name, g in GROUPS.items() if g.table == lever.table != table}
        why = "these rows are the eligible ones: leave it out" if lever.table == table else _allowed(of, fitting)
        raise EventError(f"{where}.of = {of!r} names no group of {lever.table.lower()} beside the eligible; {why}")
    return Move(lever, how, amount, source, bounds, of)


def _assign(raw: Any, where: str, tables: set[str]) -> Assign | None:
    """Random assignment, which must be able to tell every row that a lever stands in."""
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise EventError(f"{where} = {raw!r} is not a table; give unit (persons, households, localities) and share")
    _known(raw, where, ("unit", "share"))
    unit = _text(raw, "unit", where)
    if unit not in ASSIGN_UNITS:
        raise EventError(f"{where}.unit = {unit!r} is not known; allowed: {', '.join(ASSIGN_UNITS)}")
    for table in sorted(tables):
        if not (_located(table) if unit == "localities" else table in ASSIGN_UNITS[unit]):
            raise EventError(f"{where}.unit = {unit!r} cannot tell {table.lower()} apart; choose another unit")
    share = check(f"{where}.share", raw.get("share"), Declaration("1", (0.0, 1.0), "a share"), 1.0)
    return Assign(unit, share)


def _figure(raw: Any, where: str, units: tuple[str, ...], limits: tuple[float, float]) -> Figure:
    """A table of value, unit, source and bounds."""
    if not isinstance(raw, dict) or "value" not in raw:
        raise EventError(f"{where} = {raw!r} is no figure; give a table of value, unit, source and bounds")
    _known(raw, where, ("value", "unit", "source", "bounds"))
    unit = str(raw.get("unit", units[0] if len(units) == 1 else ""))
    if units and unit not in units:
        raise EventError(f"{where}.unit = {unit!r}; allowed: {', '.join(units)}")
    source = str(raw.get("source", "chosen by the user"))
    bounds = _bounds(raw, where, limits)
    if bounds[0] < limits[0] or bounds[1] > limits[1]:
        raise EventError(f"{where}.bounds = [{bounds[0]:g}, {bounds[1]:g}] leave [{limits[0]:g}, {limits[1]:g}]")
    return Figure(
        check(f"{where}.value", raw["value"], Declaration(unit, bounds, source), 1.0),
        unit,
        source,
        bounds,
    )


def _bounds(raw: dict[str, Any], where: str, limits: tuple[float, float]) -> tuple[float, float]:
    """Two finite numbers, low and high; without them all that is possible."""
    found = raw.get("bounds")
    if found is None:
        return limits
    if not isinstance(found, (list, tuple)) or len(found) != 2:
        raise EventError(f"{where}.bounds = {found!r} must be two numbers [low, high]")
    anything = Declaration("", (-1e300, 1e300), "any number")
    low, high = (check(f"{where}.bounds", number, anything, 1.0) for number in found)
    if low > high:
        raise EventError(f"{where}.bounds = [{low:g}, {high:g}]: the low one is above the high one; exchange them")
    return low, high


def _known(values: dict[Any, Any], where: str, allowed: tuple[str, ...]) -> None:
    """Refuse a key that means nothing here."""
    for key in values:
        if key not in allowed:
            raise EventError(f"{where}.{key} is not a known key; {_allowed(str(key), allowed)}")


def _allowed(found: str, names: Iterable[str]) -> str:
    """The names that would have been right, the likeliest first."""
    near = difflib.get_close_matches(found, list(names), 1)
    return (f"did you mean {near[0]}? " if near else "") + f"allowed: {', '.join(names)}"


def _text(values: dict[str, Any], key: str, where: str) -> str:
    if not isinstance(values.get(key), str) or not values[key].strip():
        raise EventError(f"{where}.{key} = {values.get(key)!r} is not a text; give one in quotation marks")
    return str(values[key]).strip()


def _list(values: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    found = values.get(key) or []
    if not isinstance(found, (list, tuple)) or not all(isinstance(item, str) for item in found):
        raise EventError(f"{where}.{key} = {found!r} must be a list of names")
    return tuple(found)


def _whole(values: dict[str, Any], key: str, where: str, default: int, low: int, high: int) -> int:
    raw = values[key] if values.get(key) is not None else default
    return int(
        check(
            f"{where}.{key}",
            raw,
            Declaration("month after the burn-in", (low, high), "the calendar of a run"),
            1,
        )
    )


# --------------------------------------------------------------------------------------- the engine


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
    within the lever's bounds. Nothing acts during the burn-in.
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
            ]
        )
    )
    writes: ClassVar = (*LEVERS, Authorities.instruments)
    pays: ClassVar = (
        Flow("donor money", Localities.outside, Authorities.cash, "what a donor gives for its instruments"),
        Flow("instruments", Authorities.cash, Localities.outside, "what instruments cost"),
    )

    on: int = switch("all instruments and shocks")

    def __call__(self, month: Month) -> None:
        """Return last month's levers to neutral, then deliver what is due this month."""
        if month.moved:
            for lever in month.moved:
                month.values(lever)[:] = lever.initial
            month.moved.clear()
            month.values(Authorities.instruments)[:] = 0
        if not self.on:
            return
        moved = Moved(month)
        for event in sorted(month.events, key=lambda event: event.name):
            intensity = event.intensity(month.age_base + 1)  # the first month after the burn-in is month 1
            if intensity > 0:
                deliver(month, event, intensity, moved)
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


def deliver(month: Month, event: Dated, intensity: float, moved: Moved) -> None:
    """One month of one instrument or shock: who is eligible, who is served, who pays, what moves."""
    group = GROUPS[event.eligible]
    eligible = members(month, event.eligible) & assigned(month, event, group.table)
    ids = month.values(TABLES[group.table].columns["id"])
    luck, entitled = month.luck_once(event.name), int(eligible.sum())
    if isinstance(event, Instrument):
        if event.take_up.value < 1:
            eligible &= month.draw(ids, luck, 1) < event.take_up.value
        rows, served = buy(month, event, intensity, np.flatnonzero(eligible), ids, luck)
    else:
        rows = np.flatnonzero(eligible)
        served = np.full(len(rows), intensity)
    reach = served.sum() / max(entitled, 1)
    rows, served = rows[served > 0], served[served > 0]
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
    return month.values(TABLES[table].columns["locality"]) if _located(table) else None


def inhabitants(month: Month) -> Array:
    """People here by locality."""
    members_here = month.values(Households.members)
    where = month.values(Households.locality)
    return np.bincount(where, members_here, month.count(Localities)).astype(np.int64)


def assigned(month: Month, event: Dated, table: str) -> Array:
    """Rows of a table that random assignment leaves in; all without it."""
    rows = month.count(TABLES[table])
    if event.assign is None:
        return np.ones(rows, bool)
    unit, share = event.assign.unit, event.assign.share
    own = {"persons": Persons, "households": Households, "localities": Localities}[unit]
    ids = month.values(own.columns["id"])
    drawn = month.draw(ids, month.luck_once(f"{event.name}, assignment"))
    if unit == "localities":  # few of them: exactly the share, rounded to the nearest
        chosen = np.zeros(len(ids), bool)
        chosen[np.lexsort((ids, drawn))[: math.floor(share * len(ids) + 0.5)]] = True
        places = places_of(month, table)
        return np.ones(rows, bool) if places is None else chosen[places]
    chosen = drawn < share
    return chosen[month.values(Persons.household)] if (unit, table) == ("households", "Persons") else chosen
