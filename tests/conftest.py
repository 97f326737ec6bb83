"""Small worlds that many tests share, built once a session and handed out as clones."""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)  # the same examples on every machine
settings.register_profile("search", deadline=None)  # new ones each time: HYPOTHESIS_PROFILE=search make test
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let one process compile while the others wait and then find the compiled code."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with open(os.path.join(tempfile.gettempdir(), f"remesa-tests-{os.getuid()}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@cache
def _first_compiled() -> None:
    from sim.model import toy

    with one_at_a_time():
        toy(population=200, burn_in=0, months=2).run()


@cache
def _pickled(burnt: bool, settings: tuple[tuple[str, Any], ...]) -> bytes:
    from sim.model import toy

    _first_compiled()
    model = toy(**dict(settings))
    if burnt:
        model.burn_in()
    return pickle.dumps(model)


def small_model(burnt: bool = True, **settings: Any) -> Any:
    """A model of a small town of its own, by default after the burn-in: ``small_model(population=400)``."""
    return pickle.loads(_pickled(burnt, tuple(sorted(settings.items()))))


def small_world(burnt: bool = True, **settings: Any) -> Any:
    """The world of such a model: tables, books, luck and records."""
    return small_model(burnt, **settings).world


@pytest.fixture(name="small_model", scope="session")
def _small_model() -> Callable[..., Any]:
    return small_model


@pytest.fixture(name="small_world", scope="session")
def _small_world() -> Callable[..., Any]:
    return small_world


@pytest.fixture
def world() -> Any:
    """An ordinary small town after the burn-in, this test's own."""
    return small_world(population=600)


@pytest.fixture
def model() -> Any:
    """The model of an ordinary small town after the burn-in, this test's own."""
    return small_model(population=600)
