"""Migration: who leaves, returns or moves on, by which way, and whether they can pay (R3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.codes import Channel, Event, Motive, Occupation, Route, Status, Work
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.mechanisms.away import pay_there
from sim.parameters import param, switch
from sim.population import (
    PREVALENCE_GROUPS,
    Destinations,
    Firms,
    Households,
    Lenders,
    Localities,
    Markets,
    Migrants,
    Persons,
    Recruiters,
)
from sim.streams import LOW, Luck, derived_id, uniforms
from sim.table import Array
from sim.technology import FULL_TIME, LAND_SHARE, farm_return

STUDENT, INACTIVE = int(Status.STUDENT), int(Status.INACTIVE)
EMPLOYED, OWN_ACCOUNT, AWAY, ABSENT = (
    int(Status.EMPLOYED), int(Status.OWN_ACCOUNT), int(Status.AWAY), int(Status.ABSENT),
)  # fmt: skip
NO_WORK, FARM = int(Work.NONE), int(Work.FARM)
BASIC, SKILLED = int(Occupation.BASIC), int(Occupation.SKILLED)
REGULAR, IRREGULAR, RECRUITED = int(Route.REGULAR), int(Route.IRREGULAR), int(Route.RECRUITER)
WORK, FAMILY = int(Motive.WORK), int(Motive.FAMILY)
OPERATOR = int(Channel.OPERATOR)
HOME = -2  # chosen: back home
RETIREMENT = 65 * 12
YOUNG = 35 * 12
LARGEST = 300.0  # keeps exp() finite; far beyond any chance that matters


@rule
def certainty_equivalent(
    with_job: float, without_job: float, chance: float, home_production: float, curvature: float
) -> float:
    """Sure income worth as much as a job with some chance, else what is left without one.

    With ``u(c) = CRRA(c + c0)``: the inverse of u at ``p u(with) + (1 - p) u(without)``; risk-neutral at
    curvature 0.

    Parameters
    ----------
    with_job, without_job : money/month, >= 0, real and net
    chance : dimensionless, in [0, 1]
    home_production : money/month, > 0
        c0: home production and support by kin, so that zero income is well defined.
    curvature : dimensionless, >= 0
        Relative risk aversion over income plus c0.

    Returns
    -------
    money/month, between the two incomes; falls with curvature, rises with chance.

    References
    ----------
    Todaro (1969), American Economic Review 59(1), 138-148: the chance of a job; Chetty (2006), American
    Economic Review 96(5), 1821-1834: curvature about 1.
    """
    good = max(with_job, 0.0) + home_production
    bad = max(without_job, 0.0) + home_production
    if abs(curvature - 1.0) < 1e-9:
        return math.exp(chance * math.log(good) + (1.0 - chance) * math.log(bad)) - home_production
    power = 1.0 - curvature
    mean = chance * math.pow(good, power) + (1.0 - chance) * math.pow(bad, power)
    return math.pow(mean, 1.0 / power) - home_production


@rule
def annuity(beta: float, months: float) -> float:
    """Present value of 1 a month for some months, the first a month from now: ``sum beta^t``, t = 1..H."""
    if beta >= 1.0:
        return months
    return beta * (1.0 - math.pow(beta, months)) / (1.0 - beta)


@rule
def share_in_work(at_start: float, find: float, lose: float, months: float) -> float:
    """Share of the next months in which somebody has work, given how they start.

    Two-state Markov chain: the long run ``f / (f + s)`` and the start, which fades at ``1 - f - s``.

    Parameters
    ----------
    at_start : chance to have work in the first month, in [0, 1]
    find, lose : 1/month, in [0, 1]
    months : > 0
    """
    moving = find + lose
    if moving <= 0.0:
        return at_start
    long_run = find / moving
    staying = max(0.0, 1.0 - moving)
    return long_run + (at_start - long_run) * (1.0 - math.pow(staying, months)) / (months * (1.0 - staying))


@rule
def gain_in_years(there: float, here: float, present_value: float, cost: float, pay: float) -> float:
    """X: gain of moving less its cost, in years of local pay.

    ``[annuity * (CE_there - CE_here) - cost] / (12 * pay)``; money in real terms, ``pay`` the median local
    monthly pay.

    References
    ----------
    Sjaastad (1962), Journal of Political Economy 70(5), 80-93: migration as an investment.
    """
    return (present_value * (there - here) - cost) / (12.0 * pay)


@rule
def utility_of_place(
    gain: float, weight: float, tie: float, tie_weight: float, prevalence: float, norm: float, other: float,
    attachment: float,
) -> float:  # fmt: skip
    """U: value of living at a destination over living at home, in years of local pay.

    Parameters
    ----------
    gain : X, years of local pay
    weight : a_x, of the gain
    tie, tie_weight : a household member lives there (0 or 1), and what that is worth, t_h
    prevalence, norm : share of one's like from one's place who are away, and nu, the culture of migration
    other : amenities, services and family terms
    attachment : xi, what living away from home costs

    References
    ----------
    Carling and Schewel (2018), Journal of Ethnic and Migration Studies 44(6), 945-963; Massey et al.
    (1993), Population and Development Review 19(3), 431-466: networks and cumulative causation.
    """
    return weight * gain + tie_weight * tie + norm * prevalence + other - attachment


@rule
def logistic(value: float) -> float:
    """``1 / (1 + exp(-v))``: chance to choose the first of two when it is worth v more."""
    if value >= 0.0:
        return 1.0 / (1.0 + math.exp(-min(value, LARGEST)))
    small = math.exp(max(value, -LARGEST))
    return small / (1.0 + small)


@rule
def life_at_home(staying: float, consider: float, beta: float) -> float:
    """Share of the rest of life, discounted, that somebody away expects to spend at home: intention to return.

    With a chance ``h = q (1 - P(stay))`` a month to go back, ``h / (h + 1/beta - 1)``.

    Parameters
    ----------
    staying : P(stay), in [0, 1], each time a return is considered
    consider : q, 1/month
    beta : discount factor a month, in (0, 1)
    """
    back = consider * (1.0 - staying)
    if back <= 0.0:
        return 0.0
    return back / (back + 1.0 / beta - 1.0)


@rule
def gumbel(uniform: float) -> float:
    """Extreme-value draw: added to log weights, the largest is a draw from the logit."""
    return -math.log(-math.log(uniform))


@rule
def knowledge(tie: float, prevalence: float, trips: int, told: float, from_tie: float, from_trip: float) -> float:
    """kappa: how far beliefs about a destination are the truth, from several independent sources.

    Each source removes its share of what the others leave wrong: a household member there, the share of
    one's like away, an own earlier stay, and information given (all in [0, 1]).
    """
    own = from_trip if trips > 0 else 0.0
    return 1.0 - (1.0 - from_tie * tie) * (1.0 - min(prevalence, 1.0)) * (1.0 - own) * (1.0 - told)


@rule
def doubt(kappa: float, pessimism: float) -> float:
    """What is left of pay and of the odds of a job in the belief of somebody who knows a share kappa.

    Logs of both are too low by ``(1 - kappa) * pessimism``.

    References
    ----------
    McKenzie, Gibson and Stillman (2013), Journal of Development Economics 102, 116-127: migrants-to-be
    expect too little, because what they hear understates pay abroad.
    """
    return math.exp(-(1.0 - kappa) * pessimism)


@rule
def believed_chance(chance: float, doubted: float) -> float:
    """Chance of a job whose odds are believed to be a share ``doubted`` of the true ones."""
    odds = chance * doubted
    return odds / (odds + 1.0 - chance) if odds > 0.0 else 0.0


@rule
def price_of_trip(price: float, tie: float, discount: float, grant: float) -> float:
    """What a way of travelling costs the household: less with somebody there and with a grant (money)."""
    return price * (1.0 - discount * tie) * (1.0 - grant)


@rule
def recruiter_price(fee: float, fare: float, supervision: float) -> float:
    """What a recruiter charges: licensing and inspection remove a share of what exceeds the fare (money)."""
    return fare + (1.0 - supervision) * max(0.0, 1.0 * fee - fare)


@rule
def can_pay(assets: float, loan: float, cost: float, others_income: float, need: float) -> bool:
    """Whether a trip can be financed, so that the household still eats if it fails.

    Cash and loan cover the cost, and what is left with three months of the others' income covers three
    months of need. All in money of one month's prices; ``others_income`` and ``need`` are a month's.

    References
    ----------
    Angelucci (2015), Review of Economics and Statistics 97(1), 224-243: liquidity binds migration.
    """
    left = assets + loan - cost
    return left >= 0.0 and left + 3.0 * others_income >= 3.0 * need


@rule
def trip_loan(others_income: float, months: float, debt: float, lendable: float) -> float:
    """What a lender with that much to lend advances: months of the others' income less debt (money)."""
    return max(0.0, min(months * others_income - debt, lendable))


@rule
def altruism_at_departure(usual: float, children: int, per_child: float) -> float:
    """f: weight on the household at departure; more with more children left behind (two are usual)."""
    return usual * (1.0 + per_child * (min(children, 4) - 2))


@rule
def prevalence_group(sex: int, age_months: int) -> int:
    """Row of `Localities.prevalence`: women below 35, women from 35, men below 35, men from 35."""
    return 2 * sex + (1 if age_months >= YOUNG else 0)


@rule
def slow_average(value: float, now: float, months: float) -> float:
    """Moving average with a memory of some months: moves 1/months of the way."""
    return value + (now - value) / months


@rule
def own_account_worth(land: float, beside: float, farm: float, trade: float, skill: float) -> float:
    """What own-account work would bring: one more worker on the household's land, or trade (money/month)."""
    return max(farm_return(land, beside, farm, LAND_SHARE), trade * skill)


@rule
def prospects_here(
    status: int, earned: float, offer: float, own: float, time: float, find: float, lose: float, months: float
) -> tuple[float, float, float]:
    """Income at home with and without a job, and the chance of the job, as one person sees them.

    Who has work compares with what they earn; who looks for it or is away with the median offer; who
    stays out of the labour force values the time at b, the pay at which they would work. Without a job
    there is own-account work.

    Parameters
    ----------
    status : codes.Status
    earned, offer, own, time : money/month, real
        Own smoothed earnings, the median offer, own-account work, and b.
    find, lose : 1/month, in [0, 1]
    months : horizon, > 0
    """
    if status == OWN_ACCOUNT:
        sure = earned if earned > 0.0 else own
        return sure, sure, 1.0
    if status == EMPLOYED:
        pay = earned if earned > 0.0 else offer
        return pay, min(own, pay), share_in_work(1.0, find, lose, months)
    worth = max(own, time) if status in (INACTIVE, STUDENT) else own
    return max(offer, worth), worth, share_in_work(0.0, find, lose, months)


@rule
def recognised_share(at_arrival: float, monthly: float, months: float) -> float:
    """Chance that qualifications are recognised half way through so many months there."""
    return 1.0 - (1.0 - at_arrival) * math.pow(1.0 - monthly, 0.5 * months)


@rule
def of_place(luck: Luck, identity: int) -> Luck:
    """The same stream for one destination: one more of them disturbs nobody's luck at the others."""
    purpose = luck.purpose ^ ((np.uint64(identity) << np.uint64(8)) & LOW)
    return Luck(luck.key_low, luck.key_high, purpose, luck.month)


@kernel
def count_away(persons: Persons, households: Households, localities: Localities, now: int, memory: float) -> None:
    """How usual it is to be away, among those of one's sex and age group from one's place."""
    places = len(localities.price_index)
    all_of = np.zeros((places, PREVALENCE_GROUPS), np.int64)
    gone = np.zeros((places, PREVALENCE_GROUPS), np.int64)
    for i in range(len(persons.household)):
        status = persons.status[i]
        age = now - persons.birth_month[i]
        if status == ABSENT or age < 180 or age >= RETIREMENT:
            continue
        place = households.locality[persons.household[i]]
        group = prevalence_group(persons.sex[i], age)
        all_of[place, group] += 1
        if status == AWAY:
            gone[place, group] += 1
    for place in range(places):
        for group in range(PREVALENCE_GROUPS):
            if all_of[place, group]:
                share = gone[place, group] / all_of[place, group]
                before = localities.prevalence[place, group]
                localities.prevalence[place, group] = slow_average(before, share, memory)


@kernel
def outlook(
    destinations: Destinations, rules: Migration, beta: float,
    with_job: Array, without_job: Array, recognised: Array, undetected: Array,
) -> None:  # fmt: skip
    """What a stay offers whoever goes: work with and without a job on arrival, recognition, control."""
    months = 1.0 * rules.horizon
    for d in range(len(destinations.fare)):
        find = 1.0 * destinations.current_finding[d]
        lose = 1.0 * destinations.current_separation[d]
        with_job[d] = share_in_work(1.0, find, lose, months)
        without_job[d] = share_in_work(0.0, find, lose, months)
        recognised[d] = recognised_share(destinations.recognition_at_arrival[d], destinations.recognition[d], months)
        staying = annuity(beta * (1.0 - destinations.detection[d]), months)
        undetected[d] = staying / annuity(beta, months)


@kernel
def consider(
    persons: Persons, households: Households, migrants: Migrants, localities: Localities, markets: Markets,
    destinations: Destinations, recruiters: Recruiters, rules: Migration, preferences: Any, now: int,
    drawn: Array, luck: Luck, tastes: Luck, quota: Luck,
    with_job: Array, without_job: Array, recognised: Array, undetected: Array,
    who: Array, chosen: Array, ways: Array, tied: Array, gains: Array, prices: Array,
) -> int:  # fmt: skip
    """Some adults think of moving this month: out, back or on. Returns how many want to.

    ``preferences`` are the rules of Participation: time and risk are valued alike in all decisions.
    """
    places = len(destinations.fare)
    kin = np.zeros((len(households.locality), places), np.int16)
    for m in range(len(migrants.person)):
        if not migrants.ended[m]:
            kin[migrants.household[m], migrants.destination[m]] += 1
    weight, gain_of, cost_of = np.zeros(places), np.zeros(places), np.zeros(places)
    way_of, tie_of = np.zeros(places, np.int64), np.zeros(places, np.int64)
    norm = rules.norm_weight if rules.norm else 0.0
    horizon = 1.0 * rules.horizon
    longest = annuity(preferences.beta, horizon)
    wanting = 0
    for i in range(len(persons.household)):
        thinks = drawn[i] < rules.consider
        status = persons.status[i]
        if (not thinks and status != AWAY) or status < STUDENT or status > AWAY:
            continue
        spell = persons.spell[i] if status == AWAY else -1
        if spell >= 0 and migrants.detected[spell]:
            who[wanting], chosen[wanting], prices[wanting] = i, HOME, 0.0
            wanting += 1
            continue
        age = now - persons.birth_month[i]
        if not thinks or (spell < 0 and (age < 12 * rules.youngest or age >= RETIREMENT or persons.in_school[i])):
            continue
        _, u_go, _, _ = uniforms(luck, persons.id[i])

        # What life here is worth, in real terms; an equal share of the others' income comes on top.
        h = persons.household[i]
        place = households.locality[h]
        price = 1.0 * localities.price_index[place]
        base = max(1.0 * localities.base_pay[place], 1e-9)
        median = localities.median_pay[place] / price if localities.median_pay[place] > 0.0 else base
        months = max(1.0, min(horizon, 1.0 * (RETIREMENT - age)))
        present_value = longest if months == horizon else annuity(preferences.beta, months)
        mine = 1.0 * persons.smoothed_earnings[i] if spell < 0 else 0.0
        others = max(households.others_earnings[h] - mine, 0.0) + max(1.0 * households.other_income[h], 0.0)
        share = others / max(households.members[h] + (0 if spell < 0 else 1), 1) / price
        beside = households.own_workers[h] - (1 if persons.work[i] == FARM else 0)
        own = own_account_worth(
            1.0 * households.land[h], 1.0 * max(beside, 0), 1.0 * localities.farm_return[place],
            1.0 * localities.trade_return[place], 1.0 * persons.skill[i],
        ) / price  # fmt: skip
        row = 2 * place + persons.occupation[i]
        offer = 0.5 * (1.0 * markets.offers[row, 7] + markets.offers[row, 8]) * persons.skill[i] / price
        time = min(persons.not_working[i] / price, 100.0 * base)
        find, lose = 1.0 * markets.arrival[row], 1.0 * markets.separation[row]
        better, worse, chance = prospects_here(status, mine / price, offer, own, time, find, lose, months)
        c0 = preferences.home_production * base
        here = certainty_equivalent(share + better, share + worse, chance, c0, preferences.curvature)

        where = migrants.destination[spell] if spell >= 0 else -1
        usual = 1.0 * localities.prevalence[place, prevalence_group(persons.sex[i], age)]
        heard = usual if rules.ties else 0.0
        services = 0.5 * (1.0 * localities.school_quality[place] + localities.health_quality[place])
        bound = rules.services * services + rules.care * persons.care_hours[i] / FULL_TIME
        skilled = persons.occupation[i] == SKILLED
        basic_skill = 1.0 * persons.skill[i] / markets.usual_skill[2 * place + BASIC]
        level_skill = 1.0 * persons.skill[i] / markets.usual_skill[2 * place + SKILLED]
        u_quota, u_border, _, _ = uniforms(quota, persons.id[i])
        total = 0.0
        for d in range(places):
            stays = d == where
            if not stays and u_border < destinations.closed[d]:
                weight[d] = -1e30
                continue
            tie = 1.0 if rules.ties and kin[h, d] > (1 if stays else 0) else 0.0
            doubted = 1.0
            if not stays:
                told = 1.0 * persons.job_information[i]
                known = knowledge(tie, heard, persons.trips[i], told, rules.tie_knowledge, rules.trip_knowledge)
                doubted = doubt(known, rules.pessimism)
            worth_of_skill = destinations.skill_return[d]
            net = pay_there(destinations.current_pay[d, BASIC], basic_skill, worth_of_skill, 1, 0.0)
            if skilled:
                high = pay_there(destinations.current_pay[d, SKILLED], level_skill, worth_of_skill, 1, 0.0)
                net += recognised[d] * (high - net)
            net = (net * doubted - destinations.current_living_cost[d]) / price
            at_start = 1.0 * migrants.employed[spell] if stays else rules.tie_job * tie
            work = believed_chance(without_job[d] + at_start * (with_job[d] - without_job[d]), doubted)
            there = certainty_equivalent(net, 0.0, work, c0, preferences.curvature)
            way, cost, worth = REGULAR, 0.0, present_value
            if stays:
                way = migrants.route[spell]
                if not migrants.regular[spell]:
                    worth = present_value * undetected[d]
                gain = gain_in_years(there, here, worth, 0.0, median)
            else:
                grant = 1.0 * persons.travel_grant[i] if spell < 0 else 0.0
                cost = price_of_trip(1.0 * destinations.fare[d], tie, rules.tie_discount, grant)
                if u_quota >= destinations.regular_share[d]:
                    way = IRREGULAR
                    cost = price_of_trip(1.0 * destinations.irregular_fee[d], tie, rules.tie_discount, grant)
                    worth = present_value * undetected[d]
                gain = gain_in_years(there, here, worth, cost / price, median)
                if way == IRREGULAR and d < len(recruiters.fee) and recruiters.fee[d] > 0.0:
                    fare, fee = 1.0 * destinations.fare[d], 1.0 * recruiters.fee[d]
                    asked = recruiter_price(fee, fare, 1.0 * recruiters.supervision[d])
                    placed = believed_chance(with_job[d], doubted)
                    there = certainty_equivalent(net, 0.0, placed, c0, preferences.curvature)
                    by_recruiter = gain_in_years(there, here, present_value, asked / price, median)
                    if by_recruiter > gain:
                        way, cost, gain = RECRUITED, asked, by_recruiter
            attachment = 1.0 * persons.attachment[i]
            if not destinations.abroad[d]:
                attachment *= rules.near
            other = destinations.amenity[d] - bound
            value = utility_of_place(gain, rules.gain_weight, tie, rules.tie_weight, usual, norm, other, attachment)
            gain_of[d], cost_of[d], way_of[d], tie_of[d] = gain, cost, way, int(tie)
            weight[d] = max(min(value / rules.nest, LARGEST), -LARGEST)
            total += math.exp(weight[d])

        at_home = 0.0
        if spell >= 0:
            at_home = -rules.gain_weight * destinations.fare[where] / price / (12.0 * median)
            if migrants.savings[spell] / 100.0 - migrants.waiting[spell] >= migrants.target_savings[spell]:
                at_home += rules.target_pull
        abroad = logistic(rules.nest * math.log(total) - at_home) if total > 0.0 else 0.0
        if spell >= 0:
            migrants.intention[spell] = life_at_home(abroad, rules.consider, preferences.beta)
        if u_go >= abroad:
            if spell >= 0:
                who[wanting], chosen[wanting], prices[wanting] = i, HOME, destinations.fare[where]
                wanting += 1
            continue
        best, best_score = where, -1e30
        for d in range(places):
            u_taste, _, _, _ = uniforms(of_place(tastes, destinations.id[d]), persons.id[i])
            score = weight[d] + gumbel(u_taste)
            if score > best_score:
                best, best_score = d, score
        if best != where:
            who[wanting], chosen[wanting], ways[wanting], tied[wanting] = i, best, way_of[best], tie_of[best]
            gains[wanting], prices[wanting] = gain_of[best], cost_of[best]
            wanting += 1
    return wanting


@kernel
def leave(
    persons: Persons, households: Households, localities: Localities, lenders: Lenders, firms: Firms,
    destinations: Destinations, recruiters: Recruiters, rules: Migration,
    order: Array, who: Array, chosen: Array, ways: Array, prices: Array,
    went: Array, trips: Array, loans: Array, purses: Array, debts: Array,
) -> None:  # fmt: skip
    """Those who want to leave home do so if they can pay; in the order of their ids. Amounts in cents."""
    spent = np.zeros(len(households.locality), np.int64)
    lent = np.zeros(len(lenders.cash), np.int64)
    for k in order:
        i, d = who[k], chosen[k]
        if d < 0 or persons.status[i] == AWAY:
            continue
        h = persons.household[i]
        place = households.locality[h]
        if households.adults[h] <= 1 and households.children[h] > 0:
            went[k] = -1  # somebody has to stay with the children
            continue
        assets = households.liquid_assets[h] - spent[h]
        if not rules.remittances_pay_trips:
            assets -= households.received_assets[h]
        assets = max(assets, 0)
        heads = households.members[h]
        others = max(1.0 * households.others_earnings[h] - persons.smoothed_earnings[i], 0.0)
        others += max(households.other_income[h], 0.0)
        need = 1.0 * households.need[h] * localities.price_index[place] * max(heads - 1, 0) / max(heads, 1)
        debt = households.debt[h] / 100.0
        lendable = (lenders.cash[place] - lent[place]) / 100.0
        loan = trip_loan(others, rules.loan_months, debt, lendable)
        cost = prices[k]
        asked = 0.0
        if ways[k] == RECRUITED:
            asked = prices[k]
            cost = asked * (1.0 - rules.advance)
        payable = can_pay(assets / 100.0, loan, cost, others, need)
        if not payable and ways[k] == IRREGULAR and d < len(recruiters.fee) and recruiters.fee[d] > 0.0:
            asked = recruiter_price(recruiters.fee[d], destinations.fare[d], recruiters.supervision[d])
            ways[k], cost = RECRUITED, asked * (1.0 - rules.advance)
            payable = can_pay(assets / 100.0, loan, cost, others, need)
        if not payable:
            continue

        trips[k] = int(np.rint(cost * 100.0))
        loans[k] = max(0, trips[k] - assets)
        debts[k] = int(np.rint(asked * rules.advance * 100.0))
        left = max(0, assets - trips[k])
        purse = int(np.rint(rules.purse * destinations.current_living_cost[d] * 100.0))
        purses[k] = min(purse, left // 2)
        spent[h] += trips[k] - loans[k] + purses[k]
        lent[place] += loans[k]
        households.debt[h] += loans[k]
        lenders.loans[place] += loans[k]
        went[k] = 1
        households.members[h] -= 1
        households.adults[h] -= 1
        households.away[h] += 1

        firm = persons.employer[i]
        if firm >= 0:
            firms.jobs[firm] -= 1
            part = persons.hours[i] / FULL_TIME
            firms.labour[firm] = max(0.0, firms.labour[firm] - persons.skill[i] * part)
        if persons.status[i] == OWN_ACCOUNT and persons.work[i] == FARM:
            households.own_workers[h] = max(households.own_workers[h] - 1, 0)
        persons.status[i] = AWAY
        persons.employer[i] = -1
        persons.work[i] = NO_WORK
        persons.formal[i] = 0
        persons.insured[i] = 0
        persons.hours[i] = 0.0
        persons.wage[i] = 0.0
        persons.earnings[i] = 0.0
        persons.tenure[i] = 0
        persons.search_months[i] = 0
        persons.care_hours[i] = 0.0
        persons.receives[i] = 0
        persons.trips[i] += 1


@kernel
def go_on(
    persons: Persons, migrants: Migrants, order: Array, who: Array, chosen: Array, ways: Array, prices: Array,
    rules: Migration, went: Array, trips: Array, debts: Array,
) -> None:  # fmt: skip
    """Those away who want to move on do so if their savings pay the way; amounts in cents."""
    for k in order:
        i, d = who[k], chosen[k]
        if d < 0 or persons.spell[i] < 0:
            continue
        old = persons.spell[i]
        price = int(np.rint(prices[k] * 100.0))
        if ways[k] == RECRUITED:
            debts[k] = int(np.rint(prices[k] * rules.advance * 100.0))
            price -= debts[k]
        if price > migrants.savings[old]:
            continue
        trips[k] = price
        debts[k] += migrants.debt[old]
        went[k] = 1
        persons.trips[i] += 1


@kernel
def come_back(
    persons: Persons, households: Households, migrants: Migrants, order: Array, who: Array, chosen: Array,
    prices: Array, came: Array, fares: Array, repaid: Array, purses: Array,
) -> None:  # fmt: skip
    """Those who return pay the way and what they owe as far as it goes, and bring the rest home; in cents."""
    for k in order:
        if chosen[k] != HOME:
            continue
        i = who[k]
        m = persons.spell[i]
        h = persons.household[i]
        came[k] = 1
        fares[k] = min(int(np.rint(prices[k] * 100.0)), migrants.savings[m])
        repaid[k] = min(migrants.debt[m], migrants.savings[m] - fares[k])
        purses[k] = migrants.savings[m] - fares[k] - repaid[k]
        end_stay(migrants, m)
        persons.spell[i] = -1
        persons.status[i] = INACTIVE
        persons.shaken[i] = 1
        persons.returnee[i] = 1
        persons.earnings[i] = 0.0
        persons.smoothed_earnings[i] = 0.0
        households.members[h] += 1
        households.adults[h] += 1
        households.away[h] -= 1


@rule
def end_stay(migrants: Migrants, m: int) -> None:
    """Nothing of a stay goes on once it is over; what is still owed for the trip is forgiven there."""
    migrants.ended[m] = 1
    migrants.employed[m] = 0
    migrants.wage[m] = 0.0
    migrants.means[m] = 0.0
    migrants.plan[m] = 0.0
    migrants.waiting[m] = 0.0
    migrants.debt[m] = 0
    migrants.detected[m] = 0


@kernel
def settle_in(
    persons: Persons, migrants: Migrants, markets: Markets, destinations: Destinations, rules: Migration,
    luck: Luck,
    arrived: Array, rows: Array, tied: Array, debts: Array, origins: Array,
) -> None:  # fmt: skip
    """The first day there: papers, a job through a tie or a recruiter, what is expected and owed."""
    for k in range(len(arrived)):
        i, m = arrived[k], rows[k]
        d = migrants.destination[m]
        u_job, u_papers, _, _ = uniforms(luck, persons.id[i])
        persons.spell[i] = m
        migrants.debt[m] = debts[k]
        migrants.regular[m] = 0 if migrants.route[m] == IRREGULAR else 1
        migrants.recognised[m] = 0
        if migrants.regular[m] and u_papers < destinations.recognition_at_arrival[d]:
            migrants.recognised[m] = 1
        level = 1 if persons.occupation[i] == SKILLED and migrants.recognised[m] else 0
        migrants.occupation[m] = level
        placed = migrants.route[m] == RECRUITED or u_job < rules.tie_job * tied[k]
        migrants.employed[m] = 1 if placed else 0
        skill = 1.0 * persons.skill[i] / markets.usual_skill[2 * migrants.locality[m] + level]
        pay = pay_there(destinations.current_pay[d, level], skill, destinations.skill_return[d], 1, 0.0)
        find = 1.0 * destinations.current_finding[d]
        lose = 1.0 * destinations.current_separation[d]
        work = share_in_work(1.0 * migrants.employed[m], find, lose, 12.0)
        migrants.means[m] = work * pay - destinations.current_living_cost[d]
        if origins[k] >= 0:  # moved on: what was set aside and known goes along
            migrants.known_cost[m] = migrants.known_cost[origins[k]]
            migrants.channel[m] = migrants.channel[origins[k]]
            end_stay(migrants, origins[k])


@kernel
def describe(
    persons: Persons, households: Households, localities: Localities, migrants: Migrants, rules: Migration,
    luck: Luck, leavers: Array, targets: Array,
    ids: Array, motives: Array, altruism: Array, savings: Array, old: Array,
) -> None:  # fmt: skip
    """What is fixed about a stay when it begins: identity, motive, altruism, savings aimed at."""
    for k in range(len(leavers)):
        i = leavers[k]
        h = persons.household[i]
        ids[k] = derived_id(luck, persons.id[i], 0)
        spouse = persons.spouse[i]
        motives[k] = WORK
        stay = persons.spell[spouse] if spouse >= 0 else -1
        if stay >= 0 and migrants.destination[stay] == targets[k]:
            motives[k] = FAMILY
        old[k] = persons.spell[i]
        if old[k] >= 0:
            altruism[k] = migrants.altruism[old[k]]
            savings[k] = migrants.target_savings[old[k]]
        else:
            altruism[k] = altruism_at_departure(rules.altruism, households.children[h], rules.altruism_per_child)
            savings[k] = rules.target_years * 12.0 * localities.base_pay[households.locality[h]]


@dataclass
class Migration(Mechanism):
    """Go, return, leave again; decided now, takes effect on the first of next month.

    Now and then an adult considers moving: a nested logit over staying and each destination, one
    equation for leaving, returning and moving on. The gain is the difference between the certainty
    equivalents of risky incomes there and here, less the cost of the way, in years of local pay. Ties
    cut the cost, correct beliefs and help to a first job; the share of one's like who are away adds a
    norm, linearly. Choice comes first, liquidity after: who cannot pay stays and is recorded.
    """

    reads = (
        Persons.id, Persons.household, Persons.spouse, Persons.sex, Persons.birth_month, Persons.occupation,
        Persons.skill, Persons.attachment, Persons.in_school, Persons.not_working, Persons.travel_grant,
        Persons.job_information,
        Migrants.person, Migrants.household, Migrants.locality, Migrants.destination,
        Migrants.route, Migrants.savings,
        Migrants.altruism, Migrants.target_savings,
        Households.locality, Households.children, Households.liquid_assets, Households.land,
        Households.others_earnings, Households.other_income, Households.need, Households.received_assets,
        Localities.price_index, Localities.median_pay, Localities.base_pay, Localities.school_quality,
        Localities.health_quality, Localities.farm_return, Localities.trade_return,
        Markets.offers, Markets.arrival, Markets.separation, Markets.usual_skill,
        Lenders.cash,
        Destinations.id, Destinations.abroad, Destinations.current_pay, Destinations.current_living_cost,
        Destinations.current_finding,
        Destinations.current_separation, Destinations.skill_return, Destinations.recognition,
        Destinations.recognition_at_arrival, Destinations.detection, Destinations.regular_share,
        Destinations.fare,
        Destinations.irregular_fee, Destinations.amenity, Destinations.closed,
        Recruiters.fee, Recruiters.supervision,
    )  # fmt: skip
    writes = (
        Persons.status, Persons.spell, Persons.employer, Persons.work, Persons.formal, Persons.insured,
        Persons.hours,
        Persons.wage, Persons.earnings, Persons.smoothed_earnings, Persons.tenure, Persons.search_months,
        Persons.care_hours, Persons.receives, Persons.trips, Persons.shaken, Persons.returnee,
        Migrants.regular, Migrants.ended, Migrants.employed, Migrants.recognised, Migrants.occupation,
        Migrants.wage,
        Migrants.means, Migrants.debt, Migrants.plan, Migrants.waiting, Migrants.channel, Migrants.known_cost,
        Migrants.detected, Migrants.intention,
        Households.members, Households.adults, Households.away, Households.own_workers, Households.debt,
        Firms.jobs, Firms.labour, Lenders.loans, Localities.prevalence,
    )  # fmt: skip
    adds = (Migrants,)
    pays = (
        Flow("trip loans", Lenders.cash, Households.liquid_assets, "loans for the way"),
        Flow("trip", Households.liquid_assets, Destinations.outside, "fares, papers, smugglers"),
        Flow("purses", Households.liquid_assets, Migrants.savings, "money for the first weeks"),
        Flow("onward trip", Migrants.savings, Destinations.outside, "the way on or back"),
        Flow("moving on", Migrants.savings, Migrants.savings, "savings taken along"),
        Flow("trip debt", Migrants.savings, Destinations.outside, "the trip is paid back"),
        Flow("purses home", Migrants.savings, Households.liquid_assets, "what returnees bring"),
    )
    answers = (
        Answer(Destinations.current_pay, Persons.trips, +1, "a larger gain draws more", factor=5.0),
        Answer(Localities.prevalence, Persons.trips, +1, "a culture of migration", shift=1.0),
        Answer(Households.liquid_assets, Persons.trips, +1, "more can pay the way", factor=100.0, shift=1e9),
        Answer(Migrants.detected, Migrants.ended, +1, "who is detected is sent home", shift=1.0),
    )
    shows = ("departures", "returns", "prevalence")

    on: int = switch("leaving, returning and moving on")
    ties: int = switch("household and community ties: cost, beliefs, a first job, being together")
    norm: int = switch("culture of migration: prevalence adds to the value of going")
    remittances_pay_trips: int = switch(
        "money that came as remittances can pay trips; off: it is left out of the purse"
    )
    consider: float = param(1 / 12, "1/month", (1 / 36, 1.0), "q: chance to consider moving; assumption")
    horizon: int = param(36, "month", (1, 120), "H: assumption")
    gain_weight: float = param(1.0, "1/year", (0.2, 5.0), "a_x; assumption")
    nest: float = param(0.7, "1", (0.3, 1.0), "dissimilarity of destinations; assumption")
    tie_weight: float = param(0.4, "year", (0.0, 1.5), "t_h; assumption")
    norm_weight: float = param(2.0, "year", (0.0, 6.0), "nu; assumption")
    norm_memory: float = param(24.0, "month", (1.0, 120.0), "memory of prevalence; assumption")
    pessimism: float = param(
        0.3, "1", (0.0, 1.0), "outside, McKenzie, Gibson and Stillman 2013: sign; size: assumption"
    )
    tie_knowledge: float = param(0.7, "1", (0.0, 1.0), "share of wrong beliefs a member there corrects; assumption")
    trip_knowledge: float = param(0.7, "1", (0.0, 1.0), "share that an own stay corrects; assumption")
    tie_discount: float = param(1 / 3, "1", (0.0, 0.8), "share of the cost a member there saves; assumption")
    tie_job: float = param(0.4, "1", (0.0, 1.0), "chance of a job at arrival through a member there; assumption")
    services: float = param(0.5, "year", (0.0, 3.0), "what schools and clinics at home are worth; assumption")
    care: float = param(1.0, "year", (0.0, 5.0), "what a full month of unpaid care at home weighs; assumption")
    near: float = param(0.3, "1", (0.0, 1.0), "share of attachment that counts within the country; assumption")
    target_pull: float = param(1.0, "year", (0.0, 5.0), "pull of home once the savings aimed at are there; assumption")
    target_years: float = param(1.0, "year", (0.1, 10.0), "savings aimed at, in local pay; assumption")
    advance: float = param(0.85, "1", (0.0, 1.0), "share of the fee that a recruiter advances as debt; assumption")
    loan_months: float = param(3.0, "month", (0.0, 12.0), "others' income a lender advances for a trip; assumption")
    purse: float = param(1.0, "month", (0.0, 6.0), "living cost taken along; assumption")
    altruism: float = param(0.6, "1", (0.2, 2.0), "f: outside, Yang and Choi 2007")
    altruism_per_child: float = param(0.1, "1", (0.0, 0.25), "more or less of f per child beyond two; assumption")
    youngest: int = param(15, "year", (15, 25), "age from which people leave on their own; assumption")

    def __call__(self, month: Month) -> None:
        """Choose, then see what can be paid, then go."""
        if not self.on:
            return
        persons, households, localities = month.persons, month.households, month.localities
        places, people = month.count(Destinations), month.count(Persons)
        with_job, without_job, recognised, undetected = (np.zeros(places) for _ in range(4))
        preferences = month.rules_of("participation")  # time and risk are valued alike at home and away
        outlook(month.destinations, self.rules, preferences.beta, with_job, without_job, recognised, undetected)
        who, chosen, ways, tied = (np.empty(people, np.int64) for _ in range(4))
        gains, prices = np.empty(people), np.empty(people)
        wanting = consider(
            persons, households, month.migrants, localities, month.markets, month.destinations,
            month.recruiters,
            self.rules, preferences, month.age_base, month.draw(month.values(Persons.id), month.luck("consider")),
            month.luck("consider"), month.luck("taste"), month.luck_once("quota"),
            with_job, without_job, recognised, undetected, who, chosen, ways, tied, gains, prices,
        )  # fmt: skip
        who, chosen, ways, tied = (a[:wanting].copy() for a in (who, chosen, ways, tied))
        gains, prices = gains[:wanting].copy(), prices[:wanting].copy()
        order = np.argsort(month.values(Persons.id)[who], kind="stable")
        was_away = month.values(Persons.spell)[who].astype(np.int64)
        self.returns(month, order, who, chosen, prices)
        self.departures(month, order, who, chosen, ways, tied, gains, prices, was_away)
        count_away(month.persons, month.households, month.localities, month.age_base, self.norm_memory)

    def returns(self, month: Month, order: Array, who: Array, chosen: Array, prices: Array) -> None:
        """Stays end, forced or chosen; savings come home."""
        spells, there = month.values(Persons.spell), month.values(Migrants.destination)
        stays = spells[who].astype(np.int64)
        forced = np.zeros(len(who), np.int64)
        forced[stays >= 0] = month.values(Migrants.detected)[stays[stays >= 0]]
        came, fares, repaid, purses = (np.zeros(len(who), np.int64) for _ in range(4))
        come_back(
            month.persons, month.households, month.migrants, order, who, chosen, prices,
            came, fares, repaid, purses,
        )  # fmt: skip
        back = order[came[order] == 1]
        if not len(back):
            return
        month.pay("onward trip", stays[back], there[stays[back]], fares[back])
        month.pay("trip debt", stays[back], there[stays[back]], repaid[back])
        month.pay("purses home", stays[back], month.values(Persons.household)[who[back]], purses[back])
        month.record(int(Event.RETURNED), who[back], forced[back], purses[back] / 100.0)

    def pull_of_those_away(self, month: Month, people: Array) -> Array:
        """What the example of those away adds to the value of going, in years of local pay, person by person."""
        ages = month.age_base - month.values(Persons.birth_month)[people]
        sexes = month.values(Persons.sex)[people]
        groups = np.array([prevalence_group(int(s), int(a)) for s, a in zip(sexes, ages, strict=True)], np.int64)
        places = month.values(Households.locality)[month.values(Persons.household)[people]]
        weight = self.norm_weight if self.norm else 0.0
        return weight * month.values(Localities.prevalence)[places, groups].astype(np.float64)

    def departures(
        self, month: Month, order: Array, who: Array, chosen: Array, ways: Array, tied: Array, gains: Array,
        prices: Array, was_away: Array,
    ) -> None:  # fmt: skip
        """Stays begin for those who can pay the way, from home or from another destination."""
        went, trips, loans, purses, debts = (np.zeros(len(who), np.int64) for _ in range(5))
        leave(
            month.persons, month.households, month.localities, month.lenders, month.firms, month.destinations,
            month.recruiters, self.rules, order, who, chosen, ways, prices, went, trips, loans, purses, debts,
        )  # fmt: skip
        go_on(month.persons, month.migrants, order, who, chosen, ways, prices, self.rules, went, trips, debts)
        stuck = order[(went[order] == 0) & (chosen[order] >= 0)]
        month.record(int(Event.WANTED_TO_LEAVE), who[stuck], chosen[stuck], prices[stuck])
        gone = order[went[order] == 1]
        if not len(gone):
            return
        leavers, targets = who[gone], chosen[gone]
        pull = self.pull_of_those_away(month, leavers)
        homes = month.values(Persons.household)[leavers]
        places = month.values(Households.locality)[homes]
        number = len(gone)
        ids, old, motives = (np.zeros(number, np.int64) for _ in range(3))
        altruism, aims = np.zeros(number), np.zeros(number)
        describe(
            month.persons, month.households, month.localities, month.migrants, self.rules, month.luck("stay"),
            leavers, targets, ids, motives, altruism, aims, old,
        )  # fmt: skip
        rows = month.add(
            Migrants, number, id=ids, person=leavers, household=homes, locality=places, destination=targets,
            start_month=month.age_base + 1, motive=motives, route=ways[gone], altruism=altruism,
            target_savings=aims,
            channel=OPERATOR,
        )  # fmt: skip
        onward = was_away[gone] >= 0
        first, later = gone[~onward], gone[onward]
        payers, old_stays = homes[~onward], was_away[later]
        month.pay("trip loans", places[~onward], payers, loans[first])
        month.pay("trip", payers, chosen[first], trips[first])
        month.pay("purses", payers, rows[~onward], purses[first])
        month.pay("onward trip", old_stays, chosen[later], trips[later])
        month.pay("moving on", old_stays, rows[onward], month.values(Migrants.savings)[old_stays].copy())
        settle_in(
            month.persons, month.migrants, month.markets, month.destinations, self.rules,
            month.luck("arrival"),
            leavers, rows.astype(np.int64), tied[gone], debts[gone], old,
        )  # fmt: skip
        month.record(int(Event.DEPARTED), leavers, targets, gains[gone], cause=pull, offer=prices[gone])
