"""The store of results: whole or absent, resumed, never mixed up, and said clearly what is wrong."""

import errno
import json
import multiprocessing
import os
import pathlib

import numpy as np
import pyarrow.parquet as pq
import pytest

from experiments import store as module
from experiments.store import Finished, Planned, Store, StoreError

PLAN = [Planned(f"{scenario}-{seed}", scenario, seed) for seed in (1, 2, 3) for scenario in ("baseline", "policy")]


def finished(run_id: str, level: float = 1.0) -> Finished:
    """Two indicators over three months."""
    rows = {
        "month": np.array([1, 2, 3, 1, 2, 3], np.int16),
        "indicator": np.array(["poverty"] * 3 + ["participation"] * 3),
        "group": np.array(["all"] * 6),
        "value": level * np.arange(6.0),
    }
    return Finished(run_id, rows, {"seed": 1, "seconds": 0.1, "peak_memory": 5.0, "poverty": 1.0})


def begun(folder: pathlib.Path) -> Store:
    store = Store(folder)
    store.begin({"name": "test", "scenarios": {"baseline": {}, "policy": {}}, "seeds": [1, 2, 3]}, PLAN)
    return store


def test_what_is_written_is_read_and_the_rest_is_missing(tmp_path):
    store = begun(tmp_path / "größe und name")
    assert [p.run_id for p in store.missing()] and len(store.missing()) == 6
    store.write([finished("policy-1", 2.0), finished("baseline-1")])
    again = Store(store.folder)
    assert again.found() == {"policy-1", "baseline-1"}
    assert {p.run_id for p in again.missing()} == {p.run_id for p in PLAN} - again.found()
    rows = again.rows(indicators=["participation"]).to_pydict()
    assert rows["value"] == [3.0, 4.0, 5.0, 6.0, 8.0, 10.0]
    assert rows["run_id"] == ["baseline-1"] * 3 + ["policy-1"] * 3
    assert again.plan() == sorted(PLAN, key=lambda p: (p.scenario, p.seed))


def test_the_same_runs_give_the_same_part_in_whatever_order_they_finished(tmp_path):
    one, two = begun(tmp_path / "one"), begun(tmp_path / "two")
    one.write([finished("policy-1"), finished("baseline-1")])
    two.write([finished("baseline-1"), finished("policy-1")])
    assert [p.name for p in one.parts("runs")] == [p.name for p in two.parts("runs")]


def test_a_run_that_was_stored_twice_is_read_once(tmp_path):
    store = begun(tmp_path)
    store.write([finished("policy-1")])
    store.write([finished("policy-1"), finished("policy-2")])
    assert len(store.parts("runs")) == 2
    assert store.rows().num_rows == 12
    assert store.summary()["run_id"].to_pylist() == ["policy-1", "policy-2"]


@pytest.mark.parametrize("fault", ["cut", "flipped", "empty", "foreign", "foreign name", "not a part"])
@pytest.mark.parametrize("kind", ["runs", "summary"])
def test_a_part_that_does_not_verify_is_put_aside_and_its_runs_are_missing(tmp_path, kind, fault):
    store = begun(tmp_path)
    store.write([finished("policy-1")])
    store.write([finished("policy-2")])
    (path,) = [p for p in store.parts(kind) if "policy-1" in pq.read_table(p)["run_id"].to_pylist()]
    content = path.read_bytes()
    expected = {"policy-2"}
    if fault == "cut":
        path.write_bytes(content[:-100])
    elif fault == "flipped":
        path.write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
    elif fault == "empty":
        path.write_bytes(b"")
    elif fault == "foreign":
        path.write_bytes(b"not parquet")
    elif fault == "foreign name":
        (tmp_path / kind / f"part-{'0' * 24}.parquet").write_bytes(content)
        expected = {"policy-1", "policy-2"}
    else:
        (tmp_path / kind / "notes.txt").write_text("hello")
        expected = {"policy-1", "policy-2"}
    again = Store(tmp_path)
    assert again.found() == expected
    assert again.rows().num_rows == 6 * len(expected)
    aside = list((tmp_path / "quarantine").iterdir())
    assert len(aside) == 2 and any(p.name.endswith(".reason.txt") and p.read_text().strip() for p in aside)
    again.write([finished("policy-1")])
    assert again.found() == {"policy-1", "policy-2"}


def test_what_a_killed_writer_left_is_never_read(tmp_path):
    store = begun(tmp_path)
    store.write([finished("policy-1")])
    (tmp_path / "runs" / ".part-abc.parquet.123").write_bytes(b"half a")
    (tmp_path / "summary" / ".part-abc.parquet.123").write_bytes(b"half a")
    assert Store(tmp_path).found() == {"policy-1"}
    assert not (tmp_path / "quarantine").exists()


def test_months_without_their_summary_do_not_count_as_found(tmp_path):
    """A writer killed between the two files."""
    store = begun(tmp_path)
    store.write([finished("policy-1")])
    for path in store.parts("summary"):
        path.unlink()
    assert Store(tmp_path).found() == set()
    store.write([finished("policy-1")])
    assert Store(tmp_path).rows().num_rows == 6


def test_the_same_plan_finds_its_results_and_another_plan_is_refused(tmp_path):
    begun(tmp_path).write([finished("policy-1")])
    before = (tmp_path / "sweep.json").read_bytes()
    assert begun(tmp_path).found() == {"policy-1"}
    with pytest.raises(StoreError, match="another plan"):
        Store(tmp_path).begin({"scenarios": {}}, PLAN[:2])
    assert (tmp_path / "sweep.json").read_bytes() == before


def test_a_damaged_plan_is_written_anew(tmp_path):
    begun(tmp_path).write([finished("policy-1")])
    (tmp_path / "plan.parquet").write_bytes(b"")
    with pytest.raises(StoreError, match="plan"):
        Store(tmp_path).plan()
    assert len(begun(tmp_path).missing()) == 5


def test_somebody_elses_folder_is_not_written_into(tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(StoreError, match="other files"):
        begun(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_out_that_is_a_file_or_lies_below_one_is_said_in_one_line(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    for path in (file, file / "below"):
        with pytest.raises(StoreError) as error:
            begun(path)
        assert "\n" not in str(error.value) and str(path) in str(error.value)
    assert file.read_text() == "x"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said_before_anything_runs(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="cannot be written"):
        begun(tmp_path / "results")


@pytest.mark.parametrize(("number", "said"), [(errno.ENOSPC, "no space"), (errno.EROFS, "cannot be written")])
def test_a_full_disk_leaves_nothing_half_written_and_what_is_stored_whole(tmp_path, monkeypatch, number, said):
    store = begun(tmp_path)
    store.write([finished("policy-1")])

    def full(handle):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch, pytest.raises(StoreError, match=said):
        patch.setattr(module.os, "fsync", full)
        store.write([finished("policy-2")])
    assert not list((tmp_path / "runs").glob(".*"))
    assert Store(tmp_path).found() == {"policy-1"}


def test_units_and_meaning_travel_with_the_numbers(tmp_path):
    store = begun(tmp_path)
    store.write([finished("policy-1")])
    schema = pq.read_schema(store.parts("runs")[0])
    assert schema.field("month").metadata[b"unit"] == b"month"
    about = json.loads(schema.metadata[b"remesa"])
    assert about["indicators"]["poverty"]["unit"] == "%"
    assert set(about["columns"]) >= set(schema.names)
    summary = pq.read_schema(store.parts("summary")[0])
    assert all(summary.field(name).metadata[b"meaning"] for name in summary.names)
    assert summary.field("poverty").metadata[b"unit"] == b"%"
    assert store.sweep["columns"] == about["columns"]


def test_other_programs_read_the_parts(tmp_path):
    pandas, duckdb, polars = (pytest.importorskip(name) for name in ("pandas", "duckdb", "polars"))
    store = begun(tmp_path)
    store.write([finished("policy-1")])
    assert pandas.read_parquet(tmp_path / "runs")["value"].sum() == 15
    assert duckdb.sql(f"select sum(value) from '{tmp_path}/runs/*.parquet'").fetchall() == [(15.0,)]
    assert polars.read_parquet(store.parts("runs")[0])["value"].sum() == 15


def test_a_failure_is_kept_until_the_run_succeeds(tmp_path):
    store = begun(tmp_path)
    store.fail(PLAN[0], "it broke", "Traceback ...", {"months": 3})
    (failure,) = store.failures()
    assert (failure["run_id"], failure["seed"], failure["reason"]) == ("baseline-1", 1, "it broke")
    assert PLAN[0] in store.missing()
    store.write([finished("baseline-1")])
    assert store.failures() == []


def test_a_folder_without_results_is_said(tmp_path):
    with pytest.raises(StoreError, match="holds no results"):
        _ = Store(tmp_path).sweep
    (tmp_path / "sweep.json").write_text('{"schema": 99}')
    with pytest.raises(StoreError, match="form"):
        _ = Store(tmp_path).sweep


def _begin_and_write(folder: str, run_id: str) -> None:
    begun(pathlib.Path(folder)).write([finished(run_id)])


def test_several_writers_share_a_folder(tmp_path):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_begin_and_write, args=(str(tmp_path), p.run_id)) for p in PLAN[:3]]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert Store(tmp_path).found() == {p.run_id for p in PLAN[:3]}


def test_a_part_that_goes_while_it_is_looked_at_is_not_put_aside(tmp_path, monkeypatch):
    """Another writes many parts as few meanwhile."""
    store = begun(tmp_path)
    store.write([finished("policy-1")])
    read = pathlib.Path.read_bytes

    def gone(path):
        path.unlink()
        return read(path)

    again = Store(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(pathlib.Path, "read_bytes", gone)
        assert again.parts("runs") == []
    assert not (tmp_path / "quarantine").exists()
