"""The month, in order; also the tree of parameters.

Each line is one mechanism. What a line needs from a later line is last month's value, so nothing is
simultaneous. The order is part of the model.
"""

from __future__ import annotations

import dataclasses

from sim.events import Events
from sim.mechanism import Mechanism
from sim.mechanisms.away import Away
from sim.mechanisms.care import Care
from sim.mechanisms.enterprise import Enterprise
from sim.mechanisms.expectations import Expectations
from sim.mechanisms.finance import Finance
from sim.mechanisms.government import Government
from sim.mechanisms.matching import Matching
from sim.mechanisms.migration import Migration
from sim.mechanisms.newcomers import Newcomers
from sim.mechanisms.participation import Participation
from sim.mechanisms.production import Production
from sim.mechanisms.remittances import Remittances
from sim.mechanisms.separations import Separations
from sim.mechanisms.services import Services
from sim.mechanisms.skills import Skills
from sim.mechanisms.spending import Spending
from sim.mechanisms.vacancies import Vacancies
from sim.mechanisms.vital import Vital


def line[Line: Mechanism](kind: type[Line]) -> Line:
    """One line of the month with its parameters at their defaults."""
    return dataclasses.field(default_factory=kind)


@dataclasses.dataclass
class Schedule:
    """The month as a list; what is printed, configured and run."""

    events: Events = line(Events)  # shocks and policies set this month's levers
    vital: Vital = line(Vital)  # ageing, births, deaths, household formation, school entry
    away: Away = line(Away)  # migrants work, lose and find jobs, are detected, repay
    remittances: Remittances = line(Remittances)  # out of last month's pay; arrive before anybody decides
    expectations: Expectations = line(Expectations)  # what of it persists, and how volatile it is
    care: Care = line(Care)  # shared among those present, before they look at work
    participation: Participation = line(Participation)  # reservation wages; in or out
    separations: Separations = line(Separations)  # before vacancies, so that firms replace
    vacancies: Vacancies = line(Vacancies)  # labour demand and posted wages
    matching: Matching = line(Matching)  # jobs start now
    production: Production = line(Production)  # output, capacity, payroll
    government: Government = line(Government)  # first claim on non-tradable capacity
    spending: Spending = line(Spending)  # the rest of it; prices move for next month
    finance: Finance = line(Finance)  # what is left over is saved, repaid, lent, paid out
    enterprise: Enterprise = line(Enterprise)  # start-ups pass the gates or fail; exits
    services: Services = line(Services)  # the scarcer of buildings and staff
    skills: Skills = line(Skills)  # schooling, training, learning on the job
    migration: Migration = line(Migration)  # go, return, leave again: from the first of next month
    newcomers: Newcomers = line(Newcomers)  # last, where vacancies stayed open

    def lines(self) -> list[Mechanism]:
        """The mechanisms in their order."""
        return [getattr(self, field.name) for field in dataclasses.fields(self)]
