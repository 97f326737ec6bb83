"""Remittances: how much, when, by which channel, what it costs, who receives, and who decides on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.codes import Event, Sex, Status
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Destinations, Households, Localities, Migrants, Persons, Providers
from sim.streams import Luck, uniforms
from sim.table import Array
from sim.transfers import (
    FAR,
    INFORMAL,
    OPERATOR,
    can_use,
    channel_score,
    cost_of_sending,
    exchange_margin,
    felt_cost,
    gumbel_score,
    sending_balance,
    travel_cost,
)

WOMAN = int(Sex.WOMAN)
AWAY, ABSENT = int(Status.AWAY), int(Status.ABSENT)
ADULT = 15 * 12


@rule
def planned_remittance(means: float, income: float, cost: float, altruism: float) -> float:
    """Monthly amount a migrant plans the household to receive.

    It maximises ``ln(x - r(1 + tau)) + f ln(y + r)``: what the migrant keeps against what the household
    has, so ``1/(1 + f)`` of a fall in the household's income is replaced.

    Parameters
    ----------
    means : money/month
        x: pay there less living costs and debt service; nothing is sent out of a deficit.
    income : money/month, >= 0
        y: household income without remittances.
    cost : dimensionless, >= 0
        tau: expected cost of sending as a share of the amount.
    altruism : dimensionless, >= 0
        f: weight on the household.

    Returns
    -------
    money/month, >= 0; rises with means and altruism, falls with income and cost.

    References
    ----------
    Stark (1995), Altruism and Beyond; Yang and Choi (2007), World Bank Economic Review 21(2), 219-248.
    """
    return max(0.0, (altruism * max(means, 0.0) / (1.0 + cost) - income) / (1.0 + altruism))


@rule
def altruism_now(at_departure: float, decay: float, months: int, left_behind: int) -> float:
    """Weight on the household after some months away: decays slowly, zero when nobody is left there."""
    return at_departure * math.exp(-decay * max(months, 0)) if left_behind > 0 else 0.0


@rule
def weight_of_home(altruism: float, intention: float, own_later: float) -> float:
    """f of the plan: altruism, and one's own life at home later, which what is sent now helps to build.

    Parameters
    ----------
    altruism : dimensionless, >= 0
        Weight on the household for its own sake.
    intention : dimensionless, in [0, 1]
        To return: share of the discounted rest of life that the migrant expects to spend there.
    own_later : dimensionless, in [0, 1]
        Worth of what lasts until then, discounted, over what is consumed now.

    References
    ----------
    Lucas and Stark (1985), Journal of Political Economy 93(5), 901-918: altruism and enlightened
    self-interest; Dustmann and Mestres (2010), Journal of Development Economics 92(1), 62-70: those who
    mean to return remit more.
    """
    return altruism + own_later * intention


@rule
def meant_for_house(planned: float, to_family: float, say: float) -> float:
    """Amount of what is planned that becomes part of the house, as the sender wants, and is not lived on.

    What is sent beyond what altruism alone would send is for the sender's own life at home later. The sender is
    not there to see to it: of that, the part of the say that a sender keeps is honoured.

    Parameters
    ----------
    planned : money/month, >= 0
        With the own life at home later in mind.
    to_family : money/month, >= 0
        What altruism alone would plan.
    say : dimensionless, in [0, 1]

    References
    ----------
    Osili (2004), Economic Development and Cultural Change 52(4), 821-849: migrants build at home, by the hands of
    their family. Ashraf, Aycinena, Martinez and Yang (2015), Review of Economics and Statistics 97(2), 332-351:
    senders want more of it saved than receivers do.
    """
    return say * max(0.0, planned - to_family)


@rule
def heard_income(usual: float, now: float, contact: float) -> float:
    """Income of the household as it is known abroad: of what is unusual about this month, a part is told.

    References
    ----------
    Batista and Narciso (2018), World Bank Economic Review 32(1), 203-219: contact makes remittances answer.
    """
    return usual + contact * (now - usual)


@rule
def contact_with_home(base: float, more: float, sender_woman: int, receiver_woman: int) -> float:
    """Share of news from home that reaches the migrant; more where women send or receive."""
    return min(1.0, base + more * (sender_woman + receiver_woman))


@rule
def insured_part(usual: float, heard: float, altruism: float) -> float:
    """What an agreement to insure each other adds: ``1/(1 + f)`` of a shortfall heard of; less in good months.

    It is what altruism alone would replace where it sends anything, and holds also where it does not.

    References
    ----------
    Rosenzweig (1988), Economic Journal 98(393), 1148-1170: families that live apart as insurance.
    """
    return (usual - heard) / (1.0 + altruism)


@rule
def gift(own: float, weight: float, given: float) -> float:
    """Monthly gift to a common project: maximises ``ln(own - g) + w ln(given + g)``, at least nothing.

    Parameters
    ----------
    own : money/month
        What the migrant keeps after remitting.
    weight : dimensionless, >= 0
        On common projects, times how far it is known what is needed.
    given : money/month, > 0
        What others give anyway; who gives little would rather ride free.

    References
    ----------
    Andreoni (1990), Economic Journal 100(401), 464-477: impure altruism; Chauvet, Gubert,
    Mercier and Mesple-Somps (2015), Oxford Bulletin of Economics and Statistics 77(2): home-town associations.
    """
    return max(0.0, (weight * own - given) / (1.0 + weight))


@rule
def control_of_receipts(woman_receives: int, sent_by_women: float, keeps: float) -> float:
    """Share of remittances that women control: who receives, less the say the sender keeps.

    Parameters
    ----------
    woman_receives : 0 or 1
    sent_by_women : dimensionless, in [0, 1], share of what is sent
    keeps : dimensionless, in [0, 1], part of the decision a sender keeps
    """
    if woman_receives:
        return 1.0 - keeps * (1.0 - sent_by_women)
    return keeps * sent_by_women


@rule
def women_control(hers: float, his: float, common: float, women: int, men: int) -> float:
    """Women's weight in the use of the household's money: their share of income, by who controls it.

    What belongs to nobody (home production, transfers, rent) is shared by heads.

    References
    ----------
    Browning, Bourguignon, Chiappori and Lechene (1994), Journal of Political Economy 102(6), 1067-1096.
    """
    heads = women + men
    if heads == 0:
        return 0.5
    total = hers + his + common
    if total <= 0.0:
        return women / heads
    return (hers + common * women / heads) / total


@kernel
def count_informed(
    persons: Persons,
    migrants: Migrants,
    households: Households,
    localities: Localities,
    luck: Luck,
    informed: Array,
) -> tuple[int, int]:
    """Who compares prices: a trait of the person, widened by campaigns; returns informed and all senders."""
    places = len(localities.informed)
    senders, knowing = np.zeros(places, np.int64), np.zeros(places, np.int64)
    for m in range(len(migrants.person)):
        if migrants.ended[m]:
            continue
        place = migrants.locality[m]
        u, _, _, _ = uniforms(luck, persons.id[migrants.person[m]])
        unasked = localities.start_informed[place]
        share = unasked + (1.0 - unasked) * households.price_information[migrants.household[m]]
        informed[m] = 1 if u < share else 0
        senders[place] += 1
        knowing[place] += informed[m]
    for place in range(places):
        localities.informed[place] = localities.start_informed[place]
        if senders[place]:
            localities.informed[place] = knowing[place] / senders[place]
    return int(knowing.sum()), int(senders.sum())


@kernel
def set_margins(providers: Providers, rules: Remittances, informed: int, senders: int) -> None:
    """Firms of each channel set their exchange margins against how many firms and informed customers there are."""
    share = informed / senders if senders else 0.0
    many = 0.0
    for k in range(len(providers.margin)):
        if providers.offered[k]:
            many += providers.firms[k] + providers.entrants[k]
    for k in range(len(providers.margin)):
        providers.margin[k] = providers.base_margin[k]
        if rules.competition and many > 0.0:
            providers.margin[k] = exchange_margin(
                1.0 * providers.base_margin[k], rules.margin_floor, rules.market_power, many, share
            )


@kernel
def plan(
    persons: Persons, migrants: Migrants, households: Households, rules: Remittances, now: int, means: Array
) -> None:
    """How much each migrant wants the household to receive a month; those of one household share the task."""
    together = np.zeros(len(households.members), np.int64)
    stays = np.zeros(len(households.members), np.int64)
    for_house = np.zeros(len(households.members), np.int64)
    in_all = np.zeros(len(households.members), np.int64)
    for m in range(len(migrants.person)):
        if not migrants.ended[m]:
            means[m] = max(int(np.rint(migrants.means[m] * 100.0)), 0)
            together[migrants.household[m]] += means[m]
            stays[migrants.household[m]] += 1
    for m in range(len(migrants.person)):
        if migrants.ended[m]:
            continue
        h = migrants.household[m]
        migrants.plan[m] = 0.0
        if households.members[h] == 0:
            continue
        usual = max(1.0 * households.earned_income[h], 0.0)
        woman = 1 if persons.sex[migrants.person[m]] == WOMAN else 0
        heard = usual
        if rules.insurance:
            this_month = 1.0 * households.labour_income[h] + households.other_income[h]
            contact = contact_with_home(rules.contact, rules.contact_women, woman, households.woman_decides[h])
            heard = max(heard_income(usual, this_month, contact), 0.0)
        part = means[m] / together[h] if together[h] > 0 else 1.0 / stays[h]
        months = now - migrants.start_month[m]
        fading = rules.decay * (1.0 - rules.women_hold * woman)
        at_departure = migrants.altruism[m] * (1.0 + rules.women_more * woman)
        altruism = altruism_now(at_departure, fading, months, households.members[h])
        weight = weight_of_home(
            altruism if rules.altruism else 0.0,
            1.0 * migrants.intention[m],
            rules.own_later if rules.investment else 0.0,
        )
        mine, cost = means[m] / 100.0, 1.0 * migrants.known_cost[m]
        planned = planned_remittance(mine, usual * part, cost, weight)
        if rules.house and rules.investment:
            to_family = planned_remittance(mine, usual * part, cost, altruism if rules.altruism else 0.0)
            for_house[h] += int(np.rint(100.0 * meant_for_house(planned, to_family, rules.sender_keeps)))
        left = max(0.0, mine - planned * (1.0 + cost))
        able = 0.5 * left + rules.savings_drawn * max(0.0, migrants.savings[m] / 100.0 - migrants.waiting[m])
        planned = max(0.0, planned + min(insured_part(usual * part, heard * part, altruism), able))
        left = max(0.0, mine - planned * (1.0 + cost))
        if rules.loan_repayment:
            planned += min(rules.loan_help * households.debt[h] / 100.0, 0.5 * left)
        migrants.plan[m] = planned
        in_all[h] += int(np.rint(100.0 * planned))
    for h in range(len(for_house)):
        households.house_share[h] = min(1.0, for_house[h] / in_all[h]) if in_all[h] > 0 else 0.0


@kernel
def weigh(
    providers: Providers, rules: Remittances, fixed: Array, rate: Array, travel: Array, usable: Array,
    amount: float, abroad: int, last: int, informed: int, regular: int, share: Array, score: Array,
) -> None:  # fmt: skip
    """Cost of each channel over the amount, at the prices the sender knows, and its value in logit units.

    What a carrier takes is common knowledge among those of one place; who does not compare takes prices of other
    channels than the own to be those of the operators.
    """
    reference = OPERATOR if providers.offered[OPERATOR] else last
    for k in range(len(score)):
        known = k if informed or k in (last, INFORMAL) else reference
        share[k] = cost_of_sending(
            fixed[known], rate[known], providers.margin[known] * abroad, travel[k], 1.0 * providers.loss[k], amount
        )
        score[k] = FAR
        if usable[k]:
            reluctance = rules.papers if k != INFORMAL and not regular else 0.0
            score[k] = channel_score(share[k], providers.trust[k] - reluctance, rules.sensitivity)


@kernel
def send(
    persons: Persons, migrants: Migrants, households: Households, localities: Localities,
    destinations: Destinations,
    providers: Providers, rules: Remittances, informed: Array, luck: Luck, ways: Luck, more_ways: Luck, cards: Luck,
    arrives: Array, fees: Array, lost: Array, travels: Array, used: Array,
) -> None:  # fmt: skip
    """Each migrant sets money aside and sends it when the balance is worth a transfer; amounts in cents."""
    channels = len(providers.margin)
    colleagues = np.zeros((len(localities.informed), len(destinations.abroad)), np.int64)
    for m in range(len(migrants.person)):
        if not migrants.ended[m]:
            colleagues[migrants.locality[m], migrants.destination[m]] += 1
    fixed, rate, travel = np.zeros(channels), np.zeros(channels), np.zeros(channels)
    share, score, usable = np.zeros(channels), np.zeros(channels), np.zeros(channels, np.int8)
    first = -1
    for k in range(channels):
        kept = 1.0 - providers.fee_cut[k]
        fixed[k], rate[k] = providers.fixed_fee[k] * kept, providers.rate[k] * kept
        if first < 0 and providers.offered[k]:
            first = k

    for m in range(len(migrants.person)):
        migrants.sent[m] = 0.0
        migrants.fee[m] = 0.0
        migrants.lost[m] = 0.0
        if migrants.ended[m] or first < 0:
            continue
        planned = 1.0 * migrants.plan[m]
        in_hand = migrants.savings[m] / 100.0
        migrants.waiting[m] = min(migrants.waiting[m] + planned, in_hand)
        if planned <= 0.0 and migrants.waiting[m] <= 0.0:
            continue
        i, h = migrants.person[m], migrants.household[m]
        d, place = migrants.destination[m], migrants.locality[m]
        abroad, regular = destinations.abroad[d], migrants.regular[m]
        holds, _, _, _ = uniforms(cards, persons.id[i])
        account = households.account[h] == 1 or holds < households.card[h]
        pay = 1.0 * localities.base_pay[place] * localities.price_index[place]
        way = travel_cost(1.0 * households.desk_distance[h], 1.0 * households.desk_nearer[h], rules.travel, pay)
        last = migrants.channel[m] if providers.offered[migrants.channel[m]] else first
        for k in range(channels):
            travel[k] = way if providers.desk[k] else 0.0
            usable[k] = 0
            if providers.offered[k] and can_use(k, account, colleagues[place, d] > 1, providers.needs_account[k]):
                usable[k] = 1

        # The balance that is worth a transfer by the way used last, and what sending it would cost.
        worth = sending_balance(fixed[last] + travel[last], planned, rules.wait) if rules.lumpy else 0.0
        weigh(
            providers, rules, fixed, rate, travel, usable, max(worth, planned, 0.01), abroad, last, informed[m],
            regular, share, score,
        )  # fmt: skip
        total = expected = liked = 0.0
        for k in range(channels):
            if usable[k]:
                weight = math.exp(score[k])
                total += weight
                expected += weight * share[k]
                liked += math.exp(score[k] + rules.sensitivity * share[k])
        if total <= 0.0:
            continue  # no way to send that both ends can use
        if rules.cost_felt:
            mean = expected / total
            migrants.known_cost[m] = felt_cost(total, liked, rules.sensitivity) if rules.ways_felt else mean
        if migrants.waiting[m] < max(worth, 0.01):
            continue
        amount = float(migrants.waiting[m])
        weigh(
            providers, rules, fixed, rate, travel, usable, amount, abroad, last, informed[m], regular, share, score
        )  # fmt: skip
        u, v = uniforms(ways, persons.id[i]), uniforms(more_ways, persons.id[i])
        best, best_score = -1, 0.5 * FAR
        for k in range(channels):
            if usable[k] and (rules.choice or k == last or not usable[last]):
                taken = gumbel_score(score[k], u[k] if k < 4 else v[k - 4])
                if taken > best_score:
                    best, best_score = k, taken
        if best < 0:
            continue

        part = rate[best] + providers.margin[best] * abroad
        amount = min(amount, (in_hand - fixed[best]) / (1.0 + part))
        if amount < worth or amount <= 0.0:
            continue  # fees and all cannot be paid yet
        fee = int(np.rint((fixed[best] + part * amount) * 100.0))
        principal = min(int(np.rint(amount * 100.0)), migrants.savings[m] - fee)
        if principal <= 0:
            continue
        u_loss, _, _, _ = uniforms(luck, persons.id[i])
        fees[m] = fee
        if u_loss < providers.loss[best]:
            lost[m] = principal
        else:
            arrives[m] = principal
            travels[m] = int(np.rint(travel[best] * 100.0))
        used[m] = best
        migrants.channel[m] = best
        migrants.waiting[m] = 0.0
        migrants.sent[m] = (principal + fee) / 100.0
        migrants.fee[m] = fee / 100.0
        migrants.lost[m] = lost[m] / 100.0


@kernel
def give(
    migrants: Migrants, households: Households, localities: Localities, rules: Remittances, taken: Array, gifts: Array
) -> None:
    """What those away give to common projects of their place out of what they keep; amounts in cents."""
    at = np.zeros(len(localities.gifts), np.int64)
    for m in range(len(migrants.person)):
        migrants.gift[m] = 0.0
        if migrants.ended[m] or not rules.collective:
            continue
        h, place = migrants.household[m], migrants.locality[m]
        told = rules.projects_known + (1.0 - rules.projects_known) * households.project_information[h]
        own = migrants.means[m] - migrants.plan[m] * (1.0 + migrants.known_cost[m])
        others = rules.given * localities.base_pay[place]
        cents = int(np.rint(gift(own, rules.common_good * told, others) * 100.0))
        spare = migrants.savings[m] - taken[m] - int(np.rint(migrants.waiting[m] * 100.0))
        gifts[m] = max(0, min(cents, spare))
        migrants.gift[m] = gifts[m] / 100.0
        at[place] += gifts[m]
    for place in range(len(at)):
        localities.gifts[place] = at[place] / 100.0


@kernel
def receive(
    migrants: Migrants, households: Households, arrives: Array, travels: Array, total: Array, trip: Array
) -> None:
    """What arrives at each household, and what fetching it costs, at most what is fetched; in cents."""
    for m in range(len(migrants.person)):
        if arrives[m]:
            total[migrants.household[m]] += arrives[m]
            trip[migrants.household[m]] += travels[m]
    for h in range(len(households.members)):
        trip[h] = min(trip[h], total[h])
        households.receipt[h] = (total[h] - trip[h]) / 100.0
        households.received_assets[h] += total[h] - trip[h]


@kernel
def decide_who_receives(
    persons: Persons, migrants: Migrants, households: Households, rules: Remittances, now: int, receiver: Array
) -> None:
    """Who receives: the migrant's spouse, else the mother, else the eldest adult at home; and women's weight."""
    rank = np.zeros(len(households.members), np.int8)  # 0 nobody away, 1 anybody, 2 mother, 3 spouse
    for m in range(len(migrants.person)):
        if migrants.ended[m]:
            continue
        i, h = migrants.person[m], migrants.household[m]
        rank[h] = max(rank[h], 1)
        for kin in range(2):
            who = persons.spouse[i] if kin == 0 else persons.mother[i]
            closeness = 3 - kin
            if who < 0 or persons.household[who] != h or persons.status[who] >= AWAY or closeness < rank[h]:
                continue
            if closeness > rank[h] or persons.id[who] < persons.id[receiver[h]]:
                rank[h] = closeness
                receiver[h] = who
    for i in range(len(persons.household)):
        h = persons.household[i]
        if rank[h] != 1 or persons.status[i] >= AWAY or now - persons.birth_month[i] < ADULT:
            continue
        other = receiver[h]
        elder = other < 0 or persons.birth_month[i] < persons.birth_month[other]
        if elder or (persons.birth_month[i] == persons.birth_month[other] and persons.id[i] < persons.id[other]):
            receiver[h] = i
    count = len(households.members)
    hers, his, by_women, sent = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    women, men = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for i in range(len(persons.household)):
        h = persons.household[i]
        persons.receives[i] = 1 if receiver[h] == i else 0
        if persons.status[i] >= AWAY or now - persons.birth_month[i] < ADULT:
            continue
        if persons.sex[i] == WOMAN:
            women[h] += 1
            hers[h] += persons.smoothed_earnings[i]
        else:
            men[h] += 1
            his[h] += persons.smoothed_earnings[i]
    for m in range(len(migrants.person)):
        if not migrants.ended[m]:
            h = migrants.household[m]
            sent[h] += migrants.plan[m]
            if persons.sex[migrants.person[m]] == WOMAN:
                by_women[h] += migrants.plan[m]
    for h in range(count):
        households.woman_decides[h] = 0
        if receiver[h] >= 0 and persons.sex[receiver[h]] == WOMAN:
            households.woman_decides[h] = 1
        receipt = 1.0 * households.persistent_receipt[h] if rules.control else 0.0
        theirs = control_of_receipts(
            households.woman_decides[h], by_women[h] / sent[h] if sent[h] > 0.0 else 0.0, rules.sender_keeps
        )
        common = households.need[h] + max(households.other_income[h], 0.0)
        households.women_power[h] = women_control(
            hers[h] + theirs * receipt, his[h] + (1.0 - theirs) * receipt, common, women[h], men[h]
        )


@dataclass
class Remittances(Mechanism):
    """Remittances: how much, through which channel; fee, loss, travel; they arrive.

    A migrant weighs own consumption against the household's, for its sake and for the own life there
    later, replaces part of an unusual fall in its income, helps with its loans, and gives to common
    projects. Because a transfer has a fixed cost, money is set aside until the balance is worth one. The
    channel is chosen by cost, trust and access, at the prices the migrant knows. Firms raise margins where
    few compete or compare. Women's weight in the use of money follows from what they earn and receive.
    """

    reads: ClassVar = (
        Persons.id, Persons.household, Persons.mother, Persons.spouse, Persons.sex, Persons.birth_month,
        Persons.status, Persons.smoothed_earnings,
        Migrants.person, Migrants.household, Migrants.locality, Migrants.destination, Migrants.start_month,
        Migrants.ended, Migrants.regular, Migrants.savings, Migrants.altruism, Migrants.means,
        Migrants.intention,
        Households.locality, Households.members, Households.liquid_assets, Households.debt, Households.need,
        Households.labour_income,
        Households.other_income, Households.earned_income,
        Households.persistent_receipt, Households.account, Households.desk_distance, Households.card,
        Households.desk_nearer, Households.price_information,
        Households.project_information,
        Localities.start_informed, Localities.base_pay, Localities.price_index,
        Destinations.abroad,
        Providers.offered, Providers.firms, Providers.entrants,
        Providers.fixed_fee, Providers.rate, Providers.base_margin, Providers.loss, Providers.trust,
        Providers.desk,
        Providers.needs_account, Providers.fee_cut, Providers.cash,
    )  # fmt: skip
    writes: ClassVar = (
        Persons.receives,
        Migrants.plan, Migrants.waiting, Migrants.channel, Migrants.known_cost, Migrants.sent, Migrants.fee,
        Migrants.lost, Migrants.gift,
        Households.receipt, Households.received_assets, Households.woman_decides, Households.women_power,
        Households.house_share,
        Localities.informed, Localities.gifts, Providers.margin,
    )  # fmt: skip
    pays: ClassVar = (
        Flow("remittances", Migrants.savings, Households.liquid_assets, "what arrives"),
        Flow("transfer fees", Migrants.savings, Providers.cash, "fees and exchange margins"),
        Flow("lost transfers", Migrants.savings, Destinations.outside, "what is lost on the way"),
        Flow(
            "withheld",
            Migrants.savings,
            Destinations.outside,
            "what would be sent, where remittances are withheld",
        ),
        Flow("collective projects", Migrants.savings, Localities.outside, "given to what the place builds together"),
        Flow("receivers' travel", Households.liquid_assets, Localities.outside, "the way to the desk"),
        Flow("providers' money", Providers.cash, Destinations.outside, "providers pass on what they took"),
    )
    answers: ClassVar = (
        Answer(Households.labour_income, Migrants.plan, -1, "part of a rise in income is given back", factor=2.0),
        Answer(Migrants.means, Migrants.plan, +1, "who has more abroad sends more", factor=2.0),
        Answer(Providers.fee_cut, Migrants.known_cost, -1, "sending costs less", shift=0.5),
        Answer(Households.price_information, Providers.margin, -1, "margins fall where people compare", shift=1.0),
        Answer(Providers.entrants, Providers.margin, -1, "margins fall where more firms compete", shift=10.0),
        Answer(Migrants.intention, Migrants.plan, +1, "who means to come back builds up a life at home", shift=0.5),
        Answer(Households.project_information, Migrants.gift, +1, "known projects receive more", shift=1.0),
    )
    shows: ClassVar = ("remittances_received", "remittances_sent", "remittances_fees")

    on: int = switch("remittances reach the household; off, they are withheld: migrants part with the same money")
    altruism: int = switch("the household's consumption counts for the migrant")
    insurance: int = switch("remittances answer to what is unusual about the household's income of last month")
    loan_repayment: int = switch("remittances help to repay the household's loans")
    investment: int = switch("remittances build up the migrant's own life at home, the more likely a return is")
    house: int = switch("senders have a say: part of what is sent for the own life later goes into the house")
    collective: int = switch("those away give to common projects of their place")
    competition: int = switch("exchange margins answer to how many firms compete and customers compare prices")
    lumpy: int = switch("money waits until the balance is worth a transfer; off: it is sent every month")
    cost_felt: int = switch("what is planned answers to the expected cost of sending; off: to the cost once known")
    ways_felt: int = switch(
        "that cost is also what it is worth not to be driven to ways liked less; off: the mean cost"
    )
    choice: int = switch("the channel is chosen anew with each transfer; off: all keep to the one used last")
    control: int = switch("remittances give those who receive and send them a say in the use of money")
    wait: float = param(0.08, "1/month", (0.02, 0.3), "cost of waiting; assumption")
    sensitivity: float = param(40.0, "1", (10.0, 80.0), "eta_c: outside, Ahmed et al. 2021")
    decay: float = param(
        0.002, "1/month", (0.0, 0.02), "fading of altruism: slow decay, Simati and Gibson 2001; assumption"
    )
    women_more: float = param(
        0.1, "1", (0.0, 0.5), "altruism of women over men's; sign outside, UN-INSTRAW 2007; size: assumption"
    )
    women_hold: float = param(
        0.5, "1", (0.0, 1.0), "share of the fading that women do not show; sign outside, UN-INSTRAW 2007; assumption"
    )
    own_later: float = param(
        0.8, "1", (0.0, 1.0), "of the own life at home later over consumption now; fitted, Dustmann and Mestres 2010"
    )
    contact: float = param(0.9, "1", (0.0, 1.0), "share of news from home that reaches a migrant; assumption")
    contact_women: float = param(
        0.05, "1", (0.0, 0.5), "more of it by each woman who sends or receives; sign: ILO module; size: assumption"
    )
    savings_drawn: float = param(
        1 / 12, "1/month", (0.0, 1.0), "of savings that a bad month at home may take; assumption"
    )
    sender_keeps: float = param(0.5, "1", (0.0, 1.0), "part of the say that a sender keeps; assumption")
    common_good: float = param(0.02, "1", (0.0, 0.2), "weight of common projects over own consumption; assumption")
    projects_known: float = param(0.3, "1", (0.0, 1.0), "how far those away know unasked what is needed; assumption")
    given: float = param(0.01, "month of base pay", (1e-4, 0.2), "what others give to a project anyway; assumption")
    papers: float = param(1.0, "1", (0.0, 5.0), "reluctance of those without papers to use formal channels; assumption")
    travel: float = param(0.002, "1/km", (0.0, 0.02), "fare and time of the way to a desk over monthly pay; assumption")
    margin_floor: float = param(0.003, "1", (0.0, 0.02), "cost of changing money; assumption")
    market_power: float = param(0.01, "1", (0.0, 0.1), "m of the exchange margin, common to providers; assumption")
    loan_help: float = param(1 / 24, "1/month", (0.0, 0.2), "share of the household's debt helped with; assumption")

    def __call__(self, month: Month) -> None:
        """Plan, send, arrive."""
        self.send(month, withheld=not self.on)

    def rest(self, month: Month) -> None:
        """Remittances withheld: migrants do and spend as ever, nothing arrives. So only receipt differs."""
        self.send(month, withheld=True)

    def send(self, month: Month, withheld: bool) -> None:
        """One month's planning and sending."""
        migrants, households = month.migrants, month.households
        count, homes = month.count(Migrants), month.count(Households)
        informed = np.zeros(count, np.int8)
        knowing, senders = count_informed(
            month.persons, migrants, households, month.localities, month.luck_once("information"), informed
        )
        set_margins(month.providers, self.rules, knowing, senders)
        plan(month.persons, migrants, households, self.rules, month.age_base, np.zeros(count, np.int64))
        arrives, fees, lost, travels = (np.zeros(count, np.int64) for _ in range(4))
        used = np.zeros(count, np.int64)
        send(
            month.persons, migrants, households, month.localities, month.destinations, month.providers,
            self.rules,
            informed, month.luck("loss"), month.luck("channel"), month.luck("further channel"), month.luck_once("card"),
            arrives, fees, lost, travels, used,
        )  # fmt: skip
        gifts = np.zeros(count, np.int64)
        give(migrants, households, month.localities, self.rules, arrives + fees + lost, gifts)
        rows, homes_of, there = (
            np.arange(count),
            month.values(Migrants.household),
            month.values(Migrants.destination),
        )
        if withheld:
            month.pay("withheld", rows, there, arrives + fees + lost)
            for amounts in (arrives, fees, lost):
                amounts[:] = 0
            for column in (Migrants.sent, Migrants.fee, Migrants.lost):
                month.values(column)[:] = 0
        month.pay("collective projects", rows, month.values(Migrants.locality), gifts)
        month.pay("remittances", rows, homes_of, arrives)
        month.pay("transfer fees", rows, used, fees)
        month.pay("lost transfers", rows, there, lost)
        total, trip = np.zeros(homes, np.int64), np.zeros(homes, np.int64)
        receive(migrants, households, arrives, travels, total, trip)
        month.pay("receivers' travel", np.arange(homes), month.values(Households.locality), trip)
        if count and len(there):
            month.pay("providers' money", np.arange(month.count(Providers)), 0, month.values(Providers.cash).copy())
        receiver = np.full(homes, -1, np.int64)
        decide_who_receives(month.persons, migrants, households, self.rules, month.age_base, receiver)
        sent = np.flatnonzero(arrives != 0)
        month.record(int(Event.REMITTED), month.values(Migrants.person)[sent], values=arrives[sent] / 100.0)
