"""The columns agree with the same core loop written with one object per person."""

import numpy as np
import pytest

from experiments.core import OUTCOMES, core_model, outcomes
from experiments.twin import Agreement, Person, Twin, agreement
from sim.codes import Status
from sim.example import example_inputs
from sim.mechanism import uncompiled


@pytest.fixture(scope="module")
def pair():
    columns = core_model(example_inputs(), 500, 1)
    return columns, Twin(columns, 1)


def test_both_start_from_the_same_people(pair):
    columns, twin = pair
    persons = columns.population.persons
    assert len(twin.people) == persons.count == len(twin.agents_by_type[Person])
    for name, attribute in (("status", "status"), ("wage", "wage"), ("taste", "taste"), ("birth_month", "birth")):
        assert np.allclose(twin.people.get(attribute), persons.values(name))
    assert [person.firm is not None for person in twin.people] == (persons.employer >= 0).tolist()
    assert sum(home.cash for home in twin.homes) == pytest.approx(
        columns.population.households.liquid_assets.sum() / 100
    )


def test_both_run_and_stay_near_each_other(pair):
    columns, twin = pair
    for _ in range(3):
        columns.step()
        twin.step()
    ours, theirs = outcomes(columns.world), twin.outcomes()
    assert ours[0] == pytest.approx(theirs[0], abs=6.0)
    assert ours[1] == pytest.approx(theirs[1], abs=8.0)
    for firm in twin.firms:
        assert all(person.firm is firm and person.status == Status.EMPLOYED for person in firm.staff)
    employed = sum(person.status == Status.EMPLOYED for person in twin.people)
    assert employed == sum(len(firm.staff) for firm in twin.firms)
    assert all(home.cash > -0.01 for home in twin.homes)
    assert sum(person.stay is not None for person in twin.people) == sum(len(home.stays) for home in twin.homes)


def test_objects_decide_alike_with_plain_and_compiled_rules():
    columns = core_model(example_inputs(), 300, 2)
    compiled, plain = Twin(columns, 5), Twin(columns, 5)
    compiled.step()
    with uncompiled():
        plain.step()
    assert compiled.people.get("status") == plain.people.get("status")
    assert compiled.people.get("flow") == pytest.approx(plain.people.get("flow"), rel=1e-9)


def test_three_pairs_show_no_gross_difference():
    found = agreement(example_inputs(), range(1, 4), 400, 3)
    assert [one.outcome for one in found] == list(OUTCOMES)
    assert all(abs(one.t) <= one.critical for one in found)


def test_agreement_means_no_difference_found_and_none_that_matters():
    assert Agreement("participation", 50.0, 0.1, 0.1, 1.0, 3.4, 0.5).holds
    assert not Agreement("participation", 50.0, 0.4, 0.1, 4.0, 3.4, 1.0).holds, "a difference is found"
    assert not Agreement("participation", 50.0, 0.1, 0.3, 0.3, 3.4, 0.5).holds, "too few seeds to rule one out"


@pytest.mark.slow
def test_columns_and_objects_agree_over_24_seeds():
    from scenarios.configuration import compose

    found = agreement(compose(["territory=diourbel"]).inputs, range(1, 25), 2000, 12)
    for one in found:
        assert one.holds, one
