"""Newcomers: people from lower-wage places who come where work is to be had and pays more."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.codes import Event, Occupation, Sex, Status
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.mechanisms.remittances import planned_remittance
from sim.mechanisms.vital import attachment_draw, median_taste, taste_draw
from sim.moving import (
    annuity,
    can_pay,
    certainty_equivalent,
    gain_in_years,
    logistic,
    share_in_work,
    utility_of_place,
)
from sim.parameters import param, switch
from sim.population import Households, Localities, Markets, Persons
from sim.streams import Luck, derived_id, uniforms
from sim.table import Array

BASIC, SKILLED = int(Occupation.BASIC), int(Occupation.SKILLED)
WOMAN, MAN = int(Sex.WOMAN), int(Sex.MAN)
EMPLOYED, OWN_ACCOUNT = int(Status.EMPLOYED), int(Status.OWN_ACCOUNT)
TRAITS = 8
SEX, BIRTH, LEVEL, SKILL, TASTE, ATTACHMENT, PURSE, POOL_PAY = range(TRAITS)


@rule
def chance_of_offer(arrival: float, left_open: int, searchers: int) -> float:
    """Offers a month a newcomer can hope for: those searchers get, or vacancies nobody took per searcher.

    Parameters
    ----------
    arrival : 1/month, >= 0
        Offers per searcher in the last months.
    left_open : vacancies that stayed open this month, >= 0
    searchers : people who search there, >= 0

    Returns
    -------
    1/month, in [0, 1].
    """
    return min(1.0, max(arrival, left_open / (searchers + 1.0)))


@rule
def whole_number(expected: float, uniform: float) -> int:
    """Count with the given mean: its whole part, and one more with the chance of the rest."""
    whole = math.floor(expected)
    return int(whole) + (1 if uniform < expected - whole else 0)


@kernel
def arrive(
    localities: Localities, markets: Markets, rules: Newcomers,
    preferences: Any, weighing: Any, tastes: Any, pool_pay: Array, need: float, now: int,
    names: Luck, first: Luck, second: Luck, choice: Luck,
    ids: Array, places: Array, traits: Array,
) -> int:  # fmt: skip
    """Each candidate of the pool decides whether to come. Returns how many do.

    ``preferences``, ``weighing`` and ``tastes`` are the rules of Participation, Migration and Vital: candidates are
    people like everybody else.
    """
    coming = 0
    horizon = 1.0 * weighing.horizon
    present_value = annuity(preferences.beta, horizon)
    for place in range(len(localities.price)):
        u_count, _, _, _ = uniforms(choice, localities.id[place])
        offered = whole_number(rules.candidates / 100.0 * localities.start_residents[place], u_count)
        price = localities.price_index[place]
        base = max(localities.base_pay[place], 1e-9)
        for k in range(offered):
            name = derived_id(names, localities.id[place], k)
            u_sex, u_age, u_level, u_attachment = uniforms(first, name)
            u_skill, u_taste, u_purse, u_border = uniforms(second, name)
            u_go, _, _, _ = uniforms(choice, name)
            if u_border >= localities.pool_open[place]:
                continue
            level = SKILLED if u_level < rules.skilled_share else BASIC
            row = 2 * place + level
            talent = 0.8 + 0.4 * u_skill
            earned = pool_pay[level] * talent
            skill = markets.usual_skill[row] * talent
            offer = 0.5 * (1.0 * markets.offers[row, 7] + markets.offers[row, 8]) * skill / price
            trade = localities.trade_return[place] * skill / price
            left_open = max(markets.vacancies[row] - markets.hires[row], 0)
            find = chance_of_offer(markets.arrival[row], left_open, markets.searchers[row])
            work = share_in_work(0.0, find, markets.separation[row], horizon)
            c0 = preferences.home_production * base
            here = certainty_equivalent(offer, min(max(trade, 0.0), offer), work, c0, preferences.curvature)
            way = rules.way * earned
            gain = gain_in_years(here, earned, present_value, way, base, c0, preferences.curvature)
            if gain <= 0.0:
                continue  # no reason to come
            purse = 2.0 * u_purse * rules.purse * earned
            if not can_pay(purse, 0.0, way, 0.0, need * price):
                continue
            attachment = attachment_draw(u_attachment, rules.attachment_mean, rules.attachment_spread)
            value = utility_of_place(gain, weighing.gain_weight, 0.0, 0.0, 0.0, 0.0, 0.0, attachment)
            if u_go >= logistic(value):
                continue
            ids[coming] = name
            places[coming] = place
            traits[coming, SEX] = MAN if u_sex < 0.5 else WOMAN
            traits[coming, BIRTH] = now - math.floor(12.0 * (18.0 + 22.0 * u_age))
            traits[coming, LEVEL] = level
            traits[coming, SKILL] = skill
            usual = median_taste(int(traits[coming, SEX]), tastes.taste_median, tastes.taste_women)
            traits[coming, TASTE] = taste_draw(u_taste, usual, tastes.taste_spread)
            traits[coming, ATTACHMENT] = attachment
            traits[coming, PURSE] = purse - way
            traits[coming, POOL_PAY] = earned
            coming += 1
    return coming


@kernel
def send_home(
    persons: Persons, households: Households, localities: Localities, rules: Newcomers, altruism: float,
    pool_pay: Array, rows: Array, cents: Array,
) -> None:  # fmt: skip
    """What newcomers at work send to their families in the pool, in cents; a month of need stays here."""
    for k in range(len(rows)):
        i = rows[k]
        h = persons.household[i]
        need = 1.0 * households.need[h] * localities.price_index[households.locality[h]]
        family = rules.family_income * pool_pay[persons.occupation[i]]
        means = persons.smoothed_earnings[i] - need / max(households.members[h], 1)
        wanted = int(np.rint(planned_remittance(means, family, rules.sending_cost, altruism) * 100.0))
        own_money = households.liquid_assets[h]
        if rules.remittances_sent_on == 0:
            own_money = max(0, own_money - households.received_assets[h])
        cents[k] = max(0, min(wanted, own_money - int(np.rint(need * 100.0))))


@kernel
def identify(luck: Luck, ids: Array, homes: Array) -> None:
    """Identity of each newcomer's household."""
    for k in range(len(ids)):
        homes[k] = derived_id(luck, ids[k], 0)


@dataclass
class Newcomers(Mechanism):
    """Newcomers arrive from lower-wage places where work is to be had.

    Each month the pool offers the same candidates in every world. Each has work there and compares it
    with what the market here offers: its median pay, and the chance of a job, which vacancies left open
    raise. The equation is that of `Migration`. Who comes brings a purse and searches; low earlier pay and
    nobody else's income make for a low reservation wage. With pay there as here nobody has a reason.
    """

    reads = (
        Localities.id, Localities.price, Localities.price_index, Localities.base_pay,
        Localities.start_residents,
        Localities.trade_return, Localities.pool_open,
        Markets.offers, Markets.arrival, Markets.separation, Markets.vacancies, Markets.hires,
        Markets.searchers,
        Markets.usual_skill,
        Persons.id, Persons.household, Persons.newcomer, Persons.status, Persons.occupation,
        Persons.smoothed_earnings,
        Households.locality, Households.members, Households.need, Households.liquid_assets,
        Households.received_assets,
    )  # fmt: skip
    writes = ()
    adds = (Households, Persons)
    pays = (
        Flow("newcomers' purses", Localities.outside, Households.liquid_assets, "what newcomers bring"),
        Flow(
            "newcomers' transfers", Households.liquid_assets, Localities.outside, "what newcomers send to their origin"
        ),
    )
    answers = (
        Answer(Markets.offers, "newcomers", +1, "better pay here draws people", factor=3.0),
        Answer(Localities.trade_return, "newcomers", -1, "who finds no job lives on nothing", factor=0.0),
        Answer(Localities.price_index, "newcomers", -1, "dear places draw nobody", factor=4.0),
    )
    shows = ("newcomers", "newcomer_share")

    on: int = switch("arrival of people from lower-wage places")
    transfers: int = switch("newcomers send money to the families they left")
    remittances_sent_on: int = switch("remittances a newcomer's household received can be sent on to that family")
    family_income: float = param(0.5, "1", (0.0, 2.0), "income of the family left there, in pay there; assumption")
    sending_cost: float = param(0.05, "1", (0.0, 0.5), "cost of sending within the region; assumption")
    candidates: float = param(1.0, "1/month", (0.0, 5.0), "candidates per 100 residents of the start; assumption")
    skilled_share: float = param(0.15, "1", (0.0, 1.0), "of candidates; assumption")
    schooling_basic: float = param(4.0, "year", (0.0, 12.0), "schooling of newcomers; assumption")
    schooling_skilled: float = param(13.0, "year", (9.0, 20.0), "schooling of skilled newcomers; assumption")
    attachment_mean: float = param(
        4.0, "year", (-5.0, 15.0), "lower than of people at large: candidates look around; assumption"
    )
    attachment_spread: float = param(2.0, "year", (0.5, 5.0), "assumption")
    way: float = param(0.5, "month", (0.0, 12.0), "cost of coming, in pay there; assumption")
    purse: float = param(4.0, "month", (0.0, 24.0), "mean savings of candidates, in pay there; assumption")

    def __call__(self, month: Month) -> None:
        """Ask this month's candidates, and let in those who come."""
        if not self.on:
            return
        if self.transfers:
            self.send(month)
        residents = int(month.values(Localities.start_residents).sum())
        most = int(self.candidates / 100.0 * residents) + month.count(Localities)
        ids, places, traits = np.zeros(most, np.int64), np.zeros(most, np.int64), np.zeros((most, TRAITS))
        coming = arrive(
            month.localities, month.markets, self.rules, month.rules_of("participation"),
            month.rules_of("migration"), month.rules_of("vital"), month.territory.pool_pay, month.territory.need,
            month.age_base, month.luck("names"), month.luck_once("traits"), month.luck_once("tastes"),
            month.luck("choice"), ids, places, traits,
        )  # fmt: skip
        if not coming:
            return
        ids, places, traits = ids[:coming], places[:coming], traits[:coming]
        home_ids = np.zeros(coming, np.int64)
        identify(month.luck("homes"), ids, home_ids)
        pool_pay = traits[:, POOL_PAY]
        homes = month.add(
            Households, coming, id=home_ids, locality=places, members=1, adults=1, need=month.territory.need,
            smoothed_income=pool_pay,
        )  # fmt: skip
        level = traits[:, LEVEL]
        people = month.add(
            Persons, coming, id=ids, household=homes, sex=traits[:, SEX], birth_month=traits[:, BIRTH],
            schooling=np.where(level == SKILLED, self.schooling_skilled, self.schooling_basic),
            occupation=level,
            skill=traits[:, SKILL], taste=traits[:, TASTE], attachment=traits[:, ATTACHMENT], newcomer=1,
            recognised=(level == BASIC), contacts=0.0,
            status=int(Status.UNEMPLOYED), shaken=1, reservation_wage=pool_pay,
        )  # fmt: skip
        purses = np.rint(traits[:, PURSE] * 100.0).astype(np.int64)
        month.pay("newcomers' purses", places, homes, purses)
        month.record(int(Event.ARRIVED), people, places, pool_pay)

    def send(self, month: Month) -> None:
        """Those at work send to their origin, by the equation of R4."""
        rows = np.flatnonzero(month.values(Persons.newcomer))
        status = month.values(Persons.status)[rows]
        rows = rows[(status == EMPLOYED) | (status == OWN_ACCOUNT)]
        rows = rows[np.argsort(month.values(Persons.id)[rows], kind="stable")]
        homes = month.values(Persons.household)[rows]
        rows = rows[np.unique(homes, return_index=True)[1]]  # one sender of a household: the first by identity
        homes, cents = month.values(Persons.household)[rows], np.zeros(len(rows), np.int64)
        send_home(
            month.persons, month.households, month.localities, self.rules, month.rules_of("migration").altruism,
            month.territory.pool_pay, rows, cents,
        )  # fmt: skip
        month.pay("newcomers' transfers", homes, month.values(Households.locality)[homes], cents)
