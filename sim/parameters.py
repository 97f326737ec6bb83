"""A behavioural parameter is one line: value, unit, bounds, source. Everything else reads that line."""

from __future__ import annotations

import dataclasses
import math
from typing import Any


class ParameterError(ValueError):
    """A value that is not allowed, said so that the reader knows where, what and what to do."""


@dataclasses.dataclass(frozen=True)
class Declaration:
    """What is known about one parameter beside its value."""

    unit: str
    bounds: tuple[float, float]
    source: str
    switch: bool = False


def param(default: float, unit: str, bounds: tuple[float, float], source: str) -> Any:
    """Declare a behavioural parameter as a dataclass field; the type of the default is its type."""
    return dataclasses.field(default=default, metadata={"declaration": Declaration(unit, bounds, source)})


def switch(channel: str) -> Any:
    """Declare the off switch of a causal channel: 1 is on, 0 is off with exactly no effect."""
    declaration = Declaration("1", (0, 1), f"off switch: {channel}", switch=True)
    return dataclasses.field(default=1, metadata={"declaration": declaration})


def declarations(owner: Any) -> dict[str, Declaration]:
    """Every parameter of a dataclass (or of an instance of one), in the order of its lines."""
    found = {field.name: field.metadata.get("declaration") for field in dataclasses.fields(owner)}
    return {name: declaration for name, declaration in found.items() if declaration is not None}


def check(where: str, value: Any, declaration: Declaration, like: float) -> float:
    """Return the value in the type of its default, or say where it stands and what is allowed there.

    Raises
    ------
    ParameterError
        For anything that is not a number, not finite, not whole where a whole number is declared,
        or outside the declared bounds.
    """
    low, high = declaration.bounds
    unit = "" if declaration.unit == "1" else f" {declaration.unit}"
    allowed = f"[{low:g}, {high:g}]{unit}"
    if isinstance(value, bool) and declaration.switch:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ParameterError(f"{where} = {value!r} is not a number; allowed: a number in {allowed}")
    if not math.isfinite(value):
        raise ParameterError(f"{where} = {value} is not finite; allowed: a number in {allowed}")
    if isinstance(like, int) and value != int(value):
        raise ParameterError(f"{where} = {value} is not a whole number; allowed: a whole number in {allowed}")
    if not low <= value <= high:
        raise ParameterError(
            f"{where} = {value:g}{unit} lies outside [{low:g}, {high:g}]; the range comes from: {declaration.source}"
        )
    return type(like)(value)
