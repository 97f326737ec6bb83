"""Where results come from and how far they can be trusted: the figures of the place, its tests, the manifest."""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from analysis import sentences
from analysis.figures import measured, with_currency
from analysis.sentences import number, quantity, unit_words
from experiments.effects import interval
from sim.packs import Pack, Test, read_pack

if TYPE_CHECKING:
    from analysis.load import Results


def pack_of(tree: dict[str, Any]) -> Pack:
    """The figures the results were made with, and with them the tests and gaps of the shipped pack."""
    from scenarios import library

    rest: dict[str, Any] = {}
    name = str(tree.get("pack") or "")
    if name in library.territories():
        rest = {key: value for key, value in library.load("territories", name).items() if key != "inputs"}
    return read_pack({**rest, "inputs": tree["territory"]})


def base_year(place: dict[str, Any]) -> str:
    """The year the figures of the place are of."""
    year = place.get("base_year", "")
    return str(year.get("value", "") if isinstance(year, dict) else year)


def population(tree: dict[str, Any]) -> int:
    """Persons at the start."""
    own = tree["territory"].get("population", 0)
    return int(tree.get("population") or (own.get("value", 0) if isinstance(own, dict) else own))


def resemblance(results: Results, baseline: str, level: float, pack: Pack) -> dict[str, Any]:
    """Published figures of the place beside what the model makes of the base year without the package."""
    rows = [judged(results, baseline, level, test) for test in pack.tests]
    counts = Counter(row["verdict"] for row in rows)
    said = sentences.resemblance(counts["meets"], counts["near"], counts["misses"], counts["no verdict"])
    return {
        "rows": rows,
        "said": said if rows else "This place has no published figures to judge the model by.",
    }


def judged(results: Results, baseline: str, level: float, test: Test) -> dict[str, str]:
    """One published figure and the model's: meets (within the tolerance), near (within twice), misses."""
    unit = "1" if test.over else with_currency(test.unit, results.currency)
    if test.value is not None:
        published = quantity(number(test.value, 3), unit)
    else:
        published = quantity(f"at least {number(test.at_least, 3)}", unit) if test.at_least is not None else "none"
    row = {
        "name": sentences.upper(test.name),
        "published": published,
        "year": f"{test.year:g}",
        "source": test.source,
        "note": test.note,
        "model": "not measured",
        "interval": "",
        "allowed": "",
        "verdict": "no verdict",
    }
    if test.allowed is not None and test.tolerance is not None:
        row["allowed"] = f"\u00b1 {listed_value(test.tolerance)}{' %' if test.relative else ' points'}"
    if not measured(results, test.statistic) or (test.over and not measured(results, test.over)):
        return row
    each = results.panel(baseline, test.statistic)[:, :12].mean(axis=1)
    below = results.panel(baseline, test.over)[:, :12].mean(axis=1) if test.over else np.ones_like(each)
    if not (below > 0).all():
        return row | {"model": "not defined"}
    mean, low, high = interval(each / below, level)
    row["model"] = quantity(number(mean, 3), unit)
    row["interval"] = f"{number(low, 3)} to {number(high, 3)}" if math.isfinite(low) else ""
    passed = test.passed(mean)
    if passed is not None:
        row["verdict"] = "meets" if passed else "near" if nearly(test, mean) else "misses"
    return row


def nearly(test: Test, found: float) -> bool:
    """Whether a result lies within twice the tolerance."""
    if test.allowed is None or test.value is None:
        return False
    return abs(found - test.value) <= 2 * (test.allowed[1] - test.value)


def limits(pack: Pack) -> dict[str, Any]:
    """How sure the figures of the place are, what is missing, and where they come from."""
    read = sum(figure.verified == "yes" for figure in pack.figures)
    derived = sum(figure.verified == "derived" for figure in pack.figures)
    assumed, total = len(pack.assumptions), len(pack.figures)
    sources = {figure.source for figure in pack.figures} | {test.source for test in pack.tests}
    return {
        "scope": pack.meta.get("scope", ""),
        "said": (
            f"{assumed} of the {total} figures that describe the place are assumptions with bounds, {read} "
            f"were read in their source, {derived} are derived from figures that were, and "
            f"{total - assumed - read - derived} are remembered or still to be found again."
        ),
        "assumptions": [
            {
                "name": figure.path.removeprefix("territory.inputs.").replace("_", " ").replace(".", ", "),
                "value": listed_value(figure.value),
                "unit": unit_words(figure.unit),
                "bounds": f"{figure.bounds[0]:g} to {figure.bounds[1]:g}" if figure.bounds else "",
                "note": figure.note,
            }
            for figure in pack.assumptions
        ],
        "not_found": list(pack.not_found),
        "conflicts": [dataclasses.asdict(conflict) for conflict in pack.conflicts],
        "interventions": [
            {
                "id": figure.id,
                "what": figure.what,
                "value": listed_value(figure.value),
                "unit": unit_words(figure.unit),
                "use": figure.used_by or figure.test or "not used",
                "note": figure.note,
            }
            for figure in pack.interventions
        ],
        "sources": sorted(
            source for source in sources if not source.startswith(("assumption", "definition", "none"))
        ),
    }  # fmt: skip


def listed_value(value: Any) -> str:
    """A figure or a list of figures."""
    if isinstance(value, list):
        return ", ".join(listed_value(one) for one in value)
    return f"{value:,.10g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def day(results: Results) -> str:
    """The day the runs were asked for."""
    made = datetime.datetime.fromtimestamp(results.made, datetime.UTC)
    return f"{made.day} {made:%B %Y}"


def manifest(results: Results, baseline: str, policy: str) -> dict[str, Any]:
    """How to make the same numbers again."""
    sweep = results.sweep
    seeds = results.seeds
    spans = (
        f"{seeds[0]} to {seeds[-1]}" if seeds == list(range(seeds[0], seeds[-1] + 1)) else ", ".join(map(str, seeds))
    )
    trees = {
        name: {key: value for key, value in results.configuration(name).items() if key not in ("out", "survey")}
        for name in results.scenarios
    }
    facts = [
        ("Scenarios", ", ".join(results.scenarios)),
        ("Random seeds", spans if len(seeds) > 1 else str(seeds[0])),
        ("Months after the burn-in", str(len(results.months))),
        ("People at the start", f"{population(results.configuration(policy)):,}"),
        ("Runs stored", f"{results.stored} of {results.planned} planned"),
        ("Simulated on", day(results)),
        ("Model code", str(sweep.get("code", ""))),
        ("Plan", str(sweep.get("plan", ""))),
        ("Versions", ", ".join(f"{name} {version}" for name, version in sweep.get("versions", {}).items())),
        ("Time of all runs", f"{number(results.seconds(), 3)} s"),
    ]
    return {
        "facts": facts,
        "changes": changes(trees[baseline], trees[policy]),
        "config": "data:application/json;charset=utf-8," + quote(json.dumps(trees, ensure_ascii=False)),
        "missing": results.planned - results.stored,
    }


def changes(before: Any, after: Any, where: str = "") -> list[str]:
    """Keys in which two configurations differ, each with both values; whole instruments by name."""
    if isinstance(before, dict) and isinstance(after, dict) and where.count(".") < 3:
        found = []
        for key in dict.fromkeys((*before, *after)):
            place = f"{where}.{key}" if where else str(key)
            if place == "case":
                continue
            if key not in before:
                found.append(f"{place}: added")
            elif key not in after:
                found.append(f"{place}: left out")
            elif before[key] != after[key]:
                found += changes(before[key], after[key], place)
        return found
    return [f"{where}: {listed_value(before)} \u2192 {listed_value(after)}"]
