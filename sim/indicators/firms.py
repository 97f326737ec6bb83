"""Firms: births, deaths, sizes and the gap between labour's product and pay."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.codes import Event, Sector
from sim.indicators.registry import everywhere, indicator, ratio, reading
from sim.population import Firms
from sim.table import Array, Column

if TYPE_CHECKING:
    from sim.mechanism import Month
    from sim.tallies import Tally


@indicator("1", "Firms", "place", "up", "IND-19")
def firms(t: Tally) -> Array:
    """Private enterprises with employees in business."""
    return t.private_firms


@indicator("1/month", "Firms opened", "all", "up", "IND-19")
def firm_births(t: Tally) -> Array:
    """Enterprises opened this month."""
    return everywhere(t, t.happened(Event.FIRM_OPENED))


@indicator("1/month", "Firms closed", "all", "down", "IND-19")
def firm_deaths(t: Tally) -> Array:
    """Enterprises closed this month."""
    return everywhere(t, t.happened(Event.FIRM_CLOSED))


@indicator("persons", "Mean firm size", "place", "", "IND-19")
def firm_size(t: Tally) -> Array:
    """Employees per private enterprise."""
    return ratio(t.private_jobs, t.private_firms)


@reading("1", "Firm productivity", "up", "IND-19")
def firm_productivity(month: Month) -> float:
    """Mean log productivity of private enterprises in business."""
    values = np.log(np.maximum(of_private(month, Firms.productivity).astype(np.float64), 1e-12)).tolist()
    return math.fsum(values) / len(values) if values else 0.0


@indicator("%", "Enterprises from necessity", "all", "", "IND-19")
def necessity_firms(t: Tally) -> Array:
    """Private enterprises started for lack of an alternative over all private enterprises in business."""
    return everywhere(t, ratio(t.necessity[0], t.private_firms[0], 100))


@reading("%", "Labour firms want", "", "IND-04")
def labour_gap(month: Month) -> float:
    """Work that private enterprises want beyond what they employ, over what they employ."""
    wanted, employed = (
        math.fsum(of_private(month, column).ravel().tolist()) for column in (Firms.desired_labour, Firms.labour)
    )
    return 100.0 * (wanted / employed - 1.0) if employed > 0 else 0.0


def of_private(month: Month, column: Column) -> Array:
    """One property of the private enterprises in business."""
    private = (month.values(Firms.open) == 1) & (month.values(Firms.sector) != Sector.PUBLIC)
    return np.asarray(month.values(column)[private])
