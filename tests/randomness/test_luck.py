"""Luck: same if same, different if different, and one more household disturbs nobody."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from batteries import before, by_identity, call, clone, run, snapshot

from sim.codes import Event, Status
from sim.population import Households, Persons

DIGEST = """
import hashlib
from sim.model import toy
world = toy(population=200, seed=11, burn_in=0, months=6).run().world
digest = hashlib.sha256()
for table in world.population.tables():
    for name in type(table).columns:
        digest.update(table.values(name).tobytes())
print(digest.hexdigest())
"""


def digest_of(world) -> str:
    digest = hashlib.sha256()
    for values in snapshot(world).values():
        digest.update(values.tobytes())
    return digest.hexdigest()


def test_another_process_with_another_hash_seed_gives_the_same_bits(small_model):
    here = digest_of(small_model(burnt=False, population=200, seed=11, burn_in=0, months=6).run().world)
    done = subprocess.run(
        [sys.executable, "-c", DIGEST], env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split()[-1] == here


def test_another_seed_is_another_town(small_world):
    one, other = (digest_of(run(small_world(population=250, seed=seed))) for seed in (1, 2))
    assert one != other


def test_towns_of_two_seeds_are_alike_on_average(small_world):
    """Different draws of one law: no seed makes another kind of place."""
    shares = [
        run(small_world(population=1500, seed=s)).recorder.series("participation")[-1] for s in (1, 2, 3)
    ]
    assert max(shares) - min(shares) < 10


def with_one_more_household(world):
    """The same world with a copy of one household, of elderly people; everybody else as before."""
    other = clone(world)
    persons, households = other.population.persons, other.population.households
    here = np.bincount(persons.household[persons.status < Status.AWAY], minlength=households.count)
    home = int(np.flatnonzero(here >= 2)[0])
    members = np.flatnonzero((persons.household == home) & (persons.status < Status.AWAY))[:2]
    values = {
        name: households.values(name)[home]
        for name in Households.columns
        if name not in ("id", "liquid_assets")
    }
    (row,) = other.population.add(Households, 1, id=np.array([2**61 + 1]), **values)
    values = {name: persons.values(name)[members] for name in Persons.columns}
    values |= {
        "id": 2**61 + 10 + np.arange(len(members)), "household": row, "mother": -1, "spouse": -1, "spell": -1,
        "employer": -1, "status": int(Status.INACTIVE), "birth_month": -12 * 75, "in_school": 0, "work": 0,
    }  # fmt: skip
    other.population.add(Persons, len(members), **values)
    return other


def others(world, names=("persons.", "households.")) -> dict[str, np.ndarray]:
    """Everybody but the added ones, by id."""
    found = by_identity(world)
    keep = {table: found[f"{table}.id"] < 2**61 for table in ("persons", "households")}
    return {n: v[keep[n.split(".")[0]]] for n, v in found.items() if n.startswith(names)}


@pytest.mark.parametrize("line", ["vital", "away", "remittances", "care"])
def test_one_more_household_changes_nobody_elses_line(line, world):
    """Lines in which people do not meet on a market: the others keep every bit."""
    at, with_more = before(world, line), with_one_more_household(before(world, line))
    call(at, getattr(at.schedule, line))
    call(with_more, getattr(with_more.schedule, line))
    one, other = others(at), others(with_more)
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def test_one_more_household_changes_little_for_others_in_a_year(small_world):
    """Others' luck is theirs: what changes comes through prices and the market, not through draws."""
    world = small_world(population=1500)
    world.recorder._events.clear()
    more = with_one_more_household(world)
    run(world, 12)
    run(more, 12)
    one, other = others(world, ("persons.",)), others(more, ("persons.",))

    def those(world, event):
        told = world.recorder.histories()
        ours = (told["event"] == event) & (told["person"] < 2**61)
        return set(zip(told["person"][ours].tolist(), told["month"][ours].tolist(), strict=True))

    for event in (Event.DIED, Event.BORN):
        first, second = those(world, event), those(more, event)
        assert len(first ^ second) <= 0.1 * len(first | second) + 1, event.name
    known = dict(zip(other["persons.id"].tolist(), other["persons.status"].tolist(), strict=True))
    same = [
        known.get(i) == s
        for i, s in zip(one["persons.id"].tolist(), one["persons.status"].tolist(), strict=True)
    ]
    assert np.mean(same) > 0.9


def test_each_line_draws_from_streams_of_its_own(world):
    run(world, 3)
    owners: dict[str, set[str]] = {}
    for process, purpose in world.streams._purposes.values():
        owners.setdefault(process, set()).add(purpose)
    lines = {mechanism.name() for mechanism in world.schedule.lines()}
    assert set(owners) <= lines | {"initial", "synthetic", "trait", "recorder", "start"}
