"""What an experimenter can do to people, households, places and destinations, as events of a run.

Each function returns a shock: nobody chooses it, nobody in the place pays for it, and it is delivered by the
same engine as every instrument. `intervene` gives it to a twin of a running model; on the command line the
same is a shipped shock or a YAML file with ``assign``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from experiments.worlds import twin
from sim.instruments import Instrument, Shock, named, read_shock

if TYPE_CHECKING:
    from sim.model import Remesa
    from sim.territory import Inputs

CHOSEN = "chosen by the experimenter"


@dataclasses.dataclass(frozen=True)
class Among:
    """Who of a group is reached: all, a share drawn at random, a share that each place draws, or those named.

    Attributes
    ----------
    group : name of a group of `sim.groups`; none is everybody the event can be for
    by : persons, households or localities
        What is drawn or named.
    share, saturation, ids, lot : as in `sim.instruments.Assign`
    """

    group: str = ""
    by: str = ""
    share: float | None = None
    saturation: Sequence[float] = ()
    ids: Sequence[int] | None = None
    lot: str = ""

    def tree(self, usual: str) -> dict[str, Any] | None:
        """The value of ``assign``; ``usual`` is what is drawn unless it is said."""
        found: dict[str, Any] = {"unit": self.by or usual}
        if self.ids is not None:
            found["ids"] = [int(one) for one in self.ids]
        elif len(self.saturation):
            found["saturation"] = [float(one) for one in self.saturation]
        elif self.share is not None:
            found["share"] = float(self.share)
        else:
            return None
        return found | ({"lot": self.lot} if self.lot else {})


EVERYBODY = Among()


def shock(
    name: str, eligible: str, levers: dict[str, Any], assign: dict[str, Any] | None,
    start: int = 1, months: int | None = None, **more: Any,
) -> Shock:  # fmt: skip
    """A shock of some months from a month on, 1 being the first after the burn-in."""
    for inside in levers.values():
        for one in inside.values():
            one.setdefault("source", CHOSEN)
    tree = {
        "title": name.replace("_", " "), "summary": CHOSEN, "evidence": CHOSEN, "eligible": eligible,
        "start": start, "end": None if months is None else start + months - 1, "assign": assign, "levers": levers,
    }  # fmt: skip
    return read_shock(name, tree | more, name)


def extra_income(
    amount: float, among: Among = EVERYBODY, start: int = 1, months: int | None = None, name: str = "extra_income"
) -> Shock:
    """Households get an amount a month (money) from outside the place."""
    levers = {"households": {"cash_grant": {"add": amount}}}
    return shock(name, among.group or "all_households", levers, among.tree("households"), start, months)


def information(
    among: Among = EVERYBODY, share: float = 1.0, start: int = 1, months: int | None = None, name: str = "information"
) -> Shock:
    """People learn the truth about pay, work and cost of living elsewhere: a share of what they have wrong."""
    levers = {"persons": {"job_information": {"set": share}}}
    return shock(name, among.group or "working_age", levers, among.tree("persons"), start, months)


def price_information(
    among: Among = EVERYBODY, share: float = 1.0, start: int = 1, months: int | None = None,
    name: str = "price_information",
) -> Shock:  # fmt: skip
    """Households learn what each way of sending money costs."""
    levers = {"households": {"price_information": {"set": share}}}
    return shock(name, among.group or "all_households", levers, among.tree("households"), start, months)


def paid_trip(
    among: Among = EVERYBODY, share: float = 1.0, start: int = 1, months: int | None = None, name: str = "paid_trip"
) -> Shock:
    """A share of what leaving costs is paid for people who leave."""
    levers = {"persons": {"travel_grant": {"set": share}}}
    return shock(name, among.group or "working_age", levers, among.tree("persons"), start, months)


def removal(
    among: Among, chance: float = 1.0, start: int = 1, months: int | None = 1, name: str = "removal"
) -> Shock:  # fmt: skip
    """People here and away are taken out of the population, as by death; ``chance`` is a month's."""
    levers = {"persons": {"removal": {"set": chance}}}
    return shock(name, among.group or "everybody", levers, among.tree("persons"), start, months)


def arrival(
    number: float, among: Among = EVERYBODY, start: int = 1, months: int = 1, name: str = "arrival", **traits: Any
) -> Shock:
    """So many people a month come to every place, or to every household of a group.

    Parameters
    ----------
    number : persons/month for each place or household
    traits : age=(18, 40) in years, men=0.5, schooling=6 in years, skilled=0 as a share, money=0, newcomer=0
    """
    group = among.group or "localities"
    people = {"number": {"value": number, "source": CHOSEN}, **traits}
    by = "localities" if group == "localities" else "households"
    return shock(name, group, {}, among.tree(by), start, months, people=people)


def at_destination(
    inputs: Inputs, place: str = "", *, pay: float | None = None, unemployment: float | None = None,
    exchange: float | None = None, closed: float | None = None, cycle: float | None = None,
    start: int = 1, months: int | None = None, ramp: int = 0, name: str = "at_destination",
) -> Shock:  # fmt: skip
    """What changes at one destination, or at all of them.

    Parameters
    ----------
    place : its name in the inputs; none is all destinations
    pay : factor on pay there, in its own money
    unemployment : share in (0, 1)
        Unemployment there of people with papers in the long run, ``s / (f c^2 + s)`` at demand c: finding a job
        rises with demand and losing it falls. Needs one place.
    exchange : factor on the value of its money here
    closed : 1 closes the border to new arrivals
    cycle : factor on demand for labour there, where not unemployment is given
    """
    places = {one.name: one for one in inputs.destinations}
    levers: dict[str, Any] = {}
    if unemployment is not None:
        if place not in places or not 0.0 < unemployment < 1.0 or cycle is not None:
            raise ValueError("unemployment is a share between 0 and 1 at one destination, in the place of cycle")
        there = places[place]
        cycle = float((there.separation * (1.0 - unemployment) / (there.finding * unemployment)) ** 0.5)
    for lever, factor in (("pay_level", pay), ("exchange", exchange), ("cycle", cycle)):
        if factor is not None:
            levers[lever] = {"multiply": factor}
    if closed is not None:
        levers["closed"] = {"set": closed}
    assign = {"unit": "destinations", "ids": [place]} if place else None
    made = shock(name, "destinations", {"destinations": levers}, assign, start, months, ramp=ramp)
    return named(made, list(places), name)


def intervene(model: Remesa, *events: Shock | Instrument) -> Remesa:
    """A twin of the model in which, from now on, these happen besides; without any it lives as the model does."""
    taken = {event.name for event in model.world.events}
    for event in events:
        if event.name in taken:
            raise ValueError(f"{event.name} happens already; give it another name")
        taken.add(event.name)
    made = twin(model)
    made.world.events = (*model.world.events, *events)
    made.setup = dataclasses.replace(made.setup, events=made.world.events)
    return made
