"""Results held in memory while and after they are made: what `analysis.load` gives from a folder, without one."""

from __future__ import annotations

import pathlib
import time
from typing import Any

import numpy as np

from analysis.app.engine import STATES, Job, Run
from analysis.load import Results
from experiments.store import SCHEMA, meaning, versions
from sim.indicators import INDICATORS
from sim.mechanism import code_hash

Array = np.ndarray


class Held(Results):
    """The runs of a job, over the months that all of them have done."""

    def __init__(self, job: Job) -> None:
        """Nothing is read from a disk, so what the base class does at its start is not done."""
        self.job = job
        self.folder = pathlib.Path("results/app")
        self.scenarios = list(job.scenarios)
        self.count = job.month
        if not self.count:
            raise ValueError("no month has been done yet")
        runs = [run for run in job.runs if run.month >= self.count]
        self.runs = {name: sorted(self._of(runs, name), key=lambda run: run.seed) for name in self.scenarios}
        self.seeds = [run.seed for run in self.runs[self.scenarios[0]]]
        self.planned = self.stored = len(job.runs)
        self._tables = {name: np.array([run.table()[: self.count] for run in some]) for name, some in self.runs.items()}
        self._names = {name: k for k, name in enumerate(INDICATORS)}
        self._groups = {name: k for k, name in enumerate(runs[0].groups)}
        self.sweep: dict[str, Any] = {
            "schema": SCHEMA,
            "name": "app",
            "scenarios": {name: one.tree for name, one in job.scenarios.items()},
            "seeds": self.seeds,
            "baseline": self.scenarios[0],
            "policy": self.scenarios[1],
            "code": code_hash(),
            "plan": "",
            "versions": versions(),
            **meaning(),
        }

    @staticmethod
    def _of(runs: list[Run], name: str) -> list[Run]:
        return [run for run in runs if run.scenario == name]

    @property
    def made(self) -> float:
        """Just now."""
        return time.time()

    @property
    def groups(self) -> list[str]:
        """Every group that something was measured for."""
        return list(self._groups)

    @property
    def months(self) -> Array:
        """The months that every run has done."""
        return np.arange(1, self.count + 1)

    def panel(self, scenario: str, indicator: str, group: str = "all") -> Array:
        """One indicator of one group: an array [seed, month]."""
        if indicator not in self._names or group not in self._groups:
            raise KeyError(f"{indicator} of {group} is not measured")
        if not INDICATORS[indicator].covers(group):
            raise KeyError(f"{indicator} is not measured for {group}")
        return self._tables[scenario][:, :, self._names[indicator], self._groups[group]]

    def seconds(self) -> float:
        """Time the job has been running."""
        return self.job.working

    # ---- what only runs in memory have

    def money(self, scenario: str) -> dict[str, float]:
        """Money a month by flow of the books: mean over seeds and months so far."""
        each = [run.flows for run in self.runs[scenario]]
        names = dict.fromkeys(name for flows in each for name in flows)
        return {name: sum(flows.get(name, 0.0) for flows in each) / len(each) for name in names}

    def whereabouts(self, scenario: str) -> Array:
        """People by state at the start (the last row: not here yet) and state now, mean over seeds."""
        found = [run.people for run in self.runs[scenario] if run.people is not None]
        return np.mean(found, axis=0) if found else np.zeros((len(STATES) + 1, len(STATES)))
