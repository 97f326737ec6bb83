"""Separations: quits to non-work, layoffs, closed firms and jobs that end for other reasons (R1, R2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.benefits import amount_granted, benefit_of, months_granted
from sim.codes import Event, Reason, Status
from sim.commuting import Way, cost_of_way, steps_to_work, way_of
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Firms, Households, Localities, Markets, Persons
from sim.ranking import ranked
from sim.streams import Luck, uniforms
from sim.table import Array
from sim.technology import FULL_TIME
from sim.territory import Benefit

INACTIVE, UNEMPLOYED, EMPLOYED = int(Status.INACTIVE), int(Status.UNEMPLOYED), int(Status.EMPLOYED)
NONE, TASTE = int(Reason.NONE), int(Reason.TASTE)
STAYS, QUITS, LAID_OFF, CLOSED, ENDED = 0, 1, 2, 3, 4  # also the reason recorded with the event
FINE = 1048576.0  # fixed point of labour, so that sums do not depend on the order of rows
MEMORY = 1.0 / 3.0  # a month: observed rates count about three months
PSEUDO = 20.0 / 3.0  # events a month at the territory's rate that steady a small market's own


@rule
def net_pay(wage: float, tax_rate: float, formal: int) -> float:
    """Pay after tax and contributions, which only formal jobs carry (money/month)."""
    return wage * (1.0 - tax_rate) if formal == 1 else wage


@rule
def quits(net: float, not_working: float) -> bool:
    """An employee leaves for non-work only when net pay falls below b, the value of not working.

    Not below the reservation wage: that also counts the search given up by taking a job.
    """
    return net < not_working


@rule
def ending(rate: float, times: float, formal: int) -> float:
    """Chance a month that a job ends for other reasons: ``times`` the rate where there is no contract.

    References
    ----------
    Donovan, Lu and Schoellman (2023), Quarterly Journal of Economics 138(4): people leave employment two to three
    times as often in the poorest countries as in the richest, most of them after a short time in the job.
    """
    return rate if formal == 1 else times * rate


@rule
def jobs_to_cut(jobs: int, wanted: int, share: float, uniform: float) -> int:
    """Employees laid off this month: ``share`` of those beyond what the firm wants, rounded by luck."""
    if wanted < 0 or jobs <= wanted:
        return 0
    return int((jobs - wanted) * share + uniform)


@rule
def layoff_turn(uniform: float, tenure: float, protection: float) -> float:
    """Place in the queue for layoff, lowest first: exponential luck, stretched by tenure.

    Each month in the job protects: after ``protection`` months the hazard of being next is halved.
    """
    return -math.log(uniform) * (1.0 + tenure / protection)


@rule
def steadied(rate: float, events: float, exposed: float, overall: float) -> float:
    """A market's monthly rate, remembered over three months and shrunk to the territory's ``overall`` rate.

    ``events`` over ``exposed`` is this month's observation, to which 20 pseudo-events in three months at
    the overall rate are added. Where nothing happens anywhere the rate falls towards zero.
    """
    observed = (events + PSEUDO) / (exposed + PSEUDO / overall) if overall > 0.0 else 0.0
    return rate + MEMORY * (observed - rate)


@rule
def fine_labour(skill: float, hours: float) -> int:
    """Efficiency units of labour in fixed point."""
    return round(FINE * skill * (hours / FULL_TIME))


@kernel
def count_jobs(persons: Persons, firms: Firms, markets: Markets, labour: Array) -> None:
    """Count who works where before anybody leaves."""
    jobs = np.zeros((len(firms.jobs), 2), np.int64)
    employees = np.zeros(len(markets.employees), np.int64)
    for i in range(len(persons.status)):
        if persons.status[i] == EMPLOYED:
            f, level = persons.employer[i], persons.level[i]
            jobs[f, level] += 1
            labour[f, level] += fine_labour(persons.skill[i], persons.hours[i])
            employees[2 * firms.locality[f] + level] += 1
    for f in range(len(jobs)):
        for level in range(2):
            firms.jobs[f, level] = jobs[f, level]
    for m in range(len(employees)):
        markets.employees[m] = employees[m]


@kernel
def leave(
    persons: Persons, households: Households, firms: Firms, localities: Localities, rules: Separations,
    time: Any, way: Way, age_base: int, luck: Luck, fate: Array,
) -> None:  # fmt: skip
    """Each employee's job ends if the firm closed, if pay is not worth the time, or for other reasons.

    Who runs a firm stays while it is worth the time. ``time`` are the parameters of `Participation`.
    """
    for i in range(len(persons.status)):
        if persons.status[i] != EMPLOYED:
            continue
        f = persons.employer[i]
        if firms.open[f] == 0:
            fate[i] = CLOSED
            continue
        place = households.locality[persons.household[i]]
        net = net_pay(persons.wage[i], localities.tax_rate[place], persons.formal[i])
        if firms.founder[f] == i:  # lives on its profit too, and nobody but the market ends their work
            net += max(0.0, firms.profit[f])
        worth = persons.not_working[i] if persons.hours[i] >= FULL_TIME else persons.not_working_part[i]
        if firms.locality[f] != place:
            steps = steps_to_work(persons, households, firms, i)
            worth += cost_of_way(persons, households, localities, time, way, 1.0 * persons.hours[i], steps, age_base, i)
        if quits(net, worth):
            fate[i] = QUITS
            continue
        u0, _, _, _ = uniforms(luck, persons.id[i])
        if u0 < ending(rules.ended, rules.without_contract, persons.formal[i]) and firms.founder[f] != i:
            fate[i] = ENDED


@kernel
def lay_off(persons: Persons, firms: Firms, rules: Separations, luck: Luck, firm_luck: Luck, fate: Array) -> None:
    """Firms with more employees of a level than they want lay off part of them, mostly those with least tenure."""
    left = np.zeros(2 * len(firms.jobs), np.int64)  # by team: those of one level in a firm
    for team in range(len(left)):
        left[team] = firms.jobs[team // 2, team % 2]
    for i in range(len(persons.status)):
        if fate[i] != STAYS:
            left[2 * persons.employer[i] + persons.level[i]] -= 1
    cuts = np.zeros(len(left), np.int64)
    total = 0
    for team in range(len(left)):
        wanted = firms.desired_jobs[team // 2, team % 2]
        if left[team] > wanted and wanted >= 0:
            u0, _, _, _ = uniforms(firm_luck, firms.id[team // 2])
            cuts[team] = jobs_to_cut(left[team], wanted, rules.layoff_speed, u0)
            if cuts[team] > 0:
                total += left[team]
    if total == 0:
        return
    rows, teams = np.zeros(total, np.int64), np.zeros(total, np.int64)
    ids, turns = np.zeros(total, np.int64), np.zeros(total)
    found = 0
    for i in range(len(persons.status)):
        team = 2 * persons.employer[i] + persons.level[i]
        if persons.status[i] == EMPLOYED and fate[i] == STAYS and cuts[team] > 0:
            if firms.founder[persons.employer[i]] == i:
                continue
            u0, _, _, _ = uniforms(luck, persons.id[i])
            rows[found], teams[found], ids[found] = i, team, persons.id[i]
            turns[found] = layoff_turn(u0, float(persons.tenure[i]), rules.protection)
            found += 1
    order, first = ranked(teams[:found], turns[:found], ids[:found], len(left))
    for team in range(len(left)):
        for k in range(first[team], min(first[team] + cuts[team], first[team + 1])):
            fate[rows[order[k]]] = LAID_OFF


@kernel
def separate(
    persons: Persons, households: Households, firms: Firms, localities: Localities, markets: Markets,
    scheme: Benefit, luck: Luck, fate: Array, labour: Array,
) -> None:  # fmt: skip
    """Those whose job ended are out of work: searching if that is worth it or brings a benefit, else out.

    A benefit is earned by who loses an insured job; who quits, or ran the firm, has no claim.
    """
    separations = np.zeros(len(markets.separations), np.int64)
    lost = np.zeros(len(markets.separations), np.int64)
    for i in range(len(persons.status)):
        if fate[i] == STAYS:
            continue
        f, level = persons.employer[i], persons.level[i]
        market = 2 * firms.locality[f] + level
        separations[market] += 1
        if fate[i] != QUITS:
            lost[market] += 1
        firms.jobs[f, level] -= 1
        labour[f, level] -= fine_labour(persons.skill[i], persons.hours[i])
        granted = 0
        if fate[i] != QUITS and firms.founder[f] != i and persons.pensioner[i] == 0:
            u0, _, _, _ = uniforms(luck, persons.id[i])
            granted = months_granted(persons.formal[i], u0, scheme.covered, scheme.months)
        persons.entitled_months[i] = granted
        persons.entitlement[i] = 0.0
        if granted > 0:
            tax_rate = localities.tax_rate[households.locality[persons.household[i]]]
            net = net_pay(persons.wage[i], tax_rate, persons.formal[i])
            persons.entitlement[i] = amount_granted(net, scheme.flat, scheme.share)
        persons.employer[i] = -1
        persons.wage[i] = 0.0
        persons.hours[i] = 0.0
        persons.tenure[i] = 0
        persons.formal[i] = 0
        persons.insured[i] = 0
        persons.search_months[i] = 0
        persons.shaken[i] = 1
        searches = persons.reservation_flow[i] >= 0.0 or granted > 0
        persons.status[i] = UNEMPLOYED if searches else INACTIVE
        persons.why_out[i] = NONE if searches else TASTE  # looked at more closely at next month's review
    for f in range(len(labour)):
        for level in range(2):
            firms.labour[f, level] = labour[f, level] / FINE
    jobs_lost = jobs_held = 0
    for m in range(len(lost)):
        jobs_lost += lost[m]
        jobs_held += markets.employees[m]
    for m in range(len(lost)):
        markets.separations[m] = separations[m]
        if jobs_held > 0:
            overall = jobs_lost / jobs_held
            markets.separation[m] = steadied(
                markets.separation[m], float(lost[m]), float(markets.employees[m]), overall
            )


@dataclass
class Separations(Mechanism):
    """Jobs end: employees whose pay is not worth their time quit, firms with too many lay off.

    An employee quits to non-work when net pay is below the value of not working, the way counted for those who
    work elsewhere. A firm closes 30 % a
    month of the excess of its employees over those it wants (last month's expected sales), newcomers to
    the firm first on average. A closed firm releases everybody; other jobs end at a given rate, more often where
    there is no contract. Where the place has unemployment insurance, who loses an insured job has a claim to it.
    """

    reads = (
        Persons.id, Persons.skill, Persons.level, Persons.not_working, Persons.not_working_part,
        Persons.reservation_flow, Persons.pensioner,
        Persons.household, Persons.birth_month, Persons.taste, Persons.care_hours, Persons.nonlabour_income,
        Households.locality,
        Firms.id, Firms.locality, Firms.open, Firms.desired_jobs, Firms.founder, Firms.profit,
        Localities.tax_rate, Localities.price_index, Localities.median_income, Localities.median_pay,
    )  # fmt: skip
    writes = (
        Persons.status, Persons.employer, Persons.wage, Persons.hours, Persons.tenure, Persons.formal,
        Persons.insured, Persons.search_months, Persons.shaken, Persons.why_out, Persons.entitlement,
        Persons.entitled_months,
        Firms.jobs, Firms.labour,
        Markets.employees, Markets.separations, Markets.separation,
    )  # fmt: skip
    answers = (
        Answer(Firms.desired_jobs, Firms.jobs, -1, "fewer employees are wanted", factor=0.5),
        Answer(Persons.not_working, Firms.jobs, -1, "time is worth more than pay", factor=20.0),
    )
    shows = ("separation_rate",)

    on: int = switch("the whole line: no job ends")
    layoff_speed: float = param(0.3, "1/month", (0.05, 1.0), "share of an excess closed; assumption")
    ended: float = param(0.02, "1/month", (0.005, 0.06), "jobs that end for other reasons; assumption")
    without_contract: float = param(
        2.0,
        "1",
        (1.0, 6.0),
        "times as often jobs without a contract end; assumption, after Donovan, Lu, Schoellman 2023",
    )
    protection: float = param(24.0, "month", (1.0, 240.0), "tenure that halves the risk of layoff; assumption")

    def __call__(self, month: Month) -> None:
        """End jobs, count them, and update what searchers believe about the risk."""
        persons, firms, markets = month.persons, month.firms, month.markets
        labour = np.zeros((month.count(Firms), 2), np.int64)
        fate = np.zeros(month.count(Persons), np.int8)
        count_jobs(persons, firms, markets, labour)
        leave(
            persons, month.households, firms, month.localities, self.rules, month.rules_of("participation"),
            way_of(month), month.age_base, month.luck("ended"), fate,
        )  # fmt: skip
        lay_off(persons, firms, self.rules, month.luck("turn"), month.luck("cuts"), fate)
        separate(
            persons, month.households, firms, month.localities, markets, benefit_of(month), month.luck("covered"),
            fate, labour,
        )  # fmt: skip
        rows = np.flatnonzero(fate != STAYS)
        left = rows[fate[rows] == QUITS]
        month.record(int(Event.QUIT), left)
        lost = rows[fate[rows] != QUITS]
        month.record(int(Event.LAID_OFF), lost, fate[lost])
