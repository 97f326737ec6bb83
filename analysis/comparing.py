"""The command `remesa compare`: any number of cases beside a baseline, in pairs with the same seeds."""

from __future__ import annotations

import argparse
import contextlib
import math
from collections.abc import Sequence
from typing import Any

from analysis import sentences as words
from analysis.arguments import takes_comparison
from analysis.running import carried_out, chosen_effects, ended, free_folder, print_effects, sentences
from analysis.talk import CommandError, console, near, number, progress, table

KINDS = ("sex", "recipient", "migrants", "returnee", "youth", "quintile", "locality")
CHOSEN = ("policies", "shocks")


def takes_compare(parser: argparse.ArgumentParser) -> None:
    """What is compared with what, for whom, and how long."""
    takes_comparison(parser)
    parser.add_argument(
        "--cases", metavar="A,B", help="several cases, each beside the baseline; what is given is added"
    )
    parser.add_argument("--each", action="store_true", help="each policy (or shock) alone, and all of them together")
    parser.add_argument("--by", metavar="KIND,KIND", help=f"effects by group: {', '.join(KINDS)}")
    parser.add_argument(
        "--until", action="append", default=[], metavar="OUTCOME=WIDTH",
        help="add seeds until the interval of an outcome is no wider, as in poverty=1 or poverty@sex=men=2",
    )  # fmt: skip
    parser.add_argument("--most", type=int, default=None, metavar="N", help="seeds at most with --until (200)")


def do_compare(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa compare`."""
    baseline, cases = scenarios(options)
    (first, _), *_ = baseline.items()
    widths = dict(wanted_width(one) for one in options.until)
    outcome, results = run_pairs(options, {**baseline, **cases}, first, widths)
    if options.by:
        options.by = [kind for kind in options.by.split(",") if known_kind(kind)]
    told = []
    for name in cases:
        effects = chosen_effects(options, results, name, first)
        print_effects(options, results, effects, f"{name} against {first}")
        groups = by_group(options, results, name, first, effects) if options.by else []
        if groups:
            print_groups(options, results, groups, f"{name} against {first}, by group")
        said = sentences(options, results, name, first, name if name != "policy" else "the package")
        for line in said:
            console(options).print(line)
        told.append(
            {
                "baseline": first,
                "policy": name,
                "effects": [one.as_dict() for one in effects],
                "groups": [one.as_dict() for one in groups],
                "sentences": said,
            }
        )
    if len(cases) > 1:
        print_side_by_side(options, results, list(cases), first)
    document = {"command": "compare", "seeds": results.seeds, **told[0]}
    if len(cases) > 1:
        document["cases"] = told
    if widths:
        document["widths"] = found_widths(options, results, list(cases), first, widths)
        report_widths(options, document["widths"])
    return ended(options, outcome, document)


# ---- which worlds


def without(overrides: Sequence[str], kind: str) -> list[str]:
    """The same overrides without what speaks of policies (or shocks), and none chosen."""
    kept = [one for one in overrides if one.lstrip("+~").partition("=")[0].split(".")[0] != kind]
    return [*kept, f"{kind}=[]"]


def scenarios(options: argparse.Namespace) -> tuple[dict[str, Any], dict[str, Any]]:
    """The baseline and the cases by name, checked to be comparable."""
    from scenarios.configuration import ConfigurationError, compose

    named = [one.partition("=")[2].strip("'\"") for one in options.overrides if one.startswith("baseline=")]
    given = [one for one in options.overrides if not one.startswith("baseline=")]
    if options.until:
        given = [*(one for one in given if not one.startswith("seeds=")), f"seeds={options.most or most_seeds()}"]
    lists = [given]
    if options.cases:
        lists = [[f"case={name}", *given] for name in options.cases.split(",")]
    made = [compose(one, "compare") for one in lists]
    cases = {one.name if one.name not in ("compare", "baseline") else "policy": one for one in made}
    if len(cases) != len(made):
        raise CommandError("a case is named twice; name each once")
    overrides = dict(zip(cases, lists, strict=True))
    if options.each:
        cases, overrides = one_by_one(cases, overrides)
    if named:
        first, *_ = overrides.values()
        kept = [one for one in without(first, "policies")[:-1] if not one.startswith("case=")]
        name = named[-1] if named[-1] not in cases else "baseline"
        baselines = {name: compose([f"case={named[-1]}", *kept, f"out={next(iter(cases.values())).out}"])}
    else:
        bare = {name: bare_of(one, overrides[name]) for name, one in cases.items()}
        (_, chosen), *others = bare.items()
        for name, other in others:
            if other.identity() != chosen.identity():
                raise ConfigurationError(
                    f"{name} has another place, horizon or shocks than the others; name what all are set beside: "
                    "baseline=CASE"
                )
        baselines = {"baseline": chosen}
    (_, base), *_ = baselines.items()
    for one in cases.values():
        if (one.seeds, one.seed, one.months) != (base.seeds, base.seed, base.months):
            raise ConfigurationError(
                "both sides need the same seeds and months; give seed=, seeds= and months= explicitly"
            )
    return baselines, cases


def most_seeds() -> int:
    """Seeds at most where a width is asked for."""
    from experiments.comparing import MOST

    return MOST


def bare_of(case: Any, overrides: Sequence[str]) -> Any:
    """The same world without the policies of a case; without its shocks, where it has no policies."""
    from scenarios.configuration import compose

    for kind in CHOSEN:
        if case.tree[kind]:
            return compose(without(overrides, kind), "compare")
    raise CommandError(
        "nothing to compare: name policies=[...], shocks=[...], a case=..., or baseline=CASE; see: remesa list"
    )


def one_by_one(cases: dict[str, Any], overrides: dict[str, list[str]]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Each policy of a case (or each shock, without policies) as a case of its own, and the whole case last."""
    from scenarios.configuration import check

    made: dict[str, Any] = {}
    words_of: dict[str, list[str]] = {}
    for name, case in cases.items():
        kind = next((kind for kind in CHOSEN if case.tree[kind]), "policies")
        members = list(case.tree[kind])
        for member in members if len(members) > 1 else []:
            label = member if len(cases) == 1 else f"{name}.{member}"
            made[label] = check({**case.tree, kind: {member: case.tree[kind][member]}}, label)
            words_of[label] = overrides[name]
        made[name], words_of[name] = case, overrides[name]
    return made, words_of


def known_kind(kind: str) -> bool:
    """Whether there are groups of a kind."""
    if kind not in KINDS:
        raise CommandError(f"--by has {kind!r};{near(kind, KINDS)} allowed: {', '.join(KINDS)}")
    return True


def wanted_width(text: str) -> tuple[str, float]:
    """An outcome and the width of its interval."""
    name, _, width = text.rpartition("=")
    with contextlib.suppress(ValueError):
        if name and float(width) > 0 and math.isfinite(float(width)):
            return name, float(width)
    raise CommandError(f"--until {text!r} is not understood; give an outcome and a width above 0, such as poverty=1")


def stressed(scenarios: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The same scenarios with each shock of `STRESSES` that they do not have yet; and which belong together."""
    from analysis.trail import STRESSES
    from scenarios import library
    from scenarios.configuration import check

    more: dict[str, Any] = {}
    pairs: dict[str, list[str]] = {}
    for shock in STRESSES:
        if any(shock in one.tree["shocks"] for one in scenarios.values()):
            continue
        for name, one in scenarios.items():
            tree = {**one.tree, "shocks": {**one.tree["shocks"], shock: library.load("shocks", shock)}}
            more[f"{name} and {shock}"] = check(tree, one.name)
            pairs.setdefault(shock, []).append(f"{name} and {shock}")
    return more, pairs


# ---- running


def run_pairs(
    options: argparse.Namespace, worlds: dict[str, Any], first: str, widths: dict[str, float]
) -> tuple[Any, Any]:
    """Run what is not stored yet, all seeds or until the intervals asked for are narrow."""
    from analysis.load import load
    from experiments.comparing import FEWEST, until_narrow
    from experiments.run import Plan

    cases = [one for one in worlds if one != first]
    name = cases[0]
    configuration = worlds[name]
    about: dict[str, Any] = {"baseline": first, "policy": name}
    if options.stress:
        more, stress = stressed({first: worlds[first], name: worlds[name]})  # of the first case
        worlds = {**worlds, **more}
        about |= {"stress": stress} if stress else {}
    if not widths:
        return carried_out(options, configuration.name, worlds, **about)
    from sim.indicators import INDICATORS

    for one in widths:
        if one.partition("@")[0] not in INDICATORS:
            raise CommandError(f"--until has {one!r};{near(one, list(INDICATORS))} see: remesa list indicators")
    plan = Plan(configuration.name, worlds)
    folder = free_folder(configuration.out, plan, given=any(one.startswith("out=") for one in options.overrides))
    given = [int(one.partition("=")[2]) for one in options.overrides if one.startswith("seeds=")]

    def look() -> list[tuple[Any, float]]:
        results = load(folder)
        return [pair for case in cases for pair in looked_at(options, results, case, first, widths)]

    with progress(options, configuration.name) as (bar, say):
        outcome = until_narrow(
            plan, folder, look, fewest=given[-1] if given else FEWEST, progress=bar, workers=options.workers,
            announce=say, about=about,
        )  # fmt: skip
    return outcome, load(folder)


def looked_at(
    options: argparse.Namespace, results: Any, case: str, first: str, widths: dict[str, float]
) -> list[tuple[Any, float]]:
    """The effects whose intervals are to become narrow, each with its width."""
    found = []
    for text, width in widths.items():
        indicator, _, group = text.partition("@")
        try:
            effect = results.effect(case, first, indicator, group or "all", months=options.window, level=options.level)
        except KeyError as error:
            raise CommandError(f"--until: {error.args[0]}; groups: {', '.join(results.groups)}") from error
        found.append((effect, width))
    return found


def found_widths(
    options: argparse.Namespace, results: Any, cases: Sequence[str], first: str, widths: dict[str, float]
) -> list[dict[str, Any]]:
    """What width was reached of what was asked for."""
    rows = []
    for case in cases:
        for one, width in looked_at(options, results, case, first, widths):
            reached = one.high - one.low
            rows.append(
                {
                    "case": case, "outcome": one.outcome, "group": one.group, "asked": width, "found": reached,
                    "reached": reached <= width, "seeds": one.seeds,
                }
            )  # fmt: skip
    return rows


def report_widths(options: argparse.Namespace, rows: Sequence[dict[str, Any]]) -> None:
    """Say whether each interval is as narrow as asked for."""
    for row in rows:
        how = "reached" if row["reached"] else "not reached with as many seeds as are allowed"
        group = "" if row["group"] == "all" else f" ({row['group']})"
        console(options).print(
            f"Width of the interval of {row['outcome']}{group} in {row['case']}: {number(row['found'], 3)}, asked "
            f"{number(row['asked'], 3)}: {how}, {row['seeds']} seeds."
        )


# ---- groups and several cases


def by_group(options: argparse.Namespace, results: Any, case: str, first: str, effects: Sequence[Any]) -> list[Any]:
    """Effects for the groups of the kinds asked for, on the outcomes that are measured for them."""
    found = []
    for indicator in dict.fromkeys(one.outcome for one in effects):
        for group in results.groups:
            if group.partition("=")[0] in options.by:
                with contextlib.suppress(KeyError):
                    found.append(
                        results.effect(case, first, indicator, group, months=options.window, level=options.level)
                    )
    return found


def row_of(results: Any, one: Any, name: str) -> list[str]:
    """One effect as a row: baseline, effect, interval, seeds, cost per unit."""
    said = words.shown(one, one.unit)
    between = f"{said.low} .. {said.high}" if one.seeds > 1 else "-"
    cost = number(one.cost_per_unit, 3) if one.cost_per_unit is not None else "-"
    return [name, said.baseline, said.mean, between, said.agree, cost]


def print_groups(options: argparse.Namespace, results: Any, effects: Sequence[Any], title: str) -> None:
    """Effects by group, one row each."""
    rows = []
    for one in effects:
        unit = "" if one.unit == "1" else f", {one.unit}"
        rows.append(row_of(results, one, f"{results.indicators[one.outcome]['title']}{unit} | {one.group}"))
    heads = ("outcome | group", "baseline", "effect", f"{options.level:.0%} interval", "seeds", "cost per unit")
    console(options).print(table(title, heads, rows, (1, 2, 3, 4, 5), whole_names=True))


def print_side_by_side(options: argparse.Namespace, results: Any, cases: Sequence[str], first: str) -> None:
    """The same outcomes of every case, one under the other."""

    effects = {case: chosen_effects(options, results, case, first) for case in cases}
    rows = []
    for k, one in enumerate(effects[cases[0]]):
        name = results.indicators[one.outcome]["title"] + ("" if one.group == "all" else f" ({one.group})")
        unit = "" if one.unit == "1" else f", {one.unit}"
        rows += [row_of(results, effects[case][k], f"{name}{unit} | {case}") for case in cases]
    heads = ("outcome | case", "baseline", "effect", f"{options.level:.0%} interval", "seeds", "cost per unit")
    title = f"All cases against {first}; money is {results.currency} a month for each unit gained or avoided"
    console(options).print(table(title, heads, rows, (1, 2, 3, 4, 5), whole_names=True))
