"""Claims about single places: magnitudes of the Diourbel project, facts of Lao villages, the Polish return of 2008.

Where a source gives a number, the claim sets a limit around it; where it gives a direction, the effect between
paired worlds is shown with the control in which its cause is off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.evidence_remittances import Purses
from experiments.hands import adults_of, matched, recipients
from experiments.verdicts import Effect, Form, Part, claim, each
from experiments.worlds import Array, Hands, advance, started, twin
from scenarios.configuration import Configuration
from sim.codes import Status
from sim.transfers import OPERATOR

if TYPE_CHECKING:
    from sim.model import World

Worlds = dict[str, Configuration]
THREE_YEARS = 36
FEWER = 5000  # persons of a place in the quick form
OFF = "parameters.remittances.on=0"


def people_of(form: Form) -> int:
    """Persons of a place; fewer in the quick form."""
    return FEWER if form.quick else form.population


# ------------------------------------------------------------------------------------------- Diourbel

RESIDENTS, EURO = 1_497_455.0, 655.957  # census of 2013; FCFA
PROJECT = [
    "policies=[transfer_agreements,transfer_cards,business_coaching,business_advice,micro_credit_fund]",
    "policies.transfer_cards.budget.value=267",  # 1,000 cards of 400 FCFA a month for 1,500 thousand people
    "policies.business_coaching.budget.value=1800",  # 18 coaches of 150,000 FCFA
    "policies.business_advice.budget.value=400",  # 4 centres with an adviser of 150,000 FCFA
    "policies.business_advice.funder=donor",
    "policies.micro_credit_fund.budget.value=1600",  # 150 loans of 567,000 FCFA in three years
]
"""The project at its own size per inhabitant: agreements, desks, cards, coaches, centres and loans (NUM-03 ... 16)."""


LARGER = 20  # times its size, at which what the project does for enterprises is measured
VENTURES = [
    "policies=[business_coaching,business_advice,micro_credit_fund]",
    f"policies.business_coaching.budget.value={1800 * LARGER}", f"policies.business_advice.budget.value={400 * LARGER}",
    "policies.business_advice.funder=donor", f"policies.micro_credit_fund.budget.value={1600 * LARGER}",
]  # fmt: skip


def spared(world: World) -> float:
    """What this month's transfers would have cost more on the terms without the project, each sent the same way.

    Fees are cut, the way to a desk is shorter, and who holds a card need not send by an operator.
    """
    tables, rules = world.population, world.schedule.remittances
    stays, homes, providers = tables.migrants, tables.households, tables["Providers"]
    place = tables.localities
    rows = np.flatnonzero((stays.ended == 0) & (stays.sent > 0.0))
    home, way = stays.household[rows], stays.channel[rows]
    fee = stays.fee[rows].astype(np.float64)
    amount = stays.sent[rows].astype(np.float64) - fee
    fixed, rate, cut = (providers.values(name).astype(np.float64) for name in ("fixed_fee", "rate", "fee_cut"))
    at = stays.locality[rows]
    pay = place.base_pay[at].astype(np.float64) * place.price_index[at]
    by_cut = (fixed[way] + rate[way] * amount) * cut[way]
    nearer = homes.desk_distance[home].astype(np.float64) * homes.desk_nearer[home]
    by_desk = providers.values("desk")[way] * nearer * rules.travel * pay
    margin = providers.values("margin").astype(np.float64)[OPERATOR]
    usual = fixed[OPERATOR] + (rate[OPERATOR] + margin * tables.destinations.abroad[stays.destination[rows]]) * amount
    by_card = (providers.values("needs_account")[way] == 1) & (homes.account[home] == 0)
    return float(by_cut.sum() + by_desk.sum() + np.where(by_card, usual - fee, 0.0).sum())


def project(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Cost of transfers saved and enterprises opened in three years by the project, for the whole region."""
    start = started(worlds["none"], seed)
    people = float((start.population.persons.status < int(Status.AWAY)).sum())
    seen: dict[str, dict[str, float]] = {}
    for name in ("none", "project", "ventures"):
        saved: list[float] = []

        def watch(world: World, month: int, saved: list[float] = saved) -> None:
            saved.append(spared(world))

        recorder = advance(twin(start, worlds[name]), THREE_YEARS, watch=watch).recorder
        seen[name] = {
            one: float(recorder.series(one)[-THREE_YEARS:].sum())
            for one in ("remittances_fees", "remittances_sent", "remittances_received", "firm_births")
        } | {"saved": float(sum(saved))}
    none, treated = seen["none"], seen["project"]
    usual = none["remittances_fees"] / max(none["remittances_sent"], 1.0)
    whole = RESIDENTS / people
    return {
        "saved": whole / EURO * (treated["saved"] - none["saved"]),
        "fees": whole / EURO * (usual * treated["remittances_sent"] - treated["remittances_fees"]),
        "births": whole * (seen["ventures"]["firm_births"] - none["firm_births"]) / LARGER,
        "received": whole / EURO * (treated["remittances_received"] - none["remittances_received"]),
        "flow": whole / EURO * treated["remittances_sent"],
        "cost share": 100.0 * usual,
    }  # fmt: skip


@claim(
    "CLM-14", "The Diourbel project changes what it reports, in order of magnitude",
    assumption="Period and base of what was saved are not said; three years are taken.",
    note="Inputs are the project's own: 20 counters, 1,000 cards, 18 coaches, 4 centres, 150 loans for 1.5 million "
    "people. What it reports (NUM-06, NUM-13) enters nothing. A thousand people hold less than one card, and a town of "
    "ten thousand expects a sixth of a business: enterprises are counted with twenty times the coaches, centres and "
    "loans, over twenty.",
)  # fmt: skip
def clm_14(form: Form) -> list[Any]:
    """Transfer costs saved and businesses created within a factor of two of 90,000 EUR and 25."""
    place = ["territory=diourbel", f"population={people_of(form)}", f"months={THREE_YEARS}"]

    def worlds(*off: str) -> dict[str, list[str]]:
        base = [*place, *off]
        return {"none": base, "project": [*base, *PROJECT], "ventures": [*base, *VENTURES]}

    found = form.measure(project, worlds(), form.seeds)
    null = form.measure(project, worlds(OFF), form.seeds)
    shut = form.measure(project, worlds("parameters.enterprise.on=0"), form.seeds)
    return [
        Part("saved on transfers in three years", each(found, "saved"), 45_000.0, 180_000.0, 90_000.0, "EUR",
             means="Transfers with the project, each at its terms with and without: fees, the way to a desk. Sending "
             f"costs {np.mean(each(found, 'cost share')):.1f} % without it; "
             f"{np.mean(each(found, 'flow')) / 1e6:,.0f} million EUR are sent in these years."),
        Part("businesses created in three years", each(found, "births"), 12.5, 50.0, 25.0, "businesses",
             means="Opened with coaches, centres and loans less opened without, in the whole region.",
             reason="A centre makes too many of its clients start: at its cost four centres advise a thousand "
             "families, of whom one in fifty started in fact."),
        Effect("saved on transfers", each(found, "saved"), +1, each(null, "saved"), True, "nothing is remitted", "EUR"),
        Effect("businesses created", each(found, "births"), +1, each(shut, "births"), True, "nobody opens a firm",
               "businesses"),
        Effect("fees alone, at the amounts sent with the project", each(found, "fees"), 0, unit="EUR",
               means="Who now has a counter nearby leaves carriers and phones for ways that take more."),
        Effect("received more", each(found, "received"), 0, unit="EUR"),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- Laos

BAHT = 248.0  # kip
SENT_HOME = 28_465.0  # baht a year in cash, NUM-44
GAINED = 75.0  # % of households
LASTS = 25.0  # % of start-ups that may be there still, for "none succeeded"


def lao_households(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Recipient households of the start in three years: with the sums of the survey, and with nothing remitted.

    What the model's migrants send is measured first; from then on each receipt counts as many times as it takes for
    the survey's mean. Nothing else is fitted.
    """
    start = started(worlds["paid"], seed)
    start.compaction = 0
    homes = start.population.households
    ids = homes.id[recipients(start.world)].copy()
    found = {"households": len(ids), "sent": 0.0, "baht": 0.0, "invested": 0.0, "tried": 0.0, "lasting": 0.0,
             "gained": 0.0, "spent": 0.0}  # fmt: skip
    if not len(ids):
        return found
    own, begun = Purses(ids), start.world.month - start.world.burn_in
    advance(twin(start, worlds["paid"]), THREE_YEARS, watch=own)
    received = own.total["receipt"].mean() / (THREE_YEARS / 12.0)
    times = SENT_HOME * BAHT / received if received > 0.0 else 1.0
    last: dict[str, Array] = {}
    for name in ("withheld", "paid"):
        purse, model = Purses(ids), twin(start, worlds[name])
        model.compaction = 0
        hands = Hands(model.schedule, after={"remittances": matched(times - 1.0)})
        advance(model, THREE_YEARS - 12, hands, purse)
        before = purse.total["spending"].copy()
        advance(model, 12, hands, purse)
        last[name] = purse.total["spending"] - before
    firms, total = model.population.firms, float(purse.total["receipt"].sum())
    new = np.isin(model.population.households.id[firms.owner], ids) & (firms.owner >= 0) & (firms.founder >= 0)
    new &= firms.start_month >= begun
    return found | {
        "sent": float(received) / BAHT, "baht": total / len(ids) / (THREE_YEARS / 12.0) / BAHT,
        "invested": 100.0 * float(purse.business.sum()) / max(total, 1e-9),
        "tried": 100.0 * int(new.sum()) / len(ids),
        "lasting": 100.0 * float((firms.open[new] == 1).mean()) if new.any() else 0.0,
        "gained": 100.0 * float((last["paid"] > last["withheld"]).mean()),
        "spent": float((last["paid"] - last["withheld"]).mean() / 12.0 / BAHT),
    }  # fmt: skip


@claim(
    "CLM-19", "Lao villages: remittances feed and school, hardly any becomes a business that lasts", sources=("R15",),
    provisional="Uses of remittances.",
    assumption="What recipient households receive is set to the survey's mean, as the claim has it; its use is not.",
    note="Villages with better farms, schools and jobs (NUM-50, NUM-51) have no counterpart in one labour market.",
)  # fmt: skip
def clm_19(form: Form) -> list[Any]:
    """Recipient households of the Lao villages over three years, remittances paid against withheld."""
    place = ["territory=laos_mekong", f"population={people_of(form)}", f"months={THREE_YEARS}"]
    found = form.measure(lao_households, {"paid": place, "withheld": [*place, OFF]}, form.seeds)
    still = [*place, OFF]
    null = form.measure(lao_households, {"paid": still, "withheld": still}, form.seeds)
    return [
        Part("share of remittances invested in a business", each(found, "invested"), None, 2.0, 1.0, "%", ("R15",),
             f"{np.mean(each(found, 'households')):.0f} recipient households a seed."),
        Part("households that try a business in three years", each(found, "tried"), 2.0, 4.0, 3.0, "%", ("R15",),
             reason="Money is not what keeps them: a start is a firm that may hire, in the model, and a shop run alone "
             "is own-account work, which needs none. That earns more here than a job at usual pay, so that hardly "
             "anybody, recipient or not, gains by founding a firm."),
        Part("of these, still there", each(found, "lasting"), None, LASTS, 0.0, "%", ("R15",), "None succeeded.",
             "A firm closes when cash and credit are gone or its owner would earn more elsewhere for half a year; "
             "three years are short for that."),
        Part("households that live better", each(found, "gained"), GAINED, None, 94.0, "%", ("R15",),
             "Spend more in the third year than the same household without remittances."),
        Part("cash received by a recipient household", each(found, "baht"), unit="baht/year", point=28_465.0,
             sources=("R15",), means="Set to the survey's mean, 28,465 in cash; 6,391 more came in kind."),
        Part("the same as the model's migrants send it", each(found, "sent"), unit="baht/year", point=28_465.0,
             sources=("R15",),
             means="Less by far: most who go stay in the country, and pay in Thailand less living hardly exceeds what "
             "a whole household earns at home, so that by the rule of remitting little is due. Those sums finance no "
             "start at all."),
        Effect("spending of recipient households", each(found, "spent"), +1, each(null, "spent"), True,
               "nothing is remitted", "baht/month"),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- Poland

TOWNS, SLUMP = 10, 24  # localities; months of the slump, from month 13
MOST_ALIKE = 0.5  # correlation that still counts as low
SLUMP_ABROAD = ["shocks=[destination_slump]"]


def polish_return(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Returns in a slump abroad against none; where people return to; what they then do."""
    start = started(worlds["none"], seed)
    tables = start.population
    towns = tables.localities.count
    away = tables.persons.status == int(Status.AWAY)
    place = tables.households.locality[tables.persons.household]
    people = np.bincount(place[tables.persons.status <= int(Status.AWAY)], minlength=towns)
    past = np.bincount(place[away], minlength=towns) / np.maximum(people, 1)
    returned: dict[str, float] = {}
    for name in ("none", "slump"):
        model = advance(twin(start, worlds[name]), THREE_YEARS)
        returned[name] = float(model.recorder.series("returns")[-SLUMP:].sum())
        world = model.world
    persons, homes = world.population.persons, world.population.households
    rows = adults_of(world, np.ones(homes.count, bool), 18, 65)
    town = homes.locality[persons.household[rows]]
    back = persons.returnee[rows] == 1
    work = np.isin(persons.status[rows], (int(Status.EMPLOYED), int(Status.OWN_ACCOUNT)))
    own = own_work(world, rows)
    rate = np.bincount(town[back], minlength=towns) / np.maximum(np.bincount(town, minlength=towns), 1)
    alike = float(np.corrcoef(past, rate)[0, 1]) if towns > 1 and past.std() > 0.0 and rate.std() > 0.0 else 0.0
    gaps = [share(own, mine & back & work) - share(own, mine & ~back & work)
            for mine in (town == k for k in range(towns)) if (mine & back & work).sum() >= 3]  # fmt: skip
    return {
        "returns": 1000.0 * (returned["slump"] - returned["none"]) / max(float(people.sum()), 1.0), "alike": alike,
        "more own": 100.0 * (share(own, back & work) - share(own, ~back & work)),
        "somewhere": 100.0 * max(gaps, default=0.0), "returnees": int(back.sum()), "level": returned["none"],
    }  # fmt: skip


def own_work(world: World, rows: Array) -> Array:
    """Who works on own account or runs a firm."""
    persons, firms = world.population.persons, world.population.firms
    employer = persons.employer[rows]
    runs = (employer >= 0) & (firms.founder[employer] == rows)
    return np.asarray((persons.status[rows] == int(Status.OWN_ACCOUNT)) | runs)


def share(what: Array, among: Array) -> float:
    """Share of those people of whom it is true."""
    return float(what[among].mean()) if among.any() else 0.0


@claim(
    "CLM-32", "The Polish pattern: a slump abroad sends people home, not only to where most had left", sources=("G15",),
    provisional="Returning, and where to.",
)  # fmt: skip
def clm_32(form: Form) -> list[Any]:
    """Ten Polish towns; work abroad becomes scarce for two years from month 13, as in 2008."""
    place = [
        "territory=poland_return_2008", f"population={people_of(form)}", f"months={THREE_YEARS}",
        f"territory.localities={TOWNS}",
    ]  # fmt: skip
    found = form.measure(polish_return, {"none": place, "slump": [*place, *SLUMP_ABROAD]}, form.seeds)
    still = [*place, "parameters.migration.on=0"]
    null = form.measure(polish_return, {"none": still, "slump": [*still, *SLUMP_ABROAD]}, form.seeds)
    people = np.mean(each(found, "returnees"))
    return [
        Effect("returns in the slump", each(found, "returns"), +1, each(null, "returns"), True,
               "nobody leaves or returns", "per 1,000 people in two years",
               f"{np.mean(each(found, 'level')):.0f} people return in these two years without it."),
        Part("correlation of returnees with past emigration, over towns", each(found, "alike"), None, MOST_ALIKE, 0.0,
             means=f"Returnees over adults and emigrants of the start over people; {people:.0f} returnees a seed."),
        Part("self-employment of returnees less that of others, in the town where it is largest",
             each(found, "somewhere"), 0.0, None, None, "points",
             means=f"{np.mean(each(found, 'more own')):+.1f} points in all towns together."),
    ]  # fmt: skip


__all__ = ["clm_14", "clm_19", "clm_32"]
