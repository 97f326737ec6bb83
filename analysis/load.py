"""Results read back: outcomes of each seed in each scenario, and the effects between scenarios."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from experiments.effects import LEVEL, WINDOW, Effect, over_window, paired
from experiments.store import Store

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray


class Results:
    """What one folder of results holds.

    Attributes
    ----------
    sweep : dict
        What was asked for, with units and definitions of all indicators.
    scenarios : list of text
        Names of the scenarios, in the order in which they were asked for.
    seeds : list of int
        Seeds whose runs are stored in every scenario: only these pair.
    points : list of tables
        Values of the factors at each point of a sweep; one empty table where nothing varied.
    """

    def __init__(self, folder: str | os.PathLike[str], point: int = 0) -> None:
        self.store = Store(folder)
        self.folder = self.store.folder
        self.sweep: dict[str, Any] = self.store.sweep
        self.scenarios: list[str] = list(self.sweep["scenarios"])
        plan = self.store.plan()
        found = self.store.found()
        self.points: list[dict[str, Any]] = [{} for _ in range(1 + max((p.point for p in plan), default=0))]
        for p in plan:
            self.points[p.point] |= p.factors
        held = {
            name: {p.seed: p.run_id for p in plan if p.scenario == name and p.point == point and p.run_id in found}
            for name in self.scenarios
        }
        self.planned = len({p.run_id for p in plan})
        self.stored = len({p.run_id for p in plan} & found)
        self.seeds: list[int] = sorted(set.intersection(*(set(runs) for runs in held.values())))
        self._runs = {name: [held[name][seed] for seed in self.seeds] for name in self.scenarios}

    @property
    def indicators(self) -> dict[str, dict[str, str]]:
        """Unit, title, definition and preferred direction of every indicator."""
        return self.sweep["indicators"]  # type: ignore[no-any-return]

    @property
    def made(self) -> float:
        """When the runs were asked for: seconds since 1970."""
        return (self.folder / "sweep.json").stat().st_mtime

    @property
    def currency(self) -> str:
        """Money of the territory."""
        return str(self.configuration(self.scenarios[0])["territory"]["currency"])

    def unit(self, indicator: str) -> str:
        """Unit of an indicator, money in the currency of the territory."""
        unit = self.indicators[indicator]["unit"]
        return self.currency + unit.removeprefix("money") if unit.startswith("money") else unit

    def configuration(self, scenario: str) -> dict[str, Any]:
        """The resolved configuration of one scenario."""
        return self.sweep["scenarios"][scenario]  # type: ignore[no-any-return]

    @property
    def outcomes(self) -> list[str]:
        """What `table` holds of each run: ``indicator`` or ``indicator@group``."""
        facts = {"run_id", "part", "seed", "seconds", "peak_memory"}
        return [name for name in self.store.summary().column_names if name not in facts]

    def table(self) -> pd.DataFrame:
        """One row per run: scenario, point, seed, factors, and each outcome as its mean over the last months.

        A run that several points share (a scenario that does not know the factors) has a row in each.
        """
        import pandas as pd

        plan = [
            {"run_id": p.run_id, "scenario": p.scenario, "point": p.point, "seed": p.seed, **p.factors}
            for p in self.store.plan()
        ]
        summary = self.store.summary().to_pandas()
        found = pd.DataFrame(plan).merge(summary.drop(columns="seed", errors="ignore"), on="run_id")
        return found.drop(columns="part").sort_values(["scenario", "point", "seed"], ignore_index=True)

    @functools.cached_property
    def _rows(self) -> dict[str, Any]:
        table = self.store.rows()
        found: dict[str, Any] = {"month": table["month"].to_numpy(), "value": table["value"].to_numpy()}
        for name in ("run_id", "indicator", "group"):
            column = table[name].combine_chunks()
            column = column.chunk(0) if hasattr(column, "chunk") else column
            found[name] = column.indices.to_numpy()
            found[f"{name}s"] = {text: code for code, text in enumerate(column.dictionary.to_pylist())}
        # sorted once, so that each indicator and group is one slice
        order = np.lexsort((found["month"], found["run_id"], found["group"], found["indicator"]))
        for name in ("month", "value", "run_id", "indicator", "group"):
            found[name] = found[name][order]
        found["key"] = found["indicator"].astype(np.int64) * (len(found["groups"]) + 1) + found["group"]
        return found

    @property
    def groups(self) -> list[str]:
        """Every group of people or places that something was measured for."""
        return list(self._rows["groups"])

    def panel(self, scenario: str, indicator: str, group: str = "all") -> Array:
        """One indicator of one group: an array [seed, month]."""
        rows = self._rows
        if indicator not in rows["indicators"] or group not in rows["groups"]:
            raise KeyError(f"{indicator} of {group} is not in {self.folder}")
        key = rows["indicators"][indicator] * (len(rows["groups"]) + 1) + rows["groups"][group]
        low, high = np.searchsorted(rows["key"], [key, key + 1])
        if low == high:
            raise KeyError(f"{indicator} is not measured for {group}")
        runs, values = rows["run_id"][low:high], rows["value"][low:high]
        series = []
        for run_id in self._runs[scenario]:
            code = rows["run_ids"][run_id]
            first, last = np.searchsorted(runs, [code, code + 1])
            series.append(values[first:last])
        return np.array(series)

    @property
    def months(self) -> Array:
        """The months measured, 1 is the first after the burn-in."""
        return np.unique(self._rows["month"])

    def outcome(self, scenario: str, indicator: str, group: str = "all", months: int = WINDOW) -> Array:
        """One number per seed: the indicator's mean over the last months."""
        return over_window(self.panel(scenario, indicator, group), months)

    def effect(
        self,
        policy: str,
        baseline: str,
        indicator: str,
        group: str = "all",
        *,
        months: int = WINDOW,
        level: float = LEVEL,
    ) -> Effect:
        """Paired effect of one scenario against another on one indicator."""
        return paired(
            indicator,
            self.outcome(baseline, indicator, group, months),
            self.outcome(policy, indicator, group, months),
            unit=self.unit(indicator),
            group=group,
            level=level,
            cost=self.cost(policy, baseline),
        )

    def effects(
        self, policy: str, baseline: str, indicators: Iterable[str] = (), group: str = "all", **options: Any
    ) -> list[Effect]:
        """Effects on several indicators (all, if none is named)."""
        return [self.effect(policy, baseline, name, group, **options) for name in indicators or self.indicators]

    def cost(self, policy: str, baseline: str) -> float | None:
        """What was spent on instruments more than in the baseline: mean a month over the whole run."""
        if "instrument_spending" not in self.indicators:
            return None
        spent = [self.panel(name, "instrument_spending").mean() for name in (policy, baseline)]
        return float(spent[0] - spent[1])

    def life(self) -> Any:
        """Wall time and peak memory of each run, as an Arrow table."""
        table = self.store.summary()
        return table.select(
            [name for name in ("run_id", "seed", "seconds", "peak_memory") if name in table.column_names]
        )

    def seconds(self) -> float:
        """Wall time of all runs together."""
        table = self.life()
        return float(pc.sum(table["seconds"]).as_py() or 0.0) if "seconds" in table.column_names else 0.0


def load(folder: str | os.PathLike[str], point: int = 0) -> Results:
    """The results in a folder; of a sweep, panels and effects are those of one point, `table` has all of them."""
    return Results(folder, point)
