"""`remesa estimate`: the estimates for people and machines, a figure, and the files they leave."""

from __future__ import annotations

import argparse
import json
import pathlib
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.figures import BLUE, GREY, INK, canvas, legend, lines, numbers_on, styled, svg
from analysis.sentences import decimals, number, rounded, surveyed
from analysis.talk import FAILED, CommandError, console, plain, table
from experiments.estimate import Cell, Estimate, Value, estimate_participation
from experiments.labour_survey import EstimationError, parse_options
from experiments.parameter_file import overrides, refused, text, write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILES = {"parameters": "parameters.yaml", "figure": "participation.svg", "numbers": "estimate.json"}
UNSEEN = 0.02  # gap in participation between a group and its prediction that is worth a sentence


def do_estimate(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa estimate`."""
    try:
        given = parse_options(options.overrides)
        found = estimate_participation(options.file, **given)
    except EstimationError as error:
        raise CommandError(str(error)) from error
    folder = pathlib.Path(found.options.out or f"results/estimate-{pathlib.Path(options.file).stem}").expanduser()
    out = console(options)
    for one in tables(found):
        out.print(one)
    for line in [*sentences(found), *notes(found)]:
        out.print(line)
    document = {"command": "estimate", "rule": options.rule, "file": options.file, **found.as_dict()}
    document |= {"sentences": list(sentences(found)), "notes": list(notes(found)), "overrides": overrides(found)}
    unusable = refused(found)
    if unusable:
        if not options.json:
            console(stderr=True).print(f"remesa: {unusable}")
        return document | {"files": {}, "refused": unusable, "exit_code": FAILED}
    document["files"] = {name: str(folder / file) for name, file in FILES.items()}
    contents = {"figure": picture(found), "numbers": json.dumps(plain(document), allow_nan=False, indent=1)}
    contents["parameters"] = text(found)
    try:
        for name, content in contents.items():
            out.print(f"{name.capitalize()}: {write_whole(folder / FILES[name], content)}")
    except OSError as error:
        raise CommandError(
            f"{folder} cannot be written ({error.strerror or error}); give another out=", FAILED
        ) from error
    out.print(f"Use them: remesa run parameters={document['files']['parameters']}")
    return document


# ---- for people


def shown(one: Value, times: float = 1.0) -> list[str]:
    """Estimate and standard error with as many decimals as the error lets one believe."""
    places = decimals(one.se * times) if one.se > 0 else decimals(one.value * times, 4)
    return [rounded(one.value * times, places), f"({rounded(one.se * times, places)})"]


def tables(found: Estimate) -> Iterator[Any]:
    """Coefficients and effects, fit, and calibration."""
    effects = {one.name: one for one in found.effects}
    rows = []
    for name, taste in found.taste.items():
        wage = shown(found.wage_equation[name]) if found.wage_equation else ["-", ""]
        effect = [*shown(effects[name].effect, 100.0)] if name in effects else ["", ""]
        rows.append([name, *shown(taste), *wage, *effect])
    rows.append(["sigma", *shown(found.sigma), "", "", "", ""])
    rows.append([found.options.income, "", "", "", "", *shown(found.income_effect, 100.0)])
    heads = ("", "taste, x'd", "(s.e.)", "log pay", "(s.e.)", "effect, points", "(s.e.)")
    title = f"Participation in {found.where}: {found.rows:,} rows, {found.inside:,} in the labour force"
    yield table(title, heads, rows, range(1, 7))
    fit = [
        [name, f"{found.log_likelihood[key]:.4f}", *held_out(found, key)]
        for key, name in (("rule", "the model's rule"), ("logit", "plain logit"), ("constant", "constant"))
    ]
    heads = ("log-likelihood per row", "fitted rows", "rows held out", "90 % of splits")
    title = ""
    if found.holdout["splits"]:
        title = f"Fit; held out: {found.holdout['splits']} splits, {found.holdout['train']:,} rows fitted"
    yield table(title, heads, fit, (1, 2, 3))
    by = f"{found.options.income}, {unit(found)}"
    rows = [
        [f"quartile {one.group}", number(one.at, 3), percent(one.observed), percent(one.predicted)]
        for one in found.quartiles
    ]
    yield table("Calibration by income", ("", by, "observed, %", "predicted, %"), rows, (1, 2, 3))
    rows = [[f"decile {one.group}", percent(one.observed), percent(one.predicted)] for one in found.deciles]
    yield table("Calibration by predicted chance", ("", "observed, %", "predicted, %"), rows, (1, 2))


def held_out(found: Estimate, key: str) -> list[str]:
    """Fit to rows held out, as texts."""
    if key not in found.holdout:
        return ["-", "-"]
    one = found.holdout[key]
    return [f"{one['mean']:.4f}", f"{one['low']:.4f} .. {one['high']:.4f}"]


def percent(one: Value) -> str:
    """A share with its interval."""
    return f"{100 * one.value:.1f} ({100 * max(one.low, 0.0):.1f} .. {100 * min(one.high, 1.0):.1f})"


def unit(found: Estimate) -> str:
    """Unit of the column of income."""
    each = "" if found.options.income_unit == 1.0 else f"{number(found.options.income_unit)} "
    return f"{each}money a {found.options.income_per}"


def sentences(found: Estimate) -> Iterator[str]:
    """What the survey says, in plain words; no sign is claimed that the interval does not show."""
    income, name = found.income_effect, found.options.income
    one = f"1 more of {name} ({unit(found)})"
    ends = [100 * end for end in (income.value, income.low, income.high)]
    yield surveyed(one, "participation", *ends, elasticity=found.elasticity_all.value)
    pay = found.pay_elasticity
    yield surveyed("10 % more pay for everybody", "participation", 10 * pay.value, 10 * pay.low, 10 * pay.high, "%")


def notes(found: Estimate) -> Iterator[str]:
    """What one must know to read the estimates: how pay is predicted, what is assumed, what fits badly."""
    options = found.options
    if options.wage:
        yield (
            f"Pay is predicted for everybody by log pay on the covariates in the {found.wages:,} rows where "
            f"{options.wage} is observed, without a correction for who works."
        )
    else:
        of = "as given by pay=" if options.pay is not None else f"the median of {options.income}, an assumption"
        yield (
            f"No column of pay: everybody is taken to expect {number(found.pay)} a month ({of}); what pay differs by "
            "is part of the coefficients of the covariates."
        )
    yield (
        f"c0 is {number(found.home)} and k_w {number(found.work_cost)} money a month; time is 480 hours a month for "
        "everybody, so that unpaid care is part of the taste for time."
    )
    errors = "sandwich, with weights" if found.weighted else "from the Hessian"
    yield f"Standard errors are {errors}{', and include that pay is predicted' if options.wage else ''}."
    yield (
        f"Elasticity in {options.income}: {number(found.elasticity_all.value, 2)} where all incomes rise alike, "
        f"{number(found.elasticity.value, 2)} as the average effect times mean income over mean participation."
    )
    if found.negative:
        yield f"{options.income} is below zero in {found.negative:,} rows and counts as zero."
    gap = found.log_likelihood["rule"] - found.log_likelihood["logit"]
    if gap < -0.001:
        yield f"A plain logit fits better, by {-gap:.4f} of log-likelihood per row."
    worst = max(found.quartiles, key=lambda one: abs(one.predicted.value - one.observed.value))
    if abs(worst.predicted.value - worst.observed.value) > UNSEEN:
        yield (
            f"By income the rule misses most in quartile {worst.group}: predicted {100 * worst.predicted.value:.1f} %, "
            f"observed {100 * worst.observed.value:.1f} %."
        )
    if found.holdout["failed"]:
        yield f"{found.holdout['failed']} of {options.splits} splits could not be fitted and are left out."


# ---- the figure


def numbers_of(groups: Sequence[Cell], title: str) -> pd.DataFrame:
    """Observed and predicted participation in %, one row each per group."""
    return pd.DataFrame(
        [
            {
                "title": title, "who": f"group {one.group}, {kind}", "kind": kind, "at": one.at,
                "mean": 100 * value.value, "low": 100 * max(value.low, 0.0), "high": 100 * min(value.high, 1.0),
                "unit": "%",
            }
            for one in groups
            for kind, value in (("observed", one.observed), ("predicted", one.predicted))
        ]
    )  # fmt: skip


@styled
def paint_calibration(frame: pd.DataFrame, narrow: bool, since: str) -> Figure:
    """Observed and predicted participation by income without work, and by the predicted chance."""
    panels = list(frame.groupby("title", sort=False))
    figure, grid = canvas(2, 1, 7.2, narrow) if narrow else canvas(1, 2, 4.1, narrow)
    for axes, (title, rows) in zip(grid.flat, panels, strict=True):
        observed, predicted = (rows[rows["kind"] == kind] for kind in ("observed", "predicted"))
        axes.fill_between(predicted["at"], predicted["low"], predicted["high"], color=BLUE, alpha=0.2, linewidth=0)
        axes.plot(predicted["at"], predicted["mean"], color=BLUE, label="predicted by the rule")
        reach = [observed["mean"] - observed["low"], observed["high"] - observed["mean"]]
        axes.errorbar(observed["at"], observed["mean"], yerr=reach, fmt="o", color=INK, ecolor=GREY, markersize=5,
                      elinewidth=1.4, label="observed, 90 % interval")  # fmt: skip
        axes.set_title(lines(str(title), True, 38))
        axes.set_xlabel(since if axes is grid.flat[0] else "predicted participation, mean of the decile, %")
        axes.set_ylabel("in the labour force, %")
        if axes is not grid.flat[0]:
            axes.set_ylim(0, 100)
        numbers_on(axes)
        numbers_on(axes, "x")
    legend(figure, grid.flat[0])
    said = textwrap.fill(frame.attrs["said"], 50 if narrow else 105)
    figure.supxlabel(said, x=0.01, ha="left", fontsize=9)
    return figure


def picture(found: Estimate) -> str:
    """The figure as SVG, with its numbers in words."""
    deciles = [one._replace(at=100 * one.at) for one in found.deciles]
    frame = pd.concat(
        [
            numbers_of(found.quartiles, "By income without own work, quartiles"),
            numbers_of(deciles, "By predicted participation, deciles"),
        ]
    )
    frame.attrs["said"] = next(sentences(found))
    label = f"{found.options.income}, mean of the quartile, {unit(found)}"
    said = [
        f"{row.title}, {row.who}: {row.mean:.1f} % (interval {row.low:.1f} to {row.high:.1f})."
        for row in frame.itertuples()
    ]
    title = f"Participation in the labour force, observed in {found.where} and predicted by the model's rule"
    reading = " ".join([*sentences(found), "Bands and bars are 90 % intervals.", *said])
    return svg(paint_calibration(frame, False, label), "estimate", title, reading)
