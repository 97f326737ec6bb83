"""The village of the lessons: forty households by name, month by month, in one file that needs nothing else.

The model is run when the page is made: once as it is, and once for each arrow switched off. What the page
shows is counted in the tables after each month; its sentences come from the records of the decisions.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from analysis import sentences
from analysis.lives import Who, happenings, keyed, place_name, story
from analysis.pages import asset, json_block, part, policy, words, write
from scenarios import library
from scenarios.configuration import Configuration, compose
from sim.codes import Event, Sector, Sex, Status

PLACE = "teaching_toy_village"
MONTHS, SEED = 60, 1
LATELY = 6  # months in which somebody's transfers count as what the household lives on
LETTERS = "csiueoa."  # one letter a status: what people do in a month, as one string a person
CITY = "t"  # away within the country
CHARTS: dict[str, tuple[str, str]] = {
    "participation_women": ("Women in the labour force", "% of women 15 and older"),
    "participation_men": ("Men in the labour force", "% of men 15 and older"),
    "prevalence": ("Away", "% of the village's adults"),
    "received": ("Money received", "coins a month, all households"),
    "price_ratio": ("Prices of local goods", "prices of goods from outside are 1"),
    "non_recipients": ("Real income of households without remittances", "coins a head and month"),
    "gini": ("Inequality of consumption", "Gini, 0 to 1"),
    "newcomers": ("Newcomers in jobs", "people from places with lower pay"),
    "exporting": ("Jobs in firms that sell outside", "jobs"),
    "care": ("Unpaid care of women", "hours a month, each"),
}
"""What is drawn beneath the village: title and unit."""


@dataclasses.dataclass(frozen=True)
class Arrow:
    """One causal arrow that can be switched off: its ids, what it says, and the switches that are its off."""

    key: str
    ids: tuple[str, ...]
    title: str
    off: tuple[str, ...]
    says: str


def arrows() -> list[Arrow]:
    """The arrows of `scenarios/lessons/arrows.yaml`, in their order."""
    found = words("arrows")["arrows"]
    return [
        Arrow(key, tuple(one["ids"]), one["title"], tuple(one["off"]), " ".join(one["says"].split()))
        for key, one in found.items()
    ]


# ---- one run, watched


@dataclasses.dataclass
class Person:
    """What the page knows of one person."""

    identity: int
    name: str
    woman: bool
    born: int
    newcomer: bool
    mother: int = -1
    spouse: int = -1
    states: list[str] = dataclasses.field(default_factory=list)
    homes: list[tuple[int, int]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Watched:
    """One run: people, households, what was seen of them each month, and their stories."""

    people: dict[int, Person]
    homes: dict[int, str]
    started: dict[int, int]
    received: dict[int, list[int]]
    income: dict[int, list[int]]
    series: dict[str, list[float]]
    stories: list[tuple[int, int, int, str]]

    @property
    def months(self) -> int:
        """Months after the start."""
        return len(self.series["prevalence"]) - 1


def settled(seed: int = SEED, months: int = MONTHS) -> Any:
    """The village after its burn-in, every arrow on: where all villages of one seed begin."""
    from experiments.worlds import started

    return started(configuration(months=months), seed)


def configuration(overrides: Sequence[str] = (), months: int = MONTHS) -> Configuration:
    """The village with some switches set."""
    return compose([f"territory={PLACE}", f"months={months}", *overrides], "village")


def watch(start: Any, overrides: Sequence[str] = ()) -> Watched:
    """Run the village on from its start under the given switches, and note each month what everybody does."""
    from experiments.worlds import twin

    seed, months = start.setup.seed, start.setup.months
    other = configuration(overrides, months)
    model = twin(start, other)
    seen = Watched({}, {}, {}, {}, {}, {name: [] for name in CHARTS}, [])
    note(model, seen, 0, seed)
    for month in range(1, months + 1):
        model.step()
        note(model, seen, month, seed)
    for person in seen.people.values():
        person.states += ["."] * (months + 1 - len(person.states))
    tell(model, seen, [place_name(one.name) for one in other.inputs.destinations])
    return seen


def note(model: Any, seen: Watched, month: int, seed: int) -> None:
    """What one can see at the end of a month."""
    population = model.population
    persons, households, migrants = population.persons, population.households, population.migrants
    ids, home_ids = persons.id.tolist(), households.id.tolist()
    away = population.destinations.abroad[migrants.destination] if migrants.count else np.zeros(0)
    order = np.lexsort((persons.id, persons.birth_month, households.id[persons.household]))
    for i in order.tolist():
        if persons.status[i] == Status.ABSENT:
            continue
        identity, home = ids[i], home_ids[persons.household[i]]
        one = seen.people.get(identity)
        if one is None:
            one = seen.people[identity] = named(seen, persons, i, identity, home, seed)
            one.states = ["."] * month
        letter = LETTERS[persons.status[i]]
        if letter == "a" and not away[persons.spell[i]]:
            letter = CITY
        one.states += ["."] * (month - len(one.states)) + [letter]
        for name in ("mother", "spouse"):
            relative = getattr(persons, name)[i]
            if relative >= 0:
                setattr(one, name, ids[relative])
        if not one.homes or one.homes[-1][1] != home:
            one.homes.append((month, home))
        if home not in seen.homes:
            begin_home(seen, home, one, month, seed)
    for h, home in enumerate(home_ids):
        if home in seen.homes:
            for store, column in ((seen.received, households.receipt), (seen.income, households.income)):
                values = store.setdefault(home, [0] * month)
                values += [0] * (month - len(values)) + [round(float(column[h]))]
    look(model, seen)


def look(model: Any, seen: Watched) -> None:
    """The figures of the whole village."""
    population, recorder = model.population, model.recorder
    firms, persons = population.firms, population.persons
    outside = (firms.open == 1) & (firms.sector == Sector.TRADABLE)
    incomers = (persons.newcomer == 1) & (persons.status == Status.EMPLOYED)
    own = {
        "received": float(population.households.receipt.sum()),
        "exporting": float(firms.jobs[outside].sum()),
        "newcomers": float(incomers.sum()),
    }
    from_recorder = {"non_recipients": "real_income_non_recipients", "care": "care_hours_women"}
    for name, values in seen.series.items():
        found = own[name] if name in own else recorder.series(from_recorder.get(name, name))[-1]
        values.append(round(float(found), 3))


def named(seen: Watched, persons: Any, i: int, identity: int, home: int, seed: int) -> Person:
    """A person's name, by a keyed draw among those the household does not have yet."""
    woman = persons.sex[i] == Sex.WOMAN
    taken = {one.name for one in seen.people.values() if one.homes and one.homes[-1][1] == home}
    names = library_names()["women" if woman else "men"]
    first = keyed((seed, identity), names, taken)
    return Person(identity, first, bool(woman), int(persons.birth_month[i]), bool(persons.newcomer[i]))


def begin_home(seen: Watched, home: int, first: Person, month: int, seed: int) -> None:
    """A household's name: those of the start have one each; later ones that of who founds them."""
    families = library_names()["families"]
    before = {name for name, begun in ((seen.homes[key], seen.started[key]) for key in seen.homes) if begun == 0}
    if month == 0:
        name = keyed((seed, home), families, before)
    elif len(first.homes) > 1:
        name = f"{first.name} {seen.homes[first.homes[0][1]].split()[-1]}"
    else:
        name = f"{first.name} {keyed((seed, home), families)}"
    seen.homes[home], seen.started[home] = name, month


def library_names() -> dict[str, list[str]]:
    """The names of the village."""
    return words("names")


# ---- stories


def tell(model: Any, seen: Watched, places: Sequence[str]) -> None:
    """Put what was recorded into sentences, by person and the household of that time."""
    sent: dict[int, list[tuple[int, int]]] = {}  # household: month and sender
    first: dict[tuple[int, int], list[tuple[int, float]]] = {}  # month and household: who sent it something, and what
    known: set[int] = set()
    told = list(happenings(model.recorder.histories()))
    at_once = {(one.month, one.person) for one in told if one.event == Event.OWN_ACCOUNT}
    for one in told:
        if one.event == Event.ENTERED_LABOUR_FORCE and (one.month, one.person) in at_once:
            continue  # looked for work and began on own account in the same month: told once
        month, home, who = one.month, one.household, seen.people.get(one.person)
        if who is None or home not in seen.homes:
            continue
        if one.event == Event.REMITTED:
            sent.setdefault(home, []).append((month, one.person))
            if one.person not in known:
                known.add(one.person)
                first.setdefault((month, home), []).append((one.person, one.value))
            continue
        lately = dict.fromkeys(p for m, p in sent.get(home, []) if month - LATELY <= m <= month and p != one.person)
        said = story(one, Who(who.name, who.woman), senders(seen, who, list(lately)), places)
        if said:
            seen.stories.append((month, one.person, home, said))
    for (month, home), those in first.items():
        names = sentences.listed([seen.people[person].name for person, _ in those])
        sums = sentences.listed([f"{value:,.0f}" for _, value in those])
        said = f"{names} sent money home: {sums}, for the first time in these months."
        seen.stories.append((month, those[0][0], home, said))
    seen.stories.sort(key=lambda one: one[0])


def senders(seen: Watched, who: Person, sent: Sequence[int]) -> list[str]:
    """Who sent of late, as relatives; many only by their number."""
    if len(sent) > 2:
        return [f"{len(sent)} relatives away"]
    return [kin(seen, who, seen.people[one]) for one in sent]


def kin(seen: Watched, who: Person, other: Person) -> str:
    """Another person as one's relative: her brother Modou."""
    her = "her" if who.woman else "his"
    mother = seen.people.get(who.mother)
    if other.identity == who.spouse:
        relation = "wife" if other.woman else "husband"
    elif other.identity == who.mother:
        relation = "mother"
    elif mother is not None and other.identity == mother.spouse:
        relation = "father"
    elif other.mother == who.identity or (who.spouse != -1 and other.mother == who.spouse):
        relation = "daughter" if other.woman else "son"
    elif other.mother != -1 and other.mother == who.mother:
        relation = "sister" if other.woman else "brother"
    else:
        return f"{her} relative {other.name}"
    return f"{her} {relation} {other.name}"


# ---- the page


def packed(seen: Watched) -> dict[str, Any]:
    """One run as the page reads it: people and households by number."""
    homes = {home: k for k, home in enumerate(seen.homes)}
    people = {identity: k for k, identity in enumerate(seen.people)}
    return {
        "people": [
            {
                "n": one.name,
                "w": int(one.woman),
                "b": one.born,
                "x": int(one.newcomer),
                "s": "".join(one.states),
                "h": [[month, homes[home]] for month, home in one.homes],
            }
            for one in seen.people.values()
        ],
        "homes": [
            {
                "n": name,
                "t": seen.started[home],
                "r": seen.received.get(home, []),
                "y": seen.income.get(home, []),
            }
            for home, name in seen.homes.items()
        ],
        "series": seen.series,
        "stories": [[month, people[person], homes[home], said] for month, person, home, said in seen.stories],
    }


def worlds(
    seed: int = SEED, months: int = MONTHS, progress: Callable[[int, int], None] | None = None
) -> dict[str, Watched]:
    """The village as it is, and once without each arrow; the same luck in all."""
    chosen, start = arrows(), settled(seed, months)
    made = {"": watch(start)}
    for done, arrow in enumerate(chosen, 1):
        if progress:
            progress(done, len(chosen) + 1)
        made[arrow.key] = watch(start, arrow.off)
    if progress:
        progress(len(chosen) + 1, len(chosen) + 1)
    return made


def page(runs: dict[str, Watched], seed: int) -> str:
    """The page: data, style and one script, whose hash alone may run."""
    from analysis.report import template

    first = runs[""]
    inputs = library.load_territory(PLACE)["inputs"]
    chosen = [one for one in arrows() if one.key in runs]
    titles = {
        one.key: (f"Without: {one.title}", f"{one.says} (Of the channels: {', '.join(one.ids)}.)") for one in chosen
    }
    code = asset("village.js") + BEGIN
    return str(
        template("village.html.j2").render(
            data=json_block(as_shown(runs, titles)),
            style=part("page.css"),
            own_style=asset("village.css"),
            script=code,
            policy=policy(code),
            months=first.months,
            seed=seed,
            title=inputs["title"],
            homes=len({one.homes[0][1] for one in first.people.values() if one.states[0] not in ".at"}),
        )
    )


BEGIN = """
window.remesaVillage(document.getElementById("village"), JSON.parse(document.getElementById("data").textContent));
"""


def as_shown(runs: dict[str, Watched], titles: dict[str, tuple[str, str]], **more: Any) -> dict[str, Any]:
    """What the drawing takes: the village as it is under the empty key, others by theirs, with title and words."""
    first = runs[""]
    return {
        "months": first.months,
        "charts": [[name, *about] for name, about in CHARTS.items()],
        "none": f"{sentences.NO_DIFFERENCE} in these months.",
        "choices": [["", "As it is: every arrow on", ""], *([key, *said] for key, said in titles.items())],
        "worlds": {key: packed(seen) | {"same": key != "" and alike(seen, first)} for key, seen in runs.items()},
        **more,
    }


def alike(one: Watched, other: Watched) -> bool:
    """Whether two villages show exactly the same."""
    return one.series == other.series and one.stories == other.stories and one.received == other.received


# ---- the command


def takes_village(parser: argparse.ArgumentParser) -> None:
    """Arguments of `remesa village`."""
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help=f"the luck of the village; {SEED}")
    parser.add_argument("--months", type=int, default=MONTHS, metavar="N", help=f"months; {MONTHS}")
    parser.add_argument("--out", default="results/village.html", metavar="FILE", help="results/village.html")


def do_village(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa village`."""
    from analysis.talk import CommandError, console, progress

    if not 1 <= options.months <= 240:
        raise CommandError(f"--months {options.months}: give 1 to 240")
    if not 0 <= options.seed <= 2**62:
        raise CommandError(f"--seed {options.seed}: give 0 or more")
    with progress(options, "village") as (bar, _):
        runs = worlds(options.seed, options.months, bar)
    path = write(page(runs, options.seed), options.out)
    console(options).print(f"The village: {path}")
    return {"command": "village", "page": str(path), "worlds": len(runs), "seed": options.seed}
