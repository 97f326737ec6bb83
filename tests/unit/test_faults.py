"""A whole sweep, in processes of its own, on a disk that is full, cannot be written, or is slow when it is killed."""

import os
import pathlib
import subprocess
import sys

import pytest
from unit.quick_runs import quick_plan, quick_run
from unit.test_sweep import POSIX, ROOT, rows, whole

from experiments import sweep
from experiments.run import run_plan
from experiments.store import Store

SIZE = (30, 4)
PATH = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
OWN = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
DISKS = r"""
set -u
mount -t tmpfs -o size="$BYTES" tmpfs "$DISK" || exit 77
go() { "$PYTHON" -m unit.quick_runs "$DISK/out" 30 4 2 2> "$OUT/$1.err"; echo $? > "$OUT/$1.code"; }
go full
mkdir "$OUT/full" && cp -a "$DISK/out/." "$OUT/full"
mount -o remount,size=64m "$DISK"
mount -o remount,ro "$DISK"
go readonly
mount -o remount,rw "$DISK"
go again
mkdir "$OUT/again" && cp -a "$DISK/out/." "$OUT/again"
"""


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quiet")
    run_plan(quick_plan(*SIZE), folder, workers=1, run=quick_run)
    return folder


@pytest.fixture(scope="module")
def expected(quiet):
    return rows(quiet)


def nothing_half(folder: pathlib.Path) -> int:
    """Everything under its name is whole; how many runs there are."""
    store = Store(folder)
    held = store.found()
    assert store.rows().num_rows == 6 * len(held)
    assert not (folder / "quarantine").exists()
    found = sweep.status(folder)
    assert (found.stored, found.planned, found.running) == (len(held), 120, ())
    return len(held)


@POSIX
def test_a_sweep_on_a_disk_that_is_full_or_read_only_says_so_and_goes_on_when_there_is_room(quiet, expected, tmp_path):
    """A disk with room for the plan and for a few of its parts, in a mount namespace of its own, with two workers."""
    plan = sum(-(-(quiet / name).stat().st_size // 4096) * 4096 for name in ("sweep.json", "plan.parquet"))
    disk, out = tmp_path / "disk", tmp_path / "out"
    disk.mkdir()
    out.mkdir()
    try:
        done = subprocess.run(
            [*OWN, DISKS], capture_output=True, text=True, timeout=300, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": PATH, "PYTHON": sys.executable, "DISK": str(disk), "OUT": str(out),
                 "BYTES": str(plan + 40_000)},
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("this system knows no namespaces")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"this system allows no disk of our own: {done.stderr.strip()[:200]}")
    codes = {name: int((out / f"{name}.code").read_text()) for name in ("full", "readonly", "again")}
    last = {name: (out / f"{name}.err").read_text().strip().splitlines()[-1:] for name in codes}
    assert codes["full"] == 1 and "no space is left on the disk, what is stored is whole" in last["full"][0], last
    assert codes["readonly"] == 1 and "it cannot be written; give another out=" in last["readonly"][0], last
    assert codes["again"] == 0, last
    assert 0 < nothing_half(out / "full") < 120
    assert whole(out / "again", quick_plan(*SIZE)) and rows(out / "again") == expected


@POSIX
@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_sweep_whose_disk_fills_up_keeps_what_is_whole_and_the_same_line_goes_on(expected, tmp_path, workers):
    """The disk says no from 30 kB on, whoever writes."""
    folder = tmp_path / "out"
    command = [sys.executable, "-m", "unit.quick_runs", str(folder), "30", "4", str(workers)]
    environment = {**os.environ, "PYTHONPATH": PATH}
    full = {"REMESA_TEST_DISK": f"30000:{folder}"}
    done = subprocess.run(command, env=environment | full, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1 and "no space is left on the disk" in done.stderr.splitlines()[-1], done.stderr
    assert "free some and ask again" in done.stderr.splitlines()[-1]
    assert 0 < nothing_half(folder) < 120
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert whole(folder, quick_plan(*SIZE)) and rows(folder) == expected
