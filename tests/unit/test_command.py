"""The command: people and machines are answered, mistakes at once and in one line, results are stored."""

import json
import os
import pathlib
import subprocess
import sys
import time
import types

import numpy as np
import pytest

from analysis import command
from analysis.command import COMMANDS, main
from analysis.completion import complete, script
from analysis.load import load
from analysis.talk import number
from experiments import run as runs
from experiments.store import Finished
from scenarios.configuration import check
from sim.indicators import INDICATORS

GROUPS = ("all", "recipient=yes", "recipient=no")


def invented_run(tree, seed):
    """A run without a model: each policy adds 2 to everything, each seed its number."""
    found = check(tree)
    level = seed + 2.0 * len(found.events) + 10.0 * found.parameters.remittances.on
    if seed == 13:
        raise RuntimeError("unlucky\nseed")
    cells = [(month, name, group) for name in INDICATORS for group in GROUPS for month in range(1, found.months + 1)]
    month, indicator, group = (np.array(column) for column in zip(*cells, strict=True))
    rows = {"month": month.astype(np.int16), "indicator": indicator, "group": group}
    rows["value"] = np.full(len(cells), level)
    return Finished(found.run_id(seed), rows, {"seed": seed, "seconds": 0.1, "peak_memory": 1.0, "poverty": level})


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working folder with accents and spaces, and the invented model."""
    folder = tmp_path / "résultats d'été"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(runs, "run_one", invented_run)
    report = types.ModuleType("analysis.report")
    report.write = lambda folder, out, **more: pathlib.Path(out).write_text("report") and out  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "analysis.report", report)
    return folder


def asked(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def document(capsys, *arguments: str) -> dict:
    code, out, err = asked(capsys, *arguments, "--json")
    assert code == 0, out
    assert err == ""
    return json.loads(out)


def test_run_stores_and_is_instant_the_second_time(here, capsys):
    first = document(capsys, "run", "months=14", "seeds=3")
    assert (first["runs"], first["stored_before"], first["folder"]) == (3, 0, "results/run")
    assert first["indicators"]["poverty"]["mean"] == 12
    assert document(capsys, "run", "months=14", "seeds=3")["stored_before"] == 3
    code, out, _ = asked(capsys, "run", "months=14", "seeds=3")
    assert code == 0 and "results/run" in out and "Poverty" in out


def test_compare_pairs_seeds_and_sets_a_policy_beside_none(here, capsys):
    found = document(capsys, "compare", "policies=[transfer_cards]", "shocks=[drought]", "months=2", "seeds=4", "--all")
    effect = next(one for one in found["effects"] if one["outcome"] == "poverty")
    assert (effect["mean"], effect["seeds"], effect["share"]) == (2, 4, 1)
    results = load(found["folder"])
    assert list(results.configuration("baseline")["shocks"]) == ["drought"]
    assert results.configuration("baseline")["policies"] == {}


def test_compare_with_a_named_baseline_keeps_what_was_added(here, capsys):
    found = document(capsys, "compare", "policies=[transfer_cards]", "baseline=drought", "months=2", "seeds=2")
    assert found["baseline"] == "drought"
    base = load(found["folder"]).configuration("drought")
    assert list(base["shocks"]) == ["drought"] and base["months"] == 2 and "transfer_cards" not in base["policies"]


def test_compare_prints_effects_intervals_and_a_sentence(here, capsys):
    code, out, _ = asked(
        capsys,
        "compare",
        "policies=[transfer_cards]",
        "months=2",
        "seeds=2",
        "--indicators",
        "poverty,real_income@recipient=no",
    )
    assert code == 0
    assert "Poverty" in out and "recipient=no" in out and "90% interval" in out
    assert "FCFA a month" in out and "participation of women" in out


@pytest.mark.parametrize(
    "wrong",
    [
        ["compare", "months=2"],
        ["run", "monts=2"],
        ["run", "months=0"],
        ["run", "--jsn"],
        ["rnu"],
        ["show", "povrty"],
        ["list", "polices"],
        ["run", "--workers", "0"],
        ["run", "--workers", "many"],
        ["report"],
        ["report", "nowhere"],
        ["compare", "policies=[transfer_cards]", "months=2", "--indicators", "povrty"],
        ["show", "../../etc/passwd"],
    ],
)
def test_a_mistake_is_one_line_and_code_2(here, capsys, wrong):
    code, out, err = asked(capsys, *wrong)
    assert (code, out) == (2, "")
    assert err.startswith("remesa: ") and err.count("\n") == 1
    code, out, err = asked(capsys, *wrong, "--json")
    assert (code, err) == (2, "")
    assert json.loads(out)["error"]["exit_code"] == 2


def test_out_that_cannot_be_written_is_said_and_nothing_is_left(here, capsys):
    (here / "file").write_text("mine")
    code, _, err = asked(capsys, "run", "months=2", "out=file")
    assert code == 2 and "file" in err and (here / "file").read_text() == "mine"
    code, _, err = asked(capsys, "run", "months=2", "out=file/below")
    assert code == 2 and err.count("\n") == 1


def test_results_of_another_plan_are_never_overwritten(here, capsys):
    first = document(capsys, "run", "months=2")["folder"]
    before = sorted(p.name for p in (here / first).rglob("*"))
    second = document(capsys, "run", "months=3")["folder"]
    assert second != first and second.startswith("results/run-")
    assert sorted(p.name for p in (here / first).rglob("*")) == before
    assert document(capsys, "run", "months=3")["stored_before"] == 1
    code, out, _ = asked(capsys, "run", "months=3", f"out={first}", "--json")
    assert code == 2 and "another plan" in json.loads(out)["error"]["message"]


def test_a_run_that_fails_is_written_down_and_the_others_are_kept(here, capsys):
    code, out, _ = asked(capsys, "run", "months=2", "seed=12", "seeds=3", "--json")
    found = json.loads(out)
    assert code == 1 and found["failed"] == 1 and "unlucky seed" in found["failures"][0]
    results = load(found["folder"])
    assert results.seeds == [12, 14] and results.stored == 2
    (failure,) = results.store.failures()
    assert failure["seed"] == 13 and "Traceback" in failure["traceback"] and failure["configuration"]["months"] == 2
    code, _, err = asked(capsys, "run", "months=2", "seed=13")
    assert code == 1 and "unlucky seed" in err and err.count("\n") == 1


def test_stopping_keeps_what_is_finished_and_says_so(here, capsys, monkeypatch):
    def stopped(tree, seed):
        if seed == 3:
            raise KeyboardInterrupt
        return invented_run(tree, seed)

    monkeypatch.setattr(runs, "run_one", stopped)
    code, _, err = asked(capsys, "run", "months=2", "seeds=4")
    assert code == 130 and "2 finished runs are stored" in err and err.count("\n") == 1
    monkeypatch.setattr(runs, "run_one", invented_run)
    assert document(capsys, "run", "months=2", "seeds=4")["stored_before"] == 2


def test_the_demo_answers_both_questions_from_the_same_seeds(here, capsys):
    small = ("months=2", "seeds=2", "population=100")
    found = document(capsys, "demo", *small)
    assert found["runs"] == 6 and found["folder"] == "results/demo"
    assert {one["mean"] for one in found["effects"]} == {10}
    assert {one["mean"] for one in found["withheld"]} == {10}
    assert (here / found["report"]).read_text() == "report"
    (here / found["report"]).write_text("kept, because nothing is new")
    assert document(capsys, "demo", *small)["stored_before"] == 6
    assert (here / found["report"]).read_text() == "kept, because nothing is new"
    code, out, _ = asked(capsys, "demo", *small)
    assert code == 0 and "participation of women" in out and "Report:" in out
    assert "the participation of women" in found["sentences"]["withheld"][0]


def test_a_demo_without_policies_says_no_difference(here, capsys):
    code, out, _ = asked(capsys, "demo", "months=2", "seeds=2", "population=100", "policies=[]")
    assert code == 0 and "no difference" in out


def test_the_report_of_a_folder(here, capsys):
    folder = document(capsys, "run", "months=2")["folder"]
    assert document(capsys, "report", folder, "--out", "bericht ü.html")["report"] == "bericht ü.html"
    assert (here / "bericht ü.html").exists()


@pytest.mark.parametrize(
    "kind", ["territories", "policies", "shocks", "cases", "indicators", "parameters", "mechanisms"]
)
def test_lists_and_what_they_name(capsys, kind):
    items = document(capsys, "list", kind)[kind]
    assert items
    for item in items[:3]:
        assert document(capsys, "show", item["name"])["found"]
    code, out, _ = asked(capsys, "list", kind)
    assert code == 0 and items[0]["name"][:20] in out


def test_the_month_is_printed_in_its_order(capsys):
    lines = document(capsys, "show", "schedule")["lines"]
    assert [line["name"] for line in lines][:3] == ["events", "vital", "away"]


def test_every_command_has_help(capsys):
    for name in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
    code, out, _ = asked(capsys, "--help")
    assert code == 0 and all(name in out for name in COMMANDS)


def test_completion():
    assert "compare" in complete(["remesa co"])
    assert complete(["remesa run mon"]) == ["months="]
    assert "policies=[transfer_cards" in complete(["remesa run policies=[transfer_c"])
    assert "policies=[drop,transfer_cards" in complete(["remesa run policies=[drop,transfer_c"])
    assert "parameters.participation." in complete(["remesa run parameters.part"])
    assert "parameters.participation.theta=" in complete(["remesa run parameters.participation.th"])
    assert complete(["remesa compare baseline=dro"]) == ["baseline=drought"]
    assert "transfer_cards" in complete(["remesa show transfer_"])
    assert complete(["remesa list pol"]) == ["policies"]
    assert all("remesa" in script([shell]) for shell in ("bash", "zsh", "fish"))


def test_numbers_for_people():
    assert [number(x) for x in (0, 12345.678, 0.012345, -3.14159, float("nan"), None)] == [
        "0", "12,346", "0.01235", "-3.142", "-", "-",
    ]  # fmt: skip


def in_a_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "analysis.command", *arguments],
        capture_output=True,
        env=os.environ | environment,
        check=False,
    )


def test_help_and_mistakes_are_answered_at_once():
    for arguments in (["--help"], ["run", "months=0"], ["list", "policies"]):
        begun = time.perf_counter()
        in_a_process(*arguments)
        assert time.perf_counter() - begun < 10  # a second on a quiet machine
    code = (
        "import sys, analysis.command as c; c.main(['run', 'months=0']); "
        "print(sorted({'numba', 'mesa', 'pyarrow', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_terminals_that_know_little():
    for environment in (
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0"},
        {"LC_NUMERIC": "de_DE.UTF-8"},
        {"COLUMNS": "40", "TERM": "dumb"},
    ):
        found = in_a_process("show", "transfer_price_information", **environment)
        assert found.returncode == 0, found.stderr
        assert found.stdout


def test_a_reader_that_goes_away_is_no_error():
    found = subprocess.run(
        f"{sys.executable} -m analysis.command list | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in found.stderr


def test_an_unforeseen_error_is_one_line(here, capsys, monkeypatch):
    def broken(options):
        raise ZeroDivisionError("a\nb")

    monkeypatch.setitem(command.COMMANDS, "version", command.Command("", command.takes_nothing, broken))
    code, _, err = asked(capsys, "version")
    assert code == 1 and "ZeroDivisionError: a b" in err and err.count("\n") == 1
