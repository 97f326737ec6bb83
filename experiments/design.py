"""An experiment as a file: a base case, factors that vary, how they are combined, and what is kept.

::

    title: Norms and ties
    summary: How far a culture of migration goes with norms and with ties, taken singly and together.
    base: [territory=teaching_toy_village, months=24, seeds=5]
    scenarios:                                # optional: each runs at every point, with the same seeds
      without: []
      with: ["policies=[transfer_cards]"]
    design: grid                              # or latin_hypercube, sobol (both with samples), list (points)
    factors:
      parameters.migration.norm_strength: [0.0, 0.5, 1.0]
      parameters.migration.tie_strength: {low: 0.1, high: 10, steps: 5, scale: log}
      territory.pay_basic: {}                 # its declared bounds
    outcomes: [prevalence, real_income@recipient=no]

A factor is anything that a run takes by its path: a parameter, a policy's dose, a lever, an input of the
place, `months` or `population`. A scenario that does not know a factor runs without it.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np

from experiments.run import Plan, knows, placed
from scenarios import library
from scenarios.configuration import RUN_KEYS, Configuration, ConfigurationError, check, compose
from sim.parameters import declarations

KEYS = {
    "title", "summary", "question", "base", "scenarios", "design", "samples", "design_seed", "factors", "points",
    "outcomes", "targets",
}  # fmt: skip
DESIGNS = ("grid", "latin_hypercube", "sobol", "list", "none")  # none: ranges only, for a search
SCALES = ("linear", "log")
MOST = 1_000_000  # runs of one plan


@dataclasses.dataclass(frozen=True)
class Factor:
    """Something that varies: its levels, or the range it is drawn from.

    Attributes
    ----------
    path : text
        What it sets, as in an override of a run.
    levels : list
        Values it takes; empty for a range.
    low, high : unit of the factor
        Ends of the range.
    """

    path: str
    unit: str = "1"
    levels: tuple[Any, ...] = ()
    low: float = math.nan
    high: float = math.nan
    steps: int = 0
    scale: str = "linear"
    whole: bool = False

    def at(self, share: float) -> Any:
        """The value at a share in [0, 1] of its range, or of its levels in their order."""
        if self.levels:
            return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]
        if self.scale == "log":
            value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        else:
            value = self.low + share * (self.high - self.low)
        return round(value) if self.whole else min(max(value, self.low), self.high)

    def grid(self) -> list[Any]:
        """Its levels, or evenly spaced steps of its range."""
        if self.levels:
            return list(self.levels)
        if self.steps < 2:
            raise ConfigurationError(f"factors.{self.path}: a grid needs steps, for example steps: 5, or a list")
        return [self.at(k / (self.steps - 1)) for k in range(self.steps)]

    def about(self) -> dict[str, Any]:
        """What `sweep.json` says of it."""
        if self.levels:
            return {"unit": self.unit, "levels": list(self.levels)}
        return {"unit": self.unit, "low": self.low, "high": self.high, "scale": self.scale}


@dataclasses.dataclass(frozen=True)
class Experiment:
    """A checked experiment: scenarios, factors, points and what is kept."""

    name: str
    title: str
    summary: str
    scenarios: dict[str, Configuration]
    factors: tuple[Factor, ...]
    design: str
    points: tuple[dict[str, Any], ...]
    outcomes: tuple[str, ...] | None
    targets: tuple[Any, ...] = ()

    def plan(self, points: Sequence[dict[str, Any]] | None = None) -> Plan:
        """Its plan; at other points, if they are given."""
        chosen = self.points if points is None else points
        runs = len(chosen) * len(self.scenarios) * len(next(iter(self.scenarios.values())).all_seeds)
        if runs > MOST:
            raise ConfigurationError(f"{self.name} asks for {runs:,} runs; at most {MOST:,} in one plan")
        return Plan(self.name, self.scenarios, chosen, self.outcomes)

    def about(self) -> dict[str, Any]:
        """What `sweep.json` says of it besides."""
        factors = {factor.path: factor.about() for factor in self.factors}
        return {"title": self.title, "summary": self.summary, "design": self.design, "factors": factors}

    def shares(self, shares: Any) -> list[dict[str, Any]]:
        """Points from an array [point, factor] of shares in [0, 1]."""
        return [
            {factor.path: factor.at(float(u)) for factor, u in zip(self.factors, row, strict=True)} for row in shares
        ]


def names() -> list[str]:
    """Names of the shipped experiments."""
    folder = files("experiments") / "sweeps"
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def read(name: str, overrides: Sequence[str] = (), design: str | None = None) -> Experiment:
    """Read an experiment, shipped by name or a user's own by its path.

    Parameters
    ----------
    overrides : list of text
        ``key=value`` for the base case of all scenarios; ``samples=N`` and ``design_seed=N`` for the design.
    design : text, optional
        In the place of its own: ``none`` where only its ranges are used.

    Raises
    ------
    ConfigurationError, LibraryError
        One line: where, what was found, what is allowed.
    """
    if library.own_file(name):
        import pathlib

        values = library.read_file(pathlib.Path(name).expanduser())
    elif name not in names():
        raise ConfigurationError(
            f"experiments has no {name!r}; allowed: {', '.join(names())}, or a path ending in .yaml"
        )
    else:
        values = library.parse(
            (files("experiments") / "sweeps" / f"{name}.yaml").read_bytes(), f"experiments/{name}.yaml"
        )
    return experiment(library.short_name(name), values, overrides, design)


def experiment(
    name: str, values: dict[str, Any], overrides: Sequence[str] = (), design: str | None = None
) -> Experiment:
    """Check the values of an experiment and make its points."""
    own = {one.partition("=")[0]: one.partition("=")[2] for one in overrides if _is_own(one)}
    overrides = [one for one in overrides if not _is_own(one)]
    for key in values:
        if key not in KEYS:
            raise ConfigurationError(f"{name}.{key} is not a known key; allowed: {', '.join(sorted(KEYS))}")
    values = {**values, **{key: _whole(f"{name}.{key}", text) for key, text in own.items()}}
    design = design or values.get("design", "list" if "points" in values else "none" if "targets" in values else "grid")
    if design not in DESIGNS:
        raise ConfigurationError(f"{name}.design = {design!r}; allowed: {', '.join(DESIGNS)}")
    given = values.get("factors") or {}
    if not isinstance(given, dict):
        raise ConfigurationError(f"{name}.factors = {given!r} is not a table of paths")
    base = _lines(f"{name}.base", values.get("base", []))
    varied = set(given).union(*(point for point in values.get("points") or [] if isinstance(point, dict)))
    for one in overrides:
        key = one.lstrip("+").partition("=")[0]
        if key in varied:
            raise ConfigurationError(
                f"{key} varies in {name}; leave it out, or change its factor in a file of your own"
            )
    kinds = values.get("scenarios") or {"base": []}
    if not isinstance(kinds, dict):
        raise ConfigurationError(f"{name}.scenarios = {kinds!r} is not a table of names and overrides")
    out = [] if any(one.startswith("out=") for one in [*base, *overrides]) else [f"out=results/{name}"]
    scenarios = {
        str(key): compose([*base, *_lines(f"{name}.scenarios.{key}", lines), *overrides, *out], name)
        for key, lines in kinds.items()
    }
    factors = tuple(_factor(name, path, one, scenarios, [*base, *overrides]) for path, one in given.items())
    if not isinstance(values.get("targets") or [], list):
        raise ConfigurationError(f"{name}.targets = {values['targets']!r} is not a list")
    made = Experiment(
        name=name,
        title=str(values.get("title", name)),
        summary=str(values.get("summary", "")),
        scenarios=scenarios,
        factors=factors,
        design=design,
        points=({},),
        outcomes=outcomes_of(name, values.get("outcomes"), scenarios),
        targets=tuple(values.get("targets") or ()),
    )
    return dataclasses.replace(made, points=tuple(_points(made, values)))


def _is_own(override: str) -> bool:
    return override.partition("=")[0] in ("samples", "design_seed")


def _whole(where: str, value: Any) -> int:
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", text):
        raise ConfigurationError(f"{where} = {value!r} is not a whole number")
    return int(text)


def _lines(where: str, found: Any) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(line, str) for line in found):
        raise ConfigurationError(f"{where} = {found!r} must be a list of 'key=value'")
    return list(found)


def _points(made: Experiment, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The combinations of factors, in the order of the design."""
    name, factors = made.name, made.factors
    if made.design == "none":
        return [{}]
    if made.design == "list":
        points = values.get("points")
        if not isinstance(points, list) or not points or not all(isinstance(point, dict) for point in points):
            raise ConfigurationError(f"{name}.points must be a list of tables 'path: value'")
        if factors:
            raise ConfigurationError(f"{name}: a list has points instead of factors; keep one of them")
        for path in {path for point in points for path in point}:
            _known(name, path, made.scenarios, [])
        return [dict(point) for point in points]
    if made.design == "grid":
        if "samples" in values:
            raise ConfigurationError(f"{name}: a grid takes every combination; leave out samples")
        combined = itertools.product(*(factor.grid() for factor in factors))
        size = math.prod(len(factor.grid()) for factor in factors)
        if size > MOST:
            raise ConfigurationError(f"{name}: the grid has {size:,} points; at most {MOST:,}")
        return [dict(zip((factor.path for factor in factors), one, strict=True)) for one in combined]
    from scipy.stats import qmc

    samples = _whole(f"{name}.samples", values.get("samples", 0))
    rng = np.random.default_rng(_whole(f"{name}.design_seed", values.get("design_seed", 1)))
    if not factors or not 1 <= samples <= MOST:
        raise ConfigurationError(f"{name}: {made.design} needs factors and samples: N (1 to {MOST:,})")
    if made.design == "sobol":
        if samples & (samples - 1):
            down = 2 ** int(math.log2(samples))
            raise ConfigurationError(
                f"{name}.samples = {samples}: Sobol points are balanced in powers of two; give {down} or {2 * down}"
            )
        return made.shares(qmc.Sobol(len(factors), rng=rng).random(samples))
    return made.shares(qmc.LatinHypercube(len(factors), rng=rng).random(samples))


def _known(name: str, path: str, scenarios: dict[str, Configuration], base: Sequence[str]) -> Configuration:
    """The first scenario that knows what a path names."""
    steps = str(path).split(".")
    allowed = steps[0] in ("parameters", "policies", "shocks", "territory") and len(steps) > 1
    for one in scenarios.values():
        if (allowed or path in ("months", "population")) and knows(one.tree, path):
            return one
    if not allowed:
        raise ConfigurationError(
            f"{name}.factors.{path}: a factor is a figure by its path, months or population; what differs in other "
            "ways is a scenario"
        )
    compose([*base, f"{path}=1"])  # says what is near
    raise ConfigurationError(f"{name}.factors.{path} is not known to any scenario")


def _factor(name: str, path: str, given: Any, scenarios: dict[str, Configuration], base: Sequence[str]) -> Factor:
    where = f"{name}.factors.{path}"
    known = _known(name, path, scenarios, base)
    unit, bounds, whole = declared(known, path)
    if isinstance(given, list):
        if not given or any(isinstance(value, float) and not math.isfinite(value) for value in given):
            raise ConfigurationError(f"{where} = {given!r}: give finite values")
        made = Factor(path, unit, tuple(given))
    else:
        values = {"low": bounds[0], "high": bounds[1]} if bounds else {}
        if given not in (None, {}) and not isinstance(given, dict):
            raise ConfigurationError(f"{where} = {given!r}: give a list of values, or {{low: ..., high: ...}}")
        values |= given or {}
        strange = set(values) - {"low", "high", "steps", "scale"}
        if strange or not {"low", "high"} <= set(values):
            raise ConfigurationError(
                f"{where}: give low and high, and if you like steps and scale ({min(strange, default='')})"
            )
        low, high = (_number(f"{where}.{key}", values[key]) for key in ("low", "high"))
        scale = values.get("scale", "linear")
        if scale not in SCALES or not low < high or (scale == "log" and low <= 0):
            raise ConfigurationError(f"{where}: low < high, scale linear or log, and log only above 0")
        made = Factor(path, unit, (), low, high, _whole(f"{where}.steps", values.get("steps", 0)), scale, whole)
    for value in made.levels or (made.low, made.high):
        check(placed(known.tree, {path: value}))  # says which bound is passed
    return made


def _number(where: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ConfigurationError(f"{where} = {value!r} is not a finite number")
    return float(value)


def declared(configuration: Configuration, path: str) -> tuple[str, tuple[float, float] | None, bool]:
    """Unit and bounds of what a path names, where they are declared, and whether it counts in whole numbers."""
    steps = path.split(".")
    if path in RUN_KEYS:
        return RUN_KEYS[path].unit, None, True
    if steps[0] == "parameters" and len(steps) == 3:
        line = getattr(configuration.parameters, steps[1])
        found = declarations(line)[steps[2]]
        return found.unit, found.bounds, isinstance(getattr(line, steps[2]), int)
    node: Any = configuration.tree
    around: dict[str, Any] = {}
    for step in steps:
        if not isinstance(node, dict):
            break
        around, node = node, node.get(step)
    about = node if isinstance(node, dict) else around
    bounds = about.get("bounds")
    unit = str(about.get("unit", "1"))
    return unit, (float(bounds[0]), float(bounds[1])) if bounds else None, False


def outcomes_of(name: str, given: Any, scenarios: dict[str, Configuration]) -> tuple[str, ...] | None:
    """Outcomes by name, checked; None for all."""
    from sim.indicators import INDICATORS
    from sim.recorder import GROUPS

    if given in (None, "all"):
        return None
    places = max(int(one.inputs.localities) for one in scenarios.values())
    groups = [*GROUPS, *(f"locality={k}" for k in range(places))]
    for outcome in _lines(f"{name}.outcomes", given):
        indicator, _, group = outcome.partition("@")
        if indicator not in INDICATORS:
            raise ConfigurationError(f"{name}.outcomes has {indicator!r}; see: remesa list indicators")
        if (group or "all") not in groups or not INDICATORS[indicator].covers(group or "all"):
            raise ConfigurationError(f"{name}.outcomes has {outcome!r}; groups: {', '.join(groups)}")
    return tuple(dict.fromkeys(given))
