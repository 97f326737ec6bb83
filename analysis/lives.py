"""Sentences about one person's life, made from what mechanisms recorded when they decided.

A sentence holds no figure and no reason that does not stand in the record of its event: without the record
there is no sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.sentences import listed, number
from sim.codes import Event, Reason, Return
from sim.recorder import Happening
from sim.table import Array

HAD_TO_LEAVE = 1  # reason of a return: detected and ordered to leave
CUT, CLOSED, ENDED = 2, 3, 4  # reasons of a layoff, as `sim.mechanisms.separations` records them
WORDS = {CUT: "the firm needed fewer people", CLOSED: "the firm closed", ENDED: "the work came to an end"}
OF_PARTICIPATION = (Event.LEFT_LABOUR_FORCE, Event.STAYED_OUT)


class Who(NamedTuple):
    """Whom a sentence is about."""

    name: str
    woman: bool

    @property
    def her(self) -> str:
        """Her or his."""
        return "her" if self.woman else "his"

    @property
    def she(self) -> str:
        """She or he."""
        return "she" if self.woman else "he"


def happenings(histories: dict[str, Array], first: int = 1) -> Iterator[Happening]:
    """Life events from a month on (1 is the first after the burn-in), in the order of their months."""
    columns = {name: np.asarray(histories[name]) for name in Happening._fields}
    months = columns.pop("month") + 1
    for k in np.argsort(months, kind="stable"):
        if months[k] >= first:
            told = {name: column[k].item() for name, column in columns.items()}
            yield Happening(month=int(months[k]), **told | {"event": Event(told["event"])})


def amount(value: float) -> str:
    """Money in a sentence: no more digits than one can keep in mind."""
    return f"{value:,.0f}" if abs(value) >= 10 else number(value, 2)


def keyed(key: Any, names: Iterable[str], taken: Iterable[str] = ()) -> str:
    """The name that a keyed draw gives: the lowest score of those not taken, or of all where all are taken."""
    whole = list(names)
    free = [name for name in whole if name not in set(taken)] or whole
    return min(free, key=lambda name: hashlib.blake2b(f"{key}:{name}".encode(), digest_size=8).digest())


# ---- sentences


def story(one: Happening, who: Who, senders: Sequence[str] = (), places: Sequence[str] = ()) -> str:
    """One event in words; empty for those that make no sentence.

    Parameters
    ----------
    senders : who sent the household money of late, as in "her brother Modou"
    places : names of the destinations, in their order, as in "abroad"
    """
    if one.event in OF_PARTICIPATION:
        return out(one, who, senders)
    made = {
        Event.BORN: lambda: f"{who.name} was born.",
        Event.DIED: lambda: f"{who.name} died, aged {one.value:.0f}.",
        Event.ENTERED_LABOUR_FORCE: lambda: entered(one, who),
        Event.OWN_ACCOUNT: lambda: own_account(one, who),
        Event.HIRED: lambda: (
            f"{who.name} found a job that pays {amount(one.value)} a month"
            + (f", in another locality, {one.cause:.0f} minutes away." if one.cause > 0 else ".")
        ),
        Event.LAID_OFF: lambda: f"{who.name} lost {who.her} job: {WORDS.get(one.reason, 'it ended')}.",
        Event.QUIT: lambda: f"{who.name} gave up {who.her} job: the time was worth more to {him(who)} than the pay.",
        Event.DEPARTED: lambda: departed(one, who, places),
        Event.WANTED_TO_LEAVE: lambda: (
            f"{who.name} chose to leave for {place(one, places)} and could not pay the way, {amount(one.value)}."
        ),
        Event.RETURNED: lambda: returned(one, who),
        Event.PUSHED: lambda: (
            f"{who.name} would have stayed with life at home as it was for most at the start: what became worse "
            f"weighed {number(one.value, 2)} years of local pay."
        ),
        Event.FIRM_OPENED: lambda: f"{who.name} opened a business with equipment for {amount(one.value)}.",
        Event.FIRM_CLOSED: lambda: f"The business of {who.name}'s household closed.",
        Event.LEFT_SCHOOL: lambda: f"{who.name} left school after {one.value:.0f} years.",
        Event.TRAINED: lambda: f"{who.name} completed a course.",
        Event.ARRIVED: lambda: (
            f"{who.name} arrived from a place where work pays less, {amount(one.value)} a month, to look for work."
        ),
        Event.HOUSEHOLD_FORMED: lambda: f"{who.name} married and founded a household.",
    }.get(Event(one.event))
    return made() if made else ""


def him(who: Who) -> str:
    """Her or him."""
    return "her" if who.woman else "him"


NAMES = {
    "city": "the city",
    "cities": "the cities",
    "abroad": "another country",
    "united_states": "the United States",
    "united_kingdom": "the United Kingdom",
    "france_belgium": "France or Belgium",
    "gulf_and_asia": "the Gulf or Asia",
}
"""Destinations whose names are more than a capital letter."""


def place_name(name: str) -> str:
    """A destination as a sentence names it.

    >>> place_name("new_zealand"), place_name("city")
    ('New Zealand', 'the city')
    """
    return NAMES.get(name, name.replace("_", " ").title())


def place(one: Happening, places: Sequence[str]) -> str:
    """The destination of an event."""
    return places[one.reason] if 0 <= one.reason < len(places) else "another place"


def out(one: Happening, who: Who, senders: Sequence[str]) -> str:
    """Why somebody stopped looking for work or does not begin to."""
    left = one.event == Event.LEFT_LABOUR_FORCE
    begin = f"{who.name} stopped looking for work" if left else f"{who.name} does not look for work"
    reason, past = Reason(one.reason), left
    if reason == Reason.REMITTANCES:
        source = f" from {listed(list(senders))}" if senders else " in remittances"
        return f"{begin}: {amount(one.cause)} a month{source} {asked(one, who, past)}"
    if reason == Reason.CARE:
        return f"{begin}: {one.cause:.0f} hours of care a month {asked(one, who, past)}"
    if reason == Reason.PENSION:
        if one.cause > 0.0:
            return f"{begin}: {who.she} lives on a pension of {amount(one.cause)} a month."
        return f"{begin}: {who.she} is too old to work."
    if reason == Reason.OFFERS:
        return (
            f"{begin}: there are too few offers, {number(one.cause, 2)} a month; an ordinary one pays "
            f"{amount(one.offer)} and {who.she} would work for {amount(one.value)}."
        )
    return f"{begin}: {who.her} time at home is worth more to {him(who)} than an ordinary offer of {amount(one.offer)}."


def asked(one: Happening, who: Who, past: bool) -> str:
    """What the reason did to the pay somebody asks for, and what was on offer."""
    offers = f"ordinary offers {'were' if past else 'are'} {amount(one.offer)}"
    if one.value <= 0.0:
        return f"{'left' if past else 'leave'} {who.her} no time for paid work; {offers}."
    if one.without > 0.0 and amount(one.without) != amount(one.value) and one.without < one.value:
        wage = (
            f"{'lifted' if past else 'lift'} {who.her} reservation wage from {amount(one.without)} to "
            f"{amount(one.value)}"
        )
    else:
        wage = f"{'kept' if past else 'keep'} {who.her} reservation wage at {amount(one.value)}"
    if one.offer < one.value:
        return f"{wage}; {offers}."
    return f"{wage}; {offers}, but better ones come too seldom to be worth the search."


def entered(one: Happening, who: Who) -> str:
    """Somebody begins to look for work."""
    return (
        f"{who.name} began to look for work: {who.she} would take {amount(one.value)} a month, "
        f"ordinary offers were {amount(one.offer)}."
    )


def own_account(one: Happening, who: Who) -> str:
    """Somebody begins to work on own account."""
    return (
        f"{who.name} began to work on {who.her} own account, which brings {amount(one.cause)} a month; "
        f"ordinary job offers were {amount(one.offer)}."
    )


def departed(one: Happening, who: Who, places: Sequence[str]) -> str:
    """Somebody leaves: what was expected of it, what the way cost, and the example of those away."""
    more = "more" if one.value >= 0 else "less"
    said = (
        f"{who.name} left for {place(one, places)}. Pay there promised {number(abs(one.value), 2)} years of local pay "
        f"{more} than staying; the way cost {amount(one.offer)}."
    )
    if one.cause > 0.0:
        said += f" The example of those away pulled like another {number(one.cause, 2)} years of pay."
    return said


def returned(one: Happening, who: Who) -> str:
    """Somebody comes home."""
    how = "was sent home by the authorities there" if one.reason == HAD_TO_LEAVE else "came home"
    how += ", without having found what the way had cost" if one.reason == Return.FAILED else ""
    return f"{who.name} {how}, with savings of {amount(one.value)}."
