"""Diagrams of the course module as the model fills them in: boxes in our own words, each with the number behind it.

What a box shows comes from the worlds of its lesson: the level in the place as it is, and what a change does to it.
Where the model counts nothing for a box, the box says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from analysis import sentences
from analysis.headlines import strip

NO_NUMBER = "The model counts nothing for this."


@dataclasses.dataclass(frozen=True)
class Box:
    """One box: what it says, which outcome stands for it, and the two worlds that are set beside each other."""

    title: str
    text: str
    group: str = ""
    outcome: str = ""
    world: str = ""
    against: str = "base"
    contrast: str = ""  # what the change is, at the beginning of a sentence


@dataclasses.dataclass(frozen=True)
class Diagram:
    """One figure of the course module."""

    figure: int
    title: str
    note: str
    boxes: tuple[Box, ...]

    @property
    def groups(self) -> dict[str, list[int]]:
        """Boxes by the heading they stand under, in the order of the file."""
        found: dict[str, list[int]] = {}
        for k, box in enumerate(self.boxes):
            found.setdefault(box.group, []).append(k)
        return found


@dataclasses.dataclass(frozen=True)
class Filled:
    """What stands in a box when the class has seen enough of it empty."""

    box: Box
    level: str
    own: str  # the level in the class's own world
    said: str
    strip: dict[str, float] | None
    shows: bool


def diagrams(content: dict[str, Any]) -> tuple[Diagram, ...]:
    """The diagrams of a lesson's file; what is said of a whole diagram holds for each of its boxes."""
    made = []
    for one in content.get("diagrams", []):
        shared = {key: one[key] for key in ("world", "against", "contrast") if key in one}
        boxes = tuple(Box(**{**shared, **box}) for box in one["boxes"])  # an unknown key is a TypeError
        made.append(Diagram(one["figure"], one["title"], one.get("note", ""), boxes))
    return tuple(made)


def filled(diagram: Diagram, found: Sequence[dict[str, dict[str, float]]], currency: str) -> list[Filled]:
    """Each box with the numbers of the seeds, the first of which is that of the class."""
    return [fill(box, found, currency) for box in diagram.boxes]


def fill(box: Box, found: Sequence[dict[str, dict[str, float]]], currency: str) -> Filled:
    """One box: the level of the place as it is, and the change in a sentence."""
    from analysis.lessons import unit_of
    from experiments.effects import paired

    if not box.outcome:
        return Filled(box, "", "", NO_NUMBER, None, False)
    name, _, group = box.outcome.partition("@")
    unit = unit_of(name, currency)
    own = [one["base"][box.outcome] for one in found]
    level, first = sentences.level(own, unit, name), sentences.number(own[0], 3)
    if not box.world:
        return Filled(box, level, first, "", None, False)
    pairs = [[one[world][box.outcome] for one in found] for world in (box.against, box.world)]
    effect = paired(name, *pairs, unit=unit, group=group or "all")
    said = sentences.brief(box.contrast, effect, unit, name)
    return Filled(box, level, first, said, strip(effect), effect.shows)
