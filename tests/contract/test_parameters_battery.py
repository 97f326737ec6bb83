"""Every parameter: unit, bounds, source, a default within them, and a year at either bound."""

import pytest
from batteries import check_parameters, check_runs_at, extreme

from sim.schedule import Schedule

LINES = [type(line) for line in Schedule().lines()]
EXTREMES = [(kind.name(), name, value) for kind in LINES for name, value in extreme(kind)]


@pytest.mark.parametrize("kind", LINES, ids=[kind.name() for kind in LINES])
def test_every_parameter_is_declared_with_unit_bounds_and_source(kind):
    check_parameters(kind)


@pytest.mark.parametrize(
    ("line", "name", "value"), EXTREMES, ids=[f"{line}.{name}={value:g}" for line, name, value in EXTREMES]
)
def test_a_year_with_a_parameter_at_its_bound(line, name, value, small_world):
    check_runs_at(small_world(population=250), line, name, value)


def test_no_two_lines_have_one_name():
    names = [kind.name() for kind in LINES]
    assert len(set(names)) == len(names)
