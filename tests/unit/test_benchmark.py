"""The benchmark says goal beside figure, and keeps a history; no test of ours times anything."""

import json

import pytest

from experiments import benchmark
from experiments.benchmark import Figure, Sizes, in_turns, main, options_of, row
from scenarios.configuration import ConfigurationError

SMALL = Sizes(twin=200, agree=200, whole=(300, 600), memory=(300, 600), largest=400, mesa=300, months=2, sweep=2)


def test_a_figure_is_met_or_missed_or_has_no_goal():
    assert Figure("a", 1.0, "s", 2.0).met is True
    assert Figure("a", 3.0, "s", 2.0).met is False
    assert Figure("a", 3.0, "times", 2.0, most=False).met is True
    assert Figure("a", 3.0, "s", None).met is None


def test_a_row_shows_the_goal_and_says_missed():
    said = row(Figure("build", 3.5, "s", 2.0, detail="quiet machine"), before=4.0)
    assert "3.5 s" in said and "at most 2" in said and "MISSED" in said
    assert "last time 4" in said and "quiet machine" in said


def test_works_are_called_in_turns():
    called = []
    found = in_turns([lambda: called.append("a"), lambda: called.append("b")], times=2, first=1)
    assert called == ["a", "b"] * 3 and [len(one) for one in found] == [2, 2]


def test_unknown_options_are_said_in_one_line():
    with pytest.raises(ConfigurationError, match=r"--only has no 'speed'; allowed: .*core"):
        options_of(["--only", "speed"])
    with pytest.raises(ConfigurationError, match="--fast"):
        options_of(["--fast"])


def test_the_month_it_times_is_the_month_of_the_model(small_world):
    plain, timed = small_world(population=300), small_world(population=300)
    plain.run(plain.schedule)
    spent = {}
    benchmark.timed_month(timed, timed.schedule, spent)
    assert (plain.recorder.rows()["value"] == timed.recorder.rows()["value"]).all()
    lines = {type(line).name() for line in timed.schedule.lines()}
    assert lines <= set(spent) and all(seconds[0] >= 0.0 for seconds in spent.values())


def test_figures_are_said_and_stored(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "QUICK", SMALL)
    said = []
    history = tmp_path / "new" / "history.jsonl"
    arguments = ["--quick", "--only", "core,month,mesa", "--out", str(history)]
    document = main(arguments, said.append)
    stored = [json.loads(line) for line in history.read_text().splitlines()]
    assert len(stored) == 1 and stored[0]["code"] == document["code"]
    names = [figure["name"] for figure in document["figures"]]
    assert any("core loop" in name for name in names) and "line participation" in names
    assert any("at least 150" in line for line in said)
    assert all(figure["value"] == figure["value"] for figure in document["figures"])
    json.dumps(document, allow_nan=False)


def test_a_process_of_its_own_answers(small_model):
    small_model(population=200)
    found = benchmark.child("month", 300)
    assert found["processor"] > 0 and found["peak"] > 1e7


@pytest.mark.slow
def test_memory_of_a_worker_does_not_grow_with_what_it_has_run():
    found = benchmark.child("worker", 20, 80)
    assert 50 < found["early"] < 1000 and found["late"] - found["early"] < 20, found


@pytest.mark.slow
def test_disk_and_memory_of_a_sweep_are_foreseen_within_half_as_much_again(monkeypatch):
    """By two workers with the model itself; time is a matter of the machine: a figure of the benchmark alone."""
    monkeypatch.setattr(benchmark, "PLACE", "teaching_toy_village")
    few = Sizes(200, 200, (300, 600), (300, 600), 400, 300, 2, sweep=24)
    figures = {one.name.strip(): one for one in benchmark.sweep(few, print)}
    for name in ("disk of a sweep, off by a factor", "memory of a sweep, off by a factor"):
        assert figures[name].met, figures[name]
    assert figures["time of a sweep, off by a factor"].value < 10


def test_memory_is_that_of_all_processes_together():
    import subprocess
    import sys
    import time

    with benchmark.Watched() as alone:
        time.sleep(0.5)
    with benchmark.Watched() as watched:
        subprocess.run([sys.executable, "-c", "import time; x = b'1' * 200_000_000; time.sleep(1.5)"], check=True)

    assert 150e6 < watched.most - alone.most < 300e6
    assert benchmark.off(2.0, 1.0) == benchmark.off(1.0, 2.0) == 2.0
