"""The core loop on columns: six lines of the month, and the rest of the world in its simplest form.

Remittances, participation, separations, matching, spending and migration run as they are. What they
need from the lines left out is supplied by one line, `Elsewhere`, which `experiments.twin` repeats for
objects. It is there to measure and to compare, not to study anything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.codes import Event, Sector, Status, Work
from sim.ledger import Flow
from sim.mechanism import Mechanism, Month, kernel, rule
from sim.mechanisms.expectations import adapted, adapted_variance
from sim.mechanisms.separations import net_pay
from sim.model import Remesa, World
from sim.parameters import param
from sim.population import Destinations, Firms, Households, Localities, Migrants, Persons
from sim.table import Array
from sim.technology import LAND_SHARE, farm_product, trade_capacity
from sim.territory import Inputs

EMPLOYED, OWN_ACCOUNT, AWAY, ABSENT = (
    int(Status.EMPLOYED), int(Status.OWN_ACCOUNT), int(Status.AWAY), int(Status.ABSENT),
)  # fmt: skip
INACTIVE, UNEMPLOYED = int(Status.INACTIVE), int(Status.UNEMPLOYED)
FARM, TRADE = int(Work.FARM), int(Work.TRADE)
NON_TRADABLE = int(Sector.NON_TRADABLE)
FIXED = 1024.0
OUTCOMES = ("participation", "unemployment", "receipts", "departures")


@rule
def jobs_wanted(usual: float, swing: float, month: int) -> int:
    """Employees a firm wants: those of the start, more and fewer with the seasons (nearest whole number)."""
    return math.floor(usual * (1.0 + swing * math.sin(2.0 * math.pi * month / 12.0)) + 0.5)


@kernel
def hire_by_season(firms: Firms, rules: Elsewhere, month: int) -> None:
    """Each firm wants the jobs of the season and opens what is missing."""
    for f in range(len(firms.jobs)):
        for level in range(2):
            firms.desired_jobs[f, level] = jobs_wanted(firms.desired_labour[f, level], rules.swing, month)
            firms.vacancies[f, level] = max(0, firms.desired_jobs[f, level] - firms.jobs[f, level])


@kernel
def earn(
    persons: Persons, households: Households, firms: Firms, localities: Localities, wages: Array, harvest: Array
) -> None:
    """Employees are paid, farmers share what their land gives, traders keep last month's takings."""
    count = len(households.land)
    hands = np.zeros(count, np.int64)
    income, seen, absent = np.zeros(count), np.zeros(count), np.zeros(count)
    capacity = np.zeros(len(localities.capacity), np.int64)
    for i in range(len(persons.status)):
        if persons.status[i] == OWN_ACCOUNT and persons.work[i] == FARM:
            hands[persons.household[i]] += 1
    for h in range(count):
        households.own_workers[h] = hands[h]
        productivity = localities.farm_productivity[households.locality[h]]
        harvest[h] = math.floor(farm_product(households.land[h], float(hands[h]), productivity, LAND_SHARE) * 100.0)
    for f in range(len(firms.jobs)):
        if firms.sector[f] == NON_TRADABLE:
            capacity[firms.locality[f]] += round(firms.output[f] * FIXED)
    for i in range(len(persons.status)):
        home, status = persons.household[i], persons.status[i]
        if status == ABSENT:
            continue
        if status == AWAY:
            absent[home] += persons.smoothed_earnings[i]
            continue
        place = households.locality[home]
        if status == EMPLOYED:
            wages[i] = math.floor(net_pay(persons.wage[i], localities.tax_rate[place], persons.formal[i]) * 100.0)
            persons.earnings[i] = wages[i] / 100.0
        elif status == OWN_ACCOUNT and persons.work[i] == FARM:
            persons.earnings[i] = harvest[home] / 100.0 / hands[home]
        elif status == OWN_ACCOUNT:
            served = trade_capacity(localities.trade_productivity[place], persons.skill[i], persons.hours[i])
            capacity[place] += round(served * FIXED)
        else:
            persons.earnings[i] = 0.0
        income[home] += persons.earnings[i]
        persons.smoothed_earnings[i] = adapted(persons.smoothed_earnings[i], persons.earnings[i], 1.0 / 3.0)
        seen[home] += persons.smoothed_earnings[i]
    for h in range(count):
        households.labour_income[h] = income[h]
        households.others_earnings[h] = seen[h]
        households.absent_earnings[h] = absent[h]
    for place in range(len(capacity)):
        localities.capacity[place] = capacity[place] / FIXED


@kernel
def learn(households: Households, rules: Elsewhere) -> None:
    """Households learn what of their receipts lasts, how volatile it is, and their usual income."""
    for h in range(len(households.receipt)):
        households.receipts[h, 2] = households.receipts[h, 1]
        households.receipts[h, 1] = households.receipts[h, 0]
        households.receipts[h, 0] = households.receipt[h]
        received = (households.receipts[h, 0] + households.receipts[h, 1] + households.receipts[h, 2]) / 3.0
        believed = households.persistent_receipt[h]
        households.persistent_receipt[h] = adapted(believed, received, rules.memory)
        households.receipt_variance[h] = adapted_variance(
            households.receipt_variance[h], received - believed, rules.memory
        )
        households.smoothed_income[h] = adapted(households.smoothed_income[h], households.income[h], rules.memory)


@kernel
def earn_abroad(migrants: Migrants, pay: Array) -> None:
    """Migrants keep what pay there leaves after living costs; work there is as it was on arrival."""
    for m in range(len(migrants.means)):
        if migrants.ended[m] == 0 and migrants.means[m] > 0.0:
            pay[m] = math.floor(migrants.means[m] * 100.0)


@dataclass
class Elsewhere(Mechanism):
    """What the core loop needs of the lines left out, in its simplest form."""

    reads = (
        Persons.household, Persons.status, Persons.work, Persons.skill, Persons.hours, Persons.wage, Persons.formal,
        Migrants.ended, Migrants.means, Migrants.destination,
        Households.locality, Households.land, Households.receipt, Households.income,
        Firms.locality, Firms.jobs, Firms.desired_labour, Firms.sector, Firms.output,
        Localities.tax_rate, Localities.farm_productivity, Localities.trade_productivity,
        Persons.employer,
    )  # fmt: skip
    writes = (
        Persons.earnings, Persons.smoothed_earnings,
        Households.own_workers, Households.labour_income, Households.others_earnings, Households.absent_earnings,
        Households.receipts, Households.persistent_receipt, Households.receipt_variance, Households.smoothed_income,
        Firms.desired_jobs, Firms.vacancies,
        Localities.capacity,
    )  # fmt: skip
    pays = (
        Flow("wages", Firms.cash, Households.liquid_assets, "pay at home, after tax"),
        Flow("farm sales", Localities.outside, Households.liquid_assets, "the whole harvest is sold"),
        Flow("pay abroad", Destinations.outside, Migrants.savings, "what living costs there leave"),
    )
    on: int = 1
    swing: float = param(0.1, "1", (0.0, 0.5), "season in the jobs that firms want; for measuring only")
    memory: float = param(1.0 / 12.0, "1/month", (0.01, 1.0), "speed of learning; for measuring only")

    def __call__(self, month: Month) -> None:
        """Jobs wanted, earnings, what is learnt, pay abroad."""
        wages = np.zeros(month.count(Persons), np.int64)
        harvest = np.zeros(month.count(Households), np.int64)
        abroad = np.zeros(month.count(Migrants), np.int64)
        hire_by_season(month.firms, self.rules, month.number)
        earn(month.persons, month.households, month.firms, month.localities, wages, harvest)
        learn(month.households, self.rules)
        earn_abroad(month.migrants, abroad)
        paid = np.flatnonzero(wages)
        month.pay("wages", month.values(Persons.employer)[paid], month.values(Persons.household)[paid], wages[paid])
        month.pay("farm sales", month.values(Households.locality), np.arange(len(harvest)), harvest)
        month.pay("pay abroad", month.values(Migrants.destination), np.arange(len(abroad)), abroad)


class Core:
    """The month of the core loop, in order; a schedule of seven lines."""

    def __init__(self, model: Remesa) -> None:
        own = model.setup.parameters
        self._lines: list[Mechanism] = [
            Elsewhere(), own.remittances, own.participation, own.separations, own.matching, own.spending,
            own.migration,
        ]  # fmt: skip

    def lines(self) -> list[Mechanism]:
        """The mechanisms in their order."""
        return self._lines


def core_model(inputs: Inputs, population: int, seed: int) -> Remesa:
    """A model whose month is the core loop; firms want the jobs they have at the start."""
    from sim.model import Setup

    model = Remesa(Setup(inputs, months=2400, seed=seed, population=population))
    tables = model.population
    tables.firms.desired_labour[:] = tables.firms.jobs
    tables.households.other_income[:] = 0.0
    tables.households.home_food[:] = 0.0
    model.schedule = Core(model)  # type: ignore[assignment]
    return model


def outcomes(world: World) -> tuple[float, float, float, float]:
    """The main outcomes of the month just run, as `experiments.twin.Twin.outcomes` gives them.

    Returns
    -------
    Participation (%), unemployment (%), receipts per household (money/month), departures per 1,000 adults.
    """
    persons = world.population.persons
    present = persons.status < AWAY
    adults = int((present & (world.month - 1 - world.burn_in - persons.birth_month >= 180)).sum())
    searching = int((persons.status == UNEMPLOYED).sum())
    force = int((present & (persons.status >= UNEMPLOYED)).sum())
    receipts = float(world.population.households.receipt.astype(np.float64).mean())
    departed = float(world.recorder.happened[Event.DEPARTED])
    return 100.0 * force / adults, 100.0 * searching / force, receipts, 1000.0 * departed / adults


__all__ = ["OUTCOMES", "Array", "Core", "Elsewhere", "core_model", "outcomes"]
