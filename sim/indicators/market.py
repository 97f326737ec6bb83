"""Labour market: who is in it, who works, for what pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.indicators.registry import everywhere, indicator, ratio
from sim.table import Array

if TYPE_CHECKING:
    from sim.tallies import Tally


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


@indicator("%", "Unemployed who draw a benefit", "people")
def benefit_recipients(t: Tally) -> Array:
    """Unemployed who drew insurance or assistance this month, over all unemployed."""
    return ratio(t.on_benefit, t.unemployed, 100)


@indicator("money/month", "Unemployment benefits", "place")
def unemployment_benefits(t: Tally) -> Array:
    """Paid to the unemployed this month by the rest of the country."""
    return t.flow("unemployment benefits")


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


def open_vacancies(t: Tally) -> Array:
    """Vacancies that were not filled this month."""
    return t.vacancies - t.hires


def out_because(t: Tally, people: Array) -> Array:
    """People who stay out of the labour force for one reason, over residents aged 15 and older (group all)."""
    return everywhere(t, ratio(100.0 * people[0], t.adults[0]))
