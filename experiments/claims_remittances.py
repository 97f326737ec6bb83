"""Claims on remittances: channels and their cost, who decides, insurance, what the money builds; with null controls."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.evidence_remittances import FORMAL, Purses, abroad
from experiments.hands import matched, recipients
from experiments.verdicts import Effect, Form, claim, each
from experiments.worlds import Array, Hands, advance, rows_by_id, started, twin
from scenarios.configuration import Configuration
from sim.codes import Route, Sex, Status, Use
from sim.streams import ONCE, Streams, draw

if TYPE_CHECKING:
    from sim.model import Remesa, World

Worlds = dict[str, Configuration]
TWO_YEARS, THREE_YEARS, FIVE_YEARS, LAST = 24, 36, 60, 12  # months
WITHHELD = "parameters.remittances.on=0"
AWAY = int(Status.AWAY)


def place(form: Form, *more: str) -> list[str]:
    """The default place; in quick form at six tenths of the usual size."""
    return [f"population={size(form)}", f"months={FIVE_YEARS}", *more]


def size(form: Form) -> int:
    """Persons at the start."""
    return round(0.6 * form.population) if form.quick else form.population


def less(found: Sequence[dict[str, Any]], treated: str, untreated: str) -> list[float]:
    """One number of every seed, treated less untreated."""
    return [float(one[treated]) - float(one[untreated]) for one in found]


# ------------------------------------------------------------------------------------------- channels


def halve_fees(world: World) -> None:
    """Fees of all formal channels are halved."""
    world.population["Providers"].values("fee_cut")[FORMAL] = 0.5


def compare_prices(world: World) -> None:
    """Six in ten of those who did not compare prices do so."""
    world.population.households.price_information[:] = 0.6


def compare_with_more(world: World) -> None:
    """The same where five more firms compete."""
    compare_prices(world)
    more_firms(world)


def more_firms(world: World) -> None:
    """Five more operators compete."""
    world.population["Providers"].values("entrants")[FORMAL[1]] = 5.0


def desks_nearer(world: World) -> None:
    """Desks in the villages save seven tenths of the way."""
    homes = world.population.households
    homes.desk_nearer[:] = np.where(homes.zone == 1, 0.7, 0.0)


def tell_projects(world: World) -> None:
    """Those away are told of seven tenths of what they did not know of the place's projects."""
    world.population.households.project_information[:] = 0.7


def supervise(world: World) -> None:
    """Recruiters lose four fifths of what they take beyond the cost of a placement."""
    world.population["Recruiters"].values("supervision")[:] = 0.8


TREATMENTS: dict[str, Callable[[World], None]] = {
    "fees": halve_fees, "compare": compare_prices, "compare with more": compare_with_more, "more": more_firms,
    "desks": desks_nearer, "projects": tell_projects, "recruiters": supervise,
}  # fmt: skip
SHOWN = (
    "transfer_cost", "formal_transfers", "remittances_received", "remittances_sent", "remittances_fees",
    "remittances_lost", "access_cost", "collective_share", "trip_debt_months", "migrant_debt", "migrants",
)  # fmt: skip


def treated(worlds: Worlds, seed: int, treatments: Sequence[str], months: int = TWO_YEARS) -> dict[str, Any]:
    """Indicators in the last year with each treatment from the first month on, and without."""
    start = started(worlds["base"], seed)
    found: dict[str, Any] = {}
    for name in ("without", *treatments):
        model = twin(start, worlds["run"])
        if name != "without":
            TREATMENTS[name](model.world)
        providers, risk, placed = model.population["Providers"], [0.0, 0.0], [0.0]

        def watch(world: World, month: int, risk: list[float] = risk, placed: list[float] = placed) -> None:
            stays = world.population.migrants
            sent = stays.sent.astype(np.float64) * (stays.ended == 0)
            risk[0] += float((sent * world.population["Providers"].values("loss")[stays.channel]).sum())
            risk[1] += float(sent.sum())
            placed[0] += float(sent[stays.route == Route.RECRUITER].sum())

        recorder = advance(model, months, watch=watch).recorder
        found |= {f"{name} {one}": float(recorder.series(one)[-LAST:].mean()) for one in SHOWN}
        found[f"{name} arrived"] = float(recorder.series("remittances_received")[-months:].mean())
        found[f"{name} placed"] = placed[0]
        found[f"{name} placed people"] = int((model.population.migrants.route == Route.RECRUITER).sum())
        found[f"{name} risk"] = 100.0 * risk[0] / max(risk[1], 1e-9)
        asked = (providers.values("offered") == 1) & (providers.values("base_margin") > 0.0)
        found[f"{name} margin"] = 100.0 * float(providers.values("margin")[asked].astype(np.float64).mean())
        sent, fees = (sum(recorder.series(f"remittances_{one}")[-months:]) for one in ("sent", "fees"))
        found[f"{name} fee share"] = 100.0 * float(fees / max(sent, 1e-9))
    found["adults"] = int(start.world.start.adults)
    return found


Found = Sequence[dict[str, Any]]
OF_CHANNELS = ("fees", "compare", "compare with more", "more", "desks", "projects")


def compared(form: Form, treatments: Sequence[str] = OF_CHANNELS, *off: str, months: int = TWO_YEARS) -> Found:
    """Treatments against none, with something of the model switched off; all of one place at once."""
    base = place(form)
    return form.measure(
        treated, {"base": base, "run": [*base, *off]}, form.seeds, treatments=list(treatments), months=months
    )  # fmt: skip


def effect(found: Found, treatment: str, name: str, scale: float = 1.0) -> list[float]:
    """With a treatment less without, seed by seed."""
    return [scale * value for value in less(found, f"{treatment} {name}", f"without {name}")]


KEPT = "parameters.remittances.choice=0"
UNFELT = "parameters.remittances.cost_felt=0"
MONTHLY = "parameters.remittances.lumpy=0"
STILL = "parameters.migration.on=0"  # nobody leaves or returns, so that arms compare the same people
EURO = 655.957


@claim("CLM-13", "Cheaper transfers: more of them formal, more arrives, less is lost")
def clm_13(form: Form) -> list[Effect]:
    """Fees of all formal channels halved, against fees as they are; second year, the same people away in both."""
    found, null = compared(form, ["fees"], STILL), compared(form, ["fees"], STILL, KEPT, UNFELT, MONTHLY)
    none = "all keep to their channel, plans do not answer to the cost, and money is sent every month"
    base, saved = np.mean(each(found, "without arrived")), np.mean(effect(found, "fees", "remittances_fees"))
    return [
        Effect("formal share of what is sent", effect(found, "fees", "formal_transfers"), +1,
               effect(null, "fees", "formal_transfers"),
               False, none, "points"),
        Effect("what arrives", effect(found, "fees", "arrived", 100.0 / base), +1,
               effect(null, "fees", "arrived", 100.0 / base), False,
               none, "%",
               f"Mean of both years. Fees and margins change by {saved / EURO:,.0f} EUR a month in a place of "
               f"{np.mean(each(found, 'adults')):,.0f} adults, at the fixed parity of the franc.",
               "Fees come on top of what is sent, so even who neither moves nor plans anew sends a little sooner."),
        Effect("share of what is sent that must be expected to be lost", effect(found, "fees", "risk"), -1,
               effect(null, "fees", "risk"), False,
               none, "points",
               "By the chance of loss of the ways that were used; what is lost in fact are a few transfers."),
    ]  # fmt: skip


@claim("CLM-15", "Price comparison cuts fees, the more the more providers compete", sources=("R04",))
def clm_15(form: Form) -> list[Effect]:
    """Six in ten senders more compare prices, with the firms there are and with five more; second year.

    Comparison acts through information and competition alone: no fee is set by it.
    """
    found, off = compared(form), "parameters.remittances.competition=0"
    null, blind = (compared(form, ["compare", "compare with more"], off, *more) for more in ((), (KEPT, UNFELT)))

    def gap(found: Found, one: str, other: str) -> list[float]:
        return less(found, f"{one} margin", f"{other} margin")

    return [
        Effect("mean exchange margin of those who take one", effect(found, "compare", "margin"), -1,
               effect(null, "compare", "margin"), True, "margins do not answer to competition", "points"),
        Effect("the same with more providers, less that", gap(found, "compare with more", "compare"), -1,
               gap(null, "compare with more", "compare"), True, "margins do not answer to competition", "points",
               "Comparison and five more firms, less comparison."),
        Effect("fees over what is sent", effect(found, "compare", "fee share"), -1,
               effect(blind, "compare", "fee share"), True,
               "margins do not answer to competition, and nobody chooses anew", "points",
               f"Of it, {np.mean(effect(null, 'compare', 'fee share')):+.2f} by better choice alone."),
        Effect("margin by comparison where five more firms compete already", gap(found, "compare with more", "more"), 0,
               unit="points", means="Smaller: where many compete margins are near cost before anybody compares."),
    ]  # fmt: skip


@claim("CLM-16", "Desks in villages cut the cost of fetching transfers")
def clm_16(form: Form) -> list[Effect]:
    """Seven tenths of villagers' way to a desk saved; second year."""
    found, null = compared(form), compared(form, ["desks"], "parameters.remittances.travel=0")
    return [
        Effect("receivers' way over what arrives", effect(found, "desks", "access_cost"), -1,
               effect(null, "desks", "access_cost"), True,
               "the way costs nothing", "points"),
        Effect("formal share of what is sent", effect(found, "desks", "formal_transfers"), +1,
               effect(null, "desks", "formal_transfers"),
               True, "the way costs nothing", "points"),
    ]  # fmt: skip


@claim("CLM-67", "Telling those away what the place needs raises collective giving")
def clm_67(form: Form) -> list[Effect]:
    """Seven tenths of what emigrants did not know of projects told; second year."""
    found, null = compared(form), compared(form, ["projects"], "parameters.remittances.collective=0")
    share = np.mean(each(found, "without collective_share"))
    return [
        Effect("share of gifts in what leaves migrants' hands for home", effect(found, "projects", "collective_share"),
               +1, effect(null, "projects", "collective_share"), True, "nobody gives to common projects", "points",
               f"{share:.2f} % without."),
    ]  # fmt: skip


@claim(
    "CLM-17", "Ethical recruitment: less debt, more remitted",
    assumption="Employers abroad order so many workers: recruiters have as many places as are taken at their full fee.",
)  # fmt: skip
def clm_17(form: Form) -> list[Effect]:
    """Recruiters lose four fifths of what they take beyond the cost of a placement, over five years."""
    found = compared(form, ["recruiters"], months=FIVE_YEARS)
    null = compared(form, ["recruiters"], "parameters.migration.on=0", months=FIVE_YEARS)
    free = compared(form, ["recruiters"], "parameters.migration.job_orders=0", months=FIVE_YEARS)
    base = np.mean(each(found, "without arrived"))
    placed = np.mean(each(found, "without placed people"))
    sent = max(np.mean(each(found, "without placed")), 1e-9)
    more = np.mean([one["recruiters migrants"] / max(one["without migrants"], 1.0) - 1.0 for one in free])
    everybody = "Employers take everybody a recruiter sends them"
    return [
        Effect("debt of migrants, in months of pay", effect(found, "recruiters", "trip_debt_months"), -1,
               effect(null, "recruiters", "trip_debt_months"), True, "nobody leaves", "month",
               f"{np.mean(each(found, 'without trip_debt_months')):.2f} months without it, over all away in the "
               f"fifth year; {placed:.1f} people a seed had gone by a recruiter."),
        Effect("sent by those whom recruiters placed", effect(found, "recruiters", "placed", 100.0 / sent), +1,
               effect(null, "recruiters", "placed", 100.0 / sent), True, "nobody leaves", "%", "Over the five years."),
        Effect("what arrives from all who are away", effect(found, "recruiters", "arrived", 100.0 / base), 0, unit="%",
               means="Over the five years. So few of those away went by a recruiter that chance among the others is "
               "larger than what these send more."),
        Effect("debt, were places without limit", effect(free, "recruiters", "trip_debt_months"), 0, unit="month",
               means=f"{everybody}: {100.0 * more:.0f} % more are away, most of them on an advance. Each owes "
               "less than at the full fee, all together more."),
        Effect("what arrives, were places without limit", effect(free, "recruiters", "arrived", 100.0 / base), 0,
               unit="%"),
    ]  # fmt: skip


def papers_lost(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Half of those abroad with papers lose them; what their households receive over two years."""
    start = started(worlds["base"], seed)
    stays = start.population.migrants
    able = (stays.ended == 0) & (stays.regular == 1)
    able &= start.population.destinations.abroad[stays.destination] == 1
    chosen = np.flatnonzero(able & (draw(Streams(seed).luck("claims", "papers", ONCE), stays.id) < 0.5))
    homes = start.population.households.id[stays.household[chosen]]
    ids, stay_ids = np.unique(homes), stays.id[chosen].copy()
    found: dict[str, Any] = {"people": len(chosen)}
    for name in ("with", "without"):
        model, purses = twin(start, worlds["run"]), Purses(ids)
        theirs = model.population.migrants
        if "harmless" in worlds:
            model.population.destinations.values("detection")[:] = 0.0
        if name == "without":
            theirs.regular[rows_by_id(theirs.id, stay_ids)] = 0
        advance(model, TWO_YEARS, watch=purses)
        found[name] = float(purses.total["receipt"].sum())
    return found


@claim("CLM-18", "Without papers less is received at home")
def clm_18(form: Form) -> list[Effect]:
    """Half of those abroad with papers lose them; receipts of their households over two years, against as they were."""
    base = place(form)
    harmless = [*base, "parameters.away.access_without_papers=1", "parameters.away.penalty_without_papers=0",
                "parameters.remittances.papers=0"]  # fmt: skip
    found = form.measure(papers_lost, {"base": base, "run": base}, form.seeds)
    null = form.measure(papers_lost, {"base": base, "run": harmless, "harmless": harmless}, form.seeds)
    kept = np.mean(each(found, "with"))
    return [
        Effect("what their households receive", [100.0 * v / kept for v in less(found, "without", "with")], -1,
               [100.0 * v / kept for v in less(null, "without", "with")], False,
               "no detection, jobs and pay as with papers, no reluctance to use banks", "%",
               f"{np.mean(each(found, 'people')):.0f} people a seed."),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- between groups


def between_theil(income: Array, heads: Array, group: Array) -> float:
    """Theil's T between two groups of people by mean income per head."""
    total, people = income.sum(), heads.sum()
    value = 0.0
    for those in (group, ~group):
        share, part = income[those].sum() / total, heads[those].sum() / people
        if share > 0.0 and part > 0.0:
            value += share * np.log(share / part)
    return float(value)


def doubled(worlds: Worlds, seed: int) -> dict[str, Any]:
    """Inequality between recipients of the start and others, and between two random groups, at twice the receipts."""
    start = started(worlds["base"], seed)
    homes = start.population.households
    ids, receiving = homes.id.copy(), recipients(start.world)
    anybody = draw(Streams(seed).luck("claims", "groups", ONCE), ids) < receiving.mean()
    found: dict[str, Any] = {}
    for name in ("once", "twice"):
        model = twin(start)
        hands = Hands(model.schedule, after={"remittances": matched(1.0)}) if name == "twice" else None
        income, heads = np.zeros(len(ids)), np.zeros(len(ids))

        def watch(world: World, month: int, income: Array = income, heads: Array = heads) -> None:
            if month <= TWO_YEARS:
                return
            theirs = world.population.households
            rows = rows_by_id(theirs.id, ids)
            income += np.where(rows >= 0, theirs.income[rows], 0.0)
            heads += np.where(rows >= 0, theirs.members[rows], 0.0)

        advance(model, THREE_YEARS, hands, watch)
        per_head = income.sum() / heads.sum()
        found |= {
            f"{name} between": 1000.0 * between_theil(income, heads, receiving),
            f"{name} random": 1000.0 * between_theil(income, heads, anybody),
            f"{name} ratio": income[receiving].sum() / heads[receiving].sum() / per_head,
        }
    return found


@claim("CLM-08", "Remittances widen the gap between those who receive and the others", sources=("R24",))
def clm_08(form: Form) -> list[Effect]:
    """Remittances paid twice, the second time from abroad, against once; households of the start, third year."""
    found = form.measure(doubled, {"base": place(form)}, form.seeds)
    ratio = np.mean(each(found, "once ratio"))
    return [
        Effect("Theil index between recipients and others", less(found, "twice between", "once between"), +1,
               less(found, "twice random", "once random"), False, "groups of the same size drawn at random",
               "thousandth", f"Recipients have {ratio:.2f} of the mean income per head before."),
        Effect("recipients' income per head over the mean", less(found, "twice ratio", "once ratio"), 0, unit="ratio"),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- who decides


def same_month(worlds: Worlds, seed: int, fall: float = 0.2, years: int = 10) -> dict[str, Any]:
    """What the same people would plan to send this month as women and as men, long away, and after a bad month.

    The line of remittances on copies of one month; nothing else differs.
    """
    from sim.mechanism import Month

    model = twin(started(worlds["base"], seed), worlds["run"])
    stays = model.population.migrants
    live = (stays.ended == 0) & (stays.wage > 0.0) & (stays.means > 0.0)
    pay = float(stays.wage[live].astype(np.float64).sum())

    def planned(sender: Sex | None = None, receiver: Sex | None = None, later: int = 0, income: float = 1.0) -> float:
        world = pickle.loads(pickle.dumps(model.world))
        persons, homes, theirs = (getattr(world.population, n) for n in ("persons", "households", "migrants"))
        if sender is not None:
            persons.values("sex")[theirs.person[live]] = int(sender)
        if receiver is not None:
            homes.woman_decides[:] = 1 if receiver == Sex.WOMAN else 0
        theirs.values("start_month")[:] -= 12 * later
        for column in (homes.labour_income, homes.other_income):
            column[:] *= np.float32(income)
        line = world.schedule.remittances
        line(Month(world, line))
        return float(theirs.plan[live].astype(np.float64).sum())

    women, men = (planned(sex) for sex in (Sex.WOMAN, Sex.MAN))
    found = {"share": 100.0 * (women - men) / pay, "men": 100.0 * men / pay}
    old_women, old_men = (planned(sex, later=years) for sex in (Sex.WOMAN, Sex.MAN))
    found["kept"] = 100.0 * (old_women / women - old_men / men)
    for name, one in (("sender", "sender"), ("receiver", "receiver")):
        more = [planned(**{one: sex}, income=1.0 - fall) - planned(**{one: sex}) for sex in (Sex.WOMAN, Sex.MAN)]
        found[f"more by {name}"] = 100.0 * (more[0] - more[1]) / max(men, 1e-9)
        found[f"answer by {name}"] = 100.0 * more[1] / max(men, 1e-9)
    return found


BY_HAND = "That women away give their household more weight, for longer, and hear more of it is put in by hand."
ALIKE = (
    "parameters.remittances.women_more=0", "parameters.remittances.women_hold=0",
    "parameters.remittances.contact_women=0",
)  # fmt: skip


@claim("CLM-22", "Women send a larger share of their pay, for longer", sources=("R18",), assumption=BY_HAND)
def clm_22(form: Form) -> list[Effect]:
    """All who are away as women and as men in one month, and after ten years more away: plans over pay."""
    base = place(form)
    found = form.measure(same_month, {"base": base, "run": base}, form.seeds)
    null = form.measure(same_month, {"base": base, "run": [*base, *ALIKE]}, form.seeds)
    return [
        Effect("share of pay", each(found, "share"), +1, each(null, "share"), True, "women and men are alike", "points",
               f"Men: {np.mean(each(found, 'men')):.1f} %."),
        Effect("of what is sent, left after ten years", each(found, "kept"), +1, each(null, "kept"), True,
               "women and men are alike", "points", "Women less men."),
    ]  # fmt: skip


@claim("CLM-54", "Women answer emergencies more", sources=("R18",), assumption=BY_HAND)
def clm_54(form: Form) -> list[Effect]:
    """A month in which households earn a fifth less: what more is planned, by the sex of who sends and who receives."""
    base = place(form)
    found = form.measure(same_month, {"base": base, "run": base}, form.seeds)
    null = form.measure(same_month, {"base": base, "run": [*base, *ALIKE]}, form.seeds)
    return [
        Effect(f"more sent where women {verb}", each(found, f"more by {name}"), +1, each(null, f"more by {name}"), True,
               "women and men are alike", "% of usual",
               f"Women less men, who send {np.mean(each(found, f'answer by {name}')):.1f} % more.",
               "Who gives the household more weight replaces less of a fall: more is sent in all months.")
        for name, verb in (("sender", "send"), ("receiver", "receive"))
    ]  # fmt: skip


def powers(worlds: Worlds, seed: int) -> dict[str, Any]:
    """What recipients spend where women who receive have all the say or none, and where men receive."""
    start = started(worlds["base"], seed)
    homes = start.population.households
    chosen = recipients(start.world) & (homes.woman_decides == 1)
    ids = homes.id[chosen].copy()
    found: dict[str, Any] = {"households": len(ids)}
    usual = homes.women_power[chosen].astype(np.float64)
    receipt = homes.persistent_receipt[chosen].astype(np.float64)
    income = np.maximum(homes.smoothed_income[chosen].astype(np.float64), 1e-9)
    by_men = np.clip(usual - 0.5 * receipt / income, 0.0, 1.0)
    for name, power in (("none", 0.0 * usual), ("all", 0.0 * usual + 1.0), ("women", usual), ("men", by_men)):
        model, purses = twin(start, worlds["run"]), Purses(ids)

        def hold(world: World, power: Array = power) -> None:
            theirs = world.population.households
            rows = rows_by_id(theirs.id, ids)
            theirs.women_power[rows[rows >= 0]] = power[rows >= 0]

        schooled = np.zeros(len(ids))

        def watch(world: World, month: int, purses: Purses = purses, schooled: Array = schooled) -> None:
            purses(world, month)
            theirs = world.population.households
            rows = rows_by_id(theirs.id, ids)
            both = theirs.schooling_spending + theirs.health_spending
            schooled += np.where(rows >= 0, both[rows], 0.0)

        advance(model, TWO_YEARS, Hands(model.schedule, after={"remittances": hold}), watch)
        spent = purses.total["spending"].sum()
        found[f"{name} personal"] = 100.0 * float(purses.total["personal_spending"].sum() / spent)
        found[f"{name} well-being"] = 100.0 * float(1.0 - purses.total["personal_spending"].sum() / spent)
        found[f"{name} care"] = 100.0 * float(schooled.sum() / spent)
    return found


SAME_TASTE = (
    "parameters.spending.health_women=0.02", "parameters.spending.health_men=0.02",
    "parameters.spending.own_women=0.2", "parameters.spending.own_men=0.2", "parameters.skills.mothers=0",
)  # fmt: skip


@claim(
    "CLM-53", "Who controls the money changes its use",
    assumption="That women and men who decide value uses differently is put in by hand; its size is an assumption.",
)  # fmt: skip
def clm_53(form: Form) -> list[Effect]:
    """Households in which a woman receives: all the say to her against none; a man in her place. Two years."""
    base = place(form)
    found = form.measure(powers, {"base": base, "run": base}, form.seeds)
    null = form.measure(powers, {"base": base, "run": [*base, *SAME_TASTE]}, form.seeds)
    alike = "women and men want the same"
    return [
        Effect("school and health in spending, all the say against none", less(found, "all care", "none care"), +1,
               less(null, "all care", "none care"), True, alike, "points",
               f"{np.mean(each(found, 'households')):.0f} households a seed."),
        Effect("spent on the family in spending, all the say against none",
               less(found, "all well-being", "none well-being"), +1, less(null, "all well-being", "none well-being"),
               True, alike, "points"),
        Effect("personal spending where a man receives instead", less(found, "men personal", "women personal"), +1,
               less(null, "men personal", "women personal"), True, alike, "points",
               "He controls what she did, the sender's say as before."),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- bad harvests


class Poor:
    """Share of people of some households below the poverty line, how far, and what these receive, in some months."""

    def __init__(self, ids: Array, first: int, last: int) -> None:
        self.ids, self.first, self.last = ids, first, last
        self.poor = self.heads = self.received = self.lacking = 0.0

    def __call__(self, world: World, month: int) -> None:
        if not self.first <= month <= self.last:
            return
        homes = world.population.households
        rows = rows_by_id(homes.id, self.ids)
        rows = rows[(rows >= 0) & (homes.members[rows] > 0)]
        heads = homes.members[rows].astype(np.int64)
        line = world.population.localities.poverty_line[homes.locality[rows]] * homes.need[rows] / world.territory.need
        self.lacking += float((heads * np.maximum(0.0, 1.0 - homes.consumption[rows] / line)).sum())
        self.poor += float((homes.poor[rows] * heads).sum())
        self.heads += float(heads.sum())
        self.received += float(homes.receipt[rows].astype(np.float64).sum())


def drought(worlds: Worlds, seed: int) -> dict[str, Any]:
    """A drought in the second year and none, remittances paid and withheld: poverty gap of recipients and of others."""
    start = started(worlds["base"], seed)
    homes = start.population.households
    village = (homes.zone == 1) & (homes.members > 0)
    receiving = village & recipients(start.world) & abroad(start.world)
    groups = {"recipients": homes.id[receiving].copy(), "others": homes.id[village & (homes.away == 0)].copy()}
    found: dict[str, Any] = {"households": int(receiving.sum())}
    for name in ("wet paid", "dry paid", "wet withheld", "dry withheld"):
        model = twin(start, worlds[name])
        watched = {group: Poor(ids, 13, 24) for group, ids in groups.items()}

        def watch(world: World, month: int, watched: dict[str, Poor] = watched) -> None:
            for one in watched.values():
                one(world, month)

        advance(model, TWO_YEARS, watch=watch)
        for group, one in watched.items():
            found[f"{name} {group}"] = 100.0 * one.lacking / max(one.heads, 1.0)
            found[f"{name} {group}, heads"] = 100.0 * one.poor / max(one.heads, 1.0)
        found[f"{name} received"] = watched["recipients"].received
    for pay in ("paid", "withheld"):
        rise = {group: found[f"dry {pay} {group}"] - found[f"wet {pay} {group}"] for group in groups}
        found[f"{pay} gap"] = rise["recipients"] - rise["others"]
        rise = {one: found[f"dry {pay} {one}, heads"] - found[f"wet {pay} {one}, heads"] for one in groups}
        found[f"{pay} heads"] = rise["recipients"] - rise["others"]
    found["more"] = 100.0 * (found["dry paid received"] / max(found["wet paid received"], 1e-9) - 1.0)
    return found


def dry_worlds(form: Form, *off: str) -> dict[str, list[str]]:
    """Worlds with and without a drought, remittances paid and withheld; the same people are away in all."""
    base = place(form)
    run = [*base, STILL, *off]
    return {"base": base, "wet paid": run, "dry paid": [*run, "shocks=[drought]"], "wet withheld": [*run, WITHHELD],
            "dry withheld": [*run, WITHHELD, "shocks=[drought]"]}  # fmt: skip


@claim(
    "CLM-21", "Remittances insure against drought", sources=("R01",),
    provisional="Insurance and protection (R9) are in their first form.",
)  # fmt: skip
def clm_21(form: Form) -> list[Effect]:
    """A dry second year: villagers with somebody abroad who receive, against villagers with nobody away.

    Nobody leaves or returns, so that droughts and remittances find the same families.
    """
    found = form.measure(drought, dry_worlds(form), form.seeds)
    off = "parameters.remittances.insurance=0"
    null = form.measure(drought, dry_worlds(form, off), form.seeds)
    said = "remittances do not answer to what is unusual about a month"
    gap = [[one[f"{way} gap"] - other[f"{way} gap"] for one, other in zip(found, null, strict=True)]
           for way in ("paid", "withheld")]  # fmt: skip
    return [
        Effect("what they receive", each(found, "more"), +1, each(null, "more"), False, said, "%",
               f"{np.mean(each(found, 'households')):.0f} households a seed, over the year of the drought.",
               "What is usual falls too, and with altruism on that is answered a little later."),
        Effect("rise of the poverty gap less that of the others, with insurance less without", gap[0], -1, gap[1],
               False, "remittances are withheld", "points",
               "The line is that of the start; the gap is the shortfall from it over it, over all people."),
        Effect("rise of the poverty gap less that of the others", each(found, "paid gap"), 0, unit="points",
               means=f"Where remittances are withheld {np.mean(each(found, 'withheld gap')):+.1f}."),
        Effect("rise of the share of the poor less that of the others", each(found, "paid heads"), 0, unit="points",
               means=f"Where remittances are withheld {np.mean(each(found, 'withheld heads')):+.1f}."),
    ]  # fmt: skip


def adapted(worlds: Worlds, seed: int) -> dict[str, Any]:
    """A drought in the second year where works save half of the loss, and where nothing does."""
    start = started(worlds["base"], seed)
    found: dict[str, Any] = {}
    for name in ("without", "with"):
        model = twin(start, worlds["run"])
        if name == "with":
            model.population.localities.adaptation[:] = 0.5
        recorder = advance(model, THREE_YEARS).recorder
        found[f"{name} income"] = float(recorder.series("real_income")[-THREE_YEARS:][12:24].mean())
        wish = recorder.series("departures") + recorder.series("could_not_pay")
        found[f"{name} exits"] = float(wish[-TWO_YEARS:].sum()) / start.world.start.adults * 1000.0
        found[f"{name} departures"] = float(recorder.series("departures")[-TWO_YEARS:].sum())
    return found


@claim(
    "CLM-66", "Works against drought save income and keep people home",
    provisional="Protection and shocks (R9) are in their first form.",
)  # fmt: skip
def clm_66(form: Form) -> list[Effect]:
    """A dry second year with works that save half of the loss against none; the null has no drought."""
    base = place(form)
    found = form.measure(adapted, {"base": base, "run": [*base, "shocks=[drought]"]}, form.seeds)
    null = form.measure(adapted, {"base": base, "run": base}, form.seeds)
    return [
        Effect("real income per head in the dry year", less(found, "with income", "without income"), +1,
               less(null, "with income", "without income"), True, "no drought", "money/month"),
        Effect("people who chose to leave in two years, per 1,000 adults", less(found, "with exits", "without exits"),
               -1, less(null, "with exits", "without exits"), True, "no drought", "persons", "Gone or unable to pay.",
               "A bad year changes little in what the next three years are worth here and elsewhere."),
        Effect("departures", less(found, "with departures", "without departures"), 0, unit="persons",
               means="A drought also takes the money for the way."),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------- Laos


def laos(form: Form, *more: str) -> list[str]:
    """The Lao villages by the Mekong."""
    return ["territory=laos_mekong", f"population={size(form)}", f"months={FIVE_YEARS}", *more]


def support(model: Remesa, ids: Array) -> None:
    """Courses, advice on markets, coaching of young firms and money that is lent with a guarantee, for some homes."""
    homes, persons = model.population.households, model.population.persons
    rows = rows_by_id(homes.id, ids)
    rows = rows[rows >= 0]
    homes.business_advice[rows] = 0.3
    homes.loan_guarantee[rows] = 0.5
    theirs = np.zeros(homes.count, bool)
    theirs[rows] = True
    idle = np.isin(persons.status, (int(Status.INACTIVE), int(Status.UNEMPLOYED), int(Status.OWN_ACCOUNT)))
    persons.training_place[:] = np.where(idle & theirs[persons.household], 1.0, 0.0)
    lenders = model.population["Lenders"]
    lenders.values("fund")[:] = 0.002 * model.world.start.base_pay * model.world.start.persons
    firms = model.population.firms
    firms.coaching[:] = np.where(model.world.month - model.world.burn_in - firms.start_month < TWO_YEARS, 1.0, 0.0)


def villages(worlds: Worlds, seed: int, supported: bool = False) -> dict[str, Any]:
    """Recipients of the start over three years: what is invested, firms alive."""
    start = started(worlds["base"], seed)
    homes = start.population.households
    ids = homes.id[recipients(start.world)].copy()
    begun = start.world.month - start.world.burn_in
    model, purses = twin(start, worlds["paid"]), Purses(ids)
    model.compaction = 0
    for month in range(1, THREE_YEARS + 1):
        if supported:
            support(model, ids)
        advance(model, 1)
        purses(model.world, month)
    received = max(purses.total["receipt"].sum(), 1e-9)
    firms = model.population.firms
    owned = (firms.owner >= 0) & (firms.founder >= 0) & (firms.start_month >= begun) & (firms.open == 1)
    owned &= np.isin(model.population.households.id[np.maximum(firms.owner, 0)], ids)
    return {
        "invested": 100.0 * float(purses.use[:, Use.BUSINESS].sum() / received),
        "alive": 100.0 * int(owned.sum()) / max(len(ids), 1),
    }


@claim(
    "CLM-20", "Training, marketing and credit make remittances productive", sources=("R15",),
    provisional="Start-ups and their gates (R6) are in their first form.",
)  # fmt: skip
def clm_20(form: Form) -> list[Effect]:
    """Lao recipients with courses, advice, coaching and credit against without, three years."""
    base = laos(form)
    plain = form.measure(villages, {"base": base, "paid": base}, form.seeds)
    helped = form.measure(villages, {"base": base, "paid": base}, form.seeds, supported=True)
    off = laos(form, "parameters.enterprise.on=0")
    none = [form.measure(villages, {"base": base, "paid": off}, form.seeds, supported=way) for way in (False, True)]

    def gap(name: str, without: Any, with_: Any) -> list[float]:
        return [float(b[name]) - float(a[name]) for a, b in zip(without, with_, strict=True)]

    return [
        Effect("share of remittances invested", gap("invested", plain, helped), +1, gap("invested", *none), True,
               "nobody starts a firm", "points", f"{np.mean(each(plain, 'invested')):.2f} % without support."),
        Effect("businesses alive after three years, over households", gap("alive", plain, helped), +1,
               gap("alive", *none), True, "nobody starts a firm", "points",
               f"{np.mean(each(plain, 'alive')):.2f} % without support."),
    ]  # fmt: skip
