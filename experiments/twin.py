"""The core loop with one Mesa agent per person: how one would write it without columns.

A plain `mesa.Model` in which each person, household and firm is an object with its own attributes. It
calls the same rules as the mechanisms, visits agents one by one and draws from Mesa's own generator, so
it agrees with the columns in distribution, not draw by draw. It stands beside `experiments.core`: the
same six lines (remittances, participation, separations, matching, spending, migration) and the same
`Elsewhere`. Left out, because nothing of the core loop reads it: what firms learn from applicants, the
histories, and the books.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np

from experiments.core import (
    AWAY,
    NON_TRADABLE,
    OUTCOMES,
    OWN_ACCOUNT,
    TRADE,
    UNEMPLOYED,
    Elsewhere,
    core_model,
    outcomes,
)
from experiments.twin_agents import Firm, Household, Person, Plain
from sim import moving, technology, transfers
from sim.mechanisms import matching, participation, separations, spending
from sim.model import Remesa
from sim.moving import HOME, RETIREMENT
from sim.territory import Inputs

MEMORY = separations.MEMORY


class Twin(mesa.Model):  # type: ignore[misc]
    """The core loop of a model of `experiments.core.core_model`, from the same start, one object per agent."""

    def __init__(self, columns: Remesa, seed: int) -> None:
        super().__init__(rng=seed)
        own = columns.setup.parameters
        names = ("remittances", "participation", "separations", "matching", "spending", "migration", "away")
        self.rules = Plain(elsewhere=Elsewhere().rules, **{name: getattr(own, name).rules for name in names})
        self.months = columns.world.month
        self.burn_in = columns.world.burn_in
        self.share = columns.world.territory.non_tradable_share
        self.pension = columns.world.territory.pension
        self.need = columns.world.territory.need
        self.opening = participation.chance_of_opening(
            self.rules.participation.opening, columns.world.territory.formal_share
        )
        self.own_search = self.rules.participation.own_search
        reach = self.rules.matching.reach
        self.partly = matching.chance_to_meet(reach * self.own_search) / matching.chance_to_meet(reach)
        self.movers: list[tuple[Person, Any]] = []
        self.departures = 0
        self.populate(columns)

    @property
    def now(self) -> int:
        """The present month on the scale of births."""
        return self.months - self.burn_in

    def populate(self, columns: Remesa) -> None:
        """Objects from the rows of the start."""

        def rows(table: Any, **names: str) -> list[dict[str, Any]]:
            found = {name: table.values(column).tolist() for name, column in names.items()}
            return [dict(zip(found, values, strict=True)) for values in zip(*found.values(), strict=True)]

        tables = columns.population
        self.providers = [
            Plain(**one) for one in rows(
                tables["Providers"], fixed_fee="fixed_fee", rate="rate", margin="margin", base_margin="base_margin",
                loss="loss", trust="trust", desk="desk", needs_account="needs_account",
                offered="offered", firms="firms",
            )
        ]  # fmt: skip
        self.destinations = [
            Plain(**one) for one in rows(
                tables["Destinations"], abroad="abroad", pay="current_pay", living_cost="current_living_cost",
                finding="current_finding", separation="current_separation", recognition="recognition",
                recognition_at_arrival="recognition_at_arrival", detection="detection", fare="fare",
                regular_share="regular_share", waiting="waiting", irregular_fee="irregular_fee", amenity="amenity",
                skill_return="skill_return", distance="distance",
            )
        ]  # fmt: skip
        fees = tables["Recruiters"].values("fee").tolist()
        for there, fee in zip(self.destinations, fees, strict=True):
            there.recruiter_fee = fee
        self.places = [
            Plain(**one) for one in rows(
                tables.localities, price="price", price_index="price_index", tradable_price="tradable_price",
                trade_return="trade_return", overhead="overhead", farm_return="farm_return",
                trade_productivity="trade_productivity", farm_productivity="farm_productivity",
                median_pay="median_pay", median_income="median_income", base_pay="base_pay",
                prevalence="prevalence", start_informed="start_informed", school_quality="school_quality",
                health_quality="health_quality", tax_rate="tax_rate", market_dues="market_dues", adults="adults",
            )
        ]  # fmt: skip
        lendable = tables["Lenders"].values("cash").tolist()
        markets = [
            Plain(**one, slots=[]) for one in rows(
                tables.markets, part_share="part_share", arrival="arrival", start_arrival="start_arrival",
                separation="separation", usual_skill="usual_skill",
            )
        ]  # fmt: skip
        offers = tables.markets.offers.astype(np.float64)
        for k, market in enumerate(markets):
            market.offers = offers[k].copy()
        for k, place in enumerate(self.places):
            place.markets, place.lendable = markets[2 * k : 2 * k + 2], lendable[k] / 100.0
            for market in place.markets:
                market.place = place
        homes = [
            Household(
                self, place=self.places[one.pop("place")], receipts=list(one.pop("lately")),
                cash=one.pop("cents") / 100.0, debt=one.pop("owed") / 100.0, trip=0.0, **one,
            )
            for one in rows(
                tables.households, place="locality", cents="liquid_assets", owed="debt", land="land", members="members",
                adults="adults", children="children", own_workers="own_workers", income="income",
                others_earnings="others_earnings", absent_earnings="absent_earnings", labour_income="labour_income",
                receipt="receipt", lately="receipts", persistent="persistent_receipt", variance="receipt_variance",
                usual_income="smoothed_income", usual_earned="earned_income", need="need", housing="housing",
                account="account",
                desk_distance="desk_distance", school_fee="school_fee", power="women_power",
                woman_decides="woman_decides",
            )
        ]  # fmt: skip
        firms = {}  # by row and level: an employer of both levels is two of one each, one of which sells
        for row, one in enumerate(rows(
            tables.firms, place="locality", level="occupation", usual="desired_labour", pay="posted_wage",
            full_time="full_time", formal="formal", sector="sector", output="output",
            wage_bill="wage_bill", founder="founder", profit="profit",
        )):  # fmt: skip
            place, seller, usual, pay = (one.pop(name) for name in ("place", "level", "usual", "pay"))
            for level in range(2):
                if level == seller or usual[level] > 0.0:
                    sold = one if level == seller else {**one, "output": 0.0, "wage_bill": 0.0}
                    firms[row, level] = Firm(
                        self, market=markets[2 * place + level], usual=usual[level], posted_wage=pay[level], **sold
                    )
        people = []
        for one in rows(
            tables.persons, home="household", employer="employer", level="level", birth="birth_month", sex="sex",
            skill="skill",
            occupation="occupation", taste="taste", attachment="attachment", status="status", work="work",
            formal="formal", hours="hours", wage="wage", tenure="tenure", search_months="search_months",
            earnings="earnings", smoothed="smoothed_earnings", seeks="seeks", flow="reservation_flow",
            not_working="not_working", not_working_part="not_working_part", reservation_wage="reservation_wage",
            care_hours="care_hours", in_school="in_school", shaken="shaken", pensioner="pensioner", trips="trips",
            known_here="contacts", admitted="admitted_month",
        ):  # fmt: skip
            home, employer, level = homes[one.pop("home")], one.pop("employer"), one.pop("level")
            person = Person(self, home=home, **one)
            home.people.append(person)
            people.append(person)
            if employer >= 0:
                person.firm = firms[employer, level]
                person.firm.staff[person] = None
        for firm in firms.values():
            firm.founder = people[firm.founder] if firm.founder >= 0 else None
        for person, mother, spouse in zip(
            people, tables.persons.mother.tolist(), tables.persons.spouse.tolist(), strict=True
        ):
            person.mother = people[mother] if mother >= 0 else None
            person.spouse = people[spouse] if spouse >= 0 else None
        for one in rows(
            tables.migrants, who="person", where="destination", start="start_month", route="route", regular="regular",
            employed="employed", cents="savings", owed="debt", altruism="altruism", target="target_savings",
            plan="plan", waiting="waiting", means="means", channel="channel", known_cost="known_cost",
            intention="intention",
        ):  # fmt: skip
            person = people[one.pop("who")]
            person.stay = Plain(
                person=person, destination=self.destinations[one.pop("where")], savings=one.pop("cents") / 100.0,
                debt=one.pop("owed") / 100.0, **one,
            )  # fmt: skip
            person.home.stays.append(person.stay)
        self.people, self.homes, self.firms = (self.agents_by_type[kind] for kind in (Person, Household, Firm))
        self.markets = markets

    def step(self) -> None:
        """One month."""
        for place in self.places:
            place.capacity = place.wanted = place.till = 0.0
            for market in place.markets:
                market.separations = market.lost = market.hires = market.taken = 0
                market.applicants = market.refusals = 0
                market.searchers = 0.0
        self.departures = 0
        self.firms.do("want")
        self.homes.do("look")
        self.remit()
        self.people.do("look_at_work")
        self.separate()
        self.match()
        self.spend()
        self.migrate()
        self.months += 1

    def remit(self) -> None:
        """Remittances: plan, send, receive."""
        rules = self.rules.remittances
        senders = [stay for home in self.homes for stay in home.stays]
        for place in self.places:
            place.colleagues = {}
        knowing = 0
        for stay in senders:
            place = stay.person.home.place
            place.colleagues[stay.destination] = place.colleagues.get(stay.destination, 0) + 1
            knowing += stay.person.compares < place.start_informed
            stay.savings += max(stay.means, 0.0)
        share = knowing / len(senders) if senders else 0.0
        many = sum(one.firms for one in self.providers if one.offered)
        for one in self.providers:
            one.margin = transfers.exchange_margin(one.base_margin, rules.margin_floor, rules.market_power, many, share)
        for home in self.homes:
            together = sum(max(stay.means, 0.0) for stay in home.stays)
            meant = sum(stay.person.plan_remittance(stay, together) for stay in home.stays)
            planned = sum(stay.plan for stay in home.stays)
            home.house_share = min(1.0, meant / planned) if planned > 0.0 else 0.0
            for stay in home.stays:
                stay.person.send(stay)
            home.receipt -= min(home.trip, home.receipt)
            home.cash += home.receipt
            home.choose_receiver()

    def separate(self) -> None:
        """Separations: quits, ends, layoffs; what searchers believe about the risk."""
        employees = {market: 0 for market in self.markets}
        for firm in self.firms:
            employees[firm.market] += len(firm.staff)
        self.people.do("consider_quitting")
        self.firms.do("lay_off")
        lost, held = sum(market.lost for market in self.markets), sum(employees.values())
        for market in self.markets:
            if held:
                market.separation = separations.steadied(
                    market.separation, float(market.lost), float(employees[market]), lost / held
                )

    def match(self) -> None:
        """Matching: vacancies, contacts, applications, hires; what searchers believe about offers."""
        rules = self.rules.matching
        for market in self.markets:
            market.slots = []
        for firm in self.firms:
            firm.vacancies = max(0, firm.vacancies)
            firm.market.slots.extend([firm] * firm.vacancies)

        def learn(slots: list[Any]) -> tuple[list[float], float]:
            """Pay and share of part-time among open positions."""
            pay = sorted(separations.net_pay(one.posted_wage, one.market.place.tax_rate, one.formal) for one in slots)
            return pay, sum(1 - one.full_time for one in slots) / len(slots) if slots else 0.0

        for occupation in range(2):
            markets = self.markets[occupation::2]
            everywhere, usual_part = learn([one for market in markets for one in market.slots])
            for market in markets if everywhere else ():
                seen = len(market.slots)
                here, part = learn(market.slots) if seen else (everywhere, usual_part)
                market.part_share += MEMORY * (matching.expected_offer(part, usual_part, seen) - market.part_share)
                for point in range(len(market.offers)):
                    at, usual = (
                        one[(2 * point + 1) * len(one) // (2 * len(market.offers))] for one in (here, everywhere)
                    )
                    market.offers[point] += MEMORY * (matching.expected_offer(at, usual, seen) - market.offers[point])
        self.people.do("reach")
        self.people.do("apply")
        self.firms.do("hire")
        offered, looked = [], []
        for market in self.markets:
            success = market.hires / market.applicants if market.applicants else 1.0
            contacts = market.taken + round(success * market.refusals)
            one_more = matching.chance_to_meet(rules.reach) if len(market.slots) > market.hires else 0.0
            offered.append(contacts + one_more)
            looked.append(market.searchers + 1.0)
        for occupation in range(2):
            overall = sum(offered[occupation::2]) / sum(looked[occupation::2])
            for m in range(occupation, len(self.markets), 2):
                market = self.markets[m]
                observed = matching.offers_per_searcher(offered[m], looked[m], overall)
                market.arrival += MEMORY * (observed - market.arrival)
                if self.now <= 0:
                    market.start_arrival = market.arrival
        self.people.do("count_months")

    def spend(self) -> None:
        """Spending: plans, rationing, sellers' shares, prices."""
        rules = self.rules.spending
        for firm in self.firms:
            if firm.sector == NON_TRADABLE:
                firm.market.place.capacity += firm.output
        self.homes.do("plan")
        for place in self.places:
            place.sellers = 0.0
            place.served = spending.ration(
                math.floor(place.capacity * place.price * 100.0), math.floor(place.wanted * 100.0)
            )
        self.homes.do("buy")
        traders = [one for one in self.people if one.status == OWN_ACCOUNT and one.work == TRADE]
        bill = dict.fromkeys(self.places, 0.0)
        trading = dict.fromkeys(self.places, 0.0)
        for one in traders:
            one.capacity = technology.trade_capacity(one.home.place.trade_productivity, one.skill, one.hours)
            trading[one.home.place] += one.capacity
        offered = dict(trading)
        for firm in self.firms:
            if firm.sector == NON_TRADABLE:
                offered[firm.market.place] += firm.output
                bill[firm.market.place] += firm.wage_bill
        for one in traders:
            place = one.home.place
            one.earnings = (1.0 - place.market_dues) * place.till * one.capacity / offered[place]
            one.home.cash += one.earnings
        self.homes.do("close")
        for place in self.places:
            self.move_prices(place, rules, bill[place], trading[place], offered[place])

    def move_prices(self, place: Any, rules: Any, bill: float, traders: float, capacity: float) -> None:
        """Prices of a place for next month."""
        demand = place.wanted / place.price
        use = min(2.0, demand / capacity) if capacity > 0.0 else 2.0 if demand > 0.0 else 0.0
        cost = place.price / (1.0 + rules.markup)
        served = place.trade_productivity
        if capacity > 0.0:
            labour = (bill + place.trade_return / served * traders) / capacity
            if place.overhead == -1.0:
                place.overhead = (cost - labour) / place.price_index
            cost = labour + place.overhead * place.price_index
            place.trade_return = (1.0 - place.market_dues) * place.till / capacity * served
        else:
            place.trade_return = (1.0 - place.market_dues) * place.price * served
        change = spending.price_change(
            place.price, cost, use, rules.markup, rules.cost_speed, rules.use_speed, rules.idle_use, rules.most_change
        )
        place.price *= math.exp(change)
        place.price_index = spending.consumer_prices(place.price, place.tradable_price, self.share)

    def migrate(self) -> None:
        """Migration: who thinks of moving, who returns, who can pay to go."""
        horizon, beta = float(self.rules.migration.horizon), self.rules.participation.beta
        for there in self.destinations:
            there.in_work = [
                [moving.share_in_work(start, there.finding * access, there.separation, horizon) for start in (0.0, 1.0)]
                for access in (self.rules.away.access_without_papers, 1.0)
            ]
            there.recognised = moving.recognised_share(there.recognition_at_arrival, there.recognition, horizon)
            staying = moving.annuity(beta * (1.0 - there.detection), horizon)
            there.undetected = staying / moving.annuity(beta, horizon)
        self.movers = []
        for place in self.places:
            place.crowd = dict.fromkeys(self.destinations, 0)
        for home in self.homes:
            for stay in home.stays:
                home.place.crowd[stay.destination] += 1
        self.people.do("consider_moving")
        for person, way in self.movers:
            if way is HOME:
                person.come_back()
        for person, way in self.movers:
            if way is not HOME and person.stay is not None:
                person.move_on(way)
            elif way is not HOME:
                person.leave(way)
        for place in self.places:
            place.here, place.gone = [0] * 4, [0] * 4
        for person in self.people:
            age = self.now - person.birth
            if person.status < AWAY and person.known_here < 1.0:
                person.known_here = moving.slow_average(person.known_here, 1.0, self.rules.migration.contacts_revive)
            if 180 <= age < RETIREMENT:
                group = moving.prevalence_group(person.sex, age)
                person.home.place.here[group] += 1
                person.home.place.gone[group] += person.status == AWAY
        for place in self.places:
            for group in range(4):
                if place.here[group]:
                    place.prevalence[group] = moving.slow_average(
                        place.prevalence[group], place.gone[group] / place.here[group], self.rules.migration.norm_memory
                    )

    def outcomes(self) -> tuple[float, float, float, float]:
        """The main outcomes of the month just run; see `experiments.core.outcomes`."""
        adults = force = searching = 0
        for person in self.people:
            if person.status < AWAY:
                adults += self.now - 1 - person.birth >= 180
                force += person.status >= UNEMPLOYED
                searching += person.status == UNEMPLOYED
        receipts = sum(home.receipt for home in self.homes) / len(self.homes)
        return 100.0 * force / adults, 100.0 * searching / force, receipts, 1000.0 * self.departures / adults


MARGINS = {"participation": 0.5, "unemployment": 0.6, "receipts": 0.10, "departures": 0.25}
"""Differences that would matter: percentage points of the two rates, shares of the mean of the others."""
RISK = 0.01  # chance to find a difference where there is none, over all outcomes together


@dataclass(frozen=True)
class Agreement:
    """One outcome of columns and twin over paired seeds, means over the months."""

    outcome: str
    columns: float
    difference: float  # twin less columns
    error: float  # standard error of the difference
    t: float
    critical: float  # largest absolute t at which no difference is found
    margin: float

    @property
    def holds(self) -> bool:
        """No difference is found, and the 90 % interval leaves out every difference that would matter."""
        reach = abs(self.difference) + 1.7 * self.error  # two one-sided tests at 5 %
        return abs(self.t) <= self.critical and reach <= self.margin


def agreement(inputs: Inputs, seeds: Iterable[int], population: int, months: int) -> list[Agreement]:
    """Paired t-tests and equivalence tests of columns against objects, from the same start with each seed.

    Each seed gives one pair: means over the months of participation, unemployment, receipts and departures.
    They agree when a two-sided paired t-test finds no difference (1 % over the four outcomes together, after
    Bonferroni) and two one-sided tests at 5 % (Schuirmann 1987, Journal of Pharmacokinetics and
    Biopharmaceutics 15(6), 657-680) rule out differences beyond `MARGINS`.
    """
    from scipy.stats import t as student

    pairs = []
    for seed in seeds:
        columns = core_model(inputs, population, seed)
        twin = Twin(columns, seed)
        both = []
        for _ in range(months):
            columns.step()
            twin.step()
            both.append((outcomes(columns.world), twin.outcomes()))
        pairs.append(np.mean(both, axis=0))
    found = np.array(pairs)  # seed, side, outcome
    number = len(found)
    critical = float(student.ppf(1.0 - RISK / len(OUTCOMES) / 2.0, number - 1))
    agreements = []
    for k, name in enumerate(OUTCOMES):
        gaps, mean = found[:, 1, k] - found[:, 0, k], float(found[:, 0, k].mean())
        error = float(gaps.std(ddof=1)) / math.sqrt(number)
        margin = MARGINS[name] * (1.0 if name in ("participation", "unemployment") else mean)
        difference = float(gaps.mean())
        agreements.append(Agreement(name, mean, difference, error, difference / max(error, 1e-12), critical, margin))
    return agreements
