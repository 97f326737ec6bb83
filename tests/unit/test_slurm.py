"""Workers that Slurm starts: its commands are played by scripts that run the job here."""

import os
import stat
import subprocess
import sys

import pytest
import yaml
from unit.quick_runs import quick_plan
from unit.test_sweep import ROOT, whole

SBATCH = """#!/bin/sh
cp "$1" "$PLAYED/job-$$.sh"
setsid sh "$PLAYED/job-$$.sh" > "$PLAYED/log-$$" 2>&1 &
echo $! > "$PLAYED/pid-$$"
echo "Submitted batch job $$"
"""
SCANCEL = """#!/bin/sh
for job in "$@"; do kill -- -$(cat "$PLAYED/pid-$job"); touch "$PLAYED/cancelled-$job"; done
"""


@pytest.mark.slow  # with the heavy extras
def test_jobs_of_slurm_carry_out_a_sweep(tmp_path):
    pytest.importorskip("dask_jobqueue", reason="needs remesa[cluster]")
    for name, text in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    settings = yaml.safe_load((ROOT / "experiments" / "jobqueue.yaml").read_text())
    settings["jobqueue"]["slurm"]["scheduler-options"] = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    (tmp_path / "dask").mkdir()
    (tmp_path / "dask" / "jobqueue.yaml").write_text(yaml.safe_dump(settings))
    played = tmp_path / "played"
    played.mkdir()
    work = (
        "from unit.quick_runs import quick_plan, quick_run\n"
        "from experiments.run import run_plan\n"
        f"print(run_plan(quick_plan(), {str(tmp_path / 'out')!r}, workers=2, scheduler='slurm', run=quick_run).done)"
    )
    done = subprocess.run(
        [sys.executable, "-c", work],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]),
            "PATH": os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]),
            "DASK_CONFIG": str(tmp_path / "dask"),
            "PLAYED": str(played),
        },
        capture_output=True, text=True, timeout=200, cwd=tmp_path,
    )  # fmt: skip
    logs = "\n".join(path.read_text() for path in played.glob("log-*"))
    assert done.returncode == 0, done.stderr + logs
    assert done.stdout.split() == ["20"]
    assert whole(tmp_path / "out", quick_plan())
    jobs = [path.read_text() for path in played.glob("job-*")]
    assert len(jobs) == 2 and all("#SBATCH -t 04:00:00" in job for job in jobs)
    assert len(list(played.glob("cancelled-*"))) == 2
