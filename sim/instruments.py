"""Instruments and shocks as data: for whom, when, how much, at whose cost, and which levers they move.

A lever is a column with a neutral value that exactly one mechanism obeys. Adding an instrument or a shock
needs no code; `sim.events` delivers them all.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
from collections.abc import Iterable
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
        if not (located(table) if unit == "localities" else table in ASSIGN_UNITS[unit]):
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
