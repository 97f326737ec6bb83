"""Why people leave, stay, come back and send: one person's or family's decision asked of the month's own rules.

Nothing is written: what has to be tried is tried on a copy of the world, with the kernels of the month itself.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim import choice
from sim.codes import Channel, Return, Route, Status, Use
from sim.mechanism import Month, Rules
from sim.mechanisms import migration, remittances
from sim.moving import attachment_away, logistic, share_of_attachment, wait_left
from sim.population import Households, Migrants, Persons
from sim.table import Table
from sim.technology import FULL_TIME

if TYPE_CHECKING:
    from sim.model import Remesa, World

SURE = 1e4  # years of pay: so much nicer a place is made that it is chosen whatever it offers
AWAY, ABSENT = int(Status.AWAY), int(Status.ABSENT)
Told = dict[str, Any]


def copied(world: World) -> World:
    """A world to try things in."""
    made: World = pickle.loads(pickle.dumps(world))
    return made


def places_of(model: Remesa) -> list[str]:
    """Destinations in words."""
    return [one.name.replace("_", " ").title() for one in model.setup.inputs.destinations]


# ------------------------------------------------------------------------------------------- leaving and coming back


class Option(NamedTuple):
    """One place to go to, as somebody at home sees it; years of local pay and money."""

    row: int
    value: float  # of going there over staying, before this month's taste
    gain: float
    price: float
    push: float
    pull: float
    network: float
    way: int
    waits: float  # months for a regular place


def asked(world: World, i: int) -> tuple[Any, Any] | None:
    """The move a person would want, were it thought of this month: its row of whole numbers and of terms."""
    line = world.schedule.migration
    rules, month = line.rules, Month(world, line)
    places, people = world.population.destinations.count, world.population.persons.count
    in_work, recognised, undetected = np.zeros((places, 2, 2)), np.zeros(places), np.zeros(places)
    preferences, papers = month.rules_of("participation"), month.rules_of("away")
    choice.outlook(
        month.destinations, rules, preferences.beta, papers.access_without_papers, in_work, recognised, undetected
    )
    drawn = np.full(people, 2.0)
    drawn[i] = 0.0
    moves = np.zeros((people, choice.SETTLES + 1), np.int64)
    terms = np.zeros((people, choice.EXAMPLE + 1))
    count = choice.consider(
        month.persons, month.households, month.migrants, month.localities, month.markets, month.destinations,
        month.recruiters, rules, preferences, month.age_base, papers, drawn, month.luck("consider"),
        month.luck("taste"), month.luck_once("quota"), in_work, recognised, undetected, moves, terms,
    )  # fmt: skip
    found = np.flatnonzero(moves[:count, choice.WHO] == i)
    return (moves[found[0]], terms[found[0]]) if len(found) else None


def options(world: World, i: int) -> list[Option]:
    """Every place a person at home can go to; ``world`` is a copy, in which each in turn is made the only one."""
    tables = world.population
    there, persons = tables.destinations, tables.persons
    rules = world.schedule.migration.rules
    closed, amenity, waiting = there.closed.copy(), there.amenity.copy(), there.waiting.copy()
    bound = rules.care * float(persons.care_hours[i]) / FULL_TIME
    rooted = float(persons.attachment[i])
    found = []
    for d in range(there.count):
        there.closed[:], there.amenity[:], there.waiting[:] = 2.0, amenity, waiting
        there.closed[d] = closed[d]
        there.amenity[d] = amenity[d] + SURE
        asked_month = int(persons.admitted_month[i])
        now, waits, later = asked(world, i), 0.0, 1.0
        persons.admitted_month[i] = asked_month
        if now is None and waiting[d] > 0.0:  # on the list: what it will be worth once the place is there
            waits = float(wait_left(asked_month, world.month - world.burn_in, float(waiting[d])))
            later = float(world.schedule.participation.rules.beta) ** waits
            there.waiting[:] = 0.0
            now = asked(world, i)
        if now is None:
            continue  # the border is closed
        move, terms = now
        gain = float(terms[choice.GAIN])
        given = rules.gain_weight * gain * (1.0 - later)
        pull = float(terms[choice.PULL]) + float(amenity[d]) - float(there.amenity[d]) - given
        push, network = float(terms[choice.PUSH]), float(terms[choice.NETWORK])
        share = share_of_attachment(there.abroad[d], float(there.distance[d]), rules.near)
        value = push + pull + network - bound - rooted * share
        found.append(Option(d, value, gain * later, float(terms[choice.PRICE]), push, pull, network,
                            int(move[choice.WAY]), waits))  # fmt: skip
    there.closed[:], there.amenity[:], there.waiting[:] = closed, amenity, waiting
    return found


def chance_of_leaving(found: list[Option], nest: float) -> float:
    """Chance that somebody who thinks of it wants to leave: the logit over staying and all places."""
    if not found:
        return 0.0
    weights = np.clip([one.value / nest for one in found], -500.0, 500.0)
    return float(logistic(nest * float(np.log(np.exp(weights).sum()))))


def payable(world: World, i: int, option: Option) -> dict[str, float] | None:
    """How the way would be paid, on a copy; None where it cannot be, and a string of why."""
    line = world.schedule.migration
    month = Month(world, line)
    ints = [np.zeros(1, np.int64) for _ in range(5)]
    went, trips, loans, purses, debts = ints
    ways = np.array([option.way])
    migration.leave(
        month.persons, month.households, month.localities, month.lenders, month.firms, month.destinations,
        month.recruiters, line.rules, np.zeros(1, np.int64), np.array([i]), np.array([option.row]), ways,
        np.array([option.price]), went, trips, loans, purses, debts,
    )  # fmt: skip
    if went[0] == 1:
        return {
            "way": int(ways[0]), "paid at once": trips[0] / 100.0, "borrowed for it": loans[0] / 100.0,
            "owed to the recruiter": debts[0] / 100.0, "taken along": purses[0] / 100.0,
        }  # fmt: skip
    return {"bound": 1.0} if went[0] == -1 else None


def person_leaves(model: Remesa, i: int) -> Told:
    """Why a person would leave, stay, or come back, were it thought of this month.

    Values are in years of local pay, money in that of a month's prices. A chance is that of one thought; how often
    people think of moving is the mechanism's ``consider``.
    """
    persons = model.population.persons
    status = int(persons.status[i])
    if status == ABSENT:
        return {"in words": "Is no longer there."}
    if status == AWAY:
        return person_returns(model, i)
    world = copied(model.world)
    rules = world.schedule.migration.rules
    age = int((world.month - world.burn_in - persons.birth_month[i]) // 12)
    found = options(world, i)
    if not found:
        told: Told = {"age": age, "chance of leaving, if thought of": 0.0}
        at_school = "at school" if persons.in_school[i] else "of an age at which nobody leaves alone"
        told["in words"] = f"Does not think of leaving: {at_school}, or no border is open."
        return told
    best = max(found, key=lambda one: one.value)
    names = places_of(model)
    told = {
        "age": age,
        "thinks of it, a month": float(rules.consider),
        "chance of leaving, if thought of": chance_of_leaving(found, rules.nest),
        "best place": names[best.row],
        "way": Route(best.way),
        "gain there, cost included": best.gain,
        "cost of the way": best.price,
        "months to wait for a regular place": best.waits,
        "push of home": best.push,
        "pull of the place": best.pull,
        "networks and norm": best.network,
        "bound by care": rules.care * float(persons.care_hours[i]) / FULL_TIME,
        "attachment to home": best.push + best.pull + best.network - best.value
        - rules.care * float(persons.care_hours[i]) / FULL_TIME,
        "value over staying": best.value,
    }  # fmt: skip
    for one in sorted(found, key=lambda one: -one.value):
        told[f"value of {names[one.row]}"] = one.value
    paid = payable(world, i, best)
    told["can pay"] = paid is not None and "bound" not in paid
    if told["can pay"] and paid is not None:
        told |= {key: value for key, value in paid.items() if key != "way"} | {"way": Route(int(paid["way"]))}
    bound_to_children = paid is not None and "bound" in paid
    told["in words"] = leaves_in_words(told, bound_to_children)
    return told


def leaves_in_words(told: Told, bound_to_children: bool) -> str:
    """One or two sentences on what decides."""
    parts = {"home (push)": "push of home", "the place (pull)": "pull of the place", "networks": "networks and norm"}
    spoken = ", ".join(f"{words} {told[key]:+,.2g}" for words, key in parts.items())
    against = told["bound by care"] + told["attachment to home"]
    stays = "would leave" if told["value over staying"] > 0.0 else "would rather stay"
    way = "a recruiter" if told["way"] is Route.RECRUITER else f"the {told['way'].name.lower()} way"
    if bound_to_children:
        pays = "has to stay with the children"
    elif told["can pay"]:
        pays = f"could pay {told['paid at once']:,.0f} for it, {told['borrowed for it']:,.0f} of it borrowed"
    else:
        pays = "could not pay it"
    months, chance = told["months to wait for a regular place"], 100 * told["chance of leaving, if thought of"]
    wait = f" after {months:.0f} months of waiting" if months > 0 else ""
    return (
        f"Tastes aside {stays}: {told['best place']} by {way}{wait} is worth {told['value over staying']:+,.2g} years "
        f"of local pay over staying ({spoken}, less {against:,.2g} for care and attachment). When it is thought of, "
        f"the chance is {chance:,.2g} %. The way costs {told['cost of the way']:,.0f}; the family {pays}."
    )


def person_returns(model: Remesa, i: int) -> Told:
    """Why somebody who is away would come home or stay there."""
    tables = model.population
    persons, stays = tables.persons, tables.migrants
    m = int(persons.spell[i])
    world = copied(model.world)
    rules = world.schedule.migration.rules
    beta = float(world.schedule.participation.rules.beta)
    now = asked(world, i)
    home_share = float(world.population.migrants.intention[m])
    back = home_share * (1.0 / beta - 1.0) / (1.0 - home_share) / rules.consider if home_share < 1.0 else 1.0
    names, d = places_of(model), int(stays.destination[m])
    told: Told = {
        "place": names[d],
        "months there": int(world.month - world.burn_in - stays.start_month[m]),
        "works there": bool(stays.employed[m]),
        "pay there": float(stays.wage[m]),
        "has papers": bool(stays.regular[m]),
        "savings": float(stays.savings[m]) / 100.0,
        "savings aimed at": float(stays.target_savings[m]),
        "owed for the way": float(stays.debt[m]) / 100.0,
        "fare home": float(tables.destinations.fare[d]),
        "attachment to home": float(
            attachment_away(float(persons.attachment[i]), rules.pull_back, float(persons.contacts[i]))
        ),
        "thinks of it, a month": float(rules.consider),
        "chance of coming home, if thought of": 1.0 if stays.detected[m] else min(back, 1.0),
        "share of life expected at home": home_share,
        "ordered to leave": bool(stays.detected[m]),
    }
    if now is not None and int(now[0][choice.CHOSEN]) >= 0:
        told["would move on to"] = names[int(now[0][choice.CHOSEN])]
    told["in words"] = returns_in_words(told)
    return told


def returns_in_words(told: Told) -> str:
    """One or two sentences on what decides."""
    if told["ordered to leave"]:
        return f"Was ordered to leave {told['place']} and comes home."
    work = f"earns {told['pay there']:,.0f} a month" if told["works there"] else "is without work"
    reached = "have" if told["savings"] >= told["savings aimed at"] else "have not"
    chance, share = 100 * told["chance of coming home, if thought of"], 100 * told["share of life expected at home"]
    return (
        f"In {told['place']} for {told['months there']} months, {work}; savings of {told['savings']:,.0f} {reached} "
        f"reached the {told['savings aimed at']:,.0f} aimed at. When it is thought of, the chance of coming home is "
        f"{chance:,.2g} %, so that {share:,.0f} % of the rest of life is expected at home."
    )


def household_leaves(model: Remesa, h: int) -> Told:
    """Who of a household is away, and what it could pay for a way."""
    tables = model.population
    homes, persons, stays = tables.households, tables.persons, tables.migrants
    live = np.flatnonzero((stays.household == h) & (stays.ended == 0))
    place = int(homes.locality[h])
    rules = model.schedule.migration.rules
    others = float(homes.others_earnings[h]) + max(float(homes.other_income[h]), 0.0)
    lender = float(tables["Lenders"].values("cash")[place]) / 100.0
    debt = float(homes.debt[h]) / 100.0
    back = np.flatnonzero((persons.household == h) & (persons.returnee == 1) & (persons.status < AWAY))
    told: Told = {
        "members here": int(homes.members[h]),
        "members away": len(live),
        "came back from elsewhere": len(back),
        "liquid assets": float(homes.liquid_assets[h]) / 100.0,
        "debt": debt,
        "could borrow for a way": max(0.0, min(rules.loan_months * others - debt, lender)),
        "needs a month": float(homes.need[h]) * float(tables.localities.price_index[place]),
        "owed by those away for their way": float(stays.debt[live].sum()) / 100.0,
    }
    names = places_of(model)
    told["away"] = ", ".join(names[int(d)] for d in stays.destination[live]) or "nobody"
    failed = sum(int(kind) == Return.FAILED for kind in persons.return_kind[back])
    told["came back with less than the way had cost"] = failed
    told["in words"] = (
        f"{told['members here']} are here and {told['members away']} away ({told['away']}). For a way the family has "
        f"{told['liquid assets']:,.0f} and could borrow {told['could borrow for a way']:,.0f}; it needs "
        f"{told['needs a month']:,.0f} a month."
    )
    return told


# ------------------------------------------------------------------------------------------- remitting


def stay_remits(model: Remesa, m: int) -> Told:
    """What somebody who is away plans to send, and why: the parts of the plan, the channel, the next transfer."""
    if model.population.migrants.ended[m]:
        return {"in words": "The stay is over; nothing is sent."}
    tables = model.population
    person = int(tables.migrants.person[m])
    planned = plans(model)
    without = {name: plans(model, **{name: 0})[m] for name in ("altruism", "insurance", "loan_repayment", "investment")}
    stays, homes = tables.migrants, tables.households
    h = int(stays.household[m])
    told: Told = {
        "means: pay less living costs and debt": float(stays.means[m]),
        "savings": float(stays.savings[m]) / 100.0,
        "usual income of the family": float(homes.earned_income[h]),
        "income of the family this month": float(homes.labour_income[h]) + float(homes.other_income[h]),
        "altruism at departure": float(stays.altruism[m]),
        "share of life expected at home": float(stays.intention[m]),
        "expected cost of sending": float(stays.known_cost[m]),
        "plans a month": float(planned[m]),
        "of it for the family's sake": float(planned[m] - without["altruism"]),
        "of it for an own life there later": float(planned[m] - without["investment"]),
        "of it because this month is unusual": float(planned[m] - without["insurance"]),
        "of it to help with loans": float(planned[m] - without["loan_repayment"]),
        "set aside": float(stays.waiting[m]),
        "sent this month": float(stays.sent[m]),
        "way": Channel(int(stays.channel[m])),
        "man or woman": "woman" if int(tables.persons.sex[person]) == remittances.WOMAN else "man",
    }
    told["in words"] = remits_in_words(told)
    return told


def plans(model: Remesa, **switches: int) -> Any:
    """What everybody away would plan now, by the kernel of the month on a copy; some motives switched off."""
    world = copied(model.world)
    line = world.schedule.remittances
    month = Month(world, line)
    means = np.zeros(world.population.migrants.count, np.int64)
    rules = Rules.of(type(line), {**vars(line), **switches})
    remittances.plan(month.persons, month.migrants, month.households, rules, month.age_base, means)
    return world.population.migrants.plan.astype(np.float64)


def remits_in_words(told: Told) -> str:
    """One or two sentences on what decides."""
    means, planned = told["means: pay less living costs and debt"], told["plans a month"]
    if planned <= 0.0:
        why = "keeps it, because the family usually has more than would be given to it"
        if means <= 0.0:
            why = "has nothing left to give"
        elif told["of it because this month is unusual"] < 0.0:
            why = "keeps it, because the family has more than usual this month"
        return f"Plans to send nothing: with {means:,.0f} a month after living costs and debt, {why}."
    unusual = told["of it because this month is unusual"]
    answer = f"; {unusual:+,.0f} of it answers an unusual month" if abs(unusual) >= 0.5 else ""
    cost = 100 * told["expected cost of sending"]
    return (
        f"Of {means:,.0f} a month after living costs and debt, {planned:,.0f} is planned for the family, which usually "
        f"has {told['usual income of the family']:,.0f}{answer}. {told['set aside']:,.0f} is set aside; the last way "
        f"was {told['way'].name.lower()}, and sending is expected to cost {cost:,.2g} %."
    )


def person_remits(model: Remesa, i: int) -> Told:
    """What a person sends, if away, or receives."""
    persons = model.population.persons
    if int(persons.status[i]) == AWAY:
        return stay_remits(model, int(persons.spell[i]))
    told = household_receives(model, int(persons.household[i]))
    receives = bool(persons.receives[i])
    told["receives for the family"] = receives
    told["in words"] = ("Receives for the family. " if receives else "") + told["in words"]
    return told


def household_receives(model: Remesa, h: int) -> Told:
    """What a household receives, who decides on it, and what it is used for."""
    homes, stays = model.population.households, model.population.migrants
    live = np.flatnonzero((stays.household == h) & (stays.ended == 0))
    told: Told = {
        "members away": len(live),
        "planned by those away": float(stays.plan[live].astype(np.float64).sum()),
        "received this month": float(homes.receipt[h]),
        "counted on": float(homes.persistent_receipt[h]),
        "own income": float(homes.labour_income[h]) + float(homes.other_income[h]),
        "a woman receives": bool(homes.woman_decides[h]),
        "women's say in the use of money": float(homes.women_power[h]),
    }
    for use in Use:
        told[f"used for {use.name.lower()}"] = float(homes.remittance_use[h, int(use)])
    told["in words"] = (
        f"Received {told['received this month']:,.0f} this month and counts on {told['counted on']:,.0f}, beside an "
        f"own income of {told['own income']:,.0f}; women have {100 * float(homes.women_power[h]):.0f} % of the say."
        f" {told['members away']} away plan to send {told['planned by those away']:,.0f} a month."
    )
    return told


EXPLANATIONS: dict[str, dict[type[Table], Callable[[Any, int], Told]]] = {
    "migration": {
        Persons: person_leaves, Households: household_leaves,
        Migrants: lambda model, m: person_returns(model, int(model.population.migrants.person[m])),
    },
    "remittances": {Persons: person_remits, Households: household_receives, Migrants: stay_remits},
}  # fmt: skip
"""Who can be asked about which decision; participation is asked of persons in its own module."""
__all__ = ["EXPLANATIONS", "asked", "chance_of_leaving", "options"]
