"""What the pages of the village and of the lessons share: one file each, which asks for nothing.

Data stand in the page as JSON and are never executed; the one script is let in by its hash.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import json
import os
import pathlib
import uuid
from importlib.resources import files
from typing import Any


@functools.cache
def words(name: str) -> dict[str, Any]:
    """The values of a file of `scenarios/lessons`."""
    from scenarios import library

    return library.parse((files("scenarios") / "lessons" / f"{name}.yaml").read_bytes(), f"lessons/{name}.yaml")


def part(name: str) -> str:
    """A style sheet or script of `analysis/templates`."""
    return (files("analysis") / "templates" / name).read_text("utf-8")


def asset(name: str) -> str:
    """One that the live page uses, too."""
    return (files("analysis") / "app" / "assets" / name).read_text("utf-8")


def json_block(data: Any) -> str:
    """JSON that can stand inside a page: nothing in it can end the element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def policy(*scripts: str) -> str:
    """Content-security policy of a page: these scripts and nothing else."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'" for code in scripts
    )
    allowed = f"script-src {hashes}; " if scripts else ""
    return f"default-src 'none'; {allowed}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def write(content: str, out: str | os.PathLike[str]) -> pathlib.Path:
    """Write a page, whole or not at all, and return its path.

    Raises
    ------
    CommandError
        Where the file cannot be written.
    """
    from analysis.talk import FAILED, CommandError

    path = pathlib.Path(out)
    waiting = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_bytes(content.encode("utf-8", "replace"))
        os.replace(waiting, path)
    except OSError as error:
        raise CommandError(f"{out} cannot be written ({error.strerror or error}); give another --out", FAILED) from None
    finally:
        with contextlib.suppress(OSError):
            waiting.unlink(missing_ok=True)
    return path
