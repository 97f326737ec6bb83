"""What an experimenter can do: it reaches those it is for, costs what it costs, and no dose is no change."""

import numpy as np
import pytest

from experiments.interventions import (
    Among,
    arrival,
    at_destination,
    extra_income,
    information,
    intervene,
    paid_trip,
    price_information,
    removal,
)
from experiments.worlds import rows_by_id
from sim.codes import Event, Status
from sim.mechanisms.vital import TAKEN_OUT
from sim.parameters import ParameterError


@pytest.fixture(scope="module")
def start(small_model):
    """A small town after its burn-in; each test works on twins of it."""
    return small_model(population=600)


def months(model, count):
    for _ in range(count):
        model.step()
    return model


def state(model):
    return {
        f"{type(table).__name__}.{name}": table.values(name).tobytes()
        for table in model.population.tables()
        for name in table
    }


def neutral(model):
    """Every intervention at no dose or for nobody."""
    inputs = model.setup.inputs
    place = inputs.destinations[0].name
    nobody = Among(by="persons", share=0.0)
    return (
        extra_income(0.0), extra_income(50.0, Among(share=0.0), name="for_nobody"), information(nobody),
        information(share=0.0, name="no_news"), price_information(share=0.0), paid_trip(share=0.0),
        removal(Among(), chance=0.0), removal(Among(ids=[]), name="nobody_goes"), arrival(0.0),
        at_destination(inputs, place, pay=1.0, exchange=1.0, closed=0.0, cycle=1.0),
    )  # fmt: skip


def test_no_dose_and_nobody_reached_is_the_baseline_bit_for_bit(start):
    without, treated = months(intervene(start), 6), months(intervene(start, *neutral(start)), 6)
    one, other = state(without), state(treated)
    assert [name for name in one if one[name] != other[name]] == []


def test_extra_income_reaches_the_chosen_households_for_its_months_and_no_other(start):
    homes = start.population.households
    chosen = homes.id[homes.members > 0][:5]
    treated = intervene(start, extra_income(12.5, Among(ids=chosen), start=2, months=2))
    paid = []
    for _ in range(4):
        treated.step()
        paid.append(treated.ledger.paid("cash grants"))
        served = treated.world.served.get("extra_income", np.zeros(0))
        assert set(served.tolist()) == (set(chosen.tolist()) if paid[-1] else set())
    assert paid == [0, 5 * 1250, 5 * 1250, 0]


def test_people_named_are_gone_and_the_others_live_on(start):
    persons = start.population.persons
    chosen = persons.id[(persons.status < Status.ABSENT)][::40]
    without, treated = months(intervene(start), 1), months(intervene(start, removal(Among(ids=chosen))), 1)
    after = treated.population.persons
    rows = rows_by_id(after.id, chosen)
    assert (after.status[rows] == Status.ABSENT).all() and len(rows) > 10
    assert treated.recorder.counts["deaths"] >= len(rows) > without.recorder.counts["deaths"]
    told = treated.recorder.histories()
    last = (told["event"] == Event.DIED) & (told["reason"] == TAKEN_OUT)
    natural = set(without.recorder.histories()["person"][without.recorder.histories()["event"] == Event.DIED].tolist())
    assert set(chosen.tolist()) - natural == set(told["person"][last].tolist())
    months(treated, 6)  # the books close, and heads and jobs balance


def test_people_come_with_the_traits_asked_for_and_a_larger_number_adds_to_the_same_people(start):
    def came(number):
        wanted = {"age": (20, 30), "men": 1.0, "schooling": 9, "skilled": 1.0, "money": 7.0}
        treated = months(intervene(start, arrival(number, **wanted)), 1)
        persons = treated.population.persons
        rows = np.flatnonzero(rows_by_id(start.population.persons.id, persons.id) < 0)
        rows = rows[persons.birth_month[rows] < 0]  # not the newborn
        return treated, {int(persons.id[row]): row for row in rows.tolist()}

    _, others = came(0.0)  # newcomers, who find other vacancies where more people came
    few, some = came(8.0)
    _, more = came(11.0)
    persons = few.population.persons
    joined = set(some) & set(more) - set(others)
    assert len(joined) == 8 * few.population.localities.count
    assert 11 <= len(set(more) - set(others)) <= 11 + len(others) + 1
    new = [some[one] for one in joined]
    age = (few.world.month - 1 - few.world.burn_in - persons.birth_month[new]) // 12
    assert ((age >= 20) & (age < 30)).all() and (persons.sex[new] == 1).all()
    assert (persons.schooling[new] == 9).all() and (persons.occupation[new] == 1).all()
    assert few.ledger.paid("brought along") == len(new) * 700
    months(few, 6)


def test_a_child_joins_every_household_named(start):
    homes = start.population.households
    chosen = homes.id[homes.members > 1][:4]
    treated = months(intervene(start, arrival(1.0, Among("all_households", ids=chosen), age=(8, 10))), 1)
    after, persons = treated.population.households, treated.population.persons
    gained = after.members[rows_by_id(after.id, chosen)] - homes.members[rows_by_id(homes.id, chosen)]
    assert gained.sum() >= 3  # births and deaths of the month aside
    joined = persons.household[persons.in_school == 1]
    assert np.isin(rows_by_id(after.id, chosen), joined).all()


def test_a_destination_alone_changes_and_unemployment_there_is_what_was_asked_for(start):
    inputs = start.setup.inputs
    one = inputs.destinations[0]
    treated = months(intervene(start, at_destination(inputs, one.name, pay=2.0, unemployment=0.4, closed=1.0)), 1)
    without = months(intervene(start), 1)
    there, usual = treated.population.destinations, without.population.destinations
    np.testing.assert_allclose(there.current_pay[0], 2.0 * usual.current_pay[0], rtol=1e-6)
    np.testing.assert_array_equal(there.current_pay[1:], usual.current_pay[1:])
    np.testing.assert_array_equal(there.current_living_cost, usual.current_living_cost)
    lose, find = float(there.current_separation[0]), float(there.current_finding[0])
    assert lose / (lose + find) == pytest.approx(0.4, abs=1e-4)
    assert there.closed[0] == 1.0 and not there.closed[1:].any()


def test_what_cannot_be_is_refused(start):
    inputs = start.setup.inputs
    with pytest.raises(ValueError, match="at one destination"):
        at_destination(inputs, unemployment=0.2)
    with pytest.raises(ParameterError, match="'atlantis'"):
        at_destination(inputs, "atlantis", pay=2.0)
    with pytest.raises(ParameterError, match="names no lever"):
        at_destination(inputs)
    with pytest.raises(ParameterError, match="lies outside"):
        information(share=1.5)
    with pytest.raises(ValueError, match="happens already"):
        intervene(start, extra_income(1.0), extra_income(2.0))
