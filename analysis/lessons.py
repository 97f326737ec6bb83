"""Lessons for a class: content from `scenarios/lessons`, what happens from the model, one page that prints.

A lesson says what will happen. Each such statement names two worlds, an outcome and a direction; it is tested
with the seed of the class and twenty others when the page is made, and the page says how often it held.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from analysis import sentences
from analysis.diagrams import Box, Diagram, diagrams, filled
from analysis.pages import json_block, part, policy, words, write

LESSON = 45  # minutes
KEYS = {
    "title", "activity", "inventory", "question", "groups", "objectives", "material", "plan", "longer", "cards",
    "zones", "map", "board", "place", "place_words", "worlds", "statements", "quiz", "columns", "studies", "look_for",
    "discuss", "summary", "teacher", "village", "kind", "diagrams", "instalments",
}  # fmt: skip
NEEDED = ("title", "inventory", "question", "groups", "objectives", "plan", "place", "statements", "discuss",
          "look_for", "summary", "teacher")  # fmt: skip
NOT_LESSONS = {"arrows", "names", "concepts"}
SIGNS = {"up": 1, "down": -1, "none": 0}
COUNTED = {"jobs_selling_outside": "jobs", "stopped_for_remittances": "people", "firms_opened": "businesses"}
"""Units of what lessons count beside the indicators of the model."""


class LessonError(ValueError):
    """A lesson's file that says something else than a lesson does: where, what, and what to do."""


@dataclasses.dataclass(frozen=True)
class Statement:
    """What a lesson says will happen."""

    key: str
    says: str
    ask: str
    world: str
    against: str
    outcome: str
    sign: int
    why: str

    @property
    def indicator(self) -> tuple[str, str]:
        """Name and group of the outcome."""
        name, _, group = self.outcome.partition("@")
        return name, group or "all"


@dataclasses.dataclass(frozen=True)
class Lesson:
    """One lesson: its content as it stands in the file, and its statements."""

    name: str
    content: dict[str, Any]
    statements: tuple[Statement, ...]

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.content["title"])

    @property
    def worlds(self) -> dict[str, list[str]]:
        """Overrides of every world, the place included."""
        from experiments.lessons import BASE

        place = self.content["place"]
        return {BASE: place} | {key: [*place, *more] for key, more in self.content.get("worlds", {}).items()}

    @property
    def currency(self) -> str:
        """Money of the place; coins in the village."""
        from scenarios.configuration import compose

        found = compose(self.content["place"], "lesson").inputs.currency
        return f"{found}s" if found == "coin" else found

    @property
    def outcomes(self) -> list[str]:
        """Every outcome that a statement or a box of a diagram names."""
        boxes = (box.outcome for diagram in self.diagrams for box in diagram.boxes if box.outcome)
        return sorted({*(one.outcome for one in self.statements), *boxes})

    @property
    def diagrams(self) -> tuple[Diagram, ...]:
        """Figures of the course module that the model fills in."""
        return diagrams(self.content)


def names() -> list[str]:
    """Names of the lessons, those of activities in their order."""
    found = [entry.name.removesuffix(".yaml") for entry in (files("scenarios") / "lessons").iterdir()
             if entry.name.endswith(".yaml")]  # fmt: skip
    return sorted(set(found) - NOT_LESSONS, key=lambda name: (words(name).get("activity", 99), name))


def lesson(name: str) -> Lesson:
    """One lesson, checked.

    Raises
    ------
    LessonError
        Where its file has an unknown or missing key, a plan that does not fit, or a statement about a world,
        outcome or direction that does not exist.
    """
    found = words(name)
    unknown, missing = set(found) - KEYS, [key for key in NEEDED if key not in found]
    if unknown or missing:
        raise LessonError(f"lessons/{name}.yaml: unknown keys {sorted(unknown)}, missing keys {missing}")
    for card in found.get("cards", {}).get("items", []):
        if set(card) != {"title", "text"}:
            raise LessonError(f"lessons/{name}.yaml: a card has {sorted(card)}; it has a title and a text, in quotes")
    minutes = sum(step["minutes"] for step in found["plan"])
    if minutes > LESSON:
        raise LessonError(f"lessons/{name}.yaml: the plan takes {minutes} minutes; a lesson has {LESSON}")
    statements = []
    for key, one in found["statements"].items():
        made = Statement(key, one["says"], one["ask"], one["world"], one.get("against", "base"), one["outcome"],
                         SIGNS[one["sign"]], one["why"])  # fmt: skip
        check(name, made, {"base", *found.get("worlds", {})})
        statements.append(made)
    try:
        drawn = diagrams(found)
    except TypeError as error:
        raise LessonError(f"lessons/{name}.yaml: diagrams: {error}") from None
    for diagram in drawn:
        for box in diagram.boxes:
            check_box(name, box, {"base", *found.get("worlds", {})})
    told = [key for part in found.get("instalments", []) for key in part["statements"]]
    if told and sorted(told) != sorted(found["statements"]):
        raise LessonError(f"lessons/{name}.yaml: each statement belongs to one instalment; instalments have {told}")
    return Lesson(name, found, tuple(statements))


def check_box(name: str, one: Box, worlds: set[str]) -> None:
    """A box of a diagram shows an outcome and worlds that exist, or nothing."""
    where = f"lessons/{name}.yaml: the box “{one.title}”"
    if one.world and ({one.world, one.against} - worlds or one.world == one.against or not one.contrast):
        raise LessonError(f"{where} compares {one.world} with {one.against}; worlds are {sorted(worlds)}")
    if one.outcome and not is_outcome(one.outcome):
        raise LessonError(f"{where} looks at {one.outcome}, which is no outcome")


def is_outcome(text: str) -> bool:
    """Whether something of that name is counted, of that group."""
    from sim.indicators import INDICATORS

    name, _, group = text.partition("@")
    return name in COUNTED or (name in INDICATORS and INDICATORS[name].covers(group or "all"))


def check(name: str, one: Statement, worlds: set[str]) -> None:
    """A statement is about worlds and an outcome that exist."""
    where = f"lessons/{name}.yaml: {one.key}"
    if {one.world, one.against} - worlds or one.world == one.against:
        raise LessonError(f"{where} compares {one.world} with {one.against}; worlds are {sorted(worlds)}")
    if not is_outcome(one.outcome):
        raise LessonError(f"{where} looks at {one.outcome}, which is no outcome")


# ---- what happened


@dataclasses.dataclass(frozen=True)
class Held:
    """A statement with what the seeds showed."""

    statement: Statement
    effect: Any
    held: int
    seeds: int
    in_class: bool
    of_class: float
    unit: str

    @property
    def how_often(self) -> str:
        """How often it held, and what to make of it."""
        against = sum(sign(value) == -self.statement.sign != 0 for value in self.effect.differences)
        return sentences.prediction(self.held, against, self.seeds)

    @property
    def verdict(self) -> str:
        """What to expect of it."""
        return sentences.expectation(self.held / self.seeds)

    @property
    def pick(self) -> str:
        """Which prediction the seeds bear out: a direction where the interval leaves out zero, else neither."""
        if self.effect.none:
            return "same"
        return ("up" if self.effect.mean > 0 else "down") if self.effect.shows else "open"

    @property
    def numbers(self) -> str:
        """Mean difference with its interval, and that of the class."""
        return sentences.difference(self.effect, self.unit, self.of_class)


def unit_of(name: str, currency: str) -> str:
    """Unit of an outcome, with the money of the place."""
    from analysis.figures import with_currency
    from sim.indicators import INDICATORS

    return COUNTED[name] if name in COUNTED else with_currency(INDICATORS[name].unit, currency)


def happened(one: Lesson, bench: Any, seeds: Sequence[int] | None = None) -> list[Held]:
    """Run the worlds of a lesson with every seed and set each statement beside them; what is stored is not run anew."""
    found = measured(one, bench, seeds)
    return [beside(statement, found, one.currency) for statement in one.statements]


def measured(one: Lesson, bench: Any, seeds: Sequence[int] | None = None) -> Any:
    """Every outcome of every world with every seed; what is stored is not run anew."""
    from experiments.lessons import SEEDS, ends

    return bench.measure(ends, one.worlds, list(seeds or SEEDS), outcomes=one.outcomes)


def beside(one: Statement, found: Sequence[dict[str, dict[str, float]]], currency: str = "money") -> Held:
    """One statement and what the seeds showed; the first seed is that of the class."""
    from experiments.effects import paired

    name, group = one.indicator
    pairs = [[seed[world][one.outcome] for seed in found] for world in (one.against, one.world)]
    unit = unit_of(name, currency)
    effect = paired(name, *pairs, unit=unit, group=group)
    held = [sign(value) == one.sign for value in effect.differences]
    return Held(one, effect, sum(held), len(held), held[0], effect.differences[0], unit)


def sign(value: float) -> int:
    """Direction of a difference."""
    return (value > 0) - (value < 0)


# ---- pages


def page(one: Lesson, found: Sequence[Held], bench: Any, seeds: Sequence[int] | None = None) -> str:
    """The lesson as one page."""
    from analysis import concept_map
    from analysis.report import template
    from experiments.lessons import SEEDS

    code = part("lesson.js")
    edges = [edge for edge in concept_map.edges() if edge.sign] if one.content.get("map") else []
    arrows = concept_map.measured(bench, one.content["place"], list(seeds or SEEDS)) if edges else {}
    data = {
        "lesson": one.name,
        "answers": {held.statement.key: held.pick for held in found},
        "signs": {edge.key: {1: "up", -1: "down"}[edge.sign] for edge in edges},
        "zones": {key: card["where"] for key, card in one.content.get("zones", {}).get("cards", {}).items()},
    }
    boxes = concept_map.concepts()
    ran = measured(one, bench, seeds) if one.diagrams else []
    by_key = {held.statement.key: held for held in found}
    told = [
        {**part, "found": [by_key[key] for key in part["statements"]]} for part in one.content.get("instalments", [])
    ]
    return str(
        template("lesson.html.j2").render(
            lesson={**dict.fromkeys(KEYS), **one.content},
            name=one.name,
            found=found,
            parts=told or [{"title": "", "found": found}],
            diagrams=[(diagram, filled(diagram, ran, one.currency)) for diagram in one.diagrams],
            seeds=len(found[0].effect.differences) if found else 0,
            data=json_block(data),
            style=part("page.css"),
            script=code,
            policy=policy(code),
            drawing=concept_map.drawing() if edges else "",
            edges=[
                {"edge": edge, "from": boxes[edge.source].title, "to": boxes[edge.target].title,
                 "shown": arrows[edge.key]} for edge in edges
            ],
            minutes=sum(step["minutes"] for step in one.content["plan"]),
            commands=[(key, "remesa run " + " ".join(quoted(word) for word in overrides))
                      for key, overrides in one.worlds.items()],
        )
    )  # fmt: skip


def quoted(word: str) -> str:
    """A word as a shell takes it."""
    return f"'{word}'" if set("[] *?$") & set(word) else word


# ---- the command


def takes_lesson(parser: argparse.ArgumentParser) -> None:
    """Arguments of `remesa lesson`."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="lessons; none given: all of them")
    parser.add_argument("--list", action="store_true", help="say which there are, and write nothing")
    parser.add_argument("--seeds", type=int, default=0, metavar="N", help="seeds, that of the class among them; 21")
    parser.add_argument("--workers", type=int, default=None, metavar="N", help="processes; by default as many as pay")
    parser.add_argument("--out", default="results/lessons", metavar="FOLDER", help="where pages are written")


def do_lesson(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa lesson`."""
    from analysis.talk import CommandError, console, near, progress, table
    from experiments.lessons import CLASS_SEED, SEEDS
    from experiments.worlds import Bench

    known = names()
    for name in options.names:
        if name not in known:
            raise CommandError(f"there is no lesson {name!r};{near(name, known)} see: remesa lesson --list")
    if options.seeds and not 1 <= options.seeds <= 1000:
        raise CommandError(f"--seeds {options.seeds}: give 1 to 1000")
    if options.list:
        rows = [[name, str(words(name).get("activity", "")), words(name)["title"]] for name in known]
        console(options).print(table("Lessons", ("name", "activity", "title"), rows))
        return {"command": "lesson", "list": [{"name": name, "title": title} for name, _, title in rows]}
    seeds = list(range(CLASS_SEED, CLASS_SEED + options.seeds)) if options.seeds else list(SEEDS)
    written: dict[str, Any] = {}
    for name in options.names or known:
        one = lesson(name)
        with progress(options, name) as (bar, _), Bench(workers=options.workers, progress=bar) as bench:
            found = happened(one, bench, seeds)
            path = write(page(one, found, bench, seeds), os.path.join(options.out, f"{name}.html"))
        console(options).print(f"{one.title}: {path}")
        written[name] = {
            "page": str(path),
            "statements": {held.statement.key: {"held": held.held, "seeds": held.seeds} for held in found},
        }
    return {"command": "lesson", "lessons": written}
