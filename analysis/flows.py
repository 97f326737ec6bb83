"""Flows of people and of money: tidy numbers from runs that kept them, for pictures of who goes where."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.schedule import Schedule

SMALLEST = 0.005  # share of the whole below which a flow is left out of a picture
ACCOUNTS = {
    "Localities.outside": "Rest of the country",
    "Localities.till": "Local market",
    "Destinations.outside": "Places elsewhere",
    "Migrants.savings": "Migrants",
    "Households.liquid_assets": "Families",
    "Firms.cash": "Local firms",
    "Authorities.cash": "Local authority",
    "Lenders.cash": "Local lender",
    "Providers.cash": "Transfer companies",
    "Recruiters.cash": "Recruiters",
}
INTO_FAMILIES = {
    "wages": "Pay from local firms",
    "dividends": "Profits of local firms",
    "farm sales": "Farming",
    "till to traders": "Own-account trade",
    "pensions": "Pensions and grants",
    "unemployment benefits": "Pensions and grants",
    "cash grants": "Pensions and grants",
    "other outside income": "Other income",
}
OUT_OF_FAMILIES = {
    "non-tradables": "Local goods and services",
    "tradables": "Goods from elsewhere",
    "school costs": "School and health",
    "health costs": "School and health",
    "income tax": "Taxes",
    "start-up capital": "New enterprises",
    "trip": "Journeys",
    "purses": "Journeys",
    "interest": "Debt service",
    "repayment": "Debt service",
    "other outside payments": "Other payments",
    "receivers' travel": "Fetching transfers",
    "fares": "Ways to work",
}
OUT_OF_MIGRANTS = {
    "living abroad": "Living elsewhere",
    "transfer fees": "Fees and losses",
    "lost transfers": "Fees and losses",
    "collective projects": "Common projects",
    "withheld": "Fees and losses",
    "trip debt": "Debt for the journey",
    "onward trip": "Journeys",
}
INTO_MIGRANTS = {"pay abroad": "Pay elsewhere"}
FAMILIES, MIGRANTS = "Families here", "Migrants"


@functools.cache
def accounts() -> dict[str, tuple[str, str]]:
    """Who pays whom by each flow of the books, in words."""
    return {
        flow.name: tuple(ACCOUNTS.get(f"{one.table}.{one.name}", one.table) for one in (flow.payer, flow.payee))
        for line in Schedule().lines()
        for flow in type(line).pays
    }  # type: ignore[return-value]


def money(flows: Mapping[str, float], inhabitants: float) -> pd.DataFrame:
    """Where the money of families and of migrants comes from and goes to.

    Parameters
    ----------
    flows : money/month by name of a flow of the books
    inhabitants : persons over whom the amounts are spread

    Returns
    -------
    DataFrame
        ``source, target, value`` in money a month per inhabitant, the largest first. Flows among families
        are left out; what is neither spent nor sent is the difference and is called saved.
    """
    found: dict[tuple[str, str], float] = {}
    for name, amount in flows.items():
        payer, payee = accounts().get(name, ("", ""))
        if payer == payee or amount <= 0:
            continue
        if payer == "Migrants" and payee == "Families":
            pair = (MIGRANTS, FAMILIES)
        elif payer == "Families" and payee == "Migrants":
            pair = (FAMILIES, OUT_OF_FAMILIES.get(name, "Journeys"))
        elif payee == "Families":
            pair = (INTO_FAMILIES.get(name, "Other income"), FAMILIES)
        elif payer == "Families":
            pair = (FAMILIES, OUT_OF_FAMILIES.get(name, "Other payments"))
        elif payee == "Migrants":
            pair = (INTO_MIGRANTS.get(name, "Other income elsewhere"), MIGRANTS)
        elif payer == "Migrants":
            pair = (MIGRANTS, OUT_OF_MIGRANTS.get(name, "Other payments elsewhere"))
        else:
            continue
        found[pair] = found.get(pair, 0.0) + amount
    for middle, saved in ((MIGRANTS, "Saved elsewhere"), (FAMILIES, "Saved")):
        left = sum(v for (_, to), v in found.items() if to == middle) - sum(
            v for (of, _), v in found.items() if of == middle
        )
        if left > 0:
            found[middle, saved] = left
        elif left < 0:
            found[f"{'Savings elsewhere' if middle == MIGRANTS else 'Savings'} used", middle] = -left
    rows = [(of, to, value / max(inhabitants, 1.0)) for (of, to), value in found.items()]
    frame = pd.DataFrame(rows, columns=["source", "target", "value"])
    return frame.sort_values("value", ascending=False, ignore_index=True)


def people(moves: np.ndarray, states: Sequence[str], new: str) -> pd.DataFrame:
    """Where the people of the start are now.

    Parameters
    ----------
    moves : persons, [state at the start, state now]; the last row for those who were not here yet

    Returns
    -------
    DataFrame
        ``source, target, value`` in persons; source is a state at the start, target a state now.
    """
    froms = [*states, new]
    rows = [
        (froms[i], states[j], float(moves[i, j]))
        for i in range(len(froms))
        for j in range(len(states))
        if moves[i, j] > 0
    ]
    return pd.DataFrame(rows, columns=["source", "target", "value"])
