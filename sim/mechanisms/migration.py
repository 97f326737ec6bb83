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
from sim.moving import (
    HOME,
    LARGEST,
    NOBODY,
    NOT_ASKED,
    RETIREMENT,
    acquainted,
    altruism_at_departure,
    annuity,
    attachment_away,
    believed_chance,
    can_pay,
    certainty_equivalent,
    doubt,
    family_terms,
    gain_in_years,
    gumbel,
    help_there,
    kind_of_return,
    knowledge,
    life_at_home,
    logistic,
    of_place,
    own_account_worth,
    prevalence_group,
    price_of_trip,
    prospects_here,
    readiness,
    recognised_share,
    recruiter_price,
    share_in_work,
    share_of_attachment,
    slow_average,
    terms_here,
    trip_loan,
    utility_of_place,
    wait_left,
    worth_of_income,
    worth_of_place,
)
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
from sim.streams import Luck, derived_id, uniforms
from sim.table import Array
from sim.technology import FULL_TIME

STUDENT, INACTIVE = int(Status.STUDENT), int(Status.INACTIVE)
OWN_ACCOUNT, AWAY, ABSENT = int(Status.OWN_ACCOUNT), int(Status.AWAY), int(Status.ABSENT)
NO_WORK, FARM = int(Work.NONE), int(Work.FARM)
BASIC, SKILLED = int(Occupation.BASIC), int(Occupation.SKILLED)
REGULAR, IRREGULAR, RECRUITED = int(Route.REGULAR), int(Route.IRREGULAR), int(Route.RECRUITER)
WORK, FAMILY = int(Motive.WORK), int(Motive.FAMILY)
OPERATOR = int(Channel.OPERATOR)
WHO, CHOSEN, WAY, PUSHED, SETTLES = range(5)  # of a move, in whole numbers
GAIN, PRICE, HELP, PUSH, PULL, NETWORK, EXAMPLE = range(7)  # of a move, in years of pay, money and shares


@kernel
def count_away(persons: Persons, households: Households, localities: Localities, rules: Migration, now: int) -> None:
    """How usual it is to be away, among those of one's sex and age group from one's place; contacts here revive."""
    places = len(localities.price_index)
    all_of = np.zeros((places, PREVALENCE_GROUPS), np.int64)
    gone = np.zeros((places, PREVALENCE_GROUPS), np.int64)
    for i in range(len(persons.household)):
        status = persons.status[i]
        age = now - persons.birth_month[i]
        if status < AWAY and persons.contacts[i] < 1.0:
            persons.contacts[i] = slow_average(1.0 * persons.contacts[i], 1.0, rules.contacts_revive)
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
                localities.prevalence[place, group] = slow_average(before, share, rules.norm_memory)


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
) -> tuple[float, float, float, float, float, float]:  # fmt: skip
    """Life at home as one person sees it: sure income, terms, median pay, prices, c0, months looked ahead.

    Income is in real terms; an equal share of the others' income comes on top of what the person can earn.
    Terms (services, protection, rights) are in years of local pay.
    """
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
    return here, terms, median, price, c0, months


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
        here, years, _, _, _, _ = life_here(persons, households, localities, markets, rules, preferences, now, i)
        worth[count], terms[count], levels[count] = here, years, persons.occupation[i]
        count += 1
    return count


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
    kin = np.zeros((len(households.locality), places), np.int16)
    crowd = np.zeros((len(localities.adults), places), np.int64)
    known = np.zeros((len(localities.adults), places))
    for m in range(len(migrants.person)):
        if not migrants.ended[m]:
            kin[migrants.household[m], migrants.destination[m]] += 1
            crowd[migrants.locality[m], migrants.destination[m]] += 1
    for place in range(len(localities.adults)):
        everyone = max(1, localities.adults[place] + crowd[place].sum())
        for d in range(places):
            known[place, d] = acquainted(crowd[place, d] / everyone, rules.circle) if rules.ties else 0.0
    weight, gain_of, cost_of, worth_of = np.zeros(places), np.zeros(places), np.zeros(places), np.zeros(places)
    help_of, network_of, wait_of = np.zeros(places), np.zeros(places), np.zeros(places)
    way_of = np.zeros(places, np.int64)
    norm = rules.norm_weight if rules.norm else 0.0
    apart = rules.apart if rules.family else 0.0
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
        h = persons.household[i]
        place = households.locality[h]
        here, home, median, price, c0, months = life_here(
            persons, households, localities, markets, rules, preferences, now, i
        )
        present_value = longest if months == rules.horizon else annuity(preferences.beta, months)
        where = migrants.destination[spell] if spell >= 0 else -1
        spouse = NOBODY
        if persons.spouse[i] >= 0:
            stay = persons.spell[persons.spouse[i]]
            spouse = migrants.destination[stay] if stay >= 0 else HOME
        usual = 1.0 * localities.prevalence[place, prevalence_group(persons.sex[i], age)]
        rooted = 1.0 * persons.attachment[i]
        if spell >= 0:
            rooted = attachment_away(rooted, rules.pull_back, 1.0 * persons.contacts[i])
        bound = home + rules.care * persons.care_hours[i] / FULL_TIME
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
            tie, helped, doubted = 0.0, 0.0, 1.0
            if rules.ties:
                tie = 1.0 if kin[h, d] > (1 if stays else 0) else 0.0
            if not stays:
                if rules.ties:
                    helped = help_there(tie, known[place, d], rules.community)
                told = 1.0 * persons.job_information[i]
                kappa = knowledge(helped, persons.trips[i], told, rules.tie_knowledge, rules.trip_knowledge)
                doubted = doubt(kappa, rules.pessimism)
            worth_of_skill = destinations.skill_return[d]
            net = pay_there(destinations.current_pay[d, BASIC], basic_skill, worth_of_skill, 1, 0.0)
            if skilled:
                high = pay_there(destinations.current_pay[d, SKILLED], level_skill, worth_of_skill, 1, 0.0)
                net += recognised[d] * (high - net)
            pay, living = net * doubted / price, destinations.current_living_cost[d] / price
            less = pay * (1.0 - without_papers.penalty_without_papers)
            at_start = 1.0 * migrants.employed[spell] if stays else rules.tie_job * helped
            papers = 1 if not stays or migrants.regular[spell] else 0
            chance = in_work[d, papers, 0] + at_start * (in_work[d, papers, 1] - in_work[d, papers, 0])
            work = believed_chance(chance, doubted)
            there = certainty_equivalent((pay if papers else less) - living, 0.0, work, c0, preferences.curvature)
            way, cost, worth, wait = REGULAR, 0.0, present_value, 0.0
            if stays:
                way = migrants.route[spell]
                if not migrants.regular[spell]:
                    worth = present_value * undetected[d]
                gain = gain_in_years(there, here, worth, 0.0, median, c0, preferences.curvature)
            else:
                grant = 1.0 * persons.travel_grant[i] if spell < 0 else 0.0
                admitted = u_quota < destinations.regular_share[d]
                gain = -LARGEST
                if admitted:
                    wait = wait_left(persons.admitted_month[i], now, 1.0 * destinations.waiting[d])
                    cost = price_of_trip(1.0 * destinations.fare[d], helped, rules.tie_discount, grant)
                    later = math.pow(preferences.beta, wait) if wait > 0.0 else 1.0
                    worth = present_value * later
                    gain = gain_in_years(there, here, worth, later * cost / price, median, c0, preferences.curvature)
                tempting = wait > 0.0 or destinations.irregular_fee[d] < destinations.fare[d]
                if not admitted or (tempting and destinations.irregular_fee[d] > 0.0):
                    asked = price_of_trip(1.0 * destinations.irregular_fee[d], helped, rules.tie_discount, grant)
                    at_risk = present_value * undetected[d]
                    chance = in_work[d, 0, 0] + at_start * (in_work[d, 0, 1] - in_work[d, 0, 0])
                    work = believed_chance(chance, doubted)
                    there = certainty_equivalent(less - living, 0.0, work, c0, preferences.curvature)
                    irregular = gain_in_years(there, here, at_risk, asked / price, median, c0, preferences.curvature)
                    if irregular > gain:
                        way, cost, gain, worth, wait = IRREGULAR, asked, irregular, at_risk, 0.0
                if way == IRREGULAR and d < len(recruiters.fee) and recruiters.fee[d] > 0.0:
                    fare, fee = 1.0 * destinations.fare[d], 1.0 * recruiters.fee[d]
                    supervised = 1.0 * recruiters.supervision[d]
                    asked = recruiter_price(fee, fare, supervised)
                    least = worth_of_place(fee, fare, supervised, rules.job_orders)
                    placed = believed_chance(in_work[d, 1, 1], doubted)
                    there = certainty_equivalent(pay - living, 0.0, placed, c0, preferences.curvature)
                    by_recruiter = gain_in_years(
                        there, here, present_value, least / price, median, c0, preferences.curvature
                    )
                    if by_recruiter > gain:
                        way, cost, gain, worth = RECRUITED, asked, by_recruiter, present_value
            attachment = rooted * share_of_attachment(
                destinations.abroad[d], 1.0 * destinations.distance[d], rules.near
            )
            family = family_terms(spouse, d, apart)
            other = destinations.amenity[d] - bound + family
            value = utility_of_place(gain, rules.gain_weight, tie, rules.tie_weight, usual, norm, other, attachment)
            gain_of[d], cost_of[d], way_of[d], worth_of[d], wait_of[d] = gain, cost, way, worth, wait
            help_of[d], network_of[d] = helped, rules.tie_weight * tie + norm * usual + family
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
                moves[wanting, WHO], moves[wanting, CHOSEN] = i, HOME
                terms[wanting, PRICE] = destinations.fare[where]
                wanting += 1
            continue
        best, best_score = where, -1e30
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
            lower = worth_of_income(here, median, c0, preferences.curvature)
            lower -= worth_of_income(1.0 * markets.start_worth[row], median, c0, preferences.curvature)
            years = rules.gain_weight * lower / (12.0 * median)
            better_terms = home - markets.start_terms[row]
            total = 0.0
            for d in range(places):
                if weight[d] > -1e29:
                    lifted = weight[d] + (years * worth_of[d] + better_terms) / rules.nest
                    total += math.exp(max(min(lifted, LARGEST), -LARGEST))
            moves[wanting, PUSHED] = 1 if u_go >= logistic(rules.nest * math.log(total)) else 0
            push = -years * worth_of[best] - better_terms
            terms[wanting, PUSH], terms[wanting, NETWORK] = push, network_of[best]
            terms[wanting, PULL] = rules.gain_weight * gain_of[best] + destinations.amenity[best] - home - push
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
        payable = ways[k] != RECRUITED and can_pay(assets / 100.0, loan, cost, others, need)
        if not payable and ways[k] != REGULAR and d < len(recruiters.fee) and recruiters.fee[d] > 0.0:
            fee, fare, supervised = recruiters.fee[d], destinations.fare[d], recruiters.supervision[d]
            asked = recruiter_price(fee, fare, supervised)
            ways[k], cost = RECRUITED, asked * (1.0 - rules.advance)
            least = worth_of_place(fee, fare, supervised, rules.job_orders) * (1.0 - rules.advance)
            payable = can_pay(assets / 100.0, loan, least, others, need)
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
            level = persons.level[i]
            firms.jobs[firm, level] -= 1
            part = persons.hours[i] / FULL_TIME
            firms.labour[firm, level] = max(0.0, firms.labour[firm, level] - persons.skill[i] * part)
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
        persons.admitted_month[i] = NOT_ASKED


@kernel
def go_on(
    persons: Persons, migrants: Migrants, destinations: Destinations, recruiters: Recruiters, rules: Migration,
    order: Array, who: Array, chosen: Array, ways: Array, prices: Array, went: Array, trips: Array, debts: Array,
) -> None:  # fmt: skip
    """Those away who want to move on do so if their savings pay the way; amounts in cents."""
    for k in order:
        i, d = who[k], chosen[k]
        if d < 0 or persons.spell[i] < 0:
            continue
        old = persons.spell[i]
        price = int(np.rint(prices[k] * 100.0))
        least = price
        if ways[k] == RECRUITED:
            fee, fare, supervised = recruiters.fee[d], destinations.fare[d], recruiters.supervision[d]
            debts[k] = int(np.rint(prices[k] * rules.advance * 100.0))
            price -= debts[k]
            worth = worth_of_place(fee, fare, supervised, rules.job_orders)
            least = int(np.rint(worth * 100.0)) - int(np.rint(worth * rules.advance * 100.0))
        if least > migrants.savings[old]:
            continue
        trips[k] = price
        debts[k] += migrants.debt[old]
        went[k] = 1
        persons.trips[i] += 1
        persons.admitted_month[i] = NOT_ASKED


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


@kernel
def come_back(
    persons: Persons, households: Households, migrants: Migrants, markets: Markets, destinations: Destinations,
    rules: Migration, now: int, order: Array, who: Array, chosen: Array, prices: Array, settles: Array,
    came: Array, kinds: Array, fines: Array, fares: Array, repaid: Array, purses: Array,
) -> None:  # fmt: skip
    """Those who return pay the way, fines and what they owe as far as it goes, and bring the rest home; in cents."""
    for k in order:
        if chosen[k] != HOME:
            continue
        i = who[k]
        m = persons.spell[i]
        h = persons.household[i]
        came[k] = 1
        left = migrants.savings[m]
        if migrants.detected[m]:
            fines[k] = min(int(np.rint(destinations.fine[migrants.destination[m]] * 100.0)), left)
        fares[k] = min(int(np.rint(prices[k] * 100.0)), left - fines[k])
        repaid[k] = min(migrants.debt[m], left - fines[k] - fares[k])
        purses[k] = left - fines[k] - fares[k] - repaid[k]
        brought = purses[k] / 100.0
        kinds[k] = kind_of_return(migrants.detected[m], migrants.employed[m], brought, 1.0 * migrants.cost[m])
        row = 2 * settles[k] + persons.occupation[i]
        usable = share_in_work(0.0, 1.0 * markets.arrival[row], 1.0 * markets.separation[row], 1.0 * rules.horizon)
        ready = readiness(brought, 1.0 * migrants.target_savings[m], usable, 1.0 * persons.contacts[i])
        persons.preparedness[i] = 0.0 if migrants.detected[m] else ready
        persons.return_kind[i] = kinds[k]
        persons.return_month[i] = now + 1
        end_stay(migrants, m)
        persons.spell[i] = -1
        persons.status[i] = INACTIVE
        persons.shaken[i] = 1
        persons.returnee[i] = 1
        persons.earnings[i] = 0.0
        persons.smoothed_earnings[i] = 0.0
        households.away[h] -= 1
        if settles[k] == households.locality[h]:
            households.members[h] += 1
            households.adults[h] += 1


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
    arrived: Array, rows: Array, helped: Array, debts: Array, origins: Array,
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
        placed = migrants.route[m] == RECRUITED or u_job < rules.tie_job * helped[k]
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


@kernel
def name_homes(persons: Persons, luck: Luck, people: Array, ids: Array) -> None:
    """Identity of the new household of each of some people."""
    for k in range(len(people)):
        ids[k] = derived_id(luck, persons.id[people[k]], 0)


@dataclass
class Migration(Mechanism):
    """Go, return, leave again; decided now, takes effect on the first of next month.

    Now and then an adult considers moving: a nested logit over staying and each destination, one
    equation for leaving, returning and moving on. The gain is the difference between the certainty
    equivalents of risky incomes there and here, less the cost of the way, in years of local pay. Ties
    cut the cost, correct beliefs and help to a first job: those of the household in full, those of the
    community in part. Spouses weigh living apart; the share of one's like who are away adds a norm,
    linearly. Choice comes first, liquidity after: who cannot pay stays and is recorded. Each departure is
    taken apart into push and pull, and is called push-driven if the same person with the same luck would
    have stayed with home terms at the median of month 0. Singles who come back settle where work is best.
    """

    reads = (
        Persons.id, Persons.spouse, Persons.sex, Persons.birth_month, Persons.occupation, Persons.level,
        Persons.skill, Persons.attachment, Persons.in_school, Persons.not_working, Persons.travel_grant,
        Persons.job_information,
        Migrants.person, Migrants.household, Migrants.locality, Migrants.destination,
        Migrants.route, Migrants.savings,
        Migrants.altruism, Migrants.target_savings, Migrants.cost,
        Households.locality, Households.zone, Households.account, Households.desk_distance,
        Households.children, Households.liquid_assets, Households.land,
        Households.others_earnings, Households.other_income, Households.need, Households.received_assets,
        Localities.price_index, Localities.median_pay, Localities.base_pay, Localities.school_quality,
        Localities.health_quality, Localities.farm_return, Localities.trade_return, Localities.rights,
        Localities.adults, Localities.id,
        Markets.offers, Markets.arrival, Markets.separation, Markets.usual_skill,
        Lenders.cash,
        Destinations.id, Destinations.abroad, Destinations.current_pay, Destinations.current_living_cost,
        Destinations.current_finding,
        Destinations.current_separation, Destinations.skill_return, Destinations.recognition,
        Destinations.recognition_at_arrival, Destinations.detection, Destinations.regular_share,
        Destinations.fare, Destinations.waiting, Destinations.fine,
        Destinations.irregular_fee, Destinations.amenity, Destinations.distance, Destinations.closed,
        Recruiters.fee, Recruiters.supervision,
    )  # fmt: skip
    writes = (
        Persons.household,
        Persons.status, Persons.spell, Persons.employer, Persons.work, Persons.formal, Persons.insured,
        Persons.hours,
        Persons.wage, Persons.earnings, Persons.smoothed_earnings, Persons.tenure, Persons.search_months,
        Persons.care_hours, Persons.receives, Persons.trips, Persons.shaken, Persons.returnee,
        Persons.return_kind, Persons.return_month, Persons.preparedness, Persons.contacts, Persons.admitted_month,
        Migrants.regular, Migrants.ended, Migrants.employed, Migrants.recognised, Migrants.occupation,
        Migrants.wage,
        Migrants.means, Migrants.debt, Migrants.plan, Migrants.waiting, Migrants.channel, Migrants.known_cost,
        Migrants.detected, Migrants.intention,
        Households.members, Households.adults, Households.away, Households.own_workers, Households.debt,
        Firms.jobs, Firms.labour, Lenders.loans, Localities.prevalence,
        Markets.start_worth, Markets.start_terms,
    )  # fmt: skip
    adds = (Migrants, Households)
    pays = (
        Flow("trip loans", Lenders.cash, Households.liquid_assets, "loans for the way"),
        Flow("trip", Households.liquid_assets, Destinations.outside, "fares, papers, smugglers"),
        Flow("purses", Households.liquid_assets, Migrants.savings, "money for the first weeks"),
        Flow("onward trip", Migrants.savings, Destinations.outside, "the way on or back"),
        Flow("moving on", Migrants.savings, Migrants.savings, "savings taken along"),
        Flow("trip debt", Migrants.savings, Destinations.outside, "the trip is paid back"),
        Flow("fines", Migrants.savings, Destinations.outside, "paid by those who are detected"),
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
    family: int = switch("spouses weigh living apart")
    place_choice: int = switch("singles who come back settle where work is best; off: all go to their household")
    remittances_pay_trips: int = switch(
        "money that came as remittances can pay trips; off: it is left out of the purse"
    )
    job_orders: int = switch(
        "employers abroad order so many workers: recruiters have as many places as are taken at their full fee; off: "
        "they place everybody who asks"
    )
    consider: float = param(1 / 12, "1/month", (1 / 36, 1.0), "q: chance to consider moving; assumption")
    horizon: int = param(36, "month", (1, 120), "H: assumption")
    gain_weight: float = param(1.0, "1/year", (0.2, 5.0), "a_x; assumption")
    nest: float = param(0.7, "1", (0.3, 1.0), "dissimilarity of destinations; assumption")
    tie_weight: float = param(1.5, "year", (0.0, 1.5), "t_h; assumption, raised from .4 with the norm")
    norm_weight: float = param(6.0, "year", (0.0, 6.0), "nu; raised from 2 so that communities part as in T17")
    norm_memory: float = param(24.0, "month", (1.0, 120.0), "memory of prevalence; assumption")
    pessimism: float = param(
        0.3, "1", (0.0, 1.0), "outside, McKenzie, Gibson and Stillman 2013: sign; size: assumption"
    )
    community: float = param(0.5, "1", (0.0, 1.0), "help of an acquaintance there over a member's; assumption")
    circle: float = param(10.0, "persons", (1.0, 150.0), "acquaintances from home who would help; assumption")
    apart: float = param(1.0, "year", (0.0, 5.0), "what living apart from a spouse weighs; assumption, T21 in view")
    tie_knowledge: float = param(0.7, "1", (0.0, 1.0), "share of wrong beliefs a member there corrects; assumption")
    trip_knowledge: float = param(0.7, "1", (0.0, 1.0), "share that an own stay corrects; assumption")
    tie_discount: float = param(0.5, "1", (0.0, 0.8), "share of the cost a member there saves; assumption")
    tie_job: float = param(0.4, "1", (0.0, 1.0), "chance of a job at arrival through a member there; assumption")
    services: float = param(0.5, "year", (0.0, 3.0), "what schools and clinics at home are worth; assumption")
    protection: float = param(0.25, "year", (0.0, 3.0), "what social protection through a job is worth; assumption")
    rights: float = param(1.0, "year", (0.0, 5.0), "what workers' rights at home are worth; assumption")
    care: float = param(1.0, "year", (0.0, 5.0), "what a full month of unpaid care at home weighs; assumption")
    near: float = param(0.45, "1", (0.0, 1.0), "share of attachment that counts within the country; assumption")
    pull_back: float = param(
        0.35, "1", (0.0, 1.0), "share of attachment that still pulls home once away; assumption, with T21 in view"
    )
    target_pull: float = param(
        0.6, "year", (0.0, 5.0), "pull of home once the savings aimed at are there; assumption, with T21 in view"
    )
    target_years: float = param(1.0, "year", (0.1, 10.0), "savings aimed at, in local pay; assumption")
    advance: float = param(0.85, "1", (0.0, 1.0), "share of the fee that a recruiter advances as debt; assumption")
    loan_months: float = param(3.0, "month", (0.0, 12.0), "others' income a lender advances for a trip; assumption")
    purse: float = param(1.0, "month", (0.0, 6.0), "living cost taken along; assumption")
    altruism: float = param(0.6, "1", (0.2, 2.0), "f: outside, Yang and Choi 2007")
    altruism_per_child: float = param(0.1, "1", (0.0, 0.25), "more or less of f per child beyond two; assumption")
    contacts_revive: float = param(24.0, "month", (1.0, 240.0), "time in which contacts at home grow back; assumption")
    youngest: int = param(15, "year", (15, 25), "age from which people leave on their own; assumption")

    def __call__(self, month: Month) -> None:
        """Choose, then see what can be paid, then go."""
        if not self.on:
            return
        persons, households, localities = month.persons, month.households, month.localities
        places, people = month.count(Destinations), month.count(Persons)
        in_work, recognised, undetected = np.zeros((places, 2, 2)), np.zeros(places), np.zeros(places)
        preferences = month.rules_of("participation")  # time and risk are valued alike at home and away
        without_papers = month.rules_of("away")  # pay and work there as they will be
        access = without_papers.access_without_papers
        outlook(month.destinations, self.rules, preferences.beta, access, in_work, recognised, undetected)
        self.remember(month)
        moves, terms = np.zeros((people, SETTLES + 1), np.int64), np.zeros((people, EXAMPLE + 1))
        wanting = consider(
            persons, households, month.migrants, localities, month.markets, month.destinations,
            month.recruiters,
            self.rules, preferences, month.age_base, without_papers,
            month.draw(month.values(Persons.id), month.luck("consider")),
            month.luck("consider"), month.luck("taste"), month.luck_once("quota"),
            in_work, recognised, undetected, moves, terms,
        )  # fmt: skip
        moves, terms = np.ascontiguousarray(moves[:wanting].T), np.ascontiguousarray(terms[:wanting].T)
        order = np.argsort(month.values(Persons.id)[moves[WHO]], kind="stable")
        was_away = month.values(Persons.spell)[moves[WHO]].astype(np.int64)
        self.returns(month, order, moves, terms)
        self.departures(month, order, moves, terms, was_away)
        count_away(month.persons, month.households, month.localities, self.rules, month.age_base)

    def remember(self, month: Month) -> None:
        """Home terms of month 0, the last of the burn-in: medians by qualification over all places."""
        if month.age_base != -1 and (month.values(Markets.start_worth) >= 0.0).all():
            return
        people = month.count(Persons)
        worth, years, levels = np.zeros(people), np.zeros(people), np.zeros(people, np.int64)
        found = look_back(
            month.persons, month.households, month.localities, month.markets, self.rules,
            month.rules_of("participation"), month.age_base, worth, years, levels,
        )  # fmt: skip
        for level in (BASIC, SKILLED):
            mine = levels[:found] == level
            mine = mine if mine.any() else np.ones(found, bool)
            month.values(Markets.start_worth)[level::2] = np.median(worth[:found][mine]) if found else 0.0
            month.values(Markets.start_terms)[level::2] = np.median(years[:found][mine]) if found else 0.0

    def returns(self, month: Month, order: Array, moves: Array, terms: Array) -> None:
        """Stays end, forced or chosen; savings come home."""
        who, chosen, settles = moves[WHO], moves[CHOSEN], moves[SETTLES]
        stays, there = month.values(Persons.spell)[who].astype(np.int64), month.values(Migrants.destination)
        if not (chosen == HOME).any():
            return
        choose_place(
            month.persons, month.households, month.localities, month.markets, self.rules,
            month.rules_of("participation"), month.age_base, month.luck("place of return"), order, who, chosen, settles,
        )  # fmt: skip
        came, kinds, fines, fares, repaid, purses = (np.zeros(len(who), np.int64) for _ in range(6))
        come_back(
            month.persons, month.households, month.migrants, month.markets, month.destinations, self.rules,
            month.age_base, order, who, chosen, terms[PRICE], settles, came, kinds, fines, fares, repaid, purses,
        )  # fmt: skip
        back = order[came[order] == 1]
        month.pay("fines", stays[back], there[stays[back]], fines[back])
        month.pay("onward trip", stays[back], there[stays[back]], fares[back])
        month.pay("trip debt", stays[back], there[stays[back]], repaid[back])
        homes = month.values(Persons.household)[who].astype(np.int64)
        new = back[settles[back] != month.values(Households.locality)[homes[back]]]
        if len(new):
            homes[new] = self.settle(month, who[new], homes[new], settles[new])
        month.pay("purses home", stays[back], homes[back], purses[back])
        month.record(int(Event.RETURNED), who[back], kinds[back], purses[back] / 100.0)

    def settle(self, month: Month, people: Array, old: Array, places: Array) -> Array:
        """Households of those who come back to another place than the one they left."""
        ids = np.zeros(len(people), np.int64)
        name_homes(month.persons, month.luck("new home"), people, ids)
        same = {
            column.name: month.values(column)[old].copy()
            for column in (Households.zone, Households.account, Households.desk_distance)
        }
        homes = month.add(
            Households, len(people), id=ids, locality=places, members=1, adults=1, need=month.territory.need, **same
        )
        month.values(Persons.household)[people] = homes
        return homes

    def departures(self, month: Month, order: Array, moves: Array, terms: Array, was_away: Array) -> None:
        """Stays begin for those who can pay the way, from home or from another destination."""
        who, chosen, ways = moves[WHO], moves[CHOSEN], moves[WAY]
        prices = terms[PRICE]
        went, trips, loans, purses, debts = (np.zeros(len(who), np.int64) for _ in range(5))
        leave(
            month.persons, month.households, month.localities, month.lenders, month.firms, month.destinations,
            month.recruiters, self.rules, order, who, chosen, ways, prices, went, trips, loans, purses, debts,
        )  # fmt: skip
        go_on(
            month.persons, month.migrants, month.destinations, month.recruiters, self.rules, order, who, chosen, ways,
            prices, went, trips, debts,
        )  # fmt: skip
        stuck = order[(went[order] == 0) & (chosen[order] >= 0)]
        month.record(int(Event.WANTED_TO_LEAVE), who[stuck], chosen[stuck], prices[stuck])
        gone = order[went[order] == 1]
        if not len(gone):
            return
        leavers, targets = who[gone], chosen[gone]
        homes = month.values(Persons.household)[leavers]
        places = month.values(Households.locality)[homes]
        number = len(gone)
        ids, old, motives = (np.zeros(number, np.int64) for _ in range(3))
        altruism, aims = np.zeros(number), np.zeros(number)
        describe(
            month.persons, month.households, month.localities, month.migrants, self.rules, month.luck("stay"),
            leavers, targets, ids, motives, altruism, aims, old,
        )  # fmt: skip
        onward = was_away[gone] >= 0
        rows = month.add(
            Migrants, number, id=ids, person=leavers, household=homes, locality=places, destination=targets,
            start_month=month.age_base + 1, motive=motives, route=ways[gone], altruism=altruism,
            target_savings=aims, channel=OPERATOR, onward=onward.astype(np.int8),
            cost=np.where(onward, prices[gone], (trips + debts)[gone] / 100.0), push=terms[PUSH, gone],
            pull=terms[PULL, gone], network=terms[NETWORK, gone], pushed=moves[PUSHED, gone],
        )  # fmt: skip
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
            leavers, rows.astype(np.int64), terms[HELP, gone], debts[gone], old,
        )  # fmt: skip
        month.record(
            int(Event.DEPARTED), leavers, targets, terms[GAIN, gone], cause=terms[EXAMPLE, gone], offer=prices[gone]
        )
        driven = gone[moves[PUSHED, gone] == 1]
        month.record(int(Event.PUSHED), who[driven], chosen[driven], terms[PUSH, driven])
