"""A synthetic population that reproduces the published margins of a place.

Age by sex is fitted to its margins by iterative proportional fitting (Deming and Stephan 1940, Annals
of Mathematical Statistics 11(4), 427-444). People are then laid out along a golden-ratio sequence, so
that any first part of it has these shares, and grouped into households in blocks that do not know of
each other: a larger population adds people and changes nobody.
"""

from __future__ import annotations

import math

import numpy as np

from sim.codes import Sex
from sim.mechanism import kernel, rule
from sim.streams import ONCE, Luck, Streams, derived_id, draw, uniforms
from sim.survey import People
from sim.table import Array
from sim.territory import Inputs, TerritoryError

WOMAN, MAN = int(Sex.WOMAN), int(Sex.MAN)
GROUPS = 17  # ages 0-4 ... 80+
ADULT = 15  # years
BLOCK = 256  # persons who can become kin of each other
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
MEN_AT_BIRTH = 0.507  # 103 boys per 100 girls, usual in Africa south of the Sahara
# Ages 20-24 ... 60-64 of people away: most left in their twenties and stay for years; assumption.
AGES_AWAY = (0.08, 0.16, 0.19, 0.17, 0.14, 0.11, 0.08, 0.05, 0.02)
YEARS = (0.0, 6.0, 10.0, 13.0, 16.0)  # of none, primary, lower and upper secondary, higher schooling
COHORT = 0.5  # how much of the rank in schooling goes back to being born later; assumption


@rule
def mixed_rank(own: float, cohort: float, weight: float) -> float:
    """Rank in (0, 1) of a sum of one's own rank and the weighted rank of one's cohort.

    The distribution function of ``own + weight * cohort`` for two independent uniforms: so later
    cohorts rank higher while the ranks of all adults together stay uniform, and shares hold.
    ``weight`` lies in (0, 1].
    """
    total = own + weight * cohort
    if total < weight:
        return total * total / (2.0 * weight)
    if total <= 1.0:
        return total - 0.5 * weight
    return 1.0 - (1.0 + weight - total) * (1.0 + weight - total) / (2.0 * weight)


@rule
def motherhood(gap: float, fertility: Array) -> float:
    """Births per woman a year at the age at which a woman ``gap`` years older than somebody had them."""
    group = int((gap - 15.0) // 5.0)
    if group < 0 or group >= len(fertility):
        return 0.0
    return float(fertility[group])


@rule
def crowding(present: int, members: float) -> float:
    """How much less a household takes in when it is large already: 1 when empty, 1/2 at the mean size."""
    return 1.0 / (1.0 + (present / members) * (present / members))


def natural_men_share(inputs: Inputs) -> Array:
    """Share of men by age group without migration, from births and the place's mortality."""
    deaths = np.array([inputs.mortality_women, inputs.mortality_men])[:, :GROUPS]
    alive = np.cumprod((1.0 - deaths) ** 5, axis=1) / (1.0 - deaths) ** 2.5  # at the middle of each group
    men, women = MEN_AT_BIRTH * alive[MAN], (1.0 - MEN_AT_BIRTH) * alive[WOMAN]
    return np.asarray(men / (men + women))


def margins(inputs: Inputs) -> tuple[Array, Array]:
    """People here and people away by sex and age group, per person here.

    Returns
    -------
    here, away : shape (2, 17)
        ``here`` sums to 1, with the place's age shares and share of men; ``away`` is the stock at all
        destinations, of the sexes the place states and the ages of `AGES_AWAY`.
    """
    stock = np.array([place.emigrants for place in inputs.destinations])
    men = np.array([place.men for place in inputs.destinations])
    if stock.sum() >= 1.0:
        raise TerritoryError(
            f"destinations: emigrants sum to {stock.sum():.3f} of the adults of origin; must be below 1"
        )
    ages = np.asarray(inputs.age_shares, np.float64)
    per_adult = stock / (1.0 - stock.sum()) * ages[ADULT // 5 :].sum()
    profile = np.zeros(GROUPS)
    profile[4 : 4 + len(AGES_AWAY)] = AGES_AWAY
    away = np.array([(per_adult * (1.0 - men)).sum() * profile, (per_adult * men).sum() * profile])

    natural = natural_men_share(inputs)
    origin = np.array([1.0 - natural, natural]) * (ages + away.sum(axis=0))
    here = np.maximum(origin - away, 0.1 * origin)
    sexes = np.array([1.0 - inputs.men_share, inputs.men_share])
    for _ in range(200):
        here *= np.divide(ages, here.sum(axis=0), out=np.zeros(GROUPS), where=ages > 0.0)
        here *= (sexes / here.sum(axis=1))[:, None]
    return here, away


def married_share(inputs: Inputs) -> Array:
    """Share of women living in a union, by age group.

    Unions come before births, so the share follows the place's cumulated fertility with an exponent
    below one, up to 0.85, and falls as husbands, taken as five years older, die; both assumptions.
    """
    births = np.zeros(GROUPS)
    births[3:10] = inputs.fertility
    done = np.cumsum(births) - 0.5 * births
    entered = 0.85 * (done / max(float(births.sum()), 1e-12)) ** 0.4
    husbands = np.cumprod(np.append(np.ones(10), 1.0 - np.asarray(inputs.mortality_men[10:18])) ** 5)
    return np.asarray(entered * husbands[1 : GROUPS + 1])


@kernel
def compose(
    blocks: int,
    members: float,
    cells: Array,
    married: Array,
    fertility: Array,
    later_born: Array,
    schooling_steps: Array,
    enrolment: float,
    offset: float,
    traits: Luck,
    kin: Luck,
    sex: Array,
    age: Array,
    schooling: Array,
    household: Array,
    order: Array,
    mother: Array,
    spouse: Array,
) -> None:
    """Give everybody sex, age and schooling, and block by block spouses, a household and a mother."""
    for block in range(blocks):
        base = block * BLOCK
        years = np.zeros(BLOCK)
        kin_luck = np.zeros((BLOCK, 3))
        for j in range(BLOCK):
            i = base + j
            u_age, u_union, u_head, u_school = uniforms(traits, i)
            kin_luck[j, 0], kin_luck[j, 1], kin_luck[j, 2] = u_union, u_head, u_school
            place = (offset + i * GOLDEN) % 1.0
            cell = 0
            while cell < 2 * GROUPS - 1 and place >= cells[cell]:
                cell += 1
            group = cell % GROUPS
            within = 5.0 * u_age if group < GROUPS - 1 else 15.0 * u_age * u_age
            sex[i] = cell // GROUPS
            age[i] = int(12.0 * (5.0 * group + within))
            years[j] = age[i] / 12.0
            completed = int(years[j])
            if completed < ADULT:
                schooling[i] = max(0.0, completed - 6.0) if u_school > 1.0 - enrolment else 0.0
            else:
                part = min(1.0, (years[j] - 5.0 * group) / 5.0)
                cohort = (1.0 - part) * later_born[sex[i], group] + part * later_born[sex[i], group + 1]
                rank = mixed_rank(u_school, cohort, COHORT)
                level = 0
                while level < 4 and rank >= schooling_steps[sex[i], level]:
                    level += 1
                schooling[i] = min(YEARS[level], completed - 6.0)

        # Couples: a woman in a union takes the free man nearest in age to two to ten years older.
        by_age = np.argsort(-years, kind="mergesort")
        men = np.zeros(BLOCK, np.int64)
        free = 0
        for j in range(BLOCK):
            if sex[base + j] == MAN and years[j] >= 18.0:
                men[free] = j
                free += 1
        for k in range(BLOCK):
            j = by_age[k]
            group = min(int(years[j] // 5.0), GROUPS - 1)
            if sex[base + j] != WOMAN or kin_luck[j, 0] >= married[group]:
                continue
            wanted = years[j] + 2.0 + 8.0 * kin_luck[j, 0] / married[group]
            best, nearest = -1, 12.0
            for m in range(free):
                if abs(years[men[m]] - wanted) < nearest:
                    best, nearest = m, abs(years[men[m]] - wanted)
            if best >= 0:
                husband = men[best]
                spouse[base + j] = base + husband
                spouse[base + husband] = base + j
                free -= 1
                men[best] = men[free]

        # Heads: couples before single people, older ones before younger ones.
        score = np.zeros(BLOCK)
        for j in range(BLOCK):
            couple = spouse[base + j] >= 0
            if years[j] < ADULT or (couple and sex[base + j] == WOMAN):
                score[j] = -1.0  # a couple is led by the man here; it only decides who joins whom
            else:
                score[j] = years[j] + 15.0 * kin_luck[j, 1] + (30.0 if couple else 0.0)
        first = int(base / members)
        wanted_heads = int((base + BLOCK) / members) - first
        ranked = np.argsort(-score, kind="mergesort")
        leads = np.zeros(BLOCK, np.int64)
        for k in range(wanted_heads):
            if score[ranked[k]] > 0.0:
                leads[ranked[k]] = 1
        heads = 0
        present = np.zeros(BLOCK + 1, np.int64)
        for j in range(BLOCK):
            if leads[j] == 1:
                household[base + j] = first + heads
                partner = spouse[base + j]
                if partner >= 0:
                    household[partner] = first + heads
                    order[partner] = 1
                present[heads] = 2 if partner >= 0 else 1
                heads += 1

        # Everybody else joins their mother, or where she cannot be found any household; oldest first.
        women, weights = np.zeros(BLOCK, np.int64), np.zeros(BLOCK)
        placed = 0
        for k in range(BLOCK):
            if sex[base + by_age[k]] == WOMAN and household[base + by_age[k]] >= 0:
                women[placed] = by_age[k]
                placed += 1
        for k in range(BLOCK):
            j = by_age[k]
            i = base + j
            if household[i] >= 0 or (spouse[i] >= 0 and sex[i] == WOMAN):
                continue  # a wife comes with her husband
            u_mother, u_home, _, _ = uniforms(kin, i)
            total = 0.0
            for m in range(placed):
                woman = women[m]
                weights[m] = 0.0
                gap = years[woman] - years[j]
                if gap >= 15.0:
                    ever = 1.0 if spouse[base + woman] >= 0 or years[woman] >= 45.0 else 0.2
                    room = crowding(present[household[base + woman] - first], members)
                    weights[m] = ever * motherhood(gap, fertility) * room
                    total += weights[m]
            left = u_mother * total
            home = -1
            for m in range(placed):
                if weights[m] > 0.0:
                    mother[i] = base + women[m]
                    home = household[mother[i]]
                    left -= weights[m]
                    if left < 0.0:
                        break
            if home < 0:
                home = first + min(int(u_home * heads), heads - 1)  # a block's households never change
            for joins in (i, spouse[i]):
                if joins >= 0:
                    household[joins] = home
                    order[joins] = present[home - first]
                    present[home - first] += 1
                    if sex[joins] == WOMAN:
                        women[placed] = joins - base
                        placed += 1


@kernel
def deal(sizes: Array, localities: int, place: Array) -> None:
    """Deal households to localities in rounds: the largest of a round goes to the smallest locality."""
    total = np.zeros(localities, np.int64)
    for start in range(0, len(sizes), localities):
        hand = np.zeros(localities, np.int64)
        for k in range(localities):
            hand[k] = -sizes[start + k]
        largest = np.argsort(hand, kind="mergesort")
        smallest = np.argsort(total, kind="mergesort")
        for k in range(localities):
            place[start + largest[k]] = smallest[k]
            total[smallest[k]] -= hand[largest[k]]


@kernel
def identities(luck: Luck, parents: Array, orders: Array, made: Array) -> None:
    """Identity of each member from the household's and their order in it."""
    for i in range(len(parents)):
        made[i] = derived_id(luck, parents[i], orders[i])


def synthetic(inputs: Inputs, population: int, streams: Streams) -> People:
    """People of a place at the start, made from its published margins.

    Parameters
    ----------
    inputs : Inputs
        Shares by age, share of men and household size are of those *here*; the emigrant stock is added.
    population : int, >= 1
        Persons in all, those away included. Who is away is not said: taking the stocks of `margins` out,
        by sex, leaves the age and sex shares of the place.
    streams : Streams
        Luck of the run; a person depends on the seed, the place and their own number alone.

    Returns
    -------
    People, sorted by locality and household, each household with its head first. Localities get the
    same number of people as nearly as whole households allow. The last household is cut where
    ``population`` is reached.
    """
    here, away = margins(inputs)
    origin = (here + away).ravel() / (1.0 + away.sum())
    members = inputs.household_size * (1.0 + float(away.sum()))
    adults = float(origin.reshape(2, GROUPS)[:, ADULT // 5 :].sum())
    if adults * members < 1.0:
        raise TerritoryError(
            f"household_size = {inputs.household_size:g} leaves households without anybody aged 15 or older: "
            f"age_shares have {adults:.1%} adults; "
            f"use at least {inputs.household_size / adults / members:.2g}"
        )
    localities = int(inputs.localities)
    blocks = 1 + math.ceil((population + 2.0 * localities * members) / BLOCK)
    slots = blocks * BLOCK

    by_sex = origin.reshape(2, GROUPS) * (np.arange(GROUPS) >= ADULT // 5)
    younger = np.cumsum(np.insert(by_sex, 0, 0.0, axis=1), axis=1)
    sex, age, order = np.zeros(slots, np.int8), np.zeros(slots, np.int32), np.zeros(slots, np.int64)
    schooling = np.zeros(slots, np.float32)
    household, mother, spouse = (np.full(slots, -1, np.int64) for _ in range(3))
    start = streams.luck("synthetic", "sequence", ONCE)
    compose(
        blocks, members, np.cumsum(origin), married_share(inputs), np.asarray(inputs.fertility),
        1.0 - younger / younger[:, -1:],
        np.cumsum([inputs.schooling_women, inputs.schooling_men], axis=1),
        inputs.school_enrolment, float(draw(start, np.zeros(1, np.int64))[0]),
        streams.luck("synthetic", "traits", ONCE), streams.luck("synthetic", "kin", ONCE),
        sex, age, schooling, household, order, mother, spouse,
    )  # fmt: skip

    sizes = np.bincount(household)
    numbers = np.flatnonzero(sizes)
    numbers = numbers[: len(numbers) // localities * localities]
    dealt = np.zeros(len(numbers), np.int64)
    deal(sizes[numbers], localities, dealt)
    place_of = np.zeros(len(sizes), np.int64)
    place_of[numbers] = dealt

    # In the order of households and of members in them, as many as asked for; then by locality.
    kept = np.argsort(household * (1 + order.max()) + order)[:population]
    kept = kept[np.argsort(place_of[household[kept]], kind="stable")]
    row_of = np.full(slots + 1, -1, np.int64)
    row_of[kept] = np.arange(population)
    home = household[kept]
    opens = np.append(True, home[1:] != home[:-1])
    row_of_household = np.cumsum(opens) - 1
    home_ids, ids = np.zeros(int(opens.sum()), np.int64), np.zeros(population, np.int64)
    identities(streams.luck("synthetic", "households", ONCE), home[opens], np.zeros_like(home[opens]), home_ids)
    identities(streams.luck("synthetic", "persons", ONCE), home_ids[row_of_household], order[kept], ids)
    return People(
        id=ids,
        household=row_of_household,
        sex=sex[kept],
        age_months=age[kept],
        schooling=schooling[kept],
        locality=place_of[home].astype(np.int32),
        mother=row_of[mother[kept]],
        spouse=row_of[spouse[kept]],
        household_id=home_ids,
    )
