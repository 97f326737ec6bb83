"""Unemployment benefit: who is entitled, to how much and for how long. What it does to search stands in `sim.search`.

Two parts, each by inputs of the place, all 0 by default. *Insurance*: who loses an insured job through no decision of
their own and has paid in for long enough draws an amount for some months of search. *Assistance*: those who pass a
means test draw the flat amount without limit of time. Both are paid by the rest of the country, to the unemployed
(strict) alone, and end where a pension begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.codes import Status
from sim.mechanism import Month, rule
from sim.streams import ONCE, draw
from sim.table import Array
from sim.territory import NO_BENEFIT, Benefit

if TYPE_CHECKING:
    from sim.initial import Solution

YOUNGEST = 18  # year, from which assistance is paid


def benefit_of(month: Month) -> Benefit:
    """The place's unemployment benefit in this run; nothing where it is switched off in `Government`."""
    rules = month.rules_of("government")
    benefit: Benefit = month.territory.benefit
    return benefit if rules.on == 1 and rules.benefits == 1 else NO_BENEFIT


@rule
def months_granted(formal: int, uniform: float, covered: float, months: float) -> int:
    """Months of benefit somebody begins with who lost a job through no decision of their own.

    Parameters
    ----------
    formal : 1 for an insured job; jobs without contributions give no claim
    uniform : luck of this job, in (0, 1)
    covered : in [0, 1], share of those with an insured job who have paid in for long enough
    months : month, >= 0, longest duration
    """
    return int(months) if formal == 1 and uniform < covered else 0


@rule
def amount_granted(net_pay: float, flat: float, share: float) -> float:
    """Benefit a month: a flat amount and a share of the last net pay (money/month).

    >>> amount_granted(1_000.0, 50.0, 0.4)
    450.0
    """
    return flat + share * net_pay


@rule
def passes_means_test(uniform: float, assisted: float, age: float, pension_age: float) -> int:
    """1 if somebody of that age can draw assistance while searching; ``uniform`` is a trait drawn once.

    Whether means are small enough depends on partners and savings in ways that differ by country; here it is a
    share of people, ``assisted``, whatever their household has.
    """
    return 1 if uniform < assisted and YOUNGEST <= age < pension_age else 0


@rule
def benefit_due(entitlement: float, months: float, assisted: int, flat: float) -> float:
    """What somebody unemployed draws this month: insurance while months are left, else assistance (money/month)."""
    insured = entitlement if months > 0.0 else 0.0
    return max(insured, flat) if assisted == 1 else insured


def first_assisted(self: Solution) -> Array:
    """1 for those who pass the means test at the start, by the trait that `Government` goes by."""
    rules, persons, share = self.setup.parameters.government, self.tables.persons, self.benefit.assisted
    passes = draw(self.month(rules).luck_once("means"), persons.id) < share
    age = (-self.setup.burn_in - persons.birth_month) / 12.0
    passes &= (age >= YOUNGEST) & (age < rules.pension_age) & (persons.status != Status.AWAY)
    found: Array = passes & (self.pensioners() == 0)
    return found


def first_entitlements(self: Solution, searching: Array) -> None:
    """What those who search at the start still have: months of the insurance less those searched so far.

    In the steady state of the start all who search lost a job, and those without a contract end more often. The pay
    of that job was what they accept on average.
    """
    persons, benefit = self.tables.persons, self.benefit
    times = self.setup.parameters.separations.without_contract
    insured = self.formal / (self.formal + (1.0 - self.formal) * times)
    covered = draw(self.world.streams.luck("initial", "covered", ONCE), persons.id) < benefit.covered * insured
    those = searching & covered & (self.pensioners() == 0) & (self.accepted_pay > 0.0)
    left = np.maximum(int(benefit.months) - persons.search_months.astype(np.int64), 0)
    persons.entitled_months[:] = np.where(those, left, 0)
    net_pay = self.accepted_pay * (1.0 - self.inputs.tax_rate)
    persons.entitlement[:] = np.where(those, benefit.flat + benefit.share * net_pay, 0.0)


def first_benefits(self: Solution) -> Array:
    """Benefit of each household at the start; who has insurance looks at work anew in the first month."""
    persons, benefit = self.tables.persons, self.benefit
    insured = np.where(persons.entitled_months > 0, persons.entitlement, 0.0)
    due = np.maximum(insured, np.where(persons.assisted == 1, benefit.flat, 0.0))
    persons.benefit[:] = np.where(persons.status == Status.UNEMPLOYED, due, 0.0)
    persons.shaken[persons.entitled_months > 0] = 1
    sums: Array = np.bincount(persons.household, persons.benefit, minlength=self.tables.households.count)
    return sums
