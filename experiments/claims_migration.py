"""Claims on migration: its culture, what pushes and pulls, who comes back and how, and who fills the places."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.claims import Worlds, gaps
from experiments.community import COSTS, measure
from experiments.evidence_migration import nobody_leaves, takes_off
from experiments.verdicts import Effect, Form, Picture, claim, each
from experiments.worlds import Array, Hands, advance, at_limit, rows_by_id, started, twin
from sim.codes import Event, Return, Status
from sim.ledger import Flow
from sim.population import Destinations, Migrants
from sim.streams import ONCE, Streams, draw

if TYPE_CHECKING:
    from sim.model import World

Touch = Callable[["World"], None]
UNEMPLOYED, EMPLOYED, OWN_ACCOUNT, AWAY = (
    int(s)
    for s in (Status.UNEMPLOYED, Status.EMPLOYED, Status.OWN_ACCOUNT, Status.AWAY)
)  # fmt: skip
GIVEN = Flow("experimental savings", Destinations.outside, Migrants.savings, "savings given to those away")
TAKEN = Flow("experimental losses", Migrants.savings, Destinations.outside, "savings taken from those away")


# ------------------------------------------------------------------------------------------- one month, everybody asked


def asked(world: World, touch: Touch | None = None, **limits: float) -> dict[str, Any]:
    """Everybody considers moving this month: who wants to leave, is pushed, or would come back.

    The line of migration is called on a copy of the month as it is, with the same luck for everybody.
    """
    from sim.mechanism import Month

    other: World = pickle.loads(pickle.dumps(world))
    if touch is not None:
        touch(other)
    other.population.households.children[:] = 0  # so that nobody who wants to go is counted as bound to them
    other.ledger.open()
    other.recorder.open()
    line = at_limit(other.schedule.migration, consider=1.0, **limits)
    before = len(other.recorder.histories()["month"])
    away = other.population.persons.status == AWAY
    ids = other.population.persons.id[away].copy()
    line(Month(other, line))
    lives = {name: values[before:] for name, values in other.recorder.histories().items()}
    wants = np.isin(lives["event"], (Event.DEPARTED, Event.WANTED_TO_LEAVE)) & ~np.isin(lives["person"], ids)
    adults = 0.001 * max(1, int(other.population.localities.adults.sum()))
    return {
        "leavers": lives["person"][wants],
        "wants": wants.sum() / adults,
        "pushed": (lives["event"] == Event.PUSHED).sum() / adults,
        "returners": lives["person"][lives["event"] == Event.RETURNED],
    }


def scaled(table: str, column: str, factor: float = 1.0, shift: float = 0.0, rows: slice = slice(None)) -> Touch:
    """A hand that changes one column."""

    def touch(world: World) -> None:
        values = world.population[table].values(column)
        values[rows] = values[rows] * factor + shift

    return touch


def both(*touches: Touch) -> Touch:
    """Several hands after one another."""

    def touch(world: World) -> None:
        for one in touches:
            one(world)

    return touch


def earn(world: World, rows: Array, pay: Any) -> None:
    """Some people earn so much from now on, and their households know it."""
    persons, homes = world.population.persons, world.population.households
    change = pay - persons.smoothed_earnings[rows]
    persons.smoothed_earnings[rows] += change
    np.add.at(homes.others_earnings, persons.household[rows], change)
    np.maximum(homes.others_earnings, 0.0, out=homes.others_earnings)


def youth_out_of_work(world: World) -> None:
    """Nobody below 25 has a job."""
    persons = world.population.persons
    young = (persons.status == EMPLOYED) & (world.month - world.burn_in - persons.birth_month < 300)
    persons.status[young], persons.employer[young] = UNEMPLOYED, -1
    earn(world, np.flatnonzero(young), 0.0)


def covered(on: int) -> Touch:
    """Everybody who works is covered by social protection, or nobody is."""

    def touch(world: World) -> None:
        persons = world.population.persons
        persons.insured[:] = on * np.isin(persons.status, (EMPLOYED, OWN_ACCOUNT))

    return touch


SCARCE = ("territory=poland_return_2008",)  # jobs are scarce and own-account work is not open to everybody


def as_dear(world: World) -> None:
    """The way without papers costs what the regular one does, and no recruiter sells papers with a job."""
    there = world.population.destinations
    there.irregular_fee[:] = there.fare
    world.population["Recruiters"].values("fee")[:] = 0.0


NOTHING = {"gain_weight": 0.0}
AT_THE_MARGIN = 3.0  # years of pay by which all attachment is lowered, so that many weigh it
WITHOUT_GAIN = "expected income does not count"
FACTORS: tuple[tuple[str, str, Touch | None, Touch, dict[str, float], str, Touch | None], ...] = (
    ("push: unemployment", "half the offers, jobs lost twice as often", None,
     both(scaled("Markets", "arrival", 0.5), scaled("Markets", "separation", 2.0)), NOTHING, WITHOUT_GAIN, None),
    ("push: youth unemployment", "nobody below 25 has a job, where a tenth of the usual offers are made",
     scaled("Markets", "arrival", 0.1), both(scaled("Markets", "arrival", 0.1), youth_out_of_work), NOTHING,
     WITHOUT_GAIN, None),
    ("push: no decent work", "all pay a quarter lower", None,
     both(scaled("Markets", "offers", 0.75), scaled("Persons", "smoothed_earnings", 0.75)), NOTHING, WITHOUT_GAIN,
     None),
    ("push: no social protection", "nobody who works is covered, against everybody", covered(1), covered(0),
     {"protection": 0.0}, "protection does not count", None),
    ("push: rights violated", "respected half as well", None, scaled("Localities", "rights", 0.5), {"rights": 0.0},
     "rights do not count", None),
    ("push: no match of skills", "a tenth of the offers of skilled jobs", None,
     scaled("Markets", "arrival", 0.1, rows=slice(1, None, 2)), NOTHING, WITHOUT_GAIN, None),
    ("pull: jobs", "found one and a half times as fast", None, scaled("Destinations", "current_finding", 1.5), NOTHING,
     WITHOUT_GAIN, None),
    ("pull: labour shortage", "jobs last twice as long", None, scaled("Destinations", "current_separation", 0.5),
     NOTHING, WITHOUT_GAIN, None),
    ("pull: conditions of work", "pay a tenth higher", None, scaled("Destinations", "current_pay", 1.1), NOTHING,
     WITHOUT_GAIN, None),
    ("pull: health", "care and services worth half a year of pay more", None,
     scaled("Destinations", "amenity", 1.0, 0.5), {}, "home gains as much", scaled("Localities", "rights", 1.0, 0.5)),
    ("pull: protection", "everybody gets papers, where the way without them costs as much and nobody sells them",
     as_dear, both(as_dear, scaled("Destinations", "regular_share", 0.0, 1.0)), NOTHING, WITHOUT_GAIN, None),
    ("pull: incentives", "half of the way is paid", None, scaled("Persons", "travel_grant", 0.0, 0.5), NOTHING,
     WITHOUT_GAIN, None),
    ("pull: ageing", "a third more jobs and papers", None,
     both(scaled("Destinations", "current_finding", 4 / 3), scaled("Destinations", "regular_share", 4 / 3)), NOTHING,
     WITHOUT_GAIN, None),
    ("pull: networks", "a tenth more of one's like are away", None, scaled("Localities", "prevalence", 1.0, 0.1),
     {"norm": 0}, "no norm", None),
)  # fmt: skip


def factors(worlds: Worlds, seed: int) -> dict[str, Any]:
    """How many more want to leave under each factor, and with what makes it count switched off."""
    world = started(worlds["place"], seed).world
    world.population.persons.attachment[:] -= AT_THE_MARGIN
    found = {}
    for name, _, before, after, off, _, as_well in FACTORS:
        found[name] = asked(world, after)["wants"] - asked(world, before)["wants"]
        after, before = (both(after, as_well), before) if as_well else (after, before)
        found[f"{name}, null"] = asked(world, after, **off)["wants"] - asked(world, before, **off)["wants"]
    return found


@claim(
    "CLM-55", "Each push and pull factor moves the wish to leave as it is said to",
    note="Poland in 2003. In Diourbel unemployment pushes nobody: own-account work is open at once to whoever loses a "
    "job, and pays as much.",
)  # fmt: skip
def clm_55(form: Form) -> list[Effect]:
    """Fourteen factors, one at a time, in one month in which everybody considers moving, with the same luck.

    Attachment to home is three years of pay lower in all arms, so that more than a handful are near the margin.
    """
    found = form.measure(factors, {"place": [*SCARCE, f"population={form.population}", "months=1"]}, form.seeds)
    return [
        Effect(name, each(found, name), +1, each(found, f"{name}, null"), True, without, "per 1,000 adults",
               f"{words}; the same people asked with and without it.")
        for name, words, _, _, _, without, _ in FACTORS
    ]  # fmt: skip


def jobs_as_there(world: World) -> None:
    """Work is found at home as fast as at the best destination, and lasts as long."""
    there, markets = world.population.destinations, world.population.markets
    markets.arrival[:] = there.current_finding.max()
    markets.separation[:] = there.current_separation.min()


def all_as_there(world: World) -> None:
    """Pay, work and services at home are what they are there."""
    jobs_as_there(world)
    tables = world.population
    there, markets = tables.destinations, tables.markets
    there.current_living_cost[:], there.amenity[:] = 0.0, 0.0
    offers = 0.5 * (markets.offers[:, 7] + markets.offers[:, 8]) * markets.usual_skill
    for level in (0, 1):
        there.current_pay[:, level] = offers[level::2].mean()
    tables.localities.prevalence[:] = 0.0


def jobs_exist(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Who wants to leave where jobs are found as fast as there, and where everything is as there."""
    world = started(worlds["place"], seed).world
    return {
        "usual": asked(world)["wants"],
        "jobs": asked(world, jobs_as_there)["wants"],
        "all": asked(world, all_as_there, norm=0, ties=0)["wants"],
    }


@claim("CLM-56", "People leave even where jobs exist")
def clm_56(form: Form) -> list[Effect]:
    """Job finding and loss at home as at the best destination; pay and services as they are."""
    found = form.measure(jobs_exist, {"place": [f"population={form.population}", "months=1"]}, form.seeds)
    return [
        Effect("want to leave at equal chances of work", each(found, "jobs"), +1, each(found, "all"), False,
               "pay and services equal, too; no networks", "per 1,000 adults",
               f"As it is {np.mean(each(found, 'usual')):.0f} would, were everybody to think of it in one month.",
               "Some want to leave whatever the terms: tastes are drawn anew each time."),
    ]  # fmt: skip


FOR_THE_WAY = 10_000_000_00  # cents that every household is given, so that nobody who wants to go cannot pay


def decent_jobs(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Push-driven departures with and without formal jobs at the median offer for the unemployed."""
    world = started(worlds["place"], seed).world
    world.population.persons.attachment[:] -= AT_THE_MARGIN

    def purses(world: World) -> None:
        world.population.households.liquid_assets[:] += FOR_THE_WAY

    def jobs(world: World) -> None:
        persons, markets = world.population.persons, world.population.markets
        age = (world.month - world.burn_in - persons.birth_month) // 12
        fits = (persons.status == UNEMPLOYED) & (age >= 15) & (age < 60)
        rows = np.flatnonzero(fits)
        market = 2 * world.population.households.locality[persons.household[rows]] + persons.occupation[rows]
        pay = 0.5 * (markets.offers[market, 7] + markets.offers[market, 8]) * persons.skill[rows]
        persons.status[rows], persons.insured[rows] = EMPLOYED, 1
        earn(world, rows, pay)

    uncounted = {"gain_weight": 0.0, "protection": 0.0}
    found = {name: asked(world, touch, **off)["pushed"] for name, touch, off in (
        ("without", purses, {}), ("with", both(purses, jobs), {}),
        ("null without", purses, uncounted), ("null with", both(purses, jobs), uncounted),
    )}  # fmt: skip
    return {"gap": found["with"] - found["without"], "null": found["null with"] - found["null without"]}


@claim(
    "CLM-46", "Local decent jobs lower departures driven by push",
    provisional="Jobs are handed out by the experimenter: public works are in their first form, and firms that make "
    "decent jobs come with the rules of enterprise.",
)  # fmt: skip
def clm_46(form: Form) -> list[Effect]:
    """All unemployed get a formal job at the median offer; everybody thinks of moving that month and can pay."""
    found = form.measure(decent_jobs, {"place": [*SCARCE, f"population={form.population}", "months=1"]}, form.seeds)
    return [
        Effect("departures driven by push", each(found, "gap"), -1, each(found, "null"), True,
               "income and protection do not count", "per 1,000 adults",
               "The same people, month and luck; attachment is three years of pay lower in both."),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- coming back


def unused(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Returnees who would leave again: as they are, with skills nobody asks for, and trained."""
    model = advance(started(worlds["place"], seed), 36)
    world = model.world
    world.population.persons.attachment[:] -= AT_THE_MARGIN
    back = (world.population.persons.returnee == 1) & (world.population.persons.status < AWAY)
    ids = world.population.persons.id[back].copy()

    def nobody_asks(world: World) -> None:
        persons = world.population.persons
        rows = rows_by_id(persons.id, ids)
        persons.status[rows], persons.employer[rows], persons.work[rows] = UNEMPLOYED, -1, 0
        earn(world, rows, 0.0)
        world.population.markets.arrival[:] *= 0.1

    def trained(world: World) -> None:
        persons = world.population.persons
        rows = rows_by_id(persons.id, ids)
        persons.skill[rows] *= 1.2
        earn(world, rows, 1.2 * persons.smoothed_earnings[rows])

    def again(touch: Touch | None, **off: float) -> float:
        return 100.0 * float(np.isin(asked(world, touch, **off)["leavers"], ids).sum()) / max(1, len(ids))

    off = {"gain_weight": 0.0}
    return {
        "returnees": len(ids),
        "usual": again(None),
        "unused": again(nobody_asks) - again(None),
        "trained": again(trained) - again(nobody_asks),
        "unused, null": again(nobody_asks, **off) - again(None, **off),
        "trained, null": again(trained, **off) - again(nobody_asks, **off),
    }


@claim(
    "CLM-31", "Returnees whose skills cannot be used leave again",
    provisional="Retraining is given by hand (a fifth more skill and pay); courses are in their first form.",
)  # fmt: skip
def clm_31(form: Form) -> list[Effect]:
    """Returnees of three years lose their work and nine tenths of offers, or are retrained; who would leave again."""
    found = form.measure(unused, {"place": ["territory=mexico_michoacan_like", f"population={form.population}",
                                            "months=36"]}, form.seeds)  # fmt: skip
    return [
        Effect("skills cannot be used", each(found, "unused"), +1, each(found, "unused, null"), True, WITHOUT_GAIN,
               "points", f"{np.mean(each(found, 'returnees')):.0f} returnees a seed; as it is "
               f"{np.mean(each(found, 'usual')):.1f} % would leave again."),
        Effect("retrained and in work, against that", each(found, "trained"), -1, each(found, "trained, null"), True,
               WITHOUT_GAIN, "points"),
    ]  # fmt: skip


A_YEAR = 12.0  # months of pay that all away have in the control of CLM-60
CONTROLLED = 0.03  # of stays without papers a month that are sent home, where control is tightened by hand


def returns_by_kind(worlds: Worlds, seed: int, topped: int = 0) -> dict[str, Any]:
    """What people bring and earn later who chose to come back, were sent home, or failed."""
    model = started(worlds["place"], seed)
    luck = Streams(seed).luck("claims", "control", ONCE)

    def control(world: World) -> None:
        stays = world.population.migrants
        month = luck._replace(month=np.uint64(world.month))
        hit = np.flatnonzero((stays.ended == 0) & (stays.regular == 0) & (draw(month, stays.id) < CONTROLLED))
        stays.detected[hit] = 1
        if topped:  # nobody has less than others, whenever and however they come home
            world.population.destinations.fare[:] = 0.0
            live = np.flatnonzero(stays.ended == 0)
            there = stays.destination[live].astype(np.int64)
            wanted = round(100.0 * A_YEAR * world.start.base_pay) + stays.debt[live]
            world.ledger.pay(GIVEN, there, live, np.maximum(wanted - stays.savings[live], 0))
            world.ledger.pay(TAKEN, live, there, np.maximum(stays.savings[live] - wanted, 0))

    later: dict[int, list[float]] = {int(kind): [] for kind in Return}

    def look(world: World, month: int) -> None:
        persons = world.population.persons
        since = world.month - 1 - world.burn_in + 1 - persons.return_month
        rows = np.flatnonzero((since == 18) & (persons.status < AWAY))
        for row in rows:
            later[int(persons.return_kind[row])].append(float(persons.earnings[row]))

    advance(model, 60, Hands(model.schedule, before={"migration": control}), look)
    lives, base = model.recorder.histories(), model.world.start.base_pay
    came = (lives["event"] == Event.RETURNED) & (lives["month"] > 0)
    brought = {int(kind): lives["value"][came & (lives["reason"] == int(kind))] for kind in Return}
    chosen, sent, failed = (float(np.mean(brought[int(kind)])) / base if len(brought[int(kind)]) else 0.0
                            for kind in (Return.CHOSEN, Return.FORCED, Return.FAILED))  # fmt: skip
    usual = float(np.mean(later[0])) if later[0] else 0.0
    worse = np.concatenate([brought[int(Return.FORCED)], brought[int(Return.FAILED)]])
    return {
        "chosen": chosen, "worse": float(worse.mean()) / base - chosen if len(worse) else 0.0, "sent": sent - chosen,
        "failed": failed - chosen,
        "number": int(came.sum()), "sent number": len(brought[int(Return.FORCED)]),
        "sent later": (np.mean(later[1]) - usual) / base if later[1] else 0.0,
        "failed later": (np.mean(later[2]) - usual) / base if later[2] else 0.0,
    }  # fmt: skip


@claim("CLM-60", "People who were sent home or have failed start worse off")
def clm_60(form: Form) -> list[Effect]:
    """Three in a hundred stays without papers end by control each month; what people bring home (5 years)."""
    worlds = {"place": ["territory=mexico_michoacan_like", f"population={form.population}", "months=60"]}
    found = form.measure(returns_by_kind, worlds, form.seeds)
    null = form.measure(returns_by_kind, worlds, form.seeds, topped=1)
    unit, numbers = "months of pay", [np.mean(each(found, name)) for name in ("number", "sent number", "chosen")]
    return [
        Effect("brought home: sent back or failed less chosen", each(found, "worse"), -1, each(null, "worse"), False,
               "all away have saved a year of pay, whatever they had, and the way home is free", unit,
               f"{numbers[0]:.0f} returns a seed, {numbers[1]:.0f} of them forced; who chose brings {numbers[2]:.1f}."
               " Failed: without work there and with less than the way had cost.",
               "Those sent home are taken from all without papers, many of whom have saved for years."),
        Effect("brought home: sent back less chosen", each(found, "sent"), 0, unit=unit),
        Effect("brought home: failed less chosen", each(found, "failed"), 0, unit=unit),
        Effect("earnings 18 months later: sent back less chosen", each(found, "sent later"), 0, unit=unit),
        Effect("earnings 18 months later: failed less chosen", each(found, "failed later"), 0, unit=unit),
    ]  # fmt: skip


def prepared(worlds: Worlds, seed: int, paper: int = 0, closed: int = 0) -> dict[str, Any]:
    """Everybody away comes home in one month, ready or not by lot; success by who wanted to."""
    start = started(worlds["place"], seed)
    willing = asked(start.world)["returners"]
    model = twin(start)
    luck = Streams(seed).luck("claims", "readiness", ONCE)
    stays, persons = model.population.migrants, model.population.persons
    live = np.flatnonzero(stays.ended == 0)
    ids = persons.id[stays.person[live]].copy()
    ready = draw(luck, ids) < 0.5
    wants = np.isin(ids, willing)

    def home(world: World) -> None:
        stays, persons = world.population.migrants, world.population.persons
        if closed:
            world.population.destinations.closed[:] = 1.0
        if world.month != world.burn_in:
            return
        live = np.flatnonzero(stays.ended == 0)
        mine = persons.id[stays.person[live]]
        lot = draw(luck, mine) < 0.5
        stays.detected[live] = 1
        if paper:
            return
        target = np.where(lot, np.rint(100.0 * stays.target_savings[live]).astype(np.int64) + stays.debt[live], 0)
        there = stays.destination[live].astype(np.int64)
        world.ledger.pay(GIVEN, there, live, np.maximum(target - stays.savings[live], 0))
        world.ledger.pay(TAKEN, live, there, np.maximum(stays.savings[live] - target, 0))
        persons.contacts[stays.person[live]] = np.where(lot, 1.0, 0.0)

    earned: list[Array] = []

    def look(world: World, month: int) -> None:
        if month > 12:
            persons = world.population.persons
            rows = rows_by_id(persons.id, ids)
            there = (rows >= 0) & (persons.status[rows] < AWAY)
            median = world.population.localities.median_pay[
                world.population.households.locality[persons.household[rows]]
            ]
            own = persons.earnings[rows] + capital(world)[persons.household[rows]]
            earned.append(there & (own >= median))

    advance(model, 36, Hands(model.schedule, before={"migration": home}), look)
    success = 100.0 * np.mean(earned, axis=0)

    def share(among: Array) -> float:
        return float(success[among].mean()) if among.any() else 0.0

    return {
        "both": share(ready & wants), "ready": share(ready & ~wants), "willing": share(~ready & wants),
        "neither": share(~ready & ~wants), "people": len(ids), "wanting": int(wants.sum()),
    }  # fmt: skip


def capital(world: World) -> Array:
    """What profits and payouts bring a household for each adult in it, a month."""
    homes = world.population.households
    return np.asarray(homes.property_income / np.maximum(homes.adults, 1))


@claim(
    "CLM-30", "A return succeeds with readiness and willingness together",
    note="Success is later income: at home and earning at least the median of those who work there, own share of "
    "profits included, in months 13 to 36. The score of preparedness decides nothing, so the claim can fail.",
)  # fmt: skip
def clm_30(form: Form) -> list[Effect]:
    """All who are away come home in month 1; by lot with the savings aimed at and live contacts, or with neither."""
    worlds = {"place": ["territory=mexico_michoacan_like", f"population={form.population}", "months=36"]}
    found = form.measure(prepared, worlds, form.seeds)
    paper = form.measure(prepared, worlds, form.seeds, paper=1)
    shut = form.measure(prepared, worlds, form.seeds, closed=1)

    def gap(among: Sequence[dict[str, Any]], one: str, other: str) -> list[float]:
        return [w[one] - w[other] for w in among]

    opened, kept = gap(found, "both", "ready"), gap(shut, "both", "ready")
    levels = ", ".join(f"{name} {np.mean(each(found, name)):.0f} %" for name in ("both", "ready", "willing", "neither"))
    return [
        Effect("ready and willing less willing alone", gap(found, "both", "willing"), +1, gap(paper, "both", "willing"),
               False, "readiness on paper only", "points",
               f"{np.mean(each(found, 'people')):.0f} people a seed, {np.mean(each(found, 'wanting')):.0f} of whom "
               f"wanted to come home; success: {levels}.",
               "Savings are spent within a year by most, and contacts matter little where work is found soon anyway. "
               "Some 130 people of each kind a seed: a gap below seven points is not told from none by five seeds."),
        Effect("ready and willing less ready alone", opened, +1, kept, False, "nobody can leave again", "points",
               "The unwilling leave again.",
               "Who wants to come home is no lot: those are people who do well there, and with the border shut they "
               f"still succeed {np.mean(kept):.1f} points more often: so much of the gap is who they are."),
        Effect("of it because the unwilling leave again", [a - b for a, b in zip(opened, kept, strict=True)], 0,
               unit="points", means="The same people by the same lot, with the border open less shut."),
        Effect("willing alone less neither", gap(found, "willing", "neither"), 0, unit="points"),
        Effect("ready alone less neither", gap(found, "ready", "neither"), 0, unit="points"),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- the culture of migration

USUAL, HALF = 6.0, 3.0  # nu, the usual weight of the culture, and half of it
FIRST = 0.02  # of adults abroad at the start


def towns(form: Form, *more: str) -> list[str]:
    """Small Mexican towns with few migrants at the start."""
    number, months = (5, 240) if form.quick else (30, 360)
    return [
        "territory=mexico_michoacan_like", f"population={1000 * number}", f"territory.localities={number}",
        f"months={months}", f"territory.destinations.united_states.emigrants={FIRST}", *more,
    ]  # fmt: skip


def cultures(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Share of adults away in each place after thirty years, in worlds that differ in one weight."""
    start = started(next(iter(worlds.values())), seed)
    found: dict[str, Any] = {}
    for name, configuration in worlds.items():
        path: list[Array] = []

        def look(world: World, month: int, path: list[Array] = path) -> None:
            if month % 12 == 0:
                path.append(shares_away(world))

        one = advance(twin(start, configuration), start.setup.months, watch=look)
        last = path[-1]
        newcomers = one.recorder.series("newcomer_share")[-60:].mean()
        found[name] = {
            "mean": 100.0 * last.mean(), "highest": 100.0 * np.percentile(last, 90), "lowest": 100.0 * last.min(),
            "newcomers": newcomers, "path": 100.0 * np.array(path).mean(axis=1),
            "take-off": np.mean([takes_off(one) for one in np.array(path).T]),
        }  # fmt: skip
    return found


def shares_away(world: World) -> Array:
    """Share of people aged 15 to 64 from each place who are away."""
    persons, homes = world.population.persons, world.population.households
    age = (world.month - 1 - world.burn_in - persons.birth_month) // 12
    adult = (persons.status <= AWAY) & (age >= 15) & (age < 65) & (persons.newcomer == 0)
    place, places = homes.locality[persons.household[adult]], world.population.localities.count
    gone = np.bincount(place, persons.status[adult] == AWAY, minlength=places)
    return np.asarray(gone / np.maximum(np.bincount(place, minlength=places), 1))


@claim("CLM-04", "A culture of migration tips", note="Communities that tip and communities that do not are a result.")
def clm_04(form: Form) -> list[Effect]:
    """Towns of a thousand over thirty years (twenty in the quick form) and a norm of no, half or the usual weight."""
    base = towns(form)
    weights = {"none": 0.0, "half": HALF, "usual": USUAL}
    seeds = form.seeds[:4] if form.quick else form.seeds
    worlds = {name: [*base, f"parameters.migration.norm_weight={weight}"] for name, weight in weights.items()}
    found = form.measure(cultures, worlds, seeds)
    off = {name: [*worlds[name], "parameters.migration.norm=0"] for name in ("none", "usual")}
    null = form.measure(cultures, off, seeds[:2])
    years = tuple(float(k + 1) for k in range(len(found[0]["none"]["path"])))
    lines = tuple((f"norm {name}", years, tuple(np.mean([one[name]["path"] for one in found], axis=0).tolist()), "line")
                  for name in weights)  # fmt: skip
    return [
        Effect("away in the end: usual norm less none", gaps(found, "usual", "none", "mean"), +1,
               gaps(null, "usual", "none", "mean"), True, "the norm is off", "points",
               "People from 15 to 64, mean of the communities.",
               picture=Picture("People away, mean of the communities", "year", "% of those from 15 to 64", lines, "")),
        Effect("highest tenth of communities: usual norm less none", gaps(found, "usual", "none", "highest"), +1,
               gaps(null, "usual", "none", "highest"), True, "the norm is off", "points"),
        Effect("away in the highest tenth, usual norm", [one["usual"]["highest"] for one in found], 0, unit="%"),
        Effect("away in the lowest community, usual norm", [one["usual"]["lowest"] for one in found], 0, unit="%"),
        Effect("paths convex first and concave later", [100.0 * one["usual"]["take-off"] for one in found], 0,
               unit="% of communities"),
    ]  # fmt: skip


def gates(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Newcomers, vacancies and pay where the place is open to them or closed, ten years on."""
    start = started(worlds["place"], seed)
    found: dict[str, Any] = {}
    for name, open_to in (("open", 1.0), ("closed", 0.0)):
        one = twin(start)

        def gate(world: World, value: float = open_to) -> None:
            world.population.localities.pool_open[:] = value
            if value == 0.0 and world.month == world.burn_in:
                world.population.persons.newcomer[:] = 0

        advance(one, 120, Hands(one.schedule, after={"events": gate}))
        persons = one.population.persons
        at_work = persons.status == EMPLOYED
        new = at_work & (persons.newcomer == 1)
        gap = 0.0
        if new.any():
            gap = 100.0 * (persons.wage[new].mean() / persons.wage[at_work & (persons.newcomer == 0)].mean() - 1.0)
        series = {
            k: float(one.recorder.series(k)[-24:].mean()) for k in ("newcomer_share", "vacancy_rate", "wage_mean")
        }
        found[name] = series | {"gap": gap}
    return found


@claim("CLM-05", "Jobs that migrants leave are filled from places with lower pay")
def clm_05(form: Form) -> list[Effect]:
    """A Mexican municipality with its culture of migration, open to newcomers or closed for ten years."""
    base = ["territory=mexico_michoacan_like", f"population={form.population}", "months=120"]
    found = form.measure(gates, {"place": base}, form.seeds)
    null = form.measure(gates, {"place": [*base, "territory.pool_wage_ratio=2"]}, form.seeds)
    return [
        Effect("newcomers in local jobs: open less closed", gaps(found, "open", "closed", "newcomer_share"), +1,
               gaps(null, "open", "closed", "newcomer_share"), False, "pay in the pool no lower than here", "points",
               "Months 97 to 120; those who had come before count as locals where the place is closed."),
        Effect("pay of newcomers against others", [one["open"]["gap"] for one in found], 0, unit="%"),
        Effect("vacancy rate: open less closed", gaps(found, "open", "closed", "vacancy_rate"), 0, unit="points"),
        Effect("mean pay: open less closed", gaps(found, "open", "closed", "wage_mean"), 0, unit="money/month"),
    ]  # fmt: skip


ABROAD_AND_CITY = ("united_states", "cities")


def welfare(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Income and the net measure with migration, and with nobody away, ten years on."""
    from sim.model import Remesa

    found: dict[str, Any] = {}
    for name in ("away", "nobody"):
        model = Remesa(worlds["place"].setup(seed))
        hands = Hands(model.schedule, before={"migration": nobody_leaves} if name == "nobody" else {})
        advance(model, model.setup.burn_in, hands)
        worth: list[float] = []
        separated: list[float] = []

        def look(world: World, month: int, worth: list[float] = worth, separated: list[float] = separated) -> None:
            if month > 108:
                one = measure(world)
                worth.append(one.worth / one.base_pay)
                separated.append(one.separated)

        advance(model, 120, hands, look)
        income = model.recorder.series("real_income")[-12:].mean() / model.world.start.base_pay
        found[name] = {"income": income, "worth": float(np.mean(worth)), "separated": float(np.mean(separated))}
    return found


@claim(
    "CLM-06", "Money does not make up for the disruption",
    assumption="What a month of separation costs is declared, not found: the measure is shown from no cost to a "
    "month's pay for each spouse and child left behind, and the cost at which the gain is used up.",
)  # fmt: skip
def clm_06(form: Form) -> list[Effect]:
    """A Mexican municipality with its culture of migration against the same with nobody away (year 10)."""
    base = ["territory=mexico_michoacan_like", f"population={form.population}", "months=120"]
    found = form.measure(welfare, {"place": base}, form.seeds)
    stay = ["parameters.migration.on=0", *(f"territory.destinations.{d}.emigrants=0" for d in ABROAD_AND_CITY)]
    null = form.measure(welfare, {"place": [*base, *stay]}, form.seeds)
    withheld = form.measure(welfare, {"place": [*base, "parameters.remittances.on=0"]}, form.seeds)
    unit = "months of pay"
    worth, left = gaps(found, "away", "nobody", "worth"), gaps(found, "away", "nobody", "separated")
    nets = [[w - cost * s for w, s in zip(worth, left, strict=True)] for cost in COSTS]
    even = np.mean(worth) / max(np.mean(left), 1e-9)
    return [
        Effect("real income per head", gaps(found, "away", "nobody", "income"), +1,
               gaps(null, "away", "nobody", "income"), True, "nobody is away in either, from the start on", unit,
               "With migration less with nobody away."),
        Effect("real income per head, remittances withheld", gaps(withheld, "away", "nobody", "income"), 0, unit=unit,
               means="Lower than with nobody away, because earners are missing: all of the gain, and more, is money "
               "that is sent."),
        *(Effect(f"net measure at a cost of {cost:g}", values, 0, unit=unit,
                 means="Money value of consumption and time per resident adult, less that much of a month's pay for "
                 "each spouse and child left behind.",
                 picture=Picture("Net measure by the cost of separation", "cost, months of pay for each left behind",
                                 "with migration less without, months of pay",
                                 (("mean", COSTS, tuple(float(np.mean(one)) for one in nets), "line"),),
                                 f"The gain is used up at a cost of {even:.2f}.") if not cost else None)
          for cost, values in zip(COSTS, nets, strict=True)),
        Effect("spouses and children left behind per adult", left, 0, unit="people"),
    ]  # fmt: skip
