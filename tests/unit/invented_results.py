"""Stored results that no model made: levels, luck of each seed, and a chosen effect."""

from __future__ import annotations

import copy
import pathlib
import zlib
from typing import Any

import numpy as np

from experiments.run import Plan
from experiments.store import Finished, Store
from scenarios.configuration import compose
from sim.indicators import INDICATORS
from sim.recorder import GROUPS

LEVELS = {
    "population": 2000.0, "participation": 46.0, "participation_women": 34.0, "participation_men": 60.0,
    "discouraged_by_remittances": 1.2, "unemployment": 3.1, "unemployment_broad": 11.8, "poverty": 56.0,
    "gini": 0.41,
    "price_index": 1.02, "price_ratio": 1.05, "prevalence": 5.6, "migrants": 118.0, "self_employment": 66.0,
    "remittances_sent": 4_600_000.0, "remittances_received": 4_180_000.0, "remittances_fees": 305_000.0,
    "remittances_lost": 41_000.0, "real_income": 27_400.0, "consumption": 26_100.0, "earnings_mean": 48_300.0,
    "remittance_dependency": 8.7, "receiving_households": 31.0, "instrument_spending": 0.0,
}  # fmt: skip
EFFECTS = {
    "remittances_received": 130_500.0, "remittances_fees": -52_000.0, "remittances_lost": 1_500.0,
    "remittances_sent": 70_000.0, "real_income": 210.0, "consumption": 190.0, "participation_women": -0.35,
    "participation_men": -0.05, "poverty": -0.6, "price_ratio": 0.004, "price_index": 0.002, "gini": 0.0004,
    "earnings_mean": 40.0, "instrument_spending": 51_400.0, "migrants": 1.3, "prevalence": 0.05,
}  # fmt: skip
"""Of the package on everybody, fully after a year."""
WITHHELD = {"participation_women": 1.1, "participation_men": 0.4, "discouraged_by_remittances": -1.2}


def invented(
    folder: pathlib.Path,
    *,
    seeds: int = 6,
    months: int = 36,
    size: float = 1.0,
    noise: float = 1.0,
    localities: int = 1,
    withheld: bool = True,
    case: str = "diourbel_cheaper_transfers",
    given: tuple[str, ...] = (),
    words: dict[str, Any] | None = None,
) -> pathlib.Path:
    """Store invented results of a comparison and return their folder.

    Parameters
    ----------
    size : number
        Of the effect of the package; 0 makes both worlds the same bit for bit.
    words : dictionary
        Texts that replace those of the place (`title`) and of every instrument (`policy`).
    """
    policy = compose([f"case={case}", f"seeds={seeds}", f"months={months}", "population=2000", *given])
    baseline = compose(["territory=diourbel", f"seeds={seeds}", f"months={months}", "population=2000", *given])
    scenarios = {"baseline": baseline, "policy": policy}
    if withheld:
        scenarios["withheld"] = compose([
            "territory=diourbel", f"seeds={seeds}", f"months={months}", "population=2000",
            "parameters.remittances.on=0", *given,
        ])  # fmt: skip
    plan = Plan("invented", scenarios)
    trees = {name: copy.deepcopy(one.tree) for name, one in scenarios.items()}
    for tree in trees.values():
        for key, text in (words or {}).items():
            if key == "policy":
                for one in tree["policies"].values():
                    one["title"] = text
            else:
                tree["territory"][key] = text
    store = Store(folder)
    about = {name: name for name in scenarios}
    store.begin({"name": "invented", "scenarios": trees, "seeds": list(plan.seeds), **about}, plan.runs())
    finished = [
        Finished(one.run_id, months_of(one.scenario, one.seed, months, size, noise, localities), summary(one.seed))
        for one in plan.runs()
    ]
    store.write(finished)
    return folder


def summary(seed: int) -> dict[str, Any]:
    """What a run says of itself."""
    return {"seed": seed, "seconds": 1.5, "peak_memory": 300.0}


def months_of(scenario: str, seed: int, months: int, size: float, noise: float, localities: int) -> dict[str, Any]:
    """Rows of one run: the same luck in all scenarios, some luck of its own where there is an effect."""
    groups = [*GROUPS, *(f"locality={k}" for k in range(localities if localities > 1 else 0))]
    time = np.arange(1, months + 1)
    ramp = np.minimum(time / 12, 1.0)
    columns: dict[str, list[Any]] = {"month": [], "indicator": [], "group": [], "value": []}
    for name, one in INDICATORS.items():
        k = zlib.crc32(name.encode())  # one more indicator changes nobody's luck
        for j, group in enumerate(groups):
            if not one.covers(group):
                continue
            level = LEVELS.get(name, 10.0)
            luck = np.random.default_rng([seed, k, j])
            own = np.random.default_rng([seed, k, j, len(scenario)])
            factor = 1.15 if group in ("recipient=yes", "migrants=yes") else 1.0
            values = level * factor * (1 + 0.02 * noise * (luck.normal() + np.cumsum(luck.normal(size=months)) / 12))
            change = {"policy": EFFECTS, "withheld": WITHHELD}.get(scenario, {}).get(name, 0.0)
            weight = 1.0 if scenario == "withheld" else size
            if change and weight:
                values = values + weight * change * ramp * (1 + 0.3 * noise * own.normal())
            columns["month"].append(time)
            columns["indicator"].append(np.full(months, name))
            columns["group"].append(np.full(months, group))
            columns["value"].append(values)
    found = {name: np.concatenate(parts) for name, parts in columns.items()}
    of = {one: found["indicator"] == f"remittances_{one}" for one in ("sent", "fees", "lost", "received")}
    travel = np.where(scenario == "policy", 20_000.0 - 10_000.0 * size, 20_000.0)
    sent, fees, lost = (found["value"][of[one]] for one in ("sent", "fees", "lost"))
    found["value"][of["received"]] = sent - fees - lost - travel  # no money comes from nowhere
    return {**found, "month": found["month"].astype(np.int16)}
