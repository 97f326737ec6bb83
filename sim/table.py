"""Tables of columns: one NumPy array per state variable, declared once with type, unit and meaning."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any, ClassVar, overload

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class Kind(enum.Enum):
    """What a column is for, which decides who may write it."""

    STATE = "state"
    REFERENCE = "reference"  # row of another table, or -1; remapped in compaction
    MONEY = "money"  # int64 cents of one party; written by the ledger alone
    LEVER = "lever"  # moved by instruments and shocks, obeyed by exactly one mechanism
    INPUT = "input"  # set at the start from the place's inputs, never written again


class Column:
    """One state variable of a table: read on the class it is its declaration, on a table its values."""

    __slots__ = ("bounds", "dtype", "initial", "kind", "meaning", "name", "table", "target", "unit", "width")

    def __init__(
        self,
        dtype: Any,
        unit: str,
        meaning: str,
        kind: Kind = Kind.STATE,
        initial: float = 0,
        bounds: tuple[float, float] | None = None,
        target: str = "",
        width: int = 0,
    ) -> None:
        self.dtype = np.dtype(dtype)
        self.unit, self.meaning, self.kind = unit, meaning, kind
        self.initial, self.bounds, self.target, self.width = initial, bounds, target, width
        self.name = self.table = ""

    def __set_name__(self, owner: type[Table], name: str) -> None:
        self.name, self.table = name, owner.__name__

    @overload
    def __get__(self, instance: None, owner: type[Table]) -> Column: ...
    @overload
    def __get__(self, instance: Table, owner: type[Table]) -> Array: ...
    def __get__(self, instance: Table | None, owner: type[Table]) -> Column | Array:
        return self if instance is None else instance.values(self.name)

    def __set__(self, instance: Table, value: Any) -> None:
        raise AttributeError(f"{self} is a column; write into it with table.{self.name}[rows] = values")

    def __str__(self) -> str:
        return f"{self.table.lower()}.{self.name}"

    def __repr__(self) -> str:
        return f"Column({self}, {self.dtype}, {self.unit})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _find, (self.table, self.name)


def _find(table: str, name: str) -> Column:
    """The declared column of that name; so that a pickled model refers to declarations, not copies."""
    return TABLES[table].columns[name]


def column(dtype: Any, unit: str, meaning: str, initial: float = 0, width: int = 0) -> Column:
    """A state variable that mechanisms write; ``initial`` is the value of a new row."""
    return Column(dtype, unit, meaning, Kind.STATE, initial, width=width)


def given(dtype: Any, unit: str, meaning: str, initial: float = 0, width: int = 0) -> Column:
    """A property set when the row is made and not changed by any mechanism."""
    return Column(dtype, unit, meaning, Kind.INPUT, initial, width=width)


def reference(target: str, meaning: str) -> Column:
    """The row of another table, -1 for none; follows its target when rows move."""
    return Column(np.int32, "row", meaning, Kind.REFERENCE, -1, target=target)


def money(meaning: str) -> Column:
    """A party's own money in cents, changed by payments in the ledger and by nothing else."""
    return Column(np.int64, "cent", meaning, Kind.MONEY)


def lever(neutral: float, bounds: tuple[float, float], unit: str, meaning: str) -> Column:
    """Something an instrument or a shock can move; at its neutral value it has exactly no effect."""
    return Column(np.float32, unit, meaning, Kind.LEVER, neutral, bounds)


TABLES: dict[str, type[Table]] = {}


class Table:
    """Rows of one kind. Rows are added at the end and move only in compaction."""

    columns: ClassVar[dict[str, Column]] = {}

    def __init_subclass__(cls) -> None:
        cls.columns = {name: value for name, value in vars(cls).items() if isinstance(value, Column)}
        TABLES[cls.__name__] = cls

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self.compactions = 0
        self._store: dict[str, Array] = {}
        for name, declared in self.columns.items():
            shape = (max(count, 1), declared.width) if declared.width else (max(count, 1),)
            self._store[name] = np.full(shape, declared.initial, declared.dtype)
        self._rows: tuple[int, Array, Array] | None = None  # at which compaction, sorted ids, their rows
        self._late: dict[int, int] = {}  # ids of rows added since, and their rows
        self.rooms: dict[Any, Any] = {}  # what mechanisms are handed, until columns move in memory
        self._words: tuple[Array, int] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "rooms": {}, "_words": None}  # views of a copy would be copies of views

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def values(self, name: str) -> Array:
        """The values of one column over the rows in use, as a view."""
        return self._store[name][: self.count]

    def words(self) -> tuple[Array, int]:
        """What compiled loops are handed, and its address: the number of rows, then where each column begins."""
        if self._words is None:
            words = np.array([self.count, *(stored.ctypes.data for stored in self._store.values())], np.int64)
            self._words = words, words.ctypes.data
        return self._words

    def _moved(self) -> None:
        """Columns stand elsewhere in memory now."""
        self._words = None
        self.rooms.clear()

    def add(self, rows: int, **values: Any) -> Array:
        """Append rows, columns not named at their initial value; return the new row numbers."""
        unknown = values.keys() - self.columns.keys()
        if unknown:
            raise KeyError(f"{type(self).__name__} has no column {sorted(unknown)}; it has {sorted(self.columns)}")
        first, self.count = self.count, self.count + rows
        held = len(next(iter(self._store.values())))
        if self.count > held:
            for name, stored in self._store.items():
                shape = (max(self.count, 64 + held * 9 // 8), *stored.shape[1:])
                self._store[name] = np.full(shape, self.columns[name].initial, stored.dtype)
                self._store[name][:first] = stored[:first]
            self._moved()
        elif self._words:
            self._words[0][0] = self.count
        for name, given in values.items():  # what lies beyond the rows in use is at its initial value
            self._store[name][first : self.count] = given
        return np.arange(first, self.count, dtype=np.int32)

    def arrange(self, order: Array) -> Array:
        """Keep exactly the rows in ``order``, in that order; return where each old row went (-1: dropped)."""
        moved = np.full(self.count, -1, np.int32)
        moved[order] = np.arange(len(order), dtype=np.int32)
        self._moved()
        for name, stored in self._store.items():
            kept = stored[: self.count][order]
            nobody = np.full((1, *stored.shape[1:]), self.columns[name].initial, stored.dtype)
            self._store[name] = kept if len(kept) else nobody
        self.count = len(order)
        self.compactions += 1
        return moved

    def rows_of(self, ids: Any) -> Array:
        """Rows of the given ids; -1 where no row has that id."""
        wanted, own = np.asarray(ids, np.int64), self.values("id")
        if not self.count:
            return np.full(wanted.shape, -1, np.int64)
        known = self._rows
        if known is None or known[0] != self.compactions or self.count > len(known[1]) + max(4096, self.count // 16):
            order = np.argsort(own)
            self._rows = known = (self.compactions, own[order], order)
            self._late = {}
        _, sorted_ids, order = known
        place = np.minimum(np.searchsorted(sorted_ids, wanted), len(order) - 1)
        found = np.where(sorted_ids[place] == wanted, order[place], -1)
        first = len(order) + len(self._late)
        self._late.update(zip(own[first:].tolist(), range(first, self.count), strict=True))
        if self._late and (found < 0).any():  # few rows were added since: look among those
            late = [self._late.get(one, -1) for one in wanted[found < 0].tolist()]
            found[found < 0] = late
        return found

    def memory(self) -> int:
        """Bytes held by the columns."""
        return sum(stored.nbytes for stored in self._store.values())
