"""Twins, the experimenter's hands and measurements: what is not touched stays, to the bit and to the cent."""

import numpy as np
import pytest

from experiments import worlds
from experiments.hands import HeldValue, Panel, adults_of, grants, matched, participation_gap, recipients
from experiments.worlds import Bench, Hands, advance, at_limit, plain, rows_by_id, source_hash, started, twin
from scenarios.configuration import compose

PLACE = ["territory=teaching_toy_village", "population=300", "months=12"]


@pytest.fixture(scope="module")
def village():
    """A village in which some receive remittances, after its burn-in."""
    return started(compose(PLACE), 1)


def everybody(model):
    """Rows of all adults."""
    return adults_of(model.world, np.ones(model.population.households.count, bool))


def test_twins_live_alike_and_apart(village):
    one, other = twin(village), twin(village)
    advance(one, 4)
    assert other.world.month == village.world.month
    advance(other, 4)
    for name in ("participation", "real_income", "remittances_received"):
        np.testing.assert_array_equal(one.recorder.series(name), other.recorder.series(name))


def test_a_twin_can_have_other_parameters_and_not_another_place(village):
    other = advance(twin(village, compose([*PLACE, "parameters.remittances.on=0"])), 3)
    assert other.recorder.series("remittances_received")[-1] == 0.0
    with pytest.raises(ValueError, match="live in one place"):
        twin(village, compose([*PLACE, "territory.pay_basic=99999"]))


def test_hands_that_do_nothing_change_nothing_and_the_model_keeps_its_schedule(village):
    one, other = twin(village), twin(village)
    own = other.schedule
    seen = []
    hands = Hands(own, before={"matching": lambda world: seen.append("before")},
                  after={"remittances": matched(0.0)})  # fmt: skip
    advance(one, 3)
    advance(other, 3, hands)
    assert seen == ["before"] * 3
    assert other.schedule is own
    np.testing.assert_array_equal(one.population.persons.status, other.population.persons.status)


def test_a_dose_is_paid_through_the_books(village):
    one, other = twin(village), twin(village)
    advance(one, 1)
    advance(other, 1, Hands(other.schedule, after={"remittances": matched(1.0)}))
    received = one.population.households.receipt
    assert received.sum() > 0.0
    np.testing.assert_allclose(other.population.households.receipt, 2.0 * received, rtol=1e-5)
    assert other.ledger.paid("experimental grant") == pytest.approx(100.0 * received.sum(), rel=1e-4)


def test_grants_reach_whom_they_are_for(village):
    one = twin(village)
    ids = one.population.households.id[:2].copy()
    amounts = np.array([10.0, 20.0])
    advance(one, 1, Hands(one.schedule, after={"remittances": grants(ids, lambda month: amounts * month)}))
    assert one.ledger.paid("experimental grant") == 3000


def test_values_lent_by_an_equal_twin_change_nothing_and_are_given_back(village):
    one, other, lender = twin(village), twin(village), twin(village)
    hand = HeldValue()
    noting = Hands(lender.schedule, before={"participation": hand.note})
    lending = Hands(other.schedule, before={"participation": hand.lend}, after={"participation": hand.give_back})
    for _ in range(3):
        advance(one, 1)
        advance(lender, 1, noting)
        advance(other, 1, lending)
    for column in ("status", "reservation_wage", "care_hours"):
        np.testing.assert_array_equal(one.population.persons.values(column), other.population.persons.values(column))
    np.testing.assert_array_equal(one.population.households.liquid_assets, other.population.households.liquid_assets)


def test_values_lent_by_another_world_decide(village):
    lender, other, free = twin(village), twin(village), twin(village)
    lender.population.households.persistent_receipt[:] = 1e7
    hand = HeldValue()
    lending = Hands(other.schedule, before={"participation": hand.lend}, after={"participation": hand.give_back})
    for model in (lender, other, free):
        model.population.persons.shaken[:] = 1
    advance(lender, 1, Hands(lender.schedule, before={"participation": hand.note}))
    advance(other, 1, lending)
    advance(free, 1)
    wage = [m.population.persons.not_working[everybody(village)].astype(float) for m in (other, free)]
    assert np.median(wage[0]) > np.median(wage[1])
    assert other.population.households.persistent_receipt.max() < 1e6, "given back"


def test_the_same_people_are_followed_through_moves_and_rows(village):
    one = twin(village)
    rows = everybody(one)
    panel = Panel(one.world, rows, 2)
    one.compaction = 1
    advance(one, 3, watch=panel.look)
    assert panel.values().shape == (2, len(rows))
    persons = one.population.persons
    where = rows_by_id(persons.id, panel.ids)
    there = where >= 0
    np.testing.assert_array_equal(panel.values()[-1][there], persons.status[where[there]])
    assert participation_gap(panel, panel) == 0.0
    assert recipients(village.world).any()


def test_rows_by_id():
    ids = np.array([30, 10, 20])
    assert rows_by_id(ids, np.array([10, 20, 40, 30, 5])).tolist() == [1, 2, -1, 0, -1]
    assert rows_by_id(np.zeros(0, np.int64), np.array([1])).tolist() == [-1]


def test_a_limit_of_theory_lies_outside_the_bounds(village):
    line = village.schedule.migration
    limit = at_limit(line, gain_weight=1000.0)
    assert (limit.gain_weight, limit.rules.gain_weight, line.gain_weight) == (1000.0, 1000.0, 1.0)


def test_what_was_measured_is_not_measured_again(tmp_path, monkeypatch):
    from experiments.evidence import spells

    calls = []

    def counted(where, trees, seed, options):
        calls.append(seed)
        return {"found": seed, **options}

    monkeypatch.setattr(worlds, "measured", counted)
    told = []
    for seeds in (range(1, 3), range(1, 4)):
        with Bench(tmp_path, workers=1, progress=lambda done, total: told.append((done, total))) as bench:
            found = bench.measure(spells, {"place": PLACE}, seeds, dose=2.0)
    assert [one["found"] for one in found] == [1, 2, 3]
    assert calls == [1, 2, 3]
    assert told[-1] == (3, 3)
    with Bench(tmp_path, workers=1) as bench:
        bench.measure(spells, {"place": PLACE}, [1], dose=3.0)
        bench.measure(spells, {"place": [*PLACE, "parameters.remittances.on=0"]}, [1], dose=2.0)
    assert calls == [1, 2, 3, 1, 1], "other options and other worlds are other measurements"
    next(iter(tmp_path.glob("*.json"))).write_text("{cut")
    with Bench(tmp_path, workers=1) as bench:
        bench.measure(spells, {"place": PLACE}, range(1, 4), dose=2.0)
    assert len(calls) <= 6, "what is damaged is measured anew, nothing else"


def test_the_code_of_a_measurement_is_part_of_its_name():
    assert source_hash("experiments.evidence") != source_hash("experiments.claims")


def test_a_measurement_that_is_not_finite_is_an_error():
    assert plain({"a": np.float32(0.5), "b": np.arange(2)}) == {"a": 0.5, "b": [0, 1]}
    with pytest.raises(ValueError, match="not finite"):
        plain({"a": [1.0, float("nan")]})
