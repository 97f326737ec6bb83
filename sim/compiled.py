"""Where compiled code is kept: by the sources it was made from, so that none of it is ever stale.

The library that compiles asks this file for a folder for each function. Its name holds a hash of the
file the function stands in and of every file of `sim` that file imports, so an edited rule recompiles
the loops that use it and no others, and a copy of the same sources elsewhere finds what is there.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import pathlib
import re
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from numba.core.caching import _CacheLocator

# numba.core is untyped
# mypy: disable-error-code="misc,no-untyped-call"

IMPORTED = re.compile(r"^from (sim(?:\.\w+)*) import (\(?[\w, ]*)|^import (sim(?:\.\w+)*)", re.MULTILINE)
ALWAYS = ("sim.compiled", "sim.mechanism", "sim.rooms", "sim.precision")  # they say how everything is compiled


def source_of(module: str) -> pathlib.Path | None:
    """The file a module of the model stands in; none for what is no module (a name taken from one)."""
    root = pathlib.Path(__file__).parent
    inner = root.joinpath(*module.split(".")[1:])
    return next((f for f in (inner.with_suffix(".py"), inner / "__init__.py") if f.is_file()), None)


@functools.cache
def imports(module: str) -> tuple[str, ...]:
    """Modules of the model that this one imports when it is loaded."""
    path = source_of(module)
    found: set[str] = set()
    for package, names, plain in IMPORTED.findall(path.read_text("utf-8")) if path else ():
        home = plain or package
        within = [f"{home}.{name.strip()}" for name in names.strip("( ").split(",") if name.strip()]
        found.update(one for one in (home, *within) if source_of(one))
    return tuple(sorted(found))


@functools.cache
def sources_hash(module: str) -> str:
    """Hash of a module of the model and of all it imports, directly or not."""
    seen: set[str] = set()
    open_ones = {module, *ALWAYS}
    while open_ones:
        seen.add(one := open_ones.pop())
        open_ones |= set(imports(one)) - seen
    digest = hashlib.blake2b(digest_size=10)
    for one in sorted(seen):
        path = source_of(one)
        digest.update(one.encode() + b"\0" + (path.read_bytes() if path else b"") + b"\0")
    return digest.hexdigest()


def home() -> str:
    """Folder of all compiled code: another one for another Python or numba."""
    base = os.environ.get("XDG_CACHE_HOME") or str(pathlib.Path.home() / ".cache")
    python = "".join(map(str, sys.version_info[:3]))
    return os.environ.get("REMESA_CACHE") or f"{base}/remesa/{python}-{version('numba')}"


def folder(function: Callable[..., Any]) -> str:
    """Folder of one function's compiled code: another one for other sources."""
    module = function.__module__
    if module.partition(".")[0] == "sim":
        return f"{home()}/{module}-{sources_hash(module)}"
    from sim.mechanism import code_hash

    found = importlib.util.find_spec(module) if module != "__main__" else None
    path = found.origin if found and found.origin else function.__code__.co_filename
    source = pathlib.Path(path).read_bytes() if os.path.isfile(path) else path.encode()
    added = hashlib.blake2b(path.encode() + b"\0" + source, digest_size=10).hexdigest()
    return f"{home()}/{module}-{added}-{code_hash()}"


class BySources(_CacheLocator):
    """Tells numba the folder of a function; what is in it needs no stamp, its name is one."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> BySources | None:
        """One that can be written to, or none."""
        made = cls(py_func)
        try:
            made.ensure_cache_path()
        except OSError:
            return None
        return made

    def get_cache_path(self) -> str:
        """The folder."""
        return folder(self._function)

    def get_source_stamp(self) -> str:
        """Nothing to compare: other sources have another folder."""
        return "sources are in the name of the folder"

    def get_disambiguator(self) -> str:
        """Line where the function begins."""
        return str(self._function.__code__.co_firstlineno)
