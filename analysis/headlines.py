"""The ten headline changes of a comparison: the same numbers and words on the brief and on the live page."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from analysis import sentences
from analysis.figures import measured
from analysis.load import Results
from analysis.sentences import Verdict, quantity, shown, unit_words, verdict
from experiments.effects import LEVEL, WINDOW, Effect, over_window, paired

TEN: tuple[tuple[str, ...], ...] = (
    ("decent_work",),
    ("participation_women", "participation_men"),
    ("unemployment",),
    ("informality",),
    ("real_wage",),
    ("price_index",),
    ("poverty", "gini"),
    ("remittance_dependency",),
    ("prevalence",),
    ("cost_per_job",),
)
REAL_WAGE = {
    "title": "Real pay of employees",
    "definition": "Mean full-time pay of employees at the prices of the base month.",
    "better": "up",
}
COST_PER_JOB = {
    "title": "Cost per job",
    "definition": "Spent on the instruments a month for each further person at work, over the whole run.",
    "better": "",
}
ARROWS = {Verdict.UP: "\u25b2", Verdict.DOWN: "\u25bc", Verdict.NONE: "=", Verdict.UNSURE: "?"}


@dataclasses.dataclass(frozen=True)
class Headline:
    """One change: what is measured, the effect on it, and how it is valued."""

    name: str
    title: str
    definition: str
    unit: str
    better: str
    effect: Effect

    @property
    def mood(self) -> str:
        """Colour: good, bad, change without a good side, none, unsure."""
        if self.name == "cost_per_job" and verdict(self.effect) in (Verdict.UP, Verdict.DOWN):
            return "change"
        return mood(self.effect, self.better)


def headlines(
    results: Results, policy: str, baseline: str, level: float = LEVEL, months: int = WINDOW
) -> list[list[Headline]]:
    """The ten changes, those that belong together in one list; what is not measured is left out."""
    found = []
    for names in TEN:
        lines = [headline(results, policy, baseline, name, level, months) for name in names]
        found.append([line for line in lines if line is not None])
    return [lines for lines in found if lines]


def headline(results: Results, policy: str, baseline: str, name: str, level: float, months: int) -> Headline | None:
    """One of them."""
    if name == "real_wage":
        if not (measured(results, "wage_mean") and measured(results, "price_index")):
            return None
        without, treated = (real_wage(results, one, months) for one in (baseline, policy))
        unit = results.unit("wage_mean")
        effect = paired(name, without, treated, unit=unit, level=level, cost=results.cost(policy, baseline))
        return Headline(name, **REAL_WAGE, unit=unit, effect=effect)
    if name == "cost_per_job":
        if not measured(results, "at_work") or results.cost(policy, baseline) is None:
            return None
        effect = results.effect(policy, baseline, "at_work", months=len(results.months), level=level)
        return Headline(name, **COST_PER_JOB, unit=f"{results.currency}/month", effect=effect)
    if not measured(results, name):
        return None
    about = results.indicators[name]
    effect = results.effect(policy, baseline, name, months=months, level=level)
    return Headline(name, about["title"], about["definition"], results.unit(name), about["better"], effect)


def real_wage(results: Results, scenario: str, months: int) -> np.ndarray:
    """Mean pay of employees over the price level, one number per seed."""
    prices = results.panel(scenario, "price_index")
    pay = results.panel(scenario, "wage_mean")
    return over_window(np.divide(pay, prices, out=np.zeros_like(pay), where=prices > 0), months)


def mood(effect: Effect, better: str) -> str:
    """Colour of a result: good, bad, change without a good side, none, unsure."""
    good = sentences.favourable(effect, better)
    if good is not None:
        return "good" if good else "bad"
    return {"up": "change", "down": "change", "none": "none"}.get(verdict(effect).value, "unsure")


def card(one: Headline, note: str = "") -> dict[str, Any]:
    """One change as it is shown; every card has the same parts, whatever it shows."""
    if one.name == "cost_per_job":
        return cost_card(one)
    effect, unit = one.effect, one.unit
    s, found = shown(effect, unit), verdict(effect)
    unsure = found is Verdict.UNSURE and effect.seeds > 1
    return {
        **about(one, note),
        "arrow": ARROWS.get(found, "?"),
        "direction": sentences.direction(effect),
        "size": sentences.short(effect, unit),
        "unit": sentences.scale(one.name, unit, change=True) if found not in (Verdict.NONE, Verdict.BROKEN) else "",
        "relative": s.relative if found in (Verdict.UP, Verdict.DOWN) else "",
        "interval": f"{s.low} to {s.high}" if effect.seeds > 1 and found is not Verdict.NONE else "",
        "level": "" if found is Verdict.BROKEN else f"{s.baseline} \u2192 {quantity(s.policy, unit)}",
        "sure": sentences.sure(effect),
        "could": f"smallest that could show: {quantity(s.smallest, unit, change=True)}" if unsure else "",
        "strip": strip(effect),
        "sentence": sentences.headline(one.title, effect, unit, one.better),
    }


def cost_card(one: Headline) -> dict[str, Any]:
    """What one further person at work costs, where there are more and money was spent."""
    said = sentences.per_job(one.effect, one.unit)
    return {
        **about(one, ""),
        "arrow": "" if said.size else "=" if verdict(one.effect) is Verdict.NONE else "?",
        "direction": "" if said.size else "unchanged" if verdict(one.effect) is Verdict.NONE else "cannot tell",
        "size": said.size or said.none,
        "unit": unit_words(one.unit) if said.size else "",
        "relative": "",
        "interval": said.interval,
        "level": "",
        "sure": said.sure,
        "could": "",
        "strip": None,
        "sentence": said.sentence,
    }


def about(one: Headline, note: str) -> dict[str, Any]:
    """What every card says of its indicator."""
    return {
        "name": one.name,
        "title": one.title,
        "definition": one.definition,
        "note": note,
        "verdict": verdict(one.effect).value,
        "mood": one.mood,
        "valued": {"good": "better", "bad": "worse"}.get(one.mood, ""),
    }


def strip(effect: Effect) -> dict[str, float] | None:
    """Where zero, mean and ends of the interval lie on a line from 0 to 100."""
    if effect.none or effect.seeds < 2 or not math.isfinite(effect.low + effect.high):
        return None
    low, high = min(effect.low, 0.0), max(effect.high, 0.0)
    reach = (high - low) or 1.0
    low, reach = low - 0.1 * reach, 1.2 * reach
    return {
        name: round(100 * (value - low) / reach, 2)
        for name, value in (("zero", 0.0), ("low", effect.low), ("high", effect.high), ("mean", effect.mean))
    }
