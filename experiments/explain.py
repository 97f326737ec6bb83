"""Explaining an effect: what each mechanism adds to it, by Shapley values over the off switches.

The effect of a case with some mechanisms switched off is the difference of two worlds that both lack them.
A mechanism's part is what switching it on adds, averaged over all orders in which mechanisms can be switched
on. So the parts and what is left with all of them off add up to the whole effect, seed by seed.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from experiments.effects import LEVEL, interval, quantile
from experiments.worlds import Bench, advance, started, twin
from scenarios.configuration import Configuration, ConfigurationError
from sim.parameters import declarations
from sim.schedule import Schedule

FEW = 6  # mechanisms up to which every combination is run
CHANNELS = (
    "participation.income", "participation.disruption", "participation.volatility", "care.on",
    "spending.remittances_spent", "enterprise.on", "finance.on", "skills.on", "services.on", "migration.on",
    "newcomers.on",
)  # fmt: skip
"""What an effect is split over unless it is said; each leaves a working economy when it is off."""

Coalition = frozenset[int]  # which mechanisms are on
Order = tuple[int, ...]


# ------------------------------------------------------------------------------------------- Shapley values


def combinations(count: int) -> list[Coalition]:
    """Every set of mechanisms that can be on."""
    return [frozenset(one) for size in range(count + 1) for one in itertools.combinations(range(count), size)]


def sampled_orders(count: int, pairs: int, seed: int = 1) -> list[Order]:
    """Orders drawn at random, each followed by its reverse, which evens out early and late places.

    References
    ----------
    Castro, Gómez and Tejada (2009), Computers and Operations Research 36(5), 1726-1730; Mitchell, Cooper, Frank
    and Holmes (2022), Journal of Machine Learning Research 23(43), 1-46: antithetic permutations.
    """
    luck = np.random.default_rng(seed)
    drawn = [tuple(int(k) for k in luck.permutation(count)) for _ in range(pairs)]
    return [order for one in drawn for order in (one, one[::-1])]


def along(orders: Sequence[Order]) -> list[Coalition]:
    """The sets that are on, from none to all, along some orders; each once."""
    found = {frozenset(order[:k]) for order in orders for k in range(len(order) + 1)}
    return sorted(found, key=lambda one: (len(one), sorted(one)))


def shapley(values: Mapping[Coalition, Fraction], count: int) -> list[Fraction]:
    """Exact Shapley values from the value of every set.

    ``phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S))``

    References
    ----------
    Shapley (1953), in Contributions to the Theory of Games II, 307-317; Shorrocks (2013), Journal of Economic
    Inequality 11(1), 99-126: the decomposition of an effect.
    """
    found = []
    for one in range(count):
        part = Fraction(0)
        for on in combinations(count):
            if one not in on:
                weight = Fraction(math.factorial(len(on)) * math.factorial(count - len(on) - 1), math.factorial(count))
                part += weight * (values[on | {one}] - values[on])
        found.append(part)
    return found


def marginals(values: Mapping[Coalition, Fraction], order: Order) -> list[Fraction]:
    """What each mechanism adds when they are switched on in one order; they sum to all less none."""
    found = [Fraction(0)] * len(order)
    for k, one in enumerate(order):
        found[one] = values[frozenset(order[: k + 1])] - values[frozenset(order[:k])]
    return found


# ------------------------------------------------------------------------------------------- an explanation


@dataclasses.dataclass(frozen=True)
class Part:
    """What one mechanism adds to an effect.

    Attributes
    ----------
    mean, low, high : unit of the outcome
        Over seeds.
    sampling : unit of the outcome
        Half the width of the interval that the drawn orders leave; 0 where every combination was run.
    parts : of each seed, exactly
    """

    name: str
    mean: float
    low: float
    high: float
    sampling: float
    parts: tuple[Fraction, ...]


@dataclasses.dataclass(frozen=True)
class Explanation:
    """An effect split over mechanisms.

    Attributes
    ----------
    rest : what the effect is with all of them off
    whole : the effect with all of them as they are; rest and parts add up to it in every seed, exactly
    orders : how many orders were drawn; 0 where every combination was run
    combinations : how many sets of mechanisms were run, each in both worlds
    """

    outcome: str
    group: str
    unit: str
    rest: Part
    parts: tuple[Part, ...]
    whole: Part
    orders: int
    combinations: int
    seeds: int

    @property
    def said(self) -> str:
        """What was run, in a sentence."""
        worlds = (
            f"{self.combinations} combinations of {len(self.parts)} switches, each in two worlds, {self.seeds} seeds"
        )
        if not self.orders:
            return f"Every combination was run: {worlds}."
        possible = math.factorial(len(self.parts))
        return f"{self.orders} of {possible:,} orders were drawn at random, in pairs with their reverse: {worlds}."


def part(name: str, values: Sequence[Fraction], sampling: float, level: float) -> Part:
    """A part from its exact values by seed."""
    mean, low, high = interval([float(one) for one in values], level)
    return Part(name, mean, low, high, sampling, tuple(values))


def explained(
    names: Sequence[str], effects: Sequence[Mapping[Coalition, float]], orders: Sequence[Order], *, outcome: str = "",
    group: str = "all", unit: str = "1", level: float = LEVEL,
) -> Explanation:  # fmt: skip
    """Split the effects of several seeds.

    Parameters
    ----------
    effects : for each seed the effect with each set of mechanisms on
    orders : those along which the sets were run; none where every set was
    """
    count = len(names)
    exact = [{on: Fraction(value) for on, value in one.items()} for one in effects]
    none, all_on = frozenset[int](), frozenset(range(count))
    if not orders:
        by_seed = [shapley(values, count) for values in exact]
        sampling = [0.0] * count
    else:
        added = [[marginals(values, order) for order in orders] for values in exact]  # [seed][order][mechanism]
        by_seed = [
            [sum((one[k] for one in seed), Fraction(0)) / len(orders) for k in range(count)] for seed in added
        ]  # fmt: skip
        sampling = [
            half_width(np.array([[float(one[k]) for one in seed] for seed in added]), level) for k in range(count)
        ]
    return Explanation(
        outcome=outcome, group=group, unit=unit,
        rest=part("with all of them off", [values[none] for values in exact], 0.0, level),
        parts=tuple(
            part(name, [seed[k] for seed in by_seed], sampling[k], level) for k, name in enumerate(names)
        ),
        whole=part("whole effect", [values[all_on] for values in exact], 0.0, level),
        orders=len(orders), combinations=len(exact[0]), seeds=len(exact),
    )  # fmt: skip


def half_width(added: Any, level: float) -> float:
    """Half the interval of a mean over drawn orders: their pairs, each the mean over seeds, are what was drawn."""
    pairs = added.mean(axis=0).reshape(-1, 2).mean(axis=1)
    if len(pairs) < 2 or np.ptp(pairs) == 0:
        return 0.0 if len(pairs) > 1 else math.nan
    return float(quantile(len(pairs) - 1, level) * pairs.std(ddof=1) / math.sqrt(len(pairs)))


# ------------------------------------------------------------------------------------------- in the model


def switches() -> dict[str, str]:
    """Every off switch of the model, as line.switch, with what it switches."""
    return {
        f"{field.name}.{name}": declared.source.removeprefix("off switch: ")
        for field in dataclasses.fields(Schedule)
        for name, declared in declarations(field.default_factory).items()
        if declared.switch
    }


def switched_off(schedule: Schedule, names: Sequence[str]) -> Schedule:
    """The schedule with some switches off; several joined by + are one mechanism."""
    changes: dict[str, dict[str, int]] = {}
    for name in names:
        for one in name.split("+"):
            line, _, switch = one.partition(".")
            changes.setdefault(line, {})[switch] = 0
    lines = {line: dataclasses.replace(getattr(schedule, line), **off) for line, off in changes.items()}
    return dataclasses.replace(schedule, **lines)


def measure_combinations(
    worlds: dict[str, Configuration], seed: int, names: list[str], combinations: list[list[int]], outcome: str,
    group: str, window: int,
) -> dict[str, Any]:  # fmt: skip
    """Effect of the case with each set of mechanisms on, from one burn-in with everything as it is.

    From month 1 on both worlds lack what is off; an outcome is its mean over the last months.
    """
    case, baseline = worlds["case"], worlds["baseline"]
    model = started(baseline, seed)
    found = []
    for on in combinations:
        off = [name for k, name in enumerate(names) if k not in on]
        values = []
        for one in (baseline, case):
            other = dataclasses.replace(one, parameters=switched_off(one.parameters, off))
            made = advance(twin(model, other), one.months)
            values.append(float(made.recorder.series(outcome, group)[-min(window, one.months) :].mean()))
        found.append(values[1] - values[0])
    return {"effects": found}


def explain(
    case: Sequence[str], baseline: Sequence[str], outcome: str, group: str = "all", *, names: Sequence[str] = CHANNELS,
    pairs: int = 0, seeds: Sequence[int] = (1, 2, 3, 4, 5), window: int = 12, level: float = LEVEL,
    bench: Bench | None = None,
) -> Explanation:  # fmt: skip
    """Split the effect of a case over mechanisms.

    Parameters
    ----------
    case, baseline : overrides, as on the command line; they differ in policies, shocks or parameters
    outcome, group : an indicator and its group
    names : switches as line.switch; several joined by + count as one mechanism
    pairs : pairs of orders that are drawn; 0 runs every combination of up to six switches, and draws 8 of more
    """
    from sim.indicators import INDICATORS

    known = switches()
    for name in names:
        for one in name.split("+"):
            if one not in known:
                raise ConfigurationError(f"{one!r} is no off switch; allowed: {', '.join(known)}")
    if not names or len(set(names)) != len(names):
        raise ConfigurationError("name at least one off switch, and each once")
    if outcome not in INDICATORS:
        raise ConfigurationError(f"{outcome!r} is no indicator; see: remesa list indicators")
    if not INDICATORS[outcome].covers(group):
        raise ConfigurationError(f"{outcome} is not measured for {group}")
    count = len(names)
    draw = pairs or (0 if count <= FEW else 8)
    orders = sampled_orders(count, draw) if draw else []
    sets = along(orders) if orders else combinations(count)
    options = {
        "names": list(names), "combinations": [sorted(one) for one in sets], "outcome": outcome, "group": group,
        "window": window,
    }  # fmt: skip
    with bench or Bench() as at_work:
        found = at_work.measure(
            measure_combinations, {"case": list(case), "baseline": list(baseline)}, list(seeds), **options
        )
    effects = [dict(zip(sets, one["effects"], strict=True)) for one in found]
    unit = INDICATORS[outcome].unit
    return explained(names, effects, orders, outcome=outcome, group=group, unit=unit, level=level)
