"""Skills: schooling as an investment, courses, and what people learn at work here and away."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.codes import Event, Occupation, Sex, Status
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Destinations, Households, Localities, Markets, Migrants, Persons
from sim.streams import Luck, uniforms
from sim.table import Array

CHILD, STUDENT, INACTIVE = int(Status.CHILD), int(Status.STUDENT), int(Status.INACTIVE)
EMPLOYED, OWN_ACCOUNT = int(Status.EMPLOYED), int(Status.OWN_ACCOUNT)
AWAY, ABSENT = int(Status.AWAY), int(Status.ABSENT)
BASIC, SKILLED = int(Occupation.BASIC), int(Occupation.SKILLED)
WOMAN, MAN = int(Sex.WOMAN), int(Sex.MAN)
SCHOOL_START, HELPER, WORKING_AGE, ADULT, LAST_AT_SCHOOL = (
    7 * 12,
    10 * 12,
    15 * 12,
    18 * 12,
    25 * 12,
)  # months
CAREER = 480  # months of work that schooling pays for
STAY = 36  # months abroad over which the chance of recognition is counted
CHOSE, COULD_NOT_PAY, TRAINED = 1, 2, 3  # what becomes of a pupil who leaves; of somebody on a course


@rule
def school_skill(schooling: float, return_to_schooling: float) -> float:
    """Efficiency units of an hour after so many years of school, without experience: exp(rate * years).

    References
    ----------
    Mincer (1974), Schooling, Experience, and Earnings.
    """
    return math.exp(return_to_schooling * schooling)


@rule
def school_progress(quality: float, repetition: float) -> float:
    """School years completed in a year: 1 in a school of full quality, less where years are repeated."""
    return 1.0 - repetition * (1.0 - quality)


@rule
def annuity(beta: float, wait: int, months: int) -> float:
    """Present value of one a month for ``months`` months that begins after ``wait`` months."""
    return beta**wait * (1.0 - beta**months) / (1.0 - beta)


@rule
def pay_gain(basic: float, skilled: float, schooling: float, threshold: float, rate: float) -> float:
    """Pay a month that one more year of school adds.

    The year raises what somebody makes in an hour by ``rate``; below the threshold of skilled work it
    also brings an even part of the step in pay.

    Parameters
    ----------
    basic, skilled : money/month, pay of an efficiency unit in the two kinds of work
    schooling, threshold : year
    rate : 1/year, return to schooling in log pay
    """
    skill = school_skill(schooling, rate)
    growth = math.exp(rate) - 1.0
    if schooling >= threshold:
        return skilled * skill * growth
    return basic * skill * growth + max(0.0, skilled - basic) * skill / threshold


@rule
def recognised_share(at_arrival: float, monthly: float) -> float:
    """Share of a stay's people whose qualifications are recognised by its end."""
    return 1.0 - (1.0 - at_arrival) * (1.0 - monthly) ** STAY


@rule
def work_forgone(months: int, pay: float) -> float:
    """Pay a month a pupil of that age gives up: nothing below ten, all of an adult's from eighteen."""
    part = (months - HELPER) / (ADULT - HELPER)
    return pay * min(1.0, max(0.0, part))


@rule
def stay_chance(gain: float, sensitivity: float, value_in_itself: float) -> float:
    """Chance that a pupil whom the household can keep at school stays: logit of the gain in years of pay.

    References
    ----------
    Becker (1964), Human Capital; Manski and Wise (1983), College Choice in America: a logit of net gain.
    """
    return 1.0 / (1.0 + math.exp(-(value_in_itself + sensitivity * gain)))


@rule
def can_pay(surplus: float, receipts: float, assets: float, fees: float) -> bool:
    """Whether a household can pay a year's fees of its pupils (all money/month).

    From what it earns above its need and, where they may be used for school, the receipts it counts on
    and a twelfth of its liquid assets.
    """
    return fees <= 0.0 or surplus + receipts + assets / 12.0 >= fees


@rule
def learned(skill: float, ceiling: float, speed: float) -> float:
    """Skill after a month of work: the nearer the ceiling, the slower (never unlearnt).

    Parameters
    ----------
    skill, ceiling : efficiency units
    speed : share of the gap a month
    """
    return skill + speed * max(0.0, ceiling - skill)


@rule
def experienced(schooling: float, months: float, rate: float, most: float, learning: float) -> float:
    """Skill after that much school and that many months of work: what `learned` adds up to."""
    return school_skill(schooling, rate) * (most - (most - 1.0) * math.pow(1.0 - learning, months))


@kernel
def study_and_learn(
    persons: Persons, households: Households, migrants: Migrants, localities: Localities, markets: Markets,
    destinations: Destinations, rules: Skills, skilled_schooling: float, now: int, luck: Luck, outcome: Array,
) -> None:  # fmt: skip
    """Pupils' year at school ends and the next begins or not; people learn on courses and at work."""
    places = len(localities.base_pay)
    pupils = np.zeros(len(households.school_fee), np.int64)
    for i in range(len(persons.household)):
        if persons.in_school[i] == 1 and persons.status[i] <= STUDENT:
            pupils[persons.household[i]] += 1
    for home in range(len(households.school_fee)):
        fee = rules.school_cost * localities.base_pay[households.locality[home]]
        households.school_fee[home] = fee * (1.0 - households.school_support[home])

    there_basic = 0.0
    there_skilled = 0.0
    return_there = 0.0
    known_places = len(destinations.recognition)
    for d in range(known_places):
        known = recognised_share(1.0 * destinations.recognition_at_arrival[d], 1.0 * destinations.recognition[d])
        basic = 1.0 * destinations.current_pay[d, BASIC]
        skilled = basic + known * (destinations.current_pay[d, SKILLED] - basic)
        there_basic += basic / known_places
        there_skilled += skilled / known_places
        return_there += rules.return_to_schooling * destinations.skill_return[d] / known_places
    pay = np.zeros((places, 2))
    for row in range(len(markets.mean_wage)):
        rate = 1.0 * markets.mean_wage[row]
        pay[markets.locality[row], markets.occupation[row]] = rate if rate > 0.0 else markets.base_wage[row]

    for i in range(len(persons.household)):
        status = persons.status[i]
        if status == ABSENT:
            continue
        if status == AWAY:
            stay = persons.spell[i]
            if stay >= 0 and migrants.employed[stay] == 1:
                most = school_skill(1.0 * persons.schooling[i], rules.return_to_schooling) * rules.most_away
                persons.skill[i] = learned(1.0 * persons.skill[i], most, rules.learning)
            continue
        if persons.training_place[i] > 0.0 and persons.in_school[i] == 0:
            most = school_skill(1.0 * persons.schooling[i], rules.return_to_schooling) * rules.most
            persons.skill[i] = learned(1.0 * persons.skill[i], most, rules.course * persons.training_place[i])
            outcome[i] = TRAINED
        if status in (EMPLOYED, OWN_ACCOUNT):
            most = school_skill(1.0 * persons.schooling[i], rules.return_to_schooling) * rules.most
            persons.skill[i] = learned(1.0 * persons.skill[i], most, rules.learning)
        if persons.in_school[i] == 0:
            continue
        if status > STUDENT:  # went to work or away in the middle of the year
            persons.in_school[i] = 0
            continue
        months = now - persons.birth_month[i]
        if months % 12 != 0 or months <= SCHOOL_START:
            continue

        home = persons.household[i]
        place = households.locality[home]
        progress = school_progress(1.0 * localities.school_quality[place], rules.repetition)
        persons.schooling[i] = persons.schooling[i] + progress
        persons.skill[i] = persons.skill[i] * math.exp(rules.return_to_schooling * progress)
        years = 1.0 * persons.schooling[i]
        if years >= skilled_schooling:
            persons.occupation[i] = SKILLED

        price = 1.0 * localities.price_index[place]
        fee = households.school_fee[home] * price
        surplus = households.others_earnings[home] + 1.0 * households.other_income[home]
        surplus = surplus - households.need[home] * price
        receipts = 0.0
        assets = 0.0
        if rules.remittances_pay_school == 1:
            receipts = 1.0 * households.persistent_receipt[home]
            assets = households.liquid_assets[home] / 100.0
        affordable = can_pay(surplus, receipts, assets, fee * pupils[home])

        group = 0 if persons.sex[i] == WOMAN else 2  # those of the same sex below 35
        abroad = 1.0 * localities.prevalence[place, group]
        working = 1.0 - localities.unemployment[place]
        basic, skilled = pay[place, BASIC] * working, pay[place, SKILLED] * working
        gain = (1.0 - abroad) * pay_gain(basic, skilled, years, skilled_schooling, rules.return_to_schooling)
        gain += abroad * pay_gain(there_basic, there_skilled, years, skilled_schooling, return_there)
        worth = progress * gain * annuity(rules.patience, max(0, WORKING_AGE - months), CAREER)
        now_worth = skilled if years >= skilled_schooling else basic
        costs = 12.0 * (fee + work_forgone(months, now_worth * persons.skill[i]))
        net = (worth - costs) / (12.0 * localities.base_pay[place] * price)
        valued = rules.value_in_itself + rules.mothers * (households.women_power[home] - 0.5)
        stays = uniforms(luck, persons.id[i])[0] < stay_chance(net, rules.sensitivity, valued)
        if affordable and stays and months < LAST_AT_SCHOOL:
            continue
        persons.in_school[i] = 0
        outcome[i] = CHOSE if affordable else COULD_NOT_PAY
        if status == STUDENT:
            persons.status[i] = INACTIVE
            persons.why_out[i] = 0
            persons.shaken[i] = 1


@dataclass
class Skills(Mechanism):
    """Pupils stay at school or leave; people learn on courses, at work and away.

    Once a year, in the month of birth, a household that can pay weighs the pay that a further year of
    school adds, at home and (times the share of the own group away) abroad, against fees and forgone
    work. What a year teaches depends on the quality of schools. Work teaches slowly and ever less, work
    away a little more; a course teaches faster and takes half the time for search (see Matching).
    """

    reads = (
        Persons.id, Persons.household, Persons.sex, Persons.birth_month, Persons.spell,
        Persons.training_place,
        Households.locality, Households.liquid_assets, Households.others_earnings, Households.other_income,
        Households.need, Households.persistent_receipt, Households.school_support, Households.women_power,
        Migrants.employed,
        Localities.school_quality, Localities.price_index, Localities.prevalence, Localities.unemployment,
        Localities.base_pay,
        Markets.locality, Markets.occupation, Markets.mean_wage, Markets.base_wage,
        Destinations.current_pay, Destinations.recognition, Destinations.recognition_at_arrival,
        Destinations.skill_return,
    )  # fmt: skip
    writes = (
        Persons.schooling, Persons.in_school, Persons.skill, Persons.occupation, Persons.status,
        Persons.why_out, Persons.shaken, Households.school_fee,
    )  # fmt: skip
    answers = (
        Answer(
            Localities.school_quality,
            Persons.schooling,
            +1,
            "better schools, fewer repeated years",
            factor=1.2,
        ),
        Answer(Persons.training_place, Persons.skill, +1, "courses teach", factor=1.0, shift=1.0),
        Answer(
            Households.school_support,
            Households.school_fee,
            -1,
            "support lowers the fee",
            factor=1.0,
            shift=0.5,
        ),
    )
    shows = ("school_attendance", "mean_skill")

    on: int = switch("schooling, courses and learning at work")
    remittances_pay_school: int = switch("receipts and liquid assets can pay for school")
    return_to_schooling: float = param(
        0.08,
        "1/year",
        (0.02, 0.15),
        "outside, Psacharopoulos and Patrinos 2018: private return about 9 % a year",
    )
    school_cost: float = param(
        0.03, "share of base pay", (0.0, 0.3), "assumption: fees, books, uniform of a pupil a month"
    )
    repetition: float = param(0.4, "1", (0.0, 1.0), "assumption: years repeated in a school without buildings or staff")
    sensitivity: float = param(3.0, "1/year of local pay", (0.0, 20.0), "assumption: of staying at school to its gain")
    value_in_itself: float = param(2.0, "1", (-5.0, 5.0), "assumption: school valued beside pay, in logit units")
    mothers: float = param(
        1.0, "1", (0.0, 5.0), "more of it where women control money; sign: Duflo 2003; size: assumption, in logit units"
    )
    patience: float = param(
        0.99,
        "1/month",
        (0.97, 0.998),
        "assumption: discount factor for school; below that of R1, since nobody lends for it",
    )
    learning: float = param(
        0.006,
        "1/month",
        (0.0, 0.03),
        "assumption: pay grows by about 3 % in a first year of work (Mincer 1974: 3-4 %)",
    )
    most: float = param(1.5, "1", (1.0, 2.5), "assumption: skill with long experience over skill without")
    most_away: float = param(1.7, "1", (1.0, 2.5), "assumption: the same with experience away")
    course: float = param(0.05, "1/month", (0.0, 0.3), "assumption: share of the gap a month on a course closes")

    def __call__(self, month: Month) -> None:
        """End this month's school years, and learn."""
        if not self.on:
            return
        outcome = np.zeros(month.count(Persons), np.int8)
        study_and_learn(
            month.persons, month.households, month.migrants, month.localities, month.markets,
            month.destinations, self.rules, month.territory.skilled_schooling, month.age_base, month.luck("school"),
            outcome,
        )  # fmt: skip
        left = np.flatnonzero((outcome == CHOSE) | (outcome == COULD_NOT_PAY))
        trained = np.flatnonzero(outcome == TRAINED)
        month.record(int(Event.LEFT_SCHOOL), left, outcome[left], month.values(Persons.schooling)[left])
        month.record(int(Event.TRAINED), trained, 0, month.values(Persons.skill)[trained])
