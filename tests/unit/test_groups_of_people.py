"""Groups that indicators are reported for: everybody is in exactly one of each kind, and fifths are fifths."""

import numpy as np
import pytest

from sim.codes import Status
from sim.recorder import FIFTHS, GROUPS, fifths_of


def test_fifths_of_equal_homes_by_hand():
    """Ten homes of one adult each: two to a fifth, the poorest first."""
    one = np.ones(10, np.int64)
    income = np.array([5.0, 1, 9, 3, 7, 2, 8, 4, 10, 6])
    found = fifths_of(np.arange(10), one, one, 0 * one, income)
    assert found.tolist() == [2, 0, 4, 1, 3, 0, 3, 1, 4, 2]


def test_children_count_less_and_a_large_home_lies_where_its_middle_lies():
    """Per equivalent the family of 2 adults and 2 children has 54/2.7 = 20, less than the single's 21."""
    found = fifths_of(np.arange(2), np.array([4, 1]), np.array([2, 1]), np.array([2, 0]), np.array([54.0, 21.0]))
    assert found.tolist() == [2, 4]  # the middle of four among five people, and of the last


def test_homes_without_anybody_and_places_without_homes_do_no_harm():
    assert fifths_of(np.arange(2), np.array([0, 0]), np.array([0, 0]), np.array([0, 0]), np.zeros(2)).tolist() == [0, 0]
    assert len(fifths_of(*(np.zeros(0, np.int64) for _ in range(5)))) == 0


def test_each_kind_of_group_parts_the_people(world):
    tally = world.recorder.tally()
    at = {group: k for k, group in enumerate(tally.groups)}
    for kind in ("sex", "recipient", "migrants", "returnee", "quintile"):
        members = [at[group] for group in GROUPS if group.startswith(f"{kind}=")]
        assert tally.persons[members].sum() == tally.persons[0]
        assert tally.women.adults[members].sum() == tally.women.adults[0]
    persons = world.population.persons
    back = (persons.status < Status.AWAY) & (persons.returnee == 1)
    assert tally.persons[at["returnee=yes"]] == back.sum()


def test_the_poorest_fifth_has_a_fifth_of_the_people_and_the_lowest_income(small_world):
    world = small_world(population=3000)
    tally = world.recorder.tally()
    first = tally.groups.index("quintile=1")
    people = tally.persons[first : first + FIFTHS]
    assert people / people.sum() == pytest.approx(np.full(FIFTHS, 0.2), abs=0.02)
    per_head = tally.consumption[first : first + FIFTHS] / people
    assert (np.diff(per_head) > 0).all()
