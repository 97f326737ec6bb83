"""The command `remesa`: what there is, run it, compare it, report it.

Heavy parts are imported where they are used, so that help, lists and mistakes are answered at once.
Every subcommand is one entry of `COMMANDS`.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from analysis.catalogue import KINDS, do_list, do_show
from analysis.sweeping import (
    CALIBRATE,
    SENSITIVITY,
    SWEEP,
    takes_calibration,
    takes_claim,
    takes_result,
    takes_sensitivity,
    takes_status,
    takes_sweep,
)
from analysis.talk import (
    FAILED,
    INTERRUPTED,
    OK,
    USAGE,
    CommandError,
    console,
    near,
    number,
    plain,
    progress,
    table,
)

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


@dataclasses.dataclass(frozen=True)
class Command:
    """One subcommand: its help, its arguments, and the function that does it and returns its document."""

    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    action: Callable[[argparse.Namespace], dict[str, Any]]
    epilog: str = ""


# ---- run, compare, demo


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


def do_estimate(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa estimate`."""
    from analysis.estimation import do_estimate as action

    return action(options)


def do_version(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa version`."""
    from importlib.metadata import version

    from sim.mechanism import code_hash

    found = {
        "remesa": version("remesa"),
        "model": code_hash(),
        "python": ".".join(map(str, sys.version_info[:3])),
    }
    console(options).print("\n".join(f"{key} {value}" for key, value in found.items()))
    return {"command": "version", **found}


def elsewhere(module: str) -> Callable[[argparse.Namespace], dict[str, Any]]:
    """A subcommand whose `main(arguments, say)` lives in its own module and returns the JSON document."""

    def action(options: argparse.Namespace) -> dict[str, Any]:
        out = console(options)
        return dict(importlib.import_module(module).main(options.rest, out.print) or {})

    return action


def in_module(module: str, name: str) -> Callable[[argparse.Namespace], dict[str, Any]]:
    """A subcommand whose function lives in its own module, imported when it is asked for."""

    def action(options: argparse.Namespace) -> dict[str, Any]:
        return dict(getattr(importlib.import_module(module), name)(options))

    return action


# ---- the parser


def takes(module: str, name: str) -> Callable[[argparse.ArgumentParser], None]:
    """Arguments that are declared in the module of their subcommand, imported when they are needed."""

    def arguments(parser: argparse.ArgumentParser) -> None:
        getattr(importlib.import_module(module), name)(parser)

    return arguments


def takes_overrides(parser: argparse.ArgumentParser) -> None:
    """key=value arguments and how the runs are carried out."""
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="what differs from the defaults")
    parser.add_argument("--workers", type=positive, metavar="N", help="processes; by default as many as pay")
    parser.add_argument(
        "--window",
        type=positive,
        default=None,
        metavar="MONTHS",
        help="outcomes are means of the last months (60)",
    )
    parser.add_argument("--level", type=share, default=0.90, metavar="SHARE", help="coverage of intervals (0.9)")


def takes_indicators(parser: argparse.ArgumentParser) -> None:
    """Which outcomes are compared."""
    takes_overrides(parser)
    parser.add_argument(
        "--indicators",
        metavar="A,B@GROUP",
        help="outcomes to compare, for example poverty,real_income@recipient=no",
    )
    parser.add_argument("--all", action="store_true", help="compare every indicator")


def takes_comparison(parser: argparse.ArgumentParser) -> None:
    """Which outcomes are compared, and in which circumstances."""
    takes_indicators(parser)
    parser.add_argument(
        "--stress", action="store_true", help="also where supply cannot expand and where work elsewhere is scarce"
    )


def positive(text: str) -> int:
    """A whole number from 1."""
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def share(text: str) -> float:
    """A number between 0 and 1."""
    value = float(text)
    if not 0.0 < value < 1.0:
        raise ValueError
    return value


def takes_nothing(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def takes_anything(parser: argparse.ArgumentParser) -> None:
    """Arguments that another module reads."""


def takes_kind(parser: argparse.ArgumentParser) -> None:
    """What to list."""
    parser.add_argument("kind", nargs="?", choices=KINDS, metavar="kind", help="; ".join(KINDS))


def takes_name(parser: argparse.ArgumentParser) -> None:
    """What to show."""
    parser.add_argument("name", help="a name of `remesa list`, or schedule")


def takes_folder(parser: argparse.ArgumentParser) -> None:
    """What to report."""
    parser.add_argument("folder", help="a folder that run, compare or demo wrote")
    parser.add_argument("--out", metavar="FILE", help="where to write it; FOLDER/report.html")


def takes_survey(parser: argparse.ArgumentParser) -> None:
    """What to estimate, and from which survey."""
    parser.add_argument("rule", choices=("participation",), help="the rule of the model that is fitted")
    parser.add_argument("file", metavar="FILE", help="a labour-force survey, CSV or Parquet, one row per person")
    parser.add_argument("overrides", nargs="*", metavar="key=value", help="columns, units and splits, see below")


def takes_app(parser: argparse.ArgumentParser) -> None:
    """Where the live page is served."""
    parser.add_argument("--port", type=int, default=8050, metavar="N", help="port (8050; 0 takes any that is free)")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="address to listen on (127.0.0.1)")
    parser.add_argument("--workers", type=positive, metavar="N", help="processes that simulate; one a processor")


def takes_tests(what: str) -> Callable[[argparse.ArgumentParser], None]:
    """Which tests or claims, and in which form."""

    def arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", metavar="ID", help="tests or claims by id; none given: all of them")
        parser.add_argument("--quick", action="store_true", help="5 seeds, smallest size, no second size")
        parser.add_argument("--list", action="store_true", help="say what there is, and run nothing")
        parser.add_argument("--store", action="store_true", help="put these verdicts into the stored list")
        parser.add_argument("--workers", type=positive, metavar="N", help="processes; by default as many as pay")
        parser.add_argument("--out", metavar="FILE", help=f"where the page is written; results/evidence/{what}.html")

    return arguments


EVIDENCE = """\
In full: 20 seeds, more while an interval is wide, and once more at double size. --quick guards against
breaking things. The exit code is 1 after an error and when a verdict fell from pass to fail against
experiments/verdicts.json; what is known to fail is printed. --store writes that list."""

KEYS = """\
key=value as in Hydra:
  territory=diourbel | my.yaml    case=NAME    policies=[a,b]    shocks=[a]
  months=120  seed=1  seeds=20  population=20000  out=results/NAME  survey=people.csv  parameters=FILE.yaml
  parameters.remittances.on=0    policies.NAME.budget=5    territory.pay_basic=60000
A case is a list of such lines; what you add comes after it."""

SURVEY_KEYS = """\
participates=COLUMN income=COLUMN covariates=[a,b]   1 in the labour force or 0; income without own work
wage=COLUMN hours=COLUMN weights=COLUMN              pay; hours a week it was given for; weights of rows
income_per=month|year|week income_unit=1000          period and unit of income
wage_per=hour|week|month|year wage_unit=1            period and unit of pay, full time unless there are hours
pay=AMOUNT median_income=AMOUNT                      money a month, where the survey has no pay or little income
home_production=0.25 work_cost=0.05                  c0 and k_w as shares of median income and median pay
splits=20 train=0.667 seed=1                         rows held out: how often, how many are fitted
out=FOLDER                                           parameters.yaml, participation.svg, estimate.json
An example with real data stands in README.md."""

COMMANDS: dict[str, Command] = {
    "list": Command("what there is: " + ", ".join(KINDS), takes_kind, do_list),
    "show": Command(
        "one of them in full, by name: a policy, a mechanism, a parameter ...; or: schedule",
        takes_name,
        do_show,
    ),
    "run": Command("run one scenario over random seeds", takes_overrides, do_run, KEYS),
    "compare": Command(
        "set cases beside the same without their policies, or beside baseline=CASE, seed by seed",
        takes("analysis.comparing", "takes_compare"),
        in_module("analysis.comparing", "do_compare"),
        KEYS,
    ),
    "sweep": Command(
        "run an experiment: factors over many values, on this machine or a cluster",
        takes_sweep,
        in_module("analysis.sweeping", "do_sweep"),
        SWEEP,
    ),
    "status": Command(
        "how far a sweep is, running or broken", takes_status, in_module("analysis.sweeping", "do_status")
    ),
    "reproduce": Command(
        "run stored results again and compare them bit for bit",
        takes_result,
        in_module("analysis.sweeping", "do_reproduce"),
    ),
    "sensitivity": Command(
        "which inputs of an experiment its outcomes depend on",
        takes_sensitivity,
        in_module("analysis.sensitivity", "do_sensitivity"),
        SENSITIVITY,
    ),
    "calibrate": Command(
        "find parameters whose runs look like data, and say what the data do not tell",
        takes_calibration,
        in_module("analysis.calibrating", "do_calibrate"),
        CALIBRATE,
    ),
    "discover": Command(
        "for which inputs of a sweep a claim holds",
        takes_claim,
        in_module("analysis.discovering", "do_discover"),
        "Example: remesa discover results/tipping claim='prevalence>10'\nNeeds ema-workbench: remesa[calibration]",
    ),
    "report": Command("write the report of a folder of results", takes_folder, do_report),
    "app": Command(
        "serve the live page on this machine: choose a package, run it, look, share",
        takes_app,
        in_module("analysis.app", "do_app"),
    ),
    "demo": Command(
        "Diourbel with and without cheaper transfers, and with remittances withheld",
        takes_indicators,
        do_demo,
        KEYS,
    ),
    "estimate": Command(
        "fit the participation rule to a labour-force survey; write parameters for a run",
        takes_survey,
        do_estimate,
        SURVEY_KEYS,
    ),
    "evidence": Command(
        "test the model against studies and theory, and write the validation page",
        takes_tests("evidence"),
        in_module("analysis.evidence", "do_evidence"),
        EVIDENCE,
    ),
    "claims": Command(
        "test what the model says of its subject, each claim with its null control",
        takes_tests("claims"),
        in_module("analysis.evidence", "do_claims"),
        EVIDENCE,
    ),
    "village": Command(
        "write the village of forty households for the class: one page, works offline",
        takes("analysis.village", "takes_village"),
        in_module("analysis.village", "do_village"),
    ),
    "life": Command(
        "tell the life of a person or a household, in words, with and without policies and shocks",
        takes("analysis.histories", "takes_life"),
        in_module("analysis.histories", "do_life"),
        KEYS,
    ),
    "explain": Command(
        "split the effect of a case over mechanisms, and draw what each adds",
        takes("analysis.explaining", "takes_explain"),
        in_module("analysis.explaining", "do_explain"),
        KEYS,
    ),
    "trial": Command(
        "assign a policy or shock at random, estimate as in the field, and set it beside the true effect",
        takes("analysis.trials", "takes_trial"),
        in_module("analysis.trials", "do_trial"),
        "--event NAME --by person|household|locality --share 0.25,0.5 or --saturation 0,0.5,1 --outcome NAME",
    ),
    "lesson": Command(
        "write lessons for a class: pages to print and to work on, with what the model shows",
        takes("analysis.lessons", "takes_lesson"),
        in_module("analysis.lessons", "do_lesson"),
        "Each statement of a lesson is tested with the seed of the class and twenty others; results are kept, so that\n"
        "a lesson that was written once is written again at once.",
    ),
    "benchmark": Command(
        "measure speed and memory",
        takes_anything,
        elsewhere("experiments.benchmark"),
        "--quick: small sizes, minutes; --out FILE: the history, results/benchmark/history.jsonl;\n"
        "--only core,agree,month,memory,build,village,mesa,start,cold,sweep,store,query,bits",
    ),
    "version": Command("versions of program and model", takes_nothing, do_version),
}


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line."""

    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{message}; see: {self.prog} --help")


def parser(name: str) -> Parser:
    """The parser of one subcommand."""
    command = COMMANDS[name]
    made = Parser(
        prog=f"remesa {name}",
        description=command.help[:1].upper() + command.help[1:] + ".",
        epilog=command.epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--json", action="store_true", help="one JSON document on standard output and nothing else")
    command.arguments(made)
    return made


def overview() -> str:
    """What `remesa --help` says."""
    lines = [f"  {name:<11}{command.help}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "usage: remesa COMMAND [key=value ...] [--json] [--help]",
            "",
            "Agent-based simulation of local labour markets with migration and remittances.",
            "",
            *lines,
            "",
            "Begin with:  remesa demo",
            'Completion:  eval "$(remesa --completion bash)"   (also zsh, fish)',
        ]
    )


def parsed(given: Sequence[str]) -> argparse.Namespace:
    """The arguments of one subcommand; options may stand anywhere after its name."""
    name = given[0]
    if name not in COMMANDS:
        raise CommandError(f"there is no command {name!r};{near(name, list(COMMANDS))} see: remesa --help")
    made = parser(name)
    if COMMANDS[name].arguments is takes_anything and not {"-h", "--help"} & set(given):
        options, rest = made.parse_known_args(given[1:])
        options.rest = rest
    else:
        options = made.parse_intermixed_args(given[1:])
    options.command = name
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """The command `remesa`; returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    json_wanted = "--json" in given
    try:
        if json_wanted and given[0] == "--json":
            given = [*given[1:], "--json"]
        if given[:1] in ([], ["-h"], ["--help"], ["help"]):
            print(overview())
            return OK
        if given[0] in ("--complete", "--completion"):
            from analysis import completion

            print(
                "\n".join(completion.complete(given[1:])) if given[0] == "--complete" else completion.script(given[1:])
            )
            return OK
        options = parsed(["version", *given[1:]] if given[0] == "--version" else given)
        if "window" in options and options.window is None:
            from experiments.effects import WINDOW

            options.window = WINDOW
        document = COMMANDS[options.command].action(options)
        code = int(document.pop("exit_code", OK))
        if json_wanted:
            print(json.dumps(plain(document.get("list", document)), allow_nan=False))
        return code
    except KeyboardInterrupt:
        return said("stopped; whatever was finished is stored", INTERRUPTED, json_wanted)
    except CommandError as error:
        return said(str(error), error.code, json_wanted)
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        return said(*explained(error), json_wanted)


def explained(error: Exception) -> tuple[str, int]:
    """One line and the exit code for an error of ours; anything else is a fault of the program."""
    line = " ".join(str(error).split())
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & {"ConfigurationError", "ParameterError", "TerritoryError", "LibraryError", "StoreError"}:
        return line, USAGE
    if isinstance(error, OSError):
        return f"{error.filename or ''} {error.strerror or line}".strip(), FAILED
    if os.environ.get("REMESA_TRACEBACK"):
        raise error
    return f"{type(error).__name__}: {line} (set REMESA_TRACEBACK=1 to see where)", FAILED


def said(message: str, code: int, json_wanted: bool) -> int:
    """One line on standard error, or one JSON document on standard output."""
    if json_wanted:
        print(json.dumps({"error": {"message": message, "exit_code": code}}))
    else:
        print(f"remesa: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
