"""Every sentence about a result, and every number in it: made here, so that words and tables agree.

A sentence never claims a sign that the interval does not show, and the numbers in it are the very texts
that stand in the tables: both come from `shown`.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

from experiments.effects import Effect

if TYPE_CHECKING:
    import pandas as pd

FEW = 5  # seeds below which a result is called provisional
FINEST = 6  # decimals at most

PHRASES = {
    "remittances_received": "what families receive, net of fees and losses",
    "participation_women": "the participation of women in the labour force",
    "participation_men": "the participation of men in the labour force",
    "real_income": "real income per head",
    "consumption": "consumption per head",
}
"""What reads better inside a sentence than the title of the indicator."""


SCALES = {
    "price_index": "index, 1 in the base month",
    "price_ratio": "index, 1 in the base month",
    "gini": "from 0, all equal, to 1",
    "recipient_gap": "ratio less 1",
    "tightness": "vacancies per unemployed",
    "preparedness": "from 0 to 1",
    "school_quality": "from 0 to 1",
    "health_quality": "from 0 to 1",
    "mean_skill": "efficiency units",
    "firm_productivity": "logarithm",
    "firms": "firms",
    "firm_births": "firms a month",
    "firm_deaths": "firms a month",
}
"""What numbers without a unit count, or between what they lie."""
HOW_TO_READ = ("from ", "index", "ratio", "logarithm")
"""Beginnings of units that say how to read a number instead of what it counts."""


class Verdict(enum.StrEnum):
    """What an effect lets one say."""

    BROKEN = "broken"  # not finite
    NONE = "none"  # nothing differs, in any seed
    UNSURE = "unsure"  # one seed, or the interval includes zero
    UP = "up"
    DOWN = "down"


@dataclasses.dataclass(frozen=True)
class Shown:
    """The numbers of an effect as they are printed, in sentences, cards and tables alike."""

    baseline: str
    policy: str
    mean: str  # signed
    size: str  # without sign
    low: str
    high: str
    between: str  # both ends without their common sign, the smaller first
    smallest: str
    relative: str  # the mean over the baseline, signed; empty for shares and without a positive baseline
    agree: str  # seeds that have the sign of the mean


def verdict(effect: Effect) -> Verdict:
    """What the seeds show."""
    if not (math.isfinite(effect.mean) and math.isfinite(effect.baseline) and math.isfinite(effect.policy)):
        return Verdict.BROKEN
    if effect.none:
        return Verdict.NONE
    if effect.seeds < 2 or not effect.shows:
        return Verdict.UNSURE
    return Verdict.UP if effect.mean > 0 else Verdict.DOWN


def favourable(effect: Effect, better: str | None) -> bool | None:
    """Whether a change that shows is for the better; None where it does not show or has no good side."""
    found = verdict(effect)
    if found not in (Verdict.UP, Verdict.DOWN) or better not in ("up", "down"):
        return None
    return found.value == better


# ---- numbers


def decimals(width: float, digits: int = 2) -> int:
    """Decimals that show so many digits of a width; negative to round to tens, hundreds and so on."""
    if not math.isfinite(width) or width == 0:
        return 0
    return min(FINEST, digits - 1 - math.floor(math.log10(abs(width))))


def rounded(value: float, places: int) -> str:
    """A number with separators; zero has no sign."""
    text = f"{round(value, places):,.{max(places, 0)}f}"
    return text.lstrip("-") if is_zero(text) else text


def is_zero(text: str) -> bool:
    """Whether a number as printed is nothing but zeros."""
    return not any(digit in text for digit in "123456789")


def signed(value: float, places: int) -> str:
    """A difference with its sign; "about 0" where rounding leaves nothing of it, never "+0.0"."""
    text = rounded(value, places)
    if is_zero(text):
        return "0" if value == 0 else "about 0"
    return text if value < 0 else f"+{text}"


def number(value: float, digits: int = 4) -> str:
    """A number on its own, not compared with anything."""
    return rounded(value, decimals(value, digits)) if math.isfinite(value) else "not finite"


def places_of(effect: Effect) -> int:
    """Decimals of all numbers of an effect: two digits of the half-width of its interval.

    At most two decimals of a share and five digits of a level; but more where an end of the interval would
    read as zero, since its sign is what is claimed, or both ends as one number.
    """
    width = effect.smallest if math.isfinite(effect.smallest) and effect.smallest > 0 else abs(effect.mean)
    level = max(abs(effect.baseline), abs(effect.policy))
    most = 2 if effect.unit.startswith("%") else decimals(level, 5) if level else FINEST
    if width == 0:
        return max(0, min(most, decimals(level, 4)))
    places = min(most, decimals(width))
    ends = [end for end in (effect.low, effect.high) if math.isfinite(end) and end != 0]
    finest = min(FINEST, places + 3)
    while places < finest and (
        any(is_zero(rounded(end, places)) for end in ends)
        or (effect.low < effect.high and rounded(effect.low, places) == rounded(effect.high, places))
    ):
        places += 1
    return places


def shown(effect: Effect, unit: str = "") -> Shown:
    """The numbers of an effect as texts."""
    if verdict(effect) is Verdict.BROKEN:
        return Shown("not finite", "not finite", "-", "-", "-", "-", "-", "-", "", "-")
    places = places_of(effect)
    ends = math.isfinite(effect.smallest)
    relative = ""
    if not unit.startswith("%") and effect.baseline > 0 and effect.mean:  # a share of a deficit says nothing
        share = 100.0 * effect.mean / effect.baseline
        precision = (effect.smallest if ends and effect.smallest else effect.mean) / effect.baseline
        relative = f"{signed(share, min(2, max(0, decimals(100.0 * precision))))} %"
    nearer, farther = sorted((abs(effect.low), abs(effect.high))) if ends else (0.0, 0.0)
    size = signed(effect.mean, places).lstrip("+-")
    return Shown(
        baseline=rounded(effect.baseline, places),
        policy=rounded(effect.policy, places),
        mean=signed(effect.mean, places),
        size=size,
        low=signed(effect.low, places) if ends else "-",
        high=signed(effect.high, places) if ends else "-",
        between=f"{rounded(nearer, places)} to {rounded(farther, places)}" if ends else "-",
        smallest=rounded(effect.smallest, places) if ends else "-",
        relative=relative,
        agree=f"{round(effect.share * effect.seeds)} of {effect.seeds}",
    )


def unit_words(unit: str, change: bool = False) -> str:
    """A unit in words: a difference of shares is in percentage points.

    >>> unit_words("FCFA/month"), unit_words("%", change=True), unit_words("persons/month")
    ('FCFA a month', 'percentage points', 'persons a month')
    """
    what, *per = unit.split("/")
    words = {"%": "percentage points" if change else "%", "1": "", "month": "months", "hour": "hours", "coin": "coins"}
    parts = [words.get(what, what)]
    parts += ["a month" if one == "month" else f"per {one.replace('1000 persons', '1,000 persons')}" for one in per]
    return " ".join(part for part in parts if part)


def scale(indicator: str, unit: str, change: bool = False) -> str:
    """The unit of an indicator in words, in a column or beneath a number of its own."""
    return SCALES.get(indicator) or unit_words(unit, change)


def scaled(text: str, indicator: str, unit: str, change: bool = False) -> str:
    """A printed number of an indicator with its unit; in brackets where the unit says how to read the number.

    >>> scaled("0.43", "preparedness", "1"), scaled("1.4", "mean_skill", "1"), scaled("+2", "poverty", "%", change=True)
    ('0.43 (from 0 to 1)', '1.4 efficiency units', '+2 percentage points')
    """
    words = scale(indicator, unit, change)
    return f"{text} ({words})" if words.startswith(HOW_TO_READ) else f"{text} {words}".strip()


def quantity(text: str, unit: str, change: bool = False) -> str:
    """A printed number and its unit in words."""
    return f"{text} {unit_words(unit, change)}".strip()


# ---- sentences about one effect


def headline(name: str, effect: Effect, unit: str, better: str | None) -> str:
    """One sentence on what changed, how much and how sure that is, beginning with the name of the outcome."""
    found = verdict(effect)
    if found in (Verdict.UP, Verdict.DOWN):
        good = favourable(effect, better)
        valued = "" if good is None else ", for the better" if good else ", for the worse"
        small = "by very little, " if is_tiny(effect, unit) else ""
        word = "higher" if found is Verdict.UP else "lower"
        return f"{name}: {small}{size(effect, unit)} {word}{relative(effect, unit)}{valued}{surety(effect)}."
    return f"{name}: {nothing_shown(effect, unit)}."


def answer(effect: Effect, unit: str, better: str | None, cause: str = "the package", title: str = "") -> str:
    """The same as an answer: "The package raises what families receive by ..."."""
    found, what = verdict(effect), PHRASES.get(effect.outcome, lower(title or effect.outcome))
    if found in (Verdict.UP, Verdict.DOWN):
        verb = "raises" if found is Verdict.UP else "lowers"
        small = "very slightly " if is_tiny(effect, unit) else ""
        by = f"{size(effect, unit)}{relative(effect, unit)}"
        return f"{upper(cause)} {small}{verb} {what}, by {by}{surety(effect)}."
    if found is Verdict.NONE:
        return f"{upper(cause)} makes no difference in this model to {what}{in_all_seeds(effect)}."
    if found is Verdict.BROKEN:
        return f"There is no result for {what}: a seed gave no finite number."
    return f"The model cannot tell whether {cause} changes {what}: {why_unsure(effect, unit)}."


def nothing_shown(effect: Effect, unit: str) -> str:
    """Why nothing can be claimed."""
    found = verdict(effect)
    if found is Verdict.BROKEN:
        return "no result, because a seed gave no finite number"
    if found is Verdict.NONE:
        return f"no difference in this model{in_all_seeds(effect)}"
    return f"the model cannot tell; {why_unsure(effect, unit)}"


def in_all_seeds(effect: Effect) -> str:
    """How many seeds show no difference."""
    return ", in the one seed that was run" if effect.seeds == 1 else f", in any of {effect.seeds} seeds"


def why_unsure(effect: Effect, unit: str) -> str:
    """What the seeds show where they show no sign, and the smallest effect that they could have shown."""
    s = shown(effect, unit)
    mean = quantity(s.mean, unit, change=True)
    if effect.seeds == 1:
        return f"the difference is {mean} in the one seed that was run, and one seed has no interval"
    return (
        f"the mean difference is {mean}, its {percent(effect.level)} interval ({s.low} to {s.high}) "
        f"includes zero, {signs(effect)}; the smallest effect these {effect.seeds} seeds could have shown is "
        f"{quantity(s.smallest, unit, change=True)}"
    )


def signs(effect: Effect) -> str:
    """How many seeds point up and down."""
    up, down = (sum(sign * one > 0 for one in effect.differences) for sign in (1, -1))
    if up and down:
        return f"and seeds point both ways, {up} up and {down} down"
    same = effect.seeds - up - down
    rest = f", {same} show no difference" if same else ""
    return f"though no seed points {'down' if up else 'up'}{rest}"


def size(effect: Effect, unit: str) -> str:
    """The mean without its sign, in words."""
    return quantity(shown(effect, unit).size, unit, change=True)


def relative(effect: Effect, unit: str, form: str = " ({})") -> str:
    """The mean as a share of the baseline, without sign, as an insertion; empty for shares."""
    found = shown(effect, unit).relative.lstrip("+-")
    return form.format(found) if found else ""


def surety(effect: Effect) -> str:
    """The interval and how many seeds agree."""
    s = shown(effect)
    few = f"; only {effect.seeds} seeds, so provisional" if effect.seeds < FEW else ""
    if effect.low == effect.high:
        return f"; the same in all {effect.seeds} seeds{few}"
    return f"; {percent(effect.level)} interval {s.between}, {s.agree} seeds agree{few}"


def is_tiny(effect: Effect, unit: str) -> bool:
    """Whether a change that shows is too small to matter: below 0.05 points, or 0.1 % of the baseline."""
    if unit.startswith("%"):
        return abs(effect.mean) < 0.05
    return abs(effect.mean) < 0.001 * abs(effect.baseline)


def short(effect: Effect, unit: str) -> str:
    """What a card says in large letters."""
    found = verdict(effect)
    if found is Verdict.BROKEN:
        return "no result"
    if found is Verdict.NONE:
        return "no difference"
    return shown(effect, unit).mean


def sure(effect: Effect) -> str:
    """How sure a change is, in a few words."""
    return {
        Verdict.NONE: "no difference in this model",
        Verdict.BROKEN: "a seed gave no finite number",
        Verdict.UNSURE: "the model cannot tell" if effect.seeds > 1 else "one seed: no interval",
    }.get(verdict(effect), f"{shown(effect).agree} seeds agree")


def direction(effect: Effect) -> str:
    """The direction in one or two words."""
    return {
        Verdict.UP: "up",
        Verdict.DOWN: "down",
        Verdict.NONE: "unchanged",
        Verdict.UNSURE: "cannot tell",
        Verdict.BROKEN: "no result",
    }[verdict(effect)]


def level(values: Sequence[float], unit: str, indicator: str = "") -> str:
    """What a place is like: the mean over seeds.

    >>> level([30.0, 34.0], "%")
    '32.0 %'
    """
    if not all(math.isfinite(value) for value in values) or not values:
        return "no finite number"
    return scaled(number(sum(values) / len(values), 3), indicator, unit)


def brief(name: str, effect: Effect, unit: str, indicator: str = "") -> str:
    """A change in the fewest words: its size and interval where it shows, and that it does not where it does not.

    >>> from experiments.effects import paired
    >>> brief("With it", paired("x", [1.0, 1.0], [1.0, 1.0]), "%")
    'With it: no difference in this model.'
    """
    found, words = verdict(effect), scale(indicator, unit, change=True)
    between = f"{shown(effect).low} to {shown(effect).high}"
    if found in (Verdict.UP, Verdict.DOWN):
        said = f"{shown(effect).mean} {words} ({between}), {sure(effect)}"
    elif found is Verdict.UNSURE and effect.seeds > 1:
        said = f"the model cannot tell ({between} {words})".replace(" )", ")")
    else:
        said = sure(effect)
    return f"{name}: {' '.join(said.split())}."


# ---- sentences about several effects


def gains(title: str, effects: Sequence[tuple[str, Effect]], unit: str) -> str:
    """Who has more and who less of something, group by group, and of whom the model cannot tell."""
    said = []
    for found, word in ((Verdict.UP, "higher for"), (Verdict.DOWN, "lower for")):
        them = [f"{who} (by {size(e, unit)}{relative(e, unit, ', {}')})" for who, e in effects if verdict(e) is found]
        said += [f"{word} {listed(them)}"] if them else []
    for found, words in (
        (Verdict.UNSURE, "the model cannot tell for"),
        (Verdict.NONE, "no difference in this model for"),
        (Verdict.BROKEN, "no result for"),
    ):
        them = [who for who, e in effects if verdict(e) is found]
        said += [f"{words} {listed(them)}"] if them else []
    return f"{title}: {'; '.join(said)}." if said else f"{title}: not measured."


def spent(monthly: float | None, currency: str, funders: Sequence[str]) -> str:
    """What the instruments cost and who pays."""
    if monthly is None or not math.isfinite(monthly):
        return "What the instruments cost is not known."
    if monthly == 0:
        return "Nothing more was spent on instruments than without the package."
    who = {"donor": "a donor", "authority": "the local authority"}
    payers = listed([who.get(funder, funder) for funder in funders])
    paid = f", paid by {payers}" if payers else ""
    more = "cost" if monthly > 0 else "saved"
    amount = f"{number(abs(monthly), 3)} {unit_words(f'{currency}/month')}"
    return f"The instruments {more} {amount} on average over the whole run{paid}."


def worth(effect: Effect, unit: str, better: str | None, currency: str, title: str) -> str:
    """What one unit of the outcome cost; both over the same months.

    Parameters
    ----------
    effect : Effect
        Over the whole run, with its cost.
    """
    what = PHRASES.get(effect.outcome, lower(title))
    if effect.cost is None or effect.cost <= 0:
        return f"There is no cost per unit of {what}, because nothing was spent."
    each = effect.cost_per_unit
    if each is None or verdict(effect) not in (Verdict.UP, Verdict.DOWN):
        reason = "nothing changed" if verdict(effect) is Verdict.NONE else "the model cannot tell whether it changed"
        return f"What a change in {what} costs cannot be said, because {reason} over the whole run."
    word = "more" if effect.mean > 0 else "less"
    if unit == f"{currency}/month":
        ratio = abs(effect.mean) / effect.cost
        low, high = sorted((abs(effect.low) / effect.cost, abs(effect.high) / effect.cost))
        places = max(2, decimals(high - low))
        said = (
            f"For each {currency} spent there is {rounded(ratio, places)} {unit_words(currency)} {word} "
            f"({percent(effect.level)} interval {rounded(low, places)} to {rounded(high, places)})"
        )
        tail = ""
        if better in ("up", "down"):
            if not favourable(effect, better):
                tail = ": money was spent and the outcome is worse"
            elif high < 1:
                tail = ": less than was spent, even at the upper end"
            elif low > 1:
                tail = ": more than was spent, even at the lower end"
            else:
                tail = ": the model cannot tell whether that is more than was spent"
        return f"{said} of {what}{tail}."
    if favourable(effect, better) is False:
        return f"Money was spent, and {what} changed for the worse over the whole run."
    one = {"%": "percentage point"}.get(unit, unit_words(unit, change=True) or "unit")
    return f"Each {one} {word} of {what} goes with {number(each, 2)} {unit_words(f'{currency}/month')} spent."


def steps(title: str, effects: Sequence[tuple[str, Effect]], unit: str) -> str:
    """Which steps of a trail add to an outcome and which take away from it."""
    said = []
    for found, word in ((Verdict.UP, "adds"), (Verdict.DOWN, "takes away")):
        them = [f"{lower(who)} {word} {size(e, unit)}" for who, e in effects if verdict(e) is found]
        said += [listed(them)] if them else []
    for found, words in (
        (Verdict.UNSURE, "the model cannot tell of"),
        (Verdict.NONE, "no difference in this model in"),
        (Verdict.BROKEN, "no result for"),
    ):
        them = [lower(who) for who, e in effects if verdict(e) is found]
        said += [f"{words} {listed(them)}"] if them else []
    return f"{title}: {'; '.join(said)}." if said else f"{title}: not measured."


def across(title: str, effects: Sequence[Effect]) -> str:
    """In how many localities an outcome is higher, lower, the same, or nothing can be told."""
    counts = {found: sum(verdict(one) is found for one in effects) for found in Verdict}
    if not effects:
        return f"{title}: not measured."
    said = [
        f"{words} {counts[found]}"
        for found, words in (
            (Verdict.UP, "higher in"),
            (Verdict.DOWN, "lower in"),
            (Verdict.NONE, "no difference in this model in"),
            (Verdict.UNSURE, "the model cannot tell in"),
            (Verdict.BROKEN, "no result in"),
        )
        if counts[found]
    ]
    said[0] += f" of {len(effects)} {'locality' if len(effects) == 1 else 'localities'}"
    sure = counts[Verdict.UP] + counts[Verdict.DOWN]
    chance = (1.0 - effects[0].level) * (len(effects) - counts[Verdict.NONE])
    tail = f"; chance alone would show one in about {number(chance, 1)}" if sure and chance >= 0.5 else ""
    return f"{title}: {', '.join(said)}{tail}."


def becomes(before: Effect, now: Effect) -> str:
    """What becomes of an answer in other circumstances; two intervals that overlap claim no difference."""
    then, here = verdict(before), verdict(now)
    if Verdict.BROKEN in (then, here):
        return "no result"
    if here is Verdict.NONE:
        return "no difference in this model" if then is Verdict.NONE else "the effect is gone"
    if here is Verdict.UNSURE:
        return "the model cannot tell either" if then is Verdict.UNSURE else "the model can no longer tell"
    if then not in (Verdict.UP, Verdict.DOWN):
        return "here an effect shows"
    if then is not here:
        return "the answer turns round"
    apart = now.low > before.high or now.high < before.low
    if not apart:
        return "the answer stays; the model cannot tell whether its size changes"
    return "the answer stays and is larger" if abs(now.mean) > abs(before.mean) else "the answer stays and is smaller"


def lives(differing: int, households: int) -> str:
    """How many households of a simulated place live otherwise with the package than without it."""
    if not households:
        return "There is no household to follow."
    if not differing:
        return f"In none of the {households:,} households does anything happen otherwise: no difference in this model."
    return (
        f"In {differing:,} of {households:,} households something happens otherwise with the package than without, in "
        "the first pair of worlds. This is the household with the most such events, so it is no ordinary one."
    )


@dataclasses.dataclass(frozen=True)
class PerJob:
    """What one further person at work costs: the amount, or why there is none."""

    size: str  # empty where there is no amount
    none: str  # what stands in its place
    interval: str
    sure: str
    sentence: str


def per_job(effect: Effect, unit: str) -> PerJob:
    """What is spent for each further person at work.

    Parameters
    ----------
    effect : Effect
        On people at work, over the whole run, with its cost.
    unit : text
        Of the cost: money/month.
    """
    found, title = verdict(effect), "Cost per job"

    def nothing(short_words: str, why: str) -> PerJob:
        return PerJob("", short_words, "", why, f"{title}: none can be given, because {why}.")

    if found is Verdict.BROKEN or effect.cost is None or not math.isfinite(effect.cost):
        return nothing("no result", "a seed gave no finite number")
    if found is Verdict.NONE:
        return nothing("no difference", "no difference in this model")
    if effect.cost <= 0:
        return nothing("no cost", "nothing was spent")
    if found is Verdict.UNSURE:
        return nothing("cannot tell", "the model cannot tell whether more people work")
    if found is Verdict.DOWN:
        return nothing("no job gained", "fewer people work than without")
    amount = number(effect.cost / effect.mean, 2)
    low, high = number(effect.cost / effect.high, 2), number(effect.cost / effect.low, 2)
    jobs = shown(effect, "persons").size
    return PerJob(
        amount,
        "",
        f"{low} to {high}",
        f"{jobs} more people at work",
        f"{title}: {quantity(amount, unit)} for each further person at work "
        f"({percent(effect.level)} interval {low} to {high}); {jobs} more people work.",
    )


def discouragement(effects: Sequence[tuple[str, Effect]]) -> str:
    """Whether remittances keep people out of the labour force: for whom, and how sure.

    Parameters
    ----------
    effects : list of (who, effect on participation)
        Paid against withheld, so a negative effect is discouraged participation.
    """
    found = {who: verdict(one) for who, one in effects}
    less = [who for who, one in found.items() if one is Verdict.DOWN]
    more = [who for who, one in found.items() if one is Verdict.UP]
    unsure = [who for who, one in found.items() if one is Verdict.UNSURE]
    same = [who for who, one in found.items() if one is Verdict.NONE]
    if not effects or all(one is Verdict.BROKEN for one in found.values()):
        return "This was not measured."
    parts = []
    if less:
        sizes = [f"{who} ({size(e, '%')}{surety(e)})" for who, e in effects if who in less]
        parts.append(f"Yes: remittances lower the participation of {listed(sizes)}")
    if more:
        sizes = [f"{who} ({size(e, '%')}{surety(e)})" for who, e in effects if who in more]
        parts.append(f"{'they' if parts else 'No: remittances'} raise the participation of {listed(sizes)}")
    if unsure:
        could = [
            f"{who} (at least {shown(e, '%').smallest} percentage points would have shown)"
            if e.seeds > 1
            else f"{who} (one seed)"
            for who, e in effects
            if who in unsure
        ]
        start = "for" if parts else "The model cannot tell for"
        end = " the model cannot tell" if parts else ""
        parts.append(f"{start} {listed(could)}{end}")
    if same:
        start = "no" if parts else "No"
        parts.append(f"{start} difference in this model for {listed(same)}")
    return "; ".join(parts) + "."


def direct(shares: Sequence[tuple[str, float, float, float, int]], level: float) -> str:
    """How many people would enter the labour force without remittances, everything else as it is.

    Parameters
    ----------
    shares : list of (who, mean, low, high, seeds), %
        Share of the adults of a group, over seeds.
    """
    said = []
    for who, mean, low, high, seeds in shares:
        if not math.isfinite(mean):
            continue
        if mean == 0:
            said.append(f"none of the {who}")
        elif seeds < 2 or not math.isfinite(low):
            said.append(f"{number(mean, 2)} % of {who} (one seed)")
        else:
            places = max(1, min(2, decimals(max(high - low, 1e-3) / 2)))
            between = f"{rounded(max(low, 0.0), places)} to {rounded(high, places)} %"
            said.append(f"{rounded(mean, places)} % of {who} ({percent(level)} interval {between})")
    if not said:
        return "The direct effect was not measured."
    return (
        f"Asked one by one, with everything else as it is, {listed(said)} "
        "would enter the labour force without remittances."
    )


def moved(left: float, back: float, came: float, unable: float) -> str:
    """Who moves in an average year (persons).

    >>> moved(27.4, 21.2, 26.9, 0.0)
    'In an average year 27 people leave, 21 come back, and 27 arrive from places with lower wages.'
    """
    one, two, three, four = (
        rounded(count, 0 if count >= 10 or count == 0 else 1) for count in (left, back, came, unable)
    )
    said = f"In an average year {one} people leave, {two} come back, and {three} arrive from places with lower wages"
    return f"{said}; {four} more choose to leave and cannot pay the way." if unable > 0 else f"{said}."


def communities(first: Sequence[float], last: Sequence[float]) -> str:
    """How far communities part: share of adults away, lowest, middle and highest, at the start and in the end."""

    def range_of(values: Sequence[float]) -> str:
        low, middle, high = (rounded(one, 1) for one in (min(values), median(values), max(values)))
        return f"{low} % to {high} % of adults are away, half of the lines above {middle} %"

    return f"In the first month {range_of(first)}; in the last {range_of(last)}."


def used(where: str, sent: float, received: float, uses: Sequence[tuple[str, float]]) -> str:
    """Where a hundred that are sent end up: what arrives, its three largest uses, and the rest.

    >>> used("without the package", 200.0, 190.0, [("daily needs", 150.0), ("school", 20.0), ("saved", 20.0)])
    'Of every 100 sent without the package, 95 arrive: 75 go to daily needs, 10 to school and 10 to saved.'
    """
    if not (math.isfinite(sent) and math.isfinite(received)) or sent <= 0.0:
        return f"Nothing is sent {where}."

    def share(amount: float) -> str:
        part = 100.0 * amount / sent
        return rounded(part, 0 if abs(part) >= 10.0 else 1)

    largest = sorted((use for use in uses if not is_zero(share(use[1])) and use[1] > 0.0), key=lambda use: -use[1])[:3]
    if not largest:
        return f"Of every 100 sent {where}, {share(received)} arrive."
    rest = received - sum(amount for _, amount in largest)
    parts = [f"{share(amount)} to {name}" for name, amount in largest]
    if not is_zero(share(rest)) and rest > 0.0:
        parts.append(f"{share(rest)} to all else")
    said = f"Of every 100 sent {where}, {share(received)} arrive: {listed(parts)}".replace(" to ", " go to ", 1)
    return (
        f"{said}; {share(-rest)} of it is paid from earlier receipts."
        if rest < 0.0 and not is_zero(share(rest))
        else f"{said}."
    )


def who_moves(frame: pd.DataFrame) -> str:
    """Sex and age of those who left, came back and stayed: of `analysis.profiles.profiles`."""
    said = []
    for kind, words in (
        ("left", "those who left"),
        ("returned", "those who came back"),
        ("stayed", "those who stayed"),
    ):
        rows = frame[frame["kind"] == kind]
        if not len(rows):
            said.append(f"there are no adults among {words}")
            continue
        men = rows.loc[rows["sex"] == "men", "mean"].sum()
        young = rows.loc[rows["age"].isin(("15 to 24", "25 to 34")), "mean"].sum()
        said.append(f"of {words}, {rounded(men, 0)} % are men and {rounded(young, 0)} % are 15 to 34")
    return upper("; ".join(said)) + "."


def resemblance(passed: int, near: int, failed: int, silent: int) -> str:
    """How the model does against the published figures of the place."""
    judged = passed + near + failed
    if not judged:
        return f"No published figure of the place has a tolerance, so none is judged; {silent} are shown."
    said = f"Of {judged} published figures with a tolerance set beforehand the model meets {passed or 'none'}"
    if near:
        said += f", comes near {near}"
    if failed:
        said += f", misses {failed}"
    return said + (f"; {silent} more {'is' if silent == 1 else 'are'} shown without a verdict." if silent else ".")


NO_DIFFERENCE = "No difference in this model"
NOTHING = "There is no difference in this model."
"""The words of a change that changes nothing at all, wherever it is shown."""


def prediction(held: int, against: int, seeds: int) -> str:
    """How often a statement of a lesson held, and what to make of it.

    >>> prediction(15, 4, 21)
    'Held with 15 of 21 seeds (4 the other way, 2 without a difference): expect it mostly.'
    """
    same = seeds - held - against
    rest = [f"{against} the other way"] if against else []
    rest += [f"{same} without a difference"] if same else []
    insertion = f" ({', '.join(rest)})" if rest else ""
    return f"Held with {held} of {seeds} seeds{insertion}: {expectation(held / seeds)}."


def expectation(share: float) -> str:
    """What to expect of a statement that held with a share of the seeds."""
    if share >= 0.9:
        return "expect it"
    if share >= 0.7:
        return "expect it mostly"
    return "more often than not, no more" if share > 0.5 else "do not expect it"


def difference(effect: Effect, unit: str, first: float) -> str:
    """The mean difference with its interval, and that of one world of its own."""
    if effect.none:
        return f"{NO_DIFFERENCE}, with any of {effect.seeds} seeds."
    found = shown(effect, unit)
    between = f" ({percent(effect.level)} interval {found.low} to {found.high})" if effect.seeds > 1 else ""
    mean = scaled(found.mean, effect.outcome, unit, change=True)
    return f"Mean difference {mean}{between}; in the class's own world {signed(first, places_of(effect))}."


def movements(up: int, down: int, seeds: int) -> str:
    """How often an arrow pointed up and down.

    >>> movements(2, 1, 4)
    'of 4 seeds: 2 up, 1 down, 1 without movement'
    """
    still = seeds - up - down
    if not up and not down:
        return f"no movement within a month in any of {seeds} seeds"
    counted = ((up, "up"), (down, "down"), (still, "without movement"))
    return f"of {seeds} seeds: {', '.join(f'{count} {words}' for count, words in counted if count)}"


def surveyed(
    cause: str,
    outcome: str,
    mean: float,
    low: float,
    high: float,
    unit: str = "percentage points on average",
    elasticity: float | None = None,
) -> str:
    """What a survey says of a cause, with its 90 % interval; no sign is claimed that the interval does not show.

    Parameters
    ----------
    elasticity : what 1 % more of it for everybody does, %; said beside a change that shows

    >>> surveyed("1 more", "participation", -2.0, -3.0, -1.0, "%")
    '1 more lowers participation by 2.00 % (90 % interval 1.00 to 3.00).'
    """
    places = decimals((high - low) / 3.29)  # two digits of the standard error
    if low <= 0.0 <= high:
        return (
            f"The survey cannot tell whether {cause} changes {outcome}: the estimate is {signed(mean, places)} "
            f"{unit}, the 90 % interval {signed(low, places)} to {signed(high, places)}."
        )
    nearer, farther = sorted((abs(low), abs(high)))
    more = ""
    if elasticity:
        more = (
            f"; 1 % more for everybody {'raises' if elasticity > 0 else 'lowers'} it by {number(abs(elasticity), 2)} %"
        )
    return (
        f"{cause} {'raises' if mean > 0 else 'lowers'} {outcome} by {rounded(abs(mean), places)} {unit} "
        f"(90 % interval {rounded(nearer, places)} to {rounded(farther, places)}){more}."
    )


# ---- words


def span(months: int, of: int) -> str:
    """The months over which outcomes are averaged, in words.

    >>> span(60, 120), span(12, 36), span(60, 36)
    ('the last 5 years', 'the last 12 months', 'all 36 months')
    """
    if months >= of:
        return f"all {of} months"
    return f"the last {months // 12} years" if months % 12 == 0 and months > 12 else f"the last {months} months"


def percent(level: float) -> str:
    """A share in per cent.

    >>> percent(0.9)
    '90 %'
    """
    return f"{100 * level:g} %"


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def lower(text: str) -> str:
    """A title as it stands inside a sentence."""
    return text[:1].lower() + text[1:]


def upper(text: str) -> str:
    """A phrase as it stands at the beginning of a sentence."""
    return text[:1].upper() + text[1:]
