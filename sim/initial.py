"""The start of a run: one recipe for every place, from published inputs or a survey, no tuning.

People, households, schooling and pay structure come from the inputs. Tastes and attachments come from
common distributions, never conditional on observed participation. Statuses, job offers and the returns
to own-account work are then solved together, with the very rules of the month; published participation,
unemployment and remittances are tests of the result, not inputs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.benefits import benefit_of, first_assisted, first_benefits
from sim.codes import Channel, Occupation, Owner, Sector, Sex, Status, Work
from sim.emigrants import emigrants
from sim.first_firms import CAPITAL_COST, jobs, service_share
from sim.mechanism import Month, kernel
from sim.mechanisms.away import pay_there
from sim.mechanisms.remittances import plan
from sim.mechanisms.vacancies import rest_of_wages
from sim.mechanisms.vital import Vital, attachment_draw, median_taste, taste_draw
from sim.population import (
    Authorities,
    Destinations,
    Households,
    Lenders,
    Localities,
    Markets,
    Migrants,
    Persons,
    Population,
    Providers,
    Recruiters,
)
from sim.ranking import ascending
from sim.streams import ONCE, Luck, Streams, draw, normal, uniforms
from sim.synthetic import synthetic
from sim.table import Array
from sim.technology import ALPHA, LAND_SHARE, OWN_ACCOUNT
from sim.territory import CHANNELS, Inputs
from sim.transfers import NEEDS_ACCOUNT, PAYS_AT_DESKS, sending_balance, travel_cost
from sim.uses import decided, family_uses

if TYPE_CHECKING:
    from sim.mechanisms.skills import Skills
    from sim.mechanisms.spending import Spending
    from sim.model import Setup, World
    from sim.survey import People

BURN_IN = 24
ROUNDS = 400
STEADY = 25  # rounds with full steps
TOLERANCE = 1e-3
FEW = 100  # people in or near the labour force, below which the tolerance widens: each of them is a large part
SAMPLE = 20_000  # people on whom the joint solution of the start is found
WAGE_JOBS = (-0.26869, 0.20697, -4.77301)
"""Logit of employees over all who work: constant, log GDP per head (PPP), share of farming.

Own regression over 11 countries in 2013 (Albania, Bangladesh, France, Germany, Guatemala, Honduras,
Italy, New Zealand, Spain, Thailand, United States; World Bank and ILO modelled series, none of them a
place the model is tested on), R2 .90. It is the one common map from income and farming to firms.
"""
MOST_OFFERS = 0.5
"""Offers a month and searcher at the start, at most: jobs are found in two months or more; assumption."""
MOST_OF_LAND = 2.0
"""Pay of basic jobs that one worker alone makes on a usual holding at most; assumption. Farms are the less productive
places of work (Gollin, Lagakos and Waugh 2014, Quarterly Journal of Economics 129(2), 939-993)."""
FARM_HANDS = 0.4
"""Share of farm work done by employees, over the share of employees in all work; assumption."""
WORKED = 0.5  # share of adult life worked before the start; assumption
LARGEST_RESIDUAL = 0.15  # of local income, that may come from elsewhere without a name ...
SMALL = 1_000  # ... unless so few people live here that the draw of single firms decides it


@dataclass(frozen=True)
class Start:
    """What the recipe found: for the report and for lines that are fixed at the start."""

    persons: int
    adults: int
    base_pay: float
    rounds: int
    arrival: tuple[float, ...]  # by occupation
    trade_return: float
    farm_return: float
    farm_productivity: float  # of one worker on one unit of land
    services: float  # share of private firms' product in non-tradables
    wage_cut: tuple[float, ...]  # by occupation: what firms post over what those employed are paid
    residual: float  # other net income from the rest of the country, over local income


class StartError(ValueError):
    """The joint solution did not settle: names what still moved."""


def populate(world: World, setup: Setup) -> Start:
    """Fill the tables of a world.

    Raises
    ------
    StartError
        When statuses, offers and own-account returns do not settle in `ROUNDS` rounds.
    """
    inputs, streams = setup.inputs, world.streams
    people = setup.people if setup.people is not None else synthetic(inputs, setup.population, streams)
    known = None
    if len(people) > 1.5 * SAMPLE:
        sample = World_of(world, setup, first_households(people, SAMPLE))
        known = sample.start
    places(world.population, inputs)
    home(world.population, inputs, people, streams, setup)
    emigrants(world, setup)
    return Solution(world, setup, known).settle()


def World_of(world: World, setup: Setup, people: People) -> World:
    """A smaller world of the same set-up, to find the joint solution on."""
    return type(world)(replace(setup, people=people, population=len(people)))


def first_households(people: People, count: int) -> People:
    """Every n-th household, about ``count`` people in all."""
    step = len(people) / count
    households = len(people.household_id)
    keep_home = np.zeros(households, bool)
    keep_home[(np.arange(int(households / step)) * step).astype(np.int64)] = True
    keep = keep_home[people.household]
    renumbered = np.cumsum(keep_home) - 1
    rows = np.append(np.where(keep, np.cumsum(keep) - 1, -1), -1)
    return replace(
        people, id=people.id[keep], household=renumbered[people.household[keep]], sex=people.sex[keep],
        age_months=people.age_months[keep], schooling=people.schooling[keep], locality=people.locality[keep],
        mother=rows[people.mother[keep]], spouse=rows[people.spouse[keep]], household_id=people.household_id[keep_home],
    )  # fmt: skip


def places(population: Population, inputs: Inputs) -> None:
    """Localities, markets, authorities, lenders, destinations, recruiters and providers."""
    count = int(inputs.localities)
    rows = np.arange(count, dtype=np.int64)
    population.add(
        Localities, count, id=rows + 1, price=1.0, price_index=1.0,
        tax_rate=inputs.tax_rate, market_dues=inputs.market_dues, informed=inputs.price_informed,
        start_informed=inputs.price_informed,
        school_quality=inputs.school_quality, health_quality=inputs.health_quality,
        buildings=max(inputs.school_quality, inputs.health_quality),
    )  # fmt: skip
    population.add(Authorities, count, id=rows + 1, locality=rows)
    population.add(Lenders, count, id=rows + 1, locality=rows)
    population.add(
        Markets, 2 * count, id=np.arange(2 * count, dtype=np.int64) + 1, locality=np.repeat(rows, 2),
        occupation=np.tile([0, 1], count), part_share=inputs.part_time,
    )  # fmt: skip
    there = inputs.destinations
    number = len(there)
    ids = np.arange(number, dtype=np.int64) + 1
    taken = {name: np.array([getattr(d, name) for d in there]) for name in (
        "abroad", "living_cost", "finding", "separation", "recognition", "recognition_at_arrival", "detection",
        "regular_share", "waiting", "fine", "fare", "irregular_fee", "amenity", "distance")}  # fmt: skip
    wages = np.array([[d.wage_basic, d.wage_skilled] for d in there]).reshape(number, 2)
    population.add(
        Destinations, number, id=ids, wage=wages, current_pay=wages, current_living_cost=taken["living_cost"],
        current_finding=taken["finding"], current_separation=taken["separation"], **taken,
    )  # fmt: skip
    fees = np.array([d.recruiter_fee for d in there])
    population.add(Recruiters, number, id=ids, fee=fees)
    channel = np.arange(len(Channel))
    at = {CHANNELS.index(one.name): one for one in inputs.providers}
    names = ("fixed_fee", "rate", "margin", "loss", "trust", "firms")
    ways = {name: np.array([getattr(at[int(k)], name) if int(k) in at else 0.0 for k in channel]) for name in names}
    population.add(
        Providers, len(channel), id=channel + 1, channel=channel, base_margin=ways["margin"],
        offered=np.isin(channel, list(at)), desk=np.isin(channel, PAYS_AT_DESKS),
        needs_account=np.isin(channel, NEEDS_ACCOUNT), **ways,
    )  # fmt: skip


@kernel
def traits(ids: Array, sexes: Array, luck: Luck, rules: Vital, out: Array) -> None:
    """Taste for time and attachment to home of each person, drawn once from the common distributions."""
    for i in range(len(ids)):
        u0, u1, _, _ = uniforms(luck, ids[i])
        median = median_taste(sexes[i], rules.taste_median, rules.taste_women)
        out[i, 0] = taste_draw(u0, median, rules.taste_spread)
        out[i, 1] = attachment_draw(u1, rules.attachment_mean, rules.attachment_spread)


@kernel
def normals(drawn: Array) -> None:
    """Standard normal numbers in the place of uniform ones."""
    for k in range(len(drawn)):
        drawn[k] = normal(drawn[k])


def home(population: Population, inputs: Inputs, people: People, streams: Streams, setup: Setup) -> None:
    """Households and persons with what the inputs and the common distributions say of them."""
    ids, homes = people.id, len(people.household_id)
    luck = streams.luck("initial", "household", ONCE)
    locality = np.zeros(homes, np.int64)
    locality[people.household] = people.locality
    village = draw(luck, people.household_id) >= inputs.urban_share
    size = draw(luck, people.household_id, 1)
    normals(size)
    size = np.exp(0.5 * size - 0.125)
    households = population.add(
        Households, homes, id=people.household_id, locality=locality, zone=village.astype(np.int8),
        land=np.where(village, size, 0.0),
        account=(draw(luck, people.household_id, 2) < inputs.account_share).astype(np.int8),
        desk_distance=np.where(village, inputs.desk_distance_village, inputs.desk_distance_town),
    )  # fmt: skip
    age = people.age_months // 12
    at_school = (age >= 7) & (age <= 22) & (people.schooling >= age - 8) & (people.schooling > 0)
    at_school |= (age == 7) & (draw(streams.luck("initial", "school", ONCE), ids) < inputs.school_enrolment)
    drawn = np.zeros((len(ids), 2))
    vital = setup.parameters.vital
    traits(ids, people.sex, streams.luck("initial", "traits", ONCE), vital.rules, drawn)
    status = np.where(age < 15, Status.CHILD, np.where(at_school, Status.STUDENT, Status.INACTIVE))
    population.add(
        Persons, len(ids), id=ids, household=households[people.household], mother=people.mother, spouse=people.spouse,
        sex=people.sex, birth_month=-people.age_months - setup.burn_in, schooling=people.schooling,
        in_school=at_school.astype(np.int8), status=status, taste=drawn[:, 0], attachment=drawn[:, 1],
        occupation=(people.schooling >= inputs.skilled_schooling).astype(np.int8),
        skill=with_experience(people.schooling, people.age_months, setup.parameters.skills),
    )  # fmt: skip


def with_experience(schooling: Array, age_months: Array, rules: Skills) -> Array:
    """Skill of the start: school, and as many months of work as half of the years since leaving it."""
    since = np.maximum(age_months - 12.0 * np.maximum(15.0, schooling + 7.0), 0.0)
    shortfall = (rules.most - 1.0) * (1.0 - rules.learning) ** (WORKED * since)
    return np.exp(rules.return_to_schooling * schooling) * (rules.most - shortfall)


def employee_share(inputs: Inputs) -> float:
    """Employees over all who work, by the common map from income and farming."""
    constant, income, farming = WAGE_JOBS
    logit = constant + income * math.log(inputs.gdp_per_head_ppp) + farming * inputs.farm_share
    return 1.0 / (1.0 + math.exp(-logit))


class Solution:
    """The joint start: statuses given offers, offers given jobs and searchers, returns given numbers."""

    def __init__(self, world: World, setup: Setup, known: Start | None) -> None:
        self.world, self.setup, self.known = world, setup, known
        self.inputs, self.tables = setup.inputs, world.population
        self.benefit = benefit_of(self.month(setup.parameters.government))
        persons = self.tables.persons
        self.age = (-setup.burn_in - persons.birth_month) // 12
        self.adult = (self.age >= 15) & (persons.status != Status.AWAY)
        self.free = self.adult & (persons.status != Status.STUDENT)
        self.place = self.tables.households.locality[persons.household]
        self.market = 2 * self.place + persons.occupation
        self.count = self.tables.localities.count

    def month(self, mechanism: object) -> Month:
        """A view of the start for one line of the month."""
        return Month(self.world, mechanism)  # type: ignore[arg-type]

    def settle(self) -> Start:
        """Solve, draw, and fill what follows from the solution."""
        self.prepare()
        moved, rounds = "", 0
        for rounds in range(1, ROUNDS + 1):
            # Steps shrink once the first jumps are over (Robbins and Monro 1951): in a small place single
            # people move the measures, and only their mean can settle.
            self.step = 0.5 * min(1.0, (STEADY / rounds) ** 2)
            before = self.measures()
            self.round(rounds)
            change = {name: abs(value / before[name] - 1.0) if before[name] else 1.0
                      for name, value in self.measures().items()}  # fmt: skip
            moved = max(change, key=lambda name: change[name])
            near = TOLERANCE * max(1.0, FEW / max(int(self.pool.sum()), 1))
            if ((change[moved] < near or self.known is not None) and rounds >= 3) or not self.free.any():
                break
        else:
            raise StartError(
                f"the start of {self.inputs.name} did not settle in {ROUNDS} rounds: {moved} still moves by "
                f"{change[moved]:.2%} a round; look at pay, destinations and GDP per head of the place"
            )
        jobs(self)
        residual = money(self)
        return Start(
            persons=self.tables.persons.count, adults=int(self.adult.sum()), base_pay=self.base_pay, rounds=rounds,
            arrival=tuple(float(a) for a in self.arrival), trade_return=float(self.trade), farm_return=float(self.farm),
            farm_productivity=float(self.land),
            services=float(self.services), wage_cut=tuple(float(c) for c in self.cut), residual=residual,
        )  # fmt: skip

    def prepare(self) -> None:
        """Pay, technology, receipts and beliefs: what the rounds take as given."""
        inputs, tables = self.inputs, self.tables
        persons, households, localities, markets = (
            tables.persons,
            tables.households,
            tables.localities,
            tables.markets,
        )
        skilled = persons.occupation == Occupation.SKILLED
        pay = np.array([inputs.pay_basic, inputs.pay_skilled])
        self.skill_of = np.array([
            float(persons.skill[those].mean()) if those.any() else 1.0
            for those in (self.adult & ~skilled, self.adult & skilled)
        ])  # fmt: skip
        self.rate = pay / self.skill_of
        self.arrival = np.full(2, 0.1) if self.known is None else np.array(self.known.arrival)
        self.cut = np.ones(2) if self.known is None else np.array(self.known.wage_cut)
        self.asked, self.rests = self.rate.copy(), self.rate.copy()
        self.formal = inputs.public_share + (1.0 - inputs.public_share) * inputs.formal_share
        ends = self.setup.parameters.separations
        self.separation = ends.ended * (self.formal + (1.0 - self.formal) * ends.without_contract)
        points = np.exp(inputs.pay_spread * np.array([normal((k + 0.5) / 16.0) for k in range(16)]))
        for k in range(2):
            rows = np.flatnonzero(markets.occupation == k)
            markets.offers[rows] = self.rate[k] * points
            markets.base_wage[rows] = markets.mean_wage[rows] = self.rate[k]
            markets.usual_skill[rows] = self.skill_of[k]
        markets.separation[:] = self.separation
        self.job_share = employee_share(inputs)
        self.owners = (1.0 - inputs.public_share) * (1.0 - inputs.absentee_share) / inputs.firm_size
        self.base_pay = inputs.pay_basic
        localities.base_pay[:] = localities.median_pay[:] = inputs.pay_basic

        adults = max(int(self.adult.sum()), 1)
        working = 0.5 * adults
        product = inputs.gdp_per_head * int((persons.status != Status.AWAY).sum())
        self.per_job = (1.0 + self.setup.parameters.vacancies.hiring_wedge) / (
            1.0 - ALPHA
        )  # value added per unit of pay
        skilled_share = float(skilled[self.free].mean()) if self.free.any() else 0.0
        mean_pay = (1.0 - 0.5 * inputs.part_time) * float(pay @ [1.0 - skilled_share, skilled_share])
        own = (1.0 - self.job_share) * working
        per_own = max((product - self.job_share * working * mean_pay * self.per_job) / max(own, 1.0), 0.2 * pay[0])
        farmers = min(inputs.farm_share * working, own)
        land = households.land.astype(np.float64)
        holdings = max(int((land > 0).sum()), 1)
        per_holding = max(farmers / holdings, 1e-3)
        landed = float((land[land > 0] ** LAND_SHARE).mean()) if (land > 0).any() else 1.0
        self.land = per_own * per_holding**LAND_SHARE / landed if self.known is None else self.known.farm_productivity
        localities.farm_productivity[:] = self.land
        self.farm = per_own
        self.services = inputs.non_tradable_share if self.known is None else self.known.services
        self.trade = per_own / self.skill_of[0] if self.known is None else self.known.trade_return
        localities.trade_return[:] = self.trade
        localities.farm_return[:] = localities.farm_productivity
        localities.median_income[:] = product / adults

        migrants = tables.migrants
        if migrants.count:
            there, rules = tables.destinations, self.setup.parameters.away
            usual = markets.usual_skill[2 * migrants.locality + migrants.occupation]
            wage = there.wage[migrants.destination, migrants.occupation].tolist()
            skill, papers = (persons.skill[migrants.person] / usual).tolist(), migrants.regular.tolist()
            earned = [
                pay_there(w, k, rules.skill_return, r, rules.penalty_without_papers)
                for w, k, r in zip(wage, skill, papers, strict=True)
            ]
            migrants.wage[:] = np.array(earned) * migrants.employed
            migrants.means[:] = np.maximum(migrants.wage - there.living_cost[migrants.destination], 0.0)
        group = 2 * persons.sex + (self.age >= 35)
        away = persons.status == Status.AWAY
        of = (self.age >= 15) & (self.age < 65)
        for k in range(4):
            mine = of & (group == k)
            everyone = np.bincount(self.place[mine], minlength=self.count)
            gone = np.bincount(self.place[mine & away], minlength=self.count)
            localities.prevalence[:, k] = np.divide(gone, everyone, out=np.zeros(self.count), where=everyone > 0)
        persons.earnings[self.free] = 0.5 * (per_own + mean_pay) * 0.5
        persons.smoothed_earnings[:] = persons.earnings
        pensions = np.bincount(persons.household, inputs.pension * self.pensioners(), minlength=households.count)
        households.other_income[:] = pensions
        self.step = 1.0
        self.earn(persons.earnings)
        receivers(persons, households, tables.migrants)
        persons.assisted[:] = first_assisted(self)
        self.chance = np.zeros(persons.count)
        self.pool = np.zeros(persons.count, bool)  # in the labour force or at its door
        self.accepted_pay = np.zeros(persons.count)

    def measures(self) -> dict[str, float]:
        """What must settle."""
        return {"offers to basic workers": float(self.arrival[0]), "offers to skilled workers": float(self.arrival[1]),
                "return to trade": float(self.trade), "return to farming": float(self.farm),
                "product of land": float(self.land)}  # fmt: skip

    def round(self, number: int) -> None:
        """One damped step: expectations, care, participation, then offers and returns that follow."""
        tables, parameters = self.tables, self.setup.parameters
        persons, localities, markets = tables.persons, tables.localities, tables.markets
        for k in range(2):
            markets.arrival[markets.occupation == k] = self.arrival[k]
        localities.trade_return[:] = self.trade
        parameters.expectations(self.month(parameters.expectations))
        parameters.care(self.month(parameters.care))
        third = draw(self.world.streams.luck("initial", f"round {number}", ONCE), persons.id) < 1.0 / 3.0
        persons.shaken[:] = (third | (number == 1)).astype(np.int8)
        settled = replace(parameters.participation, opening=1.0)  # whoever wants to trade has found an opening
        settled(self.month(settled))
        pool = self.free & ((persons.status == Status.UNEMPLOYED) | (persons.status == Status.OWN_ACCOUNT))
        own = pool & (persons.status == Status.OWN_ACCOUNT)
        self.accept(pool)
        intensity = np.where(own, parameters.participation.own_search, 1.0)
        at_work = float((self.chance + (1.0 - self.chance) * own).sum()) if number > 1 else 0.9 * pool.sum()
        jobs = self.job_share / (1.0 - self.owners) * at_work  # those who run a firm are no employees
        level = persons.occupation
        for k in range(2):
            mine = pool & (level == k)
            if not mine.any():
                continue  # nobody there to learn from
            wanted = jobs * (mine.sum() / max(pool.sum(), 1))
            rate = arrival_for(wanted, self.share_accepting[mine] * intensity[mine], self.separation)
            self.arrival[k] += self.step * (rate - self.arrival[k])
            found = self.arrival[k] * self.share_accepting * intensity
            self.chance[mine] = (found / (found + self.separation))[mine]
        self.chance[~pool] = 0.0
        self.post_wages(pool, intensity)
        self.returns(own)
        full = self.chance * self.accepted_pay * (1.0 - self.formal * self.inputs.tax_rate)
        earned = np.where(persons.work == Work.FARM, self.farm_each, self.trade * persons.skill)
        expected = np.where(pool, full + (1.0 - self.chance) * np.where(own, earned, 0.0), 0.0)
        persons.earnings[:] = expected
        persons.smoothed_earnings[:] = 0.5 * persons.smoothed_earnings + 0.5 * expected
        self.earn(expected)
        localities.median_pay[:] = np.median(expected[pool]) if pool.any() else self.base_pay
        self.pool, self.own = pool, own

    def capacity(self) -> Array:
        """What non-tradable firms and traders of each place can serve, at base prices."""
        persons, firms, localities = self.tables.persons, self.tables.firms, self.tables.localities
        served = firms.output * (firms.sector == Sector.NON_TRADABLE)
        trading = (persons.status == Status.OWN_ACCOUNT) & (persons.work == Work.TRADE)
        months = persons.skill * persons.hours / OWN_ACCOUNT * trading
        traded = localities.trade_productivity * np.bincount(self.place, months, minlength=self.count)
        capacity: Array = np.bincount(firms.locality, served, minlength=self.count) + traded
        return capacity

    def pensioners(self) -> Array:
        """1 for those present who draw a pension, by the trait that `Government` goes by."""
        rules, persons = self.setup.parameters.government, self.tables.persons
        covered = draw(self.month(rules).luck_once("pension"), persons.id) < self.inputs.pension_coverage
        old: Array = (-self.setup.burn_in - persons.birth_month >= 12.0 * rules.pension_age) & covered
        old &= persons.status != Status.AWAY
        return old

    def accept(self, pool: Array) -> None:
        """Share of offers each person would accept, and mean pay of those."""
        tables = self.tables
        persons, markets = tables.persons, tables.markets
        self.share_accepting = np.zeros(persons.count)
        rows = np.flatnonzero(pool)
        if not len(rows):
            return
        self.accepted_rate = np.zeros(persons.count)
        worth_taking(
            rows, self.market, markets.offers, markets.part_share, persons.skill, persons.reservation_flow,
            persons.not_working, persons.not_working_part, self.share_accepting, self.accepted_rate, self.accepted_pay,
        )  # fmt: skip

    def accepted(self, rows: Array, luck: Array) -> tuple[Array, Array]:
        """An offer each of these people accepts: pay per efficiency unit, and whether full time."""
        persons, markets = self.tables.persons, self.tables.markets
        market = self.market[rows]
        offers = markets.offers[market].astype(np.float64)
        part = markets.part_share[market].astype(np.float64)[:, None]
        pay = offers * persons.skill[rows].astype(np.float64)[:, None]
        least = persons.reservation_flow[rows].astype(np.float64)[:, None]
        full = (pay - persons.not_working[rows][:, None] >= least) * (1.0 - part)
        half = (0.5 * pay - persons.not_working_part[rows][:, None] >= least) * part
        weight = np.cumsum(np.concatenate([full, half], axis=1), axis=1)
        chosen = (weight < (luck * weight[:, -1])[:, None]).sum(axis=1) if len(rows) else np.zeros(0, np.int64)
        return offers[np.arange(len(rows)), chosen % 16], chosen < 16

    def earn(self, earnings: Array) -> None:
        """Income of each household from what its members earn, and what those away plan to send it."""
        persons, households = self.tables.persons, self.tables.households
        households.labour_income[:] = np.bincount(persons.household, earnings, minlength=households.count)
        self.remit()
        households.income[:] = households.labour_income + households.other_income + households.receipt
        households.smoothed_income[:] = households.income

    def remit(self) -> None:
        """Receipts move towards what those away plan to send by the rule of `Remittances`."""
        migrants, households, remittances = (
            self.tables.migrants,
            self.tables.households,
            self.setup.parameters.remittances,
        )
        month = self.month(remittances)
        households.earned_income[:] = households.labour_income + households.other_income  # nothing is unusual
        plan(
            month.persons, month.migrants, month.households, remittances.rules, month.age_base,
            np.zeros(migrants.count, np.int64),
        )  # fmt: skip
        receipt = np.bincount(migrants.household, migrants.plan, minlength=households.count)
        households.persistent_receipt[:] += self.step * (receipt - households.persistent_receipt)
        households.receipt[:] = households.persistent_receipt
        households.receipts[:] = households.receipt[:, None]
        households.receipt_variance[:] = (0.5 * households.receipt) ** 2

    def post_wages(self, pool: Array, intensity: Array) -> None:
        """What firms will post, over what they pay: where the rule of `Vacancies` comes to rest.

        ``w*`` is the median asked by those it can meet.
        """
        persons, rules = self.tables.persons, self.setup.parameters.vacancies
        part = self.tables.markets.part_share[self.market].astype(np.float64)
        for k in range(2):
            rows = np.flatnonzero(pool & (persons.occupation == k))
            employed = float(self.chance[rows].sum())
            reserve, skill = persons.reservation_flow[rows].astype(np.float64), persons.skill[rows].astype(np.float64)
            asked = np.concatenate([(persons.not_working[rows] + reserve) / skill,
                                    (persons.not_working_part[rows] + reserve) / (0.5 * skill)])  # fmt: skip
            met = (1.0 - self.chance[rows]) * intensity[rows]
            weight = np.concatenate([met * (1.0 - part[rows]), met * part[rows]])
            if not employed:
                continue
            paid = float(self.chance[rows] @ self.accepted_rate[rows]) / employed
            product = (1.0 + rules.hiring_wedge) * self.cut[k] * paid
            weight[asked > product] = 0.0  # who cannot be attracted teaches firms nothing
            if not weight.any():
                continue
            order = np.argsort(asked, kind="stable")
            among = np.cumsum(weight[order])
            self.asked[k] = asked[order][np.searchsorted(among, 0.5 * among[-1])]
            self.rests[k] = rest_of_wages(float(self.asked[k]), rules.mu, rules.hiring_wedge)
            self.cut[k] += self.step * (self.rests[k] / paid - self.cut[k])

    def returns(self, own: Array) -> None:
        """What farming and trade give when these people work in them and local demand is as their incomes make it."""
        persons, inputs = self.tables.persons, self.inputs
        product, hands = self.harvest(1.0 - self.chance, own)
        self.tables.households.own_workers[:] = np.maximum(np.rint(hands), hands > 0.25)
        each = np.divide(product, hands, out=np.zeros_like(product), where=hands > 0)
        self.farm_each = each[persons.household]
        farmers = float(hands.sum())
        at_work = float((self.chance + (1.0 - self.chance) * own).sum())
        self.cultivate(farmers, inputs.farm_share * (1.0 - FARM_HANDS * self.job_share) * at_work)
        self.farm += self.step * ((product.sum() / farmers if farmers else self.farm) - self.farm)
        firms_value, units, demand = (float(values.sum()) for values in self.local_market(self.chance, own))
        # Firms serve what leaves own-account traders the pay of a basic job, as free entry between the two would,
        # or the share of it that the place reports.
        left = units * inputs.own_account_pay * self.rate[0] / (1.0 - inputs.market_dues)
        self.services += self.step * (service_share(demand - left, firms_value) - self.services)
        fair = max(demand - self.services * firms_value, 0.1 * demand) / max(units, 1e-9)  # much where nobody trades
        fair = min(max(fair, 0.2 * self.trade), 5.0 * self.trade)
        self.trade += self.step * (fair * (1.0 - inputs.market_dues) - self.trade)

    def cultivate(self, farmers: float, wanted: float) -> None:
        """Land becomes as productive as it takes for the published share of those who work to farm.

        One worker on a usual holding makes no more than `MOST_OF_LAND` of basic jobs: where few have land the share
        is lower.
        """
        change = (wanted / farmers) ** 0.4 if farmers and wanted else 1.2
        self.land *= 1.0 + self.step * (min(max(change, 0.8), 1.25) - 1.0)
        self.land = min(self.land, MOST_OF_LAND * self.inputs.pay_basic)
        self.tables.localities.farm_productivity[:] = self.tables.localities.farm_return[:] = self.land

    def harvest(self, present: Array, own: Array) -> tuple[Array, Array]:
        """Farm product and hands of each household, when those on own account are there to that extent."""
        persons, households = self.tables.persons, self.tables.households
        hands = np.bincount(
            persons.household, present * (own & (persons.work == Work.FARM)), minlength=households.count
        )
        productivity = self.tables.localities.farm_productivity[households.locality].astype(np.float64)
        product: Array = productivity * households.land**LAND_SHARE * hands ** (1.0 - LAND_SHARE)
        return product, hands

    def local_market(self, chance: Array, own: Array) -> tuple[Array, Array, Array]:
        """By place: value of private firms' output, efficiency units in trade, and demand for non-tradables.

        Households spend what they have when people are employed with that chance; the authority buys its
        local share of what it has left when staff are paid.
        """
        inputs, parameters = self.inputs, self.setup.parameters
        persons, households = self.tables.persons, self.tables.households

        def by_place(values: Array) -> Array:
            sums: Array = np.bincount(self.place, values, minlength=self.count)
            return sums

        wages = chance * self.accepted_pay
        private = 1.0 - inputs.public_share
        firms_value = by_place(wages * self.cut[persons.occupation]) * private * self.per_job
        units = by_place((1.0 - chance) * (own & (persons.work == Work.TRADE)) * persons.skill)
        paid = by_place(wages)
        wear = parameters.finance.depreciation * ALPHA / CAPITAL_COST
        profits = np.maximum(firms_value * (1.0 - wear) - paid * private, 0.0) * (1.0 - inputs.absentee_share)
        taxes = inputs.tax_rate * self.formal * paid
        product, _ = self.harvest(1.0 - chance, own)
        eaten = np.minimum(product, parameters.production.food_share * households.need)
        homes = np.bincount(households.locality, product - eaten + households.receipt, minlength=self.count)
        residents = by_place(persons.status != Status.AWAY)
        spending = paid - taxes + profits + homes + self.trade * units + by_place(inputs.pension * self.pensioners())
        bought = parameters.government.local_share * (taxes + inputs.grant_per_head * residents)
        return firms_value, units, inputs.non_tradable_share * spending + bought


def arrival_for(jobs: float, accepting: Array, separation: float) -> float:
    """Offers per searcher a month at which the expected number employed equals the jobs.

    Each person is employed with probability ``f/(f + s)``, ``f`` = arrival times the share of offers
    accepted; the sum over persons rises with arrival, so bisection finds it. Where the jobs are more than
    people take at `MOST_OFFERS` the rest is not there at the start.
    """
    low, high = 0.0, MOST_OFFERS
    for _ in range(60):
        middle = 0.5 * (low + high)
        found = middle * accepting
        if float((found / (found + separation)).sum()) < jobs:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def worth_taking(
    rows: Array, market: Array, offers: Array, part_share: Array, skill: Array, flow: Array, full_time: Array,
    part_time: Array, share: Array, rate: Array, pay: Array,
) -> None:  # fmt: skip
    """Share of offers that each of these people would accept, and mean rate and pay of those."""
    for i in rows:
        m = market[i]
        part = part_share[m]
        accepted = rates = pays = 0.0
        for k in range(16):
            full = offers[m, k] * skill[i]
            taken = 1.0 - part if full - full_time[i] >= flow[i] else 0.0
            half = part if 0.5 * full - part_time[i] >= flow[i] else 0.0
            accepted += (taken + half) / 16.0
            pays += (full * taken + 0.5 * full * half) / 16.0
            rates += offers[m, k] * (taken + half) / 16.0
        share[i] = accepted
        rate[i] = rates / accepted if accepted > 0.0 else 0.0
        pay[i] = pays / accepted if accepted > 0.0 else 0.0


def receivers(persons: Persons, households: Households, migrants: Migrants) -> None:
    """Who receives and decides at the start: the spouse of somebody away, else their mother, else the eldest."""
    here = persons.status != Status.AWAY
    best = np.full(households.count, -1)
    order = ascending(persons.birth_month, persons.id)
    eldest = order[here[order]][::-1]
    best[persons.household[eldest]] = eldest
    for relative in (persons.mother, persons.spouse):
        them = relative[migrants.person]
        fit = (them >= 0) & here[them] & (persons.household[them] == migrants.household)
        best[migrants.household[fit]] = them[fit]
    persons.receives[:] = 0
    some = best[(best >= 0) & (households.persistent_receipt > 0)]
    persons.receives[some] = 1
    households.woman_decides[persons.household[some]] = (persons.sex[some] == Sex.WOMAN).astype(np.int8)


def money(self: Solution) -> float:
    """Purses, budgets and lines fixed at the start, so that the first month finds what the solution expects.

    Returns the other net income from the rest of the country, over local income.
    """
    inputs, tables = self.inputs, self.tables
    persons, households, localities, firms = (
        tables.persons,
        tables.households,
        tables.localities,
        tables.firms,
    )
    parameters = self.setup.parameters
    here = persons.status != Status.AWAY
    count = households.count
    own = here & (persons.status == Status.OWN_ACCOUNT)
    farming = own & (persons.work == Work.FARM)
    hands = np.bincount(persons.household[farming], minlength=count)
    households.own_workers[:] = hands
    product = localities.farm_productivity[households.locality] * households.land**LAND_SHARE
    product = product * np.maximum(hands, 0) ** (1.0 - LAND_SHARE)
    each = np.divide(product, hands, out=np.zeros(count), where=hands > 0)
    persons.earnings[farming] = each[persons.household[farming]]
    trading = own & (persons.work == Work.TRADE)
    persons.earnings[trading] = self.trade * persons.skill[trading]
    persons.earnings[here & ~own & (persons.status != Status.EMPLOYED)] = 0.0
    persons.smoothed_earnings[:] = np.where(here, persons.earnings, 0.0)
    persons.shaken[:] = 0
    labour = np.bincount(persons.household[here], persons.earnings[here], minlength=count)
    households.labour_income[:] = households.others_earnings[:] = labour
    profit = np.maximum(firms.profit, 0.0)
    owned = (firms.owner >= 0) & (firms.owner_kind == Owner.LOCAL)
    dividends = np.bincount(firms.owner[owned], profit[owned], minlength=count)
    households.home_food[:] = np.minimum(product, parameters.production.food_share * households.need)
    localities.trade_return[:] = self.trade
    localities.trade_productivity[:] = self.trade / 0.9 / (1.0 - inputs.market_dues)
    localities.use[:] = 0.9
    localities.start_residents[:] = np.bincount(self.place[here], minlength=self.count)
    authorities(self)

    pensions = np.bincount(persons.household, inputs.pension * self.pensioners(), minlength=count)
    benefits = first_benefits(self)
    households.other_income[:] = dividends + pensions + benefits
    self.step = 1.0
    self.remit()
    waited = draw(self.world.streams.luck("initial", "waiting", ONCE), tables.migrants.id)
    set_aside(self, waited)
    receivers(persons, households, tables.migrants)
    income = labour + dividends + pensions + benefits + households.persistent_receipt
    residual = elsewhere(self, income)
    households.outside_income[:] = residual
    other = dividends + pensions + benefits + residual
    income = income + residual
    households.other_income[:] = other
    households.property_income[:] = dividends
    households.earned_income[:] = labour + other
    households.income[:] = households.smoothed_income[:] = income
    households.consumption[:] = households.spending[:] = np.maximum(income, 0.0)
    takings = np.bincount(persons.household[trading], persons.earnings[trading], minlength=count)
    purse = parameters.spending.buffer * households.need + takings + dividends  # these two come after spending
    households.liquid_assets[:] = np.rint(100.0 * purse)
    building = parameters.spending  # houses as large as building and wear keep them
    share_built = building.housing_speed / max(building.housing_speed + building.housing_wear, 1e-12)
    households.housing[:] = building.housing_months * income * share_built
    equivalents = np.divide(households.need, inputs.need, out=np.zeros(count), where=inputs.need > 0)
    each_head = np.divide(income, equivalents, out=np.zeros(count), where=equivalents > 0)
    heads = households.members.astype(np.float64)
    if heads.sum() > 0:
        order = np.argsort(each_head, kind="stable")
        reached = np.cumsum(heads[order]) / heads.sum()
        at = min(int(np.searchsorted(reached, inputs.poverty_headcount)), count - 1)
        localities.poverty_line[:] = each_head[order][at]
    working = here & ((persons.status == Status.EMPLOYED) | own)
    for place in range(self.count):
        mine = self.place == place
        localities.median_pay[place] = (
            np.median(persons.earnings[working & mine]) if (working & mine).any() else self.base_pay
        )
        homes = households.locality == place
        adults = households.adults[homes]
        if (adults > 0).any():
            localities.median_income[place] = np.median(income[homes][adults > 0] / adults[adults > 0])
    localities.base_pay[:] = localities.median_pay
    total = float(income.sum())
    share = float(residual.sum()) / total if total > 0.0 else 0.0
    if abs(share) > LARGEST_RESIDUAL and int(here.sum()) >= SMALL:
        raise StartError(
            f"the accounts of {inputs.name} close only with {share:.0%} of local income from elsewhere without a name, "
            f"and at most {LARGEST_RESIDUAL:.0%} is accepted; look at GDP per head, pay, the share of non-tradables "
            "and grants of the place"
        )
    return share


def set_aside(self: Solution, drawn: Array) -> None:
    """Money put by for the next transfer: somebody who sends every n months is in any of them alike."""
    tables, rules = self.tables, self.setup.parameters.remittances
    migrants, households, providers = tables.migrants, tables.households, tables["Providers"]
    way = travel_cost(1.0, 0.0, rules.travel, self.base_pay) * households.desk_distance[migrants.household]
    fixed = providers.values("fixed_fee")[migrants.channel] + way * providers.values("desk")[migrants.channel]
    months = np.ones(migrants.count)
    for m in np.flatnonzero(migrants.plan > 0.0):
        planned = float(migrants.plan[m])
        months[m] = max(1.0, math.ceil(sending_balance(float(fixed[m]), planned, rules.wait) / planned))
    migrants.waiting[:] = np.floor(drawn * months) * migrants.plan
    migrants.savings[:] += np.rint(100.0 * migrants.waiting.astype(np.float64)).astype(np.int64)


def authorities(self: Solution) -> None:
    """Budgets: what central government grants covers the staff, and taxes and dues come on top."""
    inputs, tables = self.inputs, self.tables
    persons, firms, localities = tables.persons, tables.firms, tables.localities
    public = firms.sector == Sector.PUBLIC
    payroll = np.bincount(firms.locality[public], firms.wage_bill[public], minlength=self.count)
    formal_pay = np.bincount(self.place, persons.wage * persons.formal, minlength=self.count)
    residents = localities.start_residents
    dues = inputs.market_dues * 0.9 * self.capacity()
    tables["Authorities"].values("staff_budget")[:] = payroll
    tables["Authorities"].values("grant")[:] = payroll + inputs.grant_per_head * residents
    revenue = payroll + inputs.grant_per_head * residents + inputs.tax_rate * formal_pay + dues
    tables["Authorities"].values("smoothed_revenue")[:] = tables["Authorities"].values("revenue")[:] = revenue
    tables["Lenders"].values("cash")[:] = np.rint(100 * inputs.loan_capital * residents).astype(np.int64)


@kernel
def care(
    budget: Array, need: Array, members: Array, quality: Array, power: Array, rules: Spending, each: float, out: Array
) -> None:
    """What each household spends on health out of a budget, by the rule of `Spending`."""
    for h in range(len(out)):
        people = need[h] / each if each > 0.0 else 1.0 * members[h]
        health = decided(rules.health_women, rules.health_men, 1.0 * power[h]) * members[h] * quality[h]
        own = decided(rules.own_women, rules.own_men, 1.0 * power[h])
        out[h] = 0.0
        if members[h] > 0:
            _, out[h], _ = family_uses(max(budget[h], 0.0), 1.0 * need[h], people, health, own)


def elsewhere(self: Solution, income: Array) -> Array:
    """Other net income of each household from the rest of the country: what closes the accounts of the start.

    Firms and traders are as productive as the joint solution needs them on average; what is missing or too
    much for customers to use nine tenths of the capacity drawn is income from elsewhere, in proportion to
    income. Households spend what they earn: their purses are filled to the buffer they aim at.
    """
    inputs, tables, parameters = self.inputs, self.tables, self.setup.parameters
    households, localities = tables.households, tables.localities
    place = households.locality
    pupils = np.bincount(tables.persons.household, tables.persons.in_school, minlength=households.count)
    authority = tables["Authorities"]
    bought = parameters.government.local_share * (authority.values("revenue") - authority.values("staff_budget"))
    room = 0.9 * self.capacity()
    everywhere = np.bincount(place, income, minlength=self.count)
    extra, treated = np.zeros(households.count), np.zeros(households.count)
    for _ in range(3):  # what is wanted is all but linear in income
        total = income + extra
        cost = np.minimum(total, pupils * households.school_fee)
        care(
            np.maximum(total - households.need, 0.0) - cost, households.need, households.members,
            localities.health_quality[place], households.women_power, parameters.spending.rules, inputs.need, treated,
        )  # fmt: skip
        cost = cost + treated
        general = np.maximum(np.maximum(total, households.need) - households.home_food - cost, 0.0)
        wanted = inputs.non_tradable_share * np.bincount(place, general, minlength=self.count)
        gap = (room - bought - wanted) / max(inputs.non_tradable_share, 1e-9)
        extra += np.divide(gap, everywhere, out=np.zeros(self.count), where=everywhere > 0)[place] * income
    return extra
