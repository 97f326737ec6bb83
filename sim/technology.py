"""What firms, farms and own-account workers can make: rules that several lines of the month share."""

from __future__ import annotations

from sim.codes import Occupation
from sim.mechanism import rule
from sim.population import Firms

SKILLED = int(Occupation.SKILLED)

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
def share_of(level: int, weight: float) -> float:
    """omega_g, weight of a level in a firm's labour, that of skilled work being ``weight``; 0: no such jobs."""
    return weight if level == SKILLED else 1.0 - weight


@rule
def composite(basic: float, skilled: float, weight: float, elasticity: float) -> float:
    """Labour of a firm from work of both levels: ``L = (omega_b L_b^rho + omega_s L_s^rho)^(1/rho)``.

    Parameters
    ----------
    basic, skilled : L_b and L_s, efficiency units at work in jobs of each level, >= 0
    weight : omega_s, in [0, 1], and ``omega_b = 1 - omega_s``; at 0 or 1 the firm has jobs of one level only
    elasticity : of substitution, > 1; ``rho = 1 - 1 / elasticity``

    Returns
    -------
    efficiency units, those of the one level in a firm that has no other; rises with both.

    References
    ----------
    Katz and Murphy (1992), Quarterly Journal of Economics 107(1), 35-78: elasticity 1.4.
    """
    if weight <= 0.0:
        return basic
    if weight >= 1.0:
        return skilled
    rho = 1.0 - 1.0 / elasticity
    labour: float = ((1.0 - weight) * basic**rho + weight * skilled**rho) ** (1.0 / rho)
    return labour


@rule
def labour_of(firms: Firms, f: int, elasticity: float) -> float:
    """`composite` labour of a firm: its people of both levels together."""
    made: float = composite(
        1.0 * firms.labour[f, 0], 1.0 * firms.labour[f, 1], 1.0 * firms.skilled_weight[f], elasticity
    )
    return made


@rule
def unit_cost(basic: float, skilled: float, weight: float, elasticity: float) -> float:
    """Least cost of a unit of `composite` labour at given wages of both levels.

    ``W = (omega_b^e w_b^(1-e) + omega_s^e w_s^(1-e))^(1/(1-e))``, which `composite` has for its dual.

    Parameters
    ----------
    basic, skilled : w_b and w_s, money/month of an efficiency unit, >= 0
    weight, elasticity : as in `composite`

    Returns
    -------
    money/month, the wage of the one level in a firm that has no other; zero where a level costs nothing.
    """
    if weight <= 0.0:
        return basic
    if weight >= 1.0:
        return skilled
    if basic <= 0.0 or skilled <= 0.0:
        return 0.0
    power = 1.0 - elasticity
    dear: float = (1.0 - weight) ** elasticity * basic**power + weight**elasticity * skilled**power
    cost: float = dear ** (1.0 / power)
    return cost


@rule
def of_level(labour: float, share: float, cost: float, wage: float, elasticity: float) -> float:
    """Work of one level in the cheapest ``labour``: ``L_g = L (omega_g W / w_g)^e``.

    Parameters
    ----------
    labour : L, efficiency units of `composite` labour
    share : omega_g, weight of the level
    cost : W, `unit_cost`
    wage : w_g, money/month of an efficiency unit of the level
    elasticity : e, of substitution
    """
    if share <= 0.0:
        return 0.0
    if share >= 1.0 or wage <= 0.0:
        return labour
    wanted: float = labour * (share * cost / wage) ** elasticity
    return wanted


@rule
def added_by_level(share: float, labour: float, employed: float, elasticity: float) -> float:
    """`composite` labour that one more unit of a level adds: ``omega_g (L / L_g)^(1/e)``; 1 if there is no other.

    ``employed`` is L_g > 0 and ``labour`` the L it is part of: work of one level is worth more, the more there is
    of the other.
    """
    if share >= 1.0:
        return 1.0
    added: float = share * (labour / employed) ** (1.0 / elasticity)
    return added


@rule
def first_of_level(
    productivity: float, capital: float, units: float, others: float, share: float, alpha: float, elasticity: float
) -> float:
    """Output that the first person of a level adds in a team of ``others``, per efficiency unit.

    Somebody is hired as a whole: a team that lacks one of its levels makes next to nothing, so the first is worth
    more than the last, whose product `marginal_product` and `added_by_level` give.

    Parameters
    ----------
    productivity, capital, alpha : as in `output`
    units : efficiency units of the first person of the level, > 0
    others : efficiency units of the other level, > 0
    share : omega of the level, in (0, 1)
    elasticity : of substitution
    """
    whole = output(productivity, capital, composite(others, units, share, elasticity), alpha)
    without = output(productivity, capital, composite(others, 0.0, share, elasticity), alpha)
    return (whole - without) / units


@rule
def product_of_level(
    productivity: float, capital: float, employed: float, others: float, first: float, first_other: float,
    share: float, alpha: float, elasticity: float,
) -> float:  # fmt: skip
    """Output that one more efficiency unit of a level adds; of the first person, where a team has nobody of it.

    In a firm of one level it is `marginal_product`, of a single job where nobody is employed.

    Parameters
    ----------
    productivity, capital, alpha : as in `output`
    employed, others : efficiency units of the level and of the other one, >= 0
    first, first_other : efficiency units of a single job of the level and of the other one, > 0
    share : omega of the level, in (0, 1]
    elasticity : of substitution
    """
    if employed <= 0.0 and share < 1.0:
        team = others if others > 0.0 else first_other
        return first_of_level(productivity, capital, first, team, share, alpha, elasticity)
    held = max(employed, first)
    labour = composite(others, held, share, elasticity)
    return marginal_product(productivity, capital, labour, alpha) * added_by_level(share, labour, held, elasticity)


@rule
def weight_of_skilled(basic: float, skilled: float, pay_basic: float, pay_skilled: float, elasticity: float) -> float:
    """omega_s with which just this work of each level is cheapest at these wages.

    Inverts `of_level`: ``omega_s / omega_b = (w_s / w_b) (L_s / L_b)^(1/e)``.

    Parameters
    ----------
    basic, skilled : L_b and L_s, efficiency units, >= 0, not both zero
    pay_basic, pay_skilled : w_b and w_s, money/month of an efficiency unit, > 0 where there is work of the level
    elasticity : e, of substitution
    """
    if skilled <= 0.0:
        return 0.0
    if basic <= 0.0:
        return 1.0
    odds: float = pay_skilled / pay_basic * (skilled / basic) ** (1.0 / elasticity)
    return odds / (1.0 + odds)


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
