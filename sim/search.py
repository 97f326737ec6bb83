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
def time_premium(time: float, hours: float, taste: float, curvature: float) -> float:
    """What ``hours`` of work cost, ``psi * (ln T - ln(T - h))``, as a share of consumption if utility is log.

    Parameters
    ----------
    time : hour/month, T: endowment less unpaid care
    hours : hour/month, >= 0, with travel
    taste : psi, > 0
    curvature : of utility; 1 is log

    Returns
    -------
    ``(T / (T - h))**psi - 1`` with log utility, else the cost in utility; `NEVER` when less than 60 hours
    would be left.
    """
    if time - hours < LEAST_LEISURE:
        return NEVER
    cost = taste * math.log(time / (time - hours))
    if cost > DEAREST:
        return NEVER
    return math.expm1(cost) if curvature == 1.0 else cost


@rule
def not_working_value(
    income: float, home: float, premium: float, work_cost: float, curvature: float, unit: float
) -> float:
    """Flow value of not working in pay, b: the net pay at which work is just worth its time.

    Solves ``u(Y + b - k_w) - u(Y) = psi * (v(T) - v(T - h))`` with ``u(c)`` CRRA in ``(c + c0) / unit``
    and ``v`` the logarithm. With log utility ``b = (Y + c0) * ((T / (T - h))**psi - 1) + k_w``.

    Parameters
    ----------
    income : money/month, >= 0, Y: income without own work
    home : money/month, > 0, c0: home production and the support of kin
    premium : cost of the hours, as `time_premium` gives it
    work_cost : money/month, >= 0, k_w: cost of going to work
    curvature : of utility, in [0, 2]; 1 is log
    unit : money/month, > 0: amount at which marginal utility is 1; no effect when curvature is 1

    Returns
    -------
    money/month; rises with income, premium and work cost; `NEVER` for hours that cannot be worked.

    References
    ----------
    Heckman (1974), Econometrica 42(4), 679-694: shadow price of time.
    Cogan (1981), Econometrica 49(4), 945-963: fixed costs of work.
    """
    if premium >= NEVER:
        return NEVER
    consumption = income + home
    if curvature == 1.0:
        return min(consumption * premium + work_cost, NEVER)
    power = 1.0 - curvature
    utility: float = (consumption / unit) ** power + power * premium
    if utility <= 0.0:  # bounded utility: no pay makes up for these hours
        return NEVER
    consumed: float = unit * utility ** (1.0 / power)
    return min(consumed - consumption + work_cost, NEVER)


@rule
def aged_taste(taste: float, age: int, since: float, growth: float) -> float:
    """Psi at an age in years: work costs more as health wears off, by a share ``growth`` a year from ``since`` on.

    References
    ----------
    French (2005), Review of Economic Studies 72(2), 395-427: health, pensions and leaving work.
    """
    return taste * math.exp(growth * max(0.0, age - since))


@rule
def believed_arrival(arrival: float, months: float, n0: float) -> float:
    """lambda_i = lambda * n0 / (n0 + months): the chance of an offer as seen after months of search."""
    return arrival * n0 / (n0 + months)


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
def worth_of_offers(
    points: Array, chances: Array, scale: float, part_share: float, flow_full: float, flow_part: float
) -> float:  # fmt: skip
    """E[z+]: what an offer is worth on average to somebody who takes all that pay more than their hours are worth."""
    surplus = 0.0
    if part_share < 1.0:
        surplus += (1.0 - part_share) * expected_surplus(points, chances, scale, flow_full, 0.0)
    if part_share > 0.0:
        surplus += part_share * expected_surplus(points, chances, PART_PAY * scale, flow_part, 0.0)
    return surplus


@rule
def searching_pays(
    points: Array, chances: Array, scale: float, part_share: float, flow_full: float, flow_part: float,
    gain: float, cost: float,
) -> bool:  # fmt: skip
    """Whether ``K E[z+] >= k_s``: the value of search is at least that of staying out."""
    return gain * worth_of_offers(points, chances, scale, part_share, flow_full, flow_part) >= cost


@rule
def search_value(
    points: Array, chances: Array, scale: float, part_share: float, flow_full: float, flow_part: float,
    gain: float, cost: float,
) -> float:  # fmt: skip
    """r: value of searching over not working, in pay: the root of ``r = -k_s + K E[(z - r)+]``.

    ``z`` is the net pay of an offer less the flow value of its hours, over offers that are full time
    with chance ``1 - part_share``. Given the offers worth taking, r is ``(K sum p z - k_s) / (1 + K sum p)``;
    taken from the best down, each offer above the r reached so far raises it, and the first that is not
    ends the search: exact after at most one pass, whatever the points.

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
    full = len(points) - 1 if part_share < 1.0 else -1
    part = len(points) - 1 if part_share > 0.0 else -1
    full_weight, part_weight = gain * (1.0 - part_share), gain * part_share
    best_full = scale * points[full] - flow_full if full >= 0 else -NEVER
    best_part = PART_PAY * scale * points[part] - flow_part if part >= 0 else -NEVER
    above, below = -cost, 1.0
    while full >= 0 or part >= 0:
        if part < 0 or (full >= 0 and best_full >= best_part):
            if best_full * below <= above:
                break
            above += full_weight * chances[full] * best_full
            below += full_weight * chances[full]
            full -= 1
            best_full = scale * points[full] - flow_full if full >= 0 else -NEVER
        else:
            if best_part * below <= above:
                break
            above += part_weight * chances[part] * best_part
            below += part_weight * chances[part]
            part -= 1
            best_part = PART_PAY * scale * points[part] - flow_part if part >= 0 else -NEVER
    return above / below


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


@rule
def share_taken(
    points: Array, scale: float, part_share: float, flow_full: float, flow_part: float, reserve: float
) -> float:  # fmt: skip
    """Share of offers, equally likely, that are worth at least ``reserve`` over not working."""
    taken = 0.0
    for k in range(len(points)):
        if part_share < 1.0 and scale * points[k] - flow_full >= reserve:
            taken += 1.0 - part_share
        if part_share > 0.0 and PART_PAY * scale * points[k] - flow_part >= reserve:
            taken += part_share
    return taken / len(points)


@rule
def best_surplus(points: Array, scale: float, part_share: float, flow_full: float, flow_part: float) -> float:
    """What the best offer, full or part time, is worth over not working (money/month)."""
    best = -NEVER
    if part_share < 1.0:
        best = max(best, scale * points[len(points) - 1] - flow_full)
    if part_share > 0.0:
        best = max(best, PART_PAY * scale * points[len(points) - 1] - flow_part)
    return best


@rule
def lasting_benefit(insured: float, months: float, after: float, found: float, discount: float) -> float:
    """B: the benefit without end that is worth as much to a searcher as the one that runs out.

    A month's benefit is drawn as long as the search lasts: over a spell that goes on with chance ``1 - found`` the
    first ``months`` are the share ``1 - (beta * (1 - found))**months`` of what would be drawn without limit. Each later
    spell is valued as this one. So B falls as months run out, and is the benefit itself where they do not.

    Parameters
    ----------
    insured : money/month, >= 0, benefit of the months that are left
    months : month, >= 0, how many; `math.inf` for a benefit without limit
    after : money/month, benefit without end that is worth as much as what comes afterwards
        Assistance; or, for somebody who will leave the labour force, what would just keep them in it, k_s - K E[z+].
    found : chance a month that the search ends, in [0, 1]
    discount : beta a month, in (0, 1)

    Returns
    -------
    money/month, >= 0: what the search equation of R1 takes off k_s.

    References
    ----------
    Mortensen (1977), ILR Review 30(4), 505-517; van den Berg (1990), Review of Economic Studies 57(2), 255-277:
    reservation wages fall as benefits run out. Solved month by month, with each lost job a new claim, the first month
    is the same as long as the benefit does not change which offers are taken; then the exact one falls faster, because
    a job also earns the next claim: by the end to somewhat less than without any benefit.
    """
    lasting: float = after + (insured - after) * (1.0 - (discount * (1.0 - found)) ** months)
    return lasting


class Terms(NamedTuple):
    """On what terms one person can work, in real money a month."""

    home: float  # c0, home production and support of kin
    work_cost: float  # k_w
    search_cost: float  # k_s
    scale: float  # efficiency units, over the price index
    own_return: float  # y_o, what own-account work would bring; zero for none
    own_search: float  # phi, intensity of search beside own-account work
    curvature: float  # of utility; 1 is log
    unit: float  # amount at which marginal utility is 1
    benefit: float = 0.0  # B, paid to who searches and does nothing else; see `lasting_benefit`


class Premiums(NamedTuple):
    """Cost of the hours of a full-time job, a part-time job and own-account work; see `time_premium`."""

    full: float
    part: float
    own: float


@rule
def premiums(time: float, taste: float, curvature: float) -> Premiums:
    """What each kind of work costs somebody with ``time`` hours a month and taste psi."""
    return Premiums(
        time_premium(time, FULL_TIME, taste, curvature),
        time_premium(time, PART_TIME, taste, curvature),
        time_premium(time, OWN_ACCOUNT, taste, curvature),
    )


@rule
def hours_value(income: float, premium: float, terms: Terms) -> float:
    """b of one person for hours of that premium; see `not_working_value`."""
    return not_working_value(income, terms.home, premium, terms.work_cost, terms.curvature, terms.unit)


@rule
def decide_status(
    income: float, hours: Premiums, terms: Terms, points: Array, part_share: float, gain: float
) -> tuple[int, float, float, float, float]:
    """Status of one person without a job, and the values that decide it (R1).

    Parameters
    ----------
    income : money/month, Y: income without own work as the person sees it, real
    hours : what the hours of each kind of work cost
    terms : what the person can do
    points : full-time net pay per efficiency unit on offer, ascending and equally likely (money/month)
    part_share : share of offers that are part time
    gain : K as `search_return` gives it

    Returns
    -------
    status (inactive, unemployed or on own account); r of searching; r_o of own-account work; b for
    full-time and for part-time hours; all in real pay a month.
    """
    flow_full = hours_value(income, hours.full, terms)
    flow_part = hours_value(income, hours.part, terms)
    cost = terms.search_cost - terms.benefit
    search = search_value(points, EVEN, terms.scale, part_share, flow_full, flow_part, gain, cost)
    own = -NEVER
    if terms.own_return > 0.0 and hours.own < NEVER:
        cost = terms.own_search * terms.search_cost + hours_value(income, hours.own, terms) - terms.own_return
        own = search_value(points, EVEN, terms.scale, part_share, flow_full, flow_part, terms.own_search * gain, cost)
    return best_state(search, own), search, own, flow_full, flow_part


@rule
def would_enter(income: float, hours: Premiums, terms: Terms, points: Array, part_share: float, gain: float) -> bool:
    """Whether `decide_status` would put the person into the labour force: the same test without solving."""
    flow_full = hours_value(income, hours.full, terms)
    flow_part = hours_value(income, hours.part, terms)
    cost = terms.search_cost - terms.benefit
    if searching_pays(points, EVEN, terms.scale, part_share, flow_full, flow_part, gain, cost):
        return True
    if terms.own_return <= 0.0 or hours.own >= NEVER:
        return False
    cost = terms.own_search * terms.search_cost + hours_value(income, hours.own, terms) - terms.own_return
    return searching_pays(points, EVEN, terms.scale, part_share, flow_full, flow_part, terms.own_search * gain, cost)


@rule
def ordinary_offer_pays(points: Array, part_share: float, scale: float, flow_full: float, flow_part: float) -> bool:
    """Whether the median offer, full or part time, pays more than its hours are worth."""
    median = 0.5 * (points[(len(points) - 1) // 2] + points[len(points) // 2]) * scale
    if part_share < 1.0 and median > flow_full:
        return True
    return part_share > 0.0 and PART_PAY * median > flow_part


@rule
def takes_ordinary_offer(income: float, hours: Premiums, terms: Terms, points: Array, part_share: float) -> bool:
    """Whether the person would take the median offer, full or part time, if it came today.

    Arguments as in `decide_status`. Part-time offers count where there are any.
    """
    flow_full, flow_part = hours_value(income, hours.full, terms), hours_value(income, hours.part, terms)
    return ordinary_offer_pays(points, part_share, terms.scale, flow_full, flow_part)


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
def utility_gain_per_time(income: float, home: float, pay: float, work_cost: float, time: float, hours: float) -> float:
    """A = [u(Y + pay - k_w) - u(Y)] / [v(T) - v(T - h)] with log utility; zero or below: pay is too low."""
    return math.log((income + home + pay - work_cost) / (income + home)) / math.log(time / (time - hours))
