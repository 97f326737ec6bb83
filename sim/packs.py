"""A pack: the inputs of a place, what the model is judged by there, and what is not known."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

from sim.territory import Inputs, TerritoryError, read

KEYS = ("pack", "inputs", "tests", "interventions", "not_found", "conflicts")
FIGURE = frozenset({"value", "unit", "year", "source", "verified", "bounds", "note"})
TEST = frozenset(
    {
        "name",
        "statistic",
        "over",
        "value",
        "at_least",
        "unit",
        "year",
        "source",
        "verified",
        "tolerance",
        "note",
    }
)
INTERVENTION = frozenset({"id", "what", "value", "unit", "role", "used_by", "test", "note"})
ROLES = ("input", "test", "neither")


@dataclasses.dataclass(frozen=True)
class Figure:
    """One input with where it comes from, for reports and documents."""

    path: str
    value: Any
    unit: str
    year: float
    source: str
    verified: str  # yes, derived, no
    bounds: tuple[float, float] | None
    note: str

    @property
    def assumption(self) -> bool:
        """Whether nothing but the authors' judgement stands behind the value."""
        return self.source.startswith("assumption")


@dataclasses.dataclass(frozen=True)
class Test:
    """A published figure that the model is judged by, or that is shown beside its result without verdict."""

    __test__ = False  # not one of pytest's

    name: str
    statistic: str  # name of an indicator
    over: str  # indicator it is divided by; empty for none
    value: float | None
    at_least: float | None
    unit: str
    year: float
    source: str
    verified: str
    tolerance: float | None
    relative: bool  # whether the tolerance is a share of the value, in per cent
    note: str

    @property
    def allowed(self) -> tuple[float, float] | None:
        """Range of results that pass; none where no verdict is given."""
        if self.at_least is not None:
            return (self.at_least, math.inf)
        if self.value is None or self.tolerance is None:
            return None
        width = self.tolerance * (abs(self.value) / 100.0 if self.relative else 1.0)
        return (self.value - width, self.value + width)

    def passed(self, result: float, divisor: float = 1.0) -> bool | None:
        """Verdict on a result of the model; none where the test has no verdict."""
        if self.allowed is None:
            return None
        found = result / divisor if divisor else math.inf
        return self.allowed[0] <= found <= self.allowed[1]


@dataclasses.dataclass(frozen=True)
class Intervention:
    """A number that a project of the place reports: input of an instrument or test, never both."""

    id: str
    what: str
    value: Any
    unit: str
    role: str
    used_by: str  # for an input
    test: str  # for a test
    note: str


@dataclasses.dataclass(frozen=True)
class Conflict:
    """Sources that disagree: which one was chosen, what the others say, why."""

    what: str
    chosen: str
    other: str
    why: str


@dataclasses.dataclass(frozen=True)
class Pack:
    """All that is known of a place; the model runs on `inputs` alone."""

    name: str
    meta: dict[str, str]
    inputs: Inputs
    figures: tuple[Figure, ...]
    tests: tuple[Test, ...]
    interventions: tuple[Intervention, ...]
    not_found: tuple[str, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def assumptions(self) -> tuple[Figure, ...]:
        """Inputs without a source, each with its bounds."""
        return tuple(figure for figure in self.figures if figure.assumption)


def read_pack(tree: dict[str, Any], where: str = "territory") -> Pack:
    """Check a pack and turn it into dataclasses.

    Parameters
    ----------
    tree : dict
        ``{pack, inputs, tests, interventions, not_found, conflicts}``; only ``inputs`` is needed.

    Raises
    ------
    TerritoryError
        Where a section or key is unknown, an input is missing or impossible, a figure lacks its unit, year,
        source or verification, an assumption lacks bounds, or a number is an input and a test.
    """
    if not isinstance(tree, dict) or not isinstance(tree.get("inputs"), dict):
        raise TerritoryError(f"{where} has no table `inputs`; a pack is {{{', '.join(KEYS)}}}")
    for key in tree:
        if key not in KEYS:
            raise TerritoryError(f"{where}.{key} is not known; allowed: {', '.join(KEYS)}")
    inputs = read(tree["inputs"], f"{where}.inputs")
    meta = _table(tree.get("pack", {}), f"{where}.pack")
    return Pack(
        name=inputs.name,
        meta={key: str(value) for key, value in meta.items()},
        inputs=inputs,
        figures=tuple(_figures(tree["inputs"], f"{where}.inputs")),
        tests=tuple(_test(row, place) for place, row in _rows(tree, "tests", where)),
        interventions=_interventions(tree, where),
        not_found=tuple(str(text) for text in _list(tree.get("not_found", []), f"{where}.not_found")),
        conflicts=tuple(_conflict(row, place) for place, row in _rows(tree, "conflicts", where)),
    )


def _figures(values: dict[str, Any], where: str) -> Iterator[Figure]:
    """Every figure of the inputs, its provenance checked."""
    for key, raw in values.items():
        place = f"{where}.{key}"
        if key in ("name", "title", "currency"):
            continue
        if isinstance(raw, dict) and "value" not in raw:
            yield from _figures(raw, place)
            continue
        if not isinstance(raw, dict):
            raise TerritoryError(f"{place} = {raw!r} has no source; give value, unit, year, source and verified")
        _known(raw, FIGURE, place)
        for needed in ("unit", "year", "source", "verified"):
            if raw.get(needed) in (None, ""):
                raise TerritoryError(
                    f"{place}.{needed} is missing; every figure says what it is, of when and from where"
                )
        bounds = _bounds(raw.get("bounds"), place)
        made = Figure(
            place, raw["value"], str(raw["unit"]), _number(raw["year"], f"{place}.year"), str(raw["source"]),
            _verified(raw["verified"], place), bounds, str(raw.get("note", "")),
        )  # fmt: skip
        if made.assumption and (bounds is None or made.verified != "no"):
            raise TerritoryError(f"{place} is an assumption; it needs bounds and cannot be verified")
        single = made.value if isinstance(made.value, (int, float)) else None
        if bounds is not None and single is not None and not bounds[0] <= single <= bounds[1]:
            raise TerritoryError(f"{place} = {single:g} lies outside its own bounds {list(bounds)}")
        yield made


def _test(row: dict[str, Any], place: str) -> Test:
    _known(row, TEST, place)
    for needed in ("name", "statistic", "unit", "year", "source", "verified"):
        if row.get(needed) in (None, ""):
            raise TerritoryError(f"{place}.{needed} is missing; a test names its indicator, unit, year and source")
    tolerance = row.get("tolerance")
    if tolerance is not None and (not isinstance(tolerance, dict) or tolerance.get("unit") not in ("points", "%")):
        raise TerritoryError(f'{place}.tolerance = {tolerance!r}; write {{value: 5, unit: points}} or unit: "%"')
    value, least = row.get("value"), row.get("at_least")
    if tolerance is not None and value is None:
        raise TerritoryError(f"{place} has a tolerance and no value; without a figure there is no verdict")
    return Test(
        name=str(row["name"]), statistic=str(row["statistic"]), over=str(row.get("over", "")),
        value=None if value is None else _number(value, f"{place}.value"),
        at_least=None if least is None else _number(least, f"{place}.at_least"),
        unit=str(row["unit"]), year=_number(row["year"], f"{place}.year"), source=str(row["source"]),
        verified=_verified(row["verified"], place),
        tolerance=None if tolerance is None else _number(tolerance.get("value"), f"{place}.tolerance.value"),
        relative=tolerance is not None and tolerance["unit"] == "%", note=str(row.get("note", "")),
    )  # fmt: skip


def _interventions(tree: dict[str, Any], where: str) -> tuple[Intervention, ...]:
    made: dict[str, Intervention] = {}
    for place, row in _rows(tree, "interventions", where):
        _known(row, INTERVENTION, place)
        one = Intervention(**{
            key: row.get(key, "") if key == "value" else str(row.get(key, ""))
            for key in ("id", "what", "value", "unit", "role", "used_by", "test", "note")
        })  # fmt: skip
        if one.id in made:
            raise TerritoryError(f"{place}: {one.id} stands there twice; a number is an input or a test, never both")
        if one.role not in ROLES:
            raise TerritoryError(f"{place}.role = {one.role!r}; allowed: {', '.join(ROLES)}")
        if bool(one.used_by) != (one.role == "input") or bool(one.test) != (one.role == "test"):
            raise TerritoryError(
                f"{place}: {one.id} is {one.role!r}; an input says used_by, a test says test, none both"
            )
        made[one.id] = one
    return tuple(made.values())


def _conflict(row: dict[str, Any], place: str) -> Conflict:
    fields = [field.name for field in dataclasses.fields(Conflict)]
    _known(row, frozenset(fields), place)
    for name in fields:
        if not row.get(name):
            raise TerritoryError(f"{place}.{name} is missing; a conflict shows what was chosen, the other, and why")
    return Conflict(**{name: str(row[name]) for name in fields})


def _rows(tree: dict[str, Any], key: str, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for k, row in enumerate(_list(tree.get(key, []), f"{where}.{key}")):
        place = f"{where}.{key}.{k}"
        yield place, _table(row, place)


def _list(found: Any, place: str) -> list[Any]:
    if not isinstance(found, list):
        raise TerritoryError(f"{place} = {found!r} must be a list")
    return found


def _table(found: Any, place: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise TerritoryError(f"{place} = {found!r} must be a table of names and values")
    return found


def _known(row: dict[str, Any], allowed: frozenset[str], place: str) -> None:
    for key in row:
        if key not in allowed:
            raise TerritoryError(f"{place}.{key} is not known; allowed: {', '.join(sorted(allowed))}")


def _number(found: Any, place: str) -> float:
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not math.isfinite(found):
        raise TerritoryError(f"{place} = {found!r} is not a finite number")
    return float(found)


def _bounds(found: Any, place: str) -> tuple[float, float] | None:
    if found is None:
        return None
    if not isinstance(found, list) or len(found) != 2:
        raise TerritoryError(f"{place}.bounds = {found!r} must be [lowest, highest]")
    low, high = (_number(bound, f"{place}.bounds") for bound in found)
    if low > high:
        raise TerritoryError(f"{place}.bounds = {found!r} must be [lowest, highest]")
    return (low, high)


def _verified(found: Any, place: str) -> str:
    words: dict[Any, str] = {True: "yes", False: "no", "derived": "derived"}
    if isinstance(found, (bool, str)) and found in words:
        return words[found]
    raise TerritoryError(f"{place}.verified = {found!r}; allowed: true, false, derived")
