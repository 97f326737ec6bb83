"""Emigration and those it concerns: the gain of who goes, and the market of those who stay.

The gain is measured as the field measures it, with a lottery among applicants; the market of the origin by taking
people out of it, and along the path of Poland from the slump before 2004 to the boom of 2008.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.interventions import Among, intervene, removal
from experiments.verdicts import Form, Part, Picture, evidence
from experiments.worlds import Array, Hands, advance, rows_by_id, started, twin
from scenarios.configuration import Configuration
from sim.codes import Occupation, Status
from sim.mechanisms.away import pay_there
from sim.streams import ONCE, Streams, draw

if TYPE_CHECKING:
    from sim.model import Remesa, World

Worlds = dict[str, Configuration]
EMPLOYED, AWAY = int(Status.EMPLOYED), int(Status.AWAY)
LEVELS = {"basic": int(Occupation.BASIC), "skilled": int(Occupation.SKILLED)}

# ------------------------------------------------------------------------------------------- T22 a

TAKEN, AFTER = 0.10, 36  # share of one level of skill that is taken out; months until its pay is looked at


def log_pay(world: World, level: int) -> float:
    """Mean log hourly pay per efficiency unit of the employees of one level."""
    persons = world.population.persons
    rows = np.flatnonzero((persons.status == EMPLOYED) & (persons.occupation == level))
    return float(np.log(persons.wage[rows] / (persons.hours[rows] / 180.0) / persons.skill[rows]).mean())


def posted(world: World, level: int) -> float:
    """Log of the pay that private firms post for that level, weighted by their jobs."""
    firms = world.population.firms
    those = (firms.open == 1) & (firms.sector < 2) & (firms.jobs[:, level] > 0)
    return float(np.average(np.log(firms.posted_wage[those, level]), weights=firms.jobs[those, level]))


def taken_out(worlds: Worlds, seed: int, level: int) -> dict[str, Any]:
    """Pay of one level of skill where a tenth of it is taken out in the first month, over the twin's."""
    start = started(worlds["place"], seed)
    persons = start.population.persons
    age = (start.world.month - start.world.burn_in - persons.birth_month) // 12
    group = np.flatnonzero((persons.occupation == level) & (persons.status < AWAY) & (age >= 18) & (age < 65))
    order = np.argsort(draw(Streams(seed).luck("evidence", "taken out", ONCE), persons.id[group]), kind="stable")
    gone = persons.id[group[order[: round(TAKEN * len(group))]]]
    fewer = intervene(start, removal(Among(by="persons", ids=[int(one) for one in gone])))
    other = twin(start)
    paths: list[list[float]] = []
    for model in (fewer, other):
        path: list[float] = []
        advance(model, AFTER, watch=lambda world, month, path=path: path.append(log_pay(world, level)))  # type: ignore[misc]
        paths.append(path)
    left = rows_by_id(fewer.population.persons.id, gone)
    still = int(((left >= 0) & (fewer.population.persons.status[left] <= AWAY)).sum())
    gap = np.array(paths[0]) - np.array(paths[1])
    return {
        "pay": float(gap[-6:].mean()), "posted": posted(fewer.world, level) - posted(other.world, level),
        "path": gap.tolist(), "left behind": still / max(1, len(gone)),
    }  # fmt: skip


# ------------------------------------------------------------------------------------------- T22 b

DOWN, UP = 18, 60  # months of the slump until 2003, and from there to the end of 2008
OPENED = 16  # month of 2003-08 in which the United Kingdom opened: May 2004
DEPTH = 0.4  # demand for goods sold elsewhere at the bottom; deeper or longer does not raise unemployment of 2003
BRITAIN = "united_kingdom"


def poland(worlds: Worlds, seed: int, depth: float) -> dict[str, Any]:
    """A slump until 2003 and growth until 2008, with the border opened in May 2004 and with it kept closed."""
    model = started(worlds["place"], seed)
    path = np.exp(np.log(depth) * np.concatenate([np.linspace(0.0, 1.0, DOWN), np.linspace(1.0, 0.0, UP + 1)[1:]]))
    names = [one.name for one in model.setup.inputs.destinations]
    britain = names.index(BRITAIN)
    abroad = np.array([one.abroad for one in model.setup.inputs.destinations]) > 0.0

    def lived(one: Remesa, first: int, months: int, opens: int | None) -> dict[str, list[float]]:
        month = iter(range(first, first + months))
        seen: dict[str, list[float]] = {"unemployment": [], "emigrants": [], "basic": [], "skilled": []}

        def move(world: World) -> None:
            now = next(month)
            world.population.localities.export_demand[:] = path[now]
            world.population.destinations.closed[britain] = float(opens is None or now < opens)

        def look(world: World, _: int) -> None:
            persons, migrants = world.population.persons, world.population.migrants
            age = (world.month - world.burn_in - persons.birth_month) // 12
            adults = int(((persons.status <= AWAY) & (age >= 15)).sum())
            away = int(((migrants.ended == 0) & abroad[migrants.destination]).sum())
            working = int(np.isin(persons.status, (EMPLOYED, int(Status.OWN_ACCOUNT))).sum())
            seeking = int((persons.status == int(Status.UNEMPLOYED)).sum())
            seen["unemployment"].append(100.0 * seeking / max(1, seeking + working))
            seen["emigrants"].append(100.0 * away / max(1, adults))
            for name, level in LEVELS.items():
                seen[name].append(log_pay(world, level))

        advance(one, months, Hands(one.schedule, after={"events": move}), look)
        return seen

    before = lived(model, 0, DOWN, None)
    other = twin(model)
    opened = lived(model, DOWN, UP, DOWN + OPENED)
    closed = lived(other, DOWN, UP, None)
    high = float(np.mean(before["unemployment"][-6:]))
    low, kept = (float(np.mean(one["unemployment"][-6:])) for one in (opened, closed))
    gains = {name: float(np.mean(opened[name][-6:]) - np.mean(closed[name][-6:])) for name in LEVELS}
    return {
        "2003": high, "2008": low, "closed": kept, "explained": 100.0 * (kept - low) / max(high - low, 0.1),
        "emigrants 2003": float(np.mean(before["emigrants"][-6:])), "emigrants 2008": opened["emigrants"][-1],
        "emigrants closed": closed["emigrants"][-1],
        "low": gains["basic"], "middle": gains["skilled"], "gap": gains["basic"] - gains["skilled"],
        "open path": before["unemployment"] + opened["unemployment"],
        "closed path": before["unemployment"] + closed["unemployment"],
        "away path": before["emigrants"] + opened["emigrants"],
    }  # fmt: skip


@evidence(
    "T22", "Emigration and the market of the origin", weight=3, sources=("G14", "G15", "B07"),
    provisional="Leaving and returning.",
    note="Part a takes a tenth of one level of skill out of Diourbel, everything else equal. In part b demand for "
    "goods sold elsewhere falls for a year and a half and recovers from 2003 to 2008; its depth was set so that "
    "unemployment of 2003 comes as near to the published fifth as it does, which is therefore no test.",
)  # fmt: skip
def t22(form: Form) -> list[Part]:
    """Pay of those who stay where a tenth of a level leaves; unemployment and emigration of Poland, 2003 to 2008."""
    population = 5000 if form.quick else form.population
    place = {"place": [f"population={population}", f"months={AFTER}"]}
    parts: list[Part] = []
    for name, level in LEVELS.items():
        found = form.measure(taken_out, place, form.seeds, level=level)
        months = tuple(float(k) for k in range(1, AFTER + 1))
        path = tuple(np.mean([one["path"] for one in found], axis=0).tolist())
        parts.append(Part(
            f"a: pay of the {name} after three years, a tenth of them gone", [one["pay"] for one in found],
            0.015, 0.06, 0.04, "log points", ("G14",),
            f"Per efficiency unit; pay posted by firms moves by {np.mean([one['posted'] for one in found]):+.3f}. "
            f"{100 * np.mean([one['left behind'] for one in found]):.0f} % of those named were left.",
            "Nobody who is in a job has pay reviewed downwards, and firms that lose customers post less.",
            picture=Picture(f"Pay of the {name} where a tenth of them is gone", "month", "log points over the twin",
                            (("difference", months, path, "line"),)),
        ))  # fmt: skip
    worlds = {"place": ["territory=poland_return_2008", f"population={population}", f"months={DOWN + UP}"]}
    found = form.measure(poland, worlds, form.seeds, depth=DEPTH)

    def each(name: str) -> list[float]:
        return [float(one[name]) for one in found]

    months = tuple(2004.0 + (k - DOWN) / 12.0 for k in range(DOWN + UP))
    lines = tuple(
        (said, months, tuple(np.mean([one[f"{name} path"] for one in found], axis=0).tolist()), "line")
        for name, said in (("open", "border opened in 2004"), ("closed", "border kept closed"),
                           ("away", "emigrants, % of adults"))
    )  # fmt: skip
    parts += [
        Part("b: unemployment of 2003", each("2003"), unit="%", point=19.9, sources=("B07",),
             means="Set through the depth of the slump, so no test."),
        Part("b: unemployment at the end of 2008", each("2008"), 5.0, 10.0, 7.07, "%", ("B07",),
             f"{np.mean(each('closed')):.1f} % with the border kept closed.",
             "Once demand is back, unemployment is what it was before the slump: why it stayed high in Poland is in no "
             "input.",
             picture=Picture("Poland: unemployment and emigration", "year", "%", lines)),
        Part("b: emigrants before the border opens", each("emigrants 2003"), None, 1.0, 0.5, "% of adults", ("G15",),
             reason="The slump sends more people to Germany than the census of 2002 found there."),
        Part("b: emigrants at the end of 2008", each("emigrants 2008"), 1.5, 4.0, 2.3, "% of adults", ("G15",),
             f"{np.mean(each('emigrants closed')):.1f} % with the border kept closed.",
             "Germany holds more of them than it did."),
        Part("b: share of the fall of unemployment that emigration explains", each("explained"), 5.0, 60.0, None, "%",
             ("B07",), "By the twin with the border kept closed.",
             "Those who cannot go to Britain go to Germany instead, so that a closed border keeps few at home."),
        Part("b: gain in pay of the low-skilled less that of the skilled", each("gap"), None, 0.0, None, "log points",
             ("G15",), f"Low {np.mean(each('low')):+.3f}, skilled {np.mean(each('middle')):+.3f} over the twin.",
             "An open border moves few more people, and pay of neither level by anything that can be told from none."),
    ]  # fmt: skip
    return parts


# ------------------------------------------------------------------------------------------- T19

ASKED, LOOKED = 12, 24  # months in which people apply; month after the parting in which earnings are looked at
COMPLY = 0.8  # share of winners who go if they can
WINNERS = 0.5  # share of applicants drawn; only their difference from the others counts
ISLANDS, LOTTERY, AMERICA = "tonga_2005", "new_zealand", "united_states"


def earned(world: World, ids: Array) -> tuple[Array, Array, Array]:
    """Pay from work of each person a month, at home or away; where they are (-1 home); whether they are there."""
    persons, migrants, there = world.population.persons, world.population.migrants, world.population.destinations
    rows = rows_by_id(persons.id, ids)
    found = rows >= 0
    stay = np.where(found & (persons.status[rows] == AWAY), persons.spell[rows], -1)
    where = np.where(stay >= 0, migrants.destination[stay], -1)
    away = migrants.wage[stay] * there.exchange[where]
    pay = np.where(stay >= 0, away, np.where(np.isin(persons.status[rows], (4, 5)), persons.earnings[rows], 0.0))
    return np.where(found, pay, 0.0), where, found


def lottery(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Applicants for New Zealand drawn by lot: the gain by instrument, by comparison with others, and on equal workers.

    One world lets everybody go there the regular way, knowing pay there and with the trip paid, its twin nobody; no
    other border is open in either. Who goes within a year in the first has applied. A winner's outcome is that of the
    first world, a loser's that of the second; one winner in five stays.
    """
    start = started(worlds["place"], seed)
    names = [one.name for one in start.setup.inputs.destinations]
    goal = names.index(LOTTERY)
    persons = start.population.persons
    age = (start.world.month - start.world.burn_in - persons.birth_month) // 12
    asked = (persons.status < AWAY) & (age >= 18) & (age <= 45)
    ids = persons.id[asked].copy()
    traits = np.column_stack([
        np.ones(len(ids)), age[asked], age[asked].astype(float) ** 2, persons.sex[asked], persons.schooling[asked],
    ])  # fmt: skip
    before = np.where(np.isin(persons.status[asked], (4, 5)), persons.earnings[asked], 0.0)
    applied = np.zeros(len(ids), bool)

    def border(share: float, closed: float) -> Any:
        def touch(world: World) -> None:
            there, people = world.population.destinations, world.population.persons
            there.closed[:] = 1.0
            there.closed[goal] = closed
            there.regular_share[goal] = share
            people.travel_grant[:] = people.job_information[:] = 1.0

        return touch

    going, staying = twin(start), twin(start)

    def note(world: World, month: int) -> None:
        if month <= ASKED:
            applied[:] |= earned(world, ids)[1] == goal

    hands = Hands(going.schedule, after={"events": border(1.0, 0.0)})
    advance(going, LOOKED, hands, note)
    advance(staying, LOOKED, Hands(staying.schedule, after={"events": border(1.0, 1.0)}))
    gone, where, one = earned(going.world, ids)
    home, others, two = earned(staying.world, ids)
    luck = draw(Streams(seed).luck("evidence", "lottery", ONCE), ids)
    complies = draw(Streams(seed).luck("evidence", "lottery", ONCE), ids, 1) < COMPLY
    pool = applied & one & two
    winner, moved = pool & (luck < WINNERS), pool & (luck < WINNERS) & complies & (where == goal)
    outcome = np.where(moved, gone, home)
    loser = pool & (luck >= WINNERS) & (others == -1)
    elsewhere = np.isin(others, [-1])
    rest = ~applied & one & two & elsewhere
    return {
        "applicants": int(pool.sum()), "winners": int(winner.sum()), "losers": int(loser.sum()),
        "moved": int(moved.sum()), "won": float(outcome[winner].sum()), "lost": float(home[loser].sum()),
        "before": float(before[pool].mean() / max(before[~applied].mean(), 1e-9)) if pool.any() else 1.0,
        "design": (with_dummy(traits, moved)[rest | moved].T @ with_dummy(traits, moved)[rest | moved]).tolist(),
        "cross": (with_dummy(traits, moved)[rest | moved].T @ outcome[rest | moved]).tolist(),
        "premium": premium(start, goal), "premium us": premium(start, names.index(AMERICA)),
    }  # fmt: skip


def with_dummy(traits: Array, moved: Array) -> Array:
    """The regressors of the naive comparison: having moved, and what a survey knows of people."""
    return np.column_stack([moved.astype(float), traits])


def premium(model: Remesa, goal: int) -> float:
    """Pay of an equal worker there over that at home: adults here, employed in basic work in both places."""
    persons, there, markets = model.population.persons, model.population.destinations, model.population.markets
    rows = np.flatnonzero((persons.status == EMPLOYED) & (persons.occupation == 0) & (persons.hours > 100.0))
    rules = model.schedule.away
    usual = float(markets.usual_skill[0])
    away = [
        pay_there(float(there.current_pay[goal, 0]), float(skill) / usual, rules.skill_return, 1, 0.0)
        for skill in persons.skill[rows]
    ]
    return float(np.mean(away) / persons.wage[rows].mean())


def premium_alone(worlds: Worlds, seed: int, goal: str) -> dict[str, Any]:
    """The premium of an equal worker at one destination of a place."""
    start = started(worlds["place"], seed)
    return {"premium": premium(start, [one.name for one in start.setup.inputs.destinations].index(goal))}


@evidence(
    "T19", "Gain from migration and selection", weight=3, sources=("G01", "G02", "G03"),
    provisional="Leaving.",
    note="Applicants are those who go to New Zealand within a year where everybody may; half of them win. Seeds are "
    "pooled before the ratios are formed, as a survey pools places; the interval is that of seeds left out in turn.",
)  # fmt: skip
def t19(form: Form) -> list[Part]:
    """Earnings two years on of winners against losers, and of those who moved against people who never asked."""
    place = {"place": [f"territory={ISLANDS}", f"population={form.population}", f"months={LOOKED}"]}
    found = form.measure(lottery, place, form.seeds)
    gains, biases = jackknifed(found)
    mexico = {"place": ["territory=mexico_michoacan_like", f"population={form.population // 4}", "months=1"]}
    north = form.measure(premium_alone, mexico, form.seeds, goal="united_states")
    people = sum(one["applicants"] for one in found)
    return [
        Part("a: gain in earnings by lottery, over the losers' earnings", gains, 1.5, 4.0, 2.63, sources=("G01",),
             means=f"{people} applicants, {sum(one['moved'] for one in found)} of the winners moved; they earned "
             f"{np.mean([one['before'] for one in found]):.2f} times what others earned before."),
        Part("b: how far the comparison with people who never asked overstates it", biases, 0.1, 0.9, None,
             sources=("G02",), means="Regression on having moved, age, its square, sex and schooling.",
             reason="Who goes is chosen by attachment to home, luck and the cost of the trip more than by what the "
             "person would earn: skill pays less away than at home."),
        Part("c: pay of an equal worker in the United States over that in Mexico", [one["premium"] for one in north],
             2.0, 8.4, 2.7, sources=("G03",), means="Basic full-time work, at the exchange rate of the year."),
        Part("c: the same from Tonga", [one["premium us"] for one in found], 2.0, 8.4, 2.7, sources=("G03",)),
    ]  # fmt: skip


def jackknifed(found: list[dict[str, Any]]) -> tuple[list[float], list[float]]:
    """Gain by instrument over the losers' pay, and bias of the naive gain: pooled, as pseudo-values of each seed."""

    def both(some: list[dict[str, Any]]) -> tuple[float, float]:
        total = {name: sum(one[name] for one in some) for name in ("winners", "losers", "moved", "won", "lost")}
        if not (total["moved"] and total["losers"]):
            return 0.0, 0.0
        usual = total["lost"] / total["losers"]
        effect = (total["won"] / total["winners"] - usual) / (total["moved"] / total["winners"])
        design = sum(np.array(one["design"]) for one in some)
        naive = float(np.linalg.lstsq(design, sum(np.array(one["cross"]) for one in some), rcond=None)[0][0])
        return effect / usual, naive / effect - 1.0

    whole, count = both(found), len(found)
    if count < 2:
        return [whole[0]], [whole[1]]
    parts = [both(found[:k] + found[k + 1 :]) for k in range(count)]
    return tuple([count * whole[j] - (count - 1) * one[j] for one in parts] for j in (0, 1))  # type: ignore[return-value]


__all__ = ["jackknifed", "lottery", "poland", "t19", "t22", "taken_out"]
