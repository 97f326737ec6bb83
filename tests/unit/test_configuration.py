"""Configurations: composed as Hydra users know it, checked, refused in one line."""

import json
import math
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import library
from scenarios.configuration import ConfigurationError, canonical, check, compose, hash_of

CHEAPER = "case=diourbel_cheaper_transfers"


def refused(*overrides: str) -> str:
    with pytest.raises(ConfigurationError) as error:
        compose(overrides)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_defaults():
    found = compose()
    assert (found.months, found.seed, found.seeds, found.population) == (120, 1, 1, 5000)
    assert (found.inputs.name, found.events, found.out) == ("diourbel", (), "results/run")


def test_overrides_as_hydra_users_know_them():
    found = compose(
        [
            "policies=[transfer_cards,wage_subsidies]",
            "shocks=drought",
            "policies.transfer_cards.budget.value=5",
            "parameters.participation.theta=0.3",
            "months=24",
            "seeds=3",
            "seed=7",
        ]
    )
    assert [event.name for event in found.events] == ["transfer_cards", "wage_subsidies", "drought"]
    assert found.events[0].budget.value == 5
    assert found.parameters.participation.theta == 0.3
    assert list(found.all_seeds) == [7, 8, 9]


def test_a_bare_number_replaces_the_value_of_a_figure_and_says_who_set_it():
    found = compose(["territory.pay_basic=50000", "policies=[transfer_cards]", "policies.transfer_cards.budget=5"])
    assert found.inputs.pay_basic == 50000
    assert found.tree["territory"]["pay_basic"]["source"] == "set by the user"
    assert found.events[0].budget.value == 5


def test_what_a_file_leaves_out_can_be_set():
    found = compose(
        [
            "policies=[transfer_cards]",
            "policies.transfer_cards.end=48",
            "policies.transfer_cards.coverage=0.5",
        ]
    )
    assert (found.events[0].end, found.events[0].coverage.value) == (48, 0.5)


def test_a_case_is_a_list_of_overrides_and_the_users_come_after_it():
    plain, changed = compose([CHEAPER]), compose(["months=12", CHEAPER, "policies=[transfer_cards]"])
    assert plain.name == "diourbel_cheaper_transfers" and plain.out == f"results/{plain.name}"
    assert len(plain.events) == 5 and plain.months == 120
    assert [event.name for event in changed.events] == ["transfer_cards"] and changed.months == 12
    assert len(compose([CHEAPER, "~policies.transfer_cards"]).events) == 4


def test_every_case_composes():
    for name in library.cases():
        assert compose([f"case={name}"]).name == name


def test_own_files_work_beside_the_shipped_ones(tmp_path):
    shipped = library.load_policy("transfer_cards")
    mine = tmp_path / "meine Datei é" / "my_cards.yaml"
    mine.parent.mkdir()
    mine.write_text(json.dumps({key: value for key, value in shipped.items() if value is not None}), "utf-8")
    found = compose([f"policies=[wage_subsidies,{mine}]", "policies.my_cards.budget=3"])
    assert [event.name for event in found.events] == ["wage_subsidies", "my_cards"]
    assert found.events[1].budget.value == 3
    place = tmp_path / "my_place.yaml"
    place.write_text(json.dumps({"inputs": library.load_territory("diourbel")["inputs"]}), "utf-8")
    assert compose([f"territory={place}"]).inputs.pay_basic == compose().inputs.pay_basic
    case = tmp_path / "my_case.yaml"
    case.write_text('title: A\nsummary: B\nquestion: C\noverrides: ["months=5"]\n', "utf-8")
    assert compose([f"case={case}"]).months == 5


def test_the_plain_tree_survives_json_and_gives_the_same_run():
    found = compose([CHEAPER, "territory.pay_basic=50000", "out=ré sults/x y"])
    again = check(json.loads(json.dumps(found.tree)))
    assert again.out == "ré sults/x y"
    assert again.run_id(3) == found.run_id(3)
    assert (again.inputs, again.events) == (found.inputs, found.events)


def test_run_ids_name_results_and_nothing_else():
    base = compose([CHEAPER])
    assert base.run_id(1) != base.run_id(2)
    for same in (
        ["out=elsewhere"],
        ["seeds=9"],
        ["seed=1.0"],
        ["months=120.0"],
        ["parameters.events.on=true"],
        ["policies.transfer_cards.title='Other words'"],
        ["territory.title=X"],
    ):
        assert compose([CHEAPER, *same]).run_id(1) == base.run_id(1), same
    for other in (
        ["months=119"],
        ["population=5001"],
        ["policies=[]"],
        ["policies.transfer_cards.budget=1"],
        ["territory.pay_basic=43001"],
        ["parameters.remittances.on=0"],
        ["shocks=[drought]"],
    ):
        assert compose([CHEAPER, *other]).run_id(1) != base.run_id(1), other


def test_a_run_id_follows_the_code_of_the_model(monkeypatch):
    base = compose()
    before = base.run_id(1)
    monkeypatch.setattr("scenarios.configuration.code_hash", lambda: "other")
    assert base.run_id(1) != before


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers())
def test_canonical_values_are_equal_exactly_when_the_numbers_are(number, whole):
    assert hash_of([number]) == hash_of((number,))
    if number == whole:
        assert hash_of(number) == hash_of(whole)
    if abs(whole) < 2**53:
        assert hash_of(float(whole)) == hash_of(whole)
    assert math.isclose(canonical(number), number)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["monts=3"], ["monts", "months"]),
        (["theta=1"], ["parameters.participation.theta"]),
        (
            ["parameters.participation.thta=1"],
            ["parameters.participation.thta", "parameters.participation.theta"],
        ),
        (["policies=[transfer_card]"], ["transfer_card", "transfer_cards"]),
        (["case=drouht"], ["drought"]),
        (["territory=diurbel"], ["diourbel"]),
        (["territory.pay_basc=1"], ["territory.pay_basic"]),
        (["policies.transfer_cards.budget=3"], ["transfer_cards", "policies=[transfer_cards]"]),
        (["+x=1"], ["x is not known"]),
        (["~territory"], ["one territory"]),
        (["~months"], ["only a policy or shock"]),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(overrides, words):
    said = refused(*overrides)
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("parameters.participation.theta=3", ["parameters.participation.theta", "[0, 1]", "assumption"]),
        ("parameters.participation.theta=nan", ["not finite", "[0, 1]"]),
        ("parameters.participation.theta=inf", ["not finite"]),
        ("parameters.participation.theta=abc", ["not a number"]),
        ("parameters.participation.theta=[1,2]", ["not a number"]),
        ("parameters.participation.theta=0,3", ["several values", "0.3"]),
        ("parameters.participation.theta=choice(0.1,0.2)", ["several values"]),
        ("parameters.participation.last_age=70.5", ["whole number"]),
        ("parameters.participation=3", ["table"]),
        ("territory.pay_basic=-1", ["territory.pay_basic", "-1"]),
        ("territory.pay_basic=1e308", ["territory.pay_basic"]),
        ("territory.pay_basic=nan", ["territory.pay_basic"]),
        ("territory.age_shares=[1,2]", ["17"]),
        ("months=0", ["months", "[1, 2400]"]),
        ("months=1.5", ["whole"]),
        ("months=abc", ["not a number"]),
        ("months=nan", ["months"]),
        ("months=", ["months"]),
        ("population=-5", ["population", "-5"]),
        ("population=1e308", ["population", "20000000"]),
        ("seeds=0", ["seeds"]),
        ("seed=-1", ["seed"]),
        ("seed=true", ["seed"]),
        ("out=", ["out"]),
        ("months=1" + "0" * 400, ["months"]),
        ("parameters.participation.theta=1" + "0" * 400, ["float"]),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_place_and_what_is_allowed(override, words):
    said = refused(override)
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    "bad",
    [
        "months=${oc.env:HOME}",
        "out=${oc.env:HOME}",
        "_target_=os.system",
        "policies={_target_: os.system}",
        "hydra.run.dir=x",
        "policies.transfer_cards._target_=os.system",
        "territory=../../etc/passwd",
        "policies=[../x]",
        "case=../x",
        "territory=/etc/passwd",
        "policies=[a",
        "policies=a]",
        "=3",
        "x",
        "",
        "policies=[transfer_cards,transfer_cards]",
        "territory=[diourbel,diourbel2]",
        "territory=",
        "territory=null",
        "case=a\nb",
        "policies=[\x00]",
        "shocks=[<script>]",
    ],
)
def test_what_is_no_value_is_refused(bad):
    assert refused(bad)


def test_files_with_interpolation_code_or_a_key_twice_are_refused(tmp_path):
    for k, text in enumerate(("title: ${oc.env:HOME}", "_target_: os.system", "title: a\ntitle: b", "a: &x 1\nb: *x")):
        path = tmp_path / f"p{k}.yaml"
        path.write_text(text, "utf-8")
        assert refused(f"policies=[{path}]")
    assert "no file" in refused(f"policies=[{tmp_path}/none.yaml]")


def test_amounts_in_another_currency_are_refused():
    said = refused("policies=[transfer_cards]", "policies.transfer_cards.currency=EUR")
    assert "EUR" in said and "FCFA" in said


def test_a_survey_is_read_checked_and_part_of_the_run(tmp_path):
    survey = tmp_path / "enquête 1.csv"
    survey.write_text("person;household;sex;age;schooling\na;1;woman;30;6\nb;1;man;33;4\n", "utf-8-sig")
    with_it, without = compose([f"survey={survey}"]), compose()
    assert with_it.run_id(1) != without.run_id(1)
    first = with_it.run_id(1)
    survey.write_text("person;household;sex;age;schooling\na;1;woman;31;6\nb;1;man;33;4\n", "utf-8")
    assert compose([f"survey={survey}"]).run_id(1) != first
    with pytest.raises(ConfigurationError, match="changed"):
        check(with_it.tree)
    survey.write_text("person;household;sex;age;schooling\na;1;woman;300;6\n", "utf-8")
    assert "age" in refused(f"survey={survey}") and "300" in refused(f"survey={survey}")
    survey.write_bytes(b"\xff\xfe\x00bad")
    assert "UTF-8" in refused(f"survey={survey}")
    assert "cannot be read" in refused(f"survey={tmp_path}/none.csv")


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["months", "policies", "territory", "parameters.participation.theta", "out", "shocks"]),
    st.text(),
)
def test_any_text_is_composed_or_refused_in_one_line(key, text):
    try:
        compose([f"{key}={text}"])
    except ConfigurationError as error:
        assert "\n" not in str(error)


def test_checking_a_configuration_imports_neither_numba_nor_mesa():
    code = (
        "import sys; from scenarios.configuration import compose, ConfigurationError\n"
        "try: compose(['parameters.participation.theta=7'])\n"
        "except ConfigurationError: pass\n"
        "print(sorted({'numba', 'mesa', 'pandas', 'distributed', 'matplotlib'} & set(sys.modules)))"
    )
    begun = time.perf_counter()
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
    assert time.perf_counter() - begun < 10  # far above the second it takes; a busy machine is no fault
