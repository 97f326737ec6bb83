"""Sequential search with jobs that end: what searching is worth, solved exactly for any offers.

The month uses these rules for everybody, and they can be used on their own: `reservation_wage` with one
kind of hours is McCall's (1970) problem, with the textbook's numbers.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.codes import Status
from sim.mechanism import rule
from sim.population import OFFERS
from sim.table import Array
from sim.technology import FULL_TIME, OWN_ACCOUNT

TIME = 480.0  # hours a month that are neither sleep nor personal care
PART_TIME = 90.0  # hours a month of part-time work, travel included
PART_PAY = 0.5  # pay of a part-time job over a full-time one
LEAST_LEISURE = 60.0  # hours a month that nobody works away
NEVER = 1e30  # pay for hours that somebody cannot work
DEAREST = 60.0  # cost of time above which pay would have to rise by more than e to the 60th: never
EVEN = np.full(OFFERS, 1.0 / OFFERS)  # the points of an offer distribution in `Markets` are equally likely

OUT, SEARCHING, ON_OWN_ACCOUNT = int(Status.INACTIVE), int(Status.UNEMPLOYED), int(Status.OWN_ACCOUNT)


@rule
def cost_of_time(time: float, hours: float, taste: float) -> float:
    """Utility that ``hours`` of work cost: ``psi * (ln T - ln(T - h))``.

    Parameters
    ----------
    time : hour/month, T: endowment less unpaid care
    hours : hour/month, >= 0, with travel
    taste : psi, > 0

    Returns
    -------
    utility, >= 0; `NEVER` when less than 60 hours would be left.
    """
    if time - hours < LEAST_LEISURE:
        return NEVER
    cost = taste * math.log(time / (time - hours))
    return cost if cost < DEAREST else NEVER


@rule
def not_working_value(
    income: float, home: float, time_cost: float, work_cost: float, curvature: float, unit: float
) -> float:
    """Flow value of not working in pay, b: the net pay at which work is just worth its time.

    Solves ``u(Y + b - k_w) - u(Y) = time_cost`` with ``u(c)`` CRRA in ``(c + c0) / unit``. With log
    utility ``b = (Y + c0) * ((T / (T - h))**psi - 1) + k_w``.

    Parameters
    ----------
    income : money/month, >= 0, Y: income without own work
    home : money/month, > 0, c0: home production and the support of kin
    time_cost : utility of the hours, as `cost_of_time` gives it
    work_cost : money/month, >= 0, k_w: cost of going to work
    curvature : 1/EIS, in [0, 2]; 1 is log utility
    unit : money/month, > 0: amount at which marginal utility is 1; no effect when curvature is 1

    Returns
    -------
    money/month; rises with income, time cost and work cost; `NEVER` for hours that cannot be worked.

    References
    ----------
    Heckman (1974), Econometrica 42(4), 679-694: shadow price of time.
    Cogan (1981), Econometrica 49(4), 945-963: fixed costs of work.
    """
    if time_cost >= NEVER:
        return NEVER
    consumption = income + home
    if curvature == 1.0:
        return consumption * math.expm1(time_cost) + work_cost
    power = 1.0 - curvature
    utility: float = (consumption / unit) ** power + power * time_cost
    if utility <= 0.0:  # bounded utility: no pay makes up for these hours
        return NEVER
    consumed: float = unit * utility ** (1.0 / power)
    return min(consumed - consumption + work_cost, NEVER)


@rule
def search_return(arrival: float, separation: float, discount: float) -> float:
    """K: present value of a surplus of 1 while a job lasts, times the chance to be offered one.

    ``K = beta * lambda / (1 - beta * (1 - s))``. With permanent jobs and an offer every period it is
    the textbook's ``beta / (1 - beta)``.

    Parameters
    ----------
    arrival : lambda, offers per searcher and month, in [0, 1]
    separation : s, chance a month that a job ends, in [0, 1]
    discount : beta a month, in (0, 1)
    """
    return discount * arrival / (1.0 - discount * (1.0 - separation))


@rule
def expected_surplus(points: Array, chances: Array, scale: float, flow: float, reserve: float) -> float:
    """E[(scale * w - flow - reserve)+] over offers ``w`` with the given chances; ``points`` ascend."""
    total = 0.0
    for k in range(len(points) - 1, -1, -1):
        surplus = scale * points[k] - flow - reserve
        if surplus <= 0.0:
            break
        total += chances[k] * surplus
    return total


@rule
def searching_pays(
    points: Array, chances: Array, scale: float, part_share: float, flow_full: float, flow_part: float,
    gain: float, cost: float,
) -> bool:  # fmt: skip
    """Whether ``K E[z+] >= k_s``: the value of search is at least that of staying out."""
    surplus = 0.0
    if part_share < 1.0:
        surplus += (1.0 - part_share) * expected_surplus(points, chances, scale, flow_full, 0.0)
    if part_share > 0.0:
        surplus += part_share * expected_surplus(points, chances, PART_PAY * scale, flow_part, 0.0)
    return gain * surplus >= cost


@rule
def search_value(
    points: Array, chances: Array, scale: float, part_share: float, flow_full: float, flow_part: float,
    gain: float, cost: float,
) -> float:  # fmt: skip
    """r: value of searching over not working, in pay: the root of ``r = -k_s + K E[(z - r)+]``.

    ``z`` is the net pay of an offer less the flow value of its hours, over offers that are full time
    with chance ``1 - part_share``. The right side less r is piecewise linear, falling and convex, so
    Newton's method from the left rises to the root and ends there exactly, after at most as many steps
    as there are offers: points once below r never count again.

    Parameters
    ----------
    points : full-time net pay per efficiency unit, ascending (money/month)
    chances : probability of each point
    scale : efficiency units of the person (over the price index, when values are real)
    part_share : share of offers that are part time, at half the pay
    flow_full, flow_part : b for full-time and part-time hours (money/month)
    gain : K as `search_return` gives it
    cost : k_s, cost of searching (money/month; below zero for an income while searching)

    Returns
    -------
    money/month, >= -cost; rises with pay and K, falls with b and cost.

    References
    ----------
    McCall (1970), Quarterly Journal of Economics 84(1), 113-126.
    Rogerson, Shimer and Wright (2005), Journal of Economic Literature 43(4), 959-988: with separations.
    """
    count = len(points)
    value = -cost
    full = part = 0
    while full < count and scale * points[full] - flow_full <= value:
        full += 1
    while part < count and PART_PAY * scale * points[part] - flow_part <= value:
        part += 1
    chance = surplus = 0.0
    if part_share < 1.0:
        for k in range(full, count):
            weight = (1.0 - part_share) * chances[k]
            chance += weight
            surplus += weight * (scale * points[k] - flow_full)
    else:
        full = count
    if part_share > 0.0:
        for k in range(part, count):
            weight = part_share * chances[k]
            chance += weight
            surplus += weight * (PART_PAY * scale * points[k] - flow_part)
    else:
        part = count
    if chance <= 0.0:
        return -cost
    while True:
        value = (gain * surplus - cost) / (1.0 + gain * chance)
        before = full + part
        while full < count and scale * points[full] - flow_full <= value:
            weight = (1.0 - part_share) * chances[full]
            chance -= weight
            surplus -= weight * (scale * points[full] - flow_full)
            full += 1
        while part < count and PART_PAY * scale * points[part] - flow_part <= value:
            weight = part_share * chances[part]
            chance -= weight
            surplus -= weight * (PART_PAY * scale * points[part] - flow_part)
            part += 1
        if full + part == before or full + part == 2 * count:
            return value


@rule
def reservation_wage(points: Array, chances: Array, flow: float, gain: float, cost: float) -> float:
    """w* = b + r with one kind of hours: ``w* = b - k_s + K E[(w - w*)+]``, McCall's reservation wage.

    Arguments as in `search_value`; ``flow`` is b, the textbook's unemployment compensation c.
    """
    return flow + search_value(points, chances, 1.0, 0.0, flow, NEVER, gain, cost)


@rule
def best_state(search: float, own_account: float) -> int:
    """Labour-force status with the largest of {0, r, r_o}: out, searching, own account.

    Who is indifferent searches rather than stays out, and searches rather than works on own account.
    """
    if own_account > search and own_account >= 0.0:
        return ON_OWN_ACCOUNT
    return SEARCHING if search >= 0.0 else OUT


class Terms(NamedTuple):
    """On what terms one person can work, in real money a month."""

    home: float  # c0, home production and support of kin
    taste: float  # psi, taste for time
    work_cost: float  # k_w
    search_cost: float  # k_s
    scale: float  # efficiency units, over the price index
    own_return: float  # y_o, what own-account work would bring; zero for none
    own_search: float  # phi, intensity of search beside own-account work
    curvature: float  # of utility; 1 is log
    unit: float  # amount at which marginal utility is 1


@rule
def hours_value(income: float, time: float, hours: float, terms: Terms) -> float:
    """b for these hours of one person; see `not_working_value`."""
    time_cost = cost_of_time(time, hours, terms.taste)
    return not_working_value(income, terms.home, time_cost, terms.work_cost, terms.curvature, terms.unit)


@rule
def decide_status(
    income: float, time: float, terms: Terms, points: Array, part_share: float, gain: float
) -> tuple[int, float, float, float, float]:
    """Status of one person without a job, and the values that decide it (R1).

    Parameters
    ----------
    income : money/month, Y: income without own work as the person sees it, real
    time : hour/month, T: endowment less unpaid care
    terms : what the person can do and likes
    points : full-time net pay per efficiency unit on offer, ascending and equally likely (money/month)
    part_share : share of offers that are part time
    gain : K as `search_return` gives it

    Returns
    -------
    status (inactive, unemployed or on own account); r of searching; r_o of own-account work; b for
    full-time and for part-time hours; all in real pay a month.
    """
    flow_full = hours_value(income, time, FULL_TIME, terms)
    flow_part = hours_value(income, time, PART_TIME, terms)
    search = search_value(
        points, EVEN, terms.scale, part_share, flow_full, flow_part, gain, terms.search_cost
    )
    own = -NEVER
    if terms.own_return > 0.0:
        flow_own = hours_value(income, time, OWN_ACCOUNT, terms)
        if flow_own < NEVER:
            cost = terms.own_search * terms.search_cost + flow_own - terms.own_return
            own = search_value(
                points, EVEN, terms.scale, part_share, flow_full, flow_part, terms.own_search * gain, cost
            )
    return best_state(search, own), search, own, flow_full, flow_part


@rule
def would_enter(
    income: float, time: float, terms: Terms, points: Array, part_share: float, gain: float
) -> bool:
    """Whether `decide_status` would put the person into the labour force: the same test without solving."""
    flow_full = hours_value(income, time, FULL_TIME, terms)
    flow_part = hours_value(income, time, PART_TIME, terms)
    if searching_pays(points, EVEN, terms.scale, part_share, flow_full, flow_part, gain, terms.search_cost):
        return True
    if terms.own_return <= 0.0:
        return False
    flow_own = hours_value(income, time, OWN_ACCOUNT, terms)
    cost = terms.own_search * terms.search_cost + flow_own - terms.own_return
    return flow_own < NEVER and searching_pays(
        points, EVEN, terms.scale, part_share, flow_full, flow_part, terms.own_search * gain, cost
    )


@rule
def full_time_equivalent(search: float, flow_full: float, flow_part: float) -> float:
    """Reservation wage for full-time work, ``b + r``; twice the part-time one if only that can be worked.

    Zero for somebody who can work no hours at all (money/month).
    """
    if flow_full < NEVER:
        return max(flow_full + search, 0.0)
    return max((flow_part + search) / PART_PAY, 0.0) if flow_part < NEVER else 0.0


@rule
def participation_chance(gain_in_utility: float, mean_log_taste: float, spread: float) -> float:
    """P(in) = Logistic((ln A - x'd) / sigma): share of people whose taste for time is below A.

    Parameters
    ----------
    gain_in_utility : A, as `utility_gain_per_time` gives it, > 0
    mean_log_taste : x'd
    spread : sigma of log taste (logistic), > 0

    References
    ----------
    The participation equation of Heckman (1974) with heterogeneous tastes; also its estimator.
    """
    if gain_in_utility <= 0.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-(math.log(gain_in_utility) - mean_log_taste) / spread))


@rule
def utility_gain_per_time(
    income: float, home: float, pay: float, work_cost: float, time: float, hours: float
) -> float:
    """A = [u(Y + pay - k_w) - u(Y)] / [v(T) - v(T - h)] with log utility; zero or below: pay is too low."""
    return math.log((income + home + pay - work_cost) / (income + home)) / math.log(time / (time - hours))
