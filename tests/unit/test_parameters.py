"""A parameter is one line: what it says of itself, and what it refuses."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.parameters import ParameterError, check, declarations, param, switch


@dataclasses.dataclass
class Thing:
    on: int = switch("the whole line")
    share: float = param(0.5, "1", (0.0, 1.0), "Author 2020")
    months: int = param(3, "month", (1, 12), "assumption")
    plain: int = 4


SHARE, MONTHS, ON = declarations(Thing)["share"], declarations(Thing)["months"], declarations(Thing)["on"]


def test_declarations_are_those_fields_that_are_parameters():
    assert list(declarations(Thing)) == ["on", "share", "months"]
    assert (SHARE.unit, SHARE.bounds, SHARE.source) == ("1", (0.0, 1.0), "Author 2020")
    assert ON.switch and not SHARE.switch
    assert Thing().on == 1


def test_an_allowed_value_comes_back_in_the_type_of_the_default():
    assert check("x", 1, SHARE, 0.5) == 1.0 and isinstance(check("x", 1, SHARE, 0.5), float)
    assert isinstance(check("x", 12.0, MONTHS, 3), int)
    assert check("x", True, ON, 1) == 1


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (1.5, r"parameters\.thing\.share = 1\.5 lies outside \[0, 1\]; the range comes from: Author 2020"),
        (float("nan"), r"share = nan is not finite; allowed: a number in \[0, 1\]"),
        (float("inf"), r"share = inf is not finite"),
        ("half", r"share = 'half' is not a number"),
        (None, r"share = None is not a number"),
        (True, r"share = True is not a number"),
        ([0.5], r"share = \[0\.5\] is not a number"),
    ],
)
def test_a_refusal_says_where_what_and_what_is_allowed(value, sentence):
    with pytest.raises(ParameterError, match=sentence):
        check("parameters.thing.share", value, SHARE, 0.5)


def test_a_fraction_where_a_whole_number_is_declared_is_refused():
    with pytest.raises(ParameterError, match="not a whole number"):
        check("parameters.thing.months", 2.5, MONTHS, 3)


@given(st.floats() | st.integers() | st.text() | st.none() | st.booleans())
def test_whatever_comes_in_either_lies_within_bounds_or_is_refused(value):
    try:
        assert 0.0 <= check("x", value, SHARE, 0.5) <= 1.0
    except ParameterError as error:
        assert str(error).startswith("x = ")
