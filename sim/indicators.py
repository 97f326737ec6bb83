"""One function per indicator: pure, of the month's tallies, with unit and official definition."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.codes import Channel, Event, Sector
from sim.population import Firms, Households, Migrants
from sim.ranking import ascending
from sim.table import Array, Column

if TYPE_CHECKING:
    from sim.mechanism import Month
    from sim.tallies import Tally


@dataclass(frozen=True)
class Indicator:
    """What is reported: name, unit, title for people, official definition, groups it exists for."""

    name: str
    unit: str
    title: str
    definition: str
    groups: str  # people: every group; homes: not by sex or age; place: all, locality; all: the place only
    better: str  # "up", "down" or "" where neither is better by itself
    inventory: str
    compute: Callable[[Tally], Array]

    def covers(self, group: str) -> bool:
        """Whether the indicator is defined for a group."""
        homes = ("recipient=", "migrants=", "quintile=", "locality=")
        kinds = {"people": (*homes, "sex=", "youth=", "returnee="), "homes": homes, "place": ("locality=",), "all": ()}
        return group == "all" or group.startswith(kinds[self.groups])


INDICATORS: dict[str, Indicator] = {}
Compute = Callable[["Tally"], Array]


def indicator(
    unit: str, title: str, groups: str, better: str = "", inventory: str = ""
) -> Callable[[Compute], Compute]:
    """Register a function of the tallies as an indicator; its docstring is the definition."""

    def register(compute: Compute) -> Compute:
        name = compute.__name__
        definition = " ".join((compute.__doc__ or "").split())
        INDICATORS[name] = Indicator(name, unit, title, definition, groups, better, inventory, compute)
        return compute

    return register


Reading = Callable[["Month"], float]
READINGS: dict[str, Reading] = {}


def reading(unit: str, title: str, better: str = "", inventory: str = "") -> Callable[[Reading], Reading]:
    """Register a number of the whole place, read from columns of the month, as an indicator."""

    def register(read: Reading) -> Reading:
        name = read.__name__
        READINGS[name] = read
        indicator(unit, title, "all", better, inventory)(functools.wraps(read)(lambda t: everywhere(t, t.read[name])))
        return read

    return register


def ratio(above: Array, below: Array, scale: float = 1.0) -> Array:
    """Quotient by group, 0 where there is nothing to divide by."""
    out = np.zeros(np.shape(below))
    return np.asarray(scale * np.divide(above, below, out=out, where=np.not_equal(below, 0)))


def everywhere(t: Tally, value: Any) -> Array:
    """A number of the whole territory, in the place of the group all."""
    out = np.zeros(t.shape)
    out[0] = value
    return out


@indicator("persons", "Population", "people")
def population(t: Tally) -> Array:
    """Usual residents present."""
    return t.persons


@indicator("%", "Labour force participation", "people", "", "IND-02")
def participation(t: Tally) -> Array:
    """Labour force (employed, own-account and unemployed) over residents aged 15 and older (ILO)."""
    return ratio(t.labour_force, t.adults, 100)


@indicator("%", "Participation of women", "people", "", "IND-02")
def participation_women(t: Tally) -> Array:
    """Women in the labour force over women aged 15 and older (ILO)."""
    return ratio(t.women.labour_force, t.women.adults, 100)


@indicator("%", "Participation of men", "people", "", "IND-02")
def participation_men(t: Tally) -> Array:
    """Men in the labour force over men aged 15 and older (ILO)."""
    return ratio(t.men.labour_force, t.men.adults, 100)


@indicator("%", "Discouraged by remittances", "people", "", "IND-02")
def discouraged_by_remittances(t: Tally) -> Array:
    """People who would enter the labour force without remittances, over residents aged 15 and older."""
    return ratio(t.discouraged_remittances, t.adults, 100)


@indicator("%", "Out of the labour force to study", "all", "", "IND-02")
def out_to_study(t: Tally) -> Array:
    """Residents aged 15 and older at school, over all of them."""
    return out_because(t, t.out_to_study)


@indicator("%", "Out of the labour force with a pension", "all", "", "IND-02")
def out_with_pension(t: Tally) -> Array:
    """Residents aged 15 and older who would come in without their pension or are too old, over all of them."""
    return out_because(t, t.out_with_pension)


@indicator("%", "Out of the labour force to care", "all", "", "IND-02")
def out_to_care(t: Tally) -> Array:
    """Residents aged 15 and older who would come in without their care hours, over all of them."""
    return out_because(t, t.out_to_care)


@indicator("%", "Out of the labour force for lack of offers", "all", "down", "IND-02")
def out_for_lack_of_offers(t: Tally) -> Array:
    """Discouraged workers over residents aged 15 and older."""
    return out_because(t, t.discouraged)


@indicator("%", "Out of the labour force by taste", "all", "", "IND-02")
def out_by_taste(t: Tally) -> Array:
    """Residents aged 15 and older who would stay out whatever of these changed, over all of them."""
    return out_because(t, t.out_by_taste)


@indicator("%", "Unemployment", "people", "down", "IND-03")
def unemployment(t: Tally) -> Array:
    """Without work, searching and available, over the labour force (ILO, strict)."""
    return ratio(t.unemployed, t.labour_force, 100)


@indicator("%", "Unemployment with discouraged workers", "people", "down", "IND-03")
def unemployment_broad(t: Tally) -> Array:
    """Unemployed and discouraged (available, not seeking) over the labour force and the discouraged (ILO LU3)."""
    return ratio(t.unemployed + t.discouraged, t.labour_force + t.discouraged, 100)


@indicator("%", "Employment rate", "people", "up", "IND-02")
def employment_rate(t: Tally) -> Array:
    """Employed and own-account over residents aged 15 and older (ILO)."""
    return ratio(t.employed, t.adults, 100)


@indicator("persons", "People at work", "people", "up", "IND-01")
def at_work(t: Tally) -> Array:
    """Employees and own-account workers aged 15 and older (ILO)."""
    return t.employed


@indicator("%", "Self-employment", "people", "", "IND-05")
def self_employment(t: Tally) -> Array:
    """Own-account workers and those who run a firm of their own, over all who work (ILO status in employment)."""
    return ratio(t.own_account + t.employers, t.employed, 100)


@indicator("%", "Commuters", "people")
def commuters(t: Tally) -> Array:
    """Employees who work in another locality of the territory than the one they live in, over all who work."""
    return ratio(t.commuters, t.employed, 100)


@indicator("%", "Informal work", "people", "down", "IND-05")
def informality(t: Tally) -> Array:
    """Those who work without contributions and protection over all who work (ILO)."""
    return ratio(t.employed - t.formal, t.employed, 100)


@indicator("%", "Jobs with protection", "people", "up", "IND-29")
def protection(t: Tally) -> Array:
    """Residents aged 15 and older with social protection through a job, over all of them."""
    return ratio(t.insured, t.adults, 100)


@indicator("month", "Duration of unemployment", "people", "down", "IND-03")
def search_duration(t: Tally) -> Array:
    """Mean months searched so far by the unemployed."""
    return ratio(t.search_months, t.unemployed)


@indicator("%", "Vacancy rate", "place", "", "IND-04")
def vacancy_rate(t: Tally) -> Array:
    """Vacancies open at the end of the month over vacancies and employees (ONS and Eurostat vacancy surveys)."""
    vacancies = open_vacancies(t)
    return ratio(vacancies, vacancies + t.jobs_held, 100)


@indicator("1", "Labour-market tightness", "place", "", "IND-04")
def tightness(t: Tally) -> Array:
    """Vacancies over the unemployed, both at the end of the month."""
    return ratio(open_vacancies(t), t.unemployed)


@indicator("%/month", "Job finding", "place", "up", "IND-04")
def job_finding(t: Tally) -> Array:
    """Unemployed people hired this month over all who were unemployed when hiring began."""
    return ratio(t.found, t.found + t.unemployed, 100)


@indicator("%/month", "Job loss", "place", "down", "IND-04")
def separation_rate(t: Tally) -> Array:
    """Jobs ended this month, quits included, over employees at its beginning."""
    return ratio(t.separations, t.employees_before, 100)


@indicator("month", "Time to fill a vacancy", "place", "down", "IND-04")
def time_to_fill(t: Tally) -> Array:
    """Vacancies open during the month over those filled in it: expected duration of a vacancy."""
    return ratio(t.vacancies, t.hires)


@indicator("money/month", "Mean pay of employees", "people", "up", "IND-06")
def wage_mean(t: Tally) -> Array:
    """Mean contractual pay of employees in full-time equivalents."""
    return ratio(t.wages, t.hours_share)


@indicator("%", "Gender pay gap", "place", "down", "IND-06")
def gender_wage_gap(t: Tally) -> Array:
    """Men's less women's mean pay of employees in full-time equivalents, over men's (SDG 8.5.1, unadjusted)."""
    men, women = (ratio(one.wages, one.hours_share) for one in (t.men, t.women))
    return np.where(women > 0, ratio(men - women, men, 100), 0.0)


@indicator("%", "Markdown of wages", "place", "down", "IND-06")
def markdown(t: Tally) -> Array:
    """Share of labour's marginal revenue product that private firms do not offer, weighted by employees."""
    return ratio(t.product - t.offered, t.product, 100)


@indicator("%", "Decent work", "people", "up", "IND-01")
def decent_work(t: Tally) -> Array:
    """Mean of three pillars the model has: employment rate, share of workers with contract, with protection (ILO)."""
    return (ratio(t.employed, t.adults, 100) + ratio(t.formal, t.employed, 100) + ratio(t.insured, t.employed, 100)) / 3


@indicator("money/month", "Mean earnings", "people", "up", "IND-06")
def earnings_mean(t: Tally) -> Array:
    """Mean net earnings of all who work here."""
    return ratio(t.earnings / 100, t.employed)


@indicator("money/month", "Reservation wage", "people", "", "IND-06")
def reservation_wage(t: Tally) -> Array:
    """Mean of the lowest full-time pay accepted, over those in the labour force."""
    return ratio(t.reservation_wages / 100, t.reservation_holders)


@indicator("money/month", "Income without own work", "people", "", "IND-06")
def nonlabour_income(t: Tally) -> Array:
    """Mean over residents aged 15 and older of the income they count on without working, at base prices."""
    return ratio(t.nonlabour_income / 100, t.adults)


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


@indicator("money/month", "New loans", "place", "", "IND-20")
def loans(t: Tally) -> Array:
    """Lent to households and firms this month."""
    return t.flow("loans")


@indicator("money", "Loans written off", "place", "down", "IND-20")
def written_off(t: Tally) -> Array:
    """Loans that lenders have given up since the start."""
    return t.written_off


@indicator("money", "Debt of households", "homes", "down", "IND-20")
def household_debt(t: Tally) -> Array:
    """Mean debt to the local lender per household."""
    return ratio(t.household_debt / 100, t.households)


@indicator("money", "Savings per household", "homes", "up", "IND-20")
def liquid_assets(t: Tally) -> Array:
    """Mean cash and deposits per household."""
    return ratio(t.liquid_assets / 100, t.households)


@indicator("money/month", "Spending of the authority", "place", "", "IND-24")
def authority_spending(t: Tally) -> Array:
    """Public pay, purchases and instruments of this month."""
    return sum_of(t, ("public pay", "public purchases", "outside purchases", "instruments"))


@indicator("money/month", "Spent on instruments", "place", "", "IND-24")
def instrument_spending(t: Tally) -> Array:
    """Cost of all instruments this month, whoever funds them."""
    return t.flow("instruments")


@indicator("money/month", "Balance of the authority", "place", "", "IND-24")
def budget_balance(t: Tally) -> Array:
    """Revenue of the authority less its spending this month."""
    revenue = sum_of(t, ("income tax", "grants", "market dues", "donor money"))
    return revenue - authority_spending(t)


@indicator("1", "School quality", "place", "up", "IND-26")
def school_quality(t: Tally) -> Array:
    """The scarcer of buildings and staff over need, at most 1."""
    return ratio(t.schools, t.weight)


@indicator("1", "Health quality", "place", "up", "IND-26")
def health_quality(t: Tally) -> Array:
    """The scarcer of buildings and staff over need, at most 1."""
    return ratio(t.clinics, t.weight)


@indicator("%", "School attendance", "people", "up", "IND-27")
def school_attendance(t: Tally) -> Array:
    """Residents aged 7 to 17 at school over all of them."""
    return ratio(t.at_school, t.school_age, 100)


@indicator("hour/month", "Unpaid care of women", "people", "", "IND-28")
def care_hours_women(t: Tally) -> Array:
    """Mean unpaid care hours of women aged 15 and older."""
    return ratio(t.women.care_hours / 100, t.women.carers)


@indicator("hour/month", "Unpaid care of men", "people", "", "IND-28")
def care_hours_men(t: Tally) -> Array:
    """Mean unpaid care hours of men aged 15 and older."""
    return ratio(t.men.care_hours / 100, t.men.carers)


@indicator("%", "Insured households", "homes", "up", "IND-29")
def insured(t: Tally) -> Array:
    """Households insured against income loss over all households."""
    return ratio(t.households_insured, t.households, 100)


@indicator("%", "Households with an account", "homes", "up", "IND-20")
def accounts(t: Tally) -> Array:
    """Households with an account at a bank, mobile operator or cooperative over all households."""
    return ratio(t.accounts, t.households, 100)


@indicator("1", "Skill", "people", "up", "IND-17")
def mean_skill(t: Tally) -> Array:
    """Mean efficiency units of adults here."""
    return ratio(t.skill / 100, t.adults)


@indicator("persons/month", "Births less deaths", "all")
def net_births(t: Tally) -> Array:
    """Births here less deaths of people of the place this month."""
    return everywhere(t, t.happened(Event.BORN) - t.happened(Event.DIED))


def of_leavers(month: Month, column: Column) -> float:
    """Mean of one property of stays over those who left home this month."""
    new = (month.values(Migrants.start_month) == month.age_base + 1) & (month.values(Migrants.onward) == 0)
    values = month.values(column)[new].tolist()
    return math.fsum(values) / len(values) if values else 0.0


def of_private(month: Month, column: Column) -> Array:
    """One property of the private enterprises in business."""
    private = (month.values(Firms.open) == 1) & (month.values(Firms.sector) != Sector.PUBLIC)
    return np.asarray(month.values(column)[private])


def open_vacancies(t: Tally) -> Array:
    """Vacancies that were not filled this month."""
    return t.vacancies - t.hires


def out_because(t: Tally, people: Array) -> Array:
    """People who stay out of the labour force for one reason, over residents aged 15 and older (group all)."""
    return everywhere(t, ratio(100.0 * people[0], t.adults[0]))


def sum_of(t: Tally, flows: tuple[str, ...]) -> Array:
    """Money paid by several flows together."""
    total = np.zeros(t.shape)
    for flow in flows:
        total = total + t.flow(flow)
    return total
