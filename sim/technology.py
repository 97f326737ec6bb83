"""What firms, farms and own-account workers can make: rules that several lines of the month share."""

from __future__ import annotations

from sim.mechanism import rule

ALPHA = 0.35
"""Share of capital in the output of firms; bounds [.25, .45]; Gollin (2002): labour shares of .65-.80."""

LAND_SHARE = 0.4
"""Share of land and harvest risk in farm output; bounds [.2, .6]; Restuccia, Yang and Zhu (2008): .3-.5."""

FULL_TIME = 180.0
"""Hours a month of full-time work, travel included: one person-month of labour."""

OWN_ACCOUNT = 160.0
"""Hours a month of full own-account work."""


@rule
def output(productivity: float, capital: float, labour: float, alpha: float) -> float:
    """Output of a firm, Cobb-Douglas: ``Q = A K^alpha L^(1-alpha)``.

    Parameters
    ----------
    productivity : A, > 0
    capital : money at base prices, >= 0
    labour : efficiency units, >= 0
    alpha : share of capital, in (0, 1)

    Returns
    -------
    money/month at base prices; rises with each argument but alpha, zero without capital or labour.

    References
    ----------
    Gollin (2002), Journal of Political Economy 110(2), 458-474: labour shares with self-employment counted.
    """
    if capital <= 0.0 or labour <= 0.0:
        return 0.0
    made: float = productivity * capital**alpha * labour ** (1.0 - alpha)
    return made


@rule
def marginal_product(productivity: float, capital: float, labour: float, alpha: float) -> float:
    """Output that one more efficiency unit of labour adds: ``(1-alpha) Q / L``.

    At ``labour`` near zero the product of a tenth of a unit stands for the infinite derivative.

    Parameters and references as in `output`; returns money/month at base prices per efficiency unit.
    """
    employed = max(labour, 0.1)
    return (1.0 - alpha) * output(productivity, capital, employed, alpha) / employed


@rule
def farm_product(land: float, workers: float, productivity: float, land_share: float) -> float:
    """Product of a household's land: ``A land^a workers^(1-a)``, worked by its own members.

    Parameters
    ----------
    land : in units of the mean holding of a farming household, >= 0
    workers : members (or efficiency units) at work on it, >= 0
    productivity : money/month at base prices of one worker on one unit of land, harvest included
    land_share : a, in (0, 1)

    Returns
    -------
    money/month at base prices. The return of one more worker falls with those already there, which is
    why departures raise it.

    References
    ----------
    Restuccia, Yang and Zhu (2008), Journal of Monetary Economics 55(2), 234-250.
    """
    if land <= 0.0 or workers <= 0.0:
        return 0.0
    harvested: float = productivity * land**land_share * workers ** (1.0 - land_share)
    return harvested


@rule
def farm_return(land: float, workers: float, productivity: float, land_share: float) -> float:
    """Product of one more worker on the household's land beside ``workers`` already there (money/month)."""
    if land <= 0.0:
        return 0.0
    share = 1.0 - land_share
    added: float = (workers + 1.0) ** share - workers**share
    product: float = productivity * land**land_share * added
    return product


@rule
def trade_capacity(productivity: float, skill: float, hours: float) -> float:
    """What somebody trading on own account can serve in a month, at base prices.

    ``productivity`` is per efficiency unit of a full month of 160 hours.
    """
    return productivity * skill * hours / OWN_ACCOUNT
