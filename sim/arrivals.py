"""People whom a shock brings: to households as members, to localities on their own."""

from __future__ import annotations

import math

import numpy as np

from sim.codes import Event, Sex, Status
from sim.instruments import Brought
from sim.mechanism import Month, kernel
from sim.mechanisms.vital import attachment_draw, taste_draw
from sim.population import Households, Localities, Markets, Persons
from sim.streams import Luck, derived_id, uniforms
from sim.table import Array, Table

CHILD, INACTIVE = int(Status.CHILD), int(Status.INACTIVE)
WOMAN, MAN = int(Sex.WOMAN), int(Sex.MAN)
SCHOOL_START, WORKING_AGE = 7 * 12, 15 * 12  # months of age
USED = (Households.locality, Localities.median_income, Markets.usual_skill)


@kernel
def name_people(luck: Luck, parents: Array, counts: Array, ids: Array, homes: Array) -> None:
    """Identities of the people who come to each parent row, and of the household each would form alone."""
    k = 0
    for p in range(len(parents)):
        for order in range(counts[p]):
            ids[k] = derived_id(luck, parents[p], 2 * order)
            homes[k] = derived_id(luck, parents[p], 2 * order + 1)
            k += 1


@kernel
def give_traits(
    first: Luck, second: Luck, ids: Array, men: float, youngest: float, oldest: float, skilled: float,
    median: float, spread: float, mean: float, deviation: float,
    sexes: Array, ages: Array, levels: Array, talents: Array, tastes: Array, attachments: Array,
) -> None:  # fmt: skip
    """What each is like: drawn once for each identity, so that a larger number adds others and changes nobody."""
    for k in range(len(ids)):
        u_sex, u_age, u_level, u_talent = uniforms(first, ids[k])
        u_taste, u_attachment, _, _ = uniforms(second, ids[k])
        sexes[k] = MAN if u_sex < men else WOMAN
        ages[k] = int(12.0 * (youngest + (oldest - youngest) * u_age))
        levels[k] = 1 if u_level < skilled else 0
        talents[k] = 0.8 + 0.4 * u_talent
        tastes[k] = taste_draw(u_taste, median, spread)
        attachments[k] = attachment_draw(u_attachment, mean, deviation)


def bring(month: Month, people: Brought, name: str, table: type[Table], rows: Array, intensity: float) -> Array:
    """Bring one month's people to some rows of a table.

    The number for a row is a whole number with the mean ``people.number`` times the intensity. Whom one
    row is brought is the same whatever the others are. People know trade and work as those of their
    qualification here do, with taste for time and attachment drawn as for everybody. Returns their rows.
    """
    parents = np.ascontiguousarray(month.values(table.columns["id"])[rows])
    expected = people.number * intensity
    drawn = month.draw(parents, month.luck(f"{name}, how many"))
    counts = math.floor(expected) + (drawn < expected - math.floor(expected)).astype(np.int64)
    total = int(counts.sum())
    if not total:
        return np.zeros(0, np.int64)
    ids, homes = np.zeros(total, np.int64), np.zeros(total, np.int64)
    name_people(month.luck(f"{name}, people"), parents, counts, ids, homes)
    sexes, ages, levels = (np.zeros(total, np.int64) for _ in range(3))
    talents, tastes, attachments = (np.zeros(total) for _ in range(3))
    drawn_as = month.rules_of("vital")
    give_traits(
        month.luck_once("people, traits"), month.luck_once("people, tastes"), ids, people.men, *people.age,
        people.skilled, drawn_as.taste_median, drawn_as.taste_spread, drawn_as.attachment_mean,
        drawn_as.attachment_spread, sexes, ages, levels, talents, tastes, attachments,
    )  # fmt: skip
    to = np.repeat(rows, counts)
    if table is Localities:
        places = to
        at_home = month.add(
            Households, total, id=homes, locality=places, members=1, adults=1, need=month.territory.need,
            smoothed_income=month.values(Localities.median_income)[places],
        )  # fmt: skip
    else:
        at_home, places = to, month.values(Households.locality)[to].astype(np.int64)
    adult = ages >= WORKING_AGE
    added = month.add(
        Persons, total, id=ids, household=at_home, sex=sexes, birth_month=month.age_base - ages,
        schooling=np.minimum(people.schooling, np.maximum(0.0, ages / 12.0 - 6.0)), occupation=levels * adult,
        skill=np.where(adult, month.values(Markets.usual_skill)[2 * places + levels] * talents, 1.0),
        taste=tastes, attachment=attachments, newcomer=int(people.newcomer),
        in_school=((ages >= SCHOOL_START) & ~adult).astype(np.int64),
        status=np.where(adult, INACTIVE, CHILD), shaken=1,
    )  # fmt: skip
    month.record(int(Event.ARRIVED), added, places, 0.0)
    return added
