"""Mesa agents over columns: a handle is made when somebody asks for it, and only looks.

A handle holds its table and its id. Its row is remembered and looked up again when rows have moved,
and handles are cached weakly by id, so `is` holds as long as somebody holds one. Agent sets hold ids
and rows, so that `get`, `agg`, `where` and `groupby` work on whole columns. State changes in a
mechanism, a shock or an instrument, never through a handle.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import Any, ClassVar, NoReturn
from weakref import WeakValueDictionary

import mesa
import numpy as np
from mesa.agentset import AbstractAgentSet, GroupBy

from sim import codes
from sim.codes import Status
from sim.mechanism import Month
from sim.population import Authorities, Destinations, Firms, Households, Localities, Migrants, Persons
from sim.recorder import Happening
from sim.table import Array, Column, Kind, Table

COLLECTIONS = (list, tuple, set, frozenset, range, np.ndarray)
MANY = 100_000  # handles; making more of them at once is said
LOOKS_ONLY = (
    "agents look, they do not act: to change what happens write a mechanism (sim/mechanisms), "
    "to change a lever write an instrument or a shock (scenarios/policies, scenarios/shocks)"
)


class Explanation(dict[str, Any]):
    """The figures behind one decision, by name; printed as lines of words and numbers."""

    def __str__(self) -> str:
        return "\n".join(f"{name}: {_said(value)}" for name, value in self.items())


def _said(value: Any) -> str:
    if isinstance(value, IntEnum):
        return value.name.lower().replace("_", " ")
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


class Handle(mesa.Agent):  # type: ignore[misc]
    """One row of a table as a Mesa agent, read-only. `Agent.__init__` is never called."""

    table: ClassVar[type[Table]]
    derived: ClassVar[dict[str, Callable[[Any, Array], Array]]] = {}  # attributes computed on whole columns
    model: Any
    _id: int
    _row: int
    _compactions: int

    def __init_subclass__(cls, table: type[Table], **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.table = table
        KINDS[table.__name__] = cls
        for name, declared in table.columns.items():
            setattr(cls, name, _column_property(declared))

    def __init__(self, *_: Any, **__: Any) -> None:
        raise TypeError(f"a {type(self).__name__} is not made by hand; {LOOKS_ONLY}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be set; {LOOKS_ONLY}")

    def __delattr__(self, name: str) -> None:
        self.__setattr__(name, None)

    def __getattr__(self, name: str) -> Any:
        near = difflib.get_close_matches(name, self.table.columns, 3, 0.5) or list(self.table.columns)
        raise AttributeError(f"{type(self).__name__} has no {name!r}; it has {', '.join(near)}")

    def remove(self) -> None:
        """Refused: people, firms and stays end by a mechanism."""
        raise TypeError(f"a {type(self).__name__} cannot be removed by hand; {LOOKS_ONLY}")

    @property
    def unique_id(self) -> int:
        """Identity: the same in every month and every scenario."""
        return self._id

    @property
    def row(self) -> int:
        """Where the table keeps it at present; moves in compaction.

        Raises
        ------
        LookupError
            When the row was dropped in a compaction, after a death, a return or a closure.
        """
        table = self.model.population[self.table.__name__]
        if self._compactions != table.compactions:
            self.__dict__.update(_row=int(table.rows_of(self._id)), _compactions=table.compactions)
        if self._row < 0:
            raise LookupError(f"{self!r} is no longer in the model; its life stands in model.recorder.histories()")
        return self._row

    def explain(self, decision: str) -> Explanation:
        """Why it decides as it does: the figures of the month's own rules, asked about this row alone.

        Persons explain participation, migration and remittances, households and stays the last two.
        """
        from sim.explanations import EXPLANATIONS

        asked = EXPLANATIONS.get(decision, {}).get(self.table)
        if asked is not None:
            return Explanation(asked(self.model, self.row))
        explain = None
        if self.table is Persons and decision not in EXPLANATIONS:
            with contextlib.suppress(ImportError, AttributeError):
                explain = importlib.import_module(f"sim.mechanisms.{decision}").explain
        if explain is None:
            known = [name for name, tables in EXPLANATIONS.items() if self.table in tables]
            known += ["participation"] if self.table is Persons else []
            said = f"; {', '.join(sorted(known))} do" if known else ""
            raise ValueError(f"{decision!r} explains no decision of a {type(self).__name__}{said}")
        month = Month(self.model.world, getattr(self.model.schedule, decision))
        return Explanation(explain(month, self.row))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._id}>"

    def __copy__(self) -> Handle:
        return self

    def __deepcopy__(self, _: Any) -> Handle:
        return self

    def __reduce__(self) -> Any:
        return _again, (self.model, type(self), self._id)


KINDS: dict[str, type[Handle]] = {}  # by name of the table


def _again(model: Any, kind: type[Handle], identity: int) -> Handle:
    return model.agent(kind, identity)  # type: ignore[no-any-return]


def _code(declared: Column) -> Any:
    """The enumeration a column of codes refers to in its meaning."""
    named = re.match(r"codes\.(\w+)", declared.meaning) if declared.unit == "code" else None
    return getattr(codes, named[1]) if named else None


def _column_property(declared: Column) -> property:
    name, code = declared.name, _code(declared)

    def read(handle: Handle) -> Any:
        raw = handle.model.population[handle.table.__name__].values(name)[handle.row]
        return _public(handle.model, declared, code, raw)

    return property(read, doc=f"{declared.meaning} ({'money' if declared.unit == 'cent' else declared.unit})")


def _public(model: Any, declared: Column, code: Any, raw: Any) -> Any:
    """A stored value as a reader wants it: handles for references, money in units, names for codes."""
    if declared.kind is Kind.REFERENCE:
        kind = KINDS.get(declared.target)
        return model.at(kind, int(raw)) if kind else int(raw)
    if code is not None:
        return code(int(raw)) if int(raw) in code._value2member_map_ else int(raw)
    if declared.width:
        return tuple(raw.tolist())
    return int(raw) / 100 if declared.unit == "cent" else raw.item()


def present(model: Any, kind: type[Handle]) -> Array:
    """Which rows of a table are agents now: not the dead, ended stays, closed firms and empty households."""
    table = model.population[kind.table.__name__]
    if isinstance(table, Persons):
        return np.asarray(table.status != Status.ABSENT)
    if isinstance(table, Migrants):
        return np.asarray(table.ended == 0)
    if isinstance(table, Firms):
        return np.asarray(table.open == 1)
    if isinstance(table, Households):
        persons = model.population.persons
        return np.bincount(persons.household[persons.status != Status.ABSENT], minlength=table.count) > 0
    return np.ones(table.count, bool)


def completed_years(model: Any, rows: Any) -> Any:
    """Age of persons in the present month."""
    return (model.world.month - model.world.burn_in - model.population.persons.birth_month[rows]) // 12


class Person(Handle, table=Persons):
    """Somebody of the place: here, or away with a stay."""

    derived: ClassVar = {"age": completed_years}

    @property
    def age(self) -> int:
        """Completed years."""
        return int(completed_years(self.model, self.row))

    def history(self) -> list[Happening]:
        """What happened to the person so far, in order; of those gone, `model.recorder.life` knows it too."""
        return self.model.recorder.life(person=self.unique_id)  # type: ignore[no-any-return]

    @property
    def locality(self) -> Locality:
        """Where the person's household lives."""
        return self.household.locality  # type: ignore[no-any-return]


class Household(Handle, table=Households):
    """Members here and away, with their common purse."""

    def history(self) -> list[Happening]:
        """What happened so far to its people while they belonged to it, in order."""
        return self.model.recorder.life(household=self.unique_id)  # type: ignore[no-any-return]

    @property
    def people(self) -> AgentSet:
        """Its members, here and away."""
        return self.model.agents_by_type[Person].where(household=self)  # type: ignore[no-any-return]


class Migrant(Handle, table=Migrants):
    """A current stay away of a person."""


class Firm(Handle, table=Firms):
    """An enterprise with employees."""

    @property
    def employees(self) -> AgentSet:
        """Who works there."""
        return self.model.agents_by_type[Person].where(employer=self)  # type: ignore[no-any-return]


class LocalAuthority(Handle, table=Authorities):
    """The authority of a locality."""


class Locality(Handle, table=Localities):
    """A local labour market; no agent, but agents refer to it."""


class Destination(Handle, table=Destinations):
    """A place of work elsewhere; no agent, but migrants refer to it."""


AGENTS: tuple[type[Handle], ...] = (Person, Household, Migrant, Firm, LocalAuthority)


class AgentSet(AbstractAgentSet):  # type: ignore[misc]
    """Agents of one type or several, one type after the other, backed by columns.

    It holds the agents of the moment it was asked for; those gone since drop out.
    """

    def __init__(self, agents: Iterable[Handle] = (), random: Any = None) -> None:
        self.model: Any = None
        self._ids: dict[type[Handle], Array] = {}
        self._update(agents)

    @classmethod
    def of(cls, model: Any, rows: dict[type[Handle], Array]) -> AgentSet:
        """The set of the given rows of each type, as they are now."""
        made = cls()
        made.model = model
        made._ids = {kind: model.population[kind.table.__name__].values("id")[r] for kind, r in rows.items()}
        made._found = {kind: (made._state(kind), np.asarray(r)) for kind, r in rows.items()}
        return made

    def _update(self, agents: Iterable[Handle]) -> AgentSet:
        members: dict[type[Handle], dict[int, None]] = {}
        for agent in agents:
            self.model = agent.model
            members.setdefault(type(agent), {})[agent.unique_id] = None
        self._ids = {kind: np.array(list(ids), np.int64) for kind, ids in members.items()}
        self._found: dict[type[Handle], tuple[tuple[int, int], Array]] = {}
        return self

    @property
    def random(self) -> Any:
        """Mesa's generator of the model, for shuffled looks; the model itself never draws from it."""
        return self.model.random

    def _state(self, kind: type[Handle]) -> tuple[int, int]:
        return self.model.population[kind.table.__name__].compactions, self.model.world.month

    def _rows(self, kind: type[Handle]) -> Array:
        """Rows of the members of one type that are still there."""
        state = self._state(kind)
        found = self._found.get(kind)
        if found is None or found[0] != state:
            rows = self.model.population[kind.table.__name__].rows_of(self._ids[kind])
            rows = rows[rows >= 0]
            found = self._found[kind] = (state, rows[present(self.model, kind)[rows]])
        return found[1]

    def _parts(self) -> Iterator[tuple[type[Handle], Array]]:
        return ((kind, self._rows(kind)) for kind in self._ids)

    def __len__(self) -> int:
        return sum(len(rows) for _, rows in self._parts())

    def __iter__(self) -> Iterator[Handle]:
        return (self.model.at(kind, row) for kind, rows in self._parts() for row in rows.tolist())

    def __contains__(self, agent: object) -> bool:
        kind = type(agent)
        if not isinstance(agent, Handle) or kind not in self._ids or agent.model is not self.model:
            return False
        table = self.model.population[kind.table.__name__]
        return int(agent.unique_id) in table.values("id")[self._rows(kind)]

    def __copy__(self) -> AgentSet:
        return self.of(self.model, dict(self._parts())) if self._ids else AgentSet()

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(rows)} {kind.__name__}" for kind, rows in self._parts())
        return f"<AgentSet of {counts or 'nobody'}>"

    def to_list(self) -> list[Handle]:
        """The agents as a list of handles."""
        return list(self)

    def _each(self, what: str) -> Iterator[Handle]:
        """The agents one by one; says so when there are many."""
        if len(self) > MANY:
            warnings.warn(
                f"{what} makes {len(self)} handles, about 3 seconds a million; where, get, agg and groupby "
                "work on whole columns",
                stacklevel=3,
            )
        return iter(self)

    def _values(self, kind: type[Handle], rows: Array, name: str) -> Any:
        """One attribute of members of one type: an array for a column of numbers, else a list."""
        declared = kind.table.columns.get(name)
        if name in kind.derived:
            return kind.derived[name](self.model, rows)
        if name == "unique_id":
            declared = kind.table.columns["id"]
        if declared is None or declared.kind is Kind.REFERENCE:
            return [getattr(self.model.at(kind, row), name) for row in rows.tolist()]
        values = self.model.population[kind.table.__name__].values(declared.name)[rows]
        if declared.unit == "cent":
            return values / 100.0
        return values.astype(np.float64) if values.dtype.kind == "f" else values

    def get(self, attr_names: Any, handle_missing: str = "error", default_value: Any = None) -> Any:
        """One attribute of every agent, columns as arrays; for a list of names, a list for every agent."""
        if not isinstance(attr_names, str):
            columns = [self.get(name, handle_missing, default_value) for name in attr_names]
            return [list(values) for values in zip(*columns, strict=True)]
        parts = []
        for kind, rows in self._parts():
            if hasattr(kind, attr_names) or handle_missing != "default":
                parts.append(self._values(kind, rows, attr_names))
            else:
                parts.append([default_value] * len(rows))
        return parts[0] if len(parts) == 1 else [value for part in parts for value in part]

    def _matches(self, kind: type[Handle], rows: Array, name: str, wanted: Any) -> Array:
        declared = kind.table.columns.get(name)
        if declared is not None and declared.kind is Kind.REFERENCE and not callable(wanted):
            values: Any = self.model.population[kind.table.__name__].values(name)[rows]
            wanted = wanted if isinstance(wanted, COLLECTIONS) else [wanted]
            wanted = [-1 if one is None else one.row if isinstance(one, Handle) else one for one in wanted]
        else:
            if declared is None and name not in kind.derived and name != "unique_id":
                near = difflib.get_close_matches(name, kind.table.columns, 3, 0.5) or list(kind.table.columns)
                raise AttributeError(f"{kind.__name__} has no column {name!r}; it has {', '.join(near)}")
            values = self._values(kind, rows, name)
        if callable(wanted):
            return np.asarray(wanted(values), bool)
        return np.isin(values, list(wanted) if isinstance(wanted, COLLECTIONS) else [wanted])

    def where(self, **conditions: Any) -> AgentSet:
        """Members whose columns hold the given values; works on whole columns.

        Each condition is a value, a collection of allowed values, or a function of the whole column:
        ``persons.where(sex=Sex.WOMAN, status=(Status.EMPLOYED, Status.OWN_ACCOUNT), age=lambda a: a >= 40)``.
        """
        return self.select(**conditions)

    def select(
        self,
        filter_func: Callable[[Any], bool] | None = None,
        at_most: int | float = float("inf"),
        inplace: bool = False,
        agent_type: type[Handle] | None = None,
        **conditions: Any,
    ) -> AgentSet:
        """Members of a type, that meet conditions on columns (see `where`) and a function of the agent."""
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(self) * at_most)
        kept: dict[type[Handle], Array] = {}
        for kind, rows in self._parts():
            if agent_type is None or issubclass(kind, agent_type):
                for name, wanted in conditions.items():
                    rows = rows[self._matches(kind, rows, name, wanted)]
                kept[kind] = rows
        chosen = self.of(self.model, kept)
        if filter_func is not None:
            parts: dict[type[Handle], list[int]] = {kind: [] for kind in kept}
            for count, agent in enumerate(filter(filter_func, chosen._each("select with a function")), 1):
                if count > at_most:
                    break
                parts[type(agent)].append(agent.row)
            kept = {kind: np.array(rows, np.int64) for kind, rows in parts.items()}
        elif at_most < len(chosen):
            left = int(at_most)
            for kind, rows in kept.items():
                kept[kind] = rows[:left]
                left -= len(kept[kind])
        chosen = self.of(self.model, kept)
        if inplace:
            self._ids, self._found = chosen._ids, chosen._found
            return self
        return chosen

    def groupby(self, by: Callable[[Any], Any] | str, result_type: str = "agentset") -> Groups:
        """Groups by a column, on the whole column, or by a function of the agent."""
        members: dict[Any, dict[type[Handle], Any]] = {}
        for kind, rows in self._parts():
            declared = kind.table.columns.get(by) if isinstance(by, str) else None
            if declared is not None:
                raw = self.model.population[kind.table.__name__].values(declared.name)[rows]
                values, place = np.unique(raw, return_inverse=True)
                for k, value in enumerate(values):
                    key = _public(self.model, declared, _code(declared), value)
                    members.setdefault(key, {})[kind] = rows[place == k]
                continue
            ask = by if callable(by) else lambda agent: getattr(agent, by)
            for agent in self.of(self.model, {kind: rows})._each("groupby of a function"):
                members.setdefault(ask(agent), {}).setdefault(kind, []).append(agent.row)
        groups: dict[Any, Any] = {
            key: self.of(self.model, {kind: np.asarray(rows) for kind, rows in parts.items()})
            for key, parts in members.items()
        }
        return Groups(groups if result_type == "agentset" else {key: list(group) for key, group in groups.items()})

    def sort(self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False) -> AgentSet:
        """In the order of a column or of a function of the agent, each type by itself; highest first."""
        ordered = {}
        for kind, rows in self._parts():
            if isinstance(key, str):
                values = np.asarray(self._values(kind, rows, key))
            else:
                one_by_one = self.of(self.model, {kind: rows})._each("sort by a function")
                values = np.array([key(agent) for agent in one_by_one])
            ordered[kind] = rows[np.argsort(values if ascending else -values, kind="stable")]
        return self._arranged(ordered, inplace)

    def shuffle(self, inplace: bool = False) -> AgentSet:
        """In random order, each type by itself; drawn from Mesa's generator, which the model does not use."""
        sample = self.random.sample
        return self._arranged(
            {kind: np.array(sample(rows.tolist(), len(rows)), np.int64) for kind, rows in self._parts()},
            inplace,
        )

    def _arranged(self, rows: dict[type[Handle], Array], inplace: bool) -> AgentSet:
        arranged = self.of(self.model, rows)
        if not inplace:
            return arranged
        self._ids, self._found = arranged._ids, arranged._found
        return self

    def map(self, method: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> list[Any]:
        """What a function of the agent, or a method of it, returns for each."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self._each("map")]
        return [method(agent, *args, **kwargs) for agent in self._each("map")]

    def do(self, method: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> AgentSet:
        """As `map`, without the results."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> AgentSet:
        """As `do`, in random order."""
        self.shuffle().do(method, *args, **kwargs)
        return self

    def add(self, agent: Any) -> NoReturn:
        """Refused."""
        raise TypeError(f"nobody is added to a set by hand; {LOOKS_ONLY}")

    def set(self, attr_name: str, value: Any) -> NoReturn:
        """Refused."""
        raise TypeError(f"{attr_name} cannot be set; {LOOKS_ONLY}")

    discard = remove = add


class Groups(GroupBy):  # type: ignore[misc]
    """Mesa's groups, aggregated on whole columns."""

    def agg(self, attr_name: str, func: Callable[[Any], Any]) -> dict[Any, Any]:
        """One attribute of each group, aggregated."""
        whole = all(isinstance(group, AgentSet) for group in self.groups.values())
        return {key: g.agg(attr_name, func) for key, g in self} if whole else super().agg(attr_name, func)


class Handles:
    """What the model adds to `mesa.Model`: its agents, made of columns when asked for."""

    population: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._handles: dict[type[Handle], WeakValueDictionary[int, Handle]] = {}
        super().__init__(*args, **kwargs)

    @property
    def agent_types(self) -> list[type[Handle]]:
        """The types of agents."""
        return list(AGENTS)

    @property
    def agents_by_type(self) -> dict[type[Handle], AgentSet]:
        """The agents of each type, as they are now."""
        return {kind: AgentSet.of(self, {kind: np.flatnonzero(present(self, kind))}) for kind in AGENTS}

    @property
    def agents(self) -> AgentSet:
        """All agents, as they are now."""
        return AgentSet.of(self, {kind: np.flatnonzero(present(self, kind)) for kind in AGENTS})

    def agent(self, kind: type[Handle], identity: int) -> Handle:
        """The agent of a type with an id; a LookupError if there is none."""
        row = int(self.population[kind.table.__name__].rows_of(identity))
        if row < 0:
            raise LookupError(f"no {kind.__name__} has the id {identity} at present")
        return self.at(kind, row)  # type: ignore[return-value]

    def at(self, kind: type[Handle], row: int) -> Handle | None:
        """The agent in a row of its table; None for -1."""
        if row < 0:
            return None
        table = self.population[kind.table.__name__]
        identity = int(table.values("id")[row])
        cache = self._handles.setdefault(kind, WeakValueDictionary())
        handle = cache.get(identity)
        if handle is None:
            handle = object.__new__(kind)
            handle.__dict__.update(model=self, _id=identity, _row=row, _compactions=table.compactions)
            cache[identity] = handle
        return handle

    def register_agent(self, agent: Any) -> NoReturn:
        """Refused: Mesa calls it when an agent is made by hand."""
        raise TypeError(f"a {type(agent).__name__} is not made by hand; {LOOKS_ONLY}")

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_handles": {}}
