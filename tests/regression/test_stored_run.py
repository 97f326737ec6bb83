"""Results do not change unless somebody means it: one stored run, to six digits.

After a change that is meant to change results:  python -m tests.regression.update
"""

import importlib.util
import json
import pathlib

import pytest

HERE = pathlib.Path(__file__).parent


def renewal():
    """The module that makes the stored run."""
    found = importlib.util.spec_from_file_location("regression_update", HERE / "update.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def difference(stored, now) -> list[str]:
    """One line for each number that is new, gone or another, the largest change first."""

    def flat(run):
        return {
            (seed, name, month): value
            for seed, series in run.items()
            for name, values in series.items()
            for month, value in values.items()
        }

    one, other = flat(stored), flat(now)
    found = []
    for key in one.keys() | other.keys():
        before, after = one.get(key), other.get(key)
        if before is None or after is None:
            found.append((float("inf"), f"{', '.join(key)}: {'new' if before is None else 'gone'}"))
        elif abs(after - before) > 2e-6 * max(abs(before), abs(after)):
            change = abs(after / before - 1.0) if before else float("inf")
            found.append((change, f"{', '.join(key)}: {before:g} was stored, now {after:g}"))
    return [line for _, line in sorted(found, key=lambda row: (-row[0], row[1]))]


def test_results_are_those_stored(small_world):
    small_world(population=200, burn_in=0)  # compiled, whoever comes first
    stored = json.loads((HERE / "stored_run.json").read_text(encoding="utf-8"))
    apart = difference(stored, renewal().stored_run())
    if apart:
        shown = "\n  ".join([*apart[:30], *([f"... and {len(apart) - 30} more"] if len(apart) > 30 else [])])
        pytest.fail(f"{len(apart)} results changed:\n  {shown}\n"
                    "If that is meant:  python -m tests.regression.update", pytrace=False)  # fmt: skip


def test_a_difference_is_told_in_words():
    stored = {"seed 1": {"gini": {"month 1": 0.4, "month 2": 0.5}, "firms": {"month 1": 40.0}}}
    now = {"seed 1": {"gini": {"month 1": 0.4, "month 2": 0.6}, "loans": {"month 1": 1.0}}}
    assert difference(stored, stored) == []
    assert difference(stored, now) == [
        "seed 1, firms, month 1: gone",
        "seed 1, loans, month 1: new",
        "seed 1, gini, month 2: 0.5 was stored, now 0.6",
    ]
