"""Enterprise: productivity, investment, exits, and start-ups that pass the gates or fail."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from sim.codes import Event, Owner, Sector, Status, Use, Work
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.mechanisms.vacancies import pay_policy
from sim.parameters import param, switch
from sim.population import Firms, Households, Lenders, Localities, Markets, Persons
from sim.streams import Luck, derived_id, normal, uniforms
from sim.table import Array
from sim.technology import ALPHA, FULL_TIME, output

TRADABLE, NON_TRADABLE, PUBLIC = int(Sector.TRADABLE), int(Sector.NON_TRADABLE), int(Sector.PUBLIC)
INACTIVE, UNEMPLOYED = int(Status.INACTIVE), int(Status.UNEMPLOYED)
EMPLOYED, ON_OWN_ACCOUNT = int(Status.EMPLOYED), int(Status.OWN_ACCOUNT)
LOCAL, RETURNEE, NO_WORK = int(Owner.LOCAL), int(Owner.RETURNEE), int(Work.NONE)
BUSINESS = int(Use.BUSINESS)
GROWN_UP = 18 * 12  # months
FIXED = 1048576.0
CELLS = 4  # sector (tradable or not) and occupation


@rule
def next_productivity(productivity: float, drift: float, spread: float, shock: float) -> float:
    """Productivity of next month: its log is a random walk with drift.

    References
    ----------
    Hopenhayn (1992), Econometrica 60(5), 1127-1150; Luttmer (2007), Quarterly Journal of Economics 122(3).
    """
    return productivity * math.exp(drift + spread * shock)


@rule
def pressure(sector: int, use: float, sales: float, capital: float, user_cost: float, alpha: float) -> float:
    """Marginal return of capital over its cost; 1 where a firm just replaces what wears out.

    Non-tradable capacity is worth more when little of it stands idle: use over its normal 0.9. Tradables
    are sold whatever is made: ``alpha * sales / (user cost * K)``, at most 1, so that a firm replaces what
    wears out but does not grow by capital: with prices given from outside and constant returns nothing
    else would stop it. Their number grows by start-ups, which are scarce in money and people.
    """
    if sector == NON_TRADABLE:
        return use / 0.9
    if capital <= 0.0 or user_cost <= 0.0:
        return 0.0
    return min(1.0, alpha * sales / (user_cost * capital))


@rule
def investment(
    capital: float, depreciation: float, pressure: float, speed: float, net_growth: float, cash: float
) -> float:
    """Gross investment: replacement at pressure 1, more or less with it, out of cash alone.

    Parameters
    ----------
    capital : money at base prices
    depreciation : 1/month
    pressure : dimensionless, see `pressure`
    speed : dimensionless, response to pressure in multiples of depreciation
    net_growth : dimensionless, in [0, 1]; 0 allows replacement alone (local supply is fixed)
    cash : money at base prices, >= 0, that can be spent

    Returns
    -------
    money/month at base prices, in [0, cash].

    References
    ----------
    Tobin (1969), Journal of Money, Credit and Banking 1(1), 15-29: investment where capital is worth more.
    """
    response = speed * (pressure - 1.0)
    if response > 0.0:
        response = min(response, 2.0) * net_growth
    return min(max(0.0, depreciation * capital * (1.0 + response)), max(0.0, cash))


@rule
def cost_minimising_capital(labour: float, wage: float, user_cost: float, alpha: float) -> float:
    """Capital that minimises cost for that labour: ``alpha / (1 - alpha) * w L / user cost``."""
    return alpha / (1.0 - alpha) * wage * labour / user_cost


@rule
def break_even_productivity(wage: float, user_cost: float, price: float, alpha: float) -> float:
    """Productivity at which the cheapest way to produce just pays: unit cost over price.

    ``(user cost / alpha)^alpha * (w / (1 - alpha))^(1 - alpha) / p``; what an entrant believes of a trade
    that has no firm in the place.
    """
    cost: float = (user_cost / alpha) ** alpha * (wage / (1.0 - alpha)) ** (1.0 - alpha)
    return cost / price


@rule
def believed_income(
    productivity: float,
    capital: float,
    labour: float,
    own_labour: float,
    wage: float,
    price: float,
    user_cost: float,
    reach: float,
    alpha: float,
) -> float:
    """What a founder expects to earn: own pay and the profit after wages and the cost of capital.

    Parameters
    ----------
    productivity, capital, labour : A, K, L of the firm
    own_labour : efficiency units of the founder, part of labour
    wage : money/month per efficiency unit
    price : of the product times the share of capacity that is used
    user_cost : 1/month, interest and depreciation
    reach : dimensionless, in (0, 1], share of demand that knows the firm

    Returns
    -------
    money/month, may be below zero.

    References
    ----------
    Lucas (1978), Bell Journal of Economics 9(2), 508-523: those found firms whom it pays more than work.
    """
    sales = reach * price * output(productivity, capital, labour, alpha)
    return wage * own_labour + sales - wage * labour - user_cost * capital


@rule
def affordable_capital(own_money: float, cost: float, credit: float, loan_to_value: float) -> float:
    """Gate of capital: own money less set-up cost, a line of credit, and a loan on the equipment itself.

    ``K = (own - cost + credit) / (1 - loan to value)``, in money; without own money there is none.

    References
    ----------
    Evans and Jovanovic (1989), Journal of Political Economy 97(4), 808-827.
    """
    if own_money <= cost:
        return 0.0
    return (own_money - cost + min(credit, own_money - cost)) / (1.0 - loan_to_value)


@rule
def rules_passed(uniform: float, failure: float, schooling: float, advice: float) -> bool:
    """Gate of rules: papers and permits; schooling and advice lower the chance to fail at them.

    References
    ----------
    Djankov, La Porta, Lopez-de-Silanes and Shleifer (2002), Quarterly Journal of Economics 117(1), 1-37.
    """
    return uniform >= failure * math.exp(-schooling / 10.0) * (1.0 - 0.5 * advice)


@rule
def market_reach(base: float, schooling: float, advice: float) -> float:
    """Gate of markets: share of demand that a new firm is known to; rises with schooling and advice."""
    return 1.0 - (1.0 - base) * math.exp(-schooling / 20.0) * (1.0 - advice)


@rule
def worth_being_formal(sales: float, payroll: float, gain: float, tax_rate: float, papers: float) -> int:
    """1 if contracts and credit that come with papers are worth more than contributions and the papers themselves.

    What papers bring grows with the firm; books, permits and returns cost much the same whatever its size. So small
    firms have none where nobody asks for them.

    Parameters
    ----------
    sales, payroll : money/month
    gain : share of sales
    tax_rate : contributions over payroll
    papers : money/month, >= 0, cost of keeping papers; weighed, not booked, as the gain is

    References
    ----------
    Maloney (2004), World Development 32(7), 1159-1178: informality as a choice. De Mel, McKenzie and Woodruff
    (2013), American Economic Journal: Applied Economics 5(2), 122-150: few small firms register, even free of charge.
    """
    if gain * sales > tax_rate * payroll + papers:
        return 1
    return 0


@rule
def starts_formal(watched: float, formal_share: float, sought: int) -> int:
    """Whether a new firm has papers: all have where rules are kept, elsewhere those to whom they are worth it.

    Rules are kept for as large a part of new firms as of those of the start.

    Parameters
    ----------
    watched : uniform in [0, 1)
    formal_share : in [0, 1], share of private jobs that are formal at the start
    sought : 1 if papers are worth their cost, see `worth_being_formal`

    References
    ----------
    Ulyssea (2018), American Economic Review 108(8), 2015-2047: firms evade rules where they can.
    """
    return 1 if watched < formal_share or sought == 1 else 0


@rule
def must_close(cash: float, payroll: float, credit: float, losing_months: int, patience: int) -> bool:
    """Whether a firm ends: out of cash and credit, or its owner would do better elsewhere for too long."""
    return cash + credit < -payroll or losing_months >= patience


@kernel
def run_firms(
    firms: Firms,
    persons: Persons,
    localities: Localities,
    rules: Enterprise,
    user_cost: float,
    depreciation: float,
    loan_to_value: float,
    luck: Luck,
    outlay: Array,
    closing: Array,
) -> None:
    """Each firm's productivity drifts, it invests if that pays, and it closes if it must."""
    for f in range(len(firms.open)):
        if firms.open[f] == 0 or firms.sector[f] == PUBLIC:
            continue
        place = firms.locality[f]
        price = localities.tradable_price[place]
        shock, _, _, _ = uniforms(luck, firms.id[f])
        drift = rules.drift + rules.coaching_effect * firms.coaching[f]
        firms.productivity[f] = next_productivity(firms.productivity[f], drift, rules.spread, normal(shock))

        alternative, own_pay = 0.0, 0.0
        founder = firms.founder[f]
        if founder >= 0 and persons.employer[founder] == f:
            own_pay = persons.earnings[founder]
            trade = localities.trade_return[place] * persons.skill[founder]
            alternative = max(trade, persons.not_working[founder] + 1.0 * persons.reservation_flow[founder])
        if firms.profit[f] + own_pay < alternative:
            firms.losing_months[f] += 1
        else:
            firms.losing_months[f] = 0
        cash, payroll = firms.cash[f] / 100.0, firms.wage_bill[f]
        credit = max(0.0, loan_to_value * firms.capital[f] * price - firms.debt[f] / 100.0)
        if must_close(cash, payroll, credit, firms.losing_months[f], rules.patience):
            closing[f] = 1
            continue
        push = pressure(
            firms.sector[f], localities.use[place], firms.sales[f] / price, firms.capital[f], user_cost, ALPHA
        )
        if firms.profit[f] < 0.0:
            push = min(push, 1.0)
        spend = investment(
            firms.capital[f], depreciation, push, rules.investment_speed, localities.supply_free[place],
            (cash - rules.kept_payroll * payroll) / price,
        )  # fmt: skip
        outlay[f] = math.floor(spend * price * 100.0)
        firms.capital[f] += outlay[f] / 100.0 / price


@kernel
def wind_up(
    firms: Firms,
    lenders: Lenders,
    localities: Localities,
    rules: Enterprise,
    closing: Array,
    scrap: Array,
    repaid: Array,
    left: Array,
    covered: Array,
) -> None:
    """Sell the equipment, pay the lender, hand the rest to the owner; what is missing is written off."""
    for f in range(len(closing)):
        if closing[f] == 0:
            continue
        place = firms.locality[f]
        scrap[f] = math.floor(rules.resale * firms.capital[f] * localities.tradable_price[place] * 100.0)
        cash = firms.cash[f] + scrap[f]
        repaid[f] = min(max(0, cash), firms.debt[f])
        lenders.loans[place] -= firms.debt[f]
        lenders.written_off[place] += firms.debt[f] - repaid[f]
        firms.debt[f] = 0
        if cash >= 0:
            left[f] = cash - repaid[f]
        else:
            covered[f] = -cash
        firms.open[f] = 0
        firms.capital[f] = 0.0
        firms.vacancies[f, 0] = firms.vacancies[f, 1] = 0
        firms.output[f] = 0.0


@kernel
def mourn(persons: Persons, firms: Firms, closing: Array, witness: Array) -> None:
    """Who remembers that a firm closed: its founder, else the employee with the lowest id."""
    for i in range(len(persons.status)):
        f = persons.employer[i]
        if f < 0 or closing[f] == 0:
            continue
        if witness[f] < 0 or persons.id[i] < persons.id[witness[f]]:
            witness[f] = i
    for f in range(len(closing)):
        if closing[f] == 1 and firms.founder[f] >= 0:
            witness[f] = firms.founder[f]


@kernel
def known_productivity(firms: Firms, total: Array, count: Array) -> None:
    """Mean log productivity by place, sector and occupation of firms with jobs of one level, as new ones have."""
    for f in range(len(firms.open)):
        if 0.0 < firms.skilled_weight[f] < 1.0:
            continue
        if firms.open[f] == 1 and firms.sector[f] != PUBLIC and firms.productivity[f] > 0.0:
            cell = CELLS * firms.locality[f] + 2 * firms.sector[f] + firms.occupation[f]
            total[cell] += round(math.log(firms.productivity[f]) * FIXED)
            count[cell] += 1


@kernel
def think(persons: Persons, rules: Enterprise, month: int, drawn: Array, thinkers: Array) -> int:
    """Who thinks of a start this month, of those without a job: rows in ``thinkers``; returns how many."""
    found = 0
    for i in range(len(persons.status)):
        if drawn[i] >= rules.thinking:
            continue
        status = persons.status[i]
        returns = status == INACTIVE and persons.returnee[i] == 1
        if (status in (UNEMPLOYED, ON_OWN_ACCOUNT) or returns) and month - persons.birth_month[i] >= GROWN_UP:
            thinkers[found] = i
            found += 1
    return found


@kernel
def consider(
    thinkers: Array,
    persons: Persons,
    households: Households,
    localities: Localities,
    markets: Markets,
    rules: Enterprise,
    user_cost: float,
    loan_to_value: float,
    share: float,
    formal_share: float,
    luck: Luck,
    gates: Luck,
    total: Array,
    count: Array,
    plan: Array,
) -> int:
    """Who would start a firm, and with what: one row of ``plan`` for each; returns how many.

    Columns of the plan: person, sector, productivity, capital, own money, loan, formal, necessity, wage,
    labour, score.
    """
    found = 0
    for k in range(len(thinkers)):
        i = thinkers[k]
        _, idea, talent, score = uniforms(luck, persons.id[i])
        home = persons.household[i]
        place = households.locality[home]
        if localities.supply_free[place] <= 0.0:
            continue
        permits, premises, watched, _ = uniforms(gates, persons.id[i])
        advice = households.business_advice[home]
        schooling = persons.schooling[i]
        prices, market = localities.price_index[place], 2 * place + persons.occupation[i]
        wage = markets.mean_wage[market]
        if wage <= 0.0:
            continue
        sector, price, used = TRADABLE, localities.tradable_price[place], 1.0
        if idea < share:
            sector, price, used = NON_TRADABLE, localities.price[place], min(1.0, localities.use[place])
        capital_cost = user_cost * localities.tradable_price[place]

        cell = CELLS * place + 2 * sector + persons.occupation[i]
        if count[cell] > 0:
            usual = math.exp(total[cell] / FIXED / count[cell])
        else:
            usual = break_even_productivity(wage, capital_cost, price * max(used, 0.1), ALPHA)
        productivity = usual * math.exp(rules.talent * normal(talent))

        # Capital and premises: what own money, a line of credit and a loan on the equipment can buy.
        own_money = households.liquid_assets[home]
        if rules.remittances_start_firms == 0:
            own_money = max(0, own_money - households.received_assets[home])
        own = own_money / 100.0 - households.need[home] * prices
        rent = rules.premises * localities.base_pay[place] * (0.5 + premises) * (1.0 - 0.5 * advice)
        e, skill, credit = localities.tradable_price[place], persons.skill[i], households.credit[home]

        # Market reach and belief: alone or with a team, whichever promises more.
        reach = market_reach(rules.reach, schooling, advice)
        income, labour, capital, cost = -1.0, 0.0, 0.0, 0.0
        for size in range(2):
            hired = size * rules.team * localities.base_pay[place] / wage
            needed = rent + rules.first_payroll * wage * hired
            wanted = cost_minimising_capital(skill + hired, wage, capital_cost, ALPHA)
            bought = min(wanted, affordable_capital(own, needed, credit, loan_to_value) / e)
            if bought < rules.smallest * wanted:
                continue
            promised = believed_income(
                productivity, bought, skill + hired, skill, wage, price * used, capital_cost, reach, ALPHA
            )
            if promised > income:
                income, labour, capital, cost = promised, skill + hired, bought, needed
        if labour == 0.0:
            continue

        # Belief against the best alternative, all as pay for full-time work.
        present = persons.earnings[i] if persons.status[i] == ON_OWN_ACCOUNT else 0.0
        waiting = persons.not_working[i] + max(0.0, persons.reservation_flow[i])
        delay = rules.delay * (1.0 - 0.5 * advice) * max(present, waiting) / rules.horizon
        if income - delay - rent / rules.horizon <= max(present, waiting):
            continue
        if not rules_passed(permits, rules.failure, schooling, advice):
            continue
        loan = max(0.0, capital * e + cost - own)
        row = plan[found]
        row[0], row[1], row[2], row[3] = i, sector, productivity, capital
        row[4], row[5] = min(own, capital * e + cost), loan
        sales = reach * price * used * output(productivity, capital, labour, ALPHA)
        papers = rules.papers_cost * localities.base_pay[place] if rules.papers else 0.0
        row[6] = worth_being_formal(sales, wage * labour, rules.formal_gain, localities.tax_rate[place], papers)
        if rules.papers:
            row[6] = starts_formal(watched, formal_share, int(row[6]))
        row[7] = 1.0 if income < wage * skill else 0.0  # a job at usual pay would have been better
        row[8], row[9], row[10] = wage, labour, score
        found += 1
    return found


@kernel
def finance_starts(
    persons: Persons, households: Households, lenders: Lenders, plan: Array, order: Array, chosen: Array
) -> None:
    """In keyed order: at most one start a household, and loans as far as the lender's money goes."""
    lent = np.zeros(len(lenders.loans), np.int64)
    taken = np.zeros(len(households.debt), np.int8)
    for k in range(len(order)):
        row = order[k]
        home = persons.household[int(plan[row, 0])]
        place = households.locality[home]
        loan = math.floor(plan[row, 5] * 100.0)
        if taken[home] == 1 or loan > lenders.cash[place] - lent[place]:
            continue
        taken[home] = 1
        lent[place] += loan
        lenders.loans[place] += loan
        chosen[row] = 1


@kernel
def name_firms(persons: Persons, luck: Luck, founders: Array, ids: Array) -> None:
    """Identity of each new firm, from its founder's."""
    for k in range(len(founders)):
        ids[k] = derived_id(luck, persons.id[founders[k]], 0)


@kernel
def begin_work(persons: Persons, founders: Array, rows: Array, pay: Array, formal: Array) -> None:
    """Founders work in their own firm, for the pay they offer to others."""
    for k in range(len(founders)):
        i = founders[k]
        persons.status[i] = EMPLOYED
        persons.work[i] = NO_WORK
        persons.employer[i], persons.level[i] = rows[k], persons.occupation[i]
        persons.hours[i] = FULL_TIME
        persons.wage[i] = pay[k] * persons.skill[i]
        persons.tenure[i] = 0
        persons.search_months[i] = 0
        persons.why_out[i] = 0
        persons.formal[i] = formal[k]


@dataclass
class Enterprise(Mechanism):
    """Firms drift, invest and close; people with an idea start one if it pays and the gates let them.

    Log productivity is a random walk with a small downward drift. A firm closes when cash and credit are
    gone, or when its owner would have earned more elsewhere for half a year. A start must beat the best
    of not working, searching and present work, and pass four gates: capital, rules, premises, reach. It has papers
    where rules are kept, and where they are worth what they cost; a firm stays with or without them.
    """

    reads: ClassVar = (
        Persons.id, Persons.household, Persons.birth_month, Persons.schooling, Persons.occupation,
        Persons.skill, Persons.earnings, Persons.returnee, Persons.reservation_flow, Persons.not_working,
        Households.locality, Households.liquid_assets, Households.received_assets, Households.need,
        Households.credit, Households.business_advice, Households.debt,
        Firms.id, Firms.locality, Firms.sector, Firms.occupation, Firms.skilled_weight, Firms.owner, Firms.founder,
        Firms.cash, Firms.sales, Firms.wage_bill, Firms.profit, Firms.coaching,
        Lenders.cash,
        Localities.price, Localities.price_index, Localities.tradable_price, Localities.use,
        Localities.base_pay, Localities.trade_return, Localities.tax_rate, Localities.supply_free,
        Markets.mean_wage,
    )  # fmt: skip
    writes: ClassVar = (
        Persons.status, Persons.work, Persons.employer, Persons.level, Persons.hours, Persons.wage, Persons.tenure,
        Persons.search_months, Persons.why_out, Persons.formal,
        Firms.productivity, Firms.capital, Firms.debt, Firms.losing_months, Firms.open, Firms.vacancies,
        Firms.output,
        Households.remittance_use, Lenders.loans, Lenders.written_off,
    )  # fmt: skip
    adds: ClassVar = (Firms,)
    pays: ClassVar = (
        Flow("investment", Firms.cash, Localities.outside, "equipment bought elsewhere"),
        Flow("sale of equipment", Localities.outside, Firms.cash, "equipment of closing firms"),
        Flow("repayment at closing", Firms.cash, Lenders.cash, "what a closing firm can pay back"),
        Flow("closing", Firms.cash, Households.liquid_assets, "cash of a closing firm, to its owner"),
        Flow(
            "closing elsewhere",
            Firms.cash,
            Localities.outside,
            "cash of a closing firm, to an owner elsewhere",
        ),
        Flow(
            "overdrafts given up",
            Localities.outside,
            Firms.cash,
            "overdraft that a closing firm cannot cover",
        ),
        Flow("start-up capital", Households.liquid_assets, Firms.cash, "own money put into a new firm"),
        Flow("start-up loans", Lenders.cash, Firms.cash, "loans to new firms"),
    )
    answers: ClassVar = (
        Answer(Firms.profit, Firms.losing_months, -1, "owners who earn enough stay", 1.0, 1e6),
        Answer(Localities.use, Firms.capital, +1, "scarce capacity is extended", 1.2),
        Answer(Firms.coaching, Firms.productivity, +1, "coaching raises productivity's drift", 1.0, 1.0),
        Answer(Households.liquid_assets, "firm_births", +1, "own money opens the gate of capital", 20.0),
        Answer(Firms.cash, Firms.capital, +1, "cash buys equipment", 1.0, 1e6),
    )
    shows: ClassVar = ("firms", "firm_births", "firm_deaths")

    on: int = switch("the whole line: productivity, capital and the number of firms stand still")
    remittances_start_firms: int = switch("remittances can be put into a start-up")
    papers: int = switch(
        "new firms can do without papers, which cost something; off: contributions are their only cost"
    )
    spread: float = param(0.03, "1", (0.01, 0.15), "sd of log productivity a month; assumption")
    drift: float = param(-0.002, "1/month", (-0.01, 0.0), "of log productivity; assumption")
    coaching_effect: float = param(0.006, "1/month", (0.0, 0.05), "on the drift, if coached; assumption")
    investment_speed: float = param(4.0, "1", (0.0, 20.0), "response to the return of capital; assumption")
    kept_payroll: float = param(1.0, "month of payroll", (0.0, 6.0), "cash not put into equipment; assumption")
    patience: int = param(6, "month", (1, 36), "that an owner bears to earn less than elsewhere; assumption")
    resale: float = param(0.3, "1", (0.0, 1.0), "of equipment of a closing firm; assumption")
    thinking: float = param(0.05, "1/month", (0.0, 0.2), "chance to think of a start; assumption")
    talent: float = param(0.3, "1", (0.0, 1.0), "sd of log productivity of ideas; assumption")
    team: float = param(1.0, "1", (0.0, 20.0), "people a founder plans to employ; assumption")
    smallest: float = param(0.1, "1", (0.01, 1.0), "smallest capital over the cost-minimising one; assumption")
    first_payroll: float = param(0.5, "month", (0.0, 12.0), "of employees' pay set aside; assumption")
    premises: float = param(0.5, "month of base pay", (0.0, 12.0), "deposit and rent at the start; assumption")
    reach: float = param(0.8, "1", (0.1, 1.0), "share of demand served without schooling or advice; assumption")
    failure: float = param(0.4, "1", (0.0, 1.0), "chance to fail at the rules without schooling; assumption")
    delay: float = param(2.0, "month", (0.0, 24.0), "lost with papers; assumption")
    horizon: float = param(36.0, "month", (6.0, 240.0), "over which set-up costs must pay; assumption")
    formal_gain: float = param(0.08, "1", (0.0, 0.5), "of sales, from contracts and credit; assumption")
    papers_cost: float = param(
        0.2, "month of base pay a month", (0.0, 1.0),
        "of keeping papers; outside: a firm of two then wants two months' profit over the horizon to register, as half "
        "of small firms in Sri Lanka did (De Mel, McKenzie and Woodruff 2013)",
    )  # fmt: skip

    def __call__(self, month: Month) -> None:
        """Firms first; then those who think of a start, in keyed order."""
        finance = month.rules_of("finance")
        user_cost = finance.depreciation + month.territory.loan_rate
        where = month.values(Firms.locality)
        every = np.arange(len(where))
        outlay, closing, scrap, repaid, left, covered = (np.zeros(len(where), np.int64) for _ in range(6))
        run_firms(
            month.firms, month.persons, month.localities, self.rules, user_cost, finance.depreciation,
            finance.loan_to_value, month.luck("productivity"), outlay, closing,
        )  # fmt: skip
        month.pay("investment", every, where, outlay)
        if closing.any():
            self.close(month, closing, scrap, repaid, left, covered)
        self.start(month, user_cost, finance.loan_to_value)

    def close(self, month: Month, closing: Array, scrap: Array, repaid: Array, left: Array, covered: Array) -> None:
        """Wind up the closing firms; their employees are released by `Separations` next month."""
        wind_up(month.firms, month.lenders, month.localities, self.rules, closing, scrap, repaid, left, covered)
        where, owner = month.values(Firms.locality), month.values(Firms.owner)
        every = np.arange(len(where))
        month.pay("sale of equipment", where, every, scrap)
        month.pay("repayment at closing", every, where, repaid)
        month.pay("overdrafts given up", where, every, covered)
        month.pay("closing", every[owner >= 0], owner[owner >= 0], left[owner >= 0])
        month.pay("closing elsewhere", every[owner < 0], where[owner < 0], left[owner < 0])
        witness = np.full(len(where), -1, np.int64)
        mourn(month.persons, month.firms, closing, witness)
        seen = witness[witness >= 0]
        month.record(int(Event.FIRM_CLOSED), seen[np.argsort(month.values(Persons.id)[seen], kind="stable")])

    def start(self, month: Month, user_cost: float, loan_to_value: float) -> None:
        """Those whose belief beats their alternative and who pass the gates open their firms."""
        persons, households = month.persons, month.households
        places = month.count(Localities)
        total, count = np.zeros(CELLS * places, np.int64), np.zeros(CELLS * places, np.int64)
        known_productivity(month.firms, total, count)
        thinkers = np.zeros(month.count(Persons), np.int64)
        drawn = month.draw(month.values(Persons.id), month.luck("idea"))
        thinkers = thinkers[: think(persons, self.rules, month.age_base, drawn, thinkers)]
        plan = np.zeros((len(thinkers), 11))
        found = consider(
            thinkers, persons, households, month.localities, month.markets, self.rules, user_cost,
            loan_to_value,
            month.territory.non_tradable_share, month.territory.formal_share, month.luck("idea"), month.luck("gates"),
            total, count, plan,
        )  # fmt: skip
        if not found:
            return
        plan = plan[:found]
        ids = month.values(Persons.id)[plan[:, 0].astype(np.int64)]
        order = np.lexsort((ids, plan[:, 10]))
        chosen = np.zeros(found, np.int64)
        finance_starts(persons, households, month.lenders, plan, order, chosen)
        plan = plan[order][chosen[order] == 1]
        if len(plan):
            self.open(month, plan)

    def open(self, month: Month, plan: Array) -> None:
        """New rows of firms, their money and equipment, and their founders' work."""
        founders = plan[:, 0].astype(np.int64)
        home = month.values(Persons.household)[founders]
        place = month.values(Households.locality)[home]
        sector, productivity, capital, wage, labour = (
            plan[:, 1],
            plan[:, 2],
            plan[:, 3],
            plan[:, 8],
            plan[:, 9],
        )
        own, loan = (
            np.floor(plan[:, 4] * 100.0).astype(np.int64),
            np.floor(plan[:, 5] * 100.0).astype(np.int64),
        )
        skill = month.values(Persons.skill)[founders]
        planned = np.array([output(*values, ALPHA) for values in zip(productivity, capital, labour, strict=True)])
        ids = np.zeros(len(founders), np.int64)
        name_firms(month.persons, month.luck("new firms"), founders, ids)
        back = month.values(Persons.returnee)[founders] == 1
        level = month.values(Persons.occupation)[founders]
        drawn = month.draw(ids, month.luck("pay policy"))
        premium = np.array([pay_policy(one, month.territory.pay_spread) for one in drawn])
        only = (level[:, None] == np.arange(2)).astype(np.float64)  # a new firm has jobs of its founder's level
        details: dict[str, Any] = {
            "id": ids, "locality": place, "owner": home, "owner_kind": np.where(back, RETURNEE, LOCAL),
            "founder": founders, "sector": sector, "occupation": level, "skilled_weight": level,
            "formal": plan[:, 6], "start_month": month.age_base, "necessity": plan[:, 7], "capital": capital,
            "productivity": productivity, "debt": loan,
            "jobs": only, "labour": only * skill[:, None], "desired_labour": only * labour[:, None],
            "posted_wage": only * wage[:, None], "marginal_product": only * wage[:, None],
            "applicants_wage": only * 0.8 * wage[:, None],
            "premium": np.repeat(premium, 2).reshape(-1, 2),
            "expected_sales": np.where(sector == NON_TRADABLE, 0.9, 1.0) * planned,
        }  # fmt: skip
        rows = month.add(Firms, len(founders), **details)
        held, received = (
            month.values(column)[home] for column in (Households.liquid_assets, Households.received_assets)
        )
        month.values(Households.remittance_use)[home, BUSINESS] = np.maximum(own - (held - received), 0) / 100.0
        month.pay("start-up capital", home, rows, own)
        month.pay("start-up loans", place, rows, loan)
        e = month.values(Localities.tradable_price)[place]
        month.pay("investment", rows, place, np.floor(capital * e * 100.0).astype(np.int64))
        begin_work(month.persons, founders, rows, wage, plan[:, 6])
        month.record(int(Event.FIRM_OPENED), founders, 0, capital)
