"""Worlds for tests and claims: twins that part after the burn-in, an experimenter's hand, measurements that are kept.

A measurement is a function of a module in `experiments` that takes worlds by name (configurations) and a
seed and returns plain numbers. `Bench` runs it once for each seed, in processes where that pays, and keeps
what it found: the same measurement of the same worlds by the same code is never computed twice.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import importlib
import inspect
import json
import os
import pathlib
import pickle
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.cluster import cluster, processors
from experiments.run import SHORT, warm_up, work
from scenarios.configuration import Configuration, check, compose, hash_of
from sim.mechanism import Mechanism, Month, Rules, code_hash

if TYPE_CHECKING:
    from sim.model import Remesa, World

FOLDER = pathlib.Path("results/evidence/measured")
Progress = Callable[[int, int], None]
Touch = Callable[["World"], None]
Array = np.ndarray[Any, np.dtype[Any]]


# ------------------------------------------------------------------------------------------- twins


def started(configuration: Configuration, seed: int) -> Remesa:
    """A model of that configuration after its burn-in."""
    from sim.model import Remesa

    model = Remesa(configuration.setup(seed))
    model.burn_in()
    return model


def twin(model: Remesa, other: Configuration | None = None) -> Remesa:
    """The same world once more, from here on under other parameters, policies or shocks.

    So two worlds share everything up to this month, person by person, and all luck after it.
    """
    made: Remesa = pickle.loads(pickle.dumps(model))
    if other is not None:
        if other.inputs != model.setup.inputs:
            raise ValueError("twins live in one place: only parameters, policies and shocks can differ")
        made.setup = dataclasses.replace(model.setup, parameters=other.parameters, events=other.events)
        made.schedule = made.world.schedule = other.parameters
        made.world.events = other.events
    return made


class Around:
    """A line of the month with an experimenter's hand before and after it.

    What is done there is no rule of the model: it sets a dose, holds something fixed, or looks.
    """

    on = 1

    def __init__(self, line: Mechanism, before: Touch | None = None, after: Touch | None = None) -> None:
        self._line, self._before, self._after = line, before, after

    def __call__(self, month: Month) -> None:
        """Do what is done before, the line itself, and what is done after."""
        if self._before:
            self._before(month._world)
        (self._line if self._line.on else self._line.rest)(Month(month._world, self._line))
        if self._after:
            self._after(month._world)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


@dataclasses.dataclass
class Hands:
    """The month of a schedule with hands around some of its lines, by name."""

    schedule: Any
    before: dict[str, Touch] = dataclasses.field(default_factory=dict)
    after: dict[str, Touch] = dataclasses.field(default_factory=dict)
    only: tuple[str, ...] = ()  # the lines of a month that has no others, in their order

    def lines(self) -> list[Any]:
        """The lines in their order."""
        names = self.only or tuple(field.name for field in dataclasses.fields(self.schedule))
        made: list[Any] = []
        for name in names:
            line = getattr(self.schedule, name)
            hands = self.before.get(name), self.after.get(name)
            made.append(Around(line, *hands) if any(hands) else line)
        return made


def advance(
    model: Remesa, months: int, hands: Hands | None = None, watch: Callable[[World, int], None] | None = None
) -> Remesa:
    """Run months, with hands around lines; ``watch`` is told each month after it ended, 1 is the first."""
    own = model.schedule
    if hands is not None:
        model.schedule = hands  # type: ignore[assignment]
    for month in range(1, months + 1):
        model.step()
        if watch:
            watch(model.world, month)
    model.schedule = own
    return model


def at_limit[Line: Mechanism](line: Line, **values: float) -> Line:
    """A line with parameters at a limit of theory, outside the bounds within which it may be configured."""
    rules = Rules.of(type(line), {**vars(line), **values})
    made: Line = pickle.loads(pickle.dumps(line))
    for name, value in {"rules": rules, **values}.items():
        object.__setattr__(made, name, value)
    return made


def rows_by_id(ids: Array, wanted: Array) -> Array:
    """Row of each wanted identity; -1 where it is not there."""
    order = np.argsort(ids, kind="stable")
    place = np.searchsorted(ids, wanted, sorter=order)
    found = order[np.minimum(place, len(ids) - 1)] if len(ids) else np.zeros(len(wanted), np.int64)
    return np.where(ids[found] == wanted, found, -1) if len(ids) else np.full(len(wanted), -1)


# ------------------------------------------------------------------------------------------- measurements


@functools.cache
def source_hash(module: str) -> str:
    """Hash of what a measurement is made by: its module and the modules of `experiments` that it names."""
    seen: dict[str, str] = {}
    waiting = [module, __name__]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        loaded = importlib.import_module(name)
        seen[name] = inspect.getsource(loaded)
        for value in list(vars(loaded).values()):
            home = value.__name__ if inspect.ismodule(value) else getattr(value, "__module__", None)
            if isinstance(home, str) and home.startswith("experiments.") and home not in SETTLED:
                waiting.append(home)
    return hashlib.blake2b("\0".join(seen[name] for name in sorted(seen)).encode(), digest_size=10).hexdigest()


SETTLED = {"experiments.verdicts", "experiments.run", "experiments.store", "experiments.effects"}  # measure nothing


class Bench:
    """Runs measurements and keeps them; a context that ends its processes.

    Parameters
    ----------
    progress : callable, optional
        Told how many worlds are measured, of all.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] = FOLDER,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.folder, self.workers, self.progress = pathlib.Path(folder), workers, progress
        self._stack = contextlib.ExitStack()
        self._client: Any = None

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def measure(
        self,
        function: Callable[..., dict[str, Any]],
        worlds: dict[str, Sequence[str]],
        seeds: Sequence[int],
        **options: Any,
    ) -> list[dict[str, Any]]:
        """What the function finds with each seed.

        Parameters
        ----------
        function : ``function(worlds, seed, **options)``, of a module
            ``worlds`` are configurations by name. Returns plain values (numbers, texts, lists).
        worlds : overrides by name, as on the command line
        options : plain values
        """
        made = {name: compose([*overrides], "evidence") for name, overrides in worlds.items()}
        where = f"{function.__module__}:{function.__name__}"
        names = [self._name(where, made, seed, options) for seed in seeds]
        kept = {name: self._kept(name) for name in names}
        waiting = [(name, seed) for name, seed in zip(names, seeds, strict=True) if kept[name] is None]
        done = len(seeds) - len(waiting)

        def told(name: str, value: dict[str, Any]) -> None:
            nonlocal done
            kept[name] = value
            self._keep(name, value)
            done += 1
            if self.progress:
                self.progress(done, len(seeds))

        if self.progress:
            self.progress(done, len(seeds))
        trees = {name: configuration.tree for name, configuration in made.items()}
        workers = self.workers or processors()
        seconds = sum(map(work, made.values())) * len(waiting)
        if len(waiting) < 2 or workers < 2 or (self._client is None and seconds < SHORT):
            for name, seed in waiting:
                told(name, measured(where, trees, seed, options))
        else:
            import distributed

            if self._client is None:
                for configuration in list(made.values())[:1]:
                    warm_up(configuration)
                self._client = self._stack.enter_context(cluster(workers))
            futures = {
                self._client.submit(measured, where, trees, seed, options, pure=False): name for name, seed in waiting
            }
            as_completed: Any = distributed.as_completed
            for future in as_completed(list(futures)):
                told(futures[future], future.result())
        return [kept[name] for name in names]  # type: ignore[misc]

    @staticmethod
    def _name(where: str, worlds: dict[str, Configuration], seed: int, options: dict[str, Any]) -> str:
        ids = {name: configuration.run_id(seed) for name, configuration in worlds.items()}
        code = source_hash(where.partition(":")[0]) + code_hash()
        return hash_of({"measured": where, "worlds": ids, "seed": seed, "options": options, "code": code})

    def _kept(self, name: str) -> dict[str, Any] | None:
        with contextlib.suppress(OSError, ValueError):
            found = json.loads((self.folder / f"{name}.json").read_text("utf-8"))
            if isinstance(found, dict) and found.get("name") == name:
                return dict(found["found"])
        return None

    def _keep(self, name: str, value: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        waiting = self.folder / f".{name}.{uuid.uuid4().hex}"
        waiting.write_text(json.dumps({"name": name, "found": value}, allow_nan=False), "utf-8")
        os.replace(waiting, self.folder / f"{name}.json")


def measured(where: str, trees: dict[str, dict[str, Any]], seed: int, options: dict[str, Any]) -> dict[str, Any]:
    """Carry out one measurement, in whichever process."""
    module, _, name = where.partition(":")
    function = getattr(importlib.import_module(module), name)
    found = function({key: check(tree) for key, tree in trees.items()}, seed, **options)
    return dict(plain(found))


def plain(value: Any) -> Any:
    """Values as JSON knows them; a number that is not finite is an error."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        raise ValueError("a measurement is not finite")
    return value
