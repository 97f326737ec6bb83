"""Work in another locality: how far apart places are, what the way costs, and how far away to look (R2).

Localities stand on a line, neighbours as far apart as the place's input `commuting` says (one way, minutes).
The way takes hours that nobody pays and a fare. Both are counted where R1 counts what a job costs: the value
of not working is solved, by the same rule, for the hours of the job and of the way together.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sim.mechanism import Month, kernel, rule
from sim.population import OFFERS, Firms, Households, Localities, Markets, Persons
from sim.search import (
    LEAST_LEISURE,
    NEVER,
    PART_PAY,
    PART_TIME,
    TIME,
    Terms,
    aged_taste,
    believed_arrival,
    hours_value,
    not_working_value,
    search_return,
    time_premium,
)
from sim.table import Array
from sim.technology import FULL_TIME

if TYPE_CHECKING:
    from sim.mechanisms.participation import Participation


class Way(NamedTuple):
    """The way to the neighbouring locality and back; all zero where nobody can work elsewhere."""

    hours: float  # hours a month
    fare: float  # a month, over the median pay of the place of residence
    steps: int  # how far away, in neighbours, somebody without care for others could work part time


APART = Way(0.0, 0.0, 0)


def way_between(minutes: float, days: float, fare: float, places: int) -> Way:
    """The way between neighbours so many minutes apart, to be gone on ``days`` a month, there and back.

    Part-time jobs ask for as many ways as full-time ones: half a day is worked on each. The fare is ``fare``
    hours of median full-time pay for an hour on the way.

    >>> way_between(30.0, 20.0, 0.25, 3)
    Way(hours=20.0, fare=0.02777777777777778, steps=2)
    """
    if minutes <= 0.0 or places < 2:
        return APART
    hours = 2.0 * days * minutes / 60.0
    return Way(hours, fare * hours / FULL_TIME, min(int((TIME - LEAST_LEISURE - PART_TIME) / hours), places - 1))


def way_of(month: Month) -> Way:
    """The way between neighbours in this run, by the place's input and the parameters of `Matching`."""
    minutes = month.territory.commuting
    if minutes <= 0.0:
        return APART
    rules = month.rules_of("matching")
    if rules.commuting == 0:
        return APART
    return way_between(minutes, rules.working_days, rules.fare, month.territory.localities)


@rule
def steps_to_work(persons: Persons, households: Households, firms: Firms, i: int) -> int:
    """How many localities an employee's work is from home; 0 in the same one."""
    apart: int = abs(firms.locality[persons.employer[i]] - households.locality[persons.household[i]])
    return apart


@rule
def worth_of_way(
    income: float, home: float, time: float, taste: float, hours: float, way: float, curvature: float, unit: float
) -> float:
    """Pay that makes up for the hours of the way, ``b(h + way) - b(h)``, by the rule that gives b (R1).

    Parameters
    ----------
    income, home : money/month, Y and c0
    time, taste, curvature, unit : as in `time_premium` and `not_working_value`
    hours, way : hour/month, of the job and of the way

    Returns
    -------
    money/month, >= 0; rises with income, taste and the way, and with the hours of the job; `NEVER` when too little
    time is left.

    References
    ----------
    Manning (2003), Labour Economics 10(2), 105-131: ways to work and how thin labour markets are.
    """
    with_way = not_working_value(income, home, time_premium(time, hours + way, taste, curvature), 0.0, curvature, unit)
    if with_way >= NEVER:
        return NEVER
    return with_way - not_working_value(income, home, time_premium(time, hours, taste, curvature), 0.0, curvature, unit)


@rule
def cost_of_way(
    persons: Persons, households: Households, localities: Localities, rules: Participation, way: Way,
    hours: float, steps: int, age_base: int, i: int,
) -> float:  # fmt: skip
    """What a job of those hours so many localities away must pay more than one at home (money/month, nominal)."""
    place = households.locality[persons.household[i]]
    price = localities.price_index[place]
    unit = max(localities.median_income[place] / price, 1e-9)
    taste = aged_taste(persons.taste[i], (age_base - persons.birth_month[i]) // 12, rules.ageing_from, rules.ageing)
    worth = worth_of_way(
        1.0 * persons.nonlabour_income[i], rules.home_production * unit, TIME - persons.care_hours[i], taste,
        hours, steps * way.hours, rules.curvature, unit,
    )  # fmt: skip
    if worth >= NEVER:
        return NEVER
    cost: float = price * worth + steps * way.fare * localities.median_pay[place]
    return cost


@rule
def ends_of_range(place: int, steps: int, places: int) -> tuple[int, int]:
    """First and last locality on the line that is at most so many away."""
    return max(place - steps, 0), min(place + steps, places - 1)


@rule
def in_range(place: int, steps: int, occupation: int, begins: Array) -> int:
    """What stands on the rings of the markets of an occupation at most so many localities away."""
    total = 0
    first, last = ends_of_range(place, steps, (len(begins) - 1) // 2)
    for other in range(first, last + 1):
        market = 2 * other + occupation
        total += begins[market + 1] - begins[market]
    return total


@rule
def market_reached(drawn: float, place: int, steps: int, occupation: int, begins: Array) -> int:
    """Market of a vacancy drawn from all of an occupation at most so many localities away, each alike."""
    left = drawn * in_range(place, steps, occupation, begins)
    first, last = ends_of_range(place, steps, (len(begins) - 1) // 2)
    for other in range(first, last + 1):
        market = 2 * other + occupation
        left -= begins[market + 1] - begins[market]
        if left < 0.0:
            return market
    return 2 * place + occupation


@rule
def spread_search(units: int, place: int, steps: int, occupation: int, begins: Array, searchers: Array) -> None:
    """Add one searcher to the markets in range, to each as its share of the vacancies there."""
    total = in_range(place, steps, occupation, begins)
    if steps == 0 or total == 0:
        searchers[2 * place + occupation] += units
        return
    first, last = ends_of_range(place, steps, (len(begins) - 1) // 2)
    for other in range(first, last + 1):
        market = 2 * other + occupation
        searchers[market] += round(units * (begins[market + 1] - begins[market]) / total)


@kernel
def remember_vacancies(markets: Markets, memory: float) -> None:
    """What is usually open in each market: people know where jobs are, not where they are this month."""
    for m in range(len(markets.vacancies)):
        markets.usual_vacancies[m] += memory * (markets.vacancies[m] - markets.usual_vacancies[m])


@rule
def value_in_range(
    markets: Markets, rules: Participation, terms: Terms, way: Way, income: float, time: float, taste: float,
    fare: float, place: int, steps: int, occupation: int, months: float, intensity: float, cost: float,
) -> float:  # fmt: skip
    """r of searching in all places at most ``steps`` away (R1), in real pay a month.

    The root of ``r = -k_s + sum over places of q K E[(z - r)+]``, ``q`` the share of a place in the vacancies
    usually open in range, ``K`` and the offers those of its market, and ``z`` net pay less fare and less b of the
    hours of job and way together. Vacancies are drawn over all places in range: more of them are not reached.
    The sum falls in r and is convex, so that Newton's steps from -k_s rise to the root and end there exactly.

    Parameters
    ----------
    fare : money/month, real, of the way to a neighbouring place and back
    intensity, cost : of search, 1 and k_s for somebody who only searches
    other arguments as in `decide_status`
    """
    first, last = ends_of_range(place, steps, len(markets.part_share) // 2)
    total = 0.0
    for other in range(first, last + 1):
        total += markets.usual_vacancies[2 * other + occupation]
    value = -cost
    if total <= 0.0:
        return value
    while True:
        above, below = -cost, 1.0
        for other in range(first, last + 1):
            market, apart = 2 * other + occupation, abs(other - place)
            if markets.usual_vacancies[market] <= 0.0:
                continue
            believed = believed_arrival(markets.arrival[market], months, rules.n0)
            gain = search_return(believed, markets.separation[market], rules.beta)
            gain *= intensity * markets.usual_vacancies[market] / total / OFFERS
            for kind in range(2):
                hours = (FULL_TIME if kind == 0 else PART_TIME) + apart * way.hours
                flow = hours_value(income, time_premium(time, hours, taste, terms.curvature), terms) + apart * fare
                scale = terms.scale * (1.0 if kind == 0 else PART_PAY)
                weight = gain * (1.0 - markets.part_share[market] if kind == 0 else 1.0 * markets.part_share[market])
                for k in range(OFFERS - 1, -1, -1):
                    surplus = scale * markets.offers[market, k] - flow
                    if surplus <= value:
                        break
                    above += weight * surplus
                    below += weight
        better = above / below
        if better <= value:
            return value
        value = better


@rule
def look_further(
    markets: Markets, rules: Participation, terms: Terms, way: Way, income: float, time: float, taste: float,
    fare: float, place: int, occupation: int, months: float, own_premium: float,
    market: int, search: float, own: float,
) -> tuple[int, int, float, float]:  # fmt: skip
    """How far away to look, in which occupation, and what r and r_o are then.

    Somebody looks one locality further on either side as long as that is worth more: a further place can have
    better pay or less of a queue, and each vacancy reached there is one less at home. ``market``, ``search`` and
    ``own`` are the best without leaving the place.

    References
    ----------
    Manning and Petrongolo (2017), American Economic Review 107(10), 2877-2907; Marinescu and Rathelot (2018),
    American Economic Journal: Macroeconomics 10(3), 42-70: markets are local because what is far is worth little.
    """
    range_of, sought, best = 0, market, search
    for kind in range(occupation, -1, -1):
        before = -math.inf
        for steps in range(1, way.steps + 1):
            value = value_in_range(
                markets, rules, terms, way, income, time, taste, fare, place, steps, kind, months, 1.0,
                terms.search_cost - terms.benefit,
            )  # fmt: skip
            if value <= before:
                break
            before = value
            if value > best:
                range_of, sought, best = steps, 2 * place + kind, value
    if range_of > 0 and terms.own_return > 0.0 and own_premium < NEVER:
        cost = terms.own_search * terms.search_cost + hours_value(income, own_premium, terms) - terms.own_return
        own = value_in_range(
            markets, rules, terms, way, income, time, taste, fare, place, range_of, sought - 2 * place, months,
            terms.own_search, cost,
        )  # fmt: skip
    return range_of, sought, best, own


@kernel
def fares_due(
    persons: Persons, households: Households, firms: Firms, localities: Localities, way: Way, fares: Array
) -> None:
    """What each household pays this month for ways to work elsewhere, in cents, at most all it has."""
    for i in range(len(persons.employer)):
        if persons.employer[i] >= 0:
            home = persons.household[i]
            steps = steps_to_work(persons, households, firms, i)
            fares[home] += round(steps * way.fare * localities.median_pay[households.locality[home]] * 100.0)
    for h in range(len(fares)):
        fares[h] = min(fares[h], households.liquid_assets[h])
        households.labour_income[h] = max(0.0, households.labour_income[h] - fares[h] / 100.0)
