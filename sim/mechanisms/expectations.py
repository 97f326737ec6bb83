"""Expectations: what households count on, and how sure they are of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.codes import Status
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Households, Localities, Persons
from sim.table import Array

OWN_ACCOUNT, EMPLOYED = int(Status.OWN_ACCOUNT), int(Status.EMPLOYED)
AWAY, ABSENT = int(Status.AWAY), int(Status.ABSENT)
WORKING_AGE = 15 * 12  # months
BINS, FINENESS, LOWEST = 384, 32, -6.0  # of medians: classes, classes per doubling, log2 of the lowest


@rule
def adapted(believed: float, seen: float, speed: float) -> float:
    """Adaptive expectation: moves ``speed`` of the way from what was believed to what was seen.

    References
    ----------
    Nerlove (1958), Quarterly Journal of Economics 72(2), 227-240: adaptive expectations.
    """
    return believed + speed * (seen - believed)


@rule
def adapted_variance(variance: float, surprise: float, speed: float) -> float:
    """Variance around an adaptive expectation, exponentially weighted: (1-eta)(var + eta d^2) (R1).

    Parameters
    ----------
    variance : (money/month)^2, >= 0
    surprise : money/month
        d: what was seen less what was believed before.
    speed : 1/month, in (0, 1)
        eta.
    """
    return (1.0 - speed) * (variance + speed * surprise * surprise)


@rule
def equivalents(adults: int, children: int) -> float:
    """Adult equivalents of a household: 1 for the first adult, 0.7 for each other, 0.5 for a child.

    References
    ----------
    OECD (1982), The OECD List of Social Indicators: the "Oxford" scale.
    """
    return 0.3 + 0.7 * adults + 0.5 * children


@rule
def bin_of(ratio: float) -> int:
    """Class of an amount over a yardstick, ``FINENESS`` classes per doubling; the ends are open."""
    if ratio <= 0.0:
        return 0
    place = math.floor((math.log2(ratio) - LOWEST) * FINENESS)
    return min(BINS - 1, max(0, place))


@rule
def middle_of(place: int) -> float:
    """Geometric middle of a class: within 1.1 % of every amount in it."""
    return math.pow(2.0, LOWEST + (place + 0.5) / FINENESS)


@kernel
def median_of(counts: Array, row: int) -> float:
    """Median of the amounts counted in one row of classes, over the yardstick; -1 where there are none.

    Counts, not sums, so that the order of rows plays no part.
    """
    total = 0
    for k in range(BINS):
        total += counts[row, k]
    if total == 0:
        return -1.0
    passed = 0
    for k in range(BINS):
        passed += counts[row, k]
        if 2 * passed >= total:
            return middle_of(k)
    return -1.0


@kernel
def count_people(persons: Persons, households: Households, localities: Localities, need: float, now: int) -> None:
    """Count who belongs to each household, here and away, and what those here need to subsist."""
    count = len(households.locality)
    members = np.zeros(count, np.int64)
    adults = np.zeros(count, np.int64)
    away = np.zeros(count, np.int64)
    for i in range(len(persons.household)):
        status = persons.status[i]
        if status == ABSENT:
            continue
        home = persons.household[i]
        if status == AWAY:
            away[home] += 1
            continue
        members[home] += 1
        if now - persons.birth_month[i] >= WORKING_AGE:
            adults[home] += 1
    adults_here = np.zeros(len(localities.adults), np.int64)
    for home in range(count):
        households.members[home] = members[home]
        households.adults[home] = adults[home]
        households.children[home] = members[home] - adults[home]
        households.away[home] = away[home]
        households.need[home] = need * equivalents(adults[home], members[home] - adults[home])
        adults_here[households.locality[home]] += adults[home]
    for place in range(len(localities.adults)):
        localities.adults[place] = adults_here[place]


@kernel
def look_around(persons: Persons, households: Households, localities: Localities, rules: Expectations) -> None:
    """Members see what the others earned of late; the median pay and income of a locality are known."""
    count = len(households.locality)
    earnings = np.zeros(count)
    absent = np.zeros(count)
    places = len(localities.base_pay)
    pay = np.zeros((places, BINS), np.int64)
    income = np.zeros((places, BINS), np.int64)
    for i in range(len(persons.household)):
        status = persons.status[i]
        if status == ABSENT:
            continue
        home = persons.household[i]
        if status == AWAY:  # smoothed earnings stay at those of the last month here
            absent[home] += persons.smoothed_earnings[i]
            continue
        smoothed = adapted(1.0 * persons.smoothed_earnings[i], 1.0 * persons.earnings[i], rules.earnings_speed)
        persons.smoothed_earnings[i] = smoothed if smoothed > 0.005 else 0.0  # no less than half a cent
        earnings[home] += persons.smoothed_earnings[i]
        if status in (EMPLOYED, OWN_ACCOUNT):
            place = households.locality[home]
            pay[place, bin_of(persons.earnings[i] / (1.0 * localities.base_pay[place]))] += 1
    for home in range(count):
        households.others_earnings[home] = earnings[home]
        households.absent_earnings[home] = absent[home]
        if households.adults[home] > 0:
            place = households.locality[home]
            usual = 1.0 * households.income[home]
            if rules.remittances_usual == 0:
                usual = 1.0 * households.labour_income[home] + households.other_income[home]
            per_adult = usual / households.adults[home]
            income[place, bin_of(per_adult / (1.0 * localities.base_pay[place]))] += 1
    for place in range(places):
        middle = median_of(pay, place)
        if middle >= 0.0:
            localities.median_pay[place] = middle * localities.base_pay[place]
        middle = median_of(income, place)
        if middle >= 0.0:
            localities.median_income[place] = middle * localities.base_pay[place]


@kernel
def learn(households: Households, rules: Expectations) -> None:
    """Households learn the persistent part of what they receive, its volatility, and their usual income."""
    for home in range(len(households.receipt)):
        households.receipts[home, 2] = households.receipts[home, 1]
        households.receipts[home, 1] = households.receipts[home, 0]
        households.receipts[home, 0] = households.receipt[home]
        total = 1.0 * households.receipts[home, 0] + 1.0 * households.receipts[home, 1]
        received = (total + 1.0 * households.receipts[home, 2]) / 3.0  # quarterly sending is not risk
        believed = 1.0 * households.persistent_receipt[home]
        households.persistent_receipt[home] = adapted(believed, received, rules.eta)
        households.receipt_variance[home] = adapted_variance(
            1.0 * households.receipt_variance[home], received - believed, rules.eta
        )
        households.smoothed_income[home] = adapted(
            1.0 * households.smoothed_income[home], 1.0 * households.income[home], rules.income_speed
        )


@dataclass
class Expectations(Mechanism):
    """Households learn the persistent part of remittances, its volatility and their usual income.

    They also see who is here, what they need and what the others have earned of late; the median pay and
    income of the locality are common knowledge.
    """

    reads = (
        Persons.household, Persons.birth_month, Persons.status, Persons.earnings,
        Households.locality, Households.receipt, Households.income, Households.labour_income,
        Households.other_income, Localities.base_pay,
    )  # fmt: skip
    writes = (
        Persons.smoothed_earnings,
        Households.members, Households.adults, Households.children, Households.away, Households.need,
        Households.others_earnings, Households.absent_earnings, Households.receipts,
        Households.persistent_receipt, Households.receipt_variance, Households.smoothed_income,
        Localities.median_pay, Localities.median_income, Localities.adults,
    )  # fmt: skip
    answers = (
        Answer(Households.receipt, Households.persistent_receipt, +1, "more received, more counted on"),
        Answer(Persons.earnings, Households.others_earnings, +1, "members' pay is seen by the others"),
        Answer(Households.income, Households.smoothed_income, +1, "usual income follows income"),
        Answer(Persons.earnings, Localities.median_pay, +1, "pay here is common knowledge"),
    )
    shows = ("consumption", "participation")

    on: int = switch("what households learn about receipts, income and pay")
    remittances_usual: int = switch("remittances count in the median income, by which home production is measured")
    eta: float = param(
        1.0 / 12.0, "1/month", (1.0 / 36.0, 1.0 / 3.0), "assumption: a lasting change is learnt in a year"
    )
    income_speed: float = param(
        1.0 / 12.0, "1/month", (1.0 / 36.0, 1.0 / 3.0), "assumption: usual income, about a year"
    )
    earnings_speed: float = param(1.0 / 3.0, "1/month", (1.0 / 6.0, 1.0), "assumption: earnings of about three months")

    def __call__(self, month: Month) -> None:
        """Take in last month's earnings and income and this month's receipts."""
        self.rest(month)
        if not self.on:
            return
        look_around(month.persons, month.households, month.localities, self.rules)
        learn(month.households, self.rules)

    def rest(self, month: Month) -> None:
        """Heads are counted even where nobody learns: other lines divide by them."""
        count_people(month.persons, month.households, month.localities, month.territory.need, month.age_base)
