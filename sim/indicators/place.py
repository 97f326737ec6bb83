"""Credit, budgets, services, care and people of the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.codes import Event
from sim.indicators.registry import everywhere, indicator, ratio, sum_of
from sim.table import Array

if TYPE_CHECKING:
    from sim.tallies import Tally


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
