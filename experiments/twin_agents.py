"""The people of the twin: each person, household and firm an object that decides when its turn comes.

See `experiments.twin` for the model they live in and what it is for. The rules are those of the
mechanisms; what stands here only fetches numbers for them and keeps their results.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from experiments import core
from experiments.core import AWAY, EMPLOYED, FARM, INACTIVE, OWN_ACCOUNT, TRADE, UNEMPLOYED
from sim import moving, search, streams, technology, transfers, uses
from sim.codes import Sex, Status
from sim.mechanisms import away, expectations, matching, participation, remittances, separations
from sim.mechanisms.migration import IRREGULAR, RECRUITED, REGULAR
from sim.moving import HOME, NOBODY, NOT_ASKED, RETIREMENT
from sim.search import NEVER, PART_PAY, PART_TIME, TIME, Terms
from sim.technology import FULL_TIME, LAND_SHARE

if TYPE_CHECKING:
    from experiments.twin import Twin

STUDENT = int(Status.STUDENT)


class Plain:
    """Something that keeps attributes and decides nothing."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...


class Firm(mesa.Agent):  # type: ignore[misc]
    """An employer with its people in jobs of one level; one with both is two of them, one of which sells."""

    def __init__(self, model: Twin, **values: Any) -> None:
        super().__init__(model)
        self.__dict__.update(values)
        self.staff: dict[Person, None] = {}
        self.vacancies = 0
        self.wanted = 0
        self.applicants: list[tuple[float, Person]] = []

    def want(self) -> None:
        """Jobs of the season."""
        self.wanted = core.jobs_wanted(self.usual, self.model.rules.elsewhere.swing, self.model.months)
        self.vacancies = max(0, self.wanted - len(self.staff))

    def lay_off(self) -> None:
        """Lay off part of those beyond what is wanted, mostly those with least tenure."""
        luck, rules = self.model.random, self.model.rules.separations
        cuts = separations.jobs_to_cut(len(self.staff), self.wanted, rules.layoff_speed, luck.random())
        if cuts <= 0:
            return
        turns = [
            (separations.layoff_turn(1.0 - luck.random(), float(one.tenure), rules.protection), one.unique_id, one)
            for one in self.staff
            if one is not self.founder
        ]
        for _, _, one in sorted(turns)[:cuts]:
            one.lose_job()

    def hire(self) -> None:
        """Take the best applicants down to the vacancies."""
        for _, one in sorted(self.applicants, key=lambda pair: (-pair[0], pair[1].unique_id))[: self.vacancies]:
            one.start_job(self)
        self.applicants.clear()


class Household(mesa.Agent):  # type: ignore[misc]
    """A home: its members, purse, land and what it has learnt."""

    receipt: float
    income: float
    usual_income: float
    persistent: float
    variance: float
    receipts: list[float]
    house_share: float = 0.0

    def __init__(self, model: Twin, **values: Any) -> None:
        super().__init__(model)
        self.__dict__.update(values)
        self.people: list[Person] = []
        self.stays: list[Plain] = []

    def look(self) -> None:
        """See what members earn and learn what of the receipts lasts."""
        memory = self.model.rules.elsewhere.memory
        place = self.place
        farmers = [one for one in self.people if one.status == OWN_ACCOUNT and one.work == FARM]
        self.own_workers = len(farmers)
        harvest = technology.farm_product(self.land, float(len(farmers)), place.farm_productivity, LAND_SHARE)
        self.cash += harvest
        self.labour_income = self.others_earnings = self.absent_earnings = 0.0
        for one in self.people:
            if one.status == AWAY:
                self.absent_earnings += one.smoothed
                continue
            if one.status == EMPLOYED:
                one.earnings = separations.net_pay(one.wage, place.tax_rate, one.formal)
                self.cash += one.earnings
            elif one.status == OWN_ACCOUNT and one.work == FARM:
                one.earnings = harvest / len(farmers)
            elif one.status == OWN_ACCOUNT:
                one.capacity = technology.trade_capacity(place.trade_productivity, one.skill, one.hours)
                place.capacity += one.capacity
            else:
                one.earnings = 0.0
            one.smoothed = expectations.adapted(one.smoothed, one.earnings, 1.0 / 3.0)
            self.labour_income += one.earnings
            self.others_earnings += one.smoothed
        self.receipts = [self.receipt, *self.receipts[:2]]
        received = sum(self.receipts) / 3.0
        believed = self.persistent
        self.persistent = expectations.adapted(believed, received, memory)
        self.variance = expectations.adapted_variance(self.variance, received - believed, memory)
        self.usual_income = expectations.adapted(self.usual_income, self.income, memory)
        self.receipt = self.trip = 0.0

    def choose_receiver(self) -> None:
        """The spouse of somebody away, else their mother, else the eldest adult at home."""
        for one in self.people:
            one.receives = False
        if not self.stays:
            return
        here = [one for one in self.people if one.status < AWAY]
        close = [stay.person.spouse for stay in self.stays] + [stay.person.mother for stay in self.stays]
        kin = next((one for one in close if one is not None and one.home is self and one.status < AWAY), None)
        adults = [one for one in here if self.model.now - one.birth >= 180]
        if kin is None and adults:
            kin = min(adults, key=lambda one: (one.birth, one.unique_id))
        if kin is not None:
            kin.receives = True

    def plan(self) -> None:
        """Rank the uses of cash; building out of what is spare."""
        rules, place = self.model.rules.spending, self.place
        self.general = self.school = self.health = self.building = 0.0
        if self.members == 0:
            return
        prices = place.price_index
        income = self.labour_income + self.receipt
        need = self.need * prices
        target = rules.buffer * need
        pupils = sum(one.in_school for one in self.people)
        school_cost = pupils * self.school_fee * prices
        held = max(0.0, self.cash - max(0.0, income))
        short = max(0.0, self.usual_earned - self.labour_income - max(0.0, held - target))
        desired = rules.housing_months * self.usual_income
        self.housing *= 1.0 - rules.housing_wear
        gap = max(0.0, desired - self.housing * prices)
        sent = uses.set_aside_for_house(self.receipt, self.house_share, short, gap)
        counted = uses.set_aside_for_house(self.persistent, self.house_share, short, gap)
        usual, income = max(0.0, self.usual_income - counted), income - sent
        cash, stock = max(0.0, self.cash - sent), self.housing * prices + sent
        held = max(0.0, cash - max(0.0, income))
        wish = uses.planned_consumption(usual, income, held, target, need, rules.mpc, rules.from_assets)
        put_by = uses.housing_outlay(desired, stock, rules.housing_speed, usual - need - school_cost)
        outlay = min(max(need, wish - max(0.0, put_by - short)), cash)
        left = outlay - min(outlay, need)
        self.school = min(left, school_cost)
        care = uses.decided(rules.health_women, rules.health_men, self.power) * self.members * place.health_quality
        own = uses.decided(rules.own_women, rules.own_men, self.power)
        people = self.need / self.model.need if self.model.need > 0.0 else float(self.members)
        _, self.health, _ = uses.family_uses(left - self.school, need, people, care, own)
        self.building = uses.housing_outlay(desired, stock, rules.housing_speed, cash - outlay - target)
        self.building += min(sent, self.cash)
        self.general = max(0.0, outlay - self.school - self.health)
        place.wanted += self.model.share * self.general + 0.5 * self.building

    def buy(self) -> None:
        """Non-tradables as far as they last, tradables as wanted."""
        place, share = self.place, self.model.share
        services = share * self.general * place.served
        goods = (1.0 - share) * self.general
        builders = 0.5 * self.building * place.served
        materials = min(0.5 * self.building, builders + 0.01)
        self.cash -= services + builders + goods + materials + self.school + self.health
        place.till += services + builders
        self.housing += builders / place.price + materials / place.tradable_price

    def close(self) -> None:
        """Traders have been paid: income of the month."""
        self.labour_income = sum(one.earnings for one in self.people if one.status < AWAY)
        self.income = self.labour_income + self.receipt


class Person(mesa.Agent):  # type: ignore[misc]
    """One person."""

    status: int
    work: int
    formal: int
    search_months: int
    wage: float
    hours: float
    earnings: float
    smoothed: float
    care_hours: float
    admitted: int

    def __init__(self, model: Twin, **values: Any) -> None:
        super().__init__(model)
        self.__dict__.update(values)
        self.mother: Person | None = None
        self.spouse: Person | None = None
        self.firm: Any = None
        self.stay: Any = None
        self.compares = model.random.random()
        self.quota, self.border = model.random.random(), model.random.random()
        self.card = model.random.random()
        self.receives = False
        self.contacts = 0
        self.capacity = 0.0

    # ---- participation

    def gain(self, market: Plain, arrival: float, months: float) -> Any:
        """K of a market as the person sees it."""
        rules = self.model.rules.participation
        believed = search.believed_arrival(arrival, months, rules.n0)
        return search.search_return(believed, market.separation, rules.beta)

    def look_at_work(self) -> None:
        """Set reservation pay; without a job, be out, search, or work on own account."""
        if self.status == STUDENT:
            self.shaken = False
            return
        if self.status < INACTIVE or self.status > OWN_ACCOUNT:
            return
        model = self.model
        rules = model.rules.participation
        if not self.shaken and model.random.random() >= rules.review:
            return
        self.shaken = False
        home, place = self.home, self.home.place
        price = place.price_index
        age = (model.now - self.birth) // 12
        own = model.pension if self.pensioner else 0.0
        weight = 1.0 if self.receives else rules.theta
        earnings = max(0.0, home.others_earnings - self.smoothed)
        counted = participation.counted_remittances(
            home.persistent, home.variance, sum(home.receipts) / 3.0, rules.gamma, rules.omega
        )
        assets = weight * home.cash / participation.MONTHS_OF_ASSETS
        rest = participation.nonlabour_income(assets, 0.0, earnings, 0.0, rules.theta, weight) / price
        pension, remitted = own / price, weight * counted / price
        income, time = pension + remitted + rest, TIME - self.care_hours
        beside = float(home.own_workers)
        if self.status == OWN_ACCOUNT and self.work == FARM:
            beside = max(beside - 1.0, 0.0)
        farm = technology.farm_return(home.land, beside, place.farm_return / price, LAND_SHARE)
        trade = place.trade_return / price * self.skill
        own_return, work = (farm, FARM) if farm >= trade and farm > 0.0 else (trade, TRADE)
        unit, pay = place.median_income / price, place.median_pay / price
        terms = Terms(
            rules.home_production * unit, rules.work_cost * pay, rules.search_cost * pay,
            self.skill / price, own_return, rules.own_search, rules.curvature, max(unit, 1e-9),
        )  # fmt: skip
        taste = search.aged_taste(self.taste, age, rules.ageing_from, rules.ageing)
        hours = search.premiums(time, taste, rules.curvature)
        months = float(self.search_months)
        market = place.markets[self.occupation]
        best, value, own_value, full, part = search.decide_status(
            income, hours, terms, market.offers, market.part_share, self.gain(market, market.arrival, months)
        )
        self.seeks = self.occupation
        if self.occupation == 1:
            below = place.markets[0]
            other = search.decide_status(
                income, hours, terms, below.offers, below.part_share, self.gain(below, below.arrival, months)
            )
            if other[1] > value:
                best, value, own_value = other[:3]
                self.seeks = 0
        market = place.markets[self.seeks]
        if age > rules.last_age:
            best, full, part, value = INACTIVE, NEVER, NEVER, -terms.search_cost
        if best == OWN_ACCOUNT and work == TRADE and self.status < EMPLOYED and model.random.random() >= model.opening:
            best, value = UNEMPLOYED, max(value, 0.0)
        flow = own_value if best == OWN_ACCOUNT and self.status != EMPLOYED else value
        self.flow = flow * price
        self.not_working = full * price if full < NEVER else NEVER
        self.not_working_part = part * price if part < NEVER else NEVER
        self.reservation_wage = search.full_time_equivalent(flow, full, part) * price
        if self.status == EMPLOYED:
            return
        self.status, self.hours, self.work, self.why = best, 0.0, 0, 0
        if best == OWN_ACCOUNT:
            self.hours, self.work = technology.OWN_ACCOUNT, work
        elif best == INACTIVE and age <= rules.last_age:
            self.why = self.why_out(pension, remitted, rest, time, taste, hours, terms, market, months)

    def why_out(
        self, pension: float, remitted: float, rest: float, time: float, taste: float, hours: Any, terms: Terms,
        market: Any, months: float,
    ) -> int:  # fmt: skip
        """The first thing without which the person would come in."""
        income, points, part = pension + remitted + rest, market.offers, market.part_share
        gain = self.gain(market, market.arrival, months)
        enter = search.would_enter
        if pension > 0.0 and enter(income - pension, hours, terms, points, part, gain):
            return participation.PENSION
        if time < TIME:
            without_care = search.premiums(TIME, taste, terms.curvature)
            if enter(income, without_care, terms, points, part, gain):
                return participation.CARE
        if remitted > 0.0 and enter(income - remitted, hours, terms, points, part, gain):
            return participation.REMITTANCES
        if enter(income, hours, terms, points, part, self.gain(market, market.start_arrival, 0.0)):
            return participation.OFFERS
        return participation.TASTE

    # ---- separations and matching

    def consider_quitting(self) -> None:
        """The job ends if pay is not worth the time, or for other reasons."""
        if self.status != EMPLOYED:
            return
        model = self.model
        net = separations.net_pay(self.wage, self.home.place.tax_rate, self.formal)
        runs_it = self.firm.founder is self
        if runs_it:
            net += max(0.0, self.firm.profit)
        least = self.not_working if self.hours >= FULL_TIME else self.not_working_part
        if separations.quits(net, least):
            self.lose_job(quit_job=True)
        elif model.random.random() < self.chance_that_the_job_ends() and not runs_it:
            self.lose_job()

    def chance_that_the_job_ends(self) -> float:
        """For other reasons than what it pays or what the firm needs."""
        rules = self.model.rules.separations
        return separations.ending(rules.ended, rules.without_contract, self.formal)

    def lose_job(self, quit_job: bool = False) -> None:
        """Out of work: searching if that is worth it."""
        market = self.firm.market
        market.separations += 1
        if not quit_job:
            market.lost += 1
        del self.firm.staff[self]
        self.firm = None
        self.wage = self.hours = 0.0
        self.tenure = self.formal = self.search_months = 0
        self.shaken = True
        self.status = UNEMPLOYED if self.flow >= 0.0 else INACTIVE

    def reach(self) -> None:
        """How many vacancies the person will reach."""
        self.contacts = 0
        if self.status < UNEMPLOYED or self.status > OWN_ACCOUNT:
            return
        model, place = self.model, self.home.place
        rules = model.rules.matching
        others = sum(one.status == EMPLOYED for one in self.home.people if one is not self)
        heard = rules.recruiters + rules.ties * min(others, matching.MOST_TIES)
        own = matching.own_reach(rules.reach, rules.through_contacts, self.known_here)
        if self.status == EMPLOYED:
            mean = matching.reached(own, rules.on_the_job, 0.0, heard, 0.0)
        else:
            intensity = 1.0 if self.status == UNEMPLOYED else model.own_search
            place.markets[self.seeks].searchers += 1.0 if self.status == UNEMPLOYED else model.partly
            mean = matching.reached(own, intensity, 0.0, heard, 0.0)
        self.contacts = min(streams.poisson(mean, model.random.random()), matching.MOST)

    def apply(self) -> None:
        """Apply to the best vacancy reached, if it is worth it."""
        if not self.contacts:
            return
        market = self.home.place.markets[self.seeks]
        if not market.slots:
            return
        luck, here, reserve = self.model.random, self.firm, self.flow
        tax_rate = self.home.place.tax_rate
        if here is not None:
            least = self.not_working if self.hours >= FULL_TIME else self.not_working_part
            reserve = separations.net_pay(self.wage, tax_rate, self.formal) - least
        best, best_surplus, seen = None, 0.0, 0
        for _ in range(self.contacts):
            firm = luck.choice(market.slots)
            flow = self.not_working if firm.full_time else self.not_working_part
            if firm is here or flow >= NEVER:
                continue
            seen += 1
            units = self.skill * (1.0 if firm.full_time else PART_PAY)
            surplus = separations.net_pay(firm.posted_wage * units, tax_rate, firm.formal) - flow - reserve
            if surplus > best_surplus or (surplus == 0.0 and best is None and here is None):
                best, best_surplus = firm, surplus
        if best is not None:
            rules = self.model.rules.matching
            seeming = matching.seeming_productivity(
                self.skill, rules.noise, 1.0 - luck.random(), 0.0, rules.skill_spread, 1.0
            )
            seeming = matching.valued(seeming, 0, int(self.sex == 0), rules.discrimination, rules.discrimination_women)
            best.applicants.append((seeming, self))
            best.market.applicants += 1
        elif seen and here is None:
            market.refusals += 1

    def start_job(self, firm: Firm) -> None:
        """The first day."""
        firm.market.hires += 1
        if self.firm is not None:
            del self.firm.staff[self]
        else:
            firm.market.taken += 1
        self.firm, self.status = firm, EMPLOYED
        firm.staff[self] = None
        self.wage = (1.0 if firm.full_time else PART_PAY) * firm.posted_wage * self.skill
        self.hours = FULL_TIME if firm.full_time else PART_TIME
        self.formal = firm.formal
        self.work = self.tenure = self.search_months = 0

    def count_months(self) -> None:
        """Months in the job and of search."""
        if self.status == EMPLOYED:
            self.tenure = min(self.tenure + 1, 1200)
        elif self.status == UNEMPLOYED:
            self.search_months = min(self.search_months + 1, 1200)
        elif self.status in (INACTIVE, OWN_ACCOUNT):
            self.search_months = max(self.search_months - 1, 0)

    # ---- migration

    def consider_moving(self) -> None:
        """Now and then: out, back or on."""
        model = self.model
        rules, preferences = model.rules.migration, model.rules.participation
        stay = self.stay
        if self.status < STUDENT:
            return
        age = model.now - self.birth
        if stay is None and (age < 12 * rules.youngest or age >= RETIREMENT or self.in_school):
            return
        if model.random.random() >= rules.consider:
            return
        home, place = self.home, self.home.place
        price, base = place.price_index, place.base_pay
        median = place.median_pay / price
        horizon = float(rules.horizon)
        months = max(1.0, min(horizon, float(RETIREMENT - age)))
        present_value = moving.annuity(preferences.beta, months)
        mine = self.smoothed if stay is None else 0.0
        others = max(home.others_earnings - mine, 0.0)
        share = others / max(home.members + (0 if stay is None else 1), 1) / price
        beside = max(home.own_workers - (1 if self.work == FARM else 0), 0)
        own = moving.own_account_worth(home.land, float(beside), place.farm_return, place.trade_return, self.skill)
        own /= price
        market = place.markets[self.occupation]
        offer = 0.5 * (market.offers[7] + market.offers[8]) * self.skill / price
        time = min(self.not_working / price, 100.0 * base)
        better, worse, chance = moving.prospects_here(
            self.status, mine / price, offer, own, time, market.arrival, market.separation, months
        )
        c0 = preferences.home_production * base
        here = moving.certainty_equivalent(share + better, share + worse, chance, c0, preferences.curvature)
        best = self.best_place(age, stay, price, median, present_value, c0, here)
        if best == HOME or best is not (stay and stay.destination):
            model.movers.append((self, best))

    def best_place(
        self, age: int, stay: Any, price: float, median: float, present_value: float, c0: float, here: float
    ) -> Any:
        """Where life is worth most: a way there, `HOME`, or where the person is."""
        model, home, place = self.model, self.home, self.home.place
        rules, luck, curvature = model.rules.migration, model.random, model.rules.participation.curvature
        where = stay.destination if stay is not None else None
        usual = place.prevalence[moving.prevalence_group(self.sex, age)]
        services = 0.5 * (place.school_quality + place.health_quality)
        bound = moving.terms_here(rules.services, services, rules.protection, 0.0, rules.rights, 1.0)
        bound += rules.care * self.care_hours / FULL_TIME
        spouse: Any = NOBODY
        if self.spouse is not None:
            spouse = self.spouse.stay.destination if self.spouse.stay is not None else HOME
        everyone = max(1, place.adults + sum(place.crowd.values()))

        def gain_of(there: float, worth: float, cost: float) -> float:
            return float(moving.gain_in_years(there, here, worth, cost, median, c0, curvature))

        rooted = self.attachment
        if stay is not None:
            rooted = moving.attachment_away(rooted, rules.pull_back, self.known_here)
        total, weights, ways = 0.0, [], []
        for there in model.destinations:
            stays = there is where
            kin = sum(one.destination is there for one in home.stays)
            tie = 1.0 if kin > (1 if stays else 0) else 0.0
            helped, doubted = 0.0, 1.0
            if not stays:
                known = moving.acquainted(place.crowd[there] / everyone, rules.circle)
                helped = moving.help_there(tie, known, rules.community)
                kappa = moving.knowledge(helped, self.trips, 0.0, rules.tie_knowledge, rules.trip_knowledge)
                doubted = moving.doubt(kappa, rules.pessimism)
            net = self.pay_at(there, 0)
            if self.occupation == 1:
                net += there.recognised * (self.pay_at(there, 1) - net)
            pay, living = net * doubted / price, there.living_cost / price
            less = pay * (1.0 - model.rules.away.penalty_without_papers)
            at_start = float(stay.employed) if stays else rules.tie_job * helped

            def as_one(papers: bool, there: Any = there, at_start: float = at_start, doubted: float = doubted,
                       pay: float = pay, less: float = less, living: float = living) -> Any:  # fmt: skip
                jobless, placed = there.in_work[papers]
                work = moving.believed_chance(jobless + at_start * (placed - jobless), doubted)
                return moving.certainty_equivalent((pay if papers else less) - living, 0.0, work, c0, curvature)

            value_there = as_one(not stays or bool(stay.regular))
            way, cost, worth, wait = REGULAR, 0.0, present_value, 0.0
            if stays:
                way = stay.route
                worth = present_value if stay.regular else present_value * there.undetected
                gain = gain_of(value_there, worth, 0.0)
            else:
                gain, admitted = -moving.LARGEST, self.quota < there.regular_share
                if admitted:
                    wait = moving.wait_left(self.admitted, model.now, there.waiting)
                    later = model.rules.participation.beta**wait
                    cost = moving.price_of_trip(there.fare, helped, rules.tie_discount, 0.0)
                    gain = gain_of(value_there, worth * later, later * cost / price)
                tempting = wait > 0.0 or there.irregular_fee < there.fare
                if not admitted or (tempting and there.irregular_fee > 0.0):
                    asked = moving.price_of_trip(there.irregular_fee, helped, rules.tie_discount, 0.0)
                    worth = present_value * there.undetected
                    without_papers = gain_of(as_one(False), worth, asked / price)
                    if without_papers > gain:
                        way, cost, gain, wait = IRREGULAR, asked, without_papers, 0.0
                if way == IRREGULAR and there.recruiter_fee > 0.0:
                    asked = moving.recruiter_price(there.recruiter_fee, there.fare, 0.0)
                    placed = moving.believed_chance(there.in_work[1][1], doubted)
                    by_them = moving.certainty_equivalent(pay - living, 0.0, placed, c0, curvature)
                    by_recruiter = gain_of(by_them, present_value, asked / price)
                    if by_recruiter > gain:
                        way, cost, gain = RECRUITED, asked, by_recruiter
            attachment = rooted * moving.share_of_attachment(there.abroad, there.distance, rules.near)
            family = -rules.apart if spouse == HOME else rules.apart if spouse is there else 0.0
            value = moving.utility_of_place(
                gain, rules.gain_weight, tie, rules.tie_weight, usual, rules.norm_weight,
                there.amenity - bound + family, attachment,
            )  # fmt: skip
            weights.append(max(min(value / rules.nest, moving.LARGEST), -moving.LARGEST))
            ways.append(Plain(destination=there, route=way, cost=cost, helped=helped, wait=wait))
            total += math.exp(weights[-1])
        at_home = 0.0
        if where is not None:
            at_home = -rules.gain_weight * where.fare / price / (12.0 * median)
            if stay.savings - stay.waiting >= stay.target:
                at_home += rules.target_pull
        abroad = moving.logistic(rules.nest * math.log(total) - at_home)
        if stay is not None:
            stay.intention = moving.life_at_home(abroad, rules.consider, model.rules.participation.beta)
        if luck.random() >= abroad:
            return HOME if stay is not None else None
        scores = [weight + moving.gumbel(1.0 - luck.random()) for weight in weights]
        best = ways[scores.index(max(scores))]
        if best.wait > 0.0 and self.admitted == NOT_ASKED:
            self.admitted = model.now + math.ceil(best.wait)
        return where if best.destination is where or best.wait > 0.0 else best

    def pay_at(self, there: Any, level: int) -> Any:
        """Net pay of the person at a destination."""
        skill = self.skill / self.home.place.markets[level].usual_skill
        return away.pay_there(there.pay[level], skill, there.skill_return, 1, 0.0)

    def come_back(self) -> None:
        """Pay the way and debts as far as they go, bring the rest home."""
        stay, home = self.stay, self.home
        left = stay.savings - min(stay.destination.fare, stay.savings)
        home.cash += left - min(stay.debt, left)
        home.stays.remove(stay)
        self.stay, self.status, self.shaken = None, INACTIVE, True
        self.earnings = self.smoothed = 0.0
        home.members += 1
        home.adults += 1

    def leave(self, way: Any) -> None:
        """Go if the household can pay the way and still eat."""
        model, home = self.model, self.home
        rules, place = model.rules.migration, home.place
        if home.adults <= 1 and home.children > 0:
            return
        others = max(home.others_earnings - self.smoothed, 0.0)
        need = home.need * place.price_index * max(home.members - 1, 0) / max(home.members, 1)
        loan = moving.trip_loan(others, rules.loan_months, home.debt, place.lendable)
        cost, asked = way.cost, 0.0
        if way.route == RECRUITED:
            asked, cost = way.cost, way.cost * (1.0 - rules.advance)
        payable = moving.can_pay(home.cash, loan, cost, others, need)
        if not payable and way.route == IRREGULAR and way.destination.recruiter_fee > 0.0:
            asked = moving.recruiter_price(way.destination.recruiter_fee, way.destination.fare, 0.0)
            way.route, cost = RECRUITED, asked * (1.0 - rules.advance)
            payable = moving.can_pay(home.cash, loan, cost, others, need)
        if not payable:
            return
        borrowed = max(0.0, cost - home.cash)
        purse = min(rules.purse * way.destination.living_cost, max(0.0, home.cash - cost) / 2.0)
        home.cash -= cost - borrowed + purse
        home.debt += borrowed
        place.lendable -= borrowed
        home.members -= 1
        home.adults -= 1
        if self.firm is not None:
            del self.firm.staff[self]
            self.firm = None
        if self.status == OWN_ACCOUNT and self.work == FARM:
            home.own_workers = max(home.own_workers - 1, 0)
        self.status, self.work, self.formal, self.tenure, self.search_months = AWAY, 0, 0, 0, 0
        self.hours = self.wage = self.earnings = self.care_hours = 0.0
        altruism = moving.altruism_at_departure(rules.altruism, home.children, rules.altruism_per_child)
        target = rules.target_years * 12.0 * place.base_pay
        self.settle_in(way, purse, asked * rules.advance, altruism, target, transfers.OPERATOR, 0.08)

    def move_on(self, way: Any) -> None:
        """Go on if savings pay the way."""
        stay = self.stay
        debt = way.cost * self.model.rules.migration.advance if way.route == RECRUITED else 0.0
        if way.cost - debt > stay.savings:
            return
        self.home.stays.remove(stay)
        left = stay.savings - (way.cost - debt)
        self.settle_in(way, left, debt + stay.debt, stay.altruism, stay.target, stay.channel, stay.known_cost)

    def settle_in(
        self, way: Any, savings: float, debt: float, altruism: float, target: float, channel: int, known: float
    ) -> None:
        """The first day there."""
        model, there = self.model, way.destination
        rules = model.rules.migration
        self.trips += 1
        self.admitted = NOT_ASKED
        model.departures += 1
        regular = way.route != IRREGULAR
        recognised = regular and model.random.random() < there.recognition_at_arrival
        level = 1 if self.occupation == 1 and recognised else 0
        employed = way.route == RECRUITED or model.random.random() < rules.tie_job * way.helped
        work = moving.share_in_work(float(employed), there.finding, there.separation, 12.0)
        self.stay = Plain(
            person=self, destination=there, start=model.now + 1, route=way.route, regular=regular, employed=employed,
            savings=savings, debt=debt, altruism=altruism, target=target, waiting=0.0, plan=0.0, channel=channel,
            known_cost=known, intention=0.3, means=work * self.pay_at(there, level) - there.living_cost,
        )  # fmt: skip
        self.home.stays.append(self.stay)

    # ---- remittances

    def plan_remittance(self, stay: Any, together: float) -> float:
        """How much the household should receive a month; returns what of it is meant for the house."""
        model, home = self.model, self.home
        rules = model.rules.remittances
        stay.plan = 0.0
        mine = max(stay.means, 0.0)
        if home.members == 0:
            return 0.0
        part = mine / together if together > 0.0 else 1.0 / len(home.stays)
        woman = int(self.sex == Sex.WOMAN)
        usual = max(home.usual_earned, 0.0)
        contact = remittances.contact_with_home(rules.contact, rules.contact_women, woman, home.woman_decides)
        heard = max(remittances.heard_income(usual, home.labour_income, contact), 0.0) * part
        at_departure, fading = stay.altruism * (1.0 + rules.women_more * woman), 1.0 - rules.women_hold * woman
        altruism = remittances.altruism_now(at_departure, rules.decay * fading, model.now - stay.start, home.members)
        weight = remittances.weight_of_home(altruism, stay.intention, rules.own_later)
        planned = remittances.planned_remittance(mine, usual * part, stay.known_cost, weight)
        to_family = remittances.planned_remittance(mine, usual * part, stay.known_cost, altruism)
        for_house = remittances.meant_for_house(planned, to_family, rules.sender_keeps)
        left = max(0.0, mine - planned * (1.0 + stay.known_cost))
        more = remittances.insured_part(usual * part, heard, altruism)
        able = 0.5 * left + rules.savings_drawn * max(0.0, stay.savings - stay.waiting)
        planned = max(0.0, planned + min(more, able))
        left = max(0.0, mine - planned * (1.0 + stay.known_cost))
        planned += min(rules.loan_help * home.debt, 0.5 * left)
        stay.plan = planned
        return for_house

    def send(self, stay: Any) -> None:
        """Set money aside; send it when the balance is worth a transfer."""
        model, home = self.model, self.home
        rules, place, luck, ways = model.rules.remittances, home.place, model.random, model.providers
        stay.waiting = min(stay.waiting + stay.plan, stay.savings)
        if stay.plan <= 0.0 and stay.waiting <= 0.0:
            return
        abroad = stay.destination.abroad
        carrier = place.colleagues.get(stay.destination, 0) > 1
        account = home.account == 1
        informed = self.compares < place.start_informed
        way = transfers.travel_cost(home.desk_distance, 0.0, rules.travel, place.base_pay * place.price_index)
        last = ways[stay.channel]
        trip = [way if one.desk else 0.0 for one in ways]
        worth = transfers.sending_balance(last.fixed_fee + trip[stay.channel], stay.plan, rules.wait)
        usable = [
            one.offered and transfers.can_use(k, account, carrier, one.needs_account) for k, one in enumerate(ways)
        ]

        def shares(amount: float) -> list[float]:
            carrier = ways[transfers.INFORMAL]
            known = [one if informed or one is last or one is carrier else ways[transfers.OPERATOR] for one in ways]
            return [
                transfers.cost_of_sending(seen.fixed_fee, seen.rate, seen.margin * abroad, trip[k], one.loss, amount)
                for k, (one, seen) in enumerate(zip(ways, known, strict=True))
            ]

        def scores(share: list[float]) -> list[float]:
            papers = 0.0 if stay.regular else rules.papers
            return [
                transfers.channel_score(
                    share[k], one.trust - (papers if k != transfers.INFORMAL else 0.0), rules.sensitivity
                )
                for k, one in enumerate(ways)
            ]

        share = shares(max(worth, stay.plan, 0.01))
        told = [(score, share[k]) for k, score in enumerate(scores(share)) if usable[k]]
        worthy = sum(math.exp(score) for score, _ in told)
        if worthy > 0.0:
            liked = sum(math.exp(score + rules.sensitivity * cost) for score, cost in told)
            stay.known_cost = transfers.felt_cost(worthy, liked, rules.sensitivity)
        if stay.waiting < max(worth, 0.01):
            return
        amount, best, most = stay.waiting, transfers.OPERATOR, transfers.FAR
        for k, score in enumerate(scores(shares(amount))):
            drawn = score - math.log(-math.log(1.0 - luck.random()))
            if usable[k] and drawn > most:
                best, most = k, drawn
        chosen = ways[best]
        rate = chosen.rate + chosen.margin * abroad
        amount = min(amount, (stay.savings - chosen.fixed_fee) / (1.0 + rate))
        if amount < worth or amount <= 0.0:
            return
        stay.savings -= chosen.fixed_fee + (1.0 + rate) * amount
        stay.channel, stay.waiting = best, 0.0
        if luck.random() >= chosen.loss:
            home.receipt += amount
            home.trip += trip[best]
