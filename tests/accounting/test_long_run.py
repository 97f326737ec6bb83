"""Fifty years of a small town, a compaction every month: nothing gets lost, nothing piles up, every bit repeats."""

import hashlib
import multiprocessing

import numpy as np
import pytest
from batteries import by_identity, check_finite, check_references, shadowed, told

from sim.codes import Event
from sim.model import toy

MONTHS = 600
PEOPLE = 350


def digest(world) -> str:
    """One number for everybody's state, all life events and all indicators so far."""
    found = hashlib.sha256()
    for name, values in sorted(by_identity(world).items()):
        found.update(name.encode() + np.ascontiguousarray(values).tobytes())
    found.update(repr(told(world)).encode())
    for name, values in world.recorder.rows().items():
        found.update(name.encode() + repr(values.tolist()).encode())
    return found.hexdigest()


def elsewhere(months: int, people: int) -> list[str]:
    """The same run in a process of its own: digests half way and at the end."""
    model = toy(population=people, months=months)
    model.compaction = 1
    found = []
    for month in range(months):
        model.step()
        if month + 1 in (months // 2, months):
            found.append(digest(model.world))
    return found


@pytest.fixture(scope="module")
def fifty_years(small_world):
    """The run month by month with all checks, and digests of it and of its twin in another process."""
    small_world(population=200, burn_in=0)  # compiled before two processes start
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        twin = pool.apply_async(elsewhere, (MONTHS, PEOPLE))
        world = small_world(burnt=False, population=PEOPLE, months=MONTHS)
        happened = np.zeros(len(Event), np.int64)
        digests, sizes, heads = [], [], []
        for month in range(MONTHS):
            if month % 25 == 0:
                with shadowed(world) as books:
                    world.run(world.schedule)
                books.check()
            else:
                world.run(world.schedule)
            happened += world.recorder.happened
            world.compact()
            sizes.append(sum(table.memory() for table in world.population.tables()))
            heads.append(world.population.persons.count)
            if month % 50 == 0:
                check_finite(world)
                check_references(world)
            if month + 1 in (MONTHS // 2, MONTHS):
                digests.append(digest(world))
        check_finite(world)
        check_references(world)
        return world, happened, digests, np.array(sizes), np.array(heads), twin.get(timeout=500)


def test_books_heads_and_jobs_balance_in_every_month(fifty_years):
    """Checked by the model in each month and by a second set of books in every 25th; everything happened."""
    world, happened, *_ = fifty_years
    assert world.month == MONTHS
    wanted = (Event.BORN, Event.DIED, Event.DEPARTED, Event.RETURNED, Event.ARRIVED)
    assert (happened[list(wanted)] > 0).all()
    assert (happened[[Event.FIRM_OPENED, Event.FIRM_CLOSED, Event.HIRED]] > 0).all()
    assert world.population.persons.count > 50, "the town is still there"


def test_same_seed_same_bits_in_another_process(fifty_years):
    """Half way and at the end, with the second set of books looking on in one of the two."""
    _, _, digests, _, _, theirs = fifty_years
    assert digests == theirs


def test_memory_follows_the_people_who_are_there(fifty_years):
    """Rows of those gone are dropped: bytes of all tables per head, spare room included, do not grow."""
    *_, sizes, heads, _ = fifty_years
    per_head = sizes / heads
    assert per_head[-120:].mean() < 1.25 * per_head[:120].mean()
    assert sizes.max() < 3 * sizes[0] * heads.max() / heads[0]
