"""Participation: reservation wages, and who is in the labour force (R1)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.benefits import benefit_of
from sim.codes import Event, Occupation, Reason, Status, Work
from sim.commuting import Way, look_further, way_of
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Households, Localities, Markets, Persons
from sim.search import (
    EVEN,
    NEVER,
    TIME,
    Premiums,
    Terms,
    aged_taste,
    believed_arrival,
    best_state,
    best_surplus,
    decide_status,
    full_time_equivalent,
    lasting_benefit,
    ordinary_offer_pays,
    premiums,
    search_return,
    share_taken,
    takes_ordinary_offer,
    worth_of_offers,
    would_enter,
)
from sim.streams import Luck, uniforms
from sim.table import Array
from sim.technology import LAND_SHARE, farm_return
from sim.technology import OWN_ACCOUNT as FULL_OWN_ACCOUNT
from sim.territory import Benefit

CHILD, STUDENT, INACTIVE, UNEMPLOYED = (
    int(Status.CHILD), int(Status.STUDENT), int(Status.INACTIVE), int(Status.UNEMPLOYED),
)  # fmt: skip
EMPLOYED, OWN_ACCOUNT = int(Status.EMPLOYED), int(Status.OWN_ACCOUNT)
NONE, STUDY, PENSION, CARE = int(Reason.NONE), int(Reason.STUDY), int(Reason.PENSION), int(Reason.CARE)
REMITTANCES, OFFERS, TASTE = int(Reason.REMITTANCES), int(Reason.OFFERS), int(Reason.TASTE)
BASIC, SKILLED = int(Occupation.BASIC), int(Occupation.SKILLED)
NO_WORK, FARM, TRADE = int(Work.NONE), int(Work.FARM), int(Work.TRADE)

MONTHS_OF_ASSETS = 36.0  # liquid assets count as income over three years
ENTERED, LEFT, BECAME_OWN, STAYED_OUT = 1, 2, 4, 8  # what changed, as bits
CAUSE, OFFER, WITHOUT = 0, 1, 2  # figures told beside an event


@rule
def counted_remittances(persistent: float, variance: float, recent: float, gamma: float, omega: float) -> float:
    """RC: remittances a household counts on, ``max(0, R_p - gamma*sd + omega*(R - R_p))``.

    Parameters
    ----------
    persistent : money/month, R_p: the part expected to last
    variance : (money/month)^2 of receipts around it
    recent : money/month, R: mean receipt of the last three months
    gamma, omega : weight of risk and of the transitory part

    References
    ----------
    Amuedo-Dorantes and Pozo (2011), Journal of Population Economics 24(2): volatile remittances and work.
    """
    return max(0.0, persistent - gamma * math.sqrt(variance) + omega * (recent - persistent))


@rule
def nonlabour_income(
    own: float, shared: float, others_earnings: float, remittances: float, theta: float, weight: float
) -> float:
    """Y: income without own work as one member sees it, ``A_own + theta*(A_others + E) + w_R*RC``.

    All in money/month; ``theta`` is the share of others' income the member can count on, ``weight`` is 1
    for who receives or decides on remittances and theta for others. Not added up over members.
    """
    return max(0.0, own + theta * (shared + others_earnings) + weight * remittances)


@rule
def chance_of_opening(opening: float, formal_share: float) -> float:
    """Chance a month that somebody who wants to trade on own account can begin.

    Where work is informal one begins at once; where jobs keep to rules so must trade, and papers, a place
    to sell and customers take time. The share of formal jobs stands for the share of trade that must.

    Parameters
    ----------
    opening : 1/month, chance where everything is formal
    formal_share : in [0, 1], share of private jobs that are formal

    References
    ----------
    Djankov, La Porta, Lopez-de-Silanes and Shleifer (2002), Quarterly Journal of Economics 117(1), 1-37.
    """
    return 1.0 - formal_share * (1.0 - opening)


@rule
def income_parts(
    persons: Persons, households: Households, price: float, pension: float, rules: Participation, i: int
) -> tuple[float, float, float]:
    """Income without own work (R1) in real terms: pension, counted remittances at their weight, the rest.

    Own unemployment benefit is none of it: it is paid for searching, and counted there.
    The three add up to Y; they are kept apart for the counterfactuals without one of them.
    """
    home = persons.household[i]
    own = pension if persons.pensioner[i] == 1 else 0.0
    weight = 1.0 if persons.receives[i] == 1 else rules.theta
    earnings = max(0.0, households.others_earnings[home] - persons.smoothed_earnings[i])
    if rules.disruption == 0:
        earnings += households.absent_earnings[home]
    others = max(0.0, households.other_income[home] - own - persons.benefit[i])
    assets = remittances = 0.0
    if rules.income == 1:
        assets = weight * households.liquid_assets[home] / 100.0 / MONTHS_OF_ASSETS
        receipts = households.receipts[home]
        recent = (receipts[0] + receipts[1] + receipts[2]) / 3.0
        gamma = rules.gamma if rules.volatility == 1 else 0.0
        remittances = weight * counted_remittances(
            households.persistent_receipt[home], households.receipt_variance[home], recent, gamma, rules.omega
        )
    rest = nonlabour_income(assets, others, earnings, 0.0, rules.theta, weight)
    return own / price, remittances / price, rest / price


@rule
def own_account_return(
    persons: Persons, households: Households, localities: Localities, price: float, i: int
) -> tuple[float, int]:
    """Real monthly return of own-account work, the better of one more worker on the land and trade; which."""
    home = persons.household[i]
    place = households.locality[home]
    beside = float(households.own_workers[home])
    if persons.status[i] == OWN_ACCOUNT and persons.work[i] == FARM:
        beside = max(beside - 1.0, 0.0)
    farm = farm_return(households.land[home], beside, localities.farm_return[place] / price, LAND_SHARE)
    trade = localities.trade_return[place] / price * persons.skill[i]
    if farm >= trade and farm > 0.0:
        return farm, FARM
    return trade, TRADE


@rule
def terms_of(
    persons: Persons, households: Households, localities: Localities, rules: Participation,
    own_return: float, price: float, i: int,
) -> Terms:  # fmt: skip
    """On what terms one person can work; costs follow the median pay and income of the place."""
    place = households.locality[persons.household[i]]
    unit = localities.median_income[place] / price
    pay = localities.median_pay[place] / price
    return Terms(
        rules.home_production * unit, rules.work_cost * pay, rules.search_cost * pay,
        persons.skill[i] / price, own_return, rules.own_search, rules.curvature, max(unit, 1e-9), 0.0,
    )  # fmt: skip


@rule
def with_benefit(terms: Terms, benefit: float) -> Terms:
    """The same terms for somebody whom search brings that benefit (money/month, real)."""
    return Terms(
        terms.home, terms.work_cost, terms.search_cost, terms.scale, terms.own_return, terms.own_search,
        terms.curvature, terms.unit, benefit,
    )  # fmt: skip


@rule
def gain_of(markets: Markets, rules: Participation, market: int, arrival: float, months: float) -> float:
    """K of a market as somebody sees it after so many months of search."""
    believed = believed_arrival(arrival, months, rules.n0)
    return search_return(believed, markets.separation[market], rules.beta)


@rule
def counted_benefit(
    persons: Persons, markets: Markets, rules: Participation, scheme: Benefit, terms: Terms,
    market: int, search: float, full: float, part: float, months: float, price: float, i: int,
) -> float:  # fmt: skip
    """B of one person without a job, real: the benefit that counts in the search equation, however long it lasts.

    It is for those available for work, as labour offices ask: who would search without it, or would take an
    ordinary offer if it came today. It counts for no more than leaves the best offer worth taking: who would refuse
    whatever there is does not search. ``search``, ``full`` and ``part`` are r and b without it.
    """
    left = min(float(persons.entitled_months[i]), scheme.months)
    insured = persons.entitlement[i] / price if left > 0.0 else 0.0
    assistance = scheme.flat / price if persons.assisted[i] == 1 else 0.0
    if insured <= 0.0 and assistance <= 0.0:
        return 0.0
    points, part_share = markets.offers[market], markets.part_share[market]
    counted = assistance
    if search < 0.0 and not ordinary_offer_pays(points, part_share, terms.scale, full, part):
        return 0.0
    gain = gain_of(markets, rules, market, markets.arrival[market], months)
    keeps = terms.search_cost - gain * worth_of_offers(points, EVEN, terms.scale, part_share, full, part)
    after = max(assistance, keeps)  # who would not search without it leaves when it ends
    if insured > after:
        found = believed_arrival(markets.arrival[market], months, rules.n0)
        found *= share_taken(points, terms.scale, part_share, full, part, max(search, 0.0))
        counted = lasting_benefit(insured, left, after, found, rules.beta)
    return min(counted, terms.search_cost + best_surplus(points, terms.scale, part_share, full, part))


@rule
def best_market(
    markets: Markets, rules: Participation, income: float, hours: Premiums, terms: Terms,
    market: int, occupation: int, months: float,
) -> tuple[int, int, float, float, float, float]:  # fmt: skip
    """Row of the market in which to search, and what `decide_status` gives there.

    A skilled person may take basic jobs and searches among them if that is worth more: markets are
    segments, and search is directed to one of them. ``market`` is the row of the person's occupation,
    ``months`` how long the person has searched in vain.
    """
    gain = gain_of(markets, rules, market, markets.arrival[market], months)
    status, search, own, full, part = decide_status(
        income, hours, terms, markets.offers[market], markets.part_share[market], gain
    )
    if occupation == SKILLED:
        below = market - SKILLED + BASIC
        gain = gain_of(markets, rules, below, markets.arrival[below], months)
        status_below, search_below, own_below, _, _ = decide_status(
            income, hours, terms, markets.offers[below], markets.part_share[below], gain
        )
        if search_below > search:
            return below, status_below, search_below, own_below, full, part
    return market, status, search, own, full, part


@rule
def best_search(
    persons: Persons, markets: Markets, rules: Participation, scheme: Benefit, income: float, hours: Premiums,
    terms: Terms, market: int, occupation: int, months: float, price: float, i: int,
) -> tuple[Terms, int, int, float, float, float, float]:  # fmt: skip
    """`best_market` with the unemployment benefit that search brings to who is in no job, and terms that hold it."""
    row, status, search, own, full, part = best_market(markets, rules, income, hours, terms, market, occupation, months)
    if persons.status[i] != EMPLOYED:
        benefit = counted_benefit(persons, markets, rules, scheme, terms, row, search, full, part, months, price, i)
        if benefit > 0.0:
            terms = with_benefit(terms, benefit)
            row, status, search, own, full, part = best_market(
                markets, rules, income, hours, terms, market, occupation, months
            )
    return terms, row, status, search, own, full, part


@rule
def why_out(
    markets: Markets, rules: Participation, pension: float, remittances: float, rest: float,
    taste: float, time: float, hours: Premiums, terms: Terms, market: int, months: float,
) -> int:  # fmt: skip
    """Why somebody stays out: the first thing without which the same person would come in.

    In this order: the pension, the care hours, the remittances counted on (discouraged participation), too
    few offers (discouraged worker); else the taste for time. Too few offers keep out who would come in at
    the chance of month 0, and who would take an ordinary offer today but does not look for one: available
    and not seeking, the potential labour force of the ILO (2013, 19th ICLS, resolution I, paragraph 51).
    """
    income = pension + remittances + rest
    points, part_share = markets.offers[market], markets.part_share[market]
    gain = gain_of(markets, rules, market, markets.arrival[market], months)
    if pension > 0.0 and would_enter(income - pension, hours, terms, points, part_share, gain):
        return PENSION
    if time < TIME:
        without_care = premiums(TIME, taste, terms.curvature)
        if would_enter(income, without_care, terms, points, part_share, gain):
            return CARE
    if remittances > 0.0 and would_enter(income - remittances, hours, terms, points, part_share, gain):
        return REMITTANCES
    gain = gain_of(markets, rules, market, markets.start_arrival[market], 0.0)
    if would_enter(income, hours, terms, points, part_share, gain):
        return OFFERS
    if takes_ordinary_offer(income, hours, terms, points, part_share):
        return OFFERS
    return TASTE


@rule
def size_of(reason: int, pension: float, remittances: float, care: float, offers: float) -> float:
    """How large that is which keeps somebody out: pension or remittances counted on (money/month), hours, offers."""
    if reason == PENSION:
        return pension
    if reason == REMITTANCES:
        return remittances
    if reason == CARE:
        return care
    return offers if reason == OFFERS else 0.0


@rule
def wage_without(
    markets: Markets, rules: Participation, reason: int, pension: float, remittances: float, rest: float,
    taste: float, hours: Premiums, terms: Terms, market: int, months: float,
) -> float:  # fmt: skip
    """Reservation wage of the same person without what `why_out` names: what the reason added can be told."""
    income = pension + remittances + rest
    arrival = markets.arrival[market]
    if reason == PENSION:
        income -= pension
    elif reason == REMITTANCES:
        income -= remittances
    elif reason == CARE:
        hours = premiums(TIME, taste, terms.curvature)
    elif reason == OFFERS:
        arrival, months = markets.start_arrival[market], 0.0
    _, search, own, full, part = decide_status(
        income, hours, terms, markets.offers[market], markets.part_share[market],
        gain_of(markets, rules, market, arrival, months),
    )  # fmt: skip
    return full_time_equivalent(max(search, own), full, part)


@rule
def ordinary_offer(markets: Markets, market: int, skill: float) -> float:
    """Median full-time offer to somebody of that skill, nominal (money/month)."""
    points = markets.offers[market]
    middle: float = 0.5 * (points[(len(points) - 1) // 2] + points[len(points) // 2])
    return middle * skill


@kernel
def decide(
    persons: Persons, households: Households, localities: Localities, markets: Markets, rules: Participation,
    way: Way, drawn: Array, luck: Luck, pension: float, scheme: Benefit, opening: float, age_base: int,
    changed: Array, told: Array,
) -> None:  # fmt: skip
    """Everybody whose turn it is looks at work anew; those in a job only learn what it would take.

    What decided is written into ``told`` for those whose state or reason changed.
    """
    for i in range(len(persons.household)):
        status = persons.status[i]
        if status == STUDENT:
            persons.why_out[i] = STUDY
            persons.shaken[i] = 0
            continue
        if status < INACTIVE or status > OWN_ACCOUNT:
            continue
        if drawn[i] >= rules.review and persons.shaken[i] == 0:
            continue
        persons.shaken[i] = 0
        place = households.locality[persons.household[i]]
        price = localities.price_index[place]
        age = (age_base - persons.birth_month[i]) // 12
        retirement, remittances, rest = income_parts(persons, households, price, pension, rules, i)
        income = retirement + remittances + rest
        time = TIME - persons.care_hours[i]
        taste = aged_taste(persons.taste[i], age, rules.ageing_from, rules.ageing)
        hours = premiums(time, taste, rules.curvature)
        own_return, work = own_account_return(persons, households, localities, price, i)
        terms = terms_of(persons, households, localities, rules, own_return, price, i)
        occupation, months = persons.occupation[i], float(persons.search_months[i])
        terms, market, best, search, own, full, part = best_search(
            persons, markets, rules, scheme, income, hours, terms, 2 * place + occupation, occupation, months, price, i
        )
        if way.steps > 0:
            steps, market, search, own = look_further(
                markets, rules, terms, way, income, time, taste, way.fare * localities.median_pay[place] / price,
                place, occupation, months, hours.own, market, search, own,
            )  # fmt: skip
            persons.search_range[i] = steps
            best = best_state(search, own)
        persons.nonlabour_income[i] = income
        persons.seeks[i] = market - 2 * place
        if age > rules.last_age:  # no hours can be worked any more: leaves a job, too
            best, full, part = INACTIVE, NEVER, NEVER
            search = -terms.search_cost
        if best == OWN_ACCOUNT and work == TRADE and status < EMPLOYED:
            u_opening, _, _, _ = uniforms(luck, persons.id[i])
            if u_opening >= opening:  # looks for customers and a stall, and takes a job meanwhile: that is search
                best = UNEMPLOYED
                search = max(search, 0.0)
        flow = own if best == OWN_ACCOUNT and status != EMPLOYED else search
        persons.reservation_flow[i] = flow * price
        persons.not_working[i] = full * price if full < NEVER else NEVER
        persons.not_working_part[i] = part * price if part < NEVER else NEVER
        persons.reservation_wage[i] = full_time_equivalent(flow, full, part) * price
        if status == EMPLOYED:
            continue
        if best == INACTIVE:
            before = persons.why_out[i]
            if age > rules.last_age:
                persons.why_out[i] = PENSION
            else:
                persons.why_out[i] = why_out(
                    markets, rules, retirement, remittances, rest, taste, time, hours, terms,
                    market, months,
                )  # fmt: skip
            persons.hours[i] = 0.0
            persons.work[i] = NO_WORK
            if status != INACTIVE:
                changed[i] |= LEFT
            elif persons.why_out[i] != before:
                changed[i] |= STAYED_OUT
            if changed[i] != 0:
                reason = persons.why_out[i]
                told[i, CAUSE] = size_of(
                    reason, retirement * price, remittances * price, persons.care_hours[i],
                    believed_arrival(markets.arrival[market], months, rules.n0),
                )  # fmt: skip
                told[i, WITHOUT] = price * wage_without(
                    markets, rules, reason, retirement, remittances, rest, persons.taste[i], hours, terms, market,
                    months,
                )  # fmt: skip
        else:
            persons.why_out[i] = NONE
            if status == INACTIVE:
                changed[i] |= ENTERED
            if best == OWN_ACCOUNT:
                persons.hours[i] = FULL_OWN_ACCOUNT
                persons.work[i] = work
                persons.formal[i] = 0
                persons.insured[i] = 0
                if status != OWN_ACCOUNT:
                    changed[i] |= BECAME_OWN
                    told[i, CAUSE] = own_return * price
            else:
                persons.hours[i] = 0.0
                persons.work[i] = NO_WORK
        if changed[i] != 0:
            told[i, OFFER] = ordinary_offer(markets, market, persons.skill[i])
        persons.status[i] = best


@dataclass
class Participation(Mechanism):
    """People without a job look at work anew: out, searching, or on their own account.

    Each takes the state worth most to them: staying out (zero), searching (r), own-account work while
    searching less (r_o). Remittances counted on, others' earnings, savings and pensions raise the value
    of not working; care leaves less time. Choices are in real terms: amounts are divided by the price
    index, and what is kept for later months (reservation wage, r, b) is multiplied by it again. People
    with a job only learn at what pay they would leave; they leave it in `Separations`.

    Where other localities are near enough people look as far away as is worth most to them, and what search is
    worth holds the offers there, less the way. b is kept for work at home, and the reasons for staying out are
    told by the offers of the place.
    """

    reads = (
        Persons.id, Persons.household, Persons.birth_month, Persons.occupation, Persons.skill, Persons.taste,
        Persons.smoothed_earnings, Persons.care_hours, Persons.receives, Persons.pensioner,
        Persons.search_months, Persons.entitlement, Persons.entitled_months, Persons.assisted, Persons.benefit,
        Households.locality, Households.liquid_assets, Households.land, Households.own_workers,
        Households.others_earnings, Households.absent_earnings, Households.other_income, Households.receipts,
        Households.persistent_receipt, Households.receipt_variance,
        Localities.price_index, Localities.median_pay, Localities.median_income, Localities.farm_return,
        Localities.trade_return,
        Markets.offers, Markets.part_share, Markets.arrival, Markets.start_arrival, Markets.separation,
        Markets.usual_vacancies,
    )  # fmt: skip
    writes = (
        Persons.status, Persons.why_out, Persons.work, Persons.hours, Persons.formal, Persons.insured,
        Persons.seeks, Persons.search_range, Persons.shaken, Persons.reservation_wage, Persons.reservation_flow,
        Persons.not_working, Persons.not_working_part, Persons.nonlabour_income,
    )  # fmt: skip
    answers = (
        Answer(Households.persistent_receipt, Persons.reservation_wage, +1, "income makes time dearer"),
        Answer(Persons.care_hours, Persons.not_working_part, +1, "care leaves less time", factor=1.2),
        Answer(Markets.arrival, Persons.reservation_flow, +1, "more offers make search worth more"),
        Answer(Localities.trade_return, "self_employment", +1, "own-account work pays better", factor=2.0),
    )
    shows = ("participation", "reservation_wage", "self_employment")

    on: int = switch("participation decisions: nobody enters or leaves the labour force by choice")
    income: int = switch("remittances and liquid assets as income without own work")
    disruption: int = switch("the absence of earners: their pay is missing at home")
    volatility: int = switch("volatility of remittances")
    theta: float = param(0.7, "1", (0.0, 1.0), "share of others' income a member counts on; assumption")
    gamma: float = param(0.25, "1", (0.0, 1.0), "discount for the spread of remittances; assumption")
    omega: float = param(0.1, "1", (0.0, 0.5), "weight of the transitory part of remittances; assumption")
    curvature: float = param(1.0, "1", (0.0, 2.0), "of utility, 1 is log; outside, Chetty 2006")
    home_production: float = param(
        0.25, "1", (0.05, 0.5), "c0 over median household income per adult; own fit, CPS 1991"
    )
    beta: float = param(0.995, "1/month", (0.98, 0.999), "discount factor; assumption")
    work_cost: float = param(0.05, "1", (0.0, 0.2), "k_w over median pay; assumption")
    search_cost: float = param(0.03, "1", (0.0, 0.15), "k_s over median pay; assumption")
    own_search: float = param(0.5, "1", (0.1, 1.0), "phi, search beside own-account work; assumption")
    opening: float = param(
        0.2, "1/month", (0.02, 1.0), "chance to find an opening for trade where all work is formal; assumption"
    )
    n0: float = param(24.0, "month", (6.0, 120.0), "search that halves the believed chance of an offer; assumption")
    review: float = param(1.0 / 3.0, "1/month", (0.05, 1.0), "chance to look at work without an event; assumption")
    ageing_from: float = param(50.0, "year", (30.0, 70.0), "age from which work costs more; assumption")
    ageing: float = param(0.2, "1/year", (0.0, 0.5), "growth of the taste for time from then on; assumption")
    last_age: int = param(75, "year", (65, 100), "age to which people can work; assumption")

    def __call__(self, month: Month) -> None:
        """Set reservation wages and the status of those without a job whose turn it is."""
        changed, told = np.zeros(month.count(Persons), np.int8), np.zeros((month.count(Persons), 3), np.float32)
        decide(
            month.persons, month.households, month.localities, month.markets, self.rules,
            way_of(month), month.draw(month.values(Persons.id), month.luck("review")), month.luck("opening"),
            month.territory.pension, benefit_of(month),
            chance_of_opening(self.opening, month.territory.formal_share), month.age_base, changed, told,
        )  # fmt: skip
        wage, why = month.values(Persons.reservation_wage), month.values(Persons.why_out)
        for bit, event in (
            (ENTERED, Event.ENTERED_LABOUR_FORCE),
            (LEFT, Event.LEFT_LABOUR_FORCE),
            (BECAME_OWN, Event.OWN_ACCOUNT),
            (STAYED_OUT, Event.STAYED_OUT),
        ):
            rows = np.flatnonzero((changed & bit) != 0)
            cause, offer, without = told[rows].T
            month.record(int(event), rows, why[rows], wage[rows], cause=cause, offer=offer, without=without)


def explain(month: Month, i: int) -> dict[str, Any]:
    """The figures that decide one person's participation this month, by the rules of the month itself.

    ``month`` is a `Month` of this mechanism, ``i`` a row of `Persons`; nothing is written. All amounts
    are real, in money a month.
    """
    rules: Any = month._mechanism.rules
    persons, households, localities, markets = (
        month.persons,
        month.households,
        month.localities,
        month.markets,
    )
    home = int(persons.household[i])
    place = int(households.locality[home])
    price = float(localities.price_index[place])
    age = int((month.age_base - persons.birth_month[i]) // 12)
    pension, remittances, rest = income_parts(persons, households, price, month.territory.pension, rules, i)
    income = pension + remittances + rest
    time = TIME - float(persons.care_hours[i])
    taste = aged_taste(float(persons.taste[i]), age, rules.ageing_from, rules.ageing)
    hours = premiums(time, taste, rules.curvature)
    own_return, work = own_account_return(persons, households, localities, price, i)
    terms = terms_of(persons, households, localities, rules, own_return, price, i)
    occupation, months = int(persons.occupation[i]), float(persons.search_months[i])
    terms, market, status, search, own, full, part = best_search(
        persons, markets, rules, benefit_of(month), income, hours, terms, 2 * place + occupation, occupation, months,
        price, i,
    )  # fmt: skip
    way, steps = way_of(month), 0
    if way.steps > 0:
        steps, market, search, own = look_further(
            markets, rules, terms, way, income, time, taste, way.fare * float(localities.median_pay[place]) / price,
            place, occupation, months, hours.own, market, search, own,
        )  # fmt: skip
        status = best_state(search, own)
    if age > rules.last_age:
        status = INACTIVE
    points = markets.offers[market]
    why = (
        why_out(markets, rules, pension, remittances, rest, taste, time, hours, terms, market, months)
        if status == INACTIVE and age <= rules.last_age
        else PENSION if status == INACTIVE else NONE
    )  # fmt: skip
    median = float(points[len(points) // 2]) * terms.scale
    offered = believed_arrival(float(markets.arrival[market]), months, rules.n0)
    told: dict[str, Any] = {
        "age": age,
        "time without care": time,
        "taste for time": taste,
        "others' earnings": float(households.others_earnings[home] - persons.smoothed_earnings[i]) / price,
        "pension": pension,
        "remittances counted on": remittances,
        "income without own work": income,
        "unemployment benefit counted": terms.benefit,
        "value of not working full time": full,
        "value of not working part time": part,
        "offers a month": offered,
        "median offer": median,
        "value of searching": search,
        "return of own-account work": own_return,
        "kind of own-account work": Work(work),
        "value of own-account work": own,
        "reservation wage": full_time_equivalent(own if status == OWN_ACCOUNT else search, full, part),
        "occupation of jobs sought": Occupation(market - 2 * place),
        "best status": Status(status),
        "why out": Reason(why),
    }
    told["in words"] = in_words(told)
    if steps > 0:
        told["looks for work as far away as, minutes"] = steps * month.territory.commuting
        told["in words"] += f" Looks for work up to {steps * month.territory.commuting:,.0f} minutes away."
    minutes = minutes_to_work(month, i)
    if minutes > 0.0:
        told["way to work, minutes"] = minutes
        told["in words"] += f" Travels {minutes:,.0f} minutes to work in another locality, and as long back."
    return told


def minutes_to_work(month: Month, i: int) -> float:
    """Way to work of one person, one way, in minutes; 0 for those who work where they live or do not work."""
    tables = month._world.population
    firm, home = int(tables.persons.employer[i]), int(tables.persons.household[i])
    if firm < 0:
        return 0.0
    steps = abs(int(tables.firms.locality[firm]) - int(tables.households.locality[home]))
    return float(steps * month.territory.commuting)


def in_words(told: dict[str, Any]) -> str:
    """One sentence on what decided, with the figures."""
    values = (
        f"staying out is worth 0, searching {told['value of searching']:,.4g} and own-account work "
        + (f"{told['value of own-account work']:,.4g}" if told["value of own-account work"] > -NEVER else "nothing")
        + " a month over it"
    )
    part, full = told["value of not working part time"], told["value of not working full time"]
    if full < NEVER:
        needed = f"a full-time job must bring {full:,.4g} to be worth its time; the median offer is "
    elif part < NEVER:
        needed = f"only part-time work leaves time enough and must bring {part:,.4g}; a full-time offer is "
    else:
        needed = "no hours of work leave time enough; a full-time offer is "
    reasons = {
        STUDY: "at school",
        PENSION: "because of the pension or of age",
        CARE: f"for care: {TIME - told['time without care']:,.4g} hours a month",
        REMITTANCES: f"because of remittances of {told['remittances counted on']:,.4g} counted on",
        OFFERS: f"for lack of offers: {told['offers a month']:,.2g} a month",
        TASTE: "by taste for time",
    }
    states = {INACTIVE: "out of the labour force", UNEMPLOYED: "searching", OWN_ACCOUNT: "own-account work"}
    best = " ".join(filter(None, (states[int(told["best status"])], reasons.get(int(told["why out"]), ""))))
    return f"Best is {best}: {values}; {needed}{told['median offer']:,.4g}."
