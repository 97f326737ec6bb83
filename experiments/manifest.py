"""What results were made with: sources of the model, versions, citation; and what differs now."""

from __future__ import annotations

import contextlib
import hashlib
import pathlib
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import sim
from sim.mechanism import code_hash

PACKAGES = ("remesa", "numpy", "numba", "mesa", "pyarrow")
CITATION = "The REMESA developers, REMESA: simulation of local labour markets with migration and remittances"


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that results rest on."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def sources() -> dict[str, str]:
    """Hash of each source file of the model."""
    root = pathlib.Path(sim.__file__).parent
    return {
        path.relative_to(root.parent).as_posix(): hashlib.blake2b(path.read_bytes(), digest_size=8).hexdigest()
        for path in sorted(root.rglob("*.py"))
    }


def citation() -> str:
    """How results of this version are cited."""
    return f"{CITATION}, version {versions().get('remesa', 'unknown')}, model {code_hash()}."


def manifest() -> dict[str, Any]:
    """What stands beside results."""
    return {
        "code": code_hash(),
        "sources": sources(),
        "versions": versions(),
        "machine": platform.machine(),
        "citation": citation(),
    }


def signed(document: dict[str, Any], asked: dict[str, Any], configuration: dict[str, Any]) -> dict[str, Any]:
    """A document of results with what was asked for, the configuration in full, and what made it."""
    return {**document, "asked": asked, "configuration": configuration, "manifest": manifest()}


def other_code(held: dict[str, Any]) -> list[str]:
    """Source files of the model that differ from those of a manifest; empty where the model is the same."""
    if held.get("code") == code_hash():
        return []
    before, now = held.get("sources", {}), sources()
    found = [f"{name} changed" for name in sorted(before.keys() & now.keys()) if before[name] != now[name]]
    found += [f"{name} is new" for name in sorted(now.keys() - before.keys()) if before]
    found += [f"{name} is gone" for name in sorted(before.keys() - now.keys())]
    return found or [f"model {held.get('code')} then, {code_hash()} now"]


def other_versions(held: dict[str, Any]) -> list[str]:
    """Packages whose version differs from that of a manifest."""
    before, now = held.get("versions", {}), versions()
    names = [name for name in now if name != "remesa" and before.get(name) != now[name]]
    return [f"{name} {before.get(name, 'none')} then, {now[name]} now" for name in names]
