"""Trials in the model: assign at random, estimate as in the field, and set it beside the true effect.

The same people live on in a twin without the event, with the same luck. So what it did to each is known, and
an estimate from one world alone can be held against it: the trial with its arms, and what would be concluded
from comparing those who have something with those who do not.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments import estimators
from experiments.effects import LEVEL, interval
from experiments.estimators import Estimate
from experiments.interventions import intervene
from experiments.worlds import Bench, advance, rows_by_id, started, twin
from scenarios.configuration import Configuration, ConfigurationError, compose
from sim.codes import Status
from sim.events import drawn_units, members, saturations
from sim.groups import GROUPS
from sim.instruments import Assign, Instrument
from sim.mechanism import Month
from sim.table import TABLES

if TYPE_CHECKING:
    from sim.model import World

Array = np.ndarray[Any, np.dtype[Any]]
LABOUR_FORCE = (int(Status.UNEMPLOYED), int(Status.EMPLOYED), int(Status.OWN_ACCOUNT))
WORKING = (int(Status.EMPLOYED), int(Status.OWN_ACCOUNT))
AWAY = int(Status.AWAY)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What is measured of each person or household."""

    table: str
    unit: str
    meaning: str
    measure: Callable[[World], Array]


def of_status(codes: Sequence[int]) -> Callable[[World], Array]:
    """1 for people whose status is one of these."""
    return lambda world: np.isin(world.population.persons.status, codes).astype(np.float64)


OUTCOMES: dict[str, Outcome] = {
    "participates": Outcome("Persons", "1", "1 in the labour force", of_status(LABOUR_FORCE)),
    "works": Outcome("Persons", "1", "1 in work", of_status(WORKING)),
    "away": Outcome("Persons", "1", "1 away", of_status((AWAY,))),
    "somebody_away": Outcome(
        "Households", "1", "1 with somebody away", lambda world: (world.population.households.away > 0).astype(float)
    ),
}


def outcome_named(name: str) -> Outcome:
    """A named outcome, or any column of numbers of persons or households, as in households.consumption."""
    if name in OUTCOMES:
        return OUTCOMES[name]
    table, _, column = name.partition(".")
    kind = {"persons": "Persons", "households": "Households"}.get(table)
    declared = TABLES[kind].columns.get(column) if kind else None
    if kind is None or declared is None or declared.width:
        raise ConfigurationError(
            f"outcome {name!r} is not known; allowed: {', '.join(OUTCOMES)}, or a column of persons or households, "
            "for example households.consumption"
        )
    scale = 0.01 if declared.unit == "cent" else 1.0
    unit = "money" if declared.unit == "cent" else declared.unit
    return Outcome(
        kind, unit, declared.meaning, lambda world: scale * world.population[kind].values(column).astype(np.float64)
    )


class Watch:
    """Means of an outcome over months, and who was served, for the same units wherever their rows are."""

    def __init__(self, outcome: Outcome, ids: Array, event: str = "") -> None:
        self.outcome, self.ids, self.event = outcome, ids, event
        self.sums, self.months = np.zeros(len(ids)), 0
        self.there = np.ones(len(ids), bool)
        self.served: set[int] = set()

    def look(self, world: World) -> None:
        """Note one month."""
        rows = rows_by_id(world.population[self.outcome.table].values("id"), self.ids)
        self.there &= (rows >= 0) & present(world, self.outcome.table)[rows]
        self.sums += np.where(self.there, self.outcome.measure(world)[rows], 0.0)
        self.months += 1

    def note_served(self, world: World) -> None:
        """Note whom the event reaches this month."""
        self.served.update(world.served.get(self.event, np.zeros(0, np.int64)).tolist())

    @property
    def mean(self) -> Array:
        """Mean over the months."""
        return self.sums / max(self.months, 1)


def present(world: World, table: str) -> Array:
    """People who are alive, here or away; households with somebody."""
    if table == "Persons":
        return np.asarray(world.population.persons.status <= AWAY)
    homes = world.population.households
    return np.asarray((homes.members > 0) | (homes.away > 0))


def passed_on(world: World, chosen: Array, of: str, table: str) -> Array:
    """A truth value of persons, households or localities for the rows of persons or households."""
    persons, homes = world.population.persons, world.population.households
    if of == table:
        return chosen
    if of == "Localities":
        return chosen[homes.locality] if table == "Households" else chosen[homes.locality][persons.household]
    if of == "Households":
        return chosen[persons.household]
    if of == "Persons":
        found = np.zeros(homes.count, bool)
        found[persons.household[chosen]] = True
        return found
    return np.ones(world.population[table].count, bool)


# ------------------------------------------------------------------------------------------- one trial


@dataclasses.dataclass(frozen=True)
class Sample:
    """The units of one trial, at its end.

    Attributes
    ----------
    before, after, twin : unit of the outcome
        Means before the event; at its end in this world and in the twin without the event.
    eligible, assigned, served, taken, taken_without : truth values
        Of the group when the event began; drawn; reached; who has what is compared, here and in the twin.
    saturation : share drawn by the place
    group : the unit of assignment, for standard errors
    """

    before: Array
    after: Array
    twin: Array
    eligible: Array
    assigned: Array
    served: Array
    taken: Array
    taken_without: Array
    saturation: Array
    group: Array

    def of(self, chosen: Array) -> Sample:
        """Some of the units."""
        return Sample(*(getattr(self, field.name)[chosen] for field in dataclasses.fields(self)))


def run_trial(
    configuration: Configuration, event: str, outcome: str, seed: int, months: int, window: int, taken: str = ""
) -> Sample:
    """Carry out one trial in one world and in its twin.

    Parameters
    ----------
    event : name of a policy or shock of the configuration, with ``assign``
    months : how long after its start the outcome is looked at
    window : months over which the outcome is averaged, at the end and before the start
    taken : a group of persons or households; who belongs to it at the end counts as having taken it up. None:
        who was ever served.
    """
    found = next(one for one in configuration.events if one.name == event)
    what = outcome_named(outcome)
    others = tuple(one for one in configuration.events if one.name != event)
    model = started(dataclasses.replace(configuration, events=others), seed)
    lead = found.start - 1
    table = model.population[what.table]
    ids = table.values("id").copy()
    early = Watch(what, ids)
    if lead == 0:
        early.look(model.world)
    advance(model, lead, watch=lambda world, month: early.look(world) if month > lead - window else None)
    world = model.world
    treated, control = intervene(model, found), twin(model)

    month = Month(treated.world, treated.schedule.events)
    own = GROUPS[found.eligible].table
    in_group = passed_on(world, members(month, found.eligible), own, what.table)
    homes, persons = world.population.households, world.population.persons
    at = homes.locality if what.table == "Households" else homes.locality[persons.household]
    household = np.arange(homes.count) if what.table == "Households" else persons.household
    drawn, saturation, group = np.ones(table.count, bool), np.ones(table.count), np.arange(table.count)
    if found.assign is not None:
        unit = {"persons": "Persons", "households": "Households", "localities": "Localities"}[found.assign.unit]
        chosen = drawn_units(month, found)
        drawn = passed_on(world, chosen, unit, what.table)
        places = unit == "Localities" or bool(found.assign.saturation)
        saturation = chosen.astype(float)[at] if unit == "Localities" else saturations(month, found)[at]
        group = at if places else household if unit == "Households" or what.table == "Households" else group
    rows = rows_by_id(table.values("id"), ids)
    keep = rows >= 0
    rows, ids, before = rows[keep], ids[keep], early.mean[keep]
    eligible, assigned = np.asarray(in_group[rows], bool), np.asarray(drawn[rows], bool)
    saturation, group = saturation[rows], group[rows]

    late = Watch(what, ids, event), Watch(what, ids)

    def watching(watch: Watch) -> Callable[[World, int], None]:
        def look(world: World, now: int) -> None:
            watch.note_served(world)
            if now > months - window:
                watch.look(world)

        return look

    for one, watch in zip((treated, control), late, strict=True):
        advance(one, months, watch=watching(watch))
    served = reached(treated.world, late[0].served, own, what.table, ids)
    have = [served, np.zeros(len(ids), bool)]
    if taken:
        for k, there in enumerate((treated.world, control.world)):
            whole = members(Month(there, there.schedule.events), taken)
            mine = passed_on(there, whole, GROUPS[taken].table, what.table)
            where = rows_by_id(there.population[what.table].values("id"), ids)
            have[k] = (where >= 0) & mine[where]
    sample = Sample(
        before, late[0].mean, late[1].mean, eligible, assigned & eligible, served, have[0], have[1], saturation, group
    )
    return sample.of(late[0].there & late[1].there)


def reached(world: World, served: set[int], own: str, table: str, ids: Array) -> Array:
    """Which persons or households were served, themselves or through household, members or place."""
    if not served:
        return np.zeros(len(ids), bool)
    whole = np.isin(world.population[own].values("id"), np.array(sorted(served)))
    rows = rows_by_id(world.population[table].values("id"), ids)
    return np.asarray((rows >= 0) & passed_on(world, whole, own, table)[rows])


# ------------------------------------------------------------------------------------------- estimates and truth


def share_mean(values: Array, among: Array) -> float:
    """Mean among some; NaN where there are none."""
    return float(values[among].mean()) if among.any() else math.nan


def evaluated(sample: Sample, level: float = LEVEL) -> list[tuple[Estimate, float]]:
    """Every estimate from the treated world alone, with the true effect that the twin gives for it.

    The truth of a difference between arms is the mean effect on the treated arm; of the local average effect
    the mean effect on those whom assignment brought to take it up, over how many they are; of the direct
    effect and the spillover the means over the same arms. The naive comparison looks at everybody, the others at
    those who were eligible when the event began.
    """
    effect = sample.after - sample.twin
    trial = sample.of(sample.eligible)
    gain = trial.after - trial.twin
    arm = trial.assigned.astype(float)
    clean = arms_apart(trial)
    own = clean.assigned.astype(float)
    truth = share_mean(gain, trial.assigned)
    moved = float((trial.taken.astype(float) - trial.taken_without)[trial.assigned].sum())
    whole = float(gain[trial.assigned].sum())
    neighbours = ~trial.assigned & (trial.saturation > 0)
    direct, spillover = estimators.direct_and_spillover(trial.after, arm, trial.saturation, trial.group, level)
    near = share_mean(gain, neighbours)
    return [
        (
            estimators.naive_comparison(sample.after, sample.taken.astype(float), sample.group, level),
            share_mean(effect, sample.taken),
        ),
        (estimators.difference_in_means(clean.after, own, clean.group, level), truth),
        (estimators.difference_in_differences(clean.before, clean.after, own, clean.group, level), truth),
        (estimators.intention_to_treat(clean.before, clean.after, own, clean.group, level), truth),
        (
            estimators.local_average_effect(clean.after, clean.taken.astype(float), own, clean.group, level),
            whole / moved if moved else math.nan,
        ),
        (direct, truth - near),
        (spillover, near),
    ]


def arms_apart(trial: Sample) -> Sample:
    """Those who are compared: with several saturations the controls are of places where nobody is treated."""
    return trial.of(trial.assigned | (trial.saturation == 0) | (np.ptp(trial.saturation) == 0))


def accounted(sample: Sample) -> dict[str, float]:
    """Why a comparison of arms differs from the true effect on those assigned; only the twin tells.

    ``difference in means = truth + chance - reached``, and ``difference in differences = truth + chance_change -
    reached``, exactly: ``chance`` is by how much the arms would have differed without the event (the luck of the
    draw), ``chance_change`` by how much their changes would have; ``reached`` is what the event did to those not
    assigned, through prices, jobs, gifts and examples.

    References
    ----------
    Imbens and Rubin (2015), Causal Inference, sections 1.6 and 6.3: no interference; the error of one assignment.
    """
    clean = arms_apart(sample.of(sample.eligible))
    drawn, rest = clean.assigned, ~clean.assigned
    change = clean.twin - clean.before
    return {
        "chance": share_mean(clean.twin, drawn) - share_mean(clean.twin, rest),
        "chance_change": share_mean(change, drawn) - share_mean(change, rest),
        "reached": share_mean(clean.after - clean.twin, rest),
    }


def measure_trial(
    worlds: dict[str, Configuration], seed: int, event: str, outcome: str, months: int, window: int, taken: str,
    level: float,
) -> dict[str, Any]:  # fmt: skip
    """One trial of a seed as plain values: for each estimator estimate, error, ends, truth; and the arms."""
    sample = run_trial(worlds["trial"], event, outcome, seed, months, window, taken)
    rows = []
    for one, truth in evaluated(sample, level):
        values = (one.value, one.error, one.low, one.high, truth)
        found = dict(zip(("value", "error", "low", "high", "truth"), map(or_none, values), strict=True))
        rows.append({"name": one.name, **found, "units": one.units, "clusters": one.clusters})
    arms = {
        "eligible": int(sample.eligible.sum()), "assigned": int(sample.assigned.sum()),
        "served": int(sample.served.sum()), "taken": int(sample.taken.sum()), "units": len(sample.after),
        "mean": or_none(float(sample.twin.mean()) if len(sample.twin) else math.nan),
    }  # fmt: skip
    return {"rows": rows, "arms": arms, "account": {key: or_none(value) for key, value in accounted(sample).items()}}


def or_none(value: float) -> float | None:
    """A number, or None where it is not finite."""
    return value if math.isfinite(value) else None


# ------------------------------------------------------------------------------------------- over seeds


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What one estimator does over seeds.

    Attributes
    ----------
    estimate, truth, error : means over seeds
    miss, low, high : mean of estimate less truth over seeds, and its interval
    covered : share of seeds whose own interval contains the truth
    seeds : with an estimate and a truth; 0 where the design cannot tell
    """

    name: str
    estimate: float
    error: float
    truth: float
    miss: float
    low: float
    high: float
    covered: float
    seeds: int

    @property
    def misses(self) -> bool:
        """Whether the interval of its error leaves out zero."""
        return self.low > 0 or self.high < 0


def judged(found: Sequence[dict[str, Any]], level: float = LEVEL) -> list[Verdict]:
    """Every estimator over the seeds of `measure_trial`."""
    verdicts = []
    for k, row in enumerate(found[0]["rows"]):
        rows = [one["rows"][k] for one in found]
        rows = [one for one in rows if one["value"] is not None and one["truth"] is not None]
        if not rows:
            nothing = math.nan
            verdicts.append(Verdict(row["name"], nothing, nothing, nothing, nothing, nothing, nothing, nothing, 0))
            continue
        values, errors, truths = (np.array([one[key] for one in rows]) for key in ("value", "error", "truth"))
        miss, low, high = interval(values - truths, level)
        inside = [one["low"] <= one["truth"] <= one["high"] for one in rows]
        means = float(values.mean()), float(errors.mean()), float(truths.mean())
        verdicts.append(Verdict(row["name"], *means, miss, low, high, float(np.mean(inside)), len(rows)))
    return verdicts


def balance(found: Sequence[dict[str, Any]], level: float = LEVEL) -> dict[str, tuple[float, float, float]]:
    """What sets comparisons of arms apart from the truth, over seeds: mean and interval of each part."""
    parts = {key: [one["account"][key] for one in found] for key in found[0]["account"]}
    known = {key: [value for value in values if value is not None] for key, values in parts.items()}
    return {key: interval(values, level) for key, values in known.items() if values}


def assigned_at(overrides: Sequence[str], event: str, kind: str, assign: Assign) -> list[str]:
    """Overrides with the assignment of one event."""
    inside = f"unit: {assign.unit}, "
    inside += f"saturation: {list(assign.saturation)}" if assign.saturation else f"share: {assign.share:g}"
    kept = [one for one in overrides if not one.startswith(f"{kind}.{event}.assign=")]
    return [*kept, f"{kind}.{event}.assign={{{inside}}}"]


def trial(
    overrides: Sequence[str], outcome: str, *, assign: Assign | None = None, event: str = "", months: int = 24,
    window: int = 12, taken: str = "", level: float = LEVEL, bench: Bench | None = None,
) -> tuple[list[Verdict], list[dict[str, Any]]]:  # fmt: skip
    """One design over the seeds of a configuration.

    Parameters
    ----------
    overrides : as on the command line, with the policy or shock under trial among them
    outcome : as in `outcome_named`
    assign : how it is assigned; None keeps what the event itself says, or reaches all who are eligible
    event : which policy or shock; the only one, if there is one

    Returns
    -------
    Verdicts on every estimator, and what was measured for each seed.
    """
    configuration = compose(overrides, "trial")
    names = {one.name: one for one in configuration.events}
    event = event or (next(iter(names)) if len(names) == 1 else "")
    if event not in names:
        raise ConfigurationError(f"event {event!r} is none of the policies and shocks: {', '.join(names) or 'none'}")
    outcome_named(outcome)
    if taken and (taken not in GROUPS or GROUPS[taken].table not in ("Persons", "Households")):
        raise ConfigurationError(f"taken = {taken!r} is not a group of persons or households")
    if window < 1 or months < window:
        raise ConfigurationError(f"window = {window} must be from 1 to months = {months}")
    if assign is not None:
        kind = "policies" if isinstance(names[event], Instrument) else "shocks"
        overrides = assigned_at(overrides, event, kind, assign)
    options = {
        "event": event, "outcome": outcome, "months": months, "window": window, "taken": taken, "level": level,
    }  # fmt: skip
    with bench or Bench() as at_work:
        found = at_work.measure(measure_trial, {"trial": overrides}, list(configuration.all_seeds), **options)
    return judged(found, level), found


__all__ = ["Outcome", "Sample", "Verdict", "evaluated", "run_trial", "trial"]
