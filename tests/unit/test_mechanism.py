"""The contract of a process: it is handed what it declares, in plain and in compiled code alike."""

import dataclasses
import pathlib
import shutil
import types
from dataclasses import dataclass

import numpy as np
import pytest

import sim.compiled
import sim.mechanism
from sim.ledger import Flow, Ledger
from sim.mechanism import Mechanism, Month, UndeclaredError, compile_all, kernel, rule, uncompiled, undeclared
from sim.parameters import ParameterError, param, switch
from sim.population import Households, Localities, Persons, Population
from sim.streams import Luck, Streams, uniforms

GIFTS = Flow("gifts", Localities.outside, Households.liquid_assets, "from outside")


@rule
def raised(wage: float, share: float) -> float:
    """A wage raised by a share."""
    return wage * (1.0 + share)


@kernel
def raise_pay(persons: Persons, rules: "PayRise", luck: Luck) -> None:
    """Raise the pay of those whose luck it is."""
    for i in range(len(persons.id)):
        u0, _, _, _ = uniforms(luck, persons.id[i])
        if u0 < rules.chance:
            persons.wage[i] = raised(persons.wage[i], rules.share)


@kernel
def use_undeclared(persons: Persons, rules: "PayRise", luck: Luck) -> None:
    """Use a column that is not declared."""
    for i in range(len(persons.id)):
        persons.wage[i] = persons.tenure[i]


@kernel
def write_read_only(persons: Persons, rules: "PayRise", luck: Luck) -> None:
    """Write a column that is only read."""
    for i in range(len(persons.id)):
        persons.hours[i] = persons.wage[i]


@kernel
def use_unknown_parameter(persons: Persons, rules: "PayRise", luck: Luck) -> None:
    """Use a parameter nobody declared."""
    for i in range(len(persons.id)):
        persons.wage[i] = rules.bonus


@dataclass
class PayRise(Mechanism):
    """Some people are paid more.

    Only for tests.
    """

    reads = (Persons.id, Persons.hours)
    writes = (Persons.wage,)
    adds = (Households,)
    pays = (GIFTS,)

    on: int = switch("the whole line")
    chance: float = param(0.5, "1/month", (0.0, 1.0), "assumption")
    share: float = param(0.1, "1", (0.0, 1.0), "assumption")

    def __call__(self, month: Month) -> None:
        """Raise pay."""
        raise_pay(month.persons, self.rules, month.luck("rise"))


@pytest.fixture
def world():
    """Two places, three people, and what a month needs beside them."""
    population = Population()
    population.add(Localities, 2, id=np.array([1, 2]))
    population.add(Households, 1, id=np.array([10]), locality=0)
    population.add(Persons, 40, id=np.arange(100, 140), household=0, wage=100.0, hours=180.0)
    return types.SimpleNamespace(
        month=7, burn_in=24, territory=None, events=(), moved=set(), population=population, streams=Streams(1),
        ledger=Ledger(population, frozenset({Localities.outside}), frozenset()),
    )  # fmt: skip


def run(function, world) -> None:
    """One call of a kernel with the rooms of `PayRise`, errors in the project's own words."""
    mechanism = PayRise()
    month = Month(world, mechanism)
    try:
        function(month.persons, mechanism.rules, month.luck("rise"))
    except Exception as error:
        raise undeclared(mechanism, error) or error from error


def test_name_title_and_parameters_come_from_the_class():
    assert PayRise.name() == "pay_rise"
    assert PayRise.title() == "Some people are paid more."
    assert list(PayRise.parameters()) == ["on", "chance", "share"]
    assert PayRise(share=0.2).rules.share == 0.2


def test_a_value_out_of_bounds_is_refused_where_it_stands():
    with pytest.raises(ParameterError, match=r"parameters\.pay_rise\.share = 2 lies outside \[0, 1\]"):
        PayRise(share=2.0)


def test_parameters_are_sealed():
    mechanism = PayRise()
    with pytest.raises(AttributeError, match=r"PayRise\.share is sealed"):
        mechanism.share = 0.3
    assert dataclasses.replace(mechanism, share=0.3).rules.share == 0.3


def test_months_are_counted_from_the_burn_in_and_births_from_its_end(world):
    month = Month(world, PayRise())
    assert (month.number, month.age_base) == (7, -17)


class Compiled:
    """Run compiled loops: the counterpart of `uncompiled`."""

    def __enter__(self):
        compile_all()

    def __exit__(self, *_):
        return False


@pytest.mark.parametrize("plain", [False, True], ids=["compiled", "plain"])
def test_a_room_holds_declared_columns_and_nothing_else(world, plain):
    with uncompiled() if plain else Compiled():
        room = Month(world, PayRise()).persons
        assert room._fields == ("id", "hours", "wage")
        with pytest.raises(ValueError, match="read-only"):
            room.hours[0] = 1.0
        room.wage[0] = 7.0
    assert world.population.persons.wage[0] == 7.0


def test_a_table_without_declared_columns_has_no_room(world):
    with pytest.raises(UndeclaredError, match="PayRise uses firms but declares no column of it"):
        Month(world, PayRise()).firms  # noqa: B018


def test_compiled_and_plain_loops_give_the_same(world):
    compile_all()
    PayRise()(Month(world, PayRise()))
    compiled = world.population.persons.wage.copy()
    assert 5 < (compiled > 100).sum() < 35
    world.population.persons.wage[:] = 100.0
    with uncompiled():
        assert not hasattr(raise_pay, "py_func"), "the plain function stands in its place"
        PayRise()(Month(world, PayRise()))
    assert world.population.persons.wage.tolist() == compiled.tolist()
    assert hasattr(raise_pay, "py_func"), "and the compiled one is back"


FAULTS = [
    (
        "use_undeclared",
        r"PayRise uses persons\.tenure without declaring it; add it to reads or writes of PayRise",
    ),
    ("write_read_only", "PayRise writes a column it only reads; move it from reads to writes of PayRise"),
    ("use_unknown_parameter", "PayRise uses the parameter bonus without declaring it"),
]


@pytest.mark.parametrize("plain", [False, True], ids=["compiled", "plain"])
@pytest.mark.parametrize(("name", "sentence"), FAULTS)
def test_what_is_not_declared_cannot_be_used(world, name, sentence, plain):
    with uncompiled() if plain else Compiled(), pytest.raises(UndeclaredError, match=sentence):
        run(globals()[name], world)


def test_other_errors_are_not_translated():
    assert undeclared(PayRise(), ValueError("Unknown attribute of something else")) is None


def test_money_moves_only_by_declared_flows(world):
    month = Month(world, PayRise())
    month.pay("gifts", 0, [0], np.array([250]))
    assert world.population.households.liquid_assets.tolist() == [250]
    with pytest.raises(UndeclaredError, match="PayRise pays 'wages' without declaring it; add the flow to its pays"):
        month.pay("wages", 0, [0], np.array([1]))


def test_rows_are_added_only_to_declared_tables(world):
    month = Month(world, PayRise())
    assert month.add(Households, 1, id=np.array([11])).tolist() == [1]
    with pytest.raises(UndeclaredError, match="PayRise adds Persons without declaring it"):
        month.add(Persons, 1, id=np.array([500]))


def test_values_of_a_column_only_if_declared(world):
    month = Month(world, PayRise())
    assert month.values(Persons.wage)[0] == 100.0
    with pytest.raises(UndeclaredError, match=r"PayRise uses persons\.tenure without declaring it"):
        month.values(Persons.tenure)


def test_declaring_a_column_twice_is_an_error():
    with pytest.raises(TypeError, match=r"declares \['persons\.wage'\] twice"):

        class Twice(Mechanism):
            reads = (Persons.wage,)
            writes = (Persons.wage,)


@pytest.mark.parametrize("column", [Households.liquid_assets, Persons.sex])
def test_nobody_declares_to_write_money_or_inputs(column):
    with pytest.raises(TypeError, match="declares it writes"):
        type("Greedy", (Mechanism,), {"writes": (column,), "__module__": __name__})


def test_luck_depends_on_process_purpose_and_month_and_traits_do_not(world):
    month = Month(world, PayRise())
    now, once = month.luck("rise"), month.luck_once("rise")
    world.month = 8
    later = Month(world, PayRise())
    assert later.luck("rise") != now
    assert later.luck_once("rise") == once
    assert later.luck("fall") != later.luck("rise")


def test_compiled_code_is_kept_by_the_sources_it_was_made_from(monkeypatch, tmp_path):
    from sim.choice import consider
    from sim.compiled import folder

    plain = getattr(consider, "py_func", consider)
    monkeypatch.delenv("REMESA_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert folder(plain).startswith(f"{tmp_path}/remesa/")
    assert "/sim.choice-" in folder(plain)


def copy_of_the_sources(monkeypatch, folder):
    """Point the hashes at a copy that may be edited."""
    shutil.copytree(pathlib.Path(sim.mechanism.__file__).parent, folder / "sim", ignore=lambda *_: ["__pycache__"])
    monkeypatch.setattr(sim.compiled, "__file__", str(folder / "sim" / "compiled.py"))
    sim.compiled.imports.cache_clear()
    sim.compiled.sources_hash.cache_clear()


@pytest.fixture
def forgets_hashes():
    yield
    sim.compiled.imports.cache_clear()
    sim.compiled.sources_hash.cache_clear()


MODULES = [f"sim.mechanisms.{one}" for one in ("newcomers", "migration", "vital", "care")]


@pytest.mark.parametrize(
    ("edited", "changed"),
    [
        ("moving.py", {"newcomers", "migration"}),  # both take rules from it
        ("mechanisms/care.py", {"care"}),
        ("streams.py", {"newcomers", "migration", "vital"}),
        ("rooms.py", {"newcomers", "migration", "vital", "care"}),  # says how everything is compiled
        ("indicators/market.py", set()),
    ],
)
def test_an_edit_changes_the_folders_of_what_imports_it_and_no_others(
    edited, changed, monkeypatch, tmp_path, forgets_hashes
):
    hashes = []
    for text in ("", "# edited\n"):
        shutil.rmtree(tmp_path / "sim", ignore_errors=True)
        copy_of_the_sources(monkeypatch, tmp_path)
        with (tmp_path / "sim" / edited).open("a") as file:
            file.write(text)
        hashes.append({one.rpartition(".")[2]: sim.compiled.sources_hash(one) for one in MODULES})
    assert {one for one in hashes[0] if hashes[0][one] != hashes[1][one]} == changed
