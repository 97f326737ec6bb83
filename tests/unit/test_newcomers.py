"""Newcomers: the null of equal pay, what draws them, and their books."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stand_in import Stand, places

from sim.codes import Event, Status
from sim.mechanisms.newcomers import Newcomers, chance_of_offer, whole_number
from sim.population import Population


def test_vacancies_left_open_raise_the_chance_of_an_offer():
    """Arrival .1; 8 vacancies for 9 searchers and oneself: .8; never above 1."""
    assert chance_of_offer(0.1, 0, 9) == 0.1
    assert chance_of_offer(0.1, 8, 9) == pytest.approx(0.8)
    assert chance_of_offer(0.1, 80, 9) == 1.0


@given(st.floats(0.0, 100.0))
def test_whole_number_has_the_mean_it_should(expected):
    luck = (np.arange(2_000) + 0.5) / 2_000
    assert np.mean([whole_number(expected, u) for u in luck]) == pytest.approx(expected, abs=1e-3)


def town(pool: float = 60.0, count: int = 1, seed: int = 1, need: float = 10.0, **place) -> Stand:
    """Places that pay 100 where the pool pays ``pool``."""
    population = Population()
    places(population, count, start_residents=20_000, **place)
    markets = population.markets
    markets.offers[:] = 100.0
    markets.arrival[:], markets.separation[:] = 0.3, 0.02
    return Stand(population, seed, SimpleNamespace(pool_pay=np.array([pool, pool]), need=need))


def arrivals(world: Stand, months: int = 12, **parameters) -> int:
    world.run(Newcomers(**parameters), months)
    return int(world.population.persons.count)


@pytest.mark.parametrize("pool", [100.0, 130.0])
def test_with_pay_there_as_here_nobody_has_a_reason(pool):
    assert arrivals(town(pool)) == 0


def test_newcomers_form_households_of_one_and_bring_a_purse():
    world = town(30.0)
    came = arrivals(world, 1)
    persons, households = world.population.persons, world.population.households
    assert came > 0 and households.count == came
    assert (persons.newcomer == 1).all() and (persons.status == Status.UNEMPLOYED).all()
    assert (persons.shaken == 1).all() and (persons.household == np.arange(came)).all()
    assert (households.members == 1).all() and (households.liquid_assets > 0).all()
    assert world.population.localities.outside.sum() == -households.liquid_assets.sum()
    ages = -persons.birth_month / 12
    assert ages.min() >= 18 and ages.max() <= 41
    assert sum(len(p) for _, e, p in world.seen if e == Event.ARRIVED) == came


def test_what_draws_newcomers():
    usual = arrivals(town(40.0))
    assert arrivals(town(20.0)) > usual > 0
    assert arrivals(town(40.0, price_index=1.5)) < usual
    assert arrivals(town(40.0, pool_open=0.0)) == 0
    assert arrivals(town(40.0, pool_open=0.5)) < usual
    assert arrivals(town(40.0, need=30.0)) < usual
    assert arrivals(town(40.0), candidates=0.0) == 0
    assert arrivals(town(40.0), on=0) == 0
    slack = town(40.0)
    slack.population.markets.arrival[:] = 0.02
    none = arrivals(slack)
    assert none < usual
    open_posts = town(40.0)
    open_posts.population.markets.arrival[:] = 0.02
    open_posts.population.markets.vacancies[:] = 500
    assert arrivals(open_posts) > none


def test_the_pool_offers_the_same_candidates_in_every_world():
    """Whoever comes for little comes for more, with the same traits."""
    few, many = town(40.0), town(40.0)
    many.population.markets.offers[:] = 150.0
    arrivals(few), arrivals(many)
    one, other = few.population.persons, many.population.persons
    assert 0 < one.count < other.count
    rows = other.rows_of(one.id)
    assert (rows >= 0).all()
    for name in ("sex", "birth_month", "taste", "attachment", "skill"):
        np.testing.assert_array_equal(one.values(name), other.values(name)[rows])


def test_one_more_place_changes_nobody_elsewhere():
    one, two = town(40.0), town(40.0, count=2)
    arrivals(one), arrivals(two)
    home = two.population.households.locality[two.population.persons.household]
    assert set(one.population.persons.id.tolist()) == set(two.population.persons.id[home == 0].tolist())
