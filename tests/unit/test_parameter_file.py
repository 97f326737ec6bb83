"""Estimates as a file that a run takes: whole or not at all, checked like every configuration, and used."""

import dataclasses
import json

import numpy as np
import pytest
import yaml
from unit.labour_surveys import INVENTED, MROZ, invented, real

from analysis.command import COMMANDS, main
from analysis.completion import complete
from experiments.estimate import estimate_participation
from experiments.labour_survey import EstimationError
from experiments.parameter_file import document, overrides, refused, write_parameters
from scenarios.configuration import ConfigurationError, check, compose
from sim.parameters import declarations
from sim.schedule import Schedule

COLUMNS = ["participates=takes_part", "income=other_income", "covariates=[schooling,children]", "wage=pay"]


@pytest.fixture(scope="module")
def found():
    return estimate_participation(invented(1500, 1, sigma=2.0), **INVENTED, wage="pay", splits=0)


def with_sigma(found, value):
    return dataclasses.replace(found, sigma=found.sigma._replace(value=value))


def said(*given):
    with pytest.raises(ConfigurationError) as error:
        compose(given)
    assert "\n" not in str(error.value)
    return str(error.value)


# ---- the file


def test_the_file_says_where_its_values_come_from(found, tmp_path):
    path = write_parameters(found, tmp_path / "new folder" / "mine.yaml")
    values = yaml.safe_load(path.read_text("utf-8"))
    assert values["parameters"] == overrides(found)
    source = values["provenance"]
    assert source["rows"] == 1500 and source["columns"]["other_income"] == "income" and len(source["hash"]) == 24
    assert {"file", "date", "remesa", "model", "units", "pay observed"} <= set(source)
    assert values["estimates"]["sigma"] == {"value": found.sigma.value, "standard error": found.sigma.se}
    assert [one.name for one in path.parent.iterdir()] == ["mine.yaml"]


def test_every_parameter_of_the_file_is_declared(found):
    for line, values in overrides(found).items():
        assert set(values) <= set(declarations(getattr(Schedule(), line)))
    assert overrides(found)["vital"]["taste_spread"] == found.sigma.value


def test_estimates_that_a_run_would_refuse_leave_no_file(found, tmp_path):
    far = with_sigma(found, 7.5)
    assert "vital.taste_spread = 7.5" in refused(far) and "[1, 3]" in refused(far) and not refused(found)
    with pytest.raises(EstimationError, match=r"7\.5"):
        write_parameters(far, tmp_path / "far.yaml")
    assert list(tmp_path.iterdir()) == []


# ---- a run that takes it


def test_a_run_takes_the_file_and_what_is_given_besides_comes_after_it(found, tmp_path):
    path = write_parameters(found, tmp_path / "mein Ordner é" / "mine.yaml")
    run = compose([f"parameters={path}", "months=3"])
    assert run.parameters.vital.taste_spread == found.sigma.value
    assert run.parameters.vital.taste_median == found.median_taste.value
    assert run.tree["estimated"]["file"] == str(path)
    for order in ([f"parameters={path}", "parameters.vital.taste_spread=2.5"],
                  ["parameters.vital.taste_spread=2.5", f"parameters={path}"]):  # fmt: skip
        mixed = compose(order)
        assert mixed.parameters.vital.taste_spread == 2.5
        assert mixed.parameters.vital.taste_median == found.median_taste.value
    assert compose([f"parameters='{path}'"]).parameters == run.parameters
    assert check(run.tree).parameters == run.parameters  # as read back from a store


def test_the_same_values_are_the_same_run_wherever_they_come_from(found, tmp_path):
    path = write_parameters(found, tmp_path / "mine.yaml")
    written_out = [f"parameters.{line}.{key}={value!r}" for line, one in overrides(found).items()
                   for key, value in one.items()]  # fmt: skip
    assert compose([f"parameters={path}"]).run_id(1) == compose(written_out).run_id(1) != compose().run_id(1)
    assert compose(["parameters="]).run_id(1) == compose().run_id(1)


def test_a_case_may_name_a_file_and_the_users_own_replaces_it(found, tmp_path):
    one = write_parameters(found, tmp_path / "one.yaml")
    two = write_parameters(with_sigma(found, 2.75), tmp_path / "two.yaml")
    case = tmp_path / "mine_case.yaml"
    lines = [f"parameters={one}", "parameters.participation.theta=0.4"]
    case.write_text(json.dumps({"title": "a", "summary": "b", "question": "c", "overrides": lines}), "utf-8")
    of_case = compose([f"case={case}"])
    assert of_case.parameters.vital.taste_spread == found.sigma.value and of_case.parameters.participation.theta == 0.4
    own = compose([f"case={case}", f"parameters={two}"])
    assert own.parameters.vital.taste_spread == 2.75 and own.parameters.participation.theta == 0.4
    assert own.tree["estimated"]["file"] == str(two)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("parameters: {vital: {taste_spread: 7}}", ["taste_spread = 7", "[1, 3]"]),
        ("parameters: {vital: {taste_spred: 2}}", ["taste_spred", "taste_spread"]),
        ("parameters: {vitl: {taste_spread: 2}}", ["vitl", "vital"]),
        ("parameters: {vital: {taste_spread: wide}}", ["not a number"]),
        ("parameters: {vital: {taste_spread: .nan}}", ["not"]),
        ("parameters: {vital: 3}", ["vital = 3", "table"]),
        ("parameters: {}", ["not a table", "taste_spread"]),
        ("title: nothing", ["parameters = None"]),
        ("parameter: {vital: {taste_spread: 2}}", ["parameter is not a known key", "provenance"]),
        ("parameters: {vital: {taste_spread: ${oc.env:HOME}}}", ["references"]),
        ("parameters: [", ["not YAML"]),
        ("- 1", ["not a table"]),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(content, words, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(content, "utf-8")
    line = said(f"parameters={path}")
    assert "bad.yaml" in line and all(word in line for word in words), line


def test_what_is_no_file_is_refused(tmp_path):
    assert "parameters.participation.theta=0.5" in said("parameters=3")
    assert "no file" in said(f"parameters={tmp_path}/none.yaml")


def test_people_of_a_run_have_the_taste_that_was_estimated(found, tmp_path, small_model):
    """A real run of a village on the file: log taste has the estimated median and logistic spread."""
    from experiments.run import run_one
    from sim.model import Remesa

    small_model(burnt=False, population=200, burn_in=0, months=2)  # compiled by one process at a time
    path = write_parameters(found, tmp_path / "mine.yaml")
    run = compose([f"parameters={path}", "territory=teaching_toy_village", "months=2", "population=3000"])
    model = Remesa(run.setup(1))
    taste = np.log(np.asarray(model.population.persons.taste, float))
    assert np.median(taste) == pytest.approx(np.log(found.median_taste.value), abs=0.15)
    assert taste.std() == pytest.approx(found.sigma.value * np.pi / np.sqrt(3.0), rel=0.05)
    finished, plain = run_one(run.tree, 1), run_one(compose(["territory=teaching_toy_village", "months=2",
                                                             "population=3000"]).tree, 1)  # fmt: skip
    assert finished.run_id != plain.run_id
    assert (finished.rows["value"] != plain.rows["value"]).any()


# ---- the command


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    invented(400, 1, sigma=2.0).to_csv(tmp_path / "people.csv", index=False)
    return tmp_path


def test_the_command_prints_tables_sentences_and_files(here, capsys):
    assert main(["estimate", "participation", "people.csv", *COLUMNS, "splits=2"]) == 0
    out = capsys.readouterr().out
    for word in ("sigma", "log-likelihood per row", "quartile 4", "decile 10", "percentage points", "Pay is predicted",
                 "from the Hessian", "remesa run parameters="):  # fmt: skip
        assert word in out, word
    folder = here / "results" / "estimate-people"
    assert sorted(one.name for one in folder.iterdir()) == ["estimate.json", "parameters.yaml", "participation.svg"]
    assert compose([f"parameters={folder}/parameters.yaml"]).parameters.vital.taste_spread > 1.0


def test_the_command_speaks_json(here, capsys):
    given = ["estimate", "participation", "people.csv", *COLUMNS, "splits=2", "out=mine", "--json"]
    assert main(given) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == "" and found["command"] == "estimate" and found["rows"] == 400
    assert {"sigma", "taste", "effects", "income_effect", "elasticity", "log_likelihood", "holdout", "quartiles",
            "deciles", "sentences", "notes", "overrides", "files"} <= set(found)  # fmt: skip
    assert json.loads((here / "mine" / "estimate.json").read_text("utf-8"))["sigma"] == found["sigma"]


def test_the_figure_has_units_intervals_and_words(here):
    assert main(["estimate", "participation", "people.csv", *COLUMNS, "splits=0", "out=mine", "--json"]) == 0
    text = (here / "mine" / "participation.svg").read_text("utf-8")
    for word in ("<svg", "in the labour force, %", "other_income, mean of the quartile, money a month",
                 "observed, 90 % interval", "percentage points on average"):  # fmt: skip
        assert word in text, word
    assert "<script" not in text and "<image" not in text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["people.csv", *COLUMNS[:-1], "wage=wages"], "no column 'wages'"),
        (["none.csv", *COLUMNS], "no file"),
        (["people.csv", *COLUMNS, "splitz=3"], "splits"),
        (["people.csv", *COLUMNS, "home_production=2"], "[0.05, 0.5]"),
        (["people.csv"], "participates"),
    ],
)
def test_mistakes_are_one_line_and_leave_nothing(here, capsys, given, words):
    assert main(["estimate", "participation", *given]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and words in err
    assert not (here / "results").exists()
    assert main(["estimate", "participation", *given, "--json"]) == 2
    assert words in json.loads(capsys.readouterr().out)["error"]["message"]


def test_estimates_out_of_range_are_shown_but_nothing_is_written(here, capsys):
    invented(1500, 4, sigma=0.5).to_csv(here / "narrow.csv", index=False)
    given = ["estimate", "participation", "narrow.csv", *COLUMNS, "splits=0"]
    assert main(given) == 1
    out, err = capsys.readouterr()
    assert "sigma" in out and "outside [1, 3]" in err and "nothing is written" in err
    assert not (here / "results").exists()
    assert main([*given, "--json"]) == 1
    assert "outside [1, 3]" in json.loads(capsys.readouterr().out)["refused"]


def test_a_folder_that_cannot_be_written_is_said(here, capsys):
    (here / "taken").write_text("a file")
    assert main(["estimate", "participation", "people.csv", *COLUMNS, "splits=0", "out=taken"]) == 1
    assert "out=" in capsys.readouterr().err


def test_only_rules_that_can_be_estimated_are_taken(capsys):
    assert main(["estimate", "migration", "x.csv"]) == 2
    assert "participation" in capsys.readouterr().err
    assert "estimate" in COMMANDS and complete(["remesa est"]) == ["estimate"]
    assert "parameters=" in complete(["remesa run par"])


def test_what_is_said_of_mroz():
    from analysis.estimation import sentences

    first, second = sentences(estimate_participation(real("mroz"), **MROZ, splits=0))
    assert first == (
        "1 more of nwifeinc (1,000 money a year) lowers participation by 0.53 percentage points on average "
        "(90 % interval 0.21 to 0.84); 1 % more for everybody lowers it by 0.16 %."
    )
    assert second == "10 % more pay for everybody raises participation by 2.10 % (90 % interval 0.84 to 3.37)."


def test_no_sign_is_claimed_that_the_interval_does_not_show(found):
    from analysis.estimation import sentences

    unsure = dataclasses.replace(found, income_effect=found.income_effect._replace(se=1.0, low=-1.7, high=1.6))
    assert next(iter(sentences(unsure))).startswith("The survey cannot tell")


def test_the_document_is_plain(found):
    assert json.loads(json.dumps(document(found))) == document(found)
