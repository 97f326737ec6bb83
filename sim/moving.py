"""Rules of moving: what a place is worth, what is believed of it, how it is reached and who can pay.

Shared by those who leave, return or move on (`Migration`) and by those who come (`Newcomers`).
"""

from __future__ import annotations

import math

import numpy as np

from sim.codes import Return, Status
from sim.mechanism import rule
from sim.streams import LOW, Luck
from sim.technology import LAND_SHARE, farm_return

STUDENT, INACTIVE = int(Status.STUDENT), int(Status.INACTIVE)
EMPLOYED, OWN_ACCOUNT = int(Status.EMPLOYED), int(Status.OWN_ACCOUNT)
CHOSEN, FORCED, FAILED = int(Return.CHOSEN), int(Return.FORCED), int(Return.FAILED)
NOBODY, HOME = -3, -2  # where a spouse is, beside the row of a destination; HOME is also a choice: back home
NOT_ASKED = -30_000  # month of a regular place that nobody asked for
RETIREMENT = 65 * 12
YOUNG = 35 * 12
LARGEST = 300.0  # keeps exp() finite; far beyond any chance that matters


@rule
def certainty_equivalent(
    with_job: float, without_job: float, chance: float, home_production: float, curvature: float
) -> float:
    """Sure income worth as much as a job with some chance, else what is left without one.

    With ``u(c) = CRRA(c + c0)``: the inverse of u at ``p u(with) + (1 - p) u(without)``; risk-neutral at
    curvature 0.

    Parameters
    ----------
    with_job, without_job : money/month, >= 0, real and net
    chance : dimensionless, in [0, 1]
    home_production : money/month, > 0
        c0: home production and support by kin, so that zero income is well defined.
    curvature : dimensionless, >= 0
        Relative risk aversion over income plus c0.

    Returns
    -------
    money/month, between the two incomes; falls with curvature, rises with chance.

    References
    ----------
    Todaro (1969), American Economic Review 59(1), 138-148: the chance of a job; Chetty (2006), American
    Economic Review 96(5), 1821-1834: curvature about 1.
    """
    good = max(with_job, 0.0) + home_production
    bad = max(without_job, 0.0) + home_production
    if abs(curvature - 1.0) < 1e-9:
        return math.exp(chance * math.log(good) + (1.0 - chance) * math.log(bad)) - home_production
    power = 1.0 - curvature
    mean = chance * math.pow(good, power) + (1.0 - chance) * math.pow(bad, power)
    return math.pow(mean, 1.0 / power) - home_production


@rule
def annuity(beta: float, months: float) -> float:
    """Present value of 1 a month for some months, the first a month from now: ``sum beta^t``, t = 1..H."""
    if beta >= 1.0:
        return months
    return beta * (1.0 - math.pow(beta, months)) / (1.0 - beta)


@rule
def share_in_work(at_start: float, find: float, lose: float, months: float) -> float:
    """Share of the next months in which somebody has work, given how they start.

    Two-state Markov chain: the long run ``f / (f + s)`` and the start, which fades at ``1 - f - s``.

    Parameters
    ----------
    at_start : chance to have work in the first month, in [0, 1]
    find, lose : 1/month, in [0, 1]
    months : > 0
    """
    moving = find + lose
    if moving <= 0.0:
        return at_start
    long_run = find / moving
    staying = max(0.0, 1.0 - moving)
    return long_run + (at_start - long_run) * (1.0 - math.pow(staying, months)) / (months * (1.0 - staying))


@rule
def worth_of_income(income: float, usual: float, home_production: float, curvature: float) -> float:
    """What an income is worth over the usual one, in money of somebody who has that: utility, not the sum, counts.

    ``[u(y + c0) - u(m + c0)] / u'(m + c0)`` with the CRRA u of all decisions: the difference of the incomes where
    it is small or u is straight (curvature 0), ``(m + c0) ln[(y + c0) / (m + c0)]`` at curvature 1. Ten times the
    pay is worth 2.8 times the pay more, not 9 (c0 a quarter of pay).

    Parameters
    ----------
    income, usual : y and m, money/month, >= 0, real
    home_production : c0, money/month, > 0
    curvature : dimensionless, >= 0

    Returns
    -------
    money/month; 0 at the usual income, rises with income, ever more slowly.

    References
    ----------
    Borjas (1987), American Economic Review 77(4), 531-553: who moves compares logs of incomes. Grogger and Hanson
    (2011), Journal of Development Economics 95(1), 42-57, prefer a straight u across countries of destination.
    """
    there, here = income + home_production, usual + home_production
    if abs(curvature - 1.0) < 1e-9:
        return here * math.log(there / here)
    power = 1.0 - curvature
    return here * (math.pow(there / here, power) - 1.0) / power


@rule
def gain_in_years(
    there: float, here: float, present_value: float, cost: float, pay: float, home_production: float, curvature: float
) -> float:
    """X: gain of moving less its cost, in years of local pay.

    ``[annuity * (v(CE_there) - v(CE_here)) - cost] / (12 * pay)``, v the worth of an income beside the median local
    monthly ``pay`` (`worth_of_income`); money in real terms. At curvature 0 gains count by their sum.

    References
    ----------
    Sjaastad (1962), Journal of Political Economy 70(5), 80-93: migration as an investment.
    """
    better = worth_of_income(there, pay, home_production, curvature)
    better -= worth_of_income(here, pay, home_production, curvature)
    return (present_value * better - cost) / (12.0 * pay)


@rule
def utility_of_place(
    gain: float, weight: float, tie: float, tie_weight: float, prevalence: float, norm: float, other: float,
    attachment: float,
) -> float:  # fmt: skip
    """U: value of living at a destination over living at home, in years of local pay.

    Parameters
    ----------
    gain : X, years of local pay
    weight : a_x, of the gain
    tie, tie_weight : a household member lives there (0 or 1), and what that is worth, t_h
    prevalence, norm : share of one's like from one's place who are away, and nu, the culture of migration
    other : amenities, services and family terms
    attachment : xi, what living away from home costs

    References
    ----------
    Carling and Schewel (2018), Journal of Ethnic and Migration Studies 44(6), 945-963; Massey et al.
    (1993), Population and Development Review 19(3), 431-466: networks and cumulative causation.
    """
    return weight * gain + tie_weight * tie + norm * prevalence + other - attachment


@rule
def logistic(value: float) -> float:
    """``1 / (1 + exp(-v))``: chance to choose the first of two when it is worth v more."""
    if value >= 0.0:
        return 1.0 / (1.0 + math.exp(-min(value, LARGEST)))
    small = math.exp(max(value, -LARGEST))
    return small / (1.0 + small)


@rule
def life_at_home(staying: float, consider: float, beta: float) -> float:
    """Share of the rest of life, discounted, that somebody away expects to spend at home: intention to return.

    With a chance ``h = q (1 - P(stay))`` a month to go back, ``h / (h + 1/beta - 1)``.

    Parameters
    ----------
    staying : P(stay), in [0, 1], each time a return is considered
    consider : q, 1/month
    beta : discount factor a month, in (0, 1)
    """
    back = consider * (1.0 - staying)
    if back <= 0.0:
        return 0.0
    return back / (back + 1.0 / beta - 1.0)


@rule
def gumbel(uniform: float) -> float:
    """Extreme-value draw: added to log weights, the largest is a draw from the logit."""
    return -math.log(-math.log(uniform))


@rule
def knowledge(helped: float, trips: int, told: float, from_tie: float, from_trip: float) -> float:
    """kappa: how far beliefs about a destination are the truth, from several independent sources.

    Each source removes its share of what the others leave wrong: somebody there (`help_there`), an own
    earlier stay, and information given (all in [0, 1]).
    """
    own = from_trip if trips > 0 else 0.0
    return 1.0 - (1.0 - from_tie * helped) * (1.0 - own) * (1.0 - told)


@rule
def doubt(kappa: float, pessimism: float) -> float:
    """What is left of pay and of the odds of a job in the belief of somebody who knows a share kappa.

    Logs of both are too low by ``(1 - kappa) * pessimism``.

    References
    ----------
    McKenzie, Gibson and Stillman (2013), Journal of Development Economics 102, 116-127: migrants-to-be
    expect too little, because what they hear understates pay abroad.
    """
    return math.exp(-(1.0 - kappa) * pessimism)


@rule
def believed_chance(chance: float, doubted: float) -> float:
    """Chance of a job whose odds are believed to be a share ``doubted`` of the true ones."""
    odds = chance * doubted
    return odds / (odds + 1.0 - chance) if odds > 0.0 else 0.0


@rule
def price_of_trip(price: float, helped: float, discount: float, grant: float) -> float:
    """What a way of travelling costs the household: less with help from there and with a grant (money)."""
    return price * (1.0 - discount * helped) * (1.0 - grant)


@rule
def recruiter_price(fee: float, fare: float, supervision: float) -> float:
    """What a recruiter charges: licensing and inspection remove a share of what exceeds the fare (money)."""
    return fare + (1.0 - supervision) * max(0.0, 1.0 * fee - fare)


@rule
def worth_of_place(fee: float, fare: float, supervision: float, scarce: int) -> float:
    """What a recruiter's place must be worth to whoever gets it (money): the full fee where places are scarce.

    Employers abroad order so many workers, however little these pay for it; what a placement costs beyond the way is
    the rent of scarce places. A cap on fees leaves their number as it is, and they go to those to whom they are worth
    most: the same people pay less. Without scarcity everybody gets one to whom it is worth the price asked.

    Parameters
    ----------
    fee, fare, supervision : see `recruiter_price`
    scarce : 1 where recruiters have as many places as are taken at their full fee

    References
    ----------
    McKenzie, Theoharides and Yang (2014), American Economic Journal: Applied Economics 6(2), 49-75: the number of
    Filipinos placed abroad follows employers' demand. Beam, McKenzie and Yang (2016), Economic Development and
    Cultural Change 64(2), 323-368: making it easier to apply for places raises their number by nothing.
    """
    return recruiter_price(fee, fare, 0.0 if scarce else supervision)


@rule
def can_pay(assets: float, loan: float, cost: float, others_income: float, need: float) -> bool:
    """Whether a trip can be financed, so that the household still eats if it fails.

    Cash and loan cover the cost, and what is left with three months of the others' income covers three
    months of need. All in money of one month's prices; ``others_income`` and ``need`` are a month's.

    References
    ----------
    Angelucci (2015), Review of Economics and Statistics 97(1), 224-243: liquidity binds migration.
    """
    left = assets + loan - cost
    return left >= 0.0 and left + 3.0 * others_income >= 3.0 * need


@rule
def trip_loan(others_income: float, months: float, debt: float, lendable: float) -> float:
    """What a lender with that much to lend advances: months of the others' income less debt (money)."""
    return max(0.0, min(months * others_income - debt, lendable))


@rule
def altruism_at_departure(usual: float, children: int, per_child: float) -> float:
    """f: weight on the household at departure; more with more children left behind (two are usual)."""
    return usual * (1.0 + per_child * (min(children, 4) - 2))


@rule
def prevalence_group(sex: int, age_months: int) -> int:
    """Row of `Localities.prevalence`: women below 35, women from 35, men below 35, men from 35."""
    return 2 * sex + (1 if age_months >= YOUNG else 0)


@rule
def slow_average(value: float, now: float, months: float) -> float:
    """Moving average with a memory of some months: moves 1/months of the way."""
    return value + (now - value) / months


@rule
def own_account_worth(land: float, beside: float, farm: float, trade: float, skill: float) -> float:
    """What own-account work would bring: one more worker on the household's land, or trade (money/month)."""
    return max(farm_return(land, beside, farm, LAND_SHARE), trade * skill)


@rule
def prospects_here(
    status: int, earned: float, offer: float, own: float, time: float, find: float, lose: float, months: float
) -> tuple[float, float, float]:
    """Income at home with and without a job, and the chance of the job, as one person sees them.

    Who has work compares with what they earn; who looks for it or is away with the median offer; who
    stays out of the labour force values the time at b, the pay at which they would work. Without a job
    there is own-account work.

    Parameters
    ----------
    status : codes.Status
    earned, offer, own, time : money/month, real
        Own smoothed earnings, the median offer, own-account work, and b.
    find, lose : 1/month, in [0, 1]
    months : horizon, > 0
    """
    if status == OWN_ACCOUNT:
        sure = earned if earned > 0.0 else own
        return sure, sure, 1.0
    if status == EMPLOYED:
        pay = earned if earned > 0.0 else offer
        return pay, min(own, pay), share_in_work(1.0, find, lose, months)
    worth = max(own, time) if status in (INACTIVE, STUDENT) else own
    return max(offer, worth), worth, share_in_work(0.0, find, lose, months)


@rule
def recognised_share(at_arrival: float, monthly: float, months: float) -> float:
    """Chance that qualifications are recognised half way through so many months there."""
    return 1.0 - (1.0 - at_arrival) * math.pow(1.0 - monthly, 0.5 * months)


@rule
def of_place(luck: Luck, identity: int) -> Luck:
    """The same stream for one destination: one more of them disturbs nobody's luck at the others."""
    purpose = luck.purpose ^ ((np.uint64(identity) << np.uint64(8)) & LOW)
    return Luck(luck.key_low, luck.key_high, purpose, luck.month)


@rule
def acquainted(share: float, circle: float) -> float:
    """Chance to know somebody at a destination where a share of the adults of one's place lives.

    ``1 - (1 - share)^circle`` with a circle of so many acquaintances: rises fast at first, then levels off.

    References
    ----------
    Munshi (2003), Quarterly Journal of Economics 118(2), 549-599: a larger community there finds jobs for
    those who arrive.
    """
    return 1.0 - math.pow(1.0 - min(max(share, 0.0), 1.0), circle)


@rule
def help_there(tie: float, known: float, community: float) -> float:
    """How much help there is, in that of a household member: all of it, else part of it from the community.

    So community ties stand in for those of the household, and the other way round.

    References
    ----------
    Winters, de Janvry and Sadoulet (2001), Journal of Human Resources 36(1), 159-184: community networks
    substitute for those of the family.
    """
    return max(tie, community * known)


@rule
def family_terms(spouse: int, place: int, weight: float) -> float:
    """What living at a destination changes about living with one's spouse (years of local pay).

    ``spouse`` is `NOBODY`, `HOME` or the destination where the spouse is; the weight is what living apart
    costs. Leaving a spouse at home costs it, joining one who is away saves it.
    """
    if spouse == HOME:
        return -weight
    return weight if spouse == place else 0.0


@rule
def attachment_away(attachment: float, pull_back: float, contacts: float) -> float:
    """How much of the attachment to home still pulls somebody back who is away (years of local pay).

    To leave, all of it has to be overcome. Part of that is the cost of uprooting, which is sunk; the rest
    fades as contacts at home do.

    Parameters
    ----------
    attachment : xi, years of local pay
    pull_back : share that is not the cost of uprooting, in [0, 1]
    contacts : share of contacts at home that are alive, in [0, 1]

    References
    ----------
    Kennan and Walker (2011), Econometrica 79(1), 211-251: costs of moving and a premium of home are two
    things; Dustmann (2003), European Economic Review 47(2), 353-369: who returns, and when.
    """
    return attachment * pull_back * contacts if attachment > 0.0 else attachment


@rule
def share_of_attachment(abroad: float, distance: float, near: float) -> float:
    """Share of the attachment to home that a destination asks to give up.

    ``near`` within the country, all of it in a country that has neither a border nor a language in common, and in
    between by the distance of the two countries.

    Parameters
    ----------
    abroad : 1 abroad, 0 in the same country
    distance : dimensionless, in [0, 1]
        Thirds of what separates countries: being another country, sharing no border, sharing no language.
    near : dimensionless, in [0, 1]

    References
    ----------
    Sjaastad (1962), Journal of Political Economy 70(5), 80-93: costs of the mind rise with distance. Mayda (2010),
    Journal of Population Economics 23(4), 1249-1274; Adsera and Pytlikova (2015), Economic Journal 125(586), F49-F81:
    borders and languages in common and how many move.
    """
    return near + (1.0 - near) * distance if abroad else near


@rule
def terms_here(
    services: float, quality: float, protection: float, insured: float, rights: float, respected: float
) -> float:
    """What public services, social protection and rights at home are worth (years of local pay).

    Parameters
    ----------
    services, quality : weight of schools and clinics, and their mean quality in [0, 1]
    protection, insured : weight of social protection, and 1 for somebody covered through a job
    rights, respected : weight of workers' rights, and their respect over that of the start
    """
    return services * quality + protection * insured + rights * (respected - 1.0)


@rule
def wait_left(admitted: int, now: int, waiting: float) -> float:
    """Months until a regular place opens: all of them for those who have not asked yet."""
    if admitted == NOT_ASKED:
        return waiting
    return float(max(0, admitted - now))


@rule
def readiness(savings: float, target: float, usable: float, contacts: float) -> float:
    """How ready somebody is for a return: savings, skills that can be used, live contacts; in [0, 1].

    The geometric mean of three shares, so that each is needed: savings of those aimed at, the share of the
    next years in work that fits the qualification, and contacts that are alive.

    References
    ----------
    Cassarino (2004), International Journal on Multicultural Societies 6(2), 253-279: preparedness is
    readiness and willingness.
    """
    share = min(savings / target, 1.0) if target > 0.0 else 1.0
    return math.pow(max(share, 0.0) * max(usable, 0.0) * max(contacts, 0.0), 1.0 / 3.0)


@rule
def kind_of_return(detected: int, employed: int, brought: float, cost: float) -> int:
    """How a return is to be called: forced, failed (without work and with less than the way had cost), chosen."""
    if detected:
        return FORCED
    return FAILED if not employed and brought < cost else CHOSEN
