"""Tests of the labour market against the world: wage curve, Beveridge curve and matching, firm sizes.

They run in a small pack of the United Kingdom in 2012, with many employees and job seekers, and are shown
without a verdict for Diourbel. Demand moves by an AR(1) of its log, .95 a month, through the price that
tradables fetch. Its size was set once, before any statistic was read, such that log unemployment
(quarterly, detrended) has a standard deviation near .2; half and double of it are shown.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.market_statistics import (
    Array,
    adjusted_pay,
    beveridge,
    by_period,
    detrended,
    matching,
    rank_slope,
    shocks,
    swing,
    wage_curve,
    wage_curve_of_demand,
)
from experiments.verdicts import Form, Part, Picture, evidence
from experiments.worlds import Hands, advance
from sim.codes import Sector, Status

if TYPE_CHECKING:
    from scenarios.configuration import Configuration
    from sim.model import Remesa, World

PLACES, HEADS = 20, 2500  # localities of the wage curve, persons in each
YEARS_OF_WAGES, YEARS_OF_CYCLES, YEARS_OF_FIRMS = 10, 40, 20
SIZE = 0.04  # standard deviation of log demand
SEPARATION_SIZE = 0.25  # standard deviation of the log rate at which jobs end, in the contrast
SPEEDS = (0.1, 0.2, 0.4, 0.8)
MARKETS = 2  # times the usual population: fewer people make counts too noisy for elasticities
PERSONS_FOR_FIRMS = 140_000  # for some 2,000 firms
MOST_ENDED, LEAST_ENDED = 0.06, 0.005  # bounds of the rate at which jobs end
UNEMPLOYED, EMPLOYED, OWN_ACCOUNT = int(Status.UNEMPLOYED), int(Status.EMPLOYED), int(Status.OWN_ACCOUNT)


class Watch:
    """What a labour-market survey would see, month by month and place by place."""

    def __init__(self, world: World) -> None:
        self._count = world.population.localities.count
        persons = world.population.persons
        working = persons.status == EMPLOYED
        share = float(persons.occupation[working].mean()) if working.any() else 0.5
        self._weights = np.array([1.0 - share, share])  # levels of those employed at the start
        self._rows: dict[str, list[Array]] = {}

    def __call__(self, world: World, month: int) -> None:
        """Look once."""
        persons, firms, markets = world.population.persons, world.population.firms, world.population.markets
        place = world.population.households.locality[persons.household]
        count = self._count

        def heads(status: int) -> Array:
            return np.bincount(place[persons.status == status], minlength=count)

        def of_markets(values: Array) -> Array:
            return np.bincount(markets.locality, values, minlength=count)

        def of_firms(values: Array, firms: Any) -> Array:
            jobs = firms.jobs * (firms.sector != int(Sector.PUBLIC))[:, None]
            total = np.bincount(firms.locality, jobs.sum(axis=1), minlength=count)
            mean: Array = np.bincount(firms.locality, (values * jobs).sum(axis=1), minlength=count) / np.maximum(
                total, 1
            )
            return mean

        unemployed, employed, own = (heads(status) for status in (UNEMPLOYED, EMPLOYED, OWN_ACCOUNT))
        rows = np.flatnonzero(persons.status == EMPLOYED)
        rate = np.log(persons.wage[rows] / (persons.hours[rows] / 180.0) / persons.skill[rows])
        left = of_markets(markets.vacancies) - of_markets(markets.hires)
        found = of_markets(markets.found)
        seen = {
            "unemployment": unemployed / np.maximum(unemployed + employed + own, 1),
            "vacancies": left / np.maximum(left + employed, 1),
            "pay": adjusted_pay(place[rows], persons.occupation[rows], rate, count, self._weights),
            "posted": of_firms(np.log(np.maximum(firms.posted_wage, 1e-9)), firms),
            "matches": found, "seekers": found + unemployed, "open": of_markets(markets.vacancies),
            "own": own / np.maximum(own + employed, 1),
        }  # fmt: skip
        for name, values in seen.items():
            self._rows.setdefault(name, []).append(np.asarray(values, np.float64))

    def __getitem__(self, name: str) -> Array:
        return np.array(self._rows[name])


def started(configuration: Configuration, seed: int) -> Remesa:
    """A model after its burn-in."""
    from sim.model import Remesa

    model = Remesa(configuration.setup(seed))
    model.burn_in()
    return model


def with_demand(model: Remesa, path: Array) -> Watch:
    """Run as many months as the path of log demand has, and watch."""
    watch, month = Watch(model.world), iter(range(len(path)))

    def move(world: World) -> None:
        world.population.localities.export_demand[:] = np.exp(path[next(month)])

    advance(model, len(path), Hands(model.schedule, after={"events": move}), watch)
    return watch


def wages_and_unemployment(worlds: dict[str, Configuration], seed: int, size: float) -> dict[str, Any]:
    """The wage curve of places whose demand moves apart."""
    model = started(worlds["place"], seed)
    places = model.population.localities.count
    path = shocks(seed, 12 * YEARS_OF_WAGES, places, size, common=False)
    seen = with_demand(model, path)
    years = by_period(seen["unemployment"], 12), by_period(seen["pay"], 12)
    apart = [table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
             for table in (np.log(np.maximum(years[0], 1e-6)), years[1])]  # fmt: skip
    return {
        "coefficient": wage_curve(seen["unemployment"], seen["pay"]),
        "posted": wage_curve(seen["unemployment"], seen["posted"]),
        "later": wage_curve(seen["unemployment"], seen["pay"], later=1),
        "of_demand": wage_curve_of_demand(seen["unemployment"], seen["pay"], path) if size else 0.0,
        "swing": swing(seen["unemployment"]), "unemployment": seen["unemployment"].mean(), "own": seen["own"].mean(),
        "points": [apart[0].ravel()[::4], apart[1].ravel()[::4]],
    }  # fmt: skip


def cycles(worlds: dict[str, Configuration], seed: int, size: float, separations: bool = False) -> dict[str, Any]:
    """Unemployment, vacancies and matches over forty years, under shocks to demand or to the end of jobs."""
    model = started(worlds["place"], seed)
    places = model.population.localities.count
    path = shocks(seed, 12 * YEARS_OF_CYCLES, places, size, common=True)
    if not separations:
        seen = with_demand(model, path)
    else:
        seen, rate = Watch(model.world), model.schedule.separations.ended
        for month, ended in enumerate(rate * np.exp(path[:, 0]), 1):
            line = dataclasses.replace(model.schedule.separations, ended=min(max(ended, LEAST_ENDED), MOST_ENDED))
            model.schedule = dataclasses.replace(model.schedule, separations=line)
            model.world.schedule = model.schedule
            model.step()
            seen(model.world, month)
    sums = {name: seen[name].sum(axis=1) for name in ("matches", "seekers", "open")}
    unemployment, vacancies = seen["unemployment"].mean(axis=1), seen["vacancies"].mean(axis=1)
    of_seekers, of_vacancies = matching(sums["matches"], sums["seekers"], sums["open"])
    quarterly = [detrended(np.log(np.maximum(by_period(one, 3), 1e-6))) for one in (unemployment, vacancies)]
    return {
        "correlation": beveridge(unemployment, vacancies), "of_seekers": of_seekers, "of_vacancies": of_vacancies,
        "swing": quarterly[0].std(), "swing_vacancies": quarterly[1].std(), "unemployment": unemployment.mean(),
        "vacancies": vacancies.mean(), "finding": (sums["matches"] / np.maximum(sums["seekers"], 1)).mean(),
        "points": [quarterly[0], quarterly[1]],
    }  # fmt: skip


def sizes_of_firms(worlds: dict[str, Configuration], seed: int) -> dict[str, Any]:
    """Employees of private firms twenty years after all had the same number."""
    model = started(worlds["place"], seed)

    def private() -> Array:
        firms = model.population.firms
        jobs = firms.jobs.sum(axis=1)
        return np.asarray(jobs[(firms.open == 1) & (firms.sector != int(Sector.PUBLIC)) & (jobs > 0)])

    first = private()
    advance(model, 12 * YEARS_OF_FIRMS)
    sizes = private()
    tail = np.sort(sizes[sizes >= 5])[::-1]
    some = np.unique(np.geomspace(1, max(len(tail), 1), 60).astype(np.int64)) - 1
    return {
        "slope": rank_slope(sizes), "firms": len(sizes), "mean": float(sizes.mean()) if len(sizes) else 0.0,
        "start": [int(first.min()), int(first.max())] if len(first) else [0, 0],
        "points": [tail[some] if len(tail) else [], (some + 0.5) if len(tail) else []],
    }  # fmt: skip


def uk(population: int, months: int, places: int = 1, *more: str) -> dict[str, list[str]]:
    """The pack of 2012 with so many people and places."""
    return {"place": ["territory=uk_2012", f"population={population}", f"months={months}",
                      f"territory.localities={places}", *more]}  # fmt: skip


def column(found: Sequence[dict[str, Any]], name: str) -> list[float]:
    """One statistic of every seed."""
    return [float(one[name]) for one in found]


def few(form: Form) -> range:
    """Seeds of what is only shown: one in the quick form."""
    return form.seeds[:1] if form.quick else form.seeds[:5]


REASON = (
    "It is weak for two reasons. The phase: unemployment of a place answers demand in a quarter, half of the answer is "
    "gone within the year and all of it in less than two, before the demand is, because what applicants ask follows "
    "pay on offer; posted pay peaks a year after the shock, and pay of all, reviewed once a year, after nearly two: so "
    "pay of a year later has the curve (third part). And what lasts: without any shock to demand log unemployment of "
    "places of 2,500 moves nearly as much, because firms' own productivity does and single employers are large there; "
    "that moves pay for good, and unemployment for a while. The places of this test are apart: with a quarter or half "
    "an hour between them (one seed) pay of neighbours moves together: a flatter curve, and a steeper one of demand."
)


@evidence("T11", "Wage curve", weight=3, sources=("L01",), sized=False,
          note="Twenty places of 2,500 persons are the size that the test asks for.")  # fmt: skip
def t11(form: Form) -> list[Part]:
    """Pay and unemployment of places whose demand moves apart, over ten years, with place and year effects."""
    months, heads = 12 * YEARS_OF_WAGES, PLACES * HEADS
    found = form.measure(wages_and_unemployment, uk(heads, months, PLACES), form.seeds, size=SIZE)
    shown = {factor: form.measure(wages_and_unemployment, uk(heads, months, PLACES), few(form), size=factor * SIZE)
             for factor in (0.0, 0.5, 2.0)}  # fmt: skip
    by_speed = [form.measure(wages_and_unemployment, uk(heads, months, PLACES, f"parameters.vacancies.wage_speed={s}"),
                             few(form), size=SIZE) for s in SPEEDS]  # fmt: skip
    curve = tuple(float(np.mean(column(one, "coefficient"))) for one in by_speed)
    moved = tuple(float(np.mean(column(one, "of_demand"))) for one in by_speed)
    of_places = [tuple(map(float, values)) for values in found[0]["points"]]
    ends = min(of_places[0]), max(of_places[0])
    return [
        Part("coefficient of log pay on log unemployment", column(found, "coefficient"), -0.15, -0.03, -0.07,
             "elasticity", ("L01",),
             f"Unemployment {100 * np.mean(column(found, 'unemployment')):.1f} %, its log moves by "
             f"{np.mean(column(found, 'swing')):.2f} within places.", REASON,
             picture=Picture("Pay and unemployment of places, year by year",
                             "log unemployment, less place and year", "log pay, less place and year",
                             (("a year of a place", of_places[0], of_places[1], "points"),
                              ("coefficient", ends, tuple(found[0]["coefficient"] * x for x in ends), "line")),
                             "One seed; every fourth place and year, and the coefficient of all of them.")),
        Part("the same, of unemployment that demand moves", column(found, "of_demand"), unit="elasticity",
             means="Log demand is the instrument.",
             picture=Picture("The wage curve against the speed of posted wages", "part of the gap closed a month",
                             "coefficient",
                             (("least squares", SPEEDS, curve, "line"), ("moved by demand", SPEEDS, moved, "line")),
                             "Wages that lag unemployment flatten the curve.")),
        Part("the same, of pay a year later", column(found, "later"), unit="elasticity",
             means="Unemployment of a year, pay of the next."),
        Part("the same, of the pay that firms post", column(found, "posted"), unit="elasticity",
             means="Private firms, weighted by their employees."),
        *(Part(f"{name} the shocks", column(shown[factor], "coefficient"), unit="elasticity",
               means=f"Log unemployment moves by {np.mean(column(shown[factor], 'swing')):.2f}.")
          for factor, name in ((0.0, "without"), (0.5, "at half"), (2.0, "at double"))),
    ]  # fmt: skip


@evidence("T12", "Beveridge curve and matching", weight=2, sources=("L02", "L03"))
def t12(form: Form) -> list[Part]:
    """Forty years of aggregate shocks; no matching function is imposed, so its elasticities are a result."""
    months = 12 * YEARS_OF_CYCLES
    place = uk(MARKETS * form.population, months)
    found = form.measure(cycles, place, form.seeds, size=SIZE)
    ended = form.measure(cycles, place, form.seeds, size=SEPARATION_SIZE, separations=True)
    shown = {factor: form.measure(cycles, place, few(form), size=factor * SIZE) for factor in (0.5, 2.0)}
    at_home = form.measure(
        cycles, {"place": [f"population={form.population}", f"months={months}"]}, few(form), size=SIZE
    )
    weaker = [there - here for here, there in zip(column(found, "correlation"), column(ended, "correlation"),
                                                  strict=True)]  # fmt: skip
    returns = [a + b for a, b in zip(column(found, "of_seekers"), column(found, "of_vacancies"), strict=True)]
    points = found[0]["points"]
    told = (f"Unemployment {100 * np.mean(column(found, 'unemployment')):.1f} %, its log moves by "
            f"{np.mean(column(found, 'swing')):.2f}; {100 * np.mean(column(found, 'finding')):.0f} % of the unemployed "
            "find work in a month.")  # fmt: skip
    return [
        Part("a: correlation of unemployment and vacancies", column(found, "correlation"), None, -0.60, -0.89,
             sources=("L02",), means=told,
             picture=Picture("Beveridge curve", "log unemployment, detrended", "log vacancy rate, detrended",
                             (("quarter", tuple(map(float, points[0])), tuple(map(float, points[1])), "points"),),
                             "One seed, quarters of forty years.")),
        Part("b: elasticity of matches to unemployment", column(found, "of_seekers"), 0.40, 0.75, 0.6, "elasticity",
             ("L03",), "Monthly logs of hires of unemployed people, people unemployed when hiring begins, and "
             "vacancies open, with a trend and its square."),
        Part("b: returns to scale of matching", returns, 0.85, 1.15, 1.0, "elasticity", ("L03",),
             "Sum of the elasticities to unemployment and vacancies."),
        Part("c: how much weaker when jobs end more often instead", weaker, 0.0, None, None,
             means=f"Correlation under shocks to the end of jobs {np.mean(column(ended, 'correlation')):.2f}."),
        *(Part(f"a at {name} the shocks", column(shown[factor], "correlation"),
               means=f"Log unemployment moves by {np.mean(column(shown[factor], 'swing')):.2f}.")
          for factor, name in ((0.5, "half"), (2.0, "double"))),
        Part("a in Diourbel", column(at_home, "correlation"), means="Few employees and seekers; no verdict."),
    ]  # fmt: skip


@evidence("T13", "Firm-size tail", weight=1, sources=("L08",), sized=False,
          provisional="Births, growth and deaths of firms are in their first form.")  # fmt: skip
def t13(form: Form) -> list[Part]:
    """Private firms twenty years after all began with the same number of employees."""
    found = form.measure(
        sizes_of_firms,
        uk(PERSONS_FOR_FIRMS, 12 * YEARS_OF_FIRMS, 1, "territory.firm_size_tail=1000"),
        form.seeds[:1] if form.quick else form.seeds,
    )
    logs = [tuple(map(math.log, values)) for values in found[0]["points"]]
    return [
        Part("exponent of the tail, firms of five employees and more", column(found, "slope"), 0.8, 1.3, 1.06,
             "exponent", ("L08",), f"{int(np.mean(column(found, 'firms')))} firms of "
             f"{np.mean(column(found, 'mean')):.1f} employees; rank less a half on size, in logs.",
             picture=Picture("Firm sizes", "log employees", "log (rank less a half)",
                             (("firms", logs[0], logs[1], "points"),),
                             "One seed, firms of five employees and more; a Pareto tail is a line."))
    ]  # fmt: skip
