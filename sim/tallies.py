"""What is counted of people, households and places each month: one pass over each table, summed by group."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.codes import Event, Motive, Reason, Return, Sector, Status, Use
from sim.commuting import steps_to_work
from sim.mechanism import Mechanism, Month, kernel
from sim.mechanisms.government import tax_on
from sim.population import (
    Firms,
    Households,
    Lenders,
    Localities,
    Markets,
    Migrants,
    Persons,
)
from sim.ranking import ascending
from sim.table import Array

if TYPE_CHECKING:
    from sim.model import World

CHILD, STUDENT, INACTIVE, UNEMPLOYED, EMPLOYED, OWN_ACCOUNT, AWAY, ABSENT = (int(s) for s in Status)
FAMILY = int(Motive.FAMILY)
SENT_BACK, WITHOUT = int(Return.FORCED), int(Return.FAILED)
OFFERS, REMITTANCES, PENSION = int(Reason.OFFERS), int(Reason.REMITTANCES), int(Reason.PENSION)
CARE_AT_HOME, TASTE, PUBLIC = int(Reason.CARE), int(Reason.TASTE), int(Sector.PUBLIC)
USES = len(Use)
FIFTHS = 5
GROUPS = ("all", "sex=women", "sex=men", "recipient=yes", "recipient=no", "youth=yes", "migrants=yes", "migrants=no",
          "returnee=yes", "returnee=no", *(f"quintile={k + 1}" for k in range(FIFTHS)))  # fmt: skip
"""Whom indicators are reported for, localities aside; `migrants`: the household has somebody away or not; `quintile`:
fifths of the people by their household's smoothed income per adult equivalent, 1 the poorest."""
OF_PEOPLE = (
    FIFTHS,
    2,
    2,
    2,
    2,
    2,
)  # cells of people in one place: fifth, receives, somebody away, returnee, youth, sex
OF_HOMES = (FIFTHS, 2, 2)  # cells of households: fifth, receives, somebody away
_FIFTH, _RECEIVES, _AWAY, _BACK, _YOUTH, _SEX = np.indices(OF_PEOPLE).reshape(6, -1)
_IN_GROUP = np.array([_SEX >= 0, _SEX == 0, _SEX == 1, _RECEIVES == 1, _RECEIVES == 0, _YOUTH == 1, _AWAY == 1,
                      _AWAY == 0, _BACK == 1, _BACK == 0, *(k == _FIFTH for k in range(FIFTHS))])  # fmt: skip
OF_GROUP = np.array([group & (sex == _SEX) for group in _IN_GROUP for sex in (0, 1)]).astype(np.float64)
_POOR, _PAID, _HAS_AWAY = np.indices(OF_HOMES).reshape(3, -1)
_NONE = _PAID < 0
HOMES_OF_GROUP = np.array([_PAID >= 0, _NONE, _NONE, _PAID == 1, _PAID == 0, _NONE, _HAS_AWAY == 1, _HAS_AWAY == 0,
                           _NONE, _NONE, *(k == _POOR for k in range(FIFTHS))]).astype(np.float64)  # fmt: skip

# What is counted or summed over people (sums of money, hours and skill in hundredths), by cell
PERSON_TALLIES = (
    "persons", "adults", "labour_force", "employed", "employees", "own_account", "unemployed", "discouraged",
    "discouraged_remittances", "formal", "insured", "school_age", "at_school", "care_hours", "carers", "earnings",
    "wages", "hours_share", "reservation_wages", "reservation_holders", "skill", "schooling", "newcomers_employed",
    "away", "origin_adults", "away_adults", "away_skilled", "away_overqualified", "away_idle", "away_irregular",
    "migrant_debt", "search_months", "returnees", "nonlabour_income", "months_away", "transfers", "transfer_costs",
    "family_migrants", "migrant_pay", "employers", "left", "left_pushed", "left_again", "came_back", "sent_back",
    "failed_back", "prepared", "settled", "settled_well", "out_to_study", "out_with_pension", "out_to_care",
    "out_by_taste", "skilled", "skilled_taxes", "left_skilled", "left_schooling", "back_skilled",
    "commuters", "on_benefit",
)  # fmt: skip
(PERSONS, ADULTS, LABOUR_FORCE, WORKING, EMPLOYEES, OWN, SEARCHING, DISCOURAGED, BY_REMITTANCES, FORMAL, INSURED,
 SCHOOL_AGE, AT_SCHOOL, CARE, CARERS, EARNINGS, WAGES, HOURS_SHARE, RESERVATION, HOLDERS, SKILL, SCHOOLING, INCOMERS,
 GONE, ORIGIN_ADULTS, GONE_ADULTS, GONE_SKILLED, OVERQUALIFIED, IDLE, IRREGULAR, TRIP_DEBT, SEARCHED, RETURNEES,
 NONLABOUR, EXPERIENCE, SENT, COSTS, FAMILY_STAYS, PAID_THERE, EMPLOYERS, LEFT, PUSHED, LEFT_AGAIN, BACK, FORCED,
 FAILED, PREPARED, SETTLED, SETTLED_WELL, STUDYING, PENSIONED, CARING, UNWILLING, SKILLED, SKILLED_TAXES,
 LEFT_SKILLED, LEFT_SCHOOLING, BACK_SKILLED, COMMUTERS, ON_BENEFIT,
 ) = range(len(PERSON_TALLIES))  # fmt: skip

HOUSEHOLD_TALLIES = (
    "households", "recipients", "income", "labour_income", "receipts", "consumption", "liquid_assets", "household_debt",
    "poor", "members", "poverty_gap", "households_insured", "accounts", "spending", "school_spending",
    "health_spending", "housing_spending", "personal_spending", "women_receiving", "women_power", "use_daily",
    "use_personal", "use_health", "use_school", "use_housing", "use_business",
)  # fmt: skip
(HOMES, RECEIVING, INCOME, LABOUR_INCOME, RECEIPTS, CONSUMPTION, ASSETS, DEBT, POOR, MEMBERS, GAP, HOMES_INSURED,
 ACCOUNTS, SPENDING, FOR_SCHOOL, FOR_HEALTH, FOR_HOUSING, FOR_SELF, BY_WOMEN, POWER, FIRST_USE,
 *_) = range(len(HOUSEHOLD_TALLIES))  # fmt: skip

# What is counted or summed over firms, markets, lenders and properties of the place, by locality
PLACE_TALLIES = (
    "vacancies", "hires", "found", "separations", "employees_before", "private_firms", "private_jobs", "necessity",
    "offered", "product", "written_off", "weight", "service_prices", "prices", "schools", "clinics", "jobs_held",
)  # fmt: skip
(OPEN, HIRES, FOUND, ENDED, EMPLOYED_BEFORE, FIRMS, JOBS, NECESSITY, OFFERED, PRODUCT, GIVEN_UP, WEIGHT, SERVICE_PRICES,
 PRICES, SCHOOLS, CLINICS, HELD,
 ) = range(len(PLACE_TALLIES))  # fmt: skip


@dataclass
class Observation(Mechanism):
    """Reads every table and writes nothing."""

    reads = (
        Persons.id, Persons.household, Persons.spell, Persons.sex, Persons.birth_month, Persons.schooling,
        Persons.occupation, Persons.skill, Persons.newcomer, Persons.status, Persons.employer, Persons.why_out,
        Persons.formal,
        Persons.hours, Persons.wage, Persons.in_school, Persons.search_months, Persons.earnings, Persons.benefit,
        Persons.reservation_wage, Persons.care_hours, Persons.returnee, Persons.insured,
        Persons.nonlabour_income, Persons.months_away, Persons.return_kind, Persons.return_month,
        Persons.preparedness, Migrants.motive, Migrants.fee, Migrants.lost, Migrants.start_month, Migrants.onward,
        Migrants.pushed, Migrants.push, Migrants.pull, Migrants.network, Migrants.cost,
        Localities.median_pay,
        Migrants.ended, Migrants.employed, Migrants.occupation, Migrants.regular, Migrants.debt, Migrants.sent,
        Migrants.channel, Migrants.wage, Migrants.gift,
        Households.id, Households.locality, Households.liquid_assets, Households.smoothed_income,
        Households.debt, Households.members, Households.adults,
        Households.away, Households.schooling_spending, Households.health_spending,
        Households.housing_spending, Households.personal_spending, Households.woman_decides,
        Households.women_power, Households.remittance_use,
        Households.children, Households.labour_income, Households.receipt, Households.persistent_receipt,
        Households.income, Households.consumption, Households.spending, Households.poor, Households.insured,
        Households.account,
        Firms.locality, Firms.open, Firms.founder, Firms.jobs, Firms.sector, Firms.productivity,
        Firms.labour, Firms.desired_labour, Firms.posted_wage, Firms.marginal_product, Firms.necessity,
        Lenders.locality, Lenders.written_off,
        Localities.price, Localities.price_index, Localities.school_quality, Localities.health_quality,
        Localities.poverty_line, Localities.tax_rate, Localities.adults, Localities.anchor_prices,
        Markets.locality, Markets.vacancies, Markets.hires, Markets.found, Markets.separations, Markets.employees,
    )  # fmt: skip
    on: int = 1

    def __call__(self, month: Month) -> None:
        """Nothing: the recorder takes the rooms itself."""


OBSERVATION = Observation()


@kernel
def tally_persons(
    persons: Persons, households: Households, migrants: Migrants, firms: Firms, localities: Localities,
    fifths: Array, receives: Array, age_base: int, cells: Array,
) -> None:  # fmt: skip
    """Add each person to the cell of locality, fifth, receipt of remittances, members away, return, youth and sex."""
    for i in range(len(persons.household)):
        status = persons.status[i]
        if status == ABSENT:
            continue
        home = persons.household[i]
        age = (age_base - persons.birth_month[i]) // 12
        youth = 1 if 15 <= age < 25 else 0
        group = (households.locality[home] * FIFTHS + fifths[home]) * 2 + receives[home]
        group = (group * 2 + (1 if households.away[home] > 0 else 0)) * 2 + (1 if persons.returnee[i] else 0)
        cell = (group * 2 + youth) * 2 + persons.sex[i]
        adult = age >= 15
        if adult:
            cells[cell, ORIGIN_ADULTS] += 1
        if status == AWAY:
            spell = persons.spell[i]
            cells[cell, GONE] += 1
            if adult:
                cells[cell, GONE_ADULTS] += 1
            if persons.occupation[i] == 1:
                cells[cell, GONE_SKILLED] += 1
                if migrants.employed[spell] == 0:
                    cells[cell, IDLE] += 1
                elif migrants.occupation[spell] == 0:
                    cells[cell, OVERQUALIFIED] += 1
            if migrants.regular[spell] == 0:
                cells[cell, IRREGULAR] += 1
            cells[cell, TRIP_DEBT] += migrants.debt[spell]
            cells[cell, PAID_THERE] += round(migrants.wage[spell] * 100.0)
            cells[cell, SENT] += round(migrants.sent[spell] * 100.0)
            cells[cell, COSTS] += round((migrants.fee[spell] + migrants.lost[spell]) * 100.0)
            if migrants.motive[spell] == FAMILY:
                cells[cell, FAMILY_STAYS] += 1
            if migrants.start_month[spell] == age_base + 1 and not migrants.onward[spell]:
                cells[cell, LEFT] += 1
                cells[cell, PUSHED] += migrants.pushed[spell]
                cells[cell, LEFT_AGAIN] += persons.returnee[i]
                if persons.occupation[i] == 1:
                    cells[cell, LEFT_SKILLED] += 1
                    cells[cell, LEFT_SCHOOLING] += round(persons.schooling[i] * 100.0)
            continue
        cells[cell, PERSONS] += 1
        if 7 <= age < 18:
            cells[cell, SCHOOL_AGE] += 1
            cells[cell, AT_SCHOOL] += persons.in_school[i]
        if not adult:
            continue
        cells[cell, ADULTS] += 1
        cells[cell, CARE] += round(persons.care_hours[i] * 100.0)
        cells[cell, CARERS] += 1
        cells[cell, SKILL] += round(persons.skill[i] * 100.0)
        cells[cell, SCHOOLING] += round(persons.schooling[i] * 100.0)
        cells[cell, NONLABOUR] += round(persons.nonlabour_income[i] * 100.0)
        cells[cell, SKILLED] += persons.occupation[i]
        if persons.returnee[i]:
            cells[cell, RETURNEES] += 1
            cells[cell, EXPERIENCE] += persons.months_away[i]
            since = age_base + 1 - persons.return_month[i]
            if since == 0:
                cells[cell, BACK] += 1
                cells[cell, BACK_SKILLED] += persons.occupation[i]
                cells[cell, FORCED] += 1 if persons.return_kind[i] == SENT_BACK else 0
                cells[cell, FAILED] += 1 if persons.return_kind[i] == WITHOUT else 0
                cells[cell, PREPARED] += round(persons.preparedness[i] * 100.0)
            elif 12 < since <= 36:
                cells[cell, SETTLED] += 1
                if persons.earnings[i] >= localities.median_pay[households.locality[home]]:
                    cells[cell, SETTLED_WELL] += 1
        if status in (UNEMPLOYED, EMPLOYED, OWN_ACCOUNT):
            cells[cell, LABOUR_FORCE] += 1
            cells[cell, RESERVATION] += round(persons.reservation_wage[i] * 100.0)
            cells[cell, HOLDERS] += 1
        if status == UNEMPLOYED:
            cells[cell, SEARCHING] += 1
            cells[cell, SEARCHED] += persons.search_months[i]
            cells[cell, ON_BENEFIT] += 1 if persons.benefit[i] > 0.0 else 0
        elif status == EMPLOYED:
            cells[cell, WORKING] += 1
            cells[cell, EMPLOYEES] += 1
            cells[cell, COMMUTERS] += 1 if steps_to_work(persons, households, firms, i) > 0 else 0
            cells[cell, FORMAL] += persons.formal[i]
            cells[cell, INSURED] += persons.insured[i]
            cells[cell, EARNINGS] += round(persons.earnings[i] * 100.0)
            cells[cell, WAGES] += round(persons.wage[i] * 100.0)
            if persons.formal[i] and persons.occupation[i] == 1:
                tax_rate = localities.tax_rate[households.locality[home]]
                cells[cell, SKILLED_TAXES] += round(tax_on(persons.earnings[i], tax_rate) * 100.0)
            cells[cell, HOURS_SHARE] += 100 if persons.hours[i] > 100.0 else 50
            cells[cell, INCOMERS] += persons.newcomer[i]
            if firms.founder[persons.employer[i]] == i:
                cells[cell, EMPLOYERS] += 1
        elif status == OWN_ACCOUNT:
            cells[cell, WORKING] += 1
            cells[cell, OWN] += 1
            cells[cell, EARNINGS] += round(persons.earnings[i] * 100.0)
        elif status == STUDENT:
            cells[cell, STUDYING] += 1
        elif status == INACTIVE:
            why = persons.why_out[i]
            if why == OFFERS:
                cells[cell, DISCOURAGED] += 1
            elif why == REMITTANCES:
                cells[cell, BY_REMITTANCES] += 1
            elif why == PENSION:
                cells[cell, PENSIONED] += 1
            elif why == CARE_AT_HOME:
                cells[cell, CARING] += 1
            elif why == TASTE:
                cells[cell, UNWILLING] += 1


@kernel
def tally_households(
    households: Households, localities: Localities, fifths: Array, receives: Array, cells: Array
) -> None:  # fmt: skip
    """Add each household that has members here to the cell of locality, fifth, receipt of remittances, members away."""
    for h in range(len(households.locality)):
        members = households.members[h]
        if members <= 0:
            continue
        place = households.locality[h]
        cell = ((place * FIFTHS + fifths[h]) * 2 + receives[h]) * 2 + (1 if households.away[h] > 0 else 0)
        cells[cell, HOMES] += 1
        cells[cell, RECEIVING] += receives[h]
        cells[cell, MEMBERS] += members
        cells[cell, INCOME] += round(households.income[h] * 100.0)
        cells[cell, LABOUR_INCOME] += round(households.labour_income[h] * 100.0)
        cells[cell, RECEIPTS] += round(households.receipt[h] * 100.0)
        cells[cell, CONSUMPTION] += round(households.consumption[h] * 100.0)
        cells[cell, SPENDING] += round(households.spending[h] * 100.0)
        cells[cell, FOR_SCHOOL] += round(households.schooling_spending[h] * 100.0)
        cells[cell, FOR_HEALTH] += round(households.health_spending[h] * 100.0)
        cells[cell, FOR_HOUSING] += round(households.housing_spending[h] * 100.0)
        cells[cell, FOR_SELF] += round(households.personal_spending[h] * 100.0)
        if receives[h] and households.woman_decides[h]:
            cells[cell, BY_WOMEN] += 1
            cells[cell, POWER] += round(households.women_power[h] * 10000.0)
        for use in range(USES):
            cells[cell, FIRST_USE + use] += round(households.remittance_use[h, use] * 100.0)
        cells[cell, ASSETS] += households.liquid_assets[h]
        cells[cell, DEBT] += households.debt[h]
        cells[cell, HOMES_INSURED] += households.insured[h]
        cells[cell, ACCOUNTS] += households.account[h]
        if households.poor[h]:
            cells[cell, POOR] += members
            equivalents = 0.3 + 0.7 * households.adults[h] + 0.5 * households.children[h]
            line = localities.poverty_line[place]
            if line > 0.0:
                gap = max(0.0, 1.0 - households.consumption[h] / (equivalents * line))
                cells[cell, GAP] += round(gap * members * 10000.0)


@kernel
def tally_places(
    localities: Localities, markets: Markets, firms: Firms, lenders: Lenders, cells: Array
) -> None:  # fmt: skip
    """Add up by locality; its own prices and qualities are weighted by its adults, in a place without any by 1."""
    adults = 0
    for k in range(len(localities.adults)):
        adults += localities.adults[k]
    for k in range(len(localities.adults)):
        weight = float(localities.adults[k]) if adults > 0 else 1.0
        cells[k, WEIGHT] = weight
        service_prices = float(np.float32(localities.price[k] / localities.anchor_prices[k]))
        cells[k, SERVICE_PRICES] = service_prices * weight
        cells[k, PRICES] = localities.price_index[k] * weight
        cells[k, SCHOOLS] = localities.school_quality[k] * weight
        cells[k, CLINICS] = localities.health_quality[k] * weight
    for m in range(len(markets.locality)):
        place = markets.locality[m]
        cells[place, OPEN] += markets.vacancies[m]
        cells[place, HIRES] += markets.hires[m]
        cells[place, FOUND] += markets.found[m]
        cells[place, ENDED] += markets.separations[m]
        cells[place, EMPLOYED_BEFORE] += markets.employees[m]
    for f in range(len(firms.locality)):
        cells[firms.locality[f], HELD] += firms.jobs[f, 0] + firms.jobs[f, 1]
        if firms.open[f] == 1 and firms.sector[f] != PUBLIC:
            place = firms.locality[f]
            cells[place, FIRMS] += 1
            cells[place, JOBS] += firms.jobs[f, 0] + firms.jobs[f, 1]
            cells[place, NECESSITY] += firms.necessity[f]
            for level in range(2):
                held = firms.labour[f, level]
                cells[place, OFFERED] += float(np.float32(firms.posted_wage[f, level] * held))
                cells[place, PRODUCT] += float(np.float32(firms.marginal_product[f, level] * held))
    for one in range(len(lenders.locality)):
        cells[lenders.locality[one], GIVEN_UP] += lenders.written_off[one] / 100.0


def fifths_of(ids: Array, members: Array, adults: Array, children: Array, income: Array) -> Array:
    """Fifth of the people, from 0, to which each household belongs by its income per adult equivalent."""
    order = ascending(income / (0.3 + 0.7 * adults + 0.5 * children), ids)
    heads = np.maximum(members[order], 0).astype(np.int64)
    below = np.cumsum(heads) - heads
    found = np.empty(len(ids), np.int64)
    found[order] = np.minimum(FIFTHS * (2 * below + heads) // np.maximum(2 * heads.sum(), 1), FIFTHS - 1)
    return found


def look(world: World, groups: tuple[str, ...], happened: Array) -> Seen:
    """One pass over each table."""
    from sim.indicators import READINGS

    month = Month(world, OBSERVATION)
    places = world.population.localities.count
    receives = (month.values(Households.persistent_receipt) > 0.005 * world.start.base_pay).astype(np.int64)
    fifths = fifths_of(
        month.values(Households.id), month.values(Households.members), month.values(Households.adults),
        month.values(Households.children), month.values(Households.smoothed_income),
    )  # fmt: skip
    people = np.zeros((places, OF_GROUP.shape[1], len(PERSON_TALLIES)), np.int64)
    tally_persons(
        month.persons, month.households, month.migrants, month.firms, month.localities, fifths, receives,
        month.age_base, people.reshape(-1, len(PERSON_TALLIES)),
    )  # fmt: skip
    homes = np.zeros((places, HOMES_OF_GROUP.shape[1], len(HOUSEHOLD_TALLIES)), np.int64)
    tally_households(month.households, month.localities, fifths, receives, homes.reshape(-1, len(HOUSEHOLD_TALLIES)))
    by_place = np.zeros((places, len(PLACE_TALLIES)))
    tally_places(month.localities, month.markets, month.firms, month.lenders, by_place)
    # whole numbers far below 2^53: exact in any order
    counted = (OF_GROUP @ people.sum(axis=0).astype(np.float64)).reshape(len(GROUPS), 2, -1)  # group, sex, tally
    at_home = HOMES_OF_GROUP @ homes.sum(axis=0).astype(np.float64)
    if places > 1:
        counted = np.concatenate([counted, people.reshape(places, -1, 2, len(PERSON_TALLIES)).sum(axis=1)])
        at_home = np.concatenate([at_home, homes.sum(axis=1)])
    cents = world.ledger.book
    flows: dict[str, Array] = {}
    money = over_groups(groups, cents.T[:-1] / 100.0, cents.sum(axis=1) / 100.0).T
    for (flow, _), paid in zip(world.ledger.flows, money, strict=True):
        flows[flow.name] = flows[flow.name] + paid if flow.name in flows else paid
    in_places = over_groups(groups, by_place, np.ascontiguousarray(by_place.T).sum(axis=1))
    read = {name: one(month) for name, one in READINGS.items()}
    return Seen(counted, at_home, in_places, happened, flows, read)


def over_groups(groups: tuple[str, ...], by_place: Array, total: Array) -> Array:
    """What has a place over the groups: all, none for groups of people, then each locality."""
    out = np.zeros((len(groups), len(total)))
    out[0] = total
    if len(by_place) > 1:
        out[len(GROUPS) :] = by_place
    return out


class Seen(NamedTuple):
    """What was counted in a month, by group, sex and tally; of several together the months come last."""

    people: Array
    homes: Array
    places: Array
    happened: Array  # by event
    flows: dict[str, Array]  # money by group
    read: dict[str, Any]  # numbers of the whole place


def together(months: list[Seen]) -> Seen:
    """Several months as one."""
    nothing = np.zeros(len(months[0].homes))
    flows = {name: np.array([one.flows.get(name, nothing) for one in months]).T
             for name in dict.fromkeys(name for one in months for name in one.flows)}  # fmt: skip
    read = {name: np.array([one.read[name] for one in months]) for name in months[0].read}
    people, homes, places, happened = (
        np.stack([getattr(one, part) for one in months], axis=-1) for part in ("people", "homes", "places", "happened")
    )
    return Seen(people, homes, places, happened, flows, read)


class Tally:
    """Counts and sums by group, of one month or of several: arrays over groups, or over groups and months.

    ``tally.adults`` is a count of people by group, ``tally.women.adults`` of women among them.
    """

    def __init__(self, groups: tuple[str, ...], seen: Seen) -> None:
        self.groups, self.read, self._seen = groups, seen.read, seen
        self.shape = (len(groups), *seen.homes.shape[2:])
        self.women, self.men = (SimpleNamespace(**_named(PERSON_TALLIES, seen.people[:, sex])) for sex in (0, 1))
        vars(self).update(_named(PERSON_TALLIES, seen.people.sum(axis=1)))
        vars(self).update(_named(HOUSEHOLD_TALLIES, seen.homes) | _named(PLACE_TALLIES, seen.places))

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Array: ...

    def happened(self, event: Event) -> Array:
        """How often something happened to anybody this month."""
        return np.asarray(self._seen.happened[event])

    def flow(self, name: str) -> Array:
        """Money paid by one flow this month, by locality."""
        return self._seen.flows.get(name, np.zeros(self.shape))


def _named(names: tuple[str, ...], values: Array) -> dict[str, Array]:
    return dict(zip(names, np.moveaxis(values, 1, 0), strict=True))
