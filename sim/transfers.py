"""Ways to send money: what a transfer costs, when one is worth making, and by which channel."""

from __future__ import annotations

import math

from sim.codes import Channel
from sim.mechanism import rule

BANK, OPERATOR, DIGITAL, INFORMAL, COOPERATIVE = (
    int(Channel.BANK), int(Channel.OPERATOR), int(Channel.DIGITAL), int(Channel.INFORMAL), int(Channel.COOPERATIVE),
)  # fmt: skip
PAYS_AT_DESKS = (BANK, OPERATOR, COOPERATIVE)  # the receiver fetches the money; carriers bring it, phones hold it
NEEDS_ACCOUNT = (BANK, DIGITAL, COOPERATIVE)  # an account, a card or a membership
FAR = -1e30  # score of a channel that cannot be used


@rule
def sending_balance(fixed: float, planned: float, wait: float) -> float:
    """Amount at which a transfer is made: ``B* = sqrt(2 F r / wait)``.

    Parameters
    ----------
    fixed : money per transfer, >= 0
        F: cost of a transfer that does not depend on the amount.
    planned : money/month, >= 0
        r: what comes to be sent each month.
    wait : 1/month, > 0
        Cost of waiting, as a share of the balance.

    References
    ----------
    Baumol (1952), Quarterly Journal of Economics 66(4), 545-556; Tobin (1956), Review of Economics and
    Statistics 38(3), 241-247.
    """
    return math.sqrt(2.0 * fixed * planned / wait)


@rule
def channel_score(cost_share: float, trust: float, sensitivity: float) -> float:
    """Value of a channel in logit units: trust less the weight of its expected cost over the amount."""
    return trust - sensitivity * cost_share


@rule
def cost_of_sending(fixed: float, rate: float, margin: float, travel: float, loss: float, amount: float) -> float:
    """Whole expected cost of one transfer over its amount: fees, margin, the receiver's way and loss.

    ``fixed`` and ``travel`` are money per transfer, ``rate``, ``margin`` and ``loss`` shares of ``amount``.
    """
    return (fixed + travel) / amount + rate + margin + loss


@rule
def felt_cost(worth: float, liked: float, sensitivity: float) -> float:
    """Cost share that would leave a sender as well off if every way had it: ``-ln(sum e^s / sum e^t) / eta``.

    ``s`` is the score of a way and ``t`` the trust in it (`channel_score`). It is the mean cost of the ways taken and
    what it is worth not to be driven from those that are liked more, so that a dearer way counts by as much as it is
    used, also where some leave it for one they trust less.

    Parameters
    ----------
    worth : sum of exp(score) over the ways that can be used, > 0
    liked : sum of exp(score) if none of them cost anything, >= worth
    sensitivity : eta, weight of a cost share in logit units, > 0

    Returns
    -------
    dimensionless, between the lowest and the highest cost share

    References
    ----------
    Small and Rosen (1981), Econometrica 49(1), 105-130: what a price costs those who choose among discrete ways.
    """
    return -math.log(worth / liked) / sensitivity


@rule
def exchange_margin(observed: float, floor: float, power: float, providers: float, informed: float) -> float:
    """Exchange margin a provider can take: its cost, plus what customers who do not compare leave it.

    ``cost + m / (number of providers * informed share)``, at most the margin when nobody compares. So
    information alone can cut it, without any new provider.

    Parameters
    ----------
    observed : dimensionless, >= 0
        Margin when nobody compares prices.
    floor : dimensionless, >= 0
        Cost of changing money, as a share.
    power : dimensionless, >= 0
        m: common to all providers.
    providers : how many compete, >= 1
    informed : dimensionless, in [0, 1]
        Share of customers who compare prices.

    References
    ----------
    Varian (1980), American Economic Review 70(4), 651-659: a model of sales to informed and uninformed.
    """
    if informed <= 0.0:
        return observed
    return min(observed, floor + power / (providers * informed))


@rule
def travel_cost(distance: float, nearer: float, per_km: float, pay: float) -> float:
    """Cost of the receiver's way to a desk and back, in money; ``per_km`` is in shares of monthly ``pay``."""
    return distance * (1.0 - nearer) * per_km * pay


@rule
def can_use(channel: int, account: bool, carrier: bool, needs_account: int) -> bool:
    """Whether both ends can use a channel: an account where it needs one, a carrier for the informal way."""
    if channel == INFORMAL:
        return carrier
    return account or not needs_account


@rule
def gumbel_score(score: float, uniform: float) -> float:
    """Score plus an extreme-value draw: the largest of several is a draw from the logit."""
    return score - math.log(-math.log(uniform))
