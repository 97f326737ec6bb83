"""What every shipped instrument and shock does in a whole world: nothing at no dose, more at a larger one."""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from typing import Any

import numpy as np
import pytest
from batteries import (
    begin,
    call,
    check_columns_used,
    check_row_order,
    clone,
    differences,
    run,
    snapshot,
)

from scenarios import library
from sim.events import Events, members
from sim.groups import GROUPS
from sim.indicators import INDICATORS
from sim.instruments import LEVERS, NEVER, Dated, Figure, Instrument, read_shock
from sim.mechanism import Month
from sim.packs import read_pack

ALL = [*(f"policies/{name}" for name in library.policies()), *(f"shocks/{name}" for name in library.shocks())]
INSTRUMENTS = [path for path in ALL if path.startswith("policies/")]
DOSES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
MONTHS_TO_SHOW = 24


@pytest.fixture
def place(small_world) -> Any:
    """Three localities with the pack that the shipped sums of money are for, after the burn-in."""
    return small_world(population=900, inputs=_inputs())


@cache
def _inputs() -> Any:
    inputs = read_pack(library.load_territory("diourbel")).inputs
    return dataclasses.replace(inputs, localities=3.0)


def event(path: str) -> Dated:
    """The shipped one, but at its full size from the first month on."""
    kind, name = path.split("/")
    found = library.policy(name) if kind == "policies" else library.shock(name)
    return dataclasses.replace(found, start=1, ramp=0, end=NEVER)


def for_everybody(found: Dated) -> Dated:
    """With money for all who are eligible and take-up by all; a donor pays, so that nobody goes broke."""
    if not isinstance(found, Instrument):
        return found
    whole = Figure(1.0, "1", "test", (0.0, 1.0))
    money = Figure(1e11, "money/month", "test", (0.0, 1e12))
    return dataclasses.replace(found, funder="donor", budget=money, coverage=None, take_up=whole)


def delivered(world: Any, *events: Dated) -> Any:
    """A clone of the world in which this month's first line has run with these events."""
    twin = clone(world)
    twin.events = events
    begin(twin)
    call(twin, twin.schedule.events)
    return twin


def moved(world: Any) -> dict[str, np.ndarray]:
    """How far each lever lies from its neutral value, where it does."""
    found = {}
    for lever in LEVERS:
        away = world.population[lever.table].values(lever.name) - np.float32(lever.initial)
        if away.any():
            found[str(lever)] = away
    return found


@pytest.mark.parametrize("path", ALL)
def test_no_dose_equals_the_baseline_bit_for_bit(place, path):
    neutral = clone(place)
    neutral.events = (event(path).dosed(0.0),)
    run(place, 3)
    run(neutral, 3)
    assert not differences(snapshot(place), snapshot(neutral)), path


@pytest.mark.parametrize("path", ALL)
def test_it_moves_the_levers_it_names_for_whom_it_names_and_no_other(place, path):
    found = for_everybody(event(path))
    month = Month(place, place.schedule.events)
    entitled = members(month, found.eligible)
    assert entitled.any(), f"{path}: nobody is {found.eligible} in the place of the test"
    away = moved(delivered(place, found))
    assert set(away) == {str(move.lever) for move in found.moves}
    for move in found.moves:
        neutral, values = move.lever.initial, away[str(move.lever)]
        amount = {"add": move.amount, "set": move.amount - neutral, "multiply": neutral * (move.amount - 1)}[move.how]
        whom = entitled if move.lever.table == GROUPS[found.eligible].table else None
        if whom is None:
            whom = members(month, move.of) if move.of else np.ones(len(values), bool)
        np.testing.assert_allclose(values[whom], amount, rtol=1e-5, err_msg=f"{path}: {move.lever}")
        assert not values[~whom].any(), f"{path} moves {move.lever} of rows that are not eligible"


@pytest.mark.parametrize("path", ALL)
def test_a_larger_dose_never_serves_fewer_and_serves_everyone_a_smaller_one_serves(place, path):
    before: dict[str, np.ndarray] = {}
    for dose in DOSES:
        away = {name: np.abs(values) for name, values in moved(delivered(place, event(path).dosed(dose))).items()}
        for name, values in before.items():
            assert (away[name] >= values - 1e-6).all(), f"{path} at dose {dose}: {name} is moved less for somebody"
        before = away


@pytest.mark.parametrize("path", INSTRUMENTS)
@pytest.mark.parametrize("dose", [0.3, 1.0, 7.0])
def test_spending_never_exceeds_the_budget(place, path, dose):
    found = event(path).dosed(dose)
    assert isinstance(found, Instrument)
    place.events = (found,)
    allowed = found.money(place.start.persons)
    for _ in range(3):
        run(place)
        spent = place.ledger.paid("instruments", found.name)
        assert allowed is None or spent <= allowed * 100
        assert place.ledger.paid("donor money", found.name) == (spent if found.funder == "donor" else 0)
        own = place.population["Authorities"].values("instruments").sum(dtype=np.float64)
        assert own == pytest.approx(0.0 if found.funder == "donor" else spent / 100, rel=1e-5)


@pytest.mark.parametrize("path", ALL)
def test_it_can_be_taken_away_in_any_month(place, path):
    found = for_everybody(event(path))
    place.events = (found,)
    run(place, 2)
    assert bool(moved(place)) == bool(found.moves), path
    place.events = ()
    run(place)
    assert not moved(place), path
    assert not place.moved


@pytest.fixture(scope="module")
def two_years(small_world) -> tuple[tuple[Any, Any], ...]:
    """Larger places after the burn-in and two years later.

    As usual; where credit and buildings are scarce; and one whose skilled people go abroad.
    """
    usual = small_world(population=3000, inputs=_inputs())
    scarce = small_world(population=3000, inputs=dataclasses.replace(_inputs(), loan_capital=0.0))
    scarce.population.localities.buildings[:] *= 0.2
    skilled = small_world(population=3000, inputs=read_pack(library.load_territory("poland_return_2008")).inputs)
    return tuple((start, run(clone(start), MONTHS_TO_SHOW)) for start in (scarce, usual, skilled))


@pytest.mark.parametrize("path", ALL)
def test_the_indicators_it_names_show_it(two_years, path):
    found = event(path)
    silent = set(found.shows)
    for start, without in two_years:
        if not silent:
            break
        treated = clone(start)
        treated.events = (for_everybody(found),)
        run(treated, MONTHS_TO_SHOW)
        for name in found.shows:
            series = [world.recorder.series(name)[-MONTHS_TO_SHOW:] for world in (without, treated)]
            if not np.array_equal(*series):
                silent.discard(name)
    assert not silent, f"{path} says {sorted(silent)} show it, and nothing changes in two years"


def test_every_lever_is_moved_by_an_instrument_or_a_shock():
    reached = {move.lever for path in ALL for move in event(path).moves}
    assert not {str(lever) for lever in set(LEVERS) - reached}


@pytest.mark.parametrize("path", ALL)
def test_it_names_indicators_and_ids_that_there_are(path):
    found = event(path)
    assert set(found.shows) <= set(INDICATORS), path
    for item in (*found.inventory, *found.claims):
        assert re.fullmatch(r"(POL|CAS|NUM|CLM)-\d\d", item), f"{path}: {item}"


def test_all_of_them_at_once_leave_the_books_closed(place):
    place.events = tuple(event(path) for path in ALL)
    run(place, 6)
    for lever in LEVERS:
        values = place.population[lever.table].values(lever.name)
        assert values.min() >= np.float32(lever.bounds[0]) and values.max() <= np.float32(lever.bounds[1]), lever


def test_the_order_in_which_they_are_listed_does_not_matter(place):
    events = tuple(event(path) for path in ALL)
    one, other = delivered(place, *events), delivered(place, *reversed(events))
    assert not differences(snapshot(one), snapshot(other))


def test_the_engine_uses_what_it_declares(place):
    """Every shipped instrument and shock, and for every group one shock that changes nothing."""
    probes = []
    for name, group in GROUPS.items():
        lever = next(lever for lever in LEVERS if lever.table == group.table)
        levers = {group.table.lower(): {lever.name: {"set": lever.initial, "source": "test"}}}
        tree = {"title": "x", "summary": "x", "evidence": "x", "eligible": name, "levers": levers}
        probes.append(read_shock(f"a_{name}", tree))
    own = [event(path) for path in INSTRUMENTS if event(path).funder == "authority"]
    place.events = (*probes, *(for_everybody(event(path)) for path in ALL), *own[:1])
    place.events = tuple({found.name: found for found in place.events}.values())
    check_columns_used(Events, [place])


def test_where_rows_stand_changes_nobodys_place_in_the_queue(place):
    place.events = tuple(event(path) for path in ALL)
    begin(place)
    check_row_order(place, place.schedule.events)
