"""Life histories in words: what happened to a person or a household, when and why, in one world or in two.

Everything is read from the events that the mechanisms recorded when they decided; nothing is guessed
afterwards. ``history(model, person=ID)`` is one life as dated lines, ``side_by_side(baseline, policy,
person=ID)`` the same life in two worlds with the same luck.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from analysis.lives import Who, amount, place_name, story
from analysis.talk import CommandError, console, table
from sim.codes import Event, Sex
from sim.mechanisms.vital import TAKEN_OUT
from sim.recorder import Happening

if TYPE_CHECKING:
    from sim.model import Remesa

REPEATED = (Event.REMITTED, Event.TRAINED)  # month after month: told once, with how often


@dataclasses.dataclass(frozen=True)
class Line:
    """One dated line of a life.

    Attributes
    ----------
    month, last : month after the burn-in, and the last one where the same went on
    text : an English sentence
    happenings : the events it tells of
    """

    month: int
    last: int
    text: str
    happenings: tuple[Happening, ...]

    @property
    def date(self) -> str:
        """The months as year and month of the run."""
        first, last = date(self.month), date(self.last)
        return first if first == last else f"{first} to {last}"


@dataclasses.dataclass(frozen=True)
class Words:
    """What sentences need to know of a world: its destinations, and who people are."""

    destinations: tuple[str, ...]
    of_whom: Callable[[int], tuple[int, int] | None]
    names: dict[int, str]

    @classmethod
    def of(cls, model: Remesa, names: dict[int, str] | None = None) -> Words:
        """Those of a model; ``names`` are for people by identity."""
        places = tuple(place_name(place.name) for place in model.setup.inputs.destinations)
        return cls(places, model.recorder.of_whom, dict(names or {}))

    def about(self, one: Happening) -> tuple[int, int]:
        """Sex and month of birth of the person something happened to."""
        found = self.of_whom(one.person)
        if found is None:
            raise LookupError(f"nobody has the identity {one.person}")
        return found

    def subject(self, one: Happening) -> str:
        """How a person is spoken of among others: by name, or by sex, age and the end of the identity."""
        if one.person in self.names:
            return self.names[one.person]
        sex, born = self.about(one)
        age = max(0, (one.month - 1 - born) // 12)
        kind = ("Woman", "Man") if age >= 15 else ("Girl", "Boy")
        return f"{kind[sex]} of {age} (..{one.person % 10000:04d})"


def date(month: int) -> str:
    """A month of the run as year and month; what came before month 1 counts backwards."""
    if month < 1:
        return "the month before" if month == 0 else f"{1 - month} months before"
    return f"year {(month - 1) // 12 + 1}, month {(month - 1) % 12 + 1}"


def sentence(one: Happening, words: Words, again: Sequence[Happening] = ()) -> str:
    """What happened and why, in English: "She found a job that pays 52,274 a month.".

    Money is in the place's own. Beside what `lives.story` tells of single events stands here what goes on for
    months and what an experimenter did.

    Parameters
    ----------
    again : the same in later months, told in the same sentence
    """
    woman = words.about(one)[0] == Sex.WOMAN
    name = words.names.get(one.person, "She" if woman else "He")
    her = "her" if woman else "his"
    if one.event == Event.REMITTED:
        times = f" in {1 + len(again)} transfers" if again else ""
        return f"{name} sent {her} household {amount(one.value + sum(other.value for other in again))}{times}."
    if one.event == Event.TRAINED:
        last = again[-1] if again else one
        return f"{name} was on a course: an hour of {her} work counts for {last.value:.2f} unskilled ones after it."
    if one.event == Event.DIED and one.reason == TAKEN_OUT:
        return f"{name} was taken out of the population by a shock, aged {one.value:.0f}."
    if one.event == Event.ARRIVED and not one.value:
        return f"{name} was brought to the place by a shock."
    if one.event == Event.FIRM_CLOSED:
        return f"The firm closed that {name if one.person in words.names else name.lower()} had opened or worked for."
    if one.event == Event.HOUSEHOLD_FORMED:
        return f"{name} founded a household of {her} own with {'her husband' if woman else 'his wife'}."
    return story(one, Who(name, woman), places=words.destinations)


def tell(happenings: Sequence[Happening], words: Words, named: bool = False) -> list[Line]:
    """Events as dated lines; ``named`` puts who it is before each sentence.

    What a person does month after month (sending money, being on a course) is told once until something else
    happens to that person.
    """
    runs: list[list[Happening]] = []
    open_run: dict[int, list[Happening]] = {}
    for one in sorted(happenings, key=lambda one: one.month):
        run = open_run.get(one.person)
        if run is not None and one.event in REPEATED and run[0].event == one.event:
            run.append(one)
            continue
        open_run[one.person] = run = [one]
        runs.append(run)
    lines = []
    for run in runs:
        text = sentence(run[0], words, run[1:])
        if named and run[0].person not in words.names:
            text = f"{words.subject(run[0])}: {text[0].lower()}{text[1:]}"
        lines.append(Line(run[0].month, run[-1].month, text, tuple(run)))
    return lines


def history(
    model: Remesa, *, person: int | None = None, household: int | None = None, names: dict[int, str] | None = None
) -> list[Line]:
    """The life of a person or of a household as dated lines.

    Raises
    ------
    LookupError
        When nothing is recorded under that identity.
    """
    found = model.recorder.life(person=person, household=household)
    if not found and not known(model, person, household):
        what = "person" if household is None else "household"
        raise LookupError(f"no {what} has the identity {person if household is None else household}")
    return tell(found, Words.of(model, names), named=household is not None)


def known(model: Remesa, person: int | None, household: int | None) -> bool:
    """Whether there is or was such a person, or is such a household."""
    if person is not None:
        return model.recorder.of_whom(person) is not None
    return int(model.population.households.rows_of(household)) >= 0


@dataclasses.dataclass(frozen=True)
class Lives:
    """One life in two worlds with the same luck.

    Attributes
    ----------
    rows : (line or None, line or None)
        Baseline and policy; what is the same in both stands in one row.
    parts : first month in which they differ, None if never
    """

    rows: tuple[tuple[Line | None, Line | None], ...]
    parts: int | None


def side_by_side(
    baseline: Remesa, policy: Remesa, *, person: int | None = None, household: int | None = None,
    names: dict[int, str] | None = None,
) -> Lives:  # fmt: skip
    """The same life in two worlds: what is the same stands in one row, what differs by its date.

    Raises
    ------
    LookupError
        When nothing is recorded under that identity in either world.
    """
    worlds: list[list[Line]] = []
    missing: LookupError | None = None
    for model in (baseline, policy):
        try:
            worlds.append(history(model, person=person, household=household, names=names))
        except LookupError as error:
            missing = error if not worlds or worlds[0] == [] else None
            worlds.append([])
    if missing is not None and not any(worlds):
        raise missing
    one, other = ({(line.month, line.last, line.text): line for line in lines} for lines in worlds)
    rows: list[tuple[Line | None, Line | None]] = [(line, other.get(key)) for key, line in one.items()]
    rows += [(None, line) for key, line in other.items() if key not in one]
    rows.sort(key=lambda row: (either(row).month, row[0] is None))
    return Lives(tuple(rows), next((either(row).month for row in rows if None in row), None))


def either(row: tuple[Line | None, Line | None]) -> Line:
    """The line of a row that is there."""
    found = row[0] or row[1]
    assert found is not None
    return found


def most_changed(baseline: Remesa, policy: Remesa | None = None, count: int = 1) -> list[int]:
    """Identities of the people whose lives differ most between two worlds; in one world, of the most eventful.

    Sending money and months on a course count once, whatever their number.
    """
    tallies: list[dict[int, dict[tuple[int, int], int]]] = []
    for model in (baseline, policy) if policy is not None else (baseline,):
        told = model.recorder.histories()
        kept = (told["event"] != Event.REMITTED) & (told["event"] != Event.TRAINED)
        of: dict[int, dict[tuple[int, int], int]] = {}
        for who, event, month in zip(
            *(told[name][kept].tolist() for name in ("person", "event", "month")), strict=True
        ):
            of.setdefault(who, {})[event, month] = 1
        tallies.append(of)
    everybody = sorted(set().union(*tallies))

    def size(who: int) -> int:
        lives = [set(of.get(who, {})) for of in tallies]
        return len(lives[0] ^ lives[1]) if len(lives) > 1 else len(lives[0])

    return sorted(everybody, key=lambda who: (-size(who), who))[:count]


# ---- the command


def takes_life(parser: argparse.ArgumentParser) -> None:
    """Whose life, and in which worlds."""
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="the world, as for run")
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--person", type=int, metavar="ID", help="identity of a person; none: whose life differs most")
    whose.add_argument("--household", type=int, metavar="ID", help="identity of a household")
    parser.add_argument("--count", type=int, default=1, metavar="N", help="how many lives, where no identity is given")


def do_life(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa life`: a life as dated lines, beside the same life without the policies and shocks."""
    from experiments.worlds import advance, started, twin
    from scenarios.configuration import compose

    policy = compose(options.overrides, "life")
    bare = [one for one in options.overrides if one.lstrip("+~").partition("=")[0].split(".")[0] not in CHOSEN]
    baseline = compose([*bare, "policies=[]", "shocks=[]"], "life")
    first = started(baseline, baseline.seed)
    worlds = [first]
    if policy.events != baseline.events or policy.parameters != baseline.parameters:
        worlds.append(twin(first, policy))
    for model in worlds:
        advance(model, policy.months)
    who: list[tuple[str, int]] = []
    if options.household is not None:
        who = [("household", options.household)]
    elif options.person is not None:
        who = [("person", options.person)]
    else:
        who = [
            ("person", one) for one in most_changed(worlds[0], worlds[1] if len(worlds) > 1 else None, options.count)
        ]
    found = []
    for kind, identity in who:
        try:
            lives = side_by_side(worlds[0], worlds[-1], **{kind: identity})  # type: ignore[arg-type]
        except LookupError as error:
            raise CommandError(f"{error}; lives of the same people are found by running without an identity") from None
        show(options, lives, f"{kind} {identity}", len(worlds) > 1, worlds[0], identity if kind == "person" else None)
        found.append(
            {
                kind: identity,
                "parts_in_month": lives.parts,
                "lines": [
                    {
                        "month": either(row).month,
                        "date": either(row).date,
                        "baseline": row[0].text if row[0] else None,
                        **({"policy": row[1].text if row[1] else None} if len(worlds) > 1 else {}),
                    }
                    for row in lives.rows
                ],
            }
        )
    return {"command": "life", "seed": policy.seed, "months": policy.months, "lives": found}


CHOSEN = ("policies", "shocks")


def show(
    options: argparse.Namespace, lives: Lives, title: str, two: bool, model: Remesa, person: int | None
) -> None:  # fmt: skip
    """Print one life, in one column or in two."""
    about = model.recorder.of_whom(person) if person is not None else None
    money = f"money in {model.setup.inputs.currency}"
    if about is not None:
        age = (-1 - about[1]) // 12
        born = f"aged {age} at the beginning" if age >= 0 else f"born in {date(about[1] + 1)}"
        title += f", a {'woman' if about[0] == Sex.WOMAN else 'man'} {born}"
    if two:
        where = "the two worlds part in " + date(lives.parts) if lives.parts is not None else "the same in both worlds"
        rows = [[either((a, b)).date, a.text if a else "", b.text if b else ""] for a, b in lives.rows]
        console(options).print(table(f"Life of {title}; {where}; {money}", ("when", "baseline", "policy"), rows))
    else:
        rows = [[a.date, a.text] for a, _ in lives.rows if a]
        console(options).print(table(f"Life of {title}; {money}", ("when", "what and why"), rows))
