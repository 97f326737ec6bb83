"""The concept map of the class, drawn from the model: arrows and signs are those the mechanisms declare.

A mechanism declares that a higher value of one column moves another up or down. Which columns stand for which
concept is written in `scenarios/lessons/concepts.yaml`; two concepts are joined where a declaration joins their
columns. How sure a sign is, is measured: the column is raised before its line, in the village, seed by seed.
"""

from __future__ import annotations

import dataclasses
import html
import math
from collections.abc import Sequence
from typing import Any

from analysis import sentences
from analysis.pages import words
from sim.mechanism import Mechanism
from sim.schedule import Schedule


@dataclasses.dataclass(frozen=True)
class Concept:
    """One box of the map."""

    key: str
    title: str
    x: float
    y: float
    columns: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Edge:
    """One arrow between two concepts; without a sign it is bookkeeping."""

    source: str
    target: str
    line: str
    says: str
    sign: int = 0
    column: str = ""
    outcome: str = ""
    factor: float = 1.0
    shift: float = 0.0

    @property
    def key(self) -> str:
        """Its name on the page."""
        return f"{self.source}-{self.target}"

    @property
    def measured(self) -> tuple[str, str, str, float, float]:
        """As `experiments.lessons.nudged` takes it."""
        return self.line, self.column, self.outcome, self.factor, self.shift


def concepts() -> dict[str, Concept]:
    """The boxes."""
    found = words("concepts")["concepts"]
    return {key: Concept(key, one["title"], *one["at"], tuple(one["columns"])) for key, one in found.items()}


def edges() -> list[Edge]:
    """The arrows: declared answers between columns of two concepts, then bookkeeping.

    Raises
    ------
    ValueError
        Where a link names a line that touches neither of its concepts.
    """
    boxes = concepts()
    home = {column: key for key, box in boxes.items() for column in box.columns}
    made: dict[str, Edge] = {}
    for line in Schedule().lines():
        for answer in type(line).answers:
            source, target = home.get(str(answer.column)), home.get(str(answer.outcome))
            if source and target and source != target:
                edge = Edge(source, target, line.name(), answer.why, answer.sign, str(answer.column),
                            str(answer.outcome), answer.factor, answer.shift)  # fmt: skip
                made.setdefault(edge.key, edge)
    for link in words("concepts")["links"]:
        edge = Edge(link["from"], link["to"], link["line"], link["says"])
        touched = touches(getattr(Schedule(), edge.line))
        for end in (edge.source, edge.target):
            if not touched & set(boxes[end].columns):
                raise ValueError(f"concepts.yaml: {edge.line} touches no column of {end}")
        made.setdefault(edge.key, edge)
    return list(made.values())


def touches(line: Mechanism) -> set[str]:
    """Columns a line of the month reads, writes or pays."""
    accounts = {account for flow in line.pays for account in (flow.payer, flow.payee)}
    return {str(column) for column in {*line.reads, *line.writes, *accounts}} | {"firm_births", "newcomers"}


# ---- what the model shows


@dataclasses.dataclass(frozen=True)
class Shown:
    """What raising a column did over the seeds."""

    up: int
    down: int
    seeds: int
    mean: float

    @property
    def said(self) -> str:
        """In words."""
        return sentences.movements(self.up, self.down, self.seeds)


def shown(values: Sequence[float]) -> Shown:
    """Counts of signs."""
    up, down = sum(value > 0 for value in values), sum(value < 0 for value in values)
    return Shown(up, down, len(values), sum(values) / len(values))


def measured(bench: Any, place: Sequence[str], seeds: Sequence[int]) -> dict[str, Shown]:
    """How each signed arrow shows in the village, by its key."""
    from experiments.lessons import BASE, nudged

    signed = [edge for edge in edges() if edge.sign]
    found = bench.measure(nudged, {BASE: place}, seeds, arrows=[list(edge.measured) for edge in signed])
    return {edge.key: shown([one[f"{edge.column}>{edge.outcome}"] for one in found]) for edge in signed}


# ---- drawing

WIDTH, HEIGHT, BOX, TALL = 1000.0, 560.0, 172.0, 40.0


def drawing(with_signs: bool = False) -> str:
    """The map as SVG; each signed arrow has an id, so that the page can colour what a class predicts."""
    boxes = concepts()
    parts = [
        f'<svg class="map" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" '
        f'aria-label="Concept map: {len(boxes)} concepts, {len(edges())} arrows; all of them stand in the table below">'
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M0,0 L10,5 L0,10 z" fill="context-stroke"/></marker></defs>'
    ]
    numbers = {edge.key: k for k, edge in enumerate((e for e in edges() if e.sign), 1)}
    for edge in edges():
        (x1, y1), (x2, y2) = ends(boxes[edge.source], boxes[edge.target])
        length = math.hypot(x2 - x1, y2 - y1) or 1.0
        bend = (1.0 if edge.source < edge.target else -1.0) * max(14.0, 0.13 * length)
        cx, cy = (x1 + x2) / 2 - bend * (y2 - y1) / length, (y1 + y2) / 2 + bend * (x2 - x1) / length
        kind = "signed" if edge.sign else "link"
        parts.append(
            f'<path id="arrow-{edge.key}" class="{kind}" d="M{x1:.0f},{y1:.0f} Q{cx:.0f},{cy:.0f} {x2:.0f},{y2:.0f}" '
            'marker-end="url(#tip)"/>'
        )
        if edge.sign:
            t = 0.5 if length < 350.0 else 0.7  # signs of long arrows keep out of the way of short ones
            mx, my = ((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c for a, b, c in ((x1, cx, x2), (y1, cy, y2)))
            text = ("+" if edge.sign > 0 else "\u2212") if with_signs else str(numbers[edge.key])
            parts.append(
                f'<g class="sign" id="sign-{edge.key}"><circle cx="{mx:.0f}" cy="{my:.0f}" r="10"/>'
                f'<text x="{mx:.0f}" y="{my + 4:.0f}" text-anchor="middle">{text}</text></g>'
            )
    for box in boxes.values():
        x, y = box.x / 100 * WIDTH, box.y / 100 * HEIGHT
        parts.append(
            f'<rect x="{x - BOX / 2:.0f}" y="{y - TALL / 2:.0f}" width="{BOX:.0f}" height="{TALL:.0f}" rx="8"/>'
            f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">{html.escape(box.title)}</text>'
        )
    return "".join(parts) + "</svg>"


def ends(one: Concept, other: Concept) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where an arrow leaves one box and reaches the other."""
    a = one.x / 100 * WIDTH, one.y / 100 * HEIGHT
    b = other.x / 100 * WIDTH, other.y / 100 * HEIGHT
    return border(a, b), border(b, a)


def border(here: tuple[float, float], there: tuple[float, float]) -> tuple[float, float]:
    """The point of a box's edge towards another point."""
    dx, dy = there[0] - here[0], there[1] - here[1]
    scale = min(
        (BOX / 2 + 2) / abs(dx) if dx else math.inf,
        (TALL / 2 + 2) / abs(dy) if dy else math.inf,
    )
    return here[0] + dx * min(scale, 0.5), here[1] + dy * min(scale, 0.5)
