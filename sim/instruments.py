"""Instruments and shocks as data: for whom, when, how much, at whose cost, and which levers they move.

A lever is a column with a neutral value that exactly one mechanism obeys. Adding an instrument or a shock
needs no code; `sim.events` delivers them all.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sim.groups import GROUPS
from sim.parameters import Declaration, ParameterError, check
from sim.table import TABLES, Column, Kind


class EventError(ParameterError):
    """An instrument or shock that cannot be: where, what was found, what is allowed, what to do."""


LEVERS: tuple[Column, ...] = tuple(
    declared for table in TABLES.values() for declared in table.columns.values() if declared.kind is Kind.LEVER
)
COUNTED = ("Persons", "Households", "Firms")  # served whole or not at all; all others alike and in part


def located(table: str) -> bool:
    """Whether each row of a table belongs to a locality."""
    return table in ("Localities", "Persons") or "locality" in TABLES[table].columns


NEVER = 10**9
PER_HEAD = "1000 persons"  # of the territory for a budget, of its own place for the cost of a row
MONEY = 1e12  # largest amount of money a figure may name
ASSIGN_UNITS = {
    "persons": ("Persons",), "households": ("Households", "Persons"), "localities": (),
    "destinations": ("Destinations",),
}  # fmt: skip


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
    """Who can be served at all: persons, households, localities or destinations, drawn at random or named.

    Attributes
    ----------
    unit : persons, households, localities or destinations
    share : in [0, 1]
        Share of the units that is drawn.
    saturation : shares in [0, 1]
        In its place: each locality draws one of these shares, each share going to as many localities, and then
        so many of its persons or households are drawn (randomised saturation).
    ids : identities, or names of destinations
        In their place: exactly these.
    lot : text
        Events with one lot draw the same units; without it an event draws by its own name.
    """

    unit: str
    share: float = 1.0
    saturation: tuple[float, ...] = ()
    ids: tuple[int | str, ...] | None = None
    lot: str = ""


@dataclass(frozen=True)
class Brought:
    """People whom a shock brings each month: to every eligible household as members, to every locality on their own.

    Attributes
    ----------
    number : persons/month, >= 0, for each eligible row
    men, skilled : shares
    age : two ages in years, between which they are evenly spread
    schooling : completed years
    money : brought along by each
    newcomer : 1 if they come from the pool of lower-wage places
    """

    number: float
    men: float
    age: tuple[float, float]
    schooling: float
    skilled: float
    money: float
    newcomer: float


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
    currency: str

    def intensity(self, month: int) -> float:
        """Share of full size in a month after the burn-in: from `start` to `end`, rising over `ramp`."""
        if not self.start <= month <= self.end:
            return 0.0
        return min(1.0, (month - self.start + 1) / max(self.ramp, 1))


@dataclass(frozen=True)
class Shock(Dated):
    """Something nobody chooses and nobody pays for: levers that move, people who are brought."""

    people: Brought | None = None

    def dosed(self, share: float) -> Shock:
        """The same shock at a share of its size; 0 is neutral."""
        moves = []
        for move in self.moves:
            neutral = 1.0 if move.how == "multiply" else 0.0 if move.how == "add" else move.lever.initial
            moves.append(dataclasses.replace(move, amount=neutral + share * (move.amount - neutral)))
        brought = dataclasses.replace(self.people, number=share * self.people.number) if self.people else None
        return dataclasses.replace(self, moves=tuple(moves), people=brought)


@dataclass(frozen=True)
class Instrument(Dated):
    """A policy: places bought for eligible rows from a budget, or for a share of them."""

    funder: str
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
    "currency",
)
PAID = ("funder", "budget", "coverage", "unit_cost", "take_up")


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
    return Instrument(
        **common,
        funder=funder,
        budget=budget,
        coverage=coverage,
        unit_cost=unit_cost,
        take_up=take_up,
    )


def read_shock(name: str, values: Any, where: str = "") -> Shock:
    """Check a tree of values against the schema of a shock; errors as for an instrument."""
    where = where or f"shocks.{name}"
    common = _common(name, values, where, (*COMMON, "people"))
    return Shock(**common, people=_people(values.get("people"), f"{where}.people", GROUPS[common["eligible"]].table))


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
    alone = values.get("people") is not None and not values.get("levers")  # people are brought, no lever moves
    moves = () if alone else tuple(_moves(values.get("levers"), f"{where}.levers", GROUPS[eligible].table))
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
        "currency": _text(values, "currency", where) if values.get("currency") else "",
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
    """Assignment, which must be able to tell every row that a lever stands in."""
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise EventError(f"{where} = {raw!r} is not a table; give unit ({', '.join(ASSIGN_UNITS)}) and share")
    _known(raw, where, ("unit", "share", "saturation", "ids", "lot"))
    unit = _text(raw, "unit", where)
    if unit not in ASSIGN_UNITS:
        raise EventError(f"{where}.unit = {unit!r} is not known; allowed: {', '.join(ASSIGN_UNITS)}")
    for table in sorted(tables):
        if not (located(table) if unit == "localities" else table in ASSIGN_UNITS[unit]):
            raise EventError(f"{where}.unit = {unit!r} cannot tell {table.lower()} apart; choose another unit")
    ways = [key for key in ("share", "saturation", "ids") if raw.get(key) is not None]
    if len(ways) != 1:
        raise EventError(f"{where} has {' and '.join(ways) or 'no share'}; give exactly one of share, saturation, ids")
    shares = raw.get("saturation", [raw.get("share", 1.0)])
    if not isinstance(shares, (list, tuple)) or not shares:
        raise EventError(f"{where}.saturation = {shares!r} must be a list of shares, for example [0, 0.5, 1]")
    if "saturation" in raw and unit not in ("persons", "households"):
        raise EventError(f"{where}.saturation is for persons or households within localities; found unit {unit!r}")
    found = [check(f"{where}.{ways[0]}", one, Declaration("1", (0.0, 1.0), "a share"), 1.0) for one in shares]
    lot = _text(raw, "lot", where) if raw.get("lot") else ""
    if ways[0] != "ids":
        many = ways[0] == "saturation"
        return Assign(unit, 1.0 if many else found[0], tuple(found) if many else (), None, lot)
    ids = raw["ids"] if isinstance(raw["ids"], (list, tuple)) else [raw["ids"]]
    texts = unit == "destinations"
    for one in ids:
        if isinstance(one, bool) or not (isinstance(one, int) or (texts and isinstance(one, str))):
            raise EventError(f"{where}.ids has {one!r}; give identities{' or names of destinations' if texts else ''}")
    return Assign(unit, ids=tuple(ids), lot=lot)


def named[Kind: Dated](event: Kind, destinations: Sequence[str], where: str) -> Kind:
    """The event with names of destinations as their identities, which count from 1 in the order of the inputs."""
    if event.assign is None or event.assign.ids is None:
        return event
    ids = []
    for one in event.assign.ids:
        if isinstance(one, str) and one not in destinations:
            raise EventError(f"{where}.assign.ids has {one!r}; {_allowed(one, destinations)}")
        ids.append(destinations.index(one) + 1 if isinstance(one, str) else one)
    return dataclasses.replace(event, assign=dataclasses.replace(event.assign, ids=tuple(ids)))


BROUGHT = {
    "men": (0.5, (0.0, 1.0), "1"), "schooling": (6.0, (0.0, 20.0), "year"), "skilled": (0.0, (0.0, 1.0), "1"),
    "money": (0.0, (0.0, MONEY), "money"), "newcomer": (0.0, (0.0, 1.0), "1"),
}  # fmt: skip


def _people(raw: Any, where: str, table: str) -> Brought | None:
    """The people a shock brings."""
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise EventError(f"{where} = {raw!r} is not a table; give number, age, {', '.join(BROUGHT)}")
    _known(raw, where, ("number", "age", *BROUGHT))
    if table not in ("Households", "Localities"):
        raise EventError(f"{where}: people are brought to households or localities; {table.lower()} are eligible")
    number = _figure(raw.get("number"), f"{where}.number", ("persons/month",), (0.0, 1e6)).value
    age = _bounds({"bounds": raw.get("age", [18, 40])}, f"{where}.age", (0.0, 100.0))
    youngest = 0.0 if table == "Households" else 15.0
    if age[0] < youngest or age[1] > 100.0:
        raise EventError(f"{where}.age = [{age[0]:g}, {age[1]:g}]; allowed: {youngest:g} to 100 years")
    traits = {
        key: check(f"{where}.{key}", raw.get(key, default), Declaration(unit, limits, "a trait"), 1.0)
        for key, (default, limits, unit) in BROUGHT.items()
    }
    return Brought(number=number, age=age, **traits)


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
