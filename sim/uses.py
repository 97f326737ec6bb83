"""What a household does with its money: uses ranked by marginal value, under the cash there is."""

from __future__ import annotations

import math

from sim.mechanism import rule


@rule
def decided(by_women: float, by_men: float, women_power: float) -> float:
    """A preference of the household: those of women and men, weighted by their say in the use of money.

    References
    ----------
    Chiappori (1992), Journal of Political Economy 100(3), 437-467: collective labour supply and welfare.
    """
    return by_men + women_power * (by_women - by_men)  # where both want the same, exactly that


@rule
def family_uses(
    budget: float, need: float, equivalents: float, health: float, own: float
) -> tuple[float, float, float]:
    """Divide what is spent beyond need and school among daily needs, health and the deciders themselves.

    Maximises ``n ln(need + d) + w_h ln(h) + w_o ln(o)`` over ``d + h + o = budget``: money goes where it is
    worth most until all uses it goes to are worth the same, so more for daily needs comes only once
    the others have as much, weight by weight, as the need that is met already.

    Parameters
    ----------
    budget : money/month, >= 0
    need : money/month, >= 0
        Met before.
    equivalents : n, > 0
        Members in adult equivalents.
    health, own : dimensionless, >= 0
        Weights in adult equivalents: people in care of a service of some quality; what those who decide
        spend on themselves beyond an equal share.

    Returns
    -------
    daily, health, own : money/month, >= 0; they add up to the budget.

    References
    ----------
    Stone (1954), Economic Journal 64(255), 511-527: the linear expenditure system.
    """
    others = health + own
    if others <= 0.0 or budget <= 0.0:
        return budget, 0.0, 0.0
    worth = (budget + need) / (equivalents + others)  # one over the common marginal value
    if equivalents * worth < need:
        worth = budget / others
    return max(0.0, budget - worth * others), worth * health, worth * own


@rule
def planned_consumption(
    smoothed_income: float,
    income: float,
    assets: float,
    target: float,
    need: float,
    mpc: float,
    from_assets: float,
) -> float:
    """What a household would like to consume: ``Yp + mpc (Y - Yp) + m_a (A - A*)``, at least its need.

    Parameters
    ----------
    smoothed_income : Yp, money/month
    income : Y, money/month, of this month
    assets : A, money, >= 0, held before this month's income
    target : A*, money, >= 0, buffer stock the household aims at; saving stops there
    need : money/month, subsistence need at current prices
    mpc : dimensionless, share of a passing change of income that is spent
    from_assets : 1/month, m_a, share of assets above the target that is spent

    Returns
    -------
    money/month; rises with each argument but the target.

    References
    ----------
    Carroll (1997), Quarterly Journal of Economics 112(1), 1-55: buffer-stock saving.
    """
    return max(need, smoothed_income + mpc * (income - smoothed_income) + from_assets * (assets - target))


@rule
def housing_outlay(desired: float, stock: float, speed: float, spare: float) -> float:
    """Building: a part of the gap to the desired house, at most what is spare (money/month).

    Asked twice a month: of usual income beyond need and school, how much is put by for the house instead
    of consumed; and of the cash above the buffer, how much is built.

    References
    ----------
    Stone and Rowe (1957), Econometrica 25(3), 423-443: a part of the gap between the durable goods desired and
    held is bought each period.
    """
    return max(0.0, min(speed * (desired - stock), spare))


@rule
def set_aside_for_house(received: float, share: float, short: float, gap: float) -> float:
    """What of remittances goes into the house the sender means to return to, while it lacks anything.

    In a month in which the household itself earns less than usual, what is short is lived on first: a house can
    wait, and the sender, who insures the household, would have it so.

    Parameters
    ----------
    received : money/month, >= 0
    share : dimensionless, in [0, 1], meant for the house
    short : money/month, >= 0, of the usual income without remittances
    gap : money, >= 0, between the house desired and the one there is

    Returns
    -------
    money/month, in [0, received]; rises with what is received and the share, falls with what is short.

    References
    ----------
    Browning and Crossley (2009), Journal of the European Economic Association 7(6), 1169-1192: what lasts is
    put off when income is low for a while.
    """
    return min(max(0.0, share * received - short), gap)


@rule
def uses_of_cash(
    usual: float, income: float, cash: float, food: float, need: float, target: float, school_cost: float,
    equivalents: float, health: float, own: float, desired_house: float, house: float,
    short: float, mpc: float, from_assets: float, housing_speed: float,
) -> tuple[float, float, float, float, float]:  # fmt: skip
    """Uses in the order of their worth: need, school of those who go, daily needs and health, a buffer, the house.

    What is put by for the house is planned out of usual income: a household that consumed all of that
    could keep no house in repair but by chance. In a month with less income than usual it is what gives way first.

    Parameters
    ----------
    usual, income : money/month
        Yp and Y, see `planned_consumption`.
    cash : money, >= 0, in hand
    food : money/month, own product eaten, part of income and of what need is met by
    need, school_cost : money/month, at current prices
    target : money, buffer aimed at
    equivalents, health, own : see `family_uses`
    desired_house, house : money, at current prices
    short : money/month, >= 0, see `set_aside_for_house`
    mpc, from_assets, housing_speed : see `planned_consumption` and `housing_outlay`

    Returns
    -------
    daily, own, health, school, housing : money/month; together at most the cash.
    """
    held_before = max(0.0, cash - max(0.0, income - food))
    put_by = housing_outlay(desired_house, house, housing_speed, usual - need - school_cost)
    wish = planned_consumption(usual, income, held_before, target, need, mpc, from_assets)
    wish = max(need, wish - max(0.0, put_by - short))
    outlay = min(max(0.0, wish - food), cash)
    bought_need = min(outlay, max(0.0, need - food))
    left = outlay - bought_need
    school = min(left, school_cost)
    daily, for_health, for_own = family_uses(left - school, need, equivalents, health, own)
    building = housing_outlay(desired_house, house, housing_speed, cash - outlay - target)
    return bought_need + daily, for_own, for_health, school, building


@rule
def cents(money: float) -> int:
    """Whole cents of an amount, rounded down."""
    return math.floor(money * 100.0)
