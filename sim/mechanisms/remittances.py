"""Remittances: how much, when, by which channel, what it costs, and who receives."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.codes import Channel, Event, Sex, Status
from sim.ledger import Flow
from sim.mechanism import Answer, Mechanism, Month, kernel, rule
from sim.parameters import param, switch
from sim.population import Destinations, Households, Localities, Migrants, Persons, Providers
from sim.streams import Luck, uniforms
from sim.table import Array

OPERATOR, INFORMAL = int(Channel.OPERATOR), int(Channel.INFORMAL)
WOMAN = int(Sex.WOMAN)
AWAY, ABSENT = int(Status.AWAY), int(Status.ABSENT)
ADULT = 15 * 12
FAR = -1e30  # score of a channel that cannot be used


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
def sending_balance(fixed: float, planned: float, wait: float) -> float:
    """Amount at which a transfer is made: ``B* = sqrt(2 F r / wait)``.

    Parameters
    ----------
    fixed : money per transfer, >= 0
        F: cost of a transfer that does not depend on the amount.
    planned : money/month, >= 0
        r: what comes to be sent each month.
    wait : 1/month, > 0
        Cost of waiting, as a share of the balance.

    References
    ----------
    Baumol (1952), Quarterly Journal of Economics 66(4), 545-556; Tobin (1956), Review of Economics and
    Statistics 38(3), 241-247.
    """
    return math.sqrt(2.0 * fixed * planned / wait)


@rule
def channel_score(cost_share: float, trust: float, sensitivity: float) -> float:
    """Value of a channel in logit units: trust less the weight of its expected cost over the amount."""
    return trust - sensitivity * cost_share


@rule
def cost_of_sending(fixed: float, rate: float, margin: float, travel: float, loss: float, amount: float) -> float:
    """Whole expected cost of one transfer over its amount: fees, margin, the receiver's way and loss.

    ``fixed`` and ``travel`` are money per transfer, ``rate``, ``margin`` and ``loss`` shares of ``amount``.
    """
    return (fixed + travel) / amount + rate + margin + loss


@rule
def exchange_margin(observed: float, floor: float, power: float, providers: int, informed: float) -> float:
    """Exchange margin a provider can take: its cost, plus what customers who do not compare leave it.

    ``cost + m / (number of providers * informed share)``, at most the margin when nobody compares. So
    information alone can cut it, without any new provider.

    Parameters
    ----------
    observed : dimensionless, >= 0
        Margin when nobody compares prices.
    floor : dimensionless, >= 0
        Cost of changing money, as a share.
    power : dimensionless, >= 0
        m: common to all providers.
    providers : how many compete, >= 1
    informed : dimensionless, in [0, 1]
        Share of customers who compare prices.

    References
    ----------
    Varian (1980), American Economic Review 70(4), 651-659: a model of sales to informed and uninformed.
    """
    if informed <= 0.0:
        return observed
    return min(observed, floor + power / (providers * informed))


@rule
def altruism_now(at_departure: float, decay: float, months: int, left_behind: int) -> float:
    """Weight on the household after some months away: decays slowly, zero when nobody is left there."""
    return at_departure * math.exp(-decay * max(months, 0)) if left_behind > 0 else 0.0


@rule
def travel_cost(distance: float, nearer: float, per_km: float, pay: float) -> float:
    """Cost of the receiver's way to a desk and back, in money; ``per_km`` is in shares of monthly ``pay``."""
    return distance * (1.0 - nearer) * per_km * pay


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
    """Providers set their exchange margins against how many of their customers compare."""
    share = informed / senders if senders else 0.0
    for k in range(len(providers.margin)):
        if not rules.competition:
            providers.margin[k] = providers.base_margin[k]
            continue
        many = len(providers.margin)
        providers.margin[k] = exchange_margin(
            providers.base_margin[k], rules.margin_floor, rules.market_power, many, share
        )


@kernel
def plan(migrants: Migrants, households: Households, rules: Remittances, now: int, means: Array) -> None:
    """How much each migrant wants the household to receive a month; those of one household share the task."""
    together = np.zeros(len(households.members), np.int64)
    for m in range(len(migrants.person)):
        if not migrants.ended[m]:
            means[m] = max(int(np.rint(migrants.means[m] * 100.0)), 0)
            together[migrants.household[m]] += means[m]
    for m in range(len(migrants.person)):
        if migrants.ended[m]:
            continue
        h = migrants.household[m]
        if means[m] == 0:
            migrants.plan[m] = 0.0
            continue
        income = 1.0 * households.labour_income[h] + households.other_income[h]
        if not rules.insurance:  # the household's usual income stands for this month's
            income = 1.0 * households.smoothed_income[h] - households.persistent_receipt[h]
        own_part = max(income, 0.0) * means[m] / together[h]
        months = now - migrants.start_month[m]
        altruism = altruism_now(migrants.altruism[m], rules.decay, months, households.members[h])
        mine = means[m] / 100.0
        planned = planned_remittance(mine, own_part, migrants.known_cost[m], altruism)
        if rules.loan_repayment and altruism > 0.0:
            left = max(0.0, mine - planned * (1.0 + migrants.known_cost[m]))
            planned += min(rules.loan_help * households.debt[h] / 100.0, 0.5 * left)
        migrants.plan[m] = planned


@kernel
def send(
    persons: Persons, migrants: Migrants, households: Households, localities: Localities,
    destinations: Destinations,
    providers: Providers, rules: Remittances, informed: Array, luck: Luck, ways: Luck, cards: Luck,
    arrives: Array, fees: Array, lost: Array, travels: Array, used: Array,
) -> None:  # fmt: skip
    """Each migrant sets money aside and sends it when the balance is worth a transfer; amounts in cents."""
    channels = len(providers.margin)
    colleagues = np.zeros((len(localities.informed), len(destinations.abroad)), np.int64)
    for m in range(len(migrants.person)):
        if not migrants.ended[m]:
            colleagues[migrants.locality[m], migrants.destination[m]] += 1
    fixed, rate = np.zeros(channels), np.zeros(channels)
    travel, score = np.zeros(channels), np.zeros(channels)
    for k in range(channels):
        kept = 1.0 - providers.fee_cut[k]
        fixed[k], rate[k] = providers.fixed_fee[k] * kept, providers.rate[k] * kept

    for m in range(len(migrants.person)):
        migrants.sent[m] = 0.0
        migrants.fee[m] = 0.0
        migrants.lost[m] = 0.0
        if migrants.ended[m]:
            continue
        planned = 1.0 * migrants.plan[m]
        in_hand = migrants.savings[m] / 100.0
        migrants.waiting[m] = min(migrants.waiting[m] + planned, in_hand)
        if planned <= 0.0 and migrants.waiting[m] <= 0.0:
            continue
        i, h = migrants.person[m], migrants.household[m]
        d, place = migrants.destination[m], migrants.locality[m]
        abroad = destinations.abroad[d]
        carrier = colleagues[place, d] > 1
        holds, _, _, _ = uniforms(cards, persons.id[i])
        account = households.account[h] == 1 or holds < households.card[h]
        pay = 1.0 * localities.base_pay[place] * localities.price_index[place]
        way = travel_cost(households.desk_distance[h], households.desk_nearer[h], rules.travel, pay)
        last = migrants.channel[m]
        for k in range(channels):
            travel[k] = way if providers.desk[k] else 0.0

        # The balance that is worth a transfer by the way used last, and what sending it would cost.
        worth = sending_balance(fixed[last] + travel[last], planned, rules.wait)
        balance = max(worth, planned, 0.01)
        total = 0.0
        expected = 0.0
        for k in range(channels):
            known = k if informed[m] or k == last else OPERATOR
            share = cost_of_sending(
                fixed[known],
                rate[known],
                providers.margin[known] * abroad,
                travel[k],
                providers.loss[k],
                balance,
            )
            usable = can_use(k, account, carrier, providers.needs_account[k])
            weight = 0.0
            if usable:
                trust = providers.trust[k] - (rules.papers if k != INFORMAL and not migrants.regular[m] else 0.0)
                weight = math.exp(channel_score(share, trust, rules.sensitivity))
            total += weight
            expected += weight * share
        migrants.known_cost[m] = expected / total if total > 0.0 else migrants.known_cost[m]

        if migrants.waiting[m] < max(worth, 0.01):
            continue
        amount = float(migrants.waiting[m])
        u = uniforms(ways, persons.id[i])
        best, best_score = OPERATOR, FAR
        for k in range(channels):
            known = k if informed[m] or k == last else OPERATOR
            share = cost_of_sending(
                fixed[known],
                rate[known],
                providers.margin[known] * abroad,
                travel[k],
                providers.loss[k],
                amount,
            )
            score[k] = FAR
            if can_use(k, account, carrier, providers.needs_account[k]):
                trust = providers.trust[k] - (rules.papers if k != INFORMAL and not migrants.regular[m] else 0.0)
                score[k] = channel_score(share, trust, rules.sensitivity) - math.log(-math.log(u[k % 4]))
            if score[k] > best_score:
                best, best_score = k, score[k]

        share = rate[best] + providers.margin[best] * abroad
        amount = min(amount, (in_hand - fixed[best]) / (1.0 + share))
        if amount < worth or amount <= 0.0:
            continue  # fees and all cannot be paid yet
        fee = int(np.rint((fixed[best] + share * amount) * 100.0))
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


@rule
def can_use(channel: int, account: bool, carrier: bool, needs_account: int) -> bool:
    """Whether both ends can use a channel: an account where it needs one, a carrier for the informal way."""
    if channel == INFORMAL:
        return carrier
    return account or not needs_account


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
    persons: Persons, migrants: Migrants, households: Households, now: int, receiver: Array
) -> None:
    """Who receives or decides: the migrant's spouse, else the mother, else the eldest adult at home."""
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
    for i in range(len(persons.household)):
        persons.receives[i] = 1 if receiver[persons.household[i]] == i else 0
    for h in range(len(households.members)):
        households.woman_decides[h] = 0
        if receiver[h] >= 0 and persons.sex[receiver[h]] == WOMAN:
            households.woman_decides[h] = 1


@dataclass
class Remittances(Mechanism):
    """Remittances: how much, through which channel; fee, loss, travel; they arrive.

    A migrant weighs own consumption against the household's and replaces part of a fall in its income.
    Because a transfer has a fixed cost, money is set aside until the balance is worth one. The channel
    is chosen by cost, trust and access, at the prices the migrant knows: who does not compare takes
    unknown prices to be those of the operators. Providers raise margins where few compare.
    """

    reads = (
        Persons.id, Persons.household, Persons.mother, Persons.spouse, Persons.sex, Persons.birth_month,
        Persons.status,
        Migrants.person, Migrants.household, Migrants.locality, Migrants.destination, Migrants.start_month,
        Migrants.ended, Migrants.regular, Migrants.savings, Migrants.altruism, Migrants.means,
        Households.locality, Households.members, Households.liquid_assets, Households.debt,
        Households.labour_income,
        Households.other_income, Households.smoothed_income,
        Households.persistent_receipt, Households.account, Households.desk_distance, Households.card,
        Households.desk_nearer, Households.price_information,
        Localities.start_informed, Localities.base_pay, Localities.price_index,
        Destinations.abroad,
        Providers.fixed_fee, Providers.rate, Providers.base_margin, Providers.loss, Providers.trust,
        Providers.desk,
        Providers.needs_account, Providers.fee_cut, Providers.cash,
    )  # fmt: skip
    writes = (
        Persons.receives,
        Migrants.plan, Migrants.waiting, Migrants.channel, Migrants.known_cost, Migrants.sent, Migrants.fee,
        Migrants.lost,
        Households.receipt, Households.received_assets, Households.woman_decides,
        Localities.informed, Providers.margin,
    )  # fmt: skip
    pays = (
        Flow("remittances", Migrants.savings, Households.liquid_assets, "what arrives"),
        Flow("transfer fees", Migrants.savings, Providers.cash, "fees and exchange margins"),
        Flow("lost transfers", Migrants.savings, Destinations.outside, "what is lost on the way"),
        Flow(
            "withheld",
            Migrants.savings,
            Destinations.outside,
            "what would be sent, where remittances are withheld",
        ),
        Flow("receivers' travel", Households.liquid_assets, Localities.outside, "the way to the desk"),
        Flow("providers' money", Providers.cash, Destinations.outside, "providers pass on what they took"),
    )
    answers = (
        Answer(Households.labour_income, Migrants.plan, -1, "part of a rise in income is given back", factor=2.0),
        Answer(Migrants.means, Migrants.plan, +1, "who has more abroad sends more", factor=2.0),
        Answer(Providers.fee_cut, Migrants.known_cost, -1, "sending costs less", shift=0.5),
        Answer(Households.price_information, Providers.margin, -1, "margins fall where people compare", shift=1.0),
    )
    shows = ("remittances_received", "remittances_sent", "remittances_fees")

    on: int = switch("remittances reach the household; off, they are withheld: migrants part with the same money")
    insurance: int = switch("remittances answer to this month's income of the household, not to its usual income")
    loan_repayment: int = switch("remittances help to repay the household's loans")
    competition: int = switch("exchange margins answer to how many customers compare prices")
    wait: float = param(0.08, "1/month", (0.02, 0.3), "cost of waiting; assumption")
    sensitivity: float = param(40.0, "1", (10.0, 80.0), "eta_c: outside, Ahmed et al. 2021")
    decay: float = param(
        0.002, "1/month", (0.0, 0.02), "fading of altruism: slow decay, Simati and Gibson 2001; assumption"
    )
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
        plan(migrants, households, self.rules, month.age_base, np.zeros(count, np.int64))
        arrives, fees, lost, travels = (np.zeros(count, np.int64) for _ in range(4))
        used = np.zeros(count, np.int64)
        send(
            month.persons, migrants, households, month.localities, month.destinations, month.providers,
            self.rules,
            informed, month.luck("loss"), month.luck("channel"), month.luck_once("card"),
            arrives, fees, lost, travels, used,
        )  # fmt: skip
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
        month.pay("remittances", rows, homes_of, arrives)
        month.pay("transfer fees", rows, used, fees)
        month.pay("lost transfers", rows, there, lost)
        total, trip = np.zeros(homes, np.int64), np.zeros(homes, np.int64)
        receive(migrants, households, arrives, travels, total, trip)
        month.pay("receivers' travel", np.arange(homes), month.values(Households.locality), trip)
        if count and len(there):
            month.pay("providers' money", np.arange(month.count(Providers)), 0, month.values(Providers.cash).copy())
        receiver = np.full(homes, -1, np.int64)
        decide_who_receives(month.persons, migrants, households, month.age_base, receiver)
        sent = np.flatnonzero(arrives != 0)
        month.record(int(Event.REMITTED), month.values(Migrants.person)[sent], values=arrives[sent] / 100.0)
