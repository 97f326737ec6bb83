import csv
import dataclasses
import io

import numpy as np
import pytest

from scenarios.library import load_territory
from scenarios.survey import open_survey
from sim.codes import Sex
from sim.packs import read_pack
from sim.streams import Streams
from sim.survey import COLUMNS, SurveyError, read_survey

INPUTS = read_pack(load_territory("diourbel")).inputs
HEADER = "person,household,sex,age,schooling"
FAMILY = f"""{HEADER}
anna,h1,woman,34,6
ben,h1,man,41,0
cora,h1,f,9,2
dan,h1,m,1,0
eva,h2,female,67,0
"""


def read(text, population=0, seed=1, inputs=INPUTS):
    return read_survey(csv.reader(io.StringIO(text)), inputs, population, Streams(seed))


def by_age(people):
    """Row of each person by age in years; ages differ in these surveys."""
    return {int(age): row for row, age in enumerate(people.age_months // 12)}


def equal(one, other):
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))


def weighted(count=60, heavy=3.0):
    """Households of two; every third one stands for ``heavy`` times as many as the others."""
    rows = [HEADER + ",weight"]
    for home in range(count):
        weight = heavy if home % 3 == 0 else 1.0
        rows += [f"w{home},h{home},woman,{30 + home % 3},4,{weight}", f"c{home},h{home},man,5,0,{weight}"]
    return "\n".join(rows)


def test_a_small_survey_is_read_as_it_stands():
    people = read(FAMILY)
    row = by_age(people)
    assert len(people) == 5
    assert len(people.household_id) == 2
    assert people.sex[row[34]] == Sex.WOMAN and people.sex[row[41]] == Sex.MAN
    assert people.schooling[row[34]] == 6.0
    assert people.household[row[9]] == people.household[row[34]] != people.household[row[67]]
    assert (people.locality == 0).all()
    assert (people.id > 0).all() and len(np.unique(people.id)) == 5


def test_types_are_those_the_start_is_built_from():
    people = read(FAMILY)
    other = {"sex": "int8", "age_months": "int32", "schooling": "float32", "locality": "int32"}
    expected = {field.name: other.get(field.name, "int64") for field in dataclasses.fields(people)}
    assert {f.name: str(getattr(people, f.name).dtype) for f in dataclasses.fields(people)} == expected


def test_spouses_and_mothers_are_inferred():
    people = read(FAMILY)
    row = by_age(people)
    assert people.spouse[row[34]] == row[41] and people.spouse[row[41]] == row[34]
    assert people.mother[row[9]] == people.mother[row[1]] == row[34]
    assert people.mother[row[41]] == people.spouse[row[67]] == -1


def test_stated_relatives_are_taken_instead():
    text = """person,household,sex,age,schooling,mother,spouse
g,h,woman,70,0,,
a,h,woman,45,0,g,
b,h,man,48,0,,c
c,h,woman,30,0,,
d,h,man,12,3,c,
"""
    people = read(text)
    row = by_age(people)
    assert people.spouse[row[30]] == row[48] and people.spouse[row[48]] == row[30]
    assert people.mother[row[12]] == row[30]
    assert people.mother[row[45]] == row[70]
    assert people.spouse[row[45]] == -1


def test_order_of_rows_does_not_matter():
    lines = FAMILY.splitlines()
    turned = "\n".join([lines[0], *reversed(lines[1:])])
    assert equal(read(FAMILY), read(turned))


def test_work_and_earnings_are_ignored():
    lines = FAMILY.splitlines()
    more = "\n".join([lines[0] + ",employed,earnings"] + [line + ",1,90000" for line in lines[1:]])
    assert equal(read(FAMILY), read(more))


def test_whole_years_of_age_are_spread_over_the_months_of_the_year():
    rows = [HEADER] + [f"p{k},h{k},woman,{20 + k % 40},0" for k in range(600)]
    months = read("\n".join(rows)).age_months % 12
    assert np.bincount(months, minlength=12).min() > 25


def test_ages_in_parts_of_years_are_kept():
    people = read(FAMILY.replace("woman,34,6", "woman,34.5,6"))
    assert 34 * 12 + 6 in people.age_months


def test_localities_are_numbered_by_name_and_must_be_as_many_as_the_territory_has():
    lines = FAMILY.splitlines()
    text = "\n".join([lines[0] + ",locality"] + [line + (",B" if ",h1," in line else ",A") for line in lines[1:]])
    people = read(text, inputs=dataclasses.replace(INPUTS, localities=2.0))
    row = by_age(people)
    assert people.locality[row[67]] == 0 and people.locality[row[34]] == 1
    assert (np.diff(people.locality) >= 0).all()
    with pytest.raises(SurveyError, match=r"names 2 localities, the territory has 1; set territory\.localities"):
        read(text)


def test_households_are_dealt_to_localities_where_none_are_named():
    rows = [HEADER] + [f"p{k},h{k},woman,40,0" for k in range(30)]
    people = read("\n".join(rows), inputs=dataclasses.replace(INPUTS, localities=3.0))
    assert np.bincount(people.locality).tolist() == [10, 10, 10]


def test_weights_set_how_often_a_household_is_drawn():
    people = read(weighted(), population=5000)
    assert abs(len(people) - 5000) <= 1
    adult = people.age_months >= 180
    heavy = (people.age_months[adult] // 12 == 30).mean()
    assert heavy == pytest.approx(3.0 / 5.0, abs=0.01)
    assert len(np.unique(people.id)) == len(people)
    assert len(np.unique(people.household_id)) == len(people.household_id)


def test_the_seed_decides_which_households_are_drawn_and_nothing_else_does():
    few = 40
    assert equal(read(weighted(), few, seed=1), read(weighted(), few, seed=1))
    assert not equal(read(weighted(), few, seed=1), read(weighted(), few, seed=2))


def test_a_larger_population_draws_further_households_and_keeps_those_drawn():
    small, large = read(weighted(), 60), read(weighted(), 90)
    assert set(small.id) < set(large.id)


def test_without_weights_the_population_wanted_changes_nothing():
    assert equal(read(FAMILY, population=0), read(FAMILY, population=5000))


REFUSED = {
    "empty": ("", "is empty; its first row names the columns: person, household, sex, age"),
    "header only": (HEADER + "\n", "has no people below its header"),
    "column missing": (
        FAMILY.replace(",age,", ",years,"),
        r"lacks the column age \(age\); found: person.*needed: person",
    ),
    "column twice": (FAMILY.replace("schooling", "age", 1), "the column age stands there twice"),
    "column misspelt": (
        FAMILY.replace("schooling", "schooling,wieght", 1),
        "wieght is not known; rename it to weight",
    ),
    "fields missing": (FAMILY + "fay,h2,woman,30\n", "row 7 has 4 fields, the header 5"),
    "age not a number": (
        FAMILY.replace(",34,", ",old,"),
        "row 2: age = 'old' is not a number; allowed: 0 to 120",
    ),
    "age negative": (FAMILY.replace(",34,", ",-1,"), "row 2: age = -1 lies outside 0 to 120 year"),
    "age too high": (FAMILY.replace(",34,", ",210,"), "row 2: age = 210 lies outside"),
    "age nan": (FAMILY.replace(",34,", ",nan,"), "row 2: age = nan lies outside"),
    "age infinite": (FAMILY.replace(",34,", ",inf,"), "row 2: age = inf lies outside"),
    "age empty": (FAMILY.replace(",34,", ",,"), "row 2: age is empty; give age"),
    "person empty": (FAMILY.replace("anna", ""), "row 2: person is empty"),
    "person twice": (FAMILY.replace("dan", "anna"), "row 5: person 'anna' already stands in row 2"),
    "sex unknown": (FAMILY.replace("h1,woman", "h1,1"), "row 2: sex = '1'; allowed: woman, female"),
    "schooling impossible": (
        FAMILY.replace(",9,2", ",9,8"),
        "row 4: schooling = 8 completed years cannot be at age 9",
    ),
    "schooling too long": (FAMILY.replace(",34,6", ",34,31"), "row 2: schooling = 31 lies outside 0 to 30"),
    "children alone": (
        FAMILY.replace("female,67", "female,14"),
        "row 6: household 'h2' has nobody aged 15 or older",
    ),
    "weight zero": (f"{HEADER},weight\na,h,woman,30,0,0\n", "row 2: weight = 0 lies outside"),
    "weights differ": (
        f"{HEADER},weight\na,h,woman,30,0,1\nb,h,man,30,0,2\n",
        "row 3: weight = 2.0 but 1.0 in row 2 of the same household 'h'",
    ),
    "localities differ": (
        f"{HEADER},locality\na,h,woman,30,0,A\nb,h,man,30,0,B\n",
        "row 3: locality = B but A in row 2 of the same household",
    ),
    "mother elsewhere": (
        f"{HEADER},mother\na,h,woman,30,0,\nb,k,man,5,0,a\nc,k,man,50,0,\n",
        "row 3: mother 'a' is nobody else of household 'k'",
    ),
    "mother a man": (
        f"{HEADER},mother\na,h,man,30,0,\nb,h,man,5,0,a\n",
        "row 3: mother 'a' is not a woman at least 10",
    ),
    "mother too young": (
        f"{HEADER},mother\na,h,woman,18,0,\nb,h,man,15,0,a\n",
        "row 3: mother 'a' is not a woman",
    ),
    "own mother": (f"{HEADER},mother\na,h,woman,30,0,a\n", "row 2: mother 'a' is nobody else"),
    "two wives": (
        f"{HEADER},spouse\na,h,man,50,0,b\nb,h,woman,40,0,a\nc,h,woman,30,0,a\n",
        "row 4: spouse 'a' has 'b' as spouse",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_malformed_survey_is_refused_in_one_line_that_says_where(text, sentence):
    with pytest.raises(SurveyError, match=sentence) as caught:
        read(text)
    assert str(caught.value).startswith("survey")
    assert "\n" not in str(caught.value)


def test_blank_lines_and_spaces_do_no_harm():
    assert equal(read(FAMILY), read(FAMILY.replace("anna,h1", " anna , h1") + "\n\n  \n"))


# ---- the file


def test_files_of_other_programs_are_read(tmp_path):
    expected = read(FAMILY)
    variants = {
        "plain.csv": FAMILY.encode(),
        "semicolons.csv": FAMILY.replace(",", ";").encode(),
        "tabs.tsv": FAMILY.replace(",", "\t").encode(),
        "windows.csv": b"\xef\xbb\xbf" + FAMILY.replace("\n", "\r\n").encode(),
    }
    for name, content in variants.items():
        (tmp_path / name).write_bytes(content)
        assert equal(open_survey(tmp_path / name, INPUTS, 0, 1), expected), name


def test_a_missing_file_or_folder_is_said(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(SurveyError, match=r"there is no file .*; give the path of a survey"):
            open_survey(path, INPUTS, 0, 1)


def test_a_file_in_another_encoding_is_said(tmp_path):
    file = tmp_path / "old.csv"
    file.write_bytes(FAMILY.replace("anna", "ann\xe9").encode("latin-1"))
    with pytest.raises(SurveyError, match=r"^old\.csv: byte \d+ is not UTF-8"):
        open_survey(file, INPUTS, 0, 1)


def test_a_broken_quote_is_said(tmp_path):
    file = tmp_path / "broken.csv"
    file.write_text(FAMILY.replace("anna", '"anna"x'))
    with pytest.raises(SurveyError, match=r"^broken\.csv is not a table of text"):
        open_survey(file, INPUTS, 0, 1)


def test_every_column_is_documented():
    for name, column in COLUMNS.items():
        assert column.meaning and column.unit, name
