"""What people and families say of leaving, coming back and sending is what the month's own rules decide."""

import pickle

import numpy as np
import pytest

from sim.agents import Household, Migrant, Person
from sim.codes import Status
from sim.explanations import asked, chance_of_leaving, copied, options, plans
from sim.mechanism import Month
from sim.moving import life_at_home
from sim.streams import uniforms

AWAY = Status.AWAY


@pytest.fixture(scope="module")
def town(small_model):
    return small_model(population=900)


def test_the_chance_of_leaving_is_that_of_the_rule_itself(town):
    world, persons = town.world, town.population.persons
    rules = town.schedule.migration.rules
    luck = Month(world, town.schedule.migration).luck("consider")
    here = np.flatnonzero(persons.status < AWAY)
    grown = here[(world.month - world.burn_in - persons.birth_month[here]) > 12 * 20]
    wanting = 0
    for i in grown[:24]:
        found = options(copied(world), int(i))
        if not found:
            continue
        other = copied(world)
        other.population.persons.attachment[i] += max(
            one.value for one in found
        )  # so that leaving is about as good as staying
        nearer = options(copied(other), int(i))
        goes = uniforms(luck, persons.id[i])[1] < chance_of_leaving(nearer, rules.nest)
        move = asked(other, int(i))
        if all(one.waits == 0.0 for one in nearer):
            assert (move is not None) == goes
            wanting += goes
        if move is not None:
            mine = next(one for one in nearer if one.row == move[0][1])
            assert (mine.gain, mine.price) == pytest.approx((move[1][0], move[1][1]))
            assert mine.push + mine.pull + mine.network == pytest.approx(move[1][3] + move[1][4] + move[1][5], abs=1e-6)
    assert 3 < wanting < 24


def test_asking_changes_nothing(town):
    before = {name: pickle.dumps(town.population[name].values(column)) for name, column in (
        ("Persons", "admitted_month"), ("Persons", "status"), ("Migrants", "intention"), ("Migrants", "plan"),
        ("Destinations", "closed"), ("Destinations", "amenity"), ("Households", "liquid_assets"))}  # fmt: skip
    for kind in (Person, Household, Migrant):
        for one in list(town.agents_by_type[kind])[:5]:
            for decision in ("migration", "remittances"):
                told = one.explain(decision)
                assert told["in words"].endswith(".") and "nan" not in str(told)
    columns = {"Persons": ("admitted_month", "status"), "Migrants": ("intention", "plan"),
               "Destinations": ("closed", "amenity"), "Households": ("liquid_assets",)}  # fmt: skip
    after = {name: pickle.dumps(town.population[name].values(column))
             for name, names in columns.items() for column in names}  # fmt: skip
    assert after == before


def test_those_away_tell_the_intention_of_the_rule(town):
    stay = next(iter(town.agents_by_type[Migrant]))
    told = stay.explain("migration")
    world = copied(town.world)
    world.population.migrants.intention[:] = 0.5
    asked(world, int(stay.person.row))
    share = float(world.population.migrants.intention[stay.row])
    assert told["share of life expected at home"] == pytest.approx(share)
    beta, often = town.schedule.participation.beta, told["thinks of it, a month"]
    chance = told["chance of coming home, if thought of"]
    assert life_at_home(1.0 - chance, often, beta) == pytest.approx(share, rel=1e-4)
    assert stay.person.explain("migration") == told


def test_what_is_planned_is_what_the_line_plans(town):
    planned = plans(town)
    world = copied(town.world)
    line = world.schedule.remittances
    line(Month(world, line))
    np.testing.assert_allclose(planned, world.population.migrants.plan)
    sender = max(town.agents_by_type[Migrant], key=lambda one: planned[one.row])
    told = sender.explain("remittances")
    assert told["plans a month"] == pytest.approx(planned[sender.row]) and told["plans a month"] > 0.0
    assert told["of it for the family's sake"] > 0.0
    assert f"{told['plans a month']:,.0f} is planned for the family" in told["in words"]
    home = sender.household.explain("remittances")
    assert home["planned by those away"] >= 0.0 and home["members away"] >= 1


def test_nobody_else_is_asked(town):
    with pytest.raises(ValueError, match="'participation' explains no decision of a Household; migration, remittances"):
        next(iter(town.agents_by_type[Household])).explain("participation")
