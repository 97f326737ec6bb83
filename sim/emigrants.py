"""Those who are away at the start: filled up to the published stock as the rule of moving selects.

Whoever leaves with some chance and comes back with some hazard is away for a share of life that follows from the two.
These odds and one draw of luck decide who is away; the time since leaving follows the same hazard.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.choice import outlook
from sim.codes import Motive, Occupation, Route, Sex, Status
from sim.mechanism import Month, kernel, rule
from sim.mechanisms.away import pay_there
from sim.moving import (
    acquainted,
    annuity,
    attachment_away,
    believed_chance,
    certainty_equivalent,
    doubt,
    gain_in_years,
    help_there,
    knowledge,
    logistic,
    share_of_attachment,
    terms_here,
    utility_of_place,
)
from sim.population import Destinations, Migrants
from sim.ranking import ascending
from sim.streams import ONCE, draw, logistic_draw
from sim.synthetic import identities
from sim.table import Array
from sim.transfers import OPERATOR

if TYPE_CHECKING:
    from sim.model import Setup, World

BASIC, SKILLED = int(Occupation.BASIC), int(Occupation.SKILLED)
PAPERS = 5  # years after which those without papers have got some; assumption
LONGEST = 65 - 17  # years a stay can have lasted, of those who could be away


@rule
def return_hazard(
    staying: float, attachment: float, pull_back: float, contacts: float, share: float, consider: float, control: float
) -> float:
    """Chance a month that a stay ends: chosen whenever moving is considered, or by control.

    Parameters
    ----------
    staying : years of local pay
        What staying is worth over going home, but for the attachment.
    attachment, pull_back, contacts : see `attachment_away`
    share : of the attachment that the destination asks to give up
    consider, control : 1/month
    """
    worth = staying - attachment_away(attachment, pull_back, contacts) * share
    return 1.0 - (1.0 - consider * (1.0 - logistic(worth))) * (1.0 - control)


def contacts_by_year(memory: float) -> Array:
    """Share of contacts at home that are alive in the middle of each year of a stay, when they fade in ``memory``."""
    alive: Array = (1.0 - 1.0 / memory) ** (12.0 * np.arange(LONGEST) + 6.0)
    return alive


@rule
def year_of_stay(
    year: int, staying: float, attachment: float, pull_back: float, contacts: Array, share: float, consider: float,
    control: float,
) -> float:  # fmt: skip
    """Chance that a stay goes on through one more year, with the contacts and the papers of its middle."""
    caught = control if year < PAPERS else 0.0
    hazard = return_hazard(staying, attachment, pull_back, contacts[year], share, consider, caught)
    return math.pow(1.0 - hazard, 12.0)


@rule
def years_survived(
    staying: float, attachment: float, pull_back: float, contacts: Array, share: float, consider: float,
    control: float, years: int,
) -> float:  # fmt: skip
    """Expected years of a stay, counted at most so many."""
    total, alive = 0.0, 1.0
    for year in range(years):
        total += alive
        alive *= year_of_stay(year, staying, attachment, pull_back, contacts, share, consider, control)
    return total


@rule
def years_so_far(
    staying: float, attachment: float, pull_back: float, contacts: Array, share: float, consider: float,
    control: float, years: int, lasting: float,
) -> float:  # fmt: skip
    """Years after which a share ``lasting`` of the expected ones are over.

    Stays of a steady state are met in proportion to how many are still going on: with ``lasting`` uniform, this is how
    long ago somebody left who is away now.
    """
    total = years_survived(staying, attachment, pull_back, contacts, share, consider, control, years)
    passed, alive = 0.0, 1.0
    for year in range(years):
        if passed + alive >= lasting * total:
            return year + (lasting * total - passed) / alive
        passed += alive
        alive *= year_of_stay(year, staying, attachment, pull_back, contacts, share, consider, control)
    return 1.0 * years


@kernel
def weigh(
    rows: Array, attachment: Array, level: Array, skill: Array, basic_skill: Array, married: Array, years: Array,
    quota: Array, usual: Array, destinations: Destinations, d: int, rules: Any, preferences: Any, without_papers: Any,
    pay: Array, stock: float, services: float, in_work: Array, recognised: Array, undetected: Array, contacts: Array,
    leaving: Array, staying: Array, odds: Array,
) -> None:  # fmt: skip
    """Value of leaving and of staying away for some people, and the odds to be at one destination that follow.

    Before the labour market of the start is solved, life at home is worth the usual pay of one's qualification.
    """
    median = 1.0 * pay[BASIC]
    c0 = preferences.home_production * median
    curvature = preferences.curvature
    worth = annuity(preferences.beta, 1.0 * rules.horizon)
    share = share_of_attachment(destinations.abroad[d], 1.0 * destinations.distance[d], rules.near)
    known = acquainted(stock, rules.circle) if rules.ties else 0.0
    helped = help_there(0.0, known, rules.community)
    doubted = doubt(knowledge(helped, 0, 0.0, rules.tie_knowledge, rules.trip_knowledge), rules.pessimism)
    living = 1.0 * destinations.current_living_cost[d]
    apart = rules.apart if rules.family else 0.0
    for i in rows:
        papers = 1 if quota[i] < destinations.regular_share[d] else 0
        here = pay[level[i]] * skill[i]
        net = pay_there(destinations.current_pay[d, BASIC], basic_skill[i], without_papers.skill_return, 1, 0.0)
        if level[i] == SKILLED:
            high = pay_there(destinations.current_pay[d, SKILLED], skill[i], without_papers.skill_return, 1, 0.0)
            net += recognised[d] * (high - net)
        if not papers:
            net *= 1.0 - without_papers.penalty_without_papers
        lasts = worth if papers else worth * undetected[d]
        chance = 1.0 * in_work[d, papers, 0]
        cost = 1.0 * destinations.fare[d] if papers else 1.0 * destinations.irregular_fee[d]
        cost *= 1.0 - rules.tie_discount * helped
        believed = certainty_equivalent(net * doubted - living, 0.0, believed_chance(chance, doubted), c0, curvature)
        there = certainty_equivalent(net - living, 0.0, 1.0 * in_work[d, papers, 1], c0, curvature)
        other = destinations.amenity[d] - services - apart * married[i]
        rooted = share * attachment[i]
        gain = gain_in_years(believed, here, lasts, cost, median, c0, curvature)
        leaving[i] = utility_of_place(gain, rules.gain_weight, 0.0, 0.0, usual[i], 1.0, other, rooted)
        gain = gain_in_years(there, here, lasts, -destinations.fare[d], median, c0, curvature)  # the way home is saved
        staying[i] = utility_of_place(gain, rules.gain_weight, 0.0, 0.0, usual[i], 1.0, other, 0.0)
        control = 0.0 if papers else 1.0 * destinations.detection[d]
        stay = years_survived(
            staying[i], attachment[i], rules.pull_back, contacts, share, rules.consider, control, years[i]
        )  # fmt: skip
        odds[i] = math.log(max(12.0 * rules.consider * logistic(leaving[i]) * stay, 1e-30))


@kernel
def began(
    rows: Array, attachment: Array, years: Array, quota: Array, staying: Array, luck: Array,
    destinations: Destinations, d: int, rules: Any, contacts: Array, months: Array,
) -> None:  # fmt: skip
    """Months since those who are away at one destination left."""
    share = share_of_attachment(destinations.abroad[d], 1.0 * destinations.distance[d], rules.near)
    for k in range(len(rows)):
        i = rows[k]
        control = 0.0 if quota[i] < destinations.regular_share[d] else 1.0 * destinations.detection[d]
        ago = years_so_far(
            staying[i], attachment[i], rules.pull_back, contacts, share, rules.consider, control, years[i], luck[k]
        )
        months[k] = 1 + int(12.0 * ago)


@kernel
def logistics(drawn: Array) -> None:
    """Standard logistic numbers in the place of uniform ones."""
    for k in range(len(drawn)):
        drawn[k] = logistic_draw(drawn[k])


def emigrants(world: World, setup: Setup) -> None:
    """Send away the stock of each destination, by sex: those with the highest odds to be away, and luck.

    One adult of each household stays.
    """
    population, inputs, streams, parameters = world.population, setup.inputs, world.streams, setup.parameters
    if not any(there.emigrants for there in inputs.destinations):
        return
    persons, rules, away = population.persons, parameters.migration.rules, parameters.away.rules
    month = Month(world, parameters.migration)
    age = (-setup.burn_in - persons.birth_month) // 12
    adult = age >= 15
    eligible = adult & (age >= 18) & (age < 65) & (persons.in_school == 0)
    keeper = np.full(population.households.count, np.iinfo(np.int64).max)
    np.minimum.at(keeper, persons.household[adult], persons.id[adult])
    eligible &= persons.id != keeper[persons.household]
    number, people = len(inputs.destinations), persons.count
    in_work, recognised, undetected = np.zeros((number, 2, 2)), np.zeros(number), np.zeros(number)
    preferences = parameters.participation.rules
    outlook(
        month.destinations, rules, preferences.beta, away.access_without_papers, in_work, recognised, undetected
    )  # fmt: skip
    level = persons.occupation.astype(np.int64)
    mean = [float(persons.skill[mine].mean()) if (mine := adult & (level == k)).any() else 1.0 for k in range(2)]
    skill = persons.skill / np.array(mean)[level]
    quota = draw(streams.luck(parameters.migration.name(), "quota", ONCE), persons.id)
    wanted = {
        (d, sex): round(there.emigrants * share * int(adult.sum()))
        for d, there in enumerate(inputs.destinations)
        for sex, share in ((Sex.WOMAN, 1.0 - there.men), (Sex.MAN, there.men))
    }
    norm = rules.norm_weight if rules.norm else 0.0
    usual = np.zeros(people)
    for sex in (Sex.WOMAN, Sex.MAN):
        all_of = max(int((adult & (age < 65) & (persons.sex == sex)).sum()), 1)
        usual[persons.sex == sex] = norm * sum(wanted[d, sex] for d in range(number)) / all_of
    years = np.maximum(age - 17, 1).astype(np.int64)
    services = terms_here(rules.services, 0.5 * (inputs.school_quality + inputs.health_quality), 0.0, 0.0, 0.0, 1.0)
    married = (persons.spouse >= 0).astype(np.float64)
    contacts = contacts_by_year(away.contact_memory)
    taken: list[tuple[Array, int, Array]] = []
    since = draw(streams.luck("initial", "stays", ONCE), persons.id)
    for d, there in enumerate(inputs.destinations):
        could = np.flatnonzero(eligible)
        noise = draw(streams.luck("initial", f"emigrants to {there.name}", ONCE), persons.id[could])
        logistics(noise)
        leaving, staying, odds = np.zeros(people), np.zeros(people), np.zeros(people)
        weigh(
            could, persons.attachment, level, skill, persons.skill / mean[BASIC], married, years, quota, usual,
            month.destinations, d, rules, preferences, away, np.array([inputs.pay_basic, inputs.pay_skilled]),
            there.emigrants, services, in_work, recognised, undetected, contacts, leaving, staying, odds,
        )  # fmt: skip
        odds[could] += noise
        for sex in (Sex.WOMAN, Sex.MAN):
            pool = np.flatnonzero(eligible & (persons.sex == sex))
            chosen = pool[ascending(-odds[pool], persons.id[pool])[: wanted[d, sex]]]
            eligible[chosen] = False
            months = np.zeros(len(chosen), np.int64)
            began(
                chosen, persons.attachment, years, quota, staying, since[chosen], month.destinations, d, rules,
                contacts, months,
            )  # fmt: skip
            taken.append((chosen, d, months))
    rows = np.concatenate([chosen for chosen, _, _ in taken])
    where = np.concatenate([np.full(len(chosen), d) for chosen, d, _ in taken])
    months = np.concatenate([ago for _, _, ago in taken])
    if len(rows):
        order = np.argsort(persons.id[rows], kind="stable")
        begin_stays(world, setup, rows[order], where[order], months[order], quota)


def begin_stays(world: World, setup: Setup, rows: Array, where: Array, months: Array, quota: Array) -> None:
    """The stays of those who left so many months ago: work, papers, recognition, contacts."""
    population, inputs, streams, parameters = world.population, setup.inputs, world.streams, setup.parameters
    persons, there = population.persons, population.destinations
    ids, luck = persons.id[rows], streams.luck("initial", "stays", ONCE)
    u = [draw(luck, ids, word) for word in range(3)]
    at_arrival = there.recognition_at_arrival[where]
    hazard = 1.0 - (1.0 - there.recognition[where]) ** months
    known = u[2] < at_arrival + (1.0 - at_arrival) * hazard
    occupation = persons.occupation[rows] * known
    regular = (quota[rows] < there.regular_share[where]) | (months > 12 * PAPERS)
    finding = there.finding[where] * np.where(regular, 1.0, parameters.away.access_without_papers)
    employed = u[1] < finding / (finding + there.separation[where])
    spell_ids = np.zeros(len(ids), np.int64)
    identities(streams.luck("initial", "spells", ONCE), ids, np.zeros_like(ids), spell_ids)
    spells = population.add(
        Migrants, len(rows), id=spell_ids, person=rows,
        household=persons.household[rows], locality=population.households.locality[persons.household[rows]],
        destination=where, start_month=-months - setup.burn_in, motive=int(Motive.WORK),
        route=np.where(regular, int(Route.REGULAR), int(Route.IRREGULAR)), regular=regular.astype(np.int8),
        channel=OPERATOR, employed=employed.astype(np.int8), recognised=known.astype(np.int8), occupation=occupation,
        cost=np.where(regular, there.fare[where], there.irregular_fee[where]),
        altruism=parameters.migration.altruism,
        target_savings=parameters.migration.target_years * 12.0 * inputs.pay_basic,
        savings=np.rint(there.living_cost[where] * 100).astype(np.int64),
    )  # fmt: skip
    persons.spell[rows] = spells
    persons.status[rows] = Status.AWAY
    persons.trips[rows] = 1
    persons.smoothed_earnings[rows] = inputs.pay_basic  # what the household misses
    persons.months_away[rows] = np.minimum(months, 32000)
    persons.contacts[rows] = (1.0 - 1.0 / parameters.away.contact_memory) ** months
