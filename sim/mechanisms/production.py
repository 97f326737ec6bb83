"""Production and payroll: what is made, what can be sold, and what work earns this month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.codes import Sector, Status, Work
from sim.commuting import fares_due, way_of
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Firms, Households, Localities, Persons
from sim.table import Array
from sim.technology import ALPHA, FULL_TIME, LAND_SHARE, farm_product, labour_of, output, trade_capacity

TRADABLE, NON_TRADABLE = int(Sector.TRADABLE), int(Sector.NON_TRADABLE)
EMPLOYED, ON_OWN_ACCOUNT = int(Status.EMPLOYED), int(Status.OWN_ACCOUNT)
FARM, TRADE = int(Work.FARM), int(Work.TRADE)
FIXED = 1024.0  # sums over people and firms are whole numbers of 1/1024, so that order cannot matter
FINE = 1048576.0


@rule
def payroll_share(cash: int, due: int, overdraft: float) -> float:
    """Share of the payroll a firm can meet: from cash, or overdraft down to some months' payroll.

    Parameters
    ----------
    cash : cents, below zero is overdraft already used
    due : cents, > 0, this month's payroll
    overdraft : month of payroll, >= 0, that can be owed

    Returns
    -------
    dimensionless, in [0, 1]; the same share is then paid to everybody.
    """
    able = cash + overdraft * due
    if able <= 0.0:
        return 0.0
    return min(1.0, able / due)


@rule
def net_pay(gross: float, tax_rate: float, formal: int) -> float:
    """Pay after tax and contributions, which only formal jobs carry (money/month)."""
    if formal == 1:
        return gross * (1.0 - tax_rate)
    return gross


@rule
def eaten_at_home(product: float, need: float, food_share: float) -> float:
    """Own product a farming household eats: food needs first, the rest is sold.

    Parameters
    ----------
    product : money/month at base prices, >= 0
    need : money/month at base prices, >= 0, subsistence need of those present
    food_share : dimensionless, in [0, 1], part of the need that own food can meet

    References
    ----------
    Singh, Squire and Strauss (1986), Agricultural Household Models: marketed surplus is what is left.
    """
    return min(product, food_share * need)


@kernel
def count_work(persons: Persons, firms: Firms, households: Households) -> None:
    """Count who works where: employees and their efficiency units by firm and level, hands by farm."""
    jobs = np.zeros((len(firms.jobs), 2), np.int64)
    labour = np.zeros((len(firms.jobs), 2), np.int64)
    hands = np.zeros(len(households.own_workers), np.int64)
    for i in range(len(persons.status)):
        if persons.status[i] == EMPLOYED:
            firm, level = persons.employer[i], persons.level[i]
            jobs[firm, level] += 1
            labour[firm, level] += round(persons.skill[i] * persons.hours[i] / FULL_TIME * FINE)
        elif persons.status[i] == ON_OWN_ACCOUNT and persons.work[i] == FARM:
            hands[persons.household[i]] += 1
    for f in range(len(jobs)):
        for level in range(2):
            firms.jobs[f, level] = jobs[f, level]
            firms.labour[f, level] = labour[f, level] / FINE
    for h in range(len(hands)):
        households.own_workers[h] = hands[h]


@kernel
def produce(firms: Firms, localities: Localities, rules: Production, capacity: Array, sales: Array) -> None:
    """What each firm makes; tradables are sold at once, other output is capacity of the place."""
    for f in range(len(firms.open)):
        place = firms.locality[f]
        made = 0.0
        if firms.open[f] == 1 and (firms.sector[f] == TRADABLE or firms.sector[f] == NON_TRADABLE):
            labour = labour_of(firms, f, rules.elasticity)
            made = output(firms.productivity[f], firms.capital[f], labour, ALPHA)
        firms.output[f] = made
        if firms.sector[f] == NON_TRADABLE:
            capacity[place] += round(firms.output[f] * FIXED)
        elif firms.sector[f] == TRADABLE:
            price = localities.tradable_price[place] * localities.export_demand[place]
            sales[f] = round(made * price * 100.0)
            firms.sales[f] = sales[f] / 100.0


@rule
def harvest_left(harvest: float, adaptation: float) -> float:
    """Harvest over a normal one, once works against drought and flood have saved their share of the loss."""
    if harvest >= 1.0:
        return harvest
    return 1.0 - (1.0 - harvest) * (1.0 - adaptation)


@kernel
def farm(households: Households, localities: Localities, rules: Production, product: Array, sales: Array) -> None:
    """What each household harvests, eats and sells at the farm gate."""
    for place in range(len(localities.harvest)):
        productivity = localities.farm_productivity[place] * harvest_left(
            1.0 * localities.harvest[place], 1.0 * localities.adaptation[place]
        )
        localities.farm_return[place] = productivity * localities.tradable_price[place]
    for h in range(len(households.land)):
        place = households.locality[h]
        price = localities.tradable_price[place]
        made = 0.0
        if households.own_workers[h] > 0:
            productivity = localities.farm_productivity[place] * harvest_left(
                1.0 * localities.harvest[place], 1.0 * localities.adaptation[place]
            )
            made = farm_product(households.land[h], float(households.own_workers[h]), productivity, LAND_SHARE)
        eaten = eaten_at_home(made, households.need[h], rules.food_share)
        product[h] = made * price
        households.home_food[h] = eaten * price
        sales[h] = round((made - eaten) * price * 100.0)


@kernel
def pay_wages(
    persons: Persons,
    firms: Firms,
    households: Households,
    localities: Localities,
    rules: Production,
    product: Array,
    capacity: Array,
    wages: Array,
) -> None:
    """Pay each employee the share of pay the firm can meet; farmers share the product, traders serve."""
    due = np.zeros(len(firms.open), np.int64)
    paid = np.zeros(len(firms.open), np.int64)
    share = np.zeros(len(firms.open))
    income = np.zeros(len(households.land))
    for i in range(len(persons.status)):
        if persons.status[i] == EMPLOYED and firms.open[persons.employer[i]] == 1:
            due[persons.employer[i]] += round(persons.wage[i] * 100.0)
    for f in range(len(due)):
        if due[f] > 0:
            share[f] = payroll_share(firms.cash[f], due[f], rules.overdraft)
    for i in range(len(persons.status)):
        home = persons.household[i]
        persons.insured[i] = 0
        if persons.status[i] == EMPLOYED:
            firm = persons.employer[i]
            wages[i] = int(np.floor(round(persons.wage[i] * 100.0) * share[firm]))
            paid[firm] += wages[i]
            persons.earnings[i] = net_pay(
                wages[i] / 100.0, localities.tax_rate[households.locality[home]], persons.formal[i]
            )
            if persons.formal[i] == 1 and wages[i] > 0:
                persons.insured[i] = 1
        elif persons.status[i] == ON_OWN_ACCOUNT and persons.work[i] == FARM:
            persons.earnings[i] = product[home] / households.own_workers[home]
        elif persons.status[i] == ON_OWN_ACCOUNT and persons.work[i] == TRADE:
            # Last month's takings stay until Spending shares out this month's: they are what is in hand.
            place = households.locality[home]
            served = trade_capacity(localities.trade_productivity[place], persons.skill[i], persons.hours[i])
            capacity[place] += round(served * FIXED)
        else:
            persons.earnings[i] = 0.0
        if persons.earnings[i] > 0.0:
            income[home] += persons.earnings[i]
    for f in range(len(due)):
        firms.wage_bill[f] = paid[f] / 100.0
    for h in range(len(income)):
        households.labour_income[h] = income[h]
    for place in range(len(capacity)):
        localities.capacity[place] = capacity[place] / FIXED


@dataclass
class Production(Mechanism):
    """Firms and farms produce, tradables are sold, and work is paid out of cash or overdraft.

    Tradable firms sell all they make to traders of the rest of the country; what non-tradable firms and
    people in trade could serve is the capacity of the place, sold in `Spending`. A firm that cannot meet
    its payroll from cash and overdraft pays everybody the same share. Farming households eat their own
    food first and sell the rest. Who works in another locality earns there, is taxed and spends at home, and pays
    the fare to carriers of the rest of the country.
    """

    reads: ClassVar = (
        Persons.household, Persons.employer, Persons.level, Persons.status, Persons.work, Persons.skill, Persons.hours,
        Persons.wage, Persons.formal,
        Firms.locality, Firms.sector, Firms.open, Firms.capital, Firms.productivity, Firms.skilled_weight, Firms.cash,
        Households.locality, Households.land, Households.need, Households.liquid_assets,
        Localities.tradable_price, Localities.export_demand, Localities.harvest, Localities.adaptation,
        Localities.tax_rate, Localities.median_pay,
        Localities.trade_productivity, Localities.farm_productivity,
    )  # fmt: skip
    writes: ClassVar = (
        Persons.earnings, Persons.insured,
        Firms.jobs, Firms.labour, Firms.output, Firms.sales, Firms.wage_bill,
        Households.own_workers, Households.home_food, Households.labour_income,
        Localities.capacity, Localities.farm_return,
    )  # fmt: skip
    pays: ClassVar = (
        Flow("tradable sales", Localities.outside, Firms.cash, "output of tradable firms sold to traders"),
        Flow("farm sales", Localities.outside, Households.liquid_assets, "harvest sold at the farm gate"),
        Flow("wages", Firms.cash, Households.liquid_assets, "pay at home, before tax"),
        Flow("fares", Households.liquid_assets, Localities.outside, "ways to work in other localities"),
    )
    answers: ClassVar = (
        Answer(Localities.harvest, Households.labour_income, +1, "a better harvest raises farmers' income"),
        Answer(Localities.tradable_price, Firms.sales, +1, "tradables are sold at a higher price"),
        Answer(Firms.capital, Localities.capacity, +1, "more capital serves more customers"),
        Answer(Persons.wage, Households.liquid_assets, +1, "higher pay reaches the households"),
        Answer(Households.need, Households.home_food, +1, "a hungrier household eats more of its harvest"),
    )
    shows: ClassVar = ("real_income", "consumption")

    on: int = switch("the whole line: nothing is made and nobody is paid")
    overdraft: float = param(2.0, "month", (0.0, 6.0), "payroll a firm can owe; assumption")
    food_share: float = param(0.6, "1", (0.0, 1.0), "outside, Deaton 1997: food in spending of the poor")
    complements: int = switch("basic and skilled work complement each other in firms: off, each keeps to one level")
    elasticity: float = param(
        1.4, "1", (1.1, 3.0), "of substitution between basic and skilled work: outside, Katz and Murphy 1992"
    )
    smallest_mixed: int = param(
        5, "person", (2, 100), "employees from which firms have jobs of both levels; assumption"
    )

    def __call__(self, month: Month) -> None:
        """Count who works, produce and sell tradables, then pay."""
        persons, firms, households, localities = (
            month.persons,
            month.firms,
            month.households,
            month.localities,
        )
        count_work(persons, firms, households)
        capacity = np.zeros(month.count(Localities), np.int64)
        sales = np.zeros(month.count(Firms), np.int64)
        produce(firms, localities, self.rules, capacity, sales)
        every = np.arange(len(sales))
        month.pay("tradable sales", month.values(Firms.locality), every, sales)

        product = np.zeros(month.count(Households))
        sold = np.zeros(month.count(Households), np.int64)
        farm(households, localities, self.rules, product, sold)
        month.pay("farm sales", month.values(Households.locality), np.arange(len(sold)), sold)

        wages = np.zeros(month.count(Persons), np.int64)
        pay_wages(persons, firms, households, localities, self.rules, product, capacity, wages)
        paid = np.flatnonzero(wages != 0)
        month.pay("wages", month.values(Persons.employer)[paid], month.values(Persons.household)[paid], wages[paid])

        way = way_of(month)
        if way.steps > 0:
            fares = np.zeros(len(sold), np.int64)
            fares_due(persons, households, firms, localities, way, fares)
            month.pay("fares", np.arange(len(fares)), month.values(Households.locality), fares)
