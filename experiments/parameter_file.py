"""The file of parameters that an estimation leaves and `remesa run parameters=FILE` takes."""

from __future__ import annotations

import datetime
import os
import pathlib
from importlib.metadata import version
from typing import Any

import yaml

from experiments.estimate import Estimate
from experiments.labour_survey import EstimationError
from sim.mechanism import code_hash
from sim.parameters import ParameterError, check, declarations
from sim.schedule import Schedule


def overrides(found: Estimate) -> dict[str, dict[str, float]]:
    """Parameters of the month that the estimates set, line by line.

    The spread of log taste is sigma: what covariates explain is in the model the work of care, pay and income.
    The median taste is that of the survey's people. c0, k_w and curvature go with them, since both were
    estimated at these.
    """
    taste = {"taste_median": found.median_taste.value, "taste_spread": found.sigma.value, "taste_women": 0.0}
    shares = {"home_production": found.options.home_production, "work_cost": found.options.work_cost}
    return {"vital": taste, "participation": {"curvature": 1.0, **shares}}


def refused(found: Estimate) -> str:
    """Why a run cannot take these estimates; empty where it can."""
    schedule = Schedule()
    for line, values in overrides(found).items():
        mechanism = getattr(schedule, line)
        for name, value in values.items():
            try:
                check(f"{line}.{name}", value, declarations(mechanism)[name], getattr(mechanism, name))
            except ParameterError as error:
                return f"nothing is written, since a run would refuse these parameters: {error}"
    return ""


def document(found: Estimate) -> dict[str, Any]:
    """The content of the file: where it comes from, what was estimated, what a run takes."""
    options = found.options
    estimates = {"sigma": found.sigma, "median_taste": found.median_taste, "income_effect": found.income_effect}
    estimates |= {"elasticity": found.elasticity} | {f"taste of {name}": one for name, one in found.taste.items()}
    return {
        "title": f"Participation estimated from {found.where}",
        "summary": (
            "Spread and median of the taste for time, fitted by maximum likelihood with the model's own rule; "
            "c0 and k_w as in the fit. Use: remesa run parameters=THIS_FILE"
        ),
        "provenance": {
            "file": found.where,
            "hash": found.content,
            "columns": {column: meaning for column, meaning in options.columns().items()},
            "units": {
                "income": f"{options.income_unit:g} money a {options.income_per}",
                "wage": f"{options.wage_unit:g} money per {options.wage_per}" if options.wage else "not observed",
            },
            "rows": found.rows,
            "in the labour force": found.inside,
            "pay observed": found.wages,
            "log-likelihood per row": found.log_likelihood["rule"],
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "remesa": version("remesa"),
            "model": code_hash(),
        },
        "estimates": {name: {"value": one.value, "standard error": one.se} for name, one in estimates.items()},
        "parameters": overrides(found),
    }


def text(found: Estimate) -> str:
    """The file as text.

    Raises
    ------
    EstimationError
        When a value lies outside what a run allows.
    """
    if refused(found):
        raise EstimationError(refused(found))
    return yaml.safe_dump(document(found), sort_keys=False, allow_unicode=True, width=120)


def write_parameters(found: Estimate, path: str | os.PathLike[str]) -> pathlib.Path:
    """Write the file of parameters, whole or not at all."""
    return write_whole(pathlib.Path(path).expanduser(), text(found))


def write_whole(path: pathlib.Path, content: str) -> pathlib.Path:
    """Write a text so that the file is there in full or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        waiting.write_text(content, encoding="utf-8")
        os.replace(waiting, path)
    finally:
        waiting.unlink(missing_ok=True)
    return path
