"""The choice of a place: what each is worth to one person, by which way; who wants to leave, return or move on (R3).

Rules and loops of `Migration`, which sees to what can be paid and who goes. Years are years of local pay.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.codes import Occupation, Route, Status, Work
from sim.mechanism import kernel, rule
from sim.mechanisms.away import pay_there
from sim.moving import (
    HOME,
    LARGEST,
    NOBODY,
    NOT_ASKED,
    RETIREMENT,
    acquainted,
    annuity,
    attachment_away,
    believed_chance,
    certainty_equivalent,
    doubt,
    family_terms,
    gain_in_years,
    gumbel,
    help_there,
    knowledge,
    life_at_home,
    logistic,
    of_place,
    own_account_worth,
    prevalence_group,
    price_of_trip,
    prospects_here,
    recognised_share,
    recruiter_price,
    share_in_work,
    share_of_attachment,
    terms_here,
    utility_of_place,
    wait_left,
    worth_of_income,
    worth_of_place,
)
from sim.population import Destinations, Households, Localities, Markets, Migrants, Persons, Recruiters
from sim.streams import Luck, uniforms
from sim.table import Array
from sim.technology import FULL_TIME

if TYPE_CHECKING:
    from sim.mechanisms.migration import Migration

STUDENT, AWAY = int(Status.STUDENT), int(Status.AWAY)
FARM = int(Work.FARM)
BASIC, SKILLED = int(Occupation.BASIC), int(Occupation.SKILLED)
REGULAR, IRREGULAR, RECRUITED = int(Route.REGULAR), int(Route.IRREGULAR), int(Route.RECRUITER)
WHO, CHOSEN, WAY, PUSHED, SETTLES = range(5)  # of a move, in whole numbers
GAIN, PRICE, HELP, PUSH, PULL, NETWORK, EXAMPLE = range(7)  # of a move, in years of pay, money and shares
CLOSED = -1e30  # weight of a place that nobody can go to


class Home(NamedTuple):
    """Life at home as one person sees it."""

    income: float  # sure income, real money a month
    terms: float  # services, protection and rights, years
    median: float  # median pay, real money a month
    price: float  # price index
    c0: float  # home production and support by kin, real money a month
    months: float  # looked ahead


class There(NamedTuple):
    """What work at a destination is believed to bring, in real money a month."""

    pay: float  # with papers
    less: float  # without
    living: float  # what living there costs


class Trip(NamedTuple):
    """The best way to be at a destination."""

    way: int  # codes.Route
    cost: float  # money
    gain: float  # X, years
    worth: float  # present value of one more a month there, months
    wait: float  # months until a regular place opens


@kernel
def outlook(
    destinations: Destinations, rules: Migration, beta: float, access: float,
    in_work: Array, recognised: Array, undetected: Array,
) -> None:  # fmt: skip
    """What a stay offers whoever goes: time in work by papers and a job on arrival, recognition, control."""
    months = 1.0 * rules.horizon
    for d in range(len(destinations.fare)):
        find = 1.0 * destinations.current_finding[d]
        lose = 1.0 * destinations.current_separation[d]
        for placed in range(2):
            in_work[d, 0, placed] = share_in_work(1.0 * placed, find * access, lose, months)
            in_work[d, 1, placed] = share_in_work(1.0 * placed, find, lose, months)
        recognised[d] = recognised_share(destinations.recognition_at_arrival[d], destinations.recognition[d], months)
        staying = annuity(beta * (1.0 - destinations.detection[d]), months)
        undetected[d] = staying / annuity(beta, months)


@rule
def life_here(
    persons: Persons, households: Households, localities: Localities, markets: Markets, rules: Migration,
    preferences: Any, now: int, i: int,
) -> Home:  # fmt: skip
    """Life at home as one person sees it: an equal share of the others' income, and what the person can earn."""
    away = persons.status[i] == AWAY
    h = persons.household[i]
    place = households.locality[h]
    price = 1.0 * localities.price_index[place]
    base = max(1.0 * localities.base_pay[place], 1e-9)
    median = localities.median_pay[place] / price if localities.median_pay[place] > 0.0 else base
    months = max(1.0, min(1.0 * rules.horizon, 1.0 * (RETIREMENT - (now - persons.birth_month[i]))))
    mine = 0.0 if away else 1.0 * persons.smoothed_earnings[i]
    others = max(households.others_earnings[h] - mine, 0.0) + max(1.0 * households.other_income[h], 0.0)
    share = others / max(households.members[h] + (1 if away else 0), 1) / price
    beside = households.own_workers[h] - (1 if persons.work[i] == FARM else 0)
    own = own_account_worth(
        1.0 * households.land[h], 1.0 * max(beside, 0), 1.0 * localities.farm_return[place],
        1.0 * localities.trade_return[place], 1.0 * persons.skill[i],
    ) / price  # fmt: skip
    row = 2 * place + persons.occupation[i]
    offer = 0.5 * (1.0 * markets.offers[row, 7] + markets.offers[row, 8]) * persons.skill[i] / price
    time = min(persons.not_working[i] / price, 100.0 * base)
    find, lose = 1.0 * markets.arrival[row], 1.0 * markets.separation[row]
    better, worse, chance = prospects_here(persons.status[i], mine / price, offer, own, time, find, lose, months)
    c0 = preferences.home_production * base
    here = certainty_equivalent(share + better, share + worse, chance, c0, preferences.curvature)
    services = 0.5 * (1.0 * localities.school_quality[place] + localities.health_quality[place])
    terms = terms_here(
        rules.services, services, rules.protection, 1.0 * persons.insured[i], rules.rights,
        1.0 * localities.rights[place],
    )  # fmt: skip
    return Home(here, terms, median, price, c0, months)


@kernel
def look_back(
    persons: Persons, households: Households, localities: Localities, markets: Markets, rules: Migration,
    preferences: Any, now: int, worth: Array, terms: Array, levels: Array,
) -> int:  # fmt: skip
    """What life here is worth to each adult of working age: the home terms of month 0. Returns how many."""
    count = 0
    for i in range(len(persons.household)):
        status = persons.status[i]
        age = now - persons.birth_month[i]
        if status < STUDENT or status >= AWAY or age < 180 or age >= RETIREMENT or persons.in_school[i]:
            continue
        home = life_here(persons, households, localities, markets, rules, preferences, now, i)
        worth[count], terms[count], levels[count] = home.income, home.terms, persons.occupation[i]
        count += 1
    return count


@rule
def life_there(
    persons: Persons, destinations: Destinations, markets: Markets, recognised: float, penalty: float, doubted: float,
    price: float, i: int, place: int, d: int,
) -> There:  # fmt: skip
    """Pay at a destination as somebody from one place believes it to be, and what living there costs.

    Parameters
    ----------
    recognised : chance that qualifications are recognised half way through a stay, in [0, 1]
    penalty : share of pay lost without papers, in [0, 1)
    doubted : see `doubt`
    price : price index at home
    """
    skill_return = destinations.skill_return[d]
    basic = 1.0 * persons.skill[i] / markets.usual_skill[2 * place + BASIC]
    net = pay_there(destinations.current_pay[d, BASIC], basic, skill_return, 1, 0.0)
    if persons.occupation[i] == SKILLED:
        skilled = 1.0 * persons.skill[i] / markets.usual_skill[2 * place + SKILLED]
        high = pay_there(destinations.current_pay[d, SKILLED], skilled, skill_return, 1, 0.0)
        net += recognised * (high - net)
    pay = net * doubted / price
    return There(pay, pay * (1.0 - penalty), destinations.current_living_cost[d] / price)


@rule
def share_with_job(in_work: Array, d: int, papers: int, placed: float) -> float:
    """Share of the time there in work, by papers and by the chance of a job on the first day (see `outlook`)."""
    share: float = in_work[d, papers, 0] + placed * (in_work[d, papers, 1] - in_work[d, papers, 0])
    return share


@rule
def staying_away(
    migrants: Migrants, there: There, home: Home, in_work: Array, undetected: Array, curvature: float,
    present_value: float, spell: int, d: int,
) -> Trip:  # fmt: skip
    """What it is worth to somebody who lives there to go on doing so; they know what it is like."""
    papers = 1 if migrants.regular[spell] else 0
    chance = share_with_job(in_work, d, papers, 1.0 * migrants.employed[spell])
    pay = there.pay if papers else there.less
    income = certainty_equivalent(pay - there.living, 0.0, chance, home.c0, curvature)
    worth = present_value if papers else present_value * undetected[d]
    gain = gain_in_years(income, home.income, worth, 0.0, home.median, home.c0, curvature)
    return Trip(0 + migrants.route[spell], 0.0, gain, worth, 0.0)


@rule
def way_there(
    persons: Persons, destinations: Destinations, recruiters: Recruiters, rules: Migration, there: There, home: Home,
    in_work: Array, undetected: Array, beta: float, curvature: float, present_value: float, now: int,
    helped: float, doubted: float, admitted: bool, i: int, d: int,
) -> Trip:  # fmt: skip
    """The best way to a destination: the regular one to whom it is open, else or sooner without papers or recruited.

    Parameters
    ----------
    present_value : of 1 a month over the months looked ahead, months
    helped, doubted : see `help_there` and `doubt`
    admitted : whether this person is one of those for whom there are regular places
    """
    price, placed = home.price, rules.tie_job * helped
    grant = 1.0 * persons.travel_grant[i] if persons.spell[i] < 0 else 0.0
    way, cost, gain, worth, wait = REGULAR, 0.0, -LARGEST, present_value, 0.0
    if admitted:
        work = believed_chance(share_with_job(in_work, d, 1, placed), doubted)
        income = certainty_equivalent(there.pay - there.living, 0.0, work, home.c0, curvature)
        wait = wait_left(persons.admitted_month[i], now, 1.0 * destinations.waiting[d])
        cost = price_of_trip(1.0 * destinations.fare[d], helped, rules.tie_discount, grant)
        later = math.pow(beta, wait) if wait > 0.0 else 1.0
        worth = present_value * later
        gain = gain_in_years(income, home.income, worth, later * cost / price, home.median, home.c0, curvature)
    tempting = wait > 0.0 or destinations.irregular_fee[d] < destinations.fare[d]
    if not admitted or (tempting and destinations.irregular_fee[d] > 0.0):
        work = believed_chance(share_with_job(in_work, d, 0, placed), doubted)
        income = certainty_equivalent(there.less - there.living, 0.0, work, home.c0, curvature)
        asked = price_of_trip(1.0 * destinations.irregular_fee[d], helped, rules.tie_discount, grant)
        at_risk = present_value * undetected[d]
        irregular = gain_in_years(income, home.income, at_risk, asked / price, home.median, home.c0, curvature)
        if irregular > gain:
            way, cost, gain, worth, wait = IRREGULAR, asked, irregular, at_risk, 0.0
    if way == IRREGULAR and d < len(recruiters.fee) and recruiters.fee[d] > 0.0:
        fare, fee, supervised = 1.0 * destinations.fare[d], 1.0 * recruiters.fee[d], 1.0 * recruiters.supervision[d]
        work = believed_chance(1.0 * in_work[d, 1, 1], doubted)
        income = certainty_equivalent(there.pay - there.living, 0.0, work, home.c0, curvature)
        least = worth_of_place(fee, fare, supervised, rules.job_orders) / price
        recruited = gain_in_years(income, home.income, present_value, least, home.median, home.c0, curvature)
        if recruited > gain:
            way, cost, gain, worth = RECRUITED, recruiter_price(fee, fare, supervised), recruited, present_value
    return Trip(way, cost, gain, worth, wait)


@rule
def people_there(
    migrants: Migrants, localities: Localities, homes: int, places: int, circle: float, ties: int
) -> tuple[Array, Array]:
    """Members of each household at each destination, and the chance to know somebody there from one's place."""
    members = np.zeros((homes, places), np.int16)
    crowd = np.zeros((len(localities.adults), places), np.int64)
    known = np.zeros((len(localities.adults), places))
    for m in range(len(migrants.person)):
        if not migrants.ended[m]:
            members[migrants.household[m], migrants.destination[m]] += 1
            crowd[migrants.locality[m], migrants.destination[m]] += 1
    if ties:
        for place in range(len(localities.adults)):
            everyone = max(1, localities.adults[place] + crowd[place].sum())
            for d in range(places):
                known[place, d] = acquainted(crowd[place, d] / everyone, circle)
    return members, known


@rule
def place_of_spouse(persons: Persons, migrants: Migrants, i: int) -> int:
    """The destination where one's spouse lives, else `HOME`; `NOBODY` without a spouse."""
    if persons.spouse[i] < 0:
        return NOBODY
    stay = persons.spell[persons.spouse[i]]
    return int(migrants.destination[stay]) if stay >= 0 else HOME


@rule
def better_before(home: Home, markets: Markets, weight: float, curvature: float, row: int) -> tuple[float, float]:
    """How much better life at home was in month 0: income, in years a month of present value, and terms, in years."""
    lower = worth_of_income(home.income, home.median, home.c0, curvature)
    lower -= worth_of_income(1.0 * markets.start_worth[row], home.median, home.c0, curvature)
    return weight * lower / (12.0 * home.median), home.terms - markets.start_terms[row]


@rule
def chance_with_old_terms(weight: Array, worth: Array, income: float, terms: float, nest: float) -> float:
    """Chance to want to leave, were home as in month 0 (`better_before`): the same logit with shifted values."""
    total = 0.0
    for d in range(len(weight)):
        if weight[d] > 0.1 * CLOSED:
            lifted = weight[d] + (income * worth[d] + terms) / nest
            total += math.exp(max(min(lifted, LARGEST), -LARGEST))
    return logistic(nest * math.log(total))


@kernel
def consider(
    persons: Persons, households: Households, migrants: Migrants, localities: Localities, markets: Markets,
    destinations: Destinations, recruiters: Recruiters, rules: Migration, preferences: Any, now: int,
    without_papers: Any, drawn: Array, luck: Luck, tastes: Luck, quota: Luck,
    in_work: Array, recognised: Array, undetected: Array,
    moves: Array, terms: Array,
) -> int:  # fmt: skip
    """Some adults think of moving this month: out, back or on. Returns how many want to.

    ``preferences`` are the rules of Participation: time and risk are valued alike in all decisions;
    ``without_papers`` are those of Away.
    """
    places = len(destinations.fare)
    members, known = people_there(migrants, localities, len(households.locality), places, rules.circle, rules.ties)
    weight, gain_of, cost_of, worth_of = np.zeros(places), np.zeros(places), np.zeros(places), np.zeros(places)
    help_of, network_of, wait_of = np.zeros(places), np.zeros(places), np.zeros(places)
    way_of = np.zeros(places, np.int64)
    norm = rules.norm_weight if rules.norm else 0.0
    apart = rules.apart if rules.family else 0.0
    curvature, penalty = preferences.curvature, without_papers.penalty_without_papers
    longest = annuity(preferences.beta, 1.0 * rules.horizon)
    wanting = 0
    for i in range(len(persons.household)):
        thinks = drawn[i] < rules.consider
        status = persons.status[i]
        if (not thinks and status != AWAY) or status < STUDENT or status > AWAY:
            continue
        spell = persons.spell[i] if status == AWAY else -1
        if spell >= 0 and migrants.detected[spell]:
            moves[wanting, WHO], moves[wanting, CHOSEN], terms[wanting, PRICE] = i, HOME, 0.0
            wanting += 1
            continue
        age = now - persons.birth_month[i]
        if not thinks or (spell < 0 and (age < 12 * rules.youngest or age >= RETIREMENT or persons.in_school[i])):
            continue
        _, u_go, _, _ = uniforms(luck, persons.id[i])
        u_quota, u_border, _, _ = uniforms(quota, persons.id[i])
        h = persons.household[i]
        place = households.locality[h]
        home = life_here(persons, households, localities, markets, rules, preferences, now, i)
        present_value = longest if home.months == rules.horizon else annuity(preferences.beta, home.months)
        where = migrants.destination[spell] if spell >= 0 else -1
        spouse = place_of_spouse(persons, migrants, i)
        usual = 1.0 * localities.prevalence[place, prevalence_group(persons.sex[i], age)]
        rooted = 1.0 * persons.attachment[i]
        if spell >= 0:
            rooted = attachment_away(rooted, rules.pull_back, 1.0 * persons.contacts[i])
        bound = home.terms + rules.care * persons.care_hours[i] / FULL_TIME
        total = 0.0
        for d in range(places):
            stays = d == where
            if not stays and u_border < destinations.closed[d]:
                weight[d] = CLOSED
                continue
            tie, helped, doubted = 0.0, 0.0, 1.0
            if rules.ties:
                tie = 1.0 if members[h, d] > (1 if stays else 0) else 0.0
            if not stays:
                if rules.ties:
                    helped = help_there(tie, known[place, d], rules.community)
                told = 1.0 * persons.job_information[i]
                doubted = doubt(
                    knowledge(helped, persons.trips[i], told, rules.tie_knowledge, rules.trip_knowledge),
                    rules.pessimism,
                )
            there = life_there(persons, destinations, markets, recognised[d], penalty, doubted, home.price, i, place, d)
            if stays:
                trip = staying_away(migrants, there, home, in_work, undetected, curvature, present_value, spell, d)
            else:
                trip = way_there(
                    persons, destinations, recruiters, rules, there, home, in_work, undetected, preferences.beta,
                    curvature, present_value, now, helped, doubted, u_quota < destinations.regular_share[d], i, d,
                )  # fmt: skip
            attachment = rooted * share_of_attachment(
                destinations.abroad[d], 1.0 * destinations.distance[d], rules.near
            )
            family = family_terms(spouse, d, apart)
            other = destinations.amenity[d] - bound + family
            value = utility_of_place(
                trip.gain, rules.gain_weight, tie, rules.tie_weight, usual, norm, other, attachment
            )
            gain_of[d], cost_of[d], way_of[d], worth_of[d] = trip.gain, trip.cost, trip.way, trip.worth
            wait_of[d], help_of[d] = trip.wait, helped
            network_of[d] = rules.tie_weight * tie + norm * usual + family
            weight[d] = max(min(value / rules.nest, LARGEST), -LARGEST)
            total += math.exp(weight[d])

        at_home = 0.0
        if spell >= 0:
            at_home = -rules.gain_weight * destinations.fare[where] / home.price / (12.0 * home.median)
            if migrants.savings[spell] / 100.0 - migrants.waiting[spell] >= migrants.target_savings[spell]:
                at_home += rules.target_pull
        abroad = logistic(rules.nest * math.log(total) - at_home) if total > 0.0 else 0.0
        if spell >= 0:
            migrants.intention[spell] = life_at_home(abroad, rules.consider, preferences.beta)
        if u_go >= abroad:
            if spell >= 0:
                moves[wanting, WHO], moves[wanting, CHOSEN] = i, HOME
                terms[wanting, PRICE] = destinations.fare[where]
                wanting += 1
            continue
        best, best_score = where, CLOSED
        for d in range(places):
            u_taste, _, _, _ = uniforms(of_place(tastes, destinations.id[d]), persons.id[i])
            score = weight[d] + gumbel(u_taste)
            if score > best_score:
                best, best_score = d, score
        if best == where:
            continue
        if wait_of[best] > 0.0:  # asks for a regular place, or goes on waiting for it
            if persons.admitted_month[i] == NOT_ASKED:
                persons.admitted_month[i] = now + math.ceil(wait_of[best])
            continue
        moves[wanting, WHO], moves[wanting, CHOSEN], moves[wanting, WAY] = i, best, way_of[best]
        terms[wanting, GAIN], terms[wanting, PRICE], terms[wanting, HELP] = gain_of[best], cost_of[best], help_of[best]
        terms[wanting, EXAMPLE] = norm * usual
        if spell < 0:  # the same person with home terms at the median of month 0
            row = 2 * place + persons.occupation[i]
            income, better = better_before(home, markets, rules.gain_weight, curvature, row)
            before = chance_with_old_terms(weight, worth_of, income, better, rules.nest)
            moves[wanting, PUSHED] = 1 if u_go >= before else 0
            push = -income * worth_of[best] - better
            terms[wanting, PUSH], terms[wanting, NETWORK] = push, network_of[best]
            terms[wanting, PULL] = rules.gain_weight * gain_of[best] + destinations.amenity[best] - home.terms - push
        wanting += 1
    return wanting


@kernel
def choose_place(
    persons: Persons, households: Households, localities: Localities, markets: Markets, rules: Migration,
    preferences: Any, now: int, luck: Luck, order: Array, who: Array, chosen: Array, settles: Array,
) -> None:  # fmt: skip
    """Where those who come back settle: singles where work is best, others with their household."""
    for k in order:
        settles[k] = -1
        if chosen[k] != HOME:
            continue
        i = who[k]
        h = persons.household[i]
        home = households.locality[h]
        settles[k] = home
        if not rules.place_choice or persons.spouse[i] >= 0 or len(localities.price_index) < 2:
            continue
        months = max(1.0, min(1.0 * rules.horizon, 1.0 * (RETIREMENT - (now - persons.birth_month[i]))))
        years = rules.gain_weight * annuity(preferences.beta, months) / (12.0 * max(localities.base_pay[home], 1e-9))
        c0 = preferences.home_production * localities.base_pay[home]
        best = -1e30
        for place in range(len(localities.price_index)):
            u, _, _, _ = uniforms(of_place(luck, localities.id[place]), persons.id[i])
            price = 1.0 * localities.price_index[place]
            row = 2 * place + persons.occupation[i]
            offer = 0.5 * (1.0 * markets.offers[row, 7] + markets.offers[row, 8]) * persons.skill[i] / price
            own = max(localities.trade_return[place] * persons.skill[i] / price, 0.0)
            share = 0.0
            if place == home:
                others = max(1.0 * households.others_earnings[h], 0.0) + max(1.0 * households.other_income[h], 0.0)
                share = others / (households.members[h] + 1) / price
            chance = share_in_work(0.0, 1.0 * markets.arrival[row], 1.0 * markets.separation[row], months)
            worth = certainty_equivalent(share + max(offer, own), share + own, chance, c0, preferences.curvature)
            away = 0.0 if place == home else rules.near * max(1.0 * persons.attachment[i], 0.0)
            score = years * worth - away + gumbel(u)
            if score > best:
                best, settles[k] = score, place
