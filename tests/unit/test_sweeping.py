"""The commands sweep, status and reproduce: one line each for people, one document for machines."""

import json

import pytest
from unit.quick_runs import quick_run, unlucky_run

from analysis.command import main
from analysis.load import load
from experiments import run as runs

MINE = """\
title: Mine
summary: A test.
base: [territory=teaching_toy_village, months=3, seeds=3, population=100]
scenarios: {open: [], closed: [parameters.participation.income=0]}
factors:
  parameters.participation.theta: {low: 0.0, high: 1.0, steps: 15}
outcomes: [participation, poverty]
"""
LINE = ["sweep", "experiments=mine.yaml", "scheduler=serial"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with an experiment of one's own, and runs that need no model."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "mine.yaml").write_text(MINE)
    monkeypatch.setattr(runs, "run_one", quick_run)
    return tmp_path


def asked(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_a_sweep_is_planned_run_shown_and_found_again(here, capsys):
    code, out, err = asked(capsys, *LINE)
    assert code == 0, err
    assert "15 points, 2 scenarios, 3 seeds: 90 runs" in out and "Labour force participation" in out
    assert "Plan: 87 more runs" in err and "memory 50 MB" in err
    code, out, _ = asked(capsys, *LINE, "--json")
    found = json.loads(out)
    assert (code, found["runs"], found["stored_before"], found["failed"]) == (0, 90, 90, 0)
    frame = load(found["folder"]).table()
    assert len(frame) == 90 and set(frame["scenario"]) == {"open", "closed"}
    assert frame["parameters.participation.theta"].nunique() == 15
    results = load(found["folder"], point=3)
    assert results.points[3]["parameters.participation.theta"] == pytest.approx(3 / 14)
    assert results.panel("open", "poverty").shape == (3, 3)
    assert results.sweep["asked"] == ["experiments=mine.yaml"]


def test_only_the_plan_is_shown_where_only_that_is_asked(here, capsys):
    code, out, _ = asked(capsys, *LINE, "--plan", "--json")
    found = json.loads(out)
    assert code == 0 and found["estimate"]["runs"] == 87
    code, out, _ = asked(capsys, "status", "results/mine")
    assert code == 0 and "3 of 90 runs stored, 0 failed; stopped" in out and "goes on from here" in out
    assert json.loads(asked(capsys, "status", "results/mine", "--json")[1])["done"] is False


def test_a_sweep_that_was_interrupted_says_what_is_kept(here, capsys, monkeypatch):
    calls = []

    def interrupted(tree, seed):
        calls.append(seed)
        if len(calls) == 20:
            raise KeyboardInterrupt
        return quick_run(tree, seed)

    monkeypatch.setattr(runs, "run_one", interrupted)
    code, _, err = asked(capsys, *LINE)
    assert code == 130 and "stopped; 19 of 90 runs are stored in results/mine" in err
    monkeypatch.setattr(runs, "run_one", quick_run)
    found = json.loads(asked(capsys, *LINE, "--json")[1])
    assert found["stored_before"] == 19 and found["runs"] == 90


def test_failures_give_exit_code_1_and_are_told_by_status(here, capsys, monkeypatch):
    monkeypatch.setattr(runs, "run_one", unlucky_run)
    code, _, err = asked(capsys, *LINE, "seeds=13")
    assert code == 1 and "30 of 390 runs failed" in err and "unlucky seed" in err
    _, out, _ = asked(capsys, "status", "results/mine")
    assert "30 failed" in out and "failed: RuntimeError: unlucky seed" in out


def test_results_are_reproduced_or_the_difference_is_said(here, capsys, monkeypatch):
    asked(capsys, *LINE)
    code, out, _ = asked(capsys, "reproduce", "results/mine", "--runs", "10", "--workers", "1")
    assert code == 0 and "10 runs, 60 numbers, the same bit for bit" in out

    def otherwise(tree, seed):
        one = quick_run(tree, seed)
        one.rows["value"] *= 1.0 + 1e-15
        return one

    monkeypatch.setattr(runs, "run_one", otherwise)
    code, out, _ = asked(capsys, "reproduce", "results/mine", "--workers", "1", "--json")
    assert code == 1 and json.loads(out)["same"] is False


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["sweep"], "experiments=NAME"),
        (["sweep", "experiments=smok"], "smoke"),
        (["sweep", "experiments=mine.yaml", "monts=3"], "monts"),
        (["sweep", "experiments=other.yaml"], "other.yaml"),
        (["sweep", "experiments=mine.yaml", "scheduler=nowhere"], "scheduler=nowhere"),
        (["status", "nowhere"], "no results"),
        (["reproduce", "nowhere"], "no results"),
    ],
)
def test_mistakes_are_said_in_one_line(here, capsys, line, said):
    code, _, err = asked(capsys, *line)
    assert code == 2 and said in err and err.count("\n") == 1


def test_shipped_experiments_are_listed(here, capsys):
    code, out, _ = asked(capsys, "sweep", "--list")
    assert code == 0 and "smoke" in out and "tipping" in out
