"""Runs for visitors: the same numbers as the command line, shared fairly, pausing, stepping, stopping."""

import time

import numpy as np
import pytest

from analysis.app.choices import Choices
from analysis.app.engine import Busy, Engine, Followed, Worlds
from analysis.app.held import Held
from experiments.run import run_one
from sim.indicators import INDICATORS

SMALL = {"place": "teaching_toy_village", "package": "care_and_work", "persons": 150, "months": 14, "seeds": 2}


@pytest.fixture(scope="module")
def engine():
    made = Engine(workers=2)
    yield made
    made.close()


def finished(engine, name, state="done"):
    """The job, once it has reached a state."""
    for _ in range(6000):
        job = engine.find(name)
        if job.state == state:
            return job
        assert job.state != "failed", job.trouble
        time.sleep(0.02)
    raise AssertionError(f"still {job.state} at month {job.month}")


def asked(engine, **other):
    return engine.ask(Choices(**{**SMALL, **other}).scenarios())


def test_the_numbers_are_those_of_the_command_line(engine):
    job = finished(engine, asked(engine))
    held = Held(job)
    for run in job.runs:
        stored = run_one(run.tree, run.seed).rows
        for name in INDICATORS:
            for group in ("all", "sex=women", "recipient=yes"):
                if INDICATORS[name].covers(group):
                    mine = (stored["indicator"] == name) & (stored["group"] == group)
                    seed = held.seeds.index(run.seed)
                    found = held.panel(run.scenario, name, group)[seed]
                    np.testing.assert_array_equal(found, stored["value"][mine], err_msg=f"{name} of {group}")


def test_the_same_runs_are_not_run_twice_and_others_are(engine):
    finished(engine, asked(engine, seeds=1))
    again = finished(engine, asked(engine, seeds=1))
    assert again.remembered == 2
    other = finished(engine, asked(engine, seeds=1, package="skills"))
    assert other.remembered == 1  # the world without a package


def test_two_worlds_that_are_the_same_run_are_still_two(engine):
    """Without a package both worlds have one configuration: each month must be in each of them once."""
    job = finished(engine, asked(engine, seed=60, package="none"))
    assert len({run.run_id for run in job.runs}) == 2 and len(job.runs) == 4
    held = Held(job)
    for run in job.runs:
        stored = run_one(run.tree, run.seed).rows
        mine = (stored["indicator"] == "real_income") & (stored["group"] == "all")
        found = held.panel(run.scenario, "real_income")[held.seeds.index(run.seed)]
        np.testing.assert_array_equal(found, stored["value"][mine])


def test_a_paused_run_waits_a_step_is_one_month_and_a_stopped_one_ends(engine):
    name = asked(engine, seed=77, months=60)
    engine.pause(name)
    time.sleep(0.3)
    before = [run.month for run in engine.find(name).runs]
    time.sleep(0.3)
    assert [run.month for run in engine.find(name).runs] == before and engine.find(name).state == "paused"
    month = max(max(before), 0) + 1
    engine.go_on(name, until=month)
    job = finished(engine, name, "paused")
    assert {run.month for run in job.runs} == {month}
    engine.go_on(name, until=month + 1)
    assert {run.month for run in finished(engine, name, "paused").runs} == {month + 1}
    engine.stop(name)
    assert engine.find(name).state == "stopped"
    engine.go_on(name)
    assert engine.find(name).state == "stopped"


def test_two_visitors_do_not_disturb_each_other(engine):
    one, two = asked(engine, seed=5), asked(engine, seed=6)
    first, second = finished(engine, one), finished(engine, two)
    assert {run.seed for run in first.runs} == {5, 6} and {run.seed for run in second.runs} == {6, 7}
    alone = run_one(first.runs[0].tree, first.runs[0].seed).rows
    mine = (alone["indicator"] == "poverty") & (alone["group"] == "all")
    np.testing.assert_array_equal(Held(first).panel(first.runs[0].scenario, "poverty")[0], alone["value"][mine])


def test_a_job_nobody_looks_at_is_stopped_and_too_many_are_refused(engine, monkeypatch):
    monkeypatch.setattr("analysis.app.engine.WAITING", 1)
    name = asked(engine, seed=900, months=240, persons=2000)
    with pytest.raises(Busy, match="try again"):
        asked(engine, seed=901)
    monkeypatch.setattr("analysis.app.engine.ABANDONED", 0.2)
    for _ in range(500):  # whoever is next in turn finds out
        if engine.jobs[name].state == "stopped":
            break
        time.sleep(0.05)
    assert engine.jobs[name].state == "stopped"


def test_what_is_kept_has_a_limit(engine, monkeypatch):
    first = finished(engine, asked(engine, seed=40, seeds=1)).name
    assert engine.find(first).bytes > 0
    monkeypatch.setattr("analysis.app.engine.KEPT", 1)
    second = asked(engine, seed=41, seeds=1)
    assert engine.find(first) is None and engine.find(second) is not None
    finished(engine, second)


def test_a_process_that_ends_costs_its_runs_once_more(engine):
    name = asked(engine, seed=300, months=36)
    for _ in range(400):
        if engine.find(name).month > 0:
            break
        time.sleep(0.02)
    engine.processes[0]._process.kill()
    job = finished(engine, name)
    alone = run_one(job.runs[0].tree, job.runs[0].seed).rows
    mine = (alone["indicator"] == "gini") & (alone["group"] == "all")
    np.testing.assert_array_equal(Held(job).panel(job.runs[0].scenario, "gini")[0], alone["value"][mine])


def test_people_are_counted_once_wherever_they_go(small_model):
    model = small_model(population=300, months=24)
    followed = Followed(model)
    start = len(followed.ids)
    moves = followed.advance(12)["people"]
    present = moves[:-1].sum() + (followed.states == 5).sum()
    assert present == start
    from sim.codes import Status

    now = np.asarray(model.population.persons.status)
    assert moves[:, 3].sum() == np.isin(now, [Status.EMPLOYED, Status.OWN_ACCOUNT]).sum()
    assert moves[:, 4].sum() == (now == Status.AWAY).sum()


def test_a_world_taken_after_its_burn_in_is_the_world_that_was_run_from_the_start():
    worlds = Worlds(lambda text: None)
    both = Choices(**{**SMALL, "around": "drought"}).scenarios()
    for name, one in both.items():
        worlds.open(name, one.tree, 3)
    assert len(worlds.burnt) == 1  # both worlds share their past
    found = worlds.advance("policy", 14)["values"]
    stored = run_one(both["policy"].tree, 3).rows
    mine = (stored["indicator"] == "real_income") & (stored["group"] == "all")
    np.testing.assert_array_equal(found[:, list(INDICATORS).index("real_income"), 0], stored["value"][mine])
