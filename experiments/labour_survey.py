"""A labour-force survey for estimation: which column holds what, in which unit, read and checked."""

from __future__ import annotations

import csv
import dataclasses
import difflib
import hashlib
import math
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.mechanisms.participation import Participation
from sim.parameters import ParameterError, check, declarations
from sim.table import Array

SEPARATORS = (",", ";", "\t")
LARGEST = 1e100  # of any number
LEAST_ROWS = 50  # of a survey
ROWS_EACH = 5  # rows in and rows out of the labour force for each coefficient
WEEKS = 52.0 / 12.0  # in a month
FULL_WEEK = 40.0  # paid hours of a full-time week; with travel they make the 180 hours a month of the model
MONTHLY = {"month": 1.0, "year": 1.0 / 12.0, "week": WEEKS, "hour": FULL_WEEK * WEEKS}
"""What turns an amount per hour, week or year into one per full-time month."""


class EstimationError(ValueError):
    """A survey that cannot be used or fitted: where, what was found, what is allowed, what to do."""


@dataclasses.dataclass(frozen=True)
class Option:
    """One `key=value` of an estimation."""

    default: Any
    meaning: str


def _default(name: str) -> float:
    return float(getattr(Participation(), name))


OPTIONS: dict[str, Option] = {
    "participates": Option("participates", "column: 1 in the labour force, 0 out"),
    "income": Option("income", "column: income the person has without own work, of the family or own"),
    "covariates": Option((), "columns, [a,b,c]: what shifts the taste for time and, with a wage, pay"),
    "wage": Option(
        "", "column: pay per hour or full time, see wage_per and hours; empty or 0 where it was not observed"
    ),
    "hours": Option("", "column: hours a week for which that pay was given, where it was not full time"),
    "weights": Option("", "column: how many people a row stands for"),
    "income_per": Option("month", "period of income: month, year or week"),
    "income_unit": Option(1.0, "money in one unit of the column of income, for example 1000"),
    "wage_per": Option("month", "period of pay: hour, week, month or year"),
    "wage_unit": Option(1.0, "money in one unit of the column of pay"),
    "pay": Option(None, "full-time pay everybody expects, money/month; only without a column of pay"),
    "median_income": Option(None, "money/month of which c0 is a share; none: the median of income in the survey"),
    "home_production": Option(_default("home_production"), "c0 over median income"),
    "work_cost": Option(_default("work_cost"), "k_w over median pay"),
    "splits": Option(20, "random splits for the fit to rows that were held out; 0 for none"),
    "train": Option(2.0 / 3.0, "share (below 1) or number of rows that each split is fitted on"),
    "seed": Option(1, "of the splits"),
    "out": Option("", "folder for parameters, figure and numbers; results/estimate-<name of the file>"),
}
"""What an estimation takes beside the survey; the same for every survey."""


class Options(NamedTuple):
    """`OPTIONS`, checked."""

    participates: str
    income: str
    covariates: tuple[str, ...]
    wage: str
    hours: str
    weights: str
    income_per: str
    income_unit: float
    wage_per: str
    wage_unit: float
    pay: float | None
    median_income: float | None
    home_production: float
    work_cost: float
    splits: int
    train: float
    seed: int
    out: str

    def columns(self) -> dict[str, str]:
        """Meaning of each column that is read, by its name in the survey."""
        named = {one: getattr(self, one) for one in ("participates", "income", "wage", "hours", "weights")}
        return {column: meaning for meaning, column in named.items() if column} | {
            column: "covariate" for column in self.covariates
        }


class Survey(NamedTuple):
    """A checked survey: one row per person, amounts in money a month.

    ``wage`` is full-time pay, NaN where it was not observed; ``weight`` has mean 1. ``negative`` counts
    rows whose income was below zero and counts as zero, as in `sim.mechanisms.participation`.
    """

    participates: Array
    income: Array
    covariates: Array
    wage: Array
    weight: Array
    names: tuple[str, ...]
    where: str
    content: str  # hash of the file, or of the values of a table
    negative: int

    def take(self, rows: Array) -> Survey:
        """Some of the rows."""
        return self._replace(
            participates=self.participates[rows], income=self.income[rows], covariates=self.covariates[rows],
            wage=self.wage[rows], weight=self.weight[rows],
        )  # fmt: skip


# ---- options


def parse_options(arguments: Sequence[str]) -> dict[str, Any]:
    """Options of a command line, ``key=value``; `read_options` checks the values."""
    found: dict[str, Any] = {}
    for argument in arguments:
        key, equals, text = argument.partition("=")
        if not equals:
            raise EstimationError(f"{argument!r} is not understood; write key=value, for example wage=hourly_pay")
        if key in found:
            raise EstimationError(f"{key} is given twice; give it once")
        value: Any = text.strip()
        if value.startswith("[") != value.endswith("]"):
            raise EstimationError(f"{argument}: the list is not closed; write {key}=[a,b]")
        if key == "covariates":
            value = [one.strip().strip("'\"") for one in value.strip("[]").split(",") if one.strip()]
        found[key] = value
    return found


def read_options(**given: Any) -> Options:
    """Check the options of an estimation.

    Raises
    ------
    EstimationError
        At the first that is not known or not allowed.
    """
    for key in given:
        if key not in OPTIONS:
            close = difflib.get_close_matches(key, list(OPTIONS), 1, 0.5)
            nearest = f" nearest: {close[0]};" if close else ""
            raise EstimationError(f"{key} is not an option;{nearest} allowed: {', '.join(OPTIONS)}")
    values = {key: option.default for key, option in OPTIONS.items()}
    values |= {key: value for key, value in given.items() if value is not None}
    for key in ("participates", "income", "wage", "hours", "weights", "out"):
        if not isinstance(values[key], str):
            raise EstimationError(f"{key} = {values[key]!r} is not a text; give the {OPTIONS[key].meaning}")
    covariates = values["covariates"]
    listed = () if isinstance(covariates, (str, bytes)) or not hasattr(covariates, "__iter__") else tuple(covariates)
    if (not listed and covariates not in ((), [])) or not all(isinstance(one, str) for one in listed):
        raise EstimationError(f"covariates = {covariates!r} is not a list of columns; write covariates=[age,schooling]")
    values["covariates"] = listed
    for key, periods in (("income_per", ("month", "year", "week")), ("wage_per", tuple(MONTHLY))):
        if values[key] not in periods:
            raise EstimationError(f"{key} = {values[key]!r}; allowed: {', '.join(periods)}")
    for key in ("income_unit", "wage_unit", "pay", "median_income"):
        if values[key] is not None:
            values[key] = _number(key, values[key], 0.0)
    for key, name in (("home_production", "c0"), ("work_cost", "k_w")):
        try:
            declared = declarations(Participation)[key]
            values[key] = check(f"{key} ({name})", _number(key, values[key], -1.0), declared, 0.0)
        except ParameterError as error:
            raise EstimationError(str(error)) from error
    values["train"] = _number("train", values["train"], 0.0)
    if values["train"] >= 1.0 and values["train"] != int(values["train"]):
        raise EstimationError(f"train = {values['train']:g}; allowed: a share below 1 or a whole number of rows")
    for key, least in (("splits", 0), ("seed", 0)):
        values[key] = int(_number(key, values[key], least - 1.0, whole=True))
    if values["splits"] > 1000:
        raise EstimationError(f"splits = {values['splits']}; allowed: up to 1000")
    found = Options(**values)
    _check_choice(found)
    return found


def _check_choice(options: Options) -> None:
    """Columns and options that exclude each other."""
    listed = [
        *options.covariates,
        *(getattr(options, one) for one in ("participates", "income", "wage", "hours", "weights")),
    ]
    repeated = [column for column in listed if column and listed.count(column) > 1]
    if repeated:
        raise EstimationError(f"the column {repeated[0]} is named twice; each column has one meaning")
    if not options.participates or not options.income:
        raise EstimationError("participates and income must name a column")
    if options.wage and options.pay is not None:
        raise EstimationError(f"pay = {options.pay:g} beside wage={options.wage}; give one of them")
    if options.hours and not options.wage:
        raise EstimationError(f"hours={options.hours} without a column of pay; name it with wage=")
    if options.hours and options.wage_per == "hour":
        raise EstimationError("hours are of no use with pay per hour; leave hours out, or say wage_per=week")


def _number(key: str, value: Any, above: float, whole: bool = False) -> float:
    """A finite number above a limit."""
    allowed = f"allowed: a {'whole ' if whole else ''}number above {above:g} ({OPTIONS[key].meaning})"
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise EstimationError(f"{key} = {value!r} is not a number; {allowed}") from None
    if isinstance(value, bool) or not math.isfinite(number) or number <= above or (whole and number != int(number)):
        raise EstimationError(f"{key} = {value}; {allowed}")
    return number


# ---- reading


def read_survey(data: Any, options: Options) -> Survey:
    """Read and check a survey: a CSV or Parquet file, or a table with named columns.

    Parameters
    ----------
    data : path, pandas DataFrame, mapping of columns, or a table with ``to_pandas``
    options : Options
        Names and units of the columns.

    Raises
    ------
    EstimationError
        At the first column or value that cannot be used.
    """
    if isinstance(data, (str, os.PathLike)):
        path = pathlib.Path(data).expanduser()
        table, content, first, where = *_open(path, options), path.name
    else:
        table, content, first, where = _frame(data), "", 1, "the table"
    for column in options.columns():
        if column not in table.columns:
            close = difflib.get_close_matches(column, [str(one) for one in table.columns], 1, 0.6)
            nearest = f" nearest: {close[0]};" if close else ""
            found = ", ".join(map(str, table.columns[:30])) + (" ..." if len(table.columns) > 30 else "")
            key = options.columns()[column].replace("covariate", "covariates")
            raise EstimationError(f"{where} has no column {column!r} ({key}=);{nearest} found: {found}")
    values = {column: _numbers(table, column, options, first, where) for column in options.columns()}
    survey = _survey(values, options, first, where, content or _hash(values))
    _check_enough(survey, options)
    return survey


def _frame(data: Any) -> pd.DataFrame:
    """A pandas table of whatever was given."""
    if isinstance(data, pd.DataFrame):
        return data
    try:
        if hasattr(data, "to_pandas"):
            return pd.DataFrame(data.to_pandas())
        if isinstance(data, Mapping):
            return pd.DataFrame(dict(data))
    except (ValueError, TypeError) as error:
        raise EstimationError(f"the table cannot be read: {_one_line(error)}") from error
    raise EstimationError(f"{type(data).__name__} is not a survey; give a path, a DataFrame or a mapping of columns")


def _open(path: pathlib.Path, options: Options) -> tuple[pd.DataFrame, str, int]:
    """Table, hash and number of the first row of a file."""
    try:
        if not path.is_file():
            raise EstimationError(f"there is no file {path}; give the path of a CSV or Parquet file")
        raw = path.read_bytes()
        content = hashlib.blake2b(raw, digest_size=12).hexdigest()
        if raw[:4] == b"PAR1" or path.suffix.lower() in (".parquet", ".pq"):
            return pd.read_parquet(path), content, 1
        with path.open(encoding="utf-8-sig", newline="") as text:
            first = text.readline()
        separator = max(SEPARATORS, key=first.count)
        header = [one.strip() for one in next(csv.reader([first], delimiter=separator), [])]
        for column in options.columns():
            if header.count(column) > 1:
                raise EstimationError(f"{path.name}: the column {column} stands there twice; keep one")
        table = pd.read_csv(path, sep=separator, encoding="utf-8-sig", skipinitialspace=True, low_memory=False)
        return table.rename(columns=lambda one: str(one).strip()), content, 2
    except EstimationError:
        raise
    except UnicodeDecodeError as error:
        raise EstimationError(f"{path.name}: byte {error.start} is not UTF-8; save the file in UTF-8") from None
    except OSError as error:
        if error.strerror is None:
            raise EstimationError(f"{path.name} is no table that can be read ({_one_line(error)})") from error
        raise EstimationError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, csv.Error) as error:  # of pandas and pyarrow, too
        raise EstimationError(
            f"{path.name} is no table that can be read ({_one_line(error)}); give CSV with names in row 1, or Parquet"
        ) from error


def _numbers(table: pd.DataFrame, column: str, options: Options, first: int, where: str) -> Array:
    """One column as numbers; an empty cell is NaN and only allowed where pay was not observed."""
    given = table[column]
    if given.dtype.kind in "mM":  # dates and durations would become numbers of nanoseconds
        given = given.astype(str)
    made = pd.to_numeric(given, errors="coerce").to_numpy(float, na_value=np.nan)
    text = np.array([isinstance(one, str) and bool(one.strip()) for one in given], bool)
    empty_allowed = column in (options.wage, options.hours)
    wrong: Array = (np.isnan(made) & (text | np.logical_not(empty_allowed))) | (np.abs(made) > LARGEST)
    if wrong.any():
        k = int(np.flatnonzero(wrong)[0])
        cell = given.iloc[k]
        what = f"{column} is empty" if pd.isna(cell) else f"{column} = {cell!r} is no number to reckon with"
        raise EstimationError(
            f"{where}, row {k + first}: {what} ({int(wrong.sum())} such rows); "
            f"allowed: numbers below {LARGEST:g} with a decimal point; correct these rows or leave them out"
        )
    return np.asarray(made)


def _survey(values: dict[str, Array], options: Options, first: int, where: str, content: str) -> Survey:
    """Amounts a month from checked columns."""
    rows = len(values[options.participates])

    def refuse(wrong: Array, column: str, allowed: str, todo: str) -> None:
        if wrong.any():
            k = int(np.flatnonzero(wrong)[0])
            found = f"{column} = {values[column][k]:g} ({int(wrong.sum())} such rows)"
            raise EstimationError(f"{where}, row {k + first}: {found}; allowed: {allowed}; {todo}")

    participates = values[options.participates]
    refuse(~np.isin(participates, (0.0, 1.0)), options.participates, "0 (out) or 1 (in)", "recode the column")
    weight = np.ones(rows)
    if options.weights:
        weight = values[options.weights]
        refuse(weight <= 0.0, options.weights, "above 0", "leave out rows that stand for nobody")
    income = values[options.income] * options.income_unit * MONTHLY[options.income_per]
    wage = np.full(rows, np.nan)
    if options.wage:
        pay = values[options.wage]
        refuse(pay < 0.0, options.wage, "0 or more, empty where not observed", "correct these rows or leave them out")
        wage = np.where(pay > 0.0, pay * options.wage_unit * MONTHLY[options.wage_per], np.nan)
        if options.hours:
            hours = values[options.hours]
            refuse(
                (pay > 0.0) & ~((hours > 0.0) & (hours <= 168.0)), options.hours,
                "more than 0 and at most 168 a week where there is pay", "correct these rows or empty their pay",
            )  # fmt: skip
            wage = wage * FULL_WEEK / np.where(np.isnan(wage), 1.0, hours)
    return Survey(
        participates=participates,
        income=np.maximum(income, 0.0),
        covariates=np.column_stack([values[one] for one in options.covariates]) if options.covariates
        else np.zeros((rows, 0)),
        wage=wage,
        weight=weight / weight.mean() if rows else weight,
        names=options.covariates,
        where=where,
        content=content,
        negative=int((income < 0.0).sum()),
    )  # fmt: skip


def _check_enough(survey: Survey, options: Options) -> None:
    """Enough rows, and enough that differ, to tell one coefficient from another."""
    where, names = survey.where, survey.names
    rows, coefficients = len(survey.income), len(names) + 2
    each = ROWS_EACH * coefficients
    inside = int(survey.participates.sum())
    if rows < LEAST_ROWS:
        raise EstimationError(f"{where} has {rows} rows; allowed: at least {LEAST_ROWS}; give more rows")
    if inside in (0, rows):
        state = "out of" if inside == 0 else "in"
        raise EstimationError(
            f"{where}: everybody is {state} the labour force ({options.participates} = {int(inside > 0)} in all "
            f"{rows} rows); allowed: both; keep people of both kinds in the survey"
        )
    if min(inside, rows - inside) < each:
        raise EstimationError(
            f"{where} has {inside} rows in and {rows - inside} out of the labour force for {coefficients} "
            f"coefficients; allowed: at least {each} of each; give more rows or fewer covariates"
        )
    if np.ptp(survey.income) == 0.0:
        raise EstimationError(
            f"{where}: {options.income} is the same in every row; allowed: incomes that differ; "
            "without them nothing can be learnt of their effect"
        )
    observed = int(np.isfinite(survey.wage).sum())
    if options.wage and observed < max(each, 20):
        raise EstimationError(
            f"{where}: {options.wage} is observed in {observed} rows; allowed: at least {max(each, 20)} to predict "
            "pay; leave wage= out to expect the same pay for everybody"
        )
    check_independent(survey.covariates, names, where)
    if options.wage:
        check_independent(survey.covariates[np.isfinite(survey.wage)], names, f"{where}, rows with {options.wage}")
    if options.train >= 1.0 and options.train > rows - 1 and options.splits:
        raise EstimationError(f"train = {options.train:g} of {rows} rows; allowed: fewer rows than there are")


def check_independent(covariates: Array, names: Sequence[str], where: str) -> None:
    """Refuse covariates of which one follows from the constant and the others before it."""
    basis = np.full((len(covariates), 1), len(covariates) ** -0.5)
    for k, name in enumerate(names):
        column = covariates[:, k]
        if np.ptp(column) == 0.0:
            raise EstimationError(f"{where}: {name} is {column[0]:g} in every row; leave this covariate out")
        rest = column / np.abs(column).max()
        rest = rest / np.linalg.norm(rest)
        for _ in range(2):  # twice is enough for orthogonality
            rest = rest - basis @ (basis.T @ rest)
        if np.linalg.norm(rest) < 1e-7:
            others = ", ".join(names[:k])
            raise EstimationError(
                f"{where}: {name} follows exactly from a constant and {others}; leave one of these covariates out"
            )
        basis = np.column_stack([basis, rest / np.linalg.norm(rest)])


def weighted_quantile(values: Array, weight: Array, share: float) -> float:
    """Smallest value at which the share of weight is reached: the same for a weight of 2 and for two rows."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    k = int(np.searchsorted(reached, share * reached[-1] * (1.0 - 1e-12)))
    return float(values[order[min(k, len(values) - 1)]])


def _hash(values: dict[str, Array]) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for column, numbers in values.items():
        digest.update(column.encode() + b"\0" + np.ascontiguousarray(numbers, "<f8").tobytes())
    return digest.hexdigest()


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
