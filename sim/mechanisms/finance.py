"""Finance: profits, dividends, loans, repayment, default, accounts and insurance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.codes import Owner, Sector
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Authorities, Firms, Households, Lenders, Localities
from sim.table import Array

PUBLIC = int(Sector.PUBLIC)
AUTHORITY = int(Owner.AUTHORITY)


@rule
def dividend(cash: float, payroll: float, profit: float, months: float, idle_part: float) -> float:
    """What a firm pays its owner: profit, once cash covers some months' payroll.

    Cash beyond that which is not profit (depreciation earned and not yet invested) is paid out slowly.

    Parameters
    ----------
    cash, profit : money, money/month; may be below zero
    payroll : money/month, >= 0
    months : month of payroll kept as cash
    idle_part : 1/month, part of idle cash paid out

    Returns
    -------
    money/month, between zero and the cash above the reserve.
    """
    excess = cash - months * payroll
    if excess <= 0.0:
        return 0.0
    return min(excess, max(profit, 0.0) + idle_part * excess)


@rule
def instalment(debt: float, term: float, able: float) -> float:
    """Repayment of this month: a part of the debt, at most what the debtor can spare (money/month)."""
    return max(0.0, min(debt / term, able))


@rule
def credit_line(
    income: float,
    collateral: float,
    guarantee: float,
    defaults: int,
    debt: float,
    months: float,
    loan_to_value: float,
) -> float:
    """What a lender would still lend: a multiple of income and a share of collateral, by record.

    Parameters
    ----------
    income : money/month, >= 0, that the lender counts on
    collateral : money, >= 0
    guarantee : dimensionless, in [0, 1], share of a loan guaranteed by somebody else
    defaults : loans not paid back; each divides what the lender would lend
    debt : money, >= 0, owed already
    months : month, income lent against
    loan_to_value : dimensionless, share of collateral lent against

    References
    ----------
    Kiyotaki and Moore (1997), Journal of Political Economy 105(2), 211-248: loans up to collateral;
    Jappelli and Pagano (2002), Journal of Banking and Finance 26(10), 2017-2045: records.
    """
    line = (months * income + loan_to_value * collateral) * (1.0 + guarantee) / (1.0 + defaults)
    return max(0.0, line - debt)


@rule
def expected_shortfall(mean: float, sd: float, trigger: float) -> float:
    """Mean shortfall of a normal income below ``trigger * mean``: ``sd (phi(z) - z Phi(-z))``."""
    if mean <= 0.0 or sd <= 0.0:
        return 0.0
    z = (1.0 - trigger) * mean / sd
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return sd * (density - z * 0.5 * math.erfc(z / math.sqrt(2.0)))


@rule
def squared_shortfall(mean: float, sd: float, trigger: float) -> float:
    """Mean squared shortfall below ``trigger * mean``: ``sd^2 ((1 + z^2) Phi(-z) - z phi(z))``."""
    if mean <= 0.0 or sd <= 0.0:
        return 0.0
    z = (1.0 - trigger) * mean / sd
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return sd * sd * ((1.0 + z * z) * 0.5 * math.erfc(z / math.sqrt(2.0)) - z * density)


@rule
def insurance_gain(mean: float, squared: float, cover: float, aversion: float) -> float:
    """Money value a month of less risk: ``aversion / (2 mean) * (1 - (1 - cover)^2) * E[shortfall^2]``.

    Mean-variance approximation of expected utility with relative risk aversion ``aversion``.

    References
    ----------
    Pratt (1964), Econometrica 32(1/2), 122-136.
    """
    if mean <= 0.0:
        return 0.0
    return 0.5 * aversion / mean * (1.0 - (1.0 - cover) * (1.0 - cover)) * squared


@rule
def payout(income: float, mean: float, trigger: float, cover: float) -> float:
    """What the insured get: ``cover`` of the shortfall of income below ``trigger`` of its mean."""
    return cover * max(0.0, trigger * mean - income)


@rule
def account_pays(flow: float, saving: float, base_pay: float, distance: float, cost: float, reach: float) -> bool:
    """Whether an account saves more than it costs.

    Parameters
    ----------
    flow : money/month, >= 0, regular receipts and an adult's pay that could go through it
    saving : dimensionless, share of the flow saved (time, theft, fees of cash)
    base_pay : money/month, yardstick of costs in the place
    distance : km to the nearest desk
    cost : share of base pay a month that an account costs in fees and time
    reach : km at which the way doubles the cost
    """
    return saving * flow > cost * base_pay * (1.0 + distance / reach)


@kernel
def settle_firms(
    firms: Firms,
    lenders: Lenders,
    localities: Localities,
    rules: Finance,
    rate: float,
    interest: Array,
    repaid: Array,
    wanted: Array,
    paid_out: Array,
    asked: Array,
) -> None:
    """Interest, wear, repayment, profit and dividend of each firm, and what it would borrow."""
    for f in range(len(firms.open)):
        if firms.open[f] == 0:
            continue
        place = firms.locality[f]
        price = localities.tradable_price[place]
        cash, payroll, debt = firms.cash[f] / 100.0, firms.wage_bill[f], firms.debt[f] / 100.0
        public = firms.sector[f] == PUBLIC
        due = rate * (debt + max(0.0, -cash))
        interest[f] = math.floor(min(due, max(0.0, cash + rules.reserve * payroll)) * 100.0)
        added = math.floor(due * 100.0) - interest[f]
        wear = 0.0 if public else rules.depreciation * firms.capital[f]
        if not public:
            firms.capital[f] -= wear
        cash -= interest[f] / 100.0
        repaid[f] = math.floor(instalment(debt, rules.term, cash - payroll) * 100.0)
        repaid[f] = min(repaid[f], firms.debt[f])
        firms.debt[f] += added - repaid[f]
        lenders.loans[place] += added - repaid[f]
        cash -= repaid[f] / 100.0
        firms.profit[f] = firms.sales[f] - payroll - due - wear * price
        paid_out[f] = math.floor(
            dividend(cash, payroll, firms.profit[f], rules.reserve, rules.idle_part) * 100.0
        )  # fmt: skip
        if cash < 0.0 and not public and firms.profit[f] > 0.0:
            line = rules.loan_to_value * firms.capital[f] * price - firms.debt[f] / 100.0
            wanted[f] = math.floor(max(0.0, min(-cash, line)) * 100.0)
            asked[place] += wanted[f]


@kernel
def settle_households(
    households: Households,
    lenders: Lenders,
    localities: Localities,
    rules: Finance,
    rate: float,
    interest: Array,
    repaid: Array,
    premiums: Array,
    payouts: Array,
    wanted: Array,
    asked: Array,
    written: Array,
) -> None:
    """Interest, repayment or default, insurance, an account, and what each household would borrow."""
    for h in range(len(interest)):
        place = households.locality[h]
        prices = localities.price_index[place]
        need = households.need[h] * prices
        own_money = households.liquid_assets[h]
        usual_receipt = 0.0
        if rules.remittances_banked == 1:
            usual_receipt = households.persistent_receipt[h]
        else:
            own_money = max(0, own_money - households.received_assets[h])
        cash = own_money / 100.0

        now = households.labour_income[h] + households.other_income[h]
        if households.earned_income[h] == 0.0 and households.earned_variance[h] == 0.0:
            households.earned_income[h] = now  # a new household starts from what it first earns
        mean = households.earned_income[h]
        if households.insured[h] == 1:
            payouts[h] = round(payout(now, mean, rules.trigger, rules.cover) * 100.0)
            cash += payouts[h] / 100.0
        surprise = now - mean
        households.earned_income[h] = mean + rules.income_memory * surprise
        households.earned_variance[h] = (1.0 - rules.income_memory) * (
            households.earned_variance[h] + rules.income_memory * surprise * surprise
        )
        counted = max(0.0, households.earned_income[h]) + usual_receipt

        debt = households.debt[h] / 100.0
        if debt > 0.0:
            due = rate * debt
            spare = max(0.0, cash - need)
            interest[h] = math.floor(min(due, spare) * 100.0)
            added = math.floor(due * 100.0) - interest[h]
            repaid[h] = min(
                math.floor(instalment(debt, rules.term, spare - interest[h] / 100.0) * 100.0),
                households.debt[h],
            )
            cash -= (interest[h] + repaid[h]) / 100.0
            households.debt[h] += added - repaid[h]
            lenders.loans[place] += added - repaid[h]
            hopeless = households.debt[h] / 100.0 > rules.default_months * counted and interest[h] == 0
            if hopeless or households.members[h] + households.away[h] == 0:
                written[place] += households.debt[h]
                lenders.loans[place] -= households.debt[h]
                lenders.written_off[place] += households.debt[h]
                households.debt[h] = 0
                households.defaults[h] += 1

        if households.members[h] == 0:
            households.insured[h] = 0
            households.credit[h] = 0.0
            continue
        flow = households.labour_income[h] / max(1, households.adults[h]) + usual_receipt
        if households.account[h] == 0 and account_pays(
            flow, rules.account_saving, localities.base_pay[place], households.desk_distance[h],
            rules.account_cost,
            rules.account_reach,
        ):  # fmt: skip
            households.account[h] = 1
        households.insured[h] = 0
        if households.account[h] == 1:
            mean, sd = households.earned_income[h], math.sqrt(households.earned_variance[h])
            fair = rules.cover * expected_shortfall(mean, sd, rules.trigger)
            premium = (1.0 + rules.loading) * fair * (1.0 - households.premium_support[h])
            gain = insurance_gain(mean, squared_shortfall(mean, sd, rules.trigger), rules.cover, rules.risk_aversion)
            if fair > 0.0 and fair + gain > premium and premium <= cash - need:
                premiums[h] = math.floor(premium * 100.0)
                households.insured[h] = 1
                cash -= premiums[h] / 100.0

        collateral = households.land[h] * localities.farm_return[place] * rules.land_months
        households.credit[h] = credit_line(
            counted, collateral, households.loan_guarantee[h], households.defaults[h],
            households.debt[h] / 100.0,
            rules.income_months, rules.loan_to_value,
        )  # fmt: skip
        if cash < need:
            wanted[h] = math.floor(min(need - cash, households.credit[h]) * 100.0)
            asked[place] += wanted[h]


@kernel
def lend(
    households: Households, firms: Firms, lenders: Lenders, asked: Array, home_loans: Array, firm_loans: Array
) -> None:
    """Lend what is asked for as far as the lender's money goes, the same share to everybody."""
    share = np.zeros(len(asked))
    for place in range(len(asked)):
        if asked[place] > 0:
            share[place] = min(1.0, lenders.cash[place] / asked[place])
    for h in range(len(home_loans)):
        place = households.locality[h]
        home_loans[h] = math.floor(home_loans[h] * share[place])
        households.debt[h] += home_loans[h]
        households.credit[h] = max(0.0, households.credit[h] - home_loans[h] / 100.0)
        lenders.loans[place] += home_loans[h]
    for f in range(len(firm_loans)):
        place = firms.locality[f]
        firm_loans[f] = math.floor(firm_loans[f] * share[place])
        firms.debt[f] += firm_loans[f]
        lenders.loans[place] += firm_loans[f]


@kernel
def add_up(rows: Array, cents: Array, totals: Array) -> None:
    """Add each amount to the total of its row; rows below zero have none."""
    for k in range(len(rows)):
        if rows[k] >= 0:
            totals[rows[k]] += cents[k]


@dataclass
class Finance(Mechanism):
    """Firms pay interest and profits; households repay, borrow in need, insure, or default.

    Profit after interest and wear fills a firm's cash to two months' payroll, then goes to its owner: a
    household, somebody elsewhere, or the authority. Households short of their need borrow up to a line
    set by income, land, record and guarantees, as far as the lender has money. Hopeless debts are written
    off: a revaluation, not a flow. Those with an account insure where it is worth the premium.
    """

    reads: ClassVar = (
        Firms.locality, Firms.sector, Firms.open, Firms.owner, Firms.owner_kind, Firms.cash, Firms.sales,
        Firms.wage_bill,
        Households.locality, Households.members, Households.adults, Households.away,
        Households.liquid_assets, Households.need,
        Households.labour_income, Households.other_income, Households.persistent_receipt,
        Households.received_assets, Households.land, Households.desk_distance, Households.premium_support,
        Households.loan_guarantee,
        Lenders.cash, Lenders.fund,
        Localities.price_index, Localities.tradable_price, Localities.base_pay, Localities.farm_return,
    )  # fmt: skip
    writes: ClassVar = (
        Firms.capital, Firms.debt, Firms.profit,
        Households.debt, Households.defaults, Households.property_income, Households.earned_income,
        Households.earned_variance, Households.insured, Households.account, Households.credit,
        Lenders.loans, Lenders.written_off,
    )  # fmt: skip
    pays: ClassVar = (
        Flow("interest of firms", Firms.cash, Lenders.cash, "interest"),
        Flow("repayment of firms", Firms.cash, Lenders.cash, "instalments"),
        Flow("dividends", Firms.cash, Households.liquid_assets, "profits of local owners"),
        Flow("absentee profits", Firms.cash, Localities.outside, "profits of owners elsewhere"),
        Flow("public surplus", Firms.cash, Authorities.cash, "what public employers did not need"),
        Flow("interest", Households.liquid_assets, Lenders.cash, "interest"),
        Flow("repayment", Households.liquid_assets, Lenders.cash, "instalments"),
        Flow("premiums", Households.liquid_assets, Localities.outside, "premiums of income insurance"),
        Flow("payouts", Localities.outside, Households.liquid_assets, "payouts of income insurance"),
        Flow("fund", Localities.outside, Lenders.cash, "outside money to be lent"),
        Flow("loans", Lenders.cash, Households.liquid_assets, "loans to households in need"),
        Flow("loans to firms", Lenders.cash, Firms.cash, "loans that replace an overdraft"),
        Flow("lender's profit", Lenders.cash, Localities.outside, "interest less what was written off"),
    )
    answers: ClassVar = (
        Answer(Firms.sales, Households.property_income, +1, "better sales, larger dividends"),
        Answer(Households.persistent_receipt, Households.account, +1, "receipts make accounts pay", 1.0, 1e6),
        Answer(Households.labour_income, Households.credit, +1, "lenders lend against income"),
        Answer(Households.loan_guarantee, Households.credit, +1, "a guarantee raises what is lent", 1.0, 0.5),
        Answer(Households.premium_support, Households.insured, +1, "cheap insurance is bought", shift=0.9),
    )  # fmt: skip
    shows: ClassVar = ("loans", "liquid_assets", "real_income")

    on: int = switch("the whole line: no profits, loans or insurance")
    remittances_banked: int = switch("remittances count for accounts, credit, repayment and insurance")
    depreciation: float = param(0.008, "1/month", (0.004, 0.015), "assumption")
    reserve: float = param(2.0, "month of payroll", (0.0, 6.0), "cash a firm keeps; assumption")
    idle_part: float = param(1 / 12, "1/month", (0.0, 1.0), "idle cash paid out; assumption")
    term: float = param(24.0, "month", (3.0, 120.0), "of loans; assumption")
    income_months: float = param(2.0, "month", (0.0, 24.0), "income lent against; assumption")
    land_months: float = param(12.0, "month", (0.0, 120.0), "value of land in months of its return; assumption")
    loan_to_value: float = param(0.4, "1", (0.0, 0.9), "share of collateral lent against; assumption")
    default_months: float = param(6.0, "month", (1.0, 60.0), "debt over income that is given up; assumption")
    income_memory: float = param(1 / 30, "1/month", (1 / 36, 1.0), "outside, Friedman 1957: 0.4 a year")
    trigger: float = param(0.7, "1", (0.3, 1.0), "share of usual income below which insurance pays; assumption")
    cover: float = param(0.7, "1", (0.1, 1.0), "share of the shortfall paid; assumption")
    loading: float = param(0.6, "1", (0.0, 2.0), "premium over expected payouts; assumption")
    risk_aversion: float = param(2.0, "1", (0.0, 10.0), "relative; outside, Chetty 2006: 1, up to 2 with shocks")
    account_saving: float = param(0.02, "1", (0.0, 0.1), "of what goes through an account; assumption")
    account_cost: float = param(0.02, "share of base pay", (0.0, 0.3), "a month; assumption")
    account_reach: float = param(25.0, "km", (1.0, 200.0), "way to a desk that doubles the cost; assumption")

    def __call__(self, month: Month) -> None:
        """Firms first, whose dividends reach the households; then households; last the lender's profit."""
        firms, households, lenders, localities = (
            month.firms,
            month.households,
            month.lenders,
            month.localities,
        )
        rate, places = month.territory.loan_rate, month.count(Localities)
        where, home = (month.values(column).astype(np.int64) for column in (Firms.locality, Households.locality))
        enterprises, every, seats = np.arange(len(where)), np.arange(len(home)), np.arange(places)
        month.pay("fund", seats, seats, np.rint(month.values(Lenders.fund) * 100.0).astype(np.int64))

        asked, written, earned = (np.zeros(places, np.int64) for _ in range(3))
        interest, repaid, borrowed, paid_out = (np.zeros(len(where), np.int64) for _ in range(4))
        settle_firms(firms, lenders, localities, self.rules, rate, interest, repaid, borrowed, paid_out, asked)
        month.pay("interest of firms", enterprises, where, interest)
        month.pay("repayment of firms", enterprises, where, repaid)
        add_up(where, interest, earned)
        owner, kind = month.values(Firms.owner), month.values(Firms.owner_kind)
        public = kind == AUTHORITY
        local, away = (owner >= 0) & ~public, (owner < 0) & ~public
        month.pay("dividends", enterprises[local], owner[local], paid_out[local])
        month.pay("absentee profits", enterprises[away], where[away], paid_out[away])
        month.pay("public surplus", enterprises[public], where[public], paid_out[public])
        profits = np.zeros(len(home), np.int64)
        add_up(np.where(local, owner, -1), paid_out, profits)

        interest, repaid, premiums, payouts, home_loans = (np.zeros(len(home), np.int64) for _ in range(5))
        settle_households(
            households, lenders, localities, self.rules, rate, interest, repaid, premiums, payouts,
            home_loans,            asked, written,
        )  # fmt: skip
        month.pay("payouts", home, every, payouts)
        month.pay("interest", every, home, interest)
        month.pay("repayment", every, home, repaid)
        month.pay("premiums", every, home, premiums)
        add_up(home, interest, earned)
        month.values(Households.property_income)[:] = (profits + payouts) / 100.0

        lend(households, firms, lenders, asked, home_loans, borrowed)
        month.pay("loans", home, every, home_loans)
        month.pay("loans to firms", where, enterprises, borrowed)
        kept = np.clip(earned - written, 0, month.values(Lenders.cash))
        month.pay("lender's profit", seats, seats, kept)
