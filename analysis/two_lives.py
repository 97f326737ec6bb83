"""One simulated household in both worlds: the same people and the same luck, and what the package makes of them.

The first pair of worlds of a comparison is run once more, as it was stored, and this time lives are kept.
"""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.figures import BLUE, GREY, Drawing, canvas, cause, legend, lines, numbers_on, styled, suffix, years
from analysis.lives import Happening, Who, happenings, place_name, story
from analysis.sentences import unit_words
from scenarios.configuration import Configuration, check
from sim.codes import Event, Sex, Status
from sim.mechanism import code_hash

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.load import Results

LARGEST = 20_000  # people; of a larger town not everybody's life is kept
MEMBERS = (3, 8)  # of a household that is shown: few enough to follow each
LONGEST = 12  # events that are told of each world
SHARED = 4  # of them at most that happen in both
NOBODY = "No household of this place has enough members."
UNTOLD = (Event.REMITTED, Event.STAYED_OUT)  # what happens so often that it would hide the rest


@dataclasses.dataclass(frozen=True)
class Lives:
    """A household in both worlds."""

    households: int
    differing: int  # households in which something happens otherwise
    members: tuple[str, ...]
    without: tuple[tuple[int, str, bool], ...]  # month, what happened, whether it happened in this world only
    treated: tuple[tuple[int, str, bool], ...]
    left_out: int  # events beyond the longest list
    money: pd.DataFrame  # title, unit, scenario, month, mean


@dataclasses.dataclass
class Followed:
    """One world, its life events and what its households consume, month by month."""

    events: list[Happening]
    consumption: list[dict[int, float]]


def refused(results: Results, policy: str, baseline: str) -> str:
    """Why lives cannot be told from these results; empty where they can."""
    sizes = [int(results.configuration(name).get("population") or 0) for name in (policy, baseline)]
    if results.sweep.get("code") != code_hash():
        return "These results were made by another version of the model, so no life can be told from them."
    if max(sizes) > LARGEST:
        return f"Of places of more than {LARGEST:,} people no single life is told."
    return ""


def two_lives(results: Results, policy: str, baseline: str) -> Lives | None:
    """The household in which the package changes most, told from the records of its decisions."""
    trees = (results.configuration(name) for name in (baseline, policy))
    return between(*trees, seed=results.seeds[0], currency=results.currency)


def between(baseline: dict[str, Any], policy: dict[str, Any], *, seed: int, currency: str) -> Lives | None:
    """The same from two configurations as they are stored; it can be asked of another process."""
    from experiments.worlds import started, twin

    without, treated = check(baseline), check(policy)
    model = started(without, seed)
    homes = of_households(model)
    same = without.parameters == treated.parameters and without.inputs == treated.inputs
    first = follow(twin(model), without)
    second = follow(twin(model, treated) if same else started(treated, seed), treated)
    return chosen(model, homes, first, second, currency, [place_name(one.name) for one in without.inputs.destinations])


def of_households(model: Any) -> dict[int, list[int]]:
    """Rows of the people of each household at the start, those away included."""
    persons = model.population.persons
    found: dict[int, list[int]] = collections.defaultdict(list)
    for row in np.flatnonzero(persons.status != Status.ABSENT).tolist():
        found[int(model.population.households.id[persons.household[row]])].append(row)
    return dict(found)


def follow(model: Any, configuration: Configuration) -> Followed:
    """Run a world to its end and keep what happened in it."""
    kept: list[dict[int, float]] = []
    for _ in range(configuration.months):
        model.step()
        households = model.population.households
        kept.append(dict(zip(households.id.tolist(), households.consumption.tolist(), strict=True)))
    events = [one for one in happenings(model.recorder.histories(), first=0) if one.event not in UNTOLD]
    return Followed(events, kept)


def chosen(
    model: Any, homes: dict[int, list[int]], first: Followed, second: Followed, currency: str, places: list[str]
) -> Lives | None:
    """The household with the most events in one world only; of equals the one with the lowest id."""
    persons = model.population.persons
    home_of = {int(persons.id[row]): home for home, rows in homes.items() for row in rows}
    told = [{(one.month, one.person, one.event): one for one in world.events} for world in (first, second)]
    only: collections.Counter[int] = collections.Counter()
    for key in told[0].keys() ^ told[1].keys():
        if key[1] in home_of:
            only[home_of[key[1]]] += 1
    able = [home for home, rows in homes.items() if MEMBERS[0] <= len(rows) <= MEMBERS[1]]
    if not able:
        return None
    home = min(able, key=lambda one: (-only[one], one))
    names = named(model, homes[home])
    lists, left_out = [], 0
    for mine, other in ((told[0], told[1]), (told[1], told[0])):
        rows = []
        for key, one in mine.items():
            said = story(one, names[key[1]], places=places) if key[1] in names else ""
            if said:
                rows.append((one.month + 1, said, key not in other))
        kept = shortened(rows)
        left_out += len(rows) - len(kept)
        lists.append(kept)
    frames = [
        pd.DataFrame(
            {
                "indicator": "consumption",
                "title": "Consumption of the household",
                "unit": f"{currency}/month",
                "scenario": scenario,
                "month": np.arange(1, len(world.consumption) + 1),
                "mean": [float(month.get(home, np.nan)) for month in world.consumption],
            }
        )
        for scenario, world in (("without", first), ("with", second))
    ]
    return Lives(
        households=len(homes),
        differing=sum(1 for one in homes if only[one]),
        members=tuple(who.name for who in names.values()),
        without=lists[0],
        treated=lists[1],
        left_out=left_out,
        money=pd.concat(frames, ignore_index=True),
    )


def shortened(rows: list[tuple[int, str, bool]]) -> tuple[tuple[int, str, bool], ...]:
    """The first events that happen in one world only, and some of those in both, in the order of months."""
    own = [row for row in rows if row[2]][: LONGEST - SHARED]
    shared = [row for row in rows if not row[2]][: max(SHARED, LONGEST - len(own)) if not own else SHARED]
    return tuple(row for row in rows if row in own or row in shared)


def named(model: Any, rows: list[int]) -> dict[int, Who]:
    """The members by what one can see of them: sex and age at the start; the eldest first."""
    persons, found = model.population.persons, {}
    seen: collections.Counter[str] = collections.Counter()
    for row in sorted(rows, key=lambda k: (int(persons.birth_month[k]), int(persons.id[k]))):
        age, woman = int(-persons.birth_month[row]) // 12, persons.sex[row] == Sex.WOMAN
        kind = ("girl" if woman else "boy") if age < 15 else ("woman" if woman else "man")
        name = f"The {kind} of {age}"
        seen[name] += 1
        if seen[name] > 1:
            name = f"The {('other', 'third', 'fourth')[min(seen[name], 4) - 2]} {kind} of {age}"
        found[int(persons.id[row])] = Who(name, bool(woman))
    return found


@styled
def paint_money(frame: pd.DataFrame, narrow: bool, since: str) -> Figure:
    """What the household consumes in each world; the line ends where the household does."""
    figure, grid = canvas(1, 1, 2.6, narrow)
    axes = grid[0, 0]
    axes.set_title(lines(f"{frame['title'].iloc[0]}{suffix(unit_words(str(frame['unit'].iloc[0])))}", True, 36))
    for scenario, colour, dash in (("without", GREY, (0, (4, 2))), ("with", BLUE, "solid")):
        some = frame[frame["scenario"] == scenario]
        axes.plot(some["month"], some["mean"], color=colour, linestyle=dash, label=f"{scenario} {cause(frame)}")
    axes.set_ylim(bottom=0)
    numbers_on(axes)
    years(axes, frame, f"years since {since or 'the start'}")
    legend(figure, axes)
    return figure


MONEY = Drawing("The household's consumption", lambda *_: pd.DataFrame(), paint_money, "One household of one pair.")
