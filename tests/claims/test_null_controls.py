"""Null controls: remittances reach participation only through the channels that carry them.

Paid against withheld: migrants do and part with the same; only whether it arrives differs.
"""

import dataclasses

import numpy as np
import pytest
from batteries import before, by_identity, call, changed, clone, differences, run

from sim.example import ABROAD, CITY, example_inputs
from sim.mechanisms.participation import Participation
from sim.schedule import Schedule

# Every use of remittances, by the line that makes it.
CHANNELS = {
    "participation": ("income", "volatility"),
    "expectations": ("remittances_usual",),
    "vital": ("remittances_repay_estates",),
    "government": ("remittances_pay_outside",),
    "spending": ("remittances_spent",),
    "finance": ("remittances_banked",),
    "enterprise": ("remittances_start_firms",),
    "skills": ("remittances_pay_school",),
    "migration": ("remittances_pay_trips",),
    "remittances": ("control", "collective"),
    "newcomers": ("remittances_sent_on",),
}
# What may differ then: the purses themselves and what is known of them.
PURSES = {
    *("households.liquid_assets", "households.received_assets", "households.receipt", "households.receipts"),
    *("households.persistent_receipt", "households.receipt_variance", "households.income"),
    *("households.smoothed_income", "migrants.sent", "migrants.fee", "migrants.lost", "providers.cash"),
    *("localities.outside", "destinations.outside"),  # the receivers' way to the desk; whom the money went to
}


# A place in which remittances matter: many more are away than in the ordinary invented town.
INPUTS = dataclasses.replace(
    example_inputs(),
    destinations=(CITY, dataclasses.replace(ABROAD, emigrants=0.2, finding=0.3, recognition_at_arrival=0.6)),
)


@pytest.fixture
def town(small_world):
    """Such a town after the burn-in."""
    return small_world(inputs=INPUTS, population=600)


def share_received(world) -> float:
    """Remittances over income, as households know them."""
    homes = world.population.households
    return float(homes.persistent_receipt.sum() / homes.smoothed_income.sum())


def without(schedule: Schedule, but: str = "") -> Schedule:
    """The schedule with every use of remittances off, or all but those of one line."""
    for line, switches in CHANNELS.items():
        if line != but:
            schedule = changed(schedule, line, **dict.fromkeys(switches, 0))
    return schedule


def withheld(schedule: Schedule) -> Schedule:
    return changed(schedule, "remittances", on=0)


def beyond_purses(one, other) -> list[str]:
    """Columns beside the purses in which two worlds differ."""
    found = differences(by_identity(one), by_identity(other))
    return [line for line in found if line.split(":")[0] not in PURSES]


def states(world) -> dict[int, int]:
    """Labour-force status of everybody, by id."""
    persons = world.population.persons
    return dict(zip(persons.id.tolist(), persons.status.tolist(), strict=True))


def pair(world, schedule: Schedule):
    """The same world twice: remittances paid, and withheld."""
    paid, kept = clone(world), clone(world)
    paid.schedule, kept.schedule = schedule, withheld(schedule)
    return paid, kept


def unpaid(world):
    """The same state without anything that came or is expected from those away."""
    twin = clone(world)
    homes = twin.population.households
    homes.liquid_assets[:] -= np.minimum(homes.received_assets, homes.liquid_assets)
    for column in (homes.received_assets, homes.receipt, homes.receipts, homes.persistent_receipt):
        column[:] = 0
    homes.receipt_variance[:] = 0.0
    return twin


@pytest.mark.parametrize("months", [0, 7, 18])
def test_direct_with_income_off_receipts_change_no_bit(town, months):
    """Same month, same state, the line called with what was received and without: identical bits."""
    at = before(run(town, months), "participation")
    off = changed(town.schedule, "participation", income=0).participation
    paid, nothing = clone(at), unpaid(at)
    assert share_received(at) > 0.03, "remittances are worth something here"
    for one in (paid, nothing):
        call(one, off)
    ours, theirs = by_identity(paid), by_identity(nothing)
    written = [str(column) for column in Participation.writes]
    assert not differences({name: ours[name] for name in written}, theirs)

    paid, nothing = clone(at), unpaid(at)
    for one in (paid, nothing):
        call(one, town.schedule.participation)
    incomes = [one.population.persons.nonlabour_income for one in (paid, nothing)]
    assert (incomes[0] > incomes[1]).any(), "with income on the line looks at what was received"


# In that town a newcomer has somebody away and sends home, at month 27, all that is left beyond need: so what the
# family in the pool gets, and from there what is spent here, would depend on what came.
SENT_ON = 15


@pytest.mark.parametrize(("seed", "months"), [(1, 36), (SENT_ON, 30)])
def test_whole_run_with_every_use_off_nobody_differs(seed, months, small_world):
    """From the first month of the burn-in on: the same people, jobs, pay and prices in every month."""
    start = small_world(burnt=False, inputs=INPUTS, population=600, seed=seed)
    paid, kept = pair(start, without(Schedule()))
    received = earned = 0.0
    for month in range(months):
        for one in (paid, kept):
            run(one)
        assert states(paid) == states(kept), f"participation differs in month {month}"
        assert not (apart := beyond_purses(paid, kept)), f"month {month}: {apart}"
        received += float(paid.population.households.receipt.sum())
        earned += float(paid.population.households.labour_income.sum())
    assert received > 0.03 * earned, "remittances are worth something here"
    assert kept.population.households.receipt.sum() == 0.0
    assert np.array_equal(paid.recorder.series("participation"), kept.recorder.series("participation"))


@pytest.mark.parametrize("line", [line for line in CHANNELS if line not in ("vital", "government")])
def test_each_use_alone_carries_something(line, small_world):
    """No switch is idle: with the uses of one line on, more than purses differs within three years."""
    seed = SENT_ON if line == "newcomers" else 1
    start = small_world(burnt=False, inputs=INPUTS, population=600, seed=seed)
    paid, kept = pair(start, without(Schedule(), but=line))
    for _ in range(36):
        for one in (paid, kept):
            run(one)
        if beyond_purses(paid, kept):
            return
    pytest.fail(f"what {line} does with remittances shows nowhere")


def test_income_off_alone_leaves_market_feedback(small_world, record_property):
    """Spending, schooling, start-ups and trips still move the market: reported, not required to be zero."""
    both = {"everything on": [], "market feedback": []}
    for seed in (1, 2, 3):
        start = small_world(inputs=INPUTS, population=600, seed=seed)
        for name, schedule in (
            ("everything on", start.schedule),
            ("market feedback", changed(start.schedule, "participation", income=0, volatility=0)),
        ):
            paid, kept = pair(start, schedule)
            for one in (paid, kept):
                run(one, 24)
            series = [one.recorder.series("participation")[-12:].mean() for one in (paid, kept)]
            both[name].append(series[0] - series[1])
            assert beyond_purses(paid, kept), "the market answers to remittances"
    for name, points in both.items():
        assert np.isfinite(points).all()
        record_property(f"{name}, points of participation", float(np.mean(points)))
        print(f"{name}: remittances move participation by {np.mean(points):+.2f} points "
              f"({', '.join(f'{one:+.2f}' for one in points)} by seed)")  # fmt: skip
    assert max(map(abs, both["market feedback"])) < 5.0, "what is left is small beside the level of about 55 %"
