"""The participation rule of the model fitted to a labour-force survey by maximum likelihood (R1).

``P(in) = Logistic((ln A - x'd) / sigma)`` with A of `sim.search.utility_gain_per_time` and the logistic of
`sim.search.participation_chance`: the rules of the month themselves, with pay and offers replaced by the pay
that a wage equation predicts. Curvature of utility is 1 (curvature and sigma are not separately identified),
c0 and k_w are the shares of median income and median pay that the month uses, time is free of unpaid care.
One functional form for every survey.

With ``b = (1/sigma, -d/sigma)`` the likelihood is concave, so its maximum is the only one.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.special import expit
from scipy.stats import norm

from experiments.effects import LEVEL
from experiments.labour_survey import (
    MONTHLY,
    EstimationError,
    Options,
    Survey,
    read_options,
    read_survey,
    weighted_quantile,
)
from sim import search
from sim.streams import ONCE, Streams, draw
from sim.table import Array
from sim.technology import FULL_TIME

START = 1.6  # sigma from which the search for its estimate starts
LARGEST = 1e4  # sigma above which the survey shows no response at all
STEPS = 100  # of Newton's method
SEPARATE = 1e-7  # chance near 0 or 1 at which the survey is searched for perfect separation
SMALL = 1e-4  # step of numerical derivatives, in standard errors, or relative


class NoResponseError(EstimationError):
    """The likelihood rises without end in sigma."""


class Value(NamedTuple):
    """An estimate, its standard error and the interval that goes with it."""

    value: float
    se: float
    low: float
    high: float


class Effect(NamedTuple):
    """Average marginal effect of one unit of a covariate on participation, and how much of it goes through pay."""

    name: str
    effect: Value
    through_pay: float


class Cell(NamedTuple):
    """Observed and predicted participation of one group of rows."""

    group: int
    at: float  # mean income (in units of its column) or mean predicted chance of the group
    rows: int
    observed: Value
    predicted: Value


class Fit(NamedTuple):
    """Participation rule and wage equation fitted to some rows, and what they were fitted with."""

    home: float  # c0, money/month
    work_cost: float  # k_w, money/month
    pay: float | None  # of everybody, money/month, without a wage equation
    rule: Array  # 1/sigma, then -d/sigma of a constant and the standardised covariates
    wage: Array  # log pay on a constant and the standardised covariates; empty without one
    spread_of_pay: float  # standard deviation of log pay around the equation


@dataclasses.dataclass(frozen=True)
class Estimate:
    """What a survey says of the participation rule; `as_dict` has the same as plain values."""

    where: str
    content: str
    options: Options
    rows: int
    inside: int
    wages: int
    negative: int
    home: float
    work_cost: float
    pay: float
    sigma: Value
    median_taste: Value
    taste: dict[str, Value]
    wage_equation: dict[str, Value]
    effects: tuple[Effect, ...]
    income_effect: Value
    elasticity: Value
    elasticity_all: Value
    pay_elasticity: Value
    log_likelihood: dict[str, float]
    logit_income_effect: float
    holdout: dict[str, Any]
    quartiles: tuple[Cell, ...]
    deciles: tuple[Cell, ...]
    weighted: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON and for files."""

        def plain(value: Any) -> Any:
            if hasattr(value, "_asdict"):
                return {key: plain(item) for key, item in value._asdict().items()}
            if isinstance(value, dict):
                return {key: plain(item) for key, item in value.items()}
            return [plain(item) for item in value] if isinstance(value, tuple | list) else value

        return {field.name: plain(getattr(self, field.name)) for field in dataclasses.fields(self)}


# ---- the rule on columns


def each(rule: Callable[..., float], *columns: Any) -> Array:
    """A scalar rule of the model on every row, as plain Python: the same numbers compiled or not."""
    plain = getattr(rule, "py_func", rule)
    return np.asarray(np.frompyfunc(plain, len(columns), 1)(*columns), float)


def gains(survey: Survey, fit: Fit, income: Array, pay: Array) -> Array:
    """ln A of every row at an income and a pay, money a month; minus infinity where A is not above zero."""
    worth = (pay > fit.work_cost) & (income + fit.home + pay > fit.work_cost)
    found = np.zeros(len(income))
    found[worth] = each(
        search.utility_gain_per_time, income[worth], fit.home, pay[worth], fit.work_cost, search.TIME, FULL_TIME
    )
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(found))


def chances(gain: Array, design: Array, b: Array) -> Array:
    """P(in) of every row by the rule of the model: ``gain`` is ln A, ``b`` is ``(1/sigma, -d/sigma)``."""
    sigma = 1.0 / float(b[0])
    try:
        return each(search.participation_chance, np.exp(gain), -sigma * (design @ b[1:]), sigma)
    except OverflowError:  # further out than a number can say: certain
        return np.asarray(expit(b[0] * gain + design @ b[1:]))


def likelihood(inside: Array, weight: Array, chance: Array) -> float:
    """Mean log-likelihood per row."""
    right = np.where(inside == 1.0, chance, 1.0 - chance)
    return float(weight @ np.log(np.maximum(right, 1e-300)) / weight.sum())


def maximise(
    regressors: Array, inside: Array, weight: Array, chance: Callable[[Array], Array], start: Array, positive: bool
) -> Array:
    """Newton's method on a likelihood that is logistic in ``regressors @ b``.

    With ``positive`` the first coefficient stays above zero; a survey that pulls it to zero is refused.
    """
    b = start
    p = chance(b)
    level = likelihood(inside, weight, p)
    for _ in range(STEPS):
        gradient = regressors.T @ (weight * (inside - p))
        curvature = (regressors.T * (weight * p * (1.0 - p))) @ regressors
        scale = 1.0 / np.sqrt(np.maximum(np.diag(curvature), 1e-300))
        step = scale * np.linalg.solve(curvature * np.outer(scale, scale), scale * gradient)
        if gradient @ step < 1e-12 * weight.sum():
            return np.asarray(b + step)  # the error of this last step is the square of its size
        size = 1.0
        if positive and b[0] + step[0] <= 0.0:
            size = 0.9 * b[0] / -step[0]
        while True:
            tried = b + size * step
            p = chance(tried)
            found = likelihood(inside, weight, p)
            if found >= level - 1e-14 or size < 1e-9:
                break
            size /= 2.0
        b, level = tried, found
        if positive and b[0] < 1.0 / LARGEST:
            raise NoResponseError(
                "the survey shows no response of the sign the rule implies: people with more income, or less pay, "
                "take part no less (sigma would be infinite); check the units of income and pay and the covariates"
            )
    raise np.linalg.LinAlgError("no maximum found")


# ---- fitting


def standardised(survey: Survey, options: Options) -> tuple[Survey, Array, Array]:
    """The survey with covariates of mean 0 and standard deviation 1, and what they were."""
    mean, spread = survey.covariates.mean(axis=0), survey.covariates.std(axis=0)
    return survey._replace(covariates=(survey.covariates - mean) / spread), mean, spread


def constant_and(columns: Array) -> Array:
    """A column of ones before the covariates."""
    return np.column_stack([np.ones(len(columns)), columns])


def wage_fit(survey: Survey) -> tuple[Array, float]:
    """Log pay on a constant and the covariates by least squares; standard deviation of what is left.

    Pay of those without work is predicted from those whose pay is observed, without a correction for who they are.
    """
    seen = np.isfinite(survey.wage)
    design, root = constant_and(survey.covariates[seen]), np.sqrt(survey.weight[seen])
    log_pay = np.log(survey.wage[seen])
    g, *_ = np.linalg.lstsq(design * root[:, None], log_pay * root, rcond=None)
    left = (log_pay - design @ g) * root
    return g, math.sqrt(float(left @ left) / max(len(left) - design.shape[1], 1))


def fit_rule(survey: Survey, options: Options) -> Fit:
    """Fit wage equation and participation rule to a survey with standardised covariates.

    Raises
    ------
    EstimationError
        Where the rows do not determine the estimates: separation, no response, pay below the cost of work.
    """
    median = options.median_income or weighted_quantile(survey.income, survey.weight, 0.5)
    if median <= 0.0:
        raise EstimationError(
            f"{survey.where}: half of the rows have no {options.income}, so that c0 = {options.home_production:g} of "
            "its median is zero; give median_income=, the median household income per adult of the place, money/month"
        )
    wage, spread, pay = np.zeros(0), 0.0, None
    if options.wage:
        wage, spread = wage_fit(survey)
        seen = np.isfinite(survey.wage)
        median_pay = weighted_quantile(survey.wage[seen], survey.weight[seen], 0.5)
    else:
        median_pay = pay = options.pay or weighted_quantile(survey.income, survey.weight, 0.5)
    fit = Fit(options.home_production * median, options.work_cost * median_pay, pay, np.zeros(0), wage, spread)
    design, inside = constant_and(survey.covariates), survey.participates
    gain = gains(survey, fit, survey.income, expected_pay(survey, fit))
    if not np.isfinite(gain).all():
        k = int(np.flatnonzero(~np.isfinite(gain))[0])
        raise EstimationError(
            f"{survey.where}: predicted pay of {expected_pay(survey, fit)[k]:,.4g} a month ({k + 1}. row) is not above "
            f"the cost of working, {fit.work_cost:,.4g}, or not finite; check the units of pay and the covariates"
        )
    regressors = np.column_stack([gain, design])
    share = float(survey.weight @ inside / survey.weight.sum())
    if not 1e-12 < share < 1.0 - 1e-12:
        raise EstimationError(
            f"{survey.where}: rows {'in' if share < 0.5 else 'out of'} the labour force have next to no weight; "
            f"check {options.weights or 'the survey'}"
        )
    start = np.zeros(regressors.shape[1])
    start[0] = 1.0 / START
    start[1] = math.log(share / (1.0 - share)) - start[0] * float(np.mean(gain))
    try:
        b = maximise(regressors, inside, survey.weight, functools.partial(chances, gain, design), start, positive=True)
    except NoResponseError as error:
        refuse_separation(survey, regressors, options)
        raise EstimationError(f"{survey.where}: {error}") from None
    except np.linalg.LinAlgError:
        refuse_separation(survey, regressors, options)
        raise EstimationError(
            f"{survey.where}: income, predicted pay and covariates move too much alike to be told apart; "
            "leave covariates out"
        ) from None
    p = chances(gain, design, b)
    if min(p.min(), 1.0 - p.max()) < SEPARATE:
        refuse_separation(survey, regressors, options)
    return fit._replace(rule=b)


def expected_pay(survey: Survey, fit: Fit) -> Array:
    """Full-time pay that each row expects, money a month: the median given its covariates."""
    if fit.pay is not None:
        return np.full(len(survey.income), fit.pay)
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(constant_and(survey.covariates) @ fit.wage))


def refuse_separation(survey: Survey, regressors: Array, options: Options) -> None:
    """Refuse a survey in which a line through the covariates parts those in from those out without error.

    References
    ----------
    Albert and Anderson (1984), Biometrika 71(1), 1-10: then the likelihood has no maximum. Found, as in Konis
    (2007), as a linear programme.
    """
    names = [options.income, "", *survey.names]
    signed = (
        (2.0 * survey.participates - 1.0)[:, None] * regressors / np.maximum(np.abs(regressors).max(axis=0), 1e-300)
    )

    def parts(columns: Sequence[int]) -> list[str]:
        """Names of the columns in a line that parts the rows, if there is one."""
        some = signed[:, columns]
        found = linprog(-some.sum(axis=0), A_ub=-some, b_ub=np.zeros(len(some)), bounds=(-1.0, 1.0))
        if found.x is None or -found.fun < 1e-6:
            return []
        return [names[k] for k, size in zip(columns, found.x, strict=True) if names[k] and abs(size) > 1e-6]

    guilty = parts(range(len(names)))
    if not guilty:
        return
    guilty = next((alone for k in range(len(names)) if k != 1 and (alone := parts([k, 1]))), guilty)
    raise EstimationError(
        f"{survey.where}: {' and '.join(guilty)} part{'s' if len(guilty) == 1 else ''} those in from those out of the "
        "labour force without error (perfect separation), so that there is no estimate; leave out or coarsen "
        f"{'it' if len(guilty) == 1 else 'one of them'}"
    )


# ---- standard errors


def scores(survey: Survey, fit: Fit, theta: Array) -> tuple[Array, Array]:
    """Estimating equations of every row: of the rule (b), then of the wage equation (g)."""
    b, g = theta[: len(fit.rule)], theta[len(fit.rule) :]
    design = constant_and(survey.covariates)
    now = fit._replace(rule=b, wage=g)
    gain = gains(survey, now, survey.income, expected_pay(survey, now))
    regressors = np.column_stack([gain, design])
    of_rule = (survey.weight * (survey.participates - chances(gain, design, b)))[:, None] * regressors
    if fit.pay is not None:
        return of_rule, np.zeros((len(design), 0))
    seen = np.isfinite(survey.wage)
    left = np.zeros(len(design))
    left[seen] = np.log(survey.wage[seen]) - (design @ g)[seen]
    return of_rule, (survey.weight * left)[:, None] * design


def covariance(survey: Survey, fit: Fit, weighted: bool) -> Array:
    """Covariance of the coefficients of rule and wage equation together.

    Without weights from the Hessian, with weights the sandwich; in both the standard errors of the rule
    include that pay is predicted.

    References
    ----------
    Murphy and Topel (1985), Journal of Business & Economic Statistics 3(4), 370-379; Newey and McFadden (1994),
    Handbook of Econometrics 4, 2111-2245, section 6: two steps as one set of estimating equations.
    """
    theta = np.concatenate([fit.rule, fit.wage])
    k = len(fit.rule)
    design = constant_and(survey.covariates)
    gain = gains(survey, fit, survey.income, expected_pay(survey, fit))
    p = chances(gain, design, fit.rule)
    regressors = np.column_stack([gain, design])
    bread = np.zeros((len(theta), len(theta)))
    bread[:k, :k] = (regressors.T * (survey.weight * p * (1.0 - p))) @ regressors
    if len(fit.wage):
        seen = np.isfinite(survey.wage)
        bread[k:, k:] = (design[seen].T * survey.weight[seen]) @ design[seen]
        for j in range(k, len(theta)):
            step = np.zeros(len(theta))
            step[j] = SMALL
            above, below = (scores(survey, fit, theta + sign * step)[0].sum(axis=0) for sign in (1.0, -1.0))
            bread[:k, j] = -(above - below) / (2.0 * SMALL)
    meat = np.zeros_like(bread)
    if weighted:
        stacked = np.column_stack(scores(survey, fit, theta))
        meat = stacked.T @ stacked
    else:
        meat[:k, :k] = bread[:k, :k]
        meat[k:, k:] = fit.spread_of_pay**2 * bread[k:, k:]
    half = np.linalg.solve(bread, meat)
    return np.asarray(np.linalg.solve(bread, half.T).T)


def summary(survey: Survey, fit: Fit, options: Options, mean: Array, spread: Array, theta: Array) -> dict[str, Any]:
    """All that is reported, as a function of the coefficients alone: the delta method differentiates it."""
    b, g = theta[: len(fit.rule)], theta[len(fit.rule) :]
    now = fit._replace(rule=b, wage=g)
    sigma = 1.0 / b[0]
    taste = -sigma * b[2:] / spread
    constant = -sigma * b[1] - float(taste @ mean)
    design, weight = constant_and(survey.covariates), survey.weight / survey.weight.sum()
    pay = expected_pay(survey, now)
    p = chances(gains(survey, now, survey.income, pay), design, b)
    slope = weight * p * (1.0 - p) / sigma  # of participation in ln A
    step = SMALL * fit.home
    of_income = (
        gains(survey, now, survey.income + step, pay) - gains(survey, now, survey.income - step, pay)
    ) / (2.0 * step)  # fmt: skip
    above, below = (gains(survey, now, survey.income, pay * math.exp(sign * SMALL)) for sign in (1.0, -1.0))
    of_pay = (above - below) / (2.0 * SMALL)
    unit = options.income_unit * MONTHLY[options.income_per]
    level, effect = float(weight @ p), float(slope @ of_income)
    log_pay = g[1:] / spread if len(g) else np.zeros(len(spread))
    response = float(slope @ of_pay)
    return {
        "sigma": np.array([sigma]),
        "taste": np.concatenate([[constant], taste]),
        "median_taste": np.array([math.exp(-sigma * float(weight @ (design @ b[1:])))]),
        "wage": np.concatenate([[g[0] - float(log_pay @ mean)], log_pay]) if len(g) else g,
        "income": np.array([effect * unit]),
        "elasticity": np.array([effect * float(weight @ survey.income) / level]),
        "elasticity_all": np.array([float((slope * of_income) @ survey.income) / level]),
        "pay_elasticity": np.array([response / level]),
        "effects": response * log_pay - float(slope.sum()) * taste,
        "through_pay": response * log_pay,
        "chances": p,
    }


def slopes_of(values: Callable[[Array], dict[str, Any]], theta: Array, variance: Array) -> dict[str, Array]:
    """Derivatives of everything that is reported (columns) in each coefficient (rows), by differences."""
    found: dict[str, list[Array]] = {}
    errors, sizes = np.sqrt(np.maximum(np.diag(variance), 0.0)), np.maximum(np.abs(theta), 1.0)
    for k, step in enumerate(SMALL * np.where(errors > 0.0, np.minimum(errors, sizes), sizes)):
        change = np.zeros(len(theta))
        change[k] = step
        above, below = values(theta + change), values(theta - change)
        for name in above:
            found.setdefault(name, []).append((above[name] - below[name]) / (2.0 * step))
    return {name: np.array(slopes) for name, slopes in found.items()}


def with_errors(estimates: Array, slopes: Array, variance: Array) -> list[Value]:
    """Estimates with standard errors by the delta method, and their intervals."""
    errors = np.sqrt(np.maximum(((variance @ slopes) * slopes).sum(axis=0), 0.0))
    return [interval(float(one), float(se)) for one, se in zip(estimates, errors, strict=True)]


def interval(value: float, se: float) -> Value:
    """An estimate with its normal interval."""
    reach = float(norm.ppf(0.5 + LEVEL / 2.0)) * se
    return Value(value, se, value - reach, value + reach)


# ---- fit to rows that were held out, calibration


def chances_of(survey: Survey, fit: Fit) -> Array:
    """P(in) of every row of a survey by a fitted rule."""
    gain = gains(survey, fit, survey.income, expected_pay(survey, fit))
    return chances(gain, constant_and(survey.covariates), fit.rule)


def logit(survey: Survey) -> Callable[[Survey], Array]:
    """A plain logit of participation on income and covariates, for comparison: how it predicts any rows."""
    unit = max(float(survey.income.std()), 1e-300)

    def regressors(rows: Survey) -> Array:
        return np.column_stack([rows.income / unit, constant_and(rows.covariates)])

    z = regressors(survey)
    b = maximise(
        z, survey.participates, survey.weight, lambda b: np.asarray(expit(z @ b)), np.zeros(z.shape[1]), positive=False
    )
    return lambda rows: np.asarray(expit(regressors(rows) @ b))


def held_out(survey: Survey, options: Options) -> dict[str, Any]:
    """Log-likelihood of rows that were not used, over random splits keyed by seed, split and row."""
    rows = len(survey.income)
    train = int(options.train) if options.train >= 1.0 else round(options.train * rows)
    streams = Streams(options.seed)
    found: dict[str, list[float]] = {"rule": [], "logit": [], "constant": []}
    failed = 0
    for split in range(options.splits):
        order = np.argsort(draw(streams.luck("estimate", f"split {split}", ONCE), np.arange(rows)), kind="stable")
        used, rest = survey.take(order[:train]), survey.take(order[train:])
        try:
            predicted = {"rule": chances_of(rest, fit_rule(used, options)), "logit": logit(used)(rest)}
        except (EstimationError, np.linalg.LinAlgError):
            failed += 1
            continue
        share = float(used.weight @ used.participates / used.weight.sum())
        predicted["constant"] = np.full(len(rest.income), share)
        for name, chance in predicted.items():
            found[name].append(likelihood(rest.participates, rest.weight, chance))

    def middle(values: Sequence[float]) -> dict[str, float]:
        low, high = np.quantile(values, [0.5 - LEVEL / 2.0, 0.5 + LEVEL / 2.0])
        return {"mean": float(np.mean(values)), "low": float(low), "high": float(high)}

    document: dict[str, Any] = {"splits": options.splits, "train": train, "test": rows - train, "failed": failed}
    if found["rule"]:
        document |= {name: middle(values) for name, values in found.items()}
        document["rule_less_logit"] = middle(list(np.subtract(found["rule"], found["logit"])))
    return document


def cells(survey: Survey, by: Array, groups: int, chance: Array, errors: Callable[[Array], Value]) -> tuple[Cell, ...]:
    """Observed and predicted participation of groups of equal weight, from low to high ``by``."""
    limits = [weighted_quantile(by, survey.weight, k / groups) for k in range(1, groups)]
    group = np.searchsorted(limits, by, side="left")
    found = []
    for k in sorted(set(group.tolist())):
        rows = np.flatnonzero(group == k)
        weight = survey.weight[rows] / survey.weight[rows].sum()
        observed = float(weight @ survey.participates[rows])
        share = (observed * len(rows) + 1.0) / (len(rows) + 2.0)  # an error above zero even if all are in
        se = math.sqrt(share * (1.0 - share) * float(weight @ weight))
        found.append(Cell(k + 1, float(weight @ by[rows]), len(rows), interval(observed, se), errors(rows)))
    return tuple(found)


# ---- the whole


def estimate_participation(data: Any, **options: Any) -> Estimate:
    """Fit the participation rule of the model to a labour-force survey.

    Parameters
    ----------
    data : path, pandas DataFrame, mapping of columns, or a table with ``to_pandas``
        One row per person: participates (0 or 1), income without own work, covariates; pay and weights if known.
    **options
        Names and units of columns, see `experiments.labour_survey.OPTIONS`.

    Raises
    ------
    EstimationError
        One line: where, what was found, what is allowed, what to do.
    """
    chosen = read_options(**options)
    raw = read_survey(data, chosen)
    survey, mean, spread = standardised(raw, chosen)
    fit = fit_rule(survey, chosen)
    weighted = bool(chosen.weights)
    theta, variance = np.concatenate([fit.rule, fit.wage]), covariance(survey, fit, weighted)
    values = functools.partial(summary, survey, fit, chosen, mean, spread)
    centre, slopes = values(theta), slopes_of(values, theta, variance)
    p, slopes_of_p = centre.pop("chances"), slopes.pop("chances")
    found = {name: with_errors(one, slopes[name], variance) for name, one in centre.items()}

    def predicted(rows: Array) -> Value:
        weight = survey.weight[rows] / survey.weight[rows].sum()
        level, slope = np.array([weight @ p[rows]]), slopes_of_p[:, rows] @ weight
        return with_errors(level, slope[:, None], variance)[0]

    unit = chosen.income_unit * MONTHLY[chosen.income_per]
    try:
        plain = logit(survey)
    except np.linalg.LinAlgError:
        refuse_separation(survey, np.column_stack([survey.income, constant_and(survey.covariates)]), chosen)
        raise EstimationError(
            f"{survey.where}: a logit on {chosen.income} and the covariates has no maximum that can be found; "
            "look for single values far from all others"
        ) from None
    step = SMALL * fit.home
    tilted = [plain(survey._replace(income=survey.income + sign * step)) for sign in (1.0, -1.0)]
    weight = survey.weight / survey.weight.sum()
    share = float(weight @ survey.participates)
    return Estimate(
        where=survey.where,
        content=survey.content,
        options=chosen,
        rows=len(survey.income),
        inside=int(survey.participates.sum()),
        wages=int(np.isfinite(survey.wage).sum()),
        negative=survey.negative,
        home=fit.home,
        work_cost=fit.work_cost,
        pay=weighted_quantile(expected_pay(survey, fit), survey.weight, 0.5),
        sigma=found["sigma"][0],
        median_taste=found["median_taste"][0],
        taste=dict(zip(("constant", *survey.names), found["taste"], strict=True)),
        wage_equation=dict(zip(("constant", *survey.names), found["wage"], strict=bool(chosen.wage))),
        effects=tuple(
            Effect(name, effect, part.value)
            for name, effect, part in zip(survey.names, found["effects"], found["through_pay"], strict=True)
        ),
        income_effect=found["income"][0],
        elasticity=found["elasticity"][0],
        elasticity_all=found["elasticity_all"][0],
        pay_elasticity=found["pay_elasticity"][0],
        log_likelihood={
            "rule": likelihood(survey.participates, survey.weight, p),
            "logit": likelihood(survey.participates, survey.weight, plain(survey)),
            "constant": likelihood(survey.participates, survey.weight, np.full(len(p), share)),
        },
        logit_income_effect=float(weight @ (tilted[0] - tilted[1])) / (2.0 * step) * unit,
        holdout=held_out(survey, chosen),
        quartiles=cells(survey, survey.income / unit, 4, p, predicted),
        deciles=cells(survey, p, 10, p, predicted),
        weighted=weighted,
    )
