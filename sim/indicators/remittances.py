"""Remittances: what is sent, what it costs, who receives it, what it is used for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.codes import Channel
from sim.indicators.registry import indicator, ratio, reading
from sim.population import Migrants
from sim.table import Array

if TYPE_CHECKING:
    from sim.mechanism import Month
    from sim.tallies import Tally


@indicator("%", "Households receiving remittances", "homes", "", "IND-10")
def receiving_households(t: Tally) -> Array:
    """Households that count on remittances over all households with members here."""
    return ratio(t.recipients, t.households, 100)


@indicator("money/month", "Spent on school", "homes", "", "IND-12")
def school_spending(t: Tally) -> Array:
    """Mean spending on school per household with members here."""
    return ratio(t.school_spending / 100, t.households)


@indicator("money/month", "Spent on health", "homes", "", "IND-12")
def health_spending(t: Tally) -> Array:
    """Mean spending on health per household with members here."""
    return ratio(t.health_spending / 100, t.households)


@indicator("money/month", "Spent on building", "homes", "", "IND-12")
def housing_spending(t: Tally) -> Array:
    """Mean spending on the house per household with members here."""
    return ratio(t.housing_spending / 100, t.households)


@indicator("%", "Spent by deciders on themselves", "homes", "", "IND-12")
def personal_share(t: Tally) -> Array:
    """What those who decide spend on themselves beyond an equal share, over spending."""
    return ratio(t.personal_spending, t.spending, 100)


@indicator("money/month", "Remittances to daily needs", "homes", "", "IND-12")
def use_daily(t: Tally) -> Array:
    """Food and daily needs, less what the same households would buy with nothing received or counted on."""
    return np.asarray(t.use_daily / 100)


@indicator("money/month", "Remittances to personal use", "homes", "", "IND-12")
def use_personal(t: Tally) -> Array:
    """Spent by deciders on themselves, less what they would spend with nothing received or counted on."""
    return np.asarray(t.use_personal / 100)


@indicator("money/month", "Remittances to health", "homes", "up", "IND-12")
def use_health(t: Tally) -> Array:
    """Spent on health, less what the same households would spend with nothing received or counted on."""
    return np.asarray(t.use_health / 100)


@indicator("money/month", "Remittances to school", "homes", "up", "IND-12")
def use_school(t: Tally) -> Array:
    """Spent on school, less what the same households would spend with nothing received or counted on."""
    return np.asarray(t.use_school / 100)


@indicator("money/month", "Remittances to housing", "homes", "", "IND-12")
def use_housing(t: Tally) -> Array:
    """Spent on building, less what the same households would spend with nothing received or counted on."""
    return np.asarray(t.use_housing / 100)


@indicator("money/month", "Remittances to enterprise", "homes", "up", "IND-12")
def use_business(t: Tally) -> Array:
    """Own money put into start-ups beyond what the household would have held had nothing come."""
    return np.asarray(t.use_business / 100)


@indicator("money/month", "Remittances saved", "homes", "", "IND-12")
def use_saved(t: Tally) -> Array:
    """Received and not put to a use this month; below zero where earlier receipts are spent."""
    used = t.use_daily + t.use_personal + t.use_health + t.use_school + t.use_housing + t.use_business
    return np.asarray((t.receipts - used) / 100)


@indicator("money/month", "Given to common projects", "place", "up", "IND-12")
def collective_gifts(t: Tally) -> Array:
    """Given by those away to what the place builds together."""
    return t.flow("collective projects")


@indicator("%", "Collective share", "place", "up", "IND-12")
def collective_share(t: Tally) -> Array:
    """Gifts to common projects over these and what is sent to households."""
    gifts = collective_gifts(t)
    return ratio(gifts, gifts + remittances_sent(t), 100)


@indicator("%", "Women among receivers", "homes", "", "IND-31")
def women_receivers(t: Tally) -> Array:
    """Recipient households in which a woman receives or decides over all recipient households."""
    return ratio(t.women_receiving, t.recipients, 100)


@indicator("%", "Say of women who receive", "homes", "up", "IND-31")
def women_receivers_power(t: Tally) -> Array:
    """Mean share of income under women's control in recipient households in which a woman receives."""
    return ratio(t.women_power / 100, t.women_receiving)


@indicator("money/month", "Remittances sent", "place", "", "IND-11")
def remittances_sent(t: Tally) -> Array:
    """Taken from migrants for transfers this month: received, fees and what is lost."""
    return t.flow("remittances") + t.flow("transfer fees") + t.flow("lost transfers")


@indicator("money/month", "Fees and margins on transfers", "place", "down", "IND-11")
def remittances_fees(t: Tally) -> Array:
    """Fees and exchange margins paid on transfers this month."""
    return t.flow("transfer fees")


@indicator("money/month", "Transfers lost", "place", "down", "IND-11")
def remittances_lost(t: Tally) -> Array:
    """Money lost on the way this month."""
    return t.flow("lost transfers")


@indicator("money/month", "Remittances received, net", "place", "up", "IND-11")
def remittances_received(t: Tally) -> Array:
    """Received after fees and losses, less what receivers spent on travel to a desk."""
    return t.flow("remittances") - t.flow("receivers' travel")


@indicator("%", "Cost of sending", "all", "down", "IND-11")
def transfer_cost(t: Tally) -> Array:
    """Fees, margins, losses and receivers' travel over the amount sent."""
    sent = remittances_sent(t)
    return ratio(sent - remittances_received(t), sent, 100)


@indicator("%", "Fees and losses of senders", "people", "down", "IND-11")
def sender_cost(t: Tally) -> Array:
    """Fees, margins and losses over the amount migrants sent this month, by who they are."""
    return ratio(t.transfer_costs, t.transfers, 100)


@indicator("%", "Cost of fetching transfers", "place", "down", "IND-11")
def access_cost(t: Tally) -> Array:
    """Receivers' fares and time on the way to a desk over what arrived."""
    return ratio(t.flow("receivers' travel"), t.flow("remittances"), 100)


@indicator("money/month", "Remittance per migrant", "people", "", "IND-11")
def remittance_mean(t: Tally) -> Array:
    """Mean sent this month per person away, fees and losses included."""
    return ratio(t.transfers / 100, t.away)


@indicator("%", "Share of pay remitted", "people", "", "IND-11")
def remittance_share(t: Tally) -> Array:
    """Sent this month over what people away are paid there."""
    return ratio(t.transfers, t.migrant_pay, 100)


@reading("%", "Formal transfers", "", "IND-11")
def formal_transfers(month: Month) -> float:
    """Amount sent this month by bank, operator, digital channel or cooperative over all sent."""
    sent = month.values(Migrants.sent)
    senders = np.flatnonzero((sent > 0.0) & (month.values(Migrants.ended) == 0))
    sent = sent[senders].astype(np.float64)
    formal = sent[month.values(Migrants.channel)[senders] != Channel.INFORMAL]
    total = math.fsum(sent.tolist())
    return 100.0 * math.fsum(formal.tolist()) / total if total > 0 else 0.0
