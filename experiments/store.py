"""Results on disk: one folder per sweep, immutable Parquet parts, nothing half-written ever read.

::

    results/<sweep>/
      sweep.json               written once: what was asked for, versions, units and meaning of every column
      plan.parquet             one row per planned run: run_id, scenario, seed, factors
      runs/part-<hash>.parquet indicators by run, month and group; many runs a part
      summary/part-<hash>.parquet  one row per run: outcomes, wall time, peak memory
      failures/<run_id>.json   traceback, configuration, seed
      quarantine/              files that did not verify, each with its reason

A part is named after the hash of its content, so one that was cut, changed or put there by somebody
else is found out. A file appears under its name only when it is whole: written under another name,
flushed to the disk, renamed. To resume is to run what the plan names and no verified part holds.
Parts never change; `Store.compact` writes many small ones as one and then drops them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import io
import json
import os
import pathlib
import re
import socket
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.manifest import manifest, versions
from sim.indicators import INDICATORS

SCHEMA = 1
PART = re.compile(r"part-([0-9a-f]{24})\.parquet")
OURS = {"sweep.json", "plan.parquet", "runs", "summary", "failures", "quarantine"}
COLUMNS: dict[str, tuple[str, str]] = {
    "run_id": ("1", "hash of configuration, seed and the model's code"),
    "scenario": ("1", "name of the scenario in this sweep"),
    "seed": ("1", "random seed; equal seeds are pairs: the same luck for the same people"),
    "point": ("1", "number of the combination of factors, from 0; other columns of the plan are its factors"),
    "month": ("month", "months after the burn-in; 1 is the first"),
    "indicator": ("1", "what is measured; unit and definition under indicators"),
    "group": ("1", "whom it is measured for: all, or key=value"),
    "value": ("unit of the indicator", "value of the indicator in that month for that group"),
    "part": ("1", "part in runs/ that holds the months of the run"),
    "seconds": ("s", "wall time of the run"),
    "peak_memory": ("MB", "largest resident memory of the process so far"),
}
TEXT = pa.dictionary(pa.int32(), pa.string())
COMPACT = 4_000_000  # rows that one part holds at most when many are written as one
ROWS = {"run_id": TEXT, "month": pa.int16(), "indicator": TEXT, "group": TEXT, "value": pa.float64()}


class StoreError(RuntimeError):
    """Results cannot be written or read: where, why, what to do."""


@dataclasses.dataclass(frozen=True)
class Planned:
    """One run of a plan."""

    run_id: str
    scenario: str
    seed: int
    factors: dict[str, Any] = dataclasses.field(default_factory=dict)
    point: int = 0


@dataclasses.dataclass(frozen=True)
class Finished:
    """What one run leaves: tidy rows by column, and its numbers in one line."""

    run_id: str
    rows: dict[str, Any]
    summary: dict[str, Any]


def meaning(indicators: Iterable[str] | None = None) -> dict[str, Any]:
    """Units and meaning of every column and of all or some indicators, as stored beside the numbers."""
    wanted = set(INDICATORS if indicators is None else indicators)
    return {
        "columns": {name: {"unit": unit, "meaning": said} for name, (unit, said) in COLUMNS.items()},
        "indicators": {
            one.name: {
                "unit": one.unit,
                "title": one.title,
                "definition": one.definition,
                "better": one.better,
            }
            for one in INDICATORS.values()
            if one.name in wanted
        },
    }


class Store:
    """One folder of results."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = pathlib.Path(folder)
        self._verified: dict[pathlib.Path, tuple[int, int]] = {}
        self._held: dict[pathlib.Path, list[tuple[str, str]]] = {}
        self._layouts: list[_Layout] = []  # of the runs stored last: the next ones mostly have the same

    # ---- the plan

    @property
    def sweep(self) -> dict[str, Any]:
        """What was asked for, from sweep.json."""
        path = self.folder / "sweep.json"
        try:
            found = json.loads(path.read_text("utf-8", "surrogateescape"))
        except FileNotFoundError as error:
            raise StoreError(
                f"{self.folder} holds no results (no sweep.json); give a folder that run or compare wrote"
            ) from error
        except (OSError, ValueError) as error:
            raise StoreError(f"{path} cannot be read ({error}); run again with another out=") from error
        if not isinstance(found, dict) or found.get("schema") != SCHEMA:
            raise StoreError(f"{path} is not of this version's form; run again with another out=")
        return found

    def holds(self) -> str | None:
        """Identity of the plan in this folder; None where there is none."""
        return str(self.sweep["plan"]) if (self.folder / "sweep.json").exists() else None

    def begin(self, sweep: dict[str, Any], plan: Sequence[Planned]) -> None:
        """Put a plan into the folder, or find the same one there.

        Raises
        ------
        StoreError
            When the folder cannot be written, holds another plan, or somebody's other files.
        """
        identity = plan_id(plan, sweep.get("outcomes"))
        with self._clearly():
            if self.folder.exists() and not self.folder.is_dir():
                raise StoreError(f"out = {self.folder} is a file; give a folder")
            self.folder.mkdir(parents=True, exist_ok=True)
            held = self.holds()
            if held is None:
                others = [p.name for p in self.folder.iterdir() if p.name not in OURS and not p.name.startswith(".")]
                if others:
                    raise StoreError(
                        f"out = {self.folder} holds other files ({min(others)}); give a new or empty folder"
                    )
            if held not in (None, identity):
                raise StoreError(f"out = {self.folder} holds the results of another plan; give another out=")
            for name in ("runs", "summary", "failures"):
                (self.folder / name).mkdir(exist_ok=True)
            if held is None or self._plan_is_damaged(identity):
                self._write(self.folder / "plan.parquet", encoded(_plan_table(plan, sweep.get("factors", {}))))
            else:
                self._write_test()
            if held is None:
                document = {
                    "schema": SCHEMA,
                    "plan": identity,
                    **sweep,
                    **manifest(),
                    **meaning(),
                }
                self._write_once(self.folder / "sweep.json", _json(document))
                if self.holds() != identity:
                    raise StoreError(f"out = {self.folder} was given another plan just now; give another out=")

    def _plan_is_damaged(self, identity: str) -> bool:
        try:
            return plan_id(self.plan(), self.sweep.get("outcomes")) != identity
        except StoreError:
            return True

    def plan(self) -> list[Planned]:
        """The planned runs."""
        path = self.folder / "plan.parquet"
        try:
            table = pq.read_table(path, page_checksum_verification=True)
            asis = {
                name: json.loads if (table.schema.field(name).metadata or {}).get(b"form") == b"JSON" else None
                for name in table.column_names
            }
            return [
                Planned(
                    row.pop("run_id"),
                    row.pop("scenario"),
                    row.pop("seed"),
                    point=row.pop("point", 0),
                    factors={
                        key: read(value) if (read := asis[key]) else value
                        for key, value in row.items()
                        if value is not None
                    },
                )
                for row in table.to_pylist()
            ]
        except (OSError, pa.ArrowException, KeyError) as error:
            raise StoreError(
                f"{path} cannot be read ({_short(error)}); ask for the same runs again to write it anew"
            ) from error

    # ---- writing

    def write(self, finished: Sequence[Finished]) -> None:
        """Store finished runs as one part, then their summary, which makes them count as found."""
        if not finished:
            return
        with self._clearly():
            name = self._write_part("runs", _rows_table(finished, self._layouts))
            self._write_part("summary", _summary_table(finished, name))
            for one in finished:
                (self.folder / "failures" / f"{one.run_id}.json").unlink(missing_ok=True)

    def fail(self, planned: Planned, reason: str, trace: str, configuration: dict[str, Any]) -> None:
        """Store why a run has no result."""
        with self._clearly():
            document = {
                "run_id": planned.run_id,
                "scenario": planned.scenario,
                "seed": planned.seed,
                "reason": reason,
                "traceback": trace,
                "configuration": configuration,
                "versions": versions(),
            }
            self._write(self.folder / "failures" / f"{planned.run_id}.json", _json(document))

    def compact(self, rows: int = COMPACT) -> int:
        """Write many small parts as few large ones; returns how many parts went.

        Nothing is lost whenever it is stopped, and others may read and write meanwhile: the new part is
        whole and counts before the first old one goes, and what is stored twice is read once.
        """
        index = self._index()
        held: dict[str, list[pathlib.Path]] = {}
        for path in self.parts("summary"):
            parts = {part for _, part in self.members(path)}
            if len(parts) == 1:
                held.setdefault(parts.pop(), []).append(path)
        gone = 0
        with self._clearly():
            for group in self._groups(sorted(set(index.values()) & set(held)), rows):
                gone += self._merge(group, index, held)
        return gone

    def _groups(self, names: Sequence[str], rows: int) -> Iterator[list[str]]:
        """Small parts that together have no more than so many rows."""
        group: list[str] = []
        so_far = 0
        for name in names:
            try:
                size = int(pq.ParquetFile(self.folder / "runs" / name).metadata.num_rows)
            except (OSError, pa.ArrowException):
                continue
            if size * 2 > rows:
                continue
            if so_far + size > rows and group:
                yield group
                group, so_far = [], 0
            group.append(name)
            so_far += size
        yield group

    def _merge(self, group: Sequence[str], index: dict[str, str], held: dict[str, list[pathlib.Path]]) -> int:
        if len(group) < 2:
            return 0
        old = set(group)
        tables, lines = [], []
        for name in group:
            runs = [run_id for run_id, part in index.items() if part == name]
            tables.append(self._read(self.folder / "runs" / name, list(ROWS), [("run_id", "in", runs)]))
            table = self._read(held[name][0])
            lines.append(table.filter(pa.array([index.get(run_id) == name for run_id in table["run_id"].to_pylist()])))
        merged = pa.concat_tables([table.cast(_rows_schema(())) for table in tables]).unify_dictionaries()
        indicators = sorted({name for table in tables for name in _words(table, "indicator")})
        new = self._write_part("runs", merged.replace_schema_metadata(_rows_schema(indicators).metadata))
        summary = pa.concat_tables(lines, promote_options="default")
        place = summary.schema.get_field_index("part")
        named = pa.array([new] * len(summary), summary.schema.field(place).type)
        summary = summary.set_column(place, summary.schema.field(place), named).sort_by("run_id")
        kept = self._write_part("summary", summary)
        for name in group:
            for path in held[name]:
                if path.name != kept:
                    path.unlink(missing_ok=True)
        for name in old - {new}:
            (self.folder / "runs" / name).unlink(missing_ok=True)
        return len(group)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[int]:
        """Leave a sign that somebody runs this plan; gives how many others do."""
        others = sum(one["alive"] for one in self.signs())
        sign = self.folder / f".client-{uuid.uuid4().hex}"
        with self._clearly():
            sign.write_text(json.dumps({"host": socket.gethostname(), "process": os.getpid(), "begun": time.time()}))
        try:
            yield others
        finally:
            with contextlib.suppress(OSError):
                sign.unlink(missing_ok=True)

    def signs(self) -> list[dict[str, Any]]:
        """Who ran or runs this plan: host, process, when it began, whether it is still alive (None: not known)."""
        found = []
        for path in sorted(self.folder.glob(".client-*")):
            with contextlib.suppress(OSError, ValueError):
                one = json.loads(path.read_text())
                here = one["host"] == socket.gethostname()
                found.append(one | {"alive": _lives(one["process"]) if here else False, "here": here})
        return found

    def _write_part(self, kind: str, table: pa.Table) -> str:
        content = encoded(table)
        name = f"part-{_hash(content)}.parquet"
        path = self.folder / kind / name
        if not path.exists() or self._fault(path) is not None:
            self._write(path, content)
        return name

    def _write(self, path: pathlib.Path, content: bytes) -> None:
        """Write, flush to the disk, rename, flush the folder: the name stands for a whole file or none."""
        waiting = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        try:
            with open(waiting, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(waiting, path)
        except BaseException:
            waiting.unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)

    def _write_once(self, path: pathlib.Path, content: bytes) -> None:
        """As `_write`, but the first of several writers wins."""
        waiting = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        self._write(waiting, content)
        try:
            os.link(waiting, path)
        except FileExistsError:
            pass
        except OSError:  # a disk that knows no links
            if not path.exists():
                os.replace(waiting, path)
        finally:
            waiting.unlink(missing_ok=True)
        _flush_folder(path.parent)

    def _write_test(self) -> None:
        """Fail now rather than after the first run."""
        for name in ("runs", "summary", "failures"):
            probe = self.folder / name / f".probe.{uuid.uuid4().hex}"
            probe.touch()
            probe.unlink()

    @contextlib.contextmanager
    def _clearly(self) -> Iterator[None]:
        """Say in one line why the folder cannot be written."""
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                why = "no space is left on the disk, what is stored is whole; free some and ask again"
            elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
                why = "it cannot be written; give another out= or change its permissions"
            elif error.errno in (errno.EEXIST, errno.ENOTDIR):
                why = "a file is where a folder should be; give another out="
            else:
                why = f"{error.strerror or error}; give another out="
            raise StoreError(f"out = {self.folder}: {why}") from error

    # ---- reading

    def parts(self, kind: str) -> list[pathlib.Path]:
        """The parts that verify, in the order of names; all other files are put aside with the reason."""
        folder = self.folder / kind
        found = []
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                if path.name.startswith("."):
                    continue  # being written, or left by a writer that was killed
                reason = self._fault(path)
                if reason is None:
                    found.append(path)
                elif path.exists():  # not written together with others meanwhile
                    self._quarantine(path, reason)
        return found

    def _fault(self, path: pathlib.Path) -> str | None:
        """Why a part cannot be trusted; None if it can."""
        named = PART.fullmatch(path.name)
        if named is None:
            return "not a part: its name is not part-<hash>.parquet"
        try:
            stat = path.stat()
            stamp = (stat.st_size, stat.st_mtime_ns)
            if self._verified.get(path) == stamp:
                return None
            content = path.read_bytes()
            if _hash(content) != named[1]:
                return f"its content ({stat.st_size} bytes) is not what its name says: cut, changed or foreign"
            wanted = set(ROWS) if path.parent.name == "runs" else {"run_id", "part"}
            lacking = wanted - set(pq.read_schema(io.BytesIO(content)).names)
            if lacking:
                return f"it lacks the column {min(lacking)}: a part of something else"
        except OSError as error:
            return f"it cannot be read: {error.strerror}"
        except pa.ArrowException as error:
            return f"it is no Parquet file: {_short(error)}"
        self._verified[path] = stamp
        return None

    def _quarantine(self, path: pathlib.Path, reason: str) -> None:
        aside = self.folder / "quarantine"
        with contextlib.suppress(OSError):  # another reader was first, or the folder is read-only: it is ignored
            aside.mkdir(exist_ok=True)
            name = f"{path.parent.name}-{path.name}-{uuid.uuid4().hex[:8]}"
            os.replace(path, aside / name)
            self._write(aside / f"{name}.reason.txt", (reason + "\n").encode())

    def _index(self) -> dict[str, str]:
        """For each stored run the part that holds it; of several copies the first by name."""
        good = {path.name for path in self.parts("runs")}
        index: dict[str, str] = {}
        for path in self.parts("summary"):
            for run_id, part in self.members(path):
                if part in good and (run_id not in index or part < index[run_id]):
                    index[run_id] = part
        return index

    def members(self, path: pathlib.Path) -> list[tuple[str, str]]:
        """Runs that one part of the summary names, each with its part of months; parts never change: read once."""
        if path not in self._held:
            try:
                table = self._read(path, ["run_id", "part"])
            except StoreError:
                if path.exists():
                    raise
                return []  # written together with others meanwhile
            self._held[path] = list(zip(*(table[name].to_pylist() for name in ("run_id", "part")), strict=True))
        return self._held[path]

    def quarantined(self) -> list[dict[str, str]]:
        """Files that were put aside, each with its reason."""
        folder = self.folder / "quarantine"
        reasons = sorted(folder.glob("*.reason.txt")) if folder.is_dir() else []
        return [{"file": p.name.removesuffix(".reason.txt"), "reason": p.read_text().strip()} for p in reasons]

    def found(self) -> set[str]:
        """Ids of the runs whose results are stored and verify."""
        return set(self._index())

    def missing(self) -> list[Planned]:
        """What the plan names and the store does not hold, each run once."""
        found = self.found()
        return list({planned.run_id: planned for planned in self.plan() if planned.run_id not in found}.values())

    def failures(self) -> list[dict[str, Any]]:
        """The runs that failed, with reason and traceback."""
        found = []
        for path in sorted((self.folder / "failures").glob("[!.]*.json")):
            with contextlib.suppress(OSError, ValueError):
                found.append(json.loads(path.read_text("utf-8")))
        return found

    def rows(
        self, indicators: Iterable[str] = (), groups: Iterable[str] = (), runs: Iterable[str] | None = None
    ) -> pa.Table:
        """Tidy rows of all planned runs that are stored, each once; of some indicators, groups or runs."""
        for _ in range(5):
            try:
                return self._rows(list(indicators), list(groups), None if runs is None else set(runs))
            except FileNotFoundError:  # written together with others meanwhile: look again
                continue
        raise StoreError(f"out = {self.folder} keeps changing; read again later")

    def _rows(self, indicators: list[str], groups: list[str], runs: set[str] | None) -> pa.Table:
        index = self._index()
        wanted = {planned.run_id for planned in self.plan()} if runs is None else runs
        chosen: dict[str, list[str]] = {}
        for run_id, part in index.items():
            if run_id in wanted:
                chosen.setdefault(part, []).append(run_id)
        tables = [_rows_schema().empty_table()]
        for part, run_ids in sorted(chosen.items()):
            filters: list[tuple[str, str, list[str]]] = [("run_id", "in", run_ids)]
            filters += [(name, "in", some) for name, some in (("indicator", indicators), ("group", groups)) if some]
            path = self.folder / "runs" / part
            if not path.exists():
                raise FileNotFoundError(path)
            tables.append(self._read(path, list(ROWS), filters).cast(_rows_schema()))
        return pa.concat_tables(tables).unify_dictionaries()

    def summary(self) -> pa.Table:
        """One line per planned run that is stored: outcomes, wall time, peak memory."""
        index = self._index()
        wanted = {planned.run_id for planned in self.plan()}
        tables = []
        for path in self.parts("summary"):
            table = self._read(path)
            pairs = zip(table["run_id"].to_pylist(), table["part"].to_pylist(), strict=True)
            tables.append(
                table.filter(pa.array([run_id in wanted and index.get(run_id) == part for run_id, part in pairs]))
            )
        if not tables:
            return pa.table({"run_id": pa.array([], pa.string())})
        found = pa.concat_tables(tables, promote_options="default").sort_by("run_id")
        ids = np.array(found["run_id"].to_pylist())
        return found.filter(pa.array(np.r_[True, ids[1:] != ids[:-1]])) if len(ids) else found

    def _read(self, path: pathlib.Path, columns: list[str] | None = None, filters: Any = None) -> pa.Table:
        try:
            return pq.read_table(
                path, columns=columns, filters=filters, page_checksum_verification=True, partitioning=None
            )
        except (OSError, pa.ArrowException) as error:
            raise StoreError(f"{path} cannot be read ({_short(error)}); read again") from error


def plan_id(plan: Sequence[Planned], outcomes: Sequence[str] | None = None) -> str:
    """Identity of a plan: the same runs under the same names, of which the same is kept."""
    runs: Any = sorted([p.run_id, p.scenario, p.seed] for p in plan)
    return _hash(json.dumps(runs if outcomes is None else [runs, list(outcomes)]).encode())


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _rows_schema(indicators: Iterable[str] | None = None) -> pa.Schema:
    fields = [pa.field(name, kind, metadata=_about(name)) for name, kind in ROWS.items()]
    return pa.schema(fields, metadata={"remesa": json.dumps(meaning(indicators))})


def _about(name: str) -> dict[str, str]:
    unit, said = COLUMNS[name]
    return {"unit": unit, "meaning": said}


class _Layout:
    """Months, indicators and groups of a run in the order in which they are stored; equal runs share one."""

    def __init__(self, rows: dict[str, Any]) -> None:
        self.given = [np.asarray(rows[name]) for name in ("month", "indicator", "group")]
        month, *texts = self.given
        self.words, codes = zip(*(np.unique(text, return_inverse=True) for text in texts), strict=True)
        self.order = np.lexsort((month, codes[1], codes[0]))
        self.month = month[self.order].astype(np.int16)
        self.codes = [code[self.order].astype(np.int32) for code in codes]

    def fits(self, rows: dict[str, Any]) -> bool:
        """Whether other rows are those of this layout, in the same order."""
        arrays = (np.asarray(rows[name]) for name in ("month", "indicator", "group"))
        return all(a is b or _equal(a, b) for a, b in zip(self.given, arrays, strict=True))


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two columns are the same; texts are compared as the bytes they are."""
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype.hasobject:
        return bool(np.array_equal(a, b))
    return bool((np.ascontiguousarray(a).view(np.uint8) == np.ascontiguousarray(b).view(np.uint8)).all())


def _rows_table(finished: Sequence[Finished], layouts: list[_Layout]) -> pa.Table:
    """The months of several runs in one order, whoever finished first; ``layouts`` are known ones, the last to stay."""
    ordered = sorted(finished, key=lambda one: one.run_id)
    of: list[_Layout] = []
    for one in ordered:
        if not (layouts and layouts[-1].fits(one.rows)):
            layouts.append(_Layout(one.rows))
        of.append(layouts[-1])
    ids = np.repeat(np.arange(len(ordered), dtype=np.int32), [len(layout.order) for layout in of])
    columns = {
        "run_id": pa.DictionaryArray.from_arrays(ids, pa.array([one.run_id for one in ordered])),
        "month": pa.array(np.concatenate([layout.month for layout in of])),
        "value": pa.array(np.concatenate([one.rows["value"][its.order] for one, its in zip(ordered, of, strict=True)])),
    }
    for k, name in enumerate(("indicator", "group")):
        words: dict[str, int] = {}
        codes = {}
        for layout in dict.fromkeys(of):
            place = np.array([words.setdefault(str(word), len(words)) for word in layout.words[k]], np.int32)
            codes[layout] = place[layout.codes[k]]
        every = np.concatenate([codes[layout] for layout in of])
        columns[name] = pa.DictionaryArray.from_arrays(every, pa.array(list(words), pa.string()))
    del layouts[:-1]
    schema = _rows_schema(columns["indicator"].dictionary.to_pylist())
    return pa.table([columns[name] for name in ROWS], schema=schema)


def _words(table: pa.Table, name: str) -> list[str]:
    """The words that a column of text holds."""
    return [str(word) for word in table[name].unique().to_pylist()]


def _summary_table(finished: Sequence[Finished], part: str) -> pa.Table:
    lines = [
        {"run_id": one.run_id, "part": part, **one.summary} for one in sorted(finished, key=lambda one: one.run_id)
    ]
    table = pa.Table.from_pylist(lines)
    fields = [field.with_metadata(_summarises(field.name)) for field in table.schema]
    known = [name.partition("@")[0] for name in table.column_names]
    return table.cast(pa.schema(fields, metadata={"remesa": json.dumps(meaning(known))}))


def _summarises(name: str) -> dict[str, str]:
    """Unit and meaning of a column of the summary."""
    if name in COLUMNS:
        return _about(name)
    indicator, _, group = name.partition("@")
    known = INDICATORS.get(indicator)
    said = known.definition if known else name
    return {
        "unit": known.unit if known else "1",
        "meaning": f"{said} Mean of the last months of the run (60, or all of a shorter one), {group or 'all'}.",
    }


def _plan_table(plan: Sequence[Planned], about: dict[str, Any]) -> pa.Table:
    ordered = sorted(plan, key=lambda planned: (planned.scenario, planned.point, planned.seed, planned.run_id))
    kinds = {"run_id": pa.string(), "scenario": pa.string(), "seed": pa.int64(), "point": pa.int32()}
    fields = [pa.field(name, kind, metadata=_about(name)) for name, kind in kinds.items()]
    table = pa.table([pa.array([getattr(p, f.name) for p in ordered], f.type) for f in fields], pa.schema(fields))
    for name in dict.fromkeys(factor for planned in ordered for factor in planned.factors):
        values = [p.factors.get(name) for p in ordered]
        kind = _kind(values)
        text = {"unit": str(about.get(name, {}).get("unit", "1")), "meaning": "factor varied in this sweep"}
        if kind is None:
            kind = pa.string()
            values = [None if value is None else json.dumps(value) for value in values]
            text["form"] = "JSON"
        table = table.append_column(pa.field(name, kind, metadata=text), pa.array(values, kind))
    return table


def _kind(values: Sequence[Any]) -> pa.DataType | None:
    """The type of a column of factors: whole numbers, numbers or text; None for anything else."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        return pa.int64()
    if kinds <= {int, float}:
        return pa.float64()
    return pa.string() if kinds == {str} else None


def encoded(table: pa.Table) -> bytes:
    """A table as the bytes of a part."""
    buffer = io.BytesIO()
    words = [name for name, kind in ROWS.items() if kind is TEXT and name in table.column_names]
    pq.write_table(
        table, buffer, write_page_checksum=True, use_dictionary=words or False,
        compression={name: "snappy" if name == "value" else "zstd" for name in table.column_names},
        write_statistics=["run_id"],  # by which parts are passed over; those of other columns help nobody
    )  # fmt: skip
    return buffer.getvalue()


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "surrogateescape")


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]


def _flush_folder(folder: pathlib.Path) -> None:
    with contextlib.suppress(OSError):  # not every disk can
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
