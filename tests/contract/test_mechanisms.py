"""Every line of the month passes the same battery: found in the schedule, not named here."""

import dataclasses

import numpy as np
import pytest
from batteries import (
    before,
    by_identity,
    call,
    check_answer,
    check_columns_used,
    check_compiled_equals_plain,
    check_declared_answers,
    check_finite,
    check_references,
    check_repeats,
    check_row_order,
    check_shows,
    clone,
    depopulated,
    differences,
    run,
    shuffle,
    snapshot,
    told,
)

from experiments.worlds import Hands, advance
from sim.codes import Status
from sim.example import example_inputs
from sim.schedule import Schedule

LINES = [type(line) for line in Schedule().lines()]
DECIDING = [kind for kind in LINES if kind.name() not in ("events", "vital")]  # lines 3 to 18
each_line = pytest.mark.parametrize("kind", LINES, ids=[kind.name() for kind in LINES])
each_deciding_line = pytest.mark.parametrize("kind", DECIDING, ids=[kind.name() for kind in DECIDING])


def linked():
    """Inputs of three localities a quarter of an hour apart."""
    return dataclasses.replace(example_inputs(), localities=3.0, commuting=15.0)


@pytest.fixture(scope="module")
def months(small_world):
    """Three months in a row of an ordinary town after the burn-in, each at its beginning; a region of three places
    between which people go to work.
    """
    world = small_world(population=600)
    found = []
    for _ in range(3):
        found.append(clone(world))
        run(world)
    return [*found, small_world(population=900, inputs=linked())]


@pytest.fixture(scope="module")
def larger(small_world):
    """Four months, a quarter apart, of a larger town: rare decisions happen in it."""
    world = small_world(population=3000)
    found = []
    for _ in range(4):
        found.append(clone(world))
        run(world, 3)
    return found


@each_line
def test_its_first_line_says_what_happens(kind):
    assert len(kind.title()) > 15 and kind.title().endswith(".")


@pytest.mark.parametrize("kind", [k for k in LINES if k.name() != "events"], ids=lambda kind: kind.name())
def test_every_declared_column_is_used(kind, months):
    """`Events` declares what its groups and levers name; that each moves is tested with the instruments."""
    check_columns_used(kind, months)


@each_line
def test_it_runs_in_an_empty_town(kind, months):
    empty = before(depopulated(months[0]), kind.name())
    call(empty, getattr(empty.schedule, kind.name()))
    check_finite(empty)


@each_line
def test_it_leaves_every_column_finite_and_every_reference_valid(kind, months):
    for world in months:
        at = before(world, kind.name())
        call(at, getattr(at.schedule, kind.name()))
        check_finite(at)
        check_references(at)


@each_line
def test_compiled_loops_equal_plain_python(kind, months):
    for world in (months[0], months[-1]):
        at = before(world, kind.name())
        check_compiled_equals_plain(at, getattr(at.schedule, kind.name()))


@each_line
def test_the_same_state_and_luck_give_the_same_bits(kind, months):
    at = before(months[1], kind.name())
    check_repeats(at, getattr(at.schedule, kind.name()))


@each_line
def test_where_rows_stand_changes_nobodys_outcome(kind, months):
    for seed, world in enumerate(months):
        at = before(world, kind.name())
        check_row_order(at, getattr(at.schedule, kind.name()), seed)


@each_deciding_line
def test_it_declares_answers_to_at_least_two_columns_of_other_lines(kind):
    check_declared_answers(kind, LINES)


ANSWERS = [(kind, answer) for kind in LINES for answer in kind.answers]


@pytest.mark.parametrize(
    ("kind", "answer"), ANSWERS, ids=[f"{kind.name()}-{a.column}-{a.outcome}" for kind, a in ANSWERS]
)
def test_it_answers_as_it_declares(kind, answer, larger):
    worlds = [before(world, kind.name()) for world in larger]
    check_answer(worlds, getattr(worlds[0].schedule, kind.name()), answer)


@pytest.mark.parametrize("kind", [k for k in LINES if k.name() != "events"], ids=lambda kind: kind.name())
def test_an_indicator_shows_when_it_is_switched_off(kind, larger):
    check_shows(larger[0], kind)


def test_a_year_in_an_empty_town(months):
    empty = depopulated(months[0])
    run(empty, 12, compact=True)
    check_finite(empty)


def test_a_town_of_one_household(small_world):
    world = small_world(burnt=False, population=5)
    for month in range(36):
        run(world, compact=month % 5 == 0)
        check_finite(world)
        check_references(world)


def test_no_column_holds_anything_but_numbers_over_the_years(world):
    for _ in range(24):
        run(world)
        check_finite(world)
        check_references(world)


def test_the_same_seed_gives_the_same_bits(small_world):
    from sim.model import toy

    small_world(population=200)
    one, other = (run(toy(population=300, seed=5).world, 12) for _ in range(2))
    assert differences(snapshot(one), snapshot(other)) == []
    assert told(one) == told(other)


def test_two_years_on_shuffled_rows_and_with_compactions_are_the_same_two_years(world):
    """By id: everybody's every column, every household, firm and stay, and all that was told and recorded."""
    plain, moving, luck = clone(world), clone(world), np.random.default_rng(3)
    gone = ("Persons", "Migrants", "Households", "Firms")
    for _ in range(24):
        run(plain)
        shuffle(moving, luck)
        run(moving)
        moving.compact()
    plain.compact()
    assert {n: plain.population[n].count for n in gone} == {n: moving.population[n].count for n in gone}
    assert differences(by_identity(plain), by_identity(moving)) == []
    assert told(plain) == told(moving)
    for name, values in plain.recorder.rows().items():
        np.testing.assert_array_equal(values, moving.recorder.rows()[name], err_msg=name)


def test_with_every_line_off_nobody_decides_and_no_money_moves(world):
    off = {kind.name(): dataclasses.replace(getattr(world.schedule, kind.name()), on=0) for kind in LINES}
    start = snapshot(world)
    run(world, 1, dataclasses.replace(world.schedule, **off))
    kept = ("persons.status", "persons.employer", "persons.spell", "households.liquid_assets", "firms.cash")
    assert not [line for line in differences(start, snapshot(world)) if line.split(":")[0] in kept]


def close_all_firms(world):
    world.population.firms.open[:] = 0


def fill_no_job(world):
    world.population.firms.vacancies[:] = 0


def send_seekers_home(world):
    persons = world.population.persons
    persons.status[persons.status == int(Status.UNEMPLOYED)] = int(Status.INACTIVE)


@pytest.mark.parametrize(
    ("hand", "line"),
    [(close_all_firms, "vital"), (fill_no_job, "vacancies"), (send_seekers_home, "participation")],
    ids=["all firms gone", "no vacancies", "nobody searching"],
)
def test_two_years_without_one_side_of_the_labour_market(hand, line, small_model):
    """Months go on, books close, and indicators are numbers where a rate has nothing to stand over."""
    model = small_model(population=600)
    world = model.world
    for _ in range(24):
        advance(model, 1, Hands(model.schedule, after={line: hand}))
        check_finite(world)
        check_references(world)
    employed = int((world.population.persons.status == int(Status.EMPLOYED)).sum())
    markets = world.population.markets
    if hand is close_all_firms:
        assert employed == 0
    elif hand is fill_no_job:
        assert markets.hires.sum() == 0 and (markets.arrival < markets.start_arrival).all()
    else:
        assert employed > 0, "who has a job may keep it and change it"
    for name in ("unemployment", "vacancy_rate", "tightness", "job_finding", "separation_rate", "time_to_fill"):
        series = world.recorder.series(name)[-24:]
        assert not np.isinf(series).any(), name
    assert all(np.isfinite(one).all() for one in (markets.separation, markets.offers, markets.part_share))
    assert (markets.arrival >= 0.0).all() and (markets.arrival <= 1.0).all()
