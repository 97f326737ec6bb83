"""Spending and local prices: what households buy, who is paid for it, and how prices move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.codes import Sector, Status, Use, Work
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Authorities, Firms, Households, Localities, Persons
from sim.ranking import ascending
from sim.table import Array
from sim.technology import trade_capacity
from sim.uses import cents, decided, set_aside_for_house, uses_of_cash

NON_TRADABLE = int(Sector.NON_TRADABLE)
ON_OWN_ACCOUNT, TRADE = int(Status.OWN_ACCOUNT), int(Work.TRADE)
DAILY, PERSONAL, HEALTH, SCHOOL, HOUSING = (
    int(Use.DAILY), int(Use.PERSONAL), int(Use.HEALTH), int(Use.SCHOOL), int(Use.HOUSING),
)  # fmt: skip
USES = len(Use)
FIXED = 1024.0  # sums over sellers are whole numbers of 1/1024, so that order cannot matter


@rule
def ration(capacity: int, wanted: int) -> float:
    """Share of what is wanted that can be served, the same for all buyers; 1 when nothing is short."""
    if wanted <= max(capacity, 0):
        return 1.0
    return max(capacity, 0) / wanted


@rule
def price_change(
    price: float,
    cost: float,
    use: float,
    markup: float,
    cost_speed: float,
    use_speed: float,
    idle: float,
    most: float,
) -> float:
    """Monthly change of the log price of non-tradables: towards cost and markup, up when capacity is short.

    ``kp ln((1 + markup) cost / p) + ku (use - 0.9)``. While much capacity stands idle nobody raises a
    price: a customer lost costs more than the margin.

    Parameters
    ----------
    price : p, > 0
    cost : > 0, cost of a unit of capacity
    use : demand over capacity, >= 0
    markup : dimensionless, over cost
    cost_speed, use_speed : kp, ku, 1/month
    idle : use below which prices do not rise
    most : largest change of the log price in a month

    References
    ----------
    Blinder (1991), American Economic Review 81(2), 89-96: why prices are sticky.
    """
    change = use_speed * (use - 0.9)
    over = (1.0 + markup) * cost / price
    if over > 0.0:
        change += cost_speed * math.log(over)
    if use < idle:
        change = min(change, 0.0)
    return min(most, max(-most, change))


@rule
def consumer_prices(price: float, tradable_price: float, share: float) -> float:
    """Price index ``P = p^g e^(1-g)`` with the constant share g of non-tradables in spending."""
    index: float = price**share * tradable_price ** (1.0 - share)
    return index


@kernel
def count_pupils(persons: Persons, pupils: Array) -> None:
    """Members at school, by household."""
    for i in range(len(persons.household)):
        if persons.in_school[i] == 1:
            pupils[persons.household[i]] += 1


@kernel
def plan(
    households: Households,
    localities: Localities,
    rules: Spending,
    share: float,
    base_need: float,
    pupils: Array,
    general: Array,
    school: Array,
    health: Array,
    building: Array,
    wanted: Array,
) -> None:
    """Each household ranks the uses of its cash; what remittances change in them is noted beside."""
    for h in range(len(pupils)):
        general[h], school[h], health[h], building[h] = 0, 0, 0, 0
        households.personal_spending[h] = 0.0
        for use in range(USES):
            households.remittance_use[h, use] = 0.0
        if households.members[h] == 0:
            continue
        place = households.locality[h]
        prices = 1.0 * localities.price_index[place]
        cash = households.liquid_assets[h] / 100.0
        own_cash = max(0, households.liquid_assets[h] - households.received_assets[h]) / 100.0
        receipt, counted_on = 1.0 * households.receipt[h], 1.0 * households.persistent_receipt[h]
        food = 1.0 * households.home_food[h]
        income = 1.0 * households.labour_income[h] + households.other_income[h]
        need = households.need[h] * prices
        target = rules.buffer * need
        cost = pupils[h] * households.school_fee[h] * prices
        people = households.need[h] / base_need if base_need > 0.0 else 1.0 * households.members[h]
        power = 1.0 * households.women_power[h]
        care = decided(rules.health_women, rules.health_men, power)
        care *= households.members[h] * localities.health_quality[place]
        own = decided(rules.own_women, rules.own_men, power)
        house = households.housing[h] * (1.0 - rules.housing_wear)
        households.housing[h] = house
        months = rules.housing_months

        usual = 1.0 * households.smoothed_income[h]
        if rules.remittances_spent == 0:  # what came is put aside, and plans are made as if it had not come
            usual, cash, receipt, counted_on = 1.0 * households.earned_income[h], own_cash, 0.0, 0.0
        desired = months * usual
        spare = max(0.0, cash - max(0.0, income + receipt - food) - target)  # met out of this first
        short = max(0.0, households.earned_income[h] - income - spare)
        gap = max(0.0, desired - house * prices)
        sent_to_build = set_aside_for_house(receipt, 1.0 * households.house_share[h], short, gap)
        counted_to_build = set_aside_for_house(counted_on, 1.0 * households.house_share[h], short, gap)
        daily, personal, for_health, for_school, for_building = uses_of_cash(
            max(0.0, usual - counted_to_build), income + receipt - sent_to_build, max(0.0, cash - sent_to_build), food,
            need, target, cost, people, care, own, desired, house * prices + sent_to_build,
            short, rules.mpc, rules.from_assets, rules.housing_speed,
        )  # fmt: skip
        for_building += min(sent_to_build, cash)
        if receipt > 0.0 or counted_on > 0.0:  # the same with nothing received and nothing counted on
            usual = max(0.0, usual - counted_on)
            without = uses_of_cash(
                usual, income, max(0.0, cash - receipt), food, need, target, cost, people, care, own, months * usual,
                house * prices, short, rules.mpc, rules.from_assets, rules.housing_speed,
            )  # fmt: skip
            households.remittance_use[h, DAILY] = daily - without[0]
            households.remittance_use[h, PERSONAL] = personal - without[1]
            households.remittance_use[h, HEALTH] = for_health - without[2]
            households.remittance_use[h, SCHOOL] = for_school - without[3]
            households.remittance_use[h, HOUSING] = for_building - without[4]
        school[h], health[h] = cents(for_school), cents(for_health)
        general[h] = max(0, cents(daily + personal + for_health + for_school) - school[h] - health[h])
        building[h] = cents(for_building)
        households.personal_spending[h] = personal
        wanted[place] += math.floor(share * general[h]) + building[h] // 2


@kernel
def serve(localities: Localities, wanted: Array, served: Array) -> None:
    """Share of what households want that capacity allows after the authority's purchases."""
    for place in range(len(wanted)):
        room = math.floor(localities.capacity[place] * localities.price[place] * 100.0)
        served[place] = ration(room - localities.till[place], wanted[place])


@kernel
def buy(
    households: Households,
    localities: Localities,
    share: float,
    base_need: float,
    general: Array,
    school: Array,
    health: Array,
    building: Array,
    served: Array,
    local: Array,
    outside: Array,
) -> None:
    """What each household gets: non-tradables as far as they last, tradables as wanted."""
    for h in range(len(general)):
        place = households.locality[h]
        p, e = localities.price[place], localities.tradable_price[place]
        services = math.floor(math.floor(share * general[h]) * served[place])
        goods = general[h] - math.floor(share * general[h])
        builders = math.floor((building[h] // 2) * served[place])
        materials = building[h] - building[h] // 2
        if building[h] > 0:
            materials = min(materials, builders + 1)  # nobody buys bricks that nobody can lay
        local[h], outside[h] = services + builders, goods + materials
        paid = services + goods + school[h] + health[h]
        households.spending[h] = paid / 100.0
        households.consumption[h] = (services / p + (goods + school[h] + health[h]) / e) / 100.0 + households.home_food[
            h
        ] / e
        households.schooling_spending[h] = school[h] / 100.0
        households.health_spending[h] = health[h] / 100.0
        households.housing_spending[h] = (builders + materials) / 100.0
        households.housing[h] += (builders / p + materials / e) / 100.0
        households.poor[h] = 0
        if base_need > 0.0 and households.members[h] > 0:
            equivalents = households.need[h] / base_need
            if households.consumption[h] < localities.poverty_line[place] * equivalents:
                households.poor[h] = 1


@kernel
def find_traders(persons: Persons, traders: Array) -> int:
    """Rows of those who trade on own account, into ``traders``; returns how many."""
    found = 0
    for i in range(len(persons.status)):
        if persons.status[i] == ON_OWN_ACCOUNT and persons.work[i] == TRADE:
            traders[found] = i
            found += 1
    return found


@kernel
def offer(
    persons: Persons,
    households: Households,
    firms: Firms,
    localities: Localities,
    traders: Array,
    place: Array,
    weight: Array,
) -> None:
    """Place and capacity of each firm, then of each trader: what their share of sales follows."""
    for f in range(len(firms.open)):
        place[f] = firms.locality[f]
        if firms.open[f] == 1 and firms.sector[f] == NON_TRADABLE:
            weight[f] = round(firms.output[f] * FIXED)
    first = len(firms.open)
    for k in range(len(traders)):
        i = traders[k]
        where = households.locality[persons.household[i]]
        place[first + k] = where
        served = trade_capacity(localities.trade_productivity[where], persons.skill[i], persons.hours[i])
        weight[first + k] = round(served * FIXED)


@kernel
def whole_parts(totals: Array, place: Array, weight: Array, amounts: Array, remainders: Array) -> None:
    """Whole cents of each seller's share by capacity, and the fraction of a cent that is left."""
    sums = np.zeros(len(totals), np.int64)
    for s in range(len(place)):
        sums[place[s]] += weight[s]
    for s in range(len(place)):
        if weight[s] > 0:
            exact = totals[place[s]] * (weight[s] / sums[place[s]])
            amounts[s] = max(0, math.floor(exact - 1e-6))  # never a cent too much by rounding
            remainders[s] = exact - amounts[s]


@kernel
def give_remainders(totals: Array, place: Array, order: Array, amounts: Array) -> None:
    """The cents left over go one by one to those next in order; what nobody can claim stays in ``totals``."""
    for s in range(len(place)):
        totals[place[s]] -= amounts[s]
    for k in range(len(order)):
        s = order[k]
        if totals[place[s]] > 0:
            amounts[s] += 1
            totals[place[s]] -= 1


def largest_remainder(totals: Array, place: Array, weight: Array, ids: Array) -> tuple[Array, Array]:
    """Divide whole cents of each place among its sellers in proportion to their weights, exactly.

    Parameters
    ----------
    totals : int64 cents by place, >= 0
    place, weight, ids : one entry per seller; weights are whole numbers >= 0, and ids break ties, so
        that the order of sellers does not matter

    Returns
    -------
    amounts : cents of each seller
    left : cents of places without sellers

    References
    ----------
    Balinski and Young (1982), Fair Representation: the method of largest remainders (Hamilton).
    """
    amounts, remainders, left = np.zeros(len(place), np.int64), np.zeros(len(place)), totals.copy()
    whole_parts(totals, place, weight, amounts, remainders)
    sellers = np.flatnonzero(weight != 0)
    order = sellers[ascending(-remainders[sellers], ids[sellers])]
    give_remainders(left, place, order, amounts)
    return amounts, left


@kernel
def close_month(
    persons: Persons,
    households: Households,
    firms: Firms,
    traders: Array,
    amounts: Array,
    expected: Array,
    takings: Array,
) -> None:
    """Sales of firms, takings of traders, and every household's income once both are known."""
    first = len(firms.open)
    for f in range(first):
        if firms.sector[f] == NON_TRADABLE:
            firms.sales[f] = amounts[f] / 100.0
    for k in range(len(traders)):
        i = traders[k]
        home = persons.household[i]
        expected[home] += persons.earnings[i]
        persons.earnings[i] = amounts[first + k] / 100.0
        takings[home] += persons.earnings[i]
    for h in range(len(takings)):
        households.labour_income[h] = max(0.0, households.labour_income[h] - expected[h]) + takings[h]
        households.income[h] = households.labour_income[h] + households.other_income[h] + households.receipt[h]
        households.received_assets[h] = min(households.received_assets[h], households.liquid_assets[h])


@kernel
def unit_costs(firms: Firms, place: Array, weight: Array, bill: Array, trade: Array, all_weight: Array) -> None:
    """Pay of non-tradable firms, and capacity of traders and of all, by place."""
    first = len(firms.open)
    for f in range(first):
        if weight[f] > 0:
            bill[place[f]] += round(firms.wage_bill[f] * 100.0)
            all_weight[place[f]] += weight[f]
    for s in range(first, len(place)):
        trade[place[s]] += weight[s]
        all_weight[place[s]] += weight[s]


@kernel
def move_prices(
    localities: Localities,
    rules: Spending,
    share: float,
    wanted: Array,
    sold: Array,
    bought: Array,
    bill: Array,
    trade: Array,
    all_weight: Array,
) -> None:
    """Demand and use of this month, the return to trade, and prices for next month.

    A trader's cost is what the same work earned in trade last month. Costs beside labour are measured in
    the first month, in which price and cost agree, and follow consumer prices from then on.
    """
    for place in range(len(wanted)):
        price = localities.price[place]
        capacity = all_weight[place] / FIXED
        localities.demand[place] = (wanted[place] + bought[place]) / 100.0 / price
        use = 2.0 if localities.demand[place] > 0.0 else 0.0
        if localities.capacity[place] > 0.0:
            use = min(2.0, localities.demand[place] / localities.capacity[place])
        localities.use[place] = use
        cost = price / (1.0 + rules.markup)
        served = localities.trade_productivity[place]
        if capacity > 0.0:
            per_trader = localities.trade_return[place] / served if served > 0.0 else 0.0
            labour = (bill[place] / 100.0 + per_trader * trade[place] / FIXED) / capacity
            if localities.overhead[place] == -1.0:
                localities.overhead[place] = (cost - labour) / localities.price_index[place]
            cost = labour + localities.overhead[place] * localities.price_index[place]
            localities.trade_return[place] = sold[place] / 100.0 / capacity * served
        else:
            localities.trade_return[place] = (1.0 - localities.market_dues[place]) * price * served
        change = price_change(
            price,
            cost,
            use,
            rules.markup,
            rules.cost_speed,
            rules.use_speed,
            rules.idle_use,
            rules.most_change,
        )
        localities.price[place] = price * math.exp(change)
        localities.tradable_price[place] = localities.anchor_prices[place]
        localities.price_index[place] = consumer_prices(
            localities.price[place], localities.tradable_price[place], share
        )


@dataclass
class Spending(Mechanism):
    """Households spend between need and cash; what is short is rationed, and local prices move.

    Cash goes to need first, then to the school of those who go, then to daily needs, health and the
    deciders' own wishes by what they are worth, women's and men's preferences counting by their say;
    then a buffer is filled. For the house a part of usual income is put by, and what senders want in it goes
    there; both wait in a month in which the household is short. A constant share goes to
    non-tradables. These are sold up to the capacity the authority left, at this month's price; the unmet
    rest stays in the purse. Sellers share the sales by capacity. Prices are set for next month.
    """

    reads: ClassVar = (
        Persons.id, Persons.household, Persons.status, Persons.work, Persons.skill, Persons.hours,
        Persons.in_school,
        Households.locality, Households.members, Households.liquid_assets, Households.need,
        Households.home_food, Households.receipt, Households.other_income, Households.smoothed_income,
        Households.earned_income, Households.house_share,
        Households.school_fee, Households.persistent_receipt, Households.women_power,
        Firms.id, Firms.locality, Firms.sector, Firms.open, Firms.output, Firms.wage_bill,
        Localities.till, Localities.capacity, Localities.health_quality,
        Localities.poverty_line, Localities.trade_productivity, Localities.market_dues,
        Localities.anchor_prices,
    )  # fmt: skip
    writes: ClassVar = (
        Persons.earnings,
        Households.labour_income, Households.income, Households.spending, Households.consumption,
        Households.poor, Households.schooling_spending, Households.health_spending, Households.housing,
        Households.housing_spending, Households.received_assets, Households.personal_spending,
        Households.remittance_use,
        Firms.sales,
        Authorities.revenue,
        Localities.demand, Localities.use, Localities.trade_return, Localities.overhead, Localities.price,
        Localities.tradable_price, Localities.price_index,
    )  # fmt: skip
    pays: ClassVar = (
        Flow("non-tradables", Households.liquid_assets, Localities.till, "services and local goods"),
        Flow(
            "tradables",
            Households.liquid_assets,
            Localities.outside,
            "goods at the price of the world market",
        ),
        Flow("school costs", Households.liquid_assets, Localities.outside, "fees, books, uniforms"),
        Flow("health costs", Households.liquid_assets, Localities.outside, "medicine and treatment"),
        Flow("market dues", Localities.till, Authorities.cash, "dues on sales of non-tradables"),
        Flow("till to firms", Localities.till, Firms.cash, "sales of firms"),
        Flow("till to traders", Localities.till, Households.liquid_assets, "takings of people in trade"),
    )
    answers: ClassVar = (
        Answer(Households.labour_income, Households.spending, +1, "income is spent"),
        Answer(Households.receipt, Households.spending, +1, "remittances are spent", 1.0, 100.0),
        Answer(Households.other_income, Households.spending, +1, "transfers are spent", 1.0, 100.0),
        Answer(Households.women_power, Households.personal_spending, -1, "women who decide take less for themselves"),
        Answer(Localities.capacity, Localities.use, -1, "the same demand uses less of a larger capacity"),
        Answer(Localities.anchor_prices, Localities.price_index, +1, "dearer imports raise consumer prices"),
    )  # fmt: skip
    shows: ClassVar = ("consumption", "price_index", "liquid_assets")

    on: int = switch("the whole line: households buy nothing, prices stand still")
    remittances_spent: int = switch("spending answers to remittances; off: they are put aside")
    mpc: float = param(
        0.45, "1", (0.1, 0.9), "assumption; those who hold cash spend .2-.3 of a passing change, Paxson 1992"
    )
    from_assets: float = param(0.05, "1/month", (0.01, 0.2), "assumption")
    buffer: float = param(2.0, "month of need", (0.0, 6.0), "assumption")
    cost_speed: float = param(0.05, "1/month", (0.01, 0.3), "assumption")
    use_speed: float = param(0.1, "1/month", (0.01, 0.5), "assumption")
    markup: float = param(0.15, "1", (0.05, 0.4), "assumption")
    idle_use: float = param(0.85, "1", (0.5, 0.9), "assumption: below it no price rises")
    most_change: float = param(0.03, "1/month", (0.005, 0.1), "assumption")
    health_women: float = param(
        0.024, "1", (0.0, 0.2), "weight of a member's health, of women; sign: Thomas 1990; size: assumption"
    )
    health_men: float = param(0.016, "1", (0.0, 0.2), "of men; assumption")
    own_women: float = param(
        0.1, "adult", (0.0, 2.0), "what women who decide spend on themselves beyond an equal share; assumption"
    )
    own_men: float = param(
        0.4, "adult", (0.0, 2.0), "the same of men; sign: ILO module, Duflo and Udry 2004; size: assumption"
    )
    housing_months: float = param(12.0, "month of income", (0.0, 60.0), "desired house; assumption")
    housing_speed: float = param(0.02, "1/month", (0.0, 0.2), "part of the gap built a month; assumption")
    housing_wear: float = param(0.002, "1/month", (0.0, 0.01), "assumption")

    def __call__(self, month: Month) -> None:
        """Plan, ration and buy; empty the till; set next month's prices."""
        persons, households, firms, localities = (
            month.persons,
            month.households,
            month.firms,
            month.localities,
        )
        share, home = month.territory.non_tradable_share, month.values(Households.locality).astype(np.int64)
        places, homes = month.count(Localities), month.count(Households)
        bought = month.values(Localities.till).copy()

        pupils = np.zeros(homes, np.int64)
        general, school, health, building, local, outside = (np.empty(homes, np.int64) for _ in range(6))
        wanted, served = np.zeros(places, np.int64), np.zeros(places)
        count_pupils(persons, pupils)
        plan(
            households, localities, self.rules, share, month.territory.need, pupils, general, school, health, building,
            wanted,
        )  # fmt: skip
        serve(localities, wanted, served)
        buy(
            households, localities, share, month.territory.need, general, school, health, building, served,
            local, outside,
        )  # fmt: skip
        every = np.arange(homes)
        month.pay("non-tradables", every, home, local)
        month.pay("tradables", every, home, outside)
        month.pay("school costs", every, home, school)
        month.pay("health costs", every, home, health)

        traders, place, weight, amounts, sold = self.empty_till(month)
        close_month(persons, households, firms, traders, amounts, np.zeros(homes), np.zeros(homes))
        bill, trade, all_weight = (np.zeros(places, np.int64) for _ in range(3))
        unit_costs(firms, place, weight, bill, trade, all_weight)
        move_prices(localities, self.rules, share, wanted, sold, bought, bill, trade, all_weight)

    def rest(self, month: Month) -> None:
        """Even when households buy nothing, what the authority bought goes to the sellers."""
        self.empty_till(month)

    def empty_till(self, month: Month) -> tuple[Array, Array, Array, Array, Array]:
        """Pay dues to the authority and the rest to sellers by capacity.

        Returns
        -------
        traders : rows of those in trade
        place, weight, amounts : of each firm, then of each trader, what they offered and what they got
        sold : cents by place that went to sellers
        """
        persons, households, firms, localities = (
            month.persons,
            month.households,
            month.firms,
            month.localities,
        )
        where = np.arange(month.count(Localities))
        till = month.values(Localities.till)
        dues = np.floor(till * month.values(Localities.market_dues).astype(np.float64)).astype(np.int64)
        sold = till - dues
        number = month.count(Firms)
        traders = np.zeros(month.count(Persons), np.int64)
        traders = traders[: find_traders(persons, traders)]
        place = np.zeros(number + len(traders), np.int64)
        weight = np.zeros(len(place), np.int64)
        offer(persons, households, firms, localities, traders, place, weight)
        ids = np.concatenate([month.values(Firms.id), month.values(Persons.id)[traders]])
        amounts, left = largest_remainder(sold, place, weight, ids)
        month.pay("till to firms", place[:number], np.arange(number), amounts[:number])
        homes = month.values(Persons.household)[traders]
        month.pay("till to traders", place[number:], homes, amounts[number:])
        dues += left
        month.pay("market dues", where, where, dues)
        month.values(Authorities.revenue)[:] += dues / 100.0
        return traders, place, weight, amounts, sold - left
