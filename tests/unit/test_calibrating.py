"""The commands calibrate, sensitivity and discover, from the line that is typed to the files that are left."""

import json

import numpy as np
import pytest
import yaml

from analysis.command import main
from experiments import run as runs
from experiments.store import Finished
from scenarios.configuration import check, compose

THETA, NORM = "parameters.participation.theta", "parameters.migration.norm_weight"
MINE = f"""\
title: Mine
summary: A test.
base: [territory=teaching_toy_village, months=3, seeds=2, population=100]
factors:
  {THETA}: {{low: 0.0, high: 1.0}}
  {NORM}: {{low: 0.0, high: 1.0}}
targets:
  - {{statistic: participation, value: 52.0, tolerance: 1.0, source: "A survey, table 3"}}
  - {{statistic: poverty, value: 20.0, tolerance: 2.0, source: "A census"}}
"""


def sloped(tree, seed) -> Finished:
    """Participation rises with one parameter (40 to 60), poverty falls with the other (30 to 10); no model is run."""
    found = check(tree)
    luck = np.random.default_rng(seed)
    level = {
        "participation": 40.0 + 20.0 * found.parameters.participation.theta + luck.normal(scale=0.5),
        "poverty": 30.0 - 20.0 * found.parameters.migration.norm_weight + luck.normal(scale=1.0),
    }
    months = np.arange(1, found.months + 1, dtype=np.int16)
    rows = {
        "month": np.tile(months, 2), "indicator": np.repeat(list(level), len(months)),
        "group": np.full(2 * len(months), "all"), "value": np.repeat(list(level.values()), len(months)),
    }  # fmt: skip
    return Finished(found.run_id(seed), rows, {"seed": seed, "seconds": 0.01, "peak_memory": 50.0, **level})


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "mine.yaml").write_text(MINE)
    monkeypatch.setattr(runs, "run_one", sloped)
    return tmp_path


def asked(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


LINE = ["calibrate", "experiments=mine.yaml", "scheduler=serial"]


def test_parameters_are_found_and_a_run_takes_them(here, capsys):
    pytest.importorskip("optuna", reason="needs remesa[analysis]")
    code, out, err = asked(capsys, *LINE, "trials=32", "--json")
    assert code == 0, err
    found = json.loads(out)
    theta, norm = found["parameters"][THETA], found["parameters"][NORM]
    assert theta["low"] < 0.6 < theta["high"] < 0.75 and norm["low"] < 0.5 < norm["high"]
    assert found["tried"] == 32 and found["method"] == "search" and found["not_met"] == []
    written = yaml.safe_load((here / "results/mine/parameters.yaml").read_text())
    about = written["provenance"]
    assert about["targets"][0]["source"] == "A survey, table 3" and about["model"] and about["points tried"] == 32
    assert about["base case"]["pack"] and "optuna" in about["method"]
    taken = compose(["parameters=results/mine/parameters.yaml", "territory=teaching_toy_village"])
    assert taken.parameters.participation.theta == pytest.approx(theta["value"])
    kept = json.loads((here / "results/mine/calibration.json").read_text())
    assert (
        kept["manifest"]["sources"]["sim/model.py"]
        and kept["configuration"]["pack"]
        and kept["experiment"] == "mine.yaml"
    )
    code, out, _ = asked(capsys, *LINE, "trials=36")  # goes on where it stopped
    assert code == 0 and "36 points tried" in out and "A survey, table 3" in out and "told by the data" in out
    assert sum(len(path.name) > 0 for path in (here / "results/mine/rounds").iterdir()) <= 5


def test_a_target_out_of_reach_is_said(here, capsys):
    pytest.importorskip("optuna", reason="needs remesa[analysis]")
    (here / "mine.yaml").write_text(MINE.replace("value: 52.0", "value: 90.0"))
    code, out, _ = asked(capsys, *LINE, "trials=24")
    assert code == 0 and "no parameters within these ranges meet all targets" in " ".join(out.split())


@pytest.mark.slow  # with the heavy extras
def test_a_sample_of_the_parameters_is_drawn_and_a_run_takes_its_middle(here, capsys):
    pytest.importorskip("pyabc", reason="needs remesa[calibration]")
    words = [*LINE, "method=abc", "particles=40", "generations=3"]
    code, out, err = asked(capsys, *words, "--json")
    assert code == 0, err
    found = json.loads(out)
    theta = found["parameters"][THETA]
    assert theta["low"] < 0.6 < theta["high"] and theta["high"] - theta["low"] < 0.5
    assert found["method"] == "abc" and found["temperature"] == 1.0 and found["tried"] > 40
    assert "pyabc" in yaml.safe_load((here / "results/mine/parameters.yaml").read_text())["provenance"]["method"]
    code, out, _ = asked(capsys, *words)
    assert code == 0 and f"{found['tried']:,} points tried" in out and "mean of the sample" in out


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_sample_for_the_model_itself_by_workers(tmp_path, monkeypatch, capsys):
    pytest.importorskip("pyabc", reason="needs remesa[calibration]")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(
        "base: [territory=teaching_toy_village, months=3, population=200, seeds=1]\n"
        "factors: {parameters.separations.ended: {}}\n"
        "targets: [{statistic: separation_rate, value: 4.0, tolerance: 1.5, source: a test}]\n"
    )
    words = ["calibrate", "experiments=mine.yaml", "method=abc", "particles=12", "generations=2", "--workers", "2"]
    code, out, err = asked(capsys, *words, "--json")
    assert code == 0, err
    found = json.loads(out)
    assert found["generations"] <= 2 and found["tried"] >= 12
    assert list((tmp_path / "results/mine/draws").glob("*.json"))
    assert compose([f"parameters={found['files']['parameters']}", "territory=teaching_toy_village"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["experiments=mine.yaml", "trials=5"], "trials=5: a whole number from 20"),
        (["experiments=mine.yaml", "method=prayer"], "method=prayer: search or abc"),
        (["experiments=mine.yaml", "method=abc", "particles=3"], "particles=3: a whole number from 10"),
        (["experiments=none.yaml"], "none.yaml"),
        (["experiments=smoke"], "no targets"),
        ([], "experiments=NAME"),
    ],
)
def test_what_cannot_be_calibrated_is_said_in_one_line(here, capsys, words, said):
    code, _, err = asked(capsys, "calibrate", *words)
    assert code == 2 and said in err and err.count("\n") == 1


def test_a_target_without_a_source_is_refused(here, capsys):
    (here / "mine.yaml").write_text(MINE.replace("A census", ""))
    code, _, err = asked(capsys, *LINE)
    assert code == 2 and "poverty has no source" in err


# ---- sensitivity


@pytest.mark.parametrize(("method", "samples", "points"), [("sobol", 16, 64), ("morris", 8, 24)])
def test_inputs_that_matter_are_told_from_those_that_do_not(here, capsys, method, samples, points):
    pytest.importorskip("SALib", reason="needs remesa[analysis]")
    lines = MINE.replace("seeds=2", "seeds=1").split("targets:")[0] + "outcomes: [participation, poverty]\n"
    (here / "mine.yaml").write_text(lines)
    words = ["sensitivity", "experiments=mine.yaml", f"method={method}", f"samples={samples}", "scheduler=serial"]
    code, out, err = asked(capsys, *words, "--json")
    assert code == 0, err
    found = json.loads(out)
    assert found["points"] == points >= found["runs"]
    matters = {
        what.partition(".")[2]: [one["matters"] for one in about["indices"]]
        for what, about in found["outcomes"].items()
    }
    assert matters == {"participation": [True, False], "poverty": [False, True]}
    assert [one["total"] for one in found["outcomes"]["base.participation"]["indices"]][1] == pytest.approx(
        0.0, abs=1e-6
    )
    for key in ("indices", "curves"):
        assert (here / found["files"][key]).read_text().startswith("<svg")
    assert json.loads((here / found["files"]["numbers"]).read_text())["outcomes"] == found["outcomes"]
    code, out, _ = asked(capsys, *words)
    assert code == 0 and "Indices: results/mine-" in out and "Participation" in out.title()


# ---- discover


@pytest.fixture
def swept(here, capsys):
    """A sweep over two inputs."""
    lines = [line for line in MINE.splitlines() if "statistic" not in line and "targets" not in line]
    more = ["design: sobol", "samples: 64", "outcomes: [participation, poverty]"]
    (here / "swept.yaml").write_text("\n".join([*lines, *more]))
    assert main(["sweep", "experiments=swept.yaml", "scheduler=serial"]) == 0
    capsys.readouterr()
    return "results/swept"


@pytest.mark.slow  # with the heavy extras
def test_where_a_claim_holds_is_found_in_a_sweep(swept, capsys):
    pytest.importorskip("ema_workbench", reason="needs remesa[calibration]")
    code, out, err = asked(capsys, "discover", swept, "claim=participation>53", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert found["limits"][THETA][0] == pytest.approx(0.65, abs=0.12) and NORM not in found["limits"]
    assert found["density"] >= 0.8 and found["points"] == 64
    code, out, _ = asked(capsys, "discover", swept, "claim=participation>53")
    assert code == 0 and "holds at" in out and "In this box" in out


def test_claims_that_cannot_be_searched_for_are_said(swept, capsys):
    for words, said in (
        (["claim=participation"], "is not understood"),
        ([], "give claim="),
        (["claim=povrty>3"], "holds no 'povrty'"),
        (["claim=poverty>3", "scenario=other"], "'other' is no scenario"),
        (["claim=poverty>-1000"], "it holds at 64 of 64 points"),
    ):
        code, _, err = asked(capsys, "discover", swept, *words)
        assert code == 2 and said in err and err.count("\n") == 1
