"""Firms of the start, of the sizes and productivities that fit the people who are employed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.benefits import first_entitlements
from sim.codes import Occupation, Owner, Sector, Status, Work
from sim.mechanism import kernel, rule
from sim.population import Firms
from sim.ranking import ascending
from sim.streams import ONCE, Luck, derived_id, draw, uniforms
from sim.table import Array
from sim.technology import ALPHA, composite, weight_of_skilled

if TYPE_CHECKING:
    from sim.initial import Solution

LEAST_SERVICES, MOST_SERVICES = 0.05, 0.9
CAPITAL_COST = 0.0205  # interest and depreciation a month: .0125 and .008; assumption


SPAN = 200.0  # of firm sizes: the largest over the smallest


def service_share(demand: float, firms_value: float) -> float:
    """Share of private firms' output that is non-tradable when they serve that demand."""
    return min(max(demand / max(firms_value, 1e-9), LEAST_SERVICES), MOST_SERVICES)


def jobs(self: Solution) -> None:
    """Employers, wages and tenure of those employed; firms of the sizes and productivities that fit them."""
    inputs, tables, streams = self.inputs, self.tables, self.world.streams
    persons, markets, localities = tables.persons, tables.markets, tables.localities
    luck = streams.luck("initial", "employed", ONCE)
    employed = self.pool & (draw(luck, persons.id) < self.chance)
    score, months = draw(luck, persons.id, 1), draw(luck, persons.id, 2)
    searching = self.pool & ~employed & (persons.status == Status.UNEMPLOYED)
    mean_months = 1.0 / np.maximum(self.arrival[persons.occupation] * self.share_accepting, 0.02)
    persons.search_months[searching] = np.minimum(-np.log(months) * mean_months, 120)[searching].astype(np.int16)
    first_entitlements(self, searching)
    persons.tenure[employed] = np.minimum(1 - np.log(months[employed]) / self.separation, 480).astype(np.int16)
    born, accepted = streams.luck("initial", "firms", ONCE), streams.luck("initial", "accepted offers", ONCE)
    firms_value, units, demand = self.local_market(employed.astype(np.float64), self.own & ~employed)
    demand = demand - units * self.trade / (1.0 - inputs.market_dues)
    groups = []
    mixing = self.setup.parameters.production.complements == 1
    for place in range(self.count):
        here = employed & (self.place == place)
        wanted = round(inputs.public_share * here.sum())
        staff = ranked(here & (persons.occupation == Occupation.SKILLED), score, persons.id)[:wanted]
        others = ranked(here & (persons.occupation == Occupation.BASIC), score, persons.id)[: wanted - len(staff)]
        public = np.concatenate([staff, others])
        own = persons.occupation[public] if mixing else np.full(len(public), Occupation.SKILLED)
        groups.append(employ(
            self, place, np.array([place + 1]), np.array([len(public)]), public, own, Sector.PUBLIC,
            np.array([Occupation.SKILLED]), np.array([-1]), True, self.rate[None, :],
        ))  # fmt: skip
        services = service_share(float(demand[place]), float(firms_value[place]))
        free = here.copy()
        free[public] = False
        number = 1
        for levels in (
            ((Occupation.BASIC, Occupation.SKILLED),) if mixing else ((Occupation.BASIC,), (Occupation.SKILLED,))
        ):
            rows = np.flatnonzero(free & np.isin(persons.occupation, levels))
            rate, full = self.accepted(rows, draw(accepted, persons.id[rows]))
            service = draw(accepted, persons.id[rows], 1) < services
            for sector, hours in ((s, h) for s in (Sector.NON_TRADABLE, Sector.TRADABLE) for h in (True, False)):
                mine = np.flatnonzero((service == (sector is Sector.NON_TRADABLE)) & (full == hours))
                mine = mine[ascending(rate[mine], persons.id[rows[mine]])]  # alike in pay work together
                level = persons.occupation[rows[mine]]
                skilled = int((level == Occupation.SKILLED).sum())
                ids, sizes, experts = (np.zeros(len(mine), np.int64) for _ in range(3))
                chance = np.zeros(len(mine))
                found = into_teams(
                    born, place, number, inputs.firm_size, inputs.firm_size_tail,
                    self.setup.parameters.production.smallest_mixed, len(mine) - skilled, skilled,
                    ids, sizes, experts, chance,
                )  # fmt: skip
                ids, sizes, experts, chance = ids[:found], sizes[:found], experts[:found], chance[:found]
                firm = np.zeros(len(mine), np.int64)
                firm[level == Occupation.BASIC] = np.repeat(np.arange(found), sizes - experts)
                firm[level == Occupation.SKILLED] = np.repeat(np.arange(found), experts)
                together = np.lexsort((level, firm))  # within a level they stay in the order of pay
                mine, firm, level = mine[together], firm[together], level[together]
                last = (
                    np.cumsum(sizes) - 1
                )  # best paid of those of its higher level: runs it, where nobody outside does
                runs = np.where(chance < inputs.absentee_share, -1, rows[mine][last])
                best = np.zeros((found, 2))
                np.maximum.at(best, (firm, level), rate[mine])
                groups.append(
                    employ(self, place, ids, sizes, rows[mine], level, sector, level[last], runs, hours, best)
                )
                number += found
    open_firms(self, groups)
    for m in range(markets.count):
        mine = employed & (self.market == m)
        markets.employees[m] = int(mine.sum())
        markets.arrival[m] = markets.start_arrival[m] = self.arrival[m % 2]
        markets.searchers[m] = int((searching & (self.market == m)).sum())
    for place in range(self.count):
        mine = self.place == place
        localities.adults[place] = int((mine & self.adult).sum())
        localities.searchers[place] = int((mine & searching).sum())
        force = int((mine & self.pool).sum())
        localities.unemployment[place] = localities.searchers[place] / max(force, 1)


def ranked(those: Array, score: Array, ids: Array) -> Array:
    """Rows of those people by keyed score."""
    rows = np.flatnonzero(those)
    return rows[ascending(score[rows], ids[rows])]


@rule
def firm_size(uniform: float, mean: float, tail: float) -> int:
    """Employees of a firm, from a Pareto tail cut at 60 times the mean: whole numbers of about that mean.

    Parameters
    ----------
    uniform : luck, in (0, 1)
    mean : employees, >= 1
    tail : exponent, > 1; the larger it is, the more alike are firms

    References
    ----------
    Axtell (2001), Science 293, 1818-1820: exponent near 1.06.
    """
    low = mean * (tail - 1.0) / tail / (1.0 - SPAN ** (1.0 - tail))
    return max(1, min(int(low * uniform ** (-1.0 / tail) + 0.5), int(60.0 * mean)))


@rule
def skilled_in_team(size: int, due: float, smallest: int) -> int:
    """How many of a firm's people are skilled, when ``due`` would keep both levels in the proportion of the place.

    A firm with fewer than ``smallest`` people has jobs of the level that lags behind, others have some of each.
    """
    if size < smallest:
        return size if due > 0.5 * size else 0
    return max(1, min(int(due + 0.5), size - 1))


@kernel
def into_teams(
    born: Luck, place: int, number: int, mean: float, tail: float, smallest: int, basic: int, skilled: int,
    ids: Array, sizes: Array, experts: Array, chance: Array,
) -> int:  # fmt: skip
    """Identity, size, skilled people and a draw of each firm that so many of each level make up; how many firms."""
    left_basic, left_skilled, found = basic, skilled, 0
    share = skilled / max(basic + skilled, 1)
    while left_basic + left_skilled > 0:
        ids[found] = derived_id(born, place + 1, number + found)
        drawn, chance[found], _, _ = uniforms(born, ids[found])
        size = min(firm_size(drawn, mean, tail), left_basic + left_skilled)
        due = share * (size + basic - left_basic + skilled - left_skilled) - (skilled - left_skilled)
        own = skilled_in_team(size, due, smallest)
        if left_basic == 0 or left_skilled == 0:
            own = size if left_basic == 0 else 0
        elif size < smallest:
            size = min(size, left_skilled if own > 0 else left_basic)
            own = min(own, size)
        else:
            own = max(min(own, left_skilled), size - left_basic)
        sizes[found], experts[found] = size, own
        left_skilled -= own
        left_basic -= size - own
        found += 1
    return found


@kernel
def weigh(
    labour: Array, pay: Array, occupation: Array, elasticity: float, weight: Array, together: Array
) -> None:  # fmt: skip
    """Weight of skilled work in each firm, with which it wants just those it has, and the labour they make up."""
    for f in range(len(weight)):
        weight[f] = occupation[f]
        if labour[f, 0] > 0.0 or labour[f, 1] > 0.0:
            weight[f] = weight_of_skilled(labour[f, 0], labour[f, 1], pay[f, 0], pay[f, 1], elasticity)
        together[f] = composite(labour[f, 0], labour[f, 1], weight[f], elasticity)


def employ(
    self: Solution, place: int, ids: Array, sizes: Array, team: Array, level: Array, sector: Sector, occupation: Array,
    runs: Array, full: bool, rate: Array,
) -> dict[str, Array]:  # fmt: skip
    """Firms of the start, alike in all but size and pay, with capital and productivity that fit their people.

    ``team`` are the rows of their people, firm by firm, and ``level`` that of their jobs; ``runs`` the row of who
    among them runs each, whose household owns it (-1: owned from outside), and ``occupation`` their level. Each firm
    wants exactly those it has. Returns what goes into the columns of `Firms`, and pay per efficiency unit by level and
    people besides.
    """
    inputs, streams, rules = self.inputs, self.world.streams, self.setup.parameters
    public, count = sector is Sector.PUBLIC, len(ids)
    traits = streams.luck("initial", "firm traits", ONCE)
    formal = np.ones(count, bool) if public else draw(traits, ids, 1) < inputs.formal_share
    share = 1.0 if full else 0.5
    members = np.repeat(np.arange(count), sizes)
    cell = 2 * members + level
    jobs = np.bincount(cell, minlength=2 * count).reshape(count, 2)
    labour = np.bincount(cell, self.tables.persons.skill[team] * share, minlength=2 * count).reshape(count, 2)
    has = jobs > 0
    has[np.arange(count), occupation] |= ~has.any(axis=1)  # a public employer without staff
    floor = np.where(formal[:, None] & has, inputs.wage_floor / self.skill_of, 0.0)
    rate = np.where(has, np.maximum(rate, floor), 0.0)
    posted = rate if public else np.maximum(self.cut * rate, floor)
    cost = (1.0 + rules.vacancies.hiring_wedge) * posted / (1.0 - ALPHA)
    idle = 0.9 if sector is Sector.NON_TRADABLE else 1.0
    made = (cost * labour).sum(axis=1) / idle
    capital = ALPHA * made * idle / CAPITAL_COST
    weight, together = np.zeros(count), np.zeros(count)
    weigh(labour, posted, occupation, rules.production.elasticity, weight, together)
    scale = capital**ALPHA * together ** (1.0 - ALPHA)
    kind = np.where(runs >= 0, int(Owner.LOCAL), int(Owner.ABSENTEE))
    owner = np.where(runs >= 0, self.tables.persons.household[runs], -1)
    payroll = (rate * labour).sum(axis=1)
    sales = payroll if public else made * idle  # the authority pays what its staff costs
    wear = 0.0 if public else rules.finance.depreciation * capital
    every = {"locality": place, "sector": int(sector), "full_time": int(full)}
    return {
        "team": team, "members": members, "level": level, "share": np.full(count, share), "rate": rate, "id": ids,
        "owner": owner, "founder": runs, "occupation": occupation, "skilled_weight": weight,
        "owner_kind": np.full(count, int(Owner.AUTHORITY)) if public else kind, "formal": formal.astype(np.int8),
        "capital": capital, "productivity": np.divide(made, scale, out=np.ones(count), where=scale > 0.0),
        "start_month": -1 - (120 * draw(traits, ids, 3)).astype(np.int64) - self.setup.burn_in,
        "cash": np.rint(100 * (1 if public else 2) * payroll).astype(np.int64), "jobs": jobs, "labour": labour,
        "desired_labour": labour, "posted_wage": posted, "applicants_wage": np.where(has, self.asked, 0.0),
        "premium": np.where(has & (not public), posted / self.rests, 1.0),
        "marginal_product": (1.0 + rules.vacancies.hiring_wedge) * posted, "output": made, "expected_sales": sales,
        "sales": sales, "wage_bill": payroll, "profit": sales - payroll - wear,
        **{name: np.full(count, value) for name, value in every.items()},
    }  # fmt: skip


def open_firms(self: Solution, groups: list[dict[str, Array]]) -> None:
    """Rows of all firms of the start, and the jobs of their people."""
    persons = self.tables.persons
    before = np.cumsum([0, *(len(group["id"]) for group in groups)])
    members = np.concatenate([group.pop("members") + first for group, first in zip(groups, before, strict=False)])
    columns = {name: np.concatenate([group[name] for group in groups]) for name in groups[0]}
    team, level, share, rate = (columns.pop(name) for name in ("team", "level", "share", "rate"))
    rows = self.tables.add(Firms, int(before[-1]), **columns)
    persons.status[team] = Status.EMPLOYED
    persons.work[team] = Work.NONE
    persons.employer[team] = rows[members]
    persons.level[team] = level
    persons.wage[team] = (rate * share[:, None])[members, level] * persons.skill[team]
    persons.hours[team] = np.where(share == 1.0, 180.0, 90.0)[members]
    persons.formal[team] = persons.insured[team] = columns["formal"][members]
    persons.earnings[team] = persons.wage[team] * (1.0 - self.inputs.tax_rate * columns["formal"])[members]
    persons.search_months[team] = 0
