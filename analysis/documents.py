"""Documents made from the code: the tables of ODD.md, so that they cannot grow old.

``python -m analysis.documents`` writes them; a test compares the file with the code.
"""

from __future__ import annotations

import pathlib
import re

from sim.indicators import INDICATORS
from sim.mechanism import Answer, Mechanism
from sim.population import ALL
from sim.schedule import Schedule

MARK = re.compile(r"<!-- (\w+): made from the code -->.*?<!-- end -->", re.DOTALL)


def document(name: str) -> pathlib.Path:
    """A document at the top of the source tree."""
    return pathlib.Path(__file__).parents[1] / name


def sentence(text: str) -> str:
    """A text on one line that fits into a table."""
    return " ".join(text.split()).replace("|", "/")


def state_variables() -> str:
    """Every column by table, with type, unit and meaning."""
    lines = []
    for table in ALL:
        lines += [f"**{table.__name__}.** {sentence(table.__doc__ or '')}", "", "| column | type | unit | kind | meaning |",
                  "|---|---|---|---|---|"]  # fmt: skip
        for name, column in table.columns.items():
            kind = f"reference to {column.target}" if column.target else column.kind.value
            if column.bounds:
                kind += f", neutral {column.initial:g}, bounds [{column.bounds[0]:g}, {column.bounds[1]:g}]"
            lines.append(f"| {name} | {column.dtype} | {column.unit} | {kind} | {sentence(column.meaning)} |")
        lines.append("")
    return "\n".join(lines)


def month() -> str:
    """The schedule as a list: the same text that ``remesa show schedule`` prints."""
    return "\n".join(f"{number}. **{line.name()}**: {line.title()}" for number, line in enumerate(lines(), 1))


def lines() -> list[type[Mechanism]]:
    """The kinds of mechanism in the order of the month."""
    return [type(mechanism) for mechanism in Schedule().lines()]


def answers() -> str:
    """Line by line: to which columns of other lines it answers, in which direction, and what shows it."""
    rows = ["| line | a higher | moves | because | switched off, it shows in |", "|---|---|---|---|---|"]
    for kind in lines():
        for one in kind.answers:
            rows.append(f"| {kind.name()} | {one.column} | {outcome(one)} {'up' if one.sign > 0 else 'down'} "
                        f"| {sentence(one.why)} | {', '.join(kind.shows)} |")  # fmt: skip
    return "\n".join(rows)


def outcome(answer: Answer) -> str:
    """Name of what moves."""
    return str(answer.outcome)


def parameters() -> str:
    """Every behavioural parameter with default, unit, bounds and source."""
    rows = ["| parameter | default | unit | bounds | source |", "|---|---|---|---|---|"]
    for mechanism in Schedule().lines():
        for name, declared in mechanism.parameters().items():
            low, high = declared.bounds
            rows.append(f"| {mechanism.name()}.{name} | {getattr(mechanism, name):g} | {declared.unit} "
                        f"| {low:g} to {high:g} | {sentence(declared.source)} |")  # fmt: skip
    return "\n".join(rows)


def indicators() -> str:
    """Every indicator with unit and definition."""
    rows = ["| indicator | unit | definition | id |", "|---|---|---|---|"]
    rows += [
        f"| {one.name} | {one.unit} | {sentence(one.definition)} | {one.inventory} |" for one in INDICATORS.values()
    ]
    return "\n".join(rows)


MAKERS = {"variables": state_variables, "schedule": month, "answers": answers, "parameters": parameters,
          "indicators": indicators}  # fmt: skip


def current(text: str) -> str:
    """The text with every marked table made anew."""
    return MARK.sub(lambda m: f"<!-- {m[1]}: made from the code -->\n{MAKERS[m[1]]()}\n<!-- end -->", text)


def main() -> None:
    """Write the tables into the documents."""
    for name in ("ODD.md", "README.md"):
        path = document(name)
        path.write_text(current(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
