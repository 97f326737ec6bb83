"""The local authority: taxes and grants in, public pay and purchases out; transfers from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.benefits import benefit_due, benefit_of, passes_means_test
from sim.codes import Sector, Status
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Authorities, Firms, Households, Localities, Persons
from sim.streams import Luck, uniforms
from sim.table import Array
from sim.territory import NO_BENEFIT, Benefit

PUBLIC = int(Sector.PUBLIC)
UNEMPLOYED, EMPLOYED, AWAY = int(Status.UNEMPLOYED), int(Status.EMPLOYED), int(Status.AWAY)


@rule
def tax_on(net: float, tax_rate: float) -> float:
    """Tax and contributions that belong to a net formal pay: ``t / (1 - t)`` of it (money/month)."""
    return net * tax_rate / (1.0 - tax_rate)


@rule
def pensioner(age: float, uniform: float, coverage: float, pension_age: float) -> int:
    """1 if somebody of that age draws a pension: covered by a trait drawn once, and old enough."""
    if age >= pension_age and uniform < coverage:
        return 1
    return 0


@rule
def smoothed(before: float, now: float, weight: float) -> float:
    """Exponential average: ``before + weight * (now - before)``."""
    return before + weight * (now - before)


@rule
def budget(smoothed_revenue: float, cash: float, correction: float) -> float:
    """What an authority lets itself spend this month.

    Smoothed revenue, less a part of its debt (cash below zero), plus the same part of its reserves: so
    debt is worked off, and money does not pile up.

    Parameters
    ----------
    smoothed_revenue : money/month, >= 0
    cash : money; below zero is debt
    correction : 1/month, part of debt or reserves that is corrected

    Returns
    -------
    money/month, >= 0; rises with revenue and cash.

    References
    ----------
    Bohn (1998), Quarterly Journal of Economics 113(3), 949-963: budgets answer to debt.
    """
    return max(0.0, smoothed_revenue + correction * cash)


@rule
def staff_pay(staff_budget: float, extra: float, allowed: float) -> float:
    """Pay of public staff: the budget for staff and what public jobs add, if there is money."""
    return min(staff_budget * (1.0 + extra), allowed)


@rule
def refill(staff: float, cash: float) -> float:
    """Money that public employers get: what brings their cash to a month's budget for staff, at most that."""
    return min(staff, max(0.0, staff - cash))


@rule
def local_part(money_left: float, share: float, extra: float, price: float, capacity: float) -> float:
    """Part of the authority's purchases that goes to local sellers, at most all they can serve.

    Parameters
    ----------
    money_left : money/month, >= 0, left for purchases
    share : dimensionless, in [0, 1], bought locally anyway
    extra : dimensionless, in [0, 1], share moved to local sellers by a rule of procurement
    price : > 0, price of non-tradables
    capacity : money/month at base prices, >= 0
    """
    return min(min(1.0, share + extra) * money_left, price * capacity)


@kernel
def assess(
    persons: Persons,
    households: Households,
    localities: Localities,
    rules: Government,
    luck: Luck,
    month: int,
    coverage: float,
    pension: float,
    taxes: Array,
    pensions: Array,
) -> None:
    """Tax on formal pay and pensions of each household, in cents."""
    for i in range(len(persons.status)):
        home = persons.household[i]
        persons.pensioner[i] = 0
        if persons.status[i] >= AWAY:
            continue
        if persons.status[i] == EMPLOYED and persons.formal[i] == 1:
            tax_rate = localities.tax_rate[households.locality[home]]
            taxes[home] += round(tax_on(persons.earnings[i], tax_rate) * 100.0)
        age = (month - persons.birth_month[i]) / 12.0
        if age >= rules.pension_age:
            covered, _, _, _ = uniforms(luck, persons.id[i])
            persons.pensioner[i] = pensioner(age, covered, coverage, rules.pension_age)
            if persons.pensioner[i] == 1:
                pensions[home] += round(pension * 100.0)
    for h in range(len(taxes)):
        taxes[h] = min(taxes[h], households.liquid_assets[h])


@kernel
def support_seekers(
    persons: Persons, rules: Government, scheme: Benefit, luck: Luck, month: int, benefits: Array
) -> None:  # fmt: skip
    """Unemployment benefit of each household, in cents: paid to those who search, insurance first, then assistance.

    A new job ends what is left of the insurance; so do a pension and leaving the place. Who draws the last month of it
    looks at work anew.
    """
    for i in range(len(persons.status)):
        status = persons.status[i]
        persons.benefit[i] = 0.0
        persons.assisted[i] = 0
        if status == EMPLOYED or status >= AWAY or persons.pensioner[i] == 1:
            persons.entitled_months[i] = 0
        if status >= AWAY:
            continue
        if scheme.assisted > 0.0 and persons.pensioner[i] == 0:
            trait, _, _, _ = uniforms(luck, persons.id[i])
            age = (month - persons.birth_month[i]) / 12.0
            persons.assisted[i] = passes_means_test(trait, scheme.assisted, age, rules.pension_age)
        if status != UNEMPLOYED:
            continue
        left = min(float(persons.entitled_months[i]), scheme.months)
        due = benefit_due(1.0 * persons.entitlement[i], left, persons.assisted[i], scheme.flat)
        persons.benefit[i] = due
        benefits[persons.household[i]] += round(due * 100.0)
        if persons.entitled_months[i] > 0:
            persons.entitled_months[i] -= 1
            if persons.entitled_months[i] == 0:
                persons.shaken[i] = 1


@kernel
def transfers(
    households: Households, rules: Government, pensions: Array, benefits: Array, grants: Array, inflow: Array,
    outflow: Array,
) -> None:  # fmt: skip
    """Grants and other money from and to the rest of the country; their sum with pensions, benefits and profits."""
    for h in range(len(pensions)):
        grants[h] = round(households.cash_grant[h] * 100.0)
        other = round(households.outside_income[h] * 100.0)
        if households.members[h] + households.away[h] == 0:
            other = 0
        if other >= 0:
            inflow[h] = other
        else:
            own_money = households.liquid_assets[h]
            if rules.remittances_pay_outside == 0:
                own_money = max(0, own_money - households.received_assets[h])
            outflow[h] = min(-other, own_money)
        received = pensions[h] + benefits[h] + grants[h] + inflow[h] - outflow[h]
        households.other_income[h] = received / 100.0 + households.property_income[h]


@kernel
def count_residents(households: Households, residents: Array) -> None:
    """People here by locality: central grants follow them."""
    for h in range(len(households.members)):
        residents[households.locality[h]] += max(0, households.members[h])


@rule
def grown(amount: float, residents: int, start_residents: int) -> float:
    """An amount granted per inhabitant of the start, for the inhabitants of today (money/month)."""
    if start_residents <= 0:
        return amount
    return amount * residents / start_residents


@kernel
def raise_revenue(
    authorities: Authorities,
    localities: Localities,
    rules: Government,
    residents: Array,
    tax: Array,
    grants: Array,
) -> None:
    """Smooth the revenue of the month that ended, and begin this month's with taxes and the grant."""
    for a in range(len(authorities.revenue)):
        authorities.smoothed_revenue[a] = smoothed(
            authorities.smoothed_revenue[a], authorities.revenue[a], rules.revenue_memory
        )
        place = authorities.locality[a]
        grant = grown(authorities.grant[a], residents[place], localities.start_residents[place])
        grants[a] = round(grant * 100.0)
        authorities.revenue[a] = (tax[a] + grants[a]) / 100.0


@kernel
def spend(
    authorities: Authorities,
    firms: Firms,
    localities: Localities,
    rules: Government,
    residents: Array,
    employer: Array,
    pay: Array,
    local: Array,
    outside: Array,
) -> None:
    """Pay staff first, count what instruments cost, and buy with the rest, locally as far as it goes."""
    for a in range(len(authorities.revenue)):
        place = authorities.locality[a]
        opening = authorities.cash[a] / 100.0 - authorities.revenue[a] + authorities.instruments[a]
        allowed = budget(authorities.smoothed_revenue[a], opening, rules.debt_correction)
        public_firm = employer[place]
        if public_firm >= 0:
            staff = grown(authorities.staff_budget[a], residents[place], localities.start_residents[place])
            staff = staff_pay(staff, localities.public_jobs[place], allowed)
            pay[a] = round(refill(staff, firms.cash[public_firm] / 100.0) * 100.0)
            firms.sales[public_firm] = staff  # what public employers may spend, and plan with
        left = max(0.0, allowed - pay[a] / 100.0 - authorities.instruments[a])
        bought = local_part(
            left, rules.local_share, localities.local_purchases[place], localities.price[place],
            localities.capacity[place],
        )  # fmt: skip
        local[a] = int(np.floor(bought * 100.0))
        outside[a] = round(left * 100.0) - local[a]
        authorities.purchases[a] = local[a] / 100.0


@kernel
def find_public_firms(firms: Firms, employer: Array) -> None:
    """The public employer of each place."""
    for f in range(len(firms.sector)):
        if firms.sector[f] == PUBLIC and firms.open[f] == 1:
            employer[firms.locality[f]] = f


@dataclass
class Government(Mechanism):
    """The authority raises taxes and grants, pays its staff and buys; pensions and grants reach households.

    It spends its smoothed revenue, corrected for debt or reserves. Staff come first, then instruments of
    policy, and what is left buys goods and services: the local part is the first claim on the capacity of
    non-tradables. Pensions, unemployment benefits and other transfers come from the rest of the country.
    """

    reads: ClassVar = (
        Persons.id, Persons.household, Persons.status, Persons.formal, Persons.birth_month,
        Persons.earnings, Persons.entitlement,
        Households.locality, Households.members, Households.away, Households.liquid_assets,
        Households.cash_grant, Households.outside_income, Households.received_assets,
        Households.property_income,
        Firms.locality, Firms.sector, Firms.open, Firms.cash,
        Authorities.locality, Authorities.cash, Authorities.grant, Authorities.staff_budget,
        Authorities.instruments,
        Localities.tax_rate, Localities.price, Localities.capacity, Localities.public_jobs,
        Localities.local_purchases, Localities.start_residents,
    )  # fmt: skip
    writes: ClassVar = (
        Persons.pensioner, Persons.assisted, Persons.benefit, Persons.entitled_months, Persons.shaken,
        Households.other_income,
        Firms.sales,
        Authorities.revenue, Authorities.smoothed_revenue, Authorities.purchases,
    )  # fmt: skip
    pays: ClassVar = (
        Flow("income tax", Households.liquid_assets, Authorities.cash, "tax and contributions on formal pay"),
        Flow("grants", Localities.outside, Authorities.cash, "central government's grant"),
        Flow("pensions", Localities.outside, Households.liquid_assets, "pensions"),
        Flow("unemployment benefits", Localities.outside, Households.liquid_assets, "to the unemployed of a household"),
        Flow("cash grants", Localities.outside, Households.liquid_assets, "grants to households by instruments"),
        Flow(
            "other outside income",
            Localities.outside,
            Households.liquid_assets,
            "from the rest of the country",
        ),
        Flow(
            "other outside payments",
            Households.liquid_assets,
            Localities.outside,
            "from own money, to the rest of the country",
        ),
        Flow("public pay", Authorities.cash, Firms.cash, "money for the payroll of public staff"),
        Flow("public purchases", Authorities.cash, Localities.till, "bought from local sellers"),
        Flow("outside purchases", Authorities.cash, Localities.outside, "bought elsewhere"),
    )
    answers: ClassVar = (
        Answer(Persons.earnings, Authorities.revenue, +1, "more formal pay is taxed"),
        Answer(Localities.public_jobs, Firms.sales, +1, "a programme of public jobs pays more staff", 1.0, 1.0),
        Answer(
            Localities.local_purchases,
            Authorities.purchases,
            +1,
            "procurement moves to local sellers",
            1.0,
            0.5,
        ),
        Answer(
            Authorities.instruments,
            Authorities.purchases,
            -1,
            "what instruments cost is not spent twice",
            1.0,
            1e4,
        ),
        Answer(Households.property_income, Households.other_income, +1, "profits count as income", 1.0, 100.0),
    )
    shows: ClassVar = ("authority_spending", "real_income", "budget_balance")

    on: int = switch("the whole line: no taxes, no public pay, no transfers")
    benefits: int = switch("unemployment benefits: nobody is paid for searching")
    remittances_pay_outside: int = switch("remittances can pay what a household owes the rest of the country")
    revenue_memory: float = param(1 / 12, "1/month", (1 / 60, 1.0), "assumption: a year's revenue")
    debt_correction: float = param(1 / 24, "1/month", (0.0, 0.5), "assumption: debt is worked off in two years")
    local_share: float = param(0.5, "1", (0.0, 1.0), "purchases from local sellers; assumption")
    pension_age: float = param(60.0, "year", (50.0, 75.0), "age at which pensions begin; assumption")

    def __call__(self, month: Month) -> None:
        """Raise revenue and transfers first, then spend what they allow."""
        persons, households, localities = month.persons, month.households, month.localities
        home = month.values(Households.locality).astype(np.int64)
        every = np.arange(len(home))
        taxes, pensions, benefits, grants, inflow, outflow = (np.zeros(len(home), np.int64) for _ in range(6))
        assess(
            persons, households, localities, self.rules, month.luck_once("pension"), month.age_base,
            month.territory.pension_coverage, month.territory.pension, taxes, pensions,
        )  # fmt: skip
        month.pay("income tax", every, home, taxes)
        month.pay("pensions", home, every, pensions)
        scheme = benefit_of(month)
        drawn = month.values(Persons.benefit).any() or month.values(Persons.entitled_months).any()
        if scheme != NO_BENEFIT or drawn:
            support_seekers(persons, self.rules, scheme, month.luck_once("means"), month.age_base, benefits)
        month.pay("unemployment benefits", home, every, benefits)
        transfers(households, self.rules, pensions, benefits, grants, inflow, outflow)
        month.pay("cash grants", home, every, grants)
        month.pay("other outside income", home, every, inflow)
        month.pay("other outside payments", every, home, outflow)

        places = month.count(Localities)
        tax = np.zeros(places, np.int64)
        np.add.at(tax, home, taxes)
        central, pay, local, outside = (np.zeros(month.count(Authorities), np.int64) for _ in range(4))
        authorities, rows = month.authorities, month.values(Authorities.locality)
        residents = np.zeros(places, np.int64)
        count_residents(households, residents)
        raise_revenue(authorities, localities, self.rules, residents, tax[rows], central)
        seats = np.arange(len(rows))
        month.pay("grants", rows, seats, central)

        employer = np.full(places, -1, np.int64)
        find_public_firms(month.firms, employer)
        spend(authorities, month.firms, localities, self.rules, residents, employer, pay, local, outside)
        if pay.any():
            month.pay("public pay", seats, np.maximum(employer[rows], 0), pay)
        month.pay("public purchases", seats, rows, local)
        month.pay("outside purchases", seats, rows, outside)
