"""Vacancies: how much labour firms want, what they post and what they pay (R2)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.codes import Occupation, Sector, Status
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Firms, Localities, Markets, Persons
from sim.streams import Luck, normal, uniforms
from sim.table import Array
from sim.technology import (
    ALPHA,
    FULL_TIME,
    composite,
    of_level,
    product_of_level,
    share_of,
    unit_cost,
    weight_of_skilled,
)

EMPLOYED = int(Status.EMPLOYED)
BASIC, SKILLED = int(Occupation.BASIC), int(Occupation.SKILLED)
TRADABLE, NON_TRADABLE, PUBLIC = int(Sector.TRADABLE), int(Sector.NON_TRADABLE), int(Sector.PUBLIC)
NORMAL_USE = 0.9  # share of capacity that firms plan to sell


@rule
def profitable_labour(
    productivity: float, capital: float, price: float, wage_cost: float, wedge: float, alpha: float
) -> float:
    """Labour at which the marginal revenue product is the wage cost and the hiring wedge.

    Solves ``(1-alpha) p A (K/L)^alpha = (1+m_h) w``. Without the wedge firms would hire until workers add
    no more than they cost, and wages would sink to reservation wages (Diamond's paradox).

    Parameters
    ----------
    productivity, capital : A and K of the production function
    price : money per unit of output
    wage_cost : money/month of an efficiency unit, after subsidies
    wedge : m_h, hiring wedge
    alpha : share of capital

    Returns
    -------
    efficiency units; falls with the wage cost with elasticity ``-1/alpha``.

    References
    ----------
    Diamond (1971), Journal of Economic Theory 3(2); Manning (2011), Handbook of Labor Economics 4B.
    """
    if capital <= 0.0 or wage_cost <= 0.0 or price <= 0.0:
        return 0.0
    labour: float = capital * ((1.0 - alpha) * price * productivity / ((1.0 + wedge) * wage_cost)) ** (1.0 / alpha)
    return labour


@rule
def labour_for_sales(sales: float, productivity: float, capital: float, use: float, alpha: float) -> float:
    """Labour with which expected sales are ``use`` of capacity: inverse of the production function."""
    if sales <= 0.0 or capital <= 0.0 or productivity <= 0.0:
        return 0.0
    labour: float = (sales / (use * productivity * capital**alpha)) ** (1.0 / (1.0 - alpha))
    return labour


@rule
def next_wage(
    posted: float, applicants: float, product: float, floor: float, premium: float, mu: float, speed: float
) -> float:
    """Posted wage of the month: part of the way to ``(1-mu) premium w*_applicants + mu MRP``.

    Parameters
    ----------
    posted : last month's posted wage of an efficiency unit
    applicants : median reservation wage of an efficiency unit of applicants and of those who refused
    product : MRP, marginal revenue product of an efficiency unit
    floor : legal minimum; binds even above the marginal product
    premium : the firm's pay policy, 1 for a usual firm
        Wanting the hands it has, with ``MRP = (1+m_h) w``, the firm rests at so many times the pay of a usual one.
    mu : weight of the marginal product: what workers get of the surplus
    speed : share of the gap closed in a month

    Returns
    -------
    money/month between floor and marginal product.

    References
    ----------
    Manning (2003), Monopsony in Motion: wages between the supply price of applicants and the product. Card, Cardoso,
    Heining and Kline (2018), Journal of Labor Economics 36(S1), S13-S70: the same people are paid more in some firms
    than in others, for years.
    """
    target = (1.0 - mu) * premium * applicants + mu * product
    return max(min(posted + speed * (target - posted), product), floor)


@rule
def rest_of_wages(applicants: float, mu: float, wedge: float) -> float:
    """Where the pay of a usual firm rests that has the hands it wants, ``MRP = (1+m_h) w`` in `next_wage`.

    ``w = (1-mu) w*_applicants / (1 - mu (1+m_h))``; others rest at their premium times that.
    """
    return (1.0 - mu) * applicants / (1.0 - mu * (1.0 + wedge))


@rule
def pay_policy(uniform: float, spread: float) -> float:
    """Premium of a new firm: lognormal with median 1, and with the place's spread of log pay between firms.

    References
    ----------
    Abowd, Kramarz and Margolis (1999), Econometrica 67(2), 251-333: effects of firms on the pay of the same people.
    """
    return math.exp(spread * normal(uniform))


@rule
def wanted_jobs(labour: float, per_job: float, threshold: float) -> int:
    """Whole jobs for the labour wanted; each firm rounds at its own fixed threshold, so that no job is
    opened and closed for a fraction, and the sum over firms follows the labour wanted."""
    return int(labour / per_job + threshold) if per_job > 0.0 else 0


@rule
def full_team(wanted: int, weight: float, sells: bool) -> int:
    """At least one job, in a firm that needs both levels and has something to do: half a team makes next to nothing."""
    return max(wanted, 1) if sells and 0.0 < weight < 1.0 else wanted


@rule
def affordable(vacancies: int, cash: float, cost: float) -> int:
    """Vacancies the firm can pay for out of its cash."""
    if cost <= 0.0:
        return vacancies
    return max(0, min(vacancies, int(cash / cost)))


@rule
def subsidy(share: float, wage_bill: float) -> int:
    """Cents a firm is paid back of its last wage bill (money/month)."""
    return round(share * wage_bill * 100.0)


@rule
def due_for_review(month: int, uniform: float, share: float) -> bool:
    """Whether it is the month in which this person's pay is reviewed: once in ``1 / share`` months.

    References
    ----------
    Taylor (1980), Journal of Political Economy 88(1), 1-23: pay set for a year, in months of one's own.
    """
    period = round(1.0 / share)
    return (month + int(uniform * period)) % period == 0


@rule
def reviewed_pay(wage: float, posted: float, trend: float) -> float:
    """Pay of an incumbent after a review: what is posted for the job, but no nominal cut.

    Money here is that of one year. Pay that is frozen in the money of the day loses ``trend``, the growth of
    pay in the country since the last review; that is the most by which it falls here.

    References
    ----------
    Bewley (1999), Why Wages Don't Fall during a Recession; Dickens et al. (2007), Journal of Economic
    Perspectives 21(2), 195-214: freezes where pay would otherwise be cut.
    """
    return max(wage * (1.0 - trend), posted)


@kernel
def plan(
    firms: Firms,
    localities: Localities,
    markets: Markets,
    rules: Vacancies,
    elasticity: float,
    trait: Luck,
    legal: float,
    cents: Array,
) -> None:
    """Each firm learns from its sales, sets its wages, and opens a vacancy for every job it lacks."""
    per_job, cost = np.zeros(2), np.zeros(2)
    for f in range(len(firms.open)):
        for level in range(2):
            firms.vacancies[f, level] = 0
            firms.desired_labour[f, level] = 0.0
            if firms.open[f] == 0:
                firms.desired_jobs[f, level] = 0
        if firms.open[f] == 0:
            continue
        place = firms.locality[f]
        price = localities.price[place]
        sector = firms.sector[f]
        full = 1.0 if firms.full_time[f] == 1 else 0.5
        weight = 1.0 * firms.skilled_weight[f]
        productivity, capital = firms.productivity[f], firms.capital[f]

        seen = firms.sales[f]
        if sector == NON_TRADABLE:  # customers turned away are seen, too
            seen *= max(1.0, localities.use[place]) / price
        elif sector == TRADABLE:
            seen /= localities.tradable_price[place]
        if firms.output[f] > 0.0 or sector == PUBLIC:
            firms.expected_sales[f] += rules.sales_memory * (seen - firms.expected_sales[f])

        worth = price
        if sector == TRADABLE:
            worth = localities.tradable_price[place]
            if firms.output[f] > 0.0 and firms.sales[f] > 0.0:
                worth = firms.sales[f] / firms.output[f]
        for level in range(2):
            jobs, held = firms.jobs[f, level], firms.labour[f, level]
            usual = markets.usual_skill[2 * place + level] if 0.0 < weight < 1.0 else 1.0
            per_job[level] = held / jobs if jobs > 0 and held > 0.0 else full * usual
        for level in range(2):
            share = share_of(level, weight)
            if share <= 0.0:
                continue
            if sector == PUBLIC:  # pays the going rate
                product = (1.0 + rules.hiring_wedge) * markets.mean_wage[2 * place + level]
                product = max(product, firms.posted_wage[f, level])
            else:
                product = worth * product_of_level(
                    productivity, capital, 1.0 * firms.labour[f, level], 1.0 * firms.labour[f, 1 - level],
                    per_job[level], per_job[1 - level], share, ALPHA, elasticity,
                )  # fmt: skip
                if sector == NON_TRADABLE:
                    product *= NORMAL_USE
            firms.marginal_product[f, level] = product
            floor = 0.0
            if firms.formal[f] == 1:
                floor = max(legal, localities.wage_floor[place]) * full / per_job[level]
            premium = 1.0 * firms.premium[f, level] if rules.policies else 1.0
            firms.posted_wage[f, level] = next_wage(
                firms.posted_wage[f, level], firms.applicants_wage[f, level], product, floor, premium, rules.mu,
                rules.wage_speed,
            )  # fmt: skip
            cost[level] = firms.posted_wage[f, level] * (1.0 - firms.wage_subsidy[f])

        index = unit_cost(cost[BASIC], cost[SKILLED], weight, elasticity)
        if sector == PUBLIC:
            desired = firms.expected_sales[f] / index if index > 0.0 else 0.0
        else:
            desired = profitable_labour(productivity, capital, worth, index, rules.hiring_wedge, ALPHA)
            if sector == NON_TRADABLE:
                needed = labour_for_sales(firms.expected_sales[f], productivity, capital, NORMAL_USE, ALPHA)
                desired = min(desired, needed)
        u0, _, _, _ = uniforms(trait, firms.id[f])
        left = firms.cash[f] / 100.0
        for level in range(2):
            share = share_of(level, weight)
            if share <= 0.0:
                firms.desired_jobs[f, level] = 0
                continue
            labour = of_level(desired, share, index, cost[level], elasticity)
            firms.desired_labour[f, level] = labour
            wanted = full_team(wanted_jobs(labour, per_job[level], u0), weight, desired > 0.0)
            firms.desired_jobs[f, level] = wanted
            jobs = firms.jobs[f, level]
            if wanted > jobs:
                price_of_vacancy = rules.vacancy_cost * firms.posted_wage[f, level] * full
                opened = affordable(wanted - jobs, left, price_of_vacancy)
                firms.vacancies[f, level] = opened
                cents[f] += round(opened * price_of_vacancy * 100.0)
                left -= opened * price_of_vacancy


@rule
def of_other_level(wanted: int, gap: int, share: float, threshold: float, smallest: int) -> int:
    """How many of the jobs to be filled a firm of one level gives to people of the other, once it is large enough.

    Parameters
    ----------
    wanted : employees the firm wants
    gap : of these, those it lacks: nobody is laid off for somebody of the other level
    share : of the other level among employees of private firms of the place
    threshold : each firm rounds at its own, as in `wanted_jobs`
    smallest : employees from which firms have jobs of both levels
    """
    if wanted < smallest:
        return 0
    return max(0, min(gap, int(share * wanted + threshold), wanted - 1))


@kernel
def reorganise(firms: Firms, elasticity: float) -> None:
    """A firm of one level that has found people of the other gives them their place: it makes as much for its pay."""
    for f in range(len(firms.open)):
        weight = firms.skilled_weight[f]
        basic, skilled = 1.0 * firms.labour[f, BASIC], 1.0 * firms.labour[f, SKILLED]
        if (weight > 0.0 and weight < 1.0) or basic <= 0.0 or skilled <= 0.0:
            continue
        level = SKILLED if weight > 0.0 else BASIC
        pay_basic, pay_skilled = 1.0 * firms.posted_wage[f, BASIC], 1.0 * firms.posted_wage[f, SKILLED]
        if pay_basic <= 0.0 or pay_skilled <= 0.0:
            continue
        paid = (basic * pay_basic + skilled * pay_skilled) / firms.posted_wage[f, level]
        weight = weight_of_skilled(basic, skilled, pay_basic, pay_skilled, elasticity)
        together = composite(basic, skilled, weight, elasticity)
        firms.skilled_weight[f] = weight
        firms.productivity[f] *= (paid / together) ** (1.0 - ALPHA)


@kernel
def look_for_others(
    firms: Firms, markets: Markets, rules: Vacancies, smallest: int, trait: Luck
) -> None:  # fmt: skip
    """Firms of one level that have grown give part of their open positions to the other, as is usual in the place."""
    held = np.zeros(len(markets.mean_wage), np.int64)
    for f in range(len(firms.open)):
        if firms.sector[f] != PUBLIC:
            for level in range(2):
                held[2 * firms.locality[f] + level] += firms.jobs[f, level]
    for f in range(len(firms.open)):
        weight = firms.skilled_weight[f]
        if firms.open[f] == 0 or firms.sector[f] == PUBLIC or (weight > 0.0 and weight < 1.0):
            continue
        own, other = (SKILLED, BASIC) if weight > 0.0 else (BASIC, SKILLED)
        market = 2 * firms.locality[f]
        total = held[market] + held[market + 1]
        if firms.vacancies[f, own] == 0 or total == 0:
            continue
        _, threshold, _, _ = uniforms(trait, firms.id[f])
        number = of_other_level(
            firms.desired_jobs[f, own], firms.vacancies[f, own], held[market + other] / total, threshold, smallest
        )
        if number > 0:
            usual = markets.mean_wage[market + other]
            firms.posted_wage[f, other] = firms.applicants_wage[f, other] = usual
            firms.premium[f, other] = firms.premium[f, own]
            firms.marginal_product[f, other] = (1.0 + rules.hiring_wedge) * usual
            firms.vacancies[f, own] -= number
            firms.vacancies[f, other] = number
            firms.desired_jobs[f, own] -= number
            firms.desired_jobs[f, other] = number


@kernel
def pay_back(firms: Firms, refunds: Array) -> None:
    """What subsidised firms are paid back of last month's wages."""
    for f in range(len(firms.open)):
        if firms.open[f] == 1 and firms.wage_subsidy[f] > 0.0:
            refunds[f] = subsidy(firms.wage_subsidy[f], firms.wage_bill[f])


@kernel
def review_pay(
    persons: Persons, firms: Firms, localities: Localities, rules: Vacancies, trait: Luck, legal: float, month: int
) -> None:
    """One incumbent in twelve is reviewed towards the posted wage; formal pay below the floor is raised."""
    frozen = rules.trend / (12.0 * rules.pay_review)
    for i in range(len(persons.status)):
        if persons.status[i] != EMPLOYED:
            continue
        f = persons.employer[i]
        share = persons.hours[i] / FULL_TIME
        u0, _, _, _ = uniforms(trait, persons.id[i])
        if due_for_review(month, u0, rules.pay_review):
            persons.wage[i] = reviewed_pay(
                1.0 * persons.wage[i], share * firms.posted_wage[f, persons.level[i]] * persons.skill[i], frozen
            )
        if persons.formal[i] == 1:
            persons.wage[i] = max(1.0 * persons.wage[i], max(legal, localities.wage_floor[firms.locality[f]]) * share)


@dataclass
class Vacancies(Mechanism):
    """Firms set wages and open a vacancy for every job they lack, if they can pay for it.

    Firms that sell outside want labour up to where its revenue product covers the wage and the hiring
    wedge; firms that sell here want what expected sales need, and no more than pays; the public employer
    wants what its budget pays. A firm with jobs of both levels wants that mix of them which is cheapest at
    its wages; the more there is of one, the more work of the other adds and the better it can be paid. A firm of one
    level that has grown gives part of its open positions to the other, and both their place once it found some.
    Posted wages move towards a mean of what applicants ask and labour's product, between the legal floor and
    the product. Incumbents' pay is reviewed once a year, each in a month of their own, towards what is
    posted; it is not cut in the money of the day.
    """

    reads = (
        Persons.id, Persons.status, Persons.employer, Persons.level, Persons.hours, Persons.skill, Persons.formal,
        Firms.id, Firms.locality, Firms.sector, Firms.full_time, Firms.formal, Firms.open,
        Firms.capital, Firms.cash, Firms.jobs, Firms.labour, Firms.output, Firms.sales,
        Firms.wage_bill, Firms.wage_subsidy,
        Localities.price, Localities.tradable_price, Localities.use, Localities.wage_floor,
        Markets.mean_wage, Markets.usual_skill,
    )  # fmt: skip
    writes = (
        Persons.wage,
        Firms.expected_sales, Firms.marginal_product, Firms.posted_wage, Firms.desired_labour,
        Firms.desired_jobs, Firms.vacancies, Firms.applicants_wage, Firms.premium, Firms.skilled_weight,
        Firms.productivity,
    )  # fmt: skip
    pays = (
        Flow("vacancy costs", Firms.cash, Localities.outside, "advertising and choosing applicants"),
        Flow("wage subsidies", Localities.outside, Firms.cash, "share of last month's wage bill, paid back"),
    )
    answers = (
        Answer(Firms.sales, Firms.vacancies, +1, "sales need hands", factor=1.5),
        Answer(Firms.labour, Firms.vacancies, -1, "the work is done by those there", factor=1.3),
        Answer(Firms.applicants_wage, Firms.posted_wage, +1, "applicants ask for more"),
        Answer(Firms.premium, Firms.posted_wage, +1, "a better pay policy"),
        Answer(Localities.wage_floor, Firms.posted_wage, +1, "the floor binds", factor=0.0, shift=1e6),
        Answer(Firms.wage_subsidy, Firms.desired_labour, +1, "labour is cheaper", factor=0.0, shift=0.3),
    )
    shows = ("vacancy_rate", "wage_mean", "unemployment")

    on: int = switch("the whole line: wages stay, and vacancies stay as they are")
    policies: int = switch("firms keep to pay policies of their own, better or worse; off: all come to pay alike")
    hiring_wedge: float = param(0.09, "1", (0.0, 0.3), "m_h, product over wage cost; assumption")
    mu: float = param(0.2, "1", (0.05, 0.6), "weight of labour's product in the target wage; assumption")
    wage_speed: float = param(0.4, "1/month", (0.1, 1.0), "posted wage towards its target; assumption")
    pay_review: float = param(1.0 / 12.0, "1/month", (1.0 / 36.0, 1.0 / 3.0), "incumbents' pay; assumption")
    trend: float = param(
        0.03, "1/year", (0.0, 0.1), "growth of pay that money of one year leaves out: what a freeze costs; assumption"
    )
    sales_memory: float = param(1.0 / 3.0, "1/month", (0.05, 1.0), "weight of last month's sales; assumption")
    vacancy_cost: float = param(
        0.1,
        "1",
        (0.0, 0.5),
        "of monthly pay per vacancy and month; outside, Manning 2011: some per cent of pay",
    )

    def __call__(self, month: Month) -> None:
        """Plan jobs and wages, pay for vacancies, review incumbents' pay."""
        cents, refunds = np.zeros(month.count(Firms), np.int64), np.zeros(month.count(Firms), np.int64)
        pay_back(month.firms, refunds)
        month.pay("wage subsidies", month.values(Firms.locality), np.arange(len(refunds)), refunds)
        legal = month.territory.wage_floor
        production = month.rules_of("production")
        reorganise(month.firms, production.elasticity)
        plan(
            month.firms,
            month.localities,
            month.markets,
            self.rules,
            production.elasticity,
            month.luck_once("rounding"),
            legal,
            cents,
        )
        if production.complements:
            look_for_others(
                month.firms, month.markets, self.rules, production.smallest_mixed, month.luck_once("rounding")
            )
        month.pay("vacancy costs", np.arange(len(cents)), month.values(Firms.locality), cents)
        review_pay(
            month.persons, month.firms, month.localities, self.rules, month.luck_once("review"), legal, month.number
        )
