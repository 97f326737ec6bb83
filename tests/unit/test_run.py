"""Plans are run to the end by any number of processes, with the same results."""

import os
import socket

import numpy as np
import pytest

from experiments import run as runs
from experiments.cluster import cluster
from experiments.run import Plan, in_batches, run_one, run_plan
from experiments.store import Planned, Store, StoreError
from scenarios.configuration import compose

SMALL = ["population=5000", "months=2", "seeds=2"]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan("small", {"baseline": compose(SMALL), "other": compose([*SMALL, "parameters.remittances.on=0"])})


def rows(folder) -> list[tuple]:
    table = Store(folder).rows()
    columns = (table[name].to_pylist() for name in ("run_id", "indicator", "group", "month", "value"))
    return sorted(zip(*columns, strict=True))


def test_one_or_more_processes_and_a_resumed_run_give_identical_results(plan, tmp_path):
    serial = run_plan(plan, tmp_path / "one", workers=1)
    told: list[tuple[int, int]] = []
    parallel = run_plan(plan, tmp_path / "two", workers=2, progress=lambda done, total: told.append((done, total)))
    assert (serial.done, parallel.done, serial.failed) == (4, 4, ())
    assert told[0] == (0, 4) and told[-1] == (4, 4)
    expected = rows(tmp_path / "one")
    assert expected and expected == rows(tmp_path / "two")
    for path in [*Store(tmp_path / "one").parts("summary")][:1]:
        path.unlink()
    resumed = run_plan(plan, tmp_path / "one", workers=1)
    assert resumed.done + resumed.already == 4 and resumed.done > 0
    assert rows(tmp_path / "one") == expected
    assert run_plan(plan, tmp_path / "one").done == 0


def test_a_run_gives_finite_rows_after_the_burn_in_and_one_line(plan):
    finished = run_one(plan.scenarios["baseline"].tree, 1)
    assert finished.run_id == plan.scenarios["baseline"].run_id(1)
    assert sorted(set(finished.rows["month"])) == [1, 2]
    assert np.isfinite(finished.rows["value"]).all()
    assert finished.summary["seed"] == 1 and finished.summary["population"] > 50


def test_processes_listen_on_this_machine_only():
    with cluster(2) as client:
        assert client.scheduler.address.startswith("tcp://127.0.0.1")
        assert all(address.startswith("tcp://127.0.0.1") for address in client.scheduler_info()["workers"])
        if os.path.exists("/proc/self/net/tcp"):
            assert not _listening_elsewhere()


def _listening_elsewhere() -> list[str]:
    """Sockets of this process that listen on another address than the loopback."""
    mine = {
        os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if os.path.islink(f"/proc/self/fd/{n}")
    }
    found = []
    with open("/proc/self/net/tcp") as file:
        for line in list(file)[1:]:
            part = line.split()
            if part[3] == "0A" and f"socket:[{part[9]}]" in mine:
                address = socket.inet_ntoa(bytes.fromhex(part[1].split(":")[0])[::-1])
                if not address.startswith("127."):
                    found.append(address)
    return found


def test_batches_hold_every_run_once_and_leave_each_process_its_share():
    planned = [Planned(str(k), "a", k) for k in range(7)]
    batches = list(in_batches(planned, dict.fromkeys("0123456", 0.1), 2))
    assert [one for batch in batches for one in batch] == planned
    assert len(batches) == 2
    assert [len(batch) for batch in in_batches(planned, dict.fromkeys("0123456", 100.0), 2)] == [1] * 7


def test_runs_that_cannot_fit_into_memory_are_refused_before_the_first(monkeypatch, tmp_path):
    monkeypatch.setattr(runs, "memory", lambda: 1e9)
    plan = Plan("large", {"baseline": compose(["population=20000000", "months=1"])})
    with pytest.raises(StoreError, match="GB"):
        run_plan(plan, tmp_path / "out")


def test_scenarios_with_other_seeds_do_not_pair():
    with pytest.raises(ValueError, match="seeds"):
        Plan("x", {"a": compose(["seeds=2"]), "b": compose(["seeds=3"])})


def test_a_result_that_is_not_finite_is_no_result(monkeypatch):
    class Fake:
        def __init__(self, setup):
            self.recorder = self

        def run(self):
            return self

        def rows(self):
            return {"month": np.array([1]), "indicator": np.array(["poverty"]), "group": np.array(["all"]),
                    "value": np.array([np.nan])}  # fmt: skip

    monkeypatch.setattr("sim.model.Remesa", Fake)
    with pytest.raises(runs.RunError, match="poverty of all is nan in month 1"):
        run_one(compose(["months=1"]).tree, 1)
