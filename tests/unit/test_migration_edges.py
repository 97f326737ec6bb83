"""Places at the edge: no way out, nobody away, nobody left, ways that cost nothing, inputs that make no sense."""

import dataclasses

import numpy as np
import pytest
from batteries import run

from sim.codes import Status
from sim.example import ABROAD, CITY, example_inputs
from sim.territory import DestinationInputs, TerritoryError, read


def inputs_with(*destinations: DestinationInputs):
    return dataclasses.replace(example_inputs(), destinations=destinations)


def finite(world) -> None:
    rows = world.recorder.rows()
    assert np.isfinite(rows["value"]).all()


def test_without_a_destination_nobody_leaves_and_the_month_goes_on(small_world):
    world = run(small_world(population=300, inputs=inputs_with()), 6)
    assert world.population.migrants.count == 0
    assert not (world.population.persons.status == Status.AWAY).any()
    finite(world)


def test_with_nobody_away_at_the_start_people_may_still_leave(small_world):
    places = [dataclasses.replace(one, emigrants=0.0) for one in (CITY, ABROAD)]
    world = small_world(population=300, inputs=inputs_with(*places))
    world.population.persons.attachment[:] = -5.0
    world.population.households.liquid_assets[:] += 10_000_000
    world.population.localities.outside[:] -= 10_000_000 * world.population.households.count
    run(world, 3)
    assert (world.population.persons.status == Status.AWAY).any()
    finite(world)


def test_a_closed_border_keeps_people_in_and_those_abroad_there(small_world):
    world = small_world(population=300)
    population = world.population
    run(world, 1)
    before = population.persons.trips.sum()
    for _ in range(3):
        population.destinations.closed[:] = 1.0
        world.moved.clear()
        run(world, 1)
    assert population.persons.trips.sum() == before
    finite(world)


def test_where_all_want_to_go_somebody_stays_with_the_children_and_the_books_close(small_world):
    """Attachment far below zero, trips for nothing and no care for the way: nearly all adults are gone."""
    free = [dataclasses.replace(one, fare=0.0, irregular_fee=0.0, regular_share=1.0) for one in (CITY, ABROAD)]
    world = small_world(population=300, inputs=inputs_with(*free))
    population = world.population
    population.persons.attachment[:] = -100.0
    run(world, 30)
    persons, homes = population.persons, population.households
    age = (world.month - 1 - world.burn_in - persons.birth_month) // 12
    adults = (age >= 18) & (age < 60) & (persons.status != Status.ABSENT) & (persons.newcomer == 0)
    assert (persons.status[adults] == Status.AWAY).mean() > 0.5
    alone = (homes.children > 0) & (homes.members > 0) & (homes.adults == 0)
    assert alone.sum() <= 2  # a death or a marriage may leave children whose kin are away
    finite(world)


BASE = {f.name: getattr(ABROAD, f.name) for f in dataclasses.fields(ABROAD) if f.name != "name"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("wage_basic", 0.0, "lies outside"),
        ("wage_basic", -5.0, "lies outside"),
        ("fare", -1.0, "lies outside"),
        ("irregular_fee", -1.0, "lies outside"),
        ("recruiter_fee", -1.0, "lies outside"),
        ("waiting", -1.0, "lies outside"),
        ("fine", -1.0, "lies outside"),
        ("men", 1.5, "lies outside"),
        ("regular_share", float("nan"), "not a finite number"),
    ],
)
def test_figures_that_make_no_sense_are_refused_with_their_place_and_bounds(name, value, said):
    tree = {f.name: getattr(example_inputs(), f.name) for f in dataclasses.fields(example_inputs())}
    tree["destinations"] = {"abroad": {**BASE, name: value}}
    tree["providers"] = {}
    with pytest.raises(TerritoryError, match=said) as error:
        read(tree)
    assert f"territory.destinations.abroad.{name}" in str(error.value)


def test_wait_and_fine_need_not_be_given():
    tree = {f.name: getattr(example_inputs(), f.name) for f in dataclasses.fields(example_inputs())}
    given = {k: v for k, v in BASE.items() if k not in ("waiting", "fine")}
    tree["destinations"], tree["providers"] = {"abroad": given}, {}
    there = read(tree).destinations[0]
    assert there.waiting == there.fine == 0.0
