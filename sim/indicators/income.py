"""Prices, incomes and how they are divided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.indicators.registry import everywhere, indicator, ratio, reading
from sim.population import Households
from sim.ranking import ascending
from sim.table import Array

if TYPE_CHECKING:
    from sim.mechanism import Month
    from sim.tallies import Tally


@indicator("1", "Local price of services", "place", "", "IND-07")
def price_ratio(t: Tally) -> Array:
    """Price of non-tradables over that of tradables; 1 in the base month: the local real exchange rate."""
    return ratio(t.service_prices, t.weight)


@indicator("1", "Local price level", "place", "down", "IND-07")
def price_index(t: Tally) -> Array:
    """Consumer prices of the place; 1 in the base month."""
    return ratio(t.prices, t.weight)


@indicator("money/month", "Consumption per head", "homes", "up", "IND-08")
def consumption(t: Tally) -> Array:
    """Real consumption per resident, home-grown food included."""
    return ratio(t.consumption / 100, t.members)


@indicator("money/month", "Real income per head", "homes", "up", "IND-08")
def real_income(t: Tally) -> Array:
    """Household income from all sources per resident at base prices."""
    prices = price_index(t)
    return ratio(t.income / 100, t.members * np.where(prices > 0, prices, np.where(prices[0] > 0, prices[0], 1.0)))


@indicator("money/month", "Real income without remittances", "all", "up", "IND-08")
def real_income_non_recipients(t: Tally) -> Array:
    """Real income per head in households that do not receive remittances."""
    return everywhere(t, real_income(t)[t.groups.index("recipient=no")])


@indicator("1", "Gap between recipients and others", "all", "", "IND-08")
def recipient_gap(t: Tally) -> Array:
    """Income per head of recipient households over that of the others, less 1."""
    per_head = ratio(t.income, t.members)
    yes, no = per_head[t.groups.index("recipient=yes")], per_head[t.groups.index("recipient=no")]
    return everywhere(t, np.where((yes > 0) & (no > 0), ratio(yes, no) - 1.0, 0.0))


@reading("1", "Inequality (Gini)", "down", "IND-09")
def gini(month: Month) -> float:
    """Gini coefficient of real consumption per adult equivalent over residents."""
    heads = month.values(Households.members).astype(np.float64)
    equivalents = 0.3 + 0.7 * month.values(Households.adults) + 0.5 * month.values(Households.children)
    here = heads > 0
    if not here.any():
        return 0.0
    heads = heads[here]
    value = np.maximum(month.values(Households.consumption)[here] / equivalents[here], 0.0)
    order = ascending(value, heads)  # the same sum whatever the order of rows
    people, total = np.cumsum(heads[order]), np.cumsum((heads * value)[order])
    if total[-1] <= 0:
        return 0.0
    below = np.concatenate(([0.0], total[:-1])) + total
    return 1.0 - float((heads[order] * below).sum() / (people[-1] * total[-1]))


@indicator("%", "Poverty", "homes", "down", "IND-09")
def poverty(t: Tally) -> Array:
    """Residents in households below the poverty line, which is set at the start (headcount, FGT 0)."""
    return ratio(t.poor, t.members, 100)


@indicator("%", "Poverty gap", "homes", "down", "IND-09")
def poverty_gap(t: Tally) -> Array:
    """Mean shortfall from the poverty line over the line, over all residents (FGT 1)."""
    return ratio(t.poverty_gap, t.members, 0.01)


@indicator("%", "Remittances in income", "homes", "", "IND-10")
def remittance_dependency(t: Tally) -> Array:
    """Remittances received over household income from all sources."""
    return ratio(t.receipts, t.income, 100)


@indicator("%", "Income from elsewhere without a name", "all", "")
def unexplained_income(t: Tally) -> Array:
    """Other net income from the rest of the country, which closes the accounts of the start, over all income."""
    net = t.flow("other outside income") - t.flow("other outside payments")
    return everywhere(t, ratio(net[0], t.income[0] / 100, 100))
