"""What the subcommands of `remesa` take: arguments, and the texts below their help."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable

from analysis.catalogue import KINDS


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
