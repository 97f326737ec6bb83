"""`remesa evidence` and `remesa claims`: run the tests, say what they found, and write the validation page."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import uuid
from collections.abc import Sequence
from typing import Any

from analysis.talk import FAILED, CommandError, console, near, number, progress, table
from experiments import verdicts
from experiments.verdicts import Entry, Result, told_of

STORED = pathlib.Path(verdicts.__file__).with_name("verdicts.json")
PAGES = pathlib.Path("results/evidence")
MARKS = {"pass": "pass", "near": "near", "fail": "FAIL"}


def do_evidence(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa evidence`: tests against the world."""
    return carried_out(options, "evidence")


def do_claims(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa claims`: what the model says of its subject, each with its null control."""
    return carried_out(options, "claims")


def carried_out(options: argparse.Namespace, register: str) -> dict[str, Any]:
    """Run the tests that are asked for; exit code 1 after an error or a verdict that fell from pass to fail."""
    chosen = selected(options.ids, verdicts.discover(register), register)
    if options.list:
        return listed(options, chosen)
    from experiments.worlds import Bench

    out, results = console(options), []
    for entry in chosen:
        with (
            progress(options, f"{entry.id} {entry.title}") as (bar, _),
            Bench(workers=options.workers, progress=bar) as bench,
        ):
            results.append(verdicts.carry_out(entry, options.quick, bench.measure))
        out.print(line(results[-1]))
    form = "quick" if options.quick else "full"
    before = {name: one["verdict"] for name, one in stored().get(form, {}).items()}
    fallen, broken = verdicts.fallen(results, before), [one.entry.id for one in results if one.error]
    document = [one.document(verdicts.figures_read()) for one in results]
    page = written(results, register, form, pathlib.Path(options.out or PAGES / f"{register}.html"))
    out.print(parts_table(results))
    if register == "evidence":
        total = verdicts.score(results)
        out.print(f"Score of these, weighted: {number(total, 3)}")
    for one in results:
        if one.error:
            out.print(f"{one.entry.id}: {one.error}")
    if fallen:
        out.print(f"Fallen from pass to fail against the stored list ({form} form): {', '.join(fallen)}")
    if options.store:
        store(results, form)
        out.print(f"Stored: {STORED}")
    out.print(f"Page: {page}")
    return {"list": document, "exit_code": FAILED if broken or (fallen and not options.store) else 0}


def selected(ids: Sequence[str], known: dict[str, Entry], register: str) -> list[Entry]:
    """The tests that are asked for, in the order of their ids; CLM-1 is CLM-01."""
    wanted = []
    for one in ids:
        name = one.upper()
        if name not in known:
            prefix, digits = name.rstrip("0123456789"), name[len(name.rstrip("0123456789")) :]
            name = f"{prefix}{digits.zfill(2)}"
        if name not in known:
            raise CommandError(
                f"there is no {one!r} among {register};{near(one, list(known))} see: remesa {register} --list"
            )
        wanted.append(name)
    return [known[name] for name in known if not ids or name in wanted]


def listed(options: argparse.Namespace, chosen: Sequence[Entry]) -> dict[str, Any]:
    """What there is."""
    rows = [[one.id, one.title, str(one.weight or ""), one.provisional or one.assumption] for one in chosen]
    console(options).print(table("", ("id", "what", "weight", "leans on"), rows))
    return {"list": [{"id": one.id, "title": one.title, "weight": one.weight} for one in chosen]}


def line(one: Result) -> str:
    """What became of one test, as soon as it is known."""
    reason = f": {one.error or one.reason}" if one.error or one.reason else ""
    tags = "".join(f" ({tag})" for tag in ("provisional", "assumption") if getattr(one.entry, tag))
    return f"{MARKS[one.verdict]:<5} {one.entry.id} {one.entry.title}{tags}, {one.seconds:.0f} s{reason}"


def parts_table(results: Sequence[Result]) -> Any:
    """Every statistic with its interval and its target."""
    rows = []
    for one in results:
        for part in one.parts:
            told = told_of(part, verdicts.figures_read())
            rows.append([one.entry.id, part.name, number(told["statistic"]), between(told["interval"]),
                         between(told["target"]), null_words(told), part.verdict or "shown"])  # fmt: skip
    return table("", ("id", "statistic", "found", "90 % interval", "target", "null", "verdict"), rows, (2, 3, 4, 5))


def between(ends: Sequence[float | None] | None) -> str:
    """An interval or limits in a few letters."""
    if ends is None:
        return "-"
    low, high = ends
    if low is None:
        return "< 0" if high == 0 else f"<= {number(high)}"
    if high is None:
        return "> 0" if low == 0 else f">= {number(low)}"
    return f"{number(low)} .. {number(high)}"


def null_words(told: dict[str, Any]) -> str:
    """The null control in a few letters."""
    if told.get("null") is None:
        return ""
    return f"{number(told['null'])} {'holds' if told['null_holds'] else 'does not hold'}"


# ------------------------------------------------------------------------------------------- the stored list


def stored() -> dict[str, dict[str, dict[str, Any]]]:
    """The stored verdicts by form and id, each with the statistic that stood for it."""
    if not STORED.exists():
        return {}
    return dict(json.loads(STORED.read_text("utf-8")))


def store(results: Sequence[Result], form: str) -> None:
    """Put verdicts into the stored list; those of other tests stay."""
    known = stored()
    kept = {**known.get(form, {}), **{one.entry.id: in_short(one) for one in results}}
    known[form] = dict(sorted(kept.items()))
    STORED.write_text(json.dumps(finite(dict(sorted(known.items()))), indent=1, ensure_ascii=False) + "\n", "utf-8")


def in_short(one: Result) -> dict[str, Any]:
    """A verdict and what stood for it."""
    found: dict[str, Any] = {"verdict": one.verdict}
    if one.shown is not None:
        told = told_of(one.shown, verdicts.figures_read())
        judged = [part.verdict for part in one.parts if part.verdict is not None]
        found |= {"parts": len(judged), "passed": judged.count("pass"), "worst": told["name"], "unit": told["unit"]}
        found |= {key: rounded(told[key]) for key in ("statistic", "interval", "target")}
    return found | ({"reason": one.reason} if one.reason else {})


def rounded(value: Any) -> Any:
    """Four digits of a number, or of each in a list."""
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def tested() -> str:
    """What README.md says of the stored verdicts: one line a test, the worst statistic of each."""
    known = stored()
    rows = ["| | what | verdict | worst statistic | found | target |", "|---|---|---|---|--:|--:|"]
    for register in ("evidence", "claims"):
        for entry in verdicts.discover(register).values():
            form = "full" if entry.id in known.get("full", {}) else "quick"
            one = known.get(form, {}).get(entry.id)
            if one is None:
                continue
            tags = [name for name in ("provisional", "assumption") if getattr(entry, name)]
            said = one["verdict"] + ("" if form == "full" else " (quick)") + "".join(f", {tag}" for tag in tags)
            if "worst" in one:
                ends = f" ({between(one['interval'])})" if one["interval"] else ""
                unit = "" if one["unit"] == "1" else f" {one['unit']}"
                shows = f"{one['worst']}; {one['passed']} of {one['parts']} pass" if one["parts"] > 1 else one["worst"]
                cells = [shows, f"{number(one['statistic'])}{unit}{ends}", between(one["target"])]
            else:
                cells = [one.get("reason", ""), "", ""]
            rows.append(
                "| " + " | ".join(cell.replace("|", "/") for cell in (entry.id, entry.title, said, *cells)) + " |"
            )
    return "\n".join(rows)


# ------------------------------------------------------------------------------------------- the page


def written(results: Sequence[Result], register: str, form: str, path: pathlib.Path) -> pathlib.Path:
    """Write the page, whole or not at all, and its numbers beside it as JSON."""
    document = [one.document(verdicts.figures_read()) for one in results]
    for where, content in (
        (path, render(results, register, form)),
        (path.with_suffix(".json"), json.dumps(finite(document), indent=1)),
    ):
        where.parent.mkdir(parents=True, exist_ok=True)
        waiting = where.with_name(f".{where.name}.{uuid.uuid4().hex}")
        waiting.write_text(content, "utf-8", "replace")
        os.replace(waiting, where)
    return path


def finite(value: Any) -> Any:
    """Values as JSON knows them."""
    from analysis.talk import plain

    return plain(value)


def render(results: Sequence[Result], register: str, form: str) -> str:
    """The page as HTML: one card a test, nothing from elsewhere."""
    from analysis.report import template

    claims = register == "claims"
    return template("evidence.html.j2").render(
        title="What the model claims" if claims else "What the model has been tested against",
        claims=claims,
        form=form,
        date=datetime.date.today().isoformat(),
        counts={name: sum(one.verdict == name for one in results) for name in ("pass", "near", "fail")},
        score=None if claims else verdicts.score(results),
        cards=[card(one) for one in results],
    )


def card(one: Result) -> dict[str, Any]:
    """What the page says of one test."""
    figures = verdicts.figures_read()
    parts = [told_of(part, figures) for part in one.parts]
    return {
        "id": one.entry.id,
        "title": one.entry.title,
        "verdict": one.verdict,
        "weight": one.entry.weight,
        "about": " ".join((one.entry.run.__doc__ or "").split()),
        "provisional": one.entry.provisional,
        "assumption": one.entry.assumption,
        "note": one.entry.note,
        "reason": one.error or one.reason,
        "error": bool(one.error),
        "source": verdicts.said_of(one.entry.sources, figures),
        "seeds": one.seeds,
        "population": one.population if one.parts and one.seeds else None,
        "seconds": one.seconds,
        "second": one.second,
        "parts": [
            {
                **told,
                "found": number(told["statistic"]),
                "between": between(told["interval"]),
                "limits": between(told["target"]),
                "null_words": null_words(told),
                "strip": strip(told),
                "picture": drawn(part.picture, f"{one.entry.id}-{k}") if part.picture else "",
                "reading": part.picture.reading if part.picture else "",
            }
            for k, (part, told) in enumerate(zip(one.parts, parts, strict=True))
        ],
    }


def strip(told: dict[str, Any]) -> dict[str, float] | None:
    """Places on a line from 0 to 100 of the statistic, its interval, its limits and zero."""
    low, high = told["interval"] or (told["statistic"],) * 2
    ends = [low, high, told["statistic"], *(end for end in told["target"] or () if end is not None)]
    if "null" in told or (told["target"] and None in told["target"]):
        ends.append(0.0)
    first, last = min(ends), max(ends)
    if first == last:
        first, last = first - 1.0, last + 1.0
    first, last = first - 0.08 * (last - first), last + 0.08 * (last - first)

    def place(value: float) -> float:
        return round(100.0 * (value - first) / (last - first), 2)

    found = {"low": place(low), "high": place(high), "mean": place(told["statistic"])}
    if told["target"]:
        left, right = told["target"]
        found |= {"left": 0.0 if left is None else place(left), "right": 100.0 if right is None else place(right)}
    if first < 0.0 < last:
        found["zero"] = place(0.0)
    return found


def drawn(picture: verdicts.Picture, name: str) -> str:
    """A figure as inline SVG."""
    from analysis.figures import BLUE, GREEN, GREY, NARROW, ORANGE, RED, styled, svg

    colours = (BLUE, RED, GREEN, ORANGE, GREY)

    @styled
    def painted(frame: Any, narrow: bool, since: str) -> Any:
        from matplotlib.figure import Figure

        made = Figure(figsize=(NARROW * 1.35, 2.7), layout="constrained")
        axes = made.add_subplot()
        for k, (label, xs, ys, kind) in enumerate(picture.series):
            style: dict[str, Any] = {"color": colours[k % len(colours)], "label": label}
            if kind == "points":
                axes.plot(xs, ys, "o", markersize=3.5, alpha=0.6, **style)
            else:
                axes.plot(xs, ys, **style)
        axes.set_xlabel(picture.x)
        axes.set_ylabel(picture.y)
        if len(picture.series) > 1:
            axes.legend(frameon=False)
        return made

    said = picture.reading or f"{picture.y} against {picture.x}"
    return svg(painted(None, True, ""), f"f{name}".replace("-", ""), picture.title, said)
