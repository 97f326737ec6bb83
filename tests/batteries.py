"""The batteries: what every part of the model passes by existing.

Each check takes a part and a world and fails with a sentence that names the part. `tests/contract` and
its neighbours run them over everything that is found; `tests/broken` feeds each one a faulty part.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import math
import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from sim.codes import Status
from sim.indicators import INDICATORS, Indicator
from sim.ledger import Flow, Ledger
from sim.mechanism import Answer, Mechanism, Month, PlainColumn, uncompiled, undeclared
from sim.population import Firms, Households, Migrants, Persons, Population
from sim.table import TABLES, Array, Column, Kind

ADDED = 2**61  # ids from here on are of people added by a test
MOVABLE = (Migrants, Firms, Households, Persons)  # tables whose rows move in compaction
World = Any
Schedule = Any


# ---------------------------------------------------------------------------------------------- worlds


def clone(world: World) -> World:
    """The same world again, sharing nothing."""
    return pickle.loads(pickle.dumps(world))


def begin(world: World) -> None:
    """Open the month, as the model does before the first line."""
    world.ledger.open()
    world.recorder.open()


def call(world: World, mechanism: Mechanism) -> None:
    """One line of the month, or what is left of it when it is off; errors in the project's own words."""
    work = mechanism if mechanism.on else mechanism.rest
    try:
        work(Month(world, mechanism))
    except Exception as error:
        raise undeclared(mechanism, error) or error from error


def run(world: World, months: int = 1, schedule: Schedule = None, compact: bool = False) -> World:
    """Whole months, books closed and indicators read."""
    for _ in range(months):
        world.run(schedule or world.schedule)
        if compact:
            world.compact()
    return world


def before(world: World, line: str) -> World:
    """A clone of the world in which this month's lines before the named one have run."""
    twin = clone(world)
    begin(twin)
    for mechanism in twin.schedule.lines():
        if mechanism.name() == line:
            return twin
        call(twin, mechanism)
    raise LookupError(f"no line {line!r} in the schedule")


def changed(schedule: Schedule, line: str, **parameters: Any) -> Schedule:
    """The schedule with other parameters in one line."""
    return dataclasses.replace(schedule, **{line: dataclasses.replace(getattr(schedule, line), **parameters)})


def depopulated(world: World) -> World:
    """The same place without people, households, stays or firms."""
    empty = clone(world)
    for kind in MOVABLE:
        empty.population.move(kind, np.zeros(0, np.int64))
    return empty


def snapshot(world: World) -> dict[str, Array]:
    """Every column, by table and name."""
    return {
        f"{type(table).__name__.lower()}.{name}": table.values(name).copy()
        for table in world.population.tables()
        for name in type(table).columns
    }


def by_identity(world: World) -> dict[str, Array]:
    """Every column in the order of ids, references as the ids they point to: blind to where rows are."""
    population: Population = world.population
    found = {}
    for table in population.tables():
        order = np.argsort(table.values("id"), kind="stable")
        for name, declared in type(table).columns.items():
            values = table.values(name)[order]
            if declared.kind is Kind.REFERENCE:
                ids = np.append(population[declared.target].values("id"), -1)
                values = ids[values]
            found[f"{type(table).__name__.lower()}.{name}"] = values
    return found


def told(world: World) -> list[tuple[Any, ...]]:
    """Life events so far, in an order that does not depend on rows."""
    histories = world.recorder.histories()
    return sorted(zip(*(values.tolist() for values in histories.values()), strict=True))


def shuffle(world: World, luck: np.random.Generator) -> World:
    """Put the rows of every movable table into random order."""
    for kind in MOVABLE:
        world.population.move(kind, luck.permutation(world.population[kind.__name__].count))
    return world


def differences(one: dict[str, Array], other: dict[str, Array]) -> list[str]:
    """Columns in which two worlds differ, with the number of rows."""
    found = []
    for name, values in one.items():
        against = other[name]
        if values.shape != against.shape:
            found.append(f"{name}: {len(values)} and {len(against)} rows")
        elif not np.array_equal(values, against, equal_nan=values.dtype.kind == "f"):
            found.append(f"{name}: {np.count_nonzero(values != against)} of {values.size}")
    return found


# ------------------------------------------------------------------------------------------ mechanisms


def _rooms(function: ast.AST) -> dict[str, str]:
    """Names in a function that stand for a room: by annotation, by taking it from the month, by name."""
    names = {table.lower(): table for table in TABLES}
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and node.annotation is not None and ast.unparse(node.annotation) in TABLES:
            names[node.arg] = ast.unparse(node.annotation)
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            targets, values = node.targets[0], node.value
            pairs = (
                zip(targets.elts, values.elts, strict=False)
                if isinstance(targets, ast.Tuple) and isinstance(values, ast.Tuple)
                else [(targets, values)]
            )
            for target, value in pairs:
                if isinstance(target, ast.Name) and isinstance(value, ast.Attribute) and value.attr in names:
                    names[target.id] = names[value.attr]
    return names


def _outside_declarations(tree: ast.Module) -> list[ast.AST]:
    """Functions, and whatever else stands in a module beside the declarations of its mechanisms."""
    parts: list[ast.AST] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            parts += [inner for inner in node.body if isinstance(inner, ast.FunctionDef)]
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            parts.append(node)
    return parts


def named_columns(kind: type) -> tuple[set[str], set[str]]:
    """Columns that the module of a mechanism names beside declaring them: used at all, and stored into."""
    used, stored = set(), set()
    for part in _outside_declarations(ast.parse(inspect.getsource(sys.modules[kind.__module__]))):
        rooms = _rooms(part)
        for node in ast.walk(part):
            if isinstance(node, ast.Attribute):
                base = node.value
                table = None
                if isinstance(base, ast.Name):
                    table = rooms.get(base.id) or (base.id if base.id in TABLES else None)
                elif isinstance(base, ast.Attribute):
                    table = rooms.get(base.attr)
                if table is not None:
                    used.add(f"{table.lower()}.{node.attr}")
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                stored |= {inner.attr for inner in ast.walk(node.value) if isinstance(inner, ast.Attribute)}
    return used, stored


@contextmanager
def traced(read: set[str], written: set[str]) -> Iterator[None]:
    """Run plain loops and note which columns are read and written, element by element."""

    class Traced(PlainColumn):
        __slots__ = ("name",)

        def __getitem__(self, key: Any) -> Any:
            read.add(self.name)
            item = self.values[key]
            if isinstance(item, np.ndarray):
                inner = Traced(item)
                inner.name = self.name
                return inner
            return item.item()

        def __setitem__(self, key: Any, value: Any) -> None:
            written.add(self.name)
            self.values[key] = value

    room, values = Month.__getattr__, Month.values

    def traced_room(self: Month, name: str) -> Any:
        found = room(self, name)
        columns = []
        for column, plain in zip(found._fields, found, strict=True):
            columns.append(Traced(plain.values))
            columns[-1].name = f"{name}.{column}"
        vars(self)[name] = wrapped = type(found)(*columns)
        return wrapped

    def traced_values(self: Month, declared: Column) -> Array:
        read.add(str(declared))
        return values(self, declared)

    with uncompiled():
        Month.__getattr__, Month.values = traced_room, traced_values  # type: ignore[method-assign]
        try:
            yield
        finally:
            Month.__getattr__, Month.values = room, values  # type: ignore[method-assign]


def check_columns_used(kind: type[Mechanism], worlds: list[World]) -> None:
    """Every declared column is used, every declared written one is written, every declared flow is paid."""
    used, stored = named_columns(kind)
    unnamed = [str(c) for c in (*kind.reads, *kind.writes) if str(c) not in used]
    unstored = [str(c) for c in kind.writes if c.name not in stored and c.kind is not Kind.LEVER]
    if unnamed or unstored:  # not plain in the source: look whether it happens
        read: set[str] = set()
        written: set[str] = set()
        for world in worlds:
            mechanism = next((line for line in world.schedule.lines() if type(line) is kind), None) or kind()
            twin = before(world, kind.name()) if hasattr(world.schedule, kind.name()) else clone(world)
            start = snapshot(twin)
            with traced(read, written):
                call(twin, mechanism)
            written |= {line.split(":")[0] for line in differences(start, snapshot(twin))}
        unnamed = [c for c in unnamed if c not in read and c not in written]
        unstored = [c for c in unstored if c not in written]
    assert not unnamed, f"{kind.__name__} declares {unnamed} and never uses them"
    assert not unstored, f"{kind.__name__} declares it writes {unstored} and never does"
    parts = _outside_declarations(ast.parse(inspect.getsource(sys.modules[kind.__module__])))
    declared = {
        id(inner)
        for part in parts
        for node in ast.walk(part)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Flow"
        for inner in ast.walk(node)
    }
    constants = [n for part in parts for n in ast.walk(part) if isinstance(n, ast.Constant) and id(n) not in declared]
    named = {node.value for node in constants}
    unpaid = [flow.name for flow in kind.pays if flow.name not in named]
    assert not unpaid, f"{kind.__name__} declares the flows {unpaid} and never pays them"


def check_compiled_equals_plain(world: World, mechanism: Mechanism) -> None:
    """Decisions equal, amounts within one unit of the last place of float32, money to the cent."""
    plain = clone(world)
    call(world, mechanism)
    with uncompiled():
        call(plain, mechanism)
    one, other = snapshot(world), snapshot(plain)
    for name, values in one.items():
        against = other[name]
        assert values.shape == against.shape, f"{mechanism.name()}: {name} has another length in plain Python"
        if values.dtype.kind == "f":
            apart = np.abs(values.astype(np.float64) - against) > np.spacing(
                np.maximum(np.abs(values), np.abs(against))
            )
        else:
            apart = values != against
        assert not apart.any(), (
            f"{mechanism.name()}: {name} differs in {apart.sum()} rows between compiled and plain loops, "
            f"as {values[apart][0]!r} and {against[apart][0]!r}"
        )


def check_repeats(world: World, mechanism: Mechanism) -> None:
    """The same world and the same line give the same bits."""
    twin = clone(world)
    call(world, mechanism)
    call(twin, mechanism)
    assert not (apart := differences(snapshot(world), snapshot(twin))), (
        f"{mechanism.name()} differs when repeated: {apart}"
    )


def check_row_order(world: World, mechanism: Mechanism, seed: int = 1) -> None:
    """Where rows stand changes nobody's outcome: the line on shuffled rows gives everybody the same."""
    other = shuffle(clone(world), np.random.default_rng(seed))
    call(world, mechanism)
    call(other, mechanism)
    apart = differences(by_identity(world), by_identity(other))
    assert not apart, f"{mechanism.name()} depends on the order of rows: {apart}"
    assert told(world) == told(other), f"{mechanism.name()} tells other histories when rows are shuffled"
    books = [{key: totals.tolist() for key, totals in w.ledger.month.items()} for w in (world, other)]
    assert books[0] == books[1], f"{mechanism.name()} pays differently when rows are shuffled"


def check_finite(world: World) -> None:
    """No column holds a NaN or an infinity."""
    for name, values in snapshot(world).items():
        if values.dtype.kind == "f":
            bad = ~np.isfinite(values)
            assert not bad.any(), f"{name} holds {values[bad][0]} in {bad.sum()} rows after month {world.month}"


def check_references(world: World) -> None:
    """Every reference points to a row that is there, or to none."""
    population = world.population
    for table in population.tables():
        for name, declared in type(table).columns.items():
            if declared.kind is Kind.REFERENCE:
                values = table.values(name)
                assert len(values) == 0 or (values.min() >= -1 and values.max() < population[declared.target].count), (
                    f"{declared} points outside {declared.target}"
                )


def check_writes(world: World, mechanism: Mechanism) -> None:
    """A line changes the columns it declares, and adds rows to the tables it declares, and no other."""
    start = snapshot(world)
    call(world, mechanism)
    after = snapshot(world)
    paid = {str(account) for flow in mechanism.pays for account in (flow.payer, flow.payee)}
    changes = {
        name
        for name, values in start.items()
        if not np.array_equal(values, after[name][: len(values)], equal_nan=values.dtype.kind == "f")
    }
    past = changes - {str(c) for c in mechanism.writes} - paid
    assert not past, f"{mechanism.name()} changes {sorted(past)} without declaring it"
    declared = {f"{table.__name__.lower()}.id" for table in mechanism.adds}
    grown = {name for name in start if name.endswith(".id") and len(start[name]) != len(after[name])}
    assert grown <= declared, f"{mechanism.name()} adds rows to {sorted(grown - declared)} without declaring it"


def with_one_more_household(world: World) -> World:
    """The same world with a copy of one household, of elderly people; everybody else as before."""
    other = clone(world)
    persons, households = other.population.persons, other.population.households
    here = np.bincount(persons.household[persons.status < Status.AWAY], minlength=households.count)
    home = int(np.flatnonzero(here >= 2)[0])
    members = np.flatnonzero((persons.household == home) & (persons.status < Status.AWAY))[:2]
    kept = [name for name in Households.columns if name not in ("id", "liquid_assets")]
    (row,) = other.population.add(
        Households, 1, id=np.array([ADDED + 1]), **{name: households.values(name)[home] for name in kept}
    )
    values = {name: persons.values(name)[members] for name in Persons.columns}
    values |= {
        "id": ADDED + 10 + np.arange(len(members)), "household": row, "mother": -1, "spouse": -1, "spell": -1,
        "employer": -1, "status": int(Status.INACTIVE), "birth_month": -12 * 75, "in_school": 0, "work": 0,
    }  # fmt: skip
    other.population.add(Persons, len(members), **values)
    return other


def others(world: World, tables: tuple[str, ...] = ("persons", "households")) -> dict[str, Array]:
    """Everybody but the added ones, by id."""
    found = by_identity(world)
    keep = {table: found[f"{table}.id"] < ADDED for table in tables}
    return {name: values[keep[name.split(".")[0]]] for name, values in found.items() if name.split(".")[0] in keep}


def check_one_more_household(world: World, mechanism: Mechanism) -> None:
    """In a line in which people do not meet on a market, one more household changes nobody else."""
    more = with_one_more_household(world)
    call(world, mechanism)
    call(more, mechanism)
    apart = differences(others(world), others(more))
    assert not apart, f"{mechanism.name()}: one more household changes others: {apart}"


# ------------------------------------------------------------------------------------- answers, switches


def _move(world: World, answer: Answer) -> None:
    """Multiply and shift the named column, within the bounds of a lever: mostly upwards."""
    values = world.population[answer.column.table].values(answer.column.name)
    raised = values.astype(np.float64) * answer.factor + answer.shift
    if answer.column.bounds is not None:
        raised = np.clip(raised, *answer.column.bounds)
    values[:] = raised if values.dtype.kind == "f" else np.rint(raised).astype(values.dtype)


def _outcome(world: World, answer: Answer) -> float:
    """Mean of the outcome column over its rows, or the named indicator of the month so far."""
    if isinstance(answer.outcome, str):
        return float(INDICATORS[answer.outcome].compute(world.recorder.tally())[0])
    values = world.population[answer.outcome.table].values(answer.outcome.name)
    return float(values.mean(dtype=np.float64)) if len(values) else 0.0


def response(world: World, mechanism: Mechanism, answer: Answer) -> float:
    """How far the outcome moves when the column is changed as declared and one line is run, same luck."""
    twin, world = clone(world), clone(world)
    _move(twin, answer)
    call(world, mechanism)
    call(twin, mechanism)
    return _outcome(twin, answer) - _outcome(world, answer)


def check_answer(worlds: list[World], mechanism: Mechanism, answer: Answer) -> None:
    """A declared answer has its sign, summed over the given worlds (each stands at that line of a month)."""
    moved = sum(response(world, mechanism, answer) for world in worlds)
    assert math.isfinite(moved), f"{mechanism.name()}: {answer.outcome} is {moved}"
    assert moved * answer.sign > 0, (
        f"{mechanism.name()} declares that {answer.column} moves {answer.outcome} {answer.sign:+d} "
        f"({answer.why}); it moves it by {moved:g}"
    )


def check_declared_answers(kind: type[Mechanism], lines: list[type[Mechanism]]) -> None:
    """At least two answers to columns that other lines write, each to something the line decides."""
    written = {c for line in lines if line is not kind for c in line.writes}
    paid = {account for line in lines if line is not kind for flow in line.pays for account in (flow.payer, flow.payee)}
    columns = {answer.column for answer in kind.answers} & (written | paid)
    assert len(columns) >= 2, (
        f"{kind.__name__} declares answers to {len(columns)} columns that other lines write; two are needed"
    )
    for answer in kind.answers:
        known = answer.column in (*kind.reads, *kind.writes)
        assert known, f"{kind.__name__} answers to {answer.column} without declaring it"
        assert answer.sign in (-1, 1) and len(answer.why) > 5
        if isinstance(answer.outcome, str):
            assert answer.outcome in INDICATORS, f"{kind.__name__} answers in {answer.outcome}, which is no indicator"
        else:
            mine = {a for flow in kind.pays for a in (flow.payer, flow.payee)} | set(kind.writes)
            assert answer.outcome in mine, f"{kind.__name__} answers in {answer.outcome}, which it does not write"


def check_shows(world: World, kind: type[Mechanism], months: int = 24) -> None:
    """Each indicator a line says it shows changes when the line is switched off; and the run goes on."""
    off = run(clone(world), months, changed(world.schedule, kind.name(), on=0))
    on = run(clone(world), months)
    assert kind.shows, f"{kind.__name__} names no indicator that shows it"
    for name in kind.shows:
        series = [w.recorder.series(name)[-months:] for w in (on, off)]
        assert not np.array_equal(*series), f"{name} does not change within {months} months when {kind.name()} is off"


# ------------------------------------------------------------------------------------------- parameters


def check_parameters(kind: type[Mechanism]) -> None:
    """Unit, bounds and source of every parameter; its default lies within its bounds."""
    for name, declared in kind.parameters().items():
        default = kind.__dataclass_fields__[name].default  # type: ignore[attr-defined]
        where = f"{kind.name()}.{name}"
        low, high = declared.bounds
        assert declared.unit, f"{where} has no unit"
        assert len(declared.source) > 5, f"{where} has no source"
        assert math.isfinite(low) and math.isfinite(high) and low < high, f"{where} has no bounds"
        assert low <= default <= high, f"{where} = {default} lies outside its own bounds [{low}, {high}]"
        assert type(default) in (int, float), f"{where} is no number"
        if declared.switch:
            assert default == 1, f"{where}: a switch is on unless somebody turns it off"
    undeclared_fields = {f.name for f in dataclasses.fields(kind)} - set(kind.parameters())
    assert not undeclared_fields, f"{kind.__name__} has parameters without declaration: {sorted(undeclared_fields)}"


def extreme(kind: type[Mechanism]) -> list[tuple[str, float]]:
    """Every parameter at both its bounds, switches off."""
    found = []
    for name, declared in kind.parameters().items():
        default = kind.__dataclass_fields__[name].default  # type: ignore[attr-defined]
        ends = (0,) if declared.switch else declared.bounds
        found += [(name, type(default)(end)) for end in ends]
    return found


def check_runs_at(world: World, line: str, name: str, value: float, months: int = 12) -> None:
    """Twelve months with one parameter at a bound: the books close and every column stays finite."""
    twin = clone(world)
    try:
        run(twin, months, changed(world.schedule, line, **{name: value}))
        check_finite(twin)
    except AssertionError as error:
        raise AssertionError(f"with {line}.{name} = {value}: {error}") from error
    except Exception as error:
        raise AssertionError(f"with {line}.{name} = {value}: {type(error).__name__}: {error}") from error


# ---------------------------------------------------------------------------------------------- columns


def check_declaration(declared: Column) -> None:
    """A column says its unit and what it means; a lever has bounds around its neutral value."""
    assert declared.unit.strip(), f"{declared} has no unit"
    assert len(declared.meaning) > 3, f"{declared} has no meaning"
    if declared.kind is Kind.LEVER:
        assert declared.bounds is not None
        low, high = declared.bounds
        assert low <= declared.initial <= high, f"{declared}: neutral {declared.initial} outside [{low}, {high}]"
        assert "obeyed by" in declared.meaning, f"{declared} does not say which line obeys it"


def check_column_has_writer_and_reader(
    declared: Column, lines: list[type[Mechanism]], observers: list[type[Mechanism]]
) -> None:
    """State is written by some line and read by some line or by the recorder; money moves by some flow."""
    writers = [kind.__name__ for kind in lines if declared in kind.writes]
    readers = [kind.__name__ for kind in (*lines, *observers) if declared in kind.reads]
    accounts = {account for kind in lines for flow in kind.pays for account in (flow.payer, flow.payee)}
    if declared.kind is Kind.MONEY:
        assert declared in accounts, f"no flow pays from or to {declared}"
        return
    looked_at = readers or _reads_what_it_writes(declared, lines)
    assert looked_at, f"nobody reads {declared}"
    if declared.kind is Kind.STATE:
        assert writers, f"{declared} is state that no line writes; declare it as given, or write it"
    if declared.kind is Kind.LEVER:
        obeyed = [kind.__name__ for kind in (*lines, *observers) if declared in kind.reads]
        obeyed = [name for name in obeyed if name not in ("Events", "Observation")]
        assert len(obeyed) == 1, f"{declared} is obeyed by {obeyed or 'nobody'}; a lever has exactly one obedient line"
        assert obeyed[0] in declared.meaning, f"{declared} says {declared.meaning!r} but {obeyed[0]} obeys it"
        assert writers == ["Events"], f"{declared} is moved by {writers}"


def _reads_what_it_writes(declared: Column, lines: list[type[Mechanism]]) -> bool:
    """Whether a line that writes the column also looks at it (a written column may be read)."""
    for kind in lines:
        if declared in kind.writes:
            own = vars(sys.modules[kind.__module__]).values()
            loops = [getattr(one, "py_func", one) for one in own]  # its rules and loops, wherever they are written
            written = {one.__module__ for one in loops if inspect.isfunction(one) and one.__module__.startswith("sim.")}
            if any(_looks_at(declared, sys.modules[module]) for module in {kind.__module__, *written}):
                return True
    return False


def _looks_at(declared: Column, module: ModuleType) -> bool:
    """Whether the source of a module reads an array by the name of the column."""
    tree = ast.parse(inspect.getsource(module))
    stores = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    for node in ast.walk(tree):
        named = isinstance(node, ast.Attribute) and node.attr == declared.name
        room = named and not (isinstance(node.value, ast.Name) and node.value.id in TABLES)
        if room and id(node) not in stores:
            return True
    return False


# ------------------------------------------------------------------------------------------------ books


class Shadow:
    """A second set of books, kept from the payments alone: what every party must hold."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.flows: dict[tuple[str, int, int], int] = {}  # (flow, payer account's hash, payee's) -> cents
        self.opening = {account: self._held(account) for account in world.ledger.accounts}
        self.moves: dict[Column, dict[int, int]] = {account: {} for account in world.ledger.accounts}
        self.by_flow: dict[str, list[int]] = {}

    def _held(self, account: Column) -> dict[int, int]:
        table = self.world.population[account.table]
        return dict(zip(table.values("id").tolist(), table.values(account.name).tolist(), strict=True))

    def note(self, flow: Flow, payers: Any, payees: Any, amounts: Array) -> None:
        """One array of payments, party by party."""
        amounts = np.asarray(amounts, np.int64)
        payer_ids = self.world.population[flow.payer.table].values("id")
        payee_ids = self.world.population[flow.payee.table].values("id")
        payers = np.broadcast_to(np.asarray(payers, np.int64), amounts.shape)
        payees = np.broadcast_to(np.asarray(payees, np.int64), amounts.shape)
        given = taken = 0
        for row, other, amount in zip(payers.tolist(), payees.tolist(), amounts.tolist(), strict=True):
            source, sink = self.moves[flow.payer], self.moves[flow.payee]
            source[int(payer_ids[row])] = source.get(int(payer_ids[row]), 0) - amount
            sink[int(payee_ids[other])] = sink.get(int(payee_ids[other]), 0) + amount
            taken += amount
            given += amount
        sides = self.by_flow.setdefault(flow.name, [0, 0])
        sides[0] += taken
        sides[1] += given

    def check(self) -> None:
        """Each flow: what is taken is what is given; each party: opening and flows give closing."""
        for name, (taken, given) in self.by_flow.items():
            assert taken == given == self.world.ledger.paid(name), f"flow {name}: taken {taken}, given {given}"
        paid = {flow.name for flow, _ in self.world.ledger.month}
        assert paid == set(self.by_flow), f"flows in one set of books only: {paid ^ set(self.by_flow)}"
        for account, opening in self.opening.items():
            for identity, closing in self._held(account).items():
                expected = opening.get(identity, 0) + self.moves[account].get(identity, 0)
                assert closing == expected, (
                    f"month {self.world.month}: {account} of {identity} holds {closing} cents, "
                    f"opening and flows give {expected}"
                )


@contextmanager
def shadowed(world: World) -> Iterator[Shadow]:
    """Keep a second set of books while a month runs."""
    shadow = Shadow(world)
    pay = Ledger.pay

    def noted(self: Ledger, flow: Flow, payers: Any, payees: Any, amounts: Array, purpose: str = "") -> None:
        pay(self, flow, payers, payees, amounts, purpose)
        if self is world.ledger and len(amounts):
            shadow.note(flow, payers, payees, amounts)

    Ledger.pay = noted  # type: ignore[method-assign]
    try:
        yield shadow
    finally:
        Ledger.pay = pay  # type: ignore[method-assign]


# ------------------------------------------------------------------------------ indicators, architecture


def check_indicator(one: Indicator, world: World) -> None:
    """A finite number for every group, and a definition to go with it."""
    assert one.unit and one.title and len(one.definition) > 15, f"{one.name} does not say what it is"
    values = one.compute(world.recorder.tally())
    assert values.shape == (len(world.recorder.groups),), f"{one.name} gives {values.shape} numbers"
    assert np.isfinite(values).all(), f"{one.name} is {values} in month {world.month}"


def imported(source: str) -> set[str]:
    """Modules a source imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
            found |= {str(a.value) for a in node.args if isinstance(a, ast.Constant)}
    return found


def check_imports(folder: str, source: str, order: tuple[str, ...]) -> None:
    """A package imports only what stands to its left."""
    right = order[order.index(folder) + 1 :]
    wrong = {module for module in imported(source) if module.split(".")[0] in right}
    assert not wrong, f"{folder} imports {sorted(wrong)}"


def check_keyed_draws_only(source: str) -> None:
    """The model draws from keyed streams, never from a generator, and does not look at the clock."""
    generators = imported(source) & {"random", "numpy.random", "secrets", "time"}
    used = {ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    generators |= {one for one in used if one.startswith(("np.random", "numpy.random"))}
    assert not generators, f"the model uses {sorted(generators)}"
