"""Documents made from the code, so that they cannot grow old: the tables of ODD.md and of README.md.

``python -m analysis.documents`` writes them; a test compares the files with the code.
``python -m analysis.documents results/demo`` also paints the picture of README.md and writes what it says
of a comparison with published figures, from the stored results of `remesa demo`.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import functools
import io
import os
import pathlib
import re
import sys
from collections.abc import Callable, Iterator

from sim.indicators import INDICATORS
from sim.mechanism import Answer, Mechanism
from sim.population import ALL
from sim.schedule import Schedule

ROOT = pathlib.Path(__file__).parents[1]
DOCUMENTS = ("ODD.md", "README.md")
PICTURE = ROOT / "analysis" / "pictures" / "demo.svg"
SHARED_RULES = ("search", "technology", "commuting", "moving", "choice", "emigrants", "transfers", "uses")
FROM_CODE, FROM_RESULTS = "made from the code", "made from the results of `remesa demo`"
WIDTH = 96  # letters of what the program prints


def document(name: str) -> pathlib.Path:
    """A document at the top of the source tree."""
    return ROOT / name


def sentence(text: str) -> str:
    """A text on one line that fits into a table."""
    return " ".join(text.split()).replace("|", "/")


# ---- made from the code


def state_variables() -> str:
    """Every column by table, with type, unit and meaning."""
    made = []
    for table in ALL:
        made += [f"**{table.__name__}.** {sentence(table.__doc__ or '')}", ""]
        made += ["| column | type | unit | kind | meaning |", "|---|---|---|---|---|"]
        for name, column in table.columns.items():
            kind = f"reference to {column.target}" if column.target else column.kind.value
            if column.bounds:
                kind += f", neutral {column.initial:g}, bounds [{column.bounds[0]:g}, {column.bounds[1]:g}]"
            made.append(f"| {name} | {column.dtype} | {column.unit} | {kind} | {sentence(column.meaning)} |")
        made.append("")
    return "\n".join(made).rstrip()


def schedule() -> str:
    """The month as `remesa show schedule` prints it."""
    from analysis.catalogue import show_schedule

    before, out = os.environ.get("COLUMNS"), io.StringIO()
    os.environ["COLUMNS"] = str(WIDTH)
    try:
        with contextlib.redirect_stdout(out):
            show_schedule(argparse.Namespace(json=False))
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before
    printed = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join(["```text", *(line for line in printed if line), "```"])


def lines() -> list[Mechanism]:
    """The mechanisms in the order of the month."""
    return Schedule().lines()


def answers() -> str:
    """Line by line: to which columns of other lines it answers, in which direction, and what shows it."""
    rows = ["| line | a higher | moves | because | switched off, it shows in |", "|---|---|---|---|---|"]
    for kind in map(type, lines()):
        rows += [
            f"| {kind.name()} | {one.column} | {outcome(one)} {'up' if one.sign > 0 else 'down'} "
            f"| {sentence(one.why)} | {', '.join(kind.shows)} |"
            for one in kind.answers
        ]
    return "\n".join(rows)


def outcome(answer: Answer) -> str:
    """Name of what moves."""
    return str(answer.outcome)


def rules() -> str:
    """Every rule of the month by the file in which it stands, shared ones first: what it gives, its source."""
    rows = ["| file | rule | gives | after |", "|---|---|---|---|"]
    shared = [ROOT / "sim" / f"{name}.py" for name in SHARED_RULES]
    files = [pathlib.Path(str(sys.modules[type(line).__module__].__file__)) for line in lines()]
    for path in (*shared, *files):
        rows += [f"| {path.stem} | {name} | {gives} | {source} |" for name, gives, source in rules_of(path)]
    return "\n".join(rows)


def rules_of(path: pathlib.Path) -> Iterator[tuple[str, str, str]]:
    """Name, first line and references of each rule in a file."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any(getattr(d, "id", "") == "rule" for d in node.decorator_list):
            text = ast.get_docstring(node) or ""
            source = re.search(r"References\n-+\n(.*?)(?:\n\n|\Z)", text, flags=re.DOTALL)
            yield node.name, sentence(text.partition("\n\n")[0]), sentence(source[1]) if source else ""


def parameters() -> str:
    """Every behavioural parameter with default, unit, bounds and source."""
    rows = ["| parameter | default | unit | bounds | source |", "|---|---|---|---|---|"]
    for mechanism in lines():
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


def assumed() -> str:
    """How much of what the model takes as given has no source."""
    from scenarios.library import load_territory
    from sim.packs import read_pack

    pack = read_pack(load_territory("diourbel"))
    declared = [one for line in lines() for name, one in line.parameters().items() if not is_switch(line, name)]
    guessed = sum("assumption" in one.source for one in declared)
    return (
        f"- **Assumptions.** {len(pack.assumptions)} of the {len(pack.figures)} figures that describe Diourbel, and "
        f"{guessed} of the {len(declared)} behavioural parameters,\n"
        "  are assumptions with bounds and no source: `remesa show diourbel`, `remesa list parameters`."
    )


def survey() -> str:
    """Columns of a survey file."""
    from sim.survey import COLUMNS

    rows = ["| column | unit | needed | meaning |", "|---|---|---|---|"]
    rows += [
        f"| {name} | {one.unit} | {'yes' if one.needed else 'no'} | {sentence(one.meaning)} |"
        for name, one in COLUMNS.items()
    ]
    return "\n".join(rows)


def estimation() -> str:
    """What `remesa estimate` takes."""
    from experiments.labour_survey import OPTIONS

    def shown(default: object) -> str:
        if isinstance(default, float):
            return f"{default:.3g}"
        return str(default) if default not in ((), "", None) else "none"

    rows = ["| key | default | meaning |", "|---|---|---|"]
    rows += [f"| {name} | {shown(one.default)} | {sentence(one.meaning)} |" for name, one in OPTIONS.items()]
    return "\n".join(rows)


def tested() -> str:
    """Tests and claims with their stored verdicts."""
    from analysis.evidence import tested as stored

    return stored()


def groups() -> str:
    """Groups that a policy or shock can be for."""
    from sim.groups import GROUPS

    rows = ["| group | of | who |", "|---|---|---|"]
    return "\n".join([*rows, *(f"| {name} | {one.table} | {sentence(one.meaning)} |" for name, one in GROUPS.items())])


def is_switch(line: Mechanism, name: str) -> bool:
    """Whether a parameter turns a channel on and off."""
    return line.parameters()[name].source.startswith("off switch")


CODE: dict[str, Callable[[], str]] = {
    "variables": state_variables,
    "schedule": schedule,
    "answers": answers,
    "rules": rules,
    "parameters": parameters,
    "indicators": indicators,
    "groups": groups,
    "survey": survey,
    "estimation": estimation,
    "assumed": assumed,
    "tested": tested,
}


# ---- made from results


def published(folder: str) -> str:
    """Published figures of the place beside the model's, as the report judges them."""
    from analysis.load import load
    from analysis.provenance import judged, pack_of
    from analysis.report import comparison

    one = comparison(load(folder))
    rows = ["| published figure | value | the model | verdict |", "|---|--:|--:|---|"]
    for test in pack_of(one.tree).tests:
        row = judged(one.results, one.baseline, one.level, test)
        if row["published"] != "none":
            value = f"{row['published']} {row['allowed']}".rstrip()
            rows.append(f"| {row['name']}, {row['year']} | {value} | {row['model']} | {row['verdict']} |")
    results = one.results
    about = (f"Means over {len(results.seeds)} seeds of the first year without policies, "
             f"{results.configuration(one.baseline)['population']:,} persons.")  # fmt: skip
    return "\n".join([*rows, "", about])


def said(folder: str) -> str:
    """The figure, and beneath it what the demo says."""
    from analysis.load import load
    from analysis.report import comparison
    from analysis.sentences import answer, discouragement, spent

    one = comparison(load(folder))
    effects = [
        (name, one.effect(name)) for name in ("remittances_received", "participation_women", "participation_men")
    ]
    spoken = [answer(effect, one.unit(name), one.about(name)["better"] or None) for name, effect in effects]
    policies = one.tree["policies"].values()
    cost = one.effect("remittances_received", months=len(one.results.months)).cost
    spoken.insert(1, spent(cost, one.results.currency, sorted({policy["funder"] for policy in policies})))
    if one.withheld:
        paid = [one.results.effect(one.baseline, one.withheld, name) for name, _ in effects[1:]]
        spoken.append(discouragement(list(zip(("women", "men"), paid, strict=True))))
    return "\n\n".join(
        [f"![{alternative()}]({PICTURE.relative_to(ROOT).as_posix()})", *(f"> {line}" for line in spoken)]
    )


def alternative() -> str:
    """What the picture shows, for those who cannot see it."""
    return ("Remittances received and participation of women in Diourbel over ten years, with and without cheaper "
            "transfers, and the difference between the two worlds")  # fmt: skip


def paint(folder: str) -> None:
    """The picture of README.md: two outcomes in both worlds, and their difference."""
    from analysis.figures import in_words, over_time, paint_over_time, svg
    from analysis.load import load
    from analysis.report import comparison

    one = comparison(load(folder))
    frame = over_time(
        one.results, one.policy, one.baseline, [("remittances_received", "all"), ("participation_women", "all")]
    )
    text = svg(paint_over_time(frame), "demo", alternative(), in_words(frame))
    text = re.sub(r"(<svg[^>]*>)", r'\1<rect width="100%" height="100%" fill="white"/>', text, count=1)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(text, encoding="utf-8")


RESULTS: dict[str, Callable[[str], str]] = {"said": said, "published": published}


# ---- writing


def filled(text: str, by: str, makers: dict[str, Callable[[], str]]) -> str:
    """The text with what stands between marks made anew."""
    mark = re.compile(rf"<!-- (\w+): {re.escape(by)} -->.*?<!-- end -->", re.DOTALL)
    return mark.sub(lambda found: f"<!-- {found[1]}: {by} -->\n{makers[found[1]]()}\n<!-- end -->", text)


def current(text: str) -> str:
    """The text with every table of the code made anew."""
    return filled(text, FROM_CODE, CODE)


def main(folder: str | None = None) -> None:
    """Write the tables into the documents, and with a folder of results what is made from them."""
    if folder is not None:
        paint(folder)
    for path in map(document, DOCUMENTS):
        text = current(path.read_text(encoding="utf-8"))
        if folder is not None:
            text = filled(text, FROM_RESULTS, {name: functools.partial(make, folder) for name, make in RESULTS.items()})
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
