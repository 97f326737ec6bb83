"""People of the start: the arrays every source of them fills, and a user's own survey as one source."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import math
from collections.abc import Iterable, Sequence

import numpy as np

from sim.codes import Sex
from sim.streams import ONCE, Streams, draw
from sim.table import Array
from sim.territory import Inputs

WOMAN, MAN = int(Sex.WOMAN), int(Sex.MAN)
ADULT = 15  # years
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
SEXES = {"woman": WOMAN, "female": WOMAN, "f": WOMAN, "w": WOMAN, "man": MAN, "male": MAN, "m": MAN}


class SurveyError(ValueError):
    """A survey that cannot be used: which row and column, what was found, what is allowed, what to do."""


@dataclasses.dataclass(frozen=True)
class People:
    """Everybody of a place at the start, members away included: one row per person, by household.

    Attributes
    ----------
    id : int64
        Identity of each person.
    household : int64
        Row of the household, from 0; rows of one household stand together.
    sex : int8
        codes.Sex.
    age_months : int32, month
        Age in completed months.
    schooling : float32, year
        Completed years of school.
    locality : int32
        Row of the locality, the same for all members of a household.
    mother, spouse : int64
        Row of the mother and of the spouse, -1 where unknown or not in the population.
    household_id : int64, one per household
        Identity of each household.
    """

    id: Array
    household: Array
    sex: Array
    age_months: Array
    schooling: Array
    locality: Array
    mother: Array
    spouse: Array
    household_id: Array

    def __len__(self) -> int:
        return len(self.id)


@dataclasses.dataclass(frozen=True)
class SurveyColumn:
    """One column of a survey file: what it holds, in which unit and range, and whether it must be there."""

    meaning: str
    unit: str
    bounds: tuple[float, float] | None = None
    needed: bool = False


COLUMNS: dict[str, SurveyColumn] = {
    "person": SurveyColumn("identity of the person, any text, each once", "text", needed=True),
    "household": SurveyColumn("identity of the household, any text, the same for its members", "text", needed=True),
    "sex": SurveyColumn("woman or man (also female, male, f, m)", "text", needed=True),
    "age": SurveyColumn("age", "year", (0.0, 120.0), needed=True),
    "schooling": SurveyColumn("completed years of school", "year", (0.0, 30.0), needed=True),
    "locality": SurveyColumn("name of the locality, the same for a household", "text"),
    "mother": SurveyColumn("identity of the mother where she lives in the household, else empty", "text"),
    "spouse": SurveyColumn("identity of the spouse where they live in the household, else empty", "text"),
    "weight": SurveyColumn("households the household stands for, the same for its members", "1", (1e-9, 1e12)),
}
"""Columns of a survey. Others are ignored: work and earnings are results of the model, never inputs."""


@dataclasses.dataclass
class _Person:
    """One row of the survey, checked."""

    row: int
    person: str
    household: str
    sex: int
    age: float
    schooling: float
    locality: str
    mother: str
    spouse: str
    weight: float


def read_survey(
    rows: Iterable[Sequence[str]], inputs: Inputs, population: int, streams: Streams, where: str = "survey"
) -> People:
    """People of a survey, checked.

    Parameters
    ----------
    rows : rows of text
        The first names the columns, see `COLUMNS`; one row per person follows, in any order.
    inputs : Inputs
        Of the place; its number of localities must be that of the survey where this names them.
    population : int
        Persons wanted. Used only with weights: households are then drawn in proportion to them until
        this number is reached. Without weights everybody of the survey is taken once.
    streams : Streams
        Luck of the run: which households are drawn, and the month of birth where ages are whole years.
    where : str
        Name of the survey in messages.

    Returns
    -------
    People, sorted by locality, household and person. Without columns for them, spouses are taken to be a
    woman and a man from 20 years who live together and are at most 15 years apart (the woman at most 5
    years older), and the mother the woman of the household nearest to 27 years older.

    Raises
    ------
    SurveyError
        At the first row that cannot be used.
    """
    people = _read_rows(rows, where)
    homes: dict[str, list[_Person]] = {}
    for one in people:
        homes.setdefault(one.household, []).append(one)
    for members in homes.values():
        _check_household(members, where)
    weighted = people[0].weight > 0.0
    names = sorted({one.locality for one in people}, key=lambda name: (len(name), name))
    localities = int(inputs.localities)
    if names != [""] and len(names) != localities:
        raise SurveyError(
            f"{where} names {len(names)} localities, the territory has {localities}; "
            f"set territory.localities.value={len(names)} or leave the column out"
        )
    ordered = sorted(homes, key=_identity)
    if weighted:
        luck = streams.luck("survey", "households", ONCE)
        taken = _sample([homes[name] for name in ordered], population, float(draw(luck, np.zeros(1, np.int64))[0]))
    else:
        taken = [(home, 0) for home in range(len(ordered))]
    if names == [""]:
        where_to = [k % localities for k in range(len(taken))]
    else:
        place = {name: k for k, name in enumerate(names)}
        where_to = [place[homes[ordered[home]][0].locality] for home, _ in taken]

    sequence = sorted(range(len(taken)), key=lambda k: where_to[k])
    members_of = {name: sorted(homes[name], key=lambda one: _identity(one.person)) for name in ordered}
    relatives = {name: _relatives(members) for name, members in members_of.items()}
    listed: list[_Person] = []
    ids, home_ids, household, mother, spouse, locality = [], [], [], [], [], []
    for k in sequence:
        home, copy = taken[k]
        name = ordered[home]
        first = len(listed)
        home_ids.append(_identity(f"household {name}", copy))
        for one, (parent, partner) in zip(members_of[name], relatives[name], strict=True):
            listed.append(one)
            ids.append(_identity(one.person, copy))
            household.append(len(home_ids) - 1)
            locality.append(where_to[k])
            mother.append(first + parent if parent >= 0 else -1)
            spouse.append(first + partner if partner >= 0 else -1)
    identity = np.array(ids, np.int64)
    ages = np.array([one.age for one in listed])
    months = np.floor(12.0 * ages + 1e-6)
    if (ages == np.floor(ages)).all():
        months += np.floor(12.0 * draw(streams.luck("survey", "birth month", ONCE), identity))
    return People(
        id=identity,
        household=np.array(household, np.int64),
        sex=np.array([one.sex for one in listed], np.int8),
        age_months=months.astype(np.int32),
        schooling=np.array([one.schooling for one in listed], np.float32),
        locality=np.array(locality, np.int32),
        mother=np.array(mother, np.int64),
        spouse=np.array(spouse, np.int64),
        household_id=np.array(home_ids, np.int64),
    )


def _identity(name: str, copy: int = 0) -> int:
    """Identity (63 bits) from a name in the survey and the number of the copy."""
    text = f"{name}\0{copy}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little") >> 1


def _read_rows(rows: Iterable[Sequence[str]], where: str) -> list[_Person]:
    """Every row of the survey with its values checked one by one."""
    lines = iter(rows)
    header = [name.strip().lower() for name in next(lines, [])]
    if not any(header):
        raise SurveyError(f"{where} is empty; its first row names the columns: {', '.join(COLUMNS)}")
    for name in header:
        if name and header.count(name) > 1:
            raise SurveyError(f"{where}: the column {name} stands there twice; keep one")
    missing = [name for name, column in COLUMNS.items() if column.needed and name not in header]
    if missing:
        needed = ", ".join(name for name, column in COLUMNS.items() if column.needed)
        raise SurveyError(
            f"{where} lacks the column {missing[0]} ({COLUMNS[missing[0]].meaning}); "
            f"found: {', '.join(header)}; needed: {needed}"
        )
    optional = [name for name in COLUMNS if name not in header]
    for name in header:
        meant = [] if name in COLUMNS else difflib.get_close_matches(name, optional, 1, 0.8)
        if meant:
            raise SurveyError(f"{where}: the column {name} is not known; rename it to {meant[0]}, or leave it out")
    place = {name: header.index(name) for name in COLUMNS if name in header}
    people: list[_Person] = []
    seen: dict[str, int] = {}
    for number, fields in enumerate(lines, 2):
        if not any(field.strip() for field in fields):
            continue
        if len(fields) != len(header):
            raise SurveyError(
                f"{where}, row {number} has {len(fields)} fields, the header {len(header)}; check commas and quotes"
            )
        text = {name: fields[k].strip() for name, k in place.items()}
        for name in text:
            if not text[name] and name not in ("mother", "spouse"):
                raise SurveyError(f"{where}, row {number}: {name} is empty; give {COLUMNS[name].meaning}")
        if text["person"] in seen:
            raise SurveyError(
                f"{where}, row {number}: person {text['person']!r} already stands in row "
                f"{seen[text['person']]}; each person has one row"
            )
        seen[text["person"]] = number
        sex = SEXES.get(text["sex"].lower())
        if sex is None:
            raise SurveyError(f"{where}, row {number}: sex = {text['sex']!r}; allowed: {', '.join(SEXES)}")
        age = _number(text["age"], "age", number, where)
        schooling = _number(text["schooling"], "schooling", number, where)
        if schooling > max(0.0, age - 3.0):
            raise SurveyError(
                f"{where}, row {number}: schooling = {schooling:g} completed years cannot be at age {age:g}; "
                "correct one"
            )
        people.append(_Person(
            number, text["person"], text["household"], sex, age, schooling, text.get("locality", ""),
            text.get("mother", ""), text.get("spouse", ""),
            _number(text["weight"], "weight", number, where) if "weight" in text else 0.0,
        ))  # fmt: skip
    if not people:
        raise SurveyError(f"{where} has no people below its header; give one row per person")
    named = {one.person: one for one in people}
    for one in people:
        _check_relatives(one, named, where)
    return people


def _number(text: str, name: str, row: int, where: str) -> float:
    column = COLUMNS[name]
    assert column.bounds is not None
    low, high = column.bounds
    try:
        value = float(text)
    except ValueError:
        raise SurveyError(
            f"{where}, row {row}: {name} = {text!r} is not a number; allowed: {low:g} to {high:g}"
        ) from None
    if not low <= value <= high:  # also false for nan
        raise SurveyError(
            f"{where}, row {row}: {name} = {text} lies outside {low:g} to {high:g} {column.unit}; correct the row"
        )
    return value


def _check_relatives(one: _Person, named: dict[str, _Person], where: str) -> None:
    for kind, name in (("mother", one.mother), ("spouse", one.spouse)):
        if not name:
            continue
        other = named.get(name)
        if other is None or other.household != one.household or other is one:
            raise SurveyError(
                f"{where}, row {one.row}: {kind} {name!r} is nobody else of household {one.household!r}; "
                "leave it empty where she or he does not live there"
            )
        if kind == "mother" and (other.sex != WOMAN or other.age < one.age + 10.0):
            raise SurveyError(
                f"{where}, row {one.row}: mother {name!r} is not a woman at least 10 years older; correct one of them"
            )
        if kind == "spouse" and other.spouse not in ("", one.person):
            raise SurveyError(
                f"{where}, row {one.row}: spouse {name!r} has {other.spouse!r} as spouse; "
                "name a couple alike in both rows, and leave further spouses empty"
            )
        if kind == "spouse" and not other.spouse:
            other.spouse = one.person


def _check_household(members: list[_Person], where: str) -> None:
    first = members[0]
    if all(one.age < ADULT for one in members):
        raise SurveyError(
            f"{where}, row {first.row}: household {first.household!r} has nobody aged {ADULT} or older; "
            "join it to the household the children live with"
        )
    for name in ("locality", "weight"):
        other = next((one for one in members if getattr(one, name) != getattr(first, name)), None)
        if other is not None:
            raise SurveyError(
                f"{where}, row {other.row}: {name} = {getattr(other, name)} but {getattr(first, name)} in "
                f"row {first.row} of the same household {first.household!r}; give one"
            )


def _sample(homes: list[list[_Person]], population: int, start: float) -> list[tuple[int, int]]:
    """Households, with the number of the copy, drawn in proportion to their weights.

    The draws walk along the cumulated weights in golden-ratio steps, so any first part of them is spread
    evenly, as in systematic sampling, and a larger population only adds households.
    """
    bounds = np.cumsum([home[0].weight for home in homes])
    taken: list[tuple[int, int]] = []
    copies = [0] * len(homes)
    persons, k = 0, 0
    while persons < population:
        home = int(np.searchsorted(bounds, (start + k * GOLDEN) % 1.0 * bounds[-1], side="right"))
        k += 1
        home = min(home, len(homes) - 1)
        if taken and persons + len(homes[home]) - population > population - persons:
            break  # one household less lies nearer to the number wanted
        taken.append((home, copies[home]))
        copies[home] += 1
        persons += len(homes[home])
    return taken


def _relatives(members: list[_Person]) -> list[tuple[int, int]]:
    """Mother and spouse of each member, as places in the household; -1 for none."""
    place = {one.person: k for k, one in enumerate(members)}
    spouse = [place[one.spouse] if one.spouse else -1 for one in members]
    mother = [place[one.mother] if one.mother else -1 for one in members]
    by_age = sorted(range(len(members)), key=lambda k: (-members[k].age, k))
    if not any(one.spouse for one in members):
        for k in by_age:
            woman = members[k]
            if woman.sex != WOMAN or woman.age < 20.0:
                continue
            free = [
                m for m, man in enumerate(members)
                if man.sex == MAN and spouse[m] < 0 and man.age >= 20.0
                and -5.0 <= man.age - woman.age <= 15.0
            ]  # fmt: skip
            if free:
                m = min(free, key=lambda m: (abs(members[m].age - woman.age - 5.0), m))
                spouse[k], spouse[m] = m, k
    if not any(one.mother for one in members):
        for k, one in enumerate(members):
            older = [
                m for m, woman in enumerate(members)
                if woman.sex == WOMAN and 15.0 <= woman.age - one.age <= 45.0 and m != spouse[k]
            ]  # fmt: skip
            if older:
                mother[k] = min(older, key=lambda m: (abs(members[m].age - one.age - 27.0), m))
    return list(zip(mother, spouse, strict=True))
