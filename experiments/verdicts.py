"""Verdicts: what a test of the world or a claim found, set against its limits; and the registers of both.

A test is a function that takes a `Form` and returns `Part`s, registered with `evidence`; a claim returns
`Effect`s between paired worlds, registered with `claim`. The functions hold what is measured; the rules by
which a statistic passes, nearly passes or fails stand here once.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import math
import pathlib
import pkgutil
import time
from collections.abc import Callable, Sequence
from typing import Any

from experiments.effects import interval

PASS, NEAR, FAIL = "pass", "near", "fail"
WORST_FIRST = (FAIL, NEAR, PASS)
SCORES = {PASS: 1.0, NEAR: 0.5, FAIL: 0.0}
NEARLY = 0.25  # of the width of the limits
NULL_SHARE = 0.2  # of the effect that a null control may show where other paths are left
QUICK_SEEDS, FULL_SEEDS, MOST_SEEDS = 5, 20, 100
POPULATION = 10_000  # persons: some 5,000 adults
FIGURES = pathlib.Path(__file__).with_name("targets.yaml")


class Missing(Exception):
    """What a test needs is not part of the model (yet): it fails, and says what is missing."""


# ------------------------------------------------------------------------------------------- what is found


@dataclasses.dataclass(frozen=True)
class Picture:
    """Numbers of one figure: lines or points, to be drawn on the page.

    Attributes
    ----------
    series : name, x, y, and how it is drawn: "line" or "points"
    """

    title: str
    x: str
    y: str
    series: tuple[tuple[str, tuple[float, ...], tuple[float, ...], str], ...]
    reading: str = ""


@dataclasses.dataclass(frozen=True)
class Part:
    """One statistic of a test.

    Attributes
    ----------
    values : unit of the statistic
        One per seed, or a single number where there is no luck in it.
    low, high : unit of the statistic
        Limits; None where there is none on that side. A part without any has no verdict and is only shown.
    point : unit of the statistic, optional
        What the study found; with one limit, twice its distance from it stands for the width.
    sources : ids of figures in targets.yaml
    means : text
        In a sentence, what the number says.
    reason : text
        Why it misses, where that was found; told only if it does.
    most : verdict
        The best this part can be; "near" for what is partly put in by hand.
    ends : unit of the statistic
        Interval of a single number that comes from data and not from seeds.
    """

    name: str
    values: float | Sequence[float]
    low: float | None = None
    high: float | None = None
    point: float | None = None
    unit: str = "1"
    sources: tuple[str, ...] = ()
    means: str = ""
    reason: str = ""
    most: str = PASS
    picture: Picture | None = None
    ends: tuple[float, float] | None = None

    @functools.cached_property
    def found(self) -> tuple[float, float | None, float | None]:
        """Mean over seeds and the ends of its 90 % Student interval (None for a single number without one)."""
        if isinstance(self.values, (int, float)):
            return float(self.values), *(self.ends or (None, None))
        mean, low, high = interval(self.values)
        return mean, (None if math.isnan(low) else low), (None if math.isnan(high) else high)

    @property
    def verdict(self) -> str | None:
        """Pass, near or fail; None where there are no limits."""
        if self.low is None and self.high is None:
            return None
        return worst([judged(self.found[0], self.low, self.high, self.point), self.most])

    @property
    def unsure(self) -> bool:
        """Whether the interval over seeds is wider than half the limits: more of them are worth their time."""
        if self.ends is not None:
            return False
        _, low, high = self.found
        across = width(self.low, self.high, self.point)
        return low is not None and high is not None and across is not None and high - low > 0.5 * across


def all_but_one(parts: list[Part]) -> list[Part]:
    """Parts by the letter that begins their name: where one letter alone misses, it is shown without a verdict."""
    missed = {part.name[0] for part in parts if part.verdict not in (None, PASS)}
    if len(missed) != 1:
        return parts
    told = "All parts but one must pass, and this is the one that does not; its limits are {} to {}. "
    return [
        dataclasses.replace(part, low=None, high=None, means=told.format(part.low, part.high) + part.means)
        if part.name[0] in missed
        else part
        for part in parts
    ]


@dataclasses.dataclass(frozen=True)
class Effect:
    """One effect that a claim states, and the control in which its cause is switched off.

    Attributes
    ----------
    differences : one per seed, treated less untreated
    sign : +1 or -1, as the claim states it; 0 is for effects that are shown without a verdict
    null : one per seed, the same difference with the mechanism switched off; None where `null_of` says why
    exact : whether the switches leave no other path, so that the null must be exactly 0 in every seed
    """

    name: str
    differences: Sequence[float]
    sign: int
    null: Sequence[float] | None = None
    exact: bool = False
    null_of: str = ""
    unit: str = "1"
    means: str = ""
    reason: str = ""
    picture: Picture | None = None

    @functools.cached_property
    def found(self) -> tuple[float, float, float]:
        """Mean over seeds and the ends of its 90 % Student interval."""
        return interval(self.differences)

    @property
    def null_holds(self) -> bool:
        """Whether nothing (or at most a fifth) is left of the effect without its cause."""
        if self.null is None:
            return False
        if self.exact:
            return not any(self.null)
        return abs(interval(self.null)[0]) <= NULL_SHARE * abs(self.found[0])

    @property
    def verdict(self) -> str | None:
        """Pass: sign as stated, interval without 0, null control holds; near: only the interval misses."""
        if self.sign == 0:
            return None
        mean, low, high = self.found
        if mean * self.sign <= 0.0 or not self.null_holds:
            return FAIL
        return PASS if low > 0.0 or high < 0.0 else NEAR


def judged(statistic: float, low: float | None, high: float | None, point: float | None = None) -> str:
    """Pass inside the limits; near outside them by less than a quarter of their width and with the right sign.

    With one limit only, its width is twice its distance from the study's point; without a point nothing
    outside is near. The sign is right if it is that of limits which leave out zero.
    """
    if not math.isfinite(statistic):
        return FAIL
    below = 0.0 if low is None else max(0.0, low - statistic)
    above = 0.0 if high is None else max(0.0, statistic - high)
    outside = max(below, above)
    if outside == 0.0:
        return PASS
    across = width(low, high, point)
    wrong = (low is not None and low >= 0.0 and statistic < 0.0) or (
        high is not None and high <= 0.0 and statistic > 0.0
    )
    return NEAR if across is not None and outside < NEARLY * across and not wrong else FAIL


def width(low: float | None, high: float | None, point: float | None) -> float | None:
    """Width of the limits; with one of them, twice its distance from the study's point."""
    if low is not None and high is not None:
        return high - low
    limit = low if low is not None else high
    return 2.0 * abs(limit - point) if limit is not None and point is not None else None


def worst(verdicts: Sequence[str | None]) -> str:
    """The worst of several verdicts; those without one do not count."""
    found = [one for one in verdicts if one is not None]
    return min(found, key=WORST_FIRST.index, default=FAIL)


# ------------------------------------------------------------------------------------------- the registers


@dataclasses.dataclass(frozen=True)
class Form:
    """In which form tests are run, and who runs their worlds.

    Attributes
    ----------
    quick : fewest seeds, smallest size, no second size; it guards against breaking things
    seeds : random seeds of every world
    population : persons at the start of a world, where a test does not say otherwise
    measure : callable
        ``measure(function, worlds, seeds, **options)``: see `experiments.worlds.Bench.measure`.
    """

    quick: bool
    seeds: range
    population: int
    measure: Callable[..., list[dict[str, Any]]]


@dataclasses.dataclass(frozen=True)
class Entry:
    """A registered test or claim."""

    id: str
    title: str
    run: Callable[[Form], Sequence[Any]]
    weight: int
    sources: tuple[str, ...]
    sized: bool  # whether its worlds have a size to be doubled
    provisional: str  # the rule in its first form on which it leans
    assumption: str  # what in it is put in by hand rather than found
    note: str

    @property
    def of_claim(self) -> bool:
        """Whether it is a claim."""
        return self.id.startswith("CLM")


TESTS: dict[str, Entry] = {}
CLAIMS: dict[str, Entry] = {}
Found = Callable[[Form], Sequence[Any]]


def evidence(
    id: str, title: str, *, weight: int, sources: Sequence[str], sized: bool = True, provisional: str = "",
    assumption: str = "", note: str = "",
) -> Callable[[Found], Found]:  # fmt: skip
    """Register a test against the world: a function from a `Form` to its `Part`s.

    Parameters
    ----------
    sources : ids of figures in targets.yaml
    sized : whether it runs worlds, which in full are run once more at double size
    provisional : the rule in its first form on which it leans
    assumption : what in it is put in by hand rather than found
    """
    return _register(
        TESTS, lambda run: Entry(id, title, run, weight, tuple(sources), sized, provisional, assumption, note)
    )


def claim(
    id: str, title: str, *, sources: Sequence[str] = (), provisional: str = "", assumption: str = "", note: str = ""
) -> Callable[[Found], Found]:
    """Register a claim: a function from a `Form` to its `Effect`s; see `evidence`."""
    return _register(CLAIMS, lambda run: Entry(id, title, run, 0, tuple(sources), False, provisional, assumption, note))


def _register(register: dict[str, Entry], entered: Callable[[Found], Entry]) -> Callable[[Found], Found]:
    def put(run: Found) -> Found:
        entry = entered(run)
        other = register.get(entry.id)
        if other is not None and other.run.__module__ != run.__module__:
            raise ValueError(f"{entry.id} is registered twice, in {other.run.__module__} and {run.__module__}")
        register[entry.id] = entry
        return run

    return put


def discover(register: str) -> dict[str, Entry]:
    """All tests ("evidence") or claims ("claims"): those of every module experiments/<register>*.py."""
    import experiments

    for module in pkgutil.iter_modules(experiments.__path__):
        if module.name == register or module.name.startswith(f"{register}_"):
            importlib.import_module(f"experiments.{module.name}")
    return dict(sorted((TESTS if register == "evidence" else CLAIMS).items()))


# ------------------------------------------------------------------------------------------- carrying out


@dataclasses.dataclass(frozen=True)
class Result:
    """What became of one test or claim."""

    entry: Entry
    verdict: str
    parts: tuple[Part | Effect, ...]
    seconds: float
    seeds: int
    population: int
    reason: str = ""  # why it has no statistic
    error: str = ""  # a fault of the program; never a finding
    second: dict[str, Any] | None = None  # the same at double size

    @property
    def shown(self) -> Part | Effect | None:
        """The worst part, which stands for the whole."""
        judged_parts = [part for part in self.parts if part.verdict is not None]
        return min(judged_parts, key=lambda part: WORST_FIRST.index(str(part.verdict)), default=None)

    def document(self, figures: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Plain values for JSON."""
        told = told_of(self.shown, figures) if self.shown else dict.fromkeys(EMPTY)
        found: dict[str, Any] = {"id": self.entry.id, "title": self.entry.title, "verdict": self.verdict}
        found |= {key: told[key] for key in ("statistic", "interval", "target", "unit")}
        found["source"] = said_of(self.entry.sources, figures)
        if self.entry.of_claim:
            found |= {key: told.get(key) for key in ("null", "null_interval", "null_of")}
        else:
            found["weight"] = self.entry.weight
        found |= {"seconds": round(self.seconds, 2), "seeds": self.seeds, "population": self.population}
        for name in ("provisional", "assumption", "note"):
            if getattr(self.entry, name):
                found[name] = getattr(self.entry, name)
        reason = self.reason or getattr(self.shown, "reason", "")
        found |= {key: value for key, value in (("reason", reason), ("error", self.error)) if value}
        if self.second:
            found["second_size"] = self.second
        if len(self.parts) > 1:
            found["parts"] = [told_of(part, figures) for part in self.parts]
        return found


EMPTY = ("statistic", "interval", "target", "unit", "null", "null_interval", "null_of")


def told_of(part: Part | Effect, figures: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One part as plain values."""
    mean, low, high = part.found
    told: dict[str, Any] = {
        "name": part.name,
        "verdict": part.verdict,
        "statistic": mean,
        "interval": None if low is None or high is None or math.isnan(low) else [low, high],
        "unit": part.unit,
    }
    if isinstance(part, Part):
        told["target"] = None if part.verdict is None else [part.low, part.high]
        told |= dict.fromkeys(("null", "null_interval", "null_of", "null_holds"))  # a limit has no control
        told |= {"point": part.point, "source": said_of(part.sources, figures)}
        if not isinstance(part.values, (int, float)) and len(part.values) > 1:
            told["spread"] = percentiles(part.values)
    else:
        told["target"] = [0.0, None] if part.sign > 0 else [None, 0.0] if part.sign < 0 else None
        null = None if part.null is None else interval(part.null)
        told["null"] = None if null is None else null[0]
        told["null_interval"] = None if null is None or math.isnan(null[1]) else [null[1], null[2]]
        told |= {"null_of": part.null_of, "null_holds": part.null_holds, "null_exact": part.exact}
        told |= {"spread": percentiles(part.differences), "source": ""}
    told |= {"means": part.means, "reason": "" if part.verdict == PASS else part.reason}
    return told


def each(found: Sequence[dict[str, Any]], name: str, scale: float = 1.0) -> list[float]:
    """One number of every seed."""
    return [scale * float(one[name]) for one in found]


def percentiles(values: Sequence[float]) -> list[float]:
    """5th and 95th percentile over seeds."""
    import numpy as np

    return [float(one) for one in np.percentile(np.asarray(values, np.float64), (5, 95))]


@functools.cache
def figures_read() -> dict[str, dict[str, Any]]:
    """The figures of targets.yaml by id: what was found, where, by whom, and whether that was checked."""
    import yaml

    return {one["id"]: one for one in yaml.safe_load(FIGURES.read_text("utf-8"))["figures"]}


def said_of(sources: Sequence[str], figures: dict[str, dict[str, Any]]) -> str:
    """Sources in words; a figure whose source was not read again says so."""
    said = []
    for one in sources:
        figure = figures.get(one)
        if figure is None:
            said.append(one)
            continue
        verified = str(figure["verified"])
        said.append(f"{figure['source']} [{one}{'' if verified.startswith('yes') else ': ' + verified}]")
    return "; ".join(dict.fromkeys(said))


def carry_out(entry: Entry, quick: bool, measure: Callable[..., list[dict[str, Any]]]) -> Result:
    """Run one test or claim in its quick or full form.

    In full, seeds are added while an interval is wider than half the limits, up to 100, never because of
    a sign; then everything is repeated once at double size, where the verdict must be the same.
    """
    begun = time.perf_counter()
    form = Form(quick, range(1, 1 + (QUICK_SEEDS if quick else FULL_SEEDS)), POPULATION, measure)

    def result(verdict: str, parts: Sequence[Part | Effect] = (), **more: Any) -> Result:
        seconds = time.perf_counter() - begun
        return Result(entry, verdict, tuple(parts), seconds, len(form.seeds), form.population, **more)

    try:
        parts = list(entry.run(form))
        while not quick and len(form.seeds) < MOST_SEEDS and any(isinstance(p, Part) and p.unsure for p in parts):
            form = dataclasses.replace(form, seeds=range(1, 1 + min(MOST_SEEDS, len(form.seeds) + FULL_SEEDS)))
            parts = list(entry.run(form))
        verdict, second = worst([part.verdict for part in parts]), None
        if entry.sized and not quick:
            again = list(entry.run(dataclasses.replace(form, population=2 * form.population)))
            other = worst([part.verdict for part in again])
            second = {
                "population": 2 * form.population,
                "verdict": other,
                "parts": [told_of(part, figures_read()) for part in again],
            }
            if other != verdict:
                second["said"] = f"the verdict depends on size: {verdict} and {other}"
                verdict = worst([verdict, other])
        return result(verdict, parts, second=second)
    except Missing as error:
        return result(FAIL, reason=str(error))
    except Exception as error:
        line = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return result(FAIL, reason="the program failed", error=line)


def score(results: Sequence[Result]) -> float | None:
    """Weighted mean of the verdicts of tests."""
    weights = [one.entry.weight for one in results]
    total = sum(weights)
    return sum(SCORES[one.verdict] * w for one, w in zip(results, weights, strict=True)) / total if total else None


# ------------------------------------------------------------------------------------------- the stored list


def fallen(results: Sequence[Result], stored: dict[str, str]) -> list[str]:
    """Ids whose verdict was pass and is fail."""
    return [one.entry.id for one in results if one.verdict == FAIL and stored.get(one.entry.id) == PASS]


__all__ = [
    "Effect", "Entry", "Form", "Missing", "Part", "Picture", "Result", "carry_out", "claim", "discover", "evidence",
]  # fmt: skip
