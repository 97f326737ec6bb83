"""Matching: seekers meet vacancies, apply to the best first, firms rank and hire (R2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.codes import Event, Occupation, Reason, Sex, Status, Work
from sim.commuting import (
    Way,
    cost_of_way,
    in_range,
    market_reached,
    remember_vacancies,
    spread_search,
    steps_to_work,
    way_of,
)
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.mechanisms.separations import (
    EMPLOYED,
    FINE,
    INACTIVE,
    MEMORY,
    PSEUDO,
    UNEMPLOYED,
    fine_labour,
    net_pay,
)  # fmt: skip
from sim.parameters import param, switch
from sim.population import OFFERS, Firms, Households, Localities, Markets, Persons
from sim.ranking import clockwise, medians, ranked, rings
from sim.search import NEVER, PART_PAY, PART_TIME
from sim.streams import Luck, derived_id, normal, poisson, uniforms
from sim.table import Array
from sim.technology import FULL_TIME, share_of

OWN_ACCOUNT = int(Status.OWN_ACCOUNT)
NO_REASON, NO_WORK = int(Reason.NONE), int(Work.NONE)
BASIC, SKILLED, WOMAN = int(Occupation.BASIC), int(Occupation.SKILLED), int(Sex.WOMAN)
OTHER_LEVEL = 1 << 20  # open positions of basic work in a firm, at most: the names of skilled ones begin after them
MOST = 8  # contacts of one seeker in a month
MOST_TIES = 3  # working members of the household whose firms one hears of


@rule
def reached(reach: float, intensity: float, service: float, heard: float, boost: float) -> float:
    """Mean number of vacancies a seeker reaches in a month.

    Parameters
    ----------
    reach : 1/month, by own search of an unemployed person
    intensity : of search; 1 for the unemployed
    service : share by which the employment service raises own search, as `service_gain` gives it
    heard : 1/month, heard of through working members of the household and recruiters
    boost : 1/month, contacts arranged for this person

    References
    ----------
    Ioannides and Loury (2004), Journal of Economic Literature 42(4), 1056-1093: about half of jobs are
    found through ties, next to direct search and agencies.
    """
    return intensity * (reach * (1.0 + service) + heard) + boost


@rule
def own_reach(reach: float, through_contacts: float, alive: float) -> float:
    """Vacancies a month by own search, of which a share goes through contacts; ``alive`` of these are left.

    References
    ----------
    Ioannides and Loury (2004), Journal of Economic Literature 42(4), 1056-1093: about half of jobs are
    found through friends and kin.
    """
    return reach * (1.0 - through_contacts * (1.0 - alive))


@rule
def clients_served(places: float, schemes: float, overhead: float, overlap: float) -> float:
    """Share of job seekers whom an employment service of several schemes reaches on a given budget.

    The budget pays for ``places`` per seeker if a single scheme spent all of it on clients; each scheme
    takes a fixed part, so many schemes have fewer places. Schemes that do not know of each other choose
    the same people: at full overlap each draws its clients as if alone, without any they share them out.

    Parameters
    ----------
    places : places per job seeker, >= 0
    schemes : number of schemes, >= 1
    overhead : places per seeker that the fixed cost of one scheme would have paid for
    overlap : in [0, 1]

    Returns
    -------
    dimensionless, in [0, 1]; rises with places, falls with schemes, overhead and overlap.
    """
    left = places - schemes * overhead
    if left <= 0.0:
        return 0.0
    apart = min(left, 1.0)
    alike: float = 1.0 - (1.0 - min(left / schemes, 1.0)) ** schemes
    served: float = apart + overlap * (alike - apart)
    return served


@rule
def fit_of_service(tailored: float, misfit: float, difference: float) -> float:
    """Share of what a service offers that is of use in this place.

    A service made for the whole country misses ``misfit`` of the average place and more where vacancies
    differ from the country's; one made for the place fits it.

    Parameters
    ----------
    tailored : 0 for a service made for the country, 1 for one made here
    misfit : share that does not fit an average place
    difference : in [0, 1], share of vacancies that would have to change occupation to look like the country's
    """
    uniform = (1.0 - misfit) * (1.0 - difference)
    return uniform + tailored * (1.0 - uniform)


@rule
def service_gain(
    places: float, schemes: float, tailored: float, difference: float,
    effect: float, overhead: float, overlap: float, misfit: float,
) -> float:  # fmt: skip
    """Share by which the employment service raises the contacts of a seeker; exactly 0 without places.

    ``effect`` is what a client gains from a service that fits, over own search. Counselling and joint
    administration of benefits and placement: Card, Kluve and Weber (2018), Journal of the European Economic
    Association 16(3), 894-931; that fragmented schemes lose by fixed costs and overlap is an assumption.
    """
    if places <= 0.0:
        return 0.0
    served = clients_served(places, schemes, overhead, overlap)
    return effect * served * fit_of_service(tailored, misfit, difference)


@rule
def chance_to_meet(mean: float) -> float:
    """Chance to reach at least one vacancy when the mean number is ``mean`` (Poisson)."""
    return 1.0 - math.exp(-mean)


@rule
def asked_per_unit(flow: float, reserve: float, units: float, tax_rate: float) -> float:
    """Full-time gross pay per efficiency unit at which somebody accepts: ``(b + r)`` over units after tax."""
    return max(flow + reserve, 0.0) / (units * (1.0 - tax_rate))


@rule
def seeming_productivity(
    skill: float, noise: float, uniform: float, unread: float, spread: float, usual: float
) -> float:
    """Skill as the firm sees it: true skill times log-normal noise, shrunk where it cannot be read.

    A qualification that is not recognised here adds noise of its own. The firm knows that, and trusts what it
    sees less: it mixes it with the ``usual`` skill of people without the qualification, by the weights of the
    linear projection, ``spread^2 / (spread^2 + unread^2)``. At ``unread`` 0 that weight is 1.

    Parameters
    ----------
    skill, usual : efficiency units
    noise : standard deviation of log noise in which skill is seen
    uniform : luck of this meeting, in (0, 1)
    unread : standard deviation of what an unrecognised qualification adds; 0 for a recognised one
    spread : standard deviation of log skill among people

    References
    ----------
    Phelps (1972), American Economic Review 62(4), 659-661; Aigner and Cain (1977), ILR Review 30(2), 175-187.
    """
    if unread <= 0.0:
        return skill * math.exp(noise * normal(uniform))
    trusted = spread * spread / (spread * spread + unread * unread)
    seen = math.log(skill) + math.sqrt(noise * noise + unread * unread) * normal(uniform)
    return math.exp(trusted * seen + (1.0 - trusted) * math.log(usual))


@rule
def valued(seeming: float, newcomer: int, woman: int, against_newcomers: float, against_women: float) -> float:
    """Expected productivity less what the firm takes off for who somebody is; exactly itself at 0.

    References
    ----------
    Becker (1957), The Economics of Discrimination: a taste, as a share of what the person is worth.
    """
    if newcomer == 1:
        seeming *= 1.0 - against_newcomers
    if woman == 1:
        seeming *= 1.0 - against_women
    return seeming


@rule
def offers_per_searcher(offers: float, searchers: float, overall: float) -> float:
    """Observed lambda of a market, shrunk to the territory's with 20 pseudo-offers in three months."""
    if overall <= 0.0:
        return 0.0
    return min((offers + PSEUDO) / (searchers + PSEUDO / overall), 1.0)


@kernel
def open_slots(firms: Firms, luck: Luck, slot_firm: Array, slot_market: Array, slot_id: Array) -> None:
    """One slot for each open position, with an identity of its own."""
    slot = 0
    for f in range(len(firms.vacancies)):
        for level in range(2):
            before = OTHER_LEVEL if level == SKILLED and firms.skilled_weight[f] < 1.0 else 0
            for number in range(firms.vacancies[f, level]):
                slot_firm[slot] = f
                slot_market[slot] = 2 * firms.locality[f] + level
                slot_id[slot] = derived_id(luck, firms.id[f], before + number + 1)
                slot += 1


@rule
def expected_offer(here: float, elsewhere: float, seen: int) -> float:
    """What a month's vacancies tell of offers: those of the market, shrunk to the territory's.

    Parameters
    ----------
    here, elsewhere : money/month of an efficiency unit, or a share
        Of the vacancies of this market, and of those of the same occupation in the whole territory.
    seen : vacancies of this market, >= 0
        Twenty of the territory's in three months count beside them, as in `offers_per_searcher`: pay that
        people expect does not follow the few firms of a place alone. A single place has its own, exactly.
    """
    return elsewhere + seen / (seen + PSEUDO) * (here - elsewhere)


@kernel
def update_offers(
    firms: Firms,
    localities: Localities,
    markets: Markets,
    slot_firm: Array,
    slot_market: Array,
    slot_id: Array,
) -> None:
    """What was on offer this month moves the offers that searchers expect; an empty month changes nothing."""
    pay, occupation = np.zeros(len(slot_firm)), np.zeros(len(slot_firm), np.int64)
    full_time = np.zeros(len(slot_firm), np.int64)
    for k in range(len(slot_firm)):
        f = slot_firm[k]
        occupation[k] = slot_market[k] % 2
        pay[k] = net_pay(firms.posted_wage[f, occupation[k]], localities.tax_rate[firms.locality[f]], firms.formal[f])
        full_time[k] = firms.full_time[f]
    order, first = ranked(slot_market, pay, slot_id, len(markets.vacancies))
    everywhere, begins = ranked(occupation, pay, slot_id, 2)
    part_everywhere = np.zeros(2)
    for k in range(len(slot_firm)):
        part_everywhere[occupation[k]] += 1 - full_time[k]
    for m in range(len(markets.vacancies)):
        begin, count = first[m], first[m + 1] - first[m]
        start, total = begins[m % 2], begins[m % 2 + 1] - begins[m % 2]
        markets.vacancies[m] = count
        if total == 0:
            continue
        part = 0
        for k in range(begin, begin + count):
            part += 1 - full_time[order[k]]
        usual = part_everywhere[m % 2] / total
        share = expected_offer(part / count if count > 0 else usual, usual, count)
        markets.part_share[m] += MEMORY * (share - markets.part_share[m])
        for point in range(OFFERS):
            usual = pay[everywhere[start + (2 * point + 1) * total // (2 * OFFERS)]]
            here = pay[order[begin + (2 * point + 1) * count // (2 * OFFERS)]] if count > 0 else usual
            markets.offers[m, point] += MEMORY * (expected_offer(here, usual, count) - markets.offers[m, point])


@kernel
def strangeness(slot_market: Array, difference: Array) -> None:
    """How far the vacancies of each place differ by occupation from those of the territory, 0 to 1."""
    open_here, skilled_here = np.zeros(len(difference), np.int64), np.zeros(len(difference), np.int64)
    for k in range(len(slot_market)):
        place, level = slot_market[k] // 2, slot_market[k] % 2
        open_here[place] += 1
        skilled_here[place] += level
    total = skilled = 0
    for place in range(len(difference)):
        total += open_here[place]
        skilled += skilled_here[place]
    for place in range(len(difference)):
        if open_here[place] > 0:
            difference[place] = abs(skilled_here[place] / open_here[place] - skilled / total)


@kernel
def look_around(
    persons: Persons, households: Households, localities: Localities, rules: Matching, way: Way, own_search: float,
    drawn: Array, difference: Array, begins: Array, contacts: Array, searchers: Array,
) -> int:  # fmt: skip
    """How many vacancies each seeker will reach; returns their sum.

    ``searchers`` counts searchers by market in units of one who is unemployed: somebody on own account
    counts by the chance to meet a vacancy at all, and who looks in other places, too, by their vacancies.
    """
    total = 0
    whole = round(FINE)
    partly = round(FINE * chance_to_meet(rules.reach * own_search) / chance_to_meet(rules.reach))
    service = np.zeros(len(difference))
    for place in range(len(difference)):
        service[place] = service_gain(
            localities.service_reach[place], localities.service_schemes[place], localities.service_fit[place],
            difference[place], rules.service_effect, rules.scheme_cost, rules.overlap, rules.misfit,
        )  # fmt: skip
    working = np.zeros(len(households.locality), np.int64)
    for i in range(len(persons.status)):
        if persons.status[i] == EMPLOYED:
            working[persons.household[i]] += 1
    for i in range(len(persons.status)):
        status = persons.status[i]
        if status < UNEMPLOYED or status > OWN_ACCOUNT:
            continue
        home = persons.household[i]
        place = households.locality[home]
        own = own_reach(rules.reach, rules.through_contacts, 1.0 * persons.contacts[i])
        if status == EMPLOYED:
            heard = rules.recruiters + rules.ties * min(working[home] - 1, MOST_TIES)
            mean = reached(own, rules.on_the_job, 0.0, heard, 0.0)  # the service is for those without a job
        else:
            heard = rules.recruiters + rules.ties * min(working[home], MOST_TIES)
            intensity = 1.0 if status == UNEMPLOYED else own_search
            units = whole if status == UNEMPLOYED else partly
            spread_search(units, place, min(persons.search_range[i], way.steps), persons.seeks[i], begins, searchers)
            mean = reached(own, intensity, service[place], heard, persons.contact_boost[i])
        number = min(poisson(mean, drawn[i]), MOST)
        contacts[i] = number
        total += number
    return total


@kernel
def meet(
    persons: Persons, households: Households, firms: Firms, localities: Localities,
    time: Any, way: Way, age_base: int,
    luck: Luck, more_luck: Luck, where: Luck, elsewhere: Luck, contacts: Array, slot_firm: Array,
    places: Array, items: Array, begins: Array, index: Array,
    options: Array, option_firm: Array, refusals: Array,
    met_firm: Array, met_market: Array, asked: Array,
) -> int:  # fmt: skip
    """Each seeker orders the vacancies reached that are worth taking, the best first; returns the number of meetings.

    ``options`` is how many there are, of the places in ``option_firm`` that are as many as contacts;
    Each meeting notes the pay per efficiency unit at which the job would just be accepted. ``time`` are the
    parameters of `Participation`, by which hours on the way are worth something.
    """
    met = begin = 0
    surpluses = np.zeros(MOST)
    for i in range(len(contacts)):
        if contacts[i] == 0:
            continue
        first, begin = begin, begin + int(contacts[i])
        place, steps = households.locality[persons.household[i]], min(persons.search_range[i], way.steps)
        level = persons.seeks[i]
        if in_range(place, steps, level, begins) == 0:
            continue
        market = refused = 2 * place + level
        tax_rate = localities.tax_rate[place]
        here = persons.employer[i]
        reserve = persons.reservation_flow[i]
        if here >= 0:  # moves for more than the present job is worth
            net = net_pay(persons.wage[i], tax_rate, persons.formal[i])
            full = persons.hours[i] >= FULL_TIME
            reserve = net - (persons.not_working[i] if full else persons.not_working_part[i])
            if firms.locality[here] != place:
                away = steps_to_work(persons, households, firms, i)
                reserve -= cost_of_way(
                    persons, households, localities, time, way, 1.0 * persons.hours[i], away, age_base, i
                )
        first_four = uniforms(luck, persons.id[i])
        last_four = uniforms(more_luck, persons.id[i]) if contacts[i] > 4 else first_four
        first_places = uniforms(where, persons.id[i]) if steps > 0 else first_four
        last_places = uniforms(elsewhere, persons.id[i]) if steps > 0 and contacts[i] > 4 else first_four
        seen = found = 0
        for contact in range(contacts[i]):
            drawn = first_four[contact] if contact < 4 else last_four[contact - 4]
            if steps > 0:
                at_place = first_places[contact] if contact < 4 else last_places[contact - 4]
                market = market_reached(at_place, place, steps, level, begins)
            f = slot_firm[clockwise(drawn, market, places, items, begins, index)]
            full = firms.full_time[f] == 1
            flow = persons.not_working[i] if full else persons.not_working_part[i]
            if firms.locality[f] != place:
                away = abs(firms.locality[f] - place)
                hours = FULL_TIME if full else PART_TIME
                flow += cost_of_way(persons, households, localities, time, way, hours, away, age_base, i)
            if f == here or flow >= NEVER:
                continue
            refused = market if seen == 0 else refused
            seen += 1
            units = persons.skill[i] * (1.0 if full else PART_PAY)
            surplus = net_pay(firms.posted_wage[f, level] * units, tax_rate, firms.formal[f]) - flow - reserve
            pay_asked = asked_per_unit(flow, reserve, units, tax_rate if firms.formal[f] == 1 else 0.0)
            met_firm[met], met_market[met], asked[met] = f, market, pay_asked
            met += 1
            if surplus < 0.0 or (surplus == 0.0 and here >= 0):
                continue
            at = known = found
            for k in range(found):
                if option_firm[first + k] == f:
                    known = -1
            if known < 0:
                continue
            while at > 0 and surpluses[at - 1] < surplus:
                surpluses[at] = surpluses[at - 1]
                option_firm[first + at] = option_firm[first + at - 1]
                at -= 1
            surpluses[at], option_firm[first + at] = surplus, f
            found += 1
        options[i] = found
        if seen > 0 and found == 0 and here < 0:
            refusals[refused] += 1
    return met


@kernel
def hire(
    persons: Persons, households: Households, firms: Firms, markets: Markets, rules: Matching, luck: Luck,
    contacts: Array, options: Array, option_firm: Array, applied: Array, hired: Array,
) -> None:  # fmt: skip
    """Firms take the applicants they rank first; whoever is turned down applies to the next best.

    All firms of a place see the same of a person, so that they rank alike; then the outcome in which no
    firm and no seeker would rather have each other is found by letting seekers choose in the order of that
    rank among what is still open (Gale and Shapley 1962, American Mathematical Monthly 69(1), 9-15).
    """
    total = 0
    for i in range(len(options)):
        if options[i] > 0:
            total += 1
    rows, begins, group = np.zeros(total, np.int64), np.zeros(total, np.int64), np.zeros(total, np.int64)
    scores, ids = np.zeros(total), np.zeros(total, np.int64)
    found = begin = 0
    for i in range(len(options)):
        if options[i] > 0:
            u0, _, _, _ = uniforms(luck, persons.id[i])
            rows[found], begins[found], ids[found] = i, begin, persons.id[i]
            unread = rules.unread if persons.recognised[i] == 0 and persons.occupation[i] == SKILLED else 0.0
            usual = markets.usual_skill[2 * households.locality[persons.household[i]] + BASIC]
            seeming = seeming_productivity(persons.skill[i], rules.noise, u0, unread, rules.skill_spread, usual)
            scores[found] = -valued(
                seeming, persons.newcomer[i], 1 if persons.sex[i] == WOMAN else 0,
                rules.discrimination, rules.discrimination_women,
            )  # fmt: skip
            found += 1
        begin += int(contacts[i])
    order, _ = ranked(group, scores, ids, 1)
    taken = np.zeros((len(firms.vacancies), 2), np.int64)
    for k in range(total):
        i, begin = rows[order[k]], begins[order[k]]
        applied[i], level = option_firm[begin], persons.seeks[i]
        for choice in range(min(options[i], rules.applications)):
            f = option_firm[begin + choice]
            if taken[f, level] < firms.vacancies[f, level]:
                taken[f, level] += 1
                applied[i], hired[i] = f, 1
                break


@kernel
def start_jobs(
    persons: Persons,
    households: Households,
    firms: Firms,
    markets: Markets,
    rules: Matching,
    applied: Array,
    hired: Array,
    refusals: Array,
    searchers: Array,
) -> None:
    """Those hired start now; what searchers believe about the chance of an offer follows what happened."""
    count = len(markets.hires)
    hires, applicants = np.zeros(count, np.int64), np.zeros(count, np.int64)
    taken, found = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for i in range(len(applied)):
        f = applied[i]
        if f < 0:
            continue
        level = persons.seeks[i]
        market = 2 * firms.locality[f] + level
        applicants[market] += 1
        if hired[i] == 0:
            continue
        hires[market] += 1
        if persons.status[i] == EMPLOYED:
            firms.jobs[persons.employer[i], persons.level[i]] -= 1
        else:
            taken[market] += 1
            home = 2 * households.locality[persons.household[i]] + level
            found[home] += 1 if persons.status[i] == UNEMPLOYED else 0
        full = firms.full_time[f] == 1
        persons.employer[i], persons.level[i] = f, level
        persons.status[i] = EMPLOYED
        persons.wage[i] = (1.0 if full else PART_PAY) * firms.posted_wage[f, level] * persons.skill[i]
        persons.hours[i] = FULL_TIME if full else PART_TIME
        persons.formal[i] = firms.formal[f]
        persons.work[i] = NO_WORK
        persons.tenure[i] = 0
        persons.search_months[i] = 0
        persons.why_out[i] = NO_REASON
        firms.jobs[f, level] += 1
        firms.vacancies[f, level] -= 1
    for m in range(count):
        success = hires[m] / applicants[m] if applicants[m] > 0 else 1.0
        markets.hires[m] = hires[m]
        markets.found[m] = found[m]
        markets.contacts[m] = taken[m] + round(success * refusals[m])
    # One more searcher would have got an offer where vacancies stayed open: so a market in which nobody
    # looks any more is not believed to be empty.
    offered, looked = np.zeros(count), np.zeros(count)
    for m in range(count):
        one_more = chance_to_meet(rules.reach) if markets.vacancies[m] > hires[m] else 0.0
        offered[m] = markets.contacts[m] + one_more
        looked[m] = searchers[m] / FINE + 1.0
    for occupation in range(2):
        all_offered = all_looked = 0.0
        for m in range(occupation, count, 2):
            all_offered += offered[m]
            all_looked += looked[m]
        for m in range(occupation, count, 2):
            observed = offers_per_searcher(offered[m], looked[m], all_offered / all_looked)
            markets.arrival[m] += MEMORY * (observed - markets.arrival[m])


@kernel
def learn_from_applicants(
    firms: Firms, meetings: int, met_firm: Array, met_market: Array, asked: Array, count: int
) -> None:
    """Each firm learns the median pay asked by those of each level it met and could afford; else their market's.

    Who asks for more than an efficiency unit is worth to the firm cannot be attracted, and tells it nothing
    about the pay at which it could hire.
    """
    kept = 0
    for k in range(meetings):
        f, level = met_firm[k], met_market[k] % 2
        if asked[k] <= firms.marginal_product[f, level]:
            met_firm[kept], met_market[kept], asked[kept] = 2 * f + level, met_market[k], asked[k]
            kept += 1
    of_team = medians(met_firm[:kept], asked[:kept], 2 * len(firms.open))
    of_market = medians(met_market[:kept], asked[:kept], count)
    for f in range(len(firms.open)):
        for level in range(2):
            learnt = of_team[2 * f + level]
            if learnt < 0.0 and firms.open[f] == 1 and share_of(level, firms.skilled_weight[f]) > 0.0:
                learnt = of_market[2 * firms.locality[f] + level]
            if learnt >= 0.0:
                firms.applicants_wage[f, level] = learnt


@kernel
def close_month(
    persons: Persons, households: Households, firms: Firms, localities: Localities, markets: Markets,
    rules: Matching, luck: Luck, start: bool,
) -> None:  # fmt: skip
    """Months in the job and of search; unemployment and mean wages; offers of month 0 are remembered."""
    places, count = len(localities.searchers), len(markets.searchers)
    unemployed, force = np.zeros(places, np.int64), np.zeros(places, np.int64)
    searching, workers = np.zeros(count, np.int64), np.zeros(count, np.int64)
    pay = np.zeros(count, np.int64)
    labour = np.zeros((len(firms.labour), 2), np.int64)
    for i in range(len(persons.status)):
        status = persons.status[i]
        if status < INACTIVE or status > OWN_ACCOUNT:
            continue
        place = households.locality[persons.household[i]]
        if persons.recognised[i] == 0:
            u0, _, _, _ = uniforms(luck, persons.id[i])
            if u0 < rules.recognition:
                persons.recognised[i] = 1
        if status == EMPLOYED:
            f, level = persons.employer[i], persons.level[i]
            share = persons.hours[i] / FULL_TIME
            labour[f, level] += fine_labour(persons.skill[i], persons.hours[i])
            market = 2 * firms.locality[f] + level
            workers[market] += 1
            pay[market] += round(persons.wage[i] / (persons.skill[i] * share) * 100.0)
            persons.tenure[i] = min(persons.tenure[i] + 1, 1200)
            force[place] += 1
        elif status == UNEMPLOYED:
            persons.search_months[i] = min(persons.search_months[i] + 1, 1200)
            searching[2 * place + persons.seeks[i]] += 1
            unemployed[place] += 1
            force[place] += 1
        else:  # what was learnt in vain is forgotten as slowly
            persons.search_months[i] = max(persons.search_months[i] - 1, 0)
            if status == OWN_ACCOUNT:
                force[place] += 1
    for f in range(len(labour)):
        for level in range(2):
            firms.labour[f, level] = labour[f, level] / FINE
    for place in range(places):
        localities.searchers[place] = unemployed[place]
        localities.unemployment[place] = unemployed[place] / force[place] if force[place] > 0 else 0.0
    for m in range(count):
        markets.searchers[m] = searching[m]
        if workers[m] > 0:
            markets.mean_wage[m] = pay[m] / workers[m] / 100.0
        if start:
            markets.start_arrival[m] = markets.arrival[m]


@dataclass
class Matching(Mechanism):
    """Seekers reach some of the open vacancies, apply to the best first, and firms hire the best applicants.

    Unemployed people search fully, people on own account with the intensity of `Participation`, employees
    a little. A seeker reaches a Poisson number of the vacancies of the market in which search is worth
    most, and applies to the one with the largest surplus over reservation pay; whoever is turned down there
    goes on to the next best within the month, and who finds none worth it refuses. No matching function is
    imposed: vacancies stay open because nobody reached them or all refused, and seekers stay because others
    were ahead wherever they knew of a job. With one application a month seekers crowd at the best vacancies,
    so that to know of more hardly raises hires (Albrecht, Gautier and Vroman 2006, American Economic Review
    96(4); Kircher 2009, Journal of Political Economy 117(5): applications to several jobs).

    Vacancies are reached by own search, through working members of the household and recruiters, and with
    the help of the employment service: more with its reach and local fit, fewer with its number of schemes.

    Where other localities are near enough (`commuting` of the place) the vacancies reached are drawn from all places
    in which the person searches, no more of them than otherwise. One elsewhere is worth its net pay less the fare, and
    b is that of the hours of job and way together. What a firm learns of pay asked it learns from those who would
    have to travel, too.

    Firms may take something off for who an applicant is. What is known conflicts. Applications that differ
    by a foreign name alone are answered a third less often (Bertrand and Mullainathan 2004, American
    Economic Review 94(4); Zschirnt and Ruedin 2016, Journal of Ethnic and Migration Studies 42(7), a mean over
    738 tests); pay of people alike in tested skills differs little (Neal and Johnson 1996, Journal of Political
    Economy 104(5)), and a callback is not a job (Heckman 1998, Journal of Economic Perspectives 12(2)). The
    default for newcomers, 5 % of what they are worth, lies between the two. For women the same kind of tests finds no
    difference on average, with some in both directions by occupation (Riach and Rich 2002, Economic Journal 112; Kline,
    Rose and Walters 2022, Quarterly Journal of Economics 137(4)): default 0. At 0 neither has any effect.
    """

    reads = (
        Persons.id, Persons.household, Persons.sex, Persons.skill, Persons.occupation, Persons.newcomer, Persons.seeks,
        Persons.reservation_flow, Persons.not_working, Persons.not_working_part, Persons.contact_boost,
        Persons.contacts, Persons.search_range, Persons.birth_month, Persons.taste, Persons.care_hours,
        Persons.nonlabour_income,
        Households.locality,
        Firms.id, Firms.locality, Firms.skilled_weight, Firms.full_time, Firms.formal, Firms.open,
        Firms.posted_wage, Firms.marginal_product,
        Localities.tax_rate, Localities.service_reach, Localities.service_schemes, Localities.service_fit,
        Localities.price_index, Localities.median_income, Localities.median_pay,
        Markets.usual_skill,
    )  # fmt: skip
    writes = (
        Persons.status, Persons.employer, Persons.level, Persons.wage, Persons.hours, Persons.formal, Persons.work,
        Persons.tenure, Persons.search_months, Persons.why_out, Persons.recognised,
        Firms.jobs, Firms.labour, Firms.vacancies, Firms.applicants_wage,
        Markets.offers, Markets.part_share, Markets.arrival, Markets.start_arrival, Markets.searchers,
        Markets.contacts, Markets.vacancies, Markets.usual_vacancies, Markets.hires, Markets.found, Markets.mean_wage,
        Localities.searchers, Localities.unemployment,
    )  # fmt: skip
    answers = (
        Answer(Firms.vacancies, Firms.jobs, +1, "more open positions are filled", factor=2.0),
        Answer(Persons.reservation_flow, Firms.jobs, -1, "seekers accept less often", factor=5.0),
        Answer(Firms.posted_wage, Markets.offers, +1, "offers follow posted wages"),
    )
    shows = ("unemployment", "time_to_fill")

    on: int = switch("the whole line: nobody is hired")
    reach: float = param(2.0, "1/month", (0.5, 10.0), "vacancies an unemployed person reaches; assumption")
    applications: int = param(
        MOST, "1/month", (1, MOST), "vacancies a seeker can apply to, the best first; 1: no second try; assumption"
    )
    commuting: int = switch("work in other localities: all are apart")
    working_days: float = param(
        21.0,
        "day/month",
        (10.0, 26.0),
        "ways to work elsewhere, of part-time jobs as well: five a week less leave; assumption",
    )
    fare: float = param(0.25, "1", (0.0, 2.0), "price of an hour on the way, in hours of median pay; assumption")
    on_the_job: float = param(0.05, "1", (0.0, 1.0), "search intensity of employees; assumption")
    ties: float = param(
        0.1, "1/month", (0.0, 1.0), "vacancies heard of through each working member of the household; assumption"
    )
    through_contacts: float = param(
        0.5, "1", (0.0, 1.0), "share of own search that goes through contacts: outside, Ioannides and Loury 2004"
    )
    recruiters: float = param(0.1, "1/month", (0.0, 2.0), "vacancies that recruiters bring to a seeker; assumption")
    service_effect: float = param(
        1.0, "1", (0.0, 3.0), "contacts a client of the employment service gains, over own search; assumption"
    )
    scheme_cost: float = param(
        0.01, "1", (0.0, 0.1), "places per seeker that the fixed cost of one scheme takes; assumption, see CLM-39"
    )
    overlap: float = param(0.5, "1", (0.0, 1.0), "how far schemes choose the same clients; assumption")
    misfit: float = param(
        0.3, "1", (0.0, 0.9), "share of a national service that does not fit an average place; assumption"
    )
    noise: float = param(0.2, "1", (0.0, 2.0), "log noise in which firms see skill; assumption")
    unread: float = param(0.4, "1", (0.0, 2.0), "log noise that an unrecognised qualification adds; assumption")
    skill_spread: float = param(0.3, "1", (0.05, 1.0), "standard deviation of log skill firms reckon with; assumption")
    recognition: float = param(
        0.02, "1/month", (0.0, 1.0), "chance that a newcomer's qualification becomes known here; assumption"
    )
    discrimination: float = param(
        0.05, "1", (0.0, 0.9), "taken off what newcomers are worth; assumption between conflicting studies, see there"
    )
    discrimination_women: float = param(
        0.0, "1", (0.0, 0.9), "taken off what women are worth; outside, Riach and Rich 2002: none on average"
    )

    def __call__(self, month: Month) -> None:
        """Meet, apply, rank, start; then update what everybody has learnt."""
        persons, households, firms = month.persons, month.households, month.firms
        localities, markets = month.localities, month.markets
        own_search: float = month.rules_of("participation").own_search
        people, count = month.count(Persons), month.count(Markets)
        slots = int(month.values(Firms.vacancies).sum())
        slot_firm, slot_market, slot_id = (np.zeros(slots, np.int64) for _ in range(3))
        open_slots(firms, month.luck("slots"), slot_firm, slot_market, slot_id)
        update_offers(firms, localities, markets, slot_firm, slot_market, slot_id)
        way = way_of(month)
        if way.steps > 0:
            remember_vacancies(markets, MEMORY)
        ring = rings(slot_market, slot_id, count, month.luck("ring"))
        contacts, options = np.zeros(people, np.int8), np.zeros(people, np.int8)
        applied, hired = np.full(people, -1, np.int32), np.zeros(people, np.int8)
        searchers, refusals = np.zeros(count, np.int64), np.zeros(count, np.int64)
        difference = np.zeros(month.count(Localities))
        strangeness(slot_market, difference)
        most = look_around(
            persons, households, localities, self.rules, way, own_search,
            month.draw(month.values(Persons.id), month.luck("contacts")), difference, ring[2], contacts, searchers,
        )  # fmt: skip
        option_firm = np.empty(most, np.int64)
        met_firm, met_market, asked = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most)
        meetings = meet(
            persons, households, firms, localities, month.rules_of("participation"), way, month.age_base,
            month.luck("places"), month.luck("more places"), month.luck("where"), month.luck("elsewhere"), contacts,
            slot_firm, *ring, options, option_firm, refusals, met_firm, met_market, asked,
        )  # fmt: skip
        hire(
            persons, households, firms, markets, self.rules, month.luck("ranking"), contacts,
            options, option_firm, applied, hired,
        )  # fmt: skip
        start_jobs(persons, households, firms, markets, self.rules, applied, hired, refusals, searchers)
        learn_from_applicants(firms, meetings, met_firm, met_market, asked, count)
        close_month(
            persons, households, firms, localities, markets, self.rules, month.luck("recognition"), month.age_base <= 0
        )
        rows = np.flatnonzero(hired != 0)
        home = month.values(Households.locality)[month.values(Persons.household)[rows]]
        steps = np.abs(month.values(Firms.locality)[month.values(Persons.employer)[rows]] - home)
        minutes = steps * month.territory.commuting
        month.record(int(Event.HIRED), rows, 0, month.values(Persons.wage)[rows], cause=minutes)
