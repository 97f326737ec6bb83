"""Tables: rows added, moved and found again; references follow; declarations say what a column is."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.population import Authorities, Firms, Households, Localities, Migrants, Persons, Population
from sim.table import TABLES, Kind


@pytest.fixture
def town() -> Population:
    """Two households in one place; person 102 is away, with a stay."""
    population = Population()
    population.add(Localities, 1, id=np.array([1]))
    population.add(Households, 2, id=np.array([10, 11]), locality=0)
    population.add(Persons, 5, id=np.arange(100, 105), household=[0, 0, 1, 1, 1])
    population.add(Migrants, 1, id=np.array([200]), person=2, household=1)
    population.persons.spell[2] = 0
    population.persons.mother[4] = 3
    return population


def test_on_the_class_a_column_is_its_declaration_and_on_a_table_its_values():
    assert str(Persons.wage) == "persons.wage"
    assert Persons.wage.unit == "money/month"
    assert Persons(3).wage.tolist() == [0.0, 0.0, 0.0]


def test_new_rows_hold_initial_values_where_none_are_given():
    persons = Persons()
    rows = persons.add(2, id=np.array([5, 6]), wage=7.5)
    assert rows.tolist() == [0, 1]
    assert persons.wage.tolist() == [7.5, 7.5]
    assert persons.employer.tolist() == [-1, -1], "no employer yet"
    assert persons.skill.tolist() == [1.0, 1.0]


def test_rows_added_after_growth_do_not_change_those_before():
    persons = Persons()
    for k in range(20):
        persons.add(1, id=np.array([k]), wage=float(k))
    assert persons.wage.tolist() == list(map(float, range(20)))


def test_a_column_nobody_declared_is_refused_by_name():
    with pytest.raises(KeyError, match="Persons has no column \\['wages'\\]"):
        Persons().add(1, wages=3.0)


def test_a_column_is_written_in_place_and_never_replaced():
    with pytest.raises(AttributeError, match=r"persons\.wage is a column"):
        Persons(2).wage = np.zeros(2)


def test_wide_columns_hold_several_numbers_a_row():
    place = Localities(2)
    assert place.prevalence.shape == (2, Localities.prevalence.width)


def test_dropped_rows_vanish_and_references_follow(town):
    town.move(Persons, np.array([4, 3, 2]))
    assert town.persons.id.tolist() == [104, 103, 102]
    assert town.persons.mother.tolist() == [1, -1, -1], "mother 103 is in row 1 now"
    assert town.migrants.person.tolist() == [2]
    town.move(Households, np.array([1]))
    assert town.persons.household.tolist() == [0, 0, 0]
    assert town.migrants.household.tolist() == [0]


def test_a_reference_to_a_dropped_row_becomes_none(town):
    town.move(Persons, np.array([0, 1, 2, 4]))
    assert town.persons.mother.tolist() == [-1, -1, -1, -1]


def test_a_table_emptied_and_filled_again_starts_from_initial_values(town):
    town.move(Persons, np.zeros(0, np.int64))
    assert len(town.persons) == 0
    town.add(Persons, 1, id=np.array([7]))
    assert town.persons.employer.tolist() == [-1]
    assert town.persons.skill.tolist() == [1.0]


@given(st.permutations(range(5)))
def test_moving_rows_moves_whole_people(order):
    population = Population()
    population.add(Persons, 5, id=np.arange(5) * 11, wage=np.arange(5.0))
    population.persons.spouse[:] = [1, 0, 3, 2, -1]
    population.move(Persons, np.array(order))
    persons = population.persons
    spouses = {int(i): int(persons.id[s]) for i, s in zip(persons.id, persons.spouse, strict=True) if s >= 0}
    assert dict(zip(persons.id.tolist(), persons.wage.tolist(), strict=True)) == {11 * k: k for k in range(5)}
    assert spouses == {0: 11, 11: 0, 22: 33, 33: 22}


def test_ids_are_found_wherever_their_rows_went(town):
    assert town.persons.rows_of([104, 100, 999]).tolist() == [4, 0, -1]
    town.move(Persons, np.array([4, 2, 0]))
    assert town.persons.rows_of([104, 100, 101]).tolist() == [0, 2, -1]
    town.add(Persons, 1, id=np.array([50]))
    assert town.persons.rows_of(50) == 3
    assert Firms().rows_of([1, 2]).tolist() == [-1, -1]


def test_two_rows_with_one_id_are_refused(town):
    with pytest.raises(ValueError, match="as many new, different ids"):
        town.add(Persons, 1, id=np.array([100]))
    with pytest.raises(ValueError, match="as many new, different ids"):
        town.add(Persons, 2, id=np.array([300, 300]))


def test_memory_grows_with_rows():
    assert Persons(10_000).memory() > 9 * Persons(1_000).memory()


def test_a_pickled_declaration_is_the_declaration_itself():
    assert pickle.loads(pickle.dumps(Persons.wage)) is Persons.wage


def test_every_reference_names_a_table():
    for table in TABLES.values():
        for column in table.columns.values():
            assert (column.kind is Kind.REFERENCE) == (column.target in TABLES), str(column)


def test_money_is_whole_cents():
    money = [c for table in TABLES.values() for c in table.columns.values() if c.kind is Kind.MONEY]
    assert Authorities.cash in money
    assert {(c.dtype.name, c.unit) for c in money} == {("int64", "cent")}
