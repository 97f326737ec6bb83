"""Public services: the scarcer of buildings and staff."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.codes import Sector
from sim.mechanisms.services import Services, service_quality, standing
from sim.population import Firms, Households, Population
from tests.unit.stand_in import Stand, places


def town(buildings=0.8, labour=10.0, members=100, purchases=1000.0):
    population = Population()
    places(population, start_residents=100, buildings=buildings)
    population.add(Households, 1, id=[1], locality=0, members=members)
    population.add(
        Firms, 2, id=[1, 2], locality=0, sector=[Sector.PUBLIC, Sector.TRADABLE], labour=[[labour, 0.0], [99.0, 0.0]]
    )
    population["Authorities"].values("purchases")[:] = purchases
    return population


def test_hand_worked_quality():
    """Buildings 0.9 of need, staff half of a start that gave 0.8: 0.4; twice the people halve buildings."""
    assert service_quality(0.9, 1.0, 0.05, 0.1, 0.8) == pytest.approx(0.4)
    assert service_quality(0.9, 1.0, 0.2, 0.1, 0.8) == pytest.approx(0.9)
    assert service_quality(0.9, 2.0, 0.2, 0.1, 0.8) == pytest.approx(0.45)
    assert service_quality(5.0, 1.0, 5.0, 0.1, 0.8) == 1.0


@given(st.floats(0, 3), st.floats(0.1, 3), st.floats(0, 1), st.floats(0.01, 1), st.floats(0, 1))
def test_more_of_what_is_not_scarce_changes_nothing(buildings, crowd, staffing, start, quality):
    now = service_quality(buildings, crowd, staffing, start, quality)
    assert 0.0 <= now <= 1.0
    more_staff = service_quality(buildings, crowd, 2 * staffing, start, quality)
    more_buildings = service_quality(2 * buildings, crowd, staffing, start, quality)
    assert min(more_staff, more_buildings) >= now
    assert now == 1.0 or min(more_staff, more_buildings) == pytest.approx(now)


def test_hand_worked_buildings():
    """A stock of 1 that wears by a hundredth and is rebuilt by as much stands."""
    assert standing(1.0, 0.01, 0.01, 0.0) == pytest.approx(1.0)
    assert standing(1.0, 0.01, 0.0, 0.05) == pytest.approx(1.04)


def test_at_unchanged_budget_staff_and_people_quality_stays():
    population = town()
    Stand(population).run(Services(), months=60)
    assert population.localities.school_quality[0] == pytest.approx(0.8, rel=1e-4)
    assert population.localities.health_quality[0] == pytest.approx(0.8, rel=1e-4)


def test_without_purchases_buildings_decay_and_bind():
    population = town()
    world = Stand(population)
    world.run(Services())
    population["Authorities"].values("purchases")[:] = 0.0
    world.run(Services(), months=12)
    assert population.localities.buildings[0] == pytest.approx(0.8 * 0.996**12, rel=1e-4)
    assert population.localities.school_quality[0] == pytest.approx(0.8 * 0.996**12, rel=1e-4)


def test_buildings_without_staff_help_nobody():
    population = town()
    world = Stand(population)
    world.run(Services())
    population.firms.labour[0, 0] = 5.0
    population.localities.building_works[:] = 0.5
    world.run(Services())
    assert population.localities.buildings[0] > 1.2
    assert population.localities.health_quality[0] == pytest.approx(0.4, rel=1e-4)


def test_nobody_here_changes_no_quality():
    population = town(members=0)
    before = population.localities.school_quality.copy()
    Stand(population).run(Services())
    np.testing.assert_array_equal(population.localities.school_quality, before)


def test_gifts_of_those_away_become_buildings():
    """What keeps up the buildings of a month, given once more, adds as much as a month wears off."""
    buildings = []
    for gifts in (0.0, 500.0):
        population = town()
        world = Stand(population)
        world.run(Services())  # the first month's purchases are what upkeep costs
        before = float(population.localities.buildings[0])
        upkeep = float(population.localities.start_upkeep[0])
        population.localities.gifts[:] = gifts
        world.run(Services())
        buildings.append(float(population.localities.buildings[0]))
        assert upkeep > 0.0
    added = Services().wear * 0.8 * 500.0 / upkeep
    assert buildings[1] - buildings[0] == pytest.approx(added, rel=1e-3)
    assert before > 0.0


def test_basic_staff_cannot_stand_in_for_skilled_staff():
    """As many efficiency units in all, but none of them skilled: half of a balanced team's weights, (1/2)^3.5 * 2."""
    population = town(buildings=1.0, labour=10.0)
    firms = population.firms
    firms.skilled_weight[0], firms.labour[0] = 0.5, (5.0, 5.0)
    world = Stand(population)
    world.run(Services())
    before = float(population.localities.school_quality[0])
    firms.labour[0] = (10.0, 0.0)
    world.run(Services())
    assert population.localities.school_quality[0] == pytest.approx(before * 2.0 * 0.5**3.5, rel=1e-3)
