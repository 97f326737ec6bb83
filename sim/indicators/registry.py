"""How an indicator is declared, and what the functions of all subjects share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.table import Array

if TYPE_CHECKING:
    from sim.mechanism import Month
    from sim.tallies import Tally


@dataclass(frozen=True)
class Indicator:
    """What is reported: name, unit, title for people, official definition, groups it exists for."""

    name: str
    unit: str
    title: str
    definition: str
    groups: str  # people: every group; homes: not by sex or age; place: all, locality; all: the place only
    better: str  # "up", "down" or "" where neither is better by itself
    inventory: str
    compute: Callable[[Tally], Array]

    def covers(self, group: str) -> bool:
        """Whether the indicator is defined for a group."""
        homes = ("recipient=", "migrants=", "quintile=", "locality=")
        kinds = {"people": (*homes, "sex=", "youth=", "returnee="), "homes": homes, "place": ("locality=",), "all": ()}
        return group == "all" or group.startswith(kinds[self.groups])


INDICATORS: dict[str, Indicator] = {}
Compute = Callable[["Tally"], Array]


def indicator(
    unit: str, title: str, groups: str, better: str = "", inventory: str = ""
) -> Callable[[Compute], Compute]:
    """Register a function of the tallies as an indicator; its docstring is the definition."""

    def register(compute: Compute) -> Compute:
        name = compute.__name__
        definition = " ".join((compute.__doc__ or "").split())
        INDICATORS[name] = Indicator(name, unit, title, definition, groups, better, inventory, compute)
        return compute

    return register


Reading = Callable[["Month"], float]
READINGS: dict[str, Reading] = {}


def reading(unit: str, title: str, better: str = "", inventory: str = "") -> Callable[[Reading], Reading]:
    """Register a number of the whole place, read from columns of the month, as an indicator."""

    def register(read: Reading) -> Reading:
        name = read.__name__
        READINGS[name] = read
        indicator(unit, title, "all", better, inventory)(functools.wraps(read)(lambda t: everywhere(t, t.read[name])))
        return read

    return register


def ratio(above: Array, below: Array, scale: float = 1.0) -> Array:
    """Quotient by group, 0 where there is nothing to divide by."""
    out = np.zeros(np.shape(below))
    return np.asarray(scale * np.divide(above, below, out=out, where=np.not_equal(below, 0)))


def everywhere(t: Tally, value: Any) -> Array:
    """A number of the whole territory, in the place of the group all."""
    out = np.zeros(t.shape)
    out[0] = value
    return out


def sum_of(t: Tally, flows: tuple[str, ...]) -> Array:
    """Money paid by several flows together."""
    total = np.zeros(t.shape)
    for flow in flows:
        total = total + t.flow(flow)
    return total
