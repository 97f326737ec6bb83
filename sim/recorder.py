"""The recorder reads: tallies in one pass over each table, life events, indicators as tidy rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.codes import Event, Motive, Reason, Return, Sector, Status, Use
from sim.mechanism import Mechanism, Month, kernel
from sim.population import (
    Firms,
    Households,
    Lenders,
    Localities,
    Markets,
    Migrants,
    Persons,
)
from sim.streams import ONCE, Luck, uniforms
from sim.table import Array

if TYPE_CHECKING:
    from sim.model import World

CHILD, STUDENT, INACTIVE, UNEMPLOYED, EMPLOYED, OWN_ACCOUNT, AWAY, ABSENT = (int(s) for s in Status)
FAMILY = int(Motive.FAMILY)
SENT_BACK, WITHOUT = int(Return.FORCED), int(Return.FAILED)
OFFERS = int(Reason.OFFERS)
REMITTANCES = int(Reason.REMITTANCES)
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
BESIDE = ("cause", "offer", "without")
"""What decided beside the value of a life event: the size of what its reason names, what was on offer or asked
for, and the value the same person would have had without that reason. Zero where nothing was recorded."""
HISTORIES = 20_000  # towns up to this size keep everybody's history, larger ones a keyed sample

# What is counted or summed over people (sums of money, hours and skill in hundredths), by cell
PERSON_TALLIES = (
    "persons", "adults", "labour_force", "employed", "employees", "own_account", "unemployed", "discouraged",
    "discouraged_remittances", "formal", "insured", "school_age", "at_school", "care_hours", "carers", "earnings",
    "wages", "hours_share", "reservation_wages", "reservation_holders", "skill", "schooling", "newcomers_employed",
    "away", "origin_adults", "away_adults", "away_skilled", "away_overqualified", "away_idle", "away_irregular",
    "migrant_debt", "search_months", "returnees", "nonlabour_income", "months_away", "transfers", "transfer_costs",
    "family_migrants", "migrant_pay", "employers", "left", "left_pushed", "left_again", "came_back", "sent_back",
    "failed_back", "prepared", "settled", "settled_well",
)  # fmt: skip
(PERSONS, ADULTS, LABOUR_FORCE, WORKING, EMPLOYEES, OWN, SEARCHING, DISCOURAGED, BY_REMITTANCES, FORMAL, INSURED,
 SCHOOL_AGE, AT_SCHOOL, CARE, CARERS, EARNINGS, WAGES, HOURS_SHARE, RESERVATION, HOLDERS, SKILL, SCHOOLING, INCOMERS,
 GONE, ORIGIN_ADULTS, GONE_ADULTS, GONE_SKILLED, OVERQUALIFIED, IDLE, IRREGULAR, TRIP_DEBT, SEARCHED, RETURNEES,
 NONLABOUR, EXPERIENCE, SENT, COSTS, FAMILY_STAYS, PAID_THERE, EMPLOYERS, LEFT, PUSHED, LEFT_AGAIN, BACK, FORCED,
 FAILED, PREPARED, SETTLED, SETTLED_WELL,
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


class Happening(NamedTuple):
    """One life event, as the mechanism that decided it told the recorder.

    Attributes
    ----------
    month : 1 is the first after the burn-in, 0 its last
    person, household : identities; the household is the one the person then belonged to
    event : what happened
    reason, value, cause, offer, without : what they mean for each event stands in `codes.Event`
    """

    month: int
    person: int
    household: int
    event: Event
    reason: int
    value: float
    cause: float = 0.0
    offer: float = 0.0
    without: float = 0.0


@dataclass
class Observation(Mechanism):
    """Reads every table and writes nothing."""

    reads = (
        Persons.id, Persons.household, Persons.spell, Persons.sex, Persons.birth_month, Persons.schooling,
        Persons.occupation, Persons.skill, Persons.newcomer, Persons.status, Persons.employer, Persons.why_out,
        Persons.formal,
        Persons.hours, Persons.wage, Persons.in_school, Persons.search_months, Persons.earnings,
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
        Localities.poverty_line, Localities.adults, Localities.anchor_prices,
        Markets.locality, Markets.vacancies, Markets.hires, Markets.found, Markets.separations, Markets.employees,
    )  # fmt: skip
    on: int = 1

    def __call__(self, month: Month) -> None:
        """Nothing: the recorder takes the rooms itself."""


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
        if persons.returnee[i]:
            cells[cell, RETURNEES] += 1
            cells[cell, EXPERIENCE] += persons.months_away[i]
            since = age_base + 1 - persons.return_month[i]
            if since == 0:
                cells[cell, BACK] += 1
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
        elif status == EMPLOYED:
            cells[cell, WORKING] += 1
            cells[cell, EMPLOYEES] += 1
            cells[cell, FORMAL] += persons.formal[i]
            cells[cell, INSURED] += persons.insured[i]
            cells[cell, EARNINGS] += round(persons.earnings[i] * 100.0)
            cells[cell, WAGES] += round(persons.wage[i] * 100.0)
            cells[cell, HOURS_SHARE] += 100 if persons.hours[i] > 100.0 else 50
            cells[cell, INCOMERS] += persons.newcomer[i]
            if firms.founder[persons.employer[i]] == i:
                cells[cell, EMPLOYERS] += 1
        elif status == OWN_ACCOUNT:
            cells[cell, WORKING] += 1
            cells[cell, OWN] += 1
            cells[cell, EARNINGS] += round(persons.earnings[i] * 100.0)
        elif status == INACTIVE and persons.why_out[i] == OFFERS:
            cells[cell, DISCOURAGED] += 1
        elif status == INACTIVE and persons.why_out[i] == REMITTANCES:
            cells[cell, BY_REMITTANCES] += 1


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


def fifths_of(ids: Array, members: Array, adults: Array, children: Array, income: Array) -> Array:
    """Fifth of the people, from 0, to which each household belongs by its income per adult equivalent."""
    order = np.lexsort((ids, income / (0.3 + 0.7 * adults + 0.5 * children)))
    heads = np.maximum(members[order], 0).astype(np.int64)
    below = np.cumsum(heads) - heads
    found = np.empty(len(ids), np.int64)
    found[order] = np.minimum(FIFTHS * (2 * below + heads) // np.maximum(2 * heads.sum(), 1), FIFTHS - 1)
    return found


@kernel
def sampled(ids: Array, rows: Array, luck: Luck, share: float) -> Array:
    """Which entries of ``rows`` are about people of a keyed sample."""
    kept = np.empty(len(rows), np.int64)
    count = 0
    for k in range(len(rows)):
        if uniforms(luck, ids[rows[k]])[0] < share:
            kept[count] = k
            count += 1
    return kept[:count]


class Recorder:
    """Observes one run: indicators every month, life events, counts of what happened."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._observation = Observation()
        self._months: list[Array] = []
        self._numbers: list[int] = []
        self._events: list[tuple[Array, ...]] = []
        self._gone: dict[int, tuple[int, int]] = {}
        self.heads = 0
        self.flows: list[dict[tuple[str, str], int]] = []
        self.open()
        places = world.population.localities.count
        self.groups: tuple[str, ...] = GROUPS
        if places > 1:
            self.groups += tuple(f"locality={k}" for k in range(places))

    def open(self) -> None:
        """Begin a month: nothing has happened yet."""
        self.happened = np.zeros(len(Event), np.int64)
        self.values = np.zeros(len(Event), np.float64)
        self.heads = int((self._world.population.persons.status != Status.ABSENT).sum())

    @property
    def counts(self) -> dict[str, int]:
        """How often each head-changing event happened this month."""
        named = {"births": Event.BORN, "deaths": Event.DIED, "newcomers": Event.ARRIVED,
                 "departures": Event.DEPARTED, "returns": Event.RETURNED}  # fmt: skip
        return {name: int(self.happened[event]) for name, event in named.items()}

    def events(self, month: int, event: int, persons: Array, reasons: Any, values: Any, **beside: Any) -> None:
        """Append events of one kind; a keyed sample of people in large towns, counts always of all."""
        rows = np.ascontiguousarray(persons, np.int64)
        self.happened[event] += len(rows)
        ids = self._world.population.persons.id
        count = self._world.start.persons
        if count > HISTORIES and len(rows):
            kept = sampled(ids, rows, self._world.streams.luck("recorder", "histories", ONCE), HISTORIES / count)
            rows = rows[kept]
            reasons, values = (one[kept] if isinstance(one, np.ndarray) else one for one in (reasons, values))
            beside = {name: one[kept] if isinstance(one, np.ndarray) else one for name, one in beside.items()}
        if len(rows):
            month -= self._world.burn_in
            population = self._world.population
            homes = population.households.id[population.persons.household[rows]]
            what = ((month, np.int32), (ids[rows], np.int64), (homes, np.int64), (event, np.int8),
                    (reasons, np.int32), (values, np.float32),
                    *((beside.get(name, 0.0), np.float32) for name in BESIDE))  # fmt: skip
            self._events.append(tuple(np.full(len(rows), one, kind) for one, kind in what))
            if event == Event.DIED:  # their rows go at the next compaction
                for row in rows.tolist():
                    self._gone[int(ids[row])] = self._about(row)

    def histories(self) -> dict[str, Array]:
        """Life events so far: month, person, the household the person then belonged to, event, reason, value, and
        what stands beside it.
        """
        names = ("month", "person", "household", "event", "reason", "value", *BESIDE)
        if not self._events:
            return {name: np.zeros(0) for name in names}
        return {name: np.concatenate(part) for name, part in zip(names, zip(*self._events, strict=True), strict=True)}

    def life(self, *, person: int | None = None, household: int | None = None) -> list[Happening]:
        """What happened so far to a person, or to the people of a household while they belonged to it, in order."""
        if (person is None) == (household is None):
            raise ValueError("a life is of a person or of a household: give the identity of one of them")
        told = self.histories()
        of = told["person"] == person if household is None else told["household"] == household
        rows = np.flatnonzero(of)
        columns = zip(*(told[name][rows].tolist() for name in Happening._fields), strict=True)
        return [Happening(month + 1, who, home, Event(event), *rest) for month, who, home, event, *rest in columns]

    def of_whom(self, person: int) -> tuple[int, int] | None:
        """Sex and month of birth of somebody of the place, also of the dead; None of whom there never was."""
        persons = self._world.population.persons
        row = int(persons.rows_of(person))
        return self._about(row) if row >= 0 else self._gone.get(person)

    def _about(self, row: int) -> tuple[int, int]:
        persons = self._world.population.persons
        return int(persons.sex[row]), int(persons.birth_month[row])

    def observe(self) -> None:
        """Tally the tables and compute every indicator for every group."""
        from sim.indicators import INDICATORS

        tally = self.tally()
        table = np.zeros((len(INDICATORS), len(self.groups)))
        for k, one in enumerate(INDICATORS.values()):
            table[k] = one.compute(tally)
        self._months.append(table)
        self._numbers.append(self._world.month - self._world.burn_in + 1)
        self.flows.append({(flow.name, purpose): int(total.sum())
                           for (flow, purpose), total in self._world.ledger.month.items()})  # fmt: skip

    def tally(self) -> Tally:
        """One pass over each table."""
        world = self._world
        month = Month(world, self._observation)
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
        tally_households(
            month.households, month.localities, fifths, receives, homes.reshape(-1, len(HOUSEHOLD_TALLIES))
        )
        return Tally(self, month, people, homes, receives)

    def rows(self) -> dict[str, Array]:
        """Tidy rows: month (1 is the first after the burn-in), indicator, group, value."""
        from sim.indicators import INDICATORS

        names = np.array(list(INDICATORS))
        months = np.array(self._numbers, np.int16)
        values = np.array(self._months).reshape(len(months), len(names), len(self.groups))
        covered = np.array([[one.covers(group) for group in self.groups] for one in INDICATORS.values()])
        where = np.nonzero(np.broadcast_to(covered, values.shape))
        return {
            "month": months[where[0]], "indicator": names[where[1]],
            "group": np.array(self.groups)[where[2]], "value": values[where],
        }  # fmt: skip

    def since(self, count: int) -> Array:
        """Every indicator of every group, [month, indicator, group], of the months after the first ``count``."""
        return np.array(self._months[count:])

    def series(self, indicator: str, group: str = "all") -> Array:
        """One indicator of one group over the months observed."""
        from sim.indicators import INDICATORS

        place = list(INDICATORS).index(indicator)
        return np.array([table[place, self.groups.index(group)] for table in self._months])


class Tally:
    """Counts and sums of one month, by group: vectors over the recorder's groups.

    ``tally.adults`` is a count of people by group, ``tally.women.adults`` of women among them.
    """

    def __init__(self, recorder: Recorder, month: Month, people: Array, homes: Array, receives: Array) -> None:
        self._recorder, self.month, self.receives = recorder, month, receives
        self.groups = recorder.groups
        places, kinds = people.shape[0], people.shape[-1]
        # whole numbers far below 2^53: exact in any order
        counted = (OF_GROUP @ people.sum(axis=0).astype(np.float64)).reshape(len(GROUPS), 2, kinds)  # group, sex, tally
        at_home = HOMES_OF_GROUP @ homes.sum(axis=0).astype(np.float64)
        if places > 1:
            counted = np.concatenate([counted, people.reshape(places, -1, 2, kinds).sum(axis=1)])
            at_home = np.concatenate([at_home, homes.sum(axis=1)])
        self.women, self.men = (Sex(counted[:, sex].T.copy()) for sex in (0, 1))
        vars(self).update(zip(PERSON_TALLIES, counted.sum(axis=1).T.copy(), strict=True))
        vars(self).update(zip(HOUSEHOLD_TALLIES, at_home.T.copy(), strict=True))
        self._flows: dict[str, Array] = {}
        for (flow, _), totals in recorder._world.ledger.month.items():
            out = self._flows.setdefault(flow.name, np.zeros(len(self.groups)))
            out[0] += totals.sum() / 100.0
            if places > 1:
                out[len(GROUPS) :] += totals[:-1] / 100.0

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Array: ...

    def by_place(self, values: Array, places: Array) -> Array:
        """Sum rows with a place over the groups: all, none for groups of people, then each locality."""
        count = self.month.count(Localities)
        sums = np.bincount(np.asarray(places, np.int64), np.asarray(values, np.float64), minlength=count)[:count]
        out = np.zeros(len(self.groups))
        out[0] = sums.sum()
        if count > 1:
            out[len(GROUPS) :] = sums
        return out

    def mean_of_places(self, values: Array) -> Array:
        """Mean of a place's property weighted by its adults, by group."""
        weight = self.month.values(Localities.adults).astype(np.float64)
        weight = weight if weight.sum() > 0 else np.ones_like(weight)
        places = np.arange(len(values))
        total, weights = self.by_place(values * weight, places), self.by_place(weight, places)
        return np.divide(total, weights, out=np.zeros_like(total), where=weights > 0)

    @cached_property
    def prices(self) -> Array:
        """Consumer prices of the places."""
        return self.mean_of_places(self.month.values(Localities.price_index))

    @cached_property
    def vacancies(self) -> Array:
        """Vacancies by locality."""
        return self.by_place(self.month.values(Markets.vacancies), self.month.values(Markets.locality))

    @cached_property
    def hires(self) -> Array:
        """People hired by locality."""
        return self.by_place(self.month.values(Markets.hires), self.month.values(Markets.locality))

    @cached_property
    def private(self) -> Array:
        """Which firms are private enterprises in business."""
        return np.asarray((self.month.values(Firms.open) == 1) & (self.month.values(Firms.sector) != Sector.PUBLIC))

    @cached_property
    def private_firms(self) -> Array:
        """Private enterprises in business by locality."""
        return self.by_place(self.private, self.month.values(Firms.locality))

    def happened(self, event: Event) -> Array:
        """How often something happened to anybody this month (group all only)."""
        out = np.zeros(len(self.groups))
        out[0] = self._recorder.happened[event]
        return out

    def flow(self, name: str) -> Array:
        """Money paid by one flow this month, by locality."""
        return self._flows.get(name, np.zeros(len(self.groups)))


class Sex:
    """The tallies of one sex, by group."""

    def __init__(self, values: Array) -> None:
        vars(self).update(zip(PERSON_TALLIES, values, strict=True))

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Array: ...


__all__ = ["HOUSEHOLD_TALLIES", "PERSON_TALLIES", "Recorder", "Tally"]
