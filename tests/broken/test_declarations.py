"""Faulty declarations: what is declared and not used, used and not declared, or says nothing of itself."""

from dataclasses import dataclass

import numpy as np
import pytest
from batteries import (
    check_column_has_writer_and_reader,
    check_columns_used,
    check_declaration,
    check_imports,
    check_indicator,
    check_keyed_draws_only,
)

from sim.indicators import Indicator
from sim.ledger import Flow
from sim.mechanism import Mechanism, Month, UndeclaredError, compile_all, kernel
from sim.parameters import switch
from sim.population import Firms, Households, Localities, Persons
from sim.table import Column, Kind

GIFTS = Flow("gifts", Localities.outside, Households.liquid_assets, "from outside")


@kernel
def copy_hours(persons: Persons) -> None:
    for i in range(len(persons.hours)):
        persons.wage[i] = persons.hours[i]


@dataclass
class DeclaresTooMuch(Mechanism):
    """Declares columns and a flow it never touches."""

    reads = (Persons.hours, Firms.capital)
    writes = (Persons.wage, Firms.vacancies)
    pays = (GIFTS,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        copy_hours(month.persons)


@dataclass
class NeverPays(Mechanism):
    """Declares a flow it never pays."""

    reads = (Persons.hours,)
    writes = (Persons.wage,)
    pays = (GIFTS,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        copy_hours(month.persons)


@dataclass
class OnlyReads(Mechanism):
    """Declares it writes what it only reads."""

    writes = (Firms.debt,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        int(month.values(Firms.debt).sum())


@dataclass
class DeclaresTooLittle(Mechanism):
    """Uses a column it does not declare."""

    reads = (Persons.hours,)
    on: int = switch("the whole line")

    def __call__(self, month: Month) -> None:
        copy_hours(month.persons)


@pytest.mark.parametrize(
    ("faulty", "sentence"),
    [
        (DeclaresTooMuch, r"declares \['firms\.capital', 'firms\.vacancies'\] and never uses them"),
        (OnlyReads, r"declares it writes \['firms\.debt'\] and never does"),
        (NeverPays, r"declares the flows \['gifts'\] and never pays them"),
    ],
)
def test_what_is_declared_and_not_used_is_caught(faulty, sentence, world):
    with pytest.raises(AssertionError, match=sentence):
        check_columns_used(faulty, [world])


def test_what_is_used_and_not_declared_is_caught(world):
    from batteries import call

    compile_all()
    with pytest.raises(UndeclaredError, match=r"DeclaresTooLittle uses persons\.wage without declaring it"):
        call(world, DeclaresTooLittle())


def column(name: str, unit: str = "1", meaning: str = "something", kind: Kind = Kind.STATE, **more) -> Column:
    """A column of `Persons` that is in no table."""
    made = Column(np.float32, unit, meaning, kind, **more)
    made.name, made.table = name, "Persons"
    return made


LEVER = {"kind": Kind.LEVER, "bounds": (0.0, 1.0)}
SILENT = column("mood", unit="")
EMPTY = column("mood", meaning="")
STUCK = column("push", meaning="push; obeyed by Care", initial=2.0, **LEVER)
NAMELESS = column("push", meaning="a push", **LEVER)


@pytest.mark.parametrize(
    ("faulty", "sentence"),
    [
        (SILENT, r"persons\.mood has no unit"),
        (EMPTY, r"persons\.mood has no meaning"),
        (STUCK, r"persons\.push: neutral 2\.0 outside \[0\.0, 1\.0\]"),
        (NAMELESS, r"persons\.push does not say which line obeys it"),
    ],
)
def test_a_column_that_says_too_little_is_caught(faulty, sentence):
    with pytest.raises(AssertionError, match=sentence):
        check_declaration(faulty)


def a_line(name: str, reads: tuple = (), writes: tuple = ()) -> type[Mechanism]:
    """A line with the given declarations."""
    return type(name, (Mechanism,), {"reads": reads, "writes": writes, "__module__": __name__})


UNREAD, UNWRITTEN, PUSH = (
    column("unread"),
    column("unwritten"),
    column("push", meaning="obeyed by Care", **LEVER),
)
PUSHED = a_line("Events", writes=(PUSH,))


@pytest.mark.parametrize(
    ("faulty", "lines", "sentence"),
    [
        (UNREAD, [a_line("Writer", writes=(UNREAD,))], r"nobody reads persons\.unread"),
        (
            UNWRITTEN,
            [a_line("Reader", reads=(UNWRITTEN,))],
            r"persons\.unwritten is state that no line writes",
        ),
        (PUSH, [PUSHED], r"nobody reads persons\.push"),
        (PUSH, [PUSHED, a_line("Care", (PUSH,)), a_line("Skills", (PUSH,))], r"exactly one obedient line"),
        (PUSH, [PUSHED, a_line("Skills", (PUSH,))], r"but Skills obeys it"),
        (
            PUSH,
            [PUSHED, a_line("Care", (PUSH,)), a_line("Other", (), (PUSH,))],
            r"is moved by \['Events', 'Other'\]",
        ),
        (Households.liquid_assets, [a_line("Reader", reads=(Households.liquid_assets,))], "no flow pays"),
    ],
)
def test_a_column_without_writer_or_reader_and_a_lever_nobody_obeys_are_caught(faulty, lines, sentence):
    with pytest.raises(AssertionError, match=sentence):
        check_column_has_writer_and_reader(faulty, lines, [])


def test_an_indicator_that_is_no_number_in_some_town_is_caught(world):
    def infinite(t):
        return t.persons / np.zeros(len(t.groups))

    words = ("1", "Title", "A definition of some length.", "people", "", "")
    with np.errstate(all="ignore"), pytest.raises(AssertionError, match="infinite is"):
        check_indicator(Indicator("infinite", *words, infinite), world)
    with pytest.raises(AssertionError, match="gives \\(2,\\) numbers"):
        check_indicator(Indicator("short", *words, lambda t: np.zeros(2)), world)
    with pytest.raises(AssertionError, match="does not say what it is"):
        check_indicator(Indicator("mute", "1", "Title", "", "people", "", "", lambda t: t.persons), world)


ORDER = ("sim", "scenarios", "experiments", "analysis")


def test_an_import_against_the_order_is_caught():
    with pytest.raises(AssertionError, match=r"sim imports \['analysis\.load"):
        check_imports("sim", "def f():\n    from analysis.load import read\n", ORDER)
    check_imports("analysis", "import sim.model", ORDER)


@pytest.mark.parametrize(
    "source",
    ["import random", "from numpy.random import default_rng", "import numpy as np\nx = np.random.rand()"],
)
def test_a_generator_in_the_model_is_caught(source):
    with pytest.raises(AssertionError, match="the model uses"):
        check_keyed_draws_only(source)
