"""Life at the destination: work, pay, recognition of qualifications, control, debt and savings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.codes import Occupation
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Destinations, Markets, Migrants, Persons
from sim.streams import Luck, uniforms
from sim.table import Array

BASIC, SKILLED = int(Occupation.BASIC), int(Occupation.SKILLED)


@rule
def finding_chance(finding: float, cycle: float, access: float) -> float:
    """Chance a month that somebody without work abroad finds it.

    Parameters
    ----------
    finding : 1/month, in [0, 1]
        Chance in normal times, with papers.
    cycle : dimensionless, > 0
        Demand for labour there over normal.
    access : dimensionless, in [0, 1]
        Share of the jobs there that the person may or can take: 1 with papers, less without.

    Returns
    -------
    1/month, in [0, 1]; rises with each argument.
    """
    return min(finding * cycle * access, 1.0)


@rule
def losing_chance(separation: float, cycle: float) -> float:
    """Chance a month that a job abroad ends: the normal chance over the cycle, at most 1."""
    return min(separation / cycle, 1.0)


@rule
def recognition_chance(recognition: float, help_given: float, regular: int) -> float:
    """Chance a month that qualifications become recognised; zero without the right to stay.

    ``recognition`` is the destination's own chance and ``help_given`` that of a service which assists
    with the procedure, both in [0, 1] a month; either may succeed.

    References
    ----------
    Brücker, Glitz, Lerche and Romiti (2021), Journal of Labor Economics 39(2), 497-525.
    """
    if regular == 0:
        return 0.0
    return 1.0 - (1.0 - recognition) * (1.0 - help_given)


@rule
def pay_there(wage: float, skill: float, skill_return: float, regular: int, penalty: float) -> float:
    """Net monthly pay of one worker at a destination, in the money in which ``wage`` stands.

    Parameters
    ----------
    wage : money/month, >= 0
        Pay of that level of work for somebody of the usual skill.
    skill : dimensionless, > 0
        Efficiency units over those usual among people of that qualification.
    skill_return : dimensionless, in [0, 1]
        Elasticity of pay to skill acquired elsewhere; below 1, because skill is partly specific to a place.
    regular : 1 with the right to stay and work
    penalty : dimensionless, in [0, 1)
        Share of pay lost without papers.

    References
    ----------
    Chiswick and Miller (2009), Economics of Education Review 28(2), 162-169: pay abroad returns skill
    from home only in part. Kossoudji and Cobb-Clark (2002), Journal of Labor Economics 20(3), 598-628:
    pay without papers.
    """
    pay = wage * math.pow(skill, skill_return)
    return pay if regular else pay * (1.0 - penalty)


@rule
def takes_basic_work(savings: float, living_cost: float, patience: float) -> bool:
    """Whether somebody recognised in skilled work takes a basic job: when savings run out first.

    Waiting for skilled work needs ``patience`` months of living cost in hand; a liquidity constraint, not
    a preference, makes people over-qualified (Mattoo, Neagu and Özden 2008, Journal of Development
    Economics 87(2), 255-269, on where the skilled end in unskilled work).
    """
    return savings < patience * living_cost


@rule
def debt_service(left: float, share: float, debt: float) -> float:
    """Paid back this month: a share of what pay leaves after living, at most the debt (money)."""
    return min(share * max(left, 0.0), debt)


@rule
def own_comfort(left: float, savings: float, target: float, share: float) -> float:
    """What a migrant spends on living better, out of what is left after need, debt and remittances.

    Below the savings the migrant wants to come home with it is a share of what is left; from there on
    all of it, so that money does not pile up abroad.

    Parameters
    ----------
    left : money/month; nothing is spent out of a deficit
    savings, target : money, >= 0
    share : dimensionless, in [0, 1]

    References
    ----------
    Yang (2006), Economic Journal 116(511), 715-735: target earners among Filipino migrants.
    """
    rest = max(left, 0.0)
    return rest if savings >= target else share * rest


@kernel
def publish(destinations: Destinations, rules: Away) -> None:
    """What work and life at each destination are worth now, for all who think of going or staying."""
    for d in range(len(destinations.cycle)):
        exchange = 1.0 * destinations.exchange[d]
        cycle = 1.0 * destinations.cycle[d]
        for level in range(2):
            pay = 1.0 * destinations.wage[d, level] * destinations.pay_level[d]
            destinations.current_pay[d, level] = pay * exchange
        destinations.current_living_cost[d] = destinations.living_cost[d] * exchange
        destinations.current_finding[d] = finding_chance(1.0 * destinations.finding[d], cycle, 1.0)
        destinations.current_separation[d] = losing_chance(1.0 * destinations.separation[d], cycle)
        destinations.skill_return[d] = rules.skill_return


@kernel
def work(
    persons: Persons,
    migrants: Migrants,
    markets: Markets,
    destinations: Destinations,
    rules: Away,
    luck: Luck,
) -> None:
    """Each migrant's month on the labour market of the destination."""
    for m in range(len(migrants.person)):
        if migrants.ended[m]:
            continue
        i = migrants.person[m]
        d = migrants.destination[m]
        u_work, u_basic, u_papers, u_control = uniforms(luck, persons.id[i])
        persons.months_away[i] += 1
        persons.contacts[i] -= persons.contacts[i] / rules.contact_memory
        regular = migrants.regular[m]

        migrants.detected[m] = 0
        if not regular and u_control < destinations.detection[d]:
            migrants.detected[m] = 1

        if persons.occupation[i] == SKILLED and not migrants.recognised[m]:
            chance = recognition_chance(destinations.recognition[d], persons.recognition_help[i], regular)
            if u_papers < chance:
                migrants.recognised[m] = 1
        level = SKILLED if persons.occupation[i] == SKILLED and migrants.recognised[m] else BASIC

        access = 1.0 if regular else rules.access_without_papers
        cycle = 1.0 * destinations.cycle[d]
        find = finding_chance(1.0 * destinations.finding[d], cycle, access)
        if migrants.employed[m]:
            if u_work < losing_chance(1.0 * destinations.separation[d], cycle):
                migrants.employed[m] = 0
            elif migrants.occupation[m] < level and u_basic < rules.on_the_job * find:
                migrants.occupation[m] = level
        elif u_work < find:
            migrants.employed[m] = 1
            migrants.occupation[m] = level
        elif level == SKILLED and u_basic < find:
            in_hand = migrants.savings[m] / 100.0
            if takes_basic_work(in_hand, destinations.current_living_cost[d], rules.patience):
                migrants.employed[m] = 1
                migrants.occupation[m] = BASIC

        migrants.wage[m] = 0.0
        if migrants.employed[m]:
            wage = 1.0 * destinations.wage[d, migrants.occupation[m]] * destinations.pay_level[d]
            row = 2 * migrants.locality[m] + migrants.occupation[m]
            skill = 1.0 * persons.skill[i] / markets.usual_skill[row]
            penalty = rules.penalty_without_papers
            migrants.wage[m] = pay_there(wage, skill, rules.skill_return, regular, penalty)


@kernel
def live(
    migrants: Migrants, destinations: Destinations, rules: Away, pay: Array, living: Array, service: Array
) -> None:
    """What each migrant earns, lives on and pays back this month, in cents."""
    for m in range(len(migrants.person)):
        if migrants.ended[m]:
            continue
        d = migrants.destination[m]
        earned = 1.0 * migrants.wage[m] * destinations.exchange[d]
        need = 1.0 * destinations.current_living_cost[d]
        repaid = debt_service(earned - need, rules.service, migrants.debt[m] / 100.0)
        means = earned - need - repaid
        migrants.means[m] += rules.smoothing * (means - migrants.means[m])

        promised = migrants.plan[m] * (1.0 + migrants.known_cost[m])
        saved = migrants.savings[m] / 100.0 - migrants.waiting[m]
        comfort = own_comfort(means - promised, saved, migrants.target_savings[m], rules.comfort)

        pay[m] = int(np.rint(earned * 100.0))
        in_hand = migrants.savings[m] + pay[m]
        living[m] = min(int(np.rint((need + comfort) * 100.0)), in_hand)
        service[m] = min(int(np.rint(repaid * 100.0)), migrants.debt[m], in_hand - living[m])
        migrants.debt[m] -= service[m]


@dataclass
class Away(Mechanism):
    """Migrants work, lose and find jobs, are recognised or downgraded, are detected, repay debt.

    Work comes at the destination's pace and the cycle's; without papers less of it, at lower pay, and
    with the risk of being sent home. Skilled work needs recognised qualifications: others are
    over-qualified in basic work, and those who wait for skilled work do so only as long as savings
    last. Pay buys a living, at most what there is; then a share of the rest repays the trip, what was
    promised to the household is kept for it, and of what remains part is saved towards a target.
    """

    reads = (
        Persons.id, Persons.occupation, Persons.skill, Persons.recognition_help,
        Migrants.person, Migrants.locality, Migrants.destination, Migrants.ended, Migrants.regular,
        Migrants.savings, Migrants.target_savings, Migrants.plan, Migrants.known_cost, Migrants.waiting,
        Markets.usual_skill,
        Destinations.wage, Destinations.living_cost, Destinations.finding, Destinations.separation,
        Destinations.recognition, Destinations.detection, Destinations.exchange, Destinations.cycle,
        Destinations.pay_level,
    )  # fmt: skip
    writes = (
        Persons.months_away, Persons.contacts,
        Migrants.employed, Migrants.recognised, Migrants.occupation, Migrants.wage, Migrants.means,
        Migrants.debt, Migrants.detected,
        Destinations.current_pay, Destinations.current_living_cost, Destinations.current_finding,
        Destinations.current_separation, Destinations.skill_return,
    )  # fmt: skip
    pays = (
        Flow("pay abroad", Destinations.outside, Migrants.savings, "net pay of those away"),
        Flow("living abroad", Migrants.savings, Destinations.outside, "living and comfort of those away"),
        Flow("trip debt", Migrants.savings, Destinations.outside, "the trip is paid back"),
    )
    answers = (
        Answer(Destinations.cycle, Migrants.employed, +1, "more jobs are found and fewer lost", factor=3.0),
        Answer(Destinations.pay_level, Migrants.wage, +1, "work there is paid better", factor=2.0),
        Answer(Destinations.exchange, Migrants.means, +1, "pay there is worth more home money", factor=2.0),
        Answer(Persons.skill, Migrants.wage, +1, "skill is paid there too, in part", factor=2.0),
        Answer(Migrants.plan, Migrants.savings, +1, "what is promised is not spent there", factor=2.0),
    )
    shows = ("remittances_sent", "remittances_received")

    on: int = switch("work and life at the destination")
    skill_return: float = param(0.3, "1", (0.0, 1.0), "assumption; below the return at home, Chiswick and Miller 2009")
    access_without_papers: float = param(0.7, "1", (0.0, 1.0), "share of jobs open to those without papers; assumption")
    penalty_without_papers: float = param(0.1, "1", (0.0, 0.6), "outside, Kossoudji and Cobb-Clark 2002: 6-14 %")
    on_the_job: float = param(
        0.5, "1", (0.0, 1.0), "search intensity of the over-qualified over the jobless; assumption"
    )
    patience: float = param(
        2.0, "month", (0.0, 12.0), "living cost in hand needed to wait for skilled work; assumption"
    )
    service: float = param(0.3, "1", (0.0, 1.0), "share of what living leaves that repays the trip; assumption")
    comfort: float = param(0.5, "1", (0.0, 1.0), "share of what is left that is spent there; assumption")
    contact_memory: float = param(60.0, "month", (6.0, 600.0), "mean life of a contact at home while away; assumption")
    smoothing: float = param(1 / 3, "1/month", (0.05, 1.0), "weight of this month in expected means; assumption")

    def __call__(self, month: Month) -> None:
        """One month at the destinations."""
        if not self.on:
            return
        publish(month.destinations, self.rules)
        work(month.persons, month.migrants, month.markets, month.destinations, self.rules, month.luck("work"))
        count = month.count(Migrants)
        pay, living, service = (np.zeros(count, np.int64) for _ in range(3))
        live(month.migrants, month.destinations, self.rules, pay, living, service)
        rows, there = np.arange(count), month.values(Migrants.destination)
        month.pay("pay abroad", there, rows, pay)
        month.pay("living abroad", rows, there, living)
        month.pay("trip debt", rows, there, service)
