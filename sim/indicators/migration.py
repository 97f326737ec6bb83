"""Migration: who is away, who leaves, returns and comes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.codes import Event, Sector
from sim.indicators.registry import everywhere, indicator, ratio, reading
from sim.population import Firms, Migrants
from sim.table import Array, Column

if TYPE_CHECKING:
    from sim.mechanism import Month
    from sim.tallies import Tally


@indicator("%", "Migration prevalence", "people", "", "IND-13")
def prevalence(t: Tally) -> Array:
    """Adults of the place who are away, over adults here and away."""
    return ratio(t.away_adults, t.origin_adults, 100)


@indicator("%", "Women away", "people", "", "IND-13")
def prevalence_women(t: Tally) -> Array:
    """Adult women away over adult women here and away."""
    return ratio(t.women.away_adults, t.women.origin_adults, 100)


@indicator("%", "Men away", "people", "", "IND-13")
def prevalence_men(t: Tally) -> Array:
    """Adult men away over adult men here and away."""
    return ratio(t.men.away_adults, t.men.origin_adults, 100)


@indicator("persons", "Migrants", "people", "", "IND-13")
def migrants(t: Tally) -> Array:
    """People of the place who are away."""
    return t.away


@indicator("%", "Away to join family", "people", "", "IND-13")
def family_migrants(t: Tally) -> Array:
    """People away who left to join or found a family, over all who are away."""
    return ratio(t.family_migrants, t.away, 100)


@indicator("persons/month", "Departures", "all", "", "IND-13")
def departures(t: Tally) -> Array:
    """People who left this month."""
    return everywhere(t, t.happened(Event.DEPARTED))


@indicator("%", "Departures driven by push", "people", "down", "IND-13")
def push_share(t: Tally) -> Array:
    """Leavers of this month who would have stayed with home terms at the median of month 0, over all leavers."""
    return ratio(t.left_pushed, t.left, 100)


@reading("year of local pay", "Push in departures", "", "IND-13")
def push(month: Month) -> float:
    """What home terms worse than the median of month 0 added to the wish to leave: mean over this month's leavers."""
    return of_leavers(month, Migrants.push)


@reading("year of local pay", "Pull in departures", "", "IND-13")
def pull(month: Month) -> float:
    """Gain and amenities there against the median of month 0 here, cost included: mean over this month's leavers."""
    return of_leavers(month, Migrants.pull)


@reading("year of local pay", "Networks in departures", "", "IND-13")
def network(month: Month) -> float:
    """What kin there, the spouse and the norm added to the wish to leave: mean over this month's leavers."""
    return of_leavers(month, Migrants.network)


@indicator("persons/month", "Returnees who left again", "people", "", "IND-18")
def left_again(t: Tally) -> Array:
    """People who left home this month and had come back from an earlier stay."""
    return t.left_again


@reading("month", "Cost of leaving", "down", "IND-30")
def cost_of_leaving(month: Month) -> float:
    """What the way cost, advances included, in months of pay there: mean over migrants at work."""
    at_work = (month.values(Migrants.ended) == 0) & (month.values(Migrants.wage) > 0.0)
    cost, pay = (month.values(column)[at_work].astype(np.float64) for column in (Migrants.cost, Migrants.wage))
    return math.fsum((cost / pay).tolist()) / len(pay) if len(pay) else 0.0


@indicator("persons/month", "Wanted to leave, could not pay", "all", "", "IND-13")
def could_not_pay(t: Tally) -> Array:
    """People who chose to leave this month and could not finance the trip."""
    return everywhere(t, t.happened(Event.WANTED_TO_LEAVE))


@indicator("persons/month", "Returns", "all", "", "IND-18")
def returns(t: Tally) -> Array:
    """People who came back this month."""
    return everywhere(t, t.happened(Event.RETURNED))


@indicator("%/month", "Return rate", "people", "", "IND-18")
def return_rate(t: Tally) -> Array:
    """People who came back this month over those and the migrants who are still away."""
    return ratio(t.came_back, t.came_back + t.away, 100)


@indicator("%", "Forced returns", "people", "down", "IND-18")
def forced_returns(t: Tally) -> Array:
    """People detected and sent back this month over all who came back in it."""
    return ratio(t.sent_back, t.came_back, 100)


@indicator("%", "Failed returns", "people", "down", "IND-18")
def failed_returns(t: Tally) -> Array:
    """People who came back by choice, without work there and with less than the way had cost, over all who did."""
    return ratio(t.failed_back, t.came_back, 100)


@indicator("1", "Preparedness of returnees", "people", "up", "IND-18")
def preparedness(t: Tally) -> Array:
    """Readiness (savings, usable skills, live contacts) times willingness: mean over those who came back this month."""
    return ratio(t.prepared / 100, t.came_back)


@indicator("%", "Returnees who earn well", "people", "up", "IND-18")
def reintegration(t: Tally) -> Array:
    """People back for 13 to 36 months who earn at least the median of those who work here, over all back so long."""
    return ratio(t.settled_well, t.settled, 100)


@indicator("money/month", "Transfers of newcomers", "place", "", "IND-14")
def newcomers_transfers(t: Tally) -> Array:
    """What newcomers sent to the places they came from this month."""
    return t.flow("newcomers' transfers")


@indicator("month", "Experience brought home", "people", "", "IND-17")
def experience_away(t: Tally) -> Array:
    """Mean months spent away by residents who came back."""
    return ratio(t.months_away, t.returnees)


@indicator("persons/month", "Newcomers", "all", "", "IND-14")
def newcomers(t: Tally) -> Array:
    """People who arrived this month from lower-wage places."""
    return everywhere(t, t.happened(Event.ARRIVED))


@indicator("%", "Newcomers in local jobs", "people", "", "IND-14")
def newcomer_share(t: Tally) -> Array:
    """Employees who came from lower-wage places over all employees."""
    return ratio(t.newcomers_employed, t.employees, 100)


@indicator("%", "Skilled people away", "people", "", "IND-15")
def skilled_away(t: Tally) -> Array:
    """Skilled people away over all skilled adults from here."""
    return ratio(t.away_skilled, t.away_skilled + t.skilled, 100)


@indicator("year/month", "Schooling that left", "people", "down", "IND-15")
def schooling_lost(t: Tally) -> Array:
    """Years of schooling of the skilled people who left this month: what was spent on them here, before any price."""
    return t.left_schooling / 100


@indicator("money/month", "Taxes lost with skilled people", "people", "down", "IND-15")
def taxes_lost(t: Tally) -> Array:
    """Skilled people away times the tax on formal pay that a skilled adult pays here in the mean."""
    return ratio(t.skilled_taxes / 100, t.skilled) * t.away_skilled


@reading("%", "Public posts not filled", "down", "IND-15")
def public_posts_open(month: Month) -> float:
    """Labour that public employers want and lack, over what they want, in efficiency units."""
    public = (month.values(Firms.sector) == Sector.PUBLIC) & (month.values(Firms.open) == 1)
    wanted, held = (month.values(column)[public].astype(np.float64) for column in (Firms.desired_labour, Firms.labour))
    total = math.fsum(wanted.ravel().tolist())
    return 100.0 * math.fsum(np.maximum(wanted - held, 0.0).ravel().tolist()) / total if total > 0 else 0.0


@indicator("persons/month", "Skilled people back less gone", "people", "up", "IND-17")
def skilled_balance(t: Tally) -> Array:
    """Skilled people who came back this month less those who left."""
    return t.back_skilled - t.left_skilled


@indicator("%", "Over-qualified abroad", "people", "down", "IND-16")
def overqualified_away(t: Tally) -> Array:
    """Skilled migrants in basic work over all skilled migrants."""
    return ratio(t.away_overqualified, t.away_skilled, 100)


@indicator("%", "Idle abroad", "people", "down", "IND-16")
def idle_away(t: Tally) -> Array:
    """Skilled migrants without work over all skilled migrants."""
    return ratio(t.away_idle, t.away_skilled, 100)


@indicator("%", "Irregular migrants", "people", "down", "IND-13")
def irregular_away(t: Tally) -> Array:
    """Migrants without the right to stay and work over all migrants."""
    return ratio(t.away_irregular, t.away, 100)


@indicator("money", "Debt of migrants", "people", "down", "IND-30")
def migrant_debt(t: Tally) -> Array:
    """Mean debt for the trip per migrant."""
    return ratio(t.migrant_debt / 100, t.away)


@indicator("month", "Debt of migrants in months of pay", "people", "down", "IND-30")
def trip_debt_months(t: Tally) -> Array:
    """What is owed for trips over what people away are paid a month."""
    return ratio(t.migrant_debt, t.migrant_pay)


def of_leavers(month: Month, column: Column) -> float:
    """Mean of one property of stays over those who left home this month."""
    new = (month.values(Migrants.start_month) == month.age_base + 1) & (month.values(Migrants.onward) == 0)
    values = month.values(column)[new].tolist()
    return math.fsum(values) / len(values) if values else 0.0
