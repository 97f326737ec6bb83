"""Comparing cases with a baseline, seed by seed, until enough is known; never until a sign appears."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from experiments.effects import LEVEL, Effect, quantile
from experiments.run import Outcome, Plan, Progress, run_plan
from experiments.store import Planned, Store

FEWEST = 5  # seeds before a width is trusted
MOST = 200  # seeds, unless more are allowed


def seeds_needed(differences: Sequence[float], width: float, level: float = LEVEL) -> int:
    """Seeds after which the interval of the mean difference should be no wider than that, from its spread so far.

    The smallest n with ``2 t(n - 1) s / sqrt(n) <= width``, s the standard deviation of the differences. The sign
    and the size of the effect play no part.

    References
    ----------
    Stein (1945), Annals of Mathematical Statistics 16(3), 243-258: two-stage samples of given width.
    """
    spread = float(np.std(differences, ddof=1))
    count = max(2, math.ceil((2.0 * quantile(10**6, level) * spread / width) ** 2))
    while 2.0 * quantile(count - 1, level) * spread / math.sqrt(count) > width:
        count += 1
    return count


def until_narrow(
    plan: Plan, folder: str, look: Callable[[], list[tuple[Effect, float]]], *, fewest: int = FEWEST,
    progress: Progress | None = None, **options: Any,
) -> Outcome:  # fmt: skip
    """Run seeds of a plan, some at a time, until every interval looked at is as narrow as asked for.

    Parameters
    ----------
    plan : with as many seeds as are allowed at most
    look : gives, from what is stored so far, effects with the width asked for each
    fewest : seeds that are run at first
    """
    seeds = list(plan.seeds)
    runs = plan.runs()
    already = done = 0
    failed: tuple[str, ...] = ()
    count = min(max(fewest, 2), len(seeds))
    while True:
        last = seeds[count - 1]

        def these(missing: Sequence[Planned], workers: int, last: int = last) -> Sequence[Planned]:
            return [planned for planned in missing if planned.seed <= last]

        outcome = run_plan(plan, folder, first=these, then=lambda workers: False, progress=progress, **options)
        already = already or outcome.already if not done else already
        done += outcome.done
        failed += outcome.failed
        if outcome.failed:
            break
        wide = [(one, width) for one, width in look() if one.high - one.low > width]
        if not wide or count == len(seeds):
            break
        wanted = max(seeds_needed(one.differences, width, one.level) for one, width in wide)
        count = min(len(seeds), max(count + 1, min(wanted, 2 * count)))
    planned = len({one.run_id for one in runs if one.seed <= seeds[count - 1]})
    return Outcome(str(Store(folder).folder), planned, already, done, failed)
