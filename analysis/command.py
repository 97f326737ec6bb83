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

from analysis.arguments import (
    EVIDENCE,
    KEYS,
    SURVEY_KEYS,
    takes,
    takes_anything,
    takes_app,
    takes_folder,
    takes_indicators,
    takes_kind,
    takes_name,
    takes_nothing,
    takes_overrides,
    takes_survey,
    takes_tests,
)
from analysis.catalogue import KINDS, do_list, do_show
from analysis.running import do_demo, do_report, do_run
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
    plain,
)


@dataclasses.dataclass(frozen=True)
class Command:
    """One subcommand: its help, its arguments, and the function that does it and returns its document."""

    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    action: Callable[[argparse.Namespace], dict[str, Any]]
    epilog: str = ""


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
        in_module("analysis.estimation", "do_estimate"),
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
    "profiles": Command(
        "draw the ages and sexes of who left, who came back and who stayed",
        takes("analysis.profiles", "takes_profiles"),
        in_module("analysis.profiles", "do_profiles"),
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
