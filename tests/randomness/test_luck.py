"""Luck: same if same, different if different, and one more household disturbs nobody."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from batteries import ADDED, before, check_one_more_household, others, run, snapshot, with_one_more_household

from sim.codes import Event

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
    shares = [run(small_world(population=1500, seed=s)).recorder.series("participation")[-1] for s in (1, 2, 3)]
    assert max(shares) - min(shares) < 10


@pytest.mark.parametrize("line", ["vital", "away", "remittances", "care"])
def test_one_more_household_changes_nobody_elses_line(line, world):
    """Lines in which people do not meet on a market: the others keep every bit."""
    at = before(world, line)
    check_one_more_household(at, getattr(at.schedule, line))


def test_one_more_household_changes_little_for_others_in_a_year(small_world):
    """Others' luck is theirs: what changes comes through prices and the market, not through draws."""
    world = small_world(population=1500)
    world.recorder._events.clear()
    more = with_one_more_household(world)
    run(world, 12)
    run(more, 12)
    one, other = others(world, ("persons",)), others(more, ("persons",))

    def those(world, event):
        told = world.recorder.histories()
        ours = (told["event"] == event) & (told["person"] < ADDED)
        return set(zip(told["person"][ours].tolist(), told["month"][ours].tolist(), strict=True))

    for event in (Event.DIED, Event.BORN):
        first, second = those(world, event), those(more, event)
        assert len(first ^ second) <= 0.1 * len(first | second) + 1, event.name
    known = dict(zip(other["persons.id"].tolist(), other["persons.status"].tolist(), strict=True))
    same = [known.get(i) == s for i, s in zip(one["persons.id"].tolist(), one["persons.status"].tolist(), strict=True)]
    assert np.mean(same) > 0.9


def test_each_line_draws_from_streams_of_its_own(world):
    run(world, 3)
    owners: dict[str, set[str]] = {}
    for process, purpose in world.streams._purposes.values():
        owners.setdefault(process, set()).add(purpose)
    lines = {mechanism.name() for mechanism in world.schedule.lines()}
    assert set(owners) <= lines | {"initial", "synthetic", "trait", "recorder", "start"}
