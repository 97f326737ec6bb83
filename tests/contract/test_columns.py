"""Every column: unit, meaning, written by those who declare it, read by somebody; every lever obeyed once."""

import numpy as np
import pytest
from batteries import begin, check_column_has_writer_and_reader, check_declaration, check_writes

from sim.population import ALL
from sim.recorder import Observation
from sim.schedule import Schedule
from sim.table import Kind

LINES = [type(line) for line in Schedule().lines()]
COLUMNS = [column for table in ALL for column in table.columns.values()]
WORLD = {"id"}  # read by tables themselves, to find rows again
each_column = pytest.mark.parametrize("column", COLUMNS, ids=str)


@each_column
def test_it_says_its_unit_and_meaning(column):
    check_declaration(column)


@pytest.mark.parametrize("column", [c for c in COLUMNS if c.name not in WORLD], ids=str)
def test_it_is_written_and_read_by_somebody(column):
    check_column_has_writer_and_reader(column, LINES, [Observation])


def test_a_line_changes_the_columns_it_declares_and_no_other(world):
    for _ in range(3):
        begin(world)
        for mechanism in world.schedule.lines():
            check_writes(world, mechanism)
        world.month += 1


def test_a_line_that_adds_rows_gives_them_new_ids(world):
    for _ in range(12):
        world.run(world.schedule)
    for table in world.population.tables():
        ids = table.values("id")
        assert len(np.unique(ids)) == len(ids), type(table).__name__


def test_levers_stand_at_neutral_when_nothing_moves_them(world):
    world.run(world.schedule)
    for column in COLUMNS:
        if column.kind is Kind.LEVER:
            assert (world.population[column.table].values(column.name) == np.float32(column.initial)).all(), str(column)
