"""A survey that cannot be used is refused in one line: where, what was found, what is allowed, what to do."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.labour_surveys import INVENTED, invented

from experiments.estimate import estimate_participation
from experiments.labour_survey import OPTIONS, EstimationError, Options, parse_options, read_options, read_survey

WITH_PAY = {**INVENTED, "wage": "pay", "splits": 0}


def people(**columns):
    return invented(200, 1).assign(**columns)


def with_cell(column, row, value):
    table = invented(200, 1)
    table[column] = table[column].astype(object)
    table.loc[row, column] = value
    return table


def refused(data, **options):
    with pytest.raises(EstimationError) as error:
        estimate_participation(data, **{**WITH_PAY, **options})
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (with_cell("schooling", 6, np.nan), ["row 7", "schooling is empty", "leave them out"]),
        (with_cell("schooling", 6, "seven"), ["row 7", "schooling = 'seven'", "numbers below 1e+100"]),
        (with_cell("schooling", 6, "7,5"), ["row 7", "decimal point"]),
        (with_cell("other_income", 0, np.inf), ["row 1", "other_income = inf"]),
        (with_cell("other_income", 0, None), ["row 1", "other_income is empty"]),
        (with_cell("takes_part", 3, 2.0), ["row 4", "takes_part = 2", "0 (out) or 1 (in)"]),
        (with_cell("takes_part", 3, np.nan), ["row 4", "takes_part is empty"]),
        (with_cell("pay", 9, -1.0), ["row 10", "pay = -1", "0 or more"]),
        (with_cell("pay", 9, np.inf), ["row 10", "pay = inf"]),
        (with_cell("pay", 9, "n/a "), ["row 10", "pay = 'n/a '"]),
        (people(takes_part=1.0), ["everybody is in", "allowed: both"]),
        (people(takes_part=0.0), ["everybody is out"]),
        (people(other_income=300.0), ["other_income is the same in every row"]),
        (people(children=2.0), ["children is 2 in every row", "leave this covariate out"]),
        (people(children=lambda d: 3.0 - d.schooling / 2.0), ["children follows exactly", "constant and schooling"]),
        (people(schooling=pd.Timestamp("2026-01-01")), ["row 1", "schooling = '2026-01-01'"]),
        (people(pay=np.nan), ["pay is observed in 0 rows", "at least 20"]),
        (people().head(49), ["49 rows", "at least 50"]),
        (people().head(0), ["0 rows"]),
        (
            people().sort_values("takes_part", ignore_index=True).tail(119),
            ["out of the labour force for 4 coefficients"],
        ),
        (people().drop(columns="children"), ["no column 'children'", "covariates=", "found: takes_part"]),
        (people().rename(columns={"takes_part": "take_part"}), ["no column 'takes_part'", "nearest: take_part"]),
    ],
)
def test_what_cannot_be_estimated_is_refused(table, words):
    said = refused(table)
    assert all(word in said for word in words), said


@pytest.mark.parametrize("value", [0.0, -2.0, np.nan, np.inf])
def test_weights_must_stand_for_somebody(value):
    said = refused(people(w=np.where(np.arange(200) == 3, value, 1.0)), weights="w")
    assert "row 4" in said and "w" in said


@pytest.mark.parametrize("value", [0.0, -2.0, 169.0, np.nan])
def test_pay_for_impossible_hours_is_refused(value):
    said = refused(people(h=np.where(np.arange(200) == 3, value, 40.0)), hours="h")
    assert "row 4" in said and "168 a week" in said
    unpaid = people(h=np.where(np.arange(200) == 3, value, 40.0))
    unpaid.loc[3, "pay"] = np.nan
    assert estimate_participation(unpaid, **WITH_PAY, hours="h").wages == 199


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"wages": "pay"}, ["wages is not an option", "nearest: wage"]),
        ({"covariates": "schooling"}, ["covariates", "list"]),
        ({"covariates": ["schooling", "schooling"]}, ["schooling is named twice"]),
        ({"covariates": ["other_income"]}, ["other_income is named twice"]),
        ({"participates": ""}, ["must name a column"]),
        ({"income_per": "decade"}, ["income_per = 'decade'", "month, year, week"]),
        ({"wage_per": "day"}, ["wage_per", "hour"]),
        ({"income_unit": 0}, ["income_unit = 0", "above 0"]),
        ({"income_unit": "many"}, ["'many' is not a number"]),
        ({"wage_unit": float("nan")}, ["wage_unit"]),
        ({"pay": 500}, ["pay = 500 beside wage=pay"]),
        ({"home_production": 0.0}, ["home_production (c0) = 0", "[0.05, 0.5]"]),
        ({"work_cost": 0.5}, ["work_cost (k_w) = 0.5", "[0, 0.2]"]),
        ({"splits": -1}, ["splits = -1"]),
        ({"splits": 1.5}, ["whole number"]),
        ({"splits": 100_000}, ["up to 1000"]),
        ({"train": 0}, ["train = 0"]),
        ({"train": 150.5}, ["whole number of rows"]),
        ({"train": 200, "splits": 2}, ["train = 200 of 200 rows"]),
        ({"hours": "pay2", "wage": ""}, ["without a column of pay"]),
        ({"hours": "pay2", "wage_per": "hour"}, ["hours are of no use"]),
        ({"seed": True}, ["seed = True"]),
        ({"wage": 3}, ["wage = 3 is not a text"]),
    ],
)
def test_options_are_checked(options, words):
    said = refused(people(), **options)
    assert all(word in said for word in words), said


def test_files_that_are_no_surveys_are_refused(tmp_path):
    def said(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return refused(path)

    assert "no file" in refused(tmp_path / "none.csv")
    assert "no file" in refused(tmp_path)
    assert "no table" in said("empty.csv", b"")
    assert "UTF-8" in said("latin.csv", "Übung,a\n1,2\n".encode("latin-1"))
    assert "no table" in said("broken.parquet", b"PAR1 and then nothing")
    assert "no table" in said("ragged.csv", b"a,b\n1,2\n1,2,3\n")
    assert "0 rows" in said("header.csv", b"takes_part,other_income,schooling,children,pay\n")
    assert "stands there twice" in said("twice.csv", b"takes_part,pay,pay\n1,2,3\n")
    assert "no column 'takes_part'" in said("other.csv", b"a,b\n1,2\n")


def test_rows_of_a_text_file_are_counted_as_an_editor_counts_them(tmp_path):
    path = tmp_path / "people.csv"
    with_cell("schooling", 6, "seven").to_csv(path, index=False)
    assert "people.csv, row 8" in refused(path)  # row 1 names the columns


def test_a_thing_that_is_no_table_is_refused():
    assert "not a survey" in refused(3)
    assert "cannot be read" in refused({"a": [1, 2], "b": [1]})


def test_columns_of_other_types_are_numbers_too():
    plain = people()
    kinds = plain.assign(
        takes_part=plain.takes_part.astype(bool),
        schooling=plain.schooling.astype("Int64"),
        children=plain.children.astype(int).astype(str),
    )
    one, other = (estimate_participation(table, **WITH_PAY) for table in (plain, kinds))
    assert one.sigma == other.sigma


def test_zero_pay_is_pay_not_observed():
    table = people()
    table.loc[table.takes_part == 0.0, "pay"] = 0.0
    survey = read_survey(table, read_options(**WITH_PAY))
    assert np.isnan(survey.wage[table.takes_part == 0.0]).all() and np.isfinite(survey.wage).any()


def test_every_option_is_documented_once_and_parsed():
    assert tuple(OPTIONS) == Options._fields
    assert all(option.meaning for option in OPTIONS.values())
    given_as = ["covariates=[a, 'b',c]", "wage=w", "splits=3"]
    assert parse_options(given_as) == {"covariates": ["a", "b", "c"], "wage": "w", "splits": "3"}
    assert read_options(**parse_options(given_as)).splits == 3
    for wrong in (["wage"], ["wage=a", "wage=b"], ["covariates=[a"]):
        with pytest.raises(EstimationError):
            parse_options(wrong)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([key for key in OPTIONS if key != "out"]), st.text(max_size=12))
def test_any_text_is_taken_or_refused_in_one_line(key, text):
    try:
        read_options(**{**WITH_PAY, **parse_options([f"{key}={text}"])})
    except EstimationError as error:
        assert "\n" not in str(error)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=60), st.sampled_from(list("yipx")))
def test_any_column_is_estimated_or_refused_in_one_line(values, which):
    column = {"y": "takes_part", "i": "other_income", "p": "pay", "x": "schooling"}[which]
    table = people()
    table[column] = pd.Series(np.resize(values, 200))
    try:
        found = estimate_participation(table, **WITH_PAY)
    except EstimationError as error:
        assert "\n" not in str(error)
    else:
        assert np.isfinite(found.sigma.value)
