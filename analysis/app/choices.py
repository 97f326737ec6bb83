"""What a visitor may choose, checked; as the query part of a link, and as overrides of the command line."""

from __future__ import annotations

import dataclasses
import functools
import math
import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from analysis.running import without_policies
from experiments.run import processors, work
from scenarios import library
from scenarios.configuration import Configuration, ConfigurationError, compose

OWN = "own"  # a bundle of one's own instead of a ready package
NONE = "none"  # no policy at all
BUNDLE = (
    "transfer_cards",
    "rural_transfer_desks",
    "transfer_price_information",
    "child_care_places",
    "vocational_training",
    "job_search_help",
    "wage_subsidies",
    "business_advice",
    "micro_credit_fund",
    "family_cash_grants",
    "school_support",
    "pre_departure_information",
)
"""The twelve instruments among which a bundle of one's own divides the budget."""
BUDGET = 100_000.0  # money a month per 1,000 inhabitants, at the prices of the place the instruments are priced for
STEP = 5  # %, of a slider
PRICED_FOR = {"FCFA": "diourbel"}  # the place whose prices the amounts of a currency are of
DEFAULT = {"place": "diourbel", "package": "diourbel_cheaper_transfers"}
VILLAGE = 1000  # persons; a place of its own size below this stays as small as it is
LONGEST = 90.0  # s of work on this machine that a visitor may ask for
LARGEST = 150e6  # bytes of results of one comparison
LIMITS: dict[str, tuple[int, int]] = {
    "months": (12, 240),
    "seeds": (1, 20),
    "persons": (100, 20_000),
    "seed": (1, 1_000_000),
    "localities": (1, 60),
}
RUN = {"months": "months", "seed": "seed", "seeds": "seeds", "population": "persons"}
_ONE_AT_A_TIME = threading.Lock()  # Hydra keeps one state for the whole process


class ChoiceError(ValueError):
    """What was chosen cannot be run: one line for the visitor."""


@dataclasses.dataclass(frozen=True)
class Choices:
    """What a visitor has chosen; every field has passed its check.

    Attributes
    ----------
    package : name of a case, `OWN` or `NONE`
    shares : % of the fixed budget for each instrument of `BUNDLE`, in its order; together at most 100
    around : name of a shock that strikes with and without the package, or nothing
    """

    place: str = DEFAULT["place"]
    package: str = DEFAULT["package"]
    shares: tuple[int, ...] = (0,) * len(BUNDLE)
    around: str = ""
    months: int = 120
    seeds: int = 5
    persons: int = 5000
    seed: int = 1
    localities: int = 1

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("place", self.place, places()),
            (
                "package",
                self.package,
                (*packages(self.place if self.place in places() else DEFAULT["place"]), OWN, NONE),
            ),
            ("around", self.around, ("", *library.shocks())),
        ):
            if value not in allowed:
                raise ChoiceError(f"There is no {name} “{str(value)[:40]}”.")
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise ChoiceError(f"“{name}” must be a whole number from {low:,} to {high:,}.")
        if len(self.shares) != len(BUNDLE):
            raise ChoiceError(f"A bundle has {len(BUNDLE)} shares.")
        for name, share in zip(BUNDLE, self.shares, strict=True):
            if type(share) is not int or not 0 <= share <= largest(name):
                raise ChoiceError(f"“{title('policies', name)}” takes 0 to {largest(name)} % of the budget.")
        if sum(self.shares) > 100:
            raise ChoiceError(f"The bundle spends {sum(self.shares)} % of the budget; lower something first.")

    # ---- as a link

    def query(self) -> str:
        """The query part of a link that restores these choices."""
        plain = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        plain["shares"] = ".".join(map(str, self.shares)) if self.package == OWN else ""
        own = defaults(self.place)
        return "?" + urlencode(
            {key: value for key, value in plain.items() if key in ("place", "package") or value != own.get(key, "")}
        )

    # ---- as a run

    def overrides(self) -> list[str]:
        """The same choices as overrides of `remesa compare`."""
        found: list[str] = []
        chosen: Sequence[str]
        if self.package == OWN:
            chosen = [name for name, share in zip(BUNDLE, self.shares, strict=True) if share]
            found += [f"territory={self.place}", f"policies=[{','.join(chosen)}]"]
        elif self.package == NONE:
            found += [f"territory={self.place}", "policies=[]"]
        else:
            found += [f"case={self.package}", f"territory={self.place}"]
            chosen = policies_of(self.package)
        if self.package != NONE:
            found += priced(chosen, self.place, self.package)
        if self.package == OWN:
            found += [
                f"policies.{name}.budget.value={budget(self.place) * share / 100:.10g}"
                for name, share in zip(BUNDLE, self.shares, strict=True)
                if share
            ]
        if self.around and not shocks_of(self.package):
            found.append(f"shocks=[{self.around}]")
        if self.localities != int(figure(self.place, "localities")):
            found.append(f"territory.localities={self.localities}")
        return [*found, *(f"{key}={getattr(self, name)}" for key, name in RUN.items())]

    def scenarios(self) -> dict[str, Configuration]:
        """Both worlds, checked.

        Raises
        ------
        ChoiceError
            Where they cannot be run, or would keep the machine busy for too long.
        """
        try:
            with _ONE_AT_A_TIME:
                policy = composed(tuple(self.overrides()))
                baseline = composed(tuple(without_policies(self.overrides())))
        except ConfigurationError as error:
            raise ChoiceError(str(error)) from error
        seconds = (work(policy) + work(baseline)) * self.seeds / min(processors(), 2 * self.seeds)
        if seconds > LONGEST:
            raise ChoiceError(
                f"This would keep the machine busy for about {math.ceil(seconds / 60)} minutes; the page allows "
                f"{LONGEST:g} seconds. Choose fewer people, years or pairs, or use the command line."
            )
        if self.bytes() > LARGEST:
            raise ChoiceError(
                f"The results would take {self.bytes() / 1e6:,.0f} MB; the page keeps {LARGEST / 1e6:.0f}. "
                "Choose fewer localities, years or pairs, or use the command line."
            )
        return {"baseline": baseline, "policy": policy}

    def bytes(self) -> float:
        """Size of the results: every indicator of every group in every month and world."""
        from sim.indicators import INDICATORS
        from sim.recorder import GROUPS

        groups = len(GROUPS) + (self.localities if self.localities > 1 else 0)
        return 8.0 * 2 * self.seeds * self.months * len(INDICATORS) * groups

    def command(self) -> str:
        """The same comparison on the command line."""
        words = [f"'{word}'" if any(letter in word for letter in "[]{}, ") else word for word in self.overrides()]
        return " ".join(["remesa compare", *words])


@functools.lru_cache(maxsize=32)
def composed(overrides: tuple[str, ...]) -> Configuration:
    """A checked configuration; nobody writes into it."""
    return compose(overrides, "app")


def read(query: str) -> Choices:
    """The choices that a link asks for; what it leaves out is as the place has it.

    Raises
    ------
    ChoiceError
        Where something in it is not known or not allowed.
    """
    if len(query) > 2000:
        raise ChoiceError("This link is too long to be one of this page.")
    given = dict(parse_qsl(query.lstrip("?"), keep_blank_values=True))
    known = {field.name for field in dataclasses.fields(Choices)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise ChoiceError(f"This link asks for “{unknown[0][:40]}”, which this page does not know.")
    place = given.get("place", DEFAULT["place"])
    values: dict[str, Any] = {**(defaults(place) if place in places() else {}), **given}
    try:
        for name in LIMITS:
            if name in values:
                values[name] = int(values[name])
        shares = values.get("shares")
        if isinstance(shares, str):
            values["shares"] = tuple(int(one) for one in shares.split(".")) if shares else (0,) * len(BUNDLE)
    except ValueError:
        raise ChoiceError("A number in this link is not a whole number.") from None
    return Choices(**values)


# ---- what there is


@functools.cache
def places() -> tuple[str, ...]:
    """Names of the shipped places, the default first."""
    found = library.territories()
    return tuple(sorted(found, key=lambda name: (name != DEFAULT["place"], name)))


@functools.cache
def packages(place: str = DEFAULT["place"]) -> tuple[str, ...]:
    """Names of the shipped cases that hold a policy and fit a place: its own first, then those for any place.

    A case written for a place with prices of its own fits nowhere else.
    """
    anywhere = ((), *((one,) for one in PRICED_FOR.values()))
    found = [
        name
        for name in library.cases()
        if policies_of(name) and (_chosen(name, "territory") == (place,) or _chosen(name, "territory") in anywhere)
    ]

    def order(name: str) -> tuple[bool, bool, str]:
        return (_chosen(name, "territory") != (place,), name != DEFAULT["package"], title("cases", name))

    return tuple(sorted(found, key=order))


@functools.cache
def title(kind: str, name: str) -> str:
    """What something of the library is called."""
    values = library.load(kind, name)
    return str(values["inputs"]["title"] if kind == "territories" else values["title"])


@functools.cache
def summary(kind: str, name: str) -> str:
    """What it is, in a sentence."""
    values = library.load(kind, name)
    return str(values["pack"]["summary"] if kind == "territories" else values["summary"])


@functools.cache
def _chosen(package: str, kind: str) -> tuple[str, ...]:
    if package in (OWN, NONE):
        return ()
    found: tuple[str, ...] = ()
    for line in library.load_case(package)["overrides"]:
        key, _, value = line.partition("=")
        if key == kind:
            found = tuple(name.strip() for name in value.strip("[]").split(",") if name.strip())
    return found


def policies_of(package: str) -> tuple[str, ...]:
    """Names of the policies of a ready package."""
    return _chosen(package, "policies")


def shocks_of(package: str) -> tuple[str, ...]:
    """Names of the shocks a ready package comes with."""
    return _chosen(package, "shocks")


@functools.cache
def inputs(place: str) -> dict[str, Any]:
    """The figures of a place."""
    return dict(library.load("territories", place)["inputs"])


def figure(place: str, name: str) -> float:
    """One of them."""
    found = inputs(place)[name]
    return float(found["value"] if isinstance(found, dict) else found)


def currency(place: str) -> str:
    """Its money."""
    return str(inputs(place)["currency"])


def defaults(place: str) -> dict[str, Any]:
    """Length and size of a run that are right for a place: a village is run whole, and for five years."""
    own, same = int(figure(place, "population")), {"seed": 1, "localities": int(figure(place, "localities"))}
    if own <= VILLAGE:
        return {"persons": max(own, LIMITS["persons"][0]), "months": 60, "seeds": 3, **same}
    return {"persons": 5000, "months": 120, "seeds": 5, **same}


# ---- amounts of money in another place


def scale(of: str, place: str) -> float:
    """What an amount in the currency ``of`` is multiplied by, so that it buys the same share of basic pay."""
    if of == currency(place) or of not in PRICED_FOR:
        return 1.0
    return figure(place, "pay_basic") / figure(PRICED_FOR[of], "pay_basic")


def budget(place: str) -> float:
    """The fixed budget of a bundle of one's own: money a month per 1,000 inhabitants."""
    found = BUDGET * scale("FCFA", place)
    return float(f"{found:.2g}")


@functools.cache
def largest(name: str) -> int:
    """Largest share of the fixed budget that one instrument may take, %."""
    most = float(policy(name)["budget"]["bounds"][1])
    return min(100, STEP * math.floor(100.0 * most / BUDGET / STEP))


def priced(names: Sequence[str], place: str, package: str = OWN) -> list[str]:
    """Overrides that give the amounts of instruments, and those a ready package names, in the money of a place."""
    found, own = [], amounts_of(package)
    for name in names:
        values = policy(name)
        factor = scale(str(values.get("currency", "")), place)
        if f"policies.{name}.currency" in set_by(package):
            continue  # the package brings amounts of the place itself
        if str(values.get("currency", currency(place))) == currency(place):
            continue
        found.append(f"policies.{name}.currency={currency(place)}")
        for path, one, key in amounts(values):
            low, high = one["bounds"]
            amount = own.get(f"policies.{name}.{path}.{key}", one[key])
            found.append(f"policies.{name}.{path}.{key}={amount * factor:.10g}")
            found.append(f"policies.{name}.{path}.bounds=[{low * factor:.10g},{high * factor:.10g}]")
    return found


def set_by(package: str) -> set[str]:
    """Paths that a ready package sets itself."""
    if package in (OWN, NONE):
        return set()
    return {line.partition("=")[0] for line in library.load_case(package)["overrides"]}


def amounts_of(package: str) -> dict[str, float]:
    """Amounts of money that a ready package sets itself, by their path."""
    if package in (OWN, NONE):
        return {}
    lines = (line.partition("=") for line in library.load_case(package)["overrides"])
    return {key: float(value) for key, _, value in lines if key.endswith(("budget.value", "unit_cost.value"))}


@functools.cache
def policy(name: str) -> dict[str, Any]:
    """The values of an instrument; nobody writes into them."""
    return library.load_policy(name)


def amounts(values: dict[str, Any]) -> list[tuple[str, dict[str, Any], str]]:
    """The figures of an instrument that are money: path, figure, and the key that holds the amount."""
    found = [(key, values[key], "value") for key in ("budget", "unit_cost") if isinstance(values.get(key), dict)]
    for table, levers in values.get("levers", {}).items():
        for lever, move in levers.items():
            key = next(how for how in ("add", "set", "multiply") if how in move)
            if str(move.get("unit", "")).startswith("money") and key != "multiply":
                found.append((f"levers.{table}.{lever}", move, key))
    return found
