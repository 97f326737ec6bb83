"""Talking to people and to machines: tables, progress, numbers, one line for what went wrong."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


class CommandError(Exception):
    """Ends the command with one line; code 2 for what was asked, 1 for what went wrong while doing it."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


def console(options: argparse.Namespace | None = None, *, stderr: bool = False) -> Any:
    """Where people are spoken to; silent where a machine listens."""
    from rich.console import Console

    quiet = options is not None and options.json
    made = Console(stderr=stderr or quiet, quiet=quiet, highlight=False, markup=False, soft_wrap=True)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = 110  # a file or a pipe has no width of its own
    return made


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int] = (),
    whole_names: bool = False,
) -> Any:
    """A table for the terminal; ``whole_names`` keeps the first column on one line, so that it can be copied."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for k, column in enumerate(columns):
        side = "right" if k in numbers else "left"
        made.add_column(column, justify=side, overflow="fold", no_wrap=whole_names and k == 0)
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


@contextlib.contextmanager
def progress(
    options: argparse.Namespace, what: str
) -> Iterator[tuple[Callable[[int, int], None], Callable[[str], None]]]:
    """A bar of the runs that are done, on standard error; and a way to say something above it."""
    if options.json:
        yield (lambda done, total: None), (lambda text: None)
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    out = console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=out, transient=not out.is_terminal, disable=not out.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield (
            (lambda done, total: bar.update(task, completed=done, total=total)),
            (lambda text: out.print(text)),
        )


def number(value: float | None, digits: int = 4) -> str:
    """A number for people: some digits, with separators, never a bare exponent where it can be read."""
    if value is None or math.isnan(value):
        return "-"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if size < -5 or size > 12:
        return f"{value:.3g}"
    return f"{value:,.{max(0, digits - 1 - size)}f}"


def plain(value: Any) -> Any:
    """Values as JSON knows them: what is not finite is null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def leave(path: Any, document: dict[str, Any], options: argparse.Namespace, configuration: dict[str, Any]) -> None:
    """Leave numbers in a file with what was asked for, the configuration, and what made them."""
    import json
    import pathlib

    from experiments.manifest import signed
    from experiments.parameter_file import write_whole

    values = (str, int, float, bool, list, type(None))
    asked = {key: value for key, value in vars(options).items() if isinstance(value, values)}
    content = json.dumps(plain(signed(document, asked, configuration)), allow_nan=False, indent=1, ensure_ascii=False)
    write_whole(pathlib.Path(path), content)


def near(text: str, names: Sequence[str]) -> str:
    """The names most like what was written, as part of a sentence."""
    import difflib

    close = [name for name in names if name.rpartition(".")[2] == text.rpartition(".")[2]][:3]
    close += [name for name in difflib.get_close_matches(text, names, 3, 0.6) if name not in close]
    return f" nearest: {', '.join(close[:3])};" if close else ""
