"""Many runs that nobody watches: killed, cut, doubled, interrupted, resumed; the results are the same."""

import contextlib
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from unit.quick_runs import counted_run, deadly_run, modules_run, quick_plan, quick_run, unlucky_run

from experiments import cluster as clusters
from experiments import sweep
from experiments.cluster import ClusterError, cluster
from experiments.run import Plan, run_plan
from experiments.store import Store, StoreError
from scenarios.configuration import compose

ROOT = pathlib.Path(__file__).parents[2]
POSIX = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes as POSIX systems do")


def rows(folder) -> list[tuple]:
    table = Store(folder).rows()
    columns = (table[name].to_pylist() for name in ("run_id", "indicator", "group", "month", "value"))
    return sorted(zip(*columns, strict=True))


def whole(folder, plan: Plan) -> bool:
    """Nothing missing, nothing twice, nothing put aside."""
    store = Store(folder)
    ids = {planned.run_id for planned in plan.runs()}
    lines = store.summary()["run_id"].to_pylist()
    months = store.rows().num_rows
    assert sorted(lines) == sorted(ids), (len(lines), len(ids))
    assert months == 2 * 3 * len(ids)
    assert not (store.folder / "quarantine").exists()
    return True


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("serial")
    run_plan(quick_plan(), folder, workers=1, run=quick_run)
    assert whole(folder, quick_plan())
    return rows(folder)


@pytest.fixture(scope="module")
def four():
    """The address of four workers."""
    with cluster(4) as client:
        yield client.scheduler.address


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_any_number_of_workers_and_a_resumed_sweep_give_the_same_rows(expected, tmp_path, workers, four):
    """Against the same in this process."""
    with contextlib.ExitStack() as stack:
        where = {"workers": 2} if workers == 2 else {"scheduler": four}
        if workers == 1:
            where = {"scheduler": stack.enter_context(cluster(1)).scheduler.address}
        run_plan(quick_plan(), tmp_path, **where, run=quick_run)
    assert rows(tmp_path) == expected
    next((tmp_path / "runs").glob("part-*")).unlink()
    outcome = run_plan(quick_plan(), tmp_path, workers=1, run=quick_run)
    assert outcome.done > 0 and outcome.already > 0 and rows(tmp_path) == expected


def test_serial_is_a_scheduler_too_and_one_that_does_not_answer_is_said(expected, tmp_path):
    run_plan(quick_plan(), tmp_path / "a", scheduler="serial", run=quick_run)
    assert rows(tmp_path / "a") == expected
    with pytest.raises(ClusterError, match="scheduler=nonsense"):
        run_plan(quick_plan(), tmp_path / "b", scheduler="nonsense://here", run=quick_run)


def test_an_existing_cluster_is_left_running(tmp_path, four):
    from distributed import Client

    assert run_plan(quick_plan(2, 2), tmp_path, scheduler=four, run=quick_run).done == 4
    with Client(four) as client:
        assert client.submit(sum, [1, 2]).result() == 3


def test_a_run_that_fails_is_a_failure_and_ends_nothing(tmp_path, four):
    outcome = run_plan(quick_plan(seeds=14), tmp_path, scheduler=four, run=unlucky_run)
    assert len(outcome.failed) == 4 and outcome.done == 52 and "RuntimeError: unlucky seed" in outcome.failed[0]
    failures = Store(tmp_path).failures()
    assert {one["seed"] for one in failures} == {13} and "Traceback" in failures[0]["traceback"]
    found = sweep.status(tmp_path)
    assert (found.planned, found.stored, found.failed, found.running) == (56, 52, 4, ())


@POSIX
def test_a_run_that_kills_its_process_is_found_out_and_only_it_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "DEATHS", 0)
    outcome = run_plan(quick_plan(seeds=5, points=1), tmp_path, workers=2, run=deadly_run)
    assert outcome.done == 4 and len(outcome.failed) == 1 and "killed" in outcome.failed[0]
    assert [one["seed"] for one in Store(tmp_path).failures()] == [4]


def started(folder, seeds: int, points: int, workers: int, pause: float, write: float = 0.0) -> subprocess.Popen:
    """A sweep in a process of its own; so many seconds a run and a write take."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    return subprocess.Popen(
        [sys.executable, "-m", "unit.quick_runs", str(folder), str(seeds), str(points), str(workers)],
        env={**os.environ, "PYTHONPATH": path, "REMESA_TEST_PAUSE": str(pause), "REMESA_TEST_WRITE": str(write)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def children(process: int) -> list[int]:
    """Processes that a process began and that live, with theirs."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process and fields[0] != "Z":
            found += [int(path.parent.name), *children(int(path.parent.name))]
    return found


def workers_of(process: int) -> list[int]:
    """Those of them that carry out runs."""
    found = []
    for child in children(process):
        try:
            command = pathlib.Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            continue
        if b"spawn_main" in command:
            found.append(child)
    return found


def gone(processes: list[int], seconds: float = 30.0) -> bool:
    """Whether all of them end by themselves."""
    until = time.time() + seconds
    while time.time() < until:
        if not any(pathlib.Path(f"/proc/{one}").exists() and alive(one) for one in processes):
            return True
        time.sleep(0.1)
    return False


def alive(process: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kills(
    folder, plan: Plan, size: tuple[int, int], clients: int, workers: int, pause: float, write: float = 0.0
) -> tuple[int, int]:
    """Run a plan while its workers and clients are killed with -9 at random moments; how many were."""
    luck = random.Random(7)
    dead = {"worker": 0, "client": 0}
    orphans: list[int] = []
    total = len({planned.run_id for planned in plan.runs()})
    for _ in range(200):
        running = started(folder, *size, workers, pause, write)
        begun = Store(folder).found() if (folder / "sweep.json").exists() else set()
        while running.poll() is None:
            time.sleep(luck.uniform(0.05, 0.5))
            stored = len(Store(folder).found()) if (folder / "sweep.json").exists() else 0
            mine = workers_of(running.pid)
            if dead["worker"] < 3 * clients + workers and mine and stored > len(begun) and luck.random() < 0.5:
                if write and luck.random() < 0.5:
                    until_somebody_writes(folder)
                os.kill(luck.choice(mine), signal.SIGKILL)
                dead["worker"] += 1
            enough = stored - len(begun) > total * luck.uniform(0.05, 0.2)
            if dead["client"] < clients and enough and luck.random() < 0.5:
                orphans += children(running.pid)
                running.kill()
                dead["client"] += 1
                break
        running.wait()
        running.communicate()
        if running.returncode == 0 and not Store(folder).missing():
            break
    assert gone(orphans), "processes outlive the client that was killed"
    return dead["worker"], dead["client"]


def until_somebody_writes(folder, seconds: float = 3.0) -> None:
    """Wait until a part is on its way to the disk, beside those that were left on theirs."""
    left = set(pathlib.Path(folder).rglob(".part-*"))
    until = time.time() + seconds
    while time.time() < until and set(pathlib.Path(folder).rglob(".part-*")) <= left:
        time.sleep(0.002)


@POSIX
@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="finds processes through /proc")
def test_workers_and_clients_killed_at_random_lose_nothing(tmp_path):
    size = (30, 4)
    worker, client = kills(tmp_path, quick_plan(*size), size, clients=1, workers=2, pause=0.03)
    assert worker >= 1 and client >= 1
    assert whole(tmp_path, quick_plan(*size))


@POSIX
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ten_workers_and_three_clients_killed_over_two_thousand_runs(tmp_path):
    size = (12, 200)
    run_plan(quick_plan(*size), tmp_path / "quiet", workers=1, run=quick_run)
    worker, client = kills(tmp_path / "killed", quick_plan(*size), size, clients=4, workers=2, pause=0.02, write=0.1)
    assert worker >= 10 and client >= 3
    assert list((tmp_path / "killed").rglob(".part-*")), "no kill fell into a write"
    assert len({planned.run_id for planned in quick_plan(*size).runs()}) >= 2000
    assert whole(tmp_path / "killed", quick_plan(*size))
    assert rows(tmp_path / "killed") == rows(tmp_path / "quiet")


@POSIX
def test_ctrl_c_leaves_everything_done_in_place(tmp_path):
    running = started(tmp_path, 100, 4, 2, 0.05)
    while not (tmp_path / "summary").exists() or not list((tmp_path / "summary").glob("part-*")):
        assert running.poll() is None
        time.sleep(0.02)
    assert sweep.status(tmp_path).running == (f"process {running.pid} on {os.uname().nodename}",)
    mine = children(running.pid)
    running.send_signal(signal.SIGINT)
    running.wait(60)
    assert gone(mine)
    found = sweep.status(tmp_path)
    assert 0 < found.stored < found.planned and found.running == () and not found.quarantined


def test_two_sweeps_on_one_folder_share_the_same_plan(tmp_path):
    both = [started(tmp_path, 30, 4, 1, 0.02) for _ in range(2)]
    said = [one.communicate(timeout=120) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert whole(tmp_path, quick_plan(30, 4))
    with pytest.raises(StoreError, match="another plan"):
        run_plan(quick_plan(31, 4), tmp_path, workers=1, run=quick_run)
    other = Plan("quick", quick_plan(30, 4).scenarios, quick_plan(30, 4).points, ("poverty",))
    with pytest.raises(StoreError, match="another plan"):
        run_plan(other, tmp_path, workers=1, run=quick_run)


def test_what_somebody_else_stored_meanwhile_is_not_run_again(tmp_path, monkeypatch):
    calls = tmp_path / "calls"
    calls.mkdir()
    monkeypatch.setenv("REMESA_TEST_CALLS", str(calls))
    plan = quick_plan(seeds=6, points=1)
    called = False

    def first(missing, hands):
        nonlocal called
        if not called:  # another client comes and does everything
            called = True
            run_plan(plan, tmp_path / "out", workers=1, run=counted_run)
        return []

    run_plan(plan, tmp_path / "out", workers=1, run=counted_run, first=first, then=lambda hands: 1.0)
    assert len(list(calls.iterdir())) == 6


def test_parts_that_do_not_verify_are_put_aside_and_run_again(expected, tmp_path, four):
    run_plan(quick_plan(), tmp_path, scheduler=four, run=quick_run)
    parts = sorted((tmp_path / "runs").glob("part-*"))
    assert len(parts) >= 3
    parts[0].write_bytes(parts[0].read_bytes()[:-50])
    flipped = bytearray(parts[1].read_bytes())
    flipped[len(flipped) // 2] ^= 1
    parts[1].write_bytes(bytes(flipped))
    pq.write_table(pa.table({"mine": [1]}), tmp_path / "summary" / "other.parquet")
    run_plan(quick_plan(), tmp_path, workers=1, run=quick_run)
    assert rows(tmp_path) == expected
    reasons = " ".join(one["reason"] for one in sweep.status(tmp_path).quarantined)
    assert "cut, changed or foreign" in reasons and "not a part" in reasons


@POSIX
def test_workers_load_no_plotting_and_no_browser_view_and_listen_on_loopback_only(tmp_path, monkeypatch):
    calls = tmp_path / "calls"
    calls.mkdir()
    monkeypatch.setenv("REMESA_TEST_CALLS", str(calls))
    listening: dict[int, list[str]] = {}

    def first(missing, hands):
        for process in [os.getpid(), *workers_of(os.getpid())]:
            listening[process] = addresses(process)
        return []

    run_plan(quick_plan(), tmp_path / "out", workers=2, run=modules_run, first=first, then=lambda hands: 1.0)
    found = [set(path.read_text().split()) for path in calls.glob("modules-*")]
    assert found and all("sim.model" in modules for modules in found)
    for modules in found:
        assert not modules & {"matplotlib", "dash", "plotly", "solara", "altair", "mesa.visualization", "IPython"}
    assert sum(map(bool, listening.values())) >= 3  # the scheduler and both workers; helpers of theirs listen nowhere
    assert {address for one in listening.values() for address in one} == {"127.0.0.1"}


def addresses(process: int) -> list[str]:
    """Where a process listens."""
    sockets = {os.readlink(path) for path in pathlib.Path(f"/proc/{process}/fd").iterdir() if path.is_symlink()}
    found = []
    for kind, width in (("tcp", 8), ("tcp6", 32)):
        for line in pathlib.Path(f"/proc/{process}/net/{kind}").read_text().splitlines()[1:]:
            part = line.split()
            if part[3] == "0A" and f"socket:[{part[9]}]" in sockets:
                raw = bytes.fromhex(part[1].split(":")[0][:width])
                found.append(".".join(str(byte) for byte in raw[::-1]) if kind == "tcp" else raw.hex())
    return found


# ---- what it will take


def test_a_plan_is_shown_before_it_starts_and_can_be_left_there(tmp_path):
    plan = quick_plan(seeds=100, points=2)
    shown = []

    def look(found):
        shown.append(found)
        return False

    outcome = sweep.carry_out(plan, str(tmp_path), shown=look, scheduler="serial", run=quick_run)
    (found,) = shown
    assert outcome.done == found.pilots and found.runs + found.pilots == 200
    assert found.seconds_a_run == 0.01 and found.memory == 50e6
    sweep.carry_out(plan, str(tmp_path), shown=lambda found: True, scheduler="serial", run=quick_run)
    assert whole(tmp_path, plan)
    stored = sum(path.stat().st_size for kind in ("runs", "summary") for path in (tmp_path / kind).iterdir())
    assert found.disk / 1.5 < stored < found.disk * 1.5


def test_results_that_do_not_fit_on_the_disk_are_refused_after_the_pilot_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(sweep.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 10.0})())
    with pytest.raises(StoreError, match="GB are free"):
        sweep.carry_out(quick_plan(50), str(tmp_path), shown=lambda f: True, scheduler="serial", run=quick_run)


def test_pilots_stand_for_all_and_hold_the_longest():
    plan = Plan("sizes", {"base": compose(["months=3", "seeds=50"])}, [{"population": 100}, {"population": 90_000}])
    seconds = plan.seconds()
    chosen = sweep.pilots(plan.runs(), seconds, 2)
    assert len(chosen) == 4 and seconds[chosen[0].run_id] == max(seconds.values())
    assert sweep.pilots(plan.runs()[:4], seconds, 2) == []


# ---- the same once more


def test_results_are_reproduced_bit_for_bit_and_a_changed_number_is_named(tmp_path, monkeypatch):
    run_plan(quick_plan(), tmp_path, workers=1, run=quick_run)
    found = sweep.reproduce(tmp_path, run=quick_run, workers=1)
    assert found.same and (found.runs, found.numbers) == (20, 120) and not found.other_versions
    assert sweep.reproduce(tmp_path, run=quick_run, workers=1, runs=3).runs == 3

    def otherwise(tree, seed):
        one = quick_run(tree, seed)
        one.rows["value"][0] += 1e-12 if seed == 2 else 0.0
        return one

    other = sweep.reproduce(tmp_path, run=otherwise, workers=1)
    assert not other.same and "4 of 120 numbers differ" in other.differing[0] and "participation" in other.differing[0]


def test_other_code_is_refused_with_the_files_that_differ(tmp_path, monkeypatch):
    run_plan(quick_plan(), tmp_path, workers=1, run=quick_run)
    from experiments import manifest

    monkeypatch.setattr(manifest, "code_hash", lambda: "other")
    monkeypatch.setattr(manifest, "sources", lambda: {**SOURCES, "sim/model.py": "0", "sim/new.py": "1"})
    with pytest.raises(sweep.OtherCode, match=r"sim/model.py changed, sim/new.py is new; take the version"):
        sweep.reproduce(tmp_path, run=quick_run)


def _sources() -> dict[str, str]:
    from experiments.manifest import sources

    return sources()


SOURCES = _sources()


def test_results_carry_manifest_and_citation(tmp_path):
    run_plan(quick_plan(), tmp_path, workers=1, run=quick_run)
    found = Store(tmp_path).sweep
    assert found["code"] in found["citation"] and "REMESA" in found["citation"]
    assert found["versions"]["numpy"] and "sim/model.py" in found["sources"] and found["seeds"] == [1, 2, 3, 4, 5]
    assert found["scenarios"]["base"]["months"] == 3


# ---- many parts as few


def test_many_parts_become_few_and_nothing_else_changes(expected, tmp_path):
    store = Store(tmp_path)
    for planned in quick_plan().runs():
        run_plan(quick_plan(), tmp_path, workers=1, run=quick_run, first=lambda missing, hands: missing[:1],
                 then=lambda hands: 0.0)  # fmt: skip
        assert planned.run_id
    assert len(store.parts("runs")) in range(2, 21)
    other = Store(tmp_path)
    assert store.compact() >= 2
    assert len(store.parts("runs")) == len(store.parts("summary")) == 1
    assert rows(tmp_path) == expected and whole(tmp_path, quick_plan())
    assert other.rows().num_rows == 120 and Store(tmp_path).compact() == 0
    assert run_plan(quick_plan(), tmp_path, workers=1, run=quick_run).done == 0


def test_stopped_at_any_step_of_that_nothing_is_lost(tmp_path, monkeypatch):
    """Every write and every removal in turn is the last thing that happens."""

    class Stop(BaseException):
        pass

    plan = quick_plan(seeds=3, points=1)
    for step in range(20):
        folder = tmp_path / str(step)
        for _ in range(3):
            run_plan(plan, folder, workers=1, run=quick_run, first=lambda missing, hands: missing[:1],
                     then=lambda hands: 0.0)  # fmt: skip
        left = [step]

        def counted(function, left=left):
            def work(*given, **named):
                if left[0] == 0:
                    raise Stop
                left[0] -= 1
                return function(*given, **named)

            return work

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", counted(os.replace))
            patch.setattr(pathlib.Path, "unlink", counted(pathlib.Path.unlink))
            try:
                Store(folder).compact()
                finished = True
            except Stop:
                finished = False
        assert whole(folder, plan)
        if finished:
            assert step >= 4
            return
    pytest.fail("it never came to its end")
