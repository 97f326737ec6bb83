"""Public services: schools and clinics are as good as the scarcer of buildings and staff."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.codes import Sector
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Authorities, Firms, Households, Localities
from sim.technology import labour_of

PUBLIC = int(Sector.PUBLIC)
FIXED = 65536.0  # staff is added up in this fraction of an efficiency unit, so that order plays no part


@rule
def service_quality(buildings: float, crowd: float, staffing: float, start_staffing: float, start: float) -> float:
    """Quality of a service: the scarcer of buildings and staff, each over need, at most 1 (R7).

    A school without teachers is no better than teachers without a school.

    Parameters
    ----------
    buildings : over the need of the people of the start, >= 0
    crowd : people now over people of the start, > 0
    staffing, start_staffing : efficiency units of public staff per inhabitant, now and at the start
    start : quality that the staff of the start gave, in [0, 1]
    """
    staff = start * staffing / start_staffing if start_staffing > 0.0 else start
    return max(0.0, min(1.0, min(buildings / crowd, staff)))


@rule
def standing(buildings: float, wear: float, upkeep: float, works: float) -> float:
    """Buildings next month: what does not wear out, what is rebuilt, and works beside the budget.

    Parameters
    ----------
    buildings : over need
    wear : share a month
    upkeep : what can be rebuilt from public purchases, over need a month, >= 0
    works : added by a programme, over need a month, >= 0
    """
    return buildings * (1.0 - wear) + upkeep + works


@kernel
def serve(
    households: Households,
    firms: Firms,
    authorities: Authorities,
    localities: Localities,
    rules: Services,
    start_school: float,
    start_health: float,
    elasticity: float,
) -> None:
    """Buildings wear and are rebuilt from what the authority buys; staff is that of the public employer."""
    places = len(localities.buildings)
    people = np.zeros(places, np.int64)
    staff = np.zeros(places, np.int64)
    for home in range(len(households.members)):
        people[households.locality[home]] += households.members[home]
    for firm in range(len(firms.labour)):
        if firms.sector[firm] == PUBLIC and firms.open[firm] == 1:
            work = labour_of(firms, firm, elasticity)
            staff[firms.locality[firm]] += math.floor(work * FIXED + 0.5)
    for seat in range(len(authorities.locality)):
        place = authorities.locality[seat]
        bought = authorities.purchases[seat] / (1.0 * localities.price_index[place])
        start_buildings = max(start_school, start_health)
        if localities.start_upkeep[place] < 0.0:
            localities.start_upkeep[place] = bought
        spent = localities.start_upkeep[place] * 1.0
        upkeep = rules.wear * start_buildings * (bought / spent if spent > 0.0 else 1.0)
        given = 0.0  # as many buildings as the same money keeps up in the authority's hands
        if spent > 0.0:
            given = rules.wear * start_buildings * localities.gifts[place] / localities.price_index[place] / spent
        localities.buildings[place] = standing(
            1.0 * localities.buildings[place], rules.wear, upkeep, localities.building_works[place] + given
        )
    for place in range(places):
        if people[place] == 0:
            continue
        staffing = staff[place] / FIXED / people[place]
        if localities.start_staffing[place] < 0.0:
            localities.start_staffing[place] = staffing
        crowd = 1.0
        if localities.start_residents[place] > 0:
            crowd = people[place] / (1.0 * localities.start_residents[place])
        buildings, at_start = 1.0 * localities.buildings[place], 1.0 * localities.start_staffing[place]
        localities.school_quality[place] = service_quality(buildings, crowd, staffing, at_start, start_school)
        localities.health_quality[place] = service_quality(buildings, crowd, staffing, at_start, start_health)


@dataclass
class Services(Mechanism):
    """Schools and clinics are as good as the scarcer of their buildings and their staff.

    Buildings wear out and are rebuilt as far as the authority's purchases of the month allow, so a
    poorer authority lets them decay; staff are the employees of the public employer, skilled and basic work
    together, so emigrants' money for buildings helps little where nurses and teachers are missing. Need grows
    with the people here.
    """

    reads = (
        Households.locality, Households.members, Firms.locality, Firms.sector, Firms.open, Firms.labour,
        Firms.skilled_weight,
        Authorities.locality, Authorities.purchases, Localities.price_index, Localities.building_works,
        Localities.start_residents, Localities.gifts,
    )  # fmt: skip
    writes = (
        Localities.buildings, Localities.school_quality, Localities.health_quality, Localities.start_staffing,
        Localities.start_upkeep,
    )  # fmt: skip
    answers = (
        Answer(Authorities.purchases, Localities.buildings, +1, "public purchases rebuild", factor=2.0),
        Answer(
            Households.members,
            Localities.school_quality,
            -1,
            "more people share schools and staff",
            factor=2.0,
        ),
        Answer(
            Households.members,
            Localities.health_quality,
            -1,
            "more people share clinics and staff",
            factor=2.0,
        ),
        Answer(
            Localities.building_works,
            Localities.buildings,
            +1,
            "works beside the budget",
            factor=1.0,
            shift=0.1,
        ),
    )
    shows = ("school_quality", "health_quality")

    on: int = switch("quality of schools and clinics moves with buildings and staff")
    wear: float = param(
        0.004, "1/month", (0.001, 0.01), "assumption: public buildings without upkeep last about twenty years"
    )

    def __call__(self, month: Month) -> None:
        """Rebuild, then take the scarcer of buildings and staff."""
        if not self.on:
            return
        place = month.territory
        serve(
            month.households, month.firms, month.authorities, month.localities, self.rules,
            place.school_quality, place.health_quality, month.rules_of("production").elasticity,
        )  # fmt: skip
