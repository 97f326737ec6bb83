"""The inputs of a place, with unit, source and date, and what of it never changes during a run."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, NamedTuple

import numpy as np

from sim.codes import Channel
from sim.table import Array

CHANNELS = tuple(channel.name.lower() for channel in Channel)


class TerritoryError(ValueError):
    """An input that is missing, unknown or impossible: where, what was found, what is allowed, what to do."""


@dataclasses.dataclass(frozen=True)
class Expected:
    """What an input must be: unit, bounds of every number in it, and its shape."""

    unit: str
    bounds: tuple[float, float]
    meaning: str
    shape: str = "number"  # number, list:N (N numbers), shares:N (N numbers that sum to 1)
    default: float | None = None


def figure(
    unit: str, bounds: tuple[float, float], meaning: str, shape: str = "number", default: float | None = None
) -> Any:
    """Declare one input of a place."""
    metadata = {"expected": Expected(unit, bounds, meaning, shape, default)}
    if default is None:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


Numbers = tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class DestinationInputs:
    """One place of work elsewhere, money in the currency of the origin at the base year."""

    name: str = dataclasses.field(metadata={"text": True})
    abroad: float = figure("1", (0, 1), "1 abroad, 0 in the same country")
    wage_basic: float = figure("money/month", (1e-9, 1e12), "net pay of basic work, in purchasing power at home")
    wage_skilled: float = figure("money/month", (1e-9, 1e12), "net pay of skilled work, in purchasing power at home")
    living_cost: float = figure("money/month", (0, 1e12), "living cost of one worker there")
    finding: float = figure("1/month", (0.001, 1), "chance a month to find work there")
    separation: float = figure("1/month", (0.0005, 0.5), "chance a month that a job ends there")
    recognition: float = figure("1/month", (0, 1), "chance a month that qualifications become recognised")
    recognition_at_arrival: float = figure("1", (0, 1), "chance that they are recognised on arrival")
    detection: float = figure("1/month", (0, 1), "chance a month that somebody irregular is sent home")
    regular_share: float = figure("1", (0, 1), "share of movers who can go the regular way")
    fare: float = figure("money", (0, 1e12), "travel and papers, regular way")
    irregular_fee: float = figure("money", (0, 1e12), "price of the irregular way")
    recruiter_fee: float = figure("money", (0, 1e12), "fee of a recruiter, advanced as debt")
    amenity: float = figure("year of local pay", (-20, 20), "services, rights and protection against home")
    emigrants: float = figure("1", (0, 2), "stock of people from here there, over adults of origin incl. them")
    men: float = figure("1", (0, 1), "share of men among them")
    waiting: float = figure("month", (0, 240), "wait for a regular place, for those who can get one", default=0.0)
    fine: float = figure("money", (0, 1e12), "fine for those who are detected", default=0.0)
    distance: float = figure(
        "1", (0, 1), "thirds of what separates countries: a border, no common one, no common language", default=1.0
    )


@dataclasses.dataclass(frozen=True)
class ProviderInputs:
    """One way to send money, by its name in codes.Channel; what a place does not list it does not have."""

    name: str = dataclasses.field(metadata={"text": True})
    fixed_fee: float = figure("money", (0, 1e12), "fee per transfer")
    rate: float = figure("1", (0, 0.5), "fee as a share of the amount")
    margin: float = figure("1", (0, 0.5), "exchange margin as a share when nobody compares")
    loss: float = figure("1", (0, 0.5), "chance that a transfer is lost")
    trust: float = figure("1", (-10, 10), "trust in logit units")
    firms: float = figure("1", (1, 1000), "firms that offer this way and compete", default=1)


@dataclasses.dataclass(frozen=True)
class Inputs:
    """Everything a place brings to the model; behavioural parameters are not here but in `mechanisms`."""

    name: str = dataclasses.field(metadata={"text": True})
    title: str = dataclasses.field(metadata={"text": True})
    currency: str = dataclasses.field(metadata={"text": True})
    base_year: float = figure("year", (1950, 2100), "year of the inputs")
    population: float = figure("persons", (1, 2e7), "persons at the start when a run names none")
    localities: float = figure("1", (1, 10000), "number of localities")
    household_size: float = figure("persons", (1, 20), "mean number of members here")
    age_shares: Numbers = figure("1", (0, 1), "population by age 0-4, 5-9 ... 80+", "shares:17")
    men_share: float = figure("1", (0.2, 0.8), "share of men in the population here")
    fertility: Numbers = figure("1/year", (0, 0.5), "births per woman a year, ages 15-19 ... 45-49", "list:7")
    mortality_women: Numbers = figure("1/year", (0, 1), "death probability a year at 0-4, 5-9 ... 95+", "list:20")
    mortality_men: Numbers = figure("1/year", (0, 1), "death probability a year at 0-4, 5-9 ... 95+", "list:20")
    schooling_women: Numbers = figure("1", (0, 1), "none, primary, lower, upper secondary, higher", "shares:5")
    schooling_men: Numbers = figure("1", (0, 1), "none, primary, lower, upper secondary, higher", "shares:5")
    school_enrolment: float = figure("1", (0, 1), "share of children who start school")
    gdp_per_head: float = figure("money/month", (1e-6, 1e12), "value added per inhabitant of the place")
    gdp_per_head_ppp: float = figure("international dollar/year", (100, 3e5), "GDP per head of the country")
    farm_share: float = figure("1", (0, 1), "share of farming in employment")
    urban_share: float = figure("1", (0, 1), "share of households in town")
    pay_basic: float = figure("money/month", (1e-9, 1e12), "median full-time pay in basic jobs")
    pay_skilled: float = figure("money/month", (1e-9, 1e12), "median full-time pay in skilled jobs")
    pay_spread: float = figure("1", (0, 2), "standard deviation of log pay between firms of one occupation")
    part_time: float = figure("1", (0, 1), "share of jobs that are part time")
    formal_share: float = figure("1", (0, 1), "share of private firms' jobs that are formal")
    wage_floor: float = figure("money/month", (0, 1e12), "legal minimum of full-time pay in formal jobs")
    firm_size: float = figure("1", (1, 1000), "mean employees of a private firm with employees")
    firm_size_tail: float = figure(
        "1", (1.05, 1000), "exponent of the tail of firm sizes at the start; large: all alike"
    )
    absentee_share: float = figure("1", (0, 1), "share of private jobs in firms owned from outside")
    non_tradable_share: float = figure("1", (0.05, 0.95), "g, share of non-tradables in spending")
    public_share: float = figure("1", (0, 0.8), "share of public jobs in wage jobs")
    tax_rate: float = figure("1", (0, 0.6), "tax and contributions on formal pay kept locally")
    market_dues: float = figure("1", (0, 0.3), "share of non-tradable sales paid to the authority")
    grant_per_head: float = figure("money/month", (0, 1e12), "central grant per inhabitant beside public pay")
    pension: float = figure("money/month", (0, 1e12), "pension of a retired formal worker")
    pension_coverage: float = figure("1", (0, 1), "share of those aged 60 and older with a pension")
    need: float = figure("money/month", (0, 1e12), "subsistence need of an adult equivalent")
    poverty_headcount: float = figure("1", (0, 0.95), "headcount at which the poverty line is set at the start")
    loan_rate: float = figure("1/month", (0, 0.2), "interest of the local lender")
    loan_capital: float = figure("money", (0, 1e12), "lendable money per inhabitant")
    account_share: float = figure("1", (0, 1), "share of households with an account")
    desk_distance_town: float = figure("km", (0, 500), "distance to a paying-out desk in town")
    desk_distance_village: float = figure("km", (0, 500), "distance to a paying-out desk in a village")
    price_informed: float = figure("1", (0, 1), "share of remitting households informed about transfer prices")
    school_quality: float = figure("1", (0, 1), "schools over need at the start")
    health_quality: float = figure("1", (0, 1), "clinics over need at the start")
    pool_wage_ratio: float = figure("1", (0.01, 2), "pay in the lower-wage places over pay here")
    skilled_schooling: float = figure("year", (6, 16), "schooling that skilled jobs of the place ask for", default=10.0)
    own_account_pay: float = figure("1", (0.05, 3), "own-account earnings over basic pay, hour for hour", default=1.0)
    commuting: float = figure(
        "minute", (0, 600), "way to work between neighbouring localities, one way; 0: nobody can", default=0.0
    )
    benefit: float = figure("money/month", (0, 1e12), "unemployment benefit while searching, flat part", default=0.0)
    benefit_share: float = figure("1", (0, 1), "share of the last net pay paid beside it to the insured", default=0.0)
    benefit_months: float = figure("month", (0, 240), "longest time that insurance pays it", default=0.0)
    benefit_covered: float = figure(
        "1", (0, 1), "share of those who lose an insured job who have paid in for long enough", default=0.0
    )
    benefit_assisted: float = figure(
        "1", (0, 1), "share of adults who pass a means test: flat part without limit of time", default=0.0
    )
    destinations: tuple[DestinationInputs, ...] = ()
    providers: tuple[ProviderInputs, ...] = ()


class Benefit(NamedTuple):
    """Unemployment benefit of a place; see `sim.benefits`."""

    flat: float  # money/month
    share: float  # of the last net pay
    months: float  # that insurance lasts
    covered: float  # share of those who lose an insured job
    assisted: float  # share of adults who pass a means test


NO_BENEFIT = Benefit(0.0, 0.0, 0.0, 0.0, 0.0)


class Territory(NamedTuple):
    """What mechanisms may read of the place: constants of the run."""

    non_tradable_share: float
    fertility: Array  # chance a month by age in five-year groups from 0
    mortality: Array  # chance a month, [sex, five-year group]
    pension: float
    pension_coverage: float
    loan_rate: float
    school_enrolment: float
    skilled_schooling: float  # years of school that skilled jobs ask for
    pool_pay: Array  # pay in the pool by occupation
    need: float  # subsistence need of an adult equivalent a month
    localities: int
    commuting: float  # minutes between neighbouring localities, one way; 0: nobody can work elsewhere
    formal_share: float
    absentee_share: float
    wage_floor: float
    pay_spread: float  # of log pay between firms of one occupation
    migration_groups: int
    household_size: float  # mean number of members here at the start
    school_quality: float  # schools over need at the start
    health_quality: float  # clinics over need at the start
    poverty_headcount: float  # share of poor people at the start
    benefit: Benefit  # of the unemployed


def monthly(yearly: Array) -> Array:
    """Chance in a month of what has the given chance in a year."""
    return 1.0 - (1.0 - np.asarray(yearly, np.float64)) ** (1.0 / 12.0)


def territory(inputs: Inputs) -> Territory:
    """The constants of a run from the inputs of its place."""
    fertility = np.zeros(20)
    fertility[3:10] = inputs.fertility
    return Territory(
        non_tradable_share=inputs.non_tradable_share,
        fertility=fertility / 12.0,
        mortality=monthly(np.array([inputs.mortality_women, inputs.mortality_men])),
        pension=inputs.pension,
        pension_coverage=inputs.pension_coverage,
        loan_rate=inputs.loan_rate,
        school_enrolment=inputs.school_enrolment,
        skilled_schooling=inputs.skilled_schooling,
        pool_pay=inputs.pool_wage_ratio * np.array([inputs.pay_basic, inputs.pay_skilled]),
        need=inputs.need,
        localities=int(inputs.localities),
        commuting=inputs.commuting,
        formal_share=inputs.formal_share,
        absentee_share=inputs.absentee_share,
        wage_floor=inputs.wage_floor,
        pay_spread=inputs.pay_spread,
        migration_groups=4,
        household_size=inputs.household_size,
        school_quality=inputs.school_quality,
        health_quality=inputs.health_quality,
        poverty_headcount=inputs.poverty_headcount,
        benefit=Benefit(
            inputs.benefit, inputs.benefit_share, inputs.benefit_months, inputs.benefit_covered, inputs.benefit_assisted
        ),
    )


def read(values: dict[str, Any], where: str = "territory") -> Inputs:
    """Check a tree of figures against the schema and return the inputs.

    Each figure is a mapping with ``value``, ``unit``, ``source``, ``year`` and ``verified`` (or a bare
    number, as an override gives it).

    Raises
    ------
    TerritoryError
        Where an input is missing, unknown, of another unit, not finite, out of range, or shares do not sum.
    """
    return _read(Inputs, values, where)  # type: ignore[no-any-return]


def _read(kind: type, values: dict[str, Any], where: str) -> Any:
    if not isinstance(values, dict):
        raise TerritoryError(f"{where} = {values!r} is not a table of figures; see another pack for the form")
    fields = {field.name: field for field in dataclasses.fields(kind)}
    unknown = sorted(set(values) - set(fields))
    if unknown:
        raise TerritoryError(f"{where}.{unknown[0]} is not known; allowed: {', '.join(fields)}")
    found: dict[str, Any] = {}
    for name, field in fields.items():
        place = f"{where}.{name}"
        nested = {"destinations": DestinationInputs, "providers": ProviderInputs}.get(name)
        if nested is not None:
            items = values.get(name, {})
            if not isinstance(items, dict):
                raise TerritoryError(f"{place} must be a table by name")
            if name == "providers":
                strange = sorted(set(items) - set(CHANNELS))
                if strange:
                    raise TerritoryError(f"{place}.{strange[0]} is not a known channel; allowed: {', '.join(CHANNELS)}")
            found[name] = tuple(_read(nested, {"name": key, **item}, f"{place}.{key}") for key, item in items.items())
            continue
        if name not in values:
            expected = field.metadata.get("expected")
            if expected is None or expected.default is None:
                raise TerritoryError(f"{place} is missing; give a figure with value, unit, source, year and verified")
            found[name] = expected.default
            continue
        found[name] = (
            str(values[name])
            if field.metadata.get("text")
            else _figure(values[name], field.metadata["expected"], place)
        )
    return kind(**found)


def _figure(raw: Any, expected: Expected, place: str) -> Any:
    """The number or numbers of one figure, checked."""
    value = raw
    if isinstance(raw, dict):
        if "value" not in raw:
            raise TerritoryError(f"{place} has no value; found {sorted(raw)}")
        if raw.get("unit", expected.unit) != expected.unit:
            raise TerritoryError(f"{place}.unit = {raw['unit']!r}; the model reads it in {expected.unit!r}: convert it")
        value = raw["value"]
    kind, _, count = expected.shape.partition(":")
    numbers = list(value) if isinstance(value, (list, tuple)) else [value]
    if (kind == "number") == isinstance(value, (list, tuple)) or (count and len(numbers) != int(count)):
        raise TerritoryError(f"{place} = {value!r} must be {'one number' if kind == 'number' else count + ' numbers'}")
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            raise TerritoryError(
                f"{place} = {number!r} is not a finite number; allowed: {expected.bounds} {expected.unit}"
            )
        if not expected.bounds[0] <= number <= expected.bounds[1]:
            raise TerritoryError(
                f"{place} = {number:g} {expected.unit} lies outside [{expected.bounds[0]:g}, {expected.bounds[1]:g}]; "
                f"it is: {expected.meaning}"
            )
    if kind == "shares" and abs(sum(numbers) - 1.0) > 5e-3:
        raise TerritoryError(f"{place} sums to {sum(numbers):.4f}; shares must sum to 1")
    if kind == "shares":
        numbers = [number / sum(numbers) for number in numbers]
    return tuple(float(n) for n in numbers) if count else float(numbers[0])
