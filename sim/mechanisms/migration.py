"""Migration: who leaves, returns or moves on, by which way, and whether they can pay (R3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.choice import (
    CHOSEN,
    EXAMPLE,
    GAIN,
    HELP,
    NETWORK,
    PRICE,
    PULL,
    PUSH,
    PUSHED,
    SETTLES,
    WAY,
    WHO,
    choose_place,
    consider,
    look_back,
    outlook,
)
from sim.codes import Channel, Event, Motive, Occupation, Route, Status, Work
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.mechanisms.away import pay_there
from sim.moving import (
    HOME,
    NOT_ASKED,
    RETIREMENT,
    altruism_at_departure,
    can_pay,
    kind_of_return,
    prevalence_group,
    readiness,
    recruiter_price,
    share_in_work,
    slow_average,
    trip_loan,
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

INACTIVE = int(Status.INACTIVE)
OWN_ACCOUNT, AWAY, ABSENT = int(Status.OWN_ACCOUNT), int(Status.AWAY), int(Status.ABSENT)
NO_WORK, FARM = int(Work.NONE), int(Work.FARM)
BASIC, SKILLED = int(Occupation.BASIC), int(Occupation.SKILLED)
REGULAR, IRREGULAR, RECRUITED = int(Route.REGULAR), int(Route.IRREGULAR), int(Route.RECRUITER)
WORK, FAMILY = int(Motive.WORK), int(Motive.FAMILY)
OPERATOR = int(Channel.OPERATOR)


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
