"""Claims: what the model says of its subject, each between paired worlds and with its null control.

A treated world and its twin share their people, their burn-in and all luck after it. The null control is
the same comparison with the mechanism off that the claim names: the effect must be gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.hands import (
    LABOUR_FORCE,
    USES,
    WITHHELD,
    HeldValue,
    Panel,
    adults_of,
    grants,
    levels_of,
    matched,
    participation_gap,
    recipients,
)
from experiments.verdicts import Effect, Form, Missing, claim, each
from experiments.worlds import Array, Hands, advance, rows_by_id, started, twin
from scenarios.configuration import Configuration
from sim.codes import Sex, Status
from sim.mechanisms.care import Care
from sim.population import Localities
from sim.schedule import Schedule
from sim.streams import ONCE, Streams, draw

if TYPE_CHECKING:
    from sim.model import World

Worlds = dict[str, Configuration]
MONTHS, SETTLED = 36, 25  # months after the parting; the first of those that are looked at
NO_USE = "every use of remittances off"


def place(form: Form, *more: str) -> list[str]:
    """The default place of claims."""
    return [f"population={form.population}", f"months={MONTHS}", *more]


# ------------------------------------------------------------------------------------------- remittances


def doses(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Participation of recipients' members at no, the usual and twice the remittances."""
    start = started(worlds["base"], seed)
    rows = adults_of(start.world, recipients(start.world))
    none = Panel(start.world, rows, SETTLED)
    usual, twice = none.again(), none.again()
    paid, withheld = worlds["paid"], worlds["withheld"]
    advance(twin(start, withheld), MONTHS, watch=none.look)
    advance(twin(start, paid), MONTHS, watch=usual.look)
    more = twin(start, paid)
    advance(more, MONTHS, Hands(more.schedule, after={"remittances": matched(1.0)}), twice.look)
    return {
        "first": participation_gap(usual, none),
        "second": participation_gap(twice, usual),
        "people": len(rows),
        "level": 100.0 * float(none.active[none.here].mean()),
    }


@claim("CLM-01", "Remittances discourage participation, the more the larger they are", sources=("P01", "P06"))
def clm_01(form: Form) -> list[Effect]:
    """Participation of members of recipient households: remittances withheld, paid, and paid twice (months 25-36)."""
    base = place(form)
    found = form.measure(doses, {"base": base, "paid": base, "withheld": [*base, WITHHELD]}, form.seeds)
    off = [*base, *USES]
    null = form.measure(doses, {"base": base, "paid": off, "withheld": [*off, WITHHELD]}, form.seeds)
    direct = [*base, "parameters.participation.income=0", "parameters.participation.volatility=0"]
    left = form.measure(doses, {"base": base, "paid": direct, "withheld": [*direct, WITHHELD]}, form.seeds)
    people = int(np.mean(each(found, "people")))
    return [
        Effect("paid against withheld", each(found, "first"), -1, each(null, "first"), True, NO_USE, "points",
               f"{people} adults a seed, the same in all worlds; {np.mean(each(found, 'level')):.0f} % take part "
               "where nothing is paid."),
        Effect("twice against once", each(found, "second"), -1, each(null, "second"), True, NO_USE, "points"),
        Effect("what is left with the income channel alone off", each(left, "first"), 0, unit="points",
               means="Market feedback of spending, schooling, start-ups and trips: reported, not required to be none."),
    ]  # fmt: skip


def held(worlds: Worlds, seed: int) -> dict[str, Any]:
    """The same with the value of not working lent by the untreated twin, month by month."""
    start = started(worlds["base"], seed)
    rows = adults_of(start.world, recipients(start.world))
    none = Panel(start.world, rows, SETTLED)
    usual, lent = none.again(), none.again()
    untreated, treated, holding = (twin(start, worlds[name]) for name in ("withheld", "base", "base"))
    hand = HeldValue()
    noting = Hands(untreated.schedule, before={"participation": hand.note})
    lending = Hands(
        holding.schedule, before={"participation": hand.lend}, after={"participation": hand.give_back}
    )  # fmt: skip
    for month in range(1, MONTHS + 1):
        advance(untreated, 1, noting)
        advance(holding, 1, lending)
        advance(treated, 1)
        for model, panel in ((untreated, none), (holding, lent), (treated, usual)):
            panel.look(model.world, month)
    return {"free": participation_gap(usual, none), "held": participation_gap(lent, none)}


@claim("CLM-02", "The effect works through the value of not working", sources=("P01",))
def clm_02(form: Form) -> list[Effect]:
    """Remittances paid against withheld; in the null, b of R1 is that of the same person where they are withheld."""
    base = place(form)
    found = form.measure(held, {"base": base, "withheld": [*base, WITHHELD]}, form.seeds)
    return [
        Effect("paid against withheld", each(found, "free"), -1, each(found, "held"), False,
               "income without own work, care, home production and costs of work lent by the untreated twin", "points",
               "Members of recipient households, months 25 to 36; local demand and offers may still differ."),
    ]  # fmt: skip


ONE_IN = 12  # months: how seldom irregular payments come


def lasting_or_not(worlds: Worlds, seed: int) -> dict[str, Any]:
    """As much again as recipients count on: every month, now and then, or all of it in the first month."""
    start = started(worlds["base"], seed)
    homes = start.population.households
    chosen = recipients(start.world)
    ids, usual = homes.id[chosen].copy(), homes.persistent_receipt[chosen].astype(np.float64)
    turn = np.floor(draw(Streams(seed).luck("claims", "turn", ONCE), ids) * ONE_IN).astype(np.int64)
    chance = [draw(Streams(seed).luck("claims", "when", year), ids) for year in range(MONTHS // ONE_IN)]

    def monthly(month: int) -> Array:
        return usual

    def irregular(month: int) -> Array:
        year, at = divmod(month - 1, ONE_IN)
        when = (turn + np.floor(chance[year] * ONE_IN).astype(np.int64)) % ONE_IN  # another month every year
        return np.where(when == at, ONE_IN * usual, 0.0)

    def at_once(month: int) -> Array:
        return usual * MONTHS if month == 1 else 0.0 * usual

    none = Panel(start.world, adults_of(start.world, chosen))
    advance(twin(start, worlds["run"]), MONTHS, watch=none.look)
    panels = {}
    for name, amounts in (("monthly", monthly), ("irregular", irregular), ("once", at_once)):
        panels[name], one = none.again(), twin(start, worlds["run"])
        advance(one, MONTHS, Hands(one.schedule, after={"remittances": grants(ids, amounts)}), panels[name].look)
    last = np.zeros(none.here.shape, bool)
    last[SETTLED - 1 :] = True
    return {
        "irregular": participation_gap(panels["monthly"], panels["irregular"]),
        "once": participation_gap(panels["monthly"], panels["once"]),
        **{f"{name} alone": participation_gap(panel, none) for name, panel in panels.items()},
        **{f"{name} at last": participation_gap(panel, none, last) for name, panel in panels.items()},
    }


@claim("CLM-03", "Persistent remittances matter more than one-off ones", sources=("P06",))
def clm_03(form: Form) -> list[Effect]:
    """The same sum over three years, as much again as recipients count on, in three ways of paying it.

    Every month; once a year in a month nobody knows beforehand; all of it in the first month. Mean of all 36
    months, so that the means of what is paid are equal.
    """
    base = place(form)
    found = form.measure(lasting_or_not, {"base": base, "run": base}, form.seeds)
    null = form.measure(lasting_or_not, {"base": base, "run": [*base, *USES]}, form.seeds)
    return [
        Effect("every month against once a year", each(found, "irregular"), -1, each(null, "irregular"), True, NO_USE,
               "points", "Members of recipient households. What comes now and then is discounted for its volatility.",
               "Whoever has been paid for a year keeps it and counts on a thirty-sixth of the purse a month (R1), "
               "which makes up for the discount."),
        Effect("every month against all at once", each(found, "once"), -1, each(null, "once"), True, NO_USE, "points",
               "Members of recipient households.",
               "A windfall of three years' remittances counts at once, as income over three years (R1), and is gone "
               "before these are over; what comes month by month is counted on only as it is learnt to last. So the "
               "windfall is ahead at first, the monthly payment in the third year; over all the windfall leads."),
        *(Effect(f"{said} against nothing more", each(found, f"{name} alone"), 0, unit="points",
                 means=f"In the third year alone {np.mean(each(found, f'{name} at last')):+.2f}.")
          for name, said in (("monthly", "every month"), ("irregular", "once a year"), ("once", "all at once"))),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- care

DRAWN = 3.0  # years of local pay by which men's attachment to home is lowered: a strong pull


def men_leave(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Women's care and work where men are drawn away, against the same women where they are not."""
    start = started(worlds["base"], seed)
    persons = start.population.persons
    rows = adults_of(start.world, np.ones(start.population.households.count, bool))
    women = Panel(start.world, rows[persons.sex[rows] == int(Sex.WOMAN)], SETTLED, ("care_hours",))
    pulled = women.again()
    usual, drawn = (twin(start, worlds["run"]) for _ in range(2))
    theirs = drawn.population.persons
    theirs.attachment[theirs.sex == int(Sex.MAN)] -= DRAWN
    advance(usual, MONTHS, watch=women.look)
    advance(drawn, MONTHS, watch=pulled.look)
    both = women.here & pulled.here
    hours = [panel.values("care_hours")[both].mean() for panel in (pulled, women)]
    away = [one.recorder.series("prevalence_men")[-12:].mean() for one in (drawn, usual)]
    men = rows[persons.sex[rows] == int(Sex.MAN)]
    later = rows_by_id(theirs.id, persons.id[men])
    gone = men[(later >= 0) & (theirs.status[later] == int(Status.AWAY))]
    return {"hours": hours[0] - hours[1], "work": participation_gap(pulled, women), "men": away[0] - away[1],
            "theirs": persons.care_hours[gone].mean(), "all men": persons.care_hours[men].mean()}  # fmt: skip


@claim("CLM-23", "Where men leave, women carry more unpaid care")
def clm_23(form: Form) -> list[Effect]:
    """Men's attachment to home lowered by three years of pay from month 1; the same women in both worlds."""
    base = place(form)
    found = form.measure(men_leave, {"base": base, "run": base}, form.seeds)
    off = [*base, "parameters.care.reassignment=0"]
    null = form.measure(men_leave, {"base": base, "run": off}, form.seeds)
    hours, taken_over = each(found, "hours"), np.mean(each(found, "hours")) - np.mean(each(null, "hours"))
    births = form.measure(men_leave, {"base": base, "run": [*base, "parameters.vital.absent_husband=1"]}, form.seeds)
    return [
        Effect("women's hours of care", hours, +1, each(null, "hours"), False,
               "care of those away is not taken over", "hour/month",
               f"Months 25 to 36; {np.mean(each(found, 'men')):.1f} points more of the men are away.",
               f"Those who leave gave {np.mean(each(found, 'theirs')):.0f} hours before, men at large "
               f"{np.mean(each(found, 'all men')):.0f}; and the {Care().housework:.0f} hours of housework that each "
               f"member makes go with them. The rest is shared in large households: it adds {taken_over:+.2f} hours "
               "to the null, in which nobody takes it over. Fewer children are born while husbands are away: see the "
               "next part."),
        Effect("the same with as many births while husbands are away", each(births, "hours"), 0, unit="hour/month"),
        Effect("women's participation", each(found, "work"), 0, unit="points",
               means="Of the same women: care keeps some at home, missing pay sends some to work."),
    ]  # fmt: skip


def outcomes(worlds: Worlds, seed: int, indicators: Sequence[str], window: int = 12) -> dict[str, Any]:
    """Means of indicators at the end of twins that part after one burn-in; the first world is the base."""
    first = next(iter(worlds.values()))
    start = started(first, seed)
    found: dict[str, Any] = {}
    for name, configuration in worlds.items():
        recorder = advance(twin(start, configuration), MONTHS).recorder
        found[name] = {one: float(recorder.series(one)[-window:].mean()) for one in indicators}
    return found


def gaps(found: Sequence[dict[str, Any]], treated: str, untreated: str, indicator: str) -> list[float]:
    """Difference of one indicator between two worlds, seed by seed."""
    return [one[treated][indicator] - one[untreated][indicator] for one in found]


def freed(worlds: Worlds, seed: int, hours: float, share: float) -> dict[str, Any]:
    """Women's participation in one month, if some who care were relieved of hours and nothing else changed."""
    from sim.mechanism import Month

    start = started(worlds["base"], seed)
    luck = Streams(seed).luck("claims", "freed", ONCE)
    active = []
    for given in (0.0, hours):
        world = twin(start).world
        persons = world.population.persons
        carers = np.flatnonzero((persons.status < int(Status.AWAY)) & (persons.care_hours > 0.0))
        order = np.argsort(draw(luck, persons.id[carers]), kind="stable")
        persons.care_relief[carers[order[: round(share * start.setup.population)]]] = given
        persons.shaken[:] = 1
        for line in (world.schedule.care, world.schedule.participation):
            line(Month(world, line))
        age = (world.month - world.burn_in - persons.birth_month) // 12
        women = (persons.sex == int(Sex.WOMAN)) & (persons.status < int(Status.AWAY)) & (age >= 15)
        active.append(100.0 * float(np.isin(persons.status[women], LABOUR_FORCE).mean()))
    return {"gap": active[1] - active[0]}


@claim("CLM-24", "Places in child care raise women's participation")
def clm_24(form: Form) -> list[Effect]:
    """A large programme, 50 places per 1,000 inhabitants, against none (months 13-36).

    A donor pays, so that what the authority would otherwise have bought plays no part.
    """
    base = place(form)
    care = [
        "policies=[child_care_places]",
        "policies.child_care_places.budget.value=300000",
        "policies.child_care_places.funder=donor",
    ]
    still = "parameters.care.on=0"
    worlds = {"none": base, "places": [*base, *care], "none off": [*base, still], "places off": [*base, *care, still]}
    shown = ["participation_women", "participation_men", "care_hours_women"]
    found = form.measure(outcomes, worlds, form.seeds, indicators=shown, window=24)
    now = form.measure(freed, {"base": base}, form.seeds, hours=80.0, share=0.05)
    return [
        Effect("participation of women", gaps(found, "places", "none", shown[0]), +1,
               gaps(found, "places off", "none off", shown[0]), True, "care is not shared anew: relief reaches nobody",
               "points", "All women of 15 and older, mean of two years.",
               f"Small already in the month of relief ({np.mean(each(now, 'gap')):+.2f} points, offers as they are): "
               "places go to whoever cares, most of them far from the margin of work. Later those who search in vain "
               "leave again."),
        Effect("participation of women in the month of the relief, all else as it is", each(now, "gap"), 0,
               unit="points", means="The lines of care and participation on the same month."),
        Effect("women's hours of care", gaps(found, "places", "none", shown[2]), 0, unit="hour/month"),
        Effect("participation of men", gaps(found, "places", "none", shown[1]), 0, unit="points"),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- training

SEATS = 0.01  # places on a course over persons of the start
OUT_OF_WORK = (int(Status.INACTIVE), int(Status.UNEMPLOYED))


def seats(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Jobs per seat of courses for those whose jobs are vacant, or for those whose jobs are not."""
    start = started(worlds["base"], seed)
    number = round(SEATS * start.setup.population)
    luck = Streams(seed).luck("claims", "seats", ONCE)
    employed = {}
    for name, wanted in (("none", 0), ("matched", 1), ("unmatched", -1)):
        one = twin(start, worlds["run"])

        def course(world: World, wanted: int = wanted) -> None:
            tables = world.population
            persons, markets = tables.persons, tables.markets
            persons.training_place[:] = 0.0
            if not wanted:
                return
            tight = markets.vacancies / (markets.searchers + 1.0)
            rank = np.where(tight[0::2] > tight[1::2], 0, 1)  # occupation with more vacancies a searcher, by place
            age = (world.month - world.burn_in - persons.birth_month) // 12
            of = persons.occupation == rank[tables.households.locality[persons.household]]
            fits = np.isin(persons.status, OUT_OF_WORK) & (age >= 15) & (age < 60) & (of == (wanted > 0))
            rows = np.flatnonzero(fits & (persons.in_school == 0))
            order = np.argsort(draw(luck, persons.id[rows]), kind="stable")
            persons.training_place[rows[order[:number]]] = 1.0

        advance(one, MONTHS, Hands(one.schedule, after={"events": course}))
        persons = one.population.persons
        working = one.recorder.series("employment_rate")[-24:].mean() / 100.0
        adults = int(((persons.status < int(Status.AWAY)) & (MONTHS - persons.birth_month >= 180)).sum())
        employed[name] = working * adults
    return {
        "gap": (employed["matched"] - employed["unmatched"]) / number,
        "matched": (employed["matched"] - employed["none"]) / number,
        "unmatched": (employed["unmatched"] - employed["none"]) / number,
    }


@claim(
    "CLM-59", "Training that matches local vacancies brings more jobs than training that does not",
    provisional="Courses raise skill in general and do not teach an occupation, so a match can only mean who gets "
    "the seats; a course that is made for vacant jobs comes with the rules of skills (R8).",
)  # fmt: skip
def clm_59(form: Form) -> list[Effect]:
    """As many seats for people out of work: of the occupation with more vacancies a searcher, or of the other one."""
    base = place(form)
    found = form.measure(seats, {"base": base, "run": base}, form.seeds)
    null = form.measure(seats, {"base": base, "run": [*base, "parameters.skills.course=0"]}, form.seeds)
    return [
        Effect("jobs per seat, matched against unmatched", each(found, "gap"), +1, each(null, "gap"), True,
               "courses teach nothing", "jobs", "People at work, mean of months 13 to 36; 10 seats per 1,000 persons.",
               "A course raises skill alike for whoever attends; it does not make somebody fit for a vacant job, and "
               "who gets it hardly changes how many jobs are filled."),
        Effect("jobs per seat, matched", each(found, "matched"), 0, unit="jobs"),
        Effect("jobs per seat, unmatched", each(found, "unmatched"), 0, unit="jobs"),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- employment service

PLACES = 0.7  # places of the service per job seeker, had one scheme the whole budget; as in the shipped instruments
SCHEMES = 49  # side by side
LOCALITIES, CLOSED = 10, 0.8  # places of CLM-40; share of vacancies of one level of work that stays closed there
PERSONS_OF_EACH = 5_000
LEVERS = ("service_reach", "service_schemes", "service_fit")


def services(worlds: Worlds, seed: int, arms: dict[str, Sequence[float]], unlike: Sequence[str] = ()) -> dict[str, Any]:
    """Outcomes with an employment service of some places, schemes and local fit; in some arms places differ."""
    start = started(worlds["base"], seed)
    found: dict[str, Any] = {}
    luck = Streams(seed).luck("claims", "closed", ONCE)
    for name, values in arms.items():
        one = twin(start, worlds["run"])

        def serve(world: World, values: Sequence[float] = values) -> None:
            for lever, value in zip(LEVERS, values, strict=True):
                world.population.localities.values(lever)[:] = value

        def close(world: World, apart: bool = name in unlike) -> None:
            firms = world.population.firms
            chance = np.full((firms.count, 2), CLOSED / 2.0)
            if apart:  # of skilled work in every other place, of basic work in the others
                chance = np.where((firms.locality[:, None] + np.arange(2)) % 2 == 0, CLOSED, 0.0)
            month = luck._replace(month=np.uint64(world.month))
            firms.vacancies[:] -= np.floor(firms.vacancies * chance + draw(month, firms.id)[:, None]).astype(np.int32)

        hands = Hands(one.schedule, after={"events": serve, **({"vacancies": close} if unlike else {})})
        recorder = advance(one, MONTHS, hands).recorder
        found[name] = {
            indicator: float(recorder.series(indicator)[-24:].mean())
            for indicator in ("unemployment", "vacancy_rate", "job_finding", "time_to_fill")
        }
    return found


def britain(form: Form) -> list[str]:
    """Another place for the claims on employment services, which come from British towns: shown without a verdict."""
    return place(form, "territory=uk_2012")


def short_side(found: Sequence[dict[str, Any]], arm: str) -> str:
    """Why more contacts make few more jobs where vacancies are the short side."""
    months = np.mean([one[arm]["time_to_fill"] for one in found])
    return (
        f"A vacancy is open for {months:.1f} months on average (1 is the least): where vacancies are the short side, "
        "more contacts a seeker change who is hired more than how many are."
    )


@claim(
    "CLM-39", "One integrated employment service does better than many schemes at an equal budget",
    assumption="That each scheme has a fixed cost, and that schemes which do not know of each other choose the same "
    "people, is put into the model: the claim is close to a definition of what a service costs.",
)  # fmt: skip
def clm_39(form: Form) -> list[Effect]:
    """The same budget, places for 70 of 100 job seekers, spent by one scheme or 49 side by side (months 13-36)."""
    need_lever(*LEVERS)
    from sim.mechanisms.matching import Matching, clients_served

    base = place(form)
    arms = {"none": (0.0, 1.0, 0.0), "many": (PLACES, float(SCHEMES), 0.0), "one": (PLACES, 1.0, 0.0)}
    found = form.measure(services, {"base": base, "run": base}, form.seeds, arms=arms)
    off = [*base, "parameters.matching.service_effect=0"]
    null = form.measure(services, {"base": base, "run": off}, form.seeds, arms=arms)
    rules: Any = Matching()
    many, one = (clients_served(PLACES, n, rules.scheme_cost, rules.overlap) for n in (float(SCHEMES), 1.0))
    cost = [
        [100.0 * (w["many"]["job_finding"] / w["one"]["job_finding"] - 1.0) for w in part] for part in (found, null)
    ]
    without = "what a client gains is none"
    short = short_side(found, "many")
    there = britain(form)
    other = form.measure(services, {"base": there, "run": there}, form.seeds[: 3 if form.quick else 10], arms=arms)
    size = f"Size of the assumption: one scheme serves {one:.0%} of job seekers on this budget, {SCHEMES} {many:.0%}."
    return [
        Effect("cost of a job found", cost[0], -1, cost[1], True, without, "%", size, short),
        Effect("vacancy rate", gaps(found, "one", "many", "vacancy_rate"), -1,
               gaps(null, "one", "many", "vacancy_rate"), True, without, "points", "", short),
        Effect("unemployment", gaps(found, "one", "many", "unemployment"), -1,
               gaps(null, "one", "many", "unemployment"), True, without, "points", "", short),
        Effect("unemployment, one scheme against none", gaps(found, "one", "none", "unemployment"), 0, unit="points"),
        Effect("unemployment, many schemes against none", gaps(found, "many", "none", "unemployment"), 0,
               unit="points"),
        Effect("unemployment in Britain, one scheme against many", gaps(other, "one", "many", "unemployment"), 0,
               unit="points", means="The small pack of the United Kingdom in 2012."),
    ]  # fmt: skip


@claim(
    "CLM-40", "What a service made for the place gains grows with how much places differ",
    assumption="A service made for the whole country fits a place less, the more its vacancies differ from the "
    "country's: that is put into the model. Found is whether it shows in unemployment.",
)  # fmt: skip
def clm_40(form: Form) -> list[Effect]:
    """Ten places: four fifths of the vacancies of one level of work closed in turn, or two fifths of all of them.

    In either the service is once made for the country and once for each place; the claim is the difference
    of what the second gains.
    """
    need_lever(*LEVERS)
    people = PERSONS_OF_EACH * LOCALITIES  # in smaller places the few vacancies of a month differ by chance alone
    base = place(form, f"territory.localities={LOCALITIES}", f"population={people}")
    national, local = (PLACES, 1.0, 0.0), (PLACES, 1.0, 1.0)
    arms = {"alike, national": national, "alike, local": local, "unlike, national": national, "unlike, local": local}
    unlike = ["unlike, national", "unlike, local"]
    found = form.measure(services, {"base": base, "run": base}, form.seeds, arms=arms, unlike=unlike)
    off = [*base, "parameters.matching.service_effect=0"]
    null = form.measure(services, {"base": base, "run": off}, form.seeds, arms=arms, unlike=unlike)

    def gain(among: Sequence[dict[str, Any]], where: str) -> list[float]:
        return gaps(among, f"{where}, national", f"{where}, local", "unemployment")

    more, none = (
        [u - a for u, a in zip(gain(part, "unlike"), gain(part, "alike"), strict=True)] for part in (found, null)
    )
    return [
        Effect("unemployment saved by tailoring, places that differ less places alike", more, +1, none, True,
               "what a client gains is none", "points", "Mean of months 13 to 36.",
               short_side(found, "unlike, national")),
        Effect("saved where places differ", gain(found, "unlike"), 0, unit="points"),
        Effect("saved where places are alike", gain(found, "alike"), 0, unit="points"),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- discrimination

PENALTY, YEARS = 0.5, 5  # taken off what an applicant is worth; length of the comparison


def discriminated(worlds: Worlds, seed: int, plenty: bool = False) -> dict[str, Any]:
    """Start-ups out of necessity and earnings of women and newcomers, with and without a penalty at hiring."""

    def open_more(world: World) -> None:
        firms = world.population.firms
        looked_for = levels_of(firms) | (firms.vacancies > 0)  # a firm of one level may be looking for the other
        firms.vacancies[:] += 20 * (looked_for & (firms.open == 1)[:, None])

    start = started(worlds["base"], seed)
    found: dict[str, Any] = {}
    for name in [one for one in worlds if one != "base"]:
        one = twin(start, worlds[name])
        seen = set(one.population.firms.id.tolist())
        starts = {"women": 0, "newcomers": 0}
        pay: dict[str, list[float]] = {"women": [], "newcomers": [], "women own": [], "newcomers own": []}

        def look(
            world: World, month: int, seen: set[int] = seen, starts: dict[str, int] = starts,
            pay: dict[str, list[float]] = pay,
        ) -> None:  # fmt: skip
            persons, firms = world.population.persons, world.population.firms
            groups = {"women": persons.sex == int(Sex.WOMAN), "newcomers": persons.newcomer == 1}
            new = np.array([k for k, firm in enumerate(firms.id.tolist()) if firm not in seen], np.int64)
            seen.update(firms.id[new].tolist())
            founders = firms.founder[new[(firms.necessity[new] == 1) & (firms.founder[new] >= 0)]]
            age = (world.month - 1 - world.burn_in - persons.birth_month) // 12
            adult = (persons.status < int(Status.AWAY)) & (age >= 15) & (age < 65)
            for group, members in groups.items():
                starts[group] += int(members[founders].sum())
                if month > 12 and (adult & members).any():
                    pay[group].append(float(persons.earnings[adult & members].mean()))
                    own = persons.status[adult & members] == int(Status.OWN_ACCOUNT)
                    pay[f"{group} own"].append(100.0 * float(own.mean()))

        advance(one, 12 * YEARS, Hands(one.schedule, after={"vacancies": open_more} if plenty else {}), look)
        found[name] = {f"{group} starts": count for group, count in starts.items()}
        found[name] |= {group: float(np.mean(values)) if values else 0.0 for group, values in pay.items()}
    return found


@claim(
    "CLM-61", "Discrimination at hiring raises start-ups out of necessity and lowers pay",
    provisional="Firms and start-ups are in their first form: few people found a firm, and a firm's group of customers "
    "is not known.",
)  # fmt: skip
def clm_61(form: Form) -> list[Effect]:
    """Firms take half off what newcomers (then women) seem worth when they rank applicants, against nothing."""
    need_parameter("matching", "discrimination")
    base = [f"population={form.population}", f"months={12 * YEARS}"]
    effects = []
    for group, name in (("newcomers", "discrimination"), ("women", "discrimination_women")):
        fair = [*base, f"parameters.matching.{name}=0"]
        worlds = {"base": fair, "fair": fair, "unfair": [*base, f"parameters.matching.{name}={PENALTY}"]}
        found = form.measure(discriminated, worlds, form.seeds)
        null = form.measure(discriminated, worlds, form.seeds, plenty=True)
        starts, none = (gaps(part, "unfair", "fair", f"{group} starts") for part in (found, null))
        pay, same = ([100.0 * (w["unfair"][group] / w["fair"][group] - 1.0) for w in part] for part in (found, null))
        without = "so many vacancies that nobody is ranked out"
        effects += [
            Effect(f"{group}: firms started out of necessity", starts, +1, none, True, without, "firms",
                   f"In {YEARS} years, in a town of {form.population:,}; "
                   f"{np.mean([part['fair'][f'{group} starts'] for part in found]):.1f} without the penalty.",
                   "Who is turned away works on own account, which needs neither capital nor papers (see there); so "
                   "few found a firm that seeds differ by chance."),
            Effect(f"{group}: earnings per adult", pay, -1, same, True, without, "%",
                   "Those without work at 0; months 13 to 60."),
            Effect(f"{group}: on own account", gaps(found, "unfair", "fair", f"{group} own"), 0, unit="points"),
        ]  # fmt: skip
    return effects


def need_lever(*names: str) -> None:
    """Refuse where the places have no such lever."""
    lacking = [name for name in names if name not in Localities.columns]
    if lacking:
        raise Missing(f"module missing: the employment service has no {', '.join(lacking)} yet")


def need_parameter(line: str, name: str) -> None:
    """Refuse where a line of the month has no such parameter."""
    if name not in type(getattr(Schedule(), line)).parameters():
        raise Missing(f"module missing: {line} has no {name} yet")
