"""Run, compare and demonstrate from the command line: plans carried out, effects in a table and in words."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Sequence
from typing import Any

from analysis.talk import FAILED, INTERRUPTED, CommandError, console, near, number, progress, table

DEMO_CASE = "diourbel_cheaper_transfers"
DEMO_DEFAULTS = ("seeds=20", "months=120", "population=10000")
"""Of `remesa demo`: 20 pairs of 10 years; as many persons as two processors do in under two minutes."""

OUTCOMES: tuple[tuple[str, str], ...] = (
    ("remittances_received", "all"),
    ("remittances_sent", "all"),
    ("remittances_fees", "all"),
    ("remittances_lost", "all"),
    ("participation_women", "all"),
    ("participation_men", "all"),
    ("unemployment", "all"),
    ("prevalence", "all"),
    ("real_income", "all"),
    ("real_income", "recipient=yes"),
    ("real_income", "recipient=no"),
    ("poverty", "all"),
    ("price_ratio", "all"),
    ("budget_balance", "all"),
)
"""Indicator and group of the rows of a comparison, unless others are asked for."""

HEADLINE = ("remittances_received", "participation_women", "participation_men")


def without_policies(overrides: Sequence[str]) -> list[str]:
    """The same overrides without what speaks of policies, and none chosen."""
    kept = [one for one in overrides if one.lstrip("+~").partition("=")[0].split(".")[0] != "policies"]
    return [*kept, "policies=[]"]


def carried_out(options: argparse.Namespace, name: str, scenarios: dict[str, Any], **about: Any) -> tuple[Any, Any]:
    """Run what is not stored yet; the outcome of the plan and its results."""
    from analysis.load import load
    from experiments.run import Plan, run_plan

    plan = Plan(name, scenarios)
    first = next(iter(scenarios.values()))
    folder = free_folder(first.out, plan, given=any(one.startswith("out=") for one in options.overrides))
    try:
        with progress(options, name) as (bar, say):
            outcome = run_plan(plan, folder, workers=options.workers, progress=bar, announce=say, about=about)
    except KeyboardInterrupt:
        from experiments.store import Store

        kept = len(plan.runs()) - len(Store(folder).missing())
        raise CommandError(
            f"stopped; {kept} finished runs are stored in {folder} and the same command goes on from there",
            INTERRUPTED,
        ) from None
    if outcome.failed and outcome.done + outcome.already == 0:
        raise CommandError(f"all runs failed: {outcome.failed[0]}; tracebacks are in {outcome.folder}/failures", FAILED)
    return outcome, load(folder)


def free_folder(folder: str, plan: Any, given: bool) -> str:
    """The folder, or one beside it when it holds another plan and nobody asked for this very one."""
    import pathlib

    from experiments.store import Store, plan_id

    if given:
        return folder
    with contextlib.suppress(Exception):
        identity = plan_id(plan.runs(), plan.outcomes)
        if pathlib.Path(folder).is_dir() and Store(folder).holds() not in (None, identity):
            return f"{folder}-{identity[:8]}"
    return folder


def ended(options: argparse.Namespace, outcome: Any, document: dict[str, Any]) -> dict[str, Any]:
    """Say where results are and what failed; the exit code is 1 when a run failed."""
    out = console(options)
    out.print(f"Results: {outcome.folder} ({outcome.done} runs now, {outcome.already} stored before)")
    document |= {
        "folder": outcome.folder,
        "runs": outcome.planned,
        "stored_before": outcome.already,
        "failed": len(outcome.failed),
    }
    if outcome.failed:
        console(stderr=True).print(
            f"{len(outcome.failed)} of {outcome.planned} runs failed, the others are stored; "
            f"the first: {outcome.failed[0]}"
        ) if not options.json else None
        document |= {"exit_code": FAILED, "failures": list(outcome.failed)}
    return document


def do_run(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa run`."""
    from experiments.effects import interval
    from scenarios.configuration import compose

    configuration = compose(options.overrides, "run")
    outcome, results = carried_out(options, configuration.name, {configuration.name: configuration})
    rows, found = [], {}
    for name, about in results.indicators.items():
        mean, low, high = interval(results.outcome(configuration.name, name, months=options.window), options.level)
        found[name] = {"mean": mean, "low": low, "high": high, "unit": results.unit(name)}
        between = f"{number(low)} .. {number(high)}" if len(results.seeds) > 1 else ""
        rows.append([about["title"], number(mean), results.unit(name), between])
    months = min(options.window, configuration.months)
    title = f"{configuration.name}: mean of the last {months} months, {len(results.seeds)} seeds"
    heads = ("indicator", "mean", "unit", f"{options.level:.0%} interval")
    console(options).print(table(title, heads, rows, (1,)))
    return ended(
        options,
        outcome,
        {"command": "run", "name": configuration.name, "seeds": results.seeds, "indicators": found},
    )


def chosen_effects(options: argparse.Namespace, results: Any, policy: str, baseline: str) -> list[Any]:
    """The effects that are asked for: some indicators, all of them, or the usual ones."""
    known = results.indicators
    if options.indicators:
        pairs = [(name.partition("@")[0], name.partition("@")[2] or "all") for name in options.indicators.split(",")]
        for name, _ in pairs:
            if name not in known:
                raise CommandError(f"indicators has no {name!r};{near(name, list(known))} see: remesa list indicators")
    elif options.all:
        pairs = [(name, "all") for name in known]
    else:
        pairs = [(name, group) for name, group in OUTCOMES if name in known]
    try:
        return [
            results.effect(policy, baseline, name, group, months=options.window, level=options.level)
            for name, group in pairs
        ]
    except KeyError as error:
        raise CommandError(f"{error.args[0]}; groups: {', '.join(results.groups)}") from error


def print_effects(options: argparse.Namespace, results: Any, effects: Sequence[Any], title: str) -> None:
    """The table of effects; every row in the same form, whatever it shows."""
    from analysis import sentences as words

    rows = []
    for one in effects:
        name = results.indicators[one.outcome]["title"] + ("" if one.group == "all" else f" ({one.group})")
        unit = "" if one.unit == "1" else f", {one.unit}"
        said = words.shown(one, one.unit)
        between = f"{said.low} .. {said.high}" if one.seeds > 1 else "-"
        rows.append([name + unit, said.baseline, said.mean, between, said.agree, words.direction(one)])
    seeds = effects[0].seeds if effects else 0
    months = min(options.window, len(results.months))
    heads = ("outcome", "baseline", "effect", f"{options.level:.0%} interval", "seeds", "shows")
    heading = f"{title}: mean of the last {months} months, {seeds} paired seeds"
    console(options).print(table(heading, heads, rows, (1, 2, 3, 4)))


def sentences(options: argparse.Namespace, results: Any, policy: str, baseline: str, cause: str) -> list[str]:
    """What the package is meant to change, what it cost, and participation beside it, in plain words."""
    from analysis import sentences as words

    def about(name: str, months: int) -> tuple[Any, str, str | None, str]:
        effect = results.effect(policy, baseline, name, months=months, level=options.level)
        one = results.indicators[name]
        return effect, results.unit(name), one["better"] or None, one["title"]

    policies = results.configuration(policy)["policies"]
    funders = sorted({str(one.get("funder")) for one in policies.values()})
    first, *others = [(*about(name, options.window)[:3], cause, about(name, options.window)[3]) for name in HEADLINE]
    effect, unit, better, title = about(HEADLINE[0], len(results.months))  # cost and gain over the same months
    said = [words.answer(*first), words.spent(effect.cost, results.currency, funders)]
    if effect.cost:
        said.append(words.worth(effect, unit, better, results.currency, title))
    return [*said, *(words.answer(*one) for one in others)]


def do_report(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa report`."""
    from analysis.load import load

    load(options.folder)  # says clearly what is wrong with a folder that holds no results
    where = options.out or os.path.join(options.folder, "report.html")
    path = written_report(options.folder, where)
    console(options).print(f"Report: {path}")
    return {"command": "report", "folder": options.folder, "report": str(path)}


def written_report(folder: str, where: str) -> str:
    """Write the report of a folder of results."""
    from analysis.report import write

    try:
        return str(write(folder, where, lives=True) or where)
    except OSError as error:
        raise CommandError(
            f"{where} cannot be written ({error.strerror or error}); give another --out", FAILED
        ) from error


def is_current(report: str, folder: str) -> bool:
    """Whether a report is younger than the results and than the program that writes it."""
    import pathlib

    sources = [*pathlib.Path(__file__).parent.glob("*"), *pathlib.Path(folder).glob("*/part-*")]
    with contextlib.suppress(OSError):
        return os.path.getmtime(report) > max(path.stat().st_mtime for path in sources if path.is_file())
    return False


def do_demo(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa demo`: do cheaper transfers help Diourbel, and do remittances discourage work there?"""
    from analysis.sentences import discouragement
    from scenarios.configuration import compose

    base = [f"case={DEMO_CASE}", *DEMO_DEFAULTS, *options.overrides]
    if not any(one.startswith("out=") for one in options.overrides):
        base.append("out=results/demo")
    none = without_policies(base)
    scenarios = {
        "baseline": compose(none),
        "policy": compose(base),
        "withheld": compose([*none, "parameters.remittances.on=0"]),
    }
    outcome, results = carried_out(
        options, "demo", scenarios, baseline="baseline", policy="policy", withheld="withheld", demo=True
    )
    out = console(options)
    effects = chosen_effects(options, results, "policy", "baseline")
    paid = [
        results.effect("baseline", "withheld", name, months=options.window, level=options.level)
        for name in HEADLINE[1:]
    ]
    print_effects(options, results, effects, "Cheaper transfers against none")
    print_effects(options, results, paid, "Remittances paid against withheld")
    who = zip(("women", "men"), paid, strict=True)
    said = {
        "policy": sentences(options, results, "policy", "baseline", "the package"),
        "withheld": [discouragement(list(who))],
    }
    for title, lines in (
        ("Cheaper transfers", said["policy"]),
        (
            "Do remittances keep people from work? (paid against withheld, migrants still away)",
            said["withheld"],
        ),
    ):
        out.print(title, style="bold")
        for line in lines:
            out.print(line)
    report = os.path.join(outcome.folder, "report.html")
    if outcome.done or not is_current(report, outcome.folder):
        report = written_report(outcome.folder, report)
    out.print(f"Report: {report}")
    document = {
        "command": "demo",
        "seeds": results.seeds,
        "effects": [one.as_dict() for one in effects],
        "withheld": [one.as_dict() for one in paid],
        "sentences": said,
        "report": report,
    }
    return ended(options, outcome, document)
