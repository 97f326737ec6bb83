"""Vital events: ageing, births, deaths, marriage, and households that form and end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.codes import Event, Reason, Sex, Status
from sim.ledger import Flow
from sim.mechanism import Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Firms, Households, Lenders, Localities, Migrants, Persons
from sim.streams import Luck, derived_id, logistic_draw, normal, uniforms
from sim.table import Array

CHILD, STUDENT, INACTIVE = int(Status.CHILD), int(Status.STUDENT), int(Status.INACTIVE)
EMPLOYED, OWN_ACCOUNT = int(Status.EMPLOYED), int(Status.OWN_ACCOUNT)
AWAY, ABSENT = int(Status.AWAY), int(Status.ABSENT)
WOMAN, MAN = int(Sex.WOMAN), int(Sex.MAN)
STUDY, NO_REASON = int(Reason.STUDY), int(Reason.NONE)
SCHOOL_START, WORKING_AGE, ADULT, FORMING = 7 * 12, 15 * 12, 18 * 12, 25 * 12  # months of age
LAST_MARRIAGE, SMALL_CHILD, OLD = 45 * 12, 5 * 12, 60 * 12
TAKEN_OUT = 1  # why a life ends: 0 is a natural death
GROUPS = 20  # five-year age groups of the vital rates, the last one open
FIXED = 65536.0  # labour lost is added up in this fraction of an efficiency unit, so that order plays no part


@rule
def taste_draw(uniform: float, median: float, spread: float) -> float:
    """Taste for time of a person, psi: logistic in logs (R1).

    Parameters
    ----------
    uniform : keyed uniform number in (0, 1)
    median : dimensionless, > 0
        Taste of the median person.
    spread : dimensionless, >= 0
        Scale of the logistic of log taste.
    """
    return median * math.exp(spread * logistic_draw(uniform))


@rule
def median_taste(sex: int, median: float, women: float) -> float:
    """Median of psi among people of that sex: the given one for men, ``exp(women)`` times that for women.

    What care, pay and others' income leave unexplained of women's lower participation, the same everywhere:
    norms on who earns (Jayachandran 2021, IMF Economic Review 69(3), 576-595).
    """
    return median * math.exp(women) if sex == WOMAN else median


@rule
def attachment_draw(uniform: float, mean: float, spread: float) -> float:
    """Attachment to home of a person, xi, in years of local pay: normal (R3)."""
    return mean + spread * normal(uniform)


@rule
def age_group(months: int) -> int:
    """Five-year age group of somebody of that age in months."""
    return min(GROUPS - 1, max(0, months) // 60)


@rule
def school_entry_chance(enrolment: float, quality: float, start_quality: float) -> float:
    """Chance that a child starts school: the place's enrolment, moved by the quality of its schools.

    Enrolment is that of the start, when quality was ``start_quality``; places at school grow and shrink
    with quality (the scarcer of buildings and staff over need).
    """
    if start_quality <= 0.0:
        return enrolment
    return min(1.0, enrolment * quality / start_quality)


@rule
def death_chance(
    base: float,
    quality: float,
    start_quality: float,
    poor: int,
    start_poverty: float,
    service_effect: float,
    poverty_ratio: float,
) -> float:
    """Chance a month that somebody vulnerable (below 5, from 60) dies, in (0, 1).

    The life table of the place holds at its start: at the start's quality of clinics and share of poor
    people the mean over all is ``base`` again. Worse clinics raise it by ``service_effect`` per unit of
    quality, and a poor household has ``poverty_ratio`` times the risk of another.

    References
    ----------
    Houweling and Kunst (2010), British Medical Bulletin 93, 7-26: mortality of children by wealth.
    """
    services = math.exp(service_effect * (start_quality - quality))
    mean_ratio = 1.0 + start_poverty * (poverty_ratio - 1.0)
    own_ratio = poverty_ratio if poor != 0 else 1.0
    return min(1.0, base * services * own_ratio / mean_ratio)


@rule
def marriage_chance(hazard: float, men: int, women: int) -> float:
    """Chance a month that an unmarried woman marries, given who is there to marry.

    Harmonic-mean marriage function: marriages = hazard * 2MW/(M+W), so 2M/(M+W) for each woman; with
    as many men as women it is the hazard, without men it is zero.

    References
    ----------
    Schoen (1981), Demography 18(2), 201-216: the harmonic mean as the basis of a two-sex marriage model.
    """
    if men + women == 0:
        return 0.0
    return min(1.0, hazard * 2.0 * men / (men + women))


@rule
def can_stand_alone(earnings: float, need: float) -> bool:
    """Whether a couple's own earnings cover two adults' subsistence need, both in money a month."""
    return earnings >= 2.0 * need


@rule
def heads_share(cents: int, moving: int, heads: int) -> int:
    """Cents that leave with ``moving`` of ``heads`` people; what cannot be divided stays."""
    return cents * moving // heads


@kernel
def grow_up(
    persons: Persons,
    households: Households,
    localities: Localities,
    enrolment: float,
    start_quality: float,
    now: int,
    luck: Luck,
) -> None:
    """Children start school at seven and become of working age at fifteen."""
    for i in range(len(persons.household)):
        if persons.status[i] != CHILD:
            continue
        months = now - persons.birth_month[i]
        if months == SCHOOL_START:
            quality = localities.school_quality[households.locality[persons.household[i]]]
            draw = uniforms(luck, persons.id[i])[0]
            if draw < school_entry_chance(enrolment, 1.0 * quality, start_quality):
                persons.in_school[i] = 1
        if months >= WORKING_AGE:
            persons.shaken[i] = 1
            if persons.in_school[i] == 1:
                persons.status[i] = STUDENT
                persons.why_out[i] = STUDY
            else:
                persons.status[i] = INACTIVE
                persons.why_out[i] = NO_REASON


@kernel
def die(
    persons: Persons,
    households: Households,
    migrants: Migrants,
    firms: Firms,
    localities: Localities,
    rules: Vital,
    mortality: Array,
    start_quality: float,
    start_poverty: float,
    now: int,
    drawn: Array,
    reasons: Array,
) -> Array:
    """Some people die or are taken out, here or away: their job, spouse and stay away are free of them.

    Returns their rows; notes in ``reasons`` why, by row: 0 for a death, `TAKEN_OUT` by the lever.
    """
    dead = np.empty(len(persons.household), np.int64)
    count = 0
    lost_labour = np.zeros((len(firms.jobs), 2), np.int64)
    highest = base = mortality.max()  # of all chances this month: whoever draws more need not be looked at
    for place in range(len(localities.health_quality)):
        for poor in range(2):
            chance = death_chance(
                base, 1.0 * localities.health_quality[place], start_quality, poor, start_poverty,
                rules.service_effect, rules.poverty_ratio,
            )  # fmt: skip
            highest = max(highest, chance)
    for i in range(len(persons.household)):
        if drawn[i] >= highest and drawn[i] >= persons.removal[i]:
            continue
        status = persons.status[i]
        if status == ABSENT:
            continue
        months = now - persons.birth_month[i]
        chance = mortality[persons.sex[i], age_group(months)]
        if status != AWAY and (months < SMALL_CHILD or months >= OLD):
            home = persons.household[i]
            chance = death_chance(
                chance, 1.0 * localities.health_quality[households.locality[home]], start_quality,
                households.poor[home], start_poverty, rules.service_effect, rules.poverty_ratio,
            )  # fmt: skip
        if drawn[i] >= chance:
            if drawn[i] >= persons.removal[i]:
                continue
            reasons[i] = TAKEN_OUT
        dead[count] = i
        count += 1
        persons.status[i] = ABSENT
        persons.mother[i] = -1
        persons.receives[i] = persons.in_school[i] = 0
        if persons.spouse[i] >= 0:
            persons.spouse[persons.spouse[i]] = -1
            persons.spouse[i] = -1
        firm = persons.employer[i]
        if firm >= 0:
            full_time = 1.0 if firms.full_time[firm] == 1 else 0.5
            firms.jobs[firm, persons.level[i]] -= 1
            lost_labour[firm, persons.level[i]] += math.floor(persons.skill[i] * full_time * FIXED + 0.5)
            persons.employer[i] = -1
        stay = persons.spell[i]
        if stay >= 0:
            migrants.ended[stay] = 1
            migrants.employed[stay] = 0
            migrants.plan[stay] = 0.0
            migrants.waiting[stay] = 0.0
            migrants.debt[stay] = 0  # the debt of the trip dies with the traveller
    for firm in range(len(firms.jobs)):
        for level in range(2):
            if lost_labour[firm, level] > 0:
                left = firms.labour[firm, level] - lost_labour[firm, level] / FIXED
                firms.labour[firm, level] = max(0.0, left)
    if count > 0:
        for i in range(len(persons.household)):
            mother = persons.mother[i]
            if mother >= 0 and persons.status[mother] == ABSENT:
                persons.mother[i] = -1
        for firm in range(len(firms.jobs)):
            founder = firms.founder[firm]
            if founder >= 0 and persons.status[founder] == ABSENT:
                firms.founder[firm] = -1
    return dead[:count]


@kernel
def conceive(persons: Persons, rules: Vital, fertility: Array, now: int, drawn: Array) -> Array:
    """Women present give birth at the rate of their age, less often while the husband is away: their rows."""
    mothers = np.empty(len(persons.household), np.int64)
    count = 0
    highest = fertility.max()
    for i in range(len(persons.household)):
        if drawn[i] >= highest or persons.sex[i] != WOMAN or persons.status[i] > OWN_ACCOUNT:
            continue
        chance = fertility[age_group(now - persons.birth_month[i])]
        husband = persons.spouse[i]
        if husband >= 0 and persons.status[husband] == AWAY:
            chance = chance * rules.absent_husband
        if drawn[i] < chance:
            mothers[count] = i
            count += 1
    return mothers[:count]


@kernel
def inherit_traits(
    persons: Persons, mothers: Array, rules: Vital, birth: Luck, traits: Luck,
    ids: Array, sexes: Array, tastes: Array, attachments: Array,
) -> None:  # fmt: skip
    """Identity, sex and persistent traits of the newborn of each mother."""
    for k in range(len(mothers)):
        identity = derived_id(birth, persons.id[mothers[k]], 0)
        u0, u1, u2, _ = uniforms(traits, identity)
        ids[k] = identity
        sexes[k] = MAN if u0 < rules.boys else WOMAN
        tastes[k] = taste_draw(u1, median_taste(sexes[k], rules.taste_median, rules.taste_women), rules.taste_spread)
        attachments[k] = attachment_draw(u2, rules.attachment_mean, rules.attachment_spread)


@kernel
def marry(persons: Persons, households: Households, rules: Vital, places: int, now: int, luck: Luck) -> Array:
    """Unmarried people of one locality marry; one moves in with the other, small children with her.

    Brides come at the rate that the men who are there allow; the k-th bride meets the k-th man in a keyed
    order of the month, and nothing comes of it between kin. Returns for each household where people who left
    it went, -1 where nobody left.
    """
    heirs = np.full(len(households.locality), -1, np.int64)
    count = len(persons.household)
    singles = np.empty(count, np.int32)
    single = 0
    single_women = np.zeros(places, np.int64)
    single_men = np.zeros(places, np.int64)
    for i in range(count):
        married, status, months = persons.spouse[i] >= 0, persons.status[i], now - persons.birth_month[i]
        if married or status > OWN_ACCOUNT or months < ADULT or months > LAST_MARRIAGE:
            continue
        singles[single] = i
        single += 1
        place = households.locality[persons.household[i]]
        if persons.sex[i] == WOMAN:
            single_women[place] += 1
        else:
            single_men[place] += 1

    brides = np.zeros(places, np.int64)
    women = np.empty(single, np.int64)
    women_order = np.empty(single, np.float64)
    number = 0
    for k in range(single):
        i = singles[k]
        place = households.locality[persons.household[i]]
        if persons.sex[i] == MAN or single_men[place] == 0:
            continue
        u0, u1, _, _ = uniforms(luck, persons.id[i])
        if u0 < marriage_chance(rules.marriage_hazard, single_men[place], single_women[place]):
            brides[place] += 1
            women[number] = i
            women_order[number] = place + u1
            number += 1
    if number == 0:
        return heirs

    men = np.empty(single, np.int64)
    men_order = np.empty(single, np.float64)
    suitors = 0
    for k in range(single):
        i = singles[k]
        place = households.locality[persons.household[i]]
        if persons.sex[i] == WOMAN or brides[place] == 0:
            continue
        order = uniforms(luck, persons.id[i])[1]
        if order * single_men[place] < 3 * brides[place] + 10:  # the first in the order are enough
            men[suitors] = i
            men_order[suitors] = place + order
            suitors += 1

    women_sorted = np.argsort(women_order[:number], kind="mergesort")
    men_sorted = np.argsort(men_order[:suitors], kind="mergesort")
    new_home = np.full(count, -1, np.int32)
    next_man = 0
    for k in range(number):
        bride = women[women_sorted[k]]
        place = households.locality[persons.household[bride]]
        while next_man < suitors and men_order[men_sorted[next_man]] < place:
            next_man += 1
        if next_man == suitors:
            break
        groom = men[men_sorted[next_man]]
        if households.locality[persons.household[groom]] != place:
            continue
        next_man += 1
        kin = persons.mother[bride] >= 0 and persons.mother[bride] == persons.mother[groom]
        if kin or persons.mother[groom] == bride or persons.household[groom] == persons.household[bride]:
            continue
        persons.spouse[bride] = groom
        persons.spouse[groom] = bride
        persons.shaken[bride] = 1
        persons.shaken[groom] = 1
        if uniforms(luck, persons.id[bride])[2] < rules.bride_moves:
            new_home[bride] = persons.household[groom]
        else:
            new_home[groom] = persons.household[bride]

    for i in range(count):  # small children first, while the old home of their mother is still known
        mother = persons.mother[i]
        if (
            mother >= 0 and new_home[mother] >= 0 and persons.status[i] == CHILD
            and persons.household[i] == persons.household[mother]
        ):  # fmt: skip
            new_home[i] = new_home[mother]
    for i in range(count):
        if new_home[i] >= 0:
            old_home = persons.household[i]
            if heirs[old_home] < 0 or households.id[heirs[old_home]] < households.id[new_home[i]]:
                heirs[old_home] = new_home[i]
            persons.household[i] = int(new_home[i])
            persons.receives[i] = 0
    return heirs


@kernel
def take_stock(
    persons: Persons, now: int, members: Array, adults: Array, away: Array, receivers: Array, eldest: Array
) -> None:
    """Count each household's members here, adults here, members away and receivers; find its eldest adult."""
    for i in range(len(persons.household)):
        status = persons.status[i]
        if status == ABSENT:
            continue
        home = persons.household[i]
        if status == AWAY:
            away[home] += 1
            continue
        members[home] += 1
        if now - persons.birth_month[i] < WORKING_AGE:
            continue
        adults[home] += 1
        receivers[home] += persons.receives[i]
        first = eldest[home]
        if (
            first < 0
            or persons.birth_month[i] < persons.birth_month[first]
            or (persons.birth_month[i] == persons.birth_month[first] and persons.id[i] < persons.id[first])
        ):
            eldest[home] = i


@kernel
def succeed(persons: Persons, households: Households, away: Array, receivers: Array, eldest: Array) -> None:
    """The eldest adult takes over from whoever received or decided on remittances and is gone."""
    for home in range(len(households.locality)):
        if away[home] > 0 and receivers[home] == 0 and eldest[home] >= 0:
            persons.receives[eldest[home]] = 1
            households.woman_decides[home] = 1 if persons.sex[eldest[home]] == WOMAN else 0


@kernel
def find_heirs(households: Households, members: Array, adults: Array, away: Array, heirs: Array, ring: Luck) -> Array:
    """Households without adults here or anybody away, and who takes over: -1 is nobody, -2 it goes on.

    Who left by marriage takes all along; orphans are taken in by the next household clockwise on a keyed
    ring of their locality (or of the territory, where the locality has no other).
    """
    count = len(households.locality)
    taker = np.full(count, -2, np.int64)
    for home in range(count):
        if adults[home] > 0 or away[home] > 0:
            continue
        taker[home] = heirs[home]
        if members[home] == 0 or heirs[home] >= 0:
            continue
        place = uniforms(ring, households.id[home])[0]
        best = 9.0
        for other in range(count):
            if adults[other] == 0:
                continue
            gap = uniforms(ring, households.id[other])[0] - place
            gap = gap + 1.0 if gap < 0.0 else gap
            if households.locality[other] != households.locality[home]:
                gap += 2.0
            if gap < best:
                best = gap
                taker[home] = other
    return taker


@kernel
def dissolve(
    persons: Persons, households: Households, firms: Firms, lenders: Lenders, rules: Vital, homes: Array,
    taker: Array, divided: Array, owed: Array, estates: Array,
) -> None:  # fmt: skip
    """What a household has, owes and whom it leaves goes to who takes over; other estates are wound up."""
    moving = 0
    for home in homes:
        heir = taker[home]
        cash = households.liquid_assets[home]
        if heir >= 0:
            moving += 1
            divided[home] = cash
            if households.locality[heir] == households.locality[home]:
                households.debt[heir] += households.debt[home]
                households.debt[home] = 0
            households.land[heir] += households.land[home]
            households.housing[heir] += households.housing[home]
        if households.debt[home] > 0:
            lender = households.locality[home]
            own_money = cash
            if rules.remittances_repay_estates == 0:
                own_money = max(0, cash - households.received_assets[home])
            owed[home] = min(own_money, households.debt[home])
            divided[home] -= owed[home] if heir >= 0 else 0
            lenders.loans[lender] -= households.debt[home]
            lenders.written_off[lender] += households.debt[home] - owed[home]
            households.debt[home] = 0
        if heir >= 0:
            households.received_assets[heir] += min(households.received_assets[home], divided[home])
        else:
            estates[home] = cash - owed[home]
        households.received_assets[home] = 0
        households.land[home] = 0.0
        households.housing[home] = 0.0
        households.income[home] = 0.0
        households.smoothed_income[home] = 0.0
        households.earned_income[home] = 0.0
    for firm in range(len(firms.owner)):
        if firms.owner[firm] >= 0 and taker[firms.owner[firm]] >= -1:
            firms.owner[firm] = int(taker[firms.owner[firm]])
    if moving > 0:
        for i in range(len(persons.household)):
            if persons.status[i] != ABSENT and taker[persons.household[i]] >= 0:
                persons.household[i] = int(taker[persons.household[i]])


@kernel
def choose_couples(
    persons: Persons, households: Households, localities: Localities, rules: Vital, members: Array,
    eldest: Array, crowded: float, need: float, now: int, luck: Luck,
) -> Array:  # fmt: skip
    """For each household the wife of the couple that leaves it this month, -1 where none does.

    A couple other than the eldest's may leave a crowded household, thinks of it once in a while, and does
    so if it can live on its own earnings; of several the best keyed score leaves.
    """
    leaver = np.full(len(households.locality), -1, np.int64)
    score = np.zeros(len(households.locality))
    for i in range(len(persons.household)):
        husband = persons.spouse[i]
        if husband < 0 or persons.sex[i] != WOMAN or persons.status[i] > OWN_ACCOUNT:
            continue
        home = persons.household[i]
        if members[home] <= crowded or persons.household[husband] != home or persons.status[husband] > OWN_ACCOUNT:
            continue
        if eldest[home] == i or eldest[home] == husband:
            continue
        if now - min(persons.birth_month[i], persons.birth_month[husband]) < FORMING:
            continue
        u0, u1, _, _ = uniforms(luck, persons.id[i])
        if u0 >= rules.consider or u1 <= score[home]:
            continue
        earnings = 1.0 * persons.smoothed_earnings[i] + 1.0 * persons.smoothed_earnings[husband]
        if can_stand_alone(earnings, need * localities.price_index[households.locality[home]]):
            score[home] = u1
            leaver[home] = i
    return leaver


@kernel
def move_out(
    persons: Persons, households: Households, migrants: Migrants, leaver: Array, new_home: Array,
    members: Array, away: Array, now: int, divided: Array,
) -> None:  # fmt: skip
    """The couple, its unmarried minors and its unmarried children away leave with their share by heads."""
    moved = np.zeros(len(new_home), np.int64)
    moved_away = np.zeros(len(new_home), np.int64)
    for i in range(len(persons.household)):
        if persons.status[i] == ABSENT:
            continue
        home = persons.household[i]
        if home >= len(leaver) or leaver[home] < 0:
            continue
        wife = leaver[home]
        months = now - persons.birth_month[i]
        child = persons.mother[i] == wife and persons.spouse[i] < 0
        gone = persons.status[i] == AWAY
        if not (i == wife or persons.spouse[i] == wife or (child and (gone or months < ADULT))):
            continue
        target = int(new_home[home])
        persons.household[i] = target
        if gone:
            moved_away[home] += 1
            households.away[home] -= 1
            households.away[target] += 1
            if persons.spell[i] >= 0:
                migrants.household[persons.spell[i]] = target
            continue
        moved[home] += 1
        households.members[home] -= 1
        households.members[target] += 1
        if months >= WORKING_AGE:
            households.adults[home] -= 1
            households.adults[target] += 1
        else:
            households.children[home] -= 1
            households.children[target] += 1
        persons.receives[i] = 0
    for home in range(len(leaver)):
        if leaver[home] < 0:
            continue
        target = new_home[home]
        heads = members[home] + away[home]
        moving = moved[home] + moved_away[home]
        held = min(households.received_assets[home], households.liquid_assets[home])
        received = heads_share(held, moving, heads)
        own_money = households.liquid_assets[home] - held
        divided[home] = heads_share(own_money, moving, heads) + received
        share = moving / heads
        for_away = moved_away[home] / away[home] if away[home] > 0 else 0.0
        households.land[target] = share * households.land[home]
        households.land[home] -= households.land[target]
        households.housing[target] = share * households.housing[home]
        households.housing[home] -= households.housing[target]
        households.need[target] = share * households.need[home]
        households.need[home] -= households.need[target]
        households.income[target] = share * households.income[home]
        households.income[home] -= households.income[target]
        households.smoothed_income[target] = share * households.smoothed_income[home]
        households.smoothed_income[home] -= households.smoothed_income[target]
        households.earned_income[target] = share * households.earned_income[home]
        households.earned_income[home] -= households.earned_income[target]
        households.earned_variance[target] = share * share * households.earned_variance[home]
        households.earned_variance[home] = (1.0 - share) ** 2 * households.earned_variance[home]
        households.received_assets[target] = received
        households.received_assets[home] -= received
        households.persistent_receipt[target] = for_away * households.persistent_receipt[home]
        households.persistent_receipt[home] -= households.persistent_receipt[target]
        households.receipt_variance[target] = for_away * for_away * households.receipt_variance[home]
        households.receipt_variance[home] = (1.0 - for_away) ** 2 * households.receipt_variance[home]
        for k in range(3):
            households.receipts[target, k] = for_away * households.receipts[home, k]
            households.receipts[home, k] -= households.receipts[target, k]
        households.woman_decides[target] = households.woman_decides[home]


@kernel
def name_households(persons: Persons, wives: Array, luck: Luck, ids: Array) -> None:
    """Identity of the household each couple founds."""
    for k in range(len(wives)):
        ids[k] = derived_id(luck, persons.id[wives[k]], 0)


@dataclass
class Vital(Mechanism):
    """People are born, grow up, marry, form households and die.

    Rates by age and sex are those of the place. Births need a woman here, marriages somebody to marry,
    a new household the means to live; deaths of small children and old people fall with the quality of
    clinics and rise with poverty. Nothing of a household without people is lost: it goes to those who
    take in its orphans, to the one who married out of it, or, after its debts, to kin elsewhere.
    """

    reads = (
        Persons.id, Persons.sex, Persons.birth_month, Persons.skill, Persons.level, Persons.smoothed_earnings,
        Persons.removal, Households.id, Households.locality, Households.zone, Households.poor, Households.liquid_assets,
        Households.account, Households.desk_distance,
        Migrants.savings, Firms.full_time,
        Localities.school_quality, Localities.health_quality, Localities.price_index,
    )  # fmt: skip
    writes = (
        Persons.status, Persons.why_out, Persons.in_school, Persons.shaken, Persons.household, Persons.mother,
        Persons.spouse, Persons.employer, Persons.spell, Persons.receives,
        Households.land, Households.housing, Households.need, Households.income, Households.smoothed_income,
        Households.earned_income, Households.earned_variance, Households.received_assets,
        Households.persistent_receipt, Households.receipt_variance, Households.receipts, Households.debt,
        Households.members, Households.adults, Households.children, Households.away, Households.woman_decides,
        Migrants.ended, Migrants.employed, Migrants.plan, Migrants.waiting, Migrants.debt, Migrants.household,
        Firms.jobs, Firms.labour, Firms.owner, Firms.founder,
        Lenders.loans, Lenders.written_off,
    )  # fmt: skip
    adds = (Persons, Households)
    pays = (
        Flow("inheritance abroad", Migrants.savings, Households.liquid_assets, "savings of those who die away"),
        Flow(
            "division",
            Households.liquid_assets,
            Households.liquid_assets,
            "share of those who form or join one",
        ),
        Flow(
            "debts of estates",
            Households.liquid_assets,
            Lenders.cash,
            "what a household that ends still owed",
        ),
        Flow("estates", Households.liquid_assets, Localities.outside, "left to kin elsewhere by one that ends"),
    )
    shows = ("population", "net_births")

    on: int = switch("births, deaths, marriages, ageing and household formation")
    remittances_repay_estates: int = switch("remittances a household leaves behind pay its debts")
    taste_median: float = param(
        0.06, "1", (0.005, 5.0),
        "taste for time of the median man; own fit, as the next, to participation at 25-54 in Senegal 2013 and the "
        "United Kingdom 2012 (men 76 and 92 %, women 43 and 79 %; World Bank and ILO)",
    )  # fmt: skip
    taste_women: float = param(
        1.9, "1", (-1.0, 4.0),
        "log of women's median taste over men's; own fit. In eleven other countries men's odds at 25-54 are e^1.91 "
        "times women's (2013), which is 3.1 at the spread below with care, pay and income of others in it",
    )  # fmt: skip
    taste_spread: float = param(1.6, "1", (1.0, 3.0), "own fit, Mroz 1987 and CPS 1991")
    attachment_mean: float = param(
        6.1,
        "year of local pay",
        (2.0, 15.0),
        "fitted to the emigrant stock of one place, the Mexican municipality; least identified",
    )
    attachment_spread: float = param(
        2.0, "year of local pay", (0.5, 5.0), "fitted to one place's emigrant stock; least identified"
    )
    boys: float = param(0.512, "1", (0.5, 0.53), "outside: about 105 boys per 100 girls at birth")
    absent_husband: float = param(
        0.4, "1", (0.0, 1.0),
        "assumption: births while the husband is away, relative; lower after Agadjanian, Yabiku and Cau 2011",
    )  # fmt: skip
    service_effect: float = param(
        0.7, "1", (0.0, 2.0), "assumption: log mortality below 5 and from 60 per unit of clinics' quality"
    )
    poverty_ratio: float = param(
        1.5,
        "1",
        (1.0, 3.0),
        "assumption: mortality of the poor over others; direction from Houweling and Kunst 2010",
    )
    marriage_hazard: float = param(
        0.012,
        "1/month",
        (0.001, 0.05),
        "assumption: an unmarried woman of 18 marries within five years, median",
    )
    bride_moves: float = param(0.9, "1", (0.0, 1.0), "assumption: share of couples living with his household at first")
    crowding: float = param(
        1.5, "1", (1.0, 4.0), "assumption: members over the place's mean from which a couple may leave"
    )
    consider: float = param(1.0 / 12.0, "1/month", (1.0 / 36.0, 1.0), "assumption: thought of once a year")

    def __call__(self, month: Month) -> None:
        """Let this month's vital events happen, in the order of a life and with households last."""
        if not self.on:
            return
        place = month.territory
        now = month.age_base
        grow_up(
            month.persons, month.households, month.localities, place.school_enrolment, place.school_quality,
            now, month.luck("school entry"),
        )  # fmt: skip
        self.deaths(month)
        self.births(month)
        count = month.count(Households)
        heirs = marry(month.persons, month.households, self.rules, month.count(Localities), now, month.luck("marriage"))
        members, adults, away, receivers = (np.zeros(count, np.int64) for _ in range(4))
        eldest = np.full(count, -1, np.int64)
        take_stock(month.persons, now, members, adults, away, receivers, eldest)
        succeed(month.persons, month.households, away, receivers, eldest)
        self.endings(month, members, adults, away, heirs)
        self.foundings(month, members, away, eldest)

    def deaths(self, month: Month) -> None:
        """People die; those away leave their savings to the household."""
        place = month.territory
        persons, reasons = month.persons, np.zeros(month.count(Persons), np.int64)
        dead = die(
            persons, month.households, month.migrants, month.firms, month.localities, self.rules,
            place.mortality, place.health_quality, place.poverty_headcount, month.age_base,
            month.draw(month.values(Persons.id), month.luck("death")), reasons,
        )  # fmt: skip
        stays = month.values(Persons.spell)[dead]
        homes = month.values(Persons.household)[dead]
        abroad = stays >= 0
        savings = month.values(Migrants.savings)[stays[abroad]].copy()
        month.pay("inheritance abroad", stays[abroad], homes[abroad], savings)
        np.add.at(month.values(Households.received_assets), homes[abroad], savings)
        month.values(Persons.spell)[dead] = -1
        ages = (month.age_base - month.values(Persons.birth_month)[dead]) // 12
        month.record(int(Event.DIED), dead, reasons[dead], ages)

    def births(self, month: Month) -> None:
        """Children are born into their mothers' households."""
        drawn = month.draw(month.values(Persons.id), month.luck("birth"))
        mothers = conceive(month.persons, self.rules, month.territory.fertility, month.age_base, drawn)
        count = len(mothers)
        if not count:
            return
        ids, sexes = np.zeros(count, np.int64), np.zeros(count, np.int8)
        tastes, attachments = np.zeros(count), np.zeros(count)
        inherit_traits(
            month.persons, mothers, self.rules, month.luck("identity"), month.luck_once("traits"),
            ids, sexes, tastes, attachments,
        )  # fmt: skip
        homes = month.values(Persons.household)[mothers].copy()
        born = month.add(
            Persons, count, id=ids, household=homes, mother=mothers, sex=sexes, birth_month=month.age_base,
            taste=tastes, attachment=attachments, status=CHILD,
        )  # fmt: skip
        month.record(int(Event.BORN), born)

    def endings(self, month: Month, members: Array, adults: Array, away: Array, heirs: Array) -> None:
        """Households without adults here and without anybody away end."""
        taker = find_heirs(month.households, members, adults, away, heirs, month.luck_once("ring"))
        homes = np.flatnonzero(taker >= -1)
        if not len(homes):
            return
        homes = homes[np.argsort(month.values(Households.id)[homes])]
        divided, owed, estates = (np.zeros(len(taker), np.int64) for _ in range(3))
        dissolve(
            month.persons, month.households, month.firms, month.lenders, self.rules, homes, taker,
            divided, owed, estates,
        )  # fmt: skip
        places = month.values(Households.locality)[homes]
        month.pay("debts of estates", homes, places, owed[homes])
        month.pay("estates", homes, places, estates[homes])
        month.pay("division", homes, np.maximum(taker[homes], 0), divided[homes])

    def foundings(self, month: Month, members: Array, away: Array, eldest: Array) -> None:
        """Couples leave crowded households and found their own."""
        place = month.territory
        leaver = choose_couples(
            month.persons, month.households, month.localities, self.rules, members, eldest,
            self.crowding * place.household_size, place.need, month.age_base, month.luck("household"),
        )  # fmt: skip
        old: Any = np.flatnonzero(leaver >= 0)
        if not len(old):
            return
        wives = leaver[old]
        ids = np.zeros(len(old), np.int64)
        name_households(month.persons, wives, month.luck("household identity"), ids)
        copied = {
            column.name: month.values(column)[old].copy()
            for column in (Households.locality, Households.zone, Households.account, Households.desk_distance)
        }
        founded = month.add(Households, len(old), id=ids, **copied)
        new_home = np.full(len(leaver), -1, np.int64)
        new_home[old] = founded
        divided = np.zeros(len(leaver), np.int64)
        move_out(
            month.persons,
            month.households,
            month.migrants,
            leaver,
            new_home,
            members,
            away,
            month.age_base,
            divided,
        )
        month.pay("division", old, founded, divided[old])
        month.record(int(Event.HOUSEHOLD_FORMED), wives)
