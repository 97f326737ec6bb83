"""Unpaid care: what a household needs, and who gives it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.codes import Sex, Status
from sim.commuting import Way, steps_to_work, way_of
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Firms, Households, Persons

WOMAN = int(Sex.WOMAN)
EMPLOYED, OWN_ACCOUNT, AWAY = int(Status.EMPLOYED), int(Status.OWN_ACCOUNT), int(Status.AWAY)
SMALL_CHILD, HELPER, CHILD, GROWN, FRAIL = 6 * 12, 10 * 12, 13 * 12, 15 * 12, 70 * 12  # months of age
TIME = 480.0  # hours a month awake and free of personal care (R1)
FIXED = 1048576.0  # weights and needs are added up in this fraction, so that order plays no part
ROUNDS = 2  # what some cannot give is asked once more of those who can


@rule
def care_need(months: int, small_child: float, child: float, frail: float) -> float:
    """Hours of care a month that one person needs beside housework, by age in months.

    Children below six and from six to twelve, and people from seventy; nobody else.
    """
    if months < SMALL_CHILD:
        return small_child
    if months < CHILD:
        return child
    if months >= FRAIL:
        return frail
    return 0.0


@rule
def willingness(sex: int, months: int, earnings: float, mean_earnings: float, norm: float, helpers: float) -> float:
    """Weight with which a member is asked to give care.

    By comparative advantage the one gives more whose time earns less: ``1 / (1 + e/mean)``, with ``e``
    the member's earnings and the mean that of those asked. The norm multiplies the weight of women,
    and those from ten to fourteen are asked for ``helpers`` of an adult's share.

    Parameters
    ----------
    months : age in months
    earnings, mean_earnings : money/month, >= 0
    norm : dimensionless, >= 0; 1 is no norm.

    References
    ----------
    Becker (1965), Economic Journal 75, 493-517: the household gives its cheapest time.
    """
    relative = earnings / mean_earnings if mean_earnings > 0.0 else 0.0
    weight = 1.0 / (1.0 + relative)
    if sex == WOMAN:
        weight = weight * norm
    if months < GROWN:
        weight = weight * helpers
    return weight


@rule
def most_care(hours: float, works: bool, rest: float) -> float:
    """Hours a member can give at most: all time less paid work, with the way to it, and the least rest."""
    return max(0.0, TIME - rest - (hours if works else 0.0))


@kernel
def share(persons: Persons, households: Households, firms: Firms, rules: Care, way: Way, now: int) -> None:
    """Members present share the hours their household needs; what nobody can give stays unmet."""
    count = len(households.members)
    needed = np.zeros(count, np.int64)
    total = np.zeros(count)
    asked = np.zeros(count)
    people = len(persons.household)
    helpers = 0  # those who can be asked: their row, what they can give at most, their weight in this round
    rows, most, weight = np.empty(people, np.int32), np.empty(people), np.empty(people, np.int64)
    for i in range(len(persons.household)):
        persons.care_hours[i] = 0.0
        status = persons.status[i]
        if status > OWN_ACCOUNT and not (status == AWAY and rules.reassignment == 0):
            continue
        months = now - persons.birth_month[i]
        home = persons.household[i]
        needed[home] += int(FIXED * care_need(months, rules.small_child, rules.child, rules.frail))
        if months >= HELPER:
            total[home] += persons.smoothed_earnings[i]
            asked[home] += 1.0
            rows[helpers] = i
            works = status in (EMPLOYED, OWN_ACCOUNT)
            spent = 1.0 * persons.hours[i]
            if way.steps > 0 and persons.employer[i] >= 0:
                spent += way.hours * steps_to_work(persons, households, firms, i)
            most[helpers] = most_care(spent, works, rules.least_rest)
            helpers += 1

    left = np.zeros(count)
    for home in range(count):
        heads = households.members[home]
        if rules.reassignment == 0:
            heads = heads + households.away[home]
        left[home] = rules.home + rules.housework * heads + needed[home] / FIXED
    for _ in range(ROUNDS):
        weights = np.zeros(count, np.int64)
        for k in range(helpers):
            i = rows[k]
            home = persons.household[i]
            weight[k] = -1
            if left[home] > 0.0 and persons.care_hours[i] < most[k]:
                willing = willingness(
                    persons.sex[i], now - persons.birth_month[i], 1.0 * persons.smoothed_earnings[i],
                    total[home] / asked[home], rules.norm, rules.helpers,
                )  # fmt: skip
                weight[k] = int(FIXED * willing)
                weights[home] += weight[k]
        unmet = 0
        given = np.zeros(count)
        for k in range(helpers):
            i = rows[k]
            home = persons.household[i]
            if weight[k] < 0 or weights[home] <= 0:
                continue
            before = persons.care_hours[i] * 1.0
            wanted = before + left[home] * weight[k] / weights[home]
            persons.care_hours[i] = min(most[k], wanted)
            given[home] += persons.care_hours[i] - before
            if wanted > most[k]:
                unmet += 1
        for home in range(count):
            left[home] = left[home] - given[home] if unmet > 0 else 0.0
        if unmet == 0:
            break
    for i in range(len(persons.household)):
        persons.care_hours[i] = max(0.0, persons.care_hours[i] - 1.0 * persons.care_relief[i])


@dataclass
class Care(Mechanism):
    """Members present share the unpaid care their household needs.

    Small children, older children, old people and housework need hours. They fall to those whose time
    earns least, weighted by a norm that asks women for more, and nobody gives more than their time less
    paid work and rest allows; what is left over stays undone. Hours somebody is relieved of (a place in
    child care) are taken from that person.
    """

    reads = (
        Persons.household, Persons.status, Persons.sex, Persons.birth_month, Persons.hours,
        Persons.smoothed_earnings, Persons.care_relief, Persons.employer, Households.members, Households.away,
        Households.locality, Firms.locality,
    )  # fmt: skip
    writes = (Persons.care_hours,)
    answers = (
        Answer(Households.members, Persons.care_hours, +1, "each member here makes housework", factor=2.0),
        Answer(Persons.care_relief, Persons.care_hours, -1, "care taken over by others", factor=1.0, shift=20.0),
    )
    shows = ("care_hours_women", "care_hours_men")

    on: int = switch("unpaid care is shared anew each month")
    reassignment: int = switch("care of members who are away is taken over by those present")
    home: float = param(
        105.0, "hour/month", (0.0, 250.0),
        "own fit to hours of unpaid work a month and adult: 73 in Senegal (women 128, men 18; ANSD, time-use survey "
        "2021) and 91 in the United Kingdom (women 113, men 70; ONS 2016); the model has 75 and 88",
    )  # fmt: skip
    housework: float = param(20.0, "hour/month", (0.0, 60.0), "assumption: cooking, water, cleaning per member")
    small_child: float = param(60.0, "hour/month", (0.0, 200.0), "assumption: a child below six")
    child: float = param(25.0, "hour/month", (0.0, 100.0), "assumption: a child from six to twelve")
    frail: float = param(30.0, "hour/month", (0.0, 200.0), "assumption: somebody of seventy or older")
    norm: float = param(
        3.0, "1", (1.0, 10.0),
        "assumption between surveys: women's hours over men's are 1.6 in the United Kingdom (ONS 2016), 7 in Senegal "
        "(ANSD 2021); the model has 2.0 and 2.6",
    )  # fmt: skip
    helpers: float = param(0.3, "1", (0.0, 1.0), "assumption: children of ten to fourteen over adults")
    least_rest: float = param(60.0, "hour/month", (0.0, 120.0), "assumption: least time left, as in R1")

    def __call__(self, month: Month) -> None:
        """Set this month's hours of care."""
        if not self.on:
            return
        share(month.persons, month.households, month.firms, self.rules, way_of(month), month.age_base)
