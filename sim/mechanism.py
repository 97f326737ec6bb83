"""The contract of a process: what it reads, writes and pays, and how its plain loops are compiled.

A mechanism is a dataclass of its parameters with one call a month. It is handed its declared columns
and nothing else, in plain Python and in compiled code alike: an undeclared column does not compile,
and what it only reads cannot be written.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import os
import pathlib
import re
import struct
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from sim.parameters import Declaration, ParameterError, check, declarations
from sim.table import TABLES, Array, Column, Kind, Table

if TYPE_CHECKING:
    from sim.ledger import Flow
    from sim.model import World
    from sim.streams import Luck


_registered: dict[Callable[..., Any], bool] = {}  # plain function -> is a kernel
_compiled: dict[Callable[..., Any], Callable[..., Any]] = {}
MAKE_ARRAYS = frozenset({"zeros", "ones", "empty", "full", "zeros_like", "arange", "array", "copy", "argsort", "sort"})


def rule[Function: Callable[..., Any]](function: Function) -> Function:
    """Register a pure scalar rule of the model; compiled when the first model is built."""
    _registered[function] = False
    return function


def kernel[Function: Callable[..., Any]](function: Function) -> Function:
    """Register one loop over rows of a mechanism; compiled when the first model is built."""
    _registered[function] = True
    return function


def code_hash() -> str:
    """Hash of all sources of the model: names results."""
    digest = hashlib.blake2b(digest_size=10)
    root = pathlib.Path(__file__).parent
    for source in sorted(root.rglob("*.py")):
        digest.update(source.relative_to(root).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def compile_all(announce: Callable[[str], None] | None = None) -> None:
    """Compile every registered rule and kernel and put it in the place of the plain function in `sim`."""
    if all(function in _compiled for function in _registered):
        return
    import numba

    import sim.rooms  # noqa: F401  (what compiled code is told of rooms)
    from sim.compiled import folder
    from sim.precision import load_in_double_precision

    if announce and not all(os.path.isdir(folder(function)) for function in _registered):
        announce("Compiling the model once for this machine (a minute or two); later starts are quick.")
    before = numba.config.CACHE_LOCATOR_CLASSES  # type: ignore[attr-defined]
    numba.config.CACHE_LOCATOR_CLASSES = "sim.compiled.BySources,UserWideCacheLocator"  # type: ignore[attr-defined]
    if not _compiled:
        load_in_double_precision()
    for function in _registered:
        if function not in _compiled:
            arrays = _makes_arrays(function)
            inline = not (arrays or _registered[function])  # a call in a loop keeps it from being vectorised
            options: dict[str, Any] = {"no_cfunc_wrapper": True, "_nrt": arrays, "forceinline": inline}
            _compiled[function] = numba.njit(cache=True, error_model="numpy", **options)(function)
    numba.config.CACHE_LOCATOR_CLASSES = before  # type: ignore[attr-defined]
    _put({plain: fast for plain, fast in _compiled.items()})


def _makes_arrays(function: Callable[..., Any]) -> bool:
    """Whether a loop or a rule, or a rule it calls, makes arrays; in others no references need counting.

    Left alone numba counts them at every use of a column. Should a function be missed here it does not compile.
    """
    names = set(function.__code__.co_names)
    called = (getattr(function.__globals__.get(name), "py_func", function.__globals__.get(name)) for name in names)
    return (
        bool(names & MAKE_ARRAYS)
        or "Array" in str(function.__annotations__.get("return"))
        or any(_makes_arrays(one) for one in called if callable(one) and one in _registered and one is not function)
    )


def _put(replacements: dict[Callable[..., Any], Callable[..., Any]]) -> None:
    """Replace functions wherever a module of the model, or one that adds processes to it, names them."""
    homes = {function.__module__ for function in _registered}
    for name, module in list(sys.modules.items()):
        if name == "sim" or name.startswith("sim.") or name in homes:
            for attribute, value in list(vars(module).items()):
                if callable(value) and getattr(value, "__hash__", None) and value in replacements:
                    setattr(module, attribute, replacements[value])


@contextmanager
def uncompiled() -> Iterator[None]:
    """Run the same sources as plain Python: the reference that compiled code must equal."""
    compile_all()
    _put({fast: plain for plain, fast in _compiled.items()})
    _State.plain = True
    try:
        yield
    finally:
        _State.plain = False
        _put(dict(_compiled))


class _State:
    """Whether loops run as plain Python just now."""

    plain = False


class PlainColumn:
    """A column for plain loops: elements come out as Python numbers, as they do in compiled code."""

    __slots__ = ("values",)

    def __init__(self, values: Array) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, key: Any) -> Any:
        item = self.values[key]
        return PlainColumn(item) if isinstance(item, np.ndarray) else item.item()

    def __setitem__(self, key: Any, value: Any) -> None:
        self.values[key] = value

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.values.shape)


class Handed(np.void):  # type: ignore[misc]  # its class is open, whatever its type hints say
    """What compiled loops are handed beside arrays and numbers: words in memory, with a name for each.

    It is a scalar of NumPy whose one field no other kind has; by that numba knows its type at once.
    """

    address: int
    _fields: ClassVar[tuple[str, ...]]
    _numba_type_: ClassVar[Any]
    _blank: ClassVar[Array]
    _count = itertools.count()

    def __init_subclass__(cls) -> None:
        taken = set(getattr(cls, "_fields", ())) & set(dir(np.void))
        if taken:
            raise TypeError(f"{cls.__name__} cannot have {sorted(taken)}: scalars of NumPy mean something else by it")
        cls._blank = np.zeros(1, np.dtype((cls, [(f"{cls.__name__} {next(cls._count)}", np.int64)])))

    @classmethod
    def at(cls, words: Array, address: int, **about: Any) -> Any:
        """One whose words begin at that address; the first is the number of rows, if it has any."""
        made = cls._blank[0]
        vars(made).update(_words=words, address=address, **about)
        return made

    @classmethod
    def layout(cls) -> dict[str, tuple[Any, int, bool | None, int]]:
        """For each name: type of element, width, whether it is written (None for a single number), which word."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        kind = type(self)
        if name != "_numba_type_":
            raise AttributeError(f"'{kind.__name__}' object has no attribute '{name}'")
        from sim.rooms import handed_type

        kind._numba_type_ = found = handed_type(kind)  # asked for when the first compiled loop is handed one
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(
            f"{type(self).__name__}.{name} is never replaced; write into a column with [rows] = values"
        )


class Room(Handed):  # type: ignore[misc]
    """The declared columns of one table: views for Python, where the table's begin in memory for compiled code."""

    table: ClassVar[str]
    columns: ClassVar[dict[str, bool]]  # by name: may it be written

    @classmethod
    def layout(cls) -> dict[str, tuple[Any, int, bool | None, int]]:
        """Columns as the words of their table have them."""
        declared = enumerate(TABLES[cls.table].columns.values(), start=1)
        return {c.name: (c.dtype, c.width, cls.columns[c.name], k) for k, c in declared if c.name in cls.columns}

    def __getattr__(self, name: str) -> Any:
        return self.shown(self._store, name) if name in self.columns else super().__getattr__(name)

    @classmethod
    def shown(cls, store: Table, name: str) -> Array:
        """The values of one column; read-only unless declared written."""
        found = store.values(name)
        found.flags.writeable = cls.columns[name]
        return found


class Rules(Handed):  # type: ignore[misc]
    """The parameters of a mechanism, each by its name."""

    owner: ClassVar[type[Mechanism]]
    types: ClassVar[dict[str, type]]

    @classmethod
    def of(cls, owner: type[Mechanism], values: dict[str, float]) -> Any:
        """Those of one mechanism, each in the type of its default."""
        kind: Any = vars(owner).get("_rules_kind")
        if kind is None:
            fields = owner.__dataclass_fields__  # type: ignore[attr-defined]
            types = {name: type(fields[name].default) for name in declarations(owner)}
            about = {"owner": owner, "types": types, "_fields": tuple(types)}
            kind = owner._rules_kind = type(f"{owner.__name__}Rules", (Rules,), about)  # type: ignore[attr-defined]
        numbers = {name: convert(values[name]) for name, convert in kind.types.items()}
        codes = "".join("d" if convert is float else "q" for convert in kind.types.values())
        words = np.frombuffer(struct.pack(f"q{codes}", 0, *numbers.values()), np.int64)
        return kind.at(words, words.ctypes.data, **numbers)

    @classmethod
    def layout(cls) -> dict[str, tuple[Any, int, bool | None, int]]:
        """Single numbers in the order of their declaration."""
        return {name: (np.dtype(one), 0, None, k) for k, (name, one) in enumerate(cls.types.items(), start=1)}

    def __reduce__(self) -> Any:
        return Rules.of, (self.owner, {name: getattr(self, name) for name in self.types})

    def __deepcopy__(self, _: Any) -> Rules:
        return self


class Answer(NamedTuple):
    """A declared response: a higher value of one column moves another one in the stated direction.

    ``factor`` and ``shift`` say how a test raises ``column``; ``sign`` is the direction of the mean of
    ``outcome`` (a column the mechanism writes, or an indicator by name).
    """

    column: Column
    outcome: Column | str
    sign: int
    why: str
    factor: float = 1.5
    shift: float = 0.0


class Mechanism:
    """Base of all processes: a dataclass of parameters, a declaration, and one call a month."""

    reads: ClassVar[tuple[Column, ...]] = ()
    writes: ClassVar[tuple[Column, ...]] = ()
    adds: ClassVar[tuple[type[Table], ...]] = ()
    pays: ClassVar[tuple[Flow, ...]] = ()
    answers: ClassVar[tuple[Answer, ...]] = ()
    shows: ClassVar[tuple[str, ...]] = ()  # indicators that change when the line is switched off
    on: int
    _sealed = False
    _rooms: ClassVar[dict[str, tuple[type[Room], Any]]] = {}  # by table: the room, and that of plain loops
    _flows: ClassVar[dict[str, Flow]] = {}
    _may_write: ClassVar[dict[Column, bool]] = {}  # of each declared column
    _name: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        for written in cls.writes:
            if written.kind in (Kind.MONEY, Kind.INPUT):
                raise TypeError(f"{cls.__name__} declares it writes {written}, which is {written.kind.value}")
        both = set(cls.reads) & set(cls.writes)
        if both:
            raise TypeError(f"{cls.__name__} declares {sorted(map(str, both))} twice; a written column can be read")
        cls._rooms, cls._name = {}, re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        cls._flows = {flow.name: flow for flow in cls.pays}
        cls._may_write = {column: False for column in cls.reads} | {column: True for column in cls.writes}
        for table in dict.fromkeys(c.table for c in (*cls.reads, *cls.writes)):
            columns = {c.name: c in cls.writes for c in (*cls.reads, *cls.writes) if c.table == table}
            name, fields = f"{cls.__name__}{table}", tuple(columns)
            kind = type(name, (Room,), {"table": table, "columns": columns, "_fields": fields})
            cls._rooms[table.lower()] = (kind, namedtuple(name, fields))

    def __post_init__(self) -> None:
        for name, declaration in declarations(self).items():
            default = type(self).__dataclass_fields__[name].default  # type: ignore[attr-defined]
            checked = check(f"parameters.{type(self).name()}.{name}", getattr(self, name), declaration, default)
            object.__setattr__(self, name, checked)
        self.rules: Any = Rules.of(type(self), vars(self))
        self._sealed = True

    def __setattr__(self, name: str, value: Any) -> None:
        if self._sealed:
            raise AttributeError(f"{type(self).__name__}.{name} is sealed; make a new one with the value you want")
        object.__setattr__(self, name, value)

    @classmethod
    def name(cls) -> str:
        """Its name in the schedule and in the configuration."""
        return cls._name

    @classmethod
    def title(cls) -> str:
        """First line of its documentation, as the schedule prints it."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @classmethod
    def parameters(cls) -> dict[str, Declaration]:
        """Its parameters with unit, bounds and source."""
        return declarations(cls)

    def __call__(self, month: Month) -> None:
        """Do this month's work."""
        raise NotImplementedError

    def rest(self, month: Month) -> None:
        """What must be done for others when the line is switched off; usually nothing."""


class UndeclaredError(TypeError):
    """A mechanism used what it did not declare."""


def undeclared(mechanism: Mechanism, error: Exception) -> UndeclaredError | None:
    """Translate numba's and Python's complaints about a room into one sentence, if it is one."""
    name, text = type(mechanism).__name__, str(error)
    found = re.search(r"(?:Unknown attribute '(\w+)' of type (?:\w+\.)*" + name + r"(\w+?)\()|"
                      r"(?:'" + name + r"(\w+)' object has no attribute '(\w+)')", text)  # fmt: skip
    if found:
        column, table = (found[1], found[2]) if found[1] else (found[4], found[3])
        if table == "Rules":
            return UndeclaredError(f"{name} uses the parameter {column} without declaring it")
        return UndeclaredError(not_declared(name, f"{table.lower()}.{column}"))
    if "setitem(readonly" in text or "readonly array" in text or "read-only" in text:
        return UndeclaredError(f"{name} writes a column it only reads; move it from reads to writes of {name}")
    return None


def not_declared(name: str, column: str) -> str:
    """What to do about a column that a mechanism does not declare."""
    return f"{name} uses {column} without declaring it; add it to reads or writes of {name}"


class Month:
    """What one mechanism sees of the world in one month: its own columns, luck, payments and events."""

    def __init__(self, world: World, mechanism: Mechanism) -> None:
        self._world = world
        self._mechanism = mechanism
        self.number: int = world.month  # counted from the start of the burn-in
        self.age_base: int = world.month - world.burn_in  # the same month on the scale of birth_month
        self.territory = world.territory
        self.events = world.events
        self.moved = world.moved  # levers that were moved last month

    def __getattr__(self, name: str) -> Any:
        """The room of one table, by its name: the declared columns, asked for once until rows are added."""
        found = self._mechanism._rooms.get(name)
        if found is None:
            raise UndeclaredError(f"{type(self._mechanism).__name__} uses {name} but declares no column of it")
        kind, plain = found
        store = self._world.population[kind.table]
        room: Any = store.rooms.get(kind)
        if _State.plain:
            room = plain(*(PlainColumn(kind.shown(store, name)) for name in kind.columns))
        elif room is None:
            words, address = store.words()
            store.rooms[kind] = room = kind.at(words, address, _store=store)
        vars(self)[name] = room
        return room

    @property
    def served(self) -> dict[str, Array]:
        """Identities of whom each instrument and shock serves this month, by its name."""
        return self._world.served

    @property
    def start_population(self) -> int:
        """People here at the start, over all localities."""
        return self._world.start.persons

    def count(self, table: type[Table]) -> int:
        """Rows of a table just now."""
        return self._world.population[table.__name__].count

    def values(self, declared: Column) -> Array:
        """One declared column as a NumPy array, also in plain mode; read-only unless declared written."""
        written = self._mechanism._may_write.get(declared)
        if written is None:
            raise UndeclaredError(not_declared(type(self._mechanism).__name__, str(declared)))
        found = self._world.population[declared.table].values(declared.name)
        found.flags.writeable = written
        return found

    def luck(self, purpose: str) -> Luck:
        """The stream of a decision taken this month."""
        return self._world.streams.luck(self._mechanism.name(), purpose, self.number)

    def luck_once(self, purpose: str) -> Luck:
        """The stream of a trait or of a place in a queue: the same in every month."""
        from sim.streams import ONCE

        return self._world.streams.luck(self._mechanism.name(), purpose, ONCE)

    def rules_of(self, line: str) -> Any:
        """Parameters of another line of the schedule: each number has one home."""
        return getattr(self._world.schedule, line).rules

    def draw(self, ids: Array, luck: Luck, word: int = 0) -> Array:
        """One uniform number per id, on whole arrays."""
        from sim.streams import draw

        return draw(luck, ids, word)

    def pay(self, flow: str, payer_rows: Any, payee_rows: Any, cents: Array, purpose: str = "") -> None:
        """Pay ``cents`` from each payer row to each payee row by a declared flow; zeros are skipped.

        A single row number stands for all. ``purpose`` splits the books further (an instrument's name).
        """
        declared = self._mechanism._flows.get(flow)
        if declared is None:
            raise UndeclaredError(
                f"{type(self._mechanism).__name__} pays {flow!r} without declaring it; add the flow to its pays"
            )
        self._world.ledger.pay(declared, payer_rows, payee_rows, cents, purpose)

    def add(self, table: type[Table], rows: int, **values: Any) -> Array:
        """Append rows to a table the mechanism declares it adds to; returns their row numbers."""
        if table not in self._mechanism.adds:
            raise UndeclaredError(
                f"{type(self._mechanism).__name__} adds {table.__name__} without declaring it; put it into its adds"
            )
        vars(self).pop(table.__name__.lower(), None)
        return self._world.population.add(table, rows, **values)

    def record(self, event: int, persons: Array, reasons: Any = 0, values: Any = 0.0, **beside: Any) -> None:
        """Append life events (who, month, what, reason, value) to the histories; ``beside``: see `recorder.BESIDE`."""
        if self._world.recorder is not None:  # nobody records while the start is being solved
            self._world.recorder.events(self.number, event, persons, reasons, values, **beside)


__all__ = [
    "Answer", "Mechanism", "Month", "ParameterError", "PlainColumn", "UndeclaredError", "code_hash", "compile_all",
    "dataclasses", "kernel", "rule", "uncompiled", "undeclared",
]  # fmt: skip
