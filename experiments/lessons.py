"""What a lesson says will happen, measured: worlds that part after the burn-in, for the class's seed and others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.worlds import started, twin
from scenarios.configuration import Configuration
from sim.codes import Event, Reason, Sector
from sim.mechanism import Month

SEEDS = range(1, 22)  # that of the class, and twenty others
CLASS_SEED = SEEDS[0]
LAST = 36  # months at the end over which an outcome is averaged
NEVER = 1e6  # an amount beyond this stands for hours that cannot be worked
BASE = "base"
OWN = ("jobs_selling_outside", "stopped_for_remittances", "firms_opened")
"""Counted here, beside the indicators of the model."""


def ends(worlds: dict[str, Configuration], seed: int, outcomes: Sequence[str]) -> dict[str, dict[str, float]]:
    """Mean of the last three years of each outcome in each world; all worlds share what came before month 1.

    Parameters
    ----------
    worlds : configurations by name; `BASE` is where all of them begin
    outcomes : indicators with their group, ``gini@all``, or names of `OWN`
    """
    start = started(worlds[BASE], seed)
    return {name: end(twin(start, world), outcomes) for name, world in worlds.items()}


def end(model: Any, outcomes: Sequence[str]) -> dict[str, float]:
    """The outcomes of one world: indicators as means of the last three years, events as counts of all months."""
    jobs: list[float] = []
    before = len(model.recorder.series("population"))
    while model.world.month < model.setup.burn_in + model.setup.months:
        model.step()
        firms = model.population.firms
        jobs.append(float(firms.jobs[(firms.open == 1) & (firms.sector == Sector.TRADABLE)].sum()))
    record = model.recorder.histories()
    since = np.asarray(record["month"]) >= 0
    out = np.isin(record["event"], (Event.LEFT_LABOUR_FORCE, Event.STAYED_OUT)) & (
        np.asarray(record["reason"]) == Reason.REMITTANCES
    )
    own = {
        "jobs_selling_outside": float(np.mean(jobs[-LAST:])),
        "stopped_for_remittances": float((out & since).sum()),
        "firms_opened": float((since & (np.asarray(record["event"]) == Event.FIRM_OPENED)).sum()),
    }
    found = {}
    for outcome in outcomes:
        name, _, group = outcome.partition("@")
        if name in own:
            found[outcome] = own[name]
        else:
            found[outcome] = float(model.recorder.series(name, group or "all")[before:][-LAST:].mean())
    return found


def nudged(
    worlds: dict[str, Configuration], seed: int, arrows: Sequence[tuple[str, str, str, float, float]]
) -> dict[str, float]:
    """What one line of the month does to one column when another is higher: the same month, the same luck.

    Parameters
    ----------
    worlds : `BASE`, whose first month after the burn-in is taken up to the line
    arrows : line, column that is raised, column or indicator that is looked at, factor and shift of the raise

    Returns
    -------
    dict
        For each arrow, as ``column>outcome``: difference of the mean of the outcome, over the mean where nothing
        is raised (the difference itself where that is zero).
    """
    start = started(worlds[BASE], seed)
    return {f"{column}>{outcome}": moved(start, line, column, outcome, factor, shift)
            for line, column, outcome, factor, shift in arrows}  # fmt: skip


def moved(start: Any, line: str, column: str, outcome: str, factor: float, shift: float) -> float:
    """The response of one outcome to one column within one line of one month."""
    plain, raised = (one_line(start, line, column if higher else "", outcome, factor, shift) for higher in (0, 1))
    return (raised - plain) / abs(plain) if plain else raised - plain


def one_line(start: Any, line: str, column: str, outcome: str, factor: float, shift: float) -> float:
    """Mean of an outcome after one line of a month, with a column raised before it or none."""
    model = twin(start)
    world = model.world
    world.ledger.open()
    world.recorder.open()
    for mechanism in model.schedule.lines():
        wanted = mechanism.name() == line
        if wanted and column:
            values = values_of(world, column)
            highest = np.iinfo(values.dtype).max if values.dtype.kind == "i" else np.inf
            values[:] = np.minimum(values * factor + shift, highest).astype(values.dtype)
        (mechanism if mechanism.on else mechanism.rest)(Month(world, mechanism))
        if wanted:
            break
    if "." not in outcome:
        world.recorder.observe()
        return float(model.recorder.series(outcome)[-1])
    found = np.asarray(values_of(world, outcome), np.float64)
    return float(found[np.abs(found) < NEVER].mean())


def values_of(world: Any, column: str) -> Any:
    """One column of the tables, by the name under which it is declared."""
    table, _, name = column.partition(".")
    found = next(one for one in world.population.tables() if type(one).__name__.lower() == table)
    return found.values(name)
